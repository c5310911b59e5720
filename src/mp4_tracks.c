/* mp4_tracks.c: the movie header (moov). Of the tables of samples only the heads are read, and of a track no more than is needed: what
   lies behind its tables is not looked at. */
#include <string.h>

#include "bytes.h"
#include "mp4.h"

enum { TIMES_READ = 512, MATRIX_BYTES = 36 };

static double fixed(const unsigned char *p) {
  return (double)(int32_t)rt_big32(p) / 65536.0;
}

static void read_matrix(const unsigned char *p, double matrix[4]) {
  matrix[0] = fixed(p);
  matrix[1] = fixed(p + 4);
  matrix[2] = fixed(p + 12);
  matrix[3] = fixed(p + 16);
}

/* A box with a version: version 1 has times of 64 bits and so is longer. */
static rt_media_state versioned(rt_mp4 *mp4, const rt_box *box, size_t length_0, size_t length_1, const unsigned char **p) {
  rt_media_state state = rt_mp4_body(mp4, box, 0, 4, p);
  return state == RT_MEDIA_DONE ? rt_mp4_body(mp4, box, 0, (*p)[0] == 1 ? length_1 : length_0, p) : state;
}

/* Timescale and duration stand in mvhd and mdhd at the same place. All ones, as 0, is no duration. */
static double seconds(const unsigned char *p, uint32_t *timescale) {
  bool long_times = p[0] == 1;
  *timescale = rt_big32(p + (long_times ? 20 : 12));
  uint64_t duration = long_times ? rt_big64(p + 24) : rt_big32(p + 16);
  if (duration == (long_times ? UINT64_MAX : UINT32_MAX) || *timescale == 0) return 0;
  return (double)duration / *timescale;
}

static rt_media_state movie_header(rt_mp4 *mp4, const rt_box *box) {
  const unsigned char *p;
  rt_media_state state = versioned(mp4, box, 36 + MATRIX_BYTES, 48 + MATRIX_BYTES, &p);
  if (state != RT_MEDIA_DONE) return state;
  mp4->duration = seconds(p, &mp4->timescale);
  read_matrix(p + (p[0] == 1 ? 48 : 36), mp4->matrix);
  return state;
}

static rt_media_state track_header(rt_mp4 *mp4, rt_mp4_track *track, const rt_box *box) {
  const unsigned char *p;
  rt_media_state state = versioned(mp4, box, 84, 96, &p);
  if (state != RT_MEDIA_DONE) return state;
  bool long_times = p[0] == 1;
  track->enabled = (p[3] & 1) != 0;
  track->id = rt_big32(p + (long_times ? 20 : 12));
  p += long_times ? 52 : 40;
  read_matrix(p, track->matrix);
  track->width = rt_big32(p + MATRIX_BYTES) >> 16;
  track->height = rt_big32(p + MATRIX_BYTES + 4) >> 16;
  return state;
}

/* ---- times of samples ---- */

/* stts: counts of samples that last equally long. *complete: all entries were looked at. */
static rt_media_state times(rt_mp4 *mp4, rt_mp4_track *track, const rt_box *box, bool *complete) {
  const unsigned char *p;
  rt_media_state state = rt_mp4_body(mp4, box, 4, 4, &p);
  if (state != RT_MEDIA_DONE) return state;
  uint32_t count = rt_big32(p);
  *complete = count <= TIMES_READ;
  if (!*complete) return state;
  state = rt_mp4_body(mp4, box, 8, (size_t)count * 8, &p);
  if (state != RT_MEDIA_DONE) return state;
  for (uint32_t i = 0; i < count; i++) {
    double samples = rt_big32(p + 8 * (size_t)i);
    track->samples += samples;
    track->ticks += samples * rt_big32(p + 8 * (size_t)i + 4);
  }
  return state;
}

/* stsz, where stts is long: so many samples last as long as the media header says. */
static rt_media_state count_samples(rt_mp4 *mp4, rt_mp4_track *track, const rt_box *box) {
  const unsigned char *p;
  rt_media_state state = rt_mp4_body(mp4, box, 8, 4, &p);
  if (state != RT_MEDIA_DONE) return state;
  track->samples = rt_big32(p);
  track->ticks = track->seconds * track->timescale;
  return state;
}

static rt_media_state tables(rt_mp4 *mp4, rt_mp4_track *track, const rt_box *parent) {
  rt_boxes boxes = rt_mp4_boxes(mp4, parent->body, parent->end);
  bool described = false, timed = track->handler != RT_BOX('v', 'i', 'd', 'e');
  while (!described || !timed) {
    rt_box_found found = rt_boxes_next(&boxes);
    if (found == RT_BOX_NONE) break;
    if (found != RT_BOX_HERE) return rt_mp4_stopped(mp4, &boxes, found);
    rt_media_state state = RT_MEDIA_DONE;
    if (boxes.box.type == RT_BOX('s', 't', 's', 'd')) {
      state = rt_mp4_sample_description(mp4, track, &boxes.box);
      described = true;
    } else if (boxes.box.type == RT_BOX('s', 't', 't', 's') && !timed)
      state = times(mp4, track, &boxes.box, &timed);
    else if ((boxes.box.type == RT_BOX('s', 't', 's', 'z') || boxes.box.type == RT_BOX('s', 't', 'z', '2')) && !timed) {
      state = count_samples(mp4, track, &boxes.box);
      timed = true;
    }
    if (state != RT_MEDIA_DONE) return state;
  }
  return RT_MEDIA_DONE;
}

/* ---- tracks ---- */

static rt_media_state media_information(rt_mp4 *mp4, rt_mp4_track *track, const rt_box *parent) {
  rt_boxes boxes = rt_mp4_boxes(mp4, parent->body, parent->end);
  rt_box_found found = rt_boxes_find(&boxes, RT_BOX('s', 't', 'b', 'l'));
  if (found == RT_BOX_NONE) return RT_MEDIA_DONE;
  return found == RT_BOX_HERE ? tables(mp4, track, &boxes.box) : rt_mp4_stopped(mp4, &boxes, found);
}

static bool is_wanted(const rt_mp4_track *track) {
  return track->handler == RT_BOX('v', 'i', 'd', 'e') || track->handler == RT_BOX('s', 'o', 'u', 'n');
}

/* The handler has to be known before the tables are read; where they stand before it, they wait. */
static rt_media_state media(rt_mp4 *mp4, rt_mp4_track *track, const rt_box *parent) {
  rt_boxes boxes = rt_mp4_boxes(mp4, parent->body, parent->end);
  rt_box information = {0, 0, 0, 0};
  for (bool header = false; !header || !track->handler || (is_wanted(track) && !information.end);) {
    rt_box_found found = rt_boxes_next(&boxes);
    if (found == RT_BOX_NONE) break;
    if (found != RT_BOX_HERE) return rt_mp4_stopped(mp4, &boxes, found);
    const unsigned char *p;
    rt_media_state state = RT_MEDIA_DONE;
    if (boxes.box.type == RT_BOX('m', 'd', 'h', 'd')) {
      state = versioned(mp4, &boxes.box, 24, 36, &p);
      if (state == RT_MEDIA_DONE) track->seconds = seconds(p, &track->timescale);
      header = true;
    } else if (boxes.box.type == RT_BOX('h', 'd', 'l', 'r')) {
      state = rt_mp4_body(mp4, &boxes.box, 8, 4, &p);
      if (state == RT_MEDIA_DONE) track->handler = rt_big32(p);
    } else if (boxes.box.type == RT_BOX('m', 'i', 'n', 'f'))
      information = boxes.box;
    if (state != RT_MEDIA_DONE) return state;
  }
  return is_wanted(track) && information.end ? media_information(mp4, track, &information) : RT_MEDIA_DONE;
}

/* The first enabled one of a kind counts: previews and chapters' pictures are tracks that are not enabled. */
static void keep(rt_mp4 *mp4, const rt_mp4_track *track) {
  rt_mp4_track *kept = &mp4->tracks[track->handler == RT_BOX('v', 'i', 'd', 'e') ? RT_MP4_VIDEO : RT_MP4_SOUND];
  if (!is_wanted(track) || (kept->found && (kept->enabled || !track->enabled))) return;
  *kept = *track;
  kept->found = true;
}

static rt_media_state read_track(rt_mp4 *mp4, const rt_box *parent) {
  rt_mp4_track track;
  memset(&track, 0, sizeof track);
  rt_boxes boxes = rt_mp4_boxes(mp4, parent->body, parent->end);
  for (bool header = false, content = false; !header || !content;) {
    rt_box_found found = rt_boxes_next(&boxes);
    if (found == RT_BOX_NONE) break;
    if (found != RT_BOX_HERE) return rt_mp4_stopped(mp4, &boxes, found);
    rt_media_state state = RT_MEDIA_DONE;
    if (boxes.box.type == RT_BOX('t', 'k', 'h', 'd')) {
      state = track_header(mp4, &track, &boxes.box);
      header = true;
    } else if (boxes.box.type == RT_BOX('m', 'd', 'i', 'a')) {
      state = media(mp4, &track, &boxes.box);
      content = true;
    }
    if (state != RT_MEDIA_DONE) return state;
  }
  keep(mp4, &track);
  return RT_MEDIA_DONE;
}

/* ---- the movie ---- */

/* In a large movie header the search ends with a picture and a sound: the other tracks may be far away. */
static bool is_enough(const rt_mp4 *mp4, const rt_box *movie) {
  return movie->end - movie->start > RT_MP4_WHOLE && mp4->tracks[RT_MP4_VIDEO].enabled && mp4->tracks[RT_MP4_SOUND].enabled;
}

static void wish(rt_mp4 *mp4, const rt_box *movie, uint64_t at) {
  bool whole = movie->end - movie->start <= RT_MP4_WHOLE;
  mp4->wish_end = whole ? movie->end + 16 : at + RT_MP4_HEAD; /* 16: the header of what comes next */
}

rt_media_state rt_mp4_movie(rt_mp4 *mp4, const rt_box *movie) {
  rt_box extends = {0, 0, 0, 0};
  wish(mp4, movie, movie->body);
  rt_boxes boxes = rt_mp4_boxes(mp4, movie->body, movie->end);
  while (!is_enough(mp4, movie)) {
    wish(mp4, movie, boxes.at);
    boxes.wish_end = mp4->wish_end;
    rt_box_found found = rt_boxes_next(&boxes);
    if (found == RT_BOX_NONE) break;
    if (found != RT_BOX_HERE) return rt_mp4_stopped(mp4, &boxes, found);
    rt_media_state state = RT_MEDIA_DONE;
    if (boxes.box.type == RT_BOX('m', 'v', 'h', 'd'))
      state = movie_header(mp4, &boxes.box);
    else if (boxes.box.type == RT_BOX('t', 'r', 'a', 'k'))
      state = read_track(mp4, &boxes.box);
    else if (boxes.box.type == RT_BOX('m', 'v', 'e', 'x'))
      extends = boxes.box;
    else if (boxes.box.type == RT_BOX('c', 'm', 'o', 'v'))
      return rt_media_corrupt(mp4->out, "the movie header is compressed, as QuickTime did long ago: few programs can read it");
    if (state != RT_MEDIA_DONE) return state;
  }
  mp4->movie_seen = true;
  return extends.end ? rt_mp4_extends(mp4, &extends) : RT_MEDIA_DONE;
}
