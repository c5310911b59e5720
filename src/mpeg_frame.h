/* mpeg_frame.h: headers of MPEG audio frames (layers I to III) and of AAC's ADTS frames, which files consist of without any header of
   their own. */
#ifndef RT_MPEG_FRAME_H
#define RT_MPEG_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RT_FRAME_HEADER = 7 }; /* bytes that tell all */

typedef struct rt_frame {
  bool aac;
  unsigned layer; /* 1 to 3; 0 of AAC */
  bool low, mono; /* MPEG-2 and 2.5: half the frequencies of MPEG-1 */
  uint32_t rate;  /* samples a second */
  uint32_t kilobits;
  uint32_t length, samples;
} rt_frame;

/* p: RT_FRAME_HEADER bytes. False: no frame begins here. */
bool rt_frame_read(const unsigned char *p, rt_frame *frame);

/* Frames of one stream: what cannot change from one to the next is the same. */
bool rt_frame_alike(const rt_frame *a, const rt_frame *b);

/* Where the first frame begins that another like it follows, or that the bytes end in; `length` where there is none. */
size_t rt_frame_find(const unsigned char *p, size_t length, const rt_frame *like, rt_frame *found);

#endif
