/* SPDX-License-Identifier: GPL-3.0-or-later */
/* as_of.c - STORE DATE...: the processor time to read the series of a country as of a date. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tocsin/store.h>

#define ROUNDS 2000

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int by_value(const void *a, const void *b)
{
	return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

/* The units that have the index at all. */
static size_t units_of(struct store *store, struct arena *arena, const char ***ret, struct err *err)
{
	struct query query = QUERY(&kind_observation, AS_OF_ALL);
	struct records list = {.arena = arena};
	const char **units = NULL;
	size_t n = 0, cap = 0;

	query.where[0] = (struct condition){"indicator", "v2x_polyarchy"};
	if (store_read(store, &query, &list, err) < 0)
		return 0;
	for (size_t i = 0; i < list.n; i++) {
		size_t k = 0;

		while (k < n && strcmp(units[k], list.v[i]->unit) != 0)
			k++;
		if (k == n)
			*arena_push(arena, units, n, cap) = list.v[i]->unit;
	}
	*ret = units;
	return n;
}

static int time_reads(struct store *store, const char **units, size_t n, char **dates, size_t n_dates, struct err *err)
{
	double took[ROUNDS];
	size_t rows = 0;

	for (size_t round = 0; round < ROUNDS; round++) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct records list = {.arena = &arena};
		struct query query = QUERY(&kind_observation, AS_OF_ALL);
		struct instant as_of;
		double begun = seconds();
		int r = instant_read(dates[round % n_dates], &as_of, err);

		if (r < 0)
			return r;
		query.as_of = as_of.usec;
		query.unit = units[round % n];
		query.where[0] = (struct condition){"indicator", "v2x_polyarchy"};
		query.order = ORDER_VALID;
		r = store_read(store, &query, &list, err);
		if (r < 0)
			return r;
		rows += list.n;
		took[round] = seconds() - begun;
	}
	qsort(took, ROUNDS, sizeof *took, by_value);
	printf("%zu %.1f %.3f %.3f\n", n, (double)rows / ROUNDS, 1000 * took[ROUNDS / 2], 1000 * took[ROUNDS * 99 / 100]);
	return 0;
}

int main(int argc, char **argv)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(store_closep) struct store *store = NULL;
	struct err err = {0};
	const char **units;
	size_t n;
	int r = argc > 2 ? store_open(argv[1], STORE_READ, &store, &err) : err_set(&err, ERR_USAGE, "usage: as_of STORE DATE...");

	if (r == 0) {
		n = units_of(store, &arena, &units, &err);
		r = n ? time_reads(store, units, n, argv + 2, (size_t)argc - 2, &err) : ERR_FAILED;
	}
	if (r < 0)
		fprintf(stderr, "%s\n", err.msg);
	return r < 0;
}
