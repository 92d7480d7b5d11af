/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tree.c - the Merkle tree of RFC 6962, section 2.1: leaves behind a byte 0, nodes
 * behind a byte 1, so that neither can pass for the other; a tree of n leaves has
 * the largest power of two below n on its left.
 *
 * The subtrees that are full never change, so a root needs only theirs: one for
 * each bit of n. They are kept largest first and folded from the right.
 */
#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "ledger/nodes.h"

_Static_assert(TREE_HASH == crypto_hash_sha256_BYTES, "the size of SHA-256");

int tree_hash_take(const void *bytes, size_t len, struct tree_hash *ret, struct err *err)
{
	if (len != TREE_HASH)
		return err_set(err, ERR_DATA, "a hash of %zu bytes, expected %d", len, TREE_HASH);
	memcpy(ret->v, bytes, TREE_HASH);
	return 0;
}

int tree_hash_read(const char *hex, struct tree_hash *ret, struct err *err)
{
	unsigned char bytes[TREE_HASH];

	if (!hex || strlen(hex) != 2 * TREE_HASH || strspn(hex, "0123456789abcdef") != 2 * TREE_HASH)
		return err_set(err, ERR_DATA, "not a hash: expected %d digits 0-9, a-f", 2 * TREE_HASH);
	sodium_hex2bin(bytes, sizeof bytes, hex, 2 * TREE_HASH, NULL, NULL, NULL);
	return tree_hash_take(bytes, sizeof bytes, ret, err);
}

void tree_hash_write(const struct tree_hash *hash, char hex[65])
{
	sodium_bin2hex(hex, 65, hash->v, TREE_HASH);
}

bool tree_hash_eq(const struct tree_hash *a, const struct tree_hash *b)
{
	return memcmp(a->v, b->v, TREE_HASH) == 0;
}

struct tree_hash tree_leaf(const void *bytes, size_t len)
{
	static const unsigned char prefix = 0;
	crypto_hash_sha256_state state;
	struct tree_hash hash;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, &prefix, 1);
	crypto_hash_sha256_update(&state, bytes, len);
	crypto_hash_sha256_final(&state, hash.v);
	return hash;
}

struct tree_hash tree_node(const struct tree_hash *left, const struct tree_hash *right)
{
	unsigned char both[1 + 2 * TREE_HASH] = {1};
	struct tree_hash hash;

	memcpy(both + 1, left->v, TREE_HASH);
	memcpy(both + 1 + TREE_HASH, right->v, TREE_HASH);
	crypto_hash_sha256(hash.v, both, sizeof both);
	return hash;
}

/* As many peaks as bits are set; a new leaf joins those of its size, as a carry runs through a sum. */
void tree_range_add(struct tree_range *range, const struct tree_hash *leaf)
{
	size_t n = (size_t)__builtin_popcountll(range->n);
	struct tree_hash sum = *leaf;

	assert(range->n < UINT64_MAX);
	for (uint64_t bits = range->n; bits & 1; bits >>= 1)
		sum = tree_node(&range->peaks[--n], &sum);
	range->peaks[n] = sum;
	range->n++;
}

struct tree_hash tree_range_root(const struct tree_range *range)
{
	size_t n = (size_t)__builtin_popcountll(range->n);
	struct tree_hash sum;

	if (n == 0) {
		crypto_hash_sha256(sum.v, NULL, 0);
		return sum;
	}
	sum = range->peaks[--n];
	while (n)
		sum = tree_node(&range->peaks[--n], &sum);
	return sum;
}

struct tree_hash tree_root(const struct tree_hash *leaves, size_t n)
{
	struct tree_range range = {0};

	for (size_t i = 0; i < n; i++)
		tree_range_add(&range, &leaves[i]);
	return tree_range_root(&range);
}
