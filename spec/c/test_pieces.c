#include "../../src/pieces.h"

#include <stdlib.h>

#include "../../src/memory.h"
#include "unit.h"

static unsigned char file[RT_PIECES_HELD + 4096];

static bool add(rt_pieces *pieces, uint64_t offset, size_t length) {
  unsigned char *copy = malloc(length + 1); /* a block of its own, so that a read past its end is seen */
  if (length) memcpy(copy, file + offset, length);
  bool good = rt_pieces_add(pieces, offset, copy, length);
  free(copy);
  return good;
}

static bool holds(rt_pieces *pieces, uint64_t offset, size_t length) {
  const unsigned char *p = rt_pieces_at(pieces, offset, length);
  return p && memcmp(p, file + offset, length) == 0;
}

static void memory_is_borrowed(void) {
  rt_pieces pieces;
  rt_pieces_memory(&pieces, file, 100);
  CHECK(rt_pieces_at(&pieces, 0, 100) == file && rt_pieces_at(&pieces, 99, 1) == file + 99);
  CHECK(!rt_pieces_at(&pieces, 99, 2) && pieces.past_end && !pieces.missing);
  CHECK(!rt_pieces_at(&pieces, UINT64_MAX, 1) && pieces.past_end);
  CHECK(rt_pieces_here(&pieces, 40) == 60 && rt_pieces_here(&pieces, 100) == 0 && rt_pieces_here(&pieces, UINT64_MAX) == 0);
  CHECK(!rt_pieces_add(&pieces, 100, file, 1));
  rt_pieces_prefix(&pieces, file, 100, 200);
  CHECK(!rt_pieces_at(&pieces, 90, 20) && pieces.missing && pieces.wanted_offset == 100 && pieces.wanted_length == 10);
  CHECK(!rt_pieces_at(&pieces, 190, 11) && pieces.past_end);
  rt_pieces_prefix(&pieces, file, 100, 50); /* a file shorter than what is at hand of it */
  CHECK(!rt_pieces_at(&pieces, 50, 1) && rt_pieces_here(&pieces, 49) == 1);
  rt_pieces_memory(&pieces, file, 0);
  CHECK(rt_pieces_at(&pieces, 0, 0) && !rt_pieces_at(&pieces, 0, 1));
  rt_pieces_free(&pieces);
}

static void what_is_wanted(void) {
  rt_pieces pieces;
  rt_pieces_start(&pieces, 1000);
  CHECK(rt_pieces_at(&pieces, 1000, 0) != NULL);
  CHECK(!rt_pieces_at(&pieces, 10, 20) && pieces.missing && pieces.wanted_offset == 10 && pieces.wanted_length == 20);
  CHECK(!rt_pieces_ask(&pieces, 10, 20, 100) && pieces.wanted_length == 100);
  CHECK(!rt_pieces_ask(&pieces, 980, 20, 100) && pieces.wanted_length == 20); /* no wish goes past the end */
  CHECK(!rt_pieces_ask(&pieces, 981, 20, 100) && pieces.past_end);
  CHECK(add(&pieces, 10, 15));
  CHECK(!rt_pieces_at(&pieces, 10, 20) && pieces.wanted_offset == 25 && pieces.wanted_length == 5); /* only what is not at hand */
  CHECK(add(&pieces, 25, 5) && holds(&pieces, 10, 20) && pieces.count == 1);
  rt_pieces_end(&pieces, 30);
  CHECK(holds(&pieces, 29, 1) && !rt_pieces_at(&pieces, 29, 2) && pieces.past_end);
  rt_pieces_free(&pieces);
}

static void ranges_merge(void) {
  rt_pieces pieces;
  rt_pieces_start(&pieces, RT_SIZE_UNKNOWN);
  CHECK(add(&pieces, 100, 10) && add(&pieces, 200, 10) && add(&pieces, 0, 10) && pieces.count == 3);
  CHECK(holds(&pieces, 200, 10) && holds(&pieces, 0, 10) && !rt_pieces_at(&pieces, 95, 10));
  CHECK(add(&pieces, 110, 90) && pieces.count == 2 && holds(&pieces, 100, 110)); /* the gap between two */
  CHECK(add(&pieces, 50, 300) && pieces.count == 2 && holds(&pieces, 50, 300));  /* over and around one */
  CHECK(add(&pieces, 60, 5) && pieces.count == 2 && holds(&pieces, 50, 300));    /* what is there already */
  CHECK(add(&pieces, 5, 50) && pieces.count == 1 && holds(&pieces, 0, 350) && pieces.held_bytes == 350);
  CHECK(add(&pieces, 5, 0) && !rt_pieces_add(&pieces, UINT64_MAX - 2, file, 2));
  rt_pieces_free(&pieces);
  CHECK(pieces.count == 0 && pieces.held_bytes == 0);
}

static void there_are_limits(void) {
  rt_pieces pieces;
  rt_pieces_start(&pieces, RT_SIZE_UNKNOWN);
  for (size_t i = 0; i < RT_PIECES_RANGES; i++) CHECK(add(&pieces, 10 * i, 2));
  CHECK(!pieces.full && add(&pieces, 2, 8) && add(&pieces, 12, 2) && pieces.count == RT_PIECES_RANGES - 1);
  CHECK(add(&pieces, 5000, 1) && !add(&pieces, 6000, 1) && pieces.full);
  rt_pieces_free(&pieces);
  rt_pieces_start(&pieces, RT_SIZE_UNKNOWN);
  CHECK(add(&pieces, 0, RT_PIECES_HELD) && !add(&pieces, RT_PIECES_HELD, 1) && pieces.full);
  CHECK(holds(&pieces, 0, RT_PIECES_HELD));
  rt_pieces_free(&pieces);
}

static void walks_let_go(void) {
  rt_pieces pieces;
  uint64_t note = 7;
  rt_pieces_start(&pieces, RT_SIZE_UNKNOWN);
  CHECK(add(&pieces, 0, 3000));
  CHECK(rt_pieces_resume(&pieces, 600, &note) == 600 && note == 7);
  rt_pieces_pass(&pieces, 600, 2000, 42);
  CHECK(rt_pieces_resume(&pieces, 600, &note) == 2000 && note == 42 && rt_pieces_resume(&pieces, 2000, NULL) == 2000);
  CHECK(pieces.held_bytes == 1600 && holds(&pieces, 0, 600) && holds(&pieces, 2000, 1000) && !rt_pieces_at(&pieces, 600, 1));
  rt_pieces_pass(&pieces, 600, 5000, 43);
  CHECK(rt_pieces_resume(&pieces, 600, &note) == 5000 && note == 43 && pieces.held_bytes == 600);
  CHECK(add(&pieces, 5000, 10) && holds(&pieces, 5000, 10));
  rt_pieces_pass(&pieces, 10, 5005, 0); /* the first bytes stay */
  CHECK(holds(&pieces, 0, RT_PIECES_KEPT) && !rt_pieces_at(&pieces, RT_PIECES_KEPT, 1) && holds(&pieces, 5005, 5));
  rt_pieces_pass(&pieces, 9000, 9000, 0);
  for (uint64_t from = 7000; from < 7010; from++) rt_pieces_pass(&pieces, from, 8000, 0);
  CHECK(pieces.walk_count == RT_PIECES_WALKS && rt_pieces_resume(&pieces, 7009, NULL) == 7009);
  rt_pieces_free(&pieces);
}

/* Small steps are taken in ever larger pieces, large ones never. */
static void slow_walks_ask_for_more(void) {
  rt_pieces pieces;
  size_t reads = 0, bytes = 0;
  rt_pieces_start(&pieces, 1 << 20);
  for (uint64_t offset = 0; offset + 100 <= 1 << 20; offset += 100) {
    while (!rt_pieces_walk(&pieces, 0, offset, 8, 64, 0)) {
      CHECK(pieces.missing && pieces.wanted_offset == offset + rt_pieces_here(&pieces, offset));
      add(&pieces, pieces.wanted_offset, pieces.wanted_length);
      reads++;
    }
  }
  CHECK(reads < 200 && pieces.held_bytes <= 65536 + RT_PIECES_KEPT);
  rt_pieces_free(&pieces);
  rt_pieces_start(&pieces, 1 << 20);
  for (uint64_t offset = 0; offset + 5000 <= 1 << 20; offset += 5000) {
    while (!rt_pieces_walk(&pieces, 0, offset, 8, 64, 0)) {
      bytes += pieces.wanted_length;
      add(&pieces, pieces.wanted_offset, pieces.wanted_length);
    }
  }
  CHECK(bytes <= 64 * (1 << 20) / 5000);
  rt_pieces_free(&pieces);
}

/* Whatever is added, asked and passed: what is answered is what stands in the file. */
static void whatever_is_done(void) {
  unsigned seed = 1;
  for (int round = 0; round < 200; round++) {
    rt_pieces pieces;
    rt_pieces_start(&pieces, 4000);
    for (int step = 0; step < 60; step++) {
      seed = seed * 1103515245u + 12345u;
      uint64_t offset = seed >> 8 & 2047;
      size_t length = seed >> 20 & 255;
      add(&pieces, offset, length);
      const unsigned char *p = rt_pieces_at(&pieces, offset + length / 2, length);
      CHECK(p ? memcmp(p, file + offset + length / 2, length) == 0 : pieces.missing && pieces.wanted_length <= length);
      if (step % 8 == 7) rt_pieces_pass(&pieces, 1000, 1000 + offset / 2, 0);
      size_t sum = 0;
      for (size_t i = 0; i < pieces.count; i++) {
        sum += pieces.held[i].length;
        CHECK(i == 0 || pieces.held[i - 1].offset + pieces.held[i - 1].length <= pieces.held[i].offset);
      }
      CHECK(sum == pieces.held_bytes);
    }
    rt_pieces_free(&pieces);
  }
}

#ifdef RT_FAIL_ALLOC
/* Without memory nothing is added and nothing lost. */
static void without_memory(void) {
  for (long n = 1; n < 8; n++) {
    rt_pieces pieces;
    rt_memory_fail_at(n);
    rt_pieces_start(&pieces, RT_SIZE_UNKNOWN);
    bool first = add(&pieces, 0, 2000), second = add(&pieces, 2000, 1000), third = add(&pieces, 9000, 5), fourth = add(&pieces, 2500, 7000);
    CHECK(!pieces.full && (n > 4 || !(first && second && third && fourth)));
    CHECK(!first || holds(&pieces, 0, 2000));
    CHECK(!third || holds(&pieces, 9000, 5));
    rt_pieces_pass(&pieces, 600, 1500, 0);
    CHECK(!first || holds(&pieces, 0, 600));
    rt_memory_fail_at(0);
    CHECK(add(&pieces, 600, 900) && holds(&pieces, 600, 900));
    rt_pieces_free(&pieces);
    CHECK(rt_memory_live() == 0);
  }
}
#endif

int main(void) {
  for (size_t i = 0; i < sizeof file; i++) file[i] = (unsigned char)(i * 2654435761u >> 13);
  memory_is_borrowed();
  what_is_wanted();
  ranges_merge();
  there_are_limits();
  walks_let_go();
  slow_walks_ask_for_more();
  whatever_is_done();
#ifdef RT_FAIL_ALLOC
  without_memory();
#endif
  return unit_report();
}
