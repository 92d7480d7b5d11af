/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * respond.h - alert rules, the life of an alert, and plans.
 *
 * An alert is one stretch of time in which a rule fires for a unit. Rules that
 * share unit, dimension, direction and kind share a fingerprint, and their
 * overlapping stretches are one alert, whose level is the highest that fires.
 * Levels: 1 none, 2 watch, 3 warning, 4 critical. Indices and forecasts alone
 * raise at most a watch; a warning rests on events from two independent sources,
 * a critical alert on three reports as well: the reader of rules refuses less.
 *
 * A plan is the best package of instruments that are open to the unit on the day
 * and quick enough; what is not known of an instrument is listed, not guessed.
 */
#ifndef TOCSIN_RESPOND_H
#define TOCSIN_RESPOND_H

#include <tocsin/model.h>

/* ---- rules: data/rules/NAME.conf, one section a rule ---- */

enum rule_op { RULE_GE, RULE_GT, RULE_LE, RULE_LT };
enum rule_end { RULE_VALUE, RULE_LOW, RULE_HIGH };   /* which end of the interval must pass */

struct rule {
	const char *name;
	const char *indicator;    /* of an observation, or chance_closing, chance_opening of a forecast */
	enum rule_op op;
	enum rule_end use;
	double level;
	bool by_cost;             /* level = cost_loss: the unit's own ratio where its profile gives one, else a desk officer's */
	int64_t duration;         /* firing periods (months or years) in a row before it counts */
	int64_t resolve;          /* periods without firing after which it is over */
	int64_t min_sources;      /* independent sources, in each firing period */
	int64_t min_reports;      /* documents, copies counted once, in each firing period */
	int64_t alert_level;      /* 2 watch, 3 warning, 4 critical */
	int64_t ack_hours;        /* deadline of the acknowledgement */
	const char *direction;    /* threat, opportunity */
	const char *dimension;    /* what of democracy it speaks of, such as "civic space" */
	const char *kind;         /* events, index, forecast */
	const char *title;        /* {unit} {value} {low} {high} {indicator} {level} {threshold} {sources} {reports};
	                             {size}: value without its sign; {period}: of a forecast its last year of data */
	const char *owner;        /* who has the duty when no profile names a desk; NULL: nobody */
};

struct rules {
	struct rule *v;
	size_t n, cap;
};

/* Add the rules of one file. An unknown key, a missing one, a rule that would raise more than its
   evidence allows, or a name already taken is ERR_DATA with file:line. */
int rules_read(const char *name, const char *text, size_t len, struct arena *arena,
	       struct rules *rules, struct err *err);
const struct rule *rules_find(const struct rules *rules, const char *name);   /* NULL if none */

/* ---- instruments and the standing of units: data/instruments.csv, data/country_status.csv ---- */

#define INSTRUMENTS_MAX 64

struct instrument {
	const char *id, *name, *source;
	const char *legal_basis, *decision_rule, *lead_time;   /* as the table words them */
	const char *kind;              /* pressure, support, dialogue */
	const char *direction;         /* threat, opportunity, both */
	const char *eligible;          /* statuses or units, separated by ';'; "any"; NULL: not known */
	const char *suits;             /* civic classes, separated by ';'; "any" */
	const char *partners;          /* ids that it works well with, separated by ';', or NULL */
	const char *after;             /* id that must have been used before, or NULL */
	double lead_min_days, lead_max_days;   /* NAN: not known */
	struct instant from, past;     /* in force [from, past); missing: open */
	bool harms;                    /* it weighs on the population at large */
};

struct instruments {
	struct instrument *v;
	size_t n, cap;
};

struct status_row {
	const char *unit, *status, *source;
	struct instant from, past;
};

struct statuses {
	struct status_row *v;
	size_t n, cap;
};

/* Add the rows of one table; a bad cell is ERR_DATA with file:line:column. */
int instruments_read(const char *name, const char *text, size_t len, struct arena *arena,
		     struct instruments *instruments, struct err *err);
int statuses_read(const char *name, const char *text, size_t len, struct arena *arena,
		  struct statuses *statuses, struct err *err);
/* 1 the unit has the status on the day, 0 it has others, -1 nothing is known of the unit. */
int status_holds(const struct statuses *statuses, const char *unit, const char *status,
		 struct instant day);

/* ---- the stage ---- */

struct respond_setup {
	struct instant as_of;
	const struct atlas *atlas;               /* names and parents of units; NULL: keys are shown */
	const struct rules *rules;
	const struct instruments *instruments;   /* NULL: no plans are made */
	const struct statuses *statuses;
};

/*
 * Observations, forecasts, events, documents (for copies), settings, scores,
 * contributions (about "owner": the desk), junctures, responses, alerts and
 * transitions in; alerts, new transitions and plans out. All that is in `in` must
 * be visible as of setup->as_of. Alerts and transitions already there are the
 * state it goes on from: the same input again gives the same records and no new
 * transition. A stretch that was over before any round could raise it is not raised:
 * nobody was warned by it. An alert that lost its evidence is closed, or, when a person holds
 * it, says so and stays.
 *
 * plan.steps is a list of {"order","instrument","name","why","rule","lead_min_days",
 * "lead_max_days","first_step_by","source"}, plan.rejected of {"instrument","reason"},
 * plan.unknown of {"instrument","what"}.
 *
 * Sorting dominates: O(n log n) in the records, plus the planner's search per alert.
 */
int respond_run(const struct respond_setup *setup, const struct records *in, struct records *out,
		struct err *err);

/* ---- the life of an alert ---- */

extern const char *const alert_states[];     /* new ... reopened */
extern const size_t n_alert_states;
extern const char *const alert_reasons[];    /* why an alert was closed */
extern const size_t n_alert_reasons;
extern const char *const alert_outcomes[];   /* what a review found: true, false, early, late, unclear */
extern const size_t n_alert_outcomes;

/* May an alert go from one state to another? `from` NULL: an alert without history, which may
   only become new. Unknown states: no. */
bool alert_may(const char *from, const char *to);
/* The last state_to of the transitions in `history` of the alert `id` (NULL: of all of them);
   NULL when there is none. */
const char *alert_state(const struct records *history, const char *id);
bool alert_is_open(const char *state);       /* not closed, not reviewed; NULL is open */
const char *alert_level_name(int64_t level); /* none, watch, warning, critical */

/*
 * Take one step: a transition record, not yet in `history`. ERR_CONFLICT when the
 * table does not allow it, with what it allows; ERR_USAGE when a close lacks its
 * reason or note, or a review its outcome (given as `reason`); ERR_DENIED when a
 * critical alert would be dismissed by the person who holds it, or by anybody
 * before another acknowledged it.
 */
int alert_step(struct arena *arena, const struct alert *alert, const struct records *history,
	       const char *to, const char *by, const char *reason, const char *note,
	       struct instant at, struct transition **ret, struct err *err);

/* Gravest first: level, then last change, both descending, then id. */
void alerts_sort(const struct alert **alerts, size_t n);

#endif
