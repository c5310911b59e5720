#include "hints.h"

#define MOST_ITEMS 24
#define LONGEST_VALUE 400
#define BETWEEN "; "

typedef struct line {
  char *out;
  size_t room, length;
} line;

static bool add(line *to, rt_slice piece) {
  if (piece.length > to->room - to->length) return false;
  memcpy(to->out + to->length, piece.data, piece.length);
  to->length += piece.length;
  return true;
}

/* "auto|1:1" is a choice: the bar becomes " or ". False for texts that are too long for a hint or hold control characters. */
static bool add_text(line *to, rt_slice text) {
  if (text.length == 0 || text.length > LONGEST_VALUE) return false;
  for (size_t i = 0; i < text.length; i++)
    if ((unsigned char)text.data[i] < ' ') return false;
  size_t from = 0;
  for (size_t i = 0; i <= text.length; i++) {
    if (i < text.length && text.data[i] != '|') continue;
    rt_slice piece = {text.data + from, i - from};
    if (from && !add(to, rt_slice_of(" or "))) return false;
    if (!add(to, piece)) return false;
    from = i + 1;
  }
  return true;
}

static bool is_plain(const rt_json_value *value) {
  return value->kind == RT_JSON_STRING || value->kind == RT_JSON_NUMBER;
}

static bool add_value(rt_json *json, line *to, uint32_t value) {
  const rt_json_value *held = rt_json_at(json, value);
  if (is_plain(held)) return add_text(to, rt_json_text(json, value));
  if (held->kind != RT_JSON_LIST) return false;
  size_t items = 0;
  uint32_t item = held->first;
  for (size_t seen = 0; item && seen < MOST_ITEMS; item = rt_json_at(json, item)->next, seen++) {
    if (!is_plain(rt_json_at(json, item))) continue;
    if (items++ && !add(to, rt_slice_of(", "))) return false;
    if (!add_text(to, rt_json_text(json, item))) return false;
  }
  return items > 0;
}

static uint32_t member(rt_json *json, uint32_t table, rt_slice key) {
  uint32_t at = rt_json_at(json, table)->first;
  while (at) {
    const rt_json_value *held = rt_json_at(json, at);
    if (held->key_length == key.length && memcmp(held->key, key.data, key.length) == 0) return at;
    at = held->next;
  }
  return 0;
}

static bool is_table(const rt_json *json, uint32_t value) {
  return rt_json_at(json, value)->kind == RT_JSON_TABLE;
}

size_t rt_hints_of(rt_json *json, uint32_t table, const rt_hint *hints, size_t count, char *out, size_t room) {
  line to = {out, room, 0};
  if (count == 0 || table == RT_JSON_NONE || !is_table(json, table)) return 0;
  uint32_t details = member(json, table, rt_slice_of("details"));
  for (size_t i = 0; i < count; i++) {
    uint32_t value = member(json, table, hints[i].key);
    if (!value && details && is_table(json, details)) value = member(json, details, hints[i].key);
    size_t before = to.length;
    if (!value) continue;
    if ((before == 0 || add(&to, rt_slice_of(BETWEEN))) && add(&to, hints[i].before) && add_value(json, &to, value) &&
        add(&to, hints[i].after))
      continue;
    to.length = before; /* what does not fit, or is no value to show, is left out whole */
  }
  return to.length;
}
