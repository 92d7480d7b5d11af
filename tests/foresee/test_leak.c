/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The test that a forecast does not know its future, and that it finds one that does. */
#include "tests/foresee/made_indices.h"

#include <stdlib.h>

#include "foresee/leak.h"
#include "foresee/learner.h"
#include "foresee/tamper.h"

#define ORIGIN 2004

struct world {
	struct arena arena;
	struct buf text;
	struct foresee_panel panel;
};

/* The made panel as a table, with a column that is out late and one that is not; unit 7 ends in 1995. */
static void world_open(struct world *world, int64_t last)
{
	struct history history;

	*world = (struct world){0};
	made_panel(&history, 11, &world->arena);
	buf_puts(&world->text, "gwcode,iso3,region,year");
	for (size_t k = 0; k < N_SIX_SPACES; k++)
		buf_printf(&world->text, ",%s", six_spaces[k].name);
	buf_puts(&world->text, ",gdp_pc,pop\n");
	for (size_t u = 0; u < MADE_UNITS; u++)
		for (int64_t year = MADE_FIRST; year <= last && (u != 6 || year <= 1995); year++) {
			buf_printf(&world->text, "%s,U%02zu,%zu,%lld", history.units[u].name, u, u % 4 + 1, (long long)year);
			for (size_t k = 0; k < N_SIX_SPACES; k++)
				buf_printf(&world->text, ",%.3f", *history_cell(&history, k, u, year));
			buf_printf(&world->text, ",%zu,%zu\n", 1000 + 100 * u + (size_t)(year * year) % 97,
				   10 * u + (size_t)year % 31);
		}
	world->panel = (struct foresee_panel){.name = "made.csv", .text = world->text.s, .len = world->text.len,
					      .origin = ORIGIN, .seed = 3, .threads = 2};
}

static void world_close(struct world *world)
{
	arena_free(&world->arena);
	buf_free(&world->text);
}

/* ---- no leak ---- */

static void nothing_that_came_later_reaches_a_forecast(void **state)
{
	size_t inputs = 0, masked = 0, forecasts = 0;
	struct world world;
	struct leaks leaks;
	struct err err;

	(void)state;
	world_open(&world, MADE_LAST);
	if (foresee_leaks(&world.panel, 50, 1, &leaks, &err) < 0)
		fail_msg("%s", err.msg);
	for (size_t k = 0; k < N_LEAK_KINDS; k++) {
		assert_true(leaks.inputs[k] >= 5);
		inputs += leaks.inputs[k];
		masked += leaks.masked[k];
		forecasts += leaks.forecasts[k];
	}
	assert_int_equal(inputs, 50);
	assert_true(masked >= 14);
	assert_int_equal(forecasts, 1);
	assert_int_equal(leaks.blows[0], 6);
	assert_int_equal(leaks.blows[1], 1);
	world_close(&world);
}

static void the_one_year_rule_does_not_leak_either(void **state)
{
	struct world world;
	struct leaks leaks;

	(void)state;
	world_open(&world, MADE_LAST);
	world.panel.one_year = true;
	assert_int_equal(foresee_leaks(&world.panel, 18, 0, &leaks, NULL), 0);
	world_close(&world);
}

/* ---- planted ones ---- */

static float *a_feature(struct cases *cases)
{
	return &cases->x[(cases->n - 5) * N_CASE_FEATURES + F_PRESSURE];
}

static void read_next_year(const struct history *history, struct cases *cases)
{
	if (history->first + (int64_t)history->n_years > ORIGIN + 1)
		*a_feature(cases) = (float)*history_cell(history, 2, 20, ORIGIN + 1);
}

static void read_late_column(const struct history *history, struct cases *cases)
{
	*a_feature(cases) = (float)*history_cell(history, history_column(history, "gdp_pc"), 20, ORIGIN);
}

static void label_by_next_year(const struct history *history, struct cases *cases)
{
	if (history->first + (int64_t)history->n_years > ORIGIN + 1)
		cases->y[cases->n - 1] = *history_cell(history, 0, 20, ORIGIN + 1) > .5;
}

static void count_units(const struct history *history, struct cases *cases)
{
	*a_feature(cases) = (float)history->n_units;
}

static void see_nothing(const struct history *history, struct cases *cases)
{
	(void)history;
	cases->n = 0;
}

static void find(void (*plant)(const struct history *, struct cases *), const char *said)
{
	struct leak_setup setup = {.times = 20, .plant = plant};
	struct leaks leaks = {.cases = 77};
	struct err err = {0};
	struct world world;

	world_open(&world, MADE_LAST);
	setup.panel = &world.panel;
	assert_int_equal(leaks_find(&setup, &leaks, &err), ERR_INTEGRITY);
	if (!strstr(err.msg, said))
		fail_msg("\"%s\" does not say \"%s\"", err.msg, said);
	assert_int_equal(leaks.cases, 77);
	world_close(&world);
}

static void one_value_of_the_next_year_in_one_feature_is_found(void **state)
{
	(void)state;
	find(read_next_year, "changed what learners read: pressure of unit 40, 2004, ");
}

static void one_cell_that_is_not_out_yet_is_found(void **state)
{
	(void)state;
	find(read_late_column, "cells of the origin year that are out late, changed what learners read");
}

static void one_label_that_is_not_known_yet_is_found(void **state)
{
	(void)state;
	find(label_by_next_year, "changed what learners read: the label of unit 40, 2004, ");
}

static void a_count_of_units_that_are_still_to_come_is_found(void **state)
{
	(void)state;
	find(count_units, "changed what learners read: pressure of unit 40, 2004, ");
}

static void a_test_that_cannot_fail_is_an_error(void **state)
{
	(void)state;
	find(see_nothing, "a change to what was known left the hash of the inputs as it was");
}

static void cases_of_the_next_origin_have_another_hash(void **state)
{
	struct history history;
	struct cases cases;
	char hash[2][65];
	struct world world;

	(void)state;
	world_open(&world, MADE_LAST);
	assert_int_equal(history_read("made.csv", world.text.s, world.text.len, six_spaces, N_SIX_SPACES, ORIGIN + 1,
				      &world.arena, &history, NULL), 0);
	for (int k = 0; k < 2; k++) {
		cases_build(&history, six_spaces, N_SIX_SPACES, RULE_TWO_YEAR, ORIGIN + k, NULL, &world.arena, &cases);
		cases_hash(&cases, hash[k]);
	}
	assert_string_not_equal(hash[0], hash[1]);
	world_close(&world);
}

static void regions_neighbours_and_rule_are_in_the_hash(void **state)
{
	bool borders[MADE_UNITS * MADE_UNITS] = {[1] = true, [MADE_UNITS] = true};
	struct history history;
	struct cases cases;
	char hash[5][65];
	struct world world;

	(void)state;
	world_open(&world, MADE_LAST);
	made_panel(&history, 11, &world.arena);
	cases_build(&history, six_spaces, N_SIX_SPACES, RULE_TWO_YEAR, ORIGIN, NULL, &world.arena, &cases);
	cases_hash(&cases, hash[0]);
	history.units[3].region = 900;   /* no feature shows a number as large */
	cases_hash(&cases, hash[1]);
	cases.borders = borders;
	cases_hash(&cases, hash[2]);
	borders[2] = true;
	cases_hash(&cases, hash[3]);
	cases.rule = RULE_ONE_YEAR;
	cases_hash(&cases, hash[4]);
	for (size_t i = 0; i < LENGTH(hash); i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(hash[i], hash[k]);
	world_close(&world);
}

/* ---- learners at an earlier cutoff: what folds are made of ---- */

static size_t chances_of(const struct learner *learner, const struct history *history, int64_t cutoff, struct arena *arena,
			 double **ret)
{
	struct cases cases;
	size_t first, past;
	struct err err;
	void *model;

	cases_build(history, six_spaces, N_SIX_SPACES, RULE_TWO_YEAR, MADE_LAST, NULL, arena, &cases);
	cases_of_years(&cases, cutoff, cutoff, &first, &past);
	*ret = arena_array(arena, double, past - first + 1);
	if (learner->fit(&cases, cutoff, 5, &model, &err) < 0 || learner->chance(model, &cases, first, past, *ret, &err) < 0)
		fail_msg("%s: %s", learner->name, err.msg);
	learner->close(model);
	return past - first;
}

/* Other values after a year; none is taken away, so that the origin knows the same features. */
static void spoil(struct history *history, int64_t after)
{
	for (size_t k = 0; k < N_SIX_SPACES; k++)
		for (size_t u = 0; u < MADE_UNITS; u++)
			for (int64_t year = after + 1; year <= MADE_LAST; year++)
				*history_cell(history, k, u, year) = .001 * (double)((u * 7 + k * 31 + (size_t)year * 113) % 900);
}

static void no_learner_looks_past_its_cutoff(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct history history, spoiled;

	(void)state;
	made_panel(&history, 11, &arena);
	made_panel(&spoiled, 11, &arena);
	spoil(&spoiled, ORIGIN);
	for (size_t m = 0; m < n_learners; m++) {
		double *p[2], moved = 0;
		size_t n = chances_of(learners[m], &history, ORIGIN, &arena, &p[0]);

		assert_int_equal(chances_of(learners[m], &spoiled, ORIGIN, &arena, &p[1]), n);
		assert_int_equal(n, 2 * N_SIX_SPACES * MADE_UNITS);
		for (size_t i = 0; i < n; i++)
			if (p[0][i] != p[1][i])
				fail_msg("%s: %.17g, and %.17g when later years are others", learners[m]->name, p[0][i], p[1][i]);
		chances_of(learners[m], &history, ORIGIN - 4, &arena, &p[0]);
		chances_of(learners[m], &spoiled, ORIGIN + 1, &arena, &p[1]);
		for (size_t i = 0; i < n; i++)
			moved += fabs(p[0][i] - p[1][i]);
		assert_true(moved > 0);
	}
}

/* ---- tamperings ---- */

static void assert_same_history(const struct history *a, const struct history *b)
{
	assert_int_equal(a->n_units, b->n_units);
	assert_int_equal(a->n_years, b->n_years);
	for (size_t u = 0; u < a->n_units; u++) {
		assert_string_equal(a->units[u].name, b->units[u].name);
		assert_string_equal(a->units[u].iso3, b->units[u].iso3);
		assert_int_equal(a->units[u].region, b->units[u].region);
		for (int64_t year = a->first; year <= ORIGIN; year++) {
			assert_int_equal(history_listed(a, u, year), history_listed(b, u, year));
			for (size_t k = 0; k < a->n_columns; k++) {
				double x = history_value(a, ORIGIN, k, u, year), z = history_value(b, ORIGIN, k, u, year);

				assert_true(x == z || (isnan(x) && isnan(z)));
			}
		}
	}
}

static void every_tampering_leaves_what_was_known(void **state)
{
	struct tamper_table table;
	struct history plain, told;
	struct world world;
	struct err err;

	(void)state;
	world_open(&world, MADE_LAST);
	assert_int_equal(tamper_read("made.csv", world.text.s, world.text.len, six_spaces, N_SIX_SPACES, ORIGIN,
				     &world.arena, &table, NULL), 0);
	assert_int_equal(history_read("made.csv", world.text.s, world.text.len, six_spaces, N_SIX_SPACES, ORIGIN,
				      &world.arena, &plain, NULL), 0);
	for (uint64_t seed = 0; seed < 4; seed++)
		for (size_t k = 0; k < N_LEAK_KINDS; k++) {
			_cleanup_(buf_free) struct buf text = {0}, again = {0};
			_cleanup_(arena_free) struct arena arena = {0};

			tamper_write(&table, (enum leak_kind)k, seed, &text);
			tamper_write(&table, (enum leak_kind)k, seed, &again);
			assert_string_equal(text.s, again.s);
			assert_string_not_equal(text.s, world.text.s);
			if (history_read("told.csv", text.s, text.len, six_spaces, N_SIX_SPACES, ORIGIN, &arena, &told,
					 &err) < 0)
				fail_msg("%s: %s", leak_words((enum leak_kind)k), err.msg);
			assert_same_history(&plain, &told);
			if (tamper_reads_whole((enum leak_kind)k) &&
			    history_read("told.csv", text.s, text.len, six_spaces, N_SIX_SPACES, INT64_MAX, &arena, &told,
					 &err) < 0)
				fail_msg("%s, later rows read: %s", leak_words((enum leak_kind)k), err.msg);
		}
	world_close(&world);
}

static void written_as_it_is_a_table_is_itself(void **state)
{
	_cleanup_(buf_free) struct buf text = {0};
	struct tamper_table table;
	struct world world;

	(void)state;
	world_open(&world, MADE_LAST);
	assert_int_equal(tamper_read("made.csv", world.text.s, world.text.len, six_spaces, N_SIX_SPACES, ORIGIN,
				     &world.arena, &table, NULL), 0);
	tamper_write(&table, N_LEAK_KINDS, 0, &text);
	assert_string_equal(text.s, world.text.s);
	world_close(&world);
}

static void a_panel_that_ends_at_its_origin_cannot_be_tested(void **state)
{
	struct world world;
	struct leaks leaks;
	struct err err;

	(void)state;
	world_open(&world, ORIGIN);
	assert_int_equal(foresee_leaks(&world.panel, 5, 0, &leaks, &err), ERR_DATA);
	assert_string_equal(err.msg, "made.csv: no row of a year after 2004");
	world_close(&world);
}

static void later_rows_that_cannot_be_read_are_only_dropped(void **state)
{
	struct world world;
	struct leaks leaks;
	size_t masked = 0;

	(void)state;
	world_open(&world, MADE_LAST);
	buf_puts(&world.text, "3,U02,1,2009,x,x,x,x,x,x,,\n");
	world.panel.text = world.text.s;
	world.panel.len = world.text.len;
	assert_int_equal(foresee_leaks(&world.panel, 18, 0, &leaks, NULL), 0);
	for (size_t k = 0; k < N_LEAK_KINDS; k++)
		masked += leaks.masked[k];
	assert_int_equal(masked, 0);
	world_close(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_that_came_later_reaches_a_forecast),
		cmocka_unit_test(the_one_year_rule_does_not_leak_either),
		cmocka_unit_test(one_value_of_the_next_year_in_one_feature_is_found),
		cmocka_unit_test(one_cell_that_is_not_out_yet_is_found),
		cmocka_unit_test(one_label_that_is_not_known_yet_is_found),
		cmocka_unit_test(a_count_of_units_that_are_still_to_come_is_found),
		cmocka_unit_test(a_test_that_cannot_fail_is_an_error),
		cmocka_unit_test(cases_of_the_next_origin_have_another_hash),
		cmocka_unit_test(regions_neighbours_and_rule_are_in_the_hash),
		cmocka_unit_test(no_learner_looks_past_its_cutoff),
		cmocka_unit_test(every_tampering_leaves_what_was_known),
		cmocka_unit_test(written_as_it_is_a_table_is_itself),
		cmocka_unit_test(a_panel_that_ends_at_its_origin_cannot_be_tested),
		cmocka_unit_test(later_rows_that_cannot_be_read_are_only_dropped),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("leaks", tests, NULL, NULL);
}
