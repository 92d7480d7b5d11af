/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * manifest.c - manifest.conf of an input folder: what each file is.
 *
 *     [feeds/wire-*.xml]          a file, or a pattern with '*'
 *     role = feeds                feeds indicators junctures responses outcomes units labels
 *     format = auto               auto feed jsonfeed dump csv vdem-wide jsonl
 *     source = wire               id of the voice; name = for people; origin = maker of a table
 *     lang = en                   default language
 *     licence = open              open share-alike restricted
 *     known = published           published april-next-year date release column:NAME
 *     collected = 2026-01-31      when it was fetched or released, for items without a date
 *
 * Role "labels" is an answer key: it is listed so that nobody wonders, never read.
 */
#include <string.h>

#include <fnmatch.h>

#include <tocsin/collect.h>

static const char *const keys[] = {"role", "format", "source", "name", "origin", "lang", "licence", "known",
				   "collected"};
static const char *const roles[] = {"feeds", "indicators", "junctures", "responses", "outcomes", "units",
				    "labels"};
static const char *const formats[] = {"auto", "feed", "rss", "atom", "jsonfeed", "dump", "csv", "vdem-wide",
				      "jsonl"};
static const char *const licences[] = {"open", "share-alike", "restricted"};

static int entry_fault(const struct conf *conf, const struct conf_entry *entry, const char *what,
		       const char *given, const char *const *names, size_t n, struct err *err)
{
	const char *nearest = str_nearest(given, names, n);

	err_set(err, ERR_DATA, "%s:%zu:1: unknown %s \"%.40s\"", conf->name, entry->line, what, given);
	return nearest ? err_hint(err, ERR_DATA, "Did you mean \"%s\"?", nearest) : ERR_DATA;
}

static bool is_one_of(const char *s, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(s, names[i]) == 0)
			return true;
	return false;
}

static int set_checked(const struct conf *conf, const struct conf_entry *entry, const char **place,
		       const char *const *names, size_t n, struct err *err)
{
	if (!is_one_of(entry->value, names, n))
		return entry_fault(conf, entry, entry->key, entry->value, names, n, err);
	*place = entry->value;
	return 0;
}

static int set_key(const struct conf *conf, const struct conf_entry *entry, struct source *source,
		   struct err *err)
{
	if (strcmp(entry->key, "role") == 0)
		return set_checked(conf, entry, &source->role, roles, LENGTH(roles), err);
	if (strcmp(entry->key, "format") == 0)
		return set_checked(conf, entry, &source->format, formats, LENGTH(formats), err);
	if (strcmp(entry->key, "licence") == 0)
		return set_checked(conf, entry, &source->licence, licences, LENGTH(licences), err);
	if (strcmp(entry->key, "collected") == 0) {
		if (instant_read(entry->value, &source->collected, NULL) == 0)
			return 0;
		return err_set(err, ERR_DATA, "%s:%zu:1: \"%.40s\" is not a date", conf->name, entry->line,
			       entry->value);
	}
	if (strcmp(entry->key, "source") == 0)
		source->feed = entry->value;
	else if (strcmp(entry->key, "name") == 0)
		source->label = entry->value;
	else if (strcmp(entry->key, "origin") == 0)
		source->origin = entry->value;
	else if (strcmp(entry->key, "lang") == 0)
		source->lang = entry->value;
	else if (strcmp(entry->key, "known") == 0)
		source->known = entry->value;
	else
		return entry_fault(conf, entry, "key", entry->key, keys, LENGTH(keys), err);
	return 0;
}

static int section_source(const struct conf *conf, const char *section, struct source *ret, size_t *line,
			  struct err *err)
{
	struct source source = {0};

	*line = 0;
	for (size_t i = 0; i < conf->n; i++) {
		int r;

		if (!str_eq(conf->v[i].section, section))
			continue;
		if (*line == 0)
			*line = conf->v[i].line;
		r = set_key(conf, &conf->v[i], &source, err);
		if (r < 0)
			return r;
	}
	if (!*section)
		return err_hint(err, err_set(err, ERR_DATA, "%s:%zu:1: a key before the first section", conf->name, *line),
				"A section is a file name or a pattern, such as \"[feeds/*.xml]\".");
	if (*section == '/' || strcmp(section, "..") == 0 || str_starts(section, "../") || strstr(section, "/../"))
		return err_set(err, ERR_DATA, "%s:%zu:1: \"%s\" lies outside the folder", conf->name, *line, section);
	if (!source.role)
		return err_set(err, ERR_DATA, "%s:%zu:1: section \"%s\" names no role", conf->name, *line, section);
	*ret = source;
	return 0;
}

/* A file that two sections match belongs to the first. */
static bool is_taken(const struct manifest *manifest, const char *file)
{
	for (size_t i = 0; i < manifest->n; i++)
		if (str_eq(manifest->v[i].name, file))
			return true;
	return false;
}

int manifest_read(const char *name, const char *text, size_t len, const char *const *files,
		  size_t n_files, struct arena *arena, struct manifest *ret, struct err *err)
{
	struct manifest manifest = {0};
	struct conf conf;
	const char *section;
	size_t at = 0;
	int r = conf_read(name, text, len, arena, &conf, err);

	if (r < 0)
		return r;
	while ((section = conf_section(&conf, &at))) {
		struct source source;
		size_t line;
		bool found = strchr(section, '*') != NULL;

		r = section_source(&conf, section, &source, &line, err);
		if (r < 0)
			return r;
		for (size_t i = 0; i < n_files; i++) {
			if (fnmatch(section, files[i], FNM_PATHNAME) != 0 || is_taken(&manifest, files[i]))
				continue;
			source.name = files[i];
			*arena_push(arena, manifest.v, manifest.n, manifest.cap) = source;
			found = true;
		}
		if (!found) {   /* listed and gone: the reader of the file will say so, the others go on */
			source.name = section;
			*arena_push(arena, manifest.v, manifest.n, manifest.cap) = source;
		}
	}
	for (size_t i = 0; i < n_files; i++)
		if (!is_taken(&manifest, files[i]) && strcmp(files[i], "manifest.conf") != 0)
			*arena_push(arena, manifest.skipped, manifest.n_skipped, manifest.cap_skipped) = files[i];
	*ret = manifest;
	return 0;
}
