/* fault.h: the closed set of failure classes, what each allows, and a fault: one failure with everything known of it. */
#ifndef RT_FAULT_H
#define RT_FAULT_H

#include "slice.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum rt_class {
#define X(id, name, retry, blame, elsewhere, floor, resends, meaning) id,
#include "classes.def"
#undef X
  RT_CLASS_COUNT
} rt_class;

typedef enum rt_retry { RT_RETRY_WAIT, RT_RETRY_CHANGE, RT_RETRY_POLL, RT_RETRY_NEVER } rt_retry;
typedef enum rt_blame {
  RT_BLAME_CONTENT,
  RT_BLAME_REQUEST,
  RT_BLAME_ASSET,
  RT_BLAME_ACCOUNT,
  RT_BLAME_MODEL,
  RT_BLAME_PROVIDER,
  RT_BLAME_NETWORK,
  RT_BLAME_CALLER
} rt_blame;
typedef enum rt_elsewhere { RT_ELSEWHERE_ANY, RT_ELSEWHERE_PROVIDER, RT_ELSEWHERE_NO } rt_elsewhere;

typedef struct rt_class_info {
  const char *name;
  rt_retry retry;
  rt_blame blame;
  rt_elsewhere elsewhere;
  double floor; /* seconds */
  int resends;
  const char *meaning;
} rt_class_info;

const rt_class_info *rt_class_info_of(rt_class cls);
bool rt_class_by_name(const char *name, size_t length, rt_class *out);
/* true when the class is `family` itself or lies under it ("content" holds "content.input", not "contents") */
bool rt_class_within(rt_class cls, const char *family, size_t length);

const char *rt_retry_name(rt_retry retry);
const char *rt_blame_name(rt_blame blame);
const char *rt_elsewhere_name(rt_elsewhere elsewhere);
/* one sentence for a person: who has to act, and what may become of the request */
const char *rt_who_acts(const rt_class_info *info);
const char *rt_retry_words(rt_retry retry);

/* what the failed call may have done at the provider */
typedef enum rt_effect { RT_EFFECT_NONE, RT_EFFECT_UNKNOWN, RT_EFFECT_ACCEPTED, RT_EFFECT_FINISHED } rt_effect;
typedef enum rt_billed { RT_BILLED_NO, RT_BILLED_YES, RT_BILLED_UNKNOWN } rt_billed;
const char *rt_effect_name(rt_effect effect);
const char *rt_billed_name(rt_billed billed);
bool rt_effect_by_name(const char *name, rt_effect *out);
bool rt_billed_by_name(const char *name, rt_billed *out);

/* The texts of a fault, in the order they are listed to scripts. */
typedef enum rt_text {
  RT_TEXT_MESSAGE,
  RT_TEXT_CODE,
  RT_TEXT_FIELD,
  RT_TEXT_CATEGORY,
  RT_TEXT_TASK_ID,
  RT_TEXT_REQUEST_ID,
  RT_TEXT_PROVIDER,
  RT_TEXT_MODEL,
  RT_TEXT_OPERATION,
  RT_TEXT_HINT,
  RT_TEXT_COUNT
} rt_text;
const char *rt_text_name(rt_text text);

typedef struct rt_fault {
  rt_class cls;
  rt_effect effect;
  rt_billed billed;
  int status;         /* HTTP status, 0: none */
  double retry_after; /* seconds, negative: the provider named none */
  double credits;     /* the provider's own number, negative: it gave none */
  double floor;       /* the class's, or the rule's where the rule knows better */
  rt_slice text[RT_TEXT_COUNT];
} rt_fault;

/* An HTTP status from an untrusted number: 0 where it is none. */
int rt_status(double number);

/* One block holds a fault and its texts: bytes it needs, and the copy into a block of that size. */
size_t rt_fault_size(const rt_fault *fields);
rt_fault *rt_fault_copy(void *block, const rt_fault *fields);

/* One line: class, provider's code, message, and where it happened. Writes at most `size` bytes with the NUL, returns the length it wanted. */
size_t rt_fault_line(const rt_fault *fault, char *out, size_t size);

#endif
