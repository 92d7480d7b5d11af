/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store.h - the records, kept: one interface, SQLite behind it (PostgreSQL to come).
 *
 * Rows are never overwritten. A correction is revision n+1 of the same id, a
 * withdrawal a tombstone, and a read as of D takes for each id the greatest
 * (known, revision) with known <= D. One unit of work is one transaction:
 * between store_begin and store_commit nothing is visible to others, and a
 * crash at any moment keeps every committed row.
 */
#ifndef TOCSIN_STORE_H
#define TOCSIN_STORE_H

#include <tocsin/model.h>

struct store;

enum store_mode { STORE_READ, STORE_WRITE, STORE_CREATE };

#define AS_OF_ALL INT64_MAX   /* as of the end of time: the newest of every id */

/*
 * Open a store; STORE_CREATE makes it (and its folders) and applies the numbered
 * migrations, STORE_WRITE applies those that are missing. A store of a newer
 * schema is ERR_CONFLICT; none there is ERR_NOT_FOUND; not a store ERR_INTEGRITY.
 */
int store_open(const char *location, enum store_mode mode, struct store **ret, struct err *err);
void store_close(struct store *store);
void store_closep(struct store **store);
int store_schema(const struct store *store);      /* number of the last migration applied */
int store_schema_newest(void);                    /* number of the last migration known here */
const char *store_engine_version(void);           /* "SQLite 3.40.1" */

/* Refuse to grow past this size; what does not fit is ERR_FAILED and rolled back. */
int store_limit(struct store *store, int64_t bytes, struct err *err);

/* Waits up to 30 s for another writer, then ERR_BUSY. */
int store_begin(struct store *store, struct err *err);
int store_commit(struct store *store, struct err *err);
void store_rollback(struct store *store);         /* no effect outside a unit of work */

enum put_result { PUT_SAME, PUT_NEW, PUT_REVISED };

/*
 * Keep a record, inside a unit of work. Compared by content hash with what is
 * known of the id as of record->known: the same content writes nothing. The
 * store gives the revision. Returns an enum put_result or an error; ERR_DENIED
 * when the id was erased.
 */
int store_put(struct store *store, struct record *record, struct err *err);
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

#endif
