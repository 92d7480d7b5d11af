/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_report.c - tables, the situation and the brief as plain text: widths, gaps, what is not known. */
#include "render_world.h"

#include <tocsin/text.h>

/* ---- tables ---- */

static void a_table_on_a_terminal_is_aligned_by_display_width(void **state)
{
	static const char *const header[] = {"name", "x"};
	static const char *const cells[] = {"თბილისი", "1", "東京", "2", "e\xcc\x81", "3", NULL, "4"};
	struct buf text = {0};

	(void)state;
	table_write(&text, header, 2, cells, 4, true);
	assert_string_equal(text.s, "name     x\n"
				    "თბილისი  1\n"
				    "東京     2\n"
				    "e\xcc\x81        3\n"
				    "         4\n");
	buf_free(&text);
}

static void a_table_in_a_pipe_is_tab_separated_and_every_row_is_a_line(void **state)
{
	static const char *const header[] = {"a", "b"};
	static const char *const cells[] = {"x\ty", "two\nlines", "\x1b[31mred", "\xc2\x9bJ", "", NULL};
	struct buf text = {0};

	(void)state;
	table_write(&text, header, 2, cells, 3, false);
	assert_string_equal(text.s, "a\tb\nx y\ttwo lines\n [31mred\t J\n\t\n");
	buf_free(&text);
}

static void an_empty_table_is_its_header(void **state)
{
	static const char *const header[] = {"a", "b"};
	struct buf text = {0};

	(void)state;
	table_write(&text, header, 2, NULL, 0, true);
	assert_string_equal(text.s, "a  b\n");
	buf_free(&text);
}

/* ---- lines ---- */

static void assert_narrow(const char *text)
{
	for (const char *s = text; *s;) {
		size_t len = strcspn(s, "\n");

		if (text_width(s, len) > 78)
			fail_msg("%zu columns: %.*s", text_width(s, len), (int)len, s);
		s += len + (s[len] == '\n');
	}
}

static void lines_are_folded_by_display_width_not_by_bytes(void **state)
{
	struct world w;
	const char *at;

	(void)state;
	world_full(&w);
	/* Three bytes a letter: folded by bytes, a line would hold a third of this. */
	w.alert->title = "თბილისი თბილისი თბილისი თბილისი თბილისი თბილისი თბილისი თბილისი თბილისი თბილისი "
			 "東京東京東京 東京東京東京 東京東京東京 東京東京東京 東京東京東京 東京東京東京 東京東京東京";
	situation_text(&w.text, &w.situation);
	assert_narrow(printed(&w));
	at = strstr(printed(&w), "[3 warning");
	assert_non_null(at);
	assert_true(text_width(at, strcspn(at, "\n")) > 70);
	world_close(&w);
}

#define LONG_WORD "https://example.org/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/x"

static void a_word_wider_than_a_line_stands_alone_and_whole(void **state)
{
	struct world w;

	(void)state;
	world_full(&w);
	w.alert->title = "see " LONG_WORD " now";
	situation_text(&w.text, &w.situation);
	assert_has(printed(&w), "\n    " LONG_WORD "\n");
	world_close(&w);
}

/* ---- what is not known ---- */

static void a_country_of_which_nothing_is_known_says_so(void **state)
{
	struct world w;

	(void)state;
	world_bare(&w);
	brief_text(&w.text, &w.view);
	assert_has(printed(&w), "no index of electoral democracy is known for this unit");
	assert_has(printed(&w), "none is open");
	assert_has(printed(&w), "no juncture ahead is known");
	assert_has(printed(&w), "no plan: no open alert asks for one");
	assert_said_in_words(printed(&w));
	world_close(&w);
}

static void a_year_without_value_is_a_dot_not_a_low_value(void **state)
{
	struct world w;

	(void)state;
	world_full(&w);
	brief_text(&w.text, &w.view);
	assert_has(printed(&w), "2020-2023: \xe2\x96\x83\xc2\xb7\xe2\x96\x84\xe2\x96\x85 (\xc2\xb7: not known)\n");
	world_close(&w);
}

static void the_latest_known_value_is_shown_with_its_year(void **state)
{
	struct world w;

	(void)state;
	world_full(&w);
	w.series[3]->value = NAN;
	brief_text(&w.text, &w.view);
	assert_has(printed(&w), "electoral democracy 2022: 0.40 (0.35–0.45)");
	assert_has(printed(&w), "in one year not known");
	assert_said_in_words(printed(&w));
	world_close(&w);
}

static void holes_in_a_plan_are_said_in_words(void **state)
{
	struct world w;

	(void)state;
	world_full(&w);
	brief_text(&w.text, &w.view);
	assert_has(printed(&w), "1. TWIN, Twinning: <b>; r; first step by 2024-05-01 (lead 10 days or");
	assert_has(printed(&w), "2. not known, not known: not known; not known; first step by not known");
	assert_has(printed(&w), "time to the next juncture: not known");
	assert_has(printed(&w), "not known  not known");   /* the rejected one without a name */
	assert_said_in_words(printed(&w));
	assert_narrow(printed(&w));
	world_close(&w);
}

static void scores_with_holes_are_said_in_words(void **state)
{
	static const char *const abouts[] = {"forecast", "rule", "response", "effect", "something new"};
	struct world w;

	(void)state;
	world_full(&w);
	w.situation.scores = arena_array(&w.arena, const struct score *, LENGTH(abouts));
	for (size_t i = 0; i < LENGTH(abouts); i++) {
		struct score *score = record_new(&w.arena, &kind_score);

		score->about = abouts[i];
		score->subject = "all";
		score->member = "ensemble";
		w.situation.scores[w.situation.n_scores++] = score;
	}
	situation_text(&w.text, &w.situation);
	assert_has(printed(&w), "all, ensemble: Brier not known, log not known; skill against the base rate");
	assert_has(printed(&w), "effect of the responses on the index: not known");
	assert_said_in_words(printed(&w));
	world_close(&w);
}

static void a_forecast_worse_than_the_base_rate_is_not_called_better(void **state)
{
	struct world w;
	struct score *score;

	(void)state;
	world_full(&w);
	score = record_new(&w.arena, &kind_score);
	score->about = "forecast", score->subject = "closing", score->member = "ensemble";
	score->brier = 0.1, score->log_score = 0.3, score->n = 40, score->positives = 4;
	score->skill = -0.0123, score->skill_low = -0.02, score->skill_high = -0.001;
	w.situation.scores = (const struct score *[]){score};
	w.situation.n_scores = 1;
	situation_text(&w.text, &w.situation);
	assert_has(printed(&w), "worse than the base rate");
	assert_lacks(strstr(printed(&w), "LEARNED"), "better");
	world_close(&w);
}

static void an_empty_store_says_that_it_is(void **state)
{
	struct situation_view view = {0};
	struct buf text = {0};

	(void)state;
	situation_text(&text, &view);
	assert_string_equal(text.s, "The store is empty: nothing has been collected yet.\n");
	buf_free(&text);
}

static void a_chance_is_never_a_point(void **state)
{
	struct world w;

	(void)state;
	world_full(&w);
	situation_text(&w.text, &w.situation);
	brief_text(&w.text, &w.view);
	assert_said_in_words(printed(&w));
	assert_has(printed(&w), "12–31\xc2\xa0%");
	world_close(&w);
}

static void the_brief_has_at_most_two_pages(void **state)
{
	struct world w;
	size_t lines = 0;

	(void)state;
	world_full(&w);
	w.view.n_events = w.view.n_junctures = w.view.n_responses = w.view.n_outcomes = 500;
	w.view.events = arena_array(&w.arena, const struct event *, 500);
	w.view.junctures = arena_array(&w.arena, const struct juncture *, 500);
	w.view.responses = arena_array(&w.arena, const struct response *, 500);
	w.view.outcomes = arena_array(&w.arena, const struct outcome *, 500);
	for (size_t i = 0; i < 500; i++) {
		w.view.events[i] = record_new(&w.arena, &kind_event);
		w.view.junctures[i] = record_new(&w.arena, &kind_juncture);
		w.view.responses[i] = record_new(&w.arena, &kind_response);
		w.view.outcomes[i] = record_new(&w.arena, &kind_outcome);
	}
	brief_text(&w.text, &w.view);
	for (const char *s = printed(&w); *s; s++)
		lines += *s == '\n';
	assert_true(lines > 30 && lines <= 120);
	assert_narrow(printed(&w));
	assert_said_in_words(printed(&w));
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_on_a_terminal_is_aligned_by_display_width),
		cmocka_unit_test(a_table_in_a_pipe_is_tab_separated_and_every_row_is_a_line),
		cmocka_unit_test(an_empty_table_is_its_header),
		cmocka_unit_test(lines_are_folded_by_display_width_not_by_bytes),
		cmocka_unit_test(a_word_wider_than_a_line_stands_alone_and_whole),
		cmocka_unit_test(a_country_of_which_nothing_is_known_says_so),
		cmocka_unit_test(a_year_without_value_is_a_dot_not_a_low_value),
		cmocka_unit_test(the_latest_known_value_is_shown_with_its_year),
		cmocka_unit_test(holes_in_a_plan_are_said_in_words),
		cmocka_unit_test(scores_with_holes_are_said_in_words),
		cmocka_unit_test(a_forecast_worse_than_the_base_rate_is_not_called_better),
		cmocka_unit_test(an_empty_store_says_that_it_is),
		cmocka_unit_test(a_chance_is_never_a_point),
		cmocka_unit_test(the_brief_has_at_most_two_pages),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
