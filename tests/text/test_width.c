/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_width.c - the columns that a text takes on a terminal. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <tocsin/text.h>

static void a_sign_takes_none_one_or_two_columns(void **state)
{
	static const struct { const char *text; size_t width; } cases[] = {
		{"", 0}, {"Tbilisi", 7}, {"თბილისი", 7}, {"Скопје", 6}, {"e\xcc\x81", 1}, {"é", 1}, {"東京", 4},
		{"ｗ", 2}, {"\xe2\x80\x8f", 0}, {"بَيْرُوت", 5}, {"a\xe2\x80\x8b" "b", 2}, {"\xc2\xad", 1}, {"−–", 2},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		if (text_width(cases[i].text, strlen(cases[i].text)) != cases[i].width)
			fail_msg("\"%s\" takes %zu", cases[i].text, text_width(cases[i].text, strlen(cases[i].text)));
}

static void only_the_bytes_given_count(void **state)
{
	(void)state;
	assert_int_equal(text_width("東京", 3), 2);
	assert_int_equal(text_width("abc", 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sign_takes_none_one_or_two_columns),
		cmocka_unit_test(only_the_bytes_given_count),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("width", tests, NULL, NULL);
}
