/* SPDX-License-Identifier: GPL-3.0-or-later */
/* irt_share.c - each thread takes the next piece until none is left. */
#include <pthread.h>
#include <stdatomic.h>

#include "measure/irt_share.h"

#define MOST_THREADS 64

struct share {
	atomic_size_t next;
	size_t n;
	void (*work)(size_t i, void *user);
	void *user;
};

static void *share_work(void *arg)
{
	struct share *share = arg;

	for (size_t i; (i = atomic_fetch_add(&share->next, 1)) < share->n;)
		share->work(i, share->user);
	return NULL;
}

void share_out(size_t n, size_t threads, void (*work)(size_t i, void *user), void *user)
{
	struct share share = {.n = n, .work = work, .user = user};
	pthread_t others[MOST_THREADS];
	size_t started = 0;

	/* Where no thread can be had, those that there are do all. */
	while (started + 1 < threads && started + 1 < n && started < MOST_THREADS &&
	       pthread_create(&others[started], NULL, share_work, &share) == 0)
		started++;
	share_work(&share);
	while (started > 0)
		pthread_join(others[--started], NULL);
}
