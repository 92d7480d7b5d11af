/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alert_rule.c - reading alert rules. Strict: a rule decides who is woken at
 * night, so a misspelt key must not quietly mean its default.
 */
#include <string.h>

#include <tocsin/respond.h>
#include <tocsin/stats.h>

static const char *const ops[] = {">=", ">", "<=", "<"};
static const char *const ends[] = {"value", "low", "high"};
static const char *const levels[] = {"none", "watch", "warning", "critical"};
static const char *const directions[] = {"threat", "opportunity"};
static const char *const kind_names[] = {"events", "index", "forecast"};

enum key_type { KEY_TEXT, KEY_REAL, KEY_COUNT, KEY_CHOICE };

struct key {
	const char *name;
	enum key_type type;
	bool required;
	size_t offset;
	const char *const *choices;
	size_t n_choices;
};

#define KEY(key, member, kind, need) {key, kind, need, offsetof(struct rule, member), NULL, 0}

/* The keys whose value is one of a few words are read by rule_choice, those here by rule_key. */
static const struct key keys[] = {
	KEY("indicator", indicator, KEY_TEXT, true),
	KEY("operator", op, KEY_CHOICE, true),
	KEY("level", level, KEY_REAL, true),
	KEY("use", use, KEY_CHOICE, false),
	KEY("duration", duration, KEY_COUNT, false),
	KEY("resolve", resolve, KEY_COUNT, false),
	KEY("min_sources", min_sources, KEY_COUNT, false),
	KEY("min_reports", min_reports, KEY_COUNT, false),
	KEY("alert_level", alert_level, KEY_CHOICE, true),
	KEY("ack_hours", ack_hours, KEY_COUNT, false),
	KEY("direction", direction, KEY_CHOICE, true),
	KEY("dimension", dimension, KEY_TEXT, true),
	KEY("kind", kind, KEY_CHOICE, false),
	KEY("title", title, KEY_TEXT, true),
	KEY("owner", owner, KEY_TEXT, false),
};

static const struct key *key_named(const char *name)
{
	for (size_t i = 0; i < LENGTH(keys); i++)
		if (str_eq(keys[i].name, name))
			return &keys[i];
	return NULL;
}

static int unknown_key(const struct conf *conf, const struct conf_entry *entry, struct err *err)
{
	const char *names[LENGTH(keys)], *near;
	int r = err_set(err, ERR_DATA, "%s:%zu:1: a rule has no key \"%s\"", conf->name, entry->line,
			entry->key);

	for (size_t i = 0; i < LENGTH(keys); i++)
		names[i] = keys[i].name;
	near = str_nearest(entry->key, names, LENGTH(keys));
	return near ? err_hint(err, r, "Did you mean \"%s\"?", near) : r;
}

static int choose(const struct conf *conf, const struct conf_entry *entry, const char *const *names,
		  size_t n, struct err *err)
{
	_cleanup_(buf_free) struct buf all = {0};

	for (size_t i = 0; i < n; i++) {
		if (str_eq(entry->value, names[i]))
			return (int)i;
		buf_printf(&all, "%s%s", i ? ", " : "", names[i]);
	}
	return err_set(err, ERR_DATA, "%s:%zu:1: %s is \"%s\", expected one of %s", conf->name,
		       entry->line, entry->key, entry->value, all.s);
}

static int rule_choice(const struct conf *conf, const struct conf_entry *entry, struct rule *rule,
		       struct err *err)
{
	int i;

	if (str_eq(entry->key, "operator")) {
		if ((i = choose(conf, entry, ops, LENGTH(ops), err)) >= 0)
			rule->op = (enum rule_op)i;
	} else if (str_eq(entry->key, "use")) {
		if ((i = choose(conf, entry, ends, LENGTH(ends), err)) >= 0)
			rule->use = (enum rule_end)i;
	} else if (str_eq(entry->key, "alert_level")) {
		if ((i = choose(conf, entry, levels + 1, LENGTH(levels) - 1, err)) >= 0)
			rule->alert_level = i + 2;
	} else if (str_eq(entry->key, "direction")) {
		if ((i = choose(conf, entry, directions, LENGTH(directions), err)) >= 0)
			rule->direction = directions[i];
	} else {
		if ((i = choose(conf, entry, kind_names, LENGTH(kind_names), err)) >= 0)
			rule->kind = kind_names[i];
	}
	return i < 0 ? i : 0;
}

static int rule_key(const struct conf *conf, const struct conf_entry *entry, struct rule *rule,
		    struct err *err)
{
	const struct key *key = key_named(entry->key);
	size_t len = strlen(entry->value);
	void *member;

	if (!key)
		return unknown_key(conf, entry, err);
	if (key->type == KEY_CHOICE)
		return rule_choice(conf, entry, rule, err);
	member = (char *)rule + key->offset;
	if (key->type == KEY_TEXT) {
		if (!len)
			return err_set(err, ERR_DATA, "%s:%zu:1: %s is empty", conf->name, entry->line,
				       entry->key);
		*(const char **)member = entry->value;
	} else if (str_eq(key->name, "level") && str_eq(entry->value, "cost_loss")) {
		rule->by_cost = true;
		rule->level = COST_LOSS_DESK;
	} else if (key->type == KEY_REAL) {
		if (num_read(entry->value, len, member) < 0)
			return err_set(err, ERR_DATA, "%s:%zu:1: %s is \"%s\", expected a number",
				       conf->name, entry->line, entry->key, entry->value);
	} else if (num_read_int(entry->value, len, member) < 0 || *(int64_t *)member < 1 ||
		   *(int64_t *)member > 100000) {
		return err_set(err, ERR_DATA, "%s:%zu:1: %s is \"%s\", expected a whole number from 1",
			       conf->name, entry->line, entry->key, entry->value);
	}
	return 0;
}

/* What a rule of this level must rest on; see the head of respond.h. */
static int rule_evidence(const struct conf *conf, size_t line, const struct rule *rule, struct err *err)
{
	int r = 0;

	if (rule->alert_level > 2 && !str_eq(rule->kind, "events"))
		r = err_set(err, ERR_DATA, "%s:%zu:1: rule \"%s\" would raise a %s on an index or a "
			    "forecast alone", conf->name, line, rule->name, alert_level_name(rule->alert_level));
	else if (rule->alert_level > 2 && rule->min_sources < 2)
		r = err_set(err, ERR_DATA, "%s:%zu:1: rule \"%s\" would raise a %s on one source",
			    conf->name, line, rule->name, alert_level_name(rule->alert_level));
	else if (rule->alert_level > 3 && rule->min_reports < 3)
		r = err_set(err, ERR_DATA, "%s:%zu:1: rule \"%s\" would raise a critical alert on fewer "
			    "than three reports", conf->name, line, rule->name);
	return err_hint(err, r, "A warning needs events and min_sources of 2; a critical alert also "
			"min_reports of 3.");
}

static const char *kind_of_indicator(const char *indicator)
{
	return str_starts(indicator, "pressure_") ? "events" :
	       str_starts(indicator, "chance_") ? "forecast" : "index";
}

static int rule_finish(const struct conf *conf, size_t line, struct rule *rule, struct err *err)
{
	static const int64_t hours[] = {120, 24, 2};   /* of watch, warning, critical */
	const char *kind = kind_of_indicator(rule->indicator);

	if (rule->kind && !str_eq(rule->kind, kind))
		return err_set(err, ERR_DATA, "%s:%zu:1: rule \"%s\" is of kind %s, but %s gives %s",
			       conf->name, line, rule->name, rule->kind, rule->indicator, kind);
	if (rule->by_cost && (!str_eq(kind, "forecast") || rule->op == RULE_LE || rule->op == RULE_LT))
		return err_hint(err, err_set(err, ERR_DATA, "%s:%zu:1: rule \"%s\": cost_loss is no level of %s",
					     conf->name, line, rule->name, rule->indicator),
				"It is the chance from which acting pays: for chance_closing and chance_opening, with >= or >.");
	rule->kind = kind;
	if (!rule->ack_hours)
		rule->ack_hours = hours[rule->alert_level - 2];
	return rule_evidence(conf, line, rule, err);
}

/* Every required key stands in the section once, no key twice. */
static int section_check(const struct conf *conf, const char *section, size_t line, struct err *err)
{
	for (size_t k = 0; k < LENGTH(keys); k++) {
		size_t times = 0, at = line;

		for (size_t i = 0; i < conf->n; i++)
			if (str_eq(conf->v[i].section, section) && str_eq(conf->v[i].key, keys[k].name)) {
				times++;
				at = conf->v[i].line;
			}
		if (times > 1)
			return err_set(err, ERR_DATA, "%s:%zu:1: rule \"%s\" has %s twice", conf->name, at,
				       section, keys[k].name);
		if (!times && keys[k].required)
			return err_set(err, ERR_DATA, "%s:%zu:1: rule \"%s\" has no %s", conf->name, line,
				       section, keys[k].name);
	}
	return 0;
}

static int rule_read(const struct conf *conf, const char *section, struct rule *rule, struct err *err)
{
	size_t line = 0;
	int r;

	*rule = (struct rule){.name = section, .duration = 1, .resolve = 1, .min_sources = 1,
			      .min_reports = 1};
	for (size_t i = 0; i < conf->n; i++) {
		const struct conf_entry *entry = &conf->v[i];

		if (!str_eq(entry->section, section))
			continue;
		if (!line)
			line = entry->line;
		if ((r = rule_key(conf, entry, rule, err)) < 0)
			return r;
	}
	if ((r = section_check(conf, section, line, err)) < 0)
		return r;
	return rule_finish(conf, line, rule, err);
}

int rules_read(const char *name, const char *text, size_t len, struct arena *arena,
	       struct rules *rules, struct err *err)
{
	struct conf conf;
	struct rule rule;
	const char *section;
	size_t i = 0;
	int r = conf_read(name, text, len, arena, &conf, err);

	while (r >= 0 && (section = conf_section(&conf, &i))) {
		if (!*section)
			return err_set(err, ERR_DATA, "%s:%zu:1: a key before the first [rule]", name,
				       conf.v[0].line);
		if (rules_find(rules, section))
			return err_set(err, ERR_DATA, "%s:1:1: there is already a rule \"%s\"", name, section);
		if ((r = rule_read(&conf, section, &rule, err)) >= 0)
			*arena_push(arena, rules->v, rules->n, rules->cap) = rule;
	}
	return r < 0 ? r : 0;
}

const struct rule *rules_find(const struct rules *rules, const char *name)
{
	for (size_t i = 0; i < rules->n; i++)
		if (str_eq(rules->v[i].name, name))
			return &rules->v[i];
	return NULL;
}
