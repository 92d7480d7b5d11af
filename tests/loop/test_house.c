/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_house.c - the tables under data/: which are read, what is said of one that is wrong. */
#include "loop_world.h"

#include <tocsin/codesign.h>
#include <tocsin/respond.h>

/* A folder of tables that is the shipped one, but for `without`. */
static void lend_tables(struct world *world, const char *without)
{
	const char **names, *data = realpath("data", NULL);
	size_t n;

	must(world, file_list("data", &world->arena, &names, &n, &world->err));
	assert_int_equal(mkdir(world_path(world, "data"), 0755), 0);
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], without) != 0)
			assert_int_equal(symlink(arena_printf(&world->arena, "%s/%s", data, names[i]),
						 world_path(world, arena_printf(&world->arena, "data/%s", names[i]))), 0);
	free((void *)data);
}

static int open_lent(struct world *world, struct house **house)
{
	return house_open(world_path(world, "data"), house, &world->err);
}

static void the_shipped_tables_are_read(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	assert_non_null(atlas_unit(&w.house->atlas, "SRB"));
	assert_non_null(rules_find(w.house->rules, "index-falls"));
	assert_true(w.house->instruments->n > 10);
	assert_true(w.house->statuses->n > 10);
	assert_true(w.house->profiles->n > 10);
	world_close(&w);
}

static void a_table_that_lacks_is_not_found_and_named(void **state)
{
	static const char *const tables[] = {"units", "lexicon", "rules", "instruments.csv", "country_status.csv",
					     "profiles"};

	(void)state;
	for (size_t i = 0; i < LENGTH(tables); i++) {
		_cleanup_(house_closep) struct house *house = NULL;
		struct world w;

		world_open(&w);
		lend_tables(&w, tables[i]);
		assert_int_equal(open_lent(&w, &house), ERR_NOT_FOUND);
		assert_non_null(strstr(w.err.msg, tables[i]));
		assert_null(house);
		world_close(&w);
	}
}

static void a_table_that_is_wrong_is_named_with_its_line(void **state)
{
	static const struct { const char *folder, *file, *text, *msg; } cases[] = {
		{"profiles", "data/profiles/x.conf", "[profile]\nunit = QQQ\nowner = x\n",
		 "profiles/x.conf:2:1: unknown unit \"QQQ\""},
		{"rules", "data/rules/x.conf", "[x]\nlevle = 3\n", "rules/x.conf:2:"},
		{"instruments.csv", "data/instruments.csv", "id,name\nx\n", "instruments.csv:"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		_cleanup_(house_closep) struct house *house = NULL;
		struct world w;

		world_open(&w);
		lend_tables(&w, cases[i].folder);
		world_put(&w, cases[i].file, cases[i].text);
		assert_int_equal(open_lent(&w, &house), ERR_DATA);
		if (!str_starts(w.err.msg, cases[i].msg))
			fail_msg("\"%s\" does not begin with \"%s\"", w.err.msg, cases[i].msg);
		world_close(&w);
	}
}

static void a_new_rule_or_profile_is_a_new_file(void **state)
{
	_cleanup_(house_closep) struct house *house = NULL;
	struct world w;

	(void)state;
	world_open(&w);
	lend_tables(&w, "profiles");
	world_put(&w, "data/profiles/XKX.conf", "[profile]\nunit = XKX\nowner = Pristina desk\n");
	world_put(&w, "data/profiles/notes.txt", "a file of another name is no profile\n");
	must(&w, open_lent(&w, &house));
	assert_int_equal(house->profiles->n, 1);
	assert_string_equal(house->profiles->v[0].text, "Pristina desk");
	world_close(&w);
}

static void units_of_an_input_folder_are_known_to_the_next_house(void **state)
{
	_cleanup_(house_closep) struct house *next = NULL;
	const struct unit *unit;
	struct world w;

	(void)state;
	world_open(&w);
	world_put(&w, "in/units.csv", "id,kind,parent,from,past,name\nXAA,territory,SRB,1991,,\"Atlantis, Lower\"\n");
	must(&w, world_round(&w, "in", "2025-01-01"));
	must(&w, house_open("data", &next, &w.err));
	assert_null(atlas_unit(&next->atlas, "XAA"));
	must(&w, house_add_units(next, w.store, &w.err));
	unit = atlas_unit(&next->atlas, "XAA");
	assert_non_null(unit);
	assert_string_equal(unit->name, "Atlantis, Lower");
	assert_string_equal(unit->parent, "SRB");
	assert_string_equal(unit->r.id, atlas_unit(&w.house->atlas, "XAA")->r.id);
	assert_int_equal(next->atlas.n_units, w.house->atlas.n_units);   /* the others are not there twice */
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_tables_are_read),
		cmocka_unit_test(a_table_that_lacks_is_not_found_and_named),
		cmocka_unit_test(a_table_that_is_wrong_is_named_with_its_line),
		cmocka_unit_test(a_new_rule_or_profile_is_a_new_file),
		cmocka_unit_test(units_of_an_input_folder_are_known_to_the_next_house),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("house", tests, NULL, NULL);
}
