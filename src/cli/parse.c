/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parse.c - the command line. Global options may stand anywhere, those of a
 * command after its name; --name VALUE and --name=VALUE mean the same; "--" ends.
 */
#include <string.h>

#include "cli/cli.h"

static const struct option *option_named(const struct option *options, size_t n, const char *name,
					 size_t len, size_t *index)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(options[i].name) == len && strncmp(options[i].name, name, len) == 0) {
			*index = i;
			return &options[i];
		}
	return NULL;
}

int cli_find(const char *const *names, size_t n, const char *given, const char *what, struct err *err)
{
	const char *nearest;

	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], given) == 0)
			return (int)i;
	nearest = str_nearest(given, names, n);
	err_set(err, ERR_USAGE, "unknown %s \"%.60s\"", what, given);
	if (nearest)
		return err_hint(err, ERR_USAGE, "Did you mean \"%s\"?", nearest);
	return err_hint(err, ERR_USAGE, "Run \"tocsin help\" for a list.");
}

static int unknown_option(struct cli *cli, const char *name, size_t len, struct err *err)
{
	const char *names[64], *given = arena_printf(&cli->arena, "--%.*s", (int)(len < 60 ? len : 60), name);
	size_t n = 0, index;

	for (size_t i = 0; !cli->command && i < n_commands; i++)
		if (option_named(commands[i]->options, commands[i]->n_options, name, len, &index))
			return err_hint(err, err_set(err, ERR_USAGE, "option \"%s\" stands before its command", given),
					"Options of a command stand after its name.");
	for (size_t i = 0; i < n_global_options; i++)
		names[n++] = arena_printf(&cli->arena, "--%s", global_options[i].name);
	for (size_t i = 0; cli->command && i < cli->command->n_options; i++)
		names[n++] = arena_printf(&cli->arena, "--%s", cli->command->options[i].name);
	return cli_find(names, n, given, "option", err);
}

/* One --option at argv[*i]; takes the next argument when it needs one. */
static int parse_option(struct cli *cli, int argc, char **argv, int *i, struct err *err)
{
	const char *name = argv[*i] + 2, *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name), index = 0;
	const struct option *option = NULL;
	const char **values = cli->values;

	if (cli->command)
		option = option_named(cli->command->options, cli->command->n_options, name, len, &index);
	if (!option) {
		values = cli->globals;
		option = option_named(global_options, n_global_options, name, len, &index);
	}
	if (!option)
		return unknown_option(cli, name, len, err);
	if (!option->argument && equals)
		return err_set(err, ERR_USAGE, "option \"--%s\" takes no value", option->name);
	if (!option->argument || (option->argument[0] == '[' && !equals)) {
		values[index] = "";
	} else if (equals) {
		values[index] = equals + 1;
	} else if (*i + 1 < argc) {
		values[index] = argv[++*i];
	} else {
		return err_set(err, ERR_USAGE, "option \"--%s\" needs %s", option->name, option->argument);
	}
	*arena_push(&cli->arena, cli->given, cli->n_given, cli->cap_given) = (struct given){option, values[index]};
	return 0;
}

const struct command *command_part(const struct command *command, const char *verb)
{
	size_t len = strlen(command->name);

	for (size_t i = 0; command->parts && command->parts[i]; i++)
		if (strcmp(command->parts[i]->name + len + 1, verb) == 0)
			return command->parts[i];
	return NULL;
}

/* The verb after a command may be a command of its own: its options are read from there on. */
static int take_part(struct cli *cli, const struct command *part, struct err *err)
{
	for (size_t i = 0; i < cli->command->n_options; i++)
		if (cli->values[i])
			return err_set(err, ERR_USAGE, "option \"--%s\" stands before \"%s\"", cli->command->options[i].name,
				       part->name);
	cli->command = part;
	cli->values = arena_array(&cli->arena, const char *, part->n_options + 1);
	return 0;
}

static int parse_word(struct cli *cli, const char *word, struct err *err)
{
	const char *names[64];
	size_t n = 0;
	int found;

	if (!cli->command) {
		for (; n < n_commands; n++)
			names[n] = commands[n]->name;
		found = cli_find(names, n, word, "command", err);
		if (found < 0)
			return found;
		cli->command = commands[found];
		cli->values = arena_array(&cli->arena, const char *, cli->command->n_options + 1);
		return 0;
	}
	if (cli->command->parts && cli->n_operands == 0 && !cli->verb && command_part(cli->command, word))
		return take_part(cli, command_part(cli->command, word), err);
	if (cli->command->verbs && !cli->verb) {
		while (cli->command->verbs[n])
			n++;
		found = cli_find(cli->command->verbs, n, word, "verb", err);
		if (found >= 0)
			cli->verb = cli->command->verbs[found];
		return found < 0 ? found : 0;
	}
	cli->operands[cli->n_operands++] = word;
	return 0;
}

static int check_line(struct cli *cli, struct err *err)
{
	const struct command *command = cli->command;

	if (cli_has(cli, "help") || cli_has(cli, "version"))
		return 0;
	if (!command)
		return err_hint(err, err_set(err, ERR_USAGE, "no command given"),
				"Run \"tocsin help\" for a list.");
	if (cli->n_operands < command->least || cli->n_operands > command->most)
		return err_hint(err, err_set(err, ERR_USAGE, "\"%s\" takes %s, %zu %s given",
					     command->name, *command->operands ? command->operands : "no operand",
					     cli->n_operands, cli->n_operands == 1 ? "word was" : "words were"),
				"Run \"tocsin help %s\" for examples.", command->name);
	if (cli_has(cli, "lang") && strcmp(cli_option(cli, "lang"), "en") != 0)
		return err_set(err, ERR_USAGE, "no output in \"%.40s\": English (en) is the only language yet",
			       cli_option(cli, "lang"));
	if (cli_has(cli, "as-of"))
		return instant_read(cli_option(cli, "as-of"), &cli->as_of, err) < 0 ? ERR_USAGE : 0;
	return 0;
}

int cli_parse(struct cli *cli, int argc, char **argv, struct err *err)
{
	bool options = true;

	cli->globals = arena_array(&cli->arena, const char *, n_global_options);
	cli->operands = arena_array(&cli->arena, const char *, (size_t)argc + 1);
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];
		int r;

		if (options && strcmp(word, "--") == 0) {
			options = false;
			continue;
		}
		if (options && strcmp(word, "-h") == 0)
			word = "--help";
		if (options && word[0] == '-' && word[1] == '-') {
			argv[i] = (char *)word;
			r = parse_option(cli, argc, argv, &i, err);
		} else if (options && word[0] == '-' && word[1]) {
			r = err_set(err, ERR_USAGE, "unknown option \"%.20s\"", word);
		} else {
			r = parse_word(cli, word, err);
		}
		if (r < 0)
			return r;
	}
	return check_line(cli, err);
}

const char *cli_option(const struct cli *cli, const char *name)
{
	size_t index;

	if (cli->command && option_named(cli->command->options, cli->command->n_options, name,
					 strlen(name), &index))
		return cli->values[index];
	if (option_named(global_options, n_global_options, name, strlen(name), &index))
		return cli->globals[index];
	return NULL;
}

bool cli_has(const struct cli *cli, const char *name)
{
	return cli_option(cli, name) != NULL;
}

const char *cli_each(const struct cli *cli, const char *name, size_t *i)
{
	while (*i < cli->n_given) {
		const struct given *given = &cli->given[(*i)++];

		if (strcmp(given->option->name, name) == 0)
			return given->value;
	}
	return NULL;
}

int cli_number(const struct cli *cli, const char *name, int64_t fallback, int64_t *ret, struct err *err)
{
	const char *text = cli_option(cli, name);

	*ret = fallback;
	if (text && (num_read_int(text, strlen(text), ret) < 0 || *ret < 0))
		return err_set(err, ERR_USAGE, "option \"--%s\" is \"%.40s\", expected a whole number of 0 or more", name, text);
	return 0;
}
