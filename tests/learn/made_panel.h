/* SPDX-License-Identifier: GPL-3.0-or-later */
/* made_panel.h - panels with a common factor and restless units, for the tests of effects. Included by one file a program. */
#ifndef TESTS_LEARN_MADE_PANEL_H
#define TESTS_LEARN_MADE_PANEL_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include <tocsin/learn.h>
#include <tocsin/stats.h>

#include "tests/near.h"

#define UNITS 40
#define YEARS 26
#define STEP 0.03

struct made {
	struct arena arena;
	double y[UNITS * YEARS];
	struct effect_panel panel;
	struct effect_setup setup;
	struct effect_start starts[UNITS];
	size_t n_starts, n_manners;
	struct effect *rows;
	size_t n_rows;
};

static inline double *cell(struct made *made, size_t unit, size_t year)
{
	return &made->y[unit * YEARS + year];
}

/* AR(1) of .7 around a level, and a factor with a loading of the unit's own. */
static inline void made_open(struct made *made, uint64_t seed)
{
	double factor[YEARS], at = 0;
	struct rng rng;

	*made = (struct made){.n_manners = 1};
	made->panel = (struct effect_panel){UNITS, YEARS, made->y};
	made->setup = (struct effect_setup){.horizon = 5, .most_before = 20, .draws = 499, .level = 0.95, .seed = 3};
	rng_seed(&rng, seed);
	for (size_t t = 0; t < YEARS; t++)
		factor[t] = at = 0.7 * at + STEP * normal_draw(&rng);
	for (size_t i = 0; i < UNITS; i++) {
		const double level = 0.2 + 0.6 * rng_unit(&rng), loading = 1 + 0.5 * normal_draw(&rng);

		at = STEP * normal_draw(&rng);
		for (size_t t = 0; t < YEARS; t++) {
			at = 0.7 * at + STEP * normal_draw(&rng);
			*cell(made, i, t) = level + loading * factor[t] + at;
		}
	}
}

/* Noise alone: nothing that units have in common, or that lasts. */
static inline void made_noise(struct made *made, uint64_t seed)
{
	struct rng rng;

	rng_seed(&rng, seed);
	for (size_t i = 0; i < UNITS * YEARS; i++)
		made->y[i] = 0.5 + 0.05 * normal_draw(&rng);
}

static inline void made_treat(struct made *made, size_t unit, size_t year, size_t manner, double effect)
{
	made->starts[made->n_starts++] = (struct effect_start){unit, year, manner};
	for (size_t t = year; t < YEARS; t++)
		*cell(made, unit, t) += effect;
}

static inline void made_run(struct made *made)
{
	struct err err;

	if (effects_estimate(&made->panel, made->starts, made->n_starts, made->n_manners, &made->setup, &made->arena,
			     &made->rows, &made->n_rows, &err) < 0)
		fail_msg("%s", err.msg);
}

static inline void made_close(struct made *made)
{
	arena_free(&made->arena);
}

/* The pooled row of a manner; of all together by n_manners. */
static inline const struct effect *pooled(const struct made *made, size_t manner)
{
	for (size_t i = 0; i < made->n_rows; i++)
		if (made->rows[i].scope == EFFECT_POOLED && made->rows[i].manner == manner)
			return &made->rows[i];
	fail_msg("no pooled row of manner %zu", manner);
	return NULL;
}

static inline const struct effect *of_unit(const struct made *made, size_t manner, size_t unit)
{
	for (size_t i = 0; i < made->n_rows; i++)
		if (made->rows[i].scope == EFFECT_UNIT && made->rows[i].manner == manner && made->rows[i].unit == unit)
			return &made->rows[i];
	fail_msg("no row of unit %zu and manner %zu", unit, manner);
	return NULL;
}

#endif
