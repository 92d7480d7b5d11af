/* SPDX-License-Identifier: GPL-3.0-or-later */
/* markup.h - text into HTML and SVG: escaped always, foreign words isolated. */
#ifndef RENDER_MARKUP_H
#define RENDER_MARKUP_H

#include <tocsin/render.h>

void markup_text(struct buf *buf, const char *s);   /* & < > " ' and control signs escaped; NULL is nothing */
/* A link within the pages; carries the pinned date along. */
void markup_link(struct buf *buf, const struct page_setup *setup, const char *path, const char *id,
		 const char *text);
void markup_start(struct buf *buf, const struct page_setup *setup, const char *title);
void markup_end(struct buf *buf);

#endif
