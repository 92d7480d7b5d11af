/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_composite_draws.c - replications on lanes against the plain steps, threads, indices of sensitivity. */
#include "measured.h"

#include "measure/composite_draws.h"
#include "measure/composite_lanes.h"

#pragma GCC diagnostic ignored "-Wpsabi"

#define UNITS 23
#define INDICATORS 7

struct world {
	struct arena arena;
	struct frame frame;
	struct units units;
	struct composite made;
	struct buf text, data;
	double *nominal;
};

/* Seven indicators in three groups; some skewed, some turned round, `gaps` of a hundred values missing. */
static void world_open(struct world *world, uint64_t seed, size_t gaps)
{
	struct composite_file file;
	struct err err = {0};
	struct rng rng;

	*world = (struct world){0};
	rng_seed(&rng, seed);
	buf_puts(&world->text, "[frame]\nunit = u\n[uncertainty]\nwinmax = 1 5\nnormalise = minmax zscore prank\n"
		 "aggregate = amean gmean hmean\n[group A]\nparent = T\n[group B]\nparent = T\nweight = 2\n"
		 "[group T]\nweight = 1\n");
	buf_puts(&world->data, "u");
	for (int i = 0; i < INDICATORS; i++) {
		buf_printf(&world->text, "[indicator i%d]\ngroup = %s\ndirection = %d\nweight = %d\n", i, i % 3 ? "A" : "B",
			   i % 2 ? 1 : -1, 1 + i % 4);
		buf_printf(&world->data, ",i%d", i);
	}
	for (int u = 0; u < UNITS; u++) {
		buf_printf(&world->data, "\nU%02d", u);
		for (int i = 0; i < INDICATORS; i++) {
			const double x = rng_unit(&rng);

			if (rng_below(&rng, 100) < gaps)
				buf_puts(&world->data, ",");
			else
				buf_printf(&world->data, ",%.6f", i < 3 ? exp(6 * x) : 10 * x);
		}
	}
	buf_putc(&world->data, '\n');
	file = (struct composite_file){"frame", world->text.s, world->text.len};
	if (frame_read(&file, &world->arena, &world->frame, &err) < 0)
		fail_msg("%s", err.msg);
	file = (struct composite_file){"data", world->data.s, world->data.len};
	if (units_read(&file, &world->frame, false, &world->arena, &world->units, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(composite_build(&world->frame, &world->units, &world->arena, &world->made, NULL), 0);
	world->nominal = arena_array(&world->arena, double, UNITS);
	ranks_down(world->made.scores + frame_top(&world->frame) * UNITS, UNITS, world->nominal);
}

static void world_close(struct world *world)
{
	buf_free(&world->text);
	buf_free(&world->data);
	arena_free(&world->arena);
}

/* Every choice of the frame in turn, by lanes and by the plain steps. */
static void compare_choices(uint64_t seed, size_t gaps)
{
	struct world world;
	struct weight_sets sets = {.n = 1};
	double by_lanes[UNITS], plain[UNITS];
	struct draws_setup setup;

	world_open(&world, seed, gaps);
	sets.v = frame_weights(&world.frame, &world.arena);
	setup = (struct draws_setup){.made = &world.made, .sets = &sets, .nominal = world.nominal, .threads = 1};
	for (size_t w = 0; w < 2; w++)
		for (size_t k = 0; k < 9; k++) {
			struct frame frame = world.frame;
			struct choice choice = {world.frame.winmax[w], world.frame.norms[k / 3], 0, world.frame.means[k % 3]};
			struct draws draws = {.scores = by_lanes};

			if (choice.norm.kind == NORM_PRANK && choice.mean != MEAN_ARITHMETIC)
				continue;   /* a share of 0, which lanes take for a little more */
			frame.winmax[0] = choice.winmax;
			frame.norms[0] = choice.norm;
			frame.means[0] = choice.mean;
			frame.n_winmax = frame.n_norms = frame.n_means = 1;
			world.made.frame = &frame;
			assert_int_equal(draws_run(&setup, 1, &draws, NULL), 0);
			choices_run(&world.made, &sets, &choice, 1, plain);
			for (size_t u = 0; u < UNITS; u++) {
				assert_int_equal(isnan(by_lanes[u]), isnan(plain[u]));
				if (!isnan(plain[u]))
					assert_near(by_lanes[u], plain[u], 1e-10 * fabs(plain[u]));
			}
		}
	world_close(&world);
}

static void without_errors_lanes_give_what_the_plain_steps_give(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 30; seed++)
		compare_choices(seed, 0);
}

static void values_that_are_missing_make_no_difference_to_that(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 30; seed++)
		compare_choices(seed, 20);
}

static void run_with_errors(struct world *world, int threads, bool simple, uint64_t seed, double relative,
			    uint32_t *counts, double *scores)
{
	double *sd = arena_array(&world->arena, double, INDICATORS * UNITS);
	struct draws_setup setup = {.made = &world->made, .sd = sd, .nominal = world->nominal, .threads = threads,
				    .plain = simple, .seed = seed};
	struct draws draws = {.counts = counts, .scores = scores};

	for (size_t i = 0; i < INDICATORS * UNITS; i++)
		sd[i] = relative * fabs(world->made.imputed[i]);
	memset(counts, 0, UNITS * (UNITS + 1) * sizeof *counts);
	assert_int_equal(draws_run(&setup, 500, &draws, NULL), 0);
}

static void neither_threads_nor_wide_registers_change_a_byte(void **state)
{
	static uint32_t one[UNITS * (UNITS + 1)], three[UNITS * (UNITS + 1)];
	static double scores_one[500 * UNITS], scores_three[500 * UNITS];
	struct world world;

	(void)state;
	world_open(&world, 7, 0);
	run_with_errors(&world, 1, false, 5, 0.1, one, scores_one);
	run_with_errors(&world, 3, false, 5, 0.1, three, scores_three);
	assert_memory_equal(one, three, sizeof one);
	assert_memory_equal(scores_one, scores_three, sizeof scores_one);
	run_with_errors(&world, 1, true, 5, 0.1, three, scores_three);
	assert_memory_equal(scores_one, scores_three, sizeof scores_one);
	run_with_errors(&world, 1, false, 6, 0.1, three, scores_three);
	assert_memory_not_equal(one, three, sizeof one);
	world_close(&world);
}

static void every_replication_ranks_every_unit_once(void **state)
{
	static uint32_t counts[UNITS * (UNITS + 1)];
	struct world world;

	(void)state;
	world_open(&world, 3, 0);
	run_with_errors(&world, 2, false, 1, 0.05, counts, NULL);
	for (size_t u = 0; u < UNITS; u++) {
		uint32_t n = 0;

		assert_int_equal(counts[u * (UNITS + 1)], 0);
		for (size_t rank = 1; rank <= UNITS; rank++)
			n += counts[u * (UNITS + 1) + rank];
		assert_int_equal(n, 500);
	}
	world_close(&world);
}

/* One indicator, to be told from the index: the least of the perturbed is 1 and the most is 100. */
static void bounds_are_those_of_the_perturbed_values(void **state)
{
	static const char text[] = "[frame]\nunit = u\n[indicator a]\ngroup = T\n[group T]\nweight = 1\n"
				   "[uncertainty]\nnormalise = minmax\naggregate = amean\n";
	static const char data[] = "u,a\nA,1\nB,2\nC,3\nD,4\nE,5\n";
	const struct composite_job job = {.frame = {"frame", text, sizeof text - 1}, .data = {"data", data, sizeof data - 1}};
	_cleanup_(arena_free) struct arena arena = {0};
	double nominal[] = {5, 4, 3, 2, 1}, sd[] = {2, 2, 2, 2, 2}, scores[5 * 300];
	struct draws_setup setup = {.sd = sd, .nominal = nominal, .seed = 8, .threads = 1};
	struct draws draws = {.scores = scores};
	struct composite made;
	struct frame frame;
	struct units units;

	(void)state;
	assert_int_equal(frame_read(&job.frame, &arena, &frame, NULL), 0);
	assert_int_equal(units_read(&job.data, &frame, false, &arena, &units, NULL), 0);
	assert_int_equal(composite_build(&frame, &units, &arena, &made, NULL), 0);
	setup.made = &made;
	assert_int_equal(draws_run(&setup, 300, &draws, NULL), 0);
	for (size_t i = 0; i < 300; i++) {
		double low = INFINITY, high = -INFINITY;

		for (size_t u = 0; u < 5; u++) {
			low = fmin(low, scores[i * 5 + u]);
			high = fmax(high, scores[i * 5 + u]);
		}
		assert_near(low, 1, 1e-9);
		assert_near(high, 100, 1e-9);
	}
}

static void the_normal_draws_have_the_moments_of_a_normal(void **state)
{
	double sum = 0, square = 0, fourth = 0, cross = 0;
	const size_t n = 250000;
	struct lane_rng rng;

	(void)state;
	lane_rng_seed(&rng, 99);
	for (size_t i = 0; i < n; i++) {
		lanes one, two;

		lanes_normal(&rng, &one, &two);
		for (size_t lane = 0; lane < LANES; lane++) {
			sum += one[lane] + two[lane];
			square += one[lane] * one[lane] + two[lane] * two[lane];
			fourth += pow(one[lane], 4) + pow(two[lane], 4);
			cross += one[lane] * two[lane];
		}
	}
	/* five standard errors: 1, 2 and 96 are the variances of z, z^2 and z^4 */
	const double k = 8.0 * (double)n;

	assert_near(sum / k, 0, 5 / sqrt(k));
	assert_near(square / k, 1, 5 * sqrt(2 / k));
	assert_near(fourth / k, 3, 5 * sqrt(96 / k));
	assert_near(cross / (k / 2), 0, 5 / sqrt(k / 2));
}

static void logarithm_and_exponential_are_those_of_the_library(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 4);
	for (int i = 0; i < 20000; i++) {
		const double x = ldexp(0.5 + rng_unit(&rng), (int)rng_below(&rng, 600) - 300), y = 1200 * rng_unit(&rng) - 600;

		assert_near(lanes_log(lanes_all(x))[1], log(x), 1e-14 * fmax(1, fabs(log(x))));
		assert_near(lanes_exp(lanes_all(y))[2] / exp(y), 1, 1e-12);
	}
	assert_true(lanes_log(lanes_all(1))[0] == 0);
}

/* ---- Sobol ---- */

static double additive(const double *x)
{
	return 3 * x[0] + 2 * x[1] + 1;
}

static double product(const double *x)
{
	return (x[0] - 0.5) * (x[1] - 0.5);
}

static void design(double (*f)(const double *), size_t n, double *y)
{
	struct rng rng;

	rng_seed(&rng, 11);
	for (size_t i = 0; i < n; i++) {
		const double a[2] = {rng_unit(&rng), rng_unit(&rng)}, b[2] = {rng_unit(&rng), rng_unit(&rng)};

		y[i] = f(a);
		y[n + i] = f(b);
		y[2 * n + i] = f((const double[]){b[0], a[1]});
		y[3 * n + i] = f((const double[]){a[0], b[1]});
	}
}

static void an_additive_model_has_total_indices_equal_to_the_first_ones(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const size_t n = 20000;
	double *y = arena_array(&arena, double, 4 * n);
	struct sobol_index index[2];

	(void)state;
	design(additive, n, y);
	sobol_indices(y, n, 2, true, 1, 0.95, 200, &arena, index);
	assert_near(index[0].s, 9.0 / 13, 0.02);
	assert_near(index[0].st, 9.0 / 13, 0.02);
	assert_near(index[1].s, 4.0 / 13, 0.02);
	assert_near(index[1].st, 4.0 / 13, 0.02);
	assert_true(index[0].s_low < 9.0 / 13 && index[0].s_high > 9.0 / 13);
}

static void a_pure_interaction_has_no_first_indices(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const size_t n = 20000;
	double *y = arena_array(&arena, double, 4 * n);
	struct sobol_index index[2];

	(void)state;
	design(product, n, y);
	sobol_indices(y, n, 2, true, 1, 0.95, 200, &arena, index);
	assert_near(index[0].s, 0, 0.03);
	assert_near(index[1].s, 0, 0.03);
	assert_near(index[0].st, 1, 0.03);
	assert_near(index[1].st, 1, 0.03);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_errors_lanes_give_what_the_plain_steps_give),
		cmocka_unit_test(values_that_are_missing_make_no_difference_to_that),
		cmocka_unit_test(neither_threads_nor_wide_registers_change_a_byte),
		cmocka_unit_test(every_replication_ranks_every_unit_once),
		cmocka_unit_test(bounds_are_those_of_the_perturbed_values),
		cmocka_unit_test(the_normal_draws_have_the_moments_of_a_normal),
		cmocka_unit_test(logarithm_and_exponential_are_those_of_the_library),
		cmocka_unit_test(an_additive_model_has_total_indices_equal_to_the_first_ones),
		cmocka_unit_test(a_pure_interaction_has_no_first_indices),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("composite_draws", tests, NULL, NULL);
}
