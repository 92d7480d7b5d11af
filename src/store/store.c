/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store.c - opening a store, bringing its schema up to date, units of work, statements. */
#include <stdlib.h>
#include <string.h>

#include "store/engine.h"

struct cached {
	const char *sql;
	struct statement *statement;
	bool taken;
};

int statement_take(struct store *store, const char *sql, struct statement **ret, struct err *err)
{
	struct cached *place = NULL;
	int r;

	for (size_t i = 0; i < store->n_cache; i++) {
		struct cached *entry = &store->cache[i];

		if (!entry->taken && strcmp(entry->sql, sql) == 0) {
			entry->taken = true;
			*ret = entry->statement;
			return 0;
		}
	}
	place = arena_push(&store->arena, store->cache, store->n_cache, store->cap_cache);
	store->n_cache--;   /* counts only once it is whole */
	r = store->ops->prepare(store->engine, sql, &place->statement, err);
	if (r < 0)
		return r;
	place->sql = arena_dup(&store->arena, sql);
	place->taken = true;
	store->n_cache++;
	*ret = place->statement;
	return 0;
}

void statement_done(struct store *store, struct statement *statement)
{
	store->ops->reset(statement);
	for (size_t i = 0; i < store->n_cache; i++)
		if (store->cache[i].statement == statement)
			store->cache[i].taken = false;
}

static void cache_drop(struct store *store)
{
	for (size_t i = 0; i < store->n_cache; i++)
		store->ops->release(store->cache[i].statement);
	store->n_cache = 0;
}

int store_open(const char *location, enum store_mode mode, struct store **ret, struct err *err)
{
	struct store *store;
	int r;

	if (str_starts(location, "postgresql:") || str_starts(location, "postgres:"))
		return err_hint(err, err_set(err, ERR_USAGE, "this build keeps records in SQLite only"),
				"Name a file with --store.");
	if (!*location)
		return err_set(err, ERR_USAGE, "the location of the store is empty");
	store = calloc(1, sizeof *store);
	store->ops = &engine_sqlite;
	r = store->ops->open(location, mode, &store->engine, err);
	if (r == 0)
		r = store_migrate(store, mode, err);
	if (r < 0) {
		store_close(store);
		return r;
	}
	*ret = store;
	return 0;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	store_rollback(store);
	cache_drop(store);
	store->ops->close(store->engine);
	arena_free(&store->arena);
	free(store);
}

void store_closep(struct store **store)
{
	store_close(*store);
}

int store_schema(const struct store *store)
{
	return store->schema;
}

int store_schema_newest(void)
{
	return migrations[n_migrations - 1].number;
}

int store_limit(struct store *store, int64_t bytes, struct err *err)
{
	return store->ops->limit(store->engine, bytes, err);
}

void store_patience(struct store *store, int msec)
{
	store->ops->patience(store->engine, msec);
}

int store_begin(struct store *store, struct err *err)
{
	int r;

	if (store->working)
		return err_set(err, ERR_CONFLICT, "a unit of work is open already");
	r = store->ops->exec(store->engine, store->ops->begin_write, err);
	store->working = r == 0;
	return r;
}

int work_check(struct store *store, struct err *err)
{
	if (store->ops->working(store->engine))
		return 0;
	return err_hint(err, err_set(err, ERR_FAILED, "could not write to the store: an earlier fault undid this unit of work"),
			"Nothing of it was kept; run it again.");
}

int store_commit(struct store *store, struct err *err)
{
	int r = work_check(store, err);

	if (r == 0)
		r = store->ops->exec(store->engine, "COMMIT", err);
	if (r < 0)
		store_rollback(store);
	store->working = false;
	return r;
}

void store_rollback(struct store *store)
{
	if (store->working)
		store->ops->exec(store->engine, "ROLLBACK", NULL);
	store->working = false;
}
