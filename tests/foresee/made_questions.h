/* SPDX-License-Identifier: GPL-3.0-or-later */
/* made_questions.h - small questions and judgements for the tests of the pool. Included by one file a program. */
#ifndef TESTS_FORESEE_MADE_QUESTIONS_H
#define TESTS_FORESEE_MADE_QUESTIONS_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include <tocsin/foresee.h>

#include "tests/near.h"

#define LATER ((struct pool_setup){instant_of_day(2100, 1, 1), 7})

/* Day d of an endless series. */
static inline struct instant day(int64_t d)
{
	return instant_add_days(instant_of_day(2020, 1, 1), d);
}

/* Opens on a day, closes nine days later; an outcome (NULL: still open) is known twenty days after the opening. */
static inline struct question *made_question(struct records *in, const char *key, int64_t opens, const char *outcome)
{
	struct question *question = record_new(in->arena, &kind_question);

	question->key = key;
	question->text = "Will it?";
	question->rule = "by the gazette";
	question->answers = "[\"yes\",\"no\"]";
	question->opens = question->r.known = day(opens);
	question->closes = day(opens + 9);
	question->resolves = day(opens + 20);
	question->status = "open";
	if (outcome) {
		question->status = "resolved";
		question->outcome = outcome;
		question->source = "gazette";
		question->resolved = question->r.known = question->resolves;
	}
	record_identify(in->arena, question);
	records_add(in, question);
	return question;
}

static inline struct judgement *made_answers(struct records *in, const struct question *question, const char *forecaster,
					     const double *p)
{
	struct judgement *judgement = record_new(in->arena, &kind_judgement);
	struct answers answers;

	assert_int_equal(question_answers(question, in->arena, &answers, NULL), 0);
	judgement->question = question->key;
	judgement->forecaster = forecaster;
	judgement->at = judgement->r.known = question->opens;
	judgement->probabilities = chances_write(&answers, p, in->arena);
	record_identify(in->arena, judgement);
	records_add(in, judgement);
	return judgement;
}

static inline struct judgement *made_answer(struct records *in, const struct question *question, const char *forecaster,
					    double p)
{
	return made_answers(in, question, forecaster, (const double[]){p, 1 - p});
}

static inline struct pool pool_of(const struct records *in, const char *key)
{
	struct pool_setup setup = LATER;
	struct pool_book *book;
	struct pool pool = {0};
	struct err err;

	if (pool_open(&setup, in, in->arena, &book, &err) < 0 || pool_make(book, key, in->arena, &pool, &err) < 0)
		fail_msg("%s", err.msg);
	return pool;
}

static inline double logistic(double x)
{
	return 1 / (1 + exp(-x));
}

static inline double logit(double p)
{
	return log(p / (1 - p));
}

#endif
