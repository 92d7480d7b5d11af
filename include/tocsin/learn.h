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
 * Chances updated by events since the origin are scored against those before, and used where that shows skill.
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
	unsigned weighed;     /* part of the ensemble of: */
};

#define WEIGHED_INDEX 1   /* the electoral democracy index */
#define WEIGHED_SPACE 2   /* a democratic space */
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

/* ---- too good to be true ---- */

#define LEARN_ALARM "too good to be true"
#define LEARN_ALARM_ROWS 5000
#define LEARN_ALARM_AUC 0.86
#define LEARN_ALARM_BRIER 0.080

/* In words, or NULL: pooled over spaces and directions, do scores of chances of the next two years show that the future
   was read? Fewer rows show nothing. */
const char *learn_alarm(size_t n, double brier, double auc, struct arena *arena);
/* Does its verdict say so? learn_run says it of the pooled score "all" of a member, by its questions about spaces. */
bool score_alarms(const struct score *score);

/* ---- tables of chances against tables of outcomes: score.py of the forecast benchmark ---- */

struct score_source {
	const char *name, *text;     /* CSV: gwcode or unit, origin, up_INDEX, down_INDEX, ... */
	size_t len;
};

struct score_request {
	const struct score_source *outcomes, *forecasts, *reference;   /* of several files the later counts */
	size_t n_outcomes, n_forecasts, n_reference;   /* n_reference 0: no rival */
	const struct score_source *holdout;            /* CSV with gwcode; NULL with SCORE_ALL only */
	enum { SCORE_ALL, SCORE_PUBLIC, SCORE_HELDOUT } countries;   /* not in holdout; in it */
	int64_t from, to;            /* origins */
	const char *version, *reference_version;       /* rows whose column `version` says so; NULL: all */
	size_t draws;                /* for the interval of the difference; > 0 */
	bool per_space;              /* a row for each index and direction, too */
};

/*
 * The columns of score.py but `label`, and ece_floor: the calibration error that exact chances would show. An
 * empty cell is score.py's nan. *ret_without: outcomes without a chance; *ret_alarm: learn_alarm of all rows. The arena
 * owns the alarm. ERR_DATA with file, line and column, and when nothing is left to score. O(cells log cells).
 */
int learn_score_table(const struct score_request *request, struct arena *arena, struct buf *table, size_t *ret_without,
		      const char **ret_alarm, struct err *err);

/* ---- the effect of interventions ---- */

/*
 * What an indicator would have been in the treated units had nothing been done, from units that were not
 * treated yet or never, by whichever of two methods foretells the untreated better in years held out before
 * the start: differences in differences against all of them (Callaway and Sant'Anna 2021; Borusyak, Jaravel and
 * Spiess 2024), or a de-meaned synthetic control (Abadie, Diamond and Hainmueller 2010; Doudchenko and Imbens
 * 2016). Intervals and p come from placebos: untreated units taken for treated (docs/methods/effects.md).
 */

#define EFFECT_HELD_OUT 3       /* years before the start on which the methods are judged */
#define EFFECT_LEAST_BEFORE 8   /* fewer years before the start, or fewer donors: cannot tell */
#define EFFECT_LEAST_DONORS 20

struct effect_panel {
	size_t units, years;
	const double *y;             /* units x years; NAN: not known */
};

/* Unit `unit` was treated in year `year` (an index), in that manner. */
struct effect_start {
	size_t unit, year, manner;
};

struct effect_setup {
	size_t horizon;              /* years that are looked at, the start's own the first; > 0 */
	size_t most_before;          /* years before it that are used at most; > 0 */
	size_t draws;                /* of placebos, where more than one unit was treated; > 0 */
	double level;                /* of the intervals */
	uint64_t seed;
};

enum effect_scope { EFFECT_POOLED, EFFECT_YEAR, EFFECT_UNIT };
enum effect_method { EFFECT_DIFFERENCES, EFFECT_SYNTHETIC, N_EFFECT_METHODS };
enum effect_verdict { EFFECT_UNKNOWN, EFFECT_RISE, EFFECT_FALL };

/* An estimate, NAN with its bounds where it cannot be made; `why` says in words what the verdict rests on. */
struct effect {
	enum effect_scope scope;
	size_t manner;               /* n_manners: all together */
	size_t unit, start;          /* of EFFECT_UNIT; an index of years */
	size_t year;                 /* of EFFECT_YEAR: 0 is the year of the start */
	double effect, low, high, p;
	double p_all;                /* p after Holm (1979), over the rows of one scope that ask the same thing */
	size_t treated, donors;      /* units that entered; donors there were where none could */
	size_t before, after;        /* years used, of several units the fewest before and the most after */
	double fit_error;            /* root mean square of what the years before leave unexplained, of the treated */
	double held_error;           /* the same of the years held out, of the untreated */
	double drift_p;              /* p of an effect in the years held out, before anything was done */
	enum effect_method method;
	enum effect_verdict verdict; /* of a year or a unit only where the pooled row has one too */
	const char *why;
	const size_t *donor;         /* of EFFECT_UNIT: the donors by weight, most first */
	const double *weight;
	size_t n_weights;
};

/*
 * The rows of all manners together and, where there are several, of each: pooled, by year, by unit. The
 * order of starts does not matter; of several of one unit and manner the first counts. A unit is a donor only
 * until its first start of any manner; one treated otherwise before is left out, one treated otherwise later
 * is followed until then. ERR_DATA for a start out of range and for a value beyond 1e100.
 * O(starts * units * (units * years + moves of simplex_fit)).
 */
int effects_estimate(const struct effect_panel *panel, const struct effect_start *starts, size_t n_starts,
		     size_t n_manners, const struct effect_setup *setup, struct arena *arena, struct effect **ret,
		     size_t *ret_n, struct err *err);

const char *effect_method_name(enum effect_method method);
const char *effect_verdict_name(enum effect_verdict verdict);

/* Two tables in, one out. */
struct effects_request {
	const char *panel_name, *panel;      /* CSV: a unit, a year or date, values */
	size_t panel_len;
	const char *treated_name, *treated;  /* CSV: unit, year or date, and perhaps what was done */
	size_t treated_len;
	const char *indicator;               /* NULL: v2x_polyarchy, or the only one there is */
	const char *what;                    /* column of the second that says what; NULL: `what` or `instrument` */
	struct effect_setup setup;
};

/* Write the rows as CSV; `said` is what a person should know of them. ERR_DATA with file:line:column. */
int learn_effects(const struct effects_request *request, struct buf *table, struct buf *said, struct err *err);

/*
 * What the responses did to v2x_polyarchy, as far as known at setup->as_of: a score about `effect` for each
 * instrument and for all, with the effect and its 95 % interval as its skill and the verdict in words; null with the
 * reason where there is none.
 * No record when no unit with an index was answered.
 */
int learn_responses(const struct learn_setup *setup, const struct records *in, struct records *out, struct err *err);

#endif
