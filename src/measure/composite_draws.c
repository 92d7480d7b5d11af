/* SPDX-License-Identifier: GPL-3.0-or-later */
/* composite_draws.c - what each replication draws, and the threads that run them. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "measure/composite_pipe.h"

#pragma GCC diagnostic ignored "-Wpsabi"

const char *const factor_names[FACTORS] = {"Winmax", "Normalisation", "Weights", "Aggregation", "Inputs"};

/* ---- replications ---- */

/* The five words of a replication: of its own, or of its place in the design. */
static void words_of(const struct draws_setup *setup, size_t replication, uint64_t words[FACTORS])
{
	const size_t base = setup->base, block = base ? replication / base : 0, row = base ? replication % base : replication;
	const uint64_t start = setup->seed * 0xd1342543de82ef95u;
	uint64_t a = start ^ (uint64_t)row << 1, b = start ^ ((uint64_t)row << 1 | 1);

	for (size_t f = 0; f < FACTORS; f++) {
		const uint64_t of_a = lane_mix(&a), of_b = lane_mix(&b);

		words[f] = block == 1 || block == 2 + f ? of_b : of_a;
	}
}

/* The upper half of a word picks one of n. */
static size_t pick(uint64_t word, size_t n)
{
	return (size_t)((word >> 32) * n >> 32);
}

static struct draw draw_of(const struct pipe *pipe, const uint64_t words[FACTORS], double *weights)
{
	const struct frame *frame = pipe->frame;
	const struct weight_sets *sets = pipe->setup->sets;
	struct draw draw = {.treatment = frame->treatment,
			    .norm = frame->norms[pick(words[FACTOR_NORM], frame->n_norms)],
			    .mean = frame->means[pick(words[FACTOR_MEAN], frame->n_means)]};
	uint64_t noise = words[FACTOR_WEIGHTS];

	draw.treatment.winmax = frame->winmax[pick(words[FACTOR_WINMAX], frame->n_winmax)];
	if (sets) {
		memcpy(weights, sets->v + pick(noise, sets->n) * frame->n, frame->n * sizeof *weights);
		return draw;
	}
	for (size_t i = 0; i < frame->n; i++) {
		weights[i] = frame->v[i].weight;
		if (frame->v[i].level >= frame->noise_level)
			weights[i] *= 1 + frame->weight_noise * ((double)(lane_mix(&noise) >> 11) * 0x1p-52 - 1);
	}
	return draw;
}

/* Count the ranks, and say how far they lie from the nominal ones on average. */
static double take_ranks(const struct pipe *pipe, const struct bench *bench, bool counted)
{
	double sum = 0;

	for (size_t u = 0; u < pipe->n; u++) {
		const size_t rank = (size_t)bench->ranks[u / LANES][u % LANES];
		const double there = bench->present[frame_top(pipe->frame) * pipe->width + u / LANES][u % LANES];

		if (there == 0)
			continue;
		bench->counts[u * (pipe->n + 1) + rank] += counted;
		if (!isnan(pipe->setup->nominal[u]))
			sum += fabs((double)rank - pipe->setup->nominal[u]);
	}
	return pipe->n_ranked ? sum / pipe->n_ranked : 0;
}

struct worker {
	const struct pipe *pipe;
	struct draws *out;
	struct bench bench;
	size_t from, past;
	pthread_t thread;
	bool started;
};

static void *worker_run(void *data)
{
	struct worker *worker = data;
	const struct pipe *pipe = worker->pipe;
	const size_t n = pipe->n, top = frame_top(pipe->frame) * pipe->width, base = pipe->setup->base;
	const struct bench *bench = &worker->bench;
	pipe_fn *run = pipe_pick(pipe->setup->plain);

	for (size_t i = worker->from; i < worker->past; i++) {
		uint64_t words[FACTORS];
		double shift;

		words_of(pipe->setup, i, words);
		const struct draw draw = draw_of(pipe, words, bench->weights);

		run(pipe, bench, &draw, words[FACTOR_INPUTS]);
		shift = take_ranks(pipe, bench, base == 0 || i < 2 * base);   /* of a design, A and B */
		if (worker->out->shift)
			worker->out->shift[i] = shift;
		for (size_t u = 0; u < n && worker->out->scores; u++)
			worker->out->scores[i * n + u] = bench->present[top + u / LANES][u % LANES] > 0 ?
							 bench->scores[top + u / LANES][u % LANES] : NAN;
	}
	return NULL;
}

/* ---- preparation ---- */

/* Zeroed lanes; the arena's alignment will not do. */
static lanes *lanes_new(struct arena *arena, size_t n)
{
	const uintptr_t at = (uintptr_t)arena_alloc(arena, (n + 1) * sizeof(lanes));

	return (lanes *)((at + sizeof(lanes) - 1) / sizeof(lanes) * sizeof(lanes));
}

static void column_fill(struct pipe *pipe, size_t i, struct arena *arena)
{
	const struct draws_setup *setup = pipe->setup;
	const double *x = setup->made->imputed + i * pipe->n, *sd = setup->sd ? setup->sd + i * pipe->n : NULL;
	struct column *column = &pipe->columns[i];

	*column = (struct column){.x = lanes_new(arena, pipe->width), .sd = lanes_new(arena, pipe->width),
				  .mask = lanes_new(arena, pipe->width),
				  .holes = arena_array(arena, size_t, pipe->width * LANES), .treated = pipe->frame->v[i].treated,
				  .direction = pipe->frame->v[i].direction};
	for (size_t u = pipe->n; u-- > 0;)
		if (!isnan(x[u]))
			column->first = u;
	for (size_t u = 0; u < pipe->width * LANES; u++) {
		const bool there = u < pipe->n && !isnan(x[u]);

		column->x[u / LANES][u % LANES] = there ? x[u] : 0;
		column->sd[u / LANES][u % LANES] = there && sd ? sd[u] : 0;
		column->mask[u / LANES][u % LANES] = there;
		if (!there)
			column->holes[column->n_holes++] = u;
		column->n += there;
		column->mean += there ? x[u] : 0;
	}
	const double n = column->n;

	column->mean /= n > 0 ? n : 1;
	column->skew_factor = sqrt(n) * sqrt(n * (n - 1)) / (n - 2);
	column->kurt_factor = (n - 1) / ((n - 2) * (n - 3));
	pipe->whole = pipe->whole && n == (double)pipe->n;
}

static void pipe_fill(struct pipe *pipe, struct arena *arena)
{
	const struct frame *frame = pipe->frame;
	const size_t groups = frame->n - frame->n_indicators;

	pipe->whole = true;
	pipe->columns = arena_array(arena, struct column, pipe->k);
	for (size_t i = 0; i < pipe->k; i++)
		column_fill(pipe, i, arena);
	pipe->children = arena_array(arena, size_t, frame->n);
	pipe->first = arena_array(arena, size_t, groups + 1);
	for (size_t g = 0; g < groups; g++)
		pipe->first[g + 1] = pipe->first[g] + frame_children(frame, frame->upwards[g], pipe->children + pipe->first[g]);
	for (size_t u = 0; u < pipe->n; u++)
		pipe->n_ranked += !isnan(pipe->setup->nominal[u]);
}

static void bench_fill(struct bench *bench, const struct pipe *pipe, struct arena *arena)
{
	*bench = (struct bench){
		.z = lanes_new(arena, pipe->k * pipe->width + 1), .work = lanes_new(arena, pipe->width),
		.scores = lanes_new(arena, pipe->frame->n * pipe->width),
		.present = lanes_new(arena, pipe->frame->n * pipe->width), .ranks = lanes_new(arena, pipe->width),
		.weights = arena_array(arena, double, pipe->frame->n),
		.counts = arena_array(arena, uint32_t, pipe->n * (pipe->n + 1)),
	};
}

/* Fourth powers must not overflow. */
static int check_range(const struct draws_setup *setup, struct err *err)
{
	const struct composite *made = setup->made;

	for (size_t cell = 0; cell < made->frame->n_indicators * made->units->n; cell++)
		if (fabs(made->imputed[cell]) > 1e50 || (setup->sd && !(setup->sd[cell] <= 1e50)))
			return err_set(err, ERR_DATA, "indicator \"%.60s\" of unit \"%.60s\" is too large for replications",
				       made->frame->v[cell / made->units->n].code, made->units->code[cell % made->units->n]);
	return 0;
}

int draws_run(const struct draws_setup *setup, size_t n, struct draws *out, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const size_t threads = (size_t)(setup->threads < 1 ? 1 : setup->threads);
	struct worker *workers = arena_array(&arena, struct worker, threads);
	struct pipe pipe = {.setup = setup, .frame = setup->made->frame, .n = setup->made->units->n,
			    .k = setup->made->frame->n_indicators, .width = (setup->made->units->n + LANES - 1) / LANES};
	bool failed = false;
	int r = check_range(setup, err);

	if (r < 0)
		return r;
	pipe_fill(&pipe, &arena);
	for (size_t t = 0; t < threads; t++) {
		workers[t] = (struct worker){.pipe = &pipe, .out = out, .from = n / threads * t,
					     .past = t + 1 == threads ? n : n / threads * (t + 1)};
		bench_fill(&workers[t].bench, &pipe, &arena);
	}
	for (size_t t = 1; t < threads; t++)
		workers[t].started = pthread_create(&workers[t].thread, NULL, worker_run, &workers[t]) == 0;
	worker_run(&workers[0]);
	for (size_t t = 1; t < threads; t++) {
		if (workers[t].started)
			failed = pthread_join(workers[t].thread, NULL) != 0 || failed;
		else
			worker_run(&workers[t]);
	}
	if (failed)
		return err_set(err, ERR_FAILED, "a thread of the replications could not be joined");
	for (size_t t = 0; t < threads && out->counts; t++)
		for (size_t i = 0; i < pipe.n * (pipe.n + 1); i++)
			out->counts[i] += workers[t].bench.counts[i];
	return 0;
}
