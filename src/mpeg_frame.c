#include "mpeg_frame.h"

#include "bytes.h"

static bool read_aac(const unsigned char *p, rt_frame *frame) {
  static const uint32_t rates[13] = {96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350};
  unsigned rate = p[2] >> 2 & 15;
  uint32_t length = (uint32_t)(p[3] & 3) << 11 | (uint32_t)p[4] << 3 | p[5] >> 5;
  if (rate > 12 || length < RT_FRAME_HEADER) return false;
  *frame = (rt_frame){.aac = true, .rate = rates[rate], .length = length, .samples = 1024 * ((p[6] & 3u) + 1)};
  return true;
}

bool rt_frame_read(const unsigned char *p, rt_frame *frame) {
  static const unsigned short rates[5][15] = {{0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448}, /* MPEG-1, layer I */
                                              {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},    /* II */
                                              {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},     /* III */
                                              {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},    /* MPEG-2, layer I */
                                              {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}};        /* II and III */
  static const uint32_t hertz[3] = {44100, 48000, 32000};
  unsigned version = p[1] >> 3 & 3, layer = 4 - (p[1] >> 1 & 3), rate = p[2] >> 4, sampling = p[2] >> 2 & 3, padding = p[2] >> 1 & 1;
  if (p[0] != 0xFF || (p[1] & 0xE0) != 0xE0) return false;
  if ((p[1] & 0xF6) == 0xF0) return read_aac(p, frame);
  if (version == 1 || layer == 4 || rate == 0 || rate == 15 || sampling == 3) return false;
  bool low = version != 3;
  *frame = (rt_frame){.layer = layer, .low = low, .mono = p[3] >> 6 == 3};
  frame->rate = hertz[sampling] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
  frame->kilobits = rates[low ? (layer == 1 ? 3 : 4) : layer - 1][rate];
  frame->samples = layer == 1 ? 384 : layer == 3 && low ? 576 : 1152;
  if (layer == 1)
    frame->length = (12000 * frame->kilobits / frame->rate + padding) * 4;
  else
    frame->length = frame->samples / 8 * 1000 * frame->kilobits / frame->rate + padding;
  return true;
}

bool rt_frame_alike(const rt_frame *a, const rt_frame *b) {
  return a->aac == b->aac && a->layer == b->layer && a->low == b->low && a->rate == b->rate;
}

size_t rt_frame_find(const unsigned char *p, size_t length, const rt_frame *like, rt_frame *found) {
  for (size_t at = 0; at + RT_FRAME_HEADER <= length; at++) {
    rt_frame next;
    if (p[at] != 0xFF || !rt_frame_read(p + at, found) || (like && !rt_frame_alike(found, like))) continue;
    if (length - at < found->length + RT_FRAME_HEADER) return at;
    if (rt_frame_read(p + at + found->length, &next) && rt_frame_alike(found, &next)) return at;
  }
  return length;
}
