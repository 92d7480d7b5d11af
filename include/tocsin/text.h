/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text.h - folding, tokens, sentences, languages, plain text out of markup, dates in feeds.
 *
 * Everything here is pure: UTF-8 in, values out. Byte offsets always point into
 * the text as given, before any normalisation, so that a span found in folded
 * tokens can be shown in the words of the source.
 */
#ifndef TOCSIN_TEXT_H
#define TOCSIN_TEXT_H

#include <tocsin/base.h>

/* A word: a run of letters, marks and digits (an apostrophe or hyphen ends it). */
struct token {
	const char *s;        /* folded, NUL-terminated, in the arena */
	uint32_t start, end;  /* [start, end) in the source text, bytes */
	uint32_t sentence;    /* 0, 1, ... */
	bool capital;         /* starts with an upper-case letter */
};

/*
 * Fold: NFKC, lower case, Serbian Cyrillic to Latin, diacritics stripped (d with
 * stroke to d, dotless i to i); letters of other scripts stay as they are. One
 * pass, no allocation per token. Returns the number of tokens.
 */
size_t text_tokens(const char *s, size_t len, struct arena *arena, struct token **ret);
/* The folded tokens joined by one blank: what search indexes and lexicons are written in. */
void text_fold(struct buf *buf, const char *s, size_t len);

/* The language of a text: BCP 47 ("sr-Cyrl", "sr-Latn" keep the script), NULL when not sure. */
const char *text_language(const char *s, size_t len, const char *hint, double *confidence);

/* Visible text of an HTML fragment: entities decoded, blocks to line breaks, scripts dropped. */
void text_from_html(struct buf *buf, const char *s, size_t len);
/* True when the text ends in a cut mark: an ellipsis in brackets, or a bare ellipsis. */
bool text_is_cut(const char *s, size_t len);

/* Columns of a terminal that valid UTF-8 takes: marks none, wide signs two. */
size_t text_width(const char *s, size_t len);

/* RFC 822, W3C-DTF and kin, as feeds write them. ERR_DATA when nothing fits. */
int text_date(const char *s, struct instant *ret, struct err *err);

/*
 * FracMinHash sketch over 9-letter shingles of the folded text (hash < 2^64/16; all
 * of them below 600 letters), sorted. Containment = shared / smaller sketch.
 */
size_t text_sketch(const char *s, size_t len, struct arena *arena, uint64_t **ret);
double text_containment(const uint64_t *a, size_t n_a, const uint64_t *b, size_t n_b, size_t *shared);

#endif
