/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine.h - what the store asks of a database engine, and no more.
 *
 * Placeholders are $1, $2, ... in order. Text is UTF-8 and collates bytewise.
 * A statement is bound, stepped to its end or reset, and may be used again.
 * Errors: ERR_BUSY for a lock that did not come, ERR_INTEGRITY for a damaged
 * file, ERR_FAILED for a full or failing disk, with the engine's own words.
 */
#ifndef STORE_ENGINE_H
#define STORE_ENGINE_H

#include <tocsin/store.h>
#include <tocsin/text.h>

struct engine;
struct statement;

struct engine_ops {
	const char *name;
	int (*open)(const char *location, enum store_mode mode, struct engine **ret, struct err *err);
	void (*close)(struct engine *engine);
	int (*exec)(struct engine *engine, const char *sql, struct err *err);   /* no parameters */
	int (*prepare)(struct engine *engine, const char *sql, struct statement **ret, struct err *err);
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
	const char *begin_write;                       /* statement that opens a unit of work */
	bool (*working)(struct engine *engine);        /* it is open still: a full disk undoes it whole */
	const char *const *search_schema;              /* statements of migration 1 for the index; NULL ends */
	int (*search_put)(struct engine *engine, const char *id, int64_t revision, const char *words,
			  struct err *err);
	/* Statement yielding (id, revision) of the rows that hold all words bound as $1. */
	const char *search_select;
	void (*search_query)(struct buf *buf, const char *const *words, size_t n);
	int (*search_forget)(struct engine *engine, const char *id, struct err *err);
	int (*scrub)(struct engine *engine, struct err *err);   /* erased bytes leave file and log, or ERR_BUSY */
	int (*check)(struct engine *engine, struct err *err);
	int (*limit)(struct engine *engine, int64_t bytes, struct err *err);
};

extern const struct engine_ops engine_sqlite;

/* A numbered step of the schema; never changed once released, only added to. */
struct migration {
	int number;
	const char *const *statements;   /* NULL ends */
};

extern const struct migration migrations[];
extern const size_t n_migrations;

struct store {
	const struct engine_ops *ops;
	struct engine *engine;
	int schema;
	bool working;              /* inside a unit of work */
	struct cached *cache;      /* prepared statements by their text */
	size_t n_cache, cap_cache;
	struct arena arena;        /* of the cache */
};

/* A prepared statement from the cache; give it back with statement_done. */
int statement_take(struct store *store, const char *sql, struct statement **ret, struct err *err);
void statement_done(struct store *store, struct statement *statement);
/* How long store_begin waits for another writer, in place of 30 s. */
void store_patience(struct store *store, int msec);
/* ERR_FAILED once a fault undid the unit of work: what is written then would be kept by itself. */
int work_check(struct store *store, struct err *err);
int store_migrate(struct store *store, enum store_mode mode, struct err *err);

/* Columns of a kind's table in the one order that read and put share. */
void columns_write(struct buf *buf, const struct kind *kind);
void record_bind(struct store *store, struct statement *statement, const struct record *r,
		 const char *content);
struct record *record_take(struct store *store, struct statement *statement, const struct kind *kind,
			   struct arena *arena);
int record_complete(struct store *store, struct record *r, struct arena *arena, struct err *err);

#endif
