/* SPDX-License-Identifier: GPL-3.0-or-later */
/* irt_cuts.c - thresholds of countries about those of the world, given those of the raters: normal all the way. */
#include <math.h>

#include "measure/irt_chain.h"

#define WORLD_SPREAD 6.0
#define WORLD_REACH 4.0          /* of the one threshold of two categories, flat within, as in the reference */

static double normal_given(struct rng *rng, double precision, double pull)
{
	return pull / precision + normal_draw(rng) / sqrt(precision);
}

static double world_draw(struct irt_chain *chain, double precision, double pull)
{
	const double mean = pull / precision, sd = 1 / sqrt(precision);

	if (chain->is_static && chain->cuts == 1)
		return mean + sd * truncated_draw(&chain->rng, (-WORLD_REACH - mean) / sd, (WORLD_REACH - mean) / sd);
	return normal_given(&chain->rng, precision + 1 / (WORLD_SPREAD * WORLD_SPREAD), pull);
}

void cuts_sweep(struct irt_chain *chain, double spread_rater, double spread_country)
{
	const struct irt_table *table = chain->table;
	const double by_rater = 1 / (spread_rater * spread_rater), by_country = 1 / (spread_country * spread_country);
	const size_t n = table->n_units, cuts = chain->cuts;
	double *sum, *count;

	arena_reset(&chain->scratch);
	sum = arena_array(&chain->scratch, double, n * cuts);
	count = arena_array(&chain->scratch, double, n);
	for (size_t j = 0; j < table->n_raters; j++) {
		const size_t main = table->raters[j].main;

		if (table->raters[j].n == 0)
			continue;
		count[main]++;
		for (size_t c = 0; c < cuts; c++)
			sum[main * cuts + c] += chain->cut[j * cuts + c];
	}
	for (size_t c = 0; c < cuts; c++) {
		double total = 0;

		for (size_t u = 0; u < n; u++) {
			double *cut = &chain->country_cut[u * cuts + c];

			*cut = normal_given(&chain->rng, by_country + count[u] * by_rater,
					    by_country * chain->world_cut[c] + by_rater * sum[u * cuts + c]);
			total += *cut;
		}
		chain->world_cut[c] = world_draw(chain, (double)n * by_country, by_country * total);
	}
}
