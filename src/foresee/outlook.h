/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outlook.h - the forecasts of one origin: learners, stacked and calibrated on what has come due.
 *
 * Every learner is fitted at the origin and again at two earlier cutoffs, from which it forecasts the
 * resolved origins that followed, as it would have then. On those the weights of the learners and the
 * calibration are learned, so that neither looks at a case that its learner was fitted on. Nothing
 * is kept between calls; every sum has one order, so the number of threads changes no byte.
 */
#ifndef FORESEE_OUTLOOK_H
#define FORESEE_OUTLOOK_H

#include <tocsin/stats.h>

#include "foresee/learner.h"

#define MOST_MEMBERS 8
#define MOST_QUESTIONS (2 * N_SIX_SPACES)

struct outlook_setup {
	const struct history *history;
	const struct space *spaces;
	size_t n_spaces;
	enum space_rule rule;
	int64_t origin;
	uint64_t seed;
	size_t threads;              /* 1 or more */
	const bool *borders;         /* n_units x n_units; NULL */
	double prior[MOST_MEMBERS];  /* weights of the learners that earlier rounds taught; all 0: equal ones */
};

/* Cases with what each member said of them. */
struct said {
	size_t n;
	size_t *row;                 /* in cases */
	double *member[MOST_MEMBERS];
	double *raw, *p;             /* stacked; calibrated */
	double *base_rate, *country_rate;   /* of what was settled when it was said */
	int64_t *cutoff;             /* when the learners stopped learning */
};

struct outlook {
	struct cases cases;
	uint64_t seed;
	struct said now;             /* cases of the origin */
	struct said past;            /* resolved ones, by year; outcomes in cases.y */
	bool speaks[MOST_MEMBERS];   /* the learner could learn */
	const char *silent[MOST_MEMBERS];   /* why not */
	double prior[MOST_MEMBERS], weight[MOST_MEMBERS];
	double shift[MOST_QUESTIONS];   /* on the log-odds, by space * 2 + (opening) */
	struct drift drift[2];       /* of openings, of closings */
	bool stacked;                /* weights were learned, not equal */
	void *model[MOST_MEMBERS];   /* fitted at the origin; NULL when silent */
	char inputs[65];             /* cases_hash */
};

/* ERR_DATA with the reason when no learner could learn. The arena owns everything but the models. */
int outlook_make(const struct outlook_setup *setup, struct arena *arena, struct outlook *ret, struct err *err);
void outlook_close(struct outlook *outlook);

#endif
