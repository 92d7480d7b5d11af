/* SPDX-License-Identifier: GPL-3.0-or-later */
/* detector_look.c - countries and the world as they looked in a year: nothing in here reads past it. */
#include <math.h>
#include <string.h>

#include "measure/detector.h"

/*
 * Errors of a release in sd: one that all years share, and steps that shrink by FADE a year with age down to SETTLED. An
 * interval says how far a value may be off; how fast that error changes between years it
 * does not say, and these are settings. The scale of a country's errors varies (heavy tails).
 */
#define SHARED 0.2
#define NEWEST 0.25
#define FADE 0.7
#define SETTLED 0.05
#define LEAST_SD 0.004
#define MOST_SCALE 3.0

bool look_at(const struct ert_input *in, const double *sd, int year, struct look *ret)
{
	const size_t at = (size_t)(year - in->first);
	size_t from;

	if (year <= in->first || at >= in->n || isnan(in->v[at]) || isnan(in->v[at - 1]))
		return false;
	from = at + 1 > DETECTOR_WINDOW ? at + 1 - DETECTOR_WINDOW : 0;
	ret->n = at + 1 - from;
	ret->year = year;
	memcpy(ret->v, in->v + from, ret->n * sizeof *ret->v);
	memcpy(ret->sd, sd + from, ret->n * sizeof *ret->sd);
	memcpy(ret->regime, in->regime + from, ret->n * sizeof *ret->regime);
	for (size_t i = 0; i < ret->n; i++)
		if (isnan(ret->sd[i]) || ret->sd[i] < LEAST_SD)
			ret->sd[i] = LEAST_SD;
	return true;
}

/* Polar method (Marsaglia and Bray 1964). */
static double normal_next(struct rng *rng)
{
	double x, y, s;

	do {
		x = 2 * rng_unit(rng) - 1;
		y = 2 * rng_unit(rng) - 1;
		s = x * x + y * y;
	} while (s >= 1 || s == 0);
	return x * sqrt(-2 * log(s) / s);
}

void look_revise(const struct look *look, struct rng *rng, struct look *ret)
{
	double error = SHARED * normal_next(rng);
	double scale = fmin(sqrt(1 / (0.3 - log1p(-rng_unit(rng)))), MOST_SCALE);

	*ret = *look;
	for (size_t i = 0; i < look->n; i++) {
		error += (SETTLED + NEWEST * pow(FADE, (double)(look->n - 1 - i))) * normal_next(rng);
		if (!isnan(look->v[i]))
			ret->v[i] = round(fmin(fmax(look->v[i] + error * scale * look->sd[i], 0), 1) * 1000) / 1000;
	}
}

/* ---- the world ---- */

struct survey {
	const struct ert_table *table;
	const struct episode_rule *rule;
	struct world *worlds;
};

/* Is `year` in an episode by the data up to it? Coding ends there, and gaps to come are not known. */
static void flag_then(const struct ert_input *in, int year, const struct episode_rule *rule, struct ert_room *room,
		      bool ret[2])
{
	struct ert_gap gaps[16];
	struct ert_input then = *in;

	then.n = (size_t)(year - in->first + 1);
	then.gaps = gaps;
	then.n_gaps = 0;
	for (size_t k = 0; k < in->n_gaps && then.n_gaps < LENGTH(gaps); k++)
		if (in->gaps[k].first <= year)
			gaps[then.n_gaps++] = in->gaps[k];
	if (then.coding_end != ERT_NONE && then.coding_end > year)
		then.coding_end = year;
	ert_run(&then, rule, room);
	ret[0] = room->sides[0][then.n - 1].ep == 1;
	ret[1] = room->sides[1][then.n - 1].ep == 1;
}

static void survey_year(void *data, size_t year)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct survey *survey = data;
	struct world sum = {0};
	struct ert_room room;
	double n = 0;

	if (year < 3)
		return;
	ert_room_make(survey->table, &arena, &room);
	for (size_t c = 0; c < survey->table->n_countries; c++) {
		const struct ert_input in = ert_table_country(survey->table, c, &room);
		double change1 = in.v[year] - in.v[year - 1], change3 = in.v[year] - in.v[year - 3];
		bool flags[2];

		if (isnan(change1) || isnan(change3))
			continue;
		flag_then(&in, in.first + (int)year, survey->rule, &room, flags);
		n++;
		sum.change1 += change1;
		sum.change3 += change3;
		sum.balance += (change1 <= -survey->rule->start_incl) - (change1 >= survey->rule->start_incl);
		sum.opening += flags[0];
		sum.closing += flags[1];
	}
	if (n > 0)
		survey->worlds[year] = (struct world){sum.change1 / n, sum.change3 / n, sum.balance / n,
						      sum.closing / n, sum.opening / n};
}

void worlds_fill(const struct ert_table *table, const struct episode_rule *rule, int threads, struct world *worlds)
{
	struct survey survey = {table, rule, worlds};

	jobs_run(survey_year, &survey, table->n_years, threads);
}
