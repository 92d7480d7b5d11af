/* SPDX-License-Identifier: GPL-3.0-or-later */
/* detector_features.c - a look at a country, and the world that year, in numbers. */
#include <math.h>
#include <string.h>

#include "measure/detector.h"

#define DRAWS 60

/* ---- the sequence under way ---- */

/* Regimes confirmed by elections are not asked for: in the last year nobody knows them. */
bool look_run(const struct look *look, const struct episode_rule *rule, int direction, struct ert_span *ret)
{
	static const struct ert_regime steady[DETECTOR_WINDOW];
	const struct ert_input in = {.n = look->n, .v = look->v, .regime = look->regime};
	struct ert_span span;
	bool found = false;
	size_t at = 0;

	while (ert_candidate(&in, steady, rule, direction, &at, &span) == 1) {
		found = span.last == look->n - 1;
		*ret = span;
	}
	return found;
}

size_t look_stasis(const struct look *look, const struct episode_rule *rule, int direction, const struct ert_span *run)
{
	size_t i = run->last;

	for (; i > run->first; i--) {
		double d = look->v[i] - look->v[i - 1];

		if (direction > 0 ? d >= rule->start_incl : d <= -rule->start_incl)
			break;
	}
	return run->last - i;
}

static double run_size(const struct look *look, const struct ert_span *run)
{
	double least = NAN, most = NAN;

	for (size_t i = run->first; i <= run->last; i++) {
		least = fmin(least, look->v[i]);
		most = fmax(most, look->v[i]);
	}
	return most - least;
}

static void add_run(const struct look *look, const struct episode_rule *rule, int direction, double *sums)
{
	struct ert_span run;
	double size;
	size_t stasis;

	if (!look_run(look, rule, direction, &run))
		return;
	size = run_size(look, &run);
	stasis = look_stasis(look, rule, direction, &run);
	sums[RUN_MANIFEST] += size >= rule->cum_incl;
	sums[RUN_OPEN]++;
	sums[RUN_FRESH] += stasis == 0;
	sums[RUN_HALF] += size >= rule->cum_incl / 2;
	sums[RUN_SIZE] += fmin(size, 2 * rule->cum_incl);
	sums[RUN_STASIS] += (double)stasis;
}

static double log_odds(double p)
{
	return log((p + 0.02) / (1.02 - p));
}

/* From sums over the draws to features. */
static void finish_run(const struct episode_rule *rule, double *x)
{
	const double open = x[RUN_OPEN], size = x[RUN_SIZE] / DRAWS / rule->cum_incl;

	x[RUN_STASIS] = open > 0 ? x[RUN_STASIS] / open : 0;
	x[RUN_SIZE] = size;
	x[RUN_ROOT] = sqrt(size);
	for (size_t i = RUN_MANIFEST; i <= RUN_HALF; i++)
		x[i] = log_odds(x[i] / DRAWS);
}

static void run_features(const struct look *look, const struct episode_rule *rule, struct rng *rng, double *x)
{
	struct look drawn;

	memset(x, 0, 2 * RUN_PARTS * sizeof *x);
	for (int draw = 0; draw < DRAWS; draw++) {
		look_revise(look, rng, &drawn);
		add_run(&drawn, rule, -1, x + CLOSING_RUN);
		add_run(&drawn, rule, 1, x + OPENING_RUN);
	}
	finish_run(rule, x + CLOSING_RUN);
	finish_run(rule, x + OPENING_RUN);
}

/* ---- changes ---- */

/* The change over `years`; 0 where that is not known. */
static double change(const struct look *look, size_t years)
{
	double d;

	if (years >= look->n)
		return 0;
	d = look->v[look->n - 1] - look->v[look->n - 1 - years];
	return isnan(d) ? 0 : d;
}

static void change_features(const struct look *look, double *x)
{
	static const size_t years[] = {1, 2, 3, 5, 10};

	for (size_t i = 0; i < LENGTH(years); i++) {
		double d = change(look, years[i]);

		x[CHANGE_1 + i] = tanh(d * 10);
		if (years[i] <= 5)
			x[SCALED_1 + i] = tanh(d / look->sd[look->n - 1] / 2);
	}
}

/* How far below the highest and above the lowest value of the last `years`, and since when. */
static void range_features(const struct look *look, size_t years, double *below, double *above, double *since_high,
			   double *since_low)
{
	const double now = look->v[look->n - 1];
	double most = now, least = now;

	*since_high = *since_low = 0;
	for (size_t k = 1; k <= years && k < look->n; k++) {
		double v = look->v[look->n - 1 - k];

		if (v > most) {
			most = v;
			*since_high = (double)k;
		}
		if (v < least) {
			least = v;
			*since_low = (double)k;
		}
	}
	*below = sqrt(most - now);
	*above = sqrt(now - least);
}

static double volatility(const struct look *look)
{
	double squares = 0, n = 0;

	for (size_t k = 0; k < 10 && k + 1 < look->n; k++) {
		double d = look->v[look->n - 1 - k] - look->v[look->n - 2 - k];

		if (isnan(d))
			continue;
		squares += d * d;
		n++;
	}
	return sqrt(squares / n);
}

void look_features(const struct look *look, const struct world *world, const struct episode_rule *rule,
		   struct rng *rng, double x[FEATURES])
{
	const double now = look->v[look->n - 1];
	const int regime = look->regime[look->n - 1];

	run_features(look, rule, rng, x);
	change_features(look, x);
	range_features(look, 5, &x[BELOW_5], &x[ABOVE_5], &x[SINCE_HIGH], &x[SINCE_LOW]);
	range_features(look, 10, &x[BELOW_10], &x[ABOVE_10], &x[SINCE_HIGH], &x[SINCE_LOW]);
	x[LEVEL] = now;
	x[MIDDLE] = (now - 0.5) * (now - 0.5);
	for (int r = 1; r <= 3; r++)
		x[REGIME_1 + r - 1] = regime == r;
	x[WIDTH] = log(look->sd[look->n - 1]);
	x[VOLATILITY] = log(volatility(look) + 0.003);
	x[WORLD_CHANGE_1] = world->change1;
	x[WORLD_CHANGE_3] = world->change3;
	x[WORLD_BALANCE] = world->balance;
	x[WORLD_CLOSING] = world->closing;
	x[WORLD_OPENING] = world->opening;
}
