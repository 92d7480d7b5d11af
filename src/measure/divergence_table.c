/* SPDX-License-Identifier: GPL-3.0-or-later */
/* divergence_table.c - every pair of tables, and the events' own pressure, held against each other. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/civic.h"
#include "measure/divergence.h"
#include "measure/source_table.h"

#define DRIVERS 3

struct comparison {
	const struct divergence_request *request;
	struct arena *arena;
	struct unit_finder finder;
	struct source_table *tables;
	size_t n;                    /* tables, that of events last */
};

/* ---- events as a table of their own ---- */

static void add_cell(struct source_table *table, const char *unit, int64_t year, double openings, double violations)
{
	double n = openings + violations, p = (openings + 1) / (n + 2);

	table->cells[table->n_cells++] = (struct source_cell){
		.unit = unit, .month = year * 12 + 11, .value = 2 * p - 1, .sd = 2 * sqrt(p * (1 - p) / (n + 3))};
}

static int64_t incident_year(const struct civic_incident *incident)
{
	return instant_year((struct instant){.usec = incident->day * USEC_PER_DAY, .precision = INSTANT_DAY});
}

/* The year's balance of incidents, with the error of a share of so many (Beta). */
static void count_events(const struct comparison *comparison, struct source_table *table)
{
	struct instant end = instant_of_year(9998);
	struct civic_unit *units;
	size_t n_units, n = 1;

	civic_add_events(civic_frame_new(comparison->arena), comparison->request->events, end, comparison->arena,
			 &units, &n_units);
	for (size_t i = 0; i < n_units; i++)
		n += units[i].n_incidents;
	*table = (struct source_table){.name = "events", .file = "events", .cells = calloc(n, sizeof *table->cells)};
	if (!table->cells)
		abort();
	*arena_push(comparison->arena, table->indicators, table->n_indicators, table->cap_indicators) = "balance";
	for (size_t i = 0; i < n_units; i++) {
		const struct civic_incident *v = units[i].incidents;
		const struct unit *known = atlas_unit(comparison->request->atlas, units[i].unit);
		double openings = 0, violations = 0;

		for (size_t k = 0; k < units[i].n_incidents; k++) {
			openings += v[k].signal > 0;
			violations += v[k].signal < 0;
			if (k + 1 < units[i].n_incidents && incident_year(&v[k + 1]) == incident_year(&v[k]))
				continue;
			if (openings + violations > 0)
				add_cell(table, known ? known->r.unit : units[i].unit, incident_year(&v[k]),
					 openings, violations);
			openings = violations = 0;
		}
	}
}

/* ---- rows that two tables have in common ---- */

struct place {
	const char *unit;
	int64_t year;
};

static int64_t year_of(const struct source_cell *cell)
{
	return cell->month == INT_MISSING ? 0 : cell->month / 12;
}

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = x->unit == y->unit ? 0 : strcmp(x->unit, y->unit);

	return order ? order : (x->year > y->year) - (x->year < y->year);
}

static size_t list_places(const struct source_table *table, struct place *v)
{
	size_t n = 0;

	for (size_t i = 0; i < table->n_cells; i++)
		if (i == 0 || table->cells[i].unit != table->cells[i - 1].unit ||
		    year_of(&table->cells[i]) != year_of(&table->cells[i - 1]))
			v[n++] = (struct place){table->cells[i].unit, year_of(&table->cells[i])};
	if (n)
		qsort(v, n, sizeof *v, by_place);
	return n;
}

/* Unit-years of both, each once. */
static size_t common_places(const struct source_table *a, const struct source_table *b, struct arena *arena,
			    struct place **ret)
{
	struct place *x = arena_array(arena, struct place, a->n_cells + 1);
	struct place *y = arena_array(arena, struct place, b->n_cells + 1);
	size_t n_x = list_places(a, x), n_y = list_places(b, y), n = 0;

	for (size_t i = 0, k = 0; i < n_x && k < n_y;) {
		int order = by_place(&x[i], &y[k]);

		if (order == 0 && (n == 0 || by_place(&x[n - 1], &y[k]) != 0))
			x[n++] = y[k];
		i += order <= 0;
		k += order > 0;
	}
	*ret = x;
	return n;
}

/* The last cell of an indicator in a year; NULL if there is none. O(log cells). */
static const struct source_cell *cell_of(const struct source_table *table, const struct place *place,
					 uint32_t indicator)
{
	size_t low = 0, high = table->n_cells;

	while (low < high) {   /* past the last cell that is not later */
		size_t middle = low + (high - low) / 2;
		const struct source_cell *cell = &table->cells[middle];
		int order = cell->unit == place->unit ? 0 : strcmp(cell->unit, place->unit);

		if (order == 0)
			order = (cell->indicator > indicator) - (cell->indicator < indicator);
		if (order == 0)
			order = (year_of(cell) > place->year) - (year_of(cell) < place->year);
		if (order <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || table->cells[low - 1].unit != place->unit || table->cells[low - 1].indicator != indicator ||
	    year_of(&table->cells[low - 1]) != place->year)
		return NULL;
	return &table->cells[low - 1];
}

static void fill_side(const struct source_table *table, const struct place *places, size_t n, struct arena *arena,
		      struct divergence_side *side)
{
	size_t k = table->n_indicators;
	double *x = arena_array(arena, double, n * k + 1), *sd = arena_array(arena, double, n * k + 1);

	*side = (struct divergence_side){.k = k, .x = x, .sd = sd, .sign = arena_array(arena, int, k + 1),
					 .z = arena_array(arena, double, n * k + 1),
					 .score = arena_array(arena, double, n + 1),
					 .error = arena_array(arena, double, n + 1)};
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < k; j++) {
			const struct source_cell *cell = cell_of(table, &places[i], (uint32_t)j);

			x[i * k + j] = cell ? cell->value : NAN;
			sd[i * k + j] = cell ? cell->sd : NAN;
		}
}

static void fill_pair(const struct source_table *a, const struct source_table *b, const struct place *places,
		      size_t n,
		      struct arena *arena, struct divergence_pair *pair)
{
	int *unit = arena_array(arena, int, n + 1);
	int64_t *year = arena_array(arena, int64_t, n + 1);

	for (size_t i = 0; i < n; i++) {
		unit[i] = i == 0 ? 0 : unit[i - 1] + (strcmp(places[i].unit, places[i - 1].unit) != 0);
		year[i] = places[i].year;
	}
	*pair = (struct divergence_pair){.n = n, .unit = unit, .year = year, .difference = arena_array(arena, double, n + 1),
					 .reach = arena_array(arena, double, n + 1),
					 .usual = arena_array(arena, double, n + 1),
					 .since = arena_array(arena, int64_t, n + 1)};
	fill_side(a, places, n, arena, &pair->a);
	fill_side(b, places, n, arena, &pair->b);
}

/* ---- writing ---- */

static void put_cell(struct buf *buf, double value)
{
	char text[32];

	num_write(num_round(value), text);
	buf_printf(buf, ",%s", text);
}

struct driver {
	const char *table, *indicator;
	double part;
};

static int by_part(const void *a, const void *b)
{
	double x = fabs(((const struct driver *)a)->part), y = fabs(((const struct driver *)b)->part);

	return (x < y) - (x > y);
}

/* The indicators that pull the way of the difference, strongest first. */
static void put_drivers(const struct divergence_pair *pair, size_t row, const struct source_table *a,
			const struct source_table *b, struct buf *buf)
{
	_cleanup_(buf_free) struct buf words = {0};
	struct driver drivers[2 * DIVERGENCE_MOST];
	size_t n = 0;

	for (int side = 0; side < 2; side++) {
		const struct source_table *table = side ? b : a;

		for (size_t k = 0; k < table->n_indicators; k++) {
			double part = divergence_part(pair, row, side, k);

			if (!isnan(part) && part * pair->difference[row] > 0)
				drivers[n++] = (struct driver){table->name, table->indicators[k], part};
		}
	}
	qsort(drivers, n, sizeof *drivers, by_part);
	for (size_t i = 0; i < n && i < DRIVERS; i++)
		buf_printf(&words, "%s%s %s %+.2f", i ? "; " : "", drivers[i].table, drivers[i].indicator,
			   drivers[i].part);
	buf_putc(buf, ',');
	csv_put(buf, words.len ? words.s : "", ',');
}

static size_t put_pair(const struct comparison *comparison, const struct source_table *a,
		       const struct source_table *b,
		       const struct place *places, const struct divergence_pair *pair, struct buf *buf)
{
	size_t beyond = 0;

	for (size_t i = 0; i < pair->n; i++) {
		double d = pair->difference[i], over = fmax(0, fabs(d) - pair->reach[i]);

		beyond += over > 0;
		if (over == 0 && !comparison->request->all)
			continue;
		buf_printf(buf, "%s,", places[i].unit);
		if (places[i].year)
			buf_printf(buf, "%lld", (long long)places[i].year);
		buf_putc(buf, ',');
		csv_put(buf, a->name, ',');
		buf_putc(buf, ',');
		csv_put(buf, b->name, ',');
		put_cell(buf, d);
		put_cell(buf, d - pair->reach[i]);
		put_cell(buf, d + pair->reach[i]);
		put_cell(buf, d < 0 ? -over : over);
		if (pair->since[i] == INT_MISSING || !places[i].year)
			buf_putc(buf, ',');
		else
			buf_printf(buf, ",%lld", (long long)pair->since[i]);
		put_cell(buf, pair->usual[i]);
		put_drivers(pair, i, a, b, buf);
		buf_putc(buf, '\n');
	}
	return beyond;
}

static void say_turned(const struct source_table *table, const struct divergence_side *side, struct buf *said)
{
	for (size_t k = 0; k < side->k; k++)
		if (side->sign[k] <= 0)
			buf_printf(said, "  %s %s %s\n", table->name, table->indicators[k],
				   side->sign[k] ? "runs the other way: turned" : "never varies here: left out");
}

static void compare(const struct comparison *comparison, size_t first, size_t second, struct buf *buf,
		    struct buf *said)
{
	_cleanup_(arena_free) struct arena room = {0};
	const struct source_table *a = &comparison->tables[first], *b = &comparison->tables[second];
	struct divergence_pair pair;
	struct place *places;
	struct err why = {0};
	size_t n = common_places(a, b, &room, &places), beyond;

	fill_pair(a, b, places, n, &room, &pair);
	if (divergence_find(&pair, comparison->request->folds, comparison->request->seed,
			    comparison->request->level, &why) < 0) {
		buf_printf(said, "%s and %s: cannot be compared: %s\n", a->name, b->name, why.msg);
		return;
	}
	beyond = put_pair(comparison, a, b, places, &pair, buf);
	buf_printf(said, "%s and %s: %zu unit-years in common, %zu disagree beyond their errors\n", a->name,
		   b->name, n, beyond);
	say_turned(a, &pair.a, said);
	say_turned(b, &pair.b, said);
}

static int read_tables(struct comparison *comparison, struct err *err)
{
	const struct divergence_request *request = comparison->request;

	comparison->tables = arena_array(comparison->arena, struct source_table, request->n_sources + 2);
	for (size_t i = 0; i < request->n_sources; i++) {
		struct source_table *table = &comparison->tables[i];
		int r = source_table_read(&request->sources[i], &comparison->finder, comparison->arena, table, err);

		if (r < 0)
			return r;
		comparison->n++;
		if (table->n_indicators > DIVERGENCE_MOST)
			return err_hint(err, err_set(err, ERR_DATA, "%s: %zu indicators, expected at most %d",
						     table->file,
						     table->n_indicators, DIVERGENCE_MOST),
					"Name those that count: --source NAME:COLUMN+COLUMN=FILE.");
	}
	if (request->events)
		count_events(comparison, &comparison->tables[comparison->n++]);
	if (comparison->n < 2)
		return err_hint(err, err_set(err, ERR_USAGE, "nothing to compare: %zu framework given",
					     comparison->n),
				"Give two sources, or one and --events.");
	return 0;
}

int measure_divergence(const struct divergence_request *request, struct buf *table, struct buf *said, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct comparison comparison = {.request = request, .arena = &arena};
	int r;

	unit_finder_open(&comparison.finder, request->atlas, &arena);
	r = read_tables(&comparison, err);
	if (r == 0) {
		buf_puts(table, "unit,year,a,b,difference,low,high,beyond,since,usual,drivers\n");
		for (size_t i = 0; i < comparison.n; i++)
			for (size_t k = i + 1; k < comparison.n; k++)
				compare(&comparison, i, k, table, said);
	}
	for (size_t i = 0; i < comparison.n; i++)
		source_table_free(&comparison.tables[i]);
	return r;
}
