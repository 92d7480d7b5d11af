/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * foresee.h - the chance of closing and of opening within two years.
 *
 * At origin t (the last year of data) closing means that the lower of the next two
 * years' v2x_polyarchy is at least 0.05 below today's; opening is the mirror. A
 * label of year s needs s+1 and s+2, so at origin t labels end with t-2: nothing
 * later than t takes part. Three members speak: the base rate, persistence, and a
 * ridge logit; their weights come from the scores of earlier forecasts (learn).
 */
#ifndef TOCSIN_FORESEE_H
#define TOCSIN_FORESEE_H

#include <tocsin/model.h>

#define FORESEE_HORIZON 2      /* years */

struct foresee_setup {
	struct instant as_of;
	const struct atlas *atlas;   /* neighbours; NULL: all other units count as such */
	uint64_t seed;               /* of the bootstrap */
};

/*
 * Observations (v2x_polyarchy; monthly pressure_threat and pressure_opportunity where there are any), settings
 * weight.QUESTION.MEMBER, pulse.QUESTION.beta, .beta_sd and .on, and pooled scores in; two forecasts out for each unit with
 * data of the newest year. What became known after as_of takes no part. Too few labels
 * (30 rows, 3 of either outcome) leave the logit null with the reason; no labels at all,
 * no forecast. The interval is the 5th
 * to 95th percentile of 100 refits over resampled countries, widened to hold p. Where there were events since the origin,
 * `pulse` is the chance that they make of it, which p follows only where pulse.QUESTION.on is 1 (docs/methods/pulse.md).
 * O(100 * rows * terms^2).
 */
int foresee_run(const struct foresee_setup *setup, const struct records *in, struct records *out,
		struct err *err);

/* ---- the pure core, shared with learn ---- */

/* Values by unit and year; NAN where there is none. */
struct panel {
	const char **units;       /* sorted */
	size_t n_units;
	int64_t first, last;      /* years */
	double *value;            /* n_units x (last - first + 1) */
	const struct observation **cell;   /* the records behind; NULL where there is none */
};

/* Of one indicator; of several sources the first by name counts. */
void panel_build(const struct records *in, const char *indicator, struct arena *arena, struct panel *ret);
double panel_value(const struct panel *panel, size_t unit, int64_t year);   /* NAN outside */
/* Did it close (direction -1) or open (+1) after year s? 1, 0, or -1 when s+1 or s+2 is not known. */
int panel_label(const struct panel *panel, size_t unit, int64_t year, int direction);

/* ---- people and the model: judgements pooled, the life of a question ---- */

struct pool_setup {
	struct instant as_of;        /* judgements, forecasts and outcomes known later take no part */
	uint64_t seed;               /* of the resampling */
};

struct pool_member {
	const char *forecaster;      /* a pseudonym, or model */
	const struct judgement *judgement;
	const double *p;             /* by answer, held within CHANCE_LEAST and CHANCE_MOST */
	bool clipped;
	double weight;               /* they sum to 1 */
	double skill;                /* Brier score gained on the median in past questions, shrunk towards 0 */
	size_t past;                 /* questions behind it */
};

struct pool {
	const struct question *question;
	struct answers answers;
	double *p, *low, *high;      /* of the pool, by answer; 90 % when forecasters are resampled, NAN with why */
	double *median, *median_low, *median_high;   /* of the same, without weights; scaled to sum to 1 */
	const char *interval_missing;    /* why low and high are NAN; NULL */
	struct pool_member *members;     /* by pseudonym */
	size_t n_members;
	double extremity;            /* a in 1..3 */
	const char *extremity_why;
	size_t resolved;             /* questions resolved before the closing, that weights and a rest on */
	bool clipped;                /* the pool was held within the bounds */
};

struct pool_book;

/*
 * Questions, judgements, forecasts in; of several records of a key the newest known counts. A question
 * tied to a forecast has `model` among its forecasters: the judgement kept at the closing, else the last
 * forecast made before. ERR_DATA names a judgement that does not fit its question. The arena owns the
 * book, which keeps pointers to the records.
 * O(questions x judgements); a hundred thousand pairs take some milliseconds.
 */
int pool_open(const struct pool_setup *setup, const struct records *in, struct arena *arena,
	      struct pool_book **ret, struct err *err);
/*
 * Chances proportional to exp(a * weighted mean of ln p), which with two answers is
 * logistic(a * weighted mean log-odds). Weights and a look at questions resolved before the day of the
 * closing only (before as_of, if that is earlier). ERR_NOT_FOUND when there is no such question or nobody answered.
 */
int pool_make(const struct pool_book *book, const char *key, struct arena *arena, struct pool *ret, struct err *err);
/* Judgements of `model` (where it was not kept yet), `pool` and `median` of a question, known at as_of. */
int pool_judgements(const struct pool_book *book, const char *key, struct records *out, struct err *err);
/* The same for every question that somebody answered and that is not void. */
int pool_run(const struct pool_setup *setup, const struct records *in, struct records *out, struct err *err);

/*
 * Steps in the life of a question: each makes the record to be kept, known at `at`. A step that may not
 * be taken is ERR_CONFLICT with what stands against it.
 */

/* Announce `wanted`, or change what was announced: `stored` (NULL: none) and not open by `at`. The same
   again gives `stored` back. Its status becomes open. */
int question_open(const struct question *stored, struct question *wanted, struct instant at, struct arena *arena,
		  struct question **ret, struct err *err);
/* p by answer, clipped if need be; reason may be NULL. Refused before the opening and after the closing. */
int question_answer(const struct question *question, const char *forecaster, const double *p, const char *reason,
		    struct instant at, struct arena *arena, struct judgement **ret, struct err *err);
/* Once the closing is past: the question, closed, and what pool_judgements makes of `in`. */
int question_close(const struct question *question, const struct records *in, struct instant at, uint64_t seed,
		   struct records *out, struct err *err);
/* A closed question gets its outcome. `resolved` says when that came about, `source` what says so. */
int question_resolve(const struct question *question, const char *outcome, const char *source,
		     struct instant resolved, struct instant at, struct arena *arena, struct question **ret,
		     struct err *err);
/*
 * By its rule for a machine, from observations of its unit known at `at`: the first answer when a period that
 * begins by `until` and ends after the opening meets the threshold, the second once the period with `until` is
 * known and none did. Of several sources the first by name counts. ERR_NOT_FOUND while the data do not tell.
 */
int question_resolve_rule(const struct question *question, const struct records *in, struct instant at,
			  struct arena *arena, struct question **ret, struct err *err);
int question_void(const struct question *question, const char *reason, struct instant at, struct arena *arena,
		  struct question **ret, struct err *err);

#endif
