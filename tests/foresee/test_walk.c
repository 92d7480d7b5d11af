/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/foresee/made_indices.h"
#include "tests/near.h"

#include "foresee/learner.h"
#include "foresee/walk.h"

#define N_CHANCES (MADE_UNITS * N_SIX_SPACES * 2)

static void chances_at(const struct history *history, int64_t cutoff, int64_t origin, uint64_t seed, double *ret)
{
	_cleanup_(arena_free) struct arena arena = {0};

	walk_chances(history, six_spaces, N_SIX_SPACES, RULE_TWO_YEAR, cutoff, origin, seed, &arena, ret);
}

static void nothing_after_the_origin_changes_a_byte(void **state)
{
	(void)state;
	_cleanup_(arena_free) struct arena arena = {0};
	struct history history;
	double before[N_CHANCES], after[N_CHANCES];

	made_panel(&history, 1, &arena);
	chances_at(&history, 2004, 2004, 7, before);
	made_panel_spoil(&history, 2004);
	chances_at(&history, 2004, 2004, 7, after);
	assert_memory_equal(before, after, sizeof before);
	made_panel_spoil(&history, 2003);
	chances_at(&history, 2004, 2004, 7, after);
	assert_memory_not_equal(before, after, sizeof before);
}

static void what_is_learned_at_a_cutoff_does_not_see_the_years_to_the_origin(void **state)
{
	(void)state;
	_cleanup_(arena_free) struct arena arena = {0};
	struct history history;
	struct walk late, early;
	struct walk_lesson learned, known;
	struct walk_path *room;
	double a[2], b[2];

	made_panel(&history, 2, &arena);
	walk_read(&history, six_spaces, N_SIX_SPACES, MADE_LAST, &arena, &late);
	walk_learn(&late, 2003, &arena, &learned);
	walk_read(&history, six_spaces, N_SIX_SPACES, 2003, &arena, &early);
	walk_learn(&early, 2003, &arena, &known);
	assert_true(learned.n > 0);
	assert_int_equal(learned.n, known.n);
	room = arena_array(&arena, struct walk_path, learned.n);
	for (size_t u = 0; u < MADE_UNITS; u++) {
		assert_true(walk_share(&learned, RULE_TWO_YEAR, 2, u, 2003, 5, room, a));
		assert_true(walk_share(&known, RULE_TWO_YEAR, 2, u, 2003, 5, room, b));
		assert_memory_equal(a, b, sizeof a);
	}
}

static void the_same_seed_gives_the_same_bytes_and_chances_are_chances(void **state)
{
	(void)state;
	_cleanup_(arena_free) struct arena arena = {0};
	struct history history;
	double first[N_CHANCES], second[N_CHANCES];

	made_panel(&history, 3, &arena);
	chances_at(&history, 2008, 2008, 11, first);
	chances_at(&history, 2008, 2008, 11, second);
	assert_memory_equal(first, second, sizeof first);
	for (size_t i = 0; i < N_CHANCES; i++)
		assert_true(first[i] >= 0 && first[i] <= 1);
}

static void a_restless_index_opens_more_often_than_a_still_one(void **state)
{
	(void)state;
	_cleanup_(arena_free) struct arena arena = {0};
	struct history history;
	double chance[N_CHANCES], still = 0, restless = 0;

	made_panel(&history, 4, &arena);
	chances_at(&history, 2008, 2008, 11, chance);
	for (size_t i = 0; i < 5 * N_SIX_SPACES * 2; i++) {
		still += chance[i] / (5 * N_SIX_SPACES * 2);
		restless += chance[N_CHANCES - 1 - i] / (5 * N_SIX_SPACES * 2);
	}
	assert_true(still < .03);
	assert_true(restless > .15);
}

static void an_index_without_a_value_has_no_chance(void **state)
{
	(void)state;
	_cleanup_(arena_free) struct arena arena = {0};
	struct history history;
	double chance[N_CHANCES];

	made_panel(&history, 5, &arena);
	*history_cell(&history, 3, 20, 2008) = NAN;
	chances_at(&history, 2008, 2008, 11, chance);
	for (size_t i = 0; i < N_CHANCES; i++)
		assert_int_equal(isnan(chance[i]), i / 2 == 20 * N_SIX_SPACES + 3);
}

static void too_little_history_has_no_chance(void **state)
{
	(void)state;
	_cleanup_(arena_free) struct arena arena = {0};
	struct history history;
	double chance[N_CHANCES];

	made_panel(&history, 6, &arena);
	for (int64_t origin = MADE_FIRST - 1; origin < MADE_FIRST + 4; origin++) {
		chances_at(&history, origin, origin, 11, chance);
		for (size_t i = 0; i < N_CHANCES; i++)
			assert_true(isnan(chance[i]));
	}
}

static void a_panel_that_ends_before_the_origin_has_no_chance(void **state)
{
	(void)state;
	_cleanup_(arena_free) struct arena arena = {0};
	struct history history;
	double chance[N_CHANCES];

	made_panel(&history, 6, &arena);
	for (int64_t origin = MADE_LAST + 1; origin < MADE_LAST + 4; origin++) {
		chances_at(&history, origin, origin, 11, chance);
		for (size_t i = 0; i < N_CHANCES; i++)
			assert_true(isnan(chance[i]));
	}
}

static void the_share_is_that_of_the_paths_that_step(void **state)
{
	(void)state;
	_cleanup_(arena_free) struct arena arena = {0};
	struct history history;
	struct walk walk;
	struct walk_lesson lesson;
	struct walk_path *path;
	double share[2], up = 0, down = 0, all = 0, now, step = six_spaces[1].step;
	size_t n;

	made_panel(&history, 7, &arena);
	walk_read(&history, six_spaces, N_SIX_SPACES, 2008, &arena, &walk);
	walk_learn(&walk, 2008, &arena, &lesson);
	path = arena_array(&arena, struct walk_path, lesson.n);
	assert_true(walk_share(&lesson, RULE_ONE_YEAR, 1, 35, 2008, 5, path, share));
	n = walk_paths(&lesson, 1, 35, 2008, 5, path);
	now = history_value(&history, 2008, 1, 35, 2008);
	for (size_t i = 0; i < n; i++) {
		double one = path[i].value[0] - now, two = path[i].value[1] - path[i].value[0];

		for (int k = 0; k < WALK_STEPS; k++)
			assert_true(path[i].value[k] >= 0 && path[i].value[k] <= 1);
		assert_true(path[i].weight > 0);
		all += path[i].weight;
		up += one > step || two > step ? path[i].weight : 0;
		down += one < -step || two < -step ? path[i].weight : 0;
	}
	assert_true(up > 0 && down > 0);
	assert_near(share[0], up / all, 1e-12);
	assert_near(share[1], down / all, 1e-12);
}

static void as_a_member_it_says_the_same(void **state)
{
	(void)state;
	_cleanup_(arena_free) struct arena arena = {0};
	struct history history;
	struct cases cases;
	double chance[N_CHANCES], p[N_CHANCES];
	size_t first, past;
	void *model;

	made_panel(&history, 8, &arena);
	chances_at(&history, 2008, 2008, 11, chance);
	cases_build(&history, six_spaces, N_SIX_SPACES, RULE_TWO_YEAR, 2008, NULL, &arena, &cases);
	assert_int_equal(learner_walk.fit(&cases, 2008, 11, &model, NULL), 0);
	cases_of_years(&cases, 2008, 2008, &first, &past);
	assert_int_equal(past - first, N_CHANCES);
	assert_int_equal(learner_walk.chance(model, &cases, first, past, p, NULL), 0);
	for (size_t i = 0; i < N_CHANCES; i++) {
		const struct case_key *key = &cases.key[first + i];

		assert_near(p[i], chance[(key->unit * N_SIX_SPACES + key->space) * 2 + (key->direction < 0)], 0);
	}
	learner_walk.close(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_after_the_origin_changes_a_byte),
		cmocka_unit_test(what_is_learned_at_a_cutoff_does_not_see_the_years_to_the_origin),
		cmocka_unit_test(the_same_seed_gives_the_same_bytes_and_chances_are_chances),
		cmocka_unit_test(a_restless_index_opens_more_often_than_a_still_one),
		cmocka_unit_test(an_index_without_a_value_has_no_chance),
		cmocka_unit_test(too_little_history_has_no_chance),
		cmocka_unit_test(a_panel_that_ends_before_the_origin_has_no_chance),
		cmocka_unit_test(the_share_is_that_of_the_paths_that_step),
		cmocka_unit_test(as_a_member_it_says_the_same),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
