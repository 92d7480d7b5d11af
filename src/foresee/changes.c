/* SPDX-License-Identifier: GPL-3.0-or-later */
/* changes.c - what would change a chance most: groups of features taken from other cases, asked anew of the models. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "foresee/reasons.h"
#include "foresee/stack.h"

#define NEAR_DONORS 50
#define OWN_YEARS 10
#define MOST_DONORS (NEAR_DONORS + OWN_YEARS)
#define OUTER 0.1         /* donors beyond it and 1 minus it are left out */
#define LEVEL 0.9

/* Cases that never were: the one asked about, each with a group of features as a donor had it. */
struct made {
	struct cases cases;
	struct case_key key[MOST_DONORS];
	float x[MOST_DONORS * N_CASE_FEATURES];
	double member[MOST_MEMBERS][MOST_DONORS];    /* what they say of them */
};

static void made_fill(const struct outlook *outlook, size_t row, const size_t *donors, size_t n, enum feature_group group,
		      struct made *made)
{
	made->cases = outlook->cases;
	made->cases.n = n;
	made->cases.key = made->key;
	made->cases.x = made->x;
	for (size_t k = 0; k < n; k++) {
		made->key[k] = outlook->cases.key[row];
		for (size_t f = 0; f < N_CASE_FEATURES; f++) {
			bool taken = feature_group((enum feature)f, made->key[k].space) == group;

			made->x[k * N_CASE_FEATURES + f] = outlook->cases.x[(taken ? donors[k] : row) * N_CASE_FEATURES + f];
		}
	}
}

/* A member that reads the history and not the features says what it said. */
static int made_ask(const struct outlook *outlook, size_t i, struct made *made, struct err *err)
{
	for (size_t m = 0; m < n_learners; m++) {
		int r = 0;

		for (size_t k = 0; k < made->cases.n; k++)
			made->member[m][k] = outlook->now.member[m][i];
		if (outlook->speaks[m] && outlook->model[m] && learners[m]->parts)
			r = learners[m]->chance(outlook->model[m], &made->cases, 0, made->cases.n, made->member[m], err);
		if (r < 0)
			return r;
	}
	return 0;
}

static double made_chance(const struct outlook *outlook, size_t row, const struct made *made, size_t k, double *spread)
{
	double member[MOST_MEMBERS], speaking[MOST_MEMBERS];

	for (size_t m = 0; m < n_learners; m++) {
		member[m] = made->member[m][k];
		speaking[m] = outlook->speaks[m] ? member[m] : NAN;
	}
	*spread = members_spread(speaking, n_learners);
	return stack_chance(outlook, row, member);
}

struct offer {
	size_t donor;
	double p, spread;
};

static int by_chance(const void *a, const void *b)
{
	const struct offer *x = a, *y = b;

	if (x->p != y->p)
		return x->p < y->p ? -1 : 1;
	return (x->donor > y->donor) - (x->donor < y->donor);
}

static size_t list_donors(const struct likeness *likeness, const struct drivers *drivers, size_t *donors)
{
	const struct cases *cases = &likeness->outlook->cases;
	const struct case_key *key = &cases->key[drivers->row];
	struct similar near[SIMILAR_KEPT];
	size_t n = 0, all = similars_nearest(likeness, drivers, near), first, past;

	while (n < all && n < NEAR_DONORS) {
		donors[n] = near[n].row;
		n++;
	}
	cases_of_years(cases, key->year - OWN_YEARS, key->year - 1, &first, &past);
	for (size_t row = first; row < past; row++) {
		const struct case_key *of = &cases->key[row];
		bool taken = of->unit != key->unit || of->space != key->space || of->direction != key->direction;

		for (size_t k = 0; k < n && !taken; k++)
			taken = donors[k] == row;
		if (!taken)
			donors[n++] = row;
	}
	return n;
}

/* How far from the chance as it is, on the log-odds. */
static double reach_of(double p, double now)
{
	return fabs(log(p / (1 - p)) - log(now / (1 - now)));
}

/* The outer tenth on either side is left out: what is told should be no rarity. */
static int group_ask(const struct outlook *outlook, size_t i, const size_t *donors, size_t n, enum feature_group group,
		     struct made *made, struct offer *ret, struct err *err)
{
	struct offer offers[MOST_DONORS];
	const struct offer *low, *high;
	size_t row = outlook->now.row[i], outer = (size_t)(OUTER * (double)(n - 1));
	int r;

	made_fill(outlook, row, donors, n, group, made);
	r = made_ask(outlook, i, made, err);
	if (r < 0)
		return r;
	for (size_t k = 0; k < n; k++) {
		offers[k].donor = donors[k];
		offers[k].p = made_chance(outlook, row, made, k, &offers[k].spread);
	}
	qsort(offers, n, sizeof *offers, by_chance);
	low = &offers[outer];
	high = &offers[n - 1 - outer];
	*ret = reach_of(low->p, outlook->now.p[i]) > reach_of(high->p, outlook->now.p[i]) ? *low : *high;
	return 0;
}

/* The feature of the group of which the models make most. */
static int name_feature(const struct outlook *outlook, size_t row, struct made *made, struct change *change, struct err *err)
{
	double moved[N_CASE_FEATURES] = {0}, most = -1;

	made_fill(outlook, row, &change->donor, 1, change->group, made);
	for (size_t m = 0; m < n_learners; m++) {
		double then[N_CASE_FEATURES], now[N_CASE_FEATURES], rest;
		int r;

		if (!outlook->speaks[m] || !outlook->model[m] || !learners[m]->parts)
			continue;
		r = learners[m]->parts(outlook->model[m], &made->cases, 0, then, &rest, err);
		if (r == 0)
			r = learners[m]->parts(outlook->model[m], &outlook->cases, row, now, &rest, err);
		if (r < 0)
			return r;
		for (size_t f = 0; f < N_CASE_FEATURES; f++)
			moved[f] += outlook->weight[m] * (then[f] - now[f]);
	}
	for (size_t f = 0; f < N_CASE_FEATURES; f++) {
		if (feature_group((enum feature)f, made->key[0].space) != change->group || fabs(moved[f]) <= most)
			continue;
		most = fabs(moved[f]);
		change->feature = (enum feature)f;
	}
	change->before = outlook->cases.x[row * N_CASE_FEATURES + change->feature];
	change->after = made->x[change->feature];
	return 0;
}

int changes_find(const struct likeness *likeness, size_t i, const struct drivers *drivers,
		 const struct chance_scatter *scatter, struct changes *ret, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct outlook *outlook = likeness->outlook;
	struct made *made = arena_new(&arena, struct made);
	size_t donors[MOST_DONORS], n = list_donors(likeness, drivers, donors);
	struct changes changes = {0};
	double now = outlook->now.p[i];
	int r = 0;

	for (size_t g = 0; g < N_FEATURE_GROUPS && n > 0; g++) {
		struct offer offer;
		size_t at = changes.n;

		if (!group_can_change((enum feature_group)g))
			continue;
		r = group_ask(outlook, i, donors, n, (enum feature_group)g, made, &offer, err);
		if (r < 0)
			return r;
		while (at > 0 && reach_of(offer.p, now) > reach_of(changes.v[at - 1].p, now))
			at--;
		if (at == CHANGES_SHOWN || offer.p == now)
			continue;
		changes.n += changes.n < CHANGES_SHOWN;
		memmove(&changes.v[at + 1], &changes.v[at], (changes.n - 1 - at) * sizeof *changes.v);
		changes.v[at] = (struct change){.group = (enum feature_group)g, .donor = offer.donor, .p = offer.p,
						.reach = chance_interval(scatter, offer.p, offer.spread, LEVEL)};
	}
	for (size_t k = 0; k < changes.n && r == 0; k++)
		r = name_feature(outlook, drivers->row, made, &changes.v[k], err);
	if (r == 0)
		*ret = changes;
	return r;
}
