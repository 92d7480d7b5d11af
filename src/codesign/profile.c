/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile.c - reading profiles, the receipts they give, the weights they set. */
#include <math.h>
#include <string.h>

#include <tocsin/codesign.h>

static const char *const sections[] = {"profile", "sources", "weights", "thresholds", "partners"};

static int entry_fault(const struct conf *conf, const struct conf_entry *entry, struct err *err,
		       const char *what)
{
	return err_set(err, ERR_DATA, "%s:%zu:1: \"%s = %s\": %s", conf->name, entry->line, entry->key,
		       entry->value, what);
}

static int check_section(const struct conf *conf, const struct conf_entry *entry, struct err *err)
{
	const char *nearest = str_nearest(entry->section, sections, LENGTH(sections));

	for (size_t i = 0; i < LENGTH(sections); i++)
		if (str_eq(entry->section, sections[i]))
			return 0;
	err_set(err, ERR_DATA, "%s:%zu:1: unknown section \"%s\"", conf->name, entry->line, entry->section);
	return nearest ? err_hint(err, ERR_DATA, "Did you mean \"%s\"?", nearest) : ERR_DATA;
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
	for (size_t i = 0; weight && i <= n_civic_classes; i++) {
		if (i == n_civic_classes)
			return entry_fault(conf, entry, err, "not a class of events");
		if (str_eq(entry->key, civic_classes[i]))
			break;
	}
	return 0;
}

int profile_read(const char *name, const char *text, size_t len, struct arena *arena,
		 struct profiles *profiles, struct err *err)
{
	struct conf conf;
	const char *unit;
	int r = conf_read(name, text, len, arena, &conf, err);

	if (r < 0)
		return r;
	unit = conf_get(&conf, "profile", "unit");
	if (!unit)
		return err_set(err, ERR_DATA, "%s:1:1: section \"profile\" names no unit", name);
	for (size_t i = 0; i < conf.n; i++) {
		const struct conf_entry *entry = &conf.v[i];
		struct wish wish;

		if ((r = check_section(&conf, entry, err)) < 0)
			return r;
		if (str_eq(entry->section, "partners") || str_eq(entry->key, "unit") || str_eq(entry->key, "partner"))
			continue;
		if ((r = read_entry(&conf, entry, arena, &wish, err)) < 0)
			return r;
		wish.unit = unit;
		*arena_push(arena, profiles->v, profiles->n, profiles->cap) = wish;
	}
	return 0;
}

static const char *use_of(const struct wish *wish)
{
	if (str_starts(wish->about, "weight."))
		return "monthly pressure of the unit: events of this class count so much";
	if (str_starts(wish->about, "threshold."))
		return "the level of this alert rule is multiplied for the unit";
	if (str_eq(wish->about, "owner"))
		return "alerts of the unit name this desk";
	return NULL;
}

int codesign_run(const struct codesign_setup *setup, struct records *out, struct err *err)
{
	(void)err;
	for (size_t i = 0; i < setup->profiles->n; i++) {
		const struct wish *wish = &setup->profiles->v[i];
		struct contribution *receipt = record_new(out->arena, &kind_contribution);

		receipt->r.unit = wish->unit;
		receipt->r.known = setup->as_of;
		receipt->partner = wish->partner;
		receipt->about = wish->about;
		receipt->text = wish->text;
		receipt->value = wish->value;
		receipt->used_for = use_of(wish);
		receipt->status = receipt->used_for ? "used" : "received";
		if (!receipt->used_for)
			record_missing(out->arena, &receipt->r, "used_for", "kept for people: no stage reads it yet");
		record_identify(out->arena, receipt);
		records_add(out, receipt);
	}
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
