#include "signs.h"

/* Which of the signs whose two bytes stand before `at` are there as a whole. */
static unsigned signs_before(rt_slice text, size_t at, unsigned likely, const rt_sign signs[]) {
  unsigned found = 0;
  for (size_t k = 0; likely; k++, likely >>= 1) {
    if (!(likely & 1) || at < signs[k].pair + 2) continue;
    rt_slice word = rt_slice_of(signs[k].word), piece = {text.data + at - 2 - signs[k].pair, word.length};
    if (word.length <= text.length - (at - 2 - signs[k].pair) && rt_slices_alike(piece, word)) found |= 1u << k;
  }
  return found;
}

unsigned rt_signs_in(rt_slice text, const uint32_t pairs[256], const rt_sign signs[]) {
  const unsigned char *bytes = (const unsigned char *)text.data;
  uint32_t before = 0;
  unsigned found = 0;
  size_t at = 0;
  for (; at + 4 <= text.length; at += 4) { /* four at a time take half as long as one */
    uint32_t a = pairs[bytes[at]], b = pairs[bytes[at + 1]], c = pairs[bytes[at + 2]], d = pairs[bytes[at + 3]];
    uint32_t ab = a & b >> 16, bc = b & c >> 16, cd = c & d >> 16;
    before &= a >> 16;
    if (before | ab | bc | cd)
      found |= signs_before(text, at + 1, before, signs) | signs_before(text, at + 2, ab, signs) | signs_before(text, at + 3, bc, signs) |
               signs_before(text, at + 4, cd, signs);
    before = d;
  }
  for (; at < text.length; at++) {
    uint32_t now = pairs[bytes[at]];
    found |= signs_before(text, at + 1, before & now >> 16, signs);
    before = now;
  }
  return found;
}
