#include "json.h"

#include <string.h>

static inline bool is_digit(const char *at, const char *end) {
  return at < end && (unsigned char)(*at - '0') < 10;
}

static inline bool is_blank(char byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

static inline const char *skip_blanks(const char *at, const char *end) {
  while (at < end && (unsigned char)*at <= ' ' && is_blank(*at)) at++;
  return at;
}

static const char *skip_digits(const char *at, const char *end) {
  while (is_digit(at, end)) at++;
  return at;
}

/* ---- strings -------------------------------------------------------------------------------------------------------------------- */

static inline bool stops_string(char byte) {
  return byte == '"' || byte == '\\' || byte == '\0';
}

#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The highest bit of each byte that is zero; above the lowest such byte there may be bits too many. */
static inline uint64_t zero_bytes(uint64_t word) {
  return (word - EACH_BYTE(1)) & ~word & EACH_BYTE(0x80);
}

/* The next byte that means something in a string: its end, an escape, a NUL; eight bytes at a time. */
static inline const char *skip_plain(const char *at, const char *end) {
  while (end - at >= 8) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    uint64_t stops = zero_bytes(word) | zero_bytes(word ^ EACH_BYTE('"')) | zero_bytes(word ^ EACH_BYTE('\\'));
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (stops) return at + __builtin_ctzll(stops) / 8;
#else
    if (stops) break;
#endif
    at += 8;
  }
  while (at < end && !stops_string(*at)) at++;
  return at;
}

static bool is_hexadecimal(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

/* From a backslash to behind its escape; NULL where there is none of that name. */
static const char *skip_escape(const char *at, const char *end) {
  if (end - at < 2) return NULL;
  switch (at[1]) {
  case '"':
  case '\\':
  case '/':
  case 'b':
  case 'f':
  case 'n':
  case 'r':
  case 't':
    return at + 2;
  case 'u':
    if (end - at < 6) return NULL;
    for (int i = 2; i < 6; i++)
      if (!is_hexadecimal(at[i])) return NULL;
    return at + 6;
  default:
    return NULL;
  }
}

/* From behind the opening quote to the closing one; NULL where there is none. */
static inline const char *read_string(const char *at, const char *end, bool *escaped) {
  at = skip_plain(at, end);
  while (at < end && *at != '"') {
    *escaped = true;
    if (*at != '\\' || !(at = skip_escape(at, end))) return NULL;
    if (at < end && !stops_string(*at)) at = skip_plain(at + 1, end);
  }
  return at < end ? at : NULL;
}

/* ---- numbers and words ---------------------------------------------------------------------------------------------------------- */

/* What may stand behind the digits of a number: a fraction, an exponent. */
static const char *read_rest_of_number(const char *at, const char *end) {
  if (*at == '.') {
    if (!is_digit(++at, end)) return NULL;
    at = skip_digits(at, end);
  }
  if (at < end && (*at == 'e' || *at == 'E')) {
    at++;
    if (at < end && (*at == '+' || *at == '-')) at++;
    if (!is_digit(at, end)) return NULL;
    at = skip_digits(at, end);
  }
  return at;
}

/* From its first digit on. */
static inline const char *read_number(const char *at, const char *end) {
  at = *at == '0' ? at + 1 : skip_digits(at + 1, end);
  return at < end && (*at == '.' || (*at | 0x20) == 'e') ? read_rest_of_number(at, end) : at;
}

static inline const char *read_name(const char *at, const char *end, const char *name, size_t length) {
  return (size_t)(end - at) >= length && memcmp(at, name, length) == 0 ? at + length : NULL;
}

static inline const char *read_word(const char *at, const char *end, rt_json_value *value) {
  value->kind = *at == 't' ? RT_JSON_TRUE : *at == 'f' ? RT_JSON_FALSE : RT_JSON_NULL;
  switch (*at) {
  case 'n':
    return read_name(at, end, "null", 4);
  case 't':
    return read_name(at, end, "true", 4);
  case 'f':
    return read_name(at, end, "false", 5);
  case 'N':
    return read_name(at, end, "NaN", 3);
  case 'I':
    return read_name(at, end, "Infinity", 8);
  case '-':
    return read_name(at, end, "-Infinity", 9);
  default:
    return NULL;
  }
}

/* ---- values --------------------------------------------------------------------------------------------------------------------- */

/* Room for one more, as the last child of what is open; where there is none left, that of a value nobody looks at. */
static inline rt_json_value *add_value(rt_json *json, rt_json_level *level) {
  static const rt_json_value nothing;
  uint32_t number = json->count;
  level->count++;
  if (number == RT_JSON_KEPT) return &json->values[RT_JSON_KEPT];
  json->count++;
  if (level->last)
    json->values[level->last].next = number;
  else
    json->values[level->value].first = number;
  level->last = number;
  json->values[number] = nothing;
  return &json->values[number];
}

/* The name of a table's member; where its value begins, or `end`. */
static inline const char *read_key(const char *at, const char *end, rt_json_value *value) {
  if (at == end || *at != '"') return NULL;
  const char *close = read_string(at + 1, end, &value->key_escaped);
  if (!close) return NULL;
  value->key = at + 1;
  value->key_length = (uint32_t)(close - value->key);
  at = skip_blanks(close + 1, end);
  return at < end && *at == ':' ? skip_blanks(at + 1, end) : NULL;
}

/* A string, number or word that begins at `at`, which is before `end`. */
static inline const char *read_plain(const char *at, const char *end, rt_json_value *value) {
  value->data = at;
  if (*at == '"') {
    value->kind = RT_JSON_STRING;
    value->data++;
    at = read_string(at + 1, end, &value->escaped);
    if (at) value->length = (size_t)(at++ - value->data);
    return at;
  }
  const char *digits = *at == '-' ? at + 1 : at;
  if (is_digit(digits, end)) {
    value->kind = RT_JSON_NUMBER;
    at = read_number(digits, end);
  } else
    at = read_word(at, end, value);
  if (at) value->length = (size_t)(at - value->data);
  return at;
}

/* A list or table begins at `at`; level->closing stays '\0' where it is empty and ends there. */
static inline const char *open_value(rt_json *json, rt_json_level *level, const char *at, const char *end, rt_json_value *value) {
  char closing = *at == '[' ? ']' : '}';
  value->kind = *at == '[' ? RT_JSON_LIST : RT_JSON_TABLE;
  value->data = at;
  at = skip_blanks(at + 1, end);
  if (at == end) return NULL;
  level->closing = *at == closing ? '\0' : closing;
  if (*at == closing) value->length = (size_t)(++at - value->data);
  level->value = (uint32_t)(value - json->values);
  level->last = level->count = 0;
  return at;
}

/* Behind a value: closes all that end here. Where the next value is due, or the end of the root; NULL where neither follows. */
static inline const char *end_value(rt_json *json, rt_json_level **level, const char *at, const char *end) {
  for (; *level > json->levels; --*level) {
    at = skip_blanks(at, end);
    if (at == end) return NULL;
    if (*at == ',') return at + 1;
    if (*at != (*level)->closing) return NULL;
    rt_json_value *closed = &json->values[(*level)->value];
    closed->count = (*level)->count;
    closed->length = (size_t)(++at - closed->data);
  }
  return at;
}

/* One value and all that is in it, without recursion: `level` is the list or table that is open. Where the root ends, or NULL. */
static const char *read_root(rt_json *json, const char *at, const char *end) {
  rt_json_level *level = json->levels, *deepest = level + RT_JSON_DEEPEST;
  level->value = RT_JSON_KEPT;
  level->last = level->count = 0;
  level->closing = '\0';
  do {
    rt_json_value *value = add_value(json, level);
    at = skip_blanks(at, end);
    if (level->closing == '}' && !(at = read_key(at, end, value))) return NULL;
    if (at == end) return NULL;
    if (*at == '{' || *at == '[') {
      if (level == deepest || !(at = open_value(json, level + 1, at, end, value))) return NULL;
      if (level[1].closing) {
        level++;
        continue;
      }
    } else if (!(at = read_plain(at, end, value)))
      return NULL;
    if (!(at = end_value(json, &level, at, end))) return NULL;
  } while (level > json->levels);
  return at;
}

uint32_t rt_json_read(rt_json *json, rt_slice text) {
  uint32_t root = json->count;
  if (!text.data || text.length > UINT32_MAX || root == RT_JSON_KEPT) return RT_JSON_NONE;
  const char *end = text.data + text.length, *at = read_root(json, text.data, end);
  if (at) {
    while (at < end && (is_blank(*at) || *at == '\0')) at++;
    if (at == end) return root;
  }
  json->count = root;
  return RT_JSON_NONE;
}
