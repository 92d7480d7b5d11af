/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_variance_prior.c - variances that differ by chance become one, those that really differ stay apart. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <tocsin/stats.h>

#include "tests/near.h"

#define N 400
#define DF 12.0

/* Sample variances of df steps around `truth[i]`. */
static void sample(double *variance, double spread, uint64_t seed, double *truth)
{
	struct rng rng;

	rng_seed(&rng, seed);
	for (size_t i = 0; i < N; i++) {
		truth[i] = 0.04 * exp(spread * normal_draw(&rng));
		variance[i] = truth[i] * 2 * gamma_draw(&rng, DF / 2) / DF;
	}
}

static void variances_that_differ_by_chance_become_one(void **state)
{
	double variance[N], truth[N];
	struct variance_prior prior;

	(void)state;
	sample(variance, 0, 1, truth);
	prior = variance_prior_learn(variance, N, DF);
	assert_true(prior.df > 10 * DF);
	assert_near(prior.variance, 0.04, 0.002);
	assert_near(variance_moderate(&prior, 0.08, DF), 0.04, 0.006);
}

static void variances_that_really_differ_stay_apart(void **state)
{
	double variance[N], truth[N], raw = 0, moderated = 0;
	struct variance_prior prior;

	(void)state;
	sample(variance, 1.5, 2, truth);
	prior = variance_prior_learn(variance, N, DF);
	assert_true(prior.df > 0.3 && prior.df < 4);
	sample(variance, 0.4, 3, truth);          /* between: drawn together, and nearer the truth for it */
	prior = variance_prior_learn(variance, N, DF);
	for (size_t i = 0; i < N; i++) {
		raw += pow(log(variance[i] / truth[i]), 2);
		moderated += pow(log(variance_moderate(&prior, variance[i], DF) / truth[i]), 2);
	}
	assert_true(moderated < 0.75 * raw);
}

/* Smyth (2004): the prior's degrees of freedom are those of the scaled inverse chi-squared the truth came from. */
static void the_degrees_of_freedom_of_the_prior_are_recovered(void **state)
{
	double variance[N];
	struct variance_prior prior;
	double mean = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 5);
	for (int k = 0; k < 20; k++) {
		for (size_t i = 0; i < N; i++)
			variance[i] = 0.04 * 8 / (2 * gamma_draw(&rng, 4)) * 2 * gamma_draw(&rng, DF / 2) / DF;
		prior = variance_prior_learn(variance, N, DF);
		assert_near(prior.variance, 0.04, 0.005);
		mean += 1 / prior.df / 20;
	}
	assert_near(1 / mean, 8, 1);
}

static void one_variance_is_its_own_prior(void **state)
{
	const double variance[] = {0.5};
	struct variance_prior prior = variance_prior_learn(variance, 1, DF);

	(void)state;
	assert_true(prior.variance > 0.5 && prior.variance < 0.6);   /* exp of the unbiased logarithm */
	assert_near(variance_moderate(&prior, 0.5, DF), prior.variance, 1e-4);
}

static void the_unit_of_measurement_does_not_matter(void **state)
{
	double variance[N], truth[N], larger[N];
	struct variance_prior a, b;

	(void)state;
	sample(variance, 0.5, 7, truth);
	for (size_t i = 0; i < N; i++)
		larger[i] = 1e4 * variance[i];
	a = variance_prior_learn(variance, N, DF);
	b = variance_prior_learn(larger, N, DF);
	assert_near(b.variance / a.variance, 1e4, 1e-6);
	assert_near(b.df / a.df, 1, 1e-9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(variances_that_differ_by_chance_become_one),
		cmocka_unit_test(variances_that_really_differ_stay_apart),
		cmocka_unit_test(the_degrees_of_freedom_of_the_prior_are_recovered),
		cmocka_unit_test(one_variance_is_its_own_prior),
		cmocka_unit_test(the_unit_of_measurement_does_not_matter),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
