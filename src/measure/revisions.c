/* SPDX-License-Identifier: GPL-3.0-or-later */
/* revisions.c - which country-years a release moves into an episode or out of one, and what of it does so. */
#include <math.h>
#include <string.h>

#include "measure/ert.h"

const char *const revision_words[REVISION_REASONS] = {
	"re-rating beyond the interval", "re-rating within the interval", "interval only", "regime re-rated", "new year",
	"method",
};

enum step { BEFORE, VALUES, REGIMES, YEARS, AFTER, STEPS };

/* One country in two releases, over the years of both. */
struct pair {
	int first;                     /* year of index 0 */
	size_t n;
	const struct ert_row **rows[2];       /* by year, of each release; NULL where it has none */
	const struct ert_table *tables[2];
	const struct ert_country *countries[2];
	struct ert_side *sides[STEPS][2];     /* by year */
};

static const struct ert_country *country_named(const struct ert_table *table, const char *id)
{
	for (size_t c = 0; c < table->n_countries; c++)
		if (strcmp(table->countries[c].id, id) == 0)
			return &table->countries[c];
	return NULL;
}

static int last_of(const struct ert_table *table)
{
	return table->first + (int)table->n_years - 1;
}

static void pair_rows(struct pair *pair, struct arena *arena)
{
	int last = last_of(pair->tables[0]) > last_of(pair->tables[1]) ? last_of(pair->tables[0]) : last_of(pair->tables[1]);

	pair->first = pair->tables[0]->first < pair->tables[1]->first ? pair->tables[0]->first : pair->tables[1]->first;
	pair->n = (size_t)(last - pair->first + 1);
	for (size_t k = 0; k < 2; k++) {
		const struct ert_country *country = pair->countries[k];

		pair->rows[k] = arena_array(arena, const struct ert_row *, pair->n);
		for (size_t i = country->first; i < country->first + country->n; i++) {
			const struct ert_row *row = &pair->tables[k]->rows[pair->tables[k]->order[i]];

			pair->rows[k][row->year - pair->first] = row;
		}
	}
}

/* ---- from one release to the other ---- */

struct world {
	double *v;
	int8_t *regime;
	uint8_t *flags;
	struct ert_regime *regimes;
};

/* Year i as it is after so many steps: which years there are, whose value, whose regime, whose elections. */
static void world_year(const struct pair *pair, enum step step, size_t i, struct world *world)
{
	const struct ert_row *old = pair->rows[0][i], *new = pair->rows[1][i], *row = step < YEARS ? old : new;
	const struct ert_row *value = old && new && step >= VALUES ? new : row;
	const struct ert_row *regime = old && new && step >= REGIMES ? new : row;
	const struct ert_row *flags = old && new && step < AFTER ? old : row;

	world->v[i] = row ? value->v : NAN;
	world->regime[i] = row ? regime->regime : ERT_NONE;
	world->flags[i] = row ? flags->flags : 0;
}

static void take_step(const struct pair *pair, enum step step, const struct episode_rule *rule, struct world *world)
{
	const struct ert_table *panel = pair->tables[step >= YEARS];
	const struct ert_country *constants = pair->countries[step == AFTER];
	size_t shift = (size_t)(panel->first - pair->first);
	struct ert_input in = {
		.n = panel->n_years, .first = panel->first, .v = world->v + shift, .regime = world->regime + shift,
		.flags = world->flags + shift, .gaps = constants->gaps, .n_gaps = constants->n_gaps,
		/* The end of the coding moves with the years. */
		.coding_end = pair->countries[step >= YEARS]->coding_end,
	};

	for (size_t i = 0; i < pair->n; i++)
		world_year(pair, step, i, world);
	ert_regimes(&in, rule, world->regimes);
	for (size_t side = 0; side < 2; side++)
		ert_episodes(&in, world->regimes, rule, side ? -1 : 1, pair->sides[step][side] + shift);
}

static void take_steps(struct pair *pair, const struct episode_rule *rule, struct arena *arena)
{
	struct world world = {
		.v = arena_array(arena, double, pair->n), .regime = arena_array(arena, int8_t, pair->n),
		.flags = arena_array(arena, uint8_t, pair->n), .regimes = arena_array(arena, struct ert_regime, pair->n),
	};

	for (enum step step = BEFORE; step < STEPS; step++) {
		for (size_t side = 0; side < 2; side++)
			pair->sides[step][side] = arena_array(arena, struct ert_side, pair->n);
		take_step(pair, step, rule, &world);
	}
}

/* ---- the reason ---- */

static double move_of(const struct pair *pair, size_t i)
{
	const struct ert_row *old = pair->rows[0][i], *new = pair->rows[1][i];

	if (!old || !new || isnan(old->v) != isnan(new->v))
		return old && new ? INFINITY : 0;
	return isnan(old->v) ? 0 : fabs(new->v - old->v);
}

static double number_of(const struct ert_cell *cell)
{
	double value;

	return num_read(cell->s, cell->len, &value) == 0 ? value : NAN;
}

/* Outside of the interval it had, or known in one release only. */
static bool is_beyond(const struct pair *pair, size_t i)
{
	const struct ert_row *old = pair->rows[0][i], *new = pair->rows[1][i];

	if (move_of(pair, i) == 0)
		return false;
	return isnan(old->v) || isnan(new->v) || new->v < number_of(&old->low) || new->v > number_of(&old->high);
}

static bool same_index(const struct pair *pair, size_t i)
{
	const struct ert_cell *old = &pair->rows[0][i]->index, *new = &pair->rows[1][i]->index;

	return old->len && new->len && number_of(old) == number_of(new);
}

/* The year of [from, past) that was re-rated most, those beyond their interval first; n when none was. */
static size_t most_moved(const struct pair *pair, size_t from, size_t past)
{
	size_t found = pair->n;

	for (size_t i = from; i < past; i++) {
		if (move_of(pair, i) == 0)
			continue;
		if (found == pair->n || is_beyond(pair, i) > is_beyond(pair, found) ||
		    (is_beyond(pair, i) == is_beyond(pair, found) && move_of(pair, i) > move_of(pair, found)))
			found = i;
	}
	return found;
}

static size_t first_regime_moved(const struct pair *pair, size_t from, size_t past)
{
	for (size_t i = from; i < past; i++)
		if (pair->rows[0][i] && pair->rows[1][i] && pair->rows[0][i]->regime != pair->rows[1][i]->regime)
			return i;
	return pair->n;
}

/* The first year after the flag's that one release has and the other lacks, else the first of all. */
static size_t year_added(const struct pair *pair, size_t at)
{
	for (size_t k = 0; k < pair->n; k++) {
		size_t i = (at + k) % pair->n;

		if (!pair->rows[0][i] != !pair->rows[1][i])
			return i;
	}
	return pair->n;
}

/* What the episode's years and those that could end it say; where these did not move, any year. */
static size_t decided_by(const struct pair *pair, enum step step, size_t at, size_t from, size_t past)
{
	size_t found = pair->n;

	if (step == VALUES && (found = most_moved(pair, from, past)) == pair->n)
		found = most_moved(pair, 0, pair->n);
	if (step == REGIMES && (found = first_regime_moved(pair, from, past)) == pair->n)
		found = first_regime_moved(pair, 0, pair->n);
	if (step == YEARS)
		found = year_added(pair, at);
	return found;
}

static enum revision_reason reason_of(const struct pair *pair, enum step step, size_t decided)
{
	if (step == VALUES && same_index(pair, decided))
		return REVISION_INTERVAL;
	if (step == VALUES)
		return is_beyond(pair, decided) ? REVISION_BEYOND : REVISION_WITHIN;
	return step == REGIMES ? REVISION_REGIME : step == YEARS ? REVISION_NEW_YEAR : REVISION_METHOD;
}

static struct revision explain(const struct pair *pair, size_t side, size_t i, const struct episode_rule *rule)
{
	bool after = pair->sides[AFTER][side][i].ep == 1;
	const struct ert_side *episode = &pair->sides[after ? AFTER : BEFORE][side][i];
	struct revision revision = {
		.country = pair->countries[0]->id, .year = pair->first + (int)i, .direction = side ? -1 : 1,
		.in_before = !after, .in_after = after, .start = episode->start, .end = episode->end,
		.before = pair->rows[0][i], .after = pair->rows[1][i], .decided = ERT_NONE,
		.decided_before = NAN, .decided_after = NAN,
	};
	size_t from = (size_t)(episode->start - 1 - pair->first);
	size_t past = (size_t)(episode->end - pair->first + rule->tolerance + 1);
	enum step step = AFTER;
	size_t decided;

	while (step > BEFORE + 1 && (pair->sides[step - 1][side][i].ep == 1) == after)
		step--;
	decided = decided_by(pair, step, i, from, past < pair->n ? past : pair->n);
	revision.reason = reason_of(pair, step, decided);
	if (decided < pair->n) {
		revision.decided = pair->first + (int)decided;
		revision.decided_before = pair->rows[0][decided] ? pair->rows[0][decided]->v : NAN;
		revision.decided_after = pair->rows[1][decided] ? pair->rows[1][decided]->v : NAN;
	}
	return revision;
}

void revision_find(const struct release *before, const struct release *after, const struct episode_rule *rule,
		   struct arena *arena, struct revision **ret, size_t *ret_n)
{
	struct revision *v = NULL;
	size_t n = 0, cap = 0;

	for (size_t c = 0; c < before->table.n_countries; c++) {
		_cleanup_(arena_free) struct arena room = {0};
		struct pair pair = {
			.tables = {&before->table, &after->table},
			.countries = {&before->table.countries[c], country_named(&after->table, before->table.countries[c].id)},
		};

		if (!pair.countries[1] || pair.countries[0]->n == 0 || pair.countries[1]->n == 0)
			continue;
		pair_rows(&pair, &room);
		take_steps(&pair, rule, &room);
		for (size_t side = 0; side < 2; side++)
			for (size_t i = 0; i < pair.n; i++)
				if (pair.rows[0][i] && pair.rows[1][i] &&
				    pair.sides[BEFORE][side][i].ep != pair.sides[AFTER][side][i].ep)
					*arena_push(arena, v, n, cap) = explain(&pair, side, i, rule);
	}
	*ret = v;
	*ret_n = n;
}
