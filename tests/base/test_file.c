/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_file.c - whole files in, whole files or nothing out; and the log's lines. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tocsin/base.h>

static char room[64];

static int make_room(void **state)
{
	(void)state;
	strcpy(room, "/tmp/tocsin-file-" "XX" "XX" "XX");
	return mkdtemp(room) ? 0 : -1;
}

static int clear_room(void **state)
{
	const char **names;
	size_t n;
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	if (file_list(room, &arena, &names, &n, NULL) == 0)
		for (size_t i = 0; i < n; i++)
			remove(arena_printf(&arena, "%s/%s", room, names[i]));
	remove(arena_printf(&arena, "%s/.hidden", room));
	return rmdir(room);
}

static const char *at(struct arena *arena, const char *name)
{
	return arena_printf(arena, "%s/%s", room, name);
}

static void what_is_written_is_read(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char *path = at(&arena, "a");
	char *text;
	size_t len;

	(void)state;
	assert_int_equal(file_write(path, "x\0y", 3, NULL), 0);
	assert_int_equal(file_read(path, 100, &arena, &text, &len, NULL), 0);
	assert_int_equal(len, 3);
	assert_memory_equal(text, "x\0y", 4);
	assert_int_equal(file_write(path, "", 0, NULL), 0);
	assert_int_equal(file_read(path, 100, &arena, &text, &len, NULL), 0);
	assert_int_equal(len, 0);
	assert_string_equal(text, "");
}

static void a_missing_file_a_folder_and_a_large_one_are_told_apart(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char *path = at(&arena, "b");
	char *text = NULL;
	size_t len = 42;
	struct err err = {0};

	(void)state;
	assert_int_equal(file_read(at(&arena, "none"), 100, &arena, &text, &len, &err), ERR_NOT_FOUND);
	assert_non_null(strstr(err.msg, "/none\": No such file"));
	assert_int_equal(file_read(room, 100, &arena, &text, &len, &err), ERR_FAILED);
	assert_int_equal(file_write(path, "12345", 5, NULL), 0);
	assert_int_equal(file_read(path, 4, &arena, &text, &len, &err), ERR_DATA);
	assert_int_equal(file_read(path, 5, &arena, &text, &len, &err), 0);
	assert_int_equal(len, 5);
}

/* In a child whose files may not grow past 4 KiB, as on a full disk. */
static int write_much(const char *path)
{
	const struct rlimit small = {4096, 4096};
	static char much[100000];
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();

	if (child == 0) {
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &small);
		memset(much, 'n', sizeof much);
		_exit(file_write(path, much, sizeof much, NULL) == ERR_FAILED ? 0 : 1);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_write_that_fails_leaves_the_old_file_and_no_other(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char *path = at(&arena, "c"), **names;
	size_t before, after, len;
	char *text;

	(void)state;
	assert_int_equal(file_write(path, "old", 3, NULL), 0);
	assert_int_equal(file_list(room, &arena, &names, &before, NULL), 0);
	assert_int_equal(write_much(path), 0);
	assert_int_equal(file_list(room, &arena, &names, &after, NULL), 0);
	assert_int_equal(after, before);
	assert_int_equal(file_read(path, 1000, &arena, &text, &len, NULL), 0);
	assert_string_equal(text, "old");
	assert_int_equal(file_write(at(&arena, "none/x"), "new", 3, NULL), ERR_NOT_FOUND);
}

static void a_pipe_stays_a_pipe(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char *path = at(&arena, "pipe");
	struct stat about;
	char got[8] = "";
	int end;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	end = open(path, O_RDONLY | O_NONBLOCK);
	assert_true(end >= 0);
	assert_int_equal(file_write(path, "hello", 5, NULL), 0);
	assert_int_equal(read(end, got, sizeof got), 5);
	assert_memory_equal(got, "hello", 5);
	close(end);
	assert_int_equal(stat(path, &about), 0);
	assert_true(S_ISFIFO(about.st_mode));
}

static void names_are_listed_bytewise_without_dot_files(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char **names;
	size_t n;
	struct err err = {0};

	(void)state;
	assert_int_equal(file_write(at(&arena, "z"), "", 0, NULL), 0);
	assert_int_equal(file_write(at(&arena, "B"), "", 0, NULL), 0);
	assert_int_equal(file_write(at(&arena, ".hidden"), "", 0, NULL), 0);
	assert_int_equal(file_list(room, &arena, &names, &n, NULL), 0);
	assert_true(n >= 2);
	assert_string_equal(names[0], "B");
	assert_string_equal(names[n - 1], "z");
	for (size_t i = 0; i < n; i++)
		assert_true(names[i][0] != '.');
	assert_int_equal(file_list(at(&arena, "none"), &arena, &names, &n, &err), ERR_NOT_FOUND);
	assert_true(file_is_dir(room));
	assert_false(file_is_dir(at(&arena, "z")));
	assert_true(file_exists(at(&arena, "z")));
	assert_false(file_exists(at(&arena, "none")));
}

/* What log_put writes to stderr. */
static const char *logged(struct arena *arena, enum log_level level, const char *value)
{
	const char *path = at(arena, "log");
	int saved = dup(2), file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	char *text;
	size_t len;

	dup2(file, 2);
	log_put(level, "served", "path", value, NULL);
	dup2(saved, 2);
	close(file);
	close(saved);
	assert_int_equal(file_read(path, 10000, arena, &text, &len, NULL), 0);
	return text;
}

static void a_log_line_cannot_be_forged(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	assert_string_equal(logged(&arena, LOG_WARN, "/healthz"), "<4>event=served path=/healthz\n");
	assert_string_equal(logged(&arena, LOG_ERROR, "a b\n<3>x"), "<3>event=served path=\"a b\\n<3>x\"\n");
	assert_string_equal(logged(&arena, LOG_ERROR, "\033[2J"), "<3>event=served path=\"\\u001b[2J\"\n");
	assert_string_equal(logged(&arena, LOG_ERROR, "\rx"), "<3>event=served path=\"\\u000dx\"\n");
	assert_string_equal(logged(&arena, LOG_ERROR, ""), "<3>event=served path=\"\"\n");
}

static void less_grave_levels_are_silent_until_asked_for(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	assert_string_equal(logged(&arena, LOG_INFO, "x"), "");
	log_limit(LOG_INFO);
	assert_string_equal(logged(&arena, LOG_INFO, "x"), "<6>event=served path=x\n");
	assert_string_equal(logged(&arena, LOG_DETAIL, "x"), "");
	log_limit(LOG_WARN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(a_missing_file_a_folder_and_a_large_one_are_told_apart),
		cmocka_unit_test(a_write_that_fails_leaves_the_old_file_and_no_other),
		cmocka_unit_test(a_pipe_stays_a_pipe),
		cmocka_unit_test(names_are_listed_bytewise_without_dot_files),
		cmocka_unit_test(a_log_line_cannot_be_forged),
		cmocka_unit_test(less_grave_levels_are_silent_until_asked_for),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("file", tests, make_room, clear_room);
}
