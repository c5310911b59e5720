/* gate.h: what stands between a policy's decision and the wire. Each proposal is allowed, or refused with the rule's name and the
   earliest time at which it would be allowed. A policy can be stricter than this, never looser. */
#ifndef RT_GATE_H
#define RT_GATE_H

#include "fault.h"

typedef struct rt_gate rt_gate;

/* Why a proposal was refused; the names are listed in gate.c and are part of the public face. */
typedef enum rt_gate_rule {
  RT_ALLOWED,
  RT_RULE_NEVER,           /* the class ends this job's use of the model */
  RT_RULE_UNCHANGED,       /* what is at fault has not changed */
  RT_RULE_PAID_ONCE,       /* a paid task may exist: no second submission */
  RT_RULE_RESENDS,         /* the same request has gone again as often as its class allows */
  RT_RULE_FLOOR,           /* too soon for the class */
  RT_RULE_RETRY_AFTER,     /* too soon for the provider */
  RT_RULE_ELSEWHERE,       /* a fallback may not go there */
  RT_RULE_REFUSED_CONTENT, /* this provider has refused this content */
  RT_RULE_RETRY_BUDGET,    /* too many resends at this provider have failed */
  RT_RULE_POLL_FLOOR,      /* polled faster than the provider allows */
  RT_RULE_POLL_BUDGET,     /* too many polls at this provider have failed */
  RT_GATE_RULE_COUNT
} rt_gate_rule;
const char *rt_gate_rule_name(rt_gate_rule rule);

typedef struct rt_gate_options {
  bool reroute_refused;      /* refused content may go to another provider unchanged */
  bool accept_double_charge; /* a submission of unknown outcome may be submitted again */
  size_t fingerprints;       /* most refusals remembered, 0: 100,000 */
} rt_gate_options;

rt_gate *rt_gate_new(const rt_gate_options *options);
void rt_gate_free(rt_gate *gate);

typedef enum rt_move { RT_MOVE_RETRY, RT_MOVE_REVISE, RT_MOVE_FALLBACK } rt_move;

/* SHA-256 over what moderation sees */
typedef struct rt_fingerprint {
  unsigned char bytes[32];
} rt_fingerprint;

typedef struct rt_proposal {
  rt_move move;
  rt_class cls;
  double floor;       /* of the fault; the rule that made it may know better than the class */
  double retry_after; /* negative: the provider named no time */
  double failed_at;   /* seconds, same clock as `at` */
  double at;          /* when it would be sent */
  int resends;        /* times this same request went again for this class in this job */
  const char *provider, *model;       /* where it failed */
  const char *to_provider, *to_model; /* where it would go */
  const char *account, *to_account;   /* whose keys; NULL where there is one account a provider */
  rt_fingerprint content;             /* as it would be sent */
  bool content_changed, request_changed;
  bool paid;       /* a finished task of this job has been charged and its output is there to fetch */
  bool recognised; /* the provider takes a second submission for the same one (idempotency key) */
} rt_proposal;

typedef struct rt_answer {
  rt_gate_rule rule; /* RT_ALLOWED, or the rule that refuses */
  double earliest;   /* when it would be allowed; negative: never */
} rt_answer;

rt_answer rt_gate_decide(rt_gate *gate, const rt_proposal *proposal);

/* Right before a submission is sent. A resend takes its cost from the provider's bucket. */
rt_answer rt_gate_submit(rt_gate *gate, const char *provider, const rt_fingerprint *content, bool resend, bool after_timeout);
/* After it: success gives tokens back. */
void rt_gate_succeeded(rt_gate *gate, const char *provider, bool resend, bool after_timeout);

/* Right before a poll. `last` negative: not polled yet. A poll that follows a failed one spends from the polls' own bucket. */
rt_answer rt_gate_poll(rt_gate *gate, const char *provider, double now, double last, double floor, bool after_failure);
void rt_gate_polled(rt_gate *gate, const char *provider, bool after_failure);

/* Refused content, per provider. remember answers false when memory is short. */
bool rt_gate_remember(rt_gate *gate, const char *provider, const rt_fingerprint *content);
bool rt_gate_remembers(const rt_gate *gate, const char *provider, const rt_fingerprint *content);
bool rt_gate_forget(rt_gate *gate, const char *provider, const rt_fingerprint *content);

double rt_gate_tokens(rt_gate *gate, const char *provider); /* left in the retry bucket */

#endif
