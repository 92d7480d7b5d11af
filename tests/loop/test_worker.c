/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_worker.c - workers: what they keep, what they leave to others, when they go home. */
#include "loop_world.h"

#include <tocsin/code.h>

#include "loop/stages.h"
#include "store/engine.h"

#define MARCH "Mon, 03 Mar 2025 10:00:00 +0000"
#define THREE FEED(DETAINED("a", MARCH) DETAINED("b", "Tue, 04 Mar 2025 10:00:00 +0000") \
		   DETAINED("c", "Wed, 05 Mar 2025 10:00:00 +0000"))

static int64_t seconds;             /* of the clock of these tests, which moves whenever it is read */
static int64_t seconds_a_look;
static volatile sig_atomic_t stop;

static struct instant read_clock(void)
{
	struct instant at = {.usec = seconds * USEC_PER_SECOND, .precision = INSTANT_SECOND};

	seconds += seconds_a_look;
	return at;
}

/* A store with three documents that wait. */
static void world_collect(struct world *world)
{
	world_open(world);
	world_put(world, "in/a.xml", THREE);
	must(world, round_run(world->store, world->house, world_path(world, "in"), day_of(NULL), STAGE_COLLECT, STAGE_COLLECT,
			      day_of("2026-01-01T00:00:00Z"), &world->arena, &world->round, &world->err));
	seconds = seconds_a_look = 0;
	stop = 0;
}

static struct worker_tally work(struct world *world, const char *name)
{
	const struct worker_setup setup = {.name = name, .batch = 2, .lease_usec = 5 * USEC_PER_SECOND, .stop = &stop,
					   .now = read_clock};
	struct worker_tally tally = {0};

	must(world, worker_run(world->store, world->house, &setup, &tally, &world->err));
	return tally;
}

/* Documents for a worker that is not run: it holds them until second `lease`. */
static struct tasks hold(struct world *world, const char *name, int64_t lease, size_t n)
{
	struct tasks tasks = {.arena = &world->arena};

	must(world, queue_take(world->store, name, 0, lease * USEC_PER_SECOND, n, &tasks, &world->err));
	return tasks;
}

static void a_worker_codes_what_waits_and_goes_home(void **state)
{
	struct worker_tally tally;
	struct world w;

	(void)state;
	world_collect(&w);
	tally = work(&w, "one");
	assert_int_equal(tally.documents, 3);
	assert_int_equal(tally.events, 3);
	assert_int_equal(tally.batches, 2);
	assert_int_equal(world_count(&w, &kind_event), 3);
	assert_int_equal(work(&w, "two").documents, 0);
	world_close(&w);
}

static void a_worker_that_is_told_to_stop_takes_nothing_more(void **state)
{
	struct queue_state queue = {0};
	struct world w;

	(void)state;
	world_collect(&w);
	stop = 1;
	assert_int_equal(work(&w, "one").documents, 0);
	must(&w, queue_count(w.store, &queue, &w.err));
	assert_int_equal(queue.waiting, 3);
	assert_int_equal(queue.leased, 0);
	world_close(&w);
}

static void of_a_batch_whose_lease_was_lost_nothing_is_kept(void **state)
{
	struct code_tally count = {0};
	struct tally kept = {0};
	struct tasks held;
	struct world w;

	(void)state;
	world_collect(&w);
	held = hold(&w, "slow", 1, 2);
	assert_int_equal(hold(&w, "quick", 99, 1).n, 1);
	seconds = 2;
	must(&w, queue_take(w.store, "quick", 2 * USEC_PER_SECOND, 99 * USEC_PER_SECOND, 1, &held, &w.err));
	held.n = 2;        /* what the slow one was given, one of which it has lost */
	must(&w, store_begin_beside(w.store, &w.err));
	must(&w, code_tasks(w.store, w.house, "slow", &held, &kept, &count, &w.arena, &w.err));
	must(&w, store_commit(w.store, &w.err));
	assert_int_equal(kept.in, 1);
	assert_int_equal(world_count(&w, &kind_event), 1);
	world_close(&w);
}

static void what_a_dead_worker_held_is_coded_when_its_lease_is_over(void **state)
{
	struct worker_tally tally;
	struct world w;

	(void)state;
	world_collect(&w);
	assert_int_equal(hold(&w, "dead", 4, 3).n, 3);
	seconds_a_look = 3;
	tally = work(&w, "one");
	assert_int_equal(tally.documents, 3);
	assert_int_equal(tally.batches, 3);      /* one at a time */
	assert_int_equal(world_count(&w, &kind_event), 3);
	world_close(&w);
}

static void a_document_that_is_not_there_does_not_hold_up_its_batch(void **state)
{
	struct dead_letter *dead;
	struct worker_tally tally;
	struct document *document;
	struct world w;
	size_t n;

	(void)state;
	world_collect(&w);
	document = record_new(&w.arena, &kind_document);
	document->feed = "wire";
	document->key = "guid:gone";
	document->r.known = day_of("2025-03-01");
	record_identify(&w.arena, document);
	must(&w, store_begin(w.store, &w.err));
	must(&w, store_put(w.store, &document->r, &w.err));
	must(&w, store_commit(w.store, &w.err));
	must(&w, store_begin(w.store, &w.err));
	must(&w, statement_run(w.store, &w.err, "DELETE FROM \"document\" WHERE \"id\" = $1", "t", document->r.id));
	must(&w, store_commit(w.store, &w.err));
	tally = work(&w, "one");
	assert_int_equal(tally.documents, 3);
	assert_int_equal(tally.failed, 3);
	must(&w, queue_dead(w.store, &w.arena, &dead, &n, &w.err));
	assert_int_equal(n, 1);
	assert_string_equal(dead[0].id, document->r.id);
	assert_string_equal(dead[0].error, "a document that waits to be coded is not there");
	world_close(&w);
}

static void a_worker_with_other_words_is_refused_before_it_takes_anything(void **state)
{
	const struct worker_setup setup = {.name = "other", .batch = 2, .lease_usec = 1, .stop = &stop, .now = read_clock};
	struct worker_tally tally = {0};
	struct queue_state queue = {0};
	struct world w;

	(void)state;
	world_collect(&w);
	must(&w, store_begin(w.store, &w.err));
	must(&w, store_state_set(w.store, "coder", "another", &w.err));
	must(&w, store_commit(w.store, &w.err));
	assert_int_equal(worker_run(w.store, w.house, &setup, &tally, &w.err), ERR_CONFLICT);
	assert_non_null(strstr(w.err.hint, "makes all documents wait again"));
	must(&w, queue_count(w.store, &queue, &w.err));
	assert_int_equal(queue.waiting, 3);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_worker_codes_what_waits_and_goes_home),
		cmocka_unit_test(a_worker_that_is_told_to_stop_takes_nothing_more),
		cmocka_unit_test(of_a_batch_whose_lease_was_lost_nothing_is_kept),
		cmocka_unit_test(what_a_dead_worker_held_is_coded_when_its_lease_is_over),
		cmocka_unit_test(a_document_that_is_not_there_does_not_hold_up_its_batch),
		cmocka_unit_test(a_worker_with_other_words_is_refused_before_it_takes_anything),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("loop worker", tests, NULL, NULL);
}
