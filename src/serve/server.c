/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * server.c - GET and HEAD on the loopback address: routes to views, views to pages.
 *
 * Each request opens the store for reading and closes it again, so a page never
 * shows half a round and the server holds no lock. libmicrohttpd listens on every
 * interface unless told: it is given the loopback address by name.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

#include <tocsin/loop.h>
#include <tocsin/render.h>
#include <tocsin/serve.h>

#define URL_MAX 512

static const char page_type[] = "text/html; charset=utf-8";

struct server {
	struct MHD_Daemon *daemon;
	char *store;
	const struct atlas *atlas;
	unsigned port;
};

struct request {
	const struct server *server;
	const char *path, *pinned;
	struct page_setup page;
	struct arena arena;
	struct store *store;
	struct buf body;
	const char *type;
	int64_t as_of;
	int status;
};

/* ---- routes ---- */

static int fault(struct request *request, int status, const char *what)
{
	request->status = status;
	request->type = page_type;
	buf_cut(&request->body, 0);
	page_fault(&request->body, &request->page, status, what);
	return 0;
}

static int route_situation(struct request *request, struct err *err)
{
	struct situation_view view;
	int r = view_situation(request->store, request->server->atlas, request->as_of, &request->arena, &view, err);

	if (r == 0)
		page_situation(&request->body, &request->page, &view);
	return r;
}

static int route_country(struct request *request, struct err *err)
{
	const struct unit *unit = atlas_guess(request->server->atlas, request->path + 3);
	struct country_view view;
	int r = view_country(request->store, request->server->atlas, unit ? unit->r.unit : request->path + 3,
			     request->as_of, &request->arena, &view, err);

	if (r == 0)
		page_country(&request->body, &request->page, &view);
	return r;
}

static int route_alerts(struct request *request, struct err *err)
{
	struct alert_view *alerts;
	size_t n;
	int r = view_alerts(request->store, request->as_of, NULL, true, &request->arena, &alerts, &n, err);

	if (r == 0)
		page_alerts(&request->body, &request->page, alerts, n, true);
	return r;
}

static int route_alert(struct request *request, struct err *err)
{
	struct alert_detail detail;
	int r = view_alert(request->store, request->path + strlen("/alerts/"), request->as_of, &request->arena,
			   &detail, err);

	if (r == 0)
		page_alert(&request->body, &request->page, &detail);
	return r;
}

static int route_why(struct request *request, struct err *err)
{
	struct why *walk;
	size_t n;
	int r = why_walk(request->store, request->path + strlen("/why/"), request->as_of, &request->arena, &walk, &n, err);

	if (r == 0)
		page_why(&request->body, &request->page, walk, n);
	return r;
}

static int route_health(struct request *request, struct err *err)
{
	struct instant newest = {0};
	char text[40];
	int r = store_newest(request->store, &newest, err);

	instant_write(newest, text);
	request->type = "application/json";
	buf_printf(&request->body, "{\"newest_known\":\"%s\",\"ok\":%s,\"schema\":%d}\n", text, r == 0 ? "true" : "false",
		   store_schema(request->store));
	return r;
}

static int route_style(struct request *request, struct err *err)
{
	(void)err;
	request->type = "text/css; charset=utf-8";
	buf_puts(&request->body, page_style);
	return 0;
}

static const struct {
	const char *path;
	bool prefix;
	int (*run)(struct request *request, struct err *err);
} routes[] = {
	{"/", false, route_situation}, {"/c/", true, route_country}, {"/alerts", false, route_alerts},
	{"/alerts/", true, route_alert}, {"/why/", true, route_why}, {"/healthz", false, route_health},
	{"/tocsin.css", false, route_style},
};

static int dispatch(struct request *request, struct err *err)
{
	for (size_t i = 0; i < LENGTH(routes); i++) {
		bool matches = routes[i].prefix ? str_starts(request->path, routes[i].path) &&
						  request->path[strlen(routes[i].path)]
						: strcmp(request->path, routes[i].path) == 0;

		if (matches)
			return routes[i].run(request, err);
	}
	return fault(request, 404, "no such page");
}

/* The end of the day, month or year asked for; AS_OF_ALL when none is. */
static int read_as_of(struct request *request)
{
	struct instant at;

	request->as_of = AS_OF_ALL;
	if (!request->pinned)
		return 0;
	if (instant_read(request->pinned, &at, NULL) < 0)
		return -1;
	request->as_of = instant_last(at);
	request->page.pinned = request->pinned;
	return 0;
}

static void answer(struct request *request)
{
	struct err err = {0};
	int r;

	if (strlen(request->path) > URL_MAX || utf8_valid(request->path, strlen(request->path)) != strlen(request->path)) {
		fault(request, 414, "the address is too long or not text");
	} else if (read_as_of(request) < 0) {
		fault(request, 400, "as_of is not a date");
	} else {
		r = store_open(request->server->store, STORE_READ, &request->store, &err);
		if (r == 0 && (r = dispatch(request, &err)) == ERR_NOT_FOUND)
			fault(request, 404, "there is no such record");
		else if (r < 0)   /* a store that is not there is no missing page */
			fault(request, 503, "the store cannot be read just now");
	}
	store_close(request->store);
}

/* ---- HTTP ---- */

/* Through DNS rebinding a foreign page could otherwise read ours in the user's browser. */
static bool is_local_host(const char *host)
{
	static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};

	for (size_t i = 0; host && i < LENGTH(names); i++) {
		size_t n = strlen(names[i]);

		if (strncmp(host, names[i], n) == 0 && (host[n] == '\0' || host[n] == ':'))
			return true;
	}
	return host == NULL;   /* HTTP/1.0 without one: no browser */
}

static void add_headers(struct MHD_Response *response, const struct request *request)
{
	static const char *const headers[][2] = {
		{"Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
					    "form-action 'none'; frame-ancestors 'none'"},
		{"X-Content-Type-Options", "nosniff"}, {"Referrer-Policy", "no-referrer"},
		{"Cache-Control", "no-cache"},
	};

	MHD_add_response_header(response, "Content-Type", request->type);
	for (size_t i = 0; i < LENGTH(headers); i++)
		MHD_add_response_header(response, headers[i][0], headers[i][1]);
	if (request->status == 405)
		MHD_add_response_header(response, "Allow", "GET, HEAD");
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *upload,
				  size_t *upload_size, void **state)
{
	struct request request = {.server = user, .path = url, .type = page_type, .status = 200};
	struct MHD_Response *response;
	enum MHD_Result queued;

	(void)version;
	(void)upload;
	if (*upload_size) {   /* nothing is taken in: read past it */
		*upload_size = 0;
		return MHD_YES;
	}
	(void)state;
	request.page.atlas = request.server->atlas;
	request.pinned = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "as_of");
	if (!is_local_host(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host")))
		fault(&request, 421, "this server answers on this machine only");
	else if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
		fault(&request, 405, "pages can only be read");
	else
		answer(&request);
	response = MHD_create_response_from_buffer(request.body.len, request.body.len ? request.body.s : (char *)"",
						   MHD_RESPMEM_MUST_COPY);
	add_headers(response, &request);
	queued = MHD_queue_response(connection, (unsigned)request.status, response);
	MHD_destroy_response(response);
	buf_free(&request.body);
	arena_free(&request.arena);
	return queued;
}

int server_open(const struct serve_setup *setup, struct server **ret, struct err *err)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(setup->port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct server *server = calloc(1, sizeof *server);

	server->store = strdup(setup->store);
	server->atlas = setup->atlas;
	server->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, setup->port, NULL, NULL,
					  on_request, server, MHD_OPTION_SOCK_ADDR, &address,
					  MHD_OPTION_CONNECTION_LIMIT, 64u, MHD_OPTION_CONNECTION_TIMEOUT, 30u,
					  MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)32 * 1024, MHD_OPTION_END);
	if (!server->daemon) {
		server_close(server);
		return err_hint(err, err_set(err, ERR_CONFLICT, "could not listen on port %u of 127.0.0.1", setup->port),
				"Another program may hold it; choose another with --port.");
	}
	server->port = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
	*ret = server;
	return 0;
}

unsigned server_port(const struct server *server)
{
	return server->port;
}

void server_close(struct server *server)
{
	if (!server)
		return;
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	free(server->store);
	free(server);
}

void server_closep(struct server **server)
{
	server_close(*server);
}
