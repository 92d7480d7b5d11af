/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests of learned.c and reliability_chart.c: scores, settings and diagrams for people. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include <tocsin/render.h>

static struct score *score_made(struct arena *arena)
{
	struct score *score = record_new(arena, &kind_score);

	score->about = "forecast";
	score->subject = "closing";
	score->member = "ensemble";
	score->n = 100;
	score->positives = 20;
	score->horizon = 2;
	score->brier = 0.125;
	score->log_score = 0.4;
	score->auc = 0.75;
	score->ece = 0.04;
	score->ece_floor = 0.03;
	score->skill = 0.01;
	score->skill_low = -0.01;
	score->skill_high = 0.03;
	score->verdict = "no skill shown";
	score->bins = "[{\"events\":4,\"mean\":0.05,\"n\":80},{\"events\":0,\"mean\":null,\"n\":0},"
		"{\"events\":0,\"mean\":null,\"n\":0},{\"events\":0,\"mean\":null,\"n\":0},"
		"{\"events\":0,\"mean\":null,\"n\":0},{\"events\":16,\"mean\":0.55,\"n\":20},"
		"{\"events\":0,\"mean\":null,\"n\":0},{\"events\":0,\"mean\":null,\"n\":0},"
		"{\"events\":0,\"mean\":null,\"n\":0},{\"events\":0,\"mean\":null,\"n\":0}]";
	return score;
}

static struct setting *setting_made(struct arena *arena, const char *name, double value)
{
	struct setting *setting = record_new(arena, &kind_setting);

	setting->name = name;
	setting->value = value;
	setting->reason = "a reason";
	return setting;
}

static void holds(const struct buf *text, const char *words)
{
	if (!strstr(text->s, words))
		fail_msg("no \"%s\" in:\n%s", words, text->s);
}

static void scores_show_calibration_beside_its_floor_and_skill_in_words(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf text = {0};
	const struct score *scores[] = {score_made(&arena)};
	struct learned_view view = {.as_of = instant_of_day(2025, 1, 2), .scores = scores, .n_scores = 1};

	(void)state;
	learned_text(&text, &view);
	holds(&text, "LEARNED as of 2025-01-02");
	holds(&text, "closing: 100 forecasts, 20 came true within 2 years");
	holds(&text, "0.1250 0.4000 0.750     - 0.040 0.030");
	holds(&text, "no skill shown; gain over the base rate 0.0100 (90 %: -0.0100 to 0.0300)");
}

static void a_map_is_one_line_and_drift_says_since_when_or_none(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf text = {0};
	const struct setting *settings[] = {
		setting_made(&arena, "calibration.closing.a", 1.5), setting_made(&arena, "calibration.closing.b", 1),
		setting_made(&arena, "calibration.closing.c", -0.25), setting_made(&arena, "drift.closing.since", 2011),
		setting_made(&arena, "drift.opening.since", NAN), setting_made(&arena, "threshold.index-falls", 0.9),
	};
	struct learned_view view = {.as_of = instant_of_day(2025, 1, 2), .settings = settings,
				    .n_settings = LENGTH(settings)};

	(void)state;
	((struct setting *)settings[2])->pinned = 1;
	learned_text(&text, &view);
	holds(&text, "calibration.closing: a 1.500 b 1.000 c -0.250 (pinned); a reason");
	holds(&text, "drift.closing.since 2011: a reason");
	holds(&text, "drift.opening.since none: a reason");
	holds(&text, "threshold.index-falls 0.9: a reason");
	holds(&text, "no forecast has come due yet");
}

static void an_empty_store_says_so(void **state)
{
	_cleanup_(buf_free) struct buf text = {0};

	(void)state;
	learned_text(&text, &(struct learned_view){0});
	assert_string_equal(text.s, "The store is empty: nothing has been learned yet.\n");
}

static void a_diagram_has_a_line_for_each_bin_with_forecasts(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf text = {0};

	(void)state;
	reliability_text(&text, score_made(&arena));
	holds(&text, "closing, ensemble: calibration error 0.040, a perfect forecaster's 0.030");
	holds(&text, "    5.0 %       5.0 %  #|....");   /* a thirtieth a sign */
	holds(&text, "   55.0 %      80.0 %  ################|#######......   20");
	assert_null(strstr(text.s, "nan"));
}

static void the_drawing_carries_its_numbers_and_foreign_text_is_escaped(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf text = {0};
	struct score *score = score_made(&arena);

	(void)state;
	score->subject = "closing<&>";
	reliability_svg(&text, score);
	holds(&text, "<title>Reliability of forecasts of closing&lt;&amp;&gt;, ensemble</title>");
	holds(&text, "Said 55.0 %: 16 of 20 came true.");
	holds(&text, "<circle cx=\"189.0\" cy=\"82.0\"");
	assert_null(strstr(text.s, "nan"));
	assert_string_equal(text.s + text.len - 7, "</svg>\n");
	buf_cut(&text, 0);
	score->bins = "[1]";
	reliability_svg(&text, score);
	holds(&text, "no forecast was scored");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scores_show_calibration_beside_its_floor_and_skill_in_words),
		cmocka_unit_test(a_map_is_one_line_and_drift_says_since_when_or_none),
		cmocka_unit_test(an_empty_store_says_so),
		cmocka_unit_test(a_diagram_has_a_line_for_each_bin_with_forecasts),
		cmocka_unit_test(the_drawing_carries_its_numbers_and_foreign_text_is_escaped),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("learned", tests, NULL, NULL);
}
