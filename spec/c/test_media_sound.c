/* Ogg, MP3, AAC, WAV, FLAC and Matroska files put together by hand. */
#include "media_build.h"

/* ---- Ogg ---- */

static void put_page(unsigned flags, uint64_t granule, uint32_t serial, const void *bytes, size_t length) {
  PUT("OggS\0");
  put_big(1, flags);
  put_little(8, granule);
  put_little(4, serial);
  put_zeroes(8);
  put_big(1, length / 255 + 1);
  for (size_t left = length; left >= 255; left -= 255) put_big(1, 255);
  put_big(1, length % 255);
  put(bytes, length);
}

static const unsigned char theora[42] = "\x80theora\3\2\1\0\x14\0\x0f\0\1\x3d\0\0\xe9\0\0\0\0\0\x19\0\0\0\1\0\0\1\0\0\1\0\0\0\0\1\x80";
static const unsigned char vorbis[30] = "\1vorbis\0\0\0\0\2\x44\xac\0\0";
static const unsigned char opus[19] = "OpusHead\1\2\x38\1\x80\xbb";
static const unsigned char filling[60000];

static void ogg_streams(void) {
  rt_media media;
  size = 0;
  put_page(2, 0, 7, theora, sizeof theora);
  put_page(2, 0, 8, vorbis, sizeof vorbis);
  put_page(0, 0, 7, "skeleton", 8);
  put_page(0, 5 << 12 | 3, 7, filling, 3000);
  put_page(4, 3u << 12 | 47, 7, filling, 10); /* key frame shift 12: 50 frames */
  put_page(4, 3 * 44100, 8, filling, 10);
  CHECK(read_whole(&media) == RT_MEDIA_DONE && media.complete && media.width == 317 && media.height == 233);
  CHECK(close_to(media.duration, 3) && close_to(media.frame_rate, 25));
  CHECK_STR(media.video_codec, "theora");
  CHECK_STR(media.audio_codec, "vorbis");
  CHECK(read_start(&media) == RT_MEDIA_DONE && media.duration == -1 && !media.end_seen);
  size -= 1;
  CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "the file ends after") && media.settled);
  size -= 37;
  CHECK(read_whole(&media) == RT_MEDIA_DONE && media.end_seen && !media.complete);
}

/* Opus: its first samples are not heard. Its last page is the largest there is, so the first look at the end finds none. */
static void ogg_large_last_page(void) {
  size = 0;
  put_page(2, 0, 1, opus, sizeof opus);
  put_page(0, UINT64_MAX, 1, filling, 50000);
  put_page(4, 96000 + 312, 1, filling, 60000);
  media_walk walk = walk_media(file, size, size, SIZE_MAX);
  CHECK(walk.state == RT_MEDIA_DONE && walk.media.complete && close_to(walk.media.duration, 2) && walk.reads <= 4);
  CHECK_STR(walk.media.audio_codec, "opus");
}

static void ogg_damage(void) {
  rt_media media;
  size = 0;
  put_page(2, 0, 1, "Unknown codec", 13);
  CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "no stream of a known codec"));
  size = 0;
  put_page(2, 0, 1, vorbis, sizeof vorbis);
  size_t second = size;
  put_page(2, 0, 2, vorbis, sizeof vorbis);
  file[second] = 'X';
  CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "no Ogg page begins at byte"));
}

/* ---- MPEG audio ---- */

/* 44.1 kHz, joint stereo: 417 or 418 bytes at 128 kilobits; `rate` is its place in the table. */
static size_t put_mp3(unsigned rate, const char *inside) {
  static const unsigned kilobits[] = {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320};
  size_t length = 144000 * kilobits[rate] / 44100, begin = size;
  PUT("\xff\xfb");
  put_big(1, rate << 4);
  put_big(1, 0x40);
  put_zeroes(length - 4);
  if (inside) memcpy(file + begin + 36, inside, 12);
  return length;
}

static void mp3_with_a_summary(void) {
  rt_media media;
  for (int tag = 0; tag < 2; tag++) {
    size = 0;
    if (tag) {
      PUT("ID3\3\0\0\0\x02\x58\x50"); /* 44112 bytes of picture */
      put_zeroes(44112);
    }
    size_t begin = size;
    put_mp3(9, "Xing\0\0\0\3\0\0\x03\xe8");
    memcpy(file + begin + 48, "\0\0\x10\x46", 4); /* 4166 bytes */
    for (int i = 0; i < 9; i++) put_mp3(9, NULL);
    CHECK(read_whole(&media) == RT_MEDIA_DONE && media.complete && close_to(media.duration, 1000 * 1152 / 44100.0));
    CHECK_STR(media.audio_codec, "mp3");
    CHECK(walk_media(file, size, size, SIZE_MAX).read_bytes < 5200);
    size -= 1000;
    CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "the file ends after"));
  }
  size = 0;
  put_mp3(9, "VBRI\0\1\0\0\0\0\0\0");
  memcpy(file + 46, "\0\0\0\0\0\0\0\x64", 8);
  put_mp3(9, NULL);
  put_mp3(9, NULL);
  CHECK(read_whole(&media) == RT_MEDIA_DONE && close_to(media.duration, 100 * 1152 / 44100.0) && !media.end_seen);
}

static void mp3_without(void) {
  rt_media media;
  size = 0;
  for (int i = 0; i < 100; i++) put_mp3(5 + (unsigned)i % 5, NULL);
  CHECK(read_whole(&media) == RT_MEDIA_DONE && media.complete && close_to(media.duration, 100 * 1152 / 44100.0));
  size -= 3;
  CHECK(read_whole(&media) == RT_MEDIA_DONE && media.end_seen && !media.complete);
  size += 3;
  PUT("TAG a note at the end");
  CHECK(read_whole(&media) == RT_MEDIA_DONE && media.complete && close_to(media.duration, 100 * 1152 / 44100.0));
  CHECK(read_start(&media) == RT_MEDIA_DONE && media.duration == -1);
  for (int even = 0; even < 2; even++) { /* too long to count them all */
    size = 0;
    for (int i = 0; i < 5000; i++) put_mp3(even ? 9 : 5 + (unsigned)i % 7, NULL);
    media_walk walk = walk_media(file, size, size, SIZE_MAX);
    double off = walk.media.duration / (5000 * 1152 / 44100.0) - 1;
    CHECK(walk.state == RT_MEDIA_DONE && off < 0.02 && off > -0.02 && walk.read_bytes < 80000);
  }
  size = 0;
  PUT("ID3\3\0\0\0\0\0\x05.....nothing that is a frame follows here, whatever it may be");
  CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "no frame of sound begins at byte 15"));
  size = 0;
  PUT("ID3\3\0\0\x7f\x7f\x7f\x7f and the file ends");
  CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && read_start(&media) == RT_MEDIA_NEED);
}

static void aac_frames(void) {
  rt_media media;
  for (int tag = 0; tag < 2; tag++) {
    size = 0;
    if (tag) {
      PUT("ID3\4\0\0\0\0\x08\0");
      put_zeroes(1024);
    }
    for (int i = 0; i < 50; i++) {
      size_t length = 100 + (size_t)i;
      PUT("\xff\xf1\x4c"); /* 48 kHz */
      put_big(1, 0x80 | length >> 11);
      put_big(1, length >> 3);
      put_big(1, (length & 7) << 5 | 0x1f);
      put_big(1, 0xfc);
      put_zeroes(length - 7);
    }
    CHECK(read_whole(&media) == RT_MEDIA_DONE && media.complete && close_to(media.duration, 50 * 1024 / 48000.0));
    CHECK_STR(media.media_type, "audio/aac");
    CHECK_STR(media.audio_codec, "aac");
  }
}

/* ---- WAV and FLAC ---- */

/* 8 kHz, mono. */
static void put_wav(const char *form, unsigned tag, unsigned bits, uint32_t data) {
  size = 0;
  put_text(form);
  put_little(4, 36 + (uint64_t)data);
  PUT("WAVEfmt \x10\0\0\0");
  put_little(2, tag);
  put_little(2, 1);
  put_little(4, 8000);
  put_little(4, 8000 * bits / 8);
  put_little(2, bits / 8);
  put_little(2, bits);
  PUT("data");
  put_little(4, data);
}

static void wav_files(void) {
  static const struct {
    unsigned tag, bits;
    const char *codec;
  } cases[] = {{1, 8, "pcm_u8"},     {1, 16, "pcm_s16le"}, {1, 24, "pcm_s24le"}, {3, 32, "pcm_f32le"},
               {3, 64, "pcm_f64le"}, {7, 8, "pcm_mulaw"},  {0x55, 8, "mp3"},     {0x1234, 16, "unknown"}};
  rt_media media;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    put_wav("RIFF", cases[i].tag, cases[i].bits, 4000 * cases[i].bits / 8);
    put_zeroes(4000 * cases[i].bits / 8);
    CHECK(read_whole(&media) == RT_MEDIA_DONE && media.complete && close_to(media.duration, 0.5));
    CHECK_STR(media.audio_codec, cases[i].codec);
    size -= 1;
    CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && close_to(media.duration, 0.5) && strstr(media.message, "the file ends after"));
  }
  for (int i = 0; i < 2; i++) { /* written to a pipe */
    put_wav("RIFF", 1, 16, i ? UINT32_MAX : 0);
    put_zeroes(16000);
    CHECK(read_whole(&media) == RT_MEDIA_DONE && media.complete && close_to(media.duration, 1));
    CHECK(read_start(&media) == RT_MEDIA_DONE && media.duration == -1);
  }
  put_wav("RIFF", 1, 16, 10);
  memcpy(file + 12, "JUNK", 4);
  CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "before their format"));
  memcpy(file + 12, "fmt \x08", 5);
  CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "a length of 8"));
  size = 12;
  for (int i = 0; i < 100; i++) PUT("LIST\0\0\0\0");
  CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "hold no samples"));
}

static void long_wav(void) {
  rt_media media;
  size = 0;
  PUT("RF64\xff\xff\xff\xff"
      "WAVEds64\x1c\0\0\0");
  put_little(8, 0);
  put_little(8, 6400000000);
  put_little(8, 3200000000);
  put_little(4, 0);
  PUT("fmt \x28\0\0\0\xfe\xff\2\0\x80\x3e\0\0\0\xf4\1\0\4\0\x10\0\x16\0\x10\0\3\0\0\0\1\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71");
  PUT("data\xff\xff\xff\xff");
  uint64_t end = size + 6400000000;
  put_zeroes(600);
  CHECK(read_media(file, size, end, &media) == RT_MEDIA_DONE && media.complete && close_to(media.duration, 100000));
  CHECK_STR(media.audio_codec, "pcm_s16le");
  CHECK(read_media(file, size, end - 1, &media) == RT_MEDIA_CORRUPT);
}

static void flac_files(void) {
  rt_media media;
  for (int tag = 0; tag < 2; tag++) {
    size = 0;
    if (tag) PUT("ID3\3\0\0\0\0\0\x04....");
    PUT("fLaC\0\0\0\x22\x10\0\x10\0\0\0\x40\0\1\0\x0a\xc4\x42\xf0\0\1\x58\x88"); /* 88200 samples, frames of 64 bytes and more */
    put_zeroes(16);
    size_t head = size;
    put_zeroes(22 * 64);
    CHECK(read_start(&media) == RT_MEDIA_DONE && close_to(media.duration, 2));
    CHECK_STR(media.media_type, "audio/flac");
    CHECK_STR(media.audio_codec, "flac");
    CHECK(read_whole(&media) == RT_MEDIA_DONE);
    size -= 1;
    CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "truncated"));
    file[head - 34 + 3] = 1;
    size = head;
    memset(file + head - 34 + 10, 0, 3);
    CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "sample rate of 0"));
    file[head - 38] = 1;
    CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "STREAMINFO"));
  }
}

/* ---- Matroska ---- */

/* An element is opened with its id and closed with its size, of eight bytes. */
static size_t element(uint32_t id) {
  unsigned length = id > 0xFFFFFF ? 4 : id > 0xFFFF ? 3 : id > 0xFF ? 2 : 1;
  put_big(length, id);
  put_big(8, (uint64_t)0xFF << 48 | 0xFFFFFFFFFFFF | (uint64_t)1 << 56); /* unknown, until it is closed */
  return size;
}

static void end_element(size_t body) {
  size_t length = size - body;
  for (unsigned i = 0; i < 7; i++) file[body - 1 - i] = (unsigned char)((uint64_t)length >> 8 * i);
}

static void put_number(uint32_t id, uint64_t value) {
  size_t at = element(id);
  put_big(4, value);
  end_element(at);
}

static void put_bytes(uint32_t id, const void *bytes, size_t length) {
  size_t at = element(id);
  put(bytes, length);
  end_element(at);
}

static void put_video(const char *codec, const void *private_bytes, size_t private_length, const char *roll) {
  size_t at = element(0xAE);
  put_number(0x83, 1);
  put_bytes(0x86, codec, strlen(codec));
  if (private_length) put_bytes(0x63A2, private_bytes, private_length);
  put_number(0x23E383, 40000000);
  size_t inner = element(0xE0);
  put_number(0xB0, 320);
  put_number(0xBA, 180);
  if (roll) {
    size_t projection = element(0x7670);
    put_bytes(0x7675, roll, 4);
    end_element(projection);
  }
  end_element(inner);
  end_element(at);
}

static void put_audio(const char *codec, const void *private_bytes, size_t private_length, unsigned bits) {
  size_t at = element(0xAE);
  put_number(0x83, 2);
  put_bytes(0x86, codec, strlen(codec));
  if (private_length) put_bytes(0x63A2, private_bytes, private_length);
  size_t inner = element(0xE1);
  put_number(0x6264, bits);
  end_element(inner);
  end_element(at);
}

static size_t start_matroska(void) {
  size = 0;
  size_t at = element(0x1A45DFA3);
  put_bytes(0x4282, "webm", 4);
  end_element(at);
  return element(0x18538067);
}

static void put_information(void) {
  size_t at = element(0x1549A966);
  put_number(0x2AD7B1, 2000000);
  put_bytes(0x4489, "\x44\x7a\0\0", 4); /* 1000 */
  end_element(at);
}

static void matroska_codecs(void) {
  static const struct {
    const char *code, *bytes;
    size_t length;
    unsigned bits;
    const char *codec;
  } cases[] = {{"V_VP9", "", 0, 0, "vp9"},
               {"V_MPEG4/ISO/ASP", "", 0, 0, "mpeg4"},
               {"V_MS/VFW/FOURCC", "................MJPG....", 24, 0, "mjpeg"},
               {"V_MS/VFW/FOURCC", "....", 4, 0, "unknown"},
               {"V_QUICKTIME",
                "\0\0\0\x56"
                "apcn",
                8, 0, "prores"},
               {"V_SOMETHING", "", 0, 0, "unknown"},
               {"A_AAC/MPEG4/LC", "", 0, 0, "aac"},
               {"A_PCM/INT/LIT", "", 0, 24, "pcm_s24le"},
               {"A_PCM/INT/BIG", "", 0, 16, "pcm_s16be"},
               {"A_PCM/FLOAT/IEEE", "", 0, 32, "pcm_f32le"},
               {"A_MS/ACM", "\x11\0............\4\0", 16, 0, "adpcm_ima_wav"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    rt_media media;
    size_t segment = start_matroska();
    put_information();
    size_t tracks = element(0x1654AE6B);
    bool video = cases[i].code[0] == 'V';
    if (video)
      put_video(cases[i].code, cases[i].bytes, cases[i].length, NULL);
    else
      put_audio(cases[i].code, cases[i].bytes, cases[i].length, cases[i].bits);
    end_element(tracks);
    end_element(segment);
    CHECK(read_whole(&media) == RT_MEDIA_DONE && media.complete && close_to(media.duration, 2));
    CHECK_STR(video ? media.video_codec : media.audio_codec, cases[i].codec);
    CHECK(!video || (media.width == 320 && close_to(media.frame_rate, 25)));
  }
}

static void matroska_rolls(void) {
  static const struct {
    const char *degrees;
    int orientation;
  } cases[] = {{"\x42\xb4\0\0", 8}, {"\xc2\xb4\0\0", 6}, {"\x43\x34\0\0", 3}, {"\0\0\0\0", 1}};
  for (size_t i = 0; i < 4; i++) {
    rt_media media;
    start_matroska(); /* and the segment's size is not known, as of a recording under way */
    size_t tracks = element(0x1654AE6B);
    put_video("V_VP8", "", 0, cases[i].degrees);
    end_element(tracks);
    element(0x1F43B675);
    CHECK(read_whole(&media) == RT_MEDIA_DONE && media.orientation == cases[i].orientation && !media.end_seen && media.duration == -1);
    CHECK(media.width == (cases[i].orientation > 4 ? 180u : 320u));
  }
}

/* The clusters come first; the seek head says where the rest is. */
static void matroska_seek(void) {
  rt_media media;
  for (int with = 0; with < 2; with++) {
    size_t segment = start_matroska(), places[2] = {0, 0};
    static const uint32_t ids[2] = {0x1549A966, 0x1654AE6B};
    size_t head = element(0x114D9B74);
    for (int i = 0; i < 2 && with; i++) {
      size_t seek = element(0x4DBB);
      put_number(0x53AB, ids[i]);
      put_number(0x53AC, 0);
      places[i] = size - 4;
      end_element(seek);
    }
    end_element(head);
    for (int i = 0; i < (with ? 100 : 3); i++) {
      size_t cluster = element(0x1F43B675);
      put_zeroes(5000);
      end_element(cluster);
    }
    size_t information = size;
    put_information();
    if (with) patch_big32(places[0], information - segment);
    if (with) patch_big32(places[1], size - segment);
    size_t tracks = element(0x1654AE6B);
    put_video("V_AV1", "", 0, NULL);
    end_element(tracks);
    end_element(segment);
    media_walk walk = walk_media(file, size, size, SIZE_MAX);
    CHECK(walk.state == RT_MEDIA_DONE && walk.media.complete && close_to(walk.media.duration, 2) && walk.media.width == 320);
    CHECK(walk.reads < 10);
    size -= 1;
    CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "the file ends after"));
  }
}

int main(void) {
  ogg_streams();
  ogg_large_last_page();
  ogg_damage();
  mp3_with_a_summary();
  mp3_without();
  aac_frames();
  wav_files();
  long_wav();
  flac_files();
  matroska_codecs();
  matroska_rolls();
  matroska_seek();
  return unit_report();
}
