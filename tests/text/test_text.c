/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_text.c - tokens, folding, markup, dates, languages, sketches. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include <tocsin/text.h>

static void a_token_points_at_its_own_bytes(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char *text = "L'État — Škoda, Ђинђић!";
	struct token *tokens;
	size_t n = text_tokens(text, strlen(text), &arena, &tokens);

	(void)state;
	assert_int_equal(n, 4);
	assert_string_equal(tokens[1].s, "etat");
	assert_memory_equal(text + tokens[1].start, "État", tokens[1].end - tokens[1].start);
	assert_string_equal(tokens[2].s, "skoda");
	assert_string_equal(tokens[3].s, "dindic");
	assert_true(tokens[3].capital);
}

static void serbian_in_both_scripts_folds_to_the_same_words(void **state)
{
	_cleanup_(buf_free) struct buf latin = {0}, cyrillic = {0};
	const char *a = "Njegoš i Đorđe čekaju džez", *b = "Његош и Ђорђе чекају џез";

	(void)state;
	text_fold(&latin, a, strlen(a));
	text_fold(&cyrillic, b, strlen(b));
	assert_string_equal(latin.s, cyrillic.s);
}

static void tokens_and_folded_text_agree_on_any_bytes(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 7);
	for (int round = 0; round < 300; round++) {
		_cleanup_(arena_free) struct arena arena = {0};
		_cleanup_(buf_free) struct buf folded = {0}, joined = {0}, text = {0};
		struct token *tokens;
		size_t n;

		for (int i = 0; i < 40; i++)
			utf8_put(&text, rng_below(&rng, 4) ? 0x20 + (uint32_t)rng_below(&rng, 0x500)
							   : 0x1f00 + (uint32_t)rng_below(&rng, 0x3000));
		n = text_tokens(text.s, text.len, &arena, &tokens);
		text_fold(&folded, text.s, text.len);
		for (size_t i = 0; i < n; i++) {
			buf_printf(&joined, "%s%s", i ? " " : "", tokens[i].s);
			assert_true(tokens[i].start < tokens[i].end && tokens[i].end <= text.len);
		}
		assert_string_equal(n ? joined.s : "", folded.len ? folded.s : "");
	}
}

static void markup_becomes_visible_text(void **state)
{
	_cleanup_(buf_free) struct buf text = {0};
	const char *html = "<p>A &amp; B&#8217;s &eacute;t&eacute;</p><script>x()</script><p>a &lt; b &nope;</p>";

	(void)state;
	text_from_html(&text, html, strlen(html));
	assert_string_equal(text.s, "A & B’s été\na < b &nope;");
}

static void a_cut_mark_is_seen_at_the_end_only(void **state)
{
	(void)state;
	assert_true(text_is_cut("and then […]", strlen("and then […]")));
	assert_false(text_is_cut("[…] and then.", strlen("[…] and then.")));
}

static void dates_keep_their_offset_and_precision(void **state)
{
	static const struct { const char *in, *out; } cases[] = {
		{"Mon, 18 Dec 2023 17:56:00 +0000", "2023-12-18T17:56:00Z"},
		{"18 Dec 23 10:00 CET", "2023-12-18T10:00:00+01:00"},
		{"2024-03-01T10:00:00+04:00", "2024-03-01T10:00:00+04:00"},
		{"2024-03-01", "2024-03-01"}, {"1700000000", "2023-11-14T22:13:20Z"},
		{"Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z"},
	};
	static const char *const none[] = {"", "soon", "32 Jan 2024", "2024-13-01", "Mon, 18 Dec"};
	struct instant at;
	char text[40];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		assert_int_equal(text_date(cases[i].in, &at, NULL), 0);
		instant_write(at, text);
		assert_string_equal(text, cases[i].out);
	}
	for (size_t i = 0; i < LENGTH(none); i++)
		assert_int_equal(text_date(none[i], &at, NULL), ERR_DATA);
}

static void languages_are_told_apart(void **state)
{
	static const struct { const char *lang, *text; } cases[] = {
		{"en", "The police detained three protesters in the capital on Monday"},
		{"fr", "La police a arrêté trois manifestants devant le parlement"},
		{"sr-Latn", "Policija je privela trideset demonstranata u Beogradu, kaže se u izveštaju"},
		{"sr-Cyrl", "Полиција је привела тридесет демонстраната, ђаци су били у протесту"},
		{"mk", "Полицијата ги приведе демонстрантите во Скопје, ќе има нови протести"},
		{"uk", "Поліція затримала протестувальників у Києві"},
		{"ka", "პოლიციამ დააკავა დემონსტრანტები"}, {"ar", "اعتقلت الشرطة المتظاهرين في العاصمة الجزائر"},
		{"hy", "Ոստիկանությունը ձերբակալեց ցուցարարներին"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_string_equal(text_language(cases[i].text, strlen(cases[i].text), NULL, NULL), cases[i].lang);
	assert_null(text_language("1 2 3", 5, NULL, NULL));
	assert_string_equal(text_language("Da", 2, "sr-Latn", NULL), "sr-Latn");
}

static void a_copy_contains_its_original_and_a_stranger_does_not(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char *a = "The court in the capital sentenced the editor to two years in prison on Monday.";
	const char *b = "Breaking: the court in the capital sentenced the editor to two years in prison.";
	const char *c = "Farmers expect a good harvest after a wet spring in the northern plains.";
	uint64_t *x, *y, *z;
	size_t n_x = text_sketch(a, strlen(a), &arena, &x), n_y = text_sketch(b, strlen(b), &arena, &y);
	size_t n_z = text_sketch(c, strlen(c), &arena, &z), shared;

	(void)state;
	assert_true(text_containment(x, n_x, y, n_y, &shared) > 0.5);
	assert_true(shared >= 3);
	assert_true(text_containment(x, n_x, z, n_z, NULL) < 0.1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_points_at_its_own_bytes),
		cmocka_unit_test(serbian_in_both_scripts_folds_to_the_same_words),
		cmocka_unit_test(tokens_and_folded_text_agree_on_any_bytes),
		cmocka_unit_test(markup_becomes_visible_text),
		cmocka_unit_test(a_cut_mark_is_seen_at_the_end_only),
		cmocka_unit_test(dates_keep_their_offset_and_precision),
		cmocka_unit_test(languages_are_told_apart),
		cmocka_unit_test(a_copy_contains_its_original_and_a_stranger_does_not),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
