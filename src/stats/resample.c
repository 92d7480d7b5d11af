/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resample.c - the bootstrap over whole clusters (Field and Welsh 2007).
 *
 * Years of one country resemble each other, so that drawing single rows would make
 * intervals too narrow: countries are drawn with replacement, with all their rows.
 */
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

void bootstrap_counts(struct rng *rng, size_t n, uint32_t *counts)
{
	memset(counts, 0, n * sizeof *counts);
	for (size_t i = 0; i < n; i++)
		counts[rng_below(rng, n)]++;
}

struct interval bootstrap_ratio(const double *total, const double *size, size_t n, size_t draws,
				uint64_t seed, double level)
{
	_cleanup_(arena_free) struct arena arena = {0};
	double *ratios = arena_array(&arena, double, draws + 1);
	size_t kept = 0;
	struct rng rng;

	rng_seed(&rng, seed);
	for (size_t draw = 0; draw < draws && n > 1; draw++) {
		double top = 0, bottom = 0;

		for (size_t i = 0; i < n; i++) {
			const size_t drawn = rng_below(&rng, n);

			top += total[drawn];
			bottom += size[drawn];
		}
		if (bottom > 0)
			ratios[kept++] = top / bottom;
	}
	sort_numbers(ratios, kept);
	return (struct interval){quantile_sorted(ratios, kept, (1 - level) / 2),
				 quantile_sorted(ratios, kept, (1 + level) / 2)};
}
