/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_serve.c - tocsin serve: the pages, on the loopback address, until a signal. */
#include <signal.h>
#include <string.h>

#include <tocsin/serve.h>

#include "cli/cli.h"

static int wait_for_signal(struct err *err)
{
	sigset_t set;
	int caught;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigwait(&set, &caught) != 0)
		return err_set(err, ERR_FAILED, "could not wait for a signal");
	return 0;
}

static void block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static int serve_run(struct cli *cli, struct err *err)
{
	_cleanup_(server_closep) struct server *server = NULL;
	const char *setting = cli_setting(cli, "port", "TOCSIN_PORT", "serve", "port");
	int64_t port = 8377;
	int r;

	if (setting && (num_read_int(setting, strlen(setting), &port) < 0 || port < 0 || port > 65535))
		return err_set(err, ERR_USAGE, "port is \"%.20s\", expected 0 to 65535", setting);
	r = cli_store(cli, STORE_WRITE, err);   /* also brings the schema up to date */
	if (r == 0)
		r = cli_house(cli, err);
	if (r < 0)
		return r;
	block_signals();   /* before the server's threads, so that they inherit it */
	r = server_open(&(struct serve_setup){.store = cli_store_path(cli), .atlas = &cli->house->atlas,
					      .port = (uint16_t)port}, &server, err);
	if (r < 0)
		return r;
	say(cli, "serving http://127.0.0.1:%u/ until Ctrl-C", server_port(server));
	return wait_for_signal(err);
}

static const struct option options[] = {
	{"port", "PORT", "listen on this port of the loopback address (default 8377, 0: any free one)"},
};

const struct command command_serve = {
	.name = "serve", .group = "Records", .operands = "",
	.summary = "the read-only pages, on this machine only",
	.examples = {"tocsin serve", "tocsin serve --port 9000"},
	.options = options, .n_options = LENGTH(options), .run = serve_run,
};
