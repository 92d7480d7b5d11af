/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of ensemble.c: features, the rows that may teach, and the two simple members. */
#include "tests/foresee/made_series.h"

#include "foresee/ensemble.h"

enum { CLOSING = -1, OPENING = 1 };
enum { LEVEL, SQUARED, CHANGE_1, CHANGE_3, CHANGE_5, VOLATILITY, GAP, AROUND, SINCE_FALL, SINCE_RISE, PRESSURE };

struct world {
	struct arena arena;
	struct records in;
	struct panel panel, pressure;
	struct atlas atlas;
};

static void world_open(struct world *world)
{
	*world = (struct world){0};
	world->in.arena = world->atlas.arena = &world->arena;
}

static void world_build(struct world *world)
{
	panel_build(&world->in, "v2x_polyarchy", &world->arena, &world->panel);
	panel_build(&world->in, "pressure", &world->arena, &world->pressure);
}

static void world_borders(struct world *world, const char *csv)
{
	const char *units = "id,kind,parent,from,past,name\nAAA,state,,1900,,A\nBBB,state,,1900,,B\n"
			    "CCC,state,,1900,,C\nDDD,state,,1900,,D\n";

	assert_int_equal(atlas_add_units(&world->atlas, "units.csv", units, strlen(units), NULL), 0);
	assert_int_equal(atlas_add_borders(&world->atlas, "made.csv", csv, strlen(csv), NULL), 0);
}

static void features(const struct world *world, const struct atlas *atlas, size_t unit, int64_t year, double *x)
{
	features_of(&world->panel, &world->pressure, atlas, unit, year, CLOSING, x);
}

static void near(double a, double b)
{
	if (isnan(a) || fabs(a - b) > 1e-12)
		fail_msg("%.17g is not %.17g", a, b);
}

static void features_are_named_once_each(void **state)
{
	(void)state;
	assert_string_equal(feature_names[LEVEL], "level");
	assert_string_equal(feature_names[GAP], "neighbour_gap");
	assert_string_equal(feature_names[PRESSURE], "event_pressure");
	for (size_t i = 0; i < N_FEATURES; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(feature_names[i], feature_names[k]);
}

static void level_changes_and_volatility_are_those_of_the_series(void **state)
{
	double x[N_FEATURES];
	struct world world;

	(void)state;
	world_open(&world);
	made_row(&world.in, "AAA", 2000, (double[]){0.3, 0.4, 0.3, 0.4, 0.3, 0.7}, 6);
	world_build(&world);
	features(&world, NULL, 0, 2005, x);
	near(x[LEVEL], 0.7);
	near(x[SQUARED], 0.04);
	near(x[CHANGE_1], 0.4);
	near(x[CHANGE_3], 0.4);
	near(x[CHANGE_5], 0.4);
	near(x[VOLATILITY], sqrt((4 * 0.01 + 0.16) / 5 - 0.08 * 0.08));   /* of the steps .1 -.1 .1 -.1 .4 */
	near(x[SINCE_RISE], 0);
	near(x[SINCE_FALL], 1);
	assert_true(isnan(x[PRESSURE]));
	features(&world, NULL, 0, 2003, x);
	assert_true(isnan(x[CHANGE_5]));
	assert_true(isnan(x[VOLATILITY]));   /* three steps are too few */
	arena_free(&world.arena);
}

static void years_since_a_step_end_with_the_series_or_with_ten(void **state)
{
	double x[N_FEATURES];
	struct world world;

	(void)state;
	world_open(&world);
	for (int64_t year = 1990; year <= 2005; year++) {
		made_index(&world.in, "AAA", year, 0.5);
		if (year > 2001)
			made_index(&world.in, "BBB", year, 0.5 + (year > 2002 ? 0.03125 : 0));
	}
	made_index(&world.in, "CCC", 2005, 0.5);
	world_build(&world);
	features(&world, NULL, 0, 2005, x);
	near(x[SINCE_FALL], 10);
	features(&world, NULL, 1, 2005, x);
	near(x[SINCE_FALL], 3);      /* all that is known of it */
	near(x[SINCE_RISE], 2);
	features(&world, NULL, 2, 2005, x);
	assert_true(isnan(x[SINCE_FALL]));
	arena_free(&world.arena);
}

/* AAA borders BBB; CCC is far away. */
static void three_units(struct world *world)
{
	world_open(world);
	made_row(&world->in, "AAA", 2000, (double[]){0.5, 0.5, 0.5, 0.5}, 4);
	made_row(&world->in, "BBB", 2000, (double[]){0.2, 0.2, 0.2, 0.3}, 4);
	made_row(&world->in, "CCC", 2000, (double[]){0.9, 0.9, 0.9, 0.8}, 4);
	world_borders(world, "unit,neighbour\nAAA,BBB\nBBB,AAA\nCCC,DDD\n");
	world_build(world);
}

static void neighbours_are_those_with_a_border(void **state)
{
	double x[N_FEATURES];
	struct world world;

	(void)state;
	three_units(&world);
	features(&world, &world.atlas, 0, 2003, x);
	near(x[GAP], 0.3 - 0.5);
	near(x[AROUND], 0.1);
	features(&world, &world.atlas, 1, 2003, x);
	near(x[GAP], 0.5 - 0.3);
	near(x[AROUND], 0);
	arena_free(&world.arena);
}

static void without_a_known_neighbour_all_others_count_as_such(void **state)
{
	double x[N_FEATURES];
	struct world world;

	(void)state;
	three_units(&world);
	features(&world, &world.atlas, 2, 2003, x);   /* DDD has no data */
	near(x[GAP], (0.5 + 0.3) / 2 - 0.8);
	near(x[AROUND], 0.05);
	features(&world, NULL, 0, 2003, x);
	near(x[GAP], (0.3 + 0.8) / 2 - 0.5);
	near(x[AROUND], 0);
	features(&world, &world.atlas, 0, 2002, x);   /* nobody's change over three years is known yet */
	assert_true(isnan(x[GAP]) && isnan(x[AROUND]));
	arena_free(&world.arena);
}

static void pressure_is_that_of_the_unit_and_year(void **state)
{
	double x[N_FEATURES];
	struct world world;

	(void)state;
	world_open(&world);
	made_row(&world.in, "AAA", 2000, (double[]){0.5, 0.5}, 2);
	made_row(&world.in, "BBB", 2000, (double[]){0.5, 0.5}, 2);
	made_value(&world.in, "BBB", 2000, "pressure", "tocsin", 0.25);
	made_value(&world.in, "BBB", 2001, "pressure", "tocsin", 0.75);
	world_build(&world);
	features(&world, NULL, 1, 2001, x);
	near(x[PRESSURE], 0.75);
	features(&world, NULL, 1, 2000, x);
	near(x[PRESSURE], 0.25);
	features(&world, NULL, 0, 2001, x);
	assert_true(isnan(x[PRESSURE]));
	arena_free(&world.arena);
}

/* The same world twice, once with absurd values in the years from `from` on. */
static void two_worlds(struct world *clean, struct world *planted, int64_t from)
{
	world_open(clean);
	world_open(planted);
	made_world(&clean->in, 6, 1990, 2015, 3);
	made_world(&planted->in, 6, 1990, 2015, 3);
	for (size_t i = 0; i < planted->in.n; i++) {
		struct observation *o = (struct observation *)planted->in.v[i];

		if (instant_year(o->r.valid_from) >= from)
			o->value = str_cmp(o->r.unit, "U03") < 0 ? 77 : -77;
	}
	for (size_t unit = 0; unit < 6; unit++)
		for (int64_t year = 1990; year <= 2015; year++) {
			const char *name = arena_printf(&clean->arena, "U%02zu", unit);

			made_value(&clean->in, name, year, "pressure", "tocsin", 0.5);
			made_value(&planted->in, name, year, "pressure", "tocsin", year >= from ? 99 : 0.5);
		}
	world_build(clean);
	world_build(planted);
}

static void no_feature_sees_a_later_year(void **state)
{
	struct world clean, planted;
	double x[N_FEATURES], y[N_FEATURES];

	(void)state;
	two_worlds(&clean, &planted, 2011);
	for (size_t unit = 0; unit < 6; unit++) {
		for (int64_t year = 1990; year <= 2010; year++) {
			features(&clean, NULL, unit, year, x);
			features(&planted, NULL, unit, year, y);
			assert_memory_equal(x, y, sizeof x);
		}
		features(&clean, NULL, unit, 2011, x);
		features(&planted, NULL, unit, 2011, y);
		assert_memory_not_equal(x, y, sizeof x);
	}
	arena_free(&clean.arena);
	arena_free(&planted.arena);
}

static void train(struct world *world, int64_t origin, int direction, struct training *rows)
{
	training_build(&world->panel, &world->pressure, NULL, origin, direction, &world->arena, rows);
}

static void labels_usable_at_an_origin_end_two_years_before_it(void **state)
{
	struct training rows;
	struct world world;

	(void)state;
	world_open(&world);
	made_row(&world.in, "AAA", 2000, (double[]){0.5, 0.5, 0.5, 0.5, 0.5, 0.1, 0.1}, 7);
	world_build(&world);
	train(&world, 2001, CLOSING, &rows);
	assert_int_equal(rows.n, 0);
	train(&world, 2002, CLOSING, &rows);
	assert_int_equal(rows.n, 1);
	train(&world, 2004, CLOSING, &rows);   /* 2000, 2001, 2002: the fall of 2005 is not seen yet */
	assert_int_equal(rows.n, 3);
	assert_int_equal(rows.positives, 0);
	train(&world, 2005, CLOSING, &rows);
	assert_int_equal(rows.n, 4);
	assert_int_equal(rows.positives, 1);
	assert_int_equal(rows.y[3], 1);
	near(rows.x[3 * N_FEATURES + LEVEL], 0.5);
	arena_free(&world.arena);
}

static bool same_rows(const struct training *a, const struct training *b)
{
	return a->n == b->n && a->positives == b->positives && memcmp(a->y, b->y, a->n) == 0 &&
	       memcmp(a->x, b->x, a->n * N_FEATURES * sizeof *a->x) == 0 &&
	       memcmp(a->before, b->before, a->n * sizeof *a->before) == 0 &&
	       memcmp(a->unit, b->unit, a->n * sizeof *a->unit) == 0;
}

static void planted_years_after_the_origin_teach_nothing(void **state)
{
	(void)state;
	for (int direction = CLOSING; direction <= OPENING; direction += 2) {
		struct training without, with;
		struct world clean, planted;

		two_worlds(&clean, &planted, 2011);
		train(&clean, 2010, direction, &without);
		train(&planted, 2010, direction, &with);
		assert_int_equal(without.n, 6 * 19);
		assert_true(same_rows(&without, &with));
		train(&clean, 2011, direction, &without);
		train(&planted, 2011, direction, &with);
		assert_false(same_rows(&without, &with));
		arena_free(&clean.arena);
		arena_free(&planted.arena);
	}
}

static void a_row_knows_its_own_label_of_two_years_before(void **state)
{
	struct training rows;
	struct world world;

	(void)state;
	world_open(&world);
	made_row(&world.in, "AAA", 2000, (double[]){0.9, 0.5, 0.5, 0.5, 0.5}, 5);
	world_build(&world);
	train(&world, 2004, CLOSING, &rows);
	assert_int_equal(rows.n, 3);
	assert_int_equal(rows.y[0], 1);
	assert_int_equal(rows.before[0], -1);
	assert_int_equal(rows.before[1], -1);
	assert_int_equal(rows.before[2], 1);
	arena_free(&world.arena);
}

static void the_base_rate_is_the_share_of_positives_with_half_a_row_each_way(void **state)
{
	unsigned char y[] = {1, 0, 0, 0};
	struct training rows = {.y = y, .n = 4, .positives = 1};

	(void)state;
	near(base_rate(&rows, NULL), 1.5 / 5);
	near(base_rate(&rows, (double[]){3, 1, 0, 0}), 3.5 / 5);
	rows.n = 0;
	near(base_rate(&rows, NULL), 0.5);
}

static void persistence_is_the_share_among_like_rows_shrunk_by_ten(void **state)
{
	unsigned char y[] = {1, 1, 0, 0, 0};
	int before[] = {1, 1, 1, 0, -1};
	struct training rows = {.y = y, .before = before, .n = 5, .positives = 2};
	const double base = 2.5 / 6, weighted = 4.5 / 7;

	(void)state;
	near(persistence_chance(&rows, NULL, 1), (2 + 10 * base) / 13);
	near(persistence_chance(&rows, NULL, 0), 10 * base / 11);
	near(persistence_chance(&rows, NULL, -1), base);
	near(persistence_chance(&rows, (double[]){4, 0, 0, 1, 1}, 1), (4 + 10 * weighted) / 14);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(features_are_named_once_each),
		cmocka_unit_test(level_changes_and_volatility_are_those_of_the_series),
		cmocka_unit_test(years_since_a_step_end_with_the_series_or_with_ten),
		cmocka_unit_test(neighbours_are_those_with_a_border),
		cmocka_unit_test(without_a_known_neighbour_all_others_count_as_such),
		cmocka_unit_test(pressure_is_that_of_the_unit_and_year),
		cmocka_unit_test(no_feature_sees_a_later_year),
		cmocka_unit_test(labels_usable_at_an_origin_end_two_years_before_it),
		cmocka_unit_test(planted_years_after_the_origin_teach_nothing),
		cmocka_unit_test(a_row_knows_its_own_label_of_two_years_before),
		cmocka_unit_test(the_base_rate_is_the_share_of_positives_with_half_a_row_each_way),
		cmocka_unit_test(persistence_is_the_share_among_like_rows_shrunk_by_ten),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ensemble", tests, NULL, NULL);
}
