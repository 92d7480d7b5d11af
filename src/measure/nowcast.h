/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nowcast.h - where a yearly index stands this month: a local level between releases, moved by monthly inputs.
 *
 *	level[t] = level[t-1] + loading' input[t] + step,  step ~ N(0, q of the unit)
 *	release of year Y = mean (or December's level) of its twelve months + error, `lag` months after its end
 *
 * docs/methods/nowcast.md. The filter walks in monthly time and sees a year only once it is released. Each unit's q is
 * not known: a grid of them is run, weighed by the units' likelihoods, and every estimate is the mixture.
 */
#ifndef MEASURE_NOWCAST_H
#define MEASURE_NOWCAST_H

#include <tocsin/measure.h>

#define NOWCAST_GRID 13
#define NOWCAST_INPUTS 12     /* most; two an indicator */

struct civic_unit;

struct nowcast_unit {
	const char *unit;
	int64_t first_year;
	size_t years, months;        /* months >= 12 * years: to the last asked for */
	const double *y, *sd;        /* by year: release and its error; NAN where missing */
	const double *input;         /* months x inputs, standardised; 0 where nothing is known */
};

struct nowcast_panel {
	struct nowcast_unit *units;
	size_t n, inputs;
	int64_t lag;                 /* 0..12 */
};

struct nowcast_model {
	bool december;               /* a release speaks of December, not of the year's mean */
	double error_scale;          /* of the releases' stated errors */
	double fallback_sd;          /* of a release without one */
	double q[NOWCAST_GRID], weight[NOWCAST_GRID];
	double spread;               /* of the level before the first release */
	double loading[NOWCAST_INPUTS];
	double loading_cov[NOWCAST_INPUTS * NOWCAST_INPUTS];
	double prior_sd;             /* of the loadings; 0: the inputs do not help and are left out */
	size_t inputs;
	double log_likelihood;
};

/* Whether a release speaks of the year's mean or of December is seldom plain: both, by their evidence. */
struct nowcast_models {
	struct nowcast_model of[2];  /* the year's mean; December */
	double chance[2];
	bool taught;                 /* something moved: without that nobody knows how far a month may go */
};

struct nowcast_point {
	double value, low, high;     /* at 90 % */
};

/* Learn from the units with use[i] (NULL: all). Units with fewer than two releases teach nothing. O(units * months). */
void nowcast_learn(const struct nowcast_panel *panel, const bool *use, struct nowcast_models *ret);

/*
 * now[0..months): as seen at each month's end; then[0..months): with all releases known. Either may be NULL, and
 * intervals are NAN when nothing was taught. foretold
 * [0..years): what each release was expected to be in the month before it came, NAN where missing or nothing was known before.
 */
void nowcast_run(const struct nowcast_panel *panel, const struct nowcast_models *models,
		 const struct nowcast_unit *unit,
		 struct nowcast_point *now, struct nowcast_point *then, struct nowcast_point *foretold);

struct nowcast_score {
	size_t releases, units;
	double rmse, rmse_carried,
			rmse_without;     /* of the nowcast; of the last release; of the model without inputs */
	double gain, gain_low, gain_high;            /* 1 - rmse / rmse_carried, 90 % over units */
	double input_gain, input_low, input_high;    /* 1 - rmse / rmse_without */
	double coverage;                             /* of the 90 % intervals of releases */
	bool skill;                                  /* both lower ends are above 0 */
};

/* Score releases foretold by models that other units taught. Deterministic by seed. */
void nowcast_judge(const struct nowcast_panel *panel, uint64_t seed, struct nowcast_score *ret);

/*
 * Make the inputs of monthly indicators, two of each, and hand them to the units. raw[i]: months x inputs / 2, NAN where
 * missing; inputs[i]: room for months x inputs.
 */
void nowcast_inputs(struct nowcast_panel *panel, double *const *raw, double *const *inputs);
/* Monthly balance of incidents, (openings - violations) / (both + 2); NAN in months without. */
void nowcast_balance(const struct civic_unit *unit, int64_t first_month, size_t months, double *ret);

#endif
