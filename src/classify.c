#include "classify.h"

#include "answer.h"
#include "ascii.h"
#include "quotes.h"
#include "siblings.h"
#include "waits.h"
#include "words.h"

static bool within(rt_class cls, const char *family) {
  return rt_class_within(cls, family, strlen(family));
}

/* The task an answer's words belong to is over: nothing more comes of it. */
static bool is_over(const rt_told_task *task) {
  return task->state != RT_TOLD_NOTHING;
}

/* ---- what a task cost ---------------------------------------------------------------------------------------------------------- */

#define MOST_ITEMS 64

/* The member of that table with that key; 0: none */
static uint32_t member_of(const rt_json *json, uint32_t table, rt_slice key) {
  uint32_t at = rt_json_at(json, table)->first;
  while (at) {
    const rt_json_value *held = rt_json_at(json, at);
    if (held->key_length == key.length && memcmp(held->key, key.data, key.length) == 0) return at;
    at = held->next;
  }
  return 0;
}

/* The numbers at the end of the path, added to *sum: of a list's items each. False where there is none. */
static bool add_numbers(rt_json *json, uint32_t value, rt_slice path, double *sum, int depth) {
  const rt_json_value *held = rt_json_at(json, value);
  bool found = false;
  double number;
  if (depth > 8) return false;
  if (held->kind == RT_JSON_LIST) {
    size_t seen = 0;
    for (uint32_t item = held->first; item && seen < MOST_ITEMS; item = rt_json_at(json, item)->next, seen++)
      found = add_numbers(json, item, path, sum, depth + 1) || found;
    return found;
  }
  if (path.length == 0) {
    if (!rt_json_number(json, value, &number) || !(number > -1e300 && number < 1e300)) return false;
    *sum += number;
    return true;
  }
  if (held->kind != RT_JSON_TABLE) return false;
  const char *dot = memchr(path.data, '.', path.length);
  rt_slice name = {path.data, dot ? (size_t)(dot - path.data) : path.length};
  path.data += name.length + (dot ? 1 : 0);
  path.length -= name.length + (dot ? 1 : 0);
  uint32_t child = member_of(json, value, name);
  return child && add_numbers(json, child, path, sum, depth + 1);
}

/* Whether the answer says that all was given back. */
static bool is_given_back(const rt_rulebook *book, rt_json *json, uint32_t root) {
  rt_slice path = book->refund;
  uint32_t at = root;
  if (!path.data) return false;
  while (path.length > 0) {
    const char *dot = memchr(path.data, '.', path.length);
    rt_slice name = rt_start_of(path, dot ? (size_t)(dot - path.data) : path.length);
    if (rt_json_at(json, at)->kind != RT_JSON_TABLE || !(at = member_of(json, at, name))) return false;
    path = rt_rest_of(path, name.length + (dot ? 1 : 0));
  }
  rt_slice said = rt_json_at(json, at)->kind == RT_JSON_STRING ? rt_json_text(json, at) : rt_slice_of(NULL);
  for (size_t i = 0; i < book->refund_word_count; i++)
    if (rt_slices_alike(said, book->refund_words[i])) return true;
  return false;
}

static double credits_of(const rt_rulebook *book, rt_json *json, const rt_findings *findings) {
  double sum = 0;
  bool found = false;
  if (findings->is_json && is_given_back(book, json, findings->root)) return 0;
  for (size_t i = 0; i < book->credits_count && findings->is_json; i++)
    found = add_numbers(json, findings->root, book->credits[i], &sum, 0) || found;
  return found && sum >= 0 ? sum : -1;
}

rt_told_task rt_task_of(const rt_rulebook *book, const rt_call *call, rt_json *json, const rt_findings *findings) {
  rt_told_task task = {RT_TOLD_NOTHING, {NULL, 0}, -1};
  if (call->operation && call->operation != RT_POLL && call->operation != RT_SUBMIT) return task;
  task.state = book->tasks.data ? rt_state_among_siblings(book, call, json, findings) : findings->state;
  if (is_over(&task)) {
    task.task_id = findings->task_id;
    task.credits = credits_of(book, json, findings);
  }
  return task;
}

/* ---- the class --------------------------------------------------------------------------------------------------------------------- */

static bool is_failure(const rt_call *call, const rt_told_task *task, const rt_findings *findings) {
  if (call->transport.data || findings->count > 0 || is_over(task) || call->status >= 300) return true;
  return findings->is_text && call->operation != RT_DOWNLOAD && call->operation != RT_ASSET;
}

/* What the words alone mean to anybody. */
static bool match_words(const rt_rulebook *book, const rt_evidence *evidence, rt_verdict *verdict) {
  rt_finding worded[RT_MOST_FINDINGS];
  rt_evidence words = *evidence;
  words.findings = worded;
  for (size_t i = 0; i < words.count; i++) {
    worded[i] = evidence->findings[i];
    worded[i].code = worded[i].type = rt_slice_of(NULL);
  }
  return rt_rules_match(book->generic, &words, verdict) && verdict->finding < words.count;
}

/* In order of trust: the provider's own rules, what anybody's words mean, the provider's statuses, anybody's statuses. */
static bool decide(const rt_rulebook *book, const rt_evidence *evidence, rt_verdict *verdict, rt_ruling *ruling) {
  rt_verdict generic;
  if (book->own && rt_rules_match(book->own, evidence, verdict)) {
    ruling->set = book->own;
    if (verdict->unless && match_words(book, evidence, &generic) && verdict->unless >> generic.cls & 1) {
      if (!generic.field) generic.field = verdict->field; /* the code may name the parameter that the words are about */
      *verdict = generic;
      ruling->set = book->generic;
    }
    return true;
  }
  bool known = rt_rules_match(book->generic, evidence, &generic);
  bool said = known && generic.finding < evidence->count;
  if (!said && book->last && !evidence->transport.data && rt_rules_match(book->last, evidence, verdict)) {
    ruling->set = book->last;
    return true;
  }
  *verdict = generic;
  ruling->set = book->generic;
  return known;
}

static rt_class class_of(const rt_rulebook *book, const rt_call *call, const rt_told_task *task, const rt_findings *findings,
                         rt_verdict *verdict, rt_ruling *ruling) {
  rt_evidence evidence = {call->operation, call->status, call->transport, findings->list, findings->count};
  static const rt_verdict nothing = {RT_UNKNOWN, -1, NULL, NULL, NULL, 0, 0, 0};
  *verdict = nothing;
  verdict->finding = findings->count;
  ruling->set = NULL;
  /* a cancelled task is no error in the body's words: its state alone says so */
  if (task->state == RT_TOLD_CANCELLED) return RT_TASK_CANCELLED;
  if (call->transport.data && call->operation == RT_SUBMIT && call->sent) return RT_SUBMIT_UNKNOWN;
  if (decide(book, &evidence, verdict, ruling)) return verdict->cls;
  *verdict = nothing;
  verdict->finding = findings->count;
  ruling->set = NULL;
  return RT_UNKNOWN;
}

/* ---- what the failed call may have done ---------------------------------------------------------------------------------------- */

/* Refusals of a call, also where they come under a 2xx. The provider's own troubles are none: a task may run. */
static bool is_refused_in_words(const rt_call *call, const rt_finding *finding, rt_class cls) {
  if (call->status < 200 || call->status >= 300 || !(finding->code.data || finding->message.data)) return false;
  return within(cls, "request") || within(cls, "asset") || within(cls, "account") || within(cls, "model") || within(cls, "limit") ||
         cls == RT_CONTENT_INPUT;
}

/* Whether a submission's answer means that it was surely not accepted. */
static bool is_refusal(const rt_rulebook *book, const rt_call *call, const rt_finding *finding, rt_class cls) {
  if (call->status >= 400 && call->status < 500) return true;
  for (size_t i = 0; i < book->safe_status_count; i++)
    if (book->safe_statuses[i] == call->status) return true;
  rt_slice code = finding->code.data ? finding->code : finding->type;
  for (size_t i = 0; i < book->safe_code_count && call->status >= 400 && code.data; i++)
    if (book->safe_codes[i].length == code.length && memcmp(book->safe_codes[i].data, code.data, code.length) == 0) return true;
  return is_refused_in_words(call, finding, cls);
}

static rt_effect effect_of(const rt_rulebook *book, const rt_call *call, const rt_told_task *task, const rt_finding *finding,
                           rt_class cls) {
  if (call->operation == RT_SUBMIT) {
    if (call->transport.data) return call->sent ? RT_EFFECT_UNKNOWN : RT_EFFECT_NONE;
    if (is_over(task)) return RT_EFFECT_FINISHED;
    return cls != RT_SUBMIT_UNKNOWN && is_refusal(book, call, finding, cls) ? RT_EFFECT_NONE : RT_EFFECT_UNKNOWN;
  }
  if ((call->operation == RT_POLL && is_over(task)) || call->operation == RT_DOWNLOAD) return RT_EFFECT_FINISHED;
  return call->task_id.data || task->task_id.data ? RT_EFFECT_ACCEPTED : RT_EFFECT_NONE;
}

/* ---- times to wait ------------------------------------------------------------------------------------------------------------------ */

/* The classes whose words and headers may name a time: nothing else goes again by waiting. */
static bool may_wait(rt_class cls) {
  return within(cls, "limit") || within(cls, "provider") || cls == RT_ACCOUNT_QUOTA || cls == RT_GENERATION_FAILED ||
         cls == RT_ASSET_UNREACHABLE || cls == RT_ASSET_TIMEOUT || cls == RT_SUBMIT_UNKNOWN;
}

#define MESSAGES_READ 4

/* A header, else what the errors say, the longest of them; at last the words. */
static double wait_of(const rt_call *call, const rt_findings *findings, rt_class cls) {
  double wait = rt_named_wait(call);
  if (wait >= 0) return wait;
  if (findings->retry_after >= 0 || !may_wait(cls)) return findings->retry_after;
  for (size_t i = 0; i < findings->count && i < MESSAGES_READ; i++) {
    double said = findings->list[i].message.data ? rt_wait_in(findings->list[i].message, call->now) : -1;
    if (said > wait) wait = said;
  }
  if (findings->advised > wait) wait = findings->advised;
  if (wait < 0 && cls == RT_ACCOUNT_QUOTA) wait = findings->midnight;
  return wait < 0 && (cls == RT_LIMIT_RATE || cls == RT_ACCOUNT_QUOTA) ? rt_reset_wait(call) : wait;
}

/* ---- the texts of the fault ---------------------------------------------------------------------------------------------------------- */

#define LONGEST_FIELD 512
#define LONGEST_HINT 1024

static const char *category_of(const rt_rulebook *book, const rt_findings *findings, const rt_verdict *verdict, rt_class cls) {
  rt_evidence evidence = {0, 0, {NULL, 0}, findings->list, findings->count};
  rt_verdict category;
  if (!within(cls, "content")) return NULL;
  if (verdict->category) return verdict->category;
  return rt_rules_match(book->categories, &evidence, &category) && category.category ? category.category : "general";
}

static rt_slice field_of(rt_json *json, const rt_finding *finding, const rt_verdict *verdict, rt_class cls, rt_slice message) {
  if (finding->field.data) return finding->field;
  rt_slice field = rt_slice_of(verdict->field);
  if (field.data || !message.data || !(within(cls, "request") || within(cls, "asset"))) return field;
  char name[LONGEST_FIELD];
  size_t length = rt_words_field(message, name, sizeof name);
  char *kept = length ? rt_json_keep(json, length) : NULL;
  if (!kept) return field;
  memcpy(kept, name, length);
  field.data = kept;
  field.length = length;
  return field;
}

/* The rule's hint and the answer's own. */
static rt_slice hint_of(const rt_rulebook *book, rt_json *json, const rt_findings *findings, const rt_verdict *verdict) {
  char told[LONGEST_HINT];
  rt_slice hint = rt_slice_of(verdict->hint);
  size_t place = verdict->finding < findings->count ? verdict->finding : 0;
  if (findings->count == 0 || book->hint_count == 0) return hint;
  place = rt_error_around(book, findings, place);
  size_t length = rt_hints_of(json, findings->table[place], book->hints, book->hint_count, told, sizeof told);
  if (length == 0) return hint;
  size_t before = hint.data ? hint.length + 2 : 0;
  char *kept = rt_json_keep(json, before + length);
  if (!kept) return hint;
  if (before) {
    memcpy(kept, hint.data, hint.length);
    memcpy(kept + hint.length, "; ", 2);
  }
  memcpy(kept + before, told, length);
  hint.data = kept;
  hint.length = before + length;
  return hint;
}

/* The first of the findings that has it: the one that decided may be a code inside of another one's words. */
static rt_slice first_of(const rt_findings *findings, size_t place, size_t offset) {
  rt_slice none = {NULL, 0};
  if (place < findings->count) {
    rt_slice own = *(const rt_slice *)((const char *)&findings->list[place] + offset);
    if (own.data) return own;
  }
  for (size_t i = 0; i < findings->count; i++) {
    rt_slice text = *(const rt_slice *)((const char *)&findings->list[i] + offset);
    if (text.data) return text;
  }
  return none;
}

/* Whether a type is the provider's name for the error, none that the reading gave it and none that every error may have. */
static bool is_own_word(rt_slice type) {
  static const rt_slice given[] = {{"text", 4},      {"html", 4},        {"nested", 6},    {"failed", 6}, {"refused", 7},
                                   {"cancelled", 9}, {"lost", 4},        {"base_resp", 9}, {"finish", 6}, {"blocked", 7},
                                   {"filtered", 8},  {"moderation", 10}, {"error", 5}};
  bool has_letter = false;
  size_t first = 0;
  for (size_t i = 0; i < type.length; i++) {
    char small = rt_lower(type.data[i]);
    bool is_letter = small >= 'a' && small <= 'z', is_rest = (small >= '0' && small <= '9') || small == '_' || small == '-' || small == '.';
    if (!is_letter && !is_rest) return false;
    has_letter = has_letter || is_letter;
    if (small != '.' && first == i) first++;
  }
  for (size_t i = 0; i < sizeof given / sizeof *given; i++)
    if (rt_slices_alike(rt_start_of(type, first), given[i])) return false;
  return has_letter;
}

/* Where no error has a code, the type is one, that of the error that decided before others' codes:
   { type = "content_policy_violation", msg = "..." }, { name = "content_moderation", errors = { "..." } } */
static rt_slice code_of(const rt_findings *findings, size_t place) {
  const rt_finding *own = place < findings->count ? &findings->list[place] : NULL;
  if (own && !own->code.data && own->type.data && is_own_word(own->type)) return own->type;
  rt_slice code = first_of(findings, place, offsetof(rt_finding, code));
  for (size_t i = 0; i < findings->count && !code.data; i++)
    if (findings->list[i].type.data && is_own_word(findings->list[i].type)) code = findings->list[i].type;
  return code;
}

static rt_slice request_id_of(const rt_rulebook *book, const rt_call *call, const rt_findings *findings, const rt_finding *finding) {
  rt_slice id = rt_request_id_of(book, call);
  if (!id.data) id = findings->request_id;
  if (!id.data && finding->message.data) id = rt_words_request_id(finding->message);
  return id;
}

/* A finding that a header names, beside those of the body. */
static void add_named_error(const rt_call *call, rt_findings *findings) {
  rt_slice type = call->status >= 400 && call->header_count ? rt_error_type_of(call) : rt_slice_of(NULL);
  if (!type.data || findings->count == RT_MOST_FINDINGS) return;
  memset(&findings->list[findings->count], 0, sizeof *findings->list);
  findings->owner[findings->count] = rt_slice_of(NULL);
  findings->table[findings->count] = RT_JSON_NONE;
  findings->list[findings->count++].type = type;
}

bool rt_classify(const rt_rulebook *book, const rt_call *call, const rt_told_task *task, rt_json *json, rt_findings *findings,
                 rt_fault *fault, rt_ruling *ruling) {
  static const rt_finding nothing;
  rt_verdict verdict;
  add_named_error(call, findings);
  if (!is_failure(call, task, findings)) return false;
  rt_class cls = class_of(book, call, task, findings, &verdict, ruling);
  ruling->rule = verdict.rule;
  ruling->finding = verdict.finding;
  size_t place = verdict.finding < findings->count ? verdict.finding : 0;
  const rt_finding *finding = findings->count ? &findings->list[place] : &nothing;
  rt_slice message = first_of(findings, place, offsetof(rt_finding, message)), words = message;
  rt_slice code = code_of(findings, rt_error_around(book, findings, place));
  if (book->quotes.data && findings->count) words = rt_with_quote(book, json, findings, place);
  if (!words.data) words = message;
  memset(fault, 0, sizeof *fault);
  fault->cls = cls;
  fault->effect = effect_of(book, call, task, finding, cls);
  fault->credits = task->credits;
  fault->billed = task->credits >= 0 ? (task->credits > 0 ? RT_BILLED_YES : RT_BILLED_NO)
                                     : (fault->effect == RT_EFFECT_NONE ? RT_BILLED_NO : RT_BILLED_UNKNOWN);
  fault->status = call->status;
  fault->retry_after = wait_of(call, findings, cls);
  fault->floor = verdict.floor >= 0 ? verdict.floor : rt_class_info_of(cls)->floor;
  fault->text[RT_TEXT_MESSAGE] = call->transport_message.data ? call->transport_message : words;
  fault->text[RT_TEXT_CODE] = code.data ? code : call->transport;
  fault->text[RT_TEXT_FIELD] = field_of(json, finding, &verdict, cls, message);
  fault->text[RT_TEXT_CATEGORY] = rt_slice_of(category_of(book, findings, &verdict, cls));
  fault->text[RT_TEXT_TASK_ID] = call->task_id;
  if (!call->task_id.data) fault->text[RT_TEXT_TASK_ID] = task->task_id;
  if (!fault->text[RT_TEXT_TASK_ID].data && findings->count) fault->text[RT_TEXT_TASK_ID] = findings->owner[place];
  if (!fault->text[RT_TEXT_TASK_ID].data) fault->text[RT_TEXT_TASK_ID] = findings->task_id;
  fault->text[RT_TEXT_REQUEST_ID] = request_id_of(book, call, findings, finding);
  fault->text[RT_TEXT_PROVIDER] = call->provider;
  fault->text[RT_TEXT_MODEL] = call->model;
  fault->text[RT_TEXT_OPERATION] = call->operation_name;
  fault->text[RT_TEXT_HINT] = hint_of(book, json, findings, &verdict);
  return true;
}
