/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_export.c - the export and its hash, licence classes, what is refused, and damage that is found. */
#include "tests/store/kept.h"

#include "tests/model/any_record.h"

static int write_line(struct record *record, void *user, struct err *err)
{
	struct buf *lines = user;

	(void)err;
	record_write_json(lines, record);
	buf_putc(lines, '\n');
	return 0;
}

static void export_lines(struct store *store, bool restricted, struct buf *lines)
{
	buf_cut(lines, 0);
	buf_puts(lines, "");
	assert_int_equal(store_export(store, restricted, write_line, lines, NULL), 0);
}

/* Records of all kinds, no two of one id. */
static void make_records(struct arena *arena, uint64_t seed, struct records *list)
{
	struct rng rng;

	*list = (struct records){.arena = arena};
	rng_seed(&rng, seed);
	while (list->n < 60) {
		struct record *r = any_record(arena, &rng, kinds[rng_below(&rng, n_kinds)]);

		if (!records_find(list, r->id))
			records_add(list, r);
	}
}

static void put_in_order(struct store *store, const struct records *list, const size_t *order, size_t per_unit)
{
	for (size_t i = 0; i < list->n; i++) {
		if (i % per_unit == 0)
			assert_int_equal(store_begin(store, NULL), 0);
		assert_int_equal(store_put(store, list->v[order[i]], NULL), PUT_NEW);
		if (i % per_unit == per_unit - 1 || i == list->n - 1)
			assert_int_equal(store_commit(store, NULL), 0);
	}
}

static void equal_contents_have_one_hash_in_whatever_order_they_came(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= seeds(12); seed++) {
		_cleanup_(arena_free) struct arena arena = {0};
		_cleanup_(store_closep) struct store *one = opened(passing_location(&arena), STORE_CREATE);
		_cleanup_(store_closep) struct store *two = opened(passing_location(&arena), STORE_CREATE);
		_cleanup_(buf_free) struct buf first = {0}, second = {0};
		struct records list;
		size_t order[60];
		char a[65], b[65];
		struct rng rng;

		make_records(&arena, seed, &list);
		for (size_t i = 0; i < list.n; i++)
			order[i] = i;
		put_in_order(one, &list, order, list.n);
		rng_seed(&rng, seed + 1000);
		for (size_t i = list.n - 1; i > 0; i--) {
			size_t j = rng_below(&rng, i + 1), swap = order[i];

			order[i] = order[j];
			order[j] = swap;
		}
		put_in_order(two, &list, order, 1 + rng_below(&rng, 9));
		assert_string_equal(hash_of(one, a), hash_of(two, b));
		export_lines(one, true, &first);
		export_lines(two, true, &second);
		assert_string_equal(first.s, second.s);
	}
}

static void the_hash_is_that_of_the_exported_lines_and_moves_with_any_of_them(void **state)
{
	struct room *room = *state;
	_cleanup_(buf_free) struct buf lines = {0};
	char before[65], after[65], of_lines[65];
	struct hash hash;

	put_alone(room->store, made_document(&room->arena, "a", 1, "words"));
	hash_of(room->store, before);
	export_lines(room->store, true, &lines);
	hash_start(&hash, 32);
	hash_add(&hash, lines.s, lines.len);
	hash_end(&hash, 32, of_lines);
	assert_string_equal(before, of_lines);
	put_alone(room->store, made_document(&room->arena, "a", 1, "words!"));
	assert_string_not_equal(hash_of(room->store, after), before);
}

static void when_a_row_was_recorded_is_neither_exported_nor_hashed(void **state)
{
	struct room *room = *state;
	_cleanup_(buf_free) struct buf lines = {0};
	char before[65], after[65];

	put_alone(room->store, made_document(&room->arena, "a", 1, "words"));
	put_alone(room->store, made_observation(&room->arena, "SRB", 2020, 0.25));
	hash_of(room->store, before);
	export_lines(room->store, true, &lines);
	assert_null(strstr(lines.s, "recorded"));
	run_sql(room->path, "UPDATE document SET recorded = 1");
	run_sql(room->path, "UPDATE observation SET recorded = recorded + 86400000000");
	assert_string_equal(hash_of(room->store, after), before);
	assert_sound(room->store);
}

static void the_export_is_every_revision_by_kind_id_and_revision(void **state)
{
	struct room *room = *state;
	_cleanup_(buf_free) struct buf lines = {0};
	struct records read = {.arena = &room->arena}, sorted = {.arena = &room->arena};

	put_alone(room->store, made_observation(&room->arena, "SRB", 2020, 0.25));
	for (int i = 0; i < 6; i++)
		put_alone(room->store, made_document(&room->arena, i % 2 ? "a" : "b", 10 - i,
						     arena_printf(&room->arena, "text %d", i)));
	export_lines(room->store, true, &lines);
	assert_int_equal(records_read_jsonl(lines.s, lines.len, "export", &read, NULL), 0);
	assert_int_equal(read.n, 7);
	for (size_t i = 0; i < read.n; i++)
		records_add(&sorted, read.v[i]);
	records_sort(&sorted);
	for (size_t i = 0; i < read.n; i++)
		assert_ptr_equal(sorted.v[i], read.v[i]);
}

/* ---- licences ---- */

static void the_export_leaves_out_what_is_restricted_and_what_inherits_it(void **state)
{
	static const char *const licences[] = {"open", "share-alike", "restricted"};
	struct room *room = *state;
	_cleanup_(buf_free) struct buf all = {0}, open = {0};

	for (size_t i = 0; i < LENGTH(licences); i++) {
		struct document *document = made_document(&room->arena, licences[i], 1,
							  arena_printf(&room->arena, "title-%s", licences[i]));
		struct observation *derived = made_observation(&room->arena, "SRB", 2000 + (int)i, 0.1);

		document->r.licence = licences[i];
		record_inherit_licence(&derived->r, "share-alike");
		record_inherit_licence(&derived->r, document->r.licence);
		record_inherit_licence(&derived->r, "open");   /* never loosened again */
		record_from(&room->arena, &derived->r, document->r.id, "evidence");
		assert_string_equal(derived->r.licence, licences[i ? i : 1]);
		put_alone(room->store, document);
		put_alone(room->store, derived);
	}
	export_lines(room->store, true, &all);
	export_lines(room->store, false, &open);
	assert_non_null(strstr(all.s, "title-restricted"));
	assert_non_null(strstr(open.s, "title-open"));
	assert_non_null(strstr(open.s, "title-share-alike"));
	assert_null(strstr(open.s, "title-restricted"));
	assert_null(strstr(open.s, "\"licence\":\"restricted\""));
	assert_null(strstr(open.s, "\"valid_from\":\"2002\""));
	assert_non_null(strstr(all.s, "\"valid_from\":\"2002\""));
}

/* A licence that was tightened later holds for that revision; the earlier words were open. */
static void a_revision_keeps_the_licence_it_came_with(void **state)
{
	struct room *room = *state;
	_cleanup_(buf_free) struct buf open = {0};
	struct document *closed = made_document(&room->arena, "a", 2, "later words");

	put_alone(room->store, made_document(&room->arena, "a", 1, "early words"));
	closed->r.licence = "restricted";
	assert_int_equal(put_alone(room->store, closed), PUT_REVISED);
	export_lines(room->store, false, &open);
	assert_non_null(strstr(open.s, "early words"));
	assert_null(strstr(open.s, "later words"));
}

/* ---- what no engine shall hold ---- */

static void assert_refused(struct room *room, void *record, const char *word)
{
	struct err err = {0};

	assert_int_equal(store_begin(room->store, NULL), 0);
	assert_int_equal(store_put(room->store, record, &err), ERR_DATA);
	if (!strstr(err.msg, word))
		fail_msg("\"%s\" does not name \"%s\"", err.msg, word);
	assert_int_equal(store_commit(room->store, NULL), 0);
	assert_int_equal(run_sql(room->path, "SELECT (SELECT COUNT(*) FROM document) + (SELECT COUNT(*) FROM payload) + "
				 "(SELECT COUNT(*) FROM origin)"), 0);
}

static void year_0_is_refused_wherever_it_stands(void **state)
{
	struct room *room = *state;
	struct instant before = instant_of_year(1);
	struct document *documents[4];

	before.usec -= 1;
	for (size_t i = 0; i < LENGTH(documents); i++)
		documents[i] = made_document(&room->arena, "a", 1, "words");
	documents[0]->r.known = documents[1]->r.valid_from = before;
	documents[2]->r.valid_past = documents[3]->published = before;
	assert_refused(room, documents[0], "known");
	assert_refused(room, documents[1], "valid_from");
	assert_refused(room, documents[2], "valid_past");
	assert_refused(room, documents[3], "published");
	documents[0]->r.known = instant_of_year(10000);
	assert_refused(room, documents[0], "known");
	documents[0]->r.known = instant_of_year(1);
	assert_int_equal(put_alone(room->store, documents[0]), PUT_NEW);
}

static void invalid_utf_8_is_refused_wherever_it_stands(void **state)
{
	static const char *const bad[] = {"\xff", "a\xc0\x80", "\xed\xa0\x80", "cut\xe2\x82", "\xf5\x80\x80\x80"};
	struct room *room = *state;

	for (size_t i = 0; i < LENGTH(bad); i++) {
		struct document *documents[5];

		for (size_t d = 0; d < LENGTH(documents); d++)
			documents[d] = made_document(&room->arena, "a", 1, "words");
		documents[0]->body = documents[1]->r.unit = documents[2]->r.by = documents[3]->flags = bad[i];
		record_from(&room->arena, &documents[4]->r, bad[i], "evidence");
		assert_refused(room, documents[0], "body");
		assert_refused(room, documents[1], "unit");
		assert_refused(room, documents[2], "by");
		assert_refused(room, documents[3], "flags");
		assert_refused(room, documents[4], "origins");
	}
}

/* A C string cannot hold it; the one way in is a record read from JSON. */
static void nul_does_not_come_in_by_json(void **state)
{
	static const char text[] = "{\"kind\":\"document\",\"feed\":\"wire\",\"key\":\"guid:a\",\"known\":\"2024-01-01\","
				   "\"title\":\"a\\u0000b\"}";
	struct room *room = *state;
	struct record *record = NULL;

	assert_int_equal(record_read_json(text, strlen(text), "in", 1, &room->arena, &record, NULL), ERR_DATA);
	assert_null(record);
}

static void ids_licences_and_missing_times_are_checked(void **state)
{
	struct room *room = *state;
	struct document *documents[4];

	for (size_t i = 0; i < LENGTH(documents); i++)
		documents[i] = made_document(&room->arena, "a", 1, "words");
	documents[0]->r.id = "ev00000000000000000000000000000000";
	documents[1]->r.licence = "free";
	documents[2]->r.known = (struct instant){0};
	documents[3]->feed = NULL;
	assert_refused(room, documents[0], "id");
	assert_refused(room, documents[1], "free");
	assert_refused(room, documents[2], "known");
	assert_refused(room, documents[3], "feed");
}

/* ---- damage ---- */

static void what_was_changed_behind_its_back_is_found_and_named(void **state)
{
	static const char *const changes[] = {
		"UPDATE payload SET value = 'other words' WHERE field = 'title'",
		"UPDATE document SET lang = 'xx'",
		"UPDATE span SET byte_end = byte_end + 1",
		"DELETE FROM span",
		"UPDATE document SET licence = 'open'",
	};
	struct room *room = *state;

	for (size_t i = 0; i < LENGTH(changes); i++) {
		const char *path = fresh_location(room, arena_printf(&room->arena, "damaged%zu", i));
		_cleanup_(store_closep) struct store *store = opened(path, STORE_CREATE);
		struct document *document = made_document(&room->arena, "a", 1, "words");
		struct err err = {0};

		document->r.licence = "restricted";
		record_from_span(&room->arena, &document->r, document->r.id, "words", "title", 0, 3);
		assert_int_equal(put_alone(store, document), PUT_NEW);
		assert_sound(store);
		run_sql(path, changes[i]);
		assert_int_equal(store_verify(store, &err), ERR_INTEGRITY);
		assert_non_null(strstr(err.msg, document->r.id));
	}
}

static void a_page_that_was_overwritten_is_found(void **state)
{
	struct room *room = *state;
	struct store *store = NULL;
	struct err err = {0};
	char *bytes;
	size_t len;
	int r;

	for (int i = 0; i < 200; i++)
		put_alone(room->store, made_document(&room->arena, numbered(&room->arena, i), 1, "words"));
	store_close(room->store);
	room->store = NULL;
	assert_int_equal(file_read(room->path, (size_t)1 << 30, &room->arena, &bytes, &len, NULL), 0);
	memset(bytes + len - 8192, 0x5a, 8192);
	assert_int_equal(file_write(room->path, bytes, len, NULL), 0);
	r = store_open(room->path, STORE_READ, &store, &err);
	if (r == 0)
		r = store_verify(store, &err);
	store_close(store);
	assert_int_equal(r, ERR_INTEGRITY);
	assert_true(err.msg[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_contents_have_one_hash_in_whatever_order_they_came),
		with_room(the_hash_is_that_of_the_exported_lines_and_moves_with_any_of_them),
		with_room(when_a_row_was_recorded_is_neither_exported_nor_hashed),
		with_room(the_export_is_every_revision_by_kind_id_and_revision),
		with_room(the_export_leaves_out_what_is_restricted_and_what_inherits_it),
		with_room(a_revision_keeps_the_licence_it_came_with),
		with_room(year_0_is_refused_wherever_it_stands),
		with_room(invalid_utf_8_is_refused_wherever_it_stands),
		with_room(nul_does_not_come_in_by_json),
		with_room(ids_licences_and_missing_times_are_checked),
		with_room(what_was_changed_behind_its_back_is_found_and_named),
		with_file(a_page_that_was_overwritten_is_found),
	};

	return run_kept("store export", tests);
}
