/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * audit.c - a log read once from its first entry on: every hash is that of its text,
 * and every head, those of the log and those kept elsewhere, has the root of its prefix.
 *
 * The root of a prefix is that of the entries and their order alone. A log whose first
 * n entries are not those of a kept head of n entries cannot have its root, whatever
 * hashes and signatures were made anew.
 */
#include <stdlib.h>
#include <string.h>

#include "ledger/nodes.h"

static int by_size(const void *a, const void *b)
{
	const struct audit_head *x = a, *y = b;

	if (x->head.size != y->head.size)
		return x->head.size < y->head.size ? -1 : 1;
	return (y->kept > x->kept) - (y->kept < x->kept);
}

void audit_start(struct audit *audit, struct audit_head *heads, size_t n_heads)
{
	memset(audit, 0, sizeof *audit);
	if (n_heads)
		qsort(heads, n_heads, sizeof *heads, by_size);
	audit->heads = heads;
	audit->n_heads = n_heads;
}

static const char *where_kept(const struct audit_head *head)
{
	return head->kept ? "kept elsewhere" : "of the log";
}

static int heads_meet(struct audit *audit, struct err *err)
{
	for (; audit->next < audit->n_heads && audit->heads[audit->next].head.size == audit->range.n; audit->next++) {
		struct audit_head *head = &audit->heads[audit->next];
		struct tree_hash root = tree_range_root(&audit->range);
		char at[40];

		instant_write(head->head.at, at);
		head->met = tree_hash_eq(&root, &head->head.root);
		if (!head->met)
			return err_set(err, ERR_INTEGRITY, "positions %llu to %llu are not those of the head of %llu entries %s, "
				       "made %s: an entry there was changed, moved, left out or added",
				       (unsigned long long)audit->agreed, (unsigned long long)audit->range.n - 1,
				       (unsigned long long)head->head.size, where_kept(head), at);
	}
	return 0;
}

int audit_add(struct audit *audit, int64_t position, const char *entry, size_t len, const char *leaf,
	      struct err *err)
{
	struct tree_hash hash = tree_leaf(entry, len), stored;
	int r;

	if (position < 0 || (uint64_t)position != audit->range.n)
		return err_set(err, ERR_INTEGRITY, "position %llu: no entry there, the next one is at %lld",
			       (unsigned long long)audit->range.n, (long long)position);
	if (tree_hash_read(leaf, &stored, NULL) < 0 || !tree_hash_eq(&hash, &stored))
		return err_set(err, ERR_INTEGRITY, "position %lld: the hash is not that of the entry", (long long)position);
	tree_range_add(&audit->range, &hash);
	r = heads_meet(audit, err);
	if (r == 0 && audit->next && audit->heads[audit->next - 1].head.size == audit->range.n)
		audit->agreed = audit->range.n;
	return r;
}

int audit_end(struct audit *audit, struct err *err)
{
	const struct audit_head *head;

	if (audit->next == audit->n_heads)
		return 0;
	head = &audit->heads[audit->next];
	return err_set(err, ERR_INTEGRITY, "position %llu: the log ends here, but the head %s speaks of %llu entries",
		       (unsigned long long)audit->range.n, where_kept(head), (unsigned long long)head->head.size);
}
