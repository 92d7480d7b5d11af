/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_json.c - JSON read strictly and written in one canonical form. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/base.h>

static const char *canonical(struct arena *arena, const char *text)
{
	_cleanup_(buf_free) struct buf buf = {0};
	const struct json *value;
	struct err err = {0};

	if (json_read(text, strlen(text), "t", 1, arena, &value, &err) < 0)
		fail_msg("%s", err.msg);
	json_write(&buf, value);
	return arena_ndup(arena, buf.s, buf.len);
}

static void keys_are_sorted_and_blanks_gone(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	assert_string_equal(canonical(&arena, " { \"b\" : [ 1 , 2.50 ] ,\n \"a\" : null, \"B\":true,\"\":false } "),
			    "{\"\":false,\"B\":true,\"a\":null,\"b\":[1,2.5]}");
	assert_string_equal(canonical(&arena, "[]"), "[]");
	assert_string_equal(canonical(&arena, "{}"), "{}");
}

static void text_is_written_unescaped_where_it_may(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	assert_string_equal(canonical(&arena, "\"\\u0160aban \\/ \\ud83d\\ude00 \\\"q\\\" \\\\ \\n\\t\\u0001\""),
			    "\"Šaban / 😀 \\\"q\\\" \\\\ \\n\\t\\u0001\"");
}

static void numbers_keep_their_value_in_their_shortest_form(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	assert_string_equal(canonical(&arena, "[0.1, 1.0, -0.0, 1e3, 9223372036854775807, -0]"),
			    "[0.1,1,0,1000,9223372036854775807,0]");
}

static void equal_values_have_equal_bytes_whatever_the_order(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct rng rng;

	(void)state;
	rng_seed(&rng, 2);
	for (int round = 0; round < 200; round++) {
		int order[8] = {0, 1, 2, 3, 4, 5, 6, 7};
		_cleanup_(buf_free) struct buf text = {0};

		for (size_t i = 7; i > 0; i--) {
			size_t j = rng_below(&rng, i + 1);
			int swap = order[i];

			order[i] = order[j];
			order[j] = swap;
		}
		for (int i = 0; i < 8; i++)
			buf_printf(&text, "%s\"k%d\": %d.0", i ? " ,\n" : "{", order[i], order[i] * 5);
		buf_putc(&text, '}');
		assert_string_equal(canonical(&arena, text.s), "{\"k0\":0,\"k1\":5,\"k2\":10,\"k3\":15,\"k4\":20,"
				    "\"k5\":25,\"k6\":30,\"k7\":35}");
		arena_reset(&arena);
	}
}

static void put_random(struct buf *buf, struct rng *rng, int depth)
{
	size_t n = rng_below(rng, 4);

	switch (rng_below(rng, depth > 4 ? 4 : 6)) {
	case 0:
		json_put_num(buf, (rng_unit(rng) - 0.5) * exp2((double)rng_below(rng, 200) - 100));
		break;
	case 1:
		buf_printf(buf, "%lld", (long long)(int64_t)rng_next(rng));
		break;
	case 2:
		buf_puts(buf, "\"");
		for (size_t i = 0; i < n; i++)
			buf_puts(buf, (const char *const[]){"я", "\\\\", "\\\"", "é", "x"}[rng_below(rng, 5)]);
		buf_puts(buf, "\"");
		break;
	case 3:
		buf_puts(buf, (const char *const[]){"null", "true", "false"}[rng_below(rng, 3)]);
		break;
	case 4:
		buf_putc(buf, '[');
		for (size_t i = 0; i < n; i++) {
			buf_puts(buf, i ? "," : "");
			put_random(buf, rng, depth + 1);
		}
		buf_putc(buf, ']');
		break;
	default:
		buf_putc(buf, '{');
		for (size_t i = 0; i < n; i++) {
			buf_printf(buf, "%s\"k%zu\":", i ? "," : "", 9 - i);
			put_random(buf, rng, depth + 1);
		}
		buf_putc(buf, '}');
	}
}

static void the_canonical_form_is_its_own_canonical_form(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct rng rng;

	(void)state;
	rng_seed(&rng, 5);
	for (int round = 0; round < 3000; round++) {
		_cleanup_(buf_free) struct buf text = {0};
		const char *once;

		put_random(&text, &rng, 0);
		once = canonical(&arena, text.s);
		assert_string_equal(canonical(&arena, once), once);
		arena_reset(&arena);
	}
}

static void bad_json_is_named_with_its_place(void **state)
{
	static const char *const bad[] = {"", "{", "[1,]", "{\"a\":1,}", "{a:1}", "'a'", "[1] x", "01", "1.", "nul",
		"\"\xff\"", "\"\\ud800\"", "\"\\u0000\"", "\"a\nb\"", "[99999999999999999999]", "[1e999]",
		"{\"a\":1,\"a\":2}", "{\"b\":{\"a\":1,\"a\":1}}"};
	_cleanup_(arena_free) struct arena arena = {0};
	const struct json *value = NULL;
	struct err err;

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		assert_int_equal(json_read(bad[i], strlen(bad[i]), "x.json", 7, &arena, &value, &err), ERR_DATA);
		assert_null(value);
		assert_true(str_starts(err.msg, "x.json:7:") || str_starts(err.msg, "x.json:8:"));
	}
	assert_int_equal(json_read("{\n\n  ?}", 7, "x.json", 1, &arena, &value, &err), ERR_DATA);
	assert_true(str_starts(err.msg, "x.json:3:"));
}

static void depth_has_a_limit(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct json *value;
	struct err err;
	char text[2 * 300 + 1];

	(void)state;
	for (size_t n = 255; n <= 257; n++) {
		memset(text, '[', n);
		memset(text + n, ']', n);
		assert_int_equal(json_read(text, 2 * n, "t", 1, &arena, &value, &err), n <= 256 ? 0 : ERR_DATA);
	}
	assert_non_null(strstr(err.msg, "deeper than 256"));
	/* Brackets inside a text are no depth. */
	text[0] = '"';
	memset(text + 1, '[', 298);
	text[299] = '"';
	assert_int_equal(json_read(text, 300, "t", 1, &arena, &value, &err), 0);
}

static void a_huge_text_is_refused_before_it_is_read(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct json *value;
	size_t len = ((size_t)64 << 20) + 1;
	char *text = malloc(len);
	struct err err;

	(void)state;
	memset(text, ' ', len);
	assert_int_equal(json_read(text, len, "t", 1, &arena, &value, &err), ERR_DATA);
	assert_non_null(strstr(err.msg, "expected at most"));
	free(text);
}

static void members_are_reached_by_name_and_type(void **state)
{
	static const char text[] = "{\"s\":\"x\",\"n\":2.5,\"i\":3,\"z\":null}";
	_cleanup_(arena_free) struct arena arena = {0};
	const struct json *map;

	(void)state;
	assert_int_equal(json_read(text, strlen(text), "t", 1, &arena, &map, NULL), 0);
	assert_string_equal(json_text(map, "s"), "x");
	assert_null(json_text(map, "n"));
	assert_true(json_num(map, "n") == 2.5);
	assert_true(json_num(map, "i") == 3);
	assert_true(isnan(json_num(map, "s")));
	assert_true(isnan(json_num(map, "none")));
	assert_null(json_get(map, "z"));
	assert_null(json_get(NULL, "z"));
	assert_null(json_get(json_get(map, "s"), "z"));
	assert_string_equal(map->keys[0], "s");   /* in the order of the input */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_sorted_and_blanks_gone),
		cmocka_unit_test(text_is_written_unescaped_where_it_may),
		cmocka_unit_test(numbers_keep_their_value_in_their_shortest_form),
		cmocka_unit_test(equal_values_have_equal_bytes_whatever_the_order),
		cmocka_unit_test(the_canonical_form_is_its_own_canonical_form),
		cmocka_unit_test(bad_json_is_named_with_its_place),
		cmocka_unit_test(depth_has_a_limit),
		cmocka_unit_test(a_huge_text_is_refused_before_it_is_read),
		cmocka_unit_test(members_are_reached_by_name_and_type),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
