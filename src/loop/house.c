/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * house.c - the tables under data/: units, lexicons, rules, instruments, profiles.
 * A new language, rule or profile is a new file there and no new code.
 */
#include <stdlib.h>
#include <string.h>

#include <tocsin/code.h>
#include <tocsin/codesign.h>
#include <tocsin/respond.h>

#include "loop/stages.h"

#define TABLE_LIMIT ((size_t)64 << 20)

struct table {
	const char *name, *text;
	size_t len;
};

/* Read data/FOLDER/NAME; its messages name it as FOLDER/NAME. */
static int table_read(struct house *house, const char *name, struct table *ret, struct err *err)
{
	const char *path = arena_printf(&house->arena, "%s/%s", house->data, name);
	char *text;
	int r = file_read(path, TABLE_LIMIT, &house->arena, &text, &ret->len, err);

	ret->name = name;
	ret->text = text;
	return r;
}

static int read_units(struct house *house, struct err *err)
{
	static const struct {
		const char *name;
		int (*add)(struct atlas *, const char *, const char *, size_t, struct err *);
	} tables[] = {
		{"units/units.csv", atlas_add_units}, {"units/codes.csv", atlas_add_codes},
		{"units/names.csv", atlas_add_names}, {"units/neighbours.csv", atlas_add_borders},
	};

	house->atlas.arena = &house->arena;
	for (size_t i = 0; i < LENGTH(tables); i++) {
		struct table table;
		int r = table_read(house, tables[i].name, &table, err);

		if (r == 0)
			r = tables[i].add(&house->atlas, table.name, table.text, table.len, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static bool ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

/* Every file of data/FOLDER that ends in `end`, in the order of names. */
static int each_table(struct house *house, const char *folder, const char *end,
		      int (*each)(struct house *house, const struct table *table, struct err *err),
		      struct err *err)
{
	const char **names, *path = arena_printf(&house->arena, "%s/%s", house->data, folder);
	size_t n;
	int r = file_list(path, &house->arena, &names, &n, err);

	for (size_t i = 0; i < n && r == 0; i++) {
		struct table table;

		if (!ends_in(names[i], end))
			continue;
		r = table_read(house, arena_printf(&house->arena, "%s/%s", folder, names[i]), &table, err);
		if (r == 0)
			r = each(house, &table, err);
	}
	return r;
}
