/* SPDX-License-Identifier: GPL-3.0-or-later */
/* made.h - small records for the tests of respond. Included by one file a program. */
#ifndef TESTS_RESPOND_MADE_H
#define TESTS_RESPOND_MADE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include <tocsin/respond.h>

static inline struct instant day_of(const char *text)
{
	struct instant at = {0};

	assert_int_equal(instant_read(text, &at, NULL), 0);
	return at;
}

static inline struct event *made_event(struct records *in, const char *unit, const char *day, const char *civic_class,
				       const char *signal, const char *feed, const char *document)
{
	struct event *event = record_new(in->arena, &kind_event);

	event->r.unit = unit;
	event->r.valid_from = event->r.known = day_of(day);
	event->document = document;
	event->civic_class = civic_class;
	event->signal = signal;
	event->feed = feed;
	record_identify(in->arena, event);
	records_add(in, event);
	return event;
}

/* A month's pressure of threats, resting on the events given up to NULL. */
static inline struct observation *made_pressure(struct records *in, const char *unit, const char *month,
						double value, ...)
{
	struct observation *o = record_new(in->arena, &kind_observation);
	const struct event *event;
	va_list events;

	o->r.unit = unit;
	o->r.valid_from = day_of(month);
	o->r.valid_past = instant_of_month(instant_month(o->r.valid_from) + 1);
	o->r.known = o->r.valid_past;
	o->indicator = "pressure_threat";
	o->source = "tocsin";
	o->value = value;
	o->low = value - 0.1;
	o->high = value + 0.1;
	o->n = 0;
	o->sources = 0;
	va_start(events, value);
	while ((event = va_arg(events, const struct event *))) {
		record_from(in->arena, &o->r, event->r.id, "event");
		o->n++;
		o->sources++;
	}
	va_end(events);
	record_identify(in->arena, o);
	records_add(in, o);
	return o;
}

/* A month with three reports of two voices behind it; `tag` tells documents apart. */
static inline struct observation *made_month(struct records *in, const char *unit, const char *month, double value)
{
	const char *days[] = {"05", "11", "20"}, *feeds[] = {"wire-a", "wire-b", "wire-a"};
	const struct event *events[3];

	for (size_t i = 0; i < 3; i++)
		events[i] = made_event(in, unit, arena_printf(in->arena, "%s-%s", month, days[i]),
				       i == 2 ? "journalist_attacked" : "protester_detained", "threat", feeds[i],
				       arena_printf(in->arena, "do-%s-%s-%zu", unit, month, i));
	return made_pressure(in, unit, month, value, events[0], events[1], events[2], NULL);
}

static inline struct observation *made_index(struct records *in, const char *unit, int year, double value)
{
	struct observation *o = record_new(in->arena, &kind_observation);

	o->r.unit = unit;
	o->r.valid_from = instant_of_year(year);
	o->r.valid_past = instant_of_year(year + 1);
	o->r.known = instant_of_day(year + 1, 4, 1);
	o->indicator = "v2x_polyarchy_change5";
	o->source = "tocsin";
	o->value = value;
	record_identify(in->arena, o);
	records_add(in, o);
	return o;
}

static const char *const made_rules =
	"[calm-warning]\nindicator = pressure_threat\noperator = >=\nlevel = 0.5\nresolve = 2\nmin_sources = 2\n"
	"min_reports = 2\nalert_level = warning\ndirection = threat\ndimension = civic space\ntitle = {unit} {value}\n"
	"[calm-critical]\nindicator = pressure_threat\noperator = >=\nlevel = 0.7\nresolve = 2\nmin_sources = 2\n"
	"min_reports = 3\nalert_level = critical\ndirection = threat\ndimension = civic space\ntitle = {unit}!\n"
	"[index-falls]\nindicator = v2x_polyarchy_change5\noperator = <=\nlevel = -0.1\nresolve = 1\n"
	"alert_level = watch\ndirection = threat\ndimension = electoral democracy\ntitle = {unit} fell\n";

static inline void made_setup(struct respond_setup *setup, struct rules *rules, struct arena *arena, const char *as_of)
{
	*setup = (struct respond_setup){.as_of = day_of(as_of), .rules = rules};
	assert_int_equal(rules_read("made.conf", made_rules, strlen(made_rules), arena, rules, NULL), 0);
}

static inline size_t count_kind(const struct records *list, const struct kind *kind)
{
	size_t n = 0;

	for (size_t i = 0; records_next(list, kind, &i);)
		n++;
	return n;
}

static inline struct alert *alert_at(const struct records *list, size_t which)
{
	size_t i = 0;
	struct alert *alert = records_next(list, &kind_alert, &i);

	while (alert && which--)
		alert = records_next(list, &kind_alert, &i);
	return alert;
}

/* ---- a world and its rounds ---- */

struct world {
	struct arena arena;
	struct records in, out;
	struct rules rules;
	struct respond_setup setup;
};

static inline void world_open(struct world *world, const char *as_of)
{
	*world = (struct world){0};
	world->in.arena = world->out.arena = &world->arena;
	made_setup(&world->setup, &world->rules, &world->arena, as_of);
}

static inline void world_run(struct world *world)
{
	world->out = (struct records){.arena = &world->arena};
	assert_int_equal(respond_run(&world->setup, &world->in, &world->out, NULL), 0);
}

/* What the store would hold after the run: new alerts in the place of old ones, more transitions. */
static inline void world_keep(struct world *world)
{
	struct records next = {.arena = &world->arena};

	for (size_t i = 0; i < world->in.n; i++)
		if (world->in.v[i]->kind != &kind_alert && world->in.v[i]->kind != &kind_plan)
			records_add(&next, world->in.v[i]);
	for (size_t i = 0; i < world->out.n; i++)
		records_add(&next, world->out.v[i]);
	world->in = next;
}

#endif
