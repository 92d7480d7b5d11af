/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * queue.c - documents that wait to be coded: taken, leased, acknowledged, given up.
 *
 * Every revision of a document that the store accepts is put here in the same unit
 * of work. A worker takes some, which is a unit of work of its own and gives it a
 * lease; their events and the acknowledgement are one unit of work again. When a
 * worker dies its lease runs out, and what it held is taken one by one: only then
 * does a try count, so that one bad document does not condemn its neighbours. After
 * three tries it goes to the dead letters with the error.
 */
#include <stdlib.h>
#include <string.h>

#include "store/engine.h"

#define TRIES_MOST 3
#define ACK_BATCH 40     /* of two values each: a statement takes 96 */

int queue_put(struct store *store, const struct record *r, struct err *err)
{
	store->enqueued = true;
	return statement_run(store, err, "INSERT INTO \"queue\" (\"id\", \"revision\", \"known\", \"tries\") "
			     "VALUES ($1, $2, $3, 0) ON CONFLICT (\"id\", \"revision\") DO NOTHING", "tii",
			     r->id, r->revision, r->known.usec);
}

static void task_read(struct store *store, struct statement *statement, struct tasks *tasks)
{
	const struct engine_ops *ops = store->ops;

	*arena_push(tasks->arena, tasks->v, tasks->n, tasks->cap) = (struct task){
		.id = arena_dup(tasks->arena, ops->text(statement, 0)),
		.revision = ops->integer(statement, 1),
		.known = ops->integer(statement, 2),
		.tries = ops->integer(statement, 3),
	};
}

/* Give rows to the worker until `lease`: those whose lease ran out before `now`, or fresh ones. */
static int lease_rows(struct store *store, bool expired, const char *worker, int64_t now, int64_t lease, size_t limit,
		      struct tasks *tasks, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	struct statement *statement;
	int r;

	/* Chosen once and for all before the update: a planner that asks again would lock more than the limit. */
	buf_printf(&sql, "WITH \"chosen\" AS MATERIALIZED (SELECT \"id\", \"revision\" FROM \"queue\" WHERE %s, \"id\" "
		   "LIMIT $%d%s) UPDATE \"queue\" SET \"worker\" = $%d, \"lease\" = $%d, \"tries\" = \"tries\" + %d "
		   "WHERE (\"id\", \"revision\") IN (SELECT \"id\", \"revision\" FROM \"chosen\") "
		   "RETURNING \"id\", \"revision\", \"known\", \"tries\"",
		   expired ? "\"lease\" < $1 ORDER BY \"lease\"" : "\"worker\" IS NULL ORDER BY \"known\"",
		   1 + expired, store->ops->take_locked, 2 + expired, 3 + expired, expired);
	r = statement_take(store, sql.s, &statement, err);
	if (r < 0)
		return r;
	if (expired)
		store->ops->bind_int(statement, 1, now);
	store->ops->bind_int(statement, 1 + expired, (int64_t)limit);
	store->ops->bind_text(statement, 2 + expired, worker);
	store->ops->bind_int(statement, 3 + expired, lease);
	while ((r = store->ops->step(statement, err)) == 1)
		task_read(store, statement, tasks);
	statement_done(store, statement);
	return r;
}

/* Move a document to the dead letters, if it is this worker's. */
static int give_up(struct store *store, const char *worker, const struct task *task, const char *error,
		   struct err *err)
{
	int r = queue_ack(store, worker, task, err);

	if (r != 1)
		return r;
	return statement_run(store, err, "INSERT INTO \"dead_letter\" (\"id\", \"revision\", \"known\", \"tries\", "
			     "\"error\", \"recorded\") VALUES ($1, $2, $3, $4, $5, $6) "
			     "ON CONFLICT (\"id\", \"revision\") DO NOTHING", "tiiiti", task->id, task->revision,
			     task->known, task->tries, error, instant_now().usec);
}

/* 1 when what it took had to be given up: look again. */
static int take_inside(struct store *store, const char *worker, int64_t now, int64_t lease, size_t limit,
		       struct tasks *tasks, struct err *err)
{
	/* What a dead worker held comes first, one at a time. */
	int r = lease_rows(store, true, worker, now, lease, 1, tasks, err);

	if (r == 0 && tasks->n && tasks->v[0].tries > TRIES_MOST) {
		tasks->v[0].tries = TRIES_MOST;
		r = give_up(store, worker, &tasks->v[0], "its worker died each time", err);
		tasks->n = 0;
		return r < 0 ? r : 1;
	}
	if (r == 0 && tasks->n == 0)
		r = lease_rows(store, false, worker, now, lease, limit, tasks, err);
	return r;
}

int queue_take(struct store *store, const char *worker, int64_t now, int64_t lease, size_t limit,
	       struct tasks *tasks, struct err *err)
{
	int r;

	do {
		r = store_begin_beside(store, err);
		if (r < 0)
			return r;
		r = take_inside(store, worker, now, lease, limit, tasks, err);
		if (r < 0) {
			store_rollback(store);
			return r;
		}
		if (store_commit(store, err) < 0)
			return err ? (int)err->code : ERR_FAILED;
	} while (r == 1);
	return (int)tasks->n;
}

int queue_read(struct store *store, int64_t as_of, struct tasks *tasks, struct err *err)
{
	struct statement *statement;
	int r = statement_take(store, "SELECT \"id\", \"revision\", \"known\", \"tries\" FROM \"queue\" WHERE \"known\" <= $1 "
			       "ORDER BY \"known\" NULLS LAST, \"id\", \"revision\"", &statement, err);

	if (r < 0)
		return r;
	store->ops->bind_int(statement, 1, as_of);
	while ((r = store->ops->step(statement, err)) == 1)
		task_read(store, statement, tasks);
	statement_done(store, statement);
	return r < 0 ? r : (int)tasks->n;
}

int queue_ack(struct store *store, const char *worker, const struct task *task, struct err *err)
{
	return statement_run(store, err, "DELETE FROM \"queue\" WHERE \"id\" = $1 AND \"revision\" = $2 AND "
			     "(\"worker\" = $3 OR $3 IS NULL) RETURNING \"id\"", "tit", task->id, task->revision, worker);
}

/* The rows of some tasks that are this worker's, gone; `ours` grows by them. */
static int ack_batch(struct store *store, const char *worker, const struct task *v, size_t n, struct tasks *ours,
		     struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	struct statement *statement;
	int r;

	buf_puts(&sql, "DELETE FROM \"queue\" WHERE (\"id\", \"revision\") IN (VALUES ");
	for (int i = 0; i < ACK_BATCH; i++)
		buf_printf(&sql, "%s(CAST($%d AS TEXT), CAST($%d AS BIGINT))", i ? ", " : "", 2 * i + 1, 2 * i + 2);
	buf_printf(&sql, ") AND (\"worker\" = $%d OR $%d IS NULL) RETURNING \"id\", \"revision\", \"known\", \"tries\"",
		   2 * ACK_BATCH + 1, 2 * ACK_BATCH + 1);
	r = statement_take(store, sql.s, &statement, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < ACK_BATCH; i++) {
		store->ops->bind_text(statement, 2 * (int)i + 1, i < n ? v[i].id : NULL);
		store->ops->bind_int(statement, 2 * (int)i + 2, i < n ? v[i].revision : INT_MISSING);
	}
	store->ops->bind_text(statement, 2 * ACK_BATCH + 1, worker);
	while ((r = store->ops->step(statement, err)) == 1)
		task_read(store, statement, ours);
	statement_done(store, statement);
	return r;
}

static int by_known(const void *a, const void *b)
{
	const struct task *x = a, *y = b;
	int order = (x->known > y->known) - (x->known < y->known);

	if (order == 0)
		order = strcmp(x->id, y->id);
	return order ? order : (x->revision > y->revision) - (x->revision < y->revision);
}

int queue_ack_all(struct store *store, const char *worker, const struct tasks *tasks, struct tasks *ours,
		  struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < tasks->n && r == 0; i += ACK_BATCH)
		r = ack_batch(store, worker, tasks->v + i, tasks->n - i < ACK_BATCH ? tasks->n - i : ACK_BATCH, ours, err);
	if (r == 0 && ours->n)
		qsort(ours->v, ours->n, sizeof *ours->v, by_known);   /* revisions in their order */
	return r;
}

int queue_renew(struct store *store, const char *worker, int64_t lease, struct err *err)
{
	return statement_run(store, err, "UPDATE \"queue\" SET \"lease\" = $1 WHERE \"worker\" = $2", "it", lease, worker);
}

int queue_fail(struct store *store, const char *worker, struct task *task, const char *error, struct err *err)
{
	task->tries++;
	if (task->tries >= TRIES_MOST)
		return give_up(store, worker, task, error, err);
	store->enqueued = true;
	return statement_run(store, err, "UPDATE \"queue\" SET \"worker\" = NULL, \"lease\" = NULL, \"tries\" = $1, "
			     "\"error\" = $2 WHERE \"id\" = $3 AND \"revision\" = $4 AND \"worker\" = $5", "ittit",
			     task->tries, error, task->id, task->revision, worker);
}

int queue_count(struct store *store, struct queue_state *ret, struct err *err)
{
	static const char *const queries[] = {
		"SELECT COUNT(*) FROM \"queue\" WHERE \"worker\" IS NULL",
		"SELECT COUNT(*) FROM \"queue\" WHERE \"worker\" IS NOT NULL",
		"SELECT MIN(\"lease\") FROM \"queue\" WHERE \"worker\" IS NOT NULL",
		"SELECT COUNT(*) FROM \"dead_letter\"",
	};
	int64_t *const into[] = {&ret->waiting, &ret->leased, &ret->next_lease, &ret->dead};

	for (size_t i = 0; i < LENGTH(queries); i++) {
		int r = statement_number(store, queries[i], INT_MISSING, into[i], err);

		if (r < 0)
			return r;
	}
	return 0;
}

int queue_wait(struct store *store, int msec, struct err *err)
{
	return store->ops->wait(store->engine, msec, err);
}

/*
 * Every revision of every document once more, given up or not: the words or the rules have changed. Not those whose
 * payload was given up: their events are all that is left of them, and coded again they would give none.
 */
int queue_again(struct store *store, struct err *err)
{
	int64_t retained;
	int r = store_retained(store, &retained, err);

	if (r == 0)
		r = store->ops->exec(store->engine, "DELETE FROM \"dead_letter\"", err);
	store->enqueued = true;
	return r < 0 ? r : statement_run(store, err, "INSERT INTO \"queue\" (\"id\", \"revision\", \"known\", \"tries\") "
					 "SELECT \"id\", \"revision\", \"known\", 0 FROM \"document\" WHERE \"known\" >= $1 "
					 "ON CONFLICT (\"id\", \"revision\") DO NOTHING", "i",
					 retained == INT64_MIN ? INT64_MIN + 1 : retained);
}

int queue_dead(struct store *store, struct arena *arena, struct dead_letter **ret, size_t *ret_n, struct err *err)
{
	struct dead_letter *v = NULL;
	struct statement *statement;
	size_t n = 0, cap = 0;
	int r = statement_take(store, "SELECT \"id\", \"revision\", \"tries\", \"error\" FROM \"dead_letter\" "
			       "ORDER BY \"id\", \"revision\"", &statement, err);

	if (r < 0)
		return r;
	while ((r = store->ops->step(statement, err)) == 1)
		*arena_push(arena, v, n, cap) = (struct dead_letter){
			arena_dup(arena, store->ops->text(statement, 0)), store->ops->integer(statement, 1),
			store->ops->integer(statement, 2), arena_dup(arena, store->ops->text(statement, 3)),
		};
	statement_done(store, statement);
	*ret = v;
	*ret_n = n;
	return r;
}
