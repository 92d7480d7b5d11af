/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * place.h - which unit a text is about, by the names it uses.
 *
 * Names come from the atlas (those of the text's language), and from CSV tables
 * `unit,form[,kind]` of our own. Kinds:
 *
 *   name, demonym, capital, city, institution, person: evidence for the unit, in
 *     that order of weight;
 *   not: no evidence, hides a shorter form inside it;
 *   homonym: `form` may also mean something in `unit`, or, when unit is empty, a
 *     person or a common word.
 *
 * Letters that are upper case in the form must be so in the text (a form all in
 * capitals: "US", and all of them). An entity counts for its parent. A homonym
 * with a unit goes to that unit when the text has other evidence for it and none
 * for the first; one without counts only when nothing else capitalised stands
 * beside it, or when the text has other evidence.
 */
#ifndef TOCSIN_CODE_PLACE_H
#define TOCSIN_CODE_PLACE_H

#include "code/lexicon.h"

struct place_table;

struct place_hit {
	const struct unit *unit;   /* NULL: hides only */
	size_t first, past;        /* tokens */
	double weight;             /* of its kind */
	bool adjective;            /* a demonym */
	uint32_t form;             /* equal for equal forms */
	bool sure;                 /* the form has no homonym */
	bool lone;                 /* homonym of a person or word, and beside a name */
	const struct unit *rival;  /* homonym of a place there */
};

struct place_table *places_open(struct coder *coder, const char *lang);
int places_read(struct coder *coder, struct place_table *table, const char *name, const char *text,
		size_t len, struct err *err);

/* All places in one text; `matched` tells which tokens are known words, not names. */
size_t places_find(const struct place_table *table, const char *text, size_t len,
		   const struct token *tokens, size_t n, const bool *matched, struct arena *arena,
		   struct place_hit **ret);

#endif
