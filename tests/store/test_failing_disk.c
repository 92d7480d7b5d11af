/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_failing_disk.c - a disk that fails at every single change in turn, once and
 * for good: the fault is said, and what had been committed stays whole. Making a
 * store and erasing change it so often that there every change is tried at first,
 * and every few later.
 */
#include "tests/store/kept.h"

#include "tests/store/failing_vfs.h"

#define KEPT 3
#define TRIES_MAX 2000

static const char *failing_path(struct room *room)
{
	return arena_printf(&room->arena, "file:%s?vfs=failing", room->path);
}

/* KEPT documents, committed on a sound disk; the store is closed afterwards. */
static void keep_some(struct room *room)
{
	for (int i = 0; i < KEPT; i++) {
		const char *key = arena_printf(&room->arena, "kept%d", i);

		assert_int_equal(put_alone(room->store, made_document(&room->arena, key, 1 + i, "Zagonetka was committed")),
				 PUT_NEW);
	}
	store_close(room->store);
	room->store = NULL;
}

static void assert_said(const struct err *err, int r)
{
	assert_int_equal(r, ERR_FAILED);
	assert_int_equal(err->code, ERR_FAILED);
	if (!strstr(err->msg, "could not") || !strstr(err->msg, "disk I/O error") || !strstr(err->hint, "disk"))
		fail_msg("not clear: %s (%s)", err->msg, err->hint);
}

/* A unit of work of two documents and a revision. */
static int work(struct store *store, struct arena *arena, struct err *err)
{
	struct document *documents[] = {
		made_document(arena, "new0", 10, "one of the unit of work"), made_document(arena, "new1", 11, "another"),
		made_document(arena, "kept0", 12, "Zagonetka was corrected"),
	};
	int r = store_begin(store, err);

	for (size_t i = 0; i < LENGTH(documents) && r >= 0; i++)
		r = store_put(store, &documents[i]->r, err);
	if (r >= 0)
		return store_commit(store, err);
	store_rollback(store);
	return r;
}

/* The bytes of a closed store. */
struct copy {
	char *bytes;
	size_t len;
};

static struct copy copy_store(struct room *room)
{
	struct copy copy;

	assert_int_equal(file_read(room->path, (size_t)1 << 30, &room->arena, &copy.bytes, &copy.len, NULL), 0);
	return copy;
}

static void drop_files(struct room *room)
{
	static const char *const ends[] = {"", "-wal", "-shm"};
	char path[320];

	for (size_t i = 0; i < LENGTH(ends); i++) {
		snprintf(path, sizeof path, "%s%s", room->path, ends[i]);
		unlink(path);
	}
}

/* The store as it was, with no log beside it. */
static void restore(struct room *room, const struct copy *before)
{
	FILE *file;

	drop_files(room);
	file = fopen(room->path, "wb");   /* not file_write: hundreds of copies need no syncs */
	assert_non_null(file);
	assert_int_equal(fwrite(before->bytes, 1, before->len, file), before->len);
	assert_int_equal(fclose(file), 0);
}

/* Against a power cut: what is said to be committed has left the caches. */
static void a_commit_is_on_the_disk_before_it_is_reported(void **state)
{
	struct room *room = *state;
	struct store *store;

	keep_some(room);
	store = opened(failing_path(room), STORE_WRITE);
	for (int i = 0; i < 5; i++) {
		disk_break(0, false);
		assert_int_equal(put_alone(store, made_document(&room->arena, numbered(&room->arena, i), 1, "words")),
				 PUT_NEW);
		assert_true(disk.syncs > 0);
	}
	store_close(store);
}

/* Fail at change n; true once the unit of work and the closing need fewer changes than that. */
static bool fail_at(struct room *room, const struct copy *before, long n, bool stays_broken, const char *none,
		    const char *all)
{
	struct store *store;
	struct err err = {0};
	char found[65];
	bool failed;
	int r;

	restore(room, before);
	disk_break(0, false);
	store = opened(failing_path(room), STORE_WRITE);
	disk_break(n, stays_broken);
	r = work(store, &room->arena, &err);
	if (r < 0)
		assert_said(&err, r);
	store_close(store);
	failed = disk.failed;
	disk_break(0, false);

	store = opened(failing_path(room), STORE_WRITE);
	assert_sound(store);
	hash_of(store, found);
	if (r == 0)
		assert_string_equal(found, all);
	else if (strcmp(found, all) != 0)   /* the whole may be there: its last sync was what failed */
		assert_string_equal(found, none);
	assert_int_equal(work(store, &room->arena, &err), 0);
	assert_string_equal(hash_of(store, found), all);
	store_close(store);
	return !failed;
}

static void a_unit_of_work_is_whole_or_not_there_wherever_the_disk_fails(void **state)
{
	struct room *room = *state;
	char none[65], all[65];
	struct copy before;

	keep_some(room);
	before = copy_store(room);
	room->store = opened(failing_path(room), STORE_WRITE);
	hash_of(room->store, none);
	assert_int_equal(work(room->store, &room->arena, NULL), 0);
	hash_of(room->store, all);
	store_close(room->store);
	room->store = NULL;
	for (int stays = 0; stays <= 1; stays++) {
		long n = 1;

		while (!fail_at(room, &before, n, stays, none, all))
			assert_true(++n < TRIES_MAX);
		assert_true(n > 20);   /* it did fail, many times over */
	}
}

/* All that a reader may ask; the first fault ends it. */
static int ask_everything(const char *path, struct arena *arena, char hash[65], struct err *err)
{
	_cleanup_(store_closep) struct store *store = NULL;
	struct records list = {.arena = arena};
	struct query query = QUERY(&kind_document, AS_OF_ALL);
	int r = store_open(path, STORE_READ, &store, err);

	if (r == 0)
		r = store_read(store, &query, &list, err);
	if (r >= 0)
		r = list.n == KEPT ? store_search(store, "zagonetka", AS_OF_ALL, 0, &list, err) : ERR_DATA;
	if (r >= 0)
		r = list.n == 2 * KEPT ? store_hash(store, hash, err) : ERR_DATA;
	return r;
}

static void a_read_that_fails_is_said_and_gives_no_half_answer(void **state)
{
	struct room *room = *state;
	char whole[65];
	bool failed = true;
	long n = 0;

	for (int i = 0; i < 40; i++)
		put_alone(room->store, made_observation(&room->arena, "SRB", 1980 + i, 0.5));
	keep_some(room);
	disk_break(0, false);
	assert_int_equal(ask_everything(failing_path(room), &room->arena, whole, NULL), 0);
	while (failed && ++n < TRIES_MAX) {
		struct err err = {0};
		char hash[65] = "";
		int r;

		disk_blind(n);
		r = ask_everything(failing_path(room), &room->arena, hash, &err);
		failed = disk.failed;
		if (r < 0)
			assert_said(&err, r);
		if (hash[0])
			assert_string_equal(hash, whole);
	}
	assert_true(n > 20 && n < TRIES_MAX);
}

static void a_store_whose_making_failed_is_made_by_trying_again(void **state)
{
	struct room *room = *state;
	bool failed = true;
	long n = 0;

	store_close(room->store);
	room->store = NULL;
	while (failed && (n += 1 + n / 30) < TRIES_MAX) {
		struct store *store = NULL;
		struct err err = {0};
		int r;

		drop_files(room);
		disk_break(n, true);
		r = store_open(failing_path(room), STORE_CREATE, &store, &err);
		if (r < 0)
			assert_said(&err, r);
		store_close(store);
		failed = disk.failed;
		disk_break(0, false);
		store = opened(failing_path(room), STORE_CREATE);
		assert_sound(store);
		assert_int_equal(store_schema(store), store_schema_newest());
		store_close(store);
	}
	assert_true(n > 20 && n < TRIES_MAX);
}

/* Erase all that was kept, and look for it. */
static void erase_all(struct room *room, const char *const *ids)
{
	_cleanup_(store_closep) struct store *store = opened(failing_path(room), STORE_WRITE);
	struct err err = {0};

	assert_sound(store);
	for (int i = 0; i < KEPT; i++)
		if (store_erase(store, ids[i], "asked for", &err) < 0)
			fail_msg("%s", err.msg);
	assert_sound(store);
	assert_false(files_hold(room, "zagonetka"));
}

static void an_erasure_that_the_disk_interrupted_is_made_good_by_asking_again(void **state)
{
	struct room *room = *state;
	const char *ids[KEPT];
	struct copy before;
	bool failed = true;
	long n = 0;

	for (int i = 0; i < KEPT; i++)
		ids[i] = made_document(&room->arena, arena_printf(&room->arena, "kept%d", i), 1, "")->r.id;
	keep_some(room);
	assert_true(files_hold(room, "zagonetka"));
	before = copy_store(room);
	while (failed && (n += 1 + n / 30) < TRIES_MAX) {
		struct store *store;
		struct err err = {0};
		int r;

		restore(room, &before);
		disk_break(0, false);
		store = opened(failing_path(room), STORE_WRITE);
		disk_break(n, n % 2);
		r = store_erase(store, ids[0], "asked for", &err);
		if (r < 0)
			assert_said(&err, r);
		store_close(store);
		failed = disk.failed;
		disk_break(0, false);
		erase_all(room, ids);
	}
	assert_true(n > 20 && n < TRIES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_room(a_commit_is_on_the_disk_before_it_is_reported),
		with_room(a_unit_of_work_is_whole_or_not_there_wherever_the_disk_fails),
		with_room(a_read_that_fails_is_said_and_gives_no_half_answer),
		with_room(a_store_whose_making_failed_is_made_by_trying_again),
		with_room(an_erasure_that_the_disk_interrupted_is_made_good_by_asking_again),
	};

	disk_register();
	return run_kept("store failing disk", tests);
}
