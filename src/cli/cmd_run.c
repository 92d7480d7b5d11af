/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_run.c - tocsin run, replay and the six stages: rounds on the store, or filters. */
#include <string.h>

#include "cli/cli.h"

#define INPUT_LIMIT ((size_t)256 << 20)

static void put_counts(struct buf *buf, const char *title, const struct count *counts, size_t n)
{
	if (n == 0)
		return;
	buf_printf(buf, "%s", title);
	for (size_t i = 0; i < n; i++)
		buf_printf(buf, "%s %s %zu", i ? "," : "", counts[i].name, counts[i].n);
	buf_putc(buf, '\n');
}

static void report_round(const struct cli *cli, const struct round *round)
{
	for (size_t i = 0; i < round->n_skipped; i++)
		say(cli, "skipped \"%s\": the manifest does not list it", round->skipped[i]);
	for (size_t i = 0; i < round->n_faults; i++) {
		fprintf(stderr, "tocsin: %s\n", round->faults[i].msg);
		if (round->faults[i].hint[0])
			fprintf(stderr, "hint: %s\n", round->faults[i].hint);
	}
}

static const char *const round_columns[] = {"stage", "in", "new", "revised", "unchanged", "withdrawn"};

static int print_round(struct cli *cli, const struct round *round, enum stage first, enum stage last,
		       struct err *err)
{
	struct output out = {.cli = cli, .columns = round_columns, .n_columns = LENGTH(round_columns)};
	_cleanup_(buf_free) struct buf text = {0};
	char as_of[40];
	int r;

	instant_write(round->as_of, as_of);
	if (cli_has(cli, "json") || cli_has(cli, "jsonl") || cli_has(cli, "csv") || !cli->tty) {
		for (enum stage s = first; s <= last; s++) {
			const struct tally *t = &round->stages[s];

			buf_cut(&text, 0);
			buf_printf(&text, "{\"stage\":\"%s\",\"as_of\":\"%s\",\"in\":%zu,\"new\":%zu,\"revised\":%zu,"
				   "\"unchanged\":%zu,\"withdrawn\":%zu}", stage_names[s], as_of, t->in,
				   t->made, t->revised, t->same, t->withdrawn);
			output_add(&out, text.s);
		}
		r = output_end(&out, err);
		if (r < 0)
			return r;
		buf_cut(&text, 0);
	} else {
		for (enum stage s = first; s <= last; s++)
			buf_printf(&text, "%-8s %5zu in: %zu new, %zu revised, %zu unchanged, %zu withdrawn\n",
				   stage_names[s], round->stages[s].in, round->stages[s].made,
				   round->stages[s].revised, round->stages[s].same,
				   round->stages[s].withdrawn);
	}
	if (first == STAGE_COLLECT && cli->tty)
		put_counts(&text, "documents by language:", round->langs, round->n_langs);
	if (round->n_uncoded && cli->tty)
		put_counts(&text, "not coded, no lexicon:", round->uncoded, round->n_uncoded);
	r = cli->tty ? print_buf(&text, err) : 0;
	if (r == 0 && !*as_of)
		say(cli, "nothing to work on: there is no dated record, in the input or in the store");
	else if (r == 0)
		say(cli, "as of %s: %zu new or changed records%s", as_of, round_changes(round),
		    round_changes(round) ? "" : ", nothing has changed");
	return r;
}

/* Nothing is known of a day that has not come, and what is kept as of it would stand before all that does. */
static int refuse_future(struct instant as_of, struct err *err)
{
	char day[40];

	if (as_of.usec <= instant_now().usec + USEC_PER_DAY)
		return 0;
	instant_write(as_of, day);
	return err_set(err, ERR_USAGE, "cannot work as of %s: that day has not come", day);
}

static int run_stages(struct cli *cli, const char *input, enum stage first, enum stage last, struct err *err)
{
	struct round round = {0};
	struct instant as_of = {0};
	bool learn = first == STAGE_LEARN;   /* which says what was learned instead of how much */
	int r = refuse_future(cli->as_of, err), code;

	if (r == 0)
		r = cli_store(cli, STORE_CREATE, err);
	if (r == 0)
		r = cli_house(cli, err);
	if (r < 0)
		return r;
	if (instant_is_set(cli->as_of))
		as_of = (struct instant){.usec = cli_as_of(cli), .precision = INSTANT_SECOND};
	r = round_run(cli->store, cli->house, input, as_of, first, last, instant_now(), &cli->arena, &round, err);
	if (r < 0 && round.n_faults == 0)
		return r;
	report_round(cli, &round);
	code = learn ? learned_print(cli, err) : print_round(cli, &round, first, last, err);
	if (code < 0)
		return code;
	code = cli_seal(cli, err);
	if (code == 0 && first <= STAGE_LEARN && last >= STAGE_LEARN)
		code = learned_alarm(cli, err);
	if (code < 0)
		return code;
	if (r < 0)
		return err_set(err, ERR_DATA, "%zu input file%s refused, the rest was kept", round.n_faults,
			       round.n_faults == 1 ? " was" : "s were");
	return 0;
}

static int run_run(struct cli *cli, struct err *err)
{
	return run_stages(cli, cli_option(cli, "in"), STAGE_COLLECT, STAGE_RESPOND, err);
}

/* ---- filters ---- */

static int write_records(struct cli *cli, const struct records *out, const char *path, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
	const struct kind *kind = NULL;

	for (size_t i = 0; i < out->n; i++) {
		if (cli_has(cli, "csv")) {
			if (out->v[i]->kind != kind)
				record_write_csv_header(&text, out->v[i]->kind, ',');
			kind = out->v[i]->kind;
			record_write_csv(&text, out->v[i], ',');
		} else {
			record_write_json(&text, out->v[i]);
			buf_putc(&text, '\n');
		}
	}
	return file_write(path, text.len ? text.s : "", text.len, err);
}

static int filter(struct cli *cli, enum stage stage, const char *in, const char *to, struct err *err)
{
	struct records out = {.arena = &cli->arena};
	struct round round = {0};
	struct instant as_of = {0};
	char *bytes;
	size_t len;
	int r = cli_house(cli, err);

	if (r == 0 && file_is_dir(in))
		r = err_hint(err, err_set(err, ERR_USAGE, "\"%s\" is a folder, a filter reads one file", in),
			     "\"tocsin run\" and \"tocsin collect\" without --out take a folder into the store.");
	if (r == 0)
		r = file_read(in, INPUT_LIMIT, &cli->arena, &bytes, &len, err);
	if (r < 0)
		return r;
	if (instant_is_set(cli->as_of))
		as_of = (struct instant){.usec = cli_as_of(cli), .precision = INSTANT_SECOND};
	r = stage_filter(cli->house, stage, strcmp(in, "-") == 0 ? "(standard input)" : in, bytes, len, as_of,
			 instant_now(), &out, &round, err);
	if (r < 0)
		return r;
	r = write_records(cli, &out, to, err);
	if (r < 0)
		return r;
	say(cli, "%s: %zu records in, %zu out", stage_names[stage], round.stages[stage].in, out.n);
	for (size_t i = 0; i < round.n_uncoded; i++)
		say(cli, "not coded, no lexicon for %s: %zu documents", round.uncoded[i].name,
		    round.uncoded[i].n);
	return stage == STAGE_LEARN ? records_alarm(&out, err) : 0;
}

/* A folder or file goes into the store unless --out names a place; records are filtered. */
int cli_stage(struct cli *cli, struct err *err)
{
	const char *in = cli_option(cli, "in"), *out = cli_option(cli, "out");
	int stage = cli_find(stage_names, N_STAGES, cli->command->name, "stage", err);

	if (stage < 0)
		return stage;
	if (stage == STAGE_COLLECT && !in)
		return err_hint(err, err_set(err, ERR_USAGE, "nothing to collect"),
				"Name a folder or a file with --in.");
	if (stage == STAGE_COLLECT && !out)
		return run_stages(cli, in, STAGE_COLLECT, STAGE_COLLECT, err);
	if (!in && !out)
		return run_stages(cli, NULL, (enum stage)stage, (enum stage)stage, err);
	return filter(cli, (enum stage)stage, in ? in : "-", out ? out : "-", err);
}

/* ---- replay ---- */

static void show_progress(int year, const struct round *round, void *user)
{
	struct output *out = user;
	char row[200], as_of[40];

	instant_write(round->as_of, as_of);
	snprintf(row, sizeof row, "{\"year\":%d,\"as_of\":\"%s\",\"forecasts\":%zu,\"alerts\":%zu,\"new_or_changed\":%zu}",
		 year, as_of, round->stages[STAGE_FORESEE].made + round->stages[STAGE_FORESEE].revised +
		 round->stages[STAGE_FORESEE].same, round->stages[STAGE_RESPOND].made, round_changes(round));
	output_add(out, row);
	if (!cli_has(out->cli, "quiet") && out->cli->tty_err)
		fprintf(stderr, "\rreplayed %d", year);
}

static int replay_command(struct cli *cli, struct err *err)
{
	static const char *const columns[] = {"year", "as_of", "forecasts", "alerts", "new_or_changed"};
	struct output out = {.cli = cli, .columns = columns, .n_columns = LENGTH(columns)};
	int64_t from, to;
	int r;

	if ((r = cli_number(cli, "from", 2005, &from, err)) < 0 || (r = cli_number(cli, "to", 2024, &to, err)) < 0)
		return r;
	if (from < 1 || to > 9998 || from > to)
		return err_set(err, ERR_USAGE, "cannot replay from %lld to %lld", (long long)from, (long long)to);
	r = refuse_future(instant_of_day((int)to + 1, 4, 1), err);
	if (r == 0)
		r = cli_store(cli, STORE_WRITE, err);
	if (r == 0)
		r = cli_house(cli, err);
	if (r == 0)
		r = replay_run(cli->store, cli->house, (int)from, (int)to, show_progress, &out, &cli->arena, err);
	if (out.n && cli->tty_err && !cli_has(cli, "quiet"))
		fputc('\n', stderr);   /* ends the line of progress */
	if (r == 0)
		r = cli_seal(cli, err);
	if (r == 0)
		r = output_end(&out, err);
	return r < 0 ? r : learned_alarm(cli, err);
}

#define KEY_OPTION \
	{"key", "FILE", "sign the head of the ledger with the key in FILE (default: $TOCSIN_KEY, then STORE.key)"}

static const struct option in_option[] = {
	{"in", "DIR", "a folder (its manifest.conf says what is what), one file, or - for standard input"},
	KEY_OPTION,
};

const struct command command_run = {
	.name = "run", .group = "The loop", .operands = "",
	.summary = "one round: collect, code, measure, learn, foresee, respond",
	.examples = {"tocsin run --in data/demo", "tocsin --as-of 2024-06-01 run"},
	.details = "The round works as of the newest date among what was accepted, never as of the clock; a\n"
		   "second run on the same input changes nothing. Without --in, the loop runs on the store.",
	.options = in_option, .n_options = LENGTH(in_option), .run = run_run,
};

static const struct option replay_options[] = {
	{"from", "YEAR", "first year of data that the loop may use (default 2005)"},
	{"to", "YEAR", "last year (default 2024)"},
	KEY_OPTION,
};

const struct command command_replay = {
	.name = "replay", .group = "The loop", .operands = "",
	.summary = "the back-test: rounds as they would have run, year by year",
	.examples = {"tocsin replay --from 2005 --to 2024", "tocsin replay --from 2010 --to 2012 --json"},
	.details = "Each round sees only what was known on 1 April after its year. Its forecasts and alerts are\n"
		   "kept and scored, and the scores weigh the next run.",
	.options = replay_options, .n_options = LENGTH(replay_options), .run = replay_command,
};

static const struct option filter_options[] = {
	{"in", "FILE", "read from FILE, - for standard input"},
	{"out", "FILE", "write to FILE, - for standard output; without both, work on the store"},
};

#define STAGE_COMMAND(stage, what, first, second, more) \
	const struct command command_##stage = { \
		.name = #stage, .group = "Stages, on the store or as filters", .operands = "", \
		.summary = what, .examples = {first, second}, \
		.options = filter_options, .n_options = LENGTH(filter_options), .run = cli_stage, .parts = more, \
	}

STAGE_COMMAND(collect, "feeds, dumps and tables into documents and observations",
	      "tocsin collect --in feed.xml --out -", "tocsin collect --in data/demo", NULL);
STAGE_COMMAND(code, "documents into events, with the words that prove them",
	      "tocsin code --in documents.jsonl --out events.jsonl", "tocsin code", NULL);
STAGE_COMMAND(measure, "observations and events into series, pressure and episodes",
	      "tocsin measure --in indices.csv --out -", "tocsin measure", measure_parts);
STAGE_COMMAND(respond, "measures, forecasts and events into alerts and plans",
	      "tocsin respond --in records.jsonl --out -", "tocsin respond", NULL);
STAGE_COMMAND(learn, "forecasts, alerts and outcomes into scores, weights and thresholds",
	      "tocsin learn --in records.jsonl --out -", "tocsin learn --json", learn_parts);
