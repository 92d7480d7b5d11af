/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arena.c - memory that dies together.
 *
 * A chain of blocks, newest first; each new block at least doubles the total, so
 * the number of calls to malloc is logarithmic. Fresh memory is zeroed when it is
 * handed out, not when it is taken, so a reset costs nothing.
 */
#include <stdlib.h>
#include <string.h>

#include <tocsin/base.h>

#define FIRST_BLOCK ((size_t)16 * 1024)
#define ALIGNMENT ((size_t)16)

struct arena_block {
	struct arena_block *older;
	size_t size;
	_Alignas(16) char bytes[];
};

static void out_of_memory(void)
{
	fputs("tocsin: out of memory\n", stderr);
	abort();
}

void *arena_alloc(struct arena *arena, size_t size)
{
	size_t need = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	void *place;

	if (need < size || need > SIZE_MAX / 2)
		out_of_memory();
	if (!arena->block || arena->block->size - arena->used < need) {
		size_t room = arena->total > FIRST_BLOCK ? arena->total : FIRST_BLOCK;
		struct arena_block *block;

		if (room < need)
			room = need;
		block = malloc(sizeof *block + room);
		if (!block)
			out_of_memory();
		block->older = arena->block;
		block->size = room;
		arena->block = block;
		arena->total += room;
		arena->used = 0;
	}
	place = arena->block->bytes + arena->used;
	arena->used += need;
	return memset(place, 0, need);
}

char *arena_ndup(struct arena *arena, const char *s, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	if (len)
		memcpy(copy, s, len);
	return copy;
}

char *arena_dup(struct arena *arena, const char *s)
{
	return s ? arena_ndup(arena, s, strlen(s)) : NULL;
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
	va_list args, again;
	int len;
	char *text;

	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	text = arena_alloc(arena, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, fmt, again);
	va_end(again);
	va_end(args);
	return text;
}

void *arena_more(struct arena *arena, void *items, size_t n, size_t *cap, size_t size)
{
	void *grown;

	if (n < *cap)
		return items;
	*cap = *cap ? *cap * 2 : 8;
	grown = arena_alloc(arena, *cap * size);
	if (n)
		memcpy(grown, items, n * size);
	return grown;
}

void arena_reset(struct arena *arena)
{
	struct arena_block *keep = arena->block;

	if (!keep)
		return;
	while (keep->older) {   /* the newest is the largest */
		struct arena_block *older = keep->older;

		keep->older = older->older;
		free(older);
	}
	arena->used = 0;
	arena->total = keep->size;
}

void arena_free(struct arena *arena)
{
	while (arena->block) {
		struct arena_block *older = arena->block->older;

		free(arena->block);
		arena->block = older;
	}
	*arena = (struct arena){0};
}
