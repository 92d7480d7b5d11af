/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measured.h - observations and events to measure, and what came of them. Included by one file a program. */
#ifndef TESTS_MEASURE_MEASURED_H
#define TESTS_MEASURE_MEASURED_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include <tocsin/measure.h>

#include "tests/near.h"

struct made {
	struct arena arena;
	struct records in, out;
	struct measure_setup setup;
};

static inline struct instant day_of(const char *text)
{
	struct instant at = {0};

	assert_int_equal(instant_read(text, &at, NULL), 0);
	return at;
}

static inline void made_open(struct made *made, const char *as_of)
{
	*made = (struct made){.setup.as_of = day_of(as_of)};
	made->in.arena = made->out.arena = &made->arena;
}

static inline void made_close(struct made *made)
{
	arena_free(&made->arena);
}

static inline void made_run(struct made *made)
{
	made->out = (struct records){.arena = &made->arena};
	assert_int_equal(measure_run(&made->setup, &made->in, &made->out, NULL), 0);
	for (size_t i = 0; i < made->out.n; i++)
		assert_int_equal(record_check(made->out.v[i], NULL), 0);
}

/* One value of a series from outside; `when` is a year or a month. */
static inline struct observation *made_value(struct made *made, const char *unit, const char *indicator,
					     const char *when, double value, double low, double high)
{
	struct observation *o = record_new(&made->arena, &kind_observation);

	o->r.unit = unit;
	o->r.valid_from = day_of(when);
	o->r.valid_past = o->r.valid_from.precision == INSTANT_MONTH
				  ? instant_of_month(instant_month(o->r.valid_from) + 1)
				  : instant_of_year(instant_year(o->r.valid_from) + 1);
	o->r.known = instant_add_days(o->r.valid_past, 70);
	o->indicator = indicator;
	o->source = "made";
	o->value = value;
	o->low = low;
	o->high = high;
	record_identify(&made->arena, o);
	records_add(&made->in, o);
	return o;
}

/* One value a year from `first` on. */
static inline void made_series(struct made *made, const char *unit, const char *indicator, int first,
			       const double *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		made_value(made, unit, indicator, arena_printf(&made->arena, "%d", first + (int)i), v[i], NAN, NAN);
}

/* One report; `day` NULL: on no known day. */
static inline struct event *made_report(struct made *made, const char *unit, const char *day, const char *civic_class,
					const char *signal, const char *feed)
{
	struct event *event = record_new(&made->arena, &kind_event);

	event->r.unit = unit;
	if (day)
		event->r.valid_from = event->r.known = day_of(day);
	event->document = arena_printf(&made->arena, "do%032zx", made->in.n);
	event->civic_class = civic_class;
	event->signal = signal;
	event->feed = feed;
	record_identify(&made->arena, event);
	records_add(&made->in, event);
	return event;
}

/* The observation of an indicator that begins on a day, such as "2024-03-01"; NULL if there is none. */
static inline struct observation *made_find(const struct made *made, const char *unit, const char *indicator,
					    const char *day)
{
	struct observation *o, *found = NULL;
	struct instant when = day_of(day);

	for (size_t i = 0; (o = records_next(&made->out, &kind_observation, &i));)
		if (strcmp(o->r.unit, unit) == 0 && strcmp(o->indicator, indicator) == 0 &&
		    o->r.valid_from.usec == when.usec) {
			assert_null(found);   /* never two of one */
			found = o;
		}
	return found;
}

static inline void made_shuffle(struct made *made, struct rng *rng)
{
	for (size_t i = made->in.n; i-- > 1;) {
		size_t k = rng_below(rng, i + 1);
		struct record *swap = made->in.v[i];

		made->in.v[i] = made->in.v[k];
		made->in.v[k] = swap;
	}
}

/* Everything that came out, in the order of export. */
static inline char *made_text(struct made *made)
{
	_cleanup_(buf_free) struct buf buf = {0};

	records_sort(&made->out);
	for (size_t i = 0; i < made->out.n; i++) {
		record_write_json(&buf, made->out.v[i]);
		buf_putc(&buf, '\n');
	}
	return arena_dup(&made->arena, buf.s ? buf.s : "");
}

#endif
