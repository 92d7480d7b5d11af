/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_measure_revisions.c - tocsin measure revisions: which episodes each release of an index made and unmade, and why. */
#include <math.h>
#include <string.h>

#include "cli/cli.h"

#define INPUT_LIMIT ((size_t)2 << 30)

static int read_release(struct cli *cli, const char *given, struct release *ret, struct err *err)
{
	const char *equals = strchr(given, '='), *value = cli_option(cli, "value");
	char *text;
	size_t len;
	int r;

	if (!equals || equals == given || !equals[1])
		return err_set(err, ERR_USAGE, "option \"--vintage\" is \"%.60s\", expected NAME=FILE", given);
	ret->name = arena_ndup(&cli->arena, given, (size_t)(equals - given));
	r = file_read(equals + 1, INPUT_LIMIT, &cli->arena, &text, &len, err);
	if (r < 0 || (r = table_of_lines(equals + 1, &text, &len, &cli->arena, err)) < 0)
		return r;
	return ert_table_read(equals + 1, text, len, value ? value : "v2x_polyarchy", &cli->arena, &ret->table, err);
}

static int read_releases(struct cli *cli, struct release **ret, size_t *ret_n, struct err *err)
{
	struct release *v = arena_array(&cli->arena, struct release, cli->n_given + 1);
	const char *given;
	size_t n = 0;

	for (size_t i = 0; (given = cli_each(cli, "vintage", &i)); n++) {
		int r = read_release(cli, given, &v[n], err);

		if (r < 0)
			return r;
		for (size_t k = 0; k < n; k++)
			if (strcmp(v[k].name, v[n].name) == 0)
				return err_set(err, ERR_USAGE, "two releases are called \"%.60s\"", v[n].name);
	}
	if (n < 2)
		return err_hint(err, err_set(err, ERR_USAGE, "\"measure revisions\" needs two releases or more"),
				"Name them from the oldest on: --vintage v12=FILE --vintage v13=FILE.");
	*ret = v;
	*ret_n = n;
	return 0;
}

static void put_number(struct buf *buf, double value)
{
	char text[32];

	num_write(value, text);
	buf_printf(buf, ",%s", text);
}

static void put_cell(struct buf *buf, const struct ert_cell *cell)
{
	double value;

	put_number(buf, num_read(cell->s, cell->len, &value) == 0 ? value : NAN);
}

static void put_revision(struct buf *buf, const char *before, const char *after, const struct revision *revision)
{
	csv_put(buf, revision->country, ',');
	buf_printf(buf, ",%d,%s,", revision->year, revision->direction > 0 ? "dem" : "aut");
	csv_put(buf, before, ',');
	buf_putc(buf, ',');
	csv_put(buf, after, ',');
	buf_printf(buf, ",%d,%d,%d,%d,%s", revision->in_before, revision->in_after, revision->start, revision->end,
		   revision_words[revision->reason]);
	put_number(buf, revision->before->v);
	put_number(buf, revision->after->v);
	put_cell(buf, &revision->before->low);
	put_cell(buf, &revision->before->high);
	put_cell(buf, &revision->after->low);
	put_cell(buf, &revision->after->high);
	buf_putc(buf, ',');
	if (revision->decided != ERT_NONE)
		buf_printf(buf, "%d", revision->decided);
	put_number(buf, revision->decided_before);
	put_number(buf, revision->decided_after);
	buf_putc(buf, '\n');
}

static int revisions_command(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf buf = {0};
	struct episode_rule rule;
	struct release *releases = NULL;
	size_t n = 0, counts[REVISION_REASONS] = {0};
	int r;

	if ((r = filter_rule(cli, &rule, err)) < 0 || (r = read_releases(cli, &releases, &n, err)) < 0)
		return r;
	buf_puts(&buf, "country_text_id,year,direction,before,after,ep_before,ep_after,ep_start_year,ep_end_year,reason,"
		       "value_before,value_after,low_before,high_before,low_after,high_after,"
		       "decided_year,decided_before,decided_after\n");
	for (size_t k = 1; k < n; k++) {
		struct revision *revisions;
		size_t found;

		revision_find(&releases[k - 1], &releases[k], &rule, &cli->arena, &revisions, &found);
		for (size_t i = 0; i < found; i++) {
			put_revision(&buf, releases[k - 1].name, releases[k].name, &revisions[i]);
			counts[revisions[i].reason]++;
		}
	}
	for (size_t reason = 0; reason < REVISION_REASONS; reason++)
		say(cli, "%s: %zu", revision_words[reason], counts[reason]);
	return filter_write_table(cli, &buf, err);
}

static const struct option revisions_options[] = {
	{"vintage", "NAME=FILE", "a release of the index; two or more, from the oldest on"},
	{"out", "FILE", "write CSV (under --jsonl JSON Lines) to FILE, - for standard output"},
	EPISODE_OPTIONS,
};

const struct command command_measure_revisions = {
	.name = "measure revisions", .group = "Stages, on the store or as filters", .operands = "",
	.summary = "country-years that a release moved into an episode or out of one, and why",
	.examples = {"tocsin measure revisions --vintage v12=v12.csv --vintage v13=v13.csv --out flips.csv",
		     "tocsin measure revisions --vintage v14=v14.csv --vintage v15=v15.csv --out -"},
	.details = "Each file has the columns of \"measure episodes\". The reason of a flip is one of: re-rating beyond\n"
		   "the interval, re-rating within the interval, interval only, regime re-rated, new year, method; the\n"
		   "year that decided is named with its values.",
	.options = revisions_options, .n_options = LENGTH(revisions_options), .run = revisions_command,
};
