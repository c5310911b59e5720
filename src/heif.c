/* heif.c: HEIC and AVIF, stills and sequences. The meta box tells of the picture, a moov box of the frames of a sequence. */
#include "boxes.h"
#include "bytes.h"
#include "heif_items.h"
#include "media_forms.h"

enum { MOOV_AT_ONCE = 4096 };

typedef struct {
  rt_box meta, moov; /* type 0: there is none */
  bool sequence;     /* its brands say that there is a moov box */
  bool cut;          /* a box runs past the file's end, or the file ends inside a box's header */
  uint64_t end;      /* of the last box */
} layout;

/* ---- the boxes of the file ---- */

static bool is_sequence_brand(uint32_t brand) {
  return brand == RT_BOX('a', 'v', 'i', 's') || brand == RT_BOX('m', 's', 'f', '1') || brand == RT_BOX('h', 'e', 'v', 'c') ||
         brand == RT_BOX('h', 'e', 'v', 'x');
}

/* Major and compatible brands; the version between them is 0 and none. What was sniffed from holds all that matter. */
static void read_brands(rt_pieces *pieces, layout *l) {
  const unsigned char *p = rt_pieces_at(pieces, 0, 4);
  uint32_t length = p ? rt_big32(p) : 0;
  for (uint32_t at = 8; at + 4 <= length && at < 64; at += 4) {
    p = rt_pieces_at(pieces, at, 4);
    if (p && is_sequence_brand(rt_big32(p))) l->sequence = true;
  }
}

static bool all_found(const rt_pieces *pieces, const layout *l) {
  return pieces->total == RT_SIZE_UNKNOWN && l->meta.type && (l->moov.type || !l->sequence);
}

static rt_media_state look_through(rt_pieces *pieces, rt_media *out, layout *l) {
  rt_boxes boxes = rt_boxes_in(pieces, 0, pieces->total);
  rt_box_found found;
  while (!all_found(pieces, l)) {
    found = rt_boxes_next(&boxes);
    if (found == RT_BOX_NONE) l->cut = boxes.left > 0 && boxes.at < pieces->total;
    if (found == RT_BOX_LACK) return rt_media_lacks(pieces, out);
    if (found == RT_BOX_BROKEN)
      return rt_media_corrupt(out, "the box (%s) at byte %llu has no length that a box can have", rt_box_name_of(boxes.box.type).text,
                              (unsigned long long)boxes.at);
    if (found == RT_BOX_NONE) break;
    l->end = boxes.box.end;
    l->cut = found == RT_BOX_CUT;
    if (l->cut) break;
    if (boxes.box.type == RT_BOX('m', 'e', 't', 'a') && !l->meta.type) l->meta = boxes.box;
    if (boxes.box.type == RT_BOX('m', 'o', 'o', 'v') && !l->moov.type) l->moov = boxes.box;
  }
  return RT_MEDIA_DONE;
}

/* ---- the frames of a sequence ---- */

/* The box at the end of a way of boxes; a sequence that lacks one is taken as it is. UNKNOWN: not there. */
static rt_media_state find_way(rt_pieces *pieces, rt_box *box, const uint32_t *way, size_t length) {
  for (size_t i = 0; i < length; i++) {
    rt_boxes boxes = rt_boxes_in(pieces, box->body, box->end);
    boxes.wish_end = box->end - box->body > MOOV_AT_ONCE ? box->body + MOOV_AT_ONCE : box->end;
    rt_box_found found = rt_boxes_find(&boxes, way[i]);
    if (found == RT_BOX_LACK) return RT_MEDIA_NEED;
    if (found != RT_BOX_HERE) return RT_MEDIA_UNKNOWN;
    *box = boxes.box;
  }
  return RT_MEDIA_DONE;
}

static rt_media_state find_body(rt_pieces *pieces, rt_box box, const uint32_t *way, size_t length, size_t bytes, const unsigned char **p) {
  rt_media_state state = find_way(pieces, &box, way, length);
  if (state != RT_MEDIA_DONE) return state;
  if (box.end - box.body < bytes) return RT_MEDIA_UNKNOWN;
  *p = rt_pieces_at(pieces, box.body, bytes);
  return *p ? RT_MEDIA_DONE : RT_MEDIA_NEED;
}

/* How long it is, where its media header tells. */
static rt_media_state read_duration(rt_pieces *pieces, rt_media *out, rt_box trak) {
  static const uint32_t header[] = {RT_BOX('m', 'd', 'i', 'a'), RT_BOX('m', 'd', 'h', 'd')};
  const unsigned char *p = NULL;
  rt_media_state state = find_body(pieces, trak, header, 2, 24, &p);
  if (state == RT_MEDIA_DONE && p[0] == 1) state = find_body(pieces, trak, header, 2, 36, &p);
  if (state != RT_MEDIA_DONE) return state;
  uint32_t scale = rt_big32(p + (p[0] == 1 ? 20 : 12));
  uint64_t length = p[0] == 1 ? rt_big64(p + 24) : rt_big32(p + 16);
  if (scale == 0 || length == 0 || length >= (p[0] == 1 ? UINT64_MAX : UINT32_MAX)) return RT_MEDIA_DONE;
  out->duration = (double)length / scale;
  if (out->frames) out->frame_rate = out->frames / out->duration;
  return RT_MEDIA_DONE;
}

/* A sequence of pictures has sides of its own; they count where there is no still. */
static rt_media_state read_sides(rt_pieces *pieces, rt_media *out, rt_box trak) {
  static const uint32_t header[] = {RT_BOX('t', 'k', 'h', 'd')};
  const unsigned char *p = NULL;
  rt_media_state state = find_body(pieces, trak, header, 1, 84, &p);
  if (state == RT_MEDIA_DONE && p[0] == 1) state = find_body(pieces, trak, header, 1, 96, &p);
  if (state != RT_MEDIA_DONE || out->measured) return state;
  p += p[0] == 1 ? 88 : 76;
  return rt_media_measure(out, rt_big32(p) >> 16, rt_big32(p + 4) >> 16);
}

/* One track: DONE where it is one of pictures, else UNKNOWN. The alpha channel's has another handler. */
static rt_media_state read_track(rt_pieces *pieces, rt_media *out, rt_box trak) {
  static const uint32_t handler[] = {RT_BOX('m', 'd', 'i', 'a'), RT_BOX('h', 'd', 'l', 'r')};
  static const uint32_t sizes[] = {RT_BOX('m', 'd', 'i', 'a'), RT_BOX('m', 'i', 'n', 'f'), RT_BOX('s', 't', 'b', 'l'),
                                   RT_BOX('s', 't', 's', 'z')};
  const unsigned char *p = NULL;
  rt_media_state state = find_body(pieces, trak, handler, 2, 12, &p);
  if (state == RT_MEDIA_DONE && rt_big32(p + 8) != RT_BOX('p', 'i', 'c', 't')) state = RT_MEDIA_UNKNOWN;
  if (state == RT_MEDIA_DONE) state = find_body(pieces, trak, sizes, 4, 12, &p);
  if (state != RT_MEDIA_DONE) return state;
  out->frames = rt_big32(p + 8);
  out->animated = out->frames > 1;
  state = read_duration(pieces, out, trak);
  return state == RT_MEDIA_DONE ? read_sides(pieces, out, trak) : state;
}

static rt_media_state read_sequence(rt_pieces *pieces, rt_media *out, rt_box moov) {
  rt_boxes boxes = rt_boxes_in(pieces, moov.body, moov.end);
  boxes.wish_end = moov.end - moov.body > MOOV_AT_ONCE ? moov.body + MOOV_AT_ONCE : moov.end;
  for (unsigned tracks = 0; tracks < 16; tracks++) {
    rt_box_found found = rt_boxes_find(&boxes, RT_BOX('t', 'r', 'a', 'k'));
    if (found == RT_BOX_LACK) return rt_media_lacks(pieces, out);
    if (found != RT_BOX_HERE) break;
    rt_media_state state = read_track(pieces, out, boxes.box);
    if (state == RT_MEDIA_NEED) return rt_media_lacks(pieces, out);
    if (state != RT_MEDIA_UNKNOWN) return state;
  }
  return RT_MEDIA_DONE;
}

/* ---- the end ---- */

static rt_media_state read_end(rt_pieces *pieces, rt_media *out, const layout *l) {
  uint64_t end = 0;
  if (pieces->total == RT_SIZE_UNKNOWN) return RT_MEDIA_DONE;
  rt_media_state state = l->meta.type ? rt_heif_last_byte(pieces, l->meta, out, &end) : RT_MEDIA_DONE;
  if (state != RT_MEDIA_DONE) return state;
  if (l->end > end) end = l->end;
  if (l->cut && end <= pieces->total) end = pieces->total + 1; /* inside a box's header */
  return rt_media_ends_at(pieces, out, end);
}

rt_media_state rt_heif_read(rt_pieces *pieces, rt_media *out) {
  layout l = {.end = 0};
  read_brands(pieces, &l);
  rt_media_state state = look_through(pieces, out, &l);
  if (state != RT_MEDIA_DONE) return state;
  if (!l.meta.type && l.cut) {
    pieces->past_end = true;
    return rt_media_lacks(pieces, out);
  }
  out->frames = 1;
  if (l.meta.type) state = rt_heif_primary(pieces, l.meta, out);
  if (state == RT_MEDIA_DONE && l.moov.type) state = read_sequence(pieces, out, l.moov);
  if (state != RT_MEDIA_DONE) return state;
  if (!out->measured) return rt_media_corrupt(out, "the file holds no picture");
  out->settled = true;
  return read_end(pieces, out, &l);
}
