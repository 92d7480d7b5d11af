/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ert_table.c - tables of country-years: their countries, what is constant of them, and their years in order. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/ert_reader.h"

#define FIRST_YEAR 1900        /* earlier ones are not used */

struct reader {
	struct ert_reader in;
	struct arena *arena;
	struct ert_table *table;
	size_t rows_cap, countries_cap;
	size_t *lines;                 /* of the rows, for messages */
	size_t lines_cap;
	uint32_t *slots;               /* countries by hash, one more than their number; 0: empty */
	size_t n_slots;
	uint32_t last;                 /* country of the row before */
};

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

static int constants_in(const struct reader *reader, int *coding_end, struct ert_gap gaps[ERT_GAPS], struct err *err)
{
	int r = reader_whole(&reader->in, CODING_END, 1, 9999, coding_end, err);

	for (size_t k = 0; k < ERT_GAPS && r == 0; k++)
		if ((r = reader_whole(&reader->in, GAP_FIRST + k, 1, 9999, &gaps[k].first, err)) == 0)
			r = reader_whole(&reader->in, GAP_LAST + k, 1, 9999, &gaps[k].last, err);
	return r;
}

static int country_add(struct reader *reader, const struct ert_cell *id, uint32_t *ret, struct err *err)
{
	struct ert_table *table = reader->table;
	struct ert_country country = {
		.number = reader_text(&reader->in, NUMBER), .id = arena_ndup(reader->arena, id->s, id->len),
		.name = reader_text(&reader->in, NAME), .line = reader->in.csv.line, .n_gaps = ERT_GAPS,
		.gaps = arena_array(reader->arena, struct ert_gap, ERT_GAPS),
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
	struct ert_gap gaps[ERT_GAPS];
	int coding_end, r = constants_in(reader, &coding_end, gaps, err);

	if (r == 0 && (coding_end != country->coding_end || memcmp(gaps, country->gaps, sizeof gaps) != 0)) {
		char what[128];

		snprintf(what, sizeof what, "end of coding or gaps of \"%.40s\" differ from those in line %zu", country->id,
			 country->line);
		r = reader_fault(&reader->in, reader_cell(&reader->in, TEXT_ID)->s, err, what);
	}
	return r;
}

static int country_in(struct reader *reader, uint32_t *ret, struct err *err)
{
	const struct ert_cell *id = reader_cell(&reader->in, TEXT_ID);
	struct ert_table *table = reader->table;
	size_t slot;

	if (id->len == 0)
		return reader_fault(&reader->in, id->s, err, "no country");
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
	const struct ert_reader *in = &reader->in;
	double low, high, election, office, index;
	const struct {
		enum role role;
		double *ret;
	} numbers[] = {{VALUE, &row->v}, {INDEX, &index}, {LOW, &low}, {HIGH, &high}, {SD, &row->sd},
		       {ELECTION, &election}, {OFFICE, &office}};
	int regime, r = reader_whole(in, REGIME, 0, 3, &regime, err);

	for (size_t i = 0; i < LENGTH(numbers) && r == 0; i++)
		r = reader_number(in, numbers[i].role, numbers[i].ret, err);
	if (r < 0)
		return r;
	row->regime = (int8_t)regime;
	row->flags = (uint8_t)(ERT_ROW | (election == 1 ? ERT_ELECTION : 0) | (office == 1 ? ERT_OFFICE : 0));
	row->index = *reader_cell(in, INDEX);
	row->low = *reader_cell(in, LOW);
	row->high = *reader_cell(in, HIGH);
	if (in->columns[SD] < 0)
		row->sd = (high - low) / 2;
	if (row->sd < 0)
		return reader_fault(in, reader_cell(in, in->columns[SD] < 0 ? LOW : SD)->s, err,
				    "a negative sd, or the lower end of the interval above the upper");
	return 0;
}

static int row_add(struct reader *reader, struct err *err)
{
	struct ert_table *table = reader->table;
	struct ert_row row = {0};
	int year, r = reader_whole(&reader->in, YEAR, 1, 9999, &year, err);

	if (r < 0)
		return r;
	if (year == ERT_NONE)
		return reader_fault(&reader->in, reader_cell(&reader->in, YEAR)->s, err, "no year");
	if ((r = country_in(reader, &row.country, err)) < 0 || (r = row_numbers(reader, &row, err)) < 0)
		return r;
	reader->last = row.country;
	if (year < FIRST_YEAR)
		return 0;
	row.year = (int16_t)year;
	*arena_push(reader->arena, reader->lines, table->n_rows, reader->lines_cap) = reader->in.csv.line;
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
				       reader->in.csv.name, reader->lines[one > other ? one : other], country->id, row->year,
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
		gaps &= reader->in.columns[k] < 0;
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
	if (reader->in.columns[CODING_END] < 0)
		country->coding_end = last;
}

int ert_table_read(const char *name, const char *text, size_t len, const char *value, struct arena *arena,
		   struct ert_table *ret, struct err *err)
{
	struct ert_table table = {0};
	struct reader reader = {.in.arena = arena, .arena = arena, .table = &table};
	int r = csv_open(&reader.in.csv, name, text, len, ',', arena, err);

	if (r < 0 || (r = reader_open(&reader.in, value, err)) < 0)
		return r;
	while ((r = reader_next(&reader.in, err)) == 1)
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
