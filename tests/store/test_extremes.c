/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_extremes.c - what no engine may take amiss, or differently from the other: each
 * test works on SQLite and, where TOCSIN_TEST_PG names a server, on PostgreSQL beside it.
 */
#include "tests/store/engines.h"

#include <math.h>

/* Every engine refuses it with the same words. */
static void assert_refused_alike(struct engines *engines, struct record *r, const char *word)
{
	each_engine(e, engines) {
		struct err err = {0};

		assert_int_equal(store_begin(engines->v[e], NULL), 0);
		assert_int_equal(store_put(engines->v[e], r, &err), ERR_DATA);
		assert_int_equal(store_commit(engines->v[e], NULL), 0);
		if (!strstr(err.msg, word))
			fail_msg("\"%s\" does not name \"%s\"", err.msg, word);
		assert_int_equal(store_count(engines->v[e], r->kind, AS_OF_ALL, NULL), 0);
	}
}

static const char *long_text(struct arena *arena, size_t len, uint64_t seed)
{
	char *text = arena_alloc(arena, len + 1);
	struct rng rng;

	rng_seed(&rng, seed);   /* nothing that compresses well */
	for (size_t i = 0; i < len; i++)
		text[i] = (char)('a' + rng_below(&rng, 26));
	text[len] = '\0';
	return text;
}

/* ---- injection ---- */

static const char *const injections[] = {
	"'; DROP TABLE document; --", "\"; DROP TABLE record; --", "') OR 1 = 1 --",
		"\\'; DELETE FROM event; --", "$1", "?1", "%s%n",
	"{a,b}", "{\"a\",NULL}", "NULL", "\\x00", "\\N", "\\.", "$$ $tag$", "a\" OR \"b", "NEAR(a b)",
		"words:*", "^a*", "'' || ''",
	"U&'\\0061'", "E'\\''", "/* */", "-- \n;", "\x01\x7f",
};

static void fill_texts(struct arena *arena, struct rng *rng, struct record *r, const char *text)
{
	for (size_t f = 0; f < r->kind->n_fields; f++)
		if (r->kind->fields[f].type == FIELD_TEXT)
			*field_text(r, &r->kind->fields[f]) = text;
	if (r->kind == &kind_event)
		((struct event *)r)->civic_class = "protest";
	if (r->kind == &kind_question) {
		any_question(arena, rng, (struct question *)r);
		((struct question *)r)->key = text;
	}
	if (r->kind == &kind_judgement)
		any_judgement(arena, rng, (struct judgement *)r);
	r->unit = r->by = text;
}

static void sql_in_any_text_is_a_text(void **state)
{
	struct engines *engines = *state;
	struct rng rng;

	rng_seed(&rng, 5);
	for (size_t i = 0; i < LENGTH(injections); i++)
		for (size_t k = 0; k < n_kinds; k++) {
			struct record *r = any_record(&engines->arena, &rng, kinds[k]);

			fill_texts(&engines->arena, &rng, r, injections[i]);
			r->withdrawn = false;
			record_from(&engines->arena, r, injections[i], injections[i]);
			record_identify(&engines->arena, r);
			assert_kept(engines, r);
		}
	assert_same_hash(engines);
}

static void sql_in_words_conditions_and_ids_finds_nothing_and_breaks_nothing(void **state)
{
	struct engines *engines = *state;

	each_engine(e, engines) {
		struct store *store = engines->v[e];
		struct document *kept = made_document(&engines->arena, "a", 1, "neither drop table nor 1 or a b");
		struct records list = {.arena = &engines->arena};
		struct record *read;

		assert_int_equal(put_alone(store, kept), PUT_NEW);
		for (size_t i = 0; i < LENGTH(injections); i++) {
			struct query query = QUERY(&kind_document, AS_OF_ALL);

			query.where[0] = (struct condition){"feed", injections[i]};
			assert_int_equal(store_read(store, &query, &list, NULL), 0);
			query.where[0].field = NULL;
			query.unit = injections[i];
			assert_int_equal(store_read(store, &query, &list, NULL), 0);
			assert_int_equal(store_get(store, injections[i], AS_OF_ALL, &engines->arena, &read, NULL), ERR_NOT_FOUND);
			assert_int_equal(store_erase(store, injections[i], injections[i], NULL), ERR_NOT_FOUND);
			assert_int_equal(store_state_set(store, injections[i], injections[i], NULL), 0);
		}
		assert_int_equal(store_count(store, &kind_document, AS_OF_ALL, NULL), 1);
	}
	assert_same_hash(engines);
}

/* The same documents for the same words, whatever these are. */
static void assert_found_alike(struct engines *engines, const char *words)
{
	struct records first = {.arena = &engines->arena};
	int wanted = store_search(engines->v[0], words, AS_OF_ALL, 0, &first, NULL);

	each_engine(e, engines) {
		struct records found = {.arena = &engines->arena};
		int n = store_search(engines->v[e], words, AS_OF_ALL, 0, &found, NULL);

		if (n != wanted)
			fail_msg("\"%s\": engine %zu finds %d, the first %d", words, e, n, wanted);
		for (size_t i = 0; i < found.n; i++)
			assert_string_equal(found.v[i]->id, first.v[i]->id);
	}
}

static void words_of_all_sorts_are_searched_alike(void **state)
{
	static const char *const odd[] = {"\u0301", "\u0301 a", "½ ﬁ", "a\u0301b", "İstanbul ıı ß", "日本語", "ქართული", "0 1 00",
					  "\u200d\u200b", "😀", "a\u00a0b\u3000c", "\u2028a", "null NULL", "Љубав 'љубав'"};
	struct engines *engines = *state;
	struct rng rng;

	rng_seed(&rng, 6);
	for (int i = 0; i < 60; i++) {
		struct document *document = made_document(&engines->arena, numbered(&engines->arena, i), 1 + i % 9,
							  i < (int)LENGTH(odd) ? odd[i] : any_text(&engines->arena, &rng));

		document->body = injections[(size_t)i % LENGTH(injections)];
		assert_kept(engines, &document->r);
	}
	for (size_t i = 0; i < LENGTH(odd); i++)
		assert_found_alike(engines, odd[i]);
	for (size_t i = 0; i < LENGTH(injections); i++)
		assert_found_alike(engines, injections[i]);
	for (int i = 0; i < 60; i++)
		assert_found_alike(engines, any_text(&engines->arena, &rng));
}

/* ---- sizes ---- */

static void a_body_of_20_megabytes_comes_back(void **state)
{
	struct engines *engines = *state;
	struct document *document = made_document(&engines->arena, "big", 1, "Big");
	size_t len = (size_t)20 << 20;
	char *body = (char *)long_text(&engines->arena, len, 3);

	for (size_t i = 99; i < len; i += 100)
		body[i] = ' ';   /* two hundred thousand words, all distinct */
	memcpy(body + len - 8, " lastone", 8);
	document->body = body;
	assert_kept(engines, &document->r);
	assert_found_alike(engines, "lastone");
	each_engine(e, engines) {
		struct records found = {.arena = &engines->arena};

		assert_int_equal(store_search(engines->v[e], "lastone big", AS_OF_ALL, 0, &found, NULL), 1);
	}
	assert_same_hash(engines);
}

static void a_word_too_long_for_an_index_is_kept_and_not_searched_for(void **state)
{
	static const size_t lengths[] = {499, 500, 501, 2700, 9000, 100000};
	struct engines *engines = *state;

	for (size_t i = 0; i < LENGTH(lengths); i++) {
		const char *word = long_text(&engines->arena, lengths[i], i), *key = numbered(&engines->arena, (int)i);
		struct document *document = made_document(&engines->arena, key, 1, "before");

		document->body = arena_printf(&engines->arena, "%s after%zu", word, i);
		assert_kept(engines, &document->r);
		each_engine(e, engines) {
			struct records found = {.arena = &engines->arena};
			const char *others = arena_printf(&engines->arena, "before after%zu", i);

			assert_int_equal(store_search(engines->v[e], word, AS_OF_ALL, 0, &found, NULL),
					 lengths[i] <= 500 ? 1 : ERR_USAGE);
			assert_int_equal(store_search(engines->v[e], others, AS_OF_ALL, 0, &found, NULL), 1);
		}
	}
	assert_same_hash(engines);
}

static void a_text_too_long_for_an_index_is_refused_by_name(void **state)
{
	struct engines *engines = *state;
	const char *fits = long_text(&engines->arena, 500, 1), *longer = long_text(&engines->arena, 501, 1);
	struct observation *o = made_observation(&engines->arena, "SRB", 2020, 0.5);
	struct event *event = record_new(&engines->arena, &kind_event);

	o->indicator = longer;
	record_identify(&engines->arena, o);
	assert_refused_alike(engines, &o->r, "indicator");
	o->indicator = "x";
	o->r.unit = longer;
	assert_refused_alike(engines, &o->r, "unit");
	o->r.unit = "SRB";
	record_from(&engines->arena, &o->r, longer, "evidence");
	assert_refused_alike(engines, &o->r, "origins");
	event->r.known = event->r.valid_from = day_of(1);
	event->r.unit = event->document = fits;
	event->civic_class = "protest";
	event->signal = longer;
	record_identify(&engines->arena, event);
	assert_refused_alike(engines, &event->r, "signal");
	event->signal = fits;
	record_from(&engines->arena, &event->r, fits, "evidence");
	assert_kept(engines, &event->r);
	assert_same_hash(engines);
}

/* ---- texts that are none ---- */

static void invalid_utf_8_and_nul_are_refused_alike(void **state)
{
	static const char *const bad[] = {"\xff", "a\xc0\x80", "\xed\xa0\x80", "cut\xe2\x82",
		"\xf5\x80\x80\x80", "\xf4\x90\x80\x80"};
	static const char json[] = "{\"kind\":\"document\",\"feed\":\"wire\","
		"\"key\":\"guid:a\",\"known\":\"2024-01-01\",\"title\":\"a\\u0000b\"}";
	static const char csv[] = "kind,known,feed,key,title\ndocument,2024-01-01,wire,guid:a,a\0b\n";
	struct engines *engines = *state;
	struct records list = {.arena = &engines->arena};
	struct record *record = NULL;

	for (size_t i = 0; i < LENGTH(bad); i++)
		assert_refused_alike(engines, &made_document(&engines->arena, "a", 1, bad[i])->r, "title");
	assert_int_equal(record_read_json(json, sizeof json - 1, "in", 1, &engines->arena, &record, NULL), ERR_DATA);
	assert_int_equal(records_read_csv(csv, sizeof csv - 1, "in", &list, NULL), ERR_DATA);
	assert_int_equal(list.n, 0);
	assert_same_hash(engines);
}

/* ---- times and numbers ---- */

static void years_from_1_to_9999_are_kept_and_others_refused(void **state)
{
	struct engines *engines = *state;
	struct document *first = made_document(&engines->arena, "first", 1, "a");
	struct document *last = made_document(&engines->arena, "last", 1, "b");
	struct instant before = instant_of_year(1), after = instant_of_year(10000);

	before.usec--;
	first->r.known = before;
	assert_refused_alike(engines, &first->r, "known");
	last->r.known = after;
	assert_refused_alike(engines, &last->r, "known");
	last->r.known = day_of(1);
	last->published = after;
	assert_refused_alike(engines, &last->r, "published");
	after.usec--;
	after.precision = INSTANT_SECOND;
	first->r.known = first->r.valid_from = first->published = instant_of_year(1);
	last->r.known = last->r.valid_past = last->published = after;
	assert_kept(engines, &first->r);
	assert_kept(engines, &last->r);
	each_engine(e, engines) {
		assert_int_equal(store_count(engines->v[e], &kind_document, first->r.known.usec, NULL), 1);
		assert_int_equal(store_count(engines->v[e], &kind_document, first->r.known.usec - 1, NULL), 0);
		assert_int_equal(store_count(engines->v[e], &kind_document, after.usec - 1, NULL), 1);
		assert_int_equal(store_count(engines->v[e], &kind_document, after.usec, NULL), 2);
	}
	assert_same_hash(engines);
}

static void numbers_at_their_ends_come_back_to_the_last_bit(void **state)
{
	static const double reals[] = {0.1, 0.30000000000000004, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308,
				       -1.7976931348623157e308, 9007199254740993.0, 1e15, 123456789012345680.0, -5e-324};
	static const int64_t ints[] = {INT64_MAX, INT64_MIN + 1, INT64_C(9007199254740993), -1, 0, INT_MISSING};
	struct engines *engines = *state;

	for (size_t i = 0; i < LENGTH(reals); i++) {
		struct observation *o = made_observation(&engines->arena, "SRB", 2000 + (int)i, reals[i]);

		o->low = NAN;
		o->high = -0.0;
		o->sources = ints[i % LENGTH(ints)];
		each_engine(e, engines) {
			struct record *read;

			assert_int_equal(put_alone(engines->v[e], o), PUT_NEW);
			assert_int_equal(store_get(engines->v[e], o->r.id, AS_OF_ALL, &engines->arena, &read, NULL), 0);
			assert_true(memcmp(&((struct observation *)read)->value, &o->value, sizeof o->value) == 0);
			assert_true(isnan(((struct observation *)read)->low));
			assert_true(((struct observation *)read)->high == 0 && !signbit(((struct observation *)read)->high));
			assert_int_equal(((struct observation *)read)->sources, o->sources);
		}
	}
	assert_same_hash(engines);
}

static void an_infinite_number_is_refused(void **state)
{
	struct engines *engines = *state;

	assert_refused_alike(engines, &made_observation(&engines->arena, "SRB", 2020, INFINITY)->r, "value");
	assert_refused_alike(engines, &made_observation(&engines->arena, "SRB", 2020, -INFINITY)->r, "value");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_engines(sql_in_any_text_is_a_text),
		with_engines(sql_in_words_conditions_and_ids_finds_nothing_and_breaks_nothing),
		with_engines(words_of_all_sorts_are_searched_alike),
		with_engines(a_body_of_20_megabytes_comes_back),
		with_engines(a_word_too_long_for_an_index_is_kept_and_not_searched_for),
		with_engines(a_text_too_long_for_an_index_is_refused_by_name),
		with_engines(invalid_utf_8_and_nul_are_refused_alike),
		with_engines(years_from_1_to_9999_are_kept_and_others_refused),
		with_engines(numbers_at_their_ends_come_back_to_the_last_bit),
		with_engines(an_infinite_number_is_refused),
	};

	return run_kept("store extremes", tests);
}
