/* waits.h: times to wait, as numbers, spans, dates and words say them. All answer seconds, negative where there is no time;
   `now` is seconds since 1970. */
#ifndef RT_WAITS_H
#define RT_WAITS_H

#include "slice.h"

/* A span ("30s", "1m30s", "90"), else a time as rt_wait_until takes it. */
double rt_wait_span_or_time(rt_slice text, double now);
/* Seconds; so many of them that they can only be a time of day are taken as one. */
double rt_wait_of_number(double number, double now);

/* Seconds until a time: a number as below, a date as ISO 8601 or HTTP write it. 0 for one that has passed, none for an HTTP date that has. */
double rt_wait_until(rt_slice text, double now);
/* Seconds or milliseconds since 1970; a number too small for either is the wait itself. */
double rt_wait_until_number(double number, double now);

/* Seconds to wait, in words: "retry after 30 seconds", "try again in 1h2m3s", "请60秒后重试". */
double rt_wait_in(rt_slice message, double now);

/* Seconds to the next midnight of a time zone: "UTC", "Asia/Shanghai", "UTC+8", "-05:00". None for zones with a summer time: what they are
   ahead by cannot be told without a table of their days. */
double rt_wait_to_midnight(rt_slice zone, double now);

#endif
