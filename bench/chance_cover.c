/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chance_cover.c - how many intervals of a chance hold the true one, on a panel of chance_world.c.
 *
 * usage: build/bench/chance_cover PANEL.csv TRUTH.csv [THREADS]
 *
 * Prints chances, those inside, true ones below and above, the mean width, the mean distance of forecast and truth;
 * then the share inside of forecasts under .05, .12, .25 and above.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "foresee/outlook_interval.h"

#define SEED 1
#define N_BINS ((size_t)4)

static const double bins[N_BINS] = {.05, .12, .25, 1.01};

static void fail(const struct err *err)
{
	fprintf(stderr, "%s\n", err->msg);
	exit(1);
}

/* truth[unit][space][up, down] */
static double *read_truth(const char *path, const struct history *history, struct arena *arena)
{
	double *truth = arena_array(arena, double, history->n_units * 2 * N_SIX_SPACES);
	struct csv csv;
	struct err err;
	size_t len;
	char *text;
	int r;

	if (file_read(path, 1 << 26, arena, &text, &len, &err) < 0 || csv_open(&csv, path, text, len, ',', arena, &err) < 0)
		fail(&err);
	while ((r = csv_next(&csv, arena, &err)) == 1) {
		size_t u = 0, k = 0;

		while (u < history->n_units && !str_eq(history->units[u].name, csv_text(&csv, 0)))
			u++;
		while (k < N_SIX_SPACES && !str_eq(six_spaces[k].name, csv_text(&csv, 1)))
			k++;
		if (u < history->n_units && k < N_SIX_SPACES)
			truth[(u * N_SIX_SPACES + k) * 2 + str_eq(csv_text(&csv, 2), "down")] = atof(csv_text(&csv, 3));
	}
	if (r < 0)
		fail(&err);
	return truth;
}

int main(int argc, char **argv)
{
	_cleanup_(arena_free) struct arena arena = {0};
	double inside = 0, below = 0, above = 0, width = 0, apart = 0, binned[N_BINS] = {0}, held[N_BINS] = {0}, *truth;
	struct chance_scatter scatter;
	struct history history;
	struct outlook outlook;
	struct err err;
	size_t len;
	char *text;

	if (argc < 3) {
		fprintf(stderr, "usage: chance_cover PANEL.csv TRUTH.csv [THREADS]\n");
		return 2;
	}
	if (file_read(argv[1], 1 << 28, &arena, &text, &len, &err) < 0 ||
	    history_read(argv[1], text, len, six_spaces, N_SIX_SPACES, INT32_MAX, &arena, &history, &err) < 0)
		fail(&err);
	truth = read_truth(argv[2], &history, &arena);
	if (outlook_make(&(struct outlook_setup){.history = &history, .spaces = six_spaces, .n_spaces = N_SIX_SPACES,
						 .rule = RULE_TWO_YEAR, .origin = history.first + (int64_t)history.n_years - 1,
						 .seed = SEED, .threads = argc > 3 ? (size_t)atoll(argv[3]) : 1},
			 &arena, &outlook, &err) < 0)
		fail(&err);
	outlook_scatter(&outlook, &scatter);
	for (size_t i = 0; i < outlook.now.n; i++) {
		const struct case_key *key = &outlook.cases.key[outlook.now.row[i]];
		struct interval interval = outlook_interval(&outlook, &scatter, i, .9);
		double p = outlook.now.p[i], true_chance = truth[(key->unit * N_SIX_SPACES + key->space) * 2 + (key->direction < 0)];
		bool holds = true_chance >= interval.low && true_chance <= interval.high;
		size_t bin = 0;

		while (p >= bins[bin])
			bin++;
		binned[bin]++;
		held[bin] += holds;
		inside += holds;
		below += true_chance < interval.low;
		above += true_chance > interval.high;
		width += interval.high - interval.low;
		apart += fabs(p - true_chance);
	}
	printf("n %zu inside %.0f below %.0f above %.0f width %.4f apart %.4f rho %.3f", outlook.now.n, inside, below, above,
	       width / (double)outlook.now.n, apart / (double)outlook.now.n, scatter.rho);
	for (size_t b = 0; b < N_BINS; b++)
		printf(" %.3f", binned[b] > 0 ? held[b] / binned[b] : NAN);
	printf("\n");
	outlook_close(&outlook);
	return 0;
}
