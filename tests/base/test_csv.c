/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_csv.c - CSV, strict: what is taken, and where what is not taken stands. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include <tocsin/base.h>

/* The table as text: cells in angle brackets, rows by line; or the message of what is wrong. */
static const char *table(struct arena *arena, const char *text, size_t len)
{
	_cleanup_(buf_free) struct buf out = {0};
	struct err err = {0};
	struct csv csv;
	int r = csv_open(&csv, "t.csv", text, len, ',', arena, &err);

	buf_puts(&out, "");
	while (r >= 0 && (r = csv_next(&csv, arena, &err)) > 0) {
		for (size_t i = 0; i < csv.n_columns; i++)
			buf_printf(&out, "<%s>", csv.row[i].s);
		buf_putc(&out, '\n');
	}
	return r < 0 ? arena_dup(arena, err.msg) : arena_ndup(arena, out.s, out.len);
}

#define GIVES(text, expected) assert_string_equal(table(&arena, text, strlen(text)), expected)

static void rows_end_in_lf_or_crlf_or_with_the_file(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	GIVES("a,b\n1,2\n3,4\n", "<1><2>\n<3><4>\n");
	GIVES("a,b\r\n1,2\r\n3,4\r\n", "<1><2>\n<3><4>\n");
	GIVES("a,b\n1,2\n3,4", "<1><2>\n<3><4>\n");
	GIVES("a,b\r\n1,\"2\"\r\n", "<1><2>\n");
	GIVES("a,b\n", "");
	GIVES("a,b", "");
	GIVES("a,b\n1,\n,", "<1><>\n<><>\n");
}

static void one_blank_line_may_stand_at_the_end(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	GIVES("a,b\n1,2\n\n", "<1><2>\n");
	GIVES("a,b\r\n1,2\r\n\r\n", "<1><2>\n");
	GIVES("a,b\n\n1,2\n", "t.csv:2:1: row has 1 columns, expected 2");
}

static void a_byte_order_mark_is_skipped(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct csv csv;

	(void)state;
	assert_int_equal(csv_open(&csv, "t", "\xef\xbb\xbf" "a,b\n", 7, ',', &arena, NULL), 0);
	assert_int_equal(csv_column(&csv, "a"), 0);
}

static void quotes_hold_delimiters_lines_and_quotes(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	GIVES("a,b\n\"x,y\",\"say \"\"no\"\"\"\n", "<x,y><say \"no\">\n");
	GIVES("a,b\n\"one\ntwo\",\"\"\n3,4\n", "<one\ntwo><>\n<3><4>\n");
	GIVES("a,b\n\"one\r\ntwo\",z\n", "<one\r\ntwo><z>\n");
}

static void a_short_or_long_row_is_named_by_its_first_line(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	GIVES("a,b\n1,2\n3\n", "t.csv:3:1: row has 1 columns, expected 2");
	GIVES("a,b\n1,2,3\n", "t.csv:2:1: row has 3 columns, expected 2");
	GIVES("a,b\n\"x\ny\nz\",2\n\"p\nq\"\n", "t.csv:5:1: row has 1 columns, expected 2");
}

static void quotes_in_the_wrong_place_are_named(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	GIVES("a,b\n1,x\"y\n", "t.csv:2:4: quote inside a plain cell");
	GIVES("a,b\n1,\"x\"y\n", "t.csv:2:6: text after a closing quote, expected the next cell");
	GIVES("a,b\n1,\"x\ny\" \n", "t.csv:3:3: text after a closing quote, expected the next cell");
	GIVES("a,b\n1,\"x\"\ry,2\n", "t.csv:2:6: text after a closing quote, expected the next cell");
	GIVES("a,b\n1,2\n3,\"x\ny\n", "t.csv:3:3: quoted cell is never closed");
}

static void foreign_bytes_are_named_by_their_cell(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	GIVES("a,b\n1,\xe9t\xe9\n", "t.csv:2:3: cell is not valid UTF-8");
	GIVES("a,b\n\"x\n\xff\",2\n", "t.csv:2:1: cell is not valid UTF-8");
	assert_string_equal(table(&arena, "a,b\n1,2\0\n", 9), "t.csv:2:3: cell is not valid UTF-8");
}

static void a_header_must_be_there_and_name_each_column_once(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	GIVES("", "t.csv:1:1: file is empty, expected a header row");
	GIVES("\xef\xbb\xbf", "t.csv:1:1: file is empty, expected a header row");
	GIVES("a,b,a\n", "t.csv:1:5: column \"a\" stands twice");
}

static void a_needed_column_that_lacks_is_named_with_its_neighbour(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct err err = {0};
	struct csv csv;

	(void)state;
	assert_int_equal(csv_open(&csv, "t.csv", "country,year\n", 13, ',', &arena, NULL), 0);
	assert_int_equal(csv_need(&csv, "year", &err), 1);
	assert_int_equal(csv_need(&csv, "contry", &err), ERR_DATA);
	assert_string_equal(err.msg, "t.csv:1:1: no column \"contry\"");
	assert_string_equal(err.hint, "Did you mean the column \"country\"?");
	assert_int_equal(csv_column(&csv, "value"), -1);
	assert_null(csv_text(&csv, -1));
}

static void a_complaint_about_a_cell_stands_at_the_cell(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	static const char text[] = "a;b\n\"x\ny\";22\n";
	struct err err = {0};
	struct csv csv;

	(void)state;
	assert_int_equal(csv_open(&csv, "t.csv", text, strlen(text), ';', &arena, NULL), 0);
	assert_int_equal(csv_next(&csv, &arena, NULL), 1);
	assert_true(csv.row[0].quoted);
	assert_false(csv.row[1].quoted);
	assert_int_equal(csv_error(&csv, 1, &err, "\"%s\" is odd", csv.row[1].s), ERR_DATA);
	assert_string_equal(err.msg, "t.csv:3:4: \"22\" is odd");
	csv_error(&csv, 0, &err, "odd");
	assert_string_equal(err.msg, "t.csv:2:1: odd");
	assert_int_equal(csv_next(&csv, &arena, NULL), 0);
	assert_int_equal(csv_next(&csv, &arena, NULL), 0);   /* the end stays the end */
}

static void what_is_written_reads_back(void **state)
{
	static const char *const parts[] = {"a", ",", "\"", "\n", "\r", ";", " ", "ž", "中", "=1+1"};
	_cleanup_(arena_free) struct arena arena = {0};
	struct rng rng;

	(void)state;
	rng_seed(&rng, 6);
	for (int round = 0; round < 3000; round++) {
		_cleanup_(buf_free) struct buf text = {0};
		struct buf cells[3] = {{0}};
		char delimiter = ",;\t"[rng_below(&rng, 3)];
		struct csv csv;

		buf_printf(&text, "a%cb%cc\n", delimiter, delimiter);
		for (int i = 0; i < 3; i++) {
			buf_puts(&cells[i], i ? "" : "x");
			for (size_t j = 0, n = rng_below(&rng, 5); j < n; j++)
				buf_puts(&cells[i], parts[rng_below(&rng, LENGTH(parts))]);
			if (i)
				buf_putc(&text, delimiter);
			csv_put(&text, cells[i].s, delimiter);
		}
		buf_putc(&text, '\n');
		assert_int_equal(csv_open(&csv, "t", text.s, text.len, delimiter, &arena, NULL), 0);
		assert_int_equal(csv_next(&csv, &arena, NULL), 1);
		for (int i = 0; i < 3; i++) {
			assert_string_equal(csv.row[i].s, cells[i].s);
			buf_free(&cells[i]);
		}
		assert_int_equal(csv_next(&csv, &arena, NULL), 0);
		arena_reset(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_end_in_lf_or_crlf_or_with_the_file),
		cmocka_unit_test(one_blank_line_may_stand_at_the_end),
		cmocka_unit_test(a_byte_order_mark_is_skipped),
		cmocka_unit_test(quotes_hold_delimiters_lines_and_quotes),
		cmocka_unit_test(a_short_or_long_row_is_named_by_its_first_line),
		cmocka_unit_test(quotes_in_the_wrong_place_are_named),
		cmocka_unit_test(foreign_bytes_are_named_by_their_cell),
		cmocka_unit_test(a_header_must_be_there_and_name_each_column_once),
		cmocka_unit_test(a_needed_column_that_lacks_is_named_with_its_neighbour),
		cmocka_unit_test(a_complaint_about_a_cell_stands_at_the_cell),
		cmocka_unit_test(what_is_written_reads_back),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
