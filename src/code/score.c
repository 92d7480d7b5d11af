/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * score.c - from the concepts of each sentence to one class for the document.
 *
 * A rule whose terms all stand in a sentence is worth its weight, times that of
 * its weakest word, times NEAR / (NEAR + tokens between its words). Per sentence
 * each class takes its best rule; the document's score of a class is the sum
 * over sentences, each times the sentence's weight. Null classes (sport,
 * accident, ...) score the same way and, when they lead, there is no event.
 */
#include <string.h>

#include "code/reading.h"

#define NEAR 20.0
#define ENOUGH 2.8      /* score below which nothing is claimed */
#define NEGATION_REACH 3

/* A sentence that takes no side ("the court ruled") says less than one that does. */
#define NONE_WEIGHT 0.6

enum signal { THREAT, OPPORTUNITY, NONE, SIGNALS };
static const char *const signals[SIGNALS] = {"threat", "opportunity", "none"};

struct tally {
	double score, signals[SIGNALS];
	struct finding best[SIGNALS];
	double best_score[SIGNALS];
};

static size_t tokens_between(const struct match *a, const struct match *b)
{
	if (a->past <= b->first)
		return b->first - a->past;
	return b->past <= a->first ? a->first - b->past : 0;
}

static bool rule_holds(const struct reading *reading, const struct segment *segment,
		       const struct rule *rule)
{
	for (size_t i = 0; i < rule->n_terms; i++) {
		const struct term *term = &rule->terms[i];
		const struct concepts *where = term->anywhere ? &reading->any : &segment->any;

		if (concepts_meet(&term->any, where) == term->absent)
			return false;
	}
	return true;
}

/* The match of `term` nearest to the anchor; words that are the anchor's own do if nothing else. */
static const struct match *term_nearest(const struct reading *reading,
					const struct segment *segment, const struct term *term,
					const struct match *anchor)
{
	const struct match *matches = reading->parts[segment->part].matches, *best = NULL;

	for (size_t i = segment->match; i < segment->past_match; i++)
		if (concepts_meet(&matches[i].any, &term->any) && &matches[i] != anchor &&
		    (!best || tokens_between(&matches[i], anchor) < tokens_between(best, anchor)))
			best = &matches[i];
	if (concepts_meet(&anchor->any, &term->any))
		return anchor;
	return best;
}

static void rule_weigh(const struct reading *reading, const struct segment *segment,
		       const struct rule *rule, const struct match *anchor, struct finding *best)
{
	struct finding found = {.rule = rule, .segment = segment, .words = {anchor}, .n = 1};
	double weakest = anchor->weight;
	size_t gap = 0;

	for (size_t i = 0; i < rule->n_terms; i++) {
		const struct term *term = &rule->terms[i];
		const struct match *match;

		if (term->absent || term->anywhere || i == rule->anchor)
			continue;
		match = term_nearest(reading, segment, term, anchor);
		if (!match)
			return;
		found.words[found.n++] = match;
		gap += tokens_between(match, anchor);
		weakest = match->weight < weakest ? match->weight : weakest;
	}
	found.value = rule->weight * weakest * NEAR / (NEAR + (double)gap);
	if (found.value > best->value)
		*best = found;
}

static struct finding rule_find(const struct reading *reading, const struct segment *segment,
				const struct rule *rule)
{
	const struct part *part = &reading->parts[segment->part];
	struct finding best = {0};

	if (!rule_holds(reading, segment, rule))
		return best;
	for (size_t i = segment->match; i < segment->past_match; i++)
		if (concepts_meet(&part->matches[i].any, &rule->terms[rule->anchor].any))
			rule_weigh(reading, segment, rule, &part->matches[i], &best);
	return best;
}

static bool pause_between(const struct part *part, size_t first, size_t past)
{
	for (size_t at = part->tokens[first].end; at < part->tokens[past].start; at++)
		if (memchr(",;:", part->text[at], 3))
			return true;
	return false;
}

/* A negation shortly before one of the finding's actions, or right behind it. */
static bool is_negated(const struct reading *reading, const struct finding *finding)
{
	const struct part *part = &reading->parts[finding->segment->part];

	for (size_t w = 0; w < finding->n; w++) {
		const struct match *action = finding->words[w];

		if (!match_kind(action, reading->coder, CONCEPT_ACTION))
			continue;
		for (size_t i = finding->segment->match; i < finding->segment->past_match; i++) {
			const struct match *match = &part->matches[i];

			if (match_is(match, reading->coder, MARK_NEGATION) &&
			    match->past <= action->first &&
			    action->first - match->past <= NEGATION_REACH &&
			    !pause_between(part, match->past - 1, action->first))
				return true;
			if (match_is(match, reading->coder, MARK_NEGATION_AFTER) &&
			    match->first == action->past)
				return true;
		}
	}
	return false;
}

/* After negation: a threat that did not happen is none; an undoing that was refused is one. */
static size_t finding_signal(const struct finding *finding)
{
	size_t signal = 0;

	while (strcmp(finding->rule->signal, signals[signal]) != 0)
		signal++;
	if (!finding->negated)
		return signal;
	if (finding->rule->undone)
		return signal == THREAT ? OPPORTUNITY : signal == OPPORTUNITY ? THREAT : NONE;
	return NONE;
}

static void segment_judge(const struct reading *reading, const struct segment *segment,
			  struct finding *best, struct tally *tallies)
{
	const struct coder *coder = reading->coder;

	memset(best, 0, coder->n_classes * sizeof *best);
	for (size_t i = 0; i < coder->n_rules; i++) {
		const struct rule *rule = &coder->rules[i];
		struct finding found = rule_find(reading, segment, rule);

		if (found.value > best[rule->class].value)
			best[rule->class] = found;
	}
	for (size_t i = 0; i < coder->n_classes; i++) {
		double score = best[i].value * segment->weight;
		size_t signal;

		if (!best[i].rule)
			continue;
		best[i].negated = is_negated(reading, &best[i]);
		signal = finding_signal(&best[i]);
		tallies[i].score += score;
		tallies[i].signals[signal] += score;
		if (score > tallies[i].best_score[signal]) {
			tallies[i].best_score[signal] = score;
			tallies[i].best[signal] = best[i];
		}
	}
}

bool reading_judge(const struct reading *reading, struct verdict *ret)
{
	const struct coder *coder = reading->coder;
	struct finding *best = arena_array(reading->arena, struct finding, coder->n_classes);
	struct tally *tallies = arena_array(reading->arena, struct tally, coder->n_classes);
	double all = 0;
	size_t lead = 0, signal = 0;

	for (size_t i = 0; i < reading->n_segments; i++)
		if (reading->segments[i].match < reading->segments[i].past_match)
			segment_judge(reading, &reading->segments[i], best, tallies);
	for (size_t i = 0; i < coder->n_classes; i++) {
		all += tallies[i].score;
		if (tallies[i].score > tallies[lead].score ||
		    (tallies[i].score == tallies[lead].score && coder->classes[i].null))
			lead = i;
	}
	if (tallies[lead].score < ENOUGH || coder->classes[lead].null)
		return false;
	tallies[lead].signals[NONE] *= NONE_WEIGHT;
	for (size_t i = 1; i < SIGNALS; i++)
		if (tallies[lead].signals[i] > tallies[lead].signals[signal])
			signal = i;
	ret->best = tallies[lead].best[signal];
	ret->signal = signals[signal];
	ret->negated = ret->best.negated != ret->best.rule->undone;
	ret->confidence = tallies[lead].score / all;
	return true;
}
