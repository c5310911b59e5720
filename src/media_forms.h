/* media_forms.h: one parser a form, called by media.c once the first bytes have told the form; and what all of them need. A parser finds
   `out` started, with media_type set (it may set a better one). It runs from the start each time: nothing of it is kept between two runs. */
#ifndef RT_MEDIA_FORMS_H
#define RT_MEDIA_FORMS_H

#include "media.h"

rt_media_state rt_png_read(rt_pieces *pieces, rt_media *out);
rt_media_state rt_gif_read(rt_pieces *pieces, rt_media *out);
rt_media_state rt_bmp_read(rt_pieces *pieces, rt_media *out);
rt_media_state rt_jpeg_read(rt_pieces *pieces, rt_media *out);
rt_media_state rt_webp_read(rt_pieces *pieces, rt_media *out);
rt_media_state rt_tiff_read(rt_pieces *pieces, rt_media *out);
rt_media_state rt_heif_read(rt_pieces *pieces, rt_media *out); /* HEIC and AVIF */
rt_media_state rt_mp4_read(rt_pieces *pieces, rt_media *out);  /* MP4, MOV, 3GP, M4A */
rt_media_state rt_matroska_read(rt_pieces *pieces, rt_media *out);
rt_media_state rt_ogg_read(rt_pieces *pieces, rt_media *out);
rt_media_state rt_mpeg_audio_read(rt_pieces *pieces, rt_media *out); /* MP3, and AAC as ADTS; with ID3 before them or not */
rt_media_state rt_wav_read(rt_pieces *pieces, rt_media *out);
rt_media_state rt_flac_read(rt_pieces *pieces, rt_media *out);

/* After rt_pieces_at answered NULL: NEED, or CORRUPT with the place where the file ends. */
rt_media_state rt_media_lacks(const rt_pieces *pieces, rt_media *out);

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
rt_media_state rt_media_corrupt(rt_media *out, const char *format, ...);

/* Sides as they are stored; out->orientation has to be set before. RT_MEDIA_DONE, or CORRUPT for a side of 0. */
rt_media_state rt_media_measure(rt_media *out, uint32_t width, uint32_t height);

/* For forms that say where they end: CORRUPT where the file is shorter, else DONE with what is known of the end. */
rt_media_state rt_media_ends_at(const rt_pieces *pieces, rt_media *out, uint64_t end);

#endif
