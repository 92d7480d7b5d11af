/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_migrate.c - making a store, opening it again, and what is no store of ours. */
#include "tests/store/kept.h"

#include <pthread.h>

#include "store/engine.h"

static void a_fresh_store_has_the_newest_schema(void **state)
{
	struct room *room = *state;

	assert_int_equal(store_schema(room->store), store_schema_newest());
	assert_int_equal(run_sql(room->path, "SELECT COUNT(*) FROM migration"), n_migrations);
	assert_int_equal(run_sql(room->path, "SELECT MAX(number) FROM migration"), store_schema_newest());
	for (size_t i = 0; i < n_kinds; i++)
		assert_int_equal(store_count(room->store, kinds[i], AS_OF_ALL, NULL), 0);
	assert_sound(room->store);
}

static void migrations_are_numbered_from_one_without_a_gap(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_migrations; i++)
		assert_int_equal(migrations[i].number, i + 1);
}

static void opening_again_applies_nothing_twice(void **state)
{
	static const enum store_mode modes[] = {STORE_CREATE, STORE_WRITE, STORE_READ};
	struct room *room = *state;
	int64_t recorded = run_sql(room->path, "SELECT SUM(recorded) FROM migration");
	char before[65], after[65];

	assert_int_equal(put_alone(room->store, made_document(&room->arena, "a", 1, "kept")), PUT_NEW);
	hash_of(room->store, before);
	for (size_t i = 0; i < LENGTH(modes); i++) {
		_cleanup_(store_closep) struct store *again = opened(room->path, modes[i]);

		assert_int_equal(store_schema(again), store_schema_newest());
		assert_string_equal(hash_of(again, after), before);
	}
	assert_int_equal(run_sql(room->path, "SELECT COUNT(*) FROM migration"), n_migrations);
	assert_int_equal(run_sql(room->path, "SELECT SUM(recorded) FROM migration"), recorded);
}

static void assert_refused(const char *path, enum err_code code, const char *words)
{
	static const enum store_mode modes[] = {STORE_READ, STORE_WRITE, STORE_CREATE};
	size_t n = code == ERR_NOT_FOUND ? 2 : LENGTH(modes);

	for (size_t i = 0; i < n; i++) {
		struct store *store = NULL;
		struct err err = {0};

		assert_int_equal(store_open(path, modes[i], &store, &err), code);
		assert_null(store);
		if (!strstr(err.msg, words))
			fail_msg("\"%s\" does not say \"%s\"", err.msg, words);
		assert_true(err.hint[0]);
	}
}

static void a_store_of_a_newer_schema_is_refused_and_left_alone(void **state)
{
	struct room *room = *state;
	char before[65], after[65], words[60];

	assert_int_equal(put_alone(room->store, made_document(&room->arena, "a", 1, "kept")), PUT_NEW);
	hash_of(room->store, before);
	run_sql(room->path, "INSERT INTO migration VALUES (9999, 0)");
	snprintf(words, sizeof words, "schema 9999, this tocsin knows up to %d", store_schema_newest());
	assert_refused(room->path, ERR_CONFLICT, words);
	assert_int_equal(run_sql(room->path, "SELECT MAX(number) FROM migration"), 9999);
	run_sql(room->path, "DELETE FROM migration WHERE number = 9999");
	assert_string_equal(hash_of(room->store, after), before);
}

static void what_is_no_store_is_refused_and_left_alone(void **state)
{
	static const char text[] = "these are notes of somebody, and no database at all, though they have some length";
	struct room *room = *state;
	const char *other = arena_printf(&room->arena, "%s/other.db", room->dir);
	const char *notes = arena_printf(&room->arena, "%s/notes.db", room->dir);
	sqlite3 *db;
	char *bytes;
	size_t len;

	assert_int_equal(sqlite3_open(other, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE mine (x)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	assert_refused(other, ERR_INTEGRITY, "not a store of tocsin");
	assert_int_equal(run_sql(other, "SELECT COUNT(*) FROM sqlite_master"), 1);

	assert_int_equal(file_write(notes, text, sizeof text, NULL), 0);
	assert_refused(notes, ERR_INTEGRITY, "not a database");
	assert_int_equal(file_read(notes, 4096, &room->arena, &bytes, &len, NULL), 0);
	assert_memory_equal(bytes, text, sizeof text);
}

static void no_store_is_made_by_looking(void **state)
{
	struct room *room = *state;
	const char *none = arena_printf(&room->arena, "%s/none.db", room->dir);
	const char *empty = arena_printf(&room->arena, "%s/empty.db", room->dir);
	struct store *store = NULL;

	assert_refused(none, ERR_NOT_FOUND, "no store at");
	assert_false(file_exists(none));
	assert_int_equal(file_write(empty, "", 0, NULL), 0);
	assert_int_equal(store_open(empty, STORE_READ, &store, NULL), ERR_INTEGRITY);
	assert_int_equal(store_open(empty, STORE_WRITE, &store, NULL), ERR_INTEGRITY);
	assert_null(store);
	assert_int_equal(run_sql(empty, "SELECT COUNT(*) FROM sqlite_master"), 0);
}

static void *make_it(void *path)
{
	struct store *store = NULL;
	struct err err = {0};
	intptr_t r = store_open(path, STORE_CREATE, &store, &err);

	store_close(store);
	return (void *)r;
}

static void of_many_that_make_a_store_at_once_one_does(void **state)
{
	struct room *room = *state;

	for (int round = 0; round < 5; round++) {
		const char *path = fresh_location(room, arena_printf(&room->arena, "shared%d", round));
		pthread_t makers[4];

		for (size_t i = 0; i < LENGTH(makers); i++)
			assert_int_equal(pthread_create(&makers[i], NULL, make_it, (void *)path), 0);
		for (size_t i = 0; i < LENGTH(makers); i++) {
			void *result;

			pthread_join(makers[i], &result);
			assert_int_equal((intptr_t)result, 0);
		}
		assert_int_equal(run_sql(path, "SELECT COUNT(*) FROM migration"), n_migrations);
	}
}

static void an_empty_location_is_a_usage_error_and_a_server_that_is_not_there_may_come(void **state)
{
	struct store *store = NULL;

	(void)state;
	assert_int_equal(store_open("", STORE_CREATE, &store, NULL), ERR_USAGE);
	assert_int_equal(store_open("postgresql://127.0.0.1:1/tocsin", STORE_READ, &store, NULL), ERR_BUSY);
	assert_null(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_room(a_fresh_store_has_the_newest_schema),
		cmocka_unit_test(migrations_are_numbered_from_one_without_a_gap),
		with_room(opening_again_applies_nothing_twice),
		with_room(a_store_of_a_newer_schema_is_refused_and_left_alone),
		with_file(what_is_no_store_is_refused_and_left_alone),
		with_file(no_store_is_made_by_looking),
		with_room(of_many_that_make_a_store_at_once_one_does),
		cmocka_unit_test(an_empty_location_is_a_usage_error_and_a_server_that_is_not_there_may_come),
	};

	return run_kept("store migrate", tests);
}
