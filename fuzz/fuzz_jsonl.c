/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_jsonl.c - records as JSON Lines: what is read is written and read the same. */
#include "fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records made = {.arena = &arena};

	if (records_read_jsonl(fuzz_text(&arena, bytes, len), len, "fuzz", &made, NULL) == 0)
		fuzz_round_trip(&made);
	return 0;
}
