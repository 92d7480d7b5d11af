/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores that nobody reaches honestly: an alarm, and a round that is kept. */
#include "tests/learn/made_past.h"

#include "learn/resolved.h"

static void few_rows_or_honest_scores_raise_no_alarm(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	assert_null(learn_alarm(4999, .05, .95, &arena));
	assert_null(learn_alarm(17220, .0935, .810, &arena));
	assert_null(learn_alarm(17220, LEARN_ALARM_BRIER, LEARN_ALARM_AUC, &arena));
	assert_null(learn_alarm(5000, .1, NAN, &arena));
	assert_null(learn_alarm(0, NAN, NAN, &arena));
}

static void either_score_alone_raises_it_and_is_named(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	assert_non_null(learn_alarm(5000, .0799, .70, &arena));
	assert_non_null(learn_alarm(5000, .0799, NAN, &arena));
	assert_string_equal(learn_alarm(6000, .0931, .8871, &arena),
			    "too good to be true: AUC 0.887 and Brier 0.0931 on 6000 resolved chances of spaces; above 0.86, or "
			    "below 0.080, something that was not known then was read");
}

/* The index of a space in units that jump up or down by .1 in years that their number decides, else stand still. */
static double made_value(size_t unit, int64_t year)
{
	double value = .5;

	for (int64_t y = 1990; y <= year; y++)
		value += (unit * 31 + (size_t)y * 17) % 11 == 0 ? (value > .5 ? -.1 : .1) : 0;
	return value;
}

static void made_world(struct past *past, size_t units, double leak)
{
	past_open(past, "2012-05-01");
	for (size_t unit = 0; unit < units; unit++) {
		const char *name = arena_printf(&past->arena, "U%03zu", unit);

		for (int64_t year = 1990; year <= 2011; year++) {
			struct observation *o = made_index(past, name, year, made_value(unit, year));

			o->indicator = "v2x_pubcorr";
			record_identify(&past->arena, o);
		}
		for (int64_t year = 1993; year <= 2007; year++)
			for (int side = -1; side <= 1; side += 2) {
				double ahead = 0;

				for (int k = 1; k <= 2; k++)
					if (side * (made_value(unit, year + k) - made_value(unit, year + k - 1)) > .03)
						ahead = 1;
				made_forecast(past, name, side > 0 ? "opening.v2x_pubcorr" : "closing.v2x_pubcorr", year,
					      .1 + leak * ahead, .1, NAN, NAN);
			}
	}
}

static void a_forecast_that_knows_its_future_is_found_and_the_round_is_kept(void **state)
{
	struct past past;
	const struct score *all;

	(void)state;
	made_world(&past, 170, .8);
	past_run(&past);
	all = score_of(&past, "all", "ensemble", INT_MISSING);
	assert_true(all->n >= 5000);
	assert_true(score_alarms(all));
	assert_false(score_alarms(score_of(&past, "all", "base_rate", INT_MISSING)));
	assert_false(score_alarms(score_of(&past, "opening.v2x_pubcorr", "ensemble", INT_MISSING)));
	assert_non_null(score_of(&past, "closing.v2x_pubcorr", "ensemble", 2000));
	arena_free(&past.arena);
}

static void a_forecast_that_does_not_is_not(void **state)
{
	struct past past;

	(void)state;
	made_world(&past, 170, 0);
	past_run(&past);
	assert_false(score_alarms(score_of(&past, "all", "ensemble", INT_MISSING)));
	arena_free(&past.arena);
}

static void a_few_countries_may_be_that_good(void **state)
{
	struct past past;

	(void)state;
	made_world(&past, 20, .8);
	past_run(&past);
	assert_false(score_alarms(score_of(&past, "all", "ensemble", INT_MISSING)));
	arena_free(&past.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_rows_or_honest_scores_raise_no_alarm),
		cmocka_unit_test(either_score_alone_raises_it_and_is_named),
		cmocka_unit_test(a_forecast_that_knows_its_future_is_found_and_the_round_is_kept),
		cmocka_unit_test(a_forecast_that_does_not_is_not),
		cmocka_unit_test(a_few_countries_may_be_that_good),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("alarm", tests, NULL, NULL);
}
