/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_measure_divergence.c - tocsin measure divergence: where frameworks disagree, beyond their errors. */
#include <string.h>

#include "cli/cli.h"

static int read_numbers(struct cli *cli, struct divergence_request *request, struct err *err)
{
	const char *level = cli_option(cli, "level");
	int64_t folds, seed;
	int r;

	if ((r = cli_number(cli, "folds", 10, &folds, err)) < 0 || (r = cli_number(cli, "seed", 1, &seed, err)) < 0)
		return r;
	if (folds < 2 || folds > 1000)
		return err_set(err, ERR_USAGE, "option \"--folds\" is %lld, expected 2 to 1000", (long long)folds);
	request->level = 0.9;
	if (level && (num_read(level, strlen(level), &request->level) < 0 ||
		      !(request->level > 0 && request->level < 1)))
		return err_set(err, ERR_USAGE, "option \"--level\" is \"%.40s\", expected a number between 0 and 1",
			       level);
	request->folds = (size_t)folds;
	request->seed = (uint64_t)seed;
	return 0;
}

static int run(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf table = {0}, said = {0};
	struct divergence_request request = {.all = cli_has(cli, "all")};
	struct source_text *sources;
	struct records *events;
	int r;

	if ((r = read_numbers(cli, &request, err)) < 0 || (r = cli_house(cli, err)) < 0 ||
	    (r = filter_sources(cli, "source", &sources, &request.n_sources, err)) < 0 ||
	    (r = filter_events(cli, &events, err)) < 0)
		return r;
	request.atlas = &cli->house->atlas;
	request.sources = sources;
	request.events = events;
	r = measure_divergence(&request, &table, &said, err);
	if (r == 0)
		r = filter_write(cli, &table, err);
	if (r == 0 && !cli_has(cli, "quiet"))
		fputs(said.len ? said.s : "", stderr);
	return r;
}

static const struct option options[] = {
	{"source", "NAME=FILE",
			"a table of a framework, by unit and year; twice or more (NAME:COLUMN+COLUMN=FILE: these columns)"},
	{"events", "FILE", "coded events, JSON Lines or CSV: their yearly balance is a framework too"},
	{"all", NULL, "also unit-years in which the frameworks agree"},
	{"level", "SHARE", "of the intervals (default 0.9)"},
	{"folds", "N", "scales are learnt on other parts of the units, of N (default 10)"},
	{"seed", "N", "of the parting into folds (default 1)"},
	{"out", "FILE", "write to FILE (default: the standard output)"},
};

const struct command command_measure_divergence = {
	.name = "measure divergence", .group = "Stages, on the store or as filters", .operands = "",
	.summary = "where frameworks disagree: which way, how far, since when, by which indicators",
	.examples = {"tocsin measure divergence --source vdem=vdem.csv --source wgi=wgi.csv --out differ.csv",
		     "tocsin measure divergence --source fh_total=indices.csv --events events.jsonl"},
	.details = "Differences are in standard deviations of the common unit-years; above 0, the first sees more democracy.",
	.options = options, .n_options = LENGTH(options), .run = run,
};
