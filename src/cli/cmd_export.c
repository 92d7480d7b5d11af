/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_export.c - tocsin export and help. */
#include "cli/cli.h"

static int print_line(struct record *record, void *user, struct err *err)
{
	_cleanup_(buf_free) struct buf line = {0};

	(void)user;
	record_write_json(&line, record);
	buf_putc(&line, '\n');
	return fwrite(line.s, 1, line.len, stdout) == line.len ? 0 :
	       err_set(err, ERR_FAILED, "could not write to standard output");
}

static int export_run(struct cli *cli, struct err *err)
{
	int r;

	if (cli_has(cli, "csv") || cli_has(cli, "json"))
		return err_set(err, ERR_USAGE, "\"export\" writes JSON Lines only: a table holds one kind of record");
	r = cli_store(cli, STORE_READ, err);
	return r < 0 ? r : store_export(cli->store, cli_has(cli, "restricted"), print_line, NULL, err);
}

static const struct option export_options[] = {
	{"restricted", NULL, "also records of the licence class restricted, for your own use"},
};

const struct command command_export = {
	.name = "export", .group = "Keeping", .operands = "",
	.summary = "every revision of every record as JSON Lines, in a stable order",
	.examples = {"tocsin export --jsonl > all.jsonl", "tocsin export | grep '\"kind\":\"alert\"'"},
	.options = export_options, .n_options = LENGTH(export_options), .run = export_run,
};

static int help_run(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
	const struct command *part;
	const char *names[64];

	if (cli_has(cli, "man")) {
		help_man(&text);
	} else if (cli_has(cli, "bash")) {
		help_bash(&text);
	} else if (cli->n_operands) {
		int found;

		for (size_t i = 0; i < n_commands; i++)
			names[i] = commands[i]->name;
		found = cli_find(names, n_commands, cli->operands[0], "command", err);
		if (found < 0)
			return found;
		part = cli->n_operands > 1 ? command_part(commands[found], cli->operands[1]) : NULL;
		help_command(&text, part ? part : commands[found]);
	} else {
		help_overview(&text);
	}
	return print_buf(&text, err);
}

static const struct option help_options[] = {
	{"man", NULL, "print the sections of tocsin(1) that come from the table of commands"},
	{"bash", NULL, "print the completion for bash, from the same table"},
};

const struct command command_help = {
	.name = "help", .group = "Keeping", .operands = "[COMMAND]", .most = 2,
	.summary = "help on a command",
	.examples = {"tocsin help", "tocsin help run"},
	.options = help_options, .n_options = LENGTH(help_options), .run = help_run,
};
