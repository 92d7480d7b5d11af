/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_irt_table.c - tables of ratings, experts and vignettes are read, or refused with their place. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "tests/measure/rated.h"

static const char two_experts[] = EXPERTS_HEAD "a,X\nb,Y\n";

static void ratings_become_points_and_runs(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct irt_table table;

	(void)state;
	assert_int_equal(rated_read(RATED_HEAD "b,Y,1999,2,1\na,X,2001,3,.5\na,X,2000,1,1\na,V,,2,1\na,Y,2003,1,1\n", two_experts,
				    "vignette,threshold\nV,2\n", &arena, &table, NULL), 0);
	assert_int_equal(table.k, 3);
	assert_int_equal(table.n_units, 2);
	assert_int_equal(table.n_points, 2 + 5 + 1);   /* X 2000-2001, Y 1999-2003, V */
	assert_int_equal(table.n_runs, 4);
	assert_int_equal(table.raters[0].n, 4);
	assert_int_equal(table.raters[0].n_runs, 3);
	assert_int_equal(table.ratings[0].category, 1);   /* by year, whatever the order of rows */
	assert_int_equal(table.ratings[1].category, 3);
	assert_int_equal(table.runs[3].unit, 1);
	assert_int_equal(table.units[1].first_year, 1999);
	assert_int_equal(table.runs[2].unit, SIZE_MAX);
}

static void a_short_gap_is_bridged_and_a_long_one_ends_the_run(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct irt_table table;

	(void)state;
	assert_int_equal(rated_read(RATED_HEAD "a,X,2000,1,1\na,X,2003,2,1\na,X,2010,2,1\n", two_experts, NULL, &arena, &table,
				    NULL), 0);
	assert_int_equal(table.n_runs, 2);
	assert_int_equal(table.runs[0].n, 4);
	assert_int_equal(table.n_ratings, 5);
	assert_int_equal(table.n_rated, 3);
	assert_int_equal(table.ratings[1].category, 0);
	assert_int_equal(table.ratings[1].point, 1);
	assert_int_equal(table.ratings[4].point, 10);
	assert_int_equal(table.n_silent_raters, 1);
	assert_int_equal(table.n_silent_units, 1);
}

static void ratings_counted_from_zero_are_told_by_their_zero(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct irt_table table;

	(void)state;
	assert_int_equal(rated_read(RATED_HEAD "a,X,2000,0,1\na,X,2001,1,1\n", two_experts, NULL, &arena, &table, NULL), 0);
	assert_true(table.from_zero);
	assert_int_equal(table.k, 2);
	assert_int_equal(table.ratings[0].category, 1);
}

/* A scale is as long as its vignettes say, though nobody used its top. */
static void categories_that_nobody_gave_are_known_by_the_thresholds(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct irt_table table;

	(void)state;
	assert_int_equal(rated_read(RATED_HEAD "a,X,2000,2,1\na,X,2001,2,1\n", two_experts, "vignette,threshold\nV,4\n", &arena,
				    &table, NULL), 0);
	assert_int_equal(table.k, 5);
}

static void what_cannot_be_is_refused_with_its_place(void **state)
{
	static const struct { const char *ratings, *experts, *vignettes, *says; } cases[] = {
		{"c,X,2000,1,1\n", "a,X\n", "", "ratings.csv:2:1: unknown expert \"c\""},
		{"a,X,2000,1,1\na,X,2000,2,1\n", "a,X\n", "", "ratings.csv:3:3: expert \"a\" rates this twice, first in line 2"},
		{"a,X,2000,2.5,1\n", "a,X\n", "", "ratings.csv:2:10: rating \"2.5\" is not a whole number from 0 to 20"},
		{"a,X,2000,nan,1\n", "a,X\n", "", "ratings.csv:2:10: rating \"nan\" is not a whole number from 0 to 20"},
		{"a,X,2000,,1\n", "a,X\n", "", "ratings.csv:2:10: rating \"\" is not a whole number from 0 to 20"},
		{"a,X,2000,2,-1\n", "a,X\n", "", "ratings.csv:2:12: confidence \"-1\" is not a number from 0 on"},
		{"a,X,2000\n", "a,X\n", "", "ratings.csv:2:1: row has 3 columns, expected 5"},
		{"a,X,,1,1\n", "a,X\n", "", "ratings.csv:2:5: \"X\" has no year and is no vignette"},
		{"a,V,2000,1,1\n", "a,X\n", "V,1\n", "ratings.csv:2:5: vignette \"V\" has a year"},
		{"a,X,x,1,1\n", "a,X\n", "", "ratings.csv:2:5: year \"x\" is not a whole number from 1 to 9999"},
		{"a,X,1,1,1\na,X,9999,2,1\n", "a,X\n", "", "ratings.csv: unit \"X\" reaches from 1 to 9999"},
		{"", "a,X\n", "", "ratings.csv:1:1: no ratings"},
		{"a,X,2000,1,1\n", "a,X\n", "", "ratings.csv: every rating is 1: one category orders nothing"},
		{"a,X,2000,2,1\n", "a,X\na,Y\n", "", "experts.csv:3:1: expert \"a\" stands twice"},
		{"a,X,2000,2,1\n", "a,\n", "", "experts.csv:2:3: main_country is empty"},
		{"a,X,2000,2,1\n", "a,X\n", "V,1\nV,2\n", "vignettes.csv:3:1: vignette \"V\" stands twice"},
		{"a,X,2000,2,1\n", "a,X\n", "V,0\n", "vignettes.csv:2:3: \"0\" is no threshold, expected 1 to 19"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct irt_table table = {0};
		struct err err = {0};
		const char *ratings = arena_printf(&arena, RATED_HEAD "%s", cases[i].ratings);
		const char *experts = arena_printf(&arena, EXPERTS_HEAD "%s", cases[i].experts);
		const char *vignettes = arena_printf(&arena, "vignette,threshold\n%s", cases[i].vignettes);

		assert_int_equal(rated_read(ratings, experts, vignettes, &arena, &table, &err), ERR_DATA);
		assert_string_equal(err.msg, cases[i].says);
		assert_int_equal(table.n_points, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ratings_become_points_and_runs),
		cmocka_unit_test(a_short_gap_is_bridged_and_a_long_one_ends_the_run),
		cmocka_unit_test(ratings_counted_from_zero_are_told_by_their_zero),
		cmocka_unit_test(categories_that_nobody_gave_are_known_by_the_thresholds),
		cmocka_unit_test(what_cannot_be_is_refused_with_its_place),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("irt table", tests, NULL, NULL);
}
