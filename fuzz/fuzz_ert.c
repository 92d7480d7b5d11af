/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_ert.c - tables of country-years, what is made of them, and whether that is a sound table again. */
#include <tocsin/measure.h>

#include "fuzz/target.h"

#define MOST_CELLS 200000    /* one row in the year 9999 makes many years of padding */

static void check_table(const struct buf *made, size_t rows, struct arena *arena)
{
	struct csv csv;
	size_t n = 0;
	int r;

	if (csv_open(&csv, "again", made->s, made->len, ',', arena, NULL) < 0 || csv.n_columns != 41)
		__builtin_trap();
	while ((r = csv_next(&csv, arena, NULL)) == 1)
		n++;
	if (r < 0 || n != rows)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf made = {0};
	const char *text = fuzz_text(&arena, bytes, len);
	struct release release = {.name = "fuzz"};
	struct revision *flips;
	size_t n;

	if (ert_table_read("fuzz", text, len, "v2x_polyarchy", &arena, &release.table, NULL) < 0 ||
	    release.table.n_countries * release.table.n_years > MOST_CELLS)
		return 0;
	ert_table_write(&release.table, &episode_default, &made);
	check_table(&made, release.table.n_rows, &arena);
	revision_find(&release, &release, &episode_default, &arena, &flips, &n);
	if (n != 0)
		__builtin_trap();
	return 0;
}
