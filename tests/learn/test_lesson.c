/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of lesson.c: alerts against what followed, thresholds, time to respond. */
#include "tests/learn/made_past.h"

enum { UNCOUNTED = -1 };   /* of single rules: nobody knows which should have warned */

/* Hits, false alarms and misses of a rule, "all" for all of them. */
static void assert_counts(const struct past *past, const char *rule, int hits, int false_alarms, int misses)
{
	const struct score *score = score_of(past, rule, "-", INT_MISSING);

	assert_non_null(score);
	assert_string_equal(score->about, "rule");
	assert_true(score->hits == hits);
	assert_true(score->false_alarms == false_alarms);
	if (misses == UNCOUNTED)
		assert_true(isnan(score->misses) &&
			    strstr(score->r.missing, "\"misses\":\"counted for all rules together\""));
	else
		assert_true(score->misses == misses);
	assert_true(score->n == hits + false_alarms);
}

/* One alert of 10 March 2020 and one outcome, judged in 2022; the index did not move. */
static void one_alert(struct past *past, const char *direction, const char *unit, const char *outcome, const char *day)
{
	past_open(past, "2022-04-01");
	made_alert(past, "AAA", "r", direction, "2020-03-10");
	made_calm(past, "AAA", 2020);
	made_outcome(past, unit, outcome, day);
	past_run(past);
}

static void an_outcome_within_a_year_is_a_hit(void **state)
{
	struct past past;

	(void)state;
	one_alert(&past, "threat", "AAA", "worse", "2020-03-30");
	assert_counts(&past, "r", 1, 0, UNCOUNTED);
	near(score_of(&past, "r", "-", INT_MISSING)->lead_days, 20);
	assert_true(comes_from(&score_of(&past, "r", "-", INT_MISSING)->r, past.in.v[0], "alert"));
	assert_true(comes_from(&score_of(&past, "r", "-", INT_MISSING)->r, past.in.v[4], "outcome"));
	arena_free(&past.arena);
	one_alert(&past, "threat", "AAA", "worse", "2020-03-11");
	assert_counts(&past, "r", 1, 0, UNCOUNTED);
	arena_free(&past.arena);
	one_alert(&past, "threat", "AAA", "worse", "2021-03-10");   /* 365 days later */
	assert_counts(&past, "r", 1, 0, UNCOUNTED);
	arena_free(&past.arena);
	one_alert(&past, "opportunity", "AAA", "better", "2020-03-30");
	assert_counts(&past, "r", 1, 0, UNCOUNTED);
	arena_free(&past.arena);
}

static void an_outcome_too_early_too_late_or_of_others_is_none(void **state)
{
	const struct score *score;
	struct past past;

	(void)state;
	one_alert(&past, "threat", "AAA", "worse", "2021-03-11");
	assert_counts(&past, "r", 0, 1, UNCOUNTED);
	assert_counts(&past, "all", 0, 1, 1);   /* and nobody warned of it */
	score = score_of(&past, "r", "-", INT_MISSING);
	assert_true(isnan(score->lead_days));
	assert_non_null(strstr(score->r.missing, "\"lead_days\":\"no hit to measure it by\""));
	arena_free(&past.arena);
	one_alert(&past, "threat", "AAA", "worse", "2020-03-10");   /* of the same day: it may have been first */
	assert_counts(&past, "all", 0, 1, 1);
	arena_free(&past.arena);
	one_alert(&past, "threat", "BBB", "worse", "2020-03-30");
	assert_counts(&past, "all", 0, 1, 1);
	arena_free(&past.arena);
	one_alert(&past, "threat", "AAA", "better", "2020-03-30");
	assert_counts(&past, "all", 0, 1, 0);
	arena_free(&past.arena);
	one_alert(&past, "opportunity", "AAA", "worse", "2020-03-30");
	assert_counts(&past, "all", 0, 1, 1);
	arena_free(&past.arena);
}

static void before_it_was_issued_an_alert_warned_nobody(void **state)
{
	struct alert *alert;
	struct past past;

	(void)state;
	past_open(&past, "2022-04-01");
	alert = made_alert(&past, "AAA", "r", "threat", "2020-03-10");
	alert->triggered = day_of("2019-05-01");
	made_calm(&past, "AAA", 2020);
	made_outcome(&past, "AAA", "worse", "2020-02-01");   /* after the evidence, before the alert */
	past_run(&past);
	assert_counts(&past, "all", 0, 1, 1);
	made_outcome(&past, "AAA", "worse", "2021-02-01");   /* more than a year after the evidence */
	past_run(&past);
	assert_counts(&past, "all", 1, 0, 1);
	near(score_of(&past, "r", "-", INT_MISSING)->lead_days, 328);
	alert->issued = (struct instant){0};                 /* nobody knows when: it is not judged */
	past_run(&past);
	assert_null(score_of(&past, "r", "-", INT_MISSING));
	assert_counts(&past, "all", 0, 0, 2);
	arena_free(&past.arena);
}

static void an_index_that_fell_before_the_alert_was_issued_is_no_hit(void **state)
{
	struct past past;

	(void)state;
	past_open(&past, "2023-01-01");
	made_alert(&past, "AAA", "r", "threat", "2020-03-10")->triggered = day_of("1994-04-01");
	made_index(&past, "AAA", 1993, 0.9);
	made_index(&past, "AAA", 1994, 0.5);
	made_calm(&past, "AAA", 2020);
	past_run(&past);
	assert_counts(&past, "r", 0, 1, UNCOUNTED);
	arena_free(&past.arena);
}

static void an_alert_is_undecided_until_its_year_is_over_and_the_index_known(void **state)
{
	struct past past;

	(void)state;
	past_open(&past, "2021-03-10");
	made_alert(&past, "AAA", "r", "threat", "2020-03-10");
	made_calm(&past, "AAA", 2020);
	for (size_t i = 1; i < past.in.n; i++)   /* as if it were known at once */
		past.in.v[i]->known = day_of("2020-03-10");
	past_run(&past);
	assert_counts(&past, "r", 0, 0, UNCOUNTED);
	past.setup.as_of = day_of("2021-03-11");
	past_run(&past);
	assert_counts(&past, "r", 0, 1, UNCOUNTED);
	past.in.v[3]->known = day_of("2022-04-01");   /* of 2021, which could still show a hit */
	past.setup.as_of = day_of("2022-03-31");
	past_run(&past);
	assert_counts(&past, "r", 0, 0, UNCOUNTED);
	past.setup.as_of = day_of("2022-04-01");
	past_run(&past);
	assert_counts(&past, "r", 0, 1, UNCOUNTED);
	past.setup.as_of = day_of("2020-03-10");   /* of the same day: not looked at yet */
	past_run(&past);
	assert_null(score_of(&past, "r", "-", INT_MISSING));
	arena_free(&past.arena);
}

/* Values of 2019, 2020 and 2021 around an alert of 10 March 2020. */
static void index_moves(struct past *past, const char *direction, double before, double first, double second)
{
	past_open(past, "2023-01-01");
	made_alert(past, "AAA", "r", direction, "2020-03-10");
	made_index(past, "AAA", 2019, before);
	made_index(past, "AAA", 2020, first);
	made_index(past, "AAA", 2021, second);
	past_run(past);
}

static void a_step_of_the_index_in_the_year_or_the_next_is_a_hit(void **state)
{
	struct past past;

	(void)state;
	index_moves(&past, "threat", 0.55, 0.5, 0.55);
	assert_counts(&past, "r", 1, 0, UNCOUNTED);
	near(score_of(&past, "r", "-", INT_MISSING)->lead_days, 297);   /* to the end of 2020 */
	arena_free(&past.arena);
	index_moves(&past, "threat", 0.55, 0.54, 0.5);
	assert_counts(&past, "r", 1, 0, UNCOUNTED);
	near(score_of(&past, "r", "-", INT_MISSING)->lead_days, 297 + 365);
	arena_free(&past.arena);
	index_moves(&past, "opportunity", 0.5, 0.55, 0.5);
	assert_counts(&past, "r", 1, 0, UNCOUNTED);
	arena_free(&past.arena);
	index_moves(&past, "threat", 0.5, 0.55, 0.46);
	assert_counts(&past, "r", 0, 1, UNCOUNTED);
	arena_free(&past.arena);
	index_moves(&past, "threat", 0.5, NAN, NAN);   /* nobody knows yet */
	assert_counts(&past, "r", 0, 0, UNCOUNTED);
	arena_free(&past.arena);
	index_moves(&past, "threat", NAN, 0.5, 0.5);
	assert_counts(&past, "r", 0, 0, UNCOUNTED);
	arena_free(&past.arena);
}

static void of_several_sources_of_the_index_the_first_by_name_counts(void **state)
{
	struct past past;

	(void)state;
	past_open(&past, "2023-01-01");
	made_alert(&past, "AAA", "r", "threat", "2020-03-10");
	made_index(&past, "AAA", 2020, 0.1)->source = "z";
	for (int64_t year = 2019; year <= 2021; year++)
		made_index(&past, "AAA", year, 0.5);
	past_run(&past);
	assert_counts(&past, "r", 0, 1, UNCOUNTED);
	made_index(&past, "AAA", 2020, 0.1)->source = "a";
	past_run(&past);
	assert_counts(&past, "r", 1, 0, UNCOUNTED);
	arena_free(&past.arena);
}

static void the_earlier_of_outcome_and_index_is_the_lead(void **state)
{
	struct past past;

	(void)state;
	index_moves(&past, "threat", 0.6, 0.5, 0.5);
	made_outcome(&past, "AAA", "worse", "2020-05-19");
	made_outcome(&past, "AAA", "worse", "2020-04-09");
	past_run(&past);
	assert_counts(&past, "r", 1, 0, UNCOUNTED);
	near(score_of(&past, "r", "-", INT_MISSING)->lead_days, 30);
	arena_free(&past.arena);
}

static void all_rules_together_have_their_counts_lead_and_misses(void **state)
{
	const struct score *all;
	struct outcome *missed;
	struct past past;

	(void)state;
	past_open(&past, "2023-01-01");
	made_alert(&past, "AAA", "r", "threat", "2020-01-01");
	made_alert(&past, "BBB", "r", "threat", "2020-01-01");
	made_alert(&past, "AAA", "s", "threat", "2020-01-11");
	made_alert(&past, "AAA", "s", "threat", "2020-01-21");
	made_calm(&past, "BBB", 2020);
	made_outcome(&past, "AAA", "worse", "2020-01-31");
	missed = made_outcome(&past, "CCC", "worse", "2020-06-01");
	made_outcome(&past, "CCC", "none", "2020-07-01");
	missed->r.licence = "restricted";
	past_run(&past);
	assert_counts(&past, "r", 1, 1, UNCOUNTED);
	assert_counts(&past, "s", 2, 0, UNCOUNTED);
	near(score_of(&past, "s", "-", INT_MISSING)->lead_days, 15);
	assert_counts(&past, "all", 3, 1, 1);
	all = score_of(&past, "all", "-", INT_MISSING);
	near(all->lead_days, 20);
	assert_true(comes_from(&all->r, &missed->r, "missed"));
	assert_true(comes_from(&all->r, &score_of(&past, "s", "-", INT_MISSING)->r, "rule"));
	assert_string_equal(all->r.licence, "restricted");
	arena_free(&past.arena);
}

static void a_miss_is_counted_even_if_no_rule_ever_spoke(void **state)
{
	struct past past;

	(void)state;
	past_open(&past, "2023-01-01");
	made_outcome(&past, "AAA", "worse", "2020-01-31");
	past_run(&past);
	assert_counts(&past, "all", 0, 0, 1);
	assert_int_equal(past.out.n, 1);
	arena_free(&past.arena);
}

/* ---- thresholds ---- */

/* docs/methods/scores.md: exp(0.4 (false alarms - hits - misses) / (cases + 10)) within 0.8 and 1.25. */
static void thresholds_follow_the_formula_of_the_documents(void **state)
{
	const struct setting *setting;
	struct past past;

	(void)state;
	past_open(&past, "2023-01-01");
	for (size_t i = 0; i < 5; i++) {
		made_alert(&past, arena_printf(&past.arena, "U%zu", i), "r", "threat", "2020-01-01");
		made_calm(&past, arena_printf(&past.arena, "U%zu", i), 2020);
	}
	past_run(&past);
	setting = setting_of(&past, "threshold.r");
	near(setting->value, exp(0.4 * 5 / 15));   /* false alarms raise it */
	assert_true(comes_from(&setting->r, &score_of(&past, "r", "-", INT_MISSING)->r, "score"));
	for (size_t i = 0; i < 4; i++)
		made_outcome(&past, arena_printf(&past.arena, "U%zu", i), "worse", "2020-02-01");
	past_run(&past);
	near(setting_of(&past, "threshold.r")->value, exp(0.4 * (1 - 4) / 15));
	made_outcome(&past, "ZZZ", "worse", "2020-02-01");   /* a miss lowers it further */
	past_run(&past);
	setting = setting_of(&past, "threshold.r");
	near(setting->value, exp(0.4 * (1 - 4 - 1) / 16));
	assert_string_equal(setting->reason, "4 hits, 1 false alarms, 1 outcomes without warning");
	assert_true(comes_from(&setting->r, &score_of(&past, "all", "-", INT_MISSING)->r, "misses"));
	arena_free(&past.arena);
}

static void thresholds_stay_within_their_bounds(void **state)
{
	struct past past;

	(void)state;
	past_open(&past, "2023-01-01");
	for (size_t i = 0; i < 100; i++) {
		made_alert(&past, arena_printf(&past.arena, "U%zu", i), "r", "threat", "2020-01-01");
		made_calm(&past, arena_printf(&past.arena, "U%zu", i), 2020);
	}
	past_run(&past);
	near(setting_of(&past, "threshold.r")->value, 1.25);
	for (size_t i = 0; i < 100; i++)
		made_outcome(&past, arena_printf(&past.arena, "U%zu", i), "worse", "2020-02-01");
	past_run(&past);
	near(setting_of(&past, "threshold.r")->value, 0.8);
	arena_free(&past.arena);
}

static void rules_that_warn_of_threats_share_the_misses_and_others_do_not(void **state)
{
	struct past past;

	(void)state;
	past_open(&past, "2020-06-01");   /* no alert is decided yet */
	made_alert(&past, "AAA", "r", "threat", "2020-01-01");
	made_alert(&past, "AAA", "s", "threat", "2020-01-01");
	made_alert(&past, "AAA", "t", "opportunity", "2020-01-01");
	made_outcome(&past, "ZZZ", "worse", "2020-02-01");
	past_run(&past);
	near(setting_of(&past, "threshold.r")->value, exp(-0.4 * 0.5 / 10.5));
	near(setting_of(&past, "threshold.s")->value, exp(-0.4 * 0.5 / 10.5));
	near(setting_of(&past, "threshold.t")->value, 1);
	assert_string_equal(setting_of(&past, "threshold.r")->reason,
			    "0 hits, 0 false alarms, 0.5 outcomes without warning");
	arena_free(&past.arena);
}

/* ---- responses ---- */

static void made_response(struct past *past, const char *instrument, const char *key, double days)
{
	struct response *response = record_new(&past->arena, &kind_response);

	response->r.unit = "AAA";
	response->r.valid_from = response->r.known = day_of("2020-01-01");
	response->key = key;
	response->instrument = instrument;
	response->days = days;
	record_identify(&past->arena, response);
	records_add(&past->in, response);
}

static void time_to_respond_is_the_median_of_each_instrument_and_of_all(void **state)
{
	const struct score *score;
	struct past past;

	(void)state;
	past_open(&past, "2023-01-01");
	made_response(&past, "STATEMENT", "a", 3);
	made_response(&past, "STATEMENT", "b", 5);
	made_response(&past, "STATEMENT", "c", NAN);
	made_response(&past, "DEMARCHE", "d", 30);
	made_response(&past, "LATER", "e", NAN);
	made_response(&past, NULL, "f", 100);
	past_run(&past);
	score = score_of(&past, "STATEMENT", "-", INT_MISSING);
	assert_true(score->n == 2 && score->lead_days == 4);
	assert_true(comes_from(&score->r, past.in.v[0], "response"));
	score = score_of(&past, "all", "-", INT_MISSING);
	assert_string_equal(score->about, "response");
	assert_true(score->n == 4 && score->lead_days == 17.5);
	assert_null(score_of(&past, "LATER", "-", INT_MISSING));
	assert_int_equal(past.out.n, 3);
	arena_free(&past.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_outcome_within_a_year_is_a_hit),
		cmocka_unit_test(an_outcome_too_early_too_late_or_of_others_is_none),
		cmocka_unit_test(before_it_was_issued_an_alert_warned_nobody),
		cmocka_unit_test(an_index_that_fell_before_the_alert_was_issued_is_no_hit),
		cmocka_unit_test(an_alert_is_undecided_until_its_year_is_over_and_the_index_known),
		cmocka_unit_test(a_step_of_the_index_in_the_year_or_the_next_is_a_hit),
		cmocka_unit_test(of_several_sources_of_the_index_the_first_by_name_counts),
		cmocka_unit_test(the_earlier_of_outcome_and_index_is_the_lead),
		cmocka_unit_test(all_rules_together_have_their_counts_lead_and_misses),
		cmocka_unit_test(a_miss_is_counted_even_if_no_rule_ever_spoke),
		cmocka_unit_test(thresholds_follow_the_formula_of_the_documents),
		cmocka_unit_test(thresholds_stay_within_their_bounds),
		cmocka_unit_test(rules_that_warn_of_threats_share_the_misses_and_others_do_not),
		cmocka_unit_test(time_to_respond_is_the_median_of_each_instrument_and_of_all),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("lesson", tests, NULL, NULL);
}
