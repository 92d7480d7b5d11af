/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measure.h - where democracy stands and moves: changes of indices, candidate
 * episodes of regime transformation, and the monthly pressure of events.
 */
#ifndef TOCSIN_MEASURE_H
#define TOCSIN_MEASURE_H

#include <tocsin/model.h>

struct measure_setup {
	struct instant as_of;
	/* Weight of a civic class in a unit's pressure, from its profile; NULL: 1 for all. */
	double (*weight)(const void *user, const char *unit, const char *civic_class);
	const void *user;
};

/*
 * Observations and events in; out come, each with its origins:
 * - INDICATOR_change1 and _change5, over one year and five, for every indicator with intervals that is
 *   not a whole-numbered scale; the interval at 90 % takes both ends' errors as independent
 *   and the source's bounds as 68 %, as V-Dem's are;
 * - pressure_threat, pressure_opportunity and pressure_CLASS, monthly, for each month up to
 *   as_of that holds, or follows by at most two, an incident of that kind in the unit: the
 *   share of the unit's reported incidents that are such, drawn towards the share of all
 *   units up to that month, with a 90 % interval; n = reports of that kind, sources =
 *   independent voices behind it. Silence gives no value;
 * - episode records for v2x_polyarchy.
 * Of several sources of one unit and indicator the first by name speaks.
 */
int measure_run(const struct measure_setup *setup, const struct records *in, struct records *out,
		struct err *err);

/* ---- candidate episodes: arrays in, labels out (docs/methods/episodes.md) ---- */

struct episode_rule {
	double start_incl, cum_incl, year_turn, cum_turn;
	int tolerance;               /* years */
};

extern const struct episode_rule episode_default;   /* 0.01, 0.1, 0.03, 0.1, 5 */

/*
 * Label the years of candidate sequences (section 4 of the ERT description, Edgell et
 * al.): v[0..n) the index by year, NAN where missing; regime[0..n) 0..3, -1 where
 * missing; direction +1 opening, -1 closing. label[i] becomes 0 or the number of the
 * sequence, a later one overwriting. No rounding: comparisons are on the doubles as
 * given. Returns the largest label. O(n).
 */
int episode_label(const double *v, const int *regime, size_t n, int direction,
		  const struct episode_rule *rule, int *label);

/* How an episode ended, by the codes of ERT. */
enum episode_end {
	EPISODE_UNKNOWN = -1,        /* none of these: the reference drops it */
	EPISODE_OPEN,                /* fewer years than the tolerance are known since */
	EPISODE_STASIS,
	EPISODE_TURN,                /* within a year */
	EPISODE_SLIDE,               /* over some years */
	EPISODE_INTERRUPTED,         /* by a change of regime */
};

/*
 * Settle the end of a sequence whose labels reach from `first`, its pre-year, to *last (sections
 * 5.3-5.8): when it is known how it ended, *last moves back to its last step, and stays where it
 * is while the end is open. The same arrays as for episode_label.
 */
int episode_settle(const double *v, const int *regime, size_t n, int direction, const struct episode_rule *rule,
		   size_t first, size_t *last);

#endif
