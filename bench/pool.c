/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pool.c - is the pool better than the median and the mean of its forecasters?
 *
 *   make build/bench/pool && build/bench/pool [WORLDS] [QUESTIONS] [SEED]
 *
 * Invented worlds, WORLDS (20) seeds from SEED (1) on, of QUESTIONS (200) weekly yes-no questions and ten forecasters.
 * The log-odds of a question are what all know, N(0, shared), and what each forecaster alone knows, N(0,
 * private) each. A forecaster reads both with an error of 0.2 to 2, which is theirs, and says the chance given
 * what they read. Three worlds: all is shared; most is private; the answers are noise, which knows nothing.
 * Every question is pooled by the production code with what was resolved before its closing, and the last
 * three quarters are scored. Half of the forecasters answer a question.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/foresee.h>
#include <tocsin/stats.h>

enum { FORECASTERS = 10 };

struct world {
	const char *name;
	double shared, private;      /* standard deviations */
	bool noise;
};

struct tally {
	double pool, plain, median, mean, extremity;
	double gain, gain_square;    /* on the median, by world */
	size_t n, worlds;
};

static double logistic(double x)
{
	return 1 / (1 + exp(-x));
}

/* The chance when log-odds are N(mean, variance), by MacKay's approximation (1992). */
static double expected(double mean, double variance)
{
	return logistic(mean / sqrt(1 + M_PI * variance / 8));
}

static struct question *make_question(struct arena *arena, size_t i)
{
	struct question *question = record_new(arena, &kind_question);

	question->key = arena_printf(arena, "q%04zu", i);
	question->text = question->rule = "made";
	question->answers = "[\"yes\",\"no\"]";
	question->opens = instant_add_days(instant_of_day(2000, 1, 1), (int64_t)(7 * i));
	question->closes = instant_add_days(question->opens, 6);
	question->resolves = question->resolved = question->r.known = instant_add_days(question->opens, 34);
	question->status = "resolved";
	return question;
}

static void make_answer(struct records *in, const struct question *question, size_t forecaster, double p)
{
	struct judgement *judgement = record_new(in->arena, &kind_judgement);
	static const char *const answers[] = {"yes", "no"};

	judgement->question = question->key;
	judgement->forecaster = arena_printf(in->arena, "f%zu", forecaster);
	judgement->at = judgement->r.known = question->opens;
	judgement->probabilities = chances_write(&(struct answers){(const char **)answers, 2}, (const double[]){p, 1 - p},
						 in->arena);
	record_identify(in->arena, judgement);
	records_add(in, judgement);
}

static void make_world(const struct world *world, uint64_t seed, size_t n, struct records *in)
{
	struct rng rng;

	rng_seed(&rng, seed);
	for (size_t i = 0; i < n; i++) {
		struct question *question = make_question(in->arena, i);
		double own[FORECASTERS], odds, all = world->shared * normal_draw(&rng);

		odds = all;
		for (size_t f = 0; f < FORECASTERS; f++)
			odds += own[f] = world->private * normal_draw(&rng);
		for (size_t f = 0; f < FORECASTERS; f++) {
			const double error = 0.2 + 1.8 * (double)f / (FORECASTERS - 1);
			const double known = world->shared * world->shared + world->private * world->private;
			const double seen = all + own[f] + error * normal_draw(&rng), share = known / (known + error * error);
			const double left = (FORECASTERS - 1) * world->private * world->private + (1 - share) * known;
			const bool answers = rng_unit(&rng) < 0.5;

			if (answers)
				make_answer(in, question, f, world->noise ? logistic(normal_draw(&rng)) : expected(share * seen, left));
		}
		question->outcome = rng_unit(&rng) < (world->noise ? 0.5 : logistic(odds)) ? "yes" : "no";
		record_identify(in->arena, question);
		records_add(in, question);
	}
}

static double brier(double p, const struct question *question)
{
	const double y = str_eq(question->outcome, "yes");

	return (p - y) * (p - y);
}

/* The weighted log-odds without extremity. */
static double plain_of(const struct pool *pool)
{
	double odds = 0;

	for (size_t m = 0; m < pool->n_members; m++)
		odds += pool->members[m].weight * log(pool->members[m].p[0] / pool->members[m].p[1]);
	return logistic(odds);
}

static double mean_of(const struct pool *pool)
{
	double sum = 0;

	for (size_t m = 0; m < pool->n_members; m++)
		sum += pool->members[m].p[0];
	return sum / (double)pool->n_members;
}

static void score_world(const struct records *in, size_t n, struct tally *tally)
{
	struct pool_setup setup = {instant_of_day(2100, 1, 1), 1};
	struct pool_book *book;
	double gain = 0;
	size_t scored = 0;
	struct err err;

	if (pool_open(&setup, in, in->arena, &book, &err) < 0) {
		fprintf(stderr, "pool: %s\n", err.msg);
		exit(1);
	}
	for (size_t i = n / 4; i < n; i++) {
		struct pool pool;

		if (pool_make(book, arena_printf(in->arena, "q%04zu", i), in->arena, &pool, &err) < 0)
			continue;   /* nobody answered */
		tally->pool += brier(pool.p[0], pool.question);
		tally->plain += brier(plain_of(&pool), pool.question);
		tally->median += brier(pool.median[0], pool.question);
		tally->mean += brier(mean_of(&pool), pool.question);
		tally->extremity += pool.extremity;
		gain += brier(pool.median[0], pool.question) - brier(pool.p[0], pool.question);
		scored++;
	}
	gain /= (double)scored;
	tally->gain += gain;
	tally->gain_square += gain * gain;
	tally->n += scored;
	tally->worlds++;
}

int main(int argc, char **argv)
{
	static const struct world worlds[] = {{"shared", 1.5, 0, false}, {"private", 0.5, 0.7, false}, {"noise", 1, 0, true}};
	const size_t seeds = argc > 1 ? (size_t)atoi(argv[1]) : 20, n = argc > 2 ? (size_t)atoi(argv[2]) : 200;

	const uint64_t first = argc > 3 ? (uint64_t)atoi(argv[3]) : 1;

	printf("world\tpool\ta = 1\tmedian\tmean\ta\tgain on the median\tits standard error\n");
	for (size_t w = 0; w < LENGTH(worlds); w++) {
		struct tally tally = {0};
		double mean;

		for (uint64_t seed = first; seed < first + seeds; seed++) {
			_cleanup_(arena_free) struct arena arena = {0};
			struct records in = {.arena = &arena};

			make_world(&worlds[w], seed, n, &in);
			score_world(&in, n, &tally);
		}
		mean = tally.gain / (double)tally.worlds;
		printf("%s\t%.4f\t%.4f\t%.4f\t%.4f\t%.2f\t%.4f\t%.4f\n", worlds[w].name, tally.pool / (double)tally.n,
		       tally.plain / (double)tally.n, tally.median / (double)tally.n, tally.mean / (double)tally.n,
		       tally.extremity / (double)tally.n, mean,
		       sqrt((tally.gain_square / (double)tally.worlds - mean * mean) / (double)(tally.worlds - 1)));
	}
	return 0;
}
