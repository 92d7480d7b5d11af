/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_alike.c - any records, put into both engines in any order, are asked for in any way: the answers are the same. */
#include "tests/store/engines.h"

static void put_shuffled(struct store *store, const struct records *list, struct rng *rng)
{
	struct record **v = calloc(list->n, sizeof *v);

	memcpy(v, list->v, list->n * sizeof *v);
	for (size_t i = list->n - 1; i > 0; i--) {
		size_t j = rng_below(rng, i + 1);
		struct record *swap = v[i];

		v[i] = v[j];
		v[j] = swap;
	}
	for (size_t i = 0, past; i < list->n; i = past) {
		past = i + 1 + rng_below(rng, 40);
		if (past > list->n)
			past = list->n;
		assert_int_equal(store_begin(store, NULL), 0);
		assert_int_equal(store_put_all(store, v + i, past - i, NULL, NULL, NULL), 0);
		assert_int_equal(store_commit(store, NULL), 0);
	}
	free(v);
}

static void make_distinct(struct arena *arena, struct rng *rng, size_t n, struct records *list)
{
	while (list->n < n) {
		struct record *r = any_record(arena, rng, kinds[rng_below(rng, n_kinds)]);

		if (!records_find(list, r->id))
			records_add(list, r);
	}
}

/* A query about something that some record has. */
static struct query query_like(const struct record *r, struct rng *rng)
{
	struct query query = QUERY(r->kind, rng_below(rng, 3) ? AS_OF_ALL : any_instant(rng).usec);
	size_t n = 0;

	if (r->unit && rng_below(rng, 3) == 0)
		query.unit = r->unit;
	for (size_t f = 0; f < r->kind->n_fields && n < 2; f++) {
		const struct field *field = &r->kind->fields[f];

		if ((field->flags & FIELD_INDEXED) && !field_is_missing(r, field) && rng_below(rng, 6) == 0)
			query.where[n++] = (struct condition){field->name, *field_text((void *)r, field)};
	}
	if (rng_below(rng, 3) == 0)
		query.known_after = any_instant(rng).usec;
	query.order = (enum store_order)rng_below(rng, 4);
	query.limit = rng_below(rng, 2) ? 0 : 1 + rng_below(rng, 9);
	query.with_withdrawn = rng_below(rng, 2);
	return query;
}

static const char *answer_of(struct store *store, const struct query *query, struct arena *arena)
{
	struct records found = {.arena = arena};
	_cleanup_(buf_free) struct buf lines = {0};

	assert_true(store_read(store, query, &found, NULL) >= 0);
	buf_printf(&lines, "%zu %lld\n", found.n, (long long)store_count(store, query->kind, query->as_of, NULL));
	for (size_t i = 0; i < found.n; i++) {
		record_write_json(&lines, found.v[i]);
		buf_putc(&lines, '\n');
	}
	return arena_ndup(arena, lines.s, lines.len);
}

static const char *rest_of(struct store *store, const struct records *list, int64_t as_of, struct arena *arena)
{
	const char *ids[100], *feeds[] = {"", "word", "null", "'"};
	struct records found = {.arena = arena};
	_cleanup_(buf_free) struct buf lines = {0};
	struct event_count *counts;
	struct instant newest;
	size_t n = 0, n_counts;

	for (size_t i = 0; i < list->n && n < LENGTH(ids); i++)
		if (list->v[i]->kind == &kind_event)
			ids[n++] = list->v[i]->id;
	assert_int_equal(store_read_ids(store, &kind_event, ids, n, as_of, &found, NULL), 0);
	assert_int_equal(store_read_in(store, &kind_document, "feed", feeds, LENGTH(feeds), as_of, &found, NULL), 0);
	for (size_t i = 0; i < found.n; i++) {
		record_write_json(&lines, found.v[i]);
		buf_putc(&lines, '\n');
	}
	assert_int_equal(store_newest(store, &newest, NULL), 0);
	assert_int_equal(store_count_events(store, as_of, arena, &counts, &n_counts, NULL), 0);
	buf_printf(&lines, "%lld\n", (long long)newest.usec);
	for (size_t i = 0; i < n_counts; i++)
		buf_printf(&lines, "%s %lld\n", counts[i].key ? counts[i].key : "-", (long long)counts[i].n);
	return arena_ndup(arena, lines.s, lines.len);
}

static void any_records_in_any_order_give_the_same_hash_and_the_same_answers(void **state)
{
	struct engines *engines = *state;
	struct records list = {.arena = &engines->arena};
	struct rng rng;

	rng_seed(&rng, 21);
	make_distinct(&engines->arena, &rng, 700, &list);
	each_engine(e, engines)
		put_shuffled(engines->v[e], &list, &rng);
	assert_same_hash(engines);
	for (int i = 0; i < 300; i++) {
		struct query query = query_like(list.v[rng_below(&rng, list.n)], &rng);
		int64_t as_of = rng_below(&rng, 2) ? AS_OF_ALL : any_instant(&rng).usec;
		const char *wanted = answer_of(engines->v[0], &query, &engines->arena);
		const char *rest = rest_of(engines->v[0], &list, as_of, &engines->arena);

		each_engine(e, engines) {
			assert_string_equal(answer_of(engines->v[e], &query, &engines->arena), wanted);
			assert_string_equal(rest_of(engines->v[e], &list, as_of, &engines->arena), rest);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_engines(any_records_in_any_order_give_the_same_hash_and_the_same_answers),
	};

	return run_kept("store alike", tests);
}
