/* Whatever the bytes and the claimed size: no crash, no endless walk, and the same answer from the whole as from small pieces. */
#include "../../src/image.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition) {
  if (!condition) abort();
}

static void walk(rt_image *image, const uint8_t *data, size_t size, uint64_t total, size_t most) {
  uint64_t offset;
  size_t length, reads = 0;
  rt_image_start(image, total);
  while (rt_image_wants(image, &offset, &length)) {
    size_t here = offset < size ? size - (size_t)offset : 0;
    require(total == RT_SIZE_UNKNOWN || offset + length <= total);
    if (length > most && most >= image->need) length = most;
    if (length > here) length = here;
    uint8_t *copy = malloc(length + 1);
    if (length) memcpy(copy, data + offset, length);
    rt_image_feed(image, copy, length);
    free(copy);
    require(++reads < 2 * size + 16);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  for (int known = 0; known < 2; known++) {
    rt_image whole, pieces, single;
    uint64_t total = known ? size : RT_SIZE_UNKNOWN;
    walk(&whole, data, size, total, SIZE_MAX);
    walk(&pieces, data, size, total, 1);
    require(whole.state != RT_IMAGE_NEED && whole.state == pieces.state && whole.complete == pieces.complete);
    require(whole.width == pieces.width && whole.height == pieces.height && whole.orientation == pieces.orientation);
    require(strcmp(whole.message, pieces.message) == 0);
    require(whole.state != RT_IMAGE_DONE || (whole.width > 0 && whole.height > 0 && whole.orientation >= 1 && whole.orientation <= 8));
    rt_image_state state = rt_image_read(&single, data, size, total);
    require(state == whole.state || state == RT_IMAGE_NEED);
    require(state != RT_IMAGE_DONE || single.width == whole.width);
  }
  return 0;
}
