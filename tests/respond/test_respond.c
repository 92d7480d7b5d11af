/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alerts out of series: stretches, merging, what people did, what learning and profiles change. */
#include "made.h"

static const char *state_now(const struct world *world, const struct alert *alert)
{
	struct records all = {.arena = world->in.arena};
	const struct transition *step;

	for (size_t i = 0; (step = records_next(&world->in, &kind_transition, &i));)
		records_add(&all, (void *)step);
	for (size_t i = 0; (step = records_next(&world->out, &kind_transition, &i));)
		records_add(&all, (void *)step);
	return alert_state(&all, alert->r.id);
}

static void human_step(struct world *world, const struct alert *alert, const char *to, const char *reason,
		       const char *at)
{
	struct transition *step;

	assert_int_equal(alert_step(&world->arena, alert, &world->in, to, "desk", reason, reason ? "a note" : NULL,
				    day_of(at), &step, NULL), 0);
	records_add(&world->in, step);
}

static void rules_of_one_dimension_are_one_alert_at_the_highest_level(void **state)
{
	struct world world;
	struct alert *alert;

	(void)state;
	world_open(&world, "2025-04-02");
	made_month(&world.in, "SRB", "2025-02", 0.55);
	made_month(&world.in, "SRB", "2025-03", 0.8);
	made_index(&world.in, "SRB", 2023, -0.2);
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 2);
	alert = alert_at(&world.out, str_eq(alert_at(&world.out, 0)->rule, "index-falls") ? 1 : 0);
	assert_string_equal(alert->rule, "calm-critical");
	assert_int_equal(alert->level, 4);
	assert_int_equal(alert->r.valid_from.usec, day_of("2025-02").usec);
	assert_false(instant_is_set(alert->r.valid_past));
	assert_int_equal(alert->triggered.usec, day_of("2025-03-20").usec);   /* the third report */
	assert_int_equal(alert->sources, 2);
	assert_string_equal(alert->standing, "unproven");
	assert_string_equal(state_now(&world, alert), "new");
	arena_free(&world.arena);
}

static void the_evidence_of_all_merged_stretches_is_named(void **state)
{
	struct world world;
	struct alert *alert;
	size_t evidence = 0;

	(void)state;
	world_open(&world, "2025-04-02");
	made_month(&world.in, "SRB", "2025-02", 0.55);
	made_month(&world.in, "SRB", "2025-03", 0.8);
	world_run(&world);
	alert = alert_at(&world.out, 0);
	for (size_t i = 0; i < alert->r.n_from; i++)
		evidence += str_eq(alert->r.from[i].role, "evidence");
	assert_int_equal(evidence, 6);
	arena_free(&world.arena);
}

static void silence_bridges_a_stretch_until_it_resolves(void **state)
{
	struct world world;

	(void)state;
	world_open(&world, "2025-04-30");
	made_month(&world.in, "SRB", "2025-01", 0.6);
	made_month(&world.in, "SRB", "2025-03", 0.6);   /* one month between: the same alert */
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 1);
	assert_false(instant_is_set(alert_at(&world.out, 0)->r.valid_past));

	world_keep(&world);
	world.setup.as_of = day_of("2025-05-31");       /* April passed; May has not */
	world_run(&world);
	assert_false(instant_is_set(alert_at(&world.out, 0)->r.valid_past));
	world_keep(&world);
	world.setup.as_of = day_of("2025-06-01");
	world_run(&world);
	assert_int_equal(alert_at(&world.out, 0)->r.valid_past.usec, day_of("2025-04").usec);
	assert_string_equal(state_now(&world, alert_at(&world.out, 0)), "closed");

	world_keep(&world);
	made_month(&world.in, "SRB", "2025-06", 0.6);   /* two months between: a new one */
	world.setup.as_of = day_of("2025-07-01");
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 2);
	arena_free(&world.arena);
}

static void duration_counts_periods_in_a_row(void **state)
{
	struct world world;

	(void)state;
	world_open(&world, "2025-05-02");
	world.rules.n = 1;
	world.rules.v[0].duration = 2;
	made_month(&world.in, "SRB", "2025-01", 0.6);
	made_month(&world.in, "SRB", "2025-02", 0.1);   /* calm was seen: the row is broken */
	made_month(&world.in, "SRB", "2025-03", 0.6);
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 0);
	made_month(&world.in, "SRB", "2025-04", 0.6);
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 1);
	assert_int_equal(alert_at(&world.out, 0)->r.valid_from.usec, day_of("2025-03").usec);
	assert_int_equal(alert_at(&world.out, 0)->triggered.usec, day_of("2025-04-11").usec);
	arena_free(&world.arena);
}

static void a_second_run_on_what_was_kept_changes_nothing(void **state)
{
	struct world world;
	struct records first;

	(void)state;
	world_open(&world, "2024-04-02");
	made_month(&world.in, "SRB", "2024-02", 0.9);
	for (int year = 1995; year < 2024; year++) {
		made_index(&world.in, "GEO", year, year % 7 < 3 ? -0.2 : 0);
		world.setup.as_of = instant_of_day(year + 1, 4, 2);
		world_run(&world);
		world_keep(&world);
	}
	made_month(&world.in, "SRB", "2025-03", 0.8);
	made_month(&world.in, "GEO", "2025-03", 0.6);
	world.setup.as_of = day_of("2025-04-02");
	world_run(&world);
	first = world.out;
	assert_int_equal(count_kind(&first, &kind_alert), 8);
	assert_int_equal(count_kind(&first, &kind_transition), 3);
	world_keep(&world);
	for (int day = 0; day < 3; day++) {   /* on the same day, and on the next ones */
		world.setup.as_of = instant_add_days(day_of("2025-04-02"), day);
		world_run(&world);
		assert_int_equal(count_kind(&world.out, &kind_transition), 0);
		assert_int_equal(count_kind(&world.out, &kind_alert), count_kind(&first, &kind_alert));
		for (size_t i = 0; i < count_kind(&first, &kind_alert); i++) {
			struct alert *alert = alert_at(&world.out, i), *old = records_find(&first, alert->r.id);
			char one[33], two[33];

			assert_non_null(old);
			record_content_hash(alert, one);
			record_content_hash(old, two);
			assert_string_equal(one, two);
			assert_int_equal(alert->r.known.usec, old->r.known.usec);
		}
		world_keep(&world);
	}
	arena_free(&world.arena);
}

static void without_its_evidence_there_is_no_alert(void **state)
{
	struct world world;
	struct observation *o;

	(void)state;
	world_open(&world, "2025-04-02");
	o = made_month(&world.in, "SRB", "2025-03", 0.8);
	world_run(&world);
	assert_int_equal(alert_at(&world.out, 0)->level, 4);
	world_keep(&world);
	/* The events of the second voice are withdrawn; the observation was not measured anew. */
	((struct record *)records_find(&world.in, o->r.from[1].from_id))->withdrawn = true;
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 0);
	assert_int_equal(count_kind(&world.out, &kind_transition), 0);
	arena_free(&world.arena);
}

static void an_alert_that_a_person_holds_outlives_its_evidence_and_says_so(void **state)
{
	struct world world;
	struct observation *o;
	struct alert *alert;

	(void)state;
	world_open(&world, "2025-04-02");
	o = made_month(&world.in, "SRB", "2025-03", 0.8);
	world_run(&world);
	world_keep(&world);
	human_step(&world, alert_at(&world.in, 0), "acknowledged", NULL, "2025-04-02");
	o->r.withdrawn = true;
	for (int run = 0; run < 2; run++) {
		world_run(&world);
		alert = alert_at(&world.out, 0);
		assert_non_null(alert);
		assert_true(instant_is_set(alert->r.valid_past));
		assert_non_null(strstr(alert->title, "held by desk"));
		assert_null(strstr(strstr(alert->title, "held by") + 1, "held by"));
		assert_int_equal(count_kind(&world.out, &kind_transition), 0);
		assert_string_equal(state_now(&world, alert), "acknowledged");
		world_keep(&world);
	}
	arena_free(&world.arena);
}

static void copies_and_one_voice_do_not_make_two_sources(void **state)
{
	struct world world;
	struct event *a, *b;
	struct document *copy;

	(void)state;
	world_open(&world, "2025-04-02");
	a = made_event(&world.in, "SRB", "2025-03-05", "ngo_law", "threat", "wire-a", "do-1");
	b = made_event(&world.in, "SRB", "2025-03-06", "ngo_law", "threat", "wire-a", "do-2");
	made_pressure(&world.in, "SRB", "2025-03", 0.9, a, b, NULL);   /* claims two sources */
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 0);

	b->feed = "wire-b";
	world_run(&world);
	assert_int_equal(alert_at(&world.out, 0)->sources, 2);

	copy = record_new(&world.arena, &kind_document);   /* two feeds, but one report */
	copy->feed = "wire-b";
	copy->key = "guid:2";
	copy->copy_of = "do-1";
	record_identify(&world.arena, copy);
	b->document = copy->r.id;
	records_add(&world.in, copy);
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 0);
	arena_free(&world.arena);
}

static void what_the_text_denies_is_no_evidence(void **state)
{
	struct world world;
	struct event *a, *b;

	(void)state;
	world_open(&world, "2025-04-02");
	a = made_event(&world.in, "SRB", "2025-03-05", "ngo_law", "threat", "wire-a", "do-1");
	b = made_event(&world.in, "SRB", "2025-03-06", "ngo_law", "threat", "wire-b", "do-2");
	made_pressure(&world.in, "SRB", "2025-03", 0.9, a, b, NULL);
	b->negated = 1;
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 0);
	arena_free(&world.arena);
}

static void a_learned_threshold_and_a_profile_change_what_fires(void **state)
{
	struct world world;
	struct setting *setting;
	struct contribution *wish;

	(void)state;
	world_open(&world, "2025-04-02");
	made_month(&world.in, "SRB", "2025-03", 0.55);
	made_month(&world.in, "GEO", "2025-03", 0.55);
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 2);

	setting = record_new(&world.arena, &kind_setting);
	setting->name = "threshold.calm-warning";
	setting->value = 1.2;   /* 0.5 becomes 0.6 */
	record_identify(&world.arena, setting);
	records_add(&world.in, setting);
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 0);

	wish = record_new(&world.arena, &kind_contribution);
	wish->r.unit = "SRB";
	wish->partner = "Example Partner";
	wish->about = "threshold.calm-warning";
	wish->value = 0.8;      /* 0.48, for Serbia only */
	record_identify(&world.arena, wish);
	records_add(&world.in, wish);
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 1);
	assert_string_equal(alert_at(&world.out, 0)->r.unit, "SRB");
	assert_float_equal(alert_at(&world.out, 0)->threshold, 0.48, 1e-9);
	for (size_t i = 0, n = 0; i <= alert_at(&world.out, 0)->r.n_from; i++) {
		if (i == alert_at(&world.out, 0)->r.n_from)
			assert_int_equal(n, 2);
		else
			n += str_eq(alert_at(&world.out, 0)->r.from[i].role, "threshold");
	}
	arena_free(&world.arena);
}

static void a_multiplier_above_one_is_stricter_for_every_sign(void **state)
{
	static const struct { const char *op, *level; double fires, not; } cases[] = {
		{">=", "0.2", 0.25, 0.21}, {"<=", "-0.2", -0.25, -0.21},
		{"<=", "0.5", 0.41, 0.45}, {">=", "-0.5", -0.41, -0.45},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		for (int fires = 0; fires < 2; fires++) {
			struct world world;
			struct setting *setting;
			char *text;

			world_open(&world, "2025-05-02");
			text = arena_printf(&world.arena, "[r]\nindicator = v2x_polyarchy_change5\noperator = %s\n"
					    "level = %s\nalert_level = watch\ndirection = threat\ndimension = d\n"
					    "title = t\n", cases[i].op, cases[i].level);
			world.rules.n = 0;
			assert_int_equal(rules_read("x", text, strlen(text), &world.arena, &world.rules, NULL), 0);
			setting = record_new(&world.arena, &kind_setting);
			setting->name = "threshold.r";
			setting->value = 1.2;
			record_identify(&world.arena, setting);
			records_add(&world.in, setting);
			made_index(&world.in, "SRB", 2024, fires ? cases[i].fires : cases[i].not);
			world_run(&world);
			assert_int_equal(count_kind(&world.out, &kind_alert), fires);
			arena_free(&world.arena);
		}
}

static void a_reading_without_the_bound_that_is_asked_for_does_not_fire(void **state)
{
	struct world world;
	struct observation *o;

	(void)state;
	world_open(&world, "2025-05-02");
	o = made_index(&world.in, "SRB", 2024, -0.3);
	world.rules.v[2].use = RULE_HIGH;
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 0);
	o->high = -0.15;
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 1);
	o->high = -0.05;
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 0);
	arena_free(&world.arena);
}

static void an_earlier_report_joins_the_alert_that_people_know(void **state)
{
	struct world world;
	const char *id;

	(void)state;
	world_open(&world, "2025-04-02");
	made_month(&world.in, "SRB", "2025-03", 0.6);
	world_run(&world);
	id = alert_at(&world.out, 0)->r.id;
	world_keep(&world);
	human_step(&world, alert_at(&world.in, 0), "acknowledged", NULL, "2025-04-02");
	made_month(&world.in, "SRB", "2025-02", 0.6);   /* came to light late */
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 1);
	assert_string_equal(alert_at(&world.out, 0)->r.id, id);
	arena_free(&world.arena);
}

static void what_a_person_closed_opens_on_new_evidence_only(void **state)
{
	struct world world;

	(void)state;
	world_open(&world, "2025-04-02");
	made_month(&world.in, "SRB", "2025-03", 0.6);
	world_run(&world);
	world_keep(&world);
	human_step(&world, alert_at(&world.in, 0), "closed", "handled", "2026-01-01");   /* by a later clock */
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_transition), 0);
	world_keep(&world);

	made_month(&world.in, "SRB", "2025-04", 0.6);
	world.setup.as_of = day_of("2025-05-02");
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_transition), 1);
	assert_string_equal(state_now(&world, alert_at(&world.out, 0)), "reopened");
	world_keep(&world);
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_transition), 0);
	arena_free(&world.arena);
}

static void a_reviewed_alert_stays_as_it_is_and_later_fire_is_a_new_one(void **state)
{
	struct world world;
	const char *id;

	(void)state;
	world_open(&world, "2025-04-02");
	made_month(&world.in, "SRB", "2025-03", 0.6);
	world_run(&world);
	id = alert_at(&world.out, 0)->r.id;
	world_keep(&world);
	human_step(&world, alert_at(&world.in, 0), "closed", "handled", "2025-04-03");
	human_step(&world, alert_at(&world.in, 0), "reviewed", "true", "2025-04-03");
	made_month(&world.in, "SRB", "2025-04", 0.6);
	world.setup.as_of = day_of("2025-05-02");
	for (int run = 0; run < 2; run++) {
		world_run(&world);
		assert_int_equal(count_kind(&world.out, &kind_alert), 2);
		assert_non_null(records_find(&world.out, id));
		assert_string_equal(state_now(&world, records_find(&world.out, id)), "reviewed");
		assert_int_equal(count_kind(&world.out, &kind_transition), run == 0);
		world_keep(&world);
	}
	arena_free(&world.arena);
}

static void a_year_counts_as_silent_only_once_its_figure_is_overdue(void **state)
{
	struct world world;

	(void)state;
	world_open(&world, "2025-03-01");
	made_index(&world.in, "SRB", 2023, -0.2);
	world_run(&world);
	world_keep(&world);
	assert_false(instant_is_set(alert_at(&world.out, 0)->r.valid_past));
	world.setup.as_of = day_of("2025-06-01");
	world_run(&world);                       /* 2024 is due by now and missing */
	assert_true(instant_is_set(alert_at(&world.out, 0)->r.valid_past));
	made_index(&world.in, "SRB", 2024, 0.0);   /* calm, and known before it was due */
	world.setup.as_of = day_of("2025-04-01");
	world_run(&world);
	assert_true(instant_is_set(alert_at(&world.out, 0)->r.valid_past));
	assert_int_equal(alert_at(&world.out, 0)->triggered.usec, day_of("2024-04-01").usec);
	arena_free(&world.arena);
}

static void the_deadline_runs_from_the_raising_and_then_stands(void **state)
{
	struct world world;
	int64_t due;

	(void)state;
	world_open(&world, "2025-04-02");
	made_month(&world.in, "SRB", "2025-03", 0.6);
	world_run(&world);
	due = alert_at(&world.out, 0)->ack_due.usec;
	assert_int_equal(due, day_of("2025-04-03").usec);   /* 24 hours for a warning */
	world_keep(&world);
	world.setup.as_of = day_of("2025-04-20");
	world_run(&world);
	assert_int_equal(alert_at(&world.out, 0)->ack_due.usec, due);
	arena_free(&world.arena);
}

/* Whatever the order of the input, and however months fall, no alert lacks what its level asks for. */
static void alerts_rest_on_what_their_rule_asks_for(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct world world;
		struct records other = {0};
		struct rng rng;
		const struct alert *alert;

		rng_seed(&rng, seed);
		world_open(&world, "2025-12-31");
		other.arena = &world.arena;
		for (int month = 1; month <= 12; month++)
			if (rng_unit(&rng) < 0.7)
				made_month(&world.in, rng_below(&rng, 2) ? "SRB" : "GEO",
					   arena_printf(&world.arena, "2025-%02d", month), rng_unit(&rng));
		for (size_t i = world.in.n; i > 1; i--) {
			size_t k = rng_below(&rng, i);
			struct record *swap = world.in.v[i - 1];

			world.in.v[i - 1] = world.in.v[k];
			world.in.v[k] = swap;
		}
		world_run(&world);
		for (size_t i = 0; (alert = records_next(&world.out, &kind_alert, &i));) {
			const struct rule *rule = rules_find(&world.rules, alert->rule);

			assert_true(alert->sources >= rule->min_sources);
			assert_true(alert->value >= alert->threshold);
			assert_true(alert->level == rule->alert_level);
			assert_int_equal(record_check(alert, NULL), 0);
		}
		other = world.out;
		records_sort(&world.in);
		world_run(&world);
		assert_int_equal(world.out.n, other.n);
		for (size_t i = 0; i < other.n; i++) {
			char one[33], two[33];

			record_content_hash(other.v[i], one);
			record_content_hash(world.out.v[i], two);
			assert_string_equal(one, two);
		}
		arena_free(&world.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_of_one_dimension_are_one_alert_at_the_highest_level),
		cmocka_unit_test(the_evidence_of_all_merged_stretches_is_named),
		cmocka_unit_test(silence_bridges_a_stretch_until_it_resolves),
		cmocka_unit_test(duration_counts_periods_in_a_row),
		cmocka_unit_test(a_second_run_on_what_was_kept_changes_nothing),
		cmocka_unit_test(without_its_evidence_there_is_no_alert),
		cmocka_unit_test(an_alert_that_a_person_holds_outlives_its_evidence_and_says_so),
		cmocka_unit_test(copies_and_one_voice_do_not_make_two_sources),
		cmocka_unit_test(what_the_text_denies_is_no_evidence),
		cmocka_unit_test(a_learned_threshold_and_a_profile_change_what_fires),
		cmocka_unit_test(a_multiplier_above_one_is_stricter_for_every_sign),
		cmocka_unit_test(a_reading_without_the_bound_that_is_asked_for_does_not_fire),
		cmocka_unit_test(an_earlier_report_joins_the_alert_that_people_know),
		cmocka_unit_test(what_a_person_closed_opens_on_new_evidence_only),
		cmocka_unit_test(a_reviewed_alert_stays_as_it_is_and_later_fire_is_a_new_one),
		cmocka_unit_test(a_year_counts_as_silent_only_once_its_figure_is_overdue),
		cmocka_unit_test(the_deadline_runs_from_the_raising_and_then_stands),
		cmocka_unit_test(alerts_rest_on_what_their_rule_asks_for),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("respond", tests, NULL, NULL);
}
