/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * irt_table.c - ratings, experts and vignettes read into points, raters and runs.
 *
 * A year that a rater left out between two rated ones becomes a gap when it is short: errors of a rater carry over from
 * year to year, and a gap is a rating that nobody saw. A long one ends the run, and the next starts afresh.
 */
#include <stdlib.h>
#include <string.h>

#include <tocsin/measure.h>

#include "measure/names.h"

#define MOST_GAP 5               /* years left out that a run bridges */
#define MOST_CATEGORIES 20
#define MOST_YEARS 5000          /* from the first rated year of a unit to its last */

struct row {
	uint32_t rater, unit;        /* unit: of a vignette, n_units at the end + its number */
	int32_t year;
	uint32_t line, column;
	int32_t rating;
	float confidence;
};

struct reading {
	struct arena *arena;
	struct irt_table *table;
	struct names raters, units, vignettes;
	struct row *rows;
	size_t n, cap;
	const char *file;
	int64_t least, most;         /* of the ratings */
	unsigned most_threshold;
};

static int read_experts(struct reading *reading, const struct irt_text *text, struct err *err)
{
	_cleanup_(arena_free) struct arena row = {0};
	struct irt_table *table = reading->table;
	size_t cap = 0;
	struct csv csv;
	int expert, country, r = csv_open(&csv, text->name, text->text, text->len, ',', reading->arena, err);

	if (r < 0 || (expert = csv_need(&csv, "expert", err)) < 0 || (country = csv_need(&csv, "main_country", err)) < 0)
		return ERR_DATA;
	for (; (r = csv_next(&csv, &row, err)) == 1; arena_reset(&row)) {
		const char *name = csv_text(&csv, expert), *main = csv_text(&csv, country);
		struct irt_rater *rater;

		if (!name || !main)
			return csv_error(&csv, (size_t)(name ? country : expert), err, "%s is empty",
					 name ? "main_country" : "expert");
		if (names_find(&reading->raters, name) != NAME_NONE)
			return csv_error(&csv, (size_t)expert, err, "expert \"%.60s\" stands twice", name);
		rater = arena_push(reading->arena, table->raters, table->n_raters, cap);
		*rater = (struct irt_rater){.main = names_add(&reading->units, main)};
		rater->name = names_keep(&reading->raters, name);
	}
	return r;
}

static int read_vignettes(struct reading *reading, const struct irt_text *text, struct err *err)
{
	_cleanup_(arena_free) struct arena row = {0};
	struct irt_table *table = reading->table;
	size_t cap = 0;
	struct csv csv;
	int vignette, threshold, r;

	if (!text || !text->text)
		return 0;
	r = csv_open(&csv, text->name, text->text, text->len, ',', reading->arena, err);
	if (r < 0 || (vignette = csv_need(&csv, "vignette", err)) < 0 || (threshold = csv_need(&csv, "threshold", err)) < 0)
		return ERR_DATA;
	for (; (r = csv_next(&csv, &row, err)) == 1; arena_reset(&row)) {
		const char *name = csv_text(&csv, vignette), *number = csv_text(&csv, threshold);
		int64_t k = 0;

		if (!name || names_find(&reading->vignettes, name) != NAME_NONE)
			return csv_error(&csv, (size_t)vignette, err, "vignette \"%.60s\" %s", name ? name : "",
					 name ? "stands twice" : "has no name");
		if (number && (num_read_int(number, strlen(number), &k) < 0 || k < 1 || k >= MOST_CATEGORIES))
			return csv_error(&csv, (size_t)threshold, err, "\"%.40s\" is no threshold, expected 1 to %d", number,
					 MOST_CATEGORIES - 1);
		*arena_push(reading->arena, table->vignettes, table->n_vignettes, cap) = (struct irt_vignette){
			names_keep(&reading->vignettes, name), (unsigned)k};
		reading->most_threshold = k > reading->most_threshold ? (unsigned)k : reading->most_threshold;
	}
	return r;
}

/* ---- ratings ---- */

struct columns {
	int expert, unit, year, rating, confidence;
};

/* A whole number; "3.0" and the like are refused, for a mean of ratings is none. */
static int whole_cell(const struct csv *csv, int column, const char *what, int64_t least, int64_t most, int64_t *ret,
		      struct err *err)
{
	const char *text = csv_text(csv, column);

	if (!text || num_read_int(text, strlen(text), ret) < 0 || *ret < least || *ret > most)
		return csv_error(csv, (size_t)column, err, "%s \"%.40s\" is not a whole number from %lld to %lld", what,
				 text ? text : "", (long long)least, (long long)most);
	return 0;
}

static int confidence_cell(const struct csv *csv, int column, float *ret, struct err *err)
{
	const char *text = csv_text(csv, column);
	double value = 1;

	if (text && (num_read(text, strlen(text), &value) < 0 || !(value >= 0 && value <= 1e6)))
		return csv_error(csv, (size_t)column, err, "confidence \"%.40s\" is not a number from 0 on", text);
	*ret = (float)value;
	return 0;
}

static int place_row(struct reading *reading, const struct csv *csv, const struct columns *at, struct row *row,
		     struct err *err)
{
	const char *expert = csv_text(csv, at->expert), *unit = csv_text(csv, at->unit), *year = csv_text(csv, at->year);
	const size_t rater = expert ? names_find(&reading->raters, expert) : NAME_NONE;
	size_t vignette;
	int64_t number;
	int r;

	if (rater == NAME_NONE)
		return err_hint(err, csv_error(csv, (size_t)at->expert, err, "unknown expert \"%.60s\"", expert ? expert : ""),
				"Every expert needs a row in the table of experts.");
	if (!unit)
		return csv_error(csv, (size_t)at->unit, err, "unit is empty");
	row->rater = (uint32_t)rater;
	vignette = names_find(&reading->vignettes, unit);
	if (vignette != NAME_NONE && year)
		return csv_error(csv, (size_t)at->year, err, "vignette \"%.60s\" has a year", unit);
	if (vignette != NAME_NONE) {
		row->unit = UINT32_MAX - (uint32_t)vignette;   /* after all units when sorted, settled in place_rows */
		return 0;
	}
	if (!year)
		return err_hint(err, csv_error(csv, (size_t)at->year, err, "\"%.60s\" has no year and is no vignette", unit),
				"Vignettes stand in the table of vignettes.");
	if ((r = whole_cell(csv, at->year, "year", 1, 9999, &number, err)) < 0)
		return r;
	row->unit = (uint32_t)names_add(&reading->units, unit);
	row->year = (int32_t)number;
	return 0;
}

static int read_ratings(struct reading *reading, const struct irt_text *text, struct err *err)
{
	_cleanup_(arena_free) struct arena cells = {0};
	struct columns at;
	struct csv csv;
	int r = csv_open(&csv, text->name, text->text, text->len, ',', reading->arena, err);

	if (r < 0 || (at.expert = csv_need(&csv, "expert", err)) < 0 || (at.unit = csv_need(&csv, "unit", err)) < 0 ||
	    (at.year = csv_need(&csv, "year", err)) < 0 || (at.rating = csv_need(&csv, "rating", err)) < 0)
		return ERR_DATA;
	at.confidence = csv_column(&csv, "confidence");
	for (; (r = csv_next(&csv, &cells, err)) == 1; arena_reset(&cells)) {
		struct row row = {.line = (uint32_t)csv.row[at.unit].line, .column = (uint32_t)csv.row[at.unit].column};
		int64_t rating;

		if (place_row(reading, &csv, &at, &row, err) < 0 ||
		    whole_cell(&csv, at.rating, "rating", 0, MOST_CATEGORIES, &rating, err) < 0 ||
		    confidence_cell(&csv, at.confidence, &row.confidence, err) < 0)
			return ERR_DATA;
		row.rating = (int32_t)rating;
		reading->least = reading->n == 0 || rating < reading->least ? rating : reading->least;
		reading->most = reading->n == 0 || rating > reading->most ? rating : reading->most;
		*arena_push(reading->arena, reading->rows, reading->n, reading->cap) = row;
	}
	if (r == 0 && reading->n == 0)
		return err_set(err, ERR_DATA, "%s:1:1: no ratings", text->name);
	return r;
}

/* ---- rows to points and runs ---- */

static int by_place(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->rater != y->rater)
		return x->rater < y->rater ? -1 : 1;
	if (x->unit != y->unit)
		return x->unit < y->unit ? -1 : 1;
	if (x->year != y->year)
		return x->year < y->year ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

static int place_units(struct reading *reading, struct err *err)
{
	struct irt_table *table = reading->table;
	int32_t *last = arena_array(reading->arena, int32_t, reading->units.n);

	table->n_units = reading->units.n;
	table->units = arena_array(reading->arena, struct irt_unit, table->n_units);
	for (size_t i = 0; i < reading->n; i++) {
		const struct row *row = &reading->rows[i];
		struct irt_unit *unit;

		if (row->unit >= table->n_units)
			continue;
		unit = &table->units[row->unit];
		if (!unit->first_year || row->year < unit->first_year)
			unit->first_year = row->year;
		if (row->year > last[row->unit])
			last[row->unit] = row->year;
	}
	for (size_t u = 0; u < table->n_units; u++) {
		struct irt_unit *unit = &table->units[u];

		unit->name = reading->units.v[u];
		unit->at = table->n_points;
		unit->n = unit->first_year ? (size_t)(last[u] - unit->first_year + 1) : 0;
		table->n_silent_units += unit->n == 0;
		table->n_points += unit->n;
		if (unit->n > MOST_YEARS)
			return err_set(err, ERR_DATA, "%s: unit \"%.60s\" reaches from %lld to %d", reading->file, unit->name,
				       (long long)unit->first_year, last[u]);
	}
	table->n_points += table->n_vignettes;
	return 0;
}

/* Years from the row before, in the same run; 0 where a run begins. */
static int32_t step_of(const struct row *row, const struct row *before)
{
	int32_t step;

	if (!before || before->rater != row->rater || before->unit != row->unit)
		return 0;
	step = row->year - before->year;
	return step <= MOST_GAP + 1 ? step : 0;
}

/* One row that is in place: a run goes on, over a gap if there is one, or a new one starts. */
static void row_to_run(struct reading *reading, const struct row *row, const struct row *before)
{
	struct irt_table *table = reading->table;
	struct irt_rater *rater = &table->raters[row->rater];
	const bool is_vignette = row->unit >= table->n_units;
	const struct irt_unit *unit = is_vignette ? NULL : &table->units[row->unit];
	const size_t point = is_vignette ? table->n_points - table->n_vignettes + (UINT32_MAX - row->unit) :
				unit->at + (size_t)(row->year - unit->first_year);
	const int32_t step = step_of(row, before);

	if (!before || before->rater != row->rater) {
		rater->first = table->n_ratings;
		rater->first_run = table->n_runs;
	}
	if (step == 0)
		table->runs[table->n_runs++] = (struct irt_run){table->n_ratings, 0, is_vignette ? SIZE_MAX : row->unit};
	for (int32_t left = step - 1; left > 0; left--)
		table->ratings[table->n_ratings++] = (struct irt_rating){.point = (uint32_t)(point - (size_t)left)};
	table->ratings[table->n_ratings++] = (struct irt_rating){
		(uint32_t)point, (uint8_t)(row->rating + (table->from_zero ? 1 : 0)), row->confidence};
	table->runs[table->n_runs - 1].n = table->n_ratings - table->runs[table->n_runs - 1].first;
	rater->n_rated++;
	rater->n = table->n_ratings - rater->first;
	rater->n_runs = table->n_runs - rater->first_run;
}

static int refuse_twice(const struct reading *reading, const struct row *row, const struct row *before, struct err *err)
{
	err_set(err, ERR_DATA, "%s:%u:%u: expert \"%.60s\" rates this twice, first in line %u", reading->file, row->line,
		row->column, reading->table->raters[row->rater].name, before->line);
	return err_hint(err, ERR_DATA, "One rating of an expert for a unit and year, or for a vignette.");
}

static int place_rows(struct reading *reading, struct err *err)
{
	struct irt_table *table = reading->table;
	size_t gaps = 0;

	qsort(reading->rows, reading->n, sizeof *reading->rows, by_place);
	for (size_t i = 1; i < reading->n; i++) {
		const int32_t step = step_of(&reading->rows[i], &reading->rows[i - 1]);

		gaps += step > 1 ? (size_t)step - 1 : 0;
	}
	table->ratings = arena_array(reading->arena, struct irt_rating, reading->n + gaps);
	table->runs = arena_array(reading->arena, struct irt_run, reading->n);
	for (size_t i = 0; i < reading->n; i++) {
		const struct row *row = &reading->rows[i], *before = i ? row - 1 : NULL;

		if (before && before->rater == row->rater && before->unit == row->unit && before->year == row->year)
			return refuse_twice(reading, row, before, err);
		row_to_run(reading, row, before);
	}
	for (size_t j = 0; j < table->n_raters; j++)
		table->n_silent_raters += table->raters[j].n == 0;
	table->n_rated = reading->n;
	return 0;
}

int irt_read(const struct irt_text *ratings, const struct irt_text *experts, const struct irt_text *vignettes,
	     struct arena *arena, struct irt_table *ret, struct err *err)
{
	struct irt_table table = {0};
	struct reading reading = {.arena = arena, .table = &table, .file = ratings->name,
				  .raters.arena = arena, .units.arena = arena, .vignettes.arena = arena};
	int r = read_experts(&reading, experts, err);

	if (r == 0)
		r = read_vignettes(&reading, vignettes, err);
	if (r == 0)
		r = read_ratings(&reading, ratings, err);
	if (r < 0)
		return r;
	table.from_zero = reading.least == 0;
	table.k = (unsigned)reading.most + (table.from_zero ? 1 : 0);
	table.k = table.k > reading.most_threshold ? table.k : reading.most_threshold + 1;
	if (table.k < 2)
		return err_hint(err, err_set(err, ERR_DATA, "%s: every rating is %lld: one category orders nothing",
					     ratings->name, (long long)reading.most),
				"A scale has two categories or more.");
	r = place_units(&reading, err);
	if (r == 0)
		r = place_rows(&reading, err);
	if (r == 0)
		*ret = table;
	return r;
}
