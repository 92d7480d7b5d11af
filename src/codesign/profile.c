/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile.c - reading profiles, the receipts they give, the weights they set. */
#include <math.h>
#include <string.h>

#include <tocsin/codesign.h>
#include <tocsin/stats.h>

#define COST_LOSS "threshold.cost_loss"

static const char *const sections[] = {"profile", "sources", "weights", "thresholds", "partners"};
static const char *const profile_keys[] = {"unit", "languages", "owner", "partner"};

static int entry_fault(const struct conf *conf, const struct conf_entry *entry, struct err *err,
		       const char *what)
{
	return err_set(err, ERR_DATA, "%s:%zu:1: \"%s = %s\": %s", conf->name, entry->line, entry->key,
		       entry->value, what);
}

static int unknown_word(const struct conf *conf, const struct conf_entry *entry, const char *what, const char *word,
			const char *const *words, size_t n, struct err *err)
{
	const char *nearest = str_nearest(word, words, n);
	int r = err_set(err, ERR_DATA, "%s:%zu:1: unknown %s \"%s\"", conf->name, entry->line, what, word);

	return nearest ? err_hint(err, r, "Did you mean \"%s\"?", nearest) : r;
}

static bool is_among(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(word, words[i]))
			return true;
	return false;
}

static const struct conf_entry *entry_of(const struct conf *conf, const char *section, const char *key)
{
	for (size_t i = 0; i < conf->n; i++)
		if (str_eq(conf->v[i].section, section) && str_eq(conf->v[i].key, key))
			return &conf->v[i];
	return NULL;
}

/* Whoever stands under [partners] asked for something: the key is one of the other entries. */
static int check_partner(const struct conf *conf, const struct conf_entry *entry, struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char **keys = arena_array(&arena, const char *, conf->n + 1);
	size_t n = 0;

	for (size_t i = 0; i < conf->n; i++)
		if (!str_eq(conf->v[i].section, "partners"))
			keys[n++] = conf->v[i].key;
	return is_among(entry->key, keys, n) ? 0 : unknown_word(conf, entry, "entry", entry->key, keys, n, err);
}

static int check_entry(const struct conf *conf, size_t at, struct err *err)
{
	const struct conf_entry *entry = &conf->v[at];

	if (!is_among(entry->section, sections, LENGTH(sections)))
		return unknown_word(conf, entry, "section", entry->section, sections, LENGTH(sections), err);
	if (str_eq(entry->section, "profile") && !is_among(entry->key, profile_keys, LENGTH(profile_keys)))
		return unknown_word(conf, entry, "key", entry->key, profile_keys, LENGTH(profile_keys), err);
	if (str_eq(entry->section, "weights") && !is_among(entry->key, civic_classes, n_civic_classes))
		return unknown_word(conf, entry, "class of events", entry->key, civic_classes, n_civic_classes, err);
	if (str_eq(entry->section, "partners") && check_partner(conf, entry, err) < 0)
		return ERR_DATA;
	for (size_t i = 0; i < at; i++)
		if (str_eq(conf->v[i].section, entry->section) && str_eq(conf->v[i].key, entry->key))
			return entry_fault(conf, entry, err, "given twice");
	return *entry->value ? 0 : entry_fault(conf, entry, err, "the value is empty");
}

/* Who asked for it: the entry of [partners] of that name, else the profile's partner. */
static const char *partner_of(const struct conf *conf, const char *key)
{
	const char *partner = conf_get(conf, "partners", key);

	if (!partner)
		partner = conf_get(conf, "profile", "partner");
	return partner ? partner : "unnamed";
}

static int read_entry(const struct conf *conf, const struct conf_entry *entry, struct arena *arena,
		      struct wish *wish, struct err *err)
{
	bool weight = str_eq(entry->section, "weights"), threshold = str_eq(entry->section, "thresholds");

	*wish = (struct wish){.partner = partner_of(conf, entry->key), .text = entry->value, .value = NAN};
	if (threshold && str_eq(entry->key, "cost_loss")) {
		wish->about = COST_LOSS;
		wish->value = cost_loss_read(entry->value, strlen(entry->value));
		return isnan(wish->value) ? entry_fault(conf, entry, err, "expected monitor, adviser, desk, or a number "
							"between 0 and 1") : 0;
	}
	if (weight || threshold) {
		wish->about = arena_printf(arena, "%s.%s", weight ? "weight" : "threshold", entry->key);
		if (num_read(entry->value, strlen(entry->value), &wish->value) < 0 || wish->value <= 0 ||
		    wish->value > 10)
			return entry_fault(conf, entry, err, "expected a number above 0, at most 10");
	} else if (str_eq(entry->section, "sources")) {
		wish->about = arena_printf(arena, "source.%s", entry->key);
	} else {
		wish->about = entry->key;
	}
	return 0;
}

/* The unit that a profile is of: known, and without a profile yet. */
static int read_unit(const struct conf *conf, const struct profiles *profiles, const char **ret, struct err *err)
{
	const struct conf_entry *entry = entry_of(conf, "profile", "unit");

	if (!entry || !*entry->value)
		return err_set(err, ERR_DATA, "%s:%zu:1: section \"profile\" names no unit", conf->name,
			       entry ? entry->line : 1);
	if (profiles->atlas && !atlas_unit(profiles->atlas, entry->value))
		return err_set(err, ERR_DATA, "%s:%zu:1: unknown unit \"%.40s\"", conf->name, entry->line,
			       entry->value);
	for (size_t i = 0; i < profiles->n; i++)
		if (str_eq(profiles->v[i].unit, entry->value))
			return err_set(err, ERR_DATA, "%s:%zu:1: there is already a profile of %s", conf->name,
				       entry->line, entry->value);
	*ret = entry->value;
	return 0;
}

/* Entries that say something about the profile itself are no wishes. */
static bool is_wish(const struct conf_entry *entry)
{
	if (str_eq(entry->section, "partners"))
		return false;
	return !str_eq(entry->section, "profile") || (!str_eq(entry->key, "unit") && !str_eq(entry->key, "partner"));
}

int profile_read(const char *name, const char *text, size_t len, struct arena *arena,
		 struct profiles *profiles, struct err *err)
{
	struct conf conf;
	const char *unit = NULL;
	const size_t before = profiles->n;
	int r = conf_read(name, text, len, arena, &conf, err);

	if (r == 0)
		r = read_unit(&conf, profiles, &unit, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < conf.n && r == 0; i++) {
		struct wish wish;

		r = check_entry(&conf, i, err);
		if (r < 0 || !is_wish(&conf.v[i]))
			continue;
		r = read_entry(&conf, &conf.v[i], arena, &wish, err);
		wish.unit = unit;
		if (r == 0)
			*arena_push(arena, profiles->v, profiles->n, profiles->cap) = wish;
	}
	if (r < 0)
		profiles->n = before;   /* a profile is taken whole or not at all */
	return r;
}

/* Where a wish is used; NULL when no stage reads it. */
static const char *use_of(const struct wish *wish)
{
	if (str_starts(wish->about, "weight."))
		return "monthly pressure of the unit: events of this class count so much";
	if (str_eq(wish->about, COST_LOSS))
		return "alert rules whose level is cost_loss fire for the unit from this chance on";
	if (str_starts(wish->about, "threshold."))
		return "the level of this alert rule is multiplied for the unit";
	if (str_eq(wish->about, "owner"))
		return "alerts of the unit name this desk";
	return NULL;
}

/* A threshold of a rule that does not exist moves nothing: say so, with the nearest. */
static const char *fault_of(const struct codesign_setup *setup, const struct wish *wish, struct arena *arena)
{
	const char *rule = str_starts(wish->about, "threshold.") ? wish->about + strlen("threshold.") : NULL;
	const char *nearest;

	if (!rule || !setup->rules || str_eq(wish->about, COST_LOSS) || is_among(rule, setup->rules, setup->n_rules))
		return NULL;
	nearest = str_nearest(rule, setup->rules, setup->n_rules);
	return arena_printf(arena, "there is no alert rule \"%s\"%s%s", rule, nearest ? "; the nearest is " : "",
			    nearest ? nearest : "");
}

static struct contribution *receipt_make(const struct codesign_setup *setup, const struct wish *wish,
					 struct arena *arena)
{
	struct contribution *receipt = record_new(arena, &kind_contribution);
	const char *use = use_of(wish), *fault = fault_of(setup, wish, arena);

	receipt->r.unit = wish->unit;
	receipt->r.known = setup->as_of;
	receipt->partner = wish->partner;
	receipt->about = wish->about;
	receipt->text = wish->text;
	receipt->value = wish->value;
	receipt->status = fault ? "not used" : use ? "used" : "received";
	receipt->used_for = fault ? fault : use;
	if (!receipt->used_for)
		record_missing(arena, &receipt->r, "used_for", "kept for people: no stage reads it yet");
	record_identify(arena, receipt);
	return receipt;
}

int codesign_run(const struct codesign_setup *setup, struct records *out, struct err *err)
{
	(void)err;
	for (size_t i = 0; i < setup->profiles->n; i++)
		records_add(out, receipt_make(setup, &setup->profiles->v[i], out->arena));
	return 0;
}

double profile_weight(const void *user, const char *unit, const char *civic_class)
{
	const struct profiles *profiles = user;

	for (size_t i = 0; i < profiles->n; i++)
		if (str_eq(profiles->v[i].unit, unit) && str_starts(profiles->v[i].about, "weight.") &&
		    str_eq(profiles->v[i].about + 7, civic_class))
			return profiles->v[i].value;
	return 1;
}
