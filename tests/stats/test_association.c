/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_association.c - correlations against published and hand-made values; eigenvalues by what defines them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <tocsin/stats.h>

#include "tests/near.h"

/* Anscombe (1973), the first of four sets. */
static const double anscombe_x[] = {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5};
static const double anscombe_y[] = {8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68};

static void anscombe_has_the_published_correlation_and_variance(void **state)
{
	(void)state;
	assert_near(pearson(anscombe_x, anscombe_y, 11), 0.81642051634484, 1e-13);
	assert_near(covariance(anscombe_x, anscombe_x, 11), 11, 1e-12);
}

static void ties_share_a_rank_and_count_half(void **state)
{
	const double x[] = {1, 2, 2, 3}, y[] = {1, 2, 3, 3};
	double ranks[4];

	(void)state;
	ranks_middle(x, 4, ranks);
	assert_near(ranks[1], 2.5, 0);
	assert_near(ranks[2], 2.5, 0);
	assert_near(spearman(x, y, 4), 5.0 / 6, 1e-15);
	assert_near(kendall(x, y, 4), 0.8, 1e-15);   /* 4 of sqrt(5 * 5) pairs */
}

static void a_pair_with_a_gap_is_left_out_and_a_constant_has_none(void **state)
{
	const double x[] = {1, NAN, 2, 3}, y[] = {2, 5, NAN, 9}, same[] = {4, 4, 4, 4};

	(void)state;
	assert_near(pearson(x, y, 4), 1, 1e-15);
	assert_near(covariance(x, y, 4), 7, 1e-15);
	assert_true(isnan(pearson(x, same, 4)));
	assert_true(isnan(kendall(x, same, 4)));
	assert_true(isnan(pearson(x, y, 1)));
}

static void rank_correlations_do_not_mind_a_rising_scale(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 5);
	for (int round = 0; round < 50; round++) {
		double x[20], y[20], scaled[20];

		for (int i = 0; i < 20; i++) {
			x[i] = rng_unit(&rng);
			y[i] = x[i] + rng_unit(&rng);
			scaled[i] = exp(5 * x[i]);
		}
		assert_near(spearman(scaled, y, 20), spearman(x, y, 20), 1e-14);
		assert_near(kendall(scaled, y, 20), kendall(x, y, 20), 1e-14);
	}
}

static void every_eigenvector_is_only_stretched_and_the_largest_comes_first(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 6);
	for (int round = 0; round < 50; round++) {
		double a[36], used[36], values[6], vectors[36];

		for (int i = 0; i < 6; i++)
			for (int j = 0; j <= i; j++)
				a[i * 6 + j] = a[j * 6 + i] = rng_unit(&rng) - 0.5;
		for (int i = 0; i < 36; i++)
			used[i] = a[i];
		eigen_symmetric(used, 6, values, vectors);
		for (int k = 0; k < 6; k++)
			for (int i = 0; i < 6; i++) {
				double sum = 0;

				for (int j = 0; j < 6; j++)
					sum += a[i * 6 + j] * vectors[j * 6 + k];
				assert_near(sum, values[k] * vectors[i * 6 + k], 1e-13);
			}
		for (int k = 1; k < 6; k++)
			assert_true(values[k - 1] >= values[k]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(anscombe_has_the_published_correlation_and_variance),
		cmocka_unit_test(ties_share_a_rank_and_count_half),
		cmocka_unit_test(a_pair_with_a_gap_is_left_out_and_a_constant_has_none),
		cmocka_unit_test(rank_correlations_do_not_mind_a_rising_scale),
		cmocka_unit_test(every_eigenvector_is_only_stretched_and_the_largest_comes_first),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("association", tests, NULL, NULL);
}
