/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_code.c - documents to events: class, signal, undoing, day, words, voices, any text. */
#include "code_world.h"

struct sample {
	const char *lang, *unit, *class, *signal, *title;
};

/* Sentences of our own, on countries that no lexicon was tuned on. */
static const struct sample samples[] = {
	{"en", "KEN", "protest", "opportunity", "Thousands march in Nairobi against tax bill"},
	{"en", "PER", "protest", "threat", "Protesters clash with police in Lima"},
	{"en", "UGA", "protester_detained", "threat", "Ugandan police arrest demonstrators"},
	{"en", "AZE", "journalist_attacked", "threat", "Azerbaijan jails three reporters"},
	{"en", "MEX", "journalist_attacked", "threat", "Reporter shot dead in Veracruz"},
	{"en", "NIC", "ngo_law", "threat", "Nicaragua shuts 1,500 NGOs in one day"},
	{"en", "NPL", "censorship", "threat", "Nepal blocks access to social media"},
	{"en", "MOZ", "election", "threat", "Mozambique opposition alleges ballot stuffing"},
	{"en", "TUR", "court", "threat", "Turkish opposition leader jailed"},
	{"en", "SLV", "constitutional_change", "threat",
	 "El Salvador scraps presidential term limits"},
	{"en", "ZAF", "corruption", "opportunity",
	 "South African minister charged with corruption"},
	{"en", "MDA", "disinformation", "threat", "Moldova uncovers disinformation network"},
	{"en", "MDA", "eu_step", "opportunity", "EU opens accession talks with Moldova"},
	{"en", "SDN", "conflict", "threat", "Drone strike kills 70 in El Fasher"},
	{"fr", "SEN", "protest", "threat", "Sénégal : heurts entre manifestants et policiers"},
	{"fr", "CMR", "protester_detained", "threat",
	 "Cameroun : des manifestants arrêtés à Douala"},
	{"fr", "TUN", "journalist_attacked", "threat",
	 "Tunisie : une journaliste condamnée à un an de prison"},
	{"fr", "GIN", "ngo_law", "threat", "Guinée : les autorités dissolvent des associations"},
	{"fr", "MLI", "censorship", "threat", "Mali : une chaîne de télévision suspendue"},
	{"fr", "TUN", "election", "threat", "Tunisie : Saïed réélu avec 90,69 % des voix"},
	{"fr", "TCD", "court", "threat", "Tchad : l'opposant condamné à vingt ans de prison"},
	{"fr", "TGO", "constitutional_change", "threat",
	 "Togo : les députés adoptent une nouvelle Constitution"},
	{"fr", "GTM", "corruption", "threat", "Guatemala : scandale de pots-de-vin"},
	{"fr", "MDA", "disinformation", "threat", "Moldavie : campagne de désinformation"},
	{"fr", "HUN", "eu_step", "threat", "L'UE gèle des fonds européens destinés à la Hongrie"},
	{"fr", "COD", "conflict", "opportunity", "RDC : un accord de cessez-le-feu signé à Goma"},
};

static void each_class_is_told_in_both_languages(void **state)
{
	for (size_t i = 0; i < LENGTH(samples); i++) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct records out = {.arena = &arena};
		const struct sample *want = &samples[i];
		struct event *event = code_text(*state, &out, want->lang, want->title, NULL);

		if (!event || !str_eq(event->civic_class, want->class) ||
		    !str_eq(event->signal, want->signal) || !str_eq(event->r.unit, want->unit))
			fail_msg("\"%s\" gave %s %s %s", want->title,
				 event ? event->civic_class : "nothing", event ? event->signal : "",
				 event ? event->r.unit : "");
		assert_int_equal(record_check(event, NULL), 0);
	}
}

static void sport_crime_accident_and_weather_in_words_of_conflict_give_nothing(void **state)
{
	static const char *const traps[][2] = {
		{"en", "France beat England in battle of Lyon as attack strikes late"},
		{"en", "Brazil striker fires shot to win final"},
		{"en", "Man arrested after knife attack in Mannheim, Germany"},
		{"en", "Bus crash kills twelve in Peru"},
		{"en", "Police seize two tonnes of cocaine in Spain"},
		{"en", "Storm batters Scotland, thousands without power"},
		{"en", "Shark attack kills surfer in Australia"},
		{"en", "Shares rally on Wall Street as central bank cuts"},
		{"en", "Earthquake of magnitude 6 strikes western Turkey"},
		{"en", "Ukrainian boxer knocks out rival in title fight"},
		{"fr", "Tour de France : victoire au terme d'une longue bataille"},
		{"fr", "Algérie : accident de bus, dix morts près de Sétif"},
		{"fr", "Maroc : séisme de magnitude 5 dans le sud"},
		{"fr", "Suisse : un loup attaque un troupeau"},
		{"fr", "Marseille : un homme tué par balles, la piste de la drogue"},
		{"fr", "Canada : des feux de forêt ravagent l'Alberta"},
	};

	for (size_t i = 0; i < LENGTH(traps); i++) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct records out = {.arena = &arena};
		struct event *event = code_text(*state, &out, traps[i][0], traps[i][1], NULL);

		if (event)
			fail_msg("\"%s\" gave %s", traps[i][1], event->civic_class);
	}
}

static void undoing_turns_the_signal_and_is_marked(void **state)
{
	static const struct {
		const char *lang, *title, *class, *signal;
		int64_t negated;
	} cases[] = {
		{"en", "Turkey arrests journalist", "journalist_attacked", "threat", 0},
		{"en", "Turkey releases journalist", "journalist_attacked", "opportunity", 1},
		{"en", "Turkish court acquits journalist", "journalist_attacked", "opportunity", 1},
		{"en", "Turkey did not release journalist", "journalist_attacked", "threat", 0},
		{"en", "Turkey did not arrest journalist", "journalist_attacked", "none", 1},
		{"en", "Georgia adopts foreign agents law", "ngo_law", "threat", 0},
		{"en", "Georgia withdraws foreign agents law", "ngo_law", "opportunity", 1},
		{"fr", "Maroc : le journaliste emprisonné", "journalist_attacked", "threat", 0},
		{"fr", "Maroc : le journaliste acquitté", "journalist_attacked", "opportunity", 1},
		{"fr", "Maroc : le journaliste libéré", "journalist_attacked", "opportunity", 1},
		{"fr", "Maroc : la police n'a pas arrêté le journaliste", "journalist_attacked",
		 "none", 1},
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct records out = {.arena = &arena};
		struct event *event = code_text(*state, &out, cases[i].lang, cases[i].title, NULL);

		if (!event || !str_eq(event->civic_class, cases[i].class) ||
		    !str_eq(event->signal, cases[i].signal) || event->negated != cases[i].negated)
			fail_msg("\"%s\" gave %s %s %d", cases[i].title,
				 event ? event->civic_class : "nothing", event ? event->signal : "",
				 event ? (int)event->negated : 0);
	}
}

static void the_words_shown_are_the_bytes_of_the_source(void **state)
{
	static const char title[] = "Géorgie : la police arrête l'opposante Élene Khoshtaria";
	static const char body[] =
		"Elle a été arrêtée lundi à Tbilissi. « C'est illégal », dit son avocat.";
	_cleanup_(arena_free) struct arena arena = {0};
	struct records out = {.arena = &arena};
	struct event *event = code_text(*state, &out, "fr", title, body);
	bool shown = false;

	assert_non_null(event);
	assert_true(event->r.n_from >= 3);
	assert_string_equal(event->target, "opposante Élene Khoshtaria");
	for (size_t i = 0; i < event->r.n_from; i++) {
		const struct origin *origin = &event->r.from[i];
		const char *text = str_eq(origin->part, "title") ? title : body;
		size_t len = (size_t)(origin->byte_end - origin->byte_start);

		assert_string_equal(origin->from_id, event->document);
		assert_string_equal(origin->role, "words");
		assert_true(origin->byte_start >= 0 && (size_t)origin->byte_end <= strlen(text) &&
			    len > 0);
		assert_int_equal(utf8_valid(text + origin->byte_start, len), len);
		shown = shown || (len == strlen("arrête") &&
				  memcmp(text + origin->byte_start, "arrête", len) == 0);
	}
	assert_true(shown);
}

static void actors_and_targets_are_words_of_the_text(void **state)
{
	static const struct {
		const char *lang, *title, *actor, *target;
	} cases[] = {
		{"en", "Georgian police arrest opposition leader", "Georgian police",
		 "opposition leader"},
		{"en", "Reporter was arrested by Turkish police", "Turkish police", "Reporter"},
		{"en", "Georgian journalist jailed", NULL, "Georgian journalist"},
		{"fr", "La police tunisienne arrête une journaliste", "police tunisienne",
		 "journaliste"},
		{"fr", "Maroc : le journaliste a été condamné par la cour d'appel", "cour d'appel",
		 "journaliste"},
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct records out = {.arena = &arena};
		const char *body = str_eq(cases[i].lang, "en") ? "It happened in Georgia." : NULL;
		struct event *event = code_text(*state, &out, cases[i].lang, cases[i].title, body);

		assert_non_null(event);
		if (!str_eq(event->actor, cases[i].actor) ||
		    !str_eq(event->target, cases[i].target))
			fail_msg("\"%s\" gave %s -> %s", cases[i].title, event->actor,
				 event->target);
		if (!event->actor)
			assert_non_null(strstr(event->r.missing, "\"actor\""));
	}
}

static void the_day_is_that_of_the_text_if_it_names_one_alone(void **state)
{
	static const struct {
		const char *lang, *body, *day, *basis;
	} cases[] = {
		{"en", "Police arrested ten protesters in Tbilisi on 8 June.", "2025-06-08",
		 "text"},
		{"en", "Police arrested ten protesters in Tbilisi on June 8, 2025.", "2025-06-08",
		 "text"},
		{"en", "Police arrested ten protesters in Tbilisi on Sunday.", "2025-06-08",
		 "text"},
		{"en", "Police arrested ten protesters in Tbilisi on Wednesday.", "2025-06-11",
		 "text"},
		{"en", "Police arrested ten protesters in Tbilisi yesterday.", "2025-06-10",
		 "text"},
		{"en", "Police arrested ten protesters in Tbilisi.", "2025-06-11", "published"},
		{"en", "Police in Tbilisi arrested protesters on 3 June and on 5 June.",
		 "2025-06-11", "published"},
		{"en", "Police arrested ten protesters in Tbilisi on 8 June 2019.", "2025-06-11",
		 "published"},
		{"en", "Police may arrest 31 protesters in Tbilisi.", "2025-06-11", "published"},
		{"fr", "La police a arrêté dix manifestants à Tbilissi le 1er juin.", "2025-06-01",
		 "text"},
		{"fr", "La police a arrêté dix manifestants à Tbilissi dimanche.", "2025-06-08",
		 "text"},
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		_cleanup_(arena_free) struct arena arena = {0};
		struct records out = {.arena = &arena};
		struct event *event = code_text(*state, &out, cases[i].lang, NULL, cases[i].body);
		char day[40];

		assert_non_null(event);
		instant_write(event->r.valid_from, day);
		if (!str_eq(day, cases[i].day) || !str_eq(event->day_basis, cases[i].basis))
			fail_msg("\"%s\" gave %s by %s", cases[i].body, day, event->day_basis);
		assert_int_equal(event->r.valid_past.usec - event->r.valid_from.usec, USEC_PER_DAY);
	}
}

static void the_day_of_publication_is_the_local_one(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records out = {.arena = &arena};
	struct document *document =
		document_make(&arena, "guid:1", "en", "Turkey jails reporters", NULL);
	char day[40];

	assert_int_equal(instant_read("2025-06-12T01:30:00+03:00", &document->published, NULL), 0);
	instant_write(code_one(*state, &out, document)->r.valid_from, day);
	assert_string_equal(day, "2025-06-12");
}

static void a_document_without_a_date_says_so(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records out = {.arena = &arena};
	struct document *document =
		document_make(&arena, "guid:1", "en", "Turkey jails reporters", NULL);
	struct event *event;

	document->published = (struct instant){0};
	event = code_one(*state, &out, document);
	assert_null(event->day_basis);
	assert_non_null(strstr(event->r.missing, "valid_from"));
	assert_int_equal(event->r.valid_from.precision, 0);
}

static void what_a_document_is_passes_to_its_event(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records out = {.arena = &arena};
	struct document *document =
		document_make(&arena, "guid:1", "en", "Turkey jails reporters", NULL);
	struct event *event;

	document->r.licence = "restricted";
	event = code_one(*state, &out, document);
	assert_string_equal(event->r.licence, "restricted");
	assert_string_equal(event->document, document->r.id);
	assert_string_equal(event->feed, "wire");
	assert_string_equal(event->lang, "en");
	assert_int_equal(event->r.known.usec, document->r.known.usec);
	assert_true(event->confidence > 0 && event->confidence <= 1);
}

static void a_copy_speaks_with_the_voice_of_its_original(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct world *world = *state;
	const struct code_setup setup = {world->coder};
	struct records in = {.arena = &arena}, out = {.arena = &arena};
	struct document *original =
		document_make(&arena, "guid:1", "en", "Turkey jails reporters", NULL);
	struct document *copy =
		document_make(&arena, "guid:2", "en", "Turkey jails reporters", NULL);
	struct document *orphan =
		document_make(&arena, "guid:3", "en", "Turkey jails reporters", NULL);

	original->feed = "agency";
	copy->feed = "paper";
	copy->copy_of = original->r.id;
	orphan->copy_of = "do00000000000000000000000000000000";
	records_add(&in, copy);
	records_add(&in, original);
	records_add(&in, orphan);
	assert_int_equal(code_run(&setup, &in, &out, NULL, NULL), 0);
	assert_int_equal(out.n, 3);
	assert_string_equal(((struct event *)out.v[0])->feed, "agency");
	assert_string_equal(((struct event *)out.v[1])->feed, "agency");
	assert_string_equal(((struct event *)out.v[2])->feed, "wire");
}

static void the_tally_adds_up_by_language(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const struct world *world = *state;
	const struct code_setup setup = {world->coder};
	struct records in = {.arena = &arena}, out = {.arena = &arena};
	struct document *gone =
		document_make(&arena, "guid:6", "en", "Turkey jails reporters", NULL);
	struct code_tally tally;

	gone->r.withdrawn = true;
	records_add(&in, document_make(&arena, "guid:1", "en", "Turkey jails reporters", NULL));
	records_add(&in, document_make(&arena, "guid:2", "en", "Reporter jailed", NULL));
	records_add(&in, document_make(&arena, "guid:3", "en", "Recipes from Turkey", NULL));
	records_add(&in, document_make(&arena, "guid:4", "ka", "მზია ამაღლობელი", NULL));
	records_add(&in, document_make(&arena, "guid:5", NULL, "?", NULL));
	records_add(&in, gone);
	assert_int_equal(code_run(&setup, &in, &out, &tally, NULL), 0);
	assert_int_equal(tally.documents, 5);
	assert_int_equal(tally.events, 1);
	assert_int_equal(tally.without_unit, 1);
	assert_int_equal(tally.without_class, 1);
	assert_int_equal(tally.not_coded, 2);
	assert_int_equal(tally.n_languages, 3);
	assert_string_equal(tally.languages[0].lang, "en");
	assert_string_equal(tally.languages[1].lang, "ka");
	assert_int_equal(tally.languages[1].not_coded, 1);
	assert_string_equal(tally.languages[2].lang, "und");
}

/* A seeded text of lexicon words, names, punctuation and arbitrary letters of all scripts. */
static const char *noise(struct arena *arena, struct rng *rng)
{
	static const char *const words[] = {
		"police",
		"arrest",
		"journalist",
		"Georgia",
		"US",
		"did not",
		"court",
		"94,65",
		"%",
		"8",
		"June",
		"«",
		"»",
		".",
		",",
		"\n",
		"by",
		"was",
		"of",
		"2",
		"000",
		"people",
		"Côte",
		"d'Ivoire",
		"-",
		"'",
		"manifestants",
		"n'a pas",
		"Republika",
		"Srpska",
		"Jordan",
		"999999999999999999999",
		"1er",
		"mai",
	};
	struct buf text = {0};
	size_t n = rng_below(rng, 200);
	const char *kept;

	for (size_t i = 0; i < n; i++) {
		if (rng_below(rng, 4))
			buf_puts(&text, words[rng_below(rng, LENGTH(words))]);
		else
			for (size_t k = rng_below(rng, 6); k > 0; k--) {
				uint32_t c = (uint32_t)rng_below(rng, 0x10FFFF) + 1;

				utf8_put(&text, c >= 0xD800 && c < 0xE000 ? 'x' : c);
			}
		if (rng_below(rng, 5))
			buf_putc(&text, ' ');
	}
	kept = arena_ndup(arena, text.s ? text.s : "", text.len);
	buf_free(&text);
	return kept;
}

static void any_text_is_coded_the_same_twice_and_its_words_lie_within(void **state)
{
	for (uint64_t seed = 1; seed <= 1500; seed++) {
		_cleanup_(arena_free) struct arena arena = {0};
		_cleanup_(buf_free) struct buf a = {0}, b = {0};
		struct records first = {.arena = &arena}, second = {.arena = &arena};
		struct rng rng;
		struct document *document;
		struct event *event;

		rng_seed(&rng, seed);
		document = document_make(&arena, "guid:1", seed % 2 ? "en" : "fr",
					 noise(&arena, &rng), noise(&arena, &rng));
		event = code_one(*state, &first, document);
		if (!event)
			continue;
		assert_int_equal(record_check(event, NULL), 0);
		for (size_t i = 0; i < event->r.n_from; i++) {
			const struct origin *origin = &event->r.from[i];
			const char *text =
				str_eq(origin->part, "title") ? document->title : document->body;

			assert_true(origin->byte_start >= 0 &&
				    origin->byte_start < origin->byte_end);
			assert_true((size_t)origin->byte_end <= strlen(text));
		}
		record_write_json(&a, event);
		record_write_json(&b, code_one(*state, &second, document));
		assert_string_equal(a.s, b.s);
	}
}

static void a_long_body_without_a_full_stop_is_read_in_little_time(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct records out = {.arena = &arena};
	struct buf text = {0};

	while (text.len < 4000000)
		buf_puts(&text, "police arrest journalist in Georgia protest court law ");
	assert_non_null(code_text(*state, &out, "en", NULL, text.s));
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_class_is_told_in_both_languages),
		cmocka_unit_test(
			sport_crime_accident_and_weather_in_words_of_conflict_give_nothing),
		cmocka_unit_test(undoing_turns_the_signal_and_is_marked),
		cmocka_unit_test(the_words_shown_are_the_bytes_of_the_source),
		cmocka_unit_test(actors_and_targets_are_words_of_the_text),
		cmocka_unit_test(the_day_is_that_of_the_text_if_it_names_one_alone),
		cmocka_unit_test(the_day_of_publication_is_the_local_one),
		cmocka_unit_test(a_document_without_a_date_says_so),
		cmocka_unit_test(what_a_document_is_passes_to_its_event),
		cmocka_unit_test(a_copy_speaks_with_the_voice_of_its_original),
		cmocka_unit_test(the_tally_adds_up_by_language),
		cmocka_unit_test(any_text_is_coded_the_same_twice_and_its_words_lie_within),
		cmocka_unit_test(a_long_body_without_a_full_stop_is_read_in_little_time),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("code", tests, world_make, world_drop);
}
