/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * form_json.c - records as JSON Lines, one object a line.
 *
 * Keys come in the order of the tables: kind, id, the envelope, the fields of the
 * kind, then fields of a newer minor version, kept as they came. A number is
 * written in its shortest exact form, so writing and reading back is lossless.
 */
#include <math.h>
#include <string.h>

#include "model/fields.h"

static void put_text(struct buf *buf, const char *name, const char *s)
{
	if (!s)
		return;
	buf_printf(buf, ",\"%s\":", name);
	json_put_str(buf, s);
}

static void put_time(struct buf *buf, const char *name, struct instant at)
{
	char text[40];

	instant_write(at, text);
	put_text(buf, name, *text ? text : NULL);
}

void origins_write_json(struct buf *buf, const struct record *r)
{
	buf_putc(buf, '[');
	for (size_t i = 0; i < r->n_from; i++) {
		const struct origin *from = &r->from[i];

		buf_puts(buf, i ? ",{\"id\":" : "{\"id\":");
		json_put_str(buf, from->from_id);
		put_text(buf, "role", from->role);
		put_text(buf, "part", from->part);
		if (from->byte_start != INT_MISSING)
			buf_printf(buf, ",\"byte_start\":%lld,\"byte_end\":%lld",
				   (long long)from->byte_start, (long long)from->byte_end);
		buf_putc(buf, '}');
	}
	buf_putc(buf, ']');
}

/* The members of a JSON object text, without its braces. */
static void put_members(struct buf *buf, const char *object)
{
	size_t len = object ? strlen(object) : 0;

	if (len <= 2)
		return;
	buf_putc(buf, ',');
	buf_add(buf, object + 1, len - 2);
}

static void put_fields(struct buf *buf, const struct record *r, unsigned without)
{
	for (size_t i = 0; i < r->kind->n_fields; i++) {
		const struct field *field = &r->kind->fields[i];

		if (field->flags & without)
			continue;
		buf_printf(buf, ",\"%s\":", field->name);
		field_write_json(buf, r, field);
	}
	put_members(buf, r->extra);
}

void record_write_json(struct buf *buf, const void *record)
{
	const struct record *r = record;

	buf_printf(buf, "{\"kind\":\"%s\"", r->kind->name);
	put_text(buf, "id", r->id);
	if (r->revision)
		buf_printf(buf, ",\"revision\":%lld", (long long)r->revision);
	put_text(buf, "unit", r->unit);
	put_time(buf, "valid_from", r->valid_from);
	put_time(buf, "valid_past", r->valid_past);
	put_time(buf, "known", r->known);
	put_fields(buf, r, 0);
	if (r->withdrawn)
		buf_puts(buf, ",\"withdrawn\":true");
	if (r->missing)
		buf_printf(buf, ",\"missing\":%s", r->missing);
	if (r->n_from) {
		buf_puts(buf, ",\"origins\":");
		origins_write_json(buf, r);
	}
	put_text(buf, "licence", r->licence);
	put_text(buf, "by", r->by);
	put_text(buf, "schema", r->schema);
	buf_putc(buf, '}');
}

void record_write_content(struct buf *buf, const struct record *r)
{
	buf_printf(buf, "{\"kind\":\"%s\"", r->kind->name);
	put_text(buf, "unit", r->unit);
	put_time(buf, "valid_from", r->valid_from);
	put_time(buf, "valid_past", r->valid_past);
	put_fields(buf, r, FIELD_CLOCK);
	if (r->withdrawn)
		buf_puts(buf, ",\"withdrawn\":true");
	put_text(buf, "missing", r->missing);
	put_text(buf, "licence", r->licence);
	put_text(buf, "by", r->by);
	origins_write_json(buf, r);
	buf_putc(buf, '}');
}

int origins_from_json(struct arena *arena, struct record *r, const struct json *list, struct err *err)
{
	if (list->type != JSON_LIST)
		return err_set(err, ERR_DATA, "\"origins\" is not a list");
	for (size_t i = 0; i < list->n; i++) {
		const struct json *start = json_get(&list->v[i], "byte_start");
		const struct json *end = json_get(&list->v[i], "byte_end");
		const char *id = json_text(&list->v[i], "id");

		if (!id)
			return err_set(err, ERR_DATA, "an origin has no \"id\"");
		if ((start && start->type != JSON_INT) || (end && end->type != JSON_INT) || !start != !end)
			return err_set(err, ERR_DATA, "an origin needs whole byte_start and byte_end or neither");
		record_from_span(arena, r, id, json_text(&list->v[i], "role"),
				 json_text(&list->v[i], "part"), start ? start->i : INT_MISSING,
				 end ? end->i : INT_MISSING);
	}
	return 0;
}

static const char *canonical(struct arena *arena, const struct json *value)
{
	_cleanup_(buf_free) struct buf text = {0};

	json_write(&text, value);
	return arena_ndup(arena, text.s, text.len);
}

static int wrong_type(const char *name, const char *expected, struct err *err)
{
	return err_set(err, ERR_DATA, "field \"%s\" is not %s", name, expected);
}

static int field_from_json(struct arena *arena, void *r, const struct field *field,
			   const struct json *value, struct err *err)
{
	switch (field->type) {
	case FIELD_INT:
		if (value->type != JSON_INT)
			return wrong_type(field->name, "a whole number", err);
		*field_int(r, field) = value->i;
		return 0;
	case FIELD_REAL:
		if (value->type != JSON_INT && value->type != JSON_NUMBER)
			return wrong_type(field->name, "a number", err);
		*field_real(r, field) = value->type == JSON_INT ? (double)value->i : value->d;
		if (*field_real(r, field) == 0)
			*field_real(r, field) = 0;
		return 0;
	case FIELD_JSON:
		*field_text(r, field) = canonical(arena, value);
		return 0;
	default:
		if (value->type != JSON_STR)
			return wrong_type(field->name, "text", err);
		return field_from_text(arena, r, field, value->s, err);
	}
}

static int envelope_from_json(struct arena *arena, struct record *r, const char *name,
			      const struct json *value, struct err *err)
{
	if (str_eq(name, "origins"))
		return origins_from_json(arena, r, value, err);
	if (str_eq(name, "missing")) {
		if (value->type != JSON_MAP)
			return wrong_type(name, "an object", err);
		r->missing = canonical(arena, value);
		return 0;
	}
	if (str_eq(name, "revision") || str_eq(name, "withdrawn"))
		return envelope_from_text(arena, r, name, canonical(arena, value), err);
	if (value->type != JSON_STR) {
		int code = envelope_from_text(arena, r, name, "", NULL);

		return code == ERR_NOT_FOUND ? code : wrong_type(name, "text", err);
	}
	return envelope_from_text(arena, r, name, value->s, err);
}

/* Members that this version does not know are kept, so that passing through loses nothing. */
static int record_fill(struct arena *arena, struct record *r, const struct json *map, struct err *err)
{
	struct json extra = {.type = JSON_MAP, .v = arena_array(arena, struct json, map->n),
			     .keys = arena_array(arena, const char *, map->n)};

	for (size_t i = 0; i < map->n; i++) {
		const struct field *field = kind_field(r->kind, map->keys[i]);
		const struct json *value = &map->v[i];
		int code;

		if (value->type == JSON_NONE || str_eq(map->keys[i], "kind"))
			continue;
		code = field ? field_from_json(arena, r, field, value, err)
			     : envelope_from_json(arena, r, map->keys[i], value, err);
		if (code == ERR_NOT_FOUND) {
			extra.keys[extra.n] = map->keys[i];
			extra.v[extra.n++] = *value;
		} else if (code < 0) {
			return code;
		}
	}
	if (extra.n)
		r->extra = canonical(arena, &extra);
	return record_finish(arena, r, err);
}

/* Put "name:line: " before what went wrong inside the record. */
static int place_fault(const char *name, size_t line, int code, struct err *inner, struct err *err)
{
	err_set(err, ERR_DATA, "%s:%zu:1: %s", name, line, inner->msg);
	if (inner->hint[0])
		err_hint(err, code, "%s", inner->hint);
	return code;
}

int record_read_json(const char *text, size_t len, const char *name, size_t line,
		     struct arena *arena, struct record **ret, struct err *err)
{
	const struct json *map;
	const struct kind *kind;
	struct record *r;
	struct err inner = {0};
	int code = json_read(text, len, name, line, arena, &map, err);

	if (code < 0)
		return code;
	if (json_text(map, "schema") && (code = schema_check(json_text(map, "schema"), &inner)) < 0)
		return place_fault(name, line, code, &inner, err);
	if (map->type != JSON_MAP || !json_text(map, "kind"))
		return err_hint(err, err_set(err, ERR_DATA, "%s:%zu:1: expected an object with a \"kind\"",
					     name, line),
				"One record a line, such as {\"kind\":\"document\",...}.");
	kind = kind_named(json_text(map, "kind"));
	if (!kind)
		return err_set(err, ERR_DATA, "%s:%zu:1: unknown kind \"%.40s\"", name, line,
			       json_text(map, "kind"));
	r = record_new(arena, kind);
	code = record_fill(arena, r, map, &inner);
	if (code < 0)
		return place_fault(name, line, code, &inner, err);
	*ret = r;
	return 0;
}

static bool is_blank(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
			return false;
	return true;
}

int records_read_jsonl(const char *text, size_t len, const char *name, struct records *list,
		       struct err *err)
{
	size_t line = 1;

	for (size_t at = 0; at < len; line++) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t n = end ? (size_t)(end - (text + at)) : len - at;

		if (!is_blank(text + at, n)) {
			struct record *r;
			int code = record_read_json(text + at, n, name, line, list->arena, &r, err);

			if (code < 0)
				return code;
			records_add(list, r);
		}
		at += n + 1;
	}
	return 0;
}
