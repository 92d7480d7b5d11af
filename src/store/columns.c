/* SPDX-License-Identifier: GPL-3.0-or-later */
/* columns.c - a record as a row: the order of columns that put and read share. */
#include <string.h>

#include "store/engine.h"

static void put_time_columns(struct buf *buf, const char *alias, const char *name)
{
	buf_printf(buf, ", %s\"%s\", %s\"%s_precision\", %s\"%s_offset\"", alias, name, alias, name, alias, name);
}

void columns_write(struct buf *buf, const struct kind *kind, const char *alias)
{
	static const char *const after[] = {"by", "schema", "licence", "withdrawn", "missing", "extra"};

	buf_printf(buf, "%s\"id\", %s\"revision\", %s\"unit\"", alias, alias, alias);
	put_time_columns(buf, alias, "known");
	put_time_columns(buf, alias, "valid_from");
	put_time_columns(buf, alias, "valid_past");
	for (size_t i = 0; i < LENGTH(after); i++)
		buf_printf(buf, ", %s\"%s\"", alias, after[i]);
	for (size_t i = 0; i < kind->n_fields; i++) {
		if (kind->fields[i].flags & FIELD_PAYLOAD)
			continue;
		if (kind->fields[i].type == FIELD_TIME)
			put_time_columns(buf, alias, kind->fields[i].name);
		else
			buf_printf(buf, ", %s\"%s\"", alias, kind->fields[i].name);
	}
	buf_printf(buf, ", %s\"content\"", alias);
}

size_t columns_count(const struct kind *kind)
{
	size_t n = 3 + 3 * 3 + 6 + 1;

	for (size_t i = 0; i < kind->n_fields; i++)
		if (!(kind->fields[i].flags & FIELD_PAYLOAD))
			n += kind->fields[i].type == FIELD_TIME ? 3 : 1;
	return n;
}

static void bind_time(struct store *store, struct statement *statement, int *i, struct instant at)
{
	bool set = instant_is_set(at);

	store->ops->bind_int(statement, (*i)++, set ? at.usec : INT_MISSING);
	store->ops->bind_int(statement, (*i)++, set ? at.precision : INT_MISSING);
	store->ops->bind_int(statement, (*i)++, set ? at.offset : INT_MISSING);
}

static void bind_field(struct store *store, struct statement *statement, int *i, const struct record *r,
		       const struct field *field)
{
	void *record = (void *)r;

	switch (field->type) {
	case FIELD_INT:
		store->ops->bind_int(statement, (*i)++, *field_int(record, field));
		break;
	case FIELD_REAL:
		store->ops->bind_real(statement, (*i)++, *field_real(record, field));
		break;
	case FIELD_TIME:
		bind_time(store, statement, i, *field_time(record, field));
		break;
	default:
		store->ops->bind_text(statement, (*i)++, *field_text(record, field));
	}
}

void record_bind(struct store *store, struct statement *statement, const struct record *r,
		 const char *content)
{
	const struct engine_ops *ops = store->ops;
	int i = 1;

	ops->bind_text(statement, i++, r->id);
	ops->bind_int(statement, i++, r->revision);
	ops->bind_text(statement, i++, r->unit);
	bind_time(store, statement, &i, r->known);
	bind_time(store, statement, &i, r->valid_from);
	bind_time(store, statement, &i, r->valid_past);
	ops->bind_text(statement, i++, r->by);
	ops->bind_text(statement, i++, r->schema);
	ops->bind_text(statement, i++, r->licence);
	ops->bind_int(statement, i++, r->withdrawn);
	ops->bind_text(statement, i++, r->missing);
	ops->bind_text(statement, i++, r->extra);
	for (size_t f = 0; f < r->kind->n_fields; f++)
		if (!(r->kind->fields[f].flags & FIELD_PAYLOAD))
			bind_field(store, statement, &i, r, &r->kind->fields[f]);
	ops->bind_text(statement, i, content);
}

static struct instant take_time(struct store *store, struct statement *statement, int *i)
{
	struct instant at = {0};

	if (store->ops->integer(statement, *i) != INT_MISSING) {
		at.usec = store->ops->integer(statement, *i);
		at.precision = (int8_t)store->ops->integer(statement, *i + 1);
		at.offset = (int16_t)store->ops->integer(statement, *i + 2);
	}
	*i += 3;
	return at;
}

static void take_field(struct store *store, struct statement *statement, int *i, struct record *r,
		       const struct field *field, struct arena *arena)
{
	switch (field->type) {
	case FIELD_INT:
		*field_int(r, field) = store->ops->integer(statement, (*i)++);
		break;
	case FIELD_REAL:
		*field_real(r, field) = store->ops->real(statement, (*i)++);
		break;
	case FIELD_TIME:
		*field_time(r, field) = take_time(store, statement, i);
		break;
	default:
		*field_text(r, field) = arena_dup(arena, store->ops->text(statement, (*i)++));
	}
}

struct record *record_take(struct store *store, struct statement *statement, const struct kind *kind,
			   struct arena *arena)
{
	const struct engine_ops *ops = store->ops;
	struct record *r = record_new(arena, kind);
	int i = 0;

	r->id = arena_dup(arena, ops->text(statement, i++));
	r->revision = ops->integer(statement, i++);
	r->unit = arena_dup(arena, ops->text(statement, i++));
	r->known = take_time(store, statement, &i);
	r->valid_from = take_time(store, statement, &i);
	r->valid_past = take_time(store, statement, &i);
	r->by = arena_dup(arena, ops->text(statement, i++));
	r->schema = arena_dup(arena, ops->text(statement, i++));
	r->licence = arena_dup(arena, ops->text(statement, i++));
	r->withdrawn = ops->integer(statement, i++) == 1;
	r->missing = arena_dup(arena, ops->text(statement, i++));
	r->extra = arena_dup(arena, ops->text(statement, i++));
	for (size_t f = 0; f < kind->n_fields; f++)
		if (!(kind->fields[f].flags & FIELD_PAYLOAD))
			take_field(store, statement, &i, r, &kind->fields[f], arena);
	return r;
}
