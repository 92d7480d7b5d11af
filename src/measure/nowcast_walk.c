/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nowcast_walk.c - one unit's months: as each was seen at its end, as it is seen now, and what each release
 * was expected to be. Estimates are mixtures over the grid of q; their intervals are the mixture's quantiles.
 *
 * Now: the filter, with the weights that the releases so far give each q. Then: the state smoother of
 * Durbin and Koopman (2012, 4.4), with the weights of all of them.
 */
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "measure/nowcast_filter.h"

#define PARTS (2 * NOWCAST_GRID)   /* of the mixture: each meaning of a release with each q */
#define STEPS 40             /* bisections of a quantile */
#define IDLE 1e-5            /* a weight that moves nothing */

struct moment {
	double mean, variance, log_weight;
};

static double mixture_below(const struct moment *m, const double *weight, double x)
{
	double sum = 0;

	for (size_t g = 0; g < PARTS; g++)
		if (weight[g] > IDLE)
			sum += weight[g] * erfc((m[g].mean - x) / sqrt(2 * fmax(1e-18, m[g].variance))) / 2;
	return sum;
}

static double mixture_quantile(const struct moment *m, const double *weight, double q)
{
	double low = INFINITY, high = -INFINITY;

	for (size_t g = 0; g < PARTS; g++)
		if (weight[g] > IDLE) {
			low = fmin(low, m[g].mean - 6 * sqrt(m[g].variance));
			high = fmax(high, m[g].mean + 6 * sqrt(m[g].variance));
		}
	for (int i = 0; i < STEPS; i++) {
		double middle = (low + high) / 2;

		if (mixture_below(m, weight, middle) < q)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

/* The mixture of one month over the grid; log weights need no constant. */
static struct nowcast_point mixture(const struct moment *m)
{
	struct nowcast_point point = {0};
	double weight[PARTS], best = -INFINITY, total = 0;

	for (size_t g = 0; g < PARTS; g++)
		best = fmax(best, m[g].log_weight);
	for (size_t g = 0; g < PARTS; g++)
		total += weight[g] = exp(m[g].log_weight - best);
	for (size_t g = 0; g < PARTS; g++) {
		weight[g] /= total;
		point.value += weight[g] * m[g].mean;
	}
	point.low = mixture_quantile(m, weight, 0.05);
	point.high = mixture_quantile(m, weight, 0.95);
	return point;
}

/* ---- walking ---- */

struct month {               /* of one q */
	double a[3], p[9], t[9]; /* predicted, inputs included; transition into it */
	double c[NOWCAST_INPUTS][3];
	double v, f, gain[3], d[NOWCAST_INPUTS];
	int at;                  /* which part of the state was released; -1: nothing */
};

struct walk {
	const struct nowcast_panel *panel;
	const struct nowcast_model *model;   /* of the two, with its chance */
	double chance;
	const struct nowcast_unit *unit;
	struct month *months;
	struct moment *now, *then, *foretold;   /* by time, then by grid */
	bool *known;             /* by year: a release came before its own */
};

/* c' V c of one part of the state: what not knowing the loadings adds. */
static double load_variance(const struct nowcast_model *model, double (*c)[3], int at)
{
	double sum = 0;

	for (size_t i = 0; i < model->inputs; i++)
		for (size_t j = 0; j < model->inputs; j++)
			sum += c[i][at] * c[j][at] * model->loading_cov[i * model->inputs + j];
	return sum;
}

static double loaded(const struct nowcast_model *model, double base, double (*c)[3], int at)
{
	for (size_t i = 0; i < model->inputs; i++)
		base += model->loading[i] * c[i][at];
	return base;
}

static void remember_prediction(const struct walk *walk, struct kalman *k, size_t t, struct month *month)
{
	for (int i = 0; i < 3; i++)
		month->a[i] = loaded(walk->model, k->a[i], k->c, i);
	memcpy(month->p, k->p, sizeof month->p);
	memcpy(month->c, k->c, sizeof month->c);
	month->at = -1;
	kalman_transition(walk->model, t, month->t);
}

static void forward(struct walk *walk, size_t g)
{
	double log_weight = log(fmax(1e-300, walk->chance * walk->model->weight[g % NOWCAST_GRID]));
	bool first = true;
	struct kalman k;

	kalman_start(&k, walk->unit, walk->model);
	for (size_t t = 0; t < walk->unit->months; t++) {
		int64_t year = release_year(walk->panel, walk->unit, t);
		struct month *month = &walk->months[t];
		int at = walk->panel->lag == 0 ? 1 : 2;

		kalman_predict(&k, walk->model, walk->unit->input ? walk->unit->input + t * walk->panel->inputs
			       : NULL, t,
			       walk->model->q[g % NOWCAST_GRID]);
		remember_prediction(walk, &k, t, month);
		if (year >= 0) {
			double extra = load_variance(walk->model, k.c, at);

			kalman_update(&k, walk->panel, walk->model, walk->unit, year);
			month->at = at;
			month->v = walk->unit->y[year] - month->a[at];
			month->f = k.f;
			memcpy(month->gain, k.gain, sizeof month->gain);
			memcpy(month->d, k.d, sizeof month->d);
			walk->foretold[(size_t)year * PARTS + g] = (struct moment){month->a[at], k.f + extra,
					log_weight};
			walk->known[year] = !first;
			if (!first)
				log_weight -= 0.5 * (log(k.f) + month->v * month->v / k.f);
			first = false;
		}
		walk->now[t * PARTS + g] = (struct moment){
			first ? NAN : loaded(walk->model, k.a[0], k.c, 0),
			k.p[0] + load_variance(walk->model, k.c, 0), log_weight};
	}
}

/* x := (I - gain z)' x + z z_value, for the part of the state that was released. */
static void back_update(const struct month *month, double value, double *x)
{
	double dot = 0;

	for (int i = 0; i < 3; i++)
		dot += month->gain[i] * x[i];
	x[month->at] += value / month->f - dot;
}

static void back_transition(const double *t, double *x)
{
	double out[3] = {0};

	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			out[j] += t[i * 3 + j] * x[i];
	memcpy(x, out, sizeof out);
}

/* n := (I - gain z)' n (I - gain z) + z z' / f, by its columns and then its rows. */
static void back_update_matrix(const struct month *month, double *n)
{
	for (int side = 0; side < 2; side++)
		for (int c = 0; c < 3; c++) {
			double column[3], dot = 0;

			for (int i = 0; i < 3; i++) {
				column[i] = side ? n[c * 3 + i] : n[i * 3 + c];
				dot += month->gain[i] * column[i];
			}
			n[side ? c * 3 + month->at : month->at * 3 + c] = column[month->at] - dot;
		}
	n[month->at * 3 + month->at] += 1 / month->f;
}

static void back_transition_matrix(const double *t, double *n)
{
	double half[9] = {0}, out[9] = {0};

	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			for (int l = 0; l < 3; l++)
				half[i * 3 + j] += t[l * 3 + i] * n[l * 3 + j];
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 3; j++)
			for (int l = 0; l < 3; l++)
				out[i * 3 + j] += half[i * 3 + l] * t[l * 3 + j];
	memcpy(n, out, sizeof out);
}

static double first_row(const struct month *month, const double *x)
{
	return month->p[0] * x[0] + month->p[1] * x[1] + month->p[2] * x[2];
}

static void backward(struct walk *walk, size_t g)
{
	const struct nowcast_model *model = walk->model;
	double r[3] = {0}, n[9] = {0}, rc[NOWCAST_INPUTS][3] = {{0}};
	double log_weight = walk->now[(walk->unit->months - 1) * PARTS + g].log_weight;

	for (size_t t = walk->unit->months; t-- > 0;) {
		struct month *month = &walk->months[t];
		double c[NOWCAST_INPUTS][3] = {{0}}, reach = 0;

		if (t + 1 < walk->unit->months) {
			back_transition(walk->months[t + 1].t, r);
			back_transition_matrix(walk->months[t + 1].t, n);
			for (size_t i = 0; i < model->inputs; i++)
				back_transition(walk->months[t + 1].t, rc[i]);
		}
		if (month->at >= 0) {
			back_update(month, month->v, r);
			back_update_matrix(month, n);
			for (size_t i = 0; i < model->inputs; i++)
				back_update(month, -month->d[i], rc[i]);
		}
		for (int i = 0; i < 3; i++)
			for (int j = 0; j < 3; j++)
				reach += month->p[i] * n[i * 3 + j] * month->p[j];
		for (size_t i = 0; i < model->inputs; i++)
			c[i][0] = month->c[i][0] + first_row(month, rc[i]);
		walk->then[t * PARTS + g] = (struct moment){
			month->a[0] + first_row(month, r),
			fmax(0, month->p[0] - reach) + load_variance(model, c, 0), log_weight};
	}
}

void nowcast_run(const struct nowcast_panel *panel, const struct nowcast_models *models,
		 const struct nowcast_unit *unit,
		 struct nowcast_point *now, struct nowcast_point *then, struct nowcast_point *foretold)
{
	_cleanup_(arena_free) struct arena room = {0};
	const struct nowcast_point nothing = {NAN, NAN, NAN};
	struct walk walk = {panel, NULL, 0, unit, arena_array(&room, struct month, unit->months + 1),
			    arena_array(&room, struct moment, unit->months * PARTS + 1),
			    arena_array(&room, struct moment, unit->months * PARTS + 1),
			    arena_array(&room, struct moment, unit->years * PARTS + 1),
			    arena_array(&room, bool, unit->years + 1)};

	for (size_t g = 0; g < PARTS && unit->months; g++) {
		walk.model = &models->of[g / NOWCAST_GRID];
		walk.chance = models->chance[g / NOWCAST_GRID];
		forward(&walk, g);
		if (then)
			backward(&walk, g);
	}
	for (size_t t = 0; t < unit->months; t++) {
		bool any = !isnan(walk.now[t * PARTS].mean);

		if (now)
			now[t] = any ? mixture(&walk.now[t * PARTS]) : nothing;
		if (then)
			then[t] = mixture(&walk.then[t * PARTS]);
	}
	for (size_t t = 0; t < unit->months && !models->taught; t++) {
		if (now)
			now[t].low = now[t].high = NAN;
		if (then)
			then[t].low = then[t].high = NAN;
	}
	for (size_t year = 0; foretold && year < unit->years; year++)
		foretold[year] = walk.known[year] ? mixture(&walk.foretold[year * PARTS]) : nothing;
}
