/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_spaces.c - the democratic spaces in the loop: records in, forecasts out. */
#include <string.h>

#include <tocsin/foresee.h>

#include "tests/foresee/made_indices.h"
#include "tests/near.h"

struct made {
	struct arena arena;
	struct records in, out;
	struct foresee_setup setup;
};

static void add_observation(struct made *m, const char *unit, const char *indicator, int64_t year, double value)
{
	struct observation *o = record_new(&m->arena, &kind_observation);

	o->r.unit = unit;
	o->r.valid_from = instant_of_year(year);
	o->r.known = instant_of_day(year + 1, 4, 1);
	o->indicator = indicator;
	o->source = "made";
	o->value = value;
	o->low = o->high = o->n = NAN;
	record_identify(&m->arena, o);
	records_add(&m->in, o);
}

static void add_setting(struct made *m, const char *name, double value, int64_t pinned)
{
	struct setting *s = record_new(&m->arena, &kind_setting);

	s->name = name;
	s->value = value;
	s->pinned = pinned;
	s->r.known = instant_of_day(2000, 1, 1);
	record_identify(&m->arena, s);
	records_add(&m->in, s);
}

/* Units U02, U04 .. U40, more restless by their number; what is after `last` is known later than as_of. */
static void made_open(struct made *m, int64_t last)
{
	struct history history;

	*m = (struct made){.in = {.arena = &m->arena}, .out = {.arena = &m->arena}};
	made_panel(&history, 11, &m->arena);
	for (size_t u = 1; u < history.n_units; u += 2)
		for (size_t k = 0; k < N_SIX_SPACES; k++)
			for (int64_t year = MADE_FIRST; year <= MADE_LAST; year++)
				add_observation(m, arena_printf(&m->arena, "U%02zu", u + 1), six_spaces[k].name, year,
						*history_cell(&history, k, u, year));
	m->setup = (struct foresee_setup){.as_of = instant_of_day(last + 1, 6, 1), .seed = 7, .threads = 2};
}

static int run(struct made *m)
{
	struct err err = {0};
	int r = foresee_run(&m->setup, &m->in, &m->out, &err);

	if (r < 0)
		print_error("%s\n", err.msg);
	return r;
}

static const struct forecast *forecast_at(const struct made *m, const char *unit, const char *question)
{
	const struct forecast *forecast;

	for (size_t i = 0; (forecast = records_next(&m->out, &kind_forecast, &i));)
		if (str_eq(forecast->r.unit, unit) && str_eq(forecast->question, question))
			return forecast;
	return NULL;
}

static void every_space_is_forecast_both_ways_and_the_restless_are_likelier_to_move(void **state)
{
	struct made m;
	const struct forecast *forecast;

	(void)state;
	made_open(&m, 2008);
	assert_int_equal(run(&m), 0);
	assert_int_equal(m.out.n, MADE_UNITS / 2 * N_SIX_SPACES * 2);
	for (size_t i = 0; (forecast = records_next(&m.out, &kind_forecast, &i));) {
		assert_int_equal(forecast->origin, 2008);
		assert_true(forecast->p > 0 && forecast->p < 1);
		assert_true(forecast->low <= forecast->p && forecast->p <= forecast->high);
		assert_true(forecast->r.n_from >= 6);
		assert_int_equal(strlen(forecast->inputs), 64);
		assert_non_null(forecast->drivers);
		assert_non_null(forecast->similar);
		assert_non_null(strstr(forecast->weights, "\"hazard\":"));
	}
	assert_true(forecast_at(&m, "U40", "closing.v2xcs_ccsi")->p > forecast_at(&m, "U02", "closing.v2xcs_ccsi")->p + .05);
	arena_free(&m.arena);
}

static bool same_forecasts(const struct records *a, const struct records *b)
{
	_cleanup_(buf_free) struct buf x = {0}, y = {0};

	for (size_t i = 0; i < a->n; i++)
		record_write_json(&x, a->v[i]);
	for (size_t i = 0; i < b->n; i++)
		record_write_json(&y, b->v[i]);
	return x.len == y.len && memcmp(x.s, y.s, x.len) == 0;
}

static void one_thread_and_what_came_later_change_no_byte(void **state)
{
	struct made m, other;
	struct observation *o;

	(void)state;
	made_open(&m, 2008);
	made_open(&other, 2008);
	other.setup.threads = 1;
	for (size_t i = 0; i < other.in.n; i++) {
		o = (struct observation *)other.in.v[i];
		if (instant_year(o->r.valid_from) > 2008)
			o->value = 1 - o->value;
	}
	assert_int_equal(run(&m), 0);
	assert_int_equal(run(&other), 0);
	assert_true(m.out.n > 0);
	assert_true(same_forecasts(&m.out, &other.out));
	arena_free(&m.arena);
	arena_free(&other.arena);
}

static void a_map_is_used_once_a_drift_was_flagged_or_it_is_pinned(void **state)
{
	static const struct { const char *question; double since; int64_t pinned; double moved; } tries[] = {
		{"closing.v2xcs_ccsi", NAN, INT_MISSING, 0}, {"closing.v2xcl_rol", 2003, INT_MISSING, .7},
		{"opening.v2xcl_rol", NAN, 1, .7}, {"opening.v2x_pubcorr", NAN, 0, 0},
	};
	struct made m;

	(void)state;
	made_open(&m, 2008);
	for (size_t i = 0; i < LENGTH(tries); i++) {
		add_setting(&m, arena_printf(&m.arena, "drift.%s.since", tries[i].question), tries[i].since, INT_MISSING);
		add_setting(&m, arena_printf(&m.arena, "calibration.%s.c", tries[i].question), .7, tries[i].pinned);
	}
	assert_int_equal(run(&m), 0);
	for (size_t i = 0; i < LENGTH(tries); i++) {
		const struct forecast *forecast = forecast_at(&m, "U30", tries[i].question);

		assert_near(log(forecast->p / (1 - forecast->p)), log(forecast->raw / (1 - forecast->raw)) + tries[i].moved, 1e-6);
	}
	arena_free(&m.arena);
}

static void a_few_years_give_no_forecast_and_no_fault(void **state)
{
	struct made m;

	(void)state;
	made_open(&m, 1982);
	assert_int_equal(run(&m), 0);
	assert_int_equal(m.out.n, 0);
	arena_free(&m.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_space_is_forecast_both_ways_and_the_restless_are_likelier_to_move),
		cmocka_unit_test(one_thread_and_what_came_later_change_no_byte),
		cmocka_unit_test(a_map_is_used_once_a_drift_was_flagged_or_it_is_pinned),
		cmocka_unit_test(a_few_years_give_no_forecast_and_no_fault),
	};

	return cmocka_run_group_tests_name("spaces", tests, NULL, NULL);
}
