/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proof.c - inclusion and consistency proofs: made as RFC 6962 defines them
 * (sections 2.1.1 and 2.1.2), checked by the algorithms of RFC 9162 (sections
 * 2.1.3.2 and 2.1.4.2), which take no more hashes than sizes and position ask for.
 */
#include <string.h>

#include "ledger/nodes.h"

#define PROOF_MOST 65   /* hashes of a tree of 2^64 leaves, and one more */

/* The largest power of two below n. */
static size_t split(size_t n)
{
	size_t k = 1;

	while (k < n - k)
		k *= 2;
	return k;
}

static struct proof proof_new(struct arena *arena)
{
	return (struct proof){arena_array(arena, struct tree_hash, PROOF_MOST), 0};
}

static void inclusion_walk(const struct tree_hash *leaves, size_t n, size_t at, struct proof *proof)
{
	size_t k;

	if (n == 1)
		return;
	k = split(n);
	if (at < k)
		inclusion_walk(leaves, k, at, proof);
	else
		inclusion_walk(leaves + k, n - k, at - k, proof);
	proof->v[proof->n++] = at < k ? tree_root(leaves + k, n - k) : tree_root(leaves, k);
}

int inclusion_make(const struct tree_hash *leaves, size_t n, size_t at, struct arena *arena, struct proof *ret,
		   struct err *err)
{
	struct proof proof = proof_new(arena);

	if (at >= n)
		return err_set(err, ERR_USAGE, "no position %zu in a log of %zu entries", at, n);
	inclusion_walk(leaves, n, at, &proof);
	*ret = proof;
	return 0;
}

int inclusion_check(const struct tree_hash *leaf, uint64_t at, uint64_t size, const struct proof *proof,
		    const struct tree_hash *root, struct err *err)
{
	struct tree_hash sum = *leaf;
	uint64_t last = size - 1;

	if (at >= size)
		return err_set(err, ERR_INTEGRITY, "no position %llu in a tree of %llu leaves", (unsigned long long)at,
			       (unsigned long long)size);
	for (size_t i = 0; i < proof->n; i++, at >>= 1, last >>= 1) {
		if (last == 0)
			return err_set(err, ERR_INTEGRITY, "the proof is too long");
		if (!(at & 1) && at != last) {
			sum = tree_node(&sum, &proof->v[i]);
			continue;
		}
		sum = tree_node(&proof->v[i], &sum);
		for (; !(at & 1) && at; at >>= 1)
			last >>= 1;
	}
	if (last != 0)
		return err_set(err, ERR_INTEGRITY, "the proof is too short");
	return tree_hash_eq(&sum, root) ? 0 : err_set(err, ERR_INTEGRITY, "the proof leads to another root");
}

/* `whole`: these leaves are all of the older tree, whose root the reader knows. */
static void consistency_walk(const struct tree_hash *leaves, size_t n, size_t from, bool whole, struct proof *proof)
{
	size_t k;

	if (from == n) {
		if (!whole)
			proof->v[proof->n++] = tree_root(leaves, n);
		return;
	}
	k = split(n);
	if (from <= k) {
		consistency_walk(leaves, k, from, whole, proof);
		proof->v[proof->n++] = tree_root(leaves + k, n - k);
	} else {
		consistency_walk(leaves + k, n - k, from - k, false, proof);
		proof->v[proof->n++] = tree_root(leaves, k);
	}
}

int consistency_make(const struct tree_hash *leaves, size_t n, size_t from, struct arena *arena,
		     struct proof *ret, struct err *err)
{
	struct proof proof = proof_new(arena);

	if (from < 1 || from > n)
		return err_set(err, ERR_USAGE, "no growth from %zu to %zu entries can be proven", from, n);
	consistency_walk(leaves, n, from, true, &proof);
	*ret = proof;
	return 0;
}

/* Both roots from the same hashes: of the older tree and of the one it grew into. */
static int grow(uint64_t from, uint64_t to, const struct tree_hash *v, size_t n, struct tree_hash *older,
		struct tree_hash *newer, struct err *err)
{
	uint64_t at = from - 1, last = to - 1;

	for (; at & 1; at >>= 1)
		last >>= 1;
	*older = *newer = v[0];
	for (size_t i = 1; i < n; i++, at >>= 1, last >>= 1) {
		if (last == 0)
			return err_set(err, ERR_INTEGRITY, "the proof is too long");
		if (!(at & 1) && at != last) {
			*newer = tree_node(newer, &v[i]);
			continue;
		}
		*older = tree_node(&v[i], older);
		*newer = tree_node(&v[i], newer);
		for (; !(at & 1) && at; at >>= 1)
			last >>= 1;
	}
	return last == 0 ? 0 : err_set(err, ERR_INTEGRITY, "the proof is too short");
}

int consistency_check(uint64_t from, uint64_t to, const struct tree_hash *from_root,
		      const struct tree_hash *to_root, const struct proof *proof, struct err *err)
{
	struct tree_hash v[PROOF_MOST + 1], older, newer;
	size_t n = 0;
	int r;

	if (from < 1 || from > to)
		return err_set(err, ERR_INTEGRITY, "no growth from %llu to %llu leaves can be proven",
			       (unsigned long long)from, (unsigned long long)to);
	if (from == to) {
		if (proof->n)
			return err_set(err, ERR_INTEGRITY, "the proof is too long");
		return tree_hash_eq(from_root, to_root) ? 0
		       : err_set(err, ERR_INTEGRITY, "two trees of one size with different roots");
	}
	if (proof->n == 0 || proof->n > PROOF_MOST)
		return err_set(err, ERR_INTEGRITY, "the proof is too %s", proof->n ? "long" : "short");
	if ((from & (from - 1)) == 0)   /* a full subtree: its root is where it starts */
		v[n++] = *from_root;
	memcpy(v + n, proof->v, proof->n * sizeof *v);
	r = grow(from, to, v, n + proof->n, &older, &newer, err);
	if (r < 0)
		return r;
	if (!tree_hash_eq(&older, from_root) || !tree_hash_eq(&newer, to_root))
		return err_set(err, ERR_INTEGRITY, "the proof leads to another root");
	return 0;
}
