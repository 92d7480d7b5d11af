/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grid.c - rows of cells as an aligned table on a terminal, as TSV in a pipe. */
#include <string.h>

#include <tocsin/text.h>

#include "render/words.h"

static size_t cell_width(const char *s)
{
	return text_width(s, strlen(s));
}

/* Tabs, line breaks and other control signs (terminal escapes among them) become blanks. */
static void put_cell(struct buf *buf, const char *s)
{
	size_t len = strlen(s);

	for (size_t i = 0; i < len;) {
		uint32_t c = utf8_next(s, len, &i);

		utf8_put(buf, c < ' ' || (c >= 0x7f && c < 0xa0) ? ' ' : c);
	}
}

static void put_row(struct buf *buf, const char *const *row, const size_t *widths, size_t n)
{
	for (size_t c = 0; c < n; c++) {
		const char *cell = row[c] ? row[c] : "";

		put_cell(buf, cell);
		if (c + 1 == n)
			buf_putc(buf, '\n');
		else if (!widths)
			buf_putc(buf, '\t');
		else
			buf_printf(buf, "%*s", (int)(widths[c] - cell_width(cell)) + 2, "");
	}
}

void table_write(struct buf *buf, const char *const *header, size_t n_columns,
		 const char *const *cells, size_t n_rows, bool tty)
{
	_cleanup_(arena_free) struct arena arena = {0};
	size_t *widths = tty ? arena_array(&arena, size_t, n_columns + 1) : NULL;

	for (size_t c = 0; widths && c < n_columns; c++) {
		widths[c] = cell_width(header[c]);
		for (size_t i = 0; i < n_rows; i++) {
			const char *cell = cells[i * n_columns + c];
			size_t width = cell ? cell_width(cell) : 0;

			if (width > widths[c])
				widths[c] = width;
		}
	}
	put_row(buf, header, widths, n_columns);
	for (size_t i = 0; i < n_rows; i++)
		put_row(buf, cells + i * n_columns, widths, n_columns);
}
