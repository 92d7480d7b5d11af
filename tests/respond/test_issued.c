/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When an alert was first issued, when its evidence sufficed, and what its title says of the figures. */
#include "made.h"

static const char *const chance_rules =
	"[chance]\nindicator = chance_closing\noperator = >=\nlevel = 0.3\nresolve = 1\nalert_level = watch\n"
	"direction = threat\ndimension = electoral democracy\ntitle = data of {period}, {low} to {high}\n"
	"[falls]\nindicator = v2x_polyarchy_change5\noperator = <=\nlevel = -0.1\nalert_level = watch\n"
	"direction = threat\ndimension = index\ntitle = fell by {size} ({value}, {period})\n";

static void chance_open(struct world *world, const char *as_of)
{
	*world = (struct world){.setup = {.as_of = day_of(as_of), .rules = &world->rules}};
	world->in.arena = world->out.arena = &world->arena;
	assert_int_equal(rules_read("chance.conf", chance_rules, strlen(chance_rules), &world->arena, &world->rules,
				    NULL), 0);
}

/* One issue of the forecast from a year's data, and the round of that day. */
static const struct alert *chance_round(struct world *world, int64_t origin, double p, const char *day)
{
	struct forecast *forecast = record_new(&world->arena, &kind_forecast);

	forecast->r.unit = "SRB";
	forecast->r.valid_from = instant_of_year(origin + 1);
	forecast->r.valid_past = instant_of_year(origin + 3);
	forecast->r.known = forecast->as_of = world->setup.as_of = day_of(day);
	forecast->question = "closing";
	forecast->origin = origin;
	forecast->p = p;
	forecast->low = p - 0.1;
	forecast->high = p + 0.1;
	record_identify(&world->arena, forecast);
	records_add(&world->in, forecast);
	world_run(world);
	world_keep(world);
	return alert_at(&world->out, 0);
}

static void assert_day(struct instant at, const char *day)
{
	assert_int_equal(at.usec, day_of(day).usec);
}

/* ---- issued ---- */

static void the_round_that_first_raises_an_alert_is_kept_as_its_issue(void **state)
{
	struct world world;
	struct alert *alert;

	(void)state;
	world_open(&world, "2025-04-02");
	made_month(&world.in, "SRB", "2025-03", 0.6);
	world_run(&world);
	assert_day(alert_at(&world.out, 0)->triggered, "2025-03-11");
	assert_day(alert_at(&world.out, 0)->issued, "2025-04-02");
	world_keep(&world);
	made_month(&world.in, "SRB", "2025-04", 0.8);      /* graver, by another rule */
	world.setup.as_of = day_of("2025-05-02");
	world_run(&world);
	assert_int_equal(alert_at(&world.out, 0)->level, 4);
	assert_day(alert_at(&world.out, 0)->issued, "2025-04-02");
	world_keep(&world);
	world.setup.as_of = day_of("2025-09-01");          /* and when it is over */
	world_run(&world);
	alert = alert_at(&world.out, 0);
	assert_true(instant_is_set(alert->r.valid_past));
	assert_day(alert->issued, "2025-04-02");
	arena_free(&world.arena);
}

static void what_was_over_before_the_first_round_is_not_raised(void **state)
{
	struct world world;

	(void)state;
	world_open(&world, "2025-04-02");
	made_month(&world.in, "SRB", "2024-02", 0.9);
	for (int year = 1990; year < 2024; year++)
		made_index(&world.in, "GEO", year, year < 1997 ? -0.2 : 0);
	world_run(&world);
	assert_int_equal(world.out.n, 0);
	made_month(&world.in, "SRB", "2025-03", 0.9);      /* what still fires is */
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 1);
	assert_day(alert_at(&world.out, 0)->r.valid_from, "2025-03");
	arena_free(&world.arena);
}

static void an_alert_raised_while_it_fired_outlives_its_fire(void **state)
{
	struct world world;

	(void)state;
	world_open(&world, "1996-04-02");
	made_index(&world.in, "GEO", 1995, -0.2);
	world_run(&world);
	world_keep(&world);
	made_index(&world.in, "GEO", 1996, 0);
	for (int year = 1997; year < 2000; year++) {
		world.setup.as_of = instant_of_day(year, 4, 2);
		world_run(&world);
		assert_int_equal(count_kind(&world.out, &kind_alert), 1);
		assert_day(alert_at(&world.out, 0)->r.valid_past, "1996");
		assert_day(alert_at(&world.out, 0)->issued, "1996-04-02");
		world_keep(&world);
	}
	arena_free(&world.arena);
}

static void no_deadline_lies_before_the_issue(void **state)
{
	struct world world;
	struct alert *alert;

	(void)state;
	world_open(&world, "2025-04-02");
	made_month(&world.in, "SRB", "2025-03", 0.6);
	world_run(&world);
	world_keep(&world);
	alert = alert_at(&world.in, 0);
	alert->issued = day_of("2025-04-10");              /* as another program may have written it */
	world.setup.as_of = day_of("2025-04-20");
	world_run(&world);
	alert = alert_at(&world.out, 0);
	assert_day(alert->issued, "2025-04-10");
	assert_day(alert->ack_due, "2025-04-11");
	arena_free(&world.arena);
}

/* ---- triggered ---- */

static void a_forecast_issued_anew_does_not_move_the_trigger(void **state)
{
	static const char *const days[] = {"2025-04-01", "2025-05-01", "2025-06-01"};
	const struct alert *alert;
	struct world world;

	(void)state;
	chance_open(&world, days[0]);
	for (size_t i = 0; i < LENGTH(days); i++) {
		alert = chance_round(&world, 2024, 0.4, days[i]);
		assert_day(alert->triggered, "2025-04-01");
		assert_day(alert->issued, "2025-04-01");
		assert_day(alert->ack_due, "2025-04-06");
	}
	alert = chance_round(&world, 2025, 0.5, "2026-04-01");   /* the next year's data say the same */
	assert_day(alert->triggered, "2025-04-01");
	arena_free(&world.arena);
}

static void the_first_of_the_issues_that_fired_without_a_break_is_the_trigger(void **state)
{
	const struct alert *alert;
	struct world world;

	(void)state;
	chance_open(&world, "2025-04-01");
	chance_round(&world, 2024, 0.4, "2025-04-01");
	assert_null(chance_round(&world, 2024, 0.2, "2025-05-01"));
	alert = chance_round(&world, 2024, 0.4, "2025-06-01");
	assert_day(alert->triggered, "2025-06-01");
	assert_day(alert->issued, "2025-06-01");
	chance_round(&world, 2024, 0.45, "2025-07-01");
	for (size_t i = world.in.n; i-- > 0;)               /* the same without what was raised before */
		world.in.v[i]->withdrawn = world.in.v[i]->kind != &kind_forecast;
	world_run(&world);
	alert = alert_at(&world.out, 0);
	assert_day(alert->triggered, "2025-06-01");
	assert_day(alert->issued, "2025-07-01");
	assert_true(alert->ack_due.usec > alert->issued.usec);
	arena_free(&world.arena);
}

static void a_forecast_issued_anew_does_not_open_what_a_person_closed(void **state)
{
	const struct alert *alert;
	struct transition *step;
	struct world world;

	(void)state;
	chance_open(&world, "2025-04-01");
	alert = chance_round(&world, 2024, 0.4, "2025-04-01");
	assert_int_equal(alert_step(&world.arena, alert, &world.in, "closed", "desk", "handled", "a note",
				    day_of("2025-04-02"), &step, NULL), 0);
	records_add(&world.in, step);
	alert = chance_round(&world, 2024, 0.41, "2025-05-01");
	assert_day(alert->changed, "2025-04-01");
	assert_string_equal(alert_state(&world.in, alert->r.id), "closed");
	alert = chance_round(&world, 2025, 0.42, "2026-04-01");   /* new data do */
	assert_day(alert->changed, "2026-04-01");
	assert_string_equal(alert_state(&world.in, alert->r.id), "reopened");
	arena_free(&world.arena);
}

static void a_stricter_threshold_does_not_move_the_trigger_while_it_fires(void **state)
{
	struct setting *setting;
	struct world world;

	(void)state;
	chance_open(&world, "2025-04-01");
	chance_round(&world, 2024, 0.32, "2025-04-01");
	setting = record_new(&world.arena, &kind_setting);
	setting->name = "threshold.chance";
	setting->value = 1.2;
	record_identify(&world.arena, setting);
	records_add(&world.in, setting);
	assert_day(chance_round(&world, 2024, 0.4, "2025-05-01")->triggered, "2025-04-01");
	arena_free(&world.arena);
}

/* ---- titles ---- */

static void a_title_tells_the_sign_by_its_verb_and_the_year_of_the_data(void **state)
{
	struct world world;

	(void)state;
	chance_open(&world, "2025-04-01");
	assert_string_equal(chance_round(&world, 2024, 0.4, "2025-04-01")->title, "data of 2024, 0.30 to 0.50");
	arena_free(&world.arena);
	chance_open(&world, "2025-04-01");
	made_index(&world.in, "SRB", 2024, -0.29);
	world_run(&world);
	assert_string_equal(alert_at(&world.out, 0)->title, "fell by 0.29 (-0.29, 2024)");
	arena_free(&world.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_round_that_first_raises_an_alert_is_kept_as_its_issue),
		cmocka_unit_test(what_was_over_before_the_first_round_is_not_raised),
		cmocka_unit_test(an_alert_raised_while_it_fired_outlives_its_fire),
		cmocka_unit_test(no_deadline_lies_before_the_issue),
		cmocka_unit_test(a_forecast_issued_anew_does_not_move_the_trigger),
		cmocka_unit_test(the_first_of_the_issues_that_fired_without_a_break_is_the_trigger),
		cmocka_unit_test(a_forecast_issued_anew_does_not_open_what_a_person_closed),
		cmocka_unit_test(a_stricter_threshold_does_not_move_the_trigger_while_it_fires),
		cmocka_unit_test(a_title_tells_the_sign_by_its_verb_and_the_year_of_the_data),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("issued", tests, NULL, NULL);
}
