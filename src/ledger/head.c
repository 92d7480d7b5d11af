/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * head.c - the head of a log: its size and root at a time, and who says so.
 *
 * What is signed is a text of its own, which begins with what it is: a signature
 * over it can be of nothing else. It names the key too, so that nobody can claim a
 * head that another key signed.
 */
#include <string.h>

#include <sodium.h>

#include "ledger/nodes.h"

#define HEAD_LIMIT 4096
#define HEAD_TYPE "tocsin forecast ledger head 1"

static void put_signed(struct buf *buf, const struct head *head)
{
	char root[65], at[40];

	tree_hash_write(&head->root, root);
	instant_write(head->at, at);
	buf_printf(buf, HEAD_TYPE "\nsize %llu\nroot %s\nat %s\nkey %s\n", (unsigned long long)head->size, root, at,
		   head->key);
}

struct head head_make(uint64_t size, const struct tree_hash *root, struct instant at,
		      const struct signing_key *key)
{
	struct head head = {.size = size, .root = *root, .at = {.precision = INSTANT_SECOND}};
	unsigned char signature[crypto_sign_ed25519_BYTES];
	_cleanup_(buf_free) struct buf text = {0};
	int64_t below = at.usec % USEC_PER_SECOND;

	head.at.usec = at.usec - (below < 0 ? below + USEC_PER_SECOND : below);
	if (!key)
		return head;
	memcpy(head.key, key->public, sizeof head.key);
	put_signed(&text, &head);
	crypto_sign_ed25519_detached(signature, NULL, (const unsigned char *)text.s, text.len, key->secret);
	sodium_bin2hex(head.signature, sizeof head.signature, signature, sizeof signature);
	return head;
}

bool head_is_signed(const struct head *head)
{
	return *head->signature;
}

int head_check(const struct head *head, struct err *err)
{
	unsigned char signature[crypto_sign_ed25519_BYTES], public[crypto_sign_ed25519_PUBLICKEYBYTES];
	_cleanup_(buf_free) struct buf text = {0};

	if (!head_is_signed(head))
		return err_set(err, ERR_INTEGRITY, "the head of %llu entries is not signed", (unsigned long long)head->size);
	if (!key_is_public(head->key) || !is_hex(head->signature, 2 * sizeof signature))
		return err_set(err, ERR_INTEGRITY, "the head of %llu entries has no sound key and signature",
			       (unsigned long long)head->size);
	sodium_hex2bin(public, sizeof public, head->key, 2 * sizeof public, NULL, NULL, NULL);
	sodium_hex2bin(signature, sizeof signature, head->signature, 2 * sizeof signature, NULL, NULL, NULL);
	put_signed(&text, head);
	if (crypto_sign_ed25519_verify_detached(signature, (const unsigned char *)text.s, text.len, public) != 0)
		return err_set(err, ERR_INTEGRITY, "the head of %llu entries was not signed by its key %.16s...",
			       (unsigned long long)head->size, head->key);
	return 0;
}

void head_write(struct buf *buf, const struct head *head)
{
	char root[65], at[40];

	tree_hash_write(&head->root, root);
	instant_write(head->at, at);
	buf_printf(buf, "{\"type\":\"" HEAD_TYPE "\",\"size\":%llu,\"root\":\"%s\",\"at\":\"%s\",\"key\":",
		   (unsigned long long)head->size, root, at);
	json_put_str(buf, *head->key ? head->key : NULL);
	buf_puts(buf, ",\"signature\":");
	json_put_str(buf, *head->signature ? head->signature : NULL);
	buf_puts(buf, "}\n");
}

static int fault(const char *name, const char *member, const char *expected, struct err *err)
{
	return err_set(err, ERR_DATA, "%s:1:1: head with a wrong \"%s\", expected %s", name, member, expected);
}

static int read_time(const char *text, const char *name, struct instant *ret, struct err *err)
{
	struct instant at;
	char again[40];

	if (text && instant_read(text, &at, NULL) == 0 && at.precision == INSTANT_SECOND && at.offset == 0 &&
	    at.usec % USEC_PER_SECOND == 0) {
		instant_write(at, again);
		if (strcmp(again, text) == 0) {
			*ret = at;
			return 0;
		}
	}
	return fault(name, "at", "a time in UTC to the second, such as 2026-01-31T12:00:00Z", err);
}

/* Digits or null; both key and signature, or neither. */
static int read_digits(const struct json *map, const char *member, size_t digits, const char *name, char *ret,
		       struct err *err)
{
	const struct json *value = json_get(map, member);

	*ret = '\0';
	if (!value)
		return 0;
	if (value->type != JSON_STR || !is_hex(value->s, digits))
		return err_set(err, ERR_DATA, "%s:1:1: head with a wrong \"%s\", expected null or %zu digits 0-9, a-f",
			       name, member, digits);
	memcpy(ret, value->s, digits + 1);
	return 0;
}

static int head_take(const struct json *map, const char *name, struct head *head, struct err *err)
{
	const struct json *size = json_get(map, "size");
	int r;

	if (!str_eq(json_text(map, "type"), HEAD_TYPE))
		return fault(name, "type", "\"" HEAD_TYPE "\"", err);
	if (!size || size->type != JSON_INT || size->i < 1)
		return fault(name, "size", "a whole number of 1 or more", err);
	head->size = (uint64_t)size->i;
	if (tree_hash_read(json_text(map, "root"), &head->root, NULL) < 0)
		return fault(name, "root", "64 digits 0-9, a-f", err);
	r = read_time(json_text(map, "at"), name, &head->at, err);
	if (r == 0)
		r = read_digits(map, "key", sizeof head->key - 1, name, head->key, err);
	if (r == 0)
		r = read_digits(map, "signature", sizeof head->signature - 1, name, head->signature, err);
	if (r == 0 && !*head->key != !*head->signature)
		r = fault(name, "signature", "one with a key, null without", err);
	return r;
}

/* All of them, and no other. */
static bool has_members(const struct json *map)
{
	static const char *const members[] = {"type", "size", "root", "at", "key", "signature"};
	size_t found = 0;

	for (size_t i = 0; map->type == JSON_MAP && i < map->n; i++)
		for (size_t k = 0; k < LENGTH(members); k++)
			found += strcmp(map->keys[i], members[k]) == 0;
	return found == LENGTH(members) && map->n == found;
}

int head_read(const char *text, size_t len, const char *name, struct head *ret, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct head head = {0};
	const struct json *map;
	int r;

	if (len > HEAD_LIMIT)
		return err_set(err, ERR_DATA, "%s:1:1: a head of %zu bytes, expected at most %d", name, len, HEAD_LIMIT);
	r = json_read(text, len, name, 1, &arena, &map, err);
	if (r < 0)
		return r;
	if (!has_members(map))
		return err_hint(err, err_set(err, ERR_DATA, "%s:1:1: not a head, expected an object of type, size, root, at, "
					     "key and signature", name), "\"tocsin forecast head\" writes one.");
	r = head_take(map, name, &head, err);
	if (r == 0)
		*ret = head;
	return r;
}
