/* gif.c: GIF. The sides stand in the first bytes; frames are only found by walking from block to block to the trailer, which also tells
   whether the file is whole. Whoever wants the sides alone stops once they are measured. */
#include <string.h>

#include "bytes.h"
#include "media_forms.h"

enum { HEAD = 13, WALK = 65536 };
enum { EXTENSION = 0x21, IMAGE = 0x2C, TRAILER = 0x3B };

typedef struct {
  rt_pieces *pieces;
  rt_media *out;
  uint64_t first, offset; /* where the blocks begin, and how far the walk has come */
  uint32_t frames;
  bool inside; /* offset stands at a length inside a block's data, not at a block */
} walk;

static const unsigned char *ask(walk *w, size_t length) {
  return rt_pieces_walk(w->pieces, w->first, w->offset, length, WALK, (uint64_t)w->frames << 1 | (w->inside ? 1 : 0));
}

/* Data comes in lengths of up to 255 bytes; a length of 0 ends it. */
static bool skip_data(walk *w) {
  for (;;) {
    size_t here = rt_pieces_here(w->pieces, w->offset);
    const unsigned char *p = ask(w, 1);
    if (!p) return false;
    size_t at = 0;
    while (at < here && p[at] != 0) at += 1 + (size_t)p[at];
    w->offset += at;
    if (at >= here) continue;
    w->offset++;
    w->inside = false;
    return true;
  }
}

static void count_frame(walk *w) {
  w->frames++;
  if (w->frames > 1) w->out->animated = w->out->settled = true;
}

static uint64_t table_bytes(unsigned flags) {
  return flags & 0x80 ? (uint64_t)3 << ((flags & 7) + 1) : 0;
}

static rt_media_state finish(walk *w) {
  w->out->frames = w->frames;
  w->out->settled = w->out->end_seen = w->out->complete = true;
  return RT_MEDIA_DONE;
}

static rt_media_state lacks(walk *w) {
  if (w->pieces->past_end && w->frames > 0) w->out->settled = true;
  return rt_media_lacks(w->pieces, w->out);
}

/* One block; *ended at the trailer. After a picture, what is no block counts as the end, as it does to browsers. */
static rt_media_state read_block(walk *w, bool *ended) {
  const unsigned char *p = ask(w, 1);
  if (!p) return lacks(w);
  switch (*p) {
  case 0: /* a terminator too many */
    w->offset++;
    return RT_MEDIA_DONE;
  case EXTENSION:
    w->offset += 2;
    w->inside = true;
    return RT_MEDIA_DONE;
  case IMAGE:
    p = ask(w, 10);
    if (!p) return lacks(w);
    w->offset += 11 + table_bytes(p[9]);
    w->inside = true;
    count_frame(w);
    return RT_MEDIA_DONE;
  default:
    *ended = true;
    if (w->frames > 0) return finish(w);
    if (*p == TRAILER) return rt_media_corrupt(w->out, "the GIF file holds no image");
    return rt_media_corrupt(w->out, "no GIF block begins at byte %llu, where one should", (unsigned long long)w->offset);
  }
}

static rt_media_state walk_blocks(walk *w) {
  uint64_t note = 0;
  bool ended = false;
  w->offset = rt_pieces_resume(w->pieces, w->first, &note);
  w->frames = (uint32_t)(note >> 1);
  w->inside = note & 1;
  if (w->frames > 1) w->out->animated = w->out->settled = true;
  for (;;) {
    if (w->inside && !skip_data(w)) return lacks(w);
    rt_media_state state = read_block(w, &ended);
    if (state != RT_MEDIA_DONE || ended) return state;
  }
}

rt_media_state rt_gif_read(rt_pieces *pieces, rt_media *out) {
  const unsigned char *p = rt_pieces_at(pieces, 0, HEAD);
  if (!p) return rt_media_lacks(pieces, out);
  if (memcmp(p, "GIF87a", 6) != 0 && memcmp(p, "GIF89a", 6) != 0) return RT_MEDIA_UNKNOWN;
  rt_media_state state = rt_media_measure(out, rt_little16(p + 6), rt_little16(p + 8));
  if (state != RT_MEDIA_DONE) return state;
  walk w = {.pieces = pieces, .out = out, .first = HEAD + table_bytes(p[10])};
  return walk_blocks(&w);
}
