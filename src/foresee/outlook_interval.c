/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outlook_interval.c - what the ensemble said before, as rows of its calibration. */
#include <math.h>

#include "foresee/outlook_interval.h"

void outlook_scatter(const struct outlook *outlook, struct chance_scatter *ret)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct cases *cases = &outlook->cases;
	struct past_chance *past = arena_array(&arena, struct past_chance, outlook->past.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < outlook->past.n; i++) {
		const struct case_key *key = &cases->key[outlook->past.row[i]];
		signed char y = cases->y[outlook->past.row[i]];

		if (y == EVENT_OPEN || isnan(outlook->past.p[i]))
			continue;
		past[n++] = (struct past_chance){.p = outlook->past.p[i], .y = y == EVENT_YES, .direction = key->direction,
						 .unit = key->unit, .origin = key->year};
	}
	chance_scatter_learn(past, n, cases->history->n_units, ret);
}

struct interval outlook_interval(const struct outlook *outlook, const struct chance_scatter *scatter, size_t i, double level)
{
	double member[MOST_MEMBERS];

	for (size_t m = 0; m < n_learners; m++)
		member[m] = outlook->speaks[m] ? outlook->now.member[m][i] : NAN;
	return chance_interval(scatter, outlook->now.p[i], members_spread(member, n_learners), level);
}
