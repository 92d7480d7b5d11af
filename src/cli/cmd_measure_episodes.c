/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_measure_episodes.c - tocsin measure episodes: a table of country-years into episodes of regime transformation. */
#include <string.h>

#include "cli/cli.h"

int filter_decimal(struct cli *cli, const char *option, double *ret, struct err *err)
{
	const char *text = cli_option(cli, option);

	if (!text || (num_read(text, strlen(text), ret) == 0 && *ret >= 0))
		return 0;
	return err_set(err, ERR_USAGE, "--%s is not a number from 0: \"%s\"", option, text);
}

int filter_rule(struct cli *cli, struct episode_rule *ret, struct err *err)
{
	struct episode_rule rule = episode_default;
	int64_t tolerance;
	int r;

	if ((r = filter_decimal(cli, "start-incl", &rule.start_incl, err)) < 0 ||
	    (r = filter_decimal(cli, "cum-incl", &rule.cum_incl, err)) < 0 ||
	    (r = filter_decimal(cli, "year-turn", &rule.year_turn, err)) < 0 ||
	    (r = filter_decimal(cli, "cum-turn", &rule.cum_turn, err)) < 0 ||
	    (r = cli_number(cli, "tolerance", rule.tolerance, &tolerance, err)) < 0)
		return r;
	if (tolerance < 1 || tolerance > 100)
		return err_set(err, ERR_USAGE, "--tolerance is 1 to 100 years");
	rule.tolerance = (int)tolerance;
	*ret = rule;
	return 0;
}

int filter_country_years(struct cli *cli, struct ert_table *ret, struct err *err)
{
	const char *path = cli_option(cli, "in"), *value = cli_option(cli, "value");
	char *text;
	size_t len;
	int r = filter_read(cli, "in", &text, &len, err);

	if (r < 0)
		return r;
	path = strcmp(path, "-") == 0 ? "standard input" : path;
	r = table_of_lines(path, &text, &len, &cli->arena, err);
	return r < 0 ? r : ert_table_read(path, text, len, value ? value : "v2x_polyarchy", &cli->arena, ret, err);
}

static int episodes_command(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf buf = {0};
	struct episode_rule rule;
	struct ert_table table;
	int r = filter_rule(cli, &rule, err);

	if (r < 0 || (r = filter_country_years(cli, &table, err)) < 0)
		return r;
	ert_table_write(&table, &rule, &buf);
	return filter_write_table(cli, &buf, err);
}

static const struct option episodes_options[] = {
	{"in", "FILE", "country-years as CSV or JSON Lines, - for standard input"},
	{"out", "FILE", "write CSV (under --jsonl JSON Lines) to FILE, - for standard output"},
	EPISODE_OPTIONS,
};

const struct command command_measure_episodes = {
	.name = "measure episodes", .group = "Stages, on the store or as filters", .operands = "",
	.summary = "episodes of regime transformation, exactly as ERT 15.0 makes them",
	.examples = {"tocsin measure episodes --in country_years.csv --out episodes.csv",
		     "tocsin measure episodes --in country_years.csv --tolerance 3 --value v2x_polyarchy_codelow --out -"},
	.details = "The table has the columns country_text_id, year, v2x_regime and the value's, in any order; of\n"
		   "country_id, country_name, the interval, codingend, gapstart1..3, gapend1..3, election and\n"
		   "assumed_office those that are known. Without the last, elections confirm nothing; without the\n"
		   "others the years without a value are the gaps and the last with one is the end. Empty is missing.",
	.options = episodes_options, .n_options = LENGTH(episodes_options), .run = episodes_command,
};
