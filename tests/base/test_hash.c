/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_hash.c - BLAKE2b against its published values. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <tocsin/base.h>

/* Computed by Python's hashlib.blake2b, an independent implementation of RFC 7693. */
static const struct { const char *text; size_t size; const char *hex; } known[] = {
	{"abc", 32, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"},
	{"abc", 16, "cf4ab791c62b8d2b2109c90275287816"},
	{"", 16, "cae66941d9efbd404e4d88758ea67670"},
};

static void known_texts_have_their_known_hashes(void **state)
{
	char hex[65];

	(void)state;
	for (size_t i = 0; i < LENGTH(known); i++) {
		hash_hex(known[i].text, strlen(known[i].text), known[i].size, hex);
		assert_string_equal(hex, known[i].hex);
	}
}

static void parts_hash_as_the_whole(void **state)
{
	char text[1000], whole[65], parts[65];
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1);
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (char)rng_below(&rng, 256);
	hash_hex(text, sizeof text, 32, whole);
	for (int round = 0; round < 100; round++) {
		struct hash hash;
		size_t at = 0;

		hash_start(&hash, 32);
		while (at < sizeof text) {
			size_t n = rng_below(&rng, sizeof text - at + 1);

			hash_add(&hash, text + at, n);
			at += n;
		}
		hash_end(&hash, 32, parts);
		assert_string_equal(parts, whole);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_texts_have_their_known_hashes),
		cmocka_unit_test(parts_hash_as_the_whole),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("hash", tests, NULL, NULL);
}
