/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * leak.c - is there a number in a forecast that nobody knew at its origin?
 *
 * A panel that goes on beyond the origin is tampered with where only the future can tell, and read
 * again. Half of the times as the filter reads it, which drops later rows; half with the later rows
 * in the history, where nothing but the origin hides them, as it does from a learner at an earlier cutoff.
 * A test that cannot fail shows nothing, so blows to what was known are dealt as well, and must be noticed.
 */
#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "foresee/leak.h"
#include "foresee/skill.h"
#include "foresee/tamper.h"

#define MOST_THREADS 64
#define TIMES_A_BLOW 10     /* tamperings for each blow */
#define MOST_TRIES 100      /* seeds, until a tampering changes the file at all */

static const char *const words[N_LEAK_KINDS] = {
	"cells of later rows changed", "measures dealt out anew among later rows", "later rows deleted",
	"later rows repeated", "later rows invented", "units that begin later", "cells of the origin year that are out late",
	"names and regions of later rows changed", "rows in another order",
};

const char *leak_words(enum leak_kind kind)
{
	return words[kind];
}

/* ---- what learners would read of a text ---- */

struct view {
	struct history history;
	struct cases cases;
	char hash[65];
};

struct search {
	const struct leak_setup *setup;
	struct tamper_table table;
	struct view plain;
	struct buf text;                 /* the panel as it is, written as tampered ones are */
	struct buf forecast;             /* of the panel as it is */
	bool reads_whole;                /* later rows are fit to be read, too */
	enum leak_kind kind[N_LEAK_KINDS];   /* those that are possible here */
	size_t n_kinds;
	struct trial *trials;
	size_t n, next;
	pthread_mutex_t lock;
};

/* One tampering, or one blow. */
struct trial {
	bool blow, masked, changed;
	enum leak_kind kind;
	uint64_t seed;
	int r;
	char where[200];                 /* the first number that changed */
	struct err err;
};

static enum space_rule rule_of(const struct foresee_panel *panel)
{
	return panel->one_year ? RULE_ONE_YEAR : RULE_TWO_YEAR;
}

/* Names and regions of a unit stand in its newest row: masked, they are those of the newest row that was known. */
static void take_labels(const struct history *known, struct history *history)
{
	for (size_t u = 0; u < history->n_units; u++)
		for (size_t k = 0; k < known->n_units; k++)
			if (str_eq(history->units[u].name, known->units[k].name)) {
				history->units[u].iso3 = known->units[k].iso3;
				history->units[u].region = known->units[k].region;
			}
}

static int view_read(const struct search *search, const char *text, size_t len, bool masked, struct arena *arena,
		     struct view *ret, struct err *err)
{
	const struct foresee_panel *panel = search->setup->panel;
	int r = history_read(panel->name, text, len, six_spaces, N_SIX_SPACES, masked ? INT64_MAX : panel->origin, arena,
			     &ret->history, err);

	if (r < 0)
		return r;
	if (masked)
		take_labels(&search->plain.history, &ret->history);
	cases_build(&ret->history, six_spaces, N_SIX_SPACES, rule_of(panel), panel->origin,
		    history_borders(&ret->history, panel->atlas, arena), arena, &ret->cases);
	if (search->setup->plant)
		search->setup->plant(&ret->history, &ret->cases);
	cases_hash(&ret->cases, ret->hash);
	return 0;
}

/* The first case that is not what it was. */
static void say_where(const struct view *plain, const struct view *now, char *where, size_t size)
{
	const struct cases *a = &plain->cases, *b = &now->cases;

	if (a->n != b->n) {
		snprintf(where, size, "%zu cases, not %zu", b->n, a->n);
		return;
	}
	for (size_t i = 0; i < a->n; i++) {
		const struct case_key *key = &a->key[i];
		const char *name = plain->history.units[key->unit].name, *what = NULL;
		const float *x = &a->x[i * N_CASE_FEATURES], *z = &b->x[i * N_CASE_FEATURES];
		size_t f = 0;

		if (!str_eq(name, now->history.units[b->key[i].unit].name) || key->year != b->key[i].year ||
		    key->space != b->key[i].space)
			what = "the place";
		else if (a->y[i] != b->y[i] || a->next[0][i] != b->next[0][i] || a->next[1][i] != b->next[1][i])
			what = "the label";
		while (f < N_CASE_FEATURES && (x[f] == z[f] || (isnan(x[f]) && isnan(z[f]))))
			f++;
		if (!what && f == N_CASE_FEATURES)
			continue;
		snprintf(where, size, "%s of unit %.40s, %d, %s", what ? what : feature_name((enum feature)f), name, key->year,
			 a->spaces[key->space].name);
		return;
	}
	snprintf(where, size, "a value or a region");
}

/* ---- trials of the inputs ---- */

static uint64_t trial_seed(uint64_t seed, size_t i)
{
	return seed + UINT64_C(0x9e3779b97f4a7c15) * (i + 1);
}

/* A falsehood that says nothing false, where few rows are left to it, is drawn again. */
static void write_changed(const struct search *search, enum leak_kind kind, uint64_t seed, struct buf *ret)
{
	for (uint64_t k = 0; k < MOST_TRIES; k++) {
		buf_cut(ret, 0);
		tamper_write(&search->table, kind, seed + k, ret);
		if (ret->len != search->text.len || memcmp(ret->s, search->text.s, ret->len) != 0)
			return;
	}
}

static void trial_run(const struct search *search, struct trial *trial)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf text = {0};
	struct view view = {0};

	if (trial->blow)
		tamper_strike(&search->table, (enum tamper_blow)(trial->seed % N_TAMPER_BLOWS), INT64_MIN, trial->seed, &text);
	else
		write_changed(search, trial->kind, trial->seed, &text);
	trial->r = view_read(search, text.s, text.len, trial->masked, &arena, &view, &trial->err);
	if (trial->r < 0)
		return;
	trial->changed = strcmp(view.hash, search->plain.hash) != 0;
	if (trial->changed && !trial->blow)
		say_where(&search->plain, &view, trial->where, sizeof trial->where);
}

static void *trials_share(void *shared)
{
	struct search *search = shared;

	for (;;) {
		size_t i;

		pthread_mutex_lock(&search->lock);
		i = search->next < search->n ? search->next++ : search->n;
		pthread_mutex_unlock(&search->lock);
		if (i == search->n)
			return NULL;
		trial_run(search, &search->trials[i]);
	}
}

static void trials_run(struct search *search, size_t threads)
{
	pthread_t others[MOST_THREADS];
	size_t started = 0;

	pthread_mutex_init(&search->lock, NULL);
	while (started + 1 < threads && started + 1 < search->n && started < MOST_THREADS &&
	       pthread_create(&others[started], NULL, trials_share, search) == 0)
		started++;
	trials_share(search);
	while (started > 0)
		pthread_join(others[--started], NULL);
	pthread_mutex_destroy(&search->lock);
}

static void plan_trials(struct search *search, struct arena *arena)
{
	const struct leak_setup *setup = search->setup;
	size_t blows = setup->times ? 1 + setup->times / TIMES_A_BLOW : 0;

	search->n = setup->times + blows;
	search->trials = arena_array(arena, struct trial, search->n + 1);
	for (size_t i = 0; i < search->n; i++) {
		struct trial *trial = &search->trials[i];

		trial->blow = i >= setup->times;
		trial->seed = trial_seed(setup->panel->seed, i);
		trial->kind = search->kind[i % search->n_kinds];
		trial->masked = !trial->blow && search->reads_whole && i / search->n_kinds % 2 == 1 &&
				tamper_reads_whole(trial->kind);
	}
}

static int unseen(const char *what, struct err *err)
{
	return err_hint(err, err_set(err, ERR_INTEGRITY, "a change to what was known left %s as it was", what),
			"The test sees nothing, so it shows nothing.");
}

static int count_trials(const struct search *search, struct leaks *ret, struct err *err)
{
	for (size_t i = 0; i < search->n; i++) {
		const struct trial *trial = &search->trials[i];

		if (trial->r < 0) {
			if (err)
				*err = trial->err;
			return trial->r;
		}
		if (trial->blow && !trial->changed)
			return unseen("the hash of the inputs", err);
		if (!trial->blow && trial->changed)
			return err_hint(err, err_set(err, ERR_INTEGRITY, "tampering %zu, %s, changed what learners read: %s",
						     i + 1, words[trial->kind], trial->where),
					"A number that nobody knew in %lld reaches its forecast%s.",
					(long long)search->setup->panel->origin,
					trial->masked ? " once later rows are in the history" : "");
		ret->blows[0] += trial->blow;
		ret->inputs[trial->kind] += !trial->blow;
		ret->masked[trial->kind] += trial->masked;
	}
	return 0;
}

/* ---- whole forecasts ---- */

/* Every byte that foresee writes of a text. */
static int forecast_of(const struct search *search, const struct buf *text, struct buf *ret, struct err *err)
{
	_cleanup_(buf_free) struct buf detail = {0}, paths = {0}, said = {0};
	struct foresee_panel panel = *search->setup->panel;
	int r;

	if (text) {
		panel.text = text->s;
		panel.len = text->len;
	}
	r = foresee_panel_run(&panel, ret, &detail, &paths, &said, err);
	buf_add(ret, detail.s, detail.len);
	buf_add(ret, paths.s, paths.len);
	buf_add(ret, said.s, said.len);
	return r;
}

static bool same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && memcmp(a->s, b->s, a->len) == 0;
}

static int forecast_struck(const struct search *search, struct leaks *ret, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0}, forecast = {0};
	const struct foresee_panel *panel = search->setup->panel;
	int r;

	tamper_strike(&search->table, BLOW_CHANGE, panel->origin, panel->seed, &text);
	r = forecast_of(search, &text, &forecast, err);
	if (r < 0)
		return r;
	if (same(&forecast, &search->forecast))
		return unseen("the forecast", err);
	ret->blows[1]++;
	return 0;
}

static int forecasts_compare(struct search *search, struct leaks *ret, struct err *err)
{
	const struct foresee_panel *panel = search->setup->panel;
	int r = forecast_of(search, NULL, &search->forecast, err);

	for (size_t i = 0; r == 0 && i < search->setup->whole; i++) {
		_cleanup_(buf_free) struct buf text = {0}, forecast = {0};
		enum leak_kind kind = search->kind[i % search->n_kinds];

		write_changed(search, kind, trial_seed(panel->seed + 1, i), &text);
		r = forecast_of(search, &text, &forecast, err);
		if (r == 0 && !same(&forecast, &search->forecast))
			return err_hint(err, err_set(err, ERR_INTEGRITY, "whole tampering %zu, %s, changed the forecast",
						     i + 1, words[kind]),
					"A number that nobody knew in %lld reaches it.", (long long)panel->origin);
		ret->forecasts[kind]++;
	}
	return r == 0 ? forecast_struck(search, ret, err) : r;
}

/* ---- all of it ---- */

static int search_open(struct search *search, struct arena *arena, struct err *err)
{
	const struct foresee_panel *panel = search->setup->panel;
	_cleanup_(arena_free) struct arena scratch = {0};
	struct view masked;
	int r = view_read(search, panel->text, panel->len, false, arena, &search->plain, err);

	if (r == 0)
		r = tamper_read(panel->name, panel->text, panel->len, six_spaces, N_SIX_SPACES, panel->origin, arena,
				&search->table, err);
	if (r < 0)
		return r;
	tamper_write(&search->table, N_LEAK_KINDS, 0, &search->text);
	search->reads_whole = view_read(search, panel->text, panel->len, true, &scratch, &masked, NULL) == 0;
	for (size_t k = 0; k < N_LEAK_KINDS; k++)
		if (tamper_can(&search->table, (enum leak_kind)k))
			search->kind[search->n_kinds++] = (enum leak_kind)k;
	return 0;
}

int leaks_find(const struct leak_setup *setup, struct leaks *ret, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct search search = {.setup = setup};
	struct leaks leaks = {0};
	int r = search_open(&search, &arena, err);

	assert(setup->panel->threads > 0);
	if (r == 0) {
		plan_trials(&search, &arena);
		trials_run(&search, setup->panel->threads);
		r = count_trials(&search, &leaks, err);
	}
	if (r == 0 && setup->whole)
		r = forecasts_compare(&search, &leaks, err);
	buf_free(&search.text);
	buf_free(&search.forecast);
	if (r < 0)
		return r;
	leaks.cases = search.plain.cases.n;
	memcpy(leaks.hash, search.plain.hash, sizeof leaks.hash);
	*ret = leaks;
	return 0;
}

int foresee_leaks(const struct foresee_panel *panel, size_t times, size_t whole, struct leaks *ret, struct err *err)
{
	return leaks_find(&(struct leak_setup){.panel = panel, .times = times, .whole = whole}, ret, err);
}
