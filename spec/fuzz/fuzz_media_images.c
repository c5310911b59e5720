/* Whatever the bytes and the claimed size: no crash, no endless walk, and the same answer from the whole as from small pieces. */
#include "../c/media_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition) {
  if (!condition) abort();
}

static int same(const rt_media *a, const rt_media *b) {
  return a->width == b->width && a->height == b->height && a->orientation == b->orientation && a->measured == b->measured &&
         a->animated == b->animated && a->frames == b->frames && a->end_seen == b->end_seen && a->complete == b->complete &&
         strcmp(a->message, b->message) == 0;
}

static void check(rt_media_state state, const rt_media *media) {
  require(state != RT_MEDIA_DONE || (media->media_type && media->orientation >= 1 && media->orientation <= 8));
  require(state != RT_MEDIA_CORRUPT || (media->media_type && media->message[0]));
  require(!media->measured || (media->width > 0 && media->height > 0));
  require(!media->complete || media->end_seen);
  require(memchr(media->message, 0, sizeof media->message) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  rt_media whole;
  rt_media_state state = read_media(data, size, size, &whole);
  require(state != RT_MEDIA_NEED);
  check(state, &whole);
  size_t most = size ? (size < 300 ? 1 : size / 32) + data[size - 1] % 97u : 1; /* byte by byte only where they are few */
  media_walk large = walk_media(data, size, size, SIZE_MAX), small = walk_media(data, size, size, most);
  media_walk unsized = walk_media(data, size, RT_SIZE_UNKNOWN, SIZE_MAX);
  require(large.full || (large.state == state && same(&large.media, &whole)));
  require(small.full || (small.state == state && same(&small.media, &whole)));
  require(unsized.full || unsized.state != RT_MEDIA_NEED);
  check(unsized.state, &unsized.media);
  state = read_media(data, size, RT_SIZE_UNKNOWN, &whole);
  check(state, &whole);
  return 0;
}
