/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learner_trees.c - gradient boosting on the outcome of two years, and the same year by year.
 *
 * The hazard learns the chance of an event in the next year and in the one after it, given
 * none before; its chance of two years is 1 - (1 - h1)(1 - h2). It can use a year of
 * labels more, and what follows a single year is less mixed.
 */
#include <math.h>
#include <stdlib.h>

#include "foresee/boost.h"
#include "foresee/learner.h"

#define YEAR_COLUMN N_CASE_FEATURES   /* of the hazard: 0 the next year, 1 the one after */
#define WINDOW_YEARS 40
#define UNKNOWN -1000.0f             /* below all values: a table without gaps takes a quarter of the memory */

struct pile {
	float *x, *y, *weight;
	size_t n, k, events;
};

static float known(float value)
{
	return isnan(value) ? UNKNOWN : value;
}

static void pile_add(struct pile *pile, const struct cases *cases, size_t row, int ahead, signed char y, int64_t cutoff)
{
	float *x = &pile->x[pile->n * pile->k];

	for (size_t f = 0; f < N_CASE_FEATURES; f++)
		x[f] = known(cases->x[row * N_CASE_FEATURES + f]);
	if (pile->k > N_CASE_FEATURES)
		x[YEAR_COLUMN] = (float)ahead;
	pile->weight[pile->n] = (float)case_weight(cutoff, cases->key[row].year);
	pile->y[pile->n++] = y;
	pile->events += y == EVENT_YES;
}

static int64_t first_year(const struct cases *cases, int64_t cutoff)
{
	int64_t start = cases->history->first + 2;

	return cutoff - WINDOW_YEARS > start ? cutoff - WINDOW_YEARS : start;
}

/* The pile goes as soon as XGBoost has its own. */
static int pile_fit(const struct pile *pile, struct arena *arena, const struct boost_setup *setup, void **ret, struct err *err)
{
	struct boost_data *data;
	struct boost *boost;
	int r;

	if (pile->n < LEARN_LEAST_ROWS || pile->events < LEARN_LEAST_EVENTS || pile->n - pile->events < LEARN_LEAST_EVENTS)
		return err_set(err, ERR_DATA, "%zu cases with %zu events: too few to learn from", pile->n, pile->events);
	r = boost_data_open(pile->x, pile->y, pile->weight, pile->n, pile->k, &data, err);
	if (r < 0)
		return r;
	arena_free(arena);
	r = boost_fit(data, setup, &boost, err);
	if (r == 0)
		*ret = boost;
	boost_data_close(data);
	return r;
}

static void pile_open(struct pile *pile, size_t most, size_t k, struct arena *arena)
{
	*pile = (struct pile){.k = k};
	pile->x = arena_array(arena, float, most * k + 1);
	pile->y = arena_array(arena, float, most + 1);
	pile->weight = arena_array(arena, float, most + 1);
}

/* A fold only weighs and calibrates: it makes do with fewer and longer steps. */
static struct boost_setup setup_of(const struct cases *cases, int64_t cutoff, double least_weight, uint64_t seed)
{
	bool fold = cutoff < cases->origin;

	return (struct boost_setup){.rounds = fold ? 60 : 150, .depth = 4, .rate = fold ? .15 : .06, .subsample = .5,
				    .columns = .4, .least_weight = least_weight, .ridge = 5, .seed = seed};
}

static int trees_fit(const struct cases *cases, int64_t cutoff, uint64_t seed, void **ret, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct boost_setup setup = setup_of(cases, cutoff, 10, seed);
	size_t first, past;
	struct pile pile;

	cases_of_years(cases, first_year(cases, cutoff), cases_last_final(cases, cutoff), &first, &past);
	pile_open(&pile, past - first, N_CASE_FEATURES, &arena);
	for (size_t i = first; i < past; i++)
		if (cases->y[i] != EVENT_OPEN)
			pile_add(&pile, cases, i, 0, cases->y[i], cutoff);
	return pile_fit(&pile, &arena, &setup, ret, err);
}

/* Cases as the trees know them, `k` floats each; the last is the year for the hazard. */
static float *known_rows(const struct cases *cases, size_t first, size_t past, size_t k, int ahead, struct arena *arena)
{
	size_t n = past - first;
	float *x = arena_array(arena, float, n * k + 1);

	for (size_t i = 0; i < n; i++) {
		for (size_t f = 0; f < N_CASE_FEATURES; f++)
			x[i * k + f] = known(cases->x[(first + i) * N_CASE_FEATURES + f]);
		if (k > N_CASE_FEATURES)
			x[i * k + YEAR_COLUMN] = (float)ahead;
	}
	return x;
}

static int trees_chance(const void *model, const struct cases *cases, size_t first, size_t past, double *p, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};

	return boost_chance(model, known_rows(cases, first, past, N_CASE_FEATURES, 0, &arena), past - first, p, err);
}

static int trees_parts(const void *model, const struct cases *cases, size_t row, double *parts, double *rest, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	double all[N_CASE_FEATURES + 1];
	int r = boost_parts(model, known_rows(cases, row, row + 1, N_CASE_FEATURES, 0, &arena), 1, all, err);

	for (size_t f = 0; r == 0 && f < N_CASE_FEATURES; f++)
		parts[f] = all[f];
	if (r == 0)
		*rest = all[N_CASE_FEATURES];
	return r;
}

static void trees_close(void *model)
{
	boost_close(model);
}

static int hazard_fit(const struct cases *cases, int64_t cutoff, uint64_t seed, void **ret, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct boost_setup setup = setup_of(cases, cutoff, 6, seed);
	int64_t last = cutoff - rule_delay(cases->rule);   /* year with final events */
	size_t first, past;
	struct pile pile;

	cases_of_years(cases, first_year(cases, cutoff), last - 1, &first, &past);
	pile_open(&pile, 2 * (past - first), N_CASE_FEATURES + 1, &arena);
	for (size_t i = first; i < past; i++) {
		if (cases->next[0][i] == EVENT_OPEN)
			continue;
		pile_add(&pile, cases, i, 0, cases->next[0][i], cutoff);
		if (cases->next[0][i] == EVENT_NO && cases->next[1][i] != EVENT_OPEN && cases->key[i].year + 2 <= last)
			pile_add(&pile, cases, i, 1, cases->next[1][i], cutoff);
	}
	return pile_fit(&pile, &arena, &setup, ret, err);
}

static int hazard_chance(const void *model, const struct cases *cases, size_t first, size_t past, double *p, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	size_t n = past - first;
	double *h = arena_array(&arena, double, n + 1);
	int r = 0;

	for (int ahead = 0; ahead < 2 && r == 0; ahead++) {
		r = boost_chance(model, known_rows(cases, first, past, N_CASE_FEATURES + 1, ahead, &arena), n, h, err);
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
	float x[2 * (N_CASE_FEATURES + 1)];
	double all[2 * (N_CASE_FEATURES + 2)], from[2] = {0}, to[2], weight[2] = {0}, both;
	int r;

	for (int ahead = 0; ahead < 2; ahead++) {
		for (size_t f = 0; f < N_CASE_FEATURES; f++)
			x[ahead * (N_CASE_FEATURES + 1) + f] = cases->x[row * N_CASE_FEATURES + f];
		x[ahead * (N_CASE_FEATURES + 1) + YEAR_COLUMN] = (float)ahead;
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

const struct learner learner_trees = {
	.name = "trees", .words = "gradient boosted trees on the two years", .fit = trees_fit, .chance = trees_chance,
	.parts = trees_parts, .close = trees_close,
};

const struct learner learner_hazard = {
	.name = "hazard", .words = "gradient boosted trees, year by year", .fit = hazard_fit, .chance = hazard_chance,
	.parts = hazard_parts, .close = trees_close,
};
