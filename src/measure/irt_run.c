/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * irt_run.c - four chains in rounds, until they have met.
 *
 * A round is a number of sweeps of every chain; after it the chains are looked at, and a checkpoint is handed out. Chains share
 * nothing and each has a generator of its own, so neither threads nor a stop in between change a byte.
 */
#include <math.h>
#include <string.h>

#include "measure/irt_run.h"
#include "measure/irt_share.h"

static const struct irt_lengths dynamic_lengths = {1000, 1000, 12000, 5};
static const struct irt_lengths static_lengths = {1000, 2000, 20000, 5};

static struct irt_lengths lengths_of(const struct irt_setup *setup)
{
	struct irt_lengths lengths = setup->is_static ? static_lengths : dynamic_lengths;

	lengths.warm_up = setup->warm_up ? setup->warm_up : lengths.warm_up;
	lengths.round = setup->round ? setup->round : lengths.round;
	lengths.most = setup->most ? setup->most : lengths.most;
	return lengths;
}

struct round {
	struct irt_run_state *run;
	size_t sweeps;
};

static void chain_round(size_t i, void *user)
{
	const struct round *round = user;
	struct irt_run_state *run = round->run;
	struct irt_chain *chain = &run->chains[i];
	size_t kept = run->kept;

	for (size_t n = 0; n < round->sweeps; n++) {
		const bool warming_up = chain->sweeps < run->lengths.warm_up;

		(chain->is_static ? static_sweep : dynamic_sweep)(chain, warming_up);
		if (!warming_up && (chain->sweeps - run->lengths.warm_up) % run->lengths.every == 0)
			chain_keep(chain, run->draws[i] + kept++ * run->width);
	}
}

/* One round, and what it adds to the draws. */
static void run_round(struct irt_run_state *run)
{
	const struct irt_lengths *lengths = &run->lengths;
	const bool warming_up = run->sweeps < lengths->warm_up;
	const size_t left = (warming_up ? lengths->warm_up : lengths->warm_up + lengths->most) - run->sweeps;
	struct round round = {run, left < lengths->round ? left : lengths->round};

	for (size_t c = 0; c < IRT_CHAINS; c++)
		run->chains[c].proposed = run->chains[c].accepted = 0;
	share_out(IRT_CHAINS, run->setup->threads, chain_round, &round);
	run->sweeps += round.sweeps;
	if (!warming_up)
		run->kept = (run->sweeps - lengths->warm_up) / lengths->every;
}

static bool is_done(const struct irt_run_state *run)
{
	return run->sweeps > run->lengths.warm_up &&
	       (run_converged(run) || run->sweeps >= run->lengths.warm_up + run->lengths.most);
}

static int run_on(struct irt_run_state *run, struct err *err)
{
	const struct irt_setup *setup = run->setup;

	while (!is_done(run)) {
		_cleanup_(buf_free) struct buf bytes = {0};
		int r;

		run_round(run);
		run_look(run);
		if (setup->keep) {
			checkpoint_write(run, &bytes);
			if ((r = setup->keep(bytes.s, bytes.len, setup->user, err)) < 0)
				return r;
		}
		if (setup->progress)
			setup->progress(&run->progress, setup->user);
	}
	return 0;
}

static void chains_drop(struct irt_run_state *run)
{
	for (size_t c = 0; c < IRT_CHAINS; c++)
		chain_drop(&run->chains[c]);
}

int irt_run(const struct irt_table *table, const struct irt_setup *setup, struct arena *arena,
	    struct irt_result *ret, struct err *err)
{
	_cleanup_(chains_drop) struct irt_run_state run = {.table = table, .setup = setup, .lengths = lengths_of(setup)};
	double *prior = arena_array(arena, double, table->n_points);
	size_t most;
	int r = 0;

	prior_means(table, prior);
	for (size_t c = 0; c < IRT_CHAINS; c++)
		chain_make(&run.chains[c], table, prior, setup->is_static, arena);
	run.width = chain_n_kept(&run.chains[0]);
	most = run.lengths.most / run.lengths.every + 1;
	for (size_t c = 0; c < IRT_CHAINS; c++)
		run.draws[c] = arena_array(arena, float, most * run.width);
	run.estimates = arena_array(arena, struct irt_estimate, run.width);
	if (setup->resume)
		r = checkpoint_read(&run, setup->resume, setup->resume_len, err);
	for (size_t c = 0; c < IRT_CHAINS && !setup->resume; c++)
		chain_start(&run.chains[c], setup->seed * UINT64_C(0x9e3779b97f4a7c15) + c);
	if (r == 0 && setup->resume)
		run_look(&run);
	if (r == 0)
		r = run_on(&run, err);
	if (r == 0)
		run_summarise(&run, arena, ret);
	if (r == 0)
		ret->prior = setup->is_static ? prior : NULL;
	return r;
}
