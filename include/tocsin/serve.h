/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * serve.h - the pages over HTTP, read-only, on the loopback address.
 */
#ifndef TOCSIN_SERVE_H
#define TOCSIN_SERVE_H

#include <tocsin/model.h>

struct server;

struct serve_setup {
	const char *store;           /* location; opened for reading by each request */
	const struct atlas *atlas;   /* must outlive the server */
	uint16_t port;               /* 0: any free one */
};

/*
 * Start serving on 127.0.0.1 in threads of its own. GET and HEAD only; requests
 * whose Host is not a loopback name are refused, so that no foreign page can read
 * ours through the browser. ERR_CONFLICT when the port is taken.
 */
int server_open(const struct serve_setup *setup, struct server **ret, struct err *err);
unsigned server_port(const struct server *server);
void server_close(struct server *server);
void server_closep(struct server **server);

#endif
