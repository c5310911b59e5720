/* Videos and sounds, whatever the bytes and the claimed size: no crash, no endless walk, and the same answer from the whole as from small
   pieces. The last byte may name a parser, which then need not be told by the first bytes. */
#include "../../src/media_forms.h"
#include "../c/media_walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition) {
  if (!condition) abort();
}

static rt_media_state (*const parsers[])(rt_pieces *, rt_media *) = {rt_mp4_read,        rt_matroska_read, rt_ogg_read,
                                                                     rt_mpeg_audio_read, rt_wav_read,      rt_flac_read};
enum { PARSERS = sizeof parsers / sizeof *parsers };

static void check(rt_media_state state, const rt_media *media) {
  require(state != RT_MEDIA_DONE || (media->media_type && media->orientation >= 1 && media->orientation <= 8));
  require(state != RT_MEDIA_CORRUPT || (media->media_type && media->message[0]));
  require(!media->measured || (media->width > 0 && media->height > 0));
  require(!media->complete || media->end_seen);
  require(media->duration == media->duration && media->frame_rate == media->frame_rate); /* no NaN */
  require(media->duration == -1 || (media->duration >= 0 && media->duration < 1e300));
  require(media->frame_rate == -1 || (media->frame_rate > 0 && media->frame_rate < 1e300));
  require(memchr(media->message, 0, sizeof media->message) != NULL);
  require(memchr(media->video_codec, 0, sizeof media->video_codec) && memchr(media->audio_codec, 0, sizeof media->audio_codec));
}

static int same(const rt_media *a, const rt_media *b) {
  return a->width == b->width && a->height == b->height && a->orientation == b->orientation && a->end_seen == b->end_seen &&
         a->complete == b->complete && a->duration == b->duration && a->frame_rate == b->frame_rate &&
         strcmp(a->video_codec, b->video_codec) == 0 && strcmp(a->audio_codec, b->audio_codec) == 0 && strcmp(a->message, b->message) == 0;
}

/* A parser alone, on a block that ends where the bytes do. */
static void parse(rt_media_state (*parser)(rt_pieces *, rt_media *), const uint8_t *data, size_t size, uint64_t total) {
  rt_pieces pieces;
  rt_media media = {.media_type = "video/mp4", .orientation = 1, .duration = -1, .frame_rate = -1};
  uint8_t *copy = malloc(size ? size : 1);
  if (size) memcpy(copy, data, size);
  rt_pieces_prefix(&pieces, copy, size, total);
  rt_media_state state = parser(&pieces, &media);
  require(total == RT_SIZE_UNKNOWN || state != RT_MEDIA_NEED);
  check(state, &media);
  free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  rt_media whole;
  if (size && data[size - 1] < PARSERS) {
    parse(parsers[data[size - 1]], data, size - 1, size - 1);
    parse(parsers[data[size - 1]], data, size - 1, RT_SIZE_UNKNOWN);
  }
  rt_media_state state = read_media(data, size, size, &whole);
  require(state != RT_MEDIA_NEED);
  check(state, &whole);
  if (state == RT_MEDIA_UNKNOWN) return 0;
  size_t most = 8 + size / 32 + data[size - 1] % 97u;
  media_walk large = walk_media(data, size, size, SIZE_MAX), small = walk_media(data, size, size, most);
  media_walk unsized = walk_media(data, size, RT_SIZE_UNKNOWN, SIZE_MAX);
  /* Of very many fragments without an index only some are fetched. */
  bool given_up = large.state == RT_MEDIA_DONE && large.media.duration < 0 && !large.media.end_seen;
  require(large.full || given_up || (large.state == state && same(&large.media, &whole)));
  require(small.full || given_up || (small.state == state && same(&small.media, &whole)));
  require(unsized.full || unsized.state != RT_MEDIA_NEED);
  check(unsized.state, &unsized.media);
  return 0;
}
