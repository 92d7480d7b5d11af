/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_server.c - what the server answers, to whom, and what it never says. */
#include "tests/store/kept.h"

#include <pthread.h>

#include <tocsin/serve.h>

#include "tests/serve/http_client.h"

#define HOSTILE "<script>alert(\"1\")</script>&'"

struct served {
	struct room *room;
	struct arena *arena;
	struct atlas atlas;
	struct server *server;
	unsigned port;
	const char *document, *event, *alert;
};

/* A document, an event and an alert, all of whose words are hostile. */
static void keep_hostile(struct served *served)
{
	struct document *document = made_document(served->arena, "a", 2, HOSTILE);
	struct event *event = record_new(served->arena, &kind_event);
	struct alert *alert = record_new(served->arena, &kind_alert);

	document->body = "before " HOSTILE " after";
	document->link = "javascript:alert(1)//" HOSTILE;
	event->r.unit = alert->r.unit = "SRB";
	event->r.known = event->r.valid_from = alert->r.known = alert->r.valid_from = day_of(2);
	event->document = document->r.id;
	event->civic_class = "protest";
	event->signal = "threat";
	event->actor = event->target = HOSTILE;
	event->feed = HOSTILE;
	record_from_span(served->arena, &event->r, document->r.id, "words", "body", 7, 7 + (int64_t)strlen(HOSTILE));
	record_identify(served->arena, event);
	alert->fingerprint = "f";
	alert->labels = "{\"unit\":\"SRB\"}";
	alert->rule = alert->title = alert->standing = alert->owner = HOSTILE;
	alert->level = 3;
	alert->direction = "threat";
	alert->triggered = alert->changed = alert->r.known;
	record_from(served->arena, &alert->r, event->r.id, "evidence");
	record_identify(served->arena, alert);
	assert_int_equal(put_alone(served->room->store, document), PUT_NEW);
	assert_int_equal(put_alone(served->room->store, event), PUT_NEW);
	assert_int_equal(put_alone(served->room->store, alert), PUT_NEW);
	served->document = document->r.id;
	served->event = event->r.id;
	served->alert = alert->r.id;
}

static int serve_start(void **state)
{
	static const char units[] = "id,kind,parent,from,past,name\nSRB,state,,2006,,Serbia <b>&\n"
				    "GEO,state,,1991,,Georgia\n";
	struct served *served = calloc(1, sizeof *served);

	room_make((void **)&served->room);
	served->arena = &served->room->arena;
	served->atlas.arena = served->arena;
	assert_int_equal(atlas_add_units(&served->atlas, "units.csv", units, strlen(units), NULL), 0);
	keep_hostile(served);
	assert_int_equal(server_open(&(struct serve_setup){.store = served->room->path, .atlas = &served->atlas},
				     &served->server, NULL), 0);
	served->port = server_port(served->server);
	*state = served;
	return 0;
}

static int serve_stop(void **state)
{
	struct served *served = *state;

	server_close(served->server);
	room_drop((void **)&served->room);
	free(served);
	return 0;
}

static struct answer get(struct served *served, const char *path)
{
	return ask(served->arena, served->port, "GET", path);
}

static void it_listens_on_the_loopback_address_only(void **state)
{
	struct served *served = *state;
	int fd = connect_to("127.0.0.1", served->port);

	assert_true(served->port > 0);
	assert_true(fd >= 0);
	close(fd);
	/* Whoever listens on every address is reached by this one too. */
	assert_int_equal(connect_to("127.0.0.2", served->port), -1);
}

static void a_port_that_is_taken_is_a_conflict(void **state)
{
	struct served *served = *state;
	struct server *second = NULL;
	struct err err = {0};

	assert_int_equal(server_open(&(struct serve_setup){.store = served->room->path, .atlas = &served->atlas,
							   .port = (uint16_t)served->port}, &second, &err), ERR_CONFLICT);
	assert_null(second);
	assert_non_null(strstr(err.msg, arena_printf(served->arena, "%u", served->port)));
	assert_true(err.hint[0]);
	assert_int_equal(get(served, "/healthz").status, 200);
}

static void health_is_json_with_schema_and_newest(void **state)
{
	struct served *served = *state;
	struct answer answer = get(served, "/healthz");
	const struct json *json;

	assert_int_equal(answer.status, 200);
	assert_string_equal(header_of(served->arena, &answer, "Content-Type"), "application/json");
	assert_int_equal(json_read(answer.body, strlen(answer.body), "health", 1, served->arena, &json, NULL), 0);
	assert_true(json_get(json, "ok")->b);
	assert_int_equal(json_get(json, "schema")->i, store_schema_newest());
	assert_true(str_starts(json_text(json, "newest_known"), "2024-01-02"));
}

static void other_methods_than_get_and_head_are_refused(void **state)
{
	static const char *const methods[] = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "get"};
	static const char *const paths[] = {"/", "/alerts", "/healthz", "/no-such-page"};
	struct served *served = *state;
	char before[65], after[65];

	hash_of(served->room->store, before);
	for (size_t m = 0; m < LENGTH(methods); m++)
		for (size_t p = 0; p < LENGTH(paths); p++) {
			struct answer answer = ask(served->arena, served->port, methods[m], paths[p]);

			assert_int_equal(answer.status, 405);
			assert_string_equal(header_of(served->arena, &answer, "Allow"), "GET, HEAD");
		}
	assert_string_equal(hash_of(served->room->store, after), before);
}

static void a_body_that_is_sent_along_is_not_taken_in(void **state)
{
	struct served *served = *state;
	_cleanup_(buf_free) struct buf request = {0};
	struct answer answer;

	buf_puts(&request, "POST /alerts HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
		 "Content-Length: 5000\r\n\r\n");
	for (int i = 0; i < 500; i++)
		buf_puts(&request, "state=clo&");
	answer = ask_raw(served->arena, served->port, request.s);
	assert_int_equal(answer.status, 405);
	assert_int_equal(get(served, "/healthz").status, 200);
}

static void head_gives_the_headers_of_get_and_no_body(void **state)
{
	static const char *const paths[] = {"/", "/c/SRB", "/tocsin.css", "/healthz", "/no-such-page"};
	struct served *served = *state;

	for (size_t i = 0; i < LENGTH(paths); i++) {
		struct answer whole = get(served, paths[i]), head = ask(served->arena, served->port, "HEAD", paths[i]);

		assert_int_equal(head.status, whole.status);
		assert_string_equal(head.body, "");
		assert_string_equal(header_of(served->arena, &head, "Content-Length"),
				    header_of(served->arena, &whole, "Content-Length"));
		assert_int_equal(atoi(header_of(served->arena, &whole, "Content-Length")), strlen(whole.body));
	}
}

static void words_from_outside_are_escaped_on_every_page(void **state)
{
	static const char *const raw[] = {"<script", ")</script>", "Serbia <b>", "href=\"javascript:", "alert(\"1\")"};
	struct served *served = *state;
	const char *pages[] = {
		"/", "/c/SRB", "/alerts", arena_printf(served->arena, "/alerts/%s", served->alert),
		arena_printf(served->arena, "/why/%s", served->alert),
		arena_printf(served->arena, "/why/%s", served->event),
		arena_printf(served->arena, "/why/%s", served->document),
	};

	for (size_t i = 0; i < LENGTH(pages); i++) {
		struct answer answer = get(served, pages[i]);

		assert_int_equal(answer.status, 200);
		for (size_t r = 0; r < LENGTH(raw); r++)
			if (strcasestr(answer.body, raw[r]))
				fail_msg("%s shows %s as it came", pages[i], raw[r]);
		if (!strstr(answer.body, "&lt;script&gt;"))
			fail_msg("%s does not show the words at all", pages[i]);
	}
}

static void what_is_not_there_is_404_and_never_echoed(void **state)
{
	static const char *const paths[] = {
		"/alerts/al00000000000000000000000000000000", "/why/al00000000000000000000000000000000",
		"/why/nothing", "/alerts/nothing", "/c/ATLANTIS", "/c/", "/why/", "/alerts/", "/c", "/index.html",
		"/../../etc/passwd", "/%2e%2e/etc/passwd", "//", "/healthz/", "/tocsin.css.map",
		"/why/%3Cscript%3Ealert(1)%3C/script%3E", "/c/%3Cscript%3E", "/%3Cscript%3E",
	};
	struct served *served = *state;

	for (size_t i = 0; i < LENGTH(paths); i++) {
		struct answer answer = get(served, paths[i]);

		if (answer.status != 404)
			fail_msg("%s is answered with %d", paths[i], answer.status);
		assert_null(strcasestr(answer.body, "<script"));
		assert_string_equal(header_of(served->arena, &answer, "Content-Type"), "text/html; charset=utf-8");
	}
	/* The id of another kind is no alert. */
	assert_int_equal(get(served, arena_printf(served->arena, "/alerts/%s", served->event)).status, 404);
}

static void addresses_that_are_too_long_or_not_text_are_refused(void **state)
{
	struct served *served = *state;
	_cleanup_(buf_free) struct buf path = {0};

	assert_int_equal(get(served, "/why/%ff%fe").status, 414);
	buf_puts(&path, "/c/");
	for (int i = 0; i < 600; i++)
		buf_putc(&path, 'x');
	assert_int_equal(get(served, path.s).status, 414);
}

static void a_date_that_is_none_is_refused_and_not_echoed(void **state)
{
	static const char *const dates[] = {"yesterday", "2024-13-01", "0000-01-01", "%22%3E%3Cscript%3E",
					    "2024-01-01%22%3E"};
	struct served *served = *state;

	for (size_t i = 0; i < LENGTH(dates); i++) {
		struct answer answer = get(served, arena_printf(served->arena, "/?as_of=%s", dates[i]));

		assert_int_equal(answer.status, 400);
		assert_null(strcasestr(answer.body, "<script"));
	}
}

static void a_date_shows_what_was_known_by_its_end(void **state)
{
	struct served *served = *state;
	const char *path = arena_printf(served->arena, "/alerts/%s?as_of=", served->alert);

	assert_int_equal(get(served, arena_printf(served->arena, "%s2024-01-01", path)).status, 404);
	assert_int_equal(get(served, arena_printf(served->arena, "%s2024-01-02", path)).status, 200);
	assert_int_equal(get(served, arena_printf(served->arena, "%s2024-01-01T23:59:59Z", path)).status, 404);
	assert_int_equal(get(served, arena_printf(served->arena, "%s2023-12", path)).status, 404);
	assert_int_equal(get(served, arena_printf(served->arena, "%s2024-01", path)).status, 200);
	assert_int_equal(get(served, arena_printf(served->arena, "%s2023", path)).status, 404);
	assert_int_equal(get(served, arena_printf(served->arena, "%s2024", path)).status, 200);
}

static void a_host_that_is_not_the_loopback_is_refused(void **state)
{
	static const char *const foreign[] = {
		"evil.example", "evil.example:8377", "127.0.0.1.evil.example", "localhost.evil.example", "127.0.0.10",
		"0.0.0.0", "192.168.1.2", "[::2]", "evil.example#127.0.0.1", "xlocalhost", "127.0.0.1@evil.example",
	};
	static const char *const ours[] = {"127.0.0.1", "127.0.0.1:8377", "localhost", "localhost:1", "[::1]",
					   "[::1]:8377"};
	struct served *served = *state;

	for (size_t i = 0; i < LENGTH(foreign) + LENGTH(ours); i++) {
		bool is_ours = i >= LENGTH(foreign);
		const char *host = is_ours ? ours[i - LENGTH(foreign)] : foreign[i];
		struct answer answer = ask_raw(served->arena, served->port, arena_printf(served->arena,
			"GET /alerts HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", host));

		if (answer.status != (is_ours ? 200 : 421))
			fail_msg("Host %s is answered with %d", host, answer.status);
		if (!is_ours)
			assert_null(strstr(answer.body, served->alert));
	}
	assert_int_equal(ask_raw(served->arena, served->port, "GET /healthz HTTP/1.0\r\n\r\n").status, 200);
}

static void every_answer_forbids_scripts_and_frames(void **state)
{
	struct served *served = *state;
	struct answer answers[] = {
		get(served, "/"), get(served, "/healthz"), get(served, "/nothing"), get(served, "/?as_of=x"),
		ask(served->arena, served->port, "POST", "/"),
		ask_raw(served->arena, served->port, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"),
	};

	for (size_t i = 0; i < LENGTH(answers); i++) {
		const char *policy = header_of(served->arena, &answers[i], "Content-Security-Policy");

		assert_non_null(policy);
		assert_non_null(strstr(policy, "default-src 'none'"));
		assert_non_null(strstr(policy, "frame-ancestors 'none'"));
		assert_null(strstr(policy, "script-src"));
		assert_null(strstr(policy, "unsafe"));
		assert_string_equal(header_of(served->arena, &answers[i], "X-Content-Type-Options"), "nosniff");
		assert_null(header_of(served->arena, &answers[i], "Access-Control-Allow-Origin"));
	}
}

static void assert_503(struct served *served, const char *path)
{
	struct answer answer = get(served, path);

	assert_int_equal(answer.status, 503);
	assert_string_equal(header_of(served->arena, &answer, "Content-Type"), "text/html; charset=utf-8");
	assert_non_null(strstr(answer.body, "<html"));
	assert_null(strstr(answer.body, served->room->dir));
}

static void a_store_that_is_damaged_or_gone_is_503_everywhere(void **state)
{
	static const char *const paths[] = {"/healthz", "/", "/c/SRB"};
	struct served *served = *state;

	run_sql(served->room->path, "DROP TABLE document");
	run_sql(served->room->path, "DROP TABLE observation");
	for (size_t i = 0; i < LENGTH(paths); i++)
		assert_503(served, paths[i]);
	store_close(served->room->store);
	served->room->store = NULL;
	unlink(served->room->path);
	for (size_t i = 0; i < LENGTH(paths); i++)
		assert_503(served, paths[i]);
	assert_false(file_exists(served->room->path));
}

/* ---- readers beside a writer ---- */

struct asking {
	unsigned port;
	int bad;
};

static void *keep_asking(void *user)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct asking *asking = user;

	for (int i = 0; i < 25; i++)
		asking->bad += ask(&arena, asking->port, "GET", i % 2 ? "/alerts" : "/c/SRB").status != 200;
	return NULL;
}

static void pages_are_answered_while_a_round_is_being_written(void **state)
{
	struct served *served = *state;
	struct asking asking[4];
	pthread_t threads[4];

	assert_int_equal(store_begin(served->room->store, NULL), 0);
	for (int i = 0; i < 4; i++) {
		asking[i] = (struct asking){.port = served->port};
		assert_int_equal(pthread_create(&threads[i], NULL, keep_asking, &asking[i]), 0);
	}
	for (int i = 0; i < 50; i++) {
		struct document *document = made_document(served->arena, numbered(served->arena, i), 3, "words");

		assert_int_equal(store_put(served->room->store, &document->r, NULL), PUT_NEW);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(asking[i].bad, 0);
	}
	assert_int_equal(store_commit(served->room->store, NULL), 0);
}

#define with_server(test) cmocka_unit_test_setup_teardown(test, serve_start, serve_stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_server(it_listens_on_the_loopback_address_only),
		with_server(a_port_that_is_taken_is_a_conflict),
		with_server(health_is_json_with_schema_and_newest),
		with_server(other_methods_than_get_and_head_are_refused),
		with_server(a_body_that_is_sent_along_is_not_taken_in),
		with_server(head_gives_the_headers_of_get_and_no_body),
		with_server(words_from_outside_are_escaped_on_every_page),
		with_server(what_is_not_there_is_404_and_never_echoed),
		with_server(addresses_that_are_too_long_or_not_text_are_refused),
		with_server(a_date_that_is_none_is_refused_and_not_echoed),
		with_server(a_date_shows_what_was_known_by_its_end),
		with_server(a_host_that_is_not_the_loopback_is_refused),
		with_server(every_answer_forbids_scripts_and_frames),
		with_server(a_store_that_is_damaged_or_gone_is_503_everywhere),
		with_server(pages_are_answered_while_a_round_is_being_written),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("serve", tests, NULL, NULL);
}
