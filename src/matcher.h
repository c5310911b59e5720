/* matcher.h: many literals looked for in one pass over a text (Aho and Corasick). Time is linear in the text, however many literals there
 * are. */
#ifndef RT_MATCHER_H
#define RT_MATCHER_H

#include <stdint.h>

#include "fault.h"

typedef struct rt_matcher rt_matcher;

/* `fold` says which byte each byte counts as, in literals and texts alike; it has to outlive the matcher */
rt_matcher *rt_matcher_new(const unsigned char fold[256]);
void rt_matcher_free(rt_matcher *matcher);

/* All literals are added first, then the matcher is finished. Both answer false when memory is short. An empty literal is never found. */
bool rt_matcher_add(rt_matcher *matcher, rt_slice literal, uint32_t id);
bool rt_matcher_finish(rt_matcher *matcher);

/* `end` is where the literal ends in the text; hits come in the order of their ends, those of one literal in the order they were added.
   The answer false skips the rest of the same literal's. */
typedef bool (*rt_matcher_hit)(void *context, uint32_t id, size_t end);
void rt_matcher_scan(const rt_matcher *matcher, rt_slice text, rt_matcher_hit hit, void *context);

#endif
