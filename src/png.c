/* png.c: PNG and APNG. The sides stand in the first 33 bytes, what animates stands before the image data, and the last 12 bytes say whether
   the file is whole. The orientation that a PNG can carry as EXIF is not applied: viewers and providers do not. */
#include <string.h>

#include "bytes.h"
#include "media_forms.h"

enum { FIRST_CHUNK = 33, CHUNK_HEAD = 8, HOP = 64, WALK = 4096 };

/* CRC-32 over a header's few bytes: sixteen entries are enough. */
static uint32_t crc32_of(const unsigned char *bytes, size_t length) {
  static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                     0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
  uint32_t crc = 0xFFFFFFFF;
  for (size_t i = 0; i < length; i++) {
    crc = table[(crc ^ bytes[i]) & 15] ^ crc >> 4;
    crc = table[(crc ^ (uint32_t)bytes[i] >> 4) & 15] ^ crc >> 4;
  }
  return ~crc;
}

static bool depth_is_legal(unsigned depth, unsigned color) {
  switch (color) {
  case 0:
    return depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
  case 3:
    return depth == 1 || depth == 2 || depth == 4 || depth == 8;
  case 2:
  case 4:
  case 6:
    return depth == 8 || depth == 16;
  default:
    return false;
  }
}

/* p: the first 33 bytes, signature and IHDR. */
static rt_media_state read_header(rt_media *out, const unsigned char *p) {
  if (rt_big32(p + 8) != 13 || memcmp(p + 12, "IHDR", 4) != 0)
    return rt_media_corrupt(out, "the PNG file does not begin with an IHDR chunk of 13 bytes");
  uint32_t crc = crc32_of(p + 12, 17);
  if (crc != rt_big32(p + 29))
    return rt_media_corrupt(out, "the PNG header's checksum is %08lx, its bytes give %08lx", (unsigned long)rt_big32(p + 29),
                            (unsigned long)crc);
  uint32_t width = rt_big32(p + 16), height = rt_big32(p + 20);
  if (!depth_is_legal(p[24], p[25]) || p[26] != 0 || p[27] != 0 || p[28] > 1 || width >> 31 || height >> 31)
    return rt_media_corrupt(out, "the PNG header holds values that PNG does not have");
  return rt_media_measure(out, width, height);
}

/* DONE: the chunk that begins at `offset` is one, and ends inside the file. */
static rt_media_state check_chunk(const rt_pieces *pieces, rt_media *out, uint64_t offset, const unsigned char *p) {
  uint64_t end = offset + 12 + rt_big32(p);
  for (int i = 4; i < 8; i++)
    if ((unsigned char)((p[i] | 0x20) - 'a') >= 26)
      return rt_media_corrupt(out, "no PNG chunk begins at byte %llu, where one should", (unsigned long long)offset);
  if (rt_big32(p) >> 31)
    return rt_media_corrupt(out, "the PNG chunk at byte %llu is longer than PNG allows", (unsigned long long)offset);
  if (end <= pieces->total) return RT_MEDIA_DONE;
  out->end_seen = true;
  return rt_media_corrupt(out, "the file ends after %llu bytes, inside a PNG chunk (%.4s) that runs to byte %llu",
                          (unsigned long long)pieces->total, (const char *)p + 4, (unsigned long long)end);
}

/* The chunk at `offset`, on a walk that began at `from`. */
static rt_media_state next_chunk(rt_pieces *pieces, rt_media *out, uint64_t from, uint64_t offset, size_t wish, const unsigned char **p) {
  *p = rt_pieces_walk(pieces, from, offset, CHUNK_HEAD, wish, 0);
  return *p ? check_chunk(pieces, out, offset, *p) : rt_media_lacks(pieces, out);
}

/* acTL says how many frames there are; one frame is no animation. */
static rt_media_state read_frames(rt_pieces *pieces, rt_media *out, uint64_t offset) {
  const unsigned char *p = rt_pieces_at(pieces, offset + CHUNK_HEAD, 4);
  if (!p) return rt_media_lacks(pieces, out);
  out->frames = rt_big32(p);
  out->animated = out->frames > 1;
  return RT_MEDIA_DONE;
}

/* acTL, where there is one, stands before the image data. */
static rt_media_state read_animation(rt_pieces *pieces, rt_media *out) {
  const unsigned char *p;
  for (uint64_t offset = rt_pieces_resume(pieces, FIRST_CHUNK, NULL);; offset += 12 + (uint64_t)rt_big32(p)) {
    rt_media_state state = next_chunk(pieces, out, FIRST_CHUNK, offset, HOP, &p);
    if (state != RT_MEDIA_DONE) return state;
    if (memcmp(p + 4, "acTL", 4) == 0 && rt_big32(p) >= 8) return read_frames(pieces, out, offset);
    if (memcmp(p + 4, "IEND", 4) == 0) return rt_media_corrupt(out, "the PNG file holds no image data");
    if (memcmp(p + 4, "IDAT", 4) != 0) continue;
    out->frames = 1;
    return RT_MEDIA_DONE;
  }
}

/* Cut short, or whole with something after its end: only the chunks can tell. */
static rt_media_state walk_to_end(rt_pieces *pieces, rt_media *out) {
  const unsigned char *p;
  uint64_t from = 8, offset = rt_pieces_resume(pieces, from, NULL);
  for (;; offset += 12 + (uint64_t)rt_big32(p)) {
    rt_media_state state = next_chunk(pieces, out, from, offset, WALK, &p);
    if (state != RT_MEDIA_DONE) return state;
    if (memcmp(p + 4, "IEND", 4) == 0) break;
  }
  out->end_seen = out->complete = true;
  return RT_MEDIA_DONE;
}

static rt_media_state read_end(rt_pieces *pieces, rt_media *out) {
  if (pieces->total == RT_SIZE_UNKNOWN) return RT_MEDIA_DONE;
  const unsigned char *p = rt_pieces_at(pieces, pieces->total - 12, 12); /* 33 bytes are there already */
  if (!p) return rt_media_lacks(pieces, out);
  if (memcmp(p, "\0\0\0\0IEND", 8) != 0) return walk_to_end(pieces, out);
  out->end_seen = out->complete = true;
  return RT_MEDIA_DONE;
}

rt_media_state rt_png_read(rt_pieces *pieces, rt_media *out) {
  const unsigned char *p = rt_pieces_at(pieces, 0, 8);
  if (!p) return rt_media_lacks(pieces, out);
  if (memcmp(p, "\x89PNG\r\n\x1a\n", 8) != 0)
    return rt_media_corrupt(out, "the PNG signature is damaged, as by a transfer in text mode that changes line endings");
  p = rt_pieces_at(pieces, 0, FIRST_CHUNK);
  if (!p) return rt_media_lacks(pieces, out);
  rt_media_state state = read_header(out, p);
  if (state == RT_MEDIA_DONE) state = read_animation(pieces, out);
  if (state != RT_MEDIA_DONE) return state;
  out->settled = true;
  return read_end(pieces, out);
}
