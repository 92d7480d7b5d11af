/* SPDX-License-Identifier: GPL-3.0-or-later */
/* item.h - what every feed format gives of an item, and the document made of it. */
#ifndef COLLECT_ITEM_H
#define COLLECT_ITEM_H

#include <tocsin/collect.h>

struct feed_item {
	const char *title, *link, *guid, *summary, *content, *author, *published, *lang, *via;
	size_t start, end;       /* raw bytes of the item; end 0: not known */
	bool plain;              /* texts are plain, not HTML */
};

int item_document(const struct collect_setup *setup, const struct source *source,
		  const struct feed_item *item, const char *bytes, struct records *out, struct err *err);
/* Without tracking parameters and fragment; host in lower case. */
const char *link_clean(struct arena *arena, const char *link);
/* The same without scheme, default port and last slash: what identity compares. */
const char *link_key(struct arena *arena, const char *link);
/* Where the publishing system's footer starts in a text; its length when there is none. */
size_t footer_start(const char *s, size_t len);
struct instant source_seen(const struct collect_setup *setup, const struct source *source);

int feed_read_xml(const struct collect_setup *setup, const struct source *source, const char *bytes,
		  size_t len, struct records *out, struct err *err);
int feed_read_json(const struct collect_setup *setup, const struct source *source, const char *bytes,
		   size_t len, struct records *out, struct err *err);
int table_read_long(const struct collect_setup *setup, const struct source *source, const char *bytes,
		    size_t len, struct records *out, struct err *err);
int table_read_wide(const struct collect_setup *setup, const struct source *source, const char *bytes,
		    size_t len, struct records *out, struct err *err);
int table_read_facts(const struct collect_setup *setup, const struct source *source, const char *bytes,
		     size_t len, struct records *out, struct err *err);

#endif
