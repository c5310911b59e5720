#include "media.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "media_forms.h"
#include "sniff.h"

/* The first look. It settles most images, and their headers lie within it; with TELLING_BYTES of it they are told apart. */
enum { FIRST_BYTES = 64, TELLING_BYTES = 18 };

typedef char sniffed_bytes_are_kept[(int)RT_SNIFF_BYTES <= (int)RT_PIECES_KEPT ? 1 : -1];

static const struct form {
  const char *media_type, *name;
  rt_media_state (*read)(rt_pieces *, rt_media *);
} forms[] = {
    {"image/png", "a PNG image", rt_png_read},
    {"image/jpeg", "a JPEG image", rt_jpeg_read},
    {"image/webp", "a WebP image", rt_webp_read},
    {"image/gif", "a GIF image", rt_gif_read},
    {"image/bmp", "a BMP image", rt_bmp_read},
    {"image/tiff", "a TIFF image", rt_tiff_read},
    {"image/avif", "an AVIF image", rt_heif_read},
    {"image/heic", "a HEIC image", rt_heif_read},
    {"image/heif", "a HEIF image", rt_heif_read},
    {"video/mp4", "an MP4 file", rt_mp4_read},
    {"video/quicktime", "a QuickTime file", rt_mp4_read},
    {"video/3gpp", "a 3GP file", rt_mp4_read},
    {"audio/mp4", "an MP4 file", rt_mp4_read},
    {"video/webm", "a WebM file", rt_matroska_read},
    {"audio/webm", "a WebM file", rt_matroska_read},
    {"video/x-matroska", "a Matroska file", rt_matroska_read},
    {"audio/x-matroska", "a Matroska file", rt_matroska_read},
    {"video/ogg", "an Ogg file", rt_ogg_read},
    {"audio/ogg", "an Ogg file", rt_ogg_read},
    {"audio/mpeg", "an MP3 file", rt_mpeg_audio_read},
    {"audio/aac", "an AAC file", rt_mpeg_audio_read},
    {"audio/wav", "a WAV file", rt_wav_read},
    {"audio/flac", "a FLAC file", rt_flac_read},
};

static const struct form *form_of(const char *media_type) {
  for (size_t i = 0; media_type && i < sizeof forms / sizeof *forms; i++)
    if (strcmp(forms[i].media_type, media_type) == 0) return &forms[i];
  return NULL;
}

/* ---- for the forms ---- */

rt_media_state rt_media_corrupt(rt_media *out, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(out->message, sizeof out->message, format, arguments);
  va_end(arguments);
  return RT_MEDIA_CORRUPT;
}

rt_media_state rt_media_lacks(const rt_pieces *pieces, rt_media *out) {
  if (!pieces->past_end) return RT_MEDIA_NEED;
  const struct form *form = form_of(out->media_type);
  out->end_seen = true;
  return rt_media_corrupt(out, "the file ends after %llu bytes, %s %s", (unsigned long long)pieces->total,
                          out->settled ? "without the end of" : "inside the header of", form ? form->name : "the file");
}

rt_media_state rt_media_measure(rt_media *out, uint32_t width, uint32_t height) {
  if (width == 0 || height == 0)
    return rt_media_corrupt(out, "the header gives a size of %lux%lu pixels", (unsigned long)width, (unsigned long)height);
  bool turned = out->orientation >= 5;
  out->width = turned ? height : width;
  out->height = turned ? width : height;
  out->measured = true;
  return RT_MEDIA_DONE;
}

rt_media_state rt_media_ends_at(const rt_pieces *pieces, rt_media *out, uint64_t end) {
  out->settled = true;
  if (pieces->total == RT_SIZE_UNKNOWN) return RT_MEDIA_DONE;
  out->end_seen = true;
  out->complete = pieces->total >= end;
  if (out->complete) return RT_MEDIA_DONE;
  return rt_media_corrupt(out, "the file ends after %llu bytes of %llu", (unsigned long long)pieces->total, (unsigned long long)end);
}

/* ---- the front ---- */

static void start(rt_media *out) {
  memset(out, 0, sizeof *out);
  out->orientation = 1;
  out->duration = out->frame_rate = -1;
}

/* Images that their first bytes settle, so that no more than those have to be there; the others are asked of rt_sniff. */
static const char *early(const unsigned char *p, size_t length) {
  static const struct {
    const char *bytes, *media_type;
    size_t length;
  } marks[] = {{"\x89PNG", "image/png", 4},    {"\xff\xd8\xff", "image/jpeg", 3}, {"GIF8", "image/gif", 4},
               {"II*\0", "image/tiff", 4},     {"MM\0*", "image/tiff", 4},        {"II+\0", "image/tiff", 4},
               {"MM\0+", "image/tiff", 4}};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (memcmp(p, marks[i].bytes, marks[i].length) == 0) return marks[i].media_type;
  if (memcmp(p, "RIFF", 4) == 0 && memcmp(p + 8, "WEBP", 4) == 0) return "image/webp";
  const char *bitmap = memcmp(p, "BM", 2) == 0 ? rt_sniff(p, length) : NULL;
  return bitmap && strcmp(bitmap, "image/bmp") == 0 ? bitmap : NULL;
}

/* Up to `most` of the first bytes; NULL where fewer than `least` are at hand: then `most` are wanted. */
static const unsigned char *first_bytes(rt_pieces *pieces, size_t least, size_t most, size_t *length) {
  size_t here = rt_pieces_here(pieces, 0), all = pieces->total < most ? (size_t)pieces->total : most;
  *length = here < most && here >= least ? here : all;
  return rt_pieces_at(pieces, 0, *length);
}

static rt_media_state find_form(rt_pieces *pieces, rt_media *out) {
  size_t length;
  const unsigned char *p = first_bytes(pieces, TELLING_BYTES, FIRST_BYTES, &length);
  if (!p) return RT_MEDIA_NEED;
  if (length >= TELLING_BYTES) out->media_type = early(p, length);
  if (out->media_type) return RT_MEDIA_DONE;
  p = first_bytes(pieces, RT_SNIFF_BYTES, RT_SNIFF_BYTES, &length);
  if (!p) return RT_MEDIA_NEED;
  out->media_type = rt_sniff(p, length);
  return out->media_type ? RT_MEDIA_DONE : RT_MEDIA_UNKNOWN;
}

rt_media_state rt_media_read(rt_pieces *pieces, rt_media *out) {
  start(out);
  rt_media_state state = find_form(pieces, out);
  if (state != RT_MEDIA_DONE) return state;
  const struct form *form = form_of(out->media_type);
  if (!form) return RT_MEDIA_UNKNOWN;
  state = form->read(pieces, out);
  if (state == RT_MEDIA_NEED && pieces->full && !out->settled)
    return rt_media_corrupt(out, "the header is larger or more scattered than that of %s ever is", form->name);
  return state;
}
