/* SPDX-License-Identifier: GPL-3.0-or-later */
/* irt_run.h - the chains of one run and the draws that are kept of them. */
#ifndef MEASURE_IRT_RUN_H
#define MEASURE_IRT_RUN_H

#include "measure/irt_chain.h"

struct irt_lengths {
	size_t warm_up, round, most;   /* sweeps */
	size_t every;                  /* sweeps from one kept draw to the next */
};

struct irt_run_state {
	const struct irt_table *table;
	const struct irt_setup *setup;
	struct irt_lengths lengths;
	struct irt_chain chains[IRT_CHAINS];
	float *draws[IRT_CHAINS];      /* of each chain: kept draws, one after the other */
	size_t width, kept;            /* numbers of a draw; draws of each chain */
	size_t sweeps;
	struct irt_progress progress;
	struct irt_estimate *estimates;  /* by number of a draw: R-hat and ESS at the last look */
};

/* R-hat and ESS of every number, and from them the progress. */
void run_look(struct irt_run_state *run);
bool run_converged(const struct irt_run_state *run);
void run_summarise(struct irt_run_state *run, struct arena *arena, struct irt_result *ret);

/* A copy of the state after a round, and back. */
void checkpoint_write(const struct irt_run_state *run, struct buf *buf);
int checkpoint_read(struct irt_run_state *run, const char *bytes, size_t len, struct err *err);

#endif
