/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_erase.c - words that are erased are gone from every file; the id and a tombstone stay. */
#include "tests/store/kept.h"

#include "store/engine.h"
#include "tests/model/any_record.h"

/* Every text by which the document could be told: each is a word of its own. */
static const char *const secrets[] = {
	"zvezdokradica", "mesecarenje", "suncokretna", "vetrokaz", "oblakoder", "kisobranka", "maglovita", "pramenjaca",
};

static struct document *secret_document(struct arena *arena)
{
	struct document *document = made_document(arena, "vetrokaz", 2, "Zvezdokradica speaks");

	document->body = "She names mesecarenje and others";
	document->author = "Suncokretna";
	document->link = "https://wire.example/oblakoder";
	document->source = "kisobranka";
	document->raw_hash = "maglovita";
	document->r.extra = "{\"subtitle\":\"pramenjaca\"}";
	return document;
}

static struct event *quoting_event(struct arena *arena, const struct document *document)
{
	struct event *event = record_new(arena, &kind_event);

	event->r.unit = "SRB";
	event->r.known = document->r.known;
	event->document = document->r.id;
	event->civic_class = "protest";
	event->signal = "threat";
	event->actor = "Zvezdokradica";
	event->target = "mesecarenje";
	event->r.extra = "{\"words\":\"pramenjaca\"}";
	record_from_span(arena, &event->r, document->r.id, "words", "title", 0, 13);
	record_identify(arena, event);
	return event;
}

/* The document, a correction of it, an event that quotes it, and a document that stays. */
static const char *keep_secrets(struct room *room, struct event **event)
{
	struct document *document = secret_document(&room->arena), *corrected = secret_document(&room->arena);

	*event = quoting_event(&room->arena, document);
	corrected->title = "Zvezdokradica speaks again";
	corrected->r.known = day_of(4);
	assert_int_equal(put_alone(room->store, document), PUT_NEW);
	assert_int_equal(put_alone(room->store, corrected), PUT_REVISED);
	assert_int_equal(put_alone(room->store, *event), PUT_NEW);
	assert_int_equal(put_alone(room->store, made_document(&room->arena, "stays", 3, "Ostajanje stays")), PUT_NEW);
	for (size_t i = 0; i < LENGTH(secrets); i++)
		if (!tables_hold(room, secrets[i]))
			fail_msg("\"%s\" was never written", secrets[i]);
	return document->r.id;
}

static void assert_gone(struct room *room)
{
	for (size_t i = 0; i < LENGTH(secrets); i++)
		if (tables_hold(room, secrets[i]))
			fail_msg("\"%s\" is still there", secrets[i]);
	assert_true(tables_hold(room, "ostajanje"));
	assert_sound(room->store);
}

static void erased_words_are_gone_from_the_bytes_of_every_file(void **state)
{
	struct room *room = *state;
	struct event *event;
	const char *id = keep_secrets(room, &event);

	assert_int_equal(store_erase(room->store, id, "asked for by its author", NULL), 0);
	assert_gone(room);
	store_close(room->store);
	room->store = opened(room->path, STORE_WRITE);
	assert_gone(room);
}

static void the_id_and_a_tombstone_with_the_reason_stay(void **state)
{
	struct room *room = *state;
	struct record *read;
	struct event *event;
	const char *id = keep_secrets(room, &event);

	assert_int_equal(store_erase(room->store, id, "asked for by its author", NULL), 0);
	assert_int_equal(store_get(room->store, id, AS_OF_ALL, &room->arena, &read, NULL), 0);
	assert_true(read->withdrawn);
	assert_int_equal(read->revision, 3);
	assert_null(((struct document *)read)->title);
	assert_int_equal(store_get(room->store, id, usec_of(2), &room->arena, &read, NULL), 0);
	assert_null(((struct document *)read)->title);
	assert_null(((struct document *)read)->body);
	assert_int_equal(run_sql(room->path, "SELECT COUNT(*) FROM erased WHERE reason = 'asked for by its author'"), 1);
	assert_int_equal(store_count(room->store, &kind_document, AS_OF_ALL, NULL), 1);
	assert_int_equal(store_get(room->store, event->r.id, AS_OF_ALL, &room->arena, &read, NULL), 0);
	assert_null(((struct event *)read)->actor);
	assert_string_equal(((struct event *)read)->civic_class, "protest");   /* that it happened is no word of hers */
	assert_int_equal(read->n_from, 1);
}

static void search_and_export_know_nothing_of_erased_words(void **state)
{
	struct room *room = *state;
	struct records found = {.arena = &room->arena};
	struct query query = QUERY(&kind_document, AS_OF_ALL);
	struct event *event;
	const char *id = keep_secrets(room, &event);

	assert_int_equal(store_search(room->store, "zvezdokradica", AS_OF_ALL, 0, &found, NULL), 1);
	found.n = 0;
	assert_int_equal(store_erase(room->store, id, "asked for", NULL), 0);
	assert_int_equal(store_search(room->store, "zvezdokradica", AS_OF_ALL, 0, &found, NULL), 0);
	assert_int_equal(store_search(room->store, "zvezdokradica", usec_of(2), 0, &found, NULL), 0);
	assert_int_equal(store_search(room->store, "speaks", AS_OF_ALL, 0, &found, NULL), 0);
	assert_int_equal(store_search(room->store, "ostajanje", AS_OF_ALL, 0, &found, NULL), 1);
	query.with_withdrawn = true;
	found.n = 0;
	assert_int_equal(store_read(room->store, &query, &found, NULL), 2);
	for (size_t i = 0; i < found.n; i++)
		for (size_t s = 0; s < LENGTH(secrets); s++)
			assert_null(strcasestr(json_of(&room->arena, found.v[i]), secrets[s]));
}

static void what_was_erased_is_not_taken_again(void **state)
{
	struct room *room = *state;
	struct document *again = secret_document(&room->arena);
	struct err err = {0};
	struct event *event;
	const char *id = keep_secrets(room, &event);

	assert_int_equal(store_erase(room->store, id, "asked for", NULL), 0);
	for (int day = 1; day <= 9; day += 4) {
		again->r.known = day_of(day);
		assert_int_equal(store_begin(room->store, NULL), 0);
		assert_int_equal(store_put(room->store, &again->r, &err), ERR_DENIED);
		assert_non_null(strstr(err.msg, id));
		assert_int_equal(store_withdraw(room->store, id, again->r.known, "gone", NULL), 0);
		assert_int_equal(store_commit(room->store, NULL), 0);
	}
	assert_gone(room);
	assert_int_equal(store_erase(room->store, id, "asked for twice", NULL), 0);   /* again: no harm */
	assert_gone(room);
	assert_int_equal(run_sql(room->path, "SELECT COUNT(*) FROM document WHERE key = 'erased'"), 3);
}

static void erasing_what_is_not_there_or_inside_a_unit_of_work_changes_nothing(void **state)
{
	struct room *room = *state;
	char before[65], after[65];
	struct event *event;
	const char *id = keep_secrets(room, &event);

	hash_of(room->store, before);
	assert_int_equal(store_erase(room->store, "do00000000000000000000000000000000", "x", NULL), ERR_NOT_FOUND);
	assert_int_equal(store_erase(room->store, "nothing", "x", NULL), ERR_NOT_FOUND);
	assert_int_equal(store_begin(room->store, NULL), 0);
	assert_int_equal(store_erase(room->store, id, "x", NULL), ERR_CONFLICT);
	assert_int_equal(store_commit(room->store, NULL), 0);
	assert_string_equal(hash_of(room->store, after), before);
}

/* A reader keeps the log alive; whoever erases is told that bytes remain, and asks again. */
struct held {
	struct room *room;
	const char *id;
	int result;
	struct err err;
};

static int erase_while_reading(struct record *record, void *user, struct err *err)
{
	struct held *held = user;

	(void)record;
	(void)err;
	if (held->result == 1)
		held->result = store_erase(held->room->store, held->id, "asked for", &held->err);
	return 0;
}

static void an_erasure_that_a_reader_holds_up_says_so(void **state)
{
	struct room *room = *state;
	_cleanup_(store_closep) struct store *reader = opened(room->path, STORE_READ);
	struct event *event;
	struct held held = {.room = room, .result = 1, .id = keep_secrets(room, &event)};

	store_patience(room->store, 0);
	assert_int_equal(store_export(reader, true, erase_while_reading, &held, NULL), 0);
	assert_int_equal(held.result, ERR_BUSY);
	assert_non_null(strstr(held.err.hint, "erase again"));
	assert_int_equal(store_erase(room->store, held.id, "asked for", NULL), 0);
	assert_gone(room);
}

/* Personal fields of the other kinds go the same way. */
static void a_step_a_contribution_and_a_judgement_are_erased_like_a_document(void **state)
{
	struct room *room = *state;
	struct transition *step = record_new(&room->arena, &kind_transition);
	struct contribution *gift = record_new(&room->arena, &kind_contribution);
	struct judgement *judgement = record_new(&room->arena, &kind_judgement);

	step->alert = "al00000000000000000000000000000000";
	step->step = 1;
	step->state_to = "acknowledged";
	step->at = step->r.known = day_of(1);
	step->note = "told by zvezdokradica";
	record_identify(&room->arena, step);
	gift->r.unit = "SRB";
	gift->r.known = day_of(1);
	gift->partner = "partner";
	gift->about = "language";
	gift->text = "written by mesecarenje";
	record_identify(&room->arena, gift);
	judgement->question = "key";
	judgement->forecaster = "blue-heron";
	judgement->at = judgement->r.known = day_of(1);
	judgement->probabilities = "{\"no\":0.7,\"yes\":0.3}";
	judgement->reason = "heard by zvezdokradica from mesecarenje";
	record_identify(&room->arena, judgement);
	assert_int_equal(put_alone(room->store, judgement), PUT_NEW);
	assert_int_equal(put_alone(room->store, step), PUT_NEW);
	assert_int_equal(put_alone(room->store, gift), PUT_NEW);
	assert_int_equal(put_alone(room->store, made_document(&room->arena, "stays", 3, "Ostajanje stays")), PUT_NEW);
	assert_true(tables_hold(room, "zvezdokradica") && tables_hold(room, "mesecarenje"));
	assert_int_equal(store_erase(room->store, step->r.id, "asked for", NULL), 0);
	assert_int_equal(store_erase(room->store, gift->r.id, "asked for", NULL), 0);
	assert_int_equal(store_erase(room->store, judgement->r.id, "asked for", NULL), 0);
	assert_gone(room);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_file(erased_words_are_gone_from_the_bytes_of_every_file),
		with_room(the_id_and_a_tombstone_with_the_reason_stay),
		with_room(search_and_export_know_nothing_of_erased_words),
		with_room(what_was_erased_is_not_taken_again),
		with_room(erasing_what_is_not_there_or_inside_a_unit_of_work_changes_nothing),
		with_file(an_erasure_that_a_reader_holds_up_says_so),
		with_room(a_step_a_contribution_and_a_judgement_are_erased_like_a_document),
	};

	return run_kept("store erase", tests);
}
