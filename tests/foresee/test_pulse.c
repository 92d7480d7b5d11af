/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of pulse.c: what is news, what it does to a chance, and that it does nothing while it is off. */
#include "tests/foresee/made_series.h"

#include "tests/foresee/pulse_world.h"
#include "tests/near.h"

enum { ORIGIN = 2010, NEXT = 12 * (ORIGIN + 1) };

/* ---- news ---- */

struct months {
	struct pulse_month v[600];
	size_t n;
};

static void add(struct months *months, int64_t month, double x)
{
	months->v[months->n++] = (struct pulse_month){month, x};
}

/* The first `length` months of the years 2000 to 2010 at 0, but 2005 at 1. */
static void add_quiet_years(struct months *months, int64_t length)
{
	for (int64_t year = 2000; year <= ORIGIN; year++)
		for (int64_t m = 0; m < length; m++)
			add(months, 12 * year + m, year == 2005 ? 1 : 0);
}

static struct pulse_past past_of(const struct months *months, int64_t until)
{
	struct pulse_past past;

	pulse_past_of(months->v, months->n, ORIGIN, until, &past);
	return past;
}

static void news_is_what_the_own_past_did_not_foretell(void **state)
{
	/* errors of 2001 to 2010: 0, 0, 0, 0, 1, then .6 of what was expected too much, year by year */
	const double expected = 0.4 * pow(0.6, 5);
	double squares = 1;
	struct months months = {0};
	struct pulse_past past;

	(void)state;
	for (int back = 0; back < 5; back++)
		squares += pow(0.4 * pow(0.6, back), 2);
	add_quiet_years(&months, 12);
	add(&months, NEXT, 1);
	add(&months, NEXT + 1, 3);
	past = past_of(&months, NEXT + 2);
	assert_int_equal(past.years, 11);
	assert_int_equal(past.errors, 10);
	assert_near(past.now, 2, 1e-12);
	assert_near(past.expected, expected, 1e-12);
	assert_near(past.squares, squares, 1e-12);
	assert_near(pulse_news(&past, 2), (2 - expected) / sqrt((squares + 4 * 2) / 14), 1e-12);
}

static void months_are_compared_with_the_same_months_of_other_years(void **state)
{
	struct months months = {0};
	struct pulse_past past;

	(void)state;
	for (int64_t year = 2000; year <= ORIGIN; year++)
		for (int64_t m = 0; m < 12; m++)
			add(&months, 12 * year + m, m < 6 ? 5 : -5);   /* a season, and nothing new */
	for (int64_t m = 0; m < 3; m++)
		add(&months, NEXT + m, 5);
	past = past_of(&months, NEXT + 3);
	assert_near(pulse_news(&past, 1), 0, 1e-12);
}

static void news_of_a_month_that_is_not_complete_takes_no_part(void **state)
{
	struct months months = {0};
	struct pulse_past past;

	(void)state;
	add_quiet_years(&months, 12);
	add(&months, NEXT, 0);
	add(&months, NEXT + 1, 9);
	past = past_of(&months, NEXT + 1);
	assert_near(past.now, 0, 1e-12);
	past = past_of(&months, NEXT);   /* the origin's year has just ended */
	assert_true(isnan(past.now) && isnan(pulse_news(&past, 1)));
}

static void without_months_or_a_past_there_is_no_news(void **state)
{
	struct months months = {0};
	struct pulse_past past;

	(void)state;
	add_quiet_years(&months, 12);
	past = past_of(&months, NEXT + 3);
	assert_true(isnan(pulse_news(&past, 1)));
	months.n = 0;
	add(&months, NEXT - 24, 0);
	add(&months, NEXT - 12, 0);
	add(&months, NEXT, 3);
	past = past_of(&months, NEXT + 1);
	assert_int_equal(past.years, 2);
	assert_true(isnan(pulse_news(&past, 1)));
}

static void news_beyond_three_deviations_counts_as_three(void **state)
{
	struct months months = {0};
	struct pulse_past past;

	(void)state;
	add_quiet_years(&months, 1);
	add(&months, NEXT, 50);
	past = past_of(&months, NEXT + 1);
	assert_near(pulse_news(&past, 1), 3, 0);
	assert_true(isnan(pulse_news(&past, NAN)));
}

static void past_stretches_never_hold_months_that_are_asked_about(void **state)
{
	struct months months = {0};
	struct pulse_past past;

	(void)state;
	for (int64_t month = NEXT - 120; month < NEXT; month++)
		add(&months, month, 0);
	for (int64_t month = NEXT; month < NEXT + 15; month++)
		add(&months, month, 7);
	past = past_of(&months, NEXT + 15);   /* fifteen months since; the year before has three of them */
	assert_near(past.expected, 0, 0);
	assert_near(past.squares, 0, 0);
	assert_int_equal(past.years, 9);
	assert_near(past.now, 7, 1e-12);
}

/* ---- chances ---- */

static void log_odds_move_by_beta_times_the_news(void **state)
{
	const struct pulse_chance before = {0.2, 0.1, 0.4};
	const struct pulse_chance after = pulse_apply(&before, 2, 0.3, 0);

	(void)state;
	assert_near(log(after.p / (1 - after.p)), log(0.25) + 0.6, 1e-12);
	assert_near(log(after.low / (1 - after.low)), log(1.0 / 9) + 0.6, 1e-12);
	assert_near(log(after.high / (1 - after.high)), log(2.0 / 3) + 0.6, 1e-12);
}

static void what_is_not_known_of_beta_widens_the_interval(void **state)
{
	const struct pulse_chance before = {0.2, 0.1, 0.4};
	const struct pulse_chance sure = pulse_apply(&before, -2, 0.3, 0), unsure = pulse_apply(&before, -2, 0.3, 0.2);
	const double reach = log(0.25) - log(1.0 / 9), more = normal_reach(0.9) * 0.4;

	(void)state;
	assert_near(unsure.p, sure.p, 0);
	assert_true(unsure.low < sure.low && unsure.high > sure.high);
	assert_near(log(unsure.low / (1 - unsure.low)), log(0.25) - 0.6 - hypot(reach, more), 1e-12);
}

static void without_news_or_effect_the_chance_is_left_to_the_bit(void **state)
{
	const struct pulse_chance before = {0.123456789, 0.1, 0.2};
	struct pulse_chance after = pulse_apply(&before, 0, 0.3, 0.1);

	(void)state;
	assert_memory_equal(&after, &before, sizeof after);
	after = pulse_apply(&before, 2, 0, 0.1);
	assert_true(after.p == before.p && after.low < before.low && after.high > before.high);
}

/* ---- records ---- */

struct world {
	struct arena arena;
	struct records in, out;
	struct foresee_setup setup;
};

static struct observation *made_month(struct world *world, const char *unit, const char *indicator, int64_t month, double value)
{
	struct observation *o = record_new(&world->arena, &kind_observation);

	o->r.unit = unit;
	o->r.valid_from = instant_of_month(month);
	o->r.valid_past = o->r.known = instant_of_month(month + 1);
	o->indicator = indicator;
	o->source = "tocsin";
	o->value = value;
	record_identify(&world->arena, o);
	records_add(&world->in, o);
	return o;
}

static struct setting *made_setting(struct world *world, const char *name, double value)
{
	struct setting *setting = record_new(&world->arena, &kind_setting);

	setting->name = name;
	setting->value = value;
	setting->r.known = instant_of_day(ORIGIN, 1, 1);
	record_identify(&world->arena, setting);
	records_add(&world->in, setting);
	return setting;
}

/* Thirty units with indices to the origin; events in six years of the unit U03 and since, louder than ever. */
static void world_open(struct world *world)
{
	*world = (struct world){.setup = {.as_of = instant_of_day(ORIGIN + 1, 7, 1), .seed = 7}};
	world->in.arena = world->out.arena = &world->arena;
	made_world(&world->in, 30, 1985, ORIGIN, 5);
	for (int64_t month = NEXT - 72; month < NEXT + 12; month++)
		made_month(world, "U03", "pressure_threat", month, month >= NEXT ? 0.6 : month % 24 < 12 ? 0.2 : 0.25);
}

static void world_run(struct world *world)
{
	world->out = (struct records){.arena = &world->arena};
	assert_int_equal(foresee_run(&world->setup, &world->in, &world->out, NULL), 0);
}

static struct forecast *forecast_of(const struct world *world, const char *unit, const char *question)
{
	struct forecast *forecast;

	for (size_t i = 0; (forecast = records_next(&world->out, &kind_forecast, &i));)
		if (str_eq(forecast->r.unit, unit) && str_eq(forecast->question, question))
			return forecast;
	fail_msg("no forecast of %s in %s", question, unit);
	return NULL;
}

static bool comes_from(const struct record *r, const struct record *origin)
{
	for (size_t i = 0; i < r->n_from; i++)
		if (str_eq(r->from[i].from_id, origin->id) && str_eq(r->from[i].role, "pulse"))
			return true;
	return false;
}

static void while_off_the_update_stands_beside_a_chance_that_it_does_not_touch(void **state)
{
	const struct forecast *bare, *with;
	struct world world;
	double odds;

	(void)state;
	world_open(&world);
	world_run(&world);
	bare = forecast_of(&world, "U03", "closing");
	assert_true(bare->pulse == bare->p && bare->yearly == bare->p && bare->news > 1);   /* nothing was learned yet */
	made_setting(&world, "pulse.closing.beta", 0.5);
	made_setting(&world, "pulse.closing.beta_sd", 0.1);
	made_setting(&world, "pulse.closing.on", 0);
	world_run(&world);
	with = forecast_of(&world, "U03", "closing");
	odds = log(with->yearly / (1 - with->yearly)) + 0.5 * with->news;
	assert_near(with->pulse, 1 / (1 + exp(-odds)), 1e-8);
	assert_true(with->p == bare->p && with->low == bare->low && with->high == bare->high);
	assert_string_equal(with->r.id, bare->r.id);
	arena_free(&world.arena);
}

static void once_on_the_chance_is_the_update_and_the_old_one_is_kept(void **state)
{
	const struct setting *on;
	const struct forecast *off, *with;
	struct world world;

	(void)state;
	world_open(&world);
	made_setting(&world, "pulse.closing.beta", 0.5);
	made_setting(&world, "pulse.closing.beta_sd", 0.1);
	world_run(&world);
	off = forecast_of(&world, "U03", "closing");
	on = made_setting(&world, "pulse.closing.on", 1);
	world_run(&world);
	with = forecast_of(&world, "U03", "closing");
	assert_true(with->p == with->pulse && with->pulse == off->pulse && with->p > off->p);
	assert_true(with->yearly == off->p);
	assert_true(with->low < with->p && with->high > with->p && with->high > off->high);
	assert_true(comes_from(&with->r, &on->r));
	with = forecast_of(&world, "U04", "closing");   /* where nothing was reported nothing changes */
	assert_true(isnan(with->pulse) && isnan(with->yearly) && isnan(with->news));
	assert_non_null(strstr(with->r.missing, "no events of a whole month since the origin"));
	arena_free(&world.arena);
}

static void a_setting_of_another_question_moves_nothing(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	made_setting(&world, "pulse.closing.v2xcs_ccsi.beta", 0.5);
	made_setting(&world, "pulse.opening.on", 1);
	made_setting(&world, "pulse.closingx.beta", 0.5);
	world_run(&world);
	assert_true(forecast_of(&world, "U03", "closing")->pulse == forecast_of(&world, "U03", "closing")->p);
	arena_free(&world.arena);
}

static void opening_listens_to_opportunities(void **state)
{
	struct world world;

	(void)state;
	world_open(&world);
	for (int64_t month = NEXT - 72; month < NEXT + 6; month++)
		made_month(&world, "U05", "pressure_opportunity", month, month % 24 < 12 ? 0.2 : 0.25);
	world_run(&world);
	assert_true(isnan(forecast_of(&world, "U05", "closing")->news));
	assert_false(isnan(forecast_of(&world, "U05", "opening")->news));
	assert_true(isnan(forecast_of(&world, "U03", "opening")->news));
	arena_free(&world.arena);
}

static void months_after_the_date_change_not_one_byte(void **state)
{
	struct buf before = {0}, after = {0};
	struct world world;

	(void)state;
	world_open(&world);
	made_setting(&world, "pulse.closing.beta", 0.5);
	made_setting(&world, "pulse.closing.on", 1);
	world_run(&world);
	for (size_t i = 0; i < world.out.n; i++)
		record_write_json(&before, world.out.v[i]);
	for (size_t i = 0; i < world.in.n; i++) {
		struct observation *o = (struct observation *)world.in.v[i];

		if (o->r.kind == &kind_observation && str_eq(o->indicator, "pressure_threat") &&
		    instant_month(o->r.valid_from) >= NEXT + 6)
			o->value = 0.01;
	}
	made_setting(&world, "pulse.closing.on", 0)->r.known = instant_of_day(ORIGIN + 1, 8, 1);
	world_run(&world);
	for (size_t i = 0; i < world.out.n; i++)
		record_write_json(&after, world.out.v[i]);
	assert_int_equal(before.len, after.len);
	assert_memory_equal(before.s, after.s, before.len);
	buf_free(&before);
	buf_free(&after);
	arena_free(&world.arena);
}

static void the_months_behind_an_update_are_named_and_bind_its_licence(void **state)
{
	struct observation *since, *past;
	struct forecast *forecast;
	struct world world;

	(void)state;
	world_open(&world);
	since = made_month(&world, "U07", "pressure_threat", NEXT + 2, 0.5);
	past = made_month(&world, "U07", "pressure_threat", NEXT - 10, 0.5);
	for (int64_t year = 2; year < 6; year++)
		made_month(&world, "U07", "pressure_threat", NEXT + 2 - 12 * year, 0.2);
	past->r.licence = "restricted";
	world_run(&world);
	forecast = forecast_of(&world, "U07", "closing");
	assert_false(isnan(forecast->news));
	assert_true(comes_from(&forecast->r, &since->r) && comes_from(&forecast->r, &past->r));
	assert_string_equal(forecast->r.licence, "restricted");
	arena_free(&world.arena);
}

/* ---- whole worlds, round by round; many more of them: bench/pulse.c ---- */

static void events_that_tell_turn_the_update_on_and_it_gains(void **state)
{
	static const struct pulse_plan plan = {"tell", 60, 16, 2, 0.08, 0.2, 0.1};
	_cleanup_(arena_free) struct arena arena = {0};
	struct pulse_tally tally;

	(void)state;
	pulse_world_run(&plan, 3, &arena, &tally);
	assert_true(tally.on);
	assert_true(str_starts(tally.said, "better than the yearly chance: used; Brier gain"));
	assert_true(tally.gain > 0 && tally.gain_on > 0 && tally.n_on > 0);
	assert_true(tally.beta > 0.2);
	assert_int_equal(tally.moved_off, 0);
}

static void events_that_are_noise_are_not_used_and_move_no_bit(void **state)
{
	static const struct pulse_plan plan = {"noise", 60, 16, 0, 0.08, 0.2, 0.1};
	_cleanup_(arena_free) struct arena arena = {0};
	struct pulse_tally tally;

	(void)state;
	pulse_world_run(&plan, 4, &arena, &tally);
	assert_false(tally.on);
	assert_false(tally.ever);
	assert_non_null(strstr(tally.said, "not used; Brier gain"));
	assert_int_equal(tally.moved_off, 0);
	assert_true(tally.gain == 0 && tally.gain_always != 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(news_is_what_the_own_past_did_not_foretell),
		cmocka_unit_test(months_are_compared_with_the_same_months_of_other_years),
		cmocka_unit_test(news_of_a_month_that_is_not_complete_takes_no_part),
		cmocka_unit_test(without_months_or_a_past_there_is_no_news),
		cmocka_unit_test(news_beyond_three_deviations_counts_as_three),
		cmocka_unit_test(past_stretches_never_hold_months_that_are_asked_about),
		cmocka_unit_test(log_odds_move_by_beta_times_the_news),
		cmocka_unit_test(what_is_not_known_of_beta_widens_the_interval),
		cmocka_unit_test(without_news_or_effect_the_chance_is_left_to_the_bit),
		cmocka_unit_test(while_off_the_update_stands_beside_a_chance_that_it_does_not_touch),
		cmocka_unit_test(once_on_the_chance_is_the_update_and_the_old_one_is_kept),
		cmocka_unit_test(a_setting_of_another_question_moves_nothing),
		cmocka_unit_test(opening_listens_to_opportunities),
		cmocka_unit_test(months_after_the_date_change_not_one_byte),
		cmocka_unit_test(the_months_behind_an_update_are_named_and_bind_its_licence),
		cmocka_unit_test(events_that_tell_turn_the_update_on_and_it_gains),
		cmocka_unit_test(events_that_are_noise_are_not_used_and_move_no_bit),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
