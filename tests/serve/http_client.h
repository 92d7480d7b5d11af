/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http_client.h - one request, byte for byte as given, and the whole answer. Included by one file a program. */
#ifndef TESTS_SERVE_HTTP_CLIENT_H
#define TESTS_SERVE_HTTP_CLIENT_H

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tocsin/base.h>

struct answer {
	int status;         /* 0: none came */
	const char *head;   /* status line and headers */
	const char *body;
};

/* A connection to an address of this machine, or -1. */
static inline int connect_to(const char *address, unsigned port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct timeval patience = {.tv_sec = 20};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	inet_pton(AF_INET, address, &to.sin_addr);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	close(fd);
	return -1;
}

static inline struct answer ask_raw(struct arena *arena, unsigned port, const char *request)
{
	_cleanup_(buf_free) struct buf bytes = {0};
	int fd = connect_to("127.0.0.1", port);
	struct answer answer = {.head = "", .body = ""};
	char part[4096], *text, *gap;
	ssize_t n;

	if (fd < 0)
		return answer;
	if (send(fd, request, strlen(request), MSG_NOSIGNAL) == (ssize_t)strlen(request))
		while ((n = recv(fd, part, sizeof part, 0)) > 0)
			buf_add(&bytes, part, (size_t)n);
	close(fd);
	if (!bytes.len)
		return answer;
	text = arena_ndup(arena, bytes.s, bytes.len);
	gap = strstr(text, "\r\n\r\n");
	answer.head = text;
	if (gap) {
		gap[2] = '\0';
		answer.body = gap + 4;
	}
	if (str_starts(text, "HTTP/1."))
		answer.status = atoi(text + strlen("HTTP/1.1 "));
	return answer;
}

/* METHOD PATH with a Host of the loopback. */
static inline struct answer ask(struct arena *arena, unsigned port, const char *method, const char *path)
{
	return ask_raw(arena, port, arena_printf(arena, "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n\r\n",
						 method, path, port));
}

/* The value of a header, or NULL. */
static inline const char *header_of(struct arena *arena, const struct answer *answer, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = strstr(answer->head, "\r\n"); line; line = strstr(line, "\r\n")) {
		line += 2;
		if (strncasecmp(line, name, len) == 0 && line[len] == ':')
			return arena_ndup(arena, line + len + 2, strcspn(line + len + 2, "\r"));
	}
	return NULL;
}

#endif
