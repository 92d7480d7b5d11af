/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_ert.c - episodes of regime transformation against the reference, cell by cell.
 *
 * Reference: Episodes of Regime Transformation 15.0 (Edgell et al. 2025) on V-Dem v15, in
 * $TOCSIN_SHARED/data/vdem: the inputs of 183 countries, the published columns of 92, in the
 * default setting and two others. The cells are compared as text: no tolerance.
 */
#include "measured.h"

#include <stdlib.h>

static const char *shared_path(struct arena *arena, const char *name)
{
	const char *shared = getenv("TOCSIN_SHARED");

	return arena_printf(arena, "%s/data/vdem/%s", shared ? shared : "../shared", name);
}

static char *shared_text(const char *name, struct arena *arena, size_t *len)
{
	struct err err = {0};
	char *text;

	if (file_read(shared_path(arena, name), 1 << 24, arena, &text, len, &err) < 0)
		fail_msg("%s", err.msg);
	return text;
}

static void table_open(struct csv *csv, const char *name, const char *text, size_t len, struct arena *arena)
{
	struct err err = {0};

	if (csv_open(csv, name, text, len, ',', arena, &err) < 0)
		fail_msg("%s", err.msg);
}

static const char *cell(const struct csv *csv, const char *column)
{
	assert_true(csv_column(csv, column) >= 0);
	return csv->row[csv_column(csv, column)].s;
}

static int reference_is_there(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	static bool there;

	there = file_exists(shared_path(&arena, "ert_v15.csv"));
	*state = &there;
	return 0;
}

#define NEEDS_REFERENCE(state) \
	do { \
		if (!*(const bool *)*(state)) \
			skip(); \
	} while (0)

/* ---- the table ---- */

/* Our table of all countries under a rule. */
static char *table_made(const struct episode_rule *rule, struct arena *arena, size_t *len)
{
	_cleanup_(buf_free) struct buf buf = {0};
	struct ert_table table;
	struct err err = {0};
	char *text = shared_text("ert_inputs_v15.csv", arena, len);

	if (ert_table_read("ert_inputs_v15.csv", text, *len, "v2x_polyarchy", arena, &table, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(table.n_countries, 183);
	assert_int_equal(table.n_rows, 19678);
	ert_table_write(&table, rule, &buf);
	*len = buf.len;
	return arena_ndup(arena, buf.s, buf.len);
}

/* Step ours to the row of the reference; both are sorted by country and year. */
static void step_to(struct csv *ours, const struct csv *reference, struct arena *arena)
{
	do
		assert_int_equal(csv_next(ours, arena, NULL), 1);
	while (strcmp(cell(ours, "country_text_id"), cell(reference, "country_text_id")) != 0 ||
	       strcmp(cell(ours, "year"), cell(reference, "year")) != 0);
}

static size_t row_differences(const struct csv *ours, const struct csv *reference)
{
	size_t differ = 0;

	for (size_t c = 0; c < reference->n_columns; c++) {
		const char *column = reference->header[c];

		if (strcmp(cell(ours, column), reference->row[c].s) == 0)
			continue;
		differ++;
		print_message("# %s %s: %s is \"%s\", published \"%s\"\n", cell(ours, "country_text_id"),
			      cell(ours, "year"), column, cell(ours, column), reference->row[c].s);
	}
	return differ;
}

static void assert_all_cells(const char *name, const struct episode_rule *rule, size_t expected)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct csv ours, reference;
	size_t len, cells = 0, differ = 0;
	char *text = shared_text(name, &arena, &len);

	table_open(&reference, name, text, len, &arena);
	text = table_made(rule, &arena, &len);
	table_open(&ours, "ours", text, len, &arena);
	while (csv_next(&reference, &arena, NULL) == 1) {
		step_to(&ours, &reference, &arena);
		cells += reference.n_columns;
		differ += row_differences(&ours, &reference);
	}
	print_message("# %s: %zu of %zu cells differ\n", name, differ, cells);
	assert_int_equal(cells, expected);
	assert_int_equal(differ, 0);
}

static void in_the_default_setting_every_cell_agrees(void **state)
{
	NEEDS_REFERENCE(state);
	assert_all_cells("ert_v15.csv", &episode_default, 9942 * 41);
}

static void with_half_the_steps_too(void **state)
{
	NEEDS_REFERENCE(state);
	assert_all_cells("ert_variant_B.csv", &(struct episode_rule){0.005, 0.05, 0.03, 0.1, 5}, 9942 * 35);
}

static void with_a_tolerance_of_three_years_too(void **state)
{
	NEEDS_REFERENCE(state);
	assert_all_cells("ert_variant_C.csv", &(struct episode_rule){0.01, 0.1, 0.03, 0.1, 3}, 9942 * 35);
}

static void the_columns_are_those_of_the_reference_in_its_order(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct csv ours, reference;
	size_t len;
	char *text;

	NEEDS_REFERENCE(state);
	text = shared_text("ert_v15.csv", &arena, &len);
	table_open(&reference, "reference", text, len, &arena);
	text = table_made(&episode_default, &arena, &len);
	table_open(&ours, "ours", text, len, &arena);
	assert_int_equal(ours.n_columns, 41);
	for (size_t c = 0; c < 41; c++)
		assert_string_equal(ours.header[c], reference.header[c]);
}

/* ---- the records of the loop, which has no elections ---- */

struct published {                   /* the columns of one direction of one year */
	int pre, start, end, termination, censored;
};

static int whole(const char *text)
{
	return *text ? atoi(text) : -1;
}

static struct published published_of(const struct csv *csv, const char *side)
{
	static const char *const columns[] = {"pre_ep_year", "ep_start_year", "ep_end_year", "ep_termination", "ep_censored"};
	int values[LENGTH(columns)];

	for (size_t i = 0; i < LENGTH(columns); i++) {
		char name[64];

		snprintf(name, sizeof name, "%s_%s", side, columns[i]);
		values[i] = whole(cell(csv, name));
	}
	return (struct published){values[0], values[1], values[2], values[3], values[4]};
}

static void observe_all(struct made *made)
{
	struct csv csv;
	size_t len;
	char *text = shared_text("ert_inputs_v15.csv", &made->arena, &len);

	table_open(&csv, "inputs", text, len, &made->arena);
	while (csv_next(&csv, &made->arena, NULL) == 1) {
		const char *const indicators[] = {"v2x_polyarchy", "v2x_regime"};

		for (size_t i = 0; i < LENGTH(indicators); i++)
			if (*cell(&csv, indicators[i]))
				made_value(made, cell(&csv, "country_text_id"), indicators[i], cell(&csv, "year"),
					   strtod(cell(&csv, indicators[i]), NULL), NAN, NAN);
	}
}

static const struct episode *record_of(const struct made *made, const char *unit, const char *side, int start)
{
	const char *direction = strcmp(side, "dem") == 0 ? "opening" : "closing";
	const struct episode *episode;

	for (size_t i = 0; (episode = records_next(&made->out, &kind_episode, &i));)
		if (episode->first_year == start && strcmp(episode->r.unit, unit) == 0 &&
		    strcmp(episode->direction, direction) == 0)
			return episode;
	return NULL;
}

/*
 * The loop takes every change of the regime index as confirmed; the reference waits for elections. In the
 * default setting this moves no year of the 345 episodes, and the record leaves an end by such a change null.
 */
static void the_records_are_the_published_episodes_but_for_ends_that_elections_confirm(void **state)
{
	_cleanup_(made_close) struct made made;
	struct csv csv;
	size_t len, n = 0;
	char *text;

	NEEDS_REFERENCE(state);
	made_open(&made, "2025-06-01");
	observe_all(&made);
	assert_int_equal(measure_run(&made.setup, &made.in, &made.out, NULL), 0);
	text = shared_text("ert_v15.csv", &made.arena, &len);
	table_open(&csv, "reference", text, len, &made.arena);
	while (csv_next(&csv, &made.arena, NULL) == 1)
		for (size_t s = 0; s < 2; s++) {
			const char *side = s ? "aut" : "dem";
			struct published published = published_of(&csv, side);
			const struct episode *episode;

			if (published.start != whole(cell(&csv, "year")))
				continue;
			n++;
			episode = record_of(&made, cell(&csv, "country_text_id"), side, published.start);
			assert_non_null(episode);
			assert_int_equal(episode->last_year, published.end);
			assert_int_equal(episode->uncertain, published.censored);
			if (episode->termination != INT_MISSING)
				assert_int_equal(episode->termination, published.termination);
		}
	assert_int_equal(n, 345);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_the_default_setting_every_cell_agrees),
		cmocka_unit_test(with_half_the_steps_too),
		cmocka_unit_test(with_a_tolerance_of_three_years_too),
		cmocka_unit_test(the_columns_are_those_of_the_reference_in_its_order),
		cmocka_unit_test(the_records_are_the_published_episodes_but_for_ends_that_elections_confirm),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ert", tests, reference_is_there, NULL);
}
