/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_csv.c - the CSV reader, by way of records, tables of units and of indicators. */
#include "fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	_cleanup_(arena_free) struct arena arena = {0};
	static const char units[] = "id,kind,parent,from,past,name\nSRB,state,,,,Serbia\n";
	struct records made = {.arena = &arena}, table = {.arena = &arena};
	struct atlas atlas = {.arena = &arena};
	struct collect_setup setup = {&atlas, instant_of_day(2026, 1, 1)};
	struct source source = {.name = "fuzz", .collected = setup.seen};
	const char *text = fuzz_text(&arena, bytes, len);

	atlas_add_units(&atlas, "units", units, sizeof units - 1, NULL);
	if (records_read_csv(text, len, "fuzz", &made, NULL) == 0)
		fuzz_round_trip(&made);
	if (collect_run(&setup, &source, text, len, &table, NULL) == 0)
		fuzz_round_trip(&table);
	atlas_add_codes(&atlas, "fuzz", text, len, NULL);
	atlas_add_units(&atlas, "fuzz", text, len, NULL);
	return 0;
}
