/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_pool.c - many forecasters in one: weights, log-odds, extremity, the median, intervals, no look ahead. */
#include "tests/foresee/made_questions.h"

#include "foresee/pool_book.h"

#define CLOSE 1e-12

static void two_answers_pool_by_their_mean_log_odds(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena};
	struct question *question = made_question(&in, "q", 0, NULL);
	struct pool pool;

	(void)state;
	made_answer(&in, question, "fox", 0.2);
	made_answer(&in, question, "heron", 0.5);
	made_answer(&in, question, "oak", 0.9);
	pool = pool_of(&in, "q");
	assert_near(pool.p[0], logistic((logit(0.2) + logit(0.5) + logit(0.9)) / 3), CLOSE);
	assert_near(pool.p[0] + pool.p[1], 1, CLOSE);
	assert_near(pool.median[0], 0.5, CLOSE);
	assert_true(pool.extremity == 1 && strstr(pool.extremity_why, "0 resolved questions"));
	assert_null(pool.interval_missing);
	assert_true(pool.low[0] < pool.p[0] && pool.p[0] < pool.high[0]);
	assert_true(pool.low[0] >= 0.2 - CLOSE && pool.high[0] <= 0.9 + CLOSE);
	assert_near(pool.low[0], 1 - pool.high[1], CLOSE);
	for (size_t m = 0; m < 3; m++)
		assert_near(pool.members[m].weight, 1.0 / 3, CLOSE);
}

/* By hand: .2 x .3, .3 x .5, .5 x .2 under the root, scaled; of two the median is the mean. */
static void several_answers_pool_by_scaled_geometric_means(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena};
	struct question *question = made_question(&in, "q", 0, NULL);
	const double total = sqrt(0.06) + sqrt(0.15) + sqrt(0.1);
	struct pool pool;

	(void)state;
	question->answers = "[\"early\",\"late\",\"never\"]";
	made_answers(&in, question, "fox", (const double[]){0.2, 0.3, 0.5});
	made_answers(&in, question, "heron", (const double[]){0.3, 0.5, 0.2});
	pool = pool_of(&in, "q");
	assert_near(pool.p[0], sqrt(0.06) / total, CLOSE);
	assert_near(pool.p[1], sqrt(0.15) / total, CLOSE);
	assert_near(pool.p[2], sqrt(0.1) / total, CLOSE);
	assert_near(pool.median[1], 0.4, CLOSE);
}

/* By hand: medians .3, .3, .2 sum to .8. */
static void the_median_of_several_answers_is_scaled_to_sum_to_one(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena};
	struct question *question = made_question(&in, "q", 0, NULL);
	struct pool pool;

	(void)state;
	question->answers = "[\"early\",\"late\",\"never\"]";
	made_answers(&in, question, "fox", (const double[]){0.5, 0.3, 0.2});
	made_answers(&in, question, "heron", (const double[]){0.1, 0.7, 0.2});
	made_answers(&in, question, "oak", (const double[]){0.3, 0.1, 0.6});
	pool = pool_of(&in, "q");
	assert_near(pool.median[0], 0.375, CLOSE);
	assert_near(pool.median[1], 0.375, CLOSE);
	assert_near(pool.median[2], 0.25, CLOSE);
}

static void the_pool_of_one_forecaster_is_theirs(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena};
	struct question *question = made_question(&in, "q", 0, NULL);
	struct pool pool;

	(void)state;
	made_answer(&in, question, "fox", 0.37);
	pool = pool_of(&in, "q");
	assert_near(pool.p[0], 0.37, CLOSE);
	assert_near(pool.median[0], 0.37, CLOSE);
	assert_true(pool.members[0].weight == 1 && pool.extremity == 1);
	assert_true(isnan(pool.low[0]) && isnan(pool.high[1]) && isnan(pool.median_low[0]));
	assert_string_equal(pool.interval_missing, "1 forecaster, 3 needed to resample");
}

/* A past of n questions that two in three times come true, answered by `good` and by `bad`. */
static void made_record(struct records *in, size_t n, double good, double bad)
{
	for (size_t i = 0; i < n; i++) {
		const bool yes = i % 3 != 0;
		struct question *question = made_question(in, arena_printf(in->arena, "past-%03zu", i), (int64_t)(30 * i),
							  yes ? "yes" : "no");

		made_answer(in, question, "good", yes ? good : 1 - good);
		made_answer(in, question, "bad", yes ? bad : 1 - bad);
		made_answer(in, question, "middle", 0.5);
	}
}

static void who_did_better_weighs_more_and_a_newcomer_weighs_as_the_crowd(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena};
	struct question *question;
	double skill, mass = 0;
	struct pool pool;

	(void)state;
	made_record(&in, 2, 0.8, 0.3);
	question = made_question(&in, "q", 100, NULL);
	made_answer(&in, question, "bad", 0.5);
	made_answer(&in, question, "good", 0.5);
	made_answer(&in, question, "new", 0.5);
	pool = pool_of(&in, "q");
	assert_int_equal(pool.resolved, 2);
	/* By hand: the median said .5, so good gained .25 - .04 each time, aged 109 and 79 days less one microsecond. */
	mass = exp2(-(109.0 - 21) / 365) + exp2(-(109.0 - 51) / 365);
	skill = mass * (0.25 - 0.04) / (mass + 10);
	assert_near(pool.members[1].skill, skill, 1e-9);
	assert_near(pool.members[0].skill, mass * (0.25 - 0.49) / (mass + 10), 1e-9);
	assert_true(pool.members[2].skill == 0 && pool.members[2].past == 0 && pool.members[1].past == 2);
	assert_near(pool.members[1].weight / pool.members[2].weight, exp(20 * skill), 1e-6);
	assert_true(pool.members[1].weight > pool.members[2].weight && pool.members[2].weight > pool.members[0].weight);
}

static void old_skill_fades(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena};
	struct question *soon, *late;

	(void)state;
	made_record(&in, 4, 0.9, 0.5);
	soon = made_question(&in, "soon", 150, NULL);
	late = made_question(&in, "late", 2000, NULL);
	made_answer(&in, soon, "good", 0.5);
	made_answer(&in, late, "good", 0.5);
	assert_true(pool_of(&in, "late").members[0].skill < pool_of(&in, "soon").members[0].skill / 3);
	assert_true(pool_of(&in, "late").members[0].skill > 0);
}

/* ---- order, twice the same, bounds ---- */

static void made_crowd(struct records *in, const struct question *question, bool backwards)
{
	static const char *const names[] = {"ash", "bee", "cat", "dog", "elm"};
	static const double p[][3] = {{0.1, 0.2, 0.7}, {0.3, 0.3, 0.4}, {0.25, 0.6, 0.15}, {0.5, 0.1, 0.4}, {0.2, 0.4, 0.4}};

	for (size_t i = 0; i < LENGTH(names); i++) {
		const size_t at = backwards ? LENGTH(names) - 1 - i : i;

		made_answers(in, question, names[at], p[at]);
	}
}

static void the_order_of_forecasters_changes_nothing(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records one = {.arena = &arena}, other = {.arena = &arena};
	struct pool a, b;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct question *question = made_question(i ? &other : &one, "q", 0, NULL);

		question->answers = "[\"a\",\"b\",\"c\"]";
		made_crowd(i ? &other : &one, question, i == 1);
	}
	a = pool_of(&one, "q");
	b = pool_of(&other, "q");
	for (size_t j = 0; j < 3; j++)
		assert_true(a.p[j] == b.p[j] && a.low[j] == b.low[j] && a.high[j] == b.high[j] &&
			    a.median[j] == b.median[j] && a.median_low[j] == b.median_low[j]);
}

static void the_order_of_answers_changes_nothing(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records one = {.arena = &arena}, other = {.arena = &arena};
	struct question *question = made_question(&one, "q", 0, NULL), *turned = made_question(&other, "q", 0, NULL);
	struct pool a, b;

	(void)state;
	question->answers = turned->answers = "[\"a\",\"b\",\"c\"]";
	made_crowd(&one, question, false);
	made_crowd(&other, turned, false);
	turned->answers = "[\"c\",\"a\",\"b\"]";
	a = pool_of(&one, "q");
	b = pool_of(&other, "q");
	for (size_t j = 0; j < 3; j++) {
		const size_t to = (j + 1) % 3;

		assert_near(a.p[j], b.p[to], CLOSE);
		assert_near(a.low[j], b.low[to], CLOSE);
		assert_near(a.high[j], b.high[to], CLOSE);
		assert_near(a.median[j], b.median[to], CLOSE);
	}
}

static void impossible_chances_are_held_within_bounds_and_it_is_said(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena}, out = {.arena = &arena};
	struct question *question = made_question(&in, "q", 0, NULL);
	struct judgement *pooled = NULL;
	struct pool pool;

	(void)state;
	made_answer(&in, question, "fox", 0);
	made_answer(&in, question, "heron", 0.4);
	pool = pool_of(&in, "q");
	assert_true(pool.members[0].clipped && !pool.members[1].clipped);
	assert_near(pool.members[0].p[0], 0.001, CLOSE);
	assert_near(pool.p[0], logistic((logit(0.001) + logit(0.4)) / 2), CLOSE);
	assert_int_equal(pool_run(&LATER, &in, &out, NULL), 0);
	for (size_t i = 0; (pooled = records_next(&out, &kind_judgement, &i)) && !str_eq(pooled->forecaster, "pool");)
		;
	assert_non_null(pooled);
	assert_int_equal(pooled->clipped, 0);
	assert_non_null(strstr(pooled->r.missing, "2 forecasters, 3 needed to resample"));
	assert_int_equal(record_check(pooled, NULL), 0);
}

/* ---- extremity ---- */

/* n resolved questions of six forecasters. Each has seen a part of the log-odds of its own, all of
   strength `private`, or says anything at all (noise). */
static void made_history(struct records *in, size_t n, double private, bool noise, uint64_t seed)
{
	struct rng rng;

	rng_seed(&rng, seed);
	for (size_t i = 0; i < n; i++) {
		double own[6], odds = 0;
		struct question *question = made_question(in, arena_printf(in->arena, "past-%04zu", i), (int64_t)(3 * i), "yes");

		for (size_t f = 0; f < 6; f++)
			odds += own[f] = private * normal_draw(&rng);
		if (rng_unit(&rng) >= (noise ? 0.5 : logistic(odds)))
			question->outcome = "no";
		for (size_t f = 0; f < 6; f++)
			made_answer(in, question, arena_printf(in->arena, "f%zu", f),
				    logistic(noise ? normal_draw(&rng) : own[f]));
	}
}

static struct pool after(struct records *in, int64_t opens)
{
	struct question *question = made_question(in, "q", opens, NULL);

	made_answer(in, question, "f0", 0.6);
	made_answer(in, question, "f1", 0.7);
	return pool_of(in, "q");
}

static void the_pool_grows_more_extreme_where_each_knows_something_of_their_own(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena};
	struct pool pool;

	(void)state;
	made_history(&in, 200, 0.6, false, 1);
	pool = after(&in, 700);
	assert_true(pool.extremity > 1.5);
	assert_non_null(strstr(pool.extremity_why, "200 resolved questions"));
	assert_true(pool.p[0] > 0.7);
}

static void a_stays_one_with_noise_whatever_the_seed(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct records in = {.arena = &arena};
		struct pool pool;

		made_history(&in, 60, 1, true, seed);
		pool = after(&in, 400);
		assert_true(pool.extremity == 1);
		assert_non_null(strstr(pool.extremity_why, "do not support more"));
	}
}

static void a_is_never_above_three(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena};
	struct pool pool;

	(void)state;
	for (size_t i = 0; i < 300; i++) {   /* always right, never sure */
		struct question *question = made_question(&in, arena_printf(&arena, "past-%04zu", i), (int64_t)i, "yes");

		made_answer(&in, question, "f0", 0.6);
		made_answer(&in, question, "f1", 0.6);
	}
	pool = after(&in, 400);
	assert_true(pool.extremity == 3);
	assert_non_null(strstr(pool.extremity_why, "at most 3"));
}

static void thirty_resolved_questions_are_needed_to_be_more_extreme(void **state)
{
	(void)state;
	for (size_t n = 29; n <= 30; n++) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct records in = {.arena = &arena};
		struct pool pool;

		for (size_t i = 0; i < n; i++) {
			struct question *question = made_question(&in, arena_printf(&arena, "past-%04zu", i), (int64_t)i, "yes");

			made_answer(&in, question, "f0", 0.8);
			made_answer(&in, question, "f1", 0.8);
		}
		for (size_t i = 0; i < 10; i++) {   /* resolved after the closing: these do not count */
			struct question *question = made_question(&in, arena_printf(&arena, "later-%zu", i), 395, "yes");

			made_answer(&in, question, "f0", 0.8);
			made_answer(&in, question, "f1", 0.8);
		}
		pool = after(&in, 400);
		assert_true((pool.extremity > 1) == (n == 30));
		if (n == 29)
			assert_non_null(strstr(pool.extremity_why, "29 resolved questions with two forecasters, 30 needed"));
	}
}

/* ---- no look ahead ---- */

static bool same_pool(const struct pool *a, const struct pool *b)
{
	bool same = a->extremity == b->extremity && a->resolved == b->resolved && a->n_members == b->n_members;

	for (size_t j = 0; j < a->answers.n; j++)
		same &= a->p[j] == b->p[j] && a->low[j] == b->low[j] && a->high[j] == b->high[j];
	for (size_t m = 0; m < a->n_members && same; m++)
		same &= a->members[m].weight == b->members[m].weight;
	return same;
}

static void what_is_resolved_later_changes_nothing(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena};
	struct question *question, *other;
	struct pool before, same, then;

	(void)state;
	made_history(&in, 60, 0.6, false, 3);
	question = made_question(&in, "q", 300, NULL);
	made_answer(&in, question, "f0", 0.6);
	made_answer(&in, question, "f1", 0.3);
	made_answer(&in, question, "f2", 0.4);
	before = pool_of(&in, "q");
	for (size_t i = 0; i < 50; i++) {   /* resolved from the closing day on, answered at any time */
		other = made_question(&in, arena_printf(&arena, "later-%02zu", i), 289 + (int64_t)i, "yes");
		made_answer(&in, other, "f0", 0.999);
		made_answer(&in, other, "f1", 0.001);
	}
	same = pool_of(&in, "q");
	assert_true(same_pool(&before, &same));
	other->resolved = day(250);            /* came about earlier, but was not known */
	same = pool_of(&in, "q");
	assert_true(same_pool(&before, &same));
	other->r.known = day(308);             /* known the day before the closing: that teaches */
	then = pool_of(&in, "q");
	assert_false(same_pool(&before, &then));
	assert_int_equal(then.resolved, before.resolved + 1);
}

static void a_question_does_not_teach_its_own_pool(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena};
	struct question *question;
	struct pool open, resolved;

	(void)state;
	made_history(&in, 60, 0.6, false, 3);
	question = made_question(&in, "q", 300, NULL);
	made_answer(&in, question, "f0", 0.6);
	made_answer(&in, question, "f1", 0.3);
	made_answer(&in, question, "f2", 0.4);
	open = pool_of(&in, "q");
	question->status = "resolved";
	question->outcome = "yes";
	question->resolved = question->r.known = day(320);
	resolved = pool_of(&in, "q");
	assert_true(same_pool(&open, &resolved));
}

/* The pools that a is fitted on have the weights of their own closing. */
static void a_past_pool_stays_as_it_was_when_more_is_resolved(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena};
	struct pool_setup setup = {day(120), 7};
	struct pool_book *before, *then;
	const struct entry *entry;
	double equal = 0;

	(void)state;
	made_record(&in, 2, 0.9, 0.2);
	made_answer(&in, made_question(&in, "q", 70, "yes"), "bad", 0.3);
	made_answer(&in, (struct question *)in.v[in.n - 2], "good", 0.8);
	assert_int_equal(pool_open(&setup, &in, &arena, &before, NULL), 0);
	for (int64_t i = 0; i < 20; i++) {   /* resolved after the closing of q, known by then */
		struct question *question = made_question(&in, arena_printf(&arena, "later-%02d", (int)i), 62 + i, "yes");

		made_answer(&in, question, "bad", 0.99);
		made_answer(&in, question, "good", 0.01);
	}
	assert_int_equal(pool_open(&setup, &in, &arena, &then, NULL), 0);
	entry = book_entry(before, "q");
	assert_true(entry->logs[0] == book_entry(then, "q")->logs[0]);
	for (size_t m = 0; m < entry->n; m++)
		equal += log(entry->member[m].p[0]) / (double)entry->n;
	assert_true(entry->logs[0] > equal + 0.01);   /* good weighs more */
}

static void what_is_void_teaches_nothing(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena};

	(void)state;
	made_record(&in, 3, 0.9, 0.2);
	((struct question *)in.v[0])->status = "void";
	((struct question *)in.v[0])->outcome = NULL;
	made_answer(&in, made_question(&in, "q", 200, NULL), "good", 0.5);
	assert_int_equal(pool_of(&in, "q").resolved, 2);
	assert_int_equal(pool_of(&in, "q").members[0].past, 2);
}

/* ---- the model ---- */

static struct forecast *made_forecast(struct records *in, int64_t issued, double p, double low, double high)
{
	struct forecast *forecast = record_new(in->arena, &kind_forecast);

	forecast->r.unit = "SRB";
	forecast->r.known = forecast->as_of = day(issued);
	forecast->question = "closing";
	forecast->origin = 2019;
	forecast->p = p;
	forecast->low = low;
	forecast->high = high;
	record_identify(in->arena, forecast);
	records_add(in, forecast);
	return forecast;
}

static void the_model_answers_with_its_last_forecast_before_the_closing(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena}, out = {.arena = &arena};
	struct question *question = made_question(&in, "q", 100, NULL);
	struct forecast *last;
	struct judgement *model;
	struct pool pool;
	size_t at = 0;

	(void)state;
	question->r.unit = "SRB";
	question->forecast_question = "closing";
	question->forecast_origin = 2019;
	made_answer(&in, question, "oak", 0.5);
	made_forecast(&in, 20, 0.9, 0.8, 0.95);
	last = made_forecast(&in, 90, 0.25, 0.1, 0.4);
	made_forecast(&in, 110, 0.99, 0.9, 0.999);              /* after the closing */
	made_forecast(&in, 95, 0.7, 0.6, 0.8)->r.unit = "HUN";
	made_forecast(&in, 96, 0.7, 0.6, 0.8)->origin = 2018;
	made_forecast(&in, 97, 0.7, 0.6, 0.8)->question = "opening";
	pool = pool_of(&in, "q");
	assert_int_equal(pool.n_members, 2);
	assert_string_equal(pool.members[0].forecaster, "model");
	assert_near(pool.members[0].p[0], 0.25, CLOSE);
	assert_near(pool.p[0], logistic((logit(0.5) + logit(0.25)) / 2), CLOSE);
	assert_int_equal(pool_run(&LATER, &in, &out, NULL), 0);
	model = records_next(&out, &kind_judgement, &at);
	assert_string_equal(model->forecaster, "model");
	assert_string_equal(model->low, "{\"no\":0.6,\"yes\":0.1}");
	assert_string_equal(model->high, "{\"no\":0.9,\"yes\":0.4}");
	assert_string_equal(model->r.from[0].from_id, last->r.id);
	assert_int_equal(record_check(model, NULL), 0);
	records_add(&in, model);                                  /* kept at the closing: it stays what it was */
	made_forecast(&in, 92, 0.8, 0.7, 0.9);
	assert_near(pool_of(&in, "q").members[0].p[0], 0.25, CLOSE);
}

static void the_pool_and_the_median_are_not_pooled_again(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena}, out = {.arena = &arena};
	struct question *question = made_question(&in, "q", 0, NULL);

	(void)state;
	made_answer(&in, question, "fox", 0.2);
	made_answer(&in, question, "heron", 0.9);
	assert_int_equal(pool_run(&LATER, &in, &out, NULL), 0);
	assert_int_equal(out.n, 2);
	for (size_t i = 0; i < out.n; i++)
		records_add(&in, out.v[i]);
	assert_int_equal(pool_of(&in, "q").n_members, 2);
}

static void what_does_not_fit_is_named(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena};
	struct pool_setup setup = LATER;
	struct pool_book *book;
	struct pool pool;
	struct err err;

	(void)state;
	made_question(&in, "q", 0, NULL);
	assert_int_equal(pool_open(&setup, &in, &arena, &book, NULL), 0);
	assert_int_equal(pool_make(book, "q", &arena, &pool, &err), ERR_NOT_FOUND);
	assert_non_null(strstr(err.msg, "nobody answered"));
	assert_int_equal(pool_make(book, "r", &arena, &pool, &err), ERR_NOT_FOUND);
	assert_non_null(strstr(err.msg, "no question \"r\""));
	made_answer(&in, (struct question *)in.v[0], "fox", 0.5)->probabilities = "{\"maybe\":0.5,\"yes\":0.5}";
	assert_int_equal(pool_open(&setup, &in, &arena, &book, &err), ERR_DATA);
	assert_non_null(strstr(err.msg, "judgement of \"fox\" on \"q\": \"maybe\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_answers_pool_by_their_mean_log_odds),
		cmocka_unit_test(several_answers_pool_by_scaled_geometric_means),
		cmocka_unit_test(the_median_of_several_answers_is_scaled_to_sum_to_one),
		cmocka_unit_test(the_pool_of_one_forecaster_is_theirs),
		cmocka_unit_test(who_did_better_weighs_more_and_a_newcomer_weighs_as_the_crowd),
		cmocka_unit_test(old_skill_fades),
		cmocka_unit_test(the_order_of_forecasters_changes_nothing),
		cmocka_unit_test(the_order_of_answers_changes_nothing),
		cmocka_unit_test(impossible_chances_are_held_within_bounds_and_it_is_said),
		cmocka_unit_test(the_pool_grows_more_extreme_where_each_knows_something_of_their_own),
		cmocka_unit_test(a_stays_one_with_noise_whatever_the_seed),
		cmocka_unit_test(a_is_never_above_three),
		cmocka_unit_test(thirty_resolved_questions_are_needed_to_be_more_extreme),
		cmocka_unit_test(what_is_resolved_later_changes_nothing),
		cmocka_unit_test(a_question_does_not_teach_its_own_pool),
		cmocka_unit_test(a_past_pool_stays_as_it_was_when_more_is_resolved),
		cmocka_unit_test(what_is_void_teaches_nothing),
		cmocka_unit_test(the_model_answers_with_its_last_forecast_before_the_closing),
		cmocka_unit_test(the_pool_and_the_median_are_not_pooled_again),
		cmocka_unit_test(what_does_not_fit_is_named),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
