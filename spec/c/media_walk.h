/* media_walk.h: media headers read as a file would be, for the tests and the fuzzers: only what is wanted, each piece in a block of its
   own, so that a read past its end is seen. */
#ifndef MEDIA_WALK_H
#define MEDIA_WALK_H

#include <stdlib.h>
#include <string.h>

#include "../../src/media.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

typedef struct {
  rt_media media;
  rt_media_state state;
  bool full;                                /* the pieces had no room for all that was wanted */
  size_t reads, read_bytes, measured_bytes; /* all, and those read before the sides were known */
} media_walk;

/* `most` bytes at once at the most. NEED at the end only where it did not come to an end, or for want of room. */
static inline media_walk walk_media(const unsigned char *bytes, size_t size, uint64_t total, size_t most) {
  media_walk walk = {.reads = 0};
  rt_pieces pieces;
  rt_pieces_start(&pieces, total);
  while ((walk.state = rt_media_read(&pieces, &walk.media)) == RT_MEDIA_NEED && !pieces.full) {
    uint64_t offset = pieces.wanted_offset;
    size_t length = pieces.wanted_length < most ? pieces.wanted_length : most;
    size_t here = offset < size ? size - (size_t)offset : 0;
    if (++walk.reads > 4 * size + 64) break;
    if (length >= here) {
      length = here;
      rt_pieces_end(&pieces, size < total ? size : total);
    }
    unsigned char *copy = malloc(length + 1);
    if (length) memcpy(copy, bytes + offset, length);
    bool kept = rt_pieces_add(&pieces, offset, copy, length);
    free(copy);
    if (!kept && !pieces.full) break;
    walk.read_bytes += length;
    if (!walk.media.measured) walk.measured_bytes = walk.read_bytes;
  }
  walk.full = pieces.full;
  rt_pieces_free(&pieces);
  return walk;
}

/* The whole in a block of its own, without pieces. */
static inline rt_media_state read_media(const unsigned char *bytes, size_t size, uint64_t total, rt_media *out) {
  rt_pieces pieces;
  unsigned char *copy = malloc(size + 1);
  if (size) memcpy(copy, bytes, size);
  unsigned char *exact = realloc(copy, size ? size : 1);
  rt_pieces_prefix(&pieces, exact, size, total);
  rt_media_state state = rt_media_read(&pieces, out);
  free(exact);
  return state;
}

/* The first `length` bytes of a block of its own. What lies behind them is out of bounds from then on: a prefix costs no copy, as long as
   each one is shorter than the one before. */
static inline rt_media_state read_shorter(unsigned char *bytes, size_t size, size_t length, uint64_t total, rt_media *out) {
  rt_pieces pieces;
  ASAN_POISON_MEMORY_REGION(bytes + length, size - length < 16 ? size - length : 16);
  rt_pieces_prefix(&pieces, bytes, length, total);
  return rt_media_read(&pieces, out);
}

#endif
