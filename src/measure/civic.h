/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * civic.h - civic space by dimension, from rebased sources and decaying incidents.
 *
 * docs/methods/civic-space.md has the formulas. Times are days since 1970 and months since year 0.
 */
#ifndef MEASURE_CIVIC_H
#define MEASURE_CIVIC_H

#include <tocsin/measure.h>

enum { CIVIC_EXPRESSION, CIVIC_ASSOCIATION, CIVIC_ASSEMBLY, CIVIC_SPACE, CIVIC_VALUES };   /* three, and their mean */
#define CIVIC_DIMENSIONS 3

extern const char *const civic_names[CIVIC_VALUES];   /* civic_expression, ... civic_space */

struct civic_indicator {
	const char *name;
	double low, high;            /* the values that stand for 0 and 100 */
	double weight, sd;
	double slack;                /* points by which it may lie beside what is meant */
	unsigned dimensions;         /* bits */
	bool log_odds;
	size_t line;
};

struct civic_panel {
	const char *unit, *reason, *by;
	int band;
	struct instant date, until;
	size_t line;
};

struct civic_frame {
	double cuts[CIVIC_BANDS - 1], hysteresis;
	double prior, prior_sd;
	double years, drift, since;
	double limit, half_life, horizon, volume, noise;
	double watch_chance, watch_fall;
	int dimension[16];           /* by civic class; -1: of none */
	double severity[16];
	struct civic_indicator *indicators;
	size_t n_indicators, cap_indicators;
	struct civic_panel *panels;
	size_t n_panels, cap_panels;
};

const struct civic_indicator *civic_indicator_find(const struct civic_frame *frame, const char *name);
/* The panel's decision that holds on a day; NULL if there is none. */
const struct civic_panel *civic_panel_on(const struct civic_frame *frame, const char *unit, int64_t day);
int civic_band_named(const char *text);   /* 0..4 by name or 1..5; -1 if neither */

struct civic_source {
	const struct civic_indicator *indicator;
	int64_t month;               /* it speaks of, its last */
	double value, sd;            /* raw; sd NAN: the frame's */
	const struct observation *from;   /* NULL in a filter */
};

struct civic_incident {
	int64_t day;
	int signal;                  /* -1 violation, 1 opening, 0 neither */
	int dimension;               /* -1: counts for the volume only */
	double points;               /* negative: a violation */
	double confidence;
	const char *civic_class;
	const struct event **events; /* the reports of it */
	size_t n;
};

struct civic_unit {
	const char *unit;
	struct civic_source *sources;    /* any order */
	size_t n_sources;
	struct civic_incident *incidents;   /* by day */
	size_t n_incidents;
};

struct civic_part {              /* what one source or incident adds to a dimension */
	const struct civic_source *source;       /* its share of the base */
	const struct civic_incident *incident;   /* its points */
	int dimension;
	double share;
};

struct civic_estimate {
	double base, live, value, sd;
	double p[CIVIC_BANDS];
};

struct civic_rating {
	struct civic_estimate v[CIVIC_VALUES];
	int band;                    /* the likeliest */
	int rating;                  /* after hysteresis and the panel */
	const struct civic_panel *panel;
	double fall;                 /* points that incidents of the last 90 days took, net */
	bool watch;
	size_t n_sources, n_incidents;
};

/*
 * The rating at the end of a day. `before`: the rating until then, -1 for none. parts (NULL: not wanted)
 * has room for 3 * (n_sources + n_incidents). O(n).
 */
void civic_rate(const struct civic_frame *frame, const struct civic_unit *unit, int64_t day, int before,
		struct civic_rating *ret, struct civic_part *parts, size_t *n_parts);

/* Units by key, with the incidents of their events: reports of one class and signal a day apart are one. */
void civic_add_events(const struct civic_frame *frame, const struct records *in, struct instant as_of,
		      struct arena *arena, struct civic_unit **ret, size_t *ret_n);
const struct civic_unit *civic_unit_find(const struct civic_unit *units, size_t n,
					 const char *unit);   /* by key; NULL */
/* The months of a unit in which a rating is made: Decembers that a source speaks of, and months with an
   incident within the horizon, up to `last`. Ascending. */
size_t civic_months(const struct civic_frame *frame, const struct civic_unit *unit, int64_t last, struct arena *arena,
		    int64_t **ret);
int64_t month_last_day(int64_t month);

/* ---- learning from labels ---- */

struct civic_table {             /* one row a unit, NAN where missing */
	const char **units, **features;
	double *x;                   /* n x k, curved */
	int *label;                  /* -1: none */
	size_t n, k;
};

struct civic_learnt {
	double *p;                   /* n x CIVIC_BANDS: out of fold for labelled rows, from all labels for the others */
	int *fold;                   /* -1: not labelled */
	double kappa, within_one, exact, ece, ridge;
	size_t labelled;
};

/* ERR_DATA with fewer labelled rows than folds, or labels of one band only. */
int civic_learn(const struct civic_table *table, size_t folds, uint64_t seed, struct arena *arena,
		struct civic_learnt *ret, struct err *err);
/* Cohen's kappa with quadratic weights (1968); NAN when expected disagreement is 0. */
double quadratic_kappa(const int *a, const int *b, size_t n, int classes);

#endif
