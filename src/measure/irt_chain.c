/* SPDX-License-Identifier: GPL-3.0-or-later */
/* irt_chain.c - the state of one chain: where its numbers stand, how it begins, what is kept of it. */
#include <math.h>
#include <string.h>

#include "measure/irt_chain.h"

/* Two a decade, from a hundredth of the spread of the world to all of it. */
const double irt_step_sizes[STEP_KINDS] = {0.01, 0.0316227766, 0.1, 0.316227766, 1};

/* Parts of the block, in order; with block NULL only the sizes are summed. */
static void block_share(struct irt_chain *chain)
{
	const struct irt_table *table = chain->table;
	const struct { double **part; size_t n; } parts[] = {
		{&chain->z, table->n_points}, {&chain->beta, table->n_raters},
		{&chain->cut, table->n_raters * chain->cuts}, {&chain->country_cut, table->n_units * chain->cuts},
		{&chain->world_cut, chain->cuts}, {&chain->setting, N_SETTINGS},
		{&chain->y, chain->is_static ? 0 : table->n_ratings}, {&chain->width, table->n_raters},
		{&chain->point_width, chain->is_static ? table->n_points : 0}, {&chain->careless, table->n_raters},
		{&chain->kind, table->n_points}, {&chain->sum_cut, table->n_raters * chain->cuts},
		{&chain->sum_cut2, table->n_raters * chain->cuts}, {&chain->sum_careless, table->n_raters},
		{&chain->kept, 1},
	};

	chain->n_block = 0;
	for (size_t i = 0; i < LENGTH(parts); i++) {
		*parts[i].part = chain->block ? chain->block + chain->n_block : NULL;
		chain->n_block += parts[i].n;
	}
}

static void ratings_index(struct irt_chain *chain, struct arena *arena)
{
	const struct irt_table *table = chain->table;
	uint32_t *next = arena_array(arena, uint32_t, table->n_points + 1);

	chain->rater_of = arena_array(arena, uint32_t, table->n_ratings);
	chain->by_point = arena_array(arena, uint32_t, table->n_ratings);
	chain->point_first = arena_array(arena, uint32_t, table->n_points + 1);
	for (size_t j = 0; j < table->n_raters; j++)
		for (size_t i = 0; i < table->raters[j].n; i++)
			chain->rater_of[table->raters[j].first + i] = (uint32_t)j;
	for (size_t i = 0; i < table->n_ratings; i++)
		chain->point_first[table->ratings[i].point + 1]++;
	for (size_t i = 0; i < table->n_points; i++)
		chain->point_first[i + 1] += chain->point_first[i];
	memcpy(next, chain->point_first, (table->n_points + 1) * sizeof *next);
	for (size_t i = 0; i < table->n_ratings; i++)
		chain->by_point[next[table->ratings[i].point]++] = (uint32_t)i;
}

void chain_make(struct irt_chain *chain, const struct irt_table *table, const double *prior, bool is_static,
		struct arena *arena)
{
	*chain = (struct irt_chain){.table = table, .prior = prior, .is_static = is_static, .cuts = table->k - 1};
	block_share(chain);
	chain->block = arena_array(arena, double, chain->n_block);
	block_share(chain);
	chain->links = arena_array(arena, struct path_link, table->n_points);
	chain->kinds = arena_array(arena, unsigned char, table->n_points);
	chain->moved = arena_array(arena, double, table->n_ratings);
	ratings_index(chain, arena);
}

void chain_drop(struct irt_chain *chain)
{
	arena_free(&chain->scratch);
}

/* World thresholds by how often each category was given, as if z and errors had variance 1 each. */
static void start_cuts(struct irt_chain *chain)
{
	const struct irt_table *table = chain->table;
	double count[256] = {0}, below = 0, total = 0;

	for (size_t i = 0; i < table->n_ratings; i++)
		count[table->ratings[i].category] += table->ratings[i].category > 0;
	for (size_t c = 1; c <= table->k; c++)
		total += count[c] += 0.5;   /* a category that was never given has its place too */
	for (size_t c = 0; c < chain->cuts; c++) {
		const double p = (below += count[c + 1]) / total;

		chain->world_cut[c] = (p > 0.5 ? 1 : -1) * normal_reach(fabs(2 * p - 1) + 1e-9) * M_SQRT2;
	}
	for (size_t c = 0; c < table->n_units * chain->cuts; c++)
		chain->country_cut[c] = chain->world_cut[c % chain->cuts];
	for (size_t j = 0; j < table->n_raters; j++) {
		const double shift = 0.1 * normal_draw(&chain->rng);

		for (size_t c = 0; c < chain->cuts; c++)
			chain->cut[j * chain->cuts + c] = chain->world_cut[c] + shift + 1e-6 * (double)c;
	}
}

void chain_start(struct irt_chain *chain, uint64_t seed)
{
	const struct irt_table *table = chain->table;

	rng_seed(&chain->rng, seed);
	start_cuts(chain);
	for (size_t i = 0; i < table->n_points; i++) {
		chain->z[i] = 0.8 * chain->prior[i] + 0.2 * normal_draw(&chain->rng);
		chain->kind[i] = STEP_KINDS - 2;
		if (chain->is_static)
			chain->point_width[i] = 0.8;
	}
	for (size_t j = 0; j < table->n_raters; j++) {
		chain->beta[j] = 0.7 + 0.6 * rng_unit(&chain->rng);
		chain->width[j] = 0.3;
	}
	chain->setting[SETTING_CARRY] = 0.3 * rng_unit(&chain->rng);
	chain->setting[SETTING_CARELESS] = 0.05;
	chain->setting[SETTING_SPREAD_RATER] = chain->setting[SETTING_SPREAD_COUNTRY] = 0.2;
	for (size_t k = 0; k < STEP_KINDS; k++)
		chain->setting[SETTING_SHARE + k] = 1.0 / STEP_KINDS;
	for (size_t i = 0; i < table->n_ratings && !chain->is_static; i++) {
		const struct irt_rating *rating = &table->ratings[i];
		const size_t j = chain->rater_of[i];
		const double *cut = chain->cut + j * chain->cuts, at = chain->beta[j] * chain->z[rating->point];

		chain->y[i] = at + truncated_draw(&chain->rng, cut_below(cut, rating->category) - at,
						  cut_above(cut, chain->cuts, rating->category) - at);
	}
}

size_t chain_n_kept(const struct irt_chain *chain)
{
	return chain->table->n_points + chain->table->n_raters + chain->cuts + (chain->is_static ? 0 : N_SETTINGS);
}

/*
 * The ratings say nothing of the scale: each draw of the dynamic model is set to mean 0 and sd 1 over all years of all
 * units, and reliabilities and thresholds follow, so that nothing that is observed changes. One more unit is counted
 * at mean 0 and sd 1, which holds the scale where there are few units and is not felt where there are many.
 */
static void scale_of(const struct irt_chain *chain, double *mean, double *sd)
{
	const struct irt_table *table = chain->table;
	const size_t n = table->n_points - table->n_vignettes;
	double sum = 0, square = 0, more;

	*mean = 0;
	*sd = 1;
	if (chain->is_static || n == 0)
		return;
	more = (double)n / (double)(table->n_units - table->n_silent_units);
	for (size_t i = 0; i < n; i++)
		sum += chain->z[i];
	*mean = sum / ((double)n + more);
	for (size_t i = 0; i < n; i++)
		square += (chain->z[i] - *mean) * (chain->z[i] - *mean);
	*sd = sqrt((square + more) / ((double)n + more));
}

void chain_keep(struct irt_chain *chain, float *ret)
{
	const struct irt_table *table = chain->table;
	double mean, sd, beta = 0;

	scale_of(chain, &mean, &sd);
	for (size_t i = 0; i < table->n_points; i++)
		*ret++ = (float)((chain->z[i] - mean) / sd);
	for (size_t j = 0; j < table->n_raters; j++) {
		*ret++ = (float)(chain->beta[j] * sd);
		beta += chain->beta[j] / (double)table->n_raters;
		chain->sum_careless[j] += chain->careless[j];
		for (size_t c = j * chain->cuts; c < (j + 1) * chain->cuts; c++) {
			const double cut = chain->cut[c] - chain->beta[j] * mean;

			chain->sum_cut[c] += cut;
			chain->sum_cut2[c] += cut * cut;
		}
	}
	for (size_t c = 0; c < chain->cuts; c++)
		*ret++ = (float)(chain->world_cut[c] - beta * mean);
	for (size_t s = 0; s < N_SETTINGS && !chain->is_static; s++)
		*ret++ = (float)chain->setting[s];
	++*chain->kept;
}
