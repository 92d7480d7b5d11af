/* SPDX-License-Identifier: GPL-3.0-or-later */
/* effects_input.c - reading a panel and what was done in it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "learn/effects_input.h"

#define MAX_VALUE 1e100
#define MAX_CELLS ((size_t)1 << 24)     /* of the panel as units x years */

static const char *const unit_columns[] = {"unit", "country_text_id", "iso3", "iso3c", "country_code", "country",
					   "country_name", "gwcode", "gwno", "cowcode", "code", "name", "id"};
static const char *const time_columns[] = {"year", "date", "start"};
#define N_UNIT_COLUMNS LENGTH(unit_columns)

struct place {
	size_t line, column;
};

struct line {
	const char *units[N_UNIT_COLUMNS];
	struct place at[N_UNIT_COLUMNS];
	int64_t year;
	double value;                    /* of the panel */
	const char *what;                /* of the treated; NULL: not said */
	size_t number;
};

struct lines {
	const char *name;
	struct line *v;
	size_t n, cap;
	int units[N_UNIT_COLUMNS], time;
	int value, indicator;            /* of the panel; indicator -1: wide */
	const char *wanted;              /* of a long one */
	int what;                        /* of the treated; -1: none */
};

/* ---- columns ---- */

static int find_places(const struct csv *csv, struct lines *lines, struct err *err)
{
	bool any = false;

	for (size_t i = 0; i < N_UNIT_COLUMNS; i++) {
		lines->units[i] = csv_column(csv, unit_columns[i]);
		any |= lines->units[i] >= 0;
	}
	if (!any)
		return err_hint(err, err_set(err, ERR_DATA, "%s:1:1: no column names the unit", csv->name),
				"Call it unit, country, iso3 or gwcode.");
	lines->time = -1;
	for (size_t i = 0; i < LENGTH(time_columns) && lines->time < 0; i++)
		lines->time = csv_column(csv, time_columns[i]);
	if (lines->time < 0)
		return err_hint(err, err_set(err, ERR_DATA, "%s:1:1: no column names the year", csv->name),
				"Call it year or date.");
	return 0;
}

/* Which column has the values; a long table's indicator is settled once its rows are known. */
static int find_value(const struct csv *csv, const char *wanted, struct lines *lines, struct err *err)
{
	lines->indicator = csv_column(csv, "indicator");
	lines->value = csv_column(csv, "value");
	lines->wanted = wanted;
	if (lines->indicator >= 0 && lines->value >= 0)
		return 0;
	lines->indicator = -1;
	if (wanted) {
		lines->value = csv_need(csv, wanted, err);
		return lines->value < 0 ? lines->value : 0;
	}
	if (csv_column(csv, "v2x_polyarchy") >= 0)
		lines->value = csv_column(csv, "v2x_polyarchy");
	if (lines->value < 0)
		return err_hint(err, err_set(err, ERR_DATA, "%s:1:1: no column \"v2x_polyarchy\" or \"value\"", csv->name),
				"Name the column of the panel with --indicator.");
	return 0;
}

/* ---- rows ---- */

static int read_year(const struct csv *csv, int column, int64_t *ret, struct err *err)
{
	const char *text = csv_text(csv, column);
	struct instant at;

	if (!text || instant_read(text, &at, NULL) < 0)
		return err_hint(err, csv_error(csv, (size_t)column, err, "\"%.40s\" is not a year or date",
					       text ? text : ""),
				"Write 2016 or 2016-03-31.");
	*ret = instant_year(at);
	return 0;
}

static int read_value(const struct csv *csv, int column, double *ret, struct err *err)
{
	const struct csv_cell *cell;

	*ret = NAN;
	if (column < 0 || csv->row[column].len == 0)
		return 0;
	cell = &csv->row[column];
	if (num_read(cell->s, cell->len, ret) == 0 && fabs(*ret) <= MAX_VALUE)
		return 0;
	return err_hint(err, csv_error(csv, (size_t)column, err, "\"%.40s\" is not a number", cell->s),
			"Leave the cell empty where nothing is known.");
}

static int read_line(const struct csv *csv, const struct lines *lines, struct line *line, struct arena *arena,
		     struct err *err)
{
	int r = read_year(csv, lines->time, &line->year, err);

	line->number = csv->row[0].line;
	for (size_t i = 0; i < N_UNIT_COLUMNS && r == 0; i++) {
		if (lines->units[i] < 0)
			continue;
		line->units[i] = arena_dup(arena, csv_text(csv, lines->units[i]));
		line->at[i] = (struct place){csv->row[lines->units[i]].line, csv->row[lines->units[i]].column};
	}
	if (r == 0)
		r = read_value(csv, lines->value, &line->value, err);
	return r;
}

/* The one indicator of a long table that is read when none was named: the default, or the only one. */
static int settle_indicator(struct csv csv, struct lines *lines, struct err *err)
{
	_cleanup_(arena_free) struct arena room = {0}, kept = {0};
	const char *only = NULL;
	bool several = false;
	int r;

	while ((r = csv_next(&csv, &room, err)) > 0) {
		const char *name = csv_text(&csv, lines->indicator);

		if (lines->wanted ? str_eq(name, lines->wanted) : str_eq(name, "v2x_polyarchy")) {
			lines->wanted = lines->wanted ? lines->wanted : "v2x_polyarchy";
			return 0;
		}
		several |= name && only && strcmp(name, only) != 0;
		only = name && !only ? arena_dup(&kept, name) : only;
		arena_reset(&room);
	}
	if (r < 0 || (!lines->wanted && only && !several))
		return r;
	err_set(err, ERR_DATA, "%s:1:1: no row of the indicator \"%s\"", csv.name,
		lines->wanted ? lines->wanted : "v2x_polyarchy");
	return only ? err_hint(err, ERR_DATA, "Name one with --indicator, for example %.60s.", only) : ERR_DATA;
}

static int read_rows(struct csv *csv, struct lines *lines, struct arena *arena, struct err *err)
{
	_cleanup_(arena_free) struct arena room = {0};
	int r;

	while ((r = csv_next(csv, &room, err)) > 0) {
		struct line line = {0};

		if (lines->indicator < 0 || !lines->wanted ||
		    str_eq(csv_text(csv, lines->indicator), lines->wanted)) {
			r = read_line(csv, lines, &line, arena, err);
			if (r < 0)
				return r;
			line.what = lines->what < 0 ? NULL : arena_dup(arena, csv_text(csv, lines->what));
			*arena_push(arena, lines->v, lines->n, lines->cap) = line;
		}
		arena_reset(&room);
	}
	return r;
}

static int read_panel(const struct effects_request *request, struct arena *arena, struct lines *ret, struct err *err)
{
	struct lines lines = {.name = request->panel_name, .what = -1};
	struct csv csv;
	int r = csv_open(&csv, request->panel_name, request->panel, request->panel_len, ',', arena, err);

	if (r == 0)
		r = find_places(&csv, &lines, err);
	if (r == 0)
		r = find_value(&csv, request->indicator, &lines, err);
	if (r == 0 && lines.indicator >= 0)
		r = settle_indicator(csv, &lines, err);
	if (r == 0)
		r = read_rows(&csv, &lines, arena, err);
	if (r == 0 && lines.n == 0)
		r = err_set(err, ERR_DATA, "%s:1:1: the panel has no rows", csv.name);
	*ret = lines;
	return r;
}

static int read_treated(const struct effects_request *request, struct arena *arena, struct lines *ret, struct err *err)
{
	struct lines lines = {.name = request->treated_name, .value = -1, .indicator = -1, .what = -1};
	struct csv csv;
	int r = csv_open(&csv, request->treated_name, request->treated, request->treated_len, ',', arena, err);

	if (r == 0)
		r = find_places(&csv, &lines, err);
	if (r == 0) {
		lines.what = csv_column(&csv, request->what ? request->what : "what");
		if (lines.what < 0 && !request->what)
			lines.what = csv_column(&csv, "instrument");
		if (lines.what < 0 && request->what)
			r = csv_need(&csv, request->what, err);
	}
	if (r == 0)
		r = read_rows(&csv, &lines, arena, err);
	if (r == 0 && lines.n == 0)
		r = err_set(err, ERR_DATA, "%s:1:1: nobody was treated: the table has no rows", csv.name);
	*ret = lines;
	return r;
}

/* ---- names ---- */

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t sort_names(const char **names, size_t n)
{
	size_t kept = 0;

	if (n)
		qsort(names, n, sizeof *names, by_text);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || strcmp(names[kept - 1], names[i]) != 0)
			names[kept++] = names[i];
	return kept;
}

static size_t find_name(const char *const *names, size_t n, const char *name)
{
	const char *const *at = name && n ? bsearch(&name, names, n, sizeof *names, by_text) : NULL;

	return at ? (size_t)(at - names) : SIZE_MAX;
}

static size_t names_of(const struct lines *lines, size_t column, const char **ret)
{
	size_t n = 0;

	for (size_t i = 0; i < lines->n; i++)
		if (lines->v[i].units[column])
			ret[n++] = lines->v[i].units[column];
	return sort_names(ret, n);
}

/* The columns of the two tables that have most treated rows in common. */
static int match_columns(const struct lines *panel, const struct lines *treated, size_t *of_panel, size_t *of_treated,
			 struct err *err)
{
	_cleanup_(arena_free) struct arena room = {0};
	const char **names = arena_array(&room, const char *, panel->n);
	size_t most = 0;

	for (size_t p = 0; p < N_UNIT_COLUMNS; p++) {
		size_t n = panel->units[p] < 0 ? 0 : names_of(panel, p, names);

		for (size_t t = 0; t < N_UNIT_COLUMNS && n; t++) {
			size_t found = 0;

			for (size_t i = 0; i < treated->n; i++)
				found += find_name(names, n, treated->v[i].units[t]) != SIZE_MAX;
			if (found > most) {
				most = found;
				*of_panel = p;
				*of_treated = t;
			}
		}
	}
	if (most)
		return 0;
	return err_hint(err, err_set(err, ERR_DATA, "%s:%zu:1: no unit of it, from this line to the last, is in %s",
				     treated->name, treated->v[0].number, panel->name),
			"Name the units alike in both tables, in columns such as unit, country, iso3 or gwcode.");
}

static int refuse_nameless(const struct lines *lines, size_t column, struct err *err)
{
	for (size_t i = 0; i < lines->n; i++)
		if (!lines->v[i].units[column])
			return err_hint(err, err_set(err, ERR_DATA, "%s:%zu:%zu: the unit is missing", lines->name,
						     lines->v[i].at[column].line, lines->v[i].at[column].column),
					"Units are matched by the column \"%s\".", unit_columns[column]);
	return 0;
}

/* ---- the panel ---- */

static void span_years(const struct lines *lines, int64_t *first, int64_t *last)
{
	for (size_t i = 0; i < lines->n; i++) {
		*first = lines->v[i].year < *first ? lines->v[i].year : *first;
		*last = lines->v[i].year > *last ? lines->v[i].year : *last;
	}
}

static int fill_panel(const struct lines *panel, size_t column, size_t n_units, int64_t last, struct arena *arena,
		      struct effects_input *input, struct err *err)
{
	_cleanup_(arena_free) struct arena room = {0};
	const size_t years = (size_t)(last - input->first_year) + 1;
	size_t *given;
	double *y;

	if (n_units > MAX_CELLS / years)
		return err_set(err, ERR_DATA, "%s:1:1: %zu units over %zu years, more than can be held", panel->name,
			       n_units, years);
	y = arena_array(arena, double, n_units * years);
	given = arena_array(&room, size_t, n_units * years);
	for (size_t i = 0; i < n_units * years; i++)
		y[i] = NAN;
	for (size_t i = 0; i < panel->n; i++) {
		const struct line *line = &panel->v[i];
		size_t unit = find_name(input->units, n_units, line->units[column]);
		size_t at = unit * years + (size_t)(line->year - input->first_year);

		if (given[at])
			return err_hint(err, err_set(err, ERR_DATA, "%s:%zu:1: %lld of \"%s\" was given on line %zu already",
						     panel->name, line->number, (long long)line->year,
						     input->units[unit], given[at]),
					"Keep one row for each unit and year.");
		given[at] = line->number;
		y[at] = line->value;
	}
	input->panel = (struct effect_panel){n_units, years, y};
	return 0;
}

static void fill_starts(const struct lines *treated, size_t column, struct arena *arena, struct effects_input *input)
{
	static const char *const unsaid = "(not said)";

	input->manners = arena_array(arena, const char *, treated->n);
	for (size_t i = 0; i < treated->n; i++)
		input->manners[i] = treated->v[i].what ? treated->v[i].what : unsaid;
	input->n_manners = sort_names(input->manners, treated->n);
	input->starts = arena_array(arena, struct effect_start, treated->n);
	for (size_t i = 0; i < treated->n; i++) {
		const struct line *line = &treated->v[i];

		input->starts[input->n_starts++] = (struct effect_start){
			find_name(input->units, input->panel.units, line->units[column]),
			(size_t)(line->year - input->first_year),
			find_name(input->manners, input->n_manners, line->what ? line->what : unsaid)};
	}
}

int effects_input_read(const struct effects_request *request, struct arena *arena, struct effects_input *ret,
		       struct err *err)
{
	struct effects_input input = {.first_year = INT64_MAX};
	struct lines panel = {0}, treated = {0};
	size_t of_panel = 0, of_treated = 0, n_known, n_units;
	int64_t last = INT64_MIN;
	int r;

	if ((r = read_treated(request, arena, &treated, err)) < 0 ||
	    (r = read_panel(request, arena, &panel, err)) < 0 ||
	    (r = match_columns(&panel, &treated, &of_panel, &of_treated, err)) < 0 ||
	    (r = refuse_nameless(&panel, of_panel, err)) < 0 ||
	    (r = refuse_nameless(&treated, of_treated, err)) < 0)
		return r;
	input.units = arena_array(arena, const char *, panel.n + treated.n);
	input.strangers = arena_array(arena, const char *, treated.n);
	n_units = n_known = names_of(&panel, of_panel, input.units);
	for (size_t i = 0; i < treated.n; i++)
		if (find_name(input.units, n_known, treated.v[i].units[of_treated]) == SIZE_MAX)
			input.strangers[input.n_strangers++] = treated.v[i].units[of_treated];
	input.n_strangers = sort_names(input.strangers, input.n_strangers);
	for (size_t i = 0; i < input.n_strangers; i++)
		input.units[n_units++] = input.strangers[i];
	n_units = sort_names(input.units, n_units);
	span_years(&panel, &input.first_year, &last);
	span_years(&treated, &input.first_year, &last);
	r = fill_panel(&panel, of_panel, n_units, last, arena, &input, err);
	if (r < 0)
		return r;
	fill_starts(&treated, of_treated, arena, &input);
	*ret = input;
	return 0;
}
