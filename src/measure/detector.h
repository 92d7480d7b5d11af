/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * detector.h - what the files of the real-time detector share: a country as it looked in a year,
 * the features of that look, the models, and the words.
 */
#ifndef MEASURE_DETECTOR_H
#define MEASURE_DETECTOR_H

#include <tocsin/measure.h>
#include <tocsin/stats.h>

#define DETECTOR_WINDOW 40     /* years that a look goes back */
#define DETECTOR_FOLDS 5
#define DETECTOR_LOOKS 2        /* at each year to learn from, as differently revised */
#define DETECTOR_DRAWS 200     /* of countries, for intervals */

/* The sequence that is under way in the last year of a look, over draws of the index; one a direction. */
enum { RUN_MANIFEST, RUN_OPEN, RUN_FRESH, RUN_HALF, RUN_SIZE, RUN_ROOT, RUN_STASIS, RUN_PARTS };

enum feature {
	CLOSING_RUN,
	OPENING_RUN = CLOSING_RUN + RUN_PARTS,
	CHANGE_1 = OPENING_RUN + RUN_PARTS, CHANGE_2, CHANGE_3, CHANGE_5, CHANGE_10,
	SCALED_1, SCALED_2, SCALED_3, SCALED_5,
	BELOW_5, BELOW_10, ABOVE_5, ABOVE_10, SINCE_HIGH, SINCE_LOW,
	LEVEL, MIDDLE, REGIME_1, REGIME_2, REGIME_3,
	WIDTH, VOLATILITY,
	WORLD_CHANGE_1, WORLD_CHANGE_3, WORLD_BALANCE, WORLD_CLOSING, WORLD_OPENING,
	FEATURES
};

/* The last n years that are known of a country, the last of which is `year`; the last two have values. */
struct look {
	size_t n;
	int year;
	double v[DETECTOR_WINDOW], sd[DETECTOR_WINDOW];
	int8_t regime[DETECTOR_WINDOW];
};

/* All countries in a year, as they looked then. */
struct world {
	double change1, change3;       /* means */
	double balance;                /* share with a step down less share with one up */
	double closing, opening;       /* shares in an episode, by what was known then */
};

/* ---- detector_look.c ---- */

/* The look at `year` at a country of the table; false when that year or the one before has no value. */
bool look_at(const struct ert_input *in, const double *sd, int year, struct look *ret);
/* As another release may have it: each year is off by its sd times an error, of which the newest years' is the least
   settled. Rounded to three decimals, as releases are. */
void look_revise(const struct look *look, struct rng *rng, struct look *ret);
/* The worlds of years [in panel). One a year of the table. */
void worlds_fill(const struct ert_table *table, const struct episode_rule *rule, int threads, struct world *worlds);

/* ---- detector_features.c ---- */

void look_features(const struct look *look, const struct world *world, const struct episode_rule *rule,
		   struct rng *rng, double x[FEATURES]);
/* The sequence under way in the last year; false when there is none. *ret indexes the look. */
bool look_run(const struct look *look, const struct episode_rule *rule, int direction, struct ert_span *ret);
/* Years since the last step that counts, of a run that look_run found. */
size_t look_stasis(const struct look *look, const struct episode_rule *rule, int direction, const struct ert_span *run);

/* ---- detector_fit.c ---- */

struct sample {                        /* country-years to learn from, by country */
	double *x;                     /* n x FEATURES */
	unsigned char *y[2];           /* opening, closing: as the file has it in the end */
	uint32_t *country;             /* of the table */
	size_t n;
};

/* Of one direction, learned without the countries of one fold. */
struct model {
	struct arena arena;
	struct logit fit;
	double shift, slope;           /* calibrated log-odds = shift + slope * those of the fit */
	double *drawn;                 /* DETECTOR_DRAWS x (n_terms + 1): beta had other countries been seen */
	int r;                         /* of the fit */
	struct err err;
};

struct models {
	struct model v[2][DETECTOR_FOLDS];
	const unsigned char *fold;     /* by country of the table */
};

/* folds[c] of every country, by its id alone. */
void folds_deal(const struct ert_table *table, unsigned char *folds);
int models_train(const struct sample *sample, const struct ert_table *table, const unsigned char *folds,
		 uint64_t seed, int threads, struct models *ret, struct err *err);
void models_free(struct models *models);
double model_chance(const struct model *model, const double *x);
struct interval model_interval(const struct model *model, const double *x, double level);

/* ---- detector_words.c ---- */

/* What moved, and what raised and lowered the chance of closing. */
void detector_reason(const struct model *model, const struct look *look, const struct world *world,
		     const struct episode_rule *rule, const double *x, struct buf *buf);

/* ---- detector.c ---- */

/* job(data, i) for i in [0, n), in any order. */
void jobs_run(void (*job)(void *data, size_t i), void *data, size_t n, int threads);

#endif
