/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ert_reader.c - rows of country-years from CSV, fast: a full release is read in a few milliseconds,
 * so that a run costs little more than its start. Cells are not copied; the grammar is that of base's
 * csv.c, which reads the header. There is no table in between: each cell is asked for by its role.
 */
#include <math.h>
#include <string.h>

#include "measure/ert_reader.h"

static const char *const role_names[ROLES] = {
	"country_text_id", "year", "v2x_regime", NULL, "country_id", "country_name", "v2x_polyarchy",
	"v2x_polyarchy_codelow", "v2x_polyarchy_codehigh", "v2x_polyarchy_sd", "codingend", "election", "assumed_office",
	"gapstart1", "gapstart2", "gapstart3", "gapend1", "gapend2", "gapend3",
};

/* What is wrong at a byte of the current row; of a cell that had to be copied the row is named. */
int reader_fault(const struct ert_reader *reader, const char *at, struct err *err, const char *what)
{
	const char *start = reader->row, *end = reader->csv.text + reader->csv.len;
	size_t line = reader->csv.line;

	if (at < start || at > end)
		at = start;
	for (const char *s = start; s < at; s++)
		if (*s == '\n') {
			line++;
			start = s + 1;
		}
	return err_set(err, ERR_DATA, "%s:%zu:%zu: %s", reader->csv.name, line, (size_t)(at - start) + 1, what);
}

/* ---- cells ---- */

static int quoted_cell(struct ert_reader *reader, struct ert_cell *cell, struct err *err)
{
	struct csv *csv = &reader->csv;
	const char *start = csv->text + csv->at, *end = csv->text + csv->len, *s = start + 1;
	bool doubled = false;

	for (;; s++) {
		if (s >= end)
			return reader_fault(reader, start, err, "quoted cell is never closed");
		if (*s == '"') {
			if (s + 1 >= end || s[1] != '"')
				break;
			doubled = true;
			s++;
		}
		reader->breaks += *s == '\n';
	}
	*cell = (struct ert_cell){start + 1, (uint32_t)(s - start - 1)};
	if (doubled) {
		char *copy = arena_alloc(reader->arena, cell->len + 1), *to = copy;

		for (const char *from = start + 1; from < s; from++) {
			from += *from == '"';
			*to++ = *from;
		}
		*cell = (struct ert_cell){copy, (uint32_t)(to - copy)};
	}
	csv->at = (size_t)(s + 1 - csv->text);
	if (s + 1 < end && s[1] == '\r' && (s + 2 == end || s[2] == '\n'))
		csv->at++;
	if (csv->at < csv->len && csv->text[csv->at] != ',' && csv->text[csv->at] != '\n')
		return reader_fault(reader, csv->text + csv->at, err, "text after a closing quote, expected the next cell");
	return 0;
}

static int plain_cell(struct ert_reader *reader, struct ert_cell *cell, struct err *err)
{
	struct csv *csv = &reader->csv;
	const char *start = csv->text + csv->at, *end = csv->text + csv->len, *s = start;

	while (s < end && *s != ',' && *s != '\n') {
		if (*s == '"')
			return reader_fault(reader, s, err, "quote inside a plain cell");
		s++;
	}
	csv->at = (size_t)(s - csv->text);
	if (s > start && s[-1] == '\r' && (s == end || *s == '\n'))
		s--;
	*cell = (struct ert_cell){start, (uint32_t)(s - start)};
	return 0;
}

/* 1 and the cells of the next row, 0 at the end. */
int reader_next(struct ert_reader *reader, struct err *err)
{
	struct csv *csv = &reader->csv;
	size_t n = 0, left = csv->len - csv->at;
	const char *row = csv->text + csv->at;
	int r = 0;

	csv->line += reader->breaks + (reader->row != NULL);
	reader->row = row;
	reader->breaks = 0;
	if (left == 0 || (left == 1 && row[0] == '\n') || (left == 2 && memcmp(row, "\r\n", 2) == 0))
		return 0;
	for (;; csv->at++) {
		struct ert_cell spare, *cell = n < csv->n_columns ? &reader->cells[n] : &spare;

		n++;
		r = csv->at < csv->len && csv->text[csv->at] == '"' ? quoted_cell(reader, cell, err)
								     : plain_cell(reader, cell, err);
		if (r < 0)
			return r;
		if (csv->at >= csv->len || csv->text[csv->at] != ',')
			break;
	}
	if (n != csv->n_columns)
		return err_hint(err,
				err_set(err, ERR_DATA, "%s:%zu:1: row has %zu columns, expected %zu", csv->name,
					csv->line, n, csv->n_columns),
				"Quote cells that hold a \",\", and keep empty cells.");
	csv->at += csv->at < csv->len;
	return 1;
}

const struct ert_cell *reader_cell(const struct ert_reader *reader, size_t role)
{
	static const struct ert_cell none = {"", 0};
	const struct ert_cell *cell;

	if (reader->columns[role] < 0)
		return &none;
	cell = &reader->cells[reader->columns[role]];
	return role != TEXT_ID && cell->len == 2 && memcmp(cell->s, "NA", 2) == 0 ? &none : cell;
}

/* [-]digits[.digits] of at most fifteen digits is one exact division; the rest is num_read's. */
static int read_number(const char *s, size_t len, double *ret)
{
	static const double tens[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
	bool minus = len > 0 && s[0] == '-';
	int64_t digits = 0;
	size_t i = minus, point = len;

	if (len > 15 + (size_t)minus)
		return num_read(s, len, ret);
	for (; i < len; i++)
		if (s[i] >= '0' && s[i] <= '9')
			digits = digits * 10 + (s[i] - '0');
		else if (s[i] == '.' && point == len)
			point = i;
		else
			return num_read(s, len, ret);
	if (len - minus - (point < len) == 0)
		return ERR_DATA;
	*ret = (double)digits / tens[point < len ? len - point - 1 : 0];
	if (minus && digits)
		*ret = -*ret;
	return 0;
}

int reader_number(const struct ert_reader *reader, size_t role, double *ret, struct err *err)
{
	const struct ert_cell *cell = reader_cell(reader, role);

	*ret = NAN;
	if (cell->len == 0 || read_number(cell->s, cell->len, ret) == 0)
		return 0;
	return err_hint(err,
			reader_fault(reader, cell->s, err,
			      role == VALUE ? "the value is not a number"
					    : arena_printf(reader->arena, "%s is not a number", role_names[role])),
			"Leave the cell empty where nothing is known.");
}

int reader_whole(const struct ert_reader *reader, size_t role, int least, int most, int *ret, struct err *err)
{
	double value;
	int r = reader_number(reader, role, &value, err);

	if (r < 0)
		return r;
	if (isnan(value)) {
		*ret = ERT_NONE;
		return 0;
	}
	if (value < least || value > most || value != floor(value))
		return reader_fault(reader, reader_cell(reader, role)->s, err,
			     arena_printf(reader->arena, "%s is not a whole number from %d to %d", role_names[role],
					  least, most));
	*ret = (int)value;
	return 0;
}

const char *reader_text(const struct ert_reader *reader, size_t role)
{
	const struct ert_cell *cell = reader_cell(reader, role);

	return reader->columns[role] < 0 ? NULL : arena_ndup(reader->arena, cell->s, cell->len);
}

int reader_open(struct ert_reader *reader, const char *value, struct err *err)
{
	struct csv *csv = &reader->csv;
	size_t valid = utf8_valid(csv->text, csv->len);

	if (valid != csv->len) {
		reader->row = csv->text;
		csv->line = 1;
		return err_hint(err, reader_fault(reader, csv->text + valid, err, "text is not valid UTF-8"),
				"Convert the file to UTF-8; a NUL byte is refused too.");
	}
	for (size_t role = 0; role < ROLES; role++)
		reader->columns[role] = csv_column(csv, role == VALUE ? value : role_names[role]);
	for (size_t role = 0; role <= VALUE; role++)
		if (reader->columns[role] < 0)
			return csv_need(csv, role == VALUE ? value : role_names[role], err);
	reader->cells = arena_array(reader->arena, struct ert_cell, csv->n_columns);
	return 0;
}
