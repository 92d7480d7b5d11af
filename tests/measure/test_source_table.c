/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_source_table.c - foreign tables: units by code, number or name, columns by what they are called. */
#include "framework_tables.h"

static int read_one(struct tables *t, const struct source_text *source, struct source_table *ret)
{
	t->err = (struct err){0};
	return source_table_read(source, &t->finder, &t->arena, ret, &t->err);
}

static void must_read(struct tables *t, const char *name, const char *columns, const char *text,
		      struct source_table *ret)
{
	struct source_text source = table_of(name, columns, text);

	if (read_one(t, &source, ret) < 0)
		fail_msg("%s", t->err.msg);
}

static const char *found(struct tables *t, const char *text)
{
	bool guessed;
	const char *unit = unit_find(&t->finder, text, &guessed);

	return unit ? arena_printf(&t->arena, "%s%s", unit, guessed ? "?" : "") : "-";
}

static void names_are_found_through_accents_articles_and_one_slip_of_the_pen(void **state)
{
	_cleanup_(tables_close) struct tables t;

	(void)state;
	tables_open(&t);
	assert_string_equal(found(&t, "Serbia"), "SRB");
	assert_string_equal(found(&t, "srb"), "SRB");
	assert_string_equal(found(&t, "C\xc3\xb4te d'Ivoire"), "CIV");
	assert_string_equal(found(&t, "Bosnia & Herzegovina"), "BIH");
	assert_string_equal(found(&t, "Guinea Bissau"), "GNB");
	assert_string_equal(found(&t, "St Kitts and Nevis"), "KNA");
	assert_string_equal(found(&t, "Sao Tome and Principe"), "STP");
	assert_string_equal(found(&t, "Bahamas, The"), "BHS");
	assert_string_equal(found(&t, "Democractic Republic of the Congo"), "COD?");
	assert_string_equal(found(&t, "345"), "SRB");          /* Gleditsch and Ward: Serbia until 1992 was 345 too */
	assert_string_equal(found(&t, "Atlantis"), "-");
	assert_string_equal(found(&t, "Nigerr"), "-");          /* too short a name for a guess */
	assert_string_equal(found(&t, ""), "-");
}

static void a_wide_table_keeps_its_indicators_and_their_errors(void **state)
{
	_cleanup_(tables_close) struct tables t;
	struct source_table table;
	size_t first, past;

	(void)state;
	tables_open(&t);
	must_read(&t, "a", NULL, "country,year,x,x_sd,y,y_codelow,y_codehigh,region,note\n"
		  "Serbia,2016,0.5,0.1,2,1.5,2.5,4,fine\nGeorgia,2016,0.7,,,,,4,\nAtlantis,2016,1,,,,,1,\n", &table);
	assert_int_equal(table.n_indicators, 2);
	assert_int_equal(table.n_cells, 3);
	assert_true(source_table_unit(&table, "SRB", &first, &past));
	assert_int_equal(past - first, 2);
	assert_near(table.cells[first].value, 0.5, 0);
	assert_near(table.cells[first].sd, 0.1, 0);
	assert_near(table.cells[first + 1].sd, 0.5, 1e-15);
	assert_int_equal(table.cells[first].month, 2016 * 12 + 11);
	assert_true(source_table_unit(&table, "GEO", &first, &past));
	assert_true(isnan(table.cells[first].sd));
	assert_int_equal(table.n_strangers, 1);
	assert_string_equal(table.strangers[0], "Atlantis");
	source_table_free(&table);
}

static void a_long_table_gives_the_indicator_that_the_source_is_called_by(void **state)
{
	static const char text[] = "country,year,indicator,value,low,high,source\n"
				   "SRB,2016,fh_total,76,,,FH\nSRB,2016,other,1,0.9,1.1,X\nGEO,2016,fh_total,64,,,FH\n";
	_cleanup_(tables_close) struct tables t;
	struct source_table table;

	(void)state;
	tables_open(&t);
	must_read(&t, "fh_total", NULL, text, &table);
	assert_int_equal(table.n_indicators, 1);
	assert_int_equal(table.n_cells, 2);
	source_table_free(&table);
	must_read(&t, "all", NULL, text, &table);
	assert_int_equal(table.n_indicators, 2);
	assert_int_equal(table.n_cells, 3);
	source_table_free(&table);
	must_read(&t, "all", "other", text, &table);
	assert_int_equal(table.n_cells, 1);
	assert_near(table.cells[0].sd, 0.1, 1e-12);
	source_table_free(&table);
}

static void columns_can_be_asked_for_and_one_that_is_not_there_is_named(void **state)
{
	_cleanup_(tables_close) struct tables t;
	struct source_table table;
	struct source_text source;

	(void)state;
	tables_open(&t);
	must_read(&t, "a", "pop+x", "iso3,year,x,gdp,pop\nSRB,2016,1,2,3\n", &table);
	assert_int_equal(table.n_indicators, 2);
	source_table_free(&table);
	source = table_of("a", "popp", "iso3,year,x,gdp,pop\nSRB,2016,1,2,3\n");
	assert_int_equal(read_one(&t, &source, &table), ERR_DATA);
	assert_string_equal(t.err.msg, "t.csv:1:1: no column \"popp\"");
}

static void months_and_tables_without_time_are_read(void **state)
{
	_cleanup_(tables_close) struct tables t;
	struct source_table table;

	(void)state;
	tables_open(&t);
	must_read(&t, "a", NULL, "country,month,x\nSRB,2016-03,1\n", &table);
	assert_int_equal(table.cells[0].month, 2016 * 12 + 2);
	source_table_free(&table);
	must_read(&t, "a", NULL, "country,x\nSRB,1\n", &table);
	assert_true(table.cells[0].month == INT_MISSING);
	source_table_free(&table);
}

static void what_is_wrong_is_named_with_its_place(void **state)
{
	static const struct { const char *text, *message; } cases[] = {
		{"", "t.csv:1:1: file is empty, expected a header row"},
		{"year,x\n2016,1\n", "t.csv:1:1: no column names the unit"},
		{"country,year\nSRB,2016\n", "t.csv:1:1: no column of values"},
		{"country,year,x\nSRB,2016,1\nGEO,2016,NaN\n", "t.csv:3:10: \"NaN\" is not a number"},
		{"country,year,x\nSRB,2016,1\nGEO,2016,1,2\n", "t.csv:3:1: row has 4 columns, expected 3"},
		{"country,year,x\nSRB,16,1\n", "t.csv:2:5: \"16\" is not a year or month"},
		{"country,year,x,x_sd\nSRB,2016,1,-1\n", "t.csv:2:12: standard deviation is negative"},
		{"country,year,x,x_low,x_high\nSRB,2016,1,2,1\n",
				"t.csv:2:12: the lower bound lies above the upper one"},
		{"country,year,x\nSRB,2016,1\nGEO,2016,2\nSerbia,2016,3\n",
		 "t.csv:4:1: \"x\" of SRB was given on line 2 already"},
	};
	_cleanup_(tables_close) struct tables t;

	(void)state;
	tables_open(&t);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct source_text source = table_of("a", NULL, cases[i].text);
		struct source_table table;

		assert_int_equal(read_one(&t, &source, &table), ERR_DATA);
		assert_string_equal(t.err.msg, cases[i].message);
	}
}

static void labels_are_read_once_a_unit(void **state)
{
	static const char text[] = "country,rating\nSerbia,Narrowed\nAtlantis,Open\n";
	static const char twice[] = "country,rating\nSerbia,Narrowed\nSRB,Open\n";
	_cleanup_(tables_close) struct tables t;
	struct labels labels;

	(void)state;
	tables_open(&t);
	assert_int_equal(labels_read("l.csv", text, strlen(text), &t.finder, &t.arena, &labels, &t.err), 0);
	assert_int_equal(labels.n, 1);
	assert_int_equal(labels.n_strangers, 1);
	assert_int_equal(labels_read("l.csv", twice, strlen(twice), &t.finder, &t.arena, &labels, &t.err), ERR_DATA);
	assert_string_equal(t.err.msg, "l.csv:3:1: SRB was labelled on line 2 already");
}

/* Every unit of the reference tables is known, but for one state that is no more. */
static void the_reference_tables_name_known_units(void **state)
{
	_cleanup_(tables_close) struct tables t;
	struct source_text source;
	struct source_table table;

	(void)state;
	tables_open(&t);
	source = shared_table(&t, "wgi", NULL, "vdem/wgi_voice_accountability.csv");
	if (read_one(&t, &source, &table) < 0)
		fail_msg("%s", t.err.msg);
	assert_int_equal(table.n_indicators, 1);
	assert_int_equal(table.n_strangers, 1);
	assert_string_equal(table.strangers[0], "ANT");
	source_table_free(&table);
	source = shared_table(&t, "vdem", NULL, "vdem/vdem_indices_1990_v15.csv");
	assert_int_equal(read_one(&t, &source, &table), 0);
	assert_int_equal(table.n_indicators, 5);
	assert_int_equal(table.n_strangers, 0);
	source_table_free(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_found_through_accents_articles_and_one_slip_of_the_pen),
		cmocka_unit_test(a_wide_table_keeps_its_indicators_and_their_errors),
		cmocka_unit_test(a_long_table_gives_the_indicator_that_the_source_is_called_by),
		cmocka_unit_test(columns_can_be_asked_for_and_one_that_is_not_there_is_named),
		cmocka_unit_test(months_and_tables_without_time_are_read),
		cmocka_unit_test(what_is_wrong_is_named_with_its_place),
		cmocka_unit_test(labels_are_read_once_a_unit),
		cmocka_unit_test(the_reference_tables_name_known_units),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("source_table", tests, NULL, NULL);
}
