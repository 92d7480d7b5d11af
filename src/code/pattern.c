/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pattern.c - the trie of phrases.
 *
 * Words are interned first: a literal, a stem or a number range gets a symbol.
 * A token stands for at most CANDIDATES symbols (itself, its stems from the
 * longest on, the ranges that hold it). An edge is (node, symbol) -> node in an
 * open-addressing table. Of matches of equal length the literal one wins, then
 * the longer stem, because candidates are tried in that order and a later one
 * must be strictly longer to replace an earlier.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "code/pattern.h"

#define CANDIDATES 8
#define STEM_LEAST 3   /* letters */

struct symbol {
	const char *s;      /* "protest", "protest*", "#75-100%" */
	uint32_t hash;
};

struct range {
	uint32_t symbol;
	double low, high;
	bool percent;
};

struct edge {
	uint32_t node, symbol, to;   /* to 0: free */
};

struct pattern_set {
	struct arena *arena;
	struct symbol *symbols;      /* 1..n; 0 is none */
	size_t n_symbols, cap_symbols;
	uint32_t *words;             /* hash table: symbol or 0 */
	size_t n_words;              /* power of two */
	struct range *ranges;
	size_t n_ranges, cap_ranges;
	uint32_t *values;            /* per node; node 0 is the root */
	size_t n_nodes, cap_nodes;
	struct edge *edges;
	size_t n_edges, used_edges;  /* power of two */
};

static uint32_t hash_step(uint32_t hash, unsigned char c)
{
	return (hash ^ c) * 16777619u;   /* FNV-1a */
}

#define HASH_START 2166136261u

struct pattern_set *pattern_open(struct arena *arena)
{
	struct pattern_set *set = arena_new(arena, struct pattern_set);

	set->arena = arena;
	set->n_words = set->n_edges = 1024;
	set->words = arena_array(arena, uint32_t, set->n_words);
	set->edges = arena_array(arena, struct edge, set->n_edges);
	*arena_push(arena, set->symbols, set->n_symbols, set->cap_symbols) = (struct symbol){"", 0};
	*arena_push(arena, set->values, set->n_nodes, set->cap_nodes) = PATTERN_NONE;
	return set;
}

/* The symbol of s[0..len) followed by `mark` ('*', or 0 for none); 0 if there is none. */
static uint32_t word_find(const struct pattern_set *set, const char *s, size_t len, char mark,
			  uint32_t hash)
{
	for (size_t i = hash & (set->n_words - 1); set->words[i];
	     i = (i + 1) & (set->n_words - 1)) {
		const struct symbol *symbol = &set->symbols[set->words[i]];

		if (symbol->hash == hash && strncmp(symbol->s, s, len) == 0 &&
		    symbol->s[len] == mark && (!mark || !symbol->s[len + 1]))
			return set->words[i];
	}
	return 0;
}

static void words_place(struct pattern_set *set, uint32_t symbol)
{
	size_t i = set->symbols[symbol].hash & (set->n_words - 1);

	while (set->words[i])
		i = (i + 1) & (set->n_words - 1);
	set->words[i] = symbol;
}

static uint32_t word_intern(struct pattern_set *set, const char *s, size_t len)
{
	bool stem = len && s[len - 1] == '*';
	uint32_t hash = HASH_START, symbol;

	for (size_t i = 0; i < len; i++)
		hash = hash_step(hash, (unsigned char)s[i]);
	symbol = word_find(set, s, stem ? len - 1 : len, stem ? '*' : 0, hash);
	if (symbol)
		return symbol;
	symbol = (uint32_t)set->n_symbols;
	*arena_push(set->arena, set->symbols, set->n_symbols, set->cap_symbols) =
		(struct symbol){arena_ndup(set->arena, s, len), hash};
	if (2 * set->n_symbols > set->n_words) {
		set->n_words *= 2;
		set->words = arena_array(set->arena, uint32_t, set->n_words);
		for (uint32_t i = 1; i < symbol; i++)
			words_place(set, i);
	}
	words_place(set, symbol);
	return symbol;
}

static size_t edge_slot(const struct pattern_set *set, uint32_t node, uint32_t symbol)
{
	uint64_t mixed = (((uint64_t)node << 32) | symbol) * UINT64_C(0x9E3779B97F4A7C15);
	size_t i = (mixed >> 32) & (set->n_edges - 1);

	while (set->edges[i].to && (set->edges[i].node != node || set->edges[i].symbol != symbol))
		i = (i + 1) & (set->n_edges - 1);
	return i;
}

static void edges_grow(struct pattern_set *set)
{
	struct edge *old = set->edges;
	size_t n = set->n_edges;

	set->n_edges *= 2;
	set->edges = arena_array(set->arena, struct edge, set->n_edges);
	for (size_t i = 0; i < n; i++)
		if (old[i].to)
			set->edges[edge_slot(set, old[i].node, old[i].symbol)] = old[i];
}

static uint32_t edge_follow(struct pattern_set *set, uint32_t node, uint32_t symbol)
{
	size_t i = edge_slot(set, node, symbol);

	if (set->edges[i].to)
		return set->edges[i].to;
	if (2 * ++set->used_edges > set->n_edges) {
		edges_grow(set);
		i = edge_slot(set, node, symbol);
	}
	set->edges[i] = (struct edge){node, symbol, (uint32_t)set->n_nodes};
	*arena_push(set->arena, set->values, set->n_nodes, set->cap_nodes) = PATTERN_NONE;
	return set->edges[i].to;
}

/* "#75-100" or "#75-100%": note the range, return its symbol, 0 if it is none. */
static uint32_t range_intern(struct pattern_set *set, const char *s, size_t len)
{
	bool percent = s[len - 1] == '%';
	const char *dash = memchr(s, '-', len), *end = s + len - percent;
	struct range range = {.percent = percent};
	size_t before = set->n_symbols;

	if (!dash || num_read(s + 1, (size_t)(dash - s - 1), &range.low) < 0 ||
	    num_read(dash + 1, (size_t)(end - dash - 1), &range.high) < 0 || range.low > range.high)
		return 0;
	range.symbol = word_intern(set, s, len);
	if (set->n_symbols > before)
		*arena_push(set->arena, set->ranges, set->n_ranges, set->cap_ranges) = range;
	return range.symbol;
}

/* The symbols of one word as written: several when folding splits it ("l'Etat"). */
static int word_read(struct pattern_set *set, const char *s, size_t len, uint32_t *symbols,
		     size_t *n, struct err *err)
{
	_cleanup_(buf_free) struct buf folded = {0};
	bool stem = len > 1 && s[len - 1] == '*';
	size_t at = 0;

	if (*s == '#') {
		symbols[(*n)++] = range_intern(set, s, len);
		if (!symbols[*n - 1])
			return err_set(err, ERR_DATA,
				       "bad range \"%.*s\", expected #75-100 or #75-100%%",
				       (int)len, s);
		return 0;
	}
	if (memchr(s, '*', len - stem))
		return err_set(err, ERR_DATA, "\"%.*s\": `*` stands at the end of a word only",
			       (int)len, s);
	text_fold(&folded, s, len - stem);
	if (!folded.len)
		return err_set(err, ERR_DATA, "\"%.*s\" has no letter or digit", (int)len, s);
	while (at < folded.len) {
		char *blank = strchr(folded.s + at, ' ');
		size_t end = blank ? (size_t)(blank - folded.s) : folded.len;

		if (*n == PATTERN_WORDS)
			return err_set(err, ERR_DATA, "phrase has over %d words", PATTERN_WORDS);
		if (!blank && stem) {
			if (end - at < STEM_LEAST)
				return err_set(err, ERR_DATA,
					       "stem \"%.*s\" is shorter than %d letters", (int)len,
					       s, STEM_LEAST);
			buf_putc(&folded, '*');
			end++;
		}
		symbols[(*n)++] = word_intern(set, folded.s + at, end - at);
		at = end + 1;
	}
	return 0;
}

uint32_t pattern_add(struct pattern_set *set, const char *phrase, size_t len, uint32_t value,
		     int *r, struct err *err)
{
	uint32_t symbols[PATTERN_WORDS], node = 0;
	size_t n = 0, at = 0;

	assert(value != PATTERN_NONE);
	while (at < len) {
		size_t end = at;

		while (end < len && phrase[end] != ' ')
			end++;
		if (n == PATTERN_WORDS)
			*r = err_set(err, ERR_DATA, "phrase has over %d words", PATTERN_WORDS);
		else
			*r = end > at ? word_read(set, phrase + at, end - at, symbols, &n, err) : 0;
		if (*r < 0)
			return PATTERN_NONE;
		at = end + 1;
	}
	*r = n ? 0 : err_set(err, ERR_DATA, "empty phrase");
	if (*r < 0)
		return PATTERN_NONE;
	for (size_t i = 0; i < n; i++)
		node = edge_follow(set, node, symbols[i]);
	if (set->values[node] == PATTERN_NONE) {
		set->values[node] = value;
		return PATTERN_NONE;
	}
	return set->values[node];
}

/* ---- reading a text ---- */

struct place {   /* in a text */
	const struct pattern_set *set;
	const char *text;
	size_t len;
	const struct token *tokens;
	size_t n;
};

static bool is_digits(const char *s)
{
	return *s && s[strspn(s, "0123456789")] == '\0' && strlen(s) < 12;
}

/*
 * How token i + 1 continues the number at token i: ',' after a decimal mark, ' ' as the next
 * three digits of a long number (2,000 or 2 000, also with a no-break blank), 0 not at all.
 */
static char number_goes_on(const struct place *p, size_t i)
{
	const char *gap, *next;
	size_t width;

	if (i + 1 >= p->n || !is_digits(p->tokens[i].s) || !is_digits(p->tokens[i + 1].s))
		return 0;
	gap = p->text + p->tokens[i].end;
	next = p->tokens[i + 1].s;
	width = p->tokens[i + 1].start - p->tokens[i].end;
	if (strlen(next) == 3 && strlen(p->tokens[i].s) <= 3 &&
	    ((width == 1 && memchr(" .,", *gap, 3)) ||
	     (width == 2 && memcmp(gap, "\xC2\xA0", 2) == 0) ||
	     (width == 3 && memcmp(gap, "\xE2\x80\xAF", 3) == 0)))
		return ' ';
	return width == 1 && memchr(".,", *gap, 2) ? ',' : 0;
}

static bool percent_follows(const struct place *p, size_t at)
{
	/* a blank, or the no-break ones (U+00A0, U+202F, U+2009) of French print */
	static const char *const blanks[] = {" ", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89"};

	for (size_t i = 0; i < LENGTH(blanks); i++) {
		size_t width = strlen(blanks[i]);

		if (at + width <= p->len && memcmp(p->text + at, blanks[i], width) == 0) {
			at += width;
			break;
		}
	}
	return at < p->len && p->text[at] == '%';
}

/* Symbols of ranges that hold the number at token i, and the tokens it takes. */
static size_t number_symbols(const struct place *p, size_t i, uint32_t *symbols, size_t *taken)
{
	double value = 0;
	size_t n = 0;

	*taken = 1;
	if (!is_digits(p->tokens[i].s) || (i && number_goes_on(p, i - 1)))
		return 0;
	value = strtod(p->tokens[i].s, NULL);
	while (number_goes_on(p, i + *taken - 1) == ' ' && *taken < 4)
		value = 1000 * value + strtod(p->tokens[i + (*taken)++].s, NULL);
	*taken += number_goes_on(p, i + *taken - 1) == ',';
	for (size_t k = 0; k < p->set->n_ranges && n < CANDIDATES; k++) {
		const struct range *range = &p->set->ranges[k];

		if (value >= range->low && value <= range->high &&
		    (!range->percent || percent_follows(p, p->tokens[i + *taken - 1].end)))
			symbols[n++] = range->symbol;
	}
	return n;
}

/* Literal first, then stems from the longest to the shortest. */
static size_t word_symbols(const struct pattern_set *set, const char *s, uint32_t *symbols)
{
	uint32_t hash = HASH_START, stems[CANDIDATES];
	size_t n = 0, n_stems = 0, len = 0;

	for (; s[len]; len++) {
		uint32_t stem;

		if (len >= STEM_LEAST &&
		    (stem = word_find(set, s, len, '*', hash_step(hash, '*'))) != 0)
			stems[n_stems++ % CANDIDATES] = stem;
		hash = hash_step(hash, (unsigned char)s[len]);
	}
	symbols[n] = word_find(set, s, len, 0, hash);
	n += symbols[n] != 0;
	if (len >= STEM_LEAST) {
		uint32_t stem = word_find(set, s, len, '*', hash_step(hash, '*'));

		if (stem)
			stems[n_stems++ % CANDIDATES] = stem;
	}
	for (size_t i = 0; i < n_stems && i < CANDIDATES && n < CANDIDATES; i++)
		symbols[n++] = stems[(n_stems - 1 - i) % CANDIDATES];
	return n;
}

static void match_from(const struct place *p, uint32_t node, size_t at, size_t depth,
		       struct pattern_hit *hit)
{
	const struct pattern_set *set = p->set;
	uint32_t symbols[CANDIDATES];
	size_t n, taken = 1;

	if (set->values[node] != PATTERN_NONE && at > hit->past) {
		hit->value = set->values[node];
		hit->past = at;
	}
	if (at >= p->n || depth > PATTERN_WORDS ||
	    (depth && p->tokens[at].sentence != p->tokens[at - 1].sentence))
		return;
	n = word_symbols(set, p->tokens[at].s, symbols);
	for (size_t i = 0; i < n; i++) {
		const struct edge *edge = &set->edges[edge_slot(set, node, symbols[i])];

		if (edge->to)
			match_from(p, edge->to, at + 1, depth + 1, hit);
	}
	n = set->n_ranges ? number_symbols(p, at, symbols, &taken) : 0;
	for (size_t i = 0; i < n; i++) {
		const struct edge *edge = &set->edges[edge_slot(set, node, symbols[i])];

		if (edge->to)
			match_from(p, edge->to, at + taken, depth + 1, hit);
	}
}

bool pattern_at(const struct pattern_set *set, const char *text, size_t len,
		const struct token *tokens, size_t n, size_t at, struct pattern_hit *hit)
{
	const struct place p = {set, text, len, tokens, n};
	struct pattern_hit found = {PATTERN_NONE, at, at};

	match_from(&p, 0, at, 0, &found);
	if (found.value == PATTERN_NONE)
		return false;
	*hit = found;
	return true;
}
