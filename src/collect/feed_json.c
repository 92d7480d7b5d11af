/* SPDX-License-Identifier: GPL-3.0-or-later */
/* feed_json.c - JSON Feed 1.0 and 1.1 (jsonfeed.org). */
#include <string.h>

#include "collect/item.h"

/* Step over a JSON value's text to its end; strings may hold brackets. */
static size_t value_end(const char *s, size_t len, size_t at)
{
	size_t depth = 0;
	bool quoted = false;

	for (; at < len; at++) {
		if (quoted) {
			if (s[at] == '\\')
				at++;
			else if (s[at] == '"')
				quoted = false;
		} else if (s[at] == '"') {
			quoted = true;
		} else if (s[at] == '{' || s[at] == '[') {
			depth++;
		} else if (s[at] == '}' || s[at] == ']') {
			if (depth <= 1)
				return at + 1;
			depth--;
		}
	}
	return len;
}

/* Offset after the '[' of the member "items" of the outermost object; len when there is none. */
static size_t items_start(const char *s, size_t len)
{
	size_t depth = 0;

	for (size_t at = 0; at < len; at++) {
		if (s[at] == '{' || s[at] == '[') {
			depth++;
		} else if (s[at] == '}' || s[at] == ']') {
			depth -= depth > 0;
		} else if (s[at] == '"') {
			size_t start = at++;

			for (; at < len && s[at] != '"'; at++)
				at += s[at] == '\\';
			if (depth == 1 && at - start == 6 && memcmp(s + start, "\"items\"", 7) == 0) {
				const char *list = memchr(s + at, '[', len - at);

				return list ? (size_t)(list - s) + 1 : len;
			}
		}
	}
	return len;
}

static const char *author_name(const struct json *item)
{
	const struct json *authors = json_get(item, "authors");

	if (authors && authors->type == JSON_LIST && authors->n)
		return json_text(&authors->v[0], "name");
	return json_text(json_get(item, "author"), "name");
}

static struct feed_item read_item(struct arena *arena, const struct json *json, const char *lang)
{
	const struct json *id = json_get(json, "id");
	const char *html = json_text(json, "content_html");
	struct feed_item item = {
		.title = json_text(json, "title"), .link = json_text(json, "url"),
		.guid = id && id->type == JSON_INT ? arena_printf(arena, "%lld", (long long)id->i)
						   : json_text(json, "id"),
		.summary = json_text(json, "summary"), .author = author_name(json),
		.content = html ? html : json_text(json, "content_text"), .plain = !html,
		.published = json_text(json, "date_published"), .via = json_text(json, "external_url"),
		.lang = json_text(json, "language") ? json_text(json, "language") : lang,
	};

	if (!item.published)
		item.published = json_text(json, "date_modified");
	return item;
}

int feed_read_json(const struct collect_setup *setup, const struct source *source, const char *bytes,
		   size_t len, struct records *out, struct err *err)
{
	const struct json *feed, *items;
	size_t at = items_start(bytes, len);
	int r = json_read(bytes, len, source->name, 1, out->arena, &feed, err);

	if (r < 0)
		return r;
	items = json_get(feed, "items");
	if (!items || items->type != JSON_LIST)
		return err_set(err, ERR_DATA, "%s:1:1: no list \"items\", expected a JSON Feed", source->name);
	for (size_t i = 0; i < items->n && r == 0; i++) {
		struct feed_item item;

		if (items->v[i].type != JSON_MAP)
			return err_set(err, ERR_DATA, "%s:1:1: item %zu is not an object", source->name, i + 1);
		item = read_item(out->arena, &items->v[i], json_text(feed, "language"));
		while (at < len && bytes[at] != '{')
			at++;
		item.start = at;
		item.end = at = value_end(bytes, len, at);
		r = item_document(setup, source, &item, bytes, out, err);
	}
	return r;
}
