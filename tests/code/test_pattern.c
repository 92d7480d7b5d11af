/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_pattern.c - phrases in texts: longest match, stems, ranges, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "code/pattern.h"

static void add(struct pattern_set *set, const char *phrase, uint32_t value)
{
	int r;

	assert_int_equal(pattern_add(set, phrase, strlen(phrase), value, &r, NULL), PATTERN_NONE);
	assert_int_equal(r, 0);
}

/* Value of the phrase at the first token, and the tokens it takes. */
static uint32_t first(const struct pattern_set *set, const char *text, size_t *taken)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct token *tokens;
	struct pattern_hit hit;
	size_t n = text_tokens(text, strlen(text), &arena, &tokens);

	if (!n || !pattern_at(set, text, strlen(text), tokens, n, 0, &hit))
		return PATTERN_NONE;
	*taken = hit.past - hit.first;
	return hit.value;
}

static void the_longest_phrase_wins(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct pattern_set *set = pattern_open(&arena);
	size_t taken = 0;

	(void)state;
	add(set, "court", 1);
	add(set, "court of human rights", 2);
	assert_int_equal(first(set, "Court of Human Rights rules", &taken), 2);
	assert_int_equal(taken, 4);
	assert_int_equal(first(set, "Court of humans", &taken), 1);
	assert_int_equal(taken, 1);
}

static void a_phrase_does_not_cross_a_sentence(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct pattern_set *set = pattern_open(&arena);
	size_t taken;

	(void)state;
	add(set, "police arrest", 1);
	assert_int_equal(first(set, "Police arrest two men", &taken), 1);
	assert_int_equal(first(set, "Police. Arrest of two men", &taken), PATTERN_NONE);
}

static void stems_match_any_ending_and_the_longest_stem_wins(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct pattern_set *set = pattern_open(&arena);
	size_t taken;

	(void)state;
	add(set, "protest*", 1);
	add(set, "protestant*", 2);
	add(set, "protesting", 3);
	assert_int_equal(first(set, "protest", &taken), 1);
	assert_int_equal(first(set, "Protesters", &taken), 1);
	assert_int_equal(first(set, "protestants", &taken), 2);
	assert_int_equal(first(set, "protesting", &taken), 3);
	assert_int_equal(first(set, "protes", &taken), PATTERN_NONE);
}

static void accents_and_case_do_not_matter(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct pattern_set *set = pattern_open(&arena);
	size_t taken;

	(void)state;
	add(set, "l'état d'urgence", 1);
	assert_int_equal(first(set, "L'ETAT D'URGENCE", &taken), 1);
	assert_int_equal(taken, 4);
}

static void a_range_holds_whole_and_decimal_numbers(void **state)
{
	static const struct {
		const char *text;
		bool in;
	} cases[] = {
		{"80 per cent", true}, {"84.30 per cent", true}, {"84,65 per cent", true},
		{"100 per cent", true}, {"79 per cent", false}, {"79.9 per cent", false},
		{"1080 per cent", false}, {"80 of them", false},
	};
	_cleanup_(arena_free) struct arena arena = {0};
	struct pattern_set *set = pattern_open(&arena);
	size_t taken;

	(void)state;
	add(set, "#80-100 per cent", 1);
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_int_equal(first(set, cases[i].text, &taken) == 1, cases[i].in);
}

static void a_percent_sign_may_stand_after_any_blank(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct pattern_set *set = pattern_open(&arena);
	size_t taken;

	(void)state;
	add(set, "#80-100% des voix", 1);
	assert_int_equal(first(set, "94,65 % des voix", &taken), 1);
	assert_int_equal(first(set, "94,65\xC2\xA0% des voix", &taken), 1);
	assert_int_equal(first(set, "94,65\xE2\x80\xAF% des voix", &taken), 1);
	assert_int_equal(first(set, "94,65% des voix", &taken), 1);
	assert_int_equal(first(set, "94,65 des voix", &taken), PATTERN_NONE);
}

static void digits_in_groups_of_three_are_one_number(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct pattern_set *set = pattern_open(&arena);
	size_t taken;

	(void)state;
	add(set, "#1000-5000000 people", 1);
	assert_int_equal(first(set, "2,000 people", &taken), 1);
	assert_int_equal(first(set, "2 000 people", &taken), 1);
	assert_int_equal(first(set, "1\xE2\x80\xAF" "200\xE2\x80\xAF" "000 people", &taken), 1);
	assert_int_equal(taken, 4);
	assert_int_equal(first(set, "39000 people", &taken), 1);
	assert_int_equal(first(set, "200 people", &taken), PATTERN_NONE);
}

static void bad_phrases_are_refused(void **state)
{
	static const char *const bad[] = {"",	     "  ",   "...",
					  "pr*test", "ab*",  "#80",
					  "#90-80",  "#a-b", "a b c d e f g h i j k l m"};
	_cleanup_(arena_free) struct arena arena = {0};
	struct pattern_set *set = pattern_open(&arena);

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		struct err err = {0};
		int r = 0;

		assert_int_equal(pattern_add(set, bad[i], strlen(bad[i]), 1, &r, &err),
				 PATTERN_NONE);
		assert_int_equal(r, ERR_DATA);
		assert_true(*err.msg);
	}
}

static void a_phrase_given_twice_keeps_its_first_value(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct pattern_set *set = pattern_open(&arena);
	int r;

	(void)state;
	add(set, "police", 1);
	assert_int_equal(pattern_add(set, "POLICE", 6, 2, &r, NULL), 1);
}

static void many_phrases_are_all_found_again(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct pattern_set *set = pattern_open(&arena);
	char text[64];
	size_t taken;

	(void)state;
	for (uint32_t i = 0; i < 5000; i++) {   /* the tables grow several times */
		snprintf(text, sizeof text, "word%u next%u", i % 997, i);
		add(set, text, i);
	}
	for (uint32_t i = 0; i < 5000; i++) {
		snprintf(text, sizeof text, "Word%u next%u and on", i % 997, i);
		assert_int_equal(first(set, text, &taken), i);
		assert_int_equal(taken, 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_phrase_wins),
		cmocka_unit_test(a_phrase_does_not_cross_a_sentence),
		cmocka_unit_test(stems_match_any_ending_and_the_longest_stem_wins),
		cmocka_unit_test(accents_and_case_do_not_matter),
		cmocka_unit_test(a_range_holds_whole_and_decimal_numbers),
		cmocka_unit_test(a_percent_sign_may_stand_after_any_blank),
		cmocka_unit_test(digits_in_groups_of_three_are_one_number),
		cmocka_unit_test(bad_phrases_are_refused),
		cmocka_unit_test(a_phrase_given_twice_keeps_its_first_value),
		cmocka_unit_test(many_phrases_are_all_found_again),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}
