/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * house.c - the tables under data/: units, lexicons, rules, instruments, profiles.
 * A new language, rule or profile is a new file there and no new code.
 */
#include <stdlib.h>
#include <string.h>

#include <tocsin/code.h>
#include <tocsin/codesign.h>
#include <tocsin/measure.h>
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

	if (r < 0)
		return r;
	ret->name = name;
	ret->text = text;
	if (str_starts(name, "units/") || str_starts(name, "lexicon/")) {
		hash_add(&house->coder_hash, name, strlen(name) + 1);
		hash_add(&house->coder_hash, text, ret->len);
	}
	return 0;
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

	return n >= m && strcmp(s + n - m, end) == 0;
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

static const char *base_name(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

static int add_lexicon(struct house *house, int pass, const struct table *table, struct err *err)
{
	int r = coder_add_file(house->coder, pass, base_name(table->name), table->text, table->len, err);

	return r < 0 ? r : 0;
}

static int add_rules_of_coding(struct house *house, const struct table *table, struct err *err)
{
	return add_lexicon(house, 0, table, err);
}

static int add_words(struct house *house, const struct table *table, struct err *err)
{
	return add_lexicon(house, 1, table, err);
}

static int add_demonyms(struct house *house, const struct table *table, struct err *err)
{
	return add_lexicon(house, 2, table, err);
}

static int read_lexicons(struct house *house, struct err *err)
{
	struct table cities;
	int r = coder_open(&house->atlas, &house->arena, &house->coder, err);

	if (r == 0)
		r = each_table(house, "lexicon", "", add_rules_of_coding, err);
	if (r == 0)
		r = each_table(house, "lexicon", "", add_words, err);
	if (r == 0)
		r = each_table(house, "lexicon", "", add_demonyms, err);
	if (r == 0)
		r = table_read(house, "units/cities.csv", &cities, err);
	return r < 0 ? r : coder_add_cities(house->coder, cities.name, cities.text, cities.len, err);
}

static int add_alert_rules(struct house *house, const struct table *table, struct err *err)
{
	return rules_read(table->name, table->text, table->len, &house->arena, house->rules, err);
}

static int add_profile(struct house *house, const struct table *table, struct err *err)
{
	return profile_read(table->name, table->text, table->len, &house->arena, house->profiles, err);
}

static int add_civic_frame(struct house *house, const struct table *table, struct err *err)
{
	return civic_frame_read(table->name, table->text, table->len, &house->arena, house->civic, err);
}

/* Without the folder civic space is not rated. */
static int read_civic(struct house *house, struct err *err)
{
	if (!file_is_dir(arena_printf(&house->arena, "%s/civic", house->data)))
		return 0;
	house->civic = civic_frame_new(&house->arena);
	return each_table(house, "civic", ".conf", add_civic_frame, err);
}

static int read_response(struct house *house, struct err *err)
{
	struct table table;
	int r;

	house->rules = arena_new(&house->arena, struct rules);
	house->instruments = arena_new(&house->arena, struct instruments);
	house->statuses = arena_new(&house->arena, struct statuses);
	house->profiles = arena_new(&house->arena, struct profiles);
	house->profiles->atlas = &house->atlas;
	r = each_table(house, "rules", ".conf", add_alert_rules, err);
	if (r == 0)
		r = table_read(house, "instruments.csv", &table, err);
	if (r == 0)
		r = instruments_read(table.name, table.text, table.len, &house->arena, house->instruments, err);
	if (r == 0)
		r = table_read(house, "country_status.csv", &table, err);
	if (r == 0)
		r = statuses_read(table.name, table.text, table.len, &house->arena, house->statuses, err);
	return r < 0 ? r : each_table(house, "profiles", ".conf", add_profile, err);
}

int house_open(const char *data, struct house **ret, struct err *err)
{
	struct house *house = calloc(1, sizeof *house);
	int r;

	house->data = arena_dup(&house->arena, data);
	hash_start(&house->coder_hash, 16);
	hash_add(&house->coder_hash, &(const char){CODE_METHOD}, 1);
	r = read_units(house, err);
	if (r == 0)
		r = read_lexicons(house, err);
	hash_end(&house->coder_hash, 16, house->coder_name);
	if (r == 0)
		r = read_response(house, err);
	if (r == 0)
		r = read_civic(house, err);
	if (r < 0) {
		house_close(house);
		return r;
	}
	*ret = house;
	return 0;
}

static void put_unit(struct buf *buf, const struct unit *unit)
{
	char from[40], past[40];
	const char *cells[] = {unit->r.unit, unit->type, unit->parent, from, past, unit->name};

	instant_write(unit->r.valid_from, from);
	instant_write(unit->r.valid_past, past);
	for (size_t i = 0; i < LENGTH(cells); i++) {
		csv_put(buf, cells[i] ? cells[i] : "", ',');
		buf_putc(buf, i + 1 < LENGTH(cells) ? ',' : '\n');
	}
}

int house_add_units(struct house *house, struct store *store, struct err *err)
{
	static const char header[] = "id,kind,parent,from,past,name\n";
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf table = {0};
	struct records stored = {.arena = &arena};
	struct query query = QUERY(&kind_unit, AS_OF_ALL);
	const struct unit *unit;
	int r = store_read(store, &query, &stored, err);

	if (r < 0)
		return r;
	buf_puts(&table, header);
	for (size_t i = 0; (unit = records_next(&stored, &kind_unit, &i));)
		if (!atlas_unit(&house->atlas, unit->r.unit))
			put_unit(&table, unit);
	if (table.len == sizeof header - 1)
		return 0;
	return atlas_add_units(&house->atlas, "units of the store", arena_ndup(&house->arena, table.s, table.len),
			       table.len, err);
}

void house_close(struct house *house)
{
	if (!house)
		return;
	arena_free(&house->arena);
	free(house);
}

void house_closep(struct house **house)
{
	house_close(*house);
}
