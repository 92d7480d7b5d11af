/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of chances.c: whole forecasts, and that none of them sees the future. */
#include "tests/foresee/made_series.h"

#include "foresee/ensemble.h"

struct world {
	struct arena arena;
	struct records in, out;
	struct foresee_setup setup;
};

static void world_open(struct world *world, int64_t origin)
{
	*world = (struct world){.setup = {.as_of = instant_of_day(origin + 1, 4, 1), .seed = 7}};
	world->in.arena = world->out.arena = &world->arena;
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

/* Everything that was made, as the bytes an export would have. */
static const char *bytes_of(struct world *world)
{
	struct buf buf = {0};
	const char *bytes;

	for (size_t i = 0; i < world->out.n; i++) {
		record_write_json(&buf, world->out.v[i]);
		buf_putc(&buf, '\n');
	}
	bytes = arena_ndup(&world->arena, buf.len ? buf.s : "", buf.len);
	buf_free(&buf);
	return bytes;
}

static struct setting *made_setting(struct world *world, const char *name, double value, struct instant known)
{
	struct setting *setting = record_new(&world->arena, &kind_setting);

	setting->name = name;
	setting->value = value;
	setting->r.known = known;
	record_identify(&world->arena, setting);
	records_add(&world->in, setting);
	return setting;
}

static struct score *made_score(struct world *world, double skill, double low, double high)
{
	struct score *score = record_new(&world->arena, &kind_score);

	score->about = "forecast";
	score->subject = "closing";
	score->member = "ensemble";
	score->n = 232;
	score->skill = skill;
	score->skill_low = low;
	score->skill_high = high;
	record_identify(&world->arena, score);
	records_add(&world->in, score);
	return score;
}

/* ---- the future ---- */

static void plant(struct world *world, const char *unit, int64_t year, const char *indicator, const char *source,
		  double value)
{
	struct observation *o = made_value(&world->in, unit, year, indicator, source, value);

	o->r.known = (struct instant){world->setup.as_of.usec + 1, INSTANT_SECOND, 0};
}

static void rows_that_become_known_later_do_not_change_a_byte(void **state)
{
	struct world world;
	const char *before;

	(void)state;
	world_open(&world, 2010);
	made_world(&world.in, 8, 1990, 2010, 5);
	for (int64_t year = 1990; year <= 2010; year++)
		made_value(&world.in, "U00", year, "pressure_threat", "tocsin", 0.4)->r.known = world.setup.as_of;
	world_run(&world);
	before = bytes_of(&world);
	assert_int_equal(world.out.n, 16);

	for (size_t unit = 0; unit < 8; unit++) {
		const char *name = arena_printf(&world.arena, "U%02zu", unit);

		for (int64_t year = 2011; year <= 2014; year++)   /* the years that are foretold */
			plant(&world, name, year, "v2x_polyarchy", "index", unit % 2 ? 1e6 : -1e6);
		plant(&world, name, 2009, "v2x_polyarchy", "a later vintage", 1e6);   /* first by name */
		plant(&world, name, 2010, "pressure_threat", "tocsin", 1e6);
	}
	plant(&world, "NEW", 2010, "v2x_polyarchy", "index", 0.5);
	made_setting(&world, "weight.closing.logit", 1e6, instant_of_day(2011, 4, 2));
	made_score(&world, 1, 1, 1)->r.known = instant_of_day(2011, 4, 2);
	world_run(&world);
	assert_string_equal(bytes_of(&world), before);

	world.setup.as_of = instant_of_day(2011, 4, 3);   /* once they are known they do */
	world_run(&world);
	assert_string_not_equal(bytes_of(&world), before);
	arena_free(&world.arena);
}

static void a_year_is_foretold_from_what_was_known_then(void **state)
{
	struct world all, then;

	(void)state;
	for (int64_t origin = 1996; origin <= 2010; origin += 7) {
		world_open(&all, origin);
		world_open(&then, origin);
		made_world(&all.in, 8, 1990, 2014, 5);
		for (size_t i = 0; i < all.in.n; i++)
			if (instant_year(all.in.v[i]->valid_from) <= origin)
				records_add(&then.in, all.in.v[i]);
		world_run(&all);
		world_run(&then);
		assert_true(all.out.n == 16 && then.in.n < all.in.n);
		assert_int_equal(forecast_of(&all, "U00", "closing")->origin, origin);
		assert_string_equal(bytes_of(&all), bytes_of(&then));
		arena_free(&then.arena);
		arena_free(&all.arena);
	}
}

/* ---- too little to learn from ---- */

/* Units of a steady level, of which the first `falling` fell in 2001. */
static void steady_world(struct world *world, size_t units, size_t falling, int64_t last)
{
	world_open(world, last);
	for (size_t unit = 0; unit < units; unit++)
		for (int64_t year = 1995; year <= last; year++)
			made_index(&world->in, arena_printf(&world->arena, "U%02zu", unit), year,
				   unit < falling && year > 2000 ? 0.3 : 0.5);
	world_run(world);
}

static void too_few_rows_leave_the_logit_null_with_the_reason(void **state)
{
	const struct forecast *forecast;
	struct world world;

	(void)state;
	steady_world(&world, 4, 4, 2003);   /* 4 x 7 rows, 8 of them positive */
	forecast = forecast_of(&world, "U00", "closing");
	assert_true(forecast->n == 28 && forecast->positives == 8);
	assert_true(isnan(forecast->logit) && !forecast->drivers);
	assert_non_null(strstr(forecast->r.missing, "\"logit\":\"fewer than 30 settled rows"));
	assert_non_null(strstr(forecast->r.missing, "\"drivers\":"));
	assert_false(isnan(forecast->p) || isnan(forecast->low) || isnan(forecast->high));
	arena_free(&world.arena);
	steady_world(&world, 5, 4, 2003);   /* 35 rows */
	assert_false(isnan(forecast_of(&world, "U00", "closing")->logit));
	arena_free(&world.arena);
}

static void too_few_positives_leave_the_logit_null_with_the_reason(void **state)
{
	const struct forecast *forecast;
	struct world world;

	(void)state;
	steady_world(&world, 8, 1, 2003);   /* the fall is seen from 1999 and from 2000 */
	forecast = forecast_of(&world, "U00", "closing");
	assert_true(forecast->n == 56 && forecast->positives == 2);
	assert_true(isnan(forecast->logit));
	assert_non_null(strstr(forecast->r.missing, "fewer than 3 of either outcome"));
	assert_string_equal(forecast->weights, "{\"base_rate\":0.5,\"logit\":0,\"persistence\":0.5}");
	forecast = forecast_of(&world, "U00", "opening");
	assert_true(forecast->positives == 0 && isnan(forecast->logit));
	arena_free(&world.arena);
}

static void without_a_settled_label_there_is_no_forecast(void **state)
{
	struct world world;

	(void)state;
	world_open(&world, 2001);
	world_run(&world);
	assert_int_equal(world.out.n, 0);
	made_row(&world.in, "AAA", 2000, (double[]){0.5, 0.4}, 2);
	world_run(&world);
	assert_int_equal(world.out.n, 0);
	world.setup.as_of = instant_of_day(2003, 4, 1);
	made_index(&world.in, "AAA", 2002, 0.4);
	world_run(&world);
	assert_int_equal(world.out.n, 2);
	arena_free(&world.arena);
}

static void a_unit_without_the_newest_year_is_not_foretold(void **state)
{
	struct world world;

	(void)state;
	world_open(&world, 2003);
	made_row(&world.in, "AAA", 2000, (double[]){0.5, 0.4, 0.4, 0.4}, 4);
	made_row(&world.in, "BBB", 2000, (double[]){0.5, 0.4, 0.4}, 3);
	world_run(&world);
	assert_int_equal(world.out.n, 2);
	assert_string_equal(world.out.v[0]->unit, "AAA");
	assert_int_equal(forecast_of(&world, "AAA", "closing")->n, 3);   /* but BBB taught */
	arena_free(&world.arena);
}

/* ---- chance and interval ---- */

static void the_interval_holds_the_estimate_and_both_are_chances(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		const struct forecast *forecast;
		struct world world;

		world_open(&world, 2005);
		made_world(&world.in, 2 + seed % 9, 1985, 2005, seed);
		world.setup.seed = seed;
		world_run(&world);
		assert_int_equal(world.out.n, 2 * (2 + seed % 9));
		for (size_t i = 0; (forecast = records_next(&world.out, &kind_forecast, &i));) {
			assert_true(forecast->low <= forecast->p && forecast->p <= forecast->high);
			assert_true(forecast->low >= 0 && forecast->high <= 1);
		}
		arena_free(&world.arena);
	}
}

static void the_stored_seed_makes_the_interval_again(void **state)
{
	const char *first, *other;
	struct world world;
	double p, low;

	(void)state;
	world_open(&world, 2005);
	made_world(&world.in, 8, 1985, 2005, 4);
	world.setup.seed = 12345;
	world_run(&world);
	first = bytes_of(&world);
	p = forecast_of(&world, "U03", "closing")->p;
	low = forecast_of(&world, "U03", "closing")->low;
	assert_true(low < p && p < forecast_of(&world, "U03", "closing")->high);
	world.setup.seed = 54321;
	world_run(&world);
	other = bytes_of(&world);
	assert_string_not_equal(first, other);
	assert_true(forecast_of(&world, "U03", "closing")->p == p);
	assert_true(forecast_of(&world, "U03", "closing")->low != low);
	world.setup.seed = 12345;
	world_run(&world);
	assert_int_equal(forecast_of(&world, "U03", "closing")->seed, 12345);
	assert_string_equal(bytes_of(&world), first);
	arena_free(&world.arena);
}

static void the_order_of_the_rows_does_not_matter(void **state)
{
	const char *first;
	struct world world;

	(void)state;
	world_open(&world, 2005);
	made_world(&world.in, 6, 1985, 2005, 4);
	world_run(&world);
	first = bytes_of(&world);
	for (size_t i = 0; i < world.in.n / 2; i++) {
		struct record *swap = world.in.v[i];

		world.in.v[i] = world.in.v[world.in.n - 1 - i];
		world.in.v[world.in.n - 1 - i] = swap;
	}
	world_run(&world);
	assert_string_equal(bytes_of(&world), first);
	arena_free(&world.arena);
}

static void a_forecast_speaks_of_the_two_years_after_its_data(void **state)
{
	const struct forecast *forecast;
	struct world world;

	(void)state;
	world_open(&world, 2005);
	made_world(&world.in, 3, 1985, 2005, 4);
	world.in.v[world.in.n - 1]->licence = "restricted";
	world_run(&world);
	forecast = forecast_of(&world, "U02", "opening");
	assert_int_equal(forecast->origin, 2005);
	assert_int_equal(forecast->r.valid_from.usec, instant_of_year(2006).usec);
	assert_int_equal(forecast->r.valid_past.usec, instant_of_year(2008).usec);
	assert_int_equal(forecast->as_of.usec, world.setup.as_of.usec);
	assert_int_equal(forecast->r.known.usec, world.setup.as_of.usec);
	assert_string_equal(forecast->r.licence, "restricted");
	assert_string_equal(forecast->r.from[0].from_id, world.in.v[world.in.n - 1]->id);
	arena_free(&world.arena);
}

/* ---- what was learned ---- */

static void before_anything_was_learned_the_members_weigh_the_same(void **state)
{
	const struct forecast *forecast;
	struct world world;

	(void)state;
	world_open(&world, 2005);
	made_world(&world.in, 8, 1985, 2005, 4);
	world_run(&world);
	forecast = forecast_of(&world, "U01", "closing");
	assert_true(fabs(forecast->p - (forecast->base_rate + forecast->persistence + forecast->logit) / 3) < 1e-8);
	assert_string_equal(forecast->weights,
			    "{\"base_rate\":0.333333333,\"logit\":0.333333333,\"persistence\":0.333333333}");
	arena_free(&world.arena);
}

static void learned_weights_make_the_ensemble_and_are_named(void **state)
{
	const struct forecast *forecast;
	struct setting *setting;
	struct world world;
	bool named = false;

	(void)state;
	world_open(&world, 2005);
	made_world(&world.in, 8, 1985, 2005, 4);
	setting = made_setting(&world, "weight.closing.logit", 0.5, world.setup.as_of);
	made_setting(&world, "weight.closing.base_rate", 0.5, world.setup.as_of);
	made_setting(&world, "weight.closing.persistence", 0, world.setup.as_of);
	world_run(&world);
	forecast = forecast_of(&world, "U01", "closing");
	assert_true(fabs(forecast->p - (forecast->base_rate + forecast->logit) / 2) < 1e-8);
	assert_string_equal(forecast->weights, "{\"base_rate\":0.5,\"logit\":0.5,\"persistence\":0}");
	for (size_t i = 0; i < forecast->r.n_from; i++)
		named |= str_eq(forecast->r.from[i].role, "weight") && str_eq(forecast->r.from[i].from_id, setting->r.id);
	assert_true(named);
	assert_non_null(strstr(forecast_of(&world, "U01", "opening")->weights, "\"logit\":0.3333"));
	arena_free(&world.arena);
}

static const char *skill_said(struct world *world, double skill, double low, double high)
{
	struct score *score;
	const struct forecast *forecast;

	world_open(world, 2005);
	made_world(&world->in, 3, 1995, 2005, 4);
	score = made_score(world, skill, low, high);
	world_run(world);
	forecast = forecast_of(world, "U01", "closing");
	assert_string_equal(forecast->r.from[forecast->r.n_from - 1].from_id, score->r.id);
	return forecast->skill;
}

static void skill_is_claimed_only_where_the_interval_is_clear_of_zero(void **state)
{
	struct world world;

	(void)state;
	assert_true(str_starts(skill_said(&world, 0.01, 0.001, 0.02), "better than the base rate: "));
	arena_free(&world.arena);
	assert_true(str_starts(skill_said(&world, 0.01, 0, 0.02), "no skill shown: "));
	arena_free(&world.arena);
	assert_true(str_starts(skill_said(&world, 0.01, -0.001, 0.02), "no skill shown: "));
	arena_free(&world.arena);
	assert_true(str_starts(skill_said(&world, -0.01, -0.02, 0), "no skill shown: "));
	arena_free(&world.arena);
	assert_true(str_starts(skill_said(&world, -0.01, -0.02, -0.001), "worse than the base rate: "));
	arena_free(&world.arena);
	assert_string_equal(skill_said(&world, 0.01, NAN, NAN), "no skill shown: Brier gain over the base rate 0.0100, "
			    "too few countries for an interval, 232 forecasts");
	assert_true(str_starts(forecast_of(&world, "U01", "opening")->skill, "no skill shown: no forecast"));
	arena_free(&world.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_that_become_known_later_do_not_change_a_byte),
		cmocka_unit_test(a_year_is_foretold_from_what_was_known_then),
		cmocka_unit_test(too_few_rows_leave_the_logit_null_with_the_reason),
		cmocka_unit_test(too_few_positives_leave_the_logit_null_with_the_reason),
		cmocka_unit_test(without_a_settled_label_there_is_no_forecast),
		cmocka_unit_test(a_unit_without_the_newest_year_is_not_foretold),
		cmocka_unit_test(the_interval_holds_the_estimate_and_both_are_chances),
		cmocka_unit_test(the_stored_seed_makes_the_interval_again),
		cmocka_unit_test(the_order_of_the_rows_does_not_matter),
		cmocka_unit_test(a_forecast_speaks_of_the_two_years_after_its_data),
		cmocka_unit_test(before_anything_was_learned_the_members_weigh_the_same),
		cmocka_unit_test(learned_weights_make_the_ensemble_and_are_named),
		cmocka_unit_test(skill_is_claimed_only_where_the_interval_is_clear_of_zero),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("chances", tests, NULL, NULL);
}
