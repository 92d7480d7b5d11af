/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * learning.c - what was learned, gathered for people; and settings set back to what they were.
 *
 * A setting is never deleted: setting it back is a newer revision with the former value, pinned, which
 * rounds leave as it is. Released, the next round decides again.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "loop/stages.h"

static int by_name(const void *a, const void *b)
{
	const struct setting *x = *(const struct setting *const *)a, *y = *(const struct setting *const *)b;
	int order = str_cmp(x->name, y->name);

	return order ? order : str_cmp(x->r.id, y->r.id);
}

/* Where a view or an act stands in time: as asked for, or where the next round will. */
static int time_of(struct store *store, int64_t as_of, struct instant *ret, struct err *err)
{
	if (as_of == AS_OF_ALL)
		return store_newest(store, ret, err);
	*ret = (struct instant){.usec = as_of, .precision = INSTANT_SECOND};
	return 0;
}

static int read_settings(struct store *store, struct instant at, struct arena *arena, struct setting ***ret,
			 size_t *ret_n, struct err *err)
{
	struct records list = {.arena = arena};
	struct query query = QUERY(&kind_setting, instant_is_set(at) ? at.usec : AS_OF_ALL);
	struct setting **v;
	int r = store_read(store, &query, &list, err);

	if (r < 0)
		return r;
	v = arena_array(arena, struct setting *, list.n + 1);
	for (size_t i = 0; i < list.n; i++)
		v[i] = (struct setting *)list.v[i];
	if (list.n)
		qsort(v, list.n, sizeof *v, by_name);
	*ret = v;
	*ret_n = list.n;
	return 0;
}

int view_learned(struct store *store, int64_t as_of, struct arena *arena, struct learned_view *ret, struct err *err)
{
	struct learned_view view = {0};
	struct records scores = {.arena = arena};
	struct query query = QUERY(&kind_score, as_of);
	int r = time_of(store, as_of, &view.as_of, err);

	if (instant_is_set(view.as_of))
		query.as_of = view.as_of.usec;
	if (r < 0 || (r = store_read(store, &query, &scores, err)) < 0 ||
	    (r = read_settings(store, view.as_of, arena, (struct setting ***)&view.settings, &view.n_settings, err)) < 0)
		return r;
	view.scores = arena_array(arena, const struct score *, scores.n + 1);
	for (size_t i = 0; i < scores.n; i++)
		if (((const struct score *)scores.v[i])->origin == INT_MISSING)
			view.scores[view.n_scores++] = (const struct score *)scores.v[i];
	scores_sort(view.scores, view.n_scores);
	*ret = view;
	return 0;
}

/* Named by its id, by its name, or by what its name begins with: the parts of a map belong together. */
static bool is_meant(const struct setting *setting, const char *which)
{
	const size_t len = strlen(which);

	return str_eq(setting->r.id, which) || str_eq(setting->name, which) ||
	       (str_starts(setting->name, which) && setting->name[len] == '.');
}

/* The value before the present one, or as of a date. */
static int former_value(struct store *store, const struct setting *now, int64_t as_of, struct arena *arena,
			const struct setting **ret, struct err *err)
{
	struct record *before;
	int r = store_get(store, now->r.id, as_of == AS_OF_ALL ? now->r.known.usec - 1 : as_of, arena, &before, err);

	if (r == ERR_NOT_FOUND || (r == 0 && before->withdrawn))
		return err_set(err, ERR_NOT_FOUND, "setting %s has no value before %s", now->name,
			       as_of == AS_OF_ALL ? "the present one" : "that date");
	*ret = (const struct setting *)before;
	return r < 0 ? r : 0;
}

static int setting_put(struct store *store, const struct setting *now, double value, int64_t pinned, const char *reason,
		       const char *user, struct instant at, struct arena *arena, struct err *err)
{
	struct setting *next = record_new(arena, &kind_setting);

	*next = *now;
	next->r.known = at;
	next->r.by = user;
	next->value = value;
	next->pinned = pinned;
	next->reason = reason;
	next->r.missing = NULL;
	if (isnan(value))
		record_missing(arena, &next->r, "value", "none, as before");
	record_identify(arena, next);
	return store_put(store, &next->r, err);
}

static int setting_change(struct store *store, const struct setting *now, const struct setting_act *act, struct instant at,
			  struct arena *arena, struct err *err)
{
	const char *note = act->note ? arena_printf(arena, ": %s", act->note) : "";
	const struct setting *former = NULL;
	char since[40];
	int r;

	if (!act->pin)
		return now->pinned != 1 ? 0 : setting_put(store, now, now->value, INT_MISSING,
			arena_printf(arena, "released by %s, the next round decides%s", act->user, note), act->user, at, arena,
			err);
	r = former_value(store, now, act->as_of, arena, &former, err);
	if (r < 0)
		return r;
	instant_write(former->r.known, since);
	return setting_put(store, now, former->value, 1,
			   arena_printf(arena, "set back by %s to the value of %s%s", act->user, since, note), act->user, at,
			   arena, err);
}

int setting_act(struct store *store, const char *which, const struct setting_act *act, struct arena *arena, struct err *err)
{
	struct setting **settings;
	struct instant at;
	size_t n, changed = 0;
	bool found = false;
	int r = time_of(store, AS_OF_ALL, &at, err);

	if (r == 0)
		r = read_settings(store, at, arena, &settings, &n, err);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		if (!is_meant(settings[i], which))
			continue;
		found = true;
		r = setting_change(store, settings[i], act, at, arena, err);
		changed += r == PUT_REVISED || r == PUT_NEW;
	}
	if (r >= 0 && !found)
		return err_hint(err, err_set(err, ERR_NOT_FOUND, "no setting is called \"%.80s\"", which),
				"\"tocsin learn settings\" lists them.");
	return r < 0 ? r : (int)changed;
}
