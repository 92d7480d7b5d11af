/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_worker.c - tocsin worker: codes documents that wait, beside other workers. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"

#define PATIENCE_SECONDS 120   /* how long a server that went away is waited for */

static volatile sig_atomic_t stop;

static void ask_to_stop(int signal)
{
	(void)signal;
	stop = 1;
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = ask_to_stop};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* Not guessable from outside and the same for nobody else: host, process, time. */
static const char *worker_name(struct cli *cli)
{
	char host[256] = "host";

	gethostname(host, sizeof host - 1);
	return arena_printf(&cli->arena, "%s-%ld-%llx", host, (long)getpid(), (unsigned long long)instant_now().usec);
}

/* A server that went away is waited for, twice as long each time. */
static int work_on(struct cli *cli, const struct worker_setup *setup, struct worker_tally *tally, struct err *err)
{
	unsigned seconds = 1, waited = 0;
	int r;

	for (;;) {
		size_t before = tally->documents;

		r = cli->store ? 0 : cli_store(cli, STORE_WRITE, err);
		if (r == 0)
			r = worker_run(cli->store, cli->house, setup, tally, err);
		if (r != ERR_BUSY || stop)
			return r;
		if (tally->documents > before)
			seconds = 1, waited = 0;
		if (waited >= PATIENCE_SECONDS)
			return r;
		store_close(cli->store);
		cli->store = NULL;
		sleep(seconds);
		waited += seconds;
		seconds = seconds < 16 ? 2 * seconds : 16;
	}
}

static int work_alone(struct cli *cli, struct err *err)
{
	struct worker_setup setup = {.name = worker_name(cli), .wait = cli_has(cli, "wait"), .stop = &stop,
				     .now = instant_now};
	struct worker_tally tally = {0};
	int64_t batch, lease;
	int r;

	if ((r = cli_number(cli, "batch", 64, &batch, err)) < 0 || (r = cli_number(cli, "lease", 30, &lease, err)) < 0)
		return r;
	if (batch < 1 || batch > 10000 || lease < 1 || lease > 86400)
		return err_set(err, ERR_USAGE, "--batch is 1 to 10000, --lease 1 to 86400");
	setup.batch = (size_t)batch;
	setup.lease_usec = lease * USEC_PER_SECOND;
	r = work_on(cli, &setup, &tally, err);
	say(cli, "%zu documents coded, %zu events, %zu in languages without lexicon, %zu failed", tally.documents,
	    tally.events, tally.not_coded, tally.failed);
	return r;
}

/* Children each with a store of their own; the worst of their statuses is ours. */
static int work_together(struct cli *cli, int64_t processes, struct err *err)
{
	pid_t *children = arena_array(&cli->arena, pid_t, (size_t)processes);
	int worst = 0;

	fflush(NULL);
	for (int64_t i = 0; i < processes; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			int r = work_alone(cli, err);

			if (r < 0)
				fprintf(stderr, "tocsin: %s\n%s%s%s", err->msg, err->hint[0] ? "hint: " : "", err->hint,
					err->hint[0] ? "\n" : "");
			fflush(NULL);
			_exit(-r);
		}
		if (children[i] < 0)
			return err_set(err, ERR_FAILED, "could not start a process for a worker");
	}
	for (int64_t left = processes; left > 0;) {
		int status;

		if (wait(&status) < 0) {
			for (int64_t i = 0; i < processes && stop; i++)
				kill(children[i], SIGTERM);
			continue;
		}
		left--;
		if (status != 0)
			worst = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
	}
	return worst ? err_set(err, (enum err_code)-worst, "a worker ended before its time") : 0;
}

static int worker_command(struct cli *cli, struct err *err)
{
	const char *location = cli_store_path(cli);
	bool server = str_starts(location, "postgres");
	int64_t processes;
	int r = cli_number(cli, "processes", server ? 1 : sysconf(_SC_NPROCESSORS_ONLN), &processes, err);

	if (r < 0)
		return r;
	if (processes < 1 || processes > 256)
		return err_set(err, ERR_USAGE, "--processes is 1 to 256");
	r = cli_house(cli, err);
	if (r < 0)
		return r;
	catch_signals();
	return processes == 1 ? work_alone(cli, err) : work_together(cli, processes, err);
}

static const struct option options[] = {
	{"processes", "N", "work in N processes (default: the number of cores on SQLite, 1 on PostgreSQL)"},
	{"batch", "N", "take N documents at a time (default 64)"},
	{"lease", "SECONDS", "give what a dead worker held to another after SECONDS (default 30)"},
	{"wait", NULL, "stay when there is nothing to do, until a signal"},
};

const struct command command_worker = {
	.name = "worker", .group = "The loop", .operands = "",
	.summary = "code the documents that wait, beside other workers",
	.examples = {"tocsin worker", "tocsin --store postgresql://db.example/team worker --wait"},
	.details = "\"tocsin collect\" leaves documents to wait; any number of workers on any machine take them in\n"
		   "batches. What a worker held when it died is given to another; a document that fails three\n"
		   "times goes to the dead letters (\"tocsin store queue\").",
	.options = options, .n_options = LENGTH(options), .run = worker_command,
};
