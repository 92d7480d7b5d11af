/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * put.c - keeping records, a batch at a time: compare with what was known, add a
 * revision, its payload, its origins and its words for search. Nothing is ever
 * overwritten.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/engine.h"

/* One revision of an id, as it was kept. */
struct revision {
	int64_t number, known;
	char content[36];        /* "-" when it was erased */
	bool withdrawn;
};

struct history {
	const char *id;
	struct revision *v;
	size_t n, cap;
	bool erased;
};

struct batch {
	struct store *store;
	const struct kind *kind;
	struct arena arena;
	struct history histories[BATCH];   /* by id */
	size_t n;
	bool asked_erased;
};

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct history *)a)->id, ((const struct history *)b)->id);
}

static struct history *history_find(struct batch *batch, const char *id)
{
	const struct history key = {.id = id};

	return bsearch(&key, batch->histories, batch->n, sizeof key, by_id);
}

const char *keys_of(const struct store *store, const struct kind *kind)
{
	return store->ops->keys && kind_is_monthly(kind) ? store->ops->keys : kind->name;
}

static size_t batch_ids(const struct batch *batch, const char *ids[BATCH])
{
	for (size_t i = 0; i < batch->n; i++)
		ids[i] = batch->histories[i].id;
	return batch->n;
}

/* Each id of the batch once, sorted, with the revisions there are. */
static int batch_open(struct batch *batch, struct record *const *v, size_t n, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	struct statement *statement;
	const char *ids[BATCH];
	size_t kept = 0;
	int r;

	for (size_t i = 0; i < n; i++)
		batch->histories[i] = (struct history){.id = v[i]->id};
	qsort(batch->histories, n, sizeof *batch->histories, by_id);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || strcmp(batch->histories[kept - 1].id, batch->histories[i].id) != 0)
			batch->histories[kept++] = batch->histories[i];
	batch->n = kept;
	buf_printf(&sql, "SELECT \"id\", \"revision\", \"known\", \"withdrawn\", \"content\" FROM \"%s\" WHERE \"id\"",
		   keys_of(batch->store, batch->kind));
	batch_write(&sql, 1);
	buf_puts(&sql, " ORDER BY \"revision\", \"id\"");
	r = statement_take(batch->store, sql.s, &statement, err);
	if (r < 0)
		return r;
	batch_bind(batch->store, statement, 1, ids, batch_ids(batch, ids));
	while ((r = batch->store->ops->step(statement, err)) == 1) {
		const struct engine_ops *ops = batch->store->ops;
		struct history *history = history_find(batch, ops->text(statement, 0));
		struct revision *revision = arena_push(&batch->arena, history->v, history->n, history->cap);
		const char *content = ops->text(statement, 4);

		*revision = (struct revision){ops->integer(statement, 1), ops->integer(statement, 2), "",
					      ops->integer(statement, 3) == 1};
		snprintf(revision->content, sizeof revision->content, "%s", content ? content : "-");
	}
	statement_done(batch->store, statement);
	return r;
}

/* The revision in force as of a time; NULL when there is none yet. */
static const struct revision *in_force(const struct history *history, int64_t as_of)
{
	const struct revision *best = NULL;

	for (size_t i = 0; i < history->n; i++)   /* in the order of their numbers */
		if (history->v[i].known <= as_of && (!best || history->v[i].known >= best->known))
			best = &history->v[i];
	return best;
}

/* Which of the batch were erased: asked once, and only when something is to be written. */
static int ask_erased(struct batch *batch, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	struct statement *statement;
	const char *ids[BATCH];
	int r;

	if (batch->asked_erased)
		return 0;
	batch->asked_erased = true;
	buf_puts(&sql, "SELECT \"id\" FROM \"erased\" WHERE \"id\"");
	batch_write(&sql, 1);
	r = statement_take(batch->store, sql.s, &statement, err);
	if (r < 0)
		return r;
	batch_bind(batch->store, statement, 1, ids, batch_ids(batch, ids));
	while ((r = batch->store->ops->step(statement, err)) == 1)
		history_find(batch, batch->store->ops->text(statement, 0))->erased = true;
	statement_done(batch->store, statement);
	return r;
}

/* ---- rows ---- */

/* What follows an INSERT: on a shard a row may be there whose key was lost with a unit that failed here. */
static const char *unless_there(const struct store *store)
{
	return store->shard ? " ON CONFLICT DO NOTHING" : "";
}

static int put_row(struct store *store, const struct record *r, const char *content, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	struct statement *statement;
	size_t n = columns_count(r->kind);
	int code;

	buf_printf(&sql, "INSERT INTO \"%s\" (", r->kind->name);
	columns_write(&sql, r->kind, "");
	buf_puts(&sql, ", \"recorded\") VALUES (");
	for (size_t i = 1; i <= n; i++)
		buf_printf(&sql, "$%zu, ", i);
	buf_printf(&sql, "$%zu)%s", n + 1, unless_there(store));
	code = statement_take(store, sql.s, &statement, err);
	if (code < 0)
		return code;
	record_bind(store, statement, r, content);
	store->ops->bind_int(statement, (int)n + 1, instant_now().usec);
	code = store->ops->step(statement, err);
	statement_done(store, statement);
	return code;
}

static int put_key(struct store *store, const struct record *r, const char *content, struct err *err)
{
	if (!store->ops->keys || !kind_is_monthly(r->kind))
		return 0;
	return statement_run(store, err, "INSERT INTO \"record\" (\"id\", \"revision\", \"known\", \"withdrawn\", "
			     "\"content\", \"licence\", \"shard\") VALUES ($1, $2, $3, $4, $5, $6, $7)", "tiiittt",
			     r->id, r->revision, r->known.usec, (int64_t)r->withdrawn, content, r->licence, store->shard);
}

static int put_payload(struct store *store, const struct record *r, struct err *err)
{
	char sql[200];
	int code = 0;

	snprintf(sql, sizeof sql, "INSERT INTO \"%s\" (\"id\", \"revision\", \"field\", \"value\", \"known\", \"licence\") "
		 "VALUES ($1, $2, $3, $4, $5, $6)%s", payload_table(r->kind), unless_there(store));
	for (size_t f = 0; f < r->kind->n_fields && code == 0; f++) {
		const struct field *field = &r->kind->fields[f];

		if ((field->flags & FIELD_PAYLOAD) && !field_is_missing(r, field))
			code = statement_run(store, err, sql, "tittit", r->id, r->revision, field->name,
					     *field_text((void *)r, field), r->known.usec, r->licence);
	}
	return code;
}

static int put_origins(struct store *store, const struct record *r, struct err *err)
{
	char sql[240];
	int code = 0;

	snprintf(sql, sizeof sql, "INSERT INTO \"%s\" (\"id\", \"revision\", \"position\", \"from_id\", \"role\", \"part\", "
		 "\"byte_start\", \"byte_end\", \"known\", \"licence\") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)%s",
		 origin_table(r->kind), unless_there(store));
	for (size_t i = 0; i < r->n_from && code == 0; i++) {
		const struct origin *from = &r->from[i];

		code = statement_run(store, err, sql, "tiitttiiit", r->id, r->revision, (int64_t)i, from->from_id, from->role,
				     from->part, from->byte_start, from->byte_end, r->known.usec, r->licence);
	}
	return code;
}

/* The folded words of a document's title and body: the same tokens in every engine. */
static int put_words(struct store *store, const struct record *r, struct err *err)
{
	const struct document *document = (const struct document *)r;
	_cleanup_(buf_free) struct buf words = {0};
	char sql[200];
	int code;

	if (r->kind != &kind_document || r->withdrawn)
		return 0;
	if (document->title)
		text_fold(&words, document->title, strlen(document->title));
	if (document->body) {
		buf_putc(&words, ' ');
		text_fold(&words, document->body, strlen(document->body));
	}
	words_fit(&words);
	if (!words.len)
		return 0;
	snprintf(sql, sizeof sql, "INSERT INTO \"search_text\" (\"id\", \"revision\", \"words\", \"known\", \"licence\") "
		 "VALUES ($1, $2, $3, $4, $5)%s", unless_there(store));
	code = statement_run(store, err, sql, "titit", r->id, r->revision, words.s, r->known.usec, r->licence);
	return code < 0 ? code : store->ops->search_put(store->engine, words.s, err);
}

/* A unit of work writes to one shard at most: two would not commit as one. */
static int choose_shard(struct store *store, const struct record *r, struct err *err)
{
	const char *shard = store_shard_of(store, r);

	if (shard && store->shard && strcmp(shard, store->shard) != 0)
		return err_set(err, ERR_CONFLICT, "one unit of work would write to the shards \"%s\" and \"%s\"",
			       store->shard, shard);
	if (shard)
		store->shard = shard;
	return 0;
}

static int put_rows(struct store *store, const struct record *r, const char *content, struct err *err)
{
	int code = choose_shard(store, r, err);

	if (code == 0)
		code = put_key(store, r, content, err);
	if (code == 0)
		code = put_row(store, r, content, err);
	if (code == 0)
		code = put_payload(store, r, err);
	if (code == 0)
		code = put_origins(store, r, err);
	if (code == 0)
		code = put_words(store, r, err);
	return code == 0 && r->kind == &kind_document ? queue_put(store, r, err) : code;
}

/* The day counts follow the newest revision of an event. */
static int count_days(struct batch *batch, const struct history *history, const struct record *r, struct err *err)
{
	const struct revision *newest = in_force(history, AS_OF_ALL);
	struct record *before;
	int code;

	if (r->kind != &kind_event || (newest && newest->known > r->known.usec))
		return 0;
	if (newest) {
		code = store_get(batch->store, r->id, AS_OF_ALL, &batch->arena, &before, err);
		if (code < 0)
			return code;
		days_add(batch->store, before, -1);
	}
	days_add(batch->store, r, 1);
	return 0;
}

static int put_one(struct batch *batch, struct record *r, enum put_result *ret, struct err *err)
{
	struct history *history = history_find(batch, r->id);
	const struct revision *current = in_force(history, r->known.usec);
	struct revision *added;
	char content[33];
	int code;

	record_content_hash(r, content);
	*ret = PUT_SAME;
	if (current && strcmp(current->content, content) == 0)
		return 0;
	code = ask_erased(batch, err);
	*ret = PUT_ERASED;
	if (code < 0 || history->erased)
		return code;
	code = count_days(batch, history, r, err);
	if (code < 0)
		return code;
	r->revision = history->n ? history->v[history->n - 1].number + 1 : 1;
	*ret = history->n ? PUT_REVISED : PUT_NEW;
	added = arena_push(&batch->arena, history->v, history->n, history->cap);
	*added = (struct revision){r->revision, r->known.usec, "", r->withdrawn};
	memcpy(added->content, content, sizeof content);
	return put_rows(batch->store, r, content, err);
}

static int put_batch(struct store *store, struct record *const *v, size_t n, enum put_result *results,
		     struct err *err)
{
	struct batch batch = {.store = store, .kind = v[0]->kind};
	int r = work_check(store, err);

	for (size_t i = 0; i < n && r == 0; i++) {
		r = record_check(v[i], err);
		if (r == 0)
			r = record_fits(v[i], err);
	}
	if (r == 0)
		r = batch_open(&batch, v, n, err);
	for (size_t i = 0; i < n && r == 0; i++)
		r = put_one(&batch, v[i], &results[i], err);
	arena_free(&batch.arena);
	return r;
}

int store_put_all(struct store *store, struct record *const *v, size_t n,
		  void (*each)(struct record *record, enum put_result result, void *user), void *user,
		  struct err *err)
{
	enum put_result results[BATCH];
	size_t past;

	assert(store->working);
	for (size_t i = 0; i < n; i = past) {
		int r;

		for (past = i; past < n && past - i < BATCH && v[past]->kind == v[i]->kind;)
			past++;
		r = put_batch(store, v + i, past - i, results, err);
		if (r < 0)
			return r;
		for (size_t k = i; k < past && each; k++)
			each(v[k], results[k - i], user);
	}
	return 0;
}

static void keep_result(struct record *record, enum put_result result, void *user)
{
	(void)record;
	*(enum put_result *)user = result;
}

int store_put(struct store *store, struct record *record, struct err *err)
{
	enum put_result result = PUT_SAME;
	int r = store_put_all(store, &record, 1, keep_result, &result, err);

	if (r == 0 && result == PUT_ERASED)
		return err_set(err, ERR_DENIED, "\"%s\" was erased and is not taken again", record->id);
	return r < 0 ? r : (int)result;
}

int store_withdraw(struct store *store, const char *id, struct instant known, const char *reason,
		   struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct record *r;
	int code;

	if (!kind_of_id(id))
		return err_set(err, ERR_NOT_FOUND, "\"%s\" is not the id of a record", id);
	code = store_get(store, id, known.usec, &arena, &r, NULL);
	if (code == ERR_NOT_FOUND || (code == 0 && r->withdrawn))
		return 0;
	if (code < 0)
		return store_get(store, id, known.usec, &arena, &r, err);   /* once more, for its message */
	r->known = known;
	r->withdrawn = true;
	record_missing(&arena, r, "withdrawn", reason);
	code = store_put(store, r, err);
	return code < 0 ? code : 0;
}
