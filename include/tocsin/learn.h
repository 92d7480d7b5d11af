/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learn.h - what forecasts, alerts and responses were worth, and what follows.
 *
 * Forecasts issued before the date are scored once their years are known, by question,
 * country group, year and member: proper scores, ranks, calibration beside the floor that
 * their number sets, and the difference to the base rate and to the country's own rate
 * with an interval by resampling countries. Taken as warnings they have hits, misses and
 * a lead time. Alerts count as hits when something adverse followed
 * within a year of their issue, as false alarms once it is known that nothing did.
 * From the scores come the weights of the ensemble, maps of calibration with the origin since
 * which they hold, and a multiplier for each rule's level, which the next round reads.
 */
#ifndef TOCSIN_LEARN_H
#define TOCSIN_LEARN_H

#include <tocsin/model.h>

#define LEARN_HORIZON_DAYS 365

/* Whoever gives a chance: what is scored, and what stands in a score's `member`. One more is one line in resolved.c. */
struct learn_member {
	const char *name;
	const char *field;    /* of kind forecast; one that the kind does not have never spoke */
	bool weighed;         /* part of the ensemble */
};

#define LEARN_MOST_MEMBERS 16
extern const struct learn_member learn_members[];
extern const size_t n_learn_members;
bool learn_member_exists(size_t member);   /* has the kind its field? */

struct learn_setup {
	struct instant as_of;
	uint64_t seed;        /* of the bootstrap */
};

/*
 * Forecasts (only those with as_of before setup->as_of), observations of the
 * indices, units, alerts, outcomes and responses in; score and setting records out.
 * Of several forecasts of the same unit, question and origin the earliest counts.
 * Settings in that are pinned come out as they are.
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
