/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output.c - one way to print rows: each row is a JSON object; --json prints a
 * bare array, --jsonl lines, --csv cells; else a table on a terminal and TSV in a
 * pipe. Data goes to the standard output, everything else to the standard error.
 */
#include <errno.h>
#include <string.h>

#include <tocsin/render.h>

#include "cli/cli.h"

int print_buf(const struct buf *buf, struct err *err)
{
	if (buf->len && (fwrite(buf->s, 1, buf->len, stdout) != buf->len || fflush(stdout) != 0))
		return err_set(err, ERR_FAILED, "could not write to standard output: %s", strerror(errno));
	return 0;
}

/* Control signs of one byte, and those of two (U+0080 to U+009F), which terminals obey as well. */
static void blank_controls(struct buf *buf)
{
	size_t n = 0;

	for (size_t i = 0; i < buf->len; i++) {
		unsigned char c = (unsigned char)buf->s[i], next = (unsigned char)buf->s[i + 1];

		if (c == 0xc2 && next >= 0x80 && next < 0xa0) {
			buf->s[n++] = ' ';
			i++;
		} else {
			buf->s[n++] = (c < ' ' && c != '\n') || c == 0x7f ? ' ' : (char)c;
		}
	}
	buf_cut(buf, n);
}

int print_words(struct buf *buf, struct err *err)
{
	blank_controls(buf);
	return print_buf(buf, err);
}

void say(const struct cli *cli, const char *fmt, ...)
{
	va_list args;

	if (cli_has(cli, "quiet"))
		return;
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

void output_add(struct output *out, const char *json)
{
	*arena_push(&out->cli->arena, out->rows, out->n, out->cap) = arena_dup(&out->cli->arena, json);
}

void output_record(struct output *out, const void *record)
{
	_cleanup_(buf_free) struct buf row = {0};

	record_write_json(&row, record);
	output_add(out, row.s);
}

/* The names after --json=, as the columns to keep. */
static void choose_columns(struct output *out)
{
	const char *fields = cli_option(out->cli, "json"), **names = NULL;
	size_t n = 0, cap = 0;

	if (!fields || !*fields)
		return;
	for (;;) {
		size_t len = strcspn(fields, ",");

		*arena_push(&out->cli->arena, names, n, cap) = arena_ndup(&out->cli->arena, fields, len);
		if (!fields[len])
			break;
		fields += len + 1;
	}
	out->columns = names;
	out->n_columns = n;
}

static void put_chosen(struct buf *buf, const struct output *out, const struct json *row)
{
	buf_putc(buf, '{');
	for (size_t i = 0; i < out->n_columns; i++) {
		const struct json *value = json_get(row, out->columns[i]);

		if (i)
			buf_putc(buf, ',');
		json_put_str(buf, out->columns[i]);
		buf_putc(buf, ':');
		if (value)
			json_write(buf, value);
		else
			buf_puts(buf, "null");
	}
	buf_putc(buf, '}');
}

static int parse_row(struct output *out, size_t i, const struct json **ret, struct err *err)
{
	return json_read(out->rows[i], strlen(out->rows[i]), "row", i + 1, &out->cli->arena, ret, err);
}

/* A name that no row knows is a slip, not a missing value. */
static int check_chosen(struct output *out, struct err *err)
{
	const struct json *row = NULL;

	for (size_t c = 0; c < out->n_columns && out->n; c++) {
		const char *nearest;
		bool found = false;

		for (size_t i = 0; i < out->n && !found; i++) {
			int r = parse_row(out, i, &row, err);

			if (r < 0)
				return r;
			for (size_t k = 0; k < row->n && !found; k++)
				found = strcmp(row->keys[k], out->columns[c]) == 0;
		}
		if (found)
			continue;
		err_set(err, ERR_USAGE, "no row has a field \"%.40s\"", out->columns[c]);
		nearest = str_nearest(out->columns[c], (const char *const *)row->keys, row->n);
		return nearest ? err_hint(err, ERR_USAGE, "Did you mean \"%s\"?", nearest) : ERR_USAGE;
	}
	return 0;
}

static int put_json(struct buf *buf, struct output *out, bool lines, struct err *err)
{
	bool chosen = *cli_option(out->cli, lines && !cli_has(out->cli, "json") ? "jsonl" : "json") != '\0';
	int r = chosen ? check_chosen(out, err) : 0;

	if (r < 0)
		return r;
	if (!lines)
		buf_putc(buf, '[');
	for (size_t i = 0; i < out->n; i++) {
		const struct json *row;

		if (i)
			buf_puts(buf, lines ? "\n" : ",\n ");
		if (!chosen) {
			buf_puts(buf, out->rows[i]);
			continue;
		}
		r = parse_row(out, i, &row, err);
		if (r < 0)
			return r;
		put_chosen(buf, out, row);
	}
	if (!lines)
		buf_putc(buf, ']');
	if (!lines || out->n)
		buf_putc(buf, '\n');
	return 0;
}

static const char *cell_text(struct output *out, const struct json *row, const char *column)
{
	_cleanup_(buf_free) struct buf cell = {0};
	const struct json *value = json_get(row, column);

	if (!value)
		return "";
	if (value->type == JSON_STR)
		return value->s;
	json_write(&cell, value);
	return arena_ndup(&out->cli->arena, cell.s, cell.len);
}

static int put_cells(struct buf *buf, struct output *out, struct err *err)
{
	bool csv = cli_has(out->cli, "csv");
	const char **cells = arena_array(&out->cli->arena, const char *, (out->n + 1) * out->n_columns);

	for (size_t i = 0; i < out->n; i++) {
		const struct json *row;
		int r = parse_row(out, i, &row, err);

		if (r < 0)
			return r;
		for (size_t c = 0; c < out->n_columns; c++)
			cells[i * out->n_columns + c] = cell_text(out, row, out->columns[c]);
	}
	if (!csv) {
		table_write(buf, out->columns, out->n_columns, cells, out->n, out->cli->tty);
		return 0;
	}
	for (size_t c = 0; c < out->n_columns; c++)
		buf_printf(buf, "%s%s", c ? "," : "", out->columns[c]);
	for (size_t i = 0; i < out->n * out->n_columns; i++) {
		buf_putc(buf, i % out->n_columns ? ',' : '\n');
		csv_put(buf, cells[i], ',');
	}
	buf_putc(buf, '\n');
	return 0;
}

bool output_is_asked(const struct cli *cli)
{
	return cli_has(cli, "json") || cli_has(cli, "jsonl") || cli_has(cli, "csv");
}

int output_object(struct cli *cli, const char *json, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
	struct output out = {.cli = cli};
	const struct json *row;
	int r;

	output_add(&out, json);
	if (!cli_has(cli, "json") && cli_has(cli, "csv")) {
		r = parse_row(&out, 0, &row, err);
		if (r < 0)
			return r;
		out.columns = (const char *const *)row->keys;
		out.n_columns = row->n;
		return output_end(&out, err);
	}
	choose_columns(&out);
	r = put_json(&text, &out, true, err);
	return r < 0 ? r : print_buf(&text, err);
}

int output_end(struct output *out, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
	bool lines = cli_has(out->cli, "jsonl");
	int r;

	choose_columns(out);
	if (lines || cli_has(out->cli, "json"))
		r = put_json(&text, out, lines, err);
	else
		r = put_cells(&text, out, err);
	return r < 0 ? r : print_buf(&text, err);
}
