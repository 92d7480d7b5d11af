/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conf.c - settings files: [section], key = value, # or ; comments (libinih).
 * The lines are handed to libinih one at a time, so that every entry knows its line.
 */
#include <string.h>

#include <ini.h>

#include <tocsin/base.h>

#define CONF_LIMIT ((size_t)4 << 20)

struct conf_reader {
	const char *text;
	size_t len, at, line;
	struct arena *arena;
	struct conf *conf;
};

static char *next_line(char *out, int size, void *stream)
{
	struct conf_reader *reader = stream;
	size_t n = 0;

	if (reader->at >= reader->len)
		return NULL;
	while (reader->at < reader->len && n + 1 < (size_t)size) {
		char c = reader->text[reader->at++];

		out[n++] = c;
		if (c == '\n')
			break;
	}
	out[n] = '\0';
	reader->line++;
	return out;
}

static int keep_entry(void *user, const char *section, const char *key, const char *value)
{
	struct conf_reader *reader = user;
	struct conf *conf = reader->conf;
	struct conf_entry *entry = arena_push(reader->arena, conf->v, conf->n, conf->cap);

	*entry = (struct conf_entry){
		.section = arena_dup(reader->arena, section),
		.key = arena_dup(reader->arena, key),
		.value = arena_dup(reader->arena, value ? value : ""),
		.line = reader->line,
	};
	return 1;
}

int conf_read(const char *name, const char *text, size_t len, struct arena *arena,
	      struct conf *ret, struct err *err)
{
	struct conf conf = {.name = name};
	struct conf_reader reader = {.text = text, .len = len, .arena = arena, .conf = &conf};
	int line;

	if (len > CONF_LIMIT)
		return err_set(err, ERR_DATA, "%s:1:1: %zu bytes, expected at most %zu", name, len,
			       CONF_LIMIT);
	if (utf8_valid(text, len) != len)
		return err_set(err, ERR_DATA, "%s:1:1: not valid UTF-8", name);
	line = ini_parse_stream(next_line, &reader, keep_entry, &reader);
	if (line > 0)
		return err_hint(err,
				err_set(err, ERR_DATA, "%s:%d:1: expected \"[section]\" or \"key = value\"",
					name, line),
				"Begin a comment with \"#\".");
	*ret = conf;
	return 0;
}

const char *conf_get(const struct conf *conf, const char *section, const char *key)
{
	for (size_t i = conf->n; i-- > 0;)
		if (str_eq(conf->v[i].section, section) && str_eq(conf->v[i].key, key))
			return conf->v[i].value;
	return NULL;
}

int conf_number(const struct conf *conf, const char *section, const char *key, double fallback,
		double *ret, struct err *err)
{
	for (size_t i = conf->n; i-- > 0;) {
		const struct conf_entry *entry = &conf->v[i];

		if (!str_eq(entry->section, section) || !str_eq(entry->key, key))
			continue;
		if (num_read(entry->value, strlen(entry->value), ret) < 0)
			return err_set(err, ERR_DATA, "%s:%zu:1: \"%s\" is \"%s\", expected a number",
				       conf->name, entry->line, key, entry->value);
		return 0;
	}
	*ret = fallback;
	return 0;
}

const char *conf_section(const struct conf *conf, size_t *i)
{
	for (; *i < conf->n; (*i)++) {
		bool seen = false;

		for (size_t j = 0; j < *i && !seen; j++)
			seen = str_eq(conf->v[j].section, conf->v[*i].section);
		if (!seen)
			return conf->v[(*i)++].section;
	}
	return NULL;
}
