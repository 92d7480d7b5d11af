/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * irt_static.c - one sweep of the reference model: z of a point ~ N(prior mean, 1), each on its own.
 *
 * The link is the reference's approximation of the normal distribution function. Every number moves by Metropolis
 * proposals whose widths are learned in the warm-up; one more move changes the scale of z and of all reliabilities
 * against each other, along which the ratings say nothing.
 */
#include <math.h>
#include <string.h>

#include "measure/irt_chain.h"

#define RATER_SPREAD 0.2
#define COUNTRY_SPREAD 0.2
#define LATENT_TRIES 2

static double link_chance(double x)
{
	return 1 / (1 + exp(-x * (0.07056 * x * x + 1.5976)));
}

/* ln P(category) at x = beta z; tails are taken from the side where they are small. */
static double rating_log_chance(const double *cut, size_t cuts, unsigned category, double x)
{
	const double low = cut_below(cut, category) - x, high = cut_above(cut, cuts, category) - x;
	const double chance = isinf(high) ? link_chance(-low) : isinf(low) ? link_chance(high) :
		low > 0 ? link_chance(-low) - link_chance(-high) : link_chance(high) - link_chance(low);

	return log(fmax(chance, 1e-300));
}

static double rater_log_chance(const struct irt_chain *chain, const struct irt_rater *rater, const double *cut, double beta)
{
	double sum = 0;

	for (size_t i = rater->first; i < rater->first + rater->n; i++) {
		const struct irt_rating *rating = &chain->table->ratings[i];

		if (rating->category)
			sum += rating_log_chance(cut, chain->cuts, rating->category, beta * chain->z[rating->point]);
	}
	return sum;
}

static bool accept(struct irt_chain *chain, double gain)
{
	const bool taken = log(1 - rng_unit(&chain->rng)) < gain;

	chain->proposed++;
	chain->accepted += taken;
	return taken;
}

static double point_log_density(const struct irt_chain *chain, size_t point, double z)
{
	double sum = -(z - chain->prior[point]) * (z - chain->prior[point]) / 2;

	for (size_t n = chain->point_first[point]; n < chain->point_first[point + 1]; n++) {
		const size_t i = chain->by_point[n], j = chain->rater_of[i];
		const unsigned category = chain->table->ratings[i].category;

		if (category)
			sum += rating_log_chance(chain->cut + j * chain->cuts, chain->cuts, category, chain->beta[j] * z);
	}
	return sum;
}

static void draw_point(struct irt_chain *chain, size_t point, bool warming_up)
{
	double now = point_log_density(chain, point, chain->z[point]), taken = 0;

	for (int i = 0; i < LATENT_TRIES; i++) {
		const double z = chain->z[point] + chain->point_width[point] * normal_draw(&chain->rng);
		const double next = point_log_density(chain, point, z);

		if (!accept(chain, next - now))
			continue;
		chain->z[point] = z;
		now = next;
		taken++;
	}
	if (warming_up)
		chain->point_width[point] *= exp((taken / LATENT_TRIES - 0.44) / sqrt((double)chain->sweeps + 1));
}

static double rater_log_prior(const struct irt_chain *chain, size_t main, const double *cut, double beta)
{
	double sum = -(beta - 1) * (beta - 1) / 2;

	for (size_t c = 0; c < chain->cuts; c++) {
		const double off = cut[c] - chain->country_cut[main * chain->cuts + c];

		if (c > 0 && cut[c] <= cut[c - 1])
			return -INFINITY;
		sum -= off * off / (2 * RATER_SPREAD * RATER_SPREAD);
	}
	return beta > 0 ? sum : -INFINITY;
}

/* What a move changes: one threshold, all of them, or the reliability. */
static void draw_rater(struct irt_chain *chain, size_t j, bool warming_up)
{
	const struct irt_rater *rater = &chain->table->raters[j];
	const size_t cuts = chain->cuts;
	double *cut = chain->cut + j * cuts, next[32], taken = 0;
	double now = rater_log_prior(chain, rater->main, cut, chain->beta[j]) +
		     rater_log_chance(chain, rater, cut, chain->beta[j]);

	for (size_t move = 0; move < cuts + 2; move++) {
		const double step = chain->width[j] * normal_draw(&chain->rng);
		const double beta = chain->beta[j] + (move == cuts + 1 ? 2 * step : 0);
		double then;

		for (size_t c = 0; c < cuts; c++)
			next[c] = cut[c] + (move == c || move == cuts ? step : 0);
		then = rater_log_prior(chain, rater->main, next, beta);
		if (!isinf(then))
			then += rater_log_chance(chain, rater, next, beta);
		if (!accept(chain, then - now))
			continue;
		memcpy(cut, next, cuts * sizeof *cut);
		chain->beta[j] = beta;
		now = then;
		taken++;
	}
	if (warming_up)
		chain->width[j] *= exp((taken / (double)(cuts + 2) - 0.44) / sqrt((double)chain->sweeps + 1));
}

static void move_scale(struct irt_chain *chain)
{
	const struct irt_table *table = chain->table;
	const double log_factor = 1.5 * normal_draw(&chain->rng) / sqrt((double)(table->n_points + table->n_raters));
	const double factor = exp(log_factor);
	double gain = ((double)table->n_points - (double)table->n_raters) * log_factor;

	for (size_t i = 0; i < table->n_points; i++) {
		const double before = chain->z[i] - chain->prior[i], after = factor * chain->z[i] - chain->prior[i];

		gain -= (after * after - before * before) / 2;
	}
	for (size_t j = 0; j < table->n_raters; j++) {
		const double before = chain->beta[j] - 1, after = chain->beta[j] / factor - 1;

		gain -= (after * after - before * before) / 2;
	}
	if (!accept(chain, gain))
		return;
	for (size_t i = 0; i < table->n_points; i++)
		chain->z[i] *= factor;
	for (size_t j = 0; j < table->n_raters; j++)
		chain->beta[j] /= factor;
}

void static_sweep(struct irt_chain *chain, bool warming_up)
{
	for (size_t i = 0; i < chain->table->n_points; i++)
		draw_point(chain, i, warming_up);
	for (size_t j = 0; j < chain->table->n_raters; j++)
		draw_rater(chain, j, warming_up);
	cuts_sweep(chain, RATER_SPREAD, COUNTRY_SPREAD);
	move_scale(chain);
	chain->sweeps++;
}
