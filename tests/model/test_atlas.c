/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_atlas.c - units, their dated codes and names, their neighbours. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <tocsin/model.h>

#define ADD(what, text) atlas_add_##what(&atlas, #what ".csv", text, strlen(text), &err)

static const char units[] =
	"id,kind,parent,from,past,name\n"
	"SRB,state,,2006-06-05,,Serbia\n"
	"SCG,state,,1992-04-27,2006-06-05,Serbia and Montenegro\n"
	"BIH,state,,1992-04-07,,Bosnia and Herzegovina\n"
	"RS,entity,BIH,1992-04-07,,Republika Srpska\n"
	"PSE,territory,,,,West Bank\n"
	"EUE,body,,1993-11-01,,European Union\n";

/* Gleditsch and Ward: 345 is Yugoslavia and its rest, 340 Serbia since 5 June 2006. */
static const char codes[] =
	"unit,scheme,code,from,past\n"
	"SRB,gw,340,2006-06-05,\n"
	"SRB,gw,345,1992-04-27,2006-06-05\n"
	"SRB,iso2,RS,,\n"
	"SRB,iso3,SRB,,\n"
	"SCG,iso3,SCG,,2006-06-05\n"
	"BIH,gw,346,1992-04-07,\n";

static struct instant on(const char *day)
{
	struct instant at;

	assert_int_equal(instant_read(day, &at, NULL), 0);
	return at;
}

static const char *key(const struct unit *unit)
{
	return unit ? unit->r.unit : "-";
}

static void a_code_belongs_to_a_unit_by_date(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct atlas atlas = {.arena = &arena};
	struct err err;

	(void)state;
	assert_int_equal(ADD(units, units), 0);
	assert_int_equal(ADD(codes, codes), 0);
	assert_string_equal(key(atlas_by_code(&atlas, "gw", "345", on("2006-06-04"))), "SRB");
	assert_string_equal(key(atlas_by_code(&atlas, "gw", "340", on("2006-06-04"))), "-");
	assert_string_equal(key(atlas_by_code(&atlas, "gw", "345", on("2006-06-05"))), "-");
	assert_string_equal(key(atlas_by_code(&atlas, "gw", "340", on("2006-06-05"))), "SRB");
	assert_string_equal(key(atlas_by_code(&atlas, "gw", "345", on("1992-04-26"))), "-");
	assert_string_equal(key(atlas_by_code(&atlas, "gw", "345", (struct instant){0})), "SRB");
	assert_string_equal(key(atlas_by_code(&atlas, "cow", "345", on("2000"))), "-");
}

static void units_have_kinds_parents_and_ids(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct atlas atlas = {.arena = &arena};
	struct err err;

	(void)state;
	assert_int_equal(ADD(units, units), 0);
	assert_int_equal(atlas.n_units, 6);
	assert_string_equal(atlas_unit(&atlas, "RS")->parent, "BIH");
	assert_string_equal(atlas_unit(&atlas, "RS")->type, "entity");
	assert_null(atlas_unit(&atlas, "SRB")->parent);
	assert_ptr_equal(kind_of_id(atlas_unit(&atlas, "EUE")->r.id), &kind_unit);
	assert_null(atlas_unit(&atlas, "srb"));
}

static void a_later_row_replaces_the_unit(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct atlas atlas = {.arena = &arena};
	struct err err;

	(void)state;
	assert_int_equal(ADD(units, units), 0);
	assert_int_equal(ADD(units, "id,kind,name\nPSE,territory,Palestine\n"), 0);   /* optional columns may lack */
	assert_int_equal(atlas.n_units, 6);
	assert_string_equal(atlas_unit(&atlas, "PSE")->name, "Palestine");
}

static void a_unit_is_guessed_from_key_code_or_english_name(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct atlas atlas = {.arena = &arena};
	struct err err;

	(void)state;
	assert_int_equal(ADD(units, units), 0);
	assert_int_equal(ADD(codes, codes), 0);
	assert_int_equal(ADD(names, "unit,lang,name,standard\nSRB,en,Republic of Serbia,0\nSRB,fr,Serbie,1\n"), 0);
	assert_string_equal(key(atlas_guess(&atlas, "srb")), "SRB");
	assert_string_equal(key(atlas_guess(&atlas, "SERBIA")), "SRB");
	assert_string_equal(key(atlas_guess(&atlas, "rs")), "RS");   /* a key comes before a code */
	assert_string_equal(key(atlas_guess(&atlas, "republic of serbia")), "SRB");
	assert_string_equal(key(atlas_guess(&atlas, "Serbie")), "-");
	assert_string_equal(key(atlas_guess(&atlas, "340")), "-");
}

static void neighbours_are_neighbours_both_ways(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct atlas atlas = {.arena = &arena};
	struct err err;

	(void)state;
	assert_int_equal(ADD(units, units), 0);
	assert_int_equal(ADD(borders, "unit,neighbour\nSRB,BIH\n"), 0);
	assert_true(atlas_borders(&atlas, "SRB", "BIH"));
	assert_true(atlas_borders(&atlas, "BIH", "SRB"));
	assert_false(atlas_borders(&atlas, "BIH", "PSE"));
}

static void names_keep_their_language_and_script(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct atlas atlas = {.arena = &arena};
	struct err err;

	(void)state;
	assert_int_equal(ADD(units, units), 0);
	assert_int_equal(ADD(names, "unit,lang,script,name,standard\nSRB,sr,Cyrl,Србија,1\nSRB,sr,Latn,Srbija,0\n"), 0);
	assert_int_equal(atlas.n_names, 2);
	assert_string_equal(atlas.names[0].script, "Cyrl");
	assert_string_equal(atlas.names[0].name, "Србија");
	assert_true(atlas.names[0].standard);
	assert_false(atlas.names[1].standard);
}

static void bad_rows_are_named(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct atlas atlas = {.arena = &arena};
	struct err err;

	(void)state;
	assert_int_equal(ADD(units, "id,kind,name\nX,planet,Mars\n"), ERR_DATA);
	assert_string_equal(err.msg, "units.csv:2:3: kind is \"planet\", expected state, territory, entity or body");
	assert_int_equal(ADD(units, "id,kind,name\n,state,Nowhere\n"), ERR_DATA);
	assert_string_equal(err.msg, "units.csv:2:1: a unit needs an id and a name");
	assert_int_equal(ADD(units, "id,kind,name,from\nX,state,Y,1992-13\n"), ERR_DATA);
	assert_string_equal(err.msg, "units.csv:2:11: \"1992-13\" is not a date");
	assert_int_equal(ADD(units, "id,name\n"), ERR_DATA);
	assert_int_equal(ADD(units, units), 0);
	assert_int_equal(ADD(codes, "unit,scheme,code\nYUG,gw,345\n"), ERR_DATA);
	assert_string_equal(err.msg, "codes.csv:2:1: unknown unit \"YUG\"");
	assert_int_equal(ADD(codes, "unit,scheme,code\nSRB,gw,\n"), ERR_DATA);
	assert_int_equal(ADD(names, "unit,lang,name\nSRB,,Serbia\n"), ERR_DATA);
	assert_int_equal(ADD(borders, "unit,neighbour\nSRB,XXA\n"), ERR_DATA);
	assert_string_equal(err.msg, "borders.csv:2:5: unknown unit \"XXA\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_code_belongs_to_a_unit_by_date),
		cmocka_unit_test(units_have_kinds_parents_and_ids),
		cmocka_unit_test(a_later_row_replaces_the_unit),
		cmocka_unit_test(a_unit_is_guessed_from_key_code_or_english_name),
		cmocka_unit_test(neighbours_are_neighbours_both_ways),
		cmocka_unit_test(names_keep_their_language_and_script),
		cmocka_unit_test(bad_rows_are_named),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("atlas", tests, NULL, NULL);
}
