/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learner_hazard.c - gradient boosting year by year, all spaces and both directions together.
 *
 * It learns the chance of an event in the next year and in the one after it, given none before; its chance of two
 * years is 1 - (1 - h1)(1 - h2). It can use a year of labels more, and what follows a single year is less mixed.
 */
#include <math.h>
#include <string.h>

#include "foresee/pile.h"

static int hazard_fit(const struct cases *cases, int64_t cutoff, uint64_t seed, void **ret, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct boost_setup setup = pile_setup(cases, cutoff, 6, seed);
	int64_t last = cutoff - rule_delay(cases->rule);   /* year with final events */
	struct boost *boost;
	size_t first, past;
	struct pile pile;
	int r;

	cases_of_years(cases, pile_start(cases, cutoff), last - 1, &first, &past);
	pile_open(&pile, 2 * (past - first), N_CASE_FEATURES + 1, &arena);
	for (size_t i = first; i < past; i++) {
		if (cases->next[0][i] == EVENT_OPEN)
			continue;
		pile_add(&pile, cases, i, 0, cases->next[0][i], cutoff);
		if (cases->next[0][i] == EVENT_NO && cases->next[1][i] != EVENT_OPEN && cases->key[i].year + 2 <= last)
			pile_add(&pile, cases, i, 1, cases->next[1][i], cutoff);
	}
	r = pile_fit(&pile, &arena, &setup, &boost, err);
	if (r == 0)
		*ret = boost;
	return r;
}

static int hazard_chance(const void *model, const struct cases *cases, size_t first, size_t past, double *p, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	size_t n = past - first;
	double *h = arena_array(&arena, double, n + 1);
	int r = 0;

	for (int ahead = 0; ahead < 2 && r == 0; ahead++) {
		r = boost_chance(model, pile_rows(cases, first, past, N_CASE_FEATURES + 1, ahead, &arena), n, h, err);
		for (size_t i = 0; i < n && r == 0; i++)
			p[i] = ahead ? 1 - (1 - p[i]) * (1 - h[i]) : h[i];
	}
	return r;
}

#define PATH_POINTS 64    /* of the integral below */

static double chance_of(double log_odds)
{
	return 1 / (1 + exp(-log_odds));
}

/*
 * The log-odds of P = 1 - (1 - h1)(1 - h2) change by h1/P and h2/P with those of the years. Both years go from
 * their expectation to the case together, and each part counts by the mean of that along the way (the value
 * of Aumann and Shapley), so that the parts and the rest make the log-odds of P.
 */
static int hazard_parts(const void *model, const struct cases *cases, size_t row, double *parts, double *rest, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	float x[2 * (N_CASE_FEATURES + 1)];
	double all[2 * (N_CASE_FEATURES + 2)], from[2] = {0}, to[2], weight[2] = {0}, both;
	int r;

	for (int ahead = 0; ahead < 2; ahead++) {
		const float *one = pile_rows(cases, row, row + 1, N_CASE_FEATURES + 1, ahead, &arena);

		memcpy(&x[ahead * (N_CASE_FEATURES + 1)], one, (N_CASE_FEATURES + 1) * sizeof *x);
	}
	r = boost_parts(model, x, 2, all, err);
	if (r < 0)
		return r;
	for (int ahead = 0; ahead < 2; ahead++) {
		const double *of = &all[ahead * (N_CASE_FEATURES + 2)];

		from[ahead] = of[YEAR_COLUMN] + of[YEAR_COLUMN + 1];
		to[ahead] = from[ahead];
		for (size_t f = 0; f < N_CASE_FEATURES; f++)
			to[ahead] += of[f];
	}
	for (int k = 0; k < PATH_POINTS; k++) {
		double t = (k + .5) / PATH_POINTS, h[2];

		for (int ahead = 0; ahead < 2; ahead++)
			h[ahead] = chance_of(from[ahead] + t * (to[ahead] - from[ahead]));
		both = 1 - (1 - h[0]) * (1 - h[1]);
		for (int ahead = 0; ahead < 2; ahead++)
			weight[ahead] += h[ahead] / both / PATH_POINTS;
	}
	both = 1 - (1 - chance_of(to[0])) * (1 - chance_of(to[1]));
	*rest = log(both / (1 - both));
	for (size_t f = 0; f < N_CASE_FEATURES; f++) {
		parts[f] = weight[0] * all[f] + weight[1] * all[N_CASE_FEATURES + 2 + f];
		*rest -= parts[f];
	}
	return 0;
}

static void hazard_close(void *model)
{
	boost_close(model);
}

const struct learner learner_hazard = {
	.name = "hazard", .words = "gradient boosted trees, year by year", .fit = hazard_fit, .chance = hazard_chance,
	.parts = hazard_parts, .close = hazard_close,
};
