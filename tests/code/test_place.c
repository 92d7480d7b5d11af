/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_place.c - which unit a text is about, in English and French, and the names that mislead. */
#include "code_world.h"

#include "code/reading.h"

static const char *unit_of(const struct world *world, const char *lang, const char *title,
			   const char *body)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct document *document = document_make(&arena, "guid:1", lang, title, body);
	struct reading reading = {.coder = world->coder, .arena = &arena,
				  .language = language_find(world->coder, lang)};
	const struct place_hit *hit;
	const struct unit *unit;
	size_t part;

	reading_make(&reading, document);
	unit = reading_unit(&reading, &hit, &part);
	return unit ? unit->r.unit : "none";
}

static void each_names_its_unit(const struct world *world, const char *lang,
				const char *const cases[][2], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *unit = unit_of(world, lang, cases[i][0], NULL);

		if (!str_eq(unit, cases[i][1]))
			fail_msg("\"%s\" is %s, not %s", cases[i][0], cases[i][1], unit);
	}
}

static void names_demonyms_cities_and_institutions_tell_the_unit(void **state)
{
	static const char *const en[][2] = {
		{"Protest in Serbia", "SRB"},
		{"Serbian students march", "SRB"},
		{"March in Belgrade", "SRB"},
		{"Georgian Dream passes bill", "GEO"},
		{"Tbilisi court jails reporter", "GEO"},
		{"Senegalese police fire tear gas", "SEN"},
		{"Malian junta bans parties", "MLI"},
		{"Vote in Papua New Guinea", "PNG"},
		{"Vote in Equatorial Guinea", "GNQ"},
		{"Nigerien troops", "NER"},
		{"Nigerian troops", "NGA"},
		{"South Sudanese rebels", "SSD"},
		{"Court in Banja Luka", "BIH"},
		{"The assembly of Republika Srpska", "BIH"},
		{"Dominican court", "DOM"},
		{"U.S. court rules", "USA"},
		{"Côte d'Ivoire votes", "CIV"},
	};
	static const char *const fr[][2] = {
		{"Manifestation en Serbie", "SRB"},
		{"Les étudiants serbes défilent", "SRB"},
		{"La police tunisienne", "TUN"},
		{"Scrutin au Tchad", "TCD"},
		{"Le pouvoir malien", "MLI"},
		{"Le Parlement de Republika Srpska", "BIH"},
		{"La Centrafrique vote", "CAF"},
		{"L'opposition en République démocratique du Congo", "COD"},
		{"Les Algériennes votent", "DZA"},
	};

	each_names_its_unit(*state, "en", en, LENGTH(en));
	each_names_its_unit(*state, "fr", fr, LENGTH(fr));
}

static void names_that_mean_something_else_do_not_count(void **state)
{
	static const char *const en[][2] = {
		{"Michael Jordan sells team", "none"}, {"Chad Smith plays drums", "none"},
		{"Actor Chad Wilson arrested", "none"}, {"They gave us a turkey", "none"},
		{"Atlanta: Georgia votes", "USA"}, {"Governor of Georgia speaks in Atlanta", "USA"},
		{"New Mexico governor", "USA"}, {"The Paris Agreement", "none"},
	};

	each_names_its_unit(*state, "en", en, LENGTH(en));
	assert_string_equal(unit_of(*state, "en", "Georgia votes", "Polls opened in Tbilisi."),
			    "GEO");
	assert_string_equal(unit_of(*state, "en", "Jordan Arrests Activists", NULL), "JOR");
	assert_string_equal(unit_of(*state, "en", "King of Jordan", "In Amman Jordan Times wrote."),
			    "JOR");
}

static void a_body_yields_to_a_country(void **state)
{
	const struct world *world = *state;

	assert_string_equal(unit_of(world, "en", "EU opens talks with Ukraine", NULL), "UKR");
	assert_string_equal(
		unit_of(world, "en", "European Union and Brussels discuss Moldova", NULL), "MDA");
	assert_string_equal(unit_of(world, "fr", "L'UE gèle des fonds destinés à la Hongrie", NULL),
			    "HUN");
	assert_string_equal(unit_of(world, "en", "EU leaders meet", NULL), "EUE");
}

static void who_condemns_or_strikes_from_abroad_is_not_the_place(void **state)
{
	const struct world *world = *state;

	assert_string_equal(unit_of(world, "en", "Germany condemns arrests in Tunisia", NULL),
			    "TUN");
	assert_string_equal(unit_of(world, "en", "Russian missiles hit Kharkiv", NULL), "UKR");
	assert_string_equal(unit_of(world, "en", "US reporter sentenced in Russia", NULL), "RUS");
}

static void the_standard_name_of_every_state_is_found(void **state)
{
	const struct world *world = *state;
	size_t n = 0;

	for (size_t i = 0; i < world->atlas.n_names; i++) {
		const struct unit_name *name = &world->atlas.names[i];
		const struct unit *unit = atlas_unit(&world->atlas, name->unit);
		char text[256];

		if (!name->standard || !str_eq(unit->type, "state") ||
		    (!str_eq(name->lang, "en") && !str_eq(name->lang, "fr")))
			continue;
		snprintf(text, sizeof text,
			 str_eq(name->lang, "en") ? "the vote in %s" : "le vote : %s", name->name);
		if (!str_eq(unit_of(world, name->lang, text, NULL), name->unit))
			fail_msg("%s: %s is not found", name->lang, name->name);
		n++;
	}
	assert_true(n > 380);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_demonyms_cities_and_institutions_tell_the_unit),
		cmocka_unit_test(names_that_mean_something_else_do_not_count),
		cmocka_unit_test(a_body_yields_to_a_country),
		cmocka_unit_test(who_condemns_or_strikes_from_abroad_is_not_the_place),
		cmocka_unit_test(the_standard_name_of_every_state_is_found),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("place", tests, world_make, world_drop);
}
