/* SPDX-License-Identifier: GPL-3.0-or-later */
/* erase.c - search over the words of documents, and taking words away for good. */
#include <stdlib.h>
#include <string.h>

#include "store/engine.h"

static int by_recency(const void *a, const void *b)
{
	const struct record *x = *(struct record *const *)a, *y = *(struct record *const *)b;

	if (x->known.usec != y->known.usec)
		return x->known.usec > y->known.usec ? -1 : 1;
	return str_cmp(x->id, y->id);
}

/* Keep a hit when the revision that has the words is the one in force as of then. */
static int take_hits(struct store *store, struct statement *statement, int64_t as_of,
		     struct records *found, struct err *err)
{
	int r;

	while ((r = store->ops->step(statement, err)) == 1) {
		const char *id = arena_dup(found->arena, store->ops->text(statement, 0));
		int64_t revision = store->ops->integer(statement, 1);
		struct record *record;
		struct err inner = {0};

		r = store_get(store, id, as_of, found->arena, &record, &inner);
		if (r == ERR_NOT_FOUND)
			continue;   /* not yet known then */
		if (r < 0) {
			if (err)
				*err = inner;
			return r;
		}
		if (record->revision == revision && !record->withdrawn)
			records_add(found, record);
	}
	return r;
}

int store_search(struct store *store, const char *words, int64_t as_of, size_t limit,
		 struct records *list, struct err *err)
{
	struct records found = {.arena = list->arena};
	_cleanup_(buf_free) struct buf query = {0};
	const char **folded;
	struct token *tokens;
	struct statement *statement;
	size_t n_tokens = text_tokens(words, strlen(words), list->arena, &tokens), n = 0;
	int r;

	folded = arena_array(list->arena, const char *, n_tokens);
	for (size_t i = 0; i < n_tokens; i++) {
		if (!word_fits(tokens[i].s))
			return err_set(err, ERR_USAGE, "a word of %zu bytes is not kept for search", strlen(tokens[i].s));
		if (*tokens[i].s)   /* of accents alone nothing is left */
			folded[n++] = tokens[i].s;
	}
	if (n == 0)
		return err_set(err, ERR_USAGE, "nothing to search for in \"%.60s\"", words);
	store->ops->search_query(&query, folded, n);
	r = statement_take(store, store->ops->search_select, &statement, err);
	if (r < 0)
		return r;
	store->ops->bind_text(statement, 1, query.s);
	r = take_hits(store, statement, as_of, &found, err);
	statement_done(store, statement);
	if (r < 0)
		return r;
	if (found.n)
		qsort(found.v, found.n, sizeof *found.v, by_recency);
	if (limit && found.n > limit)
		found.n = limit;
	for (size_t i = 0; i < found.n; i++)
		records_add(list, found.v[i]);
	return (int)found.n;
}

/* Events that took words from it: their actor and target are words of the document. */
#define QUOTING "(SELECT \"id\" FROM \"event\" WHERE \"document\" = $1 OR \"id\" IN " \
	"(SELECT \"id\" FROM \"span\" WHERE \"from_id\" = $1))"

static const char *const erasures[] = {
	"DELETE FROM \"payload\" WHERE \"id\" = $1",
	"DELETE FROM \"note\" WHERE \"id\" = $1",
	"DELETE FROM \"search_text\" WHERE \"id\" = $1",
	"DELETE FROM \"payload\" WHERE \"id\" IN " QUOTING,
	"UPDATE \"event\" SET \"content\" = NULL, \"extra\" = NULL WHERE \"id\" IN " QUOTING,
	/* Links spell out headlines, and a hash of the raw item would prove a guess. */
	"UPDATE \"document\" SET \"key\" = 'erased', \"source\" = NULL, \"raw_hash\" = NULL WHERE \"id\" = $1",
};

/* The keys of bodies cut by month repeat the content hash. */
static const char *const key_erasures[] = {
	"UPDATE \"record\" SET \"content\" = NULL WHERE \"id\" = $1 OR \"id\" IN " QUOTING,
};

/* Payload, words and the content hashes go, from the id and from what quotes it; a tombstone stays. */
static int erase_rows(struct store *store, const struct record *r, const char *reason, struct err *err)
{
	char forget[100];
	int code = 0;

	for (size_t i = 0; i < LENGTH(erasures) && code == 0; i++)
		code = statement_run(store, err, erasures[i], "t", r->id);
	for (size_t i = 0; i < LENGTH(key_erasures) && code == 0 && store->ops->keys; i++)
		code = statement_run(store, err, key_erasures[i], "t", r->id);
	snprintf(forget, sizeof forget, "UPDATE \"%s\" SET \"content\" = NULL, \"extra\" = NULL WHERE \"id\" = $1",
		 r->kind->name);
	if (code == 0)
		code = statement_run(store, err, forget, "t", r->id);
	if (code == 0)
		code = statement_run(store, err, "INSERT INTO \"erased\" (\"id\", \"reason\", \"recorded\") VALUES ($1, $2, $3) "
				     "ON CONFLICT (\"id\") DO NOTHING", "tti", r->id, reason, instant_now().usec);
	return code < 0 ? code : store->ops->search_rebuild(store->engine, err);
}

/* One that was erased may be erased again: an interrupted scrub is then made good. */
static int erase_inside(struct store *store, const char *id, const char *reason, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct record *r;
	int code = store_get(store, id, AS_OF_ALL, &arena, &r, err);

	if (code == 0)
		code = store_withdraw(store, id, r->known, "erased", err);
	return code < 0 ? code : erase_rows(store, r, reason, err);
}

int store_erase(struct store *store, const char *id, const char *reason, struct err *err)
{
	int code = store_begin(store, err);

	if (code < 0)
		return code;
	code = erase_inside(store, id, reason, err);
	if (code < 0) {
		store_rollback(store);
		return code;
	}
	code = store_commit(store, err);
	return code < 0 ? code : store->ops->scrub(store->engine, err);
}
