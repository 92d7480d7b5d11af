/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cue.c - the cues of raw dumps: footers, bylines, datelines, credits, category lines. */
#include <string.h>
#include <strings.h>

#include <tocsin/text.h>

#include "collect/cue.h"
#include "collect/item.h"

static bool starts(const char *s, size_t len, const char *word)
{
	size_t n = strlen(word);

	return len >= n && memcmp(s, word, n) == 0;
}

static bool starts_any(const char *s, size_t len, const char *const *words, size_t n, size_t *width)
{
	for (size_t i = 0; i < n; i++)
		if (starts(s, len, words[i])) {
			*width = strlen(words[i]);
			return true;
		}
	return false;
}

static bool is_upper(unsigned char c, unsigned char next)
{
	return (c >= 'A' && c <= 'Z') || (c == 0xc3 && next >= 0x80 && next <= 0x9e) ||
	       (c == 0xd0 && next >= 0x80 && next <= 0xaf) || (c == 0xc4 && next % 2 == 0) ||
	       (c == 0xc5 && (next == 0xa0 || next == 0xbd));
}

static size_t word_end(const char *s, size_t len, size_t at)
{
	while (at < len && s[at] != ' ' && s[at] != ',' && s[at] != '\n')
		at++;
	return at;
}

/* Two to five capitalised words (particles allowed) from `at`: a person or an organisation. */
static size_t name_width(const char *s, size_t len, size_t at)
{
	static const char *const particles[] = {"de", "da", "di", "van", "von", "al", "el", "ben", "and", "et", "del"};
	size_t end = at, words = 0;

	while (end < len && words < 6) {
		size_t next = word_end(s, len, end), n = next - end;
		bool particle = false;

		for (size_t i = 0; i < LENGTH(particles); i++)
			particle |= words && strlen(particles[i]) == n && memcmp(s + end, particles[i], n) == 0;
		if (n == 0 || (!particle && !is_upper((unsigned char)s[end], n > 1 ? (unsigned char)s[end + 1] : 0)))
			break;
		words++;
		at = next;
		if (next >= len || s[next] != ' ')
			break;
		end = next + 1;
	}
	return words ? at : 0;
}

static const char *const by_words[] = {"By ", "Par ", "Von ", "Piše: ", "Autor: ",
				       "Автор: ", "Пише: "};
static const char *const credit_words[] = {"Credit:", "Credits:", "Photo:", "Image:", "Crédit :",
					   "Crédits :", "Photo :", "Foto:", "Фото:"};
static const char *const follow_words[] = {"Follow @", "Follow us", "Suivez-nous", "Folgen Sie"};
static const char *const more_words[] = {
	"Read the report", "Read more", "Read the full", "Continue reading", "Lire la suite", "Lire l'article",
	"Lire l’article", "Weiterlesen", "Pročitaj", "Читати далі",
	"Читать далее",
};

/* ---- datelines ---- */

static int month_of(const char *s, size_t len)
{
	static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct",
					     "nov", "dec"};

	for (int m = 0; len >= 3 && len <= 9 && m < 12; m++)
		if (strncasecmp(s, months[m], 3) == 0)
			return m + 1;
	return 0;
}

/* An agency's name in brackets, all capitals, near the start of the line: its offset, else len. */
static size_t agency_at(const char *s, size_t len)
{
	for (size_t at = 0; at < len && at < 90; at++) {
		size_t n = 0;

		if (s[at] != '(')
			continue;
		while (at + 1 + n < len && ((s[at + 1 + n] >= 'A' && s[at + 1 + n] <= 'Z') || s[at + 1 + n] == ' ' ||
					    s[at + 1 + n] == '-' || (n && s[at + 1 + n] >= 'a' && s[at + 1 + n] <= 'z')))
			n++;
		if (n >= 2 && n <= 20 && at + 1 + n < len && s[at + 1 + n] == ')' && s[at + 2] >= 'A' && s[at + 2] <= 'Z')
			return at;
		if (n >= 2 && n <= 20 && at + 1 + n < len && s[at + 1 + n] == ')' &&
		    (strncmp(s + at, "(Reuters)", 9) == 0))
			return at;
	}
	return len;
}

/* The month, day and year before the agency; year 0 when none is given. */
static bool dateline_parts(const char *s, size_t len, int *year, int *month, int *day)
{
	size_t end = agency_at(s, len);

	*year = *month = *day = 0;
	if (end == len)
		return false;
	for (size_t at = 0; at < end;) {
		size_t next = word_end(s, end, at), n = next - at;
		int64_t value;

		if (!*month && month_of(s + at, n)) {
			*month = month_of(s + at, n);
		} else if (n && num_read_int(s + at, n, &value) == 0) {
			if (n == 4)
				*year = (int)value;
			else if (value >= 1 && value <= 31)
				*day = (int)value;
		}
		at = next + 1;
	}
	return *month && *day;
}

bool cue_date(const char *s, size_t len, struct instant *ret)
{
	int year, month, day;
	char text[24];

	if (!dateline_parts(s, len, &year, &month, &day) || !year)
		return false;
	snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
	return instant_read(text, ret, NULL) == 0;
}

static bool is_dateline(const char *s, size_t len)
{
	int year, month, day;

	return dateline_parts(s, len, &year, &month, &day);
}

/* ---- the other cues ---- */

size_t cue_author(const char *s, size_t len, size_t *start)
{
	static const char *const works[] = {"This paper by ", "This report by ", "This article by ", "This brief by ",
					    "This study by "};
	static const char *const titles[] = {"Dr. ", "Dr ", "Prof. ", "Prof ", "Mr. ", "Ms. ", "Mrs. "};
	size_t at = 0, width, end;
	bool whole = starts_any(s, len, by_words, LENGTH(by_words), &at);

	if (!whole && !starts_any(s, len, works, LENGTH(works), &at))
		return 0;
	while (starts_any(s + at, len - at, titles, LENGTH(titles), &width))
		at += width;
	end = name_width(s, len, at);
	if (end <= at || (whole && end < len && s[end] != ',' && s[end] != '\n'))
		return 0;   /* "By Monday the police ..." is a sentence */
	*start = at;
	return end - at;
}

static bool is_byline(const char *s, size_t len)
{
	size_t start, width;

	return len <= 80 && starts_any(s, len, by_words, LENGTH(by_words), &width) && cue_author(s, len, &start) &&
	       s[len - 1] != '.';
}

/* "- Articles / Site, Country, Theme" */
static bool is_category(const char *s, size_t len)
{
	static const char *const words[] = {"- ", "– ", "Category:", "Catégorie :", "Tags:"};
	size_t width;

	if (len > 240 || !starts_any(s, len, words, LENGTH(words), &width))
		return false;
	return width > 4 || (memmem(s, len, " / ", 3) && memchr(s, ',', len));
}

size_t cue_footer_title(const char *s, size_t len, size_t *start)
{
	static const char *const markers[] = {
		" est apparu en premier sur", " appeared first on", " first appeared on", " appeared on", " erschien zuerst auf",
		" se pojavio prvo na", " se pojavila prvo na",
		" се појавио прво на",
		" впервые появилась",
		" спершу з", " apare prima dat", " pochodzi z serwisu",
		" أولا", " yazısı ilk önce",
	};
	static const char *const openers[] = {
		"L'article ", "L’article ", "The post ", "Der Beitrag ", "Članak ",
		"Чланак ", "Запись ",
		"Запис ", "Postarea ", "Artykuł ",
		"ظهرت المقالة ",
	};
	size_t at = 0;

	for (size_t i = 0; i < LENGTH(markers); i++) {
		const char *marker = memmem(s, len, markers[i], strlen(markers[i]));

		if (!marker || (!starts_any(s, len, openers, LENGTH(openers), &at) && i + 1 < LENGTH(markers)))
			continue;
		*start = at;
		return (size_t)(marker - s) > at ? (size_t)(marker - s) - at : 0;
	}
	return 0;
}

enum role cue_role(const char *s, size_t len)
{
	size_t width;

	while (len && (s[len - 1] == ' ' || s[len - 1] == '\r'))
		len--;
	if (len == 0)
		return ROLE_BLANK;
	if (cue_footer_title(s, len, &width) || footer_start(s, len) == 0)
		return ROLE_FOOTER;
	if (len < 80 && starts_any(s, len, follow_words, LENGTH(follow_words), &width))
		return ROLE_FOLLOW;
	if (len < 80 && starts_any(s, len, more_words, LENGTH(more_words), &width))
		return ROLE_MORE;
	if (is_category(s, len))
		return ROLE_CATEGORY;
	if (len < 160 && starts_any(s, len, credit_words, LENGTH(credit_words), &width))
		return ROLE_CREDIT;
	if (is_byline(s, len))
		return ROLE_BYLINE;
	if (is_dateline(s, len))
		return ROLE_DATELINE;
	if (len < 50 && len > 6 && memcmp(s + len - 6, "Bureau", 6) == 0)
		return ROLE_SIGNATURE;
	return ROLE_BODY;
}

/* A known opener directly after a letter or a closing mark: two items met in one line. */
size_t cue_glue(const char *s, size_t len, size_t from)
{
	for (size_t at = from ? from : 1; at < len; at++) {
		unsigned char before = (unsigned char)s[at - 1];
		size_t width;

		if (before == ' ' || before == '-' || before == '(' || before == '"' || before == '/' || before == '\t')
			continue;
		if (starts_any(s + at, len - at, credit_words, LENGTH(credit_words), &width) ||
		    (starts_any(s + at, len - at, follow_words, 1, &width)))
			return at;
	}
	return len;
}
