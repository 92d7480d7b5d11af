/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pool.c - many forecasters' chances in one: log-odds pooling with weights by past skill.
 *
 * Pool: p_j proportional to exp(a * sum_i w_i ln p_ij), for two answers logistic(a * weighted mean
 * log-odds) (Satopaa and others 2014). Weights: w_i proportional to exp(SHARPNESS * S_i), S_i the mean
 * Brier score gained on the crowd's median over past questions, each weighing 2^(-age / HALF_LIFE), and
 * PRIOR questions without gain beside them, so that a newcomer has the crowd's weight. a above 1 makes the
 * pool more extreme than its members, right when each knows something the others do not; it is fitted by
 * likelihood on the pools of past questions, each made with the weights of its own closing, and taken
 * no larger than need be: the lower end of its likelihood interval of one standard error.
 *
 * No look ahead: for a question that closes on a day only those resolved before that day are read.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "foresee/pool_book.h"

#define SHARPNESS 20.0
#define PRIOR 10.0
#define HALF_LIFE ((double)(365 * USEC_PER_DAY))
#define FIT_LEAST 30          /* resolved questions below which a stays 1 */
#define EXTREMITY_MOST 3.0
#define FIT_MOST 10.0
#define STEPS 50              /* of bisection */
#define DRAWS 1000
#define RESAMPLE_LEAST 3      /* forecasters */

/* ---- weights ---- */

/* Weights of the members of an entry from questions resolved before `cutoff`. */
static void set_weights(const struct pool_book *book, const struct entry *entry, int64_t cutoff,
			struct pool_member *members, size_t *resolved)
{
	_cleanup_(arena_free) struct arena arena = {0};
	double *gain = arena_array(&arena, double, book->n_names), *mass = arena_array(&arena, double, book->n_names);
	size_t *past = arena_array(&arena, size_t, book->n_names);
	double total = 0;

	*resolved = 0;
	for (size_t i = 0; i < book->n; i++) {
		const struct entry *other = &book->v[i];
		double recency;

		if (other->resolved >= cutoff)
			continue;
		++*resolved;
		recency = exp2(-(double)(cutoff - other->resolved) / HALF_LIFE);
		for (size_t m = 0; m < other->n; m++) {
			gain[other->member[m].name] += recency * (other->crowd - other->member[m].brier);
			mass[other->member[m].name] += recency;
			past[other->member[m].name]++;
		}
	}
	for (size_t m = 0; m < entry->n; m++) {
		const size_t name = entry->member[m].name;

		members[m].skill = gain[name] / (mass[name] + PRIOR);
		members[m].past = past[name];
		total += members[m].weight = exp(SHARPNESS * members[m].skill);
	}
	for (size_t m = 0; m < entry->n; m++)
		members[m].weight /= total;
}

/* ---- pooling ---- */

/* p proportional to exp(a * l); p and l may be the same. */
static void soften(const double *l, double a, size_t k, double *p)
{
	double most = -INFINITY, total = 0;

	for (size_t j = 0; j < k; j++)
		most = fmax(most, a * l[j]);
	for (size_t j = 0; j < k; j++)
		total += p[j] = exp(a * l[j] - most);
	for (size_t j = 0; j < k; j++)
		p[j] /= total;
}

/* Weighted means of ln p; counts NULL: each once. */
static void mean_logs(const struct entry *entry, const struct pool_member *members, const uint32_t *counts, double *l)
{
	double total = 0;

	for (size_t j = 0; j < entry->answers.n; j++)
		l[j] = 0;
	for (size_t m = 0; m < entry->n; m++) {
		const double weight = members[m].weight * (counts ? counts[m] : 1);

		total += weight;
		for (size_t j = 0; j < entry->answers.n; j++)
			l[j] += weight * log(entry->member[m].p[j]);
	}
	for (size_t j = 0; j < entry->answers.n; j++)
		l[j] /= total;
}

void entry_median(const struct entry *entry, const uint32_t *counts, double *scratch, double *p)
{
	double total = 0;

	for (size_t j = 0; j < entry->answers.n; j++) {
		size_t n = 0;

		for (size_t m = 0; m < entry->n; m++)
			for (uint32_t c = counts ? counts[m] : 1; c > 0; c--)
				scratch[n++] = entry->member[m].p[j];
		total += p[j] = median_of(scratch, n);
	}
	for (size_t j = 0; j < entry->answers.n; j++)
		p[j] /= total;
}

/* ---- extremity ---- */

/* -ln chance of what came, summed over past pools made with a, and its slope in a. */
static double loss_of(const struct pool_book *book, int64_t cutoff, double a, double *slope)
{
	double loss = 0, p[ANSWERS_MOST];

	*slope = 0;
	for (size_t i = 0; i < book->n; i++) {
		const struct entry *entry = &book->v[i];

		if (entry->resolved >= cutoff || entry->n < 2)
			continue;
		soften(entry->logs, a, entry->answers.n, p);
		loss -= log(p[entry->outcome]);
		for (size_t j = 0; j < entry->answers.n; j++)
			*slope += p[j] * entry->logs[j];
		*slope -= entry->logs[entry->outcome];
	}
	return loss;
}

/* The likeliest a in 1..FIT_MOST: the loss is convex, its slope rises with a. */
static double likeliest(const struct pool_book *book, int64_t cutoff)
{
	double low = 1, high = FIT_MOST, slope;

	loss_of(book, cutoff, 1, &slope);
	if (slope >= 0)
		return 1;
	for (int i = 0; i < STEPS; i++) {
		const double middle = (low + high) / 2;

		loss_of(book, cutoff, middle, &slope);
		if (slope < 0)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The least a from 1 on that is less likely than the likeliest by no more than a standard error would be. */
static double least_supported(const struct pool_book *book, int64_t cutoff, double best)
{
	double slope, low = 1, high = best;
	const double bound = loss_of(book, cutoff, best, &slope) + 0.5;

	if (loss_of(book, cutoff, 1, &slope) <= bound)
		return 1;
	for (int i = 0; i < STEPS; i++) {
		const double middle = (low + high) / 2;

		if (loss_of(book, cutoff, middle, &slope) <= bound)
			high = middle;
		else
			low = middle;
	}
	return high;
}

static size_t count_pools(const struct pool_book *book, int64_t cutoff)
{
	size_t n = 0;

	for (size_t i = 0; i < book->n; i++)
		n += book->v[i].resolved < cutoff && book->v[i].n >= 2;
	return n;
}

static double fit_extremity(const struct pool_book *book, const struct entry *entry, int64_t cutoff,
			    struct arena *arena, const char **why)
{
	const size_t n = count_pools(book, cutoff);
	double best, a;

	if (entry->n < 2) {
		*why = "one forecaster: there is nothing to pool";
		return 1;
	}
	if (n < FIT_LEAST) {
		*why = arena_printf(arena, "%zu resolved questions with two forecasters, %d needed to fit it", n, FIT_LEAST);
		return 1;
	}
	best = likeliest(book, cutoff);
	a = least_supported(book, cutoff, best);
	if (a == 1) {
		*why = arena_printf(arena, "%zu resolved questions do not support more than 1", n);
		return 1;
	}
	*why = arena_printf(arena, "the least that %zu resolved questions support, %.2f being likeliest%s", n, best,
			    a > EXTREMITY_MOST ? "; at most 3" : "");
	return fmin(a, EXTREMITY_MOST);
}

void book_weigh(struct pool_book *book)
{
	for (size_t i = 0; i < book->n; i++) {
		struct entry *entry = &book->v[i];
		struct pool_member *members;
		size_t resolved;

		if (entry->resolved == INT64_MAX || entry->n < 2)
			continue;
		members = arena_array(book->arena, struct pool_member, entry->n);
		set_weights(book, entry, entry->cutoff, members, &resolved);
		entry->logs = arena_array(book->arena, double, entry->answers.n);
		mean_logs(entry, members, NULL, entry->logs);
	}
}

/* ---- intervals ---- */

static void set_interval(double *draws, size_t n, double p, double *low, double *high)
{
	sort_numbers(draws, n);
	*low = fmin(p, quantile_sorted(draws, n, 0.05));   /* widened to hold the estimate */
	*high = fmax(p, quantile_sorted(draws, n, 0.95));
}

/* 5th to 95th percentile of pool and median over resampled forecasters. */
static void resample(const struct pool_book *book, const struct entry *entry, struct pool *pool)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const size_t k = entry->answers.n;
	uint32_t *counts = arena_array(&arena, uint32_t, entry->n);
	double *draws = arena_array(&arena, double, 2 * k * DRAWS), *scratch = arena_array(&arena, double, entry->n);
	double *p = arena_array(&arena, double, k);
	struct rng rng;

	rng_seed(&rng, book->setup.seed);
	for (size_t d = 0; d < DRAWS; d++) {
		bootstrap_counts(&rng, entry->n, counts);
		mean_logs(entry, pool->members, counts, p);
		soften(p, pool->extremity, k, p);
		chances_clip(p, k);
		for (size_t j = 0; j < k; j++)
			draws[j * DRAWS + d] = p[j];
		entry_median(entry, counts, scratch, p);
		for (size_t j = 0; j < k; j++)
			draws[(k + j) * DRAWS + d] = p[j];
	}
	for (size_t j = 0; j < k; j++) {
		set_interval(draws + j * DRAWS, DRAWS, pool->p[j], &pool->low[j], &pool->high[j]);
		set_interval(draws + (k + j) * DRAWS, DRAWS, pool->median[j], &pool->median_low[j],
			     &pool->median_high[j]);
	}
}

static void no_interval(struct pool *pool, struct arena *arena)
{
	for (size_t j = 0; j < pool->answers.n; j++)
		pool->low[j] = pool->high[j] = pool->median_low[j] = pool->median_high[j] = NAN;
	pool->interval_missing = arena_printf(arena, "%zu %s, %d needed to resample", pool->n_members,
					      pool->n_members == 1 ? "forecaster" : "forecasters", RESAMPLE_LEAST);
}

/* ---- one question ---- */

static void take_members(const struct entry *entry, struct arena *arena, struct pool *pool)
{
	pool->members = arena_array(arena, struct pool_member, entry->n);
	pool->n_members = entry->n;
	for (size_t m = 0; m < entry->n; m++)
		pool->members[m] = (struct pool_member){
			.forecaster = entry->member[m].judgement->forecaster, .judgement = entry->member[m].judgement,
			.p = entry->member[m].p, .clipped = entry->member[m].clipped,
		};
}

int pool_make(const struct pool_book *book, const char *key, struct arena *arena, struct pool *ret, struct err *err)
{
	const struct entry *entry = book_entry(book, key);
	struct pool pool = {0};
	double **const arrays[] = {&pool.p, &pool.low, &pool.high, &pool.median, &pool.median_low, &pool.median_high};
	double *scratch;

	if (!entry)
		return err_set(err, ERR_NOT_FOUND, "there is no question \"%.60s\"", key);
	if (entry->n == 0)
		return err_set(err, ERR_NOT_FOUND, "nobody answered the question \"%.60s\"", key);
	for (size_t i = 0; i < LENGTH(arrays); i++)
		*arrays[i] = arena_array(arena, double, entry->answers.n);
	pool.question = entry->question;
	pool.answers = entry->answers;
	take_members(entry, arena, &pool);
	set_weights(book, entry, entry->cutoff, pool.members, &pool.resolved);
	pool.extremity = fit_extremity(book, entry, entry->cutoff, arena, &pool.extremity_why);
	mean_logs(entry, pool.members, NULL, pool.p);
	soften(pool.p, pool.extremity, entry->answers.n, pool.p);
	pool.clipped = chances_clip(pool.p, entry->answers.n);
	scratch = arena_array(arena, double, entry->n);
	entry_median(entry, NULL, scratch, pool.median);
	if (entry->n < RESAMPLE_LEAST)
		no_interval(&pool, arena);
	else
		resample(book, entry, &pool);
	*ret = pool;
	return 0;
}
