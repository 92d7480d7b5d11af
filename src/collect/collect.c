/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collect.c - the core of the stage: what a file is, by its content, and who reads it. */
#include <string.h>

#include "collect/item.h"

static const char *first_sign(const char *bytes, size_t len)
{
	size_t at = len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (at < len && strchr(" \t\r\n", bytes[at]) && bytes[at])
		at++;
	return bytes + at;
}

static bool header_has(const char *header, size_t len, const char *column)
{
	size_t n = strlen(column);

	for (size_t at = 0; at + n <= len; at++) {
		bool starts = at == 0 || header[at - 1] == ',' || header[at - 1] == '"' || header[at - 1] == '\xbf';
		bool ends = at + n == len || header[at + n] == ',' || header[at + n] == '"' ||
			    header[at + n] == '\r';

		if (starts && ends && memcmp(header + at, column, n) == 0)
			return true;
	}
	return false;
}

/* A table's role by the columns that only it has. */
static bool guess_table(struct source *source, const char *bytes, size_t len)
{
	static const struct { const char *role, *format, *columns[4]; } tables[] = {
		{"labels", "csv", {"civic_class", "signal"}},
		{"indicators", "vdem-wide", {"country_text_id", "year"}},
		{"indicators", "csv", {"year", "indicator", "value"}},
		{"responses", "csv", {"id", "date", "country", "instrument"}},
		{"outcomes", "csv", {"id", "date", "country", "outcome"}},
		{"junctures", "csv", {"id", "date", "country", "status"}},
		{"units", "csv", {"id", "kind", "name"}},
	};
	const char *end = memchr(bytes, '\n', len);
	size_t width = end ? (size_t)(end - bytes) : len;

	for (size_t i = 0; i < LENGTH(tables); i++) {
		size_t found = 0, want = 0;

		for (; want < 4 && tables[i].columns[want]; want++)
			found += header_has(bytes, width, tables[i].columns[want]);
		if (found == want) {
			if (!source->role)
				source->role = tables[i].role;
			source->format = tables[i].format;
			return true;
		}
	}
	return false;
}

void source_guess(struct source *source, const char *bytes, size_t len, struct arena *arena)
{
	const char *first = first_sign(bytes, len), *end = memchr(first, '\n', len - (size_t)(first - bytes));
	const struct json *line;
	size_t width = end ? (size_t)(end - first) : len - (size_t)(first - bytes);
	bool wide = len > 2 && (!bytes[0] || !bytes[1]);   /* UTF-16 or 32 */

	if (source->format && strcmp(source->format, "auto") != 0) {
		if (!source->role)
			source->role = "feeds";
		if (strcmp(source->format, "csv") == 0 && str_eq(source->role, "indicators"))
			guess_table(source, first, len - (size_t)(first - bytes));
		return;
	}
	if (*first == '<' || wide) {
		source->format = "feed";
	} else if (*first == '{') {
		bool lines = json_read(first, width, source->name, 1, arena, &line, NULL) == 0 &&
			     json_text(line, "kind");

		source->format = lines ? "jsonl" : "jsonfeed";
	} else if (!guess_table(source, first, len - (size_t)(first - bytes))) {
		if (source->role && strcmp(source->role, "feeds") != 0)
			source->format = "csv";
		else
			source->format = str_eq(source->format, "auto") || !source->format ? "dump" : source->format;
	}
	if (!source->role)
		source->role = "feeds";
}

static bool is_table(const char *role)
{
	return str_eq(role, "junctures") || str_eq(role, "responses") || str_eq(role, "outcomes");
}

static bool looks_like_feed_file(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && (strcmp(name + n - 4, ".xml") == 0 || strcmp(name + n - 4, ".rss") == 0 ||
			 (n > 5 && strcmp(name + n - 5, ".atom") == 0));
}

int collect_run(const struct collect_setup *setup, const struct source *source, const char *bytes,
		size_t len, struct records *out, struct err *err)
{
	struct source found = *source;

	if (len > COLLECT_LIMIT)
		return err_set(err, ERR_DATA, "%s:1:1: %zu bytes, expected at most %zu", source->name, len,
			       COLLECT_LIMIT);
	source_guess(&found, bytes, len, out->arena);
	if (str_eq(found.role, "labels"))
		return 0;
	if (!instant_is_set(found.collected))
		found.collected = setup->seen;
	if (is_table(found.role))
		return table_read_facts(setup, &found, bytes, len, out, err);
	if (str_eq(found.role, "indicators"))
		return str_eq(found.format, "vdem-wide") ? table_read_wide(setup, &found, bytes, len, out, err)
							 : table_read_long(setup, &found, bytes, len, out, err);
	if (str_eq(found.format, "jsonfeed"))
		return feed_read_json(setup, &found, bytes, len, out, err);
	if (str_eq(found.format, "jsonl"))
		return records_read_jsonl(bytes, len, found.name, out, err);
	if (str_eq(found.format, "dump") && !looks_like_feed_file(found.name))
		return dump_read(&found, bytes, len, out, err);
	return feed_read_xml(setup, &found, bytes, len, out, err);
}
