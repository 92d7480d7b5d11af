/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_question.c - tocsin question: what is asked, how it stands, what its answers were worth. */
#include <math.h>
#include <string.h>

#include <tocsin/foresee.h>
#include <tocsin/learn.h>
#include <tocsin/render.h>

#include "cli/cli.h"

#define SEED 20260101   /* that of the loop */

/* ---- what the commands share ---- */

int question_time(struct cli *cli, struct instant *ret, struct err *err)
{
	struct instant now = instant_now();

	*ret = instant_is_set(cli->as_of) ? cli->as_of : now;
	return ret->usec <= now.usec ? 0 : err_set(err, ERR_USAGE, "a step cannot be taken in the future");
}

int question_find(struct cli *cli, const char *key, int64_t as_of, const struct question **ret, struct err *err)
{
	struct query query = QUERY(&kind_question, as_of);
	struct records found = {.arena = &cli->arena};
	int r;

	query.where[0] = (struct condition){"key", key};
	r = store_read(cli->store, &query, &found, err);
	if (r < 0)
		return r;
	if (found.n == 0)
		return err_hint(err, err_set(err, ERR_NOT_FOUND, "there is no question \"%.60s\"", key),
				"\"tocsin question list\" shows those there are.");
	*ret = (const struct question *)found.v[0];
	return 0;
}

static int read_kind(struct cli *cli, const struct kind *kind, int64_t as_of, struct records *list, struct err *err)
{
	struct query query = QUERY(kind, as_of);

	return store_read(cli->store, &query, list, err);
}

int question_records(struct cli *cli, const struct question *question, int64_t as_of, struct records *list,
		     struct err *err)
{
	struct query query = QUERY(&kind_forecast, as_of);
	int r = read_kind(cli, &kind_question, as_of, list, err);

	if (r >= 0)
		r = read_kind(cli, &kind_judgement, as_of, list, err);
	if (r >= 0 && question && question->forecast_question) {
		query.unit = question->r.unit;
		query.where[0] = (struct condition){"question", question->forecast_question};
		r = store_read(cli->store, &query, list, err);
	}
	return r < 0 ? r : 0;
}

int question_keep(struct cli *cli, const struct records *made, struct err *err)
{
	for (size_t i = 0; i < made->n; i++) {
		int r = store_put(cli->store, made->v[i], err);

		if (r < 0)
			return r;
	}
	return store_commit(cli->store, err);
}

void question_band(struct buf *buf, double low, double high)
{
	if (high - low < 0.1) {
		const double middle = (low + high) / 2;

		low = fmax(0, middle - 0.05);
		high = fmin(1, middle + 0.05);
	}
	words_chance(buf, low, high);
}

/* ---- list ---- */

/* How many people and models answered; the pool and the median are no forecasters. */
static size_t count_forecasters(const struct judgement *const *v, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += !str_eq(v[i]->forecaster, "pool") && !str_eq(v[i]->forecaster, "median");
	return count;
}

static int question_list(struct cli *cli, struct err *err)
{
	static const char *const columns[] = {"key", "unit", "status", "opens", "closes", "resolves", "outcome",
					      "forecasters", "text"};
	struct output out = {.cli = cli, .columns = columns, .n_columns = LENGTH(columns)};
	struct records list = {.arena = &cli->arena};
	const struct question *question;
	const char *status = cli_option(cli, "status");
	int r = question_records(cli, NULL, cli_as_of(cli), &list, err);

	for (size_t i = 0; r == 0 && (question = records_next(&list, &kind_question, &i));) {
		_cleanup_(buf_free) struct buf row = {0};
		const struct judgement **v;
		size_t n;

		if (status && !str_eq(status, question->status))
			continue;
		judgements_of(&list, question, &cli->arena, &v, &n);
		record_write_json(&row, question);
		buf_cut(&row, row.len - 1);
		buf_printf(&row, ",\"forecasters\":%zu}", count_forecasters(v, n));
		output_add(&out, row.s);
	}
	return r < 0 ? r : output_end(&out, err);
}

/* ---- show ---- */

/* Until the closing nobody sees what others said: judgements stay independent. */
static bool is_seen(const struct question *question, const struct judgement *judgement, const char *own)
{
	return !str_eq(question->status, "open") || (own && str_eq(judgement->forecaster, own));
}

static int show_json(struct cli *cli, const struct question *question, const struct judgement *const *v, size_t n,
		     struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
	const char *comma = "";

	record_write_json(&text, question);
	buf_cut(&text, text.len - 1);
	buf_printf(&text, ",\"forecasters\":%zu,\"hidden\":%s,\"judgements\":[", count_forecasters(v, n),
		   str_eq(question->status, "open") ? "true" : "false");
	for (size_t i = 0; i < n; i++) {
		if (!is_seen(question, v[i], cli_option(cli, "as")))
			continue;
		buf_puts(&text, comma);
		record_write_json(&text, v[i]);
		comma = ",";
	}
	buf_puts(&text, "]}");
	return output_object(cli, text.s, err);
}

static void put_line(struct buf *buf, const char *name, const char *text)
{
	if (text)
		buf_printf(buf, "%-12s %s\n", name, text);
}

static void put_time(struct buf *buf, const char *name, struct instant at)
{
	char text[40];

	instant_write(at, text);
	put_line(buf, name, *text ? text : NULL);
}

static int put_judgement(struct buf *buf, const struct judgement *judgement, const struct answers *answers,
			 struct arena *arena, struct err *err)
{
	double *p = arena_array(arena, double, answers->n), *low = arena_array(arena, double, answers->n);
	double *high = arena_array(arena, double, answers->n);
	const bool own_range = judgement->low && judgement->high;
	int r = chances_read(judgement->probabilities, answers, arena, p, err);
	const struct json *from = NULL, *past = NULL;

	if (r == 0 && own_range) {
		r = json_read(judgement->low, strlen(judgement->low), "low", 1, arena, &from, err);
		if (r == 0)
			r = json_read(judgement->high, strlen(judgement->high), "high", 1, arena, &past, err);
	}
	if (r < 0)
		return r;
	buf_printf(buf, "%-12s", judgement->forecaster);
	for (size_t i = 0; i < answers->n; i++) {
		low[i] = own_range ? json_num(from, answers->v[i]) : p[i];
		high[i] = own_range ? json_num(past, answers->v[i]) : p[i];
		buf_printf(buf, "%s %s ", i ? "," : "", answers->v[i]);
		if (own_range || pseudonym_is_ours(judgement->forecaster))   /* these have an interval or none */
			words_chance(buf, own_range ? low[i] : NAN, high[i]);
		else
			question_band(buf, low[i], high[i]);
	}
	buf_printf(buf, "%s\n", judgement->clipped == 1 ? " (clipped)" : "");
	if (judgement->reason)
		buf_printf(buf, "%-12s %s\n", "", judgement->reason);
	return 0;
}

static void put_answers(struct buf *buf, const struct question *question, const struct answers *answers)
{
	buf_printf(buf, "%-12s ", "answers");
	for (size_t i = 0; i < answers->n; i++)
		buf_printf(buf, "%s%s", i ? question->ordered == 1 ? " < " : ", " : "", answers->v[i]);
	buf_putc(buf, '\n');
}

static int show_text(struct cli *cli, const struct question *question, const struct judgement *const *v, size_t n,
		     struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
	struct answers answers;
	int r = question_answers(question, &cli->arena, &answers, err);

	if (r < 0)
		return r;
	put_line(&text, "key", question->key);
	put_line(&text, "question", question->text);
	put_line(&text, "unit", question->r.unit);
	put_answers(&text, question, &answers);
	put_line(&text, "rule", question->rule);
	put_time(&text, "opens", question->opens);
	put_time(&text, "closes", question->closes);
	put_time(&text, "resolves", question->resolves);
	put_line(&text, "status", question->status);
	put_line(&text, "outcome", question->outcome);
	put_line(&text, "source", question->source);
	put_time(&text, "resolved", question->resolved);
	put_line(&text, "reason", question->reason);
	buf_printf(&text, "%-12s %zu%s\n", "forecasters", count_forecasters(v, n),
		   str_eq(question->status, "open") ? ", hidden until it is closed" : "");
	for (size_t i = 0; i < n && r == 0; i++)
		if (is_seen(question, v[i], cli_option(cli, "as")))
			r = put_judgement(&text, v[i], &answers, &cli->arena, err);
	return r < 0 ? r : print_words(&text, err);
}

static int question_show(struct cli *cli, struct err *err)
{
	struct records list = {.arena = &cli->arena};
	const struct question *question;
	const struct judgement **v;
	size_t n;
	int r = question_find(cli, cli->operands[0], cli_as_of(cli), &question, err);

	if (r == 0)
		r = question_records(cli, NULL, cli_as_of(cli), &list, err);
	if (r < 0)
		return r;
	judgements_of(&list, question, &cli->arena, &v, &n);
	return output_is_asked(cli) ? show_json(cli, question, v, n, err) : show_text(cli, question, v, n, err);
}

/* ---- close, void ---- */

static int question_end(struct cli *cli, struct err *err)
{
	struct records in = {.arena = &cli->arena}, out = {.arena = &cli->arena};
	const bool close = str_eq(cli->verb, "close");
	const struct question *question;
	struct question *next = NULL;
	struct instant at;
	int r = question_time(cli, &at, err);

	if (r == 0)
		r = store_begin(cli->store, err);
	if (r == 0)
		r = question_find(cli, cli->operands[0], AS_OF_ALL, &question, err);
	if (r == 0 && close)
		r = question_records(cli, question, at.usec, &in, err);
	if (r < 0)
		return r;
	if (close)
		r = question_close(question, &in, at, SEED, &out, err);
	else if ((r = question_void(question, cli_option(cli, "reason"), at, &cli->arena, &next, err)) == 0)
		records_add(&out, next);
	if (r == 0)
		r = question_keep(cli, &out, err);
	if (r == 0)
		say(cli, "%s: %s", question->key, !close ? "void" : out.n > 1 ? "closed, its pool is kept"
									      : "closed, nobody answered");
	return r;
}

/* ---- score ---- */

static int question_score(struct cli *cli, struct err *err)
{
	static const char *const columns[] = {"subject", "member", "n", "brier", "log_score", "skill", "skill_low",
					      "skill_high"};
	struct output out = {.cli = cli, .columns = columns, .n_columns = LENGTH(columns)};
	struct records in = {.arena = &cli->arena}, scores = {.arena = &cli->arena};
	const char *key = cli->n_operands ? cli->operands[0] : "all";
	struct learn_setup setup = {.as_of = cli->as_of, .seed = SEED};
	const struct score *score;
	int r = 0;

	if (cli->n_operands) {
		const struct question *question;

		r = question_find(cli, key, cli_as_of(cli), &question, err);
		if (r == 0 && !str_eq(question->status, "resolved"))
			r = err_set(err, ERR_CONFLICT, "question \"%.60s\" is %s: there is nothing to score yet", key,
				    question->status);
	}
	setup.as_of.usec = cli_as_of(cli);
	if (r == 0)
		r = question_records(cli, NULL, setup.as_of.usec, &in, err);
	if (r == 0)
		r = learn_judgements(&setup, &in, &scores, err);
	for (size_t i = 0; r == 0 && (score = records_next(&scores, &kind_score, &i));)
		if (str_eq(score->subject, key))
			output_record(&out, score);
	return r < 0 ? r : output_end(&out, err);
}

/* ---- the command ---- */

static int question_run(struct cli *cli, struct err *err)
{
	const bool list = !cli->verb || str_eq(cli->verb, "list"), score = str_eq(cli->verb, "score");
	const bool write = str_eq(cli->verb, "close") || str_eq(cli->verb, "void");
	int r;

	if (list && cli->n_operands)
		return err_set(err, ERR_USAGE, "\"question list\" takes no operand");
	if (!list && !score && cli->n_operands != 1)
		return err_set(err, ERR_USAGE, "\"question %s\" takes one key", cli->verb);
	if (cli_has(cli, "as") && (r = pseudonym_check(cli_option(cli, "as"), err)) < 0)
		return r;
	r = cli_store(cli, write ? STORE_WRITE : STORE_READ, err);
	if (r < 0)
		return r;
	return list ? question_list(cli, err) : score ? question_score(cli, err) :
	       write ? question_end(cli, err) : question_show(cli, err);
}

static const char *const verbs[] = {"list", "show", "close", "void", "score", NULL};
static const struct command *const parts[] = {
	&command_question_open, &command_question_answer, &command_question_resolve, &command_question_pool, NULL,
};
static const struct option options[] = {
	{"as", "PSEUDONYM", "with show: one's own answer too, while the others are hidden"},
	{"reason", "TEXT", "with void: why it cannot be resolved"},
	{"status", "STATUS", "with list: only those that are open, closed, resolved or void"},
};

const struct command command_question = {
	.name = "question", .group = "Records", .operands = "[KEY]", .verbs = verbs, .parts = parts, .most = 1,
	.summary = "questions with a rule and a date, answered by people and the model",
	.examples = {"tocsin question list", "tocsin question show hun-2027 --as blue-heron"},
	.details = "Answers are hidden until a question is closed.",
	.options = options, .n_options = LENGTH(options), .run = question_run,
};
