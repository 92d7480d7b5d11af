/* SPDX-License-Identifier: GPL-3.0-or-later */
/* track.c - observations in order, track by track; and the changes along each. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/stats.h>

#include "measure/products.h"

static int by_track(const void *a, const void *b)
{
	const struct observation *x = *(const struct observation *const *)a, *y = *(const struct observation *const *)b;
	int order = str_cmp(x->r.unit, y->r.unit);

	if (order == 0)
		order = str_cmp(x->indicator, y->indicator);
	if (order == 0)
		order = str_cmp(x->source, y->source);
	if (order == 0)
		order = (x->r.valid_from.usec > y->r.valid_from.usec) - (x->r.valid_from.usec < y->r.valid_from.usec);
	return order ? order : str_cmp(x->r.id, y->r.id);
}

void tracks_sort(const struct records *in, struct records *sorted)
{
	struct observation *observation;

	for (size_t i = 0; (observation = records_next(in, &kind_observation, &i));)
		if (!str_eq(observation->source, "tocsin") && instant_is_set(observation->r.valid_from))
			records_add(sorted, observation);
	if (sorted->n)
		qsort(sorted->v, sorted->n, sizeof *sorted->v, by_track);
}

static bool same_series(const struct observation *a, const struct observation *b)
{
	return str_eq(a->r.unit, b->r.unit) && str_eq(a->indicator, b->indicator);
}

bool track_next(const struct records *sorted, size_t *at, struct track *ret)
{
	const struct observation **v = (const struct observation **)sorted->v;
	size_t start = *at, past = start, end;

	if (start >= sorted->n)
		return false;
	while (past < sorted->n && same_series(v[start], v[past]) && str_eq(v[start]->source, v[past]->source))
		past++;
	for (end = past; end < sorted->n && same_series(v[start], v[end]); end++)
		;
	*ret = (struct track){v + start, past - start};
	*at = end;
	return true;
}

/* An ordinal scale such as 0..3 has no differences worth an interval. */
static bool is_whole(const struct track *track)
{
	for (size_t i = 0; i < track->n; i++)
		if (!isnan(track->v[i]->value) && track->v[i]->value != floor(track->v[i]->value))
			return false;
	return true;
}

static double half_width(const struct observation *observation)
{
	return (observation->high - observation->low) / 2;
}

static void change_make(const struct observation *then, const struct observation *now, int years,
			struct records *out)
{
	struct observation *change = record_new(out->arena, &kind_observation);
	double error = hypot(half_width(then), half_width(now)) * normal_reach(0.9) / normal_reach(0.6827);

	change->r.unit = now->r.unit;
	change->r.valid_from = now->r.valid_from;
	change->r.valid_past = now->r.valid_past;
	change->r.known = now->r.known.usec >= then->r.known.usec ? now->r.known : then->r.known;
	change->indicator = arena_printf(out->arena, "%s_change%d", now->indicator, years);
	change->source = "tocsin";
	change->value = num_round(now->value - then->value);
	change->low = num_round(now->value - then->value - error);
	change->high = num_round(now->value - then->value + error);
	change->retrospective = now->retrospective;
	record_from(out->arena, &change->r, now->r.id, "now");
	record_from(out->arena, &change->r, then->r.id, "then");
	record_inherit_licence(&change->r, now->r.licence);
	record_inherit_licence(&change->r, then->r.licence);
	record_identify(out->arena, change);
	records_add(out, change);
}

void measure_changes(const struct track *track, struct records *out)
{
	static const int spans[] = {1, 5};

	if (is_whole(track))
		return;
	for (size_t s = 0; s < LENGTH(spans); s++)
		for (size_t i = 0, k = 0; i < track->n; i++) {
			int64_t then = instant_month(track->v[i]->r.valid_from) - 12 * spans[s];

			while (instant_month(track->v[k]->r.valid_from) < then)
				k++;
			if (instant_month(track->v[k]->r.valid_from) == then &&
			    !isnan(half_width(track->v[i])) && !isnan(half_width(track->v[k])) &&
			    !isnan(track->v[i]->value - track->v[k]->value))
				change_make(track->v[k], track->v[i], spans[s], out);
		}
}
