/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fields.c - reaching a field through its kind's table, and values given as text. */
#include <math.h>
#include <string.h>

#include "model/fields.h"

static void *field_at(void *record, const struct field *field)
{
	return (char *)record + field->offset;
}

const char **field_text(void *record, const struct field *field)
{
	return field_at(record, field);
}

int64_t *field_int(void *record, const struct field *field)
{
	return field_at(record, field);
}

double *field_real(void *record, const struct field *field)
{
	return field_at(record, field);
}

struct instant *field_time(void *record, const struct field *field)
{
	return field_at(record, field);
}

bool field_is_missing(const void *record, const struct field *field)
{
	void *r = (void *)record;

	switch (field->type) {
	case FIELD_INT:
		return *field_int(r, field) == INT_MISSING;
	case FIELD_REAL:
		return isnan(*field_real(r, field));
	case FIELD_TIME:
		return !instant_is_set(*field_time(r, field));
	default:
		return !*field_text(r, field);
	}
}

const struct field *kind_field(const struct kind *kind, const char *name)
{
	for (size_t i = 0; i < kind->n_fields; i++)
		if (str_eq(kind->fields[i].name, name))
			return &kind->fields[i];
	return NULL;
}

void field_write_json(struct buf *buf, const void *record, const struct field *field)
{
	void *r = (void *)record;
	char text[40];

	if (field_is_missing(r, field)) {
		buf_puts(buf, "null");
		return;
	}
	switch (field->type) {
	case FIELD_TEXT:
		json_put_str(buf, *field_text(r, field));
		break;
	case FIELD_JSON:
		buf_puts(buf, *field_text(r, field));
		break;
	case FIELD_INT:
		buf_printf(buf, "%lld", (long long)*field_int(r, field));
		break;
	case FIELD_REAL:
		json_put_num(buf, *field_real(r, field));
		break;
	case FIELD_TIME:
		instant_write(*field_time(r, field), text);
		json_put_str(buf, text);
	}
}

/* JSON inside a field is kept in its canonical form, so that equal values have equal bytes. */
static int json_from_text(struct arena *arena, const char **place, const char *text, const char *name,
			  struct err *err)
{
	_cleanup_(buf_free) struct buf canonical = {0};
	const struct json *value;
	int r = json_read(text, strlen(text), name, 1, arena, &value, err);

	if (r < 0)
		return r;
	json_write(&canonical, value);
	*place = arena_ndup(arena, canonical.s, canonical.len);
	return 0;
}

int object_from_text(struct arena *arena, const char **place, const char *text, const char *name,
		     struct err *err)
{
	const char *object;
	int r = json_from_text(arena, &object, text, name, err);

	if (r < 0)
		return r;
	if (object[0] != '{')
		return err_set(err, ERR_DATA, "field \"%s\" is not an object", name);
	*place = object;
	return 0;
}

const char *object_with(struct arena *arena, const char *object, const char *key, const char *text)
{
	_cleanup_(buf_free) struct buf out = {0};
	const struct json *old = NULL;
	struct json next = {.type = JSON_MAP};
	size_t n = 0;

	if (object && json_read(object, strlen(object), key, 1, arena, &old, NULL) == 0)
		n = old->type == JSON_MAP ? old->n : 0;
	next.v = arena_array(arena, struct json, n + 1);
	next.keys = arena_array(arena, const char *, n + 1);
	for (size_t i = 0; i < n; i++) {
		if (str_eq(old->keys[i], key))
			continue;
		next.keys[next.n] = old->keys[i];
		next.v[next.n++] = old->v[i];
	}
	next.keys[next.n] = key;
	next.v[next.n++] = (struct json){.type = JSON_STR, .s = text};
	json_write(&out, &next);
	return arena_ndup(arena, out.s, out.len);
}

int field_from_text(struct arena *arena, void *record, const struct field *field, const char *text,
		    struct err *err)
{
	size_t len = strlen(text);

	switch (field->type) {
	case FIELD_TEXT:
		*field_text(record, field) = arena_ndup(arena, text, len);
		return 0;
	case FIELD_JSON:
		return json_from_text(arena, field_text(record, field), text, field->name, err);
	case FIELD_INT:
		if (num_read_int(text, len, field_int(record, field)) == 0)
			return 0;
		return err_set(err, ERR_DATA, "field \"%s\" is \"%.40s\", expected a whole number",
			       field->name, text);
	case FIELD_REAL:
		if (num_read(text, len, field_real(record, field)) == 0)
			return 0;
		return err_set(err, ERR_DATA, "field \"%s\" is \"%.40s\", expected a number",
			       field->name, text);
	case FIELD_TIME:
		return instant_read(text, field_time(record, field), err);
	}
	return 0;
}

static int flag_from_text(const char *text, bool *ret, struct err *err)
{
	if (!str_eq(text, "true") && !str_eq(text, "false"))
		return err_set(err, ERR_DATA, "\"withdrawn\" is \"%.20s\", expected true or false", text);
	*ret = str_eq(text, "true");
	return 0;
}

int envelope_from_text(struct arena *arena, struct record *r, const char *name, const char *text,
		       struct err *err)
{
	const struct { const char *name; const char **text; } texts[] = {
		{"id", &r->id}, {"unit", &r->unit}, {"by", &r->by}, {"schema", &r->schema},
		{"licence", &r->licence},
	};
	const struct { const char *name; struct instant *at; } times[] = {
		{"known", &r->known}, {"valid_from", &r->valid_from}, {"valid_past", &r->valid_past},
	};

	for (size_t i = 0; i < LENGTH(texts); i++)
		if (str_eq(name, texts[i].name)) {
			*texts[i].text = arena_dup(arena, text);
			return 0;
		}
	for (size_t i = 0; i < LENGTH(times); i++)
		if (str_eq(name, times[i].name))
			return instant_read(text, times[i].at, err);
	if (str_eq(name, "missing"))
		return object_from_text(arena, &r->missing, text, name, err);
	if (str_eq(name, "withdrawn"))
		return flag_from_text(text, &r->withdrawn, err);
	if (str_eq(name, "revision")) {
		if (num_read_int(text, strlen(text), &r->revision) == 0 && r->revision > 0)
			return 0;
		return err_set(err, ERR_DATA, "\"revision\" is \"%.20s\", expected a whole number", text);
	}
	return ERR_NOT_FOUND;
}

int schema_check(const char *schema, struct err *err)
{
	int64_t major;

	if (num_read_int(schema, strcspn(schema, "."), &major) < 0 || major < 0)
		return err_set(err, ERR_DATA, "schema is \"%.20s\", expected a version such as " SCHEMA_TEXT,
			       schema);
	if (major > SCHEMA_MAJOR)
		return err_hint(err, err_set(err, ERR_DATA, "schema %.20s is newer than " SCHEMA_TEXT, schema),
				"Install a newer tocsin to read this record.");
	return 0;
}

int record_finish(struct arena *arena, struct record *r, struct err *err)
{
	int code = schema_check(r->schema, err);

	if (code == 0 && !r->id)
		record_identify(arena, r);
	return code;
}
