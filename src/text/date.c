/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * date.c - dates as feeds write them: W3C-DTF and ISO 8601, RFC 822 with two- or
 * four-digit years, with or without day name, seconds and zone, asctime, epoch
 * seconds. The offset is kept; a time without zone counts as UTC.
 */
#include <string.h>
#include <strings.h>

#include <tocsin/text.h>

struct parts {
	int year, month, day, hour, minute, second, offset;
	bool has_clock, has_zone;
};

static int month_named(const char *s, size_t len)
{
	static const char *const names[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep",
					    "oct", "nov", "dec"};

	for (int m = 0; len >= 3 && m < 12; m++)
		if (strncasecmp(s, names[m], 3) == 0)
			return m + 1;
	return 0;
}

static bool zone_named(const char *s, size_t len, int *offset)
{
	static const struct { const char *name; int minutes; } zones[] = {
		{"GMT", 0}, {"UTC", 0}, {"UT", 0}, {"Z", 0}, {"EST", -300}, {"EDT", -240}, {"CST", -360},
		{"CDT", -300}, {"MST", -420}, {"MDT", -360}, {"PST", -480}, {"PDT", -420}, {"CET", 60},
		{"CEST", 120}, {"EET", 120}, {"EEST", 180}, {"MSK", 180}, {"WET", 0}, {"WEST", 60},
		{"BST", 60}, {"GET", 240},
	};

	for (size_t i = 0; i < LENGTH(zones); i++)
		if (strlen(zones[i].name) == len && strncasecmp(s, zones[i].name, len) == 0) {
			*offset = zones[i].minutes;
			return true;
		}
	return false;
}

static int number(const char *s, size_t len)
{
	int value = 0;

	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9' || i > 8)
			return -1;
		value = value * 10 + (s[i] - '0');
	}
	return len ? value : -1;
}

static bool clock_word(const char *s, size_t len, struct parts *p)
{
	int h, m, sec = 0;
	const char *colon = memchr(s, ':', len), *second;
	size_t left;

	if (!colon)
		return false;
	left = len - (size_t)(colon - s) - 1;
	second = memchr(colon + 1, ':', left);
	h = number(s, (size_t)(colon - s));
	m = number(colon + 1, second ? (size_t)(second - colon) - 1 : left);
	if (second)
		sec = number(second + 1, len - (size_t)(second - s) - 1);
	if (h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 60)
		return false;
	*p = (struct parts){p->year, p->month, p->day, h, m, sec, p->offset, true, p->has_zone};
	return true;
}

static bool offset_word(const char *s, size_t len, struct parts *p)
{
	int hours, minutes;

	if ((len != 5 && len != 6) || (s[0] != '+' && s[0] != '-'))
		return false;
	hours = number(s + 1, 2);
	minutes = number(s + len - 2, 2);
	if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59 || (len == 6 && s[3] != ':'))
		return false;
	p->offset = (s[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
	p->has_zone = true;
	return true;
}

static bool number_word(const char *s, size_t len, struct parts *p)
{
	int value = number(s, len);

	if (value < 0)
		return false;
	if (!p->day && len <= 2 && value >= 1 && value <= 31) {
		p->day = value;
	} else if (!p->year && len == 4) {
		p->year = value;
	} else if (!p->year && len == 2) {
		p->year = value < 70 ? 2000 + value : 1900 + value;
	} else {
		return false;
	}
	return true;
}

static bool is_weekday(const char *s, size_t len)
{
	static const char *const names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

	for (size_t i = 0; len >= 3 && i < LENGTH(names); i++)
		if (strncasecmp(s, names[i], 3) == 0)
			return true;
	return false;
}

/* Words by blanks, commas and the dashes of "12-Mar-2024"; each must mean something. */
static bool read_words(const char *s, struct parts *p)
{
	while (*s) {
		size_t len;
		bool dashed;

		s += strspn(s, " ,\t\n\r");
		len = strcspn(s, " ,\t\n\r");
		if (len == 0)
			break;
		dashed = *s != '-' && *s != '+' && memchr(s, '-', len) && !memchr(s, ':', len);
		if (dashed)
			len = (size_t)((const char *)memchr(s, '-', len) - s);
		if (clock_word(s, len, p) || offset_word(s, len, p) || number_word(s, len, p)) {
			;
		} else if (!p->month && month_named(s, len)) {
			p->month = month_named(s, len);
		} else if (zone_named(s, len, &p->offset)) {
			p->has_zone = true;
		} else if (!is_weekday(s, len)) {
			return false;
		}
		s += len + dashed;
	}
	return p->year && p->month && p->day;
}

static bool from_parts(const struct parts *p, struct instant *ret)
{
	char text[48];
	int offset = p->offset < 0 ? -p->offset : p->offset;

	if (!p->has_clock)
		snprintf(text, sizeof text, "%04d-%02d-%02d", p->year, p->month, p->day);
	else
		snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", p->year, p->month,
			 p->day, p->hour, p->minute, p->second, p->offset < 0 ? '-' : '+', offset / 60,
			 offset % 60);
	return instant_read(text, ret, NULL) == 0;
}

/* Ten digits are seconds since 1970, thirteen milliseconds. */
static bool from_epoch(const char *s, struct instant *ret)
{
	int64_t value;
	size_t len = strlen(s);

	if ((len != 10 && len != 13) || num_read_int(s, len, &value) < 0)
		return false;
	*ret = (struct instant){.usec = len == 10 ? value * USEC_PER_SECOND : value * 1000,
				.precision = INSTANT_SECOND};
	return true;
}

/* ISO 8601 as it is often written: a blank for T, no zone, a zone without colon. */
static bool from_iso(const char *s, struct instant *ret)
{
	char text[64];

	if (instant_read(s, ret, NULL) == 0)
		return true;
	if (strlen(s) > 40 || strlen(s) < 16 || (s[10] != 'T' && s[10] != ' '))
		return false;
	snprintf(text, sizeof text, "%.40sZ", s);
	return instant_read(text, ret, NULL) == 0;
}

int text_date(const char *s, struct instant *ret, struct err *err)
{
	char trimmed[96];
	struct parts parts = {0};
	size_t len;

	s += strspn(s, " \t\r\n");
	len = strlen(s);
	while (len && strchr(" \t\r\n", s[len - 1]))
		len--;
	if (len && len < sizeof trimmed) {
		memcpy(trimmed, s, len);
		trimmed[len] = '\0';
		if (from_iso(trimmed, ret) || from_epoch(trimmed, ret) ||
		    (read_words(trimmed, &parts) && from_parts(&parts, ret)))
			return 0;
	}
	return err_set(err, ERR_DATA, "\"%.60s\" is not a date that feeds use", s);
}
