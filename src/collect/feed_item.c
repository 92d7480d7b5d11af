/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * feed_item.c - from a feed's item to a document: text out of markup, language,
 * date, identity. What the item does not give stays null and says why.
 */
#include <string.h>
#include <strings.h>

#include <tocsin/text.h>

#include "collect/item.h"

struct instant source_seen(const struct collect_setup *setup, const struct source *source)
{
	return instant_is_set(source->collected) ? source->collected : setup->seen;
}

/* ---- links ---- */

static bool is_tracking(const char *s, size_t len)
{
	return (len >= 4 && strncasecmp(s, "utm_", 4) == 0) || (len >= 6 && strncasecmp(s, "fbclid", 6) == 0) ||
	       (len >= 5 && strncasecmp(s, "gclid", 5) == 0);
}

static void put_query(struct buf *out, const char *query, size_t len)
{
	char sign = '?';

	for (size_t at = 0; at < len;) {
		const char *amp = memchr(query + at, '&', len - at);
		size_t n = amp ? (size_t)(amp - query) - at : len - at;

		if (n && !is_tracking(query + at, n)) {
			buf_putc(out, sign);
			buf_add(out, query + at, n);
			sign = '&';
		}
		at += n + 1;
	}
}

const char *link_clean(struct arena *arena, const char *link)
{
	_cleanup_(buf_free) struct buf out = {0};
	size_t len = strcspn(link, "#"), host = 0, path, query;
	const char *scheme = strstr(link, "://");

	if (scheme && (size_t)(scheme - link) < len)
		host = (size_t)(scheme - link) + 3;
	path = host + strcspn(link + host, "/?#");
	query = path + strcspn(link + path, "?#");
	for (size_t i = 0; i < path; i++)
		buf_putc(&out, host && link[i] >= 'A' && link[i] <= 'Z' ? (char)(link[i] + 32) : link[i]);
	buf_add(&out, link + path, query - path);
	if (query < len)
		put_query(&out, link + query + 1, len - query - 1);
	return arena_ndup(arena, out.len ? out.s : "", out.len);
}

const char *link_key(struct arena *arena, const char *link)
{
	char *clean = (char *)link_clean(arena, link), *rest = strstr(clean, "://");
	size_t len, host;

	if (!rest)
		return clean;
	rest += 3;
	host = strcspn(rest, "/?");
	for (size_t i = 0; i < 2; i++) {
		const char *port = i ? ":443" : ":80";
		size_t n = strlen(port);

		if (host > n && strncmp(rest + host - n, port, n) == 0 && rest[host - n] == ':')
			memmove(rest + host - n, rest + host, strlen(rest + host) + 1);
	}
	len = strlen(rest);
	if (len && rest[len - 1] == '/')
		rest[len - 1] = '\0';
	return rest;
}

/* ---- footers of publishing systems ---- */

static const struct { const char *opener, *marker; } footers[] = {
	{"The post ", "appeared first on"}, {"The post ", " first appeared on"},
	{"L'article ", "est apparu en premier sur"}, {"L’article ", "est apparu en premier sur"},
	{"Der Beitrag ", "erschien zuerst auf"}, {"Članak ", "se pojavio prvo na"},
	{"Чланак ", "се појавио прво на"},
	{"Запись ", "впервые появилась"},
	{"Запис ", "спершу з"},
	{"Postarea ", "apare prima dat"}, {"Artykuł ", "pochodzi z serwisu"},
	{"ظهرت المقالة ", "أولا"},
};

size_t footer_start(const char *s, size_t len)
{
	for (size_t i = 0; i < LENGTH(footers); i++) {
		const char *marker = memmem(s, len, footers[i].marker, strlen(footers[i].marker));
		size_t n = strlen(footers[i].opener);

		if (!marker || len - (size_t)(marker - s) > 200)
			continue;   /* a footer stands at the end */
		for (const char *p = marker; p >= s && marker - p < 500; p--)
			if ((size_t)(s + len - p) > n && memcmp(p, footers[i].opener, n) == 0)
				return (size_t)(p - s);
	}
	return len;
}

/* ---- the parts of a document ---- */

static const char *plain_text(struct arena *arena, const char *s, bool plain)
{
	_cleanup_(buf_free) struct buf once = {0}, twice = {0};
	const char *amp;

	if (!s)
		return NULL;
	if (plain)
		buf_puts(&once, s);
	else
		text_from_html(&once, s, strlen(s));
	if (once.len == 0)
		return NULL;
	amp = strchr(once.s, '&');
	if (!plain && amp && !strchr(once.s, '<') && strchr(amp, ';')) {   /* escaped twice */
		text_from_html(&twice, once.s, once.len);
		return arena_ndup(arena, twice.s, twice.len);
	}
	return arena_ndup(arena, once.s, once.len);
}

static void set_body(struct arena *arena, struct document *document, const struct feed_item *item)
{
	const char *summary = plain_text(arena, item->summary, item->plain);
	const char *content = plain_text(arena, item->content, item->plain);
	const char *body = !summary || (content && strlen(content) >= strlen(summary)) ? content : summary;
	size_t len;

	if (!body) {
		record_missing(arena, &document->r, "body", "the item has no text");
		return;
	}
	len = footer_start(body, strlen(body));
	while (len && strchr(" \n\r\t", body[len - 1]))
		len--;
	document->body = len ? arena_ndup(arena, body, len) : NULL;
	document->truncated = text_is_cut(body, len);
}

/* "mail (Name)" and "Name <mail>" give the name; a bare address gives nobody. */
static const char *author_name(struct arena *arena, const char *s)
{
	const char *open, *close;
	size_t len;

	if (!s)
		return NULL;
	s += strspn(s, " \t\r\n");
	open = strchr(s, '(');
	close = open ? strchr(open, ')') : NULL;
	if (strchr(s, '@') && open && close && close > open + 1)
		return arena_ndup(arena, open + 1, (size_t)(close - open) - 1);
	len = strcspn(s, "<");
	while (len && strchr(" \t\r\n", s[len - 1]))
		len--;
	return len && !memchr(s, '@', len) ? arena_ndup(arena, s, len) : NULL;
}

static void set_lang(struct arena *arena, struct document *document, const struct source *source,
		     const struct feed_item *item)
{
	const char *hint = item->lang && *item->lang ? item->lang : source->lang;
	const char *text = arena_printf(arena, "%s\n%s", document->title ? document->title : "",
					document->body ? document->body : "");
	double confidence;

	document->lang = text_language(text, strlen(text), hint, &confidence);
	if (!document->lang && hint) {
		document->lang = arena_dup(arena, hint);
		document->lang_basis = item->lang ? "item" : "feed";
	} else if (document->lang) {
		document->lang_basis = hint && str_starts(document->lang, hint) ? "feed" : "text";
	} else {
		record_missing(arena, &document->r, "lang", "neither the feed nor the text tells it");
	}
}

static void set_date(const struct collect_setup *setup, const struct source *source,
		     const struct feed_item *item, struct arena *arena, struct document *document)
{
	struct instant seen = source_seen(setup, source);

	document->r.known = seen;
	document->published_basis = "none";
	if (!item->published) {
		document->seen = seen;
		record_missing(arena, &document->r, "published", "the item has no date");
	} else if (text_date(item->published, &document->published, NULL) < 0) {
		document->seen = seen;
		record_missing(arena, &document->r, "published", "the item's date cannot be read");
		document->flags = "unreadable-date";
	} else {
		document->published_basis = "feed";
		document->r.valid_from = document->published;
		if (document->published.usec > seen.usec + USEC_PER_DAY) {
			document->seen = seen;   /* kept, but ordered by when it was seen */
			document->flags = "future-date";
		} else {
			document->r.known = document->published;
		}
	}
}

static void set_key(struct arena *arena, struct document *document, const struct feed_item *item)
{
	if (item->guid && *item->guid)
		document->key = arena_printf(arena, "guid:%s", item->guid);
	else if (item->link && *item->link)
		document->key = arena_printf(arena, "link:%s", link_key(arena, item->link));
	else
		document->key = arena_printf(arena, "hash:%s", document->raw_hash);
}

static void set_raw(struct arena *arena, struct document *document, const struct feed_item *item,
		    const char *bytes)
{
	_cleanup_(buf_free) struct buf all = {0};
	char hex[33];

	if (item->end > item->start) {
		document->byte_start = (int64_t)item->start;
		document->byte_end = (int64_t)item->end;
		hash_hex(bytes + item->start, item->end - item->start, 16, hex);
	} else {
		record_missing(arena, &document->r, "byte_start", "the item's raw bytes cannot be told in this encoding");
		buf_printf(&all, "%s\n%s\n%s", item->title ? item->title : "", item->summary ? item->summary : "",
			   item->content ? item->content : "");
		hash_hex(all.s, all.len, 16, hex);
	}
	document->raw_hash = arena_dup(arena, hex);
}

int item_document(const struct collect_setup *setup, const struct source *source,
		  const struct feed_item *item, const char *bytes, struct records *out, struct err *err)
{
	struct arena *arena = out->arena;
	struct document *document = record_new(arena, &kind_document);
	int r;

	document->feed = source->feed ? source->feed : source->name;
	if (source->licence)
		document->r.licence = source->licence;
	document->title = plain_text(arena, item->title, item->plain);
	if (!document->title)
		record_missing(arena, &document->r, "title", "the item has no title");
	document->author = author_name(arena, item->author);
	if (!document->author)
		record_missing(arena, &document->r, "author", "the item names no author");
	document->link = item->link && *item->link ? link_clean(arena, item->link) : NULL;
	document->source = item->via && *item->via ? arena_dup(arena, item->via) : NULL;
	set_body(arena, document, item);
	set_lang(arena, document, source, item);
	set_date(setup, source, item, arena, document);
	set_raw(arena, document, item, bytes);
	set_key(arena, document, item);
	record_identify(arena, document);
	r = record_check(document, err);
	if (r == 0)
		records_add(out, document);
	return r;
}
