/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learn.h - what forecasts, alerts and responses were worth, and what follows.
 *
 * Forecasts issued before the date are scored once their two years are known:
 * Brier and log score, AUC, and the difference to the base rate with an interval
 * by resampling countries. Alerts count as hits when something adverse followed
 * within a year of their issue, as false alarms once it is known that nothing did.
 * From the scores come the weights of the ensemble and a multiplier for each rule's
 * level, which the next round reads.
 */
#ifndef TOCSIN_LEARN_H
#define TOCSIN_LEARN_H

#include <tocsin/model.h>

#define LEARN_HORIZON_DAYS 365

struct learn_setup {
	struct instant as_of;
	uint64_t seed;        /* of the bootstrap */
};

/*
 * Forecasts (only those with as_of before setup->as_of), observations of
 * v2x_polyarchy, alerts, outcomes and responses in; score and setting records out.
 * Of several forecasts of the same unit, question and origin the earliest counts.
 */
int learn_run(const struct learn_setup *setup, const struct records *in, struct records *out,
	      struct err *err);

/*
 * Resolved questions and their judgements in; of each forecaster (people, model, pool, median) a score a
 * question and one of all together (subject "all"). Skill is the Brier score of the kept median minus the
 * forecaster's; ordered answers are scored by the ranked probability score. learn_run does this too.
 */
int learn_judgements(const struct learn_setup *setup, const struct records *in, struct records *out, struct err *err);

#endif
