/* heif_items.h: the picture that a HEIC or AVIF file shows, out of the many items (tiles, thumbnails, alpha, EXIF) it holds. */
#ifndef RT_HEIF_ITEMS_H
#define RT_HEIF_ITEMS_H

#include "boxes.h"
#include "media.h"

/* Sides and orientation of the primary item. */
rt_media_state rt_heif_primary(rt_pieces *pieces, rt_box meta, rt_media *out);

/* Where the last byte of any item stands; 0 where that is not told. */
rt_media_state rt_heif_last_byte(rt_pieces *pieces, rt_box meta, rt_media *out, uint64_t *end);

#endif
