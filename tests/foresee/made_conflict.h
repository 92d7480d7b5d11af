/* SPDX-License-Identifier: GPL-3.0-or-later */
/* made_conflict.h - a panel in which spaces close because of conflict, and for no other reason. */
#ifndef TESTS_FORESEE_MADE_CONFLICT_H
#define TESTS_FORESEE_MADE_CONFLICT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "foresee/space.h"

#define CONFLICT_UNITS 60
#define CONFLICT_FIRST 1980
#define CONFLICT_LAST 2008
#define CONFLICT_COLUMN N_SIX_SPACES

/*
 * Conflict breaks out at random for a year; in the next, each space falls far with a chance of .8. Without
 * it an index wavers by less than a step and makes its way back to .7 in quick years. Growth is noise. In the
 * last year units 1 to 10 are in conflict and no others.
 */
static inline void made_conflict(struct history *history, uint64_t seed, struct arena *arena)
{
	struct rng rng;

	history_make(history, CONFLICT_UNITS, CONFLICT_FIRST, CONFLICT_LAST - CONFLICT_FIRST + 1, N_SIX_SPACES + 2, arena);
	for (size_t k = 0; k < N_SIX_SPACES; k++)
		history->columns[k].name = six_spaces[k].name;
	history->columns[CONFLICT_COLUMN].name = "internal_confl";
	history->columns[CONFLICT_COLUMN + 1].name = "mobile_per100";
	rng_seed(&rng, seed);
	for (size_t u = 0; u < CONFLICT_UNITS; u++) {
		double value[N_SIX_SPACES], conflict = 0;

		history->units[u] = (struct history_unit){arena_printf(arena, "%zu", u + 1), NULL, (int64_t)(u % 4) + 1};
		for (size_t k = 0; k < N_SIX_SPACES; k++)
			value[k] = .7;
		for (int64_t year = CONFLICT_FIRST; year <= CONFLICT_LAST; year++) {
			for (size_t k = 0; k < N_SIX_SPACES; k++) {
				if (conflict > 0 && rng_unit(&rng) < .8)
					value[k] -= .2;
				else if (value[k] < .6)
					value[k] += .15;
				else
					value[k] = .7 + .01 * (rng_unit(&rng) - .5);
				value[k] = fmax(value[k], .02);
				*history_cell(history, k, u, year) = round(value[k] * 1000) / 1000;
			}
			conflict = year == CONFLICT_LAST ? u < 10 : rng_unit(&rng) < .12;
			*history_cell(history, CONFLICT_COLUMN, u, year) = conflict;
			*history_cell(history, CONFLICT_COLUMN + 1, u, year) = 100 * rng_unit(&rng);
			history->listed[u * history->n_years + (size_t)(year - CONFLICT_FIRST)] = true;
		}
	}
}

#endif
