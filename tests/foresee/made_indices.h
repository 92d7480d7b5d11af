/* SPDX-License-Identifier: GPL-3.0-or-later */
/* made_indices.h - a panel of six indices that stand still, wander and drift, for the tests of walks. */
#ifndef TESTS_FORESEE_MADE_INDICES_H
#define TESTS_FORESEE_MADE_INDICES_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "foresee/space.h"

#define MADE_UNITS 40
#define MADE_FIRST 1980
#define MADE_LAST 2010

/* Units "1".."40" from 1980 to 2010. The higher a unit's number, the more restless; unit 1 never moves. */
static inline void made_panel(struct history *history, uint64_t seed, struct arena *arena)
{
	struct rng rng;

	history_make(history, MADE_UNITS, MADE_FIRST, MADE_LAST - MADE_FIRST + 1, N_SIX_SPACES, arena);
	for (size_t k = 0; k < N_SIX_SPACES; k++)
		history->columns[k].name = six_spaces[k].name;
	rng_seed(&rng, seed);
	for (size_t u = 0; u < MADE_UNITS; u++) {
		double level = .1 + .8 * rng_unit(&rng), restless = (double)u / MADE_UNITS;

		history->units[u] = (struct history_unit){arena_printf(arena, "%zu", u + 1), NULL, (int64_t)(u % 4)};
		for (size_t k = 0; k < N_SIX_SPACES; k++) {
			double value = round(level * 1000) / 1000;

			for (int64_t year = MADE_FIRST; year <= MADE_LAST; year++) {
				if (rng_unit(&rng) < restless)
					value = fmin(fmax(value + .16 * restless * (rng_unit(&rng) - .5), 0), 1);
				value = round(value * 1000) / 1000;
				*history_cell(history, k, u, year) = value;
				history->listed[u * history->n_years + (size_t)(year - MADE_FIRST)] = true;
			}
		}
	}
}

/* Everything after a year becomes something else. */
static inline void made_panel_spoil(struct history *history, int64_t after)
{
	for (size_t k = 0; k < N_SIX_SPACES; k++)
		for (size_t u = 0; u < MADE_UNITS; u++)
			for (int64_t year = after + 1; year <= MADE_LAST; year++)
				*history_cell(history, k, u, year) =
					(u + k + (size_t)year) % 3 ? .001 * (double)((u * 7 + k) % 900) : NAN;
}

#endif
