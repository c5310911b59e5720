/* MP4 and Matroska files put together by hand: what no tool writes when it is asked to, but cameras and servers do. */
#include "media_movie.h"

static void make(const track_t *video, const track_t *sound) {
  size = 0;
  put_ftyp("isom");
  put_movie(video, sound);
  empty_box("mdat", 1000);
}

/* Where a box begins. */
static unsigned char *place_of(const char *type) {
  unsigned char *found = memmem(file, size, type, 4);
  return found ? found - 4 : file;
}

/* ---- MP4: the movie header ---- */

static void plain_movies(void) {
  rt_media media;
  track_t video = plain_video;
  for (int i = 0; i < 2; i++) {
    video.long_times = i == 1;
    make(&video, &plain_sound);
    CHECK(read_whole(&media) == RT_MEDIA_DONE && media.settled && media.complete);
    CHECK(media.width == 320 && media.height == 240 && media.orientation == 1);
    CHECK(close_to(media.duration, 2) && close_to(media.frame_rate, 25));
    CHECK_STR(media.video_codec, "h264");
    CHECK_STR(media.audio_codec, "pcm_s16le");
  }
  make(NULL, &plain_sound);
  CHECK(read_whole(&media) == RT_MEDIA_DONE && !media.measured && !media.video_codec[0] && media.audio_codec[0]);
  make(NULL, NULL);
  CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "neither a picture nor a sound"));
  video = plain_video;
  video.width = 0;
  make(&video, NULL);
  CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "0x240 pixels"));
}

static void rotations(void) {
  static const int orientations[4] = {1, 6, 3, 8};
  for (int track = 0; track < 4; track++)
    for (int movie = 0; movie < 4; movie++) {
      rt_media media;
      track_t video = plain_video;
      video.turn = 90 * track;
      size = 0;
      put_ftyp("qt  ");
      size_t at = box("moov");
      put_mvhd(false, 600, 1200, 90 * movie);
      put_track(&video, 1);
      end_box(at);
      empty_box("mdat", 10);
      CHECK(read_whole(&media) == RT_MEDIA_DONE && media.orientation == orientations[(track + movie) % 4]);
      bool upright = (track + movie) % 2 == 0;
      CHECK(media.width == (upright ? 320 : 240) && media.height == (upright ? 240 : 320));
      CHECK_STR(media.media_type, "video/quicktime");
    }
}

/* A chapter's picture comes first, but is not enabled; without any that is, the first counts. */
static void tracks_that_are_not_enabled(void) {
  rt_media media;
  track_t preview = plain_video, video = plain_video;
  preview.disabled = true;
  preview.width = 16;
  for (int i = 0; i < 2; i++) {
    video.disabled = i == 1;
    size = 0;
    put_ftyp("isom");
    size_t at = box("moov");
    put_mvhd(false, 1000, 2000, 0);
    put_track(&preview, 1);
    put_track(&video, 2);
    end_box(at);
    empty_box("mdat", 10);
    CHECK(read_whole(&media) == RT_MEDIA_DONE && media.width == (i ? 16 : 320));
  }
}

/* Without a duration in the movie header the tracks' own counts; frame rates by many entries of time, and by the count of samples. */
static void times(void) {
  rt_media media;
  track_t video = plain_video;
  size = 0;
  put_ftyp("isom");
  size_t at = box("moov");
  put_mvhd(false, 1000, UINT32_MAX, 0);
  put_track(&plain_sound, 1);
  put_track(&video, 2);
  end_box(at);
  empty_box("mdat", 10);
  CHECK(read_whole(&media) == RT_MEDIA_DONE && close_to(media.duration, 2) && close_to(media.frame_rate, 25));
  video.entries = 25;
  make(&video, NULL);
  CHECK(read_whole(&media) == RT_MEDIA_DONE && close_to(media.frame_rate, 25));
  video.entries = 1000;
  video.samples = 5000;
  make(&video, NULL);
  CHECK(read_whole(&media) == RT_MEDIA_DONE && close_to(media.frame_rate, 25));
  video = plain_video;
  video.timescale = 0;
  make(&video, NULL);
  CHECK(read_whole(&media) == RT_MEDIA_DONE && media.frame_rate == -1);
}

/* ---- MP4: sample descriptions ---- */

static const char *codec_of(const char *letters, bool sound, const char *inside, size_t inside_length) {
  static rt_media media;
  track_t track = sound ? plain_sound : plain_video;
  track.letters = letters;
  track.inside = inside;
  track.inside_length = inside_length;
  make(sound ? NULL : &track, sound ? &track : NULL);
  CHECK(read_whole(&media) == RT_MEDIA_DONE);
  return sound ? media.audio_codec : media.video_codec;
}

#define ESDS(type)                                                                                                                         \
  "\0\0\0\x1a"                                                                                                                             \
  "esds\0\0\0\0\x03\x80\x80\x0d\0\1\0\x04\x05" type "...."
#define CODEC(letters, sound, inside) codec_of(letters, sound, inside, sizeof(inside) - 1)

static void codecs(void) {
  static const char *const letters[][2] = {{"avc3", "h264"}, {"hvc1", "hevc"},   {"hev1", "hevc"}, {"av01", "av1"},   {"vp09", "vp9"},
                                           {"vp08", "vp8"},  {"apcn", "prores"}, {"s263", "h263"}, {"jpeg", "mjpeg"}, {"zyxw", "zyxw"}};
  for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) CHECK_STR(CODEC(letters[i][0], false, ""), letters[i][1]);
  CHECK_STR(CODEC("mp4v", false, ESDS("\x20")), "mpeg4");
  CHECK_STR(CODEC("mp4v", false, ESDS("\x61")), "mpeg2video");
  CHECK_STR(CODEC("mp4v", false, ""), "mpeg4");
  CHECK_STR(CODEC("mp4a", true, ESDS("\x40")), "aac");
  CHECK_STR(CODEC("mp4a", true, ESDS("\x6b")), "mp3");
  CHECK_STR(CODEC("mp4a", true,
                  "\0\0\0\x22"
                  "wave" ESDS("\x69")),
            "mp3");
  CHECK_STR(CODEC("mp4a", true,
                  "\0\0\0\x0d"
                  "esds\0\0\0\0\x03"),
            "aac"); /* cut short: what it mostly is */
  CHECK_STR(CODEC("samr", true, ""), "amr_nb");
  CHECK_STR(CODEC("sawb", true, ""), "amr_wb");
  CHECK_STR(CODEC("Opus", true, ""), "opus");
  CHECK_STR(CODEC("encv", false,
                  "\0\0\0\x14"
                  "sinf\0\0\0\x0c"
                  "frmahvc1"),
            "hevc");
  CHECK_STR(CODEC("enca", true,
                  "\0\0\0\x14"
                  "sinf\0\0\0\x0c"
                  "frmaalac"),
            "alac");
  CHECK_STR(CODEC("encv", false, ""), "encv");
}

static void raw_sounds(void) {
  CHECK_STR(CODEC("twos", true, ""), "pcm_s16be");
  CHECK_STR(CODEC("in24", true, ""), "pcm_s24be");
  CHECK_STR(CODEC("in24", true,
                  "\0\0\0\x12"
                  "wave\0\0\0\x0a"
                  "enda\0\1"),
            "pcm_s24le");
  CHECK_STR(CODEC("fl64", true, ""), "pcm_f64be");
  CHECK_STR(CODEC("ipcm", true,
                  "\0\0\0\x0e"
                  "pcmC\0\0\0\0\1\x18"),
            "pcm_s24le");
  CHECK_STR(CODEC("fpcm", true,
                  "\0\0\0\x0e"
                  "pcmC\0\0\0\0\0\x20"),
            "pcm_f32be");
  CHECK_STR(CODEC("ulaw", true, ""), "pcm_mulaw");
  CHECK_STR(CODEC("ms\0\x11", true, ""), "adpcm_ima_wav");
}

/* QuickTime's longer entries: versions 1 and 2, the latter with bits and flags of its own. */
static void long_sound_entries(void) {
  rt_media media;
  track_t track = plain_sound;
  track.letters = "lpcm";
  track.inside = "\0\0\0\x48........\0\0\0\2\x7f\0\0\0\0\0\0\x20\0\0\0\1........";
  track.inside_length = 36;
  make(NULL, &track);
  place_of("lpcm")[17] = 2;
  CHECK(read_whole(&media) == RT_MEDIA_DONE);
  CHECK_STR(media.audio_codec, "pcm_f32le");
  track.letters = "mp4a";
  track.inside = "................" ESDS("\x6b");
  track.inside_length = 16 + 26;
  make(NULL, &track);
  place_of("mp4a")[17] = 1;
  CHECK(read_whole(&media) == RT_MEDIA_DONE);
  CHECK_STR(media.audio_codec, "mp3");
}

/* ---- MP4: the file ---- */

/* At the end: one read for a small movie header, two for one whose tables are megabytes. */
static void reads(void) {
  track_t video = plain_video, sound = plain_sound;
  for (int large = 0; large < 2; large++)
    for (int first = 0; first < 2; first++) {
      video.table = sound.table = large ? 500000 : 2000;
      size = 0;
      put_ftyp("isom");
      if (first) put_movie(&video, &sound);
      empty_box("mdat", 1 << 20);
      if (!first) put_movie(&video, &sound);
      media_walk walk = walk_media(file, size, size, SIZE_MAX);
      CHECK(walk.state == RT_MEDIA_DONE && walk.media.complete && walk.media.width == 320 && walk.media.audio_codec[0]);
      CHECK(walk.reads <= 2u + 1 + (large ? 1u : 0u) + (first && large ? 1u : 0u)); /* two looks tell the form */
      CHECK(walk.read_bytes < (large ? 8192u : 20000u));
      walk = walk_media(file, size, RT_SIZE_UNKNOWN, SIZE_MAX);
      CHECK(walk.state == RT_MEDIA_DONE && walk.media.width == 320 && walk.reads <= 5);
    }
}

static void truncated(void) {
  rt_media media;
  make(&plain_video, &plain_sound);
  size -= 1;
  CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && media.settled && media.measured && media.end_seen && !media.complete);
  CHECK(strstr(media.message, "the file is truncated: it ends after ") && strstr(media.message, "inside its media data"));
  size -= 1007;
  CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "truncated") && strstr(media.message, "before its media data"));
  size -= 100;
  CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "inside its movie header"));
  size = 0;
  put_ftyp("isom");
  empty_box("mdat", 100);
  CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "without a movie header (moov)"));
  CHECK(read_start(&media) == RT_MEDIA_NEED);
  make(&plain_video, NULL);
  CHECK(read_start(&media) == RT_MEDIA_DONE && !media.end_seen);
  empty_box("free", 10);
  put_zeroes(2000); /* something appended is no damage */
  CHECK(read_whole(&media) == RT_MEDIA_DONE && media.complete);
  make(&plain_video, NULL);
  memcpy(place_of("mdat"), "\0\0\0\0", 4); /* to the end, wherever that is */
  CHECK(read_whole(&media) == RT_MEDIA_DONE && media.complete);
  make(&plain_video, NULL);
  memcpy(place_of("stsd"), "\0\1\0\0", 4);
  CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "the stsd box at byte"));
  memcpy(place_of("stsd"), "\0\0\0\3", 4);
  CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "no box begins at byte"));
  size = 0;
  PUT("\0\0\0\x18"
      "ftypiso5\0\0\0\0iso5dash\0\0\0\x08moof");
  CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "beginning is missing"));
}

/* ---- MP4: fragments ---- */

static void put_init(double told) {
  track_t empty = plain_video;
  empty.samples = 0;
  size = 0;
  put_ftyp("iso5");
  size_t at = box("moov");
  put_mvhd(false, 1000, 0, 0);
  put_track(&empty, 1);
  size_t inner = box("mvex");
  if (told > 0) {
    size_t header = box("mehd");
    put_zeroes(4);
    put_big(4, (uint64_t)(told * 1000));
    end_box(header);
  }
  size_t defaults = box("trex");
  put_zeroes(4);
  put_big(4, 1);
  put_big(4, 1);
  put_big(4, 512);
  put_zeroes(8);
  end_box(defaults);
  end_box(inner);
  end_box(at);
}

/* Half a second of picture that begins at `tick`; without tfdt where that is negative. Each sample's duration is told, or none is. */
static void put_fragment(int64_t tick, bool each) {
  size_t at = box("moof"), inner;
  empty_box("mfhd", 8);
  size_t fragment = box("traf");
  inner = box("tfhd");
  put_big(4, 0x020000);
  put_big(4, 1);
  end_box(inner);
  if (tick >= 0) {
    inner = box("tfdt");
    put_big(4, 1u << 24);
    put_big(8, (uint64_t)tick);
    end_box(inner);
  }
  inner = box("trun");
  put_big(4, each ? 0x000301 : 0x000201);
  put_big(4, each ? 10 : 12);
  put_zeroes(4);
  for (int i = 0; i < (each ? 10 : 12); i++) {
    if (each) put_big(4, 640);
    put_big(4, 100);
  }
  end_box(inner);
  end_box(fragment);
  end_box(at);
  empty_box("mdat", 300);
}

static void fragments(void) {
  rt_media media;
  for (int each = 0; each < 2; each++) { /* in a file, and a piece of a stream that was joined after an hour */
    for (int late = 0; late < 2; late++) {
      put_init(0);
      for (int i = 0; i < 40; i++) put_fragment(i * 6400 + late * 3600 * 12800, each);
      CHECK(read_whole(&media) == RT_MEDIA_DONE && media.complete && media.width == 320);
      CHECK(close_to(media.duration, each ? 20 : 19.5 + 12 * 512 / 12800.0) && close_to(media.frame_rate, each ? 20 : 25));
      media_walk walk = walk_media(file, size, size, SIZE_MAX);
      CHECK(walk.state == RT_MEDIA_DONE && close_to(walk.media.duration, media.duration) && walk.reads < 8);
    }
  }
  put_init(0);
  for (int i = 0; i < 3; i++) put_fragment(-1, true); /* one after the other */
  CHECK(read_whole(&media) == RT_MEDIA_DONE && close_to(media.duration, 1.5));
  size -= 1;
  CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "truncated"));
  put_init(7);
  put_fragment(0, true);
  CHECK(read_whole(&media) == RT_MEDIA_DONE && close_to(media.duration, 7));
  CHECK(read_start(&media) == RT_MEDIA_DONE && close_to(media.duration, 7) && !media.end_seen);
  put_init(0);
  put_fragment(0, true);
  CHECK(read_start(&media) == RT_MEDIA_DONE && media.duration == -1 && close_to(media.frame_rate, 20));
  put_init(0);
  CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "before its media data"));
}

static void segment_index(void) {
  rt_media media;
  for (int long_times = 0; long_times < 2; long_times++) {
    put_init(0);
    size_t at = box("sidx");
    put_big(4, (uint64_t)long_times << 24);
    put_big(4, 1);
    put_big(4, 1000);
    put_zeroes(long_times ? 16 : 8);
    put_big(4, 2);
    for (int i = 0; i < 2; i++) {
      put_big(4, 1000);
      put_big(4, 30000);
      put_zeroes(4);
    }
    end_box(at);
    size_t begin = size;
    put_fragment(0, true);
    size = begin + 2000;
    CHECK(read_whole(&media) == RT_MEDIA_DONE && media.complete && close_to(media.duration, 60));
    CHECK(read_start(&media) == RT_MEDIA_DONE && close_to(media.duration, 60));
    size -= 1;
    CHECK(read_whole(&media) == RT_MEDIA_CORRUPT && strstr(media.message, "ends after"));
  }
}

int main(void) {
  plain_movies();
  rotations();
  tracks_that_are_not_enabled();
  times();
  codecs();
  raw_sounds();
  long_sound_entries();
  reads();
  truncated();
  fragments();
  segment_index();
  return unit_report();
}
