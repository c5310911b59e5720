/* mp4.h: what the parts of the MP4 parser share: mp4.c goes through the file, mp4_tracks.c through its movie header (moov), mp4_codecs.c
   tells the codecs, mp4_fragments.c reads what fragmented files have instead of tables. A state of RT_MEDIA_DONE means: go on. */
#ifndef RT_MP4_H
#define RT_MP4_H

#include "boxes.h"
#include "media_forms.h"

enum { RT_MP4_VIDEO, RT_MP4_SOUND, RT_MP4_KINDS };

/* What is wanted at once: a movie header up to that size; of a larger one, and of each of its tracks, the head. */
enum { RT_MP4_WHOLE = 65536, RT_MP4_HEAD = 2048 };

typedef struct rt_mp4_track {
  bool found, enabled;
  uint32_t id, handler, timescale;
  uint32_t width, height;       /* as stored */
  double matrix[4];             /* a b c d */
  double seconds;               /* the media header's */
  double samples, ticks;        /* as many samples last so long together: all, or those that were looked at */
  uint32_t default_ticks;       /* of a fragment's samples */
  bool in_fragments;            /* from here to the end of the last fragment seen: */
  double first_tick, last_tick; /* in its timescale */
  char codec[24];
} rt_mp4_track;

typedef struct rt_mp4 {
  rt_pieces *pieces;
  rt_media *out;
  uint64_t wish_end; /* what is missing before that place is wanted together with the rest up to there */
  bool movie_seen, data_seen, fragmented;
  uint32_t timescale;
  double duration;      /* the movie header's */
  double told_duration; /* mehd's or sidx's, of a fragmented file; negative: not told */
  uint64_t indexed_end; /* where the fragments listed in sidx end; 0 unknown */
  unsigned fragments;   /* looked at */
  uint64_t first_fragment;
  bool untimed; /* fragments that do not say when they begin */
  double matrix[4];
  rt_mp4_track tracks[RT_MP4_KINDS];
} rt_mp4;

/* `length` bytes of a box, `from` its body on. */
rt_media_state rt_mp4_body(rt_mp4 *mp4, const rt_box *box, uint64_t from, size_t length, const unsigned char **p);

/* The boxes inside a range, asked for as mp4->wish_end says. */
rt_boxes rt_mp4_boxes(rt_mp4 *mp4, uint64_t begin, uint64_t end);

/* For what rt_boxes_next found that is neither HERE nor NONE. */
rt_media_state rt_mp4_stopped(rt_mp4 *mp4, const rt_boxes *boxes, rt_box_found found);

/* For a box that runs past the file's end. */
rt_media_state rt_mp4_truncated(rt_mp4 *mp4, const rt_box *box);

rt_media_state rt_mp4_movie(rt_mp4 *mp4, const rt_box *movie);

/* stsd: the codec, and a picture's sides. */
rt_media_state rt_mp4_sample_description(rt_mp4 *mp4, rt_mp4_track *track, const rt_box *description);

rt_media_state rt_mp4_extends(rt_mp4 *mp4, const rt_box *extends);     /* mvex */
rt_media_state rt_mp4_segment_index(rt_mp4 *mp4, const rt_box *index); /* sidx */
rt_media_state rt_mp4_fragment(rt_mp4 *mp4, const rt_box *fragment);   /* moof */
rt_media_state rt_mp4_last_fragment(rt_mp4 *mp4, bool *found);         /* at the file's end */

#endif
