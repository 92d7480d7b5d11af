/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learner_logit.c - one regularised logistic regression for all spaces and both directions.
 *
 * By liblinear's primal solver (Lin, Weng and Keerthi 2008), which draws nothing. A term is a
 * feature, bent so that large values do not shout, centred and scaled on the cases learned
 * from; some features have further terms for openings or for one space only, and each question
 * its own intercept. A missing value counts as the mean. The coefficients are the mean of those
 * learned from the last 10, 18 and 30 years: the near past counts most, the rare is not forgotten.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include <linear.h>

#include "foresee/learner.h"

#define MOST_TERMS 200
#define CLIP 4.0
#define COST 0.0033          /* liblinear's C, the inverse of the ridge */

enum bend { BEND_NONE, BEND_LOG, BEND_ASINH };
enum part { PART_PLAIN, PART_SQUARE, PART_RISE, PART_SIZE, PART_FADING, PART_BOUNDED, PART_CREEP };
enum only { ONLY_ALL = -2, ONLY_OPENING = -1 };   /* else the number of a space */

struct term {
	enum feature feature;
	enum part part;
	int only;                /* enum only, or a space */
	double mean, scale;
};

static const int windows[] = {10, 18, 30};

struct logit_model {
	struct term terms[MOST_TERMS];
	size_t n_terms;
	double *beta;            /* a term each, then a question each, then the bias: the mean of the windows' */
	size_t n_questions, n_windows;
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

static bool term_applies(const struct term *term, const struct case_key *key)
{
	return term->only == ONLY_ALL || (term->only == ONLY_OPENING ? key->direction > 0 : key->space == term->only);
}

/* NAN where the feature is missing. */
static double raw_term(const struct cases *cases, size_t row, const struct term *term)
{
	double plain = cases->x[row * N_CASE_FEATURES + term->feature];

	if (isnan(plain))
		return NAN;
	switch (term->part) {
	case PART_SQUARE: return (plain - .5) * (plain - .5);
	case PART_RISE: return fmax(bent(cases, row, term->feature), 0);
	case PART_SIZE: return asinh(fabs(plain));
	case PART_FADING: return exp(-plain / 3);
	case PART_BOUNDED: return tanh(plain);
	case PART_CREEP: return plain > .1 && plain <= 1;
	default: return bent(cases, row, term->feature);
	}
}

/* The term of a row in standard deviations; a missing value is the mean, 0. */
static double term_value(const struct cases *cases, size_t row, const struct term *term)
{
	double z;

	if (!term_applies(term, &cases->key[row]))
		return 0;
	z = (raw_term(cases, row, term) - term->mean) / term->scale;
	return isnan(z) ? 0 : z > CLIP ? CLIP : z < -CLIP ? -CLIP : z;
}

static void add_term(struct logit_model *model, const struct cases *cases, size_t first, size_t past, enum feature feature,
		     enum part part, int only)
{
	struct term term = {.feature = feature, .part = part, .only = only};
	double sum = 0, square = 0, n = 0;

	assert(model->n_terms < MOST_TERMS);
	for (size_t i = first; i < past; i++) {
		double value = term_applies(&term, &cases->key[i]) ? raw_term(cases, i, &term) : NAN;

		if (isnan(value))
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
	static const struct { enum part part; bool openings_too; enum feature of[24]; size_t n; } more[] = {
		{PART_RISE, false, {F_STEP_1, F_OVER_2, F_OVER_3, F_ALL_STEP, F_ALL_MOST}, 5},
		{PART_SQUARE, false, {F_LEVEL, F_ALL_LEVEL}, 2},
		{PART_SIZE, false, {F_STEP_1, F_STEP_2, F_OVER_3, F_ALL_STEP}, 4},
		{PART_FADING, false, {F_SINCE_SAME, F_SINCE_OTHER, F_ALL_SINCE_SAME, F_ALL_SINCE_OTHER, F_STILL}, 5},
		{PART_BOUNDED, true, {F_STEP_1, F_STEP_2, F_OVER_2, F_OVER_3}, 4},
		{PART_CREEP, true, {F_STEP_1}, 1},
	};
	static const enum feature opening[] = {
		F_LEVEL, F_ROOM, F_STEP_1, F_OVER_3, F_MOVES_10, F_STILL, F_SINCE_SAME, F_LOST_10, F_WON_10, F_ALL_LEVEL, F_APART,
		F_ALL_STEP, F_COUNTRY_RATE, F_GDP_PC, F_INFMORT, F_STATE_AGE, F_COUP_YEARS, F_COUPS_5, F_GROWTH, F_WORLD_SAME, F_INTERNET,
		F_LEVEL_0, F_LEVEL_1, F_LEVEL_2, F_LEVEL_3, F_LEVEL_4, F_LEVEL_5,
	};
	static const enum feature by_space[] = {F_STEP_1, F_MOVES_10, F_LEVEL, F_OVER_3};

	for (enum feature f = 0; f < F_UP; f++)
		if (f != F_REGION)
			add_term(model, cases, first, past, f, PART_PLAIN, ONLY_ALL);
	for (size_t i = 0; i < LENGTH(opening); i++)
		add_term(model, cases, first, past, opening[i], PART_PLAIN, ONLY_OPENING);
	for (size_t i = 0; i < LENGTH(more); i++)
		for (size_t k = 0; k < more[i].n; k++) {
			add_term(model, cases, first, past, more[i].of[k], more[i].part, ONLY_ALL);
			if (more[i].openings_too)
				add_term(model, cases, first, past, more[i].of[k], more[i].part, ONLY_OPENING);
		}
	for (size_t i = 0; i < LENGTH(by_space); i++)
		for (size_t space = 0; space < cases->n_spaces && cases->n_spaces > 1; space++)
			add_term(model, cases, first, past, by_space[i], PART_PLAIN, (int)space);
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

/* Cases in liblinear's form, oldest first, so that the last n of them are a shorter window. */
struct sparse {
	struct feature_node **x;
	double *y;
	size_t n;
};

static void sparse_build(const struct cases *cases, const size_t *rows, size_t n, const struct logit_model *model,
			 struct arena *arena, struct sparse *ret)
{
	size_t used = 0;
	struct feature_node *nodes, *row = arena_array(arena, struct feature_node, model->n_terms + 3);

	*ret = (struct sparse){arena_array(arena, struct feature_node *, n + 1), arena_array(arena, double, n + 1), n};
	for (size_t i = 0; i < n; i++)
		used += fill_row(model, cases, rows[i], row);
	nodes = arena_array(arena, struct feature_node, used + 1);
	used = 0;
	for (size_t i = 0; i < n; i++) {
		ret->x[i] = &nodes[used];
		used += fill_row(model, cases, rows[i], ret->x[i]);
		ret->y[i] = cases->y[rows[i]];
	}
}

/* Adds the coefficients from the last n cases to model->beta. */
static int solve(const struct sparse *all, size_t n, struct logit_model *model, struct err *err)
{
	size_t skip = all->n - n;
	struct problem problem = {.l = (int)n, .n = (int)(model->n_terms + model->n_questions + 1), .y = all->y + skip,
				  .x = all->x + skip, .bias = -1};
	struct parameter parameter = {.solver_type = L2R_LR, .eps = .003, .C = COST};
	struct model *found;

	set_print_string_function(quiet);
	found = train(&problem, &parameter);
	if (!found)
		return err_set(err, ERR_FAILED, "liblinear found no solution");
	for (int t = 0; t < problem.n; t++)
		model->beta[t] += found->label[0] == 1 ? found->w[t] : -found->w[t];
	free_and_destroy_model(&found);
	model->n_windows++;
	return 0;
}

/* How many of the rows, which are in the order of years, are of `since` or later, and how many of those are events. */
static size_t settled(const struct cases *cases, const size_t *rows, size_t n, int64_t since, size_t *events)
{
	size_t skip = 0;

	*events = 0;
	while (skip < n && cases->key[rows[skip]].year < since)
		skip++;
	for (size_t i = skip; i < n; i++)
		*events += cases->y[rows[i]] == EVENT_YES;
	return n - skip;
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
	int64_t start = cases->history->first + 2, longest = cutoff - windows[LENGTH(windows) - 1];
	size_t first, past, n = 0, n_rows = 0, events = 0, *rows;
	struct sparse sparse;
	int r = 0;

	(void)seed;
	if (!model)
		abort();
	cases_of_years(cases, longest > start ? longest : start, cases_last_final(cases, cutoff), &first, &past);
	rows = arena_array(&arena, size_t, past - first + 1);
	for (size_t i = first; i < past; i++)
		if (cases->y[i] != EVENT_OPEN)
			rows[n_rows++] = i;
	model->n_questions = 2 * cases->n_spaces;
	choose_terms(model, cases, first, past);
	model->beta = calloc(model->n_terms + model->n_questions + 1, sizeof *model->beta);
	if (!model->beta)
		abort();
	sparse_build(cases, rows, n_rows, model, &arena, &sparse);
	for (size_t w = 0; w < LENGTH(windows) && r == 0; w++) {
		n = settled(cases, rows, n_rows, cutoff - windows[w], &events);
		if (n >= LEARN_LEAST_ROWS && events >= LEARN_LEAST_EVENTS && n - events >= LEARN_LEAST_EVENTS)
			r = solve(&sparse, n, model, err);
	}
	if (r == 0 && model->n_windows == 0)
		r = err_set(err, ERR_DATA, "%zu cases with %zu events: too few to learn from", n, events);
	for (size_t t = 0; r == 0 && t < model->n_terms + model->n_questions + 1; t++)
		model->beta[t] /= (double)model->n_windows;
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
