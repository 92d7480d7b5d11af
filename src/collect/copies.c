/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * copies.c - which documents are copies or rewrites of an earlier one.
 *
 * Sketches meet in one sorted list of (hash, document): those that share three
 * hashes or more are compared, within 14 days, by containment.
 */
#include <stdlib.h>
#include <string.h>

#include <tocsin/collect.h>
#include <tocsin/text.h>

#define LEAST_SHARED 3
#define CONTAINMENT 0.20
#define BOILERPLATE 200

struct sketched {
	struct document *document;
	uint64_t *hashes;
	size_t n;
	bool fresh;
};

struct posting {
	uint64_t hash;
	size_t owner;
};

static int by_age(const void *a, const void *b)
{
	const struct document *x = ((const struct sketched *)a)->document;
	const struct document *y = ((const struct sketched *)b)->document;

	if (x->r.known.usec != y->r.known.usec)
		return x->r.known.usec < y->r.known.usec ? -1 : 1;
	return str_cmp(x->r.id, y->r.id);
}

static int by_hash(const void *a, const void *b)
{
	const struct posting *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->owner > y->owner) - (x->owner < y->owner);
}

static void add_sketch(struct sketched *to, struct document *document, bool fresh, struct arena *arena)
{
	const char *text = arena_printf(arena, "%s\n%s", document->title ? document->title : "",
					document->body ? document->body : "");

	*to = (struct sketched){.document = document, .fresh = fresh};
	to->n = text_sketch(text, strlen(text), arena, &to->hashes);
}

/* What more than BOILERPLATE documents say tells nothing, and would be most of the list. */
static size_t drop_boilerplate(struct posting *postings, size_t n)
{
	size_t kept = 0, past;

	for (size_t i = 0; i < n; i = past) {
		for (past = i + 1; past < n && postings[past].hash == postings[i].hash;)
			past++;
		if (past - i > BOILERPLATE)
			continue;
		memmove(postings + kept, postings + i, (past - i) * sizeof *postings);
		kept += past - i;
	}
	return kept;
}

/* How many hashes each earlier document shares with the one that is looked at. */
struct meeting {
	size_t *shared;   /* by document; all zero between two documents */
	size_t *met;      /* those that are not zero */
	size_t n_met;
};

static void count_shared(const struct posting *postings, size_t n, const struct sketched *all, size_t owner,
			 struct meeting *meeting)
{
	for (size_t h = 0; h < all[owner].n; h++) {
		size_t low = 0, high = n;

		while (low < high) {
			size_t middle = low + (high - low) / 2;

			if (postings[middle].hash < all[owner].hashes[h])
				low = middle + 1;
			else
				high = middle;
		}
		for (size_t i = low; i < n && postings[i].hash == all[owner].hashes[h] && postings[i].owner < owner; i++)
			if (meeting->shared[postings[i].owner]++ == 0)
				meeting->met[meeting->n_met++] = postings[i].owner;
	}
}

/* The earliest of those that were met; the counts are cleared for the next document. */
static void mark_one(struct sketched *all, size_t owner, struct meeting *meeting)
{
	struct document *document = all[owner].document;
	size_t first = owner;

	for (size_t m = 0; m < meeting->n_met; m++) {
		size_t i = meeting->met[m], shared = meeting->shared[i];
		size_t smaller = all[i].n < all[owner].n ? all[i].n : all[owner].n;

		meeting->shared[i] = 0;
		if (i < first && shared >= LEAST_SHARED && (double)shared >= CONTAINMENT * (double)smaller &&
		    document->r.known.usec - all[i].document->r.known.usec <= COPIES_DAYS * USEC_PER_DAY)
			first = i;
	}
	meeting->n_met = 0;
	if (first < owner)
		document->copy_of = all[first].document->copy_of ? all[first].document->copy_of
								  : all[first].document->r.id;
}

void copies_mark(struct document **fresh, size_t n_fresh, struct document **context, size_t n_context,
		 struct arena *arena)
{
	size_t n = n_fresh + n_context, n_postings = 0, at = 0;
	struct sketched *all = arena_array(arena, struct sketched, n + 1);
	struct posting *postings;
	struct meeting meeting = {.shared = arena_array(arena, size_t, n + 1), .met = arena_array(arena, size_t, n + 1)};

	for (size_t i = 0; i < n_fresh; i++)
		add_sketch(&all[i], fresh[i], true, arena);
	for (size_t i = 0; i < n_context; i++)
		add_sketch(&all[n_fresh + i], context[i], false, arena);
	if (n)
		qsort(all, n, sizeof *all, by_age);
	for (size_t i = 0; i < n; i++)
		n_postings += all[i].n;
	postings = arena_array(arena, struct posting, n_postings + 1);
	for (size_t i = 0; i < n; i++)
		for (size_t h = 0; h < all[i].n; h++)
			postings[at++] = (struct posting){all[i].hashes[h], i};
	if (n_postings)
		qsort(postings, n_postings, sizeof *postings, by_hash);
	n_postings = drop_boilerplate(postings, n_postings);
	for (size_t i = 0; i < n; i++) {
		if (!all[i].fresh)
			continue;
		count_shared(postings, n_postings, all, i, &meeting);
		mark_one(all, i, &meeting);
	}
}
