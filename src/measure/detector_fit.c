/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * detector_fit.c - the detector's models: ridge logit, learned without the countries of a fold, calibrated
 * (Platt 1999) on chances of countries that were left out once more, within the rest.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/detector.h"

#define RIDGE (100.0 * DETECTOR_LOOKS)

struct training {
	const struct sample *sample;
	const struct ert_table *table;
	const unsigned char *folds;
	uint64_t seed;
	struct models *models;
};

/* ---- folds ---- */

struct dealt {
	char hex[33];
	const char *id;
	uint32_t country;
};

static int by_hash(const void *a, const void *b)
{
	const struct dealt *x = a, *y = b;
	int order = strcmp(x->hex, y->hex);

	return order ? order : strcmp(x->id, y->id);
}

void folds_deal(const struct ert_table *table, unsigned char *folds)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct dealt *dealt = arena_array(&arena, struct dealt, table->n_countries + 1);

	for (size_t c = 0; c < table->n_countries; c++) {
		dealt[c].id = table->countries[c].id;
		dealt[c].country = (uint32_t)c;
		hash_hex(dealt[c].id, strlen(dealt[c].id), 16, dealt[c].hex);
	}
	qsort(dealt, table->n_countries, sizeof *dealt, by_hash);
	for (size_t i = 0; i < table->n_countries; i++)
		folds[dealt[i].country] = (unsigned char)(i % DETECTOR_FOLDS);
}

/* ---- calibration ---- */

static double to_odds(double p)
{
	p = fmin(fmax(p, 1e-9), 1 - 1e-9);
	return log(p / (1 - p));
}

static double to_chance(double odds)
{
	return 1 / (1 + exp(-odds));
}

/* Two parameters by Newton's method, held faintly to 0 and 1. */
static void calibrate(const double *odds, const unsigned char *y, size_t n, struct model *model)
{
	double shift = 0, slope = 1;

	for (int step = 0; step < 25; step++) {
		double g0 = -shift, g1 = 1 - slope, h00 = 1, h01 = 0, h11 = 1, det;

		for (size_t i = 0; i < n; i++) {
			const double p = to_chance(shift + slope * odds[i]), bend = p * (1 - p);

			g0 += y[i] - p;
			g1 += (y[i] - p) * odds[i];
			h00 += bend;
			h01 += bend * odds[i];
			h11 += bend * odds[i] * odds[i];
		}
		det = h00 * h11 - h01 * h01;
		shift += (h11 * g0 - h01 * g1) / det;
		slope += (h00 * g1 - h01 * g0) / det;
	}
	if (isfinite(shift) && isfinite(slope) && slope > 0) {
		model->shift = shift;
		model->slope = slope;
	}
}

/* The rows that the model learns from, each judged without the fold it is of. */
static void calibrate_model(const struct training *training, const uint32_t *countries, size_t skipped,
			    struct model *model)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct logit *fit = &model->fit;
	double *odds = arena_array(&arena, double, fit->n), *weights = arena_array(&arena, double, fit->n);
	double *beta = arena_array(&arena, double, fit->n_terms + 1);

	for (size_t fold = 0; fold < DETECTOR_FOLDS; fold++) {
		if (fold == skipped)
			continue;
		for (size_t i = 0; i < fit->n; i++)
			weights[i] = training->folds[countries[i]] != fold;
		logit_refit(fit, weights, beta);
		for (size_t i = 0; i < fit->n; i++) {
			if (training->folds[countries[i]] != fold)
				continue;
			odds[i] = beta[0];
			for (size_t t = 0; t < fit->n_terms; t++)
				odds[i] += beta[t + 1] * fit->z[i * fit->n_terms + t];
		}
	}
	calibrate(odds, fit->y, fit->n, model);
}

/* ---- had other countries been seen ---- */

static void draw_models(const struct training *training, uint32_t *countries, size_t fold, struct model *model)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct logit *fit = &model->fit;
	const size_t m = fit->n_terms + 1, n_all = training->table->n_countries;
	double *influence = arena_array(&arena, double, n_all * m);
	uint32_t *seen = arena_array(&arena, uint32_t, n_all), *counts = arena_array(&arena, uint32_t, n_all);
	size_t n_seen = 0;
	struct rng rng;

	logit_influence(fit, countries, n_all, influence);
	for (size_t i = 0; i < fit->n; i++)
		if (i == 0 || countries[i] != countries[i - 1])
			seen[n_seen++] = countries[i];
	rng_seed(&rng, training->seed + fold);
	model->drawn = arena_array(&model->arena, double, DETECTOR_DRAWS * m);
	for (size_t draw = 0; draw < DETECTOR_DRAWS; draw++) {
		double *beta = model->drawn + draw * m;

		bootstrap_counts(&rng, n_seen, counts);
		memcpy(beta, fit->beta, m * sizeof *beta);
		for (size_t c = 0; c < n_seen; c++)
			for (size_t j = 0; j < m; j++)
				beta[j] += ((double)counts[c] - 1) * influence[seen[c] * m + j];
	}
}

/* ---- one model ---- */

static void train_one(void *data, size_t job)
{
	const struct training *training = data;
	const struct sample *all = training->sample;
	const size_t side = job / DETECTOR_FOLDS, fold = job % DETECTOR_FOLDS;
	struct model *model = &training->models->v[side][fold];
	double *x = arena_array(&model->arena, double, all->n * FEATURES);
	unsigned char *y = arena_array(&model->arena, unsigned char, all->n);
	uint32_t *countries = arena_array(&model->arena, uint32_t, all->n);
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		if (training->folds[all->country[i]] == fold)
			continue;
		memcpy(x + n * FEATURES, all->x + i * FEATURES, FEATURES * sizeof *x);
		y[n] = all->y[side][i];
		countries[n++] = all->country[i];
	}
	model->slope = 1;
	model->r = logit_fit(x, y, n, FEATURES, RIDGE, &model->arena, &model->fit, &model->err);
	if (model->r < 0)
		return;
	calibrate_model(training, countries, fold, model);
	draw_models(training, countries, fold, model);
}

int models_train(const struct sample *sample, const struct ert_table *table, const unsigned char *folds,
		 uint64_t seed, int threads, struct models *ret, struct err *err)
{
	struct training training = {sample, table, folds, seed, ret};

	ret->fold = folds;
	jobs_run(train_one, &training, 2 * DETECTOR_FOLDS, threads);
	for (size_t side = 0; side < 2; side++)
		for (size_t fold = 0; fold < DETECTOR_FOLDS; fold++)
			if (ret->v[side][fold].r < 0) {
				err_set(err, ERR_DATA, "cannot learn %s from %zu country-years: %s",
					side ? "closing" : "opening", sample->n, ret->v[side][fold].err.msg);
				return err_hint(err, ERR_DATA, "The table needs decades of many countries, with episodes "
							       "in each part of them.");
			}
	return 0;
}

void models_free(struct models *models)
{
	for (size_t side = 0; side < 2; side++)
		for (size_t fold = 0; fold < DETECTOR_FOLDS; fold++)
			arena_free(&models->v[side][fold].arena);
}

static double calibrated(const struct model *model, const double *beta, const double *x)
{
	return to_chance(model->shift + model->slope * to_odds(logit_chance(&model->fit, beta, x)));
}

double model_chance(const struct model *model, const double *x)
{
	return calibrated(model, NULL, x);
}

struct interval model_interval(const struct model *model, const double *x, double level)
{
	double drawn[DETECTOR_DRAWS];

	assert(level > 0 && level < 1);
	for (size_t draw = 0; draw < DETECTOR_DRAWS; draw++)
		drawn[draw] = calibrated(model, model->drawn + draw * (model->fit.n_terms + 1), x);
	sort_numbers(drawn, DETECTOR_DRAWS);
	return (struct interval){quantile_sorted(drawn, DETECTOR_DRAWS, (1 - level) / 2),
				 quantile_sorted(drawn, DETECTOR_DRAWS, (1 + level) / 2)};
}
