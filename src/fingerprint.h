/* fingerprint.h: SHA-256 (FIPS 180-4), fed piece by piece. Refused content is remembered by its fingerprint, so two texts must never share
 * one. */
#ifndef RT_FINGERPRINT_H
#define RT_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

enum { RT_FINGERPRINT_BYTES = 32, RT_FINGERPRINT_HEX = 64 };

typedef struct {
  uint32_t state[8];
  uint64_t length; /* bytes so far */
  unsigned char block[64];
} rt_fingerprint;

void rt_fingerprint_start(rt_fingerprint *fp);
void rt_fingerprint_add(rt_fingerprint *fp, const void *bytes, size_t length);
/* Both finish a copy: more may be added afterwards. */
void rt_fingerprint_digest(const rt_fingerprint *fp, unsigned char out[RT_FINGERPRINT_BYTES]);
void rt_fingerprint_hex(const rt_fingerprint *fp, char out[RT_FINGERPRINT_HEX + 1]);

#endif
