/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_lexicon.c - the readers of rules.tsv, LANG.tsv and tables of places: faults named by place. */
#include "code_world.h"

#include "code/lexicon.h"

#define MARKS_TEXT                                                                                 \
	"concept\tnegation\tmark\nconcept\tnegation_after\tmark\nconcept\tpassive\tmark\n"         \
	"concept\tby\tmark\nconcept\tjoiner\tmark\nconcept\tlocative\tmark\n"                      \
	"concept\tday_before\tmark\nconcept\tday_same\tmark\n"                                     \
	"concept\tmonth_1\tmark\nconcept\tmonth_2\tmark\nconcept\tmonth_3\tmark\nconcept\tmonth_"  \
	"4\tmark\n"                                                                                \
	"concept\tmonth_5\tmark\nconcept\tmonth_6\tmark\nconcept\tmonth_7\tmark\nconcept\tmonth_"  \
	"8\tmark\n"                                                                                \
	"concept\tmonth_9\tmark\nconcept\tmonth_10\tmark\nconcept\tmonth_"                         \
	"11\tmark\nconcept\tmonth_12\tmark\n"                                                      \
	"concept\tweekday_1\tmark\nconcept\tweekday_2\tmark\nconcept\tweekday_3\tmark\n"           \
	"concept\tweekday_4\tmark\nconcept\tweekday_5\tmark\nconcept\tweekday_6\tmark\n"           \
	"concept\tweekday_7\tmark\n"
#define SMALL                                                                                      \
	MARKS_TEXT "concept\tpolice\tactor\nconcept\tarrest\taction\nconcept\tprotester\tcivic\n"

static void every_fault_of_the_rules_is_named_by_line_and_column(void **state)
{
	static const struct {
		const char *line, *place;
	} cases[] = {
		{"rle\tprotest", ":1:"},
		{"concept\tpolice\tactor", ":9: named twice"},
		{"concept\tcrowd\tpeople", ":15: unknown kind"},
		{"concept\tcrowd", ":1:"},
		{"set\tall\tpolice nobody", ":16: unknown concept \"nobody\""},
		{"class\tsport\tsome", ":1:"},
		{"rule\tsport\t3\t-\tnone\tpolice", ":6: unknown class"},
		{"rule\tprotest\t0\t-\tnone\tpolice", ":14: weight"},
		{"rule\tprotest\t3\tSHOUT\tnone\tpolice", ":16: unknown PLOVER type"},
		{"rule\tprotest\t3\t-\tbad\tpolice", ":18: unknown signal"},
		{"rule\tprotest\t3\t-\tnone\tpolice arest", ":30: unknown concept"},
		{"rule\tprotest\t3\t-\tnone\t!police", ":23: no plain term"},
		{"rule\tprotest\t3\t-\tnone\tpolice|", ":30: unknown concept"},
		{"rule\tprotest\t3\t\tnone\tpolice", ":16: empty cell"},
		{"rule\tprotest\t3\t-\tnone\tpolice\tx", "one cell too many"},
		{"rule\tprotest\t3\t-\tnone\tpol\xFF", ":26: not UTF-8"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct world world = {0};
		struct err err = {0};
		char text[2048];

		world_atlas(&world);
		snprintf(text, sizeof text, SMALL "%s\n", cases[i].line);
		assert_int_equal(coder_add_rules(world.coder, "r.tsv", text, strlen(text), &err),
				 ERR_DATA);
		if (!str_starts(err.msg, "r.tsv:31:") || !strstr(err.msg, cases[i].place))
			fail_msg("case %zu: %s", i, err.msg);
		arena_free(&world.arena);
	}
}

static void rules_without_the_marks_are_refused(void **state)
{
	static const char text[] = "concept\tpolice\tactor\n";
	struct world world = {0};
	struct err err = {0};

	(void)state;
	world_atlas(&world);
	assert_int_equal(coder_add_rules(world.coder, "r.tsv", text, strlen(text), &err), ERR_DATA);
	assert_non_null(strstr(err.msg, "negation"));
	arena_free(&world.arena);
}

static void a_lexicon_before_the_rules_is_a_fault_of_use(void **state)
{
	struct world world = {0};
	struct err err = {0};

	(void)state;
	world_atlas(&world);
	assert_int_equal(coder_add_lexicon(world.coder, "en", "en.tsv", "", 0, &err), ERR_USAGE);
	assert_true(*err.hint);
	arena_free(&world.arena);
}

static void every_fault_of_a_lexicon_is_named_by_line_and_column(void **state)
{
	static const struct {
		const char *line, *place;
	} cases[] = {
		{"polise\tpolice", ":2:1: unknown concept"},
		{"police nobody\tpolice", ":2:8: unknown concept"},
		{"police", ":2:1:"},
		{"police\tpolice | ", ":2:"},
		{"police\tpolice | of*icer", ":2:17:"},
		{"police\tpolice\t3", ":2:15: weight"},
		{"police\tpolice\tx", ":2:15: weight"},
		{"police\tpolice\t1\t1", ":2:1:"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct world world = {0};
		struct err err = {0};
		char text[256];

		world_atlas(&world);
		assert_int_equal(coder_add_rules(world.coder, "r.tsv", SMALL, strlen(SMALL), &err),
				 0);
		snprintf(text, sizeof text, "# words\n%s\n", cases[i].line);
		assert_int_equal(
			coder_add_lexicon(world.coder, "en", "en.tsv", text, strlen(text), &err),
			ERR_DATA);
		if (!str_starts(err.msg, "en.tsv") || !strstr(err.msg, cases[i].place))
			fail_msg("case %zu: %s", i, err.msg);
		assert_false(coder_speaks(world.coder, "en"));
		arena_free(&world.arena);
	}
}

static void a_table_of_places_names_its_faults(void **state)
{
	static const struct {
		const char *text, *place;
	} cases[] = {
		{"unit,form,kind\nXYZ,Foo,name\n", "d.csv:2:1: unknown unit \"XYZ\""},
		{"unit,form,kind\nSRB,Foo,thing\n", "d.csv:2:9: unknown kind \"thing\""},
		{"unit,form,kind\nSRB,,name\n", "d.csv:2:5: empty form"},
		{"unit,form,kind\nSRB,Foo\n", "d.csv:2:"},
		{"unit,kind\nSRB,name\n", "form"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct world world = {0};
		struct err err = {0};

		world_atlas(&world);
		assert_int_equal(coder_add_rules(world.coder, "r.tsv", SMALL, strlen(SMALL), &err),
				 0);
		assert_int_equal(coder_add_demonyms(world.coder, "en", "d.csv", cases[i].text,
						    strlen(cases[i].text), &err), ERR_DATA);
		if (!strstr(err.msg, cases[i].place))
			fail_msg("case %zu: %s", i, err.msg);
		arena_free(&world.arena);
	}
}

static void files_are_known_by_their_names(void **state)
{
	struct world world = {0};

	(void)state;
	world_atlas(&world);
	assert_int_equal(coder_add_file(world.coder, 0, "README.md", "", 0, NULL), 0);
	assert_int_equal(coder_add_file(world.coder, 0, "rules.tsv", SMALL, strlen(SMALL), NULL),
			 1);
	assert_int_equal(coder_add_file(world.coder, 0, "sq.tsv", "police\tpolicia\n", 15, NULL),
			 1);
	assert_false(coder_speaks(world.coder, "sq"));   /* not its pass */
	assert_int_equal(coder_add_file(world.coder, 1, "sq.tsv", "police\tpolicia\n", 15, NULL),
			 1);
	assert_true(coder_speaks(world.coder, "sq"));
	assert_true(coder_speaks(world.coder, "sq-AL"));
	assert_false(coder_speaks(world.coder, "sr"));
	assert_false(coder_speaks(world.coder, NULL));
	assert_int_equal(coder_add_file(world.coder, 2, "demonyms.sq.csv", "unit,form\nSRB,serb\n",
					19, NULL),
			 1);
	arena_free(&world.arena);
}

static void a_new_language_is_a_new_file(void **state)
{
	static const char words[] = "protest_event\tprotest* | demonstrat*\nweekday_7\te diel\n";
	_cleanup_(arena_free) struct arena arena = {0};
	struct records out = {.arena = &arena};
	struct world world = {0};
	struct event *event;

	(void)state;
	world_atlas(&world);
	world_lexicons(&world);
	assert_null(code_text(&world, &out, "sq", "Protesta në Shqipëri", NULL));
	assert_int_equal(coder_add_lexicon(world.coder, "sq", "sq.tsv", words, strlen(words), NULL),
			 0);
	event = code_text(&world, &out, "sq", "Protesta në Shqipëri", NULL);
	assert_non_null(event);
	assert_string_equal(event->civic_class, "protest");
	assert_string_equal(event->r.unit, "ALB");
	arena_free(&world.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fault_of_the_rules_is_named_by_line_and_column),
		cmocka_unit_test(rules_without_the_marks_are_refused),
		cmocka_unit_test(a_lexicon_before_the_rules_is_a_fault_of_use),
		cmocka_unit_test(every_fault_of_a_lexicon_is_named_by_line_and_column),
		cmocka_unit_test(a_table_of_places_names_its_faults),
		cmocka_unit_test(files_are_known_by_their_names),
		cmocka_unit_test(a_new_language_is_a_new_file),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("lexicon", tests, NULL, NULL);
}
