/* Messages come from outside: what is found in one lies within it, and times are numbers. The text is copied to a piece of memory of just
   its size, so that a look past its end is caught. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/waits.h"
#include "../../src/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void within(rt_slice text, rt_slice found) {
  if (!found.data) return;
  if (found.length == 0 || found.data < text.data || found.data + found.length > text.data + text.length) abort();
}

static void is_time(double wait) {
  if (isnan(wait)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const double now = 1767225600;
  char field[RT_WORDS_FIELD], shorter[8], *copy = malloc(size ? size : 1);
  if (!copy) return 0;
  memcpy(copy, data, size);
  rt_slice text = {copy, size};
  within(text, rt_words_code(text));
  within(text, rt_words_request_id(text));
  size_t length = rt_words_field(text, field, sizeof field);
  if (length > sizeof field || length > size) abort();
  if (rt_words_field(text, shorter, sizeof shorter) != (length > sizeof shorter ? 0 : length)) abort();
  is_time(rt_wait_span_or_time(text, now));
  is_time(rt_wait_until(text, now));
  is_time(rt_wait_in(text, now));
  free(copy);
  return 0;
}
