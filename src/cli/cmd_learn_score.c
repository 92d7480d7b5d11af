/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_learn_score.c - tocsin learn score: a table of chances against tables of outcomes, and against a rival. */
#include <string.h>

#include <tocsin/learn.h>

#include "cli/cli.h"

#define INPUT_LIMIT ((size_t)2 << 30)

static int read_sources(struct cli *cli, const char *option, const struct score_source **ret, size_t *ret_n,
			struct err *err)
{
	struct score_source *v = NULL;
	size_t n = 0, cap = 0;
	const char *path;

	for (size_t i = 0; (path = cli_each(cli, option, &i));) {
		struct score_source source = {.name = strcmp(path, "-") == 0 ? "(standard input)" : path};
		char *text;
		int r = file_read(path, INPUT_LIMIT, &cli->arena, &text, &source.len, err);

		if (r < 0)
			return r;
		source.text = text;
		*arena_push(&cli->arena, v, n, cap) = source;
	}
	*ret = v;
	*ret_n = n;
	return 0;
}

static int read_years(struct cli *cli, struct score_request *request, struct err *err)
{
	const char *years = cli_option(cli, "years"), *dash = years ? strchr(years, '-') : NULL;

	request->from = 1970;
	request->to = 2100;
	if (!years)
		return 0;
	if (!dash)
		dash = years + strlen(years);
	if (num_read_int(years, (size_t)(dash - years), &request->from) < 0 ||
	    num_read_int(*dash ? dash + 1 : years, *dash ? strlen(dash + 1) : (size_t)(dash - years), &request->to) < 0 ||
	    request->from > request->to)
		return err_set(err, ERR_USAGE, "option \"--years\" is \"%.40s\", expected such as 2005-2021", years);
	return 0;
}

static int read_countries(struct cli *cli, struct score_request *request, struct err *err)
{
	static const char *const names[] = {"all", "public", "heldout"};
	const char *given = cli_option(cli, "countries");
	int which = given ? cli_find(names, LENGTH(names), given, "choice of countries", err) : SCORE_ALL;
	size_t n;
	int r;

	if (which < 0)
		return which;
	request->countries = which;
	if (which != SCORE_ALL && !cli_has(cli, "holdout"))
		return err_set(err, ERR_USAGE, "--countries %s needs --holdout, the countries that are held out", names[which]);
	r = read_sources(cli, "holdout", &request->holdout, &n, err);
	if (r == 0 && n > 1)
		return err_set(err, ERR_USAGE, "--holdout is one file");
	return r;
}

static int read_request(struct cli *cli, struct score_request *request, struct err *err)
{
	int64_t draws;
	int r;

	if (!cli_has(cli, "forecasts") || !cli_has(cli, "outcomes"))
		return err_set(err, ERR_USAGE, "\"%s\" needs --forecasts and --outcomes", cli->command->name);
	if ((r = read_years(cli, request, err)) < 0 || (r = read_countries(cli, request, err)) < 0 ||
	    (r = cli_number(cli, "draws", 2000, &draws, err)) < 0)
		return r;
	if (draws < 40 || draws > 1000000)
		return err_set(err, ERR_USAGE, "option \"--draws\" is %lld, expected 40 to 1000000", (long long)draws);
	request->draws = (size_t)draws;
	request->per_space = cli_has(cli, "per-space");
	request->version = cli_option(cli, "forecasts-version");
	request->reference_version = cli_option(cli, "reference-version");
	if ((r = read_sources(cli, "outcomes", &request->outcomes, &request->n_outcomes, err)) < 0 ||
	    (r = read_sources(cli, "forecasts", &request->forecasts, &request->n_forecasts, err)) < 0)
		return r;
	return read_sources(cli, "reference", &request->reference, &request->n_reference, err);
}

static int run(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf table = {0};
	struct score_request request = {0};
	const char *alarm = NULL;
	size_t without;
	int r;

	if ((r = read_request(cli, &request, err)) < 0 ||
	    (r = learn_score_table(&request, &cli->arena, &table, &without, &alarm, err)) < 0)
		return r;
	if (without)
		say(cli, "%zu outcomes have no chance and are not scored", without);
	r = filter_write_table(cli, &table, err);
	if (r < 0 || !alarm)
		return r;
	return err_hint(err, err_set(err, ERR_INTEGRITY, "%s", alarm), "\"tocsin foresee leaks\" looks for the leak.");
}

static const struct option options[] = {
	{"forecasts", "FILE", "CSV with gwcode, origin, up_INDEX, down_INDEX, ...; may be repeated, the later counts"},
	{"outcomes", "FILE", "the same with 0, 1 or nothing; may be repeated"},
	{"reference", "FILE", "chances of a rival, on whose rows alone is scored; may be repeated"},
	{"forecasts-version", "NAME", "rows of --forecasts whose column \"version\" says NAME"},
	{"reference-version", "NAME", "the same of --reference"},
	{"years", "FROM-TO", "origins (default: all)"},
	{"countries", "NAME", "all (default), public or heldout: not in --holdout, in it"},
	{"holdout", "FILE", "CSV with the gwcode of the countries held out"},
	{"per-space", NULL, "a row for each index and direction, too"},
	{"draws", "N", "resamples of countries for the interval of the difference (default 2000)"},
	{"out", "FILE", "write to FILE instead of the standard output"},
};

const struct command command_learn_score = {
	.name = "learn score", .group = "Stages, on the store or as filters", .operands = "",
	.summary = "a table of chances against tables of outcomes, and against a rival",
	.examples = {"tocsin learn score --forecasts forecast.csv --outcomes outcomes.csv",
		     "tocsin learn score --forecasts f.csv --outcomes o.csv --reference r.csv --years 2005-2021"},
	.details = "Brier and log score, AUC, average precision, the parts of the Brier score, calibration error\n"
		   "beside its floor, value at cost/loss .1, .2, .3; against a rival its scores and the difference\n"
		   "of Brier scores with 95 % limits, whole countries resampled. The figures are those of score.py.\n"
		   "AUC above .86 or Brier below .080 on 5,000 rows or more is an error (status 7): it was never\n"
		   "reached but with a leak.",
	.options = options, .n_options = LENGTH(options), .run = run,
};
