/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_foresee.c - tocsin foresee: the stage, and forecasts of a panel of democratic spaces. */
#include <string.h>
#include <unistd.h>

#include <tocsin/foresee.h>

#include "cli/cli.h"

#define MOST_SEED INT64_C(1000000000)

static int read_rule(struct cli *cli, bool *ret, struct err *err)
{
	static const char *const rules[] = {"two-year", "one-year"};
	const char *given = cli_option(cli, "rule");
	int rule = given ? cli_find(rules, LENGTH(rules), given, "rule", err) : 0;

	*ret = rule == 1;
	return rule < 0 ? rule : 0;
}

int foresee_request(struct cli *cli, struct foresee_panel *ret, struct err *err)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	const char *in = cli_option(cli, "in");
	int64_t origin, seed, threads;
	char *text;
	int r;

	if (!cli_has(cli, "origin"))
		return err_set(err, ERR_USAGE, "\"%s\" needs --origin, the last year that is known", cli->command->name);
	if ((r = cli_number(cli, "origin", 0, &origin, err)) < 0 || (r = cli_number(cli, "seed", 1, &seed, err)) < 0 ||
	    (r = cli_number(cli, "threads", cores > 0 ? cores : 1, &threads, err)) < 0 ||
	    (r = read_rule(cli, &ret->one_year, err)) < 0)
		return r;
	if (origin < 1500 || origin > 2500)
		return err_set(err, ERR_USAGE, "option \"--origin\" is %lld, expected a year", (long long)origin);
	if (seed < 0 || seed > MOST_SEED || threads < 1 || threads > 64)
		return err_set(err, ERR_USAGE, "--seed is 0 to %lld, --threads 1 to 64", (long long)MOST_SEED);
	if ((r = filter_read(cli, "in", &text, &ret->len, err)) < 0 || (r = cli_house(cli, err)) < 0)
		return r;
	ret->name = strcmp(in, "-") == 0 ? "(standard input)" : in;
	ret->text = text;
	ret->origin = origin;
	ret->seed = (uint64_t)seed;
	ret->threads = (size_t)threads;
	ret->atlas = &cli->house->atlas;
	return 0;
}

static int run(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf table = {0}, detail = {0}, paths = {0}, said = {0};
	const char *to_paths = cli_option(cli, "paths"), *to_detail = cli_option(cli, "detail");
	struct foresee_panel request = {0};
	int r;

	if (!cli_has(cli, "origin"))
		return cli_stage(cli, err);
	if ((r = foresee_request(cli, &request, err)) < 0 ||
	    (r = foresee_panel_run(&request, &table, to_detail ? &detail : NULL, to_paths ? &paths : NULL, &said, err)) < 0)
		return r;
	if (!cli_has(cli, "quiet"))
		fputs(said.len ? said.s : "", stderr);
	if (to_paths && (r = file_write(to_paths, paths.s, paths.len, err)) < 0)
		return r;
	if (to_detail && (r = file_write(to_detail, detail.s, detail.len, err)) < 0)
		return r;
	return filter_write(cli, &table, err);
}

static const struct option options[] = {
	{"in", "FILE", "read from FILE, - for standard input; with --origin a panel of country-years (CSV)"},
	{"out", "FILE", "write to FILE, - for standard output; without both, work on the store"},
	{"origin", "YEAR", "forecast the six spaces of a panel from the end of YEAR; later rows are not looked at"},
	{"rule", "NAME", "what opens and closes a space: two-year (default) or one-year"},
	{"paths", "FILE", "90 % intervals of each index one and two years on"},
	{"detail", "FILE", "each chance with the interval of the true one, rates, members and skill"},
	{"seed", "N", "of what is drawn (default 1)"},
	{"threads", "N", "how many (default: as many as processors); the bytes are the same"},
};

const struct command command_foresee = {
	.name = "foresee", .group = "Stages, on the store or as filters", .operands = "",
	.summary = "measures into the chance of closing and of opening",
	.examples = {"tocsin foresee --in panel.csv --origin 2021 --out forecast.csv --paths paths.csv",
		     "tocsin foresee --in observations.jsonl --out -"},
	.options = options, .n_options = LENGTH(options), .run = run, .parts = foresee_parts,
};
