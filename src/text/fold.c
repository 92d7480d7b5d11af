/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fold.c - words as search and lexicons see them: NFKC, lower case, Serbian
 * Cyrillic in Latin letters, diacritics gone; letters of other scripts stay.
 *
 * What a code point folds to is worked out once by ICU and kept in a table of
 * pages, so that the scan is one pass without allocation per token. Offsets point
 * into the text as given.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include <tocsin/text.h>

#define FOLD_BYTES 15

struct folded {
	unsigned char len, known;
	char s[FOLD_BYTES];
	bool word;       /* letters, marks, digits make words */
};

#define PAGE 256
static _Atomic(struct folded *) pages[0x110000 / PAGE];

/* Serbian letters, by their Latin twins; the letters that Macedonian and Serbian share keep one form. */
static const struct { uint32_t from; const char *to; } serbian[] = {
	{0x430, "a"}, {0x431, "b"}, {0x432, "v"}, {0x433, "g"}, {0x434, "d"}, {0x452, "d"},
	{0x435, "e"}, {0x436, "z"}, {0x437, "z"}, {0x438, "i"}, {0x458, "j"}, {0x43a, "k"},
	{0x43b, "l"}, {0x459, "lj"}, {0x43c, "m"}, {0x43d, "n"}, {0x45a, "nj"}, {0x43e, "o"},
	{0x43f, "p"}, {0x440, "r"}, {0x441, "s"}, {0x442, "t"}, {0x45b, "c"}, {0x443, "u"},
	{0x444, "f"}, {0x445, "h"}, {0x446, "c"}, {0x447, "c"}, {0x45f, "dz"}, {0x448, "s"},
};

static const char *special(uint32_t c)
{
	for (size_t i = 0; i < LENGTH(serbian); i++)
		if (serbian[i].from == c)
			return serbian[i].to;
	switch (c) {
	case 0x111:   /* d with stroke */
		return "d";
	case 0x131:   /* dotless i */
		return "i";
	case 0xdf:
		return "ss";
	case 0xf8:
		return "o";
	case 0x142:
		return "l";
	default:
		return NULL;
	}
}

static bool is_word(uint32_t c)
{
	return u_isalnum((UChar32)c) || (U_GET_GC_MASK((UChar32)c) & U_GC_M_MASK) != 0;
}

static void append(struct folded *to, const char *s, size_t len)
{
	if (to->len + len <= FOLD_BYTES) {
		memcpy(to->s + to->len, s, len);
		to->len = (unsigned char)(to->len + len);
	}
}

static void append_code(struct folded *to, uint32_t c)
{
	_cleanup_(buf_free) struct buf utf8 = {0};
	const char *twin = special(c);

	if (twin) {
		append(to, twin, strlen(twin));
	} else if (c < 0x300 || c > 0x36f) {   /* the combining accents of Latin, Greek, Cyrillic go */
		utf8_put(&utf8, c);
		append(to, utf8.s, utf8.len);
	}
}

/* Lower, decompose for compatibility, drop accents. Cyrillic short i and kin stay whole. */
static void fold_code(uint32_t c, struct folded *to)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&status);
	UChar32 lower = u_tolower((UChar32)c);
	UChar parts[32];
	int32_t n, i = 0;

	*to = (struct folded){.known = 1, .word = is_word(c)};
	if (!to->word)
		return;
	if (special((uint32_t)lower) || lower == 0x439 || lower == 0x457 || lower == 0x451) {
		append_code(to, (uint32_t)lower);
		return;
	}
	n = unorm2_getDecomposition(nfkd, lower, parts, LENGTH(parts), &status);
	if (U_FAILURE(status) || n < 0) {
		append_code(to, (uint32_t)lower);
		return;
	}
	while (i < n) {
		UChar32 part;

		U16_NEXT(parts, i, n, part);
		if (is_word((uint32_t)part))
			append_code(to, (uint32_t)u_tolower(part));
	}
}

static const struct folded *fold_of(uint32_t c)
{
	struct folded *page = atomic_load_explicit(&pages[c / PAGE], memory_order_acquire), *none = NULL;

	if (!page) {
		page = calloc(PAGE, sizeof *page);   /* lives as long as the process: a cache */
		if (!page)
			abort();
		for (uint32_t i = 0; i < PAGE; i++)
			fold_code(c / PAGE * PAGE + i, &page[i]);
		if (!atomic_compare_exchange_strong(&pages[c / PAGE], &none, page)) {
			free(page);
			page = none;
		}
	}
	return &page[c % PAGE];
}

/* A full stop, question or exclamation mark before a blank ends a sentence; so does a line break. */
static bool ends_sentence(uint32_t c, const char *s, size_t len, size_t next)
{
	if (c == '\n' || c == 0x589 || c == 0x61f || c == 0x3002)
		return true;
	return (c == '.' || c == '!' || c == '?' || c == 0x2026) && (next >= len || s[next] == ' ' || s[next] == '\n');
}

/* An initial or a short abbreviation before a full stop ("J. Smith", "Dr. X") does not end one. */
static bool is_abbreviation(const struct token *last, uint32_t c)
{
	return c == '.' && last && last->end - last->start <= 2 && last->capital;
}

size_t text_tokens(const char *s, size_t len, struct arena *arena, struct token **ret)
{
	struct token *tokens = NULL;
	size_t n = 0, cap = 0, at = 0;
	char *words = arena_alloc(arena, len * 4 + 16), *w = words;   /* no code point folds to more */
	const char *limit = words + len * 4;
	uint32_t sentence = 0;
	bool inside = false, pending = false;

	while (at < len) {
		size_t start = at;
		uint32_t c = utf8_next(s, len, &at);
		const struct folded *folded = fold_of(c < 0x110000 ? c : 0xfffd);

		if (!folded->word) {
			if (inside)
				*w++ = '\0';
			inside = false;
			if (n && ends_sentence(c, s, len, at) && !is_abbreviation(&tokens[n - 1], c))
				pending = true;
			continue;
		}
		if (!inside) {
			sentence += pending;
			pending = false;
			*arena_push(arena, tokens, n, cap) = (struct token){
				.s = w, .start = (uint32_t)start, .sentence = sentence,
				.capital = u_isupper((UChar32)c)};
			inside = true;
		}
		if (w + folded->len + 1 < limit + 15) {
			memcpy(w, folded->s, folded->len);
			w += folded->len;
		}
		tokens[n - 1].end = (uint32_t)at;
	}
	if (inside)
		*w = '\0';
	*ret = tokens;
	return n;
}

void text_fold(struct buf *buf, const char *s, size_t len)
{
	bool inside = false, any = false;

	for (size_t at = 0; at < len;) {
		uint32_t c = utf8_next(s, len, &at);
		const struct folded *folded = fold_of(c < 0x110000 ? c : 0xfffd);

		if (folded->word && !inside && any)
			buf_putc(buf, ' ');
		inside = folded->word;
		if (folded->word) {
			buf_add(buf, folded->s, folded->len);
			any = true;
		}
	}
}
