/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ordinal.c - proportional odds, small symmetric systems, and gaps filled by a normal distribution. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "tests/near.h"

static double logistic(double t)
{
	return 1 / (1 + exp(-t));
}

static void fit_rows(const double *x, const int *y, size_t n, size_t k, size_t classes, double ridge,
		     struct arena *arena,
		     struct ordinal *fit)
{
	struct err err = {0};

	if (ordinal_fit(x, y, NULL, n, k, classes, ridge, arena, fit, &err) < 0)
		fail_msg("%s", err.msg);
	assert_true(fit->converged);
}

/* One feature, 0 or 1, two classes: the logit of each cell of the table, but for half a row in both classes at 0. */
static void two_classes_and_a_two_by_two_table_have_a_closed_form(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	double x[2000];
	int y[2000];
	struct ordinal fit;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		x[i] = i % 2;
		y[i] = i % 2 ? i / 2 < 700 : i / 2 < 300;   /* 70 % and 30 % of 1000 each */
	}
	fit_rows(x, y, 2000, 1, 2, 1e-9, &arena, &fit);
	assert_near(fit.theta[0], log((700 + 0.25) / (300 + 0.25)), 1e-6);
	assert_near(fit.theta[0] - fit.theta[1], log(300.0 / 700.0), 1e-4);
}

/* Rows drawn from the model itself: cuts and slopes come back within three standard errors. */
static void a_made_world_gives_its_cuts_and_slopes_back(void **state)
{
	enum { N = 20000 };
	_cleanup_(arena_free) struct arena arena = {0};
	const double cuts[] = {-2, 0, 1.5};
	double *x = arena_array(&arena, double, 2 * N);
	int *y = arena_array(&arena, int, N);
	struct ordinal fit;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 7);
	for (int i = 0; i < N; i++) {
		double u, eta;

		x[2 * i] = 2 * rng_unit(&rng) - 1;
		x[2 * i + 1] = 2 * rng_unit(&rng) - 1;
		eta = 1.2 * x[2 * i] - 0.7 * x[2 * i + 1];
		u = rng_unit(&rng);
		while (y[i] < 3 && u > logistic(cuts[y[i]] - eta))
			y[i]++;
	}
	fit_rows(x, y, N, 2, 4, 1e-6, &arena, &fit);
	for (int c = 0; c < 3; c++)
		assert_near(fit.theta[c], cuts[c], 0.08);
	assert_near(fit.theta[3], 1.2, 0.08);
	assert_near(fit.theta[4], -0.7, 0.08);
}

static void at_the_fit_no_step_gains(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const double x[] = {-1, -0.5, 0, 0.2, 0.9, 1.3, 2, -2};
	const int y[] = {0, 1, 0, 1, 2, 1, 2, 0};
	struct ordinal fit;
	double best = 0;

	(void)state;
	fit_rows(x, y, 8, 1, 3, 0.5, &arena, &fit);
	for (int move = -1; move < 6; move++) {
		struct ordinal moved = fit;
		double theta[3], p[3], sum = 0;

		memcpy(theta, fit.theta, sizeof theta);
		if (move >= 0)
			theta[move / 2] += move % 2 ? 0.01 : -0.01;
		moved.theta = theta;
		for (int i = 0; i < 8; i++) {
			ordinal_chances(&moved, &x[i], p);
			sum += log(p[y[i]]);
		}
		ordinal_chances(&moved, &(const double){0}, p);
		sum += (log(p[0]) + log(p[1]) + log(p[2])) / 6 - 0.25 * theta[2] * theta[2];
		if (move < 0)
			best = sum;
		else
			assert_true(sum < best);
	}
}

static void a_class_that_no_row_has_keeps_a_small_chance_and_chances_sum_to_one(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	double x[60], p[5];
	int y[60];
	struct ordinal fit;

	(void)state;
	for (int i = 0; i < 60; i++) {
		x[i] = i / 30.0 - 1;
		y[i] = i < 20 ? 1 : i < 40 ? 2 : 4;   /* neither 0 nor 3 */
	}
	fit_rows(x, y, 60, 1, 5, 1, &arena, &fit);
	for (double at = -50; at <= 50; at += 0.5) {
		double sum = 0;

		ordinal_chances(&fit, &at, p);
		for (int c = 0; c < 5; c++) {
			assert_true(p[c] >= 0 && p[c] <= 1);
			sum += p[c];
		}
		assert_near(sum, 1, 1e-12);
	}
	ordinal_chances(&fit, &(const double){0}, p);
	assert_true(p[3] > 0 && p[3] < 0.05);
}

static void rows_that_can_be_told_apart_perfectly_do_not_run_away(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const double x[] = {-3, -2, -1, 1, 2, 3};
	const int y[] = {0, 0, 0, 1, 1, 1};
	struct ordinal fit;

	(void)state;
	fit_rows(x, y, 6, 1, 2, 0.1, &arena, &fit);
	assert_true(isfinite(fit.theta[0]) && isfinite(fit.theta[1]));
	assert_true(fit.theta[1] > 1 && fit.theta[1] < 20);
}

static void without_rows_there_is_nothing_to_fit(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct ordinal fit;
	struct err err = {0};

	(void)state;
	assert_int_equal(ordinal_fit(NULL, NULL, NULL, 0, 1, 3, 1, &arena, &fit, &err), ERR_DATA);
}

static void a_small_system_is_solved_and_one_that_is_not_definite_refused(void **state)
{
	double a[] = {4, 0, 2, 3}, b[] = {2, 5}, c[] = {1, 0, 2, 1};

	(void)state;
	assert_true(symmetric_solve(a, b, 2));     /* 4x + 2y = 2, 2x + 3y = 5 */
	assert_near(b[0], -0.5, 1e-12);
	assert_near(b[1], 2, 1e-12);
	assert_false(symmetric_solve(c, b, 2));
}

/* Two features that move as one: what is missing of one is told by the other, drawn to the mean. */
static void a_gap_is_filled_by_what_the_other_features_say(void **state)
{
	enum { N = 400 };
	_cleanup_(arena_free) struct arena arena = {0};
	double *x = arena_array(&arena, double, 3 * N), z[3];
	struct normal_fill fill;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 3);
	for (int i = 0; i < N; i++) {
		double v = rng_unit(&rng);

		x[3 * i] = 10 * v;
		x[3 * i + 1] = i % 4 ? 5 - 2 * v : NAN;   /* a quarter is missing */
		x[3 * i + 2] = 1;                         /* never varies */
	}
	normal_fill_learn(x, N, 3, &arena, &fill);
	normal_fill_row(&fill, (const double[]){10, NAN, NAN}, z);
	assert_near(z[0], (10 - fill.centre[0]) / fill.scale[0], 1e-12);
	assert_near(z[1] * fill.scale[1] + fill.centre[1], 3, 0.05);
	assert_near(z[2], 0, 0);
	normal_fill_row(&fill, (const double[]){NAN, NAN, NAN}, z);
	assert_near(z[0], fill.mu[0], 1e-12);
	assert_near(z[1], fill.mu[1], 1e-12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_classes_and_a_two_by_two_table_have_a_closed_form),
		cmocka_unit_test(a_made_world_gives_its_cuts_and_slopes_back),
		cmocka_unit_test(at_the_fit_no_step_gains),
		cmocka_unit_test(a_class_that_no_row_has_keeps_a_small_chance_and_chances_sum_to_one),
		cmocka_unit_test(rows_that_can_be_told_apart_perfectly_do_not_run_away),
		cmocka_unit_test(without_rows_there_is_nothing_to_fit),
		cmocka_unit_test(a_small_system_is_solved_and_one_that_is_not_definite_refused),
		cmocka_unit_test(a_gap_is_filled_by_what_the_other_features_say),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ordinal", tests, NULL, NULL);
}
