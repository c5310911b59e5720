/* retry_after.h: how long a provider asks to be left alone, from the text of a Retry-After header. */
#ifndef RT_RETRY_AFTER_H
#define RT_RETRY_AFTER_H

#include <stdbool.h>

/* Seconds since 1970 of an HTTP date in any of the three forms of RFC 9110 5.6.7; false where the text is none. */
bool rt_http_date(const char *text, double *out);

/* The wait in seconds, or negative where the text names none: junk, a date that has passed.
   `date` is the answer's own Date header (NULL: none), so that a clock that is wrong here does not count; `now` is the wall clock. */
double rt_retry_after(const char *text, const char *date, double now);

#endif
