/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * package.c - branch and bound over packages of options. A branch is cut when even
 * the best options left, each a partner of all the others, could not lift it above
 * the best package so far; nothing better is ever cut (Land and Doig 1960).
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "respond/package.h"

struct search {
	const struct option *v;
	size_t n, k;
	double synergy;
	size_t chosen[PACKAGE_MAX], n_chosen;
	size_t best[PACKAGE_MAX], n_best;
	double best_worth;
};

static bool are_partners(const struct option *options, size_t a, size_t b)
{
	return (options[a].partners >> b & 1) || (options[b].partners >> a & 1);
}

double package_adds(const struct option *options, const size_t *set, size_t n, size_t item, size_t but,
		    double synergy)
{
	double worth = options[item].worth;

	for (size_t i = 0; i < n; i++)
		if (set[i] != item && set[i] != but && are_partners(options, item, set[i]))
			worth += synergy;
	return worth;
}

static bool is_balanced(const struct search *search)
{
	bool pressure = false, support = false;

	for (size_t i = 0; i < search->n_chosen; i++) {
		pressure |= search->v[search->chosen[i]].pressure;
		support |= search->v[search->chosen[i]].support;
	}
	return support || !pressure;
}

/* No package that continues this one with options from `from` on is worth more. */
static double bound(const struct search *search, size_t from, double worth)
{
	for (size_t i = 0; i < search->k - search->n_chosen && from + i < search->n; i++)
		worth += fmax(0, search->v[from + i].worth + search->synergy * (double)(search->n_chosen + i));
	return worth;
}

static void branch(struct search *search, size_t from, double worth)
{
	if (worth > search->best_worth && is_balanced(search)) {
		search->best_worth = worth;
		search->n_best = search->n_chosen;
		memcpy(search->best, search->chosen, sizeof search->best);
	}
	if (search->n_chosen == search->k)
		return;
	for (size_t i = from; i < search->n && bound(search, i, worth) > search->best_worth; i++) {
		double with = worth + package_adds(search->v, search->chosen, search->n_chosen, i, SIZE_MAX,
						   search->synergy);

		search->chosen[search->n_chosen++] = i;
		branch(search, i + 1, with);
		search->n_chosen--;
	}
}

size_t package_best(const struct option *options, size_t n, size_t k, double synergy,
		    size_t chosen[PACKAGE_MAX], double *ret_worth)
{
	struct search search = {.v = options, .n = n, .k = k, .synergy = synergy};

	assert(n <= 64 && k <= PACKAGE_MAX && synergy >= 0);
	branch(&search, 0, 0);
	memcpy(chosen, search.best, search.n_best * sizeof *chosen);
	*ret_worth = search.best_worth;
	return search.n_best;
}
