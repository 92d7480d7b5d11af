/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.c - making records: missing values, origins, identity, content hash, checks. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/model.h>

#include "model/fields.h"

void *record_new(struct arena *arena, const struct kind *kind)
{
	struct record *r = arena_alloc(arena, kind->size);

	r->kind = kind;
	r->by = "system";
	r->schema = SCHEMA_TEXT;
	r->licence = "open";
	for (size_t i = 0; i < kind->n_fields; i++) {
		const struct field *field = &kind->fields[i];

		if (field->type == FIELD_INT)
			*field_int(r, field) = INT_MISSING;
		else if (field->type == FIELD_REAL)
			*field_real(r, field) = NAN;
	}
	return r;
}

void records_add(struct records *list, void *record)
{
	*arena_push(list->arena, list->v, list->n, list->cap) = record;
}

static size_t kind_rank(const struct kind *kind)
{
	size_t i = 0;

	while (kinds[i] != kind)
		i++;
	return i;
}

static int by_kind_id(const void *a, const void *b)
{
	const struct record *x = *(struct record *const *)a, *y = *(struct record *const *)b;
	int order;

	if (x->kind != y->kind)
		return kind_rank(x->kind) < kind_rank(y->kind) ? -1 : 1;
	order = str_cmp(x->id, y->id);
	if (order)
		return order;
	return (x->revision > y->revision) - (x->revision < y->revision);
}

void records_sort(struct records *list)
{
	if (list->n)
		qsort(list->v, list->n, sizeof *list->v, by_kind_id);
}

void *records_next(const struct records *list, const struct kind *kind, size_t *i)
{
	while (*i < list->n) {
		struct record *r = list->v[(*i)++];

		if (r->kind == kind)
			return r;
	}
	return NULL;
}

void *records_find(const struct records *list, const char *id)
{
	struct record *found = NULL;

	for (size_t i = 0; i < list->n; i++) {
		struct record *r = list->v[i];

		if (str_eq(r->id, id) && (!found || r->known.usec > found->known.usec ||
					  (r->known.usec == found->known.usec &&
					   r->revision > found->revision)))
			found = r;
	}
	return found;
}

void record_from(struct arena *arena, struct record *r, const char *from_id, const char *role)
{
	record_from_span(arena, r, from_id, role, NULL, INT_MISSING, INT_MISSING);
}

void record_from_span(struct arena *arena, struct record *r, const char *from_id, const char *role,
		      const char *part, int64_t byte_start, int64_t byte_end)
{
	assert(from_id);
	if ((r->n_from & (r->n_from - 1)) == 0 && r->n_from != 1) {   /* grow at 0, 2, 4, 8 ... */
		size_t cap = r->n_from ? 2 * r->n_from : 2;
		struct origin *grown = arena_array(arena, struct origin, cap);

		if (r->n_from)
			memcpy(grown, r->from, r->n_from * sizeof *grown);
		r->from = grown;
	}
	r->from[r->n_from++] = (struct origin){
		.from_id = arena_dup(arena, from_id),
		.role = arena_dup(arena, role),
		.part = arena_dup(arena, part),
		.byte_start = byte_start,
		.byte_end = byte_end,
	};
}

void record_missing(struct arena *arena, struct record *r, const char *field, const char *why)
{
	r->missing = object_with(arena, r->missing, field, why);
}

static int strictness(const char *licence)
{
	return str_eq(licence, "restricted") ? 2 : str_eq(licence, "share-alike") ? 1 : 0;
}

void record_inherit_licence(struct record *r, const char *licence)
{
	if (strictness(licence) > strictness(r->licence))
		r->licence = licence;
}

static void put_instant(struct buf *buf, struct instant at)
{
	char text[40];

	instant_write(at, text);
	json_put_str(buf, *text ? text : NULL);
}

/* Canonical JSON of the identity fields: names sorted bytewise, missing ones null. */
static void write_identity(struct buf *buf, const struct record *r)
{
	const char *names[24];
	size_t n = 0;

	for (size_t i = 0; i < r->kind->n_fields; i++)
		if (r->kind->fields[i].flags & FIELD_IDENTITY)
			names[n++] = r->kind->fields[i].name;
	if (r->kind->unit_is_identity)
		names[n++] = "unit";
	if (r->kind->from_is_identity)
		names[n++] = "valid_from";
	for (size_t i = 1; i < n; i++)   /* a handful: insertion sort */
		for (size_t j = i; j > 0 && strcmp(names[j - 1], names[j]) > 0; j--) {
			const char *swap = names[j];

			names[j] = names[j - 1];
			names[j - 1] = swap;
		}
	for (size_t i = 0; i < n; i++) {
		const struct field *field = kind_field(r->kind, names[i]);

		buf_putc(buf, i ? ',' : '{');
		json_put_str(buf, names[i]);
		buf_putc(buf, ':');
		if (field)
			field_write_json(buf, r, field);
		else if (str_eq(names[i], "unit"))
			json_put_str(buf, r->unit);
		else
			put_instant(buf, r->valid_from);
	}
	buf_putc(buf, '}');
}

void record_identify(struct arena *arena, void *record)
{
	_cleanup_(buf_free) struct buf text = {0};
	struct record *r = record;
	char hex[33];

	for (size_t i = 0; i < r->kind->n_fields; i++) {
		const struct field *field = &r->kind->fields[i];

		if (field->flags & FIELD_COMPUTED)
			*field_real(r, field) = num_round(*field_real(r, field));
	}
	write_identity(&text, r);
	hash_hex(text.s, text.len, 16, hex);
	r->id = arena_printf(arena, "%s%s", r->kind->prefix, hex);
}

void record_content_hash(const void *record, char hex[33])
{
	_cleanup_(buf_free) struct buf text = {0};

	record_write_content(&text, record);
	hash_hex(text.s, text.len, 16, hex);
}

static bool is_one_of(const char *s, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(s, names[i]))
			return true;
	return false;
}

static int check_text(const struct record *r, const char *name, const char *s, struct err *err)
{
	if (s && utf8_valid(s, strlen(s)) != strlen(s))
		return err_set(err, ERR_DATA, "%s: field \"%s\" is not valid UTF-8", r->kind->name, name);
	return 0;
}

static int check_instant(const struct record *r, const char *name, struct instant at, struct err *err)
{
	if (instant_is_set(at) && (instant_year(at) < 1 || instant_year(at) > 9999))
		return err_set(err, ERR_DATA, "%s: field \"%s\" lies outside the years 1 to 9999",
			       r->kind->name, name);
	return 0;
}

static int check_field(const struct record *r, const struct field *field, struct err *err)
{
	int code = 0;

	if (field->type == FIELD_TEXT || field->type == FIELD_JSON)
		code = check_text(r, field->name, *field_text((void *)r, field), err);
	else if (field->type == FIELD_TIME)
		code = check_instant(r, field->name, *field_time((void *)r, field), err);
	else if (field->type == FIELD_REAL && isinf(*field_real((void *)r, field)))
		code = err_set(err, ERR_DATA, "%s: field \"%s\" is infinite", r->kind->name, field->name);
	if (code < 0)
		return code;
	if ((field->flags & FIELD_REQUIRED) && field_is_missing(r, field) && !r->withdrawn)
		return err_set(err, ERR_DATA, "%s: field \"%s\" is required", r->kind->name, field->name);
	return 0;
}

/* A span is whole: a part, and both of its ends in order. */
static int check_origins(const struct record *r, struct err *err)
{
	for (size_t i = 0; i < r->n_from; i++) {
		const struct origin *from = &r->from[i];
		bool start = from->byte_start != INT_MISSING, end = from->byte_end != INT_MISSING;
		int code;

		if ((code = check_text(r, "origins", from->from_id, err)) < 0 ||
		    (code = check_text(r, "origins", from->role, err)) < 0)
			return code;
		if (from->part && !str_eq(from->part, "title") && !str_eq(from->part, "body"))
			return err_set(err, ERR_DATA, "%s: origin with the part \"%.20s\", expected title or body",
				       r->kind->name, from->part);
		if (start != end || (start && (from->byte_start < 0 || from->byte_end < from->byte_start)))
			return err_set(err, ERR_DATA, "%s: origin with an impossible span of bytes", r->kind->name);
	}
	return 0;
}

static int check_envelope(const struct record *r, struct err *err)
{
	const struct { const char *name, *s; } texts[] = {
		{"unit", r->unit}, {"by", r->by}, {"schema", r->schema}, {"missing", r->missing},
		{"extra", r->extra},
	};
	int code;

	if (!r->by || !r->schema)
		return err_set(err, ERR_DATA, "%s: field \"%s\" is required", r->kind->name,
			       r->by ? "schema" : "by");
	for (size_t i = 0; i < LENGTH(texts); i++)
		if ((code = check_text(r, texts[i].name, texts[i].s, err)) < 0)
			return code;
	if ((code = check_instant(r, "known", r->known, err)) < 0 ||
	    (code = check_instant(r, "valid_from", r->valid_from, err)) < 0 ||
	    (code = check_instant(r, "valid_past", r->valid_past, err)) < 0)
		return code;
	return check_origins(r, err);
}

int record_check(const void *record, struct err *err)
{
	static const char *const licences[] = {"open", "share-alike", "restricted"};
	const struct record *r = record;
	int code;

	if (!r->id || kind_of_id(r->id) != r->kind)
		return err_set(err, ERR_DATA, "%s: \"%s\" is not an id of this kind", r->kind->name,
			       r->id ? r->id : "");
	if (!instant_is_set(r->known))
		return err_set(err, ERR_DATA, "%s %s: no time at which it became known", r->kind->name, r->id);
	if (!is_one_of(r->licence, licences, LENGTH(licences)))
		return err_hint(err, err_set(err, ERR_DATA, "%s: unknown licence class \"%s\"",
					     r->kind->name, r->licence ? r->licence : ""),
				"Licence classes are open, share-alike and restricted.");
	if (r->kind->unit_is_required && !r->unit)
		return err_set(err, ERR_DATA, "%s: field \"unit\" is required", r->kind->name);
	if ((code = check_envelope(r, err)) < 0)
		return code;
	for (size_t i = 0; i < r->kind->n_fields; i++)
		if ((code = check_field(r, &r->kind->fields[i], err)) < 0)
			return code;
	if (r->kind == &kind_event && !r->withdrawn &&
	    !is_one_of(((const struct event *)r)->civic_class, civic_classes, n_civic_classes))
		return err_set(err, ERR_DATA, "event: unknown civic class \"%s\"",
			       ((const struct event *)r)->civic_class);
	if (r->kind == &kind_question && !r->withdrawn)
		return question_check((const struct question *)r, err);
	if (r->kind == &kind_judgement && !r->withdrawn)
		return judgement_check((const struct judgement *)r, err);
	return 0;
}
