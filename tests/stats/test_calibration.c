/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_calibration.c - maps learned on what came true: beta calibration and isotonic regression. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <tocsin/stats.h>

#include "tests/near.h"

enum { N = 20000 };

struct world {
	double p[N], w[N];
	unsigned char y[N];
};

static double odds_of(double p)
{
	return log(p / (1 - p));
}

/* Chances from 0 to 1, mostly small; what happens has the chance that `truth` makes of them. */
static void world_build(struct world *world, const struct beta_map *truth, uint64_t seed)
{
	struct rng rng;

	rng_seed(&rng, seed);
	for (size_t i = 0; i < N; i++) {
		world->p[i] = rng_unit(&rng) * rng_unit(&rng);
		world->y[i] = rng_unit(&rng) < beta_map_apply(truth, world->p[i]);
		world->w[i] = 1;
	}
}

static void a_made_map_is_found_again(void **state)
{
	static struct world world;
	const struct beta_map truth = {0.7, 1.4, -0.5};
	struct beta_map map;

	(void)state;
	world_build(&world, &truth, 11);
	map = beta_map_fit(world.p, world.y, NULL, N, NULL, 1, 1);
	assert_near(map.a, truth.a, 0.06);
	assert_near(map.b, truth.b, 0.3);
	assert_near(map.c, truth.c, 0.15);
	for (double p = 0.02; p < 0.9; p += 0.02)
		assert_near(beta_map_apply(&map, p), beta_map_apply(&truth, p), 0.03);
}

/* Odds doubled everywhere are a shift by ln 2 and nothing else. */
static void doubled_odds_are_a_shift(void **state)
{
	const struct beta_map doubled = {1, 1, log(2)};

	(void)state;
	for (double p = 0.01; p < 1; p += 0.01)
		assert_near(odds_of(beta_map_apply(&doubled, p)), odds_of(p) + log(2), 1e-9);
}

static void the_identity_gives_the_same_double_and_edges_are_held(void **state)
{
	const struct beta_map same = BETA_IDENTITY, other = {1, 1, 1e-9};

	(void)state;
	assert_true(beta_map_apply(&same, 0.1) == 0.1 && beta_map_apply(&same, 0) == 0 && beta_map_apply(&same, 1) == 1);
	assert_true(isnan(beta_map_apply(&same, NAN)) && isnan(beta_map_apply(&other, NAN)));
	assert_near(beta_map_apply(&other, 0), CHANCE_EDGE, 1e-12);
	assert_near(beta_map_apply(&other, 1), 1 - CHANCE_EDGE, 1e-12);
}

static void no_rows_change_nothing_and_few_rows_little(void **state)
{
	const struct beta_map before = {0.9, 1.2, 0.3};
	const double p[] = {0.1, 0.2, 0.1, 0.3};
	const unsigned char y[] = {1, 1, 1, 1};
	struct beta_map map = beta_map_fit(NULL, NULL, NULL, 0, NULL, 1, 1);

	(void)state;
	assert_true(map.a == 1 && map.b == 1 && map.c == 0);
	map = beta_map_fit(NULL, NULL, NULL, 0, &before, 1, 1);
	assert_true(map.a == before.a && map.b == before.b && map.c == before.c);
	map = beta_map_fit(p, y, NULL, 4, NULL, 100, 100);
	assert_near(map.a, 1, 0.1);
	assert_near(map.b, 1, 0.1);
	assert_near(map.c, 0, 0.1);
	assert_true(map.c > 0 && beta_map_apply(&map, 0.2) > 0.2);
}

/* The more likely, the less it happens: the best that may not fall is flat, at the share of events. */
static void a_map_never_falls(void **state)
{
	double p[1000];
	unsigned char y[1000];
	struct beta_map map;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		p[i] = 0.05 + 0.9 * i / 999;
		y[i] = i * 7 % 10 < (i < 500 ? 6 : 2);
	}
	map = beta_map_fit(p, y, NULL, 1000, NULL, 1e-6, 1e-6);
	assert_true(map.a >= 0 && map.b >= 0 && map.a * map.b == 0);
	assert_near(beta_map_apply(&map, 0.1), 0.4, 0.02);
	assert_near(beta_map_apply(&map, 0.9), 0.4, 0.02);
}

/* Small steps either way in each part: the penalised likelihood is never better. */
static void at_the_fit_no_step_gains(void **state)
{
	static struct world world;
	const struct beta_map truth = {1.3, 0.2, 0.4}, prior = {1.1, 0.9, 0.1};
	struct beta_map map;
	double best = 0;

	(void)state;
	world_build(&world, &truth, 5);
	map = beta_map_fit(world.p, world.y, NULL, 300, &prior, 2, 3);
	for (int move = -1; move < 6; move++) {
		struct beta_map moved = map;
		double *part = move / 2 == 0 ? &moved.a : move / 2 == 1 ? &moved.b : &moved.c, sum;

		if (move >= 0)
			*part += move % 2 ? 1e-3 : -1e-3;
		sum = pow(moved.a - 1.1, 2) + pow(moved.b - 0.9, 2) + 1.5 * pow(moved.c - 0.1, 2);
		for (int i = 0; i < 300; i++) {
			double chance = beta_map_apply(&moved, world.p[i]);

			sum -= log(world.y[i] ? chance : 1 - chance);
		}
		if (move < 0)
			best = sum;
		else
			assert_true(sum > best);
	}
}

static void a_row_of_weight_two_is_two_rows_and_one_of_none_is_none(void **state)
{
	static struct world world;
	const struct beta_map truth = {1, 1, 0.5};
	double p[400], w[200];
	unsigned char y[400];
	struct beta_map twice, weighted;
	size_t n = 0;

	(void)state;
	world_build(&world, &truth, 9);
	for (size_t i = 0; i < 200; i++) {
		w[i] = (double)(i % 3);
		for (size_t k = 0; k < i % 3; k++, n++) {
			p[n] = world.p[i];
			y[n] = world.y[i];
		}
	}
	twice = beta_map_fit(p, y, NULL, n, NULL, 1, 1);
	weighted = beta_map_fit(world.p, world.y, w, 200, NULL, 1, 1);
	assert_near(weighted.a, twice.a, 1e-8);
	assert_near(weighted.b, twice.b, 1e-8);
	assert_near(weighted.c, twice.c, 1e-8);
}

static void calibrating_brings_the_calibration_error_down_on_rows_not_learned_from(void **state)
{
	static struct world learned, judged;
	_cleanup_(arena_free) struct arena arena = {0};
	const struct beta_map truth = {0.8, 1.2, 0.9};
	struct beta_map map;
	struct isotonic_map steps;
	struct reliability raw, beta, isotonic;
	static double by_beta[N], by_steps[N];

	(void)state;
	world_build(&learned, &truth, 1);
	world_build(&judged, &truth, 2);
	map = beta_map_fit(learned.p, learned.y, NULL, N, NULL, 1, 1);
	isotonic_fit(learned.p, learned.y, NULL, N, &arena, &steps);
	for (size_t i = 0; i < N; i++) {
		by_beta[i] = beta_map_apply(&map, judged.p[i]);
		by_steps[i] = isotonic_apply(&steps, judged.p[i]);
	}
	reliability_of(judged.p, judged.y, N, &raw);
	reliability_of(by_beta, judged.y, N, &beta);
	reliability_of(by_steps, judged.y, N, &isotonic);
	assert_true(raw.ece > 0.1);
	assert_true(beta.ece < 3 * ece_floor(by_beta, N) && isotonic.ece < 3 * ece_floor(by_steps, N));
}

/* Worked by hand: .1 -> 0, then 1, 0 at .2 and .3 pool to a half, .4 (two rows, one event) joins them, .5 -> 1. */
static void violators_are_pooled_and_ties_are_one_block(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const double p[] = {0.5, 0.4, 0.2, 0.1, 0.4, 0.3};
	const unsigned char y[] = {1, 0, 1, 0, 1, 0};
	struct isotonic_map map;

	(void)state;
	isotonic_fit(p, y, NULL, 6, &arena, &map);
	assert_int_equal(map.n, 3);
	assert_near(map.blocks[1].low, 0.2, 0);
	assert_near(map.blocks[1].high, 0.4, 0);
	assert_near(map.blocks[1].value, 0.5, 1e-15);
	assert_near(map.blocks[1].weight, 4, 0);
	assert_near(isotonic_apply(&map, 0.05), 0, 0);
	assert_near(isotonic_apply(&map, 0.15), 0.25, 1e-15);   /* half way between two blocks */
	assert_near(isotonic_apply(&map, 0.33), 0.5, 1e-15);
	assert_near(isotonic_apply(&map, 0.9), 1, 0);
	assert_true(isnan(isotonic_apply(&map, NAN)));
}

static void weights_count_and_rows_of_no_weight_do_not(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const double p[] = {0.2, 0.3, 0.25}, w[] = {3, 1, 0};
	const unsigned char y[] = {1, 0, 0};
	struct isotonic_map map;

	(void)state;
	isotonic_fit(p, y, w, 3, &arena, &map);
	assert_int_equal(map.n, 1);
	assert_near(map.blocks[0].value, 0.75, 1e-15);
	isotonic_fit(p, y, w, 0, &arena, &map);
	assert_near(isotonic_apply(&map, 0.42), 0.42, 0);
}

/* Blocks rise without touching, and what they say sums to what happened. */
static void the_isotonic_fit_rises_and_keeps_the_mean(void **state)
{
	static struct world world;
	_cleanup_(arena_free) struct arena arena = {0};
	const struct beta_map truth = {0.5, 0.5, 0};
	struct isotonic_map map;
	double sum = 0, events = 0, weight = 0;

	(void)state;
	world_build(&world, &truth, 77);
	isotonic_fit(world.p, world.y, NULL, N, &arena, &map);
	for (size_t i = 0; i < map.n; i++) {
		assert_true(i == 0 || (map.blocks[i].value > map.blocks[i - 1].value &&
				       map.blocks[i].low > map.blocks[i - 1].high));
		sum += map.blocks[i].value * map.blocks[i].weight;
		weight += map.blocks[i].weight;
	}
	for (size_t i = 0; i < N; i++)
		events += world.y[i];
	assert_near(sum, events, 1e-6);
	assert_near(weight, N, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_made_map_is_found_again),
		cmocka_unit_test(doubled_odds_are_a_shift),
		cmocka_unit_test(the_identity_gives_the_same_double_and_edges_are_held),
		cmocka_unit_test(no_rows_change_nothing_and_few_rows_little),
		cmocka_unit_test(a_map_never_falls),
		cmocka_unit_test(at_the_fit_no_step_gains),
		cmocka_unit_test(a_row_of_weight_two_is_two_rows_and_one_of_none_is_none),
		cmocka_unit_test(calibrating_brings_the_calibration_error_down_on_rows_not_learned_from),
		cmocka_unit_test(violators_are_pooled_and_ties_are_one_block),
		cmocka_unit_test(weights_count_and_rows_of_no_weight_do_not),
		cmocka_unit_test(the_isotonic_fit_rises_and_keeps_the_mean),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("calibration", tests, NULL, NULL);
}
