/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_foresee_leaks.c - tocsin foresee leaks: does a forecast of a panel know its future? */
#include <tocsin/foresee.h>

#include "cli/cli.h"

#define MOST_TIMES 1000000

static int read_times(struct cli *cli, const char *option, int64_t fallback, size_t *ret, struct err *err)
{
	int64_t n;
	int r = cli_number(cli, option, fallback, &n, err);

	if (r < 0)
		return r;
	if (n < 0 || n > MOST_TIMES)
		return err_set(err, ERR_USAGE, "option \"--%s\" is %lld, expected 0 to %d", option, (long long)n, MOST_TIMES);
	*ret = (size_t)n;
	return 0;
}

static void add_row(struct output *out, const char *what, size_t inputs, size_t masked, size_t forecasts, bool same)
{
	_cleanup_(buf_free) struct buf row = {0};

	buf_puts(&row, "{\"tampering\":");
	json_put_str(&row, what);
	buf_printf(&row, ",\"inputs\":%zu,\"masked\":%zu,\"forecasts\":%zu,\"noticed\":\"%s\"}", inputs, masked, forecasts,
		   same ? "never" : "always");
	output_add(out, row.s);
}

static int run(struct cli *cli, struct err *err)
{
	static const char *const columns[] = {"tampering", "inputs", "masked", "forecasts", "noticed"};
	struct output out = {.cli = cli, .columns = columns, .n_columns = LENGTH(columns)};
	struct foresee_panel panel = {0};
	size_t times = 0, whole = 0;
	struct leaks leaks;
	int r;

	if ((r = read_times(cli, "times", 50, &times, err)) < 0 || (r = read_times(cli, "whole", 1, &whole, err)) < 0)
		return r;
	if (times + whole == 0)
		return err_set(err, ERR_USAGE, "--times and --whole are both 0: nothing would be looked at");
	if ((r = foresee_request(cli, &panel, err)) < 0 || (r = foresee_leaks(&panel, times, whole, &leaks, err)) < 0)
		return r;
	for (size_t k = 0; k < N_LEAK_KINDS; k++)
		if (leaks.inputs[k] + leaks.forecasts[k])
			add_row(&out, leak_words((enum leak_kind)k), leaks.inputs[k], leaks.masked[k], leaks.forecasts[k], true);
	add_row(&out, "what was known, changed or deleted", leaks.blows[0], 0, leaks.blows[1], false);
	r = output_end(&out, err);
	if (r == 0)
		say(cli, "no leak: %zu tamperings with what came after %lld left the hash of %zu cases as it was (%.16s...), "
			 "%zu the bytes of the forecast", times, (long long)panel.origin, leaks.cases, leaks.hash, whole);
	return r;
}

static const struct option options[] = {
	{"in", "FILE", "a panel of country-years that goes on beyond the origin (CSV), - for standard input"},
	{"origin", "YEAR", "the year whose forecast must not know what came later"},
	{"times", "N", "tamperings after which the inputs are compared (default 50)"},
	{"whole", "N", "tamperings after which the whole forecast is made and compared (default 1)"},
	{"rule", "NAME", "what opens and closes a space: two-year (default) or one-year"},
	{"seed", "N", "of what is drawn (default 1)"},
	{"threads", "N", "how many (default: as many as processors); the result is the same"},
};

const struct command command_foresee_leaks = {
	.name = "foresee leaks", .group = "Stages, on the store or as filters", .operands = "",
	.summary = "tamper with what nobody knew at an origin: the forecast must not notice",
	.examples = {"tocsin foresee leaks --in panel.csv --origin 2015",
		     "tocsin foresee leaks --in panel.csv --origin 2015 --times 1000 --whole 20"},
	.details = "Later rows are changed, dealt out anew, deleted, repeated, invented, given to units that begin\n"
		   "later; so are cells of the origin year that are out a year late (national accounts, infant\n"
		   "mortality), and the order of all rows. Half of the times later rows are read and hidden by the\n"
		   "origin, else they are dropped. For every ten tamperings one row that was known is struck, which\n"
		   "must be noticed. The exit status is 7 when a tampering was noticed, or a blow was not.",
	.options = options, .n_options = LENGTH(options), .run = run,
};
