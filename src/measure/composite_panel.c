/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * composite_panel.c - several years at once: units with too few data are screened out year by
 * year, each year is treated by itself, all are normalised together; and growth over three years.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/composite.h"

static size_t count_known(const struct frame *frame, const struct units *units, size_t u)
{
	size_t known = 0;

	for (size_t i = 0; i < frame->n_indicators; i++)
		known += !isnan(units->raw[i * units->n + u]);
	return known;
}

/* The rows with enough data, by year; the others are reported. */
static size_t screen(const struct frame *frame, const struct units *units, struct composite_job *job, size_t *rows)
{
	size_t n = 0;

	if (job->coverage)
		buf_puts(job->coverage, "step,unit,indicator,what\n");
	for (size_t k = 0; k < units->n; k++) {
		const size_t u = units->sorted[k], known = count_known(frame, units, u);

		if ((double)known >= frame->availability * (double)frame->n_indicators) {
			rows[n++] = u;
			continue;
		}
		job->skipped++;
		if (!job->coverage)
			continue;
		buf_puts(job->coverage, "screen,");
		put_cell(job->coverage, units->code[u]);
		buf_printf(job->coverage, ",,%d: %zu of %zu indicators\n", units->time[u], known, frame->n_indicators);
	}
	return n;
}

/* Treat rows[from, past) of the matrix, which are one year. */
static void treat_year(const struct frame *frame, double *m, size_t n, size_t from, size_t past)
{
	for (size_t i = 0; i < frame->n_indicators; i++) {
		struct treatment own = frame->treatment;

		if (!frame->v[i].treated)
			own.winmax = 0;
		treat_column(m + i * n + from, past - from, &own);
	}
}

static void put_panel(const struct frame *frame, const struct units *units, const size_t *rows, size_t n,
		      const double *scores, struct buf *out)
{
	buf_puts(out, "Time,uCode");
	for (size_t c = 0; c < frame->n; c++) {
		buf_putc(out, ',');
		put_cell(out, frame->v[c < frame->n_indicators ? c : frame->upwards[c - frame->n_indicators]].code);
	}
	buf_putc(out, '\n');
	for (size_t r = 0; r < n; r++) {
		buf_printf(out, "%d,", units->time[rows[r]]);
		put_cell(out, units->code[rows[r]]);
		for (size_t c = 0; c < frame->n; c++) {
			const size_t at = c < frame->n_indicators ? c : frame->upwards[c - frame->n_indicators];

			buf_putc(out, ',');
			put_number(out, scores[at * n + r], 12);
		}
		buf_putc(out, '\n');
	}
}

static int panel_scores(const struct frame *frame, const struct units *units, struct composite_job *job,
			struct arena *arena, struct buf *out, struct err *err)
{
	size_t *rows = arena_array(arena, size_t, units->n), n = screen(frame, units, job, rows), from = 0;
	double *m, *scores;

	if (n == 0)
		return err_hint(err, err_set(err, ERR_DATA, "no unit of the panel has %g of its indicators in any year",
					     frame->availability), "Lower \"availability\" in the frame.");
	m = arena_array(arena, double, frame->n_indicators * n);
	scores = arena_array(arena, double, frame->n * n);
	for (size_t i = 0; i < frame->n_indicators; i++)
		for (size_t r = 0; r < n; r++)
			m[i * n + r] = units->raw[i * units->n + rows[r]];
	for (size_t r = 1; r <= n; r++)
		if (r == n || units->time[rows[r]] != units->time[rows[from]]) {
			treat_year(frame, m, n, from, r);
			from = r;
		}
	step_normalise(frame, n, m, NULL, SIZE_MAX, scores);
	step_aggregate(frame, n, frame_weights(frame, arena), NULL, scores);
	put_panel(frame, units, rows, n, scores, out);
	return 0;
}

/* ---- growth ---- */

struct series {
	const struct units *units;
	const size_t *rows;        /* of one unit, by year */
	size_t n;
	const double *x;
};

static double series_value(const struct series *series, size_t i)
{
	return series->x[series->rows[i]];
}

/* Compound annual growth over the latest three years, first and last of those known. */
static void put_growth(const struct series *series, const char *indicator, struct buf *out)
{
	const size_t start = series->n > 3 ? series->n - 3 : 0;
	size_t known = 0, late = 0, first = SIZE_MAX, last = SIZE_MAX, late_first = SIZE_MAX;
	double growth = NAN;

	for (size_t i = 0; i < series->n; i++) {
		if (isnan(series_value(series, i)))
			continue;
		known++;
		last = i;
		first = first == SIZE_MAX ? i : first;
		if (i < start)
			continue;
		late++;
		late_first = late_first == SIZE_MAX ? i : late_first;
	}
	if (late > 1)
		growth = pow(series_value(series, last) / series_value(series, late_first),
			     1.0 / (series->units->time[series->rows[last]] - series->units->time[series->rows[late_first]])) - 1;
	put_cell(out, series->units->code[series->rows[0]]);
	buf_putc(out, ',');
	put_cell(out, indicator);
	const double values[] = {
		growth, (double)known / (double)series->n,
		first == SIZE_MAX ? NAN : series->units->time[series->rows[first]],
		last == SIZE_MAX ? NAN : series->units->time[series->rows[last]],
		(double)late / (double)(series->n - start),
		late_first == SIZE_MAX ? NAN : series->units->time[series->rows[late_first]],
	};
	for (size_t i = 0; i < LENGTH(values); i++) {
		buf_putc(out, ',');
		put_number(out, values[i], 12);
	}
	buf_putc(out, '\n');
}

struct unit_row {
	const struct units *units;
	size_t at;
};

static int compare_unit_rows(const void *a, const void *b)
{
	const struct unit_row *x = a, *y = b;
	const int r = compare_code(x->units->code[x->at], y->units->code[y->at]);

	return r ? r : x->units->time[x->at] - y->units->time[y->at];
}

static int compare_texts(const void *a, const void *b)
{
	return compare_code(*(const char *const *)a, *(const char *const *)b);
}

static void panel_trends(const struct frame *frame, const struct units *units, struct arena *arena, struct buf *out)
{
	struct unit_row *order = arena_array(arena, struct unit_row, units->n);
	size_t *rows = arena_array(arena, size_t, units->n);
	const char **names = arena_array(arena, const char *, frame->n_trends + 1);

	for (size_t u = 0; u < units->n; u++)
		order[u] = (struct unit_row){units, u};
	qsort(order, units->n, sizeof *order, compare_unit_rows);
	for (size_t u = 0; u < units->n; u++)
		rows[u] = order[u].at;
	for (size_t i = 0; i < frame->n_trends; i++)
		names[i] = frame->trends[i];
	qsort(names, frame->n_trends, sizeof *names, compare_texts);
	buf_puts(out, "uCode,iCode,CAGR,Avail,t_first,t_latest,Avail_use_latest,t_first_use_latest\n");
	for (size_t i = 0; i < frame->n_trends; i++)
		for (size_t from = 0, past; from < units->n; from = past) {
			for (past = from + 1; past < units->n && strcmp(units->code[rows[past]], units->code[rows[from]]) == 0;
			     past++)
				;
			put_growth(&(struct series){units, rows + from, past - from,
						    units->raw + frame_find(frame, names[i]) * units->n}, names[i], out);
		}
}

int panel_stage(const struct frame *frame, const struct units *units, struct composite_job *job, struct arena *arena,
		struct buf *out, struct err *err)
{
	if (strcmp(job->stage, "panel_aggregated") == 0)
		return panel_scores(frame, units, job, arena, out, err);
	panel_trends(frame, units, arena, out);
	return 0;
}
