/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * num.c - numbers as text and back, and the one random generator.
 *
 * A double is written with the fewest correctly rounded significant digits that
 * read back as the same double (15 to 17, fewer below the normal range), never in
 * hexadecimal, always with a full stop (the locale is never set). Random numbers: xoshiro256** with a splitmix64 seed
 * (Blackman and Vigna, ACM TOMS 47, 2021).
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/base.h>

size_t num_write(double value, char out[32])
{
	out[0] = '\0';
	if (!isfinite(value))
		return 0;
	if (value == 0) {
		strcpy(out, "0");
		return 1;
	}
	for (int digits = fabs(value) < 0x1p-1022 ? 1 : 15; digits <= 17; digits++) {
		char text[48];

		snprintf(text, sizeof text, "%.*g", digits, value);
		strcpy(out, text);   /* at most 24 bytes: -1.2345678901234567e-308 */
		if (strtod(out, NULL) == value)
			break;
	}
	return strlen(out);
}

/* [-] digits [. digits] [e [+-] digits]: what JSON allows, and leading zeros, and a plus sign. */
static bool is_decimal(const char *s, size_t len)
{
	size_t i = 0, digits = 0;

	if (i < len && (s[i] == '-' || s[i] == '+'))
		i++;
	for (; i < len && s[i] >= '0' && s[i] <= '9'; i++)
		digits++;
	if (i < len && s[i] == '.')
		for (i++; i < len && s[i] >= '0' && s[i] <= '9'; i++)
			digits++;
	if (digits == 0)
		return false;
	if (i < len && (s[i] == 'e' || s[i] == 'E')) {
		size_t exponent = 0;

		i++;
		if (i < len && (s[i] == '-' || s[i] == '+'))
			i++;
		for (; i < len && s[i] >= '0' && s[i] <= '9'; i++)
			exponent++;
		if (exponent == 0)
			return false;
	}
	return i == len;
}

int num_read(const char *s, size_t len, double *ret)
{
	char copy[64];
	double value;

	if (len == 0 || len >= sizeof copy || !is_decimal(s, len))
		return ERR_DATA;
	memcpy(copy, s, len);
	copy[len] = '\0';
	value = strtod(copy, NULL);
	if (!isfinite(value))
		return ERR_DATA;
	*ret = value == 0 ? 0 : value;
	return 0;
}

int num_read_int(const char *s, size_t len, int64_t *ret)
{
	bool minus = len > 0 && s[0] == '-';
	uint64_t value = 0;

	if (len == (size_t)minus || len - minus > 19)
		return ERR_DATA;
	for (size_t i = minus; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return ERR_DATA;
		value = value * 10 + (uint64_t)(s[i] - '0');
	}
	if (value > INT64_MAX)
		return ERR_DATA;
	*ret = minus ? -(int64_t)value : (int64_t)value;
	return 0;
}

double num_round(double value)
{
	char text[32];

	if (!isfinite(value))
		return NAN;
	snprintf(text, sizeof text, "%.9g", value);
	value = strtod(text, NULL);
	return value == 0 ? 0 : value;
}

static uint64_t rotate(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

void rng_seed(struct rng *rng, uint64_t seed)
{
	for (size_t i = 0; i < 4; i++) {
		uint64_t z = seed += 0x9e3779b97f4a7c15u;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
		z = (z ^ z >> 27) * 0x94d049bb133111ebu;
		rng->s[i] = z ^ z >> 31;
	}
}

uint64_t rng_next(struct rng *rng)
{
	uint64_t *s = rng->s, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

double rng_unit(struct rng *rng)
{
	return (double)(rng_next(rng) >> 11) * 0x1.0p-53;
}

size_t rng_below(struct rng *rng, size_t n)
{
	uint64_t reject, x;

	assert(n > 0);
	reject = -(uint64_t)n % n;
	do
		x = rng_next(rng);
	while (x < reject);
	return (size_t)(x % n);
}
