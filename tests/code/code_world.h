/* SPDX-License-Identifier: GPL-3.0-or-later */
/* code_world.h - a coder over the shipped tables, and documents to give it. */
#ifndef TOCSIN_TESTS_CODE_WORLD_H
#define TOCSIN_TESTS_CODE_WORLD_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <tocsin/code.h>

struct world {
	struct arena arena;
	struct atlas atlas;
	struct coder *coder;
};

static inline void world_file(struct world *world, const char *path, char **text, size_t *len)
{
	struct err err = {0};

	if (file_read(path, 1 << 24, &world->arena, text, len, &err) < 0)
		fail_msg("%s", err.msg);
}

static inline void world_atlas(struct world *world)
{
	struct err err = {0};
	char *text;
	size_t len;

	world->atlas.arena = &world->arena;
	world_file(world, "data/units/units.csv", &text, &len);
	if (atlas_add_units(&world->atlas, "units.csv", text, len, &err) < 0)
		fail_msg("%s", err.msg);
	world_file(world, "data/units/names.csv", &text, &len);
	if (atlas_add_names(&world->atlas, "names.csv", text, len, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(coder_open(&world->atlas, &world->arena, &world->coder, NULL), 0);
}

static inline void world_lexicons(struct world *world)
{
	struct err err = {0};
	const char **names;
	size_t n, len;
	char *text;

	assert_true(file_list("data/lexicon", &world->arena, &names, &n, &err) >= 0);
	for (int pass = 0; pass < 3; pass++)
		for (size_t i = 0; i < n; i++) {
			char path[256];

			snprintf(path, sizeof path, "data/lexicon/%s", names[i]);
			world_file(world, path, &text, &len);
			if (coder_add_file(world->coder, pass, names[i], text, len, &err) < 0)
				fail_msg("%s", err.msg);
		}
	world_file(world, "data/units/cities.csv", &text, &len);
	if (coder_add_cities(world->coder, "cities.csv", text, len, &err) < 0)
		fail_msg("%s", err.msg);
}

/* For group set-up: *state is a world with everything loaded. */
static inline int world_make(void **state)
{
	static struct world world;

	world = (struct world){0};
	world_atlas(&world);
	world_lexicons(&world);
	*state = &world;
	return 0;
}

static inline int world_drop(void **state)
{
	struct world *world = *state;

	arena_free(&world->arena);
	return 0;
}

static inline struct document *document_make(struct arena *arena, const char *key, const char *lang,
					     const char *title, const char *body)
{
	struct document *document = record_new(arena, &kind_document);

	document->feed = "wire";
	document->key = arena_dup(arena, key);
	document->lang = lang;
	document->title = title;
	document->body = body;
	document->published = document->r.known = instant_of_day(2025, 6, 11);   /* a Wednesday */
	record_identify(arena, document);
	return document;
}

/* Code one document; the event or NULL. */
static inline struct event *code_one(const struct world *world, struct records *out,
				     struct document *document)
{
	const struct code_setup setup = {world->coder};
	struct records in = {.arena = out->arena};
	size_t i = 0;

	records_add(&in, document);
	assert_int_equal(code_run(&setup, &in, out, NULL, NULL), 0);
	return records_next(out, &kind_event, &i);
}

static inline struct event *code_text(const struct world *world, struct records *out,
				      const char *lang, const char *title, const char *body)
{
	return code_one(world, out, document_make(out->arena, "guid:1", lang, title, body));
}

#endif
