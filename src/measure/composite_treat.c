/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * composite_treat.c - denominate, impute, and treat what is skewed.
 *
 * An indicator passes when |skew| is below its limit or its kurtosis is. One that does not is
 * winsorised: the values tied at the top (skew >= 0) or the bottom move to the next, until it
 * passes or winmax values have moved; when that is not enough, the logarithm is taken of the
 * indicator as it was. Skew and kurtosis are the unbiased forms G1 and G2 (Joanes and Gill 1998).
 */
#include <math.h>
#include <string.h>

#include "measure/composite.h"

void step_denominate(const struct frame *frame, const struct units *units, double *out)
{
	for (size_t i = 0; i < frame->n_indicators * units->n; i++)
		out[i] = frame->v[i / units->n].denominator ? units->raw[i] / units->by[i] : units->raw[i];
}

/*
 * Mean and sd (n - 1) by group of the finite values of x; mean NAN where a group has none. The mean of
 * what the first pass left over is added, so that a mean of equal values is that value and ties stay ties.
 */
static void group_means(const struct units *units, const double *x, double *mean, double *sd, double *n)
{
	double *rest = sd;

	memset(mean, 0, units->n_groups * sizeof *mean);
	memset(rest, 0, units->n_groups * sizeof *rest);
	memset(n, 0, units->n_groups * sizeof *n);
	for (size_t u = 0; u < units->n; u++)
		if (isfinite(x[u]) && units->group[u] != NO_GROUP) {
			mean[units->group[u]] += x[u];
			n[units->group[u]]++;
		}
	for (size_t g = 0; g < units->n_groups; g++)
		mean[g] /= n[g];
	for (size_t u = 0; u < units->n; u++)
		if (isfinite(x[u]) && units->group[u] != NO_GROUP)
			rest[units->group[u]] += x[u] - mean[units->group[u]];
	for (size_t g = 0; g < units->n_groups; g++) {
		mean[g] += rest[g] / n[g];
		sd[g] = 0;
	}
	for (size_t u = 0; u < units->n; u++)
		if (isfinite(x[u]) && units->group[u] != NO_GROUP) {
			const double away = x[u] - mean[units->group[u]];

			sd[units->group[u]] += away * away;
		}
	for (size_t g = 0; g < units->n_groups; g++)
		sd[g] = n[g] > 1 ? sqrt(sd[g] / (n[g] - 1)) : 0;
}

size_t step_impute(const struct frame *frame, const struct units *units, double *m, double *spread)
{
	_cleanup_(arena_free) struct arena arena = {0};
	double *mean = arena_array(&arena, double, units->n_groups + 1);
	double *sd = arena_array(&arena, double, units->n_groups + 1);
	double *n = arena_array(&arena, double, units->n_groups + 1);
	size_t filled = 0;

	for (size_t i = 0; i < frame->n_indicators; i++) {
		double *x = m + i * units->n;

		group_means(units, x, mean, sd, n);
		for (size_t u = 0; u < units->n; u++) {
			const size_t group = units->group[u];
			const bool fill = !isfinite(x[u]) && group != NO_GROUP && n[group] > 0;

			if (fill)
				filled++;
			if (spread)
				spread[i * units->n + u] = fill ? sd[group] : 0;
			if (!isfinite(x[u]))
				x[u] = fill ? mean[group] : NAN;
		}
	}
	return filled;
}

struct moments moments_of(const double *x, size_t n, const struct treatment *treatment)
{
	double sum = 0, s2 = 0, s3 = 0, s4 = 0, low = INFINITY, high = -INFINITY, k = 0, mean;
	struct moments out = {NAN, NAN, true};

	for (size_t i = 0; i < n; i++)
		if (isfinite(x[i])) {
			sum += x[i];
			k++;
			low = fmin(low, x[i]);
			high = fmax(high, x[i]);
		}
	if (k < 3 || low == high)
		return out;   /* nothing to treat */
	mean = sum / k;
	for (size_t i = 0; i < n; i++)
		if (isfinite(x[i])) {
			const double d = x[i] - mean, d2 = d * d;

			s2 += d2;
			s3 += d2 * d;
			s4 += d2 * d2;
		}
	out.skew = sqrt(k) * s3 / (s2 * sqrt(s2)) * sqrt(k * (k - 1)) / (k - 2);
	if (k > 3)
		out.kurt = ((k + 1) * (k * s4 / (s2 * s2) - 3) + 6) * (k - 1) / ((k - 2) * (k - 3));
	out.pass = fabs(out.skew) < treatment->skew || out.kurt < treatment->kurt || k < 4;
	return out;
}

/* Move the values tied at one end to the next; how many. */
static int move_end(double *x, size_t n, bool top)
{
	double end = top ? -INFINITY : INFINITY, next = end;
	int moved = 0;

	for (size_t i = 0; i < n; i++)
		if (isfinite(x[i]) && (top ? x[i] > end : x[i] < end))
			end = x[i];
	for (size_t i = 0; i < n; i++)
		if (isfinite(x[i]) && (top ? x[i] < end && x[i] > next : x[i] > end && x[i] < next))
			next = x[i];
	for (size_t i = 0; i < n; i++)
		if (x[i] == end) {
			x[i] = next;
			moved++;
		}
	return moved;
}

static void take_log(double *x, size_t n)
{
	double low = INFINITY, high = -INFINITY;

	for (size_t i = 0; i < n; i++)
		if (isfinite(x[i])) {
			low = fmin(low, x[i]);
			high = fmax(high, x[i]);
		}
	for (size_t i = 0; i < n; i++)
		x[i] = log(x[i] - low + 0.01 * (high - low));
}

static void note(struct treated *out, int check, const struct moments *moments)
{
	out->skew[check] = moments->skew;
	out->kurt[check] = moments->kurt;
	out->pass[check] = moments->pass;
	out->checks = check + 1;
}

struct treated treat_column(double *x, size_t n, const struct treatment *treatment)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct moments moments = moments_of(x, n, treatment);
	struct treated out = {0};
	int top = 0, bottom = 0;
	double *as_given;

	note(&out, 0, &moments);
	if (moments.pass || treatment->winmax == 0)
		return out;
	as_given = arena_array(&arena, double, n);
	memcpy(as_given, x, n * sizeof *x);
	while (!moments.pass && top + bottom < treatment->winmax) {
		if (moments.skew >= 0)
			top = move_end(x, n, true);
		else
			bottom = move_end(x, n, false);
		moments = moments_of(x, n, treatment);
	}
	out.moved = top + bottom;
	note(&out, 1, &moments);
	if (moments.pass)
		return out;
	memcpy(x, as_given, n * sizeof *x);
	take_log(x, n);
	out.log = true;
	moments = moments_of(x, n, treatment);
	note(&out, 2, &moments);
	return out;
}

void step_treat(const struct frame *frame, size_t n_units, const struct treatment *treatment, double *m,
		struct treated *details)
{
	for (size_t i = 0; i < frame->n_indicators; i++) {
		struct treatment own = *treatment;
		struct treated made;

		if (!frame->v[i].treated)
			own.winmax = 0;
		made = treat_column(m + i * n_units, n_units, &own);
		if (details)
			details[i] = made;
	}
}
