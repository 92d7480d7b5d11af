/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * commit.c - forecasts go into the ledger in the unit of work that keeps them; a head
 * is made over the ledger when a run ends.
 *
 * An entry is made of the forecast alone, and entries of one round stand in the order
 * of question, unit and id: two stores that made the same forecasts have the same
 * log, entry by entry, and the same root. Only heads carry a clock.
 */
#include <stdlib.h>
#include <string.h>

#include "loop/stages.h"

#define CHUNK 512   /* entries read at once */

static int by_question(const void *a, const void *b)
{
	const struct forecast *x = *(const struct forecast *const *)a, *y = *(const struct forecast *const *)b;
	int order = str_cmp(x->question, y->question);

	if (order == 0)
		order = str_cmp(x->r.unit, y->r.unit);
	if (order == 0)
		order = str_cmp(x->r.id, y->r.id);
	return order ? order : (x->r.revision > y->r.revision) - (x->r.revision < y->r.revision);
}

static int commit_one(const struct work *work, const struct forecast *forecast, int64_t position, struct err *err)
{
	_cleanup_(buf_free) struct buf entry = {0};
	struct tree_hash leaf;
	char hex[65];

	entry_write(&entry, forecast, work->house->version ? work->house->version : "not said");
	leaf = tree_leaf(entry.s, entry.len);
	tree_hash_write(&leaf, hex);
	return store_ledger_add(work->store, &(struct ledger_row){position, forecast->r.id, forecast->r.revision, entry.s,
								   hex}, err);
}

int work_commit(const struct work *work, const struct records *fresh, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct forecast **v = arena_array(&arena, const struct forecast *, fresh->n + 1), *forecast;
	int64_t position = 0;
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; (forecast = records_next(fresh, &kind_forecast, &i));)
		v[n++] = forecast;
	if (n == 0)
		return 0;
	qsort(v, n, sizeof *v, by_question);
	r = store_ledger_size(work->store, &position, err);
	for (size_t i = 0; i < n && r == 0; i++)
		r = commit_one(work, v[i], position++, err);
	return r;
}

/* ---- heads ---- */

int head_of_seal(const struct ledger_seal *seal, struct head *ret, struct err *err)
{
	struct head head = {.size = (uint64_t)seal->size, .at = {.usec = seal->at, .precision = INSTANT_SECOND}};
	bool sound = seal->size > 0 && seal->at % USEC_PER_SECOND == 0 && !seal->key == !seal->signature &&
		     tree_hash_read(seal->root, &head.root, NULL) == 0;

	if (sound && seal->key) {
		sound = strlen(seal->key) == sizeof head.key - 1 && strlen(seal->signature) == sizeof head.signature - 1;
		snprintf(head.key, sizeof head.key, "%s", seal->key);
		snprintf(head.signature, sizeof head.signature, "%s", seal->signature);
	}
	if (!sound)
		return err_set(err, ERR_INTEGRITY, "head %lld of the log is not one", (long long)seal->number);
	*ret = head;
	return 0;
}

int ledger_head(struct store *store, struct head *ret, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct ledger_seal seal;
	int r = store_seal_newest(store, &arena, &seal, err);

	return r < 0 ? r : head_of_seal(&seal, ret, err);
}

/* As ledger_head; of size 0 when there is none. */
static int newest_or_none(struct store *store, struct head *ret, struct err *err)
{
	struct err inner = {0};
	int r = ledger_head(store, ret, &inner);

	if (r == ERR_NOT_FOUND) {
		*ret = (struct head){0};
		return 0;
	}
	if (r < 0 && err)
		*err = inner;
	return r;
}

int ledger_pending(struct store *store, int64_t *ret, struct err *err)
{
	struct head head;
	int64_t size;
	int r = store_ledger_size(store, &size, err);

	if (r == 0)
		r = newest_or_none(store, &head, err);
	if (r == 0)
		*ret = size > (int64_t)head.size ? size - (int64_t)head.size : 0;
	return r;
}

/* The root of all entries, if they begin with those of the head. */
static int root_of(struct store *store, const struct head *head, struct audit *audit, struct err *err)
{
	struct audit_head known = {.head = *head};
	int r;

	audit_start(audit, &known, head->size > 0);
	for (;;) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct ledger_rows rows = {.arena = &arena};

		r = store_ledger_read(store, (int64_t)audit->range.n, CHUNK, &rows, err);
		for (size_t i = 0; i < rows.n && r >= 0; i++)
			r = audit_add(audit, rows.v[i].position, rows.v[i].entry, strlen(rows.v[i].entry), rows.v[i].leaf, err);
		if (r < 0 || rows.n == 0)
			break;
	}
	if (r >= 0)
		r = audit_end(audit, err);
	if (r == ERR_INTEGRITY)
		err_hint(err, r, "The ledger was changed: no head is made over it. Run \"tocsin forecast verify\".");
	return r;
}

static int seal_inside(struct store *store, const struct signing_key *key, struct instant now, struct head *ret,
		       struct err *err)
{
	struct audit audit;
	struct tree_hash root;
	struct head newest;
	char hex[65];
	int r = newest_or_none(store, &newest, err);

	if (r == 0)
		r = root_of(store, &newest, &audit, err);
	if (r < 0 || audit.range.n == newest.size)
		return r;
	if (now.usec < newest.at.usec)   /* a clock that was set back: heads never go back in time */
		now = newest.at;
	root = tree_range_root(&audit.range);
	*ret = head_make(audit.range.n, &root, now, key);
	tree_hash_write(&root, hex);
	r = store_seal_add(store, &(struct ledger_seal){.size = (int64_t)ret->size, .root = hex, .at = ret->at.usec,
							 .key = key ? ret->key : NULL,
							 .signature = key ? ret->signature : NULL}, err);
	return r < 0 ? r : 1;
}

int ledger_seal(struct store *store, const struct signing_key *key, struct instant now, struct head *ret,
		struct err *err)
{
	int r = store_begin(store, err), code;

	if (r < 0)
		return r;
	r = seal_inside(store, key, now, ret, err);
	if (r != 1) {
		store_rollback(store);
		return r;
	}
	code = store_commit(store, err);
	return code < 0 ? code : r;
}
