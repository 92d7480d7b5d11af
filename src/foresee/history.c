/* SPDX-License-Identifier: GPL-3.0-or-later */
/* history.c - the one way to a value: as known at an origin. */
#include <math.h>

#include "foresee/history.h"

/* World Bank national accounts and infant mortality of a year are out in the next. */
static const char *const late[] = {
	"gdp", "gdp_growth", "gdp_pc", "gdp_pc_growth", "infmort", "infmort_yearadj",
};

int history_lag(const char *column)
{
	for (size_t i = 0; i < LENGTH(late); i++)
		if (str_eq(late[i], column))
			return 1;
	return 0;
}

void history_make(struct history *history, size_t n_units, int64_t first, size_t n_years, size_t n_columns,
		  struct arena *arena)
{
	size_t n = n_units * n_years * n_columns;

	*history = (struct history){.n_units = n_units, .n_years = n_years, .n_columns = n_columns, .first = first};
	history->units = arena_array(arena, struct history_unit, n_units + 1);
	history->columns = arena_array(arena, struct history_column, n_columns + 1);
	history->value = arena_array(arena, double, n + 1);
	history->listed = arena_array(arena, bool, n_units * n_years + 1);
	for (size_t i = 0; i < n; i++)
		history->value[i] = NAN;
	for (size_t i = 0; i < n_units; i++)
		history->units[i].region = INT_MISSING;
}

double history_value(const struct history *history, int64_t origin, size_t column, size_t unit, int64_t year)
{
	if (year < history->first || year >= history->first + (int64_t)history->n_years ||
	    year + history->columns[column].lag > origin)
		return NAN;
	return *history_cell(history, column, unit, year);
}

double history_carried(const struct history *history, int64_t origin, size_t column, size_t unit, int64_t years)
{
	for (int64_t year = origin; year >= origin - years; year--) {
		double value = history_value(history, origin, column, unit, year);

		if (!isnan(value))
			return value;
	}
	return NAN;
}

bool history_listed(const struct history *history, size_t unit, int64_t year)
{
	return year >= history->first && year < history->first + (int64_t)history->n_years &&
	       history->listed[unit * history->n_years + (size_t)(year - history->first)];
}

size_t history_column(const struct history *history, const char *name)
{
	size_t i = 0;

	while (i < history->n_columns && !str_eq(history->columns[i].name, name))
		i++;
	return i;
}
