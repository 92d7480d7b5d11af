/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledger_rows.c - the rows of the ledger of forecasts: added, read in order, and
 * nothing else. No statement here or elsewhere changes or deletes one.
 */
#include "store/engine.h"

#define SEAL "SELECT \"number\", \"size\", \"root\", \"at\", \"key\", \"signature\" FROM \"ledger_head\" "

int store_ledger_size(struct store *store, int64_t *ret, struct err *err)
{
	return statement_number(store, "SELECT COALESCE(MAX(\"position\") + 1, 0) FROM \"ledger_entry\"", INT_MISSING, ret,
				err);
}

int store_ledger_add(struct store *store, const struct ledger_row *row, struct err *err)
{
	return statement_run(store, err, "INSERT INTO \"ledger_entry\" (\"position\", \"id\", \"revision\", \"entry\", \"leaf\") "
			     "VALUES ($1, $2, $3, $4, $5)", "ititt", row->position, row->id, row->revision, row->entry,
			     row->leaf);
}

int store_ledger_read(struct store *store, int64_t from, size_t limit, struct ledger_rows *rows, struct err *err)
{
	const struct engine_ops *ops = store->ops;
	struct statement *statement;
	int r = statement_take(store, "SELECT \"position\", \"id\", \"revision\", \"entry\", \"leaf\" FROM \"ledger_entry\" "
			       "WHERE \"position\" >= $1 ORDER BY \"position\" LIMIT $2", &statement, err);

	if (r < 0)
		return r;
	ops->bind_int(statement, 1, from);
	ops->bind_int(statement, 2, (int64_t)limit);
	while ((r = ops->step(statement, err)) == 1)
		*arena_push(rows->arena, rows->v, rows->n, rows->cap) = (struct ledger_row){
			ops->integer(statement, 0), arena_dup(rows->arena, ops->text(statement, 1)),
			ops->integer(statement, 2), arena_dup(rows->arena, ops->text(statement, 3)),
			arena_dup(rows->arena, ops->text(statement, 4)),
		};
	statement_done(store, statement);
	return r < 0 ? r : (int)rows->n;
}

int store_seal_add(struct store *store, const struct ledger_seal *seal, struct err *err)
{
	int64_t number;
	int r = statement_number(store, "SELECT COALESCE(MAX(\"number\"), 0) + 1 FROM \"ledger_head\"", INT_MISSING, &number,
				 err);

	if (r < 0)
		return r;
	return statement_run(store, err, "INSERT INTO \"ledger_head\" (\"number\", \"size\", \"root\", \"at\", \"key\", "
			     "\"signature\") VALUES ($1, $2, $3, $4, $5, $6)", "iititt", number, seal->size, seal->root,
			     seal->at, seal->key, seal->signature);
}

static struct ledger_seal seal_take(struct store *store, struct statement *statement, struct arena *arena)
{
	const struct engine_ops *ops = store->ops;

	return (struct ledger_seal){
		ops->integer(statement, 0), ops->integer(statement, 1), arena_dup(arena, ops->text(statement, 2)),
		ops->integer(statement, 3), arena_dup(arena, ops->text(statement, 4)),
		arena_dup(arena, ops->text(statement, 5)),
	};
}

int store_seals(struct store *store, struct arena *arena, struct ledger_seal **ret, size_t *ret_n, struct err *err)
{
	struct ledger_seal *v = NULL;
	struct statement *statement;
	size_t n = 0, cap = 0;
	int r = statement_take(store, SEAL "ORDER BY \"number\"", &statement, err);

	if (r < 0)
		return r;
	while ((r = store->ops->step(statement, err)) == 1)
		*arena_push(arena, v, n, cap) = seal_take(store, statement, arena);
	statement_done(store, statement);
	if (r < 0)
		return r;
	*ret = v;
	*ret_n = n;
	return 0;
}

int store_seal_newest(struct store *store, struct arena *arena, struct ledger_seal *ret, struct err *err)
{
	struct statement *statement;
	int r = statement_take(store, SEAL "ORDER BY \"number\" DESC LIMIT 1", &statement, err);

	if (r < 0)
		return r;
	r = store->ops->step(statement, err);
	if (r == 1)
		*ret = seal_take(store, statement, arena);
	statement_done(store, statement);
	return r < 0 ? r : r == 1 ? 0 : err_hint(err, err_set(err, ERR_NOT_FOUND, "the ledger has no head yet"),
						"A run that makes forecasts makes one.");
}

#define LEFT_OUT "FROM \"forecast\" WHERE \"withdrawn\" = 0 AND (\"id\" = $1 OR $1 IS NULL) AND NOT EXISTS " \
	"(SELECT 1 FROM \"ledger_entry\" WHERE \"ledger_entry\".\"revision\" = \"forecast\".\"revision\" AND " \
	"\"ledger_entry\".\"id\" = \"forecast\".\"id\")"

int store_ledger_left_out(struct store *store, const char *id, struct arena *arena, int64_t *ret_n,
			  struct ledger_row *ret, struct err *err)
{
	struct statement *statement;
	int64_t n = 0;
	int r = statement_take(store, "SELECT \"id\", \"revision\" " LEFT_OUT " ORDER BY \"id\", \"revision\"", &statement,
			       err);

	if (r < 0)
		return r;
	*ret = (struct ledger_row){0};
	store->ops->bind_text(statement, 1, id);
	while ((r = store->ops->step(statement, err)) == 1)
		if (n++ == 0)
			*ret = (struct ledger_row){.id = arena_dup(arena, store->ops->text(statement, 0)),
						   .revision = store->ops->integer(statement, 1)};
	statement_done(store, statement);
	*ret_n = n;
	return r;
}
