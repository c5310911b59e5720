#include "id3.h"

#include <string.h>

#include "bytes.h"
#include "media_forms.h"

enum { TAGS = 4, HEADER_BYTES = 10, FOOTER_FLAG = 0x10 };

rt_media_state rt_id3_end(rt_pieces *pieces, rt_media *out, uint64_t *at) {
  *at = 0;
  for (int i = 0; i < TAGS; i++) {
    /* What is no tag is a file's first bytes, of which ten are fewer than any needs. */
    const unsigned char *p = rt_pieces_at(pieces, *at, HEADER_BYTES);
    if (!p) return rt_media_lacks(pieces, out);
    if (memcmp(p, "ID3", 3) != 0 || p[3] == 0xFF || ((p[6] | p[7] | p[8] | p[9]) & 0x80) != 0) break;
    uint64_t length = (uint64_t)p[6] << 21 | (uint64_t)p[7] << 14 | (uint64_t)p[8] << 7 | p[9];
    *at += HEADER_BYTES + length + (p[5] & FOOTER_FLAG ? HEADER_BYTES : 0);
  }
  return RT_MEDIA_DONE;
}
