/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * counts.c - events in force as of a time, by unit, counted where the rows are.
 *
 * Whether a later revision replaces a row can only be seen from the keys, which are in
 * one place. So the first revisions are counted part by part - one grouped query for
 * each table that "event" is made of, which a shard answers by itself - and summed
 * above; the few ids with more revisions are then put right one by one.
 */
#include <stdlib.h>
#include <string.h>

#include "store/engine.h"

static int parts_write(struct store *store, int64_t as_of, struct buf *sql, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	static const char *whole[] = {"event"};
	const char **parts = whole;
	size_t n = 1;
	int r = store->ops->event_parts ? store->ops->event_parts(store->engine, &arena, &parts, &n, err) : 0;

	if (r < 0)
		return r;
	buf_puts(sql, "SELECT \"unit\", SUM(\"n\") FROM (");
	for (size_t i = 0; i < n; i++)
		buf_printf(sql, "%sSELECT \"unit\", COUNT(*) AS \"n\" FROM %s WHERE \"known\" <= %lld AND \"revision\" = 1 AND "
			   "\"withdrawn\" = 0 GROUP BY \"unit\"", i ? " UNION ALL " : "", parts[i], (long long)as_of);
	buf_puts(sql, ") AS \"parts\" GROUP BY \"unit\" ORDER BY \"unit\"");
	return 0;
}

struct counting {
	struct arena *arena;
	struct event_count *v;
	size_t n, cap;
};

static int by_key(const void *a, const void *b)
{
	return strcmp(((const struct event_count *)a)->key, ((const struct event_count *)b)->key);
}

static void count_add(struct counting *counting, const char *key, int64_t n)
{
	const struct event_count sought = {key, 0};
	struct event_count *found = counting->n ? bsearch(&sought, counting->v, counting->n, sizeof sought, by_key) : NULL;

	if (found) {
		found->n += n;
		return;
	}
	*arena_push(counting->arena, counting->v, counting->n, counting->cap) =
		(struct event_count){arena_dup(counting->arena, key), n};
	qsort(counting->v, counting->n, sizeof *counting->v, by_key);
}

static int count_first(struct store *store, int64_t as_of, struct counting *counting, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	struct statement *statement;
	int r = parts_write(store, as_of, &sql, err);

	if (r == 0)
		r = store->ops->prepare(store->engine, sql.s, false, &statement, err);
	if (r < 0)
		return r;
	while ((r = store->ops->step(statement, err)) == 1)
		*arena_push(counting->arena, counting->v, counting->n, counting->cap) = (struct event_count){
			arena_dup(counting->arena, store->ops->text(statement, 0)), store->ops->integer(statement, 1)};
	store->ops->release(statement);
	return r;
}

/* Take back the first revision of an id, count the one in force. */
static int correct(struct store *store, const char *id, int64_t as_of, struct counting *counting, struct err *err)
{
	const struct tasks first = {.v = &(struct task){.id = id, .revision = 1}, .n = 1};
	struct records found = {.arena = counting->arena};
	int r = store_read_rows(store, &kind_event, &first, &found, err);

	if (r == 0 && found.n && !found.v[0]->withdrawn && found.v[0]->known.usec <= as_of)
		count_add(counting, found.v[0]->unit, -1);
	found.n = 0;
	if (r == 0)
		r = store_read_ids(store, &kind_event, &id, 1, as_of, &found, err);
	if (r == 0 && found.n && !found.v[0]->withdrawn)
		count_add(counting, found.v[0]->unit, 1);
	return r;
}

static int correct_revised(struct store *store, int64_t as_of, struct counting *counting, struct err *err)
{
	const char **ids = NULL;
	struct statement *statement;
	size_t n = 0, cap = 0;
	char sql[160];
	int r;

	snprintf(sql, sizeof sql, "SELECT DISTINCT \"id\" FROM \"%s\" WHERE \"revision\" > 1 AND \"id\" >= 'ev' AND "
		 "\"id\" < 'ew' ORDER BY \"id\"", keys_of(store, &kind_event));
	r = statement_take(store, sql, &statement, err);
	if (r < 0)
		return r;
	while ((r = store->ops->step(statement, err)) == 1)
		*arena_push(counting->arena, ids, n, cap) = arena_dup(counting->arena, store->ops->text(statement, 0));
	statement_done(store, statement);
	for (size_t i = 0; i < n && r == 0; i++)
		r = correct(store, ids[i], as_of, counting, err);
	return r;
}

int store_count_events(struct store *store, int64_t as_of, struct arena *arena, struct event_count **ret,
		       size_t *ret_n, struct err *err)
{
	struct counting counting = {.arena = arena};
	size_t kept = 0;
	bool own;
	int r = snapshot_begin(store, &own, err);

	if (r == 0)
		r = count_first(store, as_of, &counting, err);
	if (r == 0)
		r = correct_revised(store, as_of, &counting, err);
	snapshot_end(store, own);
	if (r < 0)
		return r;
	for (size_t i = 0; i < counting.n; i++)
		if (counting.v[i].n)
			counting.v[kept++] = counting.v[i];
	*ret = counting.v;
	*ret_n = kept;
	return 0;
}

int store_count_events_plan(struct store *store, int64_t as_of, struct buf *ret, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0}, query = {0};
	struct statement *statement;
	int r = parts_write(store, as_of, &query, err);
	int column = store->ops->event_parts ? 0 : 3;   /* SQLite's plan stands in its fourth column */

	buf_printf(&sql, "%s%s", store->ops->explain, query.s ? query.s : "");
	if (r == 0)
		r = store->ops->prepare(store->engine, sql.s, false, &statement, err);
	if (r < 0)
		return r;
	while ((r = store->ops->step(statement, err)) == 1)
		buf_printf(ret, "%s\n", store->ops->text(statement, column));
	store->ops->release(statement);
	return r;
}
