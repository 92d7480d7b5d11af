/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ordinal.c - proportional-odds regression with a ridge (McCullagh 1980).
 *
 * P(y <= c | x) = F(cut[c] - b'x), F the logistic function. The likelihood is concave in cuts and
 * slopes together (Pratt 1981), so Newton's method with step halving finds its one top. Cuts
 * are kept in order by the likelihood itself: a class between two cuts that cross has no chance, and a
 * step that crosses them is halved. A class that no row has lends half a row to its
 * neighbours' cuts, so that its chance is small and not impossible.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#define MAX_STEPS 100
#define FAINT 1e-6            /* ridge on the cuts */
#define CLOSE_ENOUGH 1e-10    /* gain of the objective per row */
#define LEAST_CHANCE 1e-300

static double logistic(double t)
{
	return t >= 0 ? 1 / (1 + exp(-t)) : exp(t) / (1 + exp(t));
}

static double density(double t)
{
	double p = logistic(t);

	return p * (1 - p);
}

/* F(high) - F(low) without loss of digits in the tails. */
static double between(double high, double low)
{
	if (high <= low)
		return 0;
	if (low == -INFINITY)
		return logistic(high);
	if (high == INFINITY)
		return logistic(-low);
	if (low > 0)
		return logistic(-low) - logistic(-high);
	return logistic(high) - logistic(low);
}

static double slope_sum(const struct ordinal *fit, const double *theta, const double *x)
{
	double sum = 0;

	for (size_t j = 0; j < fit->k; j++)
		sum += theta[fit->classes - 1 + j] * x[j];
	return sum;
}

static double cut_of(const struct ordinal *fit, const double *theta, int at)
{
	return at < 0 ? -INFINITY : at >= (int)fit->classes - 1 ? INFINITY : theta[at];
}

struct task {
	const double *x;
	const int *y;
	const double *w;
	size_t n, m;                 /* rows, parameters */
	double ridge;
};

/* Half a row in every class, of no features: no cut runs away. */
static double phantom(const struct ordinal *fit, const struct task *task, size_t class)
{
	(void)class;
	return 0.5 / (double)fit->classes * (task->n > 0);
}

static double row_chance(const struct ordinal *fit, const double *theta, const double *x, int y)
{
	double eta = x ? slope_sum(fit, theta, x) : 0;

	return between(cut_of(fit, theta, y) - eta, cut_of(fit, theta, y - 1) - eta);
}

static double objective(const struct ordinal *fit, const struct task *task, const double *theta)
{
	double sum = 0;

	for (size_t c = 0; c + 2 < fit->classes; c++)
		if (!(theta[c] < theta[c + 1]))
			return -INFINITY;
	for (size_t i = 0; i < task->n; i++)
		sum += task->w[i] * log(fmax(LEAST_CHANCE, row_chance(fit, theta, task->x + i * fit->k, task->y[i])));
	for (size_t c = 0; c < fit->classes; c++)
		sum += phantom(fit, task, c) * log(fmax(LEAST_CHANCE, row_chance(fit, theta, NULL, (int)c)));
	for (size_t j = 0; j < task->m; j++)
		sum -= (j + 1 < fit->classes ? FAINT : task->ridge) / 2 * theta[j] * theta[j];
	return sum;
}

/* Add one row's gradient and negative Hessian (lower half). */
static void add_row(const struct ordinal *fit, const struct task *task, const double *theta, const double *x, int y,
		    double w, double *gradient, double *bend)
{
	const size_t cuts = fit->classes - 1, m = task->m;
	double eta = x ? slope_sum(fit, theta, x) : 0;
	double a = cut_of(fit, theta, y) - eta, b = cut_of(fit, theta, y - 1) - eta;
	double p = fmax(LEAST_CHANCE, between(a, b)), fa = isinf(a) ? 0 : density(a), fb = isinf(b) ? 0 : density(b);
	double da = fa / p, db = -fb / p;
	double daa = isinf(a) ? 0 : fa * (1 - 2 * logistic(a)) / p - da * da;
	double dbb = isinf(b) ? 0 : -fb * (1 - 2 * logistic(b)) / p - db * db;
	double dab = -da * db, de = -(da + db), dee = daa + 2 * dab + dbb;
	int at[2] = {y, y - 1};
	double d1[2] = {da, db}, de2[2] = {-(daa + dab), -(dab + dbb)};

	for (int s = 0; s < 2; s++) {
		if (at[s] < 0 || at[s] >= (int)cuts)
			continue;
		gradient[at[s]] += w * d1[s];
		bend[(size_t)at[s] * m + (size_t)at[s]] -= w * (s ? dbb : daa);
		for (size_t j = 0; x && j < fit->k; j++)
			bend[(cuts + j) * m + (size_t)at[s]] -= w * de2[s] * x[j];
	}
	if (y >= 1 && y < (int)cuts)
		bend[(size_t)y * m + (size_t)y - 1] -= w * dab;
	for (size_t j = 0; x && j < fit->k; j++) {
		gradient[cuts + j] += w * de * x[j];
		for (size_t l = 0; l <= j; l++)
			bend[(cuts + j) * m + cuts + l] -= w * dee * x[j] * x[l];
	}
}

static void slopes(const struct ordinal *fit, const struct task *task, const double *theta, double *gradient,
		   double *bend)
{
	for (size_t i = 0; i < task->n; i++)
		add_row(fit, task, theta, task->x + i * fit->k, task->y[i], task->w[i], gradient, bend);
	for (size_t c = 0; c < fit->classes; c++)
		add_row(fit, task, theta, NULL, (int)c, phantom(fit, task, c), gradient, bend);
	for (size_t j = 0; j < task->m; j++) {
		double ridge = j + 1 < fit->classes ? FAINT : task->ridge;

		gradient[j] -= ridge * theta[j];
		bend[j * task->m + j] += ridge;
	}
}

/* One Newton step, halved until it gains; false when nothing is left to gain. */
static bool climb(const struct ordinal *fit, const struct task *task, double *theta, double *at, double *work)
{
	double *gradient = work, *next = work + task->m, *bend = work + 2 * task->m, gain = -1;

	memset(work, 0, (2 * task->m + task->m * task->m) * sizeof *work);
	slopes(fit, task, theta, gradient, bend);
	if (!symmetric_solve(bend, gradient, task->m))
		return false;
	for (double size = 1; size > 1e-8 && !(gain >= 0); size /= 2) {
		for (size_t j = 0; j < task->m; j++)
			next[j] = theta[j] + size * gradient[j];
		gain = objective(fit, task, next) - *at;
	}
	if (!(gain >= 0))
		return false;
	memcpy(theta, next, task->m * sizeof *theta);
	*at += gain;
	return gain > CLOSE_ENOUGH * (double)task->n;
}

int ordinal_fit(const double *x, const int *y, const double *weights, size_t n, size_t k, size_t classes,
		double ridge,
		struct arena *arena, struct ordinal *ret, struct err *err)
{
	_cleanup_(arena_free) struct arena room = {0};
	struct ordinal fit = {.k = k, .classes = classes, .theta = arena_array(arena, double, classes - 1 + k)};
	double *w = arena_array(&room, double, n + 1), total = 0, so_far = 0, at;
	struct task task = {x, y, w, n, classes - 1 + k, ridge};
	double *work = arena_array(&room, double, 2 * task.m + task.m * task.m);
	double *count = arena_array(&room, double, classes);

	assert(classes >= 2 && ridge > 0);
	for (size_t i = 0; i < n; i++) {
		assert(y[i] >= 0 && (size_t)y[i] < classes);
		w[i] = weights ? weights[i] : 1;
		count[y[i]] += w[i];
		total += w[i];
	}
	if (total <= 0)
		return err_set(err, ERR_DATA, "cannot fit an ordinal regression: no row has a class");
	for (size_t c = 0; c + 1 < classes; c++) {
		so_far += (count[c] + 0.5) / (total + 0.5 * (double)classes);
		fit.theta[c] = log(so_far / (1 - so_far));
	}
	at = objective(&fit, &task, fit.theta);
	for (int i = 0; i < MAX_STEPS && !fit.converged; i++)
		fit.converged = !climb(&fit, &task, fit.theta, &at, work);
	*ret = fit;
	return 0;
}

void ordinal_chances(const struct ordinal *fit, const double *x, double *p)
{
	double sum = 0;

	for (size_t c = 0; c < fit->classes; c++)
		sum += p[c] = row_chance(fit, fit->theta, x, (int)c);
	for (size_t c = 0; c < fit->classes; c++)
		p[c] /= sum;
}
