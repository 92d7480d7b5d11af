/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_intake.c - records from JSON Lines: what an export says is taken again, and what is wrong is named. */
#include "tests/store/kept.h"

static struct intake_tally tally;

static int take_text(struct store *store, const char *text, struct err *err)
{
	FILE *in = fmemopen((void *)text, strlen(text), "r");
	int r = store_intake(store, in, "records", &tally, err);

	fclose(in);
	return r;
}

static int write_line(struct record *record, void *user, struct err *err)
{
	(void)err;
	record_write_json(user, record);
	buf_putc(user, '\n');
	return 0;
}

/* `n` observations of as many years from `first` on, a line each. */
static void put_years(struct buf *text, struct arena *arena, int first, int n)
{
	for (int i = 0; i < n; i++)
		write_line(&made_observation(arena, "SRB", first + i, 0.5)->r, text, NULL);
}

static void what_a_store_exports_makes_the_same_store_elsewhere(void **state)
{
	struct room *room = *state;
	_cleanup_(store_closep) struct store *other =
		opened(arena_printf(&room->arena, "%s/other.db", room->dir), STORE_CREATE);
	_cleanup_(buf_free) struct buf text = {0};
	struct document *document = made_document(&room->arena, "a", 1, "first");
	char here[65], there[65];

	put_alone(room->store, document);
	document->title = "second";
	document->r.known = day_of(2);
	put_alone(room->store, document);
	put_alone(room->store, made_observation(&room->arena, "SRB", 2020, 0.5));
	put_alone(room->store, made_document(&room->arena, "b", 3, "gone"));
	assert_int_equal(store_begin(room->store, NULL), 0);
	assert_int_equal(store_withdraw(room->store, made_document(&room->arena, "b", 3, "")->r.id, day_of(4), "gone", NULL),
			 0);
	assert_int_equal(store_commit(room->store, NULL), 0);
	assert_int_equal(store_export(room->store, true, write_line, &text, NULL), 0);

	assert_int_equal(take_text(other, text.s, NULL), 0);
	assert_int_equal(tally.made, 3);
	assert_int_equal(tally.revised, 2);
	assert_string_equal(hash_of(room->store, here), hash_of(other, there));
	assert_sound(other);
	assert_int_equal(take_text(other, text.s, NULL), 0);   /* and once more changes nothing */
	assert_int_equal(tally.same, 5);
	assert_string_equal(hash_of(other, there), here);
}

static void a_wrong_line_is_named_and_nothing_of_its_unit_of_work_is_kept(void **state)
{
	struct room *room = *state;
	_cleanup_(buf_free) struct buf text = {0};
	struct err err = {0};

	put_years(&text, &room->arena, 2000, 2);
	buf_puts(&text, "\n{\"kind\":\"observation\",\"unit\":7}\n");
	assert_int_equal(take_text(room->store, text.s, &err), ERR_DATA);
	assert_non_null(strstr(err.msg, "records:4"));
	assert_non_null(strstr(err.hint, "The first 0 records"));
	assert_int_equal(store_count(room->store, &kind_observation, AS_OF_ALL, NULL), 0);
}

static void a_record_that_lacks_what_it_needs_is_named_by_its_line_too(void **state)
{
	struct room *room = *state;
	struct err err = {0};

	assert_int_equal(take_text(room->store, "{\"kind\":\"observation\",\"unit\":\"SRB\",\"indicator\":\"x\"}\n", &err),
			 ERR_DATA);
	assert_non_null(strstr(err.msg, "records:1: "));
}

static void of_a_long_stream_that_breaks_off_whole_units_of_work_stay_and_the_hint_counts_them(void **state)
{
	struct room *room = *state;
	_cleanup_(buf_free) struct buf text = {0};
	struct err err = {0};
	size_t whole;

	for (int i = 0; i < 33000; i++)
		write_line(&made_observation(&room->arena, arena_printf(&room->arena, "U%d", i), 2000, 0.5)->r, &text, NULL);
	whole = text.len;
	buf_puts(&text, "{\n");
	assert_int_equal(take_text(room->store, text.s, &err), ERR_DATA);
	assert_non_null(strstr(err.msg, "records:33001"));
	assert_int_equal(store_count(room->store, &kind_observation, AS_OF_ALL, NULL), 32768);
	assert_non_null(strstr(err.hint, "The first 32768 records"));
	buf_cut(&text, whole);
	assert_int_equal(take_text(room->store, text.s, NULL), 0);
	assert_int_equal(tally.same, 32768);
	assert_int_equal(tally.made, 33000 - 32768);
	assert_int_equal(tally.kept, 33000);
}

static void what_was_erased_stays_away_and_the_rest_is_kept(void **state)
{
	struct room *room = *state;
	_cleanup_(buf_free) struct buf text = {0};
	struct document *document = made_document(&room->arena, "a", 1, "private");

	put_alone(room->store, document);
	assert_int_equal(store_erase(room->store, document->r.id, "asked", NULL), 0);
	document->r.known = day_of(2);
	write_line(&document->r, &text, NULL);
	put_years(&text, &room->arena, 2000, 1);
	assert_int_equal(take_text(room->store, text.s, NULL), 0);
	assert_int_equal(tally.erased, 1);
	assert_int_equal(tally.made, 1);
	assert_false(files_hold(room, "private"));
}

static void an_empty_stream_is_no_error(void **state)
{
	struct room *room = *state;

	assert_int_equal(take_text(room->store, "\n \n", NULL), 0);
	assert_int_equal(tally.kept, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_room(what_a_store_exports_makes_the_same_store_elsewhere),
		with_room(a_wrong_line_is_named_and_nothing_of_its_unit_of_work_is_kept),
		with_room(a_record_that_lacks_what_it_needs_is_named_by_its_line_too),
		with_room(of_a_long_stream_that_breaks_off_whole_units_of_work_stay_and_the_hint_counts_them),
		with_room(what_was_erased_stays_away_and_the_rest_is_kept),
		with_room(an_empty_stream_is_no_error),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("store intake", tests, NULL, NULL);
}
