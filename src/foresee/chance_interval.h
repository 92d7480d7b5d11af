/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chance_interval.h - how far the true chance may lie from the one that was forecast.
 *
 * Not an interval of the outcome, nor of the fitted coefficients alone: of the chance that somebody
 * would give who saw the whole state of the country and nothing of its future. Three things part it from the forecast:
 * the calibration curve of resolved forecasts is known from so many countries and years only; the members
 * disagree; and countries of one forecast differ in what no member sees. The last is overdispersion: true chances
 * around m scatter with variance rho m (1 - m), as under a beta-binomial. Single outcomes do not tell rho. The
 * spaces of one country in one year do give an upper bound: their residuals vary together by what differed
 * before, and by what struck the country afterwards. Of that bound a fixed share is taken, set on made worlds in
 * which the true chances are known (bench/chance_world.c).
 */
#ifndef FORESEE_CHANCE_INTERVAL_H
#define FORESEE_CHANCE_INTERVAL_H

#include <tocsin/stats.h>

struct past_chance {
	double p;                /* of the ensemble, as forecast then */
	unsigned char y;         /* what came of it */
	int8_t direction;
	uint32_t unit;           /* below n_units */
	int64_t origin;
};

struct chance_scatter {
	bool learned;            /* else there is no interval */
	double intercept, slope;             /* of the calibration curve, on log-odds */
	double var_intercept, var_slope, covariance;
	double together;         /* the bound: correlation of residuals within country and year */
	double rho;              /* taken of it */
};

#define CHANCE_LEAST_ROWS 200
#define CHANCE_LEAST_EVENTS 20

/*
 * From resolved forecasts of this call, in any order. Countries and years are the clusters of the curve's error.
 * Too few rows or events of either outcome leave it not learned. O(n log n).
 */
void chance_scatter_learn(const struct past_chance *past, size_t n, size_t n_units, struct chance_scatter *ret);

/* Standard deviation of the log-odds of the members that spoke (others NAN); 0 for fewer than two. */
double members_spread(const double *members, size_t n);

/* The interval of the true chance behind p, which it holds; NAN when not learned or p is NAN. */
struct interval chance_interval(const struct chance_scatter *scatter, double p, double spread, double level);

#endif
