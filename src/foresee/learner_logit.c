/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learner_logit.c - one regularised logistic regression for all spaces and both directions.
 *
 * By liblinear's primal solver (Lin, Weng and Keerthi 2008), which draws nothing. A term is a
 * feature, bent so that large values do not shout (log or asinh), centred and scaled on the
 * cases learned from; some features have a second term for openings only, and each question
 * its own intercept. A missing value counts as the mean.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <linear.h>

#include "foresee/learner.h"

#define MOST_TERMS (2 * N_CASE_FEATURES + 24)
#define CLIP 4.0
#define WINDOW_YEARS 30

enum bend { BEND_NONE, BEND_LOG, BEND_ASINH };
enum part { PART_PLAIN, PART_OPENING, PART_SQUARE, PART_RISE };

struct term {
	enum feature feature;
	enum part part;
	double mean, scale;
};

struct logit_model {
	struct term terms[MOST_TERMS];
	size_t n_terms;
	double *beta;            /* a term each, then a question each, then the bias */
	size_t n_questions;
};

static enum bend bend_of(enum feature feature)
{
	switch (feature) {
	case F_ROOM: case F_MOVES_5: case F_MOVES_10: case F_MOVES_20: case F_STILL: case F_SINCE_SAME: case F_SINCE_OTHER:
	case F_COUNT_SAME: case F_COUNT_OTHER: case F_LOST_10: case F_LOST_20: case F_WON_10: case F_ALL_SINCE_SAME:
	case F_ALL_SINCE_OTHER: case F_ALL_MOVES: case F_ALL_SAME: case F_ALL_OTHER: case F_COUP_YEARS: case F_COUPS_5:
	case F_COUPS_10: case F_MOBILE: case F_INTERNET:
		return BEND_LOG;
	case F_STEP_1: case F_STEP_2: case F_STEP_3: case F_OVER_2: case F_OVER_3: case F_OVER_5: case F_OVER_10:
	case F_ALL_STEP: case F_ALL_MOST: case F_ALL_OVER_3: case F_REGION_STEP: case F_NEAR_STEP: case F_WORLD_STEP:
	case F_GROWTH: case F_GROWTH_3: case F_INFMORT_ADJ:
		return BEND_ASINH;
	default:
		return BEND_NONE;
	}
}

static double bent(const struct cases *cases, size_t row, enum feature feature)
{
	double value = cases->x[row * N_CASE_FEATURES + feature];

	switch (bend_of(feature)) {
	case BEND_LOG: return log1p(fmax(value, 0));
	case BEND_ASINH: return asinh(value);
	default: return value;
	}
}

/* NAN where the feature is missing. */
static double raw_term(const struct cases *cases, size_t row, const struct term *term)
{
	double value = bent(cases, row, term->feature);

	switch (term->part) {
	case PART_OPENING: return cases->key[row].direction > 0 ? value : 0;
	case PART_SQUARE: return (value - .5) * (value - .5);
	case PART_RISE: return isnan(value) ? NAN : fmax(value, 0);
	default: return value;
	}
}

/* The term of a row in standard deviations; a missing value is the mean, 0. */
static double term_value(const struct cases *cases, size_t row, const struct term *term)
{
	double z = (raw_term(cases, row, term) - term->mean) / term->scale;

	if (isnan(z) || (term->part == PART_OPENING && cases->key[row].direction < 0))
		return 0;
	return z > CLIP ? CLIP : z < -CLIP ? -CLIP : z;
}

static void add_term(struct logit_model *model, const struct cases *cases, size_t first, size_t past, enum feature feature,
		     enum part part)
{
	struct term term = {.feature = feature, .part = part};
	double sum = 0, square = 0, n = 0;

	for (size_t i = first; i < past; i++) {
		double value = raw_term(cases, i, &term);

		if (isnan(value) || (part == PART_OPENING && cases->key[i].direction < 0))
			continue;
		n++;
		sum += value;
		square += value * value;
	}
	if (n < 30)
		return;
	term.mean = sum / n;
	term.scale = sqrt(fmax(square / n - term.mean * term.mean, 0));
	if (term.scale > 1e-6)
		model->terms[model->n_terms++] = term;
}

static void choose_terms(struct logit_model *model, const struct cases *cases, size_t first, size_t past)
{
	static const enum feature opening[] = {
		F_LEVEL, F_ROOM, F_STEP_1, F_OVER_3, F_MOVES_10, F_STILL, F_SINCE_SAME, F_LOST_10, F_WON_10, F_ALL_LEVEL, F_APART,
		F_ALL_STEP, F_COUNTRY_RATE, F_GDP_PC, F_INFMORT, F_STATE_AGE, F_COUP_YEARS, F_COUPS_5, F_GROWTH, F_WORLD_SAME, F_INTERNET,
	};
	static const enum feature rise[] = {F_STEP_1, F_OVER_2, F_OVER_3, F_ALL_STEP, F_ALL_MOST};
	static const enum feature square[] = {F_LEVEL, F_ALL_LEVEL};

	for (enum feature f = 0; f < F_UP; f++)
		add_term(model, cases, first, past, f, PART_PLAIN);
	for (size_t i = 0; i < LENGTH(opening); i++)
		add_term(model, cases, first, past, opening[i], PART_OPENING);
	for (size_t i = 0; i < LENGTH(rise); i++)
		add_term(model, cases, first, past, rise[i], PART_RISE);
	for (size_t i = 0; i < LENGTH(square); i++)
		add_term(model, cases, first, past, square[i], PART_SQUARE);
}

static size_t question_of(const struct case_key *key)
{
	return (size_t)key->space * 2 + (key->direction > 0);
}

static size_t fill_row(const struct logit_model *model, const struct cases *cases, size_t row, struct feature_node *node)
{
	size_t n = 0;

	for (size_t t = 0; t < model->n_terms; t++) {
		double z = term_value(cases, row, &model->terms[t]);

		if (z != 0)
			node[n++] = (struct feature_node){(int)t + 1, z};
	}
	node[n++] = (struct feature_node){(int)(model->n_terms + question_of(&cases->key[row])) + 1, 1};
	node[n++] = (struct feature_node){(int)(model->n_terms + model->n_questions) + 1, 1};
	node[n++] = (struct feature_node){-1, 0};
	return n;
}

static void quiet(const char *text)
{
	(void)text;
}

/* The recent years once, newest fully; weights enter as repeated halves would, through a class weight each. */
static int solve(const struct cases *cases, const size_t *rows, size_t n, struct logit_model *model, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	size_t width = model->n_terms + 3, used = 0;
	struct feature_node *nodes = arena_array(&arena, struct feature_node, n * width + 1);
	struct feature_node **x = arena_array(&arena, struct feature_node *, n + 1);
	double *y = arena_array(&arena, double, n + 1);
	struct problem problem = {.l = (int)n, .n = (int)(model->n_terms + model->n_questions + 1), .y = y, .x = x, .bias = -1};
	struct parameter parameter = {.solver_type = L2R_LR, .eps = .001, .C = .02};
	struct model *found;

	for (size_t i = 0; i < n; i++) {
		x[i] = &nodes[used];
		used += fill_row(model, cases, rows[i], x[i]);
		y[i] = cases->y[rows[i]];
	}
	set_print_string_function(quiet);
	found = train(&problem, &parameter);
	if (!found)
		return err_set(err, ERR_FAILED, "liblinear found no solution");
	for (int t = 0; t < problem.n; t++)
		model->beta[t] = found->label[0] == 1 ? found->w[t] : -found->w[t];
	free_and_destroy_model(&found);
	return 0;
}

static void logit_close(void *model)
{
	if (model)
		free(((struct logit_model *)model)->beta);
	free(model);
}

static int logit_learn(const struct cases *cases, int64_t cutoff, uint64_t seed, void **ret, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct logit_model *model = calloc(1, sizeof *model);
	size_t first, past, n = 0, events = 0, *rows;
	int r;

	(void)seed;
	if (!model)
		abort();
	cases_of_years(cases, cutoff - WINDOW_YEARS > cases->history->first + 2 ? cutoff - WINDOW_YEARS : cases->history->first + 2,
		       cases_last_final(cases, cutoff), &first, &past);
	rows = arena_array(&arena, size_t, past - first + 1);
	for (size_t i = first; i < past; i++)
		if (cases->y[i] != EVENT_OPEN) {
			rows[n++] = i;
			events += cases->y[i] == EVENT_YES;
		}
	model->n_questions = 2 * cases->n_spaces;
	choose_terms(model, cases, first, past);
	model->beta = calloc(model->n_terms + model->n_questions + 1, sizeof *model->beta);
	if (!model->beta)
		abort();
	if (n < LEARN_LEAST_ROWS || events < LEARN_LEAST_EVENTS || n - events < LEARN_LEAST_EVENTS)
		r = err_set(err, ERR_DATA, "%zu cases with %zu events: too few to learn from", n, events);
	else
		r = solve(cases, rows, n, model, err);
	if (r == 0)
		*ret = model;
	else
		logit_close(model);
	return r;
}

static int logit_parts_of(const void *of, const struct cases *cases, size_t row, double *parts, double *rest, struct err *err)
{
	const struct logit_model *model = of;

	(void)err;
	for (size_t f = 0; f < N_CASE_FEATURES; f++)
		parts[f] = 0;
	for (size_t t = 0; t < model->n_terms; t++)
		parts[model->terms[t].feature] += model->beta[t] * term_value(cases, row, &model->terms[t]);
	*rest = model->beta[model->n_terms + question_of(&cases->key[row])] + model->beta[model->n_terms + model->n_questions];
	return 0;
}

static int logit_speak(const void *model, const struct cases *cases, size_t first, size_t past, double *p, struct err *err)
{
	double parts[N_CASE_FEATURES], sum;

	for (size_t i = first; i < past; i++) {
		logit_parts_of(model, cases, i, parts, &sum, err);
		for (size_t f = 0; f < N_CASE_FEATURES; f++)
			sum += parts[f];
		p[i - first] = 1 / (1 + exp(-sum));
	}
	return 0;
}

const struct learner learner_logit = {
	.name = "logit", .words = "logistic regression", .fit = logit_learn, .chance = logit_speak, .parts = logit_parts_of,
	.close = logit_close,
};
