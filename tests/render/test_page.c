/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_page.c - chart and pages: well-formed, escaped, without script, gaps as gaps, chances as ranges. */
#include "render_world.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include "render/markup.h"

/* The text as XML; the test fails when it is none. */
static xmlDoc *parsed(const char *text)
{
	xmlDoc *doc = xmlReadMemory(text, (int)strlen(text), "page", "UTF-8",
				    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);

	if (!doc)
		fail_msg("not well-formed: %s", xmlGetLastError()->message);
	return doc;
}

/* How many nodes an XPath names; h: and s: are the names of HTML and SVG. */
static int count_of(const char *text, const char *path)
{
	xmlDoc *doc = parsed(text);
	xmlXPathContext *context = xmlXPathNewContext(doc);
	xmlXPathObject *found;
	int n;

	xmlXPathRegisterNs(context, BAD_CAST "h", BAD_CAST "http://www.w3.org/1999/xhtml");
	xmlXPathRegisterNs(context, BAD_CAST "s", BAD_CAST "http://www.w3.org/2000/svg");
	found = xmlXPathEvalExpression(BAD_CAST path, context);
	assert_non_null(found);
	n = found->nodesetval ? found->nodesetval->nodeNr : 0;
	xmlXPathFreeObject(found);
	xmlXPathFreeContext(context);
	xmlFreeDoc(doc);
	return n;
}

/* ---- escaping ---- */

static void markup_signs_are_escaped_and_control_signs_are_blanks(void **state)
{
	struct buf text = {0};

	(void)state;
	markup_text(&text, "<a href=\"x\" b='y'>&amp;\x01\x1b\x7f\xc2\x9b\xef\xbf\xbe\xef\xbf\xbf\n\tя\xef\xbf\xbd");
	assert_string_equal(text.s, "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;      \n\tя\xef\xbf\xbd");
	buf_cut(&text, 0);
	markup_text(&text, NULL);
	assert_int_equal(text.len, 0);
	buf_free(&text);
}

static void a_link_carries_the_pinned_date_and_nothing_of_its_own(void **state)
{
	struct page_setup setup = {.pinned = "2024-01-01T00:00:00+01:00"};
	struct buf text = {0};

	(void)state;
	markup_link(&text, &setup, "/c/", "A\"B", "<x>");
	assert_string_equal(text.s, "<a href=\"/c/A&quot;B?as_of=2024-01-01T00:00:00%2B01:00\">&lt;x&gt;</a>");
	buf_cut(&text, 0);
	setup.pinned = "\"><script>&x=1";
	markup_link(&text, &setup, "/", NULL, "x");
	assert_string_equal(text.s, "<a href=\"/?as_of=%22%3E%3C%73%63%72%69%70%74%3E%26%78%3D1\">x</a>");
	buf_free(&text);
}

/* ---- the chart ---- */

static void the_chart_is_well_formed_and_has_title_and_description(void **state)
{
	struct world w;

	(void)state;
	world_full(&w);
	chart_svg(&w.text, &w.view);
	assert_int_equal(count_of(printed(&w), "/s:svg[@role='img']"), 1);
	assert_int_equal(count_of(printed(&w), "/s:svg/s:title[contains(., '<script>')]"), 1);   /* as text */
	assert_int_equal(count_of(printed(&w), "/s:svg/s:desc[contains(., '0.50 (0.45')]"), 1);
	assert_int_equal(count_of(printed(&w), "//s:script | //*[@class] | //*[@style] | //*[@href]"), 0);
	assert_said_in_words(printed(&w));
	world_close(&w);
}

static void a_year_without_value_is_a_gap(void **state)
{
	struct world w;

	(void)state;
	world_full(&w);
	chart_svg(&w.text, &w.view);
	assert_int_equal(count_of(printed(&w), "//s:polyline"), 2);   /* 2020; 2022 and 2023 */
	assert_int_equal(count_of(printed(&w), "//s:circle"), 1);     /* 2020 stands alone */
	w.series[1]->value = 0.35;
	buf_cut(&w.text, 0);
	chart_svg(&w.text, &w.view);
	assert_int_equal(count_of(printed(&w), "//s:polyline"), 1);
	w.series[1]->r.valid_from = instant_of_year(2020);            /* and 2021 is not there at all */
	w.series[0]->r.valid_from = instant_of_year(2019);
	buf_cut(&w.text, 0);
	chart_svg(&w.text, &w.view);
	assert_int_equal(count_of(printed(&w), "//s:polyline"), 2);
	world_close(&w);
}

static void fewer_than_two_known_years_are_said_in_words(void **state)
{
	struct world w;

	(void)state;
	world_full(&w);
	w.series[0]->value = w.series[2]->value = NAN;
	chart_svg(&w.text, &w.view);
	assert_int_equal(count_of(printed(&w), "/s:svg/s:desc[.='Fewer than two years are known.']"), 1);
	w.view.n_series = 0;
	buf_cut(&w.text, 0);
	chart_svg(&w.text, &w.view);
	assert_int_equal(count_of(printed(&w), "/s:svg/s:text"), 1);
	world_close(&w);
}

static void the_window_of_a_forecast_lies_within_the_chart(void **state)
{
	struct world w;

	(void)state;
	world_full(&w);
	w.closing->origin = 2030;   /* the index lags behind */
	w.closing->r.valid_past = instant_of_year(2033);
	chart_svg(&w.text, &w.view);
	assert_int_equal(count_of(printed(&w), "//s:rect[@stroke-dasharray and @x + @width <= 570.1]"), 1);
	assert_int_equal(count_of(printed(&w), "//s:text[.='by the end of 2032']"), 1);
	world_close(&w);
}

static void a_chance_that_is_not_known_is_said_in_words(void **state)
{
	struct world w;

	(void)state;
	world_full(&w);
	w.closing->low = w.closing->high = w.closing->p = NAN;
	chart_svg(&w.text, &w.view);
	assert_int_equal(count_of(printed(&w), "//s:text[.='closing: not known']"), 1);
	assert_said_in_words(printed(&w));
	world_close(&w);
}

/* ---- pages ---- */

static void every_page_is_well_formed_with_one_heading_and_no_script(void **state)
{
	static const char *const names[] = {"situation", "country", "alerts", "alert", "why", "fault"};
	struct world w;
	struct why walk[2];

	(void)state;
	world_full(&w);
	walk[0] = (struct why){.record = &w.alert->r, .id = w.alert->r.id};
	walk[1] = (struct why){.depth = 1, .role = NASTY, .id = "do" NASTY, .part = "title", .byte_start = 0,
			       .byte_end = 9, .text = NASTY, .again = true};
	for (size_t i = 0; i < LENGTH(names); i++) {
		struct alert_detail detail = {.view = w.alerts[0], .walk = walk, .n_walk = 2};

		buf_cut(&w.text, 0);
		if (i == 0)
			page_situation(&w.text, &w.page, &w.situation);
		else if (i == 1)
			page_country(&w.text, &w.page, &w.view);
		else if (i == 2)
			page_alerts(&w.text, &w.page, w.alerts, 1, true);
		else if (i == 3)
			page_alert(&w.text, &w.page, &detail);
		else if (i == 4)
			page_why(&w.text, &w.page, walk, 2);
		else
			page_fault(&w.text, &w.page, 404, "no such page: " NASTY);
		assert_int_equal(count_of(printed(&w), "/h:html/h:body//h:h1"), 1);
		assert_int_equal(count_of(printed(&w), "//h:script | //s:script | //@style | //h:b[h:script]"), 0);
		assert_int_equal(count_of(printed(&w), "//@*[starts-with(name(), 'on')]"), 0);
		assert_int_equal(count_of(printed(&w), "//@href[contains(., '//')] | //@src"), 0);
		assert_said_in_words(printed(&w));
	}
	world_close(&w);
}

static void pages_of_nothing_say_so(void **state)
{
	struct situation_view nothing = {0};
	struct world w;

	(void)state;
	world_bare(&w);
	page_situation(&w.text, &w.page, &nothing);
	assert_int_equal(count_of(printed(&w), "//h:time[.='nothing collected yet']"), 1);
	buf_cut(&w.text, 0);
	page_country(&w.text, &w.page, &w.view);
	assert_int_equal(count_of(printed(&w), "//h:li[.='none known']"), 6);
	assert_int_equal(count_of(printed(&w), "//h:p[.='No alert.']"), 1);
	buf_cut(&w.text, 0);
	page_why(&w.text, &w.page, NULL, 0);
	assert_int_equal(count_of(printed(&w), "//h:ul[@class='walk']"), 1);
	world_close(&w);
}

static void foreign_words_are_isolated_and_say_their_language(void **state)
{
	struct document *document;
	struct why walk;
	struct world w;

	(void)state;
	world_full(&w);
	document = record_new(&w.arena, &kind_document);
	document->feed = "wire";
	document->lang = "ar";
	record_identify(&w.arena, document);
	walk = (struct why){.record = &document->r, .id = document->r.id, .part = "body", .byte_end = 4, .text = "نص"};
	page_why(&w.text, &w.page, &walk, 1);
	assert_int_equal(count_of(printed(&w), "//h:q[@lang='ar'][@dir='auto'][.='نص']"), 1);
	document->lang = NULL;
	buf_cut(&w.text, 0);
	page_why(&w.text, &w.page, &walk, 1);
	assert_int_equal(count_of(printed(&w), "//h:q[@lang='und']"), 1);
	world_close(&w);
}

static void a_repeated_record_is_marked_as_shown_above(void **state)
{
	struct why walk[2];
	struct world w;

	(void)state;
	world_full(&w);
	walk[0] = walk[1] = (struct why){.record = &w.alert->r, .id = w.alert->r.id};
	walk[1].again = true;
	page_why(&w.text, &w.page, walk, 2);
	assert_int_equal(count_of(printed(&w), "//h:li[contains(., '(above)')]"), 1);
	world_close(&w);
}

static void the_same_view_gives_the_same_bytes(void **state)
{
	struct buf again = {0};
	struct world w;

	(void)state;
	world_full(&w);
	page_country(&w.text, &w.page, &w.view);
	page_country(&again, &w.page, &w.view);
	assert_string_equal(printed(&w), again.s);
	buf_free(&again);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markup_signs_are_escaped_and_control_signs_are_blanks),
		cmocka_unit_test(a_link_carries_the_pinned_date_and_nothing_of_its_own),
		cmocka_unit_test(the_chart_is_well_formed_and_has_title_and_description),
		cmocka_unit_test(a_year_without_value_is_a_gap),
		cmocka_unit_test(fewer_than_two_known_years_are_said_in_words),
		cmocka_unit_test(the_window_of_a_forecast_lies_within_the_chart),
		cmocka_unit_test(a_chance_that_is_not_known_is_said_in_words),
		cmocka_unit_test(every_page_is_well_formed_with_one_heading_and_no_script),
		cmocka_unit_test(pages_of_nothing_say_so),
		cmocka_unit_test(foreign_words_are_isolated_and_say_their_language),
		cmocka_unit_test(a_repeated_record_is_marked_as_shown_above),
		cmocka_unit_test(the_same_view_gives_the_same_bytes),
	};
	int failed;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests_name("page", tests, NULL, NULL);
	xmlCleanupParser();
	return failed;
}
