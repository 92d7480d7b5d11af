/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * postgres_months.c - the tables as PostgreSQL has them, and their months.
 *
 * What the schema calls monthly is partitioned by range of `known`, one partition a
 * month, with a default partition ("_rest") for what has none. A foreign table cannot
 * be a partition of a table with a unique index, so each partition has its own key and
 * the table `record` - id and revision of every document and event, never partitioned -
 * is what makes an id unique. Months are made ahead by `tocsin init` and `tocsin store
 * months`, never by a stage: those who write need no right to change the schema.
 */
#include <stdlib.h>
#include <string.h>

#include "store/postgres.h"

const char *const postgres_types[] = {
	[COLUMN_INT] = "BIGINT", [COLUMN_REAL] = "DOUBLE PRECISION", [COLUMN_TEXT] = "TEXT COLLATE \"C\"",
};

const char postgres_own_schema[] =
	"CREATE TABLE \"record\" (\"id\" TEXT COLLATE \"C\" NOT NULL, \"revision\" BIGINT NOT NULL, "
	"\"known\" BIGINT NOT NULL, \"withdrawn\" BIGINT NOT NULL, \"content\" TEXT COLLATE \"C\", "
	"\"licence\" TEXT COLLATE \"C\" NOT NULL, \"shard\" TEXT COLLATE \"C\", PRIMARY KEY (\"id\", \"revision\"));"
	"CREATE INDEX \"record_revised\" ON \"record\" (\"id\") WHERE \"revision\" > 1;"
	"CREATE INDEX \"record_known\" ON \"record\" (\"known\", \"id\");";

/* The key of a partition holds the column that it is cut by. */
static void put_key(struct buf *buf, const struct table *table, const char *name)
{
	buf_printf(buf, "ALTER TABLE \"%s\" ADD PRIMARY KEY (%s, \"known\");", name, table->key);
}

void postgres_table_sql(struct buf *buf, const struct table *table)
{
	char rest[80];

	buf_printf(buf, "CREATE TABLE \"%s\" (", table->name);
	columns_declare(buf, table, postgres_types);
	if (table->monthly) {
		buf_printf(buf, ") PARTITION BY RANGE (\"known\"); CREATE TABLE \"%s_rest\" PARTITION OF \"%s\" DEFAULT;",
			   table->name, table->name);
		snprintf(rest, sizeof rest, "%s_rest", table->name);
		put_key(buf, table, rest);
	} else {
		buf_printf(buf, ", PRIMARY KEY (%s));", table->key);
	}
	for (size_t i = 0; i < LENGTH(table->indexes) && table->indexes[i]; i++)
		buf_printf(buf, "CREATE INDEX \"%s_%s\" ON \"%s\" (\"%s\", \"id\");", table->name, table->indexes[i],
			   table->name, table->indexes[i]);
	if (strcmp(table->name, "search_text") == 0)
		buf_puts(buf, "CREATE INDEX \"search_text_words\" ON \"search_text\" USING gin "
			 "(string_to_array(\"words\", ' '));");
}

/* ---- where each month is ---- */

static void month_add(struct engine *engine, int64_t month, const char *shard)
{
	*arena_push(&engine->arena, engine->months, engine->n_months, engine->cap_months) =
		(struct month_place){month, arena_dup(&engine->arena, shard)};
}

int postgres_read_months(struct engine *engine, struct err *err)
{
	/* Partitions of "event" by name, "event_2025_11", with the server of those that are foreign. */
	static const char sql[] =
		"SELECT c.relname, s.srvname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
		"LEFT JOIN pg_foreign_table f ON f.ftrelid = c.oid LEFT JOIN pg_foreign_server s ON s.oid = f.ftserver "
		"WHERE i.inhparent = 'event'::regclass ORDER BY c.relname";
	PGresult *result;
	int r = postgres_query(engine, sql, 0, NULL, &result, err);

	if (r < 0)
		return r;
	engine->n_months = 0;
	for (int i = 0; i < PQntuples(result); i++) {
		int year, month;

		if (sscanf(PQgetvalue(result, i, 0), "event_%d_%d", &year, &month) == 2)
			month_add(engine, (int64_t)year * 12 + month - 1,
				  PQgetisnull(result, i, 1) ? NULL : PQgetvalue(result, i, 1));
	}
	PQclear(result);
	engine->read_months = true;
	return 0;
}

int postgres_event_parts(struct engine *engine, struct arena *arena, const char ***ret, size_t *ret_n, struct err *err)
{
	const char **v = NULL;
	PGresult *result;
	size_t n = 0, cap = 0;
	bool all = true;
	int r = postgres_query(engine, "SELECT inhrelid::regclass::text, has_table_privilege(inhrelid, 'SELECT') "
			       "FROM pg_inherits WHERE inhparent = 'event'::regclass ORDER BY 1", 0, NULL, &result, err);

	if (r < 0)
		return r;
	for (int i = 0; i < PQntuples(result); i++) {
		*arena_push(arena, v, n, cap) = arena_dup(arena, PQgetvalue(result, i, 0));
		all = all && *PQgetvalue(result, i, 1) == 't';
	}
	/* Which rows a role may see is said of the whole only. */
	if (!all) {
		v[0] = "\"event\"";
		n = 1;
	}
	PQclear(result);
	*ret = v;
	*ret_n = n;
	return 0;
}

static struct month_place *month_find(struct engine *engine, int64_t month)
{
	size_t low = 0, high = engine->n_months;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (engine->months[middle].month == month)
			return &engine->months[middle];
		if (engine->months[middle].month < month)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const char *postgres_shard_of(struct engine *engine, int64_t known)
{
	struct month_place *place;

	if (!engine->read_months && postgres_read_months(engine, NULL) < 0)
		return NULL;
	place = month_find(engine, instant_month((struct instant){.usec = known, .precision = INSTANT_SECOND}));
	return place ? place->shard : NULL;
}

/* ---- making months ---- */

/* Rows of the month that lie in the rest move into their own partition. */
static void put_month(struct buf *buf, const struct table *table, int64_t month)
{
	long long from = instant_of_month(month).usec, past = instant_of_month(month + 1).usec;
	char name[80];

	snprintf(name, sizeof name, "%s_%04lld_%02lld", table->name, (long long)month / 12, (long long)month % 12 + 1);
	buf_printf(buf, "CREATE TABLE \"%s\" (LIKE \"%s\" INCLUDING DEFAULTS);", name, table->name);
	buf_printf(buf, "WITH moved AS (DELETE FROM \"%s_rest\" WHERE \"known\" >= %lld AND \"known\" < %lld RETURNING *) "
		   "INSERT INTO \"%s\" SELECT * FROM moved;", table->name, from, past, name);
	put_key(buf, table, name);
	buf_printf(buf, "ALTER TABLE \"%s\" ATTACH PARTITION \"%s\" FOR VALUES FROM (%lld) TO (%lld);", table->name, name,
		   from, past);
}

static int each_monthly(void (*each)(struct buf *buf, const struct table *table, int64_t month), struct buf *buf,
			int64_t month)
{
	for (size_t m = 0; m < n_migrations; m++)
		for (size_t i = 0; i < migrations[m].n_tables; i++)
			if (migrations[m].tables[i].monthly)
				each(buf, &migrations[m].tables[i], month);
	return 0;
}

int postgres_months(struct engine *engine, int64_t from, int64_t past, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	int r = postgres_read_months(engine, err);

	if (r < 0)
		return r;
	for (int64_t month = from; month < past; month++)
		if (!month_find(engine, month))
			each_monthly(put_month, &sql, month);
	if (!sql.len)
		return 0;
	r = postgres_exec(engine, sql.s, err);
	engine->read_months = false;
	return r;
}

/* ---- whole months of payload go without a trace in the tables ---- */

static void put_truncate(struct buf *buf, const struct table *table, int64_t month)
{
	if (strcmp(table->name, "payload") == 0 || strcmp(table->name, "search_text") == 0)
		buf_printf(buf, "TRUNCATE \"%s_%04lld_%02lld\";", table->name, (long long)month / 12,
			   (long long)month % 12 + 1);
}

int postgres_forget_before(struct engine *engine, int64_t known, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	int r = postgres_read_months(engine, err);

	for (size_t i = 0; i < engine->n_months && r == 0; i++)
		if (instant_of_month(engine->months[i].month + 1).usec <= known && !engine->months[i].shard)
			each_monthly(put_truncate, &sql, engine->months[i].month);
	return r == 0 && sql.len ? postgres_exec(engine, sql.s, err) : r;
}
