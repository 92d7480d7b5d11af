/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * composite_sobol.c - first-order and total sensitivity (Saltelli et al. 2010; total after Jansen
 * 1999), and their bootstrap over the rows of the design.
 */
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "measure/composite.h"

struct sums {
	double one, square, first, total;   /* of y over A and B, of its square, of the two numerators */
};

/* A row of the design adds to the sums of factor k. */
static void add_row(struct sums *sums, const double *y, size_t n, size_t k, size_t row, double centre)
{
	const double a = y[row] - centre, b = y[n + row] - centre, ab = y[(2 + k) * n + row] - centre;

	sums->one += a + b;
	sums->square += a * a + b * b;
	sums->first += b * (ab - a);
	sums->total += (a - ab) * (a - ab);
}

static void finish(const struct sums *sums, double n, double *s, double *st)
{
	const double variance = (sums->square - sums->one * sums->one / (2 * n)) / (2 * n - 1);

	*s = sums->first / n / variance;
	*st = sums->total / (2 * n * variance);
}

void sobol_indices(const double *y, size_t n, size_t d, bool centre, uint64_t seed, double level, size_t draws,
		   struct arena *arena, struct sobol_index *ret)
{
	double *s = arena_array(arena, double, d * draws), *st = arena_array(arena, double, d * draws), mean = 0;
	struct sums *sums = arena_array(arena, struct sums, d);
	struct rng rng;

	for (size_t i = 0; i < 2 * n; i++)
		mean += y[i];
	mean = centre ? mean / (2 * (double)n) : 0;
	for (size_t row = 0; row < n; row++)
		for (size_t k = 0; k < d; k++)
			add_row(&sums[k], y, n, k, row, mean);
	for (size_t k = 0; k < d; k++)
		finish(&sums[k], (double)n, &ret[k].s, &ret[k].st);
	rng_seed(&rng, seed);
	for (size_t draw = 0; draw < draws; draw++) {
		memset(sums, 0, d * sizeof *sums);
		for (size_t i = 0; i < n; i++) {
			const size_t row = rng_below(&rng, n);

			for (size_t k = 0; k < d; k++)
				add_row(&sums[k], y, n, k, row, mean);
		}
		for (size_t k = 0; k < d; k++)
			finish(&sums[k], (double)n, &s[k * draws + draw], &st[k * draws + draw]);
	}
	for (size_t k = 0; k < d; k++) {
		sort_numbers(s + k * draws, draws);
		sort_numbers(st + k * draws, draws);
		ret[k].s_low = quantile_sorted(s + k * draws, draws, (1 - level) / 2);
		ret[k].s_high = quantile_sorted(s + k * draws, draws, (1 + level) / 2);
		ret[k].st_low = quantile_sorted(st + k * draws, draws, (1 - level) / 2);
		ret[k].st_high = quantile_sorted(st + k * draws, draws, (1 + level) / 2);
	}
}
