/* slice.h: a piece of somebody else's bytes, not ended by a NUL; and ASCII letters, whatever the locale. */
#ifndef RT_SLICE_H
#define RT_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct rt_slice {
  const char *data; /* NULL: not known */
  size_t length;
} rt_slice;

static inline rt_slice rt_slice_of(const char *text) {
  rt_slice slice = {text, text ? strlen(text) : 0};
  return slice;
}

static inline char rt_lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte;
}

static inline bool rt_slice_is(rt_slice slice, const char *text) {
  size_t length = strlen(text);
  return slice.data && slice.length == length && memcmp(slice.data, text, length) == 0;
}

/* letter case does not count */
static inline bool rt_slices_alike(rt_slice a, rt_slice b) {
  if (!a.data || !b.data || a.length != b.length) return false;
  for (size_t i = 0; i < a.length; i++)
    if (rt_lower(a.data[i]) != rt_lower(b.data[i])) return false;
  return true;
}

#endif
