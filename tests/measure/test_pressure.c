/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_pressure.c - monthly pressure of events: what counts, over how long, and how sure it is. */
#include "measured.h"

#define CLOSE 1e-8    /* values in records have nine digits */

/* (h + 2 mu) / (n + 2), mu = (k + 1/2) / (all + 1): docs/methods/event-pressure.md */
static double share(double hits, double n, double k, double all)
{
	return (hits + 2 * (k + 0.5) / (all + 1)) / (n + 2);
}

static double value_of(const struct made *made, const char *indicator, const char *day)
{
	const struct observation *o = made_find(made, "SRB", indicator, day);

	assert_non_null(o);
	return o->value;
}

static void one_threat_alone_does_not_make_a_crisis(void **state)
{
	_cleanup_(made_close) struct made made;
	const struct observation *o;

	(void)state;
	made_open(&made, "2025-03-31");
	made_report(&made, "SRB", "2025-03-10", "court", "threat", "a");
	made_report(&made, "GEO", "2025-03-10", "eu_step", "opportunity", "a");   /* of all incidents half are threats */
	made_run(&made);
	o = made_find(&made, "SRB", "pressure_threat", "2025-03-01");
	assert_non_null(o);
	assert_near(o->value, 2.0 / 3, CLOSE);
	assert_near(o->low, sqrt(0.05), CLOSE);      /* Beta(2, 1) has the distribution function x^2 */
	assert_near(o->high, sqrt(0.95), CLOSE);
	assert_string_equal(o->source, "tocsin");
	assert_true(o->r.valid_past.usec == day_of("2025-04-01").usec);
	assert_true(o->r.known.usec == made.setup.as_of.usec);
}

static void reports_of_a_kind_a_day_apart_are_one_incident(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2025-03-31");
	made_report(&made, "SRB", "2025-03-10", "court", "threat", "a");
	made_report(&made, "SRB", "2025-03-11", "court", "threat", "b");
	made_report(&made, "SRB", "2025-03-11", "court", "threat", "c");
	made_run(&made);
	assert_near(value_of(&made, "pressure_threat", "2025-03-01"), share(1, 1, 1, 1), CLOSE);
	made_report(&made, "SRB", "2025-03-13", "court", "threat", "a");          /* two days later: another */
	made_run(&made);
	assert_near(value_of(&made, "pressure_threat", "2025-03-01"), share(2, 2, 2, 2), CLOSE);
}

static void an_incident_told_every_day_stays_one_and_is_of_the_month_it_began_in(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2025-06-30");
	made_report(&made, "SRB", "2025-03-30", "court", "threat", "a");
	made_report(&made, "SRB", "2025-03-31", "court", "threat", "a");
	made_report(&made, "SRB", "2025-04-01", "court", "threat", "b");
	made_run(&made);
	assert_near(value_of(&made, "pressure_threat", "2025-03-01"), share(1, 1, 1, 1), CLOSE);
	assert_non_null(made_find(&made, "SRB", "pressure_threat", "2025-05-01"));
	assert_null(made_find(&made, "SRB", "pressure_threat", "2025-06-01"));
}

static void another_unit_class_or_signal_is_another_incident(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2025-03-31");
	made_report(&made, "SRB", "2025-03-10", "court", "threat", "a");
	made_report(&made, "SRB", "2025-03-10", "protest", "threat", "a");
	made_report(&made, "SRB", "2025-03-10", "court", "opportunity", "a");
	made_report(&made, "SRB", "2025-03-10", "court", "none", "a");
	made_report(&made, "GEO", "2025-03-10", "court", "threat", "a");
	made_run(&made);
	assert_near(value_of(&made, "pressure_threat", "2025-03-01"), share(2, 4, 3, 5), CLOSE);
	assert_near(value_of(&made, "pressure_opportunity", "2025-03-01"), share(1, 4, 1, 5), CLOSE);
	assert_near(value_of(&made, "pressure_court", "2025-03-01"), share(1, 4, 2, 5), CLOSE);
	assert_near(value_of(&made, "pressure_protest", "2025-03-01"), share(1, 4, 1, 5), CLOSE);
}

static void what_was_negated_has_no_day_or_is_still_to_come_does_not_count(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2025-03-26");
	made_report(&made, "SRB", "2025-03-10", "court", "threat", "a");
	made_report(&made, "SRB", "2025-03-20", "court", "threat", "a")->negated = 1;
	made_report(&made, "SRB", NULL, "court", "threat", "a");
	made_report(&made, "SRB", "2025-03-28", "court", "threat", "a");
	made_report(&made, "SRB", "2025-04-02", "court", "threat", "a");
	made_report(&made, "SRB", "2025-03-25", "eu_step", "opportunity", "a")->negated = 0;
	made_run(&made);
	assert_near(value_of(&made, "pressure_threat", "2025-03-01"), share(1, 2, 1, 2), CLOSE);
	assert_null(made_find(&made, "SRB", "pressure_threat", "2025-04-01"));
}

static void a_month_looks_back_over_itself_and_two_more(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2025-12-31");
	made_report(&made, "SRB", "2025-01-31", "court", "threat", "a");
	made_report(&made, "SRB", "2025-04-01", "court", "threat", "a");
	made_run(&made);
	assert_null(made_find(&made, "SRB", "pressure_threat", "2024-12-01"));
	assert_near(value_of(&made, "pressure_threat", "2025-01-01"), share(1, 1, 1, 1), CLOSE);
	assert_near(value_of(&made, "pressure_threat", "2025-03-01"), share(1, 1, 1, 1), CLOSE);
	assert_near(value_of(&made, "pressure_threat", "2025-04-01"), share(1, 1, 2, 2), CLOSE);
	assert_non_null(made_find(&made, "SRB", "pressure_threat", "2025-06-01"));
	assert_null(made_find(&made, "SRB", "pressure_threat", "2025-07-01"));
}

static void no_month_after_the_date_is_spoken_of(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2025-02-10");
	made_report(&made, "SRB", "2025-01-31", "court", "threat", "a");
	made_run(&made);
	assert_non_null(made_find(&made, "SRB", "pressure_threat", "2025-02-01"));
	assert_null(made_find(&made, "SRB", "pressure_threat", "2025-03-01"));
}

static void silence_gives_no_value_rather_than_a_low_one(void **state)
{
	_cleanup_(made_close) struct made made;

	(void)state;
	made_open(&made, "2025-03-31");
	made_run(&made);
	assert_int_equal(made.out.n, 0);
	made_report(&made, "SRB", "2025-03-10", "eu_step", "opportunity", "a");
	made_report(&made, "GEO", "2025-03-10", "court", "threat", "a");
	made_run(&made);
	assert_null(made_find(&made, "SRB", "pressure_threat", "2025-03-01"));
	assert_null(made_find(&made, "SRB", "pressure_eu_step", "2025-03-01"));   /* classes are of threats */
	assert_non_null(made_find(&made, "SRB", "pressure_opportunity", "2025-03-01"));
}

static void reports_and_voices_are_counted_of_the_kind_and_a_copy_has_the_voice_of_its_original(void **state)
{
	_cleanup_(made_close) struct made made;
	const struct observation *o;

	(void)state;
	made_open(&made, "2025-03-31");
	made_report(&made, "SRB", "2025-03-10", "court", "threat", "a");
	made_report(&made, "SRB", "2025-03-10", "court", "threat", "b");
	made_report(&made, "SRB", "2025-03-11", "court", "threat", "a");          /* a copy speaks as its original */
	made_report(&made, "SRB", "2025-03-20", "protest", "threat", "a");
	made_report(&made, "SRB", "2025-03-20", "eu_step", "opportunity", "c");
	made_run(&made);
	o = made_find(&made, "SRB", "pressure_threat", "2025-03-01");
	assert_true(o->n == 4);
	assert_int_equal(o->sources, 2);
	assert_int_equal(o->r.n_from, 4);
	o = made_find(&made, "SRB", "pressure_opportunity", "2025-03-01");
	assert_true(o->n == 1);
	assert_int_equal(o->sources, 1);
	assert_string_equal(o->r.from[0].from_id, made.in.v[4]->id);
}

static double court_weighs(const void *user, const char *unit, const char *civic_class)
{
	assert_string_equal(unit, "SRB");
	return strcmp(civic_class, "court") == 0 ? *(const double *)user : 1;
}

static void a_class_weighs_what_the_profile_says(void **state)
{
	_cleanup_(made_close) struct made made;
	double weight = 3;

	(void)state;
	made_open(&made, "2025-03-31");
	made.setup.weight = court_weighs;
	made.setup.user = &weight;
	made_report(&made, "SRB", "2025-03-10", "court", "threat", "a");
	made_report(&made, "SRB", "2025-03-10", "protest", "none", "a");
	made_run(&made);
	assert_near(value_of(&made, "pressure_threat", "2025-03-01"), share(3, 4, 1, 2), CLOSE);
	weight = 0;                                                  /* it does not count at all */
	made_run(&made);
	assert_null(made_find(&made, "SRB", "pressure_threat", "2025-03-01"));
}

static void a_country_much_written_about_has_no_more_pressure(void **state)
{
	_cleanup_(made_close) struct made made;
	double few, many;

	(void)state;
	made_open(&made, "2025-03-31");
	for (int i = 0; i < 20; i++) {
		const char *unit = i < 2 ? "GEO" : "SRB";

		made_report(&made, unit, arena_printf(&made.arena, "2025-0%d-%02d", 2 + i / 10, 1 + 2 * (i % 10)),
			    i % 2 ? "court" : "eu_step", i % 2 ? "threat" : "opportunity", "a");
	}
	made_run(&made);
	few = made_find(&made, "GEO", "pressure_threat", "2025-03-01")->value;
	many = made_find(&made, "SRB", "pressure_threat", "2025-03-01")->value;
	assert_near(few, many, CLOSE);
	assert_near(few, 0.5, CLOSE);
	assert_true(made_find(&made, "GEO", "pressure_threat", "2025-03-01")->low <
		    made_find(&made, "SRB", "pressure_threat", "2025-03-01")->low);   /* but is less sure */
}

/* ---- properties ---- */

static const char *const signals[] = {"threat", "opportunity", "none"};
static const char *const units[] = {"GEO", "SRB", "UKR"};
static const char *const feeds[] = {"a", "b", "c", "d"};

static void reports_make(struct made *made, struct rng *rng, const char *as_of, size_t n)
{
	made_open(made, as_of);
	for (size_t i = 0; i < n; i++)
		made_report(made, units[rng_below(rng, LENGTH(units))],
			    arena_printf(&made->arena, "2024-%02zu-%02zu", 1 + rng_below(rng, 12), 1 + rng_below(rng, 28)),
			    civic_classes[rng_below(rng, 3)], signals[rng_below(rng, LENGTH(signals))],
			    feeds[rng_below(rng, LENGTH(feeds))]);
}

static void values_are_shares_within_their_intervals_and_threat_and_opportunity_fit_into_one(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 11);
	for (int round = 0; round < 60; round++) {
		_cleanup_(made_close) struct made made;
		const struct observation *o;

		reports_make(&made, &rng, "2025-02-01", 1 + rng_below(&rng, 80));
		made_run(&made);
		for (size_t i = 0; (o = records_next(&made.out, &kind_observation, &i));) {
			char month[40];
			const struct observation *other;

			assert_true(0 < o->low && o->low < o->value && o->value < o->high && o->high < 1);
			assert_true(o->n >= (double)o->sources && o->sources >= 1 && o->sources <= (int64_t)LENGTH(feeds));
			assert_int_equal(o->r.n_from, (size_t)o->n);
			instant_write(o->r.valid_from, month);
			other = made_find(&made, o->r.unit, "pressure_opportunity", month);
			if (other && strcmp(o->indicator, "pressure_threat") == 0)
				assert_true(o->value + other->value <= 1 + CLOSE);
		}
	}
}

static void the_order_of_the_reports_does_not_matter(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 12);
	for (int round = 0; round < 60; round++) {
		_cleanup_(made_close) struct made made;
		const char *before;

		reports_make(&made, &rng, "2025-02-01", 60);
		made_run(&made);
		before = made_text(&made);
		made_shuffle(&made, &rng);
		made_run(&made);
		assert_string_equal(made_text(&made), before);
	}
}

static void more_voices_on_the_same_day_change_no_value(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 13);
	for (int round = 0; round < 60; round++) {
		_cleanup_(made_close) struct made made;
		struct records before;
		const struct observation *old;
		size_t n;

		reports_make(&made, &rng, "2025-02-01", 40);
		made_run(&made);
		before = made.out;
		n = made.in.n;
		for (size_t i = 0; i < n; i++) {
			const struct event *event = (const struct event *)made.in.v[i];
			char day[40];

			instant_write(event->r.valid_from, day);
			made_report(&made, event->r.unit, day, event->civic_class, event->signal, "another");
		}
		made_run(&made);
		assert_int_equal(made.out.n, before.n);
		for (size_t i = 0; (old = records_next(&before, &kind_observation, &i));) {
			const struct observation *new = records_find(&made.out, old->r.id);

			assert_non_null(new);
			assert_true(new->value == old->value && new->low == old->low && new->n == 2 * old->n);
			assert_int_equal(new->sources, old->sources + 1);
		}
	}
}

static void no_later_month_changes_an_earlier_one(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 14);
	for (int round = 0; round < 60; round++) {
		_cleanup_(made_close) struct made made;
		struct records early;
		const struct observation *old;

		reports_make(&made, &rng, "2024-06-30", 60);
		made_run(&made);
		early = made.out;
		made.setup.as_of = day_of("2025-02-01");
		made_run(&made);
		assert_true(made.out.n > early.n);
		for (size_t i = 0; (old = records_next(&early, &kind_observation, &i));) {
			const struct observation *new = records_find(&made.out, old->r.id);

			assert_non_null(new);
			assert_true(new->value == old->value && new->low == old->low && new->high == old->high);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_threat_alone_does_not_make_a_crisis),
		cmocka_unit_test(reports_of_a_kind_a_day_apart_are_one_incident),
		cmocka_unit_test(an_incident_told_every_day_stays_one_and_is_of_the_month_it_began_in),
		cmocka_unit_test(another_unit_class_or_signal_is_another_incident),
		cmocka_unit_test(what_was_negated_has_no_day_or_is_still_to_come_does_not_count),
		cmocka_unit_test(a_month_looks_back_over_itself_and_two_more),
		cmocka_unit_test(no_month_after_the_date_is_spoken_of),
		cmocka_unit_test(silence_gives_no_value_rather_than_a_low_one),
		cmocka_unit_test(reports_and_voices_are_counted_of_the_kind_and_a_copy_has_the_voice_of_its_original),
		cmocka_unit_test(a_class_weighs_what_the_profile_says),
		cmocka_unit_test(a_country_much_written_about_has_no_more_pressure),
		cmocka_unit_test(values_are_shares_within_their_intervals_and_threat_and_opportunity_fit_into_one),
		cmocka_unit_test(the_order_of_the_reports_does_not_matter),
		cmocka_unit_test(more_voices_on_the_same_day_change_no_value),
		cmocka_unit_test(no_later_month_changes_an_earlier_one),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("pressure", tests, NULL, NULL);
}
