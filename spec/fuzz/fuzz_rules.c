/* Codes and messages come from outside, patterns from the rules: no pair of them may crash, and a pattern of `*` alone matches everything. */
#include <stdint.h>
#include <stdlib.h>

#include "../../src/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1) return 0;
  size_t cut = data[0] % size;
  rt_slice pattern = {(const char *)data + 1, cut}, text = {(const char *)data + 1 + cut, size - 1 - cut};
  if (cut + 1 > size) return 0;
  rt_pattern_matches(pattern, text);
  rt_fragment_matches(pattern, text);
  rt_slice star = {"*", 1};
  if (!rt_pattern_matches(star, text) || !rt_fragment_matches(star, text)) abort();
  return 0;
}
