/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ert_candidate.c - candidate sequences of steps in one direction (section 4 of docs/methods/episodes.md). */
#include <assert.h>
#include <math.h>

#include "measure/ert.h"

struct run {                  /* a sequence under way */
	size_t first, last;       /* index of the first and last step that counts */
	bool open;
	int stasis;
	double drift;
};

/* Closing is the mirror of opening, but the comparisons are on the doubles as given: -d need not be d's mirror at a bound. */
static bool starts(double d, int direction, const struct episode_rule *rule)
{
	return direction > 0 ? d >= rule->start_incl : d <= -rule->start_incl;
}

static bool is_stasis(double d, int direction, const struct episode_rule *rule)
{
	return direction > 0 ? d >= -rule->year_turn && d < rule->start_incl
			     : d > -rule->start_incl && d <= rule->year_turn;
}

/* A fall to closed autocracy, in the mirror a rise to liberal democracy. */
static bool reaches_end(const int8_t *regime, size_t i, int direction)
{
	if (regime[i] == ERT_NONE || regime[i + 1] == ERT_NONE)
		return false;
	return direction > 0 ? regime[i + 1] < regime[i] && regime[i + 1] == 0
			     : regime[i + 1] > regime[i] && regime[i + 1] == 3;
}

static bool stops(const struct ert_input *in, const struct ert_regime *regimes, const struct episode_rule *rule,
		  int direction, size_t i, const struct run *run)
{
	double d = in->v[i + 1] - in->v[i];

	return i + 2 == in->n || run->stasis == rule->tolerance || isnan(d) ||
	       (direction > 0 ? d < -rule->year_turn : d > rule->year_turn) ||
	       (direction > 0 ? run->drift < -rule->cum_turn : run->drift > rule->cum_turn) ||
	       reaches_end(in->regime, i, direction) || regimes[i + 1].change == -direction;
}

static size_t tail_of(const struct ert_input *in, const struct episode_rule *rule, int direction, size_t i,
		      const struct run *run)
{
	double d = in->v[i + 1] - in->v[i];

	if (run->stasis == 0)
		return run->last + 1;
	if (i + 2 == in->n && (direction > 0 ? d >= -rule->year_turn : d <= rule->year_turn))
		return i + 1;
	return i;
}

int ert_candidate(const struct ert_input *in, const struct ert_regime *regimes, const struct episode_rule *rule,
		  int direction, size_t *at, struct ert_span *ret)
{
	struct run run = {0};

	assert(direction == 1 || direction == -1);
	for (size_t i = *at; i + 1 < in->n; i++) {
		double d = in->v[i + 1] - in->v[i];

		if (starts(d, direction, rule)) {
			if (!run.open)
				run.first = i;
			run = (struct run){run.first, i, true, 0, 0};
		}
		if (!run.open)
			continue;
		if (is_stasis(d, direction, rule)) {
			run.stasis++;
			run.drift += d;
		}
		if (!stops(in, regimes, rule, direction, i, &run))
			continue;
		*ret = (struct ert_span){run.first, tail_of(in, rule, direction, i, &run)};
		*at = i + 1;
		return 1;
	}
	*at = in->n;
	return 0;
}
