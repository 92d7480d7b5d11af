/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_num.c - numbers as text and back, rounding, the random generator against published values. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/base.h>

static const char *written(double value)
{
	static char text[32];
	size_t len = num_write(value, text);

	assert_int_equal(len, strlen(text));
	return text;
}

static double of_bits(uint64_t bits)
{
	double value;

	memcpy(&value, &bits, sizeof value);
	return value;
}

static void a_number_is_written_as_a_person_would(void **state)
{
	(void)state;
	assert_string_equal(written(0.1), "0.1");
	assert_string_equal(written(0.1 + 0.2), "0.30000000000000004");
	assert_string_equal(written(1.0 / 3), "0.3333333333333333");
	assert_string_equal(written(100), "100");
	assert_string_equal(written(-2.5), "-2.5");
	assert_string_equal(written(1e22), "1e+22");
	assert_string_equal(written(0.0), "0");
	assert_string_equal(written(-0.0), "0");
	assert_string_equal(written(5e-324), "5e-324");
	assert_string_equal(written(DBL_MAX), "1.7976931348623157e+308");
}

static void what_is_no_number_is_written_as_nothing(void **state)
{
	(void)state;
	assert_string_equal(written(NAN), "");
	assert_string_equal(written(INFINITY), "");
	assert_string_equal(written(-INFINITY), "");
}

static void every_double_survives_and_no_rounding_to_fewer_digits_does(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 7);
	for (int i = 0; i < 40000; i++) {
		uint64_t bits = rng_next(&rng);
		double value, back;
		char text[32], fewer[400];
		int digits = 0;

		if (i % 4 == 0)
			bits &= ~(UINT64_C(0x7ff) << 52);              /* below the normal range */
		value = i % 4 == 1 ? (double)(int64_t)(bits % 2000000) / 1000 : of_bits(bits);
		if (!isfinite(value) || value == 0)
			continue;
		assert_true(num_write(value, text) < sizeof text);
		assert_int_equal(num_read(text, strlen(text), &back), 0);
		assert_memory_equal(&back, &value, sizeof value);
		for (const char *c = text; *c && *c != 'e'; c++)
			digits += *c >= '0' && *c <= '9' && (digits || *c != '0');
		for (const char *c = text + strcspn(text, "e") - 1; !strchr(text, '.') && *c == '0'; c--)
			digits--;                              /* zeros that only carry the size */
		if (digits > 1) {
			snprintf(fewer, sizeof fewer, "%.*g", digits - 1, value);
			assert_true(strtod(fewer, NULL) != value);
		}
	}
}

static void only_a_whole_decimal_number_is_read(void **state)
{
	static const char *const good[] = {"0", "-1", "+1", "007", "1.", ".5", "1e5", "1E-5", "1.25e+3", "-0"};
	static const char *const bad[] = {"", "-", "+", ".", "e5", "1e", "1e+", "0x10", "nan", "inf", "-inf", " 1", "1 ",
		"1,5", "1_000", "1e999", "-1e999", "1..2", "--1", "1e5.0", "١"};
	double value;

	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++) {
		assert_int_equal(num_read(good[i], strlen(good[i]), &value), 0);
		assert_true(value == strtod(good[i], NULL));
	}
	for (size_t i = 0; i < LENGTH(bad); i++) {
		value = 42;
		assert_int_equal(num_read(bad[i], strlen(bad[i]), &value), ERR_DATA);
		assert_true(value == 42);
	}
}

static void the_length_bounds_what_is_read(void **state)
{
	double value;

	(void)state;
	assert_int_equal(num_read("12;34", 2, &value), 0);
	assert_true(value == 12);
	assert_int_equal(num_read("12;34", 3, &value), ERR_DATA);
}

static void minus_zero_is_zero(void **state)
{
	double value = 1;

	(void)state;
	assert_int_equal(num_read("-0.0", 4, &value), 0);
	assert_false(signbit(value));
	assert_false(signbit(num_round(-0.0)));
	assert_false(signbit(num_round(-5e-324 / 2)));
}

static void whole_numbers_keep_to_64_bits(void **state)
{
	static const char *const bad[] = {"", "-", "+1", "1.0", "1e3", " 1", "9223372036854775808",
		"-9223372036854775808", "99999999999999999999", "0x1"};
	int64_t value;

	(void)state;
	assert_int_equal(num_read_int("9223372036854775807", 19, &value), 0);
	assert_true(value == INT64_MAX);
	assert_int_equal(num_read_int("-9223372036854775807", 20, &value), 0);
	assert_true(value == -INT64_MAX);
	for (size_t i = 0; i < LENGTH(bad); i++) {   /* the least of all means missing */
		value = 42;
		assert_int_equal(num_read_int(bad[i], strlen(bad[i]), &value), ERR_DATA);
		assert_int_equal(value, 42);
	}
}

static void computed_values_have_nine_digits(void **state)
{
	(void)state;
	assert_string_equal(written(num_round(1.0 / 3)), "0.333333333");
	assert_string_equal(written(num_round(123456789.987)), "123456790");
	assert_string_equal(written(num_round(0.1 + 0.2)), "0.3");
	assert_true(isnan(num_round(NAN)));
	assert_true(isnan(num_round(INFINITY)));
}

static void rounding_twice_is_rounding_once(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 8);
	for (int i = 0; i < 20000; i++) {
		double value = of_bits(rng_next(&rng)), once = num_round(value);

		if (!isfinite(value))
			continue;
		assert_true(isnan(once) || num_round(once) == once);   /* past the largest: missing */
		assert_true(isnan(once) || fabs(value) < 1e-300 || fabs(once - value) <= 5.0000001e-9 * fabs(value));
		assert_true(isnan(once) || written(once)[0] != '\0');
	}
}

/* splitmix64 of seed 0 (Steele, Lea and Flood 2014) fills the state. */
static void the_seed_fills_the_state_by_splitmix64(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 0);
	assert_true(rng.s[0] == UINT64_C(0xe220a8397b1dcdaf));
	assert_true(rng.s[1] == UINT64_C(0x6e789e6aa1b965f4));
	assert_true(rng.s[2] == UINT64_C(0x06c45d188009454f));
	assert_true(rng.s[3] == UINT64_C(0xf88bb8a8724c81ec));
}

/* The values that the authors' xoshiro256starstar.c gives for the state 1, 2, 3, 4. */
static void the_generator_is_xoshiro256starstar(void **state)
{
	const uint64_t expected[] = {11520, 0, 1509978240, UINT64_C(1215971899390074240),
				     UINT64_C(1216172134540287360), UINT64_C(607988272756665600)};
	struct rng rng = {{1, 2, 3, 4}};

	(void)state;
	for (size_t i = 0; i < LENGTH(expected); i++)
		assert_true(rng_next(&rng) == expected[i]);
}

static void draws_stay_in_range_and_are_even(void **state)
{
	int counts[7] = {0};
	double sum = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 9);
	for (int i = 0; i < 70000; i++) {
		double u = rng_unit(&rng);

		assert_true(u >= 0 && u < 1);
		sum += u;
		counts[rng_below(&rng, 7)]++;
	}
	assert_true(fabs(sum / 70000 - 0.5) < 0.006);   /* five standard errors */
	for (int i = 0; i < 7; i++)
		assert_true(abs(counts[i] - 10000) < 470);
	assert_int_equal(rng_below(&rng, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_is_written_as_a_person_would),
		cmocka_unit_test(what_is_no_number_is_written_as_nothing),
		cmocka_unit_test(every_double_survives_and_no_rounding_to_fewer_digits_does),
		cmocka_unit_test(only_a_whole_decimal_number_is_read),
		cmocka_unit_test(the_length_bounds_what_is_read),
		cmocka_unit_test(minus_zero_is_zero),
		cmocka_unit_test(whole_numbers_keep_to_64_bits),
		cmocka_unit_test(computed_values_have_nine_digits),
		cmocka_unit_test(rounding_twice_is_rounding_once),
		cmocka_unit_test(the_seed_fills_the_state_by_splitmix64),
		cmocka_unit_test(the_generator_is_xoshiro256starstar),
		cmocka_unit_test(draws_stay_in_range_and_are_even),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("num", tests, NULL, NULL);
}
