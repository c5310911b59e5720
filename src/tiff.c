/* tiff.c: TIFF and BigTIFF. The directory may stand anywhere, often at the end; where the last strip or tile ends shows whether the file is
   whole. */
#include "media_forms.h"
#include "tiff_tags.h"

enum { STRIP_OFFSETS = 273, STRIP_BYTES = 279, TILE_OFFSETS = 324, TILE_BYTES = 325 };

typedef struct {
  uint64_t width, height, orientation;
  rt_tiff_tag offsets, bytes; /* count 0: not there */
} picture;

/* NEED, or CORRUPT: what the directory lacks, it lacks because the file ends, or by itself. */
static rt_media_state lacks(const rt_pieces *pieces, rt_media *out, rt_media_state state) {
  if (state == RT_MEDIA_NEED || pieces->past_end) return rt_media_lacks(pieces, out);
  return rt_media_corrupt(out, "the TIFF file's directory is damaged");
}

static rt_media_state read_tag(rt_pieces *pieces, const rt_tiff_tags *tags, const rt_tiff_tag *tag, picture *found) {
  switch (tag->tag) {
  case RT_TIFF_WIDTH:
    return rt_tiff_value(pieces, tags, tag, 0, &found->width);
  case RT_TIFF_HEIGHT:
    return rt_tiff_value(pieces, tags, tag, 0, &found->height);
  case RT_TIFF_ORIENTATION:
    return rt_tiff_value(pieces, tags, tag, 0, &found->orientation);
  case STRIP_OFFSETS:
  case TILE_OFFSETS:
    found->offsets = *tag;
    return RT_MEDIA_DONE;
  case STRIP_BYTES:
  case TILE_BYTES:
    found->bytes = *tag;
    return RT_MEDIA_DONE;
  default:
    return RT_MEDIA_DONE;
  }
}

/* The tags are in order: what comes after the last of those above is of no interest. */
static rt_media_state read_tags(rt_pieces *pieces, const rt_tiff_tags *tags, rt_media *out, picture *found) {
  for (uint32_t i = 0; i < tags->count; i++) {
    rt_tiff_tag tag;
    rt_media_state state = rt_tiff_entry(pieces, tags, i, &tag);
    if (state == RT_MEDIA_DONE && tag.tag > TILE_BYTES) break;
    if (state == RT_MEDIA_DONE) state = read_tag(pieces, tags, &tag, found);
    if (state != RT_MEDIA_DONE) return lacks(pieces, out, state);
  }
  return RT_MEDIA_DONE;
}

/* Files without sizes of their strips, and damaged ones, are taken as they are: their end cannot be told. */
static rt_media_state read_end(rt_pieces *pieces, const rt_tiff_tags *tags, rt_media *out, const picture *found) {
  uint64_t offset, length;
  if (pieces->total == RT_SIZE_UNKNOWN || found->offsets.count == 0 || found->offsets.count != found->bytes.count) return RT_MEDIA_DONE;
  uint64_t last = found->offsets.count - 1;
  rt_media_state state = rt_tiff_value(pieces, tags, &found->offsets, last, &offset);
  if (state == RT_MEDIA_DONE) state = rt_tiff_value(pieces, tags, &found->bytes, last, &length);
  if (state == RT_MEDIA_UNKNOWN && !pieces->past_end) return RT_MEDIA_DONE;
  if (state != RT_MEDIA_DONE) return rt_media_lacks(pieces, out);
  if (offset > UINT64_MAX / 2 || length > UINT64_MAX / 2) return RT_MEDIA_DONE;
  return rt_media_ends_at(pieces, out, offset + length);
}

rt_media_state rt_tiff_read(rt_pieces *pieces, rt_media *out) {
  rt_tiff_tags tags;
  picture found = {.orientation = 1};
  rt_media_state state = rt_tiff_open(pieces, 0, pieces->total, &tags);
  if (state != RT_MEDIA_DONE) return lacks(pieces, out, state);
  state = read_tags(pieces, &tags, out, &found);
  if (state != RT_MEDIA_DONE) return state;
  if (found.width > UINT32_MAX || found.height > UINT32_MAX) return rt_media_corrupt(out, "the TIFF file's directory is damaged");
  if (found.orientation >= 1 && found.orientation <= 8) out->orientation = (int)found.orientation;
  state = rt_media_measure(out, (uint32_t)found.width, (uint32_t)found.height);
  if (state != RT_MEDIA_DONE) return state;
  out->settled = true;
  return read_end(pieces, &tags, out, &found);
}
