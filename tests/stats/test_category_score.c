/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_category_score.c - Brier, ordered Brier and log score of one forecast over several answers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>

#include <tocsin/stats.h>

#include "tests/near.h"

#define CLOSE 1e-12

static void with_two_answers_all_are_the_scores_of_a_chance(void **state)
{
	const double p[] = {0.3, 0.7};
	const double one = 0.3;
	const unsigned char yes = 1, no = 0;

	(void)state;
	assert_near(brier_categories(p, 2, 0), brier_score(&one, &yes, 1), CLOSE);
	assert_near(brier_categories(p, 2, 1), brier_score(&one, &no, 1), CLOSE);
	assert_near(brier_ordered(p, 2, 0), brier_score(&one, &yes, 1), CLOSE);
	assert_near(log_categories(p, 2, 0), log_score(&one, &yes, 1), CLOSE);
	assert_near(log_categories(p, 2, 1), log_score(&one, &no, 1), CLOSE);
}

/* By hand: (0.2^2 + 0.5^2 + 0.7^2) / 2; (0.2^2 + 0.7^2) / 2 at the cuts. */
static void three_answers_score_as_by_hand(void **state)
{
	const double p[] = {0.2, 0.5, 0.3};

	(void)state;
	assert_near(brier_categories(p, 3, 2), (0.04 + 0.25 + 0.49) / 2, CLOSE);
	assert_near(brier_ordered(p, 3, 2), (0.04 + 0.49) / 2, CLOSE);
	assert_near(log_categories(p, 3, 2), -log(0.3), CLOSE);
}

static void ordered_answers_punish_a_near_miss_less_than_a_far_one(void **state)
{
	const double near_miss[] = {0, 1, 0, 0}, far_miss[] = {0, 0, 0, 1};

	(void)state;
	assert_near(brier_ordered(near_miss, 4, 0), 1.0 / 3, CLOSE);
	assert_near(brier_ordered(far_miss, 4, 0), 1, CLOSE);
	assert_near(brier_categories(near_miss, 4, 0), brier_categories(far_miss, 4, 0), CLOSE);
}

static void the_order_of_unordered_answers_does_not_matter(void **state)
{
	const double p[] = {0.2, 0.5, 0.3}, turned[] = {0.3, 0.2, 0.5};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_near(brier_categories(p, 3, i), brier_categories(turned, 3, (i + 1) % 3), CLOSE);
		assert_near(log_categories(p, 3, i), log_categories(turned, 3, (i + 1) % 3), CLOSE);
	}
}

static void nobody_gains_by_saying_what_they_do_not_believe(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 3);
	for (size_t round = 0; round < 500; round++) {
		double truth[4], said[4], total = 0, other = 0, gain[3] = {0};

		for (size_t i = 0; i < 4; i++) {
			total += truth[i] = 0.01 + rng_unit(&rng);
			other += said[i] = 0.01 + rng_unit(&rng);
		}
		for (size_t i = 0; i < 4; i++) {
			truth[i] /= total;
			said[i] /= other;
		}
		for (size_t i = 0; i < 4; i++) {
			gain[0] += truth[i] * (brier_categories(said, 4, i) - brier_categories(truth, 4, i));
			gain[1] += truth[i] * (brier_ordered(said, 4, i) - brier_ordered(truth, 4, i));
			gain[2] += truth[i] * (log_categories(said, 4, i) - log_categories(truth, 4, i));
		}
		for (size_t i = 0; i < 3; i++)
			assert_true(gain[i] > -CLOSE);
	}
}

static void a_chance_of_nothing_costs_what_a_thousandth_does(void **state)
{
	const double p[] = {0, 1};

	(void)state;
	assert_near(log_categories(p, 2, 0), -log(0.001), CLOSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_two_answers_all_are_the_scores_of_a_chance),
		cmocka_unit_test(three_answers_score_as_by_hand),
		cmocka_unit_test(ordered_answers_punish_a_near_miss_less_than_a_far_one),
		cmocka_unit_test(the_order_of_unordered_answers_does_not_matter),
		cmocka_unit_test(nobody_gains_by_saying_what_they_do_not_believe),
		cmocka_unit_test(a_chance_of_nothing_costs_what_a_thousandth_does),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("category scores", tests, NULL, NULL);
}
