/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tampered.h - a log of made-up forecasts, and one who tampers with it: who may write
 * every row, makes hashes anew, holds the key, and lets the log grow on afterwards.
 * What he does not have is the head that somebody kept elsewhere.
 */
#ifndef TESTS_LEDGER_TAMPERED_H
#define TESTS_LEDGER_TAMPERED_H

#include <stdlib.h>
#include <string.h>

#include <tocsin/ledger.h>

struct line {
	int64_t position;
	const char *entry;
	char leaf[65];
};

struct log {
	struct line *v;
	size_t n, cap;
	struct head newest;
};

enum tampering {
	FLIP_A_BYTE, FLIP_AND_HASH, FLIP_A_HASH, CHANGE_A_CHANCE, DELETE_ONE, DELETE_AND_CLOSE, INSERT_ONE, TRUNCATE,
	TRUNCATE_AND_REFILL, SWAP_TWO, MOVE_A_BLOCK, SHUFFLE_ALL, BACK_DATE, REWRITE_THE_END, REWRITE_ALL,
	REWRITE_ALL_WITH_ANOTHER_KEY, N_TAMPERINGS
};

static const char *const tampering_names[N_TAMPERINGS] = {
	"one byte of an entry", "one byte, hash made anew", "one digit of a hash", "a chance changed, hash made anew",
	"an entry left out", "left out, positions closed", "an entry put in", "the end cut off",
	"cut off and filled up anew", "two entries changed places", "a block moved", "all in another order",
	"an entry back-dated", "all from one position on made anew", "all made anew, signed by the same key",
	"all made anew, signed by another key",
};

static inline void line_hash(struct line *line)
{
	struct tree_hash leaf = tree_leaf(line->entry, strlen(line->entry));

	tree_hash_write(&leaf, line->leaf);
}

static inline struct line line_make(struct rng *rng, struct arena *arena)
{
	_cleanup_(buf_free) struct buf entry = {0};
	struct forecast *forecast = record_new(arena, &kind_forecast);
	struct line line;

	forecast->r.unit = arena_printf(arena, "X%02zu", rng_below(rng, 100));
	forecast->question = rng_below(rng, 2) ? "closing" : "opening";
	forecast->origin = 2000 + (int64_t)rng_below(rng, 25);
	forecast->as_of = instant_of_day(forecast->origin + 1, 1 + (unsigned)rng_below(rng, 12), 1);
	forecast->p = rng_unit(rng);
	forecast->low = forecast->p / 2;
	forecast->high = (1 + forecast->p) / 2;
	forecast->n = (double)rng_below(rng, 5000);
	forecast->weights = "{\"base_rate\":0.333333333,\"logit\":0.333333333,\"persistence\":0.333333333}";
	forecast->seed = (int64_t)rng_below(rng, 1000000);
	record_identify(arena, forecast);
	entry_write(&entry, forecast, "0.1.0+made");
	line.entry = arena_dup(arena, entry.s);
	line_hash(&line);
	return line;
}

/* A head over all that is there, as the log's own. */
static inline void log_seal(struct log *log, const struct signing_key *key, struct instant at)
{
	struct tree_range range = {0};
	struct tree_hash root;

	for (size_t i = 0; i < log->n; i++) {
		struct tree_hash leaf;

		tree_hash_read(log->v[i].leaf, &leaf, NULL);
		tree_range_add(&range, &leaf);
	}
	root = tree_range_root(&range);
	log->newest = head_make(log->n, &root, at, key);
}

static inline void log_number(struct log *log)
{
	for (size_t i = 0; i < log->n; i++)
		log->v[i].position = (int64_t)i;
}

static inline void log_grow(struct log *log, size_t n, struct rng *rng, struct arena *arena)
{
	while (n--) {
		struct line line = line_make(rng, arena);

		*arena_push(arena, log->v, log->n, log->cap) = line;
	}
}

static inline struct log log_copy(const struct log *log, struct arena *arena)
{
	struct log copy = {.v = arena_array(arena, struct line, log->n), .n = log->n, .cap = log->n};

	memcpy(copy.v, log->v, log->n * sizeof *log->v);
	return copy;
}

static inline void swap_lines(struct log *log, size_t a, size_t b)
{
	struct line swap = log->v[a];

	log->v[a] = log->v[b];
	log->v[b] = swap;
}

static inline void delete_line(struct log *log, size_t at)
{
	memmove(&log->v[at], &log->v[at + 1], (log->n - at - 1) * sizeof *log->v);
	log->n--;
}

static inline void flip_byte(struct line *line, struct rng *rng, struct arena *arena)
{
	char *entry = arena_dup(arena, line->entry);
	size_t at = rng_below(rng, strlen(entry));

	entry[at] ^= (char)(1 << rng_below(rng, 7));
	if (!entry[at])   /* a text has no NUL */
		entry[at] = ' ';
	line->entry = entry;
}

/* Another digit behind the key. */
static inline void change_digit(struct line *line, const char *key, size_t skip, struct rng *rng, struct arena *arena)
{
	char *entry = arena_dup(arena, line->entry), *at = strstr(entry, key) + strlen(key) + skip;

	*at = (char)('0' + (*at - '0' + 1 + (int)rng_below(rng, 9)) % 10);
	line->entry = entry;
	line_hash(line);
}

static inline void insert_line(struct log *log, size_t at, struct rng *rng, struct arena *arena)
{
	log_grow(log, 1, rng, arena);
	for (size_t i = log->n - 1; i > at; i--)
		swap_lines(log, i, i - 1);
}

static inline void move_block(struct log *log, struct rng *rng)
{
	size_t from = rng_below(rng, log->n - 1), by = 1 + rng_below(rng, log->n - from - 1);

	while (by--)
		for (size_t i = from; i + 1 < log->n; i++)
			swap_lines(log, i, i + 1);
}

static inline void remake_from(struct log *log, size_t at, struct rng *rng, struct arena *arena)
{
	size_t n = log->n - at;

	log->n = at;
	log_grow(log, n, rng, arena);
}

static inline void tamper(struct log *log, enum tampering how, struct rng *rng, struct arena *arena)
{
	size_t n = log->n, at = rng_below(rng, n);
	struct line *line = &log->v[at];

	switch (how) {
	case FLIP_A_BYTE:
		flip_byte(line, rng, arena);
		break;
	case FLIP_AND_HASH:
		flip_byte(line, rng, arena);
		line_hash(line);
		break;
	case FLIP_A_HASH: {
		char *digit = &line->leaf[rng_below(rng, 64)];

		*digit = "0123456789abcdef"[rng_below(rng, 16)];
		break;
	}
	case CHANGE_A_CHANCE:
		change_digit(line, "\"p\":0.", 0, rng, arena);
		break;
	case DELETE_ONE:
	case DELETE_AND_CLOSE:
		delete_line(log, at);
		break;
	case INSERT_ONE:
		insert_line(log, at, rng, arena);
		break;
	case TRUNCATE:
		log->n = at;
		break;
	case TRUNCATE_AND_REFILL:
		log->n = at;
		log_grow(log, n - at + rng_below(rng, 9), rng, arena);
		break;
	case SWAP_TWO:
		swap_lines(log, at, rng_below(rng, n));
		break;
	case MOVE_A_BLOCK:
		move_block(log, rng);
		break;
	case SHUFFLE_ALL:
		for (size_t i = n - 1; i > 0; i--)
			swap_lines(log, i, rng_below(rng, i + 1));
		break;
	case BACK_DATE:
		change_digit(line, "\"as_of\":\"", 3, rng, arena);
		break;
	case REWRITE_THE_END:
		remake_from(log, at, rng, arena);
		break;
	default:
		remake_from(log, 0, rng, arena);
	}
}

/* The first entries are as they were, each at its place: nothing was tampered with. */
static inline bool log_begins_with(const struct log *log, const struct log *old)
{
	for (size_t i = 0; i < old->n; i++)
		if (i >= log->n || log->v[i].position != old->v[i].position || strcmp(log->v[i].entry, old->v[i].entry) != 0 ||
		    strcmp(log->v[i].leaf, old->v[i].leaf) != 0)
			return false;
	return true;
}

/* 0 when the log, its own head (size 0: none) and the one kept elsewhere (NULL: none) agree. */
static inline int log_audit(const struct log *log, const struct head *kept, struct err *err)
{
	struct audit_head heads[2];
	struct audit audit;
	size_t n = 0;
	int r = log->newest.size ? head_check(&log->newest, err) : 0;

	if (log->newest.size)
		heads[n++] = (struct audit_head){.head = log->newest};
	if (kept)
		heads[n++] = (struct audit_head){.head = *kept, .kept = true};
	audit_start(&audit, heads, n);
	for (size_t i = 0; i < log->n && r == 0; i++)
		r = audit_add(&audit, log->v[i].position, log->v[i].entry, strlen(log->v[i].entry), log->v[i].leaf, err);
	return r == 0 ? audit_end(&audit, err) : r;
}

/*
 * Tamper with a copy, let it grow sometimes, seal it anew and audit it. 1 when that was
 * found, 0 when not, -1 when nothing was changed.
 */
static inline int tamper_once(const struct log *log, enum tampering how, const struct signing_key *key,
			      const struct signing_key *other, const struct head *kept, struct rng *rng)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct log copy = log_copy(log, &arena);

	tamper(&copy, how, rng, &arena);
	if (how != TRUNCATE && rng_below(rng, 2))
		log_grow(&copy, rng_below(rng, 20), rng, &arena);
	if (how != DELETE_ONE)
		log_number(&copy);
	if (log_begins_with(&copy, log))
		return -1;
	if (copy.n)
		log_seal(&copy, how == REWRITE_ALL_WITH_ANOTHER_KEY ? other : key, kept->at);
	return log_audit(&copy, kept, NULL) == ERR_INTEGRITY;
}

#endif
