/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * days.c - events by unit, day, class and signal, counted as they come.
 *
 * A unit of work gathers its changes and writes them in one order just before it
 * commits: two that write beside each other never wait for each other in a circle.
 * An event without a day is not counted.
 */
#include <stdlib.h>
#include <string.h>

#include "store/engine.h"

struct day_count {
	const char *unit, *civic_class, *signal;
	int64_t day, n;
};

void days_add(struct store *store, const struct record *r, int64_t change)
{
	const struct event *event = (const struct event *)r;

	if (r->withdrawn || !instant_is_set(r->valid_from) || !event->signal)
		return;
	*arena_push(&store->unit, store->days, store->n_days, store->cap_days) = (struct day_count){
		.unit = arena_dup(&store->unit, r->unit),
		.civic_class = arena_dup(&store->unit, event->civic_class),
		.signal = arena_dup(&store->unit, event->signal),
		.day = r->valid_from.usec,
		.n = change,
	};
}

static int by_day(const void *a, const void *b)
{
	const struct day_count *x = a, *y = b;
	int order = strcmp(x->unit, y->unit);

	if (order == 0)
		order = (x->day > y->day) - (x->day < y->day);
	if (order == 0)
		order = strcmp(x->civic_class, y->civic_class);
	return order ? order : strcmp(x->signal, y->signal);
}

static int day_write(struct store *store, const struct day_count *day, struct err *err)
{
	return statement_run(store, err, "INSERT INTO \"event_day\" (\"unit\", \"day\", \"civic_class\", \"signal\", \"n\") "
			     "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (\"unit\", \"day\", \"civic_class\", \"signal\") "
			     "DO UPDATE SET \"n\" = \"event_day\".\"n\" + \"excluded\".\"n\"", "titti",
			     day->unit, day->day, day->civic_class, day->signal, day->n);
}

int days_write(struct store *store, struct err *err)
{
	struct day_count *v = store->days;
	int r = 0;

	if (store->n_days)
		qsort(v, store->n_days, sizeof *v, by_day);
	for (size_t i = 0, past; i < store->n_days && r == 0; i = past) {
		struct day_count sum = v[i];

		for (past = i + 1; past < store->n_days && by_day(&v[i], &v[past]) == 0; past++)
			sum.n += v[past].n;
		if (sum.n)
			r = day_write(store, &sum, err);
	}
	store->n_days = 0;
	return r;
}
