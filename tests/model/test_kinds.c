/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_kinds.c - the table of kinds is sane, and docs/reference says what it says. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/model.h>

static const char *const envelope[] = {"kind", "id", "revision", "unit", "valid_from", "valid_past", "known", "licence",
	"by", "schema", "withdrawn", "missing", "origins", "extra", "content", "recorded"};

static void names_and_prefixes_are_unique(void **state)
{
	(void)state;
	assert_int_equal(n_kinds, 17);
	for (size_t i = 0; i < n_kinds; i++) {
		assert_int_equal(strlen(kinds[i]->prefix), 2);
		assert_true(islower((unsigned char)kinds[i]->prefix[0]) && islower((unsigned char)kinds[i]->prefix[1]));
		assert_ptr_equal(kind_named(kinds[i]->name), kinds[i]);
		for (size_t j = 0; j < i; j++) {
			assert_string_not_equal(kinds[i]->prefix, kinds[j]->prefix);
			assert_string_not_equal(kinds[i]->name, kinds[j]->name);
		}
	}
	assert_null(kind_named("scenario"));
	assert_null(kind_named(NULL));
}

static void no_field_hides_another_or_the_envelope(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_kinds; i++)
		for (size_t f = 0; f < kinds[i]->n_fields; f++) {
			const struct field *field = &kinds[i]->fields[f];

			for (size_t e = 0; e < LENGTH(envelope); e++)
				assert_string_not_equal(field->name, envelope[e]);
			for (size_t g = 0; g < f; g++) {
				assert_string_not_equal(field->name, kinds[i]->fields[g].name);
				assert_int_not_equal(field->offset, kinds[i]->fields[g].offset);
			}
			assert_true(field->offset >= sizeof(struct record) && field->offset < kinds[i]->size);
			assert_ptr_equal(kind_field(kinds[i], field->name), field);
		}
}

static void identity_is_never_a_float_a_clock_or_erasable(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_kinds; i++) {
		int identity = kinds[i]->unit_is_identity + kinds[i]->from_is_identity;

		for (size_t f = 0; f < kinds[i]->n_fields; f++) {
			const struct field *field = &kinds[i]->fields[f];

			if (!(field->flags & FIELD_IDENTITY))
				continue;
			identity++;
			assert_int_not_equal(field->type, FIELD_REAL);
			assert_int_equal(field->flags & (FIELD_CLOCK | FIELD_PAYLOAD | FIELD_COMPUTED), 0);
		}
		assert_true(identity > 0);
	}
}

static void flags_stand_where_they_mean_something(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_kinds; i++)
		for (size_t f = 0; f < kinds[i]->n_fields; f++) {
			const struct field *field = &kinds[i]->fields[f];

			if (field->flags & FIELD_COMPUTED)
				assert_int_equal(field->type, FIELD_REAL);
			if (field->flags & (FIELD_PAYLOAD | FIELD_INDEXED))
				assert_int_equal(field->type, FIELD_TEXT);
			if (field->flags & FIELD_PAYLOAD)   /* an erased record must still be one */
				assert_int_equal(field->flags & (FIELD_REQUIRED | FIELD_INDEXED), 0);
		}
}

static void a_kind_is_known_by_the_prefix_of_an_id(void **state)
{
	(void)state;
	assert_ptr_equal(kind_of_id("ev0123456789abcdef0123456789abcdef"), &kind_event);
	assert_null(kind_of_id("xx0123456789abcdef0123456789abcdef"));
	assert_null(kind_of_id("ev0123456789ABCDEF0123456789abcdef"));
	assert_null(kind_of_id("ev0123456789abcdef0123456789abcde"));
	assert_null(kind_of_id("ev0123456789abcdef0123456789abcdef0"));
	assert_null(kind_of_id("ev"));
	assert_null(kind_of_id(""));
	assert_null(kind_of_id(NULL));
}

/* ---- the documents ---- */

static const char *document(struct arena *arena, const char *path)
{
	char *text;
	size_t len;
	struct err err;

	if (file_read(path, 1 << 20, arena, &text, &len, &err) < 0)
		fail_msg("%s", err.msg);
	return text;
}

/* The names of what makes an id, sorted bytewise, in backquotes. */
static const char *identity_of(struct arena *arena, const struct kind *kind)
{
	const char *names[16], *text = "";
	size_t n = 0;

	if (kind->unit_is_identity)
		names[n++] = "unit";
	if (kind->from_is_identity)
		names[n++] = "valid_from";
	for (size_t f = 0; f < kind->n_fields; f++)
		if (kind->fields[f].flags & FIELD_IDENTITY)
			names[n++] = kind->fields[f].name;
	for (size_t i = 0; i < n; i++) {
		size_t least = i;

		for (size_t j = i + 1; j < n; j++)
			if (strcmp(names[j], names[least]) < 0)
				least = j;
		const char *name = names[least];
		names[least] = names[i];
		text = arena_printf(arena, "%s%s`%s`", text, i ? ", " : "", name);
	}
	return text;
}

static void ids_md_lists_what_makes_an_id(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char *text = document(&arena, "docs/reference/ids.md");
	size_t rows = 0;

	(void)state;
	for (size_t i = 0; i < n_kinds; i++) {
		const char *row = arena_printf(&arena, "\n| %s | `%s` | %s |", kinds[i]->name, kinds[i]->prefix,
					       identity_of(&arena, kinds[i]));

		if (!strstr(text, row))
			fail_msg("docs/reference/ids.md has no row%s", row);
	}
	for (const char *row = text; (row = strstr(row, "\n| ")); row++)
		rows += strncmp(row, "\n| kind |", 9) != 0;
	assert_int_equal(rows, n_kinds);   /* and no other */
}

/* The text between two marks after a heading. */
static const char *between(struct arena *arena, const char *text, const char *from, const char *to)
{
	const char *start = strstr(text, from), *end;

	assert_non_null(start);
	start += strlen(from);
	end = strstr(start, to);
	assert_non_null(end);
	return arena_ndup(arena, start, (size_t)(end - start));
}

static void the_worked_example_of_ids_md_is_right(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char *text = document(&arena, "docs/reference/ids.md");
	const char *identity = between(&arena, text, "identity:\n\n```json\n", "\n```");
	const char *id = between(&arena, text, "id: `", "`");
	struct observation *o = record_new(&arena, &kind_observation);
	char hex[33];

	(void)state;
	hash_hex(identity, strlen(identity), 16, hex);
	assert_string_equal(id, arena_printf(&arena, "ob%s", hex));
	o->r.unit = "SRB";
	o->r.valid_from = instant_of_year(2024);
	o->indicator = "v2x_polyarchy";
	o->source = "vdem-v15";
	o->value = 0.287;
	record_identify(&arena, o);
	assert_string_equal(o->r.id, id);
}

static const char *type_name(const struct kind *kind, const struct field *field)
{
	static const char *const names[] = {[FIELD_TEXT] = "text", [FIELD_INT] = "whole number", [FIELD_REAL] = "number",
		[FIELD_TIME] = "instant", [FIELD_JSON] = "JSON"};

	(void)kind;
	return names[field->type];
}

static void records_md_lists_every_field_in_order(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char *text = document(&arena, "docs/reference/records.md");

	(void)state;
	for (size_t i = 0; i < n_kinds; i++) {
		const char *at = strstr(text, arena_printf(&arena, "\n### %s\n", kinds[i]->name));
		const char *end;

		if (!at)
			fail_msg("docs/reference/records.md has no part \"%s\"", kinds[i]->name);
		end = strstr(at + 5, "\n##");
		for (size_t f = 0; f < kinds[i]->n_fields; f++) {
			const struct field *field = &kinds[i]->fields[f];
			const char *row = arena_printf(&arena, "\n| `%s` | %s%s%s |", field->name, type_name(kinds[i], field),
						       field->flags & FIELD_REQUIRED ? ", required" : "",
						       field->flags & FIELD_PAYLOAD ? ", erasable" : "");

			at = strstr(at, row);
			if (!at || (end && at > end))
				fail_msg("docs/reference/records.md, part %s: no row in its place%s", kinds[i]->name, row);
		}
	}
}

/* Every example is a record that reads, checks, has the id of its fields and comes back as it stands. */
static void the_examples_of_records_md_are_records(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char *at = document(&arena, "docs/reference/records.md");
	bool seen[32] = {false};
	struct err err;

	(void)state;
	while ((at = strstr(at, "\n{\"kind\":"))) {
		size_t len = strcspn(++at, "\n");
		_cleanup_(buf_free) struct buf again = {0};
		struct record *r;
		const char *id;

		if (record_read_json(at, len, "records.md", 1, &arena, &r, &err) < 0 || record_check(r, &err) < 0)
			fail_msg("%s", err.msg);
		record_write_json(&again, r);
		assert_string_equal(again.s, arena_ndup(&arena, at, len));
		id = r->id;
		record_identify(&arena, r);
		assert_string_equal(r->id, id);
		for (size_t i = 0; i < n_kinds; i++)
			seen[i] |= kinds[i] == r->kind;
	}
	for (size_t i = 0; i < n_kinds; i++)
		if (!seen[i])
			fail_msg("docs/reference/records.md has no example of a %s", kinds[i]->name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_prefixes_are_unique),
		cmocka_unit_test(no_field_hides_another_or_the_envelope),
		cmocka_unit_test(identity_is_never_a_float_a_clock_or_erasable),
		cmocka_unit_test(flags_stand_where_they_mean_something),
		cmocka_unit_test(a_kind_is_known_by_the_prefix_of_an_id),
		cmocka_unit_test(ids_md_lists_what_makes_an_id),
		cmocka_unit_test(the_worked_example_of_ids_md_is_right),
		cmocka_unit_test(records_md_lists_every_field_in_order),
		cmocka_unit_test(the_examples_of_records_md_are_records),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("kinds", tests, NULL, NULL);
}
