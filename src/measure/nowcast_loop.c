/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nowcast_loop.c - the nowcast of the index as observations, and what it has gained so far.
 *
 * A month is written while its year is not released, and where incidents were reported in it or in the two
 * months before; the release revises it. Events are among its origins only when they moved it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/stats.h>

#include "measure/civic.h"
#include "measure/nowcast.h"
#include "measure/products.h"

#define INDEX "v2x_polyarchy"
#define LAG 3            /* months: V-Dem comes out in March */
#define WINDOW 3         /* months that an incident keeps open, as in pressure */
#define MOST_MONTHS 24   /* after the last release: later than that nothing is said */
#define SEED 20260101

struct nowcast_round {
	const struct measure_setup *setup;
	struct records *out;
	struct arena arena;
	struct nowcast_panel panel;
	const struct observation ***cells;   /* by unit, by year; NULL where missing */
	double **inputs;
	struct civic_unit *units;
	size_t n_units;
	int64_t now;             /* month */
	struct nowcast_models models;
	struct nowcast_score score;
};

static bool is_index(const struct track *track)
{
	return str_eq(track->v[0]->indicator, INDEX);
}

static void add_unit(struct nowcast_round *round, const struct track *track)
{
	struct nowcast_unit *unit = &round->panel.units[round->panel.n];
	const struct observation **cells;
	int64_t first = instant_year(track->v[0]->r.valid_from);
	int64_t last = instant_year(track->v[track->n - 1]->r.valid_from);
	double *y, *sd;

	if (round->now < last * 12 + 11 || round->now - last * 12 - 11 > MOST_MONTHS || last - first > 500)
		return;
	*unit = (struct nowcast_unit){track->v[0]->r.unit, first, (size_t)(last - first + 1),
				      (size_t)(round->now - first * 12 + 1)};
	cells = arena_array(&round->arena, const struct observation *, unit->years);
	y = arena_array(&round->arena, double, unit->years);
	sd = arena_array(&round->arena, double, unit->years);
	for (size_t i = 0; i < unit->years; i++)
		y[i] = sd[i] = NAN;
	for (size_t i = 0; i < track->n; i++) {
		size_t year = (size_t)(instant_year(track->v[i]->r.valid_from) - first);

		if (isnan(track->v[i]->value))
			continue;
		cells[year] = track->v[i];
		y[year] = track->v[i]->value;
		sd[year] = (track->v[i]->high - track->v[i]->low) / 2;
	}
	unit->y = y;
	unit->sd = sd;
	round->cells[round->panel.n++] = cells;
	if (round->now - last * 12 - 11 < round->panel.lag)   /* it came sooner than is usual */
		round->panel.lag = round->now - last * 12 - 11;
}

static void add_inputs(struct nowcast_round *round)
{
	double **raw = arena_array(&round->arena, double *, round->panel.n + 1);

	for (size_t i = 0; i < round->panel.n; i++) {
		const struct nowcast_unit *unit = &round->panel.units[i];

		raw[i] = arena_array(&round->arena, double, unit->months + 1);
		round->inputs[i] = arena_array(&round->arena, double, unit->months * round->panel.inputs + 1);
		nowcast_balance(civic_unit_find(round->units, round->n_units, unit->unit), unit->first_year * 12,
				unit->months,
				raw[i]);
	}
	nowcast_inputs(&round->panel, raw, round->inputs);
	for (size_t i = 0; i < round->panel.n; i++)
		for (size_t k = 0; k < round->panel.units[i].months * round->panel.inputs; k++)
			if (round->inputs[i][k] != 0)
				return;
	round->panel.inputs = 0;   /* nothing was reported: nothing to learn a loading from */
}

/* ---- records ---- */

static int64_t incident_month(const struct civic_incident *incident)
{
	return instant_month((struct instant){.usec = incident->day * USEC_PER_DAY, .precision = INSTANT_DAY});
}

static bool is_reported(const struct civic_unit *reported, int64_t month)
{
	for (size_t i = 0; reported && i < reported->n_incidents; i++) {
		int64_t from = incident_month(&reported->incidents[i]);

		if (from <= month && month < from + WINDOW)
			return true;
	}
	return false;
}

static void lean_on_events(struct nowcast_round *round, struct observation *o, const struct civic_unit *reported,
			   int64_t from,
			   int64_t to)
{
	double n = 0;

	for (size_t i = 0; reported && i < reported->n_incidents; i++) {
		const struct civic_incident *incident = &reported->incidents[i];

		if (incident_month(incident) < from || incident_month(incident) > to || incident->signal == 0)
			continue;
		for (size_t e = 0; e < incident->n; e++, n++) {
			record_from(round->out->arena, &o->r, incident->events[e]->r.id, "event");
			record_inherit_licence(&o->r, incident->events[e]->r.licence);
		}
	}
	o->n = n;
}

static struct observation *observe(struct nowcast_round *round, const char *unit, const char *indicator)
{
	struct observation *o = record_new(round->out->arena, &kind_observation);

	o->r.unit = unit;
	o->r.known = round->setup->as_of;
	o->indicator = indicator;
	o->source = "tocsin";
	o->retrospective = 0;
	return o;
}

static void finish(struct nowcast_round *round, struct observation *o)
{
	record_identify(round->out->arena, o);
	records_add(round->out, o);
}

/* The newest release of a year before the month's, or of it when the year is over. */
static const struct observation *release_before(const struct nowcast_round *round, size_t i, size_t t)
{
	for (size_t year = round->panel.units[i].years; year-- > 0;)
		if (round->cells[i][year] && year * 12 <= t)
			return round->cells[i][year];
	return NULL;
}

static void keep_month(struct nowcast_round *round, size_t i, size_t t, const struct nowcast_point *point,
		       const struct civic_unit *reported)
{
	const struct nowcast_unit *unit = &round->panel.units[i];
	const struct observation *release = release_before(round, i, t);
	struct observation *o = observe(round, unit->unit, "nowcast");
	bool moved = round->models.of[0].inputs || round->models.of[1].inputs;
	int64_t month = unit->first_year * 12 + (int64_t)t;

	o->r.valid_from = instant_of_month(month);
	o->r.valid_past = instant_of_month(month + 1);
	o->value = num_round(fmin(1, fmax(0, point->value)));
	o->low = num_round(fmin(1, fmax(0, point->low)));
	o->high = num_round(fmin(1, fmax(0, point->high)));
	if (release) {
		record_from(round->out->arena, &o->r, release->r.id, "release");
		record_inherit_licence(&o->r, release->r.licence);
	}
	if (moved)
		lean_on_events(round, o, reported, release ? instant_year(release->r.valid_from) * 12 : month, month);
	finish(round, o);
}

/* The lesser of its two gains: on carrying the last release forward, and on doing so without the events. */
static void keep_gain(struct nowcast_round *round, size_t i)
{
	const struct nowcast_unit *unit = &round->panel.units[i];
	const struct nowcast_score *score = &round->score;
	struct observation *o;
	bool inputs = score->input_gain < score->gain;
	const struct observation *last = release_before(round, i, unit->months - 1);

	if (score->releases == 0 || !last)
		return;
	o = observe(round, unit->unit, "nowcast_gain");
	o->r.valid_from = last->r.valid_from;
	o->r.valid_past = last->r.valid_past;
	o->value = num_round(inputs ? score->input_gain : score->gain);
	o->low = num_round(inputs ? score->input_low : score->gain_low);
	o->high = num_round(inputs ? score->input_high : score->gain_high);
	o->n = (double)score->releases;
	record_from(round->out->arena, &o->r, last->r.id, "release");
	record_inherit_licence(&o->r, last->r.licence);
	finish(round, o);
}

static void keep_unit(struct nowcast_round *round, size_t i)
{
	_cleanup_(arena_free) struct arena room = {0};
	const struct nowcast_unit *unit = &round->panel.units[i];
	const struct civic_unit *reported = civic_unit_find(round->units, round->n_units, unit->unit);
	struct nowcast_point *then = arena_array(&room, struct nowcast_point, unit->months);

	nowcast_run(&round->panel, &round->models, unit, NULL, then, NULL);
	for (size_t t = 0; t < unit->months; t++)
		if (t >= 12 * unit->years || is_reported(reported, unit->first_year * 12 + (int64_t)t))
			keep_month(round, i, t, &then[t], reported);
	keep_gain(round, i);
}

void measure_nowcasts(const struct measure_setup *setup, const struct records *in, const struct records *sorted,
		      struct records *out)
{
	struct nowcast_round round = {.setup = setup, .out = out, .now = instant_month(setup->as_of)};
	struct track track;
	size_t n = 0;

	round.panel.inputs = 2;
	round.panel.lag = LAG;
	for (size_t at = 0; track_next(sorted, &at, &track);)
		n += is_index(&track);
	round.panel.units = arena_array(&round.arena, struct nowcast_unit, n + 1);
	round.cells = arena_array(&round.arena, const struct observation **, n + 1);
	round.inputs = arena_array(&round.arena, double *, n + 1);
	civic_add_events(civic_frame_new(&round.arena), in, setup->as_of, &round.arena, &round.units, &round.n_units);
	for (size_t at = 0; track_next(sorted, &at, &track);)
		if (is_index(&track))
			add_unit(&round, &track);
	add_inputs(&round);
	if (round.panel.n) {
		nowcast_learn(&round.panel, NULL, &round.models);
		nowcast_judge(&round.panel, SEED, &round.score);
	}
	for (size_t i = 0; i < round.panel.n && round.models.taught; i++)
		keep_unit(&round, i);
	arena_free(&round.arena);
}
