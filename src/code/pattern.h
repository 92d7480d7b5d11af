/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pattern.h - phrases found in running text: longest match over folded tokens.
 *
 * A phrase is words with blanks between, folded as text is. A word may end in
 * `*`: any token that starts with it (three letters at least). `#75-100` stands
 * for a whole or decimal number in that range, `#75-100%` for one before a
 * percent sign. A trie over words: each edge is found in one hash table, so a
 * text costs O(tokens * longest phrase) and allocates nothing per token.
 */
#ifndef TOCSIN_CODE_PATTERN_H
#define TOCSIN_CODE_PATTERN_H

#include <tocsin/text.h>

#define PATTERN_NONE UINT32_MAX
#define PATTERN_WORDS 12   /* of the longest phrase */

struct pattern_set;

struct pattern_hit {
	uint32_t value;
	size_t first, past;   /* tokens [first, past) */
};

struct pattern_set *pattern_open(struct arena *arena);

/*
 * Keep `value` under a phrase and return PATTERN_NONE, or, if the phrase is there
 * already, its value, unchanged. ERR_DATA in *r (message without place) for a
 * phrase that is empty, too long, or has a bad wildcard or range.
 */
uint32_t pattern_add(struct pattern_set *set, const char *phrase, size_t len, uint32_t value,
		     int *r, struct err *err);

/* The longest phrase that starts at token `at`; true and *hit filled if there is one. */
bool pattern_at(const struct pattern_set *set, const char *text, size_t len,
		const struct token *tokens, size_t n, size_t at, struct pattern_hit *hit);

#endif
