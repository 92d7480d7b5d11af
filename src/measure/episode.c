/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * episode.c - candidate episodes of regime transformation (Edgell, Maerz, Maxwell,
 * Morgan et al., Episodes of Regime Transformation; the steps are told in
 * docs/methods/episodes.md). Regime changes are read off the regime alone: whether
 * elections confirmed them is not among the inputs, so that an end by one is null with
 * the reason, and outcomes are not told.
 */
#include <assert.h>
#include <math.h>

#include "measure/products.h"

const struct episode_rule episode_default = {0.01, 0.1, 0.03, 0.1, 5};

struct run {                  /* a sequence under way */
	size_t first, last;       /* index of the first and last step that counts */
	bool open;
	int stasis;
	double drift;
};

/* Change of regime type (democracy or not) from i to i+1: -1, 0, 1; 0 when not known. */
static int type_change(const int *regime, size_t i)
{
	if (regime[i] < 0 || regime[i + 1] < 0)
		return 0;
	return (regime[i + 1] > 1) - (regime[i] > 1);
}

/* In the mirror: a step of -d for closing is a step of d for opening; not of comparisons with the ends. */
static bool starts(double d, int direction, const struct episode_rule *rule)
{
	return direction > 0 ? d >= rule->start_incl : d <= -rule->start_incl;
}

static bool is_stasis(double d, int direction, const struct episode_rule *rule)
{
	return direction > 0 ? d >= -rule->year_turn && d < rule->start_incl
			     : d > -rule->start_incl && d <= rule->year_turn;
}

static bool stops(const double *v, const int *regime, size_t n, size_t i, int direction,
		  const struct episode_rule *rule, const struct run *run)
{
	double d = v[i + 1] - v[i];
	bool fell = regime[i] >= 0 && regime[i + 1] >= 0 &&
		    (direction > 0 ? regime[i + 1] < regime[i] && regime[i + 1] == 0
				   : regime[i + 1] > regime[i] && regime[i + 1] == 3);

	return i == n - 2 || run->stasis == rule->tolerance || isnan(d) ||
	       (direction > 0 ? d < -rule->year_turn : d > rule->year_turn) ||
	       (direction > 0 ? run->drift < -rule->cum_turn : run->drift > rule->cum_turn) || fell ||
	       type_change(regime, i) == -direction;
}

static size_t tail_of(const double *v, size_t n, size_t i, int direction, const struct episode_rule *rule,
		      const struct run *run)
{
	double d = v[i + 1] - v[i];

	if (run->stasis == 0)
		return run->last + 1;
	if (i == n - 2 && (direction > 0 ? d >= -rule->year_turn : d <= rule->year_turn))
		return i + 1;
	return i;
}

int episode_label(const double *v, const int *regime, size_t n, int direction,
		  const struct episode_rule *rule, int *label)
{
	struct run run = {0};
	int id = 0;

	assert(direction == 1 || direction == -1);
	for (size_t i = 0; i < n; i++)
		label[i] = 0;
	for (size_t i = 0; i + 1 < n; i++) {
		double d = v[i + 1] - v[i];

		if (starts(d, direction, rule)) {
			if (!run.open)
				run.first = i;
			run = (struct run){run.first, i, true, 0, 0};
		}
		if (!run.open)
			continue;
		if (is_stasis(d, direction, rule)) {
			run.stasis++;
			run.drift += d;
		}
		if (!stops(v, regime, n, i, direction, rule, &run))
			continue;
		id++;
		for (size_t k = run.first, tail = tail_of(v, n, i, direction, rule, &run); k <= tail; k++)
			label[k] = id;
		run = (struct run){0};
	}
	return id;
}

/* ---- how it ended ---- */

/* The first year from first+1 on after which the regime changes type the other way or an opening falls
   to closed autocracy; n when none up to `last` does. */
static size_t interruption(const int *regime, size_t n, int direction, size_t first, size_t last)
{
	for (size_t i = first + 1; i <= last && i + 1 < n; i++)
		if (type_change(regime, i) == -direction || (direction > 0 && regime[i] > 0 && regime[i + 1] == 0))
			return i;
	return n;
}

/* Years known in a row after `last`: at a gap nobody knows how it went on, nor at the end of the data. */
static size_t years_since(const double *v, size_t n, size_t last)
{
	size_t i = last;

	while (i + 1 < n && !isnan(v[i + 1]))
		i++;
	return i - last;
}

/* What the index did in the years of tolerance after the last step that counts. */
static int look_ahead(const double *v, size_t n, size_t step, int direction, const struct episode_rule *rule)
{
	bool turned = false, slid = false, still = true;

	for (int j = 1; j <= rule->tolerance; j++) {
		size_t i = step + (size_t)j;
		double move = i < n ? v[i] - v[i - 1] : NAN, sum = i < n ? v[i] - v[step] : NAN;

		turned |= direction > 0 ? move < -rule->year_turn : move > rule->year_turn;
		slid |= direction > 0 ? sum <= -rule->cum_turn : sum >= rule->cum_turn;
		still &= is_stasis(move, direction, rule);
	}
	return turned ? EPISODE_TURN : slid ? EPISODE_SLIDE : still ? EPISODE_STASIS : EPISODE_UNKNOWN;
}

int episode_settle(const double *v, const int *regime, size_t n, int direction, const struct episode_rule *rule,
		   size_t first, size_t *last)
{
	size_t cut = interruption(regime, n, direction, first, *last), step = cut < *last ? cut : *last;
	int end;

	assert(first < *last && *last < n);
	while (!starts(v[step] - v[step - 1], direction, rule) && step > first + 1)
		step--;
	end = cut < n ? EPISODE_INTERRUPTED : look_ahead(v, n, step, direction, rule);
	if (end == EPISODE_UNKNOWN && years_since(v, n, *last) < (size_t)rule->tolerance)
		return EPISODE_OPEN;
	*last = step;
	return end;
}

/* ---- records ---- */

struct country {
	const struct track *index;
	const double *v;
	const struct observation **cell;
	const int *regime;
	size_t n;
	int64_t first;            /* year of v[0] */
};

static bool is_manifest(const double *v, size_t first, size_t last, int direction, const int *label, int id,
			const struct episode_rule *rule)
{
	double least = NAN, most = NAN;

	for (size_t i = first; i <= last; i++) {
		if (label[i] != id)
			continue;
		least = fmin(least, v[i]);
		most = fmax(most, v[i]);
	}
	return direction > 0 ? most - least >= rule->cum_incl : least - most <= -rule->cum_incl;
}

static void episode_make(const struct measure_setup *setup, const struct country *country, size_t first,
			 size_t last, int direction, int termination, struct records *out)
{
	struct episode *episode = record_new(out->arena, &kind_episode);

	episode->r.unit = country->index->v[0]->r.unit;
	episode->r.known = setup->as_of;
	episode->r.valid_from = instant_of_year(country->first + (int64_t)first + 1);
	episode->r.valid_past = instant_of_year(country->first + (int64_t)last + 1);
	episode->indicator = country->index->v[0]->indicator;
	episode->direction = direction > 0 ? "opening" : "closing";
	episode->pre_year = country->first + (int64_t)first;
	episode->first_year = episode->pre_year + 1;
	episode->last_year = country->first + (int64_t)last;
	episode->change = country->v[last] - country->v[first];
	episode->uncertain = termination == EPISODE_OPEN;
	episode->status = "candidate";
	if (termination == EPISODE_INTERRUPTED)
		record_missing(out->arena, &episode->r, "termination",
			       "whether elections confirmed the change of regime is not among the inputs");
	else
		episode->termination = termination;
	for (size_t i = first; i <= last; i++)
		if (country->cell[i]) {
			record_from(out->arena, &episode->r, country->cell[i]->r.id, "year");
			record_inherit_licence(&episode->r, country->cell[i]->r.licence);
		}
	record_identify(out->arena, episode);
	records_add(out, episode);
}

static void find_episodes(const struct measure_setup *setup, const struct country *country, int direction,
			  struct arena *arena, struct records *out)
{
	int *label = arena_array(arena, int, country->n + 1);
	int last_id = episode_label(country->v, country->regime, country->n, direction, &episode_default, label);

	for (int id = 1; id <= last_id; id++) {
		size_t first = country->n, last = 0;
		int termination;

		for (size_t i = 0; i < country->n; i++)
			if (label[i] == id) {
				first = first == country->n ? i : first;
				last = i;
			}
		if (first >= last || !is_manifest(country->v, first, last, direction, label, id, &episode_default))
			continue;
		termination = episode_settle(country->v, country->regime, country->n, direction, &episode_default,
					     first, &last);
		if (termination != EPISODE_UNKNOWN)
			episode_make(setup, country, first, last, direction, termination, out);
	}
}

static void fill_regime(const struct records *sorted, const struct country *country, int *regime)
{
	struct track track;

	for (size_t i = 0; i < country->n; i++)
		regime[i] = -1;
	for (size_t at = 0; track_next(sorted, &at, &track);) {
		if (!str_eq(track.v[0]->indicator, "v2x_regime") ||
		    !str_eq(track.v[0]->r.unit, country->index->v[0]->r.unit))
			continue;
		for (size_t i = 0; i < track.n; i++) {
			int64_t year = instant_year(track.v[i]->r.valid_from) - country->first;

			if (year >= 0 && (size_t)year < country->n && !isnan(track.v[i]->value))
				regime[year] = (int)track.v[i]->value;
		}
	}
}

/* The padded panel of one country: every year from the first to the last of all data. */
static void country_episodes(const struct measure_setup *setup, const struct records *sorted,
			     const struct track *index, int64_t first, int64_t last, struct records *out)
{
	_cleanup_(arena_free) struct arena arena = {0};
	size_t n = (size_t)(last - first + 1);
	double *v = arena_array(&arena, double, n);
	int *regime = arena_array(&arena, int, n);
	const struct observation **cell = arena_array(&arena, const struct observation *, n);
	struct country country = {.index = index, .v = v, .cell = cell, .regime = regime, .n = n, .first = first};

	for (size_t i = 0; i < n; i++)
		v[i] = NAN;
	for (size_t i = 0; i < index->n; i++) {
		int64_t year = instant_year(index->v[i]->r.valid_from);

		v[year - first] = index->v[i]->value;
		cell[year - first] = index->v[i];
	}
	fill_regime(sorted, &country, regime);
	find_episodes(setup, &country, 1, &arena, out);
	find_episodes(setup, &country, -1, &arena, out);
}

void measure_episodes(const struct measure_setup *setup, const struct records *sorted, struct records *out)
{
	int64_t first = INT64_MAX, last = INT64_MIN;
	struct track track;

	for (size_t pass = 0; pass < 2; pass++)
		for (size_t at = 0; track_next(sorted, &at, &track);) {
			if (!str_eq(track.v[0]->indicator, "v2x_polyarchy"))
				continue;
			if (pass == 1) {
				country_episodes(setup, sorted, &track, first, last, out);
				continue;
			}
			if (instant_year(track.v[0]->r.valid_from) < first)
				first = instant_year(track.v[0]->r.valid_from);
			if (instant_year(track.v[track.n - 1]->r.valid_from) > last)
				last = instant_year(track.v[track.n - 1]->r.valid_from);
		}
}
