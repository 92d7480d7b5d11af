/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decision.c - acts counted, and their value with countries resampled. */
#include <assert.h>
#include <math.h>

#include "foresee/decision.h"

#define DRAWS 1000
#define LEVEL 0.9
#define YEAR_MONTHS 12

/* What a country adds. */
struct account {
	double n, events, alerts, hits;
};

static double account_value(const struct account *sum, double cost)
{
	double base, spent;

	if (sum->events == 0 || sum->events == sum->n)
		return NAN;
	base = sum->events / sum->n;
	spent = (cost * sum->alerts + sum->events - sum->hits) / sum->n;   /* misses cost the loss, 1 */
	return (fmin(cost, base) - spent) / (fmin(cost, base) - cost * base);
}

static void account_add(struct account *to, const struct account *from)
{
	to->n += from->n;
	to->events += from->events;
	to->alerts += from->alerts;
	to->hits += from->hits;
}

static struct interval value_reach(const struct account *accounts, size_t n_units, double cost, uint64_t seed)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct account **there = arena_array(&arena, const struct account *, n_units + 1);
	double *drawn = arena_array(&arena, double, DRAWS);
	size_t n = 0, kept = 0;
	struct rng rng;

	for (size_t u = 0; u < n_units; u++)
		if (accounts[u].n > 0)
			there[n++] = &accounts[u];
	rng_seed(&rng, seed);
	for (size_t d = 0; d < DRAWS && n > 1; d++) {
		struct account sum = {0};

		for (size_t k = 0; k < n; k++)
			account_add(&sum, there[rng_below(&rng, n)]);
		drawn[kept] = account_value(&sum, cost);
		kept += !isnan(drawn[kept]);
	}
	sort_numbers(drawn, kept);
	return (struct interval){quantile_sorted(drawn, kept, (1 - LEVEL) / 2), quantile_sorted(drawn, kept, (1 + LEVEL) / 2)};
}

/* All alike leaves resampling no doubt: the interval is never shorter than that of so many independent alerts. */
static struct interval hit_reach(const struct account *accounts, size_t n_units, const struct decision *of, uint64_t seed)
{
	_cleanup_(arena_free) struct arena arena = {0};
	double *hits = arena_array(&arena, double, n_units + 1), *alerts = arena_array(&arena, double, n_units + 1);
	struct interval few, reach = {NAN, NAN};

	if (of->alerts == 0)
		return reach;
	for (size_t u = 0; u < n_units; u++) {
		hits[u] = accounts[u].hits;
		alerts[u] = accounts[u].alerts;
	}
	reach = bootstrap_ratio(hits, alerts, n_units, DRAWS, seed, LEVEL);
	few = beta_interval((double)of->hits + .5, (double)of->false_alarms + .5, LEVEL);
	return (struct interval){fmin(fmin(isnan(reach.low) ? 1 : reach.low, few.low), of->hit_rate),
				 fmax(fmax(isnan(reach.high) ? 0 : reach.high, few.high), of->hit_rate)};
}

static size_t count_origins(const struct decision_row *rows, size_t n, struct arena *arena)
{
	int64_t *seen = arena_array(arena, int64_t, n + 1);
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = 0;

		while (k < count && seen[k] != rows[i].origin)
			k++;
		if (k == count)
			seen[count++] = rows[i].origin;
	}
	return count;
}

void decision_make(const struct decision_row *rows, size_t n, size_t n_units, double cost_loss, uint64_t seed,
		   struct decision *ret)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct account *accounts = arena_array(&arena, struct account, n_units + 1), all = {0};
	struct decision made = {.cost_loss = cost_loss, .n = n, .origins = count_origins(rows, n, &arena)};
	double months = 0;

	assert(cost_loss > 0 && cost_loss < 1);
	for (size_t i = 0; i < n; i++) {
		bool alert = rows[i].p >= cost_loss, hit = alert && rows[i].y;

		account_add(&accounts[rows[i].unit], &(struct account){1, rows[i].y, alert, hit});
		made.events += rows[i].y;
		made.alerts += alert;
		made.hits += hit;
		months += hit ? YEAR_MONTHS * rows[i].years : 0;
	}
	for (size_t u = 0; u < n_units; u++)
		account_add(&all, &accounts[u]);
	made.misses = made.events - made.hits;
	made.false_alarms = made.alerts - made.hits;
	made.alerts_a_year = made.origins ? (double)made.alerts / (double)made.origins : NAN;
	made.hit_rate = made.alerts ? (double)made.hits / (double)made.alerts : NAN;
	made.lead_months = made.hits ? months / (double)made.hits : NAN;
	made.hit_reach = hit_reach(accounts, n_units, &made, seed);
	made.value = account_value(&all, cost_loss);
	made.value_reach = isnan(made.value) ? (struct interval){NAN, NAN} : value_reach(accounts, n_units, cost_loss, seed);
	*ret = made;
}
