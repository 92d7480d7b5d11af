/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resolved.c - which forecasts have come due, and what happened. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/stats.h>

#include "learn/resolved.h"

const char *const learn_members[LEARN_MEMBERS] = {"ensemble", "base_rate", "persistence", "logit"};

static int by_key(const void *a, const void *b)
{
	const struct observation *x = *(const struct observation *const *)a, *y = *(const struct observation *const *)b;
	int order = str_cmp(x->r.unit, y->r.unit);

	if (order)
		return order;
	if (x->r.valid_from.usec != y->r.valid_from.usec)
		return x->r.valid_from.usec < y->r.valid_from.usec ? -1 : 1;
	return str_cmp(x->source, y->source);
}

struct index {
	const struct observation **v;
	size_t n;
};

static double index_value(const struct index *index, const char *unit, int64_t year)
{
	struct instant when = instant_of_year(year);
	size_t low = 0, high = index->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct observation *at = index->v[middle];
		int order = str_cmp(at->r.unit, unit);

		if (order < 0 || (order == 0 && at->r.valid_from.usec < when.usec))
			low = middle + 1;
		else
			high = middle;
	}
	if (low < index->n && str_eq(index->v[low]->r.unit, unit) && index->v[low]->r.valid_from.usec == when.usec)
		return index->v[low]->value;
	return NAN;
}

/* 1, 0, or -1 while it is open. */
static int outcome_of(const struct index *index, const struct forecast *forecast)
{
	double now = index_value(index, forecast->r.unit, forecast->origin);
	double later[] = {index_value(index, forecast->r.unit, forecast->origin + 1),
			  index_value(index, forecast->r.unit, forecast->origin + 2)};

	if (isnan(later[0]) || isnan(later[1]))   /* what comes true early must not be scored early */
		return -1;
	return step_label(now, later, LENGTH(later),
			  str_eq(forecast->question, "closing") ? -INDEX_STEP : INDEX_STEP);
}

static int by_forecast(const void *a, const void *b)
{
	const struct forecast *x = ((const struct resolved *)a)->forecast, *y = ((const struct resolved *)b)->forecast;
	int order = str_cmp(x->question, y->question);

	if (order == 0)
		order = (x->origin > y->origin) - (x->origin < y->origin);
	if (order == 0)
		order = str_cmp(x->r.unit, y->r.unit);
	if (order == 0)
		order = (x->as_of.usec > y->as_of.usec) - (x->as_of.usec < y->as_of.usec);
	return order ? order : str_cmp(x->r.id, y->r.id);
}

static bool same_question(const struct forecast *a, const struct forecast *b)
{
	return str_eq(a->question, b->question) && a->origin == b->origin && str_eq(a->r.unit, b->r.unit);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Number the countries, for resampling them whole. */
static void number_countries(struct resolved_set *set, struct arena *arena)
{
	const char **units = arena_array(arena, const char *, set->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++)
		units[i] = set->v[i].forecast->r.unit;
	if (set->n)
		qsort(units, set->n, sizeof *units, by_text);
	for (size_t i = 0; i < set->n; i++)
		if (i == 0 || strcmp(units[i], units[i - 1]) != 0)
			units[n++] = units[i];
	set->n_countries = n;
	for (size_t i = 0; i < set->n; i++) {
		const char **found = bsearch(&set->v[i].forecast->r.unit, units, n, sizeof *units, by_text);

		set->v[i].country = (size_t)(found - units);
	}
}

static void index_build(const struct records *in, struct arena *arena, struct index *index)
{
	const struct observation *observation;

	*index = (struct index){.v = arena_array(arena, const struct observation *, in->n + 1)};
	for (size_t i = 0; (observation = records_next(in, &kind_observation, &i));)
		if (str_eq(observation->indicator, "v2x_polyarchy") && !isnan(observation->value))
			index->v[index->n++] = observation;
	if (index->n)
		qsort(index->v, index->n, sizeof *index->v, by_key);
}

void resolved_build(const struct learn_setup *setup, const struct records *in, struct arena *arena,
		    struct resolved_set *ret)
{
	struct resolved_set set = {.v = arena_array(arena, struct resolved, in->n + 1)};
	const struct forecast *forecast;
	struct index index;
	size_t unique = 0;

	index_build(in, arena, &index);
	for (size_t i = 0; (forecast = records_next(in, &kind_forecast, &i));) {
		int y = forecast->as_of.usec < setup->as_of.usec && !isnan(forecast->p) ? outcome_of(&index, forecast) : -1;

		if (y >= 0)
			set.v[set.n++] = (struct resolved){forecast, {forecast->p, forecast->base_rate,
							   forecast->persistence, forecast->logit},
							   (unsigned char)y, 0};
	}
	if (set.n)
		qsort(set.v, set.n, sizeof *set.v, by_forecast);
	for (size_t i = 0; i < set.n; i++)   /* the earliest of each question */
		if (i == 0 || !same_question(set.v[i].forecast, set.v[unique - 1].forecast))
			set.v[unique++] = set.v[i];
	set.n = unique;
	number_countries(&set, arena);
	*ret = set;
}
