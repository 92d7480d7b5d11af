/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of forecast_scores.c: calibration, groups of countries, pooled questions, skill in words. */
#include "tests/learn/made_past.h"

#include <tocsin/stats.h>

#include "learn/resolved.h"

static struct observation *made_space(struct past *past, const char *unit, const char *indicator, int64_t year,
				      double value)
{
	struct observation *o = made_index(past, unit, year, value);

	o->indicator = indicator;
	record_identify(&past->arena, o);
	return o;
}

static void made_case(struct past *past, const char *unit, double level, int y, double p, double base_rate)
{
	made_index(past, unit, 2000, level);
	made_index(past, unit, 2001, y ? level - 0.2 : level);
	made_index(past, unit, 2002, level);
	made_forecast(past, unit, "closing", 2000, p, base_rate, NAN, NAN);
}

static const struct score *about_of(const struct past *past, const char *about, const char *subject, const char *member)
{
	const struct score *score;

	for (size_t i = 0; (score = records_next(&past->out, &kind_score, &i));)
		if (str_eq(score->about, about) && str_eq(score->subject, subject) && str_eq(score->member, member))
			return score;
	return NULL;
}

static void calibration_stands_beside_its_floor_and_the_parts_of_the_brier_score(void **state)
{
	const double p[] = {0.35, 0.35, 0.35, 0.85};
	const unsigned char y[] = {0, 0, 1, 1};
	const struct score *score;
	struct past past;

	(void)state;
	past_open(&past, "2003-04-01");
	for (size_t i = 0; i < 4; i++)
		made_case(&past, arena_printf(&past.arena, "U%zu", i), 0.6, y[i], p[i], 0.5);
	past_run(&past);
	score = score_of(&past, "closing", "ensemble", INT_MISSING);
	near(score->ece, (fabs(3 * 0.35 - 1) + 0.15) / 4);
	near(score->ece_floor, ece_floor(p, 4));
	near(score->reliability - score->resolution + score->uncertainty, score->brier);
	near(score->auc_pr, average_precision(p, y, 4));
	assert_true(score->horizon == 2 && score->grouping == NULL);
	assert_string_equal(score->bins, "[{\"events\":0,\"mean\":null,\"n\":0},{\"events\":0,\"mean\":null,\"n\":0},"
		"{\"events\":0,\"mean\":null,\"n\":0},{\"events\":1,\"mean\":0.35,\"n\":3},"
		"{\"events\":0,\"mean\":null,\"n\":0},{\"events\":0,\"mean\":null,\"n\":0},"
		"{\"events\":0,\"mean\":null,\"n\":0},{\"events\":0,\"mean\":null,\"n\":0},"
		"{\"events\":1,\"mean\":0.85,\"n\":1},{\"events\":0,\"mean\":null,\"n\":0}]");
	arena_free(&past.arena);
}

static void countries_are_grouped_by_the_level_at_the_origin(void **state)
{
	const struct score *low, *high;
	struct past past;

	(void)state;
	past_open(&past, "2003-04-01");
	made_case(&past, "AAA", 0.29, 0, 0.1, 0.2);
	made_case(&past, "BBB", 0.3, 1, 0.4, 0.2);
	made_case(&past, "CCC", 0.49, 0, 0.2, 0.2);
	past_run(&past);
	low = about_of(&past, "group", "closing/level:0-0.3", "ensemble");
	high = about_of(&past, "group", "closing/level:0.3-0.5", "ensemble");
	assert_true(low->n == 1 && high->n == 2 && high->positives == 1);
	near(high->brier, (0.36 + 0.04) / 2);
	assert_string_equal(high->grouping, "indices at the origin within 0.3-0.5");
	assert_null(about_of(&past, "group", "closing/level:0.75-1", "ensemble"));
	assert_null(about_of(&past, "group", "closing/region:EUR", "ensemble"));   /* the units name none */
	assert_true(comes_from(&low->r, &score_of(&past, "closing", "ensemble", 2000)->r, "year"));
	assert_string_equal(low->verdict, "no skill shown: one country cannot be resampled");
	assert_string_equal(high->verdict, "no skill shown: fewer than five countries");
	arena_free(&past.arena);
}

static void units_that_name_a_region_are_grouped_by_it(void **state)
{
	struct past past;

	(void)state;
	past_open(&past, "2003-04-01");
	for (const char *const *unit = (const char *const[]){"AAA", "BBB", "CCC", NULL}; *unit; unit++) {
		struct unit *made = record_new(&past.arena, &kind_unit);

		made->r.unit = *unit;
		made->r.known = instant_of_year(1900);
		made->parent = **unit == 'C' ? "south" : "north";
		record_identify(&past.arena, made);
		records_add(&past.in, made);
		made_case(&past, *unit, 0.6, **unit == 'B', 0.1, 0.2);
	}
	past_run(&past);
	assert_true(about_of(&past, "group", "closing/region:north", "ensemble")->n == 2);
	assert_true(about_of(&past, "group", "closing/region:south", "ensemble")->n == 1);
	arena_free(&past.arena);
}

static void the_countrys_own_rate_is_what_could_be_known_at_the_origin(void **state)
{
	const double index[] = {0.6, 0.5, 0.5, 0.5, 0.5, 0.4, 0.4};   /* 1996 to 2002: closed after 1996, and after 2000 */
	const struct score *score;
	struct past past;

	(void)state;
	past_open(&past, "2003-04-01");
	for (int64_t k = 0; k < 7; k++)
		made_index(&past, "AAA", 1996 + k, index[k]);
	made_forecast(&past, "AAA", "closing", 2000, 0.3, 0.1, NAN, NAN);
	past_run(&past);
	score = score_of(&past, "closing", "country_rate", INT_MISSING);
	near(score->brier, (1 - 2.0 / 13) * (1 - 2.0 / 13));   /* settled: 1996 yes, 1997 and 1998 no; ten years of .1 */
	score = score_of(&past, "closing", "ensemble", INT_MISSING);
	near(score->skill_country, (1 - 2.0 / 13) * (1 - 2.0 / 13) - 0.49);
	arena_free(&past.arena);
}

/* An index known for three years has no settled origin: the country's own rate is the base rate. */
static void skill_is_told_in_words_for_both_rivals(void **state)
{
	struct past past;

	(void)state;
	past_open(&past, "2003-04-01");
	for (size_t i = 0; i < 12; i++)
		made_case(&past, arena_printf(&past.arena, "U%02zu", i), 0.6, 1, 0.7, 0.5);
	past_run(&past);
	assert_string_equal(score_of(&past, "closing", "ensemble", INT_MISSING)->verdict,
			    "better than the base rate and the country rate");
	assert_string_equal(score_of(&past, "closing", "base_rate", INT_MISSING)->verdict, "no skill shown");
	arena_free(&past.arena);
	past_open(&past, "2003-04-01");
	for (size_t i = 0; i < 12; i++)
		made_case(&past, arena_printf(&past.arena, "U%02zu", i), 0.6, i < 6, i % 2 ? 0.7 : 0.3, 0.5);
	past_run(&past);
	assert_string_equal(score_of(&past, "closing", "ensemble", INT_MISSING)->verdict, "no skill shown");
	arena_free(&past.arena);
	past_open(&past, "2003-04-01");
	for (size_t i = 0; i < 12; i++)
		made_case(&past, arena_printf(&past.arena, "U%02zu", i), 0.6, 1, 0.3, 0.5);
	past_run(&past);
	assert_string_equal(score_of(&past, "closing", "ensemble", INT_MISSING)->verdict,
			    "worse than the base rate and the country rate");
	arena_free(&past.arena);
}

/* A space needs a year more than the index, because its rule looks a year ahead. */
static void a_question_of_a_space_is_resolved_by_its_own_index_and_rule(void **state)
{
	struct resolved_set set;
	struct past past;

	(void)state;
	past_open(&past, "2010-04-01");
	for (int64_t year = 1998; year <= 2002; year++) {
		made_space(&past, "AAA", "v2xcs_ccsi", year, year < 2001 ? 0.6 : 0.54);
		made_index(&past, "AAA", year, 0.6);
	}
	made_forecast(&past, "AAA", "closing.v2xcs_ccsi", 2000, 0.3, 0.1, NAN, NAN);
	made_forecast(&past, "AAA", "opening.v2xcs_ccsi", 2000, 0.1, 0.1, NAN, NAN);
	made_forecast(&past, "AAA", "closing.v2x_nothing", 2000, 0.1, 0.1, NAN, NAN);
	resolved_build(&past.setup, &past.in, &past.arena, &set);
	assert_int_equal(set.n, 0);
	made_space(&past, "AAA", "v2xcs_ccsi", 2003, 0.54);
	resolved_build(&past.setup, &past.in, &past.arena, &set);
	assert_int_equal(set.n, 2);
	assert_true(set.v[0].y == 1 && set.v[0].event_year == 2001 && set.v[1].y == 0);
	assert_int_equal(set.v[0].level, 2);   /* by the spaces, .6 */
	arena_free(&past.arena);
}

static void spaces_are_pooled_by_direction_and_directions_together(void **state)
{
	static const char *const questions[] = {"closing.v2xcs_ccsi", "closing.v2xcl_rol", "opening.v2xcl_rol"};
	struct past past;

	(void)state;
	past_open(&past, "2010-04-01");
	for (int64_t year = 1998; year <= 2003; year++)
		for (size_t k = 0; k < 2; k++)
			made_space(&past, "AAA", questions[k] + 8, year, k == 0 && year > 2000 ? 0.4 : 0.6);
	for (size_t k = 0; k < LENGTH(questions); k++)
		made_forecast(&past, "AAA", questions[k], 2000, 0.1 + 0.1 * (double)k, 0.1, NAN, NAN);
	past_run(&past);
	near(score_of(&past, "closing.all", "ensemble", INT_MISSING)->brier, (0.81 + 0.04) / 2);
	near(score_of(&past, "all", "ensemble", INT_MISSING)->brier, (0.81 + 0.04 + 0.09) / 3);
	assert_null(score_of(&past, "opening.all", "ensemble", INT_MISSING));   /* of one question there is nothing to pool */
	assert_null(score_of(&past, "closing.all", "ensemble", 2000));
	assert_true(comes_from(&score_of(&past, "all", "ensemble", INT_MISSING)->r,
			       &score_of(&past, "opening.v2xcl_rol", "ensemble", 2000)->r, "year"));
	assert_false(comes_from(&score_of(&past, "closing.all", "ensemble", INT_MISSING)->r,
				&score_of(&past, "opening.v2xcl_rol", "ensemble", 2000)->r, "year"));
	arena_free(&past.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calibration_stands_beside_its_floor_and_the_parts_of_the_brier_score),
		cmocka_unit_test(countries_are_grouped_by_the_level_at_the_origin),
		cmocka_unit_test(units_that_name_a_region_are_grouped_by_it),
		cmocka_unit_test(the_countrys_own_rate_is_what_could_be_known_at_the_origin),
		cmocka_unit_test(skill_is_told_in_words_for_both_rivals),
		cmocka_unit_test(a_question_of_a_space_is_resolved_by_its_own_index_and_rule),
		cmocka_unit_test(spaces_are_pooled_by_direction_and_directions_together),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("forecast scores", tests, NULL, NULL);
}
