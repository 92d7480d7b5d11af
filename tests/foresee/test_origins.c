/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a forecast names as its origins, and whose licences it inherits. */
#include "tests/foresee/made_series.h"

#include "foresee/ensemble.h"

struct world {
	struct arena arena;
	struct records in, out;
	struct atlas atlas;
	struct foresee_setup setup;
};

/* Eight units that wander from 1990 to 2010; U00 and U01 are neighbours. */
static void world_open(struct world *world)
{
	static const char units[] = "id,kind,parent,from,past,name\nU00,state,,,,Zero\nU01,state,,,,One\n";
	static const char borders[] = "unit,neighbour\nU00,U01\nU01,U00\n";

	*world = (struct world){.setup = {.as_of = instant_of_day(2011, 4, 1), .atlas = &world->atlas, .seed = 7}};
	world->in.arena = world->out.arena = world->atlas.arena = &world->arena;
	assert_int_equal(atlas_add_units(&world->atlas, "units.csv", units, strlen(units), NULL), 0);
	assert_int_equal(atlas_add_borders(&world->atlas, "made.csv", borders, strlen(borders), NULL), 0);
	made_world(&world->in, 8, 1990, 2010, 5);
}

static const struct forecast *closing_of(struct world *world, const char *unit)
{
	const struct forecast *forecast;

	world->out = (struct records){.arena = &world->arena};
	assert_int_equal(foresee_run(&world->setup, &world->in, &world->out, NULL), 0);
	for (size_t i = 0; (forecast = records_next(&world->out, &kind_forecast, &i));)
		if (str_eq(forecast->r.unit, unit) && str_eq(forecast->question, "closing"))
			return forecast;
	fail_msg("no forecast of closing in %s", unit);
	return NULL;
}

static struct observation *index_of(const struct world *world, const char *unit, int64_t year)
{
	struct observation *o;

	for (size_t i = 0; (o = records_next(&world->in, &kind_observation, &i));)
		if (str_eq(o->r.unit, unit) && instant_year(o->r.valid_from) == year)
			return o;
	fail_msg("no index of %s", unit);
	return NULL;
}

/* The pressure of a month of 2010 or earlier, known on the first day of the next. */
static struct observation *made_month(struct world *world, const char *unit, int64_t year, int month, double value)
{
	struct observation *o = record_new(&world->arena, &kind_observation);

	o->r.unit = unit;
	o->r.valid_from = instant_of_month(instant_month(instant_of_day(year, month, 1)));
	o->r.valid_past = o->r.known = instant_of_month(instant_month(o->r.valid_from) + 1);
	o->indicator = "pressure_threat";
	o->source = "tocsin";
	o->value = value;
	record_identify(&world->arena, o);
	records_add(&world->in, o);
	return o;
}

static size_t origins_of(const struct forecast *forecast, const char *role, const char **ret_id)
{
	size_t n = 0;

	for (size_t i = 0; i < forecast->r.n_from; i++)
		if (str_eq(forecast->r.from[i].role, role)) {
			*ret_id = forecast->r.from[i].from_id;
			n++;
		}
	return n;
}

static void the_newest_month_of_pressure_is_named_and_binds_by_its_licence(void **state)
{
	struct observation *newest = NULL;
	const struct forecast *forecast;
	const char *id = NULL;
	struct world world;

	(void)state;
	world_open(&world);
	for (int64_t year = 2005; year <= 2010; year++)
		for (size_t unit = 0; unit < 8; unit++)
			for (int month = 12; month >= 10; month--) {   /* the newest is not the last read */
				struct observation *o = made_month(&world, arena_printf(&world.arena, "U%02zu", unit),
								   year, month, 0.1 * (double)unit);

				if (year == 2010 && unit == 0 && month == 12)
					newest = o;
			}
	forecast = closing_of(&world, "U00");
	assert_int_equal(origins_of(forecast, "pressure", &id), 1);
	assert_string_equal(id, newest->r.id);
	assert_string_equal(forecast->r.licence, "open");
	newest->r.licence = "restricted";
	assert_string_equal(closing_of(&world, "U00")->r.licence, "restricted");
	assert_string_equal(closing_of(&world, "U02")->r.licence, "open");
	arena_free(&world.arena);
}

static void pressure_that_took_no_part_is_not_named(void **state)
{
	const char *id = NULL;
	struct world world;

	(void)state;
	world_open(&world);
	made_month(&world, "U00", 2010, 12, 0.5)->r.licence = "restricted";   /* too seldom known to learn from */
	assert_int_equal(origins_of(closing_of(&world, "U00"), "pressure", &id), 0);
	assert_string_equal(closing_of(&world, "U00")->r.licence, "open");
	arena_free(&world.arena);
}

static void a_neighbour_is_named_only_where_its_licence_is_stricter(void **state)
{
	const struct forecast *forecast;
	const char *id = NULL;
	struct world world;

	(void)state;
	world_open(&world);
	assert_int_equal(origins_of(closing_of(&world, "U00"), "neighbour", &id), 0);
	index_of(&world, "U01", 2010)->r.licence = "share-alike";
	index_of(&world, "U03", 2010)->r.licence = "restricted";     /* no neighbour of U00 */
	forecast = closing_of(&world, "U00");
	assert_int_equal(origins_of(forecast, "neighbour", &id), 1);
	assert_string_equal(id, index_of(&world, "U01", 2010)->r.id);
	assert_string_equal(forecast->r.licence, "share-alike");
	index_of(&world, "U01", 2007)->r.licence = "restricted";     /* its change is of three years */
	assert_string_equal(closing_of(&world, "U00")->r.licence, "restricted");
	forecast = closing_of(&world, "U05");                        /* without neighbours all others count */
	assert_int_equal(origins_of(forecast, "neighbour", &id), 2);
	assert_string_equal(forecast->r.licence, "restricted");
	arena_free(&world.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_month_of_pressure_is_named_and_binds_by_its_licence),
		cmocka_unit_test(pressure_that_took_no_part_is_not_named),
		cmocka_unit_test(a_neighbour_is_named_only_where_its_licence_is_stricter),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("forecast origins", tests, NULL, NULL);
}
