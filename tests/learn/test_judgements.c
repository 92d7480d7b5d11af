/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_judgements.c - what forecasters' answers were worth once questions are resolved. */
#include "tests/learn/made_past.h"

static struct question *made_question(struct past *past, const char *key, const char *answers, const char *outcome)
{
	struct question *question = record_new(&past->arena, &kind_question);

	question->key = key;
	question->answers = answers;
	question->opens = day_of("2020-01-01");
	question->closes = day_of("2020-01-31");
	question->status = outcome ? "resolved" : "closed";
	question->outcome = outcome;
	question->resolved = outcome ? day_of("2020-06-01") : (struct instant){0};
	question->r.known = day_of("2020-06-02");
	record_identify(&past->arena, question);
	records_add(&past->in, question);
	return question;
}

static struct judgement *made_judgement(struct past *past, const char *key, const char *forecaster, const char *at,
					const char *probabilities)
{
	struct judgement *judgement = record_new(&past->arena, &kind_judgement);

	judgement->question = key;
	judgement->forecaster = forecaster;
	judgement->at = judgement->r.known = day_of(at);
	judgement->probabilities = probabilities;
	record_identify(&past->arena, judgement);
	records_add(&past->in, judgement);
	return judgement;
}

static void each_forecaster_is_scored_beside_the_pool_and_against_the_median(void **state)
{
	const struct score *score;
	struct judgement *fox;
	struct past past;

	(void)state;
	past_open(&past, "2021-01-01");
	made_question(&past, "q", "[\"yes\",\"no\"]", "yes");
	made_judgement(&past, "q", "fox", "2020-01-10", "{\"no\":0.9,\"yes\":0.1}");
	fox = made_judgement(&past, "q", "fox", "2020-01-20", "{\"no\":0.2,\"yes\":0.8}");
	made_judgement(&past, "q", "fox", "2020-02-01", "{\"no\":0.01,\"yes\":0.99}");   /* too late */
	made_judgement(&past, "q", "median", "2020-01-31", "{\"no\":0.4,\"yes\":0.6}");
	made_judgement(&past, "q", "model", "2019-12-01", "{\"no\":0.5,\"yes\":0.5}");
	fox->r.licence = "restricted";
	past_run(&past);
	score = score_of(&past, "q", "fox", INT_MISSING);
	assert_string_equal(score->about, "question");
	near(score->brier, 0.04);
	near(score->log_score, -log(0.8));
	near(score->skill, 0.16 - 0.04);
	assert_true(score->n == 1 && isnan(score->skill_low));
	assert_non_null(strstr(score->r.missing, "one question cannot be resampled"));
	assert_true(comes_from(&score->r, &fox->r, "judgement"));
	assert_string_equal(score->r.licence, "restricted");
	near(score_of(&past, "q", "model", INT_MISSING)->skill, 0.16 - 0.25);
	near(score_of(&past, "q", "median", INT_MISSING)->skill, 0);
	assert_null(score_of(&past, "q", "pool", INT_MISSING));
	arena_free(&past.arena);
}

static void all_questions_of_a_forecaster_have_one_score_with_an_interval(void **state)
{
	const struct score *all;
	struct past past;

	(void)state;
	past_open(&past, "2021-01-01");
	for (size_t i = 0; i < 8; i++) {
		const char *key = arena_printf(&past.arena, "q%zu", i);

		made_question(&past, key, "[\"yes\",\"no\"]", i < 6 ? "yes" : "no");
		made_judgement(&past, key, "fox", "2020-01-10", "{\"no\":0.3,\"yes\":0.7}");
		made_judgement(&past, key, "median", "2020-01-31", "{\"no\":0.5,\"yes\":0.5}");
	}
	past_run(&past);
	all = score_of(&past, "all", "fox", INT_MISSING);
	assert_true(all->n == 8);
	near(all->brier, (6 * 0.09 + 2 * 0.49) / 8);
	near(all->log_score, -(6 * log(0.7) + 2 * log(0.3)) / 8);
	near(all->skill, 0.25 - (6 * 0.09 + 2 * 0.49) / 8);
	assert_true(all->skill_low < all->skill && all->skill < all->skill_high);
	assert_true(comes_from(&all->r, &score_of(&past, "q3", "fox", INT_MISSING)->r, "question"));
	arena_free(&past.arena);
}

static void ordered_answers_are_scored_by_their_order(void **state)
{
	static const char *const said = "{\"early\":0.2,\"late\":0.5,\"never\":0.3}";
	struct past past;

	(void)state;
	past_open(&past, "2021-01-01");
	made_question(&past, "ranked", "[\"early\",\"late\",\"never\"]", "never")->ordered = 1;
	made_question(&past, "plain", "[\"early\",\"late\",\"never\"]", "never");
	made_judgement(&past, "ranked", "fox", "2020-01-10", said);
	made_judgement(&past, "plain", "fox", "2020-01-10", said);
	past_run(&past);
	near(score_of(&past, "ranked", "fox", INT_MISSING)->brier, (0.04 + 0.49) / 2);
	near(score_of(&past, "plain", "fox", INT_MISSING)->brier, (0.04 + 0.25 + 0.49) / 2);
	assert_true(isnan(score_of(&past, "plain", "fox", INT_MISSING)->skill));
	assert_non_null(strstr(score_of(&past, "all", "fox", INT_MISSING)->r.missing, "no median was kept"));
	arena_free(&past.arena);
}

static void what_is_not_resolved_or_not_known_yet_has_no_score(void **state)
{
	struct past past;

	(void)state;
	past_open(&past, "2020-06-01");
	made_question(&past, "q", "[\"yes\",\"no\"]", "yes");        /* known a day later */
	made_question(&past, "closed", "[\"yes\",\"no\"]", NULL)->r.known = day_of("2020-02-01");
	made_judgement(&past, "q", "fox", "2020-01-10", "{\"no\":0.3,\"yes\":0.7}");
	made_judgement(&past, "closed", "fox", "2020-01-10", "{\"no\":0.3,\"yes\":0.7}");
	past_run(&past);
	assert_int_equal(past.out.n, 0);
	past.setup.as_of = day_of("2020-06-02");
	past_run(&past);
	assert_non_null(score_of(&past, "q", "fox", INT_MISSING));
	assert_null(score_of(&past, "closed", "fox", INT_MISSING));
	((struct question *)past.in.v[0])->resolved = day_of("2022-01-01");   /* came about later than it was known: not yet */
	past_run(&past);
	assert_int_equal(past.out.n, 0);
	arena_free(&past.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_forecaster_is_scored_beside_the_pool_and_against_the_median),
		cmocka_unit_test(all_questions_of_a_forecaster_have_one_score_with_an_interval),
		cmocka_unit_test(ordered_answers_are_scored_by_their_order),
		cmocka_unit_test(what_is_not_resolved_or_not_known_yet_has_no_score),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("judgements", tests, NULL, NULL);
}
