/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * logit.c - logistic regression with a ridge, fitted by Newton's method.
 *
 * Penalised likelihood as in le Cessie and van Houwelingen 1992. The Newton matrix is
 * small (a few dozen terms), so it is summed row by row and solved by a Cholesky
 * decomposition of our own: the order of additions is then fixed, which a BLAS with
 * kernels per processor does not promise. A faint ridge on the intercept keeps the
 * matrix definite.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#define CLIP 4.0              /* standard deviations */
#define FAINT 1e-6
#define MAX_STEPS 50
#define CLOSE_ENOUGH 1e-9     /* gain of the objective per row */

static double chance(double odds)
{
	return odds >= 0 ? 1 / (1 + exp(-odds)) : exp(odds) / (1 + exp(odds));
}

/* log(1 + exp(odds)) without overflow */
static double log1p_exp(double odds)
{
	return odds > 0 ? odds + log1p(exp(-odds)) : log1p(exp(odds));
}

/* ---- scaling ---- */

static double term_value(const struct logit_term *term, const double *x)
{
	const double value = x[term->feature];

	if (term->gap)
		return (double)isnan(value) - term->mean;
	if (isnan(value))
		return 0;
	return fmin(fmax((value - term->mean) / term->scale, -CLIP), CLIP);
}

/* The terms that feature f brings, at most two, at terms[0..]; returns how many. */
static size_t scale_feature(const double *x, size_t n, size_t k, size_t f, struct logit_term *terms)
{
	size_t known = 0, made = 0;
	double sum = 0, squares = 0, mean;

	for (size_t i = 0; i < n; i++)
		if (!isnan(x[i * k + f])) {
			known++;
			sum += x[i * k + f];
		}
	if (known < LOGIT_MIN_KNOWN && known < n)
		return 0;
	mean = sum / (double)known;
	for (size_t i = 0; i < n; i++)
		if (!isnan(x[i * k + f]))
			squares += (x[i * k + f] - mean) * (x[i * k + f] - mean);
	if (sqrt(squares / (double)known) > 1e-12 * (1 + fabs(mean)))
		terms[made++] = (struct logit_term){f, false, mean, sqrt(squares / (double)known)};
	if (known < n)
		terms[made++] = (struct logit_term){f, true, (double)(n - known) / (double)n, 1};
	return made;
}

static void scale(const double *x, struct arena *arena, struct logit *fit)
{
	fit->terms = arena_array(arena, struct logit_term, 2 * fit->k + 1);
	for (size_t f = 0; f < fit->k; f++)
		fit->n_terms += scale_feature(x, fit->n, fit->k, f, fit->terms + fit->n_terms);
	fit->z = arena_array(arena, double, fit->n * fit->n_terms + 1);
	for (size_t i = 0; i < fit->n; i++)
		for (size_t t = 0; t < fit->n_terms; t++)
			fit->z[i * fit->n_terms + t] = term_value(&fit->terms[t], x + i * fit->k);
}

/* ---- Newton ---- */

/* Solve a x = b for a symmetric positive definite m x m matrix (lower half read); both are
   overwritten, b by x. False when a is not definite. */
static bool cholesky_solve(double *a, double *b, size_t m)
{
	for (size_t j = 0; j < m; j++) {
		for (size_t i = j; i < m; i++) {
			double sum = a[i * m + j];

			for (size_t l = 0; l < j; l++)
				sum -= a[i * m + l] * a[j * m + l];
			if (i == j && !(sum > 0))
				return false;
			a[i * m + j] = i == j ? sqrt(sum) : sum / a[j * m + j];
		}
	}
	for (size_t i = 0; i < m; i++) {
		for (size_t l = 0; l < i; l++)
			b[i] -= a[i * m + l] * b[l];
		b[i] /= a[i * m + i];
	}
	for (size_t i = m; i-- > 0;) {
		for (size_t l = i + 1; l < m; l++)
			b[i] -= a[l * m + i] * b[l];
		b[i] /= a[i * m + i];
	}
	return true;
}

static double odds_of(const double *beta, const double *z, size_t n_terms)
{
	double odds = beta[0];

	for (size_t t = 0; t < n_terms; t++)
		odds += beta[t + 1] * z[t];
	return odds;
}

static double penalty(const struct logit *fit, size_t j)
{
	return j == 0 ? FAINT : fit->ridge;
}

/* The penalised log likelihood, which is to be as great as can be. */
static double objective(const struct logit *fit, const double *weights, const double *beta)
{
	double sum = 0;

	for (size_t i = 0; i < fit->n; i++) {
		const double w = weights ? weights[i] : 1;
		double odds;

		if (w == 0)
			continue;
		odds = odds_of(beta, fit->z + i * fit->n_terms, fit->n_terms);
		sum += w * (fit->y[i] * odds - log1p_exp(odds));
	}
	for (size_t j = 0; j <= fit->n_terms; j++)
		sum -= penalty(fit, j) / 2 * beta[j] * beta[j];
	return sum;
}

/* Gradient and negative Hessian (lower half) at beta; both start zeroed. */
static void slopes(const struct logit *fit, const double *weights, const double *beta,
		   double *gradient, double *hessian)
{
	const size_t m = fit->n_terms + 1;

	for (size_t i = 0; i < fit->n; i++) {
		const double w = weights ? weights[i] : 1, *z = fit->z + i * fit->n_terms;
		double p, bend;

		if (w == 0)
			continue;
		p = chance(odds_of(beta, z, fit->n_terms));
		bend = w * p * (1 - p);
		gradient[0] += w * (fit->y[i] - p);
		hessian[0] += bend;
		for (size_t r = 1; r < m; r++) {
			const double scaled = bend * z[r - 1];

			gradient[r] += w * (fit->y[i] - p) * z[r - 1];
			hessian[r * m] += scaled;
			for (size_t c = 1; c <= r; c++)
				hessian[r * m + c] += scaled * z[c - 1];
		}
	}
	for (size_t j = 0; j < m; j++) {
		gradient[j] -= penalty(fit, j) * beta[j];
		hessian[j * m + j] += penalty(fit, j);
	}
}

/* One Newton step, halved until it gains; false when nothing is to be gained. */
static bool step(const struct logit *fit, const double *weights, double *beta, double *at,
		 double *work)
{
	const size_t m = fit->n_terms + 1;
	double *gradient = work, *next = work + m, *hessian = work + 2 * m;
	double gain = 0;

	memset(work, 0, (2 * m + m * m) * sizeof *work);
	slopes(fit, weights, beta, gradient, hessian);
	if (!cholesky_solve(hessian, gradient, m))
		return false;
	for (double size = 1; size > 1e-6; size /= 2) {
		for (size_t j = 0; j < m; j++)
			next[j] = beta[j] + size * gradient[j];
		gain = objective(fit, weights, next) - *at;
		if (gain >= 0)
			break;
	}
	if (!(gain >= 0))
		return false;
	memcpy(beta, next, m * sizeof *beta);
	*at += gain;
	return gain > CLOSE_ENOUGH * (double)fit->n;
}

static bool climb(const struct logit *fit, const double *weights, double *beta)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const size_t m = fit->n_terms + 1;
	double *work = arena_array(&arena, double, 2 * m + m * m);
	double at = objective(fit, weights, beta);

	for (int i = 0; i < MAX_STEPS; i++)
		if (!step(fit, weights, beta, &at, work))
			return true;
	return false;
}

/* ---- what others call ---- */

static void shares(const struct logit *fit, const double *weights, double *positives, double *all)
{
	*positives = *all = 0;
	for (size_t i = 0; i < fit->n; i++) {
		const double w = weights ? weights[i] : 1;

		*all += w;
		*positives += w * fit->y[i];
	}
}

int logit_fit(const double *x, const unsigned char *y, size_t n, size_t k, double ridge,
	      struct arena *arena, struct logit *ret, struct err *err)
{
	struct logit fit = {.k = k, .n = n, .y = y, .ridge = ridge};
	double positives, all;

	assert(ridge > 0);
	shares(&fit, NULL, &positives, &all);
	if (positives == 0 || positives == all)
		return err_set(err, ERR_DATA, "cannot fit a regression: all %zu outcomes are the same", n);
	scale(x, arena, &fit);
	fit.beta = arena_array(arena, double, fit.n_terms + 1);
	fit.beta[0] = log(positives / (all - positives));
	fit.converged = climb(&fit, NULL, fit.beta);
	*ret = fit;
	return 0;
}

void logit_refit(const struct logit *fit, const double *weights, double *beta)
{
	double positives, all;

	shares(fit, weights, &positives, &all);
	memcpy(beta, fit->beta, (fit->n_terms + 1) * sizeof *beta);
	if (positives > 0 && positives < all) {
		climb(fit, weights, beta);
		return;
	}
	memset(beta, 0, (fit->n_terms + 1) * sizeof *beta);
	beta[0] = log((positives + 0.5) / (all - positives + 0.5));
}

void logit_influence(const struct logit *fit, const uint32_t *cluster, size_t n_clusters, double *influence)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const size_t m = fit->n_terms + 1;
	double *gradient = arena_array(&arena, double, m), *hessian = arena_array(&arena, double, m * m);
	double *work = arena_array(&arena, double, m * m);

	slopes(fit, NULL, fit->beta, gradient, hessian);
	memset(influence, 0, n_clusters * m * sizeof *influence);
	for (size_t i = 0; i < fit->n; i++) {
		const double *z = fit->z + i * fit->n_terms;
		const double rest = fit->y[i] - chance(odds_of(fit->beta, z, fit->n_terms));
		double *pull = influence + cluster[i] * m;

		pull[0] += rest;
		for (size_t t = 0; t < fit->n_terms; t++)
			pull[t + 1] += rest * z[t];
	}
	for (size_t c = 0; c < n_clusters; c++) {
		memcpy(work, hessian, m * m * sizeof *work);
		if (!cholesky_solve(work, influence + c * m, m))
			memset(influence + c * m, 0, m * sizeof *influence);
	}
}

double logit_chance(const struct logit *fit, const double *beta, const double *x)
{
	double odds;

	if (!beta)
		beta = fit->beta;
	odds = beta[0];
	for (size_t t = 0; t < fit->n_terms; t++)
		odds += beta[t + 1] * term_value(&fit->terms[t], x);
	return chance(odds);
}

void logit_parts(const struct logit *fit, const double *x, double *parts)
{
	memset(parts, 0, fit->k * sizeof *parts);
	for (size_t t = 0; t < fit->n_terms; t++)
		parts[fit->terms[t].feature] += fit->beta[t + 1] * term_value(&fit->terms[t], x);
}
