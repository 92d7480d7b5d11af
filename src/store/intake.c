/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * intake.c - records from a stream of JSON Lines, such as `tocsin export` writes.
 *
 * They are kept in units of work of some thousand lines. Each is compared with what
 * is there, as with any other record, so a stream that broke off is read again from
 * its beginning and changes nothing twice.
 */
#include <stdlib.h>
#include <string.h>

#include "store/engine.h"

/*
 * Lines in one unit of work. Ids are spread over the indexes: a small unit touches as many of their
 * pages as a large one, and each commit writes all of these; but others who write wait for its end.
 */
#define UNIT_MOST 32768
#define AT_ONCE 512        /* handed to the store together */

struct intake {
	struct store *store;
	const char *name;
	struct intake_tally *tally;
	struct arena arena;
	struct records records;   /* read, and not yet put */
	size_t line, in_unit;
	const char *shard;        /* of this unit of work; NULL: none yet */
};

static void count_put(struct record *record, enum put_result result, void *user)
{
	struct intake_tally *tally = user;

	(void)record;
	tally->made += result == PUT_NEW;
	tally->revised += result == PUT_REVISED;
	tally->same += result == PUT_SAME;
	tally->erased += result == PUT_ERASED;
}

static int put_read(struct intake *intake, struct err *err)
{
	int r = store_put_all(intake->store, intake->records.v, intake->records.n, count_put, intake->tally, err);

	intake->records = (struct records){.arena = &intake->arena};
	arena_reset(&intake->arena);
	return r;
}

static int turn(struct intake *intake, struct err *err)
{
	int r = put_read(intake, err);

	if (r == 0)
		r = store_turn(intake->store, err);
	if (r == 0)
		intake->tally->kept += intake->in_unit;
	intake->in_unit = 0;
	intake->shard = NULL;
	return r;
}

static bool is_blank(const char *line, size_t len)
{
	return strspn(line, " \t\r\n") >= len;
}

static int take_line(struct intake *intake, const char *line, size_t len, struct err *err)
{
	struct err why = {0};
	struct record *record;
	const char *shard;
	int r;

	if (is_blank(line, len))
		return 0;
	r = record_read_json(line, len, intake->name, intake->line, &intake->arena, &record, err);
	if (r < 0)
		return r;
	if (record_check(record, &why) < 0)
		return err_set(err, why.code, "%s:%zu: %s", intake->name, intake->line, why.msg);
	shard = store_shard_of(intake->store, record);
	if (shard && intake->shard && strcmp(shard, intake->shard) != 0) {
		r = turn(intake, err);   /* which frees the record: read it once more */
		if (r == 0)
			r = record_read_json(line, len, intake->name, intake->line, &intake->arena, &record, err);
		if (r < 0)
			return r;
	}
	if (shard)
		intake->shard = shard;
	records_add(&intake->records, record);
	intake->in_unit++;
	if (intake->in_unit == UNIT_MOST)
		return turn(intake, err);
	return intake->records.n == AT_ONCE ? put_read(intake, err) : 0;
}

static int take_lines(struct intake *intake, FILE *in, struct err *err)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	int r = 0;

	while (r == 0 && (len = getline(&line, &cap, in)) >= 0) {
		intake->line++;
		while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
			len--;
		r = take_line(intake, line, (size_t)len, err);
	}
	free(line);
	if (r == 0 && ferror(in))
		r = err_set(err, ERR_FAILED, "could not read %s", intake->name);
	return r < 0 ? r : put_read(intake, err);
}

int store_intake(struct store *store, FILE *in, const char *name, struct intake_tally *ret, struct err *err)
{
	struct intake_tally tally = {0};
	struct intake intake = {.store = store, .name = name, .tally = &tally};
	int r = store_begin(store, err);

	if (r < 0)
		return r;
	intake.records.arena = &intake.arena;
	r = take_lines(&intake, in, err);
	arena_free(&intake.arena);
	if (r == 0)
		r = store_commit(store, err);
	if (r == 0) {
		*ret = tally;
		ret->kept += intake.in_unit;
		return 0;
	}
	store_rollback(store);
	return err_hint(err, r, "The first %zu records of it were kept; load it again from its beginning.", tally.kept);
}
