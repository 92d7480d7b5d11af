/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ensemble.c - what a country-year looked like, and the two simple members.
 *
 * The base rate is the share of positives among settled rows with Jeffreys' prior
 * (half a row each way); persistence asks the same of the rows whose own label two
 * years before was the same as the unit's is now, shrunk to the base rate by ten rows.
 */
#include <math.h>

#include "foresee/ensemble.h"

const char *const feature_names[N_FEATURES] = {
	"level", "level_squared", "change_1", "change_3", "change_5", "volatility", "neighbour_gap",
	"neighbour_change", "years_since_fall", "years_since_rise", "event_pressure",
};
const char *const member_names[N_MEMBERS] = {"base_rate", "persistence", "logit"};

#define PERSISTENCE_ROWS 10
#define MEMORY_YEARS 10

static double change(const struct panel *panel, size_t unit, int64_t year, int64_t back)
{
	return panel_value(panel, unit, year) - panel_value(panel, unit, year - back);
}

/* Standard deviation of the yearly changes of ten years; NAN with fewer than four. */
static double volatility(const struct panel *panel, size_t unit, int64_t year)
{
	double sum = 0, squares = 0;
	int n = 0;

	for (int64_t y = year; y > year - MEMORY_YEARS; y--) {
		double step = change(panel, unit, y, 1);

		if (isnan(step))
			continue;
		sum += step;
		squares += step * step;
		n++;
	}
	if (n < 4)
		return NAN;
	squares = squares / n - sum / n * (sum / n);
	return sqrt(squares > 0 ? squares : 0);
}

/* Years since a yearly step of 0.03 in this direction, at most ten. */
static double years_since(const struct panel *panel, size_t unit, int64_t year, int direction)
{
	for (int64_t back = 0; back < MEMORY_YEARS; back++) {
		double step = change(panel, unit, year - back, 1);

		if (isnan(step))
			return back ? (double)back : NAN;
		if (direction * step >= 0.03)
			return (double)back;
	}
	return MEMORY_YEARS;
}

size_t neighbour_next(const struct panel *panel, const struct atlas *atlas, size_t unit, int64_t year, bool all,
		      size_t from)
{
	size_t other = from;

	while (other < panel->n_units &&
	       (other == unit || isnan(change(panel, other, year, NEIGHBOUR_YEARS)) ||
		(!all && !atlas_borders(atlas, panel->units[unit], panel->units[other]))))
		other++;
	return other;
}

/* Means over neighbours with data; over all other units where no neighbour has any. */
static void neighbours(const struct panel *panel, const struct atlas *atlas, size_t unit, int64_t year,
		       double *level, double *step)
{
	for (int all = atlas == NULL; all < 2; all++) {
		double sum = 0, moved = 0;
		int n = 0;

		for (size_t other = neighbour_next(panel, atlas, unit, year, all, 0); other < panel->n_units;
		     other = neighbour_next(panel, atlas, unit, year, all, other + 1)) {
			sum += panel_value(panel, other, year);
			moved += change(panel, other, year, NEIGHBOUR_YEARS);
			n++;
		}
		*level = n ? sum / n : NAN;
		*step = n ? moved / n : NAN;
		if (n)
			return;
	}
}

static size_t same_unit(const struct panel *panel, const char *unit)
{
	size_t i = 0;

	while (i < panel->n_units && !str_eq(panel->units[i], unit))
		i++;
	return i;
}

void features_of(const struct panel *panel, const struct panel *pressure, const struct atlas *atlas,
		 size_t unit, int64_t year, int direction, double out[N_FEATURES])
{
	double level = panel_value(panel, unit, year), around, moved;
	size_t pressed = same_unit(pressure, panel->units[unit]);

	(void)direction;
	neighbours(panel, atlas, unit, year, &around, &moved);
	out[0] = level;
	out[1] = (level - 0.5) * (level - 0.5);
	out[2] = change(panel, unit, year, 1);
	out[3] = change(panel, unit, year, 3);
	out[4] = change(panel, unit, year, 5);
	out[5] = volatility(panel, unit, year);
	out[6] = around - level;
	out[7] = moved;
	out[8] = years_since(panel, unit, year, -1);
	out[9] = years_since(panel, unit, year, 1);
	out[FEATURE_PRESSURE] = pressed < pressure->n_units ? panel_value(pressure, pressed, year) : NAN;
}

void training_build(const struct panel *panel, const struct panel *pressure, const struct atlas *atlas,
		    int64_t origin, int direction, struct arena *arena, struct training *ret)
{
	struct training rows = {0};
	size_t years = origin > panel->first ? (size_t)(origin - panel->first) : 0, cap = panel->n_units * years + 1;

	rows.x = arena_array(arena, double, cap * N_FEATURES);
	rows.y = arena_array(arena, unsigned char, cap);
	rows.before = arena_array(arena, int, cap);
	rows.unit = arena_array(arena, size_t, cap);
	for (size_t unit = 0; unit < panel->n_units; unit++)
		for (int64_t year = panel->first; year + FORESEE_HORIZON <= origin; year++) {
			int label = panel_label(panel, unit, year, direction);

			if (label < 0)
				continue;
			features_of(panel, pressure, atlas, unit, year, direction, &rows.x[rows.n * N_FEATURES]);
			rows.y[rows.n] = (unsigned char)label;
			rows.before[rows.n] = panel_label(panel, unit, year - FORESEE_HORIZON, direction);
			rows.unit[rows.n++] = unit;
			rows.positives += (size_t)label;
		}
	*ret = rows;
}

double base_rate(const struct training *training, const double *weights)
{
	double hits = 0.5, n = 1;

	for (size_t i = 0; i < training->n; i++) {
		double w = weights ? weights[i] : 1;

		hits += w * training->y[i];
		n += w;
	}
	return hits / n;
}

double persistence_chance(const struct training *training, const double *weights, int before)
{
	double base = base_rate(training, weights), hits = PERSISTENCE_ROWS * base, n = PERSISTENCE_ROWS;

	for (size_t i = 0; before >= 0 && i < training->n; i++) {
		double w = weights ? weights[i] : 1;

		if (training->before[i] != before)
			continue;
		hits += w * training->y[i];
		n += w;
	}
	return before < 0 ? base : hits / n;
}
