/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_logit.c - regularised logistic regression against published, closed and high precision values. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "tests/near.h"

#define ROWS 48
#define SURE 1e-6    /* Newton stops when a step gains less than 1e-9 a row */

static void fit_rows(const double *x, const unsigned char *y, size_t n, size_t k, double ridge,
		     struct arena *arena, struct logit *fit)
{
	struct err err = {0};

	if (logit_fit(x, y, n, k, ridge, arena, fit, &err) < 0)
		fail_msg("%s", err.msg);
	assert_true(fit->converged);
}

/* Launches of the space shuttle before January 1986: temperature (F), some O-ring in distress. */
static const double launch_heat[] = {53, 57, 58, 63, 66, 67, 67, 67, 68, 69, 70, 70, 70, 70, 72, 73, 75, 75, 76, 76,
				     78, 79, 81};
static const unsigned char launch_distress[] = {1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0};

/* Dalal, Fowlkes and Hoadley 1989 (JASA 84): 15.043 - 0.2322 t, without a ridge. */
static void without_a_ridge_the_launches_give_the_published_line(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct logit fit;
	double slope;

	(void)state;
	fit_rows(launch_heat, launch_distress, LENGTH(launch_heat), 1, 1e-9, &arena, &fit);
	assert_int_equal(fit.n_terms, 1);
	slope = fit.beta[1] / fit.terms[0].scale;
	assert_near(slope, -0.2322, 5e-5);
	assert_near(fit.beta[0] - slope * fit.terms[0].mean, 15.043, 5e-4);
}

/* The same rows, scaled as the header says, by Newton's method in 50 digits (python3 decimal), ridge 1. */
static void with_a_ridge_the_launches_give_the_value_of_fifty_digits(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct logit fit;

	(void)state;
	fit_rows(launch_heat, launch_distress, LENGTH(launch_heat), 1, 1, &arena, &fit);
	assert_near(fit.beta[0], -0.996489280488577, SURE);
	assert_near(fit.beta[1], -1.121024696793049, SURE);
}

/*
 * Fifty rows at +1 with 40 positives, fifty at -1 with 10: by symmetry the intercept is 0, and the
 * slope b solves 2 (40 - 50 / (1 + exp(-b))) = ridge b. That ridge which makes b = 1:
 */
static void a_symmetric_table_has_a_slope_in_closed_form(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const double ridge = 80 - 100 / (1 + exp(-1)), ahead = 1;
	unsigned char y[100];
	double x[100];
	struct logit fit;

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		x[i] = i < 50 ? 1 : -1;
		y[i] = i < 40 || i >= 90;
	}
	fit_rows(x, y, 100, 1, ridge, &arena, &fit);
	assert_near(fit.beta[0], 0, SURE);
	assert_near(fit.beta[1], 1, SURE);
	assert_near(logit_chance(&fit, NULL, &ahead), 1 / (1 + exp(-1)), SURE);
}

/* ---- rows of two features, the second missing in every fourth row ---- */

static void rows_make(double *x, unsigned char *y)
{
	for (size_t i = 0; i < ROWS; i++) {
		x[2 * i] = (double)(i * 7 % 48) / 8;
		x[2 * i + 1] = i % 4 == 1 ? NAN : (double)(i * 11 % 48) / 16;
		y[i] = (i * i + 3 * i) % 7 < 3;
	}
}

/* Both by Newton's method in 50 digits (python3 decimal); the weights of the second are 0, 1, 2, 0, 1, 2 ... */
static void missing_values_and_weights_give_the_values_of_fifty_digits(void **state)
{
	static const double plain[] = {-0.996092168570625, -0.652567595007468, -0.071245141362589, -0.647693412489110};
	static const double weighted[] = {-1.110316167452451, -0.490929854969289, -0.323726855603683, -1.020132844406170};
	_cleanup_(arena_free) struct arena arena = {0};
	double x[2 * ROWS], weights[ROWS], beta[4];
	unsigned char y[ROWS];
	struct logit fit;

	(void)state;
	rows_make(x, y);
	fit_rows(x, y, ROWS, 2, 0.5, &arena, &fit);
	assert_int_equal(fit.n_terms, 3);
	assert_true(fit.terms[2].gap && fit.terms[2].feature == 1);
	for (size_t i = 0; i < ROWS; i++)
		weights[i] = (double)(i % 3);
	logit_refit(&fit, weights, beta);
	for (size_t j = 0; j < 4; j++) {
		assert_near(fit.beta[j], plain[j], SURE);
		assert_near(beta[j], weighted[j], SURE);
	}
	logit_refit(&fit, NULL, beta);
	for (size_t j = 0; j < 4; j++)
		assert_near(beta[j], plain[j], SURE);
}

static void outcomes_that_never_vary_are_refused(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const double x[] = {1, 2, 3};
	const unsigned char y[] = {1, 1, 1};
	struct logit fit = {.k = 77};
	struct err err = {0};

	(void)state;
	assert_int_equal(logit_fit(x, y, 3, 1, 1, &arena, &fit, &err), ERR_DATA);
	assert_non_null(strstr(err.msg, "all 3 outcomes are the same"));
	assert_int_equal(fit.k, 77);
	assert_int_equal(logit_fit(NULL, NULL, 0, 1, 1, &arena, &fit, NULL), ERR_DATA);
}

static void without_weight_on_one_outcome_the_chance_is_the_smoothed_share(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	double x[2 * ROWS], weights[ROWS], beta[4], kept = 0;
	unsigned char y[ROWS];
	struct logit fit;

	(void)state;
	rows_make(x, y);
	fit_rows(x, y, ROWS, 2, 0.5, &arena, &fit);
	for (size_t i = 0; i < ROWS; i++)
		kept += weights[i] = !y[i];
	logit_refit(&fit, weights, beta);
	assert_near(beta[0], log(0.5 / (kept + 0.5)), 1e-12);
	for (size_t j = 1; j < 4; j++)
		assert_true(beta[j] == 0);
	assert_near(logit_chance(&fit, beta, x), 0.5 / (kept + 1), 1e-12);
}

static void a_feature_that_never_varies_or_is_hardly_known_is_dropped(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	double x[3 * ROWS], parts[3];
	unsigned char y[ROWS];
	struct logit fit;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		x[3 * i] = 5;
		x[3 * i + 1] = i < LOGIT_MIN_KNOWN - 1 ? (double)i : NAN;
		x[3 * i + 2] = i < LOGIT_MIN_KNOWN ? (double)i : NAN;
		y[i] = i % 3 == 0;
	}
	fit_rows(x, y, ROWS, 3, 1, &arena, &fit);
	assert_int_equal(fit.n_terms, 2);
	assert_true(fit.terms[0].feature == 2 && !fit.terms[0].gap);
	assert_true(fit.terms[1].feature == 2 && fit.terms[1].gap);
	logit_parts(&fit, x, parts);
	assert_true(parts[0] == 0 && parts[1] == 0 && parts[2] != 0);
}

static void a_value_far_out_counts_as_four_standard_deviations(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	double x[2 * ROWS], far[2], edge[2];
	unsigned char y[ROWS];
	struct logit fit;

	(void)state;
	rows_make(x, y);
	fit_rows(x, y, ROWS, 2, 0.5, &arena, &fit);
	far[0] = 1e9;
	edge[0] = fit.terms[0].mean + 4 * fit.terms[0].scale;
	far[1] = edge[1] = 1;
	assert_near(logit_chance(&fit, NULL, far), logit_chance(&fit, NULL, edge), 1e-12);
	far[0] = -1e9;
	assert_true(logit_chance(&fit, NULL, far) != logit_chance(&fit, NULL, edge));
}

/* ---- properties ---- */

static void made_at_random(struct rng *rng, double *x, unsigned char *y)
{
	for (size_t i = 0; i < ROWS; i++) {
		x[2 * i] = rng_unit(rng);
		x[2 * i + 1] = rng_below(rng, 5) ? 10 * rng_unit(rng) : NAN;
		y[i] = i < 2 ? (unsigned char)i : rng_unit(rng) < 0.2 + 0.6 * x[2 * i];
	}
}

static void at_the_fit_no_slope_is_left_and_chances_are_chances(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 61);
	for (int round = 0; round < 200; round++) {
		_cleanup_(arena_free) struct arena arena = {0};
		double x[2 * ROWS], slope[4] = {0}, ridge = 0.1 + 3 * rng_unit(&rng);
		unsigned char y[ROWS];
		struct logit fit;

		made_at_random(&rng, x, y);
		fit_rows(x, y, ROWS, 2, ridge, &arena, &fit);
		for (size_t i = 0; i < ROWS; i++) {
			double p = logit_chance(&fit, NULL, x + 2 * i);

			assert_true(0 < p && p < 1);
			slope[0] += y[i] - p;
			for (size_t t = 0; t < fit.n_terms; t++)
				slope[t + 1] += (y[i] - p) * fit.z[i * fit.n_terms + t];
		}
		assert_near(slope[0], 0, 1e-4);       /* so the mean chance is the share that happened */
		for (size_t t = 1; t <= fit.n_terms; t++)
			assert_near(slope[t], ridge * fit.beta[t], 1e-4);
	}
}

static void parts_and_intercept_make_the_odds(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 62);
	for (int round = 0; round < 200; round++) {
		_cleanup_(arena_free) struct arena arena = {0};
		double x[2 * ROWS], parts[2], p;
		unsigned char y[ROWS];
		struct logit fit;
		size_t row = rng_below(&rng, ROWS);

		made_at_random(&rng, x, y);
		fit_rows(x, y, ROWS, 2, 1, &arena, &fit);
		logit_parts(&fit, x + 2 * row, parts);
		p = logit_chance(&fit, NULL, x + 2 * row);
		assert_near(fit.beta[0] + parts[0] + parts[1], log(p / (1 - p)), 1e-9);
	}
}

static void neither_units_nor_the_order_of_rows_matter_and_the_same_input_gives_the_same_bytes(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 63);
	for (int round = 0; round < 200; round++) {
		_cleanup_(arena_free) struct arena arena = {0};
		double x[2 * ROWS], other[2 * ROWS];
		unsigned char y[ROWS], turned[ROWS];
		struct logit fit, again, changed;

		made_at_random(&rng, x, y);
		for (size_t i = 0; i < ROWS; i++) {
			other[2 * i] = 1000 * x[2 * (ROWS - 1 - i)] - 40;
			other[2 * i + 1] = x[2 * (ROWS - 1 - i) + 1] / 9 + 3;
			turned[i] = y[ROWS - 1 - i];
		}
		fit_rows(x, y, ROWS, 2, 1, &arena, &fit);
		fit_rows(x, y, ROWS, 2, 1, &arena, &again);
		fit_rows(other, turned, ROWS, 2, 1, &arena, &changed);
		assert_memory_equal(fit.beta, again.beta, (fit.n_terms + 1) * sizeof *fit.beta);
		assert_int_equal(changed.n_terms, fit.n_terms);
		for (size_t i = 0; i < ROWS; i++)
			assert_near(logit_chance(&changed, NULL, other + 2 * (ROWS - 1 - i)),
				    logit_chance(&fit, NULL, x + 2 * i), SURE);
	}
}

static void a_stronger_ridge_holds_the_slopes_back(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 64);
	for (int round = 0; round < 100; round++) {
		double x[2 * ROWS], before = INFINITY;
		unsigned char y[ROWS];

		made_at_random(&rng, x, y);
		for (double ridge = 0.01; ridge < 1e6; ridge *= 10) {
			_cleanup_(arena_free) struct arena arena = {0};
			struct logit fit;
			double length = 0;

			fit_rows(x, y, ROWS, 2, ridge, &arena, &fit);
			for (size_t t = 1; t <= fit.n_terms; t++)
				length += fit.beta[t] * fit.beta[t];
			assert_true(length < before);
			before = length;
		}
		assert_true(before < 1e-6);
	}
}

static void a_weight_of_two_is_the_row_twice(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 65);
	for (int round = 0; round < 100; round++) {
		_cleanup_(arena_free) struct arena arena = {0};
		double x[2 * ROWS], all[4 * ROWS], weights[ROWS], beta[4];
		unsigned char y[ROWS], twice[2 * ROWS];
		struct logit fit, doubled;

		made_at_random(&rng, x, y);
		fit_rows(x, y, ROWS, 2, 1, &arena, &fit);
		memcpy(all, x, sizeof x);
		memcpy(all + 2 * ROWS, x, sizeof x);
		memcpy(twice, y, sizeof y);
		memcpy(twice + ROWS, y, sizeof y);
		fit_rows(all, twice, 2 * ROWS, 2, 1, &arena, &doubled);
		for (size_t i = 0; i < ROWS; i++)
			weights[i] = 2;
		logit_refit(&fit, weights, beta);
		for (size_t t = 0; t <= fit.n_terms; t++)
			assert_near(beta[t], doubled.beta[t], 1e-5);
	}
}

/* By central differences of refits with the weight of that cluster a little up and a little down. */
static void an_influence_is_the_slope_of_beta_in_the_weight_of_the_cluster(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const double little = 0.01;
	double x[2 * ROWS], weights[ROWS], up[4], down[4], influence[6 * 4];
	uint32_t cluster[ROWS];
	unsigned char y[ROWS];
	struct logit fit;

	(void)state;
	rows_make(x, y);
	for (size_t i = 0; i < ROWS; i++)
		cluster[i] = (uint32_t)(i % 5 == 4 ? 5 : i % 5);    /* the fifth has no rows */
	fit_rows(x, y, ROWS, 2, 1, &arena, &fit);
	assert_int_equal(fit.n_terms, 3);
	logit_influence(&fit, cluster, 6, influence);
	for (uint32_t c = 0; c < 6; c++) {
		for (size_t i = 0; i < ROWS; i++)
			weights[i] = cluster[i] == c ? 1 + little : 1;
		logit_refit(&fit, weights, up);
		for (size_t i = 0; i < ROWS; i++)
			weights[i] = cluster[i] == c ? 1 - little : 1;
		logit_refit(&fit, weights, down);
		for (size_t t = 0; t <= fit.n_terms; t++)
			assert_near(influence[c * 4 + t], (up[t] - down[t]) / (2 * little), 2e-3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_ridge_the_launches_give_the_published_line),
		cmocka_unit_test(with_a_ridge_the_launches_give_the_value_of_fifty_digits),
		cmocka_unit_test(a_symmetric_table_has_a_slope_in_closed_form),
		cmocka_unit_test(missing_values_and_weights_give_the_values_of_fifty_digits),
		cmocka_unit_test(outcomes_that_never_vary_are_refused),
		cmocka_unit_test(without_weight_on_one_outcome_the_chance_is_the_smoothed_share),
		cmocka_unit_test(a_feature_that_never_varies_or_is_hardly_known_is_dropped),
		cmocka_unit_test(a_value_far_out_counts_as_four_standard_deviations),
		cmocka_unit_test(at_the_fit_no_slope_is_left_and_chances_are_chances),
		cmocka_unit_test(parts_and_intercept_make_the_odds),
		cmocka_unit_test(neither_units_nor_the_order_of_rows_matter_and_the_same_input_gives_the_same_bytes),
		cmocka_unit_test(a_stronger_ridge_holds_the_slopes_back),
		cmocka_unit_test(a_weight_of_two_is_the_row_twice),
		cmocka_unit_test(an_influence_is_the_slope_of_beta_in_the_weight_of_the_cluster),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("logit", tests, NULL, NULL);
}
