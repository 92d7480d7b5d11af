/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_measure_civic.c - tocsin measure civic: civic space from tables, events and, if given, labels. */
#include <string.h>

#include "cli/cli.h"

#define TABLE_LIMIT ((size_t)64 << 20)

static int read_frame(struct cli *cli, struct civic_frame **ret, struct err *err)
{
	const char *path = cli_option(cli, "frame");
	char *text;
	size_t len;
	int r;

	*ret = path ? civic_frame_new(&cli->arena) : cli->house->civic;
	if (!path)
		return *ret ? 0 : err_hint(err, err_set(err, ERR_NOT_FOUND, "no frame: \"%s/civic\" is not there",
							cli->house->data),
					   "Name one with --frame.");
	r = file_read(path, TABLE_LIMIT, &cli->arena, &text, &len, err);
	return r < 0 ? r : civic_frame_read(path, text, len, &cli->arena, *ret, err);
}

static int read_labels(struct cli *cli, struct civic_request *request, struct err *err)
{
	const char *path = cli_option(cli, "labels");
	struct source_text *labels;
	char *text;
	int r;

	if (!path)
		return 0;
	labels = arena_new(&cli->arena, struct source_text);
	labels->name = "labels";
	labels->file = path;
	r = file_read(path, TABLE_LIMIT, &cli->arena, &text, &labels->len, err);
	labels->text = text;
	request->labels = labels;
	return r;
}

static int read_numbers(struct cli *cli, struct civic_request *request, struct err *err)
{
	int64_t folds, seed;
	int r;

	if ((r = cli_number(cli, "year", INT_MISSING, &request->year, err)) < 0 ||
	    (r = cli_number(cli, "folds", 10, &folds, err)) < 0 || (r = cli_number(cli, "seed", 1, &seed, err)) < 0)
		return r;
	if (folds < 2 || folds > 1000)
		return err_set(err, ERR_USAGE, "option \"--folds\" is %lld, expected 2 to 1000", (long long)folds);
	if (request->year != INT_MISSING && (request->year < 1 || request->year > 9998))
		return err_set(err, ERR_USAGE, "option \"--year\" is %lld, expected a year",
			       (long long)request->year);
	request->folds = (size_t)folds;
	request->seed = (uint64_t)seed;
	return 0;
}

static int run(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf table = {0}, parts = {0}, said = {0};
	struct civic_request request = {.watch_only = cli_has(cli, "watchlist")};
	const char *parts_path = cli_option(cli, "parts");
	struct civic_frame *frame;
	struct source_text *sources;
	struct records *events;
	int r;

	if ((r = read_numbers(cli, &request, err)) < 0 || (r = cli_house(cli, err)) < 0 ||
	    (r = read_frame(cli, &frame, err)) < 0 ||
	    (r = filter_sources(cli, "source", &sources, &request.n_sources, err)) < 0 ||
	    (r = filter_events(cli, &events, err)) < 0 || (r = read_labels(cli, &request, err)) < 0)
		return r;
	if (request.n_sources == 0 && !events)
		return err_hint(err, err_set(err, ERR_USAGE, "nothing to rate: no --source and no --events"),
				"Give a table of a framework: --source wgi=wgi.csv.");
	request.frame = frame;
	request.atlas = &cli->house->atlas;
	request.sources = sources;
	request.events = events;
	r = measure_civic(&request, &table, parts_path ? &parts : NULL, &said, err);
	if (r == 0)
		r = filter_write(cli, &table, err);
	if (r == 0 && parts_path)
		r = file_write(parts_path, parts.s, parts.len, err);
	if (r == 0 && !cli_has(cli, "quiet"))
		fputs(said.len ? said.s : "", stderr);
	return r;
}

static const struct option options[] = {
	{"source", "NAME=FILE",
			"a table of a framework, by unit and year; may be repeated (NAME:COLUMN+COLUMN=FILE: these columns)"},
	{"events", "FILE", "coded events, JSON Lines or CSV: violations and openings"},
	{"labels", "FILE", "ratings of others (country,rating): learn cuts and weights from them"},
	{"year", "YEAR", "use values of this year only (default: the newest that count)"},
	{"folds", "N", "judge what was learnt on N parts of the units in turn (default 10)"},
	{"seed", "N", "of the parting into folds (default 1)"},
	{"frame", "FILE", "scales, weights, cuts and panels (default: data/civic/*.conf)"},
	{"parts", "FILE", "also write what each source and incident added"},
	{"watchlist", NULL, "only units on the watchlist"},
	{"out", "FILE", "write to FILE (default: the standard output)"},
};

const struct command command_measure_civic = {
	.name = "measure civic", .group = "Stages, on the store or as filters", .operands = "",
	.summary = "civic space: expression, association, assembly, and the chance of five bands",
	.examples = {"tocsin measure civic --source wgi=wgi.csv --events events.jsonl --out civic.csv",
		     "tocsin measure civic --source wgi=wgi.csv --year 2016 --labels ratings.csv --out bands.csv"},
	.details = "With --labels, the chances of a labelled unit come from a model that did not see its label.",
	.options = options, .n_options = LENGTH(options), .run = run,
};
