/* Retry-After and Date come from outside: whatever they hold, the wait is a finite number of seconds or none. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/retry_after.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  if (!text) return 0;
  memcpy(text, data, size);
  text[size] = '\0';
  char *date = memchr(text, '\n', size); /* an input of two lines is a header and the answer's Date */
  if (date) *date++ = '\0';
  double wait = rt_retry_after(text, date, 1.7e9);
  if (!(wait < 1e15)) abort();
  free(text);
  return 0;
}
