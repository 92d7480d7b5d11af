/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_index_step.c - the rule by which a year opens or closes a democratic space.
 *
 * Reference: outcomes.csv of the benchmark where $TOCSIN_SHARED has it, coded by the rule's authors.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/stats.h>

#include "tests/near.h"

static void six_spaces_have_a_step_and_nothing_else_has(void **state)
{
	size_t n = 0;

	(void)state;
	for (; space_indicator(n); n++)
		assert_true(space_step(space_indicator(n)) > 0);
	assert_int_equal(n, 6);
	assert_near(space_step("v2xcs_ccsi"), 0.05, 0);
	assert_near(space_step("v2x_veracc_osp"), 0.08, 0);
	assert_true(isnan(space_step("v2x_polyarchy")));
}

static void a_step_within_a_year_counts_and_one_of_just_that_size_does_not(void **state)
{
	(void)state;
	assert_int_equal(year_moved(0.5, 0.5, 0.625, 0.625, 0.0625, 1), 1);
	assert_int_equal(year_moved(0.5, 0.5, 0.5625, 0.5625, 0.0625, 1), 0);
	assert_int_equal(year_moved(0.5, 0.5, 0.625, 0.625, 0.0625, -1), 0);
	assert_int_equal(year_moved(0.5, 0.5, 0.375, 0.375, 0.0625, -1), 1);
}

static void two_smaller_years_count_when_both_have_a_tenth(void **state)
{
	(void)state;
	assert_int_equal(year_moved(0.5, 0.53, 0.57, 0.57, 0.05, 1), 1);     /* with the year before */
	assert_int_equal(year_moved(0.5, 0.5, 0.54, 0.58, 0.05, 1), 1);      /* with the year after */
	assert_int_equal(year_moved(0.5, 0.504, 0.552, 0.552, 0.05, 1), 0);  /* the first had less than a tenth */
	assert_int_equal(year_moved(0.5, 0.5, 0.548, 0.552, 0.05, 1), 0);
}

static void a_missing_value_leaves_the_year_open(void **state)
{
	(void)state;
	assert_int_equal(year_moved(NAN, 0.5, 0.6, 0.6, 0.05, 1), -1);
	assert_int_equal(year_moved(0.5, NAN, 0.6, 0.6, 0.05, 1), -1);
	assert_int_equal(year_moved(0.5, 0.5, 0.6, NAN, 0.05, 1), -1);   /* what comes true early is not said early */
}

/* ---- against the authors' own coding ---- */

enum { MOST_CODE = 1000, FIRST = 1968, YEARS = 60 };

static double panel[MOST_CODE][YEARS];

static void *file_of(const char *name, char **line, size_t *cap)
{
	const char *shared = getenv("TOCSIN_SHARED");
	char path[500];
	FILE *file;

	snprintf(path, sizeof path, "%s/data/forecast/%s", shared ? shared : "../shared", name);
	file = fopen(path, "r");
	if (!file)
		skip();
	assert_true(getline(line, cap, file) > 0);
	return file;
}

/* The place of a heading in a line of CSV without quotes. */
static int place_of(const char *line, const char *name)
{
	size_t len = strlen(name);
	int place = 0;

	for (const char *s = line; *s; s += strcspn(s, ",") + (s[strcspn(s, ",")] == ','), place++)
		if (strncmp(s, name, len) == 0 && strchr(",\r\n", s[len]))
			return place;
	fail_msg("no column %s", name);
	return -1;
}

static double cell(const char *line, int place)
{
	char *end;
	double value;

	for (; place > 0; place--)
		line += strcspn(line, ",") + 1;
	value = strtod(line, &end);
	return end == line ? NAN : value;
}

static void the_outcomes_of_the_benchmark_are_coded_alike(void **state)
{
	char *line = NULL;
	size_t cap = 0, same = 0, other = 0;
	FILE *file = file_of("panel.csv", &line, &cap);
	int code = place_of(line, "gwcode"), year = place_of(line, "year"), value = place_of(line, "v2xcl_rol");

	(void)state;
	for (int i = 0; i < MOST_CODE; i++)
		for (int k = 0; k < YEARS; k++)
			panel[i][k] = NAN;
	while (getline(&line, &cap, file) > 0)
		panel[(int)cell(line, code)][(int)cell(line, year) - FIRST] = cell(line, value);
	fclose(file);
	file = file_of("outcomes.csv", &line, &cap);
	code = place_of(line, "gwcode");
	year = place_of(line, "origin");
	value = place_of(line, "down_v2xcl_rol");
	while (getline(&line, &cap, file) > 0) {
		const double *x = panel[(int)cell(line, code)] + (int)cell(line, year) - FIRST;
		double truth = cell(line, value);
		int y[2];

		for (int k = 0; k < 2; k++)
			y[k] = year_moved(x[k - 1], x[k], x[k + 1], x[k + 2], space_step("v2xcl_rol"), -1);
		if (isnan(truth) || y[0] < 0 || y[1] < 0)
			continue;
		same += (y[0] == 1 || y[1] == 1) == (truth == 1);
		other += (y[0] == 1 || y[1] == 1) != (truth == 1);
	}
	fclose(file);
	free(line);
	assert_true(same > 5000);
	assert_int_equal(other, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(six_spaces_have_a_step_and_nothing_else_has),
		cmocka_unit_test(a_step_within_a_year_counts_and_one_of_just_that_size_does_not),
		cmocka_unit_test(two_smaller_years_count_when_both_have_a_tenth),
		cmocka_unit_test(a_missing_value_leaves_the_year_open),
		cmocka_unit_test(the_outcomes_of_the_benchmark_are_coded_alike),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("index_step", tests, NULL, NULL);
}
