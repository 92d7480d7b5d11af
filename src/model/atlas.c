/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * atlas.c - the units: states, territories, entities and bodies, with their dated
 * codes and names. A few hundred units and a few thousand names: linear search by
 * key is fast enough for tables; the coder builds its own index of the names.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <tocsin/model.h>

static int cell_instant(const struct csv *csv, int column, struct instant *ret, struct err *err)
{
	const char *text = csv_text(csv, column);

	*ret = (struct instant){0};
	if (!text || instant_read(text, ret, NULL) == 0)
		return 0;
	return csv_error(csv, (size_t)column, err, "\"%s\" is not a date", text);
}

/* Open a table and find its columns by name; those ending in '?' may be absent (-1). */
static int table_open(struct csv *csv, const char *name, const char *text, size_t len,
		      struct arena *arena, const char *const *columns, size_t n, int *index,
		      struct err *err)
{
	int r = csv_open(csv, name, text, len, ',', arena, err);

	for (size_t i = 0; i < n && r >= 0; i++) {
		size_t width = strlen(columns[i]);
		bool optional = columns[i][width - 1] == '?';
		const char *column = arena_ndup(arena, columns[i], width - optional);

		index[i] = optional ? csv_column(csv, column) : csv_need(csv, column, err);
		if (index[i] < 0 && !optional)
			r = index[i];
	}
	return r;
}

static struct unit **unit_place(struct atlas *atlas, const char *key)
{
	for (size_t i = 0; i < atlas->n_units; i++)
		if (strcmp(atlas->units[i]->r.unit, key) == 0)
			return &atlas->units[i];
	return arena_push(atlas->arena, atlas->units, atlas->n_units, atlas->cap_units);
}

static int unit_row(struct atlas *atlas, const struct csv *csv, const int *c, struct err *err)
{
	static const char *const types[] = {"state", "territory", "entity", "body"};
	struct unit *unit = record_new(atlas->arena, &kind_unit);
	int code;

	unit->r.unit = csv_text(csv, c[0]);
	unit->type = csv_text(csv, c[1]);
	unit->parent = csv_text(csv, c[2]);
	unit->name = csv_text(csv, c[5]);
	if (!unit->r.unit || !unit->name)
		return csv_error(csv, (size_t)c[0], err, "a unit needs an id and a name");
	for (size_t i = 0;; i++) {
		if (i == LENGTH(types))
			return csv_error(csv, (size_t)c[1], err,
					 "kind is \"%s\", expected state, territory, entity or body",
					 unit->type ? unit->type : "");
		if (str_eq(unit->type, types[i]))
			break;
	}
	if ((code = cell_instant(csv, c[3], &unit->r.valid_from, err)) < 0 ||
	    (code = cell_instant(csv, c[4], &unit->r.valid_past, err)) < 0)
		return code;
	record_identify(atlas->arena, unit);
	*unit_place(atlas, unit->r.unit) = unit;
	return 0;
}

int atlas_add_units(struct atlas *atlas, const char *name, const char *text, size_t len, struct err *err)
{
	static const char *const columns[] = {"id", "kind", "parent?", "from?", "past?", "name"};
	struct csv csv;
	int c[LENGTH(columns)], r;

	r = table_open(&csv, name, text, len, atlas->arena, columns, LENGTH(columns), c, err);
	while (r >= 0 && (r = csv_next(&csv, atlas->arena, err)) > 0)
		r = unit_row(atlas, &csv, c, err);
	return r;
}

static int need_unit(const struct atlas *atlas, const struct csv *csv, int column, struct err *err)
{
	const char *key = csv_text(csv, column);

	if (key && atlas_unit(atlas, key))
		return 0;
	return err_hint(err, csv_error(csv, (size_t)column, err, "unknown unit \"%s\"", key ? key : ""),
			"Add the unit to a table of units first.");
}

int atlas_add_codes(struct atlas *atlas, const char *name, const char *text, size_t len, struct err *err)
{
	static const char *const columns[] = {"unit", "scheme", "code", "from?", "past?"};
	struct csv csv;
	int c[LENGTH(columns)], r;

	r = table_open(&csv, name, text, len, atlas->arena, columns, LENGTH(columns), c, err);
	while (r >= 0 && (r = csv_next(&csv, atlas->arena, err)) > 0) {
		struct unit_code code = {csv_text(&csv, c[0]), csv_text(&csv, c[1]), csv_text(&csv, c[2])};

		if ((r = need_unit(atlas, &csv, c[0], err)) < 0 ||
		    (r = cell_instant(&csv, c[3], &code.from, err)) < 0 ||
		    (r = cell_instant(&csv, c[4], &code.past, err)) < 0)
			return r;
		if (!code.scheme || !code.code)
			return csv_error(&csv, (size_t)c[1], err, "a code needs a scheme and a value");
		*arena_push(atlas->arena, atlas->codes, atlas->n_codes, atlas->cap_codes) = code;
	}
	return r;
}

int atlas_add_names(struct atlas *atlas, const char *name, const char *text, size_t len, struct err *err)
{
	static const char *const columns[] = {"unit", "lang", "script?", "name", "standard?"};
	struct csv csv;
	int c[LENGTH(columns)], r;

	r = table_open(&csv, name, text, len, atlas->arena, columns, LENGTH(columns), c, err);
	while (r >= 0 && (r = csv_next(&csv, atlas->arena, err)) > 0) {
		const char *standard;

		if ((r = need_unit(atlas, &csv, c[0], err)) < 0)
			return r;
		if (!csv_text(&csv, c[1]) || !csv_text(&csv, c[3]))
			return csv_error(&csv, (size_t)c[3], err, "a name needs a language and a text");
		standard = csv_text(&csv, c[4]);
		*arena_push(atlas->arena, atlas->names, atlas->n_names, atlas->cap_names) =
			(struct unit_name){csv_text(&csv, c[0]), csv_text(&csv, c[1]), csv_text(&csv, c[2]),
					   csv_text(&csv, c[3]), !standard || str_eq(standard, "1")};
	}
	return r;
}

static int by_border(const void *a, const void *b)
{
	const struct border *x = a, *y = b;
	int order = str_cmp(x->unit, y->unit);

	return order ? order : str_cmp(x->other, y->other);
}

int atlas_add_borders(struct atlas *atlas, const char *name, const char *text, size_t len, struct err *err)
{
	static const char *const columns[] = {"unit", "neighbour"};
	struct csv csv;
	int c[LENGTH(columns)], r;

	r = table_open(&csv, name, text, len, atlas->arena, columns, LENGTH(columns), c, err);
	while (r >= 0 && (r = csv_next(&csv, atlas->arena, err)) > 0) {
		size_t i = atlas->n_borders;

		if ((r = need_unit(atlas, &csv, c[0], err)) < 0 || (r = need_unit(atlas, &csv, c[1], err)) < 0)
			return r;
		atlas->borders = arena_more(atlas->arena, atlas->borders, i, &atlas->cap_borders,
					    sizeof *atlas->borders);
		atlas->borders[i].unit = csv_text(&csv, c[0]);
		atlas->borders[i].other = csv_text(&csv, c[1]);
		atlas->n_borders++;
	}
	if (atlas->n_borders)
		qsort(atlas->borders, atlas->n_borders, sizeof *atlas->borders, by_border);
	return r;
}

const struct unit *atlas_unit(const struct atlas *atlas, const char *key)
{
	for (size_t i = 0; i < atlas->n_units; i++)
		if (strcmp(atlas->units[i]->r.unit, key) == 0)
			return atlas->units[i];
	return NULL;
}

static bool holds_on(struct instant from, struct instant past, struct instant day)
{
	return !instant_is_set(day) || ((!instant_is_set(from) || from.usec <= day.usec) &&
					(!instant_is_set(past) || day.usec < past.usec));
}

const struct unit *atlas_by_code(const struct atlas *atlas, const char *scheme, const char *code,
				 struct instant day)
{
	for (size_t i = 0; i < atlas->n_codes; i++) {
		const struct unit_code *row = &atlas->codes[i];

		if (strcmp(row->scheme, scheme) == 0 && strcmp(row->code, code) == 0 &&
		    holds_on(row->from, row->past, day))
			return atlas_unit(atlas, row->unit);
	}
	return NULL;
}

const struct unit *atlas_guess(const struct atlas *atlas, const char *text)
{
	for (size_t i = 0; i < atlas->n_units; i++)
		if (strcasecmp(atlas->units[i]->r.unit, text) == 0 ||
		    strcasecmp(atlas->units[i]->name, text) == 0)
			return atlas->units[i];
	for (size_t i = 0; i < atlas->n_codes; i++)
		if ((str_eq(atlas->codes[i].scheme, "iso2") || str_eq(atlas->codes[i].scheme, "iso3")) &&
		    strcasecmp(atlas->codes[i].code, text) == 0)
			return atlas_unit(atlas, atlas->codes[i].unit);
	for (size_t i = 0; i < atlas->n_names; i++)
		if (str_eq(atlas->names[i].lang, "en") && strcasecmp(atlas->names[i].name, text) == 0)
			return atlas_unit(atlas, atlas->names[i].unit);
	return NULL;
}

bool atlas_borders(const struct atlas *atlas, const char *a, const char *b)
{
	const struct border pair[] = {{a, b}, {b, a}};

	for (size_t k = 0; k < LENGTH(pair) && atlas->n_borders; k++)
		if (bsearch(&pair[k], atlas->borders, atlas->n_borders, sizeof *atlas->borders, by_border))
			return true;
	return false;
}
