#include "tiff_tags.h"

#include <string.h>

#include "bytes.h"

enum { BYTE = 1, SHORT = 3, LONG = 4, LONG8 = 16, ENTRIES_AT_ONCE = 20 };

static uint32_t number16(const rt_tiff_tags *tags, const unsigned char *p) {
  return tags->little ? rt_little16(p) : rt_big16(p);
}

static uint32_t number32(const rt_tiff_tags *tags, const unsigned char *p) {
  return tags->little ? rt_little32(p) : rt_big32(p);
}

static uint64_t number64(const rt_tiff_tags *tags, const unsigned char *p) {
  return tags->little ? rt_little64(p) : rt_big64(p);
}

static rt_media_state lacks(const rt_pieces *pieces) {
  return pieces->past_end ? RT_MEDIA_UNKNOWN : RT_MEDIA_NEED;
}

/* Places that a hostile file gives are numbers of any size: inside the limit or nowhere. */
static bool inside(const rt_tiff_tags *tags, uint64_t place, uint64_t length) {
  return place >= tags->base && place <= tags->limit && tags->limit - place >= length;
}

static bool read_head(rt_tiff_tags *tags, const unsigned char *p, uint64_t *directory) {
  tags->little = memcmp(p, "II", 2) == 0;
  if (!tags->little && memcmp(p, "MM", 2) != 0) return false;
  uint32_t version = number16(tags, p + 2);
  tags->big = version == 43;
  if (version != 42 && !tags->big) return false;
  if (tags->big && (number16(tags, p + 4) != 8 || number16(tags, p + 6) != 0)) return false;
  *directory = tags->big ? number64(tags, p + 8) : number32(tags, p + 4);
  return *directory >= (tags->big ? 16 : 8) && *directory <= UINT64_MAX / 2;
}

rt_media_state rt_tiff_open(rt_pieces *pieces, uint64_t base, uint64_t limit, rt_tiff_tags *out) {
  uint64_t directory;
  *out = (rt_tiff_tags){.base = base, .limit = limit};
  pieces->past_end = false;
  if (!inside(out, base, 8)) return RT_MEDIA_UNKNOWN;
  const unsigned char *p = rt_pieces_at(pieces, base, 8);
  if (p && p[2] + p[3] == 43) p = inside(out, base, 16) ? rt_pieces_at(pieces, base, 16) : NULL;
  if (!p) return lacks(pieces);
  if (!read_head(out, p, &directory)) return RT_MEDIA_UNKNOWN;
  size_t count_bytes = out->big ? 8 : 2, entry_bytes = out->big ? 20 : 12;
  directory += base;
  if (!inside(out, directory, count_bytes)) {
    pieces->past_end = directory >= pieces->total || pieces->total - directory < count_bytes;
    return RT_MEDIA_UNKNOWN;
  }
  p = rt_pieces_ask(pieces, directory, count_bytes, count_bytes + ENTRIES_AT_ONCE * entry_bytes);
  if (!p) return lacks(pieces);
  uint64_t count = out->big ? number64(out, p) : number16(out, p);
  out->count = count < UINT16_MAX ? (uint32_t)count : UINT16_MAX;
  out->first = directory + count_bytes;
  return RT_MEDIA_DONE;
}

rt_media_state rt_tiff_entry(rt_pieces *pieces, const rt_tiff_tags *tags, uint32_t index, rt_tiff_tag *out) {
  size_t length = tags->big ? 20 : 12, in_place = tags->big ? 8 : 4;
  uint64_t at = tags->first + (uint64_t)index * length;
  pieces->past_end = false;
  if (index >= tags->count || !inside(tags, at, length)) {
    pieces->past_end = index < tags->count && at + length > pieces->total;
    return RT_MEDIA_UNKNOWN;
  }
  const unsigned char *p = rt_pieces_ask(pieces, at, length, length * ENTRIES_AT_ONCE);
  if (!p) return lacks(pieces);
  out->tag = number16(tags, p);
  out->type = number16(tags, p + 2);
  out->count = tags->big ? number64(tags, p + 4) : number32(tags, p + 4);
  size_t size = out->type == LONG8 ? 8 : out->type == LONG ? 4 : out->type == SHORT ? 2 : 1;
  out->place = at + length - in_place;
  if (out->count <= in_place / size) return RT_MEDIA_DONE;
  uint64_t place = tags->big ? number64(tags, p + 12) : number32(tags, p + 8);
  out->place = place <= UINT64_MAX / 2 ? tags->base + place : UINT64_MAX;
  return RT_MEDIA_DONE;
}

rt_media_state rt_tiff_value(rt_pieces *pieces, const rt_tiff_tags *tags, const rt_tiff_tag *tag, uint64_t index, uint64_t *out) {
  size_t size = tag->type == LONG8 ? 8 : tag->type == LONG ? 4 : tag->type == SHORT ? 2 : tag->type == BYTE ? 1 : 0;
  pieces->past_end = false;
  if (size == 0 || index >= tag->count || index > UINT32_MAX || tag->place == UINT64_MAX) return RT_MEDIA_UNKNOWN;
  uint64_t at = tag->place + index * size;
  if (!inside(tags, at, size)) {
    pieces->past_end = at + size > pieces->total;
    return RT_MEDIA_UNKNOWN;
  }
  const unsigned char *p = rt_pieces_at(pieces, at, size);
  if (!p) return lacks(pieces);
  *out = size == 8 ? number64(tags, p) : size == 4 ? number32(tags, p) : size == 2 ? number16(tags, p) : p[0];
  return RT_MEDIA_DONE;
}
