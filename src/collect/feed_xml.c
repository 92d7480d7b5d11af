/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * feed_xml.c - RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, by libxml2.
 *
 * No network, no document type with entities of its own, depth as libxml2 limits
 * it. HTML's named entities, which feeds use and XML does not know, are put in as
 * numbers before. The raw bytes of items are found by scanning for their tags.
 */
#include <string.h>

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include "collect/item.h"

struct fault {
	int line, column;
	char msg[200];
};

static void keep_fault(void *user, xmlErrorPtr error)
{
	struct fault *fault = user;

	if (fault->line || error->level < XML_ERR_ERROR || error->domain == XML_FROM_NAMESPACE)
		return;
	fault->line = error->line > 0 ? error->line : 1;
	fault->column = error->int2 > 0 ? error->int2 : 1;
	snprintf(fault->msg, sizeof fault->msg, "%.*s", (int)strcspn(error->message, "\n"), error->message);
}

static void doc_freep(xmlDocPtr *doc)
{
	xmlFreeDoc(*doc);
}

static void ctxt_freep(xmlParserCtxtPtr *ctxt)
{
	xmlFreeParserCtxt(*ctxt);
}

/* &eacute; becomes &#233; everywhere but in CDATA, where it belongs to the HTML inside. */
static void number_entities(struct buf *out, const char *s, size_t len)
{
	static const char *const own[] = {"amp", "lt", "gt", "quot", "apos"};

	for (size_t at = 0; at < len;) {
		const char *amp = memchr(s + at, '&', len - at), *cdata = memmem(s + at, len - at, "<![CDATA[", 9);
		size_t start, n = 0;
		char name[34];
		const htmlEntityDesc *entity = NULL;

		if (cdata && (!amp || cdata < amp)) {
			const char *end = memmem(cdata, len - (size_t)(cdata - s), "]]>", 3);

			start = end ? (size_t)(end - s) + 3 : len;
			buf_add(out, s + at, start - at);
			at = start;
			continue;
		}
		start = amp ? (size_t)(amp - s) : len;
		buf_add(out, s + at, start - at);
		at = start;
		if (!amp)
			break;
		while (at + 1 + n < len && n < 32 && (((s[at + 1 + n] | 32) >= 'a' && (s[at + 1 + n] | 32) <= 'z') ||
						      (n && s[at + 1 + n] >= '0' && s[at + 1 + n] <= '9')))
			n++;
		if (n && at + 1 + n < len && s[at + 1 + n] == ';') {
			memcpy(name, s + at + 1, n);
			name[n] = '\0';
			for (size_t i = 0; i < LENGTH(own); i++)
				if (strcmp(name, own[i]) == 0)
					n = 0;
			entity = n ? htmlEntityLookup((const xmlChar *)name) : NULL;
		}
		if (entity) {
			buf_printf(out, "&#%u;", entity->value);
			at += n + 2;
		} else {
			buf_putc(out, s[at++]);
		}
	}
}

/* ---- reading the tree ---- */

static bool named(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static const char *keep(struct arena *arena, xmlChar *text)
{
	const char *s = arena_dup(arena, (const char *)text);

	xmlFree(text);
	if (s)
		s += strspn(s, " \t\r\n");
	return s && *s ? s : NULL;
}

static const char *content(struct arena *arena, xmlNode *node)
{
	const char *type = keep(arena, xmlGetNoNsProp(node, (const xmlChar *)"type"));

	if (str_eq(type, "xhtml")) {   /* markup inside: its own text, blocks apart */
		_cleanup_(buf_free) struct buf text = {0};
		xmlBufferPtr dump = xmlBufferCreate();

		xmlNodeDump(dump, node->doc, node, 0, 0);
		buf_puts(&text, (const char *)xmlBufferContent(dump));
		xmlBufferFree(dump);
		return arena_ndup(arena, text.s, text.len);
	}
	return keep(arena, xmlNodeGetContent(node));
}

static const char *attribute(struct arena *arena, xmlNode *node, const char *name)
{
	return keep(arena, xmlGetNoNsProp(node, (const xmlChar *)name));
}

/* Atom's links: alternate is the page, via the source of the fact. */
static void take_link(struct arena *arena, xmlNode *node, struct feed_item *item)
{
	const char *href = attribute(arena, node, "href"), *rel = attribute(arena, node, "rel");

	if (!href) {
		const char *text = content(arena, node);

		if (text && !item->link)
			item->link = text;
	} else if (!rel || strcmp(rel, "alternate") == 0) {
		item->link = href;
	} else if (strcmp(rel, "via") == 0) {
		item->via = href;
	}
}

static const char *author_of(struct arena *arena, xmlNode *node)
{
	for (xmlNode *child = node->children; child; child = child->next)
		if (named(child, "name"))
			return content(arena, child);
	return content(arena, node);
}

static void take_child(struct arena *arena, xmlNode *node, struct feed_item *item)
{
	const char *name = (const char *)node->name;
	bool media = node->ns && node->ns->href && strstr((const char *)node->ns->href, "mrss");

	if (media)
		return;
	if (strcmp(name, "title") == 0 && !item->title) {
		item->title = content(arena, node);
	} else if (strcmp(name, "link") == 0) {
		take_link(arena, node, item);
	} else if (strcmp(name, "guid") == 0 || strcmp(name, "id") == 0) {
		const char *permalink = attribute(arena, node, "isPermaLink");

		item->guid = content(arena, node);
		if (!item->link && item->guid && strstr(item->guid, "://") && !str_eq(permalink, "false"))
			item->link = item->guid;
	} else if (strcmp(name, "description") == 0 || strcmp(name, "summary") == 0) {
		item->summary = content(arena, node);
	} else if (strcmp(name, "encoded") == 0 || strcmp(name, "content") == 0) {
		item->content = content(arena, node);
	} else if (strcmp(name, "creator") == 0 || strcmp(name, "author") == 0) {
		if (!item->author || strcmp(name, "creator") == 0)
			item->author = author_of(arena, node);
	} else if (strcmp(name, "pubDate") == 0 || strcmp(name, "published") == 0 || strcmp(name, "issued") == 0) {
		item->published = content(arena, node);
	} else if ((strcmp(name, "date") == 0 || strcmp(name, "updated") == 0 || strcmp(name, "modified") == 0) &&
		   !item->published) {
		item->published = content(arena, node);
	} else if (strcmp(name, "source") == 0) {
		item->via = attribute(arena, node, "url");
	} else if (strcmp(name, "language") == 0) {
		item->lang = content(arena, node);
	}
}

static struct feed_item read_item(struct arena *arena, xmlNode *node, const char *feed_lang)
{
	struct feed_item item = {0};
	const char *lang;

	for (xmlNode *child = node->children; child; child = child->next)
		if (child->type == XML_ELEMENT_NODE)
			take_child(arena, child, &item);
	lang = keep(arena, xmlNodeGetLang(node));
	if (!item.lang)
		item.lang = lang ? lang : feed_lang;
	if (!item.guid)   /* RSS 1.0: the item's address is its name */
		item.guid = keep(arena, xmlGetProp(node, (const xmlChar *)"about"));
	return item;
}

static const char *channel_lang(struct arena *arena, xmlNode *root)
{
	for (xmlNode *node = root->children; node; node = node->next) {
		if (!named(node, "channel"))
			continue;
		for (xmlNode *child = node->children; child; child = child->next)
			if (named(child, "language"))
				return content(arena, child);
	}
	return NULL;
}

/* ---- raw bytes of the items ---- */

static bool opens(const char *s, size_t len, size_t at, const char *tag)
{
	size_t n = strlen(tag);

	return len - at > n + 1 && s[at] == '<' && memcmp(s + at + 1, tag, n) == 0 &&
	       (s[at + 1 + n] == ' ' || s[at + 1 + n] == '>' || s[at + 1 + n] == '\n' || s[at + 1 + n] == '\t' ||
		s[at + 1 + n] == '\r');
}

/* Step to the next item from *at on: [start, end) with its tags. CDATA and comments are no tags. */
static bool next_raw(const char *s, size_t len, size_t *at, size_t *start, size_t *end)
{
	const char *tag = NULL;

	for (; *at < len; (*at)++) {
		const char *over = NULL;

		if (s[*at] != '<')
			continue;
		if (len - *at > 9 && memcmp(s + *at, "<![CDATA[", 9) == 0)
			over = memmem(s + *at, len - *at, "]]>", 3);
		else if (len - *at > 4 && memcmp(s + *at, "<!--", 4) == 0)
			over = memmem(s + *at, len - *at, "-->", 3);
		if (over) {
			*at = (size_t)(over - s) + 2;
		} else if (!tag && (opens(s, len, *at, "item") || opens(s, len, *at, "entry"))) {
			tag = s[*at + 1] == 'i' ? "</item>" : "</entry>";
			*start = *at;
		} else if (tag && len - *at >= strlen(tag) && memcmp(s + *at, tag, strlen(tag)) == 0) {
			*end = *at += strlen(tag);
			return true;
		}
	}
	return false;
}

static int walk(const struct collect_setup *setup, const struct source *source, xmlNode *root,
		const char *bytes, size_t len, struct records *out, struct err *err)
{
	const char *lang = channel_lang(out->arena, root);
	size_t at = 0;
	int r = 0;

	if (!lang)
		lang = keep(out->arena, xmlNodeGetLang(root));
	for (xmlNode *node = root->children; node && r == 0; node = node->next) {
		if (named(node, "channel")) {
			for (xmlNode *child = node->children; child && r == 0; child = child->next) {
				struct feed_item item;

				if (!named(child, "item"))
					continue;
				item = read_item(out->arena, child, lang);
				next_raw(bytes, len, &at, &item.start, &item.end);
				r = item_document(setup, source, &item, bytes, out, err);
			}
		} else if (named(node, "item") || named(node, "entry")) {
			struct feed_item item = read_item(out->arena, node, lang);

			next_raw(bytes, len, &at, &item.start, &item.end);
			r = item_document(setup, source, &item, bytes, out, err);
		}
	}
	return r;
}

int feed_read_xml(const struct collect_setup *setup, const struct source *source, const char *bytes,
		  size_t len, struct records *out, struct err *err)
{
	_cleanup_(ctxt_freep) xmlParserCtxtPtr ctxt = xmlNewParserCtxt();
	_cleanup_(doc_freep) xmlDocPtr doc = NULL;
	_cleanup_(buf_free) struct buf text = {0};
	struct fault fault = {0};
	xmlNode *root;

	if (memmem(bytes, len, "<!ENTITY", 8))
		return err_hint(err, err_set(err, ERR_DATA, "%s:1:1: the feed declares entities of its own", source->name),
				"A feed needs none; they are a way to exhaust a reader.");
	number_entities(&text, bytes, len);
	xmlSetStructuredErrorFunc(&fault, keep_fault);
	doc = xmlCtxtReadMemory(ctxt, text.len ? text.s : "", (int)text.len, NULL, NULL, XML_PARSE_NONET);
	xmlSetStructuredErrorFunc(NULL, NULL);
	root = doc ? xmlDocGetRootElement(doc) : NULL;
	if (!root)
		return err_hint(err, err_set(err, ERR_DATA, "%s:%d:%d: not XML: %s", source->name,
					     fault.line ? fault.line : 1, fault.column ? fault.column : 1,
					     fault.msg[0] ? fault.msg : "no element found"),
				"Expected RSS or Atom; the file was refused whole, the others go on.");
	if (!named(root, "rss") && !named(root, "feed") && !named(root, "RDF"))
		return err_set(err, ERR_DATA, "%s:1:1: root element is \"%.40s\", expected rss, feed or RDF",
			       source->name, (const char *)root->name);
	return walk(setup, source, root, bytes, len, out, err);
}
