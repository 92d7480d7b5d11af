/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * instant.c - instants as ISO 8601 text with their precision, and the calendar.
 *
 * Day numbers follow the proleptic Gregorian calendar by the era method of
 * H. Hinnant, "chrono-compatible low-level date algorithms" (2014). Year 0 is
 * refused, because PostgreSQL has none.
 */
#include <string.h>
#include <time.h>

#include <tocsin/base.h>

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}

static int64_t days_from_civil(int64_t y, unsigned m, unsigned d)
{
	int64_t era;
	unsigned year, day;

	y -= m <= 2;
	era = floor_div(y, 400);
	year = (unsigned)(y - era * 400);
	day = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
	return era * 146097 + (int64_t)(year * 365 + year / 4 - year / 100 + day) - 719468;
}

static void civil_from_days(int64_t days, int64_t *y, unsigned *m, unsigned *d)
{
	int64_t z = days + 719468, era = floor_div(z, 146097);
	unsigned doe = (unsigned)(z - era * 146097);
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned mp = (5 * doy + 2) / 153;

	*d = doy - (153 * mp + 2) / 5 + 1;
	*m = mp < 10 ? mp + 3 : mp - 9;
	*y = (int64_t)yoe + era * 400 + (*m <= 2);
}

static unsigned days_in_month(int64_t y, unsigned m)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

	return days[m - 1] + (m == 2 && leap);
}

/* Exactly `width` digits at *s, moving on; -1 when they are not there. */
static int digits(const char **s, int width)
{
	int value = 0;

	for (int i = 0; i < width; i++) {
		char c = (*s)[i];

		if (c < '0' || c > '9')
			return -1;
		value = value * 10 + (c - '0');
	}
	*s += width;
	return value;
}

/* Z, +HH:MM or +HHMM; minutes east in *offset. */
static bool read_offset(const char **s, int16_t *offset)
{
	int sign = **s == '-' ? -1 : 1, hours, minutes;

	*offset = 0;
	if (**s == 'Z' || **s == 'z') {
		(*s)++;
		return true;
	}
	if (**s != '+' && **s != '-')
		return false;
	(*s)++;
	hours = digits(s, 2);
	if (**s == ':')
		(*s)++;
	minutes = digits(s, 2);
	if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59)
		return false;
	*offset = (int16_t)(sign * (hours * 60 + minutes));
	return true;
}

/* THH:MM[:SS[.fraction]]offset; microseconds since local midnight in *usec. */
static bool read_clock(const char **s, int64_t *usec, int16_t *offset)
{
	int hours, minutes, seconds = 0;
	int64_t unit = USEC_PER_SECOND, fraction = 0;

	hours = digits(s, 2);
	if (hours < 0 || hours > 24 || *(*s)++ != ':')
		return false;
	minutes = digits(s, 2);
	if (minutes < 0 || minutes > 59)
		return false;
	if (**s == ':') {
		(*s)++;
		seconds = digits(s, 2);
		if (seconds < 0 || seconds > 60)
			return false;
		if (**s == '.' || **s == ',')
			for ((*s)++; **s >= '0' && **s <= '9'; (*s)++)
				fraction += (**s - '0') * (unit /= 10);
	}
	if (hours == 24 && (minutes || seconds || fraction))
		return false;
	*usec = ((hours * 60 + minutes) * 60 + seconds) * USEC_PER_SECOND + fraction;
	return read_offset(s, offset);
}

static bool read_instant(const char *s, struct instant *ret)
{
	int year = digits(&s, 4), month = 1, day = 1;
	struct instant at = {.precision = INSTANT_YEAR};
	int64_t usec = 0;

	if (year <= 0)
		return false;
	if (*s == '-') {
		s++;
		month = digits(&s, 2);
		at.precision = INSTANT_MONTH;
		if (month < 1 || month > 12)
			return false;
	}
	if (at.precision == INSTANT_MONTH && *s == '-') {
		s++;
		day = digits(&s, 2);
		at.precision = INSTANT_DAY;
		if (day < 1 || (unsigned)day > days_in_month(year, (unsigned)month))
			return false;
	}
	if (at.precision == INSTANT_DAY && (*s == 'T' || *s == 't' || *s == ' ')) {
		s++;
		at.precision = INSTANT_SECOND;
		if (!read_clock(&s, &usec, &at.offset))
			return false;
	}
	if (*s)
		return false;
	at.usec = days_from_civil(year, (unsigned)month, (unsigned)day) * USEC_PER_DAY + usec -
		  at.offset * 60 * USEC_PER_SECOND;
	*ret = at;
	return true;
}

int instant_read(const char *s, struct instant *ret, struct err *err)
{
	if (read_instant(s, ret))
		return 0;
	return err_hint(err,
			err_set(err, ERR_DATA, "\"%.40s\" is not a date or time", s),
			"Write 2025, 2025-03, 2025-03-15 or 2025-03-15T10:00:00+01:00 (years 1 to 9999).");
}

void instant_write(struct instant at, char out[40])
{
	int64_t local = at.usec + at.offset * 60 * USEC_PER_SECOND, year, in_day;
	unsigned month, day;
	int n;

	out[0] = '\0';
	if (!instant_is_set(at))
		return;
	civil_from_days(floor_div(local, USEC_PER_DAY), &year, &month, &day);
	in_day = local - floor_div(local, USEC_PER_DAY) * USEC_PER_DAY;
	n = snprintf(out, 40, "%04lld", (long long)year);
	if (at.precision >= INSTANT_MONTH)
		n += snprintf(out + n, 40 - (size_t)n, "-%02u", month);
	if (at.precision >= INSTANT_DAY)
		n += snprintf(out + n, 40 - (size_t)n, "-%02u", day);
	if (at.precision < INSTANT_SECOND)
		return;
	n += snprintf(out + n, 40 - (size_t)n, "T%02d:%02d:%02d", (int)(in_day / (3600 * USEC_PER_SECOND)),
		      (int)(in_day / (60 * USEC_PER_SECOND) % 60), (int)(in_day / USEC_PER_SECOND % 60));
	if (in_day % USEC_PER_SECOND) {
		n += snprintf(out + n, 40 - (size_t)n, ".%06d", (int)(in_day % USEC_PER_SECOND));
		while (out[n - 1] == '0')
			n--;
	}
	if (at.offset == 0)
		snprintf(out + n, 40 - (size_t)n, "Z");
	else
		snprintf(out + n, 40 - (size_t)n, "%c%02d:%02d", at.offset < 0 ? '-' : '+',
			 (at.offset < 0 ? -at.offset : at.offset) / 60,
			 (at.offset < 0 ? -at.offset : at.offset) % 60);
}

struct instant instant_of_day(int64_t year, unsigned month, unsigned day)
{
	return (struct instant){.usec = days_from_civil(year, month, day) * USEC_PER_DAY,
				.precision = INSTANT_DAY};
}

struct instant instant_of_year(int64_t year)
{
	struct instant at = instant_of_day(year, 1, 1);

	at.precision = INSTANT_YEAR;
	return at;
}

struct instant instant_of_month(int64_t months)
{
	struct instant at = instant_of_day(floor_div(months, 12),
					   (unsigned)(months - floor_div(months, 12) * 12) + 1, 1);

	at.precision = INSTANT_MONTH;
	return at;
}

struct instant instant_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (struct instant){.usec = now.tv_sec * USEC_PER_SECOND + now.tv_nsec / 1000,
				.precision = INSTANT_SECOND};
}

void instant_civil(struct instant at, int64_t *year, unsigned *month, unsigned *day)
{
	civil_from_days(floor_div(at.usec, USEC_PER_DAY), year, month, day);
}

int64_t instant_year(struct instant at)
{
	int64_t year;
	unsigned month, day;

	instant_civil(at, &year, &month, &day);
	return year;
}

int64_t instant_month(struct instant at)
{
	int64_t year;
	unsigned month, day;

	instant_civil(at, &year, &month, &day);
	return year * 12 + month - 1;
}

int64_t instant_last(struct instant at)
{
	switch (at.precision) {
	case INSTANT_YEAR:
		return instant_of_year(instant_year(at) + 1).usec - 1;
	case INSTANT_MONTH:
		return instant_of_month(instant_month(at) + 1).usec - 1;
	case INSTANT_DAY:
		return at.usec + USEC_PER_DAY - 1;
	default:
		return at.usec;
	}
}

struct instant instant_add_days(struct instant at, int64_t days)
{
	at.usec += days * USEC_PER_DAY;
	if (at.precision < INSTANT_DAY)
		at.precision = INSTANT_DAY;
	return at;
}

int64_t instant_days_between(struct instant from, struct instant to)
{
	return floor_div(to.usec - from.usec, USEC_PER_DAY);
}
