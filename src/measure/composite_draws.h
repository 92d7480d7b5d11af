/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * composite_draws.h - replications of the whole pipeline with uncertain inputs, many a second.
 *
 * Each replication perturbs every cell, treats, normalises and aggregates anew, and ranks; nothing
 * is approximated but elementary functions, which are polynomials good to 1e-14, and to 1e-10 inside
 * the normal random numbers. One replication is named by five random words, one a factor: how far to winsorise, how
 * to normalise, which weights, which mean, which errors of the inputs. What it gives depends on
 * these words alone, not on threads or the processor.
 */
#ifndef MEASURE_COMPOSITE_DRAWS_H
#define MEASURE_COMPOSITE_DRAWS_H

#include "measure/composite.h"

enum factor { FACTOR_WINMAX, FACTOR_NORM, FACTOR_WEIGHTS, FACTOR_MEAN, FACTOR_INPUTS, FACTORS };
extern const char *const factor_names[FACTORS];

struct draws_setup {
	const struct composite *made;
	const struct weight_sets *sets;    /* NULL: noise about the frame's weights */
	const double *sd;                  /* of every cell of the imputed matrix; NULL: inputs are certain */
	const double *nominal;             /* rank by unit; NAN: has none */
	uint64_t seed;
	int threads;
	bool plain;                        /* do without wide registers: the same, later */
	size_t base;                       /* > 0: the design A, B, AB_1 .. AB_5 of so many rows each */
};

struct draws {
	uint32_t *counts;      /* by unit and rank: counts[u * (units + 1) + rank] */
	double *scores;        /* by replication and unit; NULL: not kept */
	double *shift;         /* by replication: mean over units of |rank - nominal|; NULL */
};

int draws_run(const struct draws_setup *setup, size_t n, struct draws *out, struct err *err);

#endif
