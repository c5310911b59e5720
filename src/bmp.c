/* bmp.c: Windows and OS/2 bitmaps. The file size in their header is often wrong; how far the pixels reach is not. */
#include <string.h>

#include "bytes.h"
#include "media_forms.h"

enum { FILE_HEAD = 14, CORE_HEAD = 12, INFO_HEAD = 40, RGB = 0, BITFIELDS = 3, ALPHA_BITFIELDS = 6 };

typedef struct {
  uint32_t width, height, bits, compression;
  uint32_t bytes; /* of the pixels, where they are compressed */
} header;

static void read_core(const unsigned char *p, header *out) {
  *out = (header){rt_little16(p + 18), rt_little16(p + 20), rt_little16(p + 24), RGB, 0};
}

/* A negative height says that the rows run downwards. */
static void read_info(const unsigned char *p, header *out) {
  uint32_t height = rt_little32(p + 22);
  *out = (header){rt_little32(p + 18), height >> 31 ? 0 - height : height, rt_little16(p + 28), rt_little32(p + 30), rt_little32(p + 34)};
}

static uint64_t end_of_pixels(const header *h, uint32_t first) {
  if (h->compression != RGB && h->compression != BITFIELDS && h->compression != ALPHA_BITFIELDS) return (uint64_t)first + h->bytes;
  uint64_t row = ((uint64_t)h->width * h->bits + 31) / 32 * 4; /* below 2^33, and the height below 2^31 */
  return first + row * h->height;
}

rt_media_state rt_bmp_read(rt_pieces *pieces, rt_media *out) {
  header h;
  const unsigned char *p = rt_pieces_ask(pieces, 0, FILE_HEAD + CORE_HEAD, FILE_HEAD + INFO_HEAD);
  if (!p) return rt_media_lacks(pieces, out);
  uint32_t first = rt_little32(p + 10), head = rt_little32(p + 14);
  if (head == CORE_HEAD)
    read_core(p, &h);
  else {
    p = rt_pieces_at(pieces, 0, FILE_HEAD + INFO_HEAD);
    if (!p) return rt_media_lacks(pieces, out);
    read_info(p, &h);
  }
  if (h.width >> 31 || h.height >> 31 || h.bits > 32)
    return rt_media_corrupt(out, "the BMP header holds values that BMP does not have");
  out->frames = 1;
  rt_media_state state = rt_media_measure(out, h.width, h.height);
  return state == RT_MEDIA_DONE ? rt_media_ends_at(pieces, out, end_of_pixels(&h, first)) : state;
}
