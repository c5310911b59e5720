/* mp4_fragments.c: fragmented files have no tables of all samples. How long they last says one of: mehd in the movie header, the segment
   index (sidx), or the last fragment, which the random access index at the file's end (mfra) leads to, or a look at that end. */
#include <string.h>

#include "bytes.h"
#include "mp4.h"

enum { REFERENCES_READ = 4096, DURATIONS_READ = 4096, INDEX_READ = 65536, TAIL_READ = 65536 };

static rt_mp4_track *track_of(rt_mp4 *mp4, uint32_t id) {
  for (int i = 0; i < RT_MP4_KINDS; i++)
    if (mp4->tracks[i].found && mp4->tracks[i].id == id) return &mp4->tracks[i];
  return NULL;
}

/* ---- in the movie header ---- */

static rt_media_state told_duration(rt_mp4 *mp4, const rt_box *box) {
  const unsigned char *p;
  rt_media_state state = rt_mp4_body(mp4, box, 0, 8, &p);
  if (state == RT_MEDIA_DONE && p[0] == 1) state = rt_mp4_body(mp4, box, 0, 12, &p);
  if (state != RT_MEDIA_DONE) return state;
  uint64_t duration = p[0] == 1 ? rt_big64(p + 4) : rt_big32(p + 4);
  if (duration && mp4->timescale) mp4->told_duration = (double)duration / mp4->timescale;
  return state;
}

static rt_media_state track_defaults(rt_mp4 *mp4, const rt_box *box) {
  const unsigned char *p;
  rt_media_state state = rt_mp4_body(mp4, box, 0, 16, &p);
  if (state != RT_MEDIA_DONE) return state;
  rt_mp4_track *track = track_of(mp4, rt_big32(p + 4));
  if (track) track->default_ticks = rt_big32(p + 12);
  return state;
}

rt_media_state rt_mp4_extends(rt_mp4 *mp4, const rt_box *extends) {
  mp4->fragmented = true;
  rt_boxes boxes = rt_mp4_boxes(mp4, extends->body, extends->end);
  for (;;) {
    rt_box_found found = rt_boxes_next(&boxes);
    if (found == RT_BOX_NONE) return RT_MEDIA_DONE;
    if (found != RT_BOX_HERE) return rt_mp4_stopped(mp4, &boxes, found);
    rt_media_state state = RT_MEDIA_DONE;
    if (boxes.box.type == RT_BOX('m', 'e', 'h', 'd'))
      state = told_duration(mp4, &boxes.box);
    else if (boxes.box.type == RT_BOX('t', 'r', 'e', 'x'))
      state = track_defaults(mp4, &boxes.box);
    if (state != RT_MEDIA_DONE) return state;
  }
}

/* ---- the segment index ---- */

/* Some files have one index for all, some one before each fragment: only where its list reaches the file's end is its sum the duration.
   Behind its end may stand the other index. */
static rt_media_state reaches_end(rt_mp4 *mp4, uint64_t end, uint32_t count, bool *is_all) {
  uint64_t total = mp4->pieces->total;
  *is_all = total == RT_SIZE_UNKNOWN ? count > 1 : end >= total;
  if (total == RT_SIZE_UNKNOWN || *is_all || count < 2 || total - end < 8) return RT_MEDIA_DONE;
  const unsigned char *p = rt_pieces_at(mp4->pieces, end, 8);
  if (!p) return rt_media_lacks(mp4->pieces, mp4->out);
  *is_all = rt_big32(p + 4) == RT_BOX('m', 'f', 'r', 'a') && rt_big32(p) == total - end;
  return RT_MEDIA_DONE;
}

rt_media_state rt_mp4_segment_index(rt_mp4 *mp4, const rt_box *index) {
  const unsigned char *p;
  mp4->wish_end = index->end + RT_MP4_HEAD; /* the first fragment follows */
  rt_media_state state = rt_mp4_body(mp4, index, 0, 24, &p);
  if (state != RT_MEDIA_DONE) return state;
  size_t head = p[0] == 0 ? 24 : 32;
  if ((state = rt_mp4_body(mp4, index, 0, head, &p)) != RT_MEDIA_DONE) return state;
  uint32_t timescale = rt_big32(p + 8), count = rt_big16(p + head - 2);
  uint64_t skipped = p[0] == 0 ? rt_big32(p + 16) : rt_big64(p + 20), bytes = 0, ticks = 0;
  if (timescale == 0 || count == 0 || count > REFERENCES_READ || skipped > UINT64_MAX / 4) return state;
  state = rt_mp4_body(mp4, index, head, (size_t)count * 12, &p);
  if (state != RT_MEDIA_DONE) return state;
  for (uint32_t i = 0; i < count; i++) {
    bytes += rt_big32(p + 12 * (size_t)i) & 0x7FFFFFFF;
    ticks += rt_big32(p + 12 * (size_t)i + 4);
  }
  bool is_all;
  state = reaches_end(mp4, index->end + skipped + bytes, count, &is_all);
  if (state != RT_MEDIA_DONE || !is_all) return state;
  mp4->indexed_end = index->end + skipped + bytes;
  if ((double)ticks / timescale > mp4->told_duration) mp4->told_duration = (double)ticks / timescale; /* one for each track */
  return state;
}

/* ---- fragments ---- */

typedef struct {
  rt_mp4_track *track; /* NULL: none that counts */
  bool timed;
  uint32_t default_ticks;
  double ticks, samples;
} run_t;

static rt_media_state fragment_header(rt_mp4 *mp4, run_t *run, const rt_box *box) {
  const unsigned char *p;
  rt_media_state state = rt_mp4_body(mp4, box, 0, 8, &p);
  if (state != RT_MEDIA_DONE) return state;
  run->track = track_of(mp4, rt_big32(p + 4));
  if (!run->track) return state;
  run->default_ticks = run->track->default_ticks;
  uint32_t flags = rt_big24(p + 1);
  size_t at = 8 + (flags & 1 ? 8 : 0) + (flags & 2 ? 4 : 0);
  if ((flags & 8) == 0) return state;
  state = rt_mp4_body(mp4, box, at, 4, &p);
  if (state == RT_MEDIA_DONE) run->default_ticks = rt_big32(p);
  return state;
}

static rt_media_state begin_time(rt_mp4 *mp4, run_t *run, const rt_box *box) {
  const unsigned char *p;
  rt_media_state state = rt_mp4_body(mp4, box, 0, 8, &p);
  if (state == RT_MEDIA_DONE && p[0] == 1) state = rt_mp4_body(mp4, box, 0, 12, &p);
  if (state != RT_MEDIA_DONE || !run->track) return state;
  double tick = p[0] == 1 ? (double)rt_big64(p + 4) : rt_big32(p + 4);
  /* A duration in the media header: the first samples stand before the fragments. Else the stream may have been joined while it ran. */
  if (!run->track->in_fragments) run->track->first_tick = run->track->seconds > 0 ? 0 : tick;
  run->track->in_fragments = true;
  run->track->last_tick = tick;
  run->timed = true;
  return state;
}

/* Each sample's own duration; of a long run those of its first samples stand for all. */
static rt_media_state sum_durations(rt_mp4 *mp4, run_t *run, const rt_box *box, uint64_t at, uint32_t flags, uint32_t count) {
  size_t each = 4 + (flags & 0x200 ? 4 : 0) + (flags & 0x400 ? 4 : 0) + (flags & 0x800 ? 4 : 0);
  size_t read = count < DURATIONS_READ ? count : DURATIONS_READ;
  const unsigned char *p;
  rt_media_state state = rt_mp4_body(mp4, box, at, read * each, &p);
  if (state != RT_MEDIA_DONE || read == 0) return state;
  double sum = 0;
  for (size_t i = 0; i < read; i++) sum += rt_big32(p + i * each);
  run->ticks += sum * ((double)count / (double)read);
  return state;
}

static rt_media_state track_run(rt_mp4 *mp4, run_t *run, const rt_box *box) {
  const unsigned char *p;
  rt_media_state state = rt_mp4_body(mp4, box, 0, 8, &p);
  if (state != RT_MEDIA_DONE || !run->track) return state;
  uint32_t flags = rt_big24(p + 1), count = rt_big32(p + 4);
  run->samples += count;
  if (flags & 0x100) return sum_durations(mp4, run, box, 8 + (flags & 1 ? 4 : 0) + (flags & 4 ? 4 : 0), flags, count);
  run->ticks += (double)count * run->default_ticks;
  return state;
}

static rt_media_state track_fragment(rt_mp4 *mp4, const rt_box *parent) {
  run_t run = {NULL, false, 0, 0, 0};
  rt_boxes boxes = rt_mp4_boxes(mp4, parent->body, parent->end);
  for (;;) {
    rt_box_found found = rt_boxes_next(&boxes);
    if (found == RT_BOX_NONE) break;
    if (found != RT_BOX_HERE) return rt_mp4_stopped(mp4, &boxes, found);
    rt_media_state state = RT_MEDIA_DONE;
    if (boxes.box.type == RT_BOX('t', 'f', 'h', 'd'))
      state = fragment_header(mp4, &run, &boxes.box);
    else if (boxes.box.type == RT_BOX('t', 'f', 'd', 't'))
      state = begin_time(mp4, &run, &boxes.box);
    else if (boxes.box.type == RT_BOX('t', 'r', 'u', 'n'))
      state = track_run(mp4, &run, &boxes.box);
    if (state != RT_MEDIA_DONE) return state;
  }
  if (!run.track) return RT_MEDIA_DONE;
  run.track->in_fragments = true;
  if (!run.timed) mp4->untimed = true; /* without a time of its own (tfdt) it follows the one before it */
  run.track->last_tick += run.ticks;
  run.track->ticks += run.ticks;
  run.track->samples += run.samples;
  return RT_MEDIA_DONE;
}

rt_media_state rt_mp4_fragment(rt_mp4 *mp4, const rt_box *fragment) {
  uint64_t size = fragment->end - fragment->start;
  mp4->wish_end = size <= RT_MP4_WHOLE ? fragment->end + 16 : fragment->start + RT_MP4_HEAD;
  rt_boxes boxes = rt_mp4_boxes(mp4, fragment->body, fragment->end);
  for (;;) {
    rt_box_found found = rt_boxes_find(&boxes, RT_BOX('t', 'r', 'a', 'f'));
    if (found == RT_BOX_NONE) break;
    if (found != RT_BOX_HERE) return rt_mp4_stopped(mp4, &boxes, found);
    rt_media_state state = track_fragment(mp4, &boxes.box);
    if (state != RT_MEDIA_DONE) return state;
  }
  if (mp4->fragments++ == 0) mp4->first_fragment = fragment->start;
  return RT_MEDIA_DONE;
}

/* ---- the index at the end ---- */

/* tfra: where its last entry points to. The entries' lengths are told by the box. */
static rt_media_state last_entry(rt_mp4 *mp4, const rt_box *box, uint64_t *place) {
  const unsigned char *p;
  rt_media_state state = rt_mp4_body(mp4, box, 0, 16, &p);
  if (state != RT_MEDIA_DONE) return state;
  uint32_t lengths = rt_big32(p + 8), count = rt_big32(p + 12);
  bool long_places = p[0] == 1;
  uint64_t each = (long_places ? 16 : 8) + (lengths >> 4 & 3) + 1 + (lengths >> 2 & 3) + 1 + (lengths & 3) + 1;
  if (count == 0) return state;
  state = rt_mp4_body(mp4, box, 16 + each * (count - 1), long_places ? 16 : 8, &p);
  if (state != RT_MEDIA_DONE) return state;
  uint64_t found = long_places ? rt_big64(p + 8) : rt_big32(p + 4);
  if (found > *place) *place = found;
  return state;
}

static rt_media_state last_place(rt_mp4 *mp4, const rt_box *index, uint64_t *place) {
  mp4->wish_end = index->end;
  rt_boxes boxes = rt_mp4_boxes(mp4, index->body, index->end);
  for (;;) {
    rt_box_found found = rt_boxes_find(&boxes, RT_BOX('t', 'f', 'r', 'a'));
    if (found == RT_BOX_LACK) return rt_mp4_stopped(mp4, &boxes, found);
    if (found != RT_BOX_HERE) return RT_MEDIA_DONE;
    rt_media_state state = last_entry(mp4, &boxes.box, place);
    if (state != RT_MEDIA_DONE) return state;
  }
}

/* A box of that type at that place, that ends within the file. */
static rt_box_found box_at(rt_mp4 *mp4, uint64_t place, uint32_t type, rt_box *box) {
  rt_boxes boxes = rt_mp4_boxes(mp4, place, mp4->pieces->total);
  rt_box_found found = rt_boxes_next(&boxes);
  *box = boxes.box;
  return found == RT_BOX_HERE && box->type != type ? RT_BOX_NONE : found;
}

/* Reads the fragment at `place`, unless it was the first, which has been read. */
static rt_media_state read_at(rt_mp4 *mp4, uint64_t place, bool *found) {
  rt_box box;
  *found = place == mp4->first_fragment;
  if (*found || mp4->untimed) return RT_MEDIA_DONE;
  mp4->wish_end = place + RT_MP4_HEAD;
  rt_box_found there = box_at(mp4, place, RT_BOX('m', 'o', 'o', 'f'), &box);
  if (there == RT_BOX_LACK) return rt_media_lacks(mp4->pieces, mp4->out);
  *found = there == RT_BOX_HERE;
  return *found ? rt_mp4_fragment(mp4, &box) : RT_MEDIA_DONE;
}

/* By mfra, which ends in a box (mfro) that tells how long it is. */
static rt_media_state by_index(rt_mp4 *mp4, bool *found) {
  uint64_t total = mp4->pieces->total, place = 0;
  const unsigned char *p = rt_pieces_at(mp4->pieces, total - 16, 16);
  if (!p) return rt_media_lacks(mp4->pieces, mp4->out);
  uint32_t length = rt_big32(p + 12);
  if (rt_big32(p) != 16 || rt_big32(p + 4) != RT_BOX('m', 'f', 'r', 'o') || length < 32 || length > INDEX_READ || length > total)
    return RT_MEDIA_DONE;
  rt_box box;
  mp4->wish_end = total;
  rt_box_found there = box_at(mp4, total - length, RT_BOX('m', 'f', 'r', 'a'), &box);
  if (there == RT_BOX_LACK) return rt_media_lacks(mp4->pieces, mp4->out);
  if (there != RT_BOX_HERE) return RT_MEDIA_DONE;
  rt_media_state state = last_place(mp4, &box, &place);
  return state == RT_MEDIA_DONE && place ? read_at(mp4, place, found) : state;
}

/* Where there is no index: the last thing in the file's last bytes that looks like a fragment and is followed by boxes up to the end.
   One that runs past the end instead is what a cut file ends in. */
static rt_media_state by_look(rt_mp4 *mp4, bool *found) {
  uint64_t total = mp4->pieces->total, base = total > TAIL_READ ? total - TAIL_READ : 0;
  size_t length = (size_t)(total - base);
  const unsigned char *p = rt_pieces_at(mp4->pieces, base, length);
  if (!p) return rt_media_lacks(mp4->pieces, mp4->out);
  for (size_t at = length; at-- > 4;) {
    if (p[at] != 'm' || length - at < 12 || memcmp(p + at, "moof\0\0\0\x10mfhd", 12) != 0) continue;
    rt_boxes boxes = rt_boxes_in(mp4->pieces, base + at - 4, total);
    rt_box_found there;
    do there = rt_boxes_next(&boxes);
    while (there == RT_BOX_HERE);
    if (there == RT_BOX_NONE && boxes.at == total) return read_at(mp4, base + at - 4, found);
    return there == RT_BOX_CUT && boxes.box.type == RT_BOX('m', 'd', 'a', 't') ? rt_mp4_truncated(mp4, &boxes.box) : RT_MEDIA_DONE;
  }
  return RT_MEDIA_DONE;
}

rt_media_state rt_mp4_last_fragment(rt_mp4 *mp4, bool *found) {
  *found = false;
  if (mp4->pieces->total == RT_SIZE_UNKNOWN || mp4->pieces->total < 32 || mp4->untimed) return RT_MEDIA_DONE;
  rt_media_state state = by_index(mp4, found);
  return state == RT_MEDIA_DONE && !*found ? by_look(mp4, found) : state;
}
