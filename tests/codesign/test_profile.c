/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_profile.c - profiles: what they change, for whom, what the receipts say, what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include <tocsin/codesign.h>
#include <tocsin/measure.h>
#include <tocsin/respond.h>

struct world {
	struct arena arena;
	struct profiles profiles;
	struct records out;
	struct err err;
};

static const char serbia[] =
	"[profile]\nunit = SRB\nlanguages = sr,en\nowner = Serbia desk\npartner = Network\n"
	"[sources]\nlocal-press = monitored by the partner\n"
	"[weights]\nprotester_detained = 3\n"
	"[thresholds]\ncalm = 2\ncalmm = 2\n"
	"[partners]\nprotester_detained = Journalists\n";

static void world_open(struct world *w)
{
	*w = (struct world){0};
	w->out.arena = &w->arena;
}

static int take(struct world *w, const char *text)
{
	return profile_read("p.conf", text, strlen(text), &w->arena, &w->profiles, &w->err);
}

static void give_receipts(struct world *w)
{
	static const char *const rules[] = {"calm", "storm"};
	struct codesign_setup setup = {instant_of_day(2025, 5, 1), &w->profiles, rules, LENGTH(rules)};

	assert_int_equal(take(w, serbia), 0);
	assert_int_equal(codesign_run(&setup, &w->out, &w->err), 0);
}

static const struct contribution *receipt(const struct world *w, const char *about)
{
	const struct contribution *c;

	for (size_t i = 0; (c = records_next(&w->out, &kind_contribution, &i));)
		if (str_eq(c->about, about))
			return c;
	fail_msg("no receipt for %s", about);
	return NULL;
}

static void a_weight_holds_for_its_unit_and_class_only(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	assert_int_equal(take(&w, serbia), 0);
	assert_true(profile_weight(&w.profiles, "SRB", "protester_detained") == 3);
	assert_true(profile_weight(&w.profiles, "SRB", "journalist_attacked") == 1);
	assert_true(profile_weight(&w.profiles, "GEO", "protester_detained") == 1);
	arena_free(&w.arena);
}

/* ---- what the stages make of it ---- */

static void add_event(struct records *in, const char *unit, const char *day, const char *civic_class, const char *signal)
{
	struct event *event = record_new(in->arena, &kind_event);

	event->r.unit = unit;
	assert_int_equal(instant_read(day, &event->r.valid_from, NULL), 0);
	event->r.known = event->r.valid_from;
	event->document = arena_printf(in->arena, "do-%s-%s-%s", unit, day, civic_class);
	event->civic_class = civic_class;
	event->signal = signal;
	event->feed = "wire";
	record_identify(in->arena, event);
	records_add(in, event);
}

/* The pressure of threats in April 2025: one detention against three openings. */
static double pressure_of(const struct records *out, const char *unit)
{
	const struct observation *o;

	for (size_t i = 0; (o = records_next(out, &kind_observation, &i));)
		if (str_eq(o->indicator, "pressure_threat") && str_eq(o->r.unit, unit) &&
		    instant_month(o->r.valid_from) == 2025 * 12 + 3)
			return o->value;
	return NAN;
}

static void measure_both(struct world *w, const void *profiles, double *serbian, double *georgian)
{
	struct measure_setup setup = {instant_of_day(2025, 5, 2), profiles ? profile_weight : NULL, profiles};
	static const char *const units[] = {"SRB", "GEO"};
	struct records in = {.arena = &w->arena}, out = {.arena = &w->arena};

	for (size_t i = 0; i < LENGTH(units); i++) {
		add_event(&in, units[i], "2025-04-03", "protester_detained", "threat");
		add_event(&in, units[i], "2025-04-04", "election", "opportunity");
		add_event(&in, units[i], "2025-04-05", "court", "opportunity");
		add_event(&in, units[i], "2025-04-06", "eu_step", "opportunity");
	}
	assert_int_equal(measure_run(&setup, &in, &out, &w->err), 0);
	*serbian = pressure_of(&out, "SRB");
	*georgian = pressure_of(&out, "GEO");
}

static void a_weight_raises_the_pressure_of_its_unit(void **state)
{
	double serbian, georgian, weighed_serbian, weighed_georgian;
	struct world w;

	(void)state;
	world_open(&w);
	assert_int_equal(take(&w, serbia), 0);
	measure_both(&w, NULL, &serbian, &georgian);
	measure_both(&w, &w.profiles, &weighed_serbian, &weighed_georgian);
	assert_true(serbian == georgian);
	assert_true(weighed_serbian > serbian + 0.05);
	/* The common prior takes in the heavier event too: it moves others by far less. */
	assert_true(fabs(weighed_georgian - georgian) < (weighed_serbian - serbian) / 2);
	arena_free(&w.arena);
}

static const char calm_rule[] =
	"[calm]\nindicator = index\noperator = >=\nlevel = 0.4\nresolve = 1\nalert_level = watch\n"
	"direction = threat\ndimension = media\ntitle = {unit}\nowner = central desk\n";

static void add_index(struct records *in, const char *unit, double value)
{
	struct observation *o = record_new(in->arena, &kind_observation);

	o->r.unit = unit;
	o->r.valid_from = instant_of_year(2024);
	o->r.valid_past = instant_of_year(2025);
	o->r.known = instant_of_day(2025, 4, 1);
	o->indicator = "index";
	o->source = "made";
	o->value = value;
	record_identify(in->arena, o);
	records_add(in, o);
}

/* Alerts of a world in which both units stand at `value`; the receipts take part. */
static void respond_both(struct world *w, double value)
{
	struct rules rules = {0};
	struct respond_setup setup = {.as_of = instant_of_day(2025, 5, 1), .rules = &rules};

	assert_int_equal(rules_read("r.conf", calm_rule, sizeof calm_rule - 1, &w->arena, &rules, NULL), 0);
	give_receipts(w);
	add_index(&w->out, "SRB", value);
	add_index(&w->out, "GEO", value);
	assert_int_equal(respond_run(&setup, &w->out, &w->out, &w->err), 0);
}

static const struct alert *alert_of(const struct world *w, const char *unit)
{
	const struct alert *alert;

	for (size_t i = 0; (alert = records_next(&w->out, &kind_alert, &i));)
		if (str_eq(alert->r.unit, unit))
			return alert;
	return NULL;
}

static void a_threshold_moves_the_rule_for_its_unit_only(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	respond_both(&w, 0.6);   /* above 0.4, below twice that */
	assert_null(alert_of(&w, "SRB"));
	assert_non_null(alert_of(&w, "GEO"));
	arena_free(&w.arena);
}

static void an_owner_has_the_duty_for_its_unit_only(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	respond_both(&w, 0.9);
	assert_string_equal(alert_of(&w, "SRB")->owner, "Serbia desk");
	assert_string_equal(alert_of(&w, "GEO")->owner, "central desk");
	arena_free(&w.arena);
}

/* ---- receipts ---- */

static void what_a_stage_reads_is_used_and_the_receipt_says_where(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	give_receipts(&w);
	assert_string_equal(receipt(&w, "weight.protester_detained")->status, "used");
	assert_non_null(strstr(receipt(&w, "weight.protester_detained")->used_for, "monthly pressure"));
	assert_true(receipt(&w, "weight.protester_detained")->value == 3);
	assert_string_equal(receipt(&w, "threshold.calm")->status, "used");
	assert_non_null(strstr(receipt(&w, "threshold.calm")->used_for, "alert rule"));
	assert_string_equal(receipt(&w, "owner")->status, "used");
	assert_string_equal(receipt(&w, "owner")->text, "Serbia desk");
	arena_free(&w.arena);
}

static void what_no_stage_reads_is_received_with_the_reason(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	give_receipts(&w);
	assert_string_equal(receipt(&w, "languages")->status, "received");
	assert_null(receipt(&w, "languages")->used_for);
	assert_non_null(strstr(receipt(&w, "languages")->r.missing, "no stage reads it"));
	assert_string_equal(receipt(&w, "source.local-press")->status, "received");
	arena_free(&w.arena);
}

static void a_threshold_of_no_rule_is_not_used_and_the_nearest_rule_is_named(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	give_receipts(&w);
	assert_string_equal(receipt(&w, "threshold.calmm")->status, "not used");
	assert_string_equal(receipt(&w, "threshold.calmm")->used_for,
			    "there is no alert rule \"calmm\"; the nearest is calm");
	arena_free(&w.arena);
}

static void a_cost_loss_ratio_is_a_role_or_a_number_and_no_multiplier(void **state)
{
	static const char *const texts[] = {"[profile]\nunit = SRB\n[thresholds]\ncost_loss = monitor\n",
					    "[profile]\nunit = SRB\n[thresholds]\ncost_loss = 0.1\n"};

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		static const char *const rules[] = {"cost-low"};
		struct codesign_setup setup = {instant_of_day(2025, 5, 1), NULL, rules, LENGTH(rules)};
		struct world w;

		world_open(&w);
		setup.profiles = &w.profiles;
		assert_int_equal(take(&w, texts[i]), 0);
		assert_int_equal(codesign_run(&setup, &w.out, &w.err), 0);
		assert_true(receipt(&w, "threshold.cost_loss")->value == 0.1);
		assert_string_equal(receipt(&w, "threshold.cost_loss")->status, "used");
		assert_non_null(strstr(receipt(&w, "threshold.cost_loss")->used_for, "from this chance on"));
		arena_free(&w.arena);
	}
}

static void a_receipt_names_who_asked_for_it(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	give_receipts(&w);
	assert_string_equal(receipt(&w, "weight.protester_detained")->partner, "Journalists");
	assert_string_equal(receipt(&w, "owner")->partner, "Network");
	for (size_t i = 0; i < w.out.n; i++) {
		assert_string_equal(w.out.v[i]->unit, "SRB");
		assert_int_equal(record_check(w.out.v[i], &w.err), 0);
	}
	assert_int_equal(w.out.n, 6);   /* unit, partner and [partners] are no wishes */
	arena_free(&w.arena);
}

static void the_same_profile_gives_the_same_receipts_on_a_later_day(void **state)
{
	struct codesign_setup later = {.as_of = instant_of_day(2026, 1, 1)};
	struct records again = {0};
	struct world w;

	(void)state;
	world_open(&w);
	give_receipts(&w);
	later.profiles = &w.profiles;
	again.arena = &w.arena;
	assert_int_equal(codesign_run(&later, &again, &w.err), 0);
	for (size_t i = 0; i < w.out.n; i++)
		assert_string_equal(w.out.v[i]->id, again.v[i]->id);
	arena_free(&w.arena);
}

static void an_entry_named_unit_or_partner_elsewhere_is_kept(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	assert_int_equal(take(&w, "[profile]\nunit = SRB\n[sources]\npartner = a voice\nunit = another\n"), 0);
	assert_int_equal(w.profiles.n, 2);
	assert_string_equal(w.profiles.v[0].about, "source.partner");
	assert_string_equal(w.profiles.v[0].partner, "unnamed");
	arena_free(&w.arena);
}

/* ---- faults ---- */

static void faults_are_named_by_file_and_line(void **state)
{
	static const struct { const char *text, *msg, *hint; } cases[] = {
		{"[profile]\nunit = SRB\n[wieghts]\nprotest = 2\n", "p.conf:4:1: unknown section \"wieghts\"", "weights"},
		{"[profile]\nunit = SRB\nownr = x\n", "p.conf:3:1: unknown key \"ownr\"", "owner"},
		{"[profile]\nunit = SRB\n[weights]\nprotests = 2\n", "p.conf:4:1: unknown class of events \"protests\"",
		 "protest"},
		{"[profile]\nunit = SRB\n[weights]\nprotest = 0\n", "p.conf:4:1: \"protest = 0\": expected a number", ""},
		{"[profile]\nunit = SRB\n[weights]\nprotest = 10.5\n", "p.conf:4:1:", ""},
		{"[profile]\nunit = SRB\n[weights]\nprotest = -1\n", "p.conf:4:1:", ""},
		{"[profile]\nunit = SRB\n[thresholds]\ncalm = nan\n", "p.conf:4:1:", ""},
		{"[profile]\nunit = SRB\n[thresholds]\ncost_loss = 1\n",
		 "p.conf:4:1: \"cost_loss = 1\": expected monitor, adviser, desk, or a number", ""},
		{"[profile]\nunit = SRB\n[thresholds]\ncost_loss = desks\n", "p.conf:4:1: \"cost_loss = desks\"", ""},
		{"[profile]\nunit = SRB\n[weights]\nprotest = 2\ncourt = 1\nprotest = 3\n",
		 "p.conf:6:1: \"protest = 3\": given twice", ""},
		{"[profile]\nunit = SRB\nowner =\n", "p.conf:3:1: \"owner = \": the value is empty", ""},
		{"[profile]\nowner = x\n", "p.conf:1:1: section \"profile\" names no unit", ""},
		{"[profile]\nunit = SRB\n[weights]\nprotest = 2\n[partners]\nprotset = x\n",
		 "p.conf:6:1: unknown entry \"protset\"", "protest"},
		{"[profile]\nlanguages = sr\nunit = SBR\n", "p.conf:3:1: unknown unit \"SBR\"", ""},
	};
	static const char units[] = "id,kind,parent,from,past,name\nSRB,state,,,,Serbia\n";

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct atlas atlas = {0};
		struct world w;

		world_open(&w);
		atlas.arena = &w.arena;
		assert_int_equal(atlas_add_units(&atlas, "units", units, sizeof units - 1, NULL), 0);
		w.profiles.atlas = &atlas;
		assert_int_equal(take(&w, cases[i].text), ERR_DATA);
		if (!str_starts(w.err.msg, cases[i].msg))
			fail_msg("\"%s\" does not begin with \"%s\"", w.err.msg, cases[i].msg);
		assert_int_equal(w.profiles.n, 0);   /* nothing of it is taken */
		assert_non_null(strstr(w.err.hint, cases[i].hint));
		arena_free(&w.arena);
	}
}

static void the_bounds_of_a_value_are_above_zero_and_ten(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	assert_int_equal(take(&w, "[profile]\nunit = SRB\n[weights]\nprotest = 10\ncourt = 0.001\n"), 0);
	assert_true(profile_weight(&w.profiles, "SRB", "protest") == 10);
	arena_free(&w.arena);
}

static void a_unit_has_one_profile(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	assert_int_equal(take(&w, "[profile]\nunit = SRB\nowner = a\n"), 0);
	assert_int_equal(take(&w, "[profile]\nunit = GEO\nowner = b\n"), 0);
	assert_int_equal(take(&w, "; again\n[profile]\nunit = SRB\nowner = c\n"), ERR_DATA);
	assert_string_equal(w.err.msg, "p.conf:3:1: there is already a profile of SRB");
	assert_int_equal(w.profiles.n, 2);
	arena_free(&w.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_weight_holds_for_its_unit_and_class_only),
		cmocka_unit_test(a_weight_raises_the_pressure_of_its_unit),
		cmocka_unit_test(a_threshold_moves_the_rule_for_its_unit_only),
		cmocka_unit_test(an_owner_has_the_duty_for_its_unit_only),
		cmocka_unit_test(what_a_stage_reads_is_used_and_the_receipt_says_where),
		cmocka_unit_test(what_no_stage_reads_is_received_with_the_reason),
		cmocka_unit_test(a_threshold_of_no_rule_is_not_used_and_the_nearest_rule_is_named),
		cmocka_unit_test(a_cost_loss_ratio_is_a_role_or_a_number_and_no_multiplier),
		cmocka_unit_test(a_receipt_names_who_asked_for_it),
		cmocka_unit_test(the_same_profile_gives_the_same_receipts_on_a_later_day),
		cmocka_unit_test(an_entry_named_unit_or_partner_elsewhere_is_kept),
		cmocka_unit_test(faults_are_named_by_file_and_line),
		cmocka_unit_test(the_bounds_of_a_value_are_above_zero_and_ten),
		cmocka_unit_test(a_unit_has_one_profile),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
