/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * put.c - keeping a record: compare with what was known, add a revision, its
 * payload, its origins and its words for search. Nothing is ever overwritten.
 */
#include <assert.h>
#include <string.h>

#include "store/engine.h"

/* The revisions of an id: the content known as of a time, and the last number given. */
struct history {
	int64_t last;
	char content[40];     /* "" when there is none as of then */
	bool withdrawn;
};

static int history_read(struct store *store, const struct kind *kind, const char *id, int64_t as_of,
			struct history *ret, struct err *err)
{
	struct history history = {0};
	struct statement *statement;
	int64_t best = INT64_MIN;
	char sql[200];
	int r;

	snprintf(sql, sizeof sql, "SELECT \"revision\", \"known\", \"withdrawn\", \"content\" FROM \"%s\" "
		 "WHERE \"id\" = $1 ORDER BY \"revision\", \"id\"", kind->name);
	r = statement_take(store, sql, &statement, err);
	if (r < 0)
		return r;
	store->ops->bind_text(statement, 1, id);
	while ((r = store->ops->step(statement, err)) == 1) {
		int64_t known = store->ops->integer(statement, 1);
		const char *content = store->ops->text(statement, 3);

		history.last = store->ops->integer(statement, 0);
		if (known > as_of || known < best)
			continue;
		best = known;
		history.withdrawn = store->ops->integer(statement, 2) == 1;
		snprintf(history.content, sizeof history.content, "%s", content ? content : "-");
	}
	statement_done(store, statement);
	if (r == 0)
		*ret = history;
	return r;
}

static int was_erased(struct store *store, const char *id, struct err *err)
{
	struct statement *statement;
	int r = statement_take(store, "SELECT 1 FROM \"erased\" WHERE \"id\" = $1", &statement, err);

	if (r < 0)
		return r;
	store->ops->bind_text(statement, 1, id);
	r = store->ops->step(statement, err);
	statement_done(store, statement);
	return r;
}

static int put_row(struct store *store, const struct record *r, const char *content, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	struct statement *statement;
	size_t columns = 1;
	int code;

	buf_printf(&sql, "INSERT INTO \"%s\" (", r->kind->name);
	columns_write(&sql, r->kind);
	for (const char *c = strchr(sql.s, '('); *c; c++)
		columns += *c == ',';
	buf_puts(&sql, ", \"recorded\") VALUES (");
	for (size_t i = 1; i <= columns; i++)
		buf_printf(&sql, "$%zu, ", i);
	buf_printf(&sql, "$%zu)", columns + 1);
	code = statement_take(store, sql.s, &statement, err);
	if (code < 0)
		return code;
	record_bind(store, statement, r, content);
	store->ops->bind_int(statement, (int)columns + 1, instant_now().usec);
	code = store->ops->step(statement, err);
	statement_done(store, statement);
	return code;
}

static int put_payload(struct store *store, const struct record *r, struct err *err)
{
	for (size_t f = 0; f < r->kind->n_fields; f++) {
		const struct field *field = &r->kind->fields[f];
		struct statement *statement;
		int code;

		if (!(field->flags & FIELD_PAYLOAD) || field_is_missing(r, field))
			continue;
		code = statement_take(store, "INSERT INTO \"payload\" (\"id\", \"revision\", \"field\", \"value\") "
				      "VALUES ($1, $2, $3, $4)", &statement, err);
		if (code < 0)
			return code;
		store->ops->bind_text(statement, 1, r->id);
		store->ops->bind_int(statement, 2, r->revision);
		store->ops->bind_text(statement, 3, field->name);
		store->ops->bind_text(statement, 4, *field_text((void *)r, field));
		code = store->ops->step(statement, err);
		statement_done(store, statement);
		if (code < 0)
			return code;
	}
	return 0;
}

static int put_origins(struct store *store, const struct record *r, struct err *err)
{
	for (size_t i = 0; i < r->n_from; i++) {
		const struct origin *from = &r->from[i];
		struct statement *statement;
		int code = statement_take(store, "INSERT INTO \"origin\" (\"id\", \"revision\", \"position\", "
					  "\"from_id\", \"role\", \"part\", \"byte_start\", \"byte_end\") "
					  "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", &statement, err);

		if (code < 0)
			return code;
		store->ops->bind_text(statement, 1, r->id);
		store->ops->bind_int(statement, 2, r->revision);
		store->ops->bind_int(statement, 3, (int64_t)i);
		store->ops->bind_text(statement, 4, from->from_id);
		store->ops->bind_text(statement, 5, from->role);
		store->ops->bind_text(statement, 6, from->part);
		store->ops->bind_int(statement, 7, from->byte_start);
		store->ops->bind_int(statement, 8, from->byte_end);
		code = store->ops->step(statement, err);
		statement_done(store, statement);
		if (code < 0)
			return code;
	}
	return 0;
}

/* The folded words of a document's title and body. */
static int put_words(struct store *store, const struct record *r, struct err *err)
{
	const struct document *document = (const struct document *)r;
	_cleanup_(buf_free) struct buf words = {0};

	if (r->kind != &kind_document || r->withdrawn)
		return 0;
	if (document->title)
		text_fold(&words, document->title, strlen(document->title));
	if (document->body) {
		buf_putc(&words, ' ');
		text_fold(&words, document->body, strlen(document->body));
	}
	return words.len ? store->ops->search_put(store->engine, r->id, r->revision, words.s, err) : 0;
}

static int put_all(struct store *store, const struct record *r, const char *content, struct err *err)
{
	int code = put_row(store, r, content, err);

	if (code == 0)
		code = put_payload(store, r, err);
	if (code == 0)
		code = put_origins(store, r, err);
	return code == 0 ? put_words(store, r, err) : code;
}

int store_put(struct store *store, struct record *record, struct err *err)
{
	struct history history = {0};
	char content[33];
	int r;

	assert(store->working);
	r = work_check(store, err);
	if (r < 0)
		return r;
	r = record_check(record, err);
	if (r < 0)
		return r;
	r = history_read(store, record->kind, record->id, record->known.usec, &history, err);
	if (r < 0)
		return r;
	record_content_hash(record, content);
	if (strcmp(history.content, content) == 0)
		return PUT_SAME;
	r = was_erased(store, record->id, err);
	if (r)
		return r < 0 ? r : err_set(err, ERR_DENIED, "\"%s\" was erased and is not taken again", record->id);
	record->revision = history.last + 1;
	r = put_all(store, record, content, err);
	return r < 0 ? r : history.last ? PUT_REVISED : PUT_NEW;
}

int store_withdraw(struct store *store, const char *id, struct instant known, const char *reason,
		   struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct kind *kind = kind_of_id(id);
	struct history history = {0};
	struct record *r;
	int code;

	if (!kind)
		return err_set(err, ERR_NOT_FOUND, "\"%s\" is not the id of a record", id);
	code = history_read(store, kind, id, known.usec, &history, err);
	if (code < 0 || !history.content[0] || history.withdrawn)
		return code;
	code = store_get(store, id, known.usec, &arena, &r, err);
	if (code < 0)
		return code;
	r->known = known;
	r->withdrawn = true;
	record_missing(&arena, r, "withdrawn", reason);
	code = store_put(store, r, err);
	return code < 0 ? code : 0;
}
