/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_work.c - units of work: one transaction each, a full store, two writers, a killed one. */
#include "tests/store/kept.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

#include "store/engine.h"

static void a_rollback_leaves_nothing(void **state)
{
	struct room *room = *state;
	struct document *document = made_document(&room->arena, "a", 1, "first");
	struct records found = {.arena = &room->arena};
	char before[65], after[65];

	assert_int_equal(put_alone(room->store, made_document(&room->arena, "b", 1, "kept words")), PUT_NEW);
	hash_of(room->store, before);
	assert_int_equal(store_begin(room->store, NULL), 0);
	record_from(&room->arena, &document->r, made_document(&room->arena, "b", 1, "")->r.id, "retold");
	assert_int_equal(store_put(room->store, &document->r, NULL), PUT_NEW);
	assert_int_equal(store_withdraw(room->store, made_document(&room->arena, "b", 1, "")->r.id, day_of(9),
					"gone", NULL), 0);
	store_rollback(room->store);
	assert_string_equal(hash_of(room->store, after), before);
	assert_int_equal(run_sql(room->path, "SELECT (SELECT COUNT(*) FROM document) + (SELECT COUNT(*) FROM payload) + "
				 "(SELECT COUNT(*) FROM origin) + (SELECT COUNT(*) FROM search_text)"), 3);
	assert_int_equal(store_search(room->store, "first", AS_OF_ALL, 0, &found, NULL), 0);
	assert_int_equal(put_alone(room->store, document), PUT_NEW);   /* as if nothing had been */
	assert_int_equal(document->r.revision, 1);
}

static void closing_inside_a_unit_of_work_undoes_it(void **state)
{
	struct room *room = *state;
	struct store *other = opened(room->path, STORE_WRITE);

	assert_int_equal(store_begin(other, NULL), 0);
	assert_int_equal(store_put(other, &made_document(&room->arena, "a", 1, "first")->r, NULL), PUT_NEW);
	store_close(other);
	assert_int_equal(store_count(room->store, &kind_document, AS_OF_ALL, NULL), 0);
}

static void others_see_a_unit_of_work_only_once_it_is_committed(void **state)
{
	struct room *room = *state;
	_cleanup_(store_closep) struct store *reader = opened(room->path, STORE_READ);

	assert_int_equal(store_begin(room->store, NULL), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(store_put(room->store, &made_document(&room->arena, numbered(&room->arena, i), 1,
								       "words")->r, NULL), PUT_NEW);
	assert_int_equal(store_count(room->store, &kind_document, AS_OF_ALL, NULL), 3);
	assert_int_equal(store_count(reader, &kind_document, AS_OF_ALL, NULL), 0);
	assert_int_equal(store_commit(room->store, NULL), 0);
	assert_int_equal(store_count(reader, &kind_document, AS_OF_ALL, NULL), 3);
}

static void units_of_work_do_not_nest(void **state)
{
	struct room *room = *state;
	struct err err = {0};

	assert_int_equal(store_begin(room->store, NULL), 0);
	assert_int_equal(store_put(room->store, &made_document(&room->arena, "a", 1, "words")->r, NULL), PUT_NEW);
	assert_int_equal(store_begin(room->store, &err), ERR_CONFLICT);
	assert_int_equal(store_commit(room->store, NULL), 0);
	assert_int_equal(store_count(room->store, &kind_document, AS_OF_ALL, NULL), 1);
	store_rollback(room->store);   /* outside: no effect */
	assert_int_equal(store_count(room->store, &kind_document, AS_OF_ALL, NULL), 1);
	assert_true(store_commit(room->store, &err) < 0);
}

static void a_store_open_for_reading_takes_nothing(void **state)
{
	struct room *room = *state;
	_cleanup_(store_closep) struct store *reader = opened(room->path, STORE_READ);
	char before[65], after[65];

	hash_of(room->store, before);
	assert_int_equal(put_alone(reader, made_document(&room->arena, "a", 1, "words")), ERR_DENIED);
	assert_string_equal(hash_of(room->store, after), before);
}

static void what_is_refused_leaves_the_rest_of_its_unit_of_work(void **state)
{
	struct room *room = *state;
	struct document *bad = made_document(&room->arena, "bad", 1, "words \xff");
	struct err err = {0};

	assert_int_equal(store_begin(room->store, NULL), 0);
	assert_int_equal(store_put(room->store, &made_document(&room->arena, "a", 1, "words")->r, NULL), PUT_NEW);
	assert_int_equal(store_put(room->store, &bad->r, &err), ERR_DATA);
	assert_non_null(strstr(err.msg, "title"));
	assert_int_equal(store_put(room->store, &made_document(&room->arena, "b", 1, "words")->r, NULL), PUT_NEW);
	assert_int_equal(store_commit(room->store, NULL), 0);
	assert_int_equal(store_count(room->store, &kind_document, AS_OF_ALL, NULL), 2);
}

/* ---- a full store ---- */

static struct document *big_document(struct arena *arena, int i)
{
	struct document *document = made_document(arena, arena_printf(arena, "big%d", i), 1, "big");
	char *body = arena_alloc(arena, 20001);

	for (size_t c = 0; c < 20000; c++)
		body[c] = c % 7 ? (char)('a' + (c * 31 + (size_t)i) % 26) : ' ';
	document->body = body;
	return document;
}

static void a_full_store_undoes_the_whole_unit_of_work(void **state)
{
	struct room *room = *state;
	char before[65], after[65];
	struct err err = {0};
	int r, i = 0;

	assert_int_equal(put_alone(room->store, made_document(&room->arena, "a", 1, "kept")), PUT_NEW);
	hash_of(room->store, before);
	assert_int_equal(store_limit(room->store, 1 << 20, NULL), 0);
	assert_int_equal(store_begin(room->store, NULL), 0);
	while ((r = store_put(room->store, &big_document(&room->arena, i)->r, &err)) == PUT_NEW)
		assert_true(++i < 200);
	assert_int_equal(r, ERR_FAILED);
	assert_non_null(strstr(err.msg, "the store is full"));
	assert_true(err.hint[0]);
	/* Whoever does not heed that keeps nothing by halves. */
	assert_int_equal(store_put(room->store, &made_document(&room->arena, "small", 1, "small")->r, &err), ERR_FAILED);
	assert_int_equal(store_withdraw(room->store, made_document(&room->arena, "a", 1, "")->r.id, instant_of_day(2024, 2, 1),
					"gone", &err), ERR_FAILED);
	assert_int_equal(store_commit(room->store, &err), ERR_FAILED);
	assert_string_equal(hash_of(room->store, after), before);
	assert_sound(room->store);
	assert_int_equal(store_limit(room->store, 64 << 20, NULL), 0);
	assert_int_equal(put_alone(room->store, big_document(&room->arena, i)), PUT_NEW);
}

static void a_limit_below_a_page_makes_no_sense(void **state)
{
	struct room *room = *state;

	assert_int_equal(store_limit(room->store, 10, NULL), ERR_USAGE);
	assert_int_equal(store_limit(room->store, -1, NULL), ERR_USAGE);
	assert_int_equal(store_limit(room->store, INT64_MAX, NULL), 0);
	assert_int_equal(put_alone(room->store, made_document(&room->arena, "a", 1, "kept")), PUT_NEW);
}

/* ---- writers at once ---- */

static void a_second_writer_that_does_not_wait_is_told_to_come_back(void **state)
{
	struct room *room = *state;
	_cleanup_(store_closep) struct store *second = opened(room->path, STORE_WRITE);
	struct err err = {0};

	store_patience(second, 0);
	assert_int_equal(store_begin(room->store, NULL), 0);
	assert_int_equal(store_begin(second, &err), ERR_BUSY);
	assert_non_null(strstr(err.msg, "another process is writing"));
	assert_true(err.hint[0]);
	assert_int_equal(store_put(room->store, &made_document(&room->arena, "a", 1, "one")->r, NULL), PUT_NEW);
	assert_int_equal(store_commit(room->store, NULL), 0);
	assert_int_equal(put_alone(second, made_document(&room->arena, "a", 2, "two")), PUT_REVISED);
}

#define WRITERS 4
#define ROUNDS 12

struct writer {
	const char *path;
	int number, failures;
};

/* Each round revises the one document that all share and adds one of its own. */
static void *write_rounds(void *user)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct writer *writer = user;
	struct store *store = NULL;

	if (store_open(writer->path, STORE_WRITE, &store, NULL) < 0)
		writer->failures = ROUNDS;
	for (int i = 0; i < ROUNDS && store; i++) {
		const char *text = arena_printf(&arena, "writer %d round %d", writer->number, i);
		int r = store_begin(store, NULL);

		if (r == 0)
			r = store_put(store, &made_document(&arena, "shared", 1, text)->r, NULL);
		if (r >= 0)
			r = store_put(store, &made_document(&arena, text, 1, text)->r, NULL);
		if (r >= 0)
			r = store_commit(store, NULL);
		writer->failures += r < 0;
	}
	store_close(store);
	return NULL;
}

static void of_writers_at_once_each_waits_and_no_revision_is_lost(void **state)
{
	struct room *room = *state;
	struct writer writers[WRITERS];
	pthread_t threads[WRITERS];

	for (int i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){.path = room->path, .number = i};
		assert_int_equal(pthread_create(&threads[i], NULL, write_rounds, &writers[i]), 0);
	}
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(writers[i].failures, 0);
	}
	assert_int_equal(store_count(room->store, &kind_document, AS_OF_ALL, NULL), WRITERS * ROUNDS + 1);
	assert_int_equal(run_sql(room->path, "SELECT MAX(revision) FROM document"), WRITERS * ROUNDS);
	assert_int_equal(run_sql(room->path, "SELECT COUNT(*) FROM document WHERE revision > 1"), WRITERS * ROUNDS - 1);
	assert_sound(room->store);
}

/* ---- killed ---- */

#define PER_UNIT 3

/* Commit one unit of work after the other, saying so after each, until killed. */
static void write_until_killed(const char *path, int say)
{
	struct store *store = NULL;

	if (store_open(path, STORE_WRITE, &store, NULL) < 0)
		_exit(1);
	for (int unit = 0;; unit++) {
		struct arena arena = {0};
		char done = '.';

		if (store_begin(store, NULL) < 0)
			_exit(2);
		for (int i = 0; i < PER_UNIT; i++)
			if (store_put(store, &big_document(&arena, unit * PER_UNIT + i)->r, NULL) != PUT_NEW)
				_exit(3);
		if (store_commit(store, NULL) < 0 || write(say, &done, 1) != 1)
			_exit(4);
		arena_free(&arena);
	}
}

/* Let a child write `wanted` units of work and a little more, kill it; the number it said it committed. */
static int64_t commit_until_killed(const char *path, int64_t wanted, unsigned usec)
{
	int64_t committed = 0;
	int ends[2], status;
	pid_t pid;
	char done;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0)
		write_until_killed(path, ends[1]);
	close(ends[1]);
	while (committed < wanted && read(ends[0], &done, 1) == 1)
		committed++;
	usleep(usec);   /* somewhere inside the units that follow */
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	while (read(ends[0], &done, 1) == 1)
		committed++;
	close(ends[0]);
	return committed;
}

/* All that was said to be committed is there; one more may be, which had no time to say so. */
static void assert_whole(struct store *store, struct arena *arena, int64_t committed)
{
	int64_t found = store_count(store, &kind_document, AS_OF_ALL, NULL), units = found / PER_UNIT;

	assert_sound(store);
	assert_int_equal(found % PER_UNIT, 0);
	assert_true(units == committed || units == committed + 1);
	for (int i = 0; i < found; i++) {
		struct document *document = big_document(arena, i);
		struct record *read;

		assert_int_equal(store_get(store, document->r.id, AS_OF_ALL, arena, &read, NULL), 0);
		assert_string_equal(((struct document *)read)->body, document->body);
	}
}

static void a_writer_killed_at_any_moment_loses_nothing_committed(void **state)
{
	struct room *room = *state;
	struct rng rng;

	rng_seed(&rng, 11);
	for (uint64_t round = 1; round <= seeds(8); round++) {
		const char *path = fresh_location(room, arena_printf(&room->arena, "killed%d", (int)round));
		struct store *store = opened(path, STORE_CREATE);
		int64_t committed;

		store_close(store);
		committed = commit_until_killed(path, 1 + (int64_t)rng_below(&rng, 12), (unsigned)rng_below(&rng, 3000));
		assert_true(committed > 0);
		store = opened(path, STORE_WRITE);
		assert_whole(store, &room->arena, committed);
		assert_int_equal(put_alone(store, made_document(&room->arena, "after", 1, "after")), PUT_NEW);
		store_close(store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_room(a_rollback_leaves_nothing),
		with_room(closing_inside_a_unit_of_work_undoes_it),
		with_room(others_see_a_unit_of_work_only_once_it_is_committed),
		with_room(units_of_work_do_not_nest),
		with_room(a_store_open_for_reading_takes_nothing),
		with_room(what_is_refused_leaves_the_rest_of_its_unit_of_work),
		with_file(a_full_store_undoes_the_whole_unit_of_work),
		with_file(a_limit_below_a_page_makes_no_sense),
		with_room(a_second_writer_that_does_not_wait_is_told_to_come_back),
		with_room(of_writers_at_once_each_waits_and_no_revision_is_lost),
		with_room(a_writer_killed_at_any_moment_loses_nothing_committed),
	};

	return run_kept("store work", tests);
}
