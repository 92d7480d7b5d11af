/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resolved.h - forecasts whose two years are known, with what came of them. */
#ifndef LEARN_RESOLVED_H
#define LEARN_RESOLVED_H

#include <tocsin/learn.h>

enum { LEARN_MEMBERS = 4 };
extern const char *const learn_members[LEARN_MEMBERS];   /* ensemble, base_rate, persistence, logit */

struct resolved {
	const struct forecast *forecast;
	double p[LEARN_MEMBERS];     /* NAN: the member did not speak */
	unsigned char y;
	size_t country;              /* 0..n_countries-1 */
};

struct resolved_set {
	struct resolved *v;          /* by question, origin, unit */
	size_t n, n_countries;
};

void resolved_build(const struct learn_setup *setup, const struct records *in, struct arena *arena,
		    struct resolved_set *ret);
/* Scores of forecasts and the ensemble's weights. */
void learn_forecasts(const struct learn_setup *setup, const struct resolved_set *set, struct records *out);
/* Scores of rules, their thresholds, and the time from trigger to response. */
void learn_alerts(const struct learn_setup *setup, const struct records *in, struct records *out);

#endif
