/* form.h: the fuzz target of one form's parser, called as it is, whatever the first bytes: no crash, no endless walk, and the same answer from
   the whole as from small pieces. A target defines READ and MEDIA_TYPE and includes this. */
#include "../../src/media_forms.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition) {
  if (!condition) abort();
}

static rt_media_state run(rt_pieces *pieces, rt_media *out) {
  memset(out, 0, sizeof *out);
  out->media_type = MEDIA_TYPE;
  out->orientation = 1;
  out->duration = out->frame_rate = -1;
  return READ(pieces, out);
}

static void check(rt_media_state state, const rt_media *media) {
  require(media->media_type && media->orientation >= 1 && media->orientation <= 8);
  require(memchr(media->message, 0, sizeof media->message) != NULL);
  require(state != RT_MEDIA_CORRUPT || media->message[0]);
  require(!media->measured || (media->width > 0 && media->height > 0));
  require(!media->complete || media->end_seen);
  require(media->duration == -1 || (media->duration >= 0 && media->duration < 1e300));
  require(media->frame_rate == -1 || (media->frame_rate > 0 && media->frame_rate < 1e300));
  require(memchr(media->video_codec, 0, sizeof media->video_codec) && memchr(media->audio_codec, 0, sizeof media->audio_codec));
}

static int same(const rt_media *a, const rt_media *b) {
  return a->width == b->width && a->height == b->height && a->orientation == b->orientation && a->measured == b->measured &&
         a->animated == b->animated && a->frames == b->frames && a->end_seen == b->end_seen && a->complete == b->complete &&
         a->duration == b->duration && a->frame_rate == b->frame_rate && strcmp(a->video_codec, b->video_codec) == 0 &&
         strcmp(a->audio_codec, b->audio_codec) == 0 && strcmp(a->message, b->message) == 0;
}

/* The bytes in a block that ends where they do, of a file that may go on. */
static rt_media_state whole(const uint8_t *data, size_t size, uint64_t total, rt_media *out) {
  rt_pieces pieces;
  uint8_t *copy = malloc(size ? size : 1);
  if (size) memcpy(copy, data, size);
  rt_pieces_prefix(&pieces, copy, size, total);
  rt_media_state state = run(&pieces, out);
  free(copy);
  check(state, out);
  return state;
}

/* Brings one piece that is wanted, at most so many bytes. False where there is no more room. */
static bool bring(rt_pieces *pieces, const uint8_t *data, size_t size, size_t most) {
  uint64_t offset = pieces->wanted_offset;
  size_t here = offset < size ? size - (size_t)offset : 0, length = pieces->wanted_length < most ? pieces->wanted_length : most;
  if (length >= here) {
    length = here;
    rt_pieces_end(pieces, size);
  }
  uint8_t *copy = malloc(length + 1);
  if (length) memcpy(copy, data + offset, length);
  bool kept = rt_pieces_add(pieces, offset, copy, length);
  free(copy);
  return kept;
}

static rt_media_state in_pieces(const uint8_t *data, size_t size, uint64_t total, size_t most, rt_media *out, bool *full) {
  rt_pieces pieces;
  rt_media_state state;
  size_t reads = 0;
  rt_pieces_start(&pieces, total);
  while ((state = run(&pieces, out)) == RT_MEDIA_NEED && !pieces.full) {
    require(++reads < 4 * size + 64);
    if (!bring(&pieces, data, size, most)) break;
  }
  *full = pieces.full;
  rt_pieces_free(&pieces);
  check(state, out);
  return state;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  rt_media all, part;
  bool full;
  rt_media_state state = whole(data, size, size, &all);
  require(state != RT_MEDIA_NEED);
  whole(data, size, RT_SIZE_UNKNOWN, &part);
  whole(data, size, (uint64_t)1 << 40, &part);
  size_t most = 8 + size / 32 + (size ? data[size - 1] % 97u : 0);
  rt_media_state large = in_pieces(data, size, size, SIZE_MAX, &part, &full);
  /* Of very many fragments without an index only some are fetched. */
  bool given_up = large == RT_MEDIA_DONE && part.duration < 0 && !part.end_seen;
  require(full || given_up || (large == state && same(&part, &all)));
  rt_media_state small = in_pieces(data, size, size, most, &part, &full);
  require(full || given_up || (small == state && same(&part, &all)));
  in_pieces(data, size, RT_SIZE_UNKNOWN, SIZE_MAX, &part, &full);
  return 0;
}
