/* SPDX-License-Identifier: GPL-3.0-or-later */
/* association.c - how two lists go together: covariance and three correlations. */
#include <math.h>
#include <stdlib.h>

#include <tocsin/stats.h>

double covariance(const double *x, const double *y, size_t n)
{
	double mean_x = 0, mean_y = 0, sum = 0, k = 0;

	for (size_t i = 0; i < n; i++)
		if (!isnan(x[i]) && !isnan(y[i])) {
			mean_x += x[i];
			mean_y += y[i];
			k++;
		}
	mean_x /= k;
	mean_y /= k;
	for (size_t i = 0; i < n; i++)
		if (!isnan(x[i]) && !isnan(y[i]))
			sum += (x[i] - mean_x) * (y[i] - mean_y);
	return k > 1 ? sum / (k - 1) : NAN;
}

double pearson(const double *x, const double *y, size_t n)
{
	double mean_x = 0, mean_y = 0, sum = 0, square_x = 0, square_y = 0, k = 0;

	for (size_t i = 0; i < n; i++)
		if (!isnan(x[i]) && !isnan(y[i])) {
			mean_x += x[i];
			mean_y += y[i];
			k++;
		}
	mean_x /= k;
	mean_y /= k;
	for (size_t i = 0; i < n; i++)
		if (!isnan(x[i]) && !isnan(y[i])) {
			sum += (x[i] - mean_x) * (y[i] - mean_y);
			square_x += (x[i] - mean_x) * (x[i] - mean_x);
			square_y += (y[i] - mean_y) * (y[i] - mean_y);
		}
	if (k < 2 || square_x == 0 || square_y == 0)
		return NAN;
	return fmax(-1, fmin(1, sum / (sqrt(square_x) * sqrt(square_y))));
}

struct ranked {
	double value;
	size_t at;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return x->value != y->value ? (x->value > y->value) - (x->value < y->value) : (x->at > y->at) - (x->at < y->at);
}

void ranks_middle(const double *x, size_t n, double *out)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct ranked *v = arena_array(&arena, struct ranked, n + 1);
	size_t known = 0, past;

	for (size_t i = 0; i < n; i++) {
		if (!isnan(x[i]))
			v[known++] = (struct ranked){x[i], i};
		else
			out[i] = NAN;
	}
	qsort(v, known, sizeof *v, compare_ranked);
	for (size_t i = 0; i < known; i = past) {
		for (past = i + 1; past < known && v[past].value == v[i].value; past++)
			;
		for (size_t j = i; j < past; j++)
			out[v[j].at] = (double)(i + past + 1) / 2;
	}
}

double spearman(const double *x, const double *y, size_t n)
{
	_cleanup_(arena_free) struct arena arena = {0};
	double *a = arena_array(&arena, double, n + 1), *b = arena_array(&arena, double, n + 1);
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if (!isnan(x[i]) && !isnan(y[i])) {
			a[k] = x[i];
			b[k++] = y[i];
		}
	ranks_middle(a, k, a);
	ranks_middle(b, k, b);
	return pearson(a, b, k);
}

double kendall(const double *x, const double *y, size_t n)
{
	double both = 0, x_differ = 0, y_differ = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++) {
			if (isnan(x[i]) || isnan(y[i]) || isnan(x[j]) || isnan(y[j]))
				continue;
			const int a = (x[i] > x[j]) - (x[i] < x[j]), b = (y[i] > y[j]) - (y[i] < y[j]);

			both += a * b;
			x_differ += a != 0;
			y_differ += b != 0;
		}
	return x_differ > 0 && y_differ > 0 ? both / (sqrt(x_differ) * sqrt(y_differ)) : NAN;
}

/* Turn columns p and q, or rows p and q, of an n x n matrix. */
static void turn(double *m, size_t n, size_t p, size_t q, bool columns, double c, double s)
{
	const size_t along = columns ? n : 1, across = columns ? 1 : n;

	for (size_t k = 0; k < n; k++) {
		double *x = &m[k * along + p * across], *y = &m[k * along + q * across];
		const double was = *x;

		*x = c * was - s * *y;
		*y = s * was + c * *y;
	}
}

static double off_diagonal(const double *a, size_t n)
{
	double sum = 0;

	for (size_t p = 0; p < n; p++)
		for (size_t q = p + 1; q < n; q++)
			sum += a[p * n + q] * a[p * n + q];
	return sum;
}

static void largest_first(double *values, double *vectors, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t best = i;
		double was;

		for (size_t j = i + 1; j < n; j++)
			if (values[j] > values[best])
				best = j;
		was = values[i];
		values[i] = values[best];
		values[best] = was;
		for (size_t k = 0; k < n; k++) {
			was = vectors[k * n + i];
			vectors[k * n + i] = vectors[k * n + best];
			vectors[k * n + best] = was;
		}
	}
}

void eigen_symmetric(double *a, size_t n, double *values, double *vectors)
{
	for (size_t i = 0; i < n * n; i++)
		vectors[i] = i % (n + 1) == 0;
	for (int sweep = 0; sweep < 100 && off_diagonal(a, n) > 1e-300; sweep++)
		for (size_t p = 0; p < n; p++)
			for (size_t q = p + 1; q < n; q++) {
				if (a[p * n + q] == 0)
					continue;
				const double theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
				const double t = (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(theta * theta + 1));
				const double c = 1 / sqrt(t * t + 1), s = t * c;

				turn(a, n, p, q, true, c, s);
				turn(a, n, p, q, false, c, s);
				turn(vectors, n, p, q, true, c, s);
			}
	for (size_t i = 0; i < n; i++)
		values[i] = a[i * n + i];
	largest_first(values, vectors, n);
}
