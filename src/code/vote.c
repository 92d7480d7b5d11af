/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vote.c - the unit a document is about: a vote of the places it names.
 *
 * A mention counts by its kind (place.h) and its sentence; the same form again in
 * one sentence adds nothing. The first place named gets FIRST more, since reports
 * open with where. A country that condemns, urges or sanctions is seldom the one
 * where the thing happened, so a name right before such an act counts OUTWARD;
 * one right before what crosses borders ("Russian missiles", "US reporter"), EXPORTED;
 * one after a word for "in", LOCATIVE.
 */
#include <string.h>

#include "code/reading.h"

#define FIRST 1.35
#define OUTWARD 0.35
#define EXPORTED 0.5
#define LOCATIVE 1.1

struct ballot {
	const struct unit *unit;
	double weight, sure;
	const struct place_hit *first;
	size_t part;
};

struct poll {
	struct ballot *v;
	size_t n, cap;
};

static struct ballot *poll_find(struct poll *poll, const struct unit *unit)
{
	for (size_t i = 0; i < poll->n; i++)
		if (poll->v[i].unit == unit)
			return &poll->v[i];
	return NULL;
}

static struct ballot *poll_need(struct poll *poll, struct arena *arena, const struct unit *unit)
{
	struct ballot *ballot = poll_find(poll, unit);

	if (!ballot) {
		ballot = arena_push(arena, poll->v, poll->n, poll->cap);
		*ballot = (struct ballot){.unit = unit};
	}
	return ballot;
}

static double sure_weight(struct poll *poll, const struct unit *unit)
{
	const struct ballot *ballot = poll_find(poll, unit);

	return ballot ? ballot->sure : 0;
}

/* The unit a mention speaks for once homonyms are settled; NULL for none. */
static const struct unit *hit_unit(struct poll *poll, const struct place_hit *hit)
{
	if (!hit->unit || hit->sure)
		return hit->unit;
	if (hit->rival && sure_weight(poll, hit->rival) > 0 && sure_weight(poll, hit->unit) == 0)
		return hit->rival;
	if (hit->lone && sure_weight(poll, hit->unit) == 0)
		return NULL;
	return hit->unit;
}

/* How much the words around a mention speak for or against the thing having happened there. */
static double context_weight(const struct reading *reading, const struct segment *segment,
			     const struct place_hit *hit)
{
	const struct coder *coder = reading->coder;
	const struct part *part = &reading->parts[segment->part];
	double weight = 1;

	for (size_t i = segment->match; i < segment->past_match; i++) {
		const struct match *match = &part->matches[i];
		bool next = match->first >= hit->past && match->first <= hit->past + 1;

		if (next && concepts_meet(&match->any, &coder->outward))
			return OUTWARD;
		if (next && concepts_meet(&match->any, &coder->exported) &&
		    (hit->adjective || match->first == hit->past))
			return EXPORTED;
		if (match->past == hit->first && match_is(match, coder, MARK_LOCATIVE))
			weight = LOCATIVE;
	}
	return weight;
}

static bool said_before(const struct part *part, const struct segment *segment, size_t hit)
{
	for (size_t i = hit; i-- > 0 && part->places[i].first >= segment->first;)
		if (part->places[i].form == part->places[hit].form)
			return true;
	return false;
}

static void poll_part(struct poll *poll, const struct reading *reading, size_t index, bool settle)
{
	const struct part *part = &reading->parts[index];
	size_t at = 0;

	for (size_t i = 0; i < part->n_places; i++) {
		const struct place_hit *hit = &part->places[i];
		const struct segment *segment;
		const struct unit *certain = hit->sure ? hit->unit : NULL;
		const struct unit *unit = settle ? hit_unit(poll, hit) : certain;
		struct ballot *ballot;
		double weight;

		while (at < reading->n_segments && (reading->segments[at].part != index ||
						    reading->segments[at].past <= hit->first))
			at++;
		segment = &reading->segments[at];
		if (!unit || said_before(part, segment, i))
			continue;
		ballot = poll_need(poll, reading->arena, unit);
		weight = hit->weight * segment->weight;
		if (!settle) {
			ballot->sure += weight;
			continue;
		}
		weight *= context_weight(reading, segment, hit);
		if (!ballot->first) {
			ballot->first = hit;
			ballot->part = index;
		}
		ballot->weight += weight;
	}
}

/* The ballot of the place named first of all; bodies, which act everywhere, do not count. */
static struct ballot *poll_opener(struct poll *poll)
{
	struct ballot *opener = NULL;

	for (size_t i = 0; i < poll->n; i++) {
		struct ballot *ballot = &poll->v[i];

		if (!ballot->first || str_eq(ballot->unit->type, "body"))
			continue;
		if (!opener || ballot->part < opener->part ||
		    (ballot->part == opener->part && ballot->first->first < opener->first->first))
			opener = ballot;
	}
	return opener;
}

const struct unit *reading_unit(const struct reading *reading, const struct place_hit **ret_hit,
				size_t *ret_part)
{
	struct poll poll = {0};
	struct ballot *opener, *best = NULL;

	for (size_t i = 0; i < 2 * PARTS; i++)
		poll_part(&poll, reading, i % PARTS, i >= PARTS);
	opener = poll_opener(&poll);
	if (opener)
		opener->weight *= FIRST;
	for (size_t i = 0; i < poll.n; i++)
		if (poll.v[i].first && (!best || poll.v[i].weight > best->weight))
			best = &poll.v[i];
	if (!best)
		return NULL;
	*ret_hit = best->first;
	*ret_part = best->part;
	return best->unit;
}
