/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * walk.h - where an index goes from here: the paths of similar country-years.
 *
 * The state of a country-year (level, recent changes, restlessness, what the other indices,
 * the region and the world do) is brought down to two numbers by regression: how far the index
 * is expected to rise and to fall within two years, in steps of its space. Country-years of the past
 * that are near in both are its analogues, and the moves that followed them, taken whole (three years
 * in a row, so that momentum and standing still stay as they were), are its paths: a local bootstrap
 * (Paparoditis and Politis 2002) on two learned axes. A share of paths is a chance, their quantiles
 * are an interval. No distribution is assumed: an index that mostly stays has paths that mostly stay.
 *
 * Values are read once, as known at an origin. What is learned at a cutoff uses no year after it.
 */
#ifndef FORESEE_WALK_H
#define FORESEE_WALK_H

#include "foresee/space.h"

#define WALK_STEPS 3     /* years of a path: the two-year rule looks one year past the second */

/* The panel as states. Read only; everything lies in the arena it was read into. */
struct walk {
	size_t n_units, n_spaces, n_years;    /* years up to the origin or the end of the panel, */
	int64_t first, origin;                /* whichever comes first: that year is `origin` */
	const struct space *spaces;
	double *value;        /* [space][unit][year], NAN where there is none */
	double *change;       /* since the year before, in steps of the space; NAN */
	size_t n_terms;
	double *state;        /* [space][unit][year][term]; not set where the value is NAN */
	double *cross, *reach;   /* [year]: sums of state x state, and of state x rise, fall of the two years after */
};

/* O(spaces * units * years * terms^2). The spaces are the first columns of the history. */
void walk_read(const struct history *history, const struct space *spaces, size_t n_spaces, int64_t origin,
	       struct arena *arena, struct walk *ret);

static inline size_t walk_at(const struct walk *walk, size_t space, size_t unit, size_t year)
{
	return (space * walk->n_units + unit) * walk->n_years + year;
}

/* A past country-year and the moves after it, in steps of its space. */
struct walk_row {
	double up, down;             /* logs of the rise and fall that were expected */
	double move[WALK_STEPS];     /* from its value to that one, two, three years later; the last may be NAN */
	double weight;               /* by age */
	size_t space;
};

#define WALK_CELLS 80    /* a side of the grid over both axes */

struct walk_lesson {
	const struct walk *walk;
	int64_t cutoff;
	double *up, *down;           /* coefficients, n_terms each; NULL when there was too little to learn */
	struct walk_row *row;        /* in the order of the cells */
	size_t n;
	uint32_t *start;             /* WALK_CELLS^2 + 1: where the rows of a cell begin */
	uint32_t *below;             /* (WALK_CELLS + 1)^2: rows in all cells before a corner */
};

/* From country-years whose next two years are known at the cutoff. */
void walk_learn(const struct walk *walk, int64_t cutoff, struct arena *arena, struct walk_lesson *ret);

struct walk_path {
	double value[WALK_STEPS];    /* 0..1 */
	double weight;
};

/*
 * Paths of an index from a year on, which may lie after the cutoff: at most lesson->n into ret; 0 when the value
 * is missing or nothing was learned. A third move that is not known yet is drawn from another analogue.
 */
size_t walk_paths(const struct walk_lesson *lesson, size_t space, size_t unit, int64_t year, uint64_t seed,
		  struct walk_path *ret);

/*
 * The share of paths that open and close a space within two years under the rule: ret[up, down]. False
 * where there is no path. `room` holds lesson->n paths.
 */
bool walk_share(const struct walk_lesson *lesson, enum space_rule rule, size_t space, size_t unit, int64_t year,
		uint64_t seed, struct walk_path *room, double ret[2]);
/*
 * Of all units and spaces: ret[unit][space][up, down], NAN where there is no path. Learned at the cutoff,
 * begun at the origin. About 90 ms for 170 units, six spaces and 40 years.
 */
void walk_chances(const struct history *history, const struct space *spaces, size_t n_spaces, enum space_rule rule,
		  int64_t cutoff, int64_t origin, uint64_t seed, struct arena *arena, double *ret);

#endif
