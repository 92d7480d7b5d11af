/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log.c - logfmt lines on stderr, each led by the journal's level prefix (sd-daemon(3)). */
#include <tocsin/base.h>

static enum log_level limit = LOG_WARN;

void log_limit(enum log_level level)
{
	limit = level;
}

/* Values of foreign origin must not forge a line or move the cursor of a terminal. */
static bool is_plain(const char *value)
{
	for (const unsigned char *c = (const unsigned char *)value; *c; c++)
		if (*c <= ' ' || *c == '=' || *c == '"' || *c == '\\' || *c == 0x7f)
			return false;
	return *value;
}

static void put_value(struct buf *line, const char *value)
{
	if (is_plain(value))
		buf_puts(line, value);
	else
		json_put_str(line, value);
}

void log_put(enum log_level level, const char *event, ...)
{
	_cleanup_(buf_free) struct buf line = {0};
	const char *name;
	va_list args;

	if (level > limit)
		return;
	buf_printf(&line, "<%d>event=%s", level, event);
	va_start(args, event);
	while ((name = va_arg(args, const char *))) {
		const char *value = va_arg(args, const char *);

		buf_printf(&line, " %s=", name);
		put_value(&line, value ? value : "");
	}
	va_end(args);
	buf_putc(&line, '\n');
	fwrite(line.s, 1, line.len, stderr);
}
