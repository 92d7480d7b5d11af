/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_conf.c - settings files: sections, keys, the line of each, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <tocsin/base.h>

static int read_conf(const char *text, struct arena *arena, struct conf *conf, struct err *err)
{
	return conf_read("t.conf", text, strlen(text), arena, conf, err);
}

static void every_entry_knows_its_section_and_line(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct conf conf;

	(void)state;
	assert_int_equal(read_conf("; head\ntop = 0\n\n[one]\n# note\na = 1\nb: two words ; remark\n\n[two]\na=\n",
				   &arena, &conf, NULL), 0);
	assert_int_equal(conf.n, 4);
	assert_string_equal(conf.v[0].section, "");
	assert_string_equal(conf_get(&conf, "", "top"), "0");
	assert_string_equal(conf_get(&conf, "one", "a"), "1");
	assert_string_equal(conf_get(&conf, "one", "b"), "two words");
	assert_string_equal(conf_get(&conf, "two", "a"), "");
	assert_null(conf_get(&conf, "two", "b"));
	assert_null(conf_get(&conf, "three", "a"));
	assert_int_equal(conf.v[0].line, 2);
	assert_int_equal(conf.v[1].line, 6);
	assert_int_equal(conf.v[2].line, 7);
	assert_int_equal(conf.v[3].line, 10);
}

static void the_last_of_two_entries_counts(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct conf conf;

	(void)state;
	assert_int_equal(read_conf("[s]\na = 1\na = 2\n", &arena, &conf, NULL), 0);
	assert_string_equal(conf_get(&conf, "s", "a"), "2");
	assert_int_equal(conf.n, 2);
}

static void an_indented_key_is_a_key_of_its_own(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct conf conf;

	(void)state;
	assert_int_equal(read_conf("[s]\n  a = 1\n\tb = 2\n", &arena, &conf, NULL), 0);
	assert_string_equal(conf_get(&conf, "s", "a"), "1");
	assert_string_equal(conf_get(&conf, "s", "b"), "2");
}

static void a_section_may_be_a_long_path(void **state)
{
	static const char path[] = "feeds/2025/november/a-rather-long-name-of-a-local-newspaper-in-latin-letters.xml";
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf text = {0};
	struct conf conf;

	(void)state;
	buf_printf(&text, "[%s]\na = 1\n", path);
	assert_int_equal(read_conf(text.s, &arena, &conf, NULL), 0);
	assert_string_equal(conf_get(&conf, path, "a"), "1");
}

static void crlf_a_mark_and_a_missing_last_newline_do_no_harm(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct conf conf;

	(void)state;
	assert_int_equal(read_conf("\xef\xbb\xbf[s]\r\na = 1\r\nb = ž", &arena, &conf, NULL), 0);
	assert_string_equal(conf_get(&conf, "s", "a"), "1");
	assert_string_equal(conf_get(&conf, "s", "b"), "ž");
}

static void what_is_no_setting_is_named_by_its_line(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct conf conf = {.n = 42};
	struct err err = {0};

	(void)state;
	assert_int_equal(read_conf("[s]\na = 1\nnonsense\n", &arena, &conf, &err), ERR_DATA);
	assert_true(str_starts(err.msg, "t.conf:3:1: "));
	assert_string_not_equal(err.hint, "");
	assert_int_equal(read_conf("[s\na = 1\n", &arena, &conf, &err), ERR_DATA);
	assert_true(str_starts(err.msg, "t.conf:1:1: "));
	assert_int_equal(read_conf("a = \xff\n", &arena, &conf, &err), ERR_DATA);
	assert_int_equal(conf_read("t.conf", "a = 1\0b", 7, &arena, &conf, &err), ERR_DATA);
	assert_int_equal(conf.n, 42);
}

static void a_line_that_would_be_cut_is_refused(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf text = {0};
	struct conf conf;
	struct err err = {0};

	(void)state;
	buf_printf(&text, "[s]\n; %0300d\na = %0180d\nb = 2\n", 0, 0);
	assert_int_equal(read_conf(text.s, &arena, &conf, &err), 0);
	assert_int_equal(strlen(conf_get(&conf, "s", "a")), 180);
	assert_int_equal(conf.v[1].line, 4);
	buf_printf(&text, "c = %0400d\nd = 1\n", 0);
	assert_int_equal(read_conf(text.s, &arena, &conf, &err), ERR_DATA);
	assert_string_equal(err.msg, "t.conf:5:1: line is too long for a setting");
}

static void numbers_have_a_fallback_and_a_place(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct conf conf;
	struct err err = {0};
	double value = 0;

	(void)state;
	assert_int_equal(read_conf("[s]\na = 1.5\nb = much\n", &arena, &conf, NULL), 0);
	assert_int_equal(conf_number(&conf, "s", "a", 9, &value, &err), 0);
	assert_true(value == 1.5);
	assert_int_equal(conf_number(&conf, "s", "none", 9, &value, &err), 0);
	assert_true(value == 9);
	assert_int_equal(conf_number(&conf, "s", "b", 7, &value, &err), ERR_DATA);
	assert_true(value == 9);
	assert_string_equal(err.msg, "t.conf:3:1: \"b\" is \"much\", expected a number");
}

static void every_section_comes_once_in_order(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct conf conf;
	size_t i = 0;

	(void)state;
	assert_int_equal(read_conf("[b]\nx = 1\n[a]\nx = 1\ny = 2\n[b]\ny = 1\n", &arena, &conf, NULL), 0);
	assert_string_equal(conf_section(&conf, &i), "b");
	assert_string_equal(conf_section(&conf, &i), "a");
	assert_null(conf_section(&conf, &i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_entry_knows_its_section_and_line),
		cmocka_unit_test(the_last_of_two_entries_counts),
		cmocka_unit_test(an_indented_key_is_a_key_of_its_own),
		cmocka_unit_test(a_section_may_be_a_long_path),
		cmocka_unit_test(crlf_a_mark_and_a_missing_last_newline_do_no_harm),
		cmocka_unit_test(what_is_no_setting_is_named_by_its_line),
		cmocka_unit_test(a_line_that_would_be_cut_is_refused),
		cmocka_unit_test(numbers_have_a_fallback_and_a_place),
		cmocka_unit_test(every_section_comes_once_in_order),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("conf", tests, NULL, NULL);
}
