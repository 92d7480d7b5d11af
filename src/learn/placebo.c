/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * placebo.c - the treated against untreated units taken for treated (Abadie, Diamond and Hainmueller 2010).
 *
 * A placebo takes the place of a treated unit: same start, same years, and its distance times the ratio of
 * the two units' yearly steps, for a restless country strays farther by chance than a quiet one.
 *
 * Means of several placebos are drawn with replacement and then stretched. Two placebos each serve among
 * the other's donors, so that errors of theirs cancel that do not cancel among the treated: of the
 * variance v / n of the mean of n from a pool of m, a share (n - 1) / (m (1 + |w|^2)) is lacking, |w|^2 the
 * sum of a unit's squared weights. (With equal weights: s^2 (1/n + 1/m) is right.) The pool
 * itself is a sample, so the spread it shows is worth Student's t and not the normal; for one unit, where
 * ranks alone would do, this is on the safe side.
 */
#include <assert.h>
#include <math.h>

#include <tocsin/stats.h>

#include "learn/placebo.h"

static double figure_of(const struct effect_design *design, const struct effect_gaps *gaps, size_t row,
			enum placebo_figure figure, size_t year)
{
	const double *after = gaps->after + row * design->after;
	double sum = 0;

	if (figure == PLACEBO_HELD)
		return gaps->held[row];
	if (figure == PLACEBO_YEAR)
		return after[year];
	for (size_t t = 0; t < design->after; t++)
		sum += after[t];
	return sum / (double)design->after;
}

static double figure_of_placebo(const struct placebo_unit *unit, enum effect_method method, size_t row,
				enum placebo_figure figure, size_t year)
{
	const struct effect_gaps *gaps = &unit->design->gaps[method];

	return figure_of(unit->design, gaps, row, figure, year) * gaps->scale[unit->row] / gaps->scale[row];
}

static size_t distances(const struct placebo_unit *units, size_t n, enum effect_method method,
			enum placebo_figure figure, size_t year, const struct effect_setup *setup,
			struct arena *room, double **ret)
{
	const size_t count = n == 1 ? units->design->n_pool : setup->draws;
	double *far = arena_array(room, double, count);
	struct rng rng;

	rng_seed(&rng, setup->seed);
	for (size_t draw = 0; draw < count; draw++) {
		double sum = 0;

		for (size_t i = 0; i < n; i++) {
			size_t row = n == 1 ? draw : rng_below(&rng, units[i].design->n_pool);

			sum += figure_of_placebo(&units[i], method, row, figure, year);
		}
		far[draw] = fabs(sum / (double)n);
	}
	sort_numbers(far, count);
	*ret = far;
	return count;
}

static double stretch_of(const struct placebo_unit *units, size_t n, enum effect_method method, size_t donors,
			 double level)
{
	double spread = 0;

	for (size_t i = 0; i < n; i++)
		spread += units[i].design->gaps[method].spread / (double)n;
	return sqrt(1 + (double)(n - 1) / ((double)donors * (1 + spread))) *
	       student_reach(level, (double)(donors - 1)) / normal_reach(level);
}

static size_t keep_known(const struct placebo_unit *units, size_t n, enum placebo_figure figure, size_t year,
			 struct placebo_unit *kept)
{
	size_t m = 0;

	for (size_t i = 0; i < n; i++)
		if (figure != PLACEBO_YEAR || units[i].design->after > year)
			kept[m++] = units[i];
	return m;
}

struct placebo_answer placebo_compare(const struct placebo_unit *units, size_t n, enum effect_method method,
				      enum placebo_figure figure, size_t year,
				      const struct effect_setup *setup)
{
	_cleanup_(arena_free) struct arena room = {0};
	struct placebo_unit *kept = arena_array(&room, struct placebo_unit, n + 1);
	struct placebo_answer answer = {.donors = SIZE_MAX};
	double *far, stretch;
	size_t count, at, beyond = 0;

	n = keep_known(units, n, figure, year, kept);
	assert(n > 0);
	for (size_t i = 0; i < n; i++) {
		const struct effect_design *design = kept[i].design;

		answer.mean += figure_of(design, &design->gaps[method], kept[i].row, figure, year) / (double)n;
		answer.donors = design->n_pool < answer.donors ? design->n_pool : answer.donors;
	}
	answer.units = n;
	count = distances(kept, n, method, figure, year, setup, &room, &far);
	stretch = stretch_of(kept, n, method, answer.donors, setup->level);
	while (beyond < count && far[count - 1 - beyond] * stretch >= fabs(answer.mean))
		beyond++;
	answer.p = (double)(beyond + 1) / (double)(count + 1);
	at = (size_t)ceil(setup->level * (double)(count + 1) - 1e-9);
	answer.reach = at > count ? INFINITY : far[at > 0 ? at - 1 : 0] * stretch;
	return answer;
}
