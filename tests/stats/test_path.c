/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_path.c - draws of a path against its posterior, worked out densely for every choice of steps. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "tests/near.h"

#define PLACES 3
#define KINDS 2
#define DRAWS 100000

static const double precisions[KINDS] = {400, 1.5}, shares[KINDS] = {0.7, 0.3};
static const struct path_steps steps = {KINDS, precisions, shares};

/* Ratings of three kinds: at places alone, and of pairs on end. */
static const struct path_link links[PLACES] = {
	{.alone = 1.3, .alone_lin = 0.4},
	{.alone = 0.5, .alone_lin = 1.1, .near = 2, .far = 0.9, .cross = 1.2, .near_lin = 0.8, .far_lin = -0.5},
	{.alone = 0.2, .alone_lin = -0.6, .near = 1, .far = 0.4, .cross = 0.5, .near_lin = 1.5, .far_lin = -0.7},
};

/* Mean of the path under given precisions of steps; returns ln of the evidence, but for a constant. */
static double dense(const double *q, double *mean)
{
	double m[PLACES][PLACES] = {{0}}, b[PLACES] = {0}, evidence = 0;

	for (size_t t = 0; t < PLACES; t++) {
		m[t][t] += links[t].alone;
		b[t] += links[t].alone_lin;
		if (t == 0)
			continue;
		m[t][t] += links[t].near + q[t];
		m[t - 1][t - 1] += links[t].far + q[t];
		m[t][t - 1] = m[t - 1][t] = -(links[t].cross + q[t]);
		b[t] += links[t].near_lin;
		b[t - 1] += links[t].far_lin;
		evidence += 0.5 * log(q[t]);
	}
	for (size_t i = 0; i < PLACES; i++) {            /* elimination: pivots give the determinant */
		evidence += b[i] * b[i] / (2 * m[i][i]) - 0.5 * log(m[i][i]);
		for (size_t r = i + 1; r < PLACES; r++) {
			const double f = m[r][i] / m[i][i];

			for (size_t c = i; c < PLACES; c++)
				m[r][c] -= f * m[i][c];
			b[r] -= f * b[i];
		}
	}
	for (size_t i = PLACES; i-- > 0;) {
		mean[i] = b[i];
		for (size_t c = i + 1; c < PLACES; c++)
			mean[i] -= m[i][c] * mean[c];
		mean[i] /= m[i][i];
	}
	return evidence;
}

static void kinds_and_paths_are_drawn_as_often_as_they_are_likely(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	double chance[KINDS * KINDS], mean[PLACES] = {0}, total = 0, x[PLACES], sum[PLACES] = {0}, count[KINDS * KINDS] = {0};
	unsigned char kind[PLACES] = {0};
	struct rng rng;

	(void)state;
	for (size_t k = 0; k < KINDS * KINDS; k++) {
		const double q[PLACES] = {0, precisions[k / KINDS], precisions[k % KINDS]};
		double part[PLACES];

		chance[k] = shares[k / KINDS] * shares[k % KINDS] * exp(dense(q, part));
		total += chance[k];
		for (size_t t = 0; t < PLACES; t++)
			mean[t] += chance[k] * part[t];
	}
	rng_seed(&rng, 81);
	for (size_t n = 0; n < DRAWS; n++) {
		arena_reset(&arena);
		path_draw(&rng, links, PLACES, &steps, kind, x, &arena);
		count[kind[1] * KINDS + kind[2]]++;
		for (size_t t = 0; t < PLACES; t++)
			sum[t] += x[t];
	}
	for (size_t k = 0; k < KINDS * KINDS; k++)
		assert_near(count[k] / DRAWS, chance[k] / total, 0.01);
	for (size_t t = 0; t < PLACES; t++)
		assert_near(sum[t] / DRAWS, mean[t] / total, 0.02);
}

static void a_path_of_one_place_is_a_normal_draw(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	double sum = 0, square = 0, x;
	unsigned char kind = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 82);
	for (size_t n = 0; n < DRAWS; n++) {
		path_draw(&rng, links, 1, &steps, &kind, &x, &arena);
		sum += x;
		square += x * x;
		arena_reset(&arena);
	}
	assert_near(sum / DRAWS, 0.4 / 1.3, 0.02);
	assert_near(square / DRAWS - sum / DRAWS * (sum / DRAWS), 1 / 1.3, 0.02);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds_and_paths_are_drawn_as_often_as_they_are_likely),
		cmocka_unit_test(a_path_of_one_place_is_a_normal_draw),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
