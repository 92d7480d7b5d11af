/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pile.c - rows for XGBoost; what is missing becomes a value below all others. */
#include <math.h>

#include "foresee/pile.h"

#define WINDOW_YEARS 40
#define UNKNOWN -1000.0f     /* a table without gaps takes a quarter of the memory */

static float known(float value)
{
	return isnan(value) ? UNKNOWN : value;
}

void pile_row(const struct cases *cases, size_t row, size_t k, int ahead, float *x)
{
	for (size_t f = 0; f < N_CASE_FEATURES; f++)
		x[f] = known(cases->x[row * N_CASE_FEATURES + f]);
	if (k > N_CASE_FEATURES)
		x[YEAR_COLUMN] = (float)ahead;
}

void pile_open(struct pile *pile, size_t most, size_t k, struct arena *arena)
{
	*pile = (struct pile){.k = k};
	pile->x = arena_array(arena, float, most * k + 1);
	pile->y = arena_array(arena, float, most + 1);
	pile->weight = arena_array(arena, float, most + 1);
}

void pile_add(struct pile *pile, const struct cases *cases, size_t row, int ahead, signed char y, int64_t cutoff)
{
	pile_row(cases, row, pile->k, ahead, &pile->x[pile->n * pile->k]);
	pile->weight[pile->n] = (float)case_weight(cutoff, cases->key[row].year);
	pile->y[pile->n++] = y;
	pile->events += y == EVENT_YES;
}

int pile_fit(const struct pile *pile, struct arena *arena, const struct boost_setup *setup, struct boost **ret,
	     struct err *err)
{
	struct boost_data *data;
	int r;

	if (pile->n < LEARN_LEAST_ROWS || pile->events < LEARN_LEAST_EVENTS || pile->n - pile->events < LEARN_LEAST_EVENTS)
		return err_set(err, ERR_DATA, "%zu cases with %zu events: too few to learn from", pile->n, pile->events);
	r = boost_data_open(pile->x, pile->y, pile->weight, pile->n, pile->k, &data, err);
	if (r < 0)
		return r;
	arena_free(arena);
	r = boost_fit(data, setup, ret, err);
	boost_data_close(data);
	return r;
}

float *pile_rows(const struct cases *cases, size_t first, size_t past, size_t k, int ahead, struct arena *arena)
{
	float *x = arena_array(arena, float, (past - first) * k + 1);

	for (size_t i = first; i < past; i++)
		pile_row(cases, i, k, ahead, &x[(i - first) * k]);
	return x;
}

int64_t pile_start(const struct cases *cases, int64_t cutoff)
{
	int64_t start = cases->history->first + 2;

	return cutoff - WINDOW_YEARS > start ? cutoff - WINDOW_YEARS : start;
}

struct boost_setup pile_setup(const struct cases *cases, int64_t cutoff, double least_weight, uint64_t seed)
{
	bool fold = cutoff < cases->origin;

	return (struct boost_setup){.rounds = fold ? 40 : 180, .depth = 4, .rate = fold ? .2 : .05, .subsample = .5,
				    .columns = .4, .least_weight = least_weight, .ridge = 5, .seed = seed};
}
