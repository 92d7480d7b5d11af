/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * interval.c - order statistics and intervals.
 *
 * The quantiles of Beta are found by bisection on GSL's distribution function:
 * GSL's own inverses may call the process-wide error handler, which
 * by default aborts, and a library must not change that handler under others.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

#include <tocsin/stats.h>

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void sort_numbers(double *v, size_t n)
{
	if (n > 1)
		qsort(v, n, sizeof *v, by_value);
}

double quantile_sorted(const double *v, size_t n, double q)
{
	double at;
	size_t below;

	assert(q >= 0 && q <= 1);
	if (n == 0)
		return NAN;
	at = q * (double)(n - 1);
	below = (size_t)at;
	if (below + 1 >= n)
		return v[n - 1];
	return v[below] + (at - (double)below) * (v[below + 1] - v[below]);
}

double median_of(double *v, size_t n)
{
	sort_numbers(v, n);
	return quantile_sorted(v, n, 0.5);
}

double normal_reach(double level)
{
	assert(level > 0 && level < 1);
	return gsl_cdf_ugaussian_Pinv((1 + level) / 2);
}

double student_reach(double level, double df)
{
	double low = 0, high = 1;

	assert(level > 0 && level < 1 && df > 0);
	while (gsl_cdf_tdist_P(high, df) < (1 + level) / 2)
		high *= 2;
	for (int i = 0; i < 200; i++) {
		const double middle = low + (high - low) / 2;

		if (middle <= low || middle >= high)
			break;
		if (gsl_cdf_tdist_P(middle, df) < (1 + level) / 2)
			low = middle;
		else
			high = middle;
	}
	return low + (high - low) / 2;
}

/* The x in [low, high] with cdf(x) = p, to the last bit that halving can tell apart. */
static double invert(double (*cdf)(double x, double a, double b), double a, double b, double p,
		     double low, double high)
{
	for (int i = 0; i < 200; i++) {
		const double middle = low + (high - low) / 2;

		if (middle <= low || middle >= high)
			break;
		if (cdf(middle, a, b) < p)
			low = middle;
		else
			high = middle;
	}
	return low + (high - low) / 2;
}

struct interval beta_interval(double a, double b, double level)
{
	const double tail = (1 - level) / 2;

	assert(a > 0 && b > 0 && level > 0 && level < 1);
	return (struct interval){invert(gsl_cdf_beta_P, a, b, tail, 0, 1),
				 invert(gsl_cdf_beta_P, a, b, 1 - tail, 0, 1)};
}
