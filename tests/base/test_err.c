/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_err.c - errors keep the first message's code and the first hint. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <tocsin/base.h>

static void a_failure_says_its_code_and_message(void **state)
{
	struct err err = {0};

	(void)state;
	assert_int_equal(err_set(&err, ERR_DATA, "%s:%d:%d: bad", "a.csv", 3, 7), ERR_DATA);
	assert_int_equal(err.code, ERR_DATA);
	assert_string_equal(err.msg, "a.csv:3:7: bad");
	assert_string_equal(err.hint, "");
}

static void the_first_hint_stays(void **state)
{
	struct err err = {0};

	(void)state;
	err_set(&err, ERR_BUSY, "busy");
	assert_int_equal(err_hint(&err, ERR_BUSY, "Wait %d s.", 5), ERR_BUSY);
	assert_int_equal(err_hint(&err, ERR_FAILED, "Give up."), ERR_FAILED);
	assert_string_equal(err.hint, "Wait 5 s.");
	assert_int_equal(err.code, ERR_BUSY);
}

static void a_new_failure_drops_the_hint_of_the_old_one(void **state)
{
	struct err err = {0};

	(void)state;
	err_hint(&err, err_set(&err, ERR_BUSY, "busy"), "Wait.");
	err_set(&err, ERR_DATA, "bad");
	assert_string_equal(err.hint, "");
}

static void nobody_need_listen(void **state)
{
	(void)state;
	assert_int_equal(err_set(NULL, ERR_DENIED, "no"), ERR_DENIED);
	assert_int_equal(err_hint(NULL, ERR_DENIED, "Ask."), ERR_DENIED);
}

static void a_long_message_is_cut_and_ends(void **state)
{
	struct err err;
	char big[5000];

	(void)state;
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	err_hint(&err, err_set(&err, ERR_FAILED, "%s", big), "%s", big);
	assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
	assert_int_equal(strlen(err.hint), sizeof err.hint - 1);
}

static void the_codes_are_the_exit_statuses(void **state)
{
	(void)state;
	assert_int_equal(-ERR_FAILED, 1);
	assert_int_equal(-ERR_USAGE, 2);
	assert_int_equal(-ERR_NOT_FOUND, 3);
	assert_int_equal(-ERR_DATA, 4);
	assert_int_equal(-ERR_DENIED, 5);
	assert_int_equal(-ERR_CONFLICT, 6);
	assert_int_equal(-ERR_INTEGRITY, 7);
	assert_int_equal(-ERR_BUSY, 75);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failure_says_its_code_and_message),
		cmocka_unit_test(the_first_hint_stays),
		cmocka_unit_test(a_new_failure_drops_the_hint_of_the_old_one),
		cmocka_unit_test(nobody_need_listen),
		cmocka_unit_test(a_long_message_is_cut_and_ends),
		cmocka_unit_test(the_codes_are_the_exit_statuses),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
