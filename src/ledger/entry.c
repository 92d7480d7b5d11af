/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * entry.c - what is committed of a forecast, as one text.
 *
 * The keys and their order are part of every hash ever made: a new one would be a new
 * kind of entry. What a forecast record has beyond them may change freely.
 */
#include <stdlib.h>
#include <string.h>

#include "ledger/nodes.h"

static int by_origin(const void *a, const void *b)
{
	const struct origin *x = a, *y = b;
	int order = str_cmp(x->from_id, y->from_id);

	if (order == 0)
		order = str_cmp(x->role, y->role);
	if (order == 0)
		order = str_cmp(x->part, y->part);
	if (order == 0)
		order = (x->byte_start > y->byte_start) - (x->byte_start < y->byte_start);
	return order ? order : (x->byte_end > y->byte_end) - (x->byte_end < y->byte_end);
}

static void put_field(struct buf *buf, const struct forecast *forecast, const char *name)
{
	field_write_json(buf, forecast, kind_field(&kind_forecast, name));
}

/* Records that it came from, what each feature gave, and of how many rows it learned. */
void entry_inputs(const struct forecast *forecast, char hex[65])
{
	_cleanup_(buf_free) struct buf text = {0};
	size_t n = forecast->r.n_from;
	struct origin *from = calloc(n + 1, sizeof *from);

	if (n) {
		memcpy(from, forecast->r.from, n * sizeof *from);
		qsort(from, n, sizeof *from, by_origin);
	}
	for (size_t i = 0; i < n; i++) {
		json_put_str(&text, from[i].from_id);
		json_put_str(&text, from[i].role);
		json_put_str(&text, from[i].part);
		buf_printf(&text, "%lld,%lld\n", (long long)from[i].byte_start, (long long)from[i].byte_end);
	}
	put_field(&text, forecast, "drivers");
	buf_putc(&text, '\n');
	put_field(&text, forecast, "n");
	hash_hex(text.s, text.len, 32, hex);
	free(from);
}

void entry_write(struct buf *buf, const struct forecast *forecast, const char *version)
{
	static const char *const fields[] = {"question", "origin", "as_of", "p", "low", "high"};
	char inputs[65];

	entry_inputs(forecast, inputs);
	buf_puts(buf, "{\"forecast\":");
	json_put_str(buf, forecast->r.id);
	buf_puts(buf, ",\"unit\":");
	json_put_str(buf, forecast->r.unit);
	for (size_t i = 0; i < LENGTH(fields); i++) {
		buf_printf(buf, ",\"%s\":", fields[i]);
		put_field(buf, forecast, fields[i]);
	}
	buf_printf(buf, ",\"inputs\":\"%s\",\"version\":", inputs);
	json_put_str(buf, version);
	buf_puts(buf, ",\"model\":");
	put_field(buf, forecast, "weights");
	buf_puts(buf, ",\"seed\":");
	put_field(buf, forecast, "seed");
	buf_putc(buf, '}');
}

static int entry_read(const char *entry, size_t len, struct arena *arena, const struct json **ret, struct err *err)
{
	if (json_read(entry, len, "entry", 1, arena, ret, NULL) < 0 || !json_text(*ret, "version"))
		return err_set(err, ERR_DATA, "not an entry of a forecast");
	return 0;
}

int entry_version(const char *entry, size_t len, struct arena *arena, const char **ret, struct err *err)
{
	const struct json *map;
	int r = entry_read(entry, len, arena, &map, err);

	if (r == 0)
		*ret = json_text(map, "version");
	return r;
}

static const char *value_text(const struct json *map, const char *key, struct arena *arena)
{
	_cleanup_(buf_free) struct buf text = {0};
	const struct json *value = json_get(map, key);

	if (!value)
		return "null";
	json_write(&text, value);
	return arena_dup(arena, text.s);
}

/* The first key by which two entries differ. */
static int tell_difference(const struct json *said, const struct json *is, struct arena *arena, struct err *err)
{
	for (size_t i = 0; i < is->n; i++) {
		const char *was = value_text(said, is->keys[i], arena), *now = value_text(is, is->keys[i], arena);

		if (strcmp(was, now) != 0)
			return err_set(err, ERR_INTEGRITY, "the entry says %s %.80s, the forecast %.80s", is->keys[i], was, now);
	}
	return err_set(err, ERR_INTEGRITY, "the entry is not in its canonical form");
}

int entry_check(const char *entry, size_t len, const struct forecast *forecast, struct arena *arena,
		struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
	const struct json *said, *is;
	int r = entry_read(entry, len, arena, &said, err);

	if (r < 0)
		return err_set(err, ERR_INTEGRITY, "the entry is not one of a forecast");
	entry_write(&text, forecast, json_text(said, "version"));
	if (text.len == len && memcmp(text.s, entry, len) == 0)
		return 0;
	r = entry_read(text.s, text.len, arena, &is, err);
	return r < 0 ? r : tell_difference(said, is, arena, err);
}
