/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reading.c - a document to tokens, matches, places and weighted segments. */
#include <string.h>

#include "code/reading.h"

#define WEIGHT_TITLE 2.0

/* Of the sentences of a body that say anything known; the last goes for all after it. */
static const double segment_weights[] = {1.3, 0.8, 0.6, 0.45, 0.35, 0.25, 0.2, 0.15, 0.1, 0.05};

bool match_is(const struct match *match, const struct coder *coder, enum mark mark)
{
	const size_t concept = coder->marks[mark];

	return match->any.w[concept / 64] >> concept % 64 & 1;
}

bool match_kind(const struct match *match, const struct coder *coder, enum concept_kind kind)
{
	return concepts_meet(&match->any, &coder->kinds[kind]);
}

static void part_match(struct reading *reading, struct part *part)
{
	const struct language *language = reading->language;
	bool *matched = arena_alloc(reading->arena, part->n + 1);
	struct pattern_hit hit;

	for (size_t i = 0; i < part->n; i++) {
		const struct entry *entry;

		if (!pattern_at(language->phrases, part->text, part->len, part->tokens, part->n, i,
				&hit))
			continue;
		entry = &language->entries[hit.value];
		*arena_push(reading->arena, part->matches, part->n_matches, part->cap_matches) =
			(struct match){entry->any, entry->weight, hit.first, hit.past};
		memset(matched + hit.first, 1, hit.past - hit.first);
		i = hit.past - 1;
	}
	part->n_places = places_find(language->places, part->text, part->len, part->tokens, part->n,
				     matched, reading->arena, &part->places);
}

/* True if the segment says anything beyond grammar; the places of weight go by such ones. */
static bool segment_speaks(const struct reading *reading, const struct segment *segment)
{
	const struct part *part = &reading->parts[segment->part];

	for (size_t i = segment->match; i < segment->past_match; i++)
		if (!match_kind(&part->matches[i], reading->coder, CONCEPT_MARK))
			return true;
	return false;
}

static void part_segments(struct reading *reading, size_t index)
{
	struct part *part = &reading->parts[index];
	size_t match = 0, rank = 0;

	for (size_t i = 0; i < part->n;) {
		struct segment segment = {.part = index, .first = i, .match = match};

		while (i < part->n && i - segment.first < SEGMENT_TOKENS &&
		       part->tokens[i].sentence == part->tokens[segment.first].sentence)
			i++;
		segment.past = i;
		while (match < part->n_matches && part->matches[match].first < i) {
			concepts_join(&segment.any, &part->matches[match].any);
			match++;
		}
		segment.past_match = match;
		segment.weight = segment_weights[rank];
		if (index == PART_TITLE)
			segment.weight = WEIGHT_TITLE;
		else if (segment_speaks(reading, &segment) && rank + 1 < LENGTH(segment_weights))
			rank++;
		concepts_join(&reading->any, &segment.any);
		*arena_push(reading->arena, reading->segments, reading->n_segments,
			    reading->cap_segments) = segment;
	}
}

void reading_make(struct reading *reading, const struct document *document)
{
	const char *texts[PARTS] = {document->title, document->body};

	for (size_t i = 0; i < PARTS; i++) {
		struct part *part = &reading->parts[i];

		part->text = texts[i] ? texts[i] : "";
		part->len = strnlen(part->text, BODY_BYTES);
		part->len = utf8_valid(part->text, part->len);
		part->n = part->len ? text_tokens(part->text, part->len, reading->arena,
						  &part->tokens)
				    : 0;
		part_match(reading, part);
		part_segments(reading, i);
	}
	/* without a title the first sentence that says something takes its place, nearly */
	for (size_t i = 0; !reading->parts[PART_TITLE].n && i < reading->n_segments; i++)
		reading->segments[i].weight *= 1.4;
}

const struct segment *reading_segment(const struct reading *reading, size_t part, size_t token)
{
	for (size_t i = 0; i < reading->n_segments; i++) {
		const struct segment *segment = &reading->segments[i];

		if (segment->part == part && token >= segment->first && token < segment->past)
			return segment;
	}
	return NULL;
}
