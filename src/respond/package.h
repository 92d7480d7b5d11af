/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * package.h - the best package of at most k options, exactly.
 *
 * Worth of a package: the worth of each option plus `synergy` for every pair of
 * partners in it. A package with pressure in it must hold support too. The empty
 * package is worth nothing and always allowed. Of packages worth the same, the
 * one found first counts: options of smaller index, and fewer.
 */
#ifndef RESPOND_PACKAGE_H
#define RESPOND_PACKAGE_H

#include <tocsin/base.h>

#define PACKAGE_MAX 8

struct option {
	double worth;
	bool pressure, support;
	uint64_t partners;      /* bit i: works well with option i (either way round is enough) */
};

/*
 * Fills chosen[0..returned) in rising order. n <= 64 options by falling worth (the
 * caller's duty), k <= PACKAGE_MAX. Branch and bound; the worst case is every
 * package, n^k / k!.
 */
size_t package_best(const struct option *options, size_t n, size_t k, double synergy,
		    size_t chosen[PACKAGE_MAX], double *ret_worth);

/* What option `item` adds to the options in `set`, itself and `but` not counted. */
double package_adds(const struct option *options, const size_t *set, size_t n, size_t item, size_t but,
		    double synergy);

#endif
