/* findings.h: where an answer says what went wrong, whoever sent it: errors in JSON of any of the usual shapes, in text, in pages.
   A finding is one error: code, type, message, field. Each table of a body is read once: a key has a role (code, message, ...) whatever its
   letter case and signs, and a rank where several keys have the same one. Tables that can only be errors ("error", "details") are read
   whole; others ("data", "output") only where they say that something failed. */
#ifndef RT_FINDINGS_H
#define RT_FINDINGS_H

#include "json.h"
#include "rules.h"

#define RT_MOST_FINDINGS 32

/* what a body says of the task it tells of */
typedef enum rt_told_state { RT_TOLD_NOTHING, RT_TOLD_FAILED, RT_TOLD_CANCELLED } rt_told_state;

/* Texts that are not there are {NULL, 0}; those that are there and empty have a pointer. */
typedef struct rt_findings {
  rt_finding
      list[RT_MOST_FINDINGS]; /* the outermost first; `from` names the keys of tables, of members that are texts, and of JSON in a text */
  rt_slice
      owner[RT_MOST_FINDINGS]; /* the task a finding belongs to: named in its own table or in the nearest one around it that names any */
  uint32_t table[RT_MOST_FINDINGS]; /* the one a finding was made from, or which holds its text; RT_JSON_NONE where the body is no JSON */
  size_t count;
  double retry_after; /* seconds, the longest that the body names in a field; negative: none */
  double advised;     /* the same of fields that give advice in words ("retry after 60 seconds") */
  double midnight;    /* seconds to that of the time zone in which a day's quota begins anew; negative: none is named */
  rt_slice request_id, task_id;
  rt_told_state state;
  bool is_json;  /* a table or list, as it came or as a JSON string: `root` is its number */
  bool is_text;  /* not empty and no JSON */
  uint32_t root; /* RT_JSON_NONE where the body is no JSON */
} rt_findings;

typedef struct rt_reader rt_reader; /* scratch memory, used again for each body: one thread at a time */

rt_reader *rt_reader_new(void); /* NULL when memory is short */
void rt_reader_free(rt_reader *reader);

/* Nothing found yet. The lists are left as they are: `count` says how much of them means anything. */
void rt_findings_clear(rt_findings *findings);

/* Holds the body that was read last, where it was JSON. */
rt_json *rt_reader_json(rt_reader *reader);

/* The errors in the body of an answer of any status (0: not known) to an operation (a bit of rules.h, 0: not known); `now` is seconds since
   1970. Slices in `out` live until the next call with this reader, as long as the body does. False when memory is short. */
bool rt_find_errors(rt_reader *reader, rt_slice body, int status, unsigned operation, double now, rt_findings *out);

#endif
