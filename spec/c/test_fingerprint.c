#include "../../src/fingerprint.h"

#include "unit.h"

static const char *hex_of(const void *bytes, size_t length) {
  static char hex[RT_FINGERPRINT_HEX + 1];
  rt_fingerprint fp;
  rt_fingerprint_start(&fp);
  rt_fingerprint_add(&fp, bytes, length);
  rt_fingerprint_hex(&fp, hex);
  return hex;
}

/* FIPS 180-4 and the NIST examples. */
static void published_vectors(void) {
  CHECK_STR(hex_of("", 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK_STR(hex_of("abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK_STR(hex_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK_STR(hex_of("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu", 112),
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  rt_fingerprint fp;
  char block[1000], hex[RT_FINGERPRINT_HEX + 1];
  memset(block, 'a', sizeof block);
  rt_fingerprint_start(&fp);
  for (int i = 0; i < 1000; i++) rt_fingerprint_add(&fp, block, sizeof block);
  rt_fingerprint_hex(&fp, hex);
  CHECK_STR(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* However the bytes are cut, and for every length around the block's and the padding's edges. */
static void pieces_do_not_matter(void) {
  unsigned char bytes[200];
  for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(i * 31);
  for (size_t length = 0; length <= sizeof bytes; length++) {
    char whole[RT_FINGERPRINT_HEX + 1], cut[RT_FINGERPRINT_HEX + 1];
    memcpy(whole, hex_of(bytes, length), sizeof whole);
    for (size_t piece = 1; piece < 70; piece += 9) {
      rt_fingerprint fp;
      rt_fingerprint_start(&fp);
      for (size_t at = 0; at < length; at += piece) {
        rt_fingerprint_add(&fp, bytes + at, length - at < piece ? length - at : piece);
        rt_fingerprint_hex(&fp, cut); /* finishing a copy must not disturb it */
      }
      rt_fingerprint_hex(&fp, cut);
      CHECK_STR(cut, whole);
    }
  }
}

int main(void) {
  published_vectors();
  pieces_do_not_matter();
  return unit_report();
}
