/* SPDX-License-Identifier: GPL-3.0-or-later */
/* civic_filter.c - civic space of the units of any tables, with or without labels to learn from. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/stats.h>

#include "measure/civic.h"
#include "measure/source_table.h"

#define MAX_FEATURES 64

struct filter {
	const struct civic_request *request;
	struct arena *arena;
	struct unit_finder finder;
	struct source_table *tables;
	size_t n_tables;
	struct labels labels;
	int64_t month;               /* rated at its end */
	bool timeless;               /* no table has a time: they speak of now, whenever that is */
	const char **units;
	size_t n_units;
	struct civic_unit *with_events;
	size_t n_with_events;
	struct civic_table features;
	struct civic_learnt learnt;
};

/* ---- reading ---- */

static int read_tables(struct filter *filter, struct err *err)
{
	const struct civic_request *request = filter->request;

	filter->tables = arena_array(filter->arena, struct source_table, request->n_sources + 1);
	for (size_t i = 0; i < request->n_sources; i++) {
		int r = source_table_read(&request->sources[i], &filter->finder, filter->arena, &filter->tables[i],
					  err);

		if (r < 0)
			return r;
		filter->n_tables++;
	}
	if (!request->labels)
		return 0;
	return labels_read(request->labels->file, request->labels->text, request->labels->len, &filter->finder,
			   filter->arena, &filter->labels, err);
}

static void find_month(struct filter *filter)
{
	const struct civic_request *request = filter->request;

	filter->month = request->year == INT_MISSING ? INT64_MIN : request->year * 12 + 11;
	for (size_t t = 0; t < filter->n_tables && request->year == INT_MISSING; t++)
		for (size_t i = 0; i < filter->tables[t].n_cells; i++)
			if (filter->tables[t].cells[i].month != INT_MISSING &&
			    filter->tables[t].cells[i].month > filter->month)
				filter->month = filter->tables[t].cells[i].month;
	for (size_t i = 0; request->events && request->year == INT_MISSING && i < request->events->n; i++) {
		const struct record *r = request->events->v[i];

		if (r->kind == &kind_event && instant_is_set(r->valid_from) &&
		    instant_month(r->valid_from) > filter->month)
			filter->month = instant_month(r->valid_from);
	}
	filter->timeless = filter->month == INT64_MIN;
	if (filter->timeless)
		filter->month = 2000 * 12 + 11;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void list_units(struct filter *filter)
{
	size_t n = 0, cap = 0, kept = 0;
	const char **v = NULL;

	for (size_t t = 0; t < filter->n_tables; t++)
		for (size_t i = 0; i < filter->tables[t].n_cells; i++)
			if (i == 0 || filter->tables[t].cells[i].unit != filter->tables[t].cells[i - 1].unit)
				*arena_push(filter->arena, v, n, cap) = filter->tables[t].cells[i].unit;
	for (size_t i = 0; i < filter->n_with_events; i++)
		*arena_push(filter->arena, v, n, cap) = filter->with_events[i].unit;
	if (n)
		qsort(v, n, sizeof *v, by_text);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(v[i], v[i - 1]) != 0)
			v[kept++] = v[i];
	filter->units = v;
	filter->n_units = kept;
}

/* ---- values that count ---- */

static bool has_known(const struct filter *filter, const struct source_table *table)
{
	for (size_t i = 0; i < table->n_indicators; i++)
		if (civic_indicator_find(filter->request->frame, table->indicators[i]))
			return true;
	return false;
}

/* The newest cell of a unit's indicator that counts; NULL if there is none. */
static const struct source_cell *newest(const struct filter *filter, const struct source_table *table,
					const char *unit,
					uint32_t indicator)
{
	const struct source_cell *found = NULL;
	double years = filter->request->year == INT_MISSING ? filter->request->frame->years : 0;
	size_t first, past;

	if (!source_table_unit(table, unit, &first, &past))
		return NULL;
	for (size_t i = first; i < past; i++) {
		const struct source_cell *cell = &table->cells[i];
		double age = cell->month == INT_MISSING ? 0 : (double)(filter->month - cell->month);

		if (cell->indicator == indicator && age >= 0 && age <= fmax(11, 12 * years))
			found = cell;
	}
	return found;
}

static struct civic_unit unit_of(const struct filter *filter, const char *unit)
{
	const struct civic_unit *reported = civic_unit_find(filter->with_events, filter->n_with_events, unit);
	struct civic_unit one = {.unit = unit};
	size_t cap = 0;

	if (reported) {
		one.incidents = reported->incidents;
		one.n_incidents = reported->n_incidents;
	}
	for (size_t t = 0; t < filter->n_tables; t++)
		for (uint32_t k = 0; k < filter->tables[t].n_indicators; k++) {
			const struct source_table *table = &filter->tables[t];
			const struct civic_indicator *known =
				civic_indicator_find(filter->request->frame, table->indicators[k]);
			const struct source_cell *cell = known ? newest(filter, table, unit, k) : NULL;

			if (cell)
				*arena_push(filter->arena, one.sources, one.n_sources, cap) =
					(struct civic_source){known, cell->month == INT_MISSING ? filter->month
							: cell->month,
							      cell->value, cell->sd, NULL};
		}
	return one;
}

/* ---- learning ---- */

struct feature {
	const struct source_table *table;
	uint32_t indicator;
	const struct civic_indicator *known;   /* NULL: taken as it is */
};

static size_t list_features(const struct filter *filter, struct feature *v, struct err *err)
{
	size_t n = 0;

	for (size_t t = 0; t < filter->n_tables; t++) {
		const struct source_table *table = &filter->tables[t];
		bool known_only = !filter->request->sources[t].columns && has_known(filter, table);

		for (uint32_t k = 0; k < table->n_indicators; k++) {
			const struct civic_indicator *known =
				civic_indicator_find(filter->request->frame, table->indicators[k]);

			if (known_only && !known)
				continue;
			if (n == MAX_FEATURES) {
				err_hint(err, err_set(err, ERR_DATA, "%s: more than %d indicators to learn from",
						      table->file,
						      MAX_FEATURES),
								"Name those that count: --source NAME:COLUMN+COLUMN=FILE.");
				return 0;
			}
			v[n++] = (struct feature){table, k, known};
		}
	}
	if (n == 0)
		err_set(err, ERR_DATA, "no source has an indicator to learn from");
	return n;
}

/* The value as the model sees it: shares on the log-odds scale, a hundredth from their ends. */
static double curved(const struct feature *feature, double value)
{
	const struct civic_indicator *known = feature->known;
	double share;

	if (!known || !known->log_odds || isnan(value))
		return value;
	share = fmin(1, fmax(0, (value - known->low) / (known->high - known->low)));
	return log((share + 0.01) / (1.01 - share));
}

static int label_of(const struct filter *filter, const char *unit, size_t *line)
{
	for (size_t i = 0; i < filter->labels.n; i++)
		if (strcmp(filter->labels.v[i].unit, unit) == 0) {
			*line = filter->labels.v[i].line;
			return civic_band_named(filter->labels.v[i].text);
		}
	return -1;
}

static int check_labels(const struct filter *filter, struct err *err)
{
	for (size_t i = 0; i < filter->labels.n; i++)
		if (civic_band_named(filter->labels.v[i].text) < 0)
			return err_hint(err, err_set(err, ERR_DATA, "%s:%zu:1: unknown band \"%.40s\"",
						     filter->request->labels->file,
						     filter->labels.v[i].line, filter->labels.v[i].text),
					"Bands are closed, repressed, obstructed, narrowed and open, or 1 to 5.");
	return 0;
}

/* What incidents moved, by dimension, are features too when events are given. */
static void live_features(const struct filter *filter, const char *unit, double *x)
{
	struct civic_unit one = unit_of(filter, unit);
	struct civic_rating rating;

	civic_rate(filter->request->frame, &one, month_last_day(filter->month), -1, &rating, NULL, NULL);
	for (int d = 0; d < CIVIC_DIMENSIONS; d++)
		x[d] = rating.v[d].live;
}

static int learn(struct filter *filter, struct err *err)
{
	struct feature features[MAX_FEATURES];
	struct civic_table *table = &filter->features;
	size_t n_features, line = 0;
	int r = check_labels(filter, err);

	n_features = r < 0 ? 0 : list_features(filter, features, err);
	if (n_features == 0)
		return r < 0 ? r : ERR_DATA;
	*table = (struct civic_table){.units = filter->units, .n = 0,
				      .k = n_features + (filter->n_with_events ? CIVIC_DIMENSIONS : 0)};
	table->x = arena_array(filter->arena, double, filter->n_units * table->k + 1);
	table->label = arena_array(filter->arena, int, filter->n_units + 1);
	for (size_t i = 0; i < filter->n_units; i++) {
		double *x = table->x + i * table->k;
		bool any = false;

		for (size_t f = 0; f < n_features; f++) {
			const struct source_cell *cell = newest(filter, features[f].table, filter->units[i],
								features[f].indicator);

			x[f] = cell ? curved(&features[f], cell->value) : NAN;
			any |= cell != NULL;
		}
		if (filter->n_with_events)
			live_features(filter, filter->units[i], x + n_features);
		table->label[i] = any ? label_of(filter, filter->units[i], &line) : -1;
	}
	table->n = filter->n_units;
	return civic_learn(table, filter->request->folds, filter->request->seed, filter->arena, &filter->learnt, err);
}

/* ---- writing ---- */

static void put_cell(struct buf *buf, double value)
{
	char text[32];

	num_write(num_round(value), text);
	buf_printf(buf, ",%s", text);
}

/* The rating now, by hysteresis along the months before. */
static void rate_now(const struct filter *filter, const struct civic_unit *unit, struct civic_rating *rating,
		     struct civic_part *parts, size_t *n_parts)
{
	int64_t *months;
	size_t n = civic_months(filter->request->frame, unit, filter->month - 1, filter->arena, &months);
	int before = -1;

	for (size_t i = 0; i < n; i++) {
		civic_rate(filter->request->frame, unit, month_last_day(months[i]), before, rating, NULL, NULL);
		before = rating->rating;
	}
	civic_rate(filter->request->frame, unit, month_last_day(filter->month), before, rating, parts, n_parts);
}

static void put_watch(struct buf *buf, const struct civic_rating *rating)
{
	_cleanup_(buf_free) struct buf words = {0};
	double below = 0;

	for (int b = 0; b < rating->rating; b++)
		below += rating->v[CIVIC_SPACE].p[b];
	if (rating->watch)
		buf_printf(&words, "%.0f %% for a band below %s; incidents of 90 days took %.1f points", 100 * below,
			   civic_bands[rating->rating], rating->fall);
	buf_printf(buf, ",%s,", rating->watch ? "yes" : "no");
	csv_put(buf, words.len ? words.s : "", ',');
	buf_putc(buf, ',');
	csv_put(buf, rating->panel ? rating->panel->reason : "", ',');
}

/* Without labels: the frame's own word. With them: the model's, and the label beside it. */
static void put_row(const struct filter *filter, size_t i, const struct civic_rating *rating, struct buf *buf)
{
	const double *p = filter->request->labels ? filter->learnt.p + i * CIVIC_BANDS : rating->v[CIVIC_SPACE].p;
	const struct civic_estimate *space = &rating->v[CIVIC_SPACE];
	bool rated = rating->n_sources + rating->n_incidents > 0;
	double reach = normal_reach(0.9) * space->sd;
	char month[40];
	int band = 0;

	instant_write(instant_of_month(filter->month), month);
	buf_printf(buf, "%s,%s", filter->units[i], filter->timeless ? "" : month);
	for (int d = 0; d < CIVIC_VALUES; d++)
		put_cell(buf, rated ? rating->v[d].value : NAN);
	put_cell(buf, rated ? fmax(0, space->base + space->live - reach) : NAN);
	put_cell(buf, rated ? fmin(100, space->base + space->live + reach) : NAN);
	put_cell(buf, rated ? space->base : NAN);
	put_cell(buf, rated ? space->live : NAN);
	for (int b = 0; b < CIVIC_BANDS; b++) {
		put_cell(buf, p[b]);
		band = p[b] > p[band] ? b : band;
	}
	buf_printf(buf, ",%s,%s", civic_bands[band],
		   civic_bands[filter->request->labels && !rating->panel ? band : rating->rating]);
	put_watch(buf, rating);
	buf_printf(buf, ",%zu,%zu", rating->n_sources, rating->n_incidents);
	if (filter->request->labels) {
		int label = filter->features.label[i];

		buf_printf(buf, ",%s,", label >= 0 ? civic_bands[label] : "");
		if (filter->learnt.fold[i] >= 0)
			buf_printf(buf, "%d", filter->learnt.fold[i] + 1);
	}
	buf_putc(buf, '\n');
}

static void put_parts(struct buf *buf, const char *unit, const struct civic_part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct civic_part *part = &parts[i];
		char day[40];

		if (part->source) {
			instant_write(instant_of_month(part->source->month), day);
			buf_printf(buf, "%s,%s,base,", unit, civic_names[part->dimension] + strlen("civic_"));
			csv_put(buf, part->source->indicator->name, ',');
			buf_printf(buf, ",%s", day);
		} else {
			instant_write((struct instant){.usec = part->incident->day * USEC_PER_DAY,
				      .precision = INSTANT_DAY}, day);
			buf_printf(buf, "%s,%s,live,%s %s,%s", unit, civic_names[part->dimension] + strlen("civic_"),
				   part->incident->civic_class, part->incident->events[0]->r.id, day);
		}
		put_cell(buf, part->share);
		buf_putc(buf, '\n');
	}
}

static void write_rows(const struct filter *filter, struct buf *table, struct buf *parts)
{
	buf_puts(table, "unit,month,expression,association,assembly,civic_space,low,high,base,live,"
		 "p_closed,p_repressed,p_obstructed,p_narrowed,p_open,band,rating,"
		 "watch,watch_reason,panel_reason,sources,incidents");
	buf_puts(table, filter->request->labels ? ",label,fold\n" : "\n");
	if (parts)
		buf_puts(parts, "unit,dimension,part,what,date,points\n");
	for (size_t i = 0; i < filter->n_units; i++) {
		struct civic_unit unit = unit_of(filter, filter->units[i]);
		struct civic_part *list = arena_array(filter->arena, struct civic_part,
						      CIVIC_DIMENSIONS * (unit.n_sources + unit.n_incidents) + 1);
		struct civic_rating rating;
		size_t n = 0;

		rate_now(filter, &unit, &rating, list, &n);
		if (filter->request->watch_only && !rating.watch)
			continue;
		put_row(filter, i, &rating, table);
		if (parts)
			put_parts(parts, unit.unit, list, n);
	}
}

static void say_list(struct buf *said, const char *what, const char *const *v, size_t n)
{
	if (n)
		buf_printf(said, "%s: %zu:", what, n);
	for (size_t i = 0; i < n; i++)
		buf_printf(said, "%s %s", i ? ";" : "", v[i]);
	if (n)
		buf_putc(said, '\n');
}

static void say_labels(const struct filter *filter, struct buf *said)
{
	const struct civic_learnt *learnt = &filter->learnt;
	const char **without = arena_array(filter->arena, const char *, filter->labels.n + 1);
	size_t n = 0, line;

	for (size_t i = 0; i < filter->labels.n; i++) {
		bool found = false;

		for (size_t k = 0; k < filter->n_units && !found; k++)
			found = filter->features.label[k] >= 0 && strcmp(filter->units[k],
									 filter->labels.v[i].unit) == 0 &&
				label_of(filter, filter->units[k], &line) >= 0;
		if (!found)
			without[n++] = filter->labels.v[i].unit;
	}
	say_list(said, "labels of no known unit", filter->labels.strangers, filter->labels.n_strangers);
	say_list(said, "labels read by one letter", filter->labels.guesses, filter->labels.n_guesses);
	say_list(said, "labels without a source", without, n);
	buf_printf(said, "labelled units: %zu; folds: %zu; seed: %llu; ridge of the whole: %g\n", learnt->labelled,
		   filter->request->folds, (unsigned long long)filter->request->seed, learnt->ridge);
	buf_printf(said,
		   "out of fold: quadratic kappa %.4f, within one band %.4f, exact %.4f, calibration error %.4f\n",
		   learnt->kappa, learnt->within_one, learnt->exact, learnt->ece);
}

static void say_sources(const struct filter *filter, struct buf *said)
{
	for (size_t t = 0; t < filter->n_tables; t++) {
		const struct source_table *table = &filter->tables[t];
		size_t used = 0;

		for (size_t k = 0; k < table->n_indicators; k++)
			used += civic_indicator_find(filter->request->frame, table->indicators[k]) != NULL;
		buf_printf(said, "source %s: %zu rows, %zu of %zu indicators are in the frame\n", table->name,
			   table->rows, used,
			   table->n_indicators);
		say_list(said, "  units not known", table->strangers, table->n_strangers);
		say_list(said, "  units read by one letter", table->guesses, table->n_guesses);
	}
}

int measure_civic(const struct civic_request *request, struct buf *table, struct buf *parts, struct buf *said,
		  struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct filter filter = {.request = request, .arena = &arena};
	int r;

	unit_finder_open(&filter.finder, request->atlas, &arena);
	r = read_tables(&filter, err);
	if (r == 0) {
		find_month(&filter);
		if (request->events)
			civic_add_events(request->frame, request->events,
					 (struct instant){.usec = instant_last(instant_of_month(filter.month)),
							  .precision = INSTANT_SECOND},
					 &arena, &filter.with_events, &filter.n_with_events);
		list_units(&filter);
		if (request->labels)
			r = learn(&filter, err);
	}
	if (r == 0) {
		write_rows(&filter, table, parts);
		say_sources(&filter, said);
		if (request->labels)
			say_labels(&filter, said);
	}
	for (size_t i = 0; i < filter.n_tables; i++)
		source_table_free(&filter.tables[i]);
	return r;
}
