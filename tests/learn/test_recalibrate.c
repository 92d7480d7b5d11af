/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of recalibrate.c, warnings.c and pinned settings: what the next round reads, and who may hold it. */
#include "tests/learn/made_past.h"

#include <tocsin/stats.h>

/* Forecasts of 40 countries at each origin; every `every`-th country closes the year after. */
static void made_years(struct past *past, int64_t first, int64_t past_year, double p, size_t every)
{
	for (int64_t year = first; year < past_year; year++)
		for (size_t i = 0; i < 40; i++) {
			const char *unit = arena_printf(&past->arena, "U%02zu", i);
			bool closes = (i + (size_t)year) % every == 0;

			made_index(past, unit, year * 3, 0.6);        /* three years each, so that outcomes do not overlap */
			made_index(past, unit, year * 3 + 1, closes ? 0.5 : 0.6);
			made_index(past, unit, year * 3 + 2, 0.6);
			made_forecast(past, unit, "closing", year * 3, p, p, NAN, NAN);
		}
}

static struct beta_map map_of(const struct past *past)
{
	return (struct beta_map){setting_of(past, "calibration.closing.a")->value,
				 setting_of(past, "calibration.closing.b")->value,
				 setting_of(past, "calibration.closing.c")->value};
}

static void a_map_is_learned_and_names_the_score_behind_it(void **state)
{
	struct past past;
	struct beta_map map;

	(void)state;
	past_open(&past, "2200-04-01");
	made_years(&past, 650, 662, 0.1, 4);   /* said a tenth, came true a quarter */
	past_run(&past);
	map = map_of(&past);
	assert_true(beta_map_apply(&map, 0.1) > 0.19 && beta_map_apply(&map, 0.1) < 0.26);
	assert_true(comes_from(&setting_of(&past, "calibration.closing.c")->r,
			       &score_of(&past, "closing", "ensemble", INT_MISSING)->r, "score"));
	assert_null(setting_of(&past, "calibration.all.a"));
	arena_free(&past.arena);
}

static void drift_is_a_setting_with_the_origin_or_null_with_the_reason(void **state)
{
	const struct setting *since;
	struct past past;
	struct beta_map map;

	(void)state;
	past_open(&past, "2200-04-01");
	made_years(&past, 650, 662, 0.1, 10);
	past_run(&past);
	since = setting_of(&past, "drift.closing.since");
	assert_true(isnan(since->value));
	assert_non_null(strstr(since->r.missing, "no drift was flagged"));
	made_years(&past, 662, 667, 0.1, 3);
	past_run(&past);
	since = setting_of(&past, "drift.closing.since");
	assert_true(since->value == 662 * 3);
	map = map_of(&past);
	assert_true(beta_map_apply(&map, 0.1) > 0.25);
	arena_free(&past.arena);
}

static void a_pinned_setting_stands_whatever_was_learned(void **state)
{
	struct setting *pinned;
	const struct setting *now;
	struct past past;
	size_t n = 0;

	(void)state;
	past_open(&past, "2200-04-01");
	made_years(&past, 650, 653, 0.1, 4);
	pinned = record_new(&past.arena, &kind_setting);
	pinned->r.known = day_of("2100-01-01");
	pinned->name = "calibration.closing.c";
	pinned->value = 7;
	pinned->pinned = 1;
	record_identify(&past.arena, pinned);
	records_add(&past.in, pinned);
	past_run(&past);
	for (size_t i = 0; (now = records_next(&past.out, &kind_setting, &i));)
		n += str_eq(now->name, pinned->name);
	assert_int_equal(n, 1);
	assert_true(setting_of(&past, pinned->name) == pinned);
	pinned->pinned = INT_MISSING;   /* released */
	past_run(&past);
	assert_true(fabs(setting_of(&past, pinned->name)->value) < 3);
	pinned->pinned = 1;             /* not yet known then */
	past.setup.as_of = day_of("2050-01-01");
	past_run(&past);
	assert_true(fabs(setting_of(&past, pinned->name)->value) < 3);
	arena_free(&past.arena);
}

/* Four countries: warned and closed in the second year, warned and calm, not warned and closed, neither. */
static void forecasts_are_judged_as_warnings_at_three_costs(void **state)
{
	static const char *const units[] = {"AAA", "BBB", "CCC", "DDD"};
	const double p[] = {0.25, 0.2, 0.15, 0.05};
	const struct score *score;
	struct past past;

	(void)state;
	past_open(&past, "2003-04-01");
	for (size_t i = 0; i < 4; i++) {
		made_index(&past, units[i], 2000, 0.6);
		made_index(&past, units[i], 2001, i == 2 ? 0.5 : 0.6);
		made_index(&past, units[i], 2002, i == 0 ? 0.5 : 0.6);
		made_forecast(&past, units[i], "closing", 2000, p[i], 0.1, NAN, NAN);
	}
	past_run(&past);
	score = score_of(&past, "closing@0.2", "ensemble", INT_MISSING);
	assert_string_equal(score->about, "warning");
	assert_true(score->hits == 1 && score->false_alarms == 1 && score->misses == 1 && score->n == 4);
	near(score->hit_rate, 0.5);
	assert_true(score->hit_rate_low < 0.3 && score->hit_rate_high > 0.7);
	assert_true(fabs(score->lead_months - 640 / 30.436875) < 1e-6);   /* from 1 April 2001 to the end of 2002 */
	near(score->value, (0.2 - (0.2 + 0.2 + 1) / 4) / (0.2 - 0.2 * 0.5));
	score = score_of(&past, "closing@0.1", "ensemble", INT_MISSING);
	assert_true(score->hits == 2 && score->false_alarms == 1 && score->misses == 0);
	score = score_of(&past, "closing@0.3", "ensemble", INT_MISSING);
	assert_true(score->hits == 0 && score->misses == 2 && isnan(score->hit_rate) && isnan(score->lead_months));
	assert_non_null(strstr(score->r.missing, "nothing was warned of"));
	arena_free(&past.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_map_is_learned_and_names_the_score_behind_it),
		cmocka_unit_test(drift_is_a_setting_with_the_origin_or_null_with_the_reason),
		cmocka_unit_test(a_pinned_setting_stands_whatever_was_learned),
		cmocka_unit_test(forecasts_are_judged_as_warnings_at_three_costs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("recalibrate", tests, NULL, NULL);
}
