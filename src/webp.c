/* webp.c: WebP, lossy (VP8), lossless (VP8L) and extended (VP8X). The first 30 bytes say all, the file's length among it. How many frames
   an animation has is told nowhere, and the EXIF at a WebP file's end turns it in no viewer. */
#include <string.h>

#include "bytes.h"
#include "media_forms.h"

static rt_media_state read_lossy(rt_media *out, const unsigned char *p) {
  if ((p[20] & 1) != 0 || memcmp(p + 23, "\x9d\x01\x2a", 3) != 0)
    return rt_media_corrupt(out, "the WebP file does not begin with a VP8 key frame");
  return rt_media_measure(out, rt_little16(p + 26) & 0x3FFF, rt_little16(p + 28) & 0x3FFF);
}

static rt_media_state read_lossless(rt_media *out, const unsigned char *p) {
  uint32_t bits = rt_little32(p + 21);
  if (p[20] != 0x2F || bits >> 29 != 0) return rt_media_corrupt(out, "the WebP file's VP8L header is damaged");
  return rt_media_measure(out, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
}

static rt_media_state read_extended(rt_media *out, const unsigned char *p) {
  uint64_t width = (uint64_t)rt_little24(p + 24) + 1, height = (uint64_t)rt_little24(p + 27) + 1;
  if (rt_little32(p + 16) < 10 || width * height > UINT32_MAX) return rt_media_corrupt(out, "the WebP file's VP8X header is damaged");
  out->animated = (p[20] & 2) != 0;
  out->frames = out->animated ? 0 : 1;
  return rt_media_measure(out, (uint32_t)width, (uint32_t)height);
}

static const struct kind {
  const char *chunk;
  size_t bytes;
  rt_media_state (*read)(rt_media *, const unsigned char *);
} kinds[] = {{"VP8 ", 30, read_lossy}, {"VP8L", 25, read_lossless}, {"VP8X", 30, read_extended}};

rt_media_state rt_webp_read(rt_pieces *pieces, rt_media *out) {
  const struct kind *kind = NULL;
  const unsigned char *p = rt_pieces_ask(pieces, 0, 20, 30);
  if (!p) return rt_media_lacks(pieces, out);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (memcmp(p + 12, kinds[i].chunk, 4) == 0) kind = &kinds[i];
  if (!kind) return rt_media_corrupt(out, "the WebP file's first chunk is none that WebP has");
  p = rt_pieces_at(pieces, 0, kind->bytes);
  if (!p) return rt_media_lacks(pieces, out);
  uint64_t end = (uint64_t)rt_little32(p + 4) + 8, chunk_end = 20 + (uint64_t)rt_little32(p + 16);
  out->frames = 1;
  rt_media_state state = kind->read(out, p);
  if (state != RT_MEDIA_DONE) return state;
  if (chunk_end > end)
    return rt_media_corrupt(out, "the WebP file's first chunk runs to byte %llu of %llu", (unsigned long long)chunk_end,
                            (unsigned long long)end);
  return rt_media_ends_at(pieces, out, end);
}
