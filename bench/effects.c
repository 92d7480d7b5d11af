/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * effects.c - [WORLDS [STEP]]: how often effects are found that were planted, and claimed that were not.
 *
 * A world has 60 units over 30 years: a level of each, two common factors with loadings of each unit's
 * own, and an AR(1) of .7 with steps of STEP (default .035). 1 to 10 units are treated from years 12 to 25 on, at
 * random, by 0, .05 or .10 for good. Four kinds of worlds: as said; units restless to different degrees;
 * steps with heavy tails; the factors absent. Of the pooled row: intervals that hold the truth, claims, claims of the right
 * sign; of the rows by year and by unit: intervals that hold the truth; of all rows: worlds in which any claims an effect.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tocsin/learn.h>
#include <tocsin/stats.h>

#define UNITS 60
#define YEARS 30
#define WARM_UP 30
#define PERSISTENCE 0.7

enum world { PLAIN, UNEVEN, HEAVY, UNSHARED, N_WORLDS };
static const char *const world_names[N_WORLDS] = {"as said", "uneven steps", "heavy tails", "no factors"};

static double step_draw(struct rng *rng, enum world world)
{
	/* Student's t with 3 degrees of freedom, of variance 1 */
	if (world == HEAVY)
		return normal_draw(rng) / sqrt(2 * gamma_draw(rng, 1.5) / 3) / sqrt(3);
	return normal_draw(rng);
}

static void series_draw(struct rng *rng, double step, enum world world, double *ret)
{
	double at = 0;

	for (int t = -WARM_UP; t < YEARS; t++) {
		at = PERSISTENCE * at + step * step_draw(rng, world);
		if (t >= 0)
			ret[t] = at;
	}
}

static void world_draw(struct rng *rng, enum world world, double step, double *y)
{
	double factors[2][YEARS], own[YEARS];

	for (int f = 0; f < 2; f++)
		series_draw(rng, world == UNSHARED ? 0 : step, PLAIN, factors[f]);
	for (size_t i = 0; i < UNITS; i++) {
		const double level = 0.2 + 0.6 * rng_unit(rng), one = 1 + 0.5 * normal_draw(rng), two = normal_draw(rng);
		const double size = world == UNEVEN ? step * exp(0.7 * normal_draw(rng)) : step;

		series_draw(rng, size, world, own);
		for (size_t t = 0; t < YEARS; t++)
			y[i * YEARS + t] = level + one * factors[0][t] + two * factors[1][t] + own[t];
	}
}

static void treat(struct rng *rng, size_t n, double effect, double *y, struct effect_start *starts)
{
	bool is_treated[UNITS] = {false};

	for (size_t k = 0; k < n; k++) {
		size_t unit, year = 12 + rng_below(rng, 14);

		do
			unit = rng_below(rng, UNITS);
		while (is_treated[unit]);
		is_treated[unit] = true;
		starts[k] = (struct effect_start){unit, year, 0};
		for (size_t t = year; t < YEARS; t++)
			y[unit * YEARS + t] += effect;
	}
}

struct tally {
	size_t worlds, held, claims, right, synthetic;
	size_t rows, rows_held, any;     /* of the rows by year and by unit; worlds in which any row claims */
	double width;
};

static void run_world(uint64_t seed, enum world world, double step, size_t n, double effect, struct tally *tally)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct effect_setup setup = {.horizon = 5, .most_before = 20, .draws = 999, .level = 0.95, .seed = seed};
	double y[UNITS * YEARS];
	struct effect_panel panel = {UNITS, YEARS, y};
	struct effect_start starts[UNITS];
	struct effect *rows;
	size_t n_rows;
	bool claim = false;
	struct err err;
	struct rng rng;

	rng_seed(&rng, seed);
	world_draw(&rng, world, step, y);
	treat(&rng, n, effect, y, starts);
	if (effects_estimate(&panel, starts, n, 1, &setup, &arena, &rows, &n_rows, &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		exit(1);
	}
	for (size_t i = 1; i < n_rows; i++) {
		claim |= rows[i].verdict != EFFECT_UNKNOWN;
		tally->rows++;
		tally->rows_held += rows[i].low <= effect && effect <= rows[i].high;
	}
	tally->worlds++;
	tally->any += claim || rows->verdict != EFFECT_UNKNOWN;
	tally->held += rows->low <= effect && effect <= rows->high;
	tally->claims += rows->verdict != EFFECT_UNKNOWN;
	tally->right += rows->verdict == EFFECT_RISE;
	tally->synthetic += rows->method == EFFECT_SYNTHETIC;
	tally->width += (rows->high - rows->low) / 2;
}

static void print_tally(const char *world, const char *treated, const char *effect, const struct tally *tally)
{
	const double n = (double)tally->worlds;

	printf("%s,%s,%s,%zu,%.3f,%.3f,%.3f,%.3f,%.2f,%.3f,%.3f\n", world, treated, effect, tally->worlds, (double)tally->held / n,
	       (double)tally->claims / n, (double)tally->right / n, tally->width / n, (double)tally->synthetic / n,
	       (double)tally->rows_held / (double)tally->rows, (double)tally->any / n);
	fflush(stdout);
}

static void add_tally(struct tally *sum, const struct tally *tally)
{
	sum->worlds += tally->worlds;
	sum->held += tally->held;
	sum->claims += tally->claims;
	sum->right += tally->right;
	sum->synthetic += tally->synthetic;
	sum->rows += tally->rows;
	sum->rows_held += tally->rows_held;
	sum->any += tally->any;
	sum->width += tally->width;
}

int main(int argc, char **argv)
{
	static const size_t treated[] = {1, 2, 3, 5, 10};
	static const double effects[] = {0, 0.05, 0.10};
	const size_t worlds = argc > 1 ? (size_t)atol(argv[1]) : 300;
	const double step = argc > 2 ? atof(argv[2]) : 0.035;

	printf("world,treated,effect,worlds,coverage,claimed,right,half_width,synthetic,rows_coverage,any_claimed\n");
	for (enum world world = 0; world < N_WORLDS; world++) {
		struct tally all = {0}, none = {0};

		for (size_t cell = 0; cell < LENGTH(treated) * LENGTH(effects); cell++) {
			const size_t k = cell / LENGTH(effects), e = cell % LENGTH(effects);
			char number[2][32];
			struct tally tally = {0};

			if (world != PLAIN && (k % 2 == 1 || e == 1))
				continue;   /* the other worlds: 1, 3 and 10 treated, no effect and .10 */
			for (size_t w = 0; w < worlds; w++)
				run_world(1 + w + 100000 * (k + 10 * e + 100 * world), world, step, treated[k],
					  effects[e], &tally);
			snprintf(number[0], sizeof number[0], "%zu", treated[k]);
			snprintf(number[1], sizeof number[1], "%.2f", effects[e]);
			print_tally(world_names[world], number[0], number[1], &tally);
			add_tally(&all, &tally);
			if (e == 0)
				add_tally(&none, &tally);
		}
		print_tally(world_names[world], "all", "0.00", &none);
		print_tally(world_names[world], "all", "all", &all);
	}
	fprintf(stderr, "%.1f s of processor time\n", (double)clock() / CLOCKS_PER_SEC);
	return 0;
}
