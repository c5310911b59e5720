#include "boxes.h"

#include <stdio.h>

#include "bytes.h"

rt_boxes rt_boxes_in(rt_pieces *pieces, uint64_t begin, uint64_t end) {
  rt_boxes boxes = {pieces, begin, end, 0, RT_BOXES_LOOKED_AT, {0, 0, 0, 0}};
  return boxes;
}

/* Fewer bytes than a header has are left in the range: padding, or the four zeroes that end some of QuickTime's lists. */
static bool is_spent(const rt_boxes *boxes) {
  return boxes->left == 0 || boxes->at >= boxes->end || boxes->end - boxes->at < 8;
}

static const unsigned char *header_of(rt_boxes *boxes, size_t length) {
  uint64_t wish = boxes->wish_end > boxes->at ? boxes->wish_end - boxes->at : 0;
  return rt_pieces_ask(boxes->pieces, boxes->at, length, wish < RT_PIECES_HELD ? (size_t)wish : RT_PIECES_HELD);
}

rt_box_found rt_boxes_next(rt_boxes *boxes) {
  if (is_spent(boxes)) return RT_BOX_NONE;
  const unsigned char *p = header_of(boxes, 8);
  if (!p) return RT_BOX_LACK;
  rt_box *box = &boxes->box;
  uint64_t size = rt_big32(p), header = 8;
  box->type = rt_big32(p + 4);
  if (size == 1) {
    p = header_of(boxes, 16);
    if (!p) return RT_BOX_LACK;
    size = rt_big64(p + 8);
    header = 16;
  }
  box->start = boxes->at;
  box->body = boxes->at + header;
  if (size == 0) /* to the end */
    box->end = boxes->end;
  else if (size < header || size > UINT64_MAX - 1 - boxes->at)
    return RT_BOX_BROKEN;
  else
    box->end = boxes->at + size;
  boxes->at = box->end;
  boxes->left--;
  return box->end > boxes->end ? RT_BOX_CUT : RT_BOX_HERE;
}

rt_box_found rt_boxes_find(rt_boxes *boxes, uint32_t type) {
  rt_box_found found;
  do found = rt_boxes_next(boxes);
  while (found == RT_BOX_HERE && boxes->box.type != type);
  return found;
}

rt_box_name rt_box_name_of(uint32_t type) {
  rt_box_name name;
  bool letters = true;
  for (int shift = 0; shift < 32; shift += 8) letters = letters && (type >> shift & 255) >= ' ' && (type >> shift & 255) < 127;
  if (letters)
    snprintf(name.text, sizeof name.text, "%c%c%c%c", (int)(type >> 24), (int)(type >> 16 & 255), (int)(type >> 8 & 255),
             (int)(type & 255));
  else
    snprintf(name.text, sizeof name.text, "0x%08lx", (unsigned long)type);
  return name;
}
