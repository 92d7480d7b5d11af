/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learner_logit.c - a regularised logistic regression for each question: a space and a direction.
 *
 * By liblinear's primal solver (Lin, Weng and Keerthi 2008), which draws nothing. A term is a
 * feature, bent so that large values do not shout, centred and scaled on the cases learned from;
 * a missing value counts as the mean. The trees and the walk learn from all questions at once; this member
 * keeps them apart and forgets nothing, which is why it errs elsewhere than they do.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include <linear.h>

#include "foresee/learner.h"

#define MOST_TERMS 80
#define CLIP 4.0
#define COST 0.05            /* liblinear's C, the inverse of the ridge */

enum bend { BEND_NONE, BEND_LOG, BEND_ASINH };
enum part { PART_PLAIN, PART_SQUARE, PART_FADING, PART_BOUNDED, PART_CREEP };

struct term {
	enum feature feature;
	enum part part;
	double mean, scale;
};

/* Of one question; no terms where it could not be learned. */
struct question_model {
	struct term terms[MOST_TERMS];
	size_t n_terms;
	double beta[MOST_TERMS + 1];     /* the bias last */
	double rate;                     /* smoothed share of events, said where nothing else was learned */
};

struct logit_model {
	struct question_model of[2 * N_SIX_SPACES];
};

static enum bend bend_of(enum feature feature)
{
	switch (feature) {
	case F_ROOM: case F_MOVES_5: case F_MOVES_10: case F_MOVES_20: case F_STILL: case F_SINCE_SAME: case F_SINCE_OTHER:
	case F_COUNT_SAME: case F_COUNT_OTHER: case F_LOST_10: case F_LOST_20: case F_WON_10: case F_ALL_SINCE_SAME:
	case F_ALL_SINCE_OTHER: case F_ALL_MOVES: case F_ALL_SAME: case F_ALL_OTHER: case F_COUP_YEARS: case F_COUPS_5:
	case F_COUPS_10: case F_MOBILE: case F_INTERNET:
		return BEND_LOG;
	case F_STEP_OF_0 ... F_OVER_OF_5:
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
	double plain = cases->x[row * N_CASE_FEATURES + term->feature];

	if (isnan(plain))
		return NAN;
	switch (term->part) {
	case PART_SQUARE: return (plain - .5) * (plain - .5);
	case PART_FADING: return exp(-plain / 3);
	case PART_BOUNDED: return tanh(plain);
	case PART_CREEP: return plain > .1 && plain <= 1;
	default: return bent(cases, row, term->feature);
	}
}

/* The term of a row in standard deviations; a missing value is the mean, 0. */
static double term_value(const struct cases *cases, size_t row, const struct term *term)
{
	double z = (raw_term(cases, row, term) - term->mean) / term->scale;

	return isnan(z) ? 0 : z > CLIP ? CLIP : z < -CLIP ? -CLIP : z;
}

static void add_term(struct question_model *model, const struct cases *cases, const size_t *rows, size_t n,
		     enum feature feature, enum part part)
{
	struct term term = {.feature = feature, .part = part};
	double sum = 0, square = 0, known = 0;

	assert(model->n_terms < MOST_TERMS);
	for (size_t i = 0; i < n; i++) {
		double value = raw_term(cases, rows[i], &term);

		if (isnan(value))
			continue;
		known++;
		sum += value;
		square += value * value;
	}
	if (known < 30)
		return;
	term.mean = sum / known;
	term.scale = sqrt(fmax(square / known - term.mean * term.mean, 0));
	if (term.scale > 1e-6)
		model->terms[model->n_terms++] = term;
}

static void choose_terms(struct question_model *model, const struct cases *cases, const size_t *rows, size_t n)
{
	static const enum feature plain[] = {
		F_LEVEL_0, F_LEVEL_1, F_LEVEL_2, F_LEVEL_3, F_LEVEL_4, F_LEVEL_5,
		F_STEP_OF_0, F_STEP_OF_1, F_STEP_OF_2, F_STEP_OF_3, F_STEP_OF_4, F_STEP_OF_5,
		F_OVER_OF_0, F_OVER_OF_1, F_OVER_OF_2, F_OVER_OF_3, F_OVER_OF_4, F_OVER_OF_5,
		F_STEP_1, F_STEP_2, F_OVER_2, F_OVER_3, F_OVER_5, F_MOVES_5, F_MOVES_10, F_STILL, F_SINCE_SAME, F_SINCE_OTHER,
		F_LOST_10, F_WON_10, F_ALL_SAME, F_ALL_OTHER, F_WORLD_SAME, F_COUNTRY_RATE, F_GDP_PC, F_GROWTH, F_INFMORT,
		F_INFMORT_ADJ, F_POP, F_STATE_AGE, F_COUP_YEARS, F_COUPS_5, F_COUPS_10, F_CONFLICT, F_CONFLICT_MAJOR, F_WAR,
		F_WAR_MAJOR, F_INTERNET, F_MOBILE, F_PRESSURE,
	};
	static const struct { enum feature feature; enum part part; } bent_ones[] = {
		{F_LEVEL, PART_SQUARE}, {F_STEP_1, PART_CREEP},
		{F_STEP_1, PART_BOUNDED}, {F_STEP_2, PART_BOUNDED}, {F_OVER_2, PART_BOUNDED}, {F_OVER_3, PART_BOUNDED},
		{F_SINCE_SAME, PART_FADING}, {F_SINCE_OTHER, PART_FADING}, {F_ALL_SINCE_SAME, PART_FADING},
		{F_ALL_SINCE_OTHER, PART_FADING}, {F_STILL, PART_FADING},
	};

	for (size_t i = 0; i < LENGTH(plain); i++)
		add_term(model, cases, rows, n, plain[i], PART_PLAIN);
	for (size_t i = 0; i < LENGTH(bent_ones); i++)
		add_term(model, cases, rows, n, bent_ones[i].feature, bent_ones[i].part);
}

static size_t question_of(const struct case_key *key)
{
	return (size_t)key->space * 2 + (key->direction > 0);
}

static void quiet(const char *text)
{
	(void)text;
}

static int solve(const struct cases *cases, const size_t *rows, size_t n, struct question_model *model, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	size_t width = model->n_terms + 2;
	struct feature_node *nodes = arena_array(&arena, struct feature_node, n * width + 1);
	struct feature_node **x = arena_array(&arena, struct feature_node *, n + 1);
	double *y = arena_array(&arena, double, n + 1);
	struct problem problem = {.l = (int)n, .n = (int)model->n_terms + 1, .y = y, .x = x, .bias = -1};
	struct parameter parameter = {.solver_type = L2R_LR, .eps = .001, .C = COST};
	struct model *found;

	for (size_t i = 0; i < n; i++) {
		x[i] = &nodes[i * width];
		for (size_t t = 0; t < model->n_terms; t++)
			x[i][t] = (struct feature_node){(int)t + 1, term_value(cases, rows[i], &model->terms[t])};
		x[i][width - 2] = (struct feature_node){(int)model->n_terms + 1, 1};
		x[i][width - 1] = (struct feature_node){-1, 0};
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

/* 1 when it could learn, 0 when it says the rate only. */
static int question_learn(const struct cases *cases, const size_t *rows, size_t n, struct question_model *model,
			  struct err *err)
{
	size_t events = 0;
	int r;

	for (size_t i = 0; i < n; i++)
		events += cases->y[rows[i]] == EVENT_YES;
	model->rate = ((double)events + .5) / ((double)n + 1);
	if (n < LEARN_LEAST_ROWS || events < LEARN_LEAST_EVENTS || n - events < LEARN_LEAST_EVENTS)
		return 0;
	choose_terms(model, cases, rows, n);
	r = solve(cases, rows, n, model, err);
	return r < 0 ? r : 1;
}

static void logit_close(void *model)
{
	free(model);
}

static int logit_learn(const struct cases *cases, int64_t cutoff, uint64_t seed, void **ret, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct logit_model *model = calloc(1, sizeof *model);
	size_t first, past, *rows, learned = 0;
	int r = 0;

	(void)seed;
	if (!model)
		abort();
	assert(cases->n_spaces <= N_SIX_SPACES);
	cases_of_years(cases, cases->history->first + 2, cases_last_final(cases, cutoff), &first, &past);
	rows = arena_array(&arena, size_t, past - first + 1);
	for (size_t q = 0; q < 2 * cases->n_spaces && r >= 0; q++) {
		size_t n = 0;

		for (size_t i = first; i < past; i++)
			if (cases->y[i] != EVENT_OPEN && question_of(&cases->key[i]) == q)
				rows[n++] = i;
		r = question_learn(cases, rows, n, &model->of[q], err);
		learned += r == 1;
	}
	if (r >= 0 && learned == 0)
		r = err_set(err, ERR_DATA, "%zu cases, and no question with %d of them and %d events: too few to learn from",
			    past - first, LEARN_LEAST_ROWS, LEARN_LEAST_EVENTS);
	if (r < 0) {
		logit_close(model);
		return r;
	}
	*ret = model;
	return 0;
}

static int logit_parts_of(const void *of, const struct cases *cases, size_t row, double *parts, double *rest, struct err *err)
{
	const struct question_model *model = &((const struct logit_model *)of)->of[question_of(&cases->key[row])];

	(void)err;
	for (size_t f = 0; f < N_CASE_FEATURES; f++)
		parts[f] = 0;
	for (size_t t = 0; t < model->n_terms; t++)
		parts[model->terms[t].feature] += model->beta[t] * term_value(cases, row, &model->terms[t]);
	*rest = model->n_terms ? model->beta[model->n_terms] : log(model->rate / (1 - model->rate));
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
	.name = "logit", .words = "logistic regression, question by question", .fit = logit_learn, .chance = logit_speak,
	.parts = logit_parts_of, .close = logit_close,
};
