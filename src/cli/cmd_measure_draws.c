/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_measure_draws.c - tocsin measure draws: the chance of episodes given how sure the index is. */
#include <math.h>
#include <unistd.h>

#include "cli/cli.h"

static int drawing_of(struct cli *cli, struct ert_drawing *ret, struct err *err)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	struct ert_drawing drawing = {.correlation = ERT_CORRELATION};
	int64_t draws, seed, threads;
	int r;

	if ((r = filter_rule(cli, &drawing.rule, err)) < 0 ||
	    (r = filter_decimal(cli, "correlation", &drawing.correlation, err)) < 0 ||
	    (r = cli_number(cli, "draws", 1000, &draws, err)) < 0 || (r = cli_number(cli, "seed", 1, &seed, err)) < 0 ||
	    (r = cli_number(cli, "threads", cores > 2 ? 2 : cores, &threads, err)) < 0)
		return r;
	if (draws < 1 || draws > 1000000 || threads < 1 || threads > ERT_THREADS)
		return err_set(err, ERR_USAGE, "--draws is 1 to 1000000, --threads 1 to %d", ERT_THREADS);
	if (drawing.correlation >= 1)
		return err_set(err, ERR_USAGE, "--correlation is at least 0 and below 1");
	drawing.draws = (size_t)draws;
	drawing.seed = (uint64_t)seed;
	drawing.threads = (int)threads;
	*ret = drawing;
	return 0;
}

static void put_chance(struct buf *buf, double p)
{
	char text[32];

	buf_putc(buf, ',');
	if (num_write(num_round(p), text))
		buf_puts(buf, text);
}

static void put_table(struct buf *buf, const struct ert_table *table, const struct ert_chance *chances,
		      const struct ert_outlook *outlooks)
{
	buf_puts(buf, "country_text_id,year,p_dem,p_aut,p_dem_open,p_dem_confirmed,p_aut_open,p_aut_confirmed\n");
	for (size_t i = 0; i < table->n_rows; i++) {
		const struct ert_row *row = &table->rows[i];
		const struct ert_outlook *outlook = &outlooks[row->country];
		bool last = row->year == outlook->last_year;

		csv_put(buf, table->countries[row->country].id, ',');
		buf_printf(buf, ",%d", row->year);
		for (size_t side = 0; side < 2; side++)
			put_chance(buf, isnan(row->v) ? NAN : chances[i].p[side]);
		for (size_t side = 0; side < 2; side++) {
			put_chance(buf, last ? outlook->open[side] : NAN);
			put_chance(buf, last ? outlook->confirmed[side] : NAN);
		}
		buf_putc(buf, '\n');
	}
}

static int draws_command(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf buf = {0};
	struct ert_drawing drawing;
	struct ert_table table;
	struct ert_chance *chances;
	struct ert_outlook *outlooks;
	int r = drawing_of(cli, &drawing, err);

	if (r < 0 || (r = filter_country_years(cli, &table, err)) < 0 ||
	    (r = ert_draw(&table, &drawing, &cli->arena, &chances, &outlooks, err)) < 0)
		return r;
	put_table(&buf, &table, chances, outlooks);
	say(cli, "%zu draws of %zu countries, seed %llu, correlation %g", drawing.draws, table.n_countries,
	    (unsigned long long)drawing.seed, drawing.correlation);
	return filter_write_table(cli, &buf, err);
}

static const struct option draws_options[] = {
	{"in", "FILE", "country-years as CSV or JSON Lines, - for standard input"},
	{"out", "FILE", "write CSV (under --jsonl JSON Lines) to FILE, - for standard output"},
	{"draws", "N", "draws of the index (default 1000)"},
	{"seed", "N", "of the random numbers (default 1)"},
	{"correlation", "NUMBER", "of the errors of neighbouring years (default 0.8)"},
	{"threads", "N", "to work with (default 2, or the cores); changes no byte of the result"},
	EPISODE_OPTIONS,
};

const struct command command_measure_draws = {
	.name = "measure draws", .group = "Stages, on the store or as filters", .operands = "",
	.summary = "the chance of each country-year to be in an episode, from draws of the index",
	.examples = {"tocsin measure draws --in country_years.csv --out chances.csv",
		     "tocsin measure draws --in country_years.csv --draws 10000 --seed 7 --out -"},
	.details = "Reads the columns of \"measure episodes\", and the uncertainty from v2x_polyarchy_sd or, without\n"
		   "it, from half the interval. For the last year of a country also: is a sequence under way, and\n"
		   "if so, will later years confirm that it was an episode?",
	.options = draws_options, .n_options = LENGTH(draws_options), .run = draws_command,
};
