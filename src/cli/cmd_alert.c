/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_alert.c - tocsin alert: what needs somebody, and the steps of its life. */
#include <math.h>
#include <string.h>

#include <tocsin/render.h>
#include <tocsin/respond.h>

#include "cli/cli.h"

static void alert_row(struct output *out, const struct alert_view *view)
{
	_cleanup_(buf_free) struct buf row = {0};

	record_write_json(&row, view->alert);
	buf_cut(&row, row.len - 1);
	buf_puts(&row, ",\"state\":");
	json_put_str(&row, view->state);
	buf_puts(&row, ",\"plan\":");
	json_put_str(&row, view->plan ? view->plan->r.id : NULL);
	buf_putc(&row, '}');
	output_add(out, row.s);
}

static int alert_list(struct cli *cli, struct err *err)
{
	static const char *const columns[] = {"level", "direction", "unit", "title", "state", "sources",
					      "valid_from", "standing", "id"};
	struct output out = {.cli = cli, .columns = columns, .n_columns = LENGTH(columns)};
	const char *unit = NULL;
	struct alert_view *alerts;
	size_t n;
	int r = cli_house(cli, err);

	if (r < 0)
		return r;
	if (cli_has(cli, "unit")) {
		const struct unit *found = atlas_guess(&cli->house->atlas, cli_option(cli, "unit"));

		if (!found)
			return err_set(err, ERR_NOT_FOUND, "unknown unit \"%.60s\"", cli_option(cli, "unit"));
		unit = found->r.unit;
	}
	r = view_alerts(cli->store, cli_as_of(cli), unit, cli_has(cli, "all"), &cli->arena, &alerts, &n, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		alert_row(&out, &alerts[i]);
	return output_end(&out, err);
}

/* The alert and its history, newest reading. */
static int alert_load(struct cli *cli, struct alert **ret, struct records *history, struct err *err)
{
	struct query query = QUERY(&kind_transition, cli_as_of(cli));
	struct record *record;
	int r = store_get(cli->store, cli->operands[0], cli_as_of(cli), &cli->arena, &record, err);

	if (r < 0)
		return r;
	if (record->kind != &kind_alert)
		return err_set(err, ERR_NOT_FOUND, "\"%s\" is a record of kind %s, not alert", record->id,
			       record->kind->name);
	query.where[0] = (struct condition){"alert", record->id};
	r = store_read(cli->store, &query, history, err);
	*ret = (struct alert *)record;
	return r < 0 ? r : 0;
}

/*
 * What forecasts were worth that were taken as warnings near this alert's level; NULL when the alert rests on no
 * forecast or none was scored. *forecast: it rests on one.
 */
static int alert_worth(struct cli *cli, const struct alert *alert, bool *forecast, const struct score **ret, struct err *err)
{
	struct query query = QUERY(&kind_score, cli_as_of(cli));
	struct records scores = {.arena = &cli->arena};
	const struct rule *rule = rules_find(cli->house->rules, alert->rule);
	const struct score *score;
	int r;

	*ret = NULL;
	*forecast = rule && str_eq(rule->kind, "forecast");
	if (!*forecast)
		return 0;
	query.where[0] = (struct condition){"about", "warning"};
	r = store_read(cli->store, &query, &scores, err);
	for (size_t i = 0; r >= 0 && (score = records_next(&scores, &kind_score, &i));) {
		const char *question = arena_printf(&cli->arena, "%s@", rule->indicator + strlen("chance_"));

		if (str_starts(score->subject, question) && score->origin == INT_MISSING &&
		    (!*ret || fabs(score->cost - alert->threshold) < fabs((*ret)->cost - alert->threshold)))
			*ret = score;
	}
	return r < 0 ? r : 0;
}

static void put_worth_json(struct buf *buf, const struct score *score)
{
	const struct { const char *name; double value; } parts[] = {
		{"cost", score->cost}, {"false_alarms", score->false_alarms}, {"hit_rate", score->hit_rate},
		{"hit_rate_high", score->hit_rate_high}, {"hit_rate_low", score->hit_rate_low}, {"hits", score->hits},
		{"lead_months", score->lead_months}, {"misses", score->misses},
	};

	for (size_t i = 0; i < LENGTH(parts); i++) {
		buf_printf(buf, "%s\"%s\":", i ? "," : "{", parts[i].name);
		json_put_num(buf, parts[i].value);
	}
	buf_putc(buf, '}');
}

static void put_worth(struct buf *buf, const struct score *score)
{
	if (!score || score->hits + score->false_alarms == 0) {
		buf_puts(buf, "so far     no forecast that warned like this one has come due\n");
		return;
	}
	buf_printf(buf, "so far     of %.0f forecasts that warned from a chance of %g on %.0f came true", score->hits +
		   score->false_alarms, score->cost, score->hits);
	if (isnan(score->hit_rate_low))
		buf_puts(buf, ", too few countries for an interval");
	else
		buf_printf(buf, ", a hit rate of %.0f to %.0f %%", 100 * score->hit_rate_low, 100 * score->hit_rate_high);
	buf_printf(buf, "; %.0f events came without a warning\n", score->misses);
}

static int alert_show(struct cli *cli, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
	struct records history = {.arena = &cli->arena};
	const struct score *worth = NULL;
	bool forecast = false;
	const char *state;
	struct alert *alert;
	int r = alert_load(cli, &alert, &history, err);

	if (r < 0 || (r = cli_house(cli, err)) < 0 || (r = alert_worth(cli, alert, &forecast, &worth, err)) < 0)
		return r;
	state = alert_state(&history, alert->r.id);
	if (!state)
		state = "new";   /* as lists have it before the first step */
	record_write_json(&text, alert);
	if (output_is_asked(cli)) {
		buf_cut(&text, text.len - 1);
		buf_printf(&text, ",\"state\":\"%s\"", state);
		if (worth) {
			buf_puts(&text, ",\"worth\":");
			put_worth_json(&text, worth);
		}
		buf_putc(&text, '}');
		return output_object(cli, text.s, err);
	}
	buf_cut(&text, 0);
	buf_printf(&text, "%s\n%s\nstate      %s\n", alert->r.id, alert->title, state);
	buf_printf(&text, "level      %lld, %s\nrule       %s (%s)\n", (long long)alert->level, alert->direction, alert->rule,
		   alert->standing ? alert->standing : "unproven");
	if (alert->sources != INT_MISSING)
		buf_printf(&text, "sources    %lld independent\n", (long long)alert->sources);
	if (forecast)
		put_worth(&text, worth);
	for (size_t i = 0, at = 0; i < history.n; i++) {
		const struct transition *step = records_next(&history, &kind_transition, &at);
		char when[40];

		instant_write(step->at, when);
		buf_printf(&text, "step %-5lld %s %s by %s%s%s\n", (long long)step->step, when, step->state_to,
			   step->r.by, step->reason ? ": " : "", step->reason ? step->reason : "");
	}
	buf_printf(&text, "evidence   tocsin why %s\n", alert->r.id);
	return print_words(&text, err);
}

static const struct { const char *verb, *state; } steps[] = {
	{"ack", "acknowledged"}, {"assign", "assigned"}, {"escalate", "escalated"},
	{"respond", "responding"}, {"close", "closed"}, {"review", "reviewed"}, {"reopen", "reopened"},
};

static const char *state_of_verb(const char *verb)
{
	for (size_t i = 0; i < LENGTH(steps); i++)
		if (str_eq(steps[i].verb, verb))
			return steps[i].state;
	return NULL;
}

static int alert_move(struct cli *cli, struct err *err)
{
	struct records history = {.arena = &cli->arena};
	struct instant at = instant_is_set(cli->as_of) ? cli->as_of : instant_now();
	const char *reason = cli_option(cli, "reason");
	struct transition *step;
	struct alert *alert;
	int r = store_begin(cli->store, err);

	if (r == 0)
		r = alert_load(cli, &alert, &history, err);
	if (r == 0)
		r = alert_step(&cli->arena, alert, &history, state_of_verb(cli->verb), cli_user(cli),
			       reason ? reason : cli_option(cli, "outcome"), cli_option(cli, "note"), at, &step, err);
	if (r == 0)
		r = store_put(cli->store, &step->r, err);
	if (r < 0)
		return r;
	r = store_commit(cli->store, err);
	if (r == 0)
		say(cli, "%s: %s -> %s by %s", alert->r.id, step->state_from ? step->state_from : "none",
		    step->state_to, step->r.by);
	return r;
}

static int alert_run(struct cli *cli, struct err *err)
{
	bool move = state_of_verb(cli->verb) != NULL, list = !move && !str_eq(cli->verb, "show");
	int r;

	if (list && cli->n_operands)
		return err_set(err, ERR_USAGE, "\"alert list\" takes no operand");
	if (!list && cli->n_operands != 1)
		return err_set(err, ERR_USAGE, "\"alert %s\" takes one id", cli->verb);
	r = cli_store(cli, move ? STORE_WRITE : STORE_READ, err);
	if (r < 0)
		return r;
	return list ? alert_list(cli, err) : move ? alert_move(cli, err) : alert_show(cli, err);
}

static const char *const verbs[] = {"list", "show", "ack", "assign", "escalate", "respond", "close",
				    "review", "reopen", NULL};
static const struct option options[] = {
	{"unit", "UNIT", "only of this unit"},
	{"all", NULL, "closed ones too"},
	{"reason", "CODE", "why it is closed: a code such as handled, false, duplicate"},
	{"outcome", "CODE", "what a review found: true, false, early, late, unclear"},
	{"note", "TEXT", "a sentence for the record"},
};

const struct command command_alert = {
	.name = "alert", .group = "Records", .operands = "[ID]", .verbs = verbs, .most = 1,
	.summary = "what needs somebody, gravest first, and the steps of its life",
	.examples = {"tocsin alert list", "tocsin alert close ID --reason handled --note \"dialogue resumed\""},
	.options = options, .n_options = LENGTH(options), .run = alert_run,
};
