/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ledger_rows.c - the rows of the ledger: added in order, read in order, never changed. */
#include "tests/store/kept.h"

#define ADD(n) add(room->store, n)

static int add(struct store *store, int64_t position)
{
	char id[40];

	snprintf(id, sizeof id, "fo%032lld", (long long)position / 2);   /* two revisions each */
	return store_ledger_add(store, &(struct ledger_row){position, id, 1 + position % 2, "{\"a\":\"\xc3\xa9\"}", "00"}, NULL);
}

static void fill(struct room *room, int64_t n)
{
	assert_int_equal(store_begin(room->store, NULL), 0);
	for (int64_t i = 0; i < n; i++)
		assert_int_equal(ADD(i), 0);
	assert_int_equal(store_seal_add(room->store, &(struct ledger_seal){.size = n, .root = "ab", .at = 5}, NULL), 0);
	assert_int_equal(store_seal_add(room->store, &(struct ledger_seal){.size = n + 1, .root = "cd", .at = 4, .key = "k",
									   .signature = "s"}, NULL), 0);
	assert_int_equal(store_commit(room->store, NULL), 0);
}

static void assert_filled(struct store *store, struct arena *arena, int64_t n)
{
	struct ledger_rows rows = {.arena = arena};
	struct ledger_seal newest, *seals;
	size_t n_seals;
	int64_t size;

	assert_int_equal(store_ledger_size(store, &size, NULL), 0);
	assert_int_equal(size, n);
	assert_int_equal(store_ledger_read(store, 1, 3, &rows, NULL), 3);
	for (size_t i = 0; i < rows.n; i++)
		assert_int_equal(rows.v[i].position, i + 1);
	assert_string_equal(rows.v[0].entry, "{\"a\":\"\xc3\xa9\"}");
	assert_string_equal(rows.v[1].id, "fo00000000000000000000000000000001");
	assert_int_equal(rows.v[2].revision, 2);
	assert_int_equal(store_seals(store, arena, &seals, &n_seals, NULL), 0);
	assert_int_equal(n_seals, 2);
	assert_int_equal(seals[0].number, 1);
	assert_null(seals[0].key);
	assert_int_equal(store_seal_newest(store, arena, &newest, NULL), 0);
	assert_int_equal(newest.number, 2);
	assert_int_equal(newest.size, n + 1);
	assert_string_equal(newest.root, "cd");
	assert_string_equal(newest.signature, "s");
}

static void rows_are_read_in_the_order_of_their_positions(void **state)
{
	struct room *room = *state;
	struct ledger_seal newest;
	int64_t size;

	assert_int_equal(store_ledger_size(room->store, &size, NULL), 0);
	assert_int_equal(size, 0);
	assert_int_equal(store_seal_newest(room->store, &room->arena, &newest, NULL), ERR_NOT_FOUND);
	fill(room, 6);
	assert_filled(room->store, &room->arena, 6);
}

static void a_position_is_taken_once_and_only_with_its_unit_of_work(void **state)
{
	struct room *room = *state;
	int64_t size;
	int r;

	assert_int_equal(store_begin(room->store, NULL), 0);
	assert_int_equal(ADD(0), 0);
	store_rollback(room->store);
	assert_int_equal(store_ledger_size(room->store, &size, NULL), 0);
	assert_int_equal(size, 0);
	fill(room, 2);
	assert_int_equal(store_begin(room->store, NULL), 0);
	r = ADD(1);
	r = r < 0 ? r : store_commit(room->store, NULL);   /* a server may tell as late as that */
	assert_true(r < 0);
	store_rollback(room->store);
	assert_int_equal(store_ledger_size(room->store, &size, NULL), 0);
	assert_int_equal(size, 2);
}

static void a_copy_has_the_ledger_and_no_hash_is_of_it(void **state)
{
	struct room *room = *state;
	char before[65], after[65];
	struct store *other = opened(fresh_location(room, "other"), STORE_CREATE);
	struct copied copied;

	assert_int_equal(store_hash(room->store, before, NULL), 0);
	fill(room, 6);
	assert_int_equal(store_hash(room->store, after, NULL), 0);
	assert_string_equal(before, after);
	assert_int_equal(store_copy(room->store, other, &copied, NULL), 0);
	assert_filled(other, &room->arena, 6);
	store_close(other);
}

static void forecasts_that_nobody_committed_are_told(void **state)
{
	struct room *room = *state;
	struct forecast *forecast = record_new(&room->arena, &kind_forecast);
	struct ledger_row first;
	int64_t n;

	forecast->r.unit = "SRB";
	forecast->r.known = day_of(1);
	forecast->question = "closing";
	forecast->origin = 2023;
	forecast->as_of = day_of(1);
	record_identify(&room->arena, forecast);
	assert_int_equal(store_begin(room->store, NULL), 0);
	assert_int_equal(store_put(room->store, &forecast->r, NULL), PUT_NEW);
	assert_int_equal(store_commit(room->store, NULL), 0);
	assert_int_equal(store_ledger_left_out(room->store, NULL, &room->arena, &n, &first, NULL), 0);
	assert_int_equal(n, 1);
	assert_string_equal(first.id, forecast->r.id);
	assert_int_equal(store_ledger_left_out(room->store, "fo00", &room->arena, &n, &first, NULL), 0);
	assert_int_equal(n, 0);
	assert_int_equal(store_begin(room->store, NULL), 0);
	assert_int_equal(store_ledger_add(room->store, &(struct ledger_row){0, forecast->r.id, 1, "{}", "00"}, NULL), 0);
	assert_int_equal(store_commit(room->store, NULL), 0);
	assert_int_equal(store_ledger_left_out(room->store, forecast->r.id, &room->arena, &n, &first, NULL), 0);
	assert_int_equal(n, 0);
}

static void a_file_refuses_to_change_or_delete_a_row(void **state)
{
	static const char *const changes[] = {
		"UPDATE ledger_entry SET entry = 'x'", "DELETE FROM ledger_entry WHERE position = 5",
		"UPDATE ledger_head SET at = 1 WHERE number = 1", "DELETE FROM ledger_head",
	};
	struct room *room = *state;
	sqlite3 *db;

	fill(room, 6);
	assert_int_equal(sqlite3_open(room->path, &db), SQLITE_OK);
	for (size_t i = 0; i < LENGTH(changes); i++) {
		assert_int_equal(sqlite3_exec(db, changes[i], NULL, NULL, NULL), SQLITE_CONSTRAINT);
		assert_non_null(strstr(sqlite3_errmsg(db), "is only added to"));
	}
	sqlite3_close(db);
	assert_filled(room->store, &room->arena, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_room(rows_are_read_in_the_order_of_their_positions),
		with_room(a_position_is_taken_once_and_only_with_its_unit_of_work),
		with_room(a_copy_has_the_ledger_and_no_hash_is_of_it),
		with_room(forecasts_that_nobody_committed_are_told),
		with_file(a_file_refuses_to_change_or_delete_a_row),
	};

	return run_kept("store ledger rows", tests);
}
