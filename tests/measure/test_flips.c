/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_flips.c - what a new release did to the episodes of the one before, and why. */
#include "tables.h"

/* Rows "YEAR,REGIME,VALUE[,LOW,HIGH...]" of one country. */
static char *release_text(const char *header, const char *const *rows, struct arena *arena)
{
	char *text = arena_dup(arena, header);

	for (; *rows; rows++)
		text = arena_printf(arena, "%sAAA,%s\n", text, *rows);
	return text;
}

static size_t flips(const char *before, const char *after, struct arena *arena, struct revision **ret)
{
	struct release releases[2] = {{.name = "old", .table = table_read(before, arena)},
				      {.name = "new", .table = table_read(after, arena)}};
	size_t n;

	revision_find(&releases[0], &releases[1], &episode_default, arena, ret, &n);
	return n;
}

static const char *rising[] = {"2000,1,0.30,0.25,0.35", "2001,1,0.36,0.31,0.41", "2002,1,0.42,0.37,0.47"};

static char *rising_until(const char *third, const char *fourth, struct arena *arena)
{
	const char *rows[] = {rising[0], rising[1], third, fourth, NULL};

	return release_text(TABLE_HEADER, rows, arena);
}

static void a_release_that_repeats_the_last_flips_nothing(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	char *text = rising_until(rising[2], NULL, &arena);
	struct revision *v;

	(void)state;
	assert_int_equal(flips(text, text, &arena, &v), 0);
}

static void values_outside_of_the_interval_they_had_are_a_rerating_beyond_it(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct revision *v;

	(void)state;
	assert_int_equal(flips(rising_until(rising[2], NULL, &arena), rising_until("2002,1,0.36,0.31,0.41", NULL, &arena),
			       &arena, &v), 2);
	assert_string_equal(v[0].country, "AAA");
	assert_int_equal(v[0].year, 2001);
	assert_int_equal(v[1].year, 2002);
	assert_int_equal(v[0].direction, 1);
	assert_true(v[0].in_before && !v[0].in_after);
	assert_int_equal(v[0].start, 2001);
	assert_int_equal(v[0].end, 2002);
	assert_int_equal(v[0].reason, REVISION_BEYOND);
	assert_int_equal(v[0].decided, 2002);
	assert_true(v[0].decided_before == 0.42 && v[0].decided_after == 0.36);
	assert_true(v[0].before->v == 0.36 && v[0].after->v == 0.36);
}

static void values_inside_of_it_are_a_rerating_within(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct revision *v;

	(void)state;
	assert_int_equal(flips(rising_until("2002,1,0.39,0.34,0.44", NULL, &arena), rising_until(rising[2], NULL, &arena),
			       &arena, &v), 2);
	assert_int_equal(v[0].reason, REVISION_WITHIN);
	assert_true(!v[0].in_before && v[0].in_after);
	assert_int_equal(v[0].decided, 2002);
}

static void later_years_are_told_from_reratings(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct revision *v;

	(void)state;
	/* 0.06 until 2001, and the year after makes it 0.12: 2001 becomes a year of an episode; 2002 had no flag before. */
	assert_int_equal(flips(rising_until(NULL, NULL, &arena), rising_until(rising[2], NULL, &arena), &arena, &v), 1);
	assert_int_equal(v[0].year, 2001);
	assert_int_equal(v[0].reason, REVISION_NEW_YEAR);
	assert_int_equal(v[0].decided, 2002);
	assert_true(isnan(v[0].decided_before) && v[0].decided_after == 0.42);
}

static void a_regime_rated_otherwise_is_named(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct revision *v;

	(void)state;
	assert_int_equal(flips(rising_until(rising[2], "2003,1,0.42,0.37,0.47", &arena),
			       rising_until(rising[2], "2003,0,0.42,0.37,0.47", &arena), &arena, &v), 1);
	assert_int_equal(v[0].year, 2003);     /* cut at 2002: closed autocracy follows */
	assert_int_equal(v[0].reason, REVISION_REGIME);
	assert_int_equal(v[0].decided, 2003);
}

static void what_only_gaps_or_elections_explain_is_method(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	static const char header[] = "country_text_id,year,v2x_regime,v2x_polyarchy,codingend,gapstart1,gapend1\n";
	static const char *const plain[] = {"2000,1,0.3,2030,,", "2001,1,0.42,2030,,", "2002,1,,2030,,", NULL};
	static const char *const listed[] = {"2000,1,0.3,2030,2002,2003", "2001,1,0.42,2030,2002,2003",
					     "2002,1,,2030,2002,2003", NULL};
	char *before = release_text(header, plain, &arena), *after = release_text(header, listed, &arena);
	struct revision *v;

	(void)state;
	assert_int_equal(flips(before, after, &arena, &v), 1);   /* open before a gap; not settled without */
	assert_int_equal(v[0].year, 2001);
	assert_int_equal(v[0].reason, REVISION_METHOD);
	assert_int_equal(v[0].decided, ERT_NONE);
}

static void a_country_of_one_release_and_a_year_of_one_release_are_no_flips(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct revision *v;

	(void)state;
	assert_int_equal(flips(TABLE_HEADER "BBB,2000,1,0.3,,\nBBB,2001,1,0.5,,\n", rising_until(rising[2], NULL, &arena),
			       &arena, &v), 0);
	assert_int_equal(flips(TABLE_HEADER "AAA,2000,1,0.3,,\n", rising_until(rising[2], NULL, &arena), &arena, &v), 0);
}

static void releases_may_begin_and_end_in_other_years(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	char *text = arena_printf(&arena, "%s%s", rising_until(rising[2], NULL, &arena), "BBB,1990,1,0.5,,\nBBB,2009,1,0.5,,\n");
	struct revision *v;

	(void)state;
	assert_int_equal(flips(rising_until(rising[2], NULL, &arena), text, &arena, &v), 0);
	assert_int_equal(flips(text, rising_until(rising[2], NULL, &arena), &arena, &v), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_release_that_repeats_the_last_flips_nothing),
		cmocka_unit_test(values_outside_of_the_interval_they_had_are_a_rerating_beyond_it),
		cmocka_unit_test(values_inside_of_it_are_a_rerating_within),
		cmocka_unit_test(later_years_are_told_from_reratings),
		cmocka_unit_test(a_regime_rated_otherwise_is_named),
		cmocka_unit_test(what_only_gaps_or_elections_explain_is_method),
		cmocka_unit_test(a_country_of_one_release_and_a_year_of_one_release_are_no_flips),
		cmocka_unit_test(releases_may_begin_and_end_in_other_years),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("flips", tests, NULL, NULL);
}
