/* SPDX-License-Identifier: GPL-3.0-or-later */
/* series.c - observations grouped into series, for every stage that reads values over time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/model.h>

static int by_series(const struct observation *x, const struct observation *y)
{
	int order = str_cmp(x->r.unit, y->r.unit);

	if (!order)
		order = str_cmp(x->indicator, y->indicator);
	return order ? order : str_cmp(x->source, y->source);
}

static int compare_int(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_series_and_date(const void *a, const void *b)
{
	const struct observation *x = *(const struct observation *const *)a;
	const struct observation *y = *(const struct observation *const *)b;
	int order = by_series(x, y);

	if (!order)
		order = compare_int(x->r.valid_from.usec, y->r.valid_from.usec);
	if (!order)
		order = compare_int(x->r.known.usec, y->r.known.usec);
	if (!order)
		order = compare_int(x->r.revision, y->r.revision);
	return order ? order : str_cmp(x->r.id, y->r.id);
}

static bool counts(const struct record *r, struct instant as_of)
{
	return r->kind == &kind_observation && !r->withdrawn && r->unit && instant_is_set(r->valid_from) &&
	       (!instant_is_set(as_of) || r->known.usec <= as_of.usec);
}

void series_build(const struct records *in, struct instant as_of, struct arena *arena,
		  struct series_set *ret)
{
	const struct observation **sorted = arena_array(arena, const struct observation *, in->n + 1);
	size_t n = 0, kept = 0;

	*ret = (struct series_set){.v = arena_array(arena, struct series, in->n + 1)};
	for (size_t i = 0; i < in->n; i++)
		if (counts(in->v[i], as_of))
			sorted[n++] = (const struct observation *)in->v[i];
	if (n)
		qsort(sorted, n, sizeof *sorted, by_series_and_date);
	for (size_t i = 0; i < n; i++) {
		const struct observation *next = sorted[i];

		if (i + 1 < n && by_series(next, sorted[i + 1]) == 0 &&
		    next->r.valid_from.usec == sorted[i + 1]->r.valid_from.usec)
			continue;   /* a newer one of that date follows */
		if (kept == 0 || by_series(sorted[kept - 1], next) != 0)
			ret->v[ret->n++] = (struct series){next->r.unit, next->indicator, next->source, sorted + kept, 0};
		sorted[kept++] = next;
		ret->v[ret->n - 1].n++;
	}
}

static int compare_key(const struct series *series, const char *unit, const char *indicator)
{
	int order = str_cmp(series->unit, unit);

	return order ? order : str_cmp(series->indicator, indicator);
}

const struct series *series_find(const struct series_set *set, const char *unit, const char *indicator)
{
	const struct series *best = NULL;
	size_t low = 0, high = set->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_key(&set->v[middle], unit, indicator) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i < set->n && compare_key(&set->v[i], unit, indicator) == 0; i++) {
		const struct series *s = &set->v[i];
		int further = best ? compare_int(s->v[s->n - 1]->r.valid_from.usec,
						 best->v[best->n - 1]->r.valid_from.usec) : 1;

		if (further > 0 || (further == 0 && s->n > best->n))
			best = s;
	}
	return best;
}

const char *series_next_unit(const struct series_set *set, size_t *i)
{
	const char *unit;

	if (*i >= set->n)
		return NULL;
	unit = set->v[*i].unit;
	while (*i < set->n && strcmp(set->v[*i].unit, unit) == 0)
		(*i)++;
	return unit;
}

const struct observation *series_year(const struct series *series, int64_t year)
{
	size_t low = 0, high = series->n;

	while (low < high) {   /* the first after the year */
		size_t middle = low + (high - low) / 2;

		if (instant_year(series->v[middle]->r.valid_from) <= year)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || instant_year(series->v[low - 1]->r.valid_from) != year)
		return NULL;
	return series->v[low - 1];
}

void series_values(const struct series *series, int64_t first, size_t n, double *ret)
{
	for (size_t i = 0; i < n; i++)
		ret[i] = NAN;
	for (size_t i = 0; i < series->n; i++) {
		const int64_t at = instant_year(series->v[i]->r.valid_from) - first;

		if (at >= 0 && at < (int64_t)n)
			ret[at] = series->v[i]->value;
	}
}
