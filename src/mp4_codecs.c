/* mp4_codecs.c: sample descriptions. The first one of a track counts, as it does for ffprobe. */
#include <string.h>

#include "bytes.h"
#include "codecs.h"
#include "mp4.h"

enum { PICTURE_BYTES = 78, SOUND_BYTES = 28 }; /* of an entry, before the boxes in it */

/* Sought among the boxes of an entry and in QuickTime's "wave" box, which stands around some of them. DONE with box->end == 0: not there.
   Whatever follows a box that does not fit is padding. */
static rt_media_state find_inside(rt_mp4 *mp4, uint64_t begin, uint64_t end, uint32_t type, rt_box *box) {
  rt_boxes boxes = rt_mp4_boxes(mp4, begin, end);
  bool inside_wave = false;
  box->end = 0;
  for (;;) {
    rt_box_found found = rt_boxes_next(&boxes);
    if (found == RT_BOX_LACK) return rt_mp4_stopped(mp4, &boxes, found);
    if (found != RT_BOX_HERE) return RT_MEDIA_DONE;
    if (boxes.box.type == type) {
      *box = boxes.box;
      return RT_MEDIA_DONE;
    }
    if (boxes.box.type == RT_BOX('w', 'a', 'v', 'e') && !inside_wave) {
      inside_wave = true;
      boxes = rt_mp4_boxes(mp4, boxes.box.body, boxes.box.end);
    }
  }
}

/* ---- the ES descriptor ---- */

/* A descriptor's tag and length, up to four bytes of seven bits each. */
static bool descriptor(const unsigned char *p, size_t length, size_t *at, unsigned tag) {
  if (*at >= length || p[(*at)++] != tag) return false;
  for (int i = 0; i < 4 && *at < length; i++)
    if ((p[(*at)++] & 0x80) == 0) return true;
  return false;
}

/* The object type; 0 where the descriptor is damaged. p: the box's body. */
static unsigned object_type(const unsigned char *p, size_t length) {
  size_t at = 4;
  if (!descriptor(p, length, &at, 3) || length - at < 3) return 0;
  unsigned flags = p[at + 2];
  at += 3;
  if (flags & 0x80) at += 2;
  if (flags & 0x40) at += at < length ? (size_t)p[at] + 1 : 1;
  if (flags & 0x20) at += 2;
  return descriptor(p, length, &at, 4) && at < length ? p[at] : 0;
}

static rt_media_state by_object_type(rt_mp4 *mp4, rt_mp4_track *track, uint64_t begin, uint64_t end) {
  rt_box box;
  rt_media_state state = find_inside(mp4, begin, end, RT_BOX('e', 's', 'd', 's'), &box);
  if (state != RT_MEDIA_DONE || box.end == 0) return state;
  const unsigned char *p;
  size_t length = box.end - box.body < 64 ? (size_t)(box.end - box.body) : 64;
  state = rt_mp4_body(mp4, &box, 0, length, &p);
  const char *codec = state == RT_MEDIA_DONE ? rt_codec_of_object_type(object_type(p, length)) : NULL;
  if (codec) rt_codec_copy(codec, track->codec);
  return state;
}

/* ---- raw sound ---- */

/* "enda": 1 says that the samples are little-endian after all. */
static rt_media_state is_little_endian(rt_mp4 *mp4, uint64_t begin, uint64_t end, bool *little) {
  rt_box box;
  rt_media_state state = find_inside(mp4, begin, end, RT_BOX('e', 'n', 'd', 'a'), &box);
  if (state != RT_MEDIA_DONE || box.end == 0) return state;
  const unsigned char *p;
  state = rt_mp4_body(mp4, &box, 0, 2, &p);
  if (state == RT_MEDIA_DONE) *little = rt_big16(p) == 1;
  return state;
}

/* "pcmC" of ISO's raw sound: flags and bits. */
static rt_media_state configured_samples(rt_mp4 *mp4, uint64_t begin, uint64_t end, rt_samples *samples) {
  rt_box box;
  rt_media_state state = find_inside(mp4, begin, end, RT_BOX('p', 'c', 'm', 'C'), &box);
  if (state != RT_MEDIA_DONE || box.end == 0) return state;
  const unsigned char *p;
  state = rt_mp4_body(mp4, &box, 0, 6, &p);
  if (state != RT_MEDIA_DONE) return state;
  samples->big_endian = (p[4] & 1) == 0;
  samples->bits = p[5];
  return state;
}

/* p: the entry's first bytes, 64 of them where its version is 2. False: it is no raw sound. */
static bool raw_samples(uint32_t letters, unsigned version, const unsigned char *p, rt_samples *samples) {
  *samples = (rt_samples){.bits = rt_big16(p + 18), .big_endian = true};
  switch (letters) {
  case RT_BOX('s', 'o', 'w', 't'):
    samples->big_endian = false;
    return true;
  case RT_BOX('r', 'a', 'w', ' '):
  case RT_BOX('N', 'O', 'N', 'E'):
    samples->unsigned_bytes = true;
    return true;
  case RT_BOX('t', 'w', 'o', 's'):
    return true;
  case RT_BOX('i', 'n', '2', '4'):
    samples->bits = 24;
    return true;
  case RT_BOX('i', 'n', '3', '2'):
    samples->bits = 32;
    return true;
  case RT_BOX('f', 'l', '3', '2'):
  case RT_BOX('f', 'l', '6', '4'):
    samples->floating = true;
    samples->bits = letters == RT_BOX('f', 'l', '3', '2') ? 32 : 64;
    return true;
  case RT_BOX('l', 'p', 'c', 'm'):
    if (version != 2) return true;
    samples->bits = rt_big32(p + 48);
    samples->floating = (rt_big32(p + 52) & 1) != 0;
    samples->big_endian = (rt_big32(p + 52) & 2) != 0;
    samples->unsigned_bytes = (rt_big32(p + 52) & 4) == 0;
    return true;
  case RT_BOX('f', 'p', 'c', 'm'):
    samples->floating = true;
    return true;
  default:
    return letters == RT_BOX('i', 'p', 'c', 'm');
  }
}

/* ---- entries ---- */

/* What an encrypted entry is under its protection. */
static rt_media_state original_letters(rt_mp4 *mp4, uint64_t begin, uint64_t end, uint32_t *letters) {
  rt_box box;
  rt_media_state state = find_inside(mp4, begin, end, RT_BOX('s', 'i', 'n', 'f'), &box);
  if (state != RT_MEDIA_DONE || box.end == 0) return state;
  state = find_inside(mp4, box.body, box.end, RT_BOX('f', 'r', 'm', 'a'), &box);
  if (state != RT_MEDIA_DONE || box.end == 0) return state;
  const unsigned char *p;
  state = rt_mp4_body(mp4, &box, 0, 4, &p);
  if (state == RT_MEDIA_DONE) *letters = rt_big32(p);
  return state;
}

static rt_media_state by_letters(rt_mp4 *mp4, rt_mp4_track *track, uint64_t begin, uint64_t end, uint32_t letters) {
  if (letters == RT_BOX('e', 'n', 'c', 'v') || letters == RT_BOX('e', 'n', 'c', 'a')) {
    rt_media_state state = original_letters(mp4, begin, end, &letters);
    if (state != RT_MEDIA_DONE) return state;
  }
  const char *codec = rt_codec_of_letters(letters);
  /* Wave's format tags stand in QuickTime as "ms" and two bytes. */
  if (letters >> 16 == ('m' << 8 | 's')) {
    rt_codec_of_wave(letters & 0xFFFF, 16, track->codec);
    return RT_MEDIA_DONE;
  }
  rt_codec_copy(codec ? codec : rt_box_name_of(letters).text, track->codec);
  if (letters == RT_BOX('m', 'p', '4', 'v') || letters == RT_BOX('m', 'p', '4', 'a')) return by_object_type(mp4, track, begin, end);
  return RT_MEDIA_DONE;
}

static rt_media_state picture(rt_mp4 *mp4, rt_mp4_track *track, const rt_box *entry) {
  const unsigned char *p;
  rt_media_state state = rt_mp4_body(mp4, entry, 0, PICTURE_BYTES, &p);
  if (state != RT_MEDIA_DONE) return state;
  if (rt_big16(p + 24) && rt_big16(p + 26)) { /* else the track header's stand */
    track->width = rt_big16(p + 24);
    track->height = rt_big16(p + 26);
  }
  return by_letters(mp4, track, entry->body + PICTURE_BYTES, entry->end, entry->type);
}

static rt_media_state sound(rt_mp4 *mp4, rt_mp4_track *track, const rt_box *entry) {
  const unsigned char *p;
  rt_media_state state = rt_mp4_body(mp4, entry, 0, SOUND_BYTES, &p);
  if (state != RT_MEDIA_DONE) return state;
  unsigned version = rt_big16(p + 8);
  size_t length = SOUND_BYTES + (version == 1 ? 16 : version == 2 ? 36 : 0);
  if (length > entry->end - entry->body) length = SOUND_BYTES, version = 0;
  if ((state = rt_mp4_body(mp4, entry, 0, length, &p)) != RT_MEDIA_DONE) return state;
  uint64_t begin = entry->body + length;
  rt_samples samples;
  if (!raw_samples(entry->type, version, p, &samples)) return by_letters(mp4, track, begin, entry->end, entry->type);
  bool little = !samples.big_endian;
  if (entry->type == RT_BOX('i', 'p', 'c', 'm') || entry->type == RT_BOX('f', 'p', 'c', 'm'))
    state = configured_samples(mp4, begin, entry->end, &samples);
  else if ((state = is_little_endian(mp4, begin, entry->end, &little)) == RT_MEDIA_DONE)
    samples.big_endian = !little;
  rt_codec_of_samples(samples, track->codec);
  return state;
}

rt_media_state rt_mp4_sample_description(rt_mp4 *mp4, rt_mp4_track *track, const rt_box *description) {
  if (description->end - description->body < 16) return RT_MEDIA_DONE;
  rt_boxes boxes = rt_mp4_boxes(mp4, description->body + 8, description->end);
  rt_box_found found = rt_boxes_next(&boxes);
  if (found == RT_BOX_NONE) return RT_MEDIA_DONE;
  if (found != RT_BOX_HERE) return rt_mp4_stopped(mp4, &boxes, found);
  return track->handler == RT_BOX('v', 'i', 'd', 'e') ? picture(mp4, track, &boxes.box) : sound(mp4, track, &boxes.box);
}
