/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_gather.c - an input folder into the store: what is read, skipped, refused, and in which order. */
#include "loop_world.h"

static const char *const feed = FEED(DETAINED("a", "Mon, 03 Mar 2025 10:00:00 +0000"));

static const struct collected *file_of(const struct world *world, const char *name)
{
	for (size_t i = 0; i < world->round.n_files; i++)
		if (str_eq(world->round.files[i].name, name))
			return &world->round.files[i];
	return NULL;
}

static void files_that_the_manifest_does_not_list_are_reported_and_skipped(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	world_put(&w, "in/a.xml", feed);
	world_put(&w, "in/b.xml", feed);
	world_put(&w, "in/deep/c.xml", feed);
	world_put(&w, "in/manifest.conf", "[a.xml]\nrole = feeds\n");
	must(&w, world_round(&w, "in", NULL));
	assert_int_equal(w.round.n_skipped, 2);
	assert_string_equal(w.round.skipped[0], "b.xml");
	assert_string_equal(w.round.skipped[1], "deep/c.xml");
	assert_int_equal(w.round.n_files, 1);
	assert_int_equal(world_count(&w, &kind_document), 1);
	world_close(&w);
}

static void an_answer_key_is_never_read(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	world_put(&w, "in/a.xml", feed);
	world_put(&w, "in/key.csv", "\xff\xfe this would be refused if it were read");
	world_put(&w, "in/manifest.conf", "[a.xml]\nrole = feeds\n[key.csv]\nrole = labels\n[gone.csv]\nrole = labels\n");
	must(&w, world_round(&w, "in", NULL));
	assert_int_equal(w.round.n_faults, 0);
	assert_int_equal(w.round.n_skipped, 0);
	assert_int_equal(w.round.stages[STAGE_COLLECT].in, 1);
	world_close(&w);
}

static void without_a_manifest_an_answer_key_gives_nothing_either(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	world_put(&w, "in/key.csv", "id,country,civic_class,signal\nx,SRB,protest,threat\n");
	must(&w, world_round(&w, "in", NULL));
	assert_int_equal(w.round.n_faults, 0);
	assert_int_equal(world_count(&w, &kind_document) + world_count(&w, &kind_event), 0);
	world_close(&w);
}

/* A link that leads nowhere is listed, and gone when it is read. */
static void a_file_that_vanishes_after_it_was_listed_is_a_fault_of_that_file(void **state)
{
	static const char *const manifests[] = {NULL, "[*.xml]\nrole = feeds\n"};

	(void)state;
	for (size_t i = 0; i < LENGTH(manifests); i++) {
		struct world w;

		world_open(&w);
		world_put(&w, "in/b.xml", feed);
		assert_int_equal(symlink("nowhere.xml", world_path(&w, "in/a.xml")), 0);
		if (manifests[i])
			world_put(&w, "in/manifest.conf", manifests[i]);
		assert_int_equal(world_round(&w, "in", NULL), ERR_DATA);
		assert_int_equal(w.round.n_faults, 1);
		assert_int_equal(w.round.faults[0].code, ERR_NOT_FOUND);
		assert_non_null(strstr(w.round.faults[0].msg, "a.xml"));
		assert_int_equal(world_count(&w, &kind_document), 1);   /* the other is kept */
		world_close(&w);
	}
}

static void a_file_with_a_fault_leaves_nothing_behind(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	world_put(&w, "in/a.csv", "country,year,indicator,value\nSRB,2020,x,0.5\nSRB,2021,x,often\n");
	world_put(&w, "in/b.xml", feed);
	assert_int_equal(world_round(&w, "in", NULL), ERR_DATA);
	assert_non_null(strstr(w.round.faults[0].msg, "a.csv:3:"));
	assert_null(file_of(&w, "a.csv"));
	assert_int_equal(file_of(&w, "b.xml")->records, 1);
	world_close(&w);
}

static void tables_of_units_are_read_before_those_that_speak_of_them(void **state)
{
	static const char *const manifests[] = {NULL, "[a.csv]\nrole = indicators\n[z.csv]\nrole = units\n"};

	(void)state;
	for (size_t i = 0; i < LENGTH(manifests); i++) {
		struct world w;

		world_open(&w);
		world_put(&w, "in/a.csv", "country,year,indicator,value\nXAA,2020,x,0.5\n");
		world_put(&w, "in/z.csv", "id,kind,parent,from,past,name\nXAA,state,,,,Atlantis\n");
		if (manifests[i])
			world_put(&w, "in/manifest.conf", manifests[i]);
		must(&w, world_round(&w, "in", NULL));
		assert_int_equal(world_count(&w, &kind_observation), 1);
		world_close(&w);
	}
}

static void a_unit_that_comes_with_the_input_is_shown(void **state)
{
	struct situation_view view;
	struct world w;

	(void)state;
	world_open(&w);
	world_put(&w, "in/a.csv", "country,year,indicator,value\nXAA,2020,v2x_polyarchy,0.5\n");
	world_put(&w, "in/z.csv", "id,kind,parent,from,past,name\nXAA,state,,,,Atlantis\n");
	must(&w, world_round(&w, "in", NULL));
	must(&w, view_situation(w.store, NULL, AS_OF_ALL, &w.arena, &view, &w.err));
	assert_int_equal(view.n_countries, 1);
	assert_string_equal(view.countries[0].unit->name, "Atlantis");
	world_close(&w);
}

static void the_language_of_a_file_is_said_when_all_its_documents_share_it(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	world_put(&w, "in/a.xml", feed);
	world_put(&w, "in/b.xml", "<feed xmlns=\"http://www.w3.org/2005/Atom\"><id>f</id>"
		  "<entry xml:lang=\"en\"><id>1</id><title>The court in Belgrade has ruled on the law today</title>"
		  "<updated>2025-03-01T00:00:00Z</updated></entry>"
		  "<entry xml:lang=\"fr\"><id>2</id><title>Le tribunal de Belgrade a statué sur la loi hier</title>"
		  "<updated>2025-03-01T00:00:00Z</updated></entry></feed>");
	must(&w, world_round(&w, "in", NULL));
	assert_string_equal(file_of(&w, "a.xml")->lang, "en");
	assert_int_equal(file_of(&w, "b.xml")->records, 2);
	assert_null(file_of(&w, "b.xml")->lang);
	world_close(&w);
}

static void one_file_can_be_the_input(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	world_put(&w, "in/a.xml", feed);
	must(&w, world_round(&w, "in/a.xml", NULL));
	assert_int_equal(w.round.documents, 1);
	assert_int_equal(world_round(&w, "in/none.xml", NULL), ERR_NOT_FOUND);
	assert_int_equal(w.round.n_faults, 0);
	world_close(&w);
}

static void an_erased_document_is_refused_and_counted(void **state)
{
	struct records found = {0};
	struct query query = QUERY(&kind_document, AS_OF_ALL);
	struct world w;

	(void)state;
	world_open(&w);
	found.arena = &w.arena;
	world_put(&w, "in/a.xml", feed);
	must(&w, world_round(&w, "in", NULL));
	must(&w, store_read(w.store, &query, &found, &w.err));
	must(&w, store_erase(w.store, found.v[0]->id, "asked for", &w.err));
	must(&w, world_round(&w, "in", NULL));
	assert_int_equal(w.round.erased, 1);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_that_the_manifest_does_not_list_are_reported_and_skipped),
		cmocka_unit_test(an_answer_key_is_never_read),
		cmocka_unit_test(without_a_manifest_an_answer_key_gives_nothing_either),
		cmocka_unit_test(a_file_that_vanishes_after_it_was_listed_is_a_fault_of_that_file),
		cmocka_unit_test(a_file_with_a_fault_leaves_nothing_behind),
		cmocka_unit_test(tables_of_units_are_read_before_those_that_speak_of_them),
		cmocka_unit_test(a_unit_that_comes_with_the_input_is_shown),
		cmocka_unit_test(the_language_of_a_file_is_said_when_all_its_documents_share_it),
		cmocka_unit_test(one_file_can_be_the_input),
		cmocka_unit_test(an_erased_document_is_refused_and_counted),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("gather", tests, NULL, NULL);
}
