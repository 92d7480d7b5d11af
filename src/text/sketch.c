/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sketch.c - FracMinHash sketches (Irber et al. 2022) over 9-letter shingles of the
 * folded text, to find copies and rewrites by containment.
 */
#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#define SHINGLE 9
#define SHORT_TEXT 600

static uint64_t mix(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdu;
	x ^= x >> 33;
	x *= 0xc4ceb9fe1a85ec53u;
	return x ^ x >> 33;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

size_t text_sketch(const char *s, size_t len, struct arena *arena, uint64_t **ret)
{
	_cleanup_(buf_free) struct buf folded = {0};
	uint64_t *hashes = NULL, window[SHINGLE] = {0};
	size_t n = 0, cap = 0, letters = 0, unique = 0, total = 0;

	text_fold(&folded, s, len);
	for (size_t at = 0; at < folded.len; total++)
		utf8_next(folded.s, folded.len, &at);
	for (size_t at = 0; at < folded.len; letters++) {
		uint64_t hash = 0;

		window[letters % SHINGLE] = utf8_next(folded.s, folded.len, &at);
		if (letters + 1 < SHINGLE)
			continue;
		for (size_t k = 1; k <= SHINGLE; k++)
			hash = hash * 1099511628211u + window[(letters + k) % SHINGLE];
		hash = mix(hash);
		if (total < SHORT_TEXT || hash < UINT64_MAX / 16)
			*arena_push(arena, hashes, n, cap) = hash;
	}
	if (n)
		qsort(hashes, n, sizeof *hashes, by_value);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || hashes[i] != hashes[i - 1])
			hashes[unique++] = hashes[i];
	*ret = hashes;
	return unique;
}

double text_containment(const uint64_t *a, size_t n_a, const uint64_t *b, size_t n_b, size_t *shared)
{
	size_t i = 0, j = 0, both = 0, smaller = n_a < n_b ? n_a : n_b;

	while (i < n_a && j < n_b) {
		both += a[i] == b[j];
		if (a[i] < b[j])
			i++;
		else if (a[i] > b[j])
			j++;
		else
			i++, j++;
	}
	if (shared)
		*shared = both;
	return smaller ? (double)both / (double)smaller : 0;
}
