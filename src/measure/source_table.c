/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source_table.c - any table of a framework, read by what its columns are called. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "measure/source_table.h"

#define MAX_COLUMNS 4096

static const char *const unit_columns[] = {"unit", "country_text_id", "iso3", "iso3c", "wb_code", "country_code",
					   "code", "iso", "country", "country_name", "wb_country", "name",
					   "gwcode", "gwno", "gwn", "cowcode", "cown"};
static const char *const time_columns[] = {"month", "date", "year"};
/* Figures that say nothing of democracy: numbers of countries, of sources, bounds of ranks. */
static const char *const idle_columns[] = {"numsrc", "stderr", "lower", "upper", "low", "high", "sd", "se", "n",
					   "rank", "region", "country_id", "project", "source", "origin",
					   "codingstart", "codingend", "sources"};
static const char *const error_ends[] = {"_sd", "_se", "_codelow", "_codehigh", "_low", "_high", "_nr"};

static bool is_in(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(names[i], name) == 0)
			return true;
	return false;
}

static int column_folded(const struct csv *csv, const char *name)
{
	for (size_t i = 0; i < csv->n_columns; i++)
		if (strcasecmp(csv->header[i], name) == 0)
			return (int)i;
	return -1;
}

/* ---- the plan: what each column is ---- */

struct value_column {
	int at, sd, low, high;
	uint32_t indicator;
	bool asked, decided;         /* by name; a first number was seen */
	bool text;                   /* its first cell is no number: not an indicator */
};

struct columns {
	int units[LENGTH(unit_columns)];
	size_t n_units;
	int time, indicator;         /* -1: none */
	struct value_column *values;
	size_t n_values;
};

struct reading {
	const struct source_text *source;
	struct unit_finder *finder;
	struct arena *arena;
	struct csv csv;
	struct columns columns;
	struct source_table *table;
};

static uint32_t indicator_of(struct source_table *table, const char *name, struct arena *arena)
{
	for (size_t i = 0; i < table->n_indicators; i++)
		if (strcmp(table->indicators[i], name) == 0)
			return (uint32_t)i;
	*arena_push(arena, table->indicators, table->n_indicators, table->cap_indicators) = arena_dup(arena, name);
	return (uint32_t)table->n_indicators - 1;
}

/* The columns or indicators that were asked for, by "+"; the source's own name asks for one of that name. */
static bool is_asked(const struct source_text *source, const char *name)
{
	const char *s = source->columns ? source->columns : "";

	while (*s) {
		size_t len = strcspn(s, "+");

		if (strlen(name) == len && strncmp(s, name, len) == 0)
			return true;
		s += len + (s[len] == '+');
	}
	return !source->columns && strcmp(source->name, name) == 0;
}

static int with_end(const struct csv *csv, const char *name, const char *end, struct arena *arena)
{
	return column_folded(csv, arena_printf(arena, "%s%s", name, end));
}

static void add_value(struct reading *reading, int at, bool asked)
{
	const struct csv *csv = &reading->csv;
	const char *name = csv->header[at];
	struct value_column *value = &reading->columns.values[reading->columns.n_values++];

	*value = (struct value_column){.at = at, .asked = asked};
	value->sd = with_end(csv, name, "_sd", reading->arena);
	if (value->sd < 0)
		value->sd = with_end(csv, name, "_se", reading->arena);
	if (value->sd < 0 && strcasecmp(name, "Estimate") == 0)
		value->sd = column_folded(csv, "StdErr");
	value->low = with_end(csv, name, "_codelow", reading->arena);
	value->high = with_end(csv, name, "_codehigh", reading->arena);
	if (value->low < 0 || value->high < 0) {
		value->low = with_end(csv, name, "_low", reading->arena);
		value->high = with_end(csv, name, "_high", reading->arena);
	}
}

static bool ends_in_error(const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < LENGTH(error_ends); i++) {
		size_t m = strlen(error_ends[i]);

		if (n > m && strcasecmp(name + n - m, error_ends[i]) == 0)
			return true;
	}
	return false;
}

/* Every column that was asked for must be there. */
static int check_asked(const struct reading *reading, struct err *err)
{
	const char *s = reading->source->columns ? reading->source->columns : "";

	while (*s) {
		size_t len = strcspn(s, "+");
		const char *name = arena_ndup(reading->arena, s, len);

		if (csv_column(&reading->csv, name) < 0)
			return csv_need(&reading->csv, name, err);
		s += len + (s[len] == '+');
	}
	return 0;
}

static int plan_wide(struct reading *reading, struct err *err)
{
	const struct csv *csv = &reading->csv;
	bool any = false;
	int r = check_asked(reading, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < csv->n_columns; i++)
		any |= is_asked(reading->source, csv->header[i]);
	for (size_t i = 0; i < csv->n_columns; i++) {
		const char *name = csv->header[i];
		bool asked = is_asked(reading->source, name);

		if (any ? asked : !is_in(unit_columns, LENGTH(unit_columns), name) &&
				  !is_in(time_columns, LENGTH(time_columns), name) &&
				  !is_in(idle_columns, LENGTH(idle_columns), name) && !ends_in_error(name))
			add_value(reading, (int)i, asked);
	}
	if (reading->columns.n_values == 0)
		return err_hint(err, err_set(err, ERR_DATA, "%s:1:1: no column of values", csv->name),
				"A table needs a unit, a year or month, and at least one indicator.");
	return 0;
}

static void plan_long(struct reading *reading, int value)
{
	const struct csv *csv = &reading->csv;

	reading->columns.values[reading->columns.n_values++] =
		(struct value_column){.at = value, .sd = column_folded(csv, "sd"), .low = column_folded(csv, "low"),
				      .high = column_folded(csv, "high"), .asked = true, .decided = true};
}

static int plan_make(struct reading *reading, struct err *err)
{
	struct columns *columns = &reading->columns;
	const struct csv *csv = &reading->csv;
	int value = column_folded(csv, "value"), at;

	if (csv->n_columns > MAX_COLUMNS)
		return err_set(err, ERR_DATA, "%s:1:1: %zu columns, expected at most %d", csv->name, csv->n_columns,
			       MAX_COLUMNS);
	columns->values = arena_array(reading->arena, struct value_column, csv->n_columns + 1);
	for (size_t i = 0; i < LENGTH(unit_columns); i++)
		if ((at = column_folded(csv, unit_columns[i])) >= 0)
			columns->units[columns->n_units++] = at;
	if (columns->n_units == 0)
		return err_hint(err, err_set(err, ERR_DATA, "%s:1:1: no column names the unit", csv->name),
				"Call it country, iso3, country_text_id or gwcode.");
	columns->time = -1;
	for (size_t i = 0; i < LENGTH(time_columns) && columns->time < 0; i++)
		columns->time = column_folded(csv, time_columns[i]);
	columns->indicator = column_folded(csv, "indicator");
	if (columns->indicator >= 0 && value >= 0) {
		plan_long(reading, value);
		return 0;
	}
	columns->indicator = -1;
	return plan_wide(reading, err);
}

/* ---- rows ---- */

static int read_number(const struct csv *csv, int column, double *ret, struct err *err)
{
	const struct csv_cell *cell;

	*ret = NAN;
	if (column < 0 || csv->row[column].len == 0)
		return 0;
	cell = &csv->row[column];
	if (num_read(cell->s, cell->len, ret) == 0)
		return 0;
	return err_hint(err, csv_error(csv, (size_t)column, err, "\"%.40s\" is not a number", cell->s),
			"Leave the cell empty where nothing is known.");
}

static int read_time(const struct reading *reading, int64_t *ret, struct err *err)
{
	const char *text = csv_text(&reading->csv, reading->columns.time);
	struct instant at;

	*ret = INT_MISSING;
	if (reading->columns.time < 0)
		return 0;
	if (!text || instant_read(text, &at, NULL) < 0)
		return err_hint(err, csv_error(&reading->csv, (size_t)reading->columns.time, err,
					       "\"%.40s\" is not a year or month", text ? text : ""),
				"Write 2016 or 2016-03.");
	*ret = instant_month(at) + (at.precision == INSTANT_YEAR ? 11 : 0);
	return 0;
}

static void note_text(const char ***list, size_t *n, size_t *cap, const char *text, struct arena *arena)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp((*list)[i], text) == 0)
			return;
	if (*n < 1000)   /* a table in which nothing is known needs no longer list */
		*arena_push(arena, *list, *n, *cap) = arena_dup(arena, text);
}

/* The row's unit by the first of its columns that is known; NULL with the text it had. */
static const char *find_unit(const struct csv *csv, const int *columns, size_t n, struct unit_finder *finder,
			     const char **said, bool *guessed)
{
	const char *unit = NULL;

	*said = NULL;
	*guessed = false;
	for (size_t i = 0; i < n && !unit; i++) {
		const char *text = csv_text(csv, columns[i]);

		if (!text)
			continue;
		*said = *said && i ? *said : text;
		unit = unit_find(finder, text, guessed);
		if (unit && *guessed)
			*said = text;
	}
	return unit;
}

static void add_cell(struct source_table *table, struct source_cell cell)
{
	if (table->n_cells == table->cap_cells) {
		table->cap_cells = table->cap_cells ? 2 * table->cap_cells : 1024;
		table->cells = realloc(table->cells, table->cap_cells * sizeof *table->cells);
		if (!table->cells)
			abort();
	}
	table->cells[table->n_cells++] = cell;
}

/* A column by rule is one of numbers when its first cell is; an all-empty one makes no cell. */
static bool is_indicator(const struct csv *csv, struct value_column *column)
{
	double number;

	if (!column->decided && csv->row[column->at].len) {
		column->decided = true;
		column->text = !column->asked &&
			       num_read(csv->row[column->at].s, csv->row[column->at].len, &number) < 0;
	}
	return !column->text;
}

static int read_value(struct reading *reading, struct value_column *column, const char *unit, int64_t month,
		      struct err *err)
{
	const struct csv *csv = &reading->csv;
	struct source_cell cell = {.unit = unit, .month = month, .line = (uint32_t)csv->row[0].line};
	const char *name = reading->columns.indicator >= 0 ? csv_text(csv, reading->columns.indicator)
			: csv->header[column->at];
	double low, high;
	int r;

	if (!is_indicator(csv, column) || !name)
		return 0;
	if ((r = read_number(csv, column->at, &cell.value, err)) < 0 || isnan(cell.value) ||
	    (r = read_number(csv, column->sd, &cell.sd, err)) < 0 ||
	    (r = read_number(csv, column->low, &low, err)) < 0 ||
	    (r = read_number(csv, column->high, &high, err)) < 0)
		return r;
	if (cell.sd < 0)
		return csv_error(csv, (size_t)column->sd, err, "standard deviation is negative");
	if (low > high)
		return csv_error(csv, (size_t)column->low, err, "the lower bound lies above the upper one");
	if (isnan(cell.sd))
		cell.sd = (high - low) / 2;
	cell.indicator = indicator_of(reading->table, name, reading->arena);
	add_cell(reading->table, cell);
	return 0;
}

static int read_row(struct reading *reading, struct err *err)
{
	struct source_table *table = reading->table;
	const struct columns *columns = &reading->columns;
	const char *said, *unit, *indicator = csv_text(&reading->csv, columns->indicator);
	bool guessed, alone = reading->source->columns != NULL;
	int64_t month;
	int r;

	table->rows++;
	if (columns->indicator >= 0 && alone && indicator && !is_asked(reading->source, indicator))
		return 0;
	unit = find_unit(&reading->csv, columns->units, columns->n_units, reading->finder, &said, &guessed);
	if (!unit || guessed) {
		if (said)
			note_text(unit ? &table->guesses : &table->strangers, unit ? &table->n_guesses
				  : &table->n_strangers,
				  unit ? &table->cap_guesses : &table->cap_strangers, said, reading->arena);
		if (!unit)
			return 0;
	}
	r = read_time(reading, &month, err);
	for (size_t i = 0; i < columns->n_values && r == 0; i++)
		r = read_value(reading, &columns->values[i], unit, month, err);
	return r;
}

/* ---- order, and what stands twice ---- */

static int by_place(const void *a, const void *b)
{
	const struct source_cell *x = a, *y = b;
	int order = x->unit == y->unit ? 0 : strcmp(x->unit, y->unit);

	if (order == 0)
		order = (x->indicator > y->indicator) - (x->indicator < y->indicator);
	if (order == 0)
		order = (x->month > y->month) - (x->month < y->month);
	return order ? order : (x->line > y->line) - (x->line < y->line);
}

static bool same_place(const struct source_cell *a, const struct source_cell *b)
{
	return a->unit == b->unit && a->indicator == b->indicator && a->month == b->month;
}

static int refuse_twice(const struct source_table *table, struct err *err)
{
	const struct source_cell *worst = NULL, *before = NULL;

	for (size_t i = 1; i < table->n_cells; i++) {
		const struct source_cell *cell = &table->cells[i];

		if (same_place(cell - 1, cell) && (!worst || cell->line < worst->line)) {
			worst = cell;
			before = cell - 1;
		}
	}
	if (!worst)
		return 0;
	return err_hint(err, err_set(err, ERR_DATA, "%s:%u:1: \"%s\" of %s was given on line %u already", table->file,
				     worst->line, table->indicators[worst->indicator], worst->unit, before->line),
			"Keep one row for each unit and time.");
}

/* A long table with an indicator of the source's own name is that indicator. */
static void keep_own(struct source_table *table)
{
	size_t own = table->n_indicators, n = 0;

	for (size_t i = 0; i < table->n_indicators; i++)
		if (strcmp(table->indicators[i], table->name) == 0)
			own = i;
	if (own == table->n_indicators)
		return;
	for (size_t i = 0; i < table->n_cells; i++)
		if (table->cells[i].indicator == own) {
			table->cells[n] = table->cells[i];
			table->cells[n++].indicator = 0;
		}
	table->n_cells = n;
	table->indicators[0] = table->indicators[own];
	table->n_indicators = 1;
}

static int read_rows(struct reading *reading, struct err *err)
{
	_cleanup_(arena_free) struct arena room = {0};
	int r;

	while ((r = csv_next(&reading->csv, &room, err)) > 0) {
		r = read_row(reading, err);
		if (r < 0)
			return r;
		arena_reset(&room);
	}
	return r;
}

int source_table_read(const struct source_text *source, struct unit_finder *finder, struct arena *arena,
		      struct source_table *ret, struct err *err)
{
	struct source_table table = {.name = source->name, .file = source->file};
	struct reading reading = {source, finder, arena, .table = &table};
	int r = csv_open(&reading.csv, source->file, source->text, source->len, ',', arena, err);

	if (r == 0)
		r = plan_make(&reading, err);
	if (r == 0)
		r = read_rows(&reading, err);
	if (r == 0 && !source->columns)
		keep_own(&table);
	if (r == 0 && table.n_cells)
		qsort(table.cells, table.n_cells, sizeof *table.cells, by_place);
	if (r == 0)
		r = refuse_twice(&table, err);
	if (r < 0) {
		source_table_free(&table);
		return r;
	}
	*ret = table;
	return 0;
}

void source_table_free(struct source_table *table)
{
	free(table->cells);
	table->cells = NULL;
	table->n_cells = table->cap_cells = 0;
}

bool source_table_unit(const struct source_table *table, const char *unit, size_t *first, size_t *past)
{
	size_t low = 0, high = table->n_cells;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(table->cells[middle].unit, unit) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*first = *past = low;
	while (*past < table->n_cells && strcmp(table->cells[*past].unit, unit) == 0)
		(*past)++;
	return *past > *first;
}
