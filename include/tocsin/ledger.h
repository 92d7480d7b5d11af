/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledger.h - the log of forecasts: the text that is committed, the tree of hashes over
 * all of them (RFC 6962, RFC 9162), signed heads of the tree, and the check of a log
 * against heads that were kept elsewhere.
 *
 * Positions count from 0. A log of n entries has one root; it changes with every byte
 * of every entry and with their order, and the root of a prefix can be computed again
 * from the log of today. Whoever keeps a head can therefore tell whether anything
 * before it was changed, whoever signed what came later. Nothing here touches the
 * store or the clock; a key file is read and written by key_read and key_make only.
 * Read docs/methods/ledger.md.
 */
#ifndef TOCSIN_LEDGER_H
#define TOCSIN_LEDGER_H

#include <tocsin/model.h>

/* ---- the tree: SHA-256, leaves behind a byte 0, nodes behind a byte 1 ---- */

#define TREE_HASH 32

struct tree_hash {
	unsigned char v[TREE_HASH];
};

/* ERR_DATA unless there are exactly 32 bytes; unless it is exactly 64 digits, a-f small. */
int tree_hash_take(const void *bytes, size_t len, struct tree_hash *ret, struct err *err);
int tree_hash_read(const char *hex, struct tree_hash *ret, struct err *err);
void tree_hash_write(const struct tree_hash *hash, char hex[65]);
bool tree_hash_eq(const struct tree_hash *a, const struct tree_hash *b);
struct tree_hash tree_leaf(const void *bytes, size_t len);

/* The roots of the full subtrees of what was added so far, largest first: all that a root needs. */
struct tree_range {
	uint64_t n;                      /* leaves */
	struct tree_hash peaks[64];      /* one for each bit of n that is set */
};

void tree_range_add(struct tree_range *range, const struct tree_hash *leaf);   /* O(1) amortised */
/* O(log n); of no leaves the SHA-256 of nothing. The range can go on afterwards. */
struct tree_hash tree_range_root(const struct tree_range *range);
struct tree_hash tree_root(const struct tree_hash *leaves, size_t n);

/* ---- proofs: a few hashes in place of the log ---- */

struct proof {
	struct tree_hash *v;             /* from the leaves up */
	size_t n;
};

/* That leaf `at` is in the tree of `leaves`; ERR_USAGE unless at < n. O(n). */
int inclusion_make(const struct tree_hash *leaves, size_t n, size_t at, struct arena *arena, struct proof *ret,
		   struct err *err);
/* 0, or ERR_INTEGRITY: it proves nothing. Never trusts `size`: a proof longer or shorter than it must be is refused. */
int inclusion_check(const struct tree_hash *leaf, uint64_t at, uint64_t size, const struct proof *proof,
		    const struct tree_hash *root, struct err *err);
/* That the tree of the first `from` leaves grew into that of all; ERR_USAGE unless 1 <= from <= n. O(n). */
int consistency_make(const struct tree_hash *leaves, size_t n, size_t from, struct arena *arena,
		     struct proof *ret, struct err *err);
/* 0, or ERR_INTEGRITY. From a tree of no leaves anything grows, so that is refused too. */
int consistency_check(uint64_t from, uint64_t to, const struct tree_hash *from_root,
		      const struct tree_hash *to_root, const struct proof *proof, struct err *err);

/* ---- keys: Ed25519 (RFC 8032), by libsodium ---- */

#define KEY_SEED 32

struct signing_key {
	unsigned char secret[64];        /* as libsodium has it: seed, then public key */
	char public[65];                 /* in hexadecimal */
};

void key_of_seed(const unsigned char seed[KEY_SEED], struct signing_key *ret);
/* A file of one line, the seed in hexadecimal. ERR_DENIED when others than its owner may read or write it. */
int key_read(const char *path, struct signing_key *ret, struct err *err);
/* A new key in a new file of mode 0600; ERR_CONFLICT when there is one. */
int key_make(const char *path, struct signing_key *ret, struct err *err);
void key_forget(struct signing_key *key);   /* overwrite it */
bool key_is_public(const char *hex);        /* 64 digits, a-f small */

/* ---- heads ---- */

struct head {
	uint64_t size;                   /* 1 or more */
	struct tree_hash root;
	struct instant at;               /* when it was made, whole seconds UTC */
	char key[65], signature[129];    /* hexadecimal; "" when nobody signed it */
};

/* Sign size, root and time; `key` NULL: leave it unsigned. `at` is cut to the second. */
struct head head_make(uint64_t size, const struct tree_hash *root, struct instant at,
		      const struct signing_key *key);
bool head_is_signed(const struct head *head);
/* 0, or ERR_INTEGRITY: unsigned, or the signature is not that of its key over this size, root and time. */
int head_check(const struct head *head, struct err *err);
/* One JSON object and a newline; equal heads have equal bytes. */
void head_write(struct buf *buf, const struct head *head);
/* Strict: 4 KiB at most, every member, no other ones, in their canonical form; the signature is not checked. */
int head_read(const char *text, size_t len, const char *name, struct head *ret, struct err *err);

/* ---- entries ---- */

/*
 * The text that is committed of one forecast, one JSON object, always the same keys in the same
 * order: forecast, unit, question, origin, as_of, p, low, high, inputs, version, model, seed.
 * No wall clock: equal forecasts have equal texts in any store.
 */
void entry_write(struct buf *buf, const struct forecast *forecast, const char *version);
/* The hash of what reached the learner, as far as the forecast says it. */
void entry_inputs(const struct forecast *forecast, char hex[65]);
/* The version that an entry names; ERR_DATA when it is no entry. */
int entry_version(const char *entry, size_t len, struct arena *arena, const char **ret, struct err *err);
/*
 * 0 when the entry is that of the forecast, else ERR_INTEGRITY: which key differs, what the
 * entry says and what the forecast.
 */
int entry_check(const char *entry, size_t len, const struct forecast *forecast, struct arena *arena,
		struct err *err);

/* ---- the check of a log ---- */

struct audit_head {
	struct head head;
	bool kept;                       /* given from outside, else one of the log's own */
	bool met;                        /* its root was that of the log */
};

struct audit {
	struct tree_range range;
	struct audit_head *heads;        /* by size */
	size_t n_heads, next;
	uint64_t agreed;                 /* size of the last head whose root was that of the log */
};

/* Start with the heads, in any order; they are sorted by size. */
void audit_start(struct audit *audit, struct audit_head *heads, size_t n_heads);
/*
 * The next entry in order, with the position and leaf hash stored beside it. ERR_INTEGRITY, with
 * the position: a gap, a hash that is not the text's, or a head that this prefix does not have.
 */
int audit_add(struct audit *audit, int64_t position, const char *entry, size_t len, const char *leaf,
	      struct err *err);
/* After the last: ERR_INTEGRITY when a head speaks of more entries than there are. */
int audit_end(struct audit *audit, struct err *err);

#endif
