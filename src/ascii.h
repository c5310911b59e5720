/* ascii.h: what kind of byte a byte is, whatever the locale: bytes beyond ASCII are of none. And steps over pieces of text. */
#ifndef RT_ASCII_H
#define RT_ASCII_H

#include "slice.h"

static inline bool rt_is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

static inline bool rt_is_capital(char byte) {
  return byte >= 'A' && byte <= 'Z';
}

static inline bool rt_is_small(char byte) {
  return byte >= 'a' && byte <= 'z';
}

static inline bool rt_is_letter(char byte) {
  return rt_is_capital(byte) || rt_is_small(byte);
}

static inline bool rt_is_alphanumeric(char byte) {
  return rt_is_letter(byte) || rt_is_digit(byte);
}

static inline bool rt_is_blank(char byte) {
  return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Letters, digits, "_", ".", "-" and nothing else. */
static inline bool rt_is_name(rt_slice text) {
  for (size_t i = 0; i < text.length; i++) {
    char byte = text.data[i];
    if (!rt_is_alphanumeric(byte) && byte != '_' && byte != '.' && byte != '-') return false;
  }
  return text.length > 0;
}

/* At most so many bytes of it. */
static inline rt_slice rt_start_of(rt_slice text, size_t length) {
  if (text.length > length) text.length = length;
  return text;
}

static inline rt_slice rt_rest_of(rt_slice text, size_t at) {
  rt_slice rest = {text.data + at, text.length - at};
  return rest;
}

static inline size_t rt_past_blanks(rt_slice text, size_t at) {
  while (at < text.length && rt_is_blank(text.data[at])) at++;
  return at;
}

#endif
