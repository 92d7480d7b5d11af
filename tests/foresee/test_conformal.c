/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/foresee/made_indices.h"
#include "tests/near.h"

#include "foresee/conformal.h"

/* Misses of `per` values an origin, as the absolute value of one that is `size` times even on -1..1. */
static size_t made_misses(struct rng *rng, struct past_miss *past, int64_t first, size_t origins, size_t per, double size)
{
	for (size_t i = 0; i < origins * per; i++)
		past[i] = (struct past_miss){first + (int64_t)(i / per), size * rng_unit(rng)};
	return origins * per;
}

static void the_reach_is_what_covered_before(void **state)
{
	(void)state;
	_cleanup_(arena_free) struct arena arena = {0};
	struct past_miss past[4000];
	struct rng rng;
	double sum = 0;

	rng_seed(&rng, 1);
	for (int i = 0; i < 20; i++)
		sum += conformal_sides(past, made_misses(&rng, past, 1990, 10, 400, 1), .9, &arena) / 20;
	assert_near(sum, .9, .01);
}

static void it_widens_when_the_newest_origins_missed_more(void **state)
{
	(void)state;
	_cleanup_(arena_free) struct arena arena = {0};
	struct past_miss past[4000];
	struct rng rng;
	size_t n;
	double plain[4000];

	rng_seed(&rng, 2);
	n = made_misses(&rng, past, 1990, 7, 400, 1);
	n += made_misses(&rng, past + n, 1997, 3, 400, 2);
	for (size_t i = 0; i < n; i++)
		plain[i] = past[i].miss;
	for (size_t i = 0; i < n; i++)
		for (size_t k = i; k > 0 && plain[k] < plain[k - 1]; k--) {
			double swap = plain[k];

			plain[k] = plain[k - 1];
			plain[k - 1] = swap;
		}
	assert_true(conformal_sides(past, n, .9, &arena) > plain[n * 9 / 10] + .02);
}

static void few_misses_leave_the_paths_as_they_are(void **state)
{
	(void)state;
	_cleanup_(arena_free) struct arena arena = {0};
	struct past_miss past[60];
	struct rng rng;

	rng_seed(&rng, 3);
	made_misses(&rng, past, 1990, 1, 60, 5);
	assert_near(conformal_sides(past, 0, .9, &arena), 1, 0);
	assert_near(conformal_sides(past, 49, .9, &arena), 1, 0);
	assert_true(conformal_sides(past, 60, .9, &arena) > 3);
}

static void groups_begin_at_their_cuts(void **state)
{
	(void)state;
	assert_int_equal(path_group(0), 0);
	assert_int_equal(path_group(.2999), 0);
	assert_int_equal(path_group(.3), 1);
	assert_int_equal(path_group(.5), 2);
	assert_int_equal(path_group(.75), 3);
	assert_int_equal(path_group(1), 3);
	assert_int_equal(path_group(NAN), N_PATH_GROUPS);
}

static void intervals_lie_in_the_index_and_around_their_middle(void **state)
{
	(void)state;
	_cleanup_(arena_free) struct arena arena = {0};
	struct history history;
	struct path_interval *at;
	size_t n;

	made_panel(&history, 4, &arena);
	assert_int_equal(paths_intervals(&history, six_spaces, N_SIX_SPACES, 2008, 1, &arena, &at, &n, NULL), 0);
	assert_int_equal(n, MADE_UNITS * N_SIX_SPACES * PATH_YEARS);
	for (size_t i = 0; i < n; i++) {
		assert_true(at[i].low >= 0 && at[i].low <= at[i].middle);
		assert_true(at[i].high <= 1 && at[i].high >= at[i].middle);
	}
	assert_true(at[n - 1].high - at[n - 1].low > at[0].high - at[0].low);   /* unit 40 moves, unit 1 does not */
}

static void they_cover_about_nine_in_ten(void **state)
{
	(void)state;
	double covered = 0, all = 0;

	for (uint64_t seed = 10; seed < 14; seed++) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct history history;
		struct path_interval *at;
		size_t n;

		made_panel(&history, seed, &arena);
		assert_int_equal(paths_intervals(&history, six_spaces, N_SIX_SPACES, 2008, seed, &arena, &at, &n, NULL), 0);
		for (size_t i = 0; i < n; i++) {
			double came = history_value(&history, MADE_LAST, at[i].space, at[i].unit, 2008 + at[i].horizon);

			all++;
			covered += came >= at[i].low - 1e-9 && came <= at[i].high + 1e-9;
		}
	}
	assert_near(covered / all, .9, .05);
}

static void csv_of(const struct history *history, int64_t origin, struct buf *csv)
{
	_cleanup_(arena_free) struct arena arena = {0};

	assert_int_equal(paths_forecast(history, six_spaces, N_SIX_SPACES, origin, 9, &arena, csv, NULL), 0);
}

static void nothing_after_the_origin_changes_a_byte(void **state)
{
	(void)state;
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf before = {0}, after = {0}, spoilt = {0};
	struct history history;

	made_panel(&history, 5, &arena);
	csv_of(&history, 2006, &before);
	made_panel_spoil(&history, 2006);
	csv_of(&history, 2006, &after);
	assert_string_equal(before.s, after.s);
	made_panel_spoil(&history, 2004);
	for (size_t k = 0; k < N_SIX_SPACES; k++)   /* so that 2006 itself has values */
		for (size_t u = 0; u < MADE_UNITS; u++)
			*history_cell(&history, k, u, 2006) = .5;
	csv_of(&history, 2006, &spoilt);
	assert_string_not_equal(before.s, spoilt.s);
}

static void a_unit_without_data_has_no_row(void **state)
{
	(void)state;
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf csv = {0};
	struct history history;

	made_panel(&history, 6, &arena);
	for (size_t k = 0; k < N_SIX_SPACES; k++)
		*history_cell(&history, k, 16, 2008) = NAN;
	csv_of(&history, 2008, &csv);
	assert_true(str_starts(csv.s, "gwcode,origin,index,horizon,lo90,hi90\n1,2008,v2x_freexp_altinf,1,"));
	assert_non_null(strstr(csv.s, "\n16,2008,v2xcs_ccsi,2,"));
	assert_non_null(strstr(csv.s, "\n18,2008,"));
	assert_null(strstr(csv.s, "\n17,"));
}

static void without_history_there_is_a_reason(void **state)
{
	(void)state;
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf csv = {0};
	struct history history;
	struct err err = {0};

	made_panel(&history, 7, &arena);
	assert_int_equal(paths_forecast(&history, six_spaces, N_SIX_SPACES, MADE_FIRST + 3, 1, &arena, &csv, &err), ERR_DATA);
	assert_string_equal(err.msg, "too little history up to 1983 to draw paths from");
	assert_int_equal(csv.len, 0);
	csv_of(&history, MADE_LAST + 2, &csv);   /* a panel that ended has history, and no row */
	assert_string_equal(csv.s, "gwcode,origin,index,horizon,lo90,hi90\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reach_is_what_covered_before),
		cmocka_unit_test(it_widens_when_the_newest_origins_missed_more),
		cmocka_unit_test(few_misses_leave_the_paths_as_they_are),
		cmocka_unit_test(groups_begin_at_their_cuts),
		cmocka_unit_test(intervals_lie_in_the_index_and_around_their_middle),
		cmocka_unit_test(they_cover_about_nine_in_ten),
		cmocka_unit_test(nothing_after_the_origin_changes_a_byte),
		cmocka_unit_test(a_unit_without_data_has_no_row),
		cmocka_unit_test(without_history_there_is_a_reason),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
