/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * round.c - one round of the loop, and the replay of past ones.
 *
 * The order is collect, code, measure, learn, foresee, respond: learn reads only
 * forecasts of earlier dates, so what it teaches is there when the next forecast
 * is made, and a second round on the same input changes nothing.
 */
#include <string.h>

#include "loop/stages.h"

const char *const stage_names[N_STAGES] = {"collect", "code", "measure", "learn", "foresee", "respond"};

void count_name(struct arena *arena, struct count **counts, size_t *n, const char *name)
{
	struct count *grown;

	for (size_t i = 0; i < *n; i++)
		if (str_eq((*counts)[i].name, name)) {
			(*counts)[i].n++;
			return;
		}
	grown = arena_array(arena, struct count, *n + 1);   /* a handful of names */
	if (*n)
		memcpy(grown, *counts, *n * sizeof *grown);
	grown[*n] = (struct count){arena_dup(arena, name), 1};
	*counts = grown;
	(*n)++;
}

size_t round_changes(const struct round *round)
{
	size_t n = 0;

	for (size_t s = 0; s < N_STAGES; s++)
		n += round->stages[s].made + round->stages[s].revised + round->stages[s].withdrawn;
	return n;
}

static int run_stage(const struct work *work, enum stage stage, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena}, out = {.arena = &arena}, fresh = {.arena = &arena};
	const struct binding *binding = &bindings[stage];
	struct work keeping = *work;
	size_t n_makes = 0;
	int r = 0;

	for (size_t i = 0; i < LENGTH(binding->reads) && binding->reads[i] && r == 0; i++)
		r = work_read(work, binding->reads[i], &in, err);
	for (size_t i = 0; i < LENGTH(binding->earlier) && binding->earlier[i] && r == 0; i++) {
		struct work before = *work;

		before.as_of.usec--;
		r = work_read(&before, binding->earlier[i], &in, err);
	}
	work->round->stages[stage].in = in.n;
	if (r == 0)
		r = binding->core(work, &in, &out, err);
	while (n_makes < LENGTH(binding->makes) && binding->makes[n_makes].kind)
		n_makes++;
	keeping.fresh = &fresh;
	if (r == 0)
		r = work_keep(&keeping, &out, binding->makes, n_makes, &work->round->stages[stage], err);
	return r < 0 ? r : work_commit(work, &fresh, err);
}

/* The units are records like all others: put those of the tables, once. */
static int keep_units(const struct work *work, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct atlas *atlas = &work->house->atlas;
	struct unit *units = arena_array(&arena, struct unit, atlas->n_units + 1);
	struct record **v = arena_array(&arena, struct record *, atlas->n_units + 1);

	for (size_t i = 0; i < atlas->n_units; i++) {
		units[i] = *atlas->units[i];
		units[i].r.known = instant_is_set(units[i].r.valid_from) ? units[i].r.valid_from : instant_of_year(1900);
		v[i] = &units[i].r;
	}
	return store_put_all(work->store, v, atlas->n_units, NULL, NULL, err);
}

static int run_inside(struct work *work, const char *input, enum stage first, enum stage last,
		      struct err *err)
{
	int r = 0;

	if (first == STAGE_COLLECT && input)
		r = work_collect(work, input, err);
	if (r == 0)
		r = keep_units(work, err);   /* those that came with the input among them */
	if (r == 0 && !instant_is_set(work->as_of))
		r = store_newest(work->store, &work->as_of, err);
	work->round->as_of = work->as_of;
	for (enum stage s = first == STAGE_COLLECT ? STAGE_CODE : first;
	     s <= last && r == 0 && instant_is_set(work->as_of); s++)
		r = s == STAGE_CODE ? work_code(work, err) : run_stage(work, s, err);
	return r;
}

int round_run(struct store *store, const struct house *house, const char *input,
	      struct instant as_of, enum stage first, enum stage last, struct instant now,
	      struct arena *arena, struct round *ret, struct err *err)
{
	struct round round = {0};
	struct work work = {.store = store, .house = house, .as_of = as_of, .now = now,
			    .live = !instant_is_set(as_of), .round = &round, .arena = arena};
	int r = store_begin(store, err);

	if (r < 0)
		return r;
	r = run_inside(&work, input, first, last, err);
	if (r == 0)
		r = store_commit(store, err);
	if (r < 0) {
		store_rollback(store);
		return r;
	}
	*ret = round;
	if (round.n_faults)
		return err_set(err, ERR_DATA, "%s", round.faults[0].msg);
	return 0;
}

int replay_run(struct store *store, const struct house *house, int from, int to,
	       void (*progress)(int year, const struct round *round, void *user), void *user,
	       struct arena *arena, struct err *err)
{
	for (int year = from; year <= to; year++) {
		struct instant as_of = instant_of_day(year + 1, 4, 1);
		struct round round;
		int r = round_run(store, house, NULL, as_of, STAGE_CODE, STAGE_RESPOND, as_of, arena, &round, err);

		if (r < 0)
			return r;
		if (progress)
			progress(year, &round, user);
	}
	return 0;
}
