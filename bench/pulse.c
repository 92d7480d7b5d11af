/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pulse.c - made worlds whose events tell of closings, and worlds whose events are noise: is the update of yearly
 * chances by events used where it helps, and only there?
 *
 * usage: build/bench/pulse [WORLDS] [FIRST-SEED]     (default 100, 1)
 *
 * The worlds are those of tests/foresee/pulse_world.h. Gains are Brier scores of the yearly chance minus those of p, over
 * forecasts after the first five origins: as published, of those made while the update was used, and had it always been.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/foresee/pulse_world.h"

struct sums {
	double on, ever, rounds, rounds_on, gain, n, gain_on, n_on, always, beta, covered, yearly, n_covered;
	size_t moved;
};

static void add_world(const struct pulse_plan *plan, uint64_t seed, struct sums *sums)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct pulse_tally tally;

	pulse_world_run(plan, seed, &arena, &tally);
	sums->on += tally.on;
	sums->ever += tally.ever;
	sums->rounds += (double)tally.rounds;
	sums->rounds_on += (double)tally.rounds_on;
	sums->gain += tally.gain;
	sums->n += tally.n;
	sums->gain_on += tally.gain_on;
	sums->n_on += tally.n_on;
	sums->always += tally.gain_always;
	sums->beta += tally.beta;
	sums->covered += tally.covered;
	sums->yearly += tally.covered_yearly;
	sums->n_covered += tally.n_covered;
	sums->moved += tally.moved_off;
}

int main(int argc, char **argv)
{
	static const struct pulse_plan plans[] = {
		{"events tell, 1.5", 100, 20, 1.5, 0.06, 0.3, 0.2},
		{"events tell, 1", 100, 20, 1, 0.06, 0.3, 0.2},
		{"events tell, .5", 100, 20, 0.5, 0.06, 0.3, 0.2},
		{"noise", 100, 20, 0, 0.06, 0.3, 0.2},
		{"noise, shocks .6", 100, 20, 0, 0.06, 0.6, 0.2},
		{"noise, 25 units", 25, 20, 0, 0.06, 0.3, 0.2},
	};
	const size_t worlds = argc > 1 ? strtoul(argv[1], NULL, 10) : 100;
	const uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	size_t moved = 0;

	printf("%-17s %6s %6s %6s %9s %9s %9s %6s %7s %7s %6s\n", "world", "at end", "ever", "rounds", "gain", "while on",
	       "always", "beta", "covered", "before", "moved");
	for (size_t k = 0; k < LENGTH(plans); k++) {
		struct sums sums = {0};

		for (size_t w = 0; w < worlds; w++)
			add_world(&plans[k], first + w + 100000 * k, &sums);
		printf("%-17s %4.0f %% %4.0f %% %4.0f %% %9.5f %9.5f %9.5f %6.3f %5.1f %% %5.1f %% %6zu\n", plans[k].name,
		       100 * sums.on / (double)worlds, 100 * sums.ever / (double)worlds, 100 * sums.rounds_on / sums.rounds,
		       sums.gain / sums.n, sums.n_on > 0 ? sums.gain_on / sums.n_on : NAN, sums.always / sums.n,
		       sums.beta / (double)worlds, 100 * sums.covered / sums.n_covered, 100 * sums.yearly / sums.n_covered,
		       sums.moved);
		fflush(stdout);
		moved += sums.moved;
	}
	return moved ? 1 : 0;   /* a chance that moved while the update was off */
}
