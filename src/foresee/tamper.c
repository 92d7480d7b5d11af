/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tamper.c - a table of text cells, changed after an origin and written again. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "foresee/tamper.h"

static const char *const labels[] = {"gwcode", "unit", "iso3", "country", "country_name", "region", "year"};

static bool is_label(const char *name)
{
	for (size_t i = 0; i < LENGTH(labels); i++)
		if (str_eq(name, labels[i]))
			return true;
	return false;
}

/* ---- the table ---- */

static int read_header(const struct csv *csv, const struct space *spaces, struct arena *arena, struct tamper_table *table,
		       struct err *err)
{
	table->unit = csv_column(csv, "gwcode") >= 0 ? csv_column(csv, "gwcode") : csv_need(csv, "unit", err);
	table->year = csv_need(csv, "year", err);
	table->space = csv_need(csv, spaces[0].name, err);
	if (table->unit < 0 || table->year < 0 || table->space < 0)
		return ERR_DATA;
	table->header = csv->header;
	table->n_columns = csv->n_columns;
	table->is_number = arena_array(arena, bool, csv->n_columns);
	table->is_late = arena_array(arena, bool, csv->n_columns);
	table->is_share = arena_array(arena, bool, csv->n_columns);
	table->low = arena_array(arena, double, csv->n_columns);
	table->high = arena_array(arena, double, csv->n_columns);
	for (size_t k = 0; k < csv->n_columns; k++) {
		table->is_number[k] = !is_label(csv->header[k]);
		table->is_late[k] = history_lag(csv->header[k]) > 0;
		table->n_late += table->is_late[k];
		table->low[k] = INFINITY;
		table->high[k] = -INFINITY;
	}
	return 0;
}

static int read_rows(struct csv *csv, struct arena *arena, struct tamper_table *table, struct err *err)
{
	_cleanup_(arena_free) struct arena scratch = {0};
	size_t cap = 0, cap_years = 0, n_years = 0, n_cells = 0;
	int r;

	while ((r = csv_next(csv, &scratch, err)) == 1) {
		const char *year = csv_text(csv, table->year);
		double value;

		if (!year || num_read(year, strlen(year), &value) < 0)
			return csv_error(csv, (size_t)table->year, err, "a year was expected");
		*arena_push(arena, table->year_of, n_years, cap_years) = (int64_t)value;
		for (size_t k = 0; k < table->n_columns; k++) {
			const char *text = csv->row[k].s;

			*arena_push(arena, table->cell, n_cells, cap) = arena_dup(arena, text);
			if (!table->is_number[k] || num_read(text, strlen(text), &value) < 0)
				continue;
			table->low[k] = fmin(table->low[k], value);
			table->high[k] = fmax(table->high[k], value);
		}
		arena_reset(&scratch);
	}
	table->n = n_years;
	return r;
}

int tamper_read(const char *name, const char *text, size_t len, const struct space *spaces, size_t n_spaces,
		int64_t origin, struct arena *arena, struct tamper_table *ret, struct err *err)
{
	struct tamper_table table = {.origin = origin, .last = origin};
	struct csv csv;
	int r;

	if ((r = csv_open(&csv, name, text, len, ',', arena, err)) < 0 ||
	    (r = read_header(&csv, spaces, arena, &table, err)) < 0 || (r = read_rows(&csv, arena, &table, err)) < 0)
		return r;
	table.listed_later = arena_array(arena, bool, table.n + 1);
	for (size_t i = 0; i < table.n; i++) {
		table.listed_later[i] = table.year_of[i] > origin;
		table.n_later += table.listed_later[i];
		table.n_now += table.year_of[i] == origin;
		table.last = table.year_of[i] > table.last ? table.year_of[i] : table.last;
	}
	for (size_t k = 0; k < table.n_columns; k++)
		table.is_share[k] = table.low[k] >= 0 && table.high[k] <= 1;
	for (size_t i = 0; i < n_spaces; i++) {
		int column = csv_column(&csv, spaces[i].name);

		if (column >= 0)
			table.is_share[column] = true;
	}
	if (table.n_later == 0 || table.n_now == 0)
		return err_hint(err, err_set(err, ERR_DATA, "%s: no row of %s %lld", name,
					     table.n_later ? "the year" : "a year after", (long long)origin),
				"Leaks are looked for in a panel that goes on beyond the origin.");
	*ret = table;
	return 0;
}

/* ---- a draft: rows that may be changed without touching the table ---- */

struct draft {
	const struct tamper_table *table;
	const char ***row;
	bool *later;             /* of each row */
	size_t n, cap, cap_later;
	struct rng rng;
	struct arena arena;
};

static void draft_add(struct draft *draft, const char **row, bool later)
{
	size_t n = draft->n;

	*arena_push(&draft->arena, draft->later, n, draft->cap_later) = later;
	*arena_push(&draft->arena, draft->row, draft->n, draft->cap) = row;
}

static void draft_open(struct draft *draft, const struct tamper_table *table, uint64_t seed)
{
	*draft = (struct draft){.table = table};
	rng_seed(&draft->rng, seed);
	for (size_t i = 0; i < table->n; i++)
		draft_add(draft, &table->cell[i * table->n_columns], table->listed_later[i]);
}

static void draft_write(struct draft *draft, struct buf *ret)
{
	size_t n_columns = draft->table->n_columns;

	for (size_t k = 0; k < n_columns; k++) {
		csv_put(ret, draft->table->header[k], ',');
		buf_putc(ret, k + 1 < n_columns ? ',' : '\n');
	}
	for (size_t i = 0; i < draft->n; i++)
		for (size_t k = 0; k < n_columns; k++) {
			csv_put(ret, draft->row[i][k], ',');
			buf_putc(ret, k + 1 < n_columns ? ',' : '\n');
		}
	arena_free(&draft->arena);
}

static const char **row_copy(struct draft *draft, const char **row)
{
	const char **copy = arena_array(&draft->arena, const char *, draft->table->n_columns);

	memcpy(copy, row, draft->table->n_columns * sizeof *copy);
	return copy;
}

/* A number a column might hold, or now and then none. */
static const char *made_cell(struct draft *draft, size_t column)
{
	const struct tamper_table *table = draft->table;
	double low = table->low[column], high = table->high[column];
	char text[32];

	if (rng_below(&draft->rng, 10) == 0)
		return "";
	if (!(low <= high))
		low = high = 0;
	num_write(num_round(table->is_share[column] ? rng_unit(&draft->rng)
						    : low + (1 + high - low) * 2 * rng_unit(&draft->rng)), text);
	return arena_dup(&draft->arena, text);
}

static const char **row_make(struct draft *draft, const char **like, int64_t year)
{
	const char **row = row_copy(draft, like);

	row[draft->table->year] = arena_printf(&draft->arena, "%lld", (long long)year);
	for (size_t k = 0; k < draft->table->n_columns; k++)
		if (draft->table->is_number[k])
			row[k] = made_cell(draft, k);
	return row;
}

/* A share of the cells of those rows: from a few of them to all. */
static void change_cells(struct draft *draft, bool later)
{
	static const double shares[] = {.002, .05, 1};
	const struct tamper_table *table = draft->table;
	double share = shares[rng_below(&draft->rng, LENGTH(shares))];

	for (size_t i = 0; i < draft->n; i++) {
		if (later ? !draft->later[i] : table->year_of[i] != table->origin)
			continue;
		draft->row[i] = row_copy(draft, draft->row[i]);
		for (size_t k = 0; k < table->n_columns; k++)
			if (table->is_number[k] && (later || table->is_late[k]) && rng_unit(&draft->rng) < share)
				draft->row[i][k] = made_cell(draft, k);
	}
}

/* Whose they are and where they lie, of later rows. */
static void change_labels(struct draft *draft)
{
	const struct tamper_table *table = draft->table;

	for (size_t i = 0; i < draft->n; i++) {
		const char **from = draft->row[rng_below(&draft->rng, draft->n)];

		if (!draft->later[i])
			continue;
		draft->row[i] = row_copy(draft, draft->row[i]);
		for (size_t k = 0; k < table->n_columns; k++)
			if (!table->is_number[k] && (int)k != table->year)
				draft->row[i][k] = from[k];
	}
}

/* The measures of later rows, dealt out among them anew. */
static void shuffle_later(struct draft *draft)
{
	const struct tamper_table *table = draft->table;
	const char ***later = arena_array(&draft->arena, const char **, table->n_later + 1);
	size_t n = 0;

	for (size_t i = 0; i < draft->n; i++)
		if (draft->later[i])
			later[n++] = draft->row[i];
	for (size_t i = n; i > 1; i--) {
		size_t j = rng_below(&draft->rng, i);
		const char **row = later[i - 1];

		later[i - 1] = later[j];
		later[j] = row;
	}
	for (size_t i = 0, at = 0; i < draft->n; i++) {
		if (!draft->later[i])
			continue;
		draft->row[i] = row_copy(draft, draft->row[i]);
		for (size_t k = 0; k < table->n_columns; k++)
			if (table->is_number[k])
				draft->row[i][k] = later[at][k];
		at++;
	}
}

/* All later rows, half of them, or one in fifty. */
static void delete_later(struct draft *draft)
{
	static const double shares[] = {1, .5, .02};
	double share = shares[rng_below(&draft->rng, LENGTH(shares))];
	size_t kept = 0;

	for (size_t i = 0; i < draft->n; i++) {
		if (draft->later[i] && (share == 1 || rng_unit(&draft->rng) < share))
			continue;
		draft->later[kept] = draft->later[i];
		draft->row[kept++] = draft->row[i];
	}
	draft->n = kept;
}

static void repeat_later(struct draft *draft)
{
	size_t n = draft->n, most = 1 + rng_below(&draft->rng, 200);

	for (size_t k = 0; k < most; k++) {
		size_t i = rng_below(&draft->rng, n);

		if (draft->later[i])
			draft_add(draft, draft->row[i], true);
	}
	for (size_t i = 0; draft->n == n && i < n; i++)
		if (draft->later[i])
			draft_add(draft, draft->row[i], true);
}

/* Years after the last of the table, of any unit: also of those that ended long ago. */
static void invent_later(struct draft *draft)
{
	const struct tamper_table *table = draft->table;
	size_t most = 1 + rng_below(&draft->rng, 100);

	for (size_t k = 0; k < most; k++) {   /* one a year, so that no unit has two of it */
		const char **like = draft->row[rng_below(&draft->rng, table->n)];

		draft_add(draft, row_make(draft, like, table->last + 1 + (int64_t)k), true);
	}
}

static bool name_taken(const struct tamper_table *table, const char *name)
{
	for (size_t i = 0; i < table->n; i++)
		if (str_eq(table->cell[i * table->n_columns + (size_t)table->unit], name))
			return true;
	return false;
}

/* Units that nobody had heard of, some of which sort before those there were. */
static void add_newcomers(struct draft *draft)
{
	const struct tamper_table *table = draft->table;
	size_t most = 1 + rng_below(&draft->rng, 20);

	for (size_t k = 0; k < most; k++) {
		const char **like = draft->row[rng_below(&draft->rng, table->n)];
		const char *name = arena_printf(&draft->arena, rng_below(&draft->rng, 4) ? "%zu" : "n%zu",
						2000 * k + rng_below(&draft->rng, 2000));
		int64_t begins = table->origin + 1 + (int64_t)rng_below(&draft->rng, 3);

		if (name_taken(table, name))
			continue;
		for (int64_t year = begins; year < begins + 4; year++) {
			const char **row = row_make(draft, like, year);

			row[table->unit] = name;
			draft_add(draft, row, true);
		}
	}
}

static void shuffle_rows(struct draft *draft)
{
	for (size_t i = draft->n; i > 1; i--) {
		size_t j = rng_below(&draft->rng, i);
		const char **row = draft->row[i - 1];

		draft->row[i - 1] = draft->row[j];
		draft->row[j] = row;
	}
}

bool tamper_can(const struct tamper_table *table, enum leak_kind kind)
{
	return kind != LEAK_LATE || table->n_late > 0;
}

bool tamper_reads_whole(enum leak_kind kind)
{
	return kind != LEAK_REPEAT && kind != LEAK_LABELS;
}

void tamper_write(const struct tamper_table *table, enum leak_kind kind, uint64_t seed, struct buf *ret)
{
	struct draft draft;

	draft_open(&draft, table, seed);
	switch (kind) {
	case LEAK_CHANGE: change_cells(&draft, true); break;
	case LEAK_SHUFFLE: shuffle_later(&draft); break;
	case LEAK_DELETE: delete_later(&draft); break;
	case LEAK_REPEAT: repeat_later(&draft); break;
	case LEAK_INVENT: invent_later(&draft); break;
	case LEAK_NEWCOMER: add_newcomers(&draft); break;
	case LEAK_LATE: change_cells(&draft, false); break;
	case LEAK_LABELS: change_labels(&draft); break;
	case LEAK_ORDER: shuffle_rows(&draft); break;
	case N_LEAK_KINDS: break;
	}
	draft_write(&draft, ret);
}

/* ---- blows ---- */

/* A row of since..origin in which the first space is known; n when there is none. */
static size_t pick_known(struct draft *draft, int64_t since)
{
	const struct tamper_table *table = draft->table;
	size_t start = rng_below(&draft->rng, table->n);

	for (size_t k = 0; k < table->n; k++) {
		size_t i = (start + k) % table->n;
		const char *text = draft->row[i][table->space];

		if (!draft->later[i] && table->year_of[i] >= since && *text && !str_eq(text, "NA"))
			return i;
	}
	return table->n;
}

void tamper_strike(const struct tamper_table *table, enum tamper_blow blow, int64_t since, uint64_t seed, struct buf *ret)
{
	struct draft draft;
	size_t at;

	draft_open(&draft, table, seed);
	at = pick_known(&draft, since);
	if (at < table->n && blow == BLOW_CHANGE) {
		double value = 0;
		char text[32];

		num_read(draft.row[at][table->space], strlen(draft.row[at][table->space]), &value);
		num_write(num_round(value > .5 ? value - .3 : value + .3), text);
		draft.row[at] = row_copy(&draft, draft.row[at]);
		draft.row[at][table->space] = arena_dup(&draft.arena, text);
	} else if (at < table->n) {
		draft.n--;
		memmove(&draft.row[at], &draft.row[at + 1], (draft.n - at) * sizeof *draft.row);
	}
	draft_write(&draft, ret);
}
