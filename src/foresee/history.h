/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * history.h - a panel of country-years, seen from an origin.
 *
 * What is read through `history_value` is what was known when the forecast of an
 * origin is made: a value of a later year is NAN, and so is one of a column that is
 * published late (its lag) before it was out. Nothing else in foresee looks at
 * the values, which is why a forecast cannot see its future.
 */
#ifndef FORESEE_HISTORY_H
#define FORESEE_HISTORY_H

#include <tocsin/base.h>

struct history_unit {
	const char *name;        /* as forecasts name it: a Gleditsch-Ward number, an ISO code */
	const char *iso3;        /* NULL when not known */
	int64_t region;          /* INT_MISSING when not known */
};

struct history_column {
	const char *name;
	int lag;                 /* years after its own until it is out: 0 or 1 */
};

struct history {
	size_t n_units, n_years, n_columns;
	int64_t first;                    /* year */
	struct history_unit *units;
	struct history_column *columns;   /* the spaces first, in the order asked for */
	double *value;                    /* n_columns x n_units x n_years; NAN where there is none */
	bool *listed;                     /* n_units x n_years: the panel has a row */
};

/* An empty one: NAN everywhere. */
void history_make(struct history *history, size_t n_units, int64_t first, size_t n_years, size_t n_columns,
		  struct arena *arena);

static inline double *history_cell(const struct history *h, size_t column, size_t unit, int64_t year)
{
	return &h->value[(column * h->n_units + unit) * h->n_years + (size_t)(year - h->first)];
}

/* NAN outside the panel and after what the origin knew. */
double history_value(const struct history *history, int64_t origin, size_t column, size_t unit, int64_t year);
/* The newest value known at the origin of at most `years` before it; NAN if there is none. */
double history_carried(const struct history *history, int64_t origin, size_t column, size_t unit, int64_t years);
bool history_listed(const struct history *history, size_t unit, int64_t year);
/* n_columns when there is none of that name. */
size_t history_column(const struct history *history, const char *name);

/* Is this column out a year late? By name: national accounts and infant mortality are. */
int history_lag(const char *column);

struct space;

/*
 * A table with unit (gwcode), year and a column for each space; every other column of
 * numbers comes along. Rows after the origin are not kept. ERR_DATA with file, line and
 * column for a number that is none, a unit-year that stands twice, a space without a column.
 */
int history_read(const char *name, const char *text, size_t len, const struct space *spaces, size_t n_spaces,
		 int64_t origin, struct arena *arena, struct history *ret, struct err *err);

#endif
