/* flac.c: FLAC files: all that is wanted stands in the first block. */
#include <string.h>

#include "bytes.h"
#include "codecs.h"
#include "id3.h"
#include "media_forms.h"

enum { HEADER_BYTES = 42 }; /* "fLaC", a block's header, STREAMINFO */

/* The smallest frame and the longest block tell how many bytes of frames there are at least. */
static bool is_cut(const unsigned char *info, uint64_t samples, uint64_t left) {
  uint64_t block = rt_big16(info + 2), frame = rt_big24(info + 4);
  return block && frame && samples && (samples + block - 1) / block > left / frame;
}

rt_media_state rt_flac_read(rt_pieces *pieces, rt_media *out) {
  uint64_t at;
  rt_media_state state = rt_id3_end(pieces, out, &at);
  if (state != RT_MEDIA_DONE) return state;
  const unsigned char *p = rt_pieces_at(pieces, at, HEADER_BYTES);
  if (!p) return rt_media_lacks(pieces, out);
  if (memcmp(p, "fLaC", 4) != 0 || (p[4] & 0x7F) != 0 || rt_big24(p + 5) != 34)
    return rt_media_corrupt(out, "the FLAC file does not begin with a STREAMINFO block of 34 bytes");
  uint32_t rate = rt_big24(p + 18) >> 4;
  uint64_t samples = (uint64_t)(p[21] & 15) << 32 | rt_big32(p + 22);
  if (rate == 0) return rt_media_corrupt(out, "the FLAC header gives a sample rate of 0");
  if (samples) out->duration = (double)samples / rate;
  rt_codec_copy("flac", out->audio_codec);
  out->settled = true;
  if (pieces->total == RT_SIZE_UNKNOWN || !is_cut(p + 8, samples, pieces->total - at - HEADER_BYTES)) return RT_MEDIA_DONE;
  out->end_seen = true;
  return rt_media_corrupt(out, "the file is truncated: %llu bytes cannot hold the %.1f seconds that its header tells of",
                          (unsigned long long)pieces->total, out->duration);
}
