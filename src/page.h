/* page.h: the words of a page meant for a browser, and the data lines of a stream of server-sent events. Nothing here allocates. */
#ifndef RT_PAGE_H
#define RT_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"

#define RT_PAGE_KEPT 4096

/* Its title and headings, or the code and message of an XML answer, else all words there are; at most `room` bytes of them and at most RT_PAGE_KEPT.
   False: there are none. `code`: that of an XML answer, a piece of the page, or {NULL, 0}. */
bool rt_page_words(rt_slice page, char *out, size_t room, size_t *length, rt_slice *code);

/* Whether a text is a stream of server-sent events. */
bool rt_is_stream(rt_slice text);

/* What the next data line of a stream carries. `at` and `lines` begin as 0; false at the end, after 512 lines, and where the text is no stream. */
bool rt_next_event(rt_slice text, size_t *at, size_t *lines, rt_slice *data);

#endif
