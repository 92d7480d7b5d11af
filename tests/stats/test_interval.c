/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_interval.c - order statistics and intervals against published and closed values. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "tests/near.h"

#define CLOSE 1e-12

static void assert_interval(struct interval interval, double low, double high, double tolerance)
{
	assert_near(interval.low, low, tolerance);
	assert_near(interval.high, high, tolerance);
}

/* R 4: quantile(1:10, c(0, .25, .9, 1)) gives 1, 3.25, 9.1, 10 (type 7). */
static void a_quantile_lies_between_its_neighbours_as_in_type_seven(void **state)
{
	const double v[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

	(void)state;
	assert_true(quantile_sorted(v, 10, 0) == 1);
	assert_near(quantile_sorted(v, 10, 0.25), 3.25, CLOSE);
	assert_near(quantile_sorted(v, 10, 0.9), 9.1, CLOSE);
	assert_true(quantile_sorted(v, 10, 1) == 10);
	assert_true(quantile_sorted(v, 1, 0.9) == 1);
	assert_true(isnan(quantile_sorted(v, 0, 0.5)));
}

static void the_median_is_the_middle_or_between_the_two(void **state)
{
	double odd[] = {9, 1, 5}, even[] = {9, 1, 5, 3};

	(void)state;
	assert_true(median_of(odd, 3) == 5);
	assert_true(odd[0] == 1 && odd[1] == 5 && odd[2] == 9);
	assert_true(median_of(even, 4) == 4);
	assert_true(isnan(median_of(NULL, 0)));
}

/* Normal quantiles .95, .975, .995 as in every table (Abramowitz and Stegun, 26.5). */
static void the_reach_of_a_normal_is_that_of_the_tables(void **state)
{
	(void)state;
	assert_near(normal_reach(0.9), 1.6448536269514722, 1e-12);
	assert_near(normal_reach(0.95), 1.9599639845400545, 1e-12);
	assert_near(normal_reach(0.99), 2.5758293035489004, 1e-12);
}

/* The exact interval of a share k of n is (Beta(k, n-k+1), Beta(k+1, n-k)): Newcombe 1998, Statistics in
   Medicine 17, table I, method 5; four digits. */
static void quantiles_of_beta_give_the_exact_interval_of_newcombe(void **state)
{
	(void)state;
	assert_near(beta_interval(81, 183, 0.95).low, 0.2527, 5e-5);
	assert_near(beta_interval(82, 182, 0.95).high, 0.3676, 5e-5);
	assert_near(beta_interval(1, 29, 0.95).low, 0.0009, 5e-5);
	assert_near(beta_interval(2, 28, 0.95).high, 0.1776, 5e-5);
}

/* Beta(1, b) and Beta(a, 1) have closed quantiles; Beta(3, 7) by its binomial sum in 50 digits (python3 decimal). */
static void quantiles_of_beta_are_right_to_the_last_digits(void **state)
{
	(void)state;
	assert_interval(beta_interval(1, 1, 0.9), 0.05, 0.95, CLOSE);
	assert_interval(beta_interval(2, 1, 0.9), sqrt(0.05), sqrt(0.95), CLOSE);
	assert_interval(beta_interval(1, 4, 0.8), 1 - pow(0.9, 0.25), 1 - pow(0.1, 0.25), CLOSE);
	assert_interval(beta_interval(3, 7, 0.9), 0.0977468134392757, 0.5496416495066101, CLOSE);
}

/* ---- properties ---- */

static void intervals_are_in_order_and_a_higher_level_is_wider(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 41);
	for (int round = 0; round < 300; round++) {
		double a = 0.1 + 20 * rng_unit(&rng), b = 0.1 + 20 * rng_unit(&rng);
		struct interval narrow = beta_interval(a, b, 0.5), wide = beta_interval(a, b, 0.9);

		assert_true(0 <= wide.low && wide.low < narrow.low);
		assert_true(narrow.low < narrow.high && narrow.high < wide.high && wide.high <= 1);
	}
}

static void a_share_seen_in_a_mirror_has_the_mirrored_interval(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 42);
	for (int round = 0; round < 300; round++) {
		double a = 0.1 + 20 * rng_unit(&rng), b = 0.1 + 20 * rng_unit(&rng);
		struct interval beta = beta_interval(a, b, 0.9), mirror = beta_interval(b, a, 0.9);

		assert_near(beta.low, 1 - mirror.high, 1e-9);
		assert_near(beta.high, 1 - mirror.low, 1e-9);
	}
}

static void sorting_keeps_every_number(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 44);
	for (int round = 0; round < 200; round++) {
		double v[50], sum = 0, after = 0;
		size_t n = rng_below(&rng, 51);

		for (size_t i = 0; i < n; i++)
			sum += v[i] = (double)rng_below(&rng, 100);
		sort_numbers(v, n);
		for (size_t i = 0; i < n; i++) {
			after += v[i];
			assert_true(i == 0 || v[i - 1] <= v[i]);
		}
		assert_true(sum == after);
	}
}

/* Tables of Student's t. */
static void students_reach_is_that_of_the_tables(void **state)
{
	(void)state;
	assert_near(student_reach(0.95, 1), 12.7062, 1e-4);
	assert_near(student_reach(0.95, 19), 2.0930, 1e-4);
	assert_near(student_reach(0.9, 5), 2.0150, 1e-4);
	assert_near(student_reach(0.95, 1e7), normal_reach(0.95), 1e-6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(students_reach_is_that_of_the_tables),
		cmocka_unit_test(a_quantile_lies_between_its_neighbours_as_in_type_seven),
		cmocka_unit_test(the_median_is_the_middle_or_between_the_two),
		cmocka_unit_test(the_reach_of_a_normal_is_that_of_the_tables),
		cmocka_unit_test(quantiles_of_beta_give_the_exact_interval_of_newcombe),
		cmocka_unit_test(quantiles_of_beta_are_right_to_the_last_digits),
		cmocka_unit_test(intervals_are_in_order_and_a_higher_level_is_wider),
		cmocka_unit_test(a_share_seen_in_a_mirror_has_the_mirrored_interval),
		cmocka_unit_test(sorting_keeps_every_number),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("interval", tests, NULL, NULL);
}
