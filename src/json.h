/* json.h: a JSON text read in one pass into a flat list of values, with a cap on how many are kept. Nothing is copied: keys and strings are slices
   of the text as it came, until somebody asks for one that has escapes in it. */
#ifndef RT_JSON_H
#define RT_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "number.h"

typedef enum rt_json_kind { RT_JSON_NULL, RT_JSON_FALSE, RT_JSON_TRUE, RT_JSON_NUMBER, RT_JSON_STRING, RT_JSON_LIST, RT_JSON_TABLE } rt_json_kind;

typedef struct rt_json_value {
  uint8_t kind;
  bool escaped, key_escaped; /* backslashes inside: rt_json_text and rt_json_key undo them, once: then these are false and the slice is undone */
  uint32_t count;            /* of a list or table: how many it holds in the text, kept or not */
  uint32_t first, next;      /* first child; next sibling; 0: none (a root is never anybody's child, and value 0 is a root) */
  uint32_t key_length;
  const char *key;  /* of a member of a table: what is between the quotes; else NULL */
  const char *data; /* string: what is between the quotes; all else: its text, of a list or table with both brackets */
  size_t length;
} rt_json_value;

#define RT_JSON_KEPT 4096 /* values of all texts since the last clear */
#define RT_JSON_DEEPEST 512
#define RT_JSON_NONE UINT32_MAX

/* What a list or table that is still open needs to know. */
typedef struct rt_json_level {
  uint32_t value, last, count;
  char closing;
} rt_json_level;

/* Open only so that rt_json_at costs nothing. All values are in one piece that never moves; pages of it that no text reached are not used. */
typedef struct rt_json {
  uint32_t count;
  bool short_of_memory;
  struct rt_json_block *kept;
  rt_json_level levels[RT_JSON_DEEPEST + 1]; /* the first is what the root stands in */
  rt_json_value values[RT_JSON_KEPT + 1]; /* the last one takes what is read and not kept */
} rt_json;

rt_json *rt_json_new(void); /* NULL when memory is short */
void rt_json_free(rt_json *json);
/* Forgets all that was read; keeps a moderate amount of memory for the next text (at most 256 KiB). */
void rt_json_clear(rt_json *json);

/* Reads one more text, which has to outlive the values; the number of its root, or RT_JSON_NONE where the whole text is no JSON: RFC 8259, blanks
   around it, at most RT_JSON_DEEPEST lists and tables inside of each other. As lua-cjson does, it takes any bytes but NUL in strings, UTF-8 or not,
   and NULs behind the text; NaN and Infinity, which Python writes, are read as null. Values beyond RT_JSON_KEPT are checked but not kept: lists and
   tables just seem to end earlier. A text that begins when all are used up is RT_JSON_NONE. Never allocates: values and pointers to them stay. */
uint32_t rt_json_read(rt_json *json, rt_slice text);

/* Of a number that rt_json_read, `first` or `next` gave; stays where it is until rt_json_clear. */
static inline const rt_json_value *rt_json_at(const rt_json *json, uint32_t value) {
  return &json->values[value];
}

/* A string's text with its escapes undone (\uD83D\uDE00 pairs to UTF-8; half a pair becomes U+FFFD); a number's text as it stands where it is a
   plain integer, else as "%.14g" would print it; "" for all else. Lives until rt_json_clear, as long as the text read does. {NULL, 0} when memory
   is short. */
rt_slice rt_json_text(rt_json *json, uint32_t value);
rt_slice rt_json_key(rt_json *json, uint32_t value); /* "" where it has none */
/* Room for some bytes until rt_json_clear (for texts that are put together); NULL when memory is short. */
char *rt_json_keep(rt_json *json, size_t length);
/* Whether memory was short since the last clear. */
static inline bool rt_json_is_short(const rt_json *json) {
  return json->short_of_memory;
}

/* The number of a number value, or of a string that is a number as Lua's tonumber has it in decimal; false where it is none. May be infinite. */
bool rt_json_number(rt_json *json, uint32_t value, double *out);

#endif
