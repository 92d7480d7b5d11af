/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dump.c - a raw text dump told apart into items (docs/methods/dump-splitter.md).
 *
 * Lines, cut at glue points, get a role by their cues. What opens an item (credit,
 * byline, dateline) opens one unless it continues an opening; what closes one
 * (footer, follow line, category line, "read more") closes it; a cut mark closes
 * unless a footer follows; a change of language between two paragraphs opens one.
 * Items tile the text: the line break belongs to the item before it. One pass.
 */
#include <string.h>

#include <tocsin/text.h>

#include "collect/cue.h"

#define PARAGRAPH 80       /* bytes from which a line is a paragraph, whose language can be told */
#define HEADLINE 140       /* bytes that a headline stays below */

struct segment {
	size_t start, end, past;      /* text [start, end), with its line break up to past */
	enum role role;
	const char *lang;             /* of a paragraph; NULL */
	bool cut;                     /* ends in a cut mark */
};

struct segments {
	struct segment *v;
	size_t n, cap;
};

static bool opens_item(enum role role)
{
	return role == ROLE_CREDIT || role == ROLE_BYLINE || role == ROLE_DATELINE;
}

static bool closes_item(enum role role)
{
	return role == ROLE_CATEGORY || role == ROLE_FOOTER || role == ROLE_FOLLOW || role == ROLE_MORE;
}

static void segment_add(struct segments *all, const char *bytes, size_t start, size_t end, size_t past,
			struct arena *arena)
{
	struct segment *segment = arena_push(arena, all->v, all->n, all->cap);

	while (end > start && (bytes[end - 1] == '\r' || bytes[end - 1] == ' '))
		end--;
	*segment = (struct segment){.start = start, .end = end, .past = past,
				    .role = cue_role(bytes + start, end - start)};
	if (segment->role == ROLE_BODY && end - start >= PARAGRAPH) {
		double sure = 0;

		segment->lang = text_language(bytes + start, end - start, NULL, &sure);
		if (sure < 0.8)
			segment->lang = NULL;
	}
	segment->cut = segment->role == ROLE_BODY && text_is_cut(bytes + start, end - start) && end - start >= PARAGRAPH;
}

static void segments_build(const char *bytes, size_t len, struct arena *arena, struct segments *all)
{
	for (size_t at = 0; at < len;) {
		const char *nl = memchr(bytes + at, '\n', len - at);
		size_t end = nl ? (size_t)(nl - bytes) : len, past = nl ? end + 1 : len, glue;

		while ((glue = cue_glue(bytes + at, end - at, 0)) < end - at) {
			segment_add(all, bytes, at, at + glue, at + glue, arena);
			at += glue;
		}
		segment_add(all, bytes, at, end, past, arena);
		at = past;
	}
}

static bool is_headline(const struct segments *all, size_t i, const char *bytes)
{
	const struct segment *line = &all->v[i], *next;
	size_t k = i + 1, n = line->end - line->start;
	char last = n ? bytes[line->end - 1] : '.';

	while (k < all->n && all->v[k].role == ROLE_BLANK)
		k++;
	if (k >= all->n || line->role != ROLE_BODY || n < 12 || n >= HEADLINE || strchr(".!?:;|", last) || line->cut)
		return false;
	next = &all->v[k];
	return opens_item(next->role) || (next->role == ROLE_BODY && next->end - next->start > n + PARAGRAPH / 2 &&
					  next->end - next->start >= PARAGRAPH);
}

/* The last paragraph's language before i within the item that began at `first`. */
static const char *lang_before(const struct segments *all, size_t first, size_t i)
{
	while (i-- > first)
		if (all->v[i].lang)
			return all->v[i].lang;
	return NULL;
}

static bool has_body(const struct segments *all, size_t first, size_t i)
{
	for (size_t k = first; k < i; k++)
		if (all->v[k].role == ROLE_BODY && all->v[k].end - all->v[k].start >= PARAGRAPH)
			return true;
	return false;
}

/* Does a new item begin at segment i, the current one having begun at `first`? */
static bool begins(const struct segments *all, size_t first, size_t i)
{
	const struct segment *now = &all->v[i], *before = &all->v[i - 1];
	const char *spoken;
	size_t k = i;

	while (k > first && all->v[k - 1].role == ROLE_BLANK)
		k--;
	if (k == first)
		return false;
	before = &all->v[k - 1];
	if (now->role == ROLE_BLANK || now->role == ROLE_FOOTER || now->role == ROLE_FOLLOW || now->role == ROLE_MORE)
		return false;   /* these belong to what they close */
	if (closes_item(before->role) && now->role != ROLE_CATEGORY && now->role != ROLE_SIGNATURE)
		return true;
	if (before->cut)
		return now->role != ROLE_CATEGORY;
	if (opens_item(now->role))
		return has_body(all, first, i);
	spoken = now->lang ? lang_before(all, first, i) : NULL;
	return spoken && strcmp(spoken, now->lang) != 0;
}

/* ---- an item's document ---- */

static void put_body(const struct segments *all, size_t first, size_t past, bool headline, const char *bytes,
		     struct arena *arena, struct document *document)
{
	_cleanup_(buf_free) struct buf body = {0};

	for (size_t i = first; i < past; i++) {
		const struct segment *line = &all->v[i];

		if (line->role != ROLE_BODY || (headline && i == first))
			continue;
		if (body.len)
			buf_putc(&body, '\n');
		buf_add(&body, bytes + line->start, line->end - line->start);
		document->truncated = line->cut;
	}
	if (body.len)
		document->body = arena_ndup(arena, body.s, body.len);
	else
		record_missing(arena, &document->r, "body", "nothing but boilerplate");
}

static void take_stated(const struct segments *all, size_t first, size_t past, const char *bytes,
			struct arena *arena, struct document *document)
{
	for (size_t i = first; i < past; i++) {
		const struct segment *line = &all->v[i];
		const char *s = bytes + line->start;
		size_t n = line->end - line->start, start = 0, width = 0;

		if (line->role == ROLE_FOOTER && !document->title && (width = cue_footer_title(s, n, &start)))
			document->title = arena_ndup(arena, s + start, width);
		if ((line->role == ROLE_BYLINE || i == first) && !document->author && (width = cue_author(s, n, &start)))
			document->author = arena_ndup(arena, s + start, width);
		if (line->role == ROLE_DATELINE && !instant_is_set(document->published) &&
		    cue_date(s, n, &document->published))
			document->published_basis = "dateline";
	}
}

static void set_times(const struct source *source, struct arena *arena, struct document *document)
{
	document->r.known = source->collected;
	if (!instant_is_set(document->published)) {
		document->published_basis = "none";
		document->seen = source->collected;
		record_missing(arena, &document->r, "published", "the text states no date of its own");
	} else if (document->published.usec <= source->collected.usec + USEC_PER_DAY) {
		document->r.known = document->r.valid_from = document->published;
	} else {
		document->seen = source->collected;
		document->flags = "future-date";
	}
}

static void set_lang(const struct source *source, struct arena *arena, struct document *document)
{
	const char *text = document->body ? document->body : document->title ? document->title : "";

	document->lang = text_language(text, strlen(text), source->lang, NULL);
	document->lang_basis = "text";
	if (!document->lang)
		record_missing(arena, &document->r, "lang", "the text is too short to tell");
}

static int item_add(const struct source *source, const struct segments *all, size_t first, size_t past,
		    const char *bytes, struct records *out, struct err *err)
{
	struct arena *arena = out->arena;
	struct document *document = record_new(arena, &kind_document);
	size_t start = all->v[first].start, end = all->v[past - 1].past;
	bool headline;
	char hex[33];
	int r;

	while (first + 1 < past && all->v[first].role == ROLE_BLANK)
		first++;
	headline = is_headline(all, first, bytes);
	hash_hex(bytes + start, end - start, 16, hex);
	document->feed = source->feed ? source->feed : source->name;
	document->raw_hash = arena_dup(arena, hex);
	document->key = arena_printf(arena, "hash:%s", hex);
	document->byte_start = (int64_t)start;
	document->byte_end = (int64_t)end;
	document->r.licence = source->licence ? source->licence : "open";
	take_stated(all, first, past, bytes, arena, document);
	if (!document->title && headline)
		document->title = arena_ndup(arena, bytes + all->v[first].start, all->v[first].end - all->v[first].start);
	if (!document->title)
		record_missing(arena, &document->r, "title", "the text states none");
	if (!document->author)
		record_missing(arena, &document->r, "author", "the text names none");
	put_body(all, first, past, headline, bytes, arena, document);
	set_times(source, arena, document);
	set_lang(source, arena, document);
	record_identify(arena, document);
	r = record_check(document, err);
	if (r == 0)
		records_add(out, document);
	return r;
}

int dump_read(const struct source *source, const char *bytes, size_t len, struct records *out,
	      struct err *err)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct segments all = {0};
	size_t first = 0, valid = utf8_valid(bytes, len);
	int r = 0;

	if (valid < len)
		return err_hint(err, err_set(err, ERR_DATA, "%s: byte %zu is not valid UTF-8", source->name, valid),
				"Convert the dump to UTF-8 first.");
	segments_build(bytes, len, &arena, &all);
	for (size_t i = 1; i <= all.n && r == 0; i++)
		if (i == all.n || begins(&all, first, i)) {
			r = item_add(source, &all, first, i, bytes, out, err);
			first = i;
		}
	return r;
}
