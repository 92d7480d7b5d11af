/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reading.h - one document as the coder sees it: tokens, segments, matches, places.
 *
 * A segment is a sentence of the title or body, cut at SEGMENT_TOKENS. What
 * stands earlier counts more (the inverted pyramid of news writing): see
 * segment_weights. All of it lives in the scratch arena of the document.
 */
#ifndef TOCSIN_CODE_READING_H
#define TOCSIN_CODE_READING_H

#include "code/lexicon.h"
#include "code/place.h"

#define SEGMENT_TOKENS 80
#define BODY_BYTES 16384   /* of a body that are read */

enum { PART_TITLE, PART_BODY, PARTS };

struct match {
	struct concepts any;
	double weight;
	size_t first, past;   /* tokens of its part */
};

struct segment {
	size_t part, first, past;      /* tokens of the part */
	size_t match, past_match;      /* matches of the part */
	struct concepts any;
	double weight;
};

struct part {
	const char *text;   /* "" if there is none */
	size_t len;
	struct token *tokens;
	size_t n;
	struct match *matches;
	size_t n_matches, cap_matches;
	struct place_hit *places;
	size_t n_places;
};

struct reading {
	const struct coder *coder;
	const struct language *language;
	struct arena *arena;
	struct part parts[PARTS];
	struct segment *segments;
	size_t n_segments, cap_segments;
	struct concepts any;   /* of the whole document */
};

void reading_make(struct reading *reading, const struct document *document);
/* The segment a token is in; NULL if it is in none. */
const struct segment *reading_segment(const struct reading *reading, size_t part, size_t token);
bool match_is(const struct match *match, const struct coder *coder, enum mark mark);
bool match_kind(const struct match *match, const struct coder *coder, enum concept_kind kind);

/* ---- score.c: which class ---- */

struct finding {
	const struct rule *rule;       /* NULL: nothing */
	const struct segment *segment;
	const struct match *words[RULE_TERMS];   /* the plain terms' */
	size_t n;
	bool negated;
	double value;
};

struct verdict {
	struct finding best;
	const char *signal;            /* after negation */
	bool negated;                  /* did not happen, or was undone */
	double confidence;             /* share of the weight on its class */
};

/* True and *ret filled when some civic class is found and no null class outweighs it. */
bool reading_judge(const struct reading *reading, struct verdict *ret);

/* ---- vote.c: which unit ---- */

/* The unit with most evidence, NULL if none; *ret_hit its first mention, in *ret_part. */
const struct unit *reading_unit(const struct reading *reading, const struct place_hit **ret_hit,
				size_t *ret_part);

/* ---- actor.c: who did it to whom ---- */

struct words {
	size_t first, past;   /* tokens of the part of the finding; equal: not known */
};

void reading_actors(const struct reading *reading, const struct finding *finding,
		    struct words *actor, struct words *target);

/* ---- when.c: the day ---- */

/* The day the sentence of the finding names, if it names one and only one near `published`. */
bool reading_day(const struct reading *reading, const struct finding *finding,
		 struct instant published, struct instant *ret);

#endif
