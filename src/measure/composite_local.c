/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * composite_local.c - local frames: what partners in a country would weigh differently, beside the
 * weights of the frame: ranks under both, and how far they move.
 *
 * The file is CSV (unit,indicator,weight), or a profile of data/profiles: its unit and its
 * [weights]. A weight takes the place of the frame's; a profile's weights of other things, such as
 * classes of events, are left out and reported.
 */
#include <math.h>
#include <string.h>

#include <tocsin/stats.h>

#include "measure/composite.h"

struct local {
	const char *unit;
	double *weights;
};

struct locals {
	const struct frame *frame;
	const struct units *units;
	struct arena *arena;
	struct local *v;
	size_t n, cap, skipped;
	struct buf *coverage;
};

static struct local *local_of(struct locals *locals, const char *unit)
{
	struct local *local;

	for (size_t i = 0; i < locals->n; i++)
		if (strcmp(locals->v[i].unit, unit) == 0)
			return &locals->v[i];
	local = arena_push(locals->arena, locals->v, locals->n, locals->cap);
	*local = (struct local){arena_dup(locals->arena, unit), frame_weights(locals->frame, locals->arena)};
	return local;
}

static bool has_unit(const struct locals *locals, const char *unit)
{
	for (size_t u = 0; u < locals->units->n; u++)
		if (strcmp(locals->units->code[u], unit) == 0)
			return true;
	return false;
}

static int local_row(struct locals *locals, const struct csv *csv, const int *at, struct err *err)
{
	const char *unit = csv_text(csv, at[0]), *code = csv_text(csv, at[1]);
	const size_t element = code ? frame_find(locals->frame, code) : NO_PARENT;
	const char *nearest = NULL, **codes;
	double weight;

	if (!unit || !has_unit(locals, unit))
		return csv_error(csv, (size_t)at[0], err, "the data have no unit \"%.60s\"", unit ? unit : "");
	if (element == NO_PARENT) {
		codes = arena_array(locals->arena, const char *, locals->frame->n);
		for (size_t i = 0; i < locals->frame->n; i++)
			codes[i] = locals->frame->v[i].code;
		nearest = code ? str_nearest(code, codes, locals->frame->n) : NULL;
		csv_error(csv, (size_t)at[1], err, "the frame has no indicator or group \"%.60s\"", code ? code : "");
		return nearest ? err_hint(err, ERR_DATA, "Did you mean \"%s\"?", nearest) : ERR_DATA;
	}
	if (num_read(csv->row[at[2]].s, csv->row[at[2]].len, &weight) < 0 || weight < 0)
		return csv_error(csv, (size_t)at[2], err, "\"%.40s\" is not a weight of 0 or more", csv->row[at[2]].s);
	local_of(locals, unit)->weights[element] = weight;
	return 0;
}

static int locals_read_csv(struct locals *locals, const struct composite_file *file, struct err *err)
{
	_cleanup_(arena_free) struct arena scratch = {0};
	static const char *const names[] = {"unit", "indicator", "weight"};
	struct csv csv;
	int at[3], r = csv_open(&csv, file->name, file->text, file->len, ',', locals->arena, err);

	for (size_t i = 0; i < 3 && r == 0; i++)
		if ((at[i] = csv_need(&csv, names[i], err)) < 0)
			return ERR_DATA;
	while (r >= 0 && (r = csv_next(&csv, &scratch, err)) == 1) {
		r = local_row(locals, &csv, at, err);
		arena_reset(&scratch);
	}
	return r;
}

static int locals_read_profile(struct locals *locals, const struct composite_file *file, struct err *err)
{
	struct local *local;
	const char *unit;
	struct conf conf;
	int r = conf_read(file->name, file->text, file->len, locals->arena, &conf, err);

	if (r < 0)
		return r;
	unit = conf_get(&conf, "profile", "unit");
	if (!unit || !has_unit(locals, unit))
		return err_hint(err, err_set(err, ERR_DATA, "%s:1:1: the data have no unit \"%.60s\"", file->name,
					     unit ? unit : ""),
				"A profile names its unit: [profile], unit = CODE.");
	local = local_of(locals, unit);
	for (size_t i = 0; i < conf.n; i++) {
		const struct conf_entry *entry = &conf.v[i];
		const size_t element = frame_find(locals->frame, entry->key);
		double weight;

		if (strcmp(entry->section, "weights") != 0)
			continue;
		if (num_read(entry->value, strlen(entry->value), &weight) < 0 || weight < 0)
			return err_set(err, ERR_DATA, "%s:%zu:1: \"%.60s\" is \"%.40s\", expected a weight of 0 or more",
				       file->name, entry->line, entry->key, entry->value);
		if (element != NO_PARENT) {
			local->weights[element] = weight;
			continue;
		}
		locals->skipped++;
		if (locals->coverage) {
			buf_puts(locals->coverage, "local,");
			put_cell(locals->coverage, unit);
			buf_putc(locals->coverage, ',');
			put_cell(locals->coverage, entry->key);
			buf_puts(locals->coverage, ",left out: not of the frame\n");
		}
	}
	return 0;
}

/* ---- tables ---- */

struct beside {
	double *scores, *ranks;      /* under the weights of the frame */
	double *own, *own_ranks;     /* under the local ones */
};

static void put_values(struct buf *out, const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_putc(out, ',');
		put_number(out, values[i], 12);
	}
	buf_putc(out, '\n');
}

static void put_local_ranks(const struct locals *locals, const struct local *local, const struct beside *both,
			    struct buf *out)
{
	for (size_t k = 0; k < locals->units->n; k++) {
		const size_t u = locals->units->sorted[k];
		const double values[] = {both->scores[u], both->ranks[u], both->own[u], both->own_ranks[u],
					 both->ranks[u] - both->own_ranks[u]};

		put_cell(out, local->unit);
		buf_putc(out, ',');
		put_cell(out, locals->units->code[u]);
		put_values(out, values, LENGTH(values));
	}
}

static void put_local_moves(const struct locals *locals, const struct local *local, const struct beside *both,
			    struct buf *out)
{
	double sum = 0, most = 0, n = 0, own = NAN, own_local = NAN;

	for (size_t u = 0; u < locals->units->n; u++) {
		const double moved = fabs(both->ranks[u] - both->own_ranks[u]);

		if (strcmp(locals->units->code[u], local->unit) == 0) {
			own = both->ranks[u];
			own_local = both->own_ranks[u];
		}
		if (isnan(moved))
			continue;
		sum += moved;
		most = fmax(most, moved);
		n++;
	}
	const double values[] = {own, own_local, own - own_local, sum / n, most,
				 kendall(both->ranks, both->own_ranks, locals->units->n)};

	put_cell(out, local->unit);
	put_values(out, values, LENGTH(values));
}

static void put_locals(const struct locals *locals, const struct composite *made, bool moves, struct buf *out)
{
	const size_t n = made->units->n, top = frame_top(made->frame) * n;
	double *work = arena_array(locals->arena, double, made->frame->n * n);
	struct beside both = {made->scores + top, arena_array(locals->arena, double, n), work + top,
			      arena_array(locals->arena, double, n)};

	buf_puts(out, moves ? "local,rank,local_rank,moved,mean_move,largest_move,kendall\n" :
		 "local,uCode,score,rank,local_score,local_rank,moved\n");
	ranks_down(both.scores, n, both.ranks);
	for (size_t i = 0; i < locals->n; i++) {
		memcpy(work, made->scores, made->frame->n_indicators * n * sizeof *work);
		step_aggregate(made->frame, n, locals->v[i].weights, NULL, work);
		ranks_down(both.own, n, both.own_ranks);
		if (moves)
			put_local_moves(locals, &locals->v[i], &both, out);
		else
			put_local_ranks(locals, &locals->v[i], &both, out);
	}
}

int composite_local(struct composite_job *job, struct buf *out, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const bool moves = str_eq(job->stage, "local_moves");
	const char *end = memchr(job->local.text, '\n', job->local.len);
	const size_t first = end ? (size_t)(end - job->local.text) : job->local.len;
	struct composite made;
	struct locals locals = {.arena = &arena, .coverage = job->coverage};
	struct frame frame;
	struct units units;
	int r;

	if (job->stage && !moves && strcmp(job->stage, "local_ranks") != 0)
		return err_hint(err, err_set(err, ERR_USAGE, "unknown stage \"%.60s\"", job->stage),
				"With --local there are local_ranks and local_moves.");
	r = frame_read(&job->frame, &arena, &frame, err);
	if (r == 0)
		r = units_read(&job->data, &frame, false, &arena, &units, err);
	if (r == 0)
		r = composite_build(&frame, &units, &arena, &made, err);
	if (r < 0)
		return r;
	if (job->coverage)
		job->skipped = coverage_write(&made, job->coverage);
	locals.frame = &frame;
	locals.units = &units;
	r = memmem(job->local.text, first, "indicator", 9) ? locals_read_csv(&locals, &job->local, err) :
	    locals_read_profile(&locals, &job->local, err);
	if (r < 0)
		return r;
	job->skipped += locals.skipped;
	put_locals(&locals, &made, moves, out);
	return 0;
}
