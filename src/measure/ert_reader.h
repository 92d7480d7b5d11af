/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ert_reader.h - the rows of a table of country-years, cell by cell. */
#ifndef MEASURE_ERT_READER_H
#define MEASURE_ERT_READER_H

#include "measure/ert.h"

#define ERT_GAPS 3             /* columns of them */

enum role { TEXT_ID, YEAR, REGIME, VALUE, NUMBER, NAME, INDEX, LOW, HIGH, SD, CODING_END, ELECTION, OFFICE,
	    GAP_FIRST, GAP_LAST = GAP_FIRST + ERT_GAPS, ROLES = GAP_LAST + ERT_GAPS };

struct ert_reader {
	struct csv csv;
	struct arena *arena;
	int columns[ROLES];            /* -1: not there */
	const char *row;               /* the current one, in line csv.line */
	size_t breaks;                 /* of lines within its cells */
	struct ert_cell *cells;
};

/* After csv_open: `value` is the column of role VALUE; the first four must be there. */
int reader_open(struct ert_reader *reader, const char *value, struct err *err);
/* 1 and the next row, 0 at the end, ERR_DATA. */
int reader_next(struct ert_reader *reader, struct err *err);
/* Empty where the column is not there or the cell says NA. */
const struct ert_cell *reader_cell(const struct ert_reader *reader, size_t role);
const char *reader_text(const struct ert_reader *reader, size_t role);   /* NULL: no such column */
int reader_number(const struct ert_reader *reader, size_t role, double *ret, struct err *err);   /* NAN */
int reader_whole(const struct ert_reader *reader, size_t role, int least, int most, int *ret, struct err *err);   /* ERT_NONE */
/* What is wrong at a byte of the current row; of a cell that had to be copied the row is named. */
int reader_fault(const struct ert_reader *reader, const char *at, struct err *err, const char *what);

#endif
