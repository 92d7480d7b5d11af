/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pulse.h - a yearly chance moved by the events since its origin, month by month.
 *
 *	log-odds(p now) = log-odds(p) + beta * news
 *
 * `news` is the mean log-odds of the pressure in the months since the origin's year, against what the unit's own
 * past foretold for these months, in standard deviations of such errors. beta is learned by learn (settings
 * pulse.QUESTION.beta, .beta_sd); whether p itself follows is pulse.QUESTION.on. docs/methods/pulse.md.
 */
#ifndef FORESEE_PULSE_H
#define FORESEE_PULSE_H

#include <tocsin/foresee.h>

#define PULSE_MOST_MONTHS 24   /* after the origin's year: then the window is over */
#define PULSE_LEAST_YEARS 3    /* of the unit's past with these months */

struct pulse_month {
	int64_t month;               /* instant_month */
	double x;                    /* log-odds of the pressure */
};

/* The months since an origin beside the same months of the years before; NAN where none is known. */
struct pulse_past {
	double now, expected;        /* mean of the months; what the past makes of it */
	size_t years;                /* of the past, in which some of these months are known */
	double squares;              /* of the errors that the same way of expecting made in the past */
	size_t errors;
};

/* months[0..n) in order, one each; `until` is the first month that is not complete. O(n + years). */
void pulse_past_of(const struct pulse_month *months, size_t n, int64_t origin, int64_t until, struct pulse_past *ret);
/* `pooled`: mean square of all units' errors, worth four of the unit's own. Held within 3 either way; NAN when the months
   or their past are not known. */
double pulse_news(const struct pulse_past *past, double pooled);

struct pulse_chance {
	double p, low, high;
};

/* The interval is of the chance: that before and 90 % of beta, as if one told nothing of the other. No news or no beta: p
   is left to the bit. */
struct pulse_chance pulse_apply(const struct pulse_chance *before, double news, double beta, double sd);

/*
 * Give the forecasts of `out` that have none yet their `pulse`, `yearly` and `news`, or the reason why not, and where
 * pulse.QUESTION.on is 1 also p, low and high. `known` holds observations pressure_threat (for closing) and
 * pressure_opportunity (for opening), and settings; what became known after setup->as_of takes no part.
 */
void pulse_update(const struct foresee_setup *setup, const struct records *known, struct records *out);

#endif
