/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine.h - what the store asks of a database engine, and no more.
 *
 * Placeholders are $1, $2, ... in order. Text is UTF-8 and collates bytewise.
 * A statement is bound, stepped to its end or reset, and may be used again; what is
 * bound must live until it is stepped. Errors: ERR_BUSY for a lock that did not
 * come, ERR_INTEGRITY for damage, ERR_FAILED for a full or failing disk or a server
 * that went away, with the engine's own words. An engine may send writes of a unit
 * of work ahead and tell of their failure later, at the latest when it is committed.
 */
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include <tocsin/store.h>
#include <tocsin/text.h>

struct engine;
struct statement;

/* ---- tables (schema.c) ---- */

enum column_type { COLUMN_INT, COLUMN_REAL, COLUMN_TEXT };

struct column {
	const char *name;
	enum column_type type;
	bool required;
};

struct table {
	const char *name;
	const struct column *columns;
	size_t n_columns;
	bool monthly;               /* by month of "known" where the engine has partitions */
	const char *key;            /* columns of the primary key, quoted */
	const char *indexes[4];     /* columns, each indexed with the id behind it; NULL ends */
};

/* A numbered step of the schema; never changed once released, only added to. */
struct migration {
	int number;
	const struct table *tables;
	size_t n_tables;
};

extern const struct migration migrations[];
extern const size_t n_migrations;

const struct table *table_named(const char *name);
bool kind_is_monthly(const struct kind *kind);
const char *payload_table(const struct kind *kind);   /* "payload" or "note" */
const char *origin_table(const struct kind *kind);    /* "span" or "origin" */
/* "name" TYPE NOT NULL, ... by the engine's names of INT, REAL and TEXT; "name", "name", ... */
void columns_declare(struct buf *buf, const struct table *table, const char *const types[3]);
void columns_list(struct buf *buf, const struct table *table);

/* ---- an engine ---- */

enum unit_of_work {
	WORK_ALONE,      /* writes, and nobody else does meanwhile */
	WORK_BESIDE,     /* writes beside other units of this kind, where the engine can */
	WORK_READING,    /* one moment of the whole store */
};

struct engine_ops {
	const char *name;
	int (*open)(const char *location, enum store_mode mode, struct engine **ret, struct err *err);
	void (*close)(struct engine *engine);
	void (*describe)(struct engine *engine, struct buf *buf);   /* where it is, without secrets */
	int (*exec)(struct engine *engine, const char *sql, struct err *err);   /* no parameters */
	/* `stream`: many rows, read little by little; inside a unit of work only, and without parameters. */
	int (*prepare)(struct engine *engine, const char *sql, bool stream, struct statement **ret,
		       struct err *err);
	void (*bind_text)(struct statement *statement, int i, const char *s);   /* NULL binds null */
	void (*bind_int)(struct statement *statement, int i, int64_t value);    /* INT_MISSING binds null */
	void (*bind_real)(struct statement *statement, int i, double value);    /* NaN binds null */
	int (*step)(struct statement *statement, struct err *err);              /* 1 a row, 0 done */
	const char *(*text)(struct statement *statement, int column);           /* valid until step */
	int64_t (*integer)(struct statement *statement, int column);            /* null: INT_MISSING */
	double (*real)(struct statement *statement, int column);                /* null: NaN */
	void (*reset)(struct statement *statement);
	void (*release)(struct statement *statement);
	/* What engines do differently. */
	const char *survey;                            /* yields (tables there are, tables named "migration") */
	int (*settle)(struct engine *engine, struct err *err);   /* before writing: journal, durability */
	void (*patience)(struct engine *engine, int msec);       /* how long to wait for another writer */
	const char *begin[3];                          /* by enum unit_of_work */
	bool (*working)(struct engine *engine);        /* it is open still: a full disk undoes it whole */
	void (*table_sql)(struct buf *buf, const struct table *table);   /* statements, each ended by a ; */
	const char *own_schema;                        /* statements of the engine's own for step 1 */
	const char *keys;                              /* table (id, revision, known, ...) of monthly kinds; NULL: their own */
	const char *search_select;                     /* yields (id, revision) of rows with all words of $1 */
	void (*search_query)(struct buf *buf, const char *const *words, size_t n);
	/* After a row came into search_text, and after many came, or went: the index over it. */
	int (*search_put)(struct engine *engine, const char *words, struct err *err);
	int (*search_rebuild)(struct engine *engine, struct err *err);
	int (*scrub)(struct engine *engine, struct err *err);   /* erased bytes leave file and log, or ERR_BUSY */
	int (*check)(struct engine *engine, struct err *err);
	int (*limit)(struct engine *engine, int64_t bytes, struct err *err);
	const char *take_locked;                       /* ends the select that takes queue rows */
	const char *notify;                            /* statement that wakes idle workers; NULL: none */
	int (*wait)(struct engine *engine, int msec, struct err *err);   /* 1 woken, 0 time is over */
	/* Rows of one table in bulk, inside a unit of work: start, its values in order, ..., end. */
	int (*load_start)(struct engine *engine, const struct table *table, struct err *err);
	void (*load_text)(struct engine *engine, const char *s);
	void (*load_int)(struct engine *engine, int64_t value);
	void (*load_real)(struct engine *engine, double value);
	int (*load_row)(struct engine *engine, struct err *err);
	int (*load_end)(struct engine *engine, struct err *err);
	int (*load_settle)(struct engine *engine, struct err *err);   /* after the last table */
	/* Months and shards; NULL where there are none. */
	int (*months)(struct engine *engine, int64_t from, int64_t past, struct err *err);
	const char *(*shard_of)(struct engine *engine, int64_t known);   /* NULL: here */
	int (*shard_add)(struct engine *engine, const char *name, const char *location, struct err *err);
	int (*shard_move)(struct engine *engine, const char *name, int64_t month, struct err *err);
	/* Tables that "event" is made of; and what shows how a query is run. */
	int (*event_parts)(struct engine *engine, struct arena *arena, const char ***ret, size_t *ret_n,
			   struct err *err);
	const char *explain;
	int (*forget_before)(struct engine *engine, int64_t known, struct err *err);
};

extern const struct engine_ops engine_sqlite, engine_postgres;

struct day_count;

struct store {
	const struct engine_ops *ops;
	struct engine *engine;
	int schema;
	bool working;              /* inside a unit of work */
	enum unit_of_work how;
	bool enqueued;             /* this unit has work for others */
	const char *shard;         /* to which this unit has written */
	struct day_count *days;    /* changes of event_day by this unit */
	size_t n_days, cap_days;
	struct cached *cache;      /* prepared statements by their text */
	size_t n_cache, cap_cache;
	struct arena arena;        /* of the cache */
	struct arena unit;         /* of the unit of work */
};

/* A prepared statement from the cache; give it back with statement_done. */
int statement_take(struct store *store, const char *sql, struct statement **ret, struct err *err);
void statement_done(struct store *store, struct statement *statement);
/* Run one statement with values by `types`: t a text, i an int64_t, r a double. Returns 1 if it yields a row. */
int statement_run(struct store *store, struct err *err, const char *sql, const char *types, ...);
/* The first number of a query without parameters, or with one; INT_MISSING for null. */
int statement_number(struct store *store, const char *sql, int64_t parameter, int64_t *ret, struct err *err);
/* How long store_begin waits for another writer, in place of 30 s. */
void store_patience(struct store *store, int msec);
/* ERR_FAILED once a fault undid the unit of work: what is written then would be kept by itself. */
int work_check(struct store *store, struct err *err);
int store_migrate(struct store *store, enum store_mode mode, struct err *err);
int store_start(struct store *store, enum unit_of_work how, struct err *err);
/* For reading several tables as of one moment, unless a unit of work is open. */
int snapshot_begin(struct store *store, bool *own, struct err *err);
void snapshot_end(struct store *store, bool own);

/* ---- a record as rows ---- */

#define BATCH 64   /* ids in one statement */

/* " IN ($1, $2, ...)" with BATCH of them from `first` on; bind the first n of ids, the others null. */
void batch_write(struct buf *buf, int first);
void batch_bind(struct store *store, struct statement *statement, int first, const char *const *ids, size_t n);

/* Columns of a kind's table in the one order that read and put share; `alias` such as "r." */
void columns_write(struct buf *buf, const struct kind *kind, const char *alias);
size_t columns_count(const struct kind *kind);
void record_bind(struct store *store, struct statement *statement, const struct record *r,
		 const char *content);
struct record *record_take(struct store *store, struct statement *statement, const struct kind *kind,
			   struct arena *arena);
/* Payload and origins of records of one kind. */
int records_complete(struct store *store, struct record *const *v, size_t n, struct arena *arena,
		     struct err *err);
void payload_take(struct store *store, struct statement *statement, struct record *r, int column,
		  struct arena *arena);
void origin_take(struct store *store, struct statement *statement, struct record *r, int column,
		 struct arena *arena);
bool kind_has_payload(const struct kind *kind);
/* The table that knows the revisions of a kind's ids. */
const char *keys_of(const struct store *store, const struct kind *kind);

/* Texts that are indexed are short enough, or ERR_DATA names the field (limits.c). */
int record_fits(const struct record *r, struct err *err);
/* A word that is kept for search; leave the others out of the folded words. */
bool word_fits(const char *word);
void words_fit(struct buf *words);

/* An event came in force or went: its day counts that much more. */
void days_add(struct store *store, const struct record *r, int64_t change);
int days_write(struct store *store, struct err *err);   /* before a commit */

int queue_put(struct store *store, const struct record *r, struct err *err);

#endif
