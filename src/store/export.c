/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export.c - every revision in a stable order; the hash over it; the check of the whole. */
#include <string.h>

#include "store/engine.h"

/* All kinds are read as of one moment, though another process may be writing. */
static int snapshot_begin(struct store *store, bool *own, struct err *err)
{
	int r = store->working ? 0 : store->ops->exec(store->engine, "BEGIN", err);

	*own = !store->working && r == 0;
	store->working |= *own;
	return r;
}

static void snapshot_end(struct store *store, bool own)
{
	if (own)
		store_rollback(store);   /* nothing was written */
}

static int export_kind(struct store *store, const struct kind *kind, bool restricted,
		       int (*each)(struct record *record, void *user, struct err *err), void *user,
		       struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf sql = {0};
	struct statement *statement;
	int r;

	buf_puts(&sql, "SELECT ");
	columns_write(&sql, kind);
	buf_printf(&sql, " FROM \"%s\" ORDER BY \"id\" NULLS LAST, \"revision\" NULLS LAST, \"id\"", kind->name);
	r = statement_take(store, sql.s, &statement, err);
	if (r < 0)
		return r;
	while ((r = store->ops->step(statement, err)) == 1) {
		struct record *record;

		arena_reset(&arena);
		record = record_take(store, statement, kind, &arena);
		if (!restricted && str_eq(record->licence, "restricted"))
			continue;
		r = record_complete(store, record, &arena, err);
		if (r >= 0)
			r = each(record, user, err);
		if (r < 0)
			break;
	}
	statement_done(store, statement);
	return r < 0 ? r : 0;
}

int store_export(struct store *store, bool restricted,
		 int (*each)(struct record *record, void *user, struct err *err), void *user,
		 struct err *err)
{
	bool own;
	int r = snapshot_begin(store, &own, err);

	for (size_t i = 0; i < n_kinds && r == 0; i++)
		r = export_kind(store, kinds[i], restricted, each, user, err);
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

static int verify_kind(struct store *store, const struct kind *kind, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf sql = {0};
	struct statement *statement;
	int r, last = 0;

	buf_puts(&sql, "SELECT ");
	columns_write(&sql, kind);
	for (const char *c = sql.s; *c; c++)
		last += *c == ',';
	buf_printf(&sql, " FROM \"%s\" ORDER BY \"id\" NULLS LAST, \"revision\" NULLS LAST, \"id\"", kind->name);
	r = statement_take(store, sql.s, &statement, err);
	if (r < 0)
		return r;
	while ((r = store->ops->step(statement, err)) == 1) {
		char content[33], kept[40];
		struct record *record;

		arena_reset(&arena);
		if (!store->ops->text(statement, last))
			continue;   /* erased: there is nothing left to compare */
		snprintf(kept, sizeof kept, "%s", store->ops->text(statement, last));
		record = record_take(store, statement, kind, &arena);
		r = record_complete(store, record, &arena, err);
		if (r < 0)
			break;
		record_content_hash(record, content);
		if (strcmp(content, kept) != 0) {
			r = err_set(err, ERR_INTEGRITY, "%s \"%s\" revision %lld is not what was written",
				    kind->name, record->id, (long long)record->revision);
			break;
		}
	}
	statement_done(store, statement);
	return r < 0 ? r : 0;
}

int store_verify(struct store *store, struct err *err)
{
	bool own = false;
	int r = store->ops->check(store->engine, err);

	if (r == 0)
		r = snapshot_begin(store, &own, err);
	for (size_t i = 0; i < n_kinds && r == 0; i++)
		r = verify_kind(store, kinds[i], err);
	snapshot_end(store, own);
	return r;
}
