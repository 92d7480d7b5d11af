/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_round.c - rounds and their replay: the date they work as of, what a second one changes. */
#include "loop_world.h"

#include <tocsin/codesign.h>

#define MARCH "Mon, 03 Mar 2025 10:00:00 +0000"
#define APRIL "Tue, 01 Apr 2025 10:00:00 +0000"

static struct document *document_of(struct world *world, const char *key)
{
	struct records found = {.arena = &world->arena};
	struct query query = QUERY(&kind_document, AS_OF_ALL);

	query.where[0] = (struct condition){"key", key};
	assert_int_equal(store_read(world->store, &query, &found, &world->err), 1);
	return (struct document *)found.v[0];
}

/* ---- the date of a round ---- */

static void a_round_works_as_of_the_newest_known_that_was_accepted(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	world_put(&w, "in/a.xml", FEED(DETAINED("a", MARCH) DETAINED("b", "Sat, 01 Mar 2025 10:00:00 +0000")));
	must(&w, world_round(&w, "in", NULL));
	assert_int_equal(w.round.as_of.usec, day_of("2025-03-03T10:00:00Z").usec);
	must(&w, world_round(&w, NULL, NULL));   /* and without input, of what is in the store */
	assert_int_equal(w.round.as_of.usec, day_of("2025-03-03T10:00:00Z").usec);
	world_close(&w);
}

static void what_a_refused_file_says_does_not_move_the_round(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	world_put(&w, "in/a.xml", FEED(DETAINED("a", MARCH)));
	world_put(&w, "in/b.csv", "country,year,indicator,value\nSRB,2024,x,0.5\nSRB,2023,x,low\n");
	assert_int_equal(world_round(&w, "in", NULL), ERR_DATA);
	assert_int_equal(w.round.as_of.usec, day_of("2025-03-03T10:00:00Z").usec);
	world_close(&w);
}

static void a_date_ahead_of_the_clock_does_not_move_the_round(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	world_put(&w, "in/a.xml", FEED(DETAINED("a", MARCH) DETAINED("b", "Sat, 01 Jan 2350 00:00:00 +0000")));
	must(&w, world_round(&w, "in", NULL));
	assert_true(w.round.as_of.usec <= day_of("2026-01-01T00:00:00Z").usec);
	world_close(&w);
}

static void an_empty_store_has_no_date_and_nothing_happens(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	must(&w, world_round(&w, NULL, NULL));
	assert_false(instant_is_set(w.round.as_of));
	assert_int_equal(round_changes(&w.round), 0);
	assert_int_equal(world_count(&w, &kind_contribution), 0);
	world_close(&w);
}

static void nothing_later_than_a_given_date_takes_part(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	world_put(&w, "in/a.xml", FEED(DETAINED("a", MARCH) DETAINED("b", APRIL)));
	must(&w, world_round(&w, "in", "2025-03-15"));
	assert_int_equal(world_count(&w, &kind_document), 2);
	assert_int_equal(w.round.stages[STAGE_CODE].in, 1);
	assert_int_equal(world_count(&w, &kind_event), 1);
	world_close(&w);
}

/* ---- the same again ---- */

static void a_second_round_on_the_same_input_changes_nothing(void **state)
{
	const char *first;
	struct world w;

	(void)state;
	world_open(&w);
	world_put(&w, "in/a.xml", FEED(DETAINED("a", MARCH) DETAINED("b", APRIL)));
	world_put(&w, "in/i.csv", "country,year,indicator,value,low,high\nSRB,2022,v2x_polyarchy,0.4,0.3,0.5\n"
		  "SRB,2023,v2x_polyarchy,0.3,0.2,0.4\nXAA,2023,v2x_polyarchy,0.3,0.2,0.4\n");
	world_put(&w, "in/u.csv", "id,kind,parent,from,past,name\nXAA,state,,,,Atlantis\n");
	must(&w, world_round(&w, "in", NULL));
	assert_true(round_changes(&w.round) > 10);
	first = world_hash(&w);
	must(&w, world_round(&w, "in", NULL));
	assert_int_equal(round_changes(&w.round), 0);
	assert_string_equal(world_hash(&w), first);
	must(&w, world_round(&w, NULL, NULL));
	assert_int_equal(round_changes(&w.round), 0);
	assert_string_equal(world_hash(&w), first);
	world_close(&w);
}

static void the_order_of_two_inputs_does_not_matter_to_what_is_known_in_the_end(void **state)
{
	struct world w;
	int64_t events;

	(void)state;
	world_open(&w);
	world_put(&w, "one/a.xml", FEED(DETAINED("a", MARCH)));
	world_put(&w, "two/b.xml", FEED(ITEM("b", APRIL, "Georgia adopts law on foreign agents",
					     "The parliament of Georgia adopted a law on foreign agents.")));
	must(&w, world_round(&w, "one", NULL));
	must(&w, world_round(&w, "two", NULL));
	events = world_count(&w, &kind_event);
	assert_int_equal(events, 2);
	world_store(&w, "b.db");
	must(&w, world_round(&w, "two", NULL));
	must(&w, world_round(&w, "one", NULL));
	assert_int_equal(world_count(&w, &kind_event), events);
	world_close(&w);
}

static void an_item_that_was_edited_is_a_revision_and_its_event_is_withdrawn(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	world_put(&w, "in/a.xml", FEED(DETAINED("a", MARCH)));
	must(&w, world_round(&w, "in", NULL));
	assert_int_equal(world_count(&w, &kind_event), 1);
	world_put(&w, "in/a.xml", FEED(ITEM("a", MARCH, "Correction", "The earlier report was about the weather.")));
	must(&w, world_round(&w, "in", NULL));
	assert_int_equal(w.round.stages[STAGE_COLLECT].revised, 1);
	assert_int_equal(w.round.stages[STAGE_CODE].withdrawn, 1);
	assert_int_equal(world_count(&w, &kind_event), 0);
	assert_int_equal(document_of(&w, "guid:a")->r.revision, 2);
	world_close(&w);
}

static void a_manifest_with_a_fault_keeps_nothing(void **state)
{
	const char *before;
	struct world w;

	(void)state;
	world_open(&w);
	before = world_hash(&w);
	world_put(&w, "in/a.xml", FEED(DETAINED("a", MARCH)));
	world_put(&w, "in/manifest.conf", "[a.xml]\nrole = feedz\n");
	assert_int_equal(world_round(&w, "in", NULL), ERR_DATA);
	assert_int_equal(w.round.n_faults, 0);
	assert_string_equal(world_hash(&w), before);
	must(&w, store_begin(w.store, &w.err));   /* the unit of work is over */
	store_rollback(w.store);
	world_close(&w);
}

/* ---- receipts ---- */

static void the_receipts_of_a_round_know_the_rules_of_the_house(void **state)
{
	static const char profile[] = "[profile]\nunit = XKX\n[thresholds]\nindex-falls = 2\nindex-fall = 2\n";
	struct records found = {0};
	struct query query = QUERY(&kind_contribution, AS_OF_ALL);
	const struct contribution *receipt;
	struct world w;

	(void)state;
	world_open(&w);
	found.arena = &w.arena;
	must(&w, profile_read("p.conf", profile, sizeof profile - 1, &w.house->arena, w.house->profiles, &w.err));
	world_put(&w, "in/a.xml", FEED(DETAINED("a", MARCH)));
	must(&w, world_round(&w, "in", NULL));
	query.unit = "XKX";
	assert_int_equal(store_read(w.store, &query, &found, &w.err), 2);
	for (size_t i = 0; (receipt = records_next(&found, &kind_contribution, &i));)
		assert_string_equal(receipt->status, str_eq(receipt->about, "threshold.index-falls") ? "used" : "not used");
	world_close(&w);
}

/* ---- replay ---- */

static void put_indices(struct world *world)
{
	_cleanup_(buf_free) struct buf csv = {0};

	buf_puts(&csv, "country,year,indicator,value,low,high\n");
	for (int year = 1990; year <= 2024; year++) {
		double fall = year < 2012 ? 0 : 0.03 * (year - 2012), rise = year < 2003 ? 0 : 0.02 * (year - 2003);

		buf_printf(&csv, "SRB,%d,v2x_polyarchy,%.2f,%.2f,%.2f\n", year, 0.6 - fall, 0.55 - fall, 0.65 - fall);
		buf_printf(&csv, "GEO,%d,v2x_polyarchy,%.2f,%.2f,%.2f\n", year, 0.3 + rise, 0.25 + rise, 0.35 + rise);
	}
	world_put(world, "in/i.csv", csv.s);
}

struct progress {
	int years[8];
	size_t n;
};

static void note_year(int year, const struct round *round, void *user)
{
	struct progress *progress = user;

	assert_int_equal(round->as_of.usec, instant_of_day(year + 1, 4, 1).usec);
	progress->years[progress->n++] = year;
}

static void a_replay_is_its_rounds_one_by_one(void **state)
{
	struct progress progress = {0};
	const char *replayed;
	struct world w;

	(void)state;
	world_open(&w);
	put_indices(&w);
	must(&w, world_round(&w, "in", NULL));
	must(&w, replay_run(w.store, w.house, 2014, 2017, note_year, &progress, &w.arena, &w.err));
	assert_int_equal(progress.n, 4);
	assert_int_equal(progress.years[0], 2014);
	assert_int_equal(progress.years[3], 2017);
	replayed = world_hash(&w);
	world_store(&w, "b.db");
	must(&w, world_round(&w, "in", NULL));
	for (int year = 2014; year <= 2017; year++)
		must(&w, world_round(&w, NULL, arena_printf(&w.arena, "%d-04-01", year + 1)));
	assert_string_equal(world_hash(&w), replayed);
	world_close(&w);
}

static void a_replay_again_changes_nothing(void **state)
{
	const char *first;
	struct world w;

	(void)state;
	world_open(&w);
	put_indices(&w);
	must(&w, world_round(&w, "in", NULL));
	must(&w, replay_run(w.store, w.house, 2014, 2016, NULL, NULL, &w.arena, &w.err));
	first = world_hash(&w);
	must(&w, replay_run(w.store, w.house, 2014, 2016, NULL, NULL, &w.arena, &w.err));
	assert_string_equal(world_hash(&w), first);
	world_close(&w);
}

static int is_of_its_time(struct record *record, void *user, struct err *err)
{
	const struct forecast *forecast = (const struct forecast *)record;

	(void)err;
	assert_true(forecast->origin < instant_year(forecast->as_of));
	assert_int_equal(record->known.usec, forecast->as_of.usec);
	++*(size_t *)user;
	return 0;
}

static void a_replayed_forecast_uses_no_year_that_was_not_over(void **state)
{
	struct query query = QUERY(&kind_forecast, AS_OF_ALL);
	size_t n = 0;
	struct world w;

	(void)state;
	world_open(&w);
	put_indices(&w);
	must(&w, world_round(&w, "in", NULL));
	must(&w, replay_run(w.store, w.house, 2015, 2016, NULL, NULL, &w.arena, &w.err));
	must(&w, store_each(w.store, &query, is_of_its_time, &n, &w.err));
	assert_int_equal(n, 3 * 2 * 2);   /* dates, questions, units */
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_round_works_as_of_the_newest_known_that_was_accepted),
		cmocka_unit_test(what_a_refused_file_says_does_not_move_the_round),
		cmocka_unit_test(a_date_ahead_of_the_clock_does_not_move_the_round),
		cmocka_unit_test(an_empty_store_has_no_date_and_nothing_happens),
		cmocka_unit_test(nothing_later_than_a_given_date_takes_part),
		cmocka_unit_test(a_second_round_on_the_same_input_changes_nothing),
		cmocka_unit_test(the_order_of_two_inputs_does_not_matter_to_what_is_known_in_the_end),
		cmocka_unit_test(an_item_that_was_edited_is_a_revision_and_its_event_is_withdrawn),
		cmocka_unit_test(a_manifest_with_a_fault_keeps_nothing),
		cmocka_unit_test(the_receipts_of_a_round_know_the_rules_of_the_house),
		cmocka_unit_test(a_replay_is_its_rounds_one_by_one),
		cmocka_unit_test(a_replay_again_changes_nothing),
		cmocka_unit_test(a_replayed_forecast_uses_no_year_that_was_not_over),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("round", tests, NULL, NULL);
}
