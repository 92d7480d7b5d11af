/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decision.h - what a chance is worth to somebody who must act or not.
 *
 * Acting costs C and avoids a loss L if the event comes: with chances that come true as often as they say it pays
 * to act where p >= C/L, the cost/loss ratio a (Murphy 1977; Richardson 2000). Who bears a small cost against
 * a large loss acts early and often, who bears a large one late and seldom. Everything here is counted on
 * resolved forecasts that were made as they would have been then.
 */
#ifndef FORESEE_DECISION_H
#define FORESEE_DECISION_H

#include <tocsin/stats.h>

struct decision_row {
	double p;
	unsigned char y;         /* the event fell in the first or second year after the origin */
	int8_t years;            /* to the end of the event's first year: 1 or 2; 0 when y is 0 */
	uint32_t unit;           /* below n_units */
	int64_t origin;
};

struct decision {
	double cost_loss;
	size_t n, origins;
	size_t events, alerts, hits, misses, false_alarms;
	double alerts_a_year;    /* alerts an origin; NAN without rows */
	double hit_rate;         /* hits of alerts; NAN without an alert */
	struct interval hit_reach;
	double value;            /* relative to the better of always and never acting, 1 perfect; NAN: one outcome only */
	struct interval value_reach;
	double lead_months;      /* mean over hits, from the origin's end to the end of the event's year; NAN without a hit */
};

/* Rows in any order; 0 < cost_loss < 1. Intervals are 90 %, countries resampled. O(n + draws * n_units). */
void decision_make(const struct decision_row *rows, size_t n, size_t n_units, double cost_loss, uint64_t seed,
		   struct decision *ret);

#endif
