/* SPDX-License-Identifier: GPL-3.0-or-later */
/* err.c - the message of the first failure, and the advice of those it passes. */
#include <tocsin/base.h>

int err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
	va_list args;

	if (!err)
		return code;
	err->code = code;
	err->hint[0] = '\0';
	va_start(args, fmt);
	vsnprintf(err->msg, sizeof err->msg, fmt, args);
	va_end(args);
	return code;
}

int err_hint(struct err *err, int code, const char *fmt, ...)
{
	va_list args;

	if (!err || err->hint[0])
		return code;
	va_start(args, fmt);
	vsnprintf(err->hint, sizeof err->hint, fmt, args);
	va_end(args);
	return code;
}
