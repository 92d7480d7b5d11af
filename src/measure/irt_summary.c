/* SPDX-License-Identifier: GPL-3.0-or-later */
/* irt_summary.c - from draws to estimates: have the chains met, means, intervals. */
#include <math.h>

#include "measure/irt_run.h"
#include "measure/irt_share.h"

#define RHAT_LIMIT 1.01
#define ESS_LEAST 400
#define SHARE_LIMIT 0.05
#define PIECE 64                 /* numbers that one thread takes at a time */

static void number_gather(const struct irt_run_state *run, size_t number, double *draws)
{
	for (size_t c = 0; c < IRT_CHAINS; c++)
		for (size_t i = 0; i < run->kept; i++)
			*draws++ = (double)run->draws[c][i * run->width + number];
}

static void piece_mixing(size_t piece, void *user)
{
	struct irt_run_state *run = user;
	_cleanup_(arena_free) struct arena arena = {0};

	for (size_t n = piece * PIECE; n < run->width && n < (piece + 1) * PIECE; n++) {
		double *draws;
		struct mixing mixing;

		arena_reset(&arena);
		draws = arena_array(&arena, double, IRT_CHAINS * run->kept);
		number_gather(run, n, draws);
		mixing = chains_mixing(draws, IRT_CHAINS, run->kept, &arena);
		run->estimates[n].rhat = mixing.rhat;
		run->estimates[n].ess = mixing.ess;
	}
}

static double share_over(const struct irt_estimate *estimates, size_t n)
{
	size_t over = 0;

	for (size_t i = 0; i < n; i++)
		over += !(estimates[i].rhat <= RHAT_LIMIT);
	return n ? (double)over / (double)n : 0;
}

static double share_under(const struct irt_estimate *estimates, size_t n)
{
	size_t under = 0;

	for (size_t i = 0; i < n; i++)
		under += !(estimates[i].ess >= ESS_LEAST);
	return n ? (double)under / (double)n : 0;
}

void run_look(struct irt_run_state *run)
{
	const struct irt_table *table = run->table;
	struct irt_progress *progress = &run->progress;
	uint64_t proposed = 0, accepted = 0;

	for (size_t c = 0; c < IRT_CHAINS; c++) {
		proposed += run->chains[c].proposed;
		accepted += run->chains[c].accepted;
	}
	*progress = (struct irt_progress){.sweeps = run->sweeps, .most = run->lengths.warm_up + run->lengths.most,
					  .warming_up = run->sweeps <= run->lengths.warm_up, .rhat_over = 1,
					  .ess_under = 1, .raters_over = 1,
					  .accepted = proposed ? (double)accepted / (double)proposed : 0};
	if (progress->warming_up)
		return;
	share_out((run->width + PIECE - 1) / PIECE, run->setup->threads, piece_mixing, run);
	progress->rhat_over = share_over(run->estimates, table->n_points);
	progress->ess_under = share_under(run->estimates, table->n_points);
	progress->raters_over = share_over(run->estimates + table->n_points, table->n_raters);
}

bool run_converged(const struct irt_run_state *run)
{
	const struct irt_progress *progress = &run->progress;

	return progress->rhat_over <= SHARE_LIMIT && progress->ess_under <= SHARE_LIMIT &&
	       progress->raters_over <= SHARE_LIMIT;
}

static void piece_estimate(size_t piece, void *user)
{
	struct irt_run_state *run = user;
	_cleanup_(arena_free) struct arena arena = {0};
	const size_t n = IRT_CHAINS * run->kept;
	double *draws = arena_array(&arena, double, n);

	for (size_t q = piece * PIECE; q < run->width && q < (piece + 1) * PIECE; q++) {
		struct irt_estimate *estimate = &run->estimates[q];
		double square = 0;

		number_gather(run, q, draws);
		estimate->mean = 0;
		for (size_t i = 0; i < n; i++)
			estimate->mean += draws[i] / (double)n;
		for (size_t i = 0; i < n; i++)
			square += (draws[i] - estimate->mean) * (draws[i] - estimate->mean);
		estimate->sd = sqrt(square / (double)(n - 1));
		sort_numbers(draws, n);
		estimate->low = quantile_sorted(draws, n, 0.025);
		estimate->high = quantile_sorted(draws, n, 0.975);
	}
}

/* Rater thresholds were summed, not kept: means and sds only. */
static void summarise_sums(const struct irt_run_state *run, struct irt_result *ret)
{
	const struct irt_table *table = run->table;
	const size_t cuts = run->chains[0].cuts;
	double kept = 0;

	for (size_t c = 0; c < IRT_CHAINS; c++)
		kept += *run->chains[c].kept;
	for (size_t i = 0; i < table->n_raters * cuts; i++) {
		double sum = 0, square = 0;

		for (size_t c = 0; c < IRT_CHAINS; c++) {
			sum += run->chains[c].sum_cut[i];
			square += run->chains[c].sum_cut2[i];
		}
		ret->thresholds[i] = (struct irt_estimate){.mean = sum / kept, .low = NAN, .high = NAN, .rhat = NAN, .ess = NAN};
		ret->thresholds[i].sd = sqrt(fmax(0, square / kept - sum / kept * (sum / kept)));
	}
	for (size_t j = 0; j < table->n_raters && ret->careless; j++)
		for (size_t c = 0; c < IRT_CHAINS; c++)
			ret->careless[j] += run->chains[c].sum_careless[j] / kept;
}

static const char *const setting_names[N_SETTINGS] = {
	"error_carry", "careless_share", "spread_rater", "spread_country", "step_0.01", "step_0.032", "step_0.1",
	"step_0.32", "step_1",
};

void run_summarise(struct irt_run_state *run, struct arena *arena, struct irt_result *ret)
{
	const struct irt_table *table = run->table;
	const bool is_static = run->setup->is_static;

	share_out((run->width + PIECE - 1) / PIECE, run->setup->threads, piece_estimate, run);
	*ret = (struct irt_result){.latents = run->estimates, .betas = run->estimates + table->n_points,
				   .world = run->estimates + table->n_points + table->n_raters,
				   .setting_names = setting_names, .n_settings = is_static ? 0 : N_SETTINGS,
				   .state = run->progress, .converged = run_converged(run)};
	ret->settings = ret->world + run->chains[0].cuts;
	ret->thresholds = arena_array(arena, struct irt_estimate, table->n_raters * run->chains[0].cuts);
	ret->careless = is_static ? NULL : arena_array(arena, double, table->n_raters);
	summarise_sums(run, ret);
	for (size_t j = 0; j < table->n_raters; j++)
		if (table->raters[j].n == 0)
			ret->betas[j] = (struct irt_estimate){NAN, NAN, NAN, NAN, NAN, NAN};
}
