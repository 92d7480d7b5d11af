/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json.c - JSON (RFC 8259): jansson reads, the tree moves into the arena, and
 * one canonical writer puts it out again: keys sorted bytewise, no blanks,
 * numbers by num_write, so that equal values have equal bytes.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <tocsin/base.h>

#define JSON_LIMIT ((size_t)64 << 20)
#define JSON_DEPTH 256

static bool too_deep(const char *text, size_t len)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (quoted) {
			if (c == '\\')
				i++;
			else if (c == '"')
				quoted = false;
		} else if (c == '"') {
			quoted = true;
		} else if ((c == '[' || c == '{') && ++depth > JSON_DEPTH) {
			return true;
		} else if ((c == ']' || c == '}') && depth > 0) {
			depth--;
		}
	}
	return false;
}

static void json_move(json_t *from, struct json *to, struct arena *arena);

static void json_move_map(json_t *from, struct json *to, struct arena *arena)
{
	const char *key;
	json_t *value;
	size_t i = 0;

	to->type = JSON_MAP;
	to->n = json_object_size(from);
	to->v = arena_array(arena, struct json, to->n);
	to->keys = arena_array(arena, const char *, to->n);
	json_object_foreach(from, key, value) {
		to->keys[i] = arena_dup(arena, key);
		json_move(value, &to->v[i++], arena);
	}
}

static void json_move(json_t *from, struct json *to, struct arena *arena)
{
	switch (json_typeof(from)) {
	case JSON_OBJECT:
		json_move_map(from, to, arena);
		break;
	case JSON_ARRAY:
		to->type = JSON_LIST;
		to->n = json_array_size(from);
		to->v = arena_array(arena, struct json, to->n);
		to->keys = NULL;
		for (size_t i = 0; i < to->n; i++)
			json_move(json_array_get(from, i), &to->v[i], arena);
		break;
	case JSON_STRING:
		to->type = JSON_STR;
		to->s = arena_ndup(arena, json_string_value(from), json_string_length(from));
		break;
	case JSON_INTEGER:
		to->type = JSON_INT;
		to->i = json_integer_value(from);
		break;
	case JSON_REAL:
		to->type = JSON_NUMBER;
		to->d = json_real_value(from);
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		to->type = JSON_BOOL;
		to->b = json_is_true(from);
		break;
	default:
		to->type = JSON_NONE;
	}
}

static void json_freep(json_t **value)
{
	json_decref(*value);
}

int json_read(const char *text, size_t len, const char *name, size_t line, struct arena *arena,
	      const struct json **ret, struct err *err)
{
	_cleanup_(json_freep) json_t *tree = NULL;
	json_error_t fault;
	struct json *value;

	if (len > JSON_LIMIT)
		return err_set(err, ERR_DATA, "%s:%zu: JSON of %zu bytes, expected at most %zu",
			       name, line, len, JSON_LIMIT);
	if (too_deep(text, len))
		return err_set(err, ERR_DATA, "%s:%zu: JSON is nested deeper than %d", name, line,
			       JSON_DEPTH);
	tree = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &fault);
	if (!tree)
		return err_set(err, ERR_DATA, "%s:%zu:%d: not valid JSON: %s", name,
			       line + (fault.line > 0 ? (size_t)fault.line - 1 : 0), fault.column,
			       fault.text);
	value = arena_new(arena, struct json);
	json_move(tree, value, arena);
	*ret = value;
	return 0;
}

const struct json *json_get(const struct json *map, const char *key)
{
	if (!map || map->type != JSON_MAP)
		return NULL;
	for (size_t i = 0; i < map->n; i++)
		if (strcmp(map->keys[i], key) == 0)
			return map->v[i].type == JSON_NONE ? NULL : &map->v[i];
	return NULL;
}

const char *json_text(const struct json *map, const char *key)
{
	const struct json *value = json_get(map, key);

	return value && value->type == JSON_STR ? value->s : NULL;
}

double json_num(const struct json *map, const char *key)
{
	const struct json *value = json_get(map, key);

	if (value && value->type == JSON_INT)
		return (double)value->i;
	return value && value->type == JSON_NUMBER ? value->d : NAN;
}

void json_put_str(struct buf *buf, const char *s)
{
	const char *plain = s;

	if (!s) {
		buf_puts(buf, "null");
		return;
	}
	buf_putc(buf, '"');
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
			continue;
		buf_add(buf, plain, (size_t)(s - plain));
		plain = s + 1;
		if (c == '"' || c == '\\')
			buf_printf(buf, "\\%c", c);
		else if (c == '\n')
			buf_puts(buf, "\\n");
		else if (c == '\t')
			buf_puts(buf, "\\t");
		else
			buf_printf(buf, "\\u%04x", c);
	}
	buf_add(buf, plain, (size_t)(s - plain));
	buf_putc(buf, '"');
}

void json_put_num(struct buf *buf, double value)
{
	char text[32];

	buf_puts(buf, num_write(value, text) ? text : "null");
}

static int by_key(const void *a, const void *b, void *keys)
{
	const char *const *k = keys;

	return strcmp(k[*(const size_t *)a], k[*(const size_t *)b]);
}

static void json_write_map(struct buf *buf, const struct json *map)
{
	size_t *order = calloc(map->n + 1, sizeof *order);

	for (size_t i = 0; i < map->n; i++)
		order[i] = i;
	qsort_r(order, map->n, sizeof *order, by_key, map->keys);
	buf_putc(buf, '{');
	for (size_t i = 0; i < map->n; i++) {
		if (i)
			buf_putc(buf, ',');
		json_put_str(buf, map->keys[order[i]]);
		buf_putc(buf, ':');
		json_write(buf, &map->v[order[i]]);
	}
	buf_putc(buf, '}');
	free(order);
}

void json_write(struct buf *buf, const struct json *value)
{
	switch (value->type) {
	case JSON_MAP:
		json_write_map(buf, value);
		break;
	case JSON_LIST:
		buf_putc(buf, '[');
		for (size_t i = 0; i < value->n; i++) {
			if (i)
				buf_putc(buf, ',');
			json_write(buf, &value->v[i]);
		}
		buf_putc(buf, ']');
		break;
	case JSON_STR:
		json_put_str(buf, value->s);
		break;
	case JSON_INT:
		buf_printf(buf, "%lld", (long long)value->i);
		break;
	case JSON_NUMBER:
		json_put_num(buf, value->d);
		break;
	case JSON_BOOL:
		buf_puts(buf, value->b ? "true" : "false");
		break;
	case JSON_NONE:
		buf_puts(buf, "null");
	}
}
