/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases.h - what learners see: a case for each unit, year, space and direction.
 *
 * The features of a case of year s are those that a forecast made at the end of s
 * would have had; its labels say what followed, as far as the origin knows. Cases are
 * sorted by year, unit, space, direction, so those of a year stand together.
 * Steps are in units of the space's own, and signed so that + is the way asked about.
 */
#ifndef FORESEE_CASES_H
#define FORESEE_CASES_H

#include "foresee/space.h"

enum feature {
	F_LEVEL, F_ROOM, F_STEP_1, F_STEP_2, F_STEP_3, F_OVER_2, F_OVER_3, F_OVER_5, F_OVER_10,
	F_MOVES_5, F_MOVES_10, F_MOVES_20, F_STILL, F_SINCE_SAME, F_SINCE_OTHER, F_COUNT_SAME, F_COUNT_OTHER,
	F_NOW_SAME, F_NOW_OTHER, F_LOST_10, F_LOST_20, F_WON_10, F_COUNTRY_RATE,
	F_ALL_STEP, F_ALL_MOST, F_ALL_OVER_3, F_ALL_LEVEL, F_APART, F_SPREAD, F_ALL_SAME, F_ALL_OTHER,
	F_ALL_SINCE_SAME, F_ALL_SINCE_OTHER, F_ALL_MOVES,
	F_LEVEL_0, F_LEVEL_1, F_LEVEL_2, F_LEVEL_3, F_LEVEL_4, F_LEVEL_5,   /* of each space */
	F_STEP_OF_0, F_STEP_OF_1, F_STEP_OF_2, F_STEP_OF_3, F_STEP_OF_4, F_STEP_OF_5,
	F_OVER_OF_0, F_OVER_OF_1, F_OVER_OF_2, F_OVER_OF_3, F_OVER_OF_4, F_OVER_OF_5,
	F_REGION, F_REGION_STEP, F_REGION_GAP, F_REGION_SAME, F_REGION_OTHER,
	F_NEAR_STEP, F_NEAR_GAP, F_NEAR_SAME,
	F_WORLD_STEP, F_WORLD_SAME,
	F_GDP_PC, F_GROWTH, F_GROWTH_3, F_INFMORT, F_INFMORT_ADJ, F_POP, F_STATE_AGE, F_COUP_YEARS, F_COUPS_5, F_COUPS_10,
	F_CONFLICT, F_CONFLICT_MAJOR, F_WAR, F_WAR_MAJOR, F_INTERNET, F_MOBILE, F_PRESSURE,
	F_UP, F_SPACE_0, F_SPACE_1, F_SPACE_2, F_SPACE_3, F_SPACE_4, F_SPACE_5,
	N_CASE_FEATURES
};

struct case_key {
	uint32_t unit;
	int32_t year;
	uint8_t space;
	int8_t direction;     /* +1 opening, -1 closing */
};

struct atlas;

struct cases {
	const struct history *history;
	const struct space *spaces;
	size_t n_spaces;
	enum space_rule rule;
	int64_t origin;
	size_t n;
	struct case_key *key;
	float *x;                   /* n x N_CASE_FEATURES, NAN where missing */
	signed char *y;             /* outcome, EVENT_OPEN while the origin cannot tell */
	signed char *next[2];       /* events of the next year and the one after */
	bool usable[N_CASE_FEATURES];   /* else NAN in every case: the origin does not know it */
	const bool *borders;        /* n_units x n_units; NULL: nobody's neighbours are known */
};

/*
 * Cases of all years with a value of the space, up to the origin. A column that most forecasts of the origin
 * would miss, also when carried forward three years, is dropped. O(cases * features).
 */
void cases_build(const struct history *history, const struct space *spaces, size_t n_spaces, enum space_rule rule,
		 int64_t origin, const bool *borders, struct arena *arena, struct cases *ret);
/* The cases [*first, *past) of the years from..to. */
void cases_of_years(const struct cases *cases, int64_t from, int64_t to, size_t *first, size_t *past);
/* The last year whose outcome is final at the cutoff. */
int64_t cases_last_final(const struct cases *cases, int64_t cutoff);
/*
 * Of every number that reaches a learner: the question, the units with their regions and neighbours, and of each case
 * key, labels, the value of its space (walks read it) and features. 64 hex digits.
 */
void cases_hash(const struct cases *cases, char hex[65]);

/* The words for a feature, in the field's terms. */
const char *feature_words(enum feature feature);
const char *feature_name(enum feature feature);

#endif
