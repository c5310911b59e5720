/* Bodies come from outside: what is JSON is what a simple reader takes for it, and every value stands where its parent does. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *blanks(const char *at, const char *end) {
  while (at < end && strchr(" \t\r\n", *at) && *at) at++;
  return at;
}

static const char *digits(const char *at, const char *end) {
  const char *from = at;
  while (at && at < end && *at >= '0' && *at <= '9') at++;
  return at == from ? NULL : at;
}

static const char *number(const char *at, const char *end) {
  if (at < end && *at == '-') at++;
  at = at < end && *at == '0' ? at + 1 : digits(at, end);
  if (at && at < end && *at == '.') at = digits(at + 1, end);
  if (!at || at == end || (*at != 'e' && *at != 'E')) return at;
  at++;
  return digits(at < end && (*at == '+' || *at == '-') ? at + 1 : at, end);
}

static const char *string(const char *at, const char *end) {
  if (at == end || *at++ != '"') return NULL;
  while (at < end && *at != '"') {
    if (!*at) return NULL;
    if (*at++ != '\\') continue;
    if (at == end || !*at || !strchr("\"\\/bfnrtu", *at)) return NULL;
    if (*at++ != 'u') continue;
    for (int i = 0; i < 4; i++, at++)
      if (at == end || !*at || !strchr("0123456789abcdefABCDEF", *at)) return NULL;
  }
  return at < end ? at + 1 : NULL;
}

static const char *value(const char *at, const char *end, int depth, int *values) {
  static const char *const words[] = {"null", "true", "false", "NaN", "Infinity", "-Infinity"};
  ++*values;
  at = blanks(at, end);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if ((size_t)(end - at) >= strlen(words[i]) && !memcmp(at, words[i], strlen(words[i]))) return at + strlen(words[i]);
  if (at == end || *at == '"') return string(at, end);
  if (*at != '[' && *at != '{') return number(at, end);
  if (depth == RT_JSON_DEEPEST) return NULL;
  char opening = *at, closing = opening == '[' ? ']' : '}';
  at = blanks(at + 1, end);
  if (at < end && *at == closing) return at + 1;
  for (;; at++) {
    if (opening == '{') {
      at = string(blanks(at, end), end);
      if (!at || (at = blanks(at, end)) == end || *at++ != ':') return NULL;
    }
    if (!(at = value(at, end, depth + 1, values)) || (at = blanks(at, end)) == end) return NULL;
    if (*at == closing) return at + 1;
    if (*at != ',') return NULL;
  }
}

static void require(int holds) {
  if (!holds) abort();
}

static uint32_t walk(rt_json *json, uint32_t number_of, const char *from, const char *to) {
  const rt_json_value *here = rt_json_at(json, number_of);
  uint32_t seen = 1, children = 0, last = number_of;
  require(here->data >= from && here->length <= (size_t)(to - here->data));
  if (here->kind == RT_JSON_LIST || here->kind == RT_JSON_TABLE) {
    require(here->data[here->length - 1] == (here->kind == RT_JSON_LIST ? ']' : '}'));
    for (uint32_t child = here->first; child; child = rt_json_at(json, child)->next) {
      require(child > last && child < json->count && (rt_json_at(json, child)->key != NULL) == (here->kind == RT_JSON_TABLE));
      last = child;
      children++;
      seen += walk(json, child, here->data, here->data + here->length);
    }
    require(children == here->count || (children < here->count && json->count == RT_JSON_KEPT));
  }
  rt_slice text = rt_json_text(json, number_of), again = rt_json_text(json, number_of);
  require(text.data && again.length == text.length && rt_json_key(json, number_of).data && !here->escaped && !here->key_escaped);
  double unused;
  bool is_number = rt_json_number(json, number_of, &unused);
  require(here->kind == RT_JSON_NUMBER ? is_number : here->kind == RT_JSON_STRING || !is_number);
  return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static rt_json *json;
  rt_slice text = {(const char *)data, size};
  const char *end = text.data + size;
  int values = 0;
  double unused;
  if (!json) json = rt_json_new();
  rt_json_clear(json);
  uint32_t root = rt_json_read(json, text);
  const char *at = size ? value(text.data, end, 0, &values) : NULL;
  while (at && at < end && (*at == '\0' || blanks(at, end) > at)) at++;
  require((root == 0) == (at && at == end) && (root == 0 || root == RT_JSON_NONE));
  if (root == 0) {
    require(json->count == (values < RT_JSON_KEPT ? (uint32_t)values : RT_JSON_KEPT));
    require(walk(json, root, text.data, end) == json->count);
  } else
    require(json->count == 0);
  rt_number(text, &unused);
  return 0;
}
