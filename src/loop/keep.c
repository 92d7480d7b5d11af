/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keep.c - what a stage made goes into the store; what it no longer makes is
 * withdrawn, so that the store always says what the stages would say today.
 */
#include <stdlib.h>
#include <string.h>

#include "loop/stages.h"

static int keep_one(const struct work *work, struct record *record, struct tally *tally, struct err *err)
{
	int r = store_put(work->store, record, err);

	if (r == PUT_NEW)
		tally->made++;
	else if (r == PUT_REVISED)
		tally->revised++;
	else if (r == PUT_SAME)
		tally->same++;
	if ((r == PUT_NEW || r == PUT_REVISED) && work->fresh)
		records_add(work->fresh, record);
	return r < 0 ? r : 0;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_made(const char *const *ids, size_t n, const char *id)
{
	return n && bsearch(&id, ids, n, sizeof *ids, by_id);
}

/* What the stage made earlier of this kind, as known now, and does not make any more. */
static int withdraw_others(const struct work *work, const struct kind *kind, const char *const *ids, size_t n,
			   bool (*ours)(const struct record *record, const struct work *work),
			   struct tally *tally, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records old = {.arena = &arena};
	struct query query = QUERY(kind, work->as_of.usec);
	int r = store_read(work->store, &query, &old, err);

	for (size_t i = 0; i < old.n && r >= 0; i++) {
		if (is_made(ids, n, old.v[i]->id) || (ours && !ours(old.v[i], work)))
			continue;
		r = store_withdraw(work->store, old.v[i]->id, work->as_of, "no longer follows from its origins", err);
		tally->withdrawn++;
	}
	return r < 0 ? r : 0;
}

int work_keep(const struct work *work, struct records *made, const struct product *products,
	      size_t n_products, struct tally *tally, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char **ids = arena_array(&arena, const char *, made->n + 1);
	int r = 0;

	for (size_t i = 0; i < made->n && r == 0; i++) {
		ids[i] = made->v[i]->id;
		r = keep_one(work, made->v[i], tally, err);
	}
	if (made->n)
		qsort(ids, made->n, sizeof *ids, by_id);
	for (size_t p = 0; p < n_products && r == 0; p++)
		r = withdraw_others(work, products[p].kind, ids, made->n, products[p].ours, tally, err);
	return r;
}

int work_read(const struct work *work, const struct kind *kind, struct records *list, struct err *err)
{
	struct query query = QUERY(kind, work->as_of.usec);
	int r;

	query.order = ORDER_KNOWN;
	if (work->live && kind == &kind_transition)
		query.as_of = AS_OF_ALL;   /* a step that a person took a minute ago counts */
	r = store_read(work->store, &query, list, err);
	return r < 0 ? r : 0;
}
