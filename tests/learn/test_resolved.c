/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of resolved.c: which forecasts have come due, and what happened. */
#include "tests/learn/made_past.h"

#include <tocsin/foresee.h>

#include "learn/resolved.h"

static void resolve(struct past *past, struct resolved_set *set)
{
	resolved_build(&past->setup, &past->in, &past->arena, set);
}

static void a_forecast_comes_due_when_both_its_years_are_known(void **state)
{
	struct resolved_set set;
	struct past past;

	(void)state;
	past_open(&past, "2010-04-01");
	made_forecast(&past, "AAA", "closing", 2000, 0.2, 0.1, 0.1, 0.3);
	made_index(&past, "AAA", 2000, 0.6);
	made_index(&past, "AAA", 2001, 0.5);
	resolve(&past, &set);
	assert_int_equal(set.n, 0);
	made_index(&past, "AAA", 2002, 0.6);
	resolve(&past, &set);
	assert_int_equal(set.n, 1);
	assert_int_equal(set.v[0].y, 1);
	assert_true(set.v[0].p[0] == 0.2 && set.v[0].p[1] == 0.1 && set.v[0].p[3] == 0.3);
	arena_free(&past.arena);
}

static void forecasts_of_the_same_date_or_later_do_not_count(void **state)
{
	struct resolved_set set;
	struct past past;

	(void)state;
	past_open(&past, "2010-04-01");
	for (int64_t year = 2000; year <= 2002; year++)
		made_index(&past, "AAA", year, 0.5);
	made_forecast(&past, "AAA", "closing", 2000, 0.2, 0.1, 0.1, 0.1)->as_of = past.setup.as_of;
	made_forecast(&past, "AAA", "opening", 2000, 0.2, 0.1, 0.1, 0.1)->as_of = day_of("2011-04-01");
	resolve(&past, &set);
	assert_int_equal(set.n, 0);
	past.setup.as_of.usec++;
	resolve(&past, &set);
	assert_int_equal(set.n, 1);
	assert_string_equal(set.v[0].forecast->question, "closing");
	arena_free(&past.arena);
}

static void of_several_forecasts_of_one_question_the_earliest_counts(void **state)
{
	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		struct resolved_set set;
		struct past past;

		past_open(&past, "2010-04-01");
		for (int64_t year = 2000; year <= 2002; year++)
			made_index(&past, "AAA", year, 0.5);
		made_forecast(&past, "AAA", "closing", 2000, turn ? 0.9 : 0.1, 0.1, 0.1, 0.1)->as_of =
			day_of(turn ? "2003-04-01" : "2001-04-01");
		made_forecast(&past, "AAA", "closing", 2000, turn ? 0.1 : 0.9, 0.1, 0.1, 0.1)->as_of =
			day_of(turn ? "2001-04-01" : "2003-04-01");
		resolve(&past, &set);
		assert_int_equal(set.n, 1);
		assert_true(set.v[0].p[0] == 0.1);
		arena_free(&past.arena);
	}
}

static void rows_are_ordered_and_countries_numbered(void **state)
{
	struct resolved_set set;
	struct past past;

	(void)state;
	past_open(&past, "2010-04-01");
	for (int64_t year = 2000; year <= 2003; year++) {
		made_index(&past, "AAA", year, 0.5);
		made_index(&past, "BBB", year, 0.5);
	}
	made_forecast(&past, "BBB", "opening", 2000, 0.1, 0.1, 0.1, 0.1);
	made_forecast(&past, "AAA", "closing", 2001, 0.1, 0.1, 0.1, 0.1);
	made_forecast(&past, "BBB", "closing", 2000, 0.1, 0.1, 0.1, 0.1);
	made_forecast(&past, "AAA", "closing", 2000, 0.1, 0.1, 0.1, 0.1);
	resolve(&past, &set);
	assert_int_equal(set.n, 4);
	assert_int_equal(set.n_countries, 2);
	assert_true(set.v[0].country == 0 && set.v[1].country == 1 && set.v[2].country == 0 && set.v[3].country == 1);
	assert_int_equal(set.v[2].forecast->origin, 2001);
	assert_string_equal(set.v[3].forecast->question, "opening");
	arena_free(&past.arena);
}

/* Two stages that may not include each other say what closing is: they must say the same. */
static void learn_and_foresee_agree_on_every_label(void **state)
{
	struct resolved_set set;
	struct past past;
	struct panel panel;
	struct rng rng;
	size_t positives = 0;

	(void)state;
	past_open(&past, "2010-04-01");
	rng_seed(&rng, 1);
	for (size_t unit = 0; unit < 1000; unit++) {   /* three decimals, many of them at the threshold */
		const char *name = arena_printf(&past.arena, "U%03zu", unit);
		double now = (double)(100 + rng_below(&rng, 800)) / 1000;

		made_index(&past, name, 2000, now);
		for (int64_t year = 2001; year <= 2002; year++)
			made_index(&past, name, year, round(1000 * now + 48 + (double)rng_below(&rng, 4) -
							    (rng_below(&rng, 2) ? 100 : 0)) / 1000);
		made_forecast(&past, name, "closing", 2000, 0.5, 0.5, 0.5, 0.5);
		made_forecast(&past, name, "opening", 2000, 0.5, 0.5, 0.5, 0.5);
	}
	panel_build(&past.in, "v2x_polyarchy", &past.arena, &panel);
	resolve(&past, &set);
	assert_int_equal(set.n, 2000);
	for (size_t i = 0; i < set.n; i++) {
		int direction = str_eq(set.v[i].forecast->question, "closing") ? -1 : 1;

		assert_int_equal(set.v[i].y, panel_label(&panel, i % 1000, 2000, direction));
		positives += set.v[i].y;
	}
	assert_true(positives > 500 && positives < 1500);
	arena_free(&past.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_forecast_comes_due_when_both_its_years_are_known),
		cmocka_unit_test(forecasts_of_the_same_date_or_later_do_not_count),
		cmocka_unit_test(of_several_forecasts_of_one_question_the_earliest_counts),
		cmocka_unit_test(rows_are_ordered_and_countries_numbered),
		cmocka_unit_test(learn_and_foresee_agree_on_every_label),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("resolved", tests, NULL, NULL);
}
