/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coder.c - a coder: made empty, its languages, and which file of data/lexicon is what. */
#include <assert.h>
#include <string.h>

#include "code/lexicon.h"
#include "code/place.h"

int coder_open(const struct atlas *atlas, struct arena *arena, struct coder **ret, struct err *err)
{
	struct coder *coder = arena_new(arena, struct coder);

	assert(atlas);
	if (!atlas->n_units)
		return err_hint(err, err_set(err, ERR_DATA, "the atlas has no units"),
				"Load data/units before the coder.");
	coder->atlas = atlas;
	coder->arena = arena;
	for (size_t i = 0; i < MARKS; i++)
		coder->marks[i] = SIZE_MAX;
	for (size_t i = 0; i < n_civic_classes; i++)
		*arena_push(arena, coder->classes, coder->n_classes, coder->cap_classes) =
			(struct class){civic_classes[i], false};
	*ret = coder;
	return 0;
}

struct language *language_need(struct coder *coder, const char *tag)
{
	struct language *language;

	for (size_t i = 0; i < coder->n_languages; i++)
		if (strcmp(coder->languages[i].tag, tag) == 0)
			return &coder->languages[i];
	language = arena_push(coder->arena, coder->languages, coder->n_languages,
			      coder->cap_languages);
	*language = (struct language){
		.tag = arena_dup(coder->arena, tag),
		.phrases = pattern_open(coder->arena),
	};
	language->places = places_open(coder, tag);
	return language;
}

const struct language *language_find(const struct coder *coder, const char *tag)
{
	size_t len = tag ? strcspn(tag, "-") : 0;

	for (size_t pass = 0; tag && pass < 2; pass++)
		for (size_t i = 0; i < coder->n_languages; i++) {
			const struct language *language = &coder->languages[i];

			if (language->has_lexicon &&
			    (pass ? strlen(language->tag) == len &&
					     strncmp(language->tag, tag, len) == 0
				  : strcmp(language->tag, tag) == 0))
				return language;
		}
	return NULL;
}

bool coder_speaks(const struct coder *coder, const char *lang)
{
	return language_find(coder, lang) != NULL;
}

int coder_add_demonyms(struct coder *coder, const char *lang, const char *name, const char *text,
		       size_t len, struct err *err)
{
	return places_read(coder, language_need(coder, lang)->places, name, text, len, err);
}

/* "demonyms.fr.csv": the tag between prefix and suffix; NULL if the name has another form. */
static const char *tag_of(struct arena *arena, const char *name, const char *prefix,
			  const char *suffix)
{
	size_t head = strlen(prefix), tail = strlen(suffix), len = strlen(name);

	if (len <= head + tail || !str_starts(name, prefix) ||
	    strcmp(name + len - tail, suffix) != 0 || memchr(name + head, '.', len - head - tail))
		return NULL;
	return arena_ndup(arena, name + head, len - head - tail);
}

int coder_add_file(struct coder *coder, int pass, const char *name, const char *text, size_t len,
		   struct err *err)
{
	const char *tag;
	int r;

	if (strcmp(name, "rules.tsv") == 0)
		r = pass == 0 ? coder_add_rules(coder, name, text, len, err) : 0;
	else if ((tag = tag_of(coder->arena, name, "", ".tsv")) != NULL)
		r = pass == 1 ? coder_add_lexicon(coder, tag, name, text, len, err) : 0;
	else if ((tag = tag_of(coder->arena, name, "demonyms.", ".csv")) != NULL)
		r = pass == 2 ? coder_add_demonyms(coder, tag, name, text, len, err) : 0;
	else
		return 0;
	return r < 0 ? r : 1;
}
