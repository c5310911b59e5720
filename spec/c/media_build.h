/* media_build.h: files put together by hand, byte after byte, for the tests of media headers. */
#ifndef MEDIA_BUILD_H
#define MEDIA_BUILD_H

#include "media_walk.h"
#include "unit.h"

static unsigned char file[4 << 20];
static size_t size;

static inline void put(const void *bytes, size_t length) {
  if (length) memcpy(file + size, bytes, length);
  size += length;
}

#define PUT(text) put(text, sizeof(text) - 1)

static inline void put_text(const char *text) {
  put(text, strlen(text));
}

static inline void put_zeroes(size_t count) {
  memset(file + size, 0, count);
  size += count;
}

/* `count` bytes of a number, the greatest first, or the least. */
static inline void put_big(unsigned count, uint64_t value) {
  while (count--) file[size++] = (unsigned char)(value >> 8 * count);
}

static inline void put_little(unsigned count, uint64_t value) {
  for (unsigned i = 0; i < count; i++) file[size++] = (unsigned char)(value >> 8 * i);
}

/* A box is opened with its type and closed with the place where it was opened. */
static inline size_t box(const char *type) {
  put_zeroes(4);
  put(type, 4);
  return size - 8;
}

static inline void patch_big32(size_t at, uint64_t value) {
  for (unsigned i = 0; i < 4; i++) file[at + i] = (unsigned char)(value >> 8 * (3 - i));
}

static inline void end_box(size_t at) {
  patch_big32(at, size - at);
}

/* A box of one go, of so many zeroes. */
static inline void empty_box(const char *type, size_t body) {
  size_t at = box(type);
  put_zeroes(body);
  end_box(at);
}

static inline rt_media_state read_whole(rt_media *media) {
  return read_media(file, size, size, media);
}

static inline rt_media_state read_start(rt_media *media) {
  return read_media(file, size, RT_SIZE_UNKNOWN, media);
}

static inline bool close_to(double got, double want) {
  double off = got - want;
  return off < 1e-6 && off > -1e-6;
}

static inline bool load(const char *folder, const char *name) {
  char path[512];
  snprintf(path, sizeof path, "%s%s", folder, name);
  FILE *in = fopen(path, "rb");
  size = in ? fread(file, 1, sizeof file, in) : 0;
  if (in) fclose(in);
  return size > 0;
}

#endif
