/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * export.c - every revision in a stable order; the hash over it; the check of the whole.
 *
 * A kind is read as three streams in the order of (id, revision) - rows, payload,
 * origins - that are merged: each table is gone through once.
 */
#include <string.h>

#include "store/engine.h"

/* Rows (id, revision, ...) that follow a stream of records of the same order. */
struct follower {
	struct statement *statement;   /* NULL: there are none */
	void (*take)(struct store *, struct statement *, struct record *, int, struct arena *);
	bool row;                      /* the current row is not yet passed */
};

struct merge {
	struct store *store;
	const struct kind *kind;
	struct statement *rows;
	struct follower payload, origins;
};

/* Ids of a kind lie between its prefix and the next one. */
static int follower_open(struct merge *merge, struct follower *follower, const char *columns, const char *table,
			 const char *last, struct err *err)
{
	const char *prefix = merge->kind->prefix;
	char sql[300];
	int r;

	snprintf(sql, sizeof sql, "SELECT \"id\", \"revision\", %s FROM \"%s\" WHERE \"id\" >= '%s' AND \"id\" < '%c%c' "
		 "ORDER BY \"id\", \"revision\", \"%s\"", columns, table, prefix, prefix[0], prefix[1] + 1, last);
	r = merge->store->ops->prepare(merge->store->engine, sql, true, &follower->statement, err);
	if (r == 0)
		r = merge->store->ops->step(follower->statement, err);
	follower->row = r == 1;
	return r < 0 ? r : 0;
}

static int follow(struct merge *merge, struct follower *follower, struct record *r, struct arena *arena,
		  struct err *err)
{
	const struct engine_ops *ops = merge->store->ops;
	int code = 0;

	while (follower->row && code >= 0) {
		int order = strcmp(ops->text(follower->statement, 0), r->id);
		int64_t revision = ops->integer(follower->statement, 1);

		if (order > 0 || (order == 0 && revision > r->revision))
			break;
		if (order == 0 && revision == r->revision)
			follower->take(merge->store, follower->statement, r, 2, arena);
		code = ops->step(follower->statement, err);
		follower->row = code == 1;
	}
	return code < 0 ? code : 0;
}

static int merge_open(struct merge *merge, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	const struct kind *kind = merge->kind;
	int r;

	merge->payload.take = payload_take;
	merge->origins.take = origin_take;
	buf_puts(&sql, "SELECT ");
	columns_write(&sql, kind, "");
	buf_printf(&sql, " FROM \"%s\" ORDER BY \"id\", \"revision\"", kind->name);
	r = merge->store->ops->prepare(merge->store->engine, sql.s, true, &merge->rows, err);
	if (r == 0 && kind_has_payload(kind))
		r = follower_open(merge, &merge->payload, "\"field\", \"value\"", payload_table(kind), "field", err);
	if (r == 0)
		r = follower_open(merge, &merge->origins, "\"from_id\", \"role\", \"part\", \"byte_start\", \"byte_end\"",
				  origin_table(kind), "position", err);
	return r;
}

static void merge_close(struct merge *merge)
{
	struct statement *const statements[] = {merge->rows, merge->payload.statement, merge->origins.statement};

	for (size_t i = 0; i < LENGTH(statements); i++)
		if (statements[i])
			merge->store->ops->release(statements[i]);
}

/* 1 and the next record, with its content as it was kept ("" after an erasure); 0 at the end. */
static int merge_next(struct merge *merge, struct arena *arena, struct record **ret, char content[40],
		      struct err *err)
{
	const struct engine_ops *ops = merge->store->ops;
	int r = ops->step(merge->rows, err);
	const char *kept;

	if (r != 1)
		return r;
	*ret = record_take(merge->store, merge->rows, merge->kind, arena);
	kept = ops->text(merge->rows, (int)columns_count(merge->kind) - 1);
	snprintf(content, 40, "%s", kept ? kept : "");
	r = follow(merge, &merge->payload, *ret, arena, err);
	if (r == 0)
		r = follow(merge, &merge->origins, *ret, arena, err);
	return r < 0 ? r : 1;
}

/* Every record of a kind, with its kept content hash. */
static int walk_kind(struct store *store, const struct kind *kind,
		     int (*each)(struct record *record, const char *content, void *user, struct err *err), void *user,
		     struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct merge merge = {.store = store, .kind = kind};
	struct record *record;
	char content[40];
	int r = merge_open(&merge, err);

	while (r == 0 && (r = merge_next(&merge, &arena, &record, content, err)) == 1) {
		r = each(record, content, user, err);
		r = r < 0 ? r : 0;
		arena_reset(&arena);
	}
	merge_close(&merge);
	return r;
}

struct export {
	bool restricted;
	int (*each)(struct record *record, void *user, struct err *err);
	void *user;
};

static int export_one(struct record *record, const char *content, void *user, struct err *err)
{
	const struct export *export = user;

	(void)content;
	if (!export->restricted && str_eq(record->licence, "restricted"))
		return 0;
	return export->each(record, export->user, err);
}

int store_export(struct store *store, bool restricted,
		 int (*each)(struct record *record, void *user, struct err *err), void *user,
		 struct err *err)
{
	struct export export = {restricted, each, user};
	bool own;
	int r = snapshot_begin(store, &own, err);

	for (size_t i = 0; i < n_kinds && r == 0; i++)
		r = walk_kind(store, kinds[i], export_one, &export, err);
	snapshot_end(store, own);
	return r;
}

static int hash_line(struct record *record, void *user, struct err *err)
{
	_cleanup_(buf_free) struct buf line = {0};

	(void)err;
	record_write_json(&line, record);
	buf_putc(&line, '\n');
	hash_add(user, line.s, line.len);
	return 0;
}

int store_hash(struct store *store, char hex[65], struct err *err)
{
	struct hash hash;
	int r;

	hash_start(&hash, 32);
	r = store_export(store, true, hash_line, &hash, err);
	if (r == 0)
		hash_end(&hash, 32, hex);
	return r;
}

/* Payload before this time was given up by retention and cannot be compared. */
static int verify_one(struct record *record, const char *kept, void *user, struct err *err)
{
	const int64_t *retained = user;
	char content[33];

	if (!*kept || (kind_is_monthly(record->kind) && record->known.usec < *retained))
		return 0;
	record_content_hash(record, content);
	if (strcmp(content, kept) == 0)
		return 0;
	return err_set(err, ERR_INTEGRITY, "%s \"%s\" revision %lld is not what was written", record->kind->name,
		       record->id, (long long)record->revision);
}

int store_verify(struct store *store, struct err *err)
{
	int64_t retained = INT64_MIN;
	bool own = false;
	int r = store->ops->check(store->engine, err);

	if (r == 0)
		r = snapshot_begin(store, &own, err);
	if (r == 0)
		r = store_retained(store, &retained, err);
	for (size_t i = 0; i < n_kinds && r == 0; i++)
		r = walk_kind(store, kinds[i], verify_one, &retained, err);
	snapshot_end(store, own);
	return r;
}
