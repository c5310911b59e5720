/* Codes and messages come from outside, patterns from the rules: no pair of them may crash, and a pattern of `*` alone matches everything. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the matcher has to agree with: the same language, written the slow and simple way. Both texts are short. */
static int simple(const char *pattern, const char *end, const char *code, const char *stop) {
  if (pattern == end) return code == stop;
  if (*pattern == '*') return simple(pattern + 1, end, code, stop) || (code < stop && *code != '.' && simple(pattern, end, code + 1, stop));
  return code < stop && *pattern == *code && simple(pattern + 1, end, code + 1, stop);
}

/* one segment, without dots on either side */
static void compare(rt_slice pattern, rt_slice code) {
  if (pattern.length > 8 || code.length > 12) return;
  for (size_t i = 0; i < pattern.length; i++)
    if (strchr(".- ", pattern.data[i]) || (pattern.data[i] >= 'A' && pattern.data[i] <= 'Z')) return;
  for (size_t i = 0; i < code.length; i++)
    if (strchr(".- ", code.data[i]) || (code.data[i] >= 'A' && code.data[i] <= 'Z')) return;
  if (pattern.length == 1 && *pattern.data == '*') return;
  if (rt_pattern_matches(pattern, code) != simple(pattern.data, pattern.data + pattern.length, code.data, code.data + code.length)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1) return 0;
  size_t cut = data[0] % size;
  rt_slice pattern = {(const char *)data + 1, cut}, text = {(const char *)data + 1 + cut, size - 1 - cut};
  if (cut + 1 > size) return 0;
  rt_pattern_matches(pattern, text);
  rt_fragment_matches(pattern, text);
  compare(pattern, text);
  rt_slice star = {"*", 1};
  if (!rt_pattern_matches(star, text) || !rt_fragment_matches(star, text)) abort();
  return 0;
}
