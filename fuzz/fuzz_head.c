/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_head.c - heads of the ledger: what is read is written as it was meant, and read again. */
#include <tocsin/ledger.h>

#include "fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf text = {0}, again = {0};
	struct head head, back;

	if (head_read(fuzz_text(&arena, bytes, len), len, "fuzz", &head, NULL) < 0)
		return 0;
	head_check(&head, NULL);
	head_write(&text, &head);
	if (head.size == 0 || head_read(text.s, text.len, "again", &back, NULL) < 0)
		__builtin_trap();
	head_write(&again, &back);
	if (text.len != again.len || __builtin_memcmp(text.s, again.s, text.len) != 0)
		__builtin_trap();
	if (head_check(&head, NULL) != head_check(&back, NULL))
		__builtin_trap();
	return 0;
}
