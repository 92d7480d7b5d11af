/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cue.h - what a line of a raw dump is, by its look. */
#ifndef COLLECT_CUE_H
#define COLLECT_CUE_H

#include <tocsin/collect.h>

enum role {
	ROLE_BLANK, ROLE_BODY,
	ROLE_CREDIT, ROLE_BYLINE, ROLE_DATELINE,      /* these open an item */
	ROLE_SIGNATURE,                               /* "IPS UN Bureau" */
	ROLE_CATEGORY, ROLE_FOOTER, ROLE_FOLLOW, ROLE_MORE,   /* these close one */
};

enum role cue_role(const char *s, size_t len);
/* Offset of the next glued opener in a line after `from`, len if there is none. */
size_t cue_glue(const char *s, size_t len, size_t from);
/* The title that a publishing system's footer quotes; 0 when the line is no such footer. */
size_t cue_footer_title(const char *s, size_t len, size_t *start);
/* The name in a byline ("By NAME", "This paper by Dr. NAME, ..."); 0 when none is stated. */
size_t cue_author(const char *s, size_t len, size_t *start);
/* The day of a dateline "PLACE, Mon D YYYY (AGENCY)"; false when it names no full date. */
bool cue_date(const char *s, size_t len, struct instant *ret);

#endif
