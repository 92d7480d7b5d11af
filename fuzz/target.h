/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target.h - what every fuzz target has. */
#ifndef FUZZ_TARGET_H
#define FUZZ_TARGET_H

#include <tocsin/collect.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* A copy with a NUL behind it, as file_read gives it to the parsers. */
static inline const char *fuzz_text(struct arena *arena, const uint8_t *bytes, size_t len)
{
	return arena_ndup(arena, (const char *)bytes, len);
}

/* Records that a parser made must be sound and must survive their own JSON form. */
static inline void fuzz_round_trip(const struct records *made)
{
	for (size_t i = 0; i < made->n; i++) {
		_cleanup_(arena_free) struct arena arena = {0};
		_cleanup_(buf_free) struct buf line = {0}, again = {0};
		struct record *back;

		record_write_json(&line, made->v[i]);
		if (record_read_json(line.s, line.len, "again", 1, &arena, &back, NULL) < 0)
			__builtin_trap();
		record_write_json(&again, back);
		if (line.len != again.len || __builtin_memcmp(line.s, again.s, line.len) != 0)
			__builtin_trap();
	}
}

#endif
