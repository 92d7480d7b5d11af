/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_measure_episode_probability.c - tocsin measure episode-probability: a release into chances of its newest year. */
#include <math.h>
#include <string.h>

#include "cli/cli.h"

#define THREADS 2

static void put_number(struct buf *buf, double value)
{
	char text[32];

	num_write(num_round(value), text);
	buf_printf(buf, ",%s", text);
}

static void put_row(struct buf *buf, const struct detector_row *row)
{
	csv_put(buf, row->country, ',');
	buf_printf(buf, ",%d", row->year);
	put_number(buf, row->p[1]);
	put_number(buf, row->p[0]);
	put_number(buf, row->low);
	put_number(buf, row->high);
	buf_putc(buf, ',');
	csv_put(buf, row->reason, ',');
	buf_putc(buf, '\n');
}

static void say_threshold(const struct cli *cli, const char *what, const struct detector_result *result, size_t side)
{
	const struct detector_threshold *threshold = &result->thresholds[side];

	if (isnan(threshold->precision))
		say(cli, "%s: %zu of %zu country-years; no threshold is precise enough in training", what,
		    result->episodes[side], result->n_learned);
	else
		say(cli, "%s: %zu of %zu country-years; threshold %.2f, in training precision %.2f, recall %.2f", what,
		    result->episodes[side], result->n_learned, threshold->chance, threshold->precision,
		    threshold->recall);
}

static int run(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf buf = {0};
	struct detector_setup setup = {.rule = episode_default, .threads = THREADS,
				       .all_years = cli_has(cli, "all-years")};
	const char *path = cli_option(cli, "vintage");
	struct detector_result result;
	struct ert_table table;
	int64_t seed;
	char *text;
	size_t len;
	int r = cli_number(cli, "seed", 1, &seed, err);

	if (r < 0 || (r = filter_read(cli, "vintage", &text, &len, err)) < 0)
		return r;
	r = ert_table_read(strcmp(path, "-") == 0 ? "standard input" : path, text, len, "v2x_polyarchy", &cli->arena, &table,
			   err);
	setup.seed = (uint64_t)seed;
	if (r < 0 || (r = detector_run(&table, &setup, &cli->arena, &result, err)) < 0)
		return r;
	say_threshold(cli, "autocratisation", &result, 1);
	say_threshold(cli, "democratisation", &result, 0);
	buf_puts(&buf, "country_text_id,year,p_aut,p_dem,p_aut_lo90,p_aut_hi90,reason\n");
	for (size_t i = 0; i < result.n; i++)
		put_row(&buf, &result.rows[i]);
	return filter_write(cli, &buf, err);
}

static const struct option options[] = {
	{"vintage", "FILE", "a release as CSV, - for standard input"},
	{"out", "FILE", "write to FILE, - for standard output"},
	{"all-years", NULL, "each country-year of the release, not only its last year"},
	{"seed", "N", "of the random draws (default 1)"},
};

const struct command command_measure_episode_probability = {
	.name = "measure episode-probability", .group = "Stages, on the store or as filters", .operands = "",
	.summary = "how likely the newest year is in an episode, once later releases are out",
	.examples = {"tocsin measure episode-probability --vintage inputs_v12.csv --out chances.csv",
		     "tocsin measure episode-probability --vintage inputs_v12.csv --all-years --out -"},
	.details = "Learned within the call from the release alone; each country is judged by what others show.\n"
		   "The table is that of \"measure episodes\". What was learned is said on the standard error.",
	.options = options, .n_options = LENGTH(options), .run = run,
};
