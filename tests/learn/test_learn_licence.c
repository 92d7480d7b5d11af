/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_learn_licence.c - what is learned from restricted records is restricted too. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <tocsin/learn.h>

static struct observation *made_level(struct arena *arena, const char *unit, int year, double value)
{
	struct observation *o = record_new(arena, &kind_observation);

	o->r.unit = unit;
	o->r.valid_from = instant_of_year(year);
	o->r.known = instant_of_day(year + 1, 4, 1);
	o->indicator = "v2x_polyarchy";
	o->source = "vdem";
	o->value = value;
	record_identify(arena, o);
	return o;
}

static struct forecast *made_forecast(struct arena *arena, const char *unit, int origin, double p)
{
	struct forecast *forecast = record_new(arena, &kind_forecast);

	forecast->r.unit = unit;
	forecast->r.known = forecast->as_of = instant_of_day(origin + 1, 4, 1);
	forecast->question = "closing";
	forecast->origin = origin;
	forecast->p = forecast->logit = p;
	forecast->base_rate = forecast->persistence = 0.3;
	record_identify(arena, forecast);
	return forecast;
}

static struct alert *made_alert(struct arena *arena, const char *unit, const char *rule)
{
	struct alert *alert = record_new(arena, &kind_alert);

	alert->r.unit = unit;
	alert->r.valid_from = alert->r.known = instant_of_day(2012, 3, 1);
	alert->triggered = alert->issued = alert->changed = alert->r.known;
	alert->fingerprint = unit;
	alert->labels = "{}";
	alert->rule = rule;
	alert->title = "title";
	alert->level = 3;
	alert->direction = "threat";
	record_identify(arena, alert);
	return alert;
}

static struct response *made_response(struct arena *arena, const char *key, const char *instrument)
{
	struct response *response = record_new(arena, &kind_response);

	response->r.unit = "SRB";
	response->r.known = response->r.valid_from = instant_of_day(2012, 4, 1);
	response->key = key;
	response->instrument = instrument;
	response->days = 12;
	record_identify(arena, response);
	return response;
}

/* Half of the countries closed; alerts of two rules; responses of two instruments. */
static void make_world(struct records *in)
{
	static const char *const units[] = {"AAA", "BBB", "CCC", "DDD"};

	for (size_t u = 0; u < LENGTH(units); u++) {
		for (int year = 2008; year <= 2016; year++)
			records_add(in, made_level(in->arena, units[u], year, u % 2 ? 0.9 - 0.1 * (year - 2008) : 0.5));
		for (int origin = 2008; origin <= 2012; origin++)
			records_add(in, made_forecast(in->arena, units[u], origin, u % 2 ? 0.8 : 0.1));
		records_add(in, made_alert(in->arena, units[u], u < 2 ? "rule-a" : "rule-b"));
	}
	records_add(in, made_response(in->arena, "one", "sanctions"));
	records_add(in, made_response(in->arena, "two", "dialogue"));
}

static int strictness_of(const struct record *r)
{
	return str_eq(r->licence, "restricted") ? 2 : str_eq(r->licence, "share-alike");
}

/* No record is looser than what it names, wherever the restricted one stands. */
static void what_is_learned_is_never_looser_than_what_it_rests_on(void **state)
{
	static const char *const licences[] = {"open", "share-alike", "restricted"};

	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct records in = {.arena = &arena}, out = {.arena = &arena};
		struct learn_setup setup = {.as_of = instant_of_day(2018, 4, 1), .seed = 1};
		size_t settings = 0, rules = 0, responses = 0;
		struct rng rng;

		rng_seed(&rng, seed);
		make_world(&in);
		for (size_t i = 0; i < in.n; i++)
			in.v[i]->licence = rng_below(&rng, 5) ? "open" : licences[rng_below(&rng, 3)];
		assert_int_equal(learn_run(&setup, &in, &out, NULL), 0);
		for (size_t i = 0; i < out.n; i++) {
			const struct record *r = out.v[i];

			settings += r->kind == &kind_setting;
			rules += r->kind == &kind_score && str_eq(((const struct score *)r)->about, "rule");
			responses += r->kind == &kind_score && str_eq(((const struct score *)r)->about, "response");
			for (size_t k = 0; k < r->n_from; k++) {
				const struct record *from = records_find(&in, r->from[k].from_id);

				from = from ? from : records_find(&out, r->from[k].from_id);
				assert_non_null(from);
				if (strictness_of(r) < strictness_of(from))
					fail_msg("seed %d: a %s that is %s rests on a %s that is %s", (int)seed, r->kind->name,
						 r->licence, from->kind->name, from->licence);
			}
		}
		assert_true(settings >= 5 && rules == 3 && responses == 3);
	}
}

static void the_score_of_all_rules_is_as_strict_as_the_strictest_alert(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records in = {.arena = &arena}, out = {.arena = &arena};
	struct learn_setup setup = {.as_of = instant_of_day(2018, 4, 1), .seed = 1};
	const struct score *score;
	bool seen = false;

	(void)state;
	make_world(&in);
	for (size_t i = 0; i < in.n; i++)
		if (in.v[i]->kind == &kind_alert && str_eq(in.v[i]->unit, "DDD"))
			in.v[i]->licence = "restricted";
	assert_int_equal(learn_run(&setup, &in, &out, NULL), 0);
	for (size_t i = 0; (score = records_next(&out, &kind_score, &i));)
		if (str_eq(score->about, "rule")) {
			assert_string_equal(score->r.licence, str_eq(score->subject, "rule-a") ? "open" : "restricted");
			seen |= str_eq(score->subject, "all");
		}
	assert_true(seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_learned_is_never_looser_than_what_it_rests_on),
		cmocka_unit_test(the_score_of_all_rules_is_as_strict_as_the_strictest_alert),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("learn licence", tests, NULL, NULL);
}
