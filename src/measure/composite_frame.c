/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * composite_frame.c - the frame of a composite indicator, from a settings file of our own or
 * from the reference program's table of elements.
 *
 * Ours:
 *
 *     [frame]
 *     unit = uCode                   column of the unit's code
 *     time = Time                    column of the year, for panels
 *     group = EurAsia_group          missing values become the mean of this group; absent: they stay
 *     treat = winsorise 5            or: none
 *     skew = 2                       an indicator passes with a smaller skew ...
 *     kurtosis = 3.5                 ... or a smaller kurtosis
 *     normalise = minmax 0 100       or: zscore MEAN SD, scaled LOW HIGH, rank, ...
 *     aggregate = amean              or: gmean, hmean
 *     reference = CYP                unit of dist2ref
 *     levels = Indicator Pillar Index
 *     availability = 0.9             of a panel
 *     trends = LPI Flights
 *     error = 0.05                   relative standard error of every cell
 *
 *     [indicator LPI]                one section each
 *     group = Physical
 *     direction = 1                  or: -1
 *     weight = 1
 *     denominator = Population
 *     treat = none
 *     normalise = rank
 *     error = 0.1
 *
 *     [group Physical]
 *     parent = Index
 *     weight = 1
 *     aggregate = gmean
 *
 *     [uncertainty]                  what "uncertainty --n" and "sensitivity --n" vary
 *     winmax = 1 2 3 4 5
 *     normalise = minmax zscore
 *     aggregate = amean gmean
 *     weight-noise = 0.25            uniform, relative, on weights of weight-level and above
 *     weight-level = 2
 *
 * A file whose first line names the columns iCode and Parent is the table. It says nothing of
 * the steps, so that these are the specification's.
 */
#include <math.h>
#include <string.h>

#include "measure/composite_tree.h"

const char *const norm_names[NORM_KINDS] = {"minmax", "zscore", "scaled", "dist2max", "dist2ref",
					    "fracmax", "rank", "borda", "prank"};
const char *const mean_names[MEAN_KINDS] = {"amean", "gmean", "hmean"};

struct norm norm_usual(enum norm_kind kind)
{
	if (kind == NORM_ZSCORE)
		return (struct norm){kind, 10, 2};
	return kind == NORM_MINMAX ? (struct norm){kind, 1, 100} : (struct norm){kind, 0, 100};
}

static void frame_start(struct frame *frame, const char *name)
{
	*frame = (struct frame){
		.name = name, .unit_column = "uCode", .time_column = "Time",
		.treatment = {5, 2, 3.5}, .norm = {NORM_MINMAX, 0, 100}, .availability = 0.9,
		.winmax = {1, 2, 3, 4, 5}, .n_winmax = 5,
		.norms = {{NORM_MINMAX, 1, 100}, {NORM_ZSCORE, 10, 2}}, .n_norms = 2,
		.means = {MEAN_ARITHMETIC, MEAN_GEOMETRIC}, .n_means = 2,
		.weight_noise = 0.25, .noise_level = 2, .error = 0.05,
	};
}

size_t frame_find(const struct frame *frame, const char *code)
{
	for (size_t i = 0; i < frame->n; i++)
		if (strcmp(frame->v[i].code, code) == 0)
			return i;
	return NO_PARENT;
}

size_t frame_top(const struct frame *frame)
{
	return frame->upwards[frame->n - frame->n_indicators - 1];
}

size_t frame_children(const struct frame *frame, size_t of, size_t *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < frame->n; i++)
		if (frame->v[i].parent == of)
			ret[n++] = i;
	return n;
}

/* ---- our own form ---- */

struct reading {
	const struct conf *conf;
	const struct conf_entry *entry;
	struct arena *arena;
	struct frame *frame;
	struct err *err;
};

static int entry_error(struct reading *in, const char *expected)
{
	return err_set(in->err, ERR_DATA, "%s:%zu:1: \"%s\" is \"%.60s\", expected %s", in->conf->name, in->entry->line,
		       in->entry->key, in->entry->value, expected);
}

/* The words of a value, at most `most`; -1 when there are more. */
static int words_of(struct reading *in, const char **words, size_t most)
{
	char *s = arena_dup(in->arena, in->entry->value), *rest = NULL;
	size_t n = 0;

	for (char *word = strtok_r(s, " \t,", &rest); word; word = strtok_r(NULL, " \t,", &rest)) {
		if (n == most)
			return -1;
		words[n++] = word;
	}
	return (int)n;
}

static int take_number(struct reading *in, double low, double high, const char *expected, double *ret)
{
	double value;

	if (num_read(in->entry->value, strlen(in->entry->value), &value) < 0 || value < low || value > high)
		return entry_error(in, expected);
	*ret = value;
	return 0;
}

static int name_index(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, names[i]) == 0)
			return (int)i;
	return -1;
}

static int take_norm(struct reading *in, struct norm *ret)
{
	const char *words[3];
	int n = words_of(in, words, 3), kind = n > 0 ? name_index(words[0], norm_names, NORM_KINDS) : -1;
	struct norm norm;

	if (kind < 0 || n == 2)
		return err_hint(in->err, entry_error(in, "a normalisation, or one with two bounds"),
				"There are minmax, zscore, scaled, dist2max, dist2ref, fracmax, rank, borda and prank.");
	norm = norm_usual((enum norm_kind)kind);
	if (n == 3 && (num_read(words[1], strlen(words[1]), &norm.low) < 0 ||
		       num_read(words[2], strlen(words[2]), &norm.high) < 0 ||
		       (kind == NORM_ZSCORE ? norm.high <= 0 : norm.high <= norm.low)))
		return entry_error(in, "two bounds, the lower first");
	*ret = norm;
	return 0;
}

static int take_mean(struct reading *in, enum mean_kind *ret)
{
	int kind = name_index(in->entry->value, mean_names, MEAN_KINDS);

	if (kind < 0)
		return entry_error(in, "amean, gmean or hmean");
	*ret = (enum mean_kind)kind;
	return 0;
}

static int take_treat(struct reading *in, int *winmax)
{
	const char *words[2];
	int n = words_of(in, words, 2);
	int64_t most = 5;

	if (n == 1 && strcmp(words[0], "none") == 0) {
		*winmax = 0;
		return 0;
	}
	if (n < 1 || strcmp(words[0], "winsorise") != 0 ||
	    (n == 2 && (num_read_int(words[1], strlen(words[1]), &most) < 0 || most < 1 || most > 1000)))
		return entry_error(in, "\"none\" or \"winsorise N\"");
	*winmax = (int)most;
	return 0;
}

static int take_frame(struct reading *in)
{
	struct frame *frame = in->frame;
	const char *key = in->entry->key, *value = in->entry->value;
	int n;

	if (strcmp(key, "unit") == 0)
		return frame->unit_column = value, 0;
	if (strcmp(key, "time") == 0)
		return frame->time_column = value, 0;
	if (strcmp(key, "group") == 0)
		return frame->group_column = value, 0;
	if (strcmp(key, "reference") == 0)
		return frame->reference = value, 0;
	if (strcmp(key, "treat") == 0)
		return take_treat(in, &frame->treatment.winmax);
	if (strcmp(key, "skew") == 0)
		return take_number(in, 0, 1e6, "a number of 0 or more", &frame->treatment.skew);
	if (strcmp(key, "kurtosis") == 0)
		return take_number(in, -10, 1e6, "a number", &frame->treatment.kurt);
	if (strcmp(key, "availability") == 0)
		return take_number(in, 0, 1, "a share in 0..1", &frame->availability);
	if (strcmp(key, "error") == 0)
		return take_number(in, 0, 10, "a relative error in 0..10", &frame->error);
	if (strcmp(key, "normalise") == 0)
		return take_norm(in, &frame->norm);
	if (strcmp(key, "trends") == 0) {
		n = words_of(in, frame->trends, LENGTH(frame->trends));
		frame->n_trends = n > 0 ? (size_t)n : 0;
		return n < 0 ? entry_error(in, "at most 64 indicators") : 0;
	}
	if (strcmp(key, "levels") == 0)
		return words_of(in, frame->levels, LENGTH(frame->levels)) < 0 ? entry_error(in, "at most 16 names") : 0;
	if (strcmp(key, "aggregate") == 0 || strcmp(key, "name") == 0)
		return 0;   /* read before the elements; and for people */
	return entry_error(in, "a key of [frame]");
}

static int take_uncertainty(struct reading *in)
{
	struct frame *frame = in->frame;
	const char *key = in->entry->key, *words[16];
	int n = words_of(in, words, LENGTH(words)), kind;
	double level;

	if (strcmp(key, "weight-noise") == 0)
		return take_number(in, 0, 1, "a share in 0..1", &frame->weight_noise);
	if (strcmp(key, "weight-level") == 0) {
		if (take_number(in, 1, 16, "a level", &level) < 0)
			return ERR_DATA;
		return frame->noise_level = (int)level, 0;
	}
	if (n < 1)
		return entry_error(in, "one to sixteen words");
	if (strcmp(key, "winmax") == 0) {
		for (frame->n_winmax = 0; (int)frame->n_winmax < n; frame->n_winmax++) {
			const char *word = words[frame->n_winmax];
			int64_t most;

			if (num_read_int(word, strlen(word), &most) < 0 || most < 0 || most > 1000)
				return entry_error(in, "whole numbers");
			frame->winmax[frame->n_winmax] = (int)most;
		}
		return 0;
	}
	if (strcmp(key, "normalise") == 0 && n <= NORM_KINDS) {
		for (frame->n_norms = 0; (int)frame->n_norms < n; frame->n_norms++) {
			kind = name_index(words[frame->n_norms], norm_names, NORM_KINDS);
			if (kind < 0)
				return entry_error(in, "names of normalisations");
			frame->norms[frame->n_norms] = norm_usual((enum norm_kind)kind);
		}
		return 0;
	}
	if (strcmp(key, "aggregate") == 0 && n <= MEAN_KINDS) {
		for (frame->n_means = 0; (int)frame->n_means < n; frame->n_means++) {
			kind = name_index(words[frame->n_means], mean_names, MEAN_KINDS);
			if (kind < 0)
				return entry_error(in, "amean, gmean or hmean");
			frame->means[frame->n_means] = (enum mean_kind)kind;
		}
		return 0;
	}
	return entry_error(in, "a key of [uncertainty]");
}

static int take_element(struct reading *in, struct element *element, bool indicator)
{
	const char *key = in->entry->key;
	double direction;
	int winmax = 1;

	if (strcmp(key, "weight") == 0)
		return take_number(in, 0, 1e12, "a weight of 0 or more", &element->weight);
	if (strcmp(key, indicator ? "group" : "parent") == 0)
		return element->parent_code = in->entry->value, 0;
	if (!indicator && strcmp(key, "aggregate") == 0)
		return take_mean(in, &element->mean);
	if (indicator && strcmp(key, "denominator") == 0)
		return element->denominator = in->entry->value, 0;
	if (indicator && strcmp(key, "normalise") == 0)
		return take_norm(in, &element->norm);
	if (indicator && strcmp(key, "error") == 0)
		return take_number(in, 0, 10, "a relative error in 0..10", &element->error);
	if (indicator && strcmp(key, "treat") == 0) {
		if (take_treat(in, &winmax) < 0)
			return ERR_DATA;
		return element->treated = winmax > 0, 0;
	}
	if (indicator && strcmp(key, "direction") == 0) {
		if (take_number(in, -1, 1, "1 or -1", &direction) < 0 || direction == 0 || fabs(direction) != 1)
			return entry_error(in, "1 or -1");
		return element->direction = (int)direction, 0;
	}
	return entry_error(in, indicator ? "a key of an indicator" : "a key of a group");
}

static int element_section(struct reading *in, const char *section, struct element *out, bool *indicator)
{
	const char *space = strchr(section, ' ');

	*indicator = str_starts(section, "indicator ");
	if ((!*indicator && !str_starts(section, "group ")) || !space[1])
		return err_hint(in->err, err_set(in->err, ERR_DATA, "%s:%zu:1: unknown section \"[%.60s]\"", in->conf->name,
						 in->entry->line, section),
				"There are [frame], [indicator CODE], [group CODE] and [uncertainty].");
	*out = (struct element){.code = space + 1, .direction = 1, .weight = 1, .error = NAN, .line = in->entry->line,
				.treated = true, .norm = in->frame->norm, .mean = out->mean};
	for (size_t i = 0; i < in->conf->n; i++) {
		int r = 0;

		in->entry = &in->conf->v[i];
		if (str_eq(in->entry->section, section))
			r = take_element(in, out, *indicator);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_elements(struct reading *in, enum mean_kind mean)
{
	struct frame *frame = in->frame;
	size_t at = 0, n_sections = 0, n_groups = 0;
	struct element *groups;
	const char *section;

	while (conf_section(in->conf, &at))
		n_sections++;
	frame->v = arena_array(in->arena, struct element, n_sections + 1);
	groups = arena_array(in->arena, struct element, n_sections + 1);
	at = 0;
	while ((section = conf_section(in->conf, &at))) {
		struct element element = {.mean = mean};
		bool indicator;
		int r;

		if (strcmp(section, "frame") == 0 || strcmp(section, "uncertainty") == 0)
			continue;
		in->entry = &in->conf->v[at - 1];
		r = element_section(in, section, &element, &indicator);
		if (r < 0)
			return r;
		if (indicator)
			frame->v[frame->n_indicators++] = element;
		else
			groups[n_groups++] = element;
	}
	memcpy(frame->v + frame->n_indicators, groups, n_groups * sizeof *groups);
	frame->n = frame->n_indicators + n_groups;
	return 0;
}

int frame_read_conf(const struct composite_file *file, struct arena *arena, struct frame *frame, struct err *err)
{
	enum mean_kind mean = MEAN_ARITHMETIC;
	struct conf conf;
	struct reading in = {.conf = &conf, .arena = arena, .frame = frame, .err = err};
	int r = conf_read(file->name, file->text, file->len, arena, &conf, err);

	if (r < 0)
		return r;
	if (conf.n > 10 * FRAME_LIMIT)
		return err_set(err, ERR_DATA, "%s:1:1: %zu settings, expected at most %d", file->name, conf.n, 10 * FRAME_LIMIT);
	frame_start(frame, file->name);
	for (size_t i = 0; i < conf.n && r == 0; i++) {
		in.entry = &conf.v[i];
		if (strcmp(in.entry->section, "uncertainty") == 0)
			r = take_uncertainty(&in);
		else if (strcmp(in.entry->section, "frame") != 0)
			continue;
		else if (strcmp(in.entry->key, "aggregate") == 0)
			r = take_mean(&in, &mean);
		else
			r = take_frame(&in);
	}
	return r < 0 ? r : read_elements(&in, mean);
}

void frame_start_table(struct frame *frame, const char *name)
{
	frame_start(frame, name);
	frame->group_column = "EurAsia_group";
	frame->group_may_lack = true;
}
