/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parts.h - what the files of respond share: the shelf of input, stretches, the planner's entry. */
#ifndef RESPOND_PARTS_H
#define RESPOND_PARTS_H

#include <tocsin/respond.h>

/* The input once sorted, so that a look-up is not a walk over all records. */
struct shelf {
	const struct records *in;
	const struct event **events;          /* by id */
	size_t n_events;
	const struct document **copies;       /* documents that copy another, by id */
	size_t n_copies;
	const struct alert **alerts;          /* raised before, by fingerprint and start */
	size_t n_alerts;
	struct records settings, wishes, scores;   /* thresholds, owners, back-tests */
	struct records junctures, responses;
	struct records history;               /* transitions; those of this run are added */
};

void shelf_fill(const struct records *in, struct arena *arena, struct shelf *ret);
const struct event *shelf_event(const struct shelf *shelf, const char *id);   /* NULL if not given */
/* The document that speaks: of a copy its original. */
const char *shelf_voice(const struct shelf *shelf, const char *document);
/* Is an event of those that an indicator such as pressure_threat counts? */
bool event_counts(const struct event *event, const char *indicator);

#define THRESHOLD_ORIGINS 4

struct threshold {
	double value;
	const char *origins[THRESHOLD_ORIGINS];   /* the settings and wishes that moved it */
	size_t n_origins;
};

/* The rule's level, or the unit's own cost/loss ratio where the rule goes by it, times the learned multiplier
   times the unit's own: above 1 is always stricter. */
struct threshold rule_threshold(const struct shelf *shelf, const struct rule *rule, const char *unit);

/* One stretch in which a rule fired for a unit. */
struct stretch {
	const struct rule *rule;
	const char *unit, *labels, *fingerprint;
	struct instant from, past;         /* of the first and after the last firing period */
	struct instant until;              /* when it is over unless it fires again */
	struct instant triggered, last;    /* when the evidence sufficed; when it last changed */
	bool over;                         /* that has come */
	bool calm;                         /* and a period without firing was observed since */
	double value, reports;             /* of the last firing period; value: the end that was tested */
	struct threshold threshold;
	int64_t sources;
	const struct record **basis;       /* the observations or forecasts that fired, in order */
	size_t n_basis, cap_basis;
};

struct stretches {
	struct stretch *v;
	size_t n, cap;
};

/* All stretches of all rules, by fingerprint, then start. */
void stretches_find(const struct respond_setup *setup, const struct shelf *shelf, struct arena *arena,
		    struct stretches *ret);

/* ---- raise.c ---- */

/* Stretches of one fingerprint that overlap. */
struct group {
	const struct stretch *v;
	size_t n;
	const struct stretch *voice;   /* the gravest that still fires; if all are over, the gravest */
	struct instant from, past, until;
	bool over;
};

struct group group_of(const struct stretch *v, size_t n);
/* The alert of a group. `before` is the alert it goes on from, or NULL. */
struct alert *alert_make(const struct respond_setup *setup, const struct shelf *shelf, const struct group *group,
			 const struct alert *before, struct instant from, struct arena *arena);
/* Who holds an alert, as the last person to step; NULL when nobody does. */
const char *alert_holder(const struct shelf *shelf, const char *id);
/* A title that says that a held alert no longer fires. */
const char *title_held(struct arena *arena, const char *title, const char *holder);

/* ---- eligible.c, planner.c ---- */

bool instrument_in_force(const struct instrument *instrument, struct instant day);
/* 1 open (and *ret_rule says by what), 0 not, -1 not known. */
int instrument_eligible(const struct respond_setup *setup, const struct instrument *instrument, const char *unit,
			struct arena *arena, const char **ret_rule);

struct plan *plan_make(const struct respond_setup *setup, const struct shelf *shelf, const struct alert *alert,
		       struct arena *arena);
/* True when `word` is one of the words of a list separated by ';'. */
bool list_has(const char *list, const char *word);

#endif
