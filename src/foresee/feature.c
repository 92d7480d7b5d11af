/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * feature.c - what the regression knows of a unit at the end of a year.
 *
 * Every feature of year t is computed from years up to t; a function that needs a
 * year that is missing answers NAN. A feature is one function and one row of the
 * table at the end.
 */
#include <math.h>

#include "foresee/panel.h"

#define STEP 0.05
#define MEMORY 20         /* years that are looked back for the last step */
#define VOLATILE_YEARS 10
#define VOLATILE_MIN 3    /* yearly changes that must be known */

static double level_at(const struct panel *panel, size_t unit, int64_t year)
{
	return panel_at(panel, panel->level, unit, year);
}

static double level(const struct panel *panel, size_t unit, int64_t year)
{
	return level_at(panel, unit, year);
}

static double level_squared(const struct panel *panel, size_t unit, int64_t year)
{
	const double v = level_at(panel, unit, year) - 0.5;

	return v * v;
}

static double change(const struct panel *panel, size_t unit, int64_t year, int64_t years)
{
	return level_at(panel, unit, year) - level_at(panel, unit, year - years);
}

static double change1(const struct panel *panel, size_t unit, int64_t year)
{
	return change(panel, unit, year, 1);
}

static double change3(const struct panel *panel, size_t unit, int64_t year)
{
	return change(panel, unit, year, 3);
}

static double change5(const struct panel *panel, size_t unit, int64_t year)
{
	return change(panel, unit, year, 5);
}

static double change10(const struct panel *panel, size_t unit, int64_t year)
{
	return change(panel, unit, year, 10);
}

/* Standard deviation of the yearly changes known in the last ten years. */
static double volatility(const struct panel *panel, size_t unit, int64_t year)
{
	double sum = 0, squares = 0;
	size_t n = 0;

	for (int64_t y = year; y > year - VOLATILE_YEARS; y--) {
		const double d = change(panel, unit, y, 1);

		if (isnan(d))
			continue;
		sum += d;
		squares += d * d;
		n++;
	}
	if (n < VOLATILE_MIN)
		return NAN;
	return sqrt(fmax(squares / (double)n - sum / (double)n * (sum / (double)n), 0));
}

/* log(1 + years) since a two-year change passed the step; the length of the memory if it never did. */
static double since_step(const struct panel *panel, size_t unit, int64_t year, double sign)
{
	int64_t years = 0;

	for (; years < MEMORY; years++)
		if (sign * change(panel, unit, year - years, 1) >= STEP || sign * change(panel, unit, year - years, 2) >= STEP)
			break;
	return log1p((double)years);
}

static double since_closing(const struct panel *panel, size_t unit, int64_t year)
{
	return since_step(panel, unit, year, -1);
}

static double since_opening(const struct panel *panel, size_t unit, int64_t year)
{
	return since_step(panel, unit, year, 1);
}

static double is_regime(const struct panel *panel, size_t unit, int64_t year, double regime)
{
	const double r = panel_at(panel, panel->regime, unit, year);

	return isnan(r) ? NAN : r == regime;
}

static double electoral_autocracy(const struct panel *panel, size_t unit, int64_t year)
{
	return is_regime(panel, unit, year, 1);
}

static double electoral_democracy(const struct panel *panel, size_t unit, int64_t year)
{
	return is_regime(panel, unit, year, 2);
}

static double near_level(const struct panel *panel, size_t unit, int64_t year)
{
	return panel_at(panel, panel->near_level, unit, year);
}

static double near_change(const struct panel *panel, size_t unit, int64_t year)
{
	return panel_at(panel, panel->near_change, unit, year);
}

static double width(const struct panel *panel, size_t unit, int64_t year)
{
	return panel_at(panel, panel->width, unit, year);
}

static double pressure(const struct panel *panel, size_t unit, int64_t year)
{
	return panel_at(panel, panel->pressure, unit, year);
}

/* Mean yearly change of all units: the wave that carries everyone. */
static double wave(const struct panel *panel, size_t unit, int64_t year)
{
	double sum = 0;
	size_t n = 0;

	(void)unit;
	for (size_t u = 0; u < panel->n_units; u++) {
		const double d = change(panel, u, year, 3);

		if (!isnan(d)) {
			sum += d;
			n++;
		}
	}
	return n ? sum / (double)n : NAN;
}

const struct feature features[] = {
	{"level", level}, {"level_squared", level_squared}, {"change1", change1}, {"change3", change3},
	{"change5", change5}, {"volatility", volatility}, {"since_closing", since_closing},
	{"since_opening", since_opening}, {"electoral_autocracy", electoral_autocracy},
	{"electoral_democracy", electoral_democracy}, {"neighbours_level", near_level},
	{"neighbours_change", near_change}, {"event_pressure", pressure},
	{"width", width}, {"change10", change10}, {"wave", wave},
};
const size_t n_features = sizeof features / sizeof *features;

void feature_row(const struct panel *panel, size_t unit, int64_t year, double *ret)
{
	for (size_t f = 0; f < n_features; f++)
		ret[f] = features[f].value(panel, unit, year);
}
