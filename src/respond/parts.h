/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parts.h - what the files of respond share: stretches of firing rules, the planner's entry. */
#ifndef RESPOND_PARTS_H
#define RESPOND_PARTS_H

#include <tocsin/respond.h>

/* One stretch in which a rule fired for a unit. */
struct stretch {
	const struct rule *rule;
	const char *unit, *labels, *fingerprint;
	struct instant from, past;     /* of the first and after the last firing period */
	struct instant triggered, last;    /* when the evidence sufficed; when it last changed */
	bool over;                     /* silent for longer than the rule resolves in */
	double value, threshold;
	int64_t sources;
	const struct record **basis;   /* the observations or forecasts that fired */
	size_t n_basis, cap_basis;
};

struct stretches {
	struct stretch *v;
	size_t n, cap;
};

/* All stretches of all rules, by fingerprint, then start. */
void stretches_find(const struct respond_setup *setup, const struct records *in, struct arena *arena,
		    struct stretches *ret);
/* The learned multiplier times the profile's, of a rule's level for a unit. */
double rule_multiplier(const struct records *in, const struct rule *rule, const char *unit,
		       const char **setting_id);
/* A plan for an open alert; NULL when no table of instruments was given. */
struct plan *plan_make(const struct respond_setup *setup, const struct records *in, const struct alert *alert,
		       struct arena *arena);
/* True when `word` is one of the words of a list separated by ';'. */
bool list_has(const char *list, const char *word);

#endif
