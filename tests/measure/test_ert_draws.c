/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ert_draws.c - the chance of episodes from draws of the index. */
#include "tables.h"

static const struct ert_drawing usual = {
	.rule = {0.01, 0.1, 0.03, 0.1, 5}, .draws = 400, .seed = 1, .correlation = ERT_CORRELATION, .threads = 1,
};

struct drawn {
	struct ert_table table;
	struct ert_chance *chances;
	struct ert_outlook *outlooks;
};

static struct drawn drawn_from(const char *text, const struct ert_drawing *drawing, struct arena *arena)
{
	struct drawn drawn = {.table = table_read(text, arena)};

	assert_int_equal(ert_draw(&drawn.table, drawing, arena, &drawn.chances, &drawn.outlooks, NULL), 0);
	return drawn;
}

/* `n` countries that walk for 40 years, as surely as `half` says. */
static char *walks(size_t n, double half, uint64_t seed, struct arena *arena)
{
	char *text = arena_dup(arena, TABLE_HEADER);
	struct rng rng;

	rng_seed(&rng, seed);
	for (size_t c = 0; c < n; c++) {
		struct made_year years[40];
		double at = 0.2 + 0.6 * rng_unit(&rng), slope = 0;

		for (size_t i = 0; i < 40; i++) {
			if (rng_below(&rng, 6) == 0)
				slope = (rng_unit(&rng) - 0.5) * 0.1;
			at = fmin(0.9, fmax(0.1, at + slope));
			years[i] = (struct made_year){rng_below(&rng, 50) ? at : NAN, 1};
		}
		text = arena_printf(arena, "%s%s", text,
				    country_text(arena_printf(arena, "C%02zu", c), years, 40, half, arena));
	}
	return text;
}

static void threads_change_nothing_and_the_seed_does(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	char *text = walks(20, 0.03, 5, &arena);
	struct ert_drawing drawing = usual;
	struct drawn one = drawn_from(text, &drawing, &arena), two, other;

	(void)state;
	drawing.threads = 4;
	two = drawn_from(text, &drawing, &arena);
	drawing.seed = 2;
	other = drawn_from(text, &drawing, &arena);
	assert_memory_equal(one.chances, two.chances, one.table.n_rows * sizeof *one.chances);
	assert_memory_equal(one.outlooks, two.outlooks, one.table.n_countries * sizeof *one.outlooks);
	assert_memory_not_equal(one.chances, other.chances, one.table.n_rows * sizeof *one.chances);
}

static void a_certain_index_gives_the_episodes_themselves(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct drawn drawn = drawn_from(walks(20, 0, 6, &arena), &usual, &arena);
	struct ert_room room;
	size_t in = 0;

	(void)state;
	ert_room_make(&drawn.table, &arena, &room);
	for (size_t c = 0; c < drawn.table.n_countries; c++) {
		struct ert_input input = ert_table_country(&drawn.table, c, &room);
		const struct ert_country *country = &drawn.table.countries[c];

		ert_run(&input, &usual.rule, &room);
		for (size_t i = country->first; i < country->first + country->n; i++)
			for (size_t side = 0; side < 2; side++) {
				size_t at = (size_t)(drawn.table.rows[i].year - drawn.table.first);

				assert_true(drawn.chances[i].p[side] == room.sides[side][at].ep);
				in += room.sides[side][at].ep == 1;
			}
	}
	assert_true(in > 100);
}

static void other_countries_change_no_chance_of_a_year_known(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct drawn all = drawn_from(walks(8, 0.03, 7, &arena), &usual, &arena);
	struct drawn one = drawn_from(walks(1, 0.03, 7, &arena), &usual, &arena);

	(void)state;
	assert_string_equal(one.table.countries[0].id, all.table.countries[0].id);
	assert_memory_equal(one.chances, all.chances, one.table.n_rows * sizeof *one.chances);
}

static void errors_that_go_together_make_fewer_episodes_of_a_flat_index(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct made_year years[40];
	struct ert_drawing drawing = usual;
	double shares[2] = {0};
	char *text;

	(void)state;
	for (size_t i = 0; i < 40; i++)
		years[i] = (struct made_year){0.5, 1};
	text = arena_printf(&arena, "%s%s", TABLE_HEADER, country_text("AAA", years, 40, 0.05, &arena));
	for (size_t k = 0; k < 2; k++) {
		struct drawn drawn;

		drawing.correlation = k ? 0.98 : 0.5;
		drawn = drawn_from(text, &drawing, &arena);
		for (size_t i = 0; i < 40; i++)
			shares[k] += drawn.chances[i].p[0] / 40;
	}
	assert_true(shares[0] > 2 * shares[1]);
}

static void a_chance_lies_between_nought_and_one_and_a_missing_year_has_none(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct drawn drawn = drawn_from(walks(30, 0.05, 9, &arena), &usual, &arena);

	(void)state;
	for (size_t i = 0; i < drawn.table.n_rows; i++)
		for (size_t side = 0; side < 2; side++) {
			assert_in_range((unsigned)(drawn.chances[i].p[side] * 400 + 0.5), 0, 400);
			if (isnan(drawn.table.rows[i].v))
				assert_true(drawn.chances[i].p[side] == 0);
		}
}

/* Everyone who ever began to rise went on; so will who rises now. */
static void an_open_sequence_is_confirmed_as_often_as_such_were_in_the_past(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	char *text = arena_dup(&arena, TABLE_HEADER);
	struct drawn drawn;
	double sum = 0;

	(void)state;
	for (size_t c = 0; c < 20; c++) {
		struct made_year years[30];

		for (size_t i = 0; i < 30; i++)
			years[i] = (struct made_year){i < 10 ? 0.3 : fmin(0.6, 0.3 + 0.03 * (double)(i - 9)), 1};
		text = arena_printf(&arena, "%s%s", text,
				    country_text(arena_printf(&arena, "P%02zu", c), years, 30, 0, &arena));
	}
	for (size_t c = 0; c < 2; c++) {
		struct made_year years[30];

		for (size_t i = 0; i < 30; i++)
			years[i] = (struct made_year){i < 28 ? 0.3 : 0.3 + (c ? 0.02 : 0.005) * (double)(i - 27), 1};
		text = arena_printf(&arena, "%s%s", text, country_text(c ? "NOW" : "NOT", years, 30, 0, &arena));
	}
	drawn = drawn_from(text, &usual, &arena);
	assert_int_equal(drawn.outlooks[21].last_year, 2029);
	assert_true(drawn.outlooks[21].open[0] == 1 && drawn.outlooks[21].open[1] == 0);
	assert_true(drawn.outlooks[21].confirmed[0] > 0.5 && drawn.outlooks[21].confirmed[0] < 1);
	assert_true(drawn.outlooks[20].open[0] == 0 && isnan(drawn.outlooks[20].confirmed[0]));
	for (size_t i = 0; i < drawn.table.n_rows; i++)
		if (drawn.table.rows[i].country == 21)
			sum += drawn.chances[i].p[0];
	assert_true(sum == 0);   /* 0.04 in all is no episode yet */
}

static void a_country_that_has_ended_has_no_outlook(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct drawn drawn = drawn_from(TABLE_HEADER "AAA,2000,1,0.3,,\nAAA,2001,1,0.5,,\nBBB,2002,1,0.5,,\nCCC,2002,,,,\n",
					&usual, &arena);

	(void)state;
	assert_int_equal(drawn.outlooks[0].last_year, ERT_NONE);
	assert_int_equal(drawn.outlooks[1].last_year, 2002);
	assert_int_equal(drawn.outlooks[2].last_year, ERT_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_change_nothing_and_the_seed_does),
		cmocka_unit_test(a_certain_index_gives_the_episodes_themselves),
		cmocka_unit_test(other_countries_change_no_chance_of_a_year_known),
		cmocka_unit_test(errors_that_go_together_make_fewer_episodes_of_a_flat_index),
		cmocka_unit_test(a_chance_lies_between_nought_and_one_and_a_missing_year_has_none),
		cmocka_unit_test(an_open_sequence_is_confirmed_as_often_as_such_were_in_the_past),
		cmocka_unit_test(a_country_that_has_ended_has_no_outlook),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ert_draws", tests, NULL, NULL);
}
