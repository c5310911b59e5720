/* bytes.h: numbers in a file's bytes, both ways round. The caller has seen to it that the bytes are there. */
#ifndef RT_BYTES_H
#define RT_BYTES_H

#include <stdint.h>

static inline uint32_t rt_big16(const unsigned char *p) {
  return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t rt_big24(const unsigned char *p) {
  return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

static inline uint32_t rt_big32(const unsigned char *p) {
  return rt_big16(p) << 16 | rt_big16(p + 2);
}

static inline uint64_t rt_big64(const unsigned char *p) {
  return (uint64_t)rt_big32(p) << 32 | rt_big32(p + 4);
}

static inline uint32_t rt_little16(const unsigned char *p) {
  return (uint32_t)p[1] << 8 | p[0];
}

static inline uint32_t rt_little24(const unsigned char *p) {
  return rt_little16(p) | (uint32_t)p[2] << 16;
}

static inline uint32_t rt_little32(const unsigned char *p) {
  return rt_little16(p) | rt_little16(p + 2) << 16;
}

static inline uint64_t rt_little64(const unsigned char *p) {
  return rt_little32(p) | (uint64_t)rt_little32(p + 4) << 32;
}

#endif
