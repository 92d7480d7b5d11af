/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_forecast_score.c - Brier and log score, area under the ROC curve, questions about steps. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "tests/near.h"

#define CLOSE 1e-12    /* a few sums of a few doubles */

/* By hand: (0.1^2 + 0.2^2 + 0.6^2) / 3. */
static void the_brier_score_is_the_mean_squared_error(void **state)
{
	const double p[] = {0.9, 0.2, 0.6};
	const unsigned char y[] = {1, 0, 0};

	(void)state;
	assert_near(brier_score(p, y, 3), 0.41 / 3, CLOSE);
	assert_near(brier_score(p, y, 1), 0.01, CLOSE);
}

static void a_coin_that_says_a_half_scores_a_quarter_and_one_bit(void **state)
{
	const double p[] = {0.5, 0.5, 0.5, 0.5};
	const unsigned char y[] = {1, 0, 0, 1};

	(void)state;
	assert_near(brier_score(p, y, 4), 0.25, CLOSE);
	assert_near(log_score(p, y, 4), 0.69314718055994531, CLOSE);
}

/* By hand: -(ln 0.8 + ln 0.75) / 2 = -ln 0.6 / 2. */
static void the_log_score_is_the_mean_surprise(void **state)
{
	const double p[] = {0.8, 0.25};
	const unsigned char y[] = {1, 0};

	(void)state;
	assert_near(log_score(p, y, 2), 0.51082562376599072 / 2, CLOSE);
}

static void a_chance_of_nothing_gone_wrong_costs_that_of_a_thousandth(void **state)
{
	const double p[] = {0, 1, 0, 1};
	const unsigned char y[] = {1, 0, 0, 1};

	(void)state;
	assert_near(log_score(p, y, 2), 6.9077552789821371, CLOSE);              /* ln 1000 */
	assert_near(log_score(p + 2, y + 2, 2), 0.00100050033358353, CLOSE);     /* -ln .999 */
}

static void no_forecast_has_no_score(void **state)
{
	const double p = 0.5;
	const unsigned char y = 1;

	(void)state;
	assert_true(isnan(brier_score(NULL, NULL, 0)));
	assert_true(isnan(log_score(NULL, NULL, 0)));
	assert_true(isnan(auc_score(NULL, NULL, 0)));
	assert_true(isnan(auc_score(&p, &y, 1)));
}

/*
 * Hanley and McNeil 1982, Radiology 143, table 1: 58 normal and 51 abnormal images rated 1 to 5.
 * They give 0.893; by mid-ranks it is 2642 / 2958.
 */
static void the_area_under_the_curve_is_that_of_hanley_and_mcneil(void **state)
{
	static const int rated[2][5] = {{33, 6, 6, 11, 2}, {3, 2, 2, 11, 33}};
	unsigned char y[109];
	double p[109];
	size_t n = 0;

	(void)state;
	for (unsigned char truth = 0; truth < 2; truth++)
		for (int rating = 0; rating < 5; rating++)
			for (int i = 0; i < rated[truth][rating]; i++) {
				p[n] = (rating + 0.5) / 5;
				y[n++] = truth;
			}
	assert_int_equal(n, 109);
	assert_near(auc_score(p, y, n), 2642.0 / 2958, CLOSE);
	assert_near(auc_score(p, y, n), 0.893, 0.0005);
}

static void the_area_is_one_when_ranked_right_none_when_wrong_and_a_half_when_all_tie(void **state)
{
	const double p[] = {0.1, 0.2, 0.3, 0.4}, tied[] = {0.3, 0.3, 0.3, 0.3};
	const unsigned char right[] = {0, 0, 1, 1}, wrong[] = {1, 1, 0, 0}, same[] = {1, 1, 1, 1};

	(void)state;
	assert_true(auc_score(p, right, 4) == 1);
	assert_true(auc_score(p, wrong, 4) == 0);
	assert_true(auc_score(tied, right, 4) == 0.5);
	assert_true(isnan(auc_score(p, same, 4)));
}

static void a_step_is_passed_when_one_of_the_later_values_reaches_it(void **state)
{
	const double later[] = {0.5, 0.25}, level[] = {0.5, 0.5};

	(void)state;
	assert_int_equal(step_label(0.5, later, 2, -0.25), 1);     /* reaching is enough */
	assert_int_equal(step_label(0.5, later, 1, -0.25), 0);
	assert_int_equal(step_label(0.5, later, 2, -0.375), 0);
	assert_int_equal(step_label(0.25, later, 2, 0.25), 1);
	assert_int_equal(step_label(0.25, later, 2, 0.375), 0);
	assert_int_equal(step_label(0.5, level, 2, 0.25), 0);
}

/* docs/methods/forecast.md: 0.55 - 0.5 is a hair more than 0.05, 0.5 - 0.45 a hair less. */
static void a_step_is_the_difference_of_two_doubles_without_an_epsilon(void **state)
{
	const double half[] = {0.5}, lower[] = {0.45};

	(void)state;
	assert_int_equal(step_label(0.55, half, 1, -INDEX_STEP), 1);
	assert_int_equal(step_label(0.5, lower, 1, -INDEX_STEP), 0);
	assert_int_equal(step_label(0.5, (const double[]){0.55}, 1, INDEX_STEP), 1);
	assert_int_equal(step_label(0.45, half, 1, INDEX_STEP), 0);
}

static void a_missing_value_leaves_a_step_open_unless_another_decides(void **state)
{
	const double known[] = {NAN, 0.25}, unknown[] = {NAN, 0.5};

	(void)state;
	assert_int_equal(step_label(0.5, known, 2, -0.25), 1);
	assert_int_equal(step_label(0.5, unknown, 2, -0.25), -1);
	assert_int_equal(step_label(0.5, unknown, 1, 0.25), -1);
	assert_int_equal(step_label(NAN, unknown, 2, 0.25), -1);
	assert_int_equal(step_label(0.5, NULL, 0, 0.25), 0);
}

/* ---- properties ---- */

struct forecasts {
	double p[64];
	unsigned char y[64];
	size_t n;
};

static void forecasts_make(struct rng *rng, struct forecasts *made)
{
	made->n = 2 + rng_below(rng, 62);
	for (size_t i = 0; i < made->n; i++) {
		made->p[i] = (double)rng_below(rng, 33) / 32;        /* with ties */
		made->y[i] = i < 2 ? (unsigned char)i : (unsigned char)rng_below(rng, 2);
	}
}

static void scores_stay_in_their_bounds_and_do_not_depend_on_the_order(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 31);
	for (int round = 0; round < 2000; round++) {
		struct forecasts made, mixed;

		forecasts_make(&rng, &made);
		mixed = made;
		for (size_t i = mixed.n; i-- > 1;) {
			size_t k = rng_below(&rng, i + 1);
			double p = mixed.p[i];
			unsigned char y = mixed.y[i];

			mixed.p[i] = mixed.p[k];
			mixed.y[i] = mixed.y[k];
			mixed.p[k] = p;
			mixed.y[k] = y;
		}
		assert_in_range(brier_score(made.p, made.y, made.n) * 1e6, 0, 1000000);
		assert_true(log_score(made.p, made.y, made.n) <= 6.9077552789821371);
		assert_true(log_score(made.p, made.y, made.n) >= 0.001);
		assert_near(brier_score(mixed.p, mixed.y, made.n), brier_score(made.p, made.y, made.n), CLOSE);
		assert_near(log_score(mixed.p, mixed.y, made.n), log_score(made.p, made.y, made.n), CLOSE);
		assert_true(auc_score(mixed.p, mixed.y, made.n) == auc_score(made.p, made.y, made.n));
	}
}

static void the_area_counts_pairs_and_sees_the_ranks_alone(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 32);
	for (int round = 0; round < 1000; round++) {
		struct forecasts made, bent, turned;
		double pairs = 0, right = 0;

		forecasts_make(&rng, &made);
		bent = turned = made;
		for (size_t i = 0; i < made.n; i++) {
			bent.p[i] = exp(made.p[i]) / 4;
			turned.y[i] = !made.y[i];
			for (size_t k = 0; k < made.n; k++)
				if (made.y[i] && !made.y[k]) {
					pairs++;
					right += made.p[i] > made.p[k] ? 1 : made.p[i] == made.p[k] ? 0.5 : 0;
				}
		}
		assert_near(auc_score(made.p, made.y, made.n), right / pairs, CLOSE);
		assert_true(auc_score(bent.p, bent.y, made.n) == auc_score(made.p, made.y, made.n));
		assert_near(auc_score(turned.p, turned.y, made.n), 1 - right / pairs, CLOSE);
	}
}

/* Proper scores: of all constant forecasts the share of what happened is the best. */
static void the_share_that_happened_is_the_best_constant_forecast(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 33);
	for (int round = 0; round < 500; round++) {
		struct forecasts made, honest, other;
		double positives = 0;

		forecasts_make(&rng, &made);
		honest = other = made;
		for (size_t i = 0; i < made.n; i++)
			positives += made.y[i];
		for (size_t i = 0; i < made.n; i++) {
			honest.p[i] = positives / (double)made.n;
			other.p[i] = made.p[0];
		}
		assert_true(brier_score(honest.p, made.y, made.n) <= brier_score(other.p, made.y, made.n) + CLOSE);
		assert_true(log_score(honest.p, made.y, made.n) <= log_score(other.p, made.y, made.n) + CLOSE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_brier_score_is_the_mean_squared_error),
		cmocka_unit_test(a_coin_that_says_a_half_scores_a_quarter_and_one_bit),
		cmocka_unit_test(the_log_score_is_the_mean_surprise),
		cmocka_unit_test(a_chance_of_nothing_gone_wrong_costs_that_of_a_thousandth),
		cmocka_unit_test(no_forecast_has_no_score),
		cmocka_unit_test(the_area_under_the_curve_is_that_of_hanley_and_mcneil),
		cmocka_unit_test(the_area_is_one_when_ranked_right_none_when_wrong_and_a_half_when_all_tie),
		cmocka_unit_test(a_step_is_passed_when_one_of_the_later_values_reaches_it),
		cmocka_unit_test(a_step_is_the_difference_of_two_doubles_without_an_epsilon),
		cmocka_unit_test(a_missing_value_leaves_a_step_open_unless_another_decides),
		cmocka_unit_test(scores_stay_in_their_bounds_and_do_not_depend_on_the_order),
		cmocka_unit_test(the_area_counts_pairs_and_sees_the_ranks_alone),
		cmocka_unit_test(the_share_that_happened_is_the_best_constant_forecast),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("forecast_score", tests, NULL, NULL);
}
