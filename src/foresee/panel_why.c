/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_why.c - one forecast of a panel, and all that is known of why. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "foresee/panel_outlook.h"
#include "foresee/reasons.h"
#include "foresee/skill.h"

#define LEVEL .9

/* ---- the case that is asked about ---- */

static int find_space(const char *name, size_t *ret, struct err *err)
{
	_cleanup_(buf_free) struct buf all = {0};
	const char *names[N_SIX_SPACES], *nearest;
	int r;

	for (size_t k = 0; k < N_SIX_SPACES; k++) {
		names[k] = six_spaces[k].name;
		buf_printf(&all, "%s%s", k ? ", " : "", names[k]);
		if (str_eq(names[k], name)) {
			*ret = k;
			return 0;
		}
	}
	nearest = str_nearest(name, names, N_SIX_SPACES);
	r = err_set(err, ERR_NOT_FOUND, "unknown space \"%.60s\"", name);
	return nearest ? err_hint(err, r, "Did you mean %s? There are: %s.", nearest, all.s) :
			 err_hint(err, r, "There are: %s.", all.s);
}

static int find_unit(const char *name, const char *given, const struct history *history, struct arena *arena, size_t *ret,
		     struct err *err)
{
	const char **names = arena_array(arena, const char *, 2 * history->n_units + 1), *nearest;
	size_t n = 0;
	int r;

	for (size_t u = 0; u < history->n_units; u++) {
		const struct history_unit *unit = &history->units[u];

		if (str_eq(unit->name, given) || str_eq(unit->iso3, given)) {
			*ret = u;
			return 0;
		}
		names[n++] = unit->name;
		if (unit->iso3)
			names[n++] = unit->iso3;
	}
	nearest = str_nearest(given, names, n);
	r = err_set(err, ERR_NOT_FOUND, "%s has no country \"%.60s\"", name, given);
	return err_hint(err, r, "%s%s%sIt has %zu, named by gwcode, unit or iso3.", nearest ? "Did you mean " : "",
			nearest ? nearest : "", nearest ? "? " : "", history->n_units);
}

/* The index is blank at the origin: say for when it is there, and what else is. */
static int check_known(const struct history *history, int64_t origin, size_t unit, size_t space, struct err *err)
{
	_cleanup_(buf_free) struct buf there = {0};
	int64_t first = INT_MISSING, last = INT_MISSING;
	int r;

	if (!isnan(history_value(history, origin, space, unit, origin)))
		return 0;
	r = err_set(err, ERR_NOT_FOUND, "no forecast: %s of %s is %s in %lld", six_spaces[space].name, history->units[unit].name,
		    history_listed(history, unit, origin) ? "blank" : "not listed", (long long)origin);
	for (int64_t year = history->first; year <= origin; year++)
		if (!isnan(history_value(history, origin, space, unit, year))) {
			first = first == INT_MISSING ? year : first;
			last = year;
		}
	for (size_t k = 0; k < N_SIX_SPACES; k++)
		if (!isnan(history_value(history, origin, k, unit, origin)))
			buf_printf(&there, "%s%s", there.len ? ", " : "", six_spaces[k].name);
	if (first == INT_MISSING)
		return err_hint(err, r, "No year of it is known; at the origin there are: %s.", there.len ? there.s : "none");
	return err_hint(err, r, "It is known from %lld to %lld; at the origin there are: %s.", (long long)first, (long long)last,
			there.len ? there.s : "none");
}

/* Known at the origin, it has a case. */
static size_t find_case(const struct outlook *outlook, size_t unit, size_t space, int direction)
{
	size_t i = 0;

	for (;; i++) {
		const struct case_key *key;

		assert(i < outlook->now.n);
		key = &outlook->cases.key[outlook->now.row[i]];
		if (key->unit == unit && key->space == space && key->direction == direction)
			return i;
	}
}

/* ---- all of it ---- */

struct told {
	const struct foresee_panel *request;
	const struct outlook *outlook;
	size_t i;
	const struct case_key *key;
	struct interval reach;
	struct skill_said skill;
	struct drivers drivers;
	struct similars similars;
	struct changes changes;
};

static int tell(struct told *told, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct outlook *outlook = told->outlook;
	struct likeness *likeness = arena_new(&arena, struct likeness);
	struct chance_scatter scatter;
	int r;

	told->key = &outlook->cases.key[outlook->now.row[told->i]];
	outlook_scatter(outlook, &scatter);
	told->reach = outlook_interval(outlook, &scatter, told->i, LEVEL);
	skill_learn(outlook, told->key->direction, &told->skill);
	r = drivers_make(outlook, told->i, &told->drivers, err);
	if (r < 0)
		return r;
	likeness_learn(outlook, &arena, likeness);
	similars_find(likeness, &told->drivers, &told->similars);
	return changes_find(likeness, told->i, &told->drivers, &scatter, &told->changes, err);
}

static const char *way_of(const struct told *told)
{
	return told->key->direction > 0 ? "opening" : "closing";
}

static void put_title(struct buf *buf, const struct told *told)
{
	const struct history_unit *unit = &told->outlook->cases.history->units[told->key->unit];
	const struct unit *known = told->request->atlas && unit->iso3 ? atlas_unit(told->request->atlas, unit->iso3) : NULL;
	long long origin = (long long)told->outlook->cases.origin;

	buf_printf(buf, "%s%s%s", known ? known->name : unit->name, unit->iso3 ? ", " : "", unit->iso3 ? unit->iso3 : "");
	buf_printf(buf, ": %s of %s in %lld or %lld\n", way_of(told), told->outlook->cases.spaces[told->key->space].name,
		   origin + 1, origin + 2);
}

/* Nobody should read a point: without an interval, how far the models lie apart. */
static void put_chance(struct buf *buf, const struct told *told)
{
	const struct said *now = &told->outlook->now;
	double low = 1, high = 0;

	buf_puts(buf, "chance        ");
	if (!isnan(told->reach.low)) {
		reach_words(buf, told->reach);
		buf_puts(buf, " (90 % interval of the true chance)\n");
		return;
	}
	for (size_t m = 0; m < n_learners; m++)
		if (told->outlook->speaks[m]) {
			low = fmin(low, now->member[m][told->i]);
			high = fmax(high, now->member[m][told->i]);
		}
	reach_words(buf, (struct interval){low, high});
	buf_puts(buf, " as the models have it; too few resolved forecasts for an interval\n");
}

static void put_words(struct buf *buf, const struct told *told)
{
	const struct said *now = &told->outlook->now;

	put_title(buf, told);
	put_chance(buf, told);
	buf_printf(buf, "data          up to the end of %lld\n", (long long)told->outlook->cases.origin);
	buf_printf(buf, "base rate     %.0f %%; the country's own %.0f %%\n", 100 * now->base_rate[told->i],
		   100 * now->country_rate[told->i]);
	buf_printf(buf, "%ss      %s\n", way_of(told), told->skill.words);
	buf_puts(buf, "\nwhat drives it, all else as it is\n");
	drivers_words(buf, told->outlook, &told->drivers);
	buf_puts(buf, "\nsimilar cases, and what followed\n");
	similars_words(buf, told->outlook, &told->similars);
	buf_puts(buf, "\nwhat would change it most\n");
	changes_words(buf, told->outlook, &told->drivers, &told->changes, told->reach);
}

static void put_num(struct buf *buf, const char *key, double value)
{
	buf_printf(buf, ",\"%s\":", key);
	json_put_num(buf, num_round(value));
}

static void put_text(struct buf *buf, const char *key, const char *text)
{
	buf_printf(buf, ",\"%s\":", key);
	json_put_str(buf, text);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(learners[*(const size_t *)a]->name, learners[*(const size_t *)b]->name);
}

static void put_members(struct buf *buf, const struct outlook *outlook, size_t i)
{
	size_t order[MOST_MEMBERS];

	for (size_t m = 0; m < n_learners; m++)
		order[m] = m;
	qsort(order, n_learners, sizeof *order, by_name);
	for (size_t k = 0; k < n_learners; k++) {
		buf_printf(buf, "%s\"%s\":", k ? "," : ",\"members\":{", learners[order[k]]->name);
		json_put_num(buf, outlook->speaks[order[k]] ? num_round(outlook->now.member[order[k]][i]) : NAN);
	}
	buf_putc(buf, '}');
}

static void put_json(struct buf *buf, const struct told *told)
{
	const struct outlook *outlook = told->outlook;
	const struct cases *cases = &outlook->cases;
	const struct history_unit *unit = &cases->history->units[told->key->unit];

	buf_puts(buf, "{\"base_rate\":");
	json_put_num(buf, num_round(outlook->now.base_rate[told->i]));
	buf_puts(buf, ",\"changes\":");
	changes_json(buf, outlook, &told->changes);
	put_num(buf, "country_rate", outlook->now.country_rate[told->i]);
	put_text(buf, "direction", way_of(told));
	buf_puts(buf, ",\"drivers\":");
	drivers_json(buf, &told->drivers);
	buf_puts(buf, ",\"features\":");
	features_json(buf, outlook, &told->drivers);
	put_num(buf, "high", told->reach.high);
	buf_printf(buf, ",\"horizon\":[%lld,%lld]", (long long)cases->origin + 1, (long long)cases->origin + 2);
	put_text(buf, "inputs", outlook->inputs);
	put_text(buf, "iso3", unit->iso3);
	put_num(buf, "log_odds", told->drivers.log_odds);
	put_num(buf, "low", told->reach.low);
	put_members(buf, outlook, told->i);
	buf_printf(buf, ",\"origin\":%lld", (long long)cases->origin);
	put_num(buf, "p", outlook->now.p[told->i]);
	put_num(buf, "paths_weight", told->drivers.paths_weight);
	buf_puts(buf, ",\"similar\":");
	similars_json(buf, outlook, &told->similars);
	put_text(buf, "skill", told->skill.words);
	put_text(buf, "space", cases->spaces[told->key->space].name);
	put_text(buf, "unit", unit->name);
	buf_putc(buf, '}');
}

int foresee_panel_why(const struct foresee_panel *request, const struct foresee_question *question, struct buf *words,
		      struct buf *json, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct history history;
	struct outlook outlook;
	struct told told = {.request = request, .outlook = &outlook};
	size_t space = 0, unit = 0;
	int r = find_space(question->space, &space, err);

	if (r == 0)
		r = panel_read(request, &arena, &history, err);
	if (r == 0)
		r = find_unit(request->name, question->unit, &history, &arena, &unit, err);
	if (r == 0)
		r = check_known(&history, request->origin, unit, space, err);
	if (r == 0)
		r = panel_outlook(request, &history, &arena, &outlook, err);
	if (r < 0)
		return r;
	told.i = find_case(&outlook, unit, space, question->direction);
	r = tell(&told, err);
	if (r == 0 && words)
		put_words(words, &told);
	if (r == 0 && json)
		put_json(json, &told);
	outlook_close(&outlook);
	return r;
}
