/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_head.c - heads and their signatures, keys, entries, and logs that were tampered with. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "tests/ledger/tampered.h"

/* RFC 8032, section 7.1, test 1. */
#define RFC_SEED "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
#define RFC_PUBLIC "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"

static struct signing_key key_number(unsigned char n)
{
	unsigned char seed[KEY_SEED] = {n};
	struct signing_key key;

	key_of_seed(seed, &key);
	return key;
}

static struct head made_head(void)
{
	struct signing_key key = key_number(1);
	struct tree_hash root = tree_leaf("root", 4);

	return head_make(17, &root, (struct instant){.usec = 1767225600 * USEC_PER_SECOND + 7, .precision = INSTANT_SECOND},
			 &key);
}

/* ---- heads ---- */

static void a_head_holds_under_its_signature_only_as_it_was_signed(void **state)
{
	struct head head = made_head(), other = head;
	struct signing_key key = key_number(2);

	(void)state;
	assert_int_equal(head_check(&head, NULL), 0);
	assert_int_equal(head.at.usec % USEC_PER_SECOND, 0);
	other.size++;
	assert_int_equal(head_check(&other, NULL), ERR_INTEGRITY);
	other = head;
	other.root.v[5] ^= 1;
	assert_int_equal(head_check(&other, NULL), ERR_INTEGRITY);
	other = head;
	other.at.usec -= USEC_PER_SECOND;
	assert_int_equal(head_check(&other, NULL), ERR_INTEGRITY);
	other = head;
	memcpy(other.key, key.public, sizeof other.key);
	assert_int_equal(head_check(&other, NULL), ERR_INTEGRITY);
	other = head;
	other.signature[9] = other.signature[9] == '0' ? '1' : '0';
	assert_int_equal(head_check(&other, NULL), ERR_INTEGRITY);
	other = head_make(17, &head.root, head.at, NULL);
	assert_false(head_is_signed(&other));
	assert_int_equal(head_check(&other, NULL), ERR_INTEGRITY);
}

static void a_head_is_read_as_it_was_written(void **state)
{
	_cleanup_(buf_free) struct buf text = {0}, again = {0};
	struct head head = made_head(), back;

	(void)state;
	head_write(&text, &head);
	assert_int_equal(head_read(text.s, text.len, "head", &back, NULL), 0);
	assert_int_equal(head_check(&back, NULL), 0);
	head_write(&again, &back);
	assert_string_equal(text.s, again.s);
	buf_cut(&text, 0);
	buf_cut(&again, 0);
	head = head_make(17, &head.root, head.at, NULL);
	head_write(&text, &head);
	assert_int_equal(head_read(text.s, text.len, "head", &back, NULL), 0);
	assert_false(head_is_signed(&back));
	head_write(&again, &back);
	assert_string_equal(text.s, again.s);
}

/* The head's text with one part of it replaced. */
static int read_with(const char *part, const char *by)
{
	_cleanup_(buf_free) struct buf text = {0}, other = {0};
	struct head head = made_head(), back;
	const char *at;

	head_write(&text, &head);
	at = strstr(text.s, part);
	assert_non_null(at);
	buf_add(&other, text.s, (size_t)(at - text.s));
	buf_puts(&other, by);
	buf_puts(&other, at + strlen(part));
	return head_read(other.s, other.len, "head", &back, NULL);
}

static void what_is_no_head_is_refused(void **state)
{
	static const struct { const char *part, *by; } wrong[] = {
		{"\"size\":17", "\"size\":0"}, {"\"size\":17", "\"size\":-1"}, {"\"size\":17", "\"size\":17.0"},
		{"\"size\":17", "\"size\":\"17\""}, {"\"size\":17,", ""}, {"\"size\":17", "\"size\":99999999999999999999"},
		{"head 1", "head 2"}, {"\"root\":\"", "\"root\":\"0"}, {"\"root\":\"", "\"root\":null,\"more\":\""},
		{"00:00:00Z", "00:00:00+00:00"}, {"T00:00:00Z", ""}, {"00:00:00Z", "00:00:00.5Z"},
		{"\"key\":\"", "\"key\":\"AB"}, {"\"key\":", "\"key\":null,\"key2\":"}, {"}", ",\"note\":1}"},
		{"{", "[{"}, {"\"signature\":\"", "\"signature\":\"00"},
	};
	_cleanup_(buf_free) struct buf large = {0};
	struct head head;

	(void)state;
	assert_int_equal(read_with("{", " {\n"), 0);   /* blanks are nobody's business */
	for (size_t i = 0; i < LENGTH(wrong); i++)
		if (read_with(wrong[i].part, wrong[i].by) != ERR_DATA)
			fail_msg("%s for %s was not refused", wrong[i].by, wrong[i].part);
	for (size_t i = 0; i < 5000; i++)
		buf_putc(&large, ' ');
	assert_int_equal(head_read(large.s, large.len, "head", &head, NULL), ERR_DATA);
	assert_int_equal(head_read("", 0, "head", &head, NULL), ERR_DATA);
	assert_int_equal(head_read("null", 4, "head", &head, NULL), ERR_DATA);
}

/* ---- keys ---- */

struct key_room {
	char dir[200], path[220];
};

static int key_room_make(void **state)
{
	struct key_room *room = calloc(1, sizeof *room);
	const char *base = getenv("TMPDIR");

	snprintf(room->dir, sizeof room->dir, "%.150s/tocsin-key-XXXXXX", base && *base ? base : "/tmp");
	if (!mkdtemp(room->dir))
		return -1;
	snprintf(room->path, sizeof room->path, "%s/key", room->dir);
	*state = room;
	return 0;
}

static int key_room_drop(void **state)
{
	struct key_room *room = *state;

	unlink(room->path);
	rmdir(room->dir);
	free(room);
	return 0;
}

static void a_key_is_made_once_for_its_owner_alone(void **state)
{
	const struct key_room *room = *state;
	struct signing_key key, back;
	struct stat about;

	assert_int_equal(key_read(room->path, &back, NULL), ERR_NOT_FOUND);
	assert_int_equal(key_make(room->path, &key, NULL), 0);
	assert_int_equal(stat(room->path, &about), 0);
	assert_int_equal(about.st_mode & 07777, 0600);
	assert_int_equal(key_read(room->path, &back, NULL), 0);
	assert_string_equal(key.public, back.public);
	assert_memory_equal(key.secret, back.secret, sizeof key.secret);
	assert_int_equal(key_make(room->path, &back, NULL), ERR_CONFLICT);
	assert_int_equal(chmod(room->path, 0640), 0);
	assert_int_equal(key_read(room->path, &back, NULL), ERR_DENIED);
	assert_int_equal(chmod(room->path, 0602), 0);
	assert_int_equal(key_read(room->path, &back, NULL), ERR_DENIED);
}

static int read_key_of(const struct key_room *room, const char *text, struct signing_key *key)
{
	unlink(room->path);
	assert_int_equal(file_write(room->path, text, strlen(text), NULL), 0);
	assert_int_equal(chmod(room->path, 0600), 0);
	return key_read(room->path, key, NULL);
}

static void a_seed_gives_the_public_key_of_the_standard_and_nothing_else_is_a_seed(void **state)
{
	const struct key_room *room = *state;
	struct signing_key key;

	assert_int_equal(read_key_of(room, RFC_SEED "\n", &key), 0);
	assert_string_equal(key.public, RFC_PUBLIC);
	assert_true(key_is_public(key.public));
	assert_int_equal(read_key_of(room, RFC_SEED, &key), 0);
	assert_int_equal(read_key_of(room, RFC_SEED "\n\n", &key), ERR_DATA);
	assert_int_equal(read_key_of(room, RFC_SEED "0", &key), ERR_DATA);
	assert_int_equal(read_key_of(room, "9d61", &key), ERR_DATA);
	assert_int_equal(read_key_of(room, "", &key), ERR_DATA);
	assert_int_equal(key_read(room->dir, &key, NULL), ERR_DATA);
	assert_false(key_is_public("D75a"));
}

/* ---- entries ---- */

static struct forecast *made_forecast(struct arena *arena)
{
	struct forecast *forecast = record_new(arena, &kind_forecast);

	forecast->r.unit = "SRB";
	forecast->question = "closing";
	forecast->origin = 2024;
	forecast->as_of = instant_of_day(2025, 4, 1);
	forecast->p = 0.25;
	forecast->low = 0.125;
	forecast->weights = "{\"logit\":1}";
	forecast->drivers = "{\"level\":0.5}";
	forecast->n = 300;
	forecast->seed = 7;
	record_from(arena, &forecast->r, "ob2", "series");
	record_from(arena, &forecast->r, "ob1", "series");
	record_identify(arena, forecast);
	return forecast;
}

static void an_entry_has_its_keys_in_their_order_and_nothing_of_a_clock(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf entry = {0}, wanted = {0};
	struct forecast *forecast = made_forecast(&arena);
	char inputs[65];

	(void)state;
	entry_write(&entry, forecast, "1.0");
	entry_inputs(forecast, inputs);
	buf_printf(&wanted, "{\"forecast\":\"%s\",\"unit\":\"SRB\",\"question\":\"closing\",\"origin\":2024,"
		   "\"as_of\":\"2025-04-01\",\"p\":0.25,\"low\":0.125,\"high\":null,\"inputs\":\"%s\",\"version\":\"1.0\","
		   "\"model\":{\"logit\":1},\"seed\":7}", forecast->r.id, inputs);
	assert_string_equal(entry.s, wanted.s);
	assert_int_equal(entry_check(entry.s, entry.len, forecast, &arena, NULL), 0);
}

static void inputs_do_not_depend_on_the_order_of_origins_but_on_each(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct forecast *forecast = made_forecast(&arena), *other = made_forecast(&arena);
	struct origin swap = other->r.from[0];
	char a[65], b[65];

	(void)state;
	other->r.from[0] = other->r.from[1];
	other->r.from[1] = swap;
	entry_inputs(forecast, a);
	entry_inputs(other, b);
	assert_string_equal(a, b);
	other->r.from[1].from_id = "ob3";
	entry_inputs(other, b);
	assert_string_not_equal(a, b);
	other = made_forecast(&arena);
	other->drivers = "{\"level\":0.6}";
	entry_inputs(other, b);
	assert_string_not_equal(a, b);
}

static void an_entry_that_is_not_the_forecast_says_where(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	_cleanup_(buf_free) struct buf entry = {0};
	struct forecast *forecast = made_forecast(&arena);
	struct err err = {0};

	(void)state;
	entry_write(&entry, forecast, "1.0");
	forecast->p = 0.5;
	assert_int_equal(entry_check(entry.s, entry.len, forecast, &arena, &err), ERR_INTEGRITY);
	assert_string_equal(err.msg, "the entry says p 0.25, the forecast 0.5");
	forecast->p = 0.25;
	buf_putc(&entry, ' ');
	assert_int_equal(entry_check(entry.s, entry.len, forecast, &arena, &err), ERR_INTEGRITY);
	assert_string_equal(err.msg, "the entry is not in its canonical form");
	assert_int_equal(entry_check("{", 1, forecast, &arena, &err), ERR_INTEGRITY);
	assert_int_equal(entry_check("[]", 2, forecast, &arena, &err), ERR_INTEGRITY);
}

/* ---- logs ---- */

struct world {
	struct arena arena;
	struct rng rng;
	struct log log;
	struct signing_key key, other;
	struct head kept;
};

static void world_make(struct world *world, size_t n)
{
	*world = (struct world){.key = key_number(3), .other = key_number(4)};
	rng_seed(&world->rng, 20260101);
	log_grow(&world->log, n, &world->rng, &world->arena);
	log_number(&world->log);
	log_seal(&world->log, &world->key, instant_of_day(2026, 1, 1));
	world->kept = world->log.newest;
}

static void a_log_that_only_grew_agrees_with_the_head_that_was_kept(void **state)
{
	struct world world;

	(void)state;
	world_make(&world, 100);
	for (size_t i = 0; i < 10; i++) {
		assert_int_equal(log_audit(&world.log, &world.kept, NULL), 0);
		log_grow(&world.log, i, &world.rng, &world.arena);
		log_number(&world.log);
		log_seal(&world.log, &world.key, instant_of_day(2026, 1, 2 + (unsigned)i));
	}
	arena_free(&world.arena);
}

static void two_hundred_tamperings_are_all_found(void **state)
{
	struct world world;
	size_t counted = 0;

	(void)state;
	world_make(&world, 150);
	for (size_t i = 0; counted < 200; i++) {
		enum tampering how = (enum tampering)(i % N_TAMPERINGS);
		int found = tamper_once(&world.log, how, &world.key, &world.other, &world.kept, &world.rng);

		if (found == 0)
			fail_msg("not found: %s", tampering_names[how]);
		counted += found > 0;
	}
	arena_free(&world.arena);
}

static void a_rewrite_signed_by_the_same_key_is_seen_by_the_kept_head_only(void **state)
{
	struct world world;
	struct log copy;
	struct err err = {0};

	(void)state;
	world_make(&world, 60);
	copy = log_copy(&world.log, &world.arena);
	tamper(&copy, REWRITE_THE_END, &world.rng, &world.arena);
	log_number(&copy);
	log_seal(&copy, &world.key, world.kept.at);
	assert_int_equal(log_audit(&copy, NULL, NULL), 0);
	assert_int_equal(log_audit(&copy, &world.kept, &err), ERR_INTEGRITY);
	assert_non_null(strstr(err.msg, "positions 0 to 59 are not those of the head of 60 entries kept elsewhere"));
	copy.n = 40;
	log_seal(&copy, &world.key, world.kept.at);
	assert_int_equal(log_audit(&copy, NULL, NULL), 0);
	assert_int_equal(log_audit(&copy, &world.kept, &err), ERR_INTEGRITY);
	assert_string_equal(err.msg, "position 40: the log ends here, but the head kept elsewhere speaks of 60 entries");
	arena_free(&world.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_head_holds_under_its_signature_only_as_it_was_signed),
		cmocka_unit_test(a_head_is_read_as_it_was_written),
		cmocka_unit_test(what_is_no_head_is_refused),
		cmocka_unit_test_setup_teardown(a_key_is_made_once_for_its_owner_alone, key_room_make, key_room_drop),
		cmocka_unit_test_setup_teardown(a_seed_gives_the_public_key_of_the_standard_and_nothing_else_is_a_seed,
						key_room_make, key_room_drop),
		cmocka_unit_test(an_entry_has_its_keys_in_their_order_and_nothing_of_a_clock),
		cmocka_unit_test(inputs_do_not_depend_on_the_order_of_origins_but_on_each),
		cmocka_unit_test(an_entry_that_is_not_the_forecast_says_where),
		cmocka_unit_test(a_log_that_only_grew_agrees_with_the_head_that_was_kept),
		cmocka_unit_test(two_hundred_tamperings_are_all_found),
		cmocka_unit_test(a_rewrite_signed_by_the_same_key_is_seen_by_the_kept_head_only),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ledger head", tests, NULL, NULL);
}
