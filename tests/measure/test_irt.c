/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_irt.c - the measurement models: against quadrature, the shared posterior and truth, and themselves. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include <stdlib.h>

#include "tests/measure/rated.h"
#include "tests/near.h"

static void run_table(const struct irt_table *table, bool is_static, size_t sweeps, struct arena *arena,
		      struct irt_result *result)
{
	const struct irt_setup setup = {.is_static = is_static, .seed = 5, .threads = 2, .warm_up = sweeps / 2,
					.round = sweeps, .most = sweeps};

	assert_int_equal(irt_run(table, &setup, arena, result, NULL), 0);
}

/* ---- one unit, one rater, two categories: three numbers to integrate over ---- */

static double normal_cdf(double x)
{
	return 0.5 * erfc(-x * M_SQRT1_2);
}

/* Density of a sum of a flat number on -4 to 4 and a normal one, but for a constant. */
static double flat_and_normal(double x, double sd)
{
	return normal_cdf((4 - x) / sd) - normal_cdf((-4 - x) / sd);
}

/* What a draw of the only unit becomes when one more is counted at mean 0 and sd 1. */
static double scaled(double z)
{
	return z / 2 / sqrt((z * z / 4 + 1) / 2);
}

/* Mean and sd of z ~ N(0, 1), scaled under the dynamic model, when the one rating is above the one threshold. */
static void quadrature(bool is_static, double *mean, double *sd)
{
	double total = 0, first = 0, second = 0;

	for (double z = -5; z < 5; z += 0.05)
		for (double beta = 0.01; beta < 5; beta += 0.04)
			for (double cut = is_static ? -5.5 : -30; cut < (is_static ? 5.5 : 30); cut += 0.1) {
				/* 36 of the world, and twice .08, the mean of the variance of deviations */
				const double above = is_static ? flat_and_normal(cut, sqrt(0.08)) : exp(-cut * cut / 2 / 36.16);
				const double careful = exp(-(beta - 1) * (beta - 1) / 2) / 0.841344746 / sqrt(2 * M_PI);
				const double careless = exp(-beta * beta / 2 / 0.01) * 2 / 0.1 / sqrt(2 * M_PI);
				const double weight = exp(-z * z / 2) * above * normal_cdf(beta * z - cut) *
					(is_static ? careful : 0.9 * careful + 0.1 * careless);

				const double shown = is_static ? z : scaled(z);

				total += weight;
				first += weight * shown;
				second += weight * shown * shown;
			}
	*mean = first / total;
	*sd = sqrt(second / total - *mean * *mean);
}

static void one_rating_moves_a_unit_as_far_as_quadrature_says(void **state)
{
	(void)state;
	for (int is_static = 0; is_static < 2; is_static++) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct irt_table table;
		struct irt_result result;
		double mean, sd;

		assert_int_equal(rated_read(RATED_HEAD "a,X,2000,2,1\n", EXPERTS_HEAD "a,X\n", NULL, &arena, &table, NULL), 0);
		run_table(&table, is_static, 20000, &arena, &result);
		quadrature(is_static, &mean, &sd);
		assert_true(mean > 0.05);
		assert_near(result.latents[0].mean, mean, 0.05);
		assert_near(result.latents[0].sd, sd, 0.05);
		assert_near(result.latents[0].low, mean - (is_static ? 1.96 : 1.6) * sd, 0.2);   /* scaled draws are flatter */
	}
}

/* ---- nothing but data, model and seed speaks ---- */

struct kept {
	struct buf bytes[8];
	size_t n;
};

static int keep_all(const char *bytes, size_t len, void *user, struct err *err)
{
	struct kept *kept = user;

	(void)err;
	assert_true(kept->n < 8);
	buf_add(&kept->bytes[kept->n++], bytes, len);
	return 0;
}

static void tables_of(const struct irt_table *table, const struct irt_setup *setup, struct buf *buf)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct irt_result result;

	assert_int_equal(irt_run(table, setup, &arena, &result, NULL), 0);
	irt_write_latents(buf, table, &result);
	irt_write_experts(buf, table, &result);
	irt_write_thresholds(buf, table, &result);
	irt_write_diagnostics(buf, table, setup, &result);
}

static void threads_and_a_stop_in_between_change_no_byte(void **state)
{
	(void)state;
	for (int is_static = 0; is_static < 2; is_static++) {
		_cleanup_(arena_free) struct arena arena = {0};
		_cleanup_(buf_free) struct buf whole = {0}, threaded = {0}, other = {0};
		struct irt_table table;
		struct kept kept = {0};
		struct irt_setup setup = {.is_static = is_static, .seed = 3, .threads = 1, .warm_up = 40, .round = 40, .most = 80,
					  .keep = keep_all, .user = &kept};

		rated_world(3, &arena, &table);
		tables_of(&table, &setup, &whole);
		assert_int_equal(kept.n, 3);
		setup.keep = NULL;
		setup.threads = 4;
		tables_of(&table, &setup, &threaded);
		assert_string_equal(whole.s, threaded.s);
		for (size_t i = 0; i < kept.n; i++) {
			_cleanup_(buf_free) struct buf resumed = {0};

			setup.resume = kept.bytes[i].s;
			setup.resume_len = kept.bytes[i].len;
			tables_of(&table, &setup, &resumed);
			assert_string_equal(whole.s, resumed.s);
			buf_free(&kept.bytes[i]);
		}
		setup.resume = NULL;
		setup.seed = 4;
		tables_of(&table, &setup, &other);
		assert_string_not_equal(whole.s, other.s);
	}
}

static void a_checkpoint_of_something_else_is_refused(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct irt_table table, other;
	struct kept kept = {0};
	struct irt_result result;
	struct irt_setup setup = {.seed = 3, .warm_up = 10, .round = 10, .most = 10, .keep = keep_all, .user = &kept};
	struct err err = {0};

	(void)state;
	rated_world(3, &arena, &table);
	rated_world(4, &arena, &other);
	assert_int_equal(irt_run(&table, &setup, &arena, &result, NULL), 0);
	setup.keep = NULL;
	setup.resume = kept.bytes[0].s;
	setup.resume_len = kept.bytes[0].len;
	assert_int_equal(irt_run(&other, &setup, &arena, &result, &err), ERR_USAGE);
	assert_string_equal(err.msg, "the checkpoint is of other ratings, another model or seed");
	setup.seed = 4;
	assert_int_equal(irt_run(&table, &setup, &arena, &result, &err), ERR_USAGE);
	setup.seed = 3;
	setup.resume_len--;
	assert_int_equal(irt_run(&table, &setup, &arena, &result, &err), ERR_DATA);
	kept.bytes[0].s[200] ^= 1;
	setup.resume_len++;
	assert_int_equal(irt_run(&table, &setup, &arena, &result, &err), ERR_DATA);
	setup.resume_len = 3;
	assert_int_equal(irt_run(&table, &setup, &arena, &result, &err), ERR_DATA);
	for (size_t i = 0; i < kept.n; i++)
		buf_free(&kept.bytes[i]);
}

/* ---- little to go by ---- */

static void every_estimate_is_a_number(const struct irt_table *table, bool is_static)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct irt_result result;

	run_table(table, is_static, 200, &arena, &result);
	for (size_t i = 0; i < table->n_points; i++) {
		const struct irt_estimate *latent = &result.latents[i];

		assert_true(isfinite(latent->mean) && latent->sd > 0);
		assert_true(latent->low < latent->mean && latent->mean < latent->high);
		assert_true(fabs(latent->mean) < 6);
	}
	for (size_t j = 0; j < table->n_raters; j++)
		assert_true(table->raters[j].n ? result.betas[j].mean > 0 : isnan(result.betas[j].mean));
	for (size_t c = 1; c < table->k - 1; c++)
		assert_true(result.world[c].mean > result.world[c - 1].mean);
}

static void little_to_go_by_still_gives_estimates(void **state)
{
	static const struct { const char *ratings, *experts, *vignettes; } cases[] = {
		{"a,X,2000,1,1\na,X,2001,3,1\na,X,2002,2,1\n", "a,X\n", NULL},                     /* one rater */
		{"a,X,2000,2,1\nb,X,2000,2,1\na,Y,2000,2,1\nb,Y,2000,2,1\n", "a,X\nb,Y\n", "V,2\n"},  /* all the same */
		{"a,X,2000,1,1\nb,X,2001,5,1\n", "a,X\nb,X\n", NULL},                               /* categories missing */
		{"a,X,2000,1,0\na,X,2009,2,0\nb,X,2004,1,0\n", "a,X\nb,Y\nc,Z\n", "V,1\n"},       /* silence, no confidence */
		{"a,V,,1,1\na,W,,3,1\n", "a,X\n", "V,1\nW,2\n"},                                   /* vignettes only */
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct irt_table table;
		const char *ratings = arena_printf(&arena, RATED_HEAD "%s", cases[i].ratings);
		const char *experts = arena_printf(&arena, EXPERTS_HEAD "%s", cases[i].experts);
		const char *vignettes = cases[i].vignettes ?
			arena_printf(&arena, "vignette,threshold\n%s", cases[i].vignettes) : NULL;

		assert_int_equal(rated_read(ratings, experts, vignettes, &arena, &table, NULL), 0);
		every_estimate_is_a_number(&table, false);
		every_estimate_is_a_number(&table, true);
	}
}

static void units_are_ordered_as_they_were_rated(void **state)
{
	(void)state;
	for (unsigned k = 2; k < 6; k += 3)
		for (int is_static = 0; is_static < 2; is_static++) {
			_cleanup_(arena_free) struct arena arena = {0};
			struct irt_table table;
			struct irt_result result;

			rated_world(k, &arena, &table);
			run_table(&table, is_static, 400, &arena, &result);
			assert_true(result.latents[0].mean < result.latents[16].mean);
			assert_true(result.latents[24].mean < result.latents[25].mean);
			every_estimate_is_a_number(&table, is_static);
		}
}

/* ---- the shared world ---- */

static const char *shared_path(struct arena *arena, const char *name)
{
	const char *shared = getenv("TOCSIN_SHARED");

	return arena_printf(arena, "%s/data/irt/small/%s", shared ? shared : "../shared", name);
}

static struct irt_text shared_text(struct arena *arena, const char *name)
{
	struct irt_text text = {name};
	char *bytes;

	assert_int_equal(file_read(shared_path(arena, name), 1 << 24, arena, &bytes, &text.len, NULL), 0);
	text.text = bytes;
	return text;
}

static bool shared_table(struct arena *arena, struct irt_table *table)
{
	struct irt_text ratings, experts, vignettes;

	if (!file_exists(shared_path(arena, "ratings.csv")))
		return false;
	ratings = shared_text(arena, "ratings.csv");
	experts = shared_text(arena, "experts.csv");
	vignettes = shared_text(arena, "vignettes.csv");
	assert_int_equal(irt_read(&ratings, &experts, &vignettes, arena, table, NULL), 0);
	return true;
}

static double number_in(const struct csv *csv, const char *column)
{
	const char *text = csv_text(csv, csv_column(csv, column));
	double value;

	assert_non_null(text);
	assert_int_equal(num_read(text, strlen(text), &value), 0);
	return value;
}

/* Rows of the reference stand in the order of the points: units by name and year, then vignettes. */
static void the_static_model_is_the_reference(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct irt_table table;
	struct irt_result result;
	struct irt_text text;
	struct csv csv;
	size_t n = 0, near = 0;

	(void)state;
	if (!shared_table(&arena, &table))
		skip();
	run_table(&table, true, 800, &arena, &result);
	text = shared_text(&arena, "ref_latent.csv");
	assert_int_equal(csv_open(&csv, text.name, text.text, text.len, ',', &arena, NULL), 0);
	for (; csv_next(&csv, &arena, NULL) == 1; n++) {
		const double sd = number_in(&csv, "z_sd");

		assert_near(result.prior[n], number_in(&csv, "prior"), 1e-6);   /* our confidences are single precision */
		near += fabs(result.latents[n].mean - number_in(&csv, "z_mean")) <= 0.25 * sd;
		assert_near(result.latents[n].sd / sd, 1, 0.25);
	}
	assert_int_equal(n, table.n_points);
	assert_true(near >= n * 95 / 100);   /* few draws: bench/irt.sh runs until 0.1 sd can be told */
}

static void the_dynamic_model_halves_the_error_of_the_static_one(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct irt_table table;
	struct irt_result result;
	struct irt_text text;
	struct csv csv;
	double square = 0;
	size_t n = 0, covered = 0;

	(void)state;
	if (!shared_table(&arena, &table))
		skip();
	run_table(&table, false, 600, &arena, &result);
	text = shared_text(&arena, "truth_latent.csv");
	assert_int_equal(csv_open(&csv, text.name, text.text, text.len, ',', &arena, NULL), 0);
	for (; csv_next(&csv, &arena, NULL) == 1 && n < table.n_points - table.n_vignettes; n++) {
		const double truth = number_in(&csv, "z");

		square += (result.latents[n].mean - truth) * (result.latents[n].mean - truth);
		covered += result.latents[n].low <= truth && truth <= result.latents[n].high;
	}
	assert_int_equal(n, 360);
	assert_true(sqrt(square / 360) < 0.19);   /* static .370, smoothed .195 */
	assert_true(covered >= 360 * 9 / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_rating_moves_a_unit_as_far_as_quadrature_says),
		cmocka_unit_test(threads_and_a_stop_in_between_change_no_byte),
		cmocka_unit_test(a_checkpoint_of_something_else_is_refused),
		cmocka_unit_test(little_to_go_by_still_gives_estimates),
		cmocka_unit_test(units_are_ordered_as_they_were_rated),
		cmocka_unit_test(the_static_model_is_the_reference),
		cmocka_unit_test(the_dynamic_model_halves_the_error_of_the_static_one),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("irt", tests, NULL, NULL);
}
