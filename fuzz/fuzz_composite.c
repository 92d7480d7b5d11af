/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_composite.c - the readers of composite indicators: frame, table of units, weights, choices, local weights. */
#include <math.h>
#include <string.h>

#include <tocsin/measure.h>

#include "fuzz/target.h"

static const char frame_text[] = "[frame]\nunit = u\ngroup = g\n[indicator a]\ngroup = T\ndenominator = d\n"
				 "[indicator b]\ngroup = T\ndirection = -1\n[group T]\nweight = 1\n";
static const char data_text[] = "u,g,Time,a,b,d\nA,x,1,1,5,2\nB,x,1,2,3,2\nC,y,1,3,1,2\nD,y,1,100,,2\n";
static const char weights_text[] = "set,iCode,Level,Weight\n1,a,1,2\n2,b,1,3\n";
static const char choices_text[] = "rep,winmax,norm,wset,agg\n1,5,n_minmax,1,a_amean\n2,1,n_zscore,2,a_gmean\n";

static void try_job(struct composite_job job, const char *stage, int (*run)(struct composite_job *, struct buf *, struct err *))
{
	_cleanup_(buf_free) struct buf out = {0}, coverage = {0};

	job.stage = stage;
	job.coverage = &coverage;
	run(&job, &out, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct composite_file foreign = {"fuzz", fuzz_text(&arena, bytes, len), len};
	const struct composite_job sound = {
		.frame = {"frame", frame_text, sizeof frame_text - 1}, .data = {"data", data_text, sizeof data_text - 1},
		.weights = {"weights", weights_text, sizeof weights_text - 1},
		.parameters = {"choices", choices_text, sizeof choices_text - 1},
		.seed = 1, .input_error = NAN, .threads = 1,
	};
	struct composite_job job = sound;

	job.frame = foreign;
	try_job(job, "stage_aggregated", composite_stage);
	try_job(job, "pca", composite_stage);
	job = sound;
	job.data = foreign;
	try_job(job, "coverage", composite_stage);
	try_job(job, "panel_aggregated", composite_stage);
	try_job(job, "panel_trends_cagr", composite_stage);
	job = sound;
	job.weights = foreign;
	try_job(job, NULL, composite_uncertainty);
	job = sound;
	job.parameters = foreign;
	try_job(job, NULL, composite_uncertainty);
	job = sound;
	job.local = foreign;
	try_job(job, NULL, composite_local);
	job = sound;
	job.parameters = (struct composite_file){0};
	job.errors = foreign;
	job.n = 2;
	try_job(job, "ua_scores", composite_uncertainty);
	return 0;
}
