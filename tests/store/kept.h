/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kept.h - a fresh store, small records to keep in it, and what the tests of store look
 * at: the hash, the file's bytes, SQL behind its back. Stores are files in a folder of
 * the test's own, or databases on the server that TOCSIN_TEST_PG names (server.h).
 *
 * A test runs with_room on either engine; with_file on SQLite only: it looks at the
 * file, or at what a file alone can do; with_database on PostgreSQL only.
 */
#ifndef TESTS_STORE_KEPT_H
#define TESTS_STORE_KEPT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include <tocsin/store.h>

#include "tests/store/server.h"

#define with_room(test) cmocka_unit_test_setup_teardown(test, room_make, room_drop)
#define with_file(test) cmocka_unit_test_setup_teardown(test, file_room_make, room_drop)
#define with_database(test) cmocka_unit_test_setup_teardown(test, database_room_make, room_drop)
#define run_kept(name, tests) run_fitting(name, tests, LENGTH(tests))

struct room {
	struct arena arena;
	char dir[200], path[300];   /* where the store is: a file in the folder, or a database */
	struct store *store;        /* made and open for writing; closed by room_drop */
};

static inline struct store *opened(const char *path, enum store_mode mode)
{
	struct store *store = NULL;
	struct err err = {0};

	if (store_open(path, mode, &store, &err) < 0)
		fail_msg("%s", err.msg);
	return store;
}

/* Where a store may be made that is not there yet. */
static inline const char *fresh_location(struct room *room, const char *name)
{
	return on_server() ? database_make(&room->arena) : arena_printf(&room->arena, "%s/%s.db", room->dir, name);
}

static inline int room_make(void **state)
{
	struct room *room = calloc(1, sizeof *room);
	const char *base = getenv("TMPDIR");

	snprintf(room->dir, sizeof room->dir, "%.150s/tocsin-store-XXXXXX", base && *base ? base : "/tmp");
	if (!mkdtemp(room->dir))
		return -1;
	snprintf(room->path, sizeof room->path, "%s", fresh_location(room, "kept"));
	room->store = opened(room->path, STORE_CREATE);
	*state = room;
	return 0;
}

static inline int file_room_make(void **state)
{
	return room_make(state);
}

static inline int database_room_make(void **state)
{
	return room_make(state);
}

/* A store that goes away with its location, for tests that need many: in memory where that can be. */
static inline const char *passing_location(struct arena *arena)
{
	return on_server() ? database_make(arena) : ":memory:";
}

/* How many of so many seeds are tried: a database costs more to make than a piece of memory. */
static inline uint64_t seeds(uint64_t wanted)
{
	return on_server() ? wanted / 8 + 1 : wanted;
}

/* Leaves out what is about the other engine. */
static inline int run_fitting(const char *name, const struct CMUnitTest *tests, size_t n)
{
	struct CMUnitTest *fitting = calloc(n, sizeof *fitting);
	size_t kept = 0;
	int failed;

	for (size_t i = 0; i < n; i++)
		if (tests[i].setup_func != (on_server() ? file_room_make : database_room_make))
			fitting[kept++] = tests[i];
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = _cmocka_run_group_tests(name, fitting, kept, NULL, NULL);
	free(fitting);
	databases_drop();
	return failed;
}

static inline int room_drop(void **state)
{
	struct room *room = *state;
	const char **names;
	size_t n;

	store_close(room->store);
	if (file_list(room->dir, &room->arena, &names, &n, NULL) == 0)
		for (size_t i = 0; i < n; i++)
			unlink(arena_printf(&room->arena, "%s/%s", room->dir, names[i]));
	rmdir(room->dir);
	arena_free(&room->arena);
	free(room);
	return 0;
}

/* A day of January 2024, in which most of it happens. */
static inline struct instant day_of(int day)
{
	return instant_of_day(2024, 1, (unsigned)day);
}

static inline int64_t usec_of(int day)
{
	return day_of(day).usec;
}

static inline const char *numbered(struct arena *arena, int i)
{
	return arena_printf(arena, "%d", i);
}

static inline struct document *made_document(struct arena *arena, const char *key, int day, const char *title)
{
	struct document *document = record_new(arena, &kind_document);

	document->feed = "wire";
	document->key = arena_printf(arena, "guid:%s", key);
	document->title = title;
	document->r.known = day_of(day);
	record_identify(arena, document);
	return document;
}

static inline struct observation *made_observation(struct arena *arena, const char *unit, int year, double value)
{
	struct observation *o = record_new(arena, &kind_observation);

	o->r.unit = unit;
	o->r.valid_from = instant_of_year(year);
	o->r.valid_past = instant_of_year(year + 1);
	o->r.known = instant_of_day(year + 1, 4, 1);
	o->indicator = "v2x_polyarchy";
	o->source = "vdem";
	o->value = value;
	record_identify(arena, o);
	return o;
}

/* One record, in a unit of work of its own. */
static inline int put_alone(struct store *store, void *record)
{
	struct err err = {0};
	int r = store_begin(store, &err), put;

	if (r < 0)
		return r;
	put = store_put(store, record, &err);
	if (put < 0) {
		store_rollback(store);
		return put;
	}
	r = store_commit(store, &err);
	return r < 0 ? r : put;
}

static inline const char *hash_of(struct store *store, char hex[65])
{
	struct err err = {0};

	if (store_hash(store, hex, &err) < 0)
		fail_msg("%s", err.msg);
	return hex;
}

static inline void assert_sound(struct store *store)
{
	struct err err = {0};

	if (store_verify(store, &err) < 0)
		fail_msg("%s", err.msg);
}

/* SQL behind the store's back; the first column of the first row, -1 when there is none. */
static inline int64_t run_sql(const char *path, const char *sql)
{
	sqlite3_stmt *statement;
	int64_t number = -1;
	sqlite3 *db;

	if (str_starts(path, "postgresql:"))
		return server_sql(path, sql);
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	if (sqlite3_step(statement) == SQLITE_ROW)
		number = sqlite3_column_int64(statement, 0);
	assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
	sqlite3_close(db);
	return number;
}

/* Whether a file of the store (itself, its log, its index of the log) holds the word, in any case of ASCII. */
static inline bool files_hold(struct room *room, const char *word)
{
	size_t n_word = strlen(word), n_names, len;
	const char **names;
	char *bytes;

	assert_int_equal(file_list(room->dir, &room->arena, &names, &n_names, NULL), 0);
	for (size_t f = 0; f < n_names; f++) {
		const char *path = arena_printf(&room->arena, "%s/%s", room->dir, names[f]);

		assert_int_equal(file_read(path, (size_t)1 << 30, &room->arena, &bytes, &len, NULL), 0);
		for (size_t i = 0; i + n_word <= len; i++)
			if (strncasecmp(bytes + i, word, n_word) == 0)
				return true;
	}
	return false;
}

/* The same of a database: whether a row of any table does. */
static inline bool tables_hold(struct room *room, const char *word)
{
	if (!on_server())
		return files_hold(room, word);
	return run_sql(room->path, arena_printf(&room->arena, "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public' AND "
		"query_to_xml(format('SELECT * FROM %%I', tablename), true, false, '')::text ILIKE '%%%s%%'", word)) > 0;
}

#endif
