/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * composite_units.c - the table of a composite indicator: one row a unit, or a unit and year.
 *
 * A cell is a number, or missing: empty or NA. Anything else, NaN among it, is refused.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/composite.h"

struct columns {
	int unit, time, group, *value, *by;
};

struct growing {
	struct units *units;
	size_t code_cap, group_cap, time_cap, line_cap, name_cap, cap;
	size_t *lines;
	double *raw, *by;         /* row by row while it grows */
};

static int find_columns(const struct csv *csv, const struct frame *frame, struct columns *at, struct arena *arena,
			struct err *err)
{
	at->unit = csv_need(csv, frame->unit_column, err);
	if (at->unit < 0)
		return ERR_DATA;
	at->time = csv_column(csv, frame->time_column);
	at->group = frame->group_column ? csv_column(csv, frame->group_column) : -1;
	if (frame->group_column && at->group < 0 && !frame->group_may_lack)
		return csv_need(csv, frame->group_column, err);
	at->value = arena_array(arena, int, frame->n_indicators);
	at->by = arena_array(arena, int, frame->n_indicators);
	for (size_t i = 0; i < frame->n_indicators; i++) {
		const struct element *element = &frame->v[i];

		at->value[i] = csv_need(csv, element->code, err);
		at->by[i] = -1;
		if (at->value[i] < 0)
			return ERR_DATA;
		if (element->denominator && (at->by[i] = csv_need(csv, element->denominator, err)) < 0)
			return ERR_DATA;
	}
	return 0;
}

static int cell_value(const struct csv *csv, int column, double *ret, struct err *err)
{
	const struct csv_cell *cell = &csv->row[column];

	*ret = NAN;
	if (cell->len == 0 || strcmp(cell->s, "NA") == 0)
		return 0;
	if (num_read(cell->s, cell->len, ret) == 0)
		return 0;
	return err_hint(err, csv_error(csv, (size_t)column, err, "\"%.40s\" is not a number", cell->s),
			"Leave the cell of a missing value empty, or write NA.");
}

/* The number of a group's name: there are few, and neighbours often share one. */
static size_t group_number(struct growing *grow, const char *name, struct arena *arena)
{
	struct units *units = grow->units;

	if (!name)
		return NO_GROUP;
	for (size_t g = 0; g < units->n_groups; g++)
		if (strcmp(units->group_names[g], name) == 0)
			return g;
	*arena_push(arena, units->group_names, units->n_groups, grow->name_cap) = arena_dup(arena, name);
	return units->n_groups - 1;
}

static int take_row(const struct csv *csv, const struct frame *frame, const struct columns *at, struct growing *grow,
		    struct arena *arena, struct err *err)
{
	struct units *units = grow->units;
	const char *code = csv_text(csv, at->unit);
	size_t row = units->n, n = row, k = frame->n_indicators;
	int64_t time = INT32_MIN;

	if (!code)
		return csv_error(csv, (size_t)at->unit, err, "no unit");
	if (at->time >= 0 && csv->row[at->time].len &&
	    (num_read_int(csv->row[at->time].s, csv->row[at->time].len, &time) < 0 || time < -10000 || time > 10000))
		return csv_error(csv, (size_t)at->time, err, "\"%.40s\" is not a year", csv->row[at->time].s);
	if ((row + 1) * k > grow->cap) {
		grow->cap = (row + 1) * k * 2;
		grow->raw = realloc(grow->raw, grow->cap * sizeof *grow->raw);
		grow->by = realloc(grow->by, grow->cap * sizeof *grow->by);
		if (!grow->raw || !grow->by)
			abort();
	}
	for (size_t i = 0; i < k; i++) {
		double *by = &grow->by[row * k + i];

		*by = 1;
		if (cell_value(csv, at->value[i], &grow->raw[row * k + i], err) < 0 ||
		    (at->by[i] >= 0 && cell_value(csv, at->by[i], by, err) < 0))
			return ERR_DATA;
	}
	*arena_push(arena, units->code, n, grow->code_cap) = arena_dup(arena, code);
	n = row;
	*arena_push(arena, units->group, n, grow->group_cap) = group_number(grow, csv_text(csv, at->group), arena);
	n = row;
	*arena_push(arena, units->time, n, grow->time_cap) = (int)time;
	n = row;
	*arena_push(arena, grow->lines, n, grow->line_cap) = csv->row[0].line;
	units->n++;
	return 0;
}

static int compare_units(const void *a, const void *b, void *user)
{
	const struct units *units = user;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	int r = (units->time[i] > units->time[j]) - (units->time[i] < units->time[j]);

	if (r == 0)
		r = compare_code(units->code[i], units->code[j]);
	return r ? r : (i > j) - (i < j);
}

static int compare_codes(const void *a, const void *b, void *user)
{
	const struct units *units = user;
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	int r = compare_code(units->code[i], units->code[j]);

	return r ? r : (i > j) - (i < j);
}

static int sort_units(struct units *units, const size_t *lines, const char *name, bool panel, struct arena *arena,
		      struct err *err)
{
	units->sorted = arena_array(arena, size_t, units->n);
	for (size_t i = 0; i < units->n; i++)
		units->sorted[i] = i;
	qsort_r(units->sorted, units->n, sizeof *units->sorted, panel ? compare_units : compare_codes, units);
	for (size_t k = 1; k < units->n; k++) {
		size_t i = units->sorted[k - 1], j = units->sorted[k];

		if (strcmp(units->code[i], units->code[j]) != 0 || (panel && units->time[i] != units->time[j]))
			continue;
		err_set(err, ERR_DATA, "%s:%zu:1: unit \"%.60s\" stands twice%s, first in line %zu", name, lines[j],
			units->code[j], panel ? " in one year" : "", lines[i]);
		return err_hint(err, ERR_DATA, units->time[i] == units->time[j] ?
				"Keep the row that holds." :
				"Several years are for the stages panel_aggregated and panel_trends_cagr.");
	}
	return 0;
}

static double *turn(const double *rows, size_t n, size_t k, struct arena *arena)
{
	double *m = arena_array(arena, double, n * k);

	for (size_t u = 0; u < n; u++)
		for (size_t i = 0; i < k; i++)
			m[i * n + u] = rows[u * k + i];
	return m;
}

static void free_rows(struct growing *grow)
{
	free(grow->raw);
	free(grow->by);
}

int units_read(const struct composite_file *file, const struct frame *frame, bool panel, struct arena *arena,
	       struct units *ret, struct err *err)
{
	_cleanup_(arena_free) struct arena head = {0}, scratch = {0};
	struct units units = {0};
	_cleanup_(free_rows) struct growing grow = {.units = &units};
	struct columns at = {0};
	struct csv csv;
	int r = csv_open(&csv, file->name, file->text, file->len, ',', &head, err);

	if (r == 0)
		r = find_columns(&csv, frame, &at, &head, err);
	if (r == 0 && panel && at.time < 0)
		r = csv_need(&csv, frame->time_column, err);
	if (r < 0)
		return r;
	while ((r = csv_next(&csv, &scratch, err)) == 1) {
		r = take_row(&csv, frame, &at, &grow, arena, err);
		if (r < 0)
			return r;
		arena_reset(&scratch);
	}
	if (r < 0)
		return r;
	if (units.n == 0)
		return err_set(err, ERR_DATA, "%s:1:1: no units below the header", file->name);
	units.has_group = at.group >= 0;
	units.raw = turn(grow.raw, units.n, frame->n_indicators, arena);
	units.by = turn(grow.by, units.n, frame->n_indicators, arena);
	r = sort_units(&units, grow.lines, file->name, panel, arena, err);
	if (r == 0)
		*ret = units;
	return r;
}
