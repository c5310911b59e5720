/* classify.h: from an answer of a provider, or the lack of one, to a fault; and which rule decided it. */
#ifndef RT_CLASSIFY_H
#define RT_CLASSIFY_H

#include "findings.h"
#include "hints.h"
#include "rules.h"

typedef struct rt_header {
  rt_slice name, value;
} rt_header;

/* What is known of a call. */
typedef struct rt_call {
  unsigned operation; /* rules.h's bit, 0: not known */
  rt_slice operation_name;
  int status; /* 0: none */
  const rt_header *headers;
  size_t header_count;
  rt_slice transport, transport_message; /* no data: there was an answer */
  bool sent;                             /* without an answer: whether the request may have left */
  rt_slice provider, model, task_id;
  double now; /* seconds since 1970 */
} rt_call;

/* The task an answer tells of, as far as it is known. */
typedef struct rt_told_task {
  rt_told_state state;
  rt_slice task_id;
  double credits; /* negative: not told */
} rt_told_task;

/* Whose rules decide, and where the provider tells the rest. Everything here belongs to whoever filled it in. */
typedef struct rt_rulebook {
  rt_rules *own;     /* NULL: nobody described the provider */
  rt_rules *generic; /* for what its own do not know */
  rt_rules *last;    /* its own again, for what the words of generic ones do not tell: statuses alone. NULL: none */
  rt_rules *categories;
  const rt_slice *request_id; /* the headers that hold it, lower case; none: the usual ones */
  size_t request_id_count;
  const rt_slice *safe_codes; /* codes of submissions that were surely not accepted, whatever the status */
  size_t safe_code_count;
  const int *safe_statuses; /* the same of statuses, beside every 4xx */
  size_t safe_status_count;
  const rt_hint *hints;
  size_t hint_count;
  const rt_slice *credits; /* paths to what a task cost: "cost.credits"; of lists all items are added up */
  size_t credits_count;
  rt_slice refund; /* the path to what became of the money, and the words for it that mean: all was given back. No data: it is not told */
  const rt_slice *refund_words;
  size_t refund_word_count;
  rt_slice tasks;   /* the list of an answer that holds the tasks it is about; no data: an answer is about one */
  rt_slice task_id; /* the member of a task, and of an error, that says which */
  rt_slice quotes;  /* the member of an error that holds what the service behind the provider said; no data: there is none */
  rt_rules *calls;  /* of the errors that name no task, those that speak of the call alone; NULL: none */
} rt_rulebook;

/* Why a fault has the class it has. */
typedef struct rt_ruling {
  rt_rules *set; /* NULL: no rule, but the state of the task or of the call */
  size_t rule;
  size_t finding; /* `count` where the rule asked for none */
} rt_ruling;

/* What the body itself tells of its task. */
rt_told_task rt_task_of(const rt_rulebook *book, const rt_call *call, rt_json *json, const rt_findings *findings);

/* False where the evidence shows no failure. The fault's texts are slices of what was given. */
bool rt_classify(const rt_rulebook *book, const rt_call *call, const rt_told_task *task, rt_json *json, rt_findings *findings,
                 rt_fault *fault, rt_ruling *ruling);

#endif
