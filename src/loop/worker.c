/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker.c - one worker: takes documents from the queue, codes them, acknowledges.
 *
 * A batch that fails as a whole is tried again one document at a time, so that the bad
 * one is found and counted; see src/store/queue.c for leases and tries.
 */
#include <string.h>

#include <tocsin/code.h>

#include "loop/stages.h"

#define IDLE_MOST_MSEC 60000
#define LOCKED_MOST_MSEC 1000

struct worker {
	struct store *store;
	const struct house *house;
	const struct worker_setup *setup;
	struct worker_tally *tally;
	struct arena arena;
};

static bool is_gone(int r)
{
	return r == ERR_BUSY;
}

/* Code some in a unit of work of their own. */
static int code_some(struct worker *worker, const struct tasks *tasks, struct err *err)
{
	struct code_tally count = {0};
	struct tally kept = {0};
	int r = store_begin_beside(worker->store, err);

	if (r < 0)
		return r;
	r = code_tasks(worker->store, worker->house, worker->setup->name, tasks, &kept, &count, &worker->arena, err);
	if (r < 0) {
		store_rollback(worker->store);
		return r;
	}
	r = store_commit(worker->store, err);
	if (r < 0)
		return r;
	worker->tally->documents += kept.in;
	worker->tally->events += kept.made + kept.revised;
	worker->tally->not_coded += count.not_coded;
	worker->tally->batches++;
	return 0;
}

static int fail_one(struct worker *worker, struct task *task, const struct err *why, struct err *err)
{
	int r = store_begin_beside(worker->store, err);

	if (r < 0)
		return r;
	r = queue_fail(worker->store, worker->setup->name, task, why->msg, err);
	if (r < 0) {
		store_rollback(worker->store);
		return r;
	}
	worker->tally->failed++;
	return store_commit(worker->store, err);
}

static int64_t lease_from_now(const struct worker *worker)
{
	return worker->setup->now().usec + worker->setup->lease_usec;
}

static int renew(struct worker *worker, struct err *err)
{
	int r = store_begin_beside(worker->store, err);

	if (r < 0)
		return r;
	r = queue_renew(worker->store, worker->setup->name, lease_from_now(worker), err);
	if (r < 0) {
		store_rollback(worker->store);
		return r;
	}
	return store_commit(worker->store, err);
}

static int code_one_by_one(struct worker *worker, struct tasks *tasks, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < tasks->n && r == 0; i++) {
		const struct tasks one = {.v = &tasks->v[i], .n = 1};
		struct err why = {0};

		r = renew(worker, err);
		if (r < 0)
			return r;
		r = code_some(worker, &one, &why);
		if (is_gone(r)) {
			if (err)
				*err = why;
			return r;
		}
		if (r < 0)
			r = fail_one(worker, &tasks->v[i], &why, err);
	}
	return r;
}

/* The tasks of a batch that lie on one shard, moved to its front; the others follow. */
static size_t front_shard(const struct worker *worker, struct task *v, size_t n)
{
	const char *shard = NULL;
	size_t front = 0;

	for (size_t i = 0; i < n; i++) {
		const struct record key = {.kind = &kind_document, .known.usec = v[i].known};
		const char *of_this = store_shard_of(worker->store, &key);
		struct task swap = v[i];

		if (i > 0 && !str_eq(shard, of_this))
			continue;
		shard = of_this;
		v[i] = v[front];
		v[front++] = swap;
	}
	return front;
}

static int code_batch(struct worker *worker, struct tasks *tasks, struct err *err)
{
	int r = 0;

	for (size_t at = 0; at < tasks->n && r == 0;) {
		struct tasks some = {.v = tasks->v + at, .n = front_shard(worker, tasks->v + at, tasks->n - at)};
		struct err why = {0};

		r = code_some(worker, &some, &why);
		if (is_gone(r)) {
			if (err)
				*err = why;
			return r;
		}
		if (r < 0)
			r = code_one_by_one(worker, &some, err);
		at += some.n;
	}
	return r;
}

/* 1 to look again, 0 to go home. */
static int idle(struct worker *worker, struct err *err)
{
	struct queue_state state = {0};
	int64_t now = worker->setup->now().usec, msec = IDLE_MOST_MSEC;
	int r = queue_count(worker->store, &state, err);

	if (r < 0)
		return r;
	if (state.waiting == 0 && state.leased == 0 && !worker->setup->wait)
		return 0;
	if (state.leased && (state.next_lease - now) / 1000 + 1 < msec)
		msec = (state.next_lease - now) / 1000 + 1;
	/* What waits was just locked by another, who may fail; whoever holds the last ones may finish early. */
	if ((state.waiting || (state.leased && !worker->setup->wait)) && msec > LOCKED_MOST_MSEC)
		msec = LOCKED_MOST_MSEC;
	r = msec > 0 ? queue_wait(worker->store, (int)msec, err) : 0;
	return r < 0 ? r : 1;
}

int worker_run(struct store *store, const struct house *house, const struct worker_setup *setup,
	       struct worker_tally *ret, struct err *err)
{
	struct worker worker = {.store = store, .house = house, .setup = setup, .tally = ret};
	int r = store_begin_beside(store, err);

	if (r < 0)
		return r;
	r = code_claim(store, house, false, err);
	if (r == 0)
		r = store_commit(store, err);
	else
		store_rollback(store);
	while (r >= 0 && !*setup->stop) {
		struct tasks tasks = {.arena = &worker.arena};

		arena_reset(&worker.arena);
		r = queue_take(store, setup->name, setup->now().usec, lease_from_now(&worker), setup->batch, &tasks, err);
		if (r > 0)
			r = code_batch(&worker, &tasks, err);
		else if (r == 0 && (r = idle(&worker, err)) == 0)
			break;
	}
	arena_free(&worker.arena);
	return r < 0 ? r : 0;
}
