/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_foresee_why.c - tocsin foresee why and decide: the reasons of a chance, and what acting on chances was worth. */
#include <math.h>
#include <string.h>

#include <tocsin/foresee.h>
#include <tocsin/stats.h>

#include "cli/cli.h"

#define MOST_COSTS 20

static int need(const struct cli *cli, const char *option, const char *what, const char **ret, struct err *err)
{
	*ret = cli_option(cli, option);
	return *ret ? 0 : err_set(err, ERR_USAGE, "\"%s\" needs --%s, %s", cli->command->name, option, what);
}

static int read_question(const struct cli *cli, struct foresee_question *ret, struct err *err)
{
	static const char *const directions[] = {"opening", "closing"};
	const char *direction;
	int r, way;

	if ((r = need(cli, "unit", "a gwcode, unit or iso3 of the panel", &ret->unit, err)) < 0 ||
	    (r = need(cli, "space", "one of the six indices", &ret->space, err)) < 0 ||
	    (r = need(cli, "direction", "opening or closing", &direction, err)) < 0)
		return r;
	way = cli_find(directions, LENGTH(directions), direction, "direction", err);
	ret->direction = way == 0 ? 1 : -1;
	return way < 0 ? way : 0;
}

static int why_run(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf words = {0}, json = {0};
	struct foresee_question question = {0};
	struct foresee_panel request = {0};
	bool asked = output_is_asked(cli);
	int r;

	if ((r = read_question(cli, &question, err)) < 0 || (r = foresee_request(cli, &request, err)) < 0 ||
	    (r = foresee_panel_why(&request, &question, asked ? NULL : &words, asked ? &json : NULL, err)) < 0)
		return r;
	return asked ? output_object(cli, json.s, err) : print_words(&words, err);
}

/* The list after --cost-loss, else that of the settings, else three that stand for most. */
static int read_costs(struct cli *cli, double *costs, size_t *n, struct err *err)
{
	const char *text = cli_setting(cli, "cost-loss", "TOCSIN_COST_LOSS", "user", "cost_loss"), *end;

	*n = 0;
	for (const char *at = text ? text : ".1,.2,.3"; at; at = *end ? end + 1 : NULL) {
		end = at + strcspn(at, ",");
		if (*n == MOST_COSTS)
			return err_set(err, ERR_USAGE, "more than %d cost/loss ratios", MOST_COSTS);
		costs[*n] = cost_loss_read(at, (size_t)(end - at));
		if (isnan(costs[(*n)++]))
			return err_hint(err, err_set(err, ERR_USAGE, "cost/loss ratio \"%.*s\", expected a number between "
						     "0 and 1, or monitor, adviser, desk",
						     (int)(end - at < 40 ? end - at : 40), at),
					"It is what acting costs over the loss that it avoids, such as .2; several by commas.");
	}
	return 0;
}

static int decide_run(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf table = {0};
	struct foresee_panel request = {0};
	double costs[MOST_COSTS];
	size_t n;
	int r;

	if ((r = read_costs(cli, costs, &n, err)) < 0 || (r = foresee_request(cli, &request, err)) < 0 ||
	    (r = foresee_panel_decide(&request, costs, n, &table, err)) < 0)
		return r;
	return filter_write_table(cli, &table, err);
}

#define PANEL_OPTIONS \
	{"in", "FILE", "a panel of country-years (CSV), - for standard input"}, \
	{"origin", "YEAR", "forecast from the end of YEAR; later rows are not looked at"}, \
	{"rule", "NAME", "what opens and closes a space: two-year (default) or one-year"}, \
	{"seed", "N", "of what is drawn (default 1)"}, \
	{"threads", "N", "how many (default: as many as processors); the bytes are the same"}

static const struct option why_options[] = {
	PANEL_OPTIONS,
	{"unit", "UNIT", "the country: a gwcode, unit or iso3 of the panel"},
	{"space", "INDEX", "the space: one of the six indices, such as v2xcs_ccsi"},
	{"direction", "NAME", "opening or closing"},
};

const struct command command_foresee_why = {
	.name = "foresee why", .group = "Stages, on the store or as filters", .operands = "",
	.summary = "what drives a forecast of a panel, what followed in similar cases, what would change it",
	.examples = {"tocsin foresee why --in panel.csv --origin 2021 --unit HUN --space v2xcs_ccsi --direction closing",
		     "tocsin foresee why --in panel.csv --origin 2021 --unit 310 --space v2xcl_rol --direction opening --json"},
	.details = "Drivers say what the models look at, not what causes what. They are on the log-odds of the chance\n"
		   "and add up to it; in words they are changes of the odds with all else as it is.",
	.options = why_options, .n_options = LENGTH(why_options), .run = why_run,
};

static const struct option decide_options[] = {
	PANEL_OPTIONS,
	{"cost-loss", "LIST", "ratios of what acting costs to the loss it avoids (default .1,.2,.3)"},
	{"out", "FILE", "write CSV (under --jsonl JSON Lines) to FILE (default: the standard output)"},
};

const struct command command_foresee_decide = {
	.name = "foresee decide", .group = "Stages, on the store or as filters", .operands = "",
	.summary = "what acting on the forecasts of a panel would have been worth: value, hits, misses, false alarms, lead",
	.examples = {"tocsin foresee decide --in panel.csv --origin 2021 --out worth.csv",
		     "tocsin foresee decide --in panel.csv --origin 2021 --cost-loss .05,.3 --jsonl"},
	.details = "A row by direction and index, and pooled, on resolved origins forecast as they would have been then.\n"
		   "Who bears a small cost against a large loss acts at a low ratio: a monitor .1, a desk officer .3.",
	.options = decide_options, .n_options = LENGTH(decide_options), .run = decide_run,
};
