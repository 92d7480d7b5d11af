/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * server.h - databases of the tests on the server that TOCSIN_TEST_PG names, as
 * postgresql://USER:PASSWORD@HOST:PORT/DATABASE: each is new, and dropped at the end.
 */
#ifndef TESTS_STORE_SERVER_H
#define TESTS_STORE_SERVER_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libpq-fe.h>

#include <tocsin/base.h>

static int n_databases;

static inline bool on_server(void)
{
	const char *server = getenv("TOCSIN_TEST_PG");

	return server && *server;
}

static inline void hear_nothing(void *user, const char *message)
{
	(void)user;
	(void)message;
}

/* The first column of the first row, -1 when there is none. */
static inline int64_t server_sql(const char *location, const char *sql)
{
	PGconn *conn = PQconnectdb(location);
	int64_t number = -1;
	PGresult *result;

	PQsetNoticeProcessor(conn, hear_nothing, NULL);
	result = PQexec(conn, sql);
	if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(conn));
	if (PQntuples(result) > 0)
		number = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	PQclear(result);
	PQfinish(conn);
	return number;
}

static inline const char *database_name(struct arena *arena, int number)
{
	return arena_printf(arena, "tocsin_test_%ld_%d", (long)getpid(), number);
}

/* An empty database: its location. */
static inline const char *database_make(struct arena *arena)
{
	const char *server = getenv("TOCSIN_TEST_PG"), *name = database_name(arena, n_databases++);

	server_sql(server, arena_printf(arena, "CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8'", name));
	return arena_printf(arena, "%.*s/%s", (int)(strrchr(server, '/') - server), server, name);
}

static inline void databases_drop(void)
{
	_cleanup_(arena_free) struct arena arena = {0};

	for (int i = 0; i < n_databases; i++)
		server_sql(getenv("TOCSIN_TEST_PG"), arena_printf(&arena, "DROP DATABASE IF EXISTS %s WITH (FORCE)",
								  database_name(&arena, i)));
	n_databases = 0;
}

#endif
