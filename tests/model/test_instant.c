/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_instant.c - instants as ISO 8601, the calendar, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tocsin/model.h>

static struct instant at(const char *s)
{
	struct instant ret;
	struct err err;

	if (instant_read(s, &ret, &err) < 0)
		fail_msg("%s", err.msg);
	return ret;
}

#define COMES_BACK_AS(given, expected) do { char text_[40]; instant_write(at(given), text_); \
	assert_string_equal(text_, expected); } while (0)

static void an_instant_is_as_exact_as_it_was_written(void **state)
{
	(void)state;
	assert_int_equal(at("2025").precision, INSTANT_YEAR);
	assert_int_equal(at("2025-03").precision, INSTANT_MONTH);
	assert_int_equal(at("2025-03-15").precision, INSTANT_DAY);
	assert_int_equal(at("2025-03-15T10:00Z").precision, INSTANT_SECOND);
	COMES_BACK_AS("2025", "2025");
	COMES_BACK_AS("2025-03", "2025-03");
	COMES_BACK_AS("2025-03-15", "2025-03-15");
	COMES_BACK_AS("2025-03-15T10:00Z", "2025-03-15T10:00:00Z");
	COMES_BACK_AS("2025-03-15 10:00:07.25z", "2025-03-15T10:00:07.25Z");
	COMES_BACK_AS("2025-03-15T10:00:07,1234567Z", "2025-03-15T10:00:07.123456Z");
	COMES_BACK_AS("0001", "0001");
	COMES_BACK_AS("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z");
}

static void the_offset_is_kept_and_the_moment_is_utc(void **state)
{
	(void)state;
	assert_true(at("2025-01-01T00:30:00+01:00").usec == at("2024-12-31T23:30:00Z").usec);
	assert_int_equal(at("2025-01-01T00:30:00+01:00").offset, 60);
	COMES_BACK_AS("2025-01-01T00:30:00+01:00", "2025-01-01T00:30:00+01:00");
	COMES_BACK_AS("2025-01-01T00:30:00-0330", "2025-01-01T00:30:00-03:30");
	COMES_BACK_AS("2025-01-01T00:30:00+05:45", "2025-01-01T00:30:00+05:45");
	COMES_BACK_AS("2025-01-01T00:30:00-00:00", "2025-01-01T00:30:00Z");
	COMES_BACK_AS("2025-01-01T24:00:00Z", "2025-01-02T00:00:00Z");
	COMES_BACK_AS("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z");   /* a leap second joins the next */
}

static void what_is_no_date_is_refused_and_nothing_changes(void **state)
{
	static const char *const bad[] = {"", "0000", "0000-01-01", "-001", "25", "20255", "2025-", "2025-00", "2025-13",
		"2025-3", "2025-03-", "2025-03-00", "2025-03-32", "2025-04-31", "2025/03/15", "2025-03-15T", "2025-03-15T10",
		"2025-03-15T10:00", "2025-03-15T25:00Z", "2025-03-15T24:01Z", "2025-03-15T10:60Z", "2025-03-15T10:00:61Z",
		"2025-03-15T10:00+", "2025-03-15T10:00+1:00", "2025-03-15T10:00+16:00", "2025-03-15T10:00+01:60",
		"2025-03-15T10:00Zx", "2025-03T10:00Z", "2025-03-15 ", " 2025", "٢٠٢٥", "2025-03-15T10:0"};
	struct err err;

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		struct instant ret = {.usec = 42};

		assert_int_equal(instant_read(bad[i], &ret, &err), ERR_DATA);
		assert_int_equal(ret.usec, 42);
		assert_non_null(strstr(err.msg, "is not a date or time"));
		assert_string_not_equal(err.hint, "");
	}
	assert_int_equal(instant_read("x", &(struct instant){0}, NULL), ERR_DATA);
}

static void leap_days_follow_the_gregorian_rule(void **state)
{
	struct instant ret;

	(void)state;
	assert_int_equal(instant_read("2024-02-29", &ret, NULL), 0);
	assert_int_equal(instant_read("2000-02-29", &ret, NULL), 0);
	assert_int_equal(instant_read("2023-02-29", &ret, NULL), ERR_DATA);
	assert_int_equal(instant_read("1900-02-29", &ret, NULL), ERR_DATA);
	assert_int_equal(instant_days_between(at("1900-02-28"), at("1900-03-01")), 1);
	assert_int_equal(instant_days_between(at("2000-02-28"), at("2000-03-01")), 2);
}

static void every_instant_survives_writing_and_reading(void **state)
{
	const int64_t first = at("0001-01-02").usec, past = at("9999-12-31").usec;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1);
	for (int i = 0; i < 50000; i++) {
		struct instant was = {.usec = first + (int64_t)(rng_next(&rng) % (uint64_t)(past - first)),
				      .precision = INSTANT_SECOND, .offset = (int16_t)((int)rng_below(&rng, 1681) - 840)};
		char text[40];

		if (i % 3 == 0)
			was.usec -= was.usec % USEC_PER_SECOND;
		instant_write(was, text);
		assert_true(at(text).usec == was.usec);
		assert_int_equal(at(text).offset, was.offset);
		assert_int_equal(at(text).precision, INSTANT_SECOND);
	}
}

static void the_calendar_agrees_with_the_c_library(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 2);
	for (int i = 0; i < 20000; i++) {
		time_t when = (time_t)(rng_next(&rng) % (UINT64_C(86400) * 3600000)) - (time_t)86400 * 700000;
		struct instant then = {.usec = (int64_t)when * USEC_PER_SECOND, .precision = INSTANT_SECOND};
		int64_t year;
		unsigned month, day;
		struct tm tm;

		gmtime_r(&when, &tm);
		instant_civil(then, &year, &month, &day);
		assert_int_equal(year, tm.tm_year + 1900);
		assert_int_equal(month, tm.tm_mon + 1);
		assert_int_equal(day, tm.tm_mday);
		assert_true(instant_of_day(year, month, day).usec ==
			    then.usec - (tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec) * USEC_PER_SECOND);
		assert_int_equal(instant_year(then), year);
		assert_int_equal(instant_month(then), year * 12 + month - 1);
		assert_int_equal(instant_month(instant_of_month(instant_month(then))), instant_month(then));
	}
}

static void days_are_counted_downwards(void **state)
{
	(void)state;
	assert_int_equal(instant_days_between(at("2025-01-01T12:00Z"), at("2025-01-02T11:59Z")), 0);
	assert_int_equal(instant_days_between(at("2025-01-02T12:00Z"), at("2025-01-02T11:59Z")), -1);
	assert_int_equal(instant_days_between(at("2025-01-01"), at("2025-12-31")), 364);
	assert_true(instant_add_days(at("2024-02-28"), 2).usec == at("2024-03-01").usec);
	assert_true(instant_add_days(at("1970-01-01"), -1).usec == at("1969-12-31").usec);
	assert_int_equal(instant_add_days(at("2024"), 1).precision, INSTANT_DAY);
}

static void the_last_moment_is_of_the_year_month_or_day_that_is_meant(void **state)
{
	static const char *const texts[][2] = {
		{"2024", "2025-01-01T00:00:00Z"}, {"2024-02", "2024-03-01T00:00:00Z"}, {"2024-12", "2025-01-01T00:00:00Z"},
		{"2024-02-28", "2024-02-29T00:00:00Z"},
	};
	struct instant at, next;

	(void)state;
	for (size_t i = 0; i < LENGTH(texts); i++) {
		assert_int_equal(instant_read(texts[i][0], &at, NULL), 0);
		assert_int_equal(instant_read(texts[i][1], &next, NULL), 0);
		assert_int_equal(instant_last(at), next.usec - 1);
	}
	assert_int_equal(instant_last(next), next.usec);   /* a second is as exact as it gets */
}

static void a_missing_instant_is_written_as_nothing(void **state)
{
	char text[40] = "x";

	(void)state;
	instant_write((struct instant){.usec = 5}, text);
	assert_string_equal(text, "");
	assert_false(instant_is_set((struct instant){0}));
	assert_true(instant_is_set(instant_now()));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_instant_is_as_exact_as_it_was_written),
		cmocka_unit_test(the_offset_is_kept_and_the_moment_is_utc),
		cmocka_unit_test(what_is_no_date_is_refused_and_nothing_changes),
		cmocka_unit_test(leap_days_follow_the_gregorian_rule),
		cmocka_unit_test(every_instant_survives_writing_and_reading),
		cmocka_unit_test(the_calendar_agrees_with_the_c_library),
		cmocka_unit_test(days_are_counted_downwards),
		cmocka_unit_test(the_last_moment_is_of_the_year_month_or_day_that_is_meant),
		cmocka_unit_test(a_missing_instant_is_written_as_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("instant", tests, NULL, NULL);
}
