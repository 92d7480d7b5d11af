/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_forecast_ledger.c - tocsin forecast verify and head: what was committed, and when; the key that signs it. */
#include <string.h>

#include "cli/cli.h"

#define HEAD_LIMIT ((size_t)1 << 16)

/* ---- the key ---- */

/* The key beside a store that is a file; NULL for any other. */
static const char *key_beside(struct cli *cli)
{
	const char *store = cli_store_path(cli);

	if (str_starts(store, "postgresql:") || str_starts(store, "postgres:") || str_starts(store, "file:") ||
	    strcmp(store, ":memory:") == 0)
		return NULL;
	return arena_printf(&cli->arena, "%s.key", store);
}

/* 1 with the key, or 0 when none was named and there is no place for one. */
static int find_key(struct cli *cli, struct signing_key *key, struct err *err)
{
	const char *path = cli_setting(cli, "key", "TOCSIN_KEY", "ledger", "key");
	int r;

	if (!path)
		path = key_beside(cli);
	if (!path)
		return 0;
	r = file_exists(path) ? ERR_CONFLICT : key_make(path, key, err);
	if (r == 0)
		say(cli, "made \"%s\", the key that signs the heads of the ledger: keep a copy, and the heads elsewhere", path);
	if (r == ERR_CONFLICT)   /* it is there, or another run was faster */
		r = key_read(path, key, err);
	return r < 0 ? r : 1;
}

int cli_seal(struct cli *cli, struct err *err)
{
	struct signing_key key;
	struct head head;
	int64_t pending;
	int r = ledger_pending(cli->store, &pending, err), found;

	if (r < 0 || pending == 0)
		return r;
	found = find_key(cli, &key, err);
	if (found < 0)
		return found;
	if (found == 0)
		say(cli, "the head of the ledger is not signed: name a key by --key, $TOCSIN_KEY or the setting ledger.key");
	r = ledger_seal(cli->store, found ? &key : NULL, instant_now(), &head, err);
	key_forget(&key);
	return r < 0 ? r : 0;
}

/* ---- head ---- */

static int head_run(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
	struct head head;
	int r = cli_store(cli, STORE_READ, err);

	if (r == 0)
		r = ledger_head(cli->store, &head, err);
	if (r < 0)
		return r;
	head_write(&text, &head);
	return filter_write(cli, &text, err);
}

/* ---- verify ---- */

static int read_kept(struct cli *cli, struct head *ret, struct err *err)
{
	const char *path = cli_option(cli, "head");
	char *text;
	size_t len;
	int r = file_read(path, HEAD_LIMIT, &cli->arena, &text, &len, err);

	return r < 0 ? r : head_read(text, len, strcmp(path, "-") == 0 ? "(standard input)" : path, ret, err);
}

static int read_publics(struct cli *cli, struct ledger_ask *ask, struct err *err)
{
	const char **publics = arena_array(&cli->arena, const char *, cli->n_given + 1), *public;

	for (size_t i = 0; (public = cli_each(cli, "pub", &i));) {
		if (!key_is_public(public))
			return err_set(err, ERR_USAGE, "option \"--pub\" is \"%.70s\", expected 64 digits 0-9, a-f", public);
		publics[ask->n_publics++] = public;
	}
	ask->publics = publics;
	return 0;
}

static void put_head(struct buf *buf, const struct head *head)
{
	char at[40];

	instant_write(head->at, at);
	buf_printf(buf, "%llu entries, made %s, ", (unsigned long long)head->size, at);
	if (head_is_signed(head))
		buf_printf(buf, "signed by %s", head->key);
	else
		buf_puts(buf, "not signed");
}

static void put_day(struct buf *buf, struct instant at)
{
	char text[40];

	instant_write(at, text);
	buf_puts(buf, text);
}

static void put_commitment(struct buf *buf, const struct commitment *commitment)
{
	buf_printf(buf, "Revision %lld stands at position %lld, made by version %s. It speaks of ",
		   (long long)commitment->revision, (long long)commitment->position, commitment->version);
	put_day(buf, commitment->from);
	buf_puts(buf, " until ");
	put_day(buf, commitment->past);
	if (!instant_is_set(commitment->at)) {
		buf_puts(buf, "; no head covers it yet.\n");
		return;
	}
	buf_printf(buf, "; the first head that covers it, of %llu entries, was made ",
		   (unsigned long long)commitment->head_size);
	put_day(buf, commitment->at);
	buf_puts(buf, commitment->late ? ", after that had ended: its outcome could already be known.\n"
		 : commitment->at.usec < commitment->from.usec ? ", before that began.\n" : ", before that ended.\n");
}

static void put_report(struct buf *buf, const struct ledger_report *report, const struct head *kept)
{
	unsigned long long size = report->size, covered = report->covered, late = report->late;

	buf_printf(buf, "%llu %s and %zu head%s agree: each entry with its forecast, each hash with its entry, each root with\n"
		   "the entries before it, each signature with its key.\n", size, size == 1 ? "entry" : "entries",
		   report->n_heads, report->n_heads == 1 ? "" : "s");
	if (report->n_heads) {
		buf_puts(buf, "Newest head: ");
		put_head(buf, &report->newest);
		buf_puts(buf, ".\n");
	}
	if (covered < size)
		buf_printf(buf, "No head covers the last %llu entries yet.\n", size - covered);
	if (kept) {
		buf_puts(buf, "Head kept elsewhere: ");
		put_head(buf, kept);
		buf_puts(buf, ". Since then nothing before it was changed, moved, left out or added.\n");
	} else {
		buf_puts(buf, "No head kept elsewhere was given (--head): had the whole log been written anew with hashes and\n"
			 "signatures, it would look the same.\n");
	}
	if (late)
		buf_printf(buf, "%llu of %llu were committed when what they speak of had ended: their outcome could already be "
			   "known.\n", late, covered);
	for (size_t i = 0; i < report->n_commitments; i++)
		put_commitment(buf, &report->commitments[i]);
}

static void put_json_head(struct buf *buf, const char *name, const struct head *head)
{
	_cleanup_(buf_free) struct buf text = {0};

	buf_printf(buf, ",\"%s\":", name);
	if (!head || head->size == 0) {
		buf_puts(buf, "null");
		return;
	}
	head_write(&text, head);
	buf_cut(&text, text.len - 1);   /* its newline */
	buf_puts(buf, text.s);
}

static void put_time(struct buf *buf, const char *name, struct instant at)
{
	char text[40];

	instant_write(at, text);
	buf_printf(buf, ",\"%s\":", name);
	json_put_str(buf, *text ? text : NULL);
}

static void put_report_json(struct buf *buf, const struct ledger_report *report, const struct head *kept)
{
	buf_printf(buf, "{\"entries\":%llu,\"covered\":%llu,\"heads\":%zu,\"late\":%llu", (unsigned long long)report->size,
		   (unsigned long long)report->covered, report->n_heads, (unsigned long long)report->late);
	put_json_head(buf, "newest", &report->newest);
	put_json_head(buf, "kept", kept);
	buf_puts(buf, ",\"commitments\":[");
	for (size_t i = 0; i < report->n_commitments; i++) {
		const struct commitment *commitment = &report->commitments[i];

		buf_printf(buf, "%s{\"position\":%lld,\"revision\":%lld,\"version\":", i ? "," : "",
			   (long long)commitment->position, (long long)commitment->revision);
		json_put_str(buf, commitment->version);
		put_time(buf, "from", commitment->from);
		put_time(buf, "past", commitment->past);
		put_time(buf, "at", commitment->at);
		buf_printf(buf, ",\"late\":%s}", commitment->late ? "true" : "false");
	}
	buf_puts(buf, "]}");
}

static int verify_run(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
	struct ledger_ask ask = {.id = cli->n_operands ? cli->operands[0] : NULL};
	struct ledger_report report;
	struct head kept;
	int r = read_publics(cli, &ask, err);

	if (r == 0 && cli_has(cli, "head")) {
		r = read_kept(cli, &kept, err);
		ask.kept = &kept;
	}
	if (r == 0)
		r = cli_store(cli, STORE_READ, err);
	if (r == 0)
		r = ledger_verify(cli->store, &ask, &cli->arena, &report, err);
	if (r < 0)
		return r;
	if (output_is_asked(cli)) {
		put_report_json(&text, &report, ask.kept);
		return output_object(cli, text.s, err);
	}
	put_report(&text, &report, ask.kept);
	return print_words(&text, err);
}

static const struct option verify_options[] = {
	{"head", "FILE", "a head kept elsewhere: what it covers must be the same today"},
	{"pub", "HEX", "the public key that must have signed; given again, any of them may"},
};

static const struct option head_options[] = {
	{"out", "FILE", "write to FILE, - for standard output"},
};

const struct command command_forecast_verify = {
	.name = "forecast verify", .group = "Records", .operands = "[ID]", .most = 1,
	.summary = "that forecasts stand as they were committed, and since when",
	.examples = {"tocsin forecast verify --head kept.json", "tocsin forecast verify ID"},
	.details = "Computes the ledger anew: each entry from its forecast, each hash, the root and signature of each head.\n"
		   "Exit status 7, with the first position and the reason, when anything does not agree. Only a head kept\n"
		   "elsewhere (\"forecast head\") shows that the whole log was not written anew.",
	.options = verify_options, .n_options = LENGTH(verify_options), .run = verify_run,
};

const struct command command_forecast_head = {
	.name = "forecast head", .group = "Records", .operands = "",
	.summary = "the newest head of the ledger, to be kept elsewhere",
	.examples = {"tocsin forecast head --out kept.json", "tocsin forecast head | mail -s head archive"},
	.details = "One JSON object: number of entries, root, time, public key, signature. Give it to people who do not\n"
		   "trust you, or print it in the newspaper.",
	.options = head_options, .n_options = LENGTH(head_options), .run = head_run,
};

const struct command *const forecast_parts[] = {&command_forecast_why, &command_forecast_verify, &command_forecast_head, NULL};
