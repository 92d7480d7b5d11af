/* SPDX-License-Identifier: GPL-3.0-or-later */
/* postgres_load.c - rows in bulk: binary COPY (PostgreSQL manual, "COPY", Binary Format). */
#include <endian.h>
#include <math.h>
#include <string.h>

#include "store/postgres.h"

#define COPY_CHUNK ((size_t)1 << 16)

static int copy_flush(struct engine *engine, struct err *err)
{
	int r = 0;

	if (engine->copy.len && PQputCopyData(engine->conn, engine->copy.s, (int)engine->copy.len) != 1)
		r = postgres_fault(engine, NULL, "write to the store", err);
	buf_cut(&engine->copy, 0);
	return r;
}

static void copy_16(struct buf *buf, int value)
{
	uint16_t big = htobe16((uint16_t)value);

	buf_add(buf, &big, sizeof big);
}

static void copy_32(struct buf *buf, int value)
{
	uint32_t big = htobe32((uint32_t)value);

	buf_add(buf, &big, sizeof big);
}

static void copy_64(struct buf *buf, uint64_t value)
{
	uint64_t big = htobe64(value);

	copy_32(buf, 8);
	buf_add(buf, &big, sizeof big);
}

int postgres_load_start(struct engine *engine, const struct table *table, struct err *err)
{
	_cleanup_(buf_free) struct buf sql = {0};
	PGresult *result;
	int r = postgres_drain(engine, err);

	if (r < 0)
		return r;
	buf_printf(&sql, "COPY \"%s\" (", table->name);
	columns_list(&sql, table);
	buf_puts(&sql, ") FROM STDIN (FORMAT binary)");
	result = PQexec(engine->conn, sql.s);
	if (PQresultStatus(result) != PGRES_COPY_IN)
		r = postgres_fault(engine, result, "write to the store", err);
	PQclear(result);
	engine->copy_columns = (int)table->n_columns;
	buf_cut(&engine->copy, 0);
	buf_add(&engine->copy, "PGCOPY\n\377\r\n\0", 11);
	copy_32(&engine->copy, 0);
	copy_32(&engine->copy, 0);
	copy_16(&engine->copy, engine->copy_columns);
	return r;
}

void postgres_load_text(struct engine *engine, const char *s)
{
	size_t len = s ? strlen(s) : 0;

	copy_32(&engine->copy, s ? (int)len : -1);
	if (s)
		buf_add(&engine->copy, s, len);
}

void postgres_load_int(struct engine *engine, int64_t value)
{
	if (value == INT_MISSING)
		copy_32(&engine->copy, -1);
	else
		copy_64(&engine->copy, (uint64_t)value);
}

void postgres_load_real(struct engine *engine, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	if (isnan(value))
		copy_32(&engine->copy, -1);
	else
		copy_64(&engine->copy, bits);
}

/* Ends a row by the count of columns that opens the next; the last of them is cut off at the end. */
int postgres_load_row(struct engine *engine, struct err *err)
{
	int r = engine->copy.len > COPY_CHUNK ? copy_flush(engine, err) : 0;

	copy_16(&engine->copy, engine->copy_columns);
	return r;
}

int postgres_load_end(struct engine *engine, struct err *err)
{
	PGresult *result;
	int r;

	buf_cut(&engine->copy, engine->copy.len - 2);
	copy_16(&engine->copy, -1);
	r = copy_flush(engine, err);
	if (r == 0 && PQputCopyEnd(engine->conn, NULL) != 1)
		r = postgres_fault(engine, NULL, "write to the store", err);
	while ((result = PQgetResult(engine->conn)) != NULL) {
		if (r == 0 && PQresultStatus(result) != PGRES_COMMAND_OK)
			r = postgres_fault(engine, result, "write to the store", err);
		PQclear(result);
	}
	return r;
}

/* The keys follow from the bodies. */
int postgres_load_settle(struct engine *engine, struct err *err)
{
#define COLUMNS "\"id\", \"revision\", \"known\", \"withdrawn\", \"content\", \"licence\""
	int r = postgres_exec(engine, "SET LOCAL enable_seqscan = on; INSERT INTO \"record\" (" COLUMNS ") "
			      "SELECT " COLUMNS " FROM \"document\" UNION ALL SELECT " COLUMNS " FROM \"event\"", err);

	return r < 0 ? r : postgres_exec(engine, "ANALYZE", err);
}
