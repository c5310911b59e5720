#include "media_forms.h"

rt_media_state rt_bmp_read(rt_pieces *pieces, rt_media *out) {
  (void)pieces;
  (void)out;
  return RT_MEDIA_UNKNOWN;
}
