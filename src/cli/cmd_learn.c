/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_learn.c - what tocsin learn shows: scores, settings and their way back, diagrams of reliability. */
#include <string.h>

#include <tocsin/learn.h>
#include <tocsin/render.h>

#include "cli/cli.h"

int learned_print(struct cli *cli, struct err *err)
{
	static const char *const columns[] = {"about", "subject", "member", "n", "positives", "brier", "log_score", "auc",
					      "auc_pr", "ece", "ece_floor", "skill", "skill_low", "skill_high", "verdict", "id"};
	struct output out = {.cli = cli, .columns = columns, .n_columns = LENGTH(columns)};
	_cleanup_(buf_free) struct buf text = {0};
	struct learned_view view;
	int r = view_learned(cli->store, cli_as_of(cli), &cli->arena, &view, err);

	if (r < 0)
		return r;
	if (!output_is_asked(cli)) {
		learned_text(&text, &view);
		return print_words(&text, err);
	}
	for (size_t i = 0; i < view.n_scores; i++)
		output_record(&out, view.scores[i]);
	for (size_t i = 0; i < view.n_settings && !cli_has(cli, "csv"); i++)
		output_record(&out, view.settings[i]);
	return output_end(&out, err);
}

static int alarm_of(const struct score *score, struct err *err)
{
	return err_hint(err, err_set(err, ERR_INTEGRITY, "%s, %s: %s", score->member, score->subject, score->verdict),
			"What was made is kept. Look for what the forecasts read: \"tocsin foresee leaks\" does so for a panel.");
}

int records_alarm(const struct records *records, struct err *err)
{
	const struct score *score;

	for (size_t i = 0; (score = records_next(records, &kind_score, &i));)
		if (score_alarms(score))
			return alarm_of(score, err);
	return 0;
}

int learned_alarm(struct cli *cli, struct err *err)
{
	struct learned_view view;
	int r = view_learned(cli->store, cli_as_of(cli), &cli->arena, &view, err);

	for (size_t i = 0; r == 0 && i < view.n_scores; i++)
		if (score_alarms(view.scores[i]))
			return alarm_of(view.scores[i], err);
	return r;
}

/* ---- settings ---- */

static int settings_run(struct cli *cli, struct err *err)
{
	static const char *const columns[] = {"name", "value", "known", "pinned", "by", "reason", "id"};
	struct output out = {.cli = cli, .columns = columns, .n_columns = LENGTH(columns)};
	struct learned_view view;
	int r = cli_store(cli, STORE_READ, err);

	if (r == 0)
		r = view_learned(cli->store, cli_as_of(cli), &cli->arena, &view, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < view.n_settings; i++)
		if (cli->n_operands == 0 || str_starts(view.settings[i]->name, cli->operands[0]))
			output_record(&out, view.settings[i]);
	return output_end(&out, err);
}

static int act(struct cli *cli, bool pin, struct err *err)
{
	struct setting_act how = {.pin = pin, .as_of = AS_OF_ALL, .user = cli_user(cli), .note = cli_option(cli, "note")};
	const char *to = cli_option(cli, "to");
	struct instant at;
	int r = to ? instant_read(to, &at, err) : 0, changed;

	if (r < 0)
		return r;
	if (to)
		how.as_of = instant_last(at);
	r = cli_store(cli, STORE_WRITE, err);
	if (r == 0)
		r = store_begin(cli->store, err);
	if (r < 0)
		return r;
	changed = setting_act(cli->store, cli->operands[0], &how, &cli->arena, err);
	if (changed < 0) {
		store_rollback(cli->store);
		return changed;
	}
	r = store_commit(cli->store, err);
	if (r == 0)
		say(cli, "%d setting%s %s", changed, changed == 1 ? "" : "s", pin ? "set back" : "released");
	return r;
}

static int revert_run(struct cli *cli, struct err *err)
{
	return act(cli, true, err);
}

static int release_run(struct cli *cli, struct err *err)
{
	return act(cli, false, err);
}

/* ---- diagrams ---- */

static int diagram_run(struct cli *cli, struct err *err)
{
	const char *member = cli_option(cli, "member") ? cli_option(cli, "member") : "ensemble";
	_cleanup_(buf_free) struct buf text = {0};
	struct learned_view view;
	int r = cli_store(cli, STORE_READ, err);

	if (r == 0)
		r = view_learned(cli->store, cli_as_of(cli), &cli->arena, &view, err);
	for (size_t i = 0; r == 0 && i < view.n_scores; i++) {
		const struct score *score = view.scores[i];

		if ((!str_eq(score->about, "forecast") && !str_eq(score->about, "group")) ||
		    !str_eq(score->subject, cli->operands[0]) || !str_eq(score->member, member))
			continue;
		if (cli_has(cli, "svg"))
			reliability_svg(&text, score);
		else
			reliability_text(&text, score);
		return print_words(&text, err);
	}
	if (r < 0)
		return r;
	return err_hint(err, err_set(err, ERR_NOT_FOUND, "no forecasts of \"%.60s\" by \"%.40s\" were scored",
				     cli->operands[0], member), "\"tocsin learn\" lists subjects and members.");
}

static const struct option revert_options[] = {
	{"to", "DATE", "the value as of DATE (default: the one before the present)"},
	{"note", "TEXT", "why"},
};
static const struct option release_options[] = {
	{"note", "TEXT", "why"},
};
static const struct option diagram_options[] = {
	{"member", "NAME", "whose chances (default ensemble)"},
	{"svg", NULL, "as a drawing, with the spread of chances of events and of the rest"},
};

#define GROUP "Stages, on the store or as filters"

const struct command command_learn_settings = {
	.name = "learn settings", .group = GROUP, .operands = "[START]", .most = 1,
	.summary = "what was learned and the next round reads, with dates and reasons",
	.examples = {"tocsin learn settings", "tocsin learn settings calibration."}, .run = settings_run,
};

const struct command command_learn_revert = {
	.name = "learn revert", .group = GROUP, .operands = "SETTING", .least = 1, .most = 1,
	.summary = "set a setting back to a former value, and pin it",
	.examples = {"tocsin learn revert calibration.closing --note \"too few years\"",
		     "tocsin learn revert threshold.index-falls --to 2024-04-01"},
	.details = "SETTING is an id, a name, or the beginning of names up to a dot. What was learned since stays\n"
		   "on record; rounds leave the setting as it is until \"tocsin learn release\".",
	.options = revert_options, .n_options = LENGTH(revert_options), .run = revert_run,
};

const struct command command_learn_release = {
	.name = "learn release", .group = GROUP, .operands = "SETTING", .least = 1, .most = 1,
	.summary = "let the next round decide again about a setting that was set back",
	.examples = {"tocsin learn release calibration.closing", "tocsin learn release threshold.index-falls"},
	.options = release_options, .n_options = LENGTH(release_options), .run = release_run,
};

const struct command command_learn_diagram = {
	.name = "learn diagram", .group = GROUP, .operands = "SUBJECT", .least = 1, .most = 1,
	.summary = "what was said against what came true, for a question or group",
	.examples = {"tocsin learn diagram closing", "tocsin learn diagram opening --member logit --svg"},
	.options = diagram_options, .n_options = LENGTH(diagram_options), .run = diagram_run,
};
