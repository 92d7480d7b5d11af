/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop_world.h - a folder that is removed at the end, stores in it, and the shipped tables. */
#ifndef TESTS_LOOP_LOOP_WORLD_H
#define TESTS_LOOP_LOOP_WORLD_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tocsin/loop.h>

struct world {
	char room[40];
	struct arena arena;
	struct house *house;
	struct store *store;
	struct round round;
	struct err err;
};

#define must(world, call) world_must((world), (call), #call, __LINE__)

static inline void world_must(const struct world *world, int r, const char *call, int line)
{
	if (r < 0)
		fail_msg("line %d: %s: %s", line, call, world->err.msg);
}

static inline const char *world_path(struct world *world, const char *name)
{
	return arena_printf(&world->arena, "%s/%s", world->room, name);
}

/* A file of the room, with the folder it stands in. */
static inline void world_put(struct world *world, const char *name, const char *text)
{
	char *path = arena_printf(&world->arena, "%s/%s", world->room, name), *slash = strrchr(path, '/');

	*slash = '\0';
	if (!file_is_dir(path))
		assert_int_equal(mkdir(path, 0755), 0);
	*slash = '/';
	must(world, file_write(path, text, strlen(text), &world->err));
}

static inline void world_open(struct world *world)
{
	*world = (struct world){.room = "/tmp/tocsin-loop-XXXXXX"};
	assert_non_null(mkdtemp(world->room));
	must(world, house_open("data", &world->house, &world->err));
	must(world, store_open(world_path(world, "a.db"), STORE_CREATE, &world->store, &world->err));
}

static inline int remove_one(const char *path, const struct stat *about, int flag, struct FTW *walk)
{
	(void)about, (void)flag, (void)walk;
	return remove(path);
}

static inline void world_close(struct world *world)
{
	store_close(world->store);
	house_close(world->house);
	arena_free(&world->arena);
	nftw(world->room, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Another store of the room in place of the present one. */
static inline void world_store(struct world *world, const char *name)
{
	store_close(world->store);
	must(world, store_open(world_path(world, name), STORE_CREATE, &world->store, &world->err));
}

static inline struct instant day_of(const char *text)
{
	struct instant at = {0};

	if (text)
		assert_int_equal(instant_read(text, &at, NULL), 0);
	return at;
}

/* A whole round; `input` in the room or NULL, `as_of` NULL for the newest known. The clock says 2026. */
static inline int world_round(struct world *world, const char *input, const char *as_of)
{
	world->round = (struct round){0};
	world->err = (struct err){0};
	return round_run(world->store, world->house, input ? world_path(world, input) : NULL, day_of(as_of),
			 STAGE_COLLECT, STAGE_RESPOND, day_of("2026-01-01T00:00:00Z"), &world->arena, &world->round,
			 &world->err);
}

static inline const char *world_hash(struct world *world)
{
	char hex[65];

	must(world, store_hash(world->store, hex, &world->err));
	return arena_dup(&world->arena, hex);
}

static inline int64_t world_count(struct world *world, const struct kind *kind)
{
	int64_t n = store_count(world->store, kind, AS_OF_ALL, &world->err);

	assert_true(n >= 0);
	return n;
}

#define ITEM(guid, date, title, body) "<item><title>" title "</title><guid>" guid "</guid><pubDate>" date \
	"</pubDate><description>" body "</description></item>"
#define FEED(items) "<rss version=\"2.0\"><channel><title>W</title><language>en</language>" items "</channel></rss>\n"
#define DETAINED(guid, date) ITEM(guid, date, "Police detain students in Belgrade", \
				  "Serbian police detained twelve students at a protest.")

#endif
