/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_read.c - queries: their conditions, their stable order, the newest, the words searched for. */
#include "tests/store/kept.h"

#include <tocsin/text.h>

/* ---- queries against a scan of everything ---- */

static const char *const units[] = {"SRB", "GEO", "MDA"};
static const char *const indicators[] = {"v2x_polyarchy", "rsf_score", "pressure_threat"};

static struct observation *any_observation(struct arena *arena, struct rng *rng)
{
	struct observation *o = made_observation(arena, units[rng_below(rng, 3)], 2000 + (int)rng_below(rng, 6),
						 (double)rng_below(rng, 100) / 100);

	o->indicator = indicators[rng_below(rng, 3)];
	o->r.known = day_of(1 + (int)rng_below(rng, 9));
	o->r.withdrawn = rng_below(rng, 6) == 0;
	record_identify(arena, o);
	if (rng_below(rng, 8) == 0)
		o->r.valid_from = (struct instant){0};
	return o;
}

static struct query any_query(struct rng *rng)
{
	struct query query = QUERY(&kind_observation, AS_OF_ALL);

	if (rng_below(rng, 3))
		query.as_of = usec_of(1 + (int)rng_below(rng, 9));
	if (rng_below(rng, 2))
		query.unit = units[rng_below(rng, 3)];
	if (rng_below(rng, 2))
		query.where[0] = (struct condition){"indicator", indicators[rng_below(rng, 3)]};
	if (query.where[0].field && rng_below(rng, 2))
		query.where[1] = (struct condition){"source", "vdem"};
	if (rng_below(rng, 3) == 0)
		query.known_after = usec_of(1 + (int)rng_below(rng, 9));
	query.order = (enum store_order)rng_below(rng, 4);
	query.limit = rng_below(rng, 2) ? 0 : 1 + rng_below(rng, 6);
	query.with_withdrawn = rng_below(rng, 2);
	return query;
}

static bool fits(const struct observation *o, const struct query *query)
{
	return (query->with_withdrawn || !o->r.withdrawn) && (!query->unit || str_eq(o->r.unit, query->unit)) &&
	       (!query->where[0].field || str_eq(o->indicator, query->where[0].value)) &&
	       o->r.known.usec > query->known_after;
}

static int64_t order_key(const struct record *r, enum store_order order)
{
	switch (order) {
	case ORDER_KNOWN:
		return r->known.usec;
	case ORDER_KNOWN_DESC:
		return -r->known.usec;
	case ORDER_VALID:
		return instant_is_set(r->valid_from) ? r->valid_from.usec : INT64_MIN;
	default:
		return 0;
	}
}

static bool comes_before(const struct record *a, const struct record *b, enum store_order order)
{
	int64_t x = order_key(a, order), y = order_key(b, order);

	return x != y ? x < y : strcmp(a->id, b->id) < 0;
}

/* Of all that was put, what the query should find, in order: by looking at every one of them. */
static void scan(const struct records *all, const struct query *query, struct records *found)
{
	for (size_t i = 0; i < all->n; i++) {
		struct record *r = all->v[i];
		bool last = r->known.usec <= query->as_of;

		for (size_t j = 0; j < all->n && last; j++)
			if (str_eq(all->v[j]->id, r->id) && all->v[j]->known.usec <= query->as_of &&
			    (all->v[j]->known.usec > r->known.usec ||
			     (all->v[j]->known.usec == r->known.usec && all->v[j]->revision > r->revision)))
				last = false;
		if (!last || !fits((struct observation *)r, query))
			continue;
		records_add(found, r);
		for (size_t j = found->n - 1; j > 0 && comes_before(r, found->v[j - 1], query->order); j--) {
			found->v[j] = found->v[j - 1];
			found->v[j - 1] = r;
		}
	}
	if (query->limit && found->n > query->limit)
		found->n = query->limit;
}

static void put_many(struct store *store, struct rng *rng, size_t n, struct records *all)
{
	assert_int_equal(store_begin(store, NULL), 0);
	for (size_t i = 0; i < n; i++) {
		struct observation *o = any_observation(all->arena, rng);
		int put = store_put(store, &o->r, NULL);

		assert_true(put >= 0);
		if (put != PUT_SAME)
			records_add(all, o);
	}
	assert_int_equal(store_commit(store, NULL), 0);
}

static int count_one(struct record *record, void *user, struct err *err)
{
	struct records *left = user;

	(void)err;
	assert_true(left->n > 0);
	assert_string_equal(record->id, left->v[0]->id);
	left->v++;
	left->n--;
	return 0;
}

static void a_query_finds_what_a_scan_of_everything_finds_in_the_same_order(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= seeds(25); seed++) {
		_cleanup_(arena_free) struct arena arena = {0};
		_cleanup_(store_closep) struct store *store = opened(passing_location(&arena), STORE_CREATE);
		struct records all = {.arena = &arena};
		struct rng rng;

		rng_seed(&rng, seed);
		put_many(store, &rng, 80, &all);
		for (int i = 0; i < 30; i++) {
			struct records wanted = {.arena = &arena}, found = {.arena = &arena};
			struct query query = any_query(&rng);

			scan(&all, &query, &wanted);
			assert_int_equal(store_read(store, &query, &found, NULL), wanted.n);
			for (size_t j = 0; j < found.n; j++) {
				assert_string_equal(found.v[j]->id, wanted.v[j]->id);
				assert_int_equal(found.v[j]->revision, wanted.v[j]->revision);
			}
			assert_int_equal(store_each(store, &query, count_one, &wanted, NULL), 0);
			assert_int_equal(wanted.n, 0);
		}
	}
}

static void a_query_by_a_field_that_is_not_indexed_is_a_usage_error(void **state)
{
	struct room *room = *state;
	struct records list = {.arena = &room->arena};
	struct query query = QUERY(&kind_document, AS_OF_ALL);
	struct err err = {0};

	query.where[0] = (struct condition){"raw_hash", "x"};
	assert_int_equal(store_read(room->store, &query, &list, &err), ERR_USAGE);
	assert_non_null(strstr(err.msg, "raw_hash"));
	query.where[0] = (struct condition){"1 = 1 OR \"id\"", "x"};
	assert_int_equal(store_read(room->store, &query, &list, NULL), ERR_USAGE);
	query.where[0] = (struct condition){"feed", "x' OR '1' = '1"};
	assert_int_equal(put_alone(room->store, made_document(&room->arena, "a", 1, "words")), PUT_NEW);
	assert_int_equal(store_read(room->store, &query, &list, NULL), 0);
}

static int stop_at_once(struct record *record, void *user, struct err *err)
{
	(void)record;
	++*(int *)user;
	return err_set(err, ERR_CONFLICT, "enough");
}

static void a_reader_that_has_enough_stops_the_reading(void **state)
{
	struct room *room = *state;
	struct query query = QUERY(&kind_document, AS_OF_ALL);
	struct err err = {0};
	int calls = 0;

	for (int i = 0; i < 3; i++)
		put_alone(room->store, made_document(&room->arena, numbered(&room->arena, i), 1, "words"));
	assert_int_equal(store_each(room->store, &query, stop_at_once, &calls, &err), ERR_CONFLICT);
	assert_int_equal(calls, 1);
	assert_string_equal(err.msg, "enough");
	assert_int_equal(store_export(room->store, true, stop_at_once, &calls, &err), ERR_CONFLICT);
	assert_int_equal(calls, 2);
	assert_int_equal(store_begin(room->store, NULL), 0);   /* nothing was left open */
}

static void ids_that_are_none_are_not_found(void **state)
{
	static const char *const ids[] = {"", "do", "xx00000000000000000000000000000000", "do0000000000000000000000000000000G",
					  "do00000000000000000000000000000000"};
	struct room *room = *state;
	struct record *read = NULL;

	for (size_t i = 0; i < LENGTH(ids); i++)
		assert_int_equal(store_get(room->store, ids[i], AS_OF_ALL, &room->arena, &read, NULL), ERR_NOT_FOUND);
	assert_null(read);
}

/* ---- the newest ---- */

static void the_newest_is_of_what_came_from_outside(void **state)
{
	struct room *room = *state;
	struct observation *ours = made_observation(&room->arena, "SRB", 2030, 0.4);
	struct instant newest = {.precision = INSTANT_DAY};

	assert_int_equal(store_newest(room->store, &newest, NULL), 0);
	assert_false(instant_is_set(newest));
	assert_int_equal(put_alone(room->store, made_document(&room->arena, "a", 7, "words")), PUT_NEW);
	ours->source = "tocsin";
	record_identify(&room->arena, ours);
	assert_int_equal(put_alone(room->store, ours), PUT_NEW);
	assert_int_equal(store_newest(room->store, &newest, NULL), 0);
	assert_int_equal(newest.usec, usec_of(7));
	assert_int_equal(put_alone(room->store, made_observation(&room->arena, "SRB", 2024, 0.4)), PUT_NEW);
	assert_int_equal(store_newest(room->store, &newest, NULL), 0);
	assert_int_equal(newest.usec, instant_of_day(2025, 4, 1).usec);
}

/* ---- search ---- */

static size_t found_by(struct room *room, const char *words, int64_t as_of, size_t limit, struct records *list)
{
	struct err err = {0};
	int r;

	*list = (struct records){.arena = &room->arena};
	r = store_search(room->store, words, as_of, limit, list, &err);
	if (r < 0)
		fail_msg("\"%s\": %s", words, err.msg);
	assert_int_equal(r, list->n);
	return list->n;
}

static void search_asks_for_all_words_folded(void **state)
{
	struct room *room = *state;
	struct document *document = made_document(&room->arena, "b", 2, "\u201cПротест\u201d у Београду");
	struct records list;

	document->body = "Don't say \"never\": café, naïve\u2028(CITÉ) state-owned";
	put_alone(room->store, made_document(&room->arena, "a", 1, "Police detain protesters in Belgrade"));
	put_alone(room->store, document);
	assert_int_equal(found_by(room, "belgrade POLICE", AS_OF_ALL, 0, &list), 1);
	assert_int_equal(found_by(room, "belgrade army", AS_OF_ALL, 0, &list), 0);
	assert_int_equal(found_by(room, "belgrad", AS_OF_ALL, 0, &list), 0);   /* words, not beginnings of them */
	assert_int_equal(found_by(room, "protest beogradu", AS_OF_ALL, 0, &list), 1);
	assert_string_equal(list.v[0]->id, document->r.id);
	assert_int_equal(found_by(room, "cafe cite naive", AS_OF_ALL, 0, &list), 1);
	assert_int_equal(found_by(room, "протест CAFÉ", AS_OF_ALL, 0, &list), 1);   /* title and body are one text */
	assert_int_equal(found_by(room, "don't state-owned \"never\"", AS_OF_ALL, 0, &list), 1);
	assert_int_equal(store_search(room->store, " \"*'() ", AS_OF_ALL, 0, &list, NULL), ERR_USAGE);
	assert_int_equal(store_search(room->store, "", AS_OF_ALL, 0, &list, NULL), ERR_USAGE);
}

static void words_of_the_query_language_are_only_words(void **state)
{
	struct room *room = *state;
	struct records list;

	put_alone(room->store, made_document(&room->arena, "a", 1, "neither this nor that"));
	put_alone(room->store, made_document(&room->arena, "b", 1, "this or that and not near"));
	assert_int_equal(found_by(room, "this OR nothing", AS_OF_ALL, 0, &list), 0);
	assert_int_equal(found_by(room, "that NOT neither", AS_OF_ALL, 0, &list), 0);
	assert_int_equal(found_by(room, "this OR that AND NOT NEAR", AS_OF_ALL, 0, &list), 1);
	assert_int_equal(found_by(room, "thi* words:this ^this", AS_OF_ALL, 0, &list), 0);
}

static void answers_come_newest_first_then_by_id(void **state)
{
	struct room *room = *state;
	struct records list;
	struct rng rng;

	rng_seed(&rng, 3);
	for (int i = 0; i < 40; i++)
		put_alone(room->store, made_document(&room->arena, numbered(&room->arena, i),
						     1 + (int)rng_below(&rng, 5), "same words"));
	assert_int_equal(found_by(room, "words", AS_OF_ALL, 0, &list), 40);
	for (size_t i = 1; i < list.n; i++)
		assert_true(comes_before(list.v[i - 1], list.v[i], ORDER_KNOWN_DESC));
	assert_int_equal(found_by(room, "words", AS_OF_ALL, 7, &list), 7);
	assert_int_equal(list.v[0]->known.usec, usec_of(5));
	assert_true(found_by(room, "words", usec_of(2), 0, &list) < 40);
	for (size_t i = 0; i < list.n; i++)
		assert_true(list.v[i]->known.usec <= usec_of(2));
}

static void search_finds_the_words_in_force_at_the_time(void **state)
{
	struct room *room = *state;
	const char *id = made_document(&room->arena, "a", 1, "")->r.id;
	int64_t early = usec_of(3), late = usec_of(20);
	struct records list;

	put_alone(room->store, made_document(&room->arena, "a", 1, "minister resigns"));
	put_alone(room->store, made_document(&room->arena, "a", 5, "minister stays"));
	assert_int_equal(found_by(room, "resigns", early, 0, &list), 1);
	assert_int_equal(found_by(room, "resigns", AS_OF_ALL, 0, &list), 0);
	assert_int_equal(found_by(room, "stays", early, 0, &list), 0);
	assert_int_equal(found_by(room, "minister", AS_OF_ALL, 0, &list), 1);
	assert_int_equal(list.v[0]->revision, 2);
	assert_int_equal(store_begin(room->store, NULL), 0);
	assert_int_equal(store_withdraw(room->store, id, day_of(15), "gone", NULL), 0);
	assert_int_equal(store_commit(room->store, NULL), 0);
	assert_int_equal(found_by(room, "minister", late, 0, &list), 0);
	assert_int_equal(found_by(room, "stays", usec_of(10), 0, &list), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_query_finds_what_a_scan_of_everything_finds_in_the_same_order),
		with_room(a_query_by_a_field_that_is_not_indexed_is_a_usage_error),
		with_room(a_reader_that_has_enough_stops_the_reading),
		with_room(ids_that_are_none_are_not_found),
		with_room(the_newest_is_of_what_came_from_outside),
		with_room(search_asks_for_all_words_folded),
		with_room(words_of_the_query_language_are_only_words),
		with_room(answers_come_newest_first_then_by_id),
		with_room(search_finds_the_words_in_force_at_the_time),
	};

	return run_kept("store read", tests);
}
