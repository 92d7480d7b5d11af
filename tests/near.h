/* SPDX-License-Identifier: GPL-3.0-or-later */
/* near.h - compare doubles as doubles: cmocka 1.1 turns them into floats first. After cmocka.h. */
#ifndef TESTS_NEAR_H
#define TESTS_NEAR_H

#include <math.h>

#define assert_near(value, expected, tolerance) near_check(value, expected, tolerance, #value, __FILE__, __LINE__)

static inline void near_check(double value, double expected, double tolerance, const char *what, const char *file,
			      int line)
{
	if (fabs(value - expected) <= tolerance)
		return;
	print_error("%s is %.17g, more than %g from %.17g\n", what, value, tolerance, expected);
	_fail(file, line);
}

#endif
