/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_composite_reference.c - every published table of the reference program, cell by cell.
 *
 * Reference: COINr 1.1.14 (Becker et al. 2022) on its ASEM example, in $TOCSIN_SHARED/data/composite.
 * Tolerance: relative 1e-9, text otherwise; the sign of a component and the bounds of a bootstrap are
 * arbitrary. In the data as printed, Greece's TolMin is Bulgaria's; in the reference it stood a few
 * last bits above. So ranks of TolMin differ there, and nothing else does.
 */
#include "measured.h"

#include <stdlib.h>

struct place {
	struct arena arena;
	struct composite_job job;
};

static bool place_open(struct place *place)
{
	const char *shared = getenv("TOCSIN_SHARED");
	const char *dir = arena_printf(&place->arena, "%s/data/composite", shared ? shared : "../shared");

	if (!file_is_dir(dir))
		return false;
	place->job.frame.name = arena_printf(&place->arena, "%s/", dir);
	return true;
}

static struct composite_file read_in(struct place *place, const char *dir, const char *name)
{
	struct composite_file file = {.name = name};
	struct err err = {0};
	char *text;

	if (file_read(arena_printf(&place->arena, "%s%s", dir, name), 1 << 24, &place->arena, &text, &file.len, &err) < 0)
		fail_msg("%s", err.msg);
	file.text = text;
	return file;
}

static bool agrees(const char *expected, const char *made, bool sign_matters)
{
	double a, b;

	if (strcmp(expected, made) == 0)
		return true;
	if (num_read(expected, strlen(expected), &a) < 0 || num_read(made, strlen(made), &b) < 0)
		return false;
	if (!sign_matters) {
		a = fabs(a);
		b = fabs(b);
	}
	return fabs(a - b) <= 1e-9 * fmax(fabs(a), fabs(b));
}

struct table {
	struct csv csv;
	struct csv_cell **rows;
	size_t n, cap;
};

static void table_read(struct table *table, const char *name, const char *text, size_t len, struct arena *arena)
{
	struct err err = {0};
	int r = csv_open(&table->csv, name, text, len, ',', arena, &err);

	while (r >= 0 && (r = csv_next(&table->csv, arena, &err)) == 1)
		*arena_push(arena, table->rows, table->n, table->cap) = table->csv.row;
	if (r < 0)
		fail_msg("%s", err.msg);
}

static bool same_key(const struct table *a, size_t i, const struct table *b, size_t j, size_t keys, const int *at)
{
	for (size_t k = 0; k < keys; k++)
		if (strcmp(a->rows[i][k].s, b->rows[j][at[k]].s) != 0)
			return false;
	return true;
}

/* Cells of `reference` that `made` lacks or has otherwise; rows must come in its order. */
static size_t differing(const struct table *reference, const struct table *made, size_t keys, const char *skipped,
			bool sign_matters, const char *excused)
{
	int *at = calloc(reference->csv.n_columns, sizeof *at);
	size_t found = 0, next = 0;

	for (size_t c = 0; c < reference->csv.n_columns; c++)
		at[c] = csv_column(&made->csv, reference->csv.header[c]);
	for (size_t i = 0; i < reference->n; i++) {
		size_t j = next;

		while (j < made->n && !same_key(reference, i, made, j, keys, at))
			j++;
		if (j == made->n)
			fail_msg("%s: no row \"%s\" behind the one before", reference->csv.name, reference->rows[i][0].s);
		next = j + 1;
		for (size_t c = 0; c < reference->csv.n_columns; c++) {
			const char *column = reference->csv.header[c];

			if (strchr(skipped, column[strlen(column) - 1]) && strstr(column, "_q"))
				continue;
			if (at[c] < 0)
				fail_msg("%s: no column \"%s\"", reference->csv.name, column);
			if (agrees(reference->rows[i][c].s, made->rows[j][at[c]].s, sign_matters))
				continue;
			found++;
			if (!excused || (strcmp(column, excused) != 0 && strcmp(reference->rows[i][0].s, excused) != 0 &&
					 strcmp(reference->rows[i][1].s, excused) != 0))
				fail_msg("%s: row \"%s\", column \"%s\": %s, expected %s", reference->csv.name,
					 reference->rows[i][0].s, column, made->rows[j][at[c]].s, reference->rows[i][c].s);
		}
	}
	free(at);
	return found;
}

enum call { STAGE, PANEL, UNCERTAINTY, SENSITIVITY };

static size_t compare(const char *stage, enum call call, size_t keys, const char *excused)
{
	struct place place = {0};
	struct table reference = {0}, made = {0};
	struct buf out = {0};
	struct err err = {0};
	const char *dir;
	size_t found;
	int r;

	if (!place_open(&place)) {
		arena_free(&place.arena);
		skip();
	}
	dir = place.job.frame.name;
	place.job = (struct composite_job){.stage = stage, .seed = 1, .input_error = NAN, .threads = 1};
	place.job.frame = read_in(&place, dir, "iMeta.csv");
	place.job.data = read_in(&place, dir, call == PANEL ? "iData_panel.csv" : "iData.csv");
	if (call >= UNCERTAINTY) {
		place.job.weights = read_in(&place, dir, "noisy_weights.csv");
		place.job.parameters = read_in(&place, dir, call == UNCERTAINTY ? "ua_parameters.csv" : "sa_parameters.csv");
	}
	r = call == UNCERTAINTY ? composite_uncertainty(&place.job, &out, &err) :
	    call == SENSITIVITY ? composite_sensitivity(&place.job, &out, &err) : composite_stage(&place.job, &out, &err);
	if (r < 0)
		fail_msg("%s: %s", stage, err.msg);
	if (strcmp(stage, "lineage") != 0)
		dir = arena_printf(&place.arena, "%sref_", dir);
	const struct composite_file file = read_in(&place, dir, arena_printf(&place.arena, "%s.csv", stage));

	table_read(&reference, file.name, file.text, file.len, &place.arena);
	table_read(&made, stage, out.s, out.len, &place.arena);
	found = differing(&reference, &made, keys, strcmp(stage, "sa_indices") == 0 ? "5" : "",
			  strcmp(stage, "pca") != 0, excused);
	buf_free(&out);
	arena_free(&place.arena);
	return found;
}

static void every_stage_agrees(void **state)
{
	static const char *const stages[] = {"stage_denominated", "stage_imputed", "stage_treated", "stage_normalised",
					     "stage_aggregated"};

	(void)state;
	for (size_t i = 0; i < LENGTH(stages); i++)
		assert_int_equal(compare(stages[i], STAGE, 1, NULL), 0);
}

static void every_normalisation_agrees(void **state)
{
	static const char *const stages[] = {"norm_minmax", "norm_zscore", "norm_scaled", "norm_dist2max",
					     "norm_dist2ref", "norm_fracmax"};

	(void)state;
	for (size_t i = 0; i < LENGTH(stages); i++)
		assert_int_equal(compare(stages[i], STAGE, 1, NULL), 0);
}

static void ranks_differ_only_where_a_tie_was_none(void **state)
{
	(void)state;
	assert_int_equal(compare("norm_rank", STAGE, 1, "TolMin"), 1);
	assert_int_equal(compare("norm_borda", STAGE, 1, "TolMin"), 1);
	assert_int_equal(compare("norm_prank", STAGE, 1, "TolMin"), 1);
}

static void correlations_differ_only_where_a_tie_was_none(void **state)
{
	(void)state;
	assert_int_equal(compare("correlations", STAGE, 2, "TolMin"), 96);
}

static void every_mean_and_copeland_agree(void **state)
{
	(void)state;
	assert_int_equal(compare("agg_a_amean", STAGE, 1, NULL), 0);
	assert_int_equal(compare("agg_a_gmean", STAGE, 1, NULL), 0);
	assert_int_equal(compare("agg_a_hmean", STAGE, 1, NULL), 0);
	assert_int_equal(compare("agg_copeland_flat", STAGE, 1, NULL), 0);
}

static void statistics_and_weights_agree(void **state)
{
	(void)state;
	assert_int_equal(compare("stats_raw", STAGE, 1, NULL), 0);
	assert_int_equal(compare("treat_details", STAGE, 1, NULL), 0);
	assert_int_equal(compare("effective_weights", STAGE, 1, NULL), 0);
	assert_int_equal(compare("cronbach", STAGE, 3, NULL), 0);
	assert_int_equal(compare("pca", STAGE, 3, NULL), 0);
	assert_int_equal(compare("remove_elements_pillars", STAGE, 1, NULL), 0);
	assert_int_equal(compare("lineage", STAGE, 1, NULL), 0);
}

static void panels_agree(void **state)
{
	(void)state;
	assert_int_equal(compare("panel_aggregated", PANEL, 2, NULL), 0);
	assert_int_equal(compare("panel_trends_cagr", PANEL, 2, NULL), 0);
}

static void replications_agree(void **state)
{
	(void)state;
	assert_int_equal(compare("ua_scores", UNCERTAINTY, 1, NULL), 0);
	assert_int_equal(compare("ua_rankstats", UNCERTAINTY, 1, NULL), 0);
	assert_int_equal(compare("sa_scores", SENSITIVITY, 1, NULL), 0);
	assert_int_equal(compare("sa_rankstats", SENSITIVITY, 1, NULL), 0);
}

static void sensitivity_indices_agree_but_for_the_bootstrap(void **state)
{
	(void)state;
	assert_int_equal(compare("sa_indices", SENSITIVITY, 1, NULL), 0);
}

/* The spread of Obtained in a table of opt_weights_corr. */
static double spread_of(const struct table *table)
{
	const int at = csv_column(&table->csv, "Obtained");
	double low = INFINITY, high = -INFINITY, value;

	for (size_t i = 0; i < table->n; i++) {
		assert_int_equal(num_read(table->rows[i][at].s, table->rows[i][at].len, &value), 0);
		low = fmin(low, value);
		high = fmax(high, value);
	}
	return high - low;
}

static void optimised_weights_even_out_correlations_more_than_half_the_reference_does(void **state)
{
	struct place place = {0};
	struct table reference = {0}, made = {0};
	struct buf out = {0};
	const char *dir;

	(void)state;
	if (!place_open(&place)) {
		arena_free(&place.arena);
		skip();
	}
	dir = place.job.frame.name;
	place.job = (struct composite_job){.stage = "opt_weights_corr", .input_error = NAN};
	place.job.frame = read_in(&place, dir, "iMeta.csv");
	place.job.data = read_in(&place, dir, "iData.csv");
	assert_int_equal(composite_stage(&place.job, &out, NULL), 0);
	const struct composite_file file = read_in(&place, dir, "ref_opt_weights_corr.csv");

	table_read(&reference, file.name, file.text, file.len, &place.arena);
	table_read(&made, "made", out.s, out.len, &place.arena);
	assert_int_equal(made.n, 8);
	assert_true(spread_of(&made) < spread_of(&reference));   /* of half its rows */
	buf_free(&out);
	arena_free(&place.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_stage_agrees),
		cmocka_unit_test(every_normalisation_agrees),
		cmocka_unit_test(ranks_differ_only_where_a_tie_was_none),
		cmocka_unit_test(correlations_differ_only_where_a_tie_was_none),
		cmocka_unit_test(every_mean_and_copeland_agree),
		cmocka_unit_test(statistics_and_weights_agree),
		cmocka_unit_test(panels_agree),
		cmocka_unit_test(replications_agree),
		cmocka_unit_test(sensitivity_indices_agree_but_for_the_bootstrap),
		cmocka_unit_test(optimised_weights_even_out_correlations_more_than_half_the_reference_does),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("composite_reference", tests, NULL, NULL);
}
