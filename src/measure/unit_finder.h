/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unit_finder.h - the unit that a cell of a foreign table means, by code or by name.
 *
 * Names of other tables differ in accents, "&", "St", articles and slips of the pen. A name is
 * compared by its folded words without those; what is left over is found when exactly one known
 * name is a single letter away. Guesses are told, so that a caller can print them.
 */
#ifndef MEASURE_UNIT_FINDER_H
#define MEASURE_UNIT_FINDER_H

#include <tocsin/model.h>

struct unit_key {
	const char *key;             /* folded code or name */
	const char *unit;
};

struct unit_seen {
	const char *text, *unit;     /* unit NULL: looked for and not found */
	bool guessed;
};

struct unit_finder {
	struct arena *arena;
	const struct atlas *atlas;
	struct unit_key *codes, *names, *numbers;   /* sorted by key; numbers: Gleditsch-Ward, then COW */
	size_t n_codes, n_names, n_numbers;
	struct unit_seen *seen;                     /* tables name the same few hundred units again and again */
	size_t n_seen;
};

void unit_finder_open(struct unit_finder *finder, const struct atlas *atlas, struct arena *arena);
/* The key of the unit, the atlas's own pointer; NULL if there is none. *guessed: the name was one letter off. */
const char *unit_find(struct unit_finder *finder, const char *text, bool *guessed);

#endif
