/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * complete.c - what belongs to a record but lies in other tables: its payload and
 * its origins, fetched for a batch of records at a time.
 */
#include <stdlib.h>
#include <string.h>

#include "store/engine.h"

void batch_write(struct buf *buf, int first)
{
	buf_puts(buf, " IN (");
	for (int i = 0; i < BATCH; i++)
		buf_printf(buf, "%s$%d", i ? ", " : "", first + i);
	buf_putc(buf, ')');
}

void batch_bind(struct store *store, struct statement *statement, int first, const char *const *ids, size_t n)
{
	for (int i = 0; i < BATCH; i++)
		store->ops->bind_text(statement, first + i, (size_t)i < n ? ids[i] : NULL);
}

bool kind_has_payload(const struct kind *kind)
{
	for (size_t f = 0; f < kind->n_fields; f++)
		if (kind->fields[f].flags & FIELD_PAYLOAD)
			return true;
	return false;
}

void payload_take(struct store *store, struct statement *statement, struct record *r, int column,
		  struct arena *arena)
{
	const struct field *field = kind_field(r->kind, store->ops->text(statement, column));

	if (field)
		*field_text(r, field) = arena_dup(arena, store->ops->text(statement, column + 1));
}

void origin_take(struct store *store, struct statement *statement, struct record *r, int column,
		 struct arena *arena)
{
	const struct engine_ops *ops = store->ops;

	record_from_span(arena, r, ops->text(statement, column), ops->text(statement, column + 1),
			 ops->text(statement, column + 2), ops->integer(statement, column + 3),
			 ops->integer(statement, column + 4));
}

static int by_revision(const void *a, const void *b)
{
	const struct record *x = *(struct record *const *)a, *y = *(struct record *const *)b;
	int order = strcmp(x->id, y->id);

	return order ? order : (x->revision > y->revision) - (x->revision < y->revision);
}

/* Rows (id, revision, ...) of a table that belong to the batch, in the order of ids and revisions. */
static int batch_rows(struct store *store, const char *sql, struct record *const *v, size_t n,
		      void (*take)(struct store *, struct statement *, struct record *, int, struct arena *),
		      struct arena *arena, struct err *err)
{
	int64_t least = INT64_MAX, most = INT64_MIN + 1;
	struct statement *statement;
	const char *ids[BATCH];
	size_t at = 0;
	int r = statement_take(store, sql, &statement, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		ids[i] = v[i]->id;
		least = v[i]->known.usec < least ? v[i]->known.usec : least;
		most = v[i]->known.usec > most ? v[i]->known.usec : most;
	}
	batch_bind(store, statement, 1, ids, n);
	store->ops->bind_int(statement, BATCH + 1, least);
	store->ops->bind_int(statement, BATCH + 2, most);
	while ((r = store->ops->step(statement, err)) == 1) {
		const struct record key = {.id = store->ops->text(statement, 0),
					   .revision = store->ops->integer(statement, 1)}, *sought = &key;

		while (at < n && by_revision(&v[at], &sought) < 0)
			at++;
		/* The same revision may have been asked for twice. */
		for (size_t i = at; i < n && by_revision(&v[i], &sought) == 0; i++)
			take(store, statement, v[i], 2, arena);
	}
	statement_done(store, statement);
	return r;
}

static int complete_batch(struct store *store, struct record *const *v, size_t n, struct arena *arena,
			  struct err *err)
{
	const struct kind *kind = v[0]->kind;
	_cleanup_(buf_free) struct buf in = {0}, sql = {0};
	struct record *sorted[BATCH];
	int r = 0;

	memcpy(sorted, v, n * sizeof *v);
	qsort(sorted, n, sizeof *sorted, by_revision);
	batch_write(&in, 1);
	buf_printf(&in, " AND \"known\" >= $%d AND \"known\" <= $%d ORDER BY \"id\", \"revision\"", BATCH + 1, BATCH + 2);
	if (kind_has_payload(kind)) {
		buf_printf(&sql, "SELECT \"id\", \"revision\", \"field\", \"value\" FROM \"%s\" WHERE \"id\"%s, \"field\"",
			   payload_table(kind), in.s);
		r = batch_rows(store, sql.s, sorted, n, payload_take, arena, err);
	}
	if (r < 0)
		return r;
	buf_cut(&sql, 0);
	buf_printf(&sql, "SELECT \"id\", \"revision\", \"from_id\", \"role\", \"part\", \"byte_start\", \"byte_end\" "
		   "FROM \"%s\" WHERE \"id\"%s, \"position\"", origin_table(kind), in.s);
	return batch_rows(store, sql.s, sorted, n, origin_take, arena, err);
}

int records_complete(struct store *store, struct record *const *v, size_t n, struct arena *arena, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i += BATCH)
		r = complete_batch(store, v + i, n - i < BATCH ? n - i : BATCH, arena, err);
	return r;
}
