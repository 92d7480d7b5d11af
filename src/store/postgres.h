/* SPDX-License-Identifier: GPL-3.0-or-later */
/* postgres.h - what the files of the PostgreSQL engine share. */
#ifndef STORE_POSTGRES_H
#define STORE_POSTGRES_H

#include <libpq-fe.h>

#include "store/engine.h"

struct month_place {
	int64_t month;            /* since year 0 */
	const char *shard;        /* NULL: on this server */
};

struct engine {
	PGconn *conn;
	unsigned n_statements;    /* names given so far */
	size_t pending;           /* writes sent ahead whose answers were not read yet */
	struct buf copy;          /* rows on their way to COPY */
	int copy_columns;
	bool listening;
	struct arena arena;
	struct month_place *months;   /* by month */
	size_t n_months, cap_months;
	bool read_months;
};

/* The message of a result or connection as an error; the result may be NULL. */
int postgres_fault(struct engine *engine, const PGresult *result, const char *what, struct err *err);
/* Read the answers to all that was sent ahead; the first failure is told. */
int postgres_drain(struct engine *engine, struct err *err);
int postgres_exec(struct engine *engine, const char *sql, struct err *err);
/* One query of text parameters; the caller clears the result. */
int postgres_query(struct engine *engine, const char *sql, int n, const char *const *values, PGresult **ret,
		   struct err *err);

/* ---- postgres_check.c ---- */

/* ERR_USAGE for what cannot be meant as an address, without a word of it: it may hold a password. */
int postgres_location_check(const char *location, struct err *err);
int postgres_check(struct engine *engine, struct err *err);

/* ---- postgres_load.c ---- */

int postgres_load_start(struct engine *engine, const struct table *table, struct err *err);
void postgres_load_text(struct engine *engine, const char *s);
void postgres_load_int(struct engine *engine, int64_t value);
void postgres_load_real(struct engine *engine, double value);
int postgres_load_row(struct engine *engine, struct err *err);
int postgres_load_end(struct engine *engine, struct err *err);
int postgres_load_settle(struct engine *engine, struct err *err);

/* ---- postgres_months.c ---- */

extern const char postgres_own_schema[];
extern const char *const postgres_types[];   /* by enum column_type */
/* What "event" is made of: its partitions, or itself for a role that may read it only as a whole. */
int postgres_event_parts(struct engine *engine, struct arena *arena, const char ***ret, size_t *ret_n, struct err *err);
void postgres_table_sql(struct buf *buf, const struct table *table);
int postgres_months(struct engine *engine, int64_t from, int64_t past, struct err *err);
const char *postgres_shard_of(struct engine *engine, int64_t known);
int postgres_forget_before(struct engine *engine, int64_t known, struct err *err);
/* Where every month is, as the catalog says. */
int postgres_read_months(struct engine *engine, struct err *err);

/* ---- postgres_shard.c ---- */

int postgres_shard_add(struct engine *engine, const char *name, const char *location, struct err *err);
int postgres_shard_move(struct engine *engine, const char *name, int64_t month, struct err *err);

#endif
