/* SPDX-License-Identifier: GPL-3.0-or-later */
/* columns.c - a record as a row: the order of columns that put and read share. */
#include <string.h>

#include "store/engine.h"

static void put_time_columns(struct buf *buf, const char *name)
{
	buf_printf(buf, ", \"%s\", \"%s_precision\", \"%s_offset\"", name, name, name);
}

void columns_write(struct buf *buf, const struct kind *kind)
{
	buf_puts(buf, "\"id\", \"revision\", \"unit\"");
	put_time_columns(buf, "known");
	put_time_columns(buf, "valid_from");
	put_time_columns(buf, "valid_past");
	buf_puts(buf, ", \"by\", \"schema\", \"licence\", \"withdrawn\", \"missing\", \"extra\"");
	for (size_t i = 0; i < kind->n_fields; i++) {
		if (kind->fields[i].flags & FIELD_PAYLOAD)
			continue;
		if (kind->fields[i].type == FIELD_TIME)
			put_time_columns(buf, kind->fields[i].name);
		else
			buf_printf(buf, ", \"%s\"", kind->fields[i].name);
	}
	buf_puts(buf, ", \"content\"");
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

static int take_payload(struct store *store, struct record *r, struct arena *arena, struct err *err)
{
	struct statement *statement;
	int code = statement_take(store, "SELECT \"field\", \"value\" FROM \"payload\" WHERE \"id\" = $1 AND "
				  "\"revision\" = $2 ORDER BY \"field\"", &statement, err);

	if (code < 0)
		return code;
	store->ops->bind_text(statement, 1, r->id);
	store->ops->bind_int(statement, 2, r->revision);
	while ((code = store->ops->step(statement, err)) == 1) {
		const struct field *field = kind_field(r->kind, store->ops->text(statement, 0));

		if (field)
			*field_text(r, field) = arena_dup(arena, store->ops->text(statement, 1));
	}
	statement_done(store, statement);
	return code;
}

static int take_origins(struct store *store, struct record *r, struct arena *arena, struct err *err)
{
	const struct engine_ops *ops = store->ops;
	struct statement *statement;
	int code = statement_take(store, "SELECT \"from_id\", \"role\", \"part\", \"byte_start\", \"byte_end\" "
				  "FROM \"origin\" WHERE \"id\" = $1 AND \"revision\" = $2 "
				  "ORDER BY \"position\", \"id\"", &statement, err);

	if (code < 0)
		return code;
	ops->bind_text(statement, 1, r->id);
	ops->bind_int(statement, 2, r->revision);
	while ((code = ops->step(statement, err)) == 1)
		record_from_span(arena, r, ops->text(statement, 0), ops->text(statement, 1),
				 ops->text(statement, 2), ops->integer(statement, 3),
				 ops->integer(statement, 4));
	statement_done(store, statement);
	return code;
}

int record_complete(struct store *store, struct record *r, struct arena *arena, struct err *err)
{
	bool payload = false;
	int code = 0;

	for (size_t f = 0; f < r->kind->n_fields; f++)
		payload |= (r->kind->fields[f].flags & FIELD_PAYLOAD) != 0;
	if (payload)
		code = take_payload(store, r, arena, err);
	return code < 0 ? code : take_origins(store, r, arena, err);
}
