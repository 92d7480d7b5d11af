/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pulse_world.h - made worlds for the update of forecasts by events, run round by round by the production code.
 *
 * The log-odds of a closing in a year are the country's own, `effect` times that year's trouble, and a shock
 * common to all countries. Trouble stands in that year's monthly pressure, under a level that walks, a season, noise that
 * lasts, a common shock and gaps. The yearly chance is the true one without the year's trouble, read with an error that
 * its interval states. Rounds are as of April, July and October after each origin; April learns first.
 */
#ifndef TESTS_FORESEE_PULSE_WORLD_H
#define TESTS_FORESEE_PULSE_WORLD_H

#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "foresee/pulse.h"
#include "learn/resolved.h"

#define PULSE_READ 0.3        /* error of the yearly log-odds */

struct pulse_plan {
	const char *name;
	size_t units, years;
	double effect;               /* of a standard deviation of trouble, on log-odds */
	double rate;                 /* of closings in a year of no trouble */
	double shock;                /* of whole years, in outcomes and in pressure, on log-odds, of either alone */
	double gaps;                 /* share of months without events */
};

struct pulse_tally {
	size_t rounds, rounds_on;    /* after the first five origins */
	bool on, ever;               /* at the end; in any round */
	double gain, n;              /* Brier of the yearly chance minus that of p, after the first five origins */
	double gain_always;          /* had p followed every update */
	double gain_on, n_on;        /* of those that were made while it was on */
	double covered, covered_yearly, n_covered;   /* true chances within the intervals of the update and before it */
	size_t moved_off;            /* forecasts whose chance or interval changed by a bit while it was off: none */
	double beta, beta_sd;
	const char *said;            /* reason of pulse.closing.on, in the arena of the run */
};

struct pulse_world {
	const struct pulse_plan *plan;
	struct arena arena;
	struct records past, known;  /* index and forecasts, for learn; pressure and settings, for foresee */
	struct rng rng;
	double *own, *trouble;       /* by unit; by unit and year */
	unsigned char *closes;       /* by unit and year */
};

enum { PULSE_FIRST = 1990, PULSE_AFTER = 12 };   /* first year of pressure; forecasts begin that many years later */

static inline double pulse_logistic(double x)
{
	return 1 / (1 + exp(-x));
}

/* Mean of the logistic function under a normal distribution, by a sum over a grid. */
static inline double pulse_mean_chance(double mean, double sd)
{
	double sum = 0, weight = 0;

	for (int k = -20; k <= 20; k++) {
		double z = k * 0.2, w = exp(-z * z / 2);

		sum += w * pulse_logistic(mean + sd * z);
		weight += w;
	}
	return sum / weight;
}

static inline const char *pulse_unit_name(struct pulse_world *world, size_t unit)
{
	return arena_printf(&world->arena, "U%03zu", unit);
}

static inline void pulse_observe(struct pulse_world *world, struct records *list, const char *unit, const char *indicator,
				 struct instant from, struct instant past, struct instant known, double value)
{
	struct observation *o = record_new(&world->arena, &kind_observation);

	o->r.unit = unit;
	o->r.valid_from = from;
	o->r.valid_past = past;
	o->r.known = known;
	o->indicator = indicator;
	o->source = "made";
	o->value = value;
	record_identify(&world->arena, o);
	records_add(list, o);
}

static inline void pulse_unit_make(struct pulse_world *world, size_t unit, const double *shock_index,
				   const double *shock_pressure)
{
	const struct pulse_plan *plan = world->plan;
	const size_t all = plan->years + PULSE_AFTER + 2;
	const char *name = pulse_unit_name(world, unit);
	double index = 0.5, level = normal_draw(&world->rng), noise = 0, phase = 6.2832 * rng_unit(&world->rng);

	world->own[unit] = log(plan->rate / (1 - plan->rate)) + 0.6 * normal_draw(&world->rng);
	for (size_t y = 0; y < all; y++) {
		const int64_t year = PULSE_FIRST + (int64_t)y;
		const double trouble = normal_draw(&world->rng);
		const double odds = world->own[unit] + plan->effect * trouble + plan->shock * shock_index[y];

		world->trouble[unit * all + y] = trouble;
		world->closes[unit * all + y] = rng_unit(&world->rng) < pulse_logistic(odds);
		index += world->closes[unit * all + y] ? -0.08 : 0.01;
		pulse_observe(world, &world->past, name, "v2x_polyarchy", instant_of_year(year), instant_of_year(year + 1),
			      instant_of_day(year + 1, 4, 1), index);
		for (int64_t m = 0; m < 12; m++) {
			const int64_t month = 12 * year + m;

			level += 0.05 * normal_draw(&world->rng);
			noise = 0.6 * noise + 0.5 * normal_draw(&world->rng);
			if (rng_unit(&world->rng) >= plan->gaps)
				pulse_observe(world, &world->known, name, "pressure_threat", instant_of_month(month),
					      instant_of_month(month + 1), instant_of_month(month + 1),
					      pulse_logistic(level + 0.3 * sin(phase + 0.5236 * (double)m) + noise +
							     0.7 * trouble + plan->shock * shock_pressure[y]));
		}
	}
}

static inline void pulse_world_open(struct pulse_world *world, const struct pulse_plan *plan, uint64_t seed)
{
	const size_t all = plan->years + PULSE_AFTER + 2;
	double *index, *pressure;

	*world = (struct pulse_world){.plan = plan};
	world->past.arena = world->known.arena = &world->arena;
	world->own = arena_array(&world->arena, double, plan->units);
	world->trouble = arena_array(&world->arena, double, plan->units * all);
	world->closes = arena_array(&world->arena, unsigned char, plan->units * all);
	index = arena_array(&world->arena, double, all);
	pressure = arena_array(&world->arena, double, all);
	rng_seed(&world->rng, seed);
	for (size_t y = 0; y < all; y++) {
		index[y] = normal_draw(&world->rng);
		pressure[y] = normal_draw(&world->rng);
	}
	for (size_t unit = 0; unit < plan->units; unit++)
		pulse_unit_make(world, unit, index, pressure);
}

/* Settings that learn made take the place of those before. */
static inline void pulse_learn(struct pulse_world *world, struct instant as_of, size_t n_pressure, struct pulse_tally *tally)
{
	struct records made = {.arena = &world->arena}, past = {.arena = &world->arena};
	const struct setting *setting;

	for (size_t i = 0; i < world->past.n; i++)
		if (world->past.v[i]->known.usec <= as_of.usec)
			records_add(&past, world->past.v[i]);
	learn_pulse(&(struct learn_setup){as_of, 11}, &past, &made);
	world->known.n = n_pressure;
	for (size_t i = 0; (setting = records_next(&made, &kind_setting, &i));) {
		records_add(&world->known, (void *)setting);
		if (str_eq(setting->name, "pulse.closing.on")) {
			tally->on = setting->value == 1;
			tally->said = setting->reason;
		}
		tally->beta = str_eq(setting->name, "pulse.closing.beta") ? setting->value : tally->beta;
		tally->beta_sd = str_eq(setting->name, "pulse.closing.beta_sd") ? setting->value : tally->beta_sd;
	}
	tally->ever |= tally->on;
}

/* One forecast of a round beside what happened and what was true. */
static inline void pulse_count(struct pulse_world *world, size_t unit, size_t y, bool late, const struct forecast *forecast,
			       const struct pulse_chance *before, struct pulse_tally *tally)
{
	const struct pulse_plan *plan = world->plan;
	const size_t at = unit * (plan->years + PULSE_AFTER + 2) + y;
	const double happens = world->closes[at + 1] || world->closes[at + 2];
	const double told = pulse_mean_chance(world->own[unit] + plan->effect * world->trouble[at + 1], plan->shock);
	const double untold = pulse_mean_chance(world->own[unit], hypot(plan->effect, plan->shock));
	const double truth = 1 - (1 - told) * (1 - untold);
	const double gain = pow(before->p - happens, 2) - pow(forecast->p - happens, 2);
	struct pulse_chance after;

	if (!tally->on)
		tally->moved_off += forecast->p != before->p || forecast->low != before->low || forecast->high != before->high;
	if (!late)
		return;
	tally->gain += gain;
	tally->n++;
	tally->gain_always += isnan(forecast->pulse) ? 0 : pow(before->p - happens, 2) - pow(forecast->pulse - happens, 2);
	tally->gain_on += tally->on ? gain : 0;
	tally->n_on += tally->on;
	if (isnan(forecast->news))
		return;
	after = pulse_apply(before, forecast->news, tally->beta, tally->beta_sd);
	tally->covered += after.low <= truth && truth <= after.high;
	tally->covered_yearly += before->low <= truth && truth <= before->high;
	tally->n_covered++;
}

static inline void pulse_round(struct pulse_world *world, size_t y, struct instant as_of, const double *read,
			       struct pulse_tally *tally)
{
	const struct pulse_plan *plan = world->plan;
	const struct foresee_setup setup = {.as_of = as_of, .seed = 7};
	const bool late = y >= PULSE_AFTER + 5;
	struct records out = {.arena = &world->arena};
	struct pulse_chance *before = arena_array(&world->arena, struct pulse_chance, plan->units);

	for (size_t unit = 0; unit < plan->units; unit++) {
		struct forecast *forecast = record_new(&world->arena, &kind_forecast);
		const double year = pulse_mean_chance(world->own[unit], hypot(plan->effect, plan->shock));
		const double chance = 1 - (1 - year) * (1 - year), odds = log(chance / (1 - chance)) + PULSE_READ * read[unit];

		forecast->r.unit = pulse_unit_name(world, unit);
		forecast->r.known = forecast->as_of = as_of;
		forecast->question = "closing";
		forecast->origin = PULSE_FIRST + (int64_t)y;
		forecast->p = forecast->base_rate = pulse_logistic(odds);
		forecast->low = pulse_logistic(odds - 1.645 * PULSE_READ);
		forecast->high = pulse_logistic(odds + 1.645 * PULSE_READ);
		record_identify(&world->arena, forecast);
		before[unit] = (struct pulse_chance){forecast->p, forecast->low, forecast->high};
		records_add(&out, forecast);
	}
	pulse_update(&setup, &world->known, &out);
	for (size_t unit = 0; unit < plan->units; unit++) {
		pulse_count(world, unit, y, late, (struct forecast *)out.v[unit], &before[unit], tally);
		records_add(&world->past, out.v[unit]);
	}
	tally->rounds += late;
	tally->rounds_on += late && tally->on;
}

/* The whole life of one world. `arena` owns what the tally says. */
static inline void pulse_world_run(const struct pulse_plan *plan, uint64_t seed, struct arena *arena,
				   struct pulse_tally *ret)
{
	struct pulse_world world;
	struct pulse_tally tally = {.beta = 0, .beta_sd = 1 / sqrt(PULSE_RIDGE), .said = ""};
	size_t n_pressure;
	double *read;

	pulse_world_open(&world, plan, seed);
	n_pressure = world.known.n;
	read = arena_array(&world.arena, double, plan->units);
	for (size_t y = PULSE_AFTER; y < PULSE_AFTER + plan->years; y++) {
		const int64_t year = PULSE_FIRST + (int64_t)y + 1;

		for (size_t unit = 0; unit < plan->units; unit++)
			read[unit] = normal_draw(&world.rng);
		pulse_learn(&world, instant_of_day(year, 4, 1), n_pressure, &tally);
		for (unsigned month = 4; month <= 10; month += 3)
			pulse_round(&world, y, instant_of_day(year, month, 1), read, &tally);
	}
	tally.said = arena_dup(arena, tally.said);
	arena_free(&world.arena);
	*ret = tally;
}

#endif
