/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mixing.c - R-hat and effective sample size after Vehtari, Gelman, Simpson, Carpenter and Buerkner,
 * "Rank-normalization, folding, and localization: an improved R-hat", Bayesian Analysis 16 (2021).
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include <tocsin/stats.h>

struct ranked {
	double value;
	size_t at;
};

static int by_value(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

/* Normal scores of the mid-ranks, (r - 3/8) / (n + 1/4). */
static void rank_normalise(const double *v, size_t n, struct ranked *order, double *ret)
{
	for (size_t i = 0; i < n; i++)
		order[i] = (struct ranked){v[i], i};
	qsort(order, n, sizeof *order, by_value);
	for (size_t i = 0, past; i < n; i = past) {
		double score;

		for (past = i + 1; past < n && order[past].value == order[i].value;)
			past++;
		score = gsl_cdf_ugaussian_Pinv(((double)(i + past + 1) / 2 - 0.375) / ((double)n + 0.25));
		for (size_t k = i; k < past; k++)
			ret[order[k].at] = score;
	}
}

static double mean_of(const double *v, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += v[i];
	return sum / (double)n;
}

/* Mean within-chain variance, and the variance of a draw over all chains. */
static void variances(const double *v, size_t chains, size_t n, double *within, double *all)
{
	const double grand = mean_of(v, chains * n);
	double between = 0;

	*within = 0;
	for (size_t c = 0; c < chains; c++) {
		const double mean = mean_of(v + c * n, n);

		between += (mean - grand) * (mean - grand);
		for (size_t i = 0; i < n; i++)
			*within += (v[c * n + i] - mean) * (v[c * n + i] - mean);
	}
	*within /= (double)(chains * (n - 1));
	*all = *within * ((double)n - 1) / (double)n + (chains > 1 ? between / ((double)chains - 1) : 0);
}

static double split_rhat(const double *v, size_t chains, size_t n)
{
	double within, all;

	variances(v, chains, n, &within, &all);
	return within > 0 ? sqrt(all / within) : NAN;
}

/* Autocovariance at a lag, mean over the chains. */
static double lag_covariance(const double *v, size_t chains, size_t n, size_t lag, const double *means)
{
	double sum = 0;

	for (size_t c = 0; c < chains; c++)
		for (size_t i = 0; i + lag < n; i++)
			sum += (v[c * n + i] - means[c]) * (v[c * n + i + lag] - means[c]);
	return sum / (double)(chains * n);
}

/* Geyer's initial monotone sequence; lags are worked out only as far as it reaches. */
static double split_ess(const double *v, size_t chains, size_t n, double *means)
{
	double within, all, tau = -1, before = INFINITY, total = (double)(chains * n);

	variances(v, chains, n, &within, &all);
	if (!(all > 0))
		return NAN;
	for (size_t c = 0; c < chains; c++)
		means[c] = mean_of(v + c * n, n);
	for (size_t lag = 0; lag + 1 < n; lag += 2) {
		double pair = 0;

		for (size_t k = lag; k < lag + 2; k++) {
			const double covariance = lag_covariance(v, chains, n, k, means) * (double)n / ((double)n - 1);

			pair += k == 0 ? 1 : 1 - (within - covariance) / all;
		}
		if (pair <= 0)
			break;
		before = fmin(before, pair);
		tau += 2 * before;
	}
	tau = fmax(tau, 1 / log10(total));
	return total / tau;
}

struct mixing chains_mixing(const double *draws, size_t chains, size_t n, struct arena *scratch)
{
	const size_t half = n / 2, split = 2 * chains, total = split * half;
	double *v = arena_array(scratch, double, total), *z = arena_array(scratch, double, total);
	double *means = arena_array(scratch, double, split), median;
	struct ranked *order = arena_array(scratch, struct ranked, total);
	struct mixing mixing = {NAN, NAN};

	if (n < 8)
		return mixing;
	for (size_t c = 0; c < chains; c++) {   /* an odd draw in the middle is left out */
		memcpy(v + 2 * c * half, draws + c * n, half * sizeof *v);
		memcpy(v + (2 * c + 1) * half, draws + c * n + (n - half), half * sizeof *v);
	}
	rank_normalise(v, total, order, z);
	mixing.rhat = split_rhat(z, split, half);
	mixing.ess = split_ess(z, split, half, means);
	median = total % 2 ? order[total / 2].value : (order[total / 2 - 1].value + order[total / 2].value) / 2;
	for (size_t i = 0; i < total; i++)
		v[i] = fabs(v[i] - median);
	rank_normalise(v, total, order, z);
	mixing.rhat = fmax(mixing.rhat, split_rhat(z, split, half));
	return mixing;
}
