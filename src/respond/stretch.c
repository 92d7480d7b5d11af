/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stretch.c - rules over series: where each fires, for how long.
 *
 * A series is walked in the order of its periods. Firing periods that lie no more
 * than `resolve` periods apart are one stretch; it counts from the period in which
 * `duration` firing ones are together. Months without reports are silence, not
 * calm: they bridge a stretch until it resolves.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "respond/parts.h"

struct point {
	const struct record *record;
	const char *unit;
	int64_t period;            /* months or years since year 0 */
	bool monthly;
	double value, low, high, n;
	int64_t sources;
};

double rule_multiplier(const struct records *in, const struct rule *rule, const char *unit,
		       const char **setting_id)
{
	const struct contribution *wish;
	const struct setting *setting;
	double multiplier = 1;

	for (size_t i = 0; (setting = records_next(in, &kind_setting, &i));)
		if (str_starts(setting->name, "threshold.") && str_eq(setting->name + 10, rule->name) &&
		    setting->value > 0) {
			multiplier *= setting->value;
			*setting_id = setting->r.id;
		}
	for (size_t i = 0; (wish = records_next(in, &kind_contribution, &i));)
		if (str_eq(wish->r.unit, unit) && str_starts(wish->about, "threshold.") &&
		    str_eq(wish->about + 10, rule->name) && wish->value > 0)
			multiplier *= wish->value;
	return multiplier;
}

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

static bool fires(const struct rule *rule, const struct point *point, double threshold)
{
	double end = rule->use == RULE_LOW ? point->low : rule->use == RULE_HIGH ? point->high : point->value;

	return passes(rule, end, threshold) &&
	       (rule->min_sources <= 1 || (point->sources != INT_MISSING && point->sources >= rule->min_sources)) &&
	       (rule->min_reports <= 1 || point->n >= (double)rule->min_reports);
}

static struct point point_of_observation(const struct observation *o)
{
	bool monthly = o->r.valid_from.precision >= INSTANT_MONTH;

	return (struct point){&o->r, o->r.unit, monthly ? instant_month(o->r.valid_from) : instant_year(o->r.valid_from),
			      monthly, o->value, o->low, o->high, o->n, o->sources};
}

static struct point point_of_forecast(const struct forecast *f)
{
	return (struct point){&f->r, f->r.unit, f->origin, false, f->p, f->low, f->high, NAN, INT_MISSING};
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

/* The points of a rule's indicator, one a unit and period: of several the newest known. */
static size_t points_of(const struct rule *rule, const struct records *in, struct arena *arena,
			struct point **ret)
{
	const char *question = str_starts(rule->indicator, "chance_") ? rule->indicator + 7 : NULL;
	struct point *points = NULL;
	size_t n = 0, cap = 0, kept = 0;

	for (size_t i = 0; i < in->n; i++) {
		const struct record *r = in->v[i];

		if (question && r->kind == &kind_forecast && str_eq(((const struct forecast *)r)->question, question))
			*arena_push(arena, points, n, cap) = point_of_forecast((const struct forecast *)r);
		else if (r->kind == &kind_observation &&
			 str_eq(((const struct observation *)r)->indicator, rule->indicator))
			*arena_push(arena, points, n, cap) = point_of_observation((const struct observation *)r);
	}
	if (n)
		qsort(points, n, sizeof *points, by_unit_period);
	for (size_t i = 0; i < n; i++) {
		if (kept && str_eq(points[kept - 1].unit, points[i].unit) && points[kept - 1].period == points[i].period)
			kept--;
		points[kept++] = points[i];
	}
	*ret = points;
	return kept;
}

/* When the point's evidence was there: the last day of its events, or when it became known. */
static struct instant evidence_day(const struct records *in, const struct point *point)
{
	struct instant day = {0};

	if (!point->monthly)
		return point->record->known;
	for (size_t i = 0; i < point->record->n_from; i++) {
		const struct record *event = records_find(in, point->record->from[i].from_id);

		if (event && (!instant_is_set(day) || event->valid_from.usec > day.usec))
			day = event->valid_from;
	}
	return instant_is_set(day) ? day : point->record->valid_past;
}

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

static void stretch_add(struct stretches *all, const struct respond_setup *setup, const struct records *in,
			const struct rule *rule, const struct point *firing, size_t n, double threshold,
			struct arena *arena)
{
	const struct point *first = &firing[0], *last = &firing[n - 1];
	struct stretch *stretch = arena_push(arena, all->v, all->n, all->cap);
	char hex[33];
	int64_t now;

	*stretch = (struct stretch){
		.rule = rule, .unit = first->unit, .labels = labels_of(rule, first->unit, arena),
		.from = first->record->valid_from, .past = last->record->valid_past,
		.value = last->value, .threshold = threshold, .sources = last->sources,
	};
	hash_hex(stretch->labels, strlen(stretch->labels), 16, hex);
	stretch->fingerprint = arena_dup(arena, hex);
	stretch->triggered = evidence_day(in, &firing[rule->duration > 0 ? (size_t)rule->duration - 1 : 0]);
	stretch->last = evidence_day(in, last);
	now = first->monthly ? instant_month(setup->as_of) : instant_year(setup->as_of);
	/* A year's figure is out in the next: that delay is not silence. */
	stretch->over = now - last->period - (first->monthly ? 0 : 1) > rule->resolve;
	for (size_t i = n; i-- > 0 && stretch->n_basis < 12;)
		*arena_push(arena, stretch->basis, stretch->n_basis, stretch->cap_basis) = firing[i].record;
}

static void rule_walk(const struct respond_setup *setup, const struct records *in, const struct rule *rule,
		      struct arena *arena, struct stretches *all)
{
	struct point *points, *firing;
	size_t n = points_of(rule, in, arena, &points), run = 0;
	const char *ignored = NULL;
	double threshold = NAN;

	firing = arena_array(arena, struct point, n + 1);
	for (size_t i = 0; i <= n; i++) {
		bool gap = i < n && run && (!str_eq(points[i].unit, firing[0].unit) ||
					    points[i].period - firing[run - 1].period > rule->resolve + 1);

		if (run && (i == n || gap)) {
			if ((int64_t)run >= rule->duration)
				stretch_add(all, setup, in, rule, firing, run, threshold, arena);
			run = 0;
		}
		if (i == n)
			break;
		if (i == 0 || !str_eq(points[i].unit, points[i - 1].unit))
			threshold = rule->level * rule_multiplier(in, rule, points[i].unit, &ignored);
		if (fires(rule, &points[i], threshold))
			firing[run++] = points[i];
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

void stretches_find(const struct respond_setup *setup, const struct records *in, struct arena *arena,
		    struct stretches *ret)
{
	*ret = (struct stretches){0};
	for (size_t i = 0; i < setup->rules->n; i++)
		rule_walk(setup, in, &setup->rules->v[i], arena, ret);
	if (ret->n)
		qsort(ret->v, ret->n, sizeof *ret->v, by_fingerprint);
}
