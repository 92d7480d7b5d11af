/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_question.c - what questions, judgements and pseudonyms have to be. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include <tocsin/model.h>

#include "tests/near.h"

static struct question *good_question(struct arena *arena)
{
	struct question *question = record_new(arena, &kind_question);

	question->key = "key";
	question->text = "Will it?";
	question->rule = "by the gazette";
	question->answers = "[\"yes\",\"no\"]";
	question->opens = question->r.known = instant_of_day(2024, 1, 1);
	question->closes = instant_of_day(2024, 2, 1);
	question->resolves = instant_of_day(2024, 3, 1);
	question->status = "open";
	record_identify(arena, question);
	return question;
}

static void refused(const struct question *question, const char *word)
{
	struct err err = {0};

	assert_int_equal(record_check(question, &err), ERR_DATA);
	if (!strstr(err.msg, word))
		fail_msg("\"%s\" does not say \"%s\"", err.msg, word);
}

static void a_question_is_refused_with_what_is_wrong_with_it(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct question *question = good_question(&arena);

	(void)state;
	assert_int_equal(record_check(question, NULL), 0);
	question->answers = "[\"yes\"]";
	refused(question, "2 to 64");
	question->answers = "[\"yes\",\"yes\"]";
	refused(question, "there twice");
	question->answers = "[\"yes\",2]";
	refused(question, "not a text");
	question = good_question(&arena);
	question->closes = instant_of_day(2023, 12, 31);
	refused(question, "in this order");
	question = good_question(&arena);
	question->status = "done";
	refused(question, "status is \"done\"");
	question->status = "void";
	refused(question, "needs a reason");
	question->status = "resolved";
	question->outcome = "perhaps";
	question->resolved = instant_of_day(2024, 2, 20);
	refused(question, "among its answers");
	question->status = "closed";
	question->outcome = "yes";
	refused(question, "cannot have an outcome");
}

static void a_rule_for_a_machine_is_whole_and_has_a_unit_and_two_answers(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct question *question = good_question(&arena);

	(void)state;
	question->indicator = "v2x_polyarchy";
	refused(question, "indicator, operator, threshold and until");
	question->operator = "=";
	question->threshold = 0.3;
	question->until = instant_of_year(2025);
	refused(question, "expected <, <=, > or >=");
	question->operator = "<=";
	refused(question, "a unit");
	question->r.unit = "SRB";
	assert_int_equal(record_check(question, NULL), 0);
	question->answers = "[\"a\",\"b\",\"c\"]";
	refused(question, "two answers");
	question = good_question(&arena);
	question->forecast_question = "closing";
	refused(question, "tied to a forecast");
}

static void pseudonyms_name_nobody(void **state)
{
	static const char *const good[] = {"blue-heron", "f1", "model", "abcdefghijklmnopqrstuvwxyz012345"};
	static const char *const bad[] = {"", "a", "Heron", "1heron", "-heron", "abcdefghijklmnopqrstuvwxyz0123456", "чапља"};
	static const char *const addresses[] = {"ana@example.org", "@ana"};
	static const char *const names[] = {"Ana Petrova", "ana petrova", "ana.petrova", "ana_petrova"};
	struct err err;

	(void)state;
	for (size_t i = 0; i < LENGTH(good); i++)
		assert_int_equal(pseudonym_check(good[i], NULL), 0);
	for (size_t i = 0; i < LENGTH(bad); i++)
		assert_int_equal(pseudonym_check(bad[i], NULL), ERR_DATA);
	assert_int_equal(pseudonym_check(NULL, NULL), ERR_DATA);
	for (size_t i = 0; i < LENGTH(addresses); i++) {
		assert_int_equal(pseudonym_check(addresses[i], &err), ERR_DATA);
		assert_non_null(strstr(err.msg, "e-mail address"));
		assert_null(strstr(err.msg, addresses[i]));   /* not said again */
		assert_non_null(strstr(err.hint, "blue-heron"));
	}
	for (size_t i = 0; i < LENGTH(names); i++) {
		assert_int_equal(pseudonym_check(names[i], &err), ERR_DATA);
		assert_non_null(strstr(err.msg, "full name"));
		assert_null(strstr(err.msg, names[i]));
	}
	assert_true(pseudonym_is_ours("pool") && pseudonym_is_ours("median") && pseudonym_is_ours("model"));
	assert_false(pseudonym_is_ours("heron"));
}

static void chances_belong_to_the_answers_and_sum_to_one(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char *names[] = {"yes", "no", "void"};
	const struct answers answers = {names, 3};
	double p[3] = {9, 9, 9};
	struct err err;

	(void)state;
	assert_int_equal(chances_read("{\"no\":0.5,\"void\":0,\"yes\":0.5}", &answers, &arena, p, NULL), 0);
	assert_true(p[0] == 0.5 && p[1] == 0.5 && p[2] == 0);
	assert_int_equal(chances_read("{\"no\":0.5,\"void\":0.1,\"yes\":0.5}", &answers, &arena, p, &err), ERR_DATA);
	assert_non_null(strstr(err.msg, "sum to 1.1"));
	assert_int_equal(chances_read("{\"no\":0.5,\"yes\":0.5}", &answers, &arena, p, &err), ERR_DATA);
	assert_non_null(strstr(err.msg, "answer \"void\""));
	assert_int_equal(chances_read("{\"no\":0.5,\"maybe\":0.5}", &answers, &arena, p, &err), ERR_DATA);
	assert_non_null(strstr(err.msg, "\"maybe\" is not among"));
	assert_int_equal(chances_read("{\"no\":1.5,\"void\":-0.5,\"yes\":0}", &answers, &arena, p, NULL), ERR_DATA);
	assert_int_equal(chances_read("[0.5,0.5]", &answers, &arena, p, NULL), ERR_DATA);
	assert_string_equal(chances_write(&answers, (const double[]){0.5, 1.0 / 3, 1.0 / 6}, &arena),
			    "{\"no\":0.333333333,\"void\":0.166666667,\"yes\":0.5}");
}

static void chances_are_held_within_their_bounds_and_still_sum_to_one(void **state)
{
	double two[] = {0, 1}, three[] = {0, 0.0005, 0.9995}, fine[] = {0.001, 0.999};
	struct rng rng;

	(void)state;
	assert_true(chances_clip(two, 2));
	assert_near(two[0], 0.001, 1e-15);
	assert_near(two[1], 0.999, 1e-15);
	assert_true(chances_clip(three, 3));
	assert_near(three[2], 0.998, 1e-15);
	assert_false(chances_clip(fine, 2));
	assert_true(fine[0] == 0.001 && fine[1] == 0.999);
	rng_seed(&rng, 4);
	for (size_t round = 0; round < 2000; round++) {
		const size_t n = 2 + rng_below(&rng, 40);
		double p[64], total = 0;

		for (size_t i = 0; i < n; i++)
			total += p[i] = rng_below(&rng, 3) ? pow(rng_unit(&rng), 20) : 0;
		if (total == 0)
			total = p[0] = 1;
		for (size_t i = 0; i < n; i++)
			p[i] /= total;
		chances_clip(p, n);
		total = 0;
		for (size_t i = 0; i < n; i++) {
			assert_true(p[i] >= CHANCE_LEAST && p[i] <= CHANCE_MOST + 1e-12);
			total += p[i];
		}
		assert_near(total, 1, 1e-12);
		assert_false(chances_clip(p, n));
	}
}

static struct judgement *made_judgement(struct records *list, const char *forecaster, unsigned day, double p)
{
	const char *names[] = {"yes", "no"};
	struct judgement *judgement = record_new(list->arena, &kind_judgement);

	judgement->question = "key";
	judgement->forecaster = forecaster;
	judgement->at = judgement->r.known = instant_of_day(2024, 1, day);
	judgement->probabilities = chances_write(&(struct answers){names, 2}, (const double[]){p, 1 - p}, list->arena);
	record_identify(list->arena, judgement);
	records_add(list, judgement);
	return judgement;
}

static void the_newest_judgement_of_each_up_to_the_closing_counts(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records list = {.arena = &arena};
	struct question *question = good_question(&arena);
	const struct judgement **v, *newest;
	size_t n;

	(void)state;
	question->closes = instant_of_day(2024, 1, 20);
	made_judgement(&list, "red-fox", 12, 0.5);
	newest = made_judgement(&list, "blue-heron", 20, 0.2);   /* on the last day */
	made_judgement(&list, "blue-heron", 10, 0.1);
	made_judgement(&list, "blue-heron", 21, 0.9);            /* too late */
	made_judgement(&list, "red-fox", 13, 0.5)->r.withdrawn = true;
	made_judgement(&list, "old-oak", 13, 0.5)->question = "other";
	judgements_of(&list, question, &arena, &v, &n);
	assert_int_equal(n, 2);
	assert_ptr_equal(v[0], newest);
	assert_int_equal(v[1]->at.usec, instant_of_day(2024, 1, 12).usec);
}

static void a_judgement_is_refused_with_what_is_wrong_with_it(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records list = {.arena = &arena};
	struct judgement *judgement = made_judgement(&list, "red-fox", 12, 0.5);
	struct err err;

	(void)state;
	assert_int_equal(record_check(judgement, NULL), 0);
	judgement->probabilities = "{\"no\":0.5,\"yes\":0.6}";
	assert_int_equal(record_check(judgement, &err), ERR_DATA);
	assert_non_null(strstr(err.msg, "sum to 1.1, expected 1"));
	judgement->probabilities = "{\"no\":0.5,\"yes\":\"half\"}";
	assert_int_equal(record_check(judgement, &err), ERR_DATA);
	assert_non_null(strstr(err.msg, "\"yes\" is not a number"));
	judgement->probabilities = "{\"no\":0.5,\"yes\":0.5}";
	judgement->low = "[0.1]";
	assert_int_equal(record_check(judgement, &err), ERR_DATA);
	assert_non_null(strstr(err.msg, "low is not an object"));
	judgement->low = "{\"no\":0.1,\"yes\":0.2}";   /* need not sum to 1 */
	assert_int_equal(record_check(judgement, NULL), 0);
	judgement->forecaster = "Red Fox";
	assert_int_equal(record_check(judgement, NULL), ERR_DATA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_is_refused_with_what_is_wrong_with_it),
		cmocka_unit_test(a_rule_for_a_machine_is_whole_and_has_a_unit_and_two_answers),
		cmocka_unit_test(pseudonyms_name_nobody),
		cmocka_unit_test(chances_belong_to_the_answers_and_sum_to_one),
		cmocka_unit_test(chances_are_held_within_their_bounds_and_still_sum_to_one),
		cmocka_unit_test(the_newest_judgement_of_each_up_to_the_closing_counts),
		cmocka_unit_test(a_judgement_is_refused_with_what_is_wrong_with_it),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("questions", tests, NULL, NULL);
}
