/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_civic_filter.c - civic space as a filter, and what it learns from the ratings of others.
 *
 * Reference: CIVICUS Monitor ratings of 2017 (civicspace/NOTICE.md), foretold from WGI 2016 (Kaufmann and Kraay) and six
 * V-Dem indices of 2016. The bars are those of the project: kappa .89, 99 % within one band, calibration error .05.
 */
#include "framework_tables.h"

#include "measure/civic.h"

static const char frame_text[] = "[indicator x]\nlow = 0\nhigh = 1\nsd = 0.05\ncurve = log-odds\n"
				 "[live]\nlimit = 15\n[severity]\ncensorship = expression 6\n";

struct world {
	struct tables t;
	struct civic_request request;
	struct civic_frame *frame;
};

static void world_open(struct world *w)
{
	*w = (struct world){0};
	tables_open(&w->t);
	w->frame = civic_frame_new(&w->t.arena);
	assert_int_equal(civic_frame_read("f.conf", frame_text, strlen(frame_text), &w->t.arena, w->frame,
					  &w->t.err), 0);
	w->request = (struct civic_request){.frame = w->frame, .atlas = &w->t.atlas, .year = INT_MISSING,
			.folds = 5, .seed = 1};
}

static void world_close(struct world *w)
{
	tables_close(&w->t);
}

static int run(struct world *w)
{
	w->t.err = (struct err){0};
	buf_cut(&w->t.out, 0);
	buf_cut(&w->t.said, 0);
	buf_cut(&w->t.parts, 0);
	return measure_civic(&w->request, &w->t.out, &w->t.parts, &w->t.said, &w->t.err);
}

static void must_run(struct world *w)
{
	if (run(w) < 0)
		fail_msg("%s", w->t.err.msg);
}

static void a_source_alone_gives_scores_bands_and_parts(void **state)
{
	_cleanup_(world_close) struct world w;
	struct source_text sources[1];

	(void)state;
	world_open(&w);
	sources[0] = table_of("s", NULL, "country,year,x\nSerbia,2015,0.9\nSerbia,2016,0.5\nGeorgia,2016,\n");
	w.request.sources = sources;
	w.request.n_sources = 1;
	must_run(&w);
	assert_near(out_number(&w.t, &w.t.out, 1, "civic_space"), 50, 1e-9);
	assert_string_equal(out_cell(&w.t, &w.t.out, 1, "rating"), "obstructed");
	assert_string_equal(out_cell(&w.t, &w.t.out, 1, "month"), "2016-12");
	assert_int_equal(out_row(&w.t, &w.t.out, "GEO", NULL), 0);      /* nothing is known of it */
	assert_near(out_number(&w.t, &w.t.parts, 1, "points"), 50, 1e-9);
	w.request.year = 2015;
	must_run(&w);
	assert_near(out_number(&w.t, &w.t.out, 1, "civic_space"), 90, 1e-9);
}

/* Labels that follow the source without error are learnt, and a unit without label is foretold. */
static void cuts_are_learnt_out_of_fold_and_units_without_label_foretold(void **state)
{
	_cleanup_(world_close) struct world w;
	_cleanup_(buf_free) struct buf table = {0}, labels = {0};
	struct source_text sources[1], label;

	(void)state;
	world_open(&w);
	buf_puts(&table, "country,year,x\n");
	buf_puts(&labels, "country,rating\nAtlantis,open\n");
	for (size_t i = 0; i < 150; i++) {
		const char *unit = w.t.atlas.units[i]->r.unit;

		buf_printf(&table, "%s,2016,%.3f\n", unit, 0.003 + (double)i / 151);
		if (i % 30 != 15)
			buf_printf(&labels, "%s,%s\n", unit, civic_bands[i / 30]);
	}
	sources[0] = table_of("s", NULL, table.s);
	label = table_of("labels", NULL, labels.s);
	w.request.sources = sources;
	w.request.n_sources = 1;
	w.request.labels = &label;
	must_run(&w);
	assert_true(said_number(&w.t, "quadratic kappa ") > 0.97);
	assert_non_null(strstr(w.t.said.s, "labels of no known unit: 1: Atlantis\n"));
	assert_non_null(strstr(w.t.said.s, "labelled units: 145;"));
	for (size_t b = 0; b < CIVIC_BANDS; b++) {   /* the middle of each band has no label */
		size_t row = out_row(&w.t, &w.t.out, w.t.atlas.units[30 * b + 15]->r.unit, NULL);

		assert_string_equal(out_cell(&w.t, &w.t.out, row, "band"), civic_bands[b]);
		assert_string_equal(out_cell(&w.t, &w.t.out, row, "fold"), "");
	}
}

/* Out of fold means out of fold: labels without any tie to the sources cannot be foretold. */
static void labels_of_chance_are_not_foretold(void **state)
{
	_cleanup_(world_close) struct world w;
	_cleanup_(buf_free) struct buf table = {0}, labels = {0};
	struct source_text sources[1], label;
	struct rng rng;

	(void)state;
	world_open(&w);
	rng_seed(&rng, 11);
	buf_puts(&table, "country,year,x,y,z\n");
	buf_puts(&labels, "country,rating\n");
	for (size_t i = 0; i < 200; i++) {
		buf_printf(&table, "%s,2016,%.3f,%.3f,%.3f\n", w.t.atlas.units[i]->r.unit, rng_unit(&rng),
			   rng_unit(&rng), rng_unit(&rng));
		buf_printf(&labels, "%s,%zu\n", w.t.atlas.units[i]->r.unit, 1 + rng_below(&rng, 5));
	}
	sources[0] = table_of("s", "x+y+z", table.s);
	label = table_of("labels", NULL, labels.s);
	w.request.sources = sources;
	w.request.n_sources = 1;
	w.request.labels = &label;
	must_run(&w);
	assert_true(fabs(said_number(&w.t, "quadratic kappa ")) < 0.2);
	assert_true(said_number(&w.t, "calibration error ") < 0.1);
}

static void bad_labels_and_too_few_are_refused(void **state)
{
	_cleanup_(world_close) struct world w;
	struct source_text sources[1], label = table_of("labels", NULL, "country,rating\nSRB,so-so\n");

	(void)state;
	world_open(&w);
	sources[0] = table_of("s", NULL, "country,year,x\nSerbia,2016,0.5\nGeorgia,2016,0.4\n");
	w.request.sources = sources;
	w.request.n_sources = 1;
	w.request.labels = &label;
	assert_int_equal(run(&w), ERR_DATA);
	assert_string_equal(w.t.err.msg, "t.csv:2:1: unknown band \"so-so\"");
	label = table_of("labels", NULL, "country,rating\nSRB,open\nGEO,closed\n");
	assert_int_equal(run(&w), ERR_DATA);
	assert_string_equal(w.t.err.msg, "2 labelled units with a source are too few for 5 folds");
}

static void kappa_is_one_for_agreement_and_known_for_a_small_table(void **state)
{
	const int a[] = {0, 0, 1, 1, 2, 2}, b[] = {0, 1, 1, 1, 2, 0}, c[] = {1, 1, 1, 1, 1, 1};

	(void)state;
	assert_near(quadratic_kappa(a, a, 6, 3), 1, 1e-12);
	/* seen 0+1+0+0+0+4 = 5; expected by the margins 2,2,2 and 2,3,1: 2(3+4)+2(2+1)+2(8+3) = 42, over 6 */
	assert_near(quadratic_kappa(a, b, 6, 3), 1 - 5 / (42.0 / 6), 1e-12);
	assert_true(isnan(quadratic_kappa(c, c, 6, 3)));
}

static void the_ratings_of_2017_are_foretold_within_the_bars(void **state)
{
	static const char shipped[] = "data/civic/frame.conf";
	_cleanup_(world_close) struct world w;
	struct source_text sources[2], label;
	double kappa = 0, within = 0, error = 0;
	size_t len;
	char *text;

	(void)state;
	world_open(&w);
	sources[0] = shared_table(&w.t, "wgi", NULL, "vdem/wgi_voice_accountability.csv");
	sources[1] = shared_table(&w.t, "vdem", NULL, "forecast/panel.csv");
	label = shared_table(&w.t, "labels", NULL, "civicspace/civicus_ratings_2017.csv");
	w.frame = civic_frame_new(&w.t.arena);
	text = tables_file(&w.t, shipped, &len);
	assert_int_equal(civic_frame_read(shipped, text, len, &w.t.arena, w.frame, &w.t.err), 0);
	w.request = (struct civic_request){w.frame, &w.t.atlas, sources, 2, NULL, &label, 2016, 10, 1, false};
	for (w.request.seed = 101; w.request.seed <= 104; w.request.seed++) {
		must_run(&w);
		assert_non_null(strstr(w.t.said.s, "labelled units: 195;"));
		kappa += said_number(&w.t, "quadratic kappa ") / 4;
		within += said_number(&w.t, "within one band ") / 4;
		error += said_number(&w.t, "calibration error ") / 4;
	}
	assert_true(kappa >= 0.89);
	assert_true(within >= 0.99);
	assert_true(error <= 0.05);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_source_alone_gives_scores_bands_and_parts),
		cmocka_unit_test(cuts_are_learnt_out_of_fold_and_units_without_label_foretold),
		cmocka_unit_test(labels_of_chance_are_not_foretold),
		cmocka_unit_test(bad_labels_and_too_few_are_refused),
		cmocka_unit_test(kappa_is_one_for_agreement_and_known_for_a_small_table),
		cmocka_unit_test(the_ratings_of_2017_are_foretold_within_the_bars),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("civic_filter", tests, NULL, NULL);
}
