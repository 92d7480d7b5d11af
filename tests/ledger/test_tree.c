/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_tree.c - the tree of hashes and its proofs, against RFC 6962's own tree and shared vectors. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <tocsin/ledger.h>

#define MOST 40

/* The eight leaves on which implementations of RFC 6962 are compared. */
static const struct {
	const char *bytes;
	size_t len;
} classic[] = {
	{"", 0}, {"\x00", 1}, {"\x10", 1}, {"\x20\x21", 2}, {"\x30\x31", 2}, {"\x40\x41\x42\x43", 4},
	{"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
	{"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16},
};

static const char *const classic_roots[] = {
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

static void assert_hash(struct tree_hash hash, const char *hex)
{
	char text[65];

	tree_hash_write(&hash, text);
	assert_string_equal(text, hex);
}

static void classic_leaves(struct tree_hash leaves[8])
{
	for (size_t i = 0; i < LENGTH(classic); i++)
		leaves[i] = tree_leaf(classic[i].bytes, classic[i].len);
}

static void made_leaves(struct tree_hash *leaves, size_t n)
{
	for (size_t i = 0; i < n; i++)
		leaves[i] = tree_leaf(&i, sizeof i);
}

static struct tree_hash plain_root(const struct tree_hash *leaves, size_t n)
{
	unsigned char both[65] = {1};
	struct tree_hash left, right, sum;
	size_t k = 1;

	if (n == 1)
		return leaves[0];
	while (2 * k < n)
		k *= 2;
	left = plain_root(leaves, k);
	right = plain_root(leaves + k, n - k);
	memcpy(both + 1, left.v, 32);
	memcpy(both + 33, right.v, 32);
	crypto_hash_sha256(sum.v, both, sizeof both);
	return sum;
}

static void the_classic_tree_has_its_known_roots(void **state)
{
	struct tree_hash leaves[8];

	(void)state;
	classic_leaves(leaves);
	assert_hash(leaves[1], "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7");
	assert_hash(leaves[5], "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658");
	for (size_t n = 0; n <= 8; n++)
		assert_hash(tree_root(leaves, n), classic_roots[n]);
}

static void a_stream_of_leaves_has_the_root_of_the_recursive_definition(void **state)
{
	struct tree_hash leaves[MOST];
	struct tree_range range = {0};

	(void)state;
	made_leaves(leaves, MOST);
	for (size_t n = 1; n <= MOST; n++) {
		struct tree_hash root, plain = plain_root(leaves, n);

		tree_range_add(&range, &leaves[n - 1]);
		root = tree_range_root(&range);
		assert_int_equal(range.n, n);
		assert_true(tree_hash_eq(&root, &plain));
	}
}

/* A proof with one bit, hash or place changed, one hash more or less: each must fail. */
static void assert_only_whole(int (*check)(const struct proof *proof, void *user), void *user,
			      const struct proof *proof)
{
	struct tree_hash v[70];
	struct proof other = {v, proof->n};

	assert_int_equal(check(proof, user), 0);
	for (size_t i = 0; i < proof->n; i++) {
		memcpy(v, proof->v, proof->n * sizeof *v);
		v[i].v[i % 32] ^= (unsigned char)(1 << i % 8);
		assert_int_equal(check(&other, user), ERR_INTEGRITY);
	}
	memcpy(v, proof->v, proof->n * sizeof *v);
	v[proof->n] = tree_leaf("more", 4);
	other.n = proof->n + 1;
	assert_int_equal(check(&other, user), ERR_INTEGRITY);
	other.n = proof->n - 1;
	if (proof->n)
		assert_int_equal(check(&other, user), ERR_INTEGRITY);
}

struct claim {
	struct tree_hash leaf, from_root, root;
	uint64_t at, from, size;
};

static int check_inclusion(const struct proof *proof, void *user)
{
	const struct claim *claim = user;

	return inclusion_check(&claim->leaf, claim->at, claim->size, proof, &claim->root, NULL);
}

static int check_consistency(const struct proof *proof, void *user)
{
	const struct claim *claim = user;

	return consistency_check(claim->from, claim->size, &claim->from_root, &claim->root, proof, NULL);
}

static void every_leaf_is_proven_to_be_in_every_tree_and_nothing_else_is(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct tree_hash leaves[MOST];

	(void)state;
	made_leaves(leaves, MOST);
	for (size_t n = 1; n <= MOST; n++)
		for (size_t at = 0; at < n; at++) {
			struct claim claim = {.leaf = leaves[at], .root = tree_root(leaves, n), .at = at, .size = n};
			struct proof proof;

			assert_int_equal(inclusion_make(leaves, n, at, &arena, &proof, NULL), 0);
			assert_only_whole(check_inclusion, &claim, &proof);
			claim.at = n;
			assert_int_equal(check_inclusion(&proof, &claim), ERR_INTEGRITY);
			claim.at = (at + 1) % n;
			if (n > 1)
				assert_int_equal(check_inclusion(&proof, &claim), ERR_INTEGRITY);
			claim = (struct claim){.leaf = leaves[(at + 1) % n], .root = tree_root(leaves, n), .at = at, .size = n};
			if (n > 1)
				assert_int_equal(check_inclusion(&proof, &claim), ERR_INTEGRITY);
		}
	assert_int_equal(inclusion_make(leaves, 3, 3, &arena, &(struct proof){0}, NULL), ERR_USAGE);
	assert_int_equal(inclusion_check(&leaves[0], 0, 0, &(struct proof){0}, &leaves[0], NULL), ERR_INTEGRITY);
}

static void growth_is_proven_between_all_sizes_but_from_nothing(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct tree_hash leaves[MOST], empty = tree_root(NULL, 0);
	struct proof proof;

	(void)state;
	made_leaves(leaves, MOST);
	for (size_t n = 1; n <= MOST; n++)
		for (size_t from = 1; from <= n; from++) {
			struct claim claim = {.from_root = tree_root(leaves, from), .root = tree_root(leaves, n),
					      .from = from, .size = n};

			assert_int_equal(consistency_make(leaves, n, from, &arena, &proof, NULL), 0);
			assert_only_whole(check_consistency, &claim, &proof);
			claim.from_root = tree_leaf("other", 5);
			assert_int_equal(check_consistency(&proof, &claim), ERR_INTEGRITY);
			claim.from = n + 1;
			assert_int_equal(check_consistency(&proof, &claim), ERR_INTEGRITY);
		}
	assert_int_equal(consistency_make(leaves, 5, 0, &arena, &proof, NULL), ERR_USAGE);
	assert_int_equal(consistency_make(leaves, 5, 6, &arena, &proof, NULL), ERR_USAGE);
	proof = (struct proof){0};
	assert_int_equal(consistency_check(0, 5, &empty, &(struct tree_hash){0}, &proof, NULL), ERR_INTEGRITY);
	assert_int_equal(consistency_check(0, 0, &empty, &empty, &proof, NULL), ERR_INTEGRITY);
}

static void a_hash_of_another_length_is_refused(void **state)
{
	char hex[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
	struct tree_hash hash;

	(void)state;
	assert_int_equal(tree_hash_read(hex, &hash, NULL), 0);
	assert_int_equal(tree_hash_take(hash.v, 31, &hash, NULL), ERR_DATA);
	assert_int_equal(tree_hash_take(hash.v, 0, &hash, NULL), ERR_DATA);
	hex[3] = 'B';
	assert_int_equal(tree_hash_read(hex, &hash, NULL), ERR_DATA);
	hex[3] = '0';
	hex[63] = '\0';
	assert_int_equal(tree_hash_read(hex, &hash, NULL), ERR_DATA);
	assert_int_equal(tree_hash_read(NULL, &hash, NULL), ERR_DATA);
}

/* ---- the shared vectors ---- */

static char *shared_text(struct arena *arena, const char *name, size_t *len)
{
	const char *shared = getenv("TOCSIN_SHARED");
	char *text;

	if (file_read(arena_printf(arena, "%s/data/participation/%s", shared && *shared ? shared : "../shared", name),
		      (size_t)1 << 24, arena, &text, len, NULL) < 0)
		skip();
	return text;
}

static const struct json *shared_json(struct arena *arena, const char *name)
{
	const struct json *json;
	size_t len;
	char *text = shared_text(arena, name, &len);

	assert_int_equal(json_read(text, len, name, 1, arena, &json, NULL), 0);
	return json;
}

static struct tree_hash hash_of(const char *hex)
{
	struct tree_hash hash;

	assert_int_equal(tree_hash_read(hex, &hash, NULL), 0);
	return hash;
}

static struct proof proof_of(const struct json *list, struct arena *arena)
{
	struct proof proof = {arena_array(arena, struct tree_hash, list->n), list->n};

	for (size_t i = 0; i < list->n; i++)
		proof.v[i] = hash_of(list->v[i].s);
	return proof;
}

static void assert_same_proof(const struct proof *a, const struct proof *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		assert_true(tree_hash_eq(&a->v[i], &b->v[i]));
}

static void the_proofs_of_the_shared_tree_are_made_to_the_byte(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct json *tree = shared_json(&arena, "rfc6962_tree.json");
	const struct json *inclusion = json_get(tree, "inclusion"), *consistency = json_get(tree, "consistency");
	struct tree_hash leaves[8];
	struct proof proof, wanted;

	(void)state;
	classic_leaves(leaves);
	assert_int_equal(inclusion->n, 36);
	assert_int_equal(consistency->n, 36);
	for (size_t i = 0; i < inclusion->n; i++) {
		const struct json *at = &inclusion->v[i];

		wanted = proof_of(json_get(at, "path_hex"), &arena);
		assert_int_equal(inclusion_make(leaves, (size_t)json_num(at, "size"), (size_t)json_num(at, "index"), &arena,
						&proof, NULL), 0);
		assert_same_proof(&proof, &wanted);
	}
	for (size_t i = 0; i < consistency->n; i++) {
		const struct json *at = &consistency->v[i];

		wanted = proof_of(json_get(at, "proof_hex"), &arena);
		assert_int_equal(consistency_make(leaves, (size_t)json_num(at, "size2"), (size_t)json_num(at, "size1"),
						  &arena, &proof, NULL), 0);
		assert_same_proof(&proof, &wanted);
	}
}

static void large_trees_have_the_shared_roots(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct json *roots = json_get(shared_json(&arena, "rfc6962_tree.json"), "decimal_leaves_roots_hex");
	struct tree_range range = {0};
	size_t met = 0;

	(void)state;
	for (size_t i = 0; i < 1000000; i++) {
		char text[24];
		struct tree_hash leaf = tree_leaf(text, (size_t)snprintf(text, sizeof text, "%zu", i));

		tree_range_add(&range, &leaf);
		snprintf(text, sizeof text, "%zu", i + 1);
		if (json_text(roots, text)) {
			assert_hash(tree_range_root(&range), json_text(roots, text));
			met++;
		}
	}
	assert_int_equal(met, roots->n);
}

/* Base64 of any length; a hash of another length than 32 fails as such. */
static int hash_take(const char *text, struct tree_hash *ret)
{
	unsigned char bytes[200];
	size_t len = 0;

	if (text && sodium_base642bin(bytes, sizeof bytes, text, strlen(text), NULL, &len, NULL,
				      sodium_base64_VARIANT_ORIGINAL) != 0)
		fail_msg("not base64: %s", text);
	return tree_hash_take(bytes, len, ret, NULL);
}

/* Sizes reach 2^64 - 1, more than a JSON integer holds here: read from the text, which then hides them. */
static uint64_t take_size(char *text, const char *key)
{
	char *at = strstr(text, key), *end;
	uint64_t value;

	assert_non_null(at);
	at = strchr(at, ':') + 2;
	value = strtoull(at, &end, 10);
	assert_true(end > at);
	memset(at, ' ', (size_t)(end - at));
	*at = '1';
	return value;
}

static int probe(const struct json *line, uint64_t first, uint64_t size, struct arena *arena)
{
	const struct json *list = json_get(line, "proof");
	bool inclusion = str_eq(json_text(line, "kind"), "inclusion");
	struct proof proof = {arena_array(arena, struct tree_hash, list ? list->n : 0), list ? list->n : 0};
	struct tree_hash a, b;
	int r = hash_take(json_text(line, inclusion ? "leafHash" : "root1"), &a);

	if (r == 0)
		r = hash_take(json_text(line, inclusion ? "root" : "root2"), &b);
	for (size_t i = 0; i < proof.n && r == 0; i++)
		r = hash_take(list->v[i].s, &proof.v[i]);
	if (r < 0)
		return r;
	return inclusion ? inclusion_check(&a, first, size, &proof, &b, NULL)
			 : consistency_check(first, size, &a, &b, &proof, NULL);
}

static void every_shared_probe_passes_or_fails_as_it_must(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	size_t len, n = 0, refused = 0;
	char *text = shared_text(&arena, "rfc6962_verify.jsonl", &len);

	(void)state;
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), n++) {
		bool inclusion = strstr(line, "leafIdx"), must_fail;
		uint64_t first = take_size(line, inclusion ? "leafIdx" : "size1");
		uint64_t size = take_size(line, inclusion ? "treeSize" : "size2");
		const struct json *json;
		int r;

		assert_int_equal(json_read(line, strlen(line), "probe", n + 1, &arena, &json, NULL), 0);
		must_fail = json_get(json, "wantErr")->b;
		r = probe(json, first, size, &arena);
		if ((r < 0) != must_fail)
			fail_msg("%s: %d", json_text(json, "name"), r);
		refused += r < 0;
	}
	assert_int_equal(n, 127);
	assert_int_equal(refused, 119);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_classic_tree_has_its_known_roots),
		cmocka_unit_test(a_stream_of_leaves_has_the_root_of_the_recursive_definition),
		cmocka_unit_test(every_leaf_is_proven_to_be_in_every_tree_and_nothing_else_is),
		cmocka_unit_test(growth_is_proven_between_all_sizes_but_from_nothing),
		cmocka_unit_test(a_hash_of_another_length_is_refused),
		cmocka_unit_test(the_proofs_of_the_shared_tree_are_made_to_the_byte),
		cmocka_unit_test(large_trees_have_the_shared_roots),
		cmocka_unit_test(every_shared_probe_passes_or_fails_as_it_must),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ledger tree", tests, NULL, NULL);
}
