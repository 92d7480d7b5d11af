/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * effect_design.c - distances between a unit and what the others say it would have been.
 *
 * Every series is taken from its mean over the years of the fit. The counterfactual is the mean of the
 * donors (differences in differences), or their mean by weights that are not negative, sum to one and make
 * the years of the fit least different (synthetic control) under a ridge of the size of synthetic
 * differences in differences (Arkhangelsky et al. 2021): with thirty donors and fifteen years some
 * weights fit by chance. Of the distance in the last year before the start a share is expected to last;
 * the untreated say how large a share in each year after, between 0 (the mean of all years before is the
 * base) and 1 (the last year is).
 */
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "learn/effect_design.h"

#define LEAST_SCALE 1e-4     /* of the mean square step: a series that never moved is not infinitely sure */

bool effect_known(const struct effect_panel *panel, size_t unit, size_t from, size_t past)
{
	for (size_t t = from; t < past; t++)
		if (t >= panel->years || isnan(panel->y[unit * panel->years + t]))
			return false;
	return true;
}

size_t effect_pool(const struct effect_panel *panel, const size_t *first, size_t start, size_t before,
		   size_t after, size_t *rows)
{
	size_t n = 0;

	for (size_t unit = 0; unit < panel->units; unit++)
		if (first[unit] >= start + after && effect_known(panel, unit, start - before, start + after))
			rows[n++] = unit;
	return n;
}

/* One fit: the years [0, fitted) of a window teach, all `shown` are looked at. */
struct fit {
	const struct effect_design *design;
	size_t fitted, shown;
	double *z;           /* rows x shown, from their means over the fitted years */
	double *gap;         /* rows x shown */
	double *gram;        /* rows x rows, of the fitted years */
	double *sub, *lin, *w, *slope;
	struct arena *room;
};

static struct fit fit_new(const struct effect_panel *panel, const struct effect_design *design, size_t fitted,
			  size_t shown, struct arena *room)
{
	const size_t n = design->n_rows;
	struct fit fit = {design, fitted, shown, .z = arena_array(room, double, n * shown),
			  .gap = arena_array(room, double, n * shown), .room = room};

	for (size_t i = 0; i < n; i++) {
		const double *y = panel->y + design->rows[i] * panel->years + design->start - design->before;
		double mean = 0;

		for (size_t t = 0; t < fitted; t++)
			mean += y[t] / (double)fitted;
		for (size_t t = 0; t < shown; t++)
			fit.z[i * shown + t] = y[t] - mean;
	}
	return fit;
}

/* ---- the two counterfactuals ---- */

static void differences_fit(struct fit *fit, double *weights, double *spread)
{
	const size_t pool = fit->design->n_pool, shown = fit->shown;

	for (size_t t = 0; t < shown; t++) {
		double sum = 0;

		for (size_t i = 0; i < pool; i++)
			sum += fit->z[i * shown + t];
		for (size_t i = 0; i < fit->design->n_rows; i++) {
			const double z = fit->z[i * shown + t];

			fit->gap[i * shown + t] = i < pool ? z - (sum - z) / (double)(pool - 1)
					: z - sum / (double)pool;
		}
	}
	for (size_t i = 0; i < pool && weights; i++)
		for (size_t r = pool; r < fit->design->n_rows; r++)
			weights[r * pool + i] = 1 / (double)pool;
	*spread = 1 / (double)(pool - 1);
}

/* Variance of a yearly step in the pool, the step of all taken out. */
static double step_variance(const struct fit *fit)
{
	const size_t pool = fit->design->n_pool;
	double squares = 0;

	for (size_t t = 1; t < fit->fitted; t++) {
		double mean = 0;

		for (size_t i = 0; i < pool; i++)
			mean += (fit->z[i * fit->shown + t] - fit->z[i * fit->shown + t - 1]) / (double)pool;
		for (size_t i = 0; i < pool; i++)
			squares += pow(fit->z[i * fit->shown + t] - fit->z[i * fit->shown + t - 1] - mean, 2);
	}
	return squares / (double)((pool - 1) * (fit->fitted - 1));
}

static void gram_fill(struct fit *fit)
{
	const size_t n = fit->design->n_rows;

	fit->gram = arena_array(fit->room, double, n * n);
	fit->sub = arena_array(fit->room, double, n * n);
	fit->lin = arena_array(fit->room, double, n);
	fit->w = arena_array(fit->room, double, n);
	fit->slope = arena_array(fit->room, double, n);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++) {
			double sum = 0;

			for (size_t t = 0; t < fit->fitted; t++)
				sum += fit->z[i * fit->shown + t] * fit->z[j * fit->shown + t];
			fit->gram[i * n + j] = fit->gram[j * n + i] = sum;
		}
}

/* The weights of row i on the pool without itself, to fit->w[0..m); returns the sum of their squares. */
static double row_weights(struct fit *fit, size_t row, double ridge)
{
	const size_t n = fit->design->n_rows, pool = fit->design->n_pool;
	double trace = 0, squares = 0;
	size_t m = 0;

	for (size_t i = 0; i < pool; i++) {
		size_t k = 0;

		if (i == row)
			continue;
		for (size_t j = 0; j < pool; j++)
			if (j != row)
				fit->sub[m * (pool - (row < pool)) + k++] = fit->gram[i * n + j];
		fit->sub[m * k + m] += ridge;
		fit->lin[m] = fit->gram[row * n + i];
		trace += fit->sub[m * k + m];
		m++;
	}
	simplex_fit(fit->sub, fit->lin, m, 1e-6 * trace / (double)m, fit->w, fit->slope);
	for (size_t i = 0; i < m; i++)
		squares += fit->w[i] * fit->w[i];
	return squares;
}

static void synthetic_fit(struct fit *fit, double *weights, double *spread)
{
	const size_t pool = fit->design->n_pool, shown = fit->shown;
	const double ridge = sqrt((double)fit->design->after) * step_variance(fit) * (double)fit->fitted;
	double squares = 0;

	gram_fill(fit);
	for (size_t row = 0; row < fit->design->n_rows; row++) {
		const double own = row_weights(fit, row, ridge);
		double *gap = fit->gap + row * shown;
		size_t m = 0;

		squares += row < pool ? own / (double)pool : 0;
		memcpy(gap, fit->z + row * shown, shown * sizeof *gap);
		for (size_t i = 0; i < pool; i++) {
			const double w = i == row ? 0 : fit->w[m++];

			if (weights && row >= pool)
				weights[row * pool + i] = w;
			for (size_t t = 0; t < shown && w > 0; t++)
				gap[t] -= w * fit->z[i * shown + t];
		}
	}
	*spread = squares;
}

static void (*const methods[N_EFFECT_METHODS])(struct fit *fit, double *weights, double *spread) = {
	[EFFECT_DIFFERENCES] = differences_fit,
	[EFFECT_SYNTHETIC] = synthetic_fit,
};

/* ---- what is made of the distances ---- */

static void scales(const struct fit *fit, double *scale)
{
	const size_t n = fit->design->n_rows, pool = fit->design->n_pool;
	const double df = (double)(fit->fitted - 1);
	struct variance_prior prior;
	double mean = 0;

	for (size_t i = 0; i < n; i++) {
		const double *gap = fit->gap + i * fit->shown;

		scale[i] = 0;
		for (size_t t = 1; t < fit->fitted; t++)
			scale[i] += (gap[t] - gap[t - 1]) * (gap[t] - gap[t - 1]) / df;
		mean += i < pool ? scale[i] / (double)pool : 0;
	}
	for (size_t i = 0; i < n; i++)
		scale[i] = mean > 0 ? fmax(scale[i], LEAST_SCALE * mean) : 1;
	prior = variance_prior_learn(scale, pool, df);
	for (size_t i = 0; i < n; i++)
		scale[i] = sqrt(variance_moderate(&prior, scale[i], df));
}

/* What of the last fitted year's distance is left in year t, as the pool without one row shows. */
static double lasting_share(const struct fit *fit, const double *scale, size_t t, size_t without)
{
	double top = 0, bottom = 0;

	for (size_t i = 0; i < fit->design->n_pool; i++) {
		const double *gap = fit->gap + i * fit->shown, last = gap[fit->fitted - 1] / scale[i];

		top += i == without ? 0 : last * gap[t] / scale[i];
		bottom += i == without ? 0 : last * last;
	}
	return bottom > 0 ? fmin(fmax(top / bottom, 0), 1) : 0;
}

static void take_lasting(struct fit *fit, const double *scale)
{
	const size_t n = fit->design->n_rows;
	double *share = arena_array(fit->room, double, n);

	for (size_t t = fit->fitted; t < fit->shown; t++) {
		for (size_t i = 0; i < n; i++)
			share[i] = i <= fit->design->n_pool ? lasting_share(fit, scale, t, i) : share[i - 1];
		for (size_t i = 0; i < n; i++)
			fit->gap[i * fit->shown + t] -= share[i] * fit->gap[i * fit->shown + fit->fitted - 1];
	}
}

/* common: the rows' scales under the first method, which sets them. */
static void judge_held(const struct effect_panel *panel, const struct effect_design *design,
		       enum effect_method method, struct effect_gaps *gaps, double *common, struct arena *room)
{
	struct fit fit = fit_new(panel, design, design->before - EFFECT_HELD_OUT, design->before, room);
	double *scale = arena_array(room, double, design->n_rows), spread;

	methods[method](&fit, NULL, &spread);
	scales(&fit, scale);
	if (method == EFFECT_DIFFERENCES)
		memcpy(common, scale, design->n_rows * sizeof *common);
	take_lasting(&fit, scale);
	for (size_t i = 0; i < design->n_rows; i++)
		for (size_t t = fit.fitted; t < fit.shown; t++) {
			const double gap = fit.gap[i * fit.shown + t], n = (double)(design->n_pool * EFFECT_HELD_OUT);

			gaps->held[i] += gap / EFFECT_HELD_OUT;
			if (i >= design->n_pool)
				continue;
			gaps->held_square += gap * gap / n;
			gaps->held_steps += gap * gap / (common[i] * common[i] * n);
		}
}

static void judge_after(const struct effect_panel *panel, const struct effect_design *design,
			enum effect_method method, struct effect_gaps *gaps, struct arena *room)
{
	struct fit fit = fit_new(panel, design, design->before, design->before + design->after, room);

	methods[method](&fit, gaps->weights, &gaps->spread);
	scales(&fit, gaps->scale);
	take_lasting(&fit, gaps->scale);
	for (size_t i = 0; i < design->n_rows; i++) {
		const double *gap = fit.gap + i * fit.shown;
		double squares = 0;

		for (size_t t = 0; t < fit.fitted; t++)
			squares += gap[t] * gap[t] / (double)fit.fitted;
		gaps->fit[i] = sqrt(squares);
		memcpy(gaps->after + i * design->after, gap + fit.fitted, design->after * sizeof *gap);
	}
}

void effect_design_fill(const struct effect_panel *panel, struct effect_design *design, struct arena *arena)
{
	const size_t n = design->n_rows;
	_cleanup_(arena_free) struct arena kept = {0};
	double *common = arena_array(&kept, double, n);

	for (enum effect_method method = 0; method < N_EFFECT_METHODS; method++) {
		_cleanup_(arena_free) struct arena room = {0};
		struct effect_gaps *gaps = &design->gaps[method];

		*gaps = (struct effect_gaps){.after = arena_array(arena, double, n * design->after),
					     .held = arena_array(arena, double, n),
					     .fit = arena_array(arena, double, n),
					     .scale = arena_array(arena, double, n),
					     .weights = arena_array(arena, double, n * design->n_pool)};
		judge_held(panel, design, method, gaps, common, &room);
		judge_after(panel, design, method, gaps, &room);
	}
}
