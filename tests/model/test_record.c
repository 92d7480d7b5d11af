/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_record.c - identity, content, origins, licence, order, and what a record may not be. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "any_record.h"

/* Ids already given out: if one of these changes, every store out there breaks. */
static void ids_never_change(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct document *d = record_new(&arena, &kind_document);
	struct event *e = record_new(&arena, &kind_event);
	struct alert *a = record_new(&arena, &kind_alert);
	struct setting *s = record_new(&arena, &kind_setting);

	(void)state;
	d->feed = "demo-wire-a";
	d->key = "guid:tag:demo.example,2025:\"a\"\n01";
	record_identify(&arena, d);
	assert_string_equal(d->r.id, "doe7bfd22353e33a8047ed3db0351975c4");
	e->document = d->r.id;
	e->civic_class = "protest";
	e->r.unit = "SRB";
	record_identify(&arena, e);
	assert_string_equal(e->r.id, "ev2a6c57770efa03417e00762c981d5ae6");
	a->fingerprint = "0123456789abcdef";
	instant_read("2025-03-15T10:00:00+01:00", &a->r.valid_from, NULL);
	record_identify(&arena, a);
	assert_string_equal(a->r.id, "albaa23c70f93b9d292ab2df34effb5c0c");
	s->name = "weight.closing.logit";
	record_identify(&arena, s);
	assert_string_equal(s->r.id, "se14ff2002ceff4912252ee0386df8698a");
}

static void an_id_depends_on_its_identity_fields_alone(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1);
	for (int i = 0; i < 40; i++)
		for (size_t k = 0; k < n_kinds; k++) {
			struct record *a = any_record(&arena, &rng, kinds[k]), *b = any_record(&arena, &rng, kinds[k]);

			b->unit = kinds[k]->unit_is_identity ? a->unit : "other";
			if (kinds[k]->from_is_identity)
				b->valid_from = a->valid_from;
			for (size_t f = 0; f < kinds[k]->n_fields; f++) {
				const struct field *field = &kinds[k]->fields[f];

				if (!(field->flags & FIELD_IDENTITY))
					continue;
				if (field->type == FIELD_INT)
					*field_int(b, field) = *field_int(a, field);
				else if (field->type == FIELD_TIME)
					*field_time(b, field) = *field_time(a, field);
				else
					*field_text(b, field) = *field_text(a, field);
			}
			record_identify(&arena, b);
			assert_string_equal(a->id, b->id);
			assert_ptr_equal(kind_of_id(a->id), kinds[k]);
			for (size_t f = 0; f < kinds[k]->n_fields; f++) {   /* and on each of them */
				const struct field *field = &kinds[k]->fields[f];

				if (!(field->flags & FIELD_IDENTITY) || field->type != FIELD_TEXT)
					continue;
				*field_text(b, field) = "another";
				record_identify(&arena, b);
				assert_string_not_equal(a->id, b->id);
				*field_text(b, field) = *field_text(a, field);
			}
		}
}

static const char *content(struct arena *arena, const void *r)
{
	char hex[33];

	record_content_hash(r, hex);
	return arena_dup(arena, hex);
}

static void content_is_what_it_says_not_when_it_came(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct rng rng;
	struct document *d;
	const char *was;

	(void)state;
	rng_seed(&rng, 2);
	d = (struct document *)any_record(&arena, &rng, &kind_document);
	d->title = "one";
	d->r.licence = "open";
	was = content(&arena, d);
	d->r.known = instant_of_day(1999, 1, 2);
	d->r.revision = 77;
	d->r.id = "do00000000000000000000000000000000";
	d->seen = instant_of_day(1998, 1, 2);
	assert_string_equal(content(&arena, d), was);
	d->title = "two";
	assert_string_not_equal(content(&arena, d), was);
	d->title = "one";
	d->r.licence = "restricted";
	assert_string_not_equal(content(&arena, d), was);
	d->r.licence = "open";
	d->r.withdrawn = !d->r.withdrawn;
	assert_string_not_equal(content(&arena, d), was);
	d->r.withdrawn = !d->r.withdrawn;
	assert_string_equal(content(&arena, d), was);
	record_from(&arena, &d->r, "do11111111111111111111111111111111", "copy");
	assert_string_not_equal(content(&arena, d), was);
}

static void every_field_but_the_clocks_is_content(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	for (size_t k = 0; k < n_kinds; k++)
		for (size_t f = 0; f < kinds[k]->n_fields; f++) {
			const struct field *field = &kinds[k]->fields[f];
			struct record *r = record_new(&arena, kinds[k]);
			const char *was = content(&arena, r);

			if (field->type == FIELD_INT)
				*field_int(r, field) = 1;
			else if (field->type == FIELD_REAL)
				*field_real(r, field) = 1;
			else if (field->type == FIELD_TIME)
				*field_time(r, field) = instant_of_year(2000);
			else
				*field_text(r, field) = "{}";
			assert_int_equal(strcmp(content(&arena, r), was) == 0, (field->flags & FIELD_CLOCK) != 0);
		}
}

static void computed_values_are_rounded_when_the_id_is_set(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct forecast *f = record_new(&arena, &kind_forecast);
	struct observation *o = record_new(&arena, &kind_observation);

	(void)state;
	f->p = 1.0 / 3;
	record_identify(&arena, f);
	assert_true(f->p == 0.333333333);
	assert_true(isnan(f->low));
	o->value = 1.0 / 3;   /* a source's figure stays exact */
	record_identify(&arena, o);
	assert_true(o->value == 1.0 / 3);
}

static void a_new_record_has_everything_missing(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	for (size_t k = 0; k < n_kinds; k++) {
		struct record *r = record_new(&arena, kinds[k]);

		for (size_t f = 0; f < kinds[k]->n_fields; f++)
			assert_true(field_is_missing(r, &kinds[k]->fields[f]));
		assert_string_equal(r->by, "system");
		assert_string_equal(r->licence, "open");
		assert_string_equal(r->schema, "1.0");
	}
}

static void origins_grow_and_keep_their_order(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct event *e = record_new(&arena, &kind_event);

	(void)state;
	for (int i = 0; i < 100; i++)
		record_from_span(&arena, &e->r, arena_printf(&arena, "id%d", i), "words", "title", i, i + 3);
	assert_int_equal(e->r.n_from, 100);
	for (int i = 0; i < 100; i++) {
		assert_string_equal(e->r.from[i].from_id, arena_printf(&arena, "id%d", i));
		assert_int_equal(e->r.from[i].byte_start, i);
	}
}

static void a_reason_is_kept_for_each_missing_field(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct episode *e = record_new(&arena, &kind_episode);

	(void)state;
	record_missing(&arena, &e->r, "termination", "needs \"v2x_regime\"");
	record_missing(&arena, &e->r, "change", "no data");
	record_missing(&arena, &e->r, "termination", "second thought");
	assert_string_equal(e->r.missing, "{\"change\":\"no data\",\"termination\":\"second thought\"}");
}

static void the_stricter_licence_wins(void **state)
{
	struct record r = {.licence = "open"};

	(void)state;
	record_inherit_licence(&r, "share-alike");
	assert_string_equal(r.licence, "share-alike");
	record_inherit_licence(&r, "open");
	assert_string_equal(r.licence, "share-alike");
	record_inherit_licence(&r, "restricted");
	record_inherit_licence(&r, "share-alike");
	assert_string_equal(r.licence, "restricted");
}

static void lists_sort_by_kind_id_and_revision(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records list = {.arena = &arena};
	struct record *r;
	struct rng rng;
	size_t i = 0, n = 0;

	(void)state;
	rng_seed(&rng, 3);
	for (size_t k = n_kinds; k-- > 0;)
		for (int j = 0; j < 5; j++) {
			r = any_record(&arena, &rng, kinds[k]);
			for (int64_t revision = 3; revision >= 1; revision--) {
				struct record *copy = arena_alloc(&arena, kinds[k]->size);

				memcpy(copy, r, kinds[k]->size);
				copy->revision = revision;
				copy->known = instant_of_day(2000 + revision, 1, 1);
				records_add(&list, copy);
			}
		}
	records_sort(&list);
	for (size_t j = 1; j < list.n; j++) {
		const struct record *a = list.v[j - 1], *b = list.v[j];

		if (a->kind == b->kind)
			assert_true(strcmp(a->id, b->id) < 0 || (str_eq(a->id, b->id) && a->revision < b->revision));
	}
	assert_ptr_equal(list.v[0]->kind, kinds[0]);
	assert_ptr_equal(list.v[list.n - 1]->kind, kinds[n_kinds - 1]);
	while ((r = records_next(&list, &kind_plan, &i)))
		n += r->kind == &kind_plan;
	assert_int_equal(n, 15);
	r = records_find(&list, list.v[0]->id);
	assert_int_equal(r->revision, 3);
	assert_null(records_find(&list, "none"));
}

/* ---- what a record may not be ---- */

static struct event *good_event(struct arena *arena)
{
	struct event *e = record_new(arena, &kind_event);

	e->r.unit = "SRB";
	e->r.known = instant_of_day(2025, 1, 1);
	e->document = "do00000000000000000000000000000000";
	e->civic_class = "protest";
	e->signal = "threat";
	record_identify(arena, e);
	return e;
}

#define REFUSED(statement, part) do { \
	struct event *e = good_event(&arena); struct err err_ = {0}; \
	statement; \
	assert_int_equal(record_check(e, &err_), ERR_DATA); \
	if (!strstr(err_.msg, part)) \
		fail_msg("\"%s\" does not say \"%s\"", err_.msg, part); \
	} while (0)

static void a_record_that_no_store_can_hold_is_refused_by_name(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	assert_int_equal(record_check(good_event(&arena), NULL), 0);
	REFUSED(e->r.id = NULL, "is not an id of this kind");
	REFUSED(e->r.id = "do00000000000000000000000000000000", "is not an id of this kind");
	REFUSED(e->r.known = (struct instant){0}, "no time at which it became known");
	REFUSED(e->r.known = instant_of_year(0), "\"known\" lies outside the years");
	REFUSED(e->r.valid_from = instant_of_year(-44), "\"valid_from\" lies outside the years");
	REFUSED(e->r.valid_past = instant_of_year(10000), "\"valid_past\" lies outside the years");
	REFUSED(e->r.licence = "free", "unknown licence class \"free\"");
	REFUSED(e->r.licence = NULL, "unknown licence class");
	REFUSED(e->r.unit = NULL, "\"unit\" is required");
	REFUSED(e->r.unit = "S\xffRB", "\"unit\" is not valid UTF-8");
	REFUSED(e->r.by = NULL, "\"by\" is required");
	REFUSED(e->r.by = "\xc0\x80", "\"by\" is not valid UTF-8");
	REFUSED(e->r.schema = NULL, "\"schema\" is required");
	REFUSED(e->signal = NULL, "\"signal\" is required");
	REFUSED(e->actor = "\xed\xa0\x80", "\"actor\" is not valid UTF-8");
	REFUSED(e->confidence = INFINITY, "\"confidence\" is infinite");
	REFUSED(e->civic_class = "festival", "unknown civic class \"festival\"");
	REFUSED(e->civic_class = "none", "unknown civic class \"none\"");
	REFUSED(record_from(&arena, &e->r, "\xff", "words"), "\"origins\" is not valid UTF-8");
	REFUSED(record_from_span(&arena, &e->r, "do", "words", "footer", 0, 1), "expected title or body");
	REFUSED(record_from_span(&arena, &e->r, "do", "words", "body", 5, 4), "impossible span");
	REFUSED(record_from_span(&arena, &e->r, "do", "words", "body", -1, 4), "impossible span");
	REFUSED(record_from_span(&arena, &e->r, "do", "words", "body", 1, INT_MISSING), "impossible span");
}

static void a_tombstone_need_not_be_complete(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct event *e = good_event(&arena);

	(void)state;
	e->signal = NULL;
	e->r.withdrawn = true;
	assert_int_equal(record_check(e, NULL), 0);
}

static void whatever_the_random_source_makes_is_a_record(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct rng rng;
	struct err err;

	(void)state;
	rng_seed(&rng, 4);
	for (int i = 0; i < 200; i++) {
		for (size_t k = 0; k < n_kinds; k++)
			if (record_check(any_record(&arena, &rng, kinds[k]), &err) < 0)
				fail_msg("%s", err.msg);
		arena_reset(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_never_change),
		cmocka_unit_test(an_id_depends_on_its_identity_fields_alone),
		cmocka_unit_test(content_is_what_it_says_not_when_it_came),
		cmocka_unit_test(every_field_but_the_clocks_is_content),
		cmocka_unit_test(computed_values_are_rounded_when_the_id_is_set),
		cmocka_unit_test(a_new_record_has_everything_missing),
		cmocka_unit_test(origins_grow_and_keep_their_order),
		cmocka_unit_test(a_reason_is_kept_for_each_missing_field),
		cmocka_unit_test(the_stricter_licence_wins),
		cmocka_unit_test(lists_sort_by_kind_id_and_revision),
		cmocka_unit_test(a_record_that_no_store_can_hold_is_refused_by_name),
		cmocka_unit_test(a_tombstone_need_not_be_complete),
		cmocka_unit_test(whatever_the_random_source_makes_is_a_record),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
