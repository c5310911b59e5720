#include "pieces.h"

#include <string.h>

#include "memory.h"

enum { PATIENCE = 8, STRIDE = 65536 };

void rt_pieces_start(rt_pieces *pieces, uint64_t total) {
  /* The ranges themselves are as many as `count` says: clearing them all would cost more than reading a header. */
  pieces->total = total;
  pieces->missing = pieces->past_end = pieces->full = false;
  pieces->wanted_offset = 0;
  pieces->wanted_length = 0;
  pieces->borrowed = NULL;
  pieces->borrowed_length = 0;
  pieces->count = pieces->held_bytes = pieces->walk_count = 0;
}

void rt_pieces_prefix(rt_pieces *pieces, const void *bytes, size_t length, uint64_t total) {
  rt_pieces_start(pieces, total);
  pieces->borrowed = bytes;
  pieces->borrowed_length = length <= total ? length : (size_t)total;
}

void rt_pieces_memory(rt_pieces *pieces, const void *bytes, size_t length) {
  rt_pieces_prefix(pieces, bytes, length, length);
}

void rt_pieces_end(rt_pieces *pieces, uint64_t total) {
  pieces->total = total;
}

void rt_pieces_free(rt_pieces *pieces) {
  for (size_t i = 0; i < pieces->count; i++) rt_free(pieces->held[i].bytes);
  rt_pieces_start(pieces, pieces->total);
}

/* ---- asking ---- */

size_t rt_pieces_here(const rt_pieces *pieces, uint64_t offset) {
  if (pieces->borrowed) return offset < pieces->borrowed_length ? pieces->borrowed_length - (size_t)offset : 0;
  for (size_t i = 0; i < pieces->count; i++) {
    const rt_piece *piece = &pieces->held[i];
    if (offset >= piece->offset && offset - piece->offset < piece->length) return piece->length - (size_t)(offset - piece->offset);
  }
  return 0;
}

static const unsigned char *find(const rt_pieces *pieces, uint64_t offset, size_t length) {
  if (pieces->borrowed) {
    bool there = offset <= pieces->borrowed_length && pieces->borrowed_length - offset >= length;
    return there ? pieces->borrowed + offset : NULL;
  }
  for (size_t i = 0; i < pieces->count; i++) {
    const rt_piece *piece = &pieces->held[i];
    if (offset < piece->offset || offset - piece->offset > piece->length) continue;
    if (piece->length - (size_t)(offset - piece->offset) >= length) return piece->bytes + (offset - piece->offset);
  }
  return NULL;
}

const unsigned char *rt_pieces_ask(rt_pieces *pieces, uint64_t offset, size_t length, size_t wish) {
  pieces->missing = pieces->past_end = false;
  if (offset > pieces->total || pieces->total - offset < length) {
    pieces->past_end = true;
    return NULL;
  }
  if (length == 0) return (const unsigned char *)"";
  const unsigned char *found = find(pieces, offset, length);
  if (found) return found;
  if (wish < length) wish = length;
  if (wish > pieces->total - offset) wish = (size_t)(pieces->total - offset);
  size_t here = rt_pieces_here(pieces, offset);
  pieces->missing = true;
  pieces->wanted_offset = offset + here;
  pieces->wanted_length = wish - here;
  return NULL;
}

const unsigned char *rt_pieces_at(rt_pieces *pieces, uint64_t offset, size_t length) {
  return rt_pieces_ask(pieces, offset, length, length);
}

/* ---- keeping ---- */

static uint64_t end_of(const rt_piece *piece) {
  return piece->offset + piece->length;
}

/* Takes the ranges from `first` to before `last` out of the list; their bytes have been seen to. */
static void take_out(rt_pieces *pieces, size_t first, size_t last) {
  for (size_t i = first; i < last; i++) pieces->held_bytes -= pieces->held[i].length;
  memmove(pieces->held + first, pieces->held + last, (pieces->count - last) * sizeof *pieces->held);
  pieces->count -= last - first;
}

static bool put_in(rt_pieces *pieces, size_t place, rt_piece piece) {
  if (pieces->count == RT_PIECES_RANGES) return false;
  memmove(pieces->held + place + 1, pieces->held + place, (pieces->count - place) * sizeof *pieces->held);
  pieces->held[place] = piece;
  pieces->count++;
  pieces->held_bytes += piece.length;
  return true;
}

/* What begins right behind a range: it grows in place, as reading on does. */
static bool append(rt_pieces *pieces, rt_piece *piece, const void *bytes, size_t length) {
  unsigned char *grown = rt_realloc(piece->bytes, piece->length + length);
  if (!grown) return false;
  memcpy(grown + piece->length, bytes, length);
  piece->bytes = grown;
  piece->length += length;
  pieces->held_bytes += length;
  return true;
}

/* Joins the new bytes with the ranges from `first` to before `last`, all of which they touch. */
static bool join(rt_pieces *pieces, size_t first, size_t last, uint64_t offset, const void *bytes, size_t length) {
  rt_piece joined = {offset, length, NULL};
  if (first < last) {
    uint64_t end = end_of(&pieces->held[last - 1]);
    if (pieces->held[first].offset < offset) joined.offset = pieces->held[first].offset;
    joined.length = (size_t)((end > offset + length ? end : offset + length) - joined.offset);
  }
  joined.bytes = rt_malloc(joined.length);
  if (!joined.bytes) return false;
  for (size_t i = first; i < last; i++) {
    memcpy(joined.bytes + (pieces->held[i].offset - joined.offset), pieces->held[i].bytes, pieces->held[i].length);
    rt_free(pieces->held[i].bytes);
  }
  memcpy(joined.bytes + (offset - joined.offset), bytes, length);
  take_out(pieces, first, last);
  return put_in(pieces, first, joined);
}

bool rt_pieces_add(rt_pieces *pieces, uint64_t offset, const void *bytes, size_t length) {
  if (length == 0) return true;
  if (pieces->borrowed || offset > UINT64_MAX - 1 - length) return false;
  size_t first = 0;
  while (first < pieces->count && end_of(&pieces->held[first]) < offset) first++;
  size_t last = first;
  while (last < pieces->count && pieces->held[last].offset <= offset + length) last++;
  if (length > RT_PIECES_HELD - pieces->held_bytes || (first == last && pieces->count == RT_PIECES_RANGES)) pieces->full = true;
  if (pieces->full) return false;
  if (last == first + 1 && end_of(&pieces->held[first]) == offset) return append(pieces, &pieces->held[first], bytes, length);
  return join(pieces, first, last, offset, bytes, length);
}

/* ---- letting go ---- */

/* A range that begins before the stretch keeps its head. Its tail is kept where there is memory; else it is simply asked for again. */
static void cut(rt_pieces *pieces, size_t place, uint64_t from, uint64_t to) {
  rt_piece *piece = &pieces->held[place];
  rt_piece tail = {to, 0, NULL};
  if (end_of(piece) > to && pieces->count < RT_PIECES_RANGES) {
    tail.length = (size_t)(end_of(piece) - to);
    tail.bytes = rt_malloc(tail.length);
    if (tail.bytes) memcpy(tail.bytes, piece->bytes + (to - piece->offset), tail.length);
  }
  size_t kept = piece->offset < from ? (size_t)(from - piece->offset) : 0;
  pieces->held_bytes -= piece->length - kept;
  piece->length = kept;
  if (kept == 0) {
    rt_free(piece->bytes);
    take_out(pieces, place, place + 1);
  }
  if (tail.bytes) put_in(pieces, kept ? place + 1 : place, tail);
}

/* What the form was told from is asked for on each run. */
static void let_go(rt_pieces *pieces, uint64_t from, uint64_t to) {
  if (from < RT_PIECES_KEPT) from = RT_PIECES_KEPT;
  for (size_t i = pieces->count; from < to && i-- > 0;)
    if (pieces->held[i].offset < to && end_of(&pieces->held[i]) > from) cut(pieces, i, from, to);
}

static rt_walk *walk_from(rt_pieces *pieces, uint64_t from) {
  for (size_t i = 0; i < pieces->walk_count; i++)
    if (pieces->walks[i].from == from) return &pieces->walks[i];
  if (pieces->walk_count == RT_PIECES_WALKS) return NULL;
  rt_walk *fresh = &pieces->walks[pieces->walk_count++];
  *fresh = (rt_walk){from, from, 0, 0};
  return fresh;
}

void rt_pieces_pass(rt_pieces *pieces, uint64_t from, uint64_t to, uint64_t note) {
  rt_walk *walk = to > from ? walk_from(pieces, from) : NULL;
  if (!walk) return;
  walk->to = to;
  walk->note = note;
  let_go(pieces, from, to);
}

uint64_t rt_pieces_resume(const rt_pieces *pieces, uint64_t from, uint64_t *note) {
  for (size_t i = 0; i < pieces->walk_count; i++) {
    if (pieces->walks[i].from != from) continue;
    if (note) *note = pieces->walks[i].note;
    return pieces->walks[i].to;
  }
  return from;
}

/* How much a walk asks for that has come to `offset`: more after PATIENCE looks in a row that came on by no more than was read for them. */
static size_t stride(rt_walk *walk, uint64_t offset, size_t wish) {
  size_t asked = wish;
  for (unsigned slow = walk->slow; slow >= PATIENCE && asked < STRIDE; slow -= PATIENCE) asked *= 2;
  walk->slow = offset - walk->to < 2 * (uint64_t)asked ? walk->slow + 1 : 0;
  return walk->slow ? asked : wish;
}

const unsigned char *rt_pieces_walk(rt_pieces *pieces, uint64_t from, uint64_t offset, size_t length, size_t wish, uint64_t note) {
  const unsigned char *found = rt_pieces_ask(pieces, offset, length, wish);
  rt_walk *walk = found || pieces->past_end || offset <= from ? NULL : walk_from(pieces, from);
  if (!walk) return found;
  wish = stride(walk, offset, wish);
  rt_pieces_pass(pieces, from, offset, note);
  return rt_pieces_ask(pieces, offset, length, wish);
}
