/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/near.h"

#include "foresee/decision.h"

/* Two origins, two countries: at .3 two hits (after one and two years), one false alarm, one miss. */
static const struct decision_row rows[] = {
	{.p = .5, .y = 1, .years = 1, .unit = 0, .origin = 2010}, {.p = .3, .y = 1, .years = 2, .unit = 1, .origin = 2010},
	{.p = .4, .y = 0, .unit = 0, .origin = 2011}, {.p = .1, .y = 1, .years = 2, .unit = 1, .origin = 2011},
	{.p = .1, .y = 0, .unit = 0, .origin = 2010}, {.p = .05, .y = 0, .unit = 1, .origin = 2011},
	{.p = .02, .y = 0, .unit = 0, .origin = 2011}, {.p = .2, .y = 0, .unit = 1, .origin = 2010},
	{.p = .29, .y = 0, .unit = 1, .origin = 2010}, {.p = .01, .y = 0, .unit = 0, .origin = 2010},
};

static void hits_misses_and_false_alarms_are_counted_by_hand(void **state)
{
	struct decision decision;

	(void)state;
	decision_make(rows, LENGTH(rows), 2, .3, 1, &decision);
	assert_int_equal(decision.n, 10);
	assert_int_equal(decision.origins, 2);
	assert_int_equal(decision.events, 3);
	assert_int_equal(decision.alerts, 3);
	assert_int_equal(decision.hits, 2);
	assert_int_equal(decision.misses, 1);
	assert_int_equal(decision.false_alarms, 1);
	assert_near(decision.alerts_a_year, 1.5, 1e-12);
	assert_near(decision.hit_rate, 2.0 / 3, 1e-12);
	assert_near(decision.lead_months, 18, 1e-12);   /* 12 and 24 */
}

static void the_value_is_that_against_the_better_of_always_and_never(void **state)
{
	double p[LENGTH(rows)];
	unsigned char y[LENGTH(rows)];
	struct decision decision;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		p[i] = rows[i].p;
		y[i] = rows[i].y;
	}
	/* Expense a case: (3 x .3 + 1) / 10 = .19; never .3, always .3; perfect .09: (.3 - .19) / (.3 - .09). */
	decision_make(rows, LENGTH(rows), 2, .3, 1, &decision);
	assert_near(decision.value, .11 / .21, 1e-12);
	for (size_t k = 1; k < 10; k++) {
		decision_make(rows, LENGTH(rows), 2, (double)k / 10, 1, &decision);
		assert_near(decision.value, relative_value(p, y, LENGTH(rows), (double)k / 10), 1e-12);
	}
}

static void intervals_hold_what_they_are_about(void **state)
{
	struct decision decision, again;
	struct decision_row many[600];
	struct rng rng;

	(void)state;
	rng_seed(&rng, 4);
	for (size_t i = 0; i < LENGTH(many); i++) {
		many[i] = (struct decision_row){.p = rng_unit(&rng), .unit = (uint32_t)(i % 40),
						.origin = (int64_t)(2000 + i / 60)};
		many[i].y = rng_unit(&rng) < many[i].p;
		many[i].years = many[i].y ? 1 : 0;
	}
	decision_make(many, LENGTH(many), 50, .3, 9, &decision);
	decision_make(many, LENGTH(many), 50, .3, 9, &again);
	assert_true(decision.value_reach.low < decision.value && decision.value < decision.value_reach.high);
	assert_true(decision.hit_reach.low < decision.hit_rate && decision.hit_rate < decision.hit_reach.high);
	assert_true(decision.value_reach.low > 0);   /* chances that are right are worth something */
	assert_true(decision.value_reach.low == again.value_reach.low && decision.hit_reach.high == again.hit_reach.high);
	assert_int_equal(decision.origins, 10);
	assert_near(decision.lead_months, 12, 1e-12);
}

static void what_cannot_be_known_is_nan(void **state)
{
	const struct decision_row quiet[] = {{.p = .1, .unit = 0, .origin = 2000}, {.p = .05, .unit = 1, .origin = 2000}};
	struct decision decision;

	(void)state;
	decision_make(quiet, LENGTH(quiet), 2, .3, 1, &decision);
	assert_true(isnan(decision.value) && isnan(decision.value_reach.low));
	assert_true(isnan(decision.hit_rate) && isnan(decision.hit_reach.low) && isnan(decision.lead_months));
	assert_near(decision.alerts_a_year, 0, 0);
	decision_make(quiet, 0, 2, .3, 1, &decision);
	assert_true(isnan(decision.alerts_a_year));
}

static void hits_without_exception_still_leave_doubt(void **state)
{
	const struct decision_row lucky[] = {
		{.p = .9, .y = 1, .years = 1, .unit = 0, .origin = 2000},
		{.p = .9, .y = 1, .years = 1, .unit = 1, .origin = 2000},
		{.p = .1, .unit = 1, .origin = 2000},
	};
	struct decision decision;

	(void)state;
	decision_make(lucky, LENGTH(lucky), 2, .3, 1, &decision);
	assert_near(decision.hit_reach.high, 1, 1e-12);
	assert_near(decision.hit_reach.low, beta_interval(2.5, .5, .9).low, 1e-12);
}

static void a_role_or_a_ratio_is_read_and_nothing_else(void **state)
{
	(void)state;
	assert_near(cost_loss_read("desk", 4), COST_LOSS_DESK, 0);
	assert_near(cost_loss_read("monitor,desk", 7), .1, 0);
	assert_near(cost_loss_read(".25", 3), .25, 0);
	assert_true(isnan(cost_loss_read("0", 1)));
	assert_true(isnan(cost_loss_read("1", 1)));
	assert_true(isnan(cost_loss_read("des", 3)));
	assert_true(isnan(cost_loss_read("", 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hits_misses_and_false_alarms_are_counted_by_hand),
		cmocka_unit_test(the_value_is_that_against_the_better_of_always_and_never),
		cmocka_unit_test(intervals_hold_what_they_are_about),
		cmocka_unit_test(what_cannot_be_known_is_nan),
		cmocka_unit_test(hits_without_exception_still_leave_doubt),
		cmocka_unit_test(a_role_or_a_ratio_is_read_and_nothing_else),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
