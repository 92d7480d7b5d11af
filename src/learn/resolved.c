/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resolved.c - which forecasts have come due, and what happened.
 *
 * Of the electoral democracy index a step of 0.05 within the horizon is asked for, of a democratic
 * space an event by the two-year rule, which needs one year more. What comes true early is not
 * resolved early.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/stats.h>

#include "learn/resolved.h"

#define USUAL_HORIZON 2
#define MOST_HORIZON 5
#define COUNTRY_PRIOR 10.0    /* years of the base rate that a country's own rate begins with */

const struct learn_member learn_members[] = {
	{"ensemble", "p", 0}, {"base_rate", "base_rate", WEIGHED_INDEX}, {"persistence", "persistence", WEIGHED_INDEX},
	{"logit", "logit", WEIGHED_INDEX | WEIGHED_SPACE}, {"country_rate", "country_rate", 0},
	{"trees", "trees", WEIGHED_SPACE}, {"hazard", "hazard", WEIGHED_SPACE}, {"path", "path", WEIGHED_SPACE},
	{"pulse", "pulse", 0},
};
const size_t n_learn_members = LENGTH(learn_members);

const char *const learn_levels[LEARN_LEVELS] = {"0-0.3", "0.3-0.5", "0.5-0.75", "0.75-1"};
static const double level_cuts[] = {0.3, 0.5, 0.75};

bool question_read(const char *question, struct arena *arena, struct asked *ret)
{
	const size_t len = strcspn(question, ".");
	struct asked asked = {.text = question, .direction = arena_ndup(arena, question, len)};

	asked.sign = str_eq(asked.direction, "closing") ? -1 : str_eq(asked.direction, "opening") ? 1 : 0;
	asked.is_space = question[len] == '.';
	asked.indicator = asked.is_space ? question + len + 1 : "v2x_polyarchy";
	if (asked.sign == 0 || (asked.is_space && isnan(space_step(asked.indicator))))
		return false;
	*ret = asked;
	return true;
}

bool learn_member_exists(size_t member)
{
	for (size_t i = 0; i < kind_forecast.n_fields; i++)
		if (str_eq(kind_forecast.fields[i].name, learn_members[member].field))
			return true;
	return false;
}

/* A number of a forecast by the name of its field; NAN when the kind has none such. */
static double chance_named(const struct forecast *forecast, const char *name)
{
	for (size_t i = 0; i < kind_forecast.n_fields; i++)
		if (str_eq(kind_forecast.fields[i].name, name))
			return *field_real((void *)forecast, &kind_forecast.fields[i]);
	return NAN;
}

/* ---- the indices, found by indicator, unit and year ---- */

struct index {
	const struct observation **v;
	size_t n;
};

static int key_compare(const struct observation *x, const char *indicator, const char *unit, struct instant when)
{
	int order = str_cmp(x->indicator, indicator);

	if (order == 0)
		order = str_cmp(x->r.unit, unit);
	return order ? order : (x->r.valid_from.usec > when.usec) - (x->r.valid_from.usec < when.usec);
}

static int by_key(const void *a, const void *b)
{
	const struct observation *x = *(const struct observation *const *)a, *y = *(const struct observation *const *)b;
	int order = key_compare(x, y->indicator, y->r.unit, y->r.valid_from);

	return order ? order : str_cmp(x->source, y->source);   /* of several sources the first by name */
}

static bool is_index(const char *indicator)
{
	return str_eq(indicator, "v2x_polyarchy") || !isnan(space_step(indicator));
}

static void index_build(const struct records *in, struct arena *arena, struct index *index)
{
	const struct observation *observation;

	*index = (struct index){.v = arena_array(arena, const struct observation *, in->n + 1)};
	for (size_t i = 0; (observation = records_next(in, &kind_observation, &i));)
		if (observation->indicator && is_index(observation->indicator) && !isnan(observation->value))
			index->v[index->n++] = observation;
	if (index->n)
		qsort(index->v, index->n, sizeof *index->v, by_key);
}

/* The first that is not before. */
static size_t index_place(const struct index *index, const char *indicator, const char *unit, struct instant when)
{
	size_t low = 0, high = index->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (key_compare(index->v[middle], indicator, unit, when) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static double index_value(const struct index *index, const char *indicator, const char *unit, int64_t year)
{
	struct instant when = instant_of_year(year);
	size_t at = index_place(index, indicator, unit, when);

	return at < index->n && key_compare(index->v[at], indicator, unit, when) == 0 ? index->v[at]->value : NAN;
}

/* The first year of the unit's index; INT_MISSING without one. */
static int64_t index_first(const struct index *index, const char *indicator, const char *unit)
{
	size_t at = index_place(index, indicator, unit, instant_of_year(1));

	if (at == index->n || !str_eq(index->v[at]->indicator, indicator) || !str_eq(index->v[at]->r.unit, unit))
		return INT_MISSING;
	return instant_year(index->v[at]->r.valid_from);
}

/* ---- what happened after a year ---- */

static int space_outcome(const struct index *index, const struct asked *asked, const char *unit, int64_t origin,
			 int64_t horizon, int64_t *ret_year)
{
	bool open = false;

	*ret_year = INT_MISSING;
	for (int64_t year = origin + 1; year <= origin + horizon; year++) {
		double at[4];
		int moved;

		for (int k = 0; k < 4; k++)
			at[k] = index_value(index, asked->indicator, unit, year - 2 + k);
		moved = year_moved(at[0], at[1], at[2], at[3], space_step(asked->indicator), asked->sign);
		open |= moved < 0;
		if (moved == 1 && *ret_year == INT_MISSING)
			*ret_year = year;
	}
	return open ? -1 : *ret_year != INT_MISSING;
}

/* 1, 0, or -1 while it is open; *ret_year: the first year with the event. */
static int outcome_after(const struct index *index, const struct asked *asked, const char *unit, int64_t origin,
			 int64_t horizon, int64_t *ret_year)
{
	const double step = asked->sign * INDEX_STEP;
	double now, later[MOST_HORIZON];

	if (asked->is_space)
		return space_outcome(index, asked, unit, origin, horizon, ret_year);
	now = index_value(index, asked->indicator, unit, origin);
	*ret_year = INT_MISSING;
	for (int64_t k = 0; k < horizon; k++) {
		later[k] = index_value(index, asked->indicator, unit, origin + 1 + k);
		if (isnan(later[k]))
			return -1;
		if (*ret_year == INT_MISSING && step_label(now, &later[k], 1, step) == 1)
			*ret_year = origin + 1 + k;
	}
	return step_label(now, later, (size_t)horizon, step);
}

static int64_t horizon_of(const struct forecast *forecast)
{
	int64_t years;

	if (!instant_is_set(forecast->r.valid_past) || !instant_is_set(forecast->r.valid_from))
		return USUAL_HORIZON;
	years = instant_year(forecast->r.valid_past) - instant_year(forecast->r.valid_from);
	return years < 1 ? 1 : years > MOST_HORIZON ? MOST_HORIZON : years;
}

/* ---- groups of countries ---- */

/* Mean of the spaces' indices, or the electoral index where there is none of them. */
static int level_of(const struct index *index, const char *unit, int64_t year)
{
	double sum = 0, n = 0;
	int level = 0;

	for (size_t i = 0; space_indicator(i); i++) {
		double value = index_value(index, space_indicator(i), unit, year);

		if (!isnan(value)) {
			sum += value;
			n++;
		}
	}
	sum = n > 0 ? sum / n : index_value(index, "v2x_polyarchy", unit, year);
	if (isnan(sum))
		return -1;
	while (level < LEARN_LEVELS - 1 && sum >= level_cuts[level])
		level++;
	return level;
}

static const char *region_of(const struct records *in, const char *unit)
{
	const struct unit *found;

	for (size_t i = 0; (found = records_next(in, &kind_unit, &i));)
		if (str_eq(found->r.unit, unit))
			return found->parent && *found->parent ? found->parent : NULL;
	return NULL;
}

/* ---- the country's own rate, as it could be known at the origin ---- */

static int by_country(const void *a, const void *b)
{
	const struct resolved *x = *(const struct resolved *const *)a, *y = *(const struct resolved *const *)b;
	int order = str_cmp(x->forecast->question, y->forecast->question);

	if (order == 0)
		order = str_cmp(x->forecast->r.unit, y->forecast->r.unit);
	return order ? order : (x->forecast->origin > y->forecast->origin) - (x->forecast->origin < y->forecast->origin);
}

/* Rows of one unit and question, in order of origin: events among the origins settled by then, and the base rate. */
static void rate_country(const struct index *index, struct resolved *const *rows, size_t n)
{
	const struct asked *asked = &rows[0]->asked;
	const char *unit = rows[0]->forecast->r.unit;
	int64_t next = index_first(index, asked->indicator, unit), year;
	double events = 0, cases = 0;

	for (size_t i = 0; i < n; i++) {
		const int64_t last = rows[i]->forecast->origin - rows[i]->horizon - asked->is_space;

		for (; next != INT_MISSING && next <= last; next++) {
			int y = outcome_after(index, asked, unit, next, rows[i]->horizon, &year);

			cases += y >= 0;
			events += y == 1;
		}
		if (isnan(rows[i]->p[MEMBER_COUNTRY_RATE]))
			rows[i]->p[MEMBER_COUNTRY_RATE] = (events + COUNTRY_PRIOR * rows[i]->forecast->base_rate) /
							  (cases + COUNTRY_PRIOR);
	}
}

static void rate_countries(const struct index *index, struct resolved_set *set, struct arena *arena)
{
	struct resolved **rows = arena_array(arena, struct resolved *, set->n + 1);

	for (size_t i = 0; i < set->n; i++)
		rows[i] = &set->v[i];
	if (set->n)
		qsort(rows, set->n, sizeof *rows, by_country);
	for (size_t first = 0, past; first < set->n; first = past) {
		for (past = first + 1; past < set->n; past++)
			if (!str_eq(rows[past]->forecast->question, rows[first]->forecast->question) ||
			    !str_eq(rows[past]->forecast->r.unit, rows[first]->forecast->r.unit))
				break;
		rate_country(index, rows + first, past - first);
	}
}

/* ---- the set ---- */

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

/* Number the countries, for resampling them whole, and say where each lies. */
static void number_countries(const struct records *in, struct resolved_set *set, struct arena *arena)
{
	const char **units = arena_array(arena, const char *, set->n + 1), **regions;
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++)
		units[i] = set->v[i].forecast->r.unit;
	if (set->n)
		qsort(units, set->n, sizeof *units, by_text);
	for (size_t i = 0; i < set->n; i++)
		if (i == 0 || strcmp(units[i], units[i - 1]) != 0)
			units[n++] = units[i];
	set->n_countries = n;
	regions = arena_array(arena, const char *, n + 1);
	for (size_t i = 0; i < n; i++)
		regions[i] = region_of(in, units[i]);
	for (size_t i = 0; i < set->n; i++) {
		const char **found = bsearch(&set->v[i].forecast->r.unit, units, n, sizeof *units, by_text);

		set->v[i].country = (size_t)(found - units);
		set->v[i].region = regions[found - units];
	}
}

static void row_build(const struct index *index, const struct forecast *forecast, struct resolved *row)
{
	for (size_t m = 0; m < n_learn_members; m++)
		row->p[m] = chance_named(forecast, learn_members[m].field);
	row->raw = chance_named(forecast, "raw");
	if (isnan(row->raw))
		row->raw = forecast->p;
	row->level = level_of(index, forecast->r.unit, forecast->origin);
}

static void set_finish(const struct index *index, const struct records *in, struct resolved_set *set, struct arena *arena)
{
	for (size_t i = 1; i < set->n; i++)
		if (str_eq(set->v[i].asked.text, set->v[i - 1].asked.text))
			set->v[i].asked.text = set->v[i - 1].asked.text;
	for (size_t i = 0; i < set->n; i++)
		row_build(index, set->v[i].forecast, &set->v[i]);
	number_countries(in, set, arena);
	rate_countries(index, set, arena);
}

/* Keep the earliest of each question, origin and unit. */
static void keep_earliest(struct resolved_set *set)
{
	size_t unique = 0;

	for (size_t i = 0; i < set->n; i++)
		if (i == 0 || !same_question(set->v[i].forecast, set->v[unique - 1].forecast))
			set->v[unique++] = set->v[i];
	set->n = unique;
}

static void set_build(const struct learn_setup *setup, const struct records *in, bool every, struct arena *arena,
		      struct resolved_set *ret)
{
	struct resolved_set set = {.v = arena_array(arena, struct resolved, in->n + 1)};
	const struct forecast *forecast;
	struct index index;

	index_build(in, arena, &index);
	for (size_t i = 0; (forecast = records_next(in, &kind_forecast, &i));) {
		struct resolved row = {.forecast = forecast, .horizon = horizon_of(forecast)};
		int y;

		if (forecast->as_of.usec >= setup->as_of.usec || isnan(forecast->p) ||
		    !question_read(forecast->question, arena, &row.asked))
			continue;
		y = outcome_after(&index, &row.asked, forecast->r.unit, forecast->origin, row.horizon, &row.event_year);
		row.y = y == 1;
		if (y >= 0)
			set.v[set.n++] = row;
	}
	if (set.n)
		qsort(set.v, set.n, sizeof *set.v, by_forecast);
	if (!every)
		keep_earliest(&set);
	set_finish(&index, in, &set, arena);
	*ret = set;
}

void resolved_build(const struct learn_setup *setup, const struct records *in, struct arena *arena,
		    struct resolved_set *ret)
{
	set_build(setup, in, false, arena, ret);
}

void resolved_every(const struct learn_setup *setup, const struct records *in, struct arena *arena,
		    struct resolved_set *ret)
{
	set_build(setup, in, true, arena, ret);
}
