/* SPDX-License-Identifier: GPL-3.0-or-later */
/* boost.h - gradient boosted trees by XGBoost (Chen and Guestrin 2016), one thread, seeded. */
#ifndef FORESEE_BOOST_H
#define FORESEE_BOOST_H

#include <tocsin/base.h>

struct boost;

struct boost_setup {
	int rounds, depth;
	double rate, subsample, columns, least_weight, ridge;
	uint64_t seed;
};

struct boost_data;

/* Rows to learn from: x is n rows of k floats, NAN where missing; y in 0..1; weights. All are copied. */
int boost_data_open(const float *x, const float *y, const float *weight, size_t n, size_t k, struct boost_data **ret,
		    struct err *err);
void boost_data_close(struct boost_data *data);
int boost_fit(struct boost_data *data, const struct boost_setup *setup, struct boost **ret, struct err *err);
int boost_chance(const struct boost *boost, const float *x, size_t n, double *p, struct err *err);
/* Shapley values on the log-odds (Lundberg et al. 2018): n rows of k + 1, the last the expectation. */
int boost_parts(const struct boost *boost, const float *x, size_t n, double *parts, struct err *err);
void boost_close(struct boost *boost);

#endif
