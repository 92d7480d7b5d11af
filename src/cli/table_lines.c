/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table_lines.c - tables as JSON Lines: an object a row, its keys the columns, null for an empty cell. */
#include <math.h>
#include <string.h>

#include "cli/cli.h"

struct rows {
	const struct json **v;
	size_t n, cap;
	const char **columns;
	size_t n_columns, cap_columns;
};

static void add_columns(struct rows *rows, const struct json *row, struct arena *arena)
{
	for (size_t i = 0; i < row->n; i++) {
		size_t k = 0;

		/* Rows of one table have the same keys in the same order nearly always. */
		if (i < rows->n_columns && strcmp(rows->columns[i], row->keys[i]) == 0)
			continue;
		while (k < rows->n_columns && strcmp(rows->columns[k], row->keys[i]) != 0)
			k++;
		if (k == rows->n_columns)
			*arena_push(arena, rows->columns, rows->n_columns, rows->cap_columns) = row->keys[i];
	}
}

static int read_lines(const char *name, const char *text, size_t len, struct rows *rows, struct arena *arena, struct err *err)
{
	size_t line = 1;

	for (const char *s = text, *end = text + len, *past; s < end; s = past + 1, line++) {
		const struct json *row;
		int r;

		past = memchr(s, '\n', (size_t)(end - s));
		past = past ? past : end;
		if (past == s || (past == s + 1 && *s == '\r'))
			continue;
		r = json_read(s, (size_t)(past - s), name, line, arena, &row, err);
		if (r < 0)
			return r;
		if (row->type != JSON_MAP)
			return err_set(err, ERR_DATA, "%s:%zu:1: a row is an object of columns", name, line);
		add_columns(rows, row, arena);
		*arena_push(arena, rows->v, rows->n, rows->cap) = row;
	}
	return 0;
}

static void put_value(struct buf *buf, const struct json *value)
{
	char number[32];

	if (!value)
		return;
	if (value->type == JSON_INT)
		buf_printf(buf, "%lld", (long long)value->i);
	else if (value->type == JSON_NUMBER && num_write(value->d, number))
		buf_puts(buf, number);
	else if (value->type == JSON_BOOL)
		buf_putc(buf, value->b ? '1' : '0');
	else if (value->type == JSON_STR)
		csv_put(buf, value->s, ',');
}

int table_of_lines(const char *name, char **text, size_t *len, struct arena *arena, struct err *err)
{
	_cleanup_(buf_free) struct buf buf = {0};
	struct rows rows = {0};
	size_t blank = strspn(*text, " \t\r\n");
	int r;

	if ((*text)[blank] != '{')
		return 0;
	r = read_lines(name, *text, *len, &rows, arena, err);
	if (r < 0)
		return r;
	for (size_t k = 0; k < rows.n_columns; k++) {
		buf_puts(&buf, k ? "," : "");
		csv_put(&buf, rows.columns[k], ',');
	}
	for (size_t i = 0; i < rows.n; i++)
		for (size_t k = 0; k < rows.n_columns; k++) {
			buf_putc(&buf, k ? ',' : '\n');
			put_value(&buf, json_get(rows.v[i], rows.columns[k]));
		}
	buf_putc(&buf, '\n');
	*text = arena_ndup(arena, buf.s, buf.len);
	*len = buf.len;
	return 0;
}

static void put_json_cell(struct buf *buf, const struct csv_cell *cell)
{
	double value;

	if (cell->len == 0)
		buf_puts(buf, "null");
	else if (!cell->quoted && num_read(cell->s, cell->len, &value) == 0)
		json_put_num(buf, value);
	else
		json_put_str(buf, cell->s);
}

int lines_of_table(const struct buf *table, struct buf *ret, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(arena_free) struct arena row = {0};
	struct csv csv;
	int r = csv_open(&csv, "table", table->s, table->len, ',', &arena, err);

	while (r >= 0 && (r = csv_next(&csv, &row, err)) == 1) {
		for (size_t k = 0; k < csv.n_columns; k++) {
			buf_putc(ret, k ? ',' : '{');
			json_put_str(ret, csv.header[k]);
			buf_putc(ret, ':');
			put_json_cell(ret, &csv.row[k]);
		}
		buf_puts(ret, "}\n");
		arena_reset(&row);
	}
	return r;
}
