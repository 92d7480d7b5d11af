/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_queue.c - documents that wait: taken, leased, acknowledged, given up. On SQLite, and on the
 * PostgreSQL server of $TOCSIN_TEST_PG (the location of a database whose role may create others).
 */
#include "tests/store/kept.h"

#include <libpq-fe.h>

#include "store/engine.h"

#define LEASE 100          /* the clock of these tests counts from 0 */

struct line {              /* a room whose store is of one engine or the other */
	struct room *room;
	char name[40];     /* of the database; empty on SQLite */
	char location[400];
};

static void run_on_server(const char *sql)
{
	PGconn *server = PQconnectdb(getenv("TOCSIN_TEST_PG"));
	PGresult *result = PQexec(server, sql);

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(server));
	PQclear(result);
	PQfinish(server);
}

static int line_make(void **state)
{
	struct line *line = calloc(1, sizeof *line);

	if (room_make((void **)&line->room) < 0)
		return -1;
	snprintf(line->location, sizeof line->location, "%s", line->room->path);
	*state = line;
	return 0;
}

/* The server's location with the name of another database at its end. */
static int line_make_on_server(void **state)
{
	static int made;
	const char *server = getenv("TOCSIN_TEST_PG");
	struct line *line;
	char sql[80];

	if (!server || !*server) {
		*state = NULL;
		return 0;
	}
	if (line_make(state) < 0)
		return -1;
	line = *state;
	snprintf(line->name, sizeof line->name, "tocsin_queue_%ld_%d", (long)getpid(), made++);
	snprintf(sql, sizeof sql, "CREATE DATABASE %s", line->name);
	run_on_server(sql);
	snprintf(line->location, sizeof line->location, "%.*s/%s", (int)(strrchr(server, '/') - server), server, line->name);
	store_close(line->room->store);
	line->room->store = opened(line->location, STORE_CREATE);
	return 0;
}

static int line_drop(void **state)
{
	struct line *line = *state;
	char sql[80];

	if (!line)
		return 0;
	snprintf(sql, sizeof sql, "DROP DATABASE %s", line->name);
	room_drop((void **)&line->room);
	if (line->name[0])
		run_on_server(sql);
	free(line);
	return 0;
}

static struct room *room_of(void **state)
{
	if (!*state)
		skip();
	return ((struct line *)*state)->room;
}

/* ---- what the tests do ---- */

/* Documents "0", "1", ... of the first days of January wait, in this order. */
static void put_documents(struct room *room, int n)
{
	for (int i = 0; i < n; i++)
		assert_int_equal(put_alone(room->store, made_document(&room->arena, numbered(&room->arena, i), i + 1, "words")),
				 PUT_NEW);
}

static struct tasks take(struct room *room, const char *worker, int64_t now, size_t limit)
{
	struct tasks tasks = {.arena = &room->arena};
	struct err err = {0};

	if (queue_take(room->store, worker, now, now + LEASE, limit, &tasks, &err) < 0)
		fail_msg("%s", err.msg);
	return tasks;
}

static int ack(struct room *room, const char *worker, const struct task *task)
{
	int r;

	assert_int_equal(store_begin_beside(room->store, NULL), 0);
	r = queue_ack(room->store, worker, task, NULL);
	assert_int_equal(store_commit(room->store, NULL), 0);
	return r;
}

static void fail_it(struct room *room, const char *worker, struct task *task, const char *error)
{
	assert_int_equal(store_begin_beside(room->store, NULL), 0);
	assert_int_equal(queue_fail(room->store, worker, task, error, NULL), 0);
	assert_int_equal(store_commit(room->store, NULL), 0);
}

static void assert_state(struct room *room, int64_t waiting, int64_t leased, int64_t dead)
{
	struct queue_state state = {0};

	assert_int_equal(queue_count(room->store, &state, NULL), 0);
	assert_int_equal(state.waiting, waiting);
	assert_int_equal(state.leased, leased);
	assert_int_equal(state.dead, dead);
}

static bool holds(struct room *room, const struct tasks *tasks, int i)
{
	const char *id = made_document(&room->arena, numbered(&room->arena, i), i + 1, "words")->r.id;

	for (size_t k = 0; k < tasks->n; k++)
		if (strcmp(tasks->v[k].id, id) == 0)
			return true;
	return false;
}

/* ---- the tests ---- */

static void every_revision_of_a_document_waits_once_and_nothing_else_does(void **state)
{
	struct room *room = room_of(state);
	struct document *document = made_document(&room->arena, "a", 1, "first");

	assert_int_equal(put_alone(room->store, document), PUT_NEW);
	assert_int_equal(put_alone(room->store, document), PUT_SAME);
	assert_int_equal(put_alone(room->store, made_observation(&room->arena, "SRB", 2020, 0.5)), PUT_NEW);
	assert_state(room, 1, 0, 0);
	document->title = "second";
	document->r.known = day_of(2);
	assert_int_equal(put_alone(room->store, document), PUT_REVISED);
	assert_state(room, 2, 0, 0);
}

static void a_unit_of_work_that_is_undone_leaves_nothing_to_do(void **state)
{
	struct room *room = room_of(state);

	assert_int_equal(store_begin(room->store, NULL), 0);
	assert_int_equal(store_put(room->store, &made_document(&room->arena, "a", 1, "words")->r, NULL), PUT_NEW);
	store_rollback(room->store);
	assert_state(room, 0, 0, 0);
}

static void two_workers_take_the_oldest_first_and_never_the_same(void **state)
{
	struct room *room = room_of(state);
	struct tasks one, two, three;

	put_documents(room, 5);
	one = take(room, "one", 0, 2);
	two = take(room, "two", 0, 2);
	three = take(room, "three", 0, 2);
	assert_int_equal(one.n, 2);
	assert_true(holds(room, &one, 0) && holds(room, &one, 1));
	assert_int_equal(two.n, 2);
	assert_true(holds(room, &two, 2) && holds(room, &two, 3));
	assert_int_equal(three.n, 1);
	assert_true(holds(room, &three, 4));
	assert_int_equal(take(room, "four", 0, 2).n, 0);
	assert_state(room, 0, 5, 0);
	assert_int_equal(one.v[0].tries, 0);
}

static void what_another_has_just_locked_is_passed_over_without_waiting(void **state)
{
	struct room *room = room_of(state);
	struct line *line = *state;
	struct store *other;
	struct tasks mine;

	put_documents(room, 2);
	other = opened(line->location, STORE_WRITE);
	mine = take(room, "one", 0, 1);
	assert_int_equal(store_begin_beside(other, NULL), 0);
	assert_int_equal(queue_ack(other, "one", &mine.v[0], NULL), 1);
	assert_int_equal(take(room, "two", 2 * LEASE, 2).n, 1);   /* not the one whose lease ran out, but locked */
	store_close(other);
}

static void what_is_acknowledged_is_gone(void **state)
{
	struct room *room = room_of(state);
	struct tasks tasks;

	put_documents(room, 2);
	tasks = take(room, "one", 0, 2);
	assert_int_equal(ack(room, "one", &tasks.v[0]), 1);
	assert_state(room, 0, 1, 0);
	assert_int_equal(ack(room, "one", &tasks.v[0]), 0);
	assert_int_equal(ack(room, NULL, &tasks.v[1]), 1);   /* a round does not ask whose it is */
	assert_state(room, 0, 0, 0);
}

static void an_acknowledgement_is_undone_with_its_unit_of_work(void **state)
{
	struct room *room = room_of(state);
	struct tasks tasks;

	put_documents(room, 1);
	tasks = take(room, "one", 0, 1);
	assert_int_equal(store_begin_beside(room->store, NULL), 0);
	assert_int_equal(queue_ack(room->store, "one", &tasks.v[0], NULL), 1);
	store_rollback(room->store);
	assert_state(room, 0, 1, 0);
	assert_int_equal(ack(room, "one", &tasks.v[0]), 1);
}

static void a_lease_that_ran_out_is_taken_by_another_one_document_at_a_time(void **state)
{
	struct room *room = room_of(state);
	struct tasks tasks;

	put_documents(room, 4);
	assert_int_equal(take(room, "dead", 0, 3).n, 3);
	assert_int_equal(take(room, "two", LEASE, 3).n, 1);        /* not yet over: the fresh one */
	for (int i = 0; i < 3; i++) {
		tasks = take(room, "three", LEASE + 1, 3);
		assert_int_equal(tasks.n, 1);
		assert_int_equal(tasks.v[0].tries, 1);
	}
	assert_int_equal(take(room, "three", LEASE + 1, 3).n, 0);
}

static void a_lost_lease_cannot_be_acknowledged(void **state)
{
	struct room *room = room_of(state);
	struct tasks slow, quick;

	put_documents(room, 1);
	slow = take(room, "slow", 0, 1);
	quick = take(room, "quick", LEASE + 1, 1);
	assert_int_equal(quick.n, 1);
	assert_int_equal(ack(room, "slow", &slow.v[0]), 0);
	assert_state(room, 0, 1, 0);
	assert_int_equal(ack(room, "quick", &quick.v[0]), 1);
}

static void a_failure_told_after_the_lease_was_lost_changes_nothing(void **state)
{
	struct room *room = room_of(state);
	struct tasks slow, quick;

	put_documents(room, 1);
	slow = take(room, "slow", 0, 1);
	quick = take(room, "quick", LEASE + 1, 1);
	for (int i = 0; i < 4; i++)
		fail_it(room, "slow", &slow.v[0], "too late");
	assert_state(room, 0, 1, 0);
	assert_int_equal(ack(room, "quick", &quick.v[0]), 1);
}

static void a_renewed_lease_lasts_longer_and_those_of_others_do_not(void **state)
{
	struct room *room = room_of(state);

	put_documents(room, 2);
	take(room, "one", 0, 1);
	take(room, "two", 0, 1);
	assert_int_equal(store_begin_beside(room->store, NULL), 0);
	assert_int_equal(queue_renew(room->store, "one", 5 * LEASE, NULL), 0);
	assert_int_equal(store_commit(room->store, NULL), 0);
	assert_int_equal(take(room, "three", 2 * LEASE, 9).n, 1);
	assert_int_equal(take(room, "three", 2 * LEASE, 9).n, 0);
	assert_int_equal(take(room, "three", 5 * LEASE + 1, 1).n, 1);
}

static void after_three_failures_a_document_is_given_up_with_the_last_error(void **state)
{
	struct room *room = room_of(state);
	struct dead_letter *dead;
	size_t n;

	put_documents(room, 1);
	for (int i = 1; i <= 3; i++) {
		struct tasks tasks = take(room, "one", 0, 1);

		assert_int_equal(tasks.n, 1);
		assert_int_equal(tasks.v[0].tries, i - 1);
		fail_it(room, "one", &tasks.v[0], arena_printf(&room->arena, "failure %d", i));
		assert_state(room, i < 3, 0, i == 3);
	}
	assert_int_equal(queue_dead(room->store, &room->arena, &dead, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_string_equal(dead[0].error, "failure 3");
	assert_int_equal(dead[0].tries, 3);
	assert_int_equal(take(room, "one", 9 * LEASE, 1).n, 0);
}

static void a_document_whose_workers_die_each_time_is_given_up_and_its_neighbour_is_not(void **state)
{
	struct room *room = room_of(state);
	struct tasks tasks;
	struct dead_letter *dead;
	size_t n;

	put_documents(room, 2);
	assert_int_equal(take(room, "w", 0, 2).n, 2);
	tasks = take(room, "w", 2 * LEASE, 2);     /* the neighbour is well */
	assert_int_equal(ack(room, "w", &tasks.v[0]), 1);
	for (int i = 2; i < 5; i++) {
		tasks = take(room, "w", 2 * i * LEASE, 2);
		assert_int_equal(tasks.n, 1);
		assert_int_equal(tasks.v[0].tries, i - 1);
	}
	assert_int_equal(take(room, "w", 10 * LEASE, 2).n, 0);
	assert_state(room, 0, 0, 1);
	assert_int_equal(queue_dead(room->store, &room->arena, &dead, &n, NULL), 0);
	assert_string_equal(dead[0].error, "its worker died each time");
	assert_int_equal(dead[0].tries, 3);
}

static void what_is_given_up_makes_way_for_what_waits_behind_it(void **state)
{
	struct room *room = room_of(state);
	struct tasks tasks;

	put_documents(room, 1);
	for (int i = 0; i < 4; i++)
		assert_int_equal(take(room, "w", 2 * i * LEASE, 1).n, 1);
	assert_int_equal(put_alone(room->store, made_document(&room->arena, "b", 9, "words")), PUT_NEW);
	tasks = take(room, "w", 10 * LEASE, 1);
	assert_int_equal(tasks.n, 1);
	assert_string_equal(tasks.v[0].id, made_document(&room->arena, "b", 9, "words")->r.id);
}

static void all_documents_wait_again_those_given_up_too(void **state)
{
	struct room *room = room_of(state);
	struct tasks tasks;

	put_documents(room, 3);
	tasks = take(room, "w", 0, 2);
	assert_int_equal(ack(room, "w", &tasks.v[0]), 1);
	for (int i = 0; i < 3; i++)
		fail_it(room, "w", &(struct task){.id = tasks.v[1].id, .revision = 1, .tries = 2}, "bad");
	assert_state(room, 1, 0, 1);
	assert_int_equal(store_begin(room->store, NULL), 0);
	assert_int_equal(queue_again(room->store, NULL), 0);
	assert_int_equal(store_commit(room->store, NULL), 0);
	assert_state(room, 3, 0, 0);
}

static void a_worker_that_waits_is_woken_by_new_documents(void **state)
{
	struct room *room = room_of(state);
	struct line *line = *state;
	_cleanup_(store_closep) struct store *waiting = opened(line->location, STORE_WRITE);

	queue_wait(waiting, 1, NULL);              /* from here on it listens */
	assert_int_equal(queue_wait(waiting, 1, NULL), 0);
	put_documents(room, 1);
	assert_int_equal(queue_wait(waiting, 10000, NULL), 1);
	assert_int_equal(queue_wait(waiting, 1, NULL), 0);
}

#define on_server(test) {#test "_on_postgresql", test, line_make_on_server, line_drop, NULL}
#define on_both(test) cmocka_unit_test_setup_teardown(test, line_make, line_drop), on_server(test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_both(every_revision_of_a_document_waits_once_and_nothing_else_does),
		on_both(a_unit_of_work_that_is_undone_leaves_nothing_to_do),
		on_both(two_workers_take_the_oldest_first_and_never_the_same),
		on_server(what_another_has_just_locked_is_passed_over_without_waiting),
		on_both(what_is_acknowledged_is_gone),
		on_both(an_acknowledgement_is_undone_with_its_unit_of_work),
		on_both(a_lease_that_ran_out_is_taken_by_another_one_document_at_a_time),
		on_both(a_lost_lease_cannot_be_acknowledged),
		on_both(a_failure_told_after_the_lease_was_lost_changes_nothing),
		on_both(a_renewed_lease_lasts_longer_and_those_of_others_do_not),
		on_both(after_three_failures_a_document_is_given_up_with_the_last_error),
		on_both(a_document_whose_workers_die_each_time_is_given_up_and_its_neighbour_is_not),
		on_both(what_is_given_up_makes_way_for_what_waits_behind_it),
		on_both(all_documents_wait_again_those_given_up_too),
		on_both(a_worker_that_waits_is_woken_by_new_documents),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("store queue", tests, NULL, NULL);
}
