/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filter.c - what the commands that turn one file into another share. */
#include <string.h>

#include "cli/cli.h"

#define INPUT_LIMIT ((size_t)2 << 30)

int filter_read(struct cli *cli, const char *option, char **ret, size_t *ret_len, struct err *err)
{
	const char *path = cli_option(cli, option);

	if (!path)
		return err_set(err, ERR_USAGE, "\"%s\" needs --%s", cli->command->name, option);
	return file_read(path, INPUT_LIMIT, &cli->arena, ret, ret_len, err);
}

int filter_write(struct cli *cli, const struct buf *buf, struct err *err)
{
	const char *path = cli_option(cli, "out");

	return file_write(path ? path : "-", buf->len ? buf->s : "", buf->len, err);
}

int filter_write_table(struct cli *cli, const struct buf *table, struct err *err)
{
	_cleanup_(buf_free) struct buf lines = {0};
	int r;

	if (!cli_has(cli, "jsonl"))
		return filter_write(cli, table, err);
	r = lines_of_table(table, &lines, err);
	return r < 0 ? r : filter_write(cli, &lines, err);
}
