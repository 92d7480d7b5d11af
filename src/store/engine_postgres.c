/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine_postgres.c - PostgreSQL, by libpq.
 *
 * Every statement is prepared once a connection. Writes of a unit of work are sent
 * ahead in pipeline mode: their answers are read before the next query and at the
 * latest before the commit, so that a batch costs one round trip and not hundreds. A
 * failure of one of them fails the unit, which is then told. What yields many rows is
 * read through a cursor. Rows in bulk go by COPY.
 *
 * A unit of work alone holds an advisory lock that excludes all others; those beside
 * one another share it. Nothing of a location but host, port and database is shown.
 */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "store/postgres.h"

#define PENDING_MOST 200          /* answers to these fit into the socket's buffer */
#define FETCH "1000"
#define VALUES_MOST 96
#define LOCK "7466736390"         /* "tocsin" on a telephone's keys, more or less */

struct statement {
	struct engine *engine;
	char name[24];
	char *sql;                /* of a cursor: not prepared, declared */
	bool query, stream, opened;
	int n_values;
	const char *values[VALUES_MOST];
	char numbers[VALUES_MOST][32];
	PGresult *result;
	int row;
};

/* ---- errors ---- */

static const struct {
	const char *state;        /* a prefix of SQLSTATE */
	enum err_code code;
	const char *hint;
} states[] = {
	{"55P03", ERR_BUSY, "Wait for the other writer to finish and run the command again."},
	{"40", ERR_BUSY, "Another unit of work was in the way; run the command again."},
	{"23505", ERR_CONFLICT, "Another process wrote the same record; run the command again."},
	{"42501", ERR_DENIED, "The role you connect as may not do this; see data/postgres/roles.sql."},
	{"25006", ERR_DENIED, NULL},
	{"42704", ERR_DENIED, "Each login needs a user mapping for each shard; see docs/postgres.md."},
	{"53", ERR_FAILED, "Nothing of this unit of work was kept; free space or connections, then run it again."},
	{"54", ERR_DATA, "A value is larger than the database can hold or index."},
	{"57P", ERR_BUSY, "The server is shutting down or starting; nothing of this unit of work was kept."},
	{"08", ERR_BUSY, "The server went away; nothing of this unit of work was kept."},
	{"3D000", ERR_NOT_FOUND, "Make the database with createdb, then run \"tocsin init\"."},
	{"28", ERR_DENIED, NULL},
	{"XX001", ERR_INTEGRITY, "The database is damaged; restore it from a backup."},
	{"XX002", ERR_INTEGRITY, "An index is damaged; rebuild it with REINDEX."},
};

/* The first line, without the server's "ERROR:  ". */
static void first_line(const char *message, char out[400])
{
	const char *start = message ? message : "";
	size_t len;

	if (strstr(start, ":  "))
		start = strstr(start, ":  ") + 3;
	len = strcspn(start, "\n");
	snprintf(out, 400, "%.*s", (int)(len < 390 ? len : 390), start);
}

int postgres_fault(struct engine *engine, const PGresult *result, const char *what, struct err *err)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	bool lost = PQstatus(engine->conn) == CONNECTION_BAD;
	char line[400];

	first_line(result && state ? PQresultErrorMessage(result) : PQerrorMessage(engine->conn), line);
	if (state && strcmp(state, "55P03") == 0)
		snprintf(line, sizeof line, "another process is writing to the store");
	for (size_t i = 0; i < LENGTH(states) && state; i++)
		if (str_starts(state, states[i].state)) {
			int r = err_set(err, states[i].code, "could not %s: %s", what, line);

			return states[i].hint ? err_hint(err, r, "%s", states[i].hint) : r;
		}
	if (lost || !state)
		return err_hint(err, err_set(err, ERR_BUSY, "could not %s: %s", what, *line ? line : "the server went away"),
				"The server went away; nothing of this unit of work was kept.");
	return err_set(err, ERR_FAILED, "could not %s: %s", what, line);
}

/* ---- sent ahead ---- */

int postgres_drain(struct engine *engine, struct err *err)
{
	bool synced = false;
	int r = 0, nothing = 0;

	if (PQpipelineStatus(engine->conn) == PQ_PIPELINE_OFF)
		return 0;
	engine->pending = 0;
	if (!PQpipelineSync(engine->conn))
		r = postgres_fault(engine, NULL, "write to the store", err);
	/* A NULL ends each command; two in a row without a result mean that the connection is gone. */
	while (r == 0 || (!synced && nothing < 2)) {
		PGresult *result = PQgetResult(engine->conn);

		if (!result) {
			if (synced || ++nothing > 1)
				break;
			continue;
		}
		nothing = 0;
		synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
		if (r == 0 && PQresultStatus(result) == PGRES_FATAL_ERROR)
			r = postgres_fault(engine, result, "write to the store", err);
		PQclear(result);
		if (synced)
			break;
	}
	if (!PQexitPipelineMode(engine->conn) && r == 0)
		r = postgres_fault(engine, NULL, "write to the store", err);
	return r;
}

int postgres_exec(struct engine *engine, const char *sql, struct err *err)
{
	bool back = str_starts(sql, "ROLLBACK"), commit = str_starts(sql, "COMMIT");
	int r = postgres_drain(engine, back ? NULL : err);
	PGresult *result;

	if (r < 0 && !back)
		return r;
	result = PQexec(engine->conn, sql);
	r = 0;
	if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
		r = postgres_fault(engine, result, commit ? "commit to the store" : "write to the store", err);
	else if (commit && !str_starts(PQcmdStatus(result), "COMMIT"))
		r = err_set(err, ERR_FAILED, "could not commit to the store: the unit of work had failed");
	PQclear(result);
	return r;
}

int postgres_query(struct engine *engine, const char *sql, int n, const char *const *values, PGresult **ret,
		   struct err *err)
{
	PGresult *result;
	int r = postgres_drain(engine, err);

	if (r < 0)
		return r;
	result = PQexecParams(engine->conn, sql, n, NULL, values, NULL, NULL, 0);
	if (PQresultStatus(result) != PGRES_TUPLES_OK && PQresultStatus(result) != PGRES_COMMAND_OK) {
		r = postgres_fault(engine, result, "query the store", err);
		PQclear(result);
		return r;
	}
	*ret = result;
	return 0;
}

/* ---- connection ---- */

static void hear_nothing(void *user, const char *message)
{
	(void)user, (void)message;
}

static void postgres_close(struct engine *engine)
{
	if (!engine)
		return;
	PQfinish(engine->conn);
	buf_free(&engine->copy);
	arena_free(&engine->arena);
	free(engine);
}

static void postgres_describe(struct engine *engine, struct buf *buf)
{
	const char *host = PQhost(engine->conn);

	buf_printf(buf, "postgresql://%s%s%s/%s", host && *host != '/' ? host : "", host && *host != '/' ? ":" : "",
		   host && *host != '/' ? PQport(engine->conn) : "", PQdb(engine->conn));
}

static int connect_fault(struct engine *engine, struct err *err)
{
	const char *message = PQerrorMessage(engine->conn);
	char line[400];
	int code = strstr(message, "authentication") || strstr(message, "pg_hba") || strstr(message, "password") ||
		   strstr(message, "permission denied") || strstr(message, "role \"") ? ERR_DENIED
		 : strstr(message, "does not exist") ? ERR_NOT_FOUND : ERR_BUSY;

	first_line(message, line);
	err_set(err, code, "could not open the store: %s", line);
	return err_hint(err, code, "%s", code == ERR_NOT_FOUND ? "Make the database with createdb, then run \"tocsin init\"."
		: code == ERR_DENIED ? "Check role and password; a password may stand in ~/.pgpass."
		: "Check that the server runs and that host and port are right.");
}

static int postgres_open(const char *location, enum store_mode mode, struct engine **ret, struct err *err)
{
	const char *const keywords[] = {"dbname", "client_encoding", "fallback_application_name", "connect_timeout", NULL};
	const char *const values[] = {location, "UTF8", "tocsin", "10", NULL};
	struct engine *engine;
	int r = postgres_location_check(location, err);

	if (r < 0)
		return r;
	engine = calloc(1, sizeof *engine);
	engine->conn = PQconnectdbParams(keywords, values, 1);
	if (PQstatus(engine->conn) != CONNECTION_OK)
		r = connect_fault(engine, err);
	else if (PQserverVersion(engine->conn) < 140000)
		r = err_set(err, ERR_FAILED, "the server is PostgreSQL %d, expected 14 or newer",
			    PQserverVersion(engine->conn) / 10000);
	if (r == 0) {
		PQsetNoticeProcessor(engine->conn, hear_nothing, NULL);
		/* Batches of keys are looked up: by the index, also before a new table was ever analysed. */
		r = postgres_exec(engine, "SET lock_timeout = 30000; SET jit = off; SET standard_conforming_strings = on; "
				  "SET random_page_cost = 1.1; SET TimeZone = 'UTC'", err);
	}
	if (r == 0 && mode == STORE_READ)
		r = postgres_exec(engine, "SET default_transaction_read_only = on", err);
	if (r < 0) {
		postgres_close(engine);
		return r;
	}
	*ret = engine;
	return 0;
}

static int postgres_settle(struct engine *engine, struct err *err)
{
	(void)engine, (void)err;
	return 0;   /* durability is the server's */
}

static bool postgres_working(struct engine *engine)
{
	PGTransactionStatusType status = PQtransactionStatus(engine->conn);

	return status == PQTRANS_INTRANS || status == PQTRANS_ACTIVE;   /* active: sent ahead, not yet answered */
}

static void postgres_patience(struct engine *engine, int msec)
{
	char sql[60];

	snprintf(sql, sizeof sql, "SET lock_timeout = %d", msec > 0 ? msec : 1);   /* 0 would be for ever */
	postgres_exec(engine, sql, NULL);
}

/* ---- statements ---- */

static int postgres_prepare(struct engine *engine, const char *sql, bool stream, struct statement **ret, struct err *err)
{
	struct statement *statement = calloc(1, sizeof *statement);
	int r = 0;

	statement->engine = engine;
	statement->stream = stream;
	statement->query = stream || str_starts(sql, "SELECT") || str_starts(sql, "WITH") || str_starts(sql, "EXPLAIN") ||
			   strstr(sql, " RETURNING ");
	snprintf(statement->name, sizeof statement->name, "s%u", engine->n_statements++);
	if (stream) {
		statement->sql = strdup(sql);
	} else {
		PGresult *result;

		r = postgres_drain(engine, err);
		if (r == 0) {
			result = PQprepare(engine->conn, statement->name, sql, 0, NULL);
			if (PQresultStatus(result) != PGRES_COMMAND_OK)
				r = postgres_fault(engine, result, "query the store", err);
			PQclear(result);
		}
	}
	if (r < 0) {
		free(statement->sql);
		free(statement);
		return r;
	}
	*ret = statement;
	return 0;
}

static const char **value_at(struct statement *statement, int i)
{
	if (i < 1 || i > VALUES_MOST)
		abort();
	if (i > statement->n_values)
		statement->n_values = i;
	return &statement->values[i - 1];
}

static void postgres_bind_text(struct statement *statement, int i, const char *s)
{
	*value_at(statement, i) = s;
}

static void postgres_bind_int(struct statement *statement, int i, int64_t value)
{
	const char **at = value_at(statement, i);

	snprintf(statement->numbers[i - 1], sizeof statement->numbers[0], "%lld", (long long)value);
	*at = value == INT_MISSING ? NULL : statement->numbers[i - 1];
}

static void postgres_bind_real(struct statement *statement, int i, double value)
{
	const char **at = value_at(statement, i);

	num_write(value, statement->numbers[i - 1]);
	*at = isnan(value) ? NULL : statement->numbers[i - 1];
}

static int take_result(struct statement *statement, PGresult *result, const char *what, struct err *err)
{
	PQclear(statement->result);
	statement->result = result;
	statement->row = 0;
	if (PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK)
		return 0;
	return postgres_fault(statement->engine, result, what, err);
}

static int cursor_step(struct statement *statement, struct err *err)
{
	struct engine *engine = statement->engine;
	_cleanup_(buf_free) struct buf sql = {0};
	int r;

	if (!statement->opened) {
		buf_printf(&sql, "DECLARE %s NO SCROLL CURSOR FOR %s", statement->name, statement->sql);
		r = postgres_exec(engine, sql.s, err);
		if (r < 0)
			return r;
		statement->opened = true;
	}
	if (!statement->result || (++statement->row >= PQntuples(statement->result) && PQntuples(statement->result))) {
		r = postgres_drain(engine, err);
		buf_cut(&sql, 0);
		buf_printf(&sql, "FETCH FORWARD " FETCH " FROM %s", statement->name);
		if (r == 0)
			r = take_result(statement, PQexec(engine->conn, sql.s), "read the store", err);
		if (r < 0)
			return r;
	}
	return statement->row < PQntuples(statement->result);
}

/* A write inside a unit of work goes ahead; its answer is read later. */
static int send_ahead(struct statement *statement, struct err *err)
{
	struct engine *engine = statement->engine;

	if (PQpipelineStatus(engine->conn) == PQ_PIPELINE_OFF && !PQenterPipelineMode(engine->conn))
		return postgres_fault(engine, NULL, "write to the store", err);
	if (!PQsendQueryPrepared(engine->conn, statement->name, statement->n_values, statement->values, NULL, NULL, 0)) {
		int r = postgres_fault(engine, NULL, "write to the store", err);

		postgres_drain(engine, NULL);
		return r;
	}
	return ++engine->pending < PENDING_MOST ? 0 : postgres_drain(engine, err);
}

static int postgres_step(struct statement *statement, struct err *err)
{
	struct engine *engine = statement->engine;
	int r;

	if (statement->stream)
		return cursor_step(statement, err);
	if (!statement->query && (PQpipelineStatus(engine->conn) != PQ_PIPELINE_OFF ||
				  PQtransactionStatus(engine->conn) == PQTRANS_INTRANS))
		return send_ahead(statement, err);
	if (!statement->opened) {
		r = postgres_drain(engine, err);
		if (r == 0)
			r = take_result(statement, PQexecPrepared(engine->conn, statement->name, statement->n_values,
								  statement->values, NULL, NULL, 0),
					statement->query ? "read the store" : "write to the store", err);
		if (r < 0)
			return r;
		statement->opened = true;
		return PQntuples(statement->result) > 0;
	}
	return ++statement->row < PQntuples(statement->result);
}

static const char *postgres_text(struct statement *statement, int column)
{
	return PQgetisnull(statement->result, statement->row, column) ? NULL
	     : PQgetvalue(statement->result, statement->row, column);
}

static int64_t postgres_integer(struct statement *statement, int column)
{
	const char *s = postgres_text(statement, column);

	return s ? strtoll(s, NULL, 10) : INT_MISSING;
}

static double postgres_real(struct statement *statement, int column)
{
	const char *s = postgres_text(statement, column);
	double value = NAN;

	if (s)
		num_read(s, strlen(s), &value);
	return value;
}

static void postgres_reset(struct statement *statement)
{
	PQclear(statement->result);
	statement->result = NULL;
	statement->opened = false;
	statement->row = 0;
	memset(statement->values, 0, sizeof statement->values);
}

static void postgres_release(struct statement *statement)
{
	char sql[60];

	if (statement->stream && statement->opened && PQtransactionStatus(statement->engine->conn) == PQTRANS_INTRANS) {
		snprintf(sql, sizeof sql, "CLOSE %s", statement->name);
		postgres_exec(statement->engine, sql, NULL);
	}
	PQclear(statement->result);
	free(statement->sql);
	free(statement);
}

/* ---- search: the same words as everywhere, an index over the array of them ---- */

static void postgres_search_query(struct buf *buf, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(buf, "%s%s", i ? " " : "", words[i]);
}

static int postgres_search_put(struct engine *engine, const char *words, struct err *err)
{
	(void)engine, (void)words, (void)err;
	return 0;   /* the index follows its table by itself */
}

static int postgres_search_rebuild(struct engine *engine, struct err *err)
{
	(void)engine, (void)err;
	return 0;
}

/* Dead rows leave the tables; the server's log and its archive are the operator's to prune. */
static int postgres_scrub(struct engine *engine, struct err *err)
{
	static const char *const tables[] = {"payload", "note", "search_text", "document", "event", "record"};
	int r = 0;

	for (size_t i = 0; i < LENGTH(tables) && r == 0; i++) {
		char sql[60];

		snprintf(sql, sizeof sql, "VACUUM \"%s\"", tables[i]);
		r = postgres_exec(engine, sql, err);
	}
	return r;
}

static int postgres_limit(struct engine *engine, int64_t bytes, struct err *err)
{
	(void)engine, (void)bytes;
	return err_hint(err, err_set(err, ERR_USAGE, "a limit in MiB is for stores in a file"),
			"Limit a database by its tablespace, and remove store.max_mib from the settings.");
}

/* ---- waiting ---- */

static int postgres_wait(struct engine *engine, int msec, struct err *err)
{
	struct pollfd fd = {.fd = PQsocket(engine->conn), .events = POLLIN};
	PGnotify *notice;
	bool woken = false;
	int r = 0;

	if (!engine->listening) {
		r = postgres_exec(engine, "LISTEN tocsin_queue", err);
		engine->listening = r == 0;
		return r < 0 ? r : 1;   /* something may have come before we listened */
	}
	if (poll(&fd, 1, msec) < 0 && errno != EINTR)
		return err_set(err, ERR_FAILED, "could not wait for the server: %s", strerror(errno));
	if (!PQconsumeInput(engine->conn))
		return postgres_fault(engine, NULL, "wait for the server", err);
	while ((notice = PQnotifies(engine->conn)) != NULL) {
		woken = true;
		PQfreemem(notice);
	}
	return woken;
}

/*
 * A unit of work that writes looks up batches of keys. Its plans are made once a connection, perhaps while
 * the tables were small, and must not read them whole when they have grown: whoever wants that, says so.
 */
#define BY_INDEX "SET LOCAL enable_seqscan = off; "
#define EXCLUSIVE "SELECT pg_advisory_xact_lock(" LOCK ")"
#define SHARED "SELECT pg_advisory_xact_lock_shared(" LOCK ")"

const struct engine_ops engine_postgres = {
	.name = "PostgreSQL",
	.open = postgres_open,
	.close = postgres_close,
	.describe = postgres_describe,
	.exec = postgres_exec,
	.prepare = postgres_prepare,
	.bind_text = postgres_bind_text,
	.bind_int = postgres_bind_int,
	.bind_real = postgres_bind_real,
	.step = postgres_step,
	.text = postgres_text,
	.integer = postgres_integer,
	.real = postgres_real,
	.reset = postgres_reset,
	.release = postgres_release,
	.survey = "SELECT COUNT(*), COALESCE(SUM(CASE WHEN tablename = 'migration' THEN 1 ELSE 0 END), 0) "
		  "FROM pg_tables WHERE schemaname = current_schema()",
	.settle = postgres_settle,
	.patience = postgres_patience,
	.begin = {[WORK_ALONE] = "BEGIN; " BY_INDEX EXCLUSIVE, [WORK_BESIDE] = "BEGIN; " BY_INDEX SHARED,
		  [WORK_READING] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"},
	.working = postgres_working,
	.table_sql = postgres_table_sql,
	.own_schema = postgres_own_schema,
	.keys = "record",
	.search_select = "SELECT \"id\", \"revision\" FROM \"search_text\" WHERE string_to_array(\"words\", ' ') @> "
			 "string_to_array($1, ' ')",
	.search_query = postgres_search_query,
	.search_put = postgres_search_put,
	.search_rebuild = postgres_search_rebuild,
	.scrub = postgres_scrub,
	.check = postgres_check,
	.limit = postgres_limit,
	.take_locked = " FOR UPDATE SKIP LOCKED",
	.notify = "NOTIFY tocsin_queue",
	.wait = postgres_wait,
	.load_start = postgres_load_start,
	.load_text = postgres_load_text,
	.load_int = postgres_load_int,
	.load_real = postgres_load_real,
	.load_row = postgres_load_row,
	.load_end = postgres_load_end,
	.load_settle = postgres_load_settle,
	.months = postgres_months,
	.shard_of = postgres_shard_of,
	.shard_add = postgres_shard_add,
	.shard_move = postgres_shard_move,
	.event_parts = postgres_event_parts,
	.explain = "EXPLAIN (VERBOSE, COSTS OFF) ",
	.forget_before = postgres_forget_before,
};
