/* pieces.h: the bytes of a file that are at hand. A parser asks for bytes by their place; where they are not at hand it says so and is run
   again from the start once they are. Headers are small, so that costs nothing, and no parser has to be a state machine. */
#ifndef RT_PIECES_H
#define RT_PIECES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RT_SIZE_UNKNOWN UINT64_MAX

/* KEPT: the first bytes are never let go, because each run begins with them. */
enum { RT_PIECES_HELD = 1 << 20, RT_PIECES_RANGES = 64, RT_PIECES_WALKS = 4, RT_PIECES_KEPT = 512 };

typedef struct {
  uint64_t offset;
  size_t length;
  unsigned char *bytes;
} rt_piece;

/* A stretch that needs no second look. */
typedef struct {
  uint64_t from, to, note;
  unsigned slow; /* how often in a row it came on by little */
} rt_walk;

typedef struct rt_pieces {
  uint64_t total;         /* the file's size, or RT_SIZE_UNKNOWN */
  bool missing, past_end; /* why the last question was answered with NULL */
  bool full;              /* there was no room for something, so that the parser will never have all it asks for */
  uint64_t wanted_offset; /* of `missing`: what to bring; a shorter answer is fine, the parser asks again */
  size_t wanted_length;
  /* its own */
  const unsigned char *borrowed;
  size_t borrowed_length;
  rt_piece held[RT_PIECES_RANGES]; /* in order, with gaps between them */
  size_t count, held_bytes;
  rt_walk walks[RT_PIECES_WALKS];
  size_t walk_count;
} rt_pieces;

void rt_pieces_memory(rt_pieces *pieces, const void *bytes, size_t length); /* the whole file, borrowed; no copy, no allocation */

/* A file's first bytes, borrowed; nothing can be added. */
void rt_pieces_prefix(rt_pieces *pieces, const void *bytes, size_t length, uint64_t total);

void rt_pieces_start(rt_pieces *pieces, uint64_t total); /* nothing at hand yet */

/* Copies. False: no memory; or (then `full` is set) more than RT_PIECES_HELD bytes or RT_PIECES_RANGES ranges. */
bool rt_pieces_add(rt_pieces *pieces, uint64_t offset, const void *bytes, size_t length);

void rt_pieces_end(rt_pieces *pieces, uint64_t total); /* the file was found to end there */
void rt_pieces_free(rt_pieces *pieces);

/* `length` bytes at `offset`, or NULL: then either `missing` (they have to be brought) or `past_end` (the file ends before them). They hold
   until the next rt_pieces_add or rt_pieces_pass. */
const unsigned char *rt_pieces_at(rt_pieces *pieces, uint64_t offset, size_t length);

/* The same; where they are missing, `wish` bytes are wanted at once, because the parser will go on from there. */
const unsigned char *rt_pieces_ask(rt_pieces *pieces, uint64_t offset, size_t length, size_t wish);

/* How many bytes are at hand from `offset` on. */
size_t rt_pieces_here(const rt_pieces *pieces, uint64_t offset);

/* For walks over much of a file: what lies between `from` and `to` need not be looked at again, and is let go. `note` is the parser's own.
   On its next run it comes by `from` again and asks where to go on: `from` itself (and *note untouched) where nothing was passed. */
void rt_pieces_pass(rt_pieces *pieces, uint64_t from, uint64_t to, uint64_t note);
uint64_t rt_pieces_resume(const rt_pieces *pieces, uint64_t from, uint64_t *note);

/* One look of a walk that began at `from`: as rt_pieces_ask, and where bytes have to be brought, what lies before them is passed. A walk that
   comes on slowly asks for more each time, lest a file of a million small parts be a million requests. */
const unsigned char *rt_pieces_walk(rt_pieces *pieces, uint64_t from, uint64_t offset, size_t length, size_t wish, uint64_t note);

#endif
