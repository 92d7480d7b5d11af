/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_ert.c - candidate episodes against the published ones, cell by cell.
 *
 * Reference: Episodes of Regime Transformation 15.0 (Edgell et al. 2025) on V-Dem v15, in
 * $TOCSIN_SHARED/data/vdem: the inputs of 183 countries, the published columns of 92, in the
 * default setting and two others. Years and codes are whole numbers: no tolerance.
 *
 * The reference reads regime changes off elections too; here the regime index alone speaks.
 */
#include "measured.h"

#include <stdlib.h>

#define FIRST 1900
#define LAST 2024
#define YEARS (LAST - FIRST + 1)
#define NONE (-1)

struct side {            /* the published columns of one direction, by year */
	int pre[YEARS], start[YEARS], end[YEARS], termination[YEARS], censored[YEARS], in[YEARS];
};

struct country {
	char name[8];
	double v[YEARS];
	int regime[YEARS];
	bool published[YEARS];
	struct side sides[2];    /* opening, closing */
};

static const char *const side_names[] = {"dem", "aut"};

struct panel {
	struct arena arena;
	struct country *v;
	size_t n;
};

static const char *shared_path(struct arena *arena, const char *name)
{
	const char *shared = getenv("TOCSIN_SHARED");

	return arena_printf(arena, "%s/data/vdem/%s", shared ? shared : "../shared", name);
}

static struct country *country_named(struct panel *panel, const char *name)
{
	for (size_t i = panel->n; i-- > 0;)
		if (strcmp(panel->v[i].name, name) == 0)
			return &panel->v[i];
	fail_msg("a country without inputs: %s", name);
	return NULL;
}

static void table_open(struct csv *csv, const char *name, struct arena *arena)
{
	struct err err = {0};
	char *text;
	size_t len;

	if (file_read(shared_path(arena, name), 1 << 24, arena, &text, &len, &err) < 0 ||
	    csv_open(csv, name, text, len, ',', arena, &err) < 0)
		fail_msg("%s", err.msg);
}

static const char *cell(const struct csv *csv, const char *column)
{
	assert_true(csv_column(csv, column) >= 0);
	return csv_text(csv, csv_column(csv, column));
}

static int whole(const struct csv *csv, const char *column)
{
	const char *text = cell(csv, column);

	return text ? atoi(text) : NONE;
}

static int side_cell(const struct csv *csv, size_t side, const char *column)
{
	char name[64];

	snprintf(name, sizeof name, "%s_%s", side_names[side], column);
	return whole(csv, name);
}

static void panel_read(struct panel *panel)
{
	struct country *country = NULL;
	struct csv csv;

	panel->v = arena_array(&panel->arena, struct country, 200);
	table_open(&csv, "ert_inputs_v15.csv", &panel->arena);
	while (csv_next(&csv, &panel->arena, NULL) == 1) {
		const char *name = cell(&csv, "country_text_id"), *value = cell(&csv, "v2x_polyarchy");
		int at = whole(&csv, "year") - FIRST;

		assert_in_range(at, 0, YEARS - 1);
		if (!country || strcmp(country->name, name) != 0) {
			assert_true(panel->n < 200);
			country = &panel->v[panel->n++];
			snprintf(country->name, sizeof country->name, "%s", name);
			for (int i = 0; i < YEARS; i++) {
				country->v[i] = NAN;
				country->regime[i] = NONE;
			}
		}
		if (value)
			assert_int_equal(num_read(value, strlen(value), &country->v[at]), 0);
		country->regime[at] = whole(&csv, "v2x_regime");
	}
	assert_int_equal(panel->n, 183);
}

static void published_read(struct panel *panel, const char *name)
{
	struct csv csv;

	table_open(&csv, name, &panel->arena);
	while (csv_next(&csv, &panel->arena, NULL) == 1) {
		struct country *country = country_named(panel, cell(&csv, "country_text_id"));
		int at = whole(&csv, "year") - FIRST;

		country->published[at] = true;
		for (size_t s = 0; s < 2; s++) {
			struct side *side = &country->sides[s];

			side->pre[at] = side_cell(&csv, s, "pre_ep_year");
			side->start[at] = side_cell(&csv, s, "ep_start_year");
			side->end[at] = side_cell(&csv, s, "ep_end_year");
			side->termination[at] = side_cell(&csv, s, "ep_termination");
			side->censored[at] = side_cell(&csv, s, "ep_censored");
			side->in[at] = side_cell(&csv, s, "ep");
		}
	}
}

/* Read all once for the group; *state NULL without the reference, and then each test skips itself. */
static int panel_make(void **state)
{
	static struct panel panel;

	panel = (struct panel){0};
	if (file_exists(shared_path(&panel.arena, "ert_v15.csv"))) {
		panel_read(&panel);
		*state = &panel;
	}
	return 0;
}

static int panel_drop(void **state)
{
	struct panel *panel = *state;

	if (panel)
		arena_free(&panel->arena);
	return 0;
}

/* ---- ours ---- */

struct span {
	int pre, last, termination;    /* pre, last: years */
};

/* The episodes of a country in order; whether a sequence moved enough is written here again. */
static size_t spans_of(const struct country *country, int direction, const struct episode_rule *rule,
		       struct span *ret)
{
	int label[YEARS], ids = episode_label(country->v, country->regime, YEARS, direction, rule, label);
	size_t n = 0;

	for (int id = 1; id <= ids; id++) {
		double least = INFINITY, most = -INFINITY;
		size_t first = YEARS, last = 0;

		for (size_t i = 0; i < YEARS; i++) {
			if (label[i] != id)
				continue;
			first = first < i ? first : i;
			last = i;
			least = fmin(least, country->v[i]);
			most = fmax(most, country->v[i]);
		}
		if (!(direction > 0 ? most - least >= rule->cum_incl : least - most <= -rule->cum_incl))
			continue;
		ret[n].termination = episode_settle(country->v, country->regime, YEARS, direction, rule, first, &last);
		ret[n].pre = FIRST + (int)first;
		ret[n++].last = FIRST + (int)last;
	}
	return n;
}

/* ---- the comparison ---- */

enum column { PRE, START, END, TERMINATION, CENSORED, IN, COLUMNS };

static const char *const column_names[COLUMNS] = {"pre_ep_year", "ep_start_year", "ep_end_year", "ep_termination",
						  "ep_censored", "ep"};

struct tally {
	size_t cells;                /* of each column: country-years and directions */
	size_t differ[COLUMNS];
	size_t spans;
	size_t unexplained;          /* neither an interruption nor in a country that is known to differ */
};

/* What the published file would say in that year (section 7 of the reference). */
static void cells_of(const struct span *spans, size_t n, int year, int cells[COLUMNS])
{
	const int nothing[COLUMNS] = {0, NONE, NONE, NONE, 0, 0};

	memcpy(cells, nothing, sizeof nothing);
	for (size_t k = 0; k < n; k++) {
		cells[PRE] |= spans[k].pre == year;
		if (year < spans[k].pre || year > spans[k].last)
			continue;
		cells[START] = spans[k].pre + 1;
		cells[END] = spans[k].last;
		cells[IN] = year > spans[k].pre;
		cells[TERMINATION] = cells[IN] ? spans[k].termination : NONE;
		cells[CENSORED] = cells[IN] && spans[k].termination == EPISODE_OPEN;
	}
}

static bool is_explained(const struct country *country, enum column column, int value, const char *known)
{
	return (column == TERMINATION && value == EPISODE_INTERRUPTED) || strstr(known, country->name);
}

/* `known`: names of the countries that are known to differ. */
static void compare_country(const struct country *country, size_t s, const struct episode_rule *rule,
			    const char *known, struct tally *tally)
{
	const struct side *side = &country->sides[s];
	struct span spans[YEARS];
	size_t n = spans_of(country, s == 0 ? 1 : -1, rule, spans);

	for (int i = 0; i < YEARS; i++) {
		const int published[COLUMNS] = {side->pre[i], side->start[i], side->end[i], side->termination[i],
						side->censored[i], side->in[i]};
		int cells[COLUMNS];

		if (!country->published[i])
			continue;
		cells_of(spans, n, FIRST + i, cells);
		tally->cells++;
		tally->spans += (size_t)cells[PRE];
		for (size_t c = 0; c < COLUMNS; c++) {
			if (cells[c] == published[c])
				continue;
			tally->differ[c]++;
			if (is_explained(country, c, cells[c], known))
				continue;
			tally->unexplained++;
			print_message("# %s %d: %s_%s is %d, published %d\n", country->name, FIRST + i, side_names[s],
				      column_names[c], cells[c], published[c]);
		}
	}
}

static struct tally compare(struct panel *panel, const char *name, const struct episode_rule *rule,
			    const char *known)
{
	struct tally tally = {0};
	size_t differ = 0;

	published_read(panel, name);
	for (size_t i = 0; i < panel->n; i++)
		for (size_t s = 0; s < 2; s++)
			compare_country(&panel->v[i], s, rule, known, &tally);
	for (size_t c = 0; c < COLUMNS; c++)
		differ += tally.differ[c];
	print_message("# %s: %zu episodes, %zu of %zu cells differ: %.3f %% agree\n", name, tally.spans, differ,
		      COLUMNS * tally.cells, 100 - 100.0 * (double)differ / (double)(COLUMNS * tally.cells));
	return tally;
}

/*
 * An end by a change of regime type is one here when the regime index says so; there only when
 * elections followed. Where they did not, the reference names how the index went on instead. The
 * record leaves these codes null.
 */
static void in_the_default_setting_all_agrees_but_ends_by_changes_that_no_election_confirmed(void **state)
{
	struct tally tally;

	if (!*state)
		skip();
	tally = compare(*state, "ert_v15.csv", &episode_default, "");
	assert_int_equal(tally.cells, 2 * 9942);
	assert_int_equal(tally.spans, 345);
	for (size_t c = 0; c < COLUMNS; c++)
		assert_int_equal(tally.differ[c], c == TERMINATION ? 37 : 0);   /* Kenya, Ukraine and four more */
	assert_int_equal(tally.unexplained, 0);
}

static void with_a_tolerance_of_three_years_too(void **state)
{
	const struct episode_rule rule = {0.01, 0.1, 0.03, 0.1, 3};
	struct tally tally;

	if (!*state)
		skip();
	tally = compare(*state, "ert_variant_C.csv", &rule, "");
	assert_int_equal(tally.spans, 333);
	for (size_t c = 0; c < COLUMNS; c++)
		assert_int_equal(tally.differ[c], c == TERMINATION ? 17 : 0);
	assert_int_equal(tally.unexplained, 0);
}

/*
 * Steps of half the size reach four episodes that are cut otherwise:
 * - Jamaica from 1965 and Nigeria from 2019, closing. The regime index wins democracy back in
 *   the course (1980, 2022), which cuts the episode; no election confirmed that.
 * - The Dominican Republic 1904 and Serbia 1928-1931 end at a year without a value that is not
 *   listed as a gap in the coding. Open here; the reference drops all but the year before.
 */
static void with_half_the_steps_four_episodes_differ(void **state)
{
	const struct episode_rule rule = {0.005, 0.05, 0.03, 0.1, 5};
	struct tally tally;

	if (!*state)
		skip();
	tally = compare(*state, "ert_variant_B.csv", &rule, "JAM NGA DOM SRB");
	assert_int_equal(tally.spans, 551);
	assert_int_equal(tally.differ[PRE], 0);
	assert_int_equal(tally.differ[START], 3 + 3 + 2 + 5);
	assert_int_equal(tally.differ[IN], 3 + 3 + 1 + 4);
	assert_int_equal(tally.unexplained, 0);
}

/* ---- the records ---- */

static void country_observe(struct made *made, const struct country *country)
{
	for (int i = 0; i < YEARS; i++) {
		const char *year = arena_printf(&made->arena, "%d", FIRST + i);

		if (!isnan(country->v[i]))
			made_value(made, country->name, "v2x_polyarchy", year, country->v[i], NAN, NAN);
		if (country->regime[i] != NONE)
			made_value(made, country->name, "v2x_regime", year, country->regime[i], NAN, NAN);
	}
}

static void the_records_are_the_published_episodes(void **state)
{
	_cleanup_(made_close) struct made made;
	struct panel *panel = *state;
	const struct episode *episode;
	size_t n = 0;

	if (!panel)
		skip();
	published_read(panel, "ert_v15.csv");
	made_open(&made, "2025-06-01");
	for (size_t i = 0; i < panel->n; i++)
		country_observe(&made, &panel->v[i]);
	assert_int_equal(measure_run(&made.setup, &made.in, &made.out, NULL), 0);
	for (size_t i = 0; (episode = records_next(&made.out, &kind_episode, &i));) {
		const struct country *country = country_named(panel, episode->r.unit);
		const struct side *side = &country->sides[strcmp(episode->direction, "opening") != 0];
		size_t at = (size_t)(episode->first_year - FIRST);

		if (!country->published[at])
			continue;
		n++;
		assert_int_equal(side->pre[episode->pre_year - FIRST], 1);
		assert_int_equal(side->start[at], episode->first_year);
		assert_int_equal(side->end[at], episode->last_year);
		assert_int_equal(side->censored[at], episode->uncertain);
		if (episode->termination != INT_MISSING)
			assert_int_equal(side->termination[at], episode->termination);
	}
	assert_int_equal(n, 345);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_the_default_setting_all_agrees_but_ends_by_changes_that_no_election_confirmed),
		cmocka_unit_test(with_a_tolerance_of_three_years_too),
		cmocka_unit_test(with_half_the_steps_four_episodes_differ),
		cmocka_unit_test(the_records_are_the_published_episodes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ert", tests, panel_make, panel_drop);
}
