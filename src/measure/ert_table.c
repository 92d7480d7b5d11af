/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ert_table.c - country-years from CSV, fast: a full release is read in a few milliseconds, so
 * that a run costs little more than its start. Cells are not copied; the grammar is
 * that of base's csv.c, which reads the header.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/ert.h"

#define GAPS 3                 /* columns of them */
#define FIRST_YEAR 1900        /* earlier ones are not used */

enum role { TEXT_ID, YEAR, REGIME, VALUE, NUMBER, NAME, INDEX, LOW, HIGH, SD, CODING_END, ELECTION, OFFICE,
	    GAP_FIRST, GAP_LAST = GAP_FIRST + GAPS, ROLES = GAP_LAST + GAPS };

static const char *const role_names[ROLES] = {
	"country_text_id", "year", "v2x_regime", NULL, "country_id", "country_name", "v2x_polyarchy",
	"v2x_polyarchy_codelow", "v2x_polyarchy_codehigh", "v2x_polyarchy_sd", "codingend", "election", "assumed_office",
	"gapstart1", "gapstart2", "gapstart3", "gapend1", "gapend2", "gapend3",
};

struct reader {
	struct csv csv;
	struct arena *arena;
	int columns[ROLES];            /* -1: not there */
	const char *row;               /* the current one, in line csv.line */
	size_t breaks;                 /* of lines within its cells */
	struct ert_cell *cells;
	struct ert_table *table;
	size_t rows_cap, countries_cap;
	size_t *lines;                 /* of the rows, for messages */
	size_t lines_cap;
	uint32_t *slots;               /* countries by hash, one more than their number; 0: empty */
	size_t n_slots;
	uint32_t last;                 /* country of the row before */
};

/* What is wrong at a byte of the current row; of a cell that had to be copied the row is named. */
static int fault(const struct reader *reader, const char *at, struct err *err, const char *what)
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

static int quoted_cell(struct reader *reader, struct ert_cell *cell, struct err *err)
{
	struct csv *csv = &reader->csv;
	const char *start = csv->text + csv->at, *end = csv->text + csv->len, *s = start + 1;
	bool doubled = false;

	for (;; s++) {
		if (s >= end)
			return fault(reader, start, err, "quoted cell is never closed");
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
		return fault(reader, csv->text + csv->at, err, "text after a closing quote, expected the next cell");
	return 0;
}

static int plain_cell(struct reader *reader, struct ert_cell *cell, struct err *err)
{
	struct csv *csv = &reader->csv;
	const char *start = csv->text + csv->at, *end = csv->text + csv->len, *s = start;

	while (s < end && *s != ',' && *s != '\n') {
		if (*s == '"')
			return fault(reader, s, err, "quote inside a plain cell");
		s++;
	}
	csv->at = (size_t)(s - csv->text);
	if (s > start && s[-1] == '\r' && (s == end || *s == '\n'))
		s--;
	*cell = (struct ert_cell){start, (uint32_t)(s - start)};
	return 0;
}

/* 1 and the cells of the next row, 0 at the end. */
static int next_row(struct reader *reader, struct err *err)
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

static const struct ert_cell *cell_of(const struct reader *reader, size_t role)
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

static int number_in(const struct reader *reader, size_t role, double *ret, struct err *err)
{
	const struct ert_cell *cell = cell_of(reader, role);

	*ret = NAN;
	if (cell->len == 0 || read_number(cell->s, cell->len, ret) == 0)
		return 0;
	return err_hint(err,
			fault(reader, cell->s, err,
			      role == VALUE ? "the value is not a number"
					    : arena_printf(reader->arena, "%s is not a number", role_names[role])),
			"Leave the cell empty where nothing is known.");
}

static int whole_in(const struct reader *reader, size_t role, int least, int most, int *ret, struct err *err)
{
	double value;
	int r = number_in(reader, role, &value, err);

	if (r < 0)
		return r;
	if (isnan(value)) {
		*ret = ERT_NONE;
		return 0;
	}
	if (value < least || value > most || value != floor(value))
		return fault(reader, cell_of(reader, role)->s, err,
			     arena_printf(reader->arena, "%s is not a whole number from %d to %d", role_names[role],
					  least, most));
	*ret = (int)value;
	return 0;
}

static const char *text_in(const struct reader *reader, size_t role)
{
	const struct ert_cell *cell = cell_of(reader, role);

	return reader->columns[role] < 0 ? NULL : arena_ndup(reader->arena, cell->s, cell->len);
}

/* ---- countries ---- */

static bool is_named(const struct ert_country *country, const struct ert_cell *id)
{
	return strncmp(country->id, id->s, id->len) == 0 && country->id[id->len] == '\0';
}

static size_t slot_of(const struct reader *reader, const struct ert_cell *id)
{
	uint64_t hash = 0xcbf29ce484222325u;   /* FNV-1a */
	size_t slot;

	for (size_t i = 0; i < id->len; i++)
		hash = (hash ^ (unsigned char)id->s[i]) * 0x100000001b3u;
	slot = hash & (reader->n_slots - 1);
	while (reader->slots[slot] && !is_named(&reader->table->countries[reader->slots[slot] - 1], id))
		slot = (slot + 1) & (reader->n_slots - 1);
	return slot;
}

static void grow_slots(struct reader *reader)
{
	const struct ert_table *table = reader->table;

	if (2 * table->n_countries < reader->n_slots)
		return;
	reader->n_slots = reader->n_slots ? 4 * reader->n_slots : 1024;
	reader->slots = arena_array(reader->arena, uint32_t, reader->n_slots);
	for (size_t i = 0; i < table->n_countries; i++) {
		const struct ert_cell id = {table->countries[i].id, (uint32_t)strlen(table->countries[i].id)};

		reader->slots[slot_of(reader, &id)] = (uint32_t)i + 1;
	}
}

static int constants_in(const struct reader *reader, int *coding_end, struct ert_gap gaps[GAPS], struct err *err)
{
	int r = whole_in(reader, CODING_END, 1, 9999, coding_end, err);

	for (size_t k = 0; k < GAPS && r == 0; k++)
		if ((r = whole_in(reader, GAP_FIRST + k, 1, 9999, &gaps[k].first, err)) == 0)
			r = whole_in(reader, GAP_LAST + k, 1, 9999, &gaps[k].last, err);
	return r;
}

static int country_add(struct reader *reader, const struct ert_cell *id, uint32_t *ret, struct err *err)
{
	struct ert_table *table = reader->table;
	struct ert_country country = {
		.number = text_in(reader, NUMBER), .id = arena_ndup(reader->arena, id->s, id->len),
		.name = text_in(reader, NAME), .line = reader->csv.line, .n_gaps = GAPS,
		.gaps = arena_array(reader->arena, struct ert_gap, GAPS),
	};
	int r = constants_in(reader, &country.coding_end, country.gaps, err);

	if (r < 0)
		return r;
	*ret = (uint32_t)table->n_countries;
	*arena_push(reader->arena, table->countries, table->n_countries, reader->countries_cap) = country;
	reader->slots[slot_of(reader, id)] = *ret + 1;
	return 0;
}

/* A year of a country must repeat what is constant of it. */
static int country_check(const struct reader *reader, const struct ert_country *country, struct err *err)
{
	struct ert_gap gaps[GAPS];
	int coding_end, r = constants_in(reader, &coding_end, gaps, err);

	if (r == 0 && (coding_end != country->coding_end || memcmp(gaps, country->gaps, sizeof gaps) != 0)) {
		char what[128];

		snprintf(what, sizeof what, "end of coding or gaps of \"%.40s\" differ from those in line %zu", country->id,
			 country->line);
		r = fault(reader, cell_of(reader, TEXT_ID)->s, err, what);
	}
	return r;
}

static int country_in(struct reader *reader, uint32_t *ret, struct err *err)
{
	const struct ert_cell *id = cell_of(reader, TEXT_ID);
	struct ert_table *table = reader->table;
	size_t slot;

	if (id->len == 0)
		return fault(reader, id->s, err, "no country");
	if (table->n_countries && is_named(&table->countries[reader->last], id)) {
		*ret = reader->last;
		return country_check(reader, &table->countries[*ret], err);
	}
	grow_slots(reader);
	slot = slot_of(reader, id);
	if (!reader->slots[slot])
		return country_add(reader, id, ret, err);
	*ret = reader->slots[slot] - 1;
	return country_check(reader, &table->countries[*ret], err);
}

/* ---- rows ---- */

static int row_numbers(const struct reader *reader, struct ert_row *row, struct err *err)
{
	double index, low, high, election, office;
	int regime, r;

	if ((r = whole_in(reader, REGIME, 0, 3, &regime, err)) < 0 || (r = number_in(reader, VALUE, &row->v, err)) < 0 ||
	    (r = number_in(reader, INDEX, &index, err)) < 0 || (r = number_in(reader, LOW, &low, err)) < 0 ||
	    (r = number_in(reader, HIGH, &high, err)) < 0 || (r = number_in(reader, SD, &row->sd, err)) < 0 ||
	    (r = number_in(reader, ELECTION, &election, err)) < 0 || (r = number_in(reader, OFFICE, &office, err)) < 0)
		return r;
	row->regime = (int8_t)regime;
	row->flags = (uint8_t)(ERT_ROW | (election == 1 ? ERT_ELECTION : 0) | (office == 1 ? ERT_OFFICE : 0));
	row->index = *cell_of(reader, INDEX);
	row->low = *cell_of(reader, LOW);
	row->high = *cell_of(reader, HIGH);
	if (reader->columns[SD] < 0)
		row->sd = (high - low) / 2;
	if (row->sd < 0)
		return fault(reader, cell_of(reader, reader->columns[SD] < 0 ? LOW : SD)->s, err,
			     "a negative sd, or the lower end of the interval above the upper");
	return 0;
}

static int row_add(struct reader *reader, struct err *err)
{
	struct ert_table *table = reader->table;
	struct ert_row row = {0};
	int year, r = whole_in(reader, YEAR, 1, 9999, &year, err);

	if (r < 0)
		return r;
	if (year == ERT_NONE)
		return fault(reader, reader->cells[reader->columns[YEAR]].s, err, "no year");
	if ((r = country_in(reader, &row.country, err)) < 0 || (r = row_numbers(reader, &row, err)) < 0)
		return r;
	reader->last = row.country;
	if (year < FIRST_YEAR)
		return 0;
	row.year = (int16_t)year;
	*arena_push(reader->arena, reader->lines, table->n_rows, reader->lines_cap) = reader->csv.line;
	table->n_rows--;
	*arena_push(reader->arena, table->rows, table->n_rows, reader->rows_cap) = row;
	return 0;
}

/* ---- the panel ---- */

static int by_country_and_year(const void *a, const void *b, void *rows)
{
	const struct ert_row *x = (const struct ert_row *)rows + *(const uint32_t *)a;
	const struct ert_row *y = (const struct ert_row *)rows + *(const uint32_t *)b;

	return x->country != y->country ? (x->country > y->country) - (x->country < y->country)
					: (x->year > y->year) - (x->year < y->year);
}

static int order_rows(struct reader *reader, struct err *err)
{
	struct ert_table *table = reader->table;
	bool sorted = true;

	table->order = arena_array(reader->arena, uint32_t, table->n_rows);
	for (size_t i = 0; i < table->n_rows; i++) {
		table->order[i] = (uint32_t)i;
		if (i)
			sorted &= by_country_and_year(&table->order[i - 1], &table->order[i], table->rows) < 0;
	}
	if (!sorted)
		qsort_r(table->order, table->n_rows, sizeof *table->order, by_country_and_year, table->rows);
	for (size_t i = 0; i < table->n_rows; i++) {
		const struct ert_row *row = &table->rows[table->order[i]];
		struct ert_country *country = &table->countries[row->country];

		if (i && by_country_and_year(&table->order[i - 1], &table->order[i], table->rows) == 0) {
			size_t one = table->order[i - 1], other = table->order[i];

			return err_set(err, ERR_DATA, "%s:%zu:1: \"%.40s\" has the year %d already in line %zu",
				       reader->csv.name, reader->lines[one > other ? one : other], country->id, row->year,
				       reader->lines[one > other ? other : one]);
		}
		if (country->n++ == 0)
			country->first = i;
	}
	return 0;
}

static void span_years(struct ert_table *table)
{
	int last = 0;

	table->first = table->n_rows ? 9999 : FIRST_YEAR;
	for (size_t i = 0; i < table->n_rows; i++) {
		if (table->rows[i].year < table->first)
			table->first = table->rows[i].year;
		if (table->rows[i].year > last)
			last = table->rows[i].year;
	}
	table->n_years = table->n_rows ? (size_t)(last - table->first + 1) : 0;
}

/* What a release that does not say so leaves to its values: the runs without one, and the last. */
static void derive_constants(const struct reader *reader, struct ert_country *country)
{
	const struct ert_table *table = reader->table;
	size_t cap = 0;
	int last = ERT_NONE;
	bool gaps = true;

	for (size_t k = GAP_FIRST; k < ROLES; k++)
		gaps &= reader->columns[k] < 0;
	if (gaps) {
		country->gaps = NULL;
		country->n_gaps = 0;
	}
	for (size_t i = country->first; i < country->first + country->n; i++) {
		const struct ert_row *row = &table->rows[table->order[i]];

		if (isnan(row->v))
			continue;
		if (gaps && last != ERT_NONE && row->year > last + 1)
			*arena_push(reader->arena, country->gaps, country->n_gaps, cap) =
				(struct ert_gap){last + 1, row->year - 1};
		last = row->year;
	}
	if (reader->columns[CODING_END] < 0)
		country->coding_end = last;
}

static int open_reader(struct reader *reader, const char *value, struct err *err)
{
	struct csv *csv = &reader->csv;
	size_t valid = utf8_valid(csv->text, csv->len);

	if (valid != csv->len) {
		reader->row = csv->text;
		csv->line = 1;
		return err_hint(err, fault(reader, csv->text + valid, err, "text is not valid UTF-8"),
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

int ert_table_read(const char *name, const char *text, size_t len, const char *value, struct arena *arena,
		   struct ert_table *ret, struct err *err)
{
	struct ert_table table = {0};
	struct reader reader = {.arena = arena, .table = &table};
	int r = csv_open(&reader.csv, name, text, len, ',', arena, err);

	if (r < 0 || (r = open_reader(&reader, value, err)) < 0)
		return r;
	while ((r = next_row(&reader, err)) == 1)
		if ((r = row_add(&reader, err)) < 0)
			return r;
	if (r < 0 || (r = order_rows(&reader, err)) < 0)
		return r;
	span_years(&table);
	for (size_t i = 0; i < table.n_countries; i++)
		derive_constants(&reader, &table.countries[i]);
	*ret = table;
	return 0;
}

void ert_room_make(const struct ert_table *table, struct arena *arena, struct ert_room *ret)
{
	size_t n = table->n_years;

	ret->v = arena_array(arena, double, n);
	ret->sd = arena_array(arena, double, n);
	ret->regime = arena_array(arena, int8_t, n);
	ret->flags = arena_array(arena, uint8_t, n);
	ret->regimes = arena_array(arena, struct ert_regime, n);
	for (size_t s = 0; s < 2; s++)
		ret->sides[s] = arena_array(arena, struct ert_side, n);
}

struct ert_input ert_table_country(const struct ert_table *table, size_t country, struct ert_room *room)
{
	const struct ert_country *of = &table->countries[country];

	for (size_t i = 0; i < table->n_years; i++) {
		room->v[i] = room->sd[i] = NAN;
		room->regime[i] = ERT_NONE;
		room->flags[i] = 0;
	}
	for (size_t i = of->first; i < of->first + of->n; i++) {
		const struct ert_row *row = &table->rows[table->order[i]];
		size_t at = (size_t)(row->year - table->first);

		room->v[at] = row->v;
		room->sd[at] = row->sd;
		room->regime[at] = row->regime;
		room->flags[at] = row->flags;
	}
	return (struct ert_input){
		.n = table->n_years, .first = table->first, .v = room->v, .regime = room->regime, .flags = room->flags,
		.coding_end = of->coding_end, .gaps = of->gaps, .n_gaps = of->n_gaps,
	};
}

void ert_run(const struct ert_input *in, const struct episode_rule *rule, struct ert_room *room)
{
	ert_regimes(in, rule, room->regimes);
	ert_episodes(in, room->regimes, rule, 1, room->sides[0]);
	ert_episodes(in, room->regimes, rule, -1, room->sides[1]);
}
