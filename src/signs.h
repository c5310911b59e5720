/* signs.h: which of a few words are in a text at all, in one look: most texts need not be searched for what stands behind them. */
#ifndef RT_SIGNS_H
#define RT_SIGNS_H

#include <stdint.h>

#include "slice.h"

/* Two neighbouring bytes of the word, seldom seen beside each other elsewhere, are looked for first; then the whole, letter case aside.
   A word of no length: the two bytes are the sign. */
typedef struct rt_sign {
  const char *word;
  size_t pair; /* where in the word the two bytes are */
} rt_sign;

/* What each byte is in the pairs, a bit for each sign (at most 16): as the first of the two, as the second. */
#define RT_FIRST(signs) (uint32_t)(signs)
#define RT_SECOND(signs) ((uint32_t)(signs) << 16)

/* A bit for each sign that is in the text. */
unsigned rt_signs_in(rt_slice text, const uint32_t pairs[256], const rt_sign signs[]);

#endif
