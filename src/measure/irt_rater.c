/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * irt_rater.c - reliability and thresholds of one rater under the dynamic model.
 *
 * Given y a threshold has only the room between the ratings on both sides of it, which makes for
 * short steps (Cowles 1996). So thresholds also move with y in tow: what lies between two of them is stretched with
 * them, and what lies beyond the outer ones is shifted; the factor of change of volume is part of the chance
 * to accept. The last move multiplies y, thresholds and reliability by one number (Liu and Sabatti 2000).
 */
#include <math.h>
#include <string.h>

#include "measure/irt_chain.h"

#define CARELESS_REACH 0.1       /* sd of the reliability of a careless rater, half normal */

/* Sum of squares of the fresh parts of errors, for y of the rater; runs on their own begin afresh. */
static double error_square(const struct irt_chain *chain, const struct irt_rater *rater, double beta, const double *y)
{
	const struct irt_table *table = chain->table;
	const double carry = chain->setting[SETTING_CARRY], fresh = 1 / (1 - carry * carry);
	double sum = 0;

	for (size_t r = rater->first_run; r < rater->first_run + rater->n_runs; r++) {
		const struct irt_run *run = &table->runs[r];
		double before = 0;

		for (size_t i = run->first; i < run->first + run->n; i++) {
			const double e = y[i] - beta * chain->z[table->ratings[i].point], off = e - carry * before;

			sum += i == run->first ? e * e : fresh * off * off;
			before = e;
		}
	}
	return sum;
}

/* ---- reliability given y ---- */

/* ln of the weight, and mean and sd, of a normal prior cut off at 0 times exp(-zz b^2 / 2 + zy b). */
struct side {
	double log_weight, mean, sd;
};

static struct side side_of(double prior_mean, double prior_sd, double zz, double zy)
{
	const double precision = zz + 1 / (prior_sd * prior_sd);
	struct side side = {.sd = 1 / sqrt(precision)};

	side.mean = (zy + prior_mean / (prior_sd * prior_sd)) / precision;
	side.log_weight = log(side.sd / prior_sd) + side.mean * side.mean * precision / 2 -
			  prior_mean * prior_mean / (prior_sd * prior_sd) / 2 +
			  normal_log_cdf(side.mean / side.sd) - normal_log_cdf(prior_mean / prior_sd);
	return side;
}

static void draw_beta(struct irt_chain *chain, size_t j)
{
	const struct irt_table *table = chain->table;
	const struct irt_rater *rater = &table->raters[j];
	const double carry = chain->setting[SETTING_CARRY], fresh = 1 / (1 - carry * carry);
	double zz = 0, zy = 0, odds;
	struct side careful, careless, *drawn;

	for (size_t r = rater->first_run; r < rater->first_run + rater->n_runs; r++) {
		const struct irt_run *run = &table->runs[r];

		for (size_t i = run->first; i < run->first + run->n; i++) {
			const double z = chain->z[table->ratings[i].point];
			const double dz = i == run->first ? z : z - carry * chain->z[table->ratings[i - 1].point];
			const double dy = i == run->first ? chain->y[i] : chain->y[i] - carry * chain->y[i - 1];
			const double weight = i == run->first ? 1 : fresh;

			zz += weight * dz * dz;
			zy += weight * dz * dy;
		}
	}
	careful = side_of(1, 1, zz, zy);
	careless = side_of(0, CARELESS_REACH, zz, zy);
	odds = chain->setting[SETTING_CARELESS] / (1 - chain->setting[SETTING_CARELESS]) *
	       exp(fmin(careless.log_weight - careful.log_weight, 500));
	chain->careless[j] = rng_unit(&chain->rng) < odds / (1 + odds);
	drawn = chain->careless[j] > 0 ? &careless : &careful;
	chain->beta[j] = drawn->mean + drawn->sd * truncated_draw(&chain->rng, -drawn->mean / drawn->sd, INFINITY);
}

/* ---- thresholds given y ---- */

static void draw_cuts(struct irt_chain *chain, size_t j)
{
	const struct irt_table *table = chain->table;
	const struct irt_rater *rater = &table->raters[j];
	const double *about = chain->country_cut + rater->main * chain->cuts, sd = chain->setting[SETTING_SPREAD_RATER];
	double *cut = chain->cut + j * chain->cuts, least[32], most[32];

	for (size_t c = 0; c <= table->k; c++) {
		least[c] = INFINITY;
		most[c] = -INFINITY;
	}
	for (size_t i = rater->first; i < rater->first + rater->n; i++) {
		const unsigned c = table->ratings[i].category;

		least[c] = fmin(least[c], chain->y[i]);
		most[c] = fmax(most[c], chain->y[i]);
	}
	for (size_t c = 0; c < chain->cuts; c++) {
		double low = most[c + 1], high = least[c + 2];

		if (c > 0)
			low = fmax(low, cut[c - 1]);
		if (c + 1 < chain->cuts)
			high = fmin(high, cut[c + 1]);
		cut[c] = about[c] + sd * truncated_draw(&chain->rng, (low - about[c]) / sd, (high - about[c]) / sd);
		cut[c] = fmin(fmax(cut[c], low), high);   /* rounding must not put a rating on the wrong side */
	}
}

/* ---- thresholds with y in tow ---- */

static double cuts_log_prior(const struct irt_chain *chain, size_t main, const double *cut)
{
	const double *about = chain->country_cut + main * chain->cuts, sd = chain->setting[SETTING_SPREAD_RATER];
	double square = 0;

	for (size_t c = 0; c < chain->cuts; c++)
		square += (cut[c] - about[c]) * (cut[c] - about[c]);
	return -square / (2 * sd * sd);
}

/* y under the thresholds `next`, into chain->moved; returns ln of the change of volume. */
static double stretch(struct irt_chain *chain, const struct irt_rater *rater, const double *cut, const double *next)
{
	const struct irt_rating *ratings = chain->table->ratings;
	const size_t cuts = chain->cuts;
	double ratio[32], log_ratio[32], volume = 0;

	for (size_t c = 1; c < cuts; c++) {
		ratio[c] = (next[c] - next[c - 1]) / (cut[c] - cut[c - 1]);
		log_ratio[c] = log(ratio[c]);
	}
	for (size_t i = rater->first; i < rater->first + rater->n; i++) {
		const size_t c = ratings[i].category;

		if (c == 0) {
			chain->moved[i] = chain->y[i];
		} else if (c == 1) {
			chain->moved[i] = chain->y[i] + (next[0] - cut[0]);
		} else if (c > cuts) {
			chain->moved[i] = chain->y[i] + (next[cuts - 1] - cut[cuts - 1]);
		} else {
			chain->moved[i] = next[c - 2] + ratio[c - 1] * (chain->y[i] - cut[c - 2]);
			volume += log_ratio[c - 1];
		}
	}
	return volume;
}

static bool is_rising(const double *cut, size_t n)
{
	for (size_t c = 1; c < n; c++)
		if (!(cut[c] - cut[c - 1] > 1e-9))
			return false;
	return true;
}

/* Metropolis: y and thresholds as proposed, or as they are. */
static bool accept(struct irt_chain *chain, const struct irt_rater *rater, double *cut, const double *next, double *square)
{
	double volume, moved, gain;

	chain->proposed++;
	if (!is_rising(next, chain->cuts) || !is_rising(cut, chain->cuts))
		return false;
	volume = stretch(chain, rater, cut, next);
	moved = error_square(chain, rater, chain->beta[rater - chain->table->raters], chain->moved);
	gain = volume - (moved - *square) / 2 + cuts_log_prior(chain, rater->main, next) -
	       cuts_log_prior(chain, rater->main, cut);
	if (!(log(1 - rng_unit(&chain->rng)) < gain))
		return false;
	memcpy(chain->y + rater->first, chain->moved + rater->first, rater->n * sizeof *chain->y);
	memcpy(cut, next, chain->cuts * sizeof *cut);
	*square = moved;
	chain->accepted++;
	return true;
}

static void move_cuts(struct irt_chain *chain, size_t j, bool warming_up)
{
	const struct irt_rater *rater = &chain->table->raters[j];
	double *cut = chain->cut + j * chain->cuts, next[32], shift, taken = 0;
	double square = error_square(chain, rater, chain->beta[j], chain->y);

	for (size_t c = 0; c < chain->cuts; c++) {
		memcpy(next, cut, chain->cuts * sizeof *next);
		next[c] += chain->width[j] * normal_draw(&chain->rng);
		taken += accept(chain, rater, cut, next, &square);
	}
	shift = chain->width[j] * normal_draw(&chain->rng);
	for (size_t c = 0; c < chain->cuts; c++)
		next[c] = cut[c] + shift;
	taken += accept(chain, rater, cut, next, &square);
	if (warming_up)
		chain->width[j] *= exp((taken / (double)(chain->cuts + 1) - 0.4) / sqrt((double)chain->sweeps + 1));
}

static double beta_log_prior(const struct irt_chain *chain, size_t j, double beta)
{
	return chain->careless[j] > 0 ? -beta * beta / (2 * CARELESS_REACH * CARELESS_REACH) : -(beta - 1) * (beta - 1) / 2;
}

/* y, thresholds and reliability times one number. */
static void move_scale(struct irt_chain *chain, size_t j)
{
	const struct irt_rater *rater = &chain->table->raters[j];
	double *cut = chain->cut + j * chain->cuts, next[32];
	const double log_factor = 0.15 * normal_draw(&chain->rng), factor = exp(log_factor);
	const double square = error_square(chain, rater, chain->beta[j], chain->y);
	double gain = (double)(rater->n + chain->cuts + 1) * log_factor - (factor * factor - 1) * square / 2;

	for (size_t c = 0; c < chain->cuts; c++)
		next[c] = factor * cut[c];
	gain += cuts_log_prior(chain, rater->main, next) - cuts_log_prior(chain, rater->main, cut) +
		beta_log_prior(chain, j, factor * chain->beta[j]) - beta_log_prior(chain, j, chain->beta[j]);
	chain->proposed++;
	if (!(log(1 - rng_unit(&chain->rng)) < gain))
		return;
	chain->accepted++;
	memcpy(cut, next, chain->cuts * sizeof *cut);
	chain->beta[j] *= factor;
	for (size_t i = rater->first; i < rater->first + rater->n; i++)
		chain->y[i] *= factor;
}

void rater_sweep(struct irt_chain *chain, size_t rater, bool warming_up)
{
	if (chain->table->raters[rater].n == 0)
		return;
	draw_beta(chain, rater);
	draw_cuts(chain, rater);
	move_cuts(chain, rater, warming_up);
	move_scale(chain, rater);
}
