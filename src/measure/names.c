/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names.c - a hash table of names (FNV-1a, linear probing). */
#include <string.h>

#include "measure/names.h"

static size_t name_hash(const char *name)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * UINT64_C(1099511628211);
	return (size_t)(hash ^ hash >> 32);
}

/* Where the name stands, or the free slot where it would. */
static uint32_t *slot_of(const struct names *names, const char *name)
{
	size_t at = name_hash(name) & (names->n_slots - 1);

	while (names->slots[at] && strcmp(names->v[names->slots[at] - 1], name) != 0)
		at = (at + 1) & (names->n_slots - 1);
	return &names->slots[at];
}

size_t names_find(const struct names *names, const char *name)
{
	return names->n_slots && *slot_of(names, name) ? *slot_of(names, name) - 1 : NAME_NONE;
}

static void names_grow(struct names *names)
{
	names->n_slots = names->n_slots ? 2 * names->n_slots : 64;
	names->slots = arena_array(names->arena, uint32_t, names->n_slots);
	for (size_t i = 0; i < names->n; i++)
		*slot_of(names, names->v[i]) = (uint32_t)i + 1;
}

size_t names_add(struct names *names, const char *name)
{
	uint32_t *slot;

	if (2 * (names->n + 1) > names->n_slots)
		names_grow(names);
	slot = slot_of(names, name);
	if (!*slot) {
		*arena_push(names->arena, names->v, names->n, names->cap) = arena_dup(names->arena, name);
		*slot = (uint32_t)names->n;
	}
	return *slot - 1;
}

const char *names_keep(struct names *names, const char *name)
{
	const size_t number = names_add(names, name);

	return names->v[number];   /* the array may have moved */
}
