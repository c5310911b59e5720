/* boxes.h: the boxes (QuickTime's atoms) that MP4, MOV, HEIC and AVIF files are made of: a size, a type of four letters, a body that may
   hold boxes again. Goes from header to header: a box of four gigabytes costs eight bytes. */
#ifndef RT_BOXES_H
#define RT_BOXES_H

#include "pieces.h"

#define RT_BOX(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

enum { RT_BOXES_LOOKED_AT = 512 }; /* of one range: no file has a use for more */

typedef struct rt_box {
  uint32_t type;
  uint64_t start, body, end; /* of its header, of what it holds, of what comes behind it */
} rt_box;

typedef enum rt_box_found {
  RT_BOX_HERE,  /* boxes->box */
  RT_BOX_NONE,  /* the range holds no more */
  RT_BOX_LACK,  /* rt_pieces_at has answered NULL: ask rt_media_lacks */
  RT_BOX_CUT,   /* boxes->box runs past the end of the range; its type and body can be used, its end is where it should be */
  RT_BOX_BROKEN /* its size is less than its header's, or more than any file's: what follows it cannot be found */
} rt_box_found;

typedef struct rt_boxes {
  rt_pieces *pieces;
  uint64_t at, end;
  uint64_t wish_end; /* where a header is missing, all up to there is wanted at once; rt_boxes_in sets 0: the header only */
  unsigned left;
  rt_box box;
} rt_boxes;

/* The boxes that stand one after the other from `begin` to `end`; of a whole file: from 0 to pieces->total, known or not. */
rt_boxes rt_boxes_in(rt_pieces *pieces, uint64_t begin, uint64_t end);

rt_box_found rt_boxes_next(rt_boxes *boxes);

/* The next one of that type. A box before it that is CUT or BROKEN ends the search. */
rt_box_found rt_boxes_find(rt_boxes *boxes, uint32_t type);

/* "moov", or "0x00000001" where it is not of printable letters. */
typedef struct rt_box_name {
  char text[12];
} rt_box_name;
rt_box_name rt_box_name_of(uint32_t type);

#endif
