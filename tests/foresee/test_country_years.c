/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of country_years.c: what closing and opening are, and which value a year has. */
#include "tests/foresee/made_series.h"

enum { CLOSING = -1, OPENING = 1 };

/* The label of 2000 for the values of 2000, 2001, 2002; NAN leaves a year out. */
static int label_of(double now, double first, double second, int direction)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena};
	struct panel panel;

	made_row(&in, "AAA", 2000, (double[]){now, first, second}, 3);
	made_index(&in, "BBB", 2003, 0.5);   /* the panel reaches further than the series */
	panel_build(&in, "v2x_polyarchy", &arena, &panel);
	return panel_label(&panel, 0, 2000, direction);
}

static void closing_is_the_lower_of_the_next_two_years_a_step_below(void **state)
{
	(void)state;
	assert_int_equal(label_of(0.6, 0.6, 0.5, CLOSING), 1);
	assert_int_equal(label_of(0.6, 0.5, 0.6, CLOSING), 1);
	assert_int_equal(label_of(0.6, 0.5, 0.9, CLOSING), 1);
	assert_int_equal(label_of(0.6, 0.58, 0.57, CLOSING), 0);
	assert_int_equal(label_of(0.6, 0.9, 0.9, CLOSING), 0);
}

static void opening_is_the_higher_of_the_next_two_years_a_step_above(void **state)
{
	(void)state;
	assert_int_equal(label_of(0.4, 0.4, 0.5, OPENING), 1);
	assert_int_equal(label_of(0.4, 0.5, 0.4, OPENING), 1);
	assert_int_equal(label_of(0.4, 0.1, 0.5, OPENING), 1);
	assert_int_equal(label_of(0.4, 0.42, 0.43, OPENING), 0);
	assert_int_equal(label_of(0.4, 0.1, 0.1, OPENING), 0);
}

static void a_country_can_close_and_open_within_the_same_two_years(void **state)
{
	(void)state;
	assert_int_equal(label_of(0.5, 0.4, 0.6, CLOSING), 1);
	assert_int_equal(label_of(0.5, 0.4, 0.6, OPENING), 1);
}

static void the_step_itself_counts_and_a_double_less_does_not(void **state)
{
	const double less = nextafter(0.05, 0);

	(void)state;
	assert_int_equal(label_of(0.05, 0, 0.05, CLOSING), 1);
	assert_int_equal(label_of(less, 0, less, CLOSING), 0);
	assert_int_equal(label_of(0, 0.05, 0, OPENING), 1);
	assert_int_equal(label_of(0, less, 0, OPENING), 0);
}

/* No epsilon: of two falls that both read 0.05 the doubles decide, as in the episode algorithm. */
static void decimal_values_are_compared_as_the_doubles_they_are(void **state)
{
	(void)state;
	assert_true(0.55 - 0.5 > 0.05 && 0.5 - 0.45 < 0.05);
	assert_int_equal(label_of(0.55, 0.5, 0.55, CLOSING), 1);
	assert_int_equal(label_of(0.5, 0.45, 0.5, CLOSING), 0);
}

static void a_label_is_open_until_both_years_are_known(void **state)
{
	(void)state;
	assert_int_equal(label_of(0.6, 0.1, NAN, CLOSING), -1);
	assert_int_equal(label_of(0.6, NAN, 0.1, CLOSING), -1);
	assert_int_equal(label_of(NAN, 0.6, 0.1, CLOSING), -1);
	assert_int_equal(label_of(0.1, 0.6, NAN, OPENING), -1);
}

static void of_several_sources_the_first_by_name_counts(void **state)
{
	(void)state;
	for (int turn = 0; turn < 2; turn++) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct records in = {.arena = &arena};
		struct panel panel;

		made_value(&in, "AAA", 2000, "v2x_polyarchy", turn ? "a" : "b", turn ? 0.1 : 0.2);
		made_value(&in, "AAA", 2000, "v2x_polyarchy", turn ? "b" : "a", turn ? 0.2 : 0.1);
		panel_build(&in, "v2x_polyarchy", &arena, &panel);
		assert_true(panel_value(&panel, 0, 2000) == 0.1);
		assert_string_equal(panel.cell[0]->source, "a");
	}
}

static void a_panel_holds_its_indicator_sorted_by_unit_and_nothing_else(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena};
	struct observation *undated;
	struct panel panel;

	(void)state;
	made_index(&in, "CCC", 2004, 0.3);
	made_index(&in, "AAA", 2002, 0.1);
	made_index(&in, "CCC", 2002, 0.2);
	made_value(&in, "DDD", 1990, "v2x_regime", "index", 2);
	made_value(&in, "EEE", 1990, "v2x_polyarchy", "index", NAN);
	undated = made_index(&in, "FFF", 1990, 0.9);
	undated->r.valid_from = (struct instant){0};
	panel_build(&in, "v2x_polyarchy", &arena, &panel);
	assert_int_equal(panel.n_units, 2);
	assert_string_equal(panel.units[0], "AAA");
	assert_string_equal(panel.units[1], "CCC");
	assert_int_equal(panel.first, 2002);
	assert_int_equal(panel.last, 2004);
	assert_true(panel_value(&panel, 1, 2004) == 0.3);
	assert_true(isnan(panel_value(&panel, 0, 2003)) && isnan(panel_value(&panel, 0, 2004)));
	assert_true(isnan(panel_value(&panel, 0, 2001)) && isnan(panel_value(&panel, 1, 2005)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(closing_is_the_lower_of_the_next_two_years_a_step_below),
		cmocka_unit_test(opening_is_the_higher_of_the_next_two_years_a_step_above),
		cmocka_unit_test(a_country_can_close_and_open_within_the_same_two_years),
		cmocka_unit_test(the_step_itself_counts_and_a_double_less_does_not),
		cmocka_unit_test(decimal_values_are_compared_as_the_doubles_they_are),
		cmocka_unit_test(a_label_is_open_until_both_years_are_known),
		cmocka_unit_test(of_several_sources_the_first_by_name_counts),
		cmocka_unit_test(a_panel_holds_its_indicator_sorted_by_unit_and_nothing_else),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("country_years", tests, NULL, NULL);
}
