/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reasons.c - what drives a chance, in parts that add up to it. */
#include <math.h>

#include "foresee/reasons.h"

#define EDGE 0.001          /* a share of paths is held within it and 1 minus it */

static double log_odds_of(double p)
{
	return log(p / (1 - p));
}

/* A member on its way from the mean case to this one. */
struct voice {
	double weight, from, to;             /* log-odds */
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

/* The pool adds log-odds, so a member's parts count by its weight; what holding chances off 0 and 1 took is `settled` too. */
static void add_up(const struct outlook *outlook, size_t i, const struct voice *voices, size_t n, struct drivers *ret)
{
	size_t space = outlook->cases.key[ret->row].space;

	ret->log_odds = ret->settled = log_odds_of(outlook->now.p[i]);
	for (size_t m = 0; m < n; m++) {
		ret->start += voices[m].weight * voices[m].from;
		ret->settled -= voices[m].weight * voices[m].to;
		if (!voices[m].tells) {
			ret->paths += voices[m].weight * (voices[m].to - voices[m].from);
			ret->paths_weight += voices[m].weight;
		}
		for (size_t f = 0; voices[m].tells && f < N_CASE_FEATURES; f++)
			ret->part[feature_itself((enum feature)f, space)] += voices[m].weight * voices[m].parts[f];
	}
	for (size_t f = 0; f < N_CASE_FEATURES; f++)
		ret->group[feature_group((enum feature)f, space)] += ret->part[f];
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
	add_up(outlook, i, voices, n, &drivers);
	*ret = drivers;
	return 0;
}
