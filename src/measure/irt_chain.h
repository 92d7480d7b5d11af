/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * irt_chain.h - one Markov chain over the measurement model: its state, and the sweeps that move it.
 *
 * A rating of rater j is the category in which y = beta_j z + e falls among the rater's thresholds.
 */
#ifndef MEASURE_IRT_CHAIN_H
#define MEASURE_IRT_CHAIN_H

#include <tocsin/measure.h>
#include <tocsin/stats.h>

#define STEP_KINDS 5             /* sizes of a year's step */

/* Settings of the dynamic model, learned from the data, in this order. */
enum irt_setting {
	SETTING_CARRY,               /* correlation of a rater's errors in two years on end */
	SETTING_CARELESS,            /* share of careless raters */
	SETTING_SPREAD_RATER,        /* sd of a rater's thresholds about those of the country */
	SETTING_SPREAD_COUNTRY,      /* and of these about the world's */
	SETTING_SHARE,               /* share of steps of each size */
	N_SETTINGS = SETTING_SHARE + STEP_KINDS,
};

struct irt_chain {
	const struct irt_table *table;
	const double *prior;         /* by point; of vignettes only under the dynamic model */
	bool is_static;
	size_t cuts;                 /* thresholds: k - 1 */
	struct rng rng;
	size_t sweeps;
	uint64_t proposed, accepted;

	/* All numbers of the state stand in one block, so that a checkpoint is a copy of it. */
	double *block;
	size_t n_block;
	double *z;                   /* by point */
	double *beta;                /* by rater */
	double *cut;                 /* by rater, `cuts` each, rising */
	double *country_cut;         /* by unit */
	double *world_cut;
	double *setting;
	double *y;                   /* by rating; dynamic only */
	double *width;               /* by rater: of proposals for thresholds */
	double *point_width;         /* by point; static only */
	double *careless;            /* by rater: 1 or 0 */
	double *kind;                /* by point, of the step into it, as a number */
	double *sum_cut, *sum_cut2;  /* by rater and threshold, since the warm-up */
	double *sum_careless;
	double *kept;                /* draws in these sums */

	/* Made anew each sweep. */
	struct path_link *links;     /* by point */
	unsigned char *kinds;
	double *moved;               /* by rating */
	uint32_t *by_point, *point_first;   /* ratings of a point; static only */
	uint32_t *rater_of;          /* by rating */
	struct arena scratch;
};

/* Sizes of the steps, in standard deviations of the latent. */
extern const double irt_step_sizes[STEP_KINDS];

void chain_make(struct irt_chain *chain, const struct irt_table *table, const double *prior, bool is_static,
		struct arena *arena);
void chain_start(struct irt_chain *chain, uint64_t seed);   /* values to begin with, a little apart in each chain */
void chain_drop(struct irt_chain *chain);

void dynamic_sweep(struct irt_chain *chain, bool warming_up);
void static_sweep(struct irt_chain *chain, bool warming_up);
/* The rater's reliability, thresholds and, with them, y. */
void rater_sweep(struct irt_chain *chain, size_t rater, bool warming_up);
/* Thresholds of the countries and the world, given those of the raters. */
void cuts_sweep(struct irt_chain *chain, double spread_rater, double spread_country);

size_t chain_n_kept(const struct irt_chain *chain);   /* numbers of one draw */
/* latents, reliabilities, world thresholds, settings; adds to the sums of the rest. */
void chain_keep(struct irt_chain *chain, float *ret);

/* Means before the ratings, by point; of vignettes, spaced evenly by threshold. */
void prior_means(const struct irt_table *table, double *ret);

static inline bool is_vignette(const struct irt_table *table, size_t point)
{
	return point >= table->n_points - table->n_vignettes;
}

/* The bounds of y for a category under thresholds; a gap has none. */
static inline double cut_below(const double *cut, unsigned category)
{
	return category < 2 ? -__builtin_inf() : cut[category - 2];
}

static inline double cut_above(const double *cut, size_t cuts, unsigned category)
{
	return category == 0 || category > cuts ? __builtin_inf() : cut[category - 1];
}

#endif
