#include "../../src/sniff.h"

#include <stdlib.h>

#include "unit.h"

static void real_files(void) {
  static const char *const cases[][2] = {
      {"boat.png", "image/png"},  {"moving.png", "image/png"},     {"boat.jpg", "image/jpeg"},      {"lossy.webp", "image/webp"},
      {"boat.gif", "image/gif"},  {"boat.bmp", "image/bmp"},       {"boat.tiff", "image/tiff"},     {"boat.avif", "image/avif"},
      {"clip.mp4", "video/mp4"},  {"clip.mov", "video/quicktime"}, {"clip.webm", "video/webm"},     {"clip.mkv", "video/x-matroska"},
      {"clip.3gp", "video/3gpp"}, {"clip.ogv", "video/ogg"},       {"clip.avi", "video/x-msvideo"}, {"tone.ogg", "audio/ogg"},
      {"tone.mp3", "audio/mpeg"}, {"tone.wav", "audio/wav"},       {"tone.flac", "audio/flac"},     {"tone.m4a", "audio/mp4"},
      {"tone.aac", "audio/aac"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char path[256];
    unsigned char bytes[RT_SNIFF_BYTES];
    snprintf(path, sizeof path, "spec/fixtures/%s", cases[i][0]);
    FILE *in = fopen(path, "rb");
    size_t length = in ? fread(bytes, 1, sizeof bytes, in) : 0;
    if (in) fclose(in);
    CHECK_STR(rt_sniff(bytes, length), cases[i][1]);
    for (size_t cut = 0; cut <= length && cut < 64; cut++) { /* in a block of its own: a read past the end is seen */
      unsigned char *copy = malloc(cut + 1);
      memcpy(copy, bytes, cut);
      rt_sniff(copy, cut);
      free(copy);
    }
  }
}

#define SNIFF(text) rt_sniff(text, sizeof(text) - 1)

static void crafted(void) {
  CHECK_STR(SNIFF("\0\0\0\x18"
                  "ftypheic\0\0\0\0mif1heic"),
            "image/heic");
  CHECK_STR(SNIFF("\0\0\0\x18"
                  "ftypmif1\0\0\0\0mif1heic"),
            "image/heic");
  CHECK_STR(SNIFF("\0\0\0\x18"
                  "ftypmif1\0\0\0\0mif1avif"),
            "image/avif");
  CHECK_STR(SNIFF("\0\0\0\x14"
                  "ftypmif1\0\0\0\0mif1avif"),
            "image/heif"); /* avif stands behind the box */
  CHECK_STR(SNIFF("\0\0\0\x18"
                  "ftypisom\0\0\0\0isomavc1"),
            "video/mp4");
  CHECK_STR(SNIFF("\0\0\0\x18"
                  "ftyp3g2a\0\0\0\0"),
            "video/3gpp");
  CHECK_STR(SNIFF("\0\0\0\x08wide\0\0\x10\0mdat"), "video/quicktime");
  CHECK_STR(SNIFF("ID3\x04\0\0\0\0\0\x05.....\xff\xfb\x90\x44...."), "audio/mpeg");
  CHECK_STR(SNIFF("ID3\x04\0\0\0\0\0\x05.....fLaC"), "audio/flac");
  CHECK_STR(SNIFF("RF64\xff\xff\xff\xffWAVEds64"), "audio/wav");
  CHECK_STR(SNIFF("FORM....AIFFCOMM"), "audio/aiff");
  CHECK_STR(SNIFF("\x89PNG\n\x1a\n\0\0"), "image/png");
  CHECK_STR(SNIFF("%PDF-1.7"), "application/pdf");
  CHECK(SNIFF("RIFF....XXXX\1\2\3") == NULL);
  CHECK(SNIFF("\x00\x01\x02\x03") == NULL);
  CHECK(rt_sniff("", 0) == NULL);
}

/* Two frames have to follow each other: eleven set bits alone stand in every tenth file of noise. */
static void a_sync_word_alone_is_no_sound(void) {
  unsigned char bytes[RT_SNIFF_BYTES];
  memset(bytes, 0, sizeof bytes);
  memcpy(bytes, "\xff\xfb\x90\x00", 4); /* 128 kbit/s at 44.1 kHz: 417 bytes */
  CHECK(rt_sniff(bytes, sizeof bytes) == NULL);
  memcpy(bytes + 417, "\xff\xfb\x90\x00", 4);
  CHECK_STR(rt_sniff(bytes, sizeof bytes), "audio/mpeg");
  memset(bytes, 0, sizeof bytes);
  memcpy(bytes, "\xff\xf1\x50\x80\x04\x1f\xfc", 7); /* 32 bytes */
  CHECK(rt_sniff(bytes, sizeof bytes) == NULL);
  memcpy(bytes + 32, "\xff\xf1\x50\x80\x04\x1f\xfc", 7);
  CHECK_STR(rt_sniff(bytes, sizeof bytes), "audio/aac");
}

static void what_is_no_media(void) {
  CHECK_STR(SNIFF("<!DOCTYPE HTML><title>404</title>"), "text/html");
  CHECK_STR(SNIFF("\xef\xbb\xbf  \r\n<html>"), "text/html");
  CHECK_STR(SNIFF("<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code></Error>"), "application/xml");
  CHECK_STR(SNIFF("<Error><Code>NoSuchKey</Code>"), "application/xml");
  CHECK_STR(SNIFF("<?xml version=\"1.0\"?><svg xmlns=\"\">"), "image/svg+xml");
  CHECK_STR(SNIFF("<svg width=\"1\">"), "image/svg+xml");
  CHECK_STR(SNIFF(" {\"error\": \"expired\"}"), "application/json");
  CHECK_STR(SNIFF("Access denied"), "text/plain");
  CHECK_STR(SNIFF("BM is how this note begins, and it is no bitmap"), "text/plain");
  CHECK_STR(SNIFF("Caf\xc3\xa9"), "text/plain");
  CHECK_STR(SNIFF("cut inside a letter \xc3"), "text/plain");
  CHECK_STR(SNIFF("\xff\xfeh\0i\0"), "text/plain");
  CHECK(SNIFF("Caf\xe9 \x80\x81") == NULL);
}

int main(void) {
  real_files();
  crafted();
  a_sync_word_alone_is_no_sound();
  what_is_no_media();
  return unit_report();
}
