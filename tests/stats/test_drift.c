/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_drift.c - steps in made panels are flagged, the others are not, and the map follows. The full run: bench/drift.c. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "tests/stats/drift_panel.h"

#include "tests/near.h"

enum { PANELS = 8, ORIGINS = 16, STEP_AT = 10 };

static const struct drift_plan plan_usual = {60, 12, ORIGINS, STEP_AT, 2, 0.1, 0};

static void doubled_odds_are_flagged_and_the_origin_is_named(void **state)
{
	size_t flagged = 0, right = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= PANELS; seed++) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct drift_plan plan = plan_usual;
		struct drift_row *rows;
		struct drift drift;
		size_t n;

		plan.seed = seed;
		n = drift_panel(&plan, &arena, &rows);
		drift_watch(rows, n, plan.countries, 2, &drift);
		flagged += drift.flags > 0;
		right += drift.since == STEP_AT;
		if (drift.flags) {
			assert_true(drift.noticed >= drift.since && drift.raised >= 1 / DRIFT_FALSE_ALARM);
			assert_true(drift.shift > 0.3 && drift.shift_reach.low < drift.shift &&
				    drift.shift < drift.shift_reach.high);
			assert_true(beta_map_apply(&drift.map, 0.12) > 0.16);
			assert_near(beta_map_apply(&drift.before, 0.12), 0.12, 0.03);
		}
	}
	assert_true(flagged >= PANELS - 1 && right >= PANELS - 2);
}

static void without_a_step_nothing_is_flagged_and_the_map_stays_near_the_identity(void **state)
{
	(void)state;
	for (uint64_t seed = 101; seed <= 100 + PANELS; seed++) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct drift_plan plan = plan_usual;
		struct drift_row *rows;
		struct drift drift;
		size_t n;

		plan.seed = seed;
		plan.odds = 1;
		n = drift_panel(&plan, &arena, &rows);
		drift_watch(rows, n, plan.countries, 2, &drift);
		assert_int_equal(drift.flags, 0);
		assert_true(drift.since == INT_MISSING && isnan(drift.raised));
		assert_near(beta_map_apply(&drift.map, 0.12), 0.12, 0.025);
		assert_near(drift.shock, 0.1, 0.15);
	}
}

/* What is not yet known cannot be looked at: origins one by one flag where all together do. */
static void a_flag_is_raised_at_the_same_origin_however_much_later_one_looks(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct drift_plan plan = plan_usual;
	struct drift_row *rows;
	struct drift drift, all;
	size_t n, each;
	int64_t first = INT_MISSING;

	(void)state;
	plan.seed = 3;
	n = drift_panel(&plan, &arena, &rows);
	each = n / ORIGINS;
	drift_watch(rows, n, plan.countries, 2, &all);
	assert_int_equal(all.flags, 1);
	for (size_t t = 1; t <= ORIGINS; t++) {
		drift_watch(rows, t * each, plan.countries, 2, &drift);
		assert_int_equal(drift.origins, t);
		if (drift.flags && first == INT_MISSING) {
			first = drift.noticed;
			assert_int_equal(first, t - 1);
		}
	}
	assert_int_equal(first, all.noticed);
}

static void a_fall_is_flagged_as_well_and_a_return_begins_a_new_stretch(void **state)
{
	enum { EACH = 3000 };
	_cleanup_(arena_free) struct arena arena = {0};
	struct drift_row *rows = arena_array(&arena, struct drift_row, 24 * EACH);
	struct rng rng;
	struct drift drift;

	(void)state;
	rng_seed(&rng, 8);
	for (size_t i = 0; i < 24 * EACH; i++) {
		int64_t origin = (int64_t)(i / EACH);
		double truth = origin >= 8 && origin < 16 ? 0.1 : 0.2;

		rows[i] = (struct drift_row){origin, i % 100, 0.2, rng_unit(&rng) < truth};
	}
	drift_watch(rows, 16 * EACH, 100, 1, &drift);
	assert_int_equal(drift.flags, 1);
	assert_int_equal(drift.since, 8);
	assert_true(drift.shift < -0.4);
	assert_near(beta_map_apply(&drift.map, 0.2), 0.1, 0.02);
	drift_watch(rows, 24 * EACH, 100, 1, &drift);
	assert_int_equal(drift.flags, 2);
	assert_int_equal(drift.since, 16);
	assert_near(beta_map_apply(&drift.map, 0.2), 0.2, 0.02);
}

static void no_rows_and_one_origin_raise_nothing(void **state)
{
	const struct drift_row rows[] = {{2010, 0, 0.1, 1}, {2010, 1, 0.2, 1}, {2010, 2, 0.1, 0}};
	struct drift drift;

	(void)state;
	drift_watch(NULL, 0, 0, 2, &drift);
	assert_int_equal(drift.flags, 0);
	assert_true(isnan(drift.shift) && drift.map.a == 1 && drift.map.b == 1 && drift.map.c == 0);
	drift_watch(rows, 3, 3, 2, &drift);
	assert_int_equal(drift.flags, 0);
	assert_true(drift.shift > 0 && drift.map.c > 0 && drift.shift_reach.low < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doubled_odds_are_flagged_and_the_origin_is_named),
		cmocka_unit_test(without_a_step_nothing_is_flagged_and_the_map_stays_near_the_identity),
		cmocka_unit_test(a_flag_is_raised_at_the_same_origin_however_much_later_one_looks),
		cmocka_unit_test(a_fall_is_flagged_as_well_and_a_return_begins_a_new_stretch),
		cmocka_unit_test(no_rows_and_one_origin_raise_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("drift", tests, NULL, NULL);
}
