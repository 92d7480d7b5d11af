/* SPDX-License-Identifier: GPL-3.0-or-later */
/* unit_finder.c - the unit that a cell of a foreign table means. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "measure/unit_finder.h"

#define SLIP_LEAST 9     /* letters of a name in which one wrong letter is forgiven */
#define LONGEST 200
#define SEEN_SLOTS 8192   /* a power of two */

static int by_key(const void *a, const void *b)
{
	const struct unit_key *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : strcmp(x->unit, y->unit);
}

/* The words that tell names apart: folded, without articles and "and", "st" written out. */
static const char *name_key(struct arena *arena, const char *name)
{
	static const char *const idle[] = {"the", "and", "of"};
	_cleanup_(buf_free) struct buf key = {0};
	struct token *tokens;
	size_t n = text_tokens(name, strlen(name), arena, &tokens);

	for (size_t i = 0; i < n; i++) {
		const char *word = strcmp(tokens[i].s, "st") == 0 ? "saint" : tokens[i].s;
		bool skip = false;

		for (size_t k = 0; k < LENGTH(idle); k++)
			skip |= strcmp(word, idle[k]) == 0;
		if (!skip)
			buf_printf(&key, "%s%s", key.len ? " " : "", word);
	}
	return arena_dup(arena, key.len ? key.s : "");
}

static const char *upper(struct arena *arena, const char *s)
{
	char *copy = arena_dup(arena, s);

	for (char *c = copy; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return copy;
}

static const char *find_key(const struct unit_key *keys, size_t n, const char *key)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(keys[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && strcmp(keys[low].key, key) == 0 ? keys[low].unit : NULL;
}

/* Of several rows of one code the first stays, as the table has them in the order of units. */
static void sort_keys(struct unit_key *keys, size_t n)
{
	if (n)
		qsort(keys, n, sizeof *keys, by_key);
}

static void add_codes(struct unit_finder *finder, const struct atlas *atlas)
{
	static const char *const schemes[] = {"iso3", "vdem", "iso2"};

	finder->codes = arena_array(finder->arena, struct unit_key, atlas->n_units +
				    LENGTH(schemes) * atlas->n_codes + 1);
	finder->numbers = arena_array(finder->arena, struct unit_key, 2 * atlas->n_codes + 1);
	for (size_t i = 0; i < atlas->n_units; i++)
		finder->codes[finder->n_codes++] =
			(struct unit_key){upper(finder->arena, atlas->units[i]->r.unit), atlas->units[i]->r.unit};
	for (size_t i = 0; i < atlas->n_codes; i++) {
		const struct unit_code *code = &atlas->codes[i];

		for (size_t k = 0; k < LENGTH(schemes); k++)
			if (strcmp(code->scheme, schemes[k]) == 0)
				finder->codes[finder->n_codes++] =
					(struct unit_key){upper(finder->arena, code->code), code->unit};
		/* a number is read as Gleditsch and Ward's; COW's follow behind a sign of their own */
		if (strcmp(code->scheme, "gw") == 0)
			finder->numbers[finder->n_numbers++] = (struct unit_key){code->code, code->unit};
		else if (strcmp(code->scheme, "cow") == 0)
			finder->numbers[finder->n_numbers++] =
				(struct unit_key){arena_printf(finder->arena, "c%s", code->code), code->unit};
	}
	sort_keys(finder->codes, finder->n_codes);
	sort_keys(finder->numbers, finder->n_numbers);
}

void unit_finder_open(struct unit_finder *finder, const struct atlas *atlas, struct arena *arena)
{
	*finder = (struct unit_finder){.arena = arena, .atlas = atlas,
				       .seen = arena_array(arena, struct unit_seen, SEEN_SLOTS)};
	add_codes(finder, atlas);
	finder->names = arena_array(arena, struct unit_key, atlas->n_units + atlas->n_names + 1);
	for (size_t i = 0; i < atlas->n_units; i++)
		finder->names[finder->n_names++] =
			(struct unit_key){name_key(arena, atlas->units[i]->name), atlas->units[i]->r.unit};
	for (size_t i = 0; i < atlas->n_names; i++)
		if (str_eq(atlas->names[i].lang, "en"))
			finder->names[finder->n_names++] =
				(struct unit_key){name_key(arena, atlas->names[i].name), atlas->names[i].unit};
	sort_keys(finder->names, finder->n_names);
}

/* The one unit with a name a letter away; NULL when there is none, or more than one. */
static const char *find_slip(const struct unit_finder *finder, const char *key)
{
	const char *found = NULL;
	size_t len = strlen(key);

	for (size_t i = 0; len >= SLIP_LEAST && i < finder->n_names; i++) {
		const struct unit_key *name = &finder->names[i];
		size_t other = strlen(name->key);

		if (other + 1 < len || other > len + 1 || str_distance(name->key, key) > 1)
			continue;
		if (found && strcmp(found, name->unit) != 0)
			return NULL;
		found = name->unit;
	}
	return found;
}

static const char *find_new(struct unit_finder *finder, const char *text, bool *guessed)
{
	const char *key, *unit = NULL;

	if (strlen(text) > LONGEST)
		return NULL;
	if (text[strspn(text, "0123456789")] == '\0') {
		unit = find_key(finder->numbers, finder->n_numbers, text);
		return unit ? unit : find_key(finder->numbers, finder->n_numbers,
					      arena_printf(finder->arena, "c%s", text));
	}
	unit = find_key(finder->codes, finder->n_codes, upper(finder->arena, text));
	key = unit ? NULL : name_key(finder->arena, text);
	if (!unit && *key)
		unit = find_key(finder->names, finder->n_names, key);
	if (!unit && *key) {
		unit = find_slip(finder, key);
		*guessed = unit != NULL;
	}
	return unit;
}

/* Where a text stands among those seen, or may be put: open addressing by FNV-1a. */
static struct unit_seen *seen_slot(const struct unit_finder *finder, const char *text)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	size_t i;

	for (const char *c = text; *c; c++)
		hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
	i = (size_t)hash & (SEEN_SLOTS - 1);
	while (finder->seen[i].text && strcmp(finder->seen[i].text, text) != 0)
		i = (i + 1) & (SEEN_SLOTS - 1);
	return &finder->seen[i];
}

const char *unit_find(struct unit_finder *finder, const char *text, bool *guessed)
{
	struct unit_seen found = {0}, *slot = seen_slot(finder, text);

	if (!slot->text) {
		found.unit = find_new(finder, text, &found.guessed);
		if (found.unit)
			found.unit = atlas_unit(finder->atlas, found.unit)->r.unit;
		found.text = finder->n_seen < SEEN_SLOTS / 2 ? arena_dup(finder->arena, text) : NULL;
		if (!found.text) {   /* too many to remember: none of them is a unit's */
			*guessed = found.guessed;
			return found.unit;
		}
		*slot = found;
		finder->n_seen++;
	}
	*guessed = slot->guessed;
	return slot->unit;
}
