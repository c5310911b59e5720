#include "fingerprint.h"

#include <string.h>

/* The first 32 bits of the fractions of the cube roots of the first 64 primes. */
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate(uint32_t x, int n) {
  return x >> n | x << (32 - n);
}

static void mix(uint32_t state[8], const unsigned char *block) {
  uint32_t w[64], s[8];
  for (int i = 0; i < 16; i++)
    w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
  for (int i = 16; i < 64; i++) {
    uint32_t near = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
    uint32_t far = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + near + w[i - 7] + far;
  }
  memcpy(s, state, sizeof s);
  for (int i = 0; i < 64; i++) {
    uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]), majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
    uint32_t one = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) + choice + constants[i] + w[i];
    uint32_t two = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) + majority;
    s[7] = s[6], s[6] = s[5], s[5] = s[4], s[4] = s[3] + one;
    s[3] = s[2], s[2] = s[1], s[1] = s[0], s[0] = one + two;
  }
  for (int i = 0; i < 8; i++) state[i] += s[i];
}

void rt_fingerprint_start(rt_fingerprint *fp) {
  static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  memset(fp, 0, sizeof *fp);
  memcpy(fp->state, start, sizeof start);
}

void rt_fingerprint_add(rt_fingerprint *fp, const void *bytes, size_t length) {
  const unsigned char *in = bytes;
  size_t held = (size_t)(fp->length % 64);
  fp->length += length;
  if (held && length >= 64 - held) {
    memcpy(fp->block + held, in, 64 - held);
    in += 64 - held;
    length -= 64 - held;
    mix(fp->state, fp->block);
    held = 0;
  }
  for (; held == 0 && length >= 64; in += 64, length -= 64) mix(fp->state, in);
  if (length) memcpy(fp->block + held, in, length);
}

void rt_fingerprint_digest(const rt_fingerprint *fp, unsigned char out[RT_FINGERPRINT_BYTES]) {
  rt_fingerprint copy = *fp;
  unsigned char tail[72] = {0x80};
  size_t held = (size_t)(fp->length % 64), zeros = held < 56 ? 56 - held : 120 - held;
  uint64_t bits = fp->length * 8;
  for (size_t i = 0; i < 8; i++) tail[zeros + i] = (unsigned char)(bits >> (56 - 8 * i));
  rt_fingerprint_add(&copy, tail, zeros + 8);
  for (int i = 0; i < RT_FINGERPRINT_BYTES; i++) out[i] = (unsigned char)(copy.state[i / 4] >> (24 - 8 * (i % 4)));
}

void rt_fingerprint_hex(const rt_fingerprint *fp, char out[RT_FINGERPRINT_HEX + 1]) {
  unsigned char digest[RT_FINGERPRINT_BYTES];
  rt_fingerprint_digest(fp, digest);
  for (int i = 0; i < RT_FINGERPRINT_BYTES; i++) {
    out[2 * i] = "0123456789abcdef"[digest[i] >> 4];
    out[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
  }
  out[RT_FINGERPRINT_HEX] = '\0';
}
