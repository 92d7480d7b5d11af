/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of chances against tables of outcomes. Figures are worked out by hand; tests/e2e/leaks.sh asks score.py. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <tocsin/learn.h>

struct table {
	struct arena arena;
	struct buf text;
	size_t without;
	const char *alarm;
	struct err err;
	int r;
};

static const struct score_source outcomes = {"o.csv",
	"gwcode,origin,up_a,down_a,up_b,down_b\n2,2005,1,0,0,\n2,2006,0,0,1,0\n10,2005,0,1,NA,0\n900,2005,1,1,1,1\n", 0};
static const struct score_source chances = {"f.csv",
	"origin,gwcode,version,up_a,down_a,up_b,down_b\n2005,2,x,.8,.1,.2,.5\n2006,2.0,x,.1,,.6,.05\n2005,10,x,.3,.7,.5,.2\n"
	"2005,2,y,.5,.5,.5,.5\n", 0};

static struct score_source with_length(struct score_source source)
{
	source.len = strlen(source.text);
	return source;
}

static void run(struct table *table, struct score_request request, struct score_source o, struct score_source f)
{
	*table = (struct table){0};
	o = with_length(o);
	f = with_length(f);
	request.outcomes = &o;
	request.forecasts = &f;
	request.n_outcomes = request.n_forecasts = 1;
	if (request.to == 0)
		request.to = 2100;
	if (request.draws == 0)
		request.draws = 100;
	if (!request.version)
		request.version = "x";
	table->r = learn_score_table(&request, &table->arena, &table->text, &table->without, &table->alarm, &table->err);
}

static void close(struct table *table)
{
	arena_free(&table->arena);
	buf_free(&table->text);
}

/* The table has a line that begins so. */
static void has(const struct table *table, const char *line)
{
	if (table->r < 0)
		fail_msg("%s", table->err.msg);
	for (const char *at = table->text.s; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
		if (str_starts(at, line))
			return;
	fail_msg("no line \"%s\" in\n%s", line, table->text.s);
}

static void scores_are_those_worked_out_by_hand(void **state)
{
	struct table table;

	(void)state;
	run(&table, (struct score_request){0}, outcomes, chances);
	/* up: .8/1 .2/0 .1/0 .6/1 .3/0: Brier (.04 + .04 + .01 + .16 + .09) / 5 */
	has(&table, "all,0-2100,up,all,5,2,0.400000,0.068000,0.283830,1.000000,1.000000,");
	/* down: .1/0 .05/0 .7/1 .2/0 */
	has(&table, "all,0-2100,down,all,4,1,0.250000,0.035625,");
	has(&table, "all,0-2100,both,all,9,3,0.333333,0.053611,");
	assert_int_equal(table.without, 5);   /* of country 900, and country 2 in 2006 */
	assert_null(table.alarm);
	assert_null(strstr(table.text.s, "ref_brier"));
	close(&table);
}

static void years_countries_and_spaces_are_chosen(void **state)
{
	struct score_source holdout = with_length((struct score_source){"h.csv", "gwcode,iso3\n10,USA\n", 0});
	struct table table;

	(void)state;
	run(&table, (struct score_request){.from = 2006, .to = 2006}, outcomes, chances);
	has(&table, "all,2006-2006,both,all,3,1,");
	close(&table);
	run(&table, (struct score_request){.countries = SCORE_PUBLIC, .holdout = &holdout}, outcomes, chances);
	has(&table, "public,0-2100,both,all,6,2,");
	close(&table);
	run(&table, (struct score_request){.countries = SCORE_HELDOUT, .holdout = &holdout, .per_space = true}, outcomes,
	    chances);
	has(&table, "heldout,0-2100,both,all,3,1,");
	has(&table, "heldout,0-2100,up,a,1,0,0.000000,0.090000,");
	has(&table, "heldout,0-2100,down,b,1,0,0.000000,0.040000,");
	has(&table, "heldout,0-2100,up,b,0,0,,,");
	close(&table);
}

static void against_a_rival_only_its_rows_count(void **state)
{
	struct score_source rival = with_length((struct score_source){"r.csv",
		"gwcode,origin,up_a,down_a\n2,2005,.6,.3\n10,2005,.5,.5\n", 0});
	struct table table;

	(void)state;
	run(&table, (struct score_request){.reference = &rival, .n_reference = 1}, outcomes, chances);
	/* .8/1 .1/0 .3/0 .7/1: .0575; rival .6/1 .3/0 .5/0 .5/1: .1875 */
	has(&table, "all,0-2100,both,all,4,2,0.500000,0.057500,");
	assert_non_null(strstr(table.text.s, ",0.187500,"));
	assert_non_null(strstr(table.text.s, ",-0.130000,"));
	close(&table);
}

static void of_a_cell_given_twice_the_last_counts(void **state)
{
	struct table table;

	(void)state;
	run(&table, (struct score_request){.version = "y"}, outcomes, chances);
	has(&table, "all,0-2100,both,all,3,1,0.333333,0.250000,");
	close(&table);
	run(&table, (struct score_request){0}, outcomes,
	    (struct score_source){"f.csv", "gwcode,origin,up_a\n2,2005,.1\n2,2005,.9\n", 0});
	has(&table, "all,0-2100,both,all,1,1,1.000000,0.010000,");
	close(&table);
}

static void chances_that_know_the_future_raise_the_alarm(void **state)
{
	_cleanup_(buf_free) struct buf o = {0}, f = {0};
	struct table table;

	(void)state;
	buf_puts(&o, "gwcode,origin,up_a\n");
	buf_puts(&f, "gwcode,origin,up_a\n");
	for (int i = 0; i < 5000; i++) {
		buf_printf(&o, "%d,%d,%d\n", i / 20 + 1, 1990 + i % 20, i % 7 == 0);
		buf_printf(&f, "%d,%d,%s\n", i / 20 + 1, 1990 + i % 20, i % 7 == 0 ? ".6" : i % 3 ? ".3" : ".5");
	}
	run(&table, (struct score_request){0}, (struct score_source){"o.csv", o.s, 0}, (struct score_source){"f.csv", f.s, 0});
	assert_int_equal(table.r, 0);
	assert_non_null(table.alarm);
	close(&table);
	run(&table, (struct score_request){.to = 2008}, (struct score_source){"o.csv", o.s, 0},
	    (struct score_source){"f.csv", f.s, 0});
	assert_int_equal(table.r, 0);
	assert_null(table.alarm);   /* 4,750 rows */
	close(&table);
}

static void refuse(const char *o, const char *f, const char *said)
{
	struct table table;

	run(&table, (struct score_request){0}, (struct score_source){"o.csv", o, 0}, (struct score_source){"f.csv", f, 0});
	assert_int_equal(table.r, ERR_DATA);
	assert_string_equal(table.err.msg, said);
	assert_int_equal(table.text.len, 0);
	close(&table);
}

static void bad_tables_are_refused_with_their_place(void **state)
{
	static const char good[] = "gwcode,origin,up_a\n2,2005,1\n";

	(void)state;
	refuse(good, "gwcode,origin,up_a\n2,2005,1.2\n", "f.csv:2:8: \"1.2\" is no chance, which lies within 0 and 1");
	refuse("gwcode,origin,up_a\n2,2005,0.5\n", good, "o.csv:2:8: \"0.5\" is no outcome, which is 0 or 1");
	refuse(good, "gwcode,origin,p\n2,2005,1\n", "f.csv:1:1: no column that begins with \"up_\" or \"down_\"");
	refuse("country,origin,up_a\n2,2005,1\n", good, "o.csv:1:1: no column \"gwcode\" or \"unit\"");
	refuse(good, "gwcode,origin,up_a\n2,x,1\n", "f.csv:2:3: a year was expected");
	refuse(good, "gwcode,origin,up_a\n,2005,1\n", "f.csv:2:1: a row without a unit");
	refuse(good, "gwcode,origin,up_a\n3,2005,.5\n", "no rows to score: 1 outcomes, 1 chances");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scores_are_those_worked_out_by_hand),
		cmocka_unit_test(years_countries_and_spaces_are_chosen),
		cmocka_unit_test(against_a_rival_only_its_rows_count),
		cmocka_unit_test(of_a_cell_given_twice_the_last_counts),
		cmocka_unit_test(chances_that_know_the_future_raise_the_alarm),
		cmocka_unit_test(bad_tables_are_refused_with_their_place),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("score table", tests, NULL, NULL);
}
