/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_divergence.c - disagreements that were planted are found, and scales that differ are not disagreements. */
#include "framework_tables.h"

#define UNITS 60
#define YEARS 12
#define FIRST 2005

struct world {
	struct tables t;
	struct divergence_request request;
	struct source_text sources[3];
	struct buf a, b;
	double level[UNITS][YEARS];
};

/* Two tables of one truth, each with an error of 0.1; b on another scale, downwards. */
static void world_open(struct world *w, uint64_t seed)
{
	struct rng rng;

	*w = (struct world){0};
	tables_open(&w->t);
	rng_seed(&rng, seed);
	buf_puts(&w->a, "country,year,x,x_sd\n");
	buf_puts(&w->b, "country,year,y,y_sd\n");
	for (int u = 0; u < UNITS; u++) {
		double level = 4 * rng_unit(&rng) - 2;

		for (int year = 0; year < YEARS; year++)
			w->level[u][year] = level += (rng_unit(&rng) - 0.5) * 0.2;
	}
	w->request = (struct divergence_request){&w->t.atlas, w->sources, 2, NULL, 5, 1, 0.9, false};
}

static double noise(struct rng *rng)
{
	double sum = 0;

	for (int i = 0; i < 12; i++)
		sum += rng_unit(rng);
	return sum - 6;   /* about normal */
}

/* shift: what a sees more of unit 7 from 2010 to 2012. */
static void write_tables(struct world *w, double shift, uint64_t seed)
{
	struct rng rng;

	rng_seed(&rng, seed);
	for (int u = 0; u < UNITS; u++)
		for (int year = 0; year < YEARS; year++) {
			const char *unit = w->t.atlas.units[u]->r.unit;
			double x = w->level[u][year] + 0.1 * noise(&rng), y = w->level[u][year] + 0.1 * noise(&rng);

			if (u == 7 && FIRST + year >= 2010 && FIRST + year <= 2012)
				x += shift;
			buf_printf(&w->a, "%s,%d,%.5f,0.1\n", unit, FIRST + year, x);
			buf_printf(&w->b, "%s,%d,%.5f,%.5f\n", unit, FIRST + year, 50 - 10 * y, 1.0);
		}
	w->sources[0] = table_of("a", NULL, w->a.s);
	w->sources[1] = table_of("b", NULL, w->b.s);
}

static void world_close(struct world *w)
{
	buf_free(&w->a);
	buf_free(&w->b);
	tables_close(&w->t);
}

static int run(struct world *w)
{
	w->t.err = (struct err){0};
	buf_cut(&w->t.out, 0);
	buf_cut(&w->t.said, 0);
	return measure_divergence(&w->request, &w->t.out, &w->t.said, &w->t.err);
}

static void must_run(struct world *w)
{
	if (run(w) < 0)
		fail_msg("%s", w->t.err.msg);
}

static size_t rows_of(const struct buf *buf)
{
	size_t n = 0;

	for (size_t i = 0; i < buf->len; i++)
		n += buf->s[i] == '\n';
	return n - 1;
}

static void a_planted_disagreement_is_found_with_its_sign_size_and_dates(void **state)
{
	_cleanup_(world_close) struct world w;

	(void)state;
	world_open(&w, 1);
	write_tables(&w, 1.5, 2);
	must_run(&w);
	assert_non_null(strstr(w.t.said.s, "  b y runs the other way: turned\n"));
	for (int year = 2010; year <= 2012; year++) {
		size_t row = out_row(&w.t, &w.t.out, w.t.atlas.units[7]->r.unit,
				     arena_printf(&w.t.arena, "%d", year));

		assert_true(row > 0);
		/* the level's sd is about 1.2, and scores stretch the ends of an even spread */
		assert_true(out_number(&w.t, &w.t.out, row, "difference") > 0.9);
		assert_true(out_number(&w.t, &w.t.out, row, "difference") < 2.5);
		assert_true(out_number(&w.t, &w.t.out, row, "beyond") > 0.3);
		assert_true(out_number(&w.t, &w.t.out, row, "low") > 0);
		assert_near(out_number(&w.t, &w.t.out, row, "since"), 2010, 0);
		assert_non_null(strstr(out_cell(&w.t, &w.t.out, row, "drivers"), "a x +"));
	}
	assert_true(fabs(out_number(&w.t, &w.t.out, out_row(&w.t, &w.t.out, w.t.atlas.units[7]->r.unit, "2011"),
				    "usual")) < 0.4);
	assert_int_equal(out_row(&w.t, &w.t.out, w.t.atlas.units[7]->r.unit, "2008"), 0);
}

/* At 90 % a tenth may lie beyond by chance; the quantiles' error is counted too, so fewer do. */
static void error_alone_is_seldom_called_a_disagreement(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		_cleanup_(world_close) struct world w;

		world_open(&w, seed);
		write_tables(&w, 0, seed + 100);
		must_run(&w);
		assert_true(rows_of(&w.t.out) <= UNITS * YEARS / 10);
	}
}

static void a_stretched_scale_of_the_same_order_changes_nothing(void **state)
{
	_cleanup_(world_close) struct world w;
	_cleanup_(buf_free) struct buf bent = {0};
	struct csv csv;

	(void)state;
	world_open(&w, 3);
	write_tables(&w, 0, 4);
	buf_puts(&bent, "country,year,x\n");
	assert_int_equal(csv_open(&csv, "a", w.a.s, w.a.len, ',', &w.t.arena, NULL), 0);
	while (csv_next(&csv, &w.t.arena, NULL) > 0)
		buf_printf(&bent, "%s,%s,%.9f\n", csv.row[0].s, csv.row[1].s, exp(2 * strtod(csv.row[2].s, NULL)));
	w.sources[1] = table_of("bent", NULL, bent.s);
	w.request.all = true;
	must_run(&w);
	assert_int_equal(rows_of(&w.t.out), UNITS * YEARS);
	for (size_t row = 1; row <= UNITS * YEARS; row += 37)
		assert_near(out_number(&w.t, &w.t.out, row, "difference"), 0, 0.03);
}

static void a_source_held_against_itself_agrees_and_a_dead_one_is_said(void **state)
{
	_cleanup_(world_close) struct world w;
	_cleanup_(buf_free) struct buf flat = {0};

	(void)state;
	world_open(&w, 5);
	write_tables(&w, 0, 6);
	w.sources[1] = table_of("again", NULL, w.a.s);
	must_run(&w);
	assert_int_equal(rows_of(&w.t.out), 0);
	buf_puts(&flat, "country,year,x\n");
	for (int u = 0; u < UNITS; u++)
		buf_printf(&flat, "%s,2008,1\n%s,2009,1\n", w.t.atlas.units[u]->r.unit, w.t.atlas.units[u]->r.unit);
	w.sources[1] = table_of("flat", NULL, flat.s);
	must_run(&w);
	assert_non_null(strstr(w.t.said.s,
			       "a and flat: cannot be compared: the second never varies where both speak\n"));
	w.sources[1] = table_of("empty", NULL, "country,year,x\nSRB,2008,\n");
	must_run(&w);
	assert_non_null(strstr(w.t.said.s,
			       "cannot be compared: 0 unit-years of 0 units are common, expected 20 of 5 at least\n"));
}

static void the_same_seed_gives_the_same_bytes_and_order_of_rows_does_not_matter(void **state)
{
	_cleanup_(world_close) struct world w;
	const char *first, *line;
	_cleanup_(buf_free) struct buf turned = {0};
	const char *lines[UNITS * YEARS + 1];
	size_t n = 0;

	(void)state;
	world_open(&w, 8);
	write_tables(&w, 1.5, 9);
	must_run(&w);
	first = arena_dup(&w.t.arena, w.t.out.s);
	for (line = strchr(w.a.s, '\n') + 1; *line; line = strchr(line, '\n') + 1)
		lines[n++] = line;
	buf_puts(&turned, "country,year,x,x_sd\n");
	while (n-- > 0)
		buf_add(&turned, lines[n], strcspn(lines[n], "\n") + 1);
	w.sources[0] = table_of("a", NULL, turned.s);
	must_run(&w);
	assert_string_equal(w.t.out.s, first);
}

static void events_are_a_framework_of_their_own(void **state)
{
	_cleanup_(world_close) struct world w;
	struct records events = {0};
	size_t row;

	(void)state;
	world_open(&w, 12);
	write_tables(&w, 0, 13);
	events.arena = &w.t.arena;
	for (int u = 0; u < UNITS; u++)
		for (int i = 0; i < 24; i++) {   /* the better a unit, the more of its incidents are openings; not unit 9's */
			struct event *event = record_new(&w.t.arena, &kind_event);
			bool opening = u == 9 ? w.level[u][3] < 0 : i < 12 + 5 * w.level[u][3];

			event->r.unit = w.t.atlas.units[u]->r.unit;
			event->r.valid_from = instant_of_day(FIRST + 3, 1 + (unsigned)i / 2, 1 +
							     10 * (unsigned)(i % 2));
			event->civic_class = "protest";
			event->signal = opening ? "opportunity" : "threat";
			record_identify(&w.t.arena, event);
			records_add(&events, event);
		}
	w.request.n_sources = 1;
	w.request.events = &events;
	must_run(&w);
	row = out_row(&w.t, &w.t.out, w.t.atlas.units[9]->r.unit, "2008");
	assert_true(row > 0);
	assert_string_equal(out_cell(&w.t, &w.t.out, row, "b"), "events");
	w.request.events = NULL;
	assert_int_equal(run(&w), ERR_USAGE);
}

/* V-Dem and the World Bank agree on most: a tenth to a third of unit-years lie beyond, none of them everything. */
static void two_real_frameworks_agree_on_most(void **state)
{
	_cleanup_(world_close) struct world w;

	(void)state;
	world_open(&w, 1);
	w.sources[0] = shared_table(&w.t, "vdem", NULL, "vdem/vdem_indices_1990_v15.csv");
	w.sources[1] = shared_table(&w.t, "wgi", NULL, "vdem/wgi_voice_accountability.csv");
	must_run(&w);
	assert_true(said_number(&w.t, "vdem and wgi: ") > 4000);
	assert_true(said_number(&w.t, "unit-years in common, ") < 1300);
	assert_true(said_number(&w.t, "unit-years in common, ") > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_planted_disagreement_is_found_with_its_sign_size_and_dates),
		cmocka_unit_test(error_alone_is_seldom_called_a_disagreement),
		cmocka_unit_test(a_stretched_scale_of_the_same_order_changes_nothing),
		cmocka_unit_test(a_source_held_against_itself_agrees_and_a_dead_one_is_said),
		cmocka_unit_test(the_same_seed_gives_the_same_bytes_and_order_of_rows_does_not_matter),
		cmocka_unit_test(events_are_a_framework_of_their_own),
		cmocka_unit_test(two_real_frameworks_agree_on_most),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("divergence", tests, NULL, NULL);
}
