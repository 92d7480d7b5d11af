/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * category_score.c - scores of one forecast over several answers.
 *
 * Brier 1950 halved, so that with two answers it is (p - y)^2; the ranked probability score
 * of Epstein 1969 over the answers less one, which is the same with two. Both lie in 0..1.
 */
#include <assert.h>
#include <math.h>

#include <tocsin/stats.h>

#define LOG_CLIP 0.001

double brier_categories(const double *p, size_t k, size_t outcome)
{
	double sum = 0;

	assert(k >= 2 && outcome < k);
	for (size_t i = 0; i < k; i++) {
		const double miss = p[i] - (i == outcome);

		sum += miss * miss;
	}
	return sum / 2;
}

double brier_ordered(const double *p, size_t k, size_t outcome)
{
	double sum = 0, below = 0;

	assert(k >= 2 && outcome < k);
	for (size_t i = 0; i + 1 < k; i++) {
		double miss;

		below += p[i];
		miss = below - (outcome <= i);
		sum += miss * miss;
	}
	return sum / (double)(k - 1);
}

double log_categories(const double *p, size_t k, size_t outcome)
{
	assert(k >= 2 && outcome < k);
	return -log(fmin(fmax(p[outcome], LOG_CLIP), 1 - LOG_CLIP));
}
