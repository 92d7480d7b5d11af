/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cli.h - what the commands share: the table they stand in, the parsed line, the
 * store and data folder opened on demand, and the one way to print rows.
 *
 * A command file holds its help, its options and a function that parses, calls
 * and prints; anything worth testing lies below. From the table come parsing,
 * --help, "did you mean" and the man page.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <tocsin/loop.h>
#include <tocsin/measure.h>

struct option {
	const char *name;       /* without the dashes */
	const char *argument;   /* what it takes, in capitals; NULL: nothing; "[=FIELDS]": may take */
	const char *help;
};

struct cli;

struct command {
	const char *name, *group, *operands, *summary;
	const char *examples[2];
	const char *details;                  /* more help; NULL */
	const char *const *verbs;             /* NULL ends; NULL: no verbs */
	const struct command *const *parts;   /* verbs with options of their own, "NAME VERB"; NULL ends */
	const struct option *options;
	size_t n_options;
	size_t least, most;                   /* operands, after the verb */
	int (*run)(struct cli *cli, struct err *err);
};

extern const struct command *const commands[];
extern const size_t n_commands;
extern const struct option global_options[];
extern const size_t n_global_options;
extern const char *const version_text, *const commit_text;

struct given {
	const struct option *option;
	const char *value;
};

struct cli {
	struct arena arena;
	const struct command *command;
	const char *verb;
	const char **operands;
	size_t n_operands;
	const char **values;                  /* by option of the command; NULL: not given */
	const char **globals;                 /* by global option */
	struct given *given;                  /* every option as it was given, for those that may be repeated */
	size_t n_given, cap_given;
	struct instant as_of;                 /* missing: not given */
	struct conf conf;
	struct store *store;
	struct house *house;
	bool tty, tty_err;                    /* the standard output, the standard error is a terminal */
};

/* Read the arguments into *cli; ERR_USAGE with a hint. */
int cli_parse(struct cli *cli, int argc, char **argv, struct err *err);
const char *cli_option(const struct cli *cli, const char *name);    /* of the command or global; NULL */
bool cli_has(const struct cli *cli, const char *name);
/* Each value of an option that was given more than once, *i from 0; NULL at the end. */
const char *cli_each(const struct cli *cli, const char *name, size_t *i);
int cli_number(const struct cli *cli, const char *name, int64_t fallback, int64_t *ret, struct err *err);
/* Flags over TOCSIN_* over the settings file; NULL when none says. */
const char *cli_setting(const struct cli *cli, const char *option, const char *variable,
			const char *section, const char *key);
int cli_configure(struct cli *cli, struct err *err);
int cli_store(struct cli *cli, enum store_mode mode, struct err *err);
int cli_house(struct cli *cli, struct err *err);
const char *cli_store_path(struct cli *cli);
const char *cli_user(struct cli *cli);
int64_t cli_as_of(const struct cli *cli);   /* microseconds; AS_OF_ALL when not given */
void cli_close(struct cli *cli);
/* The part of a command by its verb; NULL if there is none. */
const struct command *command_part(const struct command *command, const char *verb);
int cli_find(const char *const *names, size_t n, const char *given, const char *what, struct err *err);

/* ---- output: rows of JSON objects as table, TSV, CSV, JSON or JSON Lines ---- */

struct output {
	struct cli *cli;
	const char *const *columns;
	size_t n_columns;
	const char **rows;
	size_t n, cap;
};

void output_add(struct output *out, const char *json);
void output_record(struct output *out, const void *record);
int output_end(struct output *out, struct err *err);   /* prints; an empty list is [] under --json */
/* One object: bare under --json and --jsonl, a header and a row under --csv. */
int output_object(struct cli *cli, const char *json, struct err *err);
bool output_is_asked(const struct cli *cli);           /* one of --json, --jsonl, --csv */
int print_buf(const struct buf *buf, struct err *err);
/* Words for people: control signs of foreign text, terminal escapes among them, become blanks. */
int print_words(struct buf *buf, struct err *err);
/* What --json and its kin show of countries: rows, or one object. */
int country_rows(struct cli *cli, const struct country_view *views, size_t n, struct err *err);
int country_object(struct cli *cli, const struct country_view *view, struct err *err);
/* What was learned, in words or as rows. */
int learned_print(struct cli *cli, struct err *err);
/* ERR_INTEGRITY when a score is too good to be true, of those in the store or of these; asked when all is kept. */
int learned_alarm(struct cli *cli, struct err *err);
int records_alarm(const struct records *records, struct err *err);
void say(const struct cli *cli, const char *fmt, ...) _printf_(2, 3);   /* to stderr, unless --quiet */

/* A stage by the command's name: on the store, or from --in to --out. */
int cli_stage(struct cli *cli, struct err *err);
struct foresee_panel;
/* A panel and an origin from the options of foresee and its parts. */
int foresee_request(struct cli *cli, struct foresee_panel *ret, struct err *err);

/* ---- filters: one table or list in, one out ---- */

/* All of --OPTION's file ("-": standard input), which must be given. */
int filter_read(struct cli *cli, const char *option, char **ret, size_t *ret_len, struct err *err);
/* To --out's file, or the standard output. */
int filter_write(struct cli *cli, const struct buf *buf, struct err *err);
/* Every --OPTION NAME[:COLUMN+COLUMN]=FILE, read. */
int filter_sources(struct cli *cli, const char *option, struct source_text **ret, size_t *ret_n, struct err *err);
/* --events' records, as JSON Lines or CSV; *ret NULL when not given. */
int filter_events(struct cli *cli, struct records **ret, struct err *err);

/* A table given as JSON Lines becomes CSV; anything else stays as it is. */
int table_of_lines(const char *name, char **text, size_t *len, struct arena *arena, struct err *err);
/* A table of CSV as JSON Lines. */
int lines_of_table(const struct buf *table, struct buf *ret, struct err *err);
/* A table of CSV to --out, as JSON Lines under --jsonl. */
int filter_write_table(struct cli *cli, const struct buf *table, struct err *err);
/* A number of an option that is not negative; *ret stays without it. */
int filter_decimal(struct cli *cli, const char *option, double *ret, struct err *err);
/* What those that find episodes share: the options below, and the table of --in by --value. */
int filter_rule(struct cli *cli, struct episode_rule *ret, struct err *err);
int filter_country_years(struct cli *cli, struct ert_table *ret, struct err *err);

#define EPISODE_OPTIONS \
	{"start-incl", "NUMBER", "yearly step that starts an episode (default 0.01)"}, \
	{"cum-incl", "NUMBER", "change that makes it one (default 0.1)"}, \
	{"year-turn", "NUMBER", "yearly change back that ends it when exceeded (default 0.03)"}, \
	{"cum-turn", "NUMBER", "gradual change back that ends it (default 0.1)"}, \
	{"tolerance", "YEARS", "years without a step that end it (default 5)"}, \
	{"value", "COLUMN", "find episodes of this column (default v2x_polyarchy)"}

/* ---- the ledger ---- */

/* At the end of what may have made forecasts: a head over those that were committed, signed with the key that the
   option or setting names, or the one beside the store's file, which is made when it is not there. */
int cli_seal(struct cli *cli, struct err *err);

extern const struct command *const measure_parts[], *const forecast_parts[], *const learn_parts[],
	*const foresee_parts[];   /* NULL ends */

/* ---- questions: what their commands share ---- */

/* When a step is taken: --as-of, which cannot lie in the future, or now. */
int question_time(struct cli *cli, struct instant *ret, struct err *err);
/* The question of a key as of a time. */
int question_find(struct cli *cli, const char *key, int64_t as_of, const struct question **ret, struct err *err);
/* All questions and judgements as of a time, and the forecasts that `question` is tied to (NULL: none). */
int question_records(struct cli *cli, const struct question *question, int64_t as_of, struct records *list,
		     struct err *err);
/* Keep records in one unit of work that was begun; commits. */
int question_keep(struct cli *cli, const struct records *made, struct err *err);
/* A range for people, never a point: at least ten points wide. */
void question_band(struct buf *buf, double low, double high);

void help_overview(struct buf *buf);
void help_command(struct buf *buf, const struct command *command);
void help_man(struct buf *buf);
void help_bash(struct buf *buf);

extern const struct command command_init, command_run, command_replay, command_collect, command_code,
	command_measure, command_foresee, command_respond, command_learn, command_country,
	command_alert, command_forecast, command_plan, command_event, command_why, command_report,
	command_serve, command_export, command_store, command_help, command_worker, command_question;
extern const struct command command_measure_episodes, command_measure_draws, command_measure_revisions,
	command_measure_composite, command_measure_episode_probability, command_measure_irt, command_measure_civic,
	command_measure_divergence, command_measure_nowcast, command_question_open, command_question_answer,
	command_question_resolve, command_question_pool, command_forecast_verify, command_forecast_head, command_forecast_why;
extern const struct command command_learn_settings, command_learn_revert, command_learn_release, command_learn_diagram,
	command_learn_effects, command_learn_score, command_foresee_leaks, command_foresee_why, command_foresee_decide;

#endif
