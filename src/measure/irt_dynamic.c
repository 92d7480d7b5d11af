/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * irt_dynamic.c - one sweep of the dynamic model: the latent of a unit is a walk, the errors of a rater carry over.
 *
 *     y_jt = beta_j z_t + e_jt,   e_jt = carry e_j(t-1) + sqrt(1 - carry^2) N(0, 1) within a run of a rater,
 *     z_t - z_(t-1) ~ N(0, size_k^2) with chance share_k;   z of a unit's first year ~ N(0, 1).
 *
 * y is drawn given all else (Albert and Chib 1993), one rating after the other; then, given y, kinds of steps and whole
 * paths, exactly (stats/path.c); then the raters (irt_rater.c), the thresholds above them, and the settings.
 */
#include <math.h>
#include <string.h>

#include "measure/irt_chain.h"

static void draw_y(struct irt_chain *chain, const struct irt_run *run)
{
	const struct irt_rating *ratings = chain->table->ratings;
	const size_t j = chain->rater_of[run->first], past = run->first + run->n;
	const double carry = chain->setting[SETTING_CARRY], beta = chain->beta[j], *cut = chain->cut + j * chain->cuts;
	double before = 0;   /* error of the rating before */

	for (size_t i = run->first; i < past; i++) {
		const double fit = beta * chain->z[ratings[i].point];
		const bool has_before = i > run->first, has_after = i + 1 < past;
		const double after = has_after ? chain->y[i + 1] - beta * chain->z[ratings[i + 1].point] : 0;
		double mean = 0, variance = 1, sd;

		if (has_before && has_after) {
			mean = carry * (before + after) / (1 + carry * carry);
			variance = (1 - carry * carry) / (1 + carry * carry);
		} else if (has_before || has_after) {
			mean = carry * (before + after);
			variance = 1 - carry * carry;
		}
		sd = sqrt(variance);
		mean += fit;
		chain->y[i] = mean + sd * truncated_draw(&chain->rng, (cut_below(cut, ratings[i].category) - mean) / sd,
							 (cut_above(cut, chain->cuts, ratings[i].category) - mean) / sd);
		before = chain->y[i] - fit;
	}
}

/* What the ratings of a run say of the points that they rate. */
static void run_speaks(struct irt_chain *chain, const struct irt_run *run)
{
	const struct irt_rating *ratings = chain->table->ratings;
	const double carry = chain->setting[SETTING_CARRY], fresh = 1 / (1 - carry * carry);
	const double beta = chain->beta[chain->rater_of[run->first]], square = beta * beta;
	struct path_link *link = &chain->links[ratings[run->first].point];

	link->alone += square;
	link->alone_lin += beta * chain->y[run->first];
	for (size_t i = run->first + 1; i < run->first + run->n; i++) {
		const double pull = fresh * beta * (chain->y[i] - carry * chain->y[i - 1]);

		link = &chain->links[ratings[i].point];
		link->near += fresh * square;
		link->far += fresh * square * carry * carry;
		link->cross += fresh * square * carry;
		link->near_lin += pull;
		link->far_lin -= carry * pull;
	}
}

static void draw_latents(struct irt_chain *chain)
{
	const struct irt_table *table = chain->table;
	double precision[STEP_KINDS];
	const struct path_steps steps = {STEP_KINDS, precision, chain->setting + SETTING_SHARE};

	for (size_t k = 0; k < STEP_KINDS; k++)
		precision[k] = 1 / (irt_step_sizes[k] * irt_step_sizes[k]);
	memset(chain->links, 0, table->n_points * sizeof *chain->links);
	for (size_t r = 0; r < table->n_runs; r++)
		run_speaks(chain, &table->runs[r]);
	for (size_t u = 0; u < table->n_units; u++) {
		const size_t at = table->units[u].at, n = table->units[u].n;

		if (n == 0)
			continue;
		for (size_t t = at; t < at + n; t++)
			chain->kinds[t] = (unsigned char)chain->kind[t];
		chain->links[at].alone += 1;
		arena_reset(&chain->scratch);
		path_draw(&chain->rng, chain->links + at, n, &steps, chain->kinds + at, chain->z + at, &chain->scratch);
		for (size_t t = at; t < at + n; t++)
			chain->kind[t] = chain->kinds[t];
	}
	for (size_t v = table->n_points - table->n_vignettes; v < table->n_points; v++) {
		const double p = chain->links[v].alone + 1;

		chain->z[v] = (chain->links[v].alone_lin + chain->prior[v]) / p + normal_draw(&chain->rng) / sqrt(p);
	}
}

/* ---- settings ---- */

static void draw_shares(struct irt_chain *chain)
{
	const struct irt_table *table = chain->table;
	double *share = chain->setting + SETTING_SHARE, count[STEP_KINDS] = {0}, total = 0;

	for (size_t u = 0; u < table->n_units; u++)
		for (size_t t = 1; t < table->units[u].n; t++)
			count[(size_t)chain->kind[table->units[u].at + t]]++;
	for (size_t k = 0; k < STEP_KINDS; k++)
		total += share[k] = gamma_draw(&chain->rng, 1 + count[k]);
	for (size_t k = 0; k < STEP_KINDS; k++)
		share[k] /= total;
}

/* Sums over all pairs of errors on end. */
struct pairs {
	double before2, here2, cross, n;
};

static double carry_log_density(const struct pairs *pairs, double carry)
{
	const double fresh = 1 - carry * carry;

	return -0.5 * (pairs->here2 - 2 * carry * pairs->cross + carry * carry * pairs->before2) / fresh -
	       0.5 * pairs->n * log(fresh);
}

/* Flat on 0 to 0.98; a few Metropolis steps on sums cost nothing. */
static void draw_carry(struct irt_chain *chain)
{
	const struct irt_table *table = chain->table;
	struct pairs pairs = {0};
	double *carry = &chain->setting[SETTING_CARRY], width;

	for (size_t r = 0; r < table->n_runs; r++) {
		const struct irt_run *run = &table->runs[r];
		const double beta = chain->beta[chain->rater_of[run->first]];
		double before = chain->y[run->first] - beta * chain->z[table->ratings[run->first].point];

		for (size_t i = run->first + 1; i < run->first + run->n; i++) {
			const double here = chain->y[i] - beta * chain->z[table->ratings[i].point];

			pairs.before2 += before * before;
			pairs.here2 += here * here;
			pairs.cross += before * here;
			pairs.n++;
			before = here;
		}
	}
	width = 2 / sqrt(pairs.n + 10);
	for (int i = 0; i < 8; i++) {
		const double next = *carry + width * normal_draw(&chain->rng);

		if (next >= 0 && next <= 0.98 &&
		    log(1 - rng_unit(&chain->rng)) < carry_log_density(&pairs, next) - carry_log_density(&pairs, *carry))
			*carry = next;
	}
}

/* Variance of deviations: inverse gamma with the weight of four, as if seen at the reference's 0.2. */
static double draw_spread(struct rng *rng, double square, double n)
{
	return sqrt((4 * 0.2 * 0.2 / 2 + square / 2) / gamma_draw(rng, 2 + n / 2));
}

static void draw_spreads(struct irt_chain *chain)
{
	const struct irt_table *table = chain->table;
	double of_raters = 0, of_countries = 0, n = 0;

	for (size_t j = 0; j < table->n_raters; j++) {
		if (table->raters[j].n == 0)
			continue;
		n += (double)chain->cuts;
		for (size_t c = 0; c < chain->cuts; c++) {
			const double off = chain->cut[j * chain->cuts + c] -
				chain->country_cut[table->raters[j].main * chain->cuts + c];

			of_raters += off * off;
		}
	}
	for (size_t c = 0; c < table->n_units * chain->cuts; c++) {
		const double off = chain->country_cut[c] - chain->world_cut[c % chain->cuts];

		of_countries += off * off;
	}
	chain->setting[SETTING_SPREAD_RATER] = draw_spread(&chain->rng, of_raters, n);
	chain->setting[SETTING_SPREAD_COUNTRY] = draw_spread(&chain->rng, of_countries,
							     (double)(table->n_units * chain->cuts));
}

static void draw_careless_share(struct irt_chain *chain)
{
	double careless = 0, n = 0;

	for (size_t j = 0; j < chain->table->n_raters; j++) {
		careless += chain->table->raters[j].n ? chain->careless[j] : 0;
		n += chain->table->raters[j].n > 0;
	}
	chain->setting[SETTING_CARELESS] = beta_draw(&chain->rng, 1 + careless, 9 + n - careless);
}

void dynamic_sweep(struct irt_chain *chain, bool warming_up)
{
	const struct irt_table *table = chain->table;

	for (size_t r = 0; r < table->n_runs; r++)
		draw_y(chain, &table->runs[r]);
	draw_latents(chain);
	for (size_t j = 0; j < table->n_raters; j++)
		rater_sweep(chain, j, warming_up);
	cuts_sweep(chain, chain->setting[SETTING_SPREAD_RATER], chain->setting[SETTING_SPREAD_COUNTRY]);
	draw_spreads(chain);
	draw_carry(chain);
	draw_shares(chain);
	draw_careless_share(chain);
	chain->sweeps++;
}
