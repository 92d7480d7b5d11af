/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_collect.c - feeds and tables: what is taken, what is refused, what stays null. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <tocsin/collect.h>

struct world {
	struct arena arena;
	struct atlas atlas;
	struct records out;
	struct err err;
};

static void world_make(struct world *w)
{
	static const char units[] = "id,kind,parent,from,past,name\nSRB,state,,,,Serbia\nGEO,state,,,,Georgia\n";

	*w = (struct world){0};
	w->atlas.arena = &w->arena;
	w->out.arena = &w->arena;
	assert_int_equal(atlas_add_units(&w->atlas, "units", units, sizeof units - 1, NULL), 0);
}

static int take(struct world *w, const char *feed, const char *role, const char *text)
{
	struct collect_setup setup = {&w->atlas, instant_of_day(2026, 1, 1)};
	struct source source = {.name = "in", .feed = feed, .role = role};

	return collect_run(&setup, &source, text, strlen(text), &w->out, &w->err);
}

#define RSS(items) "<rss version=\"2.0\"><channel><language>en</language>" items "</channel></rss>"
#define DATED(link, day) "<item><title>The council met again</title><link>" link "</link><pubDate>" day "</pubDate></item>"

static void a_changed_scheme_and_tracking_do_not_make_a_new_document(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	assert_int_equal(take(&w, "f", "feeds",
			      RSS(DATED("http://Example.org/a/?utm_source=x#y", "Mon, 18 Dec 2023 17:56:00 +0000")
				  DATED("https://example.org/a", "Mon, 18 Dec 2023 17:56:00 +0000"))), 0);
	assert_int_equal(w.out.n, 2);
	assert_string_equal(w.out.v[0]->id, w.out.v[1]->id);
	arena_free(&w.arena);
}

static void two_feeds_may_share_a_guid(void **state)
{
	struct world w;
	const char *text = RSS("<item><guid>1</guid><title>Something was decided</title></item>");

	(void)state;
	world_make(&w);
	assert_int_equal(take(&w, "f", "feeds", text), 0);
	assert_int_equal(take(&w, "g", "feeds", text), 0);
	assert_string_not_equal(w.out.v[0]->id, w.out.v[1]->id);
	arena_free(&w.arena);
}

static void a_date_ahead_is_kept_flagged_and_ordered_by_collection(void **state)
{
	struct world w;
	const struct document *d;

	(void)state;
	world_make(&w);
	assert_int_equal(take(&w, "f", "feeds", RSS(DATED("http://e/1", "Mon, 18 Dec 2028 17:56:00 +0000"))), 0);
	d = (const struct document *)w.out.v[0];
	assert_string_equal(d->flags, "future-date");
	assert_int_equal(instant_year(d->published), 2028);
	assert_int_equal(d->r.known.usec, instant_of_day(2026, 1, 1).usec);
	arena_free(&w.arena);
}

static void what_an_item_does_not_give_stays_null_with_a_reason(void **state)
{
	struct world w;
	const struct document *d;

	(void)state;
	world_make(&w);
	assert_int_equal(take(&w, "f", "feeds", RSS("<item><description>Some words of the text here</description></item>")), 0);
	d = (const struct document *)w.out.v[0];
	assert_null(d->title);
	assert_null(d->author);
	assert_false(instant_is_set(d->published));
	assert_non_null(strstr(d->r.missing, "\"title\""));
	assert_non_null(strstr(d->r.missing, "\"author\""));
	assert_non_null(strstr(d->r.missing, "\"published\""));
	arena_free(&w.arena);
}

static void what_is_not_xml_is_named_with_its_line(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	assert_int_equal(take(&w, "f", "feeds", "<rss><channel>\n<item></channel></rss>"), ERR_DATA);
	assert_non_null(strstr(w.err.msg, "in:2:"));
	assert_int_equal(w.out.n, 0);
	assert_int_equal(take(&w, "f", "feeds", "<!DOCTYPE r [<!ENTITY a \"b\">]><rss>&a;</rss>"), ERR_DATA);
	arena_free(&w.arena);
}

static void a_short_row_and_an_unknown_unit_refuse_the_table(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	assert_int_equal(take(&w, "f", NULL, "country,year,indicator,value\nSRB,2020,x,0.5\nSRB,2021\n"), ERR_DATA);
	assert_non_null(strstr(w.err.msg, "in:3:1: row has 2 columns, expected 4"));
	assert_int_equal(take(&w, "f", NULL, "country,year,indicator,value\nXYZ,2020,x,0.5\n"), ERR_DATA);
	assert_non_null(strstr(w.err.msg, "in:2:1: unknown unit \"XYZ\""));
	arena_free(&w.arena);
}

static void an_index_of_a_year_is_known_in_april_of_the_next(void **state)
{
	struct world w;
	const struct observation *o;
	char known[40];

	(void)state;
	world_make(&w);
	assert_int_equal(take(&w, "f", NULL, "country,year,indicator,value,low,high\nSerbia,2020,x,0.1,0.05,NA\n"), 0);
	o = (const struct observation *)w.out.v[0];
	instant_write(o->r.known, known);
	assert_string_equal(known, "2021-04-01");
	assert_int_equal(o->retrospective, 1);
	assert_string_equal(o->r.unit, "SRB");
	assert_true(o->value == 0.1 && o->low == 0.05 && o->high != o->high);
	arena_free(&w.arena);
}

static void a_release_is_known_on_its_day_and_says_the_same_again_under_the_same_id(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	for (int year = 2024; year <= 2025; year++) {
		struct collect_setup setup = {&w.atlas, instant_of_day(2026, 1, 1)};
		struct source source = {.name = "in", .feed = "vdem", .known = "release",
					.collected = instant_of_day(year, 3, 15)};
		const char *text = "country,year,indicator,value\nSRB,2020,x,0.1\n";

		assert_int_equal(collect_run(&setup, &source, text, strlen(text), &w.out, &w.err), 0);
	}
	assert_int_equal(w.out.n, 2);
	assert_string_equal(w.out.v[0]->id, w.out.v[1]->id);
	assert_int_equal(w.out.v[0]->known.usec, instant_of_day(2024, 3, 15).usec);
	assert_int_equal(w.out.v[1]->known.usec, instant_of_day(2025, 3, 15).usec);
	assert_int_equal(((const struct observation *)w.out.v[0])->retrospective, 0);
	arena_free(&w.arena);
}

static void the_wide_form_says_the_same_as_the_long_one(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	assert_int_equal(take(&w, "f", NULL, "country,year,indicator,value,low,high\nSRB,2020,v2x_polyarchy,0.1,0.05,0.2\n"), 0);
	assert_int_equal(take(&w, "f", NULL, "country_text_id,year,v2x_polyarchy,v2x_polyarchy_codelow,v2x_polyarchy_codehigh\n"
			      "SRB,2020,0.1,0.05,0.2\n"), 0);
	assert_int_equal(w.out.n, 2);
	assert_string_equal(w.out.v[0]->id, w.out.v[1]->id);
	arena_free(&w.arena);
}

static void raw_ranges_hash_to_what_the_document_says(void **state)
{
	static const char *const files[] = {"rss-en-a.xml", "atom-en-b.xml", "jsonfeed-en-c.json", "rss-fr-d.xml",
					    "atom-fr-e.xml", "rss-sr-f.xml", "atom-mk-g.xml", "rss-uk-h.xml",
					    "jsonfeed-ka-ar-i.json"};
	size_t total = 0;

	(void)state;
	for (size_t i = 0; i < LENGTH(files); i++) {
		struct world w;
		char path[80], hex[33], *bytes;
		struct document *d;
		size_t len;

		world_make(&w);
		snprintf(path, sizeof path, "data/demo/feeds/%s", files[i]);
		assert_int_equal(file_read(path, COLLECT_LIMIT, &w.arena, &bytes, &len, NULL), 0);
		assert_int_equal(take(&w, "f", "feeds", bytes), 0);
		for (size_t k = 0; (d = records_next(&w.out, &kind_document, &k)); total++) {
			hash_hex(bytes + d->byte_start, (size_t)(d->byte_end - d->byte_start), 16, hex);
			assert_string_equal(hex, d->raw_hash);
			assert_non_null(d->title);
			assert_null(strstr(d->title, "&amp;"));
			if (d->body)
				assert_null(strstr(d->body, "est apparu en premier"));
		}
		arena_free(&w.arena);
	}
	assert_int_equal(total, 154);
}

static void a_rewrite_is_marked_as_a_copy_of_the_earliest(void **state)
{
	struct world w;
	struct document *d[2];

	(void)state;
	world_make(&w);
	assert_int_equal(take(&w, "f", "feeds",
			      RSS("<item><guid>2</guid><title>Court sentences the editor to two years in prison</title>"
				  "<pubDate>Tue, 19 Dec 2023 08:00:00 +0000</pubDate></item>"
				  "<item><guid>1</guid>"
				  "<title>The court sentences the editor to two years in prison, says wire</title>"
				  "<pubDate>Mon, 18 Dec 2023 08:00:00 +0000</pubDate></item>")), 0);
	d[0] = (struct document *)w.out.v[0];
	d[1] = (struct document *)w.out.v[1];
	copies_mark(d, 2, NULL, 0, &w.arena);
	assert_null(d[1]->copy_of);
	assert_string_equal(d[0]->copy_of, d[1]->r.id);
	arena_free(&w.arena);
}

static void a_manifest_with_a_misspelt_role_is_refused_by_line(void **state)
{
	struct world w;
	struct manifest manifest;
	const char *text = "[a.xml]\nrole = feedz\n", *files[] = {"a.xml", "b.xml"};

	(void)state;
	world_make(&w);
	assert_int_equal(manifest_read("m", text, strlen(text), files, 2, &w.arena, &manifest, &w.err), ERR_DATA);
	assert_non_null(strstr(w.err.msg, "m:2:1"));
	assert_non_null(strstr(w.err.hint, "feeds"));
	text = "[a.xml]\nrole = feeds\n";
	assert_int_equal(manifest_read("m", text, strlen(text), files, 2, &w.arena, &manifest, &w.err), 0);
	assert_int_equal(manifest.n_skipped, 1);
	assert_string_equal(manifest.skipped[0], "b.xml");
	arena_free(&w.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_changed_scheme_and_tracking_do_not_make_a_new_document),
		cmocka_unit_test(two_feeds_may_share_a_guid),
		cmocka_unit_test(a_date_ahead_is_kept_flagged_and_ordered_by_collection),
		cmocka_unit_test(what_an_item_does_not_give_stays_null_with_a_reason),
		cmocka_unit_test(what_is_not_xml_is_named_with_its_line),
		cmocka_unit_test(a_short_row_and_an_unknown_unit_refuse_the_table),
		cmocka_unit_test(an_index_of_a_year_is_known_in_april_of_the_next),
		cmocka_unit_test(a_release_is_known_on_its_day_and_says_the_same_again_under_the_same_id),
		cmocka_unit_test(the_wide_form_says_the_same_as_the_long_one),
		cmocka_unit_test(raw_ranges_hash_to_what_the_document_says),
		cmocka_unit_test(a_rewrite_is_marked_as_a_copy_of_the_earliest),
		cmocka_unit_test(a_manifest_with_a_misspelt_role_is_refused_by_line),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("collect", tests, NULL, NULL);
}
