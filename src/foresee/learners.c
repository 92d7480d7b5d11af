/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learners.c - who speaks in the ensemble, those that take longest first. */
#include <math.h>

#include "foresee/learner.h"

#define YEARLY_FADE .98

const struct learner *const learners[] = {&learner_hazard, &learner_trees, &learner_logit, &learner_walk};
const size_t n_learners = LENGTH(learners);

double case_weight(int64_t cutoff, int64_t year)
{
	return pow(YEARLY_FADE, (double)(cutoff - year));
}
