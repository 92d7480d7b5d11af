/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nowcast_judge.c - what the nowcast is worth: releases foretold by models that other units taught, against
 * carrying the last release forward, and against the same model without its monthly inputs.
 *
 * A gain is shown when its 90 % interval over units, drawn whole, lies above 0. Skill is claimed when both are: a
 * filter alone may gain by smoothing, and that is no news of this month.
 */
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "measure/nowcast.h"

#define FOLDS 4
#define DRAWS 1000

struct errors {              /* sums of squares of one unit */
	double own, carried, without;
	size_t n, covered;
};

static void judge_unit(const struct nowcast_panel *panel, const struct nowcast_models *model,
		       const struct nowcast_models *bare, const struct nowcast_unit *unit, struct errors *errors)
{
	_cleanup_(arena_free) struct arena room = {0};
	struct nowcast_point *own = arena_array(&room, struct nowcast_point, unit->years + 1);
	struct nowcast_point *without = arena_array(&room, struct nowcast_point, unit->years + 1);
	double last = NAN;

	nowcast_run(panel, model, unit, NULL, NULL, own);
	nowcast_run(panel, bare, unit, NULL, NULL, without);
	for (size_t year = 0; year < unit->years; year++) {
		double y = unit->y[year];

		if (!isnan(y) && !isnan(last) && !isnan(own[year].value)) {
			errors->own += pow(y - own[year].value, 2);
			errors->carried += pow(y - last, 2);
			errors->without += pow(y - without[year].value, 2);
			errors->covered += y >= own[year].low && y <= own[year].high;
			errors->n++;
		}
		last = isnan(y) ? last : y;
	}
}

struct resample {
	const struct errors *errors;
	size_t n;
};

static double gain_of(const struct resample *from, const uint32_t *counts, bool against_inputs)
{
	double own = 0, other = 0;

	for (size_t i = 0; i < from->n; i++) {
		double times = counts ? counts[i] : 1;

		own += times * from->errors[i].own;
		other += times * (against_inputs ? from->errors[i].without : from->errors[i].carried);
	}
	return other > 0 ? 1 - sqrt(own / other) : 0;
}

/* Percentile interval of a gain over units. */
static struct interval gain_interval(const struct resample *from, bool against_inputs, uint64_t seed)
{
	_cleanup_(arena_free) struct arena room = {0};
	uint32_t *counts = arena_array(&room, uint32_t, from->n + 1);
	double *gains = arena_array(&room, double, DRAWS);
	struct rng rng;

	if (from->n < 3)
		return (struct interval){NAN, NAN};
	rng_seed(&rng, seed);
	for (size_t d = 0; d < DRAWS; d++) {
		bootstrap_counts(&rng, from->n, counts);
		gains[d] = gain_of(from, counts, against_inputs);
	}
	sort_numbers(gains, DRAWS);
	return (struct interval){quantile_sorted(gains, DRAWS, 0.05), quantile_sorted(gains, DRAWS, 0.95)};
}

static void sum_up(const struct errors *errors, size_t n, uint64_t seed, struct nowcast_score *score)
{
	struct resample from = {errors, n};
	double own = 0, carried = 0, without = 0, covered = 0;
	struct interval reach;

	for (size_t i = 0; i < n; i++) {
		own += errors[i].own;
		carried += errors[i].carried;
		without += errors[i].without;
		covered += (double)errors[i].covered;
		score->releases += errors[i].n;
	}
	score->units = n;
	score->rmse = sqrt(own / (double)score->releases);
	score->rmse_carried = sqrt(carried / (double)score->releases);
	score->rmse_without = sqrt(without / (double)score->releases);
	score->coverage = covered / (double)score->releases;
	score->gain = gain_of(&from, NULL, false);
	reach = gain_interval(&from, false, seed);
	score->gain_low = reach.low;
	score->gain_high = reach.high;
	score->input_gain = gain_of(&from, NULL, true);
	reach = gain_interval(&from, true, seed);
	score->input_low = reach.low;
	score->input_high = reach.high;
	score->skill = score->gain_low > 0 && score->input_low > 0;
}

static void deal(struct rng *rng, size_t n, struct arena *arena, size_t *fold)
{
	size_t *order = arena_array(arena, size_t, n + 1);

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t i = n; i-- > 1;) {
		size_t k = rng_below(rng, i + 1), swap = order[i];

		order[i] = order[k];
		order[k] = swap;
	}
	for (size_t i = 0; i < n; i++)
		fold[order[i]] = i % FOLDS;
}

void nowcast_judge(const struct nowcast_panel *panel, uint64_t seed, struct nowcast_score *ret)
{
	_cleanup_(arena_free) struct arena room = {0};
	struct nowcast_score score = {.rmse = NAN, .rmse_carried = NAN, .rmse_without = NAN, .gain = NAN,
			.gain_low = NAN,
				      .gain_high = NAN, .input_gain = NAN, .input_low = NAN, .input_high = NAN,
						.coverage = NAN};
	struct errors *errors = arena_array(&room, struct errors, panel->n + 1);
	size_t *fold = arena_array(&room, size_t, panel->n + 1), n = 0;
	bool *use = arena_array(&room, bool, panel->n + 1);
	struct nowcast_panel inputs_less = *panel;
	struct rng rng;

	rng_seed(&rng, seed);
	deal(&rng, panel->n, &room, fold);
	inputs_less.inputs = 0;
	for (size_t f = 0; f < FOLDS && panel->n >= FOLDS; f++) {
		struct nowcast_models model, bare;

		for (size_t i = 0; i < panel->n; i++)
			use[i] = fold[i] != f;
		nowcast_learn(panel, use, &model);
		bare = model;   /* the same, unless the inputs were taken in */
		if (model.of[0].inputs || model.of[1].inputs)
			nowcast_learn(&inputs_less, use, &bare);
		for (size_t i = 0; i < panel->n; i++) {
			struct errors one = {0};

			if (fold[i] != f)
				continue;
			judge_unit(panel, &model, &bare, &panel->units[i], &one);
			if (one.n)
				errors[n++] = one;
		}
	}
	if (n)
		sum_up(errors, n, seed, &score);
	*ret = score;
}
