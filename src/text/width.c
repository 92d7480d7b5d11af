/* SPDX-License-Identifier: GPL-3.0-or-later */
/* width.c - how many columns of a terminal a text takes (Unicode annexes 11 and 44). */
#include <unicode/uchar.h>

#include <tocsin/text.h>

/* Marks and format signs sit on the letter before; wide and fullwidth ones take two columns. */
static size_t sign_width(UChar32 c)
{
	int width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);

	if (U_GET_GC_MASK(c) & (U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK))
		return c == 0xad ? 1 : 0;   /* terminals show the soft hyphen */
	return width == U_EA_FULLWIDTH || width == U_EA_WIDE ? 2 : 1;
}

size_t text_width(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len;)
		n += sign_width((UChar32)utf8_next(s, len, &i));
	return n;
}
