/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * commit_check.c - the ledger computed anew: entries from the forecasts that the store
 * keeps, hashes from the entries, roots from the hashes, heads of the log and one
 * from elsewhere against the roots.
 */
#include <stdlib.h>
#include <string.h>

#include "loop/stages.h"

#define CHUNK 256   /* entries read at once */

struct check {
	struct store *store;
	const struct ledger_ask *ask;
	struct head *heads;              /* of the log, in the order they were made */
	struct audit audit;
	struct arena *arena;
	struct ledger_report report;
	size_t cap_commitments;
};

/* ---- heads ---- */

static int at_fault(size_t number, const char *why, struct err *err)
{
	return err_set(err, ERR_INTEGRITY, "head %zu of the log %s", number, why);
}

/* A log grows: later heads are of as much or more, and of the same time or later; so beside one from elsewhere. */
static int heads_in_order(const struct check *check, struct err *err)
{
	const struct head *heads = check->heads, *kept = check->ask->kept;

	for (size_t i = 1; i < check->report.n_heads; i++) {
		if (heads[i].size < heads[i - 1].size)
			return at_fault(i + 1, "speaks of fewer entries than the one before", err);
		if (heads[i].at.usec < heads[i - 1].at.usec)
			return at_fault(i + 1, "is back-dated: the one before is later", err);
	}
	for (size_t i = 0; i < check->report.n_heads && kept; i++) {
		if (heads[i].size > kept->size && heads[i].at.usec < kept->at.usec)
			return at_fault(i + 1, "is back-dated: the head kept elsewhere is later and has fewer entries", err);
		if (heads[i].size < kept->size && heads[i].at.usec > kept->at.usec)
			return at_fault(i + 1, "has fewer entries than the head kept elsewhere had before it", err);
	}
	return 0;
}

static bool is_allowed(const struct ledger_ask *ask, const char *key)
{
	for (size_t i = 0; i < ask->n_publics; i++)
		if (strcmp(ask->publics[i], key) == 0)
			return true;
	return false;
}

/* Signed by a key that may sign: one of those given, or the one that signed the kept head. */
static int check_signer(const struct ledger_ask *ask, const struct head *head, const char *which, struct err *err)
{
	const char *expected = ask->n_publics ? NULL : ask->kept && *ask->kept->key ? ask->kept->key : NULL;

	if (!head_is_signed(head) && (ask->n_publics || expected))
		return err_set(err, ERR_INTEGRITY, "the %s is not signed", which);
	if ((ask->n_publics && !is_allowed(ask, head->key)) || (expected && strcmp(expected, head->key) != 0))
		return err_hint(err, err_set(err, ERR_INTEGRITY, "the %s is signed by another key, %s", which, head->key),
				"If the key was changed for a reason that you know, name both with --pub.");
	return 0;
}

static int check_signatures(const struct check *check, struct err *err)
{
	const struct ledger_report *report = &check->report;
	int r = 0;

	if (check->ask->kept && head_is_signed(check->ask->kept))
		r = head_check(check->ask->kept, err);
	if (r == 0 && check->ask->kept && check->ask->n_publics)
		r = check_signer(check->ask, check->ask->kept, "head kept elsewhere", err);
	if (r == 0 && report->n_heads)
		r = check_signer(check->ask, &report->newest, "newest head of the log", err);
	for (size_t i = 0; i < report->n_heads && r == 0; i++)
		if (head_is_signed(&check->heads[i]))
			r = head_check(&check->heads[i], err);
	return r;
}

/* All heads into the audit: it sorts its own. */
static int take_heads(struct check *check, struct err *err)
{
	struct ledger_seal *seals;
	struct audit_head *heads;
	size_t n;
	int r = store_seals(check->store, check->arena, &seals, &n, err);

	if (r < 0)
		return r;
	check->heads = arena_array(check->arena, struct head, n + 1);
	heads = arena_array(check->arena, struct audit_head, n + 1);
	for (size_t i = 0; i < n && r == 0; i++) {
		r = head_of_seal(&seals[i], &check->heads[i], err);
		heads[i] = (struct audit_head){.head = check->heads[i]};
	}
	check->report.n_heads = n;
	if (n)
		check->report.newest = check->heads[n - 1];
	if (check->ask->kept)
		heads[n++] = (struct audit_head){.head = *check->ask->kept, .kept = true};
	audit_start(&check->audit, heads, n);
	if (r == 0)
		r = check_signatures(check, err);
	return r < 0 ? r : heads_in_order(check, err);
}

/* ---- entries ---- */

/* The first head made that covers a position; NULL: none does. */
static const struct head *head_over(const struct check *check, int64_t position)
{
	for (size_t low = 0, high = check->report.n_heads;;) {
		size_t middle = low + (high - low) / 2;

		if (low == high)
			return low < check->report.n_heads ? &check->heads[low] : NULL;
		if ((int64_t)check->heads[middle].size > position)
			high = middle;
		else
			low = middle + 1;
	}
}

static int at_position(const struct ledger_row *row, const char *why, struct err *err)
{
	return err_set(err, ERR_INTEGRITY, "position %lld, forecast %.40s: %s", (long long)row->position, row->id, why);
}

static const struct forecast *forecast_of(const struct records *list, const struct ledger_row *row)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i]->revision == row->revision && str_eq(list->v[i]->id, row->id))
			return (const struct forecast *)list->v[i];
	return NULL;
}

static int commitment_add(struct check *check, const struct ledger_row *row, const struct forecast *forecast,
			  const struct head *head, struct err *err)
{
	struct commitment *commitment = arena_push(check->arena, check->report.commitments, check->report.n_commitments,
						   check->cap_commitments);

	*commitment = (struct commitment){.position = row->position, .revision = row->revision,
					  .from = forecast->r.valid_from, .past = forecast->r.valid_past};
	if (head) {
		commitment->at = head->at;
		commitment->head_size = head->size;
		commitment->late = head->at.usec >= forecast->r.valid_past.usec;
	}
	return entry_version(row->entry, strlen(row->entry), check->arena, &commitment->version, err);
}

static int check_row(struct check *check, const struct ledger_row *row, const struct records *forecasts,
		     struct arena *arena, struct err *err)
{
	const struct forecast *forecast = forecast_of(forecasts, row);
	const struct head *head = head_over(check, row->position);
	struct err why = {0};
	int r = audit_add(&check->audit, row->position, row->entry, strlen(row->entry), row->leaf, err);

	if (r < 0)
		return r;
	if (!forecast)
		return at_position(row, "it is not in the store", err);
	if (entry_check(row->entry, strlen(row->entry), forecast, arena, &why) < 0)
		return at_position(row, why.msg, err);
	if (head) {
		check->report.covered++;
		check->report.late += head->at.usec >= forecast->r.valid_past.usec;
	}
	return str_eq(row->id, check->ask->id) ? commitment_add(check, row, forecast, head, err) : 0;
}

static int check_rows(struct check *check, struct err *err)
{
	int r = 0;

	for (;;) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct ledger_rows rows = {.arena = &arena};
		struct records forecasts = {.arena = &arena};
		struct tasks tasks = {.arena = &arena};

		r = store_ledger_read(check->store, (int64_t)check->audit.range.n, CHUNK, &rows, err);
		if (r <= 0)
			return r;
		for (size_t i = 0; i < rows.n; i++)
			*arena_push(&arena, tasks.v, tasks.n, tasks.cap) =
				(struct task){.id = rows.v[i].id, .revision = rows.v[i].revision};
		r = store_read_rows(check->store, &kind_forecast, &tasks, &forecasts, err);
		for (size_t i = 0; i < rows.n && r >= 0; i++)
			r = check_row(check, &rows.v[i], &forecasts, &arena, err);
		if (r < 0)
			return r;
	}
}

/* What the store keeps and nobody committed. */
static int check_left_out(const struct check *check, struct err *err)
{
	struct ledger_row first;
	int64_t n;
	int r = store_ledger_left_out(check->store, check->ask->id, check->arena, &n, &first, err);

	if (r < 0 || n == 0)
		return r;
	return err_set(err, ERR_INTEGRITY, "forecast %.40s, revision %lld, stands in no entry: it was never committed "
		       "(%lld in all)", first.id, (long long)first.revision, (long long)n);
}

static int check_asked(const struct check *check, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct record *record;
	int r = check->ask->id ? store_get(check->store, check->ask->id, AS_OF_ALL, &arena, &record, err) : 0;

	if (r == 0 && check->ask->id && record->kind != &kind_forecast)
		r = err_set(err, ERR_NOT_FOUND, "\"%.40s\" is a record of kind %s, not forecast", check->ask->id,
			    record->kind->name);
	return r;
}

int ledger_verify(struct store *store, const struct ledger_ask *ask, struct arena *arena,
		  struct ledger_report *ret, struct err *err)
{
	struct check check = {.store = store, .ask = ask, .arena = arena};
	int r = check_asked(&check, err);

	if (r == 0)
		r = take_heads(&check, err);
	if (r == 0)
		r = check_rows(&check, err);
	if (r == 0)
		r = audit_end(&check.audit, err);
	if (r == 0)
		r = check_left_out(&check, err);
	if (r < 0)
		return r;
	check.report.size = check.audit.range.n;
	if (check.report.size == 0)
		return err_hint(err, err_set(err, ERR_NOT_FOUND, "no forecast was ever committed in this store"),
				"\"tocsin run\" makes forecasts and commits them.");
	*ret = check.report;
	return 0;
}
