/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_simplex_fit.c - weights on the simplex: known answers, and what holds of any least loss. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <tocsin/stats.h>

#include "tests/near.h"

#define MOST 24

static double gram[MOST * MOST], lin[MOST], w[MOST], slope[MOST];

/* Least squares of y on the columns of x (rows x m). */
static void pose(const double *x, const double *y, size_t rows, size_t m, double ridge)
{
	for (size_t i = 0; i < m; i++) {
		lin[i] = 0;
		for (size_t t = 0; t < rows; t++)
			lin[i] += x[t * m + i] * y[t];
		for (size_t j = 0; j < m; j++) {
			gram[i * m + j] = i == j ? ridge : 0;
			for (size_t t = 0; t < rows; t++)
				gram[i * m + j] += x[t * m + i] * x[t * m + j];
		}
	}
}

static void random_problem(struct rng *rng, size_t rows, size_t m, double ridge, double *x, double *y)
{
	for (size_t i = 0; i < rows * m; i++)
		x[i] = normal_draw(rng);
	for (size_t t = 0; t < rows; t++)
		y[t] = normal_draw(rng);
	pose(x, y, rows, m, ridge);
}

static double loss_of(const double *at, size_t m)
{
	double loss = 0;

	for (size_t i = 0; i < m; i++) {
		loss -= lin[i] * at[i];
		for (size_t j = 0; j < m; j++)
			loss += at[i] * gram[i * m + j] * at[j] / 2;
	}
	return loss;
}

static void the_weights_of_an_exact_combination_are_recovered(void **state)
{
	double x[30 * MOST], y[30];
	struct rng rng;

	(void)state;
	rng_seed(&rng, 4);
	random_problem(&rng, 30, MOST, 0, x, y);
	for (size_t t = 0; t < 30; t++)
		y[t] = 0.5 * x[t * MOST + 3] + 0.3 * x[t * MOST + 11] + 0.2 * x[t * MOST + 23];
	pose(x, y, 30, MOST, 0);
	assert_true(simplex_fit(gram, lin, MOST, 1e-10, w, slope));
	for (size_t i = 0; i < MOST; i++)
		assert_near(w[i], i == 3 ? 0.5 : i == 11 ? 0.3 : i == 23 ? 0.2 : 0, 1e-6);
}

static void a_target_outside_the_hull_takes_the_nearest_point_of_it(void **state)
{
	const double x[] = {0, 1}, above[] = {5}, within[] = {0.25};

	(void)state;
	pose(x, above, 1, 2, 0);
	assert_true(simplex_fit(gram, lin, 2, 0, w, slope));
	assert_near(w[0], 0, 0);
	assert_near(w[1], 1, 0);
	pose(x, within, 1, 2, 0);
	assert_true(simplex_fit(gram, lin, 2, 1e-12, w, slope));
	assert_near(w[1], 0.25, 1e-12);
}

static void one_donor_has_all_the_weight(void **state)
{
	const double x[] = {3}, y[] = {7};

	(void)state;
	pose(x, y, 1, 1, 0);
	assert_true(simplex_fit(gram, lin, 1, 0, w, slope));
	assert_near(w[0], 1, 0);
}

static void donors_alike_share_alike_under_a_ridge(void **state)
{
	const double x[] = {1, 1, 1, 1, 0, 0, 0, 0}, y[] = {1, 0};

	(void)state;
	pose(x, y, 2, 4, 1);
	assert_true(simplex_fit(gram, lin, 4, 1e-12, w, slope));
	for (size_t i = 0; i < 4; i++)
		assert_near(w[i], 0.25, 1e-9);
}

/* Karush, Kuhn and Tucker: no weight could move and lower the loss. */
static void no_move_of_weight_lowers_the_loss(void **state)
{
	struct rng rng;

	(void)state;
	for (uint64_t seed = 1; seed <= 300; seed++) {
		double x[20 * MOST], y[20], sum = 0, least = INFINITY, other[MOST];
		size_t m, rows;

		rng_seed(&rng, seed);
		m = 1 + rng_below(&rng, MOST);
		rows = 1 + rng_below(&rng, 20);
		random_problem(&rng, rows, m, seed % 3 ? 0.5 : 0, x, y);
		assert_true(simplex_fit(gram, lin, m, 1e-7, w, slope));
		for (size_t i = 0; i < m; i++) {
			assert_true(w[i] >= 0);
			sum += w[i];
			least = fmin(least, slope[i]);
		}
		assert_near(sum, 1, 1e-9);
		for (size_t i = 0; i < m; i++)
			if (w[i] > 0)
				assert_true(slope[i] - least <= 1e-7);
		for (size_t k = 0; k < 20; k++) {       /* nor does any other point of the simplex */
			double total = 0;

			for (size_t i = 0; i < m; i++)
				total += other[i] = -log(1 - rng_unit(&rng));
			for (size_t i = 0; i < m; i++)
				other[i] /= total;
			assert_true(loss_of(w, m) <= loss_of(other, m) + 1e-6);
		}
	}
}

static void the_order_of_donors_does_not_matter(void **state)
{
	double x[20 * MOST], turned[20 * MOST], y[20], before[MOST];
	struct rng rng;

	(void)state;
	rng_seed(&rng, 8);
	random_problem(&rng, 20, MOST, 0.5, x, y);
	assert_true(simplex_fit(gram, lin, MOST, 1e-10, w, slope));
	for (size_t i = 0; i < MOST; i++)
		before[i] = w[i];
	for (size_t t = 0; t < 20; t++)
		for (size_t i = 0; i < MOST; i++)
			turned[t * MOST + i] = x[t * MOST + MOST - 1 - i];
	pose(turned, y, 20, MOST, 0.5);
	assert_true(simplex_fit(gram, lin, MOST, 1e-10, w, slope));
	for (size_t i = 0; i < MOST; i++)
		assert_near(w[i], before[MOST - 1 - i], 1e-8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_weights_of_an_exact_combination_are_recovered),
		cmocka_unit_test(a_target_outside_the_hull_takes_the_nearest_point_of_it),
		cmocka_unit_test(one_donor_has_all_the_weight),
		cmocka_unit_test(donors_alike_share_alike_under_a_ridge),
		cmocka_unit_test(no_move_of_weight_lowers_the_loss),
		cmocka_unit_test(the_order_of_donors_does_not_matter),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
