/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * divergence.c - normal scores learnt without the unit, their difference, and its error.
 *
 * An error that a source states is carried through the quantiles around the value; where none is stated, the
 * jitter of the indicator's own series stands for it (second differences, robust). The quantiles' own error, that of a
 * share among so many units, is added, so that a dozen units do not make sharp claims.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/stats.h>

#include "measure/divergence.h"

#define LEAST_JITTER 0.05    /* of a normal score: whole-numbered scales hide their error */
#define YEAR_PRIOR 5         /* rows without a gap that a year's usual gap is drawn to */

struct finding {
	struct divergence_pair *pair;
	struct arena arena;
	int *fold;               /* by row */
	size_t folds, units;
	double *sorted;          /* values of one indicator outside a fold */
};

static bool is_known(double v)
{
	return !isnan(v);
}

/* ---- folds of whole units ---- */

static void deal(struct finding *finding, uint64_t seed)
{
	size_t *order;
	struct rng rng;

	for (size_t i = 0; i < finding->pair->n; i++)
		finding->units = (size_t)finding->pair->unit[i] + 1 > finding->units
				? (size_t)finding->pair->unit[i] + 1 : finding->units;
	order = arena_array(&finding->arena, size_t, finding->units + 1);
	for (size_t i = 0; i < finding->units; i++)
		order[i] = i;
	rng_seed(&rng, seed);
	for (size_t i = finding->units; i-- > 1;) {
		size_t k = rng_below(&rng, i + 1), swap = order[i];

		order[i] = order[k];
		order[k] = swap;
	}
	finding->fold = arena_array(&finding->arena, int, finding->pair->n + 1);
	for (size_t i = 0; i < finding->pair->n; i++)
		finding->fold[i] = (int)(order[finding->pair->unit[i]] % finding->folds);
}

/* ---- quantiles ---- */

/* The share of sorted v[0..n) below x, between neighbours in a straight line; ties by their middle. */
static double share_below(const double *v, size_t n, double x)
{
	size_t low = 0, high = n, first, past;
	double at;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v[middle] < x)
			low = middle + 1;
		else
			high = middle;
	}
	first = past = low;
	while (past < n && v[past] == x)
		past++;
	if (past > first)
		at = ((double)first + (double)past + 1) / 2;
	else if (first == 0)
		at = 0.5;
	else if (first == n)
		at = (double)n + 0.5;
	else
		at = (double)first + (x - v[first - 1]) / (v[first] - v[first - 1]);
	return at / (double)(n + 1);
}

static double normal_score(const double *v, size_t n, double x)
{
	double p = share_below(v, n, x), level = fabs(1 - 2 * p);

	if (level < 1e-12)
		return 0;
	return p < 0.5 ? -normal_reach(level) : normal_reach(level);
}

static size_t gather_sorted(const struct finding *finding, const struct divergence_side *side, size_t k, int without)
{
	size_t n = 0;

	for (size_t i = 0; i < finding->pair->n; i++)
		if (finding->fold[i] != without && is_known(side->x[i * side->k + k]))
			finding->sorted[n++] = side->x[i * side->k + k];
	sort_numbers(finding->sorted, n);
	return n;
}

/* Scores of one indicator and the errors that its source states, in room[]. */
static void score_indicator(const struct finding *finding, struct divergence_side *side, size_t k, double *error)
{
	for (int f = 0; f < (int)finding->folds; f++) {
		size_t n = gather_sorted(finding, side, k, f);

		for (size_t i = 0; i < finding->pair->n; i++) {
			double x = side->x[i * side->k + k], sd = side->sd[i * side->k + k];

			if (finding->fold[i] != f || !is_known(x) || n < 2)
				continue;
			side->z[i * side->k + k] = normal_score(finding->sorted, n, x);
			error[i] = is_known(sd) ? fabs(normal_score(finding->sorted, n, x + sd) -
						       normal_score(finding->sorted, n, x - sd)) / 2 : NAN;
		}
	}
}

/* Robust standard deviation of an indicator's jitter: second differences of consecutive years. */
static double jitter(const struct finding *finding, const struct divergence_side *side, size_t k)
{
	const struct divergence_pair *pair = finding->pair;
	size_t n = 0;

	for (size_t i = 2; i < pair->n; i++) {
		double a = side->z[(i - 2) * side->k + k], b = side->z[(i - 1) * side->k + k],
				c = side->z[i * side->k + k];

		if (pair->unit[i] == pair->unit[i - 2] && pair->year[i] == pair->year[i - 2] + 2 &&
		    is_known(a + b + c))
			finding->sorted[n++] = fabs(a - 2 * b + c);
	}
	return fmax(LEAST_JITTER, n ? 1.4826 * median_of(finding->sorted, n) / sqrt(6) : LEAST_JITTER);
}

/* ---- directions ---- */

static double correlation(const double *x, size_t step_x, const double *y, size_t step_y, size_t n)
{
	double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0, m = 0;

	for (size_t i = 0; i < n; i++) {
		double a = x[i * step_x], b = y[i * step_y];

		if (!is_known(a + b))
			continue;
		sx += a;
		sy += b;
		sxx += a * a;
		syy += b * b;
		sxy += a * b;
		m++;
	}
	if (m < 3 || m * sxx - sx * sx <= 0 || m * syy - sy * sy <= 0)
		return 0;
	return (m * sxy - sx * sy) / sqrt((m * sxx - sx * sx) * (m * syy - sy * sy));
}

static bool varies(const struct divergence_side *side, size_t k, size_t n)
{
	double first = NAN;

	for (size_t i = 0; i < n; i++) {
		double x = side->x[i * side->k + k];

		if (is_known(x) && is_known(first) && x != first)
			return true;
		first = is_known(first) ? first : x;
	}
	return false;
}

/* ---- one side ---- */

/* Mean of the turned scores a row has, to unit variance; errors of indicators of one framework are taken as one. */
static int score_side(struct finding *finding, struct divergence_side *side, const double *reference, size_t step,
		      const char *which, struct err *err)
{
	const size_t n = finding->pair->n;
	double *error = arena_array(&finding->arena, double, n * side->k + 1), sum = 0, squares = 0, m = 0, scale;

	for (size_t i = 0; i < n * side->k; i++)
		side->z[i] = error[i] = NAN;
	for (size_t k = 0; k < side->k; k++) {
		double *one = arena_array(&finding->arena, double, n + 1), shake, turn;

		side->sign[k] = varies(side, k, n);
		if (!side->sign[k])
			continue;
		score_indicator(finding, side, k, one);
		turn = correlation(side->z + k, side->k, reference ? reference : side->z, reference ? step
				   : side->k, n);
		side->sign[k] = turn < 0 ? -1 : 1;
		shake = jitter(finding, side, k);
		for (size_t i = 0; i < n; i++) {
			side->z[i * side->k + k] *= side->sign[k];
			error[i * side->k + k] = is_known(one[i]) ? one[i] : shake;
		}
	}
	for (size_t i = 0; i < n; i++) {
		double total = 0, errors = 0, known = 0;

		for (size_t k = 0; k < side->k; k++)
			if (is_known(side->z[i * side->k + k])) {
				total += side->z[i * side->k + k];
				errors += error[i * side->k + k];
				known++;
			}
		side->score[i] = known > 0 ? total / known : NAN;
		side->error[i] = known > 0 ? errors / known : NAN;
		if (known > 0) {
			sum += side->score[i];
			squares += side->score[i] * side->score[i];
			m++;
		}
	}
	scale = m > 1 ? sqrt(fmax(0, squares / m - (sum / m) * (sum / m))) : 0;
	if (!(scale > 1e-9))
		return err_set(err, ERR_DATA, "%s never varies where both speak", which);
	for (size_t i = 0; i < n; i++) {
		side->score[i] /= scale;
		side->error[i] /= scale;
		for (size_t k = 0; k < side->k; k++)
			side->z[i * side->k + k] /= scale;
	}
	return 0;
}

/* ---- differences ---- */

/* The year's usual gap among units of other folds, drawn to none where few speak. */
static double usual_gap(const struct finding *finding, size_t row)
{
	const struct divergence_pair *pair = finding->pair;
	double sum = 0, n = YEAR_PRIOR;

	for (size_t i = 0; i < pair->n; i++)
		if (pair->year[i] == pair->year[row] && finding->fold[i] != finding->fold[row]) {
			sum += pair->a.score[i] - pair->b.score[i];
			n++;
		}
	return sum / n;
}

/* The error of a quantile among so many units, as one of the score. */
static double quantile_error(const struct finding *finding, double z)
{
	double p = erfc(-z / sqrt(2)) / 2, density = exp(-z * z / 2) / sqrt(2 * M_PI);

	return sqrt(p * (1 - p) / (double)finding->units) / fmax(density, 0.05);
}

static void find_differences(struct finding *finding, double level)
{
	struct divergence_pair *pair = finding->pair;
	double z = normal_reach(level);

	for (size_t i = 0; i < pair->n; i++) {
		double middle = (pair->a.score[i] + pair->b.score[i]) / 2;

		pair->difference[i] = pair->a.score[i] - pair->b.score[i] - usual_gap(finding, i);
		pair->reach[i] = z * sqrt(pow(pair->a.error[i], 2) + pow(pair->b.error[i], 2) +
					  pow(quantile_error(finding, middle), 2));
	}
}

static int side_of(const struct divergence_pair *pair, size_t i)
{
	return fabs(pair->difference[i]) <= pair->reach[i] ? 0 : pair->difference[i] > 0 ? 1 : -1;
}

static void find_runs(struct finding *finding)
{
	struct divergence_pair *pair = finding->pair;

	for (size_t first = 0, past; first < pair->n; first = past) {
		size_t m = 0;
		double median;

		for (past = first; past < pair->n && pair->unit[past] == pair->unit[first]; past++)
			finding->sorted[m++] = pair->difference[past];
		median = median_of(finding->sorted, m);
		for (size_t i = first; i < past; i++) {
			bool goes_on = i > first && pair->year[i] == pair->year[i - 1] + 1 &&
				       side_of(pair, i) == side_of(pair, i - 1);

			pair->usual[i] = median;
			pair->since[i] = side_of(pair, i) == 0 ? INT_MISSING : goes_on ? pair->since[i - 1]
					: pair->year[i];
		}
	}
}

int divergence_find(struct divergence_pair *pair, size_t folds, uint64_t seed, double level, struct err *err)
{
	struct finding finding = {.pair = pair, .folds = folds};
	int r = 0;

	deal(&finding, seed);
	finding.sorted = arena_array(&finding.arena, double, pair->n + 1);
	if (pair->n < DIVERGENCE_LEAST_ROWS || finding.units < DIVERGENCE_LEAST_UNITS)
		r = err_set(err, ERR_DATA, "%zu unit-years of %zu units are common, expected %d of %d at least",
			    pair->n,
			    finding.units, DIVERGENCE_LEAST_ROWS, DIVERGENCE_LEAST_UNITS);
	if (r == 0)
		r = score_side(&finding, &pair->a, NULL, 0, "the first", err);
	if (r == 0)
		r = score_side(&finding, &pair->b, pair->a.score, 1, "the second", err);
	if (r == 0) {
		find_differences(&finding, level);
		find_runs(&finding);
	}
	arena_free(&finding.arena);
	return r;
}

double divergence_part(const struct divergence_pair *pair, size_t row, int side, size_t indicator)
{
	const struct divergence_side *own = side ? &pair->b : &pair->a, *other = side ? &pair->a : &pair->b;
	double z = own->z[row * own->k + indicator], known = 0;

	for (size_t k = 0; k < own->k; k++)
		known += is_known(own->z[row * own->k + k]);
	return (side ? other->score[row] - z : z - other->score[row]) / known;
}
