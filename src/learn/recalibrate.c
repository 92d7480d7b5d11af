/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recalibrate.c - the map from a question's raw chances to those that came true as often, and since when it holds.
 *
 * Learned on resolved forecasts by drift_watch, which flags a step and forgets what was before it. Settings
 * calibration.QUESTION.a, .b, .c make the map of stats.h; drift.QUESTION.since is the origin of the
 * last step, null when none was flagged.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/stats.h>

#include "learn/resolved.h"

static int by_origin(const void *a, const void *b)
{
	const struct resolved *x = *(const struct resolved *const *)a, *y = *(const struct resolved *const *)b;

	if (x->forecast->origin != y->forecast->origin)
		return x->forecast->origin < y->forecast->origin ? -1 : 1;
	return (x > y) - (x < y);   /* places in one array: the order of the set */
}

/* Rows of a slice, by origin. */
static size_t drift_rows(const struct resolved_set *set, const struct slice *slice, struct arena *arena,
			 struct drift_row **ret, unsigned *ret_span)
{
	const struct resolved **picked = arena_array(arena, const struct resolved *, set->n + 1);
	struct drift_row *rows = arena_array(arena, struct drift_row, set->n + 1);
	size_t n = 0;

	*ret_span = 1;
	for (size_t i = 0; i < set->n; i++)
		if (slice_has(slice, &set->v[i]))
			picked[n++] = &set->v[i];
	if (n)
		qsort(picked, n, sizeof *picked, by_origin);
	for (size_t i = 0; i < n; i++) {
		rows[i] = (struct drift_row){picked[i]->forecast->origin, picked[i]->country, picked[i]->raw, picked[i]->y};
		if (picked[i]->horizon > *ret_span)
			*ret_span = (unsigned)picked[i]->horizon;
	}
	*ret = rows;
	return n;
}

static void setting_keep(const struct learn_setup *setup, const char *name, double value, const char *reason,
			 const struct score *pooled, struct records *out)
{
	struct setting *setting = record_new(out->arena, &kind_setting);

	setting->r.known = setup->as_of;
	setting->name = name;
	setting->value = value;
	setting->reason = reason;
	if (isnan(value))
		record_missing(out->arena, &setting->r, "value", "no drift was flagged");
	if (pooled) {
		record_from(out->arena, &setting->r, pooled->r.id, "score");
		record_inherit_licence(&setting->r, pooled->r.licence);
	}
	record_identify(out->arena, setting);
	records_add(out, setting);
}

static const char *drift_reason(const struct drift *drift, size_t n, struct arena *arena)
{
	if (drift->flags == 0)
		return arena_printf(arena, "no drift: evidence of a step %.3g, flagged at %g; %zu forecasts of %zu origins",
				    drift->evidence, 1 / DRIFT_FALSE_ALARM, n, drift->origins);
	return arena_printf(arena, "evidence of a step %.3g when %lld was known; log-odds of what happened %.2f above what "
			    "was said since (90 %%: %.2f to %.2f)", drift->raised, (long long)drift->noticed, drift->shift,
			    drift->shift_reach.low, drift->shift_reach.high);
}

static const char *map_reason(const struct drift *drift, size_t n, struct arena *arena)
{
	const double low = beta_map_apply(&drift->map, 0.1), high = beta_map_apply(&drift->map, 0.5);
	const char *since = drift->flags ? arena_printf(arena, ", since %lld first", (long long)drift->since) : "";

	return arena_printf(arena, "10 %% becomes %.1f %%, 50 %% becomes %.1f %%; %zu resolved forecasts of %zu origins%s",
			    100 * low, 100 * high, n, drift->origins, since);
}

void learn_calibration(const struct learn_setup *setup, const struct resolved_set *set, struct records *out)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct subject *subjects;
	const size_t n_subjects = subjects_of(set, &arena, &subjects);

	for (size_t s = 0; s < n_subjects; s++) {
		const struct score *pooled = pooled_find(out, subjects[s].name, learn_members[MEMBER_ENSEMBLE].name);
		const char *name = subjects[s].name, *reason;
		struct drift_row *rows;
		struct drift drift;
		unsigned span;
		size_t n;

		if (str_eq(name, "all"))
			continue;   /* a chance of closing and one of opening do not go astray together */
		n = drift_rows(set, &subjects[s].slice, &arena, &rows, &span);
		drift_watch(rows, n, set->n_countries, span, &drift);
		reason = map_reason(&drift, n, out->arena);
		setting_keep(setup, arena_printf(out->arena, "calibration.%s.a", name), drift.map.a, reason, pooled, out);
		setting_keep(setup, arena_printf(out->arena, "calibration.%s.b", name), drift.map.b, reason, pooled, out);
		setting_keep(setup, arena_printf(out->arena, "calibration.%s.c", name), drift.map.c, reason, pooled, out);
		setting_keep(setup, arena_printf(out->arena, "drift.%s.since", name),
			     drift.flags ? (double)drift.since : NAN, drift_reason(&drift, n, out->arena), pooled, out);
	}
}
