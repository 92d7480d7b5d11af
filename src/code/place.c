/* SPDX-License-Identifier: GPL-3.0-or-later */
/* place.c - tables of place names, and finding them in a text. See place.h. */
#include <ctype.h>
#include <string.h>

#include "code/place.h"

enum place_kind {
	PLACE_NAME,
	PLACE_DEMONYM,
	PLACE_CAPITAL,
	PLACE_CITY,
	PLACE_INSTITUTION,
	PLACE_PERSON,
	PLACE_NOT,
	PLACE_HOMONYM,
	PLACE_KINDS
};

static const char *const kind_names[PLACE_KINDS] = {
	"name", "demonym", "capital", "city", "institution", "person", "not", "homonym",
};

static const double kind_weights[PLACE_KINDS] = {1, 0.9, 0.9, 0.8, 0.8, 0.6, 0, 0};

#define BODY_WEIGHT                                                                                \
	0.2 /* a body (EU) acts everywhere; a country named beside it is what is meant */

struct form {
	const char *text;          /* as written, for its capitals */
	const struct unit *unit;   /* an entity's parent; NULL: hides only */
	enum place_kind kind;
	bool homonym;              /* of a person or word */
	const struct unit *rival;  /* homonym of something there */
};

struct place_table {
	struct pattern_set *phrases;
	struct form *forms;
	size_t n_forms, cap_forms;
};

static const struct unit *unit_meant(const struct atlas *atlas, const char *key)
{
	const struct unit *unit = key ? atlas_unit(atlas, key) : NULL;

	if (unit && unit->parent && str_eq(unit->type, "entity"))
		unit = atlas_unit(atlas, unit->parent);
	return unit;
}

/* A form already there keeps its unit, unless the new one says `not`; a homonym only adds to it. */
static int form_add(struct coder *coder, struct place_table *table, const char *text,
		    const struct unit *unit, enum place_kind kind, struct err *err)
{
	int r;
	uint32_t old =
		pattern_add(table->phrases, text, strlen(text), (uint32_t)table->n_forms, &r, err);
	struct form form = {.text = arena_dup(coder->arena, text), .unit = unit, .kind = kind};
	struct form *at;

	if (r < 0)
		return r;
	if (old == PATTERN_NONE) {
		at = arena_push(coder->arena, table->forms, table->n_forms, table->cap_forms);
		*at = form;
		if (kind == PLACE_HOMONYM)
			at->unit = NULL;   /* of nothing known: hides */
		return 0;
	}
	at = &table->forms[old];
	if (kind == PLACE_HOMONYM) {
		at->homonym = at->homonym || !unit;
		at->rival = unit ? unit : at->rival;
	} else if (kind == PLACE_NOT) {
		*at = form;
	} else if (!at->unit && at->kind == PLACE_HOMONYM) {
		at->unit = unit;
	}
	return 0;
}

struct place_table *places_open(struct coder *coder, const char *lang)
{
	struct place_table *table = arena_new(coder->arena, struct place_table);
	const struct atlas *atlas = coder->atlas;
	size_t len = strcspn(lang, "-");

	table->phrases = pattern_open(coder->arena);
	for (size_t i = 0; i < atlas->n_names; i++) {
		const struct unit_name *name = &atlas->names[i];

		if (strncmp(name->lang, lang, len) == 0 && strcspn(name->lang, "-") == len)
			form_add(coder, table, name->name, unit_meant(atlas, name->unit),
				 PLACE_NAME, NULL);
	}
	return table;
}

int places_read(struct coder *coder, struct place_table *table, const char *name, const char *text,
		size_t len, struct err *err)
{
	struct csv csv;
	struct err why = {0};
	int unit_at, form_at, kind_at, r = csv_open(&csv, name, text, len, ',', coder->arena, err);

	if (r < 0 || (unit_at = csv_need(&csv, "unit", err)) < 0 ||
	    (form_at = csv_need(&csv, "form", err)) < 0)
		return ERR_DATA;
	kind_at = csv_column(&csv, "kind");
	while ((r = csv_next(&csv, coder->arena, err)) > 0) {
		const char *key = csv_text(&csv, unit_at), *form = csv_text(&csv, form_at);
		const char *word = csv_text(&csv, kind_at);
		const struct unit *unit = unit_meant(coder->atlas, key);
		size_t kind = word ? 0 : PLACE_DEMONYM;

		while (kind < PLACE_KINDS && word && strcmp(word, kind_names[kind]) != 0)
			kind++;
		if (kind == PLACE_KINDS)
			return csv_error(&csv, (size_t)kind_at, err, "unknown kind \"%s\"", word);
		if ((key || kind < PLACE_NOT) && !unit)
			return csv_error(&csv, (size_t)unit_at, err, "unknown unit \"%s\"",
					 key ? key : "");
		if (!form || form_add(coder, table, form, unit, (enum place_kind)kind, &why) < 0)
			return csv_error(&csv, (size_t)form_at, err, "%s",
					 form ? why.msg : "empty form");
	}
	return r;
}

int coder_add_cities(struct coder *coder, const char *name, const char *text, size_t len,
		     struct err *err)
{
	struct csv csv;
	int unit_at, lang_at, name_at, r = csv_open(&csv, name, text, len, ',', coder->arena, err);

	if (r < 0 || (unit_at = csv_need(&csv, "unit", err)) < 0 ||
	    (lang_at = csv_need(&csv, "lang", err)) < 0 ||
	    (name_at = csv_need(&csv, "name", err)) < 0)
		return ERR_DATA;
	while ((r = csv_next(&csv, coder->arena, err)) > 0) {
		const char *key = csv_text(&csv, unit_at), *lang = csv_text(&csv, lang_at);
		const char *form = csv_text(&csv, name_at);
		const struct unit *unit = unit_meant(coder->atlas, key);
		const struct language *language;

		if (!unit)
			return csv_error(&csv, (size_t)unit_at, err, "unknown unit \"%s\"",
					 key ? key : "");
		language = lang && form ? language_find(coder, lang) : NULL;
		if (language)
			form_add(coder, language->places, form, unit, PLACE_CITY, NULL);
	}
	return r;
}

/* ---- finding ---- */

static bool is_upper(const char *s)
{
	const unsigned char c = (unsigned char)*s, d = c ? (unsigned char)s[1] : 0;

	/* ASCII, and the Latin-1 capitals that begin names in French and kin; others count as not
	 */
	return isupper(c) || (c == 0xC3 && d >= 0x80 && d <= 0x9E && d != 0x97);
}

static bool is_all_upper(const char *s, size_t len)
{
	size_t letters = 0;

	for (size_t i = 0; i < len; i++) {
		if (islower((unsigned char)s[i]))
			return false;
		letters += isupper((unsigned char)s[i]) != 0;
	}
	return letters >= 2;
}

/* True if the words as written have the capitals that the form asks for. */
static bool capitals_agree(const struct form *form, const char *text, const struct token *tokens,
			   const struct pattern_hit *hit)
{
	const char *from = text + tokens[hit->first].start;

	if (is_all_upper(form->text, strlen(form->text)))
		return is_all_upper(from, tokens[hit->past - 1].end - tokens[hit->first].start);
	return !is_upper(form->text) || tokens[hit->first].capital;
}

/* Two capitalised words side by side, with one blank between. */
static bool are_joined(const char *text, const struct token *a, const struct token *b)
{
	return a->capital && b->capital && b->start == a->end + 1 && text[a->end] == ' ';
}

static bool is_doubtful(const char *text, const struct token *tokens, size_t n, const bool *matched,
			const struct place_table *table, size_t len, const struct pattern_hit *hit)
{
	struct pattern_hit other;

	if (hit->first && !matched[hit->first - 1] &&
	    are_joined(text, &tokens[hit->first - 1], &tokens[hit->first]))
		return true;
	return hit->past < n && !matched[hit->past] &&
	       are_joined(text, &tokens[hit->past - 1], &tokens[hit->past]) &&
	       !pattern_at(table->phrases, text, len, tokens, n, hit->past, &other);
}

size_t places_find(const struct place_table *table, const char *text, size_t len,
		   const struct token *tokens, size_t n, const bool *matched, struct arena *arena,
		   struct place_hit **ret)
{
	struct place_hit *hits = NULL;
	size_t n_hits = 0, cap = 0;
	struct pattern_hit hit;

	for (size_t i = 0; i < n; i++) {
		const struct form *form;
		double weight;

		if (!pattern_at(table->phrases, text, len, tokens, n, i, &hit))
			continue;
		form = &table->forms[hit.value];
		if (!capitals_agree(form, text, tokens, &hit))
			continue;
		weight = kind_weights[form->kind];
		if (form->unit && str_eq(form->unit->type, "body"))
			weight *= BODY_WEIGHT;
		*arena_push(arena, hits, n_hits, cap) = (struct place_hit){
			.unit = form->unit,
			.first = hit.first,
			.past = hit.past,
			.weight = weight,
			.adjective = form->kind == PLACE_DEMONYM,
			.form = hit.value,
			.rival = form->rival,
			.sure = !form->homonym && !form->rival,
			.lone = form->homonym &&
				is_doubtful(text, tokens, n, matched, table, len, &hit),
		};
		i = hit.past - 1;
	}
	*ret = hits;
	return n_hits;
}
