/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_words.c - numbers, intervals and chances in words, and what is said of what is missing. */
#include "render_world.h"

#include "render/words.h"

static struct buf text;

static const char *said(void)
{
	return text.len ? text.s : "";
}

static int clear(void **state)
{
	(void)state;
	buf_free(&text);
	text = (struct buf){0};
	return 0;
}

static void an_estimate_has_its_interval_or_says_that_it_has_none(void **state)
{
	static const struct { double value, low, high; const char *words; } cases[] = {
		{0.28, 0.25, 0.31, "0.28 (0.25–0.31)"},
		{-0.1, -0.2, 0.05, "−0.10 (−0.20 to 0.05)"},   /* a dash would read as a minus sign */
		{-0.001, -0.004, 0.004, "0.00 (0.00 to 0.00)"},
		{0.28, NAN, 0.31, "0.28 (interval not known)"},
		{0.28, 0.25, NAN, "0.28 (interval not known)"},
		{NAN, 0.25, 0.31, "not known"},
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		clear(state);
		words_estimate(&text, cases[i].value, cases[i].low, cases[i].high);
		assert_string_equal(said(), cases[i].words);
	}
}

static void a_chance_is_a_range_even_when_it_is_a_narrow_one(void **state)
{
	static const struct { double low, high; const char *words; } cases[] = {
		{0.12, 0.31, "12–31\xc2\xa0%"}, {0.121, 0.124, "12.1–12.4\xc2\xa0%"}, {0.1201, 0.1204, "12.01–12.04\xc2\xa0%"},
		{0, 1, "0–100\xc2\xa0%"}, {NAN, 0.3, "not known"}, {0.3, NAN, "not known"},
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		clear(state);
		words_chance(&text, cases[i].low, cases[i].high);
		assert_string_equal(said(), cases[i].words);
	}
}

static void a_forecast_says_horizon_data_and_base_rate(void **state)
{
	struct world w;

	(void)state;
	world_full(&w);
	words_forecast(&text, w.closing);
	assert_string_equal(said(), "12–31\xc2\xa0% by the end of 2025 (90\xc2\xa0% interval; data to 2023; "
			    "base rate 8\xc2\xa0%, 41 of 512 country-years)");
	world_close(&w);
}

static void a_forecast_that_could_not_be_made_says_why(void **state)
{
	struct world w;

	(void)state;
	world_full(&w);
	w.closing->low = w.closing->high = w.closing->p = w.closing->base_rate = NAN;
	record_missing(&w.arena, &w.closing->r, "p", "fewer than ten years are known");
	words_forecast(&text, w.closing);
	assert_string_equal(said(), "not known by the end of 2025 (data to 2023; base rate not known): "
			    "fewer than ten years are known");
	clear(state);
	words_forecast(&text, NULL);
	assert_string_equal(said(), "no forecast");
	world_close(&w);
}

static void an_interval_with_one_end_is_not_called_one(void **state)
{
	struct world w;

	(void)state;
	world_full(&w);
	w.closing->high = NAN;
	record_missing(&w.arena, &w.closing->r, "p", "no upper end");
	words_forecast(&text, w.closing);
	assert_true(str_starts(said(), "not known by the end of 2025"));
	assert_has(said(), ": no upper end");
	assert_lacks(said(), "interval");
	world_close(&w);
}

static void skill_is_said_with_its_measure_or_its_lack(void **state)
{
	struct world w;
	struct score *score;

	world_full(&w);
	score = record_new(&w.arena, &kind_score);
	words_skill(&text, w.closing, NULL);
	assert_string_equal(said(), "skill not yet measured: no scored forecasts");
	clear(state);
	score->skill = 0.01, score->skill_low = -0.002, score->skill_high = 0.02, score->brier = 0.1, score->n = 40;
	words_skill(&text, w.closing, score);
	assert_string_equal(said(), "no skill shown against the base rate: Brier score 0.100, gain over the base rate "
			    "0.010 (−0.002 to 0.020), 40 past forecasts");
	clear(state);
	score->skill_low = 0.001;
	words_skill(&text, w.closing, score);
	assert_true(str_starts(said(), "better than the base rate: "));
	clear(state);
	score->skill_low = -0.03, score->skill_high = -0.01;
	words_skill(&text, w.closing, score);
	assert_true(str_starts(said(), "worse than the base rate: "));
	clear(state);
	score->brier = NAN;
	words_skill(&text, w.closing, score);
	assert_said_in_words(said());
	world_close(&w);
}

static void a_change_that_is_not_known_says_why(void **state)
{
	struct observation *change;
	struct world w;

	world_full(&w);
	words_change(&text, &w.view, 5);
	assert_string_equal(said(), "not known");
	clear(state);
	w.view.change5 = change = made_observation(&w, 2023, NAN, NAN, NAN);
	record_missing(&w.arena, &change->r, "value", "2018 has no value");
	words_change(&text, &w.view, 5);
	assert_string_equal(said(), "not known: 2018 has no value");
	clear(state);
	change->value = 0.1, change->low = -0.05, change->high = 0.25;
	words_change(&text, &w.view, 5);
	assert_string_equal(said(), "+0.10 (−0.05 to +0.25)");
	world_close(&w);
}

static void the_time_that_a_step_takes_is_said_as_far_as_it_is_known(void **state)
{
	static const struct { const char *step, *words; } cases[] = {
		{"{\"lead_min_days\":10,\"lead_max_days\":30}", "takes 10–30 days"},
		{"{\"lead_min_days\":10}", "takes 10 days or more"},
		{"{\"lead_max_days\":30}", "takes up to 30 days"},
		{"{\"first_step_by\":\"2024-05-01\"}", "first step by 2024-05-01; time it takes not known"},
	};
	struct world w;

	world_bare(&w);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const struct json *step;

		clear(state);
		assert_int_equal(json_read(cases[i].step, strlen(cases[i].step), "s", 1, &w.arena, &step, NULL), 0);
		words_lead(&text, step);
		assert_string_equal(said(), cases[i].words);
	}
	world_close(&w);
}

static void levels_have_names(void **state)
{
	(void)state;
	assert_string_equal(words_level(1), "none");
	assert_string_equal(words_level(4), "critical");
	assert_string_equal(words_level(5), "unknown");
	assert_string_equal(words_level(0), "unknown");
	assert_string_equal(words_level(INT_MISSING), "unknown");
}

/* ---- records in a line ---- */

static void every_kind_is_described_with_nothing_but_what_it_must_have(void **state)
{
	struct world w;

	world_bare(&w);
	for (size_t i = 0; i < n_kinds; i++) {
		struct record *r = record_new(&w.arena, kinds[i]);

		r->unit = "GEO";
		for (size_t f = 0; f < kinds[i]->n_fields; f++) {
			const struct field *field = &kinds[i]->fields[f];

			if (!(field->flags & FIELD_REQUIRED))
				continue;
			if (field->type == FIELD_TEXT || field->type == FIELD_JSON)
				*field_text(r, field) = "[]";
			else if (field->type == FIELD_INT)
				*field_int(r, field) = 2;
			else if (field->type == FIELD_TIME)
				*field_time(r, field) = instant_of_year(2024);
		}
		record_identify(&w.arena, r);
		clear(state);
		record_describe(&text, r);
		assert_true(text.len > 5);
		assert_said_in_words(said());
		r->withdrawn = true;
		record_describe(&text, r);
		assert_has(said(), "(withdrawn)");
	}
	world_close(&w);
}

static void a_described_forecast_is_a_range(void **state)
{
	struct world w;

	(void)state;
	world_full(&w);
	record_describe(&text, &w.closing->r);
	assert_has(said(), "12–31\xc2\xa0%");
	assert_said_in_words(said());
	world_close(&w);
}

static void a_long_title_is_cut_between_characters_and_stays_on_its_line(void **state)
{
	struct document *document;
	struct world w;
	char title[400];

	(void)state;
	world_bare(&w);
	for (size_t i = 0; i < 200; i++)
		memcpy(title + 2 * i, "ж", 2);
	title[0] = 'a', title[1] = '\n', title[399] = '\0', title[398] = 'b';
	document = record_new(&w.arena, &kind_document);
	document->feed = "wire";
	document->title = arena_printf(&w.arena, "x%s", title);   /* an odd byte moves the cut into a letter */
	record_describe(&text, &document->r);
	assert_int_equal(utf8_valid(text.s, text.len), text.len);
	assert_has(said(), "...\" of wire");
	assert_lacks(said(), "\n");
	world_close(&w);
}

static void an_effect_is_said_with_its_verdict_or_that_it_is_not_known(void **state)
{
	struct world w;
	struct score *score;

	world_full(&w);
	score = record_new(&w.arena, &kind_score);
	score->about = "effect", score->subject = "ACCESS", score->member = "-";
	words_effect(&text, score);
	assert_string_equal(said(), "effect of ACCESS on the index: not known");
	clear(state);
	score->subject = "all", score->verdict = "cannot tell: 7 donors, 20 are needed";
	words_effect(&text, score);
	assert_string_equal(said(), "effect of the responses on the index: cannot tell: 7 donors, 20 are needed");
	world_close(&w);
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, clear, clear)
	const struct CMUnitTest tests[] = {
		test(an_estimate_has_its_interval_or_says_that_it_has_none),
		test(a_chance_is_a_range_even_when_it_is_a_narrow_one),
		test(a_forecast_says_horizon_data_and_base_rate),
		test(a_forecast_that_could_not_be_made_says_why),
		test(an_interval_with_one_end_is_not_called_one),
		test(skill_is_said_with_its_measure_or_its_lack),
		test(an_effect_is_said_with_its_verdict_or_that_it_is_not_known),
		test(a_change_that_is_not_known_says_why),
		test(the_time_that_a_step_takes_is_said_as_far_as_it_is_known),
		test(levels_have_names),
		test(every_kind_is_described_with_nothing_but_what_it_must_have),
		test(a_described_forecast_is_a_range),
		test(a_long_title_is_cut_between_characters_and_stays_on_its_line),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
