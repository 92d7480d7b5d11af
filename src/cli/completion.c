/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * completion.c - what bash offers after a part of a word: commands, the verbs and
 * options of the one that was given, files after the options that take one.
 */
#include <string.h>

#include "cli/cli.h"

/* The option's argument is the name of a file or folder. */
static bool takes_file(const struct option *option)
{
	return str_eq(option->argument, "FILE") || str_eq(option->argument, "DIR");
}

static bool takes_word(const struct option *option)
{
	return option->argument && option->argument[0] != '[' && !takes_file(option);
}

static void put_options(struct buf *buf, const struct option *options, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(buf, " --%s", options[i].name);
}

/* "--store|--config|...": a pattern of the options that `chosen` picks, each once. */
static void put_pattern(struct buf *buf, bool (*chosen)(const struct option *option))
{
	_cleanup_(buf_free) struct buf seen = {0};

	buf_putc(&seen, ' ');
	for (size_t c = 0; c <= n_commands; c++) {
		const struct option *options = c < n_commands ? commands[c]->options : global_options;
		size_t n = c < n_commands ? commands[c]->n_options : n_global_options;

		for (size_t i = 0; i < n; i++) {
			char name[64];

			snprintf(name, sizeof name, " --%s ", options[i].name);
			if (!chosen(&options[i]) || strstr(seen.s, name))
				continue;
			buf_printf(buf, "%s--%s", seen.len > 1 ? "|" : "", options[i].name);
			buf_puts(&seen, name + 1);
		}
	}
}

static void put_command(struct buf *buf, const struct command *command)
{
	buf_printf(buf, "\t%s) words=\"", command->name);
	for (size_t i = 0; command->verbs && command->verbs[i]; i++)
		buf_printf(buf, " %s", command->verbs[i]);
	for (size_t i = 0; command->parts && command->parts[i]; i++) {
		buf_printf(buf, " %s", command->parts[i]->name + strlen(command->name) + 1);
		put_options(buf, command->parts[i]->options, command->parts[i]->n_options);
	}
	for (size_t i = 0; command == &command_help && i < n_commands; i++)
		buf_printf(buf, " %s", commands[i]->name);
	put_options(buf, command->options, command->n_options);
	buf_puts(buf, "\" ;;\n");
}

void help_bash(struct buf *buf)
{
	buf_puts(buf, "# bash completion of tocsin; made by \"tocsin help --bash\"\n"
		 "_tocsin()\n{\n"
		 "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command= words= i\n\n"
		 "\tcase $before in\n\t");
	put_pattern(buf, takes_file);
	buf_puts(buf, ") COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n\t");
	put_pattern(buf, takes_word);
	buf_puts(buf, ") COMPREPLY=(); return ;;\n\tesac\n"
		 "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n\t\tcase ${COMP_WORDS[i]} in\n\t\t");
	for (size_t i = 0; i < n_commands; i++)
		buf_printf(buf, "%s%s", i ? "|" : "", commands[i]->name);
	buf_puts(buf, ") command=${COMP_WORDS[i]}; break ;;\n\t\tesac\n\tdone\n\tcase $command in\n\t'') words=\"");
	for (size_t i = 0; i < n_commands; i++)
		buf_printf(buf, " %s", commands[i]->name);
	buf_puts(buf, "\" ;;\n");
	for (size_t i = 0; i < n_commands; i++)
		put_command(buf, commands[i]);
	buf_puts(buf, "\tesac\n\tCOMPREPLY=($(compgen -W \"$words");
	put_options(buf, global_options, n_global_options);
	buf_puts(buf, "\" -- \"$word\"))\n}\ncomplete -F _tocsin tocsin\n");
}
