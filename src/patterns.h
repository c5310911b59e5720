/* patterns.h: the two pattern forms of rules. Time is linear in the text for a fixed pattern. */
#ifndef RT_PATTERNS_H
#define RT_PATTERNS_H

#include "fault.h"

/* Only so much is looked at: errors name their reason early, and a hostile body must not cost rules x megabytes. */
#define RT_MESSAGE_SEARCHED ((size_t)64 * 1024)
#define RT_CODE_SEARCHED ((size_t)4 * 1024)

/* Which byte each byte counts as. Letter case does not matter (ASCII, whatever the locale), nor do the signs that stand between words, in codes
   `_`, `-` and a space, in texts line ends as well: "rate-limit", "RATE_LIMIT" and "rate limit" are one. */
extern const unsigned char rt_fold_code[256], rt_fold_text[256];

/* dotted segments; `*` alone is any number of segments, within one any run of characters */
bool rt_pattern_matches(rt_slice pattern, rt_slice code);
/* a part of the text; `*` stands for anything between two parts, `<` and `>` at the ends of a part for the beginning and the end of a word */
bool rt_fragment_matches(rt_slice fragment, rt_slice text);

/* A part that is nothing but marks is taken as it is. */
bool rt_take_mark(rt_slice *part, char mark); /* true, and the part is without it, where the part begins with `<` or ends with `>` */
bool rt_word_begins(rt_slice text, size_t start);
bool rt_word_ends(rt_slice text, size_t end);

#endif
