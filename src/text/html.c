/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html.c - the visible text of an HTML fragment: entities decoded, block elements
 * as line breaks, scripts and styles dropped. No tree is built: one pass.
 */
#include <string.h>
#include <strings.h>

#include <libxml/HTMLparser.h>

#include <tocsin/text.h>

static const char *const hidden[] = {"script", "style", "noscript", "template", "svg", "iframe", "nav",
				     "aside", "form"};
static const char *const blocks[] = {"p", "br", "div", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3",
				     "h4", "h5", "h6", "blockquote", "section", "article", "figure",
				     "figcaption", "hr", "pre", "dd", "dt"};

static bool is_name(const char *s, size_t len, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(names[i]) == len && strncasecmp(s, names[i], len) == 0)
			return true;
	return false;
}

/* 128 to 159 are read as windows-1252, as browsers do. */
static uint32_t windows_1252(uint32_t c)
{
	static const uint16_t high[32] = {
		0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160,
		0x2039, 0x152, 0x8d, 0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013,
		0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178,
	};

	return c >= 128 && c <= 159 ? high[c - 128] : c;
}

/* &#8217; or &#x2019;: the code point, 0 when it is none. */
static uint32_t numeric_entity(const char *s, size_t len)
{
	uint32_t value = 0, base = 10;
	size_t i = 0;

	if (len > 1 && (s[0] == 'x' || s[0] == 'X')) {
		base = 16;
		i = 1;
	}
	for (; i < len; i++) {
		int digit = s[i] >= '0' && s[i] <= '9' ? s[i] - '0'
			  : base == 16 && (s[i] | 32) >= 'a' && (s[i] | 32) <= 'f' ? (s[i] | 32) - 'a' + 10
			  : -1;

		if (digit < 0 || value > 0x10ffff)
			return 0;
		value = value * base + (uint32_t)digit;
	}
	value = windows_1252(value);
	return value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff) ? 0 : value;
}

/* Put the entity at s ("&name;") and return its length; 0 when it is not one: it stays literal. */
static size_t put_entity(struct buf *buf, const char *s, size_t len)
{
	const char *end = memchr(s, ';', len < 34 ? len : 34);
	size_t n = end ? (size_t)(end - s) : 0;
	const htmlEntityDesc *entity;
	char name[34];
	uint32_t c = 0;

	if (n < 2)
		return 0;
	if (s[1] == '#') {
		c = numeric_entity(s + 2, n - 2);
	} else {
		memcpy(name, s + 1, n - 1);
		name[n - 1] = '\0';
		entity = htmlEntityLookup((const xmlChar *)name);
		c = entity ? entity->value : strcmp(name, "apos") == 0 ? '\'' : 0;
	}
	if (c == 0)
		return 0;
	utf8_put(buf, c == 0xa0 ? ' ' : c);
	return n + 1;
}

/* One blank between words, one line break between blocks. */
static void put_space(struct buf *buf, char c)
{
	char last = buf->len ? buf->s[buf->len - 1] : '\n';

	if (last == '\n' || (last == ' ' && c == ' '))
		return;
	if (last == ' ')
		buf_cut(buf, buf->len - 1);
	buf_putc(buf, c);
}

/* Where the element's end tag begins, so that what is hidden is jumped over. */
static size_t skip_hidden(const char *s, size_t len, size_t at, const char *name, size_t n)
{
	for (; at + n + 2 < len; at++)
		if (s[at] == '<' && s[at + 1] == '/' && strncasecmp(s + at + 2, name, n) == 0)
			return at;
	return len;
}

/* A tag, comment or declaration at s[at] = '<'; the offset after it, or `at` if it is only a sign. */
static size_t read_tag(struct buf *buf, const char *s, size_t len, size_t at)
{
	bool closing = at + 1 < len && s[at + 1] == '/';
	size_t name = at + 1 + closing, n = 0, end;
	const char *close;

	if (len - at >= 4 && strncmp(s + at, "<!--", 4) == 0) {
		close = memmem(s + at + 4, len - at - 4, "-->", 3);
		return close ? (size_t)(close - s) + 3 : len;
	}
	while (name + n < len && (((s[name + n] | 32) >= 'a' && (s[name + n] | 32) <= 'z') ||
				  (n && s[name + n] >= '0' && s[name + n] <= '9')))
		n++;
	if (n == 0 && !(at + 1 < len && (s[at + 1] == '!' || s[at + 1] == '?')))
		return at;
	close = memchr(s + name, '>', len - name);
	if (!close)
		return at;
	end = (size_t)(close - s) + 1;
	if (is_name(s + name, n, blocks, LENGTH(blocks)))
		put_space(buf, '\n');
	if (!closing && is_name(s + name, n, hidden, LENGTH(hidden)) && close[-1] != '/')
		return skip_hidden(s, len, end, s + name, n);
	return end;
}

void text_from_html(struct buf *buf, const char *s, size_t len)
{
	size_t from = buf->len;

	for (size_t at = 0; at < len;) {
		size_t next = at;

		if (s[at] == '<')
			next = read_tag(buf, s, len, at);
		else if (s[at] == '&' && (next = put_entity(buf, s + at, len - at)))
			next += at;
		else
			next = at;
		if (next > at) {
			at = next;
		} else if (s[at] == ' ' || s[at] == '\t' || s[at] == '\n' || s[at] == '\r') {
			put_space(buf, ' ');
			at++;
		} else {
			buf_putc(buf, s[at++]);
		}
	}
	while (buf->len > from && (buf->s[buf->len - 1] == ' ' || buf->s[buf->len - 1] == '\n'))
		buf_cut(buf, buf->len - 1);
}

bool text_is_cut(const char *s, size_t len)
{
	static const char *const marks[] = {"[\xe2\x80\xa6]", "[...]", "\xe2\x80\xa6", "...", "(\xe2\x80\xa6)", "(...)"};

	while (len && (s[len - 1] == ' ' || s[len - 1] == '\n' || s[len - 1] == '\r' || s[len - 1] == '\t'))
		len--;
	for (size_t i = 0; i < LENGTH(marks); i++) {
		size_t n = strlen(marks[i]);

		if (len >= n && memcmp(s + len - n, marks[i], n) == 0)
			return true;
	}
	return false;
}
