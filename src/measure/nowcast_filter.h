/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nowcast_filter.h - the Kalman filter of nowcast.h, step by step, for the files that walk it. */
#ifndef MEASURE_NOWCAST_FILTER_H
#define MEASURE_NOWCAST_FILTER_H

#include "measure/nowcast.h"

struct kalman {
	double a[3], p[9];               /* mean without inputs, and covariance */
	double c[NOWCAST_INPUTS][3];     /* what each input adds for a loading of 1 */
	double v, f, gain[3], d[NOWCAST_INPUTS];   /* of the last update */
};

void kalman_start(struct kalman *k, const struct nowcast_unit *unit, const struct nowcast_model *model);
void kalman_predict(struct kalman *k, const struct nowcast_model *model, const double *input, size_t t, double q);
/* The transition into month t > 0, as a matrix by row. */
void kalman_transition(const struct nowcast_model *model, size_t t, double *m);
void kalman_update(struct kalman *k, const struct nowcast_panel *panel, const struct nowcast_model *model,
		   const struct nowcast_unit *unit, int64_t year);
int64_t release_year(const struct nowcast_panel *panel, const struct nowcast_unit *unit, size_t t);
double release_variance(const struct nowcast_model *model, const struct nowcast_unit *unit, int64_t year);

#endif
