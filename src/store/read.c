/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * read.c - reading as of a time: for each id the greatest (known, revision) with
 * known <= D. Every order ends in id and says where nulls go.
 */
#include <stdlib.h>
#include <string.h>

#include "store/engine.h"

static const char *const orders[] = {
	[ORDER_ID] = "r.\"id\"",
	[ORDER_KNOWN] = "r.\"known\" NULLS LAST, r.\"id\"",
	[ORDER_KNOWN_DESC] = "r.\"known\" DESC NULLS LAST, r.\"id\"",
	[ORDER_VALID] = "r.\"valid_from\" NULLS FIRST, r.\"id\"",
};

/* The rows of a kind as of $1 that no later known revision replaces. */
static void put_as_of(struct buf *sql, const struct kind *kind)
{
	buf_printf(sql, " FROM \"%s\" AS r WHERE r.\"known\" <= $1 AND NOT EXISTS (SELECT 1 FROM \"%s\" AS n "
		   "WHERE n.\"id\" = r.\"id\" AND n.\"known\" <= $1 AND (n.\"known\" > r.\"known\" OR "
		   "(n.\"known\" = r.\"known\" AND n.\"revision\" > r.\"revision\")))",
		   kind->name, kind->name);
}

static int put_condition(struct buf *sql, const struct query *query, const struct condition *where,
			 int i, struct err *err)
{
	const struct field *field = kind_field(query->kind, where->field);

	if (!field || !(field->flags & FIELD_INDEXED))
		return err_set(err, ERR_USAGE, "records of kind \"%s\" cannot be asked for by \"%s\"",
			       query->kind->name, where->field);
	buf_printf(sql, " AND r.\"%s\" = $%d", field->name, i);
	return 0;
}

static int query_write(struct buf *sql, const struct query *query, struct err *err)
{
	int i = 2, r;

	buf_puts(sql, "SELECT ");
	columns_write(sql, query->kind);
	put_as_of(sql, query->kind);
	if (!query->with_withdrawn)
		buf_puts(sql, " AND r.\"withdrawn\" = 0");
	if (query->unit)
		buf_printf(sql, " AND r.\"unit\" = $%d", i++);
	for (size_t c = 0; c < LENGTH(query->where) && query->where[c].field; c++)
		if ((r = put_condition(sql, query, &query->where[c], i++, err)) < 0)
			return r;
	if (query->known_after != INT64_MIN)
		buf_printf(sql, " AND r.\"known\" > $%d", i++);
	buf_printf(sql, " ORDER BY %s", orders[query->order]);
	if (query->limit)
		buf_printf(sql, " LIMIT $%d", i++);
	return 0;
}

static void query_bind(struct store *store, struct statement *statement, const struct query *query)
{
	int i = 1;

	store->ops->bind_int(statement, i++, query->as_of);
	if (query->unit)
		store->ops->bind_text(statement, i++, query->unit);
	for (size_t c = 0; c < LENGTH(query->where) && query->where[c].field; c++)
		store->ops->bind_text(statement, i++, query->where[c].value);
	if (query->known_after != INT64_MIN)
		store->ops->bind_int(statement, i++, query->known_after);
	if (query->limit)
		store->ops->bind_int(statement, i++, query->limit > INT64_MAX ? INT64_MAX : (int64_t)query->limit);
}

static int query_start(struct store *store, const struct query *query, struct statement **ret,
		       struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	int r = query_write(&sql, query, err);

	if (r == 0)
		r = statement_take(store, sql.s, ret, err);
	if (r == 0)
		query_bind(store, *ret, query);
	return r;
}

int store_read(struct store *store, const struct query *query, struct records *list, struct err *err)
{
	struct statement *statement;
	size_t before = list->n;
	int r = query_start(store, query, &statement, err);

	if (r < 0)
		return r;
	while ((r = store->ops->step(statement, err)) == 1) {
		struct record *record = record_take(store, statement, query->kind, list->arena);

		r = record_complete(store, record, list->arena, err);
		if (r < 0)
			break;
		records_add(list, record);
	}
	statement_done(store, statement);
	if (r < 0)
		list->n = before;
	return r < 0 ? r : (int)(list->n - before);
}

int store_each(struct store *store, const struct query *query,
	       int (*each)(struct record *record, void *user, struct err *err), void *user, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct statement *statement;
	int r = query_start(store, query, &statement, err);

	if (r < 0)
		return r;
	while ((r = store->ops->step(statement, err)) == 1) {
		struct record *record;

		arena_reset(&arena);
		record = record_take(store, statement, query->kind, &arena);
		r = record_complete(store, record, &arena, err);
		if (r >= 0)
			r = each(record, user, err);
		if (r < 0)
			break;
	}
	statement_done(store, statement);
	return r < 0 ? r : 0;
}

int store_get(struct store *store, const char *id, int64_t as_of, struct arena *arena,
	      struct record **ret, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	const struct kind *kind = kind_of_id(id);
	struct statement *statement;
	int r;

	if (!kind)
		return err_hint(err, err_set(err, ERR_NOT_FOUND, "\"%s\" is not the id of a record", id),
				"An id is two letters and 32 hexadecimal digits, such as those of \"tocsin alert list\".");
	buf_puts(&sql, "SELECT ");
	columns_write(&sql, kind);
	buf_printf(&sql, " FROM \"%s\" AS r WHERE r.\"id\" = $1 AND r.\"known\" <= $2 "
		   "ORDER BY r.\"known\" DESC NULLS LAST, r.\"revision\" DESC NULLS LAST, r.\"id\" LIMIT 1",
		   kind->name);
	r = statement_take(store, sql.s, &statement, err);
	if (r < 0)
		return r;
	store->ops->bind_text(statement, 1, id);
	store->ops->bind_int(statement, 2, as_of);
	r = store->ops->step(statement, err);
	if (r == 1) {
		struct record *record = record_take(store, statement, kind, arena);

		r = record_complete(store, record, arena, err);
		if (r == 0)
			*ret = record;
	} else if (r == 0) {
		r = err_set(err, ERR_NOT_FOUND, "no record \"%s\" as of that time", id);
	}
	statement_done(store, statement);
	return r;
}

/* One whole number as known at $1; INT_MISSING for null. */
static int read_number(struct store *store, const char *sql, int64_t as_of, int64_t *ret, struct err *err)
{
	struct statement *statement;
	int r = statement_take(store, sql, &statement, err);

	if (r < 0)
		return r;
	store->ops->bind_int(statement, 1, as_of);
	r = store->ops->step(statement, err);
	if (r == 1)
		*ret = store->ops->integer(statement, 0);
	statement_done(store, statement);
	return r < 0 ? r : 0;
}

int64_t store_count(struct store *store, const struct kind *kind, int64_t as_of, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	int64_t n = 0;
	int r;

	buf_puts(&sql, "SELECT COUNT(*)");
	put_as_of(&sql, kind);
	buf_puts(&sql, " AND r.\"withdrawn\" = 0");
	r = read_number(store, sql.s, as_of, &n, err);
	return r < 0 ? r : n;
}

int store_newest(struct store *store, struct instant *ret, struct err *err)
{
	static const char *const queries[] = {
		"SELECT MAX(\"known\") FROM \"document\" WHERE \"known\" <= $1",
		"SELECT MAX(\"known\") FROM \"observation\" WHERE \"known\" <= $1 AND \"source\" <> 'tocsin'",
	};
	int64_t newest = INT_MISSING;

	for (size_t i = 0; i < LENGTH(queries); i++) {
		int64_t known = INT_MISSING;
		int r = read_number(store, queries[i], AS_OF_ALL, &known, err);

		if (r < 0)
			return r;
		if (known > newest)   /* missing is the least of all */
			newest = known;
	}
	*ret = (struct instant){0};
	if (newest != INT_MISSING)
		*ret = (struct instant){.usec = newest, .precision = INSTANT_SECOND};
	return 0;
}
