/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ert_regime.c - events, what confirms them, spells and gaps, on small series. */
#include "tables.h"

#define FIRST 2000
#define MOST 24

/* Regimes as text: '0'..'3', '-' not known, ' ' a year without a row. Elections: 'e' held, 'o' office taken too. */
static struct ert_regime *regimes_made(const char *regimes, const char *elections, int coding_end, const struct ert_gap *gaps,
				       size_t n_gaps)
{
	static struct ert_regime made[MOST];
	double v[MOST];
	int8_t regime[MOST];
	uint8_t flags[MOST];
	struct ert_input in = {.n = strlen(regimes), .first = FIRST, .v = v, .regime = regime, .flags = flags,
			       .coding_end = coding_end, .gaps = gaps, .n_gaps = n_gaps};

	assert_true(in.n <= MOST && strlen(elections) == in.n);
	for (size_t i = 0; i < in.n; i++) {
		v[i] = 0.5;
		regime[i] = regimes[i] >= '0' ? (int8_t)(regimes[i] - '0') : ERT_NONE;
		flags[i] = regimes[i] == ' ' ? 0 : ERT_ROW;
		flags[i] |= elections[i] == 'e' ? ERT_ELECTION : elections[i] == 'o' ? ERT_ELECTION | ERT_OFFICE : 0;
	}
	ert_regimes(&in, &episode_default, made);
	return made;
}

static void a_transition_counts_once_an_election_led_to_office(void **state)
{
	struct ert_regime *made = regimes_made("1122222222", "e--e-o----", 2020, NULL, 0);

	(void)state;
	assert_int_equal(made[2].event, 1);
	assert_int_equal(made[2].confirmed, 1);
	assert_int_equal(made[1].dem_election, ERT_NONE);
	for (size_t i = 2; i < 10; i++)
		assert_int_equal(made[i].dem_election, 2005);
	assert_int_equal(made[2].change, 1);
	assert_int_equal(made[1].end, 2001);
	assert_int_equal(made[9].start, 2002);
	assert_int_equal(made[2].censored, 0);
	made = regimes_made("1122222222", "e--e------", 2020, NULL, 0);
	assert_int_equal(made[2].event, 1);
	assert_int_equal(made[2].confirmed, 0);
	assert_int_equal(made[2].change, 0);
	assert_int_equal(made[9].start, 2000);
}

static void an_unconfirmed_transition_is_censored_while_it_may_still_be_confirmed(void **state)
{
	const struct ert_gap gap = {2006, 2007};

	(void)state;
	assert_int_equal(regimes_made("11222222", "--------", 2007, NULL, 0)[2].censored, 0);
	assert_int_equal(regimes_made("11222222", "--------", 2006, NULL, 0)[2].censored, 1);
	assert_int_equal(regimes_made("11222222", "--------", 2020, &gap, 1)[2].censored, 1);
	assert_int_equal(regimes_made("11222222", "--o-----", 2006, NULL, 0)[2].censored, 0);
}

static void a_breakdown_counts_by_election_by_closure_or_by_time(void **state)
{
	(void)state;
	assert_int_equal(regimes_made("2211", "--e-", 2020, NULL, 0)[2].confirmed, 1);
	assert_int_equal(regimes_made("2210", "----", 2020, NULL, 0)[2].confirmed, 1);
	assert_int_equal(regimes_made("22111111", "--------", 2020, NULL, 0)[2].confirmed, 1);
	assert_int_equal(regimes_made("2211111", "-------", 2020, NULL, 0)[2].confirmed, 0);
	assert_int_equal(regimes_made("2211111", "-------", 2020, NULL, 0)[2].censored, ERT_NONE);   /* the quirk */
	assert_int_equal(regimes_made("22111112", "--------", 2020, NULL, 0)[2].confirmed, 0);
}

static void an_election_after_the_next_event_or_a_gap_confirms_nothing(void **state)
{
	const struct ert_gap gap = {2004, 2004};

	(void)state;
	assert_int_equal(regimes_made("1122122", "------o", 2020, NULL, 0)[2].confirmed, 0);
	assert_int_equal(regimes_made("1122122", "------o", 2020, NULL, 0)[5].confirmed, 1);
	assert_int_equal(regimes_made("112222", "-----o", 2020, NULL, 0)[2].confirmed, 1);
	assert_int_equal(regimes_made("112222", "-----o", 2020, &gap, 1)[2].confirmed, 0);
}

static void a_spell_begins_with_the_coding_and_anew_after_a_gap(void **state)
{
	const struct ert_gap gap = {2003, 2004};
	struct ert_regime *made = regimes_made("-11  22", "-------", 2020, &gap, 1);

	(void)state;
	assert_int_equal(made[0].start, ERT_NONE);
	assert_int_equal(made[0].end, 2004);           /* years without a spell share their last */
	assert_int_equal(made[1].start, 2001);
	assert_int_equal(made[2].end, 2002);
	assert_int_equal(made[3].start, ERT_NONE);
	assert_int_equal(made[3].type, ERT_NONE);
	assert_int_equal(made[5].start, 2005);
	assert_int_equal(made[5].type, 1);
	assert_int_equal(made[5].change, ERT_NONE);
	assert_int_equal(made[5].event, ERT_NONE);
}

static void the_gap_that_follows_a_year_decides_how_sure_an_end_is(void **state)
{
	static const char text[] =
		"country_text_id,year,v2x_regime,v2x_polyarchy,codingend,gapstart1,gapend1\n"
		"AAA,2000,1,0.3,2030,%d,%d\nAAA,2001,1,0.4,2030,%d,%d\nAAA,2002,1,0.5,2030,%d,%d\nAAA,2003,1,0.5,2030,%d,%d\n"
		"BBB,2020,1,0.5,2030,,\n";
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	for (int gap = 2005; gap < 2012; gap++) {
		char *table = arena_printf(&arena, text, gap, gap + 1, gap, gap + 1, gap, gap + 1, gap, gap + 1);
		bool open = strstr(table_text(table, "v2x_polyarchy", &arena), "AAA_2001_2003") != NULL;

		assert_int_equal(open, gap - 1 - 2003 < 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_transition_counts_once_an_election_led_to_office),
		cmocka_unit_test(an_unconfirmed_transition_is_censored_while_it_may_still_be_confirmed),
		cmocka_unit_test(a_breakdown_counts_by_election_by_closure_or_by_time),
		cmocka_unit_test(an_election_after_the_next_event_or_a_gap_confirms_nothing),
		cmocka_unit_test(a_spell_begins_with_the_coding_and_anew_after_a_gap),
		cmocka_unit_test(the_gap_that_follows_a_year_decides_how_sure_an_end_is),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ert_regime", tests, NULL, NULL);
}
