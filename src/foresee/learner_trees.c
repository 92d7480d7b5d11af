/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learner_trees.c - gradient boosting on the outcome of two years, for each space with both its directions.
 *
 * The hazard learns from all spaces at once; trees of their own find what is peculiar to one, and err elsewhere.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "foresee/pile.h"

struct trees {
	struct boost *of[N_SIX_SPACES];      /* NULL where it could not be learned: */
	double rate[N_SIX_SPACES];           /* then the smoothed share of events is said */
};

static void trees_close(void *model)
{
	struct trees *trees = model;

	for (size_t space = 0; trees && space < N_SIX_SPACES; space++)
		boost_close(trees->of[space]);
	free(trees);
}

static int space_fit(const struct cases *cases, int64_t cutoff, uint64_t seed, size_t space, struct trees *trees,
		     struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct boost_setup setup = pile_setup(cases, cutoff, 8, seed + space);
	size_t first, past, most = 0;
	struct pile pile;

	cases_of_years(cases, pile_start(cases, cutoff), cases_last_final(cases, cutoff), &first, &past);
	for (size_t i = first; i < past; i++)
		most += cases->key[i].space == space;
	pile_open(&pile, most, N_CASE_FEATURES, &arena);
	for (size_t i = first; i < past; i++)
		if (cases->key[i].space == space && cases->y[i] != EVENT_OPEN)
			pile_add(&pile, cases, i, 0, cases->y[i], cutoff);
	trees->rate[space] = ((double)pile.events + .5) / ((double)pile.n + 1);
	return pile_fit(&pile, &arena, &setup, &trees->of[space], err);
}

static int trees_fit(const struct cases *cases, int64_t cutoff, uint64_t seed, void **ret, struct err *err)
{
	struct trees *trees = calloc(1, sizeof *trees);
	size_t learned = 0;
	int r = 0;

	if (!trees)
		abort();
	assert(cases->n_spaces <= N_SIX_SPACES);
	for (size_t space = 0; space < cases->n_spaces && (r == 0 || r == ERR_DATA); space++) {
		r = space_fit(cases, cutoff, seed, space, trees, err);
		learned += r == 0;
	}
	if (learned == 0 || (r < 0 && r != ERR_DATA)) {
		trees_close(trees);
		return r;
	}
	*ret = trees;
	return 0;
}

/* The cases of one space together. */
static int space_chance(const struct trees *trees, const struct cases *cases, size_t space, size_t first, size_t past,
			double *p, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	size_t *row = arena_array(&arena, size_t, past - first + 1), n = 0;
	double *said = arena_array(&arena, double, past - first + 1);
	float *x;
	int r = 0;

	for (size_t i = first; i < past; i++)
		if (cases->key[i].space == space)
			row[n++] = i;
	x = arena_array(&arena, float, n * N_CASE_FEATURES + 1);
	for (size_t i = 0; i < n; i++)
		pile_row(cases, row[i], N_CASE_FEATURES, 0, &x[i * N_CASE_FEATURES]);
	if (trees->of[space])
		r = boost_chance(trees->of[space], x, n, said, err);
	for (size_t i = 0; i < n && r == 0; i++)
		p[row[i] - first] = trees->of[space] ? said[i] : trees->rate[space];
	return r;
}

static int trees_chance(const void *model, const struct cases *cases, size_t first, size_t past, double *p, struct err *err)
{
	int r = 0;

	for (size_t space = 0; space < cases->n_spaces && r == 0; space++)
		r = space_chance(model, cases, space, first, past, p, err);
	return r;
}

static int trees_parts(const void *model, const struct cases *cases, size_t row, double *parts, double *rest, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct trees *trees = model;
	size_t space = cases->key[row].space;
	double all[N_CASE_FEATURES + 1] = {0};
	int r = 0;

	if (trees->of[space])
		r = boost_parts(trees->of[space], pile_rows(cases, row, row + 1, N_CASE_FEATURES, 0, &arena), 1, all, err);
	else
		all[N_CASE_FEATURES] = log(trees->rate[space] / (1 - trees->rate[space]));
	for (size_t f = 0; r == 0 && f < N_CASE_FEATURES; f++)
		parts[f] = all[f];
	if (r == 0)
		*rest = all[N_CASE_FEATURES];
	return r;
}

const struct learner learner_trees = {
	.name = "trees", .words = "gradient boosted trees on the two years, space by space", .fit = trees_fit,
	.chance = trees_chance, .parts = trees_parts, .close = trees_close,
};
