/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_measure_nowcast.c - tocsin measure nowcast: a yearly index month by month, between its releases. */
#include <string.h>

#include "cli/cli.h"

static int read_until(struct cli *cli, int64_t *ret, struct err *err)
{
	const char *text = cli_option(cli, "until");
	struct instant at;

	*ret = INT_MISSING;
	if (!text)
		return 0;
	if (instant_read(text, &at, NULL) < 0 || at.precision == INSTANT_YEAR)
		return err_set(err, ERR_USAGE, "option \"--until\" is \"%.40s\", expected a month such as 2025-11",
			       text);
	*ret = instant_month(at);
	return 0;
}

static int run(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf table = {0}, said = {0};
	struct nowcast_request request = {0};
	struct source_text *index, *indicators;
	struct records *events;
	size_t n_index;
	int64_t seed;
	int r;

	if ((r = cli_number(cli, "lag", 3, &request.lag, err)) < 0 ||
	    (r = cli_number(cli, "seed", 1, &seed, err)) < 0 ||
	    (r = read_until(cli, &request.until, err)) < 0 || (r = cli_house(cli, err)) < 0 ||
	    (r = filter_sources(cli, "index", &index, &n_index, err)) < 0 ||
	    (r = filter_sources(cli, "indicator", &indicators, &request.n_indicators, err)) < 0 ||
	    (r = filter_events(cli, &events, err)) < 0)
		return r;
	if (n_index != 1)
		return err_hint(err, err_set(err, ERR_USAGE, "%zu yearly indices given, expected one", n_index),
				"Give it as --index NAME=FILE.");
	if (request.lag > 12)
		return err_set(err, ERR_USAGE, "option \"--lag\" is %lld, expected at most 12 months",
			       (long long)request.lag);
	request.atlas = &cli->house->atlas;
	request.index = index;
	request.indicators = indicators;
	request.events = events;
	request.seed = (uint64_t)seed;
	r = measure_nowcast(&request, &table, &said, err);
	if (r == 0)
		r = filter_write(cli, &table, err);
	if (r == 0 && !cli_has(cli, "quiet"))
		fputs(said.len ? said.s : "", stderr);
	return r;
}

static const struct option options[] = {
	{"index", "NAME=FILE", "the yearly index, by unit and year, with its error if it has one (NAME:COLUMN=FILE)"},
	{"indicator", "NAME=FILE", "a table by unit and month; may be repeated"},
	{"events", "FILE", "coded events, JSON Lines or CSV: their balance is an indicator"},
	{"lag", "MONTHS", "from the end of a year to its release, 0 to 12 (default 3)"},
	{"until", "MONTH", "the last month (default: the last that a table speaks of)"},
	{"seed", "N", "of the folds and draws that judge it (default 1)"},
	{"out", "FILE", "write to FILE (default: the standard output)"},
};

const struct command command_measure_nowcast = {
	.name = "measure nowcast", .group = "Stages, on the store or as filters", .operands = "",
	.summary = "a yearly index month by month, between its releases and revised by them",
	.examples = {"tocsin measure nowcast --index vdem:v2x_polyarchy=vdem.csv --events events.jsonl --out now.csv",
		     "tocsin measure nowcast --index vdem:v2x_polyarchy=vdem.csv --indicator pressure=monthly.csv --lag 3"},
	.details = "What it gained on carrying the last release forward is said at the end; where nothing is\n"
		   "shown, no skill is claimed.",
	.options = options, .n_options = LENGTH(options), .run = run,
};
