/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help.c - help and the man page's sections, both from the one table of commands. */
#include <string.h>

#include "cli/cli.h"

static void put_option(struct buf *buf, const struct option *option)
{
	char left[64];

	snprintf(left, sizeof left, "--%s%s%s", option->name,
		 option->argument && option->argument[0] != '[' ? " " : "",
		 option->argument ? option->argument : "");
	buf_printf(buf, "  %-22s %s\n", left, option->help);
}

void help_overview(struct buf *buf)
{
	const char *group = "";

	buf_puts(buf, "Examples:\n"
		 "  tocsin run --in data/demo        one round of the loop on a folder of feeds and tables\n"
		 "  tocsin alert list                what needs somebody, gravest first\n\n"
		 "tocsin is an early-warning and response system for democracy.\n\n"
		 "Usage: tocsin [OPTIONS] COMMAND [...]\n");
	for (size_t i = 0; i < n_commands; i++) {
		if (strcmp(commands[i]->group, group) != 0)
			buf_printf(buf, "\n%s\n", group = commands[i]->group);
		buf_printf(buf, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	}
	buf_puts(buf, "\nOptions of every command\n");
	for (size_t i = 0; i < n_global_options; i++)
		put_option(buf, &global_options[i]);
	buf_puts(buf, "\nExit status: 0 done, 1 failed, 2 usage, 3 not found, 4 invalid input, "
		 "5 not permitted,\n6 conflict, 7 integrity failure, 75 try later.\n"
		 "\"tocsin help COMMAND\" tells more.\n");
}

static void put_usage(struct buf *buf, const struct command *command)
{
	buf_printf(buf, "tocsin %s", command->name);
	for (size_t i = 0; command->verbs && command->verbs[i]; i++)
		buf_printf(buf, "%s%s", i ? "|" : " ", command->verbs[i]);
	if (*command->operands)
		buf_printf(buf, " %s", command->operands);
	if (command->n_options)
		buf_puts(buf, " [OPTIONS]");
}

void help_command(struct buf *buf, const struct command *command)
{
	buf_printf(buf, "Examples:\n  %s\n  %s\n\n", command->examples[0], command->examples[1]);
	buf_printf(buf, "tocsin %s: %s.\n\nUsage: ", command->name, command->summary);
	put_usage(buf, command);
	buf_puts(buf, "\n");
	if (command->details)
		buf_printf(buf, "\n%s\n", command->details);
	if (command->n_options)
		buf_puts(buf, "\nOptions\n");
	for (size_t i = 0; i < command->n_options; i++)
		put_option(buf, &command->options[i]);
	if (command->parts)
		buf_puts(buf, "\nMore\n");
	for (size_t i = 0; command->parts && command->parts[i]; i++)
		buf_printf(buf, "  %-28s %s\n", command->parts[i]->name, command->parts[i]->summary);
	buf_puts(buf, "\nOptions of every command are shown by \"tocsin help\".\n");
}

/* Text for scdoc: its special signs escaped. */
static void put_scdoc(struct buf *buf, const char *s)
{
	for (; *s; s++) {
		if (strchr("*_\\#[]<>`~|", *s))
			buf_putc(buf, '\\');
		buf_putc(buf, *s);
	}
}

static void man_option(struct buf *buf, const struct option *option)
{
	buf_printf(buf, "*--%s*", option->name);
	if (option->argument) {
		buf_putc(buf, ' ');
		put_scdoc(buf, option->argument);
	}
	buf_puts(buf, "\n\t");
	put_scdoc(buf, option->help);
	buf_puts(buf, "\n\n");
}

static void man_command(struct buf *buf, const struct command *command)
{
	_cleanup_(buf_free) struct buf usage = {0};

	put_usage(&usage, command);
	buf_puts(buf, "## ");
	put_scdoc(buf, usage.s);
	buf_puts(buf, "\n\n");
	put_scdoc(buf, command->summary);
	buf_puts(buf, ".");
	if (command->details) {
		buf_puts(buf, " ");
		put_scdoc(buf, command->details);
	}
	buf_puts(buf, "\n\n");
	for (size_t o = 0; o < command->n_options; o++)
		man_option(buf, &command->options[o]);
	for (size_t i = 0; command->parts && command->parts[i]; i++)
		man_command(buf, command->parts[i]);
}

void help_man(struct buf *buf)
{
	buf_puts(buf, "\n# COMMANDS\n\n");
	for (size_t i = 0; i < n_commands; i++)
		man_command(buf, commands[i]);
	buf_puts(buf, "# OPTIONS\n\nThese may stand before or after the command.\n\n");
	for (size_t i = 0; i < n_global_options; i++)
		man_option(buf, &global_options[i]);
}
