/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_civic.c - the frame, and what one unit's sources and incidents make of it. */
#include "measured.h"

#include "measure/civic.h"

static const char frame_text[] =
	"[bands]\ncuts = 20 40 60 80\nhysteresis = 0.6\n[prior]\nvalue = 50\nsd = 25\n[sources]\nyears = 3\ndrift = 2\n"
	"[live]\nlimit = 10\nhalf_life_days = 100\nhorizon_days = 400\nvolume = 4\nnoise = 0.5\n"
	"[watch]\nchance = 0.4\nfall = 3\n"
	"[severity]\ncensorship = expression 6\nngo_law = association 3\n"
	"[indicator a]\nlow = 0\nhigh = 10\nweight = 3\nsd = 0.5\n"
	"[indicator rank]\nlow = 180\nhigh = 1\ndimensions = expression\nweight = 1\n";

struct world {
	struct arena arena;
	struct civic_frame *frame;
	struct civic_source sources[4];
	struct civic_incident incidents[100];
	struct civic_unit unit;
	struct err err;
};

static const struct event no_event;
static const struct event *one_event[1] = {&no_event};

static void world_open(struct world *w)
{
	*w = (struct world){.unit = {.unit = "SRB"}};
	w->frame = civic_frame_new(&w->arena);
	if (civic_frame_read("frame.conf", frame_text, strlen(frame_text), &w->arena, w->frame, &w->err) < 0)
		fail_msg("%s", w->err.msg);
	w->unit.sources = w->sources;
	w->unit.incidents = w->incidents;
}

static void world_close(struct world *w)
{
	arena_free(&w->arena);
}

static void add_source(struct world *w, const char *indicator, int64_t year, double value, double sd)
{
	w->sources[w->unit.n_sources++] =
		(struct civic_source){civic_indicator_find(w->frame, indicator), year * 12 + 11, value, sd, NULL};
}

static void add_incident(struct world *w, int64_t day, int dimension, double points)
{
	w->incidents[w->unit.n_incidents++] = (struct civic_incident){
		.day = day, .dimension = dimension, .points = points, .confidence = 1, .civic_class = "censorship",
		.events = one_event, .n = 1, .signal = points < 0 ? -1 : 1};
}

static int64_t day(const char *text)
{
	return day_of(text).usec / USEC_PER_DAY;
}

static struct civic_rating rate(const struct world *w, const char *on, int before)
{
	struct civic_rating rating;

	civic_rate(w->frame, &w->unit, day(on), before, &rating, NULL, NULL);
	return rating;
}

static void sources_are_rebased_and_weighed(void **state)
{
	_cleanup_(world_close) struct world w;
	struct civic_rating r;

	(void)state;
	world_open(&w);
	add_source(&w, "a", 2020, 6, NAN);           /* 60 in all three, weight 3, error 5 */
	add_source(&w, "rank", 2020, 180 - 179 * 0.2, NAN);   /* 20 in expression, weight 1, no error */
	r = rate(&w, "2020-12-31", -1);
	assert_near(r.v[CIVIC_ASSEMBLY].value, 60, 1e-9);
	assert_near(r.v[CIVIC_ASSEMBLY].sd, 5, 1e-9);
	assert_near(r.v[CIVIC_EXPRESSION].value, 50, 1e-9);
	/* own errors (3/4 * 5)^2, and the spread 300 by squared shares 10/16 */
	assert_near(r.v[CIVIC_EXPRESSION].sd, sqrt(pow(3.75, 2) + 300 * 10.0 / 16), 1e-9);
	assert_near(r.v[CIVIC_SPACE].value, (60 + 60 + 50) / 3.0, 1e-9);
	assert_int_equal(r.n_sources, 2);
}

static void a_newer_value_replaces_an_older_one_and_age_widens_it(void **state)
{
	_cleanup_(world_close) struct world w;

	(void)state;
	world_open(&w);
	add_source(&w, "a", 2019, 2, NAN);
	add_source(&w, "a", 2020, 6, 0.5);
	assert_near(rate(&w, "2019-12-31", -1).v[CIVIC_SPACE].value, 20, 1e-9);
	assert_near(rate(&w, "2020-12-31", -1).v[CIVIC_SPACE].value, 60, 1e-9);
	assert_near(rate(&w, "2022-12-31", -1).v[CIVIC_ASSEMBLY].sd, hypot(5, 4), 1e-9);
	assert_near(rate(&w, "2023-12-31", -1).v[CIVIC_SPACE].value, 60, 1e-9);
	assert_near(rate(&w, "2024-12-31", -1).v[CIVIC_SPACE].value, 50, 1e-9);    /* four years: the prior */
	assert_near(rate(&w, "2024-12-31", -1).v[CIVIC_SPACE].sd, 25, 1e-9);
}

static void incidents_halve_and_end_at_the_horizon(void **state)
{
	_cleanup_(world_close) struct world w;

	(void)state;
	world_open(&w);
	add_source(&w, "a", 2020, 6, 0);
	add_incident(&w, day("2021-01-01"), CIVIC_EXPRESSION, -6);
	assert_near(rate(&w, "2021-01-01", -1).v[CIVIC_EXPRESSION].live, -6, 1e-9);
	assert_near(rate(&w, "2021-04-11", -1).v[CIVIC_EXPRESSION].live, -3, 1e-9);
	assert_near(rate(&w, "2021-04-11", -1).v[CIVIC_ASSEMBLY].live, 0, 0);
	assert_near(rate(&w, "2021-04-11", -1).v[CIVIC_SPACE].live, -1, 1e-9);
	assert_near(rate(&w, "2022-02-06", -1).v[CIVIC_EXPRESSION].live, 0, 0);    /* 401 days */
	assert_near(rate(&w, "2020-12-31", -1).v[CIVIC_EXPRESSION].live, 0, 0);    /* not yet */
}

/* Ten times the reports of the same kind move no more than `volume` of them do. */
static void a_country_that_is_written_about_more_is_not_moved_more(void **state)
{
	_cleanup_(world_close) struct world w;
	double few, many;

	(void)state;
	world_open(&w);
	for (int i = 0; i < 4; i++)
		add_incident(&w, day("2021-01-01"), i ? -1 : CIVIC_EXPRESSION, -6);
	few = rate(&w, "2021-01-01", -1).v[CIVIC_EXPRESSION].live;
	assert_near(few, -6, 1e-9);
	for (int i = 4; i < 40; i++)
		add_incident(&w, day("2021-01-01"), i % 4 ? -1 : CIVIC_EXPRESSION, -6);
	many = rate(&w, "2021-01-01", -1).v[CIVIC_EXPRESSION].live;
	assert_near(many, few, 1e-9);
	for (int i = 40; i < 60; i++)
		add_incident(&w, day("2021-01-01"), CIVIC_EXPRESSION, -6);
	assert_near(rate(&w, "2021-01-01", -1).v[CIVIC_EXPRESSION].live, -10, 1e-9);   /* the limit: 12 before it */
}

static void the_parts_sum_to_base_and_live(void **state)
{
	_cleanup_(world_close) struct world w;
	struct civic_part parts[60];
	struct civic_rating r;
	size_t n;

	(void)state;
	world_open(&w);
	add_source(&w, "a", 2020, 6, NAN);
	add_source(&w, "rank", 2020, 90, NAN);
	for (int i = 0; i < 9; i++)
		add_incident(&w, day("2021-01-01") + i, i % 3, i % 2 ? -7 : 3);
	civic_rate(w.frame, &w.unit, day("2021-02-01"), -1, &r, parts, &n);
	for (int d = 0; d < CIVIC_DIMENSIONS; d++) {
		double base = 0, live = 0;

		for (size_t i = 0; i < n; i++)
			if (parts[i].dimension == d)
				*(parts[i].source ? &base : &live) += parts[i].share;
		assert_near(base, r.v[d].base, 1e-9);
		assert_near(live, r.v[d].live, 1e-9);
	}
}

static void band_chances_are_those_of_a_normal_and_sum_to_one(void **state)
{
	_cleanup_(world_close) struct world w;
	struct civic_rating r;
	double sum = 0;

	(void)state;
	world_open(&w);
	add_source(&w, "a", 2020, 6, 1);     /* 60, error 10: on the cut */
	r = rate(&w, "2020-12-31", -1);
	for (int b = 0; b < CIVIC_BANDS; b++)
		sum += r.v[CIVIC_ASSEMBLY].p[b];
	assert_near(sum, 1, 1e-12);
	assert_near(r.v[CIVIC_ASSEMBLY].p[3], 0.5 - 0.0227501319,
		    1e-9);   /* between 0 and 2 standard deviations above */
	assert_near(r.v[CIVIC_ASSEMBLY].p[4], 0.0227501319, 1e-9);
}

static void a_rating_changes_only_when_its_new_band_is_likely_enough(void **state)
{
	_cleanup_(world_close) struct world w;

	(void)state;
	world_open(&w);
	add_source(&w, "a", 2020, 6.2, 1);   /* narrowed by less than 0.6 */
	assert_int_equal(rate(&w, "2020-12-31", 2).band, 3);
	assert_int_equal(rate(&w, "2020-12-31", 2).rating, 2);
	assert_int_equal(rate(&w, "2020-12-31", -1).rating, 3);
	w.sources[0].value = 6.8;
	assert_int_equal(rate(&w, "2020-12-31", 2).rating, 3);
}

static void a_panel_stands_over_the_computed_rating_while_it_holds(void **state)
{
	static const char text[] =
			"[panel SRB]\nband = closed\ndate = 2021-01-01\nuntil = 2021-06-01\nreason = we were there\n";
	_cleanup_(world_close) struct world w;

	(void)state;
	world_open(&w);
	assert_int_equal(civic_frame_read("p.conf", text, strlen(text), &w.arena, w.frame, &w.err), 0);
	add_source(&w, "a", 2020, 9, 0);
	assert_int_equal(rate(&w, "2020-12-31", -1).rating, 4);
	assert_int_equal(rate(&w, "2021-01-01", -1).rating, 0);
	assert_string_equal(rate(&w, "2021-05-31", -1).panel->reason, "we were there");
	assert_int_equal(rate(&w, "2021-06-01", -1).rating, 4);
}

static void the_watchlist_is_for_losses_not_for_being_near_a_cut(void **state)
{
	_cleanup_(world_close) struct world w;

	(void)state;
	world_open(&w);
	add_source(&w, "a", 2020, 6.01, 1);
	assert_false(rate(&w, "2021-01-01", -1).watch);
	add_incident(&w, day("2021-01-01"), CIVIC_EXPRESSION, -1);
	assert_true(rate(&w, "2021-01-01", 3).watch);
	assert_false(rate(&w, "2021-06-01", 3).watch);   /* more than 90 days */
}

static void a_frame_that_is_wrong_is_refused_with_its_line(void **state)
{
	static const struct { const char *text, *message; } cases[] = {
		{"[bands]\ncuts = 20 40 30 80\n",
				"f.conf:2:1: \"cuts\" is \"20 40 30 80\", expected four numbers between 0 and 100, ascending"},
		{"[live]\nlimit = -1\n", "f.conf:2:1: \"limit\" is \"-1\", expected a number from 0 to 100"},
		{"[indicator x]\nlow = 0\nhigh = 1\nweight = -2\n",
				"f.conf:4:1: \"weight\" is \"-2\", expected a number from 0 to 1e+12"},
		{"[indicator x]\nlow = 0\n", "f.conf:2:1: indicator \"x\" has no scale"},
		{"[severity]\ncensorship = speech 3\n",
		 "f.conf:2:1: \"censorship\" is \"speech 3\", expected a dimension "
		 "and points of 0 to 100, such as \"assembly 4\""},
		{"[severity]\ncensorshop = expression 3\n",
				"f.conf:2:1: unknown key \"censorshop\" in section \"severity\""},
		{"[panel SRB]\nband = open\n",
				"f.conf:2:1: the panel's decision on SRB lacks its band, date or reason"},
		{"[speed]\nlimit = 1\n", "f.conf:2:1: unknown section \"speed\""},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct civic_frame *frame = civic_frame_new(&arena);
		struct err err = {0};

		assert_int_equal(civic_frame_read("f.conf", cases[i].text, strlen(cases[i].text), &arena, frame,
						  &err), ERR_DATA);
		assert_string_equal(err.msg, cases[i].message);
	}
}

/* ---- in the loop ---- */

static void each_month_is_traced_to_sources_and_incidents(void **state)
{
	_cleanup_(world_close) struct world w;
	_cleanup_(made_close) struct made made;
	const struct observation *space, *expression, *rating;
	const struct event *event;

	(void)state;
	world_open(&w);
	made_open(&made, "2025-03-20");
	made.setup.civic = w.frame;
	made_value(&made, "SRB", "a", "2024", 6, 5.5, 6.5);
	event = made_report(&made, "SRB", "2025-03-10", "censorship", "threat", "a");
	made_report(&made, "SRB", "2025-03-11", "censorship", "threat", "b");    /* the same incident */
	made_run(&made);
	space = made_find(&made, "SRB", "civic_space", "2025-03-01");
	expression = made_find(&made, "SRB", "civic_expression", "2025-03-01");
	rating = made_find(&made, "SRB", "civic_rating", "2025-03-01");
	assert_non_null(space);
	assert_int_equal(space->r.n_from, 3);
	assert_string_equal(space->r.from[0].from_id, expression->r.id);
	assert_int_equal(expression->r.n_from, 3);
	assert_string_equal(expression->r.from[1].from_id, event->r.id);
	assert_near(expression->value, 60 - 6 * exp2(-0.1), 1e-6);
	assert_near(expression->n, 2, 0);
	assert_int_equal(expression->sources, 1);
	assert_near(rating->value, 3, 0);
	assert_non_null(made_find(&made, "SRB", "civic_obstructed", "2025-03-01"));
	assert_non_null(made_find(&made, "SRB", "civic_space", "2024-12-01"));
	assert_null(made_find(&made, "SRB", "civic_space", "2025-01-01"));         /* nothing happened */
	assert_null(made_find(&made, "SRB", "civic_space", "2025-04-01"));         /* not yet */
}

static void a_panels_decision_is_a_record_with_its_reason(void **state)
{
	static const char text[] =
			"[panel SRB]\nband = closed\ndate = 2025-01-01\nreason = we were there\nby = the board\n";
	_cleanup_(world_close) struct world w;
	_cleanup_(made_close) struct made made;
	const struct observation *rating;
	const struct contribution *receipt;

	(void)state;
	world_open(&w);
	assert_int_equal(civic_frame_read("p.conf", text, strlen(text), &w.arena, w.frame, &w.err), 0);
	made_open(&made, "2025-03-20");
	made.setup.civic = w.frame;
	made_report(&made, "SRB", "2025-02-10", "censorship", "threat", "a");
	made_run(&made);
	rating = made_find(&made, "SRB", "civic_rating", "2025-03-01");
	assert_near(rating->value, 1, 0);
	assert_int_equal(rating->r.n_from, 2);
	receipt = records_find(&made.out, rating->r.from[1].from_id);
	assert_string_equal(receipt->text, "we were there");
	assert_string_equal(receipt->partner, "the board");
}

static void neither_the_order_of_records_nor_a_second_run_changes_a_byte(void **state)
{
	_cleanup_(world_close) struct world w;
	_cleanup_(made_close) struct made made;
	char *first;
	struct rng rng;

	(void)state;
	world_open(&w);
	made_open(&made, "2025-03-20");
	made.setup.civic = w.frame;
	for (int i = 0; i < 6; i++)
		made_value(&made, i % 2 ? "SRB" : "GEO", i % 3 ? "a" : "rank",
			   arena_printf(&made.arena, "%d", 2019 + i), 3 + i, NAN, NAN);
	for (int i = 0; i < 20; i++)
		made_report(&made, i % 2 ? "SRB" : "GEO", arena_printf(&made.arena, "2025-01-%02d", i + 1),
			    i % 3 ? "censorship" : "ngo_law", i % 5 ? "threat" : "opportunity", "a");
	made_run(&made);
	first = made_text(&made);
	rng_seed(&rng, 5);
	made_shuffle(&made, &rng);
	made_run(&made);
	assert_string_equal(made_text(&made), first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_are_rebased_and_weighed),
		cmocka_unit_test(a_newer_value_replaces_an_older_one_and_age_widens_it),
		cmocka_unit_test(incidents_halve_and_end_at_the_horizon),
		cmocka_unit_test(a_country_that_is_written_about_more_is_not_moved_more),
		cmocka_unit_test(the_parts_sum_to_base_and_live),
		cmocka_unit_test(band_chances_are_those_of_a_normal_and_sum_to_one),
		cmocka_unit_test(a_rating_changes_only_when_its_new_band_is_likely_enough),
		cmocka_unit_test(a_panel_stands_over_the_computed_rating_while_it_holds),
		cmocka_unit_test(the_watchlist_is_for_losses_not_for_being_near_a_cut),
		cmocka_unit_test(a_frame_that_is_wrong_is_refused_with_its_line),
		cmocka_unit_test(each_month_is_traced_to_sources_and_incidents),
		cmocka_unit_test(a_panels_decision_is_a_record_with_its_reason),
		cmocka_unit_test(neither_the_order_of_records_nor_a_second_run_changes_a_byte),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("civic", tests, NULL, NULL);
}
