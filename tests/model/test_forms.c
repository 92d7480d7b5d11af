/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_forms.c - records as JSON Lines and CSV: nothing is lost, nothing foreign is let in. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "any_record.h"

static void every_record_survives_json(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct rng rng;
	struct err err;

	(void)state;
	rng_seed(&rng, 10);
	for (int i = 0; i < 150; i++)
		for (size_t k = 0; k < n_kinds; k++) {
			struct record *was = any_record(&arena, &rng, kinds[k]), *r;
			const char *text;

			was->revision = i % 3;
			text = json_of(&arena, was);
			if (record_read_json(text, strlen(text), "t", 1, &arena, &r, &err) < 0)
				fail_msg("%s in %s", err.msg, text);
			assert_string_equal(json_of(&arena, r), text);
			assert_string_equal(r->id, was->id);
			assert_int_equal(r->revision, was->revision);
			for (size_t f = 0; f < kinds[k]->n_fields; f++) {
				const struct field *field = &kinds[k]->fields[f];

				assert_int_equal(field_is_missing(r, field), field_is_missing(was, field));
				if (field->type == FIELD_REAL && !field_is_missing(r, field))
					assert_true(*field_real(r, field) == *field_real(was, field));
				if (field->type == FIELD_INT)
					assert_true(*field_int(r, field) == *field_int(was, field));
			}
			arena_reset(&arena);
		}
}

static void every_record_survives_csv(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct rng rng;
	struct err err;

	(void)state;
	rng_seed(&rng, 11);
	for (size_t k = 0; k < n_kinds; k++) {
		_cleanup_(buf_free) struct buf text = {0};
		struct records was = {.arena = &arena}, list = {.arena = &arena};

		record_write_csv_header(&text, kinds[k], ',');
		for (int i = 0; i < 100; i++) {
			records_add(&was, any_record(&arena, &rng, kinds[k]));
			record_write_csv(&text, was.v[i], ',');
		}
		if (records_read_csv(text.s, text.len, "t", &list, &err) < 0)
			fail_msg("%s: %s", kinds[k]->name, err.msg);
		assert_int_equal(list.n, 100);
		for (size_t i = 0; i < list.n; i++)
			assert_string_equal(json_of(&arena, list.v[i]), json_of(&arena, was.v[i]));
		arena_reset(&arena);
	}
}

static void lines_are_read_in_order_and_blank_ones_skipped(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records list = {.arena = &arena};
	static const char text[] = "\n{\"kind\":\"setting\",\"name\":\"a\"}\n \t\r\n{\"kind\":\"setting\",\"name\":\"b\"}";

	(void)state;
	assert_int_equal(records_read_jsonl(text, strlen(text), "t", &list, NULL), 0);
	assert_int_equal(list.n, 2);
	assert_string_equal(((struct setting *)list.v[0])->name, "a");
	assert_string_equal(((struct setting *)list.v[1])->name, "b");
	assert_non_null(list.v[0]->id);   /* computed, as none was given */
}

static void the_end_of_the_text_is_where_its_length_says(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records list = {.arena = &arena};
	char *text = malloc(3);   /* a reader that strays is caught by the sanitizer */

	(void)state;
	memcpy(text, " \t ", 3);
	assert_int_equal(records_read_jsonl(text, 3, "t", &list, NULL), 0);
	assert_int_equal(list.n, 0);
	free(text);
}

static const char *complaint(struct arena *arena, const char *text)
{
	struct records list = {.arena = arena};
	struct err err = {0};

	assert_int_equal(records_read_jsonl(text, strlen(text), "in.jsonl", &list, &err), ERR_DATA);
	assert_int_equal(err.code, ERR_DATA);
	return arena_dup(arena, err.msg);
}

#define SAYS(text, expected) assert_string_equal(complaint(&arena, text), expected)

static void bad_lines_are_named_by_file_line_and_field(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	SAYS("\n[1]\n", "in.jsonl:2:1: expected an object with a \"kind\"");
	SAYS("{\"id\":\"x\"}\n", "in.jsonl:1:1: expected an object with a \"kind\"");
	SAYS("{\"kind\":\"rumour\"}\n", "in.jsonl:1:1: unknown kind \"rumour\"");
	SAYS("{\"kind\":\"event\",\"actor\":5}", "in.jsonl:1:1: field \"actor\" is not text");
	SAYS("{\"kind\":\"event\",\"negated\":1.5}", "in.jsonl:1:1: field \"negated\" is not a whole number");
	SAYS("{\"kind\":\"event\",\"confidence\":\"0.5\"}", "in.jsonl:1:1: field \"confidence\" is not a number");
	SAYS("{\"kind\":\"event\",\"known\":2025}", "in.jsonl:1:1: field \"known\" is not text");
	SAYS("{\"kind\":\"event\",\"known\":\"yesterday\"}", "in.jsonl:1:1: \"yesterday\" is not a date or time");
	SAYS("{\"kind\":\"document\",\"published\":\"0000-01-01\"}", "in.jsonl:1:1: \"0000-01-01\" is not a date or time");
	SAYS("{\"kind\":\"event\",\"missing\":[]}", "in.jsonl:1:1: field \"missing\" is not an object");
	SAYS("{\"kind\":\"event\",\"withdrawn\":1}", "in.jsonl:1:1: \"withdrawn\" is \"1\", expected true or false");
	SAYS("{\"kind\":\"event\",\"revision\":-1}", "in.jsonl:1:1: \"revision\" is \"-1\", expected a whole number");
	SAYS("{\"kind\":\"event\",\"origins\":{}}", "in.jsonl:1:1: \"origins\" is not a list");
	SAYS("{\"kind\":\"event\",\"origins\":[{}]}", "in.jsonl:1:1: an origin has no \"id\"");
	SAYS("{\"kind\":\"event\",\"origins\":[7]}", "in.jsonl:1:1: an origin has no \"id\"");
	SAYS("{\"kind\":\"event\",\"origins\":[{\"id\":\"a\",\"byte_start\":1}]}",
	     "in.jsonl:1:1: an origin needs whole byte_start and byte_end or neither");
	assert_true(str_starts(complaint(&arena, "{}\n{\"kind\":"), "in.jsonl:1:1:"));
	assert_true(str_starts(complaint(&arena, "\n\n{\"kind\":\n"), "in.jsonl:3:"));
}

static void a_newer_major_schema_is_refused_before_its_fields_are_read(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records list = {.arena = &arena};
	static const char csv[] = "kind,known,schema\nevent,whenever,2.1\n";
	struct err err = {0};

	(void)state;
	SAYS("{\"kind\":\"event\",\"actor\":{\"name\":\"x\"},\"schema\":\"2.0\"}", "in.jsonl:1:1: schema 2.0 is newer than 1.0");
	SAYS("{\"kind\":\"omen\",\"schema\":\"2.0\"}", "in.jsonl:1:1: schema 2.0 is newer than 1.0");
	SAYS("{\"kind\":\"event\",\"schema\":\"new\"}", "in.jsonl:1:1: schema is \"new\", expected a version such as 1.0");
	assert_int_equal(records_read_csv(csv, strlen(csv), "in.csv", &list, &err), ERR_DATA);
	assert_string_equal(err.msg, "in.csv:2:16: schema 2.1 is newer than 1.0");
	assert_string_equal(err.hint, "Install a newer tocsin to read this record.");
}

static void fields_of_a_newer_minor_schema_pass_through(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records list = {.arena = &arena}, again = {.arena = &arena};
	_cleanup_(buf_free) struct buf csv = {0};
	static const char text[] = "{\"kind\":\"setting\",\"mood\":{\"b\":[1,null],\"a\":0.1},\"name\":\"a\",\"extra\":\"x\","
				   "\"schema\":\"1.7\",\"value\":2}";

	(void)state;
	assert_int_equal(records_read_jsonl(text, strlen(text), "t", &list, NULL), 0);
	assert_string_equal(list.v[0]->extra, "{\"extra\":\"x\",\"mood\":{\"a\":0.1,\"b\":[1,null]}}");
	assert_non_null(strstr(json_of(&arena, list.v[0]), ",\"extra\":\"x\",\"mood\":{\"a\":0.1,\"b\":[1,null]},"));
	assert_non_null(strstr(json_of(&arena, list.v[0]), "\"schema\":\"1.7\""));
	record_write_csv_header(&csv, &kind_setting, ',');
	record_write_csv(&csv, list.v[0], ',');
	assert_int_equal(records_read_csv(csv.s, csv.len, "t", &again, NULL), 0);
	assert_string_equal(json_of(&arena, again.v[0]), json_of(&arena, list.v[0]));
}

static void a_foreign_column_is_kept_as_text(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records list = {.arena = &arena};
	static const char text[] = "kind,name,mood,colour\nsetting,a,0.5,\nsetting,b,,red\n";

	(void)state;
	assert_int_equal(records_read_csv(text, strlen(text), "t", &list, NULL), 0);
	assert_string_equal(list.v[0]->extra, "{\"mood\":\"0.5\"}");
	assert_string_equal(list.v[1]->extra, "{\"colour\":\"red\"}");
}

static const char *csv_complaint(struct arena *arena, const char *text)
{
	struct records list = {.arena = arena};
	struct err err = {0};

	assert_int_equal(records_read_csv(text, strlen(text), "in.csv", &list, &err), ERR_DATA);
	return arena_dup(arena, err.msg);
}

#define CSV_SAYS(text, expected) assert_string_equal(csv_complaint(&arena, text), expected)

static void bad_cells_are_named_by_file_line_and_column(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	CSV_SAYS("name\na\n", "in.csv:1:1: no column \"kind\"");
	CSV_SAYS("kind,name\nrumour,a\n", "in.csv:2:1: unknown kind \"rumour\"");
	CSV_SAYS("kind,name,value\nsetting,a,1\nsetting,\"b\nc\",much\n",
		 "in.csv:4:4: field \"value\" is \"much\", expected a number");
	CSV_SAYS("kind,negated\nevent,0.5\n", "in.csv:2:7: field \"negated\" is \"0.5\", expected a whole number");
	CSV_SAYS("kind,known\nevent,2025-02-30\n", "in.csv:2:7: \"2025-02-30\" is not a date or time");
	CSV_SAYS("kind,missing\nevent,3\n", "in.csv:2:7: field \"missing\" is not an object");
	CSV_SAYS("kind,extra\nevent,[]\n", "in.csv:2:7: field \"extra\" is not an object");
	CSV_SAYS("kind,name\nsetting\n", "in.csv:2:1: row has 1 columns, expected 2");
}

static void an_empty_cell_is_missing_and_a_quoted_one_an_empty_text(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records list = {.arena = &arena};
	static const char text[] = "kind,name,reason\nsetting,a,\nsetting,b,\"\"\n";

	(void)state;
	assert_int_equal(records_read_csv(text, strlen(text), "t", &list, NULL), 0);
	assert_null(((struct setting *)list.v[0])->reason);
	assert_string_equal(((struct setting *)list.v[1])->reason, "");
}

static void a_field_is_null_and_an_envelope_member_left_out_when_missing(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct setting *s = record_new(&arena, &kind_setting);

	(void)state;
	s->name = "a\"b";
	s->value = -0.0;
	assert_string_equal(json_of(&arena, s), "{\"kind\":\"setting\",\"name\":\"a\\\"b\",\"value\":0,\"reason\":null,\"pinned\":null,"
			    "\"licence\":\"open\",\"by\":\"system\",\"schema\":\"1.0\"}");
}

static void json_in_a_field_is_kept_canonical(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct record *r;
	static const char text[] = "{\"kind\":\"alert\",\"labels\":{\"unit\":\"SRB\", \"rule\" : \"r\",\"n\":1.50}}";

	(void)state;
	assert_int_equal(record_read_json(text, strlen(text), "t", 1, &arena, &r, NULL), 0);
	assert_string_equal(((struct alert *)r)->labels, "{\"n\":1.5,\"rule\":\"r\",\"unit\":\"SRB\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_record_survives_json),
		cmocka_unit_test(every_record_survives_csv),
		cmocka_unit_test(lines_are_read_in_order_and_blank_ones_skipped),
		cmocka_unit_test(the_end_of_the_text_is_where_its_length_says),
		cmocka_unit_test(bad_lines_are_named_by_file_line_and_field),
		cmocka_unit_test(a_newer_major_schema_is_refused_before_its_fields_are_read),
		cmocka_unit_test(fields_of_a_newer_minor_schema_pass_through),
		cmocka_unit_test(a_foreign_column_is_kept_as_text),
		cmocka_unit_test(bad_cells_are_named_by_file_line_and_column),
		cmocka_unit_test(an_empty_cell_is_missing_and_a_quoted_one_an_empty_text),
		cmocka_unit_test(a_field_is_null_and_an_envelope_member_left_out_when_missing),
		cmocka_unit_test(json_in_a_field_is_kept_canonical),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("forms", tests, NULL, NULL);
}
