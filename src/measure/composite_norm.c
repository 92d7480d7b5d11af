/* SPDX-License-Identifier: GPL-3.0-or-later */
/* composite_norm.c - normalise indicators, put them together, rank what comes out. */
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "measure/composite.h"

struct range {
	double low, high, mean, sd, n;
};

static struct range range_of(const double *x, size_t n)
{
	struct range out = {.low = INFINITY, .high = -INFINITY};
	double sum = 0, squares = 0;

	for (size_t i = 0; i < n; i++)
		if (!isnan(x[i])) {
			sum += x[i];
			out.n++;
			if (x[i] < out.low)
				out.low = x[i];
			if (x[i] > out.high)
				out.high = x[i];
		}
	out.mean = sum / out.n;
	for (size_t i = 0; i < n; i++)
		if (!isnan(x[i]))
			squares += (x[i] - out.mean) * (x[i] - out.mean);
	out.sd = sqrt(squares / (out.n - 1));
	return out;
}

/* How many of sorted v[0..n) lie below x, or at and below it. */
static size_t count_below(const double *v, size_t n, double x, bool ties)
{
	size_t low = 0, high = n;

	while (low < high) {
		const size_t mid = low + (high - low) / 2;

		if (v[mid] < x || (ties && v[mid] == x))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void ranks(const double *x, size_t n, bool up, double *out)
{
	_cleanup_(arena_free) struct arena arena = {0};
	double *v = arena_array(&arena, double, n + 1);
	size_t known = 0;

	for (size_t i = 0; i < n; i++)
		if (!isnan(x[i]))
			v[known++] = x[i];
	sort_numbers(v, known);
	for (size_t i = 0; i < n; i++) {
		const size_t below = count_below(v, known, x[i], !up);

		out[i] = isnan(x[i]) ? NAN : (double)((up ? below : known - below) + 1);
	}
}

void ranks_down(const double *x, size_t n, double *out)
{
	ranks(x, n, false, out);
}

static double norm_value(double x, const struct range *range, struct norm norm, double reference)
{
	const double width = range->high - range->low;

	switch (norm.kind) {
	case NORM_MINMAX:
		return (x - range->low) / width * (norm.high - norm.low) + norm.low;
	case NORM_ZSCORE:
		return (x - range->mean) / range->sd * norm.high + norm.low;
	case NORM_SCALED:
		return (x - norm.low) / (norm.high - norm.low) * 100;
	case NORM_DIST2MAX:
		return 1 - (range->high - x) / width;
	case NORM_DIST2REF:
		return 1 - (reference - x) / (reference - range->low);
	case NORM_FRACMAX:
		return x / range->high;
	default:
		return NAN;
	}
}

void norm_column(const double *x, size_t n, struct norm norm, size_t reference, double *out)
{
	const struct range range = range_of(x, n);
	const double at = reference < n ? x[reference] : NAN;
	const bool constant = range.low == range.high;

	if (norm.kind >= NORM_RANK) {
		ranks(x, n, true, out);
		for (size_t i = 0; i < n; i++) {
			out[i] -= norm.kind != NORM_RANK;
			if (norm.kind == NORM_PRANK)
				out[i] /= range.n - 1;
		}
		return;
	}
	for (size_t i = 0; i < n; i++)
		out[i] = norm.kind == NORM_ZSCORE && constant ? NAN : norm_value(x[i], &range, norm, at);
}

void step_normalise(const struct frame *frame, size_t n_units, const double *m, const struct norm *norm,
		    size_t reference, double *out)
{
	_cleanup_(arena_free) struct arena arena = {0};
	double *turned = arena_array(&arena, double, n_units);

	for (size_t i = 0; i < frame->n_indicators; i++) {
		for (size_t u = 0; u < n_units; u++)
			turned[u] = m[i * n_units + u] * frame->v[i].direction;
		norm_column(turned, n_units, norm ? *norm : frame->v[i].norm, reference, out + i * n_units);
	}
}

/* ---- aggregate ---- */

double mean_of(const double *x, const double *weights, size_t n, enum mean_kind kind)
{
	double sum = 0, total = 0;

	for (size_t i = 0; i < n; i++) {
		if (isnan(x[i]))
			continue;
		total += weights[i];
		if (weights[i] == 0)
			continue;
		if (kind == MEAN_ARITHMETIC)
			sum += weights[i] * x[i];
		else if (kind == MEAN_GEOMETRIC)
			sum += weights[i] * log(x[i]);
		else
			sum += weights[i] / x[i];
	}
	if (kind == MEAN_ARITHMETIC)
		return sum / total;
	return kind == MEAN_GEOMETRIC ? exp(sum / total) : total / sum;
}

void step_aggregate(const struct frame *frame, size_t n_units, const double *weights, const enum mean_kind *mean,
		    double *scores)
{
	_cleanup_(arena_free) struct arena arena = {0};
	size_t *children = arena_array(&arena, size_t, frame->n);
	double *x = arena_array(&arena, double, frame->n), *w = arena_array(&arena, double, frame->n);

	for (size_t g = 0; g < frame->n - frame->n_indicators; g++) {
		const size_t at = frame->upwards[g], n = frame_children(frame, at, children);

		for (size_t c = 0; c < n; c++)
			w[c] = weights[children[c]];
		for (size_t u = 0; u < n_units; u++) {
			for (size_t c = 0; c < n; c++)
				x[c] = scores[children[c] * n_units + u];
			scores[at * n_units + u] = mean_of(x, w, n, mean ? *mean : frame->v[at].mean);
		}
	}
}

/* A sum that keeps what rounding would lose (Neumaier 1974). */
struct exact_sum {
	double sum, rest;
};

static void exact_add(struct exact_sum *to, double x)
{
	const double sum = to->sum + x;

	to->rest += fabs(to->sum) >= fabs(x) ? (to->sum - sum) + x : (x - sum) + to->sum;
	to->sum = sum;
}

/* The weight share of the indicators in which a stands above b, ties half. */
static double outranking(const double *m, const double *weights, size_t k, size_t n, size_t a, size_t b)
{
	struct exact_sum above = {0}, even = {0};
	double total = 0;

	for (size_t i = 0; i < k; i++)
		if (!isnan(m[i * n + a]) && !isnan(m[i * n + b]))
			total += weights[i];
	for (size_t i = 0; i < k; i++) {
		const double x = m[i * n + a], y = m[i * n + b];

		if (x > y)
			exact_add(&above, weights[i] / total);
		else if (x == y)
			exact_add(&even, weights[i] / total);
	}
	return (above.sum + above.rest) + 0.5 * (even.sum + even.rest);
}

/*
 * Each pair is weighed once, the first by code against the second, and the second has 1 less that. An even
 * pair is decided by the rounding of these shares: odd, but the reference does so, and cells must agree.
 */
void copeland(const struct units *units, const double *m, const double *weights, size_t n_indicators, double *out)
{
	const size_t n = units->n;

	for (size_t u = 0; u < n; u++)
		out[u] = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++) {
			const size_t a = units->sorted[i], b = units->sorted[j];
			const double share = outranking(m, weights, n_indicators, n, a, b), other = 1 - share;

			out[a] += (share > 0.5) - (share < 0.5);
			out[b] += (other > 0.5) - (other < 0.5);
		}
}

double *frame_weights(const struct frame *frame, struct arena *arena)
{
	double *weights = arena_array(arena, double, frame->n);

	for (size_t i = 0; i < frame->n; i++)
		weights[i] = frame->v[i].weight;
	return weights;
}

/* ---- all steps ---- */

static int find_reference(const struct frame *frame, const struct units *units, size_t *ret, struct err *err)
{
	*ret = units->n >= 5 ? units->sorted[4] : SIZE_MAX;
	if (!frame->reference)
		return 0;
	for (*ret = 0; *ret < units->n; (*ret)++)
		if (strcmp(units->code[*ret], frame->reference) == 0)
			return 0;
	return err_set(err, ERR_DATA, "%s: the reference unit \"%.60s\" has no row in the data", frame->name, frame->reference);
}

int composite_build(const struct frame *frame, const struct units *units, struct arena *arena,
		    struct composite *ret, struct err *err)
{
	const size_t cells = frame->n_indicators * units->n;
	struct composite made = {.frame = frame, .units = units};
	int r = find_reference(frame, units, &made.reference, err);

	if (r < 0)
		return r;
	made.denominated = arena_array(arena, double, cells);
	made.imputed = arena_array(arena, double, cells);
	made.spread = arena_array(arena, double, cells);
	made.treated = arena_array(arena, double, cells);
	made.scores = arena_array(arena, double, frame->n * units->n);
	made.details = arena_array(arena, struct treated, frame->n_indicators);
	step_denominate(frame, units, made.denominated);
	memcpy(made.imputed, made.denominated, cells * sizeof(double));
	made.impute_skipped = frame->group_column && !units->has_group;
	made.n_imputed = step_impute(frame, units, made.imputed, made.spread);
	memcpy(made.treated, made.imputed, cells * sizeof(double));
	step_treat(frame, units->n, &frame->treatment, made.treated, made.details);
	step_normalise(frame, units->n, made.treated, NULL, made.reference, made.scores);
	step_aggregate(frame, units->n, frame_weights(frame, arena), NULL, made.scores);
	*ret = made;
	return 0;
}
