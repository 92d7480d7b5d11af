/* SPDX-License-Identifier: GPL-3.0-or-later */
/* composite_uncertainty.c - how far ranks move with choices, weights and inputs; given or drawn replications. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/stats.h>

#include "measure/composite_draws.h"

struct replay {
	struct composite_job *job;
	struct arena *arena;
	struct frame frame;
	struct units units;
	struct composite made;
	struct weight_sets sets;
	double *nominal;          /* scores, then ranks */
	double *ranks;
	size_t n;                 /* replications */
};

static int replay_open(struct replay *replay, struct err *err)
{
	struct composite_job *job = replay->job;
	struct arena *arena = replay->arena;
	int r = frame_read(&job->frame, arena, &replay->frame, err);

	if (r == 0)
		r = units_read(&job->data, &replay->frame, false, arena, &replay->units, err);
	if (r == 0)
		r = composite_build(&replay->frame, &replay->units, arena, &replay->made, err);
	if (r == 0 && job->weights.text)
		r = weight_sets_read(&job->weights, &replay->frame, arena, &replay->sets, err);
	if (r < 0)
		return r;
	if (job->coverage)
		job->skipped = coverage_write(&replay->made, job->coverage);
	replay->nominal = replay->made.scores + frame_top(&replay->frame) * replay->units.n;
	replay->ranks = arena_array(arena, double, replay->units.n);
	ranks_down(replay->nominal, replay->units.n, replay->ranks);
	return 0;
}

/* ---- tables ---- */

static void put_scores(const struct replay *replay, const double *scores, struct buf *out)
{
	const size_t units = replay->units.n;

	buf_puts(out, "uCode,Nominal");
	for (size_t i = 0; i < replay->n; i++)
		buf_printf(out, ",r_%zu", i + 1);
	buf_putc(out, '\n');
	for (size_t k = 0; k < units; k++) {
		const size_t u = replay->units.sorted[k];

		put_cell(out, replay->units.code[u]);
		buf_putc(out, ',');
		put_number(out, replay->nominal[u], 10);
		for (size_t i = 0; i < replay->n; i++) {
			buf_putc(out, ',');
			put_number(out, scores[i * units + u], 10);
		}
		buf_putc(out, '\n');
	}
}

/* Value i of the sorted ranks of which counts[rank] there are. */
static double nth_rank(const uint32_t *counts, uint64_t i)
{
	uint64_t below = 0;
	size_t rank = 0;

	do
		below += counts[++rank];
	while (below <= i);
	return (double)rank;
}

static double counts_quantile(const uint32_t *counts, uint64_t n, double q)
{
	const double at = (double)(n - 1) * q, low = floor(at + 4 * 0x1p-52);
	const double a = nth_rank(counts, (uint64_t)low), b = nth_rank(counts, low + 1 < (double)n ? (uint64_t)low + 1 : n - 1);

	return a + (at > low ? at - low : 0) * (b - a);
}

static void put_rank_stats(const struct replay *replay, const uint32_t *counts, struct buf *out)
{
	const size_t units = replay->units.n;

	buf_puts(out, "uCode,Nominal,Mean,Median,Q5,Q95\n");
	for (size_t k = 0; k < units; k++) {
		const size_t u = replay->units.sorted[k];
		const uint32_t *own = counts + u * (units + 1);
		uint64_t n = 0, sum = 0;

		for (size_t rank = 1; rank <= units; rank++) {
			n += own[rank];
			sum += (uint64_t)own[rank] * rank;
		}
		const double values[] = {
			replay->ranks[u], n ? (double)sum / (double)n : NAN, n ? counts_quantile(own, n, 0.5) : NAN,
			n ? counts_quantile(own, n, 0.05) : NAN, n ? counts_quantile(own, n, 0.95) : NAN,
		};

		put_cell(out, replay->units.code[u]);
		for (size_t i = 0; i < LENGTH(values); i++) {
			buf_putc(out, ',');
			put_number(out, values[i], 12);
		}
		buf_putc(out, '\n');
	}
}

/* ---- replications that a file gives ---- */

/* Scores of all, shifts of the ranks, and the ranks counted: of a design of `d` factors, over A and B. */
static int replay_given(struct replay *replay, size_t d, struct draws *ret, struct err *err)
{
	const struct composite_job *job = replay->job;
	const size_t units = replay->units.n;
	double *ranks = arena_array(replay->arena, double, units);
	struct choice *choices;
	size_t counted;
	int r;

	if (!job->weights.text)
		return err_hint(err, err_set(err, ERR_USAGE, "\"--parameters\" needs --weights"),
				"Its column wset names sets of weights.");
	r = choices_read(&job->parameters, replay->sets.n, replay->arena, &choices, &replay->n, err);
	if (r < 0)
		return r;
	if (replay->n * units > (size_t)200000000)
		return err_set(err, ERR_DATA, "%s: %zu replications of %zu units are too many to keep", job->parameters.name,
			       replay->n, units);
	ret->scores = arena_array(replay->arena, double, replay->n * units);
	ret->shift = arena_array(replay->arena, double, replay->n);
	ret->counts = arena_array(replay->arena, uint32_t, units * (units + 1));
	counted = d ? replay->n / (d + 2) * 2 : replay->n;
	choices_run(&replay->made, &replay->sets, choices, replay->n, ret->scores);
	for (size_t i = 0; i < replay->n; i++) {
		double sum = 0, n = 0;

		ranks_down(ret->scores + i * units, units, ranks);
		for (size_t u = 0; u < units; u++) {
			if (isnan(ranks[u]))
				continue;
			ret->counts[u * (units + 1) + (size_t)ranks[u]] += i < counted;
			if (isnan(replay->ranks[u]))
				continue;
			sum += fabs(ranks[u] - replay->ranks[u]);
			n++;
		}
		ret->shift[i] = sum / n;
	}
	return 0;
}

/* ---- replications of our own ---- */

static int error_row(const struct csv *csv, const int *at, const struct replay *replay, double *sd, struct err *err)
{
	const char *unit = csv_text(csv, at[0]), *code = csv_text(csv, at[1]);
	const size_t i = code ? frame_find(&replay->frame, code) : NO_PARENT;
	double value;

	if (i >= replay->frame.n_indicators)
		return csv_error(csv, (size_t)at[1], err, "the frame has no indicator \"%.60s\"", code ? code : "");
	if (num_read(csv->row[at[2]].s, csv->row[at[2]].len, &value) < 0 || value < 0)
		return csv_error(csv, (size_t)at[2], err, "\"%.40s\" is not a standard error", csv->row[at[2]].s);
	for (size_t u = 0; unit && u < replay->units.n; u++)
		if (strcmp(replay->units.code[u], unit) == 0) {
			const size_t cell = i * replay->units.n + u;

			sd[cell] = isnan(replay->made.imputed[cell]) ? 0 : value / fabs(replay->units.by[cell]);
			return 0;
		}
	return csv_error(csv, (size_t)at[0], err, "the data have no unit \"%.60s\"", unit ? unit : "");
}

static int read_errors(const struct replay *replay, double *sd, struct err *err)
{
	_cleanup_(arena_free) struct arena head = {0}, scratch = {0};
	const struct composite_file *file = &replay->job->errors;
	static const char *const names[] = {"unit", "indicator", "sd"};
	struct csv csv;
	int at[3], r = csv_open(&csv, file->name, file->text, file->len, ',', &head, err);

	for (size_t i = 0; i < 3 && r == 0; i++)
		if ((at[i] = csv_need(&csv, names[i], err)) < 0)
			return ERR_DATA;
	while (r >= 0 && (r = csv_next(&csv, &scratch, err)) == 1) {
		r = error_row(&csv, at, replay, sd, err);
		arena_reset(&scratch);
	}
	return r;
}

/* Relative errors, the spread of what was imputed, and what a file says of single cells. */
static int input_errors(const struct replay *replay, const double **ret, struct err *err)
{
	const struct composite *made = &replay->made;
	const double asked = replay->job->input_error;
	double *sd = arena_array(replay->arena, double, replay->frame.n_indicators * replay->units.n);
	bool any = false;
	int r = 0;

	for (size_t cell = 0; cell < replay->frame.n_indicators * replay->units.n && asked != 0; cell++) {
		const double own = replay->frame.v[cell / replay->units.n].error, x = made->imputed[cell];
		const double relative = !isnan(asked) ? asked : isnan(own) ? replay->frame.error : own;

		sd[cell] = isnan(x) ? 0 : sqrt(relative * x * relative * x + made->spread[cell] * made->spread[cell]);
	}
	if (replay->job->errors.text)
		r = read_errors(replay, sd, err);
	for (size_t cell = 0; cell < replay->frame.n_indicators * replay->units.n; cell++)
		any = any || sd[cell] > 0;
	*ret = any ? sd : NULL;
	return r;
}

static int replay_drawn(struct replay *replay, size_t base, bool keep, struct draws *ret, struct err *err)
{
	const size_t units = replay->units.n;
	struct draws_setup setup = {
		.made = &replay->made, .sets = replay->sets.n ? &replay->sets : NULL, .nominal = replay->ranks,
		.seed = replay->job->seed, .threads = replay->job->threads, .base = base,
	};
	int r = input_errors(replay, &setup.sd, err);

	if (r < 0)
		return r;
	if (replay->job->n < 2 || replay->job->n > 100000000)
		return err_set(err, ERR_USAGE, "%lld replications, expected 2 to 100000000", (long long)replay->job->n);
	replay->n = base ? base * (FACTORS + 2) : (size_t)replay->job->n;
	if (keep && replay->n * units > (size_t)20000000)
		return err_hint(err, err_set(err, ERR_USAGE, "scores of %zu replications are too many to print", replay->n),
				"Ask for the stage ua_rankstats, or for fewer.");
	if (units > 20000)
		return err_set(err, ERR_DATA, "%zu units, expected at most 20000 for replications", units);
	ret->counts = arena_array(replay->arena, uint32_t, units * (units + 1));
	if (keep)
		ret->scores = arena_array(replay->arena, double, replay->n * units);
	if (base)
		ret->shift = arena_array(replay->arena, double, replay->n);
	return draws_run(&setup, replay->n, ret, err);
}

static int pick_stage(const char *given, const char *const *names, size_t n, const char **ret, struct err *err)
{
	*ret = given ? given : names[n - 1];
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], *ret) == 0)
			return 0;
	err_set(err, ERR_USAGE, "unknown stage \"%.60s\"", given);
	return err_hint(err, ERR_USAGE, "There are %s and %s.", names[0], names[1]);
}

static int need_source(const struct composite_job *job, struct err *err)
{
	if (job->parameters.text || job->n > 0)
		return 0;
	return err_hint(err, err_set(err, ERR_USAGE, "no replications were asked for"),
			"Give --parameters FILE with --weights FILE, or --n N with --seed S.");
}

int composite_uncertainty(struct composite_job *job, struct buf *out, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	static const char *const names[] = {"ua_scores", "ua_rankstats"};
	struct replay replay = {.job = job, .arena = &arena};
	struct draws draws = {0};
	const char *stage;
	int r = pick_stage(job->stage, names, LENGTH(names), &stage, err);
	const bool scores = r == 0 && strcmp(stage, names[0]) == 0;

	if (r == 0)
		r = need_source(job, err);
	if (r == 0)
		r = replay_open(&replay, err);
	if (r < 0)
		return r;
	r = job->parameters.text ? replay_given(&replay, 0, &draws, err) : replay_drawn(&replay, 0, scores, &draws, err);
	if (r < 0)
		return r;
	if (scores)
		put_scores(&replay, draws.scores, out);
	else
		put_rank_stats(&replay, draws.counts, out);
	return 0;
}

/* ---- sensitivity ---- */

static void put_indices(const struct sobol_index *indices, size_t d, bool given, struct buf *out)
{
	buf_puts(out, given ? "Variable,Si,STi,Si_q5,Si_q95,STi_q5,STi_q95\n" :
		 "Variable,Si,STi,Si_q2.5,Si_q97.5,STi_q2.5,STi_q97.5,Si_half,STi_half\n");
	for (size_t i = 0; i < d; i++) {
		const struct sobol_index *index = &indices[i];
		const double values[] = {index->s, index->st, index->s_low, index->s_high, index->st_low, index->st_high,
					 (index->s_high - index->s_low) / 2, (index->st_high - index->st_low) / 2};

		buf_puts(out, factor_names[i]);
		for (size_t k = 0; k < (given ? 6 : 8); k++) {
			buf_putc(out, ',');
			put_number(out, values[k], 12);
		}
		buf_putc(out, '\n');
	}
}

int composite_sensitivity(struct composite_job *job, struct buf *out, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	static const char *const names[] = {"sa_scores", "sa_rankstats", "sa_indices"};
	struct replay replay = {.job = job, .arena = &arena};
	struct sobol_index indices[FACTORS];
	struct draws draws = {0};
	const bool given = job->parameters.text;
	const size_t d = given ? FACTORS - 1 : FACTORS;
	const char *stage;
	int r = pick_stage(job->stage, names, LENGTH(names), &stage, err);

	if (r == 0)
		r = need_source(job, err);
	if (r == 0)
		r = replay_open(&replay, err);
	if (r < 0)
		return r;
	r = given ? replay_given(&replay, d, &draws, err) :
	    replay_drawn(&replay, (size_t)job->n, strcmp(stage, names[0]) == 0, &draws, err);
	if (r < 0)
		return r;
	if (strcmp(stage, names[0]) == 0) {
		put_scores(&replay, draws.scores, out);
	} else if (strcmp(stage, names[1]) == 0) {
		put_rank_stats(&replay, draws.counts, out);
	} else {
		if (replay.n % (d + 2) || replay.n < 2 * (d + 2))
			return err_hint(err, err_set(err, ERR_DATA, "%s: %zu replications are no design of %zu factors",
						     job->parameters.name, replay.n, d),
					"A, B and AB_1 to AB_4 have the same number of rows.");
		sobol_indices(draws.shift, replay.n / (d + 2), d, !given, job->seed, given ? 0.90 : 0.95, 500, &arena, indices);
		put_indices(indices, d, given, out);
	}
	return 0;
}
