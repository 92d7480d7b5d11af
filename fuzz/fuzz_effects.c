/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_effects.c - a panel and what was done in it, each beside a sound other one, through the filter that reads them. */
#include <tocsin/learn.h>

#include "fuzz/target.h"

static const char done[] = "unit,year,what\nA,2010,x\nB,2012,y\nC,2010,x\n";

static void sound_panel(struct buf *buf)
{
	buf_puts(buf, "unit,year,value\n");
	for (int unit = 0; unit < 26; unit++)
		for (int year = 2000; year < 2015; year++)
			buf_printf(buf, "%c,%d,%d\n", 'A' + unit, year, (unit * 7 + year * 5 + unit * year) % 11);
}

static void run(const char *panel, size_t panel_len, const char *treated, size_t treated_len)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf table = {0}, said = {0};
	struct effects_request request = {"panel", panel, panel_len, "treated", treated, treated_len, NULL, NULL,
					  {.horizon = 3, .most_before = 12, .draws = 99, .level = 0.9, .seed = 1}};
	struct csv csv;
	int r;

	if (learn_effects(&request, &table, &said, NULL) < 0)
		return;
	if (csv_open(&csv, "out", table.s, table.len, ',', &arena, NULL) < 0)   /* what was written must be a table */
		__builtin_trap();
	while ((r = csv_next(&csv, &arena, NULL)) > 0)
		;
	if (r < 0)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf panel = {0};
	const char *text = fuzz_text(&arena, bytes, len);

	sound_panel(&panel);
	run(text, len, done, sizeof done - 1);
	run(panel.s, panel.len, text, len);
	run(text, len, text, len);
	return 0;
}
