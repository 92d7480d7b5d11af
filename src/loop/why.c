/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * why.c - the walk from a record to what it rests on, down to words in documents.
 *
 * Depth first through the origins. A record that was opened once is not opened
 * again, so the walk ends even where origins form a ring, and its length is at
 * most the number of origins of what it reaches.
 */
#include <string.h>

#include "loop/stages.h"

#define DEPTH_MAX 32

struct walk {
	struct store *store;
	int64_t as_of;
	struct arena *arena;
	struct why *v;
	size_t n, cap;
	const char **opened;     /* ids; a hash set, open addressing */
	size_t n_opened, slots;
};

static size_t slot_of(const struct walk *walk, const char *id)
{
	uint64_t h = 1469598103934665603u;
	size_t at;

	for (const char *c = id; *c; c++)
		h = (h ^ (unsigned char)*c) * 1099511628211u;
	for (at = h % walk->slots; walk->opened[at]; at = (at + 1) % walk->slots)
		if (strcmp(walk->opened[at], id) == 0)
			break;
	return at;
}

static void set_grow(struct walk *walk)
{
	const char **old = walk->opened;
	size_t n = walk->slots;

	walk->slots = n ? 2 * n : 64;
	walk->opened = arena_array(walk->arena, const char *, walk->slots);
	for (size_t i = 0; i < n; i++)
		if (old[i])
			walk->opened[slot_of(walk, old[i])] = old[i];
}

/* True the first time. */
static bool open_once(struct walk *walk, const char *id)
{
	size_t at;

	if (2 * walk->n_opened >= walk->slots)
		set_grow(walk);
	at = slot_of(walk, id);
	if (walk->opened[at])
		return false;
	walk->opened[at] = id;
	walk->n_opened++;
	return true;
}

static const char *part_text(const struct record *record, const char *part)
{
	const struct document *document = (const struct document *)record;

	if (!record || record->kind != &kind_document || !part)
		return NULL;
	return strcmp(part, "title") == 0 ? document->title : strcmp(part, "body") == 0 ? document->body : NULL;
}

static void set_words(struct arena *arena, struct why *why, const struct origin *from)
{
	const char *text = part_text(why->record, from->part);

	why->part = from->part;
	why->byte_start = from->byte_start;
	why->byte_end = from->byte_end;
	if (text && from->byte_start >= 0 && from->byte_end >= from->byte_start &&
	    (size_t)from->byte_end <= strlen(text))
		why->text = arena_ndup(arena, text + from->byte_start, (size_t)(from->byte_end - from->byte_start));
}

static int walk_one(struct walk *walk, const char *id, const struct origin *from, int depth, struct err *err)
{
	struct why *why = arena_push(walk->arena, walk->v, walk->n, walk->cap);
	struct record *record = NULL;
	struct err ignored;
	int r = kind_of_id(id) ? store_get(walk->store, id, walk->as_of, walk->arena, &record, &ignored) : ERR_NOT_FOUND;

	if (r < 0 && r != ERR_NOT_FOUND)
		return err_set(err, (enum err_code)r, "%s", ignored.msg);
	*why = (struct why){.depth = depth, .role = from ? from->role : NULL, .record = r < 0 ? NULL : record,
			    .id = id, .byte_start = INT_MISSING, .byte_end = INT_MISSING};
	if (from && from->part)
		set_words(walk->arena, why, from);
	if (r < 0)
		return 0;
	why->again = !open_once(walk, id);
	if (why->again || depth >= DEPTH_MAX)
		return 0;
	for (size_t i = 0; i < record->n_from; i++) {
		r = walk_one(walk, record->from[i].from_id, &record->from[i], depth + 1, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int why_walk(struct store *store, const char *id, int64_t as_of, struct arena *arena,
	     struct why **ret, size_t *ret_n, struct err *err)
{
	struct walk walk = {.store = store, .as_of = as_of, .arena = arena};
	struct record *top;
	int r = store_get(store, id, as_of, arena, &top, err);

	if (r == 0)
		r = walk_one(&walk, top->id, NULL, 0, err);
	if (r < 0)
		return r;
	*ret = walk.v;
	*ret_n = walk.n;
	return 0;
}
