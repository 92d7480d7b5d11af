/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_commit.c - what a round commits, what a head covers, and what the ledger says when it is verified. */
#include "loop_world.h"

#include <math.h>

#define CLOCK "2025-06-01T12:00:00Z"

/* The index of six countries, 1990 to 2024: enough labels of either outcome. */
static void put_index(struct world *world, double shift)
{
	static const char *const units[] = {"ALB", "ARM", "GEO", "HUN", "POL", "SRB"};
	_cleanup_(buf_free) struct buf text = {0};

	buf_puts(&text, "country,year,indicator,value\n");
	for (size_t u = 0; u < LENGTH(units); u++)
		for (int year = 1990; year <= 2024; year++)
			buf_printf(&text, "%s,%d,v2x_polyarchy,%.3f\n", units[u], year,
				   0.5 + 0.2 * sin(year * 0.6 + (double)u) + (year == 2024 ? shift : 0));
	world_put(world, "in/index.csv", text.s);
	world_put(world, "in/manifest.conf", "[index.csv]\nrole = indicators\nknown = april-next-year\n");
}

static struct ledger_rows entries(struct world *world)
{
	struct ledger_rows rows = {.arena = &world->arena};

	assert_true(store_ledger_read(world->store, 0, 1000, &rows, NULL) >= 0);
	return rows;
}

static struct signing_key key_number(unsigned char n)
{
	unsigned char seed[KEY_SEED] = {n};
	struct signing_key key;

	key_of_seed(seed, &key);
	return key;
}

static struct head seal(struct world *world, const char *now)
{
	struct signing_key key = key_number(1);
	struct head head;

	assert_int_equal(ledger_seal(world->store, &key, day_of(now), &head, &world->err), 1);
	return head;
}

static int verify(struct world *world, const struct ledger_ask *ask, struct ledger_report *report)
{
	world->err = (struct err){0};
	return ledger_verify(world->store, ask, &world->arena, report, &world->err);
}

static void world_start(struct world *world)
{
	world_open(world);
	put_index(world, 0);
	must(world, world_round(world, "in", NULL));
	assert_int_equal(world_count(world, &kind_forecast), 12);
}

static void a_round_commits_each_forecast_once_in_the_order_of_question_and_unit(void **state)
{
	struct ledger_rows rows;
	struct world w;

	(void)state;
	world_start(&w);
	rows = entries(&w);
	assert_int_equal(rows.n, 12);
	for (size_t i = 0; i < rows.n; i++) {
		struct tree_hash leaf = tree_leaf(rows.v[i].entry, strlen(rows.v[i].entry));
		char hex[65];

		tree_hash_write(&leaf, hex);
		assert_string_equal(rows.v[i].leaf, hex);
		assert_non_null(strstr(rows.v[i].entry, i < 6 ? "closing" : "opening"));
	}
	assert_non_null(strstr(rows.v[5].entry, "\"unit\":\"SRB\""));
	must(&w, world_round(&w, NULL, NULL));
	assert_int_equal(entries(&w).n, 12);
	world_close(&w);
}

static void a_forecast_that_changes_is_committed_again(void **state)
{
	struct ledger_report report;
	struct ledger_rows rows;
	struct world w;

	(void)state;
	world_start(&w);
	put_index(&w, 0.1);
	must(&w, world_round(&w, "in", NULL));
	rows = entries(&w);
	assert_true(rows.n > 12);
	assert_int_equal(rows.v[12].revision, 2);
	seal(&w, CLOCK);
	must(&w, verify(&w, &(struct ledger_ask){.id = rows.v[12].id}, &report));
	assert_int_equal(report.n_commitments, 2);
	assert_int_equal(report.commitments[1].position, 12);
	world_close(&w);
}

static void two_stores_made_apart_have_the_same_entries_and_root(void **state)
{
	struct ledger_rows first, second;
	struct head a, b;
	struct world w;

	(void)state;
	world_start(&w);
	first = entries(&w);
	a = seal(&w, CLOCK);
	world_store(&w, "b.db");
	must(&w, world_round(&w, "in", NULL));
	second = entries(&w);
	b = seal(&w, "2025-07-01T00:00:00Z");
	assert_int_equal(first.n, second.n);
	for (size_t i = 0; i < first.n; i++)
		assert_string_equal(first.v[i].entry, second.v[i].entry);
	assert_true(tree_hash_eq(&a.root, &b.root));
	assert_string_not_equal(a.signature, b.signature);
	world_close(&w);
}

static void a_head_is_made_for_new_entries_only_and_never_back_in_time(void **state)
{
	struct signing_key key = key_number(1);
	struct head first, head;
	struct world w;
	int64_t pending;

	(void)state;
	world_start(&w);
	must(&w, ledger_pending(w.store, &pending, &w.err));
	assert_int_equal(pending, 12);
	first = seal(&w, CLOCK);
	assert_int_equal(first.size, 12);
	assert_int_equal(ledger_seal(w.store, &key, day_of(CLOCK), &head, NULL), 0);
	must(&w, ledger_pending(w.store, &pending, &w.err));
	assert_int_equal(pending, 0);
	put_index(&w, 0.1);
	must(&w, world_round(&w, "in", NULL));
	head = seal(&w, "2024-01-01T00:00:00Z");
	assert_true(head.size > 12);
	assert_int_equal(head.at.usec, first.at.usec);
	world_close(&w);
}

static void what_was_committed_late_is_said(void **state)
{
	struct ledger_report report;
	struct ledger_rows rows;
	struct world w;

	(void)state;
	world_start(&w);
	rows = entries(&w);
	must(&w, verify(&w, &(struct ledger_ask){.id = rows.v[0].id}, &report));
	assert_int_equal(report.covered, 0);
	assert_false(instant_is_set(report.commitments[0].at));
	seal(&w, CLOCK);
	must(&w, verify(&w, &(struct ledger_ask){.id = rows.v[0].id}, &report));
	assert_int_equal(report.covered, 12);
	assert_int_equal(report.late, 0);
	assert_false(report.commitments[0].late);
	must(&w, replay_run(w.store, w.house, 2010, 2010, NULL, NULL, &w.arena, &w.err));
	seal(&w, CLOCK);
	must(&w, verify(&w, &(struct ledger_ask){0}, &report));
	assert_int_equal(report.late, report.size - 12);
	world_close(&w);
}

static void the_key_of_a_head_must_be_one_that_may_sign(void **state)
{
	struct signing_key other = key_number(2);
	const char *publics[2] = {other.public};
	struct ledger_ask ask = {.publics = publics, .n_publics = 1};
	struct ledger_report report;
	struct head kept, head;
	struct world w;

	(void)state;
	world_start(&w);
	kept = seal(&w, CLOCK);
	assert_int_equal(verify(&w, &ask, &report), ERR_INTEGRITY);
	publics[0] = kept.key;
	must(&w, verify(&w, &ask, &report));
	put_index(&w, 0.1);
	must(&w, world_round(&w, "in", NULL));
	assert_int_equal(ledger_seal(w.store, &other, day_of(CLOCK), &head, &w.err), 1);
	assert_int_equal(verify(&w, &(struct ledger_ask){.kept = &kept}, &report), ERR_INTEGRITY);
	assert_non_null(strstr(w.err.msg, "another key"));
	publics[1] = other.public;
	ask = (struct ledger_ask){.kept = &kept, .publics = publics, .n_publics = 2};
	must(&w, verify(&w, &ask, &report));
	kept.at.usec += USEC_PER_SECOND;
	assert_int_equal(verify(&w, &ask, &report), ERR_INTEGRITY);
	assert_non_null(strstr(w.err.msg, "was not signed by its key"));
	world_close(&w);
}

static void a_head_that_claims_to_be_older_than_a_kept_one_is_found(void **state)
{
	struct ledger_report report;
	struct head kept;
	struct world w;

	(void)state;
	world_start(&w);
	seal(&w, "2025-05-01T00:00:00Z");
	kept = head_make(1, &(struct tree_hash){0}, day_of(CLOCK), NULL);
	tree_hash_read(entries(&w).v[0].leaf, &kept.root, NULL);   /* the tree of one entry */
	assert_int_equal(verify(&w, &(struct ledger_ask){.kept = &kept}, &report), ERR_INTEGRITY);
	assert_non_null(strstr(w.err.msg, "back-dated"));
	kept.at = day_of("2025-04-15T00:00:00Z");
	must(&w, verify(&w, &(struct ledger_ask){.kept = &kept}, &report));
	world_close(&w);
}

static void nothing_is_verified_where_nothing_was_committed(void **state)
{
	struct ledger_report report;
	struct head head;
	struct world w;

	(void)state;
	world_open(&w);
	assert_int_equal(verify(&w, &(struct ledger_ask){0}, &report), ERR_NOT_FOUND);
	assert_int_equal(verify(&w, &(struct ledger_ask){.id = "fo00000000000000000000000000000000"}, &report), ERR_NOT_FOUND);
	assert_int_equal(ledger_head(w.store, &head, NULL), ERR_NOT_FOUND);
	assert_int_equal(ledger_seal(w.store, NULL, day_of(CLOCK), &head, NULL), 0);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_round_commits_each_forecast_once_in_the_order_of_question_and_unit),
		cmocka_unit_test(a_forecast_that_changes_is_committed_again),
		cmocka_unit_test(two_stores_made_apart_have_the_same_entries_and_root),
		cmocka_unit_test(a_head_is_made_for_new_entries_only_and_never_back_in_time),
		cmocka_unit_test(what_was_committed_late_is_said),
		cmocka_unit_test(the_key_of_a_head_must_be_one_that_may_sign),
		cmocka_unit_test(a_head_that_claims_to_be_older_than_a_kept_one_is_found),
		cmocka_unit_test(nothing_is_verified_where_nothing_was_committed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("commit", tests, NULL, NULL);
}
