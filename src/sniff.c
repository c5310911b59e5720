#include "sniff.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct {
  const unsigned char *data;
  size_t length;
} bytes_t;

static bool has(bytes_t b, size_t at, const char *pattern, size_t length) {
  return b.length >= at && b.length - at >= length && memcmp(b.data + at, pattern, length) == 0;
}

#define HAS(b, at, text) has(b, at, text, sizeof(text) - 1)

/* Signatures at a fixed place that settle the type by themselves. */
static const struct signature {
  unsigned char at, length;
  const char *bytes, *type;
} signatures[] = {
    {0, 8, "\x89PNG\r\n\x1a\n", "image/png"},
    {0, 4, "\x89PNG", "image/png"}, /* a mangled signature: the header reader says what is wrong with it */
    {0, 3, "\xff\xd8\xff", "image/jpeg"},
    {0, 6, "GIF87a", "image/gif"},
    {0, 6, "GIF89a", "image/gif"},
    {0, 4, "II*\0", "image/tiff"},
    {0, 4, "MM\0*", "image/tiff"},
    {0, 4, "II+\0", "image/tiff"},
    {0, 4, "MM\0+", "image/tiff"},
    {0, 12, "\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"},
    {0, 12, "\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"},
    {0, 4, "8BPS", "image/vnd.adobe.photoshop"},
    {0, 4, "fLaC", "audio/flac"},
    {0, 4, "ADIF", "audio/aac"},
    {0, 4, "FLV\x01", "video/x-flv"},
    {0, 4, "\0\0\x01\xba", "video/mpeg"},
    {0, 4, "\0\0\x01\xb3", "video/mpeg"},
    {0, 16, "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c", "video/x-ms-wmv"},
    {0, 5, "%PDF-", "application/pdf"},
    {0, 4, "PK\x03\x04", "application/zip"},
    {0, 2, "\x1f\x8b", "application/gzip"},
};

static const char *by_signature(bytes_t b) {
  for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++)
    if (has(b, signatures[i].at, signatures[i].bytes, signatures[i].length)) return signatures[i].type;
  return NULL;
}

static uint32_t big32(const unsigned char *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* A bitmap's first two letters are plain text too: its header's length has to be one of those there are. */
static const char *bmp(bytes_t b) {
  if (!HAS(b, 0, "BM") || b.length < 18) return NULL;
  uint32_t header = b.data[14] | (uint32_t)b.data[15] << 8 | (uint32_t)b.data[16] << 16 | (uint32_t)b.data[17] << 24;
  bool known = header == 12 || header == 40 || header == 52 || header == 56 || header == 64 || header == 108 || header == 124;
  return known ? "image/bmp" : NULL;
}

static const char *riff(bytes_t b) {
  if (HAS(b, 0, "FORM") && (HAS(b, 8, "AIFF") || HAS(b, 8, "AIFC"))) return "audio/aiff";
  if (!HAS(b, 0, "RIFF") && !HAS(b, 0, "RF64")) return NULL;
  if (HAS(b, 8, "WEBP")) return "image/webp";
  if (HAS(b, 8, "WAVE")) return "audio/wav";
  if (HAS(b, 8, "AVI ")) return "video/x-msvideo";
  return NULL;
}

/* ---- ISO base media: mp4, mov, 3gp, m4a, avif, heic ---- */

static const char *brand(bytes_t b, size_t at) {
  if (HAS(b, at, "avif") || HAS(b, at, "avis")) return "image/avif";
  if (HAS(b, at, "heic") || HAS(b, at, "heix") || HAS(b, at, "heim") || HAS(b, at, "heis") || HAS(b, at, "hevc") || HAS(b, at, "hevx"))
    return "image/heic";
  if (HAS(b, at, "qt  ")) return "video/quicktime";
  if (HAS(b, at, "3gp") || HAS(b, at, "3g2")) return "video/3gpp";
  if (HAS(b, at, "M4A ") || HAS(b, at, "M4B ") || HAS(b, at, "M4P ")) return "audio/mp4";
  if (HAS(b, at, "crx ")) return "image/x-canon-cr3";
  return NULL;
}

static const char *iso_media(bytes_t b) {
  if (!HAS(b, 4, "ftyp")) {
    /* QuickTime files from before 2001, and some cameras', have no ftyp. */
    bool atom = HAS(b, 4, "moov") || HAS(b, 4, "mdat") || HAS(b, 4, "wide") || HAS(b, 4, "pnot");
    return atom ? "video/quicktime" : NULL;
  }
  size_t end = big32(b.data);
  if (end < 16 || end > b.length) end = b.length;
  const char *type = brand(b, 8);
  if (type) return type;
  /* "mif1" and "msf1" name the container only: what is inside stands among the compatible brands. */
  bool still = HAS(b, 8, "mif1") || HAS(b, 8, "msf1");
  for (size_t at = 16; still && at + 4 <= end; at += 4) {
    type = brand(b, at);
    if (type && strncmp(type, "image/", 6) == 0) return type;
  }
  return still ? "image/heif" : "video/mp4";
}

/* ---- Matroska and Ogg: the codec or document type is a little way in ---- */

static bool find(bytes_t b, const char *word, size_t length) {
  for (size_t at = 0; at + length <= b.length; at++)
    if (has(b, at, word, length)) return true;
  return false;
}

static const char *matroska(bytes_t b) {
  if (!HAS(b, 0, "\x1a\x45\xdf\xa3")) return NULL;
  bytes_t head = {b.data, b.length < 128 ? b.length : 128};
  return find(head, "\x42\x82\x84webm", 7) ? "video/webm" : "video/x-matroska";
}

static const char *ogg(bytes_t b) {
  if (!HAS(b, 0, "OggS")) return NULL;
  if (find(b, "\x80theora", 7) || find(b, "BBCD\0", 5) || find(b, "\x01video", 6)) return "video/ogg";
  return "audio/ogg"; /* Vorbis, Opus, FLAC, Speex */
}

/* ---- frames without a file header: mp3 and aac ---- */

/* Length of the MPEG audio frame that begins here, 0 where none does. Layer III and II, no free format. */
static size_t mpeg_frame(const unsigned char *p) {
  static const unsigned short rates[2][15] = {{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
                                              {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}};
  static const unsigned short layer2[15] = {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384};
  static const unsigned hertz[3] = {44100, 48000, 32000};
  unsigned version = p[1] >> 3 & 3, layer = p[1] >> 1 & 3, rate = p[2] >> 4, sampling = p[2] >> 2 & 3;
  if (p[0] != 0xFF || (p[1] & 0xE0) != 0xE0 || version == 1 || layer == 0 || layer == 3 || rate == 0 || rate == 15 || sampling == 3)
    return 0;
  bool first = version == 3;
  unsigned kilobits = first && layer == 2 ? layer2[rate] : rates[first ? 0 : 1][rate];
  unsigned samples_per_8 = layer == 1 && !first ? 72 : 144;
  unsigned frequency = hertz[sampling] >> (first ? 0 : version == 2 ? 1 : 2);
  return samples_per_8 * kilobits * 1000 / frequency + (p[2] >> 1 & 1);
}

static size_t adts_frame(const unsigned char *p) {
  if (p[0] != 0xFF || (p[1] & 0xF6) != 0xF0 || (p[2] >> 2 & 15) > 12) return 0;
  size_t length = (size_t)(p[3] & 3) << 11 | (size_t)p[4] << 3 | p[5] >> 5;
  return length >= 7 ? length : 0;
}

/* Eleven set bits are no proof: where the next frame is within sight it has to be there. */
static const char *audio_frames(bytes_t b) {
  if (b.length < 7) return NULL;
  size_t next = adts_frame(b.data);
  if (next) return next + 7 > b.length || adts_frame(b.data + next) ? "audio/aac" : NULL;
  next = mpeg_frame(b.data);
  if (next) return next + 4 > b.length || mpeg_frame(b.data + next) ? "audio/mpeg" : NULL;
  return NULL;
}

static const char *id3(bytes_t b) {
  if (!HAS(b, 0, "ID3") || b.length < 10 || b.data[3] == 0xFF || b.data[4] == 0xFF) return NULL;
  size_t tag =
      10 + ((size_t)(b.data[6] & 127) << 21 | (size_t)(b.data[7] & 127) << 14 | (size_t)(b.data[8] & 127) << 7 | (b.data[9] & 127));
  if (tag < b.length) {
    bytes_t rest = {b.data + tag, b.length - tag};
    if (HAS(rest, 0, "fLaC")) return "audio/flac";
    const char *type = audio_frames(rest);
    if (type) return type;
  }
  return "audio/mpeg";
}

/* ---- what is no media ---- */

/* Case-insensitive; the pattern is lower case. */
static bool begins(bytes_t b, const char *lower) {
  for (size_t i = 0; lower[i]; i++) {
    if (i >= b.length) return false;
    unsigned char c = b.data[i];
    if (c >= 'A' && c <= 'Z') c = (unsigned char)(c + 'a' - 'A');
    if (c != (unsigned char)lower[i]) return false;
  }
  return true;
}

static bool is_text(bytes_t b) {
  for (size_t i = 0; i < b.length; i++) {
    unsigned char c = b.data[i];
    if ((c < ' ' && !(c >= '\t' && c <= '\r') && c != 0x1B) || c == 0x7F || c == 0xC0 || c == 0xC1 || c >= 0xF5) return false;
    if (c < 0x80) continue;
    size_t more = c < 0xC0 ? 9 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
    if (more == 9) return false;
    for (; more && i + 1 < b.length; more--)
      if ((b.data[++i] & 0xC0) != 0x80) return false;
  }
  return b.length > 0;
}

static const char *markup(bytes_t b) {
  static const char *const html[] = {"<!doctype html", "<html", "<head", "<body", "<title", "<script", "<meta", "<h1", "<p>", "<div"};
  for (size_t i = 0; i < sizeof html / sizeof *html; i++)
    if (begins(b, html[i])) return "text/html";
  if (begins(b, "<svg")) return "image/svg+xml";
  if (begins(b, "<?xml") || begins(b, "<!doctype"))
    return find(b, "<svg", 4) ? "image/svg+xml" : find(b, "<html", 5) ? "text/html" : "application/xml";
  if (begins(b, "<!--")) return "text/html";
  return b.length > 1 && b.data[0] == '<' && (unsigned char)((b.data[1] | 0x20) - 'a') < 26 ? "application/xml" : NULL;
}

static const char *text_kind(bytes_t b) {
  if (HAS(b, 0, "\xfe\xff") || HAS(b, 0, "\xff\xfe")) return b.length % 2 == 0 && b.length >= 4 ? "text/plain" : NULL;
  if (HAS(b, 0, "\xef\xbb\xbf")) b.data += 3, b.length -= 3;
  if (!is_text(b)) return NULL;
  while (b.length && (b.data[0] == ' ' || (b.data[0] >= '\t' && b.data[0] <= '\r'))) b.data++, b.length--;
  if (b.length == 0) return "text/plain";
  const char *type = markup(b);
  if (type) return type;
  return b.data[0] == '{' || b.data[0] == '[' ? "application/json" : "text/plain";
}

const char *rt_sniff(const void *bytes, size_t length) {
  static const char *(*const tests[])(bytes_t) = {by_signature, iso_media, riff, matroska, ogg, id3, bmp, audio_frames, text_kind};
  bytes_t b = {bytes, length < RT_SNIFF_BYTES ? length : RT_SNIFF_BYTES};
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
    const char *type = tests[i](b);
    if (type) return type;
  }
  return NULL;
}
