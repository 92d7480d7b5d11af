/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_measure_composite.c - tocsin measure composite: composite indicators, their uncertainty and sensitivity. */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include <tocsin/measure.h>

#include "cli/cli.h"

static int job_file(struct cli *cli, const char *option, bool needed, struct composite_file *ret, struct err *err)
{
	char *text;
	size_t len;
	int r;

	if (!needed && !cli_has(cli, option))
		return 0;
	r = filter_read(cli, option, &text, &len, err);
	if (r == 0)
		*ret = (struct composite_file){cli_option(cli, option), text, len};
	return r;
}

static int job_read(struct cli *cli, struct composite_job *job, struct err *err)
{
	const struct { const char *option; bool needed; struct composite_file *file; } files[] = {
		{"frame", true, &job->frame}, {"data", true, &job->data}, {"weights", false, &job->weights},
		{"parameters", false, &job->parameters}, {"errors", false, &job->errors}, {"local", false, &job->local},
	};
	const char *error = cli_option(cli, "input-error");
	int64_t seed, threads, processors = sysconf(_SC_NPROCESSORS_ONLN);
	int r = cli_number(cli, "n", 0, &job->n, err);

	if (r == 0)
		r = cli_number(cli, "seed", 1, &seed, err);
	if (r == 0)
		r = cli_number(cli, "threads", processors > 0 ? processors : 1, &threads, err);
	for (size_t i = 0; i < LENGTH(files) && r == 0; i++)
		r = job_file(cli, files[i].option, files[i].needed, files[i].file, err);
	if (r < 0)
		return r;
	job->stage = cli_option(cli, "stage");
	job->seed = (uint64_t)seed;
	job->threads = threads < 1 ? 1 : threads > 64 ? 64 : (int)threads;
	job->input_error = NAN;
	if (error && (num_read(error, strlen(error), &job->input_error) < 0 || job->input_error < 0 || job->input_error > 10))
		return err_set(err, ERR_USAGE, "option \"--input-error\" is \"%.40s\", expected a number in 0..10", error);
	return 0;
}

static int put_coverage(struct cli *cli, const struct composite_job *job, const struct buf *coverage, struct err *err)
{
	const char *path = cli_option(cli, "coverage");

	if (path)
		return file_write(path, coverage->len ? coverage->s : "", coverage->len, err);
	if (job->skipped)
		say(cli, "imputed, moved, skipped or left out: %zu; --coverage FILE lists them", job->skipped);
	return 0;
}

static int composite_command(struct cli *cli, struct err *err)
{
	static const char *const whats[] = {"uncertainty", "sensitivity"};
	_cleanup_(buf_free) struct buf out = {0}, coverage = {0};
	struct composite_job job = {.coverage = &coverage};
	int what = cli->n_operands ? cli_find(whats, LENGTH(whats), cli->operands[0], "operand", err) : -1, r;

	if (cli->n_operands && what < 0)
		return ERR_USAGE;
	r = job_read(cli, &job, err);
	if (r < 0)
		return r;
	if (what < 0 && job.local.text)
		r = composite_local(&job, &out, err);
	else if (what < 0)
		r = composite_stage(&job, &out, err);
	else
		r = what == 0 ? composite_uncertainty(&job, &out, err) : composite_sensitivity(&job, &out, err);
	if (r == 0)
		r = put_coverage(cli, &job, &coverage, err);
	return r < 0 ? r : filter_write(cli, &out, err);
}

static const struct option composite_options[] = {
	{"frame", "FILE", "the frame: our own form, or the table of elements iMeta.csv"},
	{"data", "FILE", "one row a unit (panel stages: a unit and year), one column an indicator"},
	{"stage", "NAME", "which table; usually stage_aggregated, ua_rankstats, sa_indices, local_ranks"},
	{"out", "FILE", "write to FILE, - for standard output"},
	{"weights", "FILE", "sets of weights: set,iCode,Level,Weight"},
	{"parameters", "FILE", "what each replication chooses: rep,winmax,norm,wset,agg"},
	{"n", "N", "replications of our own: N for uncertainty, N times factors + 2 for sensitivity"},
	{"seed", "S", "of the random numbers (default 1)"},
	{"input-error", "R", "relative standard error of every cell with --n (default: the frame's, else 0.05)"},
	{"errors", "FILE", "standard errors of cells: unit,indicator,sd"},
	{"local", "FILE", "a unit's own weights: a profile, or unit,indicator,weight"},
	{"coverage", "FILE", "what was imputed, moved, skipped or left out, as CSV"},
	{"threads", "N", "how many (default: as many as processors); the result is the same"},
};

const struct command command_measure_composite = {
	.name = "measure composite", .group = "The loop", .operands = "[uncertainty | sensitivity]", .most = 1,
	.summary = "indicators into an index: every step, its uncertainty and what that is due to",
	.examples = {"tocsin measure composite --frame frame.conf --data data.csv --stage stage_aggregated",
		     "tocsin measure composite uncertainty --frame frame.conf --data data.csv --n 1000000 --seed 1"},
	.details = "Stages: stage_denominated, stage_imputed, stage_treated, stage_normalised, stage_aggregated; norm_minmax,\n"
		   "norm_zscore, norm_scaled, norm_dist2max, norm_dist2ref, norm_fracmax, norm_rank, norm_borda, norm_prank;\n"
		   "agg_a_amean, agg_a_gmean, agg_a_hmean, agg_copeland_flat; treat_details, stats_raw, effective_weights,\n"
		   "cronbach, pca, correlations, opt_weights, opt_weights_corr, remove_elements_pillars,\n"
		   "remove_elements_indicators, lineage, ranks, coverage; panel_aggregated, panel_trends_cagr.\n"
		   "With uncertainty: ua_scores, ua_rankstats (usual). With sensitivity: sa_scores, sa_rankstats, sa_indices\n"
		   "(usual). With --local: local_ranks (usual), local_moves.",
	.options = composite_options, .n_options = LENGTH(composite_options), .run = composite_command,
};
