/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_draw.c - draws have the moments of their distributions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "tests/near.h"

#define DRAWS 200000

static double density(double x)
{
	return isinf(x) ? 0 : exp(-x * x / 2) / sqrt(2 * M_PI);
}

/* P(low < Z < high) without loss in either tail. */
static double mass(double low, double high)
{
	if (low > 0)
		return 0.5 * (erfc(low / M_SQRT2) - erfc(high / M_SQRT2));
	return 0.5 * (erfc(-high / M_SQRT2) - erfc(-low / M_SQRT2));
}

static void draws_between_bounds_have_the_mean_and_variance_that_calculus_gives(void **state)
{
	static const struct interval cases[] = {
		{-INFINITY, INFINITY}, {0, INFINITY}, {-INFINITY, -1}, {-0.3, 0.2}, {1, 1.5}, {2, 6}, {6, INFINITY},
		{-INFINITY, 3}, {-5, -4}, {-2, 0.4}, {0.2, 0.9}, {-0.1, 4},
	};
	struct rng rng;

	(void)state;
	rng_seed(&rng, 61);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const double low = cases[i].low, high = cases[i].high, p = mass(low, high);
		const double mean = (density(low) - density(high)) / p;
		const double edges = (isinf(low) ? 0 : low * density(low)) - (isinf(high) ? 0 : high * density(high));
		const double variance = 1 + edges / p - mean * mean;
		double sum = 0, square = 0;

		for (size_t n = 0; n < DRAWS; n++) {
			const double x = truncated_draw(&rng, low, high);

			assert_true(x >= low && x <= high);
			sum += x - mean;
			square += (x - mean) * (x - mean);
		}
		assert_near(sum / DRAWS, 0, 5 * sqrt(variance / DRAWS));
		assert_near(square / DRAWS / variance, 1, 0.03);
	}
}

static void an_interval_without_room_gives_its_end(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 62);
	assert_near(truncated_draw(&rng, 2, 2), 2, 0);
	assert_near(truncated_draw(&rng, 40, 41), 40.02, 0.3);   /* where no normal draw would ever fall */
	assert_near(truncated_draw(&rng, -INFINITY, -40), -40.02, 0.5);
}

static void gamma_and_beta_have_their_moments(void **state)
{
	static const double shapes[] = {0.3, 1, 2.5, 40};
	struct rng rng;

	(void)state;
	rng_seed(&rng, 63);
	for (size_t i = 0; i < LENGTH(shapes); i++) {
		double sum = 0, square = 0, share = 0;

		for (size_t n = 0; n < DRAWS; n++) {
			const double x = gamma_draw(&rng, shapes[i]);

			assert_true(x >= 0);
			sum += x;
			square += (x - shapes[i]) * (x - shapes[i]);
			share += beta_draw(&rng, shapes[i], 1);
		}
		assert_near(sum / DRAWS, shapes[i], 5 * sqrt(shapes[i] / DRAWS));
		assert_near(square / DRAWS / shapes[i], 1, 0.04);
		assert_near(share / DRAWS, shapes[i] / (shapes[i] + 1), 0.004);
	}
}

/* Far tails: Abramowitz and Stegun, table 26.2 and the asymptotic series 26.2.12. */
static void the_logarithm_of_the_normal_distribution_does_not_underflow(void **state)
{
	(void)state;
	assert_near(normal_log_cdf(0), log(0.5), 1e-15);
	assert_near(normal_log_cdf(-10), -53.2312851505, 1e-9);
	assert_near(normal_log_cdf(-40), -804.608442, 1e-5);
	assert_near(normal_log_cdf(9), 0, 1e-15);
	assert_near(normal_log_cdf(-30.0000001), normal_log_cdf(-29.9999999), 1e-4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws_between_bounds_have_the_mean_and_variance_that_calculus_gives),
		cmocka_unit_test(an_interval_without_room_gives_its_end),
		cmocka_unit_test(gamma_and_beta_have_their_moments),
		cmocka_unit_test(the_logarithm_of_the_normal_distribution_does_not_underflow),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("draw", tests, NULL, NULL);
}
