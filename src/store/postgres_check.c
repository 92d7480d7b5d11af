/* SPDX-License-Identifier: GPL-3.0-or-later */
/* postgres_check.c - what is checked: an address before it is used, keys against bodies afterwards. */
#include <string.h>

#include "store/postgres.h"

/*
 * What libpq says of an address that it cannot read, or reads otherwise than it was meant, may quote the password:
 * with an unescaped "/" or "@" in it a part of it is taken for a port, a host or a name.
 */
int postgres_location_check(const char *location, struct err *err)
{
	PQconninfoOption *options = PQconninfoParse(location, NULL);
	bool good = options != NULL;

	for (PQconninfoOption *option = options; option && option->keyword; option++) {
		const char *value = option->val ? option->val : "";

		if (strcmp(option->keyword, "port") == 0)
			good = good && strspn(value, "0123456789,") == strlen(value);
		else if (strcmp(option->keyword, "host") == 0 || strcmp(option->keyword, "dbname") == 0)
			good = good && !strchr(value, '@');
	}
	PQconninfoFree(options);
	if (good)
		return 0;
	return err_hint(err, err_set(err, ERR_USAGE, "the location is not an address of PostgreSQL"),
			"Expected postgresql://[USER@]HOST[:PORT]/NAME; write the password to ~/.pgpass, or "
			"\"/\", \"@\" and \"%%\" in it as %%2F, %%40 and %%25.");
}

/*
 * Data checksums and amcheck are the server's, and the records' hashes follow. Here: every key has its body and every
 * body its key, of the same content - which two servers can lose, in a crash between their commits or by a restore.
 */
int postgres_check(struct engine *engine, struct err *err)
{
	static const char *const kinds_of[][3] = {{"document", "do", "dp"}, {"event", "ev", "ew"}};
	int r = 0;

	for (size_t i = 0; i < LENGTH(kinds_of) && r == 0; i++) {
		char sql[500];
		PGresult *result;

		snprintf(sql, sizeof sql, "SELECT COALESCE(k.id, b.id), k.id IS NULL, b.id IS NULL FROM "
			 "(SELECT * FROM record WHERE id >= '%s' AND id < '%s') AS k FULL JOIN \"%s\" AS b ON k.id = b.id AND "
			 "k.revision = b.revision AND k.known = b.known WHERE k.id IS NULL OR b.id IS NULL OR "
			 "k.content IS DISTINCT FROM b.content ORDER BY 1 LIMIT 1",
			 kinds_of[i][1], kinds_of[i][2], kinds_of[i][0]);
		r = postgres_query(engine, sql, 0, NULL, &result, err);
		if (r < 0)
			return r;
		if (PQntuples(result) > 0)
			r = err_hint(err, err_set(err, ERR_INTEGRITY, "%s \"%.40s\" %s", kinds_of[i][0], PQgetvalue(result, 0, 0),
						  *PQgetvalue(result, 0, 1) == 't' ? "has no key"
						  : *PQgetvalue(result, 0, 2) == 't' ? "is not where its key says"
						  : "is not what its key says"),
				     "See \"Failures\" in docs/postgres.md.");
		PQclear(result);
	}
	return r;
}
