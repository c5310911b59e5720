#include "gate.h"

#include <string.h>

#include "memory.h"
#include "refusals.h"

/* The retry budget, as the AWS SDKs keep it: a resend costs 5, 10 after a timeout; a first-try success returns 1. */
#define BUCKET 500.0
#define RESEND_COST 5.0
#define TIMEOUT_COST 10.0
#define FIRST_TRY_RETURN 1.0
/* With the polls' bucket empty one poll a minute still goes through: a paid task must be found again when the provider is back. */
#define POLL_PROBE 60.0
/* A submission that may have been accepted, to a provider that recognises it as the same one: how often it may go again. */
#define RECOGNISED_RESENDS 3
#define DEFAULT_FINGERPRINTS ((size_t)100000)

static const char *const rule_names[RT_GATE_RULE_COUNT] = {
    "allowed",   "never",           "unchanged",    "paid_once",  "resends",     "floor", "retry_after",
    "elsewhere", "refused_content", "retry_budget", "poll_floor", "poll_budget",
};

typedef struct account {
  char *name;
  double resends, polls; /* tokens left */
  double probed_at;      /* last poll that went through on an empty bucket */
} account;

struct rt_gate {
  rt_gate_options options;
  account *accounts; /* one a provider: a handful */
  unsigned count;
  rt_refusals *refused;
};

const char *rt_gate_rule_name(rt_gate_rule rule) {
  return rule_names[rule];
}

rt_gate *rt_gate_new(const rt_gate_options *options) {
  rt_gate *gate = rt_calloc(1, sizeof *gate);
  if (!gate) return NULL;
  gate->options = *options;
  gate->refused = rt_refusals_new(options->fingerprints ? options->fingerprints : DEFAULT_FINGERPRINTS);
  if (!gate->refused) {
    rt_free(gate);
    return NULL;
  }
  return gate;
}

void rt_gate_free(rt_gate *gate) {
  if (!gate) return;
  for (unsigned i = 0; i < gate->count; i++) rt_free(gate->accounts[i].name);
  rt_free(gate->accounts);
  rt_refusals_free(gate->refused);
  rt_free(gate);
}

/* The provider's place from 1; 0 when it is not known yet. */
static unsigned known_provider(const rt_gate *gate, const char *name) {
  for (unsigned i = 0; i < gate->count; i++)
    if (strcmp(gate->accounts[i].name, name) == 0) return i + 1;
  return 0;
}

static account *provider_account(rt_gate *gate, const char *name) {
  unsigned place = known_provider(gate, name);
  if (place) return &gate->accounts[place - 1];
  account *accounts = rt_realloc(gate->accounts, (gate->count + 1) * sizeof *accounts);
  if (!accounts) return NULL;
  gate->accounts = accounts;
  account *fresh = &accounts[gate->count];
  fresh->name = rt_strdup(name);
  if (!fresh->name) return NULL;
  fresh->resends = fresh->polls = BUCKET;
  fresh->probed_at = -POLL_PROBE;
  gate->count++;
  return fresh;
}

static rt_answer allowed(void) {
  rt_answer answer = {RT_ALLOWED, 0};
  return answer;
}

static rt_answer never(rt_gate_rule rule) {
  rt_answer answer = {rule, -1};
  return answer;
}

static rt_answer not_before(rt_gate_rule rule, double earliest) {
  rt_answer answer = {rule, earliest};
  return answer;
}

static double resend_cost(bool after_timeout) {
  return after_timeout ? TIMEOUT_COST : RESEND_COST;
}

static bool is_timeout(rt_class cls) {
  return cls == RT_NETWORK_TIMEOUT || cls == RT_PROVIDER_TIMEOUT;
}

/* The time the provider named, else the floor of the class; both count from the failure. */
static rt_answer check_floor(const rt_proposal *proposal) {
  bool named = proposal->retry_after >= 0;
  double earliest = proposal->failed_at + (named ? proposal->retry_after : proposal->floor);
  if (proposal->at >= earliest) return allowed();
  return not_before(named ? RT_RULE_RETRY_AFTER : RT_RULE_FLOOR, earliest);
}

/* Whether what the class blames is different in what would be sent. */
static bool blamed_changed(const rt_proposal *proposal) {
  if (rt_class_info_of(proposal->cls)->blame == RT_BLAME_CONTENT) return proposal->content_changed;
  return proposal->request_changed;
}

/* The same request, or a revised one, to the same model. */
static rt_answer check_same_model(const rt_gate *gate, const rt_proposal *proposal) {
  const rt_class_info *info = rt_class_info_of(proposal->cls);
  switch (info->retry) {
  case RT_RETRY_NEVER: return never(RT_RULE_NEVER);
  case RT_RETRY_CHANGE: return blamed_changed(proposal) ? allowed() : never(RT_RULE_UNCHANGED);
  case RT_RETRY_POLL:
    if (!proposal->recognised && !gate->options.accept_double_charge) return never(RT_RULE_PAID_ONCE);
    return proposal->resends < RECOGNISED_RESENDS ? check_floor(proposal) : never(RT_RULE_RESENDS);
  case RT_RETRY_WAIT: break;
  }
  if (!proposal->request_changed && proposal->resends >= info->resends) return never(RT_RULE_RESENDS);
  return check_floor(proposal);
}

/* Refused content goes on only when it has changed, or to another provider where the client was made to allow that. */
static rt_answer check_refused_elsewhere(const rt_gate *gate, const rt_proposal *proposal, bool same_provider) {
  if (proposal->content_changed || (gate->options.reroute_refused && !same_provider)) return allowed();
  return never(RT_RULE_UNCHANGED);
}

static bool is_same_provider(const rt_proposal *proposal) {
  return strcmp(proposal->provider, proposal->to_provider) == 0;
}

static bool is_same_account(const rt_proposal *proposal) {
  if (!is_same_provider(proposal)) return false;
  return !proposal->account || !proposal->to_account || strcmp(proposal->account, proposal->to_account) == 0;
}

static rt_answer check_elsewhere(const rt_gate *gate, const rt_proposal *proposal) {
  const rt_class_info *info = rt_class_info_of(proposal->cls);
  if (info->retry == RT_RETRY_POLL) return gate->options.accept_double_charge ? allowed() : never(RT_RULE_PAID_ONCE);
  if (info->elsewhere == RT_ELSEWHERE_NO) return never(RT_RULE_ELSEWHERE);
  if (info->elsewhere == RT_ELSEWHERE_PROVIDER && is_same_account(proposal)) return never(RT_RULE_ELSEWHERE);
  /* what a provider's moderation has refused is refused under another key of it too */
  if (info->retry == RT_RETRY_CHANGE && info->blame == RT_BLAME_CONTENT)
    return check_refused_elsewhere(gate, proposal, is_same_provider(proposal));
  return allowed();
}

rt_answer rt_gate_decide(rt_gate *gate, const rt_proposal *proposal) {
  if (proposal->paid && !gate->options.accept_double_charge) return never(RT_RULE_PAID_ONCE);
  bool same_model = is_same_account(proposal) && strcmp(proposal->model, proposal->to_model) == 0;
  rt_answer answer = proposal->move == RT_MOVE_FALLBACK && !same_model ? check_elsewhere(gate, proposal) : check_same_model(gate, proposal);
  if (answer.rule != RT_ALLOWED && answer.earliest < 0) return answer;
  if (rt_gate_remembers(gate, proposal->to_provider, &proposal->content)) return never(RT_RULE_REFUSED_CONTENT);
  /* a fallback is a first try of its target; everything else goes again at the same place */
  if (same_model && rt_gate_tokens(gate, proposal->to_provider) < resend_cost(is_timeout(proposal->cls)))
    return never(RT_RULE_RETRY_BUDGET);
  return answer;
}

rt_answer rt_gate_submit(rt_gate *gate, const char *provider, const rt_fingerprint *content, bool resend, bool after_timeout) {
  if (rt_gate_remembers(gate, provider, content)) return never(RT_RULE_REFUSED_CONTENT);
  if (!resend) return allowed();
  account *at = provider_account(gate, provider);
  if (!at || at->resends < resend_cost(after_timeout)) return never(RT_RULE_RETRY_BUDGET);
  at->resends -= resend_cost(after_timeout);
  return allowed();
}

static double capped(double tokens) {
  return tokens > BUCKET ? BUCKET : tokens;
}

void rt_gate_succeeded(rt_gate *gate, const char *provider, bool resend, bool after_timeout) {
  account *at = provider_account(gate, provider);
  if (at) at->resends = capped(at->resends + (resend ? resend_cost(after_timeout) : FIRST_TRY_RETURN));
}

rt_answer rt_gate_poll(rt_gate *gate, const char *provider, double now, double last, double floor, bool after_failure) {
  if (last >= 0 && now < last + floor) return not_before(RT_RULE_POLL_FLOOR, last + floor);
  if (!after_failure) return allowed();
  account *at = provider_account(gate, provider);
  if (!at) return not_before(RT_RULE_POLL_BUDGET, now + POLL_PROBE);
  if (at->polls >= RESEND_COST) {
    at->polls -= RESEND_COST;
    return allowed();
  }
  if (now < at->probed_at + POLL_PROBE) return not_before(RT_RULE_POLL_BUDGET, at->probed_at + POLL_PROBE);
  at->probed_at = now;
  return allowed();
}

void rt_gate_polled(rt_gate *gate, const char *provider, bool after_failure) {
  account *at = provider_account(gate, provider);
  if (at) at->polls = capped(at->polls + (after_failure ? RESEND_COST : FIRST_TRY_RETURN));
}

bool rt_gate_remember(rt_gate *gate, const char *provider, const rt_fingerprint *content) {
  if (!provider_account(gate, provider)) return false;
  return rt_refusals_add(gate->refused, known_provider(gate, provider), content);
}

bool rt_gate_remembers(const rt_gate *gate, const char *provider, const rt_fingerprint *content) {
  unsigned place = known_provider(gate, provider);
  return place && rt_refusals_has(gate->refused, place, content);
}

bool rt_gate_forget(rt_gate *gate, const char *provider, const rt_fingerprint *content) {
  unsigned place = known_provider(gate, provider);
  return place && rt_refusals_remove(gate->refused, place, content);
}

double rt_gate_tokens(rt_gate *gate, const char *provider) {
  unsigned place = known_provider(gate, provider);
  return place ? gate->accounts[place - 1].resends : BUCKET;
}
