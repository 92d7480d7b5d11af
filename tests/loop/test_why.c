/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_why.c - the walk from a record to the words: cycles, repeats, spans, what is not here. */
#include "loop_world.h"

struct walk {
	struct why *lines;
	size_t n;
};

static void keep(struct world *world, void *record)
{
	record_identify(&world->arena, record);
	must(world, store_put(world->store, record, &world->err));
}

/* Two passes: a record has its id before another can name it, so that a circle can be closed. */
static struct setting *made_setting(struct world *world, const char *name)
{
	struct setting *setting = record_new(&world->arena, &kind_setting);

	setting->r.known = day_of("2025-01-01");
	setting->name = name;
	setting->value = 1;
	record_identify(&world->arena, setting);
	return setting;
}

static struct document *made_document(struct world *world, const char *key, const char *title, const char *body)
{
	struct document *document = record_new(&world->arena, &kind_document);

	document->r.known = document->published = day_of("2025-01-01");
	document->feed = "wire";
	document->key = key;
	document->title = title;
	document->body = body;
	document->raw_hash = title;
	keep(world, document);
	return document;
}

static void begin(struct world *world)
{
	must(world, store_begin(world->store, &world->err));
}

static struct walk walk_from(struct world *world, const char *id)
{
	struct walk walk;

	must(world, why_walk(world->store, id, AS_OF_ALL, &world->arena, &walk.lines, &walk.n, &world->err));
	return walk;
}

static void a_circle_ends_where_it_closes(void **state)
{
	struct setting *a, *b, *c;
	struct walk walk;
	struct world w;

	(void)state;
	world_open(&w);
	begin(&w);
	a = made_setting(&w, "a"), b = made_setting(&w, "b"), c = made_setting(&w, "c");
	record_from(&w.arena, &a->r, b->r.id, "next");
	record_from(&w.arena, &b->r, c->r.id, "next");
	record_from(&w.arena, &c->r, a->r.id, "next");
	keep(&w, a), keep(&w, b), keep(&w, c);
	walk = walk_from(&w, a->r.id);
	assert_int_equal(walk.n, 4);
	assert_string_equal(walk.lines[3].id, a->r.id);
	assert_true(walk.lines[3].again);
	assert_false(walk.lines[2].again);
	world_close(&w);
}

static void a_record_that_names_itself_is_said_once_more_and_no_further(void **state)
{
	struct setting *a;
	struct walk walk;
	struct world w;

	(void)state;
	world_open(&w);
	begin(&w);
	a = made_setting(&w, "a");
	record_from(&w.arena, &a->r, a->r.id, "itself");
	keep(&w, a);
	walk = walk_from(&w, a->r.id);
	assert_int_equal(walk.n, 2);
	assert_true(walk.lines[1].again);
	world_close(&w);
}

static void a_record_met_again_is_marked_and_not_opened_twice(void **state)
{
	_cleanup_(buf_free) struct buf page = {0};
	struct page_setup setup = {0};
	struct setting *top, *left, *right, *shared;
	struct walk walk;
	struct world w;

	(void)state;
	world_open(&w);
	begin(&w);
	top = made_setting(&w, "top"), left = made_setting(&w, "left"), right = made_setting(&w, "right");
	shared = made_setting(&w, "shared");
	record_from(&w.arena, &top->r, left->r.id, "left");
	record_from(&w.arena, &top->r, right->r.id, "right");
	record_from(&w.arena, &left->r, shared->r.id, "below");
	record_from(&w.arena, &right->r, shared->r.id, "below");
	record_from(&w.arena, &shared->r, made_document(&w, "d", "Title", NULL)->r.id, "words");
	keep(&w, top), keep(&w, left), keep(&w, right), keep(&w, shared);
	walk = walk_from(&w, top->r.id);
	assert_int_equal(walk.n, 6);   /* top, left, shared, document, right, shared again */
	assert_int_equal(walk.lines[3].depth, 3);
	assert_true(walk.lines[5].again);
	assert_int_equal(walk.lines[5].depth, 2);
	page_why(&page, &setup, walk.lines, walk.n);
	assert_non_null(strstr(page.s, "(above)"));
	assert_null(strstr(strstr(page.s, "(above)") + 1, "(above)"));
	world_close(&w);
}

static void a_document_may_be_quoted_many_times(void **state)
{
	struct document *document;
	struct setting *a;
	struct walk walk;
	struct world w;

	(void)state;
	world_open(&w);
	begin(&w);
	document = made_document(&w, "d", "Police detain students", "In Belgrade.");
	a = made_setting(&w, "a");
	record_from_span(&w.arena, &a->r, document->r.id, "words", "title", 0, 6);
	record_from_span(&w.arena, &a->r, document->r.id, "words", "title", 7, 13);
	record_from_span(&w.arena, &a->r, document->r.id, "words", "body", 3, 11);
	keep(&w, a);
	walk = walk_from(&w, a->r.id);
	assert_int_equal(walk.n, 4);
	assert_string_equal(walk.lines[1].text, "Police");
	assert_string_equal(walk.lines[2].text, "detain");
	assert_string_equal(walk.lines[3].text, "Belgrade");
	for (size_t i = 1; i < 4; i++)
		assert_false(walk.lines[i].again);
	world_close(&w);
}

static void words_are_shown_as_whole_characters_or_not_at_all(void **state)
{
	/* "Полиција": two bytes a letter. */
	static const struct { int64_t start, end; const char *text; } spans[] = {
		{0, 4, "По"}, {2, 6, "ол"}, {0, 16, "Полиција"}, {1, 4, NULL}, {0, 3, NULL}, {0, 17, NULL}, {4, 4, NULL},
		{INT_MISSING, INT_MISSING, NULL}, {16, 18, NULL}, {0, INT64_MAX, NULL},
	};
	struct document *document;
	struct setting *a;
	struct walk walk;
	struct world w;

	(void)state;
	world_open(&w);
	begin(&w);
	document = made_document(&w, "d", "Полиција", NULL);
	a = made_setting(&w, "a");
	for (size_t i = 0; i < LENGTH(spans); i++)
		record_from_span(&w.arena, &a->r, document->r.id, "words", "title", spans[i].start, spans[i].end);
	record_from_span(&w.arena, &a->r, document->r.id, "words", "body", 0, 2);   /* it has none */
	keep(&w, a);
	walk = walk_from(&w, a->r.id);
	assert_int_equal(walk.n, LENGTH(spans) + 2);
	for (size_t i = 0; i < LENGTH(spans); i++) {
		if (spans[i].text)
			assert_string_equal(walk.lines[i + 1].text, spans[i].text);
		else
			assert_null(walk.lines[i + 1].text);
	}
	assert_null(walk.lines[LENGTH(spans) + 1].text);
	world_close(&w);
}

static void a_later_edit_of_the_page_does_not_move_the_words(void **state)
{
	struct document *document;
	struct setting *a;
	struct walk walk;
	struct world w;

	(void)state;
	world_open(&w);
	begin(&w);
	document = made_document(&w, "d", "Police detain students", NULL);
	a = made_setting(&w, "a");
	record_from_span(&w.arena, &a->r, document->r.id, "words", "title", 7, 13);
	keep(&w, a);
	document->title = document->raw_hash = "UPDATE: Police detain students";
	document->r.known = day_of("2025-02-01");
	keep(&w, document);
	walk = walk_from(&w, a->r.id);
	assert_string_equal(walk.lines[1].text, "detain");
	world_close(&w);
}

static void what_is_withdrawn_erased_or_unknown_is_a_line_with_its_id(void **state)
{
	struct document *erased;
	struct setting *a, *gone;
	struct walk walk;
	struct world w;

	(void)state;
	world_open(&w);
	begin(&w);
	a = made_setting(&w, "a"), gone = made_setting(&w, "gone");
	erased = made_document(&w, "d", "Police detain students", NULL);
	keep(&w, gone);
	record_from(&w.arena, &a->r, gone->r.id, "gone");
	record_from_span(&w.arena, &a->r, erased->r.id, "words", "title", 0, 6);
	record_from(&w.arena, &a->r, "ev00000000000000000000000000000000", "never here");
	record_from(&w.arena, &a->r, "no id at all", "odd");
	keep(&w, a);
	must(&w, store_withdraw(w.store, gone->r.id, day_of("2025-01-02"), "no more", &w.err));
	must(&w, store_commit(w.store, &w.err));
	must(&w, store_erase(w.store, erased->r.id, "asked for", &w.err));
	walk = walk_from(&w, a->r.id);
	assert_int_equal(walk.n, 5);
	assert_null(walk.lines[1].record);
	assert_string_equal(walk.lines[1].id, gone->r.id);
	assert_null(walk.lines[2].text);
	assert_string_equal(walk.lines[2].id, erased->r.id);
	assert_null(walk.lines[3].record);
	assert_null(walk.lines[4].record);
	assert_string_equal(walk.lines[4].id, "no id at all");
	world_close(&w);
}

static void a_walk_from_an_unknown_id_is_not_found(void **state)
{
	struct walk walk = {0};
	struct world w;

	(void)state;
	world_open(&w);
	assert_int_equal(why_walk(w.store, "ev00000000000000000000000000000000", AS_OF_ALL, &w.arena, &walk.lines,
				  &walk.n, &w.err), ERR_NOT_FOUND);
	assert_null(walk.lines);
	world_close(&w);
}

static void a_walk_as_of_a_date_does_not_see_what_came_later(void **state)
{
	struct setting *a, *b;
	struct walk walk = {0};
	struct world w;

	(void)state;
	world_open(&w);
	begin(&w);
	a = made_setting(&w, "a"), b = made_setting(&w, "b");
	b->r.known = day_of("2025-06-01");
	record_from(&w.arena, &a->r, b->r.id, "later");
	keep(&w, a), keep(&w, b);
	must(&w, why_walk(w.store, a->r.id, day_of("2025-03-01").usec, &w.arena, &walk.lines, &walk.n, &w.err));
	assert_int_equal(walk.n, 2);
	assert_null(walk.lines[1].record);
	assert_non_null(walk_from(&w, a->r.id).lines[1].record);
	world_close(&w);
}

static void a_long_chain_is_followed_and_ends(void **state)
{
	struct setting *links[200];
	struct walk walk;
	struct world w;

	(void)state;
	world_open(&w);
	begin(&w);
	for (size_t i = 0; i < LENGTH(links); i++)
		links[i] = made_setting(&w, arena_printf(&w.arena, "link%zu", i));
	for (size_t i = 0; i < LENGTH(links); i++) {
		if (i + 1 < LENGTH(links))
			record_from(&w.arena, &links[i]->r, links[i + 1]->r.id, "next");
		keep(&w, links[i]);
	}
	walk = walk_from(&w, links[0]->r.id);
	assert_int_equal(walk.n, 65);
	assert_int_equal(walk.lines[64].depth, 64);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_circle_ends_where_it_closes),
		cmocka_unit_test(a_record_that_names_itself_is_said_once_more_and_no_further),
		cmocka_unit_test(a_record_met_again_is_marked_and_not_opened_twice),
		cmocka_unit_test(a_document_may_be_quoted_many_times),
		cmocka_unit_test(words_are_shown_as_whole_characters_or_not_at_all),
		cmocka_unit_test(a_later_edit_of_the_page_does_not_move_the_words),
		cmocka_unit_test(what_is_withdrawn_erased_or_unknown_is_a_line_with_its_id),
		cmocka_unit_test(a_walk_from_an_unknown_id_is_not_found),
		cmocka_unit_test(a_walk_as_of_a_date_does_not_see_what_came_later),
		cmocka_unit_test(a_long_chain_is_followed_and_ends),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("why", tests, NULL, NULL);
}
