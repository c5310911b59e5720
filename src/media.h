/* media.h: what a picture, video or sound is, from as few of its bytes as will do. Only headers are read: no pixel, no sample. Which bytes
   are wanted next stands in the pieces; nobody here opens a file. */
#ifndef RT_MEDIA_H
#define RT_MEDIA_H

#include "pieces.h"

typedef enum rt_media_state {
  RT_MEDIA_DONE,
  RT_MEDIA_NEED,    /* more bytes: pieces->wanted_offset and wanted_length; what holds already stands in `out` */
  RT_MEDIA_UNKNOWN, /* of no form that is read here */
  RT_MEDIA_CORRUPT  /* `message` says how */
} rt_media_state;

typedef struct rt_media {
  const char *media_type; /* "image/avif", "video/mp4", "audio/mpeg", ...; NULL: unknown */
  bool measured;          /* width, height and orientation hold */
  bool settled;           /* all else holds too: only the file's end is still to be looked at */
  uint32_t width, height; /* as shown: EXIF orientation, irot and the track's rotation applied */
  int orientation;        /* EXIF's 1 to 8; of a video: 1, 6 (90 degrees clockwise), 3 (180) or 8 (270) */
  bool animated;
  uint32_t frames;             /* 0 where the header does not tell */
  double duration, frame_rate; /* seconds, frames a second; negative: not told */
  char video_codec[24];        /* ffprobe's codec_name: h264 hevc vp8 vp9 av1 prores mpeg4 theora; "" none */
  char audio_codec[24];        /* aac mp3 opus vorbis flac pcm_s16le amr_nb ... */
  bool end_seen, complete;     /* whether the end was looked at, and is there */
  char message[160];
} rt_media;

rt_media_state rt_media_read(rt_pieces *pieces, rt_media *out);

#endif
