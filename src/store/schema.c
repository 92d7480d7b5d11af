/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schema.c - the tables, in numbered steps: the one source that every engine makes
 * its own from (engine_sqlite.c, engine_postgres.c), and that `store copy` walks.
 *
 * Columns are whole numbers (BIGINT), numbers (DOUBLE PRECISION) and text. A
 * released step is never changed: a new field of a kind (src/model/kinds.c) comes
 * with a new step that adds its column, and tests/store proves that the columns
 * after the last step are those of the kinds, and the same in both engines. An
 * instant takes three columns.
 *
 * What a store has in the mass - documents, events, their payload, the spans of
 * words, the words for search - is `monthly`: an engine with partitions cuts it by
 * month of `known`. All other tables stay whole.
 */
#include <string.h>

#include "store/engine.h"

#define INT(name) {name, COLUMN_INT, false}
#define REAL(name) {name, COLUMN_REAL, false}
#define TEXT(name) {name, COLUMN_TEXT, false}
#define INT_SET(name) {name, COLUMN_INT, true}
#define TEXT_SET(name) {name, COLUMN_TEXT, true}
#define TIME(name) INT(name), INT(name "_precision"), INT(name "_offset")

#define ENVELOPE \
	TEXT_SET("id"), INT_SET("revision"), TEXT("unit"), \
	INT_SET("known"), INT_SET("known_precision"), INT_SET("known_offset"), \
	TIME("valid_from"), TIME("valid_past"), \
	TEXT_SET("by"), TEXT_SET("schema"), TEXT_SET("licence"), INT_SET("withdrawn"), \
	TEXT("missing"), TEXT("extra"), TEXT("content"), INT_SET("recorded")

#define PAYLOAD \
	TEXT_SET("id"), INT_SET("revision"), TEXT_SET("field"), TEXT_SET("value"), INT_SET("known"), \
	TEXT_SET("licence")
#define ORIGIN \
	TEXT_SET("id"), INT_SET("revision"), INT_SET("position"), TEXT_SET("from_id"), TEXT("role"), \
	TEXT("part"), INT("byte_start"), INT("byte_end"), INT_SET("known"), TEXT_SET("licence")

static const struct column payload[] = {PAYLOAD}, note[] = {PAYLOAD}, span[] = {ORIGIN}, origin[] = {ORIGIN};

static const struct column search_text[] = {
	TEXT_SET("id"), INT_SET("revision"), TEXT_SET("words"), INT_SET("known"), TEXT_SET("licence"),
};

static const struct column erased[] = {TEXT_SET("id"), TEXT_SET("reason"), INT_SET("recorded")};

static const struct column state[] = {TEXT_SET("name"), TEXT_SET("value")};

static const struct column queue[] = {
	TEXT_SET("id"), INT_SET("revision"), INT_SET("known"), INT_SET("tries"), TEXT("worker"), INT("lease"),
	TEXT("error"),
};

static const struct column dead_letter[] = {
	TEXT_SET("id"), INT_SET("revision"), INT_SET("known"), INT_SET("tries"), TEXT_SET("error"),
	INT_SET("recorded"),
};

static const struct column event_day[] = {
	TEXT_SET("unit"), INT_SET("day"), TEXT_SET("civic_class"), TEXT_SET("signal"), INT_SET("n"),
};

/* Only ever added to: ledger_rows.c. */
static const struct column ledger_entry[] = {
	INT_SET("position"), TEXT_SET("id"), INT_SET("revision"), TEXT_SET("entry"), TEXT_SET("leaf"),
};

static const struct column ledger_head[] = {
	INT_SET("number"), INT_SET("size"), TEXT_SET("root"), INT_SET("at"), TEXT("key"), TEXT("signature"),
};

static const struct column unit[] = {ENVELOPE, TEXT("type"), TEXT("parent"), TEXT("name")};

static const struct column document[] = {
	ENVELOPE, TEXT("feed"), TEXT("key"), TEXT("lang"), TEXT("lang_basis"), TIME("published"),
	TEXT("published_basis"), TEXT("source"), INT("truncated"), INT("byte_start"), INT("byte_end"),
	TEXT("raw_hash"), TEXT("copy_of"), TEXT("flags"), TIME("seen"),
};

static const struct column event[] = {
	ENVELOPE, TEXT("document"), TEXT("type"), TEXT("civic_class"), TEXT("signal"), TEXT("lang"),
	INT("negated"), TEXT("day_basis"), REAL("confidence"), TEXT("feed"),
};

static const struct column observation[] = {
	ENVELOPE, TEXT("indicator"), TEXT("source"), REAL("value"), REAL("low"), REAL("high"), REAL("n"),
	INT("sources"), INT("retrospective"),
};

static const struct column episode[] = {
	ENVELOPE, TEXT("indicator"), TEXT("direction"), INT("pre_year"), INT("first_year"), INT("last_year"),
	REAL("change"), INT("uncertain"), INT("termination"), TEXT("status"),
};

static const struct column juncture[] = {
	ENVELOPE, TEXT("key"), TEXT("type"), TEXT("what"), TEXT("status"), TEXT("source"), TEXT("checked"),
};

static const struct column forecast[] = {
	ENVELOPE, TEXT("question"), INT("origin"), TIME("as_of"), REAL("p"), REAL("low"), REAL("high"),
	REAL("raw"), REAL("base_rate"), REAL("country_rate"), REAL("persistence"), REAL("logit"), REAL("trees"),
	REAL("hazard"), REAL("path"), TEXT("weights"), TEXT("drivers"), TEXT("similar"), TEXT("skill"), TEXT("inputs"),
	REAL("n"), REAL("positives"), INT("seed"),
	REAL("pulse"), REAL("yearly"), REAL("news"),
};

static const struct column alert[] = {
	ENVELOPE, TEXT("fingerprint"), TEXT("labels"), TEXT("rule"), TEXT("title"), INT("level"),
	TEXT("direction"), REAL("value"), REAL("threshold"), INT("sources"), TIME("triggered"), TIME("issued"),
	TIME("changed"), TEXT("standing"), TIME("ack_due"), TEXT("owner"),
};

static const struct column transition[] = {
	ENVELOPE, TEXT("alert"), INT("step"), TEXT("state_from"), TEXT("state_to"), TIME("at"), TEXT("reason"),
	TEXT("previous"),
};

static const struct column plan[] = {
	ENVELOPE, TEXT("alert"), REAL("days_to_trigger"), TEXT("steps"), TEXT("rejected"), TEXT("unknown"),
	TEXT("summary"),
};

static const struct column response[] = {
	ENVELOPE, TEXT("key"), TEXT("actor"), TEXT("instrument"), TEXT("action"), TEXT("trigger_item"),
	TIME("trigger_date"), REAL("days"), TEXT("source"), TEXT("checked"), TEXT("note"),
};

static const struct column outcome[] = {
	ENVELOPE, TEXT("key"), TEXT("what"), TEXT("direction"), TEXT("after"), TEXT("event_item"),
	TEXT("source"), TEXT("checked"),
};

static const struct column score[] = {
	ENVELOPE, TEXT("about"), TEXT("subject"), TEXT("member"), INT("origin"), REAL("n"), REAL("positives"),
	REAL("brier"), REAL("log_score"), REAL("auc"), REAL("skill"), REAL("skill_low"), REAL("skill_high"),
	REAL("hits"), REAL("misses"), REAL("false_alarms"), REAL("lead_days"), TEXT("grouping"), INT("horizon"),
	REAL("auc_pr"), REAL("ece"), REAL("ece_floor"), REAL("reliability"), REAL("resolution"), REAL("uncertainty"),
	REAL("skill_country"), REAL("skill_country_low"), REAL("skill_country_high"), TEXT("bins"), TEXT("verdict"),
	REAL("cost"), REAL("value"), REAL("hit_rate"), REAL("hit_rate_low"), REAL("hit_rate_high"), REAL("lead_months"),
};

static const struct column setting[] = {ENVELOPE, TEXT("name"), REAL("value"), TEXT("reason"), INT("pinned")};

static const struct column contribution[] = {
	ENVELOPE, TEXT("partner"), TEXT("about"), REAL("value"), TEXT("status"), TEXT("used_for"),
};

static const struct column question[] = {
	ENVELOPE, TEXT("key"), TEXT("text"), TEXT("answers"), INT("ordered"), TEXT("rule"), TEXT("indicator"),
	TEXT("operator"), REAL("threshold"), TIME("until"), TIME("opens"), TIME("closes"), TIME("resolves"),
	TEXT("forecast_question"), INT("forecast_origin"), TEXT("status"), TEXT("outcome"), TEXT("source"),
	TIME("resolved"), TEXT("reason"),
};

static const struct column judgement[] = {
	ENVELOPE, TEXT("question"), TEXT("forecaster"), TIME("at"), TEXT("probabilities"), INT("clipped"),
	TEXT("low"), TEXT("high"), TEXT("weights"), REAL("extremity"),
};

#define TABLE(noun, is_monthly, keys, ...) \
	{.name = #noun, .columns = noun, .n_columns = LENGTH(noun), .monthly = (is_monthly), .key = keys, \
	 .indexes = {__VA_ARGS__}}
#define REVISION "\"id\", \"revision\""

/* An index is on its column and then the id. */
static const struct table first[] = {
	TABLE(payload, true, REVISION ", \"field\"", NULL),
	TABLE(note, false, REVISION ", \"field\"", NULL),
	TABLE(span, true, REVISION ", \"position\"", "from_id"),
	TABLE(origin, false, REVISION ", \"position\"", "from_id"),
	TABLE(search_text, true, REVISION, NULL),
	TABLE(erased, false, "\"id\"", NULL),
	TABLE(state, false, "\"name\"", NULL),
	TABLE(queue, false, REVISION, "known", "lease"),
	TABLE(dead_letter, false, REVISION, NULL),
	TABLE(event_day, false, "\"unit\", \"day\", \"civic_class\", \"signal\"", NULL),
	TABLE(ledger_entry, false, "\"position\"", "revision"),
	TABLE(ledger_head, false, "\"number\"", NULL),
	TABLE(unit, false, REVISION, "known"),
	TABLE(document, true, REVISION, "known"),
	TABLE(event, true, REVISION, "known", "unit", "document"),
	TABLE(observation, false, REVISION, "known", "unit", "indicator"),
	TABLE(episode, false, REVISION, "known", "unit"),
	TABLE(juncture, false, REVISION, "known", "unit"),
	TABLE(forecast, false, REVISION, "known", "unit"),
	TABLE(alert, false, REVISION, "known", "unit"),
	TABLE(transition, false, REVISION, "known", "alert"),
	TABLE(plan, false, REVISION, "known", "unit", "alert"),
	TABLE(response, false, REVISION, "known", "unit"),
	TABLE(outcome, false, REVISION, "known", "unit"),
	TABLE(score, false, REVISION, "known", "subject"),
	TABLE(setting, false, REVISION, "known"),
	TABLE(contribution, false, REVISION, "known", "unit"),
	TABLE(question, false, REVISION, "known"),
	TABLE(judgement, false, REVISION, "known", "question"),
};

const struct migration migrations[] = {
	{1, first, LENGTH(first)},
};
const size_t n_migrations = LENGTH(migrations);

const struct table *table_named(const char *name)
{
	for (size_t m = 0; m < n_migrations; m++)
		for (size_t i = 0; i < migrations[m].n_tables; i++)
			if (str_eq(migrations[m].tables[i].name, name))
				return &migrations[m].tables[i];
	return NULL;
}

bool kind_is_monthly(const struct kind *kind)
{
	return table_named(kind->name)->monthly;
}

const char *payload_table(const struct kind *kind)
{
	return kind_is_monthly(kind) ? "payload" : "note";
}

const char *origin_table(const struct kind *kind)
{
	return kind_is_monthly(kind) ? "span" : "origin";
}

void columns_declare(struct buf *buf, const struct table *table, const char *const types[3])
{
	for (size_t i = 0; i < table->n_columns; i++)
		buf_printf(buf, "%s\"%s\" %s%s", i ? ", " : "", table->columns[i].name, types[table->columns[i].type],
			   table->columns[i].required ? " NOT NULL" : "");
}

void columns_list(struct buf *buf, const struct table *table)
{
	for (size_t i = 0; i < table->n_columns; i++)
		buf_printf(buf, "%s\"%s\"", i ? ", " : "", table->columns[i].name);
}
