/* Boxes and EBML elements: sizes of every kind, ranges that end too early, and bytes that come one by one. */
#include "../../src/boxes.h"
#include "../../src/ebml.h"
#include "media_build.h"

static rt_pieces at_hand;

static rt_boxes all_boxes(uint64_t end) {
  rt_pieces_memory(&at_hand, file, size);
  return rt_boxes_in(&at_hand, 0, end);
}

static void boxes_end_to_end(void) {
  size = 0;
  empty_box("ftyp", 8);
  empty_box("free", 0);
  PUT("\0\0\0\1mdat\0\0\0\0\0\0\0\x14....");
  PUT("\0\0\0\0moov..");
  rt_boxes boxes = all_boxes(size);
  CHECK(rt_boxes_next(&boxes) == RT_BOX_HERE && boxes.box.type == RT_BOX('f', 't', 'y', 'p'));
  CHECK(boxes.box.start == 0 && boxes.box.body == 8 && boxes.box.end == 16);
  CHECK(rt_boxes_next(&boxes) == RT_BOX_HERE && boxes.box.body == 24 && boxes.box.end == 24);
  CHECK(rt_boxes_next(&boxes) == RT_BOX_HERE && boxes.box.body == 40 && boxes.box.end == 44);
  CHECK(rt_boxes_next(&boxes) == RT_BOX_HERE && boxes.box.type == RT_BOX('m', 'o', 'o', 'v') && boxes.box.end == size);
  CHECK(rt_boxes_next(&boxes) == RT_BOX_NONE);
  boxes = all_boxes(size);
  CHECK(rt_boxes_find(&boxes, RT_BOX('m', 'o', 'o', 'v')) == RT_BOX_HERE && boxes.box.start == 44);
  boxes = all_boxes(size);
  CHECK(rt_boxes_find(&boxes, RT_BOX('u', 'd', 't', 'a')) == RT_BOX_NONE);
}

static void boxes_that_do_not_fit(void) {
  size = 0;
  empty_box("ftyp", 8);
  empty_box("mdat", 100);
  rt_boxes boxes = all_boxes(60);
  CHECK(rt_boxes_find(&boxes, RT_BOX('m', 'o', 'o', 'v')) == RT_BOX_CUT && boxes.box.type == RT_BOX('m', 'd', 'a', 't'));
  CHECK(boxes.box.end == 124 && rt_boxes_next(&boxes) == RT_BOX_NONE);
  boxes = all_boxes(19); /* three bytes are no box */
  CHECK(rt_boxes_next(&boxes) == RT_BOX_HERE && rt_boxes_next(&boxes) == RT_BOX_NONE);
  static const char *const sizes[] = {"\0\0\0\7", "\0\0\0\2"};
  for (size_t i = 0; i < 2; i++) {
    memcpy(file, sizes[i], 4);
    boxes = all_boxes(size);
    CHECK(rt_boxes_next(&boxes) == RT_BOX_BROKEN && boxes.box.start == 0);
  }
  memcpy(file, "\0\0\0\1ftyp\xff\xff\xff\xff\xff\xff\xff\xff", 16);
  boxes = all_boxes(size);
  CHECK(rt_boxes_next(&boxes) == RT_BOX_BROKEN);
  memcpy(file, "\0\0\0\1ftyp\0\0\0\0\0\0\0\xf", 16);
  boxes = all_boxes(size);
  CHECK(rt_boxes_next(&boxes) == RT_BOX_BROKEN);
}

static void boxes_not_at_hand(void) {
  rt_pieces pieces;
  rt_pieces_start(&pieces, RT_SIZE_UNKNOWN);
  rt_boxes boxes = rt_boxes_in(&pieces, 100, RT_SIZE_UNKNOWN);
  CHECK(rt_boxes_next(&boxes) == RT_BOX_LACK && pieces.wanted_offset == 100 && pieces.wanted_length == 8);
  boxes.wish_end = 1000;
  CHECK(rt_boxes_next(&boxes) == RT_BOX_LACK && pieces.wanted_length == 900);
  boxes.wish_end = UINT64_MAX;
  CHECK(rt_boxes_next(&boxes) == RT_BOX_LACK && pieces.wanted_length == RT_PIECES_HELD);
  boxes.wish_end = 0;
  CHECK(rt_pieces_add(&pieces, 100, "\0\0\0\1mdat", 8));
  CHECK(rt_boxes_next(&boxes) == RT_BOX_LACK && pieces.wanted_offset == 108 && pieces.wanted_length == 8);
  rt_pieces_end(&pieces, 110);
  CHECK(rt_boxes_next(&boxes) == RT_BOX_LACK && pieces.past_end);
  rt_pieces_free(&pieces);
}

/* Ten thousand boxes in a row are looked at as far as is useful. */
static void many_boxes(void) {
  size = 0;
  for (int i = 0; i < 10000; i++) empty_box("free", 0);
  rt_boxes boxes = all_boxes(size);
  int seen = 0;
  while (rt_boxes_next(&boxes) == RT_BOX_HERE) seen++;
  CHECK(seen == RT_BOXES_LOOKED_AT && boxes.left == 0);
}

static void names_of_boxes(void) {
  CHECK_STR(rt_box_name_of(RT_BOX('m', 'o', 'o', 'v')).text, "moov");
  CHECK_STR(rt_box_name_of(RT_BOX(0xA9, 'n', 'a', 'm')).text, "0xa96e616d");
  CHECK_STR(rt_box_name_of(1).text, "0x00000001");
}

/* ---- EBML ---- */

static rt_elements all_elements(uint64_t end) {
  rt_pieces_memory(&at_hand, file, size);
  return rt_elements_in(&at_hand, 0, end, 0);
}

static void elements_end_to_end(void) {
  size = 0;
  PUT("\x1a\x45\xdf\xa3\x84....");                                 /* an id of four bytes */
  PUT("\x42\x86\x40\x02\x01\x02");                                 /* two; a size of two */
  PUT("\xec\x01\0\0\0\0\0\0\x03...");                              /* one; a size of eight */
  PUT("\x44\x89\x84\x3f\xc0\0\0\x44\x89\x88\x40\x04\0\0\0\0\0\0"); /* 1.5 and 2.5 */
  PUT("\x18\x53\x80\x67\xff..");                                   /* of unknown size */
  rt_elements elements = all_elements(size);
  uint64_t number;
  double real;
  CHECK(rt_elements_next(&elements) == RT_ELEMENT_HERE && elements.element.id == 0x1A45DFA3 && elements.element.end == 9);
  CHECK(rt_elements_next(&elements) == RT_ELEMENT_HERE && elements.element.id == 0x4286);
  CHECK(rt_element_number(&elements, &number) && number == 0x102);
  CHECK(rt_elements_next(&elements) == RT_ELEMENT_HERE && elements.element.id == 0xEC && elements.element.end - elements.element.body == 3);
  CHECK(rt_elements_next(&elements) == RT_ELEMENT_HERE && rt_element_real(&elements, &real) && close_to(real, 1.5));
  CHECK(rt_elements_next(&elements) == RT_ELEMENT_HERE && rt_element_real(&elements, &real) && close_to(real, 2.5));
  CHECK(rt_elements_next(&elements) == RT_ELEMENT_HERE && elements.element.endless && elements.element.end == size);
  CHECK(rt_elements_next(&elements) == RT_ELEMENT_NONE);
}

static void elements_that_do_not_fit(void) {
  static const struct {
    const char *bytes;
    size_t length;
    rt_element_found found;
  } cases[] = {
      {"\x08\x80", 2, RT_ELEMENT_BROKEN}, /* no id has five bytes */
      {"\x1a\x45", 2, RT_ELEMENT_BROKEN},
      {"\xec", 1, RT_ELEMENT_BROKEN},
      {"\xec\x40", 2, RT_ELEMENT_BROKEN},
      {"\xec\x00\x81", 3, RT_ELEMENT_BROKEN},
      {"\xec\x85....", 6, RT_ELEMENT_CUT},
      {"\xec\x84....", 6, RT_ELEMENT_HERE},
      {"\xec\x01\xff\xff\xff\xff\xff\xff\xfe", 9, RT_ELEMENT_CUT},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    size = 0;
    put(cases[i].bytes, cases[i].length);
    rt_elements elements = all_elements(size);
    CHECK(rt_elements_next(&elements) == cases[i].found);
  }
  size = 0;
  PUT("\xec\x89.........\xec\x83...\xec\x80"); /* numbers of nine bytes, reals of three, and nothing */
  rt_elements elements = all_elements(size);
  uint64_t number = 1;
  double real = 1;
  CHECK(rt_elements_next(&elements) == RT_ELEMENT_HERE && rt_element_number(&elements, &number) && number == 0);
  CHECK(rt_elements_next(&elements) == RT_ELEMENT_HERE && rt_element_real(&elements, &real) && close_to(real, 0));
  CHECK(rt_elements_next(&elements) == RT_ELEMENT_HERE && rt_element_number(&elements, &number) && number == 0);
}

int main(void) {
  boxes_end_to_end();
  boxes_that_do_not_fit();
  boxes_not_at_hand();
  many_boxes();
  names_of_boxes();
  elements_end_to_end();
  elements_that_do_not_fit();
  return unit_report();
}
