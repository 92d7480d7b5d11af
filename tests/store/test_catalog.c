/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_catalog.c - the tables that an engine has made, by its own catalog, against the
 * one source of them, src/store/schema.c. Run on each engine; what is an engine's own
 * is listed here by name, and nothing else may differ.
 */
#include "tests/store/kept.h"

#include "store/engine.h"

#define MOST_NAMES 80

/* ---- what is an engine's own ---- */

static const char *const own_tables_sqlite[] = {
	/* full text: the virtual table and the tables below it */
	"search", "search_config", "search_data", "search_docsize", "search_idx",
};
static const char *const own_tables_postgres[] = {
	"record",   /* the keys of what is cut by month */
};

/* SQLite numbers the rows that its index over words points to: the key is a mere constraint there. */
#define NUMBERED "search_text"
#define NUMBER "number INTEGER, "
/* PostgreSQL's index over the words. */
#define WORDS_INDEX "search_text_words"

/* ---- reading a catalog: each query yields one text ---- */

static const char *sqlite_ask(struct room *room, const char *sql)
{
	sqlite3_stmt *statement;
	const char *answer;
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2(room->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	answer = arena_dup(&room->arena, (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return answer ? answer : "";
}

static const char *postgres_ask(struct room *room, const char *sql)
{
	PGconn *conn = PQconnectdb(room->path);
	PGresult *result = PQexec(conn, sql);
	const char *answer;

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(conn));
	answer = arena_dup(&room->arena, PQgetvalue(result, 0, 0));
	PQclear(result);
	PQfinish(conn);
	return answer;
}

/* `sqlite` or `postgres`, with the table's name for each @. */
static const char *ask(struct room *room, const char *sqlite, const char *postgres, const char *table)
{
	_cleanup_(buf_free) struct buf sql = {0};

	for (const char *s = on_server() ? postgres : sqlite; *s; s++)
		if (*s == '@')
			buf_puts(&sql, table);
		else
			buf_putc(&sql, *s);
	return on_server() ? postgres_ask(room, sql.s) : sqlite_ask(room, sql.s);
}

static const char *tables_there(struct room *room)
{
	return ask(room, "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_master WHERE type = 'table' "
		   "AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name)",
		   "SELECT string_agg(relname, ' ' ORDER BY relname COLLATE \"C\") FROM pg_class WHERE relkind "
			"IN ('r', 'p') "
		   "AND NOT relispartition AND relnamespace = 'public'::regnamespace", "");
}

static const char *columns_there(struct room *room, const char *table)
{
	return ask(room, "SELECT group_concat(name || ' ' || type || CASE \"notnull\" WHEN 1 THEN ' NOT NULL' "
		"ELSE '' END, ', ') "
		   "FROM (SELECT * FROM pragma_table_info('@') ORDER BY cid)",
		   "SELECT string_agg(attname || ' ' || upper(format_type(atttypid, atttypmod)) || CASE WHEN "
			"attnotnull THEN "
		   "' NOT NULL' ELSE '' END, ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = '\"@\"'::regclass "
		   "AND attnum > 0 AND NOT attisdropped", table);
}

#define OF_INDEX "FROM unnest(i.indkey) WITH ORDINALITY AS k(n, o) JOIN pg_attribute AS a ON a.attrelid = " \
	"i.indrelid AND a.attnum = k.n"

static const char *key_there(struct room *room, const char *table)
{
	return ask(room, "SELECT group_concat('\"' || name || '\"', ', ') FROM (SELECT name FROM "
		"pragma_table_info('@') WHERE pk > 0 "
		   "ORDER BY pk)",
		   "SELECT (SELECT string_agg('\"' || attname || '\"', ', ' ORDER BY o) " OF_INDEX ") FROM pg_index AS i "
		   "WHERE indrelid = '\"@\"'::regclass AND indisprimary", table);
}

/* Those that were asked for, not those behind a key. */
static const char *indexes_there(struct room *room, const char *table)
{
	return ask(room, "SELECT group_concat(def, '; ') FROM (SELECT l.name || ' (' || (SELECT "
		"group_concat(name, ', ') FROM (SELECT name "
		   "FROM pragma_index_info(l.name) ORDER BY seqno)) || ')' AS def FROM pragma_index_list('@') AS l "
		   "WHERE l.origin = 'c' ORDER BY l.name)",
		   "SELECT string_agg(c.relname || ' (' || (SELECT string_agg(attname, ', ' ORDER BY o) "
			OF_INDEX ") || ')', '; ' "
		   "ORDER BY c.relname COLLATE \"C\") FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid "
		   "WHERE indrelid = '\"@\"'::regclass AND NOT indisprimary AND c.relname <> '" WORDS_INDEX "'", table);
}

/* ---- what the source says ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *joined(struct arena *arena, const char **v, size_t n, const char *between)
{
	_cleanup_(buf_free) struct buf buf = {0};

	buf_puts(&buf, "");
	qsort(v, n, sizeof *v, by_text);
	for (size_t i = 0; i < n; i++)
		buf_printf(&buf, "%s%s", i ? between : "", v[i]);
	return arena_dup(arena, buf.s);
}

static const char *columns_wanted(struct arena *arena, const struct table *table)
{
	static const char *const types[] = {[COLUMN_INT] = "BIGINT", [COLUMN_REAL] = "DOUBLE PRECISION",
		[COLUMN_TEXT] = "TEXT"};
	_cleanup_(buf_free) struct buf buf = {0};

	buf_puts(&buf, !on_server() && str_eq(table->name, NUMBERED) ? NUMBER : "");
	for (size_t i = 0; i < table->n_columns; i++)
		buf_printf(&buf, "%s%s %s%s", i ? ", " : "", table->columns[i].name, types[table->columns[i].type],
			   table->columns[i].required ? " NOT NULL" : "");
	return arena_dup(arena, buf.s);
}

static const char *indexes_wanted(struct arena *arena, const struct table *table)
{
	const char *v[LENGTH(table->indexes)];
	size_t n = 0;

	for (; n < LENGTH(table->indexes) && table->indexes[n]; n++)
		v[n] = arena_printf(arena, "%s_%s (%s, id)", table->name, table->indexes[n], table->indexes[n]);
	return joined(arena, v, n, "; ");
}

static void each_table(struct room *room, void (*each)(struct room *room, const struct table *table))
{
	for (size_t m = 0; m < n_migrations; m++)
		for (size_t i = 0; i < migrations[m].n_tables; i++)
			each(room, &migrations[m].tables[i]);
}

/* ---- */

static void the_tables_are_those_of_the_schema_and_of_the_engine(void **state)
{
	struct room *room = *state;
	const char *names[MOST_NAMES] = {"migration"};
	size_t n = 1;

	for (size_t m = 0; m < n_migrations; m++)
		for (size_t i = 0; i < migrations[m].n_tables; i++)
			names[n++] = migrations[m].tables[i].name;
	for (size_t i = 0; i < LENGTH(own_tables_sqlite) && !on_server(); i++)
		names[n++] = own_tables_sqlite[i];
	for (size_t i = 0; i < LENGTH(own_tables_postgres) && on_server(); i++)
		names[n++] = own_tables_postgres[i];
	assert_string_equal(tables_there(room), joined(&room->arena, names, n, " "));
}

static void same_columns(struct room *room, const struct table *table)
{
	assert_string_equal(columns_there(room, table->name), columns_wanted(&room->arena, table));
}

static void columns_have_the_order_types_and_not_null_of_the_schema(void **state)
{
	each_table(*state, same_columns);
}

static void same_key(struct room *room, const struct table *table)
{
	const char *wanted = table->key, *in = table->name;

	if (!on_server() && str_eq(table->name, NUMBERED)) {
		assert_string_equal(key_there(room, in), "\"number\"");
		assert_int_equal(run_sql(room->path, "SELECT COUNT(*) FROM pragma_index_list('" NUMBERED "') "
			"WHERE origin = 'u'"), 1);
		return;
	}
	if (on_server() && table->monthly) {   /* each part has its own, with the column that it is cut by */
		in = arena_printf(&room->arena, "%s_rest", table->name);
		wanted = arena_printf(&room->arena, "%s, \"known\"", table->key);
	}
	assert_string_equal(key_there(room, in), wanted);
}

static void keys_are_those_of_the_schema(void **state)
{
	each_table(*state, same_key);
}

static void same_indexes(struct room *room, const struct table *table)
{
	assert_string_equal(indexes_there(room, table->name), indexes_wanted(&room->arena, table));
}

static void indexes_are_those_of_the_schema(void **state)
{
	each_table(*state, same_indexes);
}

/* The columns of a kind's table: those that put and read share, and when the row was recorded. */
static void every_field_of_a_kind_has_its_column_in_the_schema(void **state)
{
	struct room *room = *state;

	for (size_t k = 0; k < n_kinds; k++) {
		_cleanup_(buf_free) struct buf read = {0}, declared = {0};
		const struct table *table = table_named(kinds[k]->name);

		assert_non_null(table);
		columns_write(&read, kinds[k], "");
		run_sql(room->path, arena_printf(&room->arena, "SELECT %s, \"recorded\" FROM \"%s\"", read.s,
			kinds[k]->name));
		assert_int_equal(table->n_columns, columns_count(kinds[k]) + 1);
		for (size_t f = 0; f < kinds[k]->n_fields; f++) {
			const struct field *field = &kinds[k]->fields[f];
			enum column_type type = field->type == FIELD_REAL ? COLUMN_REAL
					      : field->type == FIELD_INT || field->type == FIELD_TIME ?
						COLUMN_INT : COLUMN_TEXT;
			bool found = field->flags & FIELD_PAYLOAD;

			for (size_t c = 0; c < table->n_columns; c++)
				found |= str_eq(table->columns[c].name, field->name) && table->columns[c].type == type;
			if (!found)
				fail_msg("%s.%s has no column of its type", kinds[k]->name, field->name);
		}
	}
}

/* ---- PostgreSQL only ---- */

static void texts_collate_by_their_bytes(void **state)
{
	struct room *room = *state;

	assert_string_equal(postgres_ask(room, "SELECT COALESCE(string_agg(c.relname || '.' || a.attname, ' '), "
		"'') FROM pg_attribute AS a "
					 "JOIN pg_class AS c ON c.oid = a.attrelid WHERE c.relnamespace = "
						"'public'::regnamespace AND "
					 "c.relkind IN ('r', 'p') AND a.attcollation NOT IN (0, (SELECT oid "
						"FROM pg_collation WHERE "
					 "collname = 'C' LIMIT 1))"), "");
}

static void same_parts(struct room *room, const struct table *table)
{
	const char *parts = postgres_ask(room, arena_printf(&room->arena,
		"SELECT COALESCE(string_agg(inhrelid::regclass::text, ' ' ORDER BY inhrelid::regclass::text), "
			"'') FROM pg_inherits "
		"WHERE inhparent = '\"%s\"'::regclass", table->name));

	assert_string_equal(parts, table->monthly ? arena_printf(&room->arena, "%s_2024_02 %s_rest",
		table->name, table->name) : "");
}

static void what_is_monthly_is_cut_by_month_and_the_keys_are_whole(void **state)
{
	struct room *room = *state;
	int64_t february = 2024 * 12 + 1;

	assert_int_equal(store_begin(room->store, NULL), 0);
	assert_int_equal(store_months(room->store, february, february + 1, NULL), 0);
	assert_int_equal(store_commit(room->store, NULL), 0);
	each_table(room, same_parts);
	assert_string_equal(columns_there(room, "record"), "id TEXT NOT NULL, revision BIGINT NOT NULL, known "
		"BIGINT NOT NULL, "
			    "withdrawn BIGINT NOT NULL, content TEXT, licence TEXT NOT NULL, shard TEXT");
	assert_string_equal(key_there(room, "record"), "\"id\", \"revision\"");
	assert_string_equal(indexes_there(room, "record"), "record_known (known, id); record_revised (id)");
	assert_int_equal(run_sql(room->path, "SELECT COUNT(*) FROM pg_indexes WHERE indexname = '" WORDS_INDEX "' AND "
				 "indexdef LIKE '%USING gin%'"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_room(the_tables_are_those_of_the_schema_and_of_the_engine),
		with_room(columns_have_the_order_types_and_not_null_of_the_schema),
		with_room(keys_are_those_of_the_schema),
		with_room(indexes_are_those_of_the_schema),
		with_room(every_field_of_a_kind_has_its_column_in_the_schema),
		with_database(texts_collate_by_their_bytes),
		with_database(what_is_monthly_is_cut_by_month_and_the_keys_are_whole),
	};

	return run_kept("store catalog", tests);
}
