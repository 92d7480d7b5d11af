/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ensemble.h - features, the training rows of an origin, and the three members of the ensemble. */
#ifndef FORESEE_ENSEMBLE_H
#define FORESEE_ENSEMBLE_H

#include <tocsin/foresee.h>
#include <tocsin/stats.h>

enum { N_FEATURES = 11, N_MEMBERS = 3, FEATURE_PRESSURE = 10 };

#define NEIGHBOUR_YEARS 3   /* over which the neighbours' change is taken */

enum member { MEMBER_BASE, MEMBER_PERSISTENCE, MEMBER_LOGIT };

extern const char *const feature_names[N_FEATURES];
extern const char *const member_names[N_MEMBERS];

/* Features of a country-year from values of years <= year only; missing ones NAN. */
void features_of(const struct panel *panel, const struct panel *pressure, const struct atlas *atlas,
		 size_t unit, int64_t year, int direction, double out[N_FEATURES]);

/* The next unit from `from` on whose values a unit's features take as a neighbour's (all: any other
   unit will do); n_units when there is none. */
size_t neighbour_next(const struct panel *panel, const struct atlas *atlas, size_t unit, int64_t year, bool all,
		      size_t from);

struct training {
	double *x;                 /* n x N_FEATURES */
	unsigned char *y;
	int *before;               /* the label two years earlier: 1, 0, -1 unknown */
	size_t *unit;
	size_t n, positives;
};

/* All rows whose label is settled by year `origin`: years <= origin - 2. */
void training_build(const struct panel *panel, const struct panel *pressure, const struct atlas *atlas,
		    int64_t origin, int direction, struct arena *arena, struct training *ret);
double base_rate(const struct training *training, const double *weights);
/* Chance given the unit's last settled label; `before` -1: the base rate. */
double persistence_chance(const struct training *training, const double *weights, int before);

#endif
