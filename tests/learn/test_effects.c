/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_effects.c - effects that were planted, effects that were not, and what nobody can tell. */
#include "tests/learn/made_panel.h"

#include "learn/effect_design.h"

static void a_planted_effect_is_found(void **state)
{
	struct made made;
	const struct effect *row;

	(void)state;
	made_open(&made, 1);
	for (size_t i = 0; i < 8; i++)
		made_treat(&made, i, 14 + i % 3, 0, 0.15);
	made_run(&made);
	row = pooled(&made, 1);
	assert_int_equal(row->verdict, EFFECT_RISE);
	assert_near(row->effect, 0.15, 0.03);
	assert_true(row->low <= 0.15 && row->high >= 0.15 && row->low > 0);
	assert_true(row->p <= 0.05);
	assert_int_equal(row->treated, 8);
	assert_int_equal(row->donors, UNITS - 8);
	assert_non_null(strstr(row->why, "higher by 0."));
	made_close(&made);
}

static void a_fall_is_called_a_fall(void **state)
{
	struct made made;

	(void)state;
	made_open(&made, 1);
	for (size_t i = 0; i < 8; i++)
		made_treat(&made, i, 14, 0, -0.15);
	made_run(&made);
	assert_int_equal(pooled(&made, 1)->verdict, EFFECT_FALL);
	assert_non_null(strstr(pooled(&made, 1)->why, "lower by 0."));
	made_close(&made);
}

static void an_effect_of_one_late_year_shows_in_that_year(void **state)
{
	struct made made;
	double by_year[5] = {0};

	(void)state;
	made_open(&made, 2);
	for (size_t i = 0; i < 8; i++) {
		made_treat(&made, i, 14, 0, 0);
		*cell(&made, i, 17) += 0.3;
	}
	made_run(&made);
	for (size_t i = 0; i < made.n_rows; i++)
		if (made.rows[i].scope == EFFECT_YEAR)
			by_year[made.rows[i].year] = made.rows[i].effect;
	assert_near(by_year[3], 0.3, 0.05);
	assert_near(by_year[2], 0, 0.06);
	assert_near(pooled(&made, 1)->effect, 0.06, 0.04);
	made_close(&made);
}

/* Binomial(60, .05) is above 8 one time in 300; half of 95 % would be caught. */
static void intervals_hold_the_truth_and_noise_tells_nothing(void **state)
{
	size_t held = 0, claims = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct made made;
		const double truth = seed % 2 ? 0 : 0.08;

		made_open(&made, 1000 + seed);
		for (size_t i = 0; i < 1 + seed % 5; i++)
			made_treat(&made, i, 12 + (i + seed) % 8, 0, truth);
		made_run(&made);
		held += pooled(&made, 1)->low <= truth && truth <= pooled(&made, 1)->high;
		claims += truth == 0 && pooled(&made, 1)->verdict != EFFECT_UNKNOWN;
		made_close(&made);
	}
	assert_true(held >= 52);
	assert_true(claims <= 5);
}

static void the_weights_of_an_exact_combination_are_recovered(void **state)
{
	struct made made;
	size_t rows[UNITS];
	struct effect_design design = {.start = 19, .before = 19, .after = 5, .rows = rows, .n_pool = UNITS - 1, .n_rows = UNITS};
	const double *weights;

	(void)state;
	made_open(&made, 5);
	for (size_t i = 0; i < UNITS; i++) {    /* two slow waves that nobody else has */
		rows[i] = (i + 1) % UNITS;      /* unit 0 is treated and comes last */
		for (size_t t = 0; t < YEARS; t++)
			*cell(&made, i, t) = *cell(&made, i, t) / 50 + (i == 7) * 0.4 * sin(0.3 * (double)t) +
					     (i == 20) * 0.4 * cos(0.2 * (double)t);
	}
	for (size_t t = 0; t < YEARS; t++)
		*cell(&made, 0, t) = 0.1 + 0.6 * *cell(&made, 7, t) + 0.4 * *cell(&made, 20, t) + (t >= 19) * 0.2;
	effect_design_fill(&made.panel, &design, &made.arena);
	weights = design.gaps[EFFECT_SYNTHETIC].weights + (UNITS - 1) * (UNITS - 1);
	assert_near(weights[6], 0.6, 0.02);
	assert_near(weights[19], 0.4, 0.02);
	for (size_t t = 0; t < 5; t++)
		assert_near(design.gaps[EFFECT_SYNTHETIC].after[(UNITS - 1) * 5 + t], 0.2, 0.02);
	made_close(&made);
}

static void with_common_factors_a_synthetic_control_is_chosen(void **state)
{
	struct made made;
	const struct effect *row;
	double sum = 0;

	(void)state;
	made_open(&made, 5);
	made_treat(&made, 0, 19, 0, 0);
	made_run(&made);
	row = of_unit(&made, 1, 0);
	assert_int_equal(row->method, EFFECT_SYNTHETIC);
	for (size_t i = 0; i < row->n_weights; i++) {
		assert_true(row->weight[i] > 0 && (i == 0 || row->weight[i] <= row->weight[i - 1]));
		sum += row->weight[i];
	}
	assert_near(sum, 1, 1e-9);
	made_close(&made);
}

static void without_common_factors_differences_are_chosen(void **state)
{
	struct made made;

	(void)state;
	made_open(&made, 5);
	made_noise(&made, 9);
	made_treat(&made, 0, 19, 0, 0);
	made_run(&made);
	assert_int_equal(pooled(&made, 1)->method, EFFECT_DIFFERENCES);
	assert_int_equal(of_unit(&made, 1, 0)->n_weights, UNITS - 1);
	made_close(&made);
}

/* ---- donors ---- */

static bool is_donor(const struct effect *row, size_t unit)
{
	for (size_t i = 0; i < row->n_weights; i++)
		if (row->donor[i] == unit)
			return true;
	return false;
}

static void a_treated_unit_is_a_donor_only_until_its_start(void **state)
{
	struct made made, again;

	(void)state;
	made_open(&made, 6);
	made_noise(&made, 9);                /* no factor: every donor has weight */
	made_treat(&made, 0, 10, 0, 0.1);
	made_treat(&made, 1, 12, 0, 0.1);    /* within the five years of unit 0 */
	made_treat(&made, 2, 15, 0, 0.1);    /* just after them */
	again = made;
	made_run(&made);
	assert_int_equal(of_unit(&made, 1, 0)->method, EFFECT_DIFFERENCES);
	assert_false(is_donor(of_unit(&made, 1, 0), 1));
	assert_true(is_donor(of_unit(&made, 1, 0), 2));
	assert_false(is_donor(of_unit(&made, 1, 1), 0));
	for (size_t t = 12; t < YEARS; t++)
		*cell(&again, 1, t) += 10;
	for (size_t t = 15; t < YEARS; t++)
		*cell(&again, 2, t) -= 10;
	again.panel.y = again.y;
	made_run(&again);
	assert_true(of_unit(&again, 1, 0)->effect == of_unit(&made, 1, 0)->effect);
	assert_true(of_unit(&again, 1, 0)->high == of_unit(&made, 1, 0)->high);
	made_close(&made);
	made_close(&again);
}

static void a_gap_in_its_window_makes_a_unit_no_donor(void **state)
{
	struct made made;

	(void)state;
	made_open(&made, 7);
	made_treat(&made, 0, 15, 0, 0);
	*cell(&made, 5, 14) = NAN;
	*cell(&made, 6, 19) = NAN;
	*cell(&made, 7, 20) = NAN;           /* after it */
	made_run(&made);
	assert_int_equal(of_unit(&made, 1, 0)->donors, UNITS - 3);
	made_close(&made);
}

static void too_few_donors_give_no_estimate(void **state)
{
	struct made made;
	const struct effect *row;

	(void)state;
	made_open(&made, 8);
	made.panel.units = EFFECT_LEAST_DONORS;      /* one of them is treated */
	made_treat(&made, 0, 15, 0, 0.5);
	made_run(&made);
	row = pooled(&made, 1);
	assert_true(isnan(row->effect) && isnan(row->low) && isnan(row->p));
	assert_int_equal(row->verdict, EFFECT_UNKNOWN);
	assert_string_equal(row->why, "cannot tell: 1 treated, 19 donors, 20 are needed");
	made.panel.units++;
	made_run(&made);
	assert_false(isnan(pooled(&made, 1)->effect));
	made_close(&made);
}

static void a_short_past_or_no_year_after_gives_no_estimate(void **state)
{
	struct made made;

	(void)state;
	made_open(&made, 8);
	made_treat(&made, 0, EFFECT_LEAST_BEFORE - 1, 0, 0.5);
	made_treat(&made, 1, EFFECT_LEAST_BEFORE, 0, 0.5);
	made_treat(&made, 2, YEARS - 1, 0, 0.5);
	*cell(&made, 2, YEARS - 1) = NAN;
	made_run(&made);
	assert_true(isnan(of_unit(&made, 1, 0)->effect));
	assert_non_null(strstr(of_unit(&made, 1, 0)->why, "7 years on end are known before its start, 8 are needed"));
	assert_false(isnan(of_unit(&made, 1, 1)->effect));
	assert_non_null(strstr(of_unit(&made, 1, 2)->why, "no year from its start on is known"));
	assert_int_equal(pooled(&made, 1)->treated, 1);
	assert_non_null(strstr(pooled(&made, 1)->why, "2 of 3 treated left out"));
	made_close(&made);
}

static void one_treated_unit_is_ranked_among_all_its_donors(void **state)
{
	struct made made;

	(void)state;
	made_open(&made, 9);
	made_treat(&made, 0, 15, 0, 3);
	made_run(&made);
	assert_near(pooled(&made, 1)->p, 1.0 / UNITS, 1e-12);   /* 39 placebos, none as far */
	made_close(&made);
}

/* ---- doubts ---- */

static void a_drift_before_the_start_is_no_effect(void **state)
{
	struct made made;

	(void)state;
	made_open(&made, 10);
	for (size_t i = 0; i < 8; i++) {
		made_treat(&made, i, 16, 0, 0.3);
		for (size_t t = 13; t < 16; t++)
			*cell(&made, i, t) += 0.05 * (double)(t - 12);
	}
	made_run(&made);
	assert_int_equal(pooled(&made, 1)->verdict, EFFECT_UNKNOWN);
	assert_true(pooled(&made, 1)->drift_p < 0.01);
	assert_non_null(strstr(pooled(&made, 1)->why, "had left their comparison before the start"));
	made_close(&made);
}

static void a_unit_that_nothing_resembles_is_not_judged(void **state)
{
	struct made made;

	(void)state;
	made_open(&made, 11);
	made_treat(&made, 0, 20, 0, 5);
	for (size_t t = 0; t < YEARS; t++)
		*cell(&made, 0, t) += t < 10 ? 0 : 1;
	made_run(&made);
	assert_int_equal(of_unit(&made, 1, 0)->verdict, EFFECT_UNKNOWN);
	assert_non_null(strstr(of_unit(&made, 1, 0)->why, "does not fit it before its start"));
	made_close(&made);
}

static void a_restless_unit_has_a_wider_interval(void **state)
{
	struct made made;
	double quiet, restless;

	(void)state;
	made_open(&made, 12);
	for (size_t i = 0; i < UNITS; i++)      /* half of them move little */
		for (size_t t = 0; t < YEARS && i % 2; t++)
			*cell(&made, i, t) = 0.5 + (*cell(&made, i, t) - 0.5) / 10;
	made_treat(&made, 0, 16, 0, 0);
	made_treat(&made, 1, 16, 0, 0);
	made_run(&made);
	restless = of_unit(&made, 1, 0)->high - of_unit(&made, 1, 0)->low;
	quiet = of_unit(&made, 1, 1)->high - of_unit(&made, 1, 1)->low;
	assert_true(restless > 3 * quiet);
	made_close(&made);
}

/* ---- manners ---- */

static void a_unit_treated_otherwise_before_is_left_out_and_later_is_followed_until_then(void **state)
{
	struct made made;

	(void)state;
	made_open(&made, 13);
	made.n_manners = 2;
	made_treat(&made, 0, 12, 0, 0);
	made_treat(&made, 0, 14, 1, 0);
	made_treat(&made, 1, 13, 1, 0);
	made_treat(&made, 2, 13, 0, 0);
	made_treat(&made, 2, 13, 1, 0);
	made_run(&made);
	assert_int_equal(of_unit(&made, 0, 0)->after, 2);
	assert_non_null(strstr(of_unit(&made, 1, 0)->why, "treated otherwise before"));
	assert_int_equal(of_unit(&made, 1, 1)->after, 5);
	assert_non_null(strstr(of_unit(&made, 0, 2)->why, "treated otherwise in the same year"));
	assert_int_equal(of_unit(&made, 2, 0)->after, 5);    /* all together: since the first */
	assert_int_equal(of_unit(&made, 2, 0)->start, 12);
	assert_int_equal(pooled(&made, 2)->treated, 3);
	assert_int_equal(pooled(&made, 0)->treated, 1);
	made_close(&made);
}

static void many_questions_ask_for_more_proof(void **state)
{
	struct made made;

	(void)state;
	made_open(&made, 14);
	for (size_t i = 0; i < 6; i++)
		made_treat(&made, i, 12 + i, 0, 0.1);
	made_run(&made);
	for (size_t i = 0; i < made.n_rows; i++) {
		const struct effect *row = &made.rows[i];

		assert_true(row->p_all >= row->p);
		if (row->scope == EFFECT_UNIT)
			assert_true(row->p_all > row->p || row->p_all == 1 || row->p_all > 0.05);
		if (row->verdict != EFFECT_UNKNOWN)
			assert_true(row->p_all <= 0.05 && (row->low > 0 || row->high < 0));
	}
	made_close(&made);
}

static void nothing_is_claimed_of_a_part_when_the_whole_shows_nothing(void **state)
{
	struct made made;

	(void)state;
	made_open(&made, 4);
	made.setup.level = 0.9;
	made_treat(&made, 0, 14, 0, 0.6);
	made_treat(&made, 1, 14, 0, -0.6);
	made_run(&made);
	assert_int_equal(pooled(&made, 1)->verdict, EFFECT_UNKNOWN);
	assert_true(of_unit(&made, 1, 0)->low > 0 && of_unit(&made, 1, 0)->p_all <= 0.1);
	assert_int_equal(of_unit(&made, 1, 0)->verdict, EFFECT_UNKNOWN);
	assert_non_null(strstr(of_unit(&made, 1, 0)->why, "all treated together show nothing"));
	made_close(&made);
}

/* ---- nothing else may matter ---- */

static void same_rows(const struct made *a, const struct made *b)
{
	assert_int_equal(a->n_rows, b->n_rows);
	for (size_t i = 0; i < a->n_rows; i++) {
		const struct effect *x = &a->rows[i], *y = &b->rows[i];

		assert_int_equal(x->scope, y->scope);
		assert_memory_equal(&x->effect, &y->effect, sizeof x->effect);
		assert_memory_equal(&x->low, &y->low, sizeof x->low);
		assert_memory_equal(&x->p_all, &y->p_all, sizeof x->p_all);
		assert_string_equal(x->why, y->why);
	}
}

static void the_order_of_starts_does_not_matter_and_the_same_input_gives_the_same_bytes(void **state)
{
	struct made made, again, turned;

	(void)state;
	made_open(&made, 15);
	made.n_manners = 2;
	for (size_t i = 0; i < 6; i++)
		made_treat(&made, (7 * i) % UNITS, 11 + i, i % 2, 0.05);
	again = turned = made;
	again.panel.y = again.y;
	turned.panel.y = turned.y;
	for (size_t i = 0; i < 6; i++)
		turned.starts[i] = made.starts[5 - i];
	made_run(&made);
	made_run(&again);
	made_run(&turned);
	same_rows(&made, &again);
	same_rows(&made, &turned);
	made_close(&made);
	made_close(&again);
	made_close(&turned);
}

static void a_later_start_of_the_same_unit_changes_nothing(void **state)
{
	struct made made, again;

	(void)state;
	made_open(&made, 16);
	made_treat(&made, 3, 12, 0, 0.1);
	again = made;
	again.panel.y = again.y;
	made_treat(&again, 3, 14, 0, 0);
	made_run(&made);
	made_run(&again);
	same_rows(&made, &again);
	made_close(&made);
	made_close(&again);
}

static void the_unit_of_measurement_does_not_matter(void **state)
{
	struct made made, again;

	(void)state;
	made_open(&made, 17);
	for (size_t i = 0; i < 4; i++)
		made_treat(&made, i, 12 + i, 0, 0.1);
	again = made;
	again.panel.y = again.y;
	for (size_t i = 0; i < UNITS * YEARS; i++)
		again.y[i] = 100 * again.y[i] - 7;
	made_run(&made);
	made_run(&again);
	assert_near(pooled(&again, 1)->effect, 100 * pooled(&made, 1)->effect, 1e-3);
	assert_near(pooled(&again, 1)->high, 100 * pooled(&made, 1)->high, 1e-3);
	made_close(&made);
	made_close(&again);
}

static void a_panel_that_never_moves_tells_nothing(void **state)
{
	struct made made;

	(void)state;
	made_open(&made, 18);
	for (size_t i = 0; i < UNITS * YEARS; i++)
		made.y[i] = 0.25;
	made_treat(&made, 0, 12, 0, 0);
	made_treat(&made, 1, 12, 0, 0);
	made_run(&made);
	assert_true(pooled(&made, 1)->effect == 0);
	assert_int_equal(pooled(&made, 1)->verdict, EFFECT_UNKNOWN);
	made_close(&made);
}

static void what_lies_outside_the_panel_is_refused(void **state)
{
	struct made made;
	struct err err;

	(void)state;
	made_open(&made, 19);
	made_treat(&made, 0, 12, 0, 0);
	made.starts[0].year = YEARS;
	assert_int_equal(effects_estimate(&made.panel, made.starts, 1, 1, &made.setup, &made.arena, &made.rows,
					  &made.n_rows, &err), ERR_DATA);
	made.starts[0].year = 12;
	*cell(&made, 4, 2) = INFINITY;
	assert_int_equal(effects_estimate(&made.panel, made.starts, 1, 1, &made.setup, &made.arena, &made.rows,
					  &made.n_rows, &err), ERR_DATA);
	made_close(&made);
}

static void nobody_treated_is_said(void **state)
{
	struct made made;

	(void)state;
	made_open(&made, 20);
	made_run(&made);
	assert_int_equal(made.n_rows, 1);
	assert_string_equal(pooled(&made, 1)->why, "cannot tell: nobody was treated");
	made_close(&made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_planted_effect_is_found),
		cmocka_unit_test(a_fall_is_called_a_fall),
		cmocka_unit_test(an_effect_of_one_late_year_shows_in_that_year),
		cmocka_unit_test(intervals_hold_the_truth_and_noise_tells_nothing),
		cmocka_unit_test(the_weights_of_an_exact_combination_are_recovered),
		cmocka_unit_test(with_common_factors_a_synthetic_control_is_chosen),
		cmocka_unit_test(without_common_factors_differences_are_chosen),
		cmocka_unit_test(a_treated_unit_is_a_donor_only_until_its_start),
		cmocka_unit_test(a_gap_in_its_window_makes_a_unit_no_donor),
		cmocka_unit_test(too_few_donors_give_no_estimate),
		cmocka_unit_test(a_short_past_or_no_year_after_gives_no_estimate),
		cmocka_unit_test(one_treated_unit_is_ranked_among_all_its_donors),
		cmocka_unit_test(a_drift_before_the_start_is_no_effect),
		cmocka_unit_test(a_unit_that_nothing_resembles_is_not_judged),
		cmocka_unit_test(a_restless_unit_has_a_wider_interval),
		cmocka_unit_test(a_unit_treated_otherwise_before_is_left_out_and_later_is_followed_until_then),
		cmocka_unit_test(many_questions_ask_for_more_proof),
		cmocka_unit_test(nothing_is_claimed_of_a_part_when_the_whole_shows_nothing),
		cmocka_unit_test(the_order_of_starts_does_not_matter_and_the_same_input_gives_the_same_bytes),
		cmocka_unit_test(a_later_start_of_the_same_unit_changes_nothing),
		cmocka_unit_test(the_unit_of_measurement_does_not_matter),
		cmocka_unit_test(a_panel_that_never_moves_tells_nothing),
		cmocka_unit_test(what_lies_outside_the_panel_is_refused),
		cmocka_unit_test(nobody_treated_is_said),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
