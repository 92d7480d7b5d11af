/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * divergence.h - where two frameworks disagree about a unit's year, beyond what their errors explain.
 *
 * docs/methods/divergence.md. Each indicator becomes a normal score by its quantile among the common unit-years of the
 * other units; a framework is the mean of its indicators, in standard deviations; the year's usual gap, again of other units,
 * is taken off. What is left is the difference.
 */
#ifndef MEASURE_DIVERGENCE_H
#define MEASURE_DIVERGENCE_H

#include <tocsin/measure.h>

#define DIVERGENCE_MOST 64       /* indicators of a side */
#define DIVERGENCE_LEAST_UNITS 5
#define DIVERGENCE_LEAST_ROWS 20

struct divergence_side {
	size_t k;                    /* indicators */
	const double *x, *sd;        /* rows x k, NAN where missing; sd NAN: none stated */
	int *sign;                   /* out: -1 where an indicator runs against the first of the first side; 0: left out */
	double *z;                   /* out: rows x k normal scores, turned */
	double *score, *error;       /* out: rows */
};

struct divergence_pair {
	size_t n;                    /* rows, by unit and year */
	const int *unit;             /* 0, 1, ... */
	const int64_t *year;
	struct divergence_side a, b;
	double *difference, *reach;  /* out: in standard deviations; half width of the interval */
	double *usual;               /* out: the unit's median difference */
	int64_t *since;              /* out: first year of the run beyond the interval; INT_MISSING outside one */
};

/* Sides' x, sd and the arrays to fill are the caller's. ERR_DATA with too few rows or units, or a side that never varies.
   O(folds * rows * k * log rows). */
int divergence_find(struct divergence_pair *pair, size_t folds, uint64_t seed, double level, struct err *err);
/* What an indicator adds to the difference of a row; side 0 is a. NAN where it is missing. */
double divergence_part(const struct divergence_pair *pair, size_t row, int side, size_t indicator);

#endif
