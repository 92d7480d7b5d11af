/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * calibration.c - maps from a raw chance to one that came true as often as it says.
 *
 * Beta calibration (Kull, Silva Filho and Flach 2017) is a logistic regression on ln p and
 * -ln(1 - p). Its likelihood is concave, so that of the four ways to hold a slope at nought the
 * one that is allowed and fits best is the fit. Isotonic regression pools adjacent violators
 * (Ayer and others 1955; Zadrozny and Elkan 2002).
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include <tocsin/stats.h>

#define MAX_STEPS 60
#define HALVINGS 40
#define CLOSE_ENOUGH 1e-12    /* change of a parameter, against 1 + its size */

enum { SLOPE_LOW, SLOPE_HIGH, SHIFT, N_PARTS };

struct fit {
	const double *p, *weights;
	const unsigned char *y;
	size_t n;
	double prior[N_PARTS], ridge[N_PARTS];
};

static void terms_of(double p, double out[N_PARTS])
{
	const double held = fmin(fmax(p, CHANCE_EDGE), 1 - CHANCE_EDGE);

	out[SLOPE_LOW] = log(held);
	out[SLOPE_HIGH] = -log1p(-held);
	out[SHIFT] = 1;
}

static double log_odds(const double at[N_PARTS], const double terms[N_PARTS])
{
	return at[SLOPE_LOW] * terms[SLOPE_LOW] + at[SLOPE_HIGH] * terms[SLOPE_HIGH] + at[SHIFT];
}

static double chance_of(double odds)
{
	return odds >= 0 ? 1 / (1 + exp(-odds)) : exp(odds) / (1 + exp(odds));
}

/* ln(1 + exp(t)) without overflow. */
static double softplus(double t)
{
	return t > 0 ? t + log1p(exp(-t)) : log1p(exp(t));
}

/* The loss that is made small: minus the log likelihood, plus the ridge. */
static double loss_at(const struct fit *fit, const double at[N_PARTS])
{
	double loss = 0;

	for (size_t i = 0; i < fit->n; i++) {
		double terms[N_PARTS], odds;

		terms_of(fit->p[i], terms);
		odds = log_odds(at, terms);
		loss += (fit->weights ? fit->weights[i] : 1) * (softplus(odds) - fit->y[i] * odds);
	}
	for (size_t k = 0; k < N_PARTS; k++)
		loss += fit->ridge[k] / 2 * (at[k] - fit->prior[k]) * (at[k] - fit->prior[k]);
	return loss;
}

/* Newton's step over the parts that are free; false when there is none. */
static bool step_of(const struct fit *fit, const double at[N_PARTS], const bool held[N_PARTS], double step[N_PARTS])
{
	double slope[N_PARTS] = {0}, curve[N_PARTS * N_PARTS] = {0};

	for (size_t i = 0; i < fit->n; i++) {
		double terms[N_PARTS], w = fit->weights ? fit->weights[i] : 1, chance;

		terms_of(fit->p[i], terms);
		chance = chance_of(log_odds(at, terms));
		for (size_t k = 0; k < N_PARTS; k++) {
			slope[k] += w * (fit->y[i] - chance) * terms[k];
			for (size_t l = 0; l <= k; l++)
				curve[k * N_PARTS + l] += w * chance * (1 - chance) * terms[k] * terms[l];
		}
	}
	for (size_t k = 0; k < N_PARTS; k++) {
		slope[k] -= fit->ridge[k] * (at[k] - fit->prior[k]);
		curve[k * N_PARTS + k] += fit->ridge[k];
	}
	for (size_t k = 0; k < N_PARTS; k++)
		for (size_t l = 0; l <= k; l++)
			if (held[k] || held[l])
				curve[k * N_PARTS + l] = k == l;
	for (size_t k = 0; k < N_PARTS; k++)
		step[k] = held[k] ? 0 : slope[k];
	return symmetric_solve(curve, step, N_PARTS);
}

static double fit_free(const struct fit *fit, const bool held[N_PARTS], double at[N_PARTS])
{
	double loss;

	for (size_t k = 0; k < N_PARTS; k++)
		at[k] = held[k] ? 0 : fit->prior[k];
	loss = loss_at(fit, at);
	for (int i = 0; i < MAX_STEPS; i++) {
		double step[N_PARTS], next[N_PARTS], reach = 1, there = INFINITY, moved = 0;

		if (!step_of(fit, at, held, step))
			break;
		for (int half = 0; half < HALVINGS; half++, reach /= 2) {
			for (size_t k = 0; k < N_PARTS; k++)
				next[k] = at[k] + reach * step[k];
			if ((there = loss_at(fit, next)) <= loss)
				break;
		}
		if (!(there <= loss))
			break;
		for (size_t k = 0; k < N_PARTS; k++) {
			moved = fmax(moved, fabs(next[k] - at[k]) / (1 + fabs(next[k])));
			at[k] = next[k];
		}
		loss = there;
		if (moved < CLOSE_ENOUGH)
			break;
	}
	return loss;
}

struct beta_map beta_map_fit(const double *p, const unsigned char *y, const double *weights, size_t n,
			     const struct beta_map *prior, double slope_ridge, double shift_ridge)
{
	const struct beta_map to = prior ? *prior : BETA_IDENTITY;
	const struct fit fit = {p, weights, y, n, {to.a, to.b, to.c}, {slope_ridge, slope_ridge, shift_ridge}};
	struct beta_map best = to;
	double least = INFINITY;

	assert(slope_ridge > 0 && shift_ridge > 0 && to.a >= 0 && to.b >= 0);
	for (int hold = 0; hold < 4; hold++) {
		const bool held[N_PARTS] = {hold & 1, hold & 2, false};
		double at[N_PARTS], loss;

		loss = fit_free(&fit, held, at);
		if (at[SLOPE_LOW] < 0 || at[SLOPE_HIGH] < 0 || !(loss < least))
			continue;
		least = loss;
		best = (struct beta_map){at[SLOPE_LOW], at[SLOPE_HIGH], at[SHIFT]};
		if (hold == 0)
			break;   /* no bound is touched: nothing can be better */
	}
	return best;
}

double beta_map_apply(const struct beta_map *map, double p)
{
	const double at[N_PARTS] = {map->a, map->b, map->c};
	double terms[N_PARTS];

	if (isnan(p) || (map->a == 1 && map->b == 1 && map->c == 0))
		return p;
	terms_of(p, terms);
	return chance_of(log_odds(at, terms));
}

/* ---- isotonic ---- */

struct told {
	double p, y, weight;
};

static int by_chance(const void *a, const void *b)
{
	const struct told *x = a, *y = b;

	return (x->p > y->p) - (x->p < y->p);
}

/* Rows of one chance are one block before anything is compared. */
static size_t blocks_begin(const struct told *rows, size_t n, struct isotonic_block *blocks)
{
	size_t made = 0;

	for (size_t i = 0; i < n; i++) {
		struct isotonic_block *last = made ? &blocks[made - 1] : NULL;

		if (!last || last->low != rows[i].p) {
			blocks[made++] = (struct isotonic_block){rows[i].p, rows[i].p, rows[i].y, rows[i].weight};
			continue;
		}
		last->value += (rows[i].y - last->value) * rows[i].weight / (last->weight + rows[i].weight);
		last->weight += rows[i].weight;
	}
	return made;
}

static size_t blocks_pool(struct isotonic_block *blocks, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		blocks[kept++] = blocks[i];
		while (kept > 1 && blocks[kept - 2].value >= blocks[kept - 1].value) {
			struct isotonic_block *into = &blocks[kept - 2], *from = &blocks[kept - 1];

			into->value += (from->value - into->value) * from->weight / (into->weight + from->weight);
			into->weight += from->weight;
			into->high = from->high;
			kept--;
		}
	}
	return kept;
}

void isotonic_fit(const double *p, const unsigned char *y, const double *weights, size_t n, struct arena *arena,
		  struct isotonic_map *ret)
{
	_cleanup_(arena_free) struct arena room = {0};
	struct told *rows = arena_array(&room, struct told, n + 1);
	struct isotonic_map map = {.blocks = arena_array(arena, struct isotonic_block, n + 1)};
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!weights || weights[i] > 0)
			rows[kept++] = (struct told){p[i], y[i], weights ? weights[i] : 1};
	if (kept)
		qsort(rows, kept, sizeof *rows, by_chance);
	map.n = blocks_pool(map.blocks, blocks_begin(rows, kept, map.blocks));
	*ret = map;
}

double isotonic_apply(const struct isotonic_map *map, double p)
{
	const struct isotonic_block *low, *high;
	size_t first = 0, past = map->n;

	if (map->n == 0 || isnan(p))
		return p;
	while (first < past) {   /* the first block that ends at p or above */
		size_t middle = first + (past - first) / 2;

		if (map->blocks[middle].high < p)
			first = middle + 1;
		else
			past = middle;
	}
	if (first == map->n)
		return map->blocks[map->n - 1].value;
	high = &map->blocks[first];
	if (first == 0 || p >= high->low)
		return high->value;
	low = high - 1;
	return low->value + (high->value - low->value) * (p - low->high) / (high->low - low->high);
}
