/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_init.c - tocsin init: make the store, or bring its schema up to date. */
#include "cli/cli.h"

static int init_run(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
	int r = cli_store(cli, STORE_CREATE, err);

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
	.examples = {"tocsin init", "tocsin --store team.db init"},
	.run = init_run,
};
