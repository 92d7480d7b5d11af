/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules of forecasts whose level is the chance from which acting pays. */
#include "made.h"

#include "tests/near.h"

#define RULE(indicator, operator) \
	"[chance]\nindicator = " indicator "\noperator = " operator "\nlevel = cost_loss\nalert_level = watch\n" \
	"direction = threat\ndimension = d\ntitle = t\n"

static const char chance_rule[] = RULE("chance_closing", ">=");

static void add_forecast(struct world *world, const char *unit, double p)
{
	struct forecast *forecast = record_new(&world->arena, &kind_forecast);

	forecast->r.unit = unit;
	forecast->r.valid_from = instant_of_year(2025);
	forecast->r.valid_past = instant_of_year(2027);
	forecast->r.known = forecast->as_of = world->setup.as_of;
	forecast->question = "closing";
	forecast->origin = 2024;
	forecast->p = p;
	record_identify(&world->arena, forecast);
	records_add(&world->in, forecast);
}

static void add_wish(struct world *world, const char *unit, const char *about, double value)
{
	struct contribution *wish = record_new(&world->arena, &kind_contribution);

	wish->r.unit = unit;
	wish->partner = "Example Partner";
	wish->about = about;
	wish->value = value;
	record_identify(&world->arena, wish);
	records_add(&world->in, wish);
}

static void chance_open(struct world *world)
{
	world_open(world, "2025-04-02");
	world->rules.n = 0;
	assert_int_equal(rules_read("x", chance_rule, strlen(chance_rule), &world->arena, &world->rules, NULL), 0);
}

static void where_nobody_gave_a_ratio_that_of_a_desk_officer_holds(void **state)
{
	struct world world;

	(void)state;
	chance_open(&world);
	add_forecast(&world, "SRB", .31);
	add_forecast(&world, "GEO", .29);
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 1);
	assert_string_equal(alert_at(&world.out, 0)->r.unit, "SRB");
	assert_near(alert_at(&world.out, 0)->threshold, .3, 1e-12);
	arena_free(&world.arena);
}

static void a_ratio_of_its_profile_holds_for_the_unit_and_stands_among_the_origins(void **state)
{
	struct world world;
	const struct alert *alert;
	size_t n = 0;

	(void)state;
	chance_open(&world);
	add_forecast(&world, "SRB", .12);
	add_forecast(&world, "GEO", .12);
	add_wish(&world, "SRB", "threshold.cost_loss", .1);
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 1);
	alert = alert_at(&world.out, 0);
	assert_string_equal(alert->r.unit, "SRB");
	assert_near(alert->threshold, .1, 1e-12);
	for (size_t i = 0; i < alert->r.n_from; i++)
		n += str_eq(alert->r.from[i].role, "threshold");
	assert_int_equal(n, 1);
	arena_free(&world.arena);
}

static void a_multiplier_of_the_rule_still_counts(void **state)
{
	struct world world;

	(void)state;
	chance_open(&world);
	add_forecast(&world, "SRB", .12);
	add_wish(&world, "SRB", "threshold.cost_loss", .1);
	add_wish(&world, "SRB", "threshold.chance", 1.5);
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 0);
	arena_free(&world.arena);
}

static void a_rule_with_a_level_of_its_own_does_not_look_at_the_ratio(void **state)
{
	struct world world;

	(void)state;
	chance_open(&world);
	world.rules.v[0].by_cost = false;
	world.rules.v[0].level = .3;
	add_forecast(&world, "SRB", .12);
	add_wish(&world, "SRB", "threshold.cost_loss", .1);
	world_run(&world);
	assert_int_equal(count_kind(&world.out, &kind_alert), 0);
	arena_free(&world.arena);
}

static void it_is_a_level_of_forecasts_from_below_only(void **state)
{
	static const char *const refused[] = {RULE("chance_closing", "<="), RULE("v2x_polyarchy_change5", ">=")};

	(void)state;
	for (size_t i = 0; i < LENGTH(refused); i++) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct rules rules = {0};
		struct err err = {0};

		assert_int_equal(rules_read("x", refused[i], strlen(refused[i]), &arena, &rules, &err), ERR_DATA);
		assert_non_null(strstr(err.msg, "x:2:1: rule \"chance\": cost_loss is no level of"));
		assert_non_null(strstr(err.hint, "with >= or >"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_nobody_gave_a_ratio_that_of_a_desk_officer_holds),
		cmocka_unit_test(a_ratio_of_its_profile_holds_for_the_unit_and_stands_among_the_origins),
		cmocka_unit_test(a_multiplier_of_the_rule_still_counts),
		cmocka_unit_test(a_rule_with_a_level_of_its_own_does_not_look_at_the_ratio),
		cmocka_unit_test(it_is_a_level_of_forecasts_from_below_only),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
