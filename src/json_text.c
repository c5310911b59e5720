/* What there is of a JSON text beside its values: texts without escapes, and the memory they stand in. */
#include "json.h"

#include <string.h>

#include "memory.h"

/* Texts are put into blocks of this size, longer ones each into a block of its own. */
#define BLOCK_SIZE 16384
#define LONG_TEXT 4096

typedef struct rt_json_block {
  struct rt_json_block *next;
  size_t size, used;
  char data[];
} block;

rt_json *rt_json_new(void) {
  rt_json *json = rt_malloc(sizeof *json); /* not cleared: most of it is never looked at */
  if (!json) return NULL;
  json->count = 0;
  json->short_of_memory = false;
  json->kept = NULL;
  memset(&json->values[RT_JSON_KEPT], 0, sizeof *json->values);
  return json;
}

void rt_json_free(rt_json *json) {
  if (!json) return;
  while (json->kept) {
    block *next = json->kept->next;
    rt_free(json->kept);
    json->kept = next;
  }
  rt_free(json);
}

void rt_json_clear(rt_json *json) {
  block *spared = NULL;
  json->count = 0;
  json->short_of_memory = false;
  while (json->kept) {
    block *each = json->kept;
    json->kept = each->next;
    if (!spared && each->size == BLOCK_SIZE)
      spared = each;
    else
      rt_free(each);
  }
  if (!spared) return;
  spared->next = NULL;
  spared->used = 0;
  json->kept = spared;
}

char *rt_json_keep(rt_json *json, size_t length) {
  block *first = json->kept;
  if (!first || first->size - first->used < length) {
    size_t size = length > LONG_TEXT ? length : BLOCK_SIZE;
    block *fresh = size > SIZE_MAX - sizeof *fresh ? NULL : rt_malloc(sizeof *fresh + size);
    if (!fresh) {
      json->short_of_memory = true;
      return NULL;
    }
    fresh->size = size;
    fresh->used = 0;
    /* the room that is left in the first is still of use, behind a full one it would not be */
    bool behind = first && length > LONG_TEXT;
    fresh->next = behind ? first->next : first;
    if (behind)
      first->next = fresh;
    else
      json->kept = fresh;
    first = fresh;
  }
  char *place = first->data + first->used;
  first->used += length;
  return place;
}

static unsigned hexadecimal(const char *at) {
  unsigned value = 0;
  for (int i = 0; i < 4; i++) {
    unsigned digit = (unsigned char)at[i];
    value = value << 4 | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
  }
  return value;
}

static char *put_utf8(char *out, unsigned point) {
  if (point < 0x80) {
    *out++ = (char)point;
    return out;
  }
  if (point < 0x800)
    *out++ = (char)(0xc0 | point >> 6);
  else {
    if (point < 0x10000)
      *out++ = (char)(0xe0 | point >> 12);
    else {
      *out++ = (char)(0xf0 | point >> 18);
      *out++ = (char)(0x80 | (point >> 12 & 0x3f));
    }
    *out++ = (char)(0x80 | (point >> 6 & 0x3f));
  }
  *out++ = (char)(0x80 | (point & 0x3f));
  return out;
}

/* An escape from its `u` on, which has been checked: what stands behind it. */
static const char *undo_unicode(const char *at, const char *end, char **out) {
  unsigned point = hexadecimal(at + 1);
  at += 5;
  if (point >= 0xd800 && point < 0xe000) {
    unsigned low = point < 0xdc00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u' ? hexadecimal(at + 2) : 0;
    bool paired = low >= 0xdc00 && low < 0xe000;
    point = paired ? 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00) : 0xfffd;
    if (paired) at += 6;
  }
  *out = put_utf8(*out, point);
  return at;
}

static char undo_plain(char name) {
  switch (name) {
  case 'b':
    return '\b';
  case 'f':
    return '\f';
  case 'n':
    return '\n';
  case 'r':
    return '\r';
  case 't':
    return '\t';
  default:
    return name;
  }
}

/* Escapes undone take less room than escapes. False when memory is short. */
static bool undo_escapes(rt_json *json, const char **text, size_t *length) {
  const char *at = *text, *end = at + *length;
  char *start = rt_json_keep(json, *length), *out = start;
  if (!start) return false;
  while (at < end) {
    if (*at != '\\') {
      const char *escape = memchr(at, '\\', (size_t)(end - at));
      size_t plain = (size_t)((escape ? escape : end) - at);
      memcpy(out, at, plain);
      out += plain;
      at += plain;
    } else if (at[1] == 'u')
      at = undo_unicode(at + 1, end, &out);
    else {
      *out++ = undo_plain(at[1]);
      at += 2;
    }
  }
  *text = start;
  *length = (size_t)(out - start);
  return true;
}

static rt_slice none(void) {
  rt_slice out = {NULL, 0};
  return out;
}

static rt_slice text_of_number(rt_json *json, const rt_json_value *value) {
  rt_slice out = {value->data, value->length};
  char printed[RT_NUMBER_ROOM];
  double number;
  bool whole = true;
  for (size_t i = 0; i < out.length && whole; i++) whole = out.data[i] != '.' && out.data[i] != 'e' && out.data[i] != 'E';
  if (whole || !rt_number(out, &number)) return out;
  out.length = rt_number_text(number, printed);
  char *kept = rt_json_keep(json, out.length);
  if (!kept) return none();
  memcpy(kept, printed, out.length);
  out.data = kept;
  return out;
}

rt_slice rt_json_text(rt_json *json, uint32_t number) {
  rt_json_value *value = &json->values[number];
  rt_slice out = {"", 0};
  if (value->kind == RT_JSON_NUMBER) return text_of_number(json, value);
  if (value->kind != RT_JSON_STRING) return out;
  if (value->escaped) {
    if (!undo_escapes(json, &value->data, &value->length)) return none();
    value->escaped = false;
  }
  out.data = value->data;
  out.length = value->length;
  return out;
}

rt_slice rt_json_key(rt_json *json, uint32_t number) {
  rt_json_value *value = &json->values[number];
  rt_slice out = {"", 0};
  if (!value->key) return out;
  if (value->key_escaped) {
    size_t length = value->key_length;
    if (!undo_escapes(json, &value->key, &length)) return none();
    value->key_length = (uint32_t)length;
    value->key_escaped = false;
  }
  out.data = value->key;
  out.length = value->key_length;
  return out;
}

bool rt_json_number(rt_json *json, uint32_t number, double *out) {
  rt_json_kind kind = (rt_json_kind)json->values[number].kind;
  rt_slice text = {json->values[number].data, json->values[number].length};
  if (kind == RT_JSON_STRING) text = rt_json_text(json, number);
  return (kind == RT_JSON_NUMBER || kind == RT_JSON_STRING) && rt_number(text, out);
}
