/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * panel.h - the yearly figures of all units in one table: what features, labels
 * and fits are computed from.
 *
 * Cells are addressed [unit * n_years + year - first]; missing is NAN. Units are in
 * bytewise order and are those with at least one v2x_polyarchy.
 */
#ifndef FORESEE_PANEL_H
#define FORESEE_PANEL_H

#include <tocsin/model.h>

struct panel {
	size_t n_units, n_years;
	int64_t first;
	const char **units;
	const struct series **levels;   /* the series of v2x_polyarchy, one a unit */
	double *level;                  /* v2x_polyarchy, 0..1 */
	double *width;                  /* of its interval */
	double *regime;                 /* v2x_regime, 0..3 */
	double *pressure;               /* mean of the year's monthly pressure_threat */
	double *near_level;             /* mean level of the neighbours, of all others where none is known */
	double *near_change;            /* mean three-year change of the same */
};

enum { QUESTION_CLOSING, QUESTION_OPENING, N_QUESTIONS };
extern const char *const question_names[N_QUESTIONS];

/* Tables of the observations known as of a date. `atlas` NULL: nobody has neighbours. */
void panel_build(const struct records *in, struct instant as_of, const struct atlas *atlas,
		 struct arena *arena, struct panel *ret);
/* A cell of one of the tables above; NAN outside the years. */
double panel_at(const struct panel *panel, const double *table, size_t unit, int64_t year);
/* The last year in which any unit has a level; first - 1 when there is none. */
int64_t panel_last_year(const struct panel *panel);
/* 1 or 0: does the space close (open) in the two years after `year`? -1 not known by `horizon`,
   the last year that may be looked at. */
int panel_label(const struct panel *panel, int question, size_t unit, int64_t year, int64_t horizon);

#define MAX_FEATURES 24
struct feature {
	const char *name;
	double (*value)(const struct panel *panel, size_t unit, int64_t year);   /* from years <= year */
};
extern const struct feature features[];
extern const size_t n_features;
void feature_row(const struct panel *panel, size_t unit, int64_t year, double *ret);

#endif
