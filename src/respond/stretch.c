/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stretch.c - rules over series: where each fires, for how long.
 *
 * A series is walked in the order of its periods. A stretch begins with `duration`
 * firing periods in a row and lasts until `resolve` periods have passed without
 * one. Months without reports are silence, not calm: they neither break the row
 * nor lengthen it, but they do pass. A period whose value is not known does not
 * fire, and what the rule asks of sources and reports is counted on the events
 * themselves where they are given, copies once.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "respond/parts.h"

#define FIGURE_DUE_DAYS 120   /* after a year's end its figure should be there */

struct point {
	const struct record *record;
	const char *unit;
	int64_t period;            /* months or years since year 0 */
	bool monthly;
	double value, low, high, reports;
	int64_t sources;
	struct point *earlier;     /* of a forecast: the issue before it of the same period */
};

struct walk {
	const struct respond_setup *setup;
	const struct shelf *shelf;
	const struct rule *rule;
	struct arena *arena;
	struct stretches *all;
	struct threshold threshold;    /* of the unit under way */
	const struct point *firing;    /* the row or stretch under way, in order */
	struct point *buffer;
	size_t n, row, met;            /* firing periods; in a row; their number when duration was met */
	int64_t observed;              /* the newest period of the unit */
};

static bool passes(const struct rule *rule, double value, double threshold)
{
	switch (rule->op) {
	case RULE_GE:
		return value >= threshold;
	case RULE_GT:
		return value > threshold;
	case RULE_LE:
		return value <= threshold;
	default:
		return value < threshold;
	}
}

static double tested_end(const struct rule *rule, const struct point *point)
{
	return rule->use == RULE_LOW ? point->low : rule->use == RULE_HIGH ? point->high : point->value;
}

static bool fires(const struct walk *walk, const struct point *point)
{
	const struct rule *rule = walk->rule;

	return passes(rule, tested_end(rule, point), walk->threshold.value) &&
	       (rule->min_sources <= 1 || (point->sources != INT_MISSING && point->sources >= rule->min_sources)) &&
	       (rule->min_reports <= 1 || point->reports >= (double)rule->min_reports);
}

/* ---- evidence ---- */

static int by_day(const void *a, const void *b)
{
	const struct event *x = *(const struct event *const *)a, *y = *(const struct event *const *)b;

	if (x->r.valid_from.usec != y->r.valid_from.usec)
		return x->r.valid_from.usec > y->r.valid_from.usec ? 1 : -1;
	return str_cmp(x->r.id, y->r.id);
}

/* The events behind an observation that its indicator counts, by day. *known: some were given at all. */
static size_t evidence_of(const struct shelf *shelf, const struct rule *rule, const struct record *r,
			  struct arena *arena, const struct event ***ret, bool *known)
{
	const struct event **events = arena_array(arena, const struct event *, r->n_from + 1);
	size_t n = 0;

	*known = false;
	for (size_t i = 0; i < r->n_from; i++) {
		const struct event *event = shelf_event(shelf, r->from[i].from_id);

		*known |= event != NULL;
		if (event && event_counts(event, rule->indicator))
			events[n++] = event;
	}
	if (n > 1)
		qsort(events, n, sizeof *events, by_day);
	*ret = events;
	return n;
}

static bool seen_before(const struct shelf *shelf, const struct event *const *events, size_t i, bool by_feed)
{
	for (size_t k = 0; k < i; k++)
		if (by_feed ? str_eq(events[k]->feed, events[i]->feed)
			    : str_eq(shelf_voice(shelf, events[k]->document), shelf_voice(shelf, events[i]->document)))
			return true;
	return false;
}

static void recount(const struct walk *walk, struct point *point)
{
	const struct event **events;
	bool known;
	size_t n = evidence_of(walk->shelf, walk->rule, point->record, walk->arena, &events, &known);

	if (!known)
		return;
	point->reports = 0;
	point->sources = 0;
	for (size_t i = 0; i < n; i++) {
		point->reports += !seen_before(walk->shelf, events, i, false);
		point->sources += !seen_before(walk->shelf, events, i, true);
	}
}

/* The first day on which the point had the reports and sources that the rule asks for. */
static struct instant day_of_enough(const struct walk *walk, const struct point *point, bool newest)
{
	const struct event **events;
	int64_t reports = 0, sources = 0;
	bool known;
	size_t n;

	if (!point->monthly) {   /* back through the issues of a forecast, as long as they fired */
		while (point->earlier && fires(walk, point->earlier))
			point = point->earlier;
		return point->record->known;
	}
	n = evidence_of(walk->shelf, walk->rule, point->record, walk->arena, &events, &known);
	for (size_t i = 0; i < n && !newest; i++) {
		reports += !seen_before(walk->shelf, events, i, false);
		sources += !seen_before(walk->shelf, events, i, true);
		if (reports >= walk->rule->min_reports && sources >= walk->rule->min_sources)
			return events[i]->r.valid_from;
	}
	return n ? events[n - 1]->r.valid_from : point->record->valid_past;
}

/* ---- series ---- */

static struct point point_of_observation(const struct observation *o)
{
	bool monthly = o->r.valid_from.precision >= INSTANT_MONTH;

	return (struct point){&o->r, o->r.unit, monthly ? instant_month(o->r.valid_from) : instant_year(o->r.valid_from),
			      monthly, o->value, o->low, o->high, o->n, o->sources, NULL};
}

static struct point point_of_forecast(const struct forecast *f)
{
	return (struct point){&f->r, f->r.unit, f->origin, false, f->p, f->low, f->high, NAN, INT_MISSING, NULL};
}

static int by_unit_period(const void *a, const void *b)
{
	const struct point *x = a, *y = b;
	int order = str_cmp(x->unit, y->unit);

	if (order == 0)
		order = (x->period > y->period) - (x->period < y->period);
	if (order == 0)
		order = (x->record->known.usec > y->record->known.usec) - (x->record->known.usec < y->record->known.usec);
	return order ? order : str_cmp(x->record->id, y->record->id);
}

static size_t points_read(const struct walk *walk, struct point **ret)
{
	const struct records *in = walk->shelf->in;
	const char *indicator = walk->rule->indicator;
	const char *question = str_starts(indicator, "chance_") ? indicator + strlen("chance_") : NULL;
	struct point *points = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < in->n; i++) {
		const struct record *r = in->v[i];

		if (r->withdrawn)
			continue;
		if (question && r->kind == &kind_forecast && str_eq(((const struct forecast *)r)->question, question))
			*arena_push(walk->arena, points, n, cap) = point_of_forecast((const struct forecast *)r);
		else if (r->kind == &kind_observation &&
			 str_eq(((const struct observation *)r)->indicator, indicator))
			*arena_push(walk->arena, points, n, cap) = point_of_observation((const struct observation *)r);
	}
	*ret = points;
	return n;
}

static struct point *point_copy(const struct walk *walk, const struct point *point)
{
	struct point *copy = arena_array(walk->arena, struct point, 1);

	*copy = *point;
	return copy;
}

/* The points of a rule's indicator, one a unit and period: of several the newest known. */
static size_t points_of(const struct walk *walk, struct point **ret)
{
	struct point *points;
	size_t n = points_read(walk, &points), kept = 0;

	if (n)
		qsort(points, n, sizeof *points, by_unit_period);
	for (size_t i = 0; i < n; i++) {
		const struct point *last = kept ? &points[kept - 1] : NULL;

		if (last && str_eq(last->unit, points[i].unit) && last->period == points[i].period) {
			if (last->record->kind == &kind_forecast)
				points[i].earlier = point_copy(walk, last);
			kept--;
		}
		points[kept++] = points[i];
	}
	for (size_t i = 0; i < kept; i++)
		if (points[i].record->kind == &kind_observation)
			recount(walk, &points[i]);
	*ret = points;
	return kept;
}

/* ---- stretches ---- */

static const char *labels_of(const struct rule *rule, const char *unit, struct arena *arena)
{
	_cleanup_(buf_free) struct buf text = {0};
	const char *names[] = {"dimension", "direction", "kind", "unit"};
	const char *values[] = {rule->dimension, rule->direction, rule->kind, unit};

	for (size_t i = 0; i < LENGTH(names); i++) {
		buf_printf(&text, "%s\"%s\":", i ? "," : "{", names[i]);
		json_put_str(&text, values[i]);
	}
	buf_putc(&text, '}');
	return arena_ndup(arena, text.s, text.len);
}

/* The first period that has not passed yet: its figure could still come. */
static int64_t period_now(const struct walk *walk, bool monthly)
{
	int64_t due = monthly ? instant_month(walk->setup->as_of)
			      : instant_year(instant_add_days(walk->setup->as_of, -FIGURE_DUE_DAYS));

	return !monthly && walk->observed + 1 > due ? walk->observed + 1 : due;
}

static struct instant until_of(const struct rule *rule, const struct point *last)
{
	struct instant from = last->record->valid_from;

	return last->monthly ? instant_of_month(last->period + rule->resolve + 1)
			     : instant_of_year(instant_year(from) + rule->resolve + 1);
}

static void stretch_add(struct walk *walk)
{
	const struct rule *rule = walk->rule;
	const struct point *first = &walk->firing[0], *last = &walk->firing[walk->n - 1];
	struct stretch *stretch = arena_push(walk->arena, walk->all->v, walk->all->n, walk->all->cap);
	char hex[33];

	*stretch = (struct stretch){
		.rule = rule, .unit = first->unit, .labels = labels_of(rule, first->unit, walk->arena),
		.from = first->record->valid_from, .past = last->record->valid_past, .until = until_of(rule, last),
		.value = tested_end(rule, last), .reports = last->reports, .sources = last->sources,
		.threshold = walk->threshold, .calm = walk->observed > last->period,
		.triggered = day_of_enough(walk, &walk->firing[walk->met - 1], false),
		.last = day_of_enough(walk, last, true),
	};
	hash_hex(stretch->labels, strlen(stretch->labels), 16, hex);
	stretch->fingerprint = arena_dup(walk->arena, hex);
	stretch->over = period_now(walk, last->monthly) - last->period - 1 >= rule->resolve;
	for (size_t i = 0; i < walk->n; i++)
		*arena_push(walk->arena, stretch->basis, stretch->n_basis, stretch->cap_basis) = walk->firing[i].record;
}

static void walk_flush(struct walk *walk)
{
	if (walk->met)
		stretch_add(walk);
	walk->n = walk->row = walk->met = 0;
}

static void walk_point(struct walk *walk, const struct point *point)
{
	if (walk->n && point->period - walk->firing[walk->n - 1].period - 1 >= walk->rule->resolve)
		walk_flush(walk);
	if (!fires(walk, point)) {
		walk->row = 0;
		if (!walk->met)
			walk->n = 0;
		return;
	}
	walk->buffer[walk->n++] = *point;
	if (++walk->row >= (size_t)walk->rule->duration && !walk->met)
		walk->met = walk->n;
}

static void rule_walk(struct walk *walk)
{
	struct point *points;
	size_t n = points_of(walk, &points);

	walk->firing = walk->buffer = arena_array(walk->arena, struct point, n + 1);
	for (size_t start = 0, end; start < n; start = end) {
		for (end = start + 1; end < n && str_eq(points[end].unit, points[start].unit); end++)
			;
		walk->threshold = rule_threshold(walk->shelf, walk->rule, points[start].unit);
		for (size_t i = start; i < end; i++) {
			walk->observed = points[i].period;
			walk_point(walk, &points[i]);
		}
		walk_flush(walk);
	}
}

static int by_fingerprint(const void *a, const void *b)
{
	const struct stretch *x = a, *y = b;
	int order = strcmp(x->fingerprint, y->fingerprint);

	if (order == 0)
		order = (x->from.usec > y->from.usec) - (x->from.usec < y->from.usec);
	return order ? order : strcmp(x->rule->name, y->rule->name);
}

void stretches_find(const struct respond_setup *setup, const struct shelf *shelf, struct arena *arena,
		    struct stretches *ret)
{
	*ret = (struct stretches){0};
	for (size_t i = 0; i < setup->rules->n; i++) {
		struct walk walk = {.setup = setup, .shelf = shelf, .rule = &setup->rules->v[i],
				    .arena = arena, .all = ret};

		rule_walk(&walk);
	}
	if (ret->n)
		qsort(ret->v, ret->n, sizeof *ret->v, by_fingerprint);
}
