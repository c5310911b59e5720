#include "siblings.h"

#define MOST_TASKS 256

static bool same(rt_slice a, rt_slice b) {
  return a.data && b.data && a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

static uint32_t member(const rt_json *json, uint32_t table, rt_slice key) {
  if (rt_json_at(json, table)->kind != RT_JSON_TABLE) return 0;
  for (uint32_t at = rt_json_at(json, table)->first; at; at = rt_json_at(json, at)->next) {
    rt_slice name = {rt_json_at(json, at)->key, rt_json_at(json, at)->key_length};
    if (same(name, key)) return at;
  }
  return 0;
}

/* Whether some finding was made from inside of that value. */
static bool has_failed(const rt_json *json, const rt_findings *findings, uint32_t value) {
  const rt_json_value *whole = rt_json_at(json, value);
  for (size_t i = 0; i < findings->count; i++) {
    const char *at = findings->table[i] == RT_JSON_NONE ? NULL : rt_json_at(json, findings->table[i])->data;
    if (at && at >= whole->data && at < whole->data + whole->length) return true;
  }
  return false;
}

static bool is_well(const rt_rulebook *book, rt_json *json, const rt_findings *findings, uint32_t item, rt_slice id) {
  uint32_t named = member(json, item, book->task_id);
  return (!id.data || (named && same(rt_json_text(json, named), id))) && !has_failed(json, findings, item);
}

/* The same of any item in the list of tasks of one answer; a single task may stand in the list's place. */
static bool holds_well(const rt_rulebook *book, rt_json *json, const rt_findings *findings, uint32_t answer, rt_slice id) {
  uint32_t list = member(json, answer, book->tasks);
  size_t seen = 0;
  if (!list || rt_json_at(json, list)->kind != RT_JSON_LIST)
    return list && rt_json_at(json, list)->kind == RT_JSON_TABLE && rt_json_at(json, list)->count > 0 &&
           is_well(book, json, findings, list, id);
  for (uint32_t at = rt_json_at(json, list)->first; at && seen < MOST_TASKS; at = rt_json_at(json, at)->next, seen++)
    if (is_well(book, json, findings, at, id)) return true;
  return false;
}

/* Whether a body, an answer or a list of them, holds a task of that id (no data: any) that nothing is said against. */
static bool is_taken(const rt_rulebook *book, rt_json *json, const rt_findings *findings, rt_slice id) {
  size_t seen = 0;
  if (rt_json_at(json, findings->root)->kind != RT_JSON_LIST) return holds_well(book, json, findings, findings->root, id);
  for (uint32_t at = rt_json_at(json, findings->root)->first; at && seen < MOST_TASKS; at = rt_json_at(json, at)->next, seen++)
    if (holds_well(book, json, findings, at, id)) return true;
  return false;
}

static bool is_siblings(const rt_rulebook *book, const rt_call *call, rt_json *json, const rt_findings *findings, rt_slice owner) {
  if (!owner.data) return false;
  if (call->task_id.data && !same(owner, call->task_id)) return true;
  return call->operation == RT_SUBMIT && is_taken(book, json, findings, owner);
}

void rt_leave_siblings_out(const rt_rulebook *book, const rt_call *call, rt_json *json, rt_findings *findings) {
  bool leave[RT_MOST_FINDINGS] = {false};
  size_t kept = 0;
  if (!book->tasks.data || !findings->is_json) return;
  for (size_t i = 0; i < findings->count; i++) leave[i] = is_siblings(book, call, json, findings, findings->owner[i]);
  for (size_t i = 0; i < findings->count; i++) {
    if (leave[i]) continue;
    findings->list[kept] = findings->list[i];
    findings->owner[kept] = findings->owner[i];
    findings->table[kept++] = findings->table[i];
  }
  if (kept == 0 && findings->count > 0) findings->state = RT_TOLD_NOTHING; /* nor is ours over */
  findings->count = kept;
}

/* Whether an error ends the task that it is about. "No such task" does not: it is not believed at once of one that was taken. */
static bool is_end(const rt_rulebook *book, const rt_findings *findings, size_t place) {
  rt_evidence error = {RT_POLL, 0, {NULL, 0}, &findings->list[place], 1};
  rt_verdict verdict;
  bool is_of_call = book->calls && rt_rules_match(book->calls, &error, &verdict);
  if (is_of_call && verdict.cls == RT_TASK_NOT_FOUND) return false;
  if (findings->owner[place].data || findings->state != RT_TOLD_NOTHING) return true;
  return findings->list[place].code.data && !is_of_call;
}

rt_told_state rt_state_among_siblings(const rt_rulebook *book, const rt_call *call, rt_json *json, const rt_findings *findings) {
  bool over = false, is_first = true;
  if (call->operation == RT_SUBMIT || !findings->is_json || findings->root == RT_JSON_NONE) return RT_TOLD_NOTHING;
  for (size_t i = 0; i < findings->count; i++) {
    rt_slice owner = findings->owner[i];
    if (is_taken(book, json, findings, owner.data ? owner : call->task_id)) return RT_TOLD_NOTHING;
    /* of errors without a name the outermost tells what they are about */
    if (owner.data || is_first) over = over || is_end(book, findings, i);
    is_first = is_first && owner.data;
  }
  if (!over) return RT_TOLD_NOTHING;
  return findings->state == RT_TOLD_CANCELLED ? RT_TOLD_CANCELLED : RT_TOLD_FAILED;
}
