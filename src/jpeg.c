/* jpeg.c: JPEG of every kind of frame. Segments are stepped over by their lengths: of ten megabytes of colour profile nothing is read. EXIF
   turns the picture, so that its sides are swapped. */
#include <string.h>

#include "bytes.h"
#include "media_forms.h"
#include "tiff_tags.h"

/* HOP holds what usually stands together behind the notes: the tables and the frame header. */
enum { FIRST_MARKER = 2, HOP = 256, SCAN = 65536 };
enum { SOI = 0xD8, EOI = 0xD9, SOS = 0xDA, APP1 = 0xE1 };

typedef struct {
  rt_pieces *pieces;
  rt_media *out;
  uint64_t from, offset; /* where this part of the walk began, and how far it has come */
  bool exif_seen;
} walk;

static bool is_frame(unsigned marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

static bool stands_alone(unsigned marker) {
  return marker == 0x01 || (marker >= 0xD0 && marker <= SOI);
}

static const unsigned char *ask(walk *w, size_t length, size_t wish, uint64_t note) {
  return rt_pieces_walk(w->pieces, w->from, w->offset, length, wish, note);
}

static void begin_part(walk *w, uint64_t from, uint64_t *note) {
  w->from = from;
  w->offset = rt_pieces_resume(w->pieces, from, note);
}

/* ---- EXIF ---- */

/* Damage inside EXIF is no damage to the picture: every viewer steps over it. DONE, or NEED. */
static rt_media_state read_orientation(walk *w, uint64_t tiff, uint64_t end) {
  rt_tiff_tags tags;
  rt_tiff_tag tag;
  uint64_t value = 1;
  rt_media_state state = rt_tiff_open(w->pieces, tiff, end, &tags);
  for (uint32_t i = 0; state == RT_MEDIA_DONE && i < tags.count; i++) {
    state = rt_tiff_entry(w->pieces, &tags, i, &tag);
    if (state != RT_MEDIA_DONE || tag.tag != RT_TIFF_ORIENTATION) continue;
    state = rt_tiff_value(w->pieces, &tags, &tag, 0, &value);
    if (state == RT_MEDIA_DONE && value >= 1 && value <= 8) w->out->orientation = (int)value;
    break;
  }
  return state == RT_MEDIA_NEED ? RT_MEDIA_NEED : RT_MEDIA_DONE;
}

/* An APP1 segment holds EXIF or XMP. Only a file that ends inside the EXIF is cut short; the walk finds that by itself. */
static rt_media_state read_app1(walk *w, uint64_t end) {
  const unsigned char *p = rt_pieces_at(w->pieces, w->offset + 4, 6);
  if (!p) return w->pieces->missing ? RT_MEDIA_NEED : RT_MEDIA_DONE;
  if (memcmp(p, "Exif\0", 5) != 0) return RT_MEDIA_DONE;
  rt_media_state state = read_orientation(w, w->offset + 10, end);
  w->exif_seen = state == RT_MEDIA_DONE;
  return state;
}

/* ---- up to the frame header ---- */

/* The sum of a frame header is its length, and its precision one of three; lossless frames have others. */
static rt_media_state read_frame(walk *w) {
  const unsigned char *p = ask(w, 10, HOP, 0);
  if (!p) return rt_media_lacks(w->pieces, w->out);
  if (rt_big16(p + 2) != 8 + 3 * (uint32_t)p[9] || p[9] == 0 || (p[4] != 8 && p[4] != 12 && p[4] != 16 && p[1] != 0xC3))
    return rt_media_corrupt(w->out, "the JPEG frame header at byte %llu is damaged", (unsigned long long)w->offset);
  return rt_media_measure(w->out, rt_big16(p + 7), rt_big16(p + 5));
}

/* The marker at the walk's offset: *marker, or 0 for one that was stepped over. */
static rt_media_state read_marker(walk *w, unsigned *marker) {
  const unsigned char *p = ask(w, 2, HOP, 0);
  if (!p) return rt_media_lacks(w->pieces, w->out);
  if (p[0] != 0xFF || p[1] == 0)
    return rt_media_corrupt(w->out, "no JPEG marker stands at byte %llu, where one should", (unsigned long long)w->offset);
  *marker = stands_alone(p[1]) || p[1] == 0xFF ? 0 : p[1];
  if (*marker == 0) w->offset += p[1] == 0xFF ? 1 : 2; /* 0xFF before a marker is filling */
  return RT_MEDIA_DONE;
}

/* The end of the segment at the walk's offset. */
static rt_media_state segment_end(walk *w, uint64_t *end) {
  const unsigned char *p = ask(w, 4, HOP, 0);
  if (!p) return rt_media_lacks(w->pieces, w->out);
  if (rt_big16(p + 2) < 2)
    return rt_media_corrupt(w->out, "the JPEG segment at byte %llu has a length of %lu", (unsigned long long)w->offset,
                            (unsigned long)rt_big16(p + 2));
  *end = w->offset + 2 + rt_big16(p + 2);
  return RT_MEDIA_DONE;
}

/* DONE: the walk's offset is behind the frame header. */
static rt_media_state walk_to_frame(walk *w) {
  begin_part(w, FIRST_MARKER, NULL);
  for (;;) {
    unsigned marker = 0;
    uint64_t end = 0;
    rt_media_state state = read_marker(w, &marker);
    if (state == RT_MEDIA_DONE && marker == 0) continue;
    if (state == RT_MEDIA_DONE && marker == EOI) return rt_media_corrupt(w->out, "the JPEG file ends before its frame header");
    if (state == RT_MEDIA_DONE && marker == SOS) return rt_media_corrupt(w->out, "the JPEG file has image data before its frame header");
    if (state == RT_MEDIA_DONE) state = segment_end(w, &end);
    if (state == RT_MEDIA_DONE && marker == APP1 && !w->exif_seen) {
      state = read_app1(w, end);
      if (w->exif_seen) begin_part(w, end, NULL); /* the walk may not pass over what it has to see on its next run */
      if (w->exif_seen) continue;
    }
    if (state == RT_MEDIA_DONE && is_frame(marker)) {
      state = read_frame(w);
      w->offset = end;
      return state;
    }
    if (state != RT_MEDIA_DONE) return state;
    w->offset = end;
  }
}

/* ---- to the end ---- */

/* Through compressed data, where 0xFF stands only before 0x00, a restart marker, or the marker that ends it. DONE: the walk is there. */
static rt_media_state skip_scan(walk *w) {
  for (;;) {
    const unsigned char *p = ask(w, 2, SCAN, 1);
    if (!p) return rt_media_lacks(w->pieces, w->out);
    size_t last = rt_pieces_here(w->pieces, w->offset) - 1, at = 0;
    while (at < last) {
      const unsigned char *hit = memchr(p + at, 0xFF, last - at);
      at = hit ? (size_t)(hit - p) : last;
      if (!hit) break;
      if (p[at + 1] == 0xFF)
        at++;
      else if (p[at + 1] == 0 || stands_alone(p[at + 1]))
        at += 2;
      else {
        w->offset += at;
        return RT_MEDIA_DONE;
      }
    }
    w->offset += at;
  }
}

/* Cut short, or followed by something else (phones append videos): only a walk can tell. */
static rt_media_state walk_to_end(walk *w) {
  uint64_t scanning = 0;
  begin_part(w, w->offset, &scanning);
  for (;;) {
    unsigned marker = 0;
    uint64_t end = 0;
    rt_media_state state = scanning ? skip_scan(w) : RT_MEDIA_DONE;
    if (state == RT_MEDIA_DONE) state = read_marker(w, &marker);
    if (state != RT_MEDIA_DONE) return state;
    scanning = 0;
    if (marker == 0) continue;
    if (marker == EOI) break;
    state = segment_end(w, &end);
    if (state != RT_MEDIA_DONE) return state;
    w->offset = end;
    scanning = marker == SOS;
  }
  w->out->end_seen = w->out->complete = true;
  return RT_MEDIA_DONE;
}

rt_media_state rt_jpeg_read(rt_pieces *pieces, rt_media *out) {
  walk w = {.pieces = pieces, .out = out};
  rt_media_state state = walk_to_frame(&w);
  if (state != RT_MEDIA_DONE) return state;
  out->frames = 1;
  out->settled = true;
  if (pieces->total == RT_SIZE_UNKNOWN) return RT_MEDIA_DONE;
  const unsigned char *p = pieces->total >= w.offset + 2 ? rt_pieces_at(pieces, pieces->total - 2, 2) : NULL;
  if (!p && pieces->total >= w.offset + 2) return rt_media_lacks(pieces, out);
  if (!p || p[0] != 0xFF || p[1] != EOI) return walk_to_end(&w);
  out->end_seen = out->complete = true;
  return RT_MEDIA_DONE;
}
