/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tamper.h - a panel told wrongly about what came after an origin.
 *
 * The table is kept as text cells and written again with one kind of falsehood, drawn from a seed:
 * every one of them touches only what nobody knew at the origin, so a forecast must not notice. A
 * blow touches what was known, so a forecast must.
 */
#ifndef FORESEE_TAMPER_H
#define FORESEE_TAMPER_H

#include <tocsin/foresee.h>

#include "foresee/space.h"

struct tamper_table {
	const char *const *header;
	size_t n_columns, n;
	const char **cell;           /* n x n_columns; "" where empty */
	int64_t *year_of;            /* of each row */
	bool *listed_later;          /* of each row: its year lies after the origin */
	size_t n_later, n_now;       /* rows after the origin, of the origin's own year */
	int64_t origin, last;        /* last: newest year of all */
	int unit, year;              /* columns */
	bool *is_number, *is_late, *is_share;   /* of each column: a measure; out a year late; within 0 and 1 */
	double *low, *high;          /* of each measure */
	size_t n_late;
	int space;                   /* column of the first space */
};

/* ERR_DATA with file, line and column; also when no row lies after the origin, or none before. */
int tamper_read(const char *name, const char *text, size_t len, const struct space *spaces, size_t n_spaces,
		int64_t origin, struct arena *arena, struct tamper_table *ret, struct err *err);

/* Is this kind possible here: LEAK_LATE needs a column that is out late. */
bool tamper_can(const struct tamper_table *table, enum leak_kind kind);
/* Does the table still read when the rows after the origin are read too? Not with rows that stand twice. */
bool tamper_reads_whole(enum leak_kind kind);
/* The table as CSV with falsehoods of that kind. */
void tamper_write(const struct tamper_table *table, enum leak_kind kind, uint64_t seed, struct buf *ret);

/* What was known is struck: the first space of a row of the years from `since` to the origin changed, or the row taken
   away. */
enum tamper_blow { BLOW_CHANGE, BLOW_DELETE, N_TAMPER_BLOWS };
void tamper_strike(const struct tamper_table *table, enum tamper_blow blow, int64_t since, uint64_t seed, struct buf *ret);

#endif
