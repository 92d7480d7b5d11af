/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stack.c - the learners pooled on the log-odds, then each question moved against the others.
 *
 * The weights are not negative, sum to one and minimise the Brier score of the resolved cases as weights of
 * chances, held to equal ones by a ridge: members of like skill are told apart by luck more often than by
 * merit (Smith and Wallis 2009). The map of a question is a beta calibration with both slopes held at .96, and the
 * shifts of a direction sum to nought: what differs between questions lasts; how much opens or closes anywhere,
 * and how steep the curve is, follows in a few years mostly the luck of those years. Drift of a direction is
 * watched and said; its map is not used here, because years that are bad for all countries at once raise the flag too.
 */
#include <math.h>
#include <string.h>

#include "foresee/stack.h"

#define WEIGHT_RIDGE 2000.0   /* resolved cases that equal weights are worth */
#define SHIFT_RIDGE 300.0     /* information that no shift is worth */
#define SLOPE 0.96            /* of every map: what strikes all countries in a year is not foreseen, so chances shout less */
#define EDGE 0.001            /* chances are held within it and 1 minus it */

static double hold(double p)
{
	return p < EDGE ? EDGE : p > 1 - EDGE ? 1 - EDGE : p;
}

static double log_odds_of(double p)
{
	return log(p / (1 - p));
}

/* The members that speak, packed. */
static size_t speaking(const struct outlook *outlook, size_t member[MOST_MEMBERS])
{
	size_t n = 0;

	for (size_t m = 0; m < n_learners; m++)
		if (outlook->speaks[m])
			member[n++] = m;
	return n;
}

/* Least squares under a sum of one among the active members: a bordered system, the sum put in by substitution. */
static bool solve_active(const double *gram, const double *with_y, size_t n, const size_t *active, size_t n_active,
			 double *w)
{
	double a[MOST_MEMBERS * MOST_MEMBERS], b[MOST_MEMBERS], ones[MOST_MEMBERS], copy[MOST_MEMBERS * MOST_MEMBERS];
	double sum = 0, sum_ones = 0;

	for (size_t i = 0; i < n_active; i++) {
		for (size_t k = 0; k < n_active; k++)
			a[i * n_active + k] = gram[active[i] * n + active[k]];
		b[i] = with_y[active[i]];
		ones[i] = 1;
	}
	memcpy(copy, a, sizeof copy);
	if (!symmetric_solve(a, b, n_active) || !symmetric_solve(copy, ones, n_active))
		return false;
	for (size_t i = 0; i < n_active; i++) {
		sum += b[i];
		sum_ones += ones[i];
	}
	for (size_t i = 0; i < n_active; i++)
		w[i] = b[i] + ones[i] * (1 - sum) / sum_ones;
	return true;
}

/* Members whose weight would be negative leave, one by one, the most negative first. */
static void best_weights(const double *gram, const double *with_y, size_t n, double *weight)
{
	size_t active[MOST_MEMBERS], n_active = n;
	double w[MOST_MEMBERS];

	for (size_t i = 0; i < n; i++)
		active[i] = i;
	while (n_active > 1) {
		size_t worst = 0;

		if (!solve_active(gram, with_y, n, active, n_active, w))
			return;
		for (size_t i = 1; i < n_active; i++)
			if (w[i] < w[worst])
				worst = i;
		if (w[worst] >= 0)
			break;
		memmove(&active[worst], &active[worst + 1], (n_active - worst - 1) * sizeof *active);
		n_active--;
	}
	for (size_t i = 0; i < n; i++)
		weight[i] = 0;
	for (size_t i = 0; i < n_active; i++)
		weight[active[i]] = n_active > 1 ? w[i] : 1;
}

/* What the weights are held to: those of earlier rounds, or equal ones. */
static void prior_weights(const struct outlook *outlook, const size_t *member, size_t n, double *prior)
{
	double total = 0;

	for (size_t k = 0; k < n; k++)
		total += outlook->prior[member[k]];
	for (size_t k = 0; k < n; k++)
		prior[k] = total > 0 ? outlook->prior[member[k]] / total : 1 / (double)n;
}

static void learn_weights(struct outlook *outlook)
{
	const struct said *past = &outlook->past;
	size_t member[MOST_MEMBERS], n = speaking(outlook, member);
	double gram[MOST_MEMBERS * MOST_MEMBERS] = {0}, with_y[MOST_MEMBERS] = {0}, weight[MOST_MEMBERS];

	prior_weights(outlook, member, n, weight);
	for (size_t k = 0; k < n; k++) {
		gram[k * n + k] = WEIGHT_RIDGE;
		with_y[k] = WEIGHT_RIDGE * weight[k];
	}
	for (size_t i = 0; i < past->n; i++)
		for (size_t k = 0; k < n; k++) {
			double p = past->member[member[k]][i];

			with_y[k] += p * outlook->cases.y[past->row[i]];
			for (size_t l = 0; l < n; l++)
				gram[k * n + l] += p * past->member[member[l]][i];
		}
	if (outlook->stacked)
		best_weights(gram, with_y, n, weight);
	for (size_t k = 0; k < n; k++)
		outlook->weight[member[k]] = weight[k];
}

static void pool(const struct outlook *outlook, struct said *said)
{
	for (size_t i = 0; i < said->n; i++) {
		double sum = 0;

		for (size_t m = 0; m < n_learners; m++)
			if (outlook->speaks[m])
				sum += outlook->weight[m] * log_odds_of(hold(said->member[m][i]));
		said->raw[i] = hold(1 / (1 + exp(-sum)));
	}
}

static size_t question_of(const struct case_key *key)
{
	return (size_t)key->space * 2 + (key->direction > 0);
}

/* The shift of one question on the log-odds, by Newton's method. */
static double learn_shift(const struct outlook *outlook, size_t question)
{
	const struct said *past = &outlook->past;
	double shift = 0;

	for (int round = 0; round < 20; round++) {
		double score = -SHIFT_RIDGE * shift, information = SHIFT_RIDGE, step;

		for (size_t i = 0; i < past->n; i++) {
			double p;

			if (question_of(&outlook->cases.key[past->row[i]]) != question)
				continue;
			p = 1 / (1 + exp(-(SLOPE * log_odds_of(past->raw[i]) + shift)));
			score += outlook->cases.y[past->row[i]] - p;
			information += p * (1 - p);
		}
		step = score / information;
		shift += step;
		if (fabs(step) < 1e-9)
			break;
	}
	return shift;
}

static void learn_shifts(struct outlook *outlook)
{
	size_t spaces = outlook->cases.n_spaces;

	for (size_t side = 0; side < 2; side++) {
		double sum = 0;

		for (size_t space = 0; space < spaces; space++)
			sum += outlook->shift[2 * space + side] = learn_shift(outlook, 2 * space + side);
		for (size_t space = 0; space < spaces; space++)
			outlook->shift[2 * space + side] -= sum / (double)spaces;
	}
}

/* Resolved cases of one direction, countries as clusters, for the watch. */
static void watch(struct outlook *outlook, int direction, struct arena *arena)
{
	const struct said *past = &outlook->past;
	struct drift_row *rows = arena_array(arena, struct drift_row, past->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < past->n; i++) {
		const struct case_key *key = &outlook->cases.key[past->row[i]];

		if (key->direction == direction)
			rows[n++] = (struct drift_row){key->year, key->unit, past->p[i],
						       outlook->cases.y[past->row[i]] == EVENT_YES};
	}
	drift_watch(rows, n, outlook->cases.history->n_units, 2, &outlook->drift[direction < 0]);
}

static void calibrate(const struct outlook *outlook, struct said *said)
{
	for (size_t i = 0; i < said->n; i++) {
		const struct case_key *key = &outlook->cases.key[said->row[i]];
		const struct beta_map map = {SLOPE, SLOPE, outlook->shift[question_of(key)]};

		said->p[i] = hold(beta_map_apply(&map, said->raw[i]));
	}
}

void stack_learn(struct outlook *outlook)
{
	_cleanup_(arena_free) struct arena arena = {0};
	size_t events = 0;

	for (size_t i = 0; i < outlook->past.n; i++)
		events += outlook->cases.y[outlook->past.row[i]] == EVENT_YES;
	outlook->stacked = outlook->past.n >= STACK_LEAST_ROWS && events >= STACK_LEAST_EVENTS;
	learn_weights(outlook);
	pool(outlook, &outlook->past);
	pool(outlook, &outlook->now);
	if (outlook->stacked)
		learn_shifts(outlook);
	calibrate(outlook, &outlook->past);
	calibrate(outlook, &outlook->now);
	for (int side = 0; side < 2; side++)
		watch(outlook, side ? -1 : 1, &arena);
}

double stack_chance(const struct outlook *outlook, size_t row, const double *member)
{
	double raw, p, value[MOST_MEMBERS];
	struct said one = {.n = 1, .row = &row, .raw = &raw, .p = &p};

	for (size_t m = 0; m < n_learners; m++) {
		value[m] = member[m];
		one.member[m] = &value[m];
	}
	pool(outlook, &one);
	calibrate(outlook, &one);
	return p;
}
