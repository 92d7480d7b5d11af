/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_init.c - tocsin init: make the store, or bring its schema up to date, and its months ahead. */
#include "cli/cli.h"

#define MONTHS_AHEAD 3   /* run once a quarter, it is never late */

static int make_months(struct cli *cli, struct err *err)
{
	int64_t now = instant_month(instant_now());
	int r = store_begin(cli->store, err);

	if (r == 0)
		r = store_months(cli->store, now, now + MONTHS_AHEAD + 1, err);
	return r < 0 ? r : store_commit(cli->store, err);
}

static int init_run(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
	int r = cli_store(cli, STORE_CREATE, err);

	if (r == 0 && str_starts(cli_store_path(cli), "postgres"))
		r = make_months(cli, err);
	if (r < 0)
		return r;
	buf_puts(&text, "store ");
	store_describe(cli->store, &text);
	buf_printf(&text, ", schema %d\n", store_schema(cli->store));
	return print_buf(&text, err);
}

const struct command command_init = {
	.name = "init",
	.group = "The loop",
	.operands = "",
	.summary = "make the store, or bring it up to date",
	.examples = {"tocsin init", "tocsin --store postgresql://db.example/team init"},
	.details = "On PostgreSQL it also makes the partitions of this month and the three after it; \"tocsin store\n"
		   "months FROM TO\" makes others.",
	.run = init_run,
};
