/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hash.c - BLAKE2b (RFC 7693) of libsodium, in hexadecimal. */
#include <assert.h>

#include <sodium.h>

#include <tocsin/base.h>

_Static_assert(sizeof(struct hash) >= sizeof(crypto_generichash_state), "state fits");

void hash_start(struct hash *hash, size_t bytes)
{
	assert(bytes >= 16 && bytes <= 32);
	crypto_generichash_init((void *)hash->state, NULL, 0, bytes);
}

void hash_add(struct hash *hash, const void *bytes, size_t len)
{
	crypto_generichash_update((void *)hash->state, bytes, len);
}

void hash_end(struct hash *hash, size_t bytes, char *hex)
{
	unsigned char sum[32];

	crypto_generichash_final((void *)hash->state, sum, bytes);
	sodium_bin2hex(hex, 2 * bytes + 1, sum, bytes);
}

void hash_hex(const void *bytes, size_t len, size_t size, char *hex)
{
	struct hash hash;

	hash_start(&hash, size);
	hash_add(&hash, bytes, len);
	hash_end(&hash, size, hex);
}
