/* SPDX-License-Identifier: GPL-3.0-or-later */
/* made_series.h - small yearly series for the tests of foresee. Included by one file a program. */
#ifndef TESTS_FORESEE_MADE_SERIES_H
#define TESTS_FORESEE_MADE_SERIES_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include <tocsin/foresee.h>

/* A year's value, known on 1 April of the next year. */
static inline struct observation *made_value(struct records *in, const char *unit, int64_t year, const char *indicator,
					     const char *source, double value)
{
	struct observation *o = record_new(in->arena, &kind_observation);

	o->r.unit = unit;
	o->r.valid_from = instant_of_year(year);
	o->r.valid_past = instant_of_year(year + 1);
	o->r.known = instant_of_day(year + 1, 4, 1);
	o->indicator = indicator;
	o->source = source;
	o->value = value;
	record_identify(in->arena, o);
	records_add(in, o);
	return o;
}

static inline struct observation *made_index(struct records *in, const char *unit, int64_t year, double value)
{
	return made_value(in, unit, year, "v2x_polyarchy", "index", value);
}

/* values[0..n) from a first year on; NAN leaves the year out. */
static inline void made_row(struct records *in, const char *unit, int64_t first, const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isnan(values[i]))
			made_index(in, unit, first + (int64_t)i, values[i]);
}

/* Series of n units (U00, U01, ...) that wander, so that some close and some open. */
static inline void made_world(struct records *in, size_t n, int64_t first, int64_t last, uint64_t seed)
{
	struct rng rng;

	rng_seed(&rng, seed);
	for (size_t unit = 0; unit < n; unit++) {
		const char *name = arena_printf(in->arena, "U%02zu", unit);
		double value = 0.2 + 0.6 * rng_unit(&rng);

		for (int64_t year = first; year <= last; year++) {
			value = fmin(0.95, fmax(0.05, value + 0.08 * (rng_unit(&rng) - 0.5)));
			made_index(in, name, year, value);
		}
	}
}

#endif
