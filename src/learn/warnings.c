/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * warnings.c - forecasts taken as warnings by somebody whose cost of acting is a share of the loss it avoids.
 *
 * Who acts where p >= cost is warned there: a hit when the event falls within the horizon, else a
 * false alarm; an event without a warning is a miss. The lead runs from the date of the
 * forecast to the end of the event's first year, beyond which it is surely seen.
 */
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "learn/resolved.h"

#define DRAWS 1000
#define LEVEL 0.9
#define MONTH_DAYS 30.436875

static const double costs[] = {0.1, 0.2, 0.3};

struct warned {
	double hits, misses, false_alarms;
	double *p, *lead;
	unsigned char *y;
	double *hits_of, *warned_of;   /* by country */
	size_t n, n_lead;
};

static struct warned warned_count(const struct resolved_set *set, const struct slice *slice, double cost,
				  struct arena *arena)
{
	struct warned all = {.p = arena_array(arena, double, set->n + 1), .lead = arena_array(arena, double, set->n + 1),
			     .y = arena_array(arena, unsigned char, set->n + 1),
			     .hits_of = arena_array(arena, double, set->n_countries + 1),
			     .warned_of = arena_array(arena, double, set->n_countries + 1)};

	for (size_t i = 0; i < set->n; i++) {
		const struct resolved *row = &set->v[i];
		const bool warned = row->p[MEMBER_ENSEMBLE] >= cost;

		if (!slice_has(slice, row))
			continue;
		all.p[all.n] = row->p[MEMBER_ENSEMBLE];
		all.y[all.n++] = row->y;
		all.hits += warned && row->y;
		all.false_alarms += warned && !row->y;
		all.misses += !warned && row->y;
		all.hits_of[row->country] += warned && row->y;
		all.warned_of[row->country] += warned;
		if (warned && row->y)
			all.lead[all.n_lead++] = (double)instant_days_between(row->forecast->as_of,
				instant_of_year(row->event_year + 1)) / MONTH_DAYS;
	}
	return all;
}

static void set_hit_rate(const struct learn_setup *setup, const struct warned *all, size_t n_countries,
			 struct score *score, struct arena *arena)
{
	struct interval reach, few;

	if (all->hits + all->false_alarms == 0) {
		record_missing(arena, &score->r, "hit_rate", "nothing was warned of");
		return;
	}
	score->hit_rate = all->hits / (all->hits + all->false_alarms);
	reach = bootstrap_ratio(all->hits_of, all->warned_of, n_countries, DRAWS, setup->seed, LEVEL);
	if (isnan(reach.low)) {
		record_missing(arena, &score->r, "hit_rate_low", "one country cannot be resampled");
		record_missing(arena, &score->r, "hit_rate_high", "one country cannot be resampled");
		return;
	}
	few = beta_interval(all->hits + 0.5, all->false_alarms + 0.5, LEVEL);   /* all alike: resampling sees no doubt */
	score->hit_rate_low = fmin(fmin(reach.low, few.low), score->hit_rate);
	score->hit_rate_high = fmax(fmax(reach.high, few.high), score->hit_rate);
}

static void score_warnings(const struct learn_setup *setup, const struct resolved_set *set,
			   const struct subject *subject, double cost, struct records *out)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct warned all = warned_count(set, &subject->slice, cost, &arena);
	struct score *score = record_new(out->arena, &kind_score);
	const struct score *pooled = pooled_find(out, subject->name, learn_members[MEMBER_ENSEMBLE].name);

	score->r.known = setup->as_of;
	score->about = "warning";
	score->subject = arena_printf(out->arena, "%s@%g", subject->name, cost);
	score->member = learn_members[MEMBER_ENSEMBLE].name;
	score->cost = cost;
	score->n = (double)all.n;
	score->positives = all.hits + all.misses;
	score->hits = all.hits;
	score->misses = all.misses;
	score->false_alarms = all.false_alarms;
	score->value = relative_value(all.p, all.y, all.n, cost);
	if (isnan(score->value))
		record_missing(out->arena, &score->r, "value", "only one of the two outcomes occurred");
	score->lead_months = median_of(all.lead, all.n_lead);
	if (isnan(score->lead_months))
		record_missing(out->arena, &score->r, "lead_months", "no event was warned of");
	set_hit_rate(setup, &all, set->n_countries, score, out->arena);
	if (pooled) {
		record_from(out->arena, &score->r, pooled->r.id, "score");
		record_inherit_licence(&score->r, pooled->r.licence);
	}
	record_identify(out->arena, score);
	records_add(out, score);
}

void learn_warnings(const struct learn_setup *setup, const struct resolved_set *set, struct records *out)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct subject *subjects;
	const size_t n = subjects_of(set, &arena, &subjects);

	for (size_t s = 0; s < n; s++)
		for (size_t c = 0; c < LENGTH(costs); c++)
			score_warnings(setup, set, &subjects[s], costs[c], out);
}
