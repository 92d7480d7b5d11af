/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * forecast_score.c - scores of probability forecasts.
 *
 * Brier 1950; log score clipped as in forecast-benchmark.md, so that one forecast of
 * 0 or 1 gone wrong costs 6.9 and not infinity; the area under the ROC curve as the
 * rank sum of Mann and Whitney 1947 with mid-ranks.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include <tocsin/stats.h>

#define LOG_CLIP 0.001

double brier_score(const double *p, const unsigned char *y, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (p[i] - y[i]) * (p[i] - y[i]);
	return n ? sum / (double)n : NAN;
}

double log_score(const double *p, const unsigned char *y, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		const double clipped = fmin(fmax(p[i], LOG_CLIP), 1 - LOG_CLIP);

		sum -= log(y[i] ? clipped : 1 - clipped);
	}
	return n ? sum / (double)n : NAN;
}

struct scored {
	double p;
	unsigned char y;
};

static int by_chance(const void *a, const void *b)
{
	const struct scored *x = a, *y = b;

	return (x->p > y->p) - (x->p < y->p);
}

/* Sum of the mid-ranks (1-based) of the positives among sorted[0..n). */
static double positive_ranks(const struct scored *sorted, size_t n)
{
	double ranks = 0;

	for (size_t i = 0; i < n;) {
		size_t past = i, positives = 0;

		while (past < n && sorted[past].p == sorted[i].p)
			positives += sorted[past++].y;
		ranks += (double)positives * ((double)(i + 1) + (double)past) / 2;
		i = past;
	}
	return ranks;
}

double auc_score(const double *p, const unsigned char *y, size_t n)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct scored *rows;
	double positives = 0, negatives;

	for (size_t i = 0; i < n; i++) {
		assert(y[i] <= 1 && !isnan(p[i]));
		positives += y[i];
	}
	negatives = (double)n - positives;
	if (positives == 0 || negatives == 0)
		return NAN;
	rows = arena_array(&arena, struct scored, n);
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct scored){p[i], y[i]};
	qsort(rows, n, sizeof *rows, by_chance);
	return (positive_ranks(rows, n) - positives * (positives + 1) / 2) / (positives * negatives);
}

int step_label(double now, const double *later, size_t n, double step)
{
	bool decided = !isnan(now);

	assert(step != 0);
	for (size_t i = 0; i < n; i++) {
		const double move = later[i] - now;

		if (step < 0 ? move <= step : move >= step)
			return 1;
		if (isnan(later[i]))
			decided = false;
	}
	return decided ? 0 : -1;
}
