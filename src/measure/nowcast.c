/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nowcast.c - the filter in monthly time, its smoother, and what is learnt by maximum likelihood.
 *
 * State: the level, the sum that becomes this year's value, and last year's value, which waits for its
 * release. An input enters as a known step, so that innovations are linear in the loadings: they
 * come in closed form from the filter's responses (generalised least squares), with a normal
 * prior whose width is chosen by marginal likelihood. Width 0 leaves the inputs out.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "measure/nowcast_filter.h"

static const double error_scales[] = {0.03, 0.2, 0.5, 0.75, 1, 1.3};
static const double prior_widths[] = {0, 0.1, 0.3, 1, 3};
#define EM_ROUNDS 60
#define SETTLED 0.01         /* gain of log likelihood that ends them */
#define YEAR_ODDS 4         /* before any evidence, that a yearly index speaks of the year */

/* ---- one filter ---- */

static double share_of_month(const struct nowcast_model *model, size_t month)
{
	return model->december ? month == 11 : 1.0 / 12;
}

void kalman_start(struct kalman *k, const struct nowcast_unit *unit, const struct nowcast_model *model)
{
	double first = 0;

	memset(k, 0, sizeof *k);
	for (size_t year = unit->years; year-- > 0;)
		first = isnan(unit->y[year]) ? first : unit->y[year];
	k->a[0] = first;
	k->p[0] = model->spread * model->spread;
}

/* x := T x for the month that begins: in January the finished sum becomes last year's value. */
static void carry(double *x, size_t t, double share, double step)
{
	if (t % 12 == 0) {
		x[2] = x[1];
		x[1] = 0;
	}
	x[0] += step;
	x[1] += share * x[0];
}

/* p := T p T' + q load load', by the few cells that change. */
static void spread(double *p, size_t t, double share, double q)
{
	if (t % 12 == 0) {
		p[8] = p[4];
		p[7] = p[5] = 0;
		p[6] = p[2] = p[3];
		p[4] = p[3] = p[1] = 0;
	}
	p[0] += q;   /* the step enters the level before it is summed */
	p[4] += 2 * share * p[3] + share * share * p[0];
	p[3] = p[1] = p[3] + share * p[0];
	p[7] = p[5] = p[7] + share * p[6];
}

void kalman_predict(struct kalman *k, const struct nowcast_model *model, const double *input, size_t t, double q)
{
	double share = share_of_month(model, t % 12);

	if (t == 0) {   /* the first month's level is the start */
		k->a[1] = share * k->a[0];
		spread(k->p, 1, share, 0);
		return;
	}
	spread(k->p, t, share, q);
	carry(k->a, t, share, 0);
	for (size_t i = 0; i < model->inputs; i++)
		carry(k->c[i], t, share, input[i]);
}

void kalman_transition(const struct nowcast_model *model, size_t t, double *m)
{
	double columns[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};

	for (int c = 0; c < 3; c++) {
		carry(columns[c], t, share_of_month(model, t % 12), 0);
		for (int r = 0; r < 3; r++)
			m[r * 3 + c] = columns[c][r];
	}
}

/* The year whose release comes at the end of month t; -1 if none does. */
int64_t release_year(const struct nowcast_panel *panel, const struct nowcast_unit *unit, size_t t)
{
	int64_t end = (int64_t)t - panel->lag;   /* its December */

	if (end < 11 || end % 12 != 11 || (size_t)(end / 12) >= unit->years || isnan(unit->y[end / 12]))
		return -1;
	return end / 12;
}

double release_variance(const struct nowcast_model *model, const struct nowcast_unit *unit, int64_t year)
{
	double sd = unit->sd[year];

	sd = isnan(sd) ? model->fallback_sd : sd * model->error_scale;
	return sd * sd + 1e-12;
}

void kalman_update(struct kalman *k, const struct nowcast_panel *panel, const struct nowcast_model *model,
		   const struct nowcast_unit *unit, int64_t year)
{
	const int at = panel->lag == 0 ? 1 : 2;

	k->v = unit->y[year] - k->a[at];
	k->f = k->p[at * 3 + at] + release_variance(model, unit, year);
	for (int i = 0; i < 3; i++)
		k->gain[i] = k->p[i * 3 + at] / k->f;
	for (size_t n = 0; n < model->inputs; n++)
		k->d[n] = k->c[n][at];
	for (int i = 0; i < 3; i++) {
		k->a[i] += k->gain[i] * k->v;
		for (size_t n = 0; n < model->inputs; n++)
			k->c[n][i] -= k->gain[i] * k->d[n];
	}
	for (int i = 0; i < 3; i++)
		for (int j = 0; j <= i; j++)
			k->p[i * 3 + j] = k->p[j * 3 + i] = k->p[i * 3 + j] - k->gain[i] * k->gain[j] * k->f;
}

/* ---- what a unit's releases say under one q ---- */

struct evidence {
	double log_f, vv;                                /* sums of log f and v^2 / f */
	double dv[NOWCAST_INPUTS], dd[NOWCAST_INPUTS * NOWCAST_INPUTS];
	size_t n;
};

static void gather(const struct nowcast_panel *panel, const struct nowcast_model *model,
		   const struct nowcast_unit *unit,
		   double q, struct evidence *e)
{
	struct kalman k;
	bool first = true;

	memset(e, 0, sizeof *e);
	kalman_start(&k, unit, model);
	for (size_t t = 0; t < unit->months; t++) {
		int64_t year = release_year(panel, unit, t);

		kalman_predict(&k, model, unit->input ? unit->input + t * panel->inputs : NULL, t, q);
		if (year < 0)
			continue;
		kalman_update(&k, panel, model, unit, year);
		if (!first) {
			e->n++;
			e->log_f += log(k.f);
			e->vv += k.v * k.v / k.f;
			for (size_t i = 0; i < model->inputs; i++) {
				e->dv[i] += k.d[i] * k.v / k.f;
				for (size_t j = 0; j < model->inputs; j++)
					e->dd[i * model->inputs + j] += k.d[i] * k.d[j] / k.f;
			}
		}
		first = false;
	}
}

/* Log likelihood at the model's loadings. */
static double likelihood(const struct nowcast_model *model, const struct evidence *e)
{
	double square = e->vv;

	for (size_t i = 0; i < model->inputs; i++) {
		square -= 2 * model->loading[i] * e->dv[i];
		for (size_t j = 0; j < model->inputs; j++)
			square += model->loading[i] * model->loading[j] * e->dd[i * model->inputs + j];
	}
	return -0.5 * (e->log_f + square + (double)e->n * log(2 * M_PI));
}

/* ---- the mixture of q ---- */

struct lesson {
	const struct nowcast_panel *panel;
	const bool *use;
	struct arena arena;
	struct evidence *evidence;   /* units x grid */
	double *likelihood;          /* units x grid: its log */
	double *chance;              /* units x grid: of each q, given the unit's releases */
};

static bool teaches(const struct lesson *lesson, size_t i)
{
	size_t known = 0;

	for (size_t year = 0; year < lesson->panel->units[i].years; year++)
		known += !isnan(lesson->panel->units[i].y[year]);
	return (!lesson->use || lesson->use[i]) && known >= 2;
}

static void gather_all(struct lesson *lesson, const struct nowcast_model *model)
{
	for (size_t i = 0; i < lesson->panel->n; i++)
		for (size_t g = 0; g < NOWCAST_GRID && teaches(lesson, i); g++)
			gather(lesson->panel, model, &lesson->panel->units[i], model->q[g],
			       &lesson->evidence[i * NOWCAST_GRID + g]);
}

/* Weights of the grid by EM (a discrete mixing distribution, Laird 1978); sets the log likelihood. */
static void mix(struct lesson *lesson, struct nowcast_model *model)
{
	for (size_t i = 0; i < lesson->panel->n; i++)
		for (size_t g = 0; g < NOWCAST_GRID && teaches(lesson, i); g++)
			lesson->likelihood[i * NOWCAST_GRID + g] =
				likelihood(model, &lesson->evidence[i * NOWCAST_GRID + g]);
	for (size_t g = 0; g < NOWCAST_GRID; g++)
		model->weight[g] = 1.0 / NOWCAST_GRID;
	for (int round = 0; round < EM_ROUNDS; round++) {
		double sum[NOWCAST_GRID] = {0}, logs[NOWCAST_GRID], n = 0, last = model->log_likelihood;

		for (size_t g = 0; g < NOWCAST_GRID; g++)
			logs[g] = log(fmax(1e-300, model->weight[g]));

		model->log_likelihood = 0;
		for (size_t i = 0; i < lesson->panel->n; i++) {
			double *chance = lesson->chance + i * NOWCAST_GRID, best = -INFINITY, total = 0;

			if (!teaches(lesson, i))
				continue;
			for (size_t g = 0; g < NOWCAST_GRID; g++) {
				chance[g] = logs[g] + lesson->likelihood[i * NOWCAST_GRID + g];
				best = fmax(best, chance[g]);
			}
			for (size_t g = 0; g < NOWCAST_GRID; g++)
				total += chance[g] = exp(chance[g] - best);
			for (size_t g = 0; g < NOWCAST_GRID; g++)
				sum[g] += chance[g] /= total;
			model->log_likelihood += best + log(total);
			n++;
		}
		for (size_t g = 0; g < NOWCAST_GRID && n > 0; g++)
			model->weight[g] = (sum[g] + 0.05) / (n + 0.05 * NOWCAST_GRID);
		if (round && fabs(model->log_likelihood - last) < SETTLED)
			break;
	}
}

/* ---- the loadings ---- */

/* The posterior under a prior of width w for each loading; returns the log marginal likelihood against none. */
static double load(const double *dd, const double *dv, size_t k, double w, double *mean, double *cov)
{
	double a[NOWCAST_INPUTS * NOWCAST_INPUTS], l[NOWCAST_INPUTS * NOWCAST_INPUTS], gain = 0;

	for (size_t i = 0; i < k * k; i++)
		a[i] = dd[i] + (i % (k + 1) == 0) / (w * w);
	for (size_t c = 0; c < k; c++) {
		double unit[NOWCAST_INPUTS] = {0};

		unit[c] = 1;
		memcpy(l, a, k * k * sizeof *l);
		symmetric_solve(l, unit, k);
		for (size_t r = 0; r < k; r++)
			cov[r * k + c] = unit[r];
	}
	for (size_t i = 0; i < k; i++) {
		mean[i] = 0;
		for (size_t j = 0; j < k; j++)
			mean[i] += cov[i * k + j] * dv[j];
		gain += 0.5 * mean[i] * dv[i] - log(l[i * k + i]) - log(w);   /* l: the Cholesky factor of a */
	}
	return gain;
}

static void learn_loadings(struct lesson *lesson, struct nowcast_model *model)
{
	const size_t k = model->inputs;
	double dd[NOWCAST_INPUTS * NOWCAST_INPUTS] = {0}, dv[NOWCAST_INPUTS] = {0}, best = 0, scale = 0;

	for (size_t i = 0; i < lesson->panel->n; i++)
		for (size_t g = 0; g < NOWCAST_GRID && teaches(lesson, i); g++) {
			const struct evidence *e = &lesson->evidence[i * NOWCAST_GRID + g];
			double chance = lesson->chance[i * NOWCAST_GRID + g];

			for (size_t j = 0; j < k; j++)
				dv[j] += chance * e->dv[j];
			for (size_t j = 0; j < k * k; j++)
				dd[j] += chance * e->dd[j];
		}
	for (size_t g = 0; g < NOWCAST_GRID; g++)
		scale += model->weight[g] * sqrt(model->q[g]);
	model->prior_sd = 0;
	memset(model->loading, 0, sizeof model->loading);
	memset(model->loading_cov, 0, sizeof model->loading_cov);
	for (size_t w = 1; w < LENGTH(prior_widths) && k && scale > 0; w++) {
		double mean[NOWCAST_INPUTS], cov[NOWCAST_INPUTS * NOWCAST_INPUTS];
		double gain = load(dd, dv, k, prior_widths[w] * scale, mean, cov);

		if (!(gain > best +
		      2))   /* inputs that are noise gain less than that in all but a few worlds of a hundred */
			continue;
		best = gain;
		model->prior_sd = prior_widths[w] * scale;
		memcpy(model->loading, mean, k * sizeof *mean);
		memcpy(model->loading_cov, cov, k * k * sizeof *cov);
	}
}

/* ---- the whole ---- */

/* Root mean square of the yearly steps of all units that teach; 0 when nothing moves. */
static double yearly_step(const struct lesson *lesson)
{
	double sum = 0, n = 0;

	for (size_t i = 0; i < lesson->panel->n; i++) {
		const struct nowcast_unit *unit = &lesson->panel->units[i];
		double last = NAN;

		for (size_t year = 0; year < unit->years && teaches(lesson, i); year++) {
			if (isnan(unit->y[year]))
				continue;
			sum += isnan(last) ? 0 : pow(unit->y[year] - last, 2);
			n += !isnan(last);
			last = unit->y[year];
		}
	}
	return n > 0 ? sqrt(sum / n) : 0;
}

static void fit(struct lesson *lesson, struct nowcast_model *model)
{
	gather_all(lesson, model);
	mix(lesson, model);
	for (int round = 0; round < 2 && model->inputs; round++) {
		learn_loadings(lesson, model);
		if (model->prior_sd == 0)
			break;
		mix(lesson, model);
	}
}

/* The best scale of the releases' errors for one meaning of a release, then the loadings. */
static void learn_one(struct lesson *lesson, bool december, double step, struct nowcast_model *ret)
{
	struct nowcast_model model = {.december = december, .spread = 10 * step + 1e-6};
	struct nowcast_model best = {.log_likelihood = -INFINITY};

	for (size_t g = 0; g < NOWCAST_GRID; g++)   /* monthly variances around a twelfth of the yearly one */
		model.q[g] = step * step / 12 * exp2((double)g * 1.25 - 10);
	model.inputs = lesson->panel->inputs;
	for (size_t s = 0; s < LENGTH(error_scales); s++) {
		model.error_scale = error_scales[s];
		model.fallback_sd = error_scales[s] * step / 2;
		fit(lesson, &model);
		if (model.log_likelihood > best.log_likelihood)
			best = model;
	}
	if (best.prior_sd == 0)
		best.inputs = 0;
	*ret = best;
}

void nowcast_learn(const struct nowcast_panel *panel, const bool *use, struct nowcast_models *ret)
{
	struct lesson lesson = {.panel = panel, .use = use};
	double moved = yearly_step(&lesson), step = fmax(1e-9, moved), better;

	assert(panel->inputs <= NOWCAST_INPUTS && panel->lag >= 0 && panel->lag <= 12);
	lesson.evidence = arena_array(&lesson.arena, struct evidence, panel->n * NOWCAST_GRID + 1);
	lesson.likelihood = arena_array(&lesson.arena, double, panel->n * NOWCAST_GRID + 1);
	lesson.chance = arena_array(&lesson.arena, double, panel->n * NOWCAST_GRID + 1);
	for (int december = 0; december < 2; december++)
		learn_one(&lesson, december, step, &ret->of[december]);
	arena_free(&lesson.arena);
	better = ret->of[1].log_likelihood - ret->of[0].log_likelihood - log(YEAR_ODDS);
	ret->chance[1] = 1 / (1 + exp(fmin(700, fmax(-700, -better))));
	ret->chance[0] = 1 - ret->chance[1];
	ret->taught = moved > 0;
}
