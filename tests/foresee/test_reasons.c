/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/foresee/made_conflict.h"
#include "tests/near.h"

#include <string.h>

#include "foresee/reasons.h"
#include "foresee/stack.h"

#define CLOSING_CCSI(i) (key_of(i)->space == 5 && key_of(i)->direction < 0)

static struct arena arena;
static struct history history;
static struct outlook outlook;
static struct chance_scatter scatter;
static struct likeness likeness;

static int make_outlook(void **state)
{
	struct outlook_setup setup = {.history = &history, .spaces = six_spaces, .n_spaces = N_SIX_SPACES,
				      .rule = RULE_TWO_YEAR, .origin = CONFLICT_LAST, .seed = 3, .threads = 2};

	(void)state;
	made_conflict(&history, 5, &arena);
	if (outlook_make(&setup, &arena, &outlook, NULL) < 0)
		return -1;
	outlook_scatter(&outlook, &scatter);
	likeness_learn(&outlook, &arena, &likeness);
	return 0;
}

static int drop_outlook(void **state)
{
	(void)state;
	outlook_close(&outlook);
	arena_free(&arena);
	return 0;
}

static const struct case_key *key_of(size_t i)
{
	return &outlook.cases.key[outlook.now.row[i]];
}

static double log_odds_of(double p)
{
	return log(p / (1 - p));
}

/* The closing of v2xcs_ccsi in a unit, among the cases of the origin. */
static size_t closing_of(size_t unit)
{
	size_t i = 0;

	while (!(CLOSING_CCSI(i) && key_of(i)->unit == unit))
		i++;
	return i;
}

static void the_parts_and_the_rest_make_the_log_odds_of_the_chance(void **state)
{
	(void)state;
	for (size_t i = 0; i < outlook.now.n; i += 7) {
		struct drivers drivers;
		double sum, groups = 0, parts = 0;

		assert_int_equal(drivers_make(&outlook, i, &drivers, NULL), 0);
		for (size_t f = 0; f < N_CASE_FEATURES; f++)
			parts += drivers.part[f];
		for (size_t g = 0; g < N_FEATURE_GROUPS; g++)
			groups += drivers.group[g];
		sum = parts + drivers.paths + drivers.start + drivers.settled;
		assert_near(sum, log_odds_of(outlook.now.p[i]), 1e-6);
		assert_near(drivers.log_odds, log_odds_of(outlook.now.p[i]), 1e-12);
		assert_near(groups, parts, 1e-9);
	}
}

/* Nothing is hidden in the start: it is what the members say of their mean case, pooled. */
static void the_start_is_the_pool_of_the_mean_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < outlook.now.n; i += 31) {
		struct drivers drivers;
		double mean = 0, raw = 0, weight = 0;
		bool held = false;

		assert_int_equal(drivers_make(&outlook, i, &drivers, NULL), 0);
		for (size_t m = 0; m < n_learners; m++) {
			double parts[N_CASE_FEATURES], rest = log_odds_of(outlook.now.base_rate[i]), said;

			assert_true(outlook.speaks[m]);
			if (learners[m]->parts)
				assert_int_equal(learners[m]->parts(outlook.model[m], &outlook.cases, outlook.now.row[i], parts,
								    &rest, NULL), 0);
			said = fmin(fmax(outlook.now.member[m][i], .001), .999);
			held |= said != outlook.now.member[m][i];
			mean += outlook.weight[m] * rest;
			raw += outlook.weight[m] * log_odds_of(said);
			weight += learners[m]->parts ? 0 : outlook.weight[m];
		}
		assert_near(drivers.start, mean, 1e-3);
		if (!held)
			assert_near(drivers.settled, log_odds_of(outlook.now.p[i]) - raw, .01);
		assert_near(drivers.paths_weight, weight, 1e-12);
	}
}

static void each_members_parts_and_rest_make_its_own_log_odds(void **state)
{
	size_t tell = 0;

	(void)state;
	for (size_t m = 0; m < n_learners; m++) {
		if (!learners[m]->parts)
			continue;
		tell++;
		for (size_t i = 0; i < outlook.now.n; i += 53) {
			double parts[N_CASE_FEATURES], sum;

			assert_int_equal(learners[m]->parts(outlook.model[m], &outlook.cases, outlook.now.row[i], parts, &sum,
							    NULL), 0);
			for (size_t f = 0; f < N_CASE_FEATURES; f++)
				sum += parts[f];
			assert_near(sum, log_odds_of(outlook.now.member[m][i]), 1e-4);
		}
	}
	assert_int_equal(tell, 3);
}

/* What drives a case does not hide in the rest, which is the same for all but for the part of the year ahead. */
static void the_rest_of_the_hazard_hardly_varies_while_its_chances_do(void **state)
{
	double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
	size_t m = 0;

	(void)state;
	while (learners[m] != &learner_hazard)
		m++;
	for (size_t i = 0; i < outlook.now.n; i++) {
		double parts[N_CASE_FEATURES], value[2];

		assert_int_equal(learners[m]->parts(outlook.model[m], &outlook.cases, outlook.now.row[i], parts, &value[0],
						    NULL), 0);
		value[1] = log_odds_of(outlook.now.member[m][i]);
		for (int k = 0; k < 2; k++) {
			low[k] = fmin(low[k], value[k]);
			high[k] = fmax(high[k], value[k]);
		}
	}
	assert_true(high[1] - low[1] > 3);
	assert_true(high[0] - low[0] < 1);
}

static void the_stack_says_of_a_made_case_what_it_said_of_the_real_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < outlook.now.n; i++) {
		double member[MOST_MEMBERS];

		for (size_t m = 0; m < n_learners; m++)
			member[m] = outlook.now.member[m][i];
		assert_true(stack_chance(&outlook, outlook.now.row[i], member) == outlook.now.p[i]);
	}
}

static void where_conflict_alone_closes_spaces_it_is_the_driver(void **state)
{
	(void)state;
	for (size_t unit = 0; unit < 20; unit++) {
		struct drivers drivers;

		assert_int_equal(drivers_make(&outlook, closing_of(unit), &drivers, NULL), 0);
		if (unit >= 10) {
			assert_true(drivers.group[GROUP_CONFLICT] < 0);
			continue;
		}
		for (size_t g = 0; g < N_FEATURE_GROUPS; g++)
			if (g != GROUP_CONFLICT)
				assert_true(drivers.group[GROUP_CONFLICT] > fabs(drivers.group[g]));
		assert_true(drivers.part[F_CONFLICT] > .9 * drivers.group[GROUP_CONFLICT]);
	}
}

static void an_end_of_the_conflict_would_change_the_chance_most(void **state)
{
	(void)state;
	for (size_t unit = 0; unit < 10; unit++) {
		size_t i = closing_of(unit);
		struct drivers drivers;
		struct changes changes, again;

		memset(&changes, 0, sizeof changes);
		memset(&again, 0, sizeof again);
		assert_int_equal(drivers_make(&outlook, i, &drivers, NULL), 0);
		assert_int_equal(changes_find(&likeness, i, &drivers, &scatter, &changes, NULL), 0);
		assert_int_equal(changes_find(&likeness, i, &drivers, &scatter, &again, NULL), 0);
		assert_true(changes.n > 0);
		assert_int_equal(changes.v[0].group, GROUP_CONFLICT);
		assert_int_equal(changes.v[0].feature, F_CONFLICT);
		assert_true(changes.v[0].before == 1 && changes.v[0].after == 0);
		assert_true(changes.v[0].p < outlook.now.p[i] - .1);
		for (size_t k = 0; k < changes.n; k++) {
			const struct change *change = &changes.v[k];
			const struct case_key *donor = &outlook.cases.key[change->donor];

			assert_true(group_can_change(change->group));
			assert_true(donor->space == 5 && donor->direction == -1 && donor->year < CONFLICT_LAST);
			assert_true(change->reach.low <= change->p && change->p <= change->reach.high);
			assert_true(change->p == again.v[k].p && change->donor == again.v[k].donor);
		}
	}
}

/* ---- similar cases ---- */

static void the_nearest_cases_are_those_whose_driver_is_nearest(void **state)
{
	const struct cases *cases = &outlook.cases;
	size_t i = closing_of(3);
	struct drivers drivers = {.row = outlook.now.row[i]};
	struct similars similars;
	double least = INFINITY, mine = cases->x[drivers.row * N_CASE_FEATURES + F_LEVEL];

	(void)state;
	drivers.part[F_LEVEL] = -.7;   /* the one that counts; its sign does not */
	similars_find(&likeness, &drivers, &similars);
	for (size_t row = 0; row < cases->n; row++)
		if (cases->key[row].space == 5 && cases->key[row].direction < 0 && cases->y[row] != EVENT_OPEN &&
		    cases->key[row].year >= CONFLICT_FIRST + 2)
			least = fmin(least, fabs(cases->x[row * N_CASE_FEATURES + F_LEVEL] - mine));
	assert_int_equal(similars.n_shown, SIMILAR_SHOWN);
	assert_near(fabs(cases->x[similars.shown[0].row * N_CASE_FEATURES + F_LEVEL] - mine), least, 1e-9);
}

static void giving_up_early_finds_the_same_as_comparing_all(void **state)
{
	const struct cases *cases = &outlook.cases;
	const struct question_scale *scale = &likeness.of[5 * 2];
	struct similar kept[SIMILAR_KEPT];
	struct drivers drivers;
	size_t n, beyond = 0;

	(void)state;
	assert_int_equal(drivers_make(&outlook, closing_of(6), &drivers, NULL), 0);
	n = similars_nearest(&likeness, &drivers, kept);
	assert_int_equal(n, SIMILAR_KEPT);
	assert_true(scale->n > SIMILAR_KEPT);
	for (size_t i = 0; i < scale->n; i++) {
		double sum = 0, weight = 0;
		size_t k = 0;

		for (size_t f = 0; f < N_CASE_FEATURES; f++) {
			double a = cases->x[drivers.row * N_CASE_FEATURES + f], b = cases->x[scale->row[i] * N_CASE_FEATURES + f];
			double gap = isnan(a) && isnan(b) ? 0 : 1;

			if (drivers.part[f] == 0 || scale->spread[f] == 0)
				continue;
			a = fmin(fmax((a - scale->mean[f]) / scale->spread[f], -4), 4);
			b = fmin(fmax((b - scale->mean[f]) / scale->spread[f], -4), 4);
			if (!isnan(cases->x[drivers.row * N_CASE_FEATURES + f]) &&
			    !isnan(cases->x[scale->row[i] * N_CASE_FEATURES + f]))
				gap = a - b;
			sum += fabs(drivers.part[f]) * gap * gap;
			weight += fabs(drivers.part[f]);
		}
		while (k < n && kept[k].row != scale->row[i])
			k++;
		beyond += k == n;
		if (k < n)
			assert_near(kept[k].distance, sqrt(sum / weight), 1e-9);
		else
			assert_true(sqrt(sum / weight) >= kept[n - 1].distance - 1e-9);
	}
	assert_int_equal(beyond, scale->n - n);
}

static void similar_cases_are_resolved_ones_of_the_question_one_a_country(void **state)
{
	const struct cases *cases = &outlook.cases;

	(void)state;
	for (size_t unit = 0; unit < 20; unit++) {
		struct drivers drivers;
		struct similars similars;

		assert_int_equal(drivers_make(&outlook, closing_of(unit), &drivers, NULL), 0);
		similars_find(&likeness, &drivers, &similars);
		assert_int_equal(similars.counted, SIMILAR_COUNTED);
		for (size_t k = 0; k < similars.n_shown; k++) {
			const struct case_key *key = &cases->key[similars.shown[k].row];

			assert_true(key->space == 5 && key->direction == -1 && key->year <= CONFLICT_LAST - 3);
			assert_true(cases->y[similars.shown[k].row] != EVENT_OPEN);
			assert_near(similars.shown[k].moved, history_value(&history, CONFLICT_LAST, 5, key->unit, key->year + 2) -
				    history_value(&history, CONFLICT_LAST, 5, key->unit, key->year), 1e-12);
			assert_true(k == 0 || similars.shown[k].distance >= similars.shown[k - 1].distance);
			for (size_t l = 0; l < k; l++)
				assert_true(cases->key[similars.shown[l].row].unit != key->unit);
		}
	}
}

static bool years_meet(const struct case_key *a, const struct case_key *b)
{
	return a->unit == b->unit && a->year - b->year < 2 && b->year - a->year < 2;
}

static void of_one_country_no_outcome_year_counts_twice(void **state)
{
	const struct cases *cases = &outlook.cases;
	struct drivers drivers = {.row = outlook.now.row[closing_of(8)]};
	struct similar near[SIMILAR_KEPT];
	const struct case_key *taken[SIMILAR_COUNTED];
	struct similars similars;
	size_t n = 0, events = 0, met = 0;

	(void)state;
	drivers.part[F_COUNTRY_RATE] = 1;   /* changes slowly: years that follow each other are near each other */
	similars_find(&likeness, &drivers, &similars);
	assert_int_equal(similars_nearest(&likeness, &drivers, near), SIMILAR_KEPT);
	for (size_t i = 0; n < SIMILAR_COUNTED; i++) {
		const struct case_key *key = &cases->key[near[i].row];
		size_t k = 0;

		while (k < n && !years_meet(taken[k], key))
			k++;
		met += k < n;
		if (k < n)
			continue;
		taken[n++] = key;
		events += cases->y[near[i].row] == EVENT_YES;
	}
	assert_true(met > 0);
	assert_int_equal(similars.counted, n);
	assert_int_equal(similars.events, events);
}

static void what_followed_in_similar_cases_tells_conflict_from_peace(void **state)
{
	struct drivers drivers;
	struct similars war, peace;
	struct interval expected;

	(void)state;
	assert_int_equal(drivers_make(&outlook, closing_of(2), &drivers, NULL), 0);
	similars_find(&likeness, &drivers, &war);
	assert_int_equal(drivers_make(&outlook, closing_of(15), &drivers, NULL), 0);
	similars_find(&likeness, &drivers, &peace);
	assert_true(war.share.low > peace.share.high);
	expected = beta_interval((double)war.events + .5, (double)(war.counted - war.events) + .5, .9);
	assert_near(war.share.low, expected.low, 1e-12);
	assert_near(war.share.high, expected.high, 1e-12);
}

/* ---- words ---- */

static void a_feature_is_said_in_the_terms_of_the_field(void **state)
{
	_cleanup_(buf_free) struct buf buf = {0};
	struct case_key key = {.unit = 0, .year = 2000, .space = 5, .direction = -1};
	float x[N_CASE_FEATURES] = {[F_STEP_1] = 1.4f, [F_SINCE_SAME] = 1, [F_GDP_PC] = 9.01797f, [F_STEP_OF_0] = -2,
				    [F_REGION_GAP] = .1f, [F_COUNTRY_RATE] = NAN, [F_CONFLICT] = 1};
	const struct cases cases = {.spaces = six_spaces, .n_spaces = N_SIX_SPACES, .n = 1, .key = &key, .x = x};
	static const struct { enum feature feature; const char *words; } told[] = {
		{F_STEP_1, "v2xcs_ccsi fell by 1.4 of its steps this year"},
		{F_STEP_OF_0, "v2x_freexp_altinf rose by 2.0 of its steps this year"},
		{F_STEP_2, "v2xcs_ccsi stayed as it was the year before"},
		{F_SINCE_SAME, "years since the last closing: 1 year"},
		{F_GDP_PC, "GDP a head: 8,250 dollars"},
		{F_REGION_GAP, "the rest of the region is 0.10 lower than this country"},
		{F_COUNTRY_RATE, "share of the country's years with closing: not known"},
		{F_CONFLICT, "armed conflict within the country: yes"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(told); i++) {
		buf_cut(&buf, 0);
		feature_say(&buf, &cases, 0, told[i].feature);
		assert_string_equal(buf.s, told[i].words);
	}
}

static void every_feature_has_a_name_of_its_own_and_words(void **state)
{
	(void)state;
	for (size_t f = 0; f < N_CASE_FEATURES; f++) {
		assert_non_null(feature_name((enum feature)f));
		assert_true(strlen(feature_words((enum feature)f)) > 3);
		for (size_t g = 0; g < f; g++)
			assert_string_not_equal(feature_name((enum feature)f), feature_name((enum feature)g));
	}
}

static void the_spaces_own_moves_stand_with_it_and_not_with_the_others(void **state)
{
	(void)state;
	assert_int_equal(feature_group(F_STEP_OF_3, 3), GROUP_MOVES);
	assert_int_equal(feature_group(F_STEP_OF_3, 4), GROUP_SPACES);
	assert_int_equal(feature_group(F_LEVEL_3, 3), GROUP_LEVEL);
	assert_int_equal(feature_itself(F_STEP_OF_3, 3), F_STEP_1);
	assert_int_equal(feature_itself(F_OVER_OF_3, 3), F_OVER_3);
	assert_int_equal(feature_itself(F_LEVEL_3, 3), F_LEVEL);
	assert_int_equal(feature_itself(F_STEP_OF_3, 4), F_STEP_OF_3);
}

static void what_a_record_keeps_reads_back_as_json(void **state)
{
	const struct json *drivers, *similar;
	const char *told, *like;
	_cleanup_(buf_free) struct buf again = {0};
	size_t i = closing_of(4);
	double sum = 0;

	(void)state;
	assert_int_equal(reasons_record(&likeness, i, &arena, &told, &like, NULL), 0);
	assert_int_equal(json_read(told, strlen(told), "drivers", 1, &arena, &drivers, NULL), 0);
	assert_int_equal(json_read(like, strlen(like), "similar", 1, &arena, &similar, NULL), 0);
	assert_int_equal(drivers->n, N_FEATURE_GROUPS + 3);
	for (size_t k = 0; k < drivers->n; k++)
		sum += json_num(drivers, drivers->keys[k]);
	assert_near(sum, log_odds_of(outlook.now.p[i]), 1e-6);
	json_write(&again, drivers);
	assert_string_equal(again.s, told);
	buf_cut(&again, 0);
	json_write(&again, similar);
	assert_string_equal(again.s, like);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_parts_and_the_rest_make_the_log_odds_of_the_chance),
		cmocka_unit_test(the_start_is_the_pool_of_the_mean_cases),
		cmocka_unit_test(each_members_parts_and_rest_make_its_own_log_odds),
		cmocka_unit_test(the_rest_of_the_hazard_hardly_varies_while_its_chances_do),
		cmocka_unit_test(the_stack_says_of_a_made_case_what_it_said_of_the_real_one),
		cmocka_unit_test(where_conflict_alone_closes_spaces_it_is_the_driver),
		cmocka_unit_test(an_end_of_the_conflict_would_change_the_chance_most),
		cmocka_unit_test(the_nearest_cases_are_those_whose_driver_is_nearest),
		cmocka_unit_test(giving_up_early_finds_the_same_as_comparing_all),
		cmocka_unit_test(similar_cases_are_resolved_ones_of_the_question_one_a_country),
		cmocka_unit_test(of_one_country_no_outcome_year_counts_twice),
		cmocka_unit_test(what_followed_in_similar_cases_tells_conflict_from_peace),
		cmocka_unit_test(a_feature_is_said_in_the_terms_of_the_field),
		cmocka_unit_test(every_feature_has_a_name_of_its_own_and_words),
		cmocka_unit_test(the_spaces_own_moves_stand_with_it_and_not_with_the_others),
		cmocka_unit_test(what_a_record_keeps_reads_back_as_json),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_outlook, drop_outlook);
}
