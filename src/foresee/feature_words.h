/* SPDX-License-Identifier: GPL-3.0-or-later */
/* feature_words.h - features as people speak of them: in groups, and with their value in a sentence. */
#ifndef FORESEE_FEATURE_WORDS_H
#define FORESEE_FEATURE_WORDS_H

#include "foresee/cases.h"

enum feature_group {
	GROUP_LEVEL, GROUP_MOVES, GROUP_RESTLESS, GROUP_RECORD, GROUP_SPACES, GROUP_REGION, GROUP_WORLD, GROUP_ECONOMY,
	GROUP_CONFLICT, GROUP_NETWORK, GROUP_EVENTS, GROUP_STATE,
	N_FEATURE_GROUPS
};

/* For JSON; for people. */
const char *group_name(enum feature_group group);
const char *group_words(enum feature_group group);
/* Can it be otherwise within a year? What state it is and how old cannot, nor what lies behind it. */
bool group_can_change(enum feature_group group);

/* The group of a feature in a case about `space`: the level and moves of that space stand with its own. */
enum feature_group feature_group(enum feature feature, size_t space);
/* The space's own level and moves stand twice among the features: the one that speaks for both. */
enum feature feature_itself(enum feature feature, size_t space);
/* What the feature was: "v2xcs_ccsi fell by 1.4 of its steps this year", "GDP a head: 8,250 dollars". */
void feature_say(struct buf *buf, const struct cases *cases, size_t row, enum feature feature);
/* A value of it alone, in its unit, in a case about `key`. */
void feature_put(struct buf *buf, const struct case_key *key, enum feature feature, double value);

#endif
