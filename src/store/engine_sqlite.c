/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine_sqlite.c - SQLite: one file, write-ahead log, full synchronisation, so
 * that a commit survives a killed process and a power cut.
 *
 * Search is FTS5 over words that are folded already (text_fold); its tokenizer
 * only has to split at blanks, which "ascii" does: it takes every byte of another
 * script for part of a word, where "unicode61" would follow its own older tables.
 * SQLite 3.40 has no secure delete in FTS5, so forgetting rebuilds the index,
 * vacuums and truncates the log. The rows of search_text have a number of their own,
 * which VACUUM keeps.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "store/engine.h"

#define BUSY_MSEC 30000

struct engine {
	sqlite3 *db;
	char *location;
	sqlite3_stmt *words;             /* a row into the index */
	sqlite3_stmt *load;              /* a row in bulk */
	int load_column;
	sqlite3_stmt *version;           /* changes when another process has written */
	int64_t seen;
};

struct statement {
	sqlite3_stmt *stmt;
	sqlite3 *db;
};

static int sqlite_fault(sqlite3 *db, const char *what, struct err *err)
{
	int code = sqlite3_errcode(db) & 0xff;

	switch (code) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_hint(err, err_set(err, ERR_BUSY, "could not %s: another process is writing to the store", what),
				"Wait for it to finish and run the command again.");
	case SQLITE_FULL:
		return err_hint(err, err_set(err, ERR_FAILED, "could not %s: the store is full", what),
				"Nothing of this unit of work was kept; free space or raise the limit, then run it again.");
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_hint(err, err_set(err, ERR_INTEGRITY, "could not %s: %s", what, sqlite3_errmsg(db)),
				"This file is not a sound store; restore it from a backup.");
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return err_set(err, ERR_DENIED, "could not %s: %s", what, sqlite3_errmsg(db));
	case SQLITE_IOERR:
		/* Not sqlite3_errmsg: of a fault inside the index it says "vtable constructor failed". */
		return err_hint(err, err_set(err, ERR_FAILED, "could not %s: %s", what, sqlite3_errstr(SQLITE_IOERR)),
				"Look after the disk, then run it again; nothing is kept of a unit of work that failed.");
	default:
		return err_set(err, ERR_FAILED, "could not %s: %s", what, sqlite3_errmsg(db));
	}
}

static int sqlite_exec(struct engine *engine, const char *sql, struct err *err)
{
	if (sqlite3_exec(engine->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return sqlite_fault(engine->db, "write to the store", err);
	return 0;
}

static void sqlite_close(struct engine *engine)
{
	if (!engine)
		return;
	sqlite3_finalize(engine->words);
	sqlite3_finalize(engine->load);
	sqlite3_finalize(engine->version);
	sqlite3_close(engine->db);
	free(engine->location);
	free(engine);
}

static void make_parents(const char *path)
{
	char part[4096];

	for (size_t i = 1; path[i] && i < sizeof part; i++)
		if (path[i] == '/') {
			memcpy(part, path, i);
			part[i] = '\0';
			mkdir(part, 0700);
		}
}

/* Only once it is known that the file is ours: the journal's mode is written into it. */
static int sqlite_settle(struct engine *engine, struct err *err)
{
	int r, waited = 0;

	/* Two that make a store at once: SQLite does not wait for the lock of this one change. */
	sqlite3_busy_timeout(engine->db, 0);
	do
		r = sqlite_exec(engine, "PRAGMA journal_mode = WAL", err);
	while (r == ERR_BUSY && (waited += sqlite3_sleep(20)) < BUSY_MSEC);
	sqlite3_busy_timeout(engine->db, BUSY_MSEC);
	if (r < 0)
		return r;
	return sqlite_exec(engine,
			   "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
			   "PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY", err);
}

static void sqlite_patience(struct engine *engine, int msec)
{
	sqlite3_busy_timeout(engine->db, msec);
}

static bool sqlite_working(struct engine *engine)
{
	return !sqlite3_get_autocommit(engine->db);
}

static bool may_make(const char *location)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char *slash = strrchr(location, '/');
	size_t len = slash ? (size_t)(slash - location) : 0;

	return access(slash ? len ? arena_ndup(&arena, location, len) : "/" : ".", W_OK) == 0 || errno != EACCES;
}

static int open_fault(struct engine *engine, const char *location, struct err *err)
{
	int cause = engine->db ? sqlite3_system_errno(engine->db) : 0;   /* stale unless it could not be opened */
	enum err_code code;

	if (cause == ENOENT && !may_make(location))   /* that is what SQLite's second try, to read, met */
		cause = EACCES;
	code = cause == ENOENT ? ERR_NOT_FOUND
			   : cause == EACCES || cause == EPERM || cause == EROFS ? ERR_DENIED
			   : file_is_dir(location) ? ERR_INTEGRITY
			   : ERR_FAILED;

	if (engine->db && (sqlite3_errcode(engine->db) & 0xff) != SQLITE_CANTOPEN)
		return sqlite_fault(engine->db, "open the store", err);
	return err_set(err, code, "could not open store \"%s\": %s", location,
		       code == ERR_INTEGRITY ? "it is a folder" : cause ? strerror(cause)
		       : engine->db ? sqlite3_errmsg(engine->db) : "out of memory");
}

/*
 * Readers of a store in write-ahead mode make a file beside it. Where they may not, on a read-only disk,
 * it is read as it stands: nobody is at work, or that file would be there.
 */
static int settle_reader(struct engine *engine, const char *location, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf uri = {0};
	int r = sqlite_exec(engine, "PRAGMA query_only = 1; SELECT 1 FROM sqlite_schema LIMIT 1", err);

	if (r >= 0 || (r != ERR_DENIED && r != ERR_FAILED) || str_starts(location, "file:") ||
	    file_exists(arena_printf(&arena, "%s-wal", location)))
		return r;
	buf_puts(&uri, "file:");
	for (const char *s = location; *s; s++)
		if (strchr("%?#", *s))
			buf_printf(&uri, "%%%02x", (unsigned char)*s);
		else
			buf_putc(&uri, *s);
	buf_puts(&uri, "?immutable=1");
	sqlite3_close(engine->db);
	if (sqlite3_open_v2(uri.s, &engine->db, SQLITE_OPEN_URI | SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		return open_fault(engine, location, err);
	return sqlite_exec(engine, "PRAGMA query_only = 1", err);
}

static int sqlite_open(const char *location, enum store_mode mode, struct engine **ret, struct err *err)
{
	int flags = SQLITE_OPEN_URI | SQLITE_OPEN_READWRITE | (mode == STORE_CREATE ? SQLITE_OPEN_CREATE : 0);
	bool plain = !str_starts(location, "file:") && strcmp(location, ":memory:") != 0;
	struct engine *engine;
	int r;

	if (plain && mode == STORE_CREATE)
		make_parents(location);
	if (plain && mode != STORE_CREATE && !file_exists(location))
		return err_hint(err, err_set(err, ERR_NOT_FOUND, "no store at \"%s\"", location),
				"Make one with \"tocsin init\", or name another with --store.");
	engine = calloc(1, sizeof *engine);
	engine->location = strdup(location);
	if (sqlite3_open_v2(location, &engine->db, flags, NULL) != SQLITE_OK) {
		r = open_fault(engine, location, err);
		sqlite_close(engine);
		return r;
	}
	sqlite_patience(engine, BUSY_MSEC);
	r = mode == STORE_READ ? settle_reader(engine, location, err) : 0;
	if (r < 0) {
		sqlite_close(engine);
		return r;
	}
	*ret = engine;
	return 0;
}

static void sqlite_describe(struct engine *engine, struct buf *buf)
{
	buf_puts(buf, engine->location);
}

static int sqlite_prepare(struct engine *engine, const char *sql, bool stream, struct statement **ret,
			  struct err *err)
{
	struct statement *statement;
	sqlite3_stmt *stmt;

	(void)stream;   /* rows always come one by one */
	if (sqlite3_prepare_v3(engine->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
		return sqlite_fault(engine->db, "query the store", err);
	statement = calloc(1, sizeof *statement);
	*statement = (struct statement){.stmt = stmt, .db = engine->db};
	*ret = statement;
	return 0;
}

static void sqlite_bind_text(struct statement *statement, int i, const char *s)
{
	sqlite3_bind_text(statement->stmt, i, s, -1, SQLITE_TRANSIENT);
}

static void sqlite_bind_int(struct statement *statement, int i, int64_t value)
{
	if (value == INT_MISSING)
		sqlite3_bind_null(statement->stmt, i);
	else
		sqlite3_bind_int64(statement->stmt, i, value);
}

static void sqlite_bind_real(struct statement *statement, int i, double value)
{
	if (isnan(value))
		sqlite3_bind_null(statement->stmt, i);
	else
		sqlite3_bind_double(statement->stmt, i, value);
}

static int sqlite_step(struct statement *statement, struct err *err)
{
	int code = sqlite3_step(statement->stmt);

	if (code == SQLITE_ROW)
		return 1;
	if (code == SQLITE_DONE)
		return 0;
	return sqlite_fault(statement->db, sqlite3_stmt_readonly(statement->stmt) ? "read the store" :
			    "write to the store", err);
}

static const char *sqlite_text(struct statement *statement, int column)
{
	return (const char *)sqlite3_column_text(statement->stmt, column);
}

static int64_t sqlite_integer(struct statement *statement, int column)
{
	if (sqlite3_column_type(statement->stmt, column) == SQLITE_NULL)
		return INT_MISSING;
	return sqlite3_column_int64(statement->stmt, column);
}

static double sqlite_real(struct statement *statement, int column)
{
	if (sqlite3_column_type(statement->stmt, column) == SQLITE_NULL)
		return NAN;
	return sqlite3_column_double(statement->stmt, column);
}

static void sqlite_reset(struct statement *statement)
{
	sqlite3_reset(statement->stmt);
	sqlite3_clear_bindings(statement->stmt);
}

static void sqlite_release(struct statement *statement)
{
	sqlite3_finalize(statement->stmt);
	free(statement);
}

/* ---- search ---- */

/* ---- tables ---- */

static const char *const types[] = {[COLUMN_INT] = "BIGINT", [COLUMN_REAL] = "DOUBLE PRECISION", [COLUMN_TEXT] = "TEXT"};

static void sqlite_table_sql(struct buf *buf, const struct table *table)
{
	bool searched = strcmp(table->name, "search_text") == 0;

	buf_printf(buf, "CREATE TABLE \"%s\" (%s", table->name, searched ? "\"number\" INTEGER PRIMARY KEY, " : "");
	columns_declare(buf, table, types);
	buf_printf(buf, ", %s (%s));", searched ? "UNIQUE" : "PRIMARY KEY", table->key);
	for (size_t i = 0; i < LENGTH(table->indexes) && table->indexes[i]; i++)
		buf_printf(buf, "CREATE INDEX \"%s_%s\" ON \"%s\" (\"%s\", \"id\");", table->name, table->indexes[i],
			   table->name, table->indexes[i]);
}

/* ---- search ---- */

static int once(struct engine *engine, sqlite3_stmt **stmt, const char *sql, struct err *err)
{
	if (*stmt || sqlite3_prepare_v3(engine->db, sql, -1, SQLITE_PREPARE_PERSISTENT, stmt, NULL) == SQLITE_OK)
		return 0;
	return sqlite_fault(engine->db, "write to the store", err);
}

static int finish(struct engine *engine, sqlite3_stmt *stmt, struct err *err)
{
	int r = sqlite3_step(stmt) == SQLITE_DONE ? 0 : sqlite_fault(engine->db, "write to the store", err);

	sqlite3_reset(stmt);
	return r;
}

static int sqlite_search_put(struct engine *engine, const char *words, struct err *err)
{
	int r = once(engine, &engine->words, "INSERT INTO \"search\" (rowid, words) VALUES ($1, $2)", err);

	if (r < 0)
		return r;
	sqlite3_bind_int64(engine->words, 1, sqlite3_last_insert_rowid(engine->db));
	sqlite3_bind_text(engine->words, 2, words, -1, SQLITE_STATIC);
	return finish(engine, engine->words, err);
}

static int sqlite_search_rebuild(struct engine *engine, struct err *err)
{
	return sqlite_exec(engine, "INSERT INTO \"search\" (\"search\") VALUES ('rebuild')", err);
}

/* Each folded word in quotes: FTS5 reads that as AND of strings. */
static void sqlite_search_query(struct buf *buf, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(buf, "%s\"%s\"", i ? " " : "", words[i]);
}

static int sqlite_scrub(struct engine *engine, struct err *err)
{
	struct statement *statement;
	int r = sqlite_exec(engine, "VACUUM", err);

	if (r == 0)
		r = sqlite_prepare(engine, "PRAGMA wal_checkpoint(TRUNCATE)", false, &statement, err);
	if (r < 0)
		return r;
	r = sqlite_step(statement, err);   /* its first column, not its status, says whether it was let */
	if (r == 1 && sqlite_integer(statement, 0) != 0)
		r = err_hint(err, err_set(err, ERR_BUSY, "could not clear the log: another process is reading the store"),
			     "The words left the records but not yet the file; end the other process and erase again.");
	sqlite_release(statement);
	return r < 0 ? r : 0;
}

static int sqlite_check(struct engine *engine, struct err *err)
{
	struct statement *statement;
	int r = sqlite_prepare(engine, "PRAGMA integrity_check", false, &statement, err);

	if (r < 0)
		return r;
	r = sqlite_step(statement, err);
	if (r == 1 && strcmp(sqlite_text(statement, 0), "ok") != 0)
		r = err_set(err, ERR_INTEGRITY, "the store is damaged: %s", sqlite_text(statement, 0));
	sqlite_release(statement);
	return r < 0 ? r : 0;
}

static int sqlite_limit(struct engine *engine, int64_t bytes, struct err *err)
{
	struct statement *statement;
	int64_t page = 0;
	char sql[80];
	int r = sqlite_prepare(engine, "PRAGMA page_size", false, &statement, err);

	if (r < 0)
		return r;
	r = sqlite_step(statement, err);
	if (r == 1)
		page = sqlite_integer(statement, 0);
	sqlite_release(statement);
	if (r < 0)
		return r;
	if (page <= 0 || bytes < page)
		return err_set(err, ERR_USAGE, "a store of %lld bytes cannot be", (long long)bytes);
	snprintf(sql, sizeof sql, "PRAGMA max_page_count = %lld", (long long)(bytes / page));
	return sqlite_exec(engine, sql, err);
}

/* ---- rows in bulk ---- */

static int sqlite_load_start(struct engine *engine, const struct table *table, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};

	buf_printf(&sql, "INSERT INTO \"%s\" (", table->name);
	columns_list(&sql, table);
	buf_puts(&sql, ") VALUES (");
	for (size_t i = 0; i < table->n_columns; i++)
		buf_printf(&sql, "%s$%zu", i ? ", " : "", i + 1);
	buf_putc(&sql, ')');
	engine->load_column = 0;
	return once(engine, &engine->load, sql.s, err);
}

/* The text lives until the row is loaded: not copied once more. */
static void sqlite_load_text(struct engine *engine, const char *s)
{
	sqlite3_bind_text(engine->load, ++engine->load_column, s, -1, SQLITE_STATIC);
}

static void sqlite_load_int(struct engine *engine, int64_t value)
{
	if (value == INT_MISSING)
		sqlite3_bind_null(engine->load, ++engine->load_column);
	else
		sqlite3_bind_int64(engine->load, ++engine->load_column, value);
}

static void sqlite_load_real(struct engine *engine, double value)
{
	if (isnan(value))
		sqlite3_bind_null(engine->load, ++engine->load_column);
	else
		sqlite3_bind_double(engine->load, ++engine->load_column, value);
}

static int sqlite_load_row(struct engine *engine, struct err *err)
{
	engine->load_column = 0;
	return finish(engine, engine->load, err);
}

static int sqlite_load_end(struct engine *engine, struct err *err)
{
	(void)err;
	sqlite3_finalize(engine->load);
	engine->load = NULL;
	return 0;
}

static int sqlite_load_settle(struct engine *engine, struct err *err)
{
	(void)engine, (void)err;
	return 0;
}

/* ---- waiting ---- */

/* Nothing tells SQLite's users that another process has written: look now and then. */
static int sqlite_wait(struct engine *engine, int msec, struct err *err)
{
	for (int waited = 0;; waited += 200) {
		int r = once(engine, &engine->version, "PRAGMA data_version", err);
		int64_t version = 0;

		if (r < 0)
			return r;
		if (sqlite3_step(engine->version) == SQLITE_ROW)
			version = sqlite3_column_int64(engine->version, 0);
		sqlite3_reset(engine->version);
		if (engine->seen != version && engine->seen) {
			engine->seen = version;
			return 1;
		}
		engine->seen = version;
		if (waited >= msec)
			return 0;
		sqlite3_sleep(msec - waited < 200 ? msec - waited : 200);
	}
}

/* The ledger only grows; what undoes these is seen by whoever kept a head. */
#define GROWS_ONLY(table) \
	"CREATE TRIGGER \"" table "_stays\" BEFORE UPDATE ON \"" table "\" BEGIN " \
	"SELECT RAISE(ABORT, '" table " is only added to'); END;" \
	"CREATE TRIGGER \"" table "_remains\" BEFORE DELETE ON \"" table "\" BEGIN " \
	"SELECT RAISE(ABORT, '" table " is only added to'); END;"

const struct engine_ops engine_sqlite = {
	.name = "SQLite",
	.open = sqlite_open,
	.close = sqlite_close,
	.describe = sqlite_describe,
	.exec = sqlite_exec,
	.prepare = sqlite_prepare,
	.bind_text = sqlite_bind_text,
	.bind_int = sqlite_bind_int,
	.bind_real = sqlite_bind_real,
	.step = sqlite_step,
	.text = sqlite_text,
	.integer = sqlite_integer,
	.real = sqlite_real,
	.reset = sqlite_reset,
	.release = sqlite_release,
	.survey = "SELECT COUNT(*), COALESCE(SUM(\"name\" = 'migration'), 0) FROM \"sqlite_master\" "
		  "WHERE \"type\" = 'table'",
	.settle = sqlite_settle,
	.patience = sqlite_patience,
	.begin = {[WORK_ALONE] = "BEGIN IMMEDIATE", [WORK_BESIDE] = "BEGIN IMMEDIATE", [WORK_READING] = "BEGIN"},
	.working = sqlite_working,
	.table_sql = sqlite_table_sql,
	.own_schema = "CREATE VIRTUAL TABLE \"search\" USING fts5(words, content='search_text', content_rowid='number', "
		      "tokenize='ascii');" GROWS_ONLY("ledger_entry") GROWS_ONLY("ledger_head"),
	.search_select = "SELECT \"id\", \"revision\" FROM \"search_text\" WHERE \"number\" IN "
			 "(SELECT rowid FROM \"search\" WHERE \"search\" MATCH $1)",
	.search_query = sqlite_search_query,
	.search_put = sqlite_search_put,
	.search_rebuild = sqlite_search_rebuild,
	.scrub = sqlite_scrub,
	.check = sqlite_check,
	.limit = sqlite_limit,
	.take_locked = "",
	.wait = sqlite_wait,
	.load_start = sqlite_load_start,
	.load_text = sqlite_load_text,
	.load_int = sqlite_load_int,
	.load_real = sqlite_load_real,
	.load_row = sqlite_load_row,
	.load_end = sqlite_load_end,
	.load_settle = sqlite_load_settle,
	.explain = "EXPLAIN QUERY PLAN ",
};

const char *store_engine_version(void)
{
	static char text[40];

	snprintf(text, sizeof text, "SQLite %s", sqlite3_libversion());
	return text;
}
