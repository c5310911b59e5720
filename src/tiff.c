/* tiff.c: TIFF and BigTIFF. A directory may stand anywhere, often at the end. Where its last strip or tile and its values end shows whether
   the file is whole; that of each further page is looked at too. */
#include "media_forms.h"
#include "tiff_tags.h"

enum { PAGES = 32, STRIP_OFFSETS = 273, STRIP_BYTES = 279, TILE_OFFSETS = 324, TILE_BYTES = 325 };

typedef struct {
  uint64_t width, height, orientation;
  rt_tiff_tag offsets, bytes; /* count 0: not there */
  uint64_t end;               /* of what was seen so far */
} page;

/* NEED, or CORRUPT: what the directory lacks, it lacks because the file ends, or by itself. */
static rt_media_state lacks(const rt_pieces *pieces, rt_media *out, rt_media_state state) {
  if (state == RT_MEDIA_NEED || pieces->past_end) return rt_media_lacks(pieces, out);
  return rt_media_corrupt(out, "the TIFF file's directory is damaged");
}

static rt_media_state read_tag(rt_pieces *pieces, const rt_tiff_tags *tags, const rt_tiff_tag *tag, page *found) {
  switch (tag->tag) {
  case RT_TIFF_WIDTH:
    return rt_tiff_value(pieces, tags, tag, 0, &found->width);
  case RT_TIFF_HEIGHT:
    return rt_tiff_value(pieces, tags, tag, 0, &found->height);
  case RT_TIFF_ORIENTATION: { /* one that cannot be read turns nothing */
    rt_media_state state = rt_tiff_value(pieces, tags, tag, 0, &found->orientation);
    return state == RT_MEDIA_UNKNOWN && !pieces->past_end ? RT_MEDIA_DONE : state;
  }
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

static rt_media_state read_page(rt_pieces *pieces, const rt_tiff_tags *tags, rt_media *out, page *found) {
  *found = (page){.orientation = 1, .end = tags->end};
  for (uint32_t i = 0; i < tags->count; i++) {
    rt_tiff_tag tag;
    rt_media_state state = rt_tiff_entry(pieces, tags, i, &tag);
    if (state == RT_MEDIA_DONE) state = read_tag(pieces, tags, &tag, found);
    if (state != RT_MEDIA_DONE) return lacks(pieces, out, state);
    if (tag.end != UINT64_MAX && tag.end > found->end) found->end = tag.end;
  }
  return RT_MEDIA_DONE;
}

/* Files without sizes of their strips are taken as they are. */
static rt_media_state find_end(rt_pieces *pieces, const rt_tiff_tags *tags, rt_media *out, page *found) {
  uint64_t offset, length;
  if (found->offsets.count == 0 || found->offsets.count != found->bytes.count) return RT_MEDIA_DONE;
  uint64_t last = found->offsets.count - 1;
  rt_media_state state = rt_tiff_value(pieces, tags, &found->offsets, last, &offset);
  if (state == RT_MEDIA_DONE) state = rt_tiff_value(pieces, tags, &found->bytes, last, &length);
  if (state != RT_MEDIA_DONE) return lacks(pieces, out, state);
  if (offset > UINT64_MAX / 4 || length > UINT64_MAX / 4) return lacks(pieces, out, RT_MEDIA_UNKNOWN);
  if (offset + length > found->end) found->end = offset + length;
  return RT_MEDIA_DONE;
}

static rt_media_state read_end(rt_pieces *pieces, rt_tiff_tags *tags, rt_media *out, page *found) {
  for (unsigned pages = 0;; pages++) {
    rt_media_state state = find_end(pieces, tags, out, found);
    if (state == RT_MEDIA_DONE) state = rt_media_ends_at(pieces, out, found->end);
    if (state != RT_MEDIA_DONE || pages == PAGES) return state;
    state = rt_tiff_next(pieces, tags);
    if (state != RT_MEDIA_DONE) return lacks(pieces, out, state);
    if (tags->count == 0) return RT_MEDIA_DONE;
    state = read_page(pieces, tags, out, found);
    if (state != RT_MEDIA_DONE) return state;
  }
}

rt_media_state rt_tiff_read(rt_pieces *pieces, rt_media *out) {
  rt_tiff_tags tags;
  page found;
  rt_media_state state = rt_tiff_open(pieces, 0, pieces->total, &tags);
  if (state != RT_MEDIA_DONE) return lacks(pieces, out, state);
  state = read_page(pieces, &tags, out, &found);
  if (state != RT_MEDIA_DONE) return state;
  if (found.width > UINT32_MAX || found.height > UINT32_MAX) return rt_media_corrupt(out, "the TIFF file's directory is damaged");
  if (found.orientation >= 1 && found.orientation <= 8) out->orientation = (int)found.orientation;
  state = rt_media_measure(out, (uint32_t)found.width, (uint32_t)found.height);
  if (state != RT_MEDIA_DONE) return state;
  out->frames = 1;
  out->settled = true;
  if (pieces->total == RT_SIZE_UNKNOWN) return RT_MEDIA_DONE;
  state = read_end(pieces, &tags, out, &found);
  out->complete = state == RT_MEDIA_DONE; /* the first page alone is not all */
  if (state == RT_MEDIA_NEED) out->end_seen = false;
  return state;
}
