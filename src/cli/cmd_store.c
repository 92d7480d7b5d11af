/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_store.c - tocsin export, store and help. */
#include <string.h>
#include <unistd.h>

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

static int store_show(struct cli *cli, struct err *err)
{
	static const char *const columns[] = {"kind", "records"};
	struct output out = {.cli = cli, .columns = columns, .n_columns = LENGTH(columns)};

	for (size_t i = 0; i < n_kinds; i++) {
		int64_t n = store_count(cli->store, kinds[i], cli_as_of(cli), err);

		if (n < 0)
			return (int)n;
		output_add(&out, arena_printf(&cli->arena, "{\"kind\":\"%s\",\"records\":%lld}", kinds[i]->name,
					      (long long)n));
	}
	return output_end(&out, err);
}

static int store_erase_one(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf reason = {0};
	char answer[8] = "";

	for (size_t i = 1; i < cli->n_operands; i++)
		buf_printf(&reason, "%s%s", i > 1 ? " " : "", cli->operands[i]);
	if (!cli_has(cli, "yes")) {
		if (!isatty(STDIN_FILENO) || cli_has(cli, "no-input"))
			return err_hint(err, err_set(err, ERR_USAGE, "erasing cannot be undone"),
					"Say --yes to do it.");
		fprintf(stderr, "Erase the words of %s for good? [y/N] ", cli->operands[0]);
		if (!fgets(answer, sizeof answer, stdin) || (answer[0] != 'y' && answer[0] != 'Y'))
			return err_set(err, ERR_FAILED, "nothing was erased");
	}
	return store_erase(cli->store, cli->operands[0], reason.s, err);
}

static int store_command(struct cli *cli, struct err *err)
{
	bool erase = str_eq(cli->verb, "erase");
	char hex[65];
	int r;

	if (erase && cli->n_operands < 2)
		return err_set(err, ERR_USAGE, "\"store erase\" takes an id and a reason");
	if (!erase && cli->n_operands)
		return err_set(err, ERR_USAGE, "\"store %s\" takes no operand", cli->verb ? cli->verb : "show");
	r = cli_store(cli, erase ? STORE_WRITE : STORE_READ, err);
	if (r < 0)
		return r;
	if (erase)
		return store_erase_one(cli, err);
	if (str_eq(cli->verb, "verify"))
		return store_verify(cli->store, err);
	if (!str_eq(cli->verb, "hash"))
		return store_show(cli, err);
	r = store_hash(cli->store, hex, err);
	if (r == 0)
		printf("%s\n", hex);
	return r;
}

static const char *const store_verbs[] = {"show", "hash", "verify", "erase", NULL};

const struct command command_store = {
	.name = "store", .group = "Keeping", .operands = "[ID REASON...]", .verbs = store_verbs, .most = 64,
	.summary = "what the store holds; its hash, its check, erasure",
	.examples = {"tocsin store hash", "tocsin store erase ID \"asked for by the author\" --yes"},
	.run = store_command,
};

static int help_run(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
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
		help_command(&text, commands[found]);
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
	.name = "help", .group = "Keeping", .operands = "[COMMAND]", .most = 1,
	.summary = "help on a command",
	.examples = {"tocsin help", "tocsin help run"},
	.options = help_options, .n_options = LENGTH(help_options), .run = help_run,
};
