#include "heif_items.h"

#include <string.h>

#include "bytes.h"
#include "media_forms.h"

/* META_AT_ONCE: a telephone's picture of fifty tiles has four kilobytes of this. */
enum { META_AT_ONCE = 16384, PROPERTIES = 32, ENTRIES = 4096, FULL = 4 };

typedef struct {
  uint32_t index; /* in ipco, from 1 */
  rt_box box;     /* type 0: not found */
} property;

typedef struct {
  rt_pieces *pieces;
  rt_media *out;
  rt_box meta;
} items;

/* A box by its way from `parent`'s body on. *found is false where there is none. */
static rt_media_state find_box(const items *in, uint64_t body, uint64_t end, uint32_t type, rt_box *box, bool *found) {
  rt_boxes boxes = rt_boxes_in(in->pieces, body, end);
  switch (rt_boxes_find(&boxes, type)) {
  case RT_BOX_HERE:
    *found = true;
    *box = boxes.box;
    return RT_MEDIA_DONE;
  case RT_BOX_NONE:
    *found = false;
    return RT_MEDIA_DONE;
  case RT_BOX_LACK:
    return rt_media_lacks(in->pieces, in->out);
  default:
    return rt_media_corrupt(in->out, "the file's list of its items is damaged");
  }
}

static rt_media_state need_box(const items *in, uint64_t body, uint64_t end, uint32_t type, rt_box *box) {
  bool found;
  rt_media_state state = find_box(in, body, end, type, box, &found);
  if (state != RT_MEDIA_DONE || found) return state;
  return rt_media_corrupt(in->out, "the file's list of its items holds no %s box", rt_box_name_of(type).text);
}

/* Bytes of a box's body; past its end there are none. */
static rt_media_state body_at(const items *in, const rt_box *box, uint64_t offset, size_t length, const unsigned char **p) {
  if (offset > box->end - box->body || box->end - box->body - offset < length)
    return rt_media_corrupt(in->out, "the file's %s box is too short", rt_box_name_of(box->type).text);
  *p = rt_pieces_at(in->pieces, box->body + offset, length);
  return *p ? RT_MEDIA_DONE : rt_media_lacks(in->pieces, in->out);
}

/* ---- which properties belong to the primary item ---- */

static rt_media_state primary_id(const items *in, uint32_t *id) {
  rt_box pitm;
  const unsigned char *p = NULL;
  rt_media_state state = need_box(in, in->meta.body + FULL, in->meta.end, RT_BOX('p', 'i', 't', 'm'), &pitm);
  if (state == RT_MEDIA_DONE) state = body_at(in, &pitm, 0, FULL + 2, &p);
  if (state != RT_MEDIA_DONE) return state;
  *id = rt_big16(p + FULL);
  if (p[0] == 0) return RT_MEDIA_DONE;
  state = body_at(in, &pitm, 0, FULL + 4, &p);
  if (state == RT_MEDIA_DONE) *id = rt_big32(p + FULL);
  return state;
}

/* One entry's properties, at `offset` of ipma: one or two bytes each, the highest bit of no interest. */
static rt_media_state read_entry(const items *in, const rt_box *ipma, uint64_t offset, size_t wide, unsigned count, property *out) {
  for (unsigned i = 0; i < count && i < PROPERTIES; i++) {
    const unsigned char *p = NULL;
    rt_media_state state = body_at(in, ipma, offset + i * wide, wide, &p);
    if (state != RT_MEDIA_DONE) return state;
    out[i].index = wide == 2 ? rt_big16(p) & 0x7FFF : *p & 0x7F;
    out[i].box.type = 0;
  }
  return RT_MEDIA_DONE;
}

/* *count: how many properties the item has, in the order in which they apply. */
static rt_media_state read_associations(const items *in, const rt_box *ipma, uint32_t id, property *out, unsigned *count) {
  const unsigned char *p = NULL;
  rt_media_state state = body_at(in, ipma, 0, 8, &p);
  if (state != RT_MEDIA_DONE) return state;
  size_t id_bytes = p[0] == 0 ? 2 : 4, wide = p[3] & 1 ? 2 : 1;
  uint32_t entries = rt_big32(p + 4);
  uint64_t offset = 8;
  *count = 0;
  for (uint32_t i = 0; i < entries && i < ENTRIES; i++) {
    state = body_at(in, ipma, offset, id_bytes + 1, &p);
    if (state != RT_MEDIA_DONE) return state;
    unsigned held = p[id_bytes];
    offset += id_bytes + 1;
    if ((id_bytes == 2 ? rt_big16(p) : rt_big32(p)) == id) {
      *count = held < PROPERTIES ? held : PROPERTIES;
      return read_entry(in, ipma, offset, wide, held, out);
    }
    offset += held * wide;
  }
  return RT_MEDIA_DONE;
}

static rt_media_state find_properties(const items *in, const rt_box *ipco, property *properties, unsigned count) {
  rt_boxes boxes = rt_boxes_in(in->pieces, ipco->body, ipco->end);
  for (uint32_t index = 1;; index++) {
    switch (rt_boxes_next(&boxes)) {
    case RT_BOX_NONE:
      return RT_MEDIA_DONE;
    case RT_BOX_LACK:
      return rt_media_lacks(in->pieces, in->out);
    case RT_BOX_HERE:
      break;
    default:
      return rt_media_corrupt(in->out, "the file's list of its items' properties is damaged");
    }
    for (unsigned i = 0; i < count; i++)
      if (properties[i].index == index) properties[i].box = boxes.box;
  }
}

/* ---- what they do ---- */

typedef struct {
  uint32_t width, height; /* before any turning */
  int turn[4];            /* from stored to shown places, x to the right and y down */
} view;

static void turn_by(view *shown, int a, int b, int c, int d) {
  const int *t = shown->turn;
  int turned[4] = {a * t[0] + b * t[2], a * t[1] + b * t[3], c * t[0] + d * t[2], c * t[1] + d * t[3]};
  memcpy(shown->turn, turned, sizeof turned);
}

static int orientation_of(const view *shown) {
  static const int turns[8][4] = {{1, 0, 0, 1}, {-1, 0, 0, 1}, {-1, 0, 0, -1}, {1, 0, 0, -1},
                                  {0, 1, 1, 0}, {0, -1, 1, 0}, {0, -1, -1, 0}, {0, 1, -1, 0}};
  for (int i = 0; i < 8; i++)
    if (memcmp(turns[i], shown->turn, sizeof turns[i]) == 0) return i + 1;
  return 1;
}

/* The clean aperture: a side as a fraction, in the picture as it is before it is turned. Encoders pad odd sides and cut them so. */
static void crop(uint32_t *side, const unsigned char *p) {
  uint64_t numerator = rt_big32(p), denominator = rt_big32(p + 4);
  if (denominator == 0) return;
  uint64_t cropped = (numerator + denominator / 2) / denominator;
  if (cropped > 0 && cropped < *side) *side = (uint32_t)cropped;
}

/* Anticlockwise, in quarters. */
static void rotate(view *shown, unsigned quarters) {
  for (unsigned i = 0; i < (quarters & 3); i++) turn_by(shown, 0, 1, -1, 0);
}

static rt_media_state apply(const items *in, const property *own, view *shown) {
  const unsigned char *p = NULL;
  rt_media_state state;
  switch (own->box.type) {
  case RT_BOX('i', 's', 'p', 'e'):
    state = body_at(in, &own->box, FULL, 8, &p);
    if (state != RT_MEDIA_DONE) return state;
    shown->width = rt_big32(p);
    shown->height = rt_big32(p + 4);
    return state;
  case RT_BOX('c', 'l', 'a', 'p'):
    state = body_at(in, &own->box, 0, 32, &p);
    if (state != RT_MEDIA_DONE) return state;
    crop(&shown->width, p);
    crop(&shown->height, p + 8);
    return state;
  case RT_BOX('i', 'r', 'o', 't'):
    state = body_at(in, &own->box, 0, 1, &p);
    if (state == RT_MEDIA_DONE) rotate(shown, *p);
    return state;
  case RT_BOX('i', 'm', 'i', 'r'):
    state = body_at(in, &own->box, 0, 1, &p);
    if (state == RT_MEDIA_DONE) turn_by(shown, *p & 1 ? -1 : 1, 0, 0, *p & 1 ? 1 : -1);
    return state;
  default:
    return RT_MEDIA_DONE;
  }
}

/* All of the meta box at once, where it is of a usual size: what is looked for in it stands all over it. */
static bool bring(rt_pieces *pieces, rt_box meta) {
  uint64_t length = meta.end - meta.start;
  return rt_pieces_at(pieces, meta.start, length < META_AT_ONCE ? (size_t)length : META_AT_ONCE) != NULL;
}

rt_media_state rt_heif_primary(rt_pieces *pieces, rt_box meta, rt_media *out) {
  const items in = {pieces, out, meta};
  if (!bring(pieces, meta)) return rt_media_lacks(pieces, out);
  rt_box iprp, ipco, ipma;
  uint32_t id = 0;
  unsigned count = 0;
  property properties[PROPERTIES];
  view shown = {0, 0, {1, 0, 0, 1}};
  rt_media_state state = primary_id(&in, &id);
  if (state == RT_MEDIA_DONE) state = need_box(&in, meta.body + FULL, meta.end, RT_BOX('i', 'p', 'r', 'p'), &iprp);
  if (state == RT_MEDIA_DONE) state = need_box(&in, iprp.body, iprp.end, RT_BOX('i', 'p', 'c', 'o'), &ipco);
  if (state == RT_MEDIA_DONE) state = need_box(&in, iprp.body, iprp.end, RT_BOX('i', 'p', 'm', 'a'), &ipma);
  if (state == RT_MEDIA_DONE) state = read_associations(&in, &ipma, id, properties, &count);
  if (state == RT_MEDIA_DONE) state = find_properties(&in, &ipco, properties, count);
  for (unsigned i = 0; state == RT_MEDIA_DONE && i < count; i++) state = apply(&in, &properties[i], &shown);
  if (state != RT_MEDIA_DONE) return state;
  out->orientation = orientation_of(&shown);
  return rt_media_measure(out, shown.width, shown.height);
}

/* ---- where the items lie ---- */

typedef struct {
  unsigned offset, length, base, index; /* bytes of each number: 0, 4 or 8 */
  unsigned version;
} layout;

static uint64_t number(const unsigned char *p, unsigned bytes) {
  return bytes == 8 ? rt_big64(p) : bytes == 4 ? rt_big32(p) : 0;
}

static bool is_legal(const layout *l) {
  const unsigned sizes[] = {l->offset, l->length, l->base, l->index};
  for (int i = 0; i < 4; i++)
    if (sizes[i] != 0 && sizes[i] != 4 && sizes[i] != 8) return false;
  return l->version <= 2;
}

/* One item's extents, which begin at *offset of iloc. Those outside the file itself count as nowhere. */
static rt_media_state read_extents(const items *in, const rt_box *iloc, const layout *l, uint64_t *offset, bool here, uint64_t *end) {
  const unsigned char *p = NULL;
  rt_media_state state = body_at(in, iloc, *offset, l->base + 2, &p);
  if (state != RT_MEDIA_DONE) return state;
  uint64_t base = number(p, l->base);
  uint32_t extents = rt_big16(p + l->base);
  *offset += l->base + 2;
  size_t wide = l->index + l->offset + l->length;
  for (uint32_t i = 0; i < extents && i < ENTRIES; i++, *offset += wide) {
    state = body_at(in, iloc, *offset, wide, &p);
    if (state != RT_MEDIA_DONE) return state;
    uint64_t place = number(p + l->index, l->offset), length = number(p + l->index + l->offset, l->length);
    if (base > UINT64_MAX / 4 || place > UINT64_MAX / 4 || length > UINT64_MAX / 4)
      return rt_media_corrupt(in->out, "the file's list of where its items lie is damaged");
    if (here && length > 0 && base + place + length > *end) *end = base + place + length;
  }
  return RT_MEDIA_DONE;
}

static rt_media_state read_layout(const items *in, const rt_box *iloc, layout *l, uint32_t *count, uint64_t *offset) {
  const unsigned char *p = NULL;
  rt_media_state state = body_at(in, iloc, 0, FULL + 4, &p);
  if (state != RT_MEDIA_DONE) return state;
  *l = (layout){p[4] >> 4, p[4] & 15, p[5] >> 4, p[0] ? p[5] & 15 : 0, p[0]};
  if (!is_legal(l)) return rt_media_corrupt(in->out, "the file's list of where its items lie is damaged");
  *count = rt_big16(p + FULL + 2);
  *offset = FULL + 4;
  if (l->version < 2) return RT_MEDIA_DONE;
  state = body_at(in, iloc, 0, FULL + 6, &p);
  if (state == RT_MEDIA_DONE) *count = rt_big32(p + FULL + 2);
  *offset = FULL + 6;
  return state;
}

rt_media_state rt_heif_last_byte(rt_pieces *pieces, rt_box meta, rt_media *out, uint64_t *end) {
  const items in = {pieces, out, meta};
  rt_box iloc;
  layout l;
  bool found;
  uint32_t count = 0;
  uint64_t offset = 0;
  *end = 0;
  rt_media_state state = find_box(&in, meta.body + FULL, meta.end, RT_BOX('i', 'l', 'o', 'c'), &iloc, &found);
  if (state != RT_MEDIA_DONE || !found) return state;
  state = read_layout(&in, &iloc, &l, &count, &offset);
  for (uint32_t i = 0; state == RT_MEDIA_DONE && i < count && i < ENTRIES; i++) {
    const unsigned char *p = NULL;
    size_t head = (l.version < 2 ? 2 : 4) + (l.version ? 2 : 0) + 2; /* its id, how it is stored, in which file */
    state = body_at(&in, &iloc, offset, head, &p);
    if (state != RT_MEDIA_DONE) return state;
    bool here = rt_big16(p + head - 2) == 0 && (l.version == 0 || (p[head - 3] & 15) == 0);
    offset += head;
    state = read_extents(&in, &iloc, &l, &offset, here, end);
  }
  return state;
}
