/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_nowcast.c - the filter against closed forms, and a made monthly world: gains, cover, and none claimed of noise. */
#include "measured.h"

#include <stdlib.h>

#include "measure/nowcast.h"

#define UNITS 30
#define YEARS 16
#define MONTHS (12 * YEARS + 12)   /* a year more than is released */

struct world {
	struct arena arena;
	struct nowcast_panel panel;
	struct nowcast_unit units[UNITS];
	double level[UNITS][MONTHS];
	double y[UNITS][YEARS], sd[UNITS][YEARS];
	double *inputs[UNITS];
};

static double normal(struct rng *rng)
{
	return sqrt(-2 * log(1 - rng_unit(rng))) * cos(2 * M_PI * rng_unit(rng));
}

/* Each unit's level walks; its monthly indicator tells the step with as much noise, or is noise. */
static void world_make(struct world *w, uint64_t seed, bool noise)
{
	double *raw[UNITS];
	struct rng rng;

	memset(w, 0, sizeof *w);
	w->panel = (struct nowcast_panel){w->units, UNITS, 2, 3};
	rng_seed(&rng, seed);
	for (int u = 0; u < UNITS; u++) {
		double level = rng_unit(&rng), step = 0.006 + 0.006 * rng_unit(&rng), sum = 0;

		raw[u] = arena_array(&w->arena, double, MONTHS);

		for (int t = 0; t < MONTHS; t++) {
			double move = normal(&rng);

			w->level[u][t] = level += step * move;
			raw[u][t] = (noise ? 0 : move) + normal(&rng) + 3;
			sum += level;
			if (t % 12 == 11 && t / 12 < YEARS) {
				w->sd[u][t / 12] = 0.01;
				w->y[u][t / 12] = sum / 12 + 0.01 * normal(&rng);
			}
			sum = t % 12 == 11 ? 0 : sum;
		}
		w->units[u] = (struct nowcast_unit){"SRB", 2000, YEARS, MONTHS, w->y[u], w->sd[u], NULL};
		w->inputs[u] = arena_array(&w->arena, double, 2 * MONTHS);
	}
	nowcast_inputs(&w->panel, raw, w->inputs);
}

static void world_free(struct world *w)
{
	arena_free(&w->arena);
	free(w);
}

static void world_freep(struct world **w)
{
	if (*w)
		world_free(*w);
}

struct tried {
	double own, carried, revised, cover;
};

/* Errors against the level from the second release on. */
static struct tried try_world(const struct world *w)
{
	struct nowcast_models models;
	struct nowcast_point now[MONTHS], then[MONTHS];
	struct tried tried = {0};
	double n = 0;

	nowcast_learn(&w->panel, NULL, &models);
	for (int u = 0; u < UNITS; u++) {
		nowcast_run(&w->panel, &models, &w->units[u], now, then, NULL);
		for (int t = 26; t < MONTHS; t++, n++) {
			int released = (t - 3 - 11) / 12;

			tried.own += pow(now[t].value - w->level[u][t], 2);
			tried.revised += pow(then[t].value - w->level[u][t], 2);
			tried.carried += pow(w->y[u][released < YEARS ? released : YEARS - 1] - w->level[u][t], 2);
			tried.cover += now[t].low <= w->level[u][t] && w->level[u][t] <= now[t].high;
		}
	}
	return (struct tried){sqrt(tried.own / n), sqrt(tried.carried / n), sqrt(tried.revised / n), tried.cover / n};
}

static void events_that_tell_lower_the_error_and_the_intervals_cover(void **state)
{
	double cover = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 3; seed++) {
		_cleanup_(world_freep) struct world *w = malloc(sizeof *w);
		struct nowcast_score score;
		struct tried tried;

		world_make(w, seed, false);
		tried = try_world(w);
		assert_true(tried.own < 0.9 * tried.carried);
		assert_true(tried.revised < tried.own);
		cover += tried.cover / 3;
		nowcast_judge(&w->panel, seed, &score);
		assert_true(score.skill);
		assert_true(score.gain_low <= score.gain && score.gain <= score.gain_high);
	}
	assert_true(cover > 0.87 && cover < 0.93);
}

static void events_that_are_noise_are_left_out_and_no_gain_is_claimed(void **state)
{
	(void)state;
	for (uint64_t seed = 11; seed <= 18; seed++) {
		_cleanup_(world_freep) struct world *w = malloc(sizeof *w);
		struct nowcast_score score;
		struct tried tried;

		world_make(w, seed, true);
		nowcast_judge(&w->panel, seed, &score);
		assert_false(score.skill);
		tried = try_world(w);
		assert_true(tried.own < 1.02 * tried.carried);   /* and nothing is lost */
	}
}

/* Without error or steps between, the mean of the year is what was released; after it the interval widens. */
static void a_release_pins_its_year_and_the_months_after_grow_unsure(void **state)
{
	_cleanup_(world_freep) struct world *w = malloc(sizeof *w);
	struct nowcast_models models;
	struct nowcast_point now[MONTHS], then[MONTHS], foretold[YEARS];
	double sum = 0;

	(void)state;
	world_make(w, 4, false);
	for (int u = 0; u < UNITS; u++)
		for (int year = 0; year < YEARS; year++)
			w->sd[u][year] = 1e-6;
	w->panel.inputs = 0;
	nowcast_learn(&w->panel, NULL, &models);
	models.chance[0] = 1;
	models.chance[1] = 0;
	nowcast_run(&w->panel, &models, &w->units[0], now, then, foretold);
	for (int t = 5 * 12; t < 6 * 12; t++)
		sum += then[t].value / 12;
	assert_near(sum, w->y[0][5], 1e-4);
	for (int t = 12 * YEARS + 3; t < MONTHS; t++)
		assert_true(now[t].high - now[t].low > now[t - 1].high - now[t - 1].low);
	assert_true(isnan(foretold[0].value) && !isnan(foretold[1].value));
	assert_true(isnan(now[13].value) && !isnan(now[14].value));   /* the first release comes in March */
}

static void nothing_known_at_the_time_uses_what_came_later(void **state)
{
	_cleanup_(world_freep) struct world *w = malloc(sizeof *w);
	struct nowcast_models models;
	struct nowcast_point before[MONTHS], after[MONTHS];

	(void)state;
	world_make(w, 5, false);
	nowcast_learn(&w->panel, NULL, &models);
	nowcast_run(&w->panel, &models, &w->units[3], before, NULL, NULL);
	w->y[3][10] += 0.5;   /* released in month 134 */
	nowcast_run(&w->panel, &models, &w->units[3], after, NULL, NULL);
	for (int t = 14; t < 134; t++)
		assert_near(after[t].value, before[t].value, 0);
	assert_true(after[134].value > before[134].value + 0.01);
}

static void gaps_short_series_and_series_that_never_move_are_borne(void **state)
{
	_cleanup_(world_freep) struct world *w = malloc(sizeof *w);
	struct nowcast_models models;
	struct nowcast_point now[MONTHS], then[MONTHS];
	struct nowcast_score score;

	(void)state;
	world_make(w, 6, false);
	for (int year = 0; year < YEARS; year++) {
		w->y[0][year] = NAN;                        /* nothing at all */
		w->y[1][year] = year == 4 ? 0.3 : NAN;      /* one release */
		w->y[2][year] = 0.5;                        /* never moves */
		w->y[3][year] = year % 3 ? w->y[3][year] : NAN;
	}
	nowcast_learn(&w->panel, NULL, &models);
	for (int u = 0; u < 4; u++) {
		nowcast_run(&w->panel, &models, &w->units[u], now, then, NULL);
		for (int t = 0; t < MONTHS; t++)
			assert_true(isnan(now[t].value) || (now[t].low <= now[t].value &&
							    now[t].value <= now[t].high));
	}
	nowcast_judge(&w->panel, 1, &score);
	assert_true(score.releases > 300);
	w->panel.n = 2;
	nowcast_learn(&w->panel, NULL, &models);            /* nobody teaches */
	nowcast_run(&w->panel, &models, &w->units[1], now, then, NULL);
	assert_near(now[MONTHS - 1].value, 0.3, 1e-6);
	assert_true(isnan(now[MONTHS - 1].low) && isnan(then[MONTHS -
							1].high));   /* nobody knows how far it may go */
	nowcast_judge(&w->panel, 1, &score);
	assert_int_equal(score.releases, 0);
	assert_false(score.skill);
}

/* ---- in the loop ---- */

static void the_months_after_a_release_are_written_with_what_they_rest_on(void **state)
{
	_cleanup_(made_close) struct made made;
	const struct observation *now;

	(void)state;
	made_open(&made, "2025-04-20");
	for (int u = 0; u < 8; u++)
		for (int year = 2000; year <= 2023; year++)
			made_value(&made, arena_printf(&made.arena, "U%d", u), "v2x_polyarchy",
				   arena_printf(&made.arena, "%d", year),
				   0.5 + 0.01 * u + 0.02 * ((year * (u + 3)) % 5), 0.45, 0.6);
	made_run(&made);
	now = made_find(&made, "U0", "nowcast", "2025-04-01");
	assert_non_null(now);
	assert_true(now->low < now->value && now->value < now->high);
	assert_int_equal(now->r.n_from, 1);
	assert_string_equal(now->r.from[0].role, "release");
	assert_non_null(made_find(&made, "U0", "nowcast", "2024-01-01"));
	assert_null(made_find(&made, "U0", "nowcast", "2023-12-01"));
	assert_null(made_find(&made, "U0", "nowcast", "2025-05-01"));
	assert_true(!(made_find(&made, "U0", "nowcast_gain", "2023-01-01")->low > 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_that_tell_lower_the_error_and_the_intervals_cover),
		cmocka_unit_test(events_that_are_noise_are_left_out_and_no_gain_is_claimed),
		cmocka_unit_test(a_release_pins_its_year_and_the_months_after_grow_unsure),
		cmocka_unit_test(nothing_known_at_the_time_uses_what_came_later),
		cmocka_unit_test(gaps_short_series_and_series_that_never_move_are_borne),
		cmocka_unit_test(the_months_after_a_release_are_written_with_what_they_rest_on),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("nowcast", tests, NULL, NULL);
}
