/* mpeg_audio.c: MP3 and AAC (ADTS). Such files are frames from end to end. How long they last says the frame that encoders put before the
   others (Xing, Info, VBRI); where there is none, all frames are counted in a short file, and some in a long one. */
#include <string.h>

#include "bytes.h"
#include "codecs.h"
#include "id3.h"
#include "media_forms.h"
#include "mpeg_frame.h"

enum {
  START_BYTES = 4096, /* the first frame is looked for in so many */
  COUNTED_WHOLE = 262144,
  SPOTS = 8,
  SPOT_BYTES = 8192,
  SUMMARY_BYTES = 160 /* as far into a frame as Xing's and VBRI's fields reach */
};

typedef struct {
  rt_pieces *pieces;
  rt_media *out;
  uint64_t begin; /* of the first frame */
  rt_frame first;
} file_t;

/* ---- the first frame ---- */

static rt_media_state find_first(file_t *file, uint64_t from) {
  uint64_t total = file->pieces->total;
  size_t length = total - from < START_BYTES ? (size_t)(total - from) : START_BYTES;
  const unsigned char *p = rt_pieces_at(file->pieces, from, length);
  if (!p && file->pieces->past_end) length = 0;
  if (!p && !file->pieces->past_end) return RT_MEDIA_NEED;
  size_t at = p ? rt_frame_find(p, length, NULL, &file->first) : 0;
  if (at == length) return rt_media_corrupt(file->out, "no frame of sound begins at byte %llu or behind it", (unsigned long long)from);
  file->begin = from + at;
  return RT_MEDIA_DONE;
}

/* ---- the summary in it ---- */

typedef struct {
  uint32_t frames, bytes; /* 0: not told */
} summary_t;

static bool read_summary(const unsigned char *p, size_t length, const rt_frame *frame, summary_t *summary) {
  size_t at = 4 + (frame->low ? (frame->mono ? 9 : 17) : (frame->mono ? 17 : 32));
  if (at + 16 <= length && (memcmp(p + at, "Xing", 4) == 0 || memcmp(p + at, "Info", 4) == 0)) {
    uint32_t flags = rt_big32(p + at + 4);
    summary->frames = flags & 1 ? rt_big32(p + at + 8) : 0;
    summary->bytes = flags & 2 ? rt_big32(p + at + (flags & 1 ? 12 : 8)) : 0;
  } else if (36 + 18 <= length && memcmp(p + 36, "VBRI", 4) == 0) {
    summary->bytes = rt_big32(p + 46);
    summary->frames = rt_big32(p + 50);
  }
  return summary->frames != 0;
}

/* Encoders do not agree whether the bytes told of include this frame. */
static rt_media_state told_end(const file_t *file, uint32_t bytes) {
  uint64_t end = file->begin + bytes, total = file->pieces->total;
  if (bytes == 0 || (end > total && end - total <= file->first.length)) return RT_MEDIA_DONE;
  return rt_media_ends_at(file->pieces, file->out, end);
}

static rt_media_state by_summary(file_t *file, bool *found) {
  summary_t summary = {0, 0};
  uint64_t left = file->pieces->total - file->begin;
  size_t length = file->first.length < SUMMARY_BYTES ? file->first.length : SUMMARY_BYTES;
  if (length > left) length = (size_t)left;
  const unsigned char *p = rt_pieces_at(file->pieces, file->begin, length);
  if (!p) return rt_media_lacks(file->pieces, file->out);
  *found = file->first.layer == 3 && read_summary(p, length, &file->first, &summary);
  if (!*found) return RT_MEDIA_DONE;
  file->out->duration = (double)summary.frames * file->first.samples / file->first.rate;
  file->out->settled = true;
  return told_end(file, summary.bytes);
}

/* ---- counting frames ---- */

typedef struct {
  double bytes, samples;
  bool even; /* all of the same kilobits */
  bool cut;  /* the last runs past the bytes */
} count_t;

static void count(const unsigned char *p, size_t length, const rt_frame *first, count_t *counted) {
  rt_frame frame;
  size_t at = rt_frame_find(p, length, first, &frame);
  counted->cut = false;
  while (length - at >= RT_FRAME_HEADER && rt_frame_read(p + at, &frame) && rt_frame_alike(&frame, first)) {
    counted->cut = length - at < frame.length;
    if (counted->cut) return;
    counted->bytes += frame.length;
    counted->samples += frame.samples;
    counted->even = counted->even && frame.kilobits == first->kilobits;
    at += frame.length;
  }
}

/* As if the whole file were as the stretches that were looked at. */
static void estimate(file_t *file, const count_t *counted) {
  double bytes = (double)(file->pieces->total - file->begin);
  if (counted->samples > 0) file->out->duration = bytes / counted->bytes * counted->samples / file->first.rate;
}

/* A stream of frames that breaks off can still be played, and who recorded it may have meant it so: that is no damage. */
static rt_media_state count_all(file_t *file) {
  count_t counted = {0, 0, true, false};
  size_t length = (size_t)(file->pieces->total - file->begin);
  const unsigned char *p = rt_pieces_at(file->pieces, file->begin, length);
  if (!p) return rt_media_lacks(file->pieces, file->out);
  count(p, length, &file->first, &counted);
  file->out->duration = counted.samples / file->first.rate;
  file->out->end_seen = true;
  file->out->complete = !counted.cut;
  return RT_MEDIA_DONE;
}

static rt_media_state count_some(file_t *file) {
  count_t counted = {0, 0, true, false};
  uint64_t step = (file->pieces->total - file->begin - SPOT_BYTES) / SPOTS;
  for (unsigned i = 0; i <= SPOTS; i++) {
    size_t length = i ? SPOT_BYTES : START_BYTES;
    const unsigned char *p = rt_pieces_at(file->pieces, file->begin + i * step, length);
    if (!p) return rt_media_lacks(file->pieces, file->out);
    count(p, length, &file->first, &counted);
    /* Of one kind at the beginning and further on: of one kind all through. */
    if (i == 1 && counted.even && counted.samples > 0 && !file->first.aac) {
      file->out->duration = (double)(file->pieces->total - file->begin) / (125.0 * file->first.kilobits);
      return RT_MEDIA_DONE;
    }
  }
  estimate(file, &counted);
  return RT_MEDIA_DONE;
}

rt_media_state rt_mpeg_audio_read(rt_pieces *pieces, rt_media *out) {
  file_t file = {.pieces = pieces, .out = out};
  uint64_t from;
  rt_media_state state = rt_id3_end(pieces, out, &from);
  if (state != RT_MEDIA_DONE) return state;
  const unsigned char *p = rt_pieces_at(pieces, from, 4);
  if (!p) return rt_media_lacks(pieces, out);
  if (memcmp(p, "fLaC", 4) == 0) {
    out->media_type = "audio/flac";
    return rt_flac_read(pieces, out);
  }
  if ((state = find_first(&file, from)) != RT_MEDIA_DONE) return state;
  static const char *const layers[] = {"aac", "mp1", "mp2", "mp3"};
  out->media_type = file.first.aac ? "audio/aac" : "audio/mpeg";
  rt_codec_copy(layers[file.first.layer], out->audio_codec);
  bool found;
  if ((state = by_summary(&file, &found)) != RT_MEDIA_DONE || found) return state;
  if (pieces->total != RT_SIZE_UNKNOWN) state = pieces->total - file.begin <= COUNTED_WHOLE ? count_all(&file) : count_some(&file);
  out->settled = state == RT_MEDIA_DONE;
  return state;
}
