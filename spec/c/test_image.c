#include "../../src/image.h"

#include <stdlib.h>

#include "unit.h"

static unsigned char file[1 << 20];
static size_t size;

static void load(const char *name) {
  char path[256];
  snprintf(path, sizeof path, "spec/fixtures/%s", name);
  FILE *in = fopen(path, "rb");
  size = in ? fread(file, 1, sizeof file, in) : 0;
  if (in) fclose(in);
  CHECK(size > 0);
}

static void put(const void *bytes, size_t length) {
  memcpy(file + size, bytes, length);
  size += length;
}

static size_t read_bytes, reads;

/* As a file would be read: `most` bytes at once at the most, and only what is wanted. */
static rt_image_state walk(rt_image *image, uint64_t total, size_t most) {
  uint64_t offset;
  size_t length;
  read_bytes = reads = 0;
  rt_image_start(image, total);
  while (rt_image_wants(image, &offset, &length)) {
    size_t here = offset < size ? size - (size_t)offset : 0;
    if (length > most && most >= image->need) length = most;
    if (length > here) length = here;
    unsigned char *copy = malloc(length + 1); /* a block of its own, so that a read past its end is seen */
    if (length) memcpy(copy, file + offset, length);
    rt_image_feed(image, copy, length);
    free(copy);
    read_bytes += length;
    if (++reads > 2 * sizeof file) return RT_IMAGE_NEED;
  }
  return image->state;
}

static void sizes_of_real_files(void) {
  static const struct {
    const char *name, *type;
    unsigned width, height;
    int orientation;
    bool animated;
  } cases[] = {
      {"boat.png", "image/png", 64, 40, 1, false},
      {"moving.png", "image/png", 64, 40, 1, true},
      {"boat.jpg", "image/jpeg", 60, 40, 1, false},
      {"turned.jpg", "image/jpeg", 40, 60, 6, false},
      {"turned_big_endian.jpg", "image/jpeg", 40, 60, 8, false},
      {"lossy.webp", "image/webp", 64, 40, 1, false},
      {"lossless.webp", "image/webp", 63, 41, 1, false},
      {"alpha.webp", "image/webp", 64, 40, 1, false},
      {"moving.webp", "image/webp", 64, 40, 1, true},
  };
  static const size_t pieces[] = {1 << 20, 64, 12, 1};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    load(cases[i].name);
    for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++)
      for (int known = 0; known < 2; known++) {
        rt_image image;
        CHECK(walk(&image, known ? size : RT_SIZE_UNKNOWN, pieces[k]) == RT_IMAGE_DONE);
        CHECK(image.width == cases[i].width && image.height == cases[i].height);
        CHECK(image.orientation == cases[i].orientation && image.animated == cases[i].animated);
        CHECK(image.complete == (known == 1));
        CHECK_STR(rt_image_media_type(&image), cases[i].type);
      }
    rt_image image;
    CHECK(rt_image_read(&image, file, size, size) == RT_IMAGE_DONE && image.complete);
  }
}

/* Cut anywhere, a file is never called whole, and with its size unknown a prefix is never called damaged. */
static void every_prefix(void) {
  static const char *const names[] = {"boat.png", "moving.png", "boat.jpg", "turned.jpg", "lossy.webp", "lossless.webp", "moving.webp"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    load(names[i]);
    size_t full = size;
    for (size = 0; size < full; size++) {
      rt_image image;
      rt_image_state state = walk(&image, size, 4096);
      CHECK(state == RT_IMAGE_CORRUPT || (state == RT_IMAGE_UNKNOWN && size < 12));
      CHECK(state != RT_IMAGE_CORRUPT || image.message[0]);
      state = rt_image_read(&image, file, size, RT_SIZE_UNKNOWN);
      CHECK(state == RT_IMAGE_NEED || state == RT_IMAGE_DONE);
    }
  }
}

/* Trailing bytes are no damage: phones append videos to pictures, and tools append notes. */
static void something_after_the_end(void) {
  static const char *const names[] = {"boat.png", "moving.png", "boat.jpg", "turned.jpg", "lossy.webp", "moving.webp"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    rt_image image;
    load(names[i]);
    memset(file + size, 0x55, 300000);
    size += 300000;
    CHECK(walk(&image, size, 65536) == RT_IMAGE_DONE && image.complete);
    CHECK(read_bytes < 100000); /* the walk stops at the end marker */
  }
}

/* A segment of a JPEG holds at most 65533 bytes, so large profiles and notes come in many; none of them is read. */
static void large_profile_is_stepped_over(void) {
  static unsigned char jpeg[2000];
  load("turned.jpg");
  memcpy(jpeg, file, size);
  size_t length = size, exif = 2 + 2 + (size_t)(jpeg[4] << 8 | jpeg[5]);
  size = 0;
  put(jpeg, exif);
  for (int i = 0; i < 14; i++) {
    put("\xff\xe2\xff\xff", 4);
    size += 65533;
  }
  put(jpeg + exif, length - exif);
  rt_image image;
  CHECK(walk(&image, size, 4096) == RT_IMAGE_DONE);
  CHECK(image.width == 40 && image.height == 60 && image.complete);
  CHECK(read_bytes < 16 * 4096 + 2 * 4096);
}

static unsigned char jpeg_start[] = "\xff\xd8\xff\xe0\x00\x04..\xff\xc0\x00\x11\x08\x01\x02\x03\x04\x03.........";

static rt_image_state read_all(rt_image *image) {
  return rt_image_read(image, file, size, RT_SIZE_UNKNOWN);
}

static void jpeg_kinds_of_frame(void) {
  for (unsigned marker = 0xC0; marker <= 0xCF; marker++) {
    rt_image image;
    bool frame = marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    size = 0;
    put(jpeg_start, sizeof jpeg_start - 1);
    file[9] = (unsigned char)marker;
    rt_image_state state = read_all(&image);
    CHECK(frame ? state == RT_IMAGE_DONE && image.width == 0x304 && image.height == 0x102 : state == RT_IMAGE_NEED);
  }
}

static rt_image_state patched(rt_image *image, const char *name, size_t at, const char *bytes, size_t length) {
  load(name);
  memcpy(file + at, bytes, length);
  return read_all(image);
}

static void damaged_headers(void) {
  rt_image image;
  CHECK(patched(&image, "boat.png", 4, "\n\x1a\n\0", 4) == RT_IMAGE_CORRUPT && strstr(image.message, "text mode"));
  CHECK(patched(&image, "boat.png", 19, "\x41", 1) == RT_IMAGE_CORRUPT && strstr(image.message, "checksum"));
  CHECK(patched(&image, "boat.png", 11, "\x0c", 1) == RT_IMAGE_CORRUPT && strstr(image.message, "IHDR"));
  CHECK(patched(&image, "lossy.webp", 23, "\x9d\x01\x2b", 3) == RT_IMAGE_CORRUPT);
  CHECK(patched(&image, "lossy.webp", 26, "\0\0", 2) == RT_IMAGE_CORRUPT && strstr(image.message, "0x40 pixels"));
  CHECK(patched(&image, "lossless.webp", 20, "\x2e", 1) == RT_IMAGE_CORRUPT);
  CHECK(patched(&image, "moving.webp", 24, "\xff\xff\xff\xff\xff\xff", 6) == RT_IMAGE_CORRUPT);
  CHECK(patched(&image, "lossy.webp", 12, "JUNK", 4) == RT_IMAGE_CORRUPT);
  CHECK(patched(&image, "lossy.webp", 4, "\x10\0\0\0", 4) == RT_IMAGE_CORRUPT);
  CHECK(patched(&image, "boat.gif", 0, "GIF8", 4) == RT_IMAGE_UNKNOWN);
  static const struct {
    size_t at;
    const char *bytes;
  } jpeg[] = {{8, "x"}, {9, "\xda"}, {9, "\xd9"}, {17, "\x09"}, {5, "\x01"}};
  for (size_t i = 0; i < sizeof jpeg / sizeof *jpeg; i++) {
    size = 0;
    put(jpeg_start, sizeof jpeg_start - 1);
    file[jpeg[i].at] = (unsigned char)jpeg[i].bytes[0];
    CHECK(read_all(&image) == RT_IMAGE_CORRUPT && image.message[0]);
  }
}

/* A directory that points outside its segment is damage to the notes, not to the picture. */
static void damaged_exif_is_stepped_over(void) {
  rt_image image;
  CHECK(patched(&image, "turned.jpg", 16, "\xff\xff\xff\x7f", 4) == RT_IMAGE_DONE && image.orientation == 1 && image.width == 60);
  CHECK(patched(&image, "turned.jpg", 16, "\x00\0\0\0", 4) == RT_IMAGE_DONE && image.orientation == 1);
  CHECK(patched(&image, "turned.jpg", 20, "\xff\xff", 2) == RT_IMAGE_DONE && image.orientation == 6);
  CHECK(patched(&image, "turned.jpg", 20, "\0\0", 2) == RT_IMAGE_DONE && image.orientation == 1);
  CHECK(patched(&image, "turned.jpg", 42, "\x09", 1) == RT_IMAGE_DONE && image.orientation == 1);
  CHECK(patched(&image, "turned.jpg", 12, "XX", 2) == RT_IMAGE_DONE && image.orientation == 1);
}

/* Fill bytes between segments, and a progressive file's many scans up to the real end. */
static void walk_through_scans(void) {
  rt_image image;
  size = 0;
  put(jpeg_start, 27);
  put("\xff\xff\xff\xda\x00\x04..ab\xff\x00\xff\xd0z\xff", 17);
  put("\xff\xc4\x00\x03.\xff\xda\x00\x02pq\xff\xff\xd9", 14);
  put("trailer", 7);
  CHECK(walk(&image, size, 1) == RT_IMAGE_DONE && image.complete);
  CHECK(walk(&image, size, 65536) == RT_IMAGE_DONE && image.complete);
  size -= 8; /* now it ends in FF: no marker */
  CHECK(walk(&image, size, 65536) == RT_IMAGE_CORRUPT);
  CHECK_STR(image.message, "the file ends after 57 bytes without the end of a JPEG image");
}

static void walk_through_chunks(void) {
  rt_image image;
  load("boat.png");
  size -= 20;
  CHECK(walk(&image, size, 4096) == RT_IMAGE_CORRUPT);
  CHECK_STR(image.message, "the file ends after 398 bytes, inside a PNG chunk (IDAT) that runs to byte 406");
  CHECK(image.measured && image.width == 64);
  load("boat.png");
  size = 33;
  put("\0\0\0\0IEND\xae\x42\x60\x82", 12);
  CHECK(walk(&image, size, 4096) == RT_IMAGE_CORRUPT && strstr(image.message, "no image data"));
  load("boat.png");
  size = 33;
  put("\0\0\0\0!!!!....", 12);
  CHECK(walk(&image, size, 4096) == RT_IMAGE_CORRUPT && strstr(image.message, "byte 33"));
}

int main(void) {
  sizes_of_real_files();
  every_prefix();
  something_after_the_end();
  large_profile_is_stepped_over();
  jpeg_kinds_of_frame();
  damaged_headers();
  damaged_exif_is_stepped_over();
  walk_through_scans();
  walk_through_chunks();
  return unit_report();
}
