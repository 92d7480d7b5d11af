/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of offset_slope.c: one slope beside log-odds that are known. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <tocsin/stats.h>

#include "tests/near.h"

enum { MANY = 20000, CLUSTERS = 200 };

static double logistic(double x)
{
	return 1 / (1 + exp(-x));
}

struct made {
	double offset[MANY], x[MANY];
	unsigned char y[MANY];
	size_t cluster[MANY];
};

static struct made made;

/* `copies` rows of each draw are one, in one cluster. */
static void make(double slope, size_t copies, uint64_t seed)
{
	struct rng rng;

	rng_seed(&rng, seed);
	for (size_t i = 0; i < MANY; i++) {
		if (i % copies) {
			made.offset[i] = made.offset[i - 1];
			made.x[i] = made.x[i - 1];
			made.y[i] = made.y[i - 1];
			made.cluster[i] = made.cluster[i - 1];
			continue;
		}
		made.offset[i] = -2 + normal_draw(&rng);
		made.x[i] = normal_draw(&rng);
		made.y[i] = rng_unit(&rng) < logistic(made.offset[i] + slope * made.x[i]);
		made.cluster[i] = i / copies * CLUSTERS * copies / MANY % CLUSTERS;
	}
}

static struct offset_slope fit(size_t n, double ridge)
{
	return offset_slope_fit(made.offset, made.x, made.y, NULL, made.cluster, n, CLUSTERS, ridge);
}

static void a_slope_is_found_within_its_deviation(void **state)
{
	struct offset_slope got;

	(void)state;
	make(0.7, 1, 3);
	got = fit(MANY, 1e-6);
	assert_true(got.sd > 0.01 && got.sd < 0.05);
	assert_near(got.slope, 0.7, 3 * got.sd);
	make(-0.4, 1, 4);
	got = fit(MANY, 1e-6);
	assert_near(got.slope, -0.4, 3 * got.sd);
}

static void the_first_derivative_is_nought_at_the_slope(void **state)
{
	struct offset_slope got;
	double pull;

	(void)state;
	make(0.7, 1, 5);
	got = fit(50, 16);
	pull = -16 * got.slope;
	for (size_t i = 0; i < 50; i++)
		pull += (made.y[i] - logistic(made.offset[i] + got.slope * made.x[i])) * made.x[i];
	assert_near(pull, 0, 1e-9);
}

static void without_rows_the_prior_stands(void **state)
{
	struct offset_slope got;

	(void)state;
	got = fit(0, 16);
	assert_near(got.slope, 0, 0);
	assert_near(got.sd, 0.25, 1e-12);
}

static void a_ridge_holds_the_slope_towards_nought(void **state)
{
	(void)state;
	make(2, 1, 6);
	assert_true(fit(200, 1000).slope < fit(200, 16).slope);
	assert_true(fit(200, 1000).slope > 0);
}

static void rows_that_repeat_within_clusters_do_not_make_surer(void **state)
{
	const double once = (make(0.5, 1, 7), fit(MANY / 10, 1e-6).sd);

	(void)state;
	make(0.5, 10, 7);
	assert_true(fit(MANY, 1e-6).sd > 0.8 * once);
}

static void a_weight_counts_as_so_many_rows(void **state)
{
	double twice[100];
	struct offset_slope weighed, repeated;

	(void)state;
	make(0.5, 2, 8);
	repeated = fit(100, 4);
	for (size_t i = 0; i < 50; i++) {
		twice[i] = 2;
		made.offset[i] = made.offset[2 * i];
		made.x[i] = made.x[2 * i];
		made.y[i] = made.y[2 * i];
		made.cluster[i] = made.cluster[2 * i];
	}
	weighed = offset_slope_fit(made.offset, made.x, made.y, twice, made.cluster, 50, CLUSTERS, 4);
	assert_near(weighed.slope, repeated.slope, 1e-10);
	assert_near(weighed.sd, repeated.sd, 1e-10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slope_is_found_within_its_deviation),
		cmocka_unit_test(the_first_derivative_is_nought_at_the_slope),
		cmocka_unit_test(without_rows_the_prior_stands),
		cmocka_unit_test(a_ridge_holds_the_slope_towards_nought),
		cmocka_unit_test(rows_that_repeat_within_clusters_do_not_make_surer),
		cmocka_unit_test(a_weight_counts_as_so_many_rows),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
