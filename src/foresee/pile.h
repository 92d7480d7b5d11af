/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pile.h - cases as the trees learn from them. */
#ifndef FORESEE_PILE_H
#define FORESEE_PILE_H

#include "foresee/boost.h"
#include "foresee/learner.h"

#define YEAR_COLUMN N_CASE_FEATURES   /* of a wider pile: 0 the next year, 1 the one after */

struct pile {
	float *x, *y, *weight;
	size_t n, k, events;         /* k: N_CASE_FEATURES, or one more */
};

void pile_open(struct pile *pile, size_t most, size_t k, struct arena *arena);
void pile_add(struct pile *pile, const struct cases *cases, size_t row, int ahead, signed char y, int64_t cutoff);
/* ERR_DATA when there is too little. The arena, which holds the pile, is freed as soon as XGBoost has its own. */
int pile_fit(const struct pile *pile, struct arena *arena, const struct boost_setup *setup, struct boost **ret,
	     struct err *err);
/* One case, k floats. */
void pile_row(const struct cases *cases, size_t row, size_t k, int ahead, float *x);
/* Cases [first, past) to speak of, k floats each. */
float *pile_rows(const struct cases *cases, size_t first, size_t past, size_t k, int ahead, struct arena *arena);
/* The first year that is learned from. */
int64_t pile_start(const struct cases *cases, int64_t cutoff);
/* A fold only weighs and calibrates: it makes do with fewer and longer steps. */
struct boost_setup pile_setup(const struct cases *cases, int64_t cutoff, double least_weight, uint64_t seed);

#endif
