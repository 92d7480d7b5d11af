/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outlook.c - fit, look back, weigh, forecast. */
#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "foresee/outlook.h"
#include "foresee/stack.h"

#define FOLDS 2
#define FOLD_YEARS 4     /* origins forecast from one earlier cutoff */
#define MOST_THREADS 64

/* One learner fitted at one cutoff, and what it says of some years. */
struct job {
	size_t learner;
	int64_t cutoff;
	size_t first, past;       /* cases to speak of */
	void *model;
	double *p;
	int r;
	struct err err;
};

struct work {
	const struct cases *cases;
	uint64_t seed;
	struct job *jobs;
	size_t n, next;
	pthread_mutex_t lock;
};

static void job_run(const struct work *work, struct job *job)
{
	const struct learner *learner = learners[job->learner];

	job->r = learner->fit(work->cases, job->cutoff, work->seed, &job->model, &job->err);
	if (job->r == 0)
		job->r = learner->chance(job->model, work->cases, job->first, job->past, job->p, &job->err);
	if (job->r < 0 || job->cutoff < work->cases->origin) {   /* only today's models are asked why */
		learner->close(job->model);
		job->model = NULL;
	}
}

static void *work_share(void *shared)
{
	struct work *work = shared;

	for (;;) {
		struct job *job = NULL;

		pthread_mutex_lock(&work->lock);
		if (work->next < work->n) {   /* by learner, then fold: the long ones first */
			job = &work->jobs[work->next % (FOLDS + 1) * n_learners + work->next / (FOLDS + 1)];
			work->next++;
		}
		pthread_mutex_unlock(&work->lock);
		if (!job)
			return NULL;
		job_run(work, job);
	}
}

static void work_all(struct work *work, size_t threads)
{
	pthread_t others[MOST_THREADS];
	size_t started = 0;

	pthread_mutex_init(&work->lock, NULL);
	while (started + 1 < threads && started + 1 < work->n && started < MOST_THREADS &&
	       pthread_create(&others[started], NULL, work_share, work) == 0)
		started++;
	work_share(work);
	while (started > 0)
		pthread_join(others[--started], NULL);
	pthread_mutex_destroy(&work->lock);
}

static void said_open(struct said *said, size_t n, struct arena *arena)
{
	*said = (struct said){.n = n};
	said->row = arena_array(arena, size_t, n + 1);
	for (size_t m = 0; m < n_learners; m++)
		said->member[m] = arena_array(arena, double, n + 1);
	said->raw = arena_array(arena, double, n + 1);
	said->p = arena_array(arena, double, n + 1);
	said->base_rate = arena_array(arena, double, n + 1);
	said->country_rate = arena_array(arena, double, n + 1);
	said->cutoff = arena_array(arena, int64_t, n + 1);
}

/* The cutoff of fold k and the origins that are forecast from it, newest fold first. */
static void fold_years(const struct cases *cases, size_t k, int64_t *cutoff, int64_t *last)
{
	*last = cases_last_final(cases, cases->origin) - (int64_t)k * FOLD_YEARS;
	*cutoff = *last - FOLD_YEARS + 1;
}

static void plan_jobs(const struct cases *cases, struct job *jobs, struct arena *arena)
{
	for (size_t k = 0; k <= FOLDS; k++) {
		int64_t cutoff = cases->origin, last = cases->origin;
		size_t first, past;

		if (k)
			fold_years(cases, k - 1, &cutoff, &last);
		cases_of_years(cases, cutoff, last, &first, &past);
		for (size_t m = 0; m < n_learners; m++)
			jobs[k * n_learners + m] = (struct job){.learner = m, .cutoff = cutoff, .first = first, .past = past,
								.p = arena_array(arena, double, past - first + 1)};
	}
}

static void hear(const struct cases *cases, const struct job *jobs, bool settled, struct said *said)
{
	for (size_t i = jobs[0].first; i < jobs[0].past; i++) {
		if (settled && cases->y[i] == EVENT_OPEN)
			continue;
		for (size_t m = 0; m < n_learners; m++)
			said->member[m][said->n] = jobs[m].r == 0 ? jobs[m].p[i - jobs[0].first] : NAN;
		said->cutoff[said->n] = jobs[0].cutoff;
		said->row[said->n++] = i;
	}
}

/* A fold in which a learner was silent teaches nothing about it. */
static bool all_spoke(const struct outlook *outlook, const struct job *jobs)
{
	for (size_t m = 0; m < n_learners; m++)
		if (outlook->speaks[m] && jobs[m].r < 0)
			return false;
	return true;
}

static int take_jobs(struct outlook *outlook, struct job *jobs, struct arena *arena, struct err *err)
{
	size_t speaking = 0, most = 0;

	for (size_t m = 0; m < n_learners; m++) {
		outlook->model[m] = jobs[m].model;
		outlook->speaks[m] = jobs[m].r == 0;
		outlook->silent[m] = jobs[m].r == 0 ? NULL : arena_dup(arena, jobs[m].err.msg);
		speaking += jobs[m].r == 0;
	}
	if (speaking == 0)
		return err_set(err, ERR_DATA, "no model could learn: %.300s", jobs[0].err.msg);
	said_open(&outlook->now, jobs[0].past - jobs[0].first, arena);
	outlook->now.n = 0;
	hear(&outlook->cases, jobs, false, &outlook->now);
	for (size_t k = FOLDS; k >= 1; k--)
		most += jobs[k * n_learners].past - jobs[k * n_learners].first;
	said_open(&outlook->past, most, arena);
	outlook->past.n = 0;
	for (size_t k = FOLDS; k >= 1; k--)
		if (all_spoke(outlook, &jobs[k * n_learners]))
			hear(&outlook->cases, &jobs[k * n_learners], true, &outlook->past);
	return 0;
}

int outlook_make(const struct outlook_setup *setup, struct arena *arena, struct outlook *ret, struct err *err)
{
	struct outlook outlook = {.seed = setup->seed};
	struct work work = {.cases = &outlook.cases, .seed = setup->seed};
	int r;

	assert(n_learners <= MOST_MEMBERS && setup->threads > 0);
	cases_build(setup->history, setup->spaces, setup->n_spaces, setup->rule, setup->origin, setup->borders, arena,
		    &outlook.cases);
	cases_hash(&outlook.cases, outlook.inputs);
	work.n = (FOLDS + 1) * n_learners;
	work.jobs = arena_array(arena, struct job, work.n);
	plan_jobs(&outlook.cases, work.jobs, arena);
	work_all(&work, setup->threads);
	r = take_jobs(&outlook, work.jobs, arena, err);
	if (r < 0)
		return r;
	memcpy(outlook.prior, setup->prior, sizeof outlook.prior);
	rates_fill(&outlook);
	stack_learn(&outlook);
	*ret = outlook;
	return 0;
}

void outlook_close(struct outlook *outlook)
{
	for (size_t m = 0; m < n_learners; m++) {
		if (outlook->model[m])
			learners[m]->close(outlook->model[m]);
		outlook->model[m] = NULL;
	}
}
