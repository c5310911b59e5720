/* hints.h: what a refused request's error says would be right ("min": 64, "allowed_values": [...]), in words. */
#ifndef RT_HINTS_H
#define RT_HINTS_H

#include <stdint.h>

#include "json.h"
#include "slice.h"

/* A member of an error's table, or of its "details", and the words that its value goes between. */
typedef struct rt_hint {
  rt_slice key, before, after;
} rt_hint;

/* The hint that the table gives, in `out`; its length, 0 where it gives none. */
size_t rt_hints_of(rt_json *json, uint32_t table, const rt_hint *hints, size_t count, char *out, size_t room);

#endif
