/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/near.h"

#include "foresee/outlook_interval.h"

#define UNITS 100
#define YEARS 10
#define SPACES 6
#define N (UNITS * YEARS * SPACES)

/*
 * Forecasts even on 0..`most`. What was true of a country and year is drawn around it as a beta with overdispersion
 * `rho`, the same for all spaces: each is at the same quantile of its own. The forecasters say `says` times p.
 */
struct made {
	struct past_chance past[N];
	double truth[N];
};

static void make(struct made *made, double rho, double most, double says, uint64_t seed)
{
	struct rng rng;

	rng_seed(&rng, seed);
	for (size_t i = 0; i < N;) {
		double p = most * rng_unit(&rng), both = 1 / rho - 1;
		double truth = rho > 0 ? beta_draw(&rng, p * both, (1 - p) * both) : p;

		for (size_t k = 0; k < SPACES; k++, i++) {
			made->truth[i] = truth;
			made->past[i] = (struct past_chance){
				.p = says * p, .y = rng_unit(&rng) < truth, .direction = 1,
				.unit = (uint32_t)(i / SPACES % UNITS), .origin = 2000 + (int64_t)(i / SPACES / UNITS),
			};
		}
	}
}

static double coverage(const struct made *made, const struct chance_scatter *scatter, double level)
{
	double covered = 0;

	for (size_t i = 0; i < N; i += SPACES) {
		struct interval interval = chance_interval(scatter, made->past[i].p, 0, level);

		covered += made->truth[i] >= interval.low && made->truth[i] <= interval.high;
	}
	return covered / (N / SPACES);
}

static void what_varies_together_is_found(void **state)
{
	(void)state;
	static struct made made;
	struct chance_scatter scatter;

	for (uint64_t seed = 0; seed < 5; seed++) {
		make(&made, .3, .4, 1, seed);
		chance_scatter_learn(made.past, N, UNITS, &scatter);
		assert_true(scatter.learned);
		assert_near(scatter.together, .3, .05);
		make(&made, 0, .4, 1, seed);
		chance_scatter_learn(made.past, N, UNITS, &scatter);
		assert_near(scatter.together, 0, .03);
		assert_true(scatter.rho > 0);
	}
}

/* A fifth of what varies together is taken for what differed before: here all of it did, and the rest is the shocks'. */
static void true_chances_lie_inside_where_a_fifth_of_it_differed_before(void **state)
{
	(void)state;
	static struct made made;
	struct chance_scatter scatter;

	for (uint64_t seed = 10; seed < 13; seed++) {
		make(&made, .06, .4, 1, seed);
		chance_scatter_learn(made.past, N, UNITS, &scatter);
		scatter.rho = .06;
		assert_near(coverage(&made, &scatter, .9), .92, .04);
		assert_true(coverage(&made, &scatter, .5) < .75);
	}
}

static void forecasts_that_say_half_are_seen_through(void **state)
{
	(void)state;
	static struct made made;
	struct chance_scatter scatter;
	struct interval interval;

	make(&made, 0, .6, .5, 20);
	chance_scatter_learn(made.past, N, UNITS, &scatter);
	interval = chance_interval(&scatter, .15, 0, .9);
	assert_true(interval.low <= .15 && interval.low > .1);
	assert_true(interval.high > .3);
}

static void the_interval_holds_the_forecast_and_grows_with_the_doubt(void **state)
{
	(void)state;
	static struct made made;
	struct chance_scatter scatter;

	make(&made, .2, .4, 1, 30);
	chance_scatter_learn(made.past, N, UNITS, &scatter);
	for (int i = 0; i <= 100; i++) {
		double p = i / 100.;
		struct interval tight = chance_interval(&scatter, p, 0, .5), level = chance_interval(&scatter, p, 0, .9);
		struct interval doubt = chance_interval(&scatter, p, 1, .9);

		assert_true(level.low >= 0 && level.low <= p && level.high >= p && level.high <= 1);
		assert_true(level.low <= tight.low && level.high >= tight.high);
		if (p > .05 && p < .5)
			assert_true(doubt.high - doubt.low > level.high - level.low);
	}
}

static void too_few_events_give_no_interval(void **state)
{
	(void)state;
	static struct made made;
	struct chance_scatter scatter;

	make(&made, 0, .4, 1, 40);
	chance_scatter_learn(made.past, CHANCE_LEAST_ROWS - 1, UNITS, &scatter);
	assert_false(scatter.learned);
	assert_true(isnan(chance_interval(&scatter, .2, 0, .9).low));
	for (size_t i = 0; i < N; i++)
		made.past[i].y = i < CHANCE_LEAST_EVENTS - 1;
	chance_scatter_learn(made.past, N, UNITS, &scatter);
	assert_false(scatter.learned);
	chance_scatter_learn(NULL, 0, 0, &scatter);
	assert_false(scatter.learned);
	make(&made, 0, .4, 1, 40);
	chance_scatter_learn(made.past, N, UNITS, &scatter);
	assert_true(isnan(chance_interval(&scatter, NAN, 0, .9).high));
}

static void members_that_agree_have_no_spread(void **state)
{
	(void)state;
	assert_near(members_spread((double[]){.2, .2, NAN}, 3), 0, 1e-12);
	assert_near(members_spread((double[]){.2, NAN}, 2), 0, 0);
	assert_near(members_spread(NULL, 0), 0, 0);
	assert_near(members_spread((double[]){.5, 1 / (1 + exp(-2.))}, 2), sqrt(2), 1e-12);
}

static void an_outlook_gives_its_past_and_its_speaking_members(void **state)
{
	(void)state;
	static struct made made;
	static struct case_key key[N];
	static signed char y[N];
	static size_t row[N];
	static double p[N];
	struct history history = {.n_units = UNITS};
	struct outlook outlook = {.speaks = {true, false, true}};
	struct chance_scatter direct, scatter;
	double member[3][1] = {{.1}, {.9}, {.2}}, now = .15;
	struct interval got, wanted;

	make(&made, .2, .4, 1, 50);
	for (size_t i = 0; i < N; i++) {
		key[i] = (struct case_key){made.past[i].unit, (int32_t)made.past[i].origin, (uint8_t)(i % SPACES), 1};
		y[i] = (signed char)made.past[i].y;
		row[i] = i;
		p[i] = made.past[i].p;
	}
	y[7] = EVENT_OPEN;   /* teaches nothing */
	made.past[7] = made.past[N - 1];
	outlook.cases = (struct cases){.history = &history, .n = N, .key = key, .y = y};
	outlook.past = (struct said){.n = N, .row = row, .p = p};
	outlook.now = (struct said){.n = 1, .row = row, .member = {member[0], member[1], member[2]}, .p = &now};
	chance_scatter_learn(made.past, N - 1, UNITS, &direct);
	outlook_scatter(&outlook, &scatter);
	assert_true(scatter.learned);
	assert_near(scatter.together, direct.together, 1e-9);
	assert_near(scatter.slope, direct.slope, 1e-9);
	got = outlook_interval(&outlook, &scatter, 0, .9);
	wanted = chance_interval(&scatter, .15, members_spread((double[]){.1, .2}, 2), .9);
	assert_near(got.low, wanted.low, 0);
	assert_near(got.high, wanted.high, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_varies_together_is_found),
		cmocka_unit_test(true_chances_lie_inside_where_a_fifth_of_it_differed_before),
		cmocka_unit_test(forecasts_that_say_half_are_seen_through),
		cmocka_unit_test(the_interval_holds_the_forecast_and_grows_with_the_doubt),
		cmocka_unit_test(too_few_events_give_no_interval),
		cmocka_unit_test(members_that_agree_have_no_spread),
		cmocka_unit_test(an_outlook_gives_its_past_and_its_speaking_members),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
