/* SPDX-License-Identifier: GPL-3.0-or-later */
/* skill.c - skill is only what is left after resampling countries. */
#include <math.h>

#include "foresee/skill.h"

#define DRAWS 500
#define LEAST_COUNTRIES 5

static double square(double x)
{
	return x * x;
}

static void say(struct skill_said *ret, size_t countries)
{
	static const char *const rivals[] = {"the base rate", "the country's own rate"};
	bool better = true;

	if (ret->n == 0 || countries < LEAST_COUNTRIES) {
		snprintf(ret->words, sizeof ret->words, "no skill shown: %zu resolved forecasts of %zu countries",
			 ret->n, countries);
		return;
	}
	for (int k = 0; k < 2; k++)
		better &= ret->reach[k].low > 0;
	snprintf(ret->words, sizeof ret->words,
		 "%s: Brier gain over %s %.4f (90 %% interval %.4f to %.4f), over %s %.4f (%.4f to %.4f), %zu resolved forecasts",
		 better ? "better than both rates" : "no skill shown", rivals[0], ret->gain[0], ret->reach[0].low,
		 ret->reach[0].high, rivals[1], ret->gain[1], ret->reach[1].low, ret->reach[1].high, ret->n);
}

void skill_learn(const struct outlook *outlook, int direction, struct skill_said *ret)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct said *past = &outlook->past;
	size_t units = outlook->cases.history->n_units, countries = 0;
	double *gain[2], *size = arena_array(&arena, double, units + 1);

	*ret = (struct skill_said){.brier = NAN, .gain = {NAN, NAN}};
	for (int k = 0; k < 2; k++)
		gain[k] = arena_array(&arena, double, units + 1);
	for (size_t i = 0; i < past->n; i++) {
		const struct case_key *key = &outlook->cases.key[past->row[i]];
		double y = outlook->cases.y[past->row[i]], own = square(past->p[i] - y);

		if (direction && key->direction != direction)
			continue;
		ret->brier = (ret->n ? ret->brier : 0) + own;
		gain[0][key->unit] += square(past->base_rate[i] - y) - own;
		gain[1][key->unit] += square(past->country_rate[i] - y) - own;
		countries += size[key->unit]++ == 0;
		ret->events += y > 0;
		ret->n++;
	}
	ret->brier /= (double)ret->n;
	for (int k = 0; k < 2; k++) {
		double sum = 0;

		for (size_t u = 0; u < units; u++)
			sum += gain[k][u];
		ret->gain[k] = ret->n ? sum / (double)ret->n : NAN;
		ret->reach[k] = bootstrap_ratio(gain[k], size, units, DRAWS, outlook->seed, .9);
	}
	say(ret, countries);
}
