/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_learn_effects.c - tocsin learn effects: what interventions did to an indicator, or that nobody can tell. */
#include <string.h>

#include <tocsin/learn.h>

#include "cli/cli.h"

static int read_table(struct cli *cli, const char *option, const char **name, const char **ret, size_t *ret_len,
		      struct err *err)
{
	const char *path = cli_option(cli, option);
	char *text;
	int r = filter_read(cli, option, &text, ret_len, err);

	if (r < 0)
		return r;
	*name = strcmp(path, "-") == 0 ? "(standard input)" : path;
	r = table_of_lines(*name, &text, ret_len, &cli->arena, err);
	*ret = text;
	return r;
}

static int read_size(struct cli *cli, const char *option, int64_t fallback, int64_t least, int64_t most, size_t *ret,
		     struct err *err)
{
	int64_t n;
	int r = cli_number(cli, option, fallback, &n, err);

	if (r < 0)
		return r;
	if (n < least || n > most)
		return err_set(err, ERR_USAGE, "option \"--%s\" is %lld, expected %lld to %lld", option, (long long)n,
			       (long long)least, (long long)most);
	*ret = (size_t)n;
	return 0;
}

static int read_setup(struct cli *cli, struct effect_setup *setup, struct err *err)
{
	const char *level = cli_option(cli, "level");
	int64_t seed;
	int r;

	if ((r = read_size(cli, "horizon", 5, 1, 50, &setup->horizon, err)) < 0 ||
	    (r = read_size(cli, "before", 20, EFFECT_LEAST_BEFORE, 100, &setup->most_before, err)) < 0 ||
	    (r = read_size(cli, "draws", 1999, 99, 100000, &setup->draws, err)) < 0 ||
	    (r = cli_number(cli, "seed", 1, &seed, err)) < 0)
		return r;
	setup->seed = (uint64_t)seed;
	setup->level = 0.95;
	if (level && (num_read(level, strlen(level), &setup->level) < 0 ||
		      !(setup->level >= 0.5 && setup->level <= 0.999)))
		return err_set(err, ERR_USAGE, "option \"--level\" is \"%.40s\", expected a number from 0.5 to 0.999",
			       level);
	return 0;
}

static int run(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf table = {0}, said = {0};
	struct effects_request request = {.indicator = cli_option(cli, "indicator"), .what = cli_option(cli, "what")};
	const char *in = cli_option(cli, "in"), *treated = cli_option(cli, "treated");
	int r;

	if (in && treated && strcmp(in, "-") == 0 && strcmp(treated, "-") == 0)
		return err_set(err, ERR_USAGE, "--in and --treated cannot both be the standard input");
	if ((r = read_setup(cli, &request.setup, err)) < 0 ||
	    (r = read_table(cli, "in", &request.panel_name, &request.panel, &request.panel_len, err)) < 0 ||
	    (r = read_table(cli, "treated", &request.treated_name, &request.treated, &request.treated_len, err)) < 0)
		return r;
	r = learn_effects(&request, &table, &said, err);
	if (r == 0)
		r = filter_write_table(cli, &table, err);
	if (r == 0 && !cli_has(cli, "quiet"))
		fputs(said.len ? said.s : "", stderr);
	return r;
}

static const struct option options[] = {
	{"in", "FILE", "the panel: a unit, a year or date, and values in long or wide form; CSV or JSON Lines"},
	{"treated", "FILE", "what was done: unit, year or date, and perhaps what; CSV or JSON Lines"},
	{"out", "FILE", "write CSV (under --jsonl JSON Lines) to FILE (default: the standard output)"},
	{"indicator", "NAME", "of the panel (default v2x_polyarchy, or the only one there is)"},
	{"what", "COLUMN", "of the treated that says what was done (default: what, else instrument)"},
	{"horizon", "YEARS", "that are looked at, the year of the start the first (default 5)"},
	{"before", "YEARS", "before the start that teach, at most (default 20)"},
	{"level", "SHARE", "of the intervals, and what a claim must hold against (default 0.95)"},
	{"draws", "N", "of sets of untreated units (default 1999)"},
	{"seed", "N", "of the draws (default 1)"},
};

const struct command command_learn_effects = {
	.name = "learn effects", .group = "Stages, on the store or as filters", .operands = "",
	.summary = "what interventions did to an indicator, against units where nothing was done",
	.examples = {"tocsin learn effects --in data/demo/indices.csv --treated data/demo/responses.csv --out -",
		     "tocsin learn effects --in panel.csv --indicator v2xcl_rol --treated missions.csv --horizon 3 --out e.csv"},
	.details = "A row for all together, for each year from the start, for each unit, and the same for each\n"
		   "thing that was done. The verdict is rise, fall or cannot tell, with the reason. The interval is\n"
		   "that of untreated units taken for treated; with fewer than 20 of these, or fewer than 8 years\n"
		   "before the start, there is no estimate. A unit counts as treated from its first start on.",
	.options = options, .n_options = LENGTH(options), .run = run,
};
