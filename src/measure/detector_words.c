/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * detector_words.c - why the chance of closing is what it is: what moved, then the groups of features that
 * raise and lower its log-odds most, each with the figures it stands for.
 */
#include <math.h>
#include <string.h>

#include "measure/detector.h"

#define MENTIONED 0.15         /* log-odds: less is not worth a word */
#define MOST_RAISING 3
#define MOST_LOWERING 2

enum group { FALLS, RISES, LATELY, LONGER, PLACE, ERRORS, WORLD, GROUPS };

static enum group group_of(size_t feature)
{
	if (feature < OPENING_RUN)
		return FALLS;
	if (feature < CHANGE_1)
		return RISES;
	if (feature <= CHANGE_3 || (feature >= SCALED_1 && feature <= SCALED_3))
		return LATELY;
	if (feature < LEVEL)
		return LONGER;
	if (feature < WIDTH)
		return PLACE;
	return feature < WORLD_CHANGE_1 ? ERRORS : WORLD;
}

static void put_change(struct buf *buf, double from, double to)
{
	if (to == from)
		buf_printf(buf, "unchanged at %.3f", to);
	else
		buf_printf(buf, "%s %.3f, from %.3f to %.3f", to < from ? "down" : "up", fabs(to - from), from, to);
}

static void put_moves(struct buf *buf, const struct look *look)
{
	const size_t last = look->n - 1;
	size_t most = last;

	put_change(buf, look->v[last - 1], look->v[last]);
	buf_puts(buf, " in a year");
	for (size_t k = 2; k <= 10 && k <= last; k++)
		if (!isnan(look->v[last - k]) && fabs(look->v[last] - look->v[last - k]) > fabs(look->v[last] - look->v[most]))
			most = last - k;
	if (last - most > 1) {
		buf_puts(buf, ", ");
		put_change(buf, look->v[most], look->v[last]);
		buf_printf(buf, " since %d", look->year - (int)(last - most));
	}
}

static void put_run(struct buf *buf, const struct look *look, const struct episode_rule *rule, const double *x,
		    int direction)
{
	const char *steps = direction < 0 ? "falls" : "rises";
	const double p = exp(x[(direction < 0 ? CLOSING_RUN : OPENING_RUN) + RUN_MANIFEST]);
	const double chance = (1.02 * p - 0.02) / (1 + p);
	struct ert_span run;
	size_t stasis;

	if (!look_run(look, rule, direction, &run)) {
		buf_printf(buf, "no run of %s is under way", steps);
	} else {
		stasis = look_stasis(look, rule, direction, &run);
		buf_printf(buf, "a run of %s since %d", steps, look->year - (int)(look->n - 2 - run.first));
		if (stasis)
			buf_printf(buf, ", %zu year%s without a further one", stasis, stasis > 1 ? "s" : "");
	}
	buf_printf(buf, " (one of %g or more in %.0f %% of draws of the index)", rule->cum_incl, 100 * fabs(chance));
}

static void put_longer(struct buf *buf, const double *x)
{
	buf_printf(buf, "%.3f below the highest and %.3f above the lowest of ten years", x[BELOW_10] * x[BELOW_10],
		   x[ABOVE_10] * x[ABOVE_10]);
}

static void put_group(struct buf *buf, enum group group, const struct look *look, const struct world *world,
		      const struct episode_rule *rule, const double *x)
{
	static const char *const regimes[] = {"closed autocracy", "electoral autocracy", "electoral democracy",
					      "liberal democracy"};
	const size_t last = look->n - 1;

	switch (group) {
	case FALLS:
		put_run(buf, look, rule, x, -1);
		break;
	case RISES:
		put_run(buf, look, rule, x, 1);
		break;
	case LATELY:
		buf_printf(buf, "the last year's change is %.1f sd",
			   fabs(look->v[last] - look->v[last - 1]) / look->sd[last]);
		break;
	case LONGER:
		put_longer(buf, x);
		break;
	case PLACE:
		buf_printf(buf, "level %.3f", look->v[last]);
		if (look->regime[last] >= 0 && look->regime[last] <= 3)
			buf_printf(buf, ", %s", regimes[look->regime[last]]);
		break;
	case ERRORS:
		buf_printf(buf, "sd %.3f, yearly changes of %.3f in ten years", look->sd[last],
			   fmax(exp(x[VOLATILITY]) - 0.003, 0));
		break;
	default:
		buf_printf(buf, "%.0f %% of countries in an episode of closing, %.0f %% of opening", 100 * world->closing,
			   100 * world->opening);
	}
}

/* The groups that push with `sign`, the strongest first. */
static void put_side(struct buf *buf, double sums[GROUPS], double sign, size_t most, const char *lead,
		     const struct look *look, const struct world *world, const struct episode_rule *rule, const double *x)
{
	for (size_t said = 0; said < most; said++) {
		size_t best = 0;

		for (size_t g = 1; g < GROUPS; g++)
			if (sign * sums[g] > sign * sums[best])
				best = g;
		if (sign * sums[best] < MENTIONED)
			return;
		buf_puts(buf, said ? "; " : lead);
		put_group(buf, (enum group)best, look, world, rule, x);
		sums[best] = 0;
	}
}

void detector_reason(const struct model *model, const struct look *look, const struct world *world,
		     const struct episode_rule *rule, const double *x, struct buf *buf)
{
	double parts[FEATURES], sums[GROUPS] = {0};

	logit_parts(&model->fit, x, parts);
	for (size_t f = 0; f < FEATURES; f++)
		sums[group_of(f)] += model->slope * parts[f];
	put_moves(buf, look);
	put_side(buf, sums, 1, MOST_RAISING, ". Raised by: ", look, world, rule, x);
	put_side(buf, sums, -1, MOST_LOWERING, ". Lowered by: ", look, world, rule, x);
}
