/* ebml.h: the elements that Matroska and WebM files are made of: an id of one to four bytes, a size of one to eight, a body that may hold
   elements again. Goes from header to header. */
#ifndef RT_EBML_H
#define RT_EBML_H

#include "pieces.h"

enum { RT_ELEMENTS_LOOKED_AT = 512 }; /* of one range */

typedef struct rt_element {
  uint32_t id;  /* with its marker bit, as documents write it */
  bool endless; /* its size is not known, as in a live recording; `end` is its parent's then */
  uint64_t start, body, end;
} rt_element;

typedef enum rt_element_found {
  RT_ELEMENT_HERE,
  RT_ELEMENT_NONE,  /* the range holds no more */
  RT_ELEMENT_LACK,  /* rt_pieces_at has answered NULL: ask rt_media_lacks */
  RT_ELEMENT_CUT,   /* it runs past the end of the range */
  RT_ELEMENT_BROKEN /* no element begins at `at` */
} rt_element_found;

typedef struct rt_elements {
  rt_pieces *pieces;
  uint64_t at, end;
  uint64_t wish_end; /* where something is missing, all up to there is wanted at once */
  unsigned left;
  rt_element element;
} rt_elements;

rt_elements rt_elements_in(rt_pieces *pieces, uint64_t begin, uint64_t end, uint64_t wish_end);
rt_element_found rt_elements_next(rt_elements *elements);

/* The element's body, `most` bytes of it at most. NULL: ask rt_media_lacks. */
const unsigned char *rt_element_bytes(rt_elements *elements, size_t most, size_t *length);

/* Values of the element; false: ask rt_media_lacks. Of more than eight bytes is none: 0 then. */
bool rt_element_number(rt_elements *elements, uint64_t *value);
bool rt_element_real(rt_elements *elements, double *value);

#endif
