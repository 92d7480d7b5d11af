/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * postgres_shard.c - months on other servers, by postgres_fdw.
 *
 * A shard holds whole months: the five monthly tables of a month become foreign tables
 * here and stay partitions of the same parents, so every statement goes on as before.
 * Keys, queue, and all that was derived stay on this server. postgres_fdw commits the
 * other server just before this one; what a crash between the two leaves there has no
 * key here, and is written over when the unit of work is run again (docs/postgres.md).
 */
#include <stdlib.h>
#include <string.h>

#include "store/postgres.h"

static int check_name(const char *name, struct err *err)
{
	size_t len = strlen(name);

	if (len == 0 || len > 40 || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != len)
		return err_hint(err, err_set(err, ERR_USAGE, "\"%.60s\" cannot be the name of a shard", name),
				"Use small letters, digits and _, at most 40.");
	return 0;
}

static void put_literal(struct engine *engine, struct buf *buf, const char *s)
{
	char *quoted = PQescapeLiteral(engine->conn, s, strlen(s));

	buf_puts(buf, quoted);
	PQfreemem(quoted);
}

/* `keyword 'value', ...` of those settings of a location that are for the server, or for the user. */
static int put_options(struct engine *engine, const char *location, bool for_user, struct buf *buf, struct err *err)
{
	static const char *const of_user[] = {"user", "password"};
	static const char *const of_server[] = {"host", "port", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey"};
	const char *const *names = for_user ? of_user : of_server;
	size_t n = for_user ? LENGTH(of_user) : LENGTH(of_server), put = 0;
	PQconninfoOption *options = PQconninfoParse(location, NULL);

	if (!options)
		return err_set(err, ERR_USAGE, "the location of the shard is not a PostgreSQL address");
	for (PQconninfoOption *option = options; option->keyword; option++)
		for (size_t i = 0; i < n && option->val; i++)
			if (strcmp(option->keyword, names[i]) == 0) {
				buf_printf(buf, "%s%s ", put++ ? ", " : "", option->keyword);
				put_literal(engine, buf, option->val);
			}
	PQconninfoFree(options);
	return 0;
}

static void hear_nothing(void *user, const char *message)
{
	(void)user, (void)message;
}

static int far_exec(PGconn *far, const char *sql, struct err *err)
{
	struct engine other = {.conn = far};
	PGresult *result;
	int r = 0;

	PQsetNoticeProcessor(far, hear_nothing, NULL);
	result = PQexec(far, sql);
	if (PQstatus(far) != CONNECTION_OK || (PQresultStatus(result) != PGRES_COMMAND_OK &&
					       PQresultStatus(result) != PGRES_TUPLES_OK))
		r = postgres_fault(&other, result, "reach the shard", err);
	PQclear(result);
	return r;
}

int postgres_shard_add(struct engine *engine, const char *name, const char *location, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	PGconn *far;
	int r = check_name(name, err);

	if (r == 0)
		r = postgres_location_check(location, err);
	if (r < 0)
		return r;
	far = PQconnectdb(location);
	r = far_exec(far, "SELECT 1", err);
	PQfinish(far);
	if (r < 0)
		return r;
	buf_printf(&sql, "CREATE EXTENSION IF NOT EXISTS postgres_fdw; CREATE SERVER \"%s\" FOREIGN DATA WRAPPER postgres_fdw "
		   "OPTIONS (fetch_size '10000', batch_size '500', ", name);
	r = put_options(engine, location, false, &sql, err);
	buf_printf(&sql, "); CREATE USER MAPPING FOR CURRENT_USER SERVER \"%s\" OPTIONS (", name);
	if (r == 0)
		r = put_options(engine, location, true, &sql, err);
	buf_puts(&sql, ")");
	return r < 0 ? r : postgres_exec(engine, sql.s, err);
}

/* A connection of our own to a shard, by what its server and user mapping say. */
static int far_open(struct engine *engine, const char *name, PGconn **ret, struct err *err)
{
	static const char sql[] =
		"SELECT split_part(o, '=', 1), substr(o, strpos(o, '=') + 1) FROM pg_foreign_server s "
		"LEFT JOIN pg_user_mappings m ON m.srvid = s.oid AND m.usename IN (current_user, 'public'), "
		"unnest(s.srvoptions || m.umoptions) AS o WHERE s.srvname = $1 AND "
		"split_part(o, '=', 1) NOT IN ('fetch_size', 'batch_size')";
	const char *keywords[24] = {NULL}, *values[24] = {NULL};
	PGresult *result;
	int n, r = postgres_query(engine, sql, 1, &name, &result, err);

	if (r < 0)
		return r;
	n = PQntuples(result) < 23 ? PQntuples(result) : 23;
	for (int i = 0; i < n; i++) {
		keywords[i] = PQgetvalue(result, i, 0);
		values[i] = PQgetvalue(result, i, 1);
	}
	if (n == 0)
		r = err_hint(err, err_set(err, ERR_NOT_FOUND, "no shard \"%.60s\"", name),
			     "Add it with \"tocsin store shard add\".");
	else
		*ret = PQconnectdbParams(keywords, values, 0);
	PQclear(result);
	return r;
}

struct move {
	struct engine *engine;
	PGconn *far;
	const char *shard;
	int64_t month;
};

static void part_name(char out[80], const struct table *table, int64_t month)
{
	snprintf(out, 80, "%s_%04lld_%02lld", table->name, (long long)month / 12, (long long)month % 12 + 1);
}

/* The same table, keys and indexes over there. */
static int far_table(const struct move *move, const struct table *table, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	char name[80];

	part_name(name, table, move->month);
	buf_printf(&sql, "DROP TABLE IF EXISTS \"%s\"; CREATE TABLE \"%s\" (", name, name);
	columns_declare(&sql, table, postgres_types);
	buf_printf(&sql, ", PRIMARY KEY (%s, \"known\"));", table->key);
	for (size_t i = 0; i < LENGTH(table->indexes) && table->indexes[i]; i++)
		buf_printf(&sql, "CREATE INDEX ON \"%s\" (\"%s\", \"id\");", name, table->indexes[i]);
	if (strcmp(table->name, "search_text") == 0)
		buf_printf(&sql, "CREATE INDEX ON \"%s\" USING gin (string_to_array(\"words\", ' '));", name);
	return far_exec(move->far, sql.s, err);
}

static int count_rows(struct engine *engine, const char *table, int64_t *ret, struct err *err)
{
	char sql[120];
	PGresult *result;
	int r;

	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM \"%s\"", table);
	r = postgres_query(engine, sql, 0, NULL, &result, err);
	if (r < 0)
		return r;
	*ret = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	return 0;
}

/* Rows go over, are counted on both sides, and the foreign table takes the partition's place. */
static int table_move(const struct move *move, const struct table *table, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	int64_t here = 0, there = 0;
	char name[80];
	int r = far_table(move, table, err);

	if (r < 0)
		return r;
	part_name(name, table, move->month);
	buf_printf(&sql, "SET LOCAL enable_seqscan = on; CREATE FOREIGN TABLE \"%s_far\" (", name);
	columns_declare(&sql, table, postgres_types);
	buf_printf(&sql, ") SERVER \"%s\" OPTIONS (schema_name 'public', table_name '%s'); INSERT INTO \"%s_far\" SELECT * FROM "
		   "\"%s\"", move->shard, name, name, name);
	r = postgres_exec(move->engine, sql.s, err);
	if (r == 0)
		r = count_rows(move->engine, name, &here, err);
	buf_cut(&sql, 0);
	buf_printf(&sql, "%s_far", name);
	if (r == 0)
		r = count_rows(move->engine, sql.s, &there, err);
	if (r == 0 && here != there)
		r = err_set(err, ERR_INTEGRITY, "%s has %lld rows here, %lld on the shard", name, (long long)here,
			    (long long)there);
	if (r < 0)
		return r;
	buf_cut(&sql, 0);
	buf_printf(&sql, "ALTER TABLE \"%s\" DETACH PARTITION \"%s\"; DROP TABLE \"%s\"; "
		   "ALTER FOREIGN TABLE \"%s_far\" RENAME TO \"%s\"; "
		   "ALTER TABLE \"%s\" ATTACH PARTITION \"%s\" FOR VALUES FROM (%lld) TO (%lld)", table->name, name, name,
		   name, name, table->name, name, (long long)instant_of_month(move->month).usec,
		   (long long)instant_of_month(move->month + 1).usec);
	return postgres_exec(move->engine, sql.s, err);
}

static int month_move(const struct move *move, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	int r = 0;

	for (size_t m = 0; m < n_migrations; m++)
		for (size_t i = 0; i < migrations[m].n_tables && r == 0; i++)
			if (migrations[m].tables[i].monthly)
				r = table_move(move, &migrations[m].tables[i], err);
	buf_printf(&sql, "UPDATE \"record\" SET \"shard\" = '%s' WHERE \"known\" >= %lld AND \"known\" < %lld", move->shard,
		   (long long)instant_of_month(move->month).usec, (long long)instant_of_month(move->month + 1).usec);
	return r < 0 ? r : postgres_exec(move->engine, sql.s, err);
}

int postgres_shard_move(struct engine *engine, const char *name, int64_t month, struct err *err)
{
	struct move move = {.engine = engine, .shard = name, .month = month};
	const char *now;
	int r = check_name(name, err);

	if (r == 0)
		r = postgres_months(engine, month, month + 1, err);
	if (r < 0)
		return r;
	now = postgres_shard_of(engine, instant_of_month(month).usec);
	if (now)
		return str_eq(now, name) ? 0 : err_set(err, ERR_CONFLICT, "the month lies on the shard \"%s\" already", now);
	r = far_open(engine, name, &move.far, err);
	if (r == 0) {
		r = month_move(&move, err);
		PQfinish(move.far);
	}
	engine->read_months = false;
	return r;
}
