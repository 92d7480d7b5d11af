/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store.h - the records, kept: one interface, SQLite or PostgreSQL behind it.
 *
 * Rows are never overwritten. A correction is revision n+1 of the same id, a
 * withdrawal a tombstone, and a read as of D takes for each id the greatest
 * (known, revision) with known <= D. One unit of work is one transaction:
 * between store_begin and store_commit nothing is visible to others, and a
 * crash at any moment keeps every committed row.
 */
#ifndef TOCSIN_STORE_H
#define TOCSIN_STORE_H

#include <stdio.h>

#include <tocsin/model.h>

struct store;

enum store_mode { STORE_READ, STORE_WRITE, STORE_CREATE };

#define AS_OF_ALL INT64_MAX   /* as of the end of time: the newest of every id */

/*
 * Open a store: a file, or a database as postgresql://[user@]host[:port]/name.
 * STORE_CREATE makes the file (and its folders) and applies the numbered migrations,
 * STORE_WRITE applies those that are missing. A store of a newer schema is
 * ERR_CONFLICT; none there is ERR_NOT_FOUND; not a store ERR_INTEGRITY; a server that
 * does not answer ERR_BUSY.
 */
int store_open(const char *location, enum store_mode mode, struct store **ret, struct err *err);
void store_close(struct store *store);
void store_closep(struct store **store);
void store_describe(const struct store *store, struct buf *buf);   /* where it is, without secrets */
int store_schema(const struct store *store);      /* number of the last migration applied */
int store_schema_newest(void);                    /* number of the last migration known here */
const char *store_engine_version(void);           /* "SQLite 3.40.1" */

/* Refuse to grow past this size; what does not fit is ERR_FAILED and rolled back. */
int store_limit(struct store *store, int64_t bytes, struct err *err);

/* Waits up to 30 s for another writer, then ERR_BUSY. Nobody else writes meanwhile. */
int store_begin(struct store *store, struct err *err);
/* A unit of work that lets others of this kind write beside it, where the engine can: for workers. */
int store_begin_beside(struct store *store, struct err *err);
int store_commit(struct store *store, struct err *err);
/* Commit and go on with another unit of work of the same kind: what was written cannot be rolled back. */
int store_turn(struct store *store, struct err *err);
void store_rollback(struct store *store);         /* no effect outside a unit of work */

enum put_result { PUT_SAME, PUT_NEW, PUT_REVISED, PUT_ERASED };

/*
 * Keep a record, inside a unit of work. Compared by content hash with what is
 * known of the id as of record->known: the same content writes nothing. The
 * store gives the revision. Returns an enum put_result or an error; ERR_DENIED
 * when the id was erased.
 */
int store_put(struct store *store, struct record *record, struct err *err);
/* The same for many, told of each in their order; an erased one is PUT_ERASED and stays away. */
int store_put_all(struct store *store, struct record *const *v, size_t n,
		  void (*each)(struct record *record, enum put_result result, void *user), void *user,
		  struct err *err);
/* Tombstone: the id as of `known` is no more. No effect when there is none. */
int store_withdraw(struct store *store, const char *id, struct instant known, const char *reason,
		   struct err *err);

struct condition {
	const char *field;     /* an FIELD_INDEXED field of the kind */
	const char *value;     /* equal to this text */
};

enum store_order { ORDER_ID, ORDER_KNOWN, ORDER_KNOWN_DESC, ORDER_VALID };   /* each ends in id */

struct query {
	const struct kind *kind;
	int64_t as_of;              /* microseconds; AS_OF_ALL */
	const char *unit;           /* NULL: any */
	struct condition where[3];  /* field NULL ends */
	int64_t known_after;        /* known > this; INT64_MIN: any (zero means 1970, set it) */
	enum store_order order;
	size_t limit;               /* 0: none */
	bool with_withdrawn;
};

#define QUERY(k, at) ((struct query){.kind = (k), .as_of = (at), .known_after = INT64_MIN})

/* Read into the list (its arena). Returns the number read. */
int store_read(struct store *store, const struct query *query, struct records *list, struct err *err);
/* Call `each` on one record at a time (the arena is reset between calls); a negative result stops. */
int store_each(struct store *store, const struct query *query,
	       int (*each)(struct record *record, void *user, struct err *err), void *user, struct err *err);
/* One record by id; ERR_NOT_FOUND. Erased payload reads as missing. */
int store_get(struct store *store, const char *id, int64_t as_of, struct arena *arena,
	      struct record **ret, struct err *err);
/* Number of records of a kind as of a time. */
int64_t store_count(struct store *store, const struct kind *kind, int64_t as_of, struct err *err);
/* Greatest known among documents and observations accepted from outside; missing when none. */
int store_newest(struct store *store, struct instant *ret, struct err *err);

/* Documents with all words of the query, folded; known descending, then id. */
int store_search(struct store *store, const char *words, int64_t as_of, size_t limit,
		 struct records *list, struct err *err);

/* Remove payload and index entries of an id, keep the id and a tombstone with the reason; the
   words are gone from the file, its index and its log when this returns. */
int store_erase(struct store *store, const char *id, const char *reason, struct err *err);

/* BLAKE2b-256 over the JSON Lines export of all revisions in stable order. */
int store_hash(struct store *store, char hex[65], struct err *err);
/* Every revision of every record in stable order; `restricted` false leaves out that licence class. */
int store_export(struct store *store, bool restricted,
		 int (*each)(struct record *record, void *user, struct err *err), void *user,
		 struct err *err);
/* Engine's own check of its file, and every record's content hash: ERR_INTEGRITY names the first. */
int store_verify(struct store *store, struct err *err);

struct intake_tally {
	size_t kept, made, revised, same, erased;   /* erased ones are refused and stay away */
};

/*
 * Keep the records of a stream of JSON Lines, in units of work of some thousand. A line that
 * is wrong is ERR_DATA with name:line; the hint says how many records before it were kept.
 */
int store_intake(struct store *store, FILE *in, const char *name, struct intake_tally *ret, struct err *err);

/* ---- what a store remembers of itself ---- */

int store_state(struct store *store, const char *name, struct arena *arena, const char **ret, struct err *err);
int store_state_set(struct store *store, const char *name, const char *value, struct err *err);

/* ---- a whole store elsewhere; retention ---- */

struct copied {
	int64_t rows;
	char hash[65];
	struct instant copied;   /* when the rows were there and committed; comparing came after */
};

/*
 * Copy all tables into an empty store of any engine, then compare counts and content
 * hashes: ERR_CONFLICT if it is not empty, ERR_INTEGRITY if they differ.
 */
int store_copy(struct store *from, struct store *to, struct copied *ret, struct err *err);
/*
 * Give up the payload of documents and events known before a time, and their words for
 * search. Ids, events, origins and all that was derived stay. It cannot be undone.
 */
int store_retain(struct store *store, int64_t before, struct err *err);
int store_retained(struct store *store, int64_t *ret, struct err *err);   /* INT64_MIN: nothing was given up */

/* ---- documents that wait to be coded: see src/store/queue.c ---- */

struct task {
	const char *id;
	int64_t revision, known, tries;
};

struct tasks {
	struct arena *arena;
	struct task *v;
	size_t n, cap;
};

struct queue_state {
	int64_t waiting, leased, dead;
	int64_t next_lease;   /* when the first lease runs out; INT_MISSING */
};

struct dead_letter {
	const char *id;
	int64_t revision, tries;
	const char *error;
};

/* A unit of work of its own: up to `limit` documents for this worker until `lease` (microseconds). */
int queue_take(struct store *store, const char *worker, int64_t now, int64_t lease, size_t limit,
	       struct tasks *tasks, struct err *err);
/* All that was known by `as_of` and waits or is leased, for a round that codes them itself. */
int queue_read(struct store *store, int64_t as_of, struct tasks *tasks, struct err *err);
/* Inside the unit of work that keeps the result. 1, or 0 when it is no longer this worker's: then
   keep nothing. `worker` NULL: whoever holds it. */
int queue_ack(struct store *store, const char *worker, const struct task *task, struct err *err);
/* The same for many; those that are this worker's are added to `ours`, all in the order of known. */
int queue_ack_all(struct store *store, const char *worker, const struct tasks *tasks, struct tasks *ours,
		  struct err *err);
int queue_renew(struct store *store, const char *worker, int64_t lease, struct err *err);
/* It could not be coded: try again later, or give it up, if it is this worker's. Inside a unit of work. */
int queue_fail(struct store *store, const char *worker, struct task *task, const char *error, struct err *err);
int queue_again(struct store *store, struct err *err);   /* all documents once more */
int queue_count(struct store *store, struct queue_state *ret, struct err *err);
int queue_dead(struct store *store, struct arena *arena, struct dead_letter **ret, size_t *ret_n, struct err *err);
/* Wait until something may have come: 1, or 0 after `msec`. */
int queue_wait(struct store *store, int msec, struct err *err);
/* Records of a kind by (id, revision), in no order; those that are not there are left out. */
int store_read_rows(struct store *store, const struct kind *kind, const struct tasks *tasks, struct records *list,
		    struct err *err);
/* Records as of a time by id, whatever is there of them, withdrawn ones too. */
int store_read_ids(struct store *store, const struct kind *kind, const char *const *ids, size_t n, int64_t as_of,
		   struct records *list, struct err *err);
/* Those whose indexed field is one of the values, withdrawn ones too. */
int store_read_in(struct store *store, const struct kind *kind, const char *field, const char *const *values,
		  size_t n, int64_t as_of, struct records *list, struct err *err);

/*
 * ---- the ledger of forecasts: see src/store/ledger_rows.c ----
 *
 * Rows of two tables that are only added to; no export, hash or erasure touches them, a copy
 * has them. What they mean is said in ledger.h, whose caller the store is not.
 */

struct ledger_row {
	int64_t position;                /* from 0, without a gap */
	const char *id;                  /* of the forecast, and its revision */
	int64_t revision;
	const char *entry, *leaf;        /* text; its hash, in hexadecimal */
};

struct ledger_rows {
	struct arena *arena;
	struct ledger_row *v;
	size_t n, cap;
};

struct ledger_seal {
	int64_t number;                  /* 1, 2, ... in the order they were made */
	int64_t size;                    /* entries that it is of */
	const char *root;
	int64_t at;                      /* microseconds */
	const char *key, *signature;     /* NULL: nobody signed */
};

int store_ledger_size(struct store *store, int64_t *ret, struct err *err);   /* the next position */
/* Inside a unit of work; the position must be the next one. */
int store_ledger_add(struct store *store, const struct ledger_row *row, struct err *err);
/* In order, from a position on, at most `limit`. Returns the number read. */
int store_ledger_read(struct store *store, int64_t from, size_t limit, struct ledger_rows *rows, struct err *err);
/* Inside a unit of work; it is numbered behind those there are. */
int store_seal_add(struct store *store, const struct ledger_seal *seal, struct err *err);
/* All in the order they were made. */
int store_seals(struct store *store, struct arena *arena, struct ledger_seal **ret, size_t *ret_n, struct err *err);
/* The newest; ERR_NOT_FOUND when there is none. */
int store_seal_newest(struct store *store, struct arena *arena, struct ledger_seal *ret, struct err *err);
/* Revisions of forecasts, or of one (`id` not NULL), that stand in no entry, tombstones apart: how many, and the
   first by id. */
int store_ledger_left_out(struct store *store, const char *id, struct arena *arena, int64_t *ret_n,
			  struct ledger_row *ret, struct err *err);

/* ---- PostgreSQL: months and shards; ERR_USAGE elsewhere ---- */

/* Partitions for the months that begin in [from, past), months counted from year 0. */
int store_months(struct store *store, int64_t from, int64_t past, struct err *err);
/* Which server keeps this record; NULL: this one. One unit of work writes to one other at most. */
const char *store_shard_of(const struct store *store, const struct record *r);
int store_shard_add(struct store *store, const char *name, const char *location, struct err *err);
int store_shard_move(struct store *store, const char *name, int64_t month, struct err *err);

/* ---- events counted ---- */

struct event_count {
	const char *key;      /* unit, or day */
	int64_t n;
};

/* Events in force as of a time by unit, counted where the rows are. */
int store_count_events(struct store *store, int64_t as_of, struct arena *arena, struct event_count **ret,
		       size_t *ret_n, struct err *err);
/* How the engine goes about it, in its own words. */
int store_count_events_plan(struct store *store, int64_t as_of, struct buf *ret, struct err *err);

#endif
