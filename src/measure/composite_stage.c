/* SPDX-License-Identifier: GPL-3.0-or-later */
/* composite_stage.c - one table of the pipeline, by its name. */
#include <math.h>
#include <string.h>

#include "measure/composite.h"

const char *const composite_stages[] = {
	"stage_denominated", "stage_imputed", "stage_treated", "stage_normalised", "stage_aggregated",
	"norm_minmax", "norm_zscore", "norm_scaled", "norm_dist2max", "norm_dist2ref", "norm_fracmax",
	"norm_rank", "norm_borda", "norm_prank",
	"agg_a_amean", "agg_a_gmean", "agg_a_hmean", "agg_copeland_flat",
	"treat_details", "stats_raw", "effective_weights", "cronbach", "pca", "correlations",
	"opt_weights", "opt_weights_corr", "remove_elements_pillars", "remove_elements_indicators",
	"panel_aggregated", "panel_trends_cagr", "lineage", "ranks", "coverage", NULL,
};

#define PAIRS_LIMIT 20000   /* units */

struct staging {
	const struct composite *made;
	const struct frame *frame;
	struct arena *arena;
	struct buf *out;
	size_t n;
};

static void put_matrix(struct staging *to, const double *m, bool aggregates)
{
	const struct frame *frame = to->frame;
	const size_t n = aggregates ? frame->n : frame->n_indicators;
	const char **names = arena_array(to->arena, const char *, n);
	const double **columns = arena_array(to->arena, const double *, n);

	for (size_t c = 0; c < n; c++) {
		const size_t at = c < frame->n_indicators ? c : frame->upwards[c - frame->n_indicators];

		names[c] = frame->v[at].code;
		columns[c] = m + at * to->n;
	}
	put_unit_table(to->out, to->made->units, names, columns, n, 12);
}

/* All indicators by the usual [1, 100], and what `mean` makes of them; NULL: only the indicators. */
static double *usual_scores(struct staging *to, const enum mean_kind *mean)
{
	const struct norm norm = norm_usual(NORM_MINMAX);
	double *scores = arena_array(to->arena, double, to->frame->n * to->n);

	step_normalise(to->frame, to->n, to->made->treated, &norm, to->made->reference, scores);
	if (mean)
		step_aggregate(to->frame, to->n, frame_weights(to->frame, to->arena), mean, scores);
	return scores;
}

static void put_copeland(struct staging *to)
{
	double *sums = arena_array(to->arena, double, to->n);
	const double *columns[] = {sums};
	static const char *const names[] = {"copeland"};

	copeland(to->made->units, usual_scores(to, NULL), frame_weights(to->frame, to->arena), to->frame->n_indicators, sums);
	put_unit_table(to->out, to->made->units, names, columns, 1, 12);
}

static void put_ranks(struct staging *to)
{
	double *ranks = arena_array(to->arena, double, to->n);
	const double *index = to->made->scores + frame_top(to->frame) * to->n, *columns[] = {index, ranks};
	static const char *const names[] = {"score", "rank"};

	ranks_down(index, to->n, ranks);
	put_unit_table(to->out, to->made->units, names, columns, 2, 12);
}

/* ---- weights ---- */

static void put_optimised(struct staging *to, bool correlations)
{
	const struct frame *frame = to->frame;
	const int level = optimise_level(frame);
	double *weights = frame_weights(frame, to->arena), *r = arena_array(to->arena, double, frame->n), sum = 0;
	size_t n = 0;

	optimise_weights(to->made, to->arena, weights, r);
	for (size_t k = 0; k < frame->n; k++)
		if (frame->v[frame->sorted[k]].level == level)
			sum += r[n++];
	buf_puts(to->out, correlations ? "Desired,Obtained,OptWeight\n" : "iCode,Level,Weight\n");
	for (size_t k = 0, i = 0; k < frame->n; k++) {
		const size_t at = frame->sorted[k];

		if (correlations && frame->v[at].level == level) {
			put_number(to->out, 1.0 / (double)n, 12);
			buf_putc(to->out, ',');
			put_number(to->out, r[i++] / sum, 12);
		} else if (!correlations) {
			put_cell(to->out, frame->v[at].code);
			buf_printf(to->out, ",%d", frame->v[at].level);
		} else {
			continue;
		}
		buf_putc(to->out, ',');
		put_number(to->out, weights[at], 12);
		buf_putc(to->out, '\n');
	}
}

/* How far the ranks move on average when an element has no weight. */
static double removal(struct staging *to, size_t element, const double *nominal)
{
	double *weights = frame_weights(to->frame, to->arena), *ranks = arena_array(to->arena, double, to->n);
	double *scores = arena_array(to->arena, double, to->frame->n * to->n), sum = 0, n = 0;

	memcpy(scores, to->made->scores, to->frame->n_indicators * to->n * sizeof *scores);
	weights[element] = 0;
	step_aggregate(to->frame, to->n, weights, NULL, scores);
	ranks_down(scores + frame_top(to->frame) * to->n, to->n, ranks);
	for (size_t u = 0; u < to->n; u++)
		if (!isnan(ranks[u]) && !isnan(nominal[u])) {
			sum += fabs(ranks[u] - nominal[u]);
			n++;
		}
	return sum / n;
}

static void put_removals(struct staging *to, int level)
{
	double *nominal = arena_array(to->arena, double, to->n);

	ranks_down(to->made->scores + frame_top(to->frame) * to->n, to->n, nominal);
	buf_puts(to->out, "element,mean_abs_rank_diff\nNominal,0\n");
	for (size_t i = 0; i < to->frame->n; i++) {
		if (to->frame->v[i].level != level || i == frame_top(to->frame))
			continue;
		put_cell(to->out, to->frame->v[i].code);
		buf_putc(to->out, ',');
		put_number(to->out, removal(to, i, nominal), 12);
		buf_putc(to->out, '\n');
	}
}

/* ---- by name ---- */

static void put_norm(struct staging *to, enum norm_kind kind)
{
	const struct norm norm = norm_usual(kind);
	double *scores = arena_array(to->arena, double, to->frame->n_indicators * to->n);

	step_normalise(to->frame, to->n, to->made->treated, &norm, to->made->reference, scores);
	put_matrix(to, scores, false);
}

static void put_stage(struct staging *to, const char *stage)
{
	const struct composite *made = to->made;
	const struct { const char *name; const double *m; bool aggregates; } matrices[] = {
		{"stage_denominated", made->denominated, false}, {"stage_imputed", made->imputed, false},
		{"stage_treated", made->treated, false}, {"stage_normalised", made->scores, false},
		{"stage_aggregated", made->scores, true},
	};

	for (size_t i = 0; i < LENGTH(matrices); i++)
		if (strcmp(stage, matrices[i].name) == 0)
			put_matrix(to, matrices[i].m, matrices[i].aggregates);
	for (size_t i = 0; i < NORM_KINDS; i++)
		if (str_starts(stage, "norm_") && strcmp(stage + 5, norm_names[i]) == 0)
			put_norm(to, (enum norm_kind)i);
	for (size_t i = 0; i < MEAN_KINDS; i++)
		if (str_starts(stage, "agg_a_") && strcmp(stage + 6, mean_names[i]) == 0) {
			const enum mean_kind mean = (enum mean_kind)i;

			put_matrix(to, usual_scores(to, &mean), true);
		}
	if (strcmp(stage, "agg_copeland_flat") == 0)
		put_copeland(to);
	else if (strcmp(stage, "opt_weights") == 0 || strcmp(stage, "opt_weights_corr") == 0)
		put_optimised(to, stage[11] != '\0');
	else if (strcmp(stage, "remove_elements_pillars") == 0)
		put_removals(to, 2);
	else if (strcmp(stage, "remove_elements_indicators") == 0)
		put_removals(to, 1);
	else if (strcmp(stage, "ranks") == 0)
		put_ranks(to);
	else if (strcmp(stage, "coverage") == 0)
		coverage_write(made, to->out);
}

static int check_stage(const char *stage, struct err *err)
{
	const char *nearest;
	size_t n = 0;

	for (; composite_stages[n]; n++)
		if (strcmp(composite_stages[n], stage) == 0)
			return 0;
	nearest = str_nearest(stage, composite_stages, n);
	err_set(err, ERR_USAGE, "unknown stage \"%.60s\"", stage);
	return err_hint(err, ERR_USAGE, nearest ? "Did you mean \"%s\"?" : "\"tocsin help measure composite\" names them%s.",
			nearest ? nearest : "");
}

int composite_stage(struct composite_job *job, struct buf *out, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char *stage = job->stage ? job->stage : "stage_aggregated";
	const bool panel = str_starts(stage, "panel_");
	struct composite made;
	struct staging to = {.made = &made, .arena = &arena, .out = out};
	struct frame frame;
	struct units units;
	int r = check_stage(stage, err);

	if (r == 0)
		r = frame_read(&job->frame, &arena, &frame, err);
	if (r == 0)
		r = units_read(&job->data, &frame, panel, &arena, &units, err);
	if (r < 0)
		return r;
	if (panel)
		return panel_stage(&frame, &units, job, &arena, out, err);
	if (units.n > PAIRS_LIMIT && (strcmp(stage, "agg_copeland_flat") == 0 || strcmp(stage, "correlations") == 0))
		return err_set(err, ERR_DATA, "%s: %zu units, expected at most %d where each meets each", job->data.name, units.n,
			       PAIRS_LIMIT);
	r = composite_build(&frame, &units, &arena, &made, err);
	if (r < 0)
		return r;
	if (job->coverage)
		job->skipped = coverage_write(&made, job->coverage);
	to.frame = &frame;
	to.n = units.n;
	if (!stats_stage(&made, stage, &arena, out))
		put_stage(&to, stage);
	return 0;
}
