/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * offset_slope.c - one slope beside log-odds that are known, by Newton's method.
 *
 * The penalised likelihood is strictly concave in one number; a step is held to 1, so that none overshoots for good.
 */
#include <assert.h>
#include <math.h>

#include <tocsin/stats.h>

#define MOST_STEPS 200
#define CLOSE 1e-12

struct slope_rows {
	const double *offset, *x, *weights;
	const unsigned char *y;
	size_t n;
	double ridge;
};

/* What row i adds to the first derivative; *ret_bend: to the second, with the other sign. */
static double row_pull(const struct slope_rows *rows, size_t i, double slope, double *ret_bend)
{
	const double p = 1 / (1 + exp(-(rows->offset[i] + slope * rows->x[i])));
	const double w = rows->weights ? rows->weights[i] : 1;

	*ret_bend = w * p * (1 - p) * rows->x[i] * rows->x[i];
	return w * (rows->y[i] - p) * rows->x[i];
}

static double pull_of(const struct slope_rows *rows, double slope, double *ret_bend)
{
	double pull = -rows->ridge * slope, bend;

	*ret_bend = rows->ridge;
	for (size_t i = 0; i < rows->n; i++) {
		pull += row_pull(rows, i, slope, &bend);
		*ret_bend += bend;
	}
	return pull;
}

/* Sum over clusters of the square of what each pulls. */
static double cluster_spread(const struct slope_rows *rows, const size_t *cluster, size_t n_clusters, double slope)
{
	_cleanup_(arena_free) struct arena arena = {0};
	double *pull = arena_array(&arena, double, n_clusters + 1), sum = 0, bend;

	for (size_t i = 0; i < rows->n; i++) {
		assert(cluster[i] < n_clusters);
		pull[cluster[i]] += row_pull(rows, i, slope, &bend);
	}
	for (size_t c = 0; c < n_clusters; c++)
		sum += pull[c] * pull[c];
	return n_clusters > 1 ? sum * (double)n_clusters / (double)(n_clusters - 1) : sum;
}

struct offset_slope offset_slope_fit(const double *offset, const double *x, const unsigned char *y, const double *weights,
				     const size_t *cluster, size_t n, size_t n_clusters, double ridge)
{
	const struct slope_rows rows = {offset, x, weights, y, n, ridge};
	double slope = 0, bend = ridge, pull;

	assert(ridge > 0);
	for (size_t step = 0; step < MOST_STEPS && n; step++) {
		pull = pull_of(&rows, slope, &bend);
		slope += fmax(-1, fmin(1, pull / bend));
		if (fabs(pull / bend) < CLOSE)
			break;
	}
	pull_of(&rows, slope, &bend);
	return (struct offset_slope){slope, sqrt(fmax(1 / bend, cluster_spread(&rows, cluster, n_clusters, slope) /
							       (bend * bend)))};
}
