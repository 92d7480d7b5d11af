/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_question_pool.c - tocsin question pool: all answers in one, the plain median beside it; on the store or as a filter. */
#include <math.h>
#include <string.h>

#include <tocsin/foresee.h>
#include <tocsin/render.h>

#include "cli/cli.h"

#define SEED 20260101   /* that of the loop */

/* ---- for programs ---- */

static void put_number(struct buf *buf, const char *name, double value)
{
	buf_printf(buf, ",\"%s\":", name);
	json_put_num(buf, num_round(value));
}

static void put_text(struct buf *buf, const char *name, const char *text)
{
	buf_printf(buf, ",\"%s\":", name);
	json_put_str(buf, text);
}

static int pool_json(struct cli *cli, const struct pool *pool, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};

	buf_puts(&text, "{\"question\":");
	json_put_str(&text, pool->question->key);
	put_text(&text, "status", pool->question->status);
	put_number(&text, "forecasters", (double)pool->n_members);
	put_number(&text, "resolved", (double)pool->resolved);
	put_number(&text, "extremity", pool->extremity);
	put_text(&text, "extremity_why", pool->extremity_why);
	put_text(&text, "interval_missing", pool->interval_missing);
	buf_printf(&text, ",\"clipped\":%s,\"answers\":[", pool->clipped ? "true" : "false");
	for (size_t i = 0; i < pool->answers.n; i++) {
		buf_puts(&text, i ? ",{\"answer\":" : "{\"answer\":");
		json_put_str(&text, pool->answers.v[i]);
		put_number(&text, "p", pool->p[i]);
		put_number(&text, "low", pool->low[i]);
		put_number(&text, "high", pool->high[i]);
		put_number(&text, "median", pool->median[i]);
		put_number(&text, "median_low", pool->median_low[i]);
		put_number(&text, "median_high", pool->median_high[i]);
		buf_putc(&text, '}');
	}
	buf_puts(&text, "],\"weights\":[");
	for (size_t i = 0; i < pool->n_members; i++) {
		buf_puts(&text, i ? ",{\"forecaster\":" : "{\"forecaster\":");
		json_put_str(&text, pool->members[i].forecaster);
		put_number(&text, "weight", pool->members[i].weight);
		put_number(&text, "skill", pool->members[i].skill);
		put_number(&text, "questions", (double)pool->members[i].past);
		buf_putc(&text, '}');
	}
	buf_puts(&text, "]}");
	return output_object(cli, text.s, err);
}

/* ---- for people ---- */

static void put_answer(struct buf *text, const struct pool *pool, size_t i)
{
	double low = 1, high = 0;

	for (size_t m = 0; m < pool->n_members; m++) {
		low = fmin(low, pool->members[m].p[i]);
		high = fmax(high, pool->members[m].p[i]);
	}
	buf_printf(text, "%-12s pool ", pool->answers.v[i]);
	words_chance(text, pool->low[i], pool->high[i]);
	buf_puts(text, ", median ");
	words_chance(text, pool->median_low[i], pool->median_high[i]);
	buf_puts(text, ", answers ");
	question_band(text, low, high);
	buf_putc(text, '\n');
}

static int pool_text(const struct pool *pool, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};

	buf_printf(&text, "%s\n", pool->question->text);
	for (size_t i = 0; i < pool->answers.n; i++)
		put_answer(&text, pool, i);
	if (pool->interval_missing)
		buf_printf(&text, "%-12s not known: %s\n", "interval", pool->interval_missing);
	else
		buf_printf(&text, "%-12s 90 %%, forecasters resampled\n", "interval");
	buf_printf(&text, "%-12s %zu, weights from %zu questions resolved before the closing\n", "forecasters",
		   pool->n_members, pool->resolved);
	for (size_t i = 0; i < pool->n_members; i++)
		buf_printf(&text, "%-12s %.2f, %zu past questions\n", pool->members[i].forecaster, pool->members[i].weight,
			   pool->members[i].past);
	buf_printf(&text, "%-12s %.2f: %s\n", "extremity", pool->extremity, pool->extremity_why);
	return print_words(&text, err);
}

static int pool_show(struct cli *cli, struct err *err)
{
	struct records in = {.arena = &cli->arena};
	struct pool_setup setup = {cli->as_of, SEED};
	const struct question *question;
	struct pool_book *book;
	struct pool pool;
	int r;

	if (cli->n_operands != 1)
		return err_set(err, ERR_USAGE, "\"question pool\" takes one key, or --in FILE");
	r = cli_store(cli, STORE_READ, err);
	if (r == 0)
		r = question_find(cli, cli->operands[0], cli_as_of(cli), &question, err);
	if (r == 0 && str_eq(question->status, "open"))
		r = err_hint(err, err_set(err, ERR_DENIED, "the pool of \"%.60s\" is hidden until it is closed", question->key),
			     "Who sees what others say does not judge alone any more.");
	setup.as_of.usec = cli_as_of(cli);
	if (r == 0)
		r = question_records(cli, question, setup.as_of.usec, &in, err);
	if (r == 0)
		r = pool_open(&setup, &in, &cli->arena, &book, err);
	if (r == 0)
		r = pool_make(book, question->key, &cli->arena, &pool, err);
	if (r < 0)
		return r;
	return output_is_asked(cli) ? pool_json(cli, &pool, err) : pool_text(&pool, err);
}

/* ---- as a filter ---- */

/* What was written by hand need not say when it was known: a question when it opened, an answer when given. */
static void set_known(struct record *r)
{
	if (instant_is_set(r->known))
		return;
	if (r->kind == &kind_question)
		r->known = ((struct question *)r)->opens;
	else if (r->kind == &kind_judgement)
		r->known = ((struct judgement *)r)->at;
}

static int take_line(struct records *list, const char *name, const char *line, size_t len, size_t number,
		     struct err *err)
{
	struct record *record;
	struct err why = {0};
	int r = record_read_json(line, len, name, number, list->arena, &record, err);

	if (r < 0)
		return r;
	set_known(record);
	r = record_check(record, &why);
	if (r < 0) {
		err_set(err, r, "%s:%zu:1: %s", name, number, why.msg);
		return why.hint[0] ? err_hint(err, r, "%s", why.hint) : r;
	}
	records_add(list, record);
	return 0;
}

static int read_lines(struct cli *cli, struct records *list, struct instant *newest, struct err *err)
{
	const char *name = cli_option(cli, "in");
	char *text;
	size_t len, number = 0;
	int r = filter_read(cli, "in", &text, &len, err);

	for (size_t at = 0; r == 0 && at < len;) {
		const size_t n = strcspn(text + at, "\n");

		number++;
		if (strspn(text + at, " \t\r") < n)
			r = take_line(list, name, text + at, n, number, err);
		at += n + 1;
	}
	for (size_t i = 0; i < list->n; i++)
		if (!instant_is_set(*newest) || list->v[i]->known.usec > newest->usec)
			*newest = list->v[i]->known;
	return r;
}

static int pool_filter(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
	struct records in = {.arena = &cli->arena}, out = {.arena = &cli->arena};
	struct pool_setup setup = {.seed = SEED};
	int r;

	if (cli->n_operands)
		return err_set(err, ERR_USAGE, "\"question pool --in\" takes no key: it pools every question of the file");
	r = read_lines(cli, &in, &setup.as_of, err);
	if (cli_has(cli, "as-of")) {
		setup.as_of = cli->as_of;
		setup.as_of.usec = cli_as_of(cli);
	}
	if (r == 0)
		r = pool_run(&setup, &in, &out, err);
	for (size_t i = 0; i < out.n; i++) {
		record_write_json(&text, out.v[i]);
		buf_putc(&text, '\n');
	}
	return r < 0 ? r : filter_write(cli, &text, err);
}

static int run(struct cli *cli, struct err *err)
{
	return cli_has(cli, "in") ? pool_filter(cli, err) : pool_show(cli, err);
}

static const struct option options[] = {
	{"in", "FILE", "pool the questions and judgements of FILE, JSON Lines, without a store"},
	{"out", "FILE", "with --in: write the judgements of pool and median to FILE (default: the standard output)"},
};

const struct command command_question_pool = {
	.name = "question pool", .group = "Records", .operands = "[KEY]", .most = 1,
	.summary = "all answers in one by past skill, the plain median beside it, and why",
	.examples = {"tocsin question pool hun-27", "tocsin question pool --in judgements.jsonl --out pools.jsonl"},
	.options = options, .n_options = LENGTH(options), .run = run,
};
