/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_question_life.c - questions announced, opened, answered, closed, resolved, declared void. */
#include "tests/foresee/made_questions.h"

struct life {
	struct arena arena;
	struct records in, out;
	struct question *question;   /* open from day 10 to 19 */
	struct err err;
};

static void life_open(struct life *life)
{
	*life = (struct life){0};
	life->in.arena = life->out.arena = &life->arena;
	life->question = made_question(&life->in, "q", 10, NULL);
}

/* It was refused with this code, and says so. */
static void refused(const struct life *life, int got, int code, const char *word)
{
	assert_int_equal(got, code);
	if (!strstr(life->err.msg, word))
		fail_msg("\"%s\" does not say \"%s\"", life->err.msg, word);
}

static struct question *copy_of(struct life *life)
{
	struct question *copy = arena_new(&life->arena, struct question);

	*copy = *life->question;
	return copy;
}

static int open_at(struct life *life, struct question *wanted, int64_t at, struct question **ret)
{
	return question_open(life->question, wanted, day(at), &life->arena, ret, &life->err);
}

static void what_was_announced_may_change_until_it_opens_and_not_after(void **state)
{
	struct life life;
	struct question *wanted, *next = NULL;

	(void)state;
	life_open(&life);
	wanted = copy_of(&life);
	wanted->text = "Will it not?";
	assert_int_equal(open_at(&life, wanted, 9, &next), 0);
	assert_string_equal(next->text, "Will it not?");
	assert_int_equal(next->r.known.usec, day(9).usec);
	assert_string_equal(next->r.id, life.question->r.id);
	refused(&life, open_at(&life, wanted, 10, &next), ERR_CONFLICT, "its text cannot change any more");
	arena_free(&life.arena);
}

static void each_part_that_is_fixed_is_named_when_it_would_change(void **state)
{
	struct life life;
	struct question *next;

	(void)state;
	life_open(&life);
	for (size_t i = 0; i < 9; i++) {
		static const char *const words[] = {"answers", "order of the answers", "unit", "rule", "dates", "dates", "dates",
						    "rule", "forecast"};
		struct question *wanted = copy_of(&life);

		wanted->answers = i == 0 ? "[\"no\",\"yes\"]" : wanted->answers;
		wanted->ordered = i == 1 ? 1 : wanted->ordered;
		wanted->r.unit = i == 2 ? "SRB" : NULL;
		wanted->rule = i == 3 ? "otherwise" : wanted->rule;
		wanted->opens = i == 4 ? day(11) : wanted->opens;
		wanted->closes = i == 5 ? day(25) : wanted->closes;
		wanted->resolves = i == 6 ? day(31) : wanted->resolves;
		wanted->threshold = i == 7 ? 0.3 : NAN;
		wanted->forecast_question = i == 8 ? "closing" : NULL;
		refused(&life, open_at(&life, wanted, 12, &next), ERR_CONFLICT, words[i]);
	}
	arena_free(&life.arena);
}

static void the_same_again_changes_nothing_and_the_past_cannot_be_opened(void **state)
{
	struct life life;
	struct question *wanted, *next = NULL;

	(void)state;
	life_open(&life);
	wanted = copy_of(&life);
	wanted->opens = (struct instant){0};
	assert_int_equal(open_at(&life, wanted, 15, &next), 0);
	assert_ptr_equal(next, life.question);
	life.question = NULL;
	wanted->opens = day(10);
	refused(&life, open_at(&life, wanted, 12, &next), ERR_CONFLICT, "open before it is announced");
	wanted->opens = (struct instant){0};
	refused(&life, open_at(&life, wanted, 20, &next), ERR_CONFLICT, "close before it is announced");
	assert_int_equal(open_at(&life, wanted, 15, &next), 0);
	assert_int_equal(next->opens.usec, day(15).usec);   /* now, when not said */
	arena_free(&life.arena);
}

static int answer_at(struct life *life, const char *forecaster, double p, int64_t at, struct judgement **ret)
{
	return question_answer(life->question, forecaster, (const double[]){p, 1 - p}, "the courts hold", day(at), &life->arena,
			       ret, &life->err);
}

static void answers_are_taken_from_the_opening_to_the_end_of_the_closing_day(void **state)
{
	struct life life;
	struct judgement *judgement;
	struct instant night = day(19);

	(void)state;
	life_open(&life);
	refused(&life, answer_at(&life, "fox", 0.3, 9, &judgement), ERR_CONFLICT, "opens on 2020-01-11");
	assert_int_equal(answer_at(&life, "fox", 0.3, 10, &judgement), 0);
	night.usec += USEC_PER_DAY - 1;
	assert_int_equal(question_answer(life.question, "fox", (const double[]){0.3, 0.7}, NULL, night, &life.arena,
					 &judgement, NULL), 0);
	refused(&life, answer_at(&life, "fox", 0.3, 20, &judgement), ERR_CONFLICT, "closed on 2020-01-20");
	life.question->status = "closed";   /* whatever date is claimed */
	refused(&life, answer_at(&life, "fox", 0.3, 12, &judgement), ERR_CONFLICT, "is closed");
	arena_free(&life.arena);
}

static void an_answer_is_kept_under_its_pseudonym_alone_and_its_clip_is_recorded(void **state)
{
	struct life life;
	struct judgement *judgement;

	(void)state;
	life_open(&life);
	assert_int_equal(answer_at(&life, "fox", 0.3, 12, &judgement), 0);
	assert_string_equal(judgement->r.by, "fox");
	assert_string_equal(judgement->probabilities, "{\"no\":0.7,\"yes\":0.3}");
	assert_string_equal(judgement->reason, "the courts hold");
	assert_int_equal(judgement->clipped, 0);
	assert_int_equal(answer_at(&life, "fox", 1, 12, &judgement), 0);
	assert_string_equal(judgement->probabilities, "{\"no\":0.001,\"yes\":0.999}");
	assert_int_equal(judgement->clipped, 1);
	refused(&life, answer_at(&life, "Ana Petrova", 0.3, 12, &judgement), ERR_DATA, "full name");
	refused(&life, answer_at(&life, "model", 0.3, 12, &judgement), ERR_DENIED, "\"model\" is the program's own");
	arena_free(&life.arena);
}

static void a_question_closes_after_its_closing_day_and_keeps_pool_and_median(void **state)
{
	struct life life;
	struct question *closed;

	(void)state;
	life_open(&life);
	made_answer(&life.in, life.question, "fox", 0.2);
	made_answer(&life.in, life.question, "heron", 0.4);
	refused(&life, question_close(life.question, &life.in, day(19), 1, &life.out, &life.err), ERR_CONFLICT,
		"takes answers up to the end of 2020-01-20");
	assert_int_equal(life.out.n, 0);
	assert_int_equal(question_close(life.question, &life.in, day(20), 1, &life.out, NULL), 0);
	assert_int_equal(life.out.n, 3);
	closed = (struct question *)life.out.v[0];
	assert_string_equal(closed->status, "closed");
	assert_string_equal(closed->r.id, life.question->r.id);
	assert_string_equal(life.question->status, "open");   /* a revision, not a change */
	assert_string_equal(((struct judgement *)life.out.v[1])->forecaster, "pool");
	assert_string_equal(((struct judgement *)life.out.v[2])->forecaster, "median");
	refused(&life, question_close(closed, &life.in, day(21), 1, &life.out, &life.err), ERR_CONFLICT, "is closed already");
	arena_free(&life.arena);
}

static void a_question_that_nobody_answered_closes_all_the_same(void **state)
{
	struct life life;

	(void)state;
	life_open(&life);
	assert_int_equal(question_close(life.question, &life.in, day(20), 1, &life.out, NULL), 0);
	assert_int_equal(life.out.n, 1);
	arena_free(&life.arena);
}

static int resolve(struct life *life, const char *outcome, const char *source, int64_t resolved, int64_t at,
		   struct question **ret)
{
	return question_resolve(life->question, outcome, source, day(resolved), day(at), &life->arena, ret, &life->err);
}

static void an_outcome_is_an_answer_with_a_source_after_the_closing(void **state)
{
	struct life life;
	struct question *next;

	(void)state;
	life_open(&life);
	refused(&life, resolve(&life, "yes", "gazette", 30, 30, &next), ERR_CONFLICT, "is open, expected closed");
	assert_non_null(strstr(life.err.hint, "question close q"));
	life.question->status = "closed";
	refused(&life, resolve(&life, "maybe", "gazette", 30, 30, &next), ERR_USAGE, "not among the answers");
	refused(&life, resolve(&life, "yes", "", 30, 30, &next), ERR_USAGE, "needs its source");
	refused(&life, resolve(&life, "yes", "gazette", 31, 30, &next), ERR_CONFLICT, "after it became known");
	refused(&life, resolve(&life, "yes", "gazette", 5, 5, &next), ERR_CONFLICT, "before the one that it follows");
	assert_int_equal(resolve(&life, "yes", "gazette", 25, 30, &next), 0);
	assert_string_equal(next->status, "resolved");
	assert_true(next->resolved.usec == day(25).usec && next->r.known.usec == day(30).usec);
	assert_int_equal(record_check(next, NULL), 0);
	life.question = next;
	refused(&life, resolve(&life, "no", "gazette", 30, 31, &next), ERR_CONFLICT, "is resolved, expected closed");
	arena_free(&life.arena);
}

static void a_void_needs_a_reason_and_takes_the_outcome_away(void **state)
{
	struct life life;
	struct question *next;

	(void)state;
	life_open(&life);
	refused(&life, question_void(life.question, NULL, day(12), &life.arena, &next, &life.err), ERR_USAGE, "needs a reason");
	life.question->status = "closed";
	assert_int_equal(resolve(&life, "yes", "gazette", 25, 30, &life.question), 0);
	assert_int_equal(question_void(life.question, "the gazette was wrong", day(31), &life.arena, &next, NULL), 0);
	assert_string_equal(next->status, "void");
	assert_int_equal(record_check(next, NULL), 0);
	refused(&life, question_void(next, "again", day(32), &life.arena, &next, &life.err), ERR_CONFLICT, "is void already");
	arena_free(&life.arena);
}

/* ---- by the rule ---- */

static struct observation *observed(struct life *life, const char *source, int64_t year, double value, int64_t known)
{
	struct observation *o = record_new(&life->arena, &kind_observation);

	o->r.unit = "SRB";
	o->r.valid_from = instant_of_year(year);
	o->r.valid_past = instant_of_year(year + 1);
	o->r.known = day(known);
	o->indicator = "v2x_polyarchy";
	o->source = source;
	o->value = value;
	record_identify(&life->arena, o);
	records_add(&life->in, o);
	return o;
}

/* Closed; yes if the index is 0.25 or less in 2020 or 2021. */
static void life_rule(struct life *life)
{
	life_open(life);
	life->question->r.unit = "SRB";
	life->question->indicator = "v2x_polyarchy";
	life->question->operator = "<=";
	life->question->threshold = 0.25;
	life->question->until = instant_of_day(2021, 12, 31);
	life->question->status = "closed";
}

static int by_rule(struct life *life, int64_t at, struct question **ret)
{
	return question_resolve_rule(life->question, &life->in, day(at), &life->arena, ret, &life->err);
}

static void a_rule_says_yes_as_soon_as_a_period_meets_it(void **state)
{
	struct life life;
	struct question *next;
	struct observation *met;

	(void)state;
	life_rule(&life);
	observed(&life, "index", 2019, 0.1, 90);   /* ended before the opening */
	met = observed(&life, "index", 2020, 0.25, 460);
	refused(&life, by_rule(&life, 459, &next), ERR_NOT_FOUND, "do not tell yet");
	assert_int_equal(by_rule(&life, 500, &next), 0);
	assert_string_equal(next->outcome, "yes");
	assert_non_null(strstr(next->source, met->r.id));
	assert_string_equal(next->r.from[next->r.n_from - 1].from_id, met->r.id);
	assert_true(next->resolved.usec == day(460).usec && next->r.known.usec == day(500).usec);
	arena_free(&life.arena);
}

static void a_rule_says_no_only_when_all_its_time_is_known(void **state)
{
	struct life life;
	struct question *next;

	(void)state;
	life_rule(&life);
	observed(&life, "index", 2020, 0.3, 460);
	refused(&life, by_rule(&life, 500, &next), ERR_NOT_FOUND, "none reaches the end of its time");
	observed(&life, "index", 2022, 0.1, 500);            /* begins too late */
	observed(&life, "later", 2021, 0.1, 500);            /* another source */
	observed(&life, "index", 2021, 0.2, 500)->r.unit = "HUN";
	refused(&life, by_rule(&life, 500, &next), ERR_NOT_FOUND, "do not tell yet");
	observed(&life, "index", 2021, 0.26, 826);
	assert_int_equal(by_rule(&life, 830, &next), 0);
	assert_string_equal(next->outcome, "no");
	arena_free(&life.arena);
}

static void each_operator_means_what_it_says(void **state)
{
	static const struct { const char *operator; double value; bool met; } cases[] = {
		{"<", 0.25, false}, {"<", 0.24, true}, {"<=", 0.25, true}, {"<=", 0.26, false},
		{">", 0.25, false}, {">", 0.26, true}, {">=", 0.25, true}, {">=", 0.24, false},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct life life;
		struct question *next;

		life_rule(&life);
		life.question->operator = cases[i].operator;
		observed(&life, "index", 2021, cases[i].value, 826);
		assert_int_equal(by_rule(&life, 830, &next), 0);
		assert_string_equal(next->outcome, cases[i].met ? "yes" : "no");
		arena_free(&life.arena);
	}
}

static void a_question_without_a_rule_asks_for_the_outcome(void **state)
{
	struct life life;
	struct question *next;

	(void)state;
	life_open(&life);
	life.question->status = "closed";
	refused(&life, by_rule(&life, 30, &next), ERR_USAGE, "has no rule for a machine");
	assert_non_null(strstr(life.err.hint, "--outcome"));
	arena_free(&life.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_announced_may_change_until_it_opens_and_not_after),
		cmocka_unit_test(each_part_that_is_fixed_is_named_when_it_would_change),
		cmocka_unit_test(the_same_again_changes_nothing_and_the_past_cannot_be_opened),
		cmocka_unit_test(answers_are_taken_from_the_opening_to_the_end_of_the_closing_day),
		cmocka_unit_test(an_answer_is_kept_under_its_pseudonym_alone_and_its_clip_is_recorded),
		cmocka_unit_test(a_question_closes_after_its_closing_day_and_keeps_pool_and_median),
		cmocka_unit_test(a_question_that_nobody_answered_closes_all_the_same),
		cmocka_unit_test(an_outcome_is_an_answer_with_a_source_after_the_closing),
		cmocka_unit_test(a_void_needs_a_reason_and_takes_the_outcome_away),
		cmocka_unit_test(a_rule_says_yes_as_soon_as_a_period_meets_it),
		cmocka_unit_test(a_rule_says_no_only_when_all_its_time_is_known),
		cmocka_unit_test(each_operator_means_what_it_says),
		cmocka_unit_test(a_question_without_a_rule_asks_for_the_outcome),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("question life", tests, NULL, NULL);
}
