/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pressure.c - monthly pressure of events, normalised by what was reported.
 *
 * Reports of the same class and signal a day apart are one incident told by several
 * voices. The share of a unit's incidents in a month that are threats (or
 * opportunities, or threats of one class) is a Beta posterior: the prior has the
 * mean of all units' incidents up to that month and the weight of PRIOR incidents,
 * so one loud report does not make a crisis, and no later month changes an earlier.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/stats.h>

#include "measure/parts.h"

#define PRIOR 2.0

struct incident {
	const char *unit, *civic_class;
	int64_t month;
	bool threat, opportunity;
	double weight;
	size_t first, n;              /* its events among the sorted ones */
};

struct incidents {
	const struct event **events;  /* by unit, class, signal, day */
	size_t n_events;
	struct incident *v;           /* by month, unit */
	size_t n;
};

static int by_kind(const void *a, const void *b)
{
	const struct event *x = *(const struct event *const *)a, *y = *(const struct event *const *)b;
	int order = str_cmp(x->r.unit, y->r.unit);

	if (order == 0)
		order = str_cmp(x->civic_class, y->civic_class);
	if (order == 0)
		order = str_cmp(x->signal, y->signal);
	if (order == 0)
		order = (x->r.valid_from.usec > y->r.valid_from.usec) - (x->r.valid_from.usec < y->r.valid_from.usec);
	return order ? order : str_cmp(x->r.id, y->r.id);
}

static int by_month(const void *a, const void *b)
{
	const struct incident *x = a, *y = b;
	int order = (x->month > y->month) - (x->month < y->month);

	if (order == 0)
		order = strcmp(x->unit, y->unit);
	return order ? order : (x->first > y->first) - (x->first < y->first);
}

static bool same_incident(const struct event *a, const struct event *b)
{
	return str_eq(a->r.unit, b->r.unit) && str_eq(a->civic_class, b->civic_class) &&
	       str_eq(a->signal, b->signal) && instant_days_between(a->r.valid_from, b->r.valid_from) <= 1;
}

static void incidents_build(const struct measure_setup *setup, const struct records *in, struct arena *arena,
			    struct incidents *ret)
{
	struct incidents all = {.events = arena_array(arena, const struct event *, in->n + 1)};
	const struct event *event;

	for (size_t i = 0; (event = records_next(in, &kind_event, &i));)
		if (event->negated != 1 && instant_is_set(event->r.valid_from) &&
		    event->r.valid_from.usec <= setup->as_of.usec)
			all.events[all.n_events++] = event;
	if (all.n_events)
		qsort(all.events, all.n_events, sizeof *all.events, by_kind);
	all.v = arena_array(arena, struct incident, all.n_events + 1);
	for (size_t i = 0; i < all.n_events; i++) {
		event = all.events[i];
		if (i && same_incident(all.events[i - 1], event)) {
			all.v[all.n - 1].n++;
			continue;
		}
		all.v[all.n++] = (struct incident){
			.unit = event->r.unit, .civic_class = event->civic_class,
			.month = instant_month(event->r.valid_from),
			.threat = str_eq(event->signal, "threat"), .opportunity = str_eq(event->signal, "opportunity"),
			.weight = setup->weight ? setup->weight(setup->user, event->r.unit, event->civic_class) : 1,
			.first = i, .n = 1,
		};
	}
	if (all.n)
		qsort(all.v, all.n, sizeof *all.v, by_month);
	*ret = all;
}

/* What is counted: NULL class and a signal, or threats of one class. */
static bool counts(const struct incident *incident, const char *civic_class, bool threat)
{
	if (civic_class)
		return incident->threat && str_eq(incident->civic_class, civic_class);
	return threat ? incident->threat : incident->opportunity;
}

static size_t count_voices(const struct incidents *all, const struct incident *group, size_t n,
			   const char *civic_class, bool threat, struct observation *observation,
			   struct arena *arena)
{
	const char *voices[64];
	size_t n_voices = 0;

	for (size_t i = 0; i < n; i++) {
		if (!counts(&group[i], civic_class, threat))
			continue;
		for (size_t e = group[i].first; e < group[i].first + group[i].n; e++) {
			const struct event *event = all->events[e];
			size_t k = 0;

			record_from(arena, &observation->r, event->r.id, "event");
			record_inherit_licence(&observation->r, event->r.licence);
			while (k < n_voices && !str_eq(voices[k], event->feed))
				k++;
			if (k == n_voices && n_voices < LENGTH(voices))
				voices[n_voices++] = event->feed;
		}
	}
	return n_voices;
}

/* One unit-month: incidents group[0..n); everything before past[0..n_past) sets the prior. */
static void pressure_make(const struct measure_setup *setup, const struct incidents *all,
			  const struct incident *group, size_t n, size_t n_past, const char *civic_class,
			  bool threat, struct records *out)
{
	struct observation *pressure;
	double hits = 0, total = 0, prior_hits = 0.5, prior = 1, reports = 0, a, b, mean;
	struct interval reach;

	for (size_t i = 0; i < n; i++) {
		hits += counts(&group[i], civic_class, threat) ? group[i].weight : 0;
		total += group[i].weight;
		reports += (double)group[i].n;
	}
	if (hits <= 0)
		return;
	for (size_t i = 0; i < n_past; i++) {
		prior_hits += counts(&all->v[i], civic_class, threat);
		prior++;
	}
	mean = prior_hits / prior;
	a = hits + PRIOR * mean;
	b = total - hits + PRIOR * (1 - mean);
	reach = beta_interval(a, b, 0.9);
	pressure = record_new(out->arena, &kind_observation);
	pressure->r.unit = group->unit;
	pressure->r.known = setup->as_of;
	pressure->r.valid_from = instant_of_month(group->month);
	pressure->r.valid_past = instant_of_month(group->month + 1);
	pressure->indicator = civic_class ? arena_printf(out->arena, "pressure_%s", civic_class)
			    : threat ? "pressure_threat" : "pressure_opportunity";
	pressure->source = "tocsin";
	pressure->value = num_round(a / (a + b));
	pressure->low = num_round(reach.low);
	pressure->high = num_round(reach.high);
	pressure->n = reports;
	pressure->sources = (int64_t)count_voices(all, group, n, civic_class, threat, pressure, out->arena);
	pressure->retrospective = 0;
	record_identify(out->arena, pressure);
	records_add(out, pressure);
}

void measure_pressure(const struct measure_setup *setup, const struct records *in, struct records *out)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct incidents all;
	size_t past = 0;

	incidents_build(setup, in, &arena, &all);
	for (size_t start = 0, end; start < all.n; start = end) {
		const struct incident *first = &all.v[start];

		for (end = start; end < all.n && all.v[end].month == first->month &&
		     str_eq(all.v[end].unit, first->unit); end++)
			;
		while (past < all.n && all.v[past].month <= first->month)
			past++;
		pressure_make(setup, &all, first, end - start, past, NULL, true, out);
		pressure_make(setup, &all, first, end - start, past, NULL, false, out);
		for (size_t c = 0; c < n_civic_classes; c++)
			pressure_make(setup, &all, first, end - start, past, civic_classes[c], true, out);
	}
}

int measure_run(const struct measure_setup *setup, const struct records *in, struct records *out,
		struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records sorted = {.arena = &arena};
	struct track track;

	(void)err;
	tracks_sort(in, &sorted);
	for (size_t at = 0; track_next(&sorted, &at, &track);)
		measure_changes(&track, out);
	measure_episodes(setup, &sorted, out);
	measure_pressure(setup, in, out);
	return 0;
}
