/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of pulse_lesson.c: the effect of events is learned, scored on its own, and used only when that shows skill. */
#include "tests/learn/made_past.h"

#include <tocsin/stats.h>

#define COUNTRIES 40

/* A forecast of that month after an origin, with its update; it comes true or not in the index. */
static struct forecast *made_update(struct past *past, size_t country, int64_t origin, unsigned month, double yearly,
				    double pulse, double news)
{
	struct forecast *forecast = record_new(&past->arena, &kind_forecast);

	forecast->r.unit = arena_printf(&past->arena, "U%02zu", country);
	forecast->r.known = forecast->as_of = instant_of_day(origin + 1, month, 1);
	forecast->question = "closing";
	forecast->origin = origin;
	forecast->p = forecast->yearly = yearly;
	forecast->base_rate = yearly;
	forecast->pulse = pulse;
	forecast->news = news;
	record_identify(&past->arena, forecast);
	records_add(&past->in, forecast);
	return forecast;
}

/* `origins` years three apart; one country in four closes. Where news tells, it is +1 before a closing in three cases of four and
   the update says so by `moved`; -1 the other way about. `late`: the same again in July. */
static void made_years(struct past *past, size_t countries, size_t origins, double tells, double moved, bool late)
{
	for (size_t k = 0; k < origins; k++)
		for (size_t i = 0; i < countries; i++) {
			const char *unit = arena_printf(&past->arena, "U%02zu", i);
			const int64_t origin = 1950 + 3 * (int64_t)k;
			const bool closes = (i + k) % 4 == 0, right = (i / 4 + k) % 4 != 3;
			const double news = tells * (closes == right ? 1 : -1);

			made_index(past, unit, origin, 0.6);
			made_index(past, unit, origin + 1, closes ? 0.5 : 0.6);
			made_index(past, unit, origin + 2, 0.6);
			for (unsigned month = 4; month <= (late ? 7 : 4); month += 3)
				made_update(past, i, origin, month, 0.25, 0.25 + moved * news, news);
		}
}

static const struct score *pulse_score(const struct past *past)
{
	const struct score *score;

	for (size_t i = 0; (score = records_next(&past->out, &kind_score, &i));)
		if (str_eq(score->about, "pulse") && str_eq(score->subject, "closing"))
			return score;
	return NULL;
}

static const struct setting *on_of(const struct past *past)
{
	return setting_of(past, "pulse.closing.on");
}

static void skill_on_resolved_forecasts_turns_it_on_and_names_its_score(void **state)
{
	struct past past;

	(void)state;
	past_open(&past, "2100-04-01");
	made_years(&past, COUNTRIES, 10, 1, 0.1, false);
	past_run(&past);
	near(on_of(&past)->value, 1);
	assert_true(str_starts(on_of(&past)->reason, "better than the yearly chance: used; Brier gain over the yearly chance"));
	assert_non_null(strstr(on_of(&past)->reason, "400 resolved forecasts, 10 origins and 40 countries updated"));
	assert_true(comes_from(&on_of(&past)->r, &pulse_score(&past)->r, "score"));
	assert_true(pulse_score(&past)->skill_low > 0);
	assert_string_equal(pulse_score(&past)->verdict, "better than the yearly chance: used");
	assert_true(setting_of(&past, "pulse.closing.beta")->value > 0.5);
	assert_true(setting_of(&past, "pulse.closing.beta_sd")->value > 0.05);
	arena_free(&past.arena);
}

static void the_score_is_the_paired_difference_to_the_yearly_chance(void **state)
{
	const double right = 0.1 * (2 * 0.75 - 0.1), wrong = 0.1 * (2 * 0.75 + 0.1);   /* closings: of .25, gained or lost */
	const double calm = 0.1 * (2 * 0.25 - 0.1), loud = 0.1 * (2 * 0.25 + 0.1);
	const double gain = 0.25 * (0.75 * right - 0.25 * wrong) + 0.75 * (0.75 * calm - 0.25 * loud);
	const struct score *score;
	struct past past;

	(void)state;
	past_open(&past, "2100-04-01");
	made_years(&past, COUNTRIES, 16, 1, 0.1, false);
	past_run(&past);
	score = pulse_score(&past);
	near(score->skill, gain);
	near(score->brier, 0.25 * 0.75 - gain);
	assert_true(score->n == 640 && score->positives == 160);
	arena_free(&past.arena);
}

static void forecasts_of_one_origin_share_one_weight(void **state)
{
	double skill, low, beta;
	struct past past;

	(void)state;
	past_open(&past, "2100-04-01");
	made_years(&past, COUNTRIES, 10, 1, 0.1, false);
	past_run(&past);
	skill = pulse_score(&past)->skill;
	low = pulse_score(&past)->skill_low;
	beta = setting_of(&past, "pulse.closing.beta")->value;
	arena_free(&past.arena);
	past_open(&past, "2100-04-01");
	made_years(&past, COUNTRIES, 10, 1, 0.1, true);
	past_run(&past);
	assert_true(pulse_score(&past)->n == 800);
	near(pulse_score(&past)->skill, skill);
	near(pulse_score(&past)->skill_low, low);
	near(setting_of(&past, "pulse.closing.beta")->value, beta);
	arena_free(&past.arena);
}

static void an_update_that_loses_stays_off_and_says_so(void **state)
{
	struct past past;

	(void)state;
	past_open(&past, "2100-04-01");
	made_years(&past, COUNTRIES, 10, 1, -0.1, false);
	past_run(&past);
	near(on_of(&past)->value, 0);
	assert_true(str_starts(on_of(&past)->reason, "worse than the yearly chance: not used"));
	arena_free(&past.arena);
}

static void few_years_or_few_countries_show_nothing_however_much_is_gained(void **state)
{
	struct past past;

	(void)state;
	past_open(&past, "2100-04-01");
	made_years(&past, COUNTRIES, 7, 1, 0.1, false);
	past_run(&past);
	assert_true(pulse_score(&past)->skill_low > 0);
	near(on_of(&past)->value, 0);
	assert_true(str_starts(on_of(&past)->reason, "no skill shown: not used; fewer than eight origins"));
	arena_free(&past.arena);
	past_open(&past, "2100-04-01");
	made_years(&past, 16, 10, 1, 0.1, false);
	past_run(&past);
	near(on_of(&past)->value, 0);
	assert_true(str_starts(on_of(&past)->reason, "no skill shown: not used; fewer than twenty countries"));
	arena_free(&past.arena);
}

/* All countries gain in one year of ten, and lose a little in the others. */
static void what_one_year_alone_gains_is_not_enough(void **state)
{
	struct past past;

	(void)state;
	past_open(&past, "2100-04-01");
	made_years(&past, COUNTRIES, 10, 1, 0, false);
	for (size_t i = 0; i < past.in.n; i++) {
		struct forecast *forecast = (struct forecast *)past.in.v[i];

		if (forecast->r.kind == &kind_forecast)
			forecast->pulse = forecast->origin == 1962 ? 0.25 + 0.2 * forecast->news : 0.251;
	}
	past_run(&past);
	assert_true(pulse_score(&past)->skill_low > 0);
	near(on_of(&past)->value, 0);
	assert_true(str_starts(on_of(&past)->reason, "no skill shown: not used; what was gained hangs on few years"));
	arena_free(&past.arena);
}

static void without_monthly_events_it_is_off_and_says_why(void **state)
{
	struct past past;

	(void)state;
	past_open(&past, "2100-04-01");
	made_years(&past, COUNTRIES, 10, NAN, NAN, false);
	past_run(&past);
	near(on_of(&past)->value, 0);
	assert_string_equal(on_of(&past)->reason, "no skill shown: not used; no resolved forecast had monthly events");
	assert_null(pulse_score(&past));
	assert_null(setting_of(&past, "pulse.closing.beta"));
	arena_free(&past.arena);
}

static void what_is_not_resolved_yet_teaches_nothing(void **state)
{
	struct past past;
	double beta;

	(void)state;
	past_open(&past, "1990-04-01");
	made_years(&past, COUNTRIES, 10, 1, 0.1, false);
	past_run(&past);
	beta = setting_of(&past, "pulse.closing.beta")->value;
	for (size_t i = 0; i < COUNTRIES; i++) {
		const char *unit = arena_printf(&past.arena, "U%02zu", i);

		made_index(&past, unit, 1988, 0.6);
		made_index(&past, unit, 1989, 0.6);
		made_update(&past, i, 1988, 7, 0.25, 0.9, 3);   /* open: 1990 is not over */
	}
	past_run(&past);
	near(setting_of(&past, "pulse.closing.beta")->value, beta);
	assert_true(pulse_score(&past)->n == 400);
	for (size_t i = 0; i < COUNTRIES; i++)
		made_index(&past, arena_printf(&past.arena, "U%02zu", i), 1990, 0.6)->r.known = day_of("1990-03-01");
	past_run(&past);
	assert_true(setting_of(&past, "pulse.closing.beta")->value < beta);
	assert_true(pulse_score(&past)->n == 440);
	arena_free(&past.arena);
}

static void once_in_use_it_is_scored_against_the_chance_before_it(void **state)
{
	double skill;
	struct past past;

	(void)state;
	past_open(&past, "2100-04-01");
	made_years(&past, COUNTRIES, 10, 1, 0.1, false);
	past_run(&past);
	skill = pulse_score(&past)->skill;
	for (size_t i = 0; i < past.in.n; i++)
		if (past.in.v[i]->kind == &kind_forecast)
			((struct forecast *)past.in.v[i])->p = ((struct forecast *)past.in.v[i])->pulse;
	past_run(&past);
	near(pulse_score(&past)->skill, skill);
	near(on_of(&past)->value, 1);
	arena_free(&past.arena);
}

static void an_operator_can_hold_it_off_whatever_it_gains(void **state)
{
	struct setting *held;
	struct past past;

	(void)state;
	past_open(&past, "2100-04-01");
	made_years(&past, COUNTRIES, 10, 1, 0.1, false);
	held = record_new(&past.arena, &kind_setting);
	held->name = "pulse.closing.on";
	held->value = 0;
	held->pinned = 1;
	held->reason = "set back";
	held->r.known = day_of("2099-01-01");
	record_identify(&past.arena, held);
	records_add(&past.in, held);
	past_run(&past);
	near(on_of(&past)->value, 0);
	assert_string_equal(on_of(&past)->reason, "set back");
	assert_string_equal(pulse_score(&past)->verdict, "better than the yearly chance: used");
	arena_free(&past.arena);
}

static void the_update_is_a_member_like_the_others_but_has_no_weight(void **state)
{
	struct past past;

	(void)state;
	past_open(&past, "2100-04-01");
	made_years(&past, COUNTRIES, 10, 1, 0.1, true);
	past_run(&past);
	assert_true(score_of(&past, "closing", "pulse", 1950)->n == COUNTRIES);   /* the earliest of each */
	assert_null(setting_of(&past, "weight.closing.pulse"));
	arena_free(&past.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(skill_on_resolved_forecasts_turns_it_on_and_names_its_score),
		cmocka_unit_test(the_score_is_the_paired_difference_to_the_yearly_chance),
		cmocka_unit_test(forecasts_of_one_origin_share_one_weight),
		cmocka_unit_test(an_update_that_loses_stays_off_and_says_so),
		cmocka_unit_test(few_years_or_few_countries_show_nothing_however_much_is_gained),
		cmocka_unit_test(what_one_year_alone_gains_is_not_enough),
		cmocka_unit_test(without_monthly_events_it_is_off_and_says_why),
		cmocka_unit_test(what_is_not_resolved_yet_teaches_nothing),
		cmocka_unit_test(once_in_use_it_is_scored_against_the_chance_before_it),
		cmocka_unit_test(an_operator_can_hold_it_off_whatever_it_gains),
		cmocka_unit_test(the_update_is_a_member_like_the_others_but_has_no_weight),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
