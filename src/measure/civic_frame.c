/* SPDX-License-Identifier: GPL-3.0-or-later */
/* civic_frame.c - the frame by which civic space is rated, read from settings files. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "measure/civic.h"

const char *const civic_bands[CIVIC_BANDS] = {"closed", "repressed", "obstructed", "narrowed", "open"};
const char *const civic_names[CIVIC_VALUES] = {"civic_expression", "civic_association", "civic_assembly",
		"civic_space"};

struct civic_frame *civic_frame_new(struct arena *arena)
{
	struct civic_frame *frame = arena_new(arena, struct civic_frame);

	*frame = (struct civic_frame){.cuts = {20, 40, 60, 80}, .hysteresis = 0.5, .prior = 50, .prior_sd = 25, .years = 5,
				      .limit = 0, .half_life = 120, .horizon = 730, .volume = 5, .watch_chance = 1,
				      .watch_fall = 100};
	for (size_t i = 0; i < LENGTH(frame->dimension); i++)
		frame->dimension[i] = -1;
	return frame;
}

const struct civic_indicator *civic_indicator_find(const struct civic_frame *frame, const char *name)
{
	for (size_t i = 0; i < frame->n_indicators; i++)
		if (strcmp(frame->indicators[i].name, name) == 0)
			return &frame->indicators[i];
	return NULL;
}

const struct civic_panel *civic_panel_on(const struct civic_frame *frame, const char *unit, int64_t day)
{
	const struct civic_panel *found = NULL;

	for (size_t i = 0; i < frame->n_panels; i++) {
		const struct civic_panel *panel = &frame->panels[i];

		if (strcmp(panel->unit, unit) == 0 && panel->date.usec / USEC_PER_DAY <= day &&
		    (!instant_is_set(panel->until) || day < panel->until.usec / USEC_PER_DAY) &&
		    (!found || panel->date.usec >= found->date.usec))
			found = panel;
	}
	return found;
}

int civic_band_named(const char *text)
{
	for (int i = 0; i < CIVIC_BANDS; i++)
		if (strcasecmp(text, civic_bands[i]) == 0 || (text[0] == '1' + i && !text[1]))
			return i;
	return -1;
}

static int fault(const struct conf *conf, const struct conf_entry *entry, struct err *err, const char *expected)
{
	return err_set(err, ERR_DATA, "%s:%zu:1: \"%s\" is \"%.60s\", expected %s", conf->name, entry->line,
		       entry->key,
		       entry->value, expected);
}

static int unknown_key(const struct conf *conf, const struct conf_entry *entry, const char *const *keys, size_t n,
		       struct err *err)
{
	const char *nearest = str_nearest(entry->key, keys, n);

	err_set(err, ERR_DATA, "%s:%zu:1: unknown key \"%.60s\" in section \"%.60s\"", conf->name, entry->line,
		entry->key,
		entry->section);
	return nearest ? err_hint(err, ERR_DATA, "Did you mean \"%s\"?", nearest) : ERR_DATA;
}

/* ---- plain numbers ---- */

struct number_key {
	const char *section, *key;
	size_t offset;
	double least, most;
};

#define NUMBER(section, key, member, least, most) {section, key, offsetof(struct civic_frame, member), least, most}

static const struct number_key number_keys[] = {
	NUMBER("bands", "hysteresis", hysteresis, 0, 1), NUMBER("prior", "value", prior, 0, 100),
	NUMBER("prior", "sd", prior_sd, 1, 100), NUMBER("sources", "years", years, 0, 100),
	NUMBER("sources", "drift", drift, 0, 100), NUMBER("sources", "since", since, 0, 9999),
	NUMBER("live", "limit", limit, 0, 100),
	NUMBER("live", "half_life_days", half_life, 1, 10000), NUMBER("live", "horizon_days", horizon, 1, 10000),
	NUMBER("live", "volume", volume, 0.1, 1e6), NUMBER("live", "noise", noise, 0, 10),
	NUMBER("watch", "chance", watch_chance, 0, 1), NUMBER("watch", "fall", watch_fall, 0, 100),
};

static int read_number(const struct conf *conf, const struct conf_entry *entry, double least, double most,
		       double *ret,
		       struct err *err)
{
	double value;

	if (num_read(entry->value, strlen(entry->value), &value) < 0 || !(value >= least && value <= most))
		return err_set(err, ERR_DATA, "%s:%zu:1: \"%s\" is \"%.60s\", expected a number from %g to %g",
			       conf->name,
			       entry->line, entry->key, entry->value, least, most);
	*ret = value;
	return 0;
}

static int read_plain(const struct conf *conf, const struct conf_entry *entry, struct civic_frame *frame,
		      struct err *err)
{
	const char *keys[LENGTH(number_keys)];
	size_t n = 0;

	for (size_t i = 0; i < LENGTH(number_keys); i++) {
		const struct number_key *key = &number_keys[i];

		if (strcmp(key->section, entry->section) != 0)
			continue;
		keys[n++] = key->key;
		if (strcmp(key->key, entry->key) == 0)
			return read_number(conf, entry, key->least, key->most,
					   (double *)((char *)frame + key->offset), err);
	}
	if (n == 0)
		return err_hint(err, err_set(err, ERR_DATA, "%s:%zu:1: unknown section \"%.60s\"", conf->name,
					     entry->line,
					     entry->section),
				"Sections are bands, prior, sources, live, watch, severity, "
				"\"indicator NAME\" and \"panel UNIT\".");
	return unknown_key(conf, entry, keys, n, err);
}

static int read_cuts(const struct conf *conf, const struct conf_entry *entry, struct civic_frame *frame,
		     struct err *err)
{
	const char *s = entry->value;
	double cuts[CIVIC_BANDS - 1];

	for (int i = 0; i < CIVIC_BANDS - 1; i++) {
		size_t len;

		s += strspn(s, " ");
		len = strcspn(s, " ");
		if (num_read(s, len, &cuts[i]) < 0 || cuts[i] <= 0 || cuts[i] >= 100 || (i && cuts[i] <= cuts[i - 1]))
			return fault(conf, entry, err, "four numbers between 0 and 100, ascending");
		s += len;
	}
	if (s[strspn(s, " ")])
		return fault(conf, entry, err, "four numbers between 0 and 100, ascending");
	memcpy(frame->cuts, cuts, sizeof cuts);
	return 0;
}

/* ---- what incidents weigh ---- */

static int dimension_named(const char *s, size_t len)
{
	for (int i = 0; i < CIVIC_DIMENSIONS; i++) {
		const char *name = civic_names[i] + strlen("civic_");

		if (strlen(name) == len && strncmp(name, s, len) == 0)
			return i;
	}
	return -1;
}

static int read_severity(const struct conf *conf, const struct conf_entry *entry, struct civic_frame *frame,
			 struct err *err)
{
	size_t class = 0, len = strcspn(entry->value, " ");
	const char *rest = entry->value + len + strspn(entry->value + len, " ");
	int dimension = dimension_named(entry->value, len);
	double points;

	while (class < n_civic_classes && strcmp(civic_classes[class], entry->key) != 0)
		class++;
	if (class == n_civic_classes || class >= LENGTH(frame->dimension))
		return unknown_key(conf, entry, civic_classes, n_civic_classes, err);
	if (dimension < 0 || num_read(rest, strlen(rest), &points) < 0 || points < 0 || points > 100)
		return fault(conf, entry, err, "a dimension and points of 0 to 100, such as \"assembly 4\"");
	frame->dimension[class] = dimension;
	frame->severity[class] = points;
	return 0;
}

/* ---- indicators ---- */

static int read_dimensions(const struct conf *conf, const struct conf_entry *entry, unsigned *ret, struct err *err)
{
	unsigned bits = 0;

	for (const char *s = entry->value + strspn(entry->value, " "); *s; s += strspn(s, " ")) {
		size_t len = strcspn(s, " ");
		int dimension = dimension_named(s, len);

		if (dimension < 0)
			return fault(conf, entry, err, "some of expression, association, assembly");
		bits |= 1u << dimension;
		s += len;
	}
	*ret = bits;
	return 0;
}

static struct civic_indicator *indicator_place(struct civic_frame *frame, const char *name, size_t line,
					       struct arena *arena)
{
	for (size_t i = 0; i < frame->n_indicators; i++)
		if (strcmp(frame->indicators[i].name, name) == 0)
			return &frame->indicators[i];
	*arena_push(arena, frame->indicators, frame->n_indicators, frame->cap_indicators) =
		(struct civic_indicator){.name = arena_dup(arena, name), .low = NAN, .high = NAN, .weight = 1,
				.sd = NAN,
					 .dimensions = 7, .line = line};
	return &frame->indicators[frame->n_indicators - 1];
}

static int read_indicator(const struct conf *conf, const struct conf_entry *entry, struct civic_frame *frame,
			  struct arena *arena, struct err *err)
{
	static const char *const keys[] = {"low", "high", "weight", "sd", "slack", "dimensions", "curve"};
	struct civic_indicator *indicator = indicator_place(frame, entry->section + strlen("indicator "),
							    entry->line, arena);
	double *numbers[] = {&indicator->low, &indicator->high, &indicator->weight, &indicator->sd,
			&indicator->slack};

	for (size_t i = 0; i < LENGTH(numbers); i++)
		if (strcmp(entry->key, keys[i]) == 0)
			return read_number(conf, entry, i < 2 ? -1e12 : 0, 1e12, numbers[i], err);
	if (strcmp(entry->key, "dimensions") == 0)
		return read_dimensions(conf, entry, &indicator->dimensions, err);
	if (strcmp(entry->key, "curve") != 0)
		return unknown_key(conf, entry, keys, LENGTH(keys), err);
	indicator->log_odds = strcmp(entry->value, "log-odds") == 0;
	if (indicator->log_odds || strcmp(entry->value, "straight") == 0)
		return 0;
	return fault(conf, entry, err, "log-odds or straight");
}

/* ---- panels ---- */

/* Entries of one section stand together: a new section of the same unit is another decision. */
static struct civic_panel *panel_place(const struct conf *conf, size_t at, struct civic_frame *frame,
				       struct arena *arena)
{
	const char *unit = conf->v[at].section + strlen("panel ");

	if (at && strcmp(conf->v[at - 1].section, conf->v[at].section) == 0 && frame->n_panels)
		return &frame->panels[frame->n_panels - 1];
	*arena_push(arena, frame->panels, frame->n_panels, frame->cap_panels) =
		(struct civic_panel){.unit = arena_dup(arena, unit), .band = -1, .line = conf->v[at].line};
	return &frame->panels[frame->n_panels - 1];
}

static int read_panel(const struct conf *conf, size_t at, struct civic_frame *frame, struct arena *arena,
		      struct err *err)
{
	static const char *const keys[] = {"band", "date", "until", "reason", "by"};
	const struct conf_entry *entry = &conf->v[at];
	struct civic_panel *panel = panel_place(conf, at, frame, arena);
	struct instant *at_date = strcmp(entry->key, "date") == 0 ? &panel->date
				: strcmp(entry->key, "until") == 0 ? &panel->until : NULL;

	if (at_date)
		return instant_read(entry->value, at_date, NULL) == 0 ? 0 : fault(conf, entry, err, "a date");
	if (strcmp(entry->key, "band") == 0) {
		panel->band = civic_band_named(entry->value);
		return panel->band >= 0 ? 0 : fault(conf, entry, err,
						    "closed, repressed, obstructed, narrowed or open");
	}
	if (strcmp(entry->key, "reason") == 0)
		panel->reason = entry->value;
	else if (strcmp(entry->key, "by") == 0)
		panel->by = entry->value;
	else
		return unknown_key(conf, entry, keys, LENGTH(keys), err);
	return 0;
}

/* ---- the whole ---- */

static int check_whole(const struct conf *conf, const struct civic_frame *frame, struct err *err)
{
	for (size_t i = 0; i < frame->n_indicators; i++) {
		const struct civic_indicator *indicator = &frame->indicators[i];

		if (isnan(indicator->low) || isnan(indicator->high) || indicator->low == indicator->high)
			return err_hint(err, err_set(err, ERR_DATA, "%s:%zu:1: indicator \"%s\" has no scale",
						     conf->name,
						     indicator->line, indicator->name),
					"Give low and high: the values that stand for 0 and 100.");
	}
	for (size_t i = 0; i < frame->n_panels; i++) {
		const struct civic_panel *panel = &frame->panels[i];

		if (panel->band < 0 || !panel->reason || !*panel->reason || !instant_is_set(panel->date))
			return err_hint(err, err_set(err, ERR_DATA,
						     "%s:%zu:1: the panel's decision on %s lacks its band, date or reason",
						     conf->name, panel->line, panel->unit),
					"A rating by people is kept with its date and the reason.");
	}
	return 0;
}

int civic_frame_read(const char *name, const char *text, size_t len, struct arena *arena, struct civic_frame *frame,
		     struct err *err)
{
	struct conf conf = {0};
	int r = conf_read(name, text, len, arena, &conf, err);

	for (size_t i = 0; i < conf.n && r == 0; i++) {
		const struct conf_entry *entry = &conf.v[i];

		if (str_starts(entry->section, "indicator "))
			r = read_indicator(&conf, entry, frame, arena, err);
		else if (str_starts(entry->section, "panel "))
			r = read_panel(&conf, i, frame, arena, err);
		else if (strcmp(entry->section, "severity") == 0)
			r = read_severity(&conf, entry, frame, err);
		else if (strcmp(entry->section, "bands") == 0 && strcmp(entry->key, "cuts") == 0)
			r = read_cuts(&conf, entry, frame, err);
		else
			r = read_plain(&conf, entry, frame, err);
	}
	return r < 0 ? r : check_whole(&conf, frame, err);
}
