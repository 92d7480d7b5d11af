/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_resample.c - drawing whole clusters with replacement. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "tests/near.h"

static void as_many_clusters_are_drawn_as_there_are(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 51);
	for (size_t n = 1; n < 60; n++) {
		uint32_t counts[60], drawn = 0;

		memset(counts, 0xff, sizeof counts);       /* what was there before does not count */
		bootstrap_counts(&rng, n, counts);
		for (size_t i = 0; i < n; i++)
			drawn += counts[i];
		assert_int_equal(drawn, n);
		assert_int_equal(counts[n], UINT32_MAX);
	}
}

/* A cluster is left out of a resample with the chance (1 - 1/n)^n; of 20000, five standard deviations are .018. */
static void a_cluster_is_left_out_as_often_as_it_should_be(void **state)
{
	struct rng rng;
	size_t out = 0;

	(void)state;
	rng_seed(&rng, 52);
	for (int i = 0; i < 20000; i++) {
		uint32_t counts[10];

		bootstrap_counts(&rng, 10, counts);
		out += counts[3] == 0;
	}
	assert_near((double)out / 20000, pow(0.9, 10), 0.018);
}

static void the_seed_decides_and_nothing_else(void **state)
{
	const double total[] = {1, 5, 2, 8, 3, 0, 4}, size[] = {2, 6, 9, 9, 4, 1, 5};
	struct interval one = bootstrap_ratio(total, size, 7, 500, 1, 0.9);
	struct interval again = bootstrap_ratio(total, size, 7, 500, 1, 0.9);
	struct interval other = bootstrap_ratio(total, size, 7, 500, 2, 0.9);
	struct rng rng, same;
	uint32_t counts[9], repeated[9];

	(void)state;
	assert_true(one.low == again.low && one.high == again.high);
	assert_true(one.low != other.low || one.high != other.high);
	rng_seed(&rng, 53);
	rng_seed(&same, 53);
	bootstrap_counts(&rng, 9, counts);
	bootstrap_counts(&same, 9, repeated);
	assert_memory_equal(counts, repeated, sizeof counts);
}

/*
 * Two clusters of size one, 0 and 1: a resample has the mean 0, 1/2, 1 with chances 1/4, 1/2, 1/4.
 * The quantiles at 5 % and 95 % are then 0 and 1, those at 30 % and 70 % a half.
 */
static void the_interval_is_that_of_the_resamples(void **state)
{
	const double total[] = {0, 1}, size[] = {1, 1};
	struct interval wide = bootstrap_ratio(total, size, 2, 2000, 3, 0.9);
	struct interval narrow = bootstrap_ratio(total, size, 2, 2000, 3, 0.4);

	(void)state;
	assert_true(wide.low == 0 && wide.high == 1);
	assert_true(narrow.low == 0.5 && narrow.high == 0.5);
}

/* A mean of 400 draws of 0 or 1: near 1/2 -+ 1.645 * sqrt(1/4/400); percentiles of 4000 wander by less than .005. */
static void many_small_clusters_give_the_interval_of_the_normal(void **state)
{
	double total[400], size[400];
	struct interval interval;

	(void)state;
	for (size_t i = 0; i < 400; i++) {
		total[i] = (double)(i % 2);
		size[i] = 1;
	}
	interval = bootstrap_ratio(total, size, 400, 4000, 4, 0.9);
	assert_near(interval.low, 0.5 - 1.6449 * 0.025, 0.005);
	assert_near(interval.high, 0.5 + 1.6449 * 0.025, 0.005);
}

static void resamples_without_a_row_are_left_out(void **state)
{
	const double total[] = {0, 3}, size[] = {0, 4}, none[] = {0, 0};
	struct interval interval;

	(void)state;
	for (double level = 0.05; level < 1; level += 0.05) {
		interval = bootstrap_ratio(total, size, 2, 200, 5, level);
		assert_true(interval.low == 0.75 && interval.high == 0.75);
	}
	interval = bootstrap_ratio(none, none, 2, 200, 5, 0.9);
	assert_true(isnan(interval.low) && isnan(interval.high));
}

static void one_country_has_no_interval(void **state)
{
	const double total = 1, size = 2;

	(void)state;
	assert_true(isnan(bootstrap_ratio(&total, &size, 1, 200, 6, 0.9).low));
	assert_true(isnan(bootstrap_ratio(NULL, NULL, 0, 200, 6, 0.9).high));
}

static void an_interval_holds_its_ratio_lies_among_the_clusters_and_scales_with_them(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 54);
	for (int round = 0; round < 200; round++) {
		double total[30], scaled[30], size[30], top = 0, bottom = 0, least = INFINITY, most = -INFINITY;
		size_t n = 10 + rng_below(&rng, 20);
		struct interval interval, twice;

		for (size_t i = 0; i < n; i++) {
			size[i] = 1 + (double)rng_below(&rng, 9);
			total[i] = size[i] * rng_unit(&rng);
			scaled[i] = 2 * total[i];
			top += total[i];
			bottom += size[i];
			least = fmin(least, total[i] / size[i]);
			most = fmax(most, total[i] / size[i]);
		}
		interval = bootstrap_ratio(total, size, n, 400, (uint64_t)round, 0.9);
		twice = bootstrap_ratio(scaled, size, n, 400, (uint64_t)round, 0.9);
		assert_true(least <= interval.low && interval.low <= top / bottom);
		assert_true(top / bottom <= interval.high && interval.high <= most);
		assert_true(twice.low == 2 * interval.low && twice.high == 2 * interval.high);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_many_clusters_are_drawn_as_there_are),
		cmocka_unit_test(a_cluster_is_left_out_as_often_as_it_should_be),
		cmocka_unit_test(the_seed_decides_and_nothing_else),
		cmocka_unit_test(the_interval_is_that_of_the_resamples),
		cmocka_unit_test(many_small_clusters_give_the_interval_of_the_normal),
		cmocka_unit_test(resamples_without_a_row_are_left_out),
		cmocka_unit_test(one_country_has_no_interval),
		cmocka_unit_test(an_interval_holds_its_ratio_lies_among_the_clusters_and_scales_with_them),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("resample", tests, NULL, NULL);
}
