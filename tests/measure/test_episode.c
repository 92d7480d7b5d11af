/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_episode.c - the rules of candidate sequences, one by one on small series. */
#include "measured.h"

/*
 * label[i]: 0, or the number of the sequence that year i is of, a later one overwriting; the largest comes back. The
 * regime's type changes here with the regime alone, regimes are 0..3 or -1.
 */
static int sequence_label(const double *v, const int *regime, size_t n, int direction, const struct episode_rule *rule,
			  int *label)
{
	int8_t regimes[80];
	struct ert_regime changes[80];
	struct ert_input in = {.n = n, .v = v, .regime = regimes};
	struct ert_span span;
	size_t at = 0;
	int id = 0;

	assert_true(n <= 80);
	for (size_t i = 0; i < n; i++) {
		bool known = i && regime[i] >= 0 && regime[i - 1] >= 0;

		label[i] = 0;
		regimes[i] = regime[i] < 0 ? ERT_NONE : (int8_t)regime[i];
		changes[i] = (struct ert_regime){
			.change = known ? (int8_t)((regime[i] > 1) - (regime[i - 1] > 1)) : ERT_NONE,
		};
	}
	while (ert_candidate(&in, changes, rule, direction, &at, &span) == 1) {
		id++;
		for (size_t i = span.first; i <= span.last; i++)
			label[i] = id;
	}
	return id;
}

/* Labels as text, one character a year: '.' for none. Regimes likewise: '0'..'3', '-' for not known. */
static const char *label_with(const struct episode_rule *rule, int direction, const char *regimes, const double *v,
			      size_t n)
{
	static char text[64];
	int regime[64], label[64], last;

	assert_true(n < 64 && (!regimes || strlen(regimes) == n));
	for (size_t i = 0; i < n; i++)
		regime[i] = !regimes || regimes[i] == '-' ? -1 : regimes[i] - '0';
	last = sequence_label(v, regime, n, direction, rule, label);
	for (size_t i = 0; i < n; i++) {
		assert_in_range(label[i], 0, last);
		text[i] = label[i] ? (char)('0' + label[i]) : '.';
	}
	text[n] = '\0';
	return text;
}

/* The same from the steps, beginning at a half. */
static const char *label_steps(int direction, const char *regimes, const double *d, size_t n)
{
	double v[64] = {0.5};

	for (size_t i = 0; i < n; i++)
		v[i + 1] = v[i] + d[i];
	return label_with(&episode_default, direction, regimes, v, n + 1);
}

#define STEPS(...) (const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}) / sizeof(double)
#define OPENING(regimes, ...) label_steps(1, regimes, STEPS(__VA_ARGS__))
#define CLOSING(regimes, ...) label_steps(-1, regimes, STEPS(__VA_ARGS__))

static void the_default_is_the_published_setting(void **state)
{
	(void)state;
	assert_true(episode_default.start_incl == 0.01 && episode_default.cum_incl == 0.1);
	assert_true(episode_default.year_turn == 0.03 && episode_default.cum_turn == 0.1);
	assert_int_equal(episode_default.tolerance, 5);
}

static void a_step_starts_a_sequence_with_the_year_before_it(void **state)
{
	(void)state;
	assert_string_equal(OPENING(NULL, 0, 0.02, 0.02), ".111");
	assert_string_equal(OPENING(NULL, 0, 0.009, 0.009), "....");
	assert_string_equal(OPENING(NULL, 0, -0.02, -0.02), "....");
	assert_string_equal(CLOSING(NULL, 0, -0.02, -0.02), ".111");
	assert_string_equal(CLOSING(NULL, 0, -0.009, -0.009), "....");
}

static void a_step_is_compared_as_the_doubles_give_it(void **state)
{
	(void)state;
	assert_string_equal(label_with(&episode_default, 1, NULL, STEPS(0.50, 0.51)), "11");   /* 0.010000000000000009 */
	assert_string_equal(label_with(&episode_default, 1, NULL, STEPS(0.02, 0.03)), "..");   /* 0.009999999999999998 */
	assert_string_equal(label_with(&episode_default, -1, NULL, STEPS(0.51, 0.50)), "11");
	assert_string_equal(label_with(&episode_default, -1, NULL, STEPS(0.03, 0.02)), "..");
}

static void five_years_of_stasis_stop_a_sequence_and_four_do_not(void **state)
{
	(void)state;
	assert_string_equal(OPENING(NULL, 0.02, 0, 0, 0, 0, 0, 0.02), "11111122");
	assert_string_equal(OPENING(NULL, 0.02, 0, 0, 0, 0, 0.02, 0.02), "11111111");
	assert_string_equal(CLOSING(NULL, -0.02, 0, 0, 0, 0, 0, -0.02), "11111122");
	assert_string_equal(CLOSING(NULL, -0.02, 0, 0, 0, 0, -0.02, -0.02), "11111111");
}

static void a_new_step_sets_the_count_of_stasis_back(void **state)
{
	(void)state;
	assert_string_equal(OPENING(NULL, 0.02, 0, 0, 0, 0, 0.02, 0, 0, 0, 0, 0.02), "111111111111");
	assert_string_equal(CLOSING(NULL, -0.02, 0, 0, 0, 0, -0.02, 0, 0, 0, 0, -0.02), "111111111111");
}

static void the_tolerance_is_the_rules(void **state)
{
	const double v[] = {0.5, 0.52, 0.52, 0.52, 0.52, 0.54};
	struct episode_rule rule = episode_default;

	(void)state;
	assert_string_equal(label_with(&rule, 1, NULL, v, 6), "111111");
	rule.tolerance = 3;
	assert_string_equal(label_with(&rule, 1, NULL, v, 6), "111122");
	rule.start_incl = 0.025;
	assert_string_equal(label_with(&rule, 1, NULL, v, 6), "......");
}

static void a_turn_within_one_year_stops_a_sequence(void **state)
{
	(void)state;
	assert_string_equal(OPENING(NULL, 0.02, 0.02, -0.031, 0.02), "11122");
	assert_string_equal(OPENING(NULL, 0.02, 0.02, -0.029, 0.02), "11111");
	assert_string_equal(CLOSING(NULL, -0.02, -0.02, 0.031, -0.02), "11122");
	assert_string_equal(CLOSING(NULL, -0.02, -0.02, 0.029, -0.02), "11111");
}

static void small_turns_during_stasis_add_up_to_a_turn(void **state)
{
	(void)state;
	assert_string_equal(OPENING(NULL, 0.02, -0.029, -0.029, -0.029, -0.029, 0.02, 0), "11111222");
	assert_string_equal(OPENING(NULL, 0.02, -0.02, -0.02, -0.02, -0.02, 0.02, 0), "11111111");
	assert_string_equal(CLOSING(NULL, -0.02, 0.029, 0.029, 0.029, 0.029, -0.02, 0), "11111222");
	assert_string_equal(CLOSING(NULL, -0.02, 0.02, 0.02, 0.02, 0.02, -0.02, 0), "11111111");
}

static void a_new_step_sets_the_sum_of_small_turns_back(void **state)
{
	(void)state;
	assert_string_equal(OPENING(NULL, 0.02, -0.029, -0.029, -0.029, 0.02, -0.029, -0.029, 0), "111111111");
	assert_string_equal(CLOSING(NULL, -0.02, 0.029, 0.029, 0.029, -0.02, 0.029, 0.029, 0), "111111111");
}

static void a_missing_year_stops_a_sequence(void **state)
{
	(void)state;
	assert_string_equal(label_with(&episode_default, 1, NULL, STEPS(0.3, 0.32, NAN, 0.34, 0.36)), "11.22");
	assert_string_equal(label_with(&episode_default, 1, NULL, STEPS(0.3, 0.32, 0.32, NAN, 0.34)), "111..");
	assert_string_equal(label_with(&episode_default, -1, NULL, STEPS(0.4, 0.38, NAN, 0.36, 0.34)), "11.22");
	assert_string_equal(label_with(&episode_default, 1, NULL, STEPS(0.3, 0.32, 0.32, NAN)), "111.");
}

static void a_change_of_regime_type_the_other_way_stops_a_sequence_and_the_next_takes_its_last_year(void **state)
{
	(void)state;
	assert_string_equal(OPENING("22111", 0.02, 0.02, 0.02, 0.02), "11222");
	assert_string_equal(OPENING("11222", 0.02, 0.02, 0.02, 0.02), "11111");
	assert_string_equal(OPENING("33222", 0.02, 0.02, 0.02, 0.02), "11111");
	assert_string_equal(CLOSING("11222", -0.02, -0.02, -0.02, -0.02), "11222");
	assert_string_equal(CLOSING("22111", -0.02, -0.02, -0.02, -0.02), "11111");
}

static void a_fall_to_closed_autocracy_stops_an_opening_and_a_rise_to_liberal_democracy_a_closing(void **state)
{
	(void)state;
	assert_string_equal(OPENING("11000", 0.02, 0.02, 0.02, 0.02), "11222");
	assert_string_equal(OPENING("00000", 0.02, 0.02, 0.02, 0.02), "11111");
	assert_string_equal(OPENING("22333", 0.02, 0.02, 0.02, 0.02), "11111");
	assert_string_equal(CLOSING("22333", -0.02, -0.02, -0.02, -0.02), "11222");
	assert_string_equal(CLOSING("33333", -0.02, -0.02, -0.02, -0.02), "11111");
	assert_string_equal(CLOSING("11000", -0.02, -0.02, -0.02, -0.02), "11111");
}

static void a_regime_that_is_not_known_stops_nothing(void **state)
{
	(void)state;
	assert_string_equal(OPENING("2-111", 0.02, 0.02, 0.02, 0.02), "11111");
	assert_string_equal(OPENING("11-00", 0.02, 0.02, 0.02, 0.02), "11111");
	assert_string_equal(CLOSING("1-222", -0.02, -0.02, -0.02, -0.02), "11111");
	assert_string_equal(CLOSING("-3333", -0.02, -0.02, -0.02, -0.02), "11111");
}

static void stasis_belongs_to_the_sequence_up_to_the_year_before_the_stop(void **state)
{
	(void)state;
	assert_string_equal(OPENING(NULL, 0.02, 0, -0.04, 0), "111..");
	assert_string_equal(OPENING(NULL, 0.02, -0.04, 0, 0), "11...");
	assert_string_equal(CLOSING(NULL, -0.02, 0, 0.04, 0), "111..");
}

static void stasis_in_the_last_year_belongs_to_the_sequence_unless_it_turned(void **state)
{
	(void)state;
	assert_string_equal(OPENING(NULL, 0.02, 0, 0), "1111");
	assert_string_equal(OPENING(NULL, 0.02, 0, -0.04), "111.");
	assert_string_equal(CLOSING(NULL, -0.02, 0, 0), "1111");
	assert_string_equal(CLOSING(NULL, -0.02, 0, 0.04), "111.");
}

static void a_series_without_a_step_has_no_sequence(void **state)
{
	const double one = 0.5;
	int label = 7, regime = 1;

	(void)state;
	assert_int_equal(sequence_label(&one, &regime, 1, 1, &episode_default, &label), 0);
	assert_int_equal(label, 0);
	assert_int_equal(sequence_label(NULL, NULL, 0, 1, &episode_default, NULL), 0);
	assert_string_equal(label_with(&episode_default, 1, NULL, STEPS(NAN, NAN, 0.4, NAN)), "....");
}

/* ---- properties, on steps of 1/1024, of which sums and differences are exact ---- */

static const struct episode_rule exact = {8 / 1024., 96 / 1024., 32 / 1024., 96 / 1024., 5};

struct walk {
	double v[64];
	int regime[64];
	size_t n;
};

static void walk_make(struct rng *rng, struct walk *walk)
{
	double at = 0.5;

	walk->n = 2 + rng_below(rng, 62);
	for (size_t i = 0; i < walk->n; i++) {
		at += ((double)rng_below(rng, 65) - 32 + (rng_below(rng, 8) == 0 ? -16 : 4)) / 1024;
		walk->v[i] = rng_below(rng, 24) == 0 ? NAN : at;
		walk->regime[i] = i && rng_below(rng, 4) ? walk->regime[i - 1] : (int)rng_below(rng, 5) - 1;
	}
}

static void closing_is_opening_seen_in_a_mirror(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 4);
	for (int round = 0; round < 2000; round++) {
		struct walk walk, mirror;
		int opening[64], closing[64];

		walk_make(&rng, &walk);
		mirror.n = walk.n;
		for (size_t i = 0; i < walk.n; i++) {
			mirror.v[i] = 1 - walk.v[i];
			mirror.regime[i] = walk.regime[i] < 0 ? -1 : 3 - walk.regime[i];
		}
		assert_int_equal(sequence_label(walk.v, walk.regime, walk.n, 1, &exact, opening),
				 sequence_label(mirror.v, mirror.regime, mirror.n, -1, &exact, closing));
		assert_memory_equal(opening, closing, walk.n * sizeof *opening);
	}
}

static void years_before_the_first_and_a_shift_of_the_index_do_not_matter(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 5);
	for (int round = 0; round < 2000; round++) {
		struct walk walk;
		int label[64], moved[80];
		double v[80];
		int regime[80];

		walk_make(&rng, &walk);
		for (size_t i = 0; i < 16; i++) {
			v[i] = NAN;
			regime[i] = -1;
		}
		for (size_t i = 0; i < walk.n; i++) {
			v[16 + i] = walk.v[i] + 0.25;
			regime[16 + i] = walk.regime[i];
		}
		assert_int_equal(sequence_label(walk.v, walk.regime, walk.n, 1, &exact, label),
				 sequence_label(v, regime, walk.n + 16, 1, &exact, moved));
		assert_memory_equal(label, moved + 16, walk.n * sizeof *label);
	}
}

static void sequences_are_whole_in_order_begin_with_a_step_and_hold_every_step(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 6);
	for (int round = 0; round < 2000; round++) {
		struct walk walk;
		int label[64], highest = 0;

		walk_make(&rng, &walk);
		sequence_label(walk.v, walk.regime, walk.n, 1, &exact, label);
		for (size_t i = 0; i < walk.n; i++) {
			if (label[i]) {
				assert_false(isnan(walk.v[i]));
				assert_true(label[i] >= highest);
				if (label[i] == highest)
					assert_int_equal(label[i - 1], highest);
				else
					assert_true(walk.v[i + 1] - walk.v[i] >= exact.start_incl);
				highest = label[i];
			}
			if (i && walk.v[i] - walk.v[i - 1] >= exact.start_incl)
				assert_true(label[i] && label[i - 1]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_is_the_published_setting),
		cmocka_unit_test(a_step_starts_a_sequence_with_the_year_before_it),
		cmocka_unit_test(a_step_is_compared_as_the_doubles_give_it),
		cmocka_unit_test(five_years_of_stasis_stop_a_sequence_and_four_do_not),
		cmocka_unit_test(a_new_step_sets_the_count_of_stasis_back),
		cmocka_unit_test(the_tolerance_is_the_rules),
		cmocka_unit_test(a_turn_within_one_year_stops_a_sequence),
		cmocka_unit_test(small_turns_during_stasis_add_up_to_a_turn),
		cmocka_unit_test(a_new_step_sets_the_sum_of_small_turns_back),
		cmocka_unit_test(a_missing_year_stops_a_sequence),
		cmocka_unit_test(a_change_of_regime_type_the_other_way_stops_a_sequence_and_the_next_takes_its_last_year),
		cmocka_unit_test(a_fall_to_closed_autocracy_stops_an_opening_and_a_rise_to_liberal_democracy_a_closing),
		cmocka_unit_test(a_regime_that_is_not_known_stops_nothing),
		cmocka_unit_test(stasis_belongs_to_the_sequence_up_to_the_year_before_the_stop),
		cmocka_unit_test(stasis_in_the_last_year_belongs_to_the_sequence_unless_it_turned),
		cmocka_unit_test(a_series_without_a_step_has_no_sequence),
		cmocka_unit_test(closing_is_opening_seen_in_a_mirror),
		cmocka_unit_test(years_before_the_first_and_a_shift_of_the_index_do_not_matter),
		cmocka_unit_test(sequences_are_whole_in_order_begin_with_a_step_and_hold_every_step),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("episode", tests, NULL, NULL);
}
