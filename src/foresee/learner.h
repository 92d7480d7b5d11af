/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learner.h - what a model must be able to do to speak in the ensemble.
 *
 * One more model is one file with a `struct learner` and a line in learners[].
 * A learner sees cases only, and of their labels only those that were final at the
 * cutoff; it draws nothing but from the seed, and uses one thread: the ensemble runs
 * several learners at a time.
 */
#ifndef FORESEE_LEARNER_H
#define FORESEE_LEARNER_H

#include "foresee/cases.h"

struct learner {
	const char *name;        /* of the member, as scores and weights know it */
	const char *words;
	/*
	 * Learn from the cases whose labels were final at `cutoff`. *ret is the learner's own, until close.
	 * ERR_DATA when there is nothing to learn from: too few cases, or one outcome only.
	 */
	int (*fit)(const struct cases *cases, int64_t cutoff, uint64_t seed, void **ret, struct err *err);
	/* Chances of the cases [first, past) into p[0..past - first). */
	int (*chance)(const void *model, const struct cases *cases, size_t first, size_t past, double *p, struct err *err);
	/*
	 * What each feature adds to the log-odds of one case, exactly (logit) or as Shapley values (trees):
	 * parts[N_CASE_FEATURES], the rest in *rest. NULL: the learner cannot say.
	 */
	int (*parts)(const void *model, const struct cases *cases, size_t row, double *parts, double *rest, struct err *err);
	void (*close)(void *model);   /* accepts NULL */
};

extern const struct learner learner_logit, learner_trees, learner_hazard, learner_walk;
extern const struct learner *const learners[];
extern const size_t n_learners;

#define LEARN_LEAST_ROWS 200      /* cases, and */
#define LEARN_LEAST_EVENTS 20     /* of either outcome, below which nothing is learned */

/* Weight of a case in learning: older years count less. */
double case_weight(int64_t cutoff, int64_t year);

#endif
