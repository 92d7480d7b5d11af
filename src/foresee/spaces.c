/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spaces.c - the democratic spaces in the loop: observations of their indices into forecasts.
 *
 * A question is closing.INDEX or opening.INDEX of a unit. The panel is built from what is known as of the date;
 * the newest year with any of the indices is the origin. What earlier rounds taught is read from settings:
 * weights of members (the prior of the stack), and the map of a question once a drift was flagged or somebody
 * pinned it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "foresee/outlook_interval.h"
#include "foresee/reasons.h"
#include "foresee/skill.h"
#include "foresee/spaces.h"

/* Columns that come along when there are observations of that name. */
static const char *const outside[] = {
	"gdp_pc", "gdp_pc_growth", "infmort", "infmort_yearadj", "pop", "state_age", "years_since_last_pt_attempt",
	"pt_attempt_num5yrs", "pt_attempt_num10yrs", "internal_confl", "internal_confl_major", "ext_conf",
	"ext_conf_major", "internet_users_pct", "mobile_per100",
};

#define N_COLUMNS (N_SIX_SPACES + LENGTH(outside) + 1)
#define ORIGIN_YEARS 6      /* years of the own space that a forecast names as its origins */

struct board {
	const struct foresee_setup *setup;
	struct panel panel[N_COLUMNS];
	struct history history;
	struct outlook outlook;
	struct chance_scatter scatter;
	struct likeness likeness;
	struct skill_said skill[2];          /* of openings, of closings */
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Units and years of the spaces; other columns are read for these only. */
static void list_units(struct board *board, struct arena *arena, const char ***ret, size_t *ret_n, int64_t *first,
		       int64_t *last)
{
	size_t most = 0, n = 0, unique = 0;
	const char **units;

	for (size_t k = 0; k < N_SIX_SPACES; k++)
		most += board->panel[k].n_units;
	units = arena_array(arena, const char *, most + 1);
	for (size_t k = 0; k < N_SIX_SPACES; k++) {
		const struct panel *panel = &board->panel[k];

		for (size_t u = 0; u < panel->n_units; u++)
			units[n++] = panel->units[u];
		if (panel->n_units) {
			*first = panel->first < *first ? panel->first : *first;
			*last = panel->last > *last ? panel->last : *last;
		}
	}
	if (n)
		qsort(units, n, sizeof *units, by_text);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(units[i], units[i - 1]) != 0)
			units[unique++] = units[i];
	*ret = units;
	*ret_n = unique;
}

static size_t unit_in(const struct panel *panel, const char *unit)
{
	const char **found = panel->n_units ? bsearch(&unit, panel->units, panel->n_units, sizeof unit, by_text) : NULL;

	return found ? (size_t)(found - panel->units) : panel->n_units;
}

static void fill_column(struct board *board, size_t column)
{
	struct history *history = &board->history;
	const struct panel *panel = &board->panel[column];

	for (size_t u = 0; u < history->n_units; u++) {
		size_t from = unit_in(panel, history->units[u].name);

		for (size_t k = 0; from < panel->n_units && k < history->n_years; k++) {
			double value = panel_value(panel, from, history->first + (int64_t)k);

			*history_cell(history, column, u, history->first + (int64_t)k) = value;
			if (column < N_SIX_SPACES && !isnan(value))
				history->listed[u * history->n_years + k] = true;
		}
	}
}

/* A state is there from its first to its last value; years between without any are blank, not absent. */
static void close_gaps(struct history *history)
{
	for (size_t u = 0; u < history->n_units; u++) {
		bool *listed = &history->listed[u * history->n_years];
		size_t first = history->n_years, last = 0;

		for (size_t k = 0; k < history->n_years; k++)
			if (listed[k]) {
				first = k < first ? k : first;
				last = k;
			}
		for (size_t k = first; k < last; k++)
			listed[k] = true;
	}
}

static bool board_read(struct board *board, const struct records *known, const struct panel *pressure, struct arena *arena)
{
	int64_t first = INT64_MAX, last = INT64_MIN;
	const char **units;
	size_t n;

	for (size_t k = 0; k < N_SIX_SPACES; k++)
		panel_build(known, six_spaces[k].name, arena, &board->panel[k]);
	list_units(board, arena, &units, &n, &first, &last);
	if (n == 0)
		return false;
	for (size_t k = 0; k < LENGTH(outside); k++)
		panel_build(known, outside[k], arena, &board->panel[N_SIX_SPACES + k]);
	board->panel[N_COLUMNS - 1] = *pressure;
	history_make(&board->history, n, first, (size_t)(last - first + 1), N_COLUMNS, arena);
	for (size_t u = 0; u < n; u++)
		board->history.units[u] = (struct history_unit){units[u], units[u], INT_MISSING};
	for (size_t k = 0; k < N_COLUMNS; k++) {
		const char *name = k < N_SIX_SPACES ? six_spaces[k].name : k < N_COLUMNS - 1 ? outside[k - N_SIX_SPACES] : "event_pressure";

		board->history.columns[k] = (struct history_column){name, history_lag(name)};
		fill_column(board, k);
	}
	close_gaps(&board->history);
	return true;
}

/* ---- what earlier rounds taught ---- */

static const struct setting *setting_named(const struct records *known, const char *name)
{
	const struct setting *setting;

	for (size_t i = 0; (setting = records_next(known, &kind_setting, &i));)
		if (str_eq(setting->name, name))
			return setting;
	return NULL;
}

/* Mean over the questions of what learn gave each member, of those that are ours; 0 where it gave nothing. */
static void read_weights(const struct records *known, struct arena *arena, double prior[MOST_MEMBERS])
{
	double total = 0;

	for (size_t m = 0; m < n_learners; m++) {
		prior[m] = 0;
		for (size_t q = 0; q < 2 * N_SIX_SPACES; q++) {
			const struct setting *setting = setting_named(known, arena_printf(arena, "weight.%s.%s.%s",
				q % 2 ? "closing" : "opening", six_spaces[q / 2].name, learners[m]->name));

			if (setting && setting->value > 0)
				prior[m] += setting->value;
		}
		total += prior[m];
	}
	for (size_t m = 0; m < n_learners && total > 0; m++)
		prior[m] /= total;
}

bool learned_map(const struct records *known, const char *question, struct arena *arena, struct beta_map *map,
		 const struct setting *from[LEARNED_SETTINGS])
{
	const struct setting *since = setting_named(known, arena_printf(arena, "drift.%s.since", question));
	double *parts[] = {&map->a, &map->b, &map->c};
	bool wanted = since && !isnan(since->value);

	*map = BETA_IDENTITY;
	from[0] = since;
	for (int k = 0; k < 3; k++) {
		from[k + 1] = setting_named(known, arena_printf(arena, "calibration.%s.%c", question, "abc"[k]));
		wanted |= from[k + 1] && from[k + 1]->pinned == 1;
	}
	for (int k = 0; wanted && k < 3; k++)
		if (from[k + 1] && !isnan(from[k + 1]->value))
			*parts[k] = from[k + 1]->value;
	return wanted;
}

/* ---- a record a question ---- */

static const char *weights_json(const struct outlook *outlook, struct arena *arena)
{
	static const char *const order[] = {"hazard", "logit", "path", "trees"};   /* bytewise */
	_cleanup_(buf_free) struct buf text = {0};

	for (size_t i = 0; i < LENGTH(order); i++)
		for (size_t m = 0; m < n_learners; m++)
			if (str_eq(learners[m]->name, order[i])) {
				buf_printf(&text, "%s\"%s\":", text.len ? "," : "{", order[i]);
				json_put_num(&text, num_round(outlook->weight[m]));
			}
	buf_putc(&text, '}');
	return arena_ndup(arena, text.s, text.len);
}

static void set_members(const struct outlook *outlook, size_t i, struct arena *arena, struct forecast *forecast)
{
	const struct { const char *name; double *to; } fields[] = {
		{"logit", &forecast->logit}, {"trees", &forecast->trees}, {"hazard", &forecast->hazard}, {"path", &forecast->path},
	};

	for (size_t f = 0; f < LENGTH(fields); f++)
		for (size_t m = 0; m < n_learners; m++) {
			if (!str_eq(learners[m]->name, fields[f].name))
				continue;
			*fields[f].to = outlook->now.member[m][i];
			if (outlook->silent[m])
				record_missing(arena, &forecast->r, fields[f].name, outlook->silent[m]);
		}
	forecast->persistence = NAN;
	record_missing(arena, &forecast->r, "persistence", "not a member of this ensemble");
}

static void set_chance(const struct board *board, const struct records *known, size_t i, struct arena *arena,
		       struct forecast *forecast)
{
	const struct outlook *outlook = &board->outlook;
	struct interval reach = outlook_interval(outlook, &board->scatter, i, .9);
	const struct setting *from[LEARNED_SETTINGS];
	struct beta_map map;

	forecast->raw = outlook->now.p[i];
	forecast->p = forecast->raw;
	forecast->low = reach.low;
	forecast->high = reach.high;
	if (isnan(reach.low)) {
		record_missing(arena, &forecast->r, "low", "too few resolved cases for an interval");
		record_missing(arena, &forecast->r, "high", "too few resolved cases for an interval");
	}
	if (!learned_map(known, forecast->question, arena, &map, from))
		return;
	forecast->p = beta_map_apply(&map, forecast->raw);
	forecast->low = beta_map_apply(&map, reach.low);
	forecast->high = beta_map_apply(&map, reach.high);
	for (size_t k = 0; k < LEARNED_SETTINGS; k++)
		if (from[k])
			record_from(arena, &forecast->r, from[k]->r.id, "calibration");
}

static void set_origins(const struct board *board, const struct case_key *key, struct arena *arena, struct forecast *forecast)
{
	const char *unit = board->history.units[key->unit].name;

	for (size_t space = 0; space < N_SIX_SPACES; space++) {
		const struct panel *panel = &board->panel[space];
		size_t row = unit_in(panel, unit);
		int64_t back = space == key->space ? ORIGIN_YEARS : 1;

		for (int64_t year = key->year; row < panel->n_units && year > key->year - back; year--) {
			const struct observation *cell = year < panel->first || year > panel->last ? NULL
				: panel->cell[row * (size_t)(panel->last - panel->first + 1) + (size_t)(year - panel->first)];

			if (!cell)
				continue;
			record_from(arena, &forecast->r, cell->r.id, space == key->space ? "level" : "other space");
			record_inherit_licence(&forecast->r, cell->r.licence);
		}
	}
}

static int forecast_of(const struct board *board, const struct records *known, size_t i, struct records *out, struct err *err)
{
	const struct outlook *outlook = &board->outlook;
	const struct case_key *key = &outlook->cases.key[outlook->now.row[i]];
	struct arena *arena = out->arena;
	struct forecast *forecast = record_new(arena, &kind_forecast);
	int r;

	forecast->question = arena_printf(arena, "%s.%s", key->direction > 0 ? "opening" : "closing",
					  outlook->cases.spaces[key->space].name);
	forecast->r.unit = board->history.units[key->unit].name;
	forecast->r.known = forecast->as_of = board->setup->as_of;
	forecast->r.valid_from = instant_of_year(key->year + 1);
	forecast->r.valid_past = instant_of_year(key->year + 1 + FORESEE_HORIZON);
	forecast->origin = key->year;
	forecast->base_rate = outlook->now.base_rate[i];
	forecast->country_rate = outlook->now.country_rate[i];
	set_members(outlook, i, arena, forecast);
	set_chance(board, known, i, arena, forecast);
	forecast->weights = weights_json(outlook, arena);
	forecast->skill = arena_dup(arena, board->skill[key->direction < 0].words);
	forecast->inputs = arena_dup(arena, outlook->inputs);
	forecast->n = (double)outlook->past.n;
	forecast->positives = (double)(board->skill[0].events + board->skill[1].events);
	forecast->seed = (int64_t)outlook->seed;
	set_origins(board, key, arena, forecast);
	r = reasons_record(&board->likeness, i, arena, &forecast->drivers, &forecast->similar, err);
	if (r < 0)
		return r;
	record_identify(arena, forecast);
	records_add(out, forecast);
	return 0;
}

int foresee_spaces(const struct foresee_setup *setup, const struct records *known, const struct panel *pressure,
		   struct records *out, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct board board = {.setup = setup};
	struct outlook_setup how = {.history = &board.history, .spaces = six_spaces, .n_spaces = N_SIX_SPACES,
				    .rule = RULE_TWO_YEAR, .seed = setup->seed, .threads = setup->threads ? setup->threads : 1};
	struct err too_few = {0};
	int r;

	if (!board_read(&board, known, pressure, &arena))
		return 0;
	how.origin = board.history.first + (int64_t)board.history.n_years - 1;
	how.borders = history_borders(&board.history, setup->atlas, &arena);
	read_weights(known, &arena, how.prior);
	r = outlook_make(&how, &arena, &board.outlook, &too_few);
	if (r == ERR_DATA)   /* a store with a few years of an index is no fault: nothing is forecast yet */
		return 0;
	if (r < 0)
		return err_set(err, too_few.code, "%s", too_few.msg);
	outlook_scatter(&board.outlook, &board.scatter);
	likeness_learn(&board.outlook, &arena, &board.likeness);
	skill_learn(&board.outlook, 1, &board.skill[0]);
	skill_learn(&board.outlook, -1, &board.skill[1]);
	for (size_t i = 0; i < board.outlook.now.n && r == 0; i++)
		r = forecast_of(&board, known, i, out, err);
	outlook_close(&board.outlook);
	return r;
}
