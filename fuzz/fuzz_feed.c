/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_feed.c - feeds, XML and JSON by the first sign. */
#include "fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records made = {.arena = &arena};
	struct atlas atlas = {.arena = &arena};
	struct collect_setup setup = {&atlas, instant_of_day(2026, 1, 1)};
	struct source source = {.name = "fuzz", .feed = "fuzz", .role = "feeds",
				.format = len && bytes[0] == '{' ? "jsonfeed" : "feed", .collected = setup.seen};

	if (collect_run(&setup, &source, fuzz_text(&arena, bytes, len), len, &made, NULL) == 0)
		fuzz_round_trip(&made);
	return 0;
}
