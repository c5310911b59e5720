/* tiff_tags.h: the directories of a TIFF file, or of the EXIF inside a JPEG segment: the same layout. */
#ifndef RT_TIFF_TAGS_H
#define RT_TIFF_TAGS_H

#include "media.h"

enum { RT_TIFF_WIDTH = 256, RT_TIFF_HEIGHT = 257, RT_TIFF_ORIENTATION = 274 };

typedef struct {
  uint64_t base, limit; /* where its bytes begin, from which all places count, and where they end */
  bool little, big;     /* little-endian; BigTIFF */
  uint64_t first, end;  /* of the entries */
  uint32_t count;
} rt_tiff_tags;

typedef struct {
  uint32_t tag, type;
  uint64_t count;
  uint64_t place, end; /* of its values; UINT64_MAX: nowhere */
} rt_tiff_tag;

/* DONE, NEED, or UNKNOWN: no such directory (pieces->past_end: because the file ends before it). */
rt_media_state rt_tiff_open(rt_pieces *pieces, uint64_t base, uint64_t limit, rt_tiff_tags *out);
rt_media_state rt_tiff_next(rt_pieces *pieces, rt_tiff_tags *tags); /* the directory after this one; count 0 at the last */
rt_media_state rt_tiff_entry(rt_pieces *pieces, const rt_tiff_tags *tags, uint32_t index, rt_tiff_tag *out);

/* The value at `index` of a tag that holds whole numbers. */
rt_media_state rt_tiff_value(rt_pieces *pieces, const rt_tiff_tags *tags, const rt_tiff_tag *tag, uint64_t index, uint64_t *out);

#endif
