/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel.c - records to yearly tables, neighbours, labels. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/stats.h>

#include "foresee/panel.h"

#define STEP 0.05        /* what counts as closing or opening (forecast question of foresee.h) */
#define WINDOW 2         /* years */
#define NEAR_YEARS 3

const char *const question_names[N_QUESTIONS] = {"closing", "opening"};

double panel_at(const struct panel *panel, const double *table, size_t unit, int64_t year)
{
	const int64_t at = year - panel->first;

	return at < 0 || at >= (int64_t)panel->n_years ? NAN : table[unit * panel->n_years + (size_t)at];
}

int64_t panel_last_year(const struct panel *panel)
{
	for (size_t y = panel->n_years; y-- > 0;)
		for (size_t u = 0; u < panel->n_units; u++)
			if (!isnan(panel->level[u * panel->n_years + y]))
				return panel->first + (int64_t)y;
	return panel->first - 1;
}

int panel_label(const struct panel *panel, int question, size_t unit, int64_t year, int64_t horizon)
{
	double later[WINDOW];

	for (int i = 0; i < WINDOW; i++)
		later[i] = year + 1 + i <= horizon ? panel_at(panel, panel->level, unit, year + 1 + i) : NAN;
	return step_label(panel_at(panel, panel->level, unit, year), later, WINDOW,
			  question == QUESTION_CLOSING ? -STEP : STEP);
}

static double *table_new(const struct panel *panel, struct arena *arena)
{
	const size_t n = panel->n_units * panel->n_years;
	double *table = arena_array(arena, double, n + 1);

	for (size_t i = 0; i < n; i++)
		table[i] = NAN;
	return table;
}

static void find_units(const struct series_set *set, struct arena *arena, struct panel *panel)
{
	const char *unit;
	int64_t last = 0;
	size_t i = 0;

	panel->units = arena_array(arena, const char *, set->n + 1);
	panel->levels = arena_array(arena, const struct series *, set->n + 1);
	while ((unit = series_next_unit(set, &i))) {
		const struct series *s = series_find(set, unit, "v2x_polyarchy");
		int64_t from, to;

		if (!s)
			continue;
		from = instant_year(s->v[0]->r.valid_from);
		to = instant_year(s->v[s->n - 1]->r.valid_from);
		if (panel->n_units == 0 || from < panel->first)
			panel->first = from;
		if (panel->n_units == 0 || to > last)
			last = to;
		panel->units[panel->n_units] = unit;
		panel->levels[panel->n_units++] = s;
	}
	panel->n_years = panel->n_units ? (size_t)(last - panel->first + 1) : 0;
}

static void fill_width(const struct panel *panel, size_t u)
{
	const struct series *s = panel->levels[u];

	for (size_t i = 0; i < s->n; i++) {
		const int64_t at = instant_year(s->v[i]->r.valid_from) - panel->first;

		panel->width[u * panel->n_years + (size_t)at] = s->v[i]->high - s->v[i]->low;
	}
}

static void fill_pressure(const struct panel *panel, const struct series *s, size_t u)
{
	for (size_t i = 0; i < s->n;) {
		const int64_t year = instant_year(s->v[i]->r.valid_from), at = year - panel->first;
		double sum = 0;
		size_t n = 0;

		for (; i < s->n && instant_year(s->v[i]->r.valid_from) == year; i++)
			if (!isnan(s->v[i]->value)) {
				sum += s->v[i]->value;
				n++;
			}
		if (n && at >= 0 && at < (int64_t)panel->n_years)
			panel->pressure[u * panel->n_years + (size_t)at] = sum / (double)n;
	}
}

/* ---- neighbours ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t unit_index(const struct panel *panel, const char *unit)
{
	const char **found = bsearch(&unit, panel->units, panel->n_units, sizeof *panel->units, by_name);

	return found ? (size_t)(found - panel->units) : SIZE_MAX;
}

/* near[a * n + b]: a and b share a border, whichever way the table tells it. */
static bool *find_borders(const struct panel *panel, const struct atlas *atlas, struct arena *arena)
{
	const size_t n = panel->n_units;
	bool *near = arena_array(arena, bool, n * n + 1);

	for (size_t i = 0; atlas && i < atlas->n_borders; i++) {
		const size_t a = unit_index(panel, atlas->borders[i].unit);
		const size_t b = unit_index(panel, atlas->borders[i].other);

		if (a != SIZE_MAX && b != SIZE_MAX && a != b)
			near[a * n + b] = near[b * n + a] = true;
	}
	return near;
}

static double past_change(const struct panel *panel, size_t unit, int64_t year)
{
	return panel_at(panel, panel->level, unit, year) - panel_at(panel, panel->level, unit, year - NEAR_YEARS);
}

/* Mean over the neighbours of unit u with a value, else over all others; NAN when nobody has one. */
static double near_mean(const struct panel *panel, const bool *near, size_t u, int64_t year, bool change)
{
	double sums[2] = {0};
	size_t counts[2] = {0};

	for (size_t other = 0; other < panel->n_units; other++) {
		const double value = change ? past_change(panel, other, year)
					    : panel_at(panel, panel->level, other, year);
		const int is_near = near[u * panel->n_units + other];

		if (other == u || isnan(value))
			continue;
		sums[is_near] += value;
		counts[is_near]++;
	}
	if (counts[1])
		return sums[1] / (double)counts[1];
	return counts[0] ? sums[0] / (double)counts[0] : NAN;
}

static void fill_near(const struct panel *panel, const bool *near)
{
	for (size_t u = 0; u < panel->n_units; u++)
		for (size_t y = 0; y < panel->n_years; y++) {
			const int64_t year = panel->first + (int64_t)y;

			panel->near_level[u * panel->n_years + y] = near_mean(panel, near, u, year, false);
			panel->near_change[u * panel->n_years + y] = near_mean(panel, near, u, year, true);
		}
}

void panel_build(const struct records *in, struct instant as_of, const struct atlas *atlas,
		 struct arena *arena, struct panel *ret)
{
	struct series_set set;
	struct panel panel = {0};

	series_build(in, as_of, arena, &set);
	find_units(&set, arena, &panel);
	panel.level = table_new(&panel, arena);
	panel.width = table_new(&panel, arena);
	panel.regime = table_new(&panel, arena);
	panel.pressure = table_new(&panel, arena);
	panel.near_level = table_new(&panel, arena);
	panel.near_change = table_new(&panel, arena);
	for (size_t u = 0; u < panel.n_units; u++) {
		const struct series *regime = series_find(&set, panel.units[u], "v2x_regime");
		const struct series *pressure = series_find(&set, panel.units[u], "pressure_threat");

		series_values(panel.levels[u], panel.first, panel.n_years, panel.level + u * panel.n_years);
		fill_width(&panel, u);
		if (regime)
			series_values(regime, panel.first, panel.n_years, panel.regime + u * panel.n_years);
		if (pressure)
			fill_pressure(&panel, pressure, u);
	}
	fill_near(&panel, find_borders(&panel, atlas, arena));
	*ret = panel;
}
