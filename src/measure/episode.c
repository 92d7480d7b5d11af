/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * episode.c - episodes as records of the loop, found by the algorithm of ert_episode.c.
 *
 * The loop has no elections: every change of the regime index counts as confirmed, as if an
 * election had founded the new regime at once. What that decides alone stays null with the
 * reason. The coding ends with the last value, and years without one are its gaps.
 */
#include <math.h>

#include "measure/ert.h"
#include "measure/products.h"

struct country {
	const struct track *index;
	const struct observation **cell;
	struct ert_input in;
	double *v;
	int8_t *regime;
};

static void episode_make(const struct measure_setup *setup, const struct country *country,
			 const struct ert_side *side, int direction, struct records *out)
{
	struct episode *episode = record_new(out->arena, &kind_episode);
	size_t first = (size_t)(side->start - 1 - country->in.first), last = (size_t)(side->end - country->in.first);

	episode->r.unit = country->index->v[0]->r.unit;
	episode->r.known = setup->as_of;
	episode->r.valid_from = instant_of_year(side->start);
	episode->r.valid_past = instant_of_year(side->end + 1);
	episode->indicator = country->index->v[0]->indicator;
	episode->direction = direction > 0 ? "opening" : "closing";
	episode->pre_year = side->start - 1;
	episode->first_year = side->start;
	episode->last_year = side->end;
	episode->change = country->v[last] - country->v[first];
	episode->uncertain = side->censored;
	episode->status = "candidate";
	if (side->termination == EPISODE_INTERRUPTED)
		record_missing(out->arena, &episode->r, "termination",
			       "whether elections confirmed the change of regime is not among the inputs");
	else
		episode->termination = side->termination;
	for (size_t i = first; i <= last; i++)
		if (country->cell[i]) {
			record_from(out->arena, &episode->r, country->cell[i]->r.id, "year");
			record_inherit_licence(&episode->r, country->cell[i]->r.licence);
		}
	record_identify(out->arena, episode);
	records_add(out, episode);
}

/* Each first year is in `sides` once. */
static void find_episodes(const struct measure_setup *setup, const struct country *country, int direction,
			  const struct ert_regime *regimes, struct ert_side *sides, struct records *out)
{
	ert_episodes(&country->in, regimes, &episode_default, direction, sides);
	for (size_t i = 0; i < country->in.n; i++)
		if (sides[i].ep && sides[i].start == country->in.first + (int)i)
			episode_make(setup, country, &sides[i], direction, out);
}

static void fill_regime(const struct records *sorted, const struct country *country, int8_t *regime)
{
	struct track track;

	for (size_t i = 0; i < country->in.n; i++)
		regime[i] = ERT_NONE;
	for (size_t at = 0; track_next(sorted, &at, &track);) {
		if (!str_eq(track.v[0]->indicator, "v2x_regime") ||
		    !str_eq(track.v[0]->r.unit, country->index->v[0]->r.unit))
			continue;
		for (size_t i = 0; i < track.n; i++) {
			int64_t year = instant_year(track.v[i]->r.valid_from) - country->in.first;
			double value = track.v[i]->value;

			if (year >= 0 && (size_t)year < country->in.n && value >= 0 && value <= 3)
				regime[year] = (int8_t)value;
		}
	}
}

static void fill_gaps(struct country *country, struct arena *arena)
{
	struct ert_gap *gaps = arena_array(arena, struct ert_gap, country->in.n);
	int last = ERT_NONE;

	for (size_t i = 0; i < country->in.n; i++) {
		int year = country->in.first + (int)i;

		if (isnan(country->v[i]))
			continue;
		if (last != ERT_NONE && year > last + 1)
			gaps[country->in.n_gaps++] = (struct ert_gap){last + 1, year - 1};
		last = year;
	}
	country->in.gaps = gaps;
	country->in.coding_end = last;
}

/* The padded panel of one country: every year from the first to the last of all data. */
static void country_episodes(const struct measure_setup *setup, const struct records *sorted,
			     const struct track *index, int64_t first, int64_t last, struct records *out)
{
	_cleanup_(arena_free) struct arena arena = {0};
	size_t n = (size_t)(last - first + 1);
	struct ert_regime *regimes = arena_array(&arena, struct ert_regime, n);
	struct ert_side *sides = arena_array(&arena, struct ert_side, n);
	uint8_t *flags = arena_array(&arena, uint8_t, n);
	struct country country = {
		.index = index, .cell = arena_array(&arena, const struct observation *, n),
		.v = arena_array(&arena, double, n), .regime = arena_array(&arena, int8_t, n),
	};

	country.in = (struct ert_input){.n = n, .first = (int)first, .v = country.v, .regime = country.regime,
					.flags = flags};
	for (size_t i = 0; i < n; i++) {
		country.v[i] = NAN;
		flags[i] = ERT_ROW | ERT_ELECTION | ERT_OFFICE;
	}
	for (size_t i = 0; i < index->n; i++) {
		int64_t year = instant_year(index->v[i]->r.valid_from);

		country.v[year - first] = index->v[i]->value;
		country.cell[year - first] = index->v[i];
	}
	fill_regime(sorted, &country, country.regime);
	fill_gaps(&country, &arena);
	ert_regimes(&country.in, &episode_default, regimes);
	find_episodes(setup, &country, 1, regimes, sides, out);
	find_episodes(setup, &country, -1, regimes, sides, out);
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
