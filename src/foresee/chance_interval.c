/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chance_interval.c - calibration curve, its error by clusters, and overdispersion. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "foresee/chance_interval.h"

#define RIDGE 1.0
#define CLIP 1e-4
#define SHARE_BEFORE .2      /* of the covariance within country and year: what differed before, not what came after */
#define LEAST_RHO .03
#define LEAST_TOLD .005      /* bounds nearer to 0 or 1 are not told from them */
#define MOST_SCATTER .8      /* of m (1 - m): beyond, a beta would put all on 0 and 1 */

static double log_odds(double p)
{
	p = fmin(fmax(p, CLIP), 1 - CLIP);
	return log(p / (1 - p));
}

static double chance_of(double log_odds_of)
{
	return 1 / (1 + exp(-log_odds_of));
}

double members_spread(const double *members, size_t n)
{
	double sum = 0, square = 0, known = 0;

	for (size_t i = 0; i < n; i++)
		if (!isnan(members[i])) {
			sum += log_odds(members[i]);
			known++;
		}
	for (size_t i = 0; i < n; i++)
		if (!isnan(members[i]))
			square += (log_odds(members[i]) - sum / known) * (log_odds(members[i]) - sum / known);
	return known > 1 ? sqrt(square / (known - 1)) : 0;
}

/* ---- the calibration curve ---- */

/* Adds the variances and covariance of intercept and slope over clusters of rows. */
static void add_error(const struct logit *fit, const uint32_t *cluster, size_t n_clusters, struct arena *scratch,
		      struct chance_scatter *scatter)
{
	size_t k = fit->n_terms + 1;
	double *influence = arena_array(scratch, double, n_clusters * k + 1);
	double scale = k > 1 ? fit->terms[0].scale : 1, mean = k > 1 ? fit->terms[0].mean : 0;

	logit_influence(fit, cluster, n_clusters, influence);
	for (size_t c = 0; c < n_clusters; c++) {
		double slope = k > 1 ? influence[c * k + 1] / scale : 0, intercept = influence[c * k] - slope * mean;

		scatter->var_intercept += intercept * intercept;
		scatter->var_slope += slope * slope;
		scatter->covariance += intercept * slope;
	}
}

static bool learn_curve(const struct past_chance *past, size_t n, size_t n_units, struct arena *scratch,
			struct chance_scatter *scatter)
{
	double *x = arena_array(scratch, double, n + 1);
	unsigned char *y = arena_array(scratch, unsigned char, n + 1);
	uint32_t *unit = arena_array(scratch, uint32_t, n + 1), *year = arena_array(scratch, uint32_t, n + 1);
	int64_t first = INT64_MAX, last = INT64_MIN;
	struct logit fit;

	for (size_t i = 0; i < n; i++) {
		first = past[i].origin < first ? past[i].origin : first;
		last = past[i].origin > last ? past[i].origin : last;
	}
	for (size_t i = 0; i < n; i++) {
		assert(past[i].unit < n_units);
		x[i] = log_odds(past[i].p);
		y[i] = past[i].y;
		unit[i] = past[i].unit;
		year[i] = (uint32_t)(past[i].origin - first);
	}
	if (logit_fit(x, y, n, 1, RIDGE, scratch, &fit, NULL) < 0)
		return false;
	scatter->slope = fit.n_terms ? fit.beta[1] / fit.terms[0].scale : 0;
	scatter->intercept = fit.beta[0] - (fit.n_terms ? scatter->slope * fit.terms[0].mean : 0);
	add_error(&fit, unit, n_units, scratch, scatter);
	add_error(&fit, year, (size_t)(last - first + 1), scratch, scatter);
	return true;
}

static double curve_at(const struct chance_scatter *scatter, double p)
{
	return chance_of(scatter->intercept + scatter->slope * log_odds(p));
}

/* ---- what varies together ---- */

static int by_country_year(const void *a, const void *b)
{
	const struct past_chance *x = *(const struct past_chance *const *)a, *y = *(const struct past_chance *const *)b;

	if (x->origin != y->origin)
		return x->origin < y->origin ? -1 : 1;
	if (x->unit != y->unit)
		return x->unit < y->unit ? -1 : 1;
	if (x->direction != y->direction)
		return x->direction < y->direction ? -1 : 1;
	return (x > y) - (x < y);
}

/* Over all pairs of one country, year and direction: residual products over the products of their standard deviations. */
static double together_of(const struct past_chance *past, size_t n, const struct chance_scatter *scatter,
			  struct arena *scratch)
{
	const struct past_chance **row = arena_array(scratch, const struct past_chance *, n + 1);
	double products = 0, sizes = 0;

	for (size_t i = 0; i < n; i++)
		row[i] = &past[i];
	qsort(row, n, sizeof *row, by_country_year);
	for (size_t from = 0, to; from < n; from = to) {
		double residual = 0, residual2 = 0, size = 0, size2 = 0;

		for (to = from; to < n && row[to]->origin == row[from]->origin && row[to]->unit == row[from]->unit &&
				row[to]->direction == row[from]->direction; to++) {
			double m = curve_at(scatter, row[to]->p), r = row[to]->y - m, s = m * (1 - m);

			residual += r;
			residual2 += r * r;
			size += sqrt(s);
			size2 += s;
		}
		products += residual * residual - residual2;
		sizes += size * size - size2;
	}
	return sizes > 0 ? products / sizes : 0;
}

void chance_scatter_learn(const struct past_chance *past, size_t n, size_t n_units, struct chance_scatter *ret)
{
	_cleanup_(arena_free) struct arena scratch = {0};
	struct chance_scatter scatter = {0};
	size_t events = 0;

	for (size_t i = 0; i < n; i++)
		events += past[i].y;
	if (n >= CHANCE_LEAST_ROWS && events >= CHANCE_LEAST_EVENTS && n - events >= CHANCE_LEAST_EVENTS)
		scatter.learned = learn_curve(past, n, n_units, &scratch, &scatter);
	if (scatter.learned) {
		scatter.together = together_of(past, n, &scatter, &scratch);
		scatter.rho = fmax(SHARE_BEFORE * scatter.together, LEAST_RHO);
	}
	*ret = scatter;
}

struct interval chance_interval(const struct chance_scatter *scatter, double p, double spread, double level)
{
	double m, size, x, error, variance, both;
	struct interval interval = {NAN, NAN};

	if (!scatter->learned || isnan(p))
		return interval;
	x = log_odds(p);
	m = fmin(fmax(curve_at(scatter, p), CLIP), 1 - CLIP);
	size = m * (1 - m);
	error = scatter->var_intercept + 2 * x * scatter->covariance + x * x * scatter->var_slope + spread * spread;
	variance = fmin(scatter->rho * size + size * size * error, MOST_SCATTER * size);
	both = size / variance - 1;    /* of the beta with that mean and variance */
	interval = beta_interval(m * both, (1 - m) * both, level);
	interval.low = interval.low < LEAST_TOLD ? 0 : fmin(interval.low, p);
	interval.high = interval.high > 1 - LEAST_TOLD ? 1 : fmax(interval.high, p);
	return interval;
}
