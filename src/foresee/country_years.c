/* SPDX-License-Identifier: GPL-3.0-or-later */
/* country_years.c - country-years of one indicator, and what happened after each. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/foresee.h>
#include <tocsin/stats.h>

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_of(const struct observation *observation, const char *indicator)
{
	return str_eq(observation->indicator, indicator) && instant_is_set(observation->r.valid_from) &&
	       !isnan(observation->value);
}

static size_t unit_index(const struct panel *panel, const char *unit)
{
	const char **found = bsearch(&unit, panel->units, panel->n_units, sizeof unit, by_text);

	return (size_t)(found - panel->units);
}

static void list_units(const struct records *in, const char *indicator, struct arena *arena,
		       struct panel *panel)
{
	const struct observation *observation;
	size_t cap = 0, unique = 0;

	for (size_t i = 0; (observation = records_next(in, &kind_observation, &i));) {
		int64_t year;

		if (!is_of(observation, indicator))
			continue;
		year = instant_year(observation->r.valid_from);
		if (panel->n_units == 0 || year < panel->first)
			panel->first = year;
		if (panel->n_units == 0 || year > panel->last)
			panel->last = year;
		*arena_push(arena, panel->units, panel->n_units, cap) = observation->r.unit;
	}
	if (panel->n_units)
		qsort(panel->units, panel->n_units, sizeof *panel->units, by_text);
	for (size_t i = 0; i < panel->n_units; i++)
		if (i == 0 || strcmp(panel->units[i], panel->units[i - 1]) != 0)
			panel->units[unique++] = panel->units[i];
	panel->n_units = unique;
}

void panel_build(const struct records *in, const char *indicator, struct arena *arena, struct panel *ret)
{
	struct panel panel = {0};
	const struct observation *observation;
	size_t years, n;

	list_units(in, indicator, arena, &panel);
	years = panel.n_units ? (size_t)(panel.last - panel.first + 1) : 0;
	n = panel.n_units * years;
	panel.value = arena_array(arena, double, n + 1);
	panel.cell = arena_array(arena, const struct observation *, n + 1);
	for (size_t i = 0; i < n; i++)
		panel.value[i] = NAN;
	for (size_t i = 0; (observation = records_next(in, &kind_observation, &i));) {
		size_t at;

		if (!is_of(observation, indicator))
			continue;
		at = unit_index(&panel, observation->r.unit) * years +
		     (size_t)(instant_year(observation->r.valid_from) - panel.first);
		if (panel.cell[at] && strcmp(panel.cell[at]->source, observation->source) <= 0)
			continue;
		panel.cell[at] = observation;
		panel.value[at] = observation->value;
	}
	*ret = panel;
}

double panel_value(const struct panel *panel, size_t unit, int64_t year)
{
	if (year < panel->first || year > panel->last)
		return NAN;
	return panel->value[unit * (size_t)(panel->last - panel->first + 1) + (size_t)(year - panel->first)];
}

int panel_label(const struct panel *panel, size_t unit, int64_t year, int direction)
{
	double now = panel_value(panel, unit, year);
	double later[] = {panel_value(panel, unit, year + 1), panel_value(panel, unit, year + 2)};

	if (isnan(later[0]) || isnan(later[1]))   /* a fall that is known early must not be learned early */
		return -1;
	return step_label(now, later, LENGTH(later), direction * INDEX_STEP);
}
