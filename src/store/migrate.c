/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * migrate.c - bringing a store's schema up to date, one numbered step at a time,
 * each inside a transaction; two processes that start at once apply it once.
 */
#include "store/engine.h"

static int schema_number(struct store *store, int *ret, struct err *err)
{
	struct statement *statement;
	int r = store->ops->prepare(store->engine, "SELECT MAX(\"number\") FROM \"migration\"", &statement, NULL);

	*ret = 0;
	if (r < 0)
		return r == ERR_FAILED ? 0 : err_set(err, r, "could not read the schema of the store");
	r = store->ops->step(statement, err);
	if (r == 1 && store->ops->integer(statement, 0) != INT_MISSING)
		*ret = (int)store->ops->integer(statement, 0);
	store->ops->release(statement);
	return r < 0 ? r : 0;
}

static int exec_all(struct store *store, const char *const *statements, struct err *err)
{
	for (size_t i = 0; statements[i]; i++) {
		int r = store->ops->exec(store->engine, statements[i], err);

		if (r < 0)
			return r;
	}
	return 0;
}

static int migration_apply(struct store *store, const struct migration *step, struct err *err)
{
	char sql[120];
	int r;

	if (step->number == 1) {
		r = store->ops->exec(store->engine, "CREATE TABLE \"migration\" (\"number\" BIGINT NOT NULL "
				     "PRIMARY KEY, \"recorded\" BIGINT NOT NULL)", err);
		if (r == 0)
			r = exec_all(store, store->ops->search_schema, err);
		if (r < 0)
			return r;
	}
	r = exec_all(store, step->statements, err);
	if (r < 0)
		return r;
	snprintf(sql, sizeof sql, "INSERT INTO \"migration\" VALUES (%d, %lld)", step->number,
		 (long long)instant_now().usec);
	return store->ops->exec(store->engine, sql, err);
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
		return 0;
	if (mode == STORE_READ || (mode == STORE_WRITE && store->schema == 0))
		return err_hint(err, err_set(err, store->schema ? ERR_CONFLICT : ERR_INTEGRITY,
					     store->schema ? "the store has the older schema %d, expected %d"
							   : "the file is not a store (schema %d, expected %d)",
					     store->schema, newest),
				store->schema ? "Run \"tocsin init\" to bring it up to date."
					      : "Make a store with \"tocsin init\".");
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
