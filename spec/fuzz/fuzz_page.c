/* Pages and streams come from outside. With less room the same words come out, only fewer; events stand in their text, one after the other. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static char whole[RT_PAGE_KEPT];
  if (size < 1) return 0;
  size_t room = data[0], length = 0, less = 0, at = 0, lines = 0, count = 0;
  rt_slice text = {(const char *)data + 1, size - 1}, event, code, again;
  const char *last = text.data;
  char *tight = malloc(room ? room : 1);
  bool any = rt_page_words(text, whole, sizeof whole, &length, &code);
  if (any != rt_page_words(text, tight, room, &less, &again) || code.data != again.data) abort();
  if (code.data && (code.data < text.data || !code.length || code.data + code.length > text.data + text.length)) abort();
  if (length > sizeof whole || less > room || less != (length < room ? length : room) || memcmp(whole, tight, less) != 0) abort();
  if (any != (length > 0)) abort();
  free(tight);
  while (rt_next_event(text, &at, &lines, &event)) {
    if (event.data < last || event.data + event.length > text.data + text.length || ++count > lines) abort();
    last = event.data + event.length;
  }
  if (lines > 512 || (count && !rt_is_stream(text))) abort();
  return 0;
}
