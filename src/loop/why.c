/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * why.c - the walk from any record, by its origins, down to the words in the
 * source documents.
 *
 * Depth first, in the order in which a record names its origins. A record is
 * opened once; met again it is a line marked `again`, which also ends cycles.
 * Documents are leaves, and the same document may appear with many spans.
 *
 * A span points into the document as it was known when the record that quotes it
 * was made, so a document is read as of that record's `known`: a later edit of the
 * page does not move the words. An origin that was erased, withdrawn or never
 * stored is a line with its id alone.
 *
 * O(lines) in reads of the store; a path deeper than DEPTH_MAX is not followed.
 */
#include <string.h>

#include <tocsin/loop.h>

#define DEPTH_MAX 64

struct walk {
	struct store *store;
	int64_t as_of;
	int64_t retained;         /* words of documents known before were given up */
	struct arena *arena;
	struct why *lines;
	size_t n, cap;
	const char **opened;      /* open addressing by hash of the id */
	size_t n_opened, n_slots;
};

static size_t slot_of(const struct walk *walk, const char *id)
{
	uint64_t hash = UINT64_C(14695981039346656037);   /* FNV-1a */
	size_t i;

	for (const char *c = id; *c; c++)
		hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
	i = (size_t)hash & (walk->n_slots - 1);
	while (walk->opened[i] && strcmp(walk->opened[i], id) != 0)
		i = (i + 1) & (walk->n_slots - 1);
	return i;
}

static void opened_grow(struct walk *walk)
{
	const char **old = walk->opened;
	size_t n_old = walk->n_slots;

	walk->n_slots = n_old ? 2 * n_old : 256;
	walk->opened = arena_array(walk->arena, const char *, walk->n_slots);
	for (size_t i = 0; i < n_old; i++)
		if (old[i])
			walk->opened[slot_of(walk, old[i])] = old[i];
}

/* True when the id is opened for the first time. */
static bool open_first(struct walk *walk, const char *id)
{
	size_t i;

	if (2 * walk->n_opened >= walk->n_slots)
		opened_grow(walk);
	i = slot_of(walk, id);
	if (walk->opened[i])
		return false;
	walk->opened[i] = id;
	walk->n_opened++;
	return true;
}

/* The record as of a time; NULL when it is unknown, withdrawn or erased. */
static int find(struct walk *walk, const char *id, int64_t as_of, struct record **ret, struct err *err)
{
	struct record *record = NULL;
	int r = kind_of_id(id) ? store_get(walk->store, id, as_of, walk->arena, &record, err) : ERR_NOT_FOUND;

	if (r < 0 && r != ERR_NOT_FOUND)
		return r;
	*ret = r == 0 && !record->withdrawn ? record : NULL;
	return 0;
}

/* An origin as the record that names it saw it; as of the walk when it was known later only. */
static int find_origin(struct walk *walk, const struct record *parent, const char *id,
		       struct record **ret, struct err *err)
{
	int64_t then = parent->known.usec < walk->as_of ? parent->known.usec : walk->as_of;
	struct record *record = NULL;
	int r = 0;

	if (kind_of_id(id) == &kind_document)
		r = find(walk, id, then, &record, err);
	if (r == 0 && !record)
		r = find(walk, id, walk->as_of, &record, err);
	if (r == 0)
		*ret = record;
	return r;
}

/* The bytes [start, end) of a part, when they are there and whole characters. */
static const char *span_text(struct walk *walk, const struct record *record, const struct origin *from)
{
	const struct document *document = (const struct document *)record;
	const char *part;
	size_t len;

	if (!record || record->kind != &kind_document || !from->part)
		return NULL;
	part = strcmp(from->part, "title") == 0 ? document->title :
	       strcmp(from->part, "body") == 0 ? document->body : NULL;
	if (!part || from->byte_start < 0 || from->byte_end <= from->byte_start ||
	    (uint64_t)from->byte_end > strlen(part))
		return NULL;
	len = (size_t)(from->byte_end - from->byte_start);
	if (utf8_valid(part + from->byte_start, len) != len)
		return NULL;
	return arena_ndup(walk->arena, part + from->byte_start, len);
}

static int walk_into(struct walk *walk, const struct record *record, int depth, struct err *err);

static int walk_origin(struct walk *walk, const struct record *parent, const struct origin *from, int depth,
		       struct err *err)
{
	struct record *record = NULL;
	struct why line = {.depth = depth, .role = from->role, .id = from->from_id, .part = from->part,
			   .byte_start = from->byte_start, .byte_end = from->byte_end};
	bool first;
	int r = find_origin(walk, parent, from->from_id, &record, err);

	if (r < 0)
		return r;
	line.record = record;
	line.text = span_text(walk, record, from);
	line.given_up = !line.text && from->part && record && record->kind == &kind_document &&
			record->known.usec < walk->retained;
	first = !record || record->kind == &kind_document || open_first(walk, record->id);
	line.again = !first;
	*arena_push(walk->arena, walk->lines, walk->n, walk->cap) = line;
	return record && first && depth < DEPTH_MAX ? walk_into(walk, record, depth + 1, err) : 0;
}

static int walk_into(struct walk *walk, const struct record *record, int depth, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < record->n_from && r == 0; i++)
		r = walk_origin(walk, record, &record->from[i], depth, err);
	return r;
}

int why_walk(struct store *store, const char *id, int64_t as_of, struct arena *arena,
	     struct why **ret, size_t *ret_n, struct err *err)
{
	struct walk walk = {.store = store, .as_of = as_of, .arena = arena};
	struct record *record;
	int r = store_get(store, id, as_of, arena, &record, err);

	if (r == 0)
		r = store_retained(store, &walk.retained, err);
	if (r < 0)
		return r;
	open_first(&walk, record->id);
	*arena_push(arena, walk.lines, walk.n, walk.cap) =
		(struct why){.record = record, .id = record->id, .byte_start = INT_MISSING, .byte_end = INT_MISSING};
	r = walk_into(&walk, record, 1, err);
	if (r < 0)
		return r;
	*ret = walk.lines;
	*ret_n = walk.n;
	return 0;
}
