/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store.c - opening a store, bringing its schema up to date, units of work, statements. */
#include <stdarg.h>
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
	r = store->ops->prepare(store->engine, sql, false, &place->statement, err);
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

int statement_run(struct store *store, struct err *err, const char *sql, const char *types, ...)
{
	struct statement *statement;
	int r = statement_take(store, sql, &statement, err);
	va_list values;

	if (r < 0)
		return r;
	va_start(values, types);
	for (int i = 0; types[i]; i++) {
		if (types[i] == 't')
			store->ops->bind_text(statement, i + 1, va_arg(values, const char *));
		else if (types[i] == 'i')
			store->ops->bind_int(statement, i + 1, va_arg(values, int64_t));
		else
			store->ops->bind_real(statement, i + 1, va_arg(values, double));
	}
	va_end(values);
	r = store->ops->step(statement, err);
	statement_done(store, statement);
	return r;
}

int statement_number(struct store *store, const char *sql, int64_t parameter, int64_t *ret, struct err *err)
{
	struct statement *statement;
	int r = statement_take(store, sql, &statement, err);

	if (r < 0)
		return r;
	if (parameter != INT_MISSING)
		store->ops->bind_int(statement, 1, parameter);
	r = store->ops->step(statement, err);
	if (r == 1)
		*ret = store->ops->integer(statement, 0);
	statement_done(store, statement);
	return r < 0 ? r : 0;
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

	if (!*location)
		return err_set(err, ERR_USAGE, "the location of the store is empty");
	store = calloc(1, sizeof *store);
	store->ops = str_starts(location, "postgresql:") || str_starts(location, "postgres:") ? &engine_postgres
											     : &engine_sqlite;
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
	arena_free(&store->unit);
	free(store);
}

void store_closep(struct store **store)
{
	store_close(*store);
}

void store_describe(const struct store *store, struct buf *buf)
{
	store->ops->describe(store->engine, buf);
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

/* ---- units of work ---- */

int store_start(struct store *store, enum unit_of_work how, struct err *err)
{
	int r;

	if (store->working)
		return err_set(err, ERR_CONFLICT, "a unit of work is open already");
	r = store->ops->exec(store->engine, store->ops->begin[how], err);
	store->working = r == 0;
	store->how = how;
	if (r < 0)
		store->ops->exec(store->engine, "ROLLBACK", NULL);
	return r;
}

int store_begin(struct store *store, struct err *err)
{
	return store_start(store, WORK_ALONE, err);
}

int store_begin_beside(struct store *store, struct err *err)
{
	return store_start(store, WORK_BESIDE, err);
}

/* What the unit gathered for itself is forgotten with it. */
static void unit_end(struct store *store)
{
	store->working = store->enqueued = false;
	store->shard = NULL;
	store->days = NULL;
	store->n_days = store->cap_days = 0;
	arena_reset(&store->unit);
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
		r = days_write(store, err);
	if (r == 0 && store->enqueued && store->ops->notify)
		r = store->ops->exec(store->engine, store->ops->notify, err);
	if (r == 0)
		r = store->ops->exec(store->engine, "COMMIT", err);
	if (r < 0)
		store_rollback(store);
	unit_end(store);
	return r;
}

int store_turn(struct store *store, struct err *err)
{
	enum unit_of_work how = store->how;
	int r = store_commit(store, err);

	return r < 0 ? r : store_start(store, how, err);
}

void store_rollback(struct store *store)
{
	if (store->working)
		store->ops->exec(store->engine, "ROLLBACK", NULL);
	unit_end(store);
}

int snapshot_begin(struct store *store, bool *own, struct err *err)
{
	*own = false;
	if (store->working)
		return 0;
	*own = true;
	return store_start(store, WORK_READING, err);
}

void snapshot_end(struct store *store, bool own)
{
	if (own)
		store_rollback(store);   /* nothing was written */
}

/* ---- what a store remembers of itself ---- */

int store_state(struct store *store, const char *name, struct arena *arena, const char **ret, struct err *err)
{
	struct statement *statement;
	int r = statement_take(store, "SELECT \"value\" FROM \"state\" WHERE \"name\" = $1", &statement, err);

	if (r < 0)
		return r;
	store->ops->bind_text(statement, 1, name);
	r = store->ops->step(statement, err);
	if (r >= 0)
		*ret = r ? arena_dup(arena, store->ops->text(statement, 0)) : NULL;
	statement_done(store, statement);
	return r < 0 ? r : 0;
}

int store_state_set(struct store *store, const char *name, const char *value, struct err *err)
{
	return statement_run(store, err, "INSERT INTO \"state\" (\"name\", \"value\") VALUES ($1, $2) "
			     "ON CONFLICT (\"name\") DO UPDATE SET \"value\" = \"excluded\".\"value\"", "tt", name, value);
}

/* ---- months and shards ---- */

static int only_postgres(const struct store *store, const char *what, struct err *err)
{
	return err_hint(err, err_set(err, ERR_USAGE, "%s keeps everything in one place: it has no %s", store->ops->name, what),
			"Name a store with --store postgresql://...");
}

int store_months(struct store *store, int64_t from, int64_t past, struct err *err)
{
	return store->ops->months ? store->ops->months(store->engine, from, past, err)
				  : only_postgres(store, "months", err);
}

const char *store_shard_of(const struct store *store, const struct record *r)
{
	return store->ops->shard_of && kind_is_monthly(r->kind) ? store->ops->shard_of(store->engine, r->known.usec) : NULL;
}

int store_shard_add(struct store *store, const char *name, const char *location, struct err *err)
{
	return store->ops->shard_add ? store->ops->shard_add(store->engine, name, location, err)
				     : only_postgres(store, "shards", err);
}

int store_shard_move(struct store *store, const char *name, int64_t month, struct err *err)
{
	return store->ops->shard_move ? store->ops->shard_move(store->engine, name, month, err)
				      : only_postgres(store, "shards", err);
}
