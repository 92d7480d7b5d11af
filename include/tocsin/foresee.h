/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * foresee.h - the chance of closing and of opening within two years.
 *
 * Of the electoral democracy index: at origin t (the last year of data) closing means that the lower of the
 * next two years' v2x_polyarchy is at least 0.05 below today's; opening is the mirror. A label of year s needs s+1
 * and s+2, so at origin t labels end with t-2. Three members speak: base rate, persistence, ridge logit.
 *
 * Of the six democratic spaces: an opening or closing by the two-year rule (Beger, Morgan and Maxwell) in t+1 or
 * t+2, labels end with t-3. Four members speak: boosted trees year by year, boosted trees of each space, a logit of
 * each question, paths of similar country-years; stacked and calibrated on resolved origins (docs/methods/forecast.md).
 *
 * Nothing later than t takes part in either; weights and maps of earlier rounds come as settings (learn).
 */
#ifndef TOCSIN_FORESEE_H
#define TOCSIN_FORESEE_H

#include <tocsin/model.h>

#define FORESEE_HORIZON 2      /* years */

struct foresee_setup {
	struct instant as_of;
	const struct atlas *atlas;   /* neighbours; NULL: all other units count as such */
	uint64_t seed;               /* of all that is drawn */
	size_t threads;              /* 0 and 1: one; the bytes are the same */
};

/*
 * Observations (v2x_polyarchy, the six spaces' indices; monthly pressure_threat and pressure_opportunity where
 * there are any), settings pulse.QUESTION.*, weight.QUESTION.MEMBER, calibration.QUESTION.*, drift.QUESTION.since and
 * pooled scores in; out two forecasts for each unit with v2x_polyarchy of the newest year, and two for each space
 * whose index it has. What became known after as_of takes no part. Too few labels (30 rows, 3 of either outcome)
 * leave the logit null with the reason; no labels at all, no forecast. Intervals of 90 %: of the first kind the 5th
 * to 95th percentile over resampled countries, widened to hold p; of the second the interval of the true chance.
 * Where there were events since the origin, `pulse` is the chance that they make of it, which p follows only where
 * pulse.QUESTION.on is 1 (docs/methods/pulse.md). O(100 * rows * terms), and some seconds for the spaces of 170
 * units.
 */
int foresee_run(const struct foresee_setup *setup, const struct records *in, struct records *out,
		struct err *err);

/* The words for a group of drivers, by its key in forecast.drivers; NULL when it is none. */
const char *foresee_group_words(const char *name);

/* ---- a panel of the six democratic spaces: the filter ---- */

struct foresee_panel {
	const char *name, *text;     /* CSV: gwcode or unit, year, the six indices, further columns (docs/methods/forecast.md) */
	size_t len;
	int64_t origin;              /* last year that is known */
	bool one_year;               /* the older rule of outcomes */
	uint64_t seed;
	size_t threads;              /* 1 or more; the bytes are the same */
	const struct atlas *atlas;   /* borders, by iso3; NULL: nobody has neighbours */
};

/*
 * The chance that each space of each country opens and closes in the two years after the origin. *ret: gwcode,origin,
 * up_INDEX,down_INDEX,... of every country that the panel lists at the origin; empty where an index is, and *said has
 * the reason. *detail (NULL: not wanted): gwcode,origin,index,direction,p,lo90,hi90 (of the true chance), base_rate,
 * country_rate, one column a member, skill in words. *paths (NULL): gwcode,origin,index,horizon,lo90,hi90.
 * ERR_DATA with file, line and column for a bad table, or when no model can learn. About 10 s of processor for 170
 * countries and 50 years; half a megabyte a country.
 */
int foresee_panel_run(const struct foresee_panel *request, struct buf *ret, struct buf *detail, struct buf *paths,
		      struct buf *said, struct err *err);

/* ---- does a forecast know its future? ---- */

/* Ways to tell a panel wrongly about what nobody knew at the origin. */
enum leak_kind {
	LEAK_CHANGE, LEAK_SHUFFLE, LEAK_DELETE, LEAK_REPEAT, LEAK_INVENT, LEAK_NEWCOMER,   /* rows of later years */
	LEAK_LATE,                   /* the origin year's cells of columns that are out a year late */
	LEAK_LABELS,                 /* names and regions in later rows */
	LEAK_ORDER,                  /* rows of the whole file */
	N_LEAK_KINDS
};
const char *leak_words(enum leak_kind kind);

struct leaks {
	size_t inputs[N_LEAK_KINDS];     /* times that the hash of what learners read stayed as it was */
	size_t masked[N_LEAK_KINDS];     /* of these, with later rows read and hidden by the origin, not dropped */
	size_t forecasts[N_LEAK_KINDS];  /* times that the bytes of the forecast did */
	size_t blows[2];                 /* to what was known: times that the hash, that the forecast changed, as they must */
	size_t cases;
	char hash[65];                   /* of the inputs */
};

/*
 * Tamper `times` times and compare the hash of every number that reaches a learner, `whole` times and compare every
 * byte of forecasts, details and paths; kinds by turns, drawn from the request's seed. The panel must go on beyond the
 * origin (ERR_DATA). ERR_INTEGRITY names the first tampering that was noticed, and the first number that it
 * changed; or says that a change to what was known went unnoticed, so that the test sees nothing. 0.19 s of processor
 * for each of `times` with 170 countries and 50 years.
 */
int foresee_leaks(const struct foresee_panel *panel, size_t times, size_t whole, struct leaks *ret, struct err *err);

struct foresee_question {
	const char *unit;            /* as the panel names it, or its iso3 */
	const char *space;           /* one of the six indices */
	int direction;               /* 1 opening, -1 closing */
};

/*
 * One forecast of a panel and why: chance with the interval of the true one, rates, skill; what drives it by group, on the
 * log-odds, adding up; similar cases of the past and what followed; what would change it most. In words, as one
 * JSON object, or both (NULL: not wanted). ERR_NOT_FOUND, with what there is, for an unknown country or
 * space, and for one without data at the origin.
 */
int foresee_panel_why(const struct foresee_panel *request, const struct foresee_question *question, struct buf *words,
		      struct buf *json, struct err *err);

/*
 * What acting on the chances would have been worth, at each cost/loss ratio in 0..1: direction,index,cost_loss,n,origins,
 * events,alerts,alerts_a_year,hits,false_alarms,misses,hit_rate,hit_lo90,hit_hi90,value,value_lo90,value_hi90,lead_months
 * by direction and index, and pooled ("all"). Counted on resolved origins forecast as they would have been then.
 * ERR_DATA when none is resolved.
 */
int foresee_panel_decide(const struct foresee_panel *request, const double *costs, size_t n_costs, struct buf *ret,
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
