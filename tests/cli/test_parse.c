/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_parse.c - the command line: where options may stand, what is refused and what is offered instead. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

struct line {
	struct cli cli;
	struct err err;
	char *argv[16];
	int argc;
};

/* Parse "tocsin WORD..."; `words` ends with NULL. */
static int parse(struct line *line, const char *const *words)
{
	*line = (struct line){.argc = 1};
	line->argv[0] = (char *)"tocsin";
	for (; *words; words++)
		line->argv[line->argc++] = (char *)*words;
	return cli_parse(&line->cli, line->argc, line->argv, &line->err);
}

#define PARSE(line, ...) parse((line), (const char *const[]){__VA_ARGS__, NULL})

static void close_line(struct line *line)
{
	cli_close(&line->cli);
}

static void a_global_option_may_stand_anywhere(void **state)
{
	static const char *const orders[][6] = {
		{"--json", "alert", "list", NULL}, {"alert", "--json", "list", NULL}, {"alert", "list", "--json", NULL},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(orders); i++) {
		struct line line;

		assert_int_equal(parse(&line, orders[i]), 0);
		assert_string_equal(line.cli.command->name, "alert");
		assert_string_equal(line.cli.verb, "list");
		assert_true(cli_has(&line.cli, "json"));
		assert_false(cli_has(&line.cli, "jsonl"));
		assert_int_equal(line.cli.n_operands, 0);
		close_line(&line);
	}
}

static void an_option_of_a_command_stands_after_it(void **state)
{
	struct line line;

	(void)state;
	assert_int_equal(PARSE(&line, "run", "--in", "folder"), 0);
	assert_string_equal(cli_option(&line.cli, "in"), "folder");
	close_line(&line);
	assert_int_equal(PARSE(&line, "--in", "folder", "run"), ERR_USAGE);
	assert_string_equal(line.err.msg, "option \"--in\" stands before its command");
	assert_string_equal(line.err.hint, "Options of a command stand after its name.");
	close_line(&line);
}

static void a_value_is_the_next_word_or_follows_an_equals_sign(void **state)
{
	struct line line;

	(void)state;
	assert_int_equal(PARSE(&line, "--store", "a.db", "run", "--in=a=b"), 0);
	assert_string_equal(cli_option(&line.cli, "store"), "a.db");
	assert_string_equal(cli_option(&line.cli, "in"), "a=b");
	close_line(&line);
}

static void a_value_that_may_be_given_never_takes_the_next_word(void **state)
{
	struct line line;

	(void)state;
	assert_int_equal(PARSE(&line, "--json", "why", "x"), 0);
	assert_string_equal(cli_option(&line.cli, "json"), "");
	assert_string_equal(line.cli.operands[0], "x");
	close_line(&line);
	assert_int_equal(PARSE(&line, "--json=id,unit", "why", "x"), 0);
	assert_string_equal(cli_option(&line.cli, "json"), "id,unit");
	close_line(&line);
}

static void of_an_option_given_twice_the_last_counts(void **state)
{
	struct line line;

	(void)state;
	assert_int_equal(PARSE(&line, "--store", "a", "init", "--store", "b"), 0);
	assert_string_equal(cli_option(&line.cli, "store"), "b");
	close_line(&line);
}

static void a_dash_is_a_word_and_stands_for_a_stream(void **state)
{
	struct line line;

	(void)state;
	assert_int_equal(PARSE(&line, "code", "--in", "-", "--out", "-"), 0);
	assert_string_equal(cli_option(&line.cli, "in"), "-");
	assert_string_equal(cli_option(&line.cli, "out"), "-");
	close_line(&line);
	assert_int_equal(PARSE(&line, "why", "-"), 0);
	assert_string_equal(line.cli.operands[0], "-");
	close_line(&line);
}

static void two_dashes_end_the_options(void **state)
{
	struct line line;

	(void)state;
	assert_int_equal(PARSE(&line, "event", "search", "--", "--json", "-x", "--"), 0);
	assert_int_equal(line.cli.n_operands, 3);
	assert_string_equal(line.cli.operands[0], "--json");
	assert_string_equal(line.cli.operands[1], "-x");
	assert_string_equal(line.cli.operands[2], "--");   /* only the first ends them */
	assert_false(cli_has(&line.cli, "json"));
	close_line(&line);
	assert_int_equal(PARSE(&line, "--store", "--", "init"), 0);   /* here it is a value */
	assert_string_equal(cli_option(&line.cli, "store"), "--");
	close_line(&line);
}

static void the_short_form_of_help_is_the_long_one(void **state)
{
	struct line line;

	(void)state;
	assert_int_equal(PARSE(&line, "-h"), 0);
	assert_true(cli_has(&line.cli, "help"));
	assert_null(line.cli.command);
	close_line(&line);
	assert_int_equal(PARSE(&line, "why", "-h"), 0);   /* no operand is asked for then */
	assert_string_equal(line.cli.command->name, "why");
	close_line(&line);
}

static void what_is_unknown_is_refused_and_the_nearest_is_offered(void **state)
{
	static const struct { const char *words[4], *msg, *hint; } cases[] = {
		{{"allert"}, "unknown command \"allert\"", "Did you mean \"alert\"?"},
		{{"alert", "lst"}, "unknown verb \"lst\"", "Did you mean \"list\"?"},
		{{"--jsno", "alert"}, "unknown option \"--jsno\"", "Did you mean \"--json\"?"},
		{{"alert", "--untl", "SRB"}, "unknown option \"--untl\"", "Did you mean \"--unit\"?"},
		{{"alert", "--jsno=id"}, "unknown option \"--jsno\"", "Did you mean \"--json\"?"},
		{{"zzzzzzzz"}, "unknown command \"zzzzzzzz\"", "Run \"tocsin help\" for a list."},
		{{"-q", "run"}, "unknown option \"-q\"", ""},
		{{"run", "--unit", "SRB"}, "unknown option \"--unit\"", ""},   /* another command's */
		{{"--"}, "no command given", "Run \"tocsin help\" for a list."},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct line line;

		assert_int_equal(parse(&line, cases[i].words), ERR_USAGE);
		assert_string_equal(line.err.msg, cases[i].msg);
		if (*cases[i].hint)
			assert_string_equal(line.err.hint, cases[i].hint);
		close_line(&line);
	}
}

static void values_and_operands_are_counted(void **state)
{
	static const struct { const char *words[5], *msg; } cases[] = {
		{{"run", "--in"}, "option \"--in\" needs DIR"},
		{{"--quiet=yes", "run"}, "option \"--quiet\" takes no value"},
		{{"why"}, "\"why\" takes ID, 0 words were given"},
		{{"why", "a", "b"}, "\"why\" takes ID, 2 words were given"},
		{{"init", "now"}, "\"init\" takes no operand, 1 word was given"},
		{{"--as-of", "yesterday", "init"}, "\"yesterday\" is not a date or time"},
		{{"--as-of", "2025-02-30", "init"}, "\"2025-02-30\" is not a date or time"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct line line;

		assert_int_equal(parse(&line, cases[i].words), ERR_USAGE);
		assert_string_equal(line.err.msg, cases[i].msg);
		close_line(&line);
	}
}

static void a_number_is_whole_and_not_below_zero(void **state)
{
	static const char *const bad[] = {"x", "-1", "1.5", "", "1e3", "99999999999999999999"};
	struct line line;
	int64_t n;

	(void)state;
	assert_int_equal(PARSE(&line, "event", "--limit", "12"), 0);
	assert_int_equal(cli_number(&line.cli, "limit", 7, &n, &line.err), 0);
	assert_int_equal(n, 12);
	close_line(&line);
	assert_int_equal(PARSE(&line, "event"), 0);
	assert_int_equal(cli_number(&line.cli, "limit", 7, &n, &line.err), 0);
	assert_int_equal(n, 7);
	close_line(&line);
	for (size_t i = 0; i < LENGTH(bad); i++) {
		assert_int_equal(PARSE(&line, "event", "--limit", bad[i]), 0);
		assert_int_equal(cli_number(&line.cli, "limit", 7, &n, &line.err), ERR_USAGE);
		close_line(&line);
	}
}

static void a_date_means_the_end_of_what_it_names(void **state)
{
	static const struct { const char *given, *last; } cases[] = {
		{"2024", "2025-01-01T00:00:00Z"}, {"2024-02", "2024-03-01T00:00:00Z"}, {"2024-02-29", "2024-03-01T00:00:00Z"},
	};
	struct line line;

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct instant next;

		assert_int_equal(PARSE(&line, "--as-of", cases[i].given, "run"), 0);
		assert_int_equal(instant_read(cases[i].last, &next, NULL), 0);
		assert_int_equal(cli_as_of(&line.cli), next.usec - 1);
		close_line(&line);
	}
	assert_int_equal(PARSE(&line, "run"), 0);
	assert_true(cli_as_of(&line.cli) == AS_OF_ALL);
	close_line(&line);
}

static void a_flag_beats_a_variable_and_a_variable_the_settings(void **state)
{
	static const char text[] = "[user]\nname = from the file\n";
	struct line line;

	(void)state;
	assert_int_equal(PARSE(&line, "--user", "flag", "run"), 0);
	assert_int_equal(conf_read("t.conf", text, sizeof text - 1, &line.cli.arena, &line.cli.conf, NULL), 0);
	setenv("TOCSIN_USER", "variable", 1);
	assert_string_equal(cli_user(&line.cli), "flag");
	line.cli.globals = arena_array(&line.cli.arena, const char *, n_global_options);
	assert_string_equal(cli_user(&line.cli), "variable");
	setenv("TOCSIN_USER", "", 1);   /* empty is as good as unset */
	assert_string_equal(cli_user(&line.cli), "from the file");
	line.cli.conf = (struct conf){0};
	assert_string_equal(cli_user(&line.cli), "local");
	unsetenv("TOCSIN_USER");
	close_line(&line);
}

static void the_table_of_commands_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_commands; i++) {
		_cleanup_(buf_free) struct buf help = {0};
		const struct command *command = commands[i];
		size_t index;

		assert_non_null(command->run);
		assert_true(command->least <= command->most);
		assert_true(*command->operands || command->most == 0);
		help_command(&help, command);
		assert_true(str_starts(help.s, "Examples:\n  tocsin "));   /* two of them come first */
		for (size_t e = 0; e < LENGTH(command->examples); e++)
			assert_non_null(strstr(command->examples[e], command->name));
		for (size_t o = 0; o < command->n_options; o++) {
			struct line line;

			assert_non_null(strstr(help.s, command->options[o].name));
			for (index = 0; index < n_global_options; index++)   /* none hides one of all commands */
				assert_string_not_equal(command->options[o].name, global_options[index].name);
			assert_int_equal(parse(&line, (const char *const[]){command->name, "--help", NULL}), 0);
			close_line(&line);
		}
	}
}

static void the_completion_knows_every_command_verb_and_option(void **state)
{
	_cleanup_(buf_free) struct buf script = {0};
	char word[64];

	(void)state;
	help_bash(&script);
	for (size_t i = 0; i < n_commands; i++) {
		snprintf(word, sizeof word, "\t%s) words=", commands[i]->name);
		assert_non_null(strstr(script.s, word));
		for (size_t v = 0; commands[i]->verbs && commands[i]->verbs[v]; v++)
			assert_non_null(strstr(strstr(script.s, word), commands[i]->verbs[v]));
		for (size_t o = 0; o < commands[i]->n_options; o++)
			assert_non_null(strstr(strstr(script.s, word), commands[i]->options[o].name));
	}
	for (size_t i = 0; i < n_global_options; i++) {
		snprintf(word, sizeof word, " --%s", global_options[i].name);
		assert_non_null(strstr(strstr(script.s, "compgen -W"), word));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_global_option_may_stand_anywhere),
		cmocka_unit_test(an_option_of_a_command_stands_after_it),
		cmocka_unit_test(a_value_is_the_next_word_or_follows_an_equals_sign),
		cmocka_unit_test(a_value_that_may_be_given_never_takes_the_next_word),
		cmocka_unit_test(of_an_option_given_twice_the_last_counts),
		cmocka_unit_test(a_dash_is_a_word_and_stands_for_a_stream),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(the_short_form_of_help_is_the_long_one),
		cmocka_unit_test(what_is_unknown_is_refused_and_the_nearest_is_offered),
		cmocka_unit_test(values_and_operands_are_counted),
		cmocka_unit_test(a_number_is_whole_and_not_below_zero),
		cmocka_unit_test(a_date_means_the_end_of_what_it_names),
		cmocka_unit_test(a_flag_beats_a_variable_and_a_variable_the_settings),
		cmocka_unit_test(the_table_of_commands_is_whole),
		cmocka_unit_test(the_completion_knows_every_command_verb_and_option),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
