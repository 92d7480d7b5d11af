/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learner_walk.c - the share of simulated paths as a member of the ensemble. */
#include <math.h>
#include <stdlib.h>

#include "foresee/learner.h"
#include "foresee/walk.h"

struct walk_model {
	struct arena arena;
	struct walk walk;
	struct walk_lesson lesson;
	uint64_t seed;
};

static void walk_close(void *data)
{
	struct walk_model *model = data;

	if (!model)
		return;
	arena_free(&model->arena);
	free(model);
}

static int walk_fit(const struct cases *cases, int64_t cutoff, uint64_t seed, void **ret, struct err *err)
{
	struct walk_model *model = calloc(1, sizeof *model);

	if (!model)
		abort();
	model->seed = seed;
	walk_read(cases->history, cases->spaces, cases->n_spaces, cases->origin, &model->arena, &model->walk);
	walk_learn(&model->walk, cutoff, &model->arena, &model->lesson);
	if (model->lesson.n == 0) {
		walk_close(model);
		return err_set(err, ERR_DATA, "too few country-years to draw paths from");
	}
	*ret = model;
	return 0;
}

/* The two directions of a space stand together: one set of paths speaks of both. */
static int walk_chance(const void *data, const struct cases *cases, size_t first, size_t past, double *p, struct err *err)
{
	const struct walk_model *model = data;
	_cleanup_(arena_free) struct arena scratch = {0};
	struct walk_path *room = arena_array(&scratch, struct walk_path, model->lesson.n);
	const struct case_key *key = NULL;
	double share[2] = {NAN, NAN};

	for (size_t i = first; i < past; i++) {
		const struct case_key *of = &cases->key[i];

		if (!key || key->unit != of->unit || key->space != of->space || key->year != of->year)
			if (!walk_share(&model->lesson, cases->rule, of->space, of->unit, of->year, model->seed, room, share))
				return err_set(err, ERR_FAILED, "no path for unit %u in %d", of->unit, of->year);
		key = of;
		p[i - first] = share[of->direction < 0];
	}
	return 0;
}

const struct learner learner_walk = {
	.name = "path", .words = "paths of similar country-years", .fit = walk_fit, .chance = walk_chance, .close = walk_close,
};
