/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv.c - CSV (RFC 4180), strict. Each row is as wide as the header; a quote
 * stands only at the start of a cell, and inside one it is doubled. Line ends
 * are LF or CRLF. Every complaint names file, line and column.
 */
#include <string.h>

#include <tocsin/base.h>

static size_t line_start(const struct csv *csv, size_t at)
{
	while (at > 0 && csv->text[at - 1] != '\n')
		at--;
	return at;
}

static int csv_fault(const struct csv *csv, size_t at, size_t line, struct err *err, const char *what)
{
	return err_set(err, ERR_DATA, "%s:%zu:%zu: %s", csv->name, line,
		       at - line_start(csv, at) + 1, what);
}

/* LF, CRLF, or a CR that is the last byte. */
static bool ends_line(const struct csv *csv)
{
	char c = csv->text[csv->at];

	return c == '\n' || (c == '\r' && (csv->at + 1 == csv->len || csv->text[csv->at + 1] == '\n'));
}

static int read_quoted(struct csv *csv, struct buf *cell, struct err *err)
{
	size_t start = csv->at, line = csv->line;

	csv->at++;
	for (;; csv->at++) {
		if (csv->at >= csv->len)
			return csv_fault(csv, start, line, err, "quoted cell is never closed");
		if (csv->text[csv->at] == '"') {
			if (csv->at + 1 >= csv->len || csv->text[csv->at + 1] != '"')
				break;
			csv->at++;
		}
		if (csv->text[csv->at] == '\n')
			csv->line++;
		buf_putc(cell, csv->text[csv->at]);
	}
	csv->at++;
	if (csv->at < csv->len && csv->text[csv->at] != csv->delimiter && !ends_line(csv))
		return csv_fault(csv, csv->at, csv->line, err,
				 "text after a closing quote, expected the next cell");
	return 0;
}

static int read_plain(struct csv *csv, struct buf *cell, struct err *err)
{
	size_t start = csv->at;

	while (csv->at < csv->len && csv->text[csv->at] != csv->delimiter &&
	       csv->text[csv->at] != '\n') {
		if (csv->text[csv->at] == '"')
			return csv_fault(csv, csv->at, csv->line, err, "quote inside a plain cell");
		csv->at++;
	}
	buf_add(cell, csv->text + start, csv->at - start);
	if (csv->at < csv->len && csv->text[csv->at] == '\n' && cell->len &&
	    cell->s[cell->len - 1] == '\r')
		buf_cut(cell, cell->len - 1);
	return 0;
}

static int read_cell(struct csv *csv, struct csv_cell *cell, struct arena *arena, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
	int r;

	cell->line = csv->line;
	cell->column = csv->at - line_start(csv, csv->at) + 1;
	cell->quoted = csv->at < csv->len && csv->text[csv->at] == '"';
	r = cell->quoted ? read_quoted(csv, &text, err) : read_plain(csv, &text, err);
	if (r < 0)
		return r;
	if (utf8_valid(text.len ? text.s : "", text.len) != text.len)
		return err_hint(err,
				err_set(err, ERR_DATA, "%s:%zu:%zu: cell is not valid UTF-8", csv->name,
					cell->line, cell->column),
				"Convert the file to UTF-8; a NUL byte is refused too.");
	cell->s = arena_ndup(arena, text.len ? text.s : "", text.len);
	cell->len = text.len;
	return 0;
}

/* Cells of one row into *cells; 0 at the end of the text, else their number. */
static int read_row(struct csv *csv, struct csv_cell **cells, struct arena *arena, struct err *err)
{
	size_t n = 0, cap = 0;
	struct csv_cell *row = NULL;

	if (csv->at >= csv->len)
		return 0;
	for (;;) {
		struct csv_cell *cell = arena_push(arena, row, n, cap);
		int r = read_cell(csv, cell, arena, err);

		if (r < 0)
			return r;
		if (csv->at >= csv->len || csv->text[csv->at] != csv->delimiter)
			break;
		csv->at++;
	}
	if (csv->at < csv->len && csv->text[csv->at] == '\r')
		csv->at++;
	if (csv->at < csv->len && csv->text[csv->at] == '\n') {
		csv->at++;
		csv->line++;
	}
	*cells = row;
	return (int)n;
}

int csv_open(struct csv *csv, const char *name, const char *text, size_t len, char delimiter,
	     struct arena *arena, struct err *err)
{
	struct csv_cell *cells;
	const char **header;
	int n;

	*csv = (struct csv){.name = name, .text = text, .len = len, .line = 1, .delimiter = delimiter};
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		csv->text += 3;
		csv->len -= 3;
	}
	n = read_row(csv, &cells, arena, err);
	if (n < 0)
		return n;
	if (n == 0)
		return err_set(err, ERR_DATA, "%s:1:1: file is empty, expected a header row", name);
	header = arena_array(arena, const char *, (size_t)n);
	for (int i = 0; i < n; i++) {
		header[i] = cells[i].s;
		for (int j = 0; j < i; j++)
			if (strcmp(header[i], header[j]) == 0)
				return err_set(err, ERR_DATA, "%s:1:%zu: column \"%s\" stands twice",
					       name, cells[i].column, header[i]);
	}
	csv->header = header;
	csv->n_columns = (size_t)n;
	return 0;
}

int csv_next(struct csv *csv, struct arena *arena, struct err *err)
{
	size_t line = csv->line;
	const char *rest = csv->text + csv->at;
	size_t left = csv->len - csv->at;
	int n;

	/* A blank line at the end is no row; elsewhere it is a short one. */
	if ((left == 1 && rest[0] == '\n') || (left == 2 && rest[0] == '\r' && rest[1] == '\n'))
		return 0;
	n = read_row(csv, &csv->row, arena, err);
	if (n <= 0)
		return n;
	if ((size_t)n != csv->n_columns)
		return err_hint(err,
				err_set(err, ERR_DATA, "%s:%zu:1: row has %d columns, expected %zu",
					csv->name, line, n, csv->n_columns),
				"Quote cells that hold a \"%c\", and keep empty cells.",
				csv->delimiter);
	return 1;
}

int csv_column(const struct csv *csv, const char *name)
{
	for (size_t i = 0; i < csv->n_columns; i++)
		if (strcmp(csv->header[i], name) == 0)
			return (int)i;
	return -1;
}

int csv_need(const struct csv *csv, const char *name, struct err *err)
{
	int column = csv_column(csv, name);
	const char *nearest;

	if (column >= 0)
		return column;
	nearest = str_nearest(name, csv->header, csv->n_columns);
	err_set(err, ERR_DATA, "%s:1:1: no column \"%s\"", csv->name, name);
	return nearest ? err_hint(err, ERR_DATA, "Did you mean the column \"%s\"?", nearest) : ERR_DATA;
}

int csv_error(const struct csv *csv, size_t cell, struct err *err, const char *fmt, ...)
{
	char what[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof what, fmt, args);
	va_end(args);
	return err_set(err, ERR_DATA, "%s:%zu:%zu: %s", csv->name, csv->row[cell].line,
		       csv->row[cell].column, what);
}

const char *csv_text(const struct csv *csv, int column)
{
	return column >= 0 && csv->row[column].len ? csv->row[column].s : NULL;
}

void csv_put(struct buf *buf, const char *s, char delimiter)
{
	if (!strchr(s, delimiter) && !strpbrk(s, "\"\r\n")) {
		buf_puts(buf, s);
		return;
	}
	buf_putc(buf, '"');
	for (; *s; s++) {
		if (*s == '"')
			buf_putc(buf, '"');
		buf_putc(buf, *s);
	}
	buf_putc(buf, '"');
}
