/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_effects_table.c - the tables that effects are read from, the one they become, and what is wrong with some. */
#include <stdlib.h>

#include "tests/learn/made_panel.h"

struct tables {
	struct buf panel, treated, table, said;
	const char *indicator, *what;
	struct err err;
};

static int run(struct tables *tables)
{
	struct effects_request request = {
		.panel_name = "panel.csv", .panel = tables->panel.s, .panel_len = tables->panel.len,
		.treated_name = "treated.csv", .treated = tables->treated.s, .treated_len = tables->treated.len,
		.indicator = tables->indicator, .what = tables->what,
		.setup = {.horizon = 3, .most_before = 20, .draws = 199, .level = 0.95, .seed = 1},
	};

	buf_cut(&tables->table, 0);
	buf_cut(&tables->said, 0);
	return learn_effects(&request, &tables->table, &tables->said, &tables->err);
}

static void tables_free(struct tables *tables)
{
	buf_free(&tables->panel);
	buf_free(&tables->treated);
	buf_free(&tables->table);
	buf_free(&tables->said);
}

/* Units u00.. (numbers 100..) from 1990 on; 8 treated from 2004 by .2. */
static void fill(struct tables *tables, bool is_long, bool turned)
{
	struct made made;

	*tables = (struct tables){0};
	made_open(&made, 21);
	for (size_t i = 0; i < 8; i++)
		made_treat(&made, 3 * i, 14, 0, 0.2);
	buf_puts(&tables->panel, is_long ? "unit,year,indicator,value\n" : "gwcode,country,year,v2x_polyarchy,other\n");
	for (size_t k = 0; k < UNITS * YEARS; k++) {
		const size_t at = turned ? UNITS * YEARS - 1 - k : k, i = at / YEARS, t = at % YEARS;

		if (is_long)
			buf_printf(&tables->panel, "u%02zu,%zu,v2x_polyarchy,%.9f\nu%02zu,%zu,other,1\n", i, 1990 + t,
				   made.y[at], i, 1990 + t);
		else
			buf_printf(&tables->panel, "%zu,u%02zu,%zu,%.9f,1\n", 100 + i, i, 1990 + t, made.y[at]);
	}
	buf_puts(&tables->treated, "unit,date\n");
	for (size_t i = 0; i < 8; i++)
		buf_printf(&tables->treated, "u%02zu,2004-%02zu-01\n", 3 * (turned ? 7 - i : i), i + 1);
	made_close(&made);
}

static void long_and_wide_panels_in_any_order_give_the_same_bytes(void **state)
{
	struct tables first, other;
	const char *at;

	(void)state;
	fill(&first, true, false);
	assert_int_equal(run(&first), 0);
	at = strstr(first.table.s, "\nall,pooled,,,,");
	assert_non_null(at);
	assert_near(strtod(at + strlen("\nall,pooled,,,,"), NULL), 0.2, 0.04);
	assert_non_null(strstr(first.table.s, ",rise,"));
	assert_non_null(strstr(first.table.s, "all,unit,u03,2004,,0."));
	for (int k = 1; k < 4; k++) {
		fill(&other, k & 1, k & 2);
		assert_int_equal(run(&other), 0);
		assert_string_equal(other.table.s, first.table.s);
		assert_string_equal(other.said.s, first.said.s);
		tables_free(&other);
	}
	tables_free(&first);
}

static void units_are_matched_by_the_columns_that_agree(void **state)
{
	struct tables tables;

	(void)state;
	fill(&tables, false, false);
	buf_cut(&tables.treated, 0);
	buf_puts(&tables.treated, "country,gwcode,year\nthe first,100,2004\nthe fourth,103,2004\n");
	assert_int_equal(run(&tables), 0);
	assert_non_null(strstr(tables.table.s, "all,unit,103,2004,,0."));
	tables_free(&tables);
}

static void each_thing_that_was_done_has_its_rows(void **state)
{
	struct tables tables;

	(void)state;
	fill(&tables, true, false);
	buf_cut(&tables.treated, 0);
	buf_puts(&tables.treated, "unit,year,what,by\nu00,2004,\"aid, halted\",a\nu03,2004,,b\nu06,2004,\"aid, halted\",b\n");
	assert_int_equal(run(&tables), 0);
	assert_non_null(strstr(tables.table.s, "\n\"aid, halted\",pooled,"));
	assert_non_null(strstr(tables.table.s, "\n(not said),pooled,"));
	tables.what = "by";
	assert_int_equal(run(&tables), 0);
	assert_non_null(strstr(tables.table.s, "\nb,pooled,"));
	assert_null(strstr(tables.table.s, "aid, halted"));
	tables_free(&tables);
}

static void a_treated_unit_that_the_panel_lacks_is_said(void **state)
{
	struct tables tables;

	(void)state;
	fill(&tables, true, false);
	buf_puts(&tables.treated, "u99,2004-05-05\nu02,2031-01-01\n");
	assert_int_equal(run(&tables), 0);
	assert_non_null(strstr(tables.table.s, "all,unit,u99,2004,,,"));
	assert_non_null(strstr(tables.table.s, "all,unit,u02,2031,,,"));
	assert_non_null(strstr(tables.said.s, "treated, but not in the panel: u99\n"));
	tables_free(&tables);
}

static void the_only_indicator_is_taken_and_another_must_be_named(void **state)
{
	struct tables tables;

	(void)state;
	fill(&tables, true, false);
	tables.indicator = "other";
	assert_int_equal(run(&tables), 0);
	assert_non_null(strstr(tables.table.s, "all,pooled,,,,0,0,0,"));
	tables.indicator = "v2x_poliarchy";
	assert_int_equal(run(&tables), ERR_DATA);
	assert_string_equal(tables.err.msg, "panel.csv:1:1: no row of the indicator \"v2x_poliarchy\"");
	assert_non_null(strstr(tables.err.hint, "v2x_polyarchy"));
	buf_cut(&tables.panel, 0);
	tables.indicator = NULL;
	buf_puts(&tables.panel, "unit,year,indicator,value\nu00,2000,some,1\n");
	assert_int_equal(run(&tables), 0);
	buf_puts(&tables.panel, "u00,2000,more,1\n");
	assert_int_equal(run(&tables), ERR_DATA);
	tables_free(&tables);
}

/* ---- mistakes ---- */

static void refused(const char *panel, const char *treated, const char *indicator, const char *message)
{
	struct tables tables = {.indicator = indicator};

	buf_puts(&tables.panel, panel);
	buf_puts(&tables.treated, treated);
	assert_int_equal(run(&tables), ERR_DATA);
	assert_string_equal(tables.err.msg, message);
	assert_int_equal(tables.table.len, 0);
	tables_free(&tables);
}

static void mistakes_are_named_with_their_place(void **state)
{
	const char *good = "unit,year,value\nA,2000,1\nB,2000,2\n", *done = "unit,year\nA,2000\n";

	(void)state;
	refused("what,year,value\n", done, NULL, "panel.csv:1:1: no column names the unit");
	refused("unit,when,value\n", done, NULL, "panel.csv:1:1: no column names the year");
	refused("unit,year,x\nA,2000,1\n", done, NULL, "panel.csv:1:1: no column \"v2x_polyarchy\" or \"value\"");
	refused("unit,year,x\nA,2000,1\n", done, "y", "panel.csv:1:1: no column \"y\"");
	refused("unit,year,value\nA,2000,1\nB,2000,NA\n", done, NULL, "panel.csv:3:8: \"NA\" is not a number");
	refused("unit,year,value\nA,2000,1\nB,twenty,2\n", done, NULL, "panel.csv:3:3: \"twenty\" is not a year or date");
	refused("unit,year,value\nA,2000,1\n,2000,2\n", done, NULL, "panel.csv:3:1: the unit is missing");
	refused("unit,year,value\nA,2000,1\nA,2000,1\n", done, NULL, "panel.csv:3:1: 2000 of \"A\" was given on line 2 already");
	refused("unit,year,value\n", done, NULL, "panel.csv:1:1: the panel has no rows");
	refused("unit,year,value\nA,2000\n", done, NULL, "panel.csv:2:1: row has 2 columns, expected 3");
	refused(good, "unit,year\n", NULL, "treated.csv:1:1: nobody was treated: the table has no rows");
	refused(good, "unit,year\nC,2000\n", NULL,
		"treated.csv:2:1: no unit of it, from this line to the last, is in panel.csv");
	refused(good, "unit,year\nA,\n", NULL, "treated.csv:2:3: \"\" is not a year or date");
	refused(good, "", NULL, "treated.csv:1:1: file is empty, expected a header row");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(long_and_wide_panels_in_any_order_give_the_same_bytes),
		cmocka_unit_test(units_are_matched_by_the_columns_that_agree),
		cmocka_unit_test(each_thing_that_was_done_has_its_rows),
		cmocka_unit_test(a_treated_unit_that_the_panel_lacks_is_said),
		cmocka_unit_test(the_only_indicator_is_taken_and_another_must_be_named),
		cmocka_unit_test(mistakes_are_named_with_their_place),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
