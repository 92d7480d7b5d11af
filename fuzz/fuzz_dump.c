/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_dump.c - raw text dumps: items must tile the text. */
#include "fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records made = {.arena = &arena};
	struct source source = {.name = "fuzz", .feed = "fuzz", .role = "feeds",
				.format = "dump", .collected = instant_of_day(2026, 1, 1)};
	int64_t at = 0;

	if (dump_read(&source, fuzz_text(&arena, bytes, len), len, &made, NULL) < 0)
		return 0;
	for (size_t i = 0; i < made.n; i++) {
		const struct document *document = (const struct document *)made.v[i];

		if (document->byte_start != at || document->byte_end <= at)
			__builtin_trap();
		at = document->byte_end;
	}
	if ((size_t)at != len)
		__builtin_trap();
	fuzz_round_trip(&made);
	return 0;
}
