/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_effects_lesson.c - what the loop learns of its responses: an effect, or why nobody can tell. */
#include "tests/learn/made_past.h"

#include <tocsin/stats.h>

#include "tests/near.h"

#define FIRST 1995
#define LAST 2016

static void made_response(struct past *past, const char *unit, const char *instrument, const char *day)
{
	struct response *response = record_new(&past->arena, &kind_response);

	response->r.unit = unit;
	response->r.valid_from = response->r.known = day_of(day);
	response->key = arena_printf(&past->arena, "%s %s", unit, day);
	response->instrument = instrument;
	record_identify(&past->arena, response);
	records_add(&past->in, response);
}

/* n units that move little; the first `treated` rise by `effect` from 2010 on. */
static void made_world(struct past *past, size_t n, size_t treated, double effect)
{
	struct rng rng;

	rng_seed(&rng, 5);
	past_open(past, "2017-06-01");
	for (size_t i = 0; i < n; i++) {
		const char *unit = arena_printf(&past->arena, "U%02zu", i);

		for (int64_t year = FIRST; year <= LAST; year++)
			made_index(past, unit, year, 0.5 + 0.02 * normal_draw(&rng) + (i < treated && year >= 2010) * effect);
		if (i < treated)
			made_response(past, unit, i % 2 ? "AID" : "STATEMENT", "2010-03-01");
	}
}

static void run(struct past *past)
{
	past->out = (struct records){.arena = &past->arena};
	assert_int_equal(learn_responses(&past->setup, &past->in, &past->out, NULL), 0);
}

static void an_effect_of_responses_is_learned_for_each_instrument_and_all(void **state)
{
	struct past past;
	const struct score *all, *aid;

	(void)state;
	made_world(&past, 40, 8, 0.1);
	run(&past);
	assert_int_equal(past.out.n, 3);
	all = score_of(&past, "all", "-", INT_MISSING);
	aid = score_of(&past, "AID", "-", INT_MISSING);
	assert_string_equal(all->about, "effect");
	assert_near(all->skill, 0.1, 0.02);
	assert_true(all->skill_low > 0 && all->skill_low < all->skill && all->skill_high > all->skill);
	assert_near(all->n, 8, 0);
	assert_near(aid->n, 4, 0);
	assert_near(aid->skill, 0.1, 0.03);
	assert_int_equal(aid->r.n_from, 4);
	assert_null(all->r.missing);
	assert_non_null(strstr(all->verdict, "higher by 0."));
	arena_free(&past.arena);
}

static void few_units_leave_the_effect_null_with_the_reason(void **state)
{
	struct past past;
	const struct score *all;

	(void)state;
	made_world(&past, 12, 3, 0.5);
	run(&past);
	all = score_of(&past, "all", "-", INT_MISSING);
	assert_true(isnan(all->skill) && isnan(all->skill_low) && isnan(all->skill_high));
	assert_non_null(strstr(all->r.missing, "cannot tell: 3 treated, none can be judged; the nearest: 9 donors"));
	arena_free(&past.arena);
}

static void noise_has_an_interval_and_no_claim(void **state)
{
	struct past past;

	(void)state;
	made_world(&past, 40, 6, 0);
	run(&past);
	assert_true(score_of(&past, "all", "-", INT_MISSING)->skill_low < 0);
	assert_true(score_of(&past, "all", "-", INT_MISSING)->skill_high > 0);
	assert_true(str_starts(score_of(&past, "all", "-", INT_MISSING)->verdict, "cannot tell: the 95 % interval"));
	arena_free(&past.arena);
}

static void what_became_known_later_teaches_nothing_yet(void **state)
{
	struct past past;

	(void)state;
	made_world(&past, 40, 8, 0.1);
	past.setup.as_of = day_of("2009-12-31");
	run(&past);
	assert_int_equal(past.out.n, 0);
	past.setup.as_of = day_of("2010-12-31");    /* the responses are known, the index of 2010 is not */
	run(&past);
	assert_non_null(strstr(score_of(&past, "all", "-", INT_MISSING)->r.missing, "no year from its start on is known"));
	arena_free(&past.arena);
}

static void of_two_releases_the_later_one_counts(void **state)
{
	struct past past, again;

	(void)state;
	made_world(&past, 40, 8, 0.1);
	made_world(&again, 40, 8, 0.1);
	for (size_t i = 0; i < 40; i++) {
		struct observation *o = made_index(&again, arena_printf(&again.arena, "U%02zu", i), 2012, 7);

		o->r.known = instant_of_day(2013, 3, 1);    /* a month before the one that made_world made */
		o->source = "other";
	}
	run(&past);
	run(&again);
	assert_near(score_of(&again, "all", "-", INT_MISSING)->skill, score_of(&past, "all", "-", INT_MISSING)->skill, 0);
	arena_free(&past.arena);
	arena_free(&again.arena);
}

static void one_instrument_has_its_own_score(void **state)
{
	struct past past;

	(void)state;
	made_world(&past, 40, 1, 0.3);
	run(&past);
	assert_int_equal(past.out.n, 2);
	assert_near(score_of(&past, "STATEMENT", "-", INT_MISSING)->n, 1, 0);
	arena_free(&past.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_effect_of_responses_is_learned_for_each_instrument_and_all),
		cmocka_unit_test(few_units_leave_the_effect_null_with_the_reason),
		cmocka_unit_test(noise_has_an_interval_and_no_claim),
		cmocka_unit_test(what_became_known_later_teaches_nothing_yet),
		cmocka_unit_test(of_two_releases_the_later_one_counts),
		cmocka_unit_test(one_instrument_has_its_own_score),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
