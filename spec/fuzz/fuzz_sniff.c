/* Whatever the bytes: no read past them, and nothing behind the first RT_SNIFF_BYTES changes the answer. */
#include "../../src/sniff.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *type = rt_sniff(data, size);
  if (type && !strchr(type, '/')) abort();
  if (size > RT_SNIFF_BYTES && rt_sniff(data, RT_SNIFF_BYTES) != type) abort();
  return 0;
}
