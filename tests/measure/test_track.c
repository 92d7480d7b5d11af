/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_track.c - changes of an indicator since one year and five, with their intervals. */
#include "measured.h"

#define CLOSE 1e-8    /* values in records have nine digits */

static const struct observation *change_of(const struct made *made, const char *indicator, const char *day)
{
	const struct observation *o = made_find(made, "SRB", indicator, day);

	if (!o)
		fail_msg("no %s at %s", indicator, day);
	return o;
}

static size_t count_changes(const struct made *made)
{
	size_t n = 0;

	for (size_t i = 0; records_next(&made->out, &kind_observation, &i);)
		n++;
	return n;
}

static void a_change_is_the_value_now_less_the_value_then(void **state)
{
	_cleanup_(made_close) struct made made;
	const struct observation *o;

	(void)state;
	made_open(&made, "2025-06-01");
	for (int year = 2015; year <= 2021; year++)
		made_value(&made, "SRB", "v2x_polyarchy", arena_printf(&made.arena, "%d", year),
			   0.75 - (year - 2015) * (year - 2015) / 64.0, 0, 1);
	made_run(&made);
	assert_near(change_of(&made, "v2x_polyarchy_change1", "2016-01-01")->value, -1 / 64.0, CLOSE);
	assert_near(change_of(&made, "v2x_polyarchy_change1", "2021-01-01")->value, -11 / 64.0, CLOSE);
	assert_near(change_of(&made, "v2x_polyarchy_change5", "2020-01-01")->value, -25 / 64.0, CLOSE);
	assert_near(change_of(&made, "v2x_polyarchy_change5", "2021-01-01")->value, -35 / 64.0, CLOSE);
	assert_int_equal(count_changes(&made), 6 + 2);
	o = change_of(&made, "v2x_polyarchy_change5", "2021-01-01");
	assert_true(o->r.valid_past.usec == day_of("2022-01-01").usec);
	assert_string_equal(o->source, "tocsin");
	assert_int_equal(o->r.n_from, 2);
	assert_string_equal(o->r.from[0].from_id, made.in.v[6]->id);
	assert_string_equal(o->r.from[0].role, "now");
	assert_string_equal(o->r.from[1].from_id, made.in.v[1]->id);
	assert_string_equal(o->r.from[1].role, "then");
}

/* Half widths .03 and .04 at 68 % are .05 together; 1.644853627 / 1.000021714 of that at 90 %. */
static void the_errors_of_both_ends_add_as_independent_ones(void **state)
{
	_cleanup_(made_close) struct made made;
	const struct observation *o;

	(void)state;
	made_open(&made, "2025-06-01");
	made_value(&made, "SRB", "v2x_polyarchy", "2020", 0.50, 0.47, 0.53);
	made_value(&made, "SRB", "v2x_polyarchy", "2021", 0.40, 0.36, 0.44);
	made_run(&made);
	o = change_of(&made, "v2x_polyarchy_change1", "2021-01-01");
	assert_near(o->value, -0.1, CLOSE);
	assert_near(o->high - o->value, 0.05 * 1.644853627 / 1.000021714, 1e-7);
	assert_near(o->value - o->low, 0.05 * 1.644853627 / 1.000021714, 1e-7);
}

static void a_year_that_is_not_there_gives_no_change(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2025-06-01");
	made_value(&made, "SRB", "v2x_polyarchy", "2015", 0.5, 0.4, 0.6);
	made_value(&made, "SRB", "v2x_polyarchy", "2017", 0.5, 0.4, 0.6);
	made_value(&made, "SRB", "v2x_polyarchy", "2018", NAN, NAN, NAN);
	made_value(&made, "SRB", "v2x_polyarchy", "2019", 0.5, 0.4, 0.6);
	made_value(&made, "SRB", "v2x_polyarchy", "2021", 0.5, 0.4, 0.6);
	made_run(&made);
	assert_int_equal(count_changes(&made), 0);
	made_value(&made, "SRB", "v2x_polyarchy", "2022", 0.6, 0.5, 0.7);
	made_run(&made);
	assert_int_equal(count_changes(&made), 2);
	assert_non_null(made_find(&made, "SRB", "v2x_polyarchy_change1", "2022-01-01"));
	assert_non_null(made_find(&made, "SRB", "v2x_polyarchy_change5", "2022-01-01"));
}

static void a_value_without_an_interval_gives_none(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2025-06-01");
	made_value(&made, "SRB", "gdp", "2020", 1.5, NAN, NAN);
	made_value(&made, "SRB", "gdp", "2021", 2.5, 2, 3);
	made_value(&made, "SRB", "gdp", "2022", 3.5, 3, 4);
	made_run(&made);
	assert_int_equal(count_changes(&made), 1);
	assert_non_null(made_find(&made, "SRB", "gdp_change1", "2022-01-01"));
}

static void a_scale_of_whole_numbers_gives_none(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2025-06-01");
	made_value(&made, "SRB", "v2x_regime", "2020", 2, 1, 2);
	made_value(&made, "SRB", "v2x_regime", "2021", 1, 1, 2);
	made_run(&made);
	assert_int_equal(count_changes(&made), 0);
}

static void a_change_is_within_one_unit_indicator_and_source(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2025-06-01");
	made_value(&made, "SRB", "v2x_polyarchy", "2020", 0.5, 0.4, 0.6);
	made_value(&made, "GEO", "v2x_polyarchy", "2021", 0.5, 0.4, 0.6);
	made_value(&made, "SRB", "v2x_libdem", "2021", 0.5, 0.4, 0.6);
	made_value(&made, "SRB", "v2x_polyarchy", "2021", 0.5, 0.4, 0.6)->source = "another";
	made_run(&made);
	assert_int_equal(count_changes(&made), 0);
}

/* A change and an episode do not name their source, so that two of a year would be one record. */
static void of_two_sources_of_one_indicator_the_first_by_name_speaks(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2025-06-01");
	for (int year = 2010; year < 2014; year++) {
		const char *when = arena_printf(&made.arena, "%d", year);

		made_value(&made, "SRB", "v2x_polyarchy", when, 0.9 - 0.0625 * (year - 2010), 0, 1)->source = "zeta";
		made_value(&made, "SRB", "v2x_polyarchy", when, 0.9 - 0.125 * (year - 2010), 0, 1)->source = "alpha";
	}
	made_run(&made);
	for (size_t i = 0; i < made.out.n; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(made.out.v[i]->id, made.out.v[k]->id);
	assert_int_equal(count_changes(&made), 3);
	assert_near(change_of(&made, "v2x_polyarchy_change1", "2011-01-01")->value, -0.125, CLOSE);
}

static void what_we_made_ourselves_is_not_measured_again(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2025-06-01");
	made_value(&made, "SRB", "pressure_threat", "2020", 0.5, 0.4, 0.6)->source = "tocsin";
	made_value(&made, "SRB", "pressure_threat", "2021", 0.6, 0.5, 0.7)->source = "tocsin";
	made_run(&made);
	assert_int_equal(count_changes(&made), 0);
}

static void a_change_is_known_once_both_ends_are_and_as_free_as_the_stricter_of_them(void **state)
{
	_cleanup_(made_close) struct made made;
	struct observation *then, *now;
	const struct observation *o;

	(void)state;
	made_open(&made, "2025-06-01");
	then = made_value(&made, "SRB", "v2x_polyarchy", "2020", 0.5, 0.4, 0.6);
	now = made_value(&made, "SRB", "v2x_polyarchy", "2021", 0.5, 0.4, 0.6);
	then->r.known = day_of("2024-05-05");
	then->r.licence = "share-alike";
	made_run(&made);
	o = change_of(&made, "v2x_polyarchy_change1", "2021-01-01");
	assert_true(o->r.known.usec == then->r.known.usec);
	assert_string_equal(o->r.licence, "share-alike");
	then->r.licence = "open";
	now->r.licence = "restricted";
	then->r.known = day_of("2021-05-05");
	made_run(&made);
	o = change_of(&made, "v2x_polyarchy_change1", "2021-01-01");
	assert_true(o->r.known.usec == now->r.known.usec);
	assert_string_equal(o->r.licence, "restricted");
}

static void a_monthly_series_changes_since_the_same_month(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2025-06-01");
	for (int month = 1; month <= 15; month++)
		made_value(&made, "SRB", "trust", arena_printf(&made.arena, "%d-%02d", 2023 + (month - 1) / 12,
							       (month - 1) % 12 + 1),
			   month * month / 256.0, 0, 1);
	made_run(&made);
	assert_int_equal(count_changes(&made), 3);
	assert_near(change_of(&made, "trust_change1", "2024-01-01")->value, (13 * 13 - 1) / 256.0, CLOSE);
	assert_near(change_of(&made, "trust_change1", "2024-03-01")->value, (15 * 15 - 9) / 256.0, CLOSE);
}

/* ---- properties ---- */

static void units_of_measure_and_order_do_not_matter_and_the_interval_holds_the_value(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 21);
	for (int round = 0; round < 100; round++) {
		_cleanup_(made_close) struct made made;
		struct records once;
		const struct observation *old;

		made_open(&made, "2025-06-01");
		for (int year = 1990; year < 2020; year++) {
			double value = rng_unit(&rng) + 0.001;

			if (rng_below(&rng, 6))
				made_value(&made, "SRB", "index", arena_printf(&made.arena, "%d", year), value,
					   value - rng_unit(&rng), value + rng_unit(&rng));
		}
		made_run(&made);
		once = made.out;
		for (size_t i = 0; i < made.in.n; i++) {
			struct observation *o = (struct observation *)made.in.v[i];

			o->value = 100 * o->value + 7;
			o->low = 100 * o->low + 7;
			o->high = 100 * o->high + 7;
		}
		made_shuffle(&made, &rng);
		made_run(&made);
		assert_int_equal(made.out.n, once.n);
		for (size_t i = 0; (old = records_next(&once, &kind_observation, &i));) {
			const struct observation *new = records_find(&made.out, old->r.id);

			assert_non_null(new);
			assert_true(old->low < old->value && old->value < old->high);
			assert_near(new->value, 100 * old->value, 1e-5);
			assert_near(new->low, 100 * old->low, 1e-5);
			assert_near(new->high, 100 * old->high, 1e-5);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_is_the_value_now_less_the_value_then),
		cmocka_unit_test(the_errors_of_both_ends_add_as_independent_ones),
		cmocka_unit_test(a_year_that_is_not_there_gives_no_change),
		cmocka_unit_test(a_value_without_an_interval_gives_none),
		cmocka_unit_test(a_scale_of_whole_numbers_gives_none),
		cmocka_unit_test(a_change_is_within_one_unit_indicator_and_source),
		cmocka_unit_test(of_two_sources_of_one_indicator_the_first_by_name_speaks),
		cmocka_unit_test(what_we_made_ourselves_is_not_measured_again),
		cmocka_unit_test(a_change_is_known_once_both_ends_are_and_as_free_as_the_stricter_of_them),
		cmocka_unit_test(a_monthly_series_changes_since_the_same_month),
		cmocka_unit_test(units_of_measure_and_order_do_not_matter_and_the_interval_holds_the_value),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("track", tests, NULL, NULL);
}
