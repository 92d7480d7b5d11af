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

#define WINDOW_DAYS 14
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

/* Count for document `owner` how many hashes each earlier one shares with it. */
static void count_shared(const struct posting *postings, size_t n, const struct sketched *all, size_t owner,
			 size_t *shared)
{
	for (size_t h = 0; h < all[owner].n; h++) {
		size_t low = 0, high = n, end;

		while (low < high) {
			size_t middle = low + (high - low) / 2;

			if (postings[middle].hash < all[owner].hashes[h])
				low = middle + 1;
			else
				high = middle;
		}
		for (end = low; end < n && postings[end].hash == all[owner].hashes[h]; end++)
			if (end - low > BOILERPLATE)
				break;
		if (end - low > BOILERPLATE)
			continue;
		for (size_t i = low; i < end && postings[i].owner < owner; i++)
			shared[postings[i].owner]++;
	}
}

static void mark_one(struct sketched *all, size_t owner, size_t *shared)
{
	struct document *document = all[owner].document;

	for (size_t i = 0; i < owner; i++) {
		const struct document *earlier = all[i].document;
		size_t smaller = all[i].n < all[owner].n ? all[i].n : all[owner].n;

		if (shared[i] < LEAST_SHARED || (double)shared[i] < CONTAINMENT * (double)smaller ||
		    document->r.known.usec - earlier->r.known.usec > WINDOW_DAYS * USEC_PER_DAY)
			continue;
		document->copy_of = earlier->copy_of ? earlier->copy_of : earlier->r.id;
		break;
	}
}

void copies_mark(struct document **fresh, size_t n_fresh, struct document **context, size_t n_context,
		 struct arena *arena)
{
	size_t n = n_fresh + n_context, n_postings = 0, at = 0;
	struct sketched *all = arena_array(arena, struct sketched, n + 1);
	struct posting *postings;
	size_t *shared = arena_array(arena, size_t, n + 1);

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
	for (size_t i = 0; i < n; i++) {
		if (!all[i].fresh)
			continue;
		memset(shared, 0, n * sizeof *shared);
		count_shared(postings, n_postings, all, i, shared);
		mark_one(all, i, shared);
	}
}
