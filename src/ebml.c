#include "ebml.h"

#include <string.h>

#include "bytes.h"

rt_elements rt_elements_in(rt_pieces *pieces, uint64_t begin, uint64_t end, uint64_t wish_end) {
  rt_elements elements = {pieces, begin, end, wish_end, RT_ELEMENTS_LOOKED_AT, {0, false, 0, 0, 0}};
  return elements;
}

static const unsigned char *ask(rt_elements *elements, uint64_t at, size_t length) {
  uint64_t wish = elements->wish_end > at ? elements->wish_end - at : 0;
  return rt_pieces_ask(elements->pieces, at, length, wish < RT_PIECES_HELD ? (size_t)wish : RT_PIECES_HELD);
}

/* Leading zeroes tell how many bytes a number has. 9: more than eight. */
static size_t length_of(unsigned char first) {
  size_t length = 1;
  for (unsigned bit = 0x80; bit && (first & bit) == 0; bit >>= 1) length++;
  return length;
}

typedef struct {
  uint64_t value;
  bool all_ones;
  size_t length;
} number_t;

/* A number at `at`, at most `most` bytes long. */
static rt_element_found number(rt_elements *elements, uint64_t at, size_t most, bool with_marker, number_t *out) {
  if (at >= elements->end) return RT_ELEMENT_BROKEN;
  const unsigned char *p = ask(elements, at, 1);
  if (!p) return RT_ELEMENT_LACK;
  size_t length = length_of(p[0]);
  if (length > most || elements->end - at < length) return RT_ELEMENT_BROKEN;
  p = ask(elements, at, length);
  if (!p) return RT_ELEMENT_LACK;
  uint64_t mask = 0xFF >> length;
  out->value = with_marker ? p[0] : p[0] & mask;
  out->all_ones = (p[0] & mask) == mask;
  for (size_t i = 1; i < length; i++) {
    out->value = out->value << 8 | p[i];
    out->all_ones = out->all_ones && p[i] == 0xFF;
  }
  out->length = length;
  return RT_ELEMENT_HERE;
}

rt_element_found rt_elements_next(rt_elements *elements) {
  if (elements->left == 0 || elements->at >= elements->end) return RT_ELEMENT_NONE;
  number_t id, size;
  rt_element_found found = number(elements, elements->at, 4, true, &id);
  if (found == RT_ELEMENT_HERE) found = number(elements, elements->at + id.length, 8, false, &size);
  if (found != RT_ELEMENT_HERE) return found;
  rt_element *element = &elements->element;
  element->id = (uint32_t)id.value;
  element->start = elements->at;
  element->body = elements->at + id.length + size.length;
  element->endless = size.all_ones;
  if (!size.all_ones && size.value > UINT64_MAX - 1 - element->body) return RT_ELEMENT_BROKEN;
  element->end = size.all_ones ? elements->end : element->body + size.value;
  elements->at = element->end;
  elements->left--;
  return element->end > elements->end ? RT_ELEMENT_CUT : RT_ELEMENT_HERE;
}

const unsigned char *rt_element_bytes(rt_elements *elements, size_t most, size_t *length) {
  uint64_t size = elements->element.end - elements->element.body;
  *length = size < most ? (size_t)size : most;
  return ask(elements, elements->element.body, *length);
}

bool rt_element_number(rt_elements *elements, uint64_t *value) {
  size_t length;
  const unsigned char *p = rt_element_bytes(elements, 9, &length);
  if (!p) return false;
  *value = 0;
  for (size_t i = 0; i < length && length <= 8; i++) *value = *value << 8 | p[i];
  return true;
}

bool rt_element_real(rt_elements *elements, double *value) {
  size_t length;
  const unsigned char *p = rt_element_bytes(elements, 9, &length);
  if (!p) return false;
  *value = 0;
  if (length == 4) {
    uint32_t bits = rt_big32(p);
    float real;
    memcpy(&real, &bits, sizeof real);
    *value = (double)real;
  } else if (length == 8) {
    uint64_t bits = rt_big64(p);
    memcpy(value, &bits, sizeof *value);
  }
  return true;
}
