#include "tiff_tags.h"

#include <string.h>

#include "bytes.h"

enum { BYTE = 1, SHORT = 3, LONG = 4, LONG8 = 16, ENTRIES_AT_ONCE = 20, BYTES_AT_ONCE = 4096, ENTRIES = 4096 };

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

/* Outside the limit: because the file ends before it, or by the file's own fault. */
static rt_media_state nowhere(rt_pieces *pieces, uint64_t place, uint64_t length) {
  pieces->past_end = place > pieces->total || pieces->total - place < length;
  return RT_MEDIA_UNKNOWN;
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

/* The directory that begins so many bytes behind the base. */
static rt_media_state open_directory(rt_pieces *pieces, rt_tiff_tags *tags, uint64_t place) {
  size_t count_bytes = tags->big ? 8 : 2, entry_bytes = tags->big ? 20 : 12;
  uint64_t at = tags->base + place;
  if (!inside(tags, at, count_bytes)) return nowhere(pieces, at, count_bytes);
  const unsigned char *p = rt_pieces_ask(pieces, at, count_bytes, count_bytes + ENTRIES_AT_ONCE * entry_bytes);
  if (!p) return lacks(pieces);
  uint64_t count = tags->big ? number64(tags, p) : number16(tags, p);
  if (count > UINT16_MAX) return RT_MEDIA_UNKNOWN;
  tags->first = at + count_bytes;
  tags->end = tags->first + count * entry_bytes;
  tags->count = count < ENTRIES ? (uint32_t)count : ENTRIES; /* no file has a use for more */
  return RT_MEDIA_DONE;
}

rt_media_state rt_tiff_open(rt_pieces *pieces, uint64_t base, uint64_t limit, rt_tiff_tags *out) {
  uint64_t directory;
  *out = (rt_tiff_tags){.base = base, .limit = limit};
  pieces->past_end = false;
  if (!inside(out, base, 8)) return nowhere(pieces, base, 8);
  const unsigned char *p = rt_pieces_at(pieces, base, 8);
  if (p && p[2] + p[3] == 43) {
    if (!inside(out, base, 16)) return nowhere(pieces, base, 16);
    p = rt_pieces_at(pieces, base, 16);
  }
  if (!p) return lacks(pieces);
  return read_head(out, p, &directory) ? open_directory(pieces, out, directory) : RT_MEDIA_UNKNOWN;
}

rt_media_state rt_tiff_next(rt_pieces *pieces, rt_tiff_tags *tags) {
  size_t length = tags->big ? 8 : 4;
  pieces->past_end = false;
  if (!inside(tags, tags->end, length)) return nowhere(pieces, tags->end, length);
  const unsigned char *p = rt_pieces_at(pieces, tags->end, length);
  if (!p) return lacks(pieces);
  uint64_t place = tags->big ? number64(tags, p) : number32(tags, p);
  tags->count = 0;
  if (place == 0) return RT_MEDIA_DONE;
  return place <= UINT64_MAX / 2 ? open_directory(pieces, tags, place) : RT_MEDIA_UNKNOWN;
}

/* Bytes of one value; 0 for types that are none. */
static size_t bytes_of(uint32_t type) {
  static const unsigned char sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
  return type < sizeof sizes ? sizes[type] : 0;
}

rt_media_state rt_tiff_entry(rt_pieces *pieces, const rt_tiff_tags *tags, uint32_t index, rt_tiff_tag *out) {
  size_t length = tags->big ? 20 : 12, in_place = tags->big ? 8 : 4;
  uint64_t at = tags->first + (uint64_t)index * length;
  pieces->past_end = false;
  if (index >= tags->count) return RT_MEDIA_UNKNOWN;
  if (!inside(tags, at, length)) return nowhere(pieces, at, length);
  size_t wish = (tags->count - index) * length;
  const unsigned char *p = rt_pieces_ask(pieces, at, length, wish < BYTES_AT_ONCE ? wish : BYTES_AT_ONCE);
  if (!p) return lacks(pieces);
  out->tag = number16(tags, p);
  out->type = number16(tags, p + 2);
  out->count = tags->big ? number64(tags, p + 4) : number32(tags, p + 4);
  out->place = at + length - in_place;
  out->end = at + length;
  size_t size = bytes_of(out->type);
  if (size == 0 || out->count <= in_place / size) return RT_MEDIA_DONE;
  uint64_t place = tags->big ? number64(tags, p + 12) : number32(tags, p + 8);
  bool sane = place <= UINT64_MAX / 4 && out->count <= UINT64_MAX / 64;
  out->place = sane ? tags->base + place : UINT64_MAX;
  out->end = sane ? out->place + out->count * size : UINT64_MAX;
  return RT_MEDIA_DONE;
}

rt_media_state rt_tiff_value(rt_pieces *pieces, const rt_tiff_tags *tags, const rt_tiff_tag *tag, uint64_t index, uint64_t *out) {
  bool whole_number = tag->type == BYTE || tag->type == SHORT || tag->type == LONG || tag->type == LONG8;
  size_t size = bytes_of(tag->type);
  pieces->past_end = false;
  if (!whole_number || index >= tag->count || tag->end == UINT64_MAX) return RT_MEDIA_UNKNOWN;
  uint64_t at = tag->place + index * size;
  if (!inside(tags, at, size)) return nowhere(pieces, at, size);
  const unsigned char *p = rt_pieces_at(pieces, at, size);
  if (!p) return lacks(pieces);
  *out = size == 8 ? number64(tags, p) : size == 4 ? number32(tags, p) : size == 2 ? number16(tags, p) : p[0];
  return RT_MEDIA_DONE;
}
