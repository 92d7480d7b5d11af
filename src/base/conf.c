/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conf.c - settings files: [section], key = value (libinih). A line that begins
 * with # or ; is a comment; " ;" begins one behind a value.
 *
 * The lines are handed to libinih one at a time, so that every entry knows its
 * line. Blanks before a key are dropped (libinih would take an indented key for
 * more of the value above), sections may have any length (it cuts them at 49
 * bytes), and a line too long for its buffer is refused (it would be cut).
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
	const char *section;
	size_t too_long;      /* the first line that does not fit; 0 when all do */
};

/* "[name]": keep the name, and show libinih a short one. */
static bool take_section(struct conf_reader *reader, const char *line, size_t n)
{
	const char *end = n && line[0] == '[' ? memchr(line, ']', n) : NULL;

	if (end)
		reader->section = arena_ndup(reader->arena, line + 1, (size_t)(end - line) - 1);
	return end;
}

static char *next_line(char *out, int size, void *stream)
{
	struct conf_reader *reader = stream;
	const char *line = reader->text + reader->at, *end;
	size_t n = reader->len - reader->at;

	if (n == 0)
		return NULL;
	end = memchr(line, '\n', n);
	if (end)
		n = (size_t)(end - line) + 1;
	reader->at += n;
	reader->line++;
	if (reader->line == 1 && n >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
		line += 3;
		n -= 3;
	}
	for (; n && strchr(" \t\v\f", *line); n--)
		line++;
	if (take_section(reader, line, n))
		return strcpy(out, "[s]\n");
	if (n + 1 >= (size_t)size) {
		if (*line != '#' && *line != ';' && !reader->too_long)
			reader->too_long = reader->line;
		return strcpy(out, "\n");
	}
	memcpy(out, line, n);
	out[n] = '\0';
	return out;
}

static int keep_entry(void *user, const char *section, const char *key, const char *value)
{
	struct conf_reader *reader = user;
	struct conf *conf = reader->conf;
	struct conf_entry *entry = arena_push(reader->arena, conf->v, conf->n, conf->cap);

	(void)section;
	*entry = (struct conf_entry){
		.section = reader->section,
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
	struct conf_reader reader = {.text = text, .len = len, .arena = arena, .conf = &conf,
				     .section = ""};
	int line;

	if (len > CONF_LIMIT)
		return err_set(err, ERR_DATA, "%s:1:1: %zu bytes, expected at most %zu", name, len,
			       CONF_LIMIT);
	if (utf8_valid(text, len) != len)
		return err_set(err, ERR_DATA, "%s:1:1: not valid UTF-8", name);
	line = ini_parse_stream(next_line, &reader, keep_entry, &reader);
	if (reader.too_long && (line <= 0 || (size_t)line > reader.too_long))
		return err_hint(err, err_set(err, ERR_DATA, "%s:%zu:1: line is too long for a setting", name,
					     reader.too_long),
				"Keep \"key = value\" below 198 bytes.");
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
