/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * civic_learn.c - cuts and weights learnt from the ratings of others, judged out of fold.
 *
 * Proportional odds over every source's value and its square; gaps are filled by what the other
 * sources say (normal_fill). The ridge is chosen inside each training set by its own folds. No
 * label of a fold touches the model, its scaling or its ridge.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/stats.h>

#include "measure/civic.h"

#define INNER_FOLDS 5
#define BINS 10

static const double ridges[] = {0.03, 0.1, 0.3, 1, 3, 10};

struct model {
	struct normal_fill fill;
	struct ordinal ordinal;
};

static size_t expanded(size_t k)
{
	return 2 * k;
}

/* A standardised row and its squares, scaled to about unit variance. */
static void expand(const struct normal_fill *fill, const double *x, double *z)
{
	normal_fill_row(fill, x, z);
	for (size_t j = 0; j < fill->k; j++)
		z[fill->k + j] = fill->varies[j] ? (z[j] * z[j] - 1) / sqrt(2) : 0;
}

struct rows {
	const struct civic_table *table;
	const size_t *v;
	size_t n;
};

/* Standardised training rows without those of one fold; fold[] by position, -1 leaves none out. */
static int fit(const struct rows *rows, const int *fold, int without, const double *z, const struct normal_fill *fill,
	       double ridge, struct arena *arena, struct model *ret, struct err *err)
{
	const size_t m = expanded(rows->table->k);
	double *x = arena_array(arena, double, rows->n * m + 1);
	int *y = arena_array(arena, int, rows->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++) {
		if (fold && fold[i] == without)
			continue;
		memcpy(x + n * m, z + i * m, m * sizeof *x);
		y[n++] = rows->table->label[rows->v[i]];
	}
	ret->fill = *fill;
	return ordinal_fit(x, y, NULL, n, m, CIVIC_BANDS, ridge, arena, &ret->ordinal, err);
}

static void deal_folds(struct rng *rng, size_t n, size_t folds, struct arena *arena, int *fold)
{
	size_t *order = arena_array(arena, size_t, n + 1);

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t i = n; i-- > 1;) {
		size_t k = rng_below(rng, i + 1), swap = order[i];

		order[i] = order[k];
		order[k] = swap;
	}
	for (size_t i = 0; i < n; i++)
		fold[order[i]] = (int)(i % folds);
}

/* The ridge whose models gave the left-out labels the best log score. */
static int choose_ridge(const struct rows *rows, const double *z, const struct normal_fill *fill, struct rng *rng,
			struct arena *arena, double *ret, struct err *err)
{
	int *fold = arena_array(arena, int, rows->n + 1);
	double best = -INFINITY;

	deal_folds(rng, rows->n, INNER_FOLDS, arena, fold);
	for (size_t r = 0; r < LENGTH(ridges); r++) {
		double score = 0, p[CIVIC_BANDS];

		for (int f = 0; f < INNER_FOLDS; f++) {
			struct model model;
			int code = fit(rows, fold, f, z, fill, ridges[r], arena, &model, err);

			if (code < 0)
				return code;
			for (size_t i = 0; i < rows->n; i++)
				if (fold[i] == f) {
					ordinal_chances(&model.ordinal, z + i * expanded(rows->table->k), p);
					score += log(fmax(1e-3, p[rows->table->label[rows->v[i]]]));
				}
		}
		if (score > best) {
			best = score;
			*ret = ridges[r];
		}
	}
	return 0;
}

static int train(const struct rows *rows, struct rng *rng, struct arena *arena, struct model *ret, double *ridge,
		 struct err *err)
{
	_cleanup_(arena_free) struct arena room = {0};
	const size_t k = rows->table->k;
	double *x = arena_array(&room, double, rows->n * k + 1);
	double *z = arena_array(&room, double, rows->n * expanded(k) + 1);
	struct normal_fill fill;
	int r;

	for (size_t i = 0; i < rows->n; i++)
		memcpy(x + i * k, rows->table->x + rows->v[i] * k, k * sizeof *x);
	normal_fill_learn(x, rows->n, k, arena, &fill);
	for (size_t i = 0; i < rows->n; i++)
		expand(&fill, x + i * k, z + i * expanded(k));
	r = choose_ridge(rows, z, &fill, rng, &room, ridge, err);
	return r < 0 ? r : fit(rows, NULL, -1, z, &fill, *ridge, arena, ret, err);
}

static void predict(const struct model *model, const double *x, double *p, struct arena *room)
{
	double *z = arena_array(room, double, expanded(model->fill.k) + 1);

	expand(&model->fill, x, z);
	ordinal_chances(&model->ordinal, z, p);
}

/* ---- scores ---- */

double quadratic_kappa(const int *a, const int *b, size_t n, int classes)
{
	double seen = 0, expected = 0;
	double *count = calloc((size_t)classes * 2, sizeof *count);

	if (!count)
		abort();
	for (size_t i = 0; i < n; i++) {
		seen += pow(a[i] - b[i], 2);
		count[a[i]]++;
		count[classes + b[i]]++;
	}
	for (int i = 0; i < classes; i++)
		for (int j = 0; j < classes; j++)
			expected += count[i] * count[classes + j] / (double)n * pow(i - j, 2);
	free(count);
	return expected > 0 ? 1 - seen / expected : NAN;
}

static int likeliest(const double *p)
{
	int best = 0;

	for (int b = 1; b < CIVIC_BANDS; b++)
		if (p[b] > p[best])
			best = b;
	return best;
}

/* Expected calibration error over every row and band, in ten equal bins weighted by count. */
static double calibration_error(const struct civic_table *table, const double *p, size_t labelled)
{
	double said[BINS] = {0}, was[BINS] = {0}, sum = 0;

	for (size_t i = 0; i < table->n; i++)
		for (int b = 0; table->label[i] >= 0 && b < CIVIC_BANDS; b++) {
			double chance = p[i * CIVIC_BANDS + (size_t)b];
			int bin = (int)fmin(BINS - 1, chance * BINS);

			said[bin] += chance;
			was[bin] += table->label[i] == b;
		}
	for (int bin = 0; bin < BINS; bin++)
		sum += fabs(said[bin] - was[bin]);
	return sum / (double)(labelled * CIVIC_BANDS);
}

static void score(const struct civic_table *table, struct civic_learnt *learnt, struct arena *arena)
{
	int *said = arena_array(arena, int, table->n + 1), *was = arena_array(arena, int, table->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < table->n; i++) {
		if (table->label[i] < 0)
			continue;
		said[n] = likeliest(learnt->p + i * CIVIC_BANDS);
		was[n] = table->label[i];
		learnt->exact += said[n] == was[n];
		learnt->within_one += abs(said[n] - was[n]) <= 1;
		n++;
	}
	learnt->labelled = n;
	learnt->exact /= (double)n;
	learnt->within_one /= (double)n;
	learnt->kappa = quadratic_kappa(said, was, n, CIVIC_BANDS);
	learnt->ece = calibration_error(table, learnt->p, n);
}

/* ---- the whole ---- */

static int check_table(const struct civic_table *table, size_t folds, struct err *err)
{
	size_t labelled = 0;
	unsigned bands = 0;

	for (size_t i = 0; i < table->n; i++)
		if (table->label[i] >= 0) {
			labelled++;
			bands |= 1u << table->label[i];
		}
	if (labelled < 2 * folds)
		return err_hint(err, err_set(err, ERR_DATA,
					     "%zu labelled units with a source are too few for %zu folds", labelled,
					     folds), "Give more labels, or fewer --folds.");
	if ((bands & (bands - 1)) == 0)
		return err_set(err, ERR_DATA, "all %zu labels are of one band: there is nothing to learn", labelled);
	return 0;
}

/* Train on the labelled rows outside a fold (-1: on all) and predict the fold's (-1: those not labelled). */
static int learn_fold(const struct civic_table *table, const int *fold, int f, struct rng *rng,
		      double *p, double *ridge, struct err *err)
{
	_cleanup_(arena_free) struct arena room = {0};
	size_t *v = arena_array(&room, size_t, table->n + 1), n = 0;
	struct model model;
	int r;

	for (size_t i = 0; i < table->n; i++)
		if (table->label[i] >= 0 && (f < 0 || fold[i] != f))
			v[n++] = i;
	r = train(&(struct rows){table, v, n}, rng, &room, &model, ridge, err);
	for (size_t i = 0; i < table->n && r == 0; i++)
		if (f < 0 ? table->label[i] < 0 : fold[i] == f)
			predict(&model, table->x + i * table->k, p + i * CIVIC_BANDS, &room);
	return r;
}

int civic_learn(const struct civic_table *table, size_t folds, uint64_t seed, struct arena *arena,
		struct civic_learnt *ret, struct err *err)
{
	struct civic_learnt learnt = {.p = arena_array(arena, double, table->n * CIVIC_BANDS + 1),
				      .fold = arena_array(arena, int, table->n + 1)};
	int *dealt = arena_array(arena, int, table->n + 1);
	size_t labelled = 0;
	struct rng rng;
	double ridge;
	int r = check_table(table, folds, err);

	if (r < 0)
		return r;
	rng_seed(&rng, seed);
	for (size_t i = 0; i < table->n; i++)
		labelled += table->label[i] >= 0;
	deal_folds(&rng, labelled, folds, arena, dealt);
	for (size_t i = 0, k = 0; i < table->n; i++)
		learnt.fold[i] = table->label[i] >= 0 ? dealt[k++] : -1;
	for (int f = 0; f < (int)folds && r == 0; f++)
		r = learn_fold(table, learnt.fold, f, &rng, learnt.p, &ridge, err);
	if (r == 0)
		r = learn_fold(table, learnt.fold, -1, &rng, learnt.p, &learnt.ridge, err);
	if (r < 0)
		return r;
	score(table, &learnt, arena);
	*ret = learnt;
	return 0;
}
