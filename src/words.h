/* words.h: what texts of errors say beside their meaning: codes, ids of requests, parameters. */
#ifndef RT_WORDS_H
#define RT_WORDS_H

#include "slice.h"

/* A code that stands in a text: "402 - Credits insufficient", "error code: 1033", "(ValidationException)", "StatusCode.PERMISSION_DENIED".
   The slice points into the text; {NULL, 0}: none. */
rt_slice rt_words_code(rt_slice message);

/* The id of a request that a text names: "(request id: 2024...)". Points into the text; {NULL, 0}: none. */
rt_slice rt_words_request_id(rt_slice message);

#define RT_WORDS_FIELD 400

/* The parameter a text names, written to `out`, which needs room for RT_WORDS_FIELD bytes and gets no NUL; its length, 0: none. A longer
   name than there is room for is none. */
size_t rt_words_field(rt_slice message, char *out, size_t room);

#endif
