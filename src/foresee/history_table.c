/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history_table.c - a panel from CSV: what is not a number where one is due is named with its place. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "foresee/space.h"

#define MOST_UNITS 2000
#define MOST_YEARS 500
#define MOST_COLUMNS 400
#define FIRST_YEAR 1500
#define LAST_YEAR 2500

/* Columns that name or place a row and are no measure. */
static const char *const labels[] = {"gwcode", "unit", "iso3", "country", "country_name", "region", "year"};

struct row {
	const char *unit;
	int64_t year, region;
	const char *iso3;
	size_t line;
	double *value;      /* by column */
};

struct reading {
	struct csv csv;
	int unit, iso3, region, year;
	int *source;                /* of each column of the history, in the table */
	const char **names;
	size_t n_columns;
	struct row *rows;
	size_t n, cap;
};

static bool is_label(const char *name)
{
	for (size_t i = 0; i < LENGTH(labels); i++)
		if (str_eq(name, labels[i]))
			return true;
	return false;
}

static int choose_columns(struct reading *reading, const struct space *spaces, size_t n_spaces, struct arena *arena,
			  struct err *err)
{
	struct csv *csv = &reading->csv;

	reading->unit = csv_column(csv, "gwcode") >= 0 ? csv_column(csv, "gwcode") : csv_column(csv, "unit");
	reading->iso3 = csv_column(csv, "iso3");
	reading->region = csv_column(csv, "region");
	reading->year = csv_need(csv, "year", err);
	if (reading->year < 0)
		return reading->year;
	if (reading->unit < 0)
		return err_hint(err, err_set(err, ERR_DATA, "%s:1:1: no column \"gwcode\" or \"unit\"", csv->name),
				"A panel has a row for each country and year, named by gwcode or unit.");
	if (csv->n_columns > MOST_COLUMNS)
		return err_set(err, ERR_DATA, "%s:1:1: %zu columns, at most %d are read", csv->name, csv->n_columns,
			       MOST_COLUMNS);
	reading->source = arena_array(arena, int, n_spaces + csv->n_columns);
	reading->names = arena_array(arena, const char *, n_spaces + csv->n_columns);
	for (size_t i = 0; i < n_spaces; i++) {
		int column = csv_need(csv, spaces[i].name, err);

		if (column < 0)
			return column;
		reading->names[reading->n_columns] = spaces[i].name;
		reading->source[reading->n_columns++] = column;
	}
	for (size_t k = 0; k < csv->n_columns; k++) {
		bool taken = is_label(csv->header[k]);

		for (size_t i = 0; i < n_spaces; i++)
			taken |= str_eq(csv->header[k], spaces[i].name);
		if (taken)
			continue;
		reading->names[reading->n_columns] = csv->header[k];
		reading->source[reading->n_columns++] = (int)k;
	}
	return 0;
}

static int read_whole(const struct csv *csv, int column, int64_t fallback, int64_t *ret, struct err *err)
{
	const char *text = csv_text(csv, column);
	double value;

	*ret = fallback;
	if (!text)
		return 0;
	if (num_read(text, strlen(text), &value) < 0 || value != floor(value) || fabs(value) > 1e9)
		return csv_error(csv, (size_t)column, err, "\"%.40s\" is no whole number", text);
	*ret = (int64_t)value;
	return 0;
}

static int read_values(const struct reading *reading, size_t n_spaces, struct row *row, struct arena *arena, struct err *err)
{
	row->value = arena_array(arena, double, reading->n_columns + 1);
	for (size_t k = 0; k < reading->n_columns; k++) {
		const char *text = csv_text(&reading->csv, reading->source[k]);

		row->value[k] = NAN;
		if (!text || str_eq(text, "NA"))
			continue;
		if (num_read(text, strlen(text), &row->value[k]) < 0)
			return csv_error(&reading->csv, (size_t)reading->source[k], err, "\"%.40s\" is no number", text);
		if (k < n_spaces && !(row->value[k] >= 0 && row->value[k] <= 1))
			return csv_error(&reading->csv, (size_t)reading->source[k], err,
					 "\"%.40s\": an index lies between 0 and 1", text);
	}
	return 0;
}

static int read_rows(struct reading *reading, size_t n_spaces, int64_t origin, struct arena *arena, struct err *err)
{
	struct csv *csv = &reading->csv;
	_cleanup_(arena_free) struct arena scratch = {0};
	int r;

	while ((r = csv_next(csv, &scratch, err)) == 1) {
		struct row row = {.line = csv->row[0].line};
		const char *unit = csv_text(csv, reading->unit);

		if (!unit)
			return csv_error(csv, (size_t)reading->unit, err, "a row without a unit");
		if ((r = read_whole(csv, reading->year, INT_MISSING, &row.year, err)) < 0 ||
		    (r = read_whole(csv, reading->region, INT_MISSING, &row.region, err)) < 0)
			return r;
		if (row.year < FIRST_YEAR || row.year > LAST_YEAR)
			return csv_error(csv, (size_t)reading->year, err, "a year between %d and %d was expected",
					 FIRST_YEAR, LAST_YEAR);
		if (row.year <= origin) {
			if ((r = read_values(reading, n_spaces, &row, arena, err)) < 0)
				return r;
			row.unit = arena_dup(arena, unit);
			row.iso3 = arena_dup(arena, csv_text(csv, reading->iso3));
			*arena_push(arena, reading->rows, reading->n, reading->cap) = row;
		}
		arena_reset(&scratch);
	}
	return r;
}

/* Numbers in their order, then names. */
static int unit_order(const char *a, const char *b)
{
	double x, y;
	int left = num_read(a, strlen(a), &x), right = num_read(b, strlen(b), &y);

	if (left == 0 && right == 0 && x != y)
		return x < y ? -1 : 1;
	if (left != right)
		return left == 0 ? -1 : 1;
	return strcmp(a, b);
}

static int by_place(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = unit_order(x->unit, y->unit);

	return order ? order : (x->year > y->year) - (x->year < y->year);
}

static int fill(const struct reading *reading, struct arena *arena, struct history *ret, struct err *err)
{
	int64_t first = INT64_MAX, last = INT64_MIN;
	size_t n_units = 0, at = 0;

	for (size_t i = 0; i < reading->n; i++) {
		const struct row *row = &reading->rows[i];

		first = row->year < first ? row->year : first;
		last = row->year > last ? row->year : last;
		if (i && unit_order(row->unit, row[-1].unit) == 0 && row->year == row[-1].year)
			return err_set(err, ERR_DATA, "%s:%zu:1: unit \"%.40s\" has two rows of %lld, the other in line %zu",
				       reading->csv.name, row->line > row[-1].line ? row->line : row[-1].line, row->unit,
				       (long long)row->year, row->line > row[-1].line ? row[-1].line : row->line);
		n_units += !i || unit_order(row->unit, row[-1].unit) != 0;
	}
	if (n_units == 0)
		return err_set(err, ERR_DATA, "%s: no row up to the origin", reading->csv.name);
	if (n_units > MOST_UNITS || last - first >= MOST_YEARS)
		return err_set(err, ERR_DATA, "%s: %zu units and %lld years, at most %d and %d are read", reading->csv.name,
			       n_units, (long long)(last - first + 1), MOST_UNITS, MOST_YEARS);
	history_make(ret, n_units, first, (size_t)(last - first + 1), reading->n_columns, arena);
	for (size_t k = 0; k < reading->n_columns; k++)
		ret->columns[k] = (struct history_column){arena_dup(arena, reading->names[k]), history_lag(reading->names[k])};
	for (size_t i = 0; i < reading->n; i++) {
		const struct row *row = &reading->rows[i];

		at += i && unit_order(row->unit, row[-1].unit) != 0;
		ret->units[at] = (struct history_unit){row->unit, row->iso3 ? row->iso3 : ret->units[at].iso3, row->region};
		ret->listed[at * ret->n_years + (size_t)(row->year - first)] = true;
		for (size_t k = 0; k < reading->n_columns; k++)
			*history_cell(ret, k, at, row->year) = row->value[k];
	}
	return 0;
}

int history_read(const char *name, const char *text, size_t len, const struct space *spaces, size_t n_spaces,
		 int64_t origin, struct arena *arena, struct history *ret, struct err *err)
{
	struct reading reading = {0};
	struct history history;
	int r;

	if ((r = csv_open(&reading.csv, name, text, len, ',', arena, err)) < 0 ||
	    (r = choose_columns(&reading, spaces, n_spaces, arena, err)) < 0 ||
	    (r = read_rows(&reading, n_spaces, origin, arena, err)) < 0)
		return r;
	if (reading.n)
		qsort(reading.rows, reading.n, sizeof *reading.rows, by_place);
	if ((r = fill(&reading, arena, &history, err)) < 0)
		return r;
	*ret = history;
	return 0;
}
