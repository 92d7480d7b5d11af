/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_source.c - tables of frameworks, labels and frames of civic space, through the filters that read them. */
#include <math.h>

#include <tocsin/measure.h>

#include "fuzz/target.h"

static const char units[] =
		"id,kind,parent,from,past,name\nSRB,state,,,,Serbia\nGEO,state,,,,Georgia\nUKR,state,,,,Ukraine\n"
			    "DZA,state,,,,Algeria\nBIH,state,,,,Bosnia and Herzegovina\nMKD,state,,,,North Macedonia\n";
static const char codes[] = "unit,scheme,code,from,past\nSRB,gw,345,,\nSRB,iso3,SRB,,\nGEO,gw,372,,\n";

/* Every table that was written must be a table. */
static void check_table(const struct buf *buf, struct arena *arena)
{
	struct csv csv;
	int r;

	if (csv_open(&csv, "out", buf->s, buf->len, ',', arena, NULL) < 0)
		__builtin_trap();
	while ((r = csv_next(&csv, arena, NULL)) > 0)
		;
	if (r < 0)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf table = {0}, parts = {0}, said = {0};
	struct atlas atlas = {.arena = &arena};
	struct civic_frame *frame = civic_frame_new(&arena);
	struct source_text text = {"x", NULL, "fuzz", fuzz_text(&arena, bytes, len), len};
	struct source_text pair[2] = {text, {"y", NULL, "fuzz", text.text, len}};
	struct civic_request civic = {frame, &atlas, &text, 1, NULL, NULL, INT_MISSING, 2, 1, false};
	struct divergence_request divergence = {&atlas, pair, 2, NULL, 2, 1, 0.9, true};
	struct nowcast_request nowcast = {&atlas, &text, &text, 1, NULL, 3, INT_MISSING, 1};

	atlas_add_units(&atlas, "units", units, sizeof units - 1, NULL);
	atlas_add_codes(&atlas, "codes", codes, sizeof codes - 1, NULL);
	civic_frame_read("fuzz", text.text, len, &arena, frame, NULL);
	if (measure_civic(&civic, &table, &parts, &said, NULL) == 0) {
		check_table(&table, &arena);
		check_table(&parts, &arena);
	}
	buf_cut(&table, 0);
	civic.labels = &text;
	if (measure_civic(&civic, &table, NULL, &said, NULL) == 0)
		check_table(&table, &arena);
	buf_cut(&table, 0);
	if (measure_divergence(&divergence, &table, &said, NULL) == 0)
		check_table(&table, &arena);
	buf_cut(&table, 0);
	if (len < 4096 && measure_nowcast(&nowcast, &table, &said, NULL) == 0)
		check_table(&table, &arena);
	return 0;
}
