/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * source_table.h - any table of a framework: which cells are units, times, values and their errors.
 *
 * Wide form: a column names the unit (by code, number or name), one the year, month or date, and
 * every other column of numbers is an indicator. X_sd, X_se, or X_codelow and X_codehigh (68 %), are the
 * error of X; "StdErr" that of "Estimate". Long form: the columns `indicator` and `value`, perhaps with
 * `sd`, or `low` and `high` (68 %). Counts of experts and other countries' numbers are no indicators.
 */
#ifndef MEASURE_SOURCE_TABLE_H
#define MEASURE_SOURCE_TABLE_H

#include <tocsin/measure.h>

#include "measure/unit_finder.h"

struct source_cell {
	const char *unit;
	int64_t month;               /* since year 0; of a year its December; INT_MISSING: no time is given */
	double value, sd;            /* sd NAN: none is given */
	uint32_t indicator;          /* index into the names */
	uint32_t line;
};

struct source_table {
	const char *name, *file;     /* "wgi", "wgi.csv" */
	const char **indicators;
	size_t n_indicators, cap_indicators;
	struct source_cell *cells;   /* by unit, indicator, month; on the heap */
	size_t n_cells, cap_cells;
	const char **strangers, **guesses;   /* texts of units not known; of those that were one letter off */
	size_t n_strangers, cap_strangers, n_guesses, cap_guesses;
	size_t rows;
};

/*
 * Read one source. A bad number ("NaN" and "NA" among them), an unknown column asked for, and a second
 * value of one unit, indicator and time are ERR_DATA with file:line:column and a hint. A row of an unknown
 * unit is left out and its text kept. O(cells log cells).
 */
int source_table_read(const struct source_text *source, struct unit_finder *finder, struct arena *arena,
		      struct source_table *ret, struct err *err);
void source_table_free(struct source_table *table);
/* The cells of one unit: table->cells[*first..past); false if none. */
bool source_table_unit(const struct source_table *table, const char *unit, size_t *first, size_t *past);

/* Labels: a unit column and a column `rating`, `band`, `label` or `class` of texts. */
struct label {
	const char *unit, *text;
	size_t line;
};
struct labels {
	struct label *v;
	size_t n, cap;
	const char **strangers, **guesses;
	size_t n_strangers, cap_strangers, n_guesses, cap_guesses;
};
int labels_read(const char *name, const char *text, size_t len, struct unit_finder *finder, struct arena *arena,
		struct labels *ret, struct err *err);

#endif
