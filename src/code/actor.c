/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * actor.c - who did it to whom: the names around the action of a finding.
 *
 * A name is a run of tokens that are capitalised, places, or known words for
 * actors, held together by joiners ("Court of Bosnia and Herzegovina"). What
 * stands before the action is the actor and what follows the target; after a
 * passive it is the other way round, the actor then follows "by". A headline
 * that names only somebody who needs protection ("Reporter jailed") has no actor.
 */
#include <string.h>

#include "code/reading.h"

#define REACH_BEFORE 12   /* tokens */
#define REACH_AFTER 6
#define REACH_BY 8

enum role { ROLE_NONE, ROLE_NAME, ROLE_JOINER };

struct scene {
	const struct reading *reading;
	const struct part *part;
	const struct segment *segment;
	unsigned char roles[SEGMENT_TOKENS];
};

static void scene_mark(struct scene *scene, size_t first, size_t past, enum role role)
{
	for (size_t i = first; i < past && i < scene->segment->past; i++)
		if (i >= scene->segment->first)
			scene->roles[i - scene->segment->first] = (unsigned char)role;
}

static void scene_make(struct scene *scene, const struct reading *reading,
		       const struct segment *segment)
{
	const struct part *part = &reading->parts[segment->part];
	const struct coder *coder = reading->coder;

	*scene = (struct scene){.reading = reading, .part = part, .segment = segment};
	for (size_t i = segment->first + 1; i < segment->past; i++)
		if (part->tokens[i].capital)
			scene_mark(scene, i, i + 1, ROLE_NAME);
	if (segment->past > segment->first + 1 && part->tokens[segment->first].capital &&
	    part->tokens[segment->first + 1].capital)
		scene_mark(scene, segment->first, segment->first + 1, ROLE_NAME);
	for (size_t i = 0; i < part->n_places; i++)
		if (part->places[i].unit)
			scene_mark(scene, part->places[i].first, part->places[i].past, ROLE_NAME);
	for (size_t i = segment->match; i < segment->past_match; i++) {
		const struct match *match = &part->matches[i];
		enum role role = match_is(match, coder, MARK_JOINER) ? ROLE_JOINER : ROLE_NONE;

		if (match_kind(match, coder, CONCEPT_ACTOR) || match_kind(match, coder, CONCEPT_CIVIC))
			role = ROLE_NAME;
		scene_mark(scene, match->first, match->past, role);
	}
}

static enum role scene_role(const struct scene *scene, size_t token)
{
	return token >= scene->segment->first && token < scene->segment->past
		       ? (enum role)scene->roles[token - scene->segment->first] : ROLE_NONE;
}

/* True if nothing but blanks, hyphens and apostrophes stands between tokens i and i + 1. */
static bool are_adjacent(const struct part *part, size_t i)
{
	size_t from = part->tokens[i].end, past = part->tokens[i + 1].start;

	if (past - from > 3)
		return false;
	for (; from < past; from++)
		if (memchr(".,;:()\"\n", part->text[from], 8))
			return false;
	return true;
}

static bool pause_after(const struct part *part, size_t i)
{
	for (size_t at = part->tokens[i].end; at < part->tokens[i + 1].start; at++)
		if (memchr(";:\n", part->text[at], 3))
			return true;
	return false;
}

/* The name that token belongs to. */
static struct words scene_name(const struct scene *scene, size_t token)
{
	struct words words = {token, token + 1};

	while (words.first > scene->segment->first &&
	       scene_role(scene, words.first - 1) != ROLE_NONE &&
	       are_adjacent(scene->part, words.first - 1))
		words.first--;
	while (scene_role(scene, words.past) != ROLE_NONE &&
	       are_adjacent(scene->part, words.past - 1))
		words.past++;
	while (scene_role(scene, words.first) == ROLE_JOINER)
		words.first++;
	while (scene_role(scene, words.past - 1) == ROLE_JOINER)
		words.past--;
	return words;
}

static struct words name_before(const struct scene *scene, size_t token)
{
	for (size_t i = token; i-- > scene->segment->first && token - i <= REACH_BEFORE;) {
		if (pause_after(scene->part, i))
			break;
		if (scene_role(scene, i) == ROLE_NAME)
			return scene_name(scene, i);
	}
	return (struct words){0};
}

static struct words name_after(const struct scene *scene, size_t token, size_t reach)
{
	for (size_t i = token; i < scene->segment->past && i - token < reach; i++) {
		if (i && pause_after(scene->part, i - 1))
			break;
		if (scene_role(scene, i) == ROLE_NAME)
			return scene_name(scene, i);
	}
	return (struct words){0};
}

static const struct match *mark_between(const struct scene *scene, enum mark mark, size_t first,
					size_t past)
{
	for (size_t i = scene->segment->match; i < scene->segment->past_match; i++) {
		const struct match *match = &scene->part->matches[i];

		if (match->first >= first && match->past <= past &&
		    match_is(match, scene->reading->coder, mark))
			return match;
	}
	return NULL;
}

static bool has_kind(const struct scene *scene, const struct words *words, enum concept_kind kind)
{
	for (size_t i = scene->segment->match; i < scene->segment->past_match; i++) {
		const struct match *match = &scene->part->matches[i];

		if (match->first >= words->first && match->past <= words->past &&
		    match_kind(match, scene->reading->coder, kind))
			return true;
	}
	return false;
}

static bool does_harm(const struct rule *rule)
{
	return str_eq(rule->type, "COERCE") || str_eq(rule->type, "ASSAULT") ||
	       str_eq(rule->type, "THREATEN") || rule->undone;
}

void reading_actors(const struct reading *reading, const struct finding *finding,
		    struct words *actor, struct words *target)
{
	const struct match *action = NULL, *by;
	struct scene scene;
	struct words before, after;

	*actor = *target = (struct words){0};
	for (size_t i = 0; i < finding->n && !action; i++)
		if (match_kind(finding->words[i], reading->coder, CONCEPT_ACTION))
			action = finding->words[i];
	if (!action)
		return;
	scene_make(&scene, reading, finding->segment);
	before = name_before(&scene, action->first);
	by = mark_between(&scene, MARK_BY, action->past, action->past + REACH_BY);
	if (before.past && (by || mark_between(&scene, MARK_PASSIVE, before.past, action->past))) {
		*target = before;
		if (by)
			*actor = name_after(&scene, by->past, REACH_AFTER);
		return;
	}
	after = name_after(&scene, action->past, REACH_AFTER);
	if (before.past && !after.past && does_harm(finding->rule) &&
	    !has_kind(&scene, &before, CONCEPT_ACTOR)) {
		*target = before;
		return;
	}
	*actor = before;
	*target = after;
}
