/* SPDX-License-Identifier: GPL-3.0-or-later */
/* framework_tables.h - tables of text, a small atlas or the shipped one, and the reference files in place. */
#ifndef TESTS_MEASURE_FRAMEWORK_TABLES_H
#define TESTS_MEASURE_FRAMEWORK_TABLES_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/source_table.h"
#include "tests/near.h"

struct tables {
	struct arena arena;
	struct atlas atlas;
	struct unit_finder finder;
	struct err err;
	struct buf out, said, parts;
};

static inline char *tables_file(struct tables *t, const char *path, size_t *len)
{
	char *text;

	if (file_read(path, (size_t)64 << 20, &t->arena, &text, len, &t->err) < 0)
		fail_msg("%s", t->err.msg);
	return text;
}

/* The shipped atlas, as the program reads it from the root of the tree. */
static inline void tables_open(struct tables *t)
{
	size_t len;
	char *text;

	*t = (struct tables){0};
	t->atlas.arena = &t->arena;
	text = tables_file(t, "data/units/units.csv", &len);
	assert_int_equal(atlas_add_units(&t->atlas, "units", text, len, &t->err), 0);
	text = tables_file(t, "data/units/codes.csv", &len);
	assert_int_equal(atlas_add_codes(&t->atlas, "codes", text, len, &t->err), 0);
	text = tables_file(t, "data/units/names.csv", &len);
	assert_int_equal(atlas_add_names(&t->atlas, "names", text, len, &t->err), 0);
	unit_finder_open(&t->finder, &t->atlas, &t->arena);
}

static inline void tables_close(struct tables *t)
{
	buf_free(&t->out);
	buf_free(&t->said);
	buf_free(&t->parts);
	arena_free(&t->arena);
}

static inline struct source_text table_of(const char *name, const char *columns, const char *text)
{
	return (struct source_text){name, columns, "t.csv", text, strlen(text)};
}

/* A reference file as a source; the test is skipped where the folder is not there. */
static inline struct source_text shared_table(struct tables *t, const char *name, const char *columns,
					      const char *file)
{
	const char *root = getenv("TOCSIN_SHARED");
	const char *path = arena_printf(&t->arena, "%s/data/%s", root ? root : "../shared", file);
	struct source_text source = {.name = name, .columns = columns, .file = path};

	if (!file_exists(path))
		skip();
	source.text = tables_file(t, path, &source.len);
	return source;
}

/* The cell at a row (1: the first after the header) and a column by name; "" when empty. */
static inline const char *out_cell(struct tables *t, const struct buf *buf, size_t row, const char *column)
{
	struct csv csv;
	int at;

	assert_int_equal(csv_open(&csv, "out", buf->s, buf->len, ',', &t->arena, NULL), 0);
	at = csv_column(&csv, column);
	assert_true(at >= 0);
	for (size_t i = 0; i < row; i++)
		assert_int_equal(csv_next(&csv, &t->arena, NULL), 1);
	return csv.row[at].s;
}

/* The row of a unit, from 1; 0 if there is none. */
static inline size_t out_row(struct tables *t, const struct buf *buf, const char *unit, const char *second)
{
	struct csv csv;
	size_t row = 0;

	assert_int_equal(csv_open(&csv, "out", buf->s, buf->len, ',', &t->arena, NULL), 0);
	while (csv_next(&csv, &t->arena, NULL) > 0) {
		row++;
		if (strcmp(csv.row[0].s, unit) == 0 && (!second || strcmp(csv.row[1].s, second) == 0))
			return row;
	}
	return 0;
}

static inline double out_number(struct tables *t, const struct buf *buf, size_t row, const char *column)
{
	const char *s = out_cell(t, buf, row, column);
	double value = NAN;

	num_read(s, strlen(s), &value);
	return value;
}

/* The number after some words of what was said. */
static inline double said_number(const struct tables *t, const char *words)
{
	const char *at = strstr(t->said.s, words);

	assert_non_null(at);
	return strtod(at + strlen(words), NULL);
}

#endif
