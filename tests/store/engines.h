/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engines.h - a store in memory and, where TOCSIN_TEST_PG names a server, one on
 * PostgreSQL beside it: what is asked of one is asked of both, and compared.
 */
#ifndef TESTS_STORE_ENGINES_H
#define TESTS_STORE_ENGINES_H

#include "tests/store/kept.h"

#include "tests/model/any_record.h"

#define with_engines(test) cmocka_unit_test_setup_teardown(test, engines_make, engines_drop)
#define each_engine(e, engines) for (size_t e = 0; e < (engines)->n; e++)

struct engines {
	struct arena arena;
	struct store *v[2];
	size_t n;
};

static inline int engines_make(void **state)
{
	struct engines *engines = calloc(1, sizeof *engines);

	engines->v[engines->n++] = opened(":memory:", STORE_CREATE);
	if (on_server())
		engines->v[engines->n++] = opened(database_make(&engines->arena), STORE_CREATE);
	*state = engines;
	return 0;
}

static inline int engines_drop(void **state)
{
	struct engines *engines = *state;

	each_engine(e, engines)
		store_close(engines->v[e]);
	arena_free(&engines->arena);
	free(engines);
	return 0;
}

static inline void assert_same_hash(struct engines *engines)
{
	char first[65], other[65];

	hash_of(engines->v[0], first);
	each_engine(e, engines) {
		assert_string_equal(hash_of(engines->v[e], other), first);
		assert_sound(engines->v[e]);
	}
}

/* Every engine keeps it, and gives back what was put. */
static inline void assert_kept(struct engines *engines, struct record *r)
{
	each_engine(e, engines) {
		struct record *read;

		assert_int_equal(put_alone(engines->v[e], r), PUT_NEW);
		assert_int_equal(store_get(engines->v[e], r->id, AS_OF_ALL, &engines->arena, &read, NULL), 0);
		assert_string_equal(json_of(&engines->arena, read), json_of(&engines->arena, r));
	}
}

#endif
