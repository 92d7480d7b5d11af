/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * drift_panel.h - made panels with known chances: rightly forecast until, at one origin, the odds step.
 *
 * A country has a level, a question another, a row its own features, all of which the forecaster knows. A year
 * is good or bad for everybody and for each country; that nobody knows, and the forecaster's chance is the
 * mean over it. An outcome spans two years, so those of neighbouring origins share one.
 */
#ifndef TESTS_STATS_DRIFT_PANEL_H
#define TESTS_STATS_DRIFT_PANEL_H

#include <math.h>

#include <tocsin/stats.h>

struct drift_plan {
	size_t countries, questions, origins;
	int64_t step_at;             /* origin from which the odds are multiplied */
	double odds;                 /* 1: no step */
	double shock;                /* standard deviation of an origin's common shock, in log-odds */
	uint64_t seed;
};

#define PANEL_LEVEL (-2.55)     /* a base rate of about .12 */
#define PANEL_COUNTRY 0.8
#define PANEL_QUESTION 0.3
#define PANEL_FEATURES 0.6
#define PANEL_COUNTRY_YEAR 0.4

static inline double panel_logistic(double t)
{
	return 1 / (1 + exp(-t));
}

/* Mean of the logistic function under N(at, spread^2), by five points of Gauss and Hermite. */
static inline double panel_mean_chance(double at, double spread)
{
	static const double node[] = {0, 1.355626179974266, 2.856970013872806};
	static const double weight[] = {0.533333333333333, 0.222075922005613, 0.011257411327721};
	double sum = weight[0] * panel_logistic(at);

	for (int i = 1; i < 3; i++)
		sum += weight[i] * (panel_logistic(at + spread * node[i]) + panel_logistic(at - spread * node[i]));
	return sum;
}

static inline double *panel_normals(struct arena *arena, struct rng *rng, size_t n, double spread)
{
	double *v = arena_array(arena, double, n + 1);

	for (size_t i = 0; i < n; i++)
		v[i] = spread * normal_draw(rng);
	return v;
}

/* Rows of all origins, in order, the country as cluster. */
static inline size_t drift_panel(const struct drift_plan *plan, struct arena *arena, struct drift_row **ret)
{
	const size_t years = plan->origins + 2, pairs = plan->countries * plan->questions;
	struct drift_row *rows = arena_array(arena, struct drift_row, plan->origins * pairs);
	struct rng rng;
	double *country, *question, *year, *country_year, *luck;
	const double unknown = hypot(plan->shock, PANEL_COUNTRY_YEAR);
	size_t n = 0;

	rng_seed(&rng, plan->seed);
	country = panel_normals(arena, &rng, plan->countries, PANEL_COUNTRY);
	question = panel_normals(arena, &rng, plan->questions, PANEL_QUESTION);
	year = panel_normals(arena, &rng, years, plan->shock * M_SQRT1_2);
	country_year = panel_normals(arena, &rng, years * plan->countries, PANEL_COUNTRY_YEAR * M_SQRT1_2);
	luck = arena_array(arena, double, years * pairs);
	for (size_t i = 0; i < years * pairs; i++)
		luck[i] = rng_unit(&rng);
	for (size_t t = 0; t < plan->origins; t++)
		for (size_t i = 0; i < plan->countries; i++)
			for (size_t q = 0; q < plan->questions; q++) {
				const double known = PANEL_LEVEL + country[i] + question[q] + PANEL_FEATURES * normal_draw(&rng);
				const double *here = &country_year[i * years], *lot = &luck[(i * plan->questions + q) * years];
				double odds = known + year[t] + year[t + 1] + here[t] + here[t + 1];
				double each;

				odds += (int64_t)t >= plan->step_at ? log(plan->odds) : 0;
				each = 1 - sqrt(1 - panel_logistic(odds));   /* of either year */
				rows[n++] = (struct drift_row){(int64_t)t, i, panel_mean_chance(known, unknown),
							       lot[t] < each || lot[t + 1] < each};
			}
	*ret = rows;
	return n;
}

#endif
