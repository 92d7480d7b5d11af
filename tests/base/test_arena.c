/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_arena.c - memory that dies together: zeroed, aligned, whole after growth and reset. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <tocsin/base.h>

static bool is_zero(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i])
			return false;
	return true;
}

static void every_piece_is_aligned_zeroed_and_its_own(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct rng rng;
	struct { unsigned char *s; size_t n; } pieces[500];

	(void)state;
	rng_seed(&rng, 1);
	for (size_t i = 0; i < LENGTH(pieces); i++) {
		pieces[i].n = rng_below(&rng, i % 50 == 0 ? 100000 : 200);
		pieces[i].s = arena_alloc(&arena, pieces[i].n);
		assert_int_equal((uintptr_t)pieces[i].s % 16, 0);
		assert_true(is_zero((char *)pieces[i].s, pieces[i].n));
		memset(pieces[i].s, (int)(i % 251) + 1, pieces[i].n);
	}
	for (size_t i = 0; i < LENGTH(pieces); i++)
		for (size_t j = 0; j < pieces[i].n; j++)
			assert_int_equal(pieces[i].s[j], i % 251 + 1);
}

static void memory_is_zeroed_again_after_a_reset(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	arena_reset(&arena);   /* of nothing: no effect */
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 100; i++) {
			char *s = arena_alloc(&arena, 5000);

			assert_true(is_zero(s, 5000));
			memset(s, 0xaa, 5000);
		}
		arena_reset(&arena);
		assert_int_equal(arena.used, 0);
	}
}

static void a_reset_keeps_one_block_that_holds_as_much_again(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct arena_block *block;

	(void)state;
	for (int i = 0; i < 1000; i++)
		arena_alloc(&arena, 1000);
	arena_reset(&arena);
	block = arena.block;
	assert_true(arena.total >= 500000);   /* the newest block: at least half of all */
	for (int i = 0; i < 500; i++)
		arena_alloc(&arena, 1000);
	assert_ptr_equal(arena.block, block);
}

static void copies_end_in_nul_and_null_stays_null(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	assert_null(arena_dup(&arena, NULL));
	assert_string_equal(arena_dup(&arena, "čaršija"), "čaršija");
	assert_string_equal(arena_ndup(&arena, "abcdef", 3), "abc");
	assert_string_equal(arena_ndup(&arena, NULL, 0), "");
	assert_string_equal(arena_printf(&arena, "%s-%04d", "x", 7), "x-0007");
}

static void a_long_print_fits(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	assert_int_equal(strlen(arena_printf(&arena, "%100000d", 1)), 100000);
}

static void a_growing_array_keeps_its_items(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	size_t n = 0, cap = 0;
	int *items = NULL;

	(void)state;
	for (int i = 0; i < 10000; i++)
		*arena_push(&arena, items, n, cap) = i;
	assert_int_equal(n, 10000);
	for (int i = 0; i < 10000; i++)
		assert_int_equal(items[i], i);
}

static void freeing_twice_is_harmless(void **state)
{
	struct arena arena = {0};

	(void)state;
	arena_alloc(&arena, 10);
	arena_free(&arena);
	arena_free(&arena);
	assert_null(arena.block);
	assert_int_equal(arena.total, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_piece_is_aligned_zeroed_and_its_own),
		cmocka_unit_test(memory_is_zeroed_again_after_a_reset),
		cmocka_unit_test(a_reset_keeps_one_block_that_holds_as_much_again),
		cmocka_unit_test(copies_end_in_nul_and_null_stays_null),
		cmocka_unit_test(a_long_print_fits),
		cmocka_unit_test(a_growing_array_keeps_its_items),
		cmocka_unit_test(freeing_twice_is_harmless),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
