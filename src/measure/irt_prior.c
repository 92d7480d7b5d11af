/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * irt_prior.c - what is expected of a point before the model: the confidence-weighted mean of its ratings,
 * standardised over all years of all units; of vignettes, values from -1.5 to 1.5 in the order of the
 * thresholds they were written for. A year without ratings, or whose confidences are all 0, gets 0.
 */
#include <math.h>

#include "measure/irt_chain.h"

#define VIGNETTE_REACH 1.5

static void vignette_means(const struct irt_table *table, double *ret)
{
	const size_t first = table->n_points - table->n_vignettes;

	for (size_t v = 0; v < table->n_vignettes; v++) {
		const unsigned threshold = table->vignettes[v].threshold;

		ret[first + v] = threshold && table->k > 2 ?
			VIGNETTE_REACH * (2.0 * (threshold - 1) / (table->k - 2) - 1) : 0;
	}
}

void prior_means(const struct irt_table *table, double *ret)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const size_t n = table->n_points - table->n_vignettes;
	double *weight = arena_array(&arena, double, table->n_points), mean = 0, square = 0;
	size_t known = 0;

	for (size_t i = 0; i < table->n_points; i++)
		ret[i] = 0;
	for (size_t i = 0; i < table->n_ratings; i++) {
		const struct irt_rating *rating = &table->ratings[i];

		ret[rating->point] += (double)rating->confidence * rating->category;
		weight[rating->point] += (double)rating->confidence;
	}
	for (size_t i = 0; i < n; i++) {
		if (!(weight[i] > 0))
			continue;
		ret[i] /= weight[i];
		mean += ret[i];
		known++;
	}
	mean /= known ? (double)known : 1;
	for (size_t i = 0; i < n; i++)
		square += weight[i] > 0 ? (ret[i] - mean) * (ret[i] - mean) : 0;
	for (size_t i = 0; i < n; i++)
		ret[i] = weight[i] > 0 && square > 0 ? (ret[i] - mean) / sqrt(square / (double)(known - 1)) : 0;
	vignette_means(table, ret);
}
