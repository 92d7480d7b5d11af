/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of learn.c: the scores of forecasts and the weights that follow from them. */
#include "tests/learn/made_past.h"

/* A unit that closed after 2000 (y 1) or stayed (y 0). It was forecast to close. */
static void made_case(struct past *past, const char *unit, int y, double p, double base_rate, double persistence,
		      double logit)
{
	made_index(past, unit, 2000, 0.6);
	made_index(past, unit, 2001, y ? 0.4 : 0.6);
	made_index(past, unit, 2002, 0.6);
	made_forecast(past, unit, "closing", 2000, p, base_rate, persistence, logit);
}

static void scores_are_those_of_the_chances_against_what_happened(void **state)
{
	const struct score *score;
	struct past past;

	(void)state;
	past_open(&past, "2003-04-01");
	made_case(&past, "AAA", 1, 0.7, 0.4, 0.5, 0.9);
	made_case(&past, "BBB", 0, 0.2, 0.4, 0.5, 0.1);
	made_case(&past, "CCC", 0, 0.3, 0.4, 0.5, NAN);
	past_run(&past);
	score = score_of(&past, "closing", "ensemble", INT_MISSING);
	assert_true(score->n == 3 && score->positives == 1);
	near(score->brier, (0.09 + 0.04 + 0.09) / 3);
	near(score->log_score, -(log(0.7) + log(0.8) + log(0.7)) / 3);
	near(score->auc, 1);
	near(score->skill, (0.36 + 0.16 + 0.16) / 3 - (0.09 + 0.04 + 0.09) / 3);
	assert_true(score->skill_low <= score->skill && score->skill <= score->skill_high);
	score = score_of(&past, "closing", "logit", INT_MISSING);
	assert_true(score->n == 2);   /* where it spoke */
	near(score->brier, 0.01);
	score = score_of(&past, "closing", "base_rate", INT_MISSING);
	assert_true(score->skill == 0 && score->skill_low == 0 && score->skill_high == 0);
	near(score->auc, 0.5);
	assert_null(score_of(&past, "opening", "ensemble", INT_MISSING));
	arena_free(&past.arena);
}

static void each_year_has_a_score_and_the_pooled_one_names_them(void **state)
{
	const struct score *pooled, *year;
	struct forecast *forecast;
	struct past past;

	(void)state;
	past_open(&past, "2004-04-01");
	made_case(&past, "AAA", 1, 0.5, 0.4, 0.5, 0.9);
	made_case(&past, "BBB", 0, 0.5, 0.4, 0.5, 0.1);
	made_index(&past, "AAA", 2003, 0.6);
	forecast = made_forecast(&past, "AAA", "closing", 2001, 0.25, 0.4, 0.5, 0.1);
	forecast->r.licence = "restricted";
	past_run(&past);
	pooled = score_of(&past, "closing", "ensemble", INT_MISSING);
	assert_true(pooled->n == 3);
	year = score_of(&past, "closing", "ensemble", 2001);
	assert_true(year->n == 1);
	near(year->brier, 0.0625);
	assert_true(comes_from(&year->r, &forecast->r, "forecast"));
	assert_true(comes_from(&pooled->r, &year->r, "year"));
	assert_true(comes_from(&pooled->r, &score_of(&past, "closing", "ensemble", 2000)->r, "year"));
	assert_string_equal(pooled->r.licence, "restricted");
	assert_string_equal(setting_of(&past, "weight.closing.logit")->r.licence, "restricted");
	arena_free(&past.arena);
}

static void one_outcome_only_leaves_the_area_null_with_the_reason(void **state)
{
	const struct score *score;
	struct past past;

	(void)state;
	past_open(&past, "2003-04-01");
	made_case(&past, "AAA", 0, 0.5, 0.4, 0.5, 0.9);
	made_case(&past, "BBB", 0, 0.5, 0.4, 0.5, 0.9);
	past_run(&past);
	score = score_of(&past, "closing", "ensemble", INT_MISSING);
	assert_true(isnan(score->auc));
	assert_non_null(strstr(score->r.missing, "\"auc\":\"only one of the two outcomes occurred\""));
	arena_free(&past.arena);
}

static void one_country_only_leaves_the_interval_null_with_the_reason(void **state)
{
	const struct score *score;
	struct past past;

	(void)state;
	past_open(&past, "2003-04-01");
	made_case(&past, "AAA", 1, 0.5, 0.4, 0.5, 0.9);
	past_run(&past);
	score = score_of(&past, "closing", "ensemble", INT_MISSING);
	near(score->skill, 0.36 - 0.25);
	assert_true(isnan(score->skill_low) && isnan(score->skill_high));
	assert_non_null(strstr(score->r.missing, "\"skill_low\":\"one country cannot be resampled\""));
	arena_free(&past.arena);
}

/* Twelve countries, of which `better` have a logit that gains over the base rate and the others one that loses. */
static const struct score *paired(struct past *past, size_t better)
{
	past_open(past, "2003-04-01");
	for (size_t i = 0; i < 12; i++)
		made_case(past, arena_printf(&past->arena, "U%02zu", i), 1, 0.5, 0.5, 0.5, i < better ? 0.7 : 0.3);
	past_run(past);
	return score_of(past, "closing", "logit", INT_MISSING);
}

static void a_paired_interval_touches_zero_unless_the_gain_is_common(void **state)
{
	const struct score *score;
	struct past past;

	(void)state;
	score = paired(&past, 12);
	assert_true(score->skill_low > 0);
	arena_free(&past.arena);
	score = paired(&past, 8);   /* ahead on the whole, and yet not shown */
	assert_true(score->skill > 0 && score->skill_low < 0 && score->skill_high > 0);
	arena_free(&past.arena);
	score = paired(&past, 0);
	assert_true(score->skill_high < 0);
	arena_free(&past.arena);
}

/* ---- weights ---- */

/* docs/methods/scores.md: proportional to exp(-200 (B - B*)), mixed with equal weights by trust n / (n + 200). */
static void weights_follow_the_formula_of_the_documents(void **state)
{
	const double brier[] = {0.6 * 0.6, 0.59 * 0.59, 0.58 * 0.58};
	double powers[3], total = 0, trust = 60.0 / 260;
	static const char *const members[] = {"base_rate", "persistence", "logit"};
	struct past past;

	(void)state;
	past_open(&past, "2003-04-01");
	for (size_t i = 0; i < 60; i++)
		made_case(&past, arena_printf(&past.arena, "U%02zu", i), 1, 0.5, 0.40, 0.41, 0.42);
	past_run(&past);
	for (size_t m = 0; m < 3; m++)
		total += powers[m] = exp(-200 * (brier[m] - brier[2]));
	for (size_t m = 0; m < 3; m++) {
		const struct setting *setting =
			setting_of(&past, arena_printf(&past.arena, "weight.closing.%s", members[m]));

		near(setting->value, trust * powers[m] / total + (1 - trust) / 3);
		for (size_t k = 0; k < 3; k++)
			assert_true(comes_from(&setting->r, &score_of(&past, "closing", members[k], INT_MISSING)->r,
					       "score"));
	}
	arena_free(&past.arena);
}

static void weights_add_up_to_one_and_a_few_cases_silence_nobody(void **state)
{
	double total = 0;
	const struct setting *setting;
	struct past past;

	(void)state;
	past_open(&past, "2003-04-01");
	made_case(&past, "AAA", 1, 0.5, 0.01, 0.01, 0.99);
	past_run(&past);
	for (size_t i = 0; (setting = records_next(&past.out, &kind_setting, &i));) {
		if (!str_starts(setting->name, "weight."))
			continue;
		assert_true(setting->value > 0.33);
		total += setting->value;
	}
	near(total, 1);
	arena_free(&past.arena);
}

static void a_member_that_never_spoke_keeps_its_share_of_the_prior(void **state)
{
	const double trust = 2.0 / 202;
	struct past past;

	(void)state;
	past_open(&past, "2003-04-01");
	made_case(&past, "AAA", 1, 0.5, 0.5, 0.5, NAN);
	made_case(&past, "BBB", 0, 0.5, 0.5, 0.5, NAN);
	past_run(&past);
	near(setting_of(&past, "weight.closing.logit")->value, (1 - trust) / 3);
	assert_string_equal(setting_of(&past, "weight.closing.logit")->reason, "the member has not spoken yet");
	near(setting_of(&past, "weight.closing.base_rate")->value, trust / 2 + (1 - trust) / 3);
	assert_null(setting_of(&past, "weight.opening.logit"));
	arena_free(&past.arena);
}

static void nothing_is_learned_from_one_member_alone(void **state)
{
	struct past past;

	(void)state;
	past_open(&past, "2003-04-01");
	made_case(&past, "AAA", 1, 0.5, 0.5, NAN, NAN);
	past_run(&past);
	assert_non_null(score_of(&past, "closing", "base_rate", INT_MISSING));
	assert_null(setting_of(&past, "weight.closing.base_rate"));
	arena_free(&past.arena);
}

/* ---- the future ---- */

static const char *bytes_of(struct past *past)
{
	struct buf buf = {0};
	const char *bytes;

	past_run(past);
	for (size_t i = 0; i < past->out.n; i++)
		record_write_json(&buf, past->out.v[i]);
	bytes = arena_ndup(&past->arena, buf.len ? buf.s : "", buf.len);
	buf_free(&buf);
	return bytes;
}

static void what_becomes_known_later_teaches_nothing_yet(void **state)
{
	struct observation *vintage;
	const char *before;
	struct past past;

	(void)state;
	past_open(&past, "2003-04-01");
	made_case(&past, "AAA", 1, 0.7, 0.4, 0.5, 0.9);
	made_case(&past, "BBB", 0, 0.2, 0.4, 0.5, 0.1);
	made_alert(&past, "AAA", "r", "threat", "2002-05-01");
	before = bytes_of(&past);
	vintage = made_index(&past, "BBB", 2001, -99);   /* another source, first by name, known a day late */
	vintage->source = "a";
	vintage->r.known = day_of("2003-04-02");
	made_forecast(&past, "AAA", "closing", 2001, 1, 1, 1, 1);
	made_index(&past, "AAA", 2003, 0);
	made_outcome(&past, "AAA", "worse", "2002-06-01")->r.known = day_of("2003-04-02");
	made_alert(&past, "BBB", "r", "threat", "2003-04-02");
	assert_string_equal(bytes_of(&past), before);
	past.setup.as_of = day_of("2004-04-01");
	assert_string_not_equal(bytes_of(&past), before);
	arena_free(&past.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scores_are_those_of_the_chances_against_what_happened),
		cmocka_unit_test(each_year_has_a_score_and_the_pooled_one_names_them),
		cmocka_unit_test(one_outcome_only_leaves_the_area_null_with_the_reason),
		cmocka_unit_test(one_country_only_leaves_the_interval_null_with_the_reason),
		cmocka_unit_test(a_paired_interval_touches_zero_unless_the_gain_is_common),
		cmocka_unit_test(weights_follow_the_formula_of_the_documents),
		cmocka_unit_test(weights_add_up_to_one_and_a_few_cases_silence_nobody),
		cmocka_unit_test(a_member_that_never_spoke_keeps_its_share_of_the_prior),
		cmocka_unit_test(nothing_is_learned_from_one_member_alone),
		cmocka_unit_test(what_becomes_known_later_teaches_nothing_yet),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("learn", tests, NULL, NULL);
}
