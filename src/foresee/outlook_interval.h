/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outlook_interval.h - intervals of the true chances behind an outlook, from its own resolved forecasts. */
#ifndef FORESEE_OUTLOOK_INTERVAL_H
#define FORESEE_OUTLOOK_INTERVAL_H

#include "foresee/chance_interval.h"
#include "foresee/outlook.h"

/* From what the ensemble said of the resolved cases. The outlook must have been made. */
void outlook_scatter(const struct outlook *outlook, struct chance_scatter *ret);
/* Of the i-th case of outlook->now; NAN when nothing was learned. */
struct interval outlook_interval(const struct outlook *outlook, const struct chance_scatter *scatter, size_t i, double level);

#endif
