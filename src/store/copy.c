/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * copy.c - a whole store into an empty one, table by table, whatever their engines;
 * and the end of what need not be kept: retention.
 *
 * Rows are moved as they are, with the time at which they were recorded, in one unit
 * of work at either end. Afterwards both are counted and hashed.
 */
#include <stdlib.h>
#include <string.h>

#include "store/engine.h"

static int rows_move(struct store *from, struct statement *rows, struct store *to, const struct table *table,
		     int64_t *n, struct err *err)
{
	const struct engine_ops *in = from->ops, *out = to->ops;
	int r;

	while ((r = in->step(rows, err)) == 1) {
		for (size_t i = 0; i < table->n_columns; i++) {
			int column = (int)i;

			if (table->columns[i].type == COLUMN_TEXT)
				out->load_text(to->engine, in->text(rows, column));
			else if (table->columns[i].type == COLUMN_INT)
				out->load_int(to->engine, in->integer(rows, column));
			else
				out->load_real(to->engine, in->real(rows, column));
		}
		r = out->load_row(to->engine, err);
		if (r < 0)
			return r;
		++*n;
	}
	return r;
}

static int table_copy(struct store *from, struct store *to, const struct table *table, int64_t *n, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	struct statement *rows;
	int r;

	buf_puts(&sql, "SELECT ");
	columns_list(&sql, table);
	buf_printf(&sql, " FROM \"%s\" ORDER BY %s", table->name, table->key);
	r = from->ops->prepare(from->engine, sql.s, true, &rows, err);
	if (r < 0)
		return r;
	r = to->ops->load_start(to->engine, table, err);
	if (r == 0) {
		r = rows_move(from, rows, to, table, n, err);
		if (r == 0)
			r = to->ops->load_end(to->engine, err);
	}
	from->ops->release(rows);
	return r;
}

static int table_count(struct store *store, const struct table *table, int64_t *ret, struct err *err)
{
	char sql[80];

	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM \"%s\"", table->name);
	return statement_number(store, sql, INT_MISSING, ret, err);
}

/* Run over all tables until one is not well. */
static int each_table(int (*each)(const struct table *table, void *user, struct err *err), void *user, struct err *err)
{
	int r = 0;

	for (size_t m = 0; m < n_migrations && r == 0; m++)
		for (size_t i = 0; i < migrations[m].n_tables && r == 0; i++)
			r = each(&migrations[m].tables[i], user, err);
	return r;
}

struct copying {
	struct store *from, *to;
	int64_t rows;
};

static int must_be_empty(const struct table *table, void *user, struct err *err)
{
	struct copying *copying = user;
	int64_t n = 0;
	int r = table_count(copying->to, table, &n, err);

	if (r == 0 && n)
		r = err_hint(err, err_set(err, ERR_CONFLICT, "the store to copy to is not empty: %s has %lld rows",
					  table->name, (long long)n), "Copy into a new store.");
	return r;
}

static int copy_one(const struct table *table, void *user, struct err *err)
{
	struct copying *copying = user;

	return table_copy(copying->from, copying->to, table, &copying->rows, err);
}

static int same_count(const struct table *table, void *user, struct err *err)
{
	struct copying *copying = user;
	int64_t here = 0, there = 0;
	int r = table_count(copying->from, table, &here, err);

	if (r == 0)
		r = table_count(copying->to, table, &there, err);
	if (r == 0 && here != there)
		r = err_set(err, ERR_INTEGRITY, "%s has %lld rows, its copy %lld", table->name, (long long)here,
			    (long long)there);
	return r;
}

static int copy_inside(struct copying *copying, struct err *err)
{
	int r = each_table(must_be_empty, copying, err);

	if (r == 0)
		r = each_table(copy_one, copying, err);
	if (r == 0)
		r = copying->to->ops->search_rebuild(copying->to->engine, err);
	if (r == 0)
		r = copying->to->ops->load_settle(copying->to->engine, err);
	if (r == 0)
		r = each_table(same_count, copying, err);
	return r;
}

static int same_hash(struct store *from, struct store *to, char hex[65], struct err *err)
{
	char there[65];
	int r = store_hash(from, hex, err);

	if (r == 0)
		r = store_hash(to, there, err);
	if (r == 0 && strcmp(hex, there) != 0)
		r = err_set(err, ERR_INTEGRITY, "the copy has the hash %.12s, the original %.12s", there, hex);
	return r;
}

int store_copy(struct store *from, struct store *to, struct copied *ret, struct err *err)
{
	struct copying copying = {from, to, 0};
	struct copied copied = {0};
	bool own = false;
	int r = snapshot_begin(from, &own, err);

	if (r == 0)
		r = store_begin(to, err);
	if (r == 0) {
		r = copy_inside(&copying, err);
		if (r == 0)
			r = store_commit(to, err);
		else
			store_rollback(to);
	}
	copied.copied = instant_now();
	copied.rows = copying.rows;
	if (r == 0)
		r = same_hash(from, to, copied.hash, err);
	snapshot_end(from, own);
	if (r == 0)
		*ret = copied;
	return r;
}

/* ---- retention ---- */

int store_retained(struct store *store, int64_t *ret, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char *value;
	int r = store_state(store, "retained", &arena, &value, err);

	*ret = INT64_MIN;
	if (r == 0 && value)
		num_read_int(value, strlen(value), ret);
	return r;
}

static int retain_inside(struct store *store, int64_t before, struct err *err)
{
	static const char *const forgets[] = {
		"DELETE FROM \"payload\" WHERE \"known\" < $1",
		"DELETE FROM \"search_text\" WHERE \"known\" < $1",
	};
	char value[32];
	int r = store->ops->forget_before ? store->ops->forget_before(store->engine, before, err) : 0;

	for (size_t i = 0; i < LENGTH(forgets) && r == 0; i++)
		r = statement_run(store, err, forgets[i], "i", before);
	snprintf(value, sizeof value, "%lld", (long long)before);
	if (r == 0)
		r = store_state_set(store, "retained", value, err);
	return r == 0 ? store->ops->search_rebuild(store->engine, err) : r;
}

int store_retain(struct store *store, int64_t before, struct err *err)
{
	int64_t earlier;
	int r = store_begin(store, err);

	if (r < 0)
		return r;
	r = store_retained(store, &earlier, err);
	if (r == 0 && before < earlier)
		r = err_set(err, ERR_CONFLICT, "payload was given up until a later day already");
	if (r == 0)
		r = retain_inside(store, before, err);
	if (r < 0) {
		store_rollback(store);
		return r;
	}
	r = store_commit(store, err);
	return r < 0 ? r : store->ops->scrub(store->engine, err);
}
