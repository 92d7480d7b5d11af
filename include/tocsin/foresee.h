/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * foresee.h - the chance of closing and of opening within two years.
 *
 * At origin t (the last year of data) closing means that the lower of the next two
 * years' v2x_polyarchy is at least 0.05 below today's; opening is the mirror. A
 * label of year s needs s+1 and s+2, so at origin t labels end with t-2: nothing
 * later than t takes part. Three members speak: the base rate, persistence, and a
 * ridge logit; their weights come from the scores of earlier forecasts (learn).
 */
#ifndef TOCSIN_FORESEE_H
#define TOCSIN_FORESEE_H

#include <tocsin/model.h>

#define FORESEE_HORIZON 2      /* years */

struct foresee_setup {
	struct instant as_of;
	const struct atlas *atlas;   /* neighbours; NULL: all other units count as such */
	uint64_t seed;               /* of the bootstrap */
};

/*
 * Observations (v2x_polyarchy; monthly pressure_threat where there is any), settings
 * weight.QUESTION.MEMBER and pooled scores in; two forecasts out for each unit with
 * data of the newest year. What became known after as_of takes no part. Too few labels
 * (30 rows, 3 of either outcome) leave the logit null with the reason; no labels at all,
 * no forecast. The interval is the 5th
 * to 95th percentile of 100 refits over resampled countries, widened to hold p.
 * O(100 * rows * terms^2).
 */
int foresee_run(const struct foresee_setup *setup, const struct records *in, struct records *out,
		struct err *err);

/* ---- the pure core, shared with learn ---- */

/* Values by unit and year; NAN where there is none. */
struct panel {
	const char **units;       /* sorted */
	size_t n_units;
	int64_t first, last;      /* years */
	double *value;            /* n_units x (last - first + 1) */
	const struct observation **cell;   /* the records behind; NULL where there is none */
};

/* Of one indicator; of several sources the first by name counts. */
void panel_build(const struct records *in, const char *indicator, struct arena *arena, struct panel *ret);
double panel_value(const struct panel *panel, size_t unit, int64_t year);   /* NAN outside */
/* Did it close (direction -1) or open (+1) after year s? 1, 0, or -1 when s+1 or s+2 is not known. */
int panel_label(const struct panel *panel, size_t unit, int64_t year, int direction);

#endif
