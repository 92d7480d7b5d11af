/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * civic_loop.c - civic space as observations, each with the sources and incidents that it rests on.
 *
 * civic_space names its three dimensions, these their sources and events; the chances of the
 * bands and the rating name civic_space, and a rating by a panel the panel's contribution.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/stats.h>

#include "measure/civic.h"
#include "measure/products.h"

struct civic_round {
	const struct measure_setup *setup;
	const struct civic_frame *frame;
	struct records *out;
	struct arena arena;
	struct civic_unit *units;    /* by key */
	size_t n, cap;
};

static struct civic_unit *unit_place(struct civic_round *round, const char *unit)
{
	for (size_t i = 0; i < round->n; i++)
		if (strcmp(round->units[i].unit, unit) == 0)
			return &round->units[i];
	*arena_push(&round->arena, round->units, round->n, round->cap) = (struct civic_unit){.unit = unit};
	return &round->units[round->n - 1];
}

static void add_sources(struct civic_round *round, const struct track *track)
{
	const struct civic_indicator *known = civic_indicator_find(round->frame, track->v[0]->indicator);
	struct civic_unit *unit;
	struct civic_source *grown;

	if (!known || !(known->weight > 0))
		return;
	unit = unit_place(round, track->v[0]->r.unit);
	grown = arena_array(&round->arena, struct civic_source, unit->n_sources + track->n);
	if (unit->n_sources)
		memcpy(grown, unit->sources, unit->n_sources * sizeof *grown);
	unit->sources = grown;
	for (size_t i = 0; i < track->n; i++) {
		const struct observation *o = track->v[i];
		int64_t month = instant_month(o->r.valid_from) + (o->r.valid_from.precision == INSTANT_YEAR ? 11 : 0);

		if (!isnan(o->value))
			unit->sources[unit->n_sources++] =
				(struct civic_source){known, month, o->value, (o->high - o->low) / 2, o};
	}
}

static struct observation *observe(struct civic_round *round, const struct civic_unit *unit, int64_t month,
				   const char *indicator, double value, double low, double high)
{
	struct observation *o = record_new(round->out->arena, &kind_observation);

	o->r.unit = unit->unit;
	o->r.known = round->setup->as_of;
	o->r.valid_from = instant_of_month(month);
	o->r.valid_past = instant_of_month(month + 1);
	o->indicator = indicator;
	o->source = "tocsin";
	o->value = num_round(value);
	o->low = num_round(low);
	o->high = num_round(high);
	o->retrospective = 0;
	record_identify(round->out->arena, o);
	records_add(round->out, o);
	return o;
}

static void lean_on(struct civic_round *round, struct observation *o, const struct record *from, const char *role)
{
	record_from(round->out->arena, &o->r, from->id, role);
	record_inherit_licence(&o->r, from->licence);
}

/* What a dimension rests on: the sources of its base and every report of its incidents. */
static void lean_on_parts(struct civic_round *round, struct observation *o, int dimension,
			  const struct civic_part *parts,
			  size_t n)
{
	double reports = 0, sources = 0;

	for (size_t i = 0; i < n; i++) {
		if (parts[i].dimension != dimension)
			continue;
		if (parts[i].source) {
			lean_on(round, o, &parts[i].source->from->r, "source");
			sources++;
			continue;
		}
		for (size_t e = 0; e < parts[i].incident->n; e++)
			lean_on(round, o, &parts[i].incident->events[e]->r, "event");
		reports += (double)parts[i].incident->n;
	}
	o->n = reports;
	o->sources = (int64_t)sources;
}

static const struct record *panel_receipt(struct civic_round *round, const struct civic_panel *panel)
{
	struct contribution *receipt = record_new(round->out->arena, &kind_contribution);
	char day[40];

	instant_write(panel->date, day);
	receipt->r.unit = panel->unit;
	receipt->r.known = round->setup->as_of;
	receipt->partner = panel->by ? panel->by : "panel";
	receipt->about = arena_printf(round->out->arena, "rating.%s", day);
	receipt->text = panel->reason;
	receipt->value = panel->band + 1;
	receipt->status = "used";
	receipt->used_for = "the rating of civic space stands over the computed one";
	record_identify(round->out->arena, receipt);
	if (!records_find(round->out, receipt->r.id))
		records_add(round->out, receipt);
	return &receipt->r;
}

static void keep_rating(struct civic_round *round, const struct civic_unit *unit, int64_t month,
			const struct civic_rating *rating, const struct observation *space)
{
	const double *p = rating->v[CIVIC_SPACE].p;
	struct observation *o;
	int low = 0, high = CIVIC_BANDS - 1;
	double tail = 0;

	while (low < CIVIC_BANDS - 1 && (tail += p[low]) < 0.05)
		low++;
	for (tail = 0; high > 0 && (tail += p[high]) < 0.05; high--)
		;
	for (int b = 0; b < CIVIC_BANDS; b++) {
		o = observe(round, unit, month, arena_printf(round->out->arena, "civic_%s", civic_bands[b]), p[b],
			    NAN, NAN);
		lean_on(round, o, &space->r, "score");
	}
	o = observe(round, unit, month, "civic_rating", rating->rating + 1, low + 1, high + 1);
	lean_on(round, o, &space->r, "score");
	if (rating->panel)
		lean_on(round, o, panel_receipt(round, rating->panel), "panel");
	if (rating->watch) {
		o = observe(round, unit, month, "civic_watch", rating->fall, NAN, NAN);
		lean_on(round, o, &space->r, "score");
	}
}

static void keep_month(struct civic_round *round, const struct civic_unit *unit, int64_t month,
		       const struct civic_rating *rating, const struct civic_part *parts, size_t n_parts)
{
	const struct observation *dimensions[CIVIC_DIMENSIONS];
	double reach = normal_reach(0.9);
	struct observation *o = NULL;

	for (int d = 0; d < CIVIC_VALUES; d++) {
		const struct civic_estimate *e = &rating->v[d];

		o = observe(round, unit, month, civic_names[d], e->value, fmax(0, e->base + e->live - reach * e->sd),
			    fmin(100, e->base + e->live + reach * e->sd));
		if (d < CIVIC_DIMENSIONS) {
			lean_on_parts(round, o, d, parts, n_parts);
			dimensions[d] = o;
		}
	}
	for (int d = 0; d < CIVIC_DIMENSIONS; d++)
		lean_on(round, o, &dimensions[d]->r, "dimension");
	keep_rating(round, unit, month, rating, o);
}

static void rate_unit(struct civic_round *round, const struct civic_unit *unit)
{
	_cleanup_(arena_free) struct arena room = {0};
	struct civic_part *parts = arena_array(&room, struct civic_part,
					       CIVIC_DIMENSIONS * (unit->n_sources + unit->n_incidents) + 1);
	int64_t now = round->setup->as_of.usec / USEC_PER_DAY, *months;
	size_t n = civic_months(round->frame, unit, instant_month(round->setup->as_of), &room, &months);
	int before = -1;

	for (size_t i = 0; i < n; i++) {
		int64_t day = month_last_day(months[i]);
		struct civic_rating rating;
		size_t n_parts = 0;

		civic_rate(round->frame, unit, day < now ? day : now, before, &rating, parts, &n_parts);
		before = rating.rating;
		keep_month(round, unit, months[i], &rating, parts, n_parts);
	}
}

void measure_civic_space(const struct measure_setup *setup, const struct records *in, const struct records *sorted,
			 struct records *out)
{
	struct civic_round round = {.setup = setup, .frame = setup->civic, .out = out};
	struct civic_unit *units;
	struct track track;
	size_t n;

	if (!setup->civic)
		return;
	civic_add_events(setup->civic, in, setup->as_of, &round.arena, &units, &n);
	for (size_t i = 0; i < n; i++)
		*unit_place(&round, units[i].unit) = units[i];
	for (size_t at = 0; track_next(sorted, &at, &track);)
		add_sources(&round, &track);
	for (size_t i = 0; i < round.n; i++)
		rate_unit(&round, &round.units[i]);
	arena_free(&round.arena);
}
