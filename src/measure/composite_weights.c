/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * composite_weights.c - weights chosen, and weights read: those that even out the correlations of
 * the pillars with the index, sets of noisy weights, choices of replications.
 */
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "measure/composite.h"

struct search {
	const struct composite *made;
	const size_t *at;         /* elements whose weights are free */
	size_t n;
	double *weights, *scores;
};

static void search_correlations(const struct search *search, double *ret)
{
	const struct composite *made = search->made;
	const size_t n = made->units->n, top = frame_top(made->frame);

	step_aggregate(made->frame, n, search->weights, NULL, search->scores);
	for (size_t i = 0; i < search->n; i++)
		ret[i] = pearson(search->scores + search->at[i] * n, search->scores + top * n, n);
}

/* Squared distance of the correlations, as shares, from even ones. */
static double search_loss(const struct search *search, double *r)
{
	double sum = 0, loss = 0;

	search_correlations(search, r);
	for (size_t i = 0; i < search->n; i++)
		sum += r[i];
	for (size_t i = 0; i < search->n; i++) {
		const double away = r[i] / sum - 1.0 / (double)search->n;

		loss += away * away;
	}
	return isnan(loss) || sum <= 0 ? INFINITY : loss;
}

int optimise_level(const struct frame *frame)
{
	return frame->n_levels > 2 ? 2 : 1;
}

/* A pattern search on the logarithms of the weights (Hooke and Jeeves 1961): no derivative, no chance. */
void optimise_weights(const struct composite *made, struct arena *arena, double *weights, double *obtained)
{
	const struct frame *frame = made->frame;
	const size_t cells = frame->n * made->units->n;
	size_t *at = arena_array(arena, size_t, frame->n);
	struct search search = {.made = made, .at = at, .weights = weights,
				.scores = arena_array(arena, double, cells)};
	double best, sum = 0;

	for (size_t k = 0; k < frame->n; k++)
		if (frame->v[frame->sorted[k]].level == optimise_level(frame))
			at[search.n++] = frame->sorted[k];
	memcpy(search.scores, made->scores, cells * sizeof *made->scores);
	best = search_loss(&search, obtained);
	for (double step = 0.5; step > 1e-6; step /= 2)
		for (int again = 1, round = 0; again && round < 50; round++) {
			again = 0;
			for (size_t i = 0; i < 2 * search.n; i++) {
				const double was = weights[at[i / 2]];
				double loss;

				weights[at[i / 2]] = fmax(was, 1e-9) * exp(i % 2 ? -step : step);
				loss = search_loss(&search, obtained);
				if (loss < best) {
					best = loss;
					again = 1;
				} else {
					weights[at[i / 2]] = was;
				}
			}
		}
	for (size_t i = 0; i < search.n; i++)
		sum += weights[at[i]];
	for (size_t i = 0; i < search.n; i++)
		weights[at[i]] /= sum;
	search_correlations(&search, obtained);
}

/* ---- sets of weights: set, iCode, Level, Weight ---- */

static int set_row(struct csv *csv, const int *at, const struct frame *frame, int64_t *set, size_t *element,
		   double *weight, struct err *err)
{
	const struct csv_cell *row = csv->row;
	const char *code = csv_text(csv, at[1]);

	if (num_read_int(row[at[0]].s, row[at[0]].len, set) < 0 || *set < 1 || *set > 1000000)
		return csv_error(csv, (size_t)at[0], err, "\"%.40s\" is not the number of a set", row[at[0]].s);
	*element = code ? frame_find(frame, code) : NO_PARENT;
	if (*element == NO_PARENT)
		return err_hint(err, csv_error(csv, (size_t)at[1], err, "the frame has no element \"%.60s\"", code ? code : ""),
				"Weights are of indicators and groups, by their codes.");
	if (num_read(row[at[2]].s, row[at[2]].len, weight) < 0)
		return csv_error(csv, (size_t)at[2], err, "\"%.40s\" is not a number", row[at[2]].s);
	if (*weight < 0)
		return csv_error(csv, (size_t)at[2], err, "weight of \"%.60s\" is negative: %g", code, *weight);
	return 0;
}

int weight_sets_read(const struct composite_file *file, const struct frame *frame, struct arena *arena,
		     struct weight_sets *ret, struct err *err)
{
	_cleanup_(arena_free) struct arena scratch = {0};
	struct weight_sets sets = {0};
	size_t cap = 0, element = NO_PARENT;
	int64_t set = 0;
	double weight;
	struct csv csv;
	int at[3], r = csv_open(&csv, file->name, file->text, file->len, ',', arena, err);

	if (r < 0 || (at[0] = csv_need(&csv, "set", err)) < 0 || (at[1] = csv_need(&csv, "iCode", err)) < 0 ||
	    (at[2] = csv_need(&csv, "Weight", err)) < 0)
		return ERR_DATA;
	while ((r = csv_next(&csv, &scratch, err)) == 1) {
		r = set_row(&csv, at, frame, &set, &element, &weight, err);
		if (r < 0)
			return r;
		if ((size_t)set > sets.n + 1)
			return csv_error(&csv, (size_t)at[0], err, "set %lld follows set %zu", (long long)set, sets.n);
		if ((size_t)set == sets.n + 1) {
			for (size_t i = 0; i < frame->n; i++) {
				size_t n = sets.n * frame->n + i;

				*arena_push(arena, sets.v, n, cap) = frame->v[i].weight;
			}
			sets.n++;
		}
		sets.v[((size_t)set - 1) * frame->n + element] = weight;
		arena_reset(&scratch);
	}
	if (r == 0 && sets.n == 0)
		return err_set(err, ERR_DATA, "%s:1:1: no weights below the header", file->name);
	if (r == 0)
		*ret = sets;
	return r;
}

/* ---- choices: rep, winmax, norm, wset, agg ---- */

static int kind_of(const struct csv *csv, int at, const char *prefix, const char *const *names, size_t n, struct err *err)
{
	const char *s = csv->row[at].s;

	for (size_t i = 0; i < n; i++)
		if (str_starts(s, prefix) && strcmp(s + strlen(prefix), names[i]) == 0)
			return (int)i;
	return csv_error(csv, (size_t)at, err, "\"%.40s\" is not a name such as %s%s", s, prefix, names[0]);
}

static int choice_row(const struct csv *csv, const int *at, size_t n_sets, struct choice *ret, struct err *err)
{
	const struct csv_cell *row = csv->row;
	int64_t winmax, set;
	int norm, mean;

	if (num_read_int(row[at[0]].s, row[at[0]].len, &winmax) < 0 || winmax < 0 || winmax > 1000)
		return csv_error(csv, (size_t)at[0], err, "\"%.40s\" is not a number of values to winsorise", row[at[0]].s);
	norm = kind_of(csv, at[1], "n_", norm_names, NORM_KINDS, err);
	if (norm < 0)
		return norm;
	if (num_read_int(row[at[2]].s, row[at[2]].len, &set) < 0 || set < 1 || (size_t)set > n_sets)
		return err_hint(err, csv_error(csv, (size_t)at[2], err, "\"%.40s\" is not one of %zu weight sets", row[at[2]].s,
					       n_sets), "Give the sets with --weights.");
	mean = kind_of(csv, at[3], "a_", mean_names, MEAN_KINDS, err);
	if (mean < 0)
		return mean;
	*ret = (struct choice){(int)winmax, norm_usual((enum norm_kind)norm), (size_t)set - 1, (enum mean_kind)mean};
	return 0;
}

int choices_read(const struct composite_file *file, size_t n_sets, struct arena *arena, struct choice **ret,
		 size_t *ret_n, struct err *err)
{
	_cleanup_(arena_free) struct arena scratch = {0};
	static const char *const names[] = {"winmax", "norm", "wset", "agg"};
	struct choice *v = NULL, choice;
	size_t n = 0, cap = 0;
	struct csv csv;
	int at[4], r = csv_open(&csv, file->name, file->text, file->len, ',', arena, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < 4; i++)
		if ((at[i] = csv_need(&csv, names[i], err)) < 0)
			return ERR_DATA;
	while ((r = csv_next(&csv, &scratch, err)) == 1) {
		r = choice_row(&csv, at, n_sets, &choice, err);
		if (r < 0)
			return r;
		*arena_push(arena, v, n, cap) = choice;
		arena_reset(&scratch);
	}
	if (r == 0 && n == 0)
		return err_set(err, ERR_DATA, "%s:1:1: no replications below the header", file->name);
	if (r == 0) {
		*ret = v;
		*ret_n = n;
	}
	return r;
}

/* ---- replications on precomputed states ---- */

struct state {
	int winmax;
	enum norm_kind kind;
	double *scores;
};

static const double *state_of(const struct composite *made, const struct choice *choice, struct state **states, size_t *n,
			      size_t *cap, struct arena *arena)
{
	const size_t cells = made->frame->n * made->units->n;
	struct treatment treatment = made->frame->treatment;
	double *treated;

	for (size_t i = 0; i < *n; i++)
		if ((*states)[i].winmax == choice->winmax && (*states)[i].kind == choice->norm.kind)
			return (*states)[i].scores;
	treated = arena_array(arena, double, cells);
	memcpy(treated, made->imputed, made->frame->n_indicators * made->units->n * sizeof *treated);
	treatment.winmax = choice->winmax;
	step_treat(made->frame, made->units->n, &treatment, treated, NULL);
	struct state *state = arena_push(arena, *states, *n, *cap);
	*state = (struct state){choice->winmax, choice->norm.kind, arena_array(arena, double, cells)};
	step_normalise(made->frame, made->units->n, treated, &choice->norm, made->reference, state->scores);
	return state->scores;
}

void choices_run(const struct composite *made, const struct weight_sets *sets, const struct choice *choices,
		 size_t n, double *scores)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const size_t units = made->units->n, cells = made->frame->n * units, top = frame_top(made->frame);
	double *work = arena_array(&arena, double, cells);
	struct state *states = NULL;
	size_t n_states = 0, cap = 0;

	for (size_t i = 0; i < n; i++) {
		memcpy(work, state_of(made, &choices[i], &states, &n_states, &cap, &arena), cells * sizeof *work);
		step_aggregate(made->frame, units, sets->v + choices[i].set * made->frame->n, &choices[i].mean, work);
		memcpy(scores + i * units, work + top * units, units * sizeof *scores);
	}
}
