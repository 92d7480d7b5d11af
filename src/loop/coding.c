/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coding.c - documents that wait in the queue become events: in a round, or by workers.
 *
 * Each revision of a document is coded once, as it was known: its events carry its
 * `known`, and what an edit no longer says is withdrawn from that moment on. When the
 * words, the rules or the method change, every document waits again.
 */
#include <stdlib.h>
#include <string.h>

#include <tocsin/code.h>

#include "loop/stages.h"

#define TASKS_AT_ONCE 512
#define CHAIN_MOST 8         /* a copy of a copy of ...: as far as the coder follows */

int code_claim(struct store *store, const struct house *house, bool may_recode, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char *coder;
	int r = store_state(store, "coder", &arena, &coder, err);

	if (r < 0 || str_eq(coder, house->coder_name))
		return r;
	if (coder && !may_recode)
		return err_hint(err, err_set(err, ERR_CONFLICT, "the store was coded with other words or rules"),
				"Run \"tocsin code\" or \"tocsin run\" once: it makes all documents wait again.");
	if (coder)
		r = queue_again(store, err);
	return r < 0 ? r : store_state_set(store, "coder", house->coder_name, err);
}

static int by_id(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Originals of copies, and theirs: a copy speaks with the voice of the first. */
static int read_originals(struct store *store, const struct records *documents, struct records *originals,
			  struct err *err)
{
	const struct records *from = documents;
	size_t first = 0;
	int r = 0;

	for (int depth = 0; depth < CHAIN_MOST && r == 0; depth++) {
		size_t n = 0, end = from->n;
		const char **ids = arena_array(originals->arena, const char *, end - first + 1);

		for (size_t i = first; i < end; i++)
			if (((const struct document *)from->v[i])->copy_of)
				ids[n++] = ((const struct document *)from->v[i])->copy_of;
		if (n == 0)
			break;
		qsort(ids, n, sizeof *ids, by_id);
		first = from == originals ? end : 0;
		from = originals;
		r = store_read_ids(store, &kind_document, ids, n, AS_OF_ALL, originals, err);
	}
	return r;
}

/* ---- what a document no longer gives ---- */

static bool is_made(const struct records *made, const char *id)
{
	for (size_t i = 0; i < made->n; i++)
		if (strcmp(made->v[i]->id, id) == 0)
			return true;
	return false;
}

/* The events of one document in force as of its revision; those that it does not give are withdrawn. */
static int withdraw_of(struct store *store, const struct record *document, const struct records *made,
		       struct tally *tally, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records old = {.arena = &arena};
	struct query query = QUERY(&kind_event, document->known.usec);
	int r;

	query.where[0] = (struct condition){"document", document->id};
	r = store_read(store, &query, &old, err);
	for (size_t i = 0; i < old.n && r >= 0; i++)
		if (!is_made(made, old.v[i]->id)) {
			r = store_withdraw(store, old.v[i]->id, document->known, "no longer follows from its origins", err);
			tally->withdrawn++;
		}
	return r < 0 ? r : 0;
}

static int withdraw_others(struct store *store, const struct records *documents, const struct records *made,
			   struct tally *tally, struct arena *arena, struct err *err)
{
	const char **ids = arena_array(arena, const char *, documents->n + 1);
	struct records there = {.arena = arena};
	int r;

	for (size_t i = 0; i < documents->n; i++)
		ids[i] = documents->v[i]->id;
	/* Most documents never gave anything else: one question settles it for all of them. */
	r = store_read_in(store, &kind_event, "document", ids, documents->n, AS_OF_ALL, &there, err);
	for (size_t i = 0; i < documents->n && r == 0; i++)
		for (size_t k = 0; k < there.n && r == 0; k++)
			if (str_eq(((const struct event *)there.v[k])->document, ids[i]) &&
			    !(there.v[k]->known.usec == documents->v[i]->known.usec && is_made(made, there.v[k]->id))) {
				r = withdraw_of(store, documents->v[i], made, tally, err);
				break;
			}
	return r;
}

/* ---- some of the queue ---- */

static void count_kept(struct record *record, enum put_result result, void *user)
{
	struct tally *tally = user;

	(void)record;
	tally->made += result == PUT_NEW;
	tally->revised += result == PUT_REVISED;
	tally->same += result == PUT_SAME;
}

int code_tasks(struct store *store, const struct house *house, const char *worker, const struct tasks *tasks,
	       struct tally *tally, struct code_tally *count, struct arena *arena, struct err *err)
{
	struct records documents = {.arena = arena}, originals = {.arena = arena}, made = {.arena = arena};
	const struct code_setup setup = {house->coder, &originals};
	struct tasks ours = {.arena = arena};
	int r = queue_ack_all(store, worker, tasks, &ours, err);   /* what is no longer ours is left alone */

	if (r == 0)
		r = store_read_rows(store, &kind_document, &ours, &documents, err);
	if (r == 0 && documents.n < ours.n)
		return err_set(err, ERR_DATA, "a document that waits to be coded is not there");
	if (r == 0)
		r = read_originals(store, &documents, &originals, err);
	if (r == 0)
		r = code_run(&setup, &documents, &made, count, err);
	if (r == 0)
		r = store_put_all(store, made.v, made.n, count_kept, tally, err);
	tally->in += documents.n;
	return r < 0 ? r : withdraw_others(store, &documents, &made, tally, arena, err);
}

/* ---- in a round ---- */

static void take_uncoded(const struct work *work, const struct code_tally *count)
{
	for (size_t i = 0; i < count->n_languages; i++)
		for (size_t k = 0; k < count->languages[i].not_coded; k++)
			count_name(work->arena, &work->round->uncoded, &work->round->n_uncoded, count->languages[i].lang);
}

/* The next tasks of one shard, from *at on: a unit of work writes to one only. */
static struct tasks next_tasks(const struct work *work, const struct tasks *all, size_t *at)
{
	struct tasks some = {.v = all->v + *at};
	const char *shard = NULL;

	while (*at < all->n && some.n < TASKS_AT_ONCE) {
		const struct record key = {.kind = &kind_document, .known.usec = all->v[*at].known};
		const char *of_this = store_shard_of(work->store, &key);

		if (some.n && !str_eq(shard, of_this))
			break;
		shard = of_this;
		some.n++;
		++*at;
	}
	return some;
}

int work_code(const struct work *work, struct err *err)
{
	_cleanup_(arena_free) struct arena kept = {0}, arena = {0};
	struct tasks all = {.arena = &kept};
	int r = code_claim(work->store, work->house, true, err);

	if (r == 0)
		r = queue_read(work->store, work->as_of.usec, &all, err);
	for (size_t at = 0; at < all.n && r >= 0;) {
		struct tasks some = next_tasks(work, &all, &at);
		const struct record first = {.kind = &kind_document, .known.usec = some.v[0].known};
		struct code_tally count = {0};

		r = code_tasks(work->store, work->house, NULL, &some, &work->round->stages[STAGE_CODE], &count, &arena, err);
		if (r == 0)
			take_uncoded(work, &count);
		if (r == 0 && store_shard_of(work->store, &first))
			r = store_turn(work->store, err);
		arena_reset(&arena);
	}
	return r < 0 ? r : 0;
}
