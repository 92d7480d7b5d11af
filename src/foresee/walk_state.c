/* SPDX-License-Identifier: GPL-3.0-or-later */
/* walk_state.c - the state of a country-year, from what was known in that year. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "foresee/walk.h"

#define MOST_MOVE 2.0         /* a larger yearly change, in steps, counts as that */
#define LONG_YEARS 10
#define SHORT_YEARS 5
#define TIDE_YEARS 3
#define REGION_PRIOR 3.0      /* units at rest, added to each region */
#define MOST_REACH 1.5        /* steps: how far a rise or fall counts when it is learned */

#define COMMON_TERMS 30       /* and one a space but the last */

static double clipped(double value, double low, double high)
{
	return value < low ? low : value > high ? high : value;
}

static double or_zero(double value)
{
	return isnan(value) ? 0 : value;
}

/* Changes of a unit's region and of the world, by space and year. */
struct tides {
	size_t *region;               /* of each unit */
	size_t n_regions;
	double *regional;             /* [region][space][year]: mean change */
	double *world, *restless;     /* [space][year]: mean change, mean size of it */
};

static double change_at(const struct walk *walk, size_t space, size_t unit, size_t year, size_t ago)
{
	return year >= ago ? walk->change[walk_at(walk, space, unit, year - ago)] : NAN;
}

static double value_at(const struct walk *walk, size_t space, size_t unit, size_t year, size_t ago)
{
	return year >= ago ? walk->value[walk_at(walk, space, unit, year - ago)] : NAN;
}

static void find_regions(const struct history *history, struct arena *arena, struct tides *tides)
{
	tides->region = arena_array(arena, size_t, history->n_units + 1);
	for (size_t u = 0; u < history->n_units; u++) {
		size_t like = 0;

		while (like < u && history->units[like].region != history->units[u].region)
			like++;
		tides->region[u] = like < u ? tides->region[like] : tides->n_regions++;
	}
}

static void find_tides(const struct walk *walk, struct arena *arena, struct tides *tides)
{
	size_t n = walk->n_spaces * walk->n_years;
	double *known = arena_array(arena, double, tides->n_regions + 1);

	tides->regional = arena_array(arena, double, tides->n_regions * n + 1);
	tides->world = arena_array(arena, double, n + 1);
	tides->restless = arena_array(arena, double, n + 1);
	for (size_t i = 0; i < n; i++) {
		size_t all = 0;

		for (size_t r = 0; r < tides->n_regions; r++)
			known[r] = REGION_PRIOR;
		for (size_t u = 0; u < walk->n_units; u++) {
			double change = change_at(walk, i / walk->n_years, u, i % walk->n_years, 0);

			if (isnan(change))
				continue;
			change = clipped(change, -MOST_MOVE, MOST_MOVE);
			known[tides->region[u]]++;
			tides->regional[tides->region[u] * n + i] += change;
			tides->world[i] += change;
			tides->restless[i] += fabs(change);
			all++;
		}
		for (size_t r = 0; r < tides->n_regions; r++)
			tides->regional[r * n + i] /= known[r];
		tides->world[i] /= all ? (double)all : 1;
		tides->restless[i] /= all ? (double)all : 1;
	}
}

/* ---- the terms, each group appended at `at` ---- */

static double *put_level(const struct walk *walk, size_t space, size_t unit, size_t year, double *at)
{
	double x = value_at(walk, space, unit, year, 0), mean = 0, known = 0;

	for (size_t k = 0; k < walk->n_spaces; k++) {
		double value = value_at(walk, k, unit, year, 0);

		mean += or_zero(value);
		known += !isnan(value);
	}
	mean /= known;
	*at++ = 1;
	*at++ = x;
	*at++ = x * x;
	*at++ = mean;
	*at++ = mean * mean;
	*at++ = x - mean;
	return at;
}

static double *put_changes(const struct walk *walk, size_t space, size_t unit, size_t year, double *at)
{
	double x = value_at(walk, space, unit, year, 0), step = walk->spaces[space].step;

	for (size_t ago = 0; ago < 3; ago++) {
		double change = or_zero(change_at(walk, space, unit, year, ago));

		*at++ = clipped(change, -MOST_MOVE, MOST_MOVE);
		if (ago == 2)
			break;
		*at++ = clipped(change, 0, 1);
		*at++ = clipped(-change, 0, 1);
	}
	*at++ = clipped(or_zero((x - value_at(walk, space, unit, year, SHORT_YEARS)) / step), -4, 4);
	*at++ = clipped(or_zero((x - value_at(walk, space, unit, year, LONG_YEARS)) / step), -6, 6);
	return at;
}

/* How much it moved and how often it stood still, over a short and a long time; where nothing is known, a middle. */
static double *put_restlessness(const struct walk *walk, size_t space, size_t unit, size_t year, double *at)
{
	double moved[2] = {0}, still[2] = {0}, known[2] = {0}, up = 0, down = 0;
	double last = change_at(walk, space, unit, year, 0), before = change_at(walk, space, unit, year, 1);

	for (size_t ago = 0; ago < LONG_YEARS; ago++) {
		double change = change_at(walk, space, unit, year, ago);

		if (isnan(change))
			continue;
		for (int k = 0; k < (ago < SHORT_YEARS ? 2 : 1); k++) {
			known[k]++;
			moved[k] += fmin(fabs(change), MOST_MOVE);
			still[k] += change == 0;
		}
		up += clipped(change, 0, MOST_MOVE);
		down += clipped(-change, 0, MOST_MOVE);
	}
	for (int k = 0; k < 2; k++) {
		*at++ = known[k] > 0 ? sqrt(moved[k] / known[k]) : .5;
		*at++ = known[k] > 0 ? still[k] / known[k] : .5;
	}
	*at++ = or_zero(last) == 0 ? 1 + (or_zero(before) == 0) : 0;
	*at++ = known[0] > 0 ? sqrt(up / known[0]) : .3;
	*at++ = known[0] > 0 ? sqrt(down / known[0]) : .3;
	return at;
}

/* What the unit's other indices did last year, and how restless they were. */
static double *put_others(const struct walk *walk, size_t space, size_t unit, size_t year, double *at)
{
	double change[2] = {0}, size = 0, known = 0, moved = 0, years = 0;

	for (size_t k = 0; k < walk->n_spaces; k++) {
		double now = change_at(walk, k, unit, year, 0);

		if (k == space || isnan(now))
			continue;
		known++;
		change[0] += clipped(now, -MOST_MOVE, MOST_MOVE);
		change[1] += clipped(or_zero(change_at(walk, k, unit, year, 1)), -MOST_MOVE, MOST_MOVE);
		size += fmin(fabs(now), MOST_MOVE);
		for (size_t ago = 1; ago < SHORT_YEARS; ago++) {
			double earlier = change_at(walk, k, unit, year, ago);

			years += !isnan(earlier);
			moved += fmin(fabs(or_zero(earlier)), MOST_MOVE);
		}
	}
	*at++ = change[0] / fmax(known, 1);
	*at++ = size / fmax(known, 1);
	*at++ = change[1] / fmax(known, 1);
	*at++ = sqrt(moved / fmax(years, 1));
	return at;
}

static double *put_tides(const struct walk *walk, const struct tides *tides, size_t space, size_t unit, size_t year,
			 double *at)
{
	size_t n = walk->n_spaces * walk->n_years, i = space * walk->n_years + year, years = 0;
	const double *regional = &tides->regional[tides->region[unit] * n];
	double world = 0, restless = 0;

	for (size_t ago = 0; ago < TIDE_YEARS && ago <= year; ago++, years++) {
		world += tides->world[i - ago];
		restless += tides->restless[i - ago];
	}
	*at++ = regional[i];
	*at++ = year ? regional[i - 1] : 0;
	*at++ = world / (double)years;
	*at++ = restless / (double)years;
	return at;
}

static void put_state(const struct walk *walk, const struct tides *tides, size_t space, size_t unit, size_t year)
{
	double *state = &walk->state[walk_at(walk, space, unit, year) * walk->n_terms], *at = state;

	at = put_level(walk, space, unit, year, at);
	at = put_changes(walk, space, unit, year, at);
	at = put_restlessness(walk, space, unit, year, at);
	at = put_others(walk, space, unit, year, at);
	at = put_tides(walk, tides, space, unit, year, at);
	for (size_t k = 0; k + 1 < walk->n_spaces; k++)
		*at++ = k == space;
	assert(at == state + walk->n_terms);
}

/* ---- sums for the regression, year by year, so that every cutoff can take its own ---- */

static void add_sums(const struct walk *walk, size_t space, size_t unit, size_t year)
{
	size_t n = walk->n_terms, at = walk_at(walk, space, unit, year);
	const double *state = &walk->state[at * n], *value = &walk->value[at];
	double one = (value[1] - value[0]) / walk->spaces[space].step, two = (value[2] - value[0]) / walk->spaces[space].step;
	double *cross = &walk->cross[year * n * n], *reach = &walk->reach[year * 2 * n];
	double rise = clipped(fmax(fmax(one, two), two - one), 0, MOST_REACH);
	double fall = clipped(fmax(fmax(-one, -two), one - two), 0, MOST_REACH);

	if (isnan(one) || isnan(two))
		return;
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j <= i; j++)
			cross[i * n + j] += state[i] * state[j];
		reach[i] += state[i] * rise;
		reach[n + i] += state[i] * fall;
	}
}

static void read_values(const struct history *history, struct walk *walk)
{
	for (size_t k = 0; k < walk->n_spaces; k++)
		for (size_t u = 0; u < walk->n_units; u++)
			for (size_t y = 0; y < walk->n_years; y++) {
				double *value = &walk->value[walk_at(walk, k, u, y)];

				*value = history_value(history, walk->origin, k, u, walk->first + (int64_t)y);
				walk->change[walk_at(walk, k, u, y)] = y ? (value[0] - value[-1]) / walk->spaces[k].step : NAN;
			}
}

void walk_read(const struct history *history, const struct space *spaces, size_t n_spaces, int64_t origin,
	       struct arena *arena, struct walk *ret)
{
	int64_t years = origin - history->first + 1;
	struct tides tides = {0};
	struct walk walk = {.n_units = history->n_units, .n_spaces = n_spaces, .first = history->first, .spaces = spaces,
			    .n_terms = COMMON_TERMS + n_spaces - 1};
	size_t n;

	assert(n_spaces > 0 && n_spaces <= history->n_columns);

	years = years < 0 ? 0 : years > (int64_t)history->n_years ? (int64_t)history->n_years : years;
	walk.n_years = (size_t)years;
	walk.origin = history->first + years - 1;
	n = walk.n_spaces * walk.n_units * walk.n_years;
	walk.value = arena_array(arena, double, n + 1);
	walk.change = arena_array(arena, double, n + 1);
	walk.state = arena_array(arena, double, n * walk.n_terms + 1);
	walk.cross = arena_array(arena, double, walk.n_years * walk.n_terms * walk.n_terms + 1);
	walk.reach = arena_array(arena, double, walk.n_years * 2 * walk.n_terms + 1);
	read_values(history, &walk);
	find_regions(history, arena, &tides);
	find_tides(&walk, arena, &tides);
	for (size_t k = 0; k < n_spaces; k++)
		for (size_t u = 0; u < walk.n_units; u++)
			for (size_t y = 0; y < walk.n_years; y++) {
				if (isnan(walk.value[walk_at(&walk, k, u, y)]))
					continue;
				put_state(&walk, &tides, k, u, y);
				if (y >= 2 && y + 2 < walk.n_years)
					add_sums(&walk, k, u, y);
			}
	*ret = walk;
}
