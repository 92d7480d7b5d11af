/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_mixing.c - R-hat and effective sample size on chains whose mixing is known. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "tests/near.h"

#define CHAINS 4
#define DRAWS 1000

/* Four chains that each remember the draw before with `memory`; the last is moved and widened. */
static struct mixing mixing_of(double memory, double shift, double width)
{
	_cleanup_(arena_free) struct arena arena = {0};
	double *v = arena_array(&arena, double, CHAINS * DRAWS);
	struct rng rng;

	rng_seed(&rng, 71);
	for (size_t c = 0; c < CHAINS; c++) {
		double x = normal_draw(&rng);

		for (size_t i = 0; i < DRAWS; i++) {
			x = memory * x + sqrt(1 - memory * memory) * normal_draw(&rng);
			v[c * DRAWS + i] = c + 1 < CHAINS ? x : shift + width * x;
		}
	}
	return chains_mixing(v, CHAINS, DRAWS, &arena);
}

static void chains_of_independent_draws_have_met(void **state)
{
	const struct mixing mixing = mixing_of(0, 0, 1);

	(void)state;
	assert_near(mixing.rhat, 1, 0.005);
	assert_near(mixing.ess / (CHAINS * DRAWS), 1, 0.15);
}

/* An autoregression of memory .8 is worth (1 - .8) / (1 + .8) of independent draws. */
static void memory_costs_what_it_should(void **state)
{
	(void)state;
	assert_near(mixing_of(0.8, 0, 1).ess / (CHAINS * DRAWS), 1.0 / 9, 0.03);
}

static void a_chain_elsewhere_is_seen(void **state)
{
	(void)state;
	assert_true(mixing_of(0, 1, 1).rhat > 1.05);
	assert_true(mixing_of(0, 1, 1).ess < 400);
}

static void a_chain_that_is_wider_is_seen_by_the_folded_draws(void **state)
{
	(void)state;
	assert_true(mixing_of(0, 0, 3).rhat > 1.05);
}

static void draws_that_never_change_or_are_few_have_no_answer(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const double same[64] = {0};

	(void)state;
	assert_true(isnan(chains_mixing(same, 4, 16, &arena).rhat));
	assert_true(isnan(chains_mixing(same, 4, 16, &arena).ess));
	assert_true(isnan(chains_mixing(same, 4, 7, &arena).rhat));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains_of_independent_draws_have_met),
		cmocka_unit_test(memory_costs_what_it_should),
		cmocka_unit_test(a_chain_elsewhere_is_seen),
		cmocka_unit_test(a_chain_that_is_wider_is_seen_by_the_folded_draws),
		cmocka_unit_test(draws_that_never_change_or_are_few_have_no_answer),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("mixing", tests, NULL, NULL);
}
