/* media_movie.h: MP4 files put together by hand. */
#ifndef MEDIA_MOVIE_H
#define MEDIA_MOVIE_H

#include "media_build.h"

typedef struct {
  bool sound, disabled, long_times; /* boxes of version 1 */
  int turn;                         /* degrees clockwise */
  const char *letters;              /* of the sample entry */
  unsigned width, height;
  uint32_t timescale, samples, ticks; /* each lasts so many */
  uint32_t entries;                   /* of stts; 0: one */
  size_t table;                       /* bytes of a table of sizes, all zeroes */
  const char *inside;                 /* bytes at the end of the sample entry */
  size_t inside_length;
} track_t;

static const track_t plain_video = {.letters = "avc1", .width = 320, .height = 240, .timescale = 12800, .samples = 50, .ticks = 512};
static const track_t plain_sound = {.sound = true, .letters = "sowt", .timescale = 8000, .samples = 16000, .ticks = 1};

static inline void put_matrix(int turn) {
  static const int cosine[4] = {1, 0, -1, 0}, sine[4] = {0, 1, 0, -1};
  int quarter = turn / 90 % 4;
  int32_t values[9] = {
      cosine[quarter] * 65536, sine[quarter] * 65536, 0, -sine[quarter] * 65536, cosine[quarter] * 65536, 0, 0, 0, 1 << 30};
  for (int i = 0; i < 9; i++) put_big(4, (uint32_t)values[i]);
}

static inline void put_ftyp(const char *brand) {
  size_t at = box("ftyp");
  put_text(brand);
  put_zeroes(4);
  put_text("isom");
  end_box(at);
}

/* Version and flags, the times of making, and what `between` and the duration need of their width. */
static inline void put_times(bool long_times, uint32_t flags) {
  put_big(1, long_times);
  put_big(3, flags);
  put_zeroes(long_times ? 16 : 8);
}

static inline void put_mvhd(bool long_times, uint32_t timescale, uint64_t duration, int turn) {
  size_t at = box("mvhd");
  put_times(long_times, 0);
  put_big(4, timescale);
  put_big(long_times ? 8 : 4, duration);
  put_zeroes(16);
  put_matrix(turn);
  put_zeroes(28);
  end_box(at);
}

static inline void put_tkhd(const track_t *track, unsigned id) {
  size_t at = box("tkhd");
  put_times(track->long_times, track->disabled ? 0 : 1);
  put_big(4, id);
  put_zeroes(4);
  put_zeroes(track->long_times ? 8 : 4);
  put_zeroes(16);
  put_matrix(track->turn);
  put_big(4, (uint64_t)track->width << 16);
  put_big(4, (uint64_t)track->height << 16);
  end_box(at);
}

static inline void put_sample_entry(const track_t *track) {
  size_t at = box(track->letters);
  put_zeroes(6);
  put_big(2, 1);
  if (track->sound) {
    put_zeroes(8);
    put_big(2, 2);
    put_big(2, 16);
    put_zeroes(4);
    put_big(4, (uint64_t)track->timescale << 16);
  } else {
    put_zeroes(16);
    put_big(2, track->width);
    put_big(2, track->height);
    put_zeroes(50);
  }
  put(track->inside, track->inside_length);
  end_box(at);
}

static inline void put_stbl(const track_t *track) {
  size_t at = box("stbl"), inner = box("stsd");
  put_zeroes(4);
  put_big(4, 1);
  put_sample_entry(track);
  end_box(inner);
  inner = box("stts");
  uint32_t entries = track->entries ? track->entries : 1;
  put_zeroes(4);
  put_big(4, entries);
  for (uint32_t i = 0; i < entries; i++) {
    put_big(4, track->samples / entries);
    put_big(4, track->ticks);
  }
  end_box(inner);
  empty_box("ctts", track->table);
  inner = box("stsz");
  put_zeroes(8);
  put_big(4, track->samples);
  put_zeroes(track->table);
  end_box(inner);
  end_box(at);
}

static inline void put_track(const track_t *track, unsigned id) {
  size_t at = box("trak");
  put_tkhd(track, id);
  size_t media = box("mdia"), inner = box("mdhd");
  put_times(track->long_times, 0);
  put_big(4, track->timescale);
  put_big(track->long_times ? 8 : 4, (uint64_t)track->samples * track->ticks);
  put_zeroes(4);
  end_box(inner);
  inner = box("hdlr");
  put_zeroes(8);
  put_text(track->sound ? "soun" : "vide");
  put_zeroes(13);
  end_box(inner);
  inner = box("minf");
  empty_box(track->sound ? "smhd" : "vmhd", 8);
  put_stbl(track);
  end_box(inner);
  end_box(media);
  end_box(at);
}

/* Two seconds of picture and sound. */
static inline void put_movie(const track_t *video, const track_t *sound) {
  size_t at = box("moov");
  put_mvhd(video ? video->long_times : false, 1000, 2000, 0);
  if (video) put_track(video, 1);
  if (sound) put_track(sound, 2);
  end_box(at);
}

#endif
