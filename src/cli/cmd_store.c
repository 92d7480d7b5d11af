/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_store.c - tocsin store: what keeps the records, as a whole. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

static int store_show(struct cli *cli, struct err *err)
{
	static const char *const columns[] = {"kind", "records"};
	struct output out = {.cli = cli, .columns = columns, .n_columns = LENGTH(columns)};

	for (size_t i = 0; i < n_kinds; i++) {
		int64_t n = store_count(cli->store, kinds[i], cli_as_of(cli), err);

		if (n < 0)
			return (int)n;
		output_add(&out, arena_printf(&cli->arena, "{\"kind\":\"%s\",\"records\":%lld}", kinds[i]->name,
					      (long long)n));
	}
	return output_end(&out, err);
}

static int store_erase_one(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf reason = {0};
	char answer[8] = "";

	for (size_t i = 1; i < cli->n_operands; i++)
		buf_printf(&reason, "%s%s", i > 1 ? " " : "", cli->operands[i]);
	if (!cli_has(cli, "yes")) {
		if (!isatty(STDIN_FILENO) || cli_has(cli, "no-input"))
			return err_hint(err, err_set(err, ERR_USAGE, "erasing cannot be undone"),
					"Say --yes to do it.");
		fprintf(stderr, "Erase the words of %s for good? [y/N] ", cli->operands[0]);
		if (!fgets(answer, sizeof answer, stdin) || (answer[0] != 'y' && answer[0] != 'Y'))
			return err_set(err, ERR_FAILED, "nothing was erased");
	}
	return store_erase(cli->store, cli->operands[0], reason.s, err);
}

/* ---- a whole store ---- */

static double seconds_between(struct instant from, struct instant to)
{
	return (double)(to.usec - from.usec) / USEC_PER_SECOND;
}

static int store_copy_whole(struct cli *cli, struct err *err)
{
	_cleanup_(store_closep) struct store *from = NULL, *to = NULL;
	struct instant begun;
	struct copied copied;
	int r;

	r = store_open(cli->operands[0], STORE_READ, &from, err);
	if (r == 0)
		r = store_open(cli->operands[1], STORE_CREATE, &to, err);
	begun = instant_now();
	if (r == 0)
		r = store_copy(from, to, &copied, err);
	if (r < 0)
		return r;
	printf("%s\n", copied.hash);
	say(cli, "%lld rows copied in %.2f s, counted and hashed in %.2f s", (long long)copied.rows,
	    seconds_between(begun, copied.copied), seconds_between(copied.copied, instant_now()));
	return 0;
}

static int store_load(struct cli *cli, struct err *err)
{
	const char *path = cli->operands[0];
	bool from_input = str_eq(path, "-");
	struct intake_tally tally;
	FILE *in = from_input ? stdin : fopen(path, "r");
	int r;

	if (!in)
		return err_set(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_FAILED, "could not open \"%s\": %s", path,
			       strerror(errno));
	r = store_intake(cli->store, in, from_input ? "standard input" : path, &tally, err);
	if (!from_input)
		fclose(in);
	if (r == 0)
		say(cli, "%zu records: %zu new, %zu revised, %zu unchanged, %zu erased and refused", tally.kept, tally.made,
		    tally.revised, tally.same, tally.erased);
	return r;
}

/* "2025-11" as months since year 0; or a year for its January. */
static int read_month(const char *text, int64_t *ret, struct err *err)
{
	struct instant at;

	if (instant_read(text, &at, NULL) < 0 || at.precision > INSTANT_MONTH)
		return err_set(err, ERR_USAGE, "\"%.20s\" is not a month, expected YYYY-MM", text);
	*ret = instant_month(at);
	return 0;
}

static int store_months_make(struct cli *cli, struct err *err)
{
	int64_t from, to;
	int r;

	if ((r = read_month(cli->operands[0], &from, err)) < 0 || (r = read_month(cli->operands[1], &to, err)) < 0)
		return r;
	if (to < from || to - from > 1200)
		return err_set(err, ERR_USAGE, "cannot make the months from %s to %s", cli->operands[0], cli->operands[1]);
	r = store_begin(cli->store, err);
	if (r == 0)
		r = store_months(cli->store, from, to + 1, err);
	return r < 0 ? r : store_commit(cli->store, err);
}

static int store_shard(struct cli *cli, struct err *err)
{
	const char *what = cli->operands[0];
	int64_t month = 0;
	int r;

	if (!str_eq(what, "add") && !str_eq(what, "move"))
		return err_set(err, ERR_USAGE, "expected \"store shard add NAME URL\" or \"store shard move MONTH NAME\"");
	if (str_eq(what, "move") && (r = read_month(cli->operands[1], &month, err)) < 0)
		return r;
	r = store_begin(cli->store, err);
	if (r < 0)
		return r;
	r = str_eq(what, "add") ? store_shard_add(cli->store, cli->operands[1], cli->operands[2], err)
				: store_shard_move(cli->store, cli->operands[2], month, err);
	return r < 0 ? r : store_commit(cli->store, err);
}

static int store_retain_from(struct cli *cli, struct err *err)
{
	struct instant before;
	int r;

	r = instant_read(cli->operands[0], &before, err);
	if (r < 0)
		return r;
	if (!cli_has(cli, "yes"))
		return err_hint(err, err_set(err, ERR_USAGE, "giving up payload cannot be undone"), "Say --yes to do it.");
	return store_retain(cli->store, before.usec, err);
}

static int store_queue(struct cli *cli, struct err *err)
{
	static const char *const columns[] = {"waiting", "leased", "dead"}, *const dead_columns[] = {"id", "revision", "tries",
		"error"};
	struct output out = {.cli = cli, .columns = columns, .n_columns = LENGTH(columns)};
	struct queue_state state = {0};
	struct dead_letter *dead;
	size_t n;
	int r = queue_count(cli->store, &state, err);

	if (r == 0 && cli_has(cli, "dead")) {
		out.columns = dead_columns;
		out.n_columns = LENGTH(dead_columns);
		r = queue_dead(cli->store, &cli->arena, &dead, &n, err);
		for (size_t i = 0; i < n && r == 0; i++) {
			_cleanup_(buf_free) struct buf row = {0};

			buf_printf(&row, "{\"id\":\"%s\",\"revision\":%lld,\"tries\":%lld,\"error\":", dead[i].id,
				   (long long)dead[i].revision, (long long)dead[i].tries);
			json_put_str(&row, dead[i].error);
			buf_putc(&row, '}');
			output_add(&out, arena_dup(&cli->arena, row.s));
		}
	} else if (r == 0) {
		output_add(&out, arena_printf(&cli->arena, "{\"waiting\":%lld,\"leased\":%lld,\"dead\":%lld}",
					      (long long)state.waiting, (long long)state.leased, (long long)state.dead));
	}
	return r < 0 ? r : output_end(&out, err);
}

static int store_print_hash(struct cli *cli, struct err *err)
{
	char hex[65];
	int r = store_hash(cli->store, hex, err);

	if (r == 0)
		printf("%s\n", hex);
	return r;
}

static int store_check(struct cli *cli, struct err *err)
{
	return store_verify(cli->store, err);
}

static const struct {
	const char *verb;
	enum store_mode mode;
	size_t least, most;          /* operands */
	const char *takes;
	int (*run)(struct cli *cli, struct err *err);
} verbs[] = {
	{"show", STORE_READ, 0, 0, NULL, store_show},
	{"hash", STORE_READ, 0, 0, NULL, store_print_hash},
	{"verify", STORE_READ, 0, 0, NULL, store_check},
	{"queue", STORE_READ, 0, 0, NULL, store_queue},
	{"erase", STORE_WRITE, 2, 64, "an id and a reason", store_erase_one},
	{"retain", STORE_WRITE, 1, 1, "the first day whose payload is kept", store_retain_from},
	{"load", STORE_WRITE, 1, 1, "a file of JSON Lines, or -", store_load},
	{"copy", STORE_READ, 2, 2, "two stores, FROM and TO", store_copy_whole},
	{"months", STORE_WRITE, 2, 2, "the first and the last month", store_months_make},
	{"shard", STORE_WRITE, 3, 3, "\"add NAME URL\" or \"move MONTH NAME\"", store_shard},
};

static int store_command(struct cli *cli, struct err *err)
{
	const char *verb = cli->verb ? cli->verb : "show";

	for (size_t i = 0; i < LENGTH(verbs); i++) {
		int r = 0;

		if (!str_eq(verb, verbs[i].verb))
			continue;
		if (cli->n_operands < verbs[i].least || cli->n_operands > verbs[i].most)
			return err_set(err, ERR_USAGE, "\"store %s\" takes %s", verb,
				       verbs[i].most ? verbs[i].takes : "no operand");
		if (verbs[i].run != store_copy_whole)   /* that one opens two others */
			r = cli_store(cli, verbs[i].mode, err);
		return r < 0 ? r : verbs[i].run(cli, err);
	}
	return err_set(err, ERR_USAGE, "unknown verb \"%.40s\"", verb);
}

static const char *const store_verbs[] = {"show", "hash", "verify", "queue", "erase", "retain", "load", "copy", "months",
					  "shard", NULL};
static const struct option store_options[] = {
	{"dead", NULL, "with queue: the documents that were given up, and why"},
};

const struct command command_store = {
	.name = "store", .group = "Keeping", .operands = "[OPERAND...]", .verbs = store_verbs, .most = 64,
	.summary = "what the store holds: hash, check, queue, erasure, retention, loading, copies, months, shards",
	.examples = {"tocsin store copy tocsin.db postgresql://localhost/team",
		     "tocsin store erase ID \"asked for by the author\" --yes"},
	.details = "erase ID REASON     take the words of a record away for good\n"
		   "retain DAY          give up payload known before DAY; what was derived stays\n"
		   "load FILE           keep the records of JSON Lines, such as \"tocsin export\" writes; - is the input\n"
		   "copy FROM TO        a whole store into an empty one, counted and hashed\n"
		   "months FROM TO      PostgreSQL: partitions for the months FROM to TO\n"
		   "shard add NAME URL  PostgreSQL: another server; shard move MONTH NAME puts a month there",
	.options = store_options, .n_options = LENGTH(store_options), .run = store_command,
};
