/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * symmetric.c - small symmetric systems, and what a normal distribution says of values that
 * are missing. Sums are taken in a fixed order, so no processor changes a digit.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#define MAX_ROUNDS 200
#define CLOSE_ENOUGH 1e-7     /* change of a standardised mean or covariance */

/* The lower triangle of a becomes its Cholesky factor; false when a is not definite. */
static bool cholesky(double *a, size_t m)
{
	for (size_t j = 0; j < m; j++)
		for (size_t i = j; i < m; i++) {
			double sum = a[i * m + j];

			for (size_t l = 0; l < j; l++)
				sum -= a[i * m + l] * a[j * m + l];
			if (i == j && !(sum > 0))
				return false;
			a[i * m + j] = i == j ? sqrt(sum) : sum / a[j * m + j];
		}
	return true;
}

static void substitute(const double *factor, double *b, size_t m)
{
	for (size_t i = 0; i < m; i++) {
		for (size_t l = 0; l < i; l++)
			b[i] -= factor[i * m + l] * b[l];
		b[i] /= factor[i * m + i];
	}
	for (size_t i = m; i-- > 0;) {
		for (size_t l = i + 1; l < m; l++)
			b[i] -= factor[l * m + i] * b[l];
		b[i] /= factor[i * m + i];
	}
}

bool symmetric_solve(double *a, double *b, size_t m)
{
	if (!cholesky(a, m))
		return false;
	substitute(a, b, m);
	return true;
}

/* ---- the normal distribution behind incomplete rows ---- */

struct em {
	struct normal_fill *fill;
	double *sum, *cross;          /* expected sums of the standardised rows */
	double *known, *row, *reach;  /* room: matrices k x k, a row, a solved column */
	size_t *have, *lack;
};

/*
 * Fill z's missing cells with their conditional mean; when `cross` is wanted, add the conditional
 * covariance of the missing ones.
 */
static void fill_row(struct em *em, double *z, bool learn)
{
	const size_t k = em->fill->k;
	const double *mean = em->fill->mu, *cov = em->fill->cov;
	size_t n_have = 0, n_lack = 0;

	for (size_t j = 0; j < k; j++)
		if (isnan(z[j]))
			em->lack[n_lack++] = j;
		else
			em->have[n_have++] = j;
	for (size_t a = 0; a < n_have; a++)
		for (size_t b = 0; b <= a; b++)
			em->known[a * n_have + b] = cov[em->have[a] * k + em->have[b]];
	if (n_lack && n_have && !cholesky(em->known, n_have))
		n_have = 0;   /* never with a shrunk covariance; then the mean */
	for (size_t l = 0; l < n_lack; l++) {
		double *reach = em->reach + l * k, value = mean[em->lack[l]];

		for (size_t a = 0; a < n_have; a++)
			reach[a] = cov[em->have[a] * k + em->lack[l]];
		substitute(em->known, reach, n_have);
		for (size_t a = 0; a < n_have; a++)
			value += reach[a] * (z[em->have[a]] - mean[em->have[a]]);
		em->row[l] = value;
	}
	for (size_t l = 0; learn && l < n_lack; l++)
		for (size_t o = 0; o < n_lack; o++) {
			double left = cov[em->lack[l] * k + em->lack[o]];

			for (size_t a = 0; a < n_have; a++)
				left -= em->reach[l * k + a] * cov[em->have[a] * k + em->lack[o]];
			em->cross[em->lack[l] * k + em->lack[o]] += left;
		}
	for (size_t l = 0; l < n_lack; l++)
		z[em->lack[l]] = em->row[l];
}

static void standardise(const struct normal_fill *fill, const double *x, double *z)
{
	for (size_t j = 0; j < fill->k; j++)
		z[j] = (x[j] - fill->centre[j]) / fill->scale[j];
}

static struct em em_room(struct normal_fill *fill, struct arena *arena)
{
	const size_t k = fill->k;

	return (struct em){fill, arena_array(arena, double, k + 1), arena_array(arena, double, k * k + 1),
			   arena_array(arena, double, k * k + 1), arena_array(arena, double, k + 1),
			   arena_array(arena, double, k * k + 1), arena_array(arena, size_t, k + 1),
			   arena_array(arena, size_t, k + 1)};
}

/* One round of EM (Dempster, Laird and Rubin 1977); returns the largest change. */
static double em_round(struct em *em, const double *x, size_t n, double *z)
{
	struct normal_fill *fill = em->fill;
	const size_t k = fill->k;
	double moved = 0;

	memset(em->sum, 0, k * sizeof *em->sum);
	memset(em->cross, 0, k * k * sizeof *em->cross);
	for (size_t i = 0; i < n; i++) {
		standardise(fill, x + i * k, z);
		fill_row(em, z, true);
		for (size_t a = 0; a < k; a++) {
			em->sum[a] += z[a];
			for (size_t b = 0; b < k; b++)
				em->cross[a * k + b] += z[a] * z[b];
		}
	}
	for (size_t a = 0; a < k; a++)
		em->sum[a] /= (double)n;
	for (size_t a = 0; a < k; a++)
		for (size_t b = 0; b < k; b++) {
			/* a row and a half of independent features: definite, and honest where rows are few */
			double next = (em->cross[a * k + b] - (double)n * em->sum[a] * em->sum[b] + (a == b) * 1.5) /
				      ((double)n + 1.5);

			moved = fmax(moved, fabs(next - fill->cov[a * k + b]));
			fill->cov[a * k + b] = next;
		}
	for (size_t a = 0; a < k; a++) {
		moved = fmax(moved, fabs(em->sum[a] - fill->mu[a]));
		fill->mu[a] = em->sum[a];
	}
	return moved;
}

static void scale(struct normal_fill *fill, const double *x, size_t n)
{
	for (size_t j = 0; j < fill->k; j++) {
		double sum = 0, squares = 0, known = 0;

		for (size_t i = 0; i < n; i++)
			if (!isnan(x[i * fill->k + j])) {
				sum += x[i * fill->k + j];
				known++;
			}
		fill->centre[j] = known > 0 ? sum / known : 0;
		for (size_t i = 0; i < n; i++)
			if (!isnan(x[i * fill->k + j]))
				squares += pow(x[i * fill->k + j] - fill->centre[j], 2);
		fill->scale[j] = known > 0 ? sqrt(squares / known) : 0;
		fill->varies[j] = fill->scale[j] > 1e-12 * (1 + fabs(fill->centre[j]));
		if (!fill->varies[j])
			fill->scale[j] = 1;
		fill->cov[j * fill->k + j] = 1;
	}
}

void normal_fill_learn(const double *x, size_t n, size_t k, struct arena *arena, struct normal_fill *ret)
{
	_cleanup_(arena_free) struct arena room = {0};
	struct normal_fill fill = {.k = k, .centre = arena_array(arena, double, k + 1),
				   .scale = arena_array(arena, double, k + 1),
				   .mu = arena_array(arena, double, k + 1),
				   .cov = arena_array(arena, double, k * k + 1),
				   .varies = arena_array(arena, bool, k + 1)};
	struct em em = em_room(&fill, &room);
	double *z = arena_array(&room, double, k + 1);

	scale(&fill, x, n);
	for (int i = 0; i < MAX_ROUNDS && n; i++)
		if (em_round(&em, x, n, z) < CLOSE_ENOUGH)
			break;
	*ret = fill;
}

void normal_fill_row(const struct normal_fill *fill, const double *x, double *z)
{
	_cleanup_(arena_free) struct arena room = {0};
	struct normal_fill copy = *fill;
	struct em em = em_room(&copy, &room);

	standardise(fill, x, z);
	fill_row(&em, z, false);
	for (size_t j = 0; j < fill->k; j++)
		if (!fill->varies[j])
			z[j] = 0;
}
