/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reasons.c - drivers that add up, and cases of the past that were like this one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "foresee/reasons.h"
#include "foresee/stack.h"

#define PATH_POINTS 256     /* of the integral below */
#define EDGE 0.001          /* a share of paths is held within it and 1 minus it */
#define CLIP 4.0            /* standard deviations beyond which cases are far enough apart */
#define LEVEL 0.9

static double log_odds_of(double p)
{
	return log(p / (1 - p));
}

static double chance_of(double log_odds)
{
	return 1 / (1 + exp(-log_odds));
}

/* ---- drivers ---- */

/* A member on its way from the mean case to this one. */
struct voice {
	double weight, from, to;             /* log-odds */
	double reach;                        /* what a step of its log-odds is worth in those of the pool */
	bool tells;                          /* has parts */
	double parts[N_CASE_FEATURES];
};

static int voice_hear(const struct outlook *outlook, size_t i, size_t m, struct voice *voice, struct err *err)
{
	size_t row = outlook->now.row[i];
	double p = outlook->now.member[m][i];
	int r = 0;

	*voice = (struct voice){.weight = outlook->weight[m]};
	p = p < EDGE ? EDGE : p > 1 - EDGE ? 1 - EDGE : p;
	voice->to = log_odds_of(p);
	voice->from = log_odds_of(outlook->now.base_rate[i]);
	if (learners[m]->parts && outlook->model[m]) {
		r = learners[m]->parts(outlook->model[m], &outlook->cases, row, voice->parts, &voice->from, err);
		voice->tells = true;
		voice->to = voice->from;
		for (size_t f = 0; f < N_CASE_FEATURES; f++)
			voice->to += voice->parts[f];
	}
	return r;
}

/* The log-odds of the pool when each member is the share t of its way along. */
static double pooled_at(const struct voice *voices, size_t n, double t, double *p)
{
	double sum = 0;

	for (size_t m = 0; m < n; m++) {
		p[m] = chance_of(voices[m].from + t * (voices[m].to - voices[m].from));
		sum += voices[m].weight * p[m];
	}
	return sum;
}

/*
 * The pool P is a weighted mean of chances, so a step in the log-odds of member m is worth w p (1 - p) / (P (1 - P))
 * in those of the pool: its mean along the straight way from the mean case to this one (Aumann and Shapley 1974;
 * integrated gradients) shares out the whole way among the members, and nothing is left over.
 */
static void voices_weigh(struct voice *voices, size_t n)
{
	double p[MOST_MEMBERS];

	for (int k = 0; k < PATH_POINTS; k++) {
		double pooled = pooled_at(voices, n, (k + .5) / PATH_POINTS, p);

		for (size_t m = 0; m < n; m++)
			voices[m].reach += voices[m].weight * p[m] * (1 - p[m]) / (pooled * (1 - pooled)) / PATH_POINTS;
	}
}

static void add_up(const struct outlook *outlook, size_t i, const struct voice *voices, size_t n, struct drivers *ret)
{
	double p[MOST_MEMBERS], pooled = log_odds_of(pooled_at(voices, n, 1, p));
	size_t space = outlook->cases.key[ret->row].space;

	ret->start = pooled;
	for (size_t m = 0; m < n; m++) {
		if (!voices[m].tells) {
			ret->paths += voices[m].reach * (voices[m].to - voices[m].from);
			ret->paths_weight += voices[m].weight;
		}
		for (size_t f = 0; voices[m].tells && f < N_CASE_FEATURES; f++)
			ret->part[feature_itself((enum feature)f, space)] += voices[m].reach * voices[m].parts[f];
	}
	for (size_t f = 0; f < N_CASE_FEATURES; f++) {
		ret->group[feature_group((enum feature)f, space)] += ret->part[f];
		ret->start -= ret->part[f];
	}
	ret->start -= ret->paths;
	ret->log_odds = log_odds_of(outlook->now.p[i]);
	ret->settled = ret->log_odds - pooled;
}

int drivers_make(const struct outlook *outlook, size_t i, struct drivers *ret, struct err *err)
{
	struct drivers drivers = {.row = outlook->now.row[i]};
	struct voice voices[MOST_MEMBERS];
	size_t n = 0;

	for (size_t m = 0; m < n_learners; m++) {
		int r;

		if (!outlook->speaks[m] || outlook->weight[m] <= 0)
			continue;
		r = voice_hear(outlook, i, m, &voices[n++], err);
		if (r < 0)
			return r;
	}
	voices_weigh(voices, n);
	add_up(outlook, i, voices, n, &drivers);
	*ret = drivers;
	return 0;
}

/* ---- similar cases ---- */

struct scale {
	double mean[N_CASE_FEATURES], spread[N_CASE_FEATURES];   /* spread 0: it never varies */
};

static bool is_asked(const struct cases *cases, size_t row, const struct case_key *key)
{
	const struct case_key *of = &cases->key[row];

	return of->space == key->space && of->direction == key->direction && cases->y[row] != EVENT_OPEN &&
	       of->year >= cases->history->first + 2;
}

static size_t cases_like(const struct cases *cases, const struct case_key *key, struct arena *arena, struct similar **ret)
{
	size_t n = 0;

	*ret = arena_array(arena, struct similar, cases->n + 1);
	for (size_t row = 0; row < cases->n; row++)
		if (is_asked(cases, row, key))
			(*ret)[n++] = (struct similar){.row = row};
	return n;
}

static void scale_learn(const struct cases *cases, const struct similar *of, size_t n, struct scale *scale)
{
	for (size_t f = 0; f < N_CASE_FEATURES; f++) {
		double sum = 0, square = 0, known = 0, mean;

		for (size_t i = 0; i < n; i++) {
			double x = cases->x[of[i].row * N_CASE_FEATURES + f];

			if (isnan(x))
				continue;
			known++;
			sum += x;
			square += x * x;
		}
		mean = known > 0 ? sum / known : 0;
		scale->mean[f] = mean;
		scale->spread[f] = known > 0 ? sqrt(fmax(square / known - mean * mean, 0)) : 0;
		if (scale->spread[f] < 1e-6)
			scale->spread[f] = 0;
	}
}

static double held(double z)
{
	return z > CLIP ? CLIP : z < -CLIP ? -CLIP : z;
}

static double apart(const struct cases *cases, const struct scale *scale, const double *part, size_t a, size_t b)
{
	double sum = 0, weight = 0;

	for (size_t f = 0; f < N_CASE_FEATURES; f++) {
		double x = cases->x[a * N_CASE_FEATURES + f], y = cases->x[b * N_CASE_FEATURES + f], gap;

		if (scale->spread[f] == 0 || part[f] == 0)
			continue;
		x = held((x - scale->mean[f]) / scale->spread[f]);
		y = held((y - scale->mean[f]) / scale->spread[f]);
		gap = isnan(x) && isnan(y) ? 0 : isnan(x) || isnan(y) ? 1 : x - y;
		sum += fabs(part[f]) * gap * gap;
		weight += fabs(part[f]);
	}
	return weight > 0 ? sqrt(sum / weight) : 0;
}

/* Rows stand by year, then unit: of equal distances the newer year counts, then the first unit. */
static int by_distance(const void *a, const void *b)
{
	const struct similar *x = a, *y = b;

	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	return (x->row < y->row) - (x->row > y->row);
}

size_t similars_order(const struct outlook *outlook, const struct drivers *drivers, struct arena *arena, struct similar **ret)
{
	const struct cases *cases = &outlook->cases;
	size_t n = cases_like(cases, &cases->key[drivers->row], arena, ret);
	struct scale *scale = arena_array(arena, struct scale, 1);

	scale_learn(cases, *ret, n, scale);
	for (size_t i = 0; i < n; i++)
		(*ret)[i].distance = apart(cases, scale, drivers->part, drivers->row, (*ret)[i].row);
	if (n > 1)
		qsort(*ret, n, sizeof **ret, by_distance);
	return n;
}

/* Do two cases of one country look at a common year? */
static bool overlap(const struct cases *cases, size_t a, size_t b)
{
	return cases->key[a].unit == cases->key[b].unit && abs(cases->key[a].year - cases->key[b].year) < 2;
}

static bool is_new(const struct cases *cases, const struct similar *taken, size_t n, size_t row, bool country)
{
	for (size_t i = 0; i < n; i++)
		if (country ? cases->key[taken[i].row].unit == cases->key[row].unit : overlap(cases, taken[i].row, row))
			return false;
	return true;
}

void similars_find(const struct outlook *outlook, const struct drivers *drivers, struct similars *ret)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct cases *cases = &outlook->cases;
	struct similar *all, counted[SIMILAR_COUNTED];
	size_t n = similars_order(outlook, drivers, &arena, &all);
	struct similars found = {.share = {NAN, NAN}};

	for (size_t i = 0; i < n && found.counted < SIMILAR_COUNTED; i++) {
		const struct case_key *key = &cases->key[all[i].row];

		all[i].moved = history_value(cases->history, cases->origin, key->space, key->unit, key->year + 2) -
			       history_value(cases->history, cases->origin, key->space, key->unit, key->year);
		if (found.n_shown < SIMILAR_SHOWN && is_new(cases, found.shown, found.n_shown, all[i].row, true))
			found.shown[found.n_shown++] = all[i];
		if (!is_new(cases, counted, found.counted, all[i].row, false))
			continue;
		found.events += cases->y[all[i].row] == EVENT_YES;
		counted[found.counted++] = all[i];
	}
	if (found.counted > 0)
		found.share = beta_interval((double)found.events + .5, (double)(found.counted - found.events) + .5, LEVEL);
	*ret = found;
}
