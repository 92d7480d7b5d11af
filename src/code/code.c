/* SPDX-License-Identifier: GPL-3.0-or-later */
/* code.c - the stage: every document read once, at most one event from each. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "code/reading.h"

struct index {   /* of the documents by id, to find the original of a copy */
	const struct document **v;
	size_t n;
};

static int by_id(const void *a, const void *b)
{
	return str_cmp((*(const struct document *const *)a)->r.id,
		       (*(const struct document *const *)b)->r.id);
}

static struct index index_make(const struct records *in, const struct records *originals, struct arena *arena)
{
	struct index index = {.v = arena_array(arena, const struct document *, in->n + originals->n + 1)};
	const struct document *document;
	size_t i = 0, k = 0;

	while ((document = records_next(in, &kind_document, &i)) != NULL ||
	       (document = records_next(originals, &kind_document, &k)) != NULL)
		index.v[index.n++] = document;
	if (index.n)
		qsort(index.v, index.n, sizeof *index.v, by_id);
	return index;
}

static const struct document *index_find(const struct index *index, const char *id)
{
	const struct document key = {.r.id = id}, *at = &key;
	const struct document **found;

	if (!id || !index->n)
		return NULL;
	found = bsearch(&at, index->v, index->n, sizeof *index->v, by_id);
	return found ? *found : NULL;
}

/* The voice behind a document: a copy speaks with that of its original. Chains are short. */
static const char *feed_of(const struct index *index, const struct document *document)
{
	for (int i = 0; i < 8; i++) {
		const struct document *original = index_find(index, document->copy_of);

		if (!original || original == document)
			break;
		document = original;
	}
	return document->feed;
}

static struct code_language *tally_language(struct code_tally *tally, struct arena *arena,
					    const char *lang)
{
	size_t at = 0;

	while (at < tally->n_languages && str_cmp(tally->languages[at].lang, lang) < 0)
		at++;
	if (at == tally->n_languages || !str_eq(tally->languages[at].lang, lang)) {
		arena_push(arena, tally->languages, tally->n_languages, tally->cap_languages);
		memmove(tally->languages + at + 1, tally->languages + at,
			(tally->n_languages - 1 - at) * sizeof *tally->languages);
		tally->languages[at] = (struct code_language){.lang = arena_dup(arena, lang)};
	}
	return &tally->languages[at];
}

/* The calendar day where the document was published, by the offset it was written with. */
static struct instant local_day(struct instant at)
{
	int64_t year;
	unsigned month, day;

	if (!instant_is_set(at) || at.precision < INSTANT_DAY)
		return (struct instant){0};
	if (at.precision == INSTANT_SECOND)
		at.usec += at.offset * 60 * USEC_PER_SECOND;
	instant_civil(at, &year, &month, &day);
	return instant_of_day(year, month, day);
}

struct draft {   /* an event in the making */
	const struct document *document;
	const struct reading *reading;
	struct arena *arena;
	struct event *event;
};

static void draft_words(struct draft *draft, size_t part, size_t first, size_t past)
{
	static const char *const names[PARTS] = {"title", "body"};
	const struct token *tokens = draft->reading->parts[part].tokens;
	const int64_t start = tokens[first].start, end = tokens[past - 1].end;

	for (size_t i = 0; i < draft->event->r.n_from; i++) {
		const struct origin *old = &draft->event->r.from[i];

		if (str_eq(old->part, names[part]) && old->byte_start == start &&
		    old->byte_end == end)
			return;   /* one word may be both trigger and actor */
	}
	record_from_span(draft->arena, &draft->event->r, draft->document->r.id, "words",
			 names[part], start, end);
}

/* A name as written, its span among the origins; NULL with the reason if unknown. */
static const char *draft_name(struct draft *draft, const struct finding *finding,
			      const struct words *words, const char *field)
{
	const struct part *part = &draft->reading->parts[finding->segment->part];
	size_t start, end;

	if (words->past <= words->first) {
		record_missing(draft->arena, &draft->event->r, field, "not sure from the words");
		return NULL;
	}
	start = part->tokens[words->first].start;
	end = part->tokens[words->past - 1].end;
	draft_words(draft, finding->segment->part, words->first, words->past);
	return arena_ndup(draft->arena, part->text + start, end - start);
}

static void draft_day(struct draft *draft, const struct finding *finding)
{
	const struct document *document = draft->document;
	struct event *event = draft->event;
	struct instant published = local_day(document->published), day = published;

	if (reading_day(draft->reading, finding, published, &day)) {
		event->day_basis = "text";
	} else if (instant_is_set(published)) {
		event->day_basis = "published";
	} else {
		day = (struct instant){0};
		record_missing(draft->arena, &event->r, "valid_from", "the document has no date");
	}
	event->r.valid_from = day;
	if (instant_is_set(day))
		event->r.valid_past = instant_add_days(day, 1);
}

static struct event *event_make(const struct reading *reading, const struct document *document,
				const struct verdict *verdict, const struct index *index,
				struct arena *arena)
{
	const struct finding *best = &verdict->best;
	struct event *event = record_new(arena, &kind_event);
	struct draft draft = {document, reading, arena, event};
	struct words actor, target;

	event->r.known = document->r.known;
	record_inherit_licence(&event->r, document->r.licence);
	event->document = document->r.id;
	event->feed = feed_of(index, document);
	event->lang = document->lang;
	event->type = best->rule->type;
	event->civic_class = reading->coder->classes[best->rule->class].name;
	event->signal = verdict->signal;
	event->negated = verdict->negated;
	event->confidence = verdict->confidence;
	for (size_t i = 0; i < best->n; i++)
		draft_words(&draft, best->segment->part, best->words[i]->first,
			    best->words[i]->past);
	reading_actors(reading, best, &actor, &target);
	event->actor = draft_name(&draft, best, &actor, "actor");
	event->target = draft_name(&draft, best, &target, "target");
	if (!event->type)
		record_missing(arena, &event->r, "type", "no PLOVER type describes it");
	draft_day(&draft, best);
	return event;
}

static void document_code(const struct coder *coder, const struct document *document,
			  const struct index *index, struct arena *scratch, struct records *out,
			  struct code_tally *tally)
{
	struct reading reading = {.coder = coder, .arena = scratch};
	struct code_language *count =
		tally_language(tally, out->arena, document->lang ? document->lang : "und");
	const struct place_hit *place;
	const struct unit *unit;
	struct verdict verdict;
	struct event *event;
	size_t part;

	tally->documents++;
	count->documents++;
	reading.language = language_find(coder, document->lang);
	if (!reading.language) {
		tally->not_coded++;
		count->not_coded++;
		return;
	}
	reading_make(&reading, document);
	if (!reading_judge(&reading, &verdict)) {
		tally->without_class++;
		return;
	}
	unit = reading_unit(&reading, &place, &part);
	if (!unit) {
		tally->without_unit++;
		return;
	}
	event = event_make(&reading, document, &verdict, index, out->arena);
	event->r.unit = unit->r.unit;
	draft_words(&(struct draft){document, &reading, out->arena, event}, part, place->first,
		    place->past);
	record_identify(out->arena, event);
	records_add(out, event);
	tally->events++;
	count->events++;
}

int code_run(const struct code_setup *setup, const struct records *in, struct records *out,
	     struct code_tally *tally, struct err *err)
{
	_cleanup_(arena_free) struct arena scratch = {0}, kept = {0};
	struct code_tally count = {0};
	const struct document *document;
	struct index index;
	size_t i = 0;

	assert(setup && setup->coder && in && out && out->arena);
	if (!setup->coder->n_rules)
		return err_hint(err, err_set(err, ERR_USAGE, "the coder has no rules"),
				"Load rules.tsv from the lexicon folder.");
	index = index_make(in, setup->originals ? setup->originals : &(struct records){0}, &kept);
	while ((document = records_next(in, &kind_document, &i)) != NULL) {
		if (document->r.withdrawn)
			continue;
		document_code(setup->coder, document, &index, &scratch, out, &count);
		arena_reset(&scratch);
	}
	if (tally)
		*tally = count;
	return 0;
}
