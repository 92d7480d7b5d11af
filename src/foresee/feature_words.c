/* SPDX-License-Identifier: GPL-3.0-or-later */
/* feature_words.c - one table: name, words, unit and group of each feature. */
#include <math.h>
#include <string.h>

#include <tocsin/foresee.h>

#include "foresee/feature_words.h"

enum say {
	SAY_VALUE,     /* words: value unit */
	SAY_STEPS,     /* a change in steps, + the way asked about: "rose by 1.2 of its steps" and the words */
	SAY_GAP,       /* a difference in index points, + the way asked about */
	SAY_LOG,       /* the log of what people know */
	SAY_SHARE,     /* 0..1 as per cent */
	SAY_FLAG,
	SAY_ASKED,     /* part of the question */
};

static const struct about {
	const char *name, *words, *unit;
	enum feature_group group;
	enum say say;
} about[N_CASE_FEATURES] = {
	[F_LEVEL] = {"level", "level of the index", "of 1", GROUP_LEVEL, SAY_VALUE},
	[F_ROOM] = {"room", "room left the way asked about", "steps", GROUP_LEVEL, SAY_VALUE},
	[F_STEP_1] = {"step_1", "this year", "", GROUP_MOVES, SAY_STEPS},
	[F_STEP_2] = {"step_2", "the year before", "", GROUP_MOVES, SAY_STEPS},
	[F_STEP_3] = {"step_3", "two years before", "", GROUP_MOVES, SAY_STEPS},
	[F_OVER_2] = {"over_2", "over two years", "", GROUP_MOVES, SAY_STEPS},
	[F_OVER_3] = {"over_3", "over three years", "", GROUP_MOVES, SAY_STEPS},
	[F_OVER_5] = {"over_5", "over five years", "", GROUP_MOVES, SAY_STEPS},
	[F_OVER_10] = {"over_10", "over ten years", "", GROUP_MOVES, SAY_STEPS},
	[F_MOVES_5] = {"moves_5", "mean yearly move over five years", "steps", GROUP_RESTLESS, SAY_VALUE},
	[F_MOVES_10] = {"moves_10", "mean yearly move over ten years", "steps", GROUP_RESTLESS, SAY_VALUE},
	[F_MOVES_20] = {"moves_20", "mean yearly move over twenty years", "steps", GROUP_RESTLESS, SAY_VALUE},
	[F_STILL] = {"still", "years in a row without a move", "years", GROUP_RESTLESS, SAY_VALUE},
	[F_SINCE_SAME] = {"since_same", "years since the last {same}", "years", GROUP_RECORD, SAY_VALUE},
	[F_SINCE_OTHER] = {"since_other", "years since the last {other}", "years", GROUP_RECORD, SAY_VALUE},
	[F_COUNT_SAME] = {"count_same", "years with {same} in the last ten", "years", GROUP_RECORD, SAY_VALUE},
	[F_COUNT_OTHER] = {"count_other", "years with {other} in the last ten", "years", GROUP_RECORD, SAY_VALUE},
	[F_NOW_SAME] = {"now_same", "{same} under way this year", "", GROUP_MOVES, SAY_FLAG},
	[F_NOW_OTHER] = {"now_other", "{other} under way this year", "", GROUP_MOVES, SAY_FLAG},
	[F_LOST_10] = {"lost_10", "way back to the {far} of ten years", "steps", GROUP_RECORD, SAY_VALUE},
	[F_LOST_20] = {"lost_20", "way back to the {far} of twenty years", "steps", GROUP_RECORD, SAY_VALUE},
	[F_WON_10] = {"won_10", "distance from the {near} of ten years", "steps", GROUP_RECORD, SAY_VALUE},
	[F_COUNTRY_RATE] = {"country_rate", "share of the country's years with {same}", "", GROUP_RECORD, SAY_SHARE},
	[F_ALL_STEP] = {"all_step", "this year", "the other spaces on average", GROUP_SPACES, SAY_STEPS},
	[F_ALL_MOST] = {"all_most", "this year", "the other space that went furthest that way", GROUP_SPACES, SAY_STEPS},
	[F_ALL_OVER_3] = {"all_over_3", "over three years", "the other spaces on average", GROUP_SPACES, SAY_STEPS},
	[F_ALL_LEVEL] = {"all_level", "mean level of the spaces", "of 1", GROUP_SPACES, SAY_VALUE},
	[F_APART] = {"apart", "the mean of the spaces", "this one", GROUP_SPACES, SAY_GAP},
	[F_SPREAD] = {"spread", "how far the spaces lie apart (standard deviation)", "of 1", GROUP_SPACES, SAY_VALUE},
	[F_ALL_SAME] = {"all_same", "other spaces with {same} this year or last", "spaces", GROUP_SPACES, SAY_VALUE},
	[F_ALL_OTHER] = {"all_other", "other spaces with {other} this year or last", "spaces", GROUP_SPACES, SAY_VALUE},
	[F_ALL_SINCE_SAME] = {"all_since_same", "years since the last {same} of any space", "years", GROUP_SPACES, SAY_VALUE},
	[F_ALL_SINCE_OTHER] = {"all_since_other", "years since the last {other} of any space", "years", GROUP_SPACES, SAY_VALUE},
	[F_ALL_MOVES] = {"all_moves", "mean yearly move of the other spaces over five years", "steps", GROUP_RESTLESS, SAY_VALUE},
	[F_LEVEL_0 ... F_LEVEL_5] = {"level_of", "level of", "of 1", GROUP_SPACES, SAY_VALUE},
	[F_STEP_OF_0 ... F_STEP_OF_5] = {"step_of", "this year", "", GROUP_SPACES, SAY_STEPS},
	[F_OVER_OF_0 ... F_OVER_OF_5] = {"over_of", "over three years", "", GROUP_SPACES, SAY_STEPS},
	[F_REGION] = {"region", "region", "", GROUP_STATE, SAY_VALUE},
	[F_REGION_STEP] = {"region_step", "this year", "the rest of the region on average", GROUP_REGION, SAY_STEPS},
	[F_REGION_GAP] = {"region_gap", "the rest of the region", "this country", GROUP_REGION, SAY_GAP},
	[F_REGION_SAME] = {"region_same", "share of the rest of the region with {same} this year or last", "", GROUP_REGION,
			   SAY_SHARE},
	[F_REGION_OTHER] = {"region_other", "share of the rest of the region with {other} this year or last", "", GROUP_REGION,
			    SAY_SHARE},
	[F_NEAR_STEP] = {"near_step", "over three years", "the neighbours on average", GROUP_REGION, SAY_STEPS},
	[F_NEAR_GAP] = {"near_gap", "the mean of the neighbours", "this country", GROUP_REGION, SAY_GAP},
	[F_NEAR_SAME] = {"near_same", "share of neighbours with {same} this year or last", "", GROUP_REGION, SAY_SHARE},
	[F_WORLD_STEP] = {"world_step", "this year", "the world on average", GROUP_WORLD, SAY_STEPS},
	[F_WORLD_SAME] = {"world_same", "share of the world with {same}, mean of three years", "", GROUP_WORLD, SAY_SHARE},
	[F_GDP_PC] = {"gdp_pc", "GDP a head", "dollars", GROUP_ECONOMY, SAY_LOG},
	[F_GROWTH] = {"growth", "growth of GDP a head", "per cent", GROUP_ECONOMY, SAY_VALUE},
	[F_GROWTH_3] = {"growth_3", "growth of GDP a head, mean of the last years", "per cent", GROUP_ECONOMY, SAY_VALUE},
	[F_INFMORT] = {"infmort", "infant mortality", "of 1,000", GROUP_ECONOMY, SAY_LOG},
	[F_INFMORT_ADJ] = {"infmort_adj", "infant mortality against the world's of that year", "standard deviations",
			   GROUP_ECONOMY, SAY_VALUE},
	[F_POP] = {"pop", "population", "thousand", GROUP_ECONOMY, SAY_LOG},
	[F_STATE_AGE] = {"state_age", "age of the state", "years", GROUP_STATE, SAY_LOG},
	[F_COUP_YEARS] = {"coup_years", "years since the last coup attempt", "years", GROUP_CONFLICT, SAY_VALUE},
	[F_COUPS_5] = {"coups_5", "coup attempts in five years", "", GROUP_CONFLICT, SAY_VALUE},
	[F_COUPS_10] = {"coups_10", "coup attempts in ten years", "", GROUP_CONFLICT, SAY_VALUE},
	[F_CONFLICT] = {"conflict", "armed conflict within the country", "", GROUP_CONFLICT, SAY_FLAG},
	[F_CONFLICT_MAJOR] = {"conflict_major", "major armed conflict within the country", "", GROUP_CONFLICT, SAY_FLAG},
	[F_WAR] = {"war", "armed conflict with another state", "", GROUP_CONFLICT, SAY_FLAG},
	[F_WAR_MAJOR] = {"war_major", "major armed conflict with another state", "", GROUP_CONFLICT, SAY_FLAG},
	[F_INTERNET] = {"internet", "people who use the internet", "per cent", GROUP_NETWORK, SAY_VALUE},
	[F_MOBILE] = {"mobile", "mobile subscriptions", "of 100 people", GROUP_NETWORK, SAY_VALUE},
	[F_PRESSURE] = {"pressure", "share of reported events that are threats", "", GROUP_EVENTS, SAY_SHARE},
	[F_UP] = {"up", "the direction asked about", "", GROUP_STATE, SAY_ASKED},
	[F_SPACE_0 ... F_SPACE_5] = {"space", "the space asked about", "", GROUP_STATE, SAY_ASKED},
};

static const struct { const char *name, *words; bool fixed; } groups[N_FEATURE_GROUPS] = {
	[GROUP_LEVEL] = {"level", "level and room", true},
	[GROUP_MOVES] = {"moves", "recent moves here", false},
	[GROUP_RESTLESS] = {"restlessness", "restlessness", false},
	[GROUP_RECORD] = {"record", "the country's own record", true},
	[GROUP_SPACES] = {"spaces", "the other spaces", false},
	[GROUP_REGION] = {"region", "region and neighbours", false},
	[GROUP_WORLD] = {"world", "the world", false},
	[GROUP_ECONOMY] = {"economy", "economy and population", false},
	[GROUP_CONFLICT] = {"conflict", "coups and conflict", false},
	[GROUP_NETWORK] = {"network", "information technology", false},
	[GROUP_EVENTS] = {"events", "events reported", false},
	[GROUP_STATE] = {"state", "what is asked, and of which state", true},
};

const char *group_name(enum feature_group group)
{
	return groups[group].name;
}

const char *group_words(enum feature_group group)
{
	return groups[group].words;
}

const char *foresee_group_words(const char *name)
{
	for (size_t g = 0; g < N_FEATURE_GROUPS; g++)
		if (str_eq(groups[g].name, name))
			return groups[g].words;
	return str_eq(name, "paths") ? "paths of similar country-years" : NULL;
}

bool group_can_change(enum feature_group group)
{
	return !groups[group].fixed;
}

const char *feature_name(enum feature feature)
{
	static const char *const numbered[] = {
		"level_of_0", "level_of_1", "level_of_2", "level_of_3", "level_of_4", "level_of_5",
		"step_of_0", "step_of_1", "step_of_2", "step_of_3", "step_of_4", "step_of_5",
		"over_of_0", "over_of_1", "over_of_2", "over_of_3", "over_of_4", "over_of_5",
	};
	static const char *const asked[] = {"space_0", "space_1", "space_2", "space_3", "space_4", "space_5"};

	if (feature >= F_LEVEL_0 && feature <= F_OVER_OF_5)
		return numbered[feature - F_LEVEL_0];
	return feature >= F_SPACE_0 && feature <= F_SPACE_5 ? asked[feature - F_SPACE_0] : about[feature].name;
}

const char *feature_words(enum feature feature)
{
	return about[feature].words;
}

/* The space that a feature speaks of; the number of spaces when of none or several. */
static size_t space_of(enum feature feature)
{
	return feature >= F_LEVEL_0 && feature <= F_OVER_OF_5 ? (size_t)(feature - F_LEVEL_0) % N_SIX_SPACES : N_SIX_SPACES;
}

enum feature_group feature_group(enum feature feature, size_t space)
{
	if (space_of(feature) == space)
		return feature <= F_LEVEL_5 ? GROUP_LEVEL : GROUP_MOVES;
	return about[feature].group;
}

enum feature feature_itself(enum feature feature, size_t space)
{
	if (space_of(feature) != space)
		return feature;
	return feature <= F_LEVEL_5 ? F_LEVEL : feature <= F_STEP_OF_5 ? F_STEP_1 : F_OVER_3;
}

/* ---- sentences ---- */

/* Words with {same}, {other} and the extremes by the direction asked about. */
static void put_words(struct buf *buf, const char *words, int direction)
{
	static const struct { const char *mark, *opening, *closing; } marks[] = {
		{"{same}", "opening", "closing"}, {"{other}", "closing", "opening"},
		{"{far}", "best", "worst"}, {"{near}", "worst", "best"},
	};

	while (*words) {
		size_t i = 0;

		while (i < LENGTH(marks) && !str_starts(words, marks[i].mark))
			i++;
		if (i == LENGTH(marks)) {
			buf_putc(buf, *words++);
			continue;
		}
		buf_puts(buf, direction > 0 ? marks[i].opening : marks[i].closing);
		words += strlen(marks[i].mark);
	}
}

/* At most three digits that say something; thousands apart. */
static void put_number(struct buf *buf, double value)
{
	double size = fabs(value);

	if (size >= 1000) {
		long long whole = llround(size);

		if (value < 0)
			buf_putc(buf, '-');
		if (whole >= 1000000)
			buf_printf(buf, "%lld,%03lld,%03lld", whole / 1000000, whole / 1000 % 1000, whole % 1000);
		else
			buf_printf(buf, "%lld,%03lld", whole / 1000, whole % 1000);
	} else {
		buf_printf(buf, size >= 10 || value == round(value) ? "%.0f" : size >= 1 ? "%.1f" : "%.2f", value);
	}
}

/* One of them without its plural. */
static void put_unit(struct buf *buf, const char *unit, bool one)
{
	size_t len = strlen(unit);

	if (len)
		buf_printf(buf, " %.*s", (int)(one && unit[len - 1] == 's' ? len - 1 : len), unit);
}

/* Less than a twentieth of a step is no move. */
static void put_steps(struct buf *buf, double steps)
{
	if (fabs(steps) < .05) {
		buf_puts(buf, "stayed as it was");
		return;
	}
	buf_printf(buf, "%s by %.1f of its steps", steps > 0 ? "rose" : "fell", fabs(steps));
}

static void put_gap(struct buf *buf, double gap)
{
	if (fabs(gap) < .005)
		buf_puts(buf, "as high");
	else
		buf_printf(buf, "%.2f %s", fabs(gap), gap > 0 ? "higher" : "lower");
}

void feature_put(struct buf *buf, const struct case_key *key, enum feature feature, double value)
{
	const struct about *of = &about[feature];

	if (isnan(value)) {
		buf_puts(buf, "not known");
		return;
	}
	switch (of->say) {
	case SAY_STEPS: put_steps(buf, key->direction * value); return;
	case SAY_GAP: put_gap(buf, key->direction * value); return;
	case SAY_SHARE: buf_printf(buf, "%.0f %%", 100 * value); return;
	case SAY_FLAG: buf_puts(buf, value != 0 ? "yes" : "no"); return;
	case SAY_ASKED: buf_puts(buf, value != 0 ? "this" : "another"); return;
	case SAY_LOG: put_number(buf, exp(value)); break;
	case SAY_VALUE: put_number(buf, value); break;
	}
	put_unit(buf, of->unit, value == 1);
}

/* Who moved. */
static const char *subject_of(const struct cases *cases, const struct case_key *key, enum feature feature)
{
	size_t space = space_of(feature);

	if (space < cases->n_spaces)
		return cases->spaces[space].name;
	return *about[feature].unit ? about[feature].unit : cases->spaces[key->space].name;
}

void feature_say(struct buf *buf, const struct cases *cases, size_t row, enum feature feature)
{
	const struct about *of = &about[feature];
	const struct case_key *key = &cases->key[row];
	double value = cases->x[row * N_CASE_FEATURES + feature];

	if (of->say == SAY_STEPS && !isnan(value)) {
		buf_printf(buf, "%s ", subject_of(cases, key, feature));
		feature_put(buf, key, feature, value);
		buf_printf(buf, " %s", of->words);
		return;
	}
	if (of->say == SAY_ASKED) {
		buf_puts(buf, of->words);
		return;
	}
	put_words(buf, of->words, key->direction);
	if (space_of(feature) < cases->n_spaces)
		buf_printf(buf, " %s", cases->spaces[space_of(feature)].name);
	buf_puts(buf, of->say == SAY_GAP && !isnan(value) ? " is " : ": ");
	feature_put(buf, key, feature, value);
	if (of->say == SAY_GAP && !isnan(value))
		buf_printf(buf, fabs(value) < .005 ? " as %s" : " than %s", of->unit);
}
