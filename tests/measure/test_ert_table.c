/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ert_table.c - tables of country-years: what is read, what is refused, what is written. */
#include "tables.h"

static void assert_refused(const char *text, const char *message)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct ert_table table;
	struct err err = {0};

	assert_int_equal(ert_table_read("made.csv", text, strlen(text), "v2x_polyarchy", &arena, &table, &err), ERR_DATA);
	assert_string_equal(err.msg, message);
}

static const char plain[] =
	"country_id,country_text_id,country_name,year,v2x_regime,v2x_polyarchy,v2x_polyarchy_codelow,"
	"v2x_polyarchy_codehigh,codingend,election,assumed_office\n"
	"7,AAA,Aland,2000,1,0.3,0.25,0.35,2003,0,0\n"
	"7,AAA,Aland,2001,1,0.4,0.35,0.45,2003,0,0\n"
	"7,AAA,Aland,2002,2,0.5,0.45,0.55,2003,1,1\n"
	"7,AAA,Aland,2003,2,0.5,0.45,0.55,2003,0,0\n";

static void a_small_table_gives_the_columns_of_the_reference(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	char *text = table_text(plain, "v2x_polyarchy", &arena);

	(void)state;
	assert_non_null(strstr(text, "\n7,AAA,Aland,2000,1,0.3,0.25,0.35,2000,2001,AAA_2000_2001,0,,,,,,"
				     "0,AAA_2001_2003,2001,2003,1,,,,,0,0,0,0,,,,0,,,,,0,0,0\n"));
	assert_non_null(strstr(text, "\n7,AAA,Aland,2002,2,0.5,0.45,0.55,2002,2003,AAA_2002_2003,1,1,2002,,1,0,"
				     "1,AAA_2001_2003,2001,2003,0,0,1,0,1,1,1,1,0,,,,0,,,,,0,0,0\n"));
}

static void columns_in_another_order_more_of_them_and_quotes_do_not_matter(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	static const char other[] =
		"\"note\",year,v2x_polyarchy_codehigh,country_name,v2x_polyarchy,assumed_office,\"v2x_regime\",country_text_id,"
		"codingend,v2x_polyarchy_codelow,country_id,election,last\r\n"
		"\"a, \"\"b\"\"\nc\",2000,0.35,\"Aland\",\"0.3\",0,1,AAA,2003,0.25,\"7\",0,\r\n"
		",2001,0.45,Aland,0.40,0,1,\"AAA\",2003,0.35,7,0,x\r\n"
		",2002,0.55,Aland,5e-1,1,2,AAA,2003,0.450,7,1,\"\"\r\n"
		",2003,0.55,Aland,.5,0,2,AAA,2003,0.45,7,0,";

	(void)state;
	assert_string_equal(table_text(other, "v2x_polyarchy", &arena), table_text(plain, "v2x_polyarchy", &arena));
}

static void rows_keep_their_order_and_countries_may_take_turns(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	char *text = table_text(TABLE_HEADER "BBB,2001,1,0.4,,\nAAA,2001,1,0.4,,\nBBB,2000,1,0.2,,\nAAA,2000,1,0.3,,\n",
				"v2x_polyarchy", &arena);

	(void)state;
	assert_non_null(strstr(text, "\n,BBB,,2001,1,0.4,,,"));
	assert_true(strstr(text, ",BBB,,2001") < strstr(text, ",AAA,,2001"));
	assert_true(strstr(text, ",AAA,,2001") < strstr(text, ",BBB,,2000"));
	assert_non_null(strstr(text, "1,BBB_2001_2001,2001,2001,0,0,"));
}

static void names_that_need_quotes_get_them_in_ids_too(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	char *text = table_text(TABLE_HEADER "\"A,\"\"B\",2000,1,0.2,,\n\"A,\"\"B\",2001,1,0.4,,\n", "v2x_polyarchy", &arena);

	(void)state;
	assert_non_null(strstr(text, ",\"A,\"\"B\",,2001,1,0.4,,,2000,2001,\"A,\"\"B_2000_2001\",0,0,"));
}

static void episodes_of_a_bound_leave_the_index_as_it_is(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	static const char bound[] = TABLE_HEADER "AAA,2000,1,0.5,0.2,0.6\nAAA,2001,1,0.5,0.4,0.6\n";

	(void)state;
	assert_null(strstr(table_text(bound, "v2x_polyarchy", &arena), "AAA_2001_2001"));
	assert_non_null(strstr(table_text(bound, "v2x_polyarchy_codelow", &arena),
			       ",AAA,,2001,1,0.5,0.4,0.6,2000,2001,AAA_2000_2001,0,0,,,0,,1,AAA_2001_2001,"));
}

static void empty_cells_and_na_are_missing_and_a_country_without_values_has_no_episode(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	char *text = table_text(TABLE_HEADER "AAA,2000,NA,NA,NA,NA\nAAA,2001,,,,\n", "v2x_polyarchy", &arena);

	(void)state;
	assert_non_null(strstr(text, "\n,AAA,,2000,,,,,,2001,,,,,,,,0,,,,0,,,,,0,0,0,0,,,,0,,,,,0,0,0\n"));
	assert_non_null(strstr(text, "\n,AAA,,2001,,,,,,2001,,,,,,,,0,"));
}

static void a_table_without_rows_is_its_header(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	char *text = table_text(TABLE_HEADER, "v2x_polyarchy", &arena);

	(void)state;
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void years_before_1900_are_not_used(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct ert_table table = table_read(TABLE_HEADER "AAA,1899,1,0.1,,\nAAA,1900,1,0.2,,\nAAA,1902,1,0.2,,\n", &arena);

	(void)state;
	assert_int_equal(table.n_rows, 2);
	assert_int_equal(table.first, 1900);
	assert_int_equal(table.n_years, 3);
}

static void what_a_table_does_not_say_comes_from_its_values(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct ert_table table = table_read(TABLE_HEADER "AAA,2000,1,,,\nAAA,2001,1,0.2,0.1,0.3\nAAA,2002,1,,,\n"
							 "AAA,2005,1,0.2,,\nAAA,2006,1,,,\n", &arena);

	(void)state;
	assert_int_equal(table.countries[0].coding_end, 2005);
	assert_int_equal(table.countries[0].n_gaps, 1);
	assert_int_equal(table.countries[0].gaps[0].first, 2002);
	assert_int_equal(table.countries[0].gaps[0].last, 2004);
	assert_true(fabs(table.rows[1].sd - 0.1) < 1e-15);
}

static void a_column_that_must_be_there_is_asked_for(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	static const char text[] = "country_text_id,Year,v2x_regime,v2x_polyarchy\n";
	struct ert_table table;
	struct err err = {0};

	(void)state;
	assert_int_equal(ert_table_read("made.csv", text, strlen(text), "v2x_polyarchy", &arena, &table, &err), ERR_DATA);
	assert_string_equal(err.msg, "made.csv:1:1: no column \"year\"");
	assert_string_equal(err.hint, "Did you mean the column \"Year\"?");
	assert_int_equal(ert_table_read("made.csv", plain, strlen(plain), "v2x_libdem", &arena, &table, &err), ERR_DATA);
	assert_string_equal(err.msg, "made.csv:1:1: no column \"v2x_libdem\"");
}

static void what_is_wrong_is_said_with_its_place(void **state)
{
	(void)state;
	assert_refused("", "made.csv:1:1: file is empty, expected a header row");
	assert_refused(TABLE_HEADER "AAA,2000,1,NaN,,\n", "made.csv:2:12: the value is not a number");
	assert_refused(TABLE_HEADER "AAA,2000,1,0.5,,-\n", "made.csv:2:17: v2x_polyarchy_codehigh is not a number");
	assert_refused(TABLE_HEADER "AAA,2000,1,0.5,.,\n", "made.csv:2:16: v2x_polyarchy_codelow is not a number");
	assert_refused(TABLE_HEADER "AAA,2000,4,0.5,,\n", "made.csv:2:10: v2x_regime is not a whole number from 0 to 3");
	assert_refused(TABLE_HEADER "AAA,20x0,1,0.5,,\n", "made.csv:2:5: year is not a number");
	assert_refused(TABLE_HEADER "AAA,123456,1,0.5,,\n", "made.csv:2:5: year is not a whole number from 1 to 9999");
	assert_refused(TABLE_HEADER "AAA,,1,0.5,,\n", "made.csv:2:5: no year");
	assert_refused(TABLE_HEADER ",2000,1,0.5,,\n", "made.csv:2:1: no country");
	assert_refused(TABLE_HEADER "AAA,2000,1,0.5\n", "made.csv:2:1: row has 4 columns, expected 6");
	assert_refused(TABLE_HEADER "AAA,2000,1,0.5,,,\n", "made.csv:2:1: row has 7 columns, expected 6");
	assert_refused(TABLE_HEADER "AAA,2000,1,0.5,0.7,0.6\n",
		       "made.csv:2:16: a negative sd, or the lower end of the interval above the upper");
	assert_refused(TABLE_HEADER "AAA,2000,1,0.5,,\n\nAAA,2001,1,0.5,,\n", "made.csv:3:1: row has 1 columns, expected 6");
	assert_refused(TABLE_HEADER "AAA,2000,1,\"0.5,,\n", "made.csv:2:12: quoted cell is never closed");
	assert_refused(TABLE_HEADER "AAA,2000,1,0\"5,,\n", "made.csv:2:13: quote inside a plain cell");
	assert_refused(TABLE_HEADER "AAA,2000,1,\"0\"5,,\n", "made.csv:2:15: text after a closing quote, expected the next cell");
	assert_refused(TABLE_HEADER "AAA,2000,1,0.5,,\nA\xff" "A,2001,1,0.5,,\n", "made.csv:3:2: text is not valid UTF-8");
	assert_refused(TABLE_HEADER "AAA,2000,1,0.5,,\nAAB,2000,1,0.5,,\nAAA,2000,1,0.6,,\n",
		       "made.csv:4:1: \"AAA\" has the year 2000 already in line 2");
	assert_refused("country_text_id,year,v2x_regime,v2x_polyarchy,codingend\nAAA,2000,1,0.5,2020\nAAA,2001,1,0.5,2021\n",
		       "made.csv:3:1: end of coding or gaps of \"AAA\" differ from those in line 2");
}

static void a_place_after_a_cell_of_two_lines_is_counted_from_there(void **state)
{
	(void)state;
	assert_refused("note,country_text_id,year,v2x_regime,v2x_polyarchy\n\"a\nb\",AAA,2000,1,0.5\n\"c\nd\",AAA,2001,9,0.5\n",
		       "made.csv:5:13: v2x_regime is not a whole number from 0 to 3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_table_gives_the_columns_of_the_reference),
		cmocka_unit_test(columns_in_another_order_more_of_them_and_quotes_do_not_matter),
		cmocka_unit_test(rows_keep_their_order_and_countries_may_take_turns),
		cmocka_unit_test(names_that_need_quotes_get_them_in_ids_too),
		cmocka_unit_test(episodes_of_a_bound_leave_the_index_as_it_is),
		cmocka_unit_test(empty_cells_and_na_are_missing_and_a_country_without_values_has_no_episode),
		cmocka_unit_test(a_table_without_rows_is_its_header),
		cmocka_unit_test(years_before_1900_are_not_used),
		cmocka_unit_test(what_a_table_does_not_say_comes_from_its_values),
		cmocka_unit_test(a_column_that_must_be_there_is_asked_for),
		cmocka_unit_test(what_is_wrong_is_said_with_its_place),
		cmocka_unit_test(a_place_after_a_cell_of_two_lines_is_counted_from_there),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ert_table", tests, NULL, NULL);
}
