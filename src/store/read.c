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

/*
 * The rows of a kind as of $1 that no later known revision replaces. `selective`: a field is asked for
 * by value besides; its index is the one to use, so that of `known` is put out of reach. A planner
 * without statistics, as over a store that has just grown, would take either.
 */
static void put_as_of(struct buf *sql, const struct store *store, const struct kind *kind, bool selective)
{
	buf_printf(sql, " FROM \"%s\" AS r WHERE r.\"known\"%s <= $1 AND NOT EXISTS (SELECT 1 FROM \"%s\" AS n "
		   "WHERE n.\"id\" = r.\"id\" AND n.\"known\" <= $1 AND (n.\"known\" > r.\"known\" OR "
		   "(n.\"known\" = r.\"known\" AND n.\"revision\" > r.\"revision\")))",
		   kind->name, selective ? " + 0" : "", keys_of(store, kind));
}

static int put_condition(struct buf *sql, const struct query *query, const struct condition *where,
			 int i, struct err *err)
{
	const struct field *field = kind_field(query->kind, where->field);

	if (!field || !(field->flags & FIELD_INDEXED))
		return err_set(err, ERR_USAGE, "records of kind \"%s\" cannot be asked for by \"%s\"",
			       query->kind->name, where->field);
	/* Nearly every unit has the indicator: beside a unit, whose index is the one to use, its own is put out of reach. */
	buf_printf(sql, " AND r.\"%s\"%s = $%d", field->name,
		   query->unit && str_eq(field->name, "indicator") ? " || ''" : "", i);
	return 0;
}

static int query_write(struct buf *sql, const struct store *store, const struct query *query, struct err *err)
{
	int i = 2, r;

	buf_puts(sql, "SELECT ");
	columns_write(sql, query->kind, "r.");
	put_as_of(sql, store, query->kind, query->where[0].field != NULL);
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
	int r = query_write(&sql, store, query, err);

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
	while ((r = store->ops->step(statement, err)) == 1)
		records_add(list, record_take(store, statement, query->kind, list->arena));
	statement_done(store, statement);
	if (r == 0 && list->n > before)
		r = records_complete(store, list->v + before, list->n - before, list->arena, err);
	if (r < 0)
		list->n = before;
	return r < 0 ? r : (int)(list->n - before);
}

static int hand_over(struct store *store, struct record *const *v, size_t n, struct arena *arena,
		     int (*each)(struct record *record, void *user, struct err *err), void *user, struct err *err)
{
	int r = n ? records_complete(store, v, n, arena, err) : 0;

	for (size_t i = 0; i < n && r >= 0; i++)
		r = each(v[i], user, err);
	return r < 0 ? r : 0;
}

int store_each(struct store *store, const struct query *query,
	       int (*each)(struct record *record, void *user, struct err *err), void *user, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct record *v[BATCH];
	struct statement *statement;
	size_t n = 0;
	int r = query_start(store, query, &statement, err);

	if (r < 0)
		return r;
	while ((r = store->ops->step(statement, err)) == 1) {
		v[n++] = record_take(store, statement, query->kind, &arena);
		if (n < BATCH)
			continue;
		r = hand_over(store, v, n, &arena, each, user, err);
		if (r < 0)
			break;
		n = 0;
		arena_reset(&arena);
	}
	statement_done(store, statement);
	return r < 0 ? r : hand_over(store, v, n, &arena, each, user, err);
}

/* One id as of a time. Where bodies are cut by month, the key says in which month to look. */
static void get_write(struct buf *sql, const struct store *store, const struct kind *kind)
{
	const char *keys = keys_of(store, kind), *k = keys == kind->name ? "r" : "k";

	buf_puts(sql, "SELECT ");
	columns_write(sql, kind, "r.");
	buf_printf(sql, " FROM \"%s\" AS r", kind->name);
	if (keys != kind->name)
		buf_printf(sql, " JOIN \"%s\" AS k ON r.\"id\" = k.\"id\" AND r.\"revision\" = k.\"revision\" AND "
			   "r.\"known\" = k.\"known\"", keys);
	buf_printf(sql, " WHERE %s.\"id\" = $1 AND %s.\"known\" <= $2 ORDER BY %s.\"known\" DESC NULLS LAST, "
		   "%s.\"revision\" DESC NULLS LAST, %s.\"id\" LIMIT 1", k, k, k, k, k);
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
	get_write(&sql, store, kind);
	r = statement_take(store, sql.s, &statement, err);
	if (r < 0)
		return r;
	store->ops->bind_text(statement, 1, id);
	store->ops->bind_int(statement, 2, as_of);
	r = store->ops->step(statement, err);
	if (r == 1) {
		struct record *record = record_take(store, statement, kind, arena);

		statement_done(store, statement);
		r = records_complete(store, &record, 1, arena, err);
		if (r == 0)
			*ret = record;
		return r;
	}
	if (r == 0)
		r = err_set(err, ERR_NOT_FOUND, "no record \"%s\" as of that time", id);
	statement_done(store, statement);
	return r;
}

int64_t store_count(struct store *store, const struct kind *kind, int64_t as_of, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	int64_t n = 0;
	int r;

	buf_puts(&sql, "SELECT COUNT(*)");
	put_as_of(&sql, store, kind, false);
	buf_puts(&sql, " AND r.\"withdrawn\" = 0");
	r = statement_number(store, sql.s, as_of, &n, err);
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
		int r = statement_number(store, queries[i], AS_OF_ALL, &known, err);

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

/* ---- by many ids or values at a time ---- */

static int read_batch(struct store *store, const char *sql, const char *const *ids, size_t n, int64_t as_of,
		      const struct kind *kind, struct records *list, struct err *err)
{
	struct statement *statement;
	int r = statement_take(store, sql, &statement, err);

	if (r < 0)
		return r;
	store->ops->bind_int(statement, 1, as_of);
	batch_bind(store, statement, 2, ids, n);
	while ((r = store->ops->step(statement, err)) == 1)
		records_add(list, record_take(store, statement, kind, list->arena));
	statement_done(store, statement);
	return r;
}

/* All revisions, or those in force, of some ids; the key says in which month to look. */
static void batch_sql(struct buf *sql, const struct store *store, const struct kind *kind, bool in_force)
{
	const char *keys = keys_of(store, kind);

	buf_puts(sql, "SELECT ");
	columns_write(sql, kind, "r.");
	buf_printf(sql, " FROM \"%s\" AS k JOIN \"%s\" AS r ON r.\"id\" = k.\"id\" AND r.\"revision\" = k.\"revision\" AND "
		   "r.\"known\" = k.\"known\" WHERE k.\"known\" <= $1", keys, kind->name);
	if (in_force)
		buf_printf(sql, " AND NOT EXISTS (SELECT 1 FROM \"%s\" AS n WHERE n.\"id\" = k.\"id\" AND "
			   "n.\"known\" <= $1 AND (n.\"known\" > k.\"known\" OR "
			   "(n.\"known\" = k.\"known\" AND n.\"revision\" > k.\"revision\")))", keys);
	buf_puts(sql, " AND k.\"id\"");
	batch_write(sql, 2);
	buf_puts(sql, " ORDER BY k.\"id\", k.\"revision\"");
}

int store_read_ids(struct store *store, const struct kind *kind, const char *const *ids, size_t n, int64_t as_of,
		   struct records *list, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	size_t before = list->n;
	int r = 0;

	batch_sql(&sql, store, kind, true);
	for (size_t i = 0; i < n && r == 0; i += BATCH)
		r = read_batch(store, sql.s, ids + i, n - i < BATCH ? n - i : BATCH, as_of, kind, list, err);
	if (r == 0)
		r = records_complete(store, list->v + before, list->n - before, list->arena, err);
	return r;
}

int store_read_in(struct store *store, const struct kind *kind, const char *field, const char *const *values,
		  size_t n, int64_t as_of, struct records *list, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	size_t before = list->n;
	int r = 0;

	buf_puts(&sql, "SELECT ");
	columns_write(&sql, kind, "r.");
	put_as_of(&sql, store, kind, true);
	buf_printf(&sql, " AND r.\"%s\"", field);
	batch_write(&sql, 2);
	buf_puts(&sql, " ORDER BY r.\"id\", r.\"revision\"");
	for (size_t i = 0; i < n && r == 0; i += BATCH)
		r = read_batch(store, sql.s, values + i, n - i < BATCH ? n - i : BATCH, as_of, kind, list, err);
	if (r == 0)
		r = records_complete(store, list->v + before, list->n - before, list->arena, err);
	return r;
}

static bool is_wanted(const struct tasks *tasks, const struct record *r)
{
	for (size_t i = 0; i < tasks->n; i++)
		if (tasks->v[i].revision == r->revision && strcmp(tasks->v[i].id, r->id) == 0)
			return true;
	return false;
}

int store_read_rows(struct store *store, const struct kind *kind, const struct tasks *tasks, struct records *list,
		    struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	struct records all = {.arena = list->arena};
	size_t before = list->n;
	int r = 0;

	batch_sql(&sql, store, kind, false);
	for (size_t i = 0; i < tasks->n && r == 0; i += BATCH) {
		const struct tasks part = {.v = tasks->v + i, .n = tasks->n - i < BATCH ? tasks->n - i : BATCH};
		const char *ids[BATCH];

		for (size_t k = 0; k < part.n; k++)
			ids[k] = part.v[k].id;
		all.n = 0;
		r = read_batch(store, sql.s, ids, part.n, AS_OF_ALL, kind, &all, err);
		for (size_t k = 0; k < all.n && r == 0; k++)
			if (is_wanted(&part, all.v[k]))
				records_add(list, all.v[k]);
	}
	if (r == 0)
		r = records_complete(store, list->v + before, list->n - before, list->arena, err);
	return r;
}
