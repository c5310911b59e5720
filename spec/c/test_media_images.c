/* Headers of images: fixtures, hand-made damage, and what spec/media_images_spec.lua makes with other people's tools, cut at every byte and
   mutated 100,000 times. */
#include <dirent.h>
#include <time.h>

#include "media_walk.h"
#include "unit.h"

static unsigned char file[4 << 20];
static size_t size;

static bool load_from(const char *folder, const char *name) {
  char path[512];
  snprintf(path, sizeof path, "%s%s", folder, name);
  FILE *in = fopen(path, "rb");
  size = in ? fread(file, 1, sizeof file, in) : 0;
  if (in) fclose(in);
  return size > 0;
}

static void load(const char *name) {
  CHECK(load_from("spec/fixtures/", name));
}

static void put(const void *bytes, size_t length) {
  memcpy(file + size, bytes, length);
  size += length;
}

static rt_media_state read_all(rt_media *media) {
  return read_media(file, size, RT_SIZE_UNKNOWN, media);
}

static void fixtures(void) {
  static const struct {
    const char *name, *type;
    unsigned width, height;
    int orientation;
    unsigned frames;
    bool animated;
  } cases[] = {
      {"boat.png", "image/png", 64, 40, 1, 1, false},    {"moving.png", "image/png", 64, 40, 1, 3, true},
      {"boat.jpg", "image/jpeg", 60, 40, 1, 1, false},   {"turned.jpg", "image/jpeg", 40, 60, 6, 1, false},
      {"lossy.webp", "image/webp", 64, 40, 1, 1, false}, {"turned_big_endian.jpg", "image/jpeg", 40, 60, 8, 1, false},
      {"alpha.webp", "image/webp", 64, 40, 1, 1, false}, {"lossless.webp", "image/webp", 63, 41, 1, 1, false},
      {"moving.webp", "image/webp", 64, 40, 1, 0, true}, {"boat.gif", "image/gif", 64, 40, 1, 2, true},
      {"boat.bmp", "image/bmp", 16, 10, 1, 1, false},    {"boat.tiff", "image/tiff", 16, 10, 1, 1, false},
      {"boat.avif", "image/avif", 64, 64, 1, 1, false},
  };
  static const size_t pieces[] = {SIZE_MAX, 64, 12, 1};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    load(cases[i].name);
    for (size_t k = 0; k < 8; k++) {
      media_walk walk = walk_media(file, size, k < 4 ? size : RT_SIZE_UNKNOWN, pieces[k % 4]);
      CHECK(walk.state == RT_MEDIA_DONE && walk.media.measured && walk.media.settled && !walk.full);
      CHECK(walk.media.width == cases[i].width && walk.media.height == cases[i].height);
      CHECK(walk.media.orientation == cases[i].orientation && walk.media.animated == cases[i].animated);
      CHECK(walk.media.frames == cases[i].frames);
      CHECK(k >= 4 || (walk.media.complete && walk.media.end_seen));
      CHECK_STR(walk.media.media_type, cases[i].type);
    }
  }
}

/* Trailing bytes are no damage: phones append videos to pictures, and tools append notes. */
static void something_after_the_end(void) {
  static const char *const names[] = {"boat.png",   "moving.png",  "boat.jpg", "turned.jpg",
                                      "lossy.webp", "moving.webp", "boat.gif", "boat.bmp"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    load(names[i]);
    memset(file + size, 0x55, 300000);
    size += 300000;
    media_walk walk = walk_media(file, size, size, SIZE_MAX);
    CHECK(walk.state == RT_MEDIA_DONE && walk.media.complete);
    CHECK(walk.read_bytes < 100000); /* the walk stops at the end marker */
  }
}

/* ---- JPEG ---- */

/* A segment holds at most 65533 bytes, so large profiles and notes come in many; none of them is read. */
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
  media_walk walk = walk_media(file, size, size, 4096);
  CHECK(walk.state == RT_MEDIA_DONE && walk.media.width == 40 && walk.media.height == 60 && walk.media.complete);
  CHECK(walk.read_bytes < 16 * 256 + 1024);
}

/* More segments than ranges are kept, before the EXIF and behind it: what was walked over is let go. */
static void more_segments_than_ranges(void) {
  static unsigned char exif[64 << 10];
  load("turned.jpg");
  size_t length = 2 + (size_t)(file[4] << 8 | file[5]), rest = size - 2 - length;
  memcpy(exif, file + 2, size - 2);
  size = 2;
  for (int part = 0; part < 2; part++) {
    for (int i = 0; i < 300; i++) {
      put("\xff\xe2\x08\x02", 4);
      size += 2048;
    }
    if (part == 0) put(exif, length);
  }
  put(exif + length, rest);
  media_walk walk = walk_media(file, size, size, SIZE_MAX);
  CHECK(walk.state == RT_MEDIA_DONE && !walk.full && walk.media.orientation == 6 && walk.media.width == 40 && walk.media.complete);
}

static unsigned char jpeg_start[] = "\xff\xd8\xff\xe0\x00\x04..\xff\xc0\x00\x11\x08\x01\x02\x03\x04\x03.........";

static void start_jpeg(void) {
  size = 0;
  put(jpeg_start, sizeof jpeg_start - 1);
}

static void jpeg_kinds_of_frame(void) {
  for (unsigned marker = 0xC0; marker <= 0xCF; marker++) {
    rt_media media;
    bool frame = marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    start_jpeg();
    file[9] = (unsigned char)marker;
    rt_media_state state = read_all(&media);
    CHECK(frame ? state == RT_MEDIA_DONE && media.width == 0x304 && media.height == 0x102 : state == RT_MEDIA_NEED);
  }
}

static rt_media_state patched(rt_media *media, const char *name, size_t at, const char *bytes, size_t length) {
  load(name);
  memcpy(file + at, bytes, length);
  return read_all(media);
}

/* A directory that points outside its segment is damage to the notes, not to the picture. */
static void damaged_exif_is_stepped_over(void) {
  rt_media media;
  CHECK(patched(&media, "turned.jpg", 16, "\xff\xff\xff\x7f", 4) == RT_MEDIA_DONE && media.orientation == 1 && media.width == 60);
  CHECK(patched(&media, "turned.jpg", 16, "\x00\0\0\0", 4) == RT_MEDIA_DONE && media.orientation == 1);
  CHECK(patched(&media, "turned.jpg", 20, "\xff\xff", 2) == RT_MEDIA_DONE && media.orientation == 6);
  CHECK(patched(&media, "turned.jpg", 20, "\0\0", 2) == RT_MEDIA_DONE && media.orientation == 1);
  CHECK(patched(&media, "turned.jpg", 42, "\x09", 1) == RT_MEDIA_DONE && media.orientation == 1);
  CHECK(patched(&media, "turned.jpg", 12, "XX", 2) == RT_MEDIA_DONE && media.orientation == 1);
}

/* Fill bytes between segments, and a progressive file's many scans up to the real end. */
static void walk_through_scans(void) {
  start_jpeg();
  put("\xff\xff\xff\xda\x00\x04..ab\xff\x00\xff\xd0z\xff", 17);
  put("\xff\xc4\x00\x03.\xff\xda\x00\x02pq\xff\xff\xd9", 14);
  put("trailer", 7);
  media_walk walk = walk_media(file, size, size, 1);
  CHECK(walk.state == RT_MEDIA_DONE && walk.media.complete);
  walk = walk_media(file, size, size, 65536);
  CHECK(walk.state == RT_MEDIA_DONE && walk.media.complete);
  size -= 8; /* now it ends in FF: no marker */
  walk = walk_media(file, size, size, 65536);
  CHECK(walk.state == RT_MEDIA_CORRUPT && walk.media.measured && walk.media.end_seen && !walk.media.complete);
  CHECK_STR(walk.media.message, "the file ends after 57 bytes, without the end of a JPEG image");
}

/* Three megabytes of picture with a video behind it: looked through, but never held. */
static void a_long_scan_is_not_held(void) {
  start_jpeg();
  put("\xff\xda\x00\x04..", 6);
  memset(file + size, 'x', 3 << 20);
  size += 3 << 20;
  put("\xff\xd9 and a video", 14);
  media_walk walk = walk_media(file, size, size, SIZE_MAX);
  CHECK(walk.state == RT_MEDIA_DONE && walk.media.complete && !walk.full && walk.reads < 60);
  size -= 14;
  walk = walk_media(file, size, size, SIZE_MAX);
  CHECK(walk.state == RT_MEDIA_CORRUPT && !walk.full && strstr(walk.media.message, "without the end of a JPEG image"));
}

/* ---- the others ---- */

static void damaged_headers(void) {
  rt_media media;
  CHECK(patched(&media, "boat.png", 4, "\n\x1a\n\0", 4) == RT_MEDIA_CORRUPT && strstr(media.message, "text mode"));
  CHECK(patched(&media, "boat.png", 19, "\x41", 1) == RT_MEDIA_CORRUPT && strstr(media.message, "checksum"));
  CHECK(patched(&media, "boat.png", 11, "\x0c", 1) == RT_MEDIA_CORRUPT && strstr(media.message, "IHDR"));
  CHECK(patched(&media, "lossy.webp", 23, "\x9d\x01\x2b", 3) == RT_MEDIA_CORRUPT);
  CHECK(patched(&media, "lossy.webp", 26, "\0\0", 2) == RT_MEDIA_CORRUPT && strstr(media.message, "0x40 pixels"));
  CHECK(patched(&media, "lossless.webp", 20, "\x2e", 1) == RT_MEDIA_CORRUPT);
  CHECK(patched(&media, "moving.webp", 24, "\xff\xff\xff\xff\xff\xff", 6) == RT_MEDIA_CORRUPT);
  CHECK(patched(&media, "lossy.webp", 12, "JUNK", 4) == RT_MEDIA_CORRUPT);
  CHECK(patched(&media, "lossy.webp", 4, "\x10\0\0\0", 4) == RT_MEDIA_CORRUPT);
  CHECK(patched(&media, "boat.gif", 0, "GIF88a", 6) == RT_MEDIA_UNKNOWN);
  CHECK(patched(&media, "boat.gif", 6, "\0\0", 2) == RT_MEDIA_CORRUPT && strstr(media.message, "0x40 pixels"));
  CHECK(patched(&media, "boat.bmp", 28, "\x21", 1) == RT_MEDIA_CORRUPT && strstr(media.message, "BMP"));
  CHECK(patched(&media, "boat.tiff", 2, "\x2b\0\x09\0", 4) == RT_MEDIA_CORRUPT && strstr(media.message, "TIFF"));
  static const struct {
    size_t at;
    const char *bytes;
  } jpeg[] = {{8, "x"}, {9, "\xda"}, {9, "\xd9"}, {17, "\x09"}, {5, "\x01"}};
  for (size_t i = 0; i < sizeof jpeg / sizeof *jpeg; i++) {
    start_jpeg();
    file[jpeg[i].at] = (unsigned char)jpeg[i].bytes[0];
    CHECK(read_all(&media) == RT_MEDIA_CORRUPT && media.message[0]);
  }
}

static void walk_through_chunks(void) {
  load("boat.png");
  size -= 20;
  media_walk walk = walk_media(file, size, size, 4096);
  CHECK(walk.state == RT_MEDIA_CORRUPT && walk.media.measured && walk.media.width == 64);
  CHECK_STR(walk.media.message, "the file ends after 398 bytes, inside a PNG chunk (IDAT) that runs to byte 406");
  load("boat.png");
  size = 33;
  put("\0\0\0\0IEND\xae\x42\x60\x82", 12);
  walk = walk_media(file, size, size, 4096);
  CHECK(walk.state == RT_MEDIA_CORRUPT && strstr(walk.media.message, "no image data"));
  load("boat.png");
  size = 33;
  put("\0\0\0\0!!!!....", 12);
  walk = walk_media(file, size, size, 4096);
  CHECK(walk.state == RT_MEDIA_CORRUPT && strstr(walk.media.message, "byte 33"));
  load("boat.png");
  size = 33;
  for (int i = 0; i < 2000; i++) put("\0\0\0\x80tEXt", 8), size += 132; /* more of them than ranges are kept */
  put("\0\0\0\0IDAT....\0\0\0\0IEND....?", 25);
  walk = walk_media(file, size, size, 64);
  CHECK(walk.state == RT_MEDIA_DONE && walk.media.complete && !walk.full);
}

static void gif_blocks(void) {
  static const char head[] = "GIF89a\x05\0\x07\0\x80\0\0......";
  static const char image[] = ",\0\0\0\0\x05\0\x07\0\0\x02\x02..\0";
  rt_media media;
  size = 0;
  put(head, sizeof head - 1);
  CHECK(read_all(&media) == RT_MEDIA_NEED && media.measured && media.width == 5 && media.height == 7);
  put("!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0", 19);
  put(image, sizeof image - 1);
  put("\0", 1); /* a terminator too many */
  put(image, sizeof image - 1);
  CHECK(read_all(&media) == RT_MEDIA_NEED && media.animated && media.settled && media.frames == 0);
  CHECK(read_media(file, size, size, &media) == RT_MEDIA_CORRUPT && strstr(media.message, "without the end of a GIF image"));
  put(";", 1);
  CHECK(read_all(&media) == RT_MEDIA_DONE && media.frames == 2 && media.complete);
  put("anything", 8);
  CHECK(read_all(&media) == RT_MEDIA_DONE && media.frames == 2);
  file[size - 9] = 'x'; /* no trailer, but what comes is no block */
  CHECK(read_all(&media) == RT_MEDIA_DONE && media.complete);
  size = sizeof head - 1;
  put(";", 1);
  CHECK(read_all(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "no image"));
  file[size - 1] = 'x';
  CHECK(read_all(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "no GIF block begins at byte 19"));
}

/* Pixels that run downwards, a header of OS/2, and a file too short for its pixels. */
static void bitmaps(void) {
  rt_media media;
  CHECK(patched(&media, "boat.bmp", 22, "\xf6\xff\xff\xff", 4) == RT_MEDIA_DONE && media.height == 10 && media.width == 16);
  CHECK(patched(&media, "boat.bmp", 22, "\0\0\0\x80", 4) == RT_MEDIA_CORRUPT);
  CHECK(patched(&media, "boat.bmp", 18, "\xff\xff\xff\x7f\xff\xff\xff\x7f", 8) == RT_MEDIA_DONE);
  CHECK(read_media(file, size, size, &media) == RT_MEDIA_CORRUPT && strstr(media.message, "the file ends after"));
  size = 0;
  put("BM....\0\0\0\0\x1a\0\0\0\x0c\0\0\0\x09\0\x05\0\x01\0\x18\0", 26);
  CHECK(read_all(&media) == RT_MEDIA_DONE && media.width == 9 && media.height == 5);
  size += 5 * 28;
  CHECK(read_media(file, size, size, &media) == RT_MEDIA_DONE && media.complete);
  CHECK(read_media(file, size - 1, size - 1, &media) == RT_MEDIA_CORRUPT);
}

/* A directory that names itself as the next one, and values that lie nowhere. */
static void hostile_tiff(void) {
  static const char entries[] = "\0\x01\x03\0\x01\0\0\0\x15\0\0\0\x01\x01\x04\0\x01\0\0\0\x0d\0\0\0";
  rt_media media;
  size = 0;
  put("II*\0\x08\0\0\0\x02\0", 10);
  put(entries, 24);
  put("\x08\0\0\0", 4);
  CHECK(read_media(file, size, size, &media) == RT_MEDIA_DONE && media.width == 21 && media.height == 13);
  memcpy(file + 34, "\xf0\xff\xff\xff", 4);
  CHECK(read_media(file, size, size, &media) == RT_MEDIA_CORRUPT && media.measured &&
        strstr(media.message, "the file ends after 38 bytes"));
  memcpy(file + 14, "\xff\xff\xff\xff", 4); /* so many widths, at byte 21 */
  CHECK(read_media(file, size, size, &media) == RT_MEDIA_CORRUPT);
  memcpy(file + 8, "\xff\xff", 2);
  CHECK(read_media(file, size, size, &media) == RT_MEDIA_CORRUPT);
}

/* ---- what tools make, cut and mutated ---- */

enum { MOST_FILES = 256, MUTATIONS = 100000, LARGEST = 16384 };

static struct made {
  char name[256];
  size_t size;
  unsigned char *bytes;
} made[MOST_FILES];
static size_t made_count;

static void keep(const char *name) {
  rt_media media;
  if (read_media(file, size, size, &media) != RT_MEDIA_DONE || strncmp(media.media_type, "image/", 6) != 0) return;
  struct made *one = &made[made_count++];
  snprintf(one->name, sizeof one->name, "%s", name);
  one->size = size;
  one->bytes = malloc(size);
  memcpy(one->bytes, file, size);
}

static void load_all(const char *folder) {
  DIR *directory = opendir(folder);
  for (struct dirent *entry; directory && (entry = readdir(directory)) && made_count < MOST_FILES;)
    if (strchr(entry->d_name, '.') && entry->d_name[0] != '.' && load_from(folder, entry->d_name) && size <= LARGEST) keep(entry->d_name);
  if (directory) closedir(directory);
}

static void make_files(void) {
  CHECK(system("lua5.4 spec/support/media_images.lua build/images/") == 0);
  load_all("build/images/");
  CHECK(made_count > 80);
  load_all("spec/fixtures/");
}

/* Cut anywhere, an image is never called whole, and with its size unknown a prefix is never called damaged. */
static void every_prefix(void) {
  for (size_t i = 0; i < made_count; i++) {
    size_t wrong = 0;
    for (size_t length = made[i].size; length-- > 0;) {
      rt_media media;
      rt_media_state state = read_shorter(made[i].bytes, made[i].size, length, length, &media);
      wrong += !(state == RT_MEDIA_CORRUPT && media.message[0] && !media.complete) && !(state == RT_MEDIA_UNKNOWN && length < 18);
      state = read_shorter(made[i].bytes, made[i].size, length, RT_SIZE_UNKNOWN, &media);
      wrong += state == RT_MEDIA_CORRUPT || (state == RT_MEDIA_UNKNOWN && length >= 18);
    }
    ASAN_UNPOISON_MEMORY_REGION(made[i].bytes, made[i].size);
    if (wrong) fprintf(stderr, "%s: %zu prefixes\n", made[i].name, wrong);
    CHECK(wrong == 0);
  }
}

static uint32_t seed = 2463534242u;

static uint32_t any(uint32_t below) {
  seed ^= seed << 13;
  seed ^= seed >> 17;
  seed ^= seed << 5;
  return seed % below;
}

/* One change, mostly near the beginning, where the header is. */
static void mutate(void) {
  static const uint32_t extremes[] = {0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFF8, 0x00FFFFFF, 0xFF000000};
  size_t at = any((uint32_t)(any(4) && size > 200 ? 200 : size));
  size_t length = 1 + any(16) < size - at ? 1 + any(16) : 1;
  if (at + length > size) length = size - at;
  switch (any(6)) {
  case 0:
    file[at] ^= (unsigned char)(1u << any(8));
    break;
  case 1:
    file[at] = (unsigned char)any(256);
    break;
  case 2:
    if (size - at >= 4) memcpy(file + at, &extremes[any(8)], 4);
    break;
  case 3: /* lost */
    memmove(file + at, file + at + length, size - at - length);
    size -= length;
    break;
  case 4: /* twice */
    memmove(file + at + length, file + at, size - at);
    size += length;
    break;
  default:
    memmove(file + at, file + any((uint32_t)(size - length + 1)), length);
  }
  if (any(10) == 0) size = 1 + any((uint32_t)size);
}

/* ASan and UBSan look on. The same answer has to come from the whole and from pieces. */
static void mutations(void) {
  size_t differ = 0, open_ended = 0;
  for (long i = 0; i < MUTATIONS; i++) {
    const struct made *one = &made[any((uint32_t)made_count)];
    size = one->size;
    memcpy(file, one->bytes, size);
    for (uint32_t changes = 1 + any(6); changes && size > 1; changes--) mutate();
    rt_media media;
    rt_media_state state = read_media(file, size, size, &media);
    open_ended += state == RT_MEDIA_NEED;
    if (i % 16) continue;
    media_walk walk = walk_media(file, size, any(2) ? size : RT_SIZE_UNKNOWN, 64 + any(2000));
    open_ended += walk.state == RT_MEDIA_NEED && !walk.full;
    walk = walk_media(file, size, size, SIZE_MAX);
    differ += !walk.full && (walk.state != state || walk.media.width != media.width || strcmp(walk.media.message, media.message) != 0);
  }
  CHECK(differ == 0);
  CHECK(open_ended == 0);
}

/* What the issue asks of headers in memory: under a microsecond. Printed, not judged: this build has sanitizers in it. */
static void cost(void) {
  clock_t start = clock();
  long reads = 0;
  for (int round = 0; round < 20; round++)
    for (size_t i = 0; i < made_count; i++, reads++) {
      rt_media media;
      rt_pieces pieces;
      rt_pieces_memory(&pieces, made[i].bytes, made[i].size);
      rt_media_read(&pieces, &media);
    }
  printf("%zu files, %.0f ns each\n", made_count, (double)(clock() - start) / CLOCKS_PER_SEC * 1e9 / (double)reads);
}

int main(void) {
  fixtures();
  something_after_the_end();
  large_profile_is_stepped_over();
  more_segments_than_ranges();
  jpeg_kinds_of_frame();
  damaged_exif_is_stepped_over();
  walk_through_scans();
  a_long_scan_is_not_held();
  damaged_headers();
  walk_through_chunks();
  gif_blocks();
  bitmaps();
  hostile_tiff();
  make_files();
  every_prefix();
  mutations();
  cost();
  for (size_t i = 0; i < made_count; i++) free(made[i].bytes);
  return unit_report();
}
