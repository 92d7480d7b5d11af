/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names.h - names to whole numbers, in the order in which they first came. */
#ifndef MEASURE_NAMES_H
#define MEASURE_NAMES_H

#include <tocsin/base.h>

#define NAME_NONE SIZE_MAX

/* Zeroed at the start; the arena owns everything. */
struct names {
	struct arena *arena;
	const char **v;              /* by number */
	size_t n, cap;
	uint32_t *slots;             /* number + 1; open addressing, at most half full */
	size_t n_slots;
};

size_t names_find(const struct names *names, const char *name);   /* NAME_NONE */
/* The number of the name, which is copied when it is new. O(1) amortised. */
size_t names_add(struct names *names, const char *name);
/* The kept copy of the name, which is added when it is new. */
const char *names_keep(struct names *names, const char *name);

#endif
