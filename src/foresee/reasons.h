/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reasons.h - why a forecast is what it is: what drives it, what followed in similar cases, what would change it.
 *
 * Drivers are on the log-odds of the ensemble's chance, and they add up to it: each member's parts (exact
 * for the logit, Shapley values for the trees) by its weight. A member that cannot say, the walk, stands as one
 * part of its own. They say what the models look at, not what causes what.
 */
#ifndef FORESEE_REASONS_H
#define FORESEE_REASONS_H

#include "foresee/feature_words.h"
#include "foresee/outlook_interval.h"

struct drivers {
	size_t row;                          /* of cases */
	double part[N_CASE_FEATURES];
	double group[N_FEATURE_GROUPS];      /* sums of parts */
	double paths;                        /* members without parts: by how much they lie above the base rate */
	double paths_weight;                 /* their share of the weights, 0..1 */
	double start;                        /* what members say of the mean case, and the base rate for those without parts */
	double settled;                      /* what weighing and calibration added */
	double log_odds;                     /* of the chance: parts, paths, start and settled */
};

/* Of the i-th case of outlook->now, whose models are still open. */
int drivers_make(const struct outlook *outlook, size_t i, struct drivers *ret, struct err *err);

#define SIMILAR_SHOWN 5
#define SIMILAR_COUNTED 50

struct similar {
	size_t row;
	double distance;         /* in standard deviations, features weighted by the size of their part */
	double moved;            /* of the index over the two years after; NAN */
};

struct similars {
	struct similar shown[SIMILAR_SHOWN];    /* nearest first, one a country at most */
	size_t n_shown;
	size_t counted, events;  /* nearest cases, no two of a country with outcome years in common */
	struct interval share;   /* 90 %, of events; NAN without a case */
};

/* What every search shares: of each question its resolved cases, and the scale of their features. */
struct question_scale {
	size_t n, *row;
	double mean[N_CASE_FEATURES], spread[N_CASE_FEATURES];   /* spread 0: it never varies */
};

struct likeness {
	const struct outlook *outlook;
	struct question_scale of[MOST_QUESTIONS];
};

/* The arena owns the lists. O(cases * features). */
void likeness_learn(const struct outlook *outlook, struct arena *arena, struct likeness *ret);

/*
 * Resolved cases of the same question near the drivers' case. A value that one side lacks counts as one standard
 * deviation; of equal distances the newer year comes first. About 2 ms among 8,000 cases.
 */
void similars_find(const struct likeness *likeness, const struct drivers *drivers, struct similars *ret);

#define SIMILAR_KEPT 256
/* The nearest of all, whichever their country; how many. `moved` is not set. */
size_t similars_nearest(const struct likeness *likeness, const struct drivers *drivers, struct similar ret[SIMILAR_KEPT]);

#define CHANGES_SHOWN 3

/* One group of features as it was in another case, all else as it is. */
struct change {
	enum feature_group group;
	enum feature feature;    /* whose part changes most */
	size_t donor;            /* the case it was taken from, in cases */
	double before, after;    /* values of the feature */
	double p;                /* the chance then */
	struct interval reach;   /* of it, 90 %; NAN when not learned */
};

struct changes {
	struct change v[CHANGES_SHOWN];      /* those that change most, first */
	size_t n;
};

/*
 * Donors are the nearest resolved cases and the country's own last ten years of the question. For each
 * group that can change within a year the donor is taken that stands at the 10th or 90th percentile
 * of the chances they give, whichever moves it more. The walk is held: it sees the whole path. Deterministic.
 */
int changes_find(const struct likeness *likeness, size_t i, const struct drivers *drivers,
		 const struct chance_scatter *scatter, struct changes *ret, struct err *err);

/* ---- in words and as JSON, canonical: keys in bytewise order ---- */

void drivers_words(struct buf *buf, const struct outlook *outlook, const struct drivers *drivers);
void similars_words(struct buf *buf, const struct outlook *outlook, const struct similars *similars);
/* `now` is the interval of the chance as it stands. */
void changes_words(struct buf *buf, const struct outlook *outlook, const struct drivers *drivers,
		   const struct changes *changes, struct interval now);
void reach_words(struct buf *buf, struct interval reach);

/* Group -> contribution, and paths, settled, start: what a forecast keeps as its drivers. */
void drivers_json(struct buf *buf, const struct drivers *drivers);
/* The features with the largest parts: [{"feature","group","part","value","words"}]. */
void features_json(struct buf *buf, const struct outlook *outlook, const struct drivers *drivers);
/* {"cases":[{"distance","happened","moved","unit","year"}],"events","high","low","n"} */
void similars_json(struct buf *buf, const struct outlook *outlook, const struct similars *similars);
/* [{"after","before","feature","group","high","low","unit","year"}] */
void changes_json(struct buf *buf, const struct outlook *outlook, const struct changes *changes);
/* drivers_json and similars_json of the i-th case of outlook->now, for its record. */
int reasons_record(const struct likeness *likeness, size_t i, struct arena *arena, const char **ret_drivers,
		   const char **ret_similar, struct err *err);

#endif
