/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_str.c - growing strings, comparison, near names, UTF-8 against a table of ranges. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <tocsin/base.h>

static void a_string_grows_by_every_means(void **state)
{
	_cleanup_(buf_free) struct buf buf = {0};

	(void)state;
	buf_puts(&buf, "ab");
	buf_putc(&buf, 'c');
	buf_add(&buf, "d\0e", 3);
	buf_printf(&buf, "%d", 42);
	assert_int_equal(buf.len, 8);
	assert_memory_equal(buf.s, "abcd\0e42", 9);
	buf_cut(&buf, 3);
	assert_string_equal(buf.s, "abc");
	buf_cut(&buf, 10);   /* longer than it is: no effect */
	assert_int_equal(buf.len, 3);
	buf_free(&buf);
	assert_null(buf.s);
	buf_puts(&buf, "again");
	assert_string_equal(buf.s, "again");
}

static void adding_nothing_still_ends_the_string(void **state)
{
	_cleanup_(buf_free) struct buf buf = {0};

	(void)state;
	buf_add(&buf, NULL, 0);
	assert_string_equal(buf.s, "");
}

static void a_long_string_stays_whole(void **state)
{
	_cleanup_(buf_free) struct buf buf = {0};

	(void)state;
	for (int i = 0; i < 50000; i++)
		buf_printf(&buf, "%d,", i % 10);
	assert_int_equal(buf.len, 100000);
	for (size_t i = 0; i < buf.len; i += 2)
		assert_int_equal(buf.s[i], '0' + (int)(i / 2 % 10));
}

static void null_equals_null_only_and_comes_first(void **state)
{
	(void)state;
	assert_true(str_eq(NULL, NULL));
	assert_false(str_eq(NULL, ""));
	assert_false(str_eq("", NULL));
	assert_true(str_eq("a", "a"));
	assert_true(str_cmp(NULL, "") < 0);
	assert_true(str_cmp("", NULL) > 0);
	assert_int_equal(str_cmp(NULL, NULL), 0);
	assert_true(str_cmp("B", "a") < 0);
	assert_true(str_cmp("z", "\xc3\xa9") < 0);   /* bytes, not a collation */
	assert_true(str_starts("file:x", "file:"));
	assert_false(str_starts("fil", "file:"));
}

static void the_distance_counts_changes(void **state)
{
	(void)state;
	assert_int_equal(str_distance("kitten", "sitting"), 3);   /* the textbook's pair */
	assert_int_equal(str_distance("", "abc"), 3);
	assert_int_equal(str_distance("abc", ""), 3);
	assert_int_equal(str_distance("same", "same"), 0);
	assert_int_equal(str_distance("flaw", "lawn"), 2);
}

static void the_distance_is_a_metric(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 3);
	for (int i = 0; i < 500; i++) {
		char s[3][12] = {{0}};
		size_t ab, bc, ac;

		for (int k = 0; k < 3; k++)
			for (size_t j = 0, n = rng_below(&rng, 10); j < n; j++)
				s[k][j] = (char)('a' + rng_below(&rng, 3));
		ab = str_distance(s[0], s[1]);
		bc = str_distance(s[1], s[2]);
		ac = str_distance(s[0], s[2]);
		assert_int_equal(ab, str_distance(s[1], s[0]));
		assert_true(ac <= ab + bc);
		assert_int_equal(ab == 0, strcmp(s[0], s[1]) == 0);
	}
}

static void the_nearest_name_lies_within_a_third(void **state)
{
	static const char *const names[] = {"collect", "code", "measure", "foresee", "run"};

	(void)state;
	assert_string_equal(str_nearest("colect", names, 5), "collect");
	assert_string_equal(str_nearest("mesure", names, 5), "measure");
	assert_string_equal(str_nearest("code", names, 5), "code");
	assert_string_equal(str_nearest("rnu", (const char *const[]){"rn"}, 1), "rn");
	assert_null(str_nearest("abc", names, 5));
	assert_null(str_nearest("rum", (const char *const[]){"rio"}, 1));   /* two of three are too many */
	assert_null(str_nearest("xyzzyx", names, 5));
	assert_null(str_nearest("run", names, 0));
}

/* Unicode 15, table 3-7, written anew as ranges of bytes. */
static const struct { unsigned char low[4], high[4]; size_t n; } well_formed[] = {
	{{0x01}, {0x7f}, 1},
	{{0xc2, 0x80}, {0xdf, 0xbf}, 2},
	{{0xe0, 0xa0, 0x80}, {0xe0, 0xbf, 0xbf}, 3},
	{{0xe1, 0x80, 0x80}, {0xec, 0xbf, 0xbf}, 3},
	{{0xed, 0x80, 0x80}, {0xed, 0x9f, 0xbf}, 3},
	{{0xee, 0x80, 0x80}, {0xef, 0xbf, 0xbf}, 3},
	{{0xf0, 0x90, 0x80, 0x80}, {0xf0, 0xbf, 0xbf, 0xbf}, 4},
	{{0xf1, 0x80, 0x80, 0x80}, {0xf3, 0xbf, 0xbf, 0xbf}, 4},
	{{0xf4, 0x80, 0x80, 0x80}, {0xf4, 0x8f, 0xbf, 0xbf}, 4},
};

static size_t by_table(const unsigned char *s, size_t len)
{
	size_t at = 0;

	while (at < len) {
		size_t n = 0;

		for (size_t r = 0; r < LENGTH(well_formed) && !n; r++) {
			size_t i = 0;

			if (well_formed[r].n > len - at)
				continue;
			while (i < well_formed[r].n && s[at + i] >= well_formed[r].low[i] &&
			       s[at + i] <= well_formed[r].high[i])
				i++;
			n = i == well_formed[r].n ? i : 0;
		}
		if (!n)
			break;
		at += n;
	}
	return at;
}

static void two_bytes_are_valid_as_the_table_says(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 0x10000; i++) {
		const unsigned char s[2] = {(unsigned char)(i >> 8), (unsigned char)i};

		assert_int_equal(utf8_valid((const char *)s, 2), by_table(s, 2));
	}
}

static void random_bytes_are_valid_as_the_table_says(void **state)
{
	static const unsigned char edges[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2,
		0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff};
	struct rng rng;

	(void)state;
	rng_seed(&rng, 4);
	for (int i = 0; i < 200000; i++) {
		unsigned char s[8];
		size_t n = rng_below(&rng, sizeof s + 1);

		for (size_t j = 0; j < n; j++)
			s[j] = edges[rng_below(&rng, sizeof edges)];
		assert_int_equal(utf8_valid((const char *)s, n), by_table(s, n));
	}
}

static void every_code_point_survives_writing_and_reading(void **state)
{
	_cleanup_(buf_free) struct buf buf = {0};

	(void)state;
	for (uint32_t c = 1; c < 0x110000; c += c < 0x3000 ? 1 : 7) {
		size_t at = 0;

		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		buf_cut(&buf, 0);
		utf8_put(&buf, c);
		assert_int_equal(utf8_valid(buf.s, buf.len), buf.len);
		assert_int_equal(utf8_next(buf.s, buf.len, &at), c);
		assert_int_equal(at, buf.len);
	}
}

static void an_invalid_byte_reads_as_the_replacement_and_moves_on(void **state)
{
	size_t at = 0;

	(void)state;
	assert_int_equal(utf8_next("\xffz", 2, &at), 0xfffd);
	assert_int_equal(at, 1);
	assert_int_equal(utf8_next("\xffz", 2, &at), 'z');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_string_grows_by_every_means),
		cmocka_unit_test(adding_nothing_still_ends_the_string),
		cmocka_unit_test(a_long_string_stays_whole),
		cmocka_unit_test(null_equals_null_only_and_comes_first),
		cmocka_unit_test(the_distance_counts_changes),
		cmocka_unit_test(the_distance_is_a_metric),
		cmocka_unit_test(the_nearest_name_lies_within_a_third),
		cmocka_unit_test(two_bytes_are_valid_as_the_table_says),
		cmocka_unit_test(random_bytes_are_valid_as_the_table_says),
		cmocka_unit_test(every_code_point_survives_writing_and_reading),
		cmocka_unit_test(an_invalid_byte_reads_as_the_replacement_and_moves_on),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
