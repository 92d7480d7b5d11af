/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_reliability.c - bins, calibration error and its floor, precision, value, paired differences.
 *
 * Reference: the numbers that score.py of the benchmark prints of the made forecasts below, and
 * score.py itself where $TOCSIN_SHARED and python3 are there.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tocsin/stats.h>

#include "tests/near.h"

enum { COUNTRIES = 12, YEARS = 10, MOST = COUNTRIES * YEARS * 2 };

struct made {
	double p[MOST], rival[MOST];
	unsigned char y[MOST];
	size_t country[MOST], n;
};

static uint64_t state_of_draw;

static double draw(void)   /* Park and Miller 1988, as in the script that made the reference */
{
	state_of_draw = state_of_draw * 48271 % 2147483647;
	return (double)state_of_draw / 2147483647;
}

static double hundredths(double x)
{
	return rint(x * 100) / 100;
}

/* Pairs of opening, closing by country and year. */
static void made_build(struct made *made)
{
	made->n = 0;
	state_of_draw = 1;
	for (size_t g = 0; g < COUNTRIES; g++)
		for (size_t t = 0; t < YEARS; t++) {
			double a = draw(), b = draw(), *p = &made->p[made->n], *rival = &made->rival[made->n];

			p[0] = hundredths(a * a);
			p[1] = hundredths(b * b);
			for (size_t k = 0; k < 2; k++)
				made->y[made->n + k] = draw() < p[k] * 0.8 + 0.05;
			rival[0] = hundredths(draw() * 0.4);
			rival[1] = hundredths(draw() * 0.4);
			made->country[made->n] = made->country[made->n + 1] = g;
			made->n += 2;
		}
}

#define PRINTED 6e-7   /* six places */

static void every_figure_is_that_of_the_benchmarks_scorer(void **state)
{
	struct made made;
	struct reliability all;
	struct paired against;

	(void)state;
	made_build(&made);
	reliability_of(made.p, made.y, made.n, &all);
	assert_int_equal(all.n, 240);
	assert_int_equal(all.events, 78);
	assert_near(all.base, 0.325, PRINTED);
	assert_near(all.mean_p, 0.332667, PRINTED);
	assert_near(brier_score(made.p, made.y, made.n), 0.159282, PRINTED);
	assert_near(log_score(made.p, made.y, made.n), 0.502525, PRINTED);
	assert_near(auc_score(made.p, made.y, made.n), 0.825855, PRINTED);
	assert_near(average_precision(made.p, made.y, made.n), 0.678033, PRINTED);
	assert_near(all.reliability, 0.006431, PRINTED);
	assert_near(all.resolution, 0.065717, PRINTED);
	assert_near(all.uncertainty, 0.219375, PRINTED);
	assert_near(all.ece, 0.0645, PRINTED);
	assert_near(relative_value(made.p, made.y, made.n, 0.1), 0.141975, PRINTED);
	assert_near(relative_value(made.p, made.y, made.n, 0.2), 0.37037, PRINTED);
	assert_near(relative_value(made.p, made.y, made.n, 0.3), 0.452675, PRINTED);
	against = brier_paired(made.p, made.rival, made.y, made.country, made.n, COUNTRIES, 2000);
	assert_near(against.diff, -0.08299, PRINTED);
	assert_near(against.reach.low, -0.122905, PRINTED);
	assert_near(against.reach.high, -0.045925, PRINTED);
}

static void write_tables(const struct made *made, const char *folder)
{
	static const char *const names[] = {"y", "p", "r"};

	for (size_t f = 0; f < 3; f++) {
		char path[200];
		FILE *file;

		snprintf(path, sizeof path, "%s/%s.csv", folder, names[f]);
		file = fopen(path, "w");
		assert_non_null(file);
		fprintf(file, "gwcode,origin,up_x,down_x\n");
		for (size_t i = 0; i < made->n; i += 2) {
			fprintf(file, "%zu,%zu", made->country[i] + 2, 2000 + i / 2 % YEARS);
			for (size_t k = i; k < i + 2; k++)
				fprintf(file, ",%.17g", f == 0 ? made->y[k] : f == 1 ? made->p[k] : made->rival[k]);
			fprintf(file, "\n");
		}
		fclose(file);
	}
}

/* The value under a heading of the last line, which speaks of both directions. */
static double column(const char *head, const char *row, const char *name)
{
	size_t len = strlen(name);

	for (; *head; head += strcspn(head, ",\n"), row += strcspn(row, ",\n"), head += *head == ',', row += *row == ',') {
		if (strncmp(head, name, len) == 0 && (head[len] == ',' || head[len] == '\n' || head[len] == '\r'))
			return strtod(row, NULL);
		if (*head == '\n')
			break;
	}
	fail_msg("score.py printed no %s", name);
	return NAN;
}

static void the_scorer_itself_says_the_same(void **state)
{
	const char *shared = getenv("TOCSIN_SHARED");
	char folder[] = "/tmp/tocsin-score-XXXXXX", command[900], head[900] = "", row[900] = "", line[900];
	struct made made;
	struct reliability all;
	struct paired against;
	FILE *pipe;

	(void)state;
	snprintf(command, sizeof command, "command -v python3 >/dev/null && test -e %s/data/forecast/score.py",
		 shared ? shared : "../shared");
	if (system(command) != 0)
		skip();
	assert_non_null(mkdtemp(folder));
	made_build(&made);
	write_tables(&made, folder);
	snprintf(command, sizeof command, "python3 %s/data/forecast/score.py --outcomes %s/y.csv --forecasts %s/p.csv "
		 "--reference %s/r.csv; rm -r %s", shared ? shared : "../shared", folder, folder, folder, folder);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	while (fgets(line, sizeof line, pipe))
		strcpy(*head ? row : head, line);
	assert_int_equal(pclose(pipe), 0);
	reliability_of(made.p, made.y, made.n, &all);
	against = brier_paired(made.p, made.rival, made.y, made.country, made.n, COUNTRIES, 2000);
	assert_near(column(head, row, "ece"), all.ece, PRINTED);
	assert_near(column(head, row, "rel"), all.reliability, PRINTED);
	assert_near(column(head, row, "res"), all.resolution, PRINTED);
	assert_near(column(head, row, "auc_pr"), average_precision(made.p, made.y, made.n), PRINTED);
	assert_near(column(head, row, "value_20"), relative_value(made.p, made.y, made.n, 0.2), PRINTED);
	assert_near(column(head, row, "diff"), against.diff, PRINTED);
	assert_near(column(head, row, "diff_lo"), against.reach.low, PRINTED);
	assert_near(column(head, row, "diff_hi"), against.reach.high, PRINTED);
}

/* Worked by hand: .05 and .05 (one event), .5 (event), 1 (event). */
static void bins_hold_their_rows_and_the_last_one_is_closed(void **state)
{
	const double p[] = {0.05, 0.05, 0.5, 1};
	const unsigned char y[] = {0, 1, 1, 1};
	struct reliability all;

	(void)state;
	reliability_of(p, y, 4, &all);
	assert_int_equal(all.bins[0].n, 2);
	assert_int_equal(all.bins[0].events, 1);
	assert_near(all.bins[0].mean_p, 0.05, 1e-15);
	assert_near(all.bins[0].share, 0.5, 0);
	assert_int_equal(all.bins[5].n, 1);
	assert_int_equal(all.bins[9].n, 1);
	assert_true(isnan(all.bins[3].share));
	assert_near(all.ece, (0.9 + 0.5 + 0) / 4, 1e-15);
	assert_near(all.reliability, (2 * 0.45 * 0.45 + 0.25) / 4, 1e-15);
	assert_near(all.resolution, (2 * 0.0625 + 2 * 0.0625) / 4, 1e-15);
	assert_near(all.uncertainty, 0.1875, 1e-15);
}

/* Five chances, each alone in its bin, so nothing is lost by the bins. */
static void the_brier_score_is_its_three_parts_where_a_bin_holds_one_chance(void **state)
{
	double p[300];
	unsigned char y[300];
	struct reliability all;

	(void)state;
	for (int i = 0; i < 300; i++) {
		p[i] = (i % 5) * 0.2 + 0.05;
		y[i] = i * 7 % 10 < 3 + i % 5;
	}
	reliability_of(p, y, 300, &all);
	assert_near(all.reliability - all.resolution + all.uncertainty, brier_score(p, y, 300), 1e-12);
}

static void the_floor_is_what_a_perfect_forecaster_is_charged(void **state)
{
	const double one[] = {0.3}, two[] = {0.25, 0.25}, sure[] = {0, 1};
	double p[3000], mean = 0;
	unsigned char y[3000];
	struct rng rng;
	struct reliability all;

	(void)state;
	assert_near(ece_floor(one, 1), 2 * 0.3 * 0.7, 1e-15);
	/* 0, 1, 2 events with 9/16, 6/16, 1/16 against the mean of a half */
	assert_near(ece_floor(two, 2), (9.0 / 16 * 0.5 + 6.0 / 16 * 0.5 + 1.0 / 16 * 1.5) / 2, 1e-15);
	assert_near(ece_floor(sure, 2), 0, 0);
	assert_true(isnan(ece_floor(NULL, 0)));
	rng_seed(&rng, 5);
	for (size_t n = 60; n <= 3000; n *= 50, mean = 0) {   /* exact, then normal in the fullest bins */
		for (size_t i = 0; i < n; i++)
			p[i] = rng_unit(&rng) * rng_unit(&rng);
		for (int round = 0; round < 2000; round++) {
			for (size_t i = 0; i < n; i++)
				y[i] = rng_unit(&rng) < p[i];
			reliability_of(p, y, n, &all);
			mean += all.ece / 2000;
		}
		assert_near(ece_floor(p, n), mean, 0.02 * mean);
	}
}

static void precision_takes_ties_as_one_step(void **state)
{
	const double p[] = {0.9, 0.5, 0.5, 0.1};
	const unsigned char y[] = {1, 1, 0, 1}, none[] = {0, 0, 0, 0};

	(void)state;
	assert_near(average_precision(p, y, 4), (1 + 2.0 / 3 + 3.0 / 4) / 3, 1e-15);
	assert_true(isnan(average_precision(p, none, 4)));
	assert_true(isnan(average_precision(p, y, 0)));
}

static void value_is_none_for_the_best_constant_rule_and_one_when_perfect(void **state)
{
	const double never[] = {0, 0, 0, 0, 0}, perfect[] = {1, 0, 0, 0, 0}, always[] = {1, 1, 1, 1, 1};
	const unsigned char y[] = {1, 0, 0, 0, 0}, all[] = {1, 1, 1, 1, 1}, none[5] = {0};

	(void)state;
	assert_near(relative_value(never, y, 5, 0.3), 0, 1e-15);     /* a fifth happens: doing nothing costs .2 */
	assert_near(relative_value(always, y, 5, 0.1), 0, 1e-15);    /* acting costs .1 */
	assert_near(relative_value(perfect, y, 5, 0.2), 1, 1e-15);
	assert_near(relative_value(always, y, 5, 0.3), (0.2 - 0.3) / (0.2 - 0.06), 1e-15);
	assert_true(isnan(relative_value(always, none, 5, 0.3)));
	assert_true(isnan(relative_value(always, all, 5, 0.3)));
}

static void one_country_has_a_difference_and_no_interval(void **state)
{
	const double p[] = {0.2, 0.4}, rival[] = {0.5, 0.5};
	const unsigned char y[] = {0, 1};
	const size_t country[] = {0, 0};
	struct paired against = brier_paired(p, rival, y, country, 2, 1, 2000);

	(void)state;
	assert_near(against.diff, (0.04 + 0.36 - 0.5) / 2, 1e-15);
	assert_true(isnan(against.reach.low) && isnan(against.reach.high));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_figure_is_that_of_the_benchmarks_scorer),
		cmocka_unit_test(the_scorer_itself_says_the_same),
		cmocka_unit_test(bins_hold_their_rows_and_the_last_one_is_closed),
		cmocka_unit_test(the_brier_score_is_its_three_parts_where_a_bin_holds_one_chance),
		cmocka_unit_test(the_floor_is_what_a_perfect_forecaster_is_charged),
		cmocka_unit_test(precision_takes_ties_as_one_step),
		cmocka_unit_test(value_is_none_for_the_best_constant_rule_and_one_when_perfect),
		cmocka_unit_test(one_country_has_a_difference_and_no_interval),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("reliability", tests, NULL, NULL);
}
