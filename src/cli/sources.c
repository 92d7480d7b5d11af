/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sources.c - tables of frameworks and lists of events, as the filters of measure are given them. */
#include <string.h>

#include "cli/cli.h"

#define INPUT_LIMIT ((size_t)2 << 30)

/* NAME[:COLUMN+COLUMN]=FILE */
static int read_source(struct cli *cli, const char *option, const char *given, struct source_text *ret,
		       struct err *err)
{
	const char *equals = strchr(given, '=');
	char *name, *colon, *text;
	int r;

	if (!equals || equals == given || !equals[1])
		return err_hint(err, err_set(err, ERR_USAGE, "option \"--%s\" is \"%.60s\", expected NAME=FILE",
					     option, given),
				"To take some columns only: NAME:COLUMN+COLUMN=FILE.");
	name = arena_ndup(&cli->arena, given, (size_t)(equals - given));
	*ret = (struct source_text){.name = name, .file = equals + 1};
	colon = strchr(name, ':');
	if (colon) {
		*colon = '\0';
		ret->columns = colon + 1;
	}
	r = file_read(ret->file, INPUT_LIMIT, &cli->arena, &text, &ret->len, err);
	ret->text = text;
	return r;
}

int filter_sources(struct cli *cli, const char *option, struct source_text **ret, size_t *ret_n, struct err *err)
{
	struct source_text *v = arena_array(&cli->arena, struct source_text, cli->n_given + 1);
	const char *given;
	size_t n = 0;

	for (size_t i = 0; (given = cli_each(cli, option, &i)); n++) {
		int r = read_source(cli, option, given, &v[n], err);

		if (r < 0)
			return r;
		for (size_t k = 0; k < n; k++)
			if (strcmp(v[k].name, v[n].name) == 0)
				return err_set(err, ERR_USAGE, "two sources are called \"%.60s\"", v[n].name);
	}
	*ret = v;
	*ret_n = n;
	return 0;
}

int filter_events(struct cli *cli, struct records **ret, struct err *err)
{
	const char *path = cli_option(cli, "events");
	struct records *list;
	char *text;
	size_t len;
	int r;

	*ret = NULL;
	if (!path)
		return 0;
	r = file_read(path, INPUT_LIMIT, &cli->arena, &text, &len, err);
	if (r < 0)
		return r;
	list = arena_new(&cli->arena, struct records);
	list->arena = &cli->arena;
	r = str_starts(text, "kind,") ? records_read_csv(text, len, path, list, err)
				      : records_read_jsonl(text, len, path, list, err);
	if (r == 0)
		*ret = list;
	return r;
}
