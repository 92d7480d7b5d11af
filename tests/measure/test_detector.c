/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_detector.c - the real-time detector: on a made world with runs of falls and rises, and against
 * what a later release said of 2021 where $TOCSIN_SHARED has it.
 */
#include "measured.h"

#include <stdlib.h>

#include "measure/detector.h"

#define COUNTRIES 30
#define YEARS 80
#define FIRST 1900

/* ---- a made world ---- */

struct made_world {
	double v[COUNTRIES][YEARS];
};

static void world_make(struct made_world *world, uint64_t seed)
{
	struct rng rng;

	rng_seed(&rng, seed);
	for (size_t c = 0; c < COUNTRIES; c++) {
		double v = 0.2 + 0.6 * rng_unit(&rng), drift = 0;
		size_t left = 0;

		for (size_t i = 0; i < YEARS; i++) {
			if (left-- == 0) {
				size_t kind = rng_below(&rng, 4);

				left = 2 + rng_below(&rng, 6);
				drift = kind == 0 ? -0.035 : kind == 1 ? 0.03 : 0;
			}
			v = fmin(fmax(v + drift + 0.012 * (rng_unit(&rng) - 0.5), 0.03), 0.97);
			world->v[c][i] = round(v * 1000) / 1000;
		}
	}
}

static void put_year(struct buf *buf, const struct made_world *world, size_t c, size_t i)
{
	double v = world->v[c][i];

	if (isnan(v))
		buf_printf(buf, "C%02zu,%zu,,,,\n", c, FIRST + i);
	else
		buf_printf(buf, "C%02zu,%zu,%d,%.3f,%.3f,%.3f\n", c, FIRST + i, v > 0.7 ? 3 : v > 0.5 ? 2 : v > 0.25, v,
			   v - 0.02, v + 0.02);
}

static void world_table(const struct made_world *world, size_t countries, bool backwards, struct arena *arena,
			struct ert_table *ret)
{
	struct buf buf = {0};
	struct err err = {0};
	char *text;

	buf_puts(&buf, "country_text_id,year,v2x_regime,v2x_polyarchy,v2x_polyarchy_codelow,v2x_polyarchy_codehigh\n");
	for (size_t k = 0; k < countries * YEARS; k++) {
		size_t at = backwards ? countries * YEARS - 1 - k : k;

		put_year(&buf, world, at / YEARS, at % YEARS);
	}
	text = arena_ndup(arena, buf.s, buf.len);
	if (ert_table_read("made", text, buf.len, "v2x_polyarchy", arena, ret, &err) < 0)
		fail_msg("%s", err.msg);
	buf_free(&buf);
}

static struct detector_setup made_setup(int threads)
{
	return (struct detector_setup){.rule = episode_default, .seed = 1, .threads = threads};
}

static void judge_world(const struct made_world *world, bool backwards, int threads, bool all_years, struct arena *arena,
			struct detector_result *ret)
{
	struct detector_setup setup = made_setup(threads);
	struct err err = {0};
	struct ert_table table;

	setup.all_years = all_years;
	world_table(world, COUNTRIES, backwards, arena, &table);
	if (detector_run(&table, &setup, arena, ret, &err) < 0)
		fail_msg("%s", err.msg);
}

static void assert_same_number(double a, double b)
{
	assert_memory_equal(&a, &b, sizeof a);
}

static void assert_same(const struct detector_result *a, const struct detector_result *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		assert_string_equal(a->rows[i].country, b->rows[i].country);
		assert_int_equal(a->rows[i].year, b->rows[i].year);
		assert_same_number(a->rows[i].p[0], b->rows[i].p[0]);
		assert_same_number(a->rows[i].p[1], b->rows[i].p[1]);
		assert_same_number(a->rows[i].low, b->rows[i].low);
		assert_same_number(a->rows[i].high, b->rows[i].high);
		assert_string_equal(a->rows[i].reason, b->rows[i].reason);
	}
}

/* ---- the same result ---- */

static void neither_threads_nor_the_order_of_rows_change_a_byte(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct detector_result plain, threads, backwards;
	struct made_world world;

	(void)state;
	world_make(&world, 5);
	judge_world(&world, false, 1, false, &arena, &plain);
	judge_world(&world, false, 3, false, &arena, &threads);
	judge_world(&world, true, 2, false, &arena, &backwards);
	assert_int_equal(plain.n, COUNTRIES);
	assert_same(&plain, &threads);
	assert_same(&plain, &backwards);
}

static void the_last_year_is_judged_alike_with_all_years(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct detector_result last, all;
	struct made_world world;

	(void)state;
	world_make(&world, 6);
	judge_world(&world, false, 2, false, &arena, &last);
	judge_world(&world, false, 2, true, &arena, &all);
	assert_int_equal(all.n, COUNTRIES * YEARS);
	for (size_t c = 0; c < COUNTRIES; c++) {
		const struct detector_row *row = &all.rows[c * YEARS + YEARS - 1];

		assert_int_equal(row->year, FIRST + YEARS - 1);
		assert_same_number(row->p[1], last.rows[c].p[1]);
	}
	assert_true(isnan(all.rows[0].p[1]));
	assert_string_equal(all.rows[0].reason, "no value in 1899, so that no change is known");
}

/* ---- nothing after the year, nothing of the country ---- */

static void a_look_and_the_world_read_nothing_after_their_year(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const size_t year = 60;
	struct made_world world;
	double x[2][FEATURES];
	struct world worlds[2][YEARS] = {0};

	(void)state;
	world_make(&world, 7);
	for (size_t pass = 0; pass < 2; pass++) {
		struct ert_table table;
		struct ert_room room;
		struct ert_input in;
		struct look look;
		struct rng rng;

		for (size_t c = 0; pass == 1 && c < COUNTRIES; c++)
			for (size_t i = year + 1; i < YEARS; i++)
				world.v[c][i] = i % 7 == 0 ? NAN : fmod(world.v[c][i] + 0.31, 1);
		world_table(&world, COUNTRIES, false, &arena, &table);
		worlds_fill(&table, &episode_default, 1, worlds[pass]);
		ert_room_make(&table, &arena, &room);
		in = ert_table_country(&table, 3, &room);
		assert_true(look_at(&in, room.sd, FIRST + (int)year, &look));
		rng_seed(&rng, 1);
		look_features(&look, &worlds[pass][year], &episode_default, &rng, x[pass]);
	}
	assert_memory_equal(x[0], x[1], sizeof x[0]);
	assert_memory_equal(worlds[0], worlds[1], (year + 1) * sizeof worlds[0][0]);
	assert_true(worlds[0][year + 1].change1 != worlds[1][year + 1].change1);
}

static void sample_of(struct arena *arena, const struct ert_table *table, struct sample *sample)
{
	struct rng rng;

	rng_seed(&rng, 11);
	sample->n = 40 * table->n_countries;
	sample->x = arena_array(arena, double, sample->n * FEATURES);
	sample->country = arena_array(arena, uint32_t, sample->n);
	for (size_t side = 0; side < 2; side++)
		sample->y[side] = arena_array(arena, unsigned char, sample->n);
	for (size_t i = 0; i < sample->n; i++) {
		sample->country[i] = (uint32_t)(i / 40);
		for (size_t f = 0; f < FEATURES; f++)
			sample->x[i * FEATURES + f] = rng_unit(&rng);
		sample->y[0][i] = rng_unit(&rng) < 0.3;
		sample->y[1][i] = rng_unit(&rng) < sample->x[i * FEATURES];
	}
}

static void what_became_of_a_country_does_not_touch_the_model_that_judges_it(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(models_free) struct models before = {0}, after = {0};
	unsigned char folds[COUNTRIES];
	struct made_world world;
	struct ert_table table;
	struct sample sample;
	const double *x;
	size_t own, other;

	(void)state;
	world_make(&world, 8);
	world_table(&world, COUNTRIES, false, &arena, &table);
	folds_deal(&table, folds);
	sample_of(&arena, &table, &sample);
	assert_int_equal(models_train(&sample, &table, folds, 1, 1, &before, NULL), 0);
	for (size_t i = 0; i < 40; i++)
		sample.y[1][i] = !sample.y[1][i];
	assert_int_equal(models_train(&sample, &table, folds, 1, 1, &after, NULL), 0);
	own = folds[0];
	other = (own + 1) % DETECTOR_FOLDS;
	x = sample.x;
	assert_same_number(model_chance(&before.v[1][own], x), model_chance(&after.v[1][own], x));
	assert_same_number(model_interval(&before.v[1][own], x, 0.9).low, model_interval(&after.v[1][own], x, 0.9).low);
	assert_true(model_chance(&before.v[1][other], x) != model_chance(&after.v[1][other], x));
}

/* ---- what is said ---- */

static void the_reason_names_what_moved(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct detector_result result;
	struct made_world world;

	(void)state;
	world_make(&world, 9);
	for (size_t i = YEARS - 12; i < YEARS; i++) {
		world.v[4][i] = 0.7;
		world.v[5][i] = 0.7;
	}
	world.v[4][YEARS - 2] = 0.65;
	world.v[4][YEARS - 1] = 0.45;
	judge_world(&world, false, 2, false, &arena, &result);
	assert_string_equal(result.rows[4].country, "C04");
	assert_non_null(strstr(result.rows[4].reason, "down 0.200, from 0.650 to 0.450 in a year, down 0.250, "
						      "from 0.700 to 0.450 since "));
	assert_non_null(strstr(result.rows[4].reason, ". Raised by: "));
	assert_non_null(strstr(result.rows[4].reason, "a run of falls since 1978 (one of 0.1 or more in 100 % of draws"));
	assert_non_null(strstr(result.rows[5].reason, "unchanged at 0.700 in a year"));
	assert_true(result.rows[4].p[1] > 0.8);
	assert_true(result.rows[5].p[1] < 0.2);
}

static void an_interval_holds_its_chance(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct detector_result result;
	struct made_world world;

	(void)state;
	world_make(&world, 10);
	judge_world(&world, false, 2, false, &arena, &result);
	for (size_t i = 0; i < result.n; i++) {
		assert_true(0 <= result.rows[i].low && result.rows[i].low <= result.rows[i].p[1]);
		assert_true(result.rows[i].p[1] <= result.rows[i].high && result.rows[i].high <= 1);
		assert_true(result.rows[i].low < result.rows[i].high);
	}
}

static void a_country_without_a_value_has_no_chance_and_says_why(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct detector_result result;
	struct made_world world;

	(void)state;
	world_make(&world, 12);
	world.v[0][YEARS - 1] = world.v[0][YEARS - 2] = NAN;
	world.v[1][YEARS - 2] = NAN;
	for (size_t i = 0; i < YEARS; i++)
		world.v[2][i] = NAN;
	judge_world(&world, false, 2, false, &arena, &result);
	for (size_t c = 0; c < 3; c++)
		assert_true(isnan(result.rows[c].p[0]) && isnan(result.rows[c].p[1]) && isnan(result.rows[c].high));
	assert_string_equal(result.rows[0].reason, "no value in 1979; the last is of 1977");
	assert_string_equal(result.rows[1].reason, "no value in 1978, so that no change is known");
	assert_string_equal(result.rows[2].reason, "the country has no value in any year");
	assert_false(isnan(result.rows[3].p[1]));
}

static void too_little_to_learn_from_is_refused(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct detector_setup setup = made_setup(1);
	struct detector_result result;
	struct made_world world;
	struct ert_table table;
	struct err err = {0};

	(void)state;
	world_make(&world, 13);
	world_table(&world, 4, false, &arena, &table);
	assert_int_equal(detector_run(&table, &setup, &arena, &result, &err), ERR_DATA);
	assert_string_equal(err.msg, "cannot learn from 4 countries with values after 30 years");
	for (size_t c = 0; c < COUNTRIES; c++)
		for (size_t i = 0; i < YEARS; i++)
			world.v[c][i] = 0.5;
	world_table(&world, COUNTRIES, false, &arena, &table);
	assert_int_equal(detector_run(&table, &setup, &arena, &result, &err), ERR_DATA);
	assert_non_null(strstr(err.msg, "all "));
	assert_non_null(strstr(err.msg, "outcomes are the same"));
	world_table(&world, 0, false, &arena, &table);
	assert_int_equal(detector_run(&table, &setup, &arena, &result, &err), ERR_DATA);
}

/* ---- against a later release ---- */

static char *shared_text(const char *name, struct arena *arena, size_t *len)
{
	const char *shared = getenv("TOCSIN_SHARED");
	char *text;

	if (file_read(arena_printf(arena, "%s/data/vdem/%s", shared ? shared : "../shared", name), 1 << 24, arena, &text, len,
		      NULL) < 0)
		return NULL;
	return text;
}

static const struct detector_row *row_of(const struct detector_result *result, const char *country)
{
	for (size_t i = 0; i < result->n; i++)
		if (str_eq(result->rows[i].country, country))
			return &result->rows[i];
	return NULL;
}

/* Share of pairs, an episode of 2021 by V-Dem v15 and none, that the chances from v12 put in that order. */
static void the_release_of_2022_knew_most_of_what_2021_was(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct detector_setup setup = made_setup(2);
	struct detector_result result;
	struct ert_table table;
	size_t len, n[2] = {0};
	double p[2][200], ordered = 0;
	char *text = shared_text("vintages/inputs_v12.csv", &arena, &len);
	struct csv csv;

	(void)state;
	if (!text)
		skip();
	assert_int_equal(ert_table_read("v12", text, len, "v2x_polyarchy", &arena, &table, NULL), 0);
	assert_int_equal(detector_run(&table, &setup, &arena, &result, NULL), 0);
	text = shared_text("ert_v15.csv", &arena, &len);
	assert_non_null(text);
	assert_int_equal(csv_open(&csv, "v15", text, len, ',', &arena, NULL), 0);
	while (csv_next(&csv, &arena, NULL) == 1) {
		const struct detector_row *row = row_of(&result, csv_text(&csv, csv_column(&csv, "country_text_id")));
		size_t y = csv_text(&csv, csv_column(&csv, "aut_ep"))[0] == '1';

		if (row && !isnan(row->p[1]) && str_eq(csv_text(&csv, csv_column(&csv, "year")), "2021"))
			p[y][n[y]++] = row->p[1];
	}
	assert_int_equal(n[0] + n[1], 90);
	for (size_t i = 0; i < n[1]; i++)
		for (size_t k = 0; k < n[0]; k++)
			ordered += p[1][i] > p[0][k];
	assert_true(ordered / (double)(n[0] * n[1]) >= 0.86);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neither_threads_nor_the_order_of_rows_change_a_byte),
		cmocka_unit_test(the_last_year_is_judged_alike_with_all_years),
		cmocka_unit_test(a_look_and_the_world_read_nothing_after_their_year),
		cmocka_unit_test(what_became_of_a_country_does_not_touch_the_model_that_judges_it),
		cmocka_unit_test(the_reason_names_what_moved),
		cmocka_unit_test(an_interval_holds_its_chance),
		cmocka_unit_test(a_country_without_a_value_has_no_chance_and_says_why),
		cmocka_unit_test(too_little_to_learn_from_is_refused),
		cmocka_unit_test(the_release_of_2022_knew_most_of_what_2021_was),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("detector", tests, NULL, NULL);
}
