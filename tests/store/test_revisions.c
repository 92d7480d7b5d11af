/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_revisions.c - nothing is overwritten: revisions, tombstones, and reading as of a time. */
#include "tests/store/kept.h"

#include "tests/model/any_record.h"

static void the_same_record_again_writes_nothing(void **state)
{
	struct room *room = *state;
	struct document *again = made_document(&room->arena, "a", 20, "Court bans party");
	char before[65], after[65];

	assert_int_equal(put_alone(room->store, made_document(&room->arena, "a", 1, "Court bans party")), PUT_NEW);
	hash_of(room->store, before);
	again->seen = instant_of_day(2030, 1, 1);   /* when we looked is not what it says */
	assert_int_equal(put_alone(room->store, again), PUT_SAME);
	assert_string_equal(hash_of(room->store, after), before);
	assert_int_equal(run_sql(room->path, "SELECT COUNT(*) FROM document"), 1);
}

static void a_change_is_the_next_revision_and_the_first_stays(void **state)
{
	struct room *room = *state;
	struct document *first = made_document(&room->arena, "a", 1, "Court bans party");
	struct document *second = made_document(&room->arena, "a", 5, "Court bans party (corrected)");
	struct record *read;

	assert_string_equal(first->r.id, second->r.id);
	assert_int_equal(put_alone(room->store, first), PUT_NEW);
	assert_int_equal(put_alone(room->store, second), PUT_REVISED);
	assert_int_equal(first->r.revision, 1);
	assert_int_equal(second->r.revision, 2);
	assert_int_equal(store_get(room->store, first->r.id, second->r.known.usec - 1, &room->arena, &read, NULL), 0);
	assert_string_equal(json_of(&room->arena, read), json_of(&room->arena, first));
	assert_int_equal(store_get(room->store, first->r.id, second->r.known.usec, &room->arena, &read, NULL), 0);
	assert_string_equal(json_of(&room->arena, read), json_of(&room->arena, second));
	assert_int_equal(store_get(room->store, first->r.id, first->r.known.usec - 1, &room->arena, &read, NULL),
			 ERR_NOT_FOUND);
}

static void of_two_known_at_once_the_later_revision_counts(void **state)
{
	struct room *room = *state;
	struct record *read;

	assert_int_equal(put_alone(room->store, made_document(&room->arena, "a", 3, "one")), PUT_NEW);
	assert_int_equal(put_alone(room->store, made_document(&room->arena, "a", 3, "two")), PUT_REVISED);
	assert_int_equal(store_get(room->store, made_document(&room->arena, "a", 3, "")->r.id, AS_OF_ALL, &room->arena,
				   &read, NULL), 0);
	assert_string_equal(((struct document *)read)->title, "two");
}

static void what_is_learned_late_does_not_hide_what_is_newer(void **state)
{
	struct room *room = *state;
	const char *id = made_document(&room->arena, "a", 1, "")->r.id;
	struct record *read;

	assert_int_equal(put_alone(room->store, made_document(&room->arena, "a", 9, "newer")), PUT_NEW);
	assert_int_equal(put_alone(room->store, made_document(&room->arena, "a", 2, "older")), PUT_REVISED);
	assert_int_equal(store_get(room->store, id, AS_OF_ALL, &room->arena, &read, NULL), 0);
	assert_string_equal(((struct document *)read)->title, "newer");
	assert_int_equal(store_get(room->store, id, usec_of(5), &room->arena, &read, NULL), 0);
	assert_string_equal(((struct document *)read)->title, "older");
}

static int withdraw_alone(struct store *store, const char *id, struct instant known)
{
	int r = store_begin(store, NULL);

	assert_int_equal(r, 0);
	r = store_withdraw(store, id, known, "no longer follows", NULL);
	assert_int_equal(store_commit(store, NULL), 0);
	return r;
}

static void a_tombstone_ends_an_id_from_its_day_on_only(void **state)
{
	struct room *room = *state;
	struct document *document = made_document(&room->arena, "a", 2, "words");
	struct records list = {.arena = &room->arena};
	struct query query = QUERY(&kind_document, AS_OF_ALL);
	struct record *read;

	assert_int_equal(put_alone(room->store, document), PUT_NEW);
	assert_int_equal(withdraw_alone(room->store, document->r.id, day_of(6)), 0);
	assert_int_equal(withdraw_alone(room->store, document->r.id, day_of(8)), 0);   /* once is enough */
	assert_int_equal(run_sql(room->path, "SELECT COUNT(*) FROM document"), 2);
	assert_int_equal(store_count(room->store, &kind_document, AS_OF_ALL, NULL), 0);
	assert_int_equal(store_count(room->store, &kind_document, usec_of(5), NULL), 1);
	assert_int_equal(store_read(room->store, &query, &list, NULL), 0);
	query.with_withdrawn = true;
	assert_int_equal(store_read(room->store, &query, &list, NULL), 1);
	assert_true(list.v[0]->withdrawn);
	assert_int_equal(list.v[0]->revision, 2);
	assert_non_null(strstr(list.v[0]->missing, "no longer follows"));
	assert_int_equal(store_get(room->store, document->r.id, usec_of(5), &room->arena, &read, NULL), 0);
	assert_false(read->withdrawn);
	assert_int_equal(put_alone(room->store, made_document(&room->arena, "a", 9, "words")), PUT_REVISED);
	assert_int_equal(store_count(room->store, &kind_document, AS_OF_ALL, NULL), 1);
}

static void withdrawing_what_is_not_there_has_no_effect(void **state)
{
	struct room *room = *state;
	struct document *document = made_document(&room->arena, "a", 5, "words");

	assert_int_equal(withdraw_alone(room->store, document->r.id, document->r.known), 0);
	assert_int_equal(put_alone(room->store, document), PUT_NEW);
	assert_int_equal(withdraw_alone(room->store, document->r.id, day_of(4)), 0);   /* not known yet */
	assert_int_equal(run_sql(room->path, "SELECT COUNT(*) FROM document"), 1);
	assert_int_equal(withdraw_alone(room->store, "nothing", document->r.known), ERR_NOT_FOUND);
}

/* ---- against a model: a list of all that was said, searched from end to end ---- */

struct said {
	size_t id, content, revision;
	int day;
	bool withdrawn;
};

struct model {
	struct said v[400];
	size_t n;
};

static const struct said *model_as_of(const struct model *model, size_t id, int day)
{
	const struct said *best = NULL;

	for (size_t i = 0; i < model->n; i++) {
		const struct said *s = &model->v[i];

		if (s->id == id && s->day <= day && (!best || s->day >= best->day))
			best = s;
	}
	return best;
}

static size_t model_last(const struct model *model, size_t id)
{
	size_t last = 0;

	for (size_t i = 0; i < model->n; i++)
		last += model->v[i].id == id;
	return last;
}

static void step_both(struct store *store, struct model *model, struct arena *arena, struct rng *rng)
{
	static const char *const titles[] = {"one", "two", "three"};
	struct said next = {.id = rng_below(rng, 4), .content = rng_below(rng, 3), .day = 1 + (int)rng_below(rng, 9)};
	const struct said *now = model_as_of(model, next.id, next.day);
	struct document *document = made_document(arena, numbered(arena, (int)next.id), next.day, titles[next.content]);

	next.revision = model_last(model, next.id) + 1;
	if (rng_below(rng, 4) == 0) {
		assert_int_equal(store_withdraw(store, document->r.id, document->r.known, "gone", NULL), 0);
		if (!now || now->withdrawn)
			return;
		next.withdrawn = true;
	} else {
		int put = store_put(store, &document->r, NULL);

		if (now && !now->withdrawn && now->content == next.content) {
			assert_int_equal(put, PUT_SAME);
			return;
		}
		assert_int_equal(put, next.revision > 1 ? PUT_REVISED : PUT_NEW);
		assert_int_equal(document->r.revision, next.revision);
	}
	model->v[model->n++] = next;
}

static void assert_alike(struct store *store, const struct model *model, struct arena *arena, size_t id, int day)
{
	const char *key = made_document(arena, numbered(arena, (int)id), 1, "")->r.id;
	const struct said *now = model_as_of(model, id, day);
	int64_t as_of = usec_of(day);
	struct record *read = NULL;
	int r = store_get(store, key, as_of, arena, &read, NULL);

	assert_int_equal(r, now ? 0 : ERR_NOT_FOUND);
	if (!now)
		return;
	assert_int_equal(read->revision, now->revision);
	assert_int_equal(read->withdrawn, now->withdrawn);
}

static void reading_as_of_any_day_agrees_with_a_list_of_all_that_was_said(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= seeds(40); seed++) {
		_cleanup_(arena_free) struct arena arena = {0};
		_cleanup_(store_closep) struct store *store = opened(passing_location(&arena), STORE_CREATE);
		struct model model = {0};
		struct rng rng;

		rng_seed(&rng, seed);
		assert_int_equal(store_begin(store, NULL), 0);
		for (int i = 0; i < 60; i++)
			step_both(store, &model, &arena, &rng);
		assert_int_equal(store_commit(store, NULL), 0);
		for (int day = 1; day <= 10; day++) {
			int64_t standing = 0;

			for (size_t id = 0; id < 4; id++) {
				const struct said *now = model_as_of(&model, id, day);

				assert_alike(store, &model, &arena, id, day);
				standing += now && !now->withdrawn;
			}
			assert_int_equal(store_count(store, &kind_document, usec_of(day), NULL),
					 standing);
		}
	}
}

static void a_record_of_any_kind_comes_back_as_it_was_put(void **state)
{
	struct room *room = *state;
	struct rng rng;

	rng_seed(&rng, 7);
	assert_int_equal(store_begin(room->store, NULL), 0);
	for (int i = 0; i < 600; i++) {
		struct record *r = any_record(&room->arena, &rng, kinds[rng_below(&rng, n_kinds)]), *read;
		struct err err = {0};

		if (store_put(room->store, r, &err) < 0)
			fail_msg("%s", err.msg);
		if (r->revision == 0)
			continue;   /* the same was there already */
		assert_int_equal(store_get(room->store, r->id, AS_OF_ALL, &room->arena, &read, NULL), 0);
		if (read->revision == r->revision)
			assert_string_equal(json_of(&room->arena, read), json_of(&room->arena, r));
	}
	assert_int_equal(store_commit(room->store, NULL), 0);
	assert_sound(room->store);
}

/* An engine may keep one zero only: the record that comes back must have the same hash. */
static void a_negative_zero_is_a_zero(void **state)
{
	struct room *room = *state;
	struct observation *o = made_observation(&room->arena, "SRB", 2020, -0.0);
	struct record *read;

	o->low = -0.0;
	o->high = 5e-324;
	o->n = 1.7976931348623157e308;
	assert_int_equal(put_alone(room->store, o), PUT_NEW);
	assert_sound(room->store);
	assert_int_equal(store_get(room->store, o->r.id, AS_OF_ALL, &room->arena, &read, NULL), 0);
	assert_string_equal(json_of(&room->arena, read), json_of(&room->arena, o));
	assert_null(strstr(json_of(&room->arena, read), ":-0"));
	assert_int_equal(put_alone(room->store, made_observation(&room->arena, "GEO", 2020, 0.0)), PUT_NEW);
	assert_int_equal(put_alone(room->store, made_observation(&room->arena, "GEO", 2020, -0.0)), PUT_SAME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_room(the_same_record_again_writes_nothing),
		with_room(a_change_is_the_next_revision_and_the_first_stays),
		with_room(of_two_known_at_once_the_later_revision_counts),
		with_room(what_is_learned_late_does_not_hide_what_is_newer),
		with_room(a_tombstone_ends_an_id_from_its_day_on_only),
		with_room(withdrawing_what_is_not_there_has_no_effect),
		cmocka_unit_test(reading_as_of_any_day_agrees_with_a_list_of_all_that_was_said),
		with_room(a_negative_zero_is_a_zero),
		with_room(a_record_of_any_kind_comes_back_as_it_was_put),
	};

	return run_kept("store revisions", tests);
}
