/* SPDX-License-Identifier: GPL-3.0-or-later */
/* commands.c - the table of commands, in the order and under the headings of the help. */
#include "cli/cli.h"

const struct command *const commands[] = {
	&command_init, &command_run, &command_replay, &command_worker,
	&command_collect, &command_code, &command_measure, &command_foresee, &command_respond,
	&command_learn,
	&command_country, &command_event, &command_forecast, &command_question, &command_alert,
	&command_plan,
	&command_why, &command_report, &command_serve,
	&command_export, &command_store, &command_help,
};
const size_t n_commands = LENGTH(commands);

const struct option global_options[] = {
	{"store", "FILE", "keep records in FILE (default: $TOCSIN_STORE, then $XDG_DATA_HOME/tocsin/tocsin.db)"},
	{"config", "FILE", "read settings from FILE"},
	{"as-of", "DATE", "show or run as it would have been on DATE"},
	{"json", "[=FIELDS]", "print a JSON array; FIELDS is a list of names, by commas"},
	{"jsonl", NULL, "print JSON Lines"},
	{"csv", NULL, "print CSV"},
	{"user", "NAME", "the principal that a change is recorded for (default: $TOCSIN_USER, then local)"},
	{"lang", "LANG", "language of the output; English is the only one yet"},
	{"quiet", NULL, "say nothing on the standard error but errors"},
	{"verbose", NULL, "say more on the standard error"},
	{"no-color", NULL, "never colour the output"},
	{"no-input", NULL, "never ask"},
	{"yes", NULL, "do what cannot be undone without asking"},
	{"help", NULL, "show help and exit"},
	{"version", NULL, "show versions and exit"},
};
const size_t n_global_options = LENGTH(global_options);
