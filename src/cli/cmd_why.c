/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_why.c - tocsin why: from any record to the words in the source document. */
#include <string.h>

#include "cli/cli.h"

static const char *owning_document(const struct why *why)
{
	return kind_of_id(why->id) == &kind_document ? why->id : NULL;
}

static void why_row(struct output *out, const struct why *why)
{
	_cleanup_(buf_free) struct buf row = {0}, what = {0};

	if (why->record)
		record_describe(&what, why->record);
	buf_printf(&row, "{\"depth\":%d,\"id\":", why->depth);
	json_put_str(&row, why->id);
	buf_puts(&row, ",\"kind\":");
	json_put_str(&row, kind_of_id(why->id) ? kind_of_id(why->id)->name : NULL);
	buf_puts(&row, ",\"role\":");
	json_put_str(&row, why->role);
	buf_puts(&row, ",\"what\":");
	json_put_str(&row, what.len ? what.s : NULL);
	buf_puts(&row, ",\"document\":");
	json_put_str(&row, owning_document(why));
	buf_puts(&row, ",\"part\":");
	json_put_str(&row, why->part);
	if (why->part)
		buf_printf(&row, ",\"byte_start\":%lld,\"byte_end\":%lld", (long long)why->byte_start,
			   (long long)why->byte_end);
	else
		buf_puts(&row, ",\"byte_start\":null,\"byte_end\":null");
	buf_puts(&row, ",\"text\":");
	json_put_str(&row, why->text);
	buf_printf(&row, ",\"again\":%s}", why->again ? "true" : "false");
	output_add(out, row.s);
}

static void why_line(struct buf *text, const struct why *why)
{
	buf_printf(text, "%*s", 2 * why->depth, "");
	if (why->role)
		buf_printf(text, "%s: ", why->role);
	if (why->text) {
		buf_putc(text, '"');
		for (const char *s = why->text; *s; s++)
			buf_putc(text, *s == '\n' ? ' ' : *s);   /* a line stays one */
		buf_printf(text, "\" (%s, bytes %lld-%lld) of ", why->part, (long long)why->byte_start,
			   (long long)why->byte_end);
	} else if (why->given_up) {
		buf_printf(text, "words that were given up (%s, bytes %lld-%lld) of ", why->part, (long long)why->byte_start,
			   (long long)why->byte_end);
	}
	if (why->record)
		record_describe(text, why->record);
	else
		buf_puts(text, "a record that is not here");
	buf_printf(text, " [%s]%s\n", why->id, why->again ? " (above)" : "");
}

static int why_run(struct cli *cli, struct err *err)
{
	struct output out = {.cli = cli};
	_cleanup_(buf_free) struct buf text = {0};
	struct why *walk;
	size_t n;
	int r = cli_store(cli, STORE_READ, err);

	if (r == 0)
		r = why_walk(cli->store, cli->operands[0], cli_as_of(cli), &cli->arena, &walk, &n, err);
	if (r < 0)
		return r;
	if (output_is_asked(cli)) {
		static const char *const columns[] = {"depth", "role", "kind", "id", "part", "byte_start",
						      "byte_end", "text", "what"};

		out.columns = columns;
		out.n_columns = LENGTH(columns);
		for (size_t i = 0; i < n; i++)
			why_row(&out, &walk[i]);
		return output_end(&out, err);
	}
	for (size_t i = 0; i < n; i++)
		why_line(&text, &walk[i]);
	return print_words(&text, err);
}

const struct command command_why = {
	.name = "why", .group = "Records", .operands = "ID", .least = 1, .most = 1,
	.summary = "what a record rests on, down to the words in the source",
	.examples = {"tocsin why ID", "tocsin why ID --json=document,byte_start,byte_end,text"},
	.run = why_run,
};
