/* wav.c: WAVE files, RF64 among them (lengths of 64 bits, in a chunk of their own). */
#include <string.h>

#include "bytes.h"
#include "codecs.h"
#include "media_forms.h"

enum { CHUNKS_LOOKED_AT = 64, FORMAT_BYTES = 16, EXTENSIBLE = 0xFFFE, EXTENSIBLE_BYTES = 26, WISH = 128 };

typedef struct {
  unsigned tag, bits, channels;
  uint32_t rate, bytes_a_second;
  uint64_t samples;   /* of the fact chunk */
  uint64_t long_data; /* of ds64 */
  bool seen;
} format_t;

static rt_media_state read_format(rt_pieces *pieces, rt_media *out, uint64_t at, uint64_t length, format_t *format) {
  if (length < FORMAT_BYTES) return rt_media_corrupt(out, "the WAV file's format chunk has a length of %llu", (unsigned long long)length);
  const unsigned char *p = rt_pieces_ask(pieces, at, FORMAT_BYTES, WISH);
  if (!p) return rt_media_lacks(pieces, out);
  format->tag = rt_little16(p);
  format->channels = rt_little16(p + 2);
  format->rate = rt_little32(p + 4);
  format->bytes_a_second = rt_little32(p + 8);
  format->bits = rt_little16(p + 14);
  if (format->tag == EXTENSIBLE && length >= EXTENSIBLE_BYTES) {
    p = rt_pieces_ask(pieces, at, EXTENSIBLE_BYTES, WISH);
    if (!p) return rt_media_lacks(pieces, out);
    format->tag = rt_little16(p + 24);
  }
  format->seen = true;
  rt_codec_of_wave(format->tag, format->bits, out->audio_codec);
  return RT_MEDIA_DONE;
}

/* How long so many bytes last. The fact chunk tells it of formats whose bytes a second are no more than an estimate. */
static double duration(const format_t *format, uint64_t bytes) {
  bool plain = format->tag == 1 || format->tag == 3 || format->tag == 6 || format->tag == 7;
  uint64_t each = (uint64_t)format->channels * (format->bits / 8) * format->rate;
  if (!plain && format->samples && format->rate) return (double)format->samples / format->rate;
  if (plain && each) return (double)bytes / (double)each;
  return format->bytes_a_second ? (double)bytes / format->bytes_a_second : -1;
}

/* The samples. Who writes to a pipe cannot go back and leaves 0 or all ones as their length: they go on to the end. */
static rt_media_state samples(rt_pieces *pieces, rt_media *out, const format_t *format, uint64_t at, uint64_t length) {
  if (!format->seen) return rt_media_corrupt(out, "the WAV file's samples come before their format");
  out->settled = true;
  bool to_end = length == 0 || length >= UINT32_MAX - 1;
  if (to_end && length == UINT32_MAX && format->long_data) {
    length = format->long_data;
    to_end = false;
  }
  if (to_end && pieces->total == RT_SIZE_UNKNOWN) return RT_MEDIA_DONE;
  if (to_end) length = pieces->total - at;
  out->duration = duration(format, length);
  if (length > UINT64_MAX / 2) return rt_media_corrupt(out, "the WAV file's samples are longer than any file");
  return rt_media_ends_at(pieces, out, at + length);
}

static rt_media_state look_at(rt_pieces *pieces, rt_media *out, format_t *format, uint64_t at, const char *name, uint64_t length) {
  const unsigned char *p;
  if (memcmp(name, "fmt ", 4) == 0) return read_format(pieces, out, at, length, format);
  if (memcmp(name, "fact", 4) == 0 && length >= 4) {
    if (!(p = rt_pieces_ask(pieces, at, 4, WISH))) return rt_media_lacks(pieces, out);
    format->samples = rt_little32(p);
  } else if (memcmp(name, "ds64", 4) == 0 && length >= 24) {
    if (!(p = rt_pieces_ask(pieces, at, 24, WISH))) return rt_media_lacks(pieces, out);
    format->long_data = rt_little64(p + 8);
    format->samples = rt_little64(p + 16);
  }
  return RT_MEDIA_DONE;
}

rt_media_state rt_wav_read(rt_pieces *pieces, rt_media *out) {
  format_t format;
  memset(&format, 0, sizeof format);
  uint64_t at = 12;
  for (int i = 0; i < CHUNKS_LOOKED_AT; i++) {
    const unsigned char *p = rt_pieces_ask(pieces, at, 8, WISH);
    if (!p) return rt_media_lacks(pieces, out);
    char name[4];
    memcpy(name, p, 4);
    uint64_t length = rt_little32(p + 4);
    if (memcmp(name, "data", 4) == 0) return samples(pieces, out, &format, at + 8, length);
    rt_media_state state = look_at(pieces, out, &format, at + 8, name, length);
    if (state != RT_MEDIA_DONE) return state;
    at += 8 + length + (length & 1);
  }
  return rt_media_corrupt(out, "the WAV file's first %d chunks hold no samples", CHUNKS_LOOKED_AT);
}
