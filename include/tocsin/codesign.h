/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * codesign.h - country profiles: what local partners decided for their unit.
 *
 * data/profiles/UNIT.conf names languages, local sources, weights of classes,
 * multipliers of rules' levels, the desk that owns alerts, and the partners who
 * asked for each. Every entry becomes a contribution record, the receipt that
 * shows where it is used; measure and respond read the values from there.
 */
#ifndef TOCSIN_CODESIGN_H
#define TOCSIN_CODESIGN_H

#include <tocsin/model.h>

struct wish {                /* one entry of a profile */
	const char *unit, *partner, *about, *text;
	double value;        /* NAN when the entry is a text */
};

struct profiles {
	const struct atlas *atlas;   /* the units there are; NULL: not checked */
	struct wish *v;
	size_t n, cap;
};

/* Add one profile. Sections: profile (unit, languages, owner, partner), sources, weights,
   thresholds, partners (KEY = who asked for it). ERR_DATA names file:line: an unknown section, key or
   unit, a partner of an entry that is not there, a value out of (0, 10], an entry given twice, a
   second profile of a unit. [thresholds] cost_loss is a role of cost_roles or a ratio between 0 and 1. */
int profile_read(const char *name, const char *text, size_t len, struct arena *arena,
		 struct profiles *profiles, struct err *err);

struct codesign_setup {
	struct instant as_of;
	const struct profiles *profiles;
	const char *const *rules;   /* names of the alert rules there are; NULL: thresholds are not checked */
	size_t n_rules;
};

/*
 * One contribution record for each entry, the receipt: status "used" with where, "received"
 * when it is kept for people and no stage reads it, "not used" with why (a threshold of a
 * rule that does not exist).
 */
int codesign_run(const struct codesign_setup *setup, struct records *out, struct err *err);

/* Weight of a civic class for a unit; 1 where no partner said. `user` is the struct profiles. */
double profile_weight(const void *user, const char *unit, const char *civic_class);

#endif
