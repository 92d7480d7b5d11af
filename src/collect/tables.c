/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tables.c - tables of indicators (long form, and V-Dem's wide country-year form),
 * of junctures, responses and outcomes. Columns are found by name; a row that is
 * wrong refuses the file with its line and column.
 */
#include <string.h>

#include "collect/item.h"

/* V-Dem's release: the indices of a year become known on 1 April of the next. */
static struct instant known_of_year(int64_t year)
{
	return instant_of_day(year + 1, 4, 1);
}

static int cell_unit(const struct collect_setup *setup, const struct csv *csv, int column, const char **ret,
		     struct err *err)
{
	const char *text = csv_text(csv, column);
	const struct unit *unit = text ? atlas_unit(setup->atlas, text) : NULL;

	if (!unit && text)
		unit = atlas_by_code(setup->atlas, "vdem", text, (struct instant){0});
	if (!unit && text)
		unit = atlas_guess(setup->atlas, text);
	if (!unit)
		return err_hint(err, csv_error(csv, (size_t)column, err, "unknown unit \"%.40s\"", text ? text : ""),
				"Use an ISO3 code; a unit of your own goes into a table of role \"units\" "
				"(id,kind,parent,from,past,name).");
	*ret = unit->r.unit;
	return 0;
}

static int cell_year(const struct csv *csv, int column, int64_t *ret, struct err *err)
{
	const char *text = csv_text(csv, column);

	if (text && num_read_int(text, strlen(text), ret) == 0 && *ret >= 1 && *ret < 9999)
		return 0;
	return csv_error(csv, (size_t)column, err, "\"%.20s\" is not a year", text ? text : "");
}

static int cell_number(const struct csv *csv, int column, double *ret, struct err *err)
{
	const char *text = csv_text(csv, column);

	if (!text || strcmp(text, "NA") == 0)
		return 0;
	if (num_read(text, strlen(text), ret) == 0)
		return 1;
	return csv_error(csv, (size_t)column, err, "\"%.40s\" is not a number", text);
}

static int cell_time(const struct csv *csv, int column, struct instant *ret, struct err *err)
{
	const char *text = csv_text(csv, column);

	if (!text || instant_read(text, ret, NULL) == 0)
		return 0;
	return csv_error(csv, (size_t)column, err, "\"%.40s\" is not a date", text);
}

/* When the row became known, by the source's rule: "release" is the day of the file. Tables without vintage are retrospective. */
static int set_known(const struct collect_setup *setup, const struct source *source, const struct csv *csv,
		     struct observation *observation, int64_t year, struct err *err)
{
	const char *rule = source->known ? source->known : "april-next-year";
	int column;

	if (strcmp(rule, "april-next-year") == 0) {
		observation->r.known = known_of_year(year);
		observation->retrospective = 1;
		return 0;
	}
	observation->r.known = source_seen(setup, source);
	observation->retrospective = 0;
	if (strcmp(rule, "release") == 0)
		return 0;
	if (!str_starts(rule, "column:"))
		return err_set(err, ERR_DATA, "%s:1:1: rule \"%s\" does not say when a year became known",
			       source->name, rule);
	column = csv_need(csv, rule + strlen("column:"), err);
	return column < 0 ? column : cell_time(csv, column, &observation->r.known, err);
}

static int keep_observation(const struct source *source, struct observation *observation,
			    const char *unit, const char *indicator, const char *maker, int64_t year,
			    struct records *out, struct err *err)
{
	int r;

	observation->r.unit = unit;
	observation->r.valid_from = instant_of_year(year);
	observation->r.valid_past = instant_of_year(year + 1);
	observation->r.licence = source->licence ? source->licence : "open";
	observation->indicator = indicator;
	observation->source = maker;
	record_identify(out->arena, observation);
	r = record_check(observation, err);
	if (r == 0)
		records_add(out, observation);
	return r;
}

static const char *maker_of(const struct source *source, const char *cell)
{
	return cell ? cell : source->origin ? source->origin : source->feed ? source->feed : source->name;
}

static int long_row(const struct collect_setup *setup, const struct source *source, const struct csv *csv,
		    const int *c, struct records *out, struct err *err)
{
	struct observation *observation = record_new(out->arena, &kind_observation);
	const char *unit, *indicator = csv_text(csv, c[2]);
	int64_t year;
	int r;

	if ((r = cell_unit(setup, csv, c[0], &unit, err)) < 0 || (r = cell_year(csv, c[1], &year, err)) < 0)
		return r;
	if (!indicator)
		return csv_error(csv, (size_t)c[2], err, "a row needs an indicator");
	r = cell_number(csv, c[3], &observation->value, err);
	if (r <= 0)
		return r;   /* no value: nothing was observed */
	if ((r = cell_number(csv, c[4], &observation->low, err)) < 0 ||
	    (r = cell_number(csv, c[5], &observation->high, err)) < 0 ||
	    (r = set_known(setup, source, csv, observation, year, err)) < 0)
		return r;
	return keep_observation(source, observation, unit, indicator, maker_of(source, csv_text(csv, c[6])),
				year, out, err);
}

int table_read_long(const struct collect_setup *setup, const struct source *source, const char *bytes,
		    size_t len, struct records *out, struct err *err)
{
	static const char *const names[] = {"country", "year", "indicator", "value", "low", "high", "source"};
	int c[LENGTH(names)], r;
	struct csv csv;

	r = csv_open(&csv, source->name, bytes, len, ',', out->arena, err);
	for (size_t i = 0; i < LENGTH(names) && r >= 0; i++) {
		c[i] = csv_column(&csv, names[i]);
		if (i == 0 && c[0] < 0)
			c[0] = csv_column(&csv, "unit");
		if (i < 4 && c[i] < 0)
			r = csv_need(&csv, names[i], err);
	}
	while (r >= 0 && (r = csv_next(&csv, out->arena, err)) > 0)
		r = long_row(setup, source, &csv, c, out, err);
	return r;
}

/* ---- V-Dem's wide form: one row a country-year, X with X_codelow and X_codehigh ---- */

static bool is_index(const char *name)
{
	size_t n = strlen(name);

	return (str_starts(name, "v2x") || str_starts(name, "v2") || str_starts(name, "e_")) &&
	       !(n > 8 && strcmp(name + n - 8, "_codelow") == 0) &&
	       !(n > 9 && strcmp(name + n - 9, "_codehigh") == 0) && !(n > 3 && strcmp(name + n - 3, "_sd") == 0);
}

static int wide_cell(const struct collect_setup *setup, const struct source *source, const struct csv *csv,
		     const char *unit, int64_t year, int column, struct records *out, struct err *err)
{
	struct observation *observation = record_new(out->arena, &kind_observation);
	const char *name = csv->header[column];
	char bound[80];
	int r = cell_number(csv, column, &observation->value, err);

	if (r <= 0)
		return r;
	snprintf(bound, sizeof bound, "%.60s_codelow", name);
	r = cell_number(csv, csv_column(csv, bound), &observation->low, err);
	snprintf(bound, sizeof bound, "%.60s_codehigh", name);
	if (r >= 0)
		r = cell_number(csv, csv_column(csv, bound), &observation->high, err);
	if (r >= 0)
		r = set_known(setup, source, csv, observation, year, err);
	return r < 0 ? r : keep_observation(source, observation, unit, name, maker_of(source, NULL), year, out, err);
}

int table_read_wide(const struct collect_setup *setup, const struct source *source, const char *bytes,
		    size_t len, struct records *out, struct err *err)
{
	struct csv csv;
	int unit_column, year_column, r;

	r = csv_open(&csv, source->name, bytes, len, ',', out->arena, err);
	if (r < 0)
		return r;
	unit_column = csv_need(&csv, "country_text_id", err);
	year_column = unit_column < 0 ? unit_column : csv_need(&csv, "year", err);
	if (year_column < 0)
		return year_column;
	while ((r = csv_next(&csv, out->arena, err)) > 0) {
		const char *unit;
		int64_t year;

		if ((r = cell_unit(setup, &csv, unit_column, &unit, err)) < 0 ||
		    (r = cell_year(&csv, year_column, &year, err)) < 0)
			return r;
		for (size_t i = 0; i < csv.n_columns && r >= 0; i++)
			if (is_index(csv.header[i]))
				r = wide_cell(setup, source, &csv, unit, year, (int)i, out, err);
		if (r < 0)
			return r;
	}
	return r;
}

/* ---- junctures, responses, outcomes: the table's columns are the record's fields ---- */

static const struct {
	const char *role, *known, *renamed[6][2];
	const struct kind *kind;
} facts[] = {
	{"junctures", "as_of", {{"id", "key"}, {"kind", "type"}}, &kind_juncture},
	{"responses", "date", {{"id", "key"}, {"by", "actor"}, {"trigger", "trigger_item"}}, &kind_response},
	{"outcomes", "date", {{"id", "key"}, {"outcome", "what"}, {"event", "event_item"}}, &kind_outcome},
};

static const char *field_name(size_t table, const char *column)
{
	for (size_t i = 0; i < LENGTH(facts[table].renamed) && facts[table].renamed[i][0]; i++)
		if (strcmp(facts[table].renamed[i][0], column) == 0)
			return facts[table].renamed[i][1];
	return column;
}

static int fact_field(const struct csv *csv, size_t table, size_t column, struct record *record,
		      struct arena *arena, struct err *err)
{
	const struct field *field = kind_field(record->kind, field_name(table, csv->header[column]));
	const char *text = csv_text(csv, (int)column);
	int r;

	if (!field || !text)
		return 0;
	if (field->type == FIELD_REAL)
		r = cell_number(csv, (int)column, field_real(record, field), err);
	else if (field->type == FIELD_TIME)
		r = cell_time(csv, (int)column, field_time(record, field), err);
	else
		r = 0, *field_text(record, field) = arena_dup(arena, text);
	return r < 0 ? r : 0;
}

/* "day", "month", "year": how much of the date is meant. */
static void set_precision(const struct csv *csv, struct instant *at)
{
	const char *precision = csv_text(csv, csv_column(csv, "precision"));

	if (!precision || !instant_is_set(*at))
		return;
	if (strcmp(precision, "month") == 0)
		*at = instant_of_month(instant_month(*at));
	else if (strcmp(precision, "year") == 0)
		*at = instant_of_year(instant_year(*at));
}

static int fact_row(const struct collect_setup *setup, const struct source *source, const struct csv *csv,
		    size_t table, const int *c, struct records *out, struct err *err)
{
	struct record *record = record_new(out->arena, facts[table].kind);
	int r;

	if ((r = cell_unit(setup, csv, c[1], &record->unit, err)) < 0 ||
	    (r = cell_time(csv, c[0], &record->valid_from, err)) < 0)
		return r;
	record->known = source_seen(setup, source);
	if ((r = cell_time(csv, c[2], &record->known, err)) < 0)
		return r;
	set_precision(csv, &record->valid_from);
	record->licence = source->licence ? source->licence : "open";
	for (size_t i = 0; i < csv->n_columns && r == 0; i++)
		r = fact_field(csv, table, i, record, out->arena, err);
	if (r < 0)
		return r;
	if (record->kind == &kind_outcome && !((struct outcome *)record)->direction)
		return csv_error(csv, 0, err, "an outcome needs a direction: better, worse or none");
	record_identify(out->arena, record);
	r = record_check(record, err);
	if (r == 0)
		records_add(out, record);
	return r;
}

int table_read_facts(const struct collect_setup *setup, const struct source *source, const char *bytes,
		     size_t len, struct records *out, struct err *err)
{
	size_t table = 0;
	struct csv csv;
	int c[3], r;

	while (!str_eq(facts[table].role, source->role))
		table++;
	r = csv_open(&csv, source->name, bytes, len, ',', out->arena, err);
	if (r < 0)
		return r;
	c[0] = csv_need(&csv, "date", err);
	c[1] = c[0] < 0 ? c[0] : csv_need(&csv, "country", err);
	c[2] = csv_column(&csv, facts[table].known);
	if (c[1] < 0 || csv_need(&csv, "id", err) < 0)
		return ERR_DATA;
	while ((r = csv_next(&csv, out->arena, err)) > 0) {
		r = fact_row(setup, source, &csv, table, c, out, err);
		if (r < 0)
			return r;
	}
	return r;
}
