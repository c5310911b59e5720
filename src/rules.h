/* rules.h: compiled rule sets. Evidence of a failure goes in, a class comes out; the first rule that matches decides. */
#ifndef RT_RULES_H
#define RT_RULES_H

#include <stdint.h>

#include "fault.h"
#include "patterns.h"

/* operations as bits, so that a rule can name several */
typedef enum rt_operation {
  RT_SUBMIT = 1,
  RT_POLL = 2,
  RT_CANCEL = 4,
  RT_UPLOAD = 8,
  RT_DOWNLOAD = 16,
  RT_ASSET = 32,
  RT_WEBSOCKET = 64
} rt_operation;
bool rt_operation_by_name(const char *name, rt_operation *out);

/* One error as it was found in a body: an answer may hold several. */
typedef struct rt_finding {
  rt_slice code, type, message, field;
  rt_slice from; /* the keys it was found under, dotted: "errors.responseContent" */
  size_t own_words; /* the message up to the bracket of JSON in it that is a finding of its own; 0: it is all words */
} rt_finding;

typedef struct rt_evidence {
  unsigned operation; /* 0: not known */
  int status;         /* 0: none */
  rt_slice transport; /* a transport outcome, "" when there was an answer */
  const rt_finding *findings;
  size_t count;
} rt_evidence;

typedef struct rt_rules rt_rules;

/* what a rule may ask of a finding; a condition named more than once holds when one of its values does */
typedef enum rt_condition {
  RT_IF_CODE,    /* dotted segments; `*` alone is any number of segments, within one any run of characters; case and the sign between words do not count */
  RT_IF_TYPE,    /* the same pattern form */
  RT_IF_FROM,    /* the same pattern form: where it was found */
  RT_IF_ABOUT,   /* the same pattern form: the parameter it names */
  RT_IF_MESSAGE, /* a fragment of the text, letter case does not count, `*` stands for anything between two parts, `<` and `>` for the
                    beginning and the end of a word */
  RT_IF_TRANSPORT,
  RT_CONDITION_COUNT
} rt_condition;

/* what a matching rule knows beside the class */
typedef struct rt_verdict {
  rt_class cls;
  double floor;         /* negative: the class's own */
  const char *category; /* NULL: none */
  const char *field;
  const char *hint;
  uint64_t unless; /* classes, a bit each: words that mean one of these to anybody go before the rule */
  size_t finding;  /* index of the finding that matched; `count` where the rule asked for none */
  size_t rule;     /* its place in the set, from 0 */
} rt_verdict;

rt_rules *rt_rules_new(void);
void rt_rules_free(rt_rules *rules);
size_t rt_rules_count(const rt_rules *rules);

/* Building: a rule is begun, then conditions are added to it. All answer false when memory is short. */
bool rt_rules_begin(rt_rules *rules, rt_class cls);
bool rt_rules_condition(rt_rules *rules, rt_condition kind, const char *value, size_t length);
bool rt_rules_status(rt_rules *rules, int low, int high);
void rt_rules_operation(rt_rules *rules, rt_operation operation);
void rt_rules_floor(rt_rules *rules, double floor);
bool rt_rules_category(rt_rules *rules, const char *category);
bool rt_rules_field(rt_rules *rules, const char *field);
bool rt_rules_hint(rt_rules *rules, const char *hint);
/* The code says little: what the words mean to anybody goes before it where that is of this family ("content", "asset.timeout"). False:
   there is no such family. */
bool rt_rules_unless(rt_rules *rules, const char *family, size_t length);

/* Where a text begins to give advice ("this may be due to ..."), it lists what can happen, not what did: from such a fragment on it is not
   searched. */
bool rt_rules_advice(rt_rules *rules, const char *fragment, size_t length);

/* After the last rule, once; false when memory is short. */
bool rt_rules_finish(rt_rules *rules);

/* The set remembers what it has found while it looks: one thread at a time. Time is linear in the evidence, whatever the number of rules.
 */
bool rt_rules_match(rt_rules *rules, const rt_evidence *evidence, rt_verdict *verdict);

#endif
