/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c - parse, dispatch, print the one error; its status is the exit status. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

static int show_version(struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};

	buf_printf(&text, "tocsin %s\ncommit %s\nschema %d (records %s)\n%s\n", version_text, commit_text,
		   store_schema_newest(), SCHEMA_TEXT, store_engine_version());
	return print_buf(&text, err);
}

static int show_help(const struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};

	if (cli->command)
		help_command(&text, cli->command);
	else
		help_overview(&text);
	return print_buf(&text, err);
}

static int dispatch(struct cli *cli, int argc, char **argv, struct err *err)
{
	int r = cli_parse(cli, argc, argv, err);

	if (r < 0)
		return r;
	if (cli_has(cli, "version"))
		return show_version(err);
	if (cli_has(cli, "help"))
		return show_help(cli, err);
	if (cli_has(cli, "verbose"))
		log_limit(LOG_INFO);
	r = cli_configure(cli, err);
	return r < 0 ? r : cli->command->run(cli, err);
}

/* What was printed has to arrive: a full disk is seen here at the latest. */
static int finish_output(struct err *err)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return err_set(err, ERR_FAILED, "could not write to standard output: %s", strerror(errno));
}

/* A standard stream that came closed must not become a file or connection that is opened later. */
static void hold_streams(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);   /* reading or writing it fails, as it should */
}

int main(int argc, char **argv)
{
	struct cli cli = {.tty = isatty(STDOUT_FILENO), .tty_err = isatty(STDERR_FILENO)};
	struct err err = {0};
	int r;

	hold_streams();
	signal(SIGPIPE, SIG_DFL);
	r = dispatch(&cli, argc, argv, &err);
	if (r >= 0)
		r = finish_output(&err);
	if (r < 0) {
		fprintf(stderr, "tocsin: %s\n", err.msg);
		if (err.hint[0])
			fprintf(stderr, "hint: %s\n", err.hint);
	}
	cli_close(&cli);
	return r < 0 ? -r : 0;
}
