/* mp4.c: MP4, MOV, 3GP and M4A from box to box. The movie header (moov) may stand before the samples or behind them: the walk steps over
   what is between, so it costs the same. */
#include "mp4.h"

#include <string.h>

enum {
  BOXES_LOOKED_AT = 4096,
  FRAGMENTS_FETCHED = 24, /* a file whose fragments are in no index is walked through; beyond this only what is at hand is */
  FRAGMENT_HEAD = 1024
};

/* ---- for all parts ---- */

rt_boxes rt_mp4_boxes(rt_mp4 *mp4, uint64_t begin, uint64_t end) {
  rt_boxes boxes = rt_boxes_in(mp4->pieces, begin, end);
  boxes.wish_end = mp4->wish_end;
  return boxes;
}

rt_media_state rt_mp4_body(rt_mp4 *mp4, const rt_box *box, uint64_t from, size_t length, const unsigned char **p) {
  uint64_t at = box->body + from;
  if (box->end - box->body < from || box->end - at < length)
    return rt_media_corrupt(mp4->out, "the %s box at byte %llu is too short for what it should hold", rt_box_name_of(box->type).text,
                            (unsigned long long)box->start);
  uint64_t wish = mp4->wish_end > at ? mp4->wish_end - at : 0;
  *p = rt_pieces_ask(mp4->pieces, at, length, wish < RT_MP4_WHOLE ? (size_t)wish : RT_MP4_WHOLE);
  return *p ? RT_MEDIA_DONE : rt_media_lacks(mp4->pieces, mp4->out);
}

rt_media_state rt_mp4_stopped(rt_mp4 *mp4, const rt_boxes *boxes, rt_box_found found) {
  if (found == RT_BOX_LACK) return rt_media_lacks(mp4->pieces, mp4->out);
  if (found == RT_BOX_BROKEN)
    return rt_media_corrupt(mp4->out, "no box begins at byte %llu, where one should", (unsigned long long)boxes->at);
  return rt_media_corrupt(mp4->out, "the %s box at byte %llu runs past the end of the box around it", rt_box_name_of(boxes->box.type).text,
                          (unsigned long long)boxes->box.start);
}

/* ---- what was learned ---- */

/* The track's rotation, then the movie's. A mirrored picture counts as not turned. */
static int orientation(const double track[4], const double movie[4]) {
  double a = track[0] * movie[0] + track[1] * movie[2], b = track[0] * movie[1] + track[1] * movie[3];
  double c = track[2] * movie[0] + track[3] * movie[2], d = track[2] * movie[1] + track[3] * movie[3];
  if (b * b + c * c > a * a + d * d) return b > 0 ? 6 : 8;
  return a < 0 && d < 0 ? 3 : 1;
}

static double longest(const rt_mp4 *mp4) {
  double most = mp4->duration;
  for (int i = 0; i < RT_MP4_KINDS; i++) {
    const rt_mp4_track *track = &mp4->tracks[i];
    double lasts = mp4->fragmented ? track->last_tick - track->first_tick : 0;
    if (mp4->fragmented && track->timescale && lasts / track->timescale > most) most = lasts / track->timescale;
    if (mp4->duration <= 0 && !mp4->fragmented && track->seconds > most) most = track->seconds;
  }
  return most > 0 ? most : -1;
}

static rt_media_state tell_tracks(rt_mp4 *mp4) {
  const rt_mp4_track *video = &mp4->tracks[RT_MP4_VIDEO], *sound = &mp4->tracks[RT_MP4_SOUND];
  rt_media *out = mp4->out;
  if (!video->found && !sound->found) return rt_media_corrupt(out, "the movie header describes neither a picture nor a sound");
  memcpy(out->video_codec, video->codec, sizeof video->codec);
  memcpy(out->audio_codec, sound->codec, sizeof sound->codec);
  if (!video->found) return RT_MEDIA_DONE;
  out->orientation = orientation(video->matrix, mp4->matrix);
  return rt_media_measure(out, video->width, video->height);
}

static void tell_times(rt_mp4 *mp4) {
  const rt_mp4_track *video = &mp4->tracks[RT_MP4_VIDEO];
  if (video->ticks > 0 && video->samples > 0 && video->timescale) mp4->out->frame_rate = video->samples * video->timescale / video->ticks;
  mp4->out->duration = mp4->told_duration > mp4->duration ? mp4->told_duration : longest(mp4);
}

/* All is known, and the end was found, or need not be. */
static rt_media_state settle(rt_mp4 *mp4, bool end_seen) {
  tell_times(mp4);
  mp4->out->settled = true;
  mp4->out->end_seen = mp4->out->complete = end_seen;
  return RT_MEDIA_DONE;
}

/* ---- the end ---- */

rt_media_state rt_mp4_truncated(rt_mp4 *mp4, const rt_box *box) {
  bool data = box->type == RT_BOX('m', 'd', 'a', 't');
  mp4->out->end_seen = true;
  return rt_media_corrupt(mp4->out, "the file is truncated: it ends after %llu bytes, inside %s, which runs to byte %llu",
                          (unsigned long long)mp4->pieces->total,
                          data                                      ? "its media data"
                          : box->type == RT_BOX('m', 'o', 'o', 'v') ? "its movie header"
                                                                    : "a box",
                          (unsigned long long)box->end);
}

/* No more boxes. Nothing but a movie header, or all but it, is a file cut between two boxes, or a recording that was not finished. */
static rt_media_state ended(rt_mp4 *mp4) {
  unsigned long long total = mp4->pieces->total;
  mp4->out->end_seen = true;
  if (!mp4->movie_seen)
    return rt_media_corrupt(mp4->out,
                            "the file ends after %llu bytes without a movie header (moov): it is truncated, or was never finished", total);
  if (!mp4->data_seen) return rt_media_corrupt(mp4->out, "the file is truncated: it ends after %llu bytes, before its media data", total);
  return settle(mp4, true);
}

static bool is_letters(uint32_t type) {
  for (int shift = 0; shift < 32; shift += 8) {
    unsigned char letter = (unsigned char)(type >> shift);
    if ((letter < ' ' || letter > '~') && letter != 0xA9) return false;
  }
  return true;
}

/* Where no box is: after the samples that is something appended, and no damage. */
static rt_media_state no_box(rt_mp4 *mp4, uint64_t place) {
  if (mp4->movie_seen && mp4->data_seen) return ended(mp4);
  return rt_media_corrupt(mp4->out, "no box begins at byte %llu, where one should", (unsigned long long)place);
}

/* ---- the walk ---- */

/* Once per file, when the first fragment is known. DONE and *over: nothing more has to be looked at. */
static rt_media_state first_fragment(rt_mp4 *mp4, bool *over) {
  *over = true;
  if (mp4->told_duration >= 0) tell_times(mp4);
  if (mp4->told_duration >= 0 && mp4->indexed_end) return rt_media_ends_at(mp4->pieces, mp4->out, mp4->indexed_end);
  if (mp4->pieces->total == RT_SIZE_UNKNOWN) {
    settle(mp4, false);
    mp4->out->duration = mp4->told_duration;
    return RT_MEDIA_DONE;
  }
  mp4->out->settled = mp4->told_duration >= 0;
  rt_media_state state = rt_mp4_last_fragment(mp4, over);
  return state == RT_MEDIA_DONE && *over ? settle(mp4, true) : state;
}

static rt_media_state look_at_movie(rt_mp4 *mp4, const rt_box *box, bool *over) {
  rt_media_state state = rt_mp4_movie(mp4, box);
  if (state == RT_MEDIA_DONE) state = tell_tracks(mp4);
  if (state != RT_MEDIA_DONE || mp4->fragmented) return state;
  *over = mp4->pieces->total == RT_SIZE_UNKNOWN;
  return settle(mp4, false);
}

static rt_media_state look_at_fragment(rt_mp4 *mp4, const rt_box *box, bool *over) {
  if (!mp4->movie_seen)
    return rt_media_corrupt(mp4->out,
                            "a fragment comes before any movie header (moov): this is a piece of a stream whose beginning is missing");
  if (!mp4->fragmented) return RT_MEDIA_DONE;
  rt_media_state state = rt_mp4_fragment(mp4, box);
  return state == RT_MEDIA_DONE && mp4->fragments == 1 ? first_fragment(mp4, over) : state;
}

static rt_media_state look_at(rt_mp4 *mp4, const rt_box *box, bool *over) {
  switch (box->type) {
  case RT_BOX('m', 'o', 'o', 'v'):
    return mp4->movie_seen ? RT_MEDIA_DONE : look_at_movie(mp4, box, over);
  case RT_BOX('m', 'd', 'a', 't'):
    mp4->data_seen = true;
    return RT_MEDIA_DONE;
  case RT_BOX('s', 'i', 'd', 'x'):
    return mp4->fragmented && mp4->fragments == 0 ? rt_mp4_segment_index(mp4, box) : RT_MEDIA_DONE;
  case RT_BOX('m', 'o', 'o', 'f'):
    return look_at_fragment(mp4, box, over);
  default:
    return RT_MEDIA_DONE;
  }
}

/* As much as is worth one request: the rest of the file where it is short, for it will be the movie header. */
static uint64_t wish_end(const rt_mp4 *mp4, uint64_t at) {
  if (mp4->movie_seen) return mp4->fragmented ? at + FRAGMENT_HEAD : 0;
  bool short_rest = mp4->pieces->total != RT_SIZE_UNKNOWN && at < mp4->pieces->total && mp4->pieces->total - at <= RT_MP4_WHOLE;
  return short_rest ? mp4->pieces->total : at + RT_MP4_HEAD;
}

static rt_media_state walk(rt_mp4 *mp4) {
  rt_boxes boxes = rt_boxes_in(mp4->pieces, 0, mp4->pieces->total);
  boxes.left = BOXES_LOOKED_AT;
  for (bool over = false; !over;) {
    boxes.wish_end = wish_end(mp4, boxes.at);
    rt_box_found found = rt_boxes_next(&boxes);
    if (found == RT_BOX_NONE && boxes.left == 0 && mp4->movie_seen) return settle(mp4, false);
    if (found == RT_BOX_NONE) return ended(mp4);
    if (found == RT_BOX_LACK) {
      rt_media_state state = rt_media_lacks(mp4->pieces, mp4->out);
      if (state != RT_MEDIA_NEED || mp4->fragments <= FRAGMENTS_FETCHED) return state;
      settle(mp4, false);
      mp4->out->duration = mp4->told_duration;
      return RT_MEDIA_DONE;
    }
    if (found == RT_BOX_BROKEN || !is_letters(boxes.box.type)) return no_box(mp4, boxes.box.start);
    if (found == RT_BOX_CUT) return rt_mp4_truncated(mp4, &boxes.box);
    rt_media_state state = look_at(mp4, &boxes.box, &over);
    if (state != RT_MEDIA_DONE) return state;
  }
  return RT_MEDIA_DONE;
}

rt_media_state rt_mp4_read(rt_pieces *pieces, rt_media *out) {
  rt_mp4 mp4;
  memset(&mp4, 0, sizeof mp4);
  mp4.pieces = pieces;
  mp4.out = out;
  mp4.told_duration = -1;
  mp4.matrix[0] = mp4.matrix[3] = 1;
  return walk(&mp4);
}
