/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_question_open.c - tocsin question open, answer, resolve: the steps that take words of their own. */
#include <math.h>
#include <string.h>

#include <tocsin/foresee.h>

#include "cli/cli.h"

static int need(struct cli *cli, const char *name, const char **ret, struct err *err)
{
	*ret = cli_option(cli, name);
	if (*ret && **ret)
		return 0;
	return err_hint(err, err_set(err, ERR_USAGE, "\"%s\" needs --%s", cli->command->name, name),
			"Run \"tocsin %s --help\" for examples.", cli->command->name);
}

static int date_of(struct cli *cli, const char *name, bool needed, struct instant *ret, struct err *err)
{
	const char *text = cli_option(cli, name);
	int r;

	if (!text && needed)
		return need(cli, name, &text, err);
	r = text ? instant_read(text, ret, err) : 0;
	return r < 0 ? ERR_USAGE : 0;
}

static int decimal_of(struct cli *cli, const char *name, double *ret, struct err *err)
{
	const char *text = cli_option(cli, name);

	if (text && num_read(text, strlen(text), ret) < 0)
		return err_set(err, ERR_USAGE, "option \"--%s\" is \"%.40s\", expected a number", name, text);
	return 0;
}

/* ---- open ---- */

/* yes,no or a JSON list of texts, in its canonical form. */
static int answers_of(struct cli *cli, const char **ret, struct err *err)
{
	_cleanup_(buf_free) struct buf list = {0};
	const char *text = cli_option(cli, "answers");
	const struct json *given;

	if (!text)
		text = "yes,no";
	if (*text == '[') {
		int r = json_read(text, strlen(text), "--answers", 1, &cli->arena, &given, err);

		if (r < 0)
			return r;
		json_write(&list, given);
		*ret = arena_ndup(&cli->arena, list.s, list.len);
		return 0;
	}
	buf_putc(&list, '[');
	for (;;) {
		size_t len = strcspn(text, ",");

		json_put_str(&list, arena_ndup(&cli->arena, text, len));
		if (!text[len])
			break;
		buf_putc(&list, ',');
		text += len + 1;
	}
	buf_putc(&list, ']');
	*ret = arena_ndup(&cli->arena, list.s, list.len);
	return 0;
}

static int take_rule(struct cli *cli, struct question *question, struct err *err)
{
	const char *rule = cli_option(cli, "rule");
	char day[40];
	int r = decimal_of(cli, "threshold", &question->threshold, err);

	if (r == 0)
		r = date_of(cli, "until", false, &question->until, err);
	if (r < 0)
		return r;
	question->indicator = cli_option(cli, "indicator");
	question->operator = cli_option(cli, "operator");
	question->threshold = num_round(question->threshold);
	instant_write(question->until, day);
	if (!rule && question->indicator && question->operator && !isnan(question->threshold) && *day)
		rule = arena_printf(&cli->arena, "the first answer if %s is %s %g in a period that begins by %s",
				    question->indicator, question->operator, question->threshold, day);
	if (!rule)
		return need(cli, "rule", &rule, err);
	question->rule = rule;
	return 0;
}

static int take_dates(struct cli *cli, struct question *question, struct err *err)
{
	int r = date_of(cli, "opens", false, &question->opens, err);

	if (r == 0)
		r = date_of(cli, "closes", true, &question->closes, err);
	return r == 0 ? date_of(cli, "resolves", true, &question->resolves, err) : r;
}

static int take_place(struct cli *cli, struct question *question, struct err *err)
{
	const char *given = cli_option(cli, "unit");
	const struct unit *unit;
	int r;

	question->forecast_question = cli_option(cli, "forecast");
	if (question->forecast_question && !str_eq(question->forecast_question, "closing") &&
	    !str_eq(question->forecast_question, "opening"))
		return err_set(err, ERR_USAGE, "option \"--forecast\" is \"%.40s\", expected closing or opening",
			       question->forecast_question);
	r = cli_number(cli, "origin", INT_MISSING, &question->forecast_origin, err);
	if (r < 0 || !given)
		return r;
	r = cli_house(cli, err);
	if (r < 0)
		return r;
	unit = atlas_guess(&cli->house->atlas, given);
	if (!unit)
		return err_set(err, ERR_NOT_FOUND, "unknown unit \"%.60s\"", given);
	question->r.unit = unit->r.unit;
	return 0;
}

/* From the options; one that does not fit together is a mistake of the caller. */
static int question_of(struct cli *cli, struct question **ret, struct err *err)
{
	struct question *question = record_new(&cli->arena, &kind_question);
	int r = need(cli, "key", &question->key, err);

	if (r == 0)
		r = need(cli, "text", &question->text, err);
	if (r == 0)
		r = take_place(cli, question, err);
	if (r == 0)
		r = take_rule(cli, question, err);
	if (r == 0)
		r = take_dates(cli, question, err);
	if (r == 0)
		r = answers_of(cli, &question->answers, err);
	if (r < 0)
		return r;
	question->ordered = cli_has(cli, "ordered");
	question->r.by = cli_user(cli);
	*ret = question;
	return 0;
}

static int open_run(struct cli *cli, struct err *err)
{
	const struct question *stored = NULL;
	struct records out = {.arena = &cli->arena};
	struct question *wanted = NULL, *next = NULL;
	struct err unknown = {0};
	struct instant at;
	int r = question_time(cli, &at, err);

	if (r == 0)
		r = cli_store(cli, STORE_WRITE, err);
	if (r == 0)
		r = question_of(cli, &wanted, err);
	if (r == 0)
		r = store_begin(cli->store, err);
	if (r < 0)
		return r;
	r = question_find(cli, wanted->key, AS_OF_ALL, &stored, &unknown);
	if (r == ERR_NOT_FOUND)
		r = 0;
	else if (r < 0)
		return err_set(err, r, "%s", unknown.msg);
	r = question_open(stored, wanted, at, &cli->arena, &next, err);
	if (r < 0)
		return r;
	if (next != stored)
		records_add(&out, next);
	r = question_keep(cli, &out, err);
	if (r == 0)
		say(cli, "%s: %s", wanted->key, next == stored ? "nothing has changed" : stored ? "changed" : "open");
	return r;
}

/* ---- answer ---- */

/* "0.3": of the first of two answers. "yes=.3,no=.7", or a JSON object: of each. */
static int chances_of(struct cli *cli, const struct answers *answers, double *p, struct err *err)
{
	_cleanup_(buf_free) struct buf object = {0};
	const char *text;
	double first;
	int r = need(cli, "p", &text, err);

	if (r < 0)
		return r;
	if (*text == '{')
		return chances_read(text, answers, &cli->arena, p, err);
	if (answers->n == 2 && num_read(text, strlen(text), &first) == 0) {
		if (!(first >= 0 && first <= 1))
			return err_set(err, ERR_USAGE, "option \"--p\" is %g, expected a chance in 0..1", first);
		p[0] = first;
		p[1] = 1 - first;
		return 0;
	}
	buf_putc(&object, '{');
	while (*text) {
		size_t len = strcspn(text, ","), name = strcspn(text, "=");
		double chance;

		if (name >= len || num_read(text + name + 1, len - name - 1, &chance) < 0)
			return err_hint(err, err_set(err, ERR_USAGE, "option \"--p\": \"%.*s\" is not ANSWER=CHANCE",
						     (int)(len < 60 ? len : 60), text),
					"Give every answer its chance: --p yes=0.3,no=0.7.");
		buf_puts(&object, object.len > 1 ? "," : "");
		json_put_str(&object, arena_ndup(&cli->arena, text, name));
		buf_putc(&object, ':');
		json_put_num(&object, chance);
		text += len + (text[len] == ',');
	}
	buf_putc(&object, '}');
	return chances_read(object.s, answers, &cli->arena, p, err);
}

static int answer_run(struct cli *cli, struct err *err)
{
	struct records out = {.arena = &cli->arena};
	const struct question *question;
	struct judgement *judgement;
	struct answers answers;
	const char *forecaster;
	double p[ANSWERS_MOST];
	struct instant at;
	int r = need(cli, "as", &forecaster, err);

	if (r == 0)
		r = pseudonym_check(forecaster, err);
	if (r == 0)
		r = question_time(cli, &at, err);
	if (r == 0)
		r = cli_store(cli, STORE_WRITE, err);
	if (r == 0)
		r = store_begin(cli->store, err);
	if (r == 0)
		r = question_find(cli, cli->operands[0], AS_OF_ALL, &question, err);
	if (r == 0)
		r = question_answers(question, &cli->arena, &answers, err);
	if (r == 0)
		r = chances_of(cli, &answers, p, err);
	if (r == 0)
		r = question_answer(question, forecaster, p, cli_option(cli, "reason"), at, &cli->arena, &judgement, err);
	if (r < 0)
		return r;
	records_add(&out, judgement);
	r = question_keep(cli, &out, err);
	if (r == 0)
		say(cli, "%s: answered as %s%s", question->key, forecaster,
		    judgement->clipped ? "; chances are held within 0.1 and 99.9 %" : "");
	return r;
}

/* ---- resolve ---- */

static int by_rule(struct cli *cli, const struct question *question, struct instant at, struct question **ret,
		   struct err *err)
{
	struct records in = {.arena = &cli->arena};
	struct query query = QUERY(&kind_observation, at.usec);
	int r = 0;

	query.unit = question->r.unit;
	query.where[0] = (struct condition){"indicator", question->indicator};
	if (question->indicator)
		r = store_read(cli->store, &query, &in, err);
	return r < 0 ? r : question_resolve_rule(question, &in, at, &cli->arena, ret, err);
}

static int resolve_run(struct cli *cli, struct err *err)
{
	struct records out = {.arena = &cli->arena};
	const char *outcome = cli_option(cli, "outcome");
	const struct question *question;
	struct instant at, resolved;
	struct question *next;
	int r = question_time(cli, &at, err);

	resolved = at;
	if (r == 0)
		r = date_of(cli, "at", false, &resolved, err);
	if (r == 0 && !outcome && (cli_has(cli, "source") || cli_has(cli, "at")))
		r = need(cli, "outcome", &outcome, err);
	if (r == 0)
		r = cli_store(cli, STORE_WRITE, err);
	if (r == 0)
		r = store_begin(cli->store, err);
	if (r == 0)
		r = question_find(cli, cli->operands[0], AS_OF_ALL, &question, err);
	if (r < 0)
		return r;
	r = outcome ? question_resolve(question, outcome, cli_option(cli, "source"), resolved, at, &cli->arena, &next, err)
		    : by_rule(cli, question, at, &next, err);
	if (r < 0)
		return r;
	records_add(&out, next);
	r = question_keep(cli, &out, err);
	if (r == 0)
		say(cli, "%s: %s", question->key, next->outcome);
	return r;
}

/* ---- the commands ---- */

static const struct option open_options[] = {
	{"key", "KEY", "what it is called from now on"},
	{"text", "TEXT", "the question"},
	{"unit", "UNIT", "where; may lack"},
	{"answers", "LIST", "two or more, by commas, or a JSON list (default yes,no)"},
	{"ordered", NULL, "the answers have an order: a near miss costs less"},
	{"rule", "TEXT", "how it is resolved; may lack with the four below"},
	{"indicator", "NAME", "it resolves itself: the first answer when this, of the unit,"},
	{"operator", "SIGN", "is <, <=, > or >="},
	{"threshold", "NUMBER", "this much"},
	{"until", "DATE", "in a period that begins by then and ends after the opening"},
	{"opens", "DATE", "answers are taken from then on (default: now)"},
	{"closes", "DATE", "the last day for answers"},
	{"resolves", "DATE", "when the outcome will be known"},
	{"forecast", "QUESTION", "closing or opening of the unit: the model answers with its forecast"},
	{"origin", "YEAR", "of that forecast"},
};

const struct command command_question_open = {
	.name = "question open", .group = "Records", .operands = "",
	.summary = "ask something with a rule and dates, which are fixed once it is open",
	.examples = {"tocsin question open --key hun-27 --text \"Will Hungary close?\" --rule \"index falls by 0.05\" "
		     "--closes 2026-12-31 --resolves 2028-04-01",
		     "tocsin question open --key srb-27 --text \"Will Serbia's index fall to 0.25?\" --unit SRB "
		     "--indicator v2x_polyarchy --operator \"<=\" --threshold 0.25 --until 2027-12-31 "
		     "--closes 2026-12-31 --resolves 2028-04-01"},
	.options = open_options, .n_options = LENGTH(open_options), .run = open_run,
};

static const struct option answer_options[] = {
	{"as", "PSEUDONYM", "whose answer it is: a word that leads to nobody"},
	{"p", "CHANCES", "of the first of two answers, or ANSWER=CHANCE of each, by commas, or a JSON object"},
	{"reason", "TEXT", "why; can be erased"},
};

const struct command command_question_answer = {
	.name = "question answer", .group = "Records", .operands = "KEY", .least = 1, .most = 1,
	.summary = "give the chances of the answers; the newest before the closing counts",
	.examples = {"tocsin question answer hun-27 --as blue-heron --p 0.3",
		     "tocsin question answer hun-27 --as blue-heron --p yes=0.3,no=0.7 --reason \"courts hold\""},
	.options = answer_options, .n_options = LENGTH(answer_options), .run = answer_run,
};

static const struct option resolve_options[] = {
	{"outcome", "ANSWER", "which answer came true (default: by the question's rule, from what was observed)"},
	{"source", "URL", "what says so"},
	{"at", "DATE", "when it came about (default: now)"},
};

const struct command command_question_resolve = {
	.name = "question resolve", .group = "Records", .operands = "KEY", .least = 1, .most = 1,
	.summary = "the outcome of a question that is closed",
	.examples = {"tocsin question resolve srb-27",
		     "tocsin question resolve hun-27 --outcome no --source https://example.org/report --at 2028-03-14"},
	.options = resolve_options, .n_options = LENGTH(resolve_options), .run = resolve_run,
};
