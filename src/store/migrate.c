/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * migrate.c - bringing a store's schema up to date, one numbered step at a time,
 * each inside a transaction; two processes that start at once apply it once.
 */
#include "store/engine.h"

/* The first row of a query: up to two whole numbers. */
static int read_numbers(struct store *store, const char *sql, int n, int64_t *ret, struct err *err)
{
	struct statement *statement;
	int r = store->ops->prepare(store->engine, sql, false, &statement, err);

	if (r < 0)
		return r;
	r = store->ops->step(statement, err);
	for (int i = 0; i < n && r == 1; i++)
		ret[i] = store->ops->integer(statement, i);
	store->ops->release(statement);
	return r < 0 ? r : 0;
}

/* Number of the last step applied; 0 for a store without tables, never for one that cannot be read. */
static int schema_number(struct store *store, int *ret, struct err *err)
{
	int64_t tables[2] = {0}, number = INT_MISSING;
	int r = read_numbers(store, store->ops->survey, 2, tables, err);

	if (r < 0)
		return r;
	if (tables[0] > 0 && tables[1] == 0)
		return err_hint(err, err_set(err, ERR_INTEGRITY, "the file is a database, but not a store of tocsin"),
				"Name another with --store.");
	if (tables[1])
		r = read_numbers(store, "SELECT MAX(\"number\") FROM \"migration\"", 1, &number, err);
	if (r == 0)
		*ret = number == INT_MISSING ? 0 : (int)number;
	return r;
}

static int migration_apply(struct store *store, const struct migration *step, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	int r;

	if (step->number == 1)
		buf_printf(&sql, "CREATE TABLE \"migration\" (\"number\" BIGINT NOT NULL PRIMARY KEY, "
			   "\"recorded\" BIGINT NOT NULL);");
	for (size_t i = 0; i < step->n_tables; i++)
		store->ops->table_sql(&sql, &step->tables[i]);
	if (step->number == 1)
		buf_puts(&sql, store->ops->own_schema);
	r = store->ops->exec(store->engine, sql.s, err);
	if (r < 0)
		return r;
	buf_cut(&sql, 0);
	buf_printf(&sql, "INSERT INTO \"migration\" VALUES (%d, %lld)", step->number, (long long)instant_now().usec);
	return store->ops->exec(store->engine, sql.s, err);
}

static int migrate_under_lock(struct store *store, struct err *err)
{
	int r = schema_number(store, &store->schema, err);   /* another process may have been faster */

	for (size_t i = 0; i < n_migrations && r == 0; i++) {
		if (migrations[i].number <= store->schema)
			continue;
		r = migration_apply(store, &migrations[i], err);
		if (r == 0)
			store->schema = migrations[i].number;
	}
	return r;
}

int store_migrate(struct store *store, enum store_mode mode, struct err *err)
{
	int newest = store_schema_newest(), r = schema_number(store, &store->schema, err);

	if (r < 0)
		return r;
	if (store->schema > newest)
		return err_hint(err, err_set(err, ERR_CONFLICT, "the store has schema %d, this tocsin knows up to %d",
					     store->schema, newest),
				"Install the tocsin that wrote it, or a newer one.");
	if (store->schema == newest)
		return mode == STORE_READ ? 0 : store->ops->settle(store->engine, err);
	if (mode == STORE_READ || (mode == STORE_WRITE && store->schema == 0))
		return err_hint(err, err_set(err, store->schema ? ERR_CONFLICT : ERR_INTEGRITY,
					     store->schema ? "the store has the older schema %d, expected %d"
							   : "the file is not a store (schema %d, expected %d)",
					     store->schema, newest),
				store->schema ? "Run \"tocsin init\" to bring it up to date."
					      : "Make a store with \"tocsin init\".");
	r = store->ops->settle(store->engine, err);
	if (r == 0)
		r = store_begin(store, err);
	if (r < 0)
		return r;
	r = migrate_under_lock(store, err);
	if (r < 0) {
		store_rollback(store);
		return r;
	}
	return store_commit(store, err);
}
