/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_episode_record.c - which sequences become episodes, and what the records say. */
#include "measured.h"

#define STEPS(...) (const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double)

static struct episode *only_episode(const struct made *made)
{
	size_t i = 0;
	struct episode *episode = records_next(&made->out, &kind_episode, &i);

	assert_non_null(episode);
	assert_null(records_next(&made->out, &kind_episode, &i));
	return episode;
}

static struct episode *episode_toward(const struct made *made, const char *direction)
{
	struct episode *episode;

	for (size_t i = 0; (episode = records_next(&made->out, &kind_episode, &i));)
		if (strcmp(episode->direction, direction) == 0)
			return episode;
	fail_msg("no episode of %s", direction);
	return NULL;
}

static size_t count_episodes(const struct made *made)
{
	size_t n = 0;

	for (size_t i = 0; records_next(&made->out, &kind_episode, &i);)
		n++;
	return n;
}

#define YEARS(made, first, ...) made_series(made, "SRB", "v2x_polyarchy", first, STEPS(__VA_ARGS__))

static void an_episode_says_its_years_its_change_and_how_it_ended(void **state)
{
	_cleanup_(made_close) struct made made;
	struct episode *episode;

	(void)state;
	made_open(&made, "2026-01-01");
	YEARS(&made, 2010, 0.6, 0.6, 0.55, 0.5, 0.45, 0.45, 0.5, 0.5, 0.5, 0.5, 0.5);
	made_run(&made);
	episode = only_episode(&made);
	assert_string_equal(episode->r.unit, "SRB");
	assert_string_equal(episode->indicator, "v2x_polyarchy");
	assert_string_equal(episode->direction, "closing");
	assert_string_equal(episode->status, "candidate");
	assert_int_equal(episode->pre_year, 2011);
	assert_int_equal(episode->first_year, 2012);
	assert_int_equal(episode->last_year, 2014);
	assert_true(episode->r.valid_from.usec == instant_of_year(2012).usec);
	assert_true(episode->r.valid_past.usec == instant_of_year(2015).usec);
	assert_true(episode->change == -0.15);
	assert_int_equal(episode->uncertain, 0);
	assert_int_equal(episode->termination, EPISODE_TURN);
	assert_int_equal(episode->r.n_from, 4);
	assert_string_equal(episode->r.from[0].from_id, made.in.v[1]->id);
	assert_string_equal(episode->r.from[3].from_id, made.in.v[4]->id);
}

static void a_movement_of_less_than_a_tenth_is_no_episode(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2026-01-01");
	YEARS(&made, 2010, 0.40, 0.44, 0.49, 0.49, 0.49);
	made_run(&made);
	assert_int_equal(count_episodes(&made), 0);
	YEARS(&made, 2015, 0.51);
	made_run(&made);
	assert_string_equal(only_episode(&made)->direction, "opening");
}

static void a_tenth_is_compared_as_the_doubles_give_it(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2026-01-01");
	YEARS(&made, 2010, 0.2, 0.25, 0.3);          /* 0.3 - 0.2 is 0.09999999999999998 */
	made_run(&made);
	assert_int_equal(count_episodes(&made), 0);
	made.in.n = 0;
	YEARS(&made, 2010, 0.3, 0.35, 0.4);          /* 0.4 - 0.3 is 0.10000000000000003 */
	made_run(&made);
	assert_int_equal(only_episode(&made)->pre_year, 2010);
}

static void what_counts_is_the_lowest_and_highest_year_and_not_the_ends(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2026-01-01");
	YEARS(&made, 2010, 0.40, 0.46, 0.52, 0.50, 0.48);         /* the end is open: 0.12 from 2010 to 2012 */
	made_run(&made);
	assert_int_equal(only_episode(&made)->last_year, 2014);
	assert_true(only_episode(&made)->change == 0.08);
}

static void a_year_taken_by_the_next_sequence_is_no_longer_of_the_one_before(void **state)
{
	_cleanup_(made_close) struct made made;
	const double regime[] = {2, 2, 1, 1, 1, 1};

	(void)state;
	made_open(&made, "2026-01-01");
	YEARS(&made, 2010, 0.30, 0.36, 0.41, 0.46, 0.51, 0.56);   /* the first sequence keeps 0.06 */
	made_series(&made, "SRB", "v2x_regime", 2010, regime, 6);
	made_run(&made);
	assert_int_equal(only_episode(&made)->pre_year, 2012);
	made.in.n = 0;
	YEARS(&made, 2010, 0.30, 0.41, 0.45, 0.46, 0.51, 0.56);   /* keeps 0.11 */
	made_series(&made, "SRB", "v2x_regime", 2010, regime, 6);
	made_run(&made);
	assert_int_equal(count_episodes(&made), 2);
}

static void the_end_stays_open_until_as_many_years_as_the_tolerance_are_known(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2026-01-01");
	YEARS(&made, 2010, 0.40, 0.46, 0.52, 0.52, 0.52, 0.52, 0.52);
	made_run(&made);
	assert_int_equal(only_episode(&made)->uncertain, 1);
	assert_int_equal(only_episode(&made)->termination, EPISODE_OPEN);
	assert_int_equal(only_episode(&made)->last_year, 2016);
	YEARS(&made, 2017, 0.52);
	made_run(&made);
	assert_int_equal(only_episode(&made)->uncertain, 0);
	assert_int_equal(only_episode(&made)->termination, EPISODE_STASIS);
	assert_int_equal(only_episode(&made)->last_year, 2012);
}

static void years_after_a_gap_do_not_settle_an_end(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2026-01-01");
	YEARS(&made, 2000, 0.40, 0.46, 0.52, 0.52, 0.52);
	YEARS(&made, 2007, 0.52, 0.52, 0.52, 0.52, 0.52, 0.52, 0.52);
	made_run(&made);
	assert_int_equal(only_episode(&made)->last_year, 2004);
	assert_int_equal(only_episode(&made)->termination, EPISODE_OPEN);
}

static void a_turn_settles_the_end_at_once(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2026-01-01");
	YEARS(&made, 2010, 0.40, 0.46, 0.52, 0.52, 0.48);
	made_run(&made);
	assert_int_equal(only_episode(&made)->termination, EPISODE_TURN);
	assert_int_equal(only_episode(&made)->last_year, 2012);
	made.in.n = 0;
	YEARS(&made, 2010, 0.60, 0.54, 0.48, 0.48, 0.52);
	made_run(&made);
	assert_int_equal(only_episode(&made)->termination, EPISODE_TURN);
	assert_int_equal(only_episode(&made)->last_year, 2012);
}

static void a_slide_back_of_a_tenth_settles_it_too(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2026-01-01");
	YEARS(&made, 2010, 0.400, 0.460, 0.520, 0.492, 0.464, 0.436, 0.408);
	made_run(&made);
	assert_int_equal(episode_toward(&made, "opening")->termination, EPISODE_SLIDE);
	assert_int_equal(episode_toward(&made, "opening")->last_year, 2012);
	made.in.n = 0;
	YEARS(&made, 2010, 0.600, 0.540, 0.480, 0.508, 0.536, 0.564, 0.592);
	made_run(&made);
	assert_int_equal(episode_toward(&made, "closing")->termination, EPISODE_SLIDE);
	assert_int_equal(episode_toward(&made, "closing")->last_year, 2012);
}

static void an_end_by_a_change_of_regime_is_null_with_the_reason(void **state)
{
	_cleanup_(made_close) struct made made;
	const double fallen[] = {1, 1, 1, 0, 0};

	(void)state;
	made_open(&made, "2026-01-01");
	YEARS(&made, 2010, 0.40, 0.46, 0.52, 0.52, 0.52);
	made_series(&made, "SRB", "v2x_regime", 2010, fallen, 5);
	made_run(&made);
	assert_int_equal(only_episode(&made)->last_year, 2012);
	assert_int_equal(only_episode(&made)->uncertain, 0);
	assert_int_equal(only_episode(&made)->termination, INT_MISSING);
	assert_non_null(strstr(only_episode(&made)->r.missing, "termination"));
}

static void a_year_without_a_record_is_a_missing_year(void **state)
{
	_cleanup_(made_close) struct made made;
	struct episode *episode;
	size_t i = 0;

	(void)state;
	made_open(&made, "2026-01-01");
	YEARS(&made, 2010, 0.30, 0.36, 0.42);
	YEARS(&made, 2014, 0.42, 0.48, 0.54);
	made_run(&made);
	assert_int_equal(count_episodes(&made), 2);
	episode = records_next(&made.out, &kind_episode, &i);
	assert_int_equal(episode->pre_year, 2010);
	assert_int_equal(episode->last_year, 2012);
	episode = records_next(&made.out, &kind_episode, &i);
	assert_int_equal(episode->pre_year, 2014);
	assert_int_equal(episode->last_year, 2016);
}

static void stasis_at_the_end_of_a_country_does_not_reach_past_its_data(void **state)
{
	_cleanup_(made_close) struct made made;
	const double other[] = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5};

	(void)state;
	made_open(&made, "2026-01-01");
	YEARS(&made, 2010, 0.30, 0.36, 0.42, 0.42);
	made_series(&made, "GEO", "v2x_polyarchy", 2010, other, 8);
	made_run(&made);
	assert_int_equal(only_episode(&made)->last_year, 2013);
	assert_int_equal(only_episode(&made)->uncertain, 1);      /* by the country's own last year */
}

static void other_indicators_and_the_order_of_the_input_do_not_matter(void **state)
{
	_cleanup_(made_close) struct made made;
	struct rng rng;
	char id[64];

	(void)state;
	made_open(&made, "2026-01-01");
	YEARS(&made, 2010, 0.30, 0.36, 0.42, 0.42);
	made_series(&made, "SRB", "v2x_libdem", 2010, STEPS(0.1, 0.3, 0.5));
	made_run(&made);
	snprintf(id, sizeof id, "%s", only_episode(&made)->r.id);
	rng_seed(&rng, 8);
	for (int round = 0; round < 50; round++) {
		made_shuffle(&made, &rng);
		made_run(&made);
		assert_string_equal(only_episode(&made)->r.id, id);
		assert_int_equal(only_episode(&made)->r.n_from, 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_episode_says_its_years_its_change_and_how_it_ended),
		cmocka_unit_test(a_movement_of_less_than_a_tenth_is_no_episode),
		cmocka_unit_test(a_tenth_is_compared_as_the_doubles_give_it),
		cmocka_unit_test(what_counts_is_the_lowest_and_highest_year_and_not_the_ends),
		cmocka_unit_test(a_year_taken_by_the_next_sequence_is_no_longer_of_the_one_before),
		cmocka_unit_test(the_end_stays_open_until_as_many_years_as_the_tolerance_are_known),
		cmocka_unit_test(years_after_a_gap_do_not_settle_an_end),
		cmocka_unit_test(a_turn_settles_the_end_at_once),
		cmocka_unit_test(a_slide_back_of_a_tenth_settles_it_too),
		cmocka_unit_test(an_end_by_a_change_of_regime_is_null_with_the_reason),
		cmocka_unit_test(a_year_without_a_record_is_a_missing_year),
		cmocka_unit_test(stasis_at_the_end_of_a_country_does_not_reach_past_its_data),
		cmocka_unit_test(other_indicators_and_the_order_of_the_input_do_not_matter),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("episode_record", tests, NULL, NULL);
}
