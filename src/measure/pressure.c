/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pressure.c - monthly pressure of events, normalised by what was reported.
 *
 * The pressure of a month looks back over WINDOW months, so that a country of which
 * little is reported is judged by a quarter and not by one loud day.
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

#include "measure/products.h"

#define PRIOR 2.0
#define WINDOW 3          /* months */

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
	struct incident *v;           /* by unit, month */
	size_t n;
	int64_t first, last;          /* months with incidents of any unit */
	double *so_far;               /* months x KINDS: incidents of all units up to and in the month */
};

/* Kinds counted: threat, opportunity, each class of threat, all. */
#define KIND_ALL (n_civic_classes + 2)
#define KINDS (n_civic_classes + 3)

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

static int by_unit_month(const void *a, const void *b)
{
	const struct incident *x = a, *y = b;
	int order = strcmp(x->unit, y->unit);

	if (order == 0)
		order = (x->month > y->month) - (x->month < y->month);
	return order ? order : (x->first > y->first) - (x->first < y->first);
}

static bool is_of_kind(const struct incident *incident, size_t kind)
{
	if (kind == KIND_ALL)
		return true;
	if (kind < 2)
		return kind ? incident->opportunity : incident->threat;
	return incident->threat && str_eq(incident->civic_class, civic_classes[kind - 2]);
}

static void count_months(struct incidents *all, struct arena *arena)
{
	size_t months;

	for (size_t i = 0; i < all->n; i++) {
		all->first = i == 0 || all->v[i].month < all->first ? all->v[i].month : all->first;
		all->last = i == 0 || all->v[i].month > all->last ? all->v[i].month : all->last;
	}
	months = all->n ? (size_t)(all->last - all->first + 1) : 0;
	all->so_far = arena_array(arena, double, months * KINDS + 1);
	for (size_t i = 0; i < all->n; i++)
		for (size_t kind = 0; kind < KINDS; kind++)
			all->so_far[(size_t)(all->v[i].month - all->first) * KINDS + kind] += is_of_kind(&all->v[i], kind);
	for (size_t i = KINDS; i < months * KINDS; i++)
		all->so_far[i] += all->so_far[i - KINDS];
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
		qsort(all.v, all.n, sizeof *all.v, by_unit_month);
	count_months(&all, arena);
	*ret = all;
}

static size_t count_voices(const struct incidents *all, const struct incident *group, size_t n,
			   size_t kind, struct observation *observation, struct arena *arena)
{
	const char *voices[64];
	size_t n_voices = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_of_kind(&group[i], kind))
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

/* The share of all units' incidents up to the month that are of the kind (Jeffreys). */
static double prior_mean(const struct incidents *all, int64_t month, size_t kind)
{
	const double *row = &all->so_far[(size_t)((month < all->last ? month : all->last) - all->first) * KINDS];

	return (row[kind] + 0.5) / (row[KIND_ALL] + 1);
}

/* One unit and month: group[0..n) are the incidents of its window. */
static void pressure_make(const struct measure_setup *setup, const struct incidents *all,
			  const struct incident *group, size_t n, int64_t month, size_t kind, struct records *out)
{
	struct observation *pressure;
	double hits = 0, total = 0, reports = 0, mean = prior_mean(all, month, kind), a, b;
	struct interval reach;

	for (size_t i = 0; i < n; i++) {
		total += group[i].weight;
		if (!is_of_kind(&group[i], kind))
			continue;
		hits += group[i].weight;
		reports += (double)group[i].n;
	}
	if (hits <= 0)
		return;
	a = hits + PRIOR * mean;
	b = total - hits + PRIOR * (1 - mean);
	reach = beta_interval(a, b, 0.9);
	pressure = record_new(out->arena, &kind_observation);
	pressure->r.unit = group->unit;
	pressure->r.known = setup->as_of;
	pressure->r.valid_from = instant_of_month(month);
	pressure->r.valid_past = instant_of_month(month + 1);
	pressure->indicator = kind == 0 ? "pressure_threat" : kind == 1 ? "pressure_opportunity"
			    : arena_printf(out->arena, "pressure_%s", civic_classes[kind - 2]);
	pressure->source = "tocsin";
	pressure->value = num_round(a / (a + b));
	pressure->low = num_round(reach.low);
	pressure->high = num_round(reach.high);
	pressure->n = reports;
	pressure->sources = (int64_t)count_voices(all, group, n, kind, pressure, out->arena);
	pressure->retrospective = 0;
	record_identify(out->arena, pressure);
	records_add(out, pressure);
}

/* Every month up to as_of whose window holds an incident of the unit v[start..end). */
static void unit_pressure(const struct measure_setup *setup, const struct incidents *all, size_t start,
			  size_t end, struct records *out)
{
	int64_t now = instant_month(setup->as_of), done = INT64_MIN;

	for (size_t i = start; i < end; i++)
		for (int64_t month = all->v[i].month; month < all->v[i].month + WINDOW && month <= now; month++) {
			size_t from = i, past = i;

			if (month <= done)
				continue;
			done = month;
			while (from > start && all->v[from - 1].month > month - WINDOW)
				from--;
			while (past < end && all->v[past].month <= month)
				past++;
			for (size_t kind = 0; kind < KIND_ALL; kind++)
				pressure_make(setup, all, &all->v[from], past - from, month, kind, out);
		}
}

void measure_pressure(const struct measure_setup *setup, const struct records *in, struct records *out)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct incidents all;

	incidents_build(setup, in, &arena, &all);
	for (size_t start = 0, end; start < all.n; start = end) {
		for (end = start; end < all.n && str_eq(all.v[end].unit, all.v[start].unit); end++)
			;
		unit_pressure(setup, &all, start, end, out);
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
	measure_civic_space(setup, in, &sorted, out);
	measure_nowcasts(setup, in, &sorted, out);
	return 0;
}
